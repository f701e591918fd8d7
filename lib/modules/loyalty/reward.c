/* SPDX-License-Identifier: MIT */
/* Rewards: offered, reserved, confirmed or given up; stock, limit and points in one transaction. */
#include "modules/loyalty/club.h"

#include "base/civil.h"
#include "base/money.h"

#include <string.h>

static const char reward_timer[] = "reward.hold";
static const char reward_periods[] = "event|day|week|month|year|ever";

int32_t acrm__reward_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_filter_node *node;
    const char *kind = acrm__text(rec, F_reward__kind);
    acrm_value *filter;

    (void)before;
    if (kind && strcmp(kind, "cash_out") == 0 && acrm__is_null(rec, F_reward__value))
        return acrm__fail(call, ACRM_E_INVALID, "required", "value",
                          "value is required of a cash_out: what is paid out");
    if (acrm__int(rec, F_reward__valid_from) > acrm__int(rec, F_reward__valid_until) &&
        !acrm__is_null(rec, F_reward__valid_until))
        return acrm__fail(call, ACRM_E_INVALID, "range", "valid_until",
                          "valid_until lies before valid_from");
    int32_t st = acrm__club_json(call, rec, F_reward__condition, call->arena, &filter);
    return st == ACRM_OK && filter ? acrm__filter(call, acrm__entity_of(call, "member"), filter,
                                                  "condition", &node)
                                   : st;
}

/* --- Whether a member may have it --- */

typedef struct reward_wish {
    acrm__call *call; /* as the system */
    acrm__rec *program, *member, *reward;
    int64_t quantity;
    int32_t day;
    const char *reason, *field; /* why not; NULL: nothing is in the way */
} reward_wish;

static bool reward_no(reward_wish *wish, const char *reason, const char *field)
{
    wish->reason = reason;
    wish->field = field;
    return false;
}

static bool reward_on_offer(reward_wish *wish)
{
    const acrm__rec *r = wish->reward;

    if (!acrm__int(r, F_reward__active))
        return reward_no(wish, "inactive", "reward");
    if ((!acrm__is_null(r, F_reward__valid_from) &&
         wish->day < acrm__int(r, F_reward__valid_from)) ||
        (!acrm__is_null(r, F_reward__valid_until) &&
         wish->day > acrm__int(r, F_reward__valid_until)))
        return reward_no(wish, "not_valid", "reward");
    if (!acrm__is_null(r, F_reward__stock) && acrm__int(r, F_reward__stock) < wish->quantity)
        return reward_no(wish, "out_of_stock", "quantity");
    return true;
}

/* How many the member reserved or has in the period of today. */
static int32_t reward_had(reward_wish *wish, int64_t *had)
{
    acrm__call *call = wish->call;
    int32_t period = acrm__club_choice(reward_periods,
                                       acrm__text(wish->reward, F_reward__per_period));
    const acrm_cell states[] = { acrm__cell_text("reserved"), acrm__cell_text("confirmed") };
    int64_t since = INT64_MIN;
    int32_t st = ACRM_OK;

    *had = 0;
    if (period != ACRM__EARNING_EVER)
        st = acrm__ledger_day_start(call, wish->program, acrm__period_start(period, wish->day),
                                    &since);
    for (size_t i = 0; st == ACRM_OK && i < 2; i++) {
        const acrm__term terms[] = {
            { F_redemption__member_id, ACRM_FILTER_EQ, wish->member->cells[F_ID] },
            { F_redemption__reward_id, ACRM_FILTER_EQ, wish->reward->cells[F_ID] },
            { F_redemption__reserved_at, ACRM_FILTER_GE, acrm__cell_int(since) },
            { F_redemption__status, ACRM_FILTER_EQ, states[i] },
        };
        int64_t n = 0;
        st = acrm__club_sum(call, "redemption", terms, 4, F_redemption__quantity, &n, NULL);
        *had += n;
    }
    return st;
}

