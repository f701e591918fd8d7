/* SPDX-License-Identifier: MIT */
/* What each kind of transaction does with the lots of its account. A transaction that is done
 * again, because something back-dated came before it, does it by the same steps. */
#include "modules/loyalty/ledger_book.h"

#include <string.h>

static int64_t step_points(const acrm__book_txn *txn)
{
    return acrm__int(txn->rec, F_points_transaction__points);
}

static int64_t step_at(const acrm__book_txn *txn)
{
    return acrm__int(txn->rec, F_points_transaction__at);
}

static bool step_owes(const acrm__book_txn *txn)
{
    return acrm__int(txn->account->rec, F_points_account__available) < 0;
}

/* The lot that a transaction made: `debt` or not. NULL: none. */
static int32_t step_lot(acrm__book *book, const acrm_cell *txn, bool debt, acrm__book_lot **out)
{
    const acrm__term of = { F_points_lot__transaction_id, ACRM_FILTER_EQ, *txn };
    acrm__recs rows = { NULL, 0 };

    *out = NULL;
    for (acrm__book_lot *lot = book->lots; lot; lot = lot->later)
        if (acrm__cell_equal(&lot->rec->cells[F_points_lot__transaction_id], txn) &&
            debt == (acrm__int(lot->rec, F_points_lot__qty) < 0)) {
            *out = lot;
            return ACRM_OK;
        }
    int32_t st = acrm__find(book->call, &(acrm__select){ .entity = "points_lot", .terms = &of,
                                                         .n_terms = 1, .as_system = true }, &rows);
    for (size_t i = 0; st == ACRM_OK && i < rows.count && !*out; i++)
        if (debt == (acrm__int(rows.items[i], F_points_lot__qty) < 0))
            st = acrm__book_lot_of(book, rows.items[i], out);
    return st;
}

int32_t acrm__book_lot_made(acrm__book *book, const acrm__rec *txn, acrm__book_lot **out)
{
    int32_t st = step_lot(book, &txn->cells[F_ID], false, out);

    if (st == ACRM_OK && !*out)
        st = acrm__fail(book->call, ACRM_E_CORRUPT, "reference", "of_id",
                        "the transaction has lost its lot");
    return st;
}

static int32_t step_credit(acrm__book *book, acrm__book_txn *txn, int32_t debit)
{
    bool owes = step_owes(txn);
    acrm__book_lot *lot = NULL;
    int32_t st = acrm__book_lot_made(book, txn->rec, &lot);

    if (st != ACRM_OK)
        return st;
    bool pending = acrm__int(lot->rec, F_points_lot__activates_at) > step_at(txn);
    st = acrm__book_move(book, txn, lot, debit, pending ? ACRM__AT_PENDING : ACRM__AT_AVAILABLE,
                         step_points(txn));
    return st == ACRM_OK && owes && !pending ? acrm__book_pay(book, txn) : st;
}

static int32_t step_take(acrm__book *book, acrm__book_txn *txn, int32_t credit, int64_t points)
{
    int64_t left = points;
    int64_t available = acrm__int(txn->account->rec, F_points_account__available);
    int32_t st = available >= points ? acrm__book_take(book, txn, credit, points, &left) : ACRM_OK;

    if (st == ACRM_OK && left > 0)
        st = acrm__fail(book->call, ACRM_E_CONFLICT, "insufficient", "points",
                        "there are %lld points to spend, and %lld are asked for",
                        (long long)available, (long long)points);
    return st;
}

static int32_t step_of(acrm__book *book, const acrm__book_txn *txn, acrm__rec **out)
{
    return acrm__load(book->call, "points_transaction",
                      acrm__id(txn->rec, F_points_transaction__of_id), "of_id", out);
}

