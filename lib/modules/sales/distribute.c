/* SPDX-License-Identifier: MIT */
/* Distribution: leads are offered, accepted, declined, recalled, expire and are given by hand. */
#include "modules/sales/sales.h"

#include "base/civil.h"
#include "base/json.h"

#include <string.h>

/* --- Offers --- */

static int32_t distribute_json(acrm__call *call, const acrm_value *value, acrm_cell *out)
{
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, value, 0);
    const char *copy = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    if (copy)
        *out = acrm__cell_textn(copy, text.len);
    acrm__str_free(&text);
    return copy ? ACRM_OK : acrm__nomem(call);
}

static int32_t distribute_emit(acrm__call *call, const char *type, const acrm__rec *lead,
                               const acrm__rec *offer)
{
    acrm_value *data = acrm__value_in(call->arena);
    const unsigned char *dealer = acrm__id(offer, F_lead_offer__dealer_id);
    const unsigned char *user = acrm__id(offer, F_lead_offer__user_id);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "offer_id", acrm__id_text(call, acrm__id(offer, F_ID))) &&
              acrm__put_text(data, "dealer_id", acrm__id_text(call, dealer)) &&
              acrm__put_text(data, "user_id", acrm__id_text(call, user)) &&
              acrm__put_int(data, "round", acrm__int(lead, F_lead__round));

    if (ok && !acrm__is_null(offer, F_lead_offer__respond_by))
        ok = acrm__put_text(data, "respond_by", acrm__instant_text(
                                call, acrm__int(offer, F_lead_offer__respond_by)));
    return ok ? acrm__emit(call, type, "lead", acrm__id(lead, F_ID), data) : acrm__nomem(call);
}

/* The end of the time to accept, in the dealer's business hours where they are known. */
static int32_t distribute_respond_by(acrm__call *call, const acrm__sales_pick *pick,
                                     acrm_cell *out)
{
    acrm__duration within = { .seconds = acrm__int(pick->rule,
                                                   F_distribution_rule__accept_within) };
    char text[ACRM__DURATION_SIZE];
    acrm__rec *dealer = NULL;
    acrm_value *args = acrm__value_in(call->arena), *answer = NULL;
    int64_t at = call->now + within.seconds * ACRM__SECOND_US;
    int32_t st = ACRM_OK;

    if (pick->dealer_id)
        st = acrm__load(call, "dealer", pick->dealer_id, "dealer_id", &dealer);
    const unsigned char *calendar =
        dealer ? acrm__id(dealer, acrm__field_of(dealer->entity, "calendar_id")) : NULL;
    if (st == ACRM_OK && calendar) {
        acrm__duration_print(&within, text);
        if (!args || acrm_value_set_map(args) != ACRM_OK ||
            !acrm__put_text(args, "id", acrm__id_text(call, calendar)) ||
            !acrm__put_text(args, "amount", text))
            return acrm__nomem(call);
        st = acrm__run(call, "calendar.add", args, &answer);
        const char *by = st == ACRM_OK ? acrm__get_text(answer, "at") : NULL;
        if (by)
            acrm__instant_parse(by, strlen(by), &at);
    }
    *out = acrm__cell_int(at);
    return st;
}

