/* SPDX-License-Identifier: MIT */
/* Leads as they are written: defaults, the cadence of their level, and what must move with them. */
#include "modules/sales/cadence_engine.h"
#include "modules/sales/sales.h"

#include "base/civil.h"

bool acrm__sales_open(const acrm__rec *lead)
{
    return acrm__is_null(lead, F_DELETED_AT) && !acrm__sales_is(lead, F_lead__status, "won") &&
           !acrm__sales_is(lead, F_lead__status, "lost");
}

int32_t acrm__sales_need_open(acrm__call *call, const acrm__rec *lead)
{
    if (acrm__sales_open(lead))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the lead is closed: it was %s",
                      acrm__text(lead, F_lead__status));
}

int32_t acrm__sales_level(acrm__call *call, const char *code, const char *field, acrm__rec **out)
{
    acrm__term term = { F_lead_level__code, ACRM_FILTER_EQ, acrm__cell_text(code) };

    *out = NULL;
    if (!code)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lead_level", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", field, "there is no lead level %.8s",
                        code);
    return st;
}

/* --- Defaults of a new lead --- */

static int32_t lead_received(acrm__call *call, acrm__rec *rec)
{
    if (acrm__is_null(rec, F_lead__received_at))
        acrm__set(rec, F_lead__received_at, acrm__cell_int(call->now));
    if (acrm__int(rec, F_lead__received_at) > call->now + ACRM__DAY_US)
        return acrm__fail(call, ACRM_E_INVALID, "range", "received_at",
                          "received_at lies in the future");
    return ACRM_OK;
}

/* A lead that comes with its user is with that user, and with the dealer the user works at. */
static int32_t lead_owner(acrm__call *call, acrm__rec *rec)
{
    acrm__call system = acrm__sales_system(call);
    const unsigned char *owner = acrm__id(rec, F_lead__owner_id);
    acrm__rec *user;

    if (!owner || !acrm__sales_is(rec, F_lead__status, "new"))
        return ACRM_OK;
    acrm__set(rec, F_lead__status, acrm__cell_text("accepted"));
    acrm__set(rec, F_lead__accepted_at, acrm__cell_int(call->now));
    if (acrm__id(rec, F_lead__dealer_id))
        return ACRM_OK;
    int32_t st = acrm__load(&system, "user", owner, "owner_id", &user);
    if (st == ACRM_OK)
        acrm__set(rec, F_lead__dealer_id,
                  user->cells[acrm__field_of(user->entity, "dealer_id")]);
    return st;
}

/* --- The cadence --- */

static bool lead_changed_any(const acrm__rec *rec, const uint32_t *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (acrm__changed(rec, fields[i]))
            return true;
    return false;
}

static acrm__cadence lead_cadence(const acrm__rec *level)
{
    bool falls = !acrm__is_null(level, F_lead_level__next_if_silent);

    return (acrm__cadence){
        .first_contact = acrm__int(level, F_lead_level__first_contact),
        .contact_every = acrm__int(level, F_lead_level__contact_every),
        .neglect_after = acrm__int(level, F_lead_level__neglect_after),
        .horizon = falls ? acrm__int(level, F_lead_level__horizon) : 0,
    };
}

static acrm__cadence_state lead_state(const acrm__rec *rec)
{
    return (acrm__cadence_state){
        .received_at = acrm__int(rec, F_lead__received_at),
        .level_since = acrm__int(rec, F_lead__level_since),
        .contacted = !acrm__is_null(rec, F_lead__last_contact_at),
        .last_contact_at = acrm__int(rec, F_lead__last_contact_at),
        .due_at = acrm__int(rec, F_lead__next_contact_at),
        .step = (int32_t)acrm__int(rec, F_lead__neglect_step),
    };
}

/* The same span in the business time of the level's calendar. */
static int32_t lead_in_hours(acrm__call *call, const acrm__rec *level,
                             const acrm__cadence *cadence, const acrm__cadence_state *state,
                             int64_t *due)
{
    const unsigned char *calendar = acrm__id(level, F_lead_level__calendar_id);
    acrm__duration span = { .seconds = state->contacted ? cadence->contact_every
                                                        : cadence->first_contact };
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    char amount[ACRM__DURATION_SIZE];

    *due = acrm__cadence_next(cadence, state);
    if (!calendar)
        return ACRM_OK;
    acrm__duration_print(&span, amount);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "id", acrm__id_text(call, calendar)) &&
              acrm__put_text(args, "at", acrm__instant_text(call, state->contacted
                                                                      ? state->last_contact_at
                                                                      : state->received_at)) &&
              acrm__put_text(args, "amount", amount);
    int32_t st = ok ? acrm__run(call, "calendar.add", args, &out) : acrm__nomem(call);
    const char *text = st == ACRM_OK ? acrm__get_text(out, "at") : NULL;
    if (text && acrm__instant_parse(text, strlen(text), due) && *due < state->level_since)
        *due = state->level_since;
    return st;
}

static int32_t lead_next_contact(acrm__call *call, acrm__rec *rec, const acrm__rec *level,
                                 const acrm__cadence *cadence)
{
    static const uint32_t causes[] = { F_lead__level, F_lead__level_since, F_lead__received_at,
                                       F_lead__last_contact_at, F_lead__next_agreed };
    acrm__cadence_state state = lead_state(rec);
    bool stale = acrm__is_null(rec, F_lead__next_contact_at) ||
                 lead_changed_any(rec, causes, sizeof causes / sizeof causes[0]);

    if (stale && !acrm__int(rec, F_lead__next_agreed)) {
        acrm__call system = *call;
        int64_t due = 0;
        system.as_system = true;
        int32_t st = lead_in_hours(&system, level, cadence, &state, &due);
        if (st != ACRM_OK)
            return st;
        acrm__set(rec, F_lead__next_contact_at, acrm__cell_int(due));
    }
    if (acrm__int(rec, F_lead__next_contact_at) > call->now) {
        acrm__set(rec, F_lead__neglected_at, acrm__cell_null());
        acrm__set(rec, F_lead__neglect_step, acrm__cell_int(0));
    }
    return ACRM_OK;
}

