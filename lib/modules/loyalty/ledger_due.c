/* SPDX-License-Identifier: MIT */
/* What time does to points: pending ones become spendable, and what was not spent expires. */
#include "modules/loyalty/ledger_book.h"

#include "base/civil.h"

#include <string.h>

enum { DUE_ROWS = 64 };

/* --- Finding --- */

typedef struct due_rows {
    acrm__call *call;
    const acrm__entity *entity;
    acrm__rec *items[DUE_ROWS];
    size_t count;
} due_rows;

static int32_t due_row(void *user, const acrm_cell *cells, uint32_t n)
{
    due_rows *rows = user;

    (void)n;
    acrm__rec *rec = acrm__rec_from_row(rows->call, rows->entity, cells);
    if (!rec)
        return ACRM_E_NOMEM;
    rows->items[rows->count++] = rec;
    return 0;
}

/* The lots of an account that wake first. */
static int32_t due_find(acrm__book *book, const acrm__book_account *account, due_rows *out)
{
    static const acrm_order order[] = { { F_points_lot__wake_at, 0 }, { F_ID, 0 } };
    acrm__call *call = book->call;
    const acrm__term terms[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, account->rec->cells[F_ID] },
        { F_points_lot__wake_at, ACRM_FILTER_GT, acrm__cell_int(INT64_MIN) },
    };

    *out = (due_rows){ .call = call, .entity = acrm__entity_of(call, "points_lot") };
    const acrm_query query = { .struct_size = sizeof query, .table = &out->entity->table,
                               .where = acrm__where(call, terms, 2), .order = order,
                               .n_order = 2, .limit = DUE_ROWS };
    int32_t st = query.where ? acrm__query(call, &query, due_row, out) : acrm__nomem(call);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

/* --- Doing --- */

/* The transaction of what became due then: one for each account, kind and moment. */
static int32_t due_txn(acrm__book *book, acrm__book_account *account, const char *kind, int64_t at,
                       acrm__book_txn **out)
{
    for (acrm__book_txn *t = book->txns; t; t = t->next)
        if (t->derived && t->main == t && t->account == account &&
            acrm__int(t->rec, F_points_transaction__at) == at &&
            strcmp(acrm__text(t->rec, F_points_transaction__kind), kind) == 0) {
            *out = t;
            return ACRM_OK;
        }
    int32_t st = acrm__book_txn_new(book, account, kind, at, NULL, out);
    if (st == ACRM_OK)
        (*out)->derived = true;
    return st;
}

static int32_t due_lot(acrm__book *book, acrm__book_account *account, acrm__book_lot *lot,
                       int64_t at)
{
    bool pending = strcmp(acrm__text(lot->rec, F_points_lot__state), "pending") == 0;
    int64_t points = acrm__int(lot->rec, F_points_lot__remaining);
    bool owes = acrm__int(account->rec, F_points_account__available) < 0;
    acrm__book_txn *txn = NULL;

    int32_t st = due_txn(book, account, pending ? "activate" : "expire", at, &txn);
    if (st == ACRM_OK && pending)
        st = acrm__book_move(book, txn, lot, ACRM__AT_PENDING, ACRM__AT_AVAILABLE, points);
    else if (st == ACRM_OK)
        st = acrm__book_move(book, txn, lot, ACRM__AT_AVAILABLE, ACRM__AT_EXPIRED, points);
    if (st == ACRM_OK && pending && owes)
        st = acrm__book_pay(book, txn);
    return st;
}

/* Where activity makes points last: all that can be spent, for want of it. */
static int32_t due_idle(acrm__book *book, acrm__book_account *account, int64_t at)
{
    int64_t points = acrm__int(account->rec, F_points_account__available), left = 0;
    acrm__book_txn *txn = NULL;
    int32_t st = ACRM_OK;

    acrm__set(account->rec, F_points_account__expires_at, acrm__cell_null());
    if (points > 0)
        st = due_txn(book, account, "expire", at, &txn);
    if (st == ACRM_OK && points > 0)
        st = acrm__book_take(book, txn, ACRM__AT_EXPIRED, points, &left);
    return st;
}

static int64_t due_or_never(const acrm_cell *cell)
{
    return cell->type == ACRM_CELL_INT ? cell->integer : INT64_MAX;
}

static int32_t due_step(acrm__book *book, acrm__book_account *account, int64_t at, bool *more)
{
    due_rows rows;
    int32_t st = due_find(book, account, &rows);

    if (st != ACRM_OK)
        return st;
    int64_t idle = due_or_never(&account->rec->cells[F_points_account__expires_at]);
    int64_t lots = rows.count ? acrm__int(rows.items[0], F_points_lot__wake_at) : INT64_MAX;
    int64_t next = idle < lots ? idle : lots;
    acrm__set(account->rec, F_points_account__wake_at,
              next == INT64_MAX ? acrm__cell_null() : acrm__cell_int(next));
    *more = next <= at;
    if (!*more)
        return ACRM_OK;
    if (idle < lots)
        st = due_idle(book, account, idle);
    for (size_t i = 0; st == ACRM_OK && next == lots && i < rows.count; i++) {
        acrm__book_lot *lot = NULL;
        if (acrm__int(rows.items[i], F_points_lot__wake_at) != lots)
            break;
        st = acrm__book_lot_of(book, rows.items[i], &lot);
        if (st == ACRM_OK)
            st = due_lot(book, account, lot, lots);
    }
    return st == ACRM_OK ? acrm__book_flush(book) : st;
}

int32_t acrm__book_settle(acrm__book *book, acrm__book_account *account, int64_t at)
{
    bool more = due_or_never(&account->rec->cells[F_points_account__wake_at]) <= at;
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && more)
        st = due_step(book, account, at, &more);
    return st;
}

void acrm__book_active(acrm__book *book, acrm__book_account *account, int64_t at)
{
    acrm__rec *rec = account->rec;

    if (!acrm__book_by_activity(book) ||
        strcmp(acrm__text(rec, F_points_account__kind), "points") != 0)
        return;
    acrm_cell until = acrm__book_lasts(book, at);
    acrm__set(rec, F_points_account__expires_at, until);
    if (until.type == ACRM_CELL_INT &&
        due_or_never(&rec->cells[F_points_account__wake_at]) > until.integer)
        acrm__set(rec, F_points_account__wake_at, until);
}

int32_t acrm__book_give_back(acrm__book *book, acrm__book_txn *txn, acrm__book_lot *lot,
                             int32_t debit, int64_t points)
{
    int64_t at = acrm__int(txn->rec, F_points_transaction__at);
    int32_t st = acrm__book_follow(book, lot);

    if (st == ACRM_OK)
        st = acrm__book_part(book, txn, lot->rec, &txn);
    if (st != ACRM_OK)
        return st;
    bool owes = acrm__int(txn->account->rec, F_points_account__available) < 0;
    if (due_or_never(&lot->rec->cells[F_points_lot__expires_at]) <= at) {
        int64_t days = acrm__int(book->program, F_loyalty_program__reinstate_days);
        int32_t until = (int32_t)(acrm__int(lot->rec, F_points_lot__expires_on) + days);
        int64_t end = days > 0 ? acrm__book_day_start(book, until) : 0;
        if (end <= at)
            return acrm__book_move(book, txn, lot, debit, ACRM__AT_EXPIRED, points);
        acrm__set(lot->rec, F_points_lot__expires_at, acrm__cell_int(end));
    }
    st = acrm__book_move(book, txn, lot, debit, ACRM__AT_AVAILABLE, points);
    return st == ACRM_OK && owes ? acrm__book_pay(book, txn) : st;
}