/* Give the lead to whom was picked: to be accepted within the time of the rule, or at once. */
static int32_t distribute_give(acrm__call *call, acrm__rec *lead, const acrm__sales_pick *pick)
{
    acrm__rec *offer = acrm__new(call, "lead_offer");
    bool waits = pick->rule && !acrm__is_null(pick->rule, F_distribution_rule__accept_within);
    acrm_cell explanation, by = acrm__cell_null();

    if (!offer)
        return acrm__nomem(call);
    int32_t st = distribute_json(call, pick->explanation, &explanation);
    if (st == ACRM_OK && waits)
        st = distribute_respond_by(call, pick, &by);
    if (st != ACRM_OK)
        return st;
    acrm__set(offer, F_lead_offer__lead_id, lead->cells[F_ID]);
    acrm__set(offer, F_lead_offer__rule_id, pick->rule ? pick->rule->cells[F_ID]
                                                       : acrm__cell_null());
    acrm__set(offer, F_lead_offer__dealer_id, acrm__cell_id(pick->dealer_id));
    acrm__set(offer, F_lead_offer__user_id, acrm__cell_id(pick->user_id));
    acrm__set(offer, F_lead_offer__respond_by, by);
    acrm__set(offer, F_lead_offer__explanation, explanation);
    acrm__set(offer, F_lead_offer__outcome, acrm__cell_text(waits ? "pending" : "accepted"));
    if (!waits)
        acrm__set(offer, F_lead_offer__answered_at, acrm__cell_int(call->now));
    st = acrm__insert(call, offer);
    if (st != ACRM_OK)
        return st;
    acrm__set(lead, F_lead__dealer_id, acrm__cell_id(pick->dealer_id));
    acrm__set(lead, F_lead__owner_id, acrm__cell_id(pick->user_id));
    acrm__set(lead, F_lead__round, acrm__cell_int(acrm__int(lead, F_lead__round) + 1));
    acrm__set(lead, F_lead__accept_by, by);
    if (waits)
        acrm__set(lead, F_lead__status, acrm__cell_text("offered"));
    else if (!acrm__sales_is(lead, F_lead__status, "working"))
        acrm__set(lead, F_lead__status, acrm__cell_text("accepted"));
    acrm__set(lead, F_lead__accepted_at, waits ? acrm__cell_null() : acrm__cell_int(call->now));
    st = acrm__update(call, lead);
    if (st == ACRM_OK && waits)
        st = acrm__timer_set(call, "lead.accept_by", "lead", acrm__id(lead, F_ID), by.integer,
                             NULL);
    if (st == ACRM_OK && pick->target_id)
        st = acrm__sales_load_target(call, pick->target_id);
    const char *event = !pick->rule ? "lead.assigned" : waits ? "lead.offered" : "lead.accepted";
    return st == ACRM_OK ? distribute_emit(call, event, lead, offer) : st;
}

int32_t acrm__sales_answer_offer(acrm__call *call, const acrm__rec *lead, const char *expected,
                                 const char *outcome, const char *reason)
{
    static const char *const events[][2] = {
        { "accepted", "lead.accepted" }, { "declined", "lead.declined" },
        { "expired", "lead.expired" },   { "recalled", "lead.recalled" },
        { "reassigned", "lead.reassigned" },
    };
    acrm__term term = { F_lead_offer__lead_id, ACRM_FILTER_EQ, lead->cells[F_ID] };
    acrm__rec *offer = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){
        .entity = "lead_offer", .terms = &term, .n_terms = 1, .order = F_ID, .descending = true,
        .as_system = true }, &offer);
    if (st != ACRM_OK || !offer ||
        (expected && !acrm__sales_is(offer, F_lead_offer__outcome, expected)))
        return st;
    acrm__set(offer, F_lead_offer__outcome, acrm__cell_text(outcome));
    acrm__set(offer, F_lead_offer__answered_at, acrm__cell_int(call->now));
    acrm__set(offer, F_lead_offer__reason, acrm__cell_text(reason));
    if (strcmp(outcome, "accepted") == 0 && !acrm__id(offer, F_lead_offer__user_id))
        acrm__set(offer, F_lead_offer__user_id, lead->cells[F_lead__owner_id]);
    st = acrm__update(call, offer);
    for (size_t i = 0; st == ACRM_OK && i < sizeof events / sizeof events[0]; i++)
        if (strcmp(events[i][0], outcome) == 0)
            st = distribute_emit(call, events[i][1], lead, offer);
    return st;
}

/* --- Placing --- */

