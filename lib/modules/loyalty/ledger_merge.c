/* SPDX-License-Identifier: MIT */
/* When two customers become one, their memberships of a programme do: points go to the member that
 * stays, each lot with its own end; and back when that is undone, as far as they are left. */
#include "modules/loyalty/ledger_ops.h"

#include "modules/loyalty/ledger_book.h"

#include <string.h>

static int32_t merge_pair(acrm__book *book, acrm__book_account *from, acrm__book_account *to,
                          acrm__book_txn **out, acrm__book_txn **in)
{
    int64_t now = book->call->now;
    int32_t st = acrm__book_txn_new(book, from, "merge_out", now, NULL, out);

    if (st == ACRM_OK)
        st = acrm__book_txn_new(book, to, "merge_in", now, NULL, in);
    if (st != ACRM_OK)
        return st;
    (*out)->derived = true;
    acrm__set((*in)->rec, F_points_transaction__of_id, (*out)->rec->cells[F_ID]);
    acrm__set(from->rec, F_points_account__last_at, acrm__cell_int(now));
    acrm__set(to->rec, F_points_account__last_at, acrm__cell_int(now));
    return ACRM_OK;
}

/* All of a lot goes from one account to the other. */
static int32_t merge_lot(acrm__book *book, acrm__book_txn *out, acrm__book_txn *in,
                         acrm__book_lot *lot)
{
    int64_t remaining = acrm__int(lot->rec, F_points_lot__remaining);
    int64_t reserved = acrm__int(lot->rec, F_points_lot__reserved);
    bool pending = strcmp(acrm__text(lot->rec, F_points_lot__state), "pending") == 0;
    int32_t at = pending ? ACRM__AT_PENDING : ACRM__AT_AVAILABLE;
    int32_t away = ACRM__AT_TRANSFERRED, st = ACRM_OK;

    if (remaining < 0)
        st = acrm__book_move(book, out, lot, away, at, -remaining);
    else
        st = acrm__book_move(book, out, lot, at, away, remaining);
    if (st == ACRM_OK)
        st = acrm__book_move(book, out, lot, ACRM__AT_RESERVED, away, reserved);
    acrm__set(lot->rec, F_points_lot__account_id, in->account->rec->cells[F_ID]);
    if (st == ACRM_OK && remaining < 0)
        st = acrm__book_move(book, in, lot, at, away, -remaining);
    else if (st == ACRM_OK)
        st = acrm__book_move(book, in, lot, away, at, remaining);
    return st == ACRM_OK ? acrm__book_move(book, in, lot, away, ACRM__AT_RESERVED, reserved) : st;
}

static int32_t merge_end(acrm__book *book, acrm__book_account *to, acrm__book_txn *out,
                         acrm__book_txn *in)
{
    int32_t st = acrm__book_pay(book, in); /* what one owes, the other may have */

    acrm__set(in->rec, F_points_transaction__points,
              out->rec->cells[F_points_transaction__points]);
    acrm__book_active(book, to, book->call->now);
    return st;
}

static int32_t merge_account(acrm__book *book, acrm__book_account *from, acrm__book_account *to)
{
    const acrm__term terms[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, from->rec->cells[F_ID] },
        { F_points_lot__state, ACRM_FILTER_NE, acrm__cell_text("empty") },
    };
    const acrm__term held[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, from->rec->cells[F_ID] },
        { F_points_lot__state, ACRM_FILTER_EQ, acrm__cell_text("empty") },
        { F_points_lot__reserved, ACRM_FILTER_GT, acrm__cell_int(0) },
    };
    acrm__recs lots[2] = { { NULL, 0 }, { NULL, 0 } };
    acrm__book_txn *out = NULL, *in = NULL;
    int32_t st = acrm__book_settle(book, from, book->call->now);

    if (st == ACRM_OK)
        st = acrm__book_settle(book, to, book->call->now);
    if (st == ACRM_OK)
        st = acrm__book_find_lots(book, terms, 2, 0, &lots[0]);
    if (st == ACRM_OK)
        st = acrm__book_find_lots(book, held, 3, 0, &lots[1]);
    if (st == ACRM_OK)
        st = merge_pair(book, from, to, &out, &in);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; st == ACRM_OK && i < lots[k].count; i++) {
            acrm__book_lot *lot = NULL;
            st = acrm__book_lot_of(book, lots[k].items[i], &lot);
            if (st == ACRM_OK)
                st = merge_lot(book, out, in, lot);
        }
    acrm__set(from->rec, F_points_account__moved_to_id, to->rec->cells[F_ID]);
    return st == ACRM_OK ? merge_end(book, to, out, in) : st;
}