static int32_t reward_judge(reward_wish *wish)
{
    acrm__call *call = wish->call;
    const acrm_filter_node *node = NULL;
    acrm_value *filter = NULL;
    int64_t had = 0;
    bool fits = true;

    if (!reward_on_offer(wish))
        return ACRM_OK;
    int32_t st = acrm__club_json(call, wish->reward, F_reward__condition, call->arena, &filter);
    if (st == ACRM_OK && filter)
        st = acrm__filter(call, wish->member->entity, filter, "condition", &node);
    if (st == ACRM_OK && node)
        st = acrm__matches(call, wish->member, node, &fits);
    if (st == ACRM_OK && !acrm__is_null(wish->reward, F_reward__per_member))
        st = reward_had(wish, &had);
    if (!fits)
        reward_no(wish, "condition", "reward");
    else if (!acrm__is_null(wish->reward, F_reward__per_member) &&
             had + wish->quantity > acrm__int(wish->reward, F_reward__per_member))
        reward_no(wish, "limit_reached", "quantity");
    return st;
}

static int32_t reward_open(reward_wish *wish)
{
    int32_t st = acrm__ledger_program(wish->call, wish->member, &wish->program);

    return st == ACRM_OK
               ? acrm__ledger_day(wish->call, wish->program, wish->call->now, &wish->day)
               : st;
}

/* --- reward.available --- */

int32_t acrm__reward_available(acrm__call *call)
{
    acrm__call system = *call;
    reward_wish wish = { .call = &system, .quantity = 1 };
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__ledger_balance balance;
    acrm__recs found = { NULL, 0 };

    system.as_system = true;
    int32_t st = items ? acrm__ledger_member(call, "member_id", "card", false, &wish.member)
                       : acrm__nomem(call);
    if (st == ACRM_OK)
        st = reward_open(&wish);
    if (st == ACRM_OK)
        st = acrm__ledger_balance_of(&system, wish.member, ACRM__POINTS, 0, &balance);
    if (st != ACRM_OK)
        return st;
    const acrm__term of[] = {
        { F_reward__program_id, ACRM_FILTER_EQ, wish.program->cells[F_ID] },
        { F_reward__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    st = acrm__find(&system, &(acrm__select){ .entity = "reward", .terms = of, .n_terms = 2,
        .order = F_reward__points, .limit = 1000, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *item = acrm__add_map(items);
        int64_t price = acrm__int(found.items[i], F_reward__points);
        wish.reward = found.items[i];
        wish.reason = NULL;
        st = item ? reward_judge(&wish) : acrm__nomem(call);
        if (st == ACRM_OK && !wish.reason && price > balance.pool)
            wish.reason = "points";
        if (st == ACRM_OK &&
            !(acrm__put_text(item, "code", acrm__text(wish.reward, F_reward__code)) &&
              acrm__put_text(item, "name", acrm__text(wish.reward, F_reward__name)) &&
              acrm__put_int(item, "points", price) &&
              acrm__put_bool(item, "possible", wish.reason == NULL) &&
              acrm__put_text(item, "reason", wish.reason) &&
              acrm__put_int(item, "missing", price > balance.pool ? price - balance.pool : 0)))
            st = acrm__nomem(call);
    }
    return st;
}

/* --- reward.reserve --- */

/* By its code in the programme. */
static int32_t reward_find(reward_wish *wish, const char *code)
{
    acrm__call *call = wish->call;
    const acrm__term terms[] = {
        { F_reward__program_id, ACRM_FILTER_EQ, wish->program->cells[F_ID] },
        { F_reward__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
    };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "reward", .terms = terms,
                                                       .n_terms = 2, .as_system = true },
                                &wish->reward);
    if (st == ACRM_OK && !wish->reward)
        return acrm__fail(call, ACRM_E_NOTFOUND, "not_found", "reward",
                          "the programme has no reward of this code");
    return st;
}

static int32_t reward_refuse(const reward_wish *wish)
{
    static const struct {
        const char *reason, *message;
    } words[] = {
        { "inactive", "the reward is on offer no more" },
        { "not_valid", "the reward is not on offer today" },
        { "out_of_stock", "there are not so many left" },
        { "condition", "the member does not fit its condition" },
        { "limit_reached", "the member has had as many as one may" },
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].reason, wish->reason) == 0)
            return acrm__fail(wish->call, ACRM_E_INVALID, wish->reason, wish->field, "%s",
                              words[i].message);
    return ACRM_E_INVALID;
}

static int32_t reward_stock(acrm__call *call, acrm__rec *reward, int64_t by)
{
    if (acrm__is_null(reward, F_reward__stock))
        return ACRM_OK;
    acrm__set(reward, F_reward__stock, acrm__cell_int(acrm__int(reward, F_reward__stock) + by));
    return acrm__update(call, reward);
}