/* Nobody has it any more; written by whoever calls this. */
static void distribute_take(acrm__rec *lead)
{
    acrm__set(lead, F_lead__status, acrm__cell_text("new"));
    acrm__set(lead, F_lead__dealer_id, acrm__cell_null());
    acrm__set(lead, F_lead__owner_id, acrm__cell_null());
    acrm__set(lead, F_lead__accept_by, acrm__cell_null());
    acrm__set(lead, F_lead__accepted_at, acrm__cell_null());
}

static int32_t distribute_unplaced(acrm__call *call, acrm__rec *lead, const char *reason)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "reason", reason) &&
              acrm__put_int(data, "rounds", acrm__int(lead, F_lead__round));

    if (!ok)
        return acrm__nomem(call);
    acrm__set(lead, F_lead__round, acrm__cell_int(0)); /* the next distribution begins anew */
    int32_t st = acrm__update(call, lead);
    return st == ACRM_OK ? acrm__emit(call, "lead.unplaced", "lead", acrm__id(lead, F_ID), data)
                         : st;
}

/* Find somebody for a lead that nobody has. `quiet`: without any rule nothing is raised. */
int32_t acrm__sales_place(acrm__call *call, acrm__rec *lead, bool quiet)
{
    acrm__call system = acrm__sales_system(call);
    acrm__sales_pick pick;
    bool configured;

    int32_t st = acrm__sales_choose(&system, lead, &pick, &configured);
    if (st != ACRM_OK)
        return st;
    if (!pick.unplaced)
        return distribute_give(&system, lead, &pick);
    if (quiet && !configured)
        return ACRM_OK;
    return distribute_unplaced(&system, lead, pick.unplaced);
}

/* After an offer came to nothing. */
static int32_t distribute_next(acrm__call *call, acrm__rec *lead)
{
    acrm__call system = acrm__sales_system(call);
    int32_t st = acrm__timer_cancel(&system, "lead.accept_by", acrm__id(lead, F_ID));

    if (st != ACRM_OK)
        return st;
    distribute_take(lead);
    return acrm__sales_place(&system, lead, false);
}

/* --- Operations --- */

/* What the caller learns of a lead that may no longer be his to see. */
static int32_t distribute_answer(acrm__call *call, const acrm__rec *lead)
{
    const unsigned char *dealer = acrm__id(lead, F_lead__dealer_id);
    const unsigned char *owner = acrm__id(lead, F_lead__owner_id);
    const char *by = NULL;

    if (!acrm__is_null(lead, F_lead__accept_by))
        by = acrm__instant_text(call, acrm__int(lead, F_lead__accept_by));
    bool ok = acrm__put_text(call->out, "id", acrm__id_text(call, acrm__id(lead, F_ID))) &&
              acrm__put_text(call->out, "status", acrm__text(lead, F_lead__status)) &&
              acrm__put_text(call->out, "dealer_id", acrm__id_text(call, dealer)) &&
              acrm__put_text(call->out, "owner_id", acrm__id_text(call, owner)) &&
              acrm__put_text(call->out, "accept_by", by) &&
              acrm__put_int(call->out, "round", acrm__int(lead, F_lead__round));
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t distribute_wrong_state(acrm__call *call, const acrm__rec *lead, const char *want)
{
    return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the lead is %s, not %s",
                      acrm__text(lead, F_lead__status), want);
}

int32_t acrm__sales_lead_distribute(acrm__call *call)
{
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st != ACRM_OK)
        return st;
    st = acrm__sales_need_open(call, lead);
    if (st != ACRM_OK)
        return st;
    if (acrm__id(lead, F_lead__owner_id) || acrm__sales_is(lead, F_lead__status, "offered"))
        return distribute_wrong_state(call, lead, "free: recall it first");
    st = acrm__sales_place(call, lead, false);
    return st == ACRM_OK ? distribute_answer(call, lead) : st;
}