/* What a reservation still holds is spent, or comes back. */
static int32_t step_release(acrm__book *book, acrm__book_txn *txn, bool spend)
{
    acrm__book_shares shares = { NULL, 0, 0 };
    acrm__rec *of = NULL;
    int32_t st = step_of(book, txn, &of);

    if (st == ACRM_OK)
        st = acrm__book_shares_of(book, of, ACRM__AT_RESERVED, &shares);
    for (size_t i = 0; st == ACRM_OK && i < shares.count; i++) {
        acrm__book_share *s = &shares.items[i];
        st = spend ? acrm__book_move(book, txn, s->lot, ACRM__AT_RESERVED, ACRM__AT_SPENT,
                                     s->points)
                   : acrm__book_give_back(book, txn, s->lot, ACRM__AT_RESERVED, s->points);
    }
    return st;
}

/* --- Reversals --- */

static int32_t step_give_back(acrm__book *book, acrm__book_txn *txn, const acrm__rec *of,
                              int32_t bucket)
{
    acrm__book_shares shares = { NULL, 0, 0 };
    int64_t left = step_points(txn);
    int32_t st = acrm__book_shares_of(book, of, bucket, &shares);

    for (size_t i = 0; st == ACRM_OK && i < shares.count && left > 0; i++) {
        int64_t n = shares.items[i].points < left ? shares.items[i].points : left;
        st = acrm__book_give_back(book, txn, shares.items[i].lot, bucket, n);
        left -= n;
    }
    if (st == ACRM_OK && left > 0)
        st = acrm__fail(book->call, ACRM_E_CONFLICT, "reversed", "points",
                        "so many points of this transaction are not there to be given back");
    return st;
}

static int32_t step_debt(acrm__book *book, acrm__book_txn *txn, int64_t points)
{
    const acrm__rec *p = book->program;
    int64_t limit = acrm__is_null(p, F_loyalty_program__negative_limit)
                        ? ACRM__POINTS_MAX : acrm__int(p, F_loyalty_program__negative_limit);
    int64_t owed = -acrm__int(txn->account->rec, F_points_account__available);
    acrm__lot_terms terms = { .qty = -points, .earned_at = step_at(txn),
                              .activates_at = step_at(txn) };
    acrm__book_lot *debt = NULL;

    if (owed < 0)
        owed = 0;
    if (points > limit - owed)
        return acrm__fail(book->call, ACRM_E_CONFLICT, "limit", "points",
                          "a member may owe at most %lld points", (long long)limit);
    terms.expires_at = terms.expires_on = acrm__cell_null();
    int32_t st = step_lot(book, &txn->rec->cells[F_ID], true, &debt);
    if (st == ACRM_OK && !debt)
        st = acrm__book_lot_new(book, txn, &terms, &debt);
    if (st == ACRM_OK)
        acrm__set(debt->rec, F_points_lot__qty, acrm__cell_int(-points));
    return st == ACRM_OK ? acrm__book_move(book, txn, debt, ACRM__AT_AVAILABLE, ACRM__AT_REVERSED,
                                           points) : st;
}

/* Points of the lot first, then others in the order of spending, then by the return policy. */
static int32_t step_take_from(acrm__book *book, acrm__book_txn *txn, acrm__book_lot *lot,
                              int64_t points)
{
    const char *policy = acrm__text(book->program, F_loyalty_program__return_policy);
    bool pending = strcmp(acrm__text(lot->rec, F_points_lot__state), "pending") == 0;
    int64_t own = acrm__int(lot->rec, F_points_lot__remaining), left = 0;

    if (own > points)
        own = points;
    bool spendable = strcmp(acrm__text(txn->account->rec, F_points_account__kind), "points") == 0;
    if (spendable && strcmp(policy, "only_pending") == 0 && (!pending || own < points))
        return acrm__fail(book->call, ACRM_E_CONFLICT, "return_policy", "of_id",
                          "the programme takes back points only while they are pending");
    int32_t st = acrm__book_move(book, txn, lot, pending ? ACRM__AT_PENDING : ACRM__AT_AVAILABLE,
                                 ACRM__AT_REVERSED, own);
    if (st != ACRM_OK || own == points || !spendable)
        return st;
    st = acrm__book_take(book, txn, ACRM__AT_REVERSED, points - own, &left);
    if (st == ACRM_OK && left > 0 && strcmp(policy, "unlimited") == 0)
        st = step_debt(book, txn, left);
    return st;
}

