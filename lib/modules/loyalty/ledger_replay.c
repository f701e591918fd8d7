/* SPDX-License-Identifier: MIT */
/*
 * What is dated back: what came later on the account is taken back, the new transaction is done,
 * and the rest is done again in its order. Only what comes out otherwise is written, as entries of
 * the transactions that they change: so the account stands as if all had been told in time.
 */
#include "modules/loyalty/ledger_book.h"

#include "base/civil.h"

#include <string.h>

bool acrm__book_is_late(const acrm__book_account *account, int64_t at)
{
    const acrm_cell *last = &account->rec->cells[F_points_account__last_at];

    return last->type == ACRM_CELL_INT && last->integer > at &&
           strcmp(acrm__text(account->rec, F_points_account__kind), "points") == 0;
}

static bool replay_is(const acrm__rec *txn, const char *kind)
{
    return strcmp(acrm__text(txn, F_points_transaction__kind), kind) == 0;
}

/* By the time at which they took effect; told at the same, in the order of telling. */
static int32_t replay_later(acrm__book *book, const acrm__book_txn *txn, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_points_transaction__account_id, ACRM_FILTER_EQ, txn->account->rec->cells[F_ID] },
        { F_points_transaction__at, ACRM_FILTER_GT,
          txn->rec->cells[F_points_transaction__at] },
    };

    return acrm__find(book->call, &(acrm__select){ .entity = "points_transaction",
        .terms = terms, .n_terms = 2, .order = F_points_transaction__at, .as_system = true }, out);
}

/* Whether other accounts had a part in it, so that it cannot be done again for this one alone. */
static int32_t replay_shared(acrm__book *book, const acrm__rec *txn, bool *out)
{
    const acrm__term of = { F_points_transaction__part_of_id, ACRM_FILTER_EQ, txn->cells[F_ID] };
    acrm__recs parts = { NULL, 0 };
    int32_t st = ACRM_OK;

    *out = !acrm__is_null(txn, F_points_transaction__part_of_id) ||
           replay_is(txn, "transfer_out") || replay_is(txn, "transfer_in") ||
           replay_is(txn, "merge_in") || replay_is(txn, "merge_out");
    if (!*out)
        st = acrm__find(book->call, &(acrm__select){ .entity = "points_transaction",
            .terms = &of, .n_terms = 1, .as_system = true }, &parts);
    for (size_t i = 0; st == ACRM_OK && i < parts.count && !*out; i++) {
        acrm__book_account *account = NULL;
        st = acrm__book_account_by_id(book,
            acrm__id(parts.items[i], F_points_transaction__account_id), &account);
        *out = st == ACRM_OK &&
               strcmp(acrm__text(account->rec, F_points_account__kind), "points") == 0;
    }
    return st;
}

static int32_t replay_refuse(acrm__book *book, const acrm__rec *later)
{
    const char *day = acrm__instant_text(book->call,
                                         acrm__int(later, F_points_transaction__at));

    if (!day)
        return acrm__nomem(book->call);
    return acrm__fail(book->call, ACRM_E_CONFLICT, "back_dated", "at",
                      "nothing can be dated before %.40s: other members' points moved then", day);
}

/* A lot that was given a longer life by what is taken back has its own again. */
static void replay_end(const acrm__book *book, acrm__rec *lot)
{
    const acrm_cell *day = &lot->cells[F_points_lot__expires_on];

    if (day->type == ACRM_CELL_INT && acrm__int(lot, F_points_lot__remaining) == 0)
        acrm__set(lot, F_points_lot__expires_at,
                  acrm__cell_int(acrm__book_day_start(book, (int32_t)day->integer)));
}

static int32_t replay_undo(acrm__book *book, acrm__book_txn *txn)
{
    const acrm__term of = { F_points_entry__transaction_id, ACRM_FILTER_EQ,
                            txn->rec->cells[F_ID] };
    acrm__recs entries = { NULL, 0 };
    int32_t st = acrm__find(book->call, &(acrm__select){ .entity = "points_entry", .terms = &of,
                                                         .n_terms = 1, .as_system = true },
                            &entries);

    for (size_t i = entries.count; st == ACRM_OK && i > 0; i--) {
        const acrm__rec *e = entries.items[i - 1];
        acrm__book_lot *lot = NULL;
        st = acrm__book_lot_by_id(book, acrm__id(e, F_points_entry__lot_id), &lot);
        if (st == ACRM_OK)
            st = acrm__book_move(book, txn, lot,
                                 acrm__ledger_bucket(acrm__text(e, F_points_entry__credit)),
                                 acrm__ledger_bucket(acrm__text(e, F_points_entry__debit)),
                                 acrm__int(e, F_points_entry__points));
        if (st == ACRM_OK)
            replay_end(book, lot->rec);
    }
    txn->derived = replay_is(txn->rec, "activate") || replay_is(txn->rec, "expire");
    if (txn->derived)
        acrm__set(txn->rec, F_points_transaction__points, acrm__cell_int(0));
    return st;
}

static int32_t replay_take_back(acrm__book *book, const acrm__recs *later, acrm__book_txn **txns)
{
    int32_t st = ACRM_OK;

    for (size_t i = later->count; st == ACRM_OK && i > 0; i--) {
        bool shared = false;
        st = replay_shared(book, later->items[i - 1], &shared);
        if (st == ACRM_OK && shared)
            st = replay_refuse(book, later->items[i - 1]);
        if (st == ACRM_OK)
            st = acrm__book_txn_of(book, later->items[i - 1], &txns[i - 1]);
        if (st == ACRM_OK)
            st = replay_undo(book, txns[i - 1]);
    }
    return st == ACRM_OK ? acrm__book_flush(book) : st;
}

int32_t acrm__book_replay(acrm__book *book, acrm__book_txn *txn)
{
    acrm__book_account *account = txn->account;
    int64_t last = acrm__int(account->rec, F_points_account__last_at);
    int64_t at = acrm__int(txn->rec, F_points_transaction__at);
    acrm__recs later = { NULL, 0 };

    if (acrm__book_by_activity(book))
        return acrm__fail(book->call, ACRM_E_CONFLICT, "back_dated", "at",
                          "where activity makes points last, nothing is dated back before what was "
                          "told already");
    int32_t st = replay_later(book, txn, &later);
    acrm__book_txn **txns = st == ACRM_OK ? acrm__arena_array(book->call->arena, later.count + 1,
                                                              sizeof *txns) : NULL;
    if (!txns)
        return st == ACRM_OK ? acrm__nomem(book->call) : st;
    book->cause = txn;
    st = replay_take_back(book, &later, txns);
    if (st == ACRM_OK)
        st = acrm__book_settle(book, account, at);
    if (st == ACRM_OK)
        st = acrm__book_do(book, txn);
    for (size_t i = 0; st == ACRM_OK && i < later.count; i++) {
        if (txns[i]->derived)
            continue;
        st = acrm__book_flush(book);
        if (st == ACRM_OK)
            st = acrm__book_settle(book, account,
                                   acrm__int(txns[i]->rec, F_points_transaction__at));
        if (st == ACRM_OK)
            st = acrm__book_do(book, txns[i]);
    }
    if (st == ACRM_OK)
        st = acrm__book_flush(book);
    return st == ACRM_OK ? acrm__book_settle(book, account, last) : st;
}
