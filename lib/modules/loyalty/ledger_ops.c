/* SPDX-License-Identifier: MIT */
/* Operations on points: arguments into orders, and what was done into results. */
#include "modules/loyalty/ledger_ops.h"

#include "base/money.h"
#include "base/text.h"
#include "modules/loyalty/ledger_book.h"

#include <string.h>

static int32_t ledger_result(acrm__call *call, const acrm__ledger_done *done)
{
    acrm_value *transaction = acrm_value_put(call->out, "transaction");
    const acrm__rec *account = done->account;
    int32_t st = transaction ? acrm__render(call, done->transaction, transaction)
                             : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_int(call->out, "points", done->points) &&
              acrm__put_bool(call->out, "duplicate", done->duplicate) &&
              acrm__put_int(call->out, "available",
                            acrm__int(account, F_points_account__available)) &&
              acrm__put_int(call->out, "pending", acrm__int(account, F_points_account__pending)) &&
              acrm__put_int(call->out, "reserved", acrm__int(account, F_points_account__reserved));
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* What all orders have in common. */
static int32_t ledger_order(acrm__call *call, acrm__ledger_order *order)
{
    int64_t at = 0;

    *order = (acrm__ledger_order){ .points = acrm__arg_int(call, "points", 0),
                                   .source_id = acrm__arg_text(call, "source_id"),
                                   .rule = acrm__arg_text(call, "rule"),
                                   .source = acrm__arg_text(call, "source") };
    if (acrm__arg_time(call, "at", &at))
        order->at = at;
    return ACRM_OK;
}

/* floor(amount x rate), exactly: the two have at most 18 fraction digits together. */
static bool ledger_times(const char *amount, const char *rate, int64_t *out)
{
    const char *texts[] = { amount, rate };
    int64_t scaled[2] = { 0, 0 }, scale = 1;

    for (size_t i = 0; i < 2; i++) {
        const char *point = strchr(texts[i], '.');
        int32_t n = point ? (int32_t)strlen(point + 1) : 0;
        if (n > 18 || !acrm__parse_decimal(texts[i], strlen(texts[i]), n, &scaled[i]) ||
            scaled[i] < 0)
            return false;
        for (; n > 0; n--)
            if (!acrm__money_mul(scale, 10, &scale))
                return false;
    }
    return acrm__money_ratio(scaled[0], scaled[1], scale, ACRM__ROUND_FLOOR, out) &&
           *out <= ACRM__POINTS_MAX;
}

static int32_t ledger_amount(acrm__call *call, acrm__ledger_order *order)
{
    const char *amount = acrm__arg_text(call, "amount");
    acrm__rec *program = NULL;

    if (!amount)
        return ACRM_OK;
    if (acrm__arg(call, "points"))
        return acrm__fail(call, ACRM_E_INVALID, "both", "amount",
                          "say the points or the amount, not both");
    int32_t st = acrm__ledger_program(call, order->member, &program);
    if (st != ACRM_OK)
        return st;
    const char *rate = acrm__text(program, F_loyalty_program__points_per_unit);
    if (!rate)
        return acrm__fail(call, ACRM_E_INVALID, "required", "amount",
                          "the programme has no points_per_unit for amounts");
    if (!ledger_times(amount, rate, &order->points))
        return acrm__fail(call, ACRM_E_INVALID, "range", "amount",
                          "the amount is negative or too large for points");
    if (order->points == 0)
        return acrm__fail(call, ACRM_E_INVALID, "range", "amount",
                          "the amount is too small for a single point");
    return ACRM_OK;
}

int32_t acrm__loyalty_earn(acrm__call *call)
{
    acrm__ledger_order order;
    acrm__ledger_done done;
    acrm__rec *member = NULL;
    int64_t day = 0;
    int32_t st = ledger_order(call, &order);

    if (st == ACRM_OK)
        st = acrm__ledger_member(call, "member_id", "card", false, &member);
    if (st != ACRM_OK)
        return st;
    order.member = member;
    st = ledger_amount(call, &order);
    if (acrm__arg_time(call, "expires_on", &day))
        order.expires_on = (int32_t)day;
    (void)acrm__arg_time(call, "activates_at", &order.activates_at);
    order.qualifying = acrm__arg_int(call, "qualifying", order.points > 0 ? order.points : 0);
    if (st == ACRM_OK)
        st = acrm__ledger_earn(call, &order, &done);
    return st == ACRM_OK ? ledger_result(call, &done) : st;
}

static int32_t ledger_spend(acrm__call *call, int32_t (*run)(acrm__call *call,
                            const acrm__ledger_order *order, acrm__ledger_done *out))
{
    acrm__ledger_order order;
    acrm__ledger_done done;
    acrm__rec *member = NULL;
    int32_t st = ledger_order(call, &order);

    if (st == ACRM_OK)
        st = acrm__ledger_member(call, "member_id", "card", true, &member);
    order.member = member;
    order.own_only = acrm__arg_bool(call, "own_only", false);
    (void)acrm__arg_time(call, "ends_at", &order.ends_at);
    if (st == ACRM_OK)
        st = run(call, &order, &done);
    return st == ACRM_OK ? ledger_result(call, &done) : st;
}

int32_t acrm__loyalty_redeem(acrm__call *call)
{
    return ledger_spend(call, acrm__ledger_redeem);
}

int32_t acrm__loyalty_reserve(acrm__call *call)
{
    return ledger_spend(call, acrm__ledger_reserve);
}

int32_t acrm__loyalty_transfer(acrm__call *call)
{
    acrm__ledger_order order;
    acrm__ledger_done done;
    acrm__rec *member = NULL, *to = NULL;
    int32_t st = ledger_order(call, &order);

    if (st == ACRM_OK)
        st = acrm__ledger_member(call, "member_id", "card", true, &member);
    if (st == ACRM_OK)
        st = acrm__ledger_member(call, "to_id", "to_card", false, &to);
    order.member = member;
    order.to = to;
    if (st == ACRM_OK)
        st = acrm__ledger_transfer(call, &order, &done);
    return st == ACRM_OK ? ledger_result(call, &done) : st;
}

/* --- What follows a transaction, named by its id or by the caller's own name of it --- */

static int32_t ledger_of(acrm__call *call, unsigned char id[16])
{
    acrm__rec *txn = NULL, *program = NULL;
    const char *name = acrm__arg_text(call, "of_source_id");
    int32_t st;

    if (acrm__arg(call, "of_id")) {
        st = acrm__load_arg(call, "points_transaction", "of_id", &txn);
    } else if (name) {
        st = acrm__ledger_program_named(call, &program);
        if (st == ACRM_OK)
            st = acrm__ledger_known(call, acrm__id(program, F_ID), name, &txn);
        if (st == ACRM_OK && txn) /* is it one that may be seen? */
            st = acrm__load(call, "points_transaction", acrm__id(txn, F_ID), "of_source_id", &txn);
        if (st == ACRM_OK && !txn)
            st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", "of_source_id",
                            "there is no such transaction");
    } else {
        st = acrm__fail(call, ACRM_E_INVALID, "required", "of_id",
                        "say which transaction: of_id, or of_source_id");
    }
    if (st == ACRM_OK)
        memcpy(id, acrm__id(txn, F_ID), 16);
    return st;
}