/* Who takes a lead that was offered to a dealer and not to a person. */
static int32_t distribute_taker(acrm__call *call, acrm__rec *lead)
{
    acrm__rec *user;
    unsigned char id[16];
    const unsigned char *actor = acrm__actor(call);

    if (acrm__arg(call, "user_id")) {
        acrm__arg_id(call, "user_id", id);
        actor = id;
    }
    if (acrm__id(lead, F_lead__owner_id))
        return ACRM_OK;
    if (!actor)
        return acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                          "user_id is required: nobody has the lead yet");
    int32_t st = acrm__load(call, "user", actor, "user_id", &user);
    if (st == ACRM_OK)
        acrm__set(lead, F_lead__owner_id, user->cells[F_ID]);
    return st;
}

int32_t acrm__sales_lead_accept(acrm__call *call)
{
    acrm__call system = acrm__sales_system(call);
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st != ACRM_OK)
        return st;
    if (!acrm__sales_is(lead, F_lead__status, "offered"))
        return distribute_wrong_state(call, lead, "offered");
    if (call->now > acrm__int(lead, F_lead__accept_by))
        return acrm__fail(call, ACRM_E_CONFLICT, "expired", "id",
                          "the time to accept the lead is over");
    st = distribute_taker(call, lead);
    if (st != ACRM_OK)
        return st;
    acrm__set(lead, F_lead__status, acrm__cell_text("accepted"));
    acrm__set(lead, F_lead__accepted_at, acrm__cell_int(call->now));
    acrm__set(lead, F_lead__accept_by, acrm__cell_null());
    st = acrm__update(&system, lead);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(&system, "lead.accept_by", acrm__id(lead, F_ID));
    if (st == ACRM_OK)
        st = acrm__sales_answer_offer(&system, lead, "pending", "accepted", NULL);
    return st == ACRM_OK ? acrm__render(call, lead, call->out) : st;
}

int32_t acrm__sales_lead_decline(acrm__call *call)
{
    acrm__call system = acrm__sales_system(call);
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st != ACRM_OK)
        return st;
    if (!acrm__sales_is(lead, F_lead__status, "offered"))
        return distribute_wrong_state(call, lead, "offered");
    st = acrm__sales_answer_offer(&system, lead, "pending", "declined",
                                  acrm__arg_text(call, "reason"));
    if (st == ACRM_OK)
        st = distribute_next(call, lead);
    return st == ACRM_OK ? distribute_answer(call, lead) : st;
}

int32_t acrm__sales_lead_recall(acrm__call *call)
{
    acrm__call system = acrm__sales_system(call);
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st == ACRM_OK)
        st = acrm__sales_need_open(call, lead);
    if (st != ACRM_OK)
        return st;
    if (acrm__sales_is(lead, F_lead__status, "new"))
        return distribute_wrong_state(call, lead, "with anybody");
    st = acrm__sales_answer_offer(&system, lead, NULL, "recalled", acrm__arg_text(call, "reason"));
    if (st != ACRM_OK)
        return st;
    if (acrm__arg_bool(call, "redistribute", false)) {
        st = distribute_next(call, lead);
    } else {
        distribute_take(lead);
        acrm__set(lead, F_lead__round, acrm__cell_int(0));
        st = acrm__timer_cancel(&system, "lead.accept_by", acrm__id(lead, F_ID));
        if (st == ACRM_OK)
            st = acrm__update(&system, lead);
    }
    return st == ACRM_OK ? distribute_answer(call, lead) : st;
}