static int32_t reward_money(reward_wish *wish, acrm__rec *rec, uint32_t from, uint32_t to)
{
    int64_t all;

    if (acrm__is_null(wish->reward, from))
        return ACRM_OK;
    if (!acrm__money_mul(acrm__int(wish->reward, from), wish->quantity, &all))
        return acrm__fail(wish->call, ACRM_E_LIMIT, "range", "quantity", "too many at once");
    acrm__set(rec, to, acrm__cell_int(all));
    return ACRM_OK;
}

/* The reservation: points held, stock taken, its end waited for. */
static int32_t reward_hold(reward_wish *wish, acrm__rec *rec)
{
    acrm__call *call = wish->call;
    int64_t ends = call->now + acrm__int(wish->reward, F_reward__hold_minutes) * 60 *
                                   ACRM__SECOND_US;
    int64_t points;
    acrm__ledger_done done = { 0 };

    if (!acrm__money_mul(acrm__int(wish->reward, F_reward__points), wish->quantity, &points) ||
        points > ACRM__EARNING_POINTS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "range", "quantity", "too many points at once");
    const acrm__ledger_order order = { .member = wish->member, .points = points, .ends_at = ends,
                                       .source = acrm__text(wish->reward, F_reward__code) };
    int32_t st = acrm__ledger_reserve(call, &order, &done);
    if (st == ACRM_OK)
        st = reward_stock(call, wish->reward, -wish->quantity);
    if (st == ACRM_OK)
        st = reward_money(wish, rec, F_reward__price, F_redemption__price);
    if (st == ACRM_OK)
        st = reward_money(wish, rec, F_reward__value, F_redemption__value);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_redemption__program_id, wish->program->cells[F_ID]);
    acrm__set(rec, F_redemption__reward_id, wish->reward->cells[F_ID]);
    acrm__set(rec, F_redemption__member_id, wish->member->cells[F_ID]);
    acrm__set(rec, F_redemption__quantity, acrm__cell_int(wish->quantity));
    acrm__set(rec, F_redemption__points, acrm__cell_int(points));
    acrm__set(rec, F_redemption__currency, wish->reward->cells[F_reward__currency]);
    acrm__set(rec, F_redemption__reserved_at, acrm__cell_int(call->now));
    acrm__set(rec, F_redemption__ends_at, acrm__cell_int(ends));
    acrm__set(rec, F_redemption__hold_id, done.transaction->cells[F_ID]);
    st = acrm__insert(call, rec);
    return st == ACRM_OK ? acrm__timer_set(call, reward_timer, "redemption", acrm__id(rec, F_ID),
                                           ends, NULL)
                         : st;
}

static int32_t reward_known(reward_wish *wish, const char *source, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_redemption__program_id, ACRM_FILTER_EQ, wish->program->cells[F_ID] },
        { F_redemption__source_id, ACRM_FILTER_EQ, acrm__cell_text(source) },
    };

    *out = NULL;
    return source ? acrm__find_one(wish->call, &(acrm__select){ .entity = "redemption",
                        .terms = terms, .n_terms = 2, .as_system = true }, out)
                  : ACRM_OK;
}