static int32_t ledger_follow(acrm__call *call, int32_t (*run)(acrm__call *call,
                             const acrm__ledger_order *order, acrm__ledger_done *out))
{
    acrm__ledger_order order;
    acrm__ledger_done done;
    unsigned char of[16];
    int32_t st = ledger_order(call, &order);

    if (st == ACRM_OK)
        st = ledger_of(call, of);
    order.of = of;
    if (st == ACRM_OK && acrm__arg(call, "points") && order.points <= 0)
        return acrm__fail(call, ACRM_E_INVALID, "range", "points", "points must be more than 0");
    if (st == ACRM_OK)
        st = run(call, &order, &done);
    return st == ACRM_OK ? ledger_result(call, &done) : st;
}

int32_t acrm__loyalty_confirm(acrm__call *call)
{
    return ledger_follow(call, acrm__ledger_confirm);
}

int32_t acrm__loyalty_cancel(acrm__call *call)
{
    return ledger_follow(call, acrm__ledger_cancel);
}

int32_t acrm__loyalty_reverse(acrm__call *call)
{
    return ledger_follow(call, acrm__ledger_reverse);
}

int32_t acrm__loyalty_reservation_ended(acrm__call *call, const acrm__timer *timer)
{
    const acrm__ledger_order order = { .of = timer->subject };
    acrm__ledger_done done;

    return acrm__ledger_cancel(call, &order, &done);
}

/* --- Balance --- */

static int32_t ledger_next_expiry(acrm__call *call, const acrm__rec *member)
{
    const acrm__term by_member[] = {
        { F_points_account__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_points_account__kind, ACRM_FILTER_EQ, acrm__cell_text("points") },
    };
    acrm__rec *account = NULL, *lot = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "points_account",
        .terms = by_member, .n_terms = 2, .as_system = true }, &account);

    if (st != ACRM_OK || !account)
        return st;
    const acrm__term soon[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, account->cells[F_ID] },
        { F_points_lot__wake_at, ACRM_FILTER_GT, acrm__cell_int(call->now) },
        { F_points_lot__state, ACRM_FILTER_EQ, acrm__cell_text("active") },
    };
    st = acrm__find_one(call, &(acrm__select){ .entity = "points_lot", .terms = soon,
        .n_terms = 3, .order = F_points_lot__wake_at, .as_system = true }, &lot);
    if (st != ACRM_OK)
        return st;
    const acrm_cell *day = lot ? &lot->cells[F_points_lot__expires_on] : NULL;
    const char *text = day && day->type == ACRM_CELL_INT ? acrm__date_text(call, day->integer)
                                                         : NULL;
    bool ok = acrm__put_text(call->out, "next_expires_on", text) &&
              acrm__put_int(call->out, "next_expires",
                            lot ? acrm__int(lot, F_points_lot__remaining) : 0);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__loyalty_balance(acrm__call *call)
{
    acrm__ledger_balance points, qualifying;
    acrm__rec *member = NULL;
    int64_t at = call->now;
    int32_t st = acrm__ledger_member(call, "member_id", "card", false, &member);

    if (st == ACRM_OK)
        st = acrm__ledger_balance_of(call, member, ACRM__POINTS, at, &points);
    if (st == ACRM_OK)
        st = acrm__ledger_balance_of(call, member, ACRM__POINTS_QUALIFYING, at, &qualifying);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(call->out, "member_id",
                             acrm__id_text(call, acrm__id(member, F_ID))) &&
              acrm__put_int(call->out, "available", points.available) &&
              acrm__put_int(call->out, "pending", points.pending) &&
              acrm__put_int(call->out, "reserved", points.reserved) &&
              acrm__put_int(call->out, "pool", points.pool) &&
              acrm__put_int(call->out, "qualifying", qualifying.available);
    return ok ? ledger_next_expiry(call, member) : acrm__nomem(call);
}