int32_t acrm__sales_lead_timer(acrm__call *call, const acrm__rec *rec, const acrm__rec *level)
{
    acrm__cadence cadence = lead_cadence(level);
    acrm__cadence_state state = lead_state(rec);
    int64_t at;

    if (!acrm__cadence_wake(&cadence, &state, &at))
        return acrm__timer_cancel(call, "lead.contact_due", acrm__id(rec, F_ID));
    return acrm__timer_set(call, "lead.contact_due", "lead", acrm__id(rec, F_ID), at, NULL);
}

static int32_t lead_rest(acrm__call *call, acrm__rec *rec)
{
    acrm__set(rec, F_lead__next_contact_at, acrm__cell_null());
    acrm__set(rec, F_lead__next_agreed, acrm__cell_int(0));
    acrm__set(rec, F_lead__neglected_at, acrm__cell_null());
    acrm__set(rec, F_lead__neglect_step, acrm__cell_int(0));
    acrm__set(rec, F_lead__accept_by, acrm__cell_null());
    int32_t st = acrm__timer_cancel(call, "lead.contact_due", acrm__id(rec, F_ID));
    return st == ACRM_OK ? acrm__timer_cancel(call, "lead.accept_by", acrm__id(rec, F_ID)) : st;
}

static int32_t lead_schedule(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const uint32_t causes[] = {
        F_lead__level, F_lead__level_since, F_lead__received_at, F_lead__last_contact_at,
        F_lead__next_contact_at, F_lead__next_agreed, F_lead__neglect_step };
    bool turned = !before || acrm__sales_open(before) != acrm__sales_open(rec);
    acrm__rec *level;

    if (!turned && !lead_changed_any(rec, causes, sizeof causes / sizeof causes[0]))
        return ACRM_OK;
    if (!acrm__sales_open(rec))
        return before ? lead_rest(call, rec) : ACRM_OK;
    int32_t st = acrm__sales_level(call, acrm__text(rec, F_lead__level), "level", &level);
    if (st != ACRM_OK || !level) /* without a level there is no cadence */
        return st;
    if (!before)
        acrm__set(rec, F_lead__level_since, rec->cells[F_lead__received_at]);
    else if (acrm__changed(rec, F_lead__level))
        acrm__set(rec, F_lead__level_since, acrm__cell_int(call->now));
    acrm__cadence cadence = lead_cadence(level);
    st = lead_next_contact(call, rec, level, &cadence);
    return st == ACRM_OK ? acrm__sales_lead_timer(call, rec, level) : st;
}

/* A level that fell to itself would fall for ever. */
int32_t acrm__sales_level_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *code = acrm__text(rec, F_lead_level__code);

    (void)before;
    if (code && acrm__sales_is(rec, F_lead_level__next_if_silent, code))
        return acrm__fail(call, ACRM_E_INVALID, "choice", "next_if_silent",
                          "a level cannot fall to itself");
    return ACRM_OK;
}

/* A lost lead is taken up again on the day that was agreed. */
static int32_t lead_win_back(acrm__call *call, const acrm__rec *rec)
{
    bool wanted = acrm__sales_is(rec, F_lead__status, "lost") &&
                  acrm__is_null(rec, F_DELETED_AT) && !acrm__is_null(rec, F_lead__win_back_at);

    if (!acrm__changed(rec, F_lead__status) && !acrm__changed(rec, F_lead__win_back_at) &&
        !acrm__changed(rec, F_DELETED_AT))
        return ACRM_OK;
    if (!wanted)
        return acrm__timer_cancel(call, "lead.win_back", acrm__id(rec, F_ID));
    return acrm__timer_set(call, "lead.win_back", "lead", acrm__id(rec, F_ID),
                           acrm__int(rec, F_lead__win_back_at) * ACRM__DAY_US, NULL);
}

int32_t acrm__sales_lead_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    int32_t st = lead_received(call, rec);

    if (st == ACRM_OK && !before)
        st = lead_owner(call, rec);
    if (st == ACRM_OK)
        st = lead_schedule(call, rec, before);
    if (st == ACRM_OK)
        st = acrm__sales_load_moved(call, rec, before);
    if (st == ACRM_OK && before)
        st = lead_win_back(call, rec);
    if (st == ACRM_OK && before && acrm__is_null(before, F_DELETED_AT))
        st = acrm__sales_follow_up(call, rec, before);
    return st;
}

/* Once its row can be referred to again. */
int32_t acrm__sales_lead_restored(acrm__call *call, const acrm__event *event)
{
    acrm__rec *lead;
    int32_t st = acrm__load(call, "lead", event->id, NULL, &lead);

    return st == ACRM_OK ? acrm__sales_follow_up(call, lead, NULL) : st;
}

/* Once its row is there: the rest of what a new lead needs. */
int32_t acrm__sales_lead_created(acrm__call *call, const acrm__event *event)
{
    acrm__rec *lead;
    int32_t st = acrm__load(call, "lead", event->id, NULL, &lead);

    if (st != ACRM_OK || !acrm__sales_open(lead))
        return st;
    if (acrm__id(lead, F_lead__owner_id))
        return acrm__sales_follow_up(call, lead, NULL);
    return acrm__sales_place(call, lead, true);
}