int32_t acrm__reward_reserve(acrm__call *call)
{
    acrm__call system = *call;
    reward_wish wish = { .call = &system, .quantity = acrm__arg_int(call, "quantity", 1) };
    const char *source = acrm__arg_text(call, "source_id");
    acrm__rec *rec = NULL, *known = NULL;
    unsigned char *partner = acrm__arena_alloc(call->arena, 16);

    system.as_system = true;
    int32_t st = partner ? acrm__ledger_member(call, "member_id", "card", true, &wish.member)
                         : acrm__nomem(call);
    if (st == ACRM_OK)
        st = reward_open(&wish);
    if (st == ACRM_OK)
        st = reward_known(&wish, source, &known);
    if (st == ACRM_OK && known)
        return acrm__render(call, known, call->out);
    if (st == ACRM_OK)
        st = reward_find(&wish, acrm__arg_text(call, "reward"));
    if (st == ACRM_OK)
        st = reward_judge(&wish);
    if (st == ACRM_OK && wish.reason)
        return reward_refuse(&wish);
    rec = st == ACRM_OK ? acrm__new(call, "redemption") : NULL;
    if (!rec)
        return st == ACRM_OK ? acrm__nomem(call) : st;
    acrm__set(rec, F_redemption__source_id, acrm__cell_text(source));
    if (acrm__arg_id(call, "partner_id", partner))
        acrm__set(rec, F_redemption__partner_id, acrm__cell_id(partner));
    st = reward_hold(&wish, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* --- reward.confirm, reward.cancel, and the time-out --- */

static bool reward_is(const acrm__rec *redemption, const char *status)
{
    return strcmp(acrm__text(redemption, F_redemption__status), status) == 0;
}

/* A redemption that the session may see, with its parts. */
static int32_t reward_load(acrm__call *call, acrm__call *system, acrm__rec **rec,
                           acrm__rec **reward, acrm__rec **member)
{
    int32_t st = acrm__load_arg(call, "redemption", "id", rec);

    *system = *call;
    system->as_system = true;
    if (st == ACRM_OK)
        st = acrm__load_any(system, acrm__entity_of(call, "reward"),
                            acrm__id(*rec, F_redemption__reward_id), reward);
    return st == ACRM_OK ? acrm__load(system, "member", acrm__id(*rec, F_redemption__member_id),
                                      NULL, member)
                         : st;
}

static int32_t reward_settle(acrm__call *call, acrm__rec *rec, const char *status)
{
    acrm__set(rec, F_redemption__status, acrm__cell_text(status));
    acrm__set(rec, F_redemption__settled_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__timer_cancel(call, reward_timer, acrm__id(rec, F_ID)) : st;
}

int32_t acrm__reward_confirm(acrm__call *call)
{
    acrm__rec *rec, *reward, *member;
    acrm__ledger_done done = { 0 };
    acrm__call system;

    int32_t st = reward_load(call, &system, &rec, &reward, &member);
    if (st != ACRM_OK)
        return st;
    if (reward_is(rec, "confirmed"))
        return acrm__render(call, rec, call->out);
    if (!reward_is(rec, "reserved") || acrm__int(rec, F_redemption__ends_at) <= call->now)
        return acrm__fail(call, ACRM_E_CONFLICT, "ended", "id",
                          "the reservation was cancelled or has ended: reserve anew");
    const acrm__ledger_order order = { .member = member,
                                       .of = acrm__id(rec, F_redemption__hold_id) };
    st = acrm__ledger_confirm(&system, &order, &done);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_redemption__spent_id, done.transaction->cells[F_ID]);
    st = reward_settle(&system, rec, "confirmed");
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return st == ACRM_OK ? acrm__voucher_issue(&system, reward, rec) : st;
}

/* Points and stock go back. */
static int32_t reward_undo(acrm__call *call, acrm__rec *rec, acrm__rec *reward,
                           const acrm__rec *member)
{
    bool spent = reward_is(rec, "confirmed");
    const acrm__ledger_order order = {
        .member = member,
        .of = acrm__id(rec, spent ? F_redemption__spent_id : F_redemption__hold_id),
    };
    acrm__ledger_done done = { 0 };

    int32_t st = spent ? acrm__ledger_reverse(call, &order, &done)
                       : acrm__ledger_cancel(call, &order, &done);
    if (st == ACRM_OK && reward)
        st = reward_stock(call, reward, acrm__int(rec, F_redemption__quantity));
    if (st == ACRM_OK && spent)
        st = acrm__voucher_void(call, rec);
    return st == ACRM_OK ? reward_settle(call, rec, "cancelled") : st;
}

int32_t acrm__reward_cancel(acrm__call *call)
{
    acrm__rec *rec, *reward, *member;
    acrm__call system;

    int32_t st = reward_load(call, &system, &rec, &reward, &member);
    if (st == ACRM_OK && (reward_is(rec, "reserved") || reward_is(rec, "confirmed")))
        st = reward_undo(&system, rec, reward, member);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__reward_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *rec = NULL, *reward = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "redemption"), timer->subject,
                                    &rec);

    if (st != ACRM_OK || !rec || !reward_is(rec, "reserved"))
        return st;
    st = acrm__load_any(call, acrm__entity_of(call, "reward"),
                        acrm__id(rec, F_redemption__reward_id), &reward);
    if (st == ACRM_OK && reward) /* the ledger's reservation ends by itself */
        st = reward_stock(call, reward, acrm__int(rec, F_redemption__quantity));
    return st == ACRM_OK ? reward_settle(call, rec, "expired") : st;
}
