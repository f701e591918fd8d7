/* SPDX-License-Identifier: MIT */
/* What follows a transaction: a reservation is confirmed or cancelled, and what was earned or spent
 * is reversed, whole or in part. */
#include "modules/loyalty/ledger_order.h"

#include "base/money.h"

#include <string.h>

static bool follow_is(const acrm__rec *txn, const char *kind)
{
    return strcmp(acrm__text(txn, F_points_transaction__kind), kind) == 0;
}

/* The transactions that follow one, or are parts of one. */
static int32_t follow_find(acrm__call *call, uint32_t field, const acrm__rec *txn, acrm__recs *out)
{
    const acrm__term of = { field, ACRM_FILTER_EQ, txn->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "points_transaction", .terms = &of,
                                             .n_terms = 1, .as_system = true }, out);
}

static int32_t follow_begin(acrm__order_run *run, acrm__call *call,
                            const acrm__ledger_order *order, const char *kind,
                            acrm__ledger_done *out, bool *done)
{
    acrm__rec *account = NULL, *member = NULL;
    acrm__call system = *call;

    system.as_system = true;
    int32_t st = acrm__load(&system, "points_transaction", order->of, "of_id", &run->of);
    if (st == ACRM_OK)
        st = acrm__load(&system, "points_account",
                        acrm__id(run->of, F_points_transaction__account_id), "of_id", &account);
    if (st == ACRM_OK)
        st = acrm__load(&system, "member", acrm__id(account, F_points_account__member_id), "of_id",
                        &member);
    if (st != ACRM_OK)
        return st;
    acrm__rec *of = run->of;
    run->own = *order;
    run->own.member = member;
    st = acrm__order_begin(run, call, &run->own, kind, out, done);
    run->of = of;
    if (st != ACRM_OK || *done)
        return st;
    if (!acrm__is_null(of, F_points_transaction__part_of_id))
        return acrm__fail(&run->call, ACRM_E_CONFLICT, "part", "of_id",
                          "this is a part of another transaction: name that one");
    if (acrm__int(of, F_points_transaction__at) > run->at)
        return acrm__fail(&run->call, ACRM_E_INVALID, "back_dated", "at",
                          "this cannot come before what it follows");
    return ACRM_OK;
}

/* One for the account of what it follows. */
static int32_t follow_txn(acrm__order_run *run, const acrm__rec *of, acrm__book_account *account,
                          int64_t points, acrm__book_txn **out)
{
    int32_t st = account ? ACRM_OK : acrm__book_account_by_id(&run->book,
        acrm__id(of, F_points_transaction__account_id), &account);

    while (st == ACRM_OK && !acrm__is_null(account->rec, F_points_account__moved_to_id))
        st = acrm__book_account_by_id(&run->book,
            acrm__id(account->rec, F_points_account__moved_to_id), &account);
    if (st == ACRM_OK)
        st = acrm__order_txn(run, account, points, run->txn, out);
    if (st != ACRM_OK)
        return st;
    if (!run->txn)
        run->txn = *out;
    acrm__set((*out)->rec, F_points_transaction__of_id, of->cells[F_ID]);
    return acrm__order_do(run, *out);
}

/* A transaction and its parts of the same kind. */
static int32_t follow_parts(acrm__order_run *run, acrm__recs *out)
{
    acrm__recs parts = { NULL, 0 };
    size_t n = 1;
    int32_t st = follow_find(&run->call, F_points_transaction__part_of_id, run->of, &parts);

    out->items = acrm__arena_array(run->call.arena, parts.count + 1, sizeof *out->items);
    if (st != ACRM_OK || !out->items)
        return st == ACRM_OK ? acrm__nomem(&run->call) : st;
    out->items[0] = run->of;
    for (size_t i = 0; i < parts.count; i++)
        out->items[n++] = parts.items[i];
    out->count = n;
    return ACRM_OK;
}

/* --- Reservations --- */

static int32_t follow_release(acrm__call *call, const acrm__ledger_order *order, const char *kind,
                              acrm__ledger_done *out)
{
    acrm__order_run run = { .of = NULL };
    acrm__recs parts = { NULL, 0 }, later = { NULL, 0 };
    bool done = false;
    int32_t st = follow_begin(&run, call, order, kind, out, &done);

    if (st != ACRM_OK || done)
        return st;
    if (!follow_is(run.of, "reserve"))
        return acrm__fail(&run.call, ACRM_E_CONFLICT, "state", "of_id",
                          "this is no reservation");
    st = follow_find(&run.call, F_points_transaction__of_id, run.of, &later);
    if (st == ACRM_OK && later.count)
        return acrm__fail(&run.call, ACRM_E_CONFLICT, "state", "of_id",
                          "this reservation was %s already",
                          follow_is(later.items[0], "confirm") ? "confirmed" : "cancelled");
    if (st == ACRM_OK)
        st = follow_parts(&run, &parts);
    for (size_t i = 0; st == ACRM_OK && i < parts.count; i++) {
        acrm__book_txn *txn = NULL;
        st = follow_txn(&run, parts.items[i], NULL,
                        acrm__int(parts.items[i], F_points_transaction__points), &txn);
    }
    if (st == ACRM_OK)
        st = acrm__order_end(&run, out);
    return st == ACRM_OK ? acrm__timer_cancel(&run.call, "loyalty.reservation", order->of) : st;
}