/* The dealer and user named by the caller, within what the caller may see. */
static int32_t distribute_by_hand(acrm__call *call, const acrm__rec *lead, acrm__sales_pick *pick)
{
    acrm__rec *user = NULL, *dealer;
    unsigned char id[16];
    bool force = acrm__arg_bool(call, "force", false);
    int32_t st = ACRM_OK;

    if (acrm__arg(call, "user_id"))
        st = acrm__load_arg(call, "user", "user_id", &user);
    if (st != ACRM_OK)
        return st;
    const unsigned char *home =
        user ? acrm__id(user, acrm__field_of(user->entity, "dealer_id")) : NULL;
    if (acrm__arg_id(call, "dealer_id", id))
        st = acrm__load(call, "dealer", id, "dealer_id", &dealer);
    else if (home)
        st = acrm__load(call, "dealer", home, "user_id", &dealer);
    else
        return acrm__fail(call, ACRM_E_INVALID, "required", "dealer_id",
                          "dealer_id or a user_id of a dealer is required");
    if (st != ACRM_OK)
        return st;
    pick->dealer_id = acrm__id(dealer, F_ID);
    pick->user_id = user ? acrm__id(user, F_ID) : NULL;
    if (home && !force && !acrm__sales_same(home, pick->dealer_id))
        return acrm__fail(call, ACRM_E_INVALID, "dealer", "user_id",
                          "the user works at another dealer; force assigns it all the same");
    if (!force && !acrm__sales_same(pick->dealer_id, acrm__id(lead, F_lead__dealer_id)))
        st = acrm__sales_check_capacity(call, dealer, "dealer_id");
    if (st == ACRM_OK && !force && user &&
        !acrm__sales_same(pick->user_id, acrm__id(lead, F_lead__owner_id)))
        st = acrm__sales_check_capacity(call, user, "user_id");
    return st;
}

int32_t acrm__sales_lead_assign(acrm__call *call)
{
    acrm__call system = acrm__sales_system(call);
    acrm__sales_pick pick = { .explanation = acrm__value_in(call->arena) };
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st == ACRM_OK)
        st = acrm__sales_need_open(call, lead);
    if (st == ACRM_OK)
        st = distribute_by_hand(call, lead, &pick);
    if (st != ACRM_OK)
        return st;
    const unsigned char *by = acrm__actor(call);
    bool ok = pick.explanation && acrm_value_set_map(pick.explanation) == ACRM_OK &&
              acrm__put_bool(pick.explanation, "by_hand", true) &&
              acrm__put_bool(pick.explanation, "forced", acrm__arg_bool(call, "force", false)) &&
              acrm__put_text(pick.explanation, "by", acrm__id_text(call, by));
    if (!ok)
        return acrm__nomem(call);
    if (acrm__sales_is(lead, F_lead__status, "offered")) {
        st = acrm__timer_cancel(&system, "lead.accept_by", acrm__id(lead, F_ID));
        if (st == ACRM_OK)
            st = acrm__sales_answer_offer(&system, lead, "pending", "reassigned",
                                          acrm__arg_text(call, "reason"));
    }
    if (st == ACRM_OK)
        st = distribute_give(&system, lead, &pick);
    return st == ACRM_OK ? acrm__render(call, lead, call->out) : st;
}

/* --- Why it is where it is --- */

int32_t acrm__sales_lead_explain(acrm__call *call)
{
    acrm__rec *lead;
    acrm__recs offers;
    acrm_value *list = acrm__put_list(call->out, "offers");
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st != ACRM_OK)
        return st;
    acrm__term term = { F_lead_offer__lead_id, ACRM_FILTER_EQ, lead->cells[F_ID] };
    st = acrm__find(call, &(acrm__select){ .entity = "lead_offer", .terms = &term, .n_terms = 1,
                                           .as_system = true }, &offers);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < offers.count && st == ACRM_OK; i++) {
        acrm_value *item = list ? acrm__add_map(list) : NULL;
        st = item ? acrm__render(call, offers.items[i], item) : acrm__nomem(call);
    }
    return st == ACRM_OK ? distribute_answer(call, lead) : st;
}

/* --- The deadline --- */

int32_t acrm__sales_accept_by(acrm__call *call, const acrm__timer *timer)
{
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    acrm__rec *lead = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lead", .terms = &term,
                                                       .n_terms = 1 }, &lead);
    if (st != ACRM_OK || !lead || !acrm__sales_is(lead, F_lead__status, "offered"))
        return st;
    st = acrm__sales_answer_offer(call, lead, "pending", "expired", NULL);
    return st == ACRM_OK ? distribute_next(call, lead) : st;
}