/* --- Back --- */

static int32_t merge_last(acrm__book *book, const acrm__book_account *from, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_points_transaction__account_id, ACRM_FILTER_EQ, from->rec->cells[F_ID] },
        { F_points_transaction__kind, ACRM_FILTER_EQ, acrm__cell_text("merge_out") },
    };

    return acrm__find_one(book->call, &(acrm__select){ .entity = "points_transaction",
        .terms = terms, .n_terms = 2, .order = F_ID, .descending = true, .as_system = true }, out);
}

static int32_t merge_account_back(acrm__book *book, acrm__book_account *from)
{
    acrm__book_account *to = NULL;
    acrm__book_txn *out = NULL, *in = NULL;
    acrm__rec *merged = NULL;
    acrm__recs entries = { NULL, 0 };

    if (acrm__is_null(from->rec, F_points_account__moved_to_id))
        return ACRM_OK;
    int32_t st = acrm__book_account_by_id(book,
        acrm__id(from->rec, F_points_account__moved_to_id), &to);
    if (st == ACRM_OK)
        st = acrm__book_settle(book, to, book->call->now);
    if (st == ACRM_OK)
        st = merge_last(book, from, &merged);
    if (st == ACRM_OK && merged) {
        const acrm__term of = { F_points_entry__transaction_id, ACRM_FILTER_EQ,
                                merged->cells[F_ID] };
        st = acrm__find(book->call, &(acrm__select){ .entity = "points_entry", .terms = &of,
                                                     .n_terms = 1, .as_system = true }, &entries);
    }
    acrm__set(from->rec, F_points_account__moved_to_id, acrm__cell_null());
    if (st == ACRM_OK)
        st = merge_pair(book, to, from, &out, &in);
    for (size_t i = 0; st == ACRM_OK && i < entries.count; i++) {
        acrm__book_lot *lot = NULL;
        st = acrm__book_lot_by_id(book, acrm__id(entries.items[i], F_points_entry__lot_id), &lot);
        if (st == ACRM_OK && acrm__cell_equal(&lot->rec->cells[F_points_lot__account_id],
                                              &to->rec->cells[F_ID]))
            st = merge_lot(book, out, in, lot);
    }
    return st == ACRM_OK ? merge_end(book, from, out, in) : st;
}

/* --- Members --- */

static int32_t merge_twin(acrm__call *call, const acrm__rec *rec, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_member__program_id, ACRM_FILTER_EQ, rec->cells[F_member__program_id] },
        { F_member__customer_id, ACRM_FILTER_EQ, rec->cells[F_member__customer_id] },
        { F_ID, ACRM_FILTER_NE, rec->cells[F_ID] },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "member", .terms = terms, .n_terms = 3,
                                                 .as_system = true }, out);
}

static int32_t merge_member(acrm__call *call, const acrm__rec *from, const acrm__rec *to)
{
    acrm__call system = *call;
    acrm__rec *program = NULL;
    acrm__book book;
    int32_t st;

    system.as_system = true;
    system.arena = &call->session->arena; /* a merge empties its own before the events are told */
    st = acrm__ledger_program(&system, from, &program);
    if (st == ACRM_OK)
        st = acrm__book_open(&system, program, &book);
    for (int32_t kind = ACRM__POINTS; st == ACRM_OK && kind <= ACRM__POINTS_QUALIFYING; kind++) {
        acrm__book_account *a = NULL, *b = NULL;
        st = acrm__book_account_of(&book, from, kind, &a);
        if (st == ACRM_OK && to)
            st = acrm__book_account_of(&book, to, kind, &b);
        if (st == ACRM_OK)
            st = to ? merge_account(&book, a, b) : merge_account_back(&book, a);
    }
    return st == ACRM_OK ? acrm__book_close(&book) : st;
}

int32_t acrm__ledger_member_moved(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    bool gone = !acrm__is_null(rec, F_DELETED_AT), was = !acrm__is_null(before, F_DELETED_AT);
    acrm__rec *twin = NULL;
    int32_t st;

    if (gone == was)
        return ACRM_OK;
    if (!gone) {
        acrm__set(rec, F_member__merged_into_id, acrm__cell_null());
        return merge_member(call, rec, NULL);
    }
    st = merge_twin(call, rec, &twin);
    if (st != ACRM_OK || !twin)
        return st;
    acrm__set(rec, F_member__merged_into_id, twin->cells[F_ID]);
    return merge_member(call, rec, twin);
}