int32_t acrm__ledger_confirm(acrm__call *call, const acrm__ledger_order *order,
                             acrm__ledger_done *out)
{
    return follow_release(call, order, "confirm", out);
}

int32_t acrm__ledger_cancel(acrm__call *call, const acrm__ledger_order *order,
                            acrm__ledger_done *out)
{
    return follow_release(call, order, "cancel", out);
}

/* --- Reversals --- */

/* Points of a part that were given back. */
static int32_t follow_reversed(acrm__order_run *run, const acrm__rec *of, int64_t *out)
{
    acrm__recs later = { NULL, 0 };
    int32_t st = follow_find(&run->call, F_points_transaction__of_id, of, &later);

    *out = 0;
    for (size_t i = 0; st == ACRM_OK && i < later.count; i++)
        if (follow_is(later.items[i], "reverse"))
            *out += acrm__int(later.items[i], F_points_transaction__points);
    return st;
}

/* Of a part: how much of it is reversed when so much of the whole is. */
static int64_t follow_share(int64_t part, int64_t whole, int64_t asked)
{
    int64_t n = part;

    (void)acrm__money_ratio(part, asked, whole, ACRM__ROUND_FLOOR, &n);
    return n;
}

static int32_t follow_earned(acrm__order_run *run, int64_t asked_before, int64_t points)
{
    int64_t whole = acrm__int(run->of, F_points_transaction__points);
    acrm__book_lot *lot = NULL;
    acrm__book_account *account = NULL;
    acrm__book_txn *txn = NULL;
    acrm__recs parts = { NULL, 0 };

    int32_t st = acrm__book_lot_made(&run->book, run->of, &lot);
    if (st == ACRM_OK)
        st = acrm__book_follow(&run->book, lot);
    if (st == ACRM_OK)
        st = acrm__book_account_by_id(&run->book, acrm__id(lot->rec, F_points_lot__account_id),
                                      &account);
    if (st == ACRM_OK)
        st = follow_txn(run, run->of, account, points, &txn);
    if (st == ACRM_OK)
        st = follow_find(&run->call, F_points_transaction__part_of_id, run->of, &parts);
    for (size_t i = 0; st == ACRM_OK && i < parts.count; i++) {
        int64_t all = acrm__int(parts.items[i], F_points_transaction__points);
        int64_t n = follow_share(all, whole, asked_before + points) -
                    follow_share(all, whole, asked_before);
        if (n > 0 && follow_is(parts.items[i], "earn"))
            st = follow_txn(run, parts.items[i], NULL, n, &txn);
    }
    return st;
}

/* What was spent last comes back first: the household's before the member's own. */
static int32_t follow_spent(acrm__order_run *run, int64_t points)
{
    acrm__recs parts = { NULL, 0 };
    int64_t *shares = NULL, left = points;
    int32_t st = follow_parts(run, &parts);

    if (st == ACRM_OK && !(shares = acrm__arena_array(run->call.arena, parts.count,
                                                      sizeof *shares)))
        return acrm__nomem(&run->call);
    for (size_t i = parts.count; st == ACRM_OK && i > 0; i--) {
        const acrm__rec *part = parts.items[i - 1];
        int64_t spent = acrm__int(part, F_points_transaction__points), before;
        st = follow_reversed(run, part, &before);
        spent = (spent < 0 ? -spent : spent) - before;
        shares[i - 1] = spent < left ? spent : left;
        left -= shares[i - 1];
    }
    for (size_t i = 0; st == ACRM_OK && i < parts.count; i++) {
        acrm__book_txn *txn = NULL;
        if (shares[i] > 0 || i == 0)
            st = follow_txn(run, parts.items[i], NULL, shares[i], &txn);
    }
    return st;
}

int32_t acrm__ledger_reverse(acrm__call *call, const acrm__ledger_order *order,
                             acrm__ledger_done *out)
{
    acrm__order_run run = { .of = NULL };
    int64_t before = 0, whole = 0;
    size_t n = 0;
    bool done = false;
    int32_t st = follow_begin(&run, call, order, "reverse", out, &done);

    if (st != ACRM_OK || done)
        return st;
    bool earned = follow_is(run.of, "earn") ||
                  (follow_is(run.of, "adjust") &&
                   acrm__int(run.of, F_points_transaction__points) > 0);
    bool spent = follow_is(run.of, "redeem") || follow_is(run.of, "confirm") ||
                 follow_is(run.of, "adjust");
    if (!earned && !spent)
        return acrm__fail(&run.call, ACRM_E_CONFLICT, "kind", "of_id",
                          "only what was earned, spent or adjusted can be reversed");
    st = acrm__order_total(&run.call, run.of, &whole);
    if (whole < 0)
        whole = -whole;
    if (st == ACRM_OK)
        st = acrm__order_reversed(&run.call, run.of, &before, &n);
    if (st != ACRM_OK)
        return st;
    int64_t points = order->points ? order->points : whole - before;
    if ((n > 0 && before >= whole) || points > whole - before)
        return acrm__fail(&run.call, ACRM_E_CONFLICT, "reversed", n > 0 ? "of_id" : "points",
                          "%lld of its %lld points can be reversed",
                          (long long)(whole - before), (long long)whole);
    st = earned ? follow_earned(&run, before, points) : follow_spent(&run, points);
    return st == ACRM_OK ? acrm__order_end(&run, out) : st;
}