/* What already expired of the lot is not taken twice. */
static int32_t step_take_back(acrm__book *book, acrm__book_txn *txn, const acrm__rec *of)
{
    acrm__book_shares shares = { NULL, 0, 0 };
    acrm__book_lot *lot = NULL;
    int32_t st = acrm__book_lot_made(book, of, &lot);

    if (st == ACRM_OK)
        st = acrm__book_shares_of(book, of, ACRM__AT_REVERSED, &shares);
    if (st != ACRM_OK)
        return st;
    int64_t there = acrm__int(lot->rec, F_points_lot__qty) -
                    acrm__int(lot->rec, F_points_lot__expired);
    for (size_t i = 0; i < shares.count; i++)
        there -= shares.items[i].points;
    int64_t points = step_points(txn) < there ? step_points(txn) : there;
    return points > 0 ? step_take_from(book, txn, lot, points) : ACRM_OK;
}

static int32_t step_reverse(acrm__book *book, acrm__book_txn *txn)
{
    acrm__rec *of = NULL;
    int32_t st = step_of(book, txn, &of);

    if (st != ACRM_OK)
        return st;
    bool adjusted = strcmp(acrm__text(of, F_points_transaction__kind), "adjust") == 0;
    bool credit = strcmp(acrm__text(of, F_points_transaction__kind), "earn") == 0 ||
                  (adjusted && acrm__int(of, F_points_transaction__points) > 0);
    if (credit)
        return step_take_back(book, txn, of);
    return step_give_back(book, txn, of, adjusted ? ACRM__AT_ADJUSTED : ACRM__AT_SPENT);
}

/* --- By kind --- */

static int32_t step_earn(acrm__book *book, acrm__book_txn *txn)
{
    return step_credit(book, txn, ACRM__AT_ISSUED);
}

static int32_t step_redeem(acrm__book *book, acrm__book_txn *txn)
{
    return step_take(book, txn, ACRM__AT_SPENT, step_points(txn));
}

static int32_t step_reserve(acrm__book *book, acrm__book_txn *txn)
{
    return step_take(book, txn, ACRM__AT_RESERVED, step_points(txn));
}

static int32_t step_confirm(acrm__book *book, acrm__book_txn *txn)
{
    return step_release(book, txn, true);
}

static int32_t step_cancel(acrm__book *book, acrm__book_txn *txn)
{
    return step_release(book, txn, false);
}

static int32_t step_adjust(acrm__book *book, acrm__book_txn *txn)
{
    int64_t points = step_points(txn);

    return points > 0 ? step_credit(book, txn, ACRM__AT_ADJUSTED)
                      : step_take(book, txn, ACRM__AT_ADJUSTED, -points);
}

static int32_t step_transfer(acrm__book *book, acrm__book_txn *txn)
{
    return step_take(book, txn, ACRM__AT_TRANSFERRED, step_points(txn));
}

static const struct {
    const char *kind;
    int32_t (*run)(acrm__book *book, acrm__book_txn *txn);
} step_kinds[] = {
    { "earn", step_earn },       { "redeem", step_redeem },   { "reserve", step_reserve },
    { "confirm", step_confirm }, { "cancel", step_cancel },   { "reverse", step_reverse },
    { "adjust", step_adjust },   { "transfer_out", step_transfer },
};

int32_t acrm__book_do(acrm__book *book, acrm__book_txn *txn)
{
    const char *kind = acrm__text(txn->rec, F_points_transaction__kind);

    for (size_t i = 0; i < sizeof step_kinds / sizeof step_kinds[0]; i++) {
        if (strcmp(step_kinds[i].kind, kind) != 0)
            continue;
        int32_t st = step_kinds[i].run(book, txn);
        if (st == ACRM_OK)
            acrm__book_active(book, txn->account, step_at(txn));
        return st;
    }
    return acrm__fail(book->call, ACRM_E_CONFLICT, "back_dated", "at",
                      "what came later cannot be done again: %.40s", kind);
}
