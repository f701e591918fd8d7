/* SPDX-License-Identifier: MIT */
/* Books: what an operation on points has read and moved, and its writing. */
#include "modules/loyalty/ledger_book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BOOK_TAKE_ROWS = 32 };

const char *const acrm__ledger_buckets[] = {
    "issued", "pending", "available", "reserved", "spent", "expired", "reversed", "settled",
    "transferred", "adjusted", NULL,
};

int32_t acrm__ledger_bucket(const char *name)
{
    for (int32_t i = 0; acrm__ledger_buckets[i]; i++)
        if (strcmp(acrm__ledger_buckets[i], name) == 0)
            return i;
    return -1;
}

int32_t acrm__book_open(acrm__call *call, acrm__rec *program, acrm__book *book)
{
    *book = (acrm__book){ .call = call, .program = program };
    book->lots_last = &book->lots;
    book->txns_last = &book->txns;
    book->moves_last = &book->moves;
    return acrm__ledger_zone(call, program, &book->zone);
}

/* --- Accounts --- */

static const char *const book_kinds[] = { "points", "qualifying" };

static int32_t book_account_add(acrm__book *book, acrm__rec *rec, acrm__book_account **out)
{
    acrm__book_account *account = acrm__arena_zero(book->call->arena, sizeof *account);

    if (!account)
        return acrm__nomem(book->call);
    account->rec = rec;
    account->next = book->accounts;
    book->accounts = account;
    *out = account;
    return ACRM_OK;
}

static int32_t book_account_make(acrm__book *book, const acrm__rec *member, int32_t kind,
                                 acrm__rec **out)
{
    acrm__rec *rec = acrm__new(book->call, "points_account");

    if (!rec)
        return acrm__nomem(book->call);
    acrm__set(rec, F_points_account__member_id, member->cells[F_ID]);
    acrm__set(rec, F_points_account__program_id, book->program->cells[F_ID]);
    acrm__set(rec, F_points_account__kind, acrm__cell_text(book_kinds[kind]));
    *out = rec;
    return acrm__insert(book->call, rec);
}

int32_t acrm__book_account_of(acrm__book *book, const acrm__rec *member, int32_t kind,
                              acrm__book_account **out)
{
    const acrm__term terms[] = {
        { F_points_account__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_points_account__kind, ACRM_FILTER_EQ, acrm__cell_text(book_kinds[kind]) },
    };
    acrm__rec *rec = NULL;

    for (acrm__book_account *a = book->accounts; a; a = a->next)
        if (acrm__cell_equal(&a->rec->cells[F_points_account__member_id], &member->cells[F_ID]) &&
            strcmp(acrm__text(a->rec, F_points_account__kind), book_kinds[kind]) == 0) {
            *out = a;
            return ACRM_OK;
        }
    int32_t st = acrm__find_one(book->call, &(acrm__select){ .entity = "points_account",
        .terms = terms, .n_terms = 2, .as_system = true }, &rec);
    if (st == ACRM_OK && !rec)
        st = book_account_make(book, member, kind, &rec);
    return st == ACRM_OK ? book_account_add(book, rec, out) : st;
}

int32_t acrm__book_account_by_id(acrm__book *book, const unsigned char id[16],
                                 acrm__book_account **out)
{
    acrm__rec *rec = NULL;

    for (acrm__book_account *a = book->accounts; a; a = a->next)
        if (memcmp(acrm__id(a->rec, F_ID), id, 16) == 0) {
            *out = a;
            return ACRM_OK;
        }
    int32_t st = acrm__load_any(book->call, acrm__entity_of(book->call, "points_account"), id,
                                &rec);
    if (st == ACRM_OK && !rec)
        st = acrm__fail(book->call, ACRM_E_CORRUPT, "reference", "account_id",
                        "a lot is of no account");
    return st == ACRM_OK ? book_account_add(book, rec, out) : st;
}

/* --- Lots --- */

static acrm__book_lot **book_slot(acrm__book *book, const unsigned char id[16])
{
    return &book->slots[id[15] & (ACRM__BOOK_SLOTS - 1)];
}

int32_t acrm__book_lot_of(acrm__book *book, acrm__rec *rec, acrm__book_lot **out)
{
    acrm__book_lot **slot = book_slot(book, acrm__id(rec, F_ID));

    for (acrm__book_lot *lot = *slot; lot; lot = lot->next)
        if (memcmp(acrm__id(lot->rec, F_ID), acrm__id(rec, F_ID), 16) == 0) {
            *out = lot;
            return ACRM_OK;
        }
    acrm__book_lot *lot = acrm__arena_zero(book->call->arena, sizeof *lot);
    if (!lot)
        return acrm__nomem(book->call);
    *lot = (acrm__book_lot){ .next = *slot, .rec = rec, .number = book->n_lots++ };
    *slot = lot;
    *book->lots_last = lot;
    book->lots_last = &lot->later;
    *out = lot;
    return ACRM_OK;
}

int32_t acrm__book_lot_by_id(acrm__book *book, const unsigned char id[16], acrm__book_lot **out)
{
    acrm__rec *rec = NULL;

    for (acrm__book_lot *lot = *book_slot(book, id); lot; lot = lot->next)
        if (memcmp(acrm__id(lot->rec, F_ID), id, 16) == 0) {
            *out = lot;
            return ACRM_OK;
        }
    int32_t st = acrm__load_any(book->call, acrm__entity_of(book->call, "points_lot"), id, &rec);
    if (st == ACRM_OK && !rec)
        st = acrm__fail(book->call, ACRM_E_CORRUPT, "reference", "lot_id",
                        "an entry is of no lot");
    return st == ACRM_OK ? acrm__book_lot_of(book, rec, out) : st;
}

int32_t acrm__book_lot_new(acrm__book *book, acrm__book_txn *txn, const acrm__lot_terms *terms,
                           acrm__book_lot **out)
{
    acrm__call *call = book->call;
    acrm__rec *rec = acrm__new(call, "points_lot");
    unsigned char *id = acrm__arena_alloc(call->arena, 16);

    if (!rec || !id)
        return acrm__nomem(call);
    acrm__engine_uuid(call->session->engine, call->now, id);
    acrm__set(rec, F_ID, acrm__cell_blob(id, 16));
    acrm__set(rec, F_points_lot__account_id, txn->account->rec->cells[F_ID]);
    acrm__set(rec, F_points_lot__program_id, book->program->cells[F_ID]);
    acrm__set(rec, F_points_lot__transaction_id, txn->rec->cells[F_ID]);
    acrm__set(rec, F_points_lot__from_lot_id, acrm__cell_id(terms->from));
    acrm__set(rec, F_points_lot__state, acrm__cell_text("empty"));
    acrm__set(rec, F_points_lot__qty, acrm__cell_int(terms->qty));
    acrm__set(rec, F_points_lot__remaining, acrm__cell_int(0));
    acrm__set(rec, F_points_lot__reserved, acrm__cell_int(0));
    acrm__set(rec, F_points_lot__expired, acrm__cell_int(0));
    acrm__set(rec, F_points_lot__earned_at, acrm__cell_int(terms->earned_at));
    acrm__set(rec, F_points_lot__activates_at, acrm__cell_int(terms->activates_at));
    acrm__set(rec, F_points_lot__expires_at, terms->expires_at);
    acrm__set(rec, F_points_lot__expires_on, terms->expires_on);
    acrm__set(rec, F_points_lot__rule, acrm__cell_text(terms->rule));
    acrm__set(rec, F_points_lot__source, acrm__cell_text(terms->source));
    return acrm__book_lot_of(book, rec, out);
}

/* Where a lot stands by what is left of it. */
static void book_lot_place(const acrm__book *book, acrm__rec *lot)
{
    int64_t remaining = acrm__int(lot, F_points_lot__remaining);
    bool pending = strcmp(acrm__text(lot, F_points_lot__state), "pending") == 0;
    bool oldest = strcmp(acrm__text(book->program, F_loyalty_program__consume),
                         "oldest_earned") == 0;
    acrm_cell expires = lot->cells[F_points_lot__expires_at];
    acrm_cell earned = lot->cells[F_points_lot__earned_at];
    acrm_cell never = acrm__cell_int(INT64_MAX);

    if (remaining == 0)
        acrm__set(lot, F_points_lot__state, acrm__cell_text("empty"));
    else if (remaining < 0)
        acrm__set(lot, F_points_lot__state, acrm__cell_text("debt"));
    else if (!pending)
        acrm__set(lot, F_points_lot__state, acrm__cell_text("active"));
    if (remaining > 0 && pending)
        acrm__set(lot, F_points_lot__sort_key, lot->cells[F_points_lot__activates_at]);
    else
        acrm__set(lot, F_points_lot__sort_key, oldest || remaining < 0 ? earned
                  : expires.type == ACRM_CELL_NULL ? never : expires);
    acrm__set(lot, F_points_lot__wake_at, remaining <= 0 ? acrm__cell_null()
              : pending ? lot->cells[F_points_lot__activates_at] : expires);
}

static int32_t book_lot_write(acrm__book *book, acrm__rec *rec)
{
    book_lot_place(book, rec);
    if (rec->before)
        return acrm__update(book->call, rec);
    int32_t st = acrm__append(book->call, rec);
    if (st != ACRM_OK)
        return st;
    rec->before = acrm__cells_copy(book->call->arena, rec->cells, rec->entity->n_fields);
    return rec->before ? ACRM_OK : acrm__nomem(book->call);
}

/* An account wakes when the first of its lots does. */
static void book_wake(const acrm__book *book, const acrm__rec *lot)
{
    const acrm_cell *wake = &lot->cells[F_points_lot__wake_at];

    for (acrm__book_account *a = book->accounts; a && wake->type != ACRM_CELL_NULL; a = a->next)
        if (acrm__cell_equal(&a->rec->cells[F_ID], &lot->cells[F_points_lot__account_id]) &&
            (acrm__is_null(a->rec, F_points_account__wake_at) ||
             acrm__int(a->rec, F_points_account__wake_at) > wake->integer))
            acrm__set(a->rec, F_points_account__wake_at, *wake);
}

int32_t acrm__book_flush(acrm__book *book)
{
    int32_t st = ACRM_OK;

    for (acrm__book_lot *lot = book->lots; lot && st == ACRM_OK; lot = lot->later) {
        st = book_lot_write(book, lot->rec);
        book_wake(book, lot->rec);
    }
    return st;
}

int32_t acrm__book_follow(acrm__book *book, acrm__book_lot *lot)
{
    acrm__book_account *account = NULL;

    for (;;) {
        int32_t st = acrm__book_account_by_id(book, acrm__id(lot->rec, F_points_lot__account_id),
                                              &account);
        if (st != ACRM_OK || acrm__is_null(account->rec, F_points_account__moved_to_id))
            return st;
        acrm__set(lot->rec, F_points_lot__account_id,
                  account->rec->cells[F_points_account__moved_to_id]);
    }
}

/* --- Transactions --- */

static int32_t book_txn_add(acrm__book *book, acrm__rec *rec, acrm__book_account *account,
                            acrm__book_txn **out)
{
    acrm__book_txn *txn = acrm__arena_zero(book->call->arena, sizeof *txn);

    if (!txn)
        return acrm__nomem(book->call);
    *txn = (acrm__book_txn){ .rec = rec, .account = account, .main = txn,
                             .number = book->n_txns++ };
    *book->txns_last = txn;
    book->txns_last = &txn->next;
    *out = txn;
    return ACRM_OK;
}

int32_t acrm__book_txn_new(acrm__book *book, acrm__book_account *account, const char *kind,
                           int64_t at, acrm__book_txn *main, acrm__book_txn **out)
{
    acrm__call *call = book->call;
    acrm__rec *rec = acrm__new(call, "points_transaction");
    unsigned char *id = acrm__arena_alloc(call->arena, 16);

    if (!rec || !id)
        return acrm__nomem(call);
    acrm__engine_uuid(call->session->engine, call->now, id);
    acrm__set(rec, F_ID, acrm__cell_blob(id, 16));
    acrm__set(rec, F_points_transaction__account_id, account->rec->cells[F_ID]);
    acrm__set(rec, F_points_transaction__program_id, book->program->cells[F_ID]);
    acrm__set(rec, F_points_transaction__kind, acrm__cell_text(kind));
    acrm__set(rec, F_points_transaction__at, acrm__cell_int(at));
    for (uint32_t f = F_points_transaction__points; f <= F_points_transaction__reserved; f++)
        acrm__set(rec, f, acrm__cell_int(0));
    if (main)
        acrm__set(rec, F_points_transaction__part_of_id, main->rec->cells[F_ID]);
    int32_t st = book_txn_add(book, rec, account, out);
    if (st == ACRM_OK && main)
        (*out)->main = main;
    return st;
}

int32_t acrm__book_txn_of(acrm__book *book, acrm__rec *rec, acrm__book_txn **out)
{
    acrm__book_account *account = NULL;

    for (acrm__book_txn *t = book->txns; t; t = t->next)
        if (memcmp(acrm__id(t->rec, F_ID), acrm__id(rec, F_ID), 16) == 0) {
            *out = t;
            return ACRM_OK;
        }
    int32_t st = acrm__book_account_by_id(book, acrm__id(rec, F_points_transaction__account_id),
                                          &account);
    return st == ACRM_OK ? book_txn_add(book, rec, account, out) : st;
}

int32_t acrm__book_part(acrm__book *book, acrm__book_txn *txn, const acrm__rec *lot,
                        acrm__book_txn **out)
{
    const unsigned char *id = acrm__id(lot, F_points_lot__account_id);
    acrm__book_account *account = NULL;

    *out = txn;
    if (memcmp(acrm__id(txn->account->rec, F_ID), id, 16) == 0)
        return ACRM_OK;
    for (acrm__book_txn *t = book->txns; t; t = t->next)
        if (t->main == txn->main && memcmp(acrm__id(t->account->rec, F_ID), id, 16) == 0) {
            *out = t;
            return ACRM_OK;
        }
    int32_t st = acrm__book_account_by_id(book, id, &account);
    if (st == ACRM_OK)
        st = acrm__book_txn_new(book, account, acrm__text(txn->rec, F_points_transaction__kind),
                                acrm__int(txn->rec, F_points_transaction__at), txn->main, out);
    if (st != ACRM_OK)
        return st;
    (*out)->derived = true;
    acrm__set((*out)->rec, F_points_transaction__of_id,
              txn->rec->cells[F_points_transaction__of_id]);
    return ACRM_OK;
}

/* --- Moves --- */

static bool book_add(acrm__rec *rec, uint32_t field, int64_t points)
{
    int64_t sum;

    if (__builtin_add_overflow(acrm__int(rec, field), points, &sum) || sum > ACRM__POINTS_MAX ||
        sum < -ACRM__POINTS_MAX)
        return false;
    acrm__set(rec, field, acrm__cell_int(sum));
    return true;
}

/* Where a bucket is counted; UINT32_MAX: nowhere. */
static const struct {
    uint32_t lot, account, txn;
    int32_t sign; /* of the account's count */
} book_counts[ACRM__AT_COUNT] = {
    [ACRM__AT_ISSUED] = { UINT32_MAX, F_points_account__earned, UINT32_MAX, -1 },
    [ACRM__AT_PENDING] = { F_points_lot__remaining, F_points_account__pending,
                           F_points_transaction__pending, 1 },
    [ACRM__AT_AVAILABLE] = { F_points_lot__remaining, F_points_account__available,
                             F_points_transaction__available, 1 },
    [ACRM__AT_RESERVED] = { F_points_lot__reserved, F_points_account__reserved,
                            F_points_transaction__reserved, 1 },
    [ACRM__AT_SPENT] = { UINT32_MAX, F_points_account__spent, UINT32_MAX, 1 },
    [ACRM__AT_EXPIRED] = { F_points_lot__expired, F_points_account__expired, UINT32_MAX, 1 },
    [ACRM__AT_REVERSED] = { UINT32_MAX, F_points_account__earned, UINT32_MAX, -1 },
    [ACRM__AT_SETTLED] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, 0 },
    [ACRM__AT_TRANSFERRED] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, 0 },
    [ACRM__AT_ADJUSTED] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, 0 },
};

static bool book_count(acrm__book_txn *txn, acrm__rec *lot, int32_t bucket, int64_t points)
{
    uint32_t in_lot = book_counts[bucket].lot, in_account = book_counts[bucket].account;
    uint32_t in_txn = book_counts[bucket].txn;

    return (in_lot == UINT32_MAX || book_add(lot, in_lot, points)) &&
           (in_account == UINT32_MAX ||
            book_add(txn->account->rec, in_account, points * book_counts[bucket].sign)) &&
           (in_txn == UINT32_MAX || book_add(txn->rec, in_txn, points));
}

int32_t acrm__book_move(acrm__book *book, acrm__book_txn *txn, acrm__book_lot *lot, int32_t debit,
                        int32_t credit, int64_t points)
{
    acrm__call *call = book->call;

    if (points == 0)
        return ACRM_OK;
    assert(points > 0 && debit != credit);
    int32_t st = acrm__book_part(book, txn, lot->rec, &txn);
    acrm__book_entry *move = st == ACRM_OK ? acrm__arena_zero(call->arena, sizeof *move) : NULL;
    if (!move)
        return st == ACRM_OK ? acrm__nomem(call) : st;
    if (!book_count(txn, lot->rec, debit, -points) || !book_count(txn, lot->rec, credit, points) ||
        (txn->derived && !book_add(txn->rec, F_points_transaction__points, points)))
        return acrm__fail(call, ACRM_E_LIMIT, "overflow", "points",
                          "an account holds at most %lld points", (long long)ACRM__POINTS_MAX);
    if (credit == ACRM__AT_PENDING || credit == ACRM__AT_AVAILABLE)
        acrm__set(lot->rec, F_points_lot__state,
                  acrm__cell_text(credit == ACRM__AT_PENDING ? "pending" : "active"));
    *move = (acrm__book_entry){ .txn = txn, .lot = lot, .debit = debit, .credit = credit,
                               .points = points };
    *book->moves_last = move;
    book->moves_last = &move->next;
    return ACRM_OK;
}

/* --- Lots in order --- */

typedef struct book_rows {
    acrm__call *call;
    const acrm__entity *entity;
    acrm__recs *out;
    size_t cap;
} book_rows;

static int32_t book_row(void *user, const acrm_cell *cells, uint32_t n)
{
    book_rows *rows = user;

    (void)n;
    if (rows->out->count == rows->cap) {
        size_t cap = rows->cap ? 2 * rows->cap : 8;
        acrm__rec **items = acrm__arena_array(rows->call->arena, cap, sizeof *items);
        if (!items)
            return ACRM_E_NOMEM;
        if (rows->cap)
            memcpy(items, rows->out->items, rows->cap * sizeof *items);
        rows->out->items = items;
        rows->cap = cap;
    }
    acrm__rec *rec = acrm__rec_from_row(rows->call, rows->entity, cells);
    if (!rec)
        return ACRM_E_NOMEM;
    rows->out->items[rows->out->count++] = rec;
    return 0;
}

int32_t acrm__book_find_lots(acrm__book *book, const acrm__term *terms, size_t n, uint32_t limit,
                             acrm__recs *out)
{
    static const acrm_order order[] = {
        { F_points_lot__sort_key, 0 }, { F_points_lot__activates_at, 0 }, { F_ID, 0 },
    };
    acrm__call *call = book->call;
    const acrm__entity *entity = acrm__entity_of(call, "points_lot");
    book_rows rows = { .call = call, .entity = entity, .out = out };
    const acrm_query query = { .struct_size = sizeof query, .table = &entity->table,
                               .where = acrm__where(call, terms, n), .n_order = 3,
                               .order = order, .limit = limit };

    *out = (acrm__recs){ NULL, 0 };
    int32_t st = query.where ? acrm__query(call, &query, book_row, &rows) : acrm__nomem(call);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

static int32_t book_in_state(acrm__book *book, const acrm__book_account *account,
                             const char *state, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, account->rec->cells[F_ID] },
        { F_points_lot__state, ACRM_FILTER_EQ, acrm__cell_text(state) },
    };

    return acrm__book_find_lots(book, terms, 2, BOOK_TAKE_ROWS, out);
}

int32_t acrm__book_take(acrm__book *book, acrm__book_txn *txn, int32_t credit, int64_t points,
                        int64_t *left)
{
    acrm__recs rows = { NULL, 0 };
    int32_t st = ACRM_OK;

    *left = points;
    while (st == ACRM_OK && *left > 0) {
        int64_t before = *left;
        st = book_in_state(book, txn->account, "active", &rows);
        for (size_t i = 0; st == ACRM_OK && i < rows.count && *left > 0; i++) {
            acrm__book_lot *lot = NULL;
            st = acrm__book_lot_of(book, rows.items[i], &lot);
            if (st != ACRM_OK)
                break;
            int64_t remaining = acrm__int(lot->rec, F_points_lot__remaining);
            int64_t n = remaining < *left ? remaining : *left;
            if (n <= 0)
                continue;
            st = acrm__book_move(book, txn, lot, ACRM__AT_AVAILABLE, credit, n);
            *left -= n;
        }
        if (rows.count < BOOK_TAKE_ROWS || before == *left)
            break;
        if (st == ACRM_OK && *left > 0)
            st = acrm__book_flush(book);
    }
    return st;
}

int32_t acrm__book_pay(acrm__book *book, acrm__book_txn *txn)
{
    acrm__recs debts = { NULL, 0 };
    int32_t st = acrm__book_flush(book);

    if (st == ACRM_OK)
        st = book_in_state(book, txn->account, "debt", &debts);
    for (size_t i = 0; st == ACRM_OK && i < debts.count; i++) {
        acrm__book_lot *debt = NULL;
        int64_t left = 0;
        st = acrm__book_lot_of(book, debts.items[i], &debt);
        int64_t owed = st == ACRM_OK ? -acrm__int(debt->rec, F_points_lot__remaining) : 0;
        if (owed > 0)
            st = acrm__book_take(book, txn, ACRM__AT_SETTLED, owed, &left);
        if (st == ACRM_OK && owed > left)
            st = acrm__book_move(book, txn, debt, ACRM__AT_SETTLED, ACRM__AT_AVAILABLE,
                                 owed - left);
        if (left > 0)
            break;
    }
    return st;
}

/* --- Shares --- */

static int32_t book_share_add(acrm__book *book, acrm__book_shares *shares, acrm__book_lot *lot,
                              int64_t points)
{
    for (size_t i = 0; i < shares->count; i++)
        if (shares->items[i].lot == lot) {
            shares->items[i].points += points;
            return ACRM_OK;
        }
    if (shares->count == shares->cap) {
        size_t cap = shares->cap ? 2 * shares->cap : 8;
        acrm__book_share *items = acrm__arena_array(book->call->arena, cap, sizeof *items);
        if (!items)
            return acrm__nomem(book->call);
        if (shares->count)
            memcpy(items, shares->items, shares->count * sizeof *items);
        shares->items = items;
        shares->cap = cap;
    }
    shares->items[shares->count++] = (acrm__book_share){ lot, points };
    return ACRM_OK;
}

static int32_t book_shares_add(acrm__book *book, const acrm_cell *txn, int32_t bucket,
                               acrm__book_shares *out)
{
    const char *name = acrm__ledger_buckets[bucket];
    const acrm__term of = { F_points_entry__transaction_id, ACRM_FILTER_EQ, *txn };
    acrm__recs entries = { NULL, 0 };
    int32_t st = acrm__find(book->call, &(acrm__select){ .entity = "points_entry", .terms = &of,
                                                         .n_terms = 1, .as_system = true },
                            &entries);

    for (size_t i = 0; st == ACRM_OK && i < entries.count; i++) {
        const acrm__rec *e = entries.items[i];
        bool to = strcmp(acrm__text(e, F_points_entry__credit), name) == 0;
        bool from = strcmp(acrm__text(e, F_points_entry__debit), name) == 0;
        acrm__book_lot *lot = NULL;
        if (!to && !from)
            continue;
        st = acrm__book_lot_by_id(book, acrm__id(e, F_points_entry__lot_id), &lot);
        int64_t points = acrm__int(e, F_points_entry__points);
        if (st == ACRM_OK)
            st = book_share_add(book, out, lot, to ? points : -points);
    }
    for (const acrm__book_entry *m = book->moves; m && st == ACRM_OK; m = m->next) {
        if (!acrm__cell_equal(&m->txn->rec->cells[F_ID], txn) ||
            (m->credit != bucket && m->debit != bucket))
            continue;
        st = book_share_add(book, out, m->lot, m->credit == bucket ? m->points : -m->points);
    }
    return st;
}

/* The last to be spent first; as they were made where that is the same. */
static int book_share_order(const void *a, const void *b)
{
    const acrm__rec *x = ((const acrm__book_share *)a)->lot->rec;
    const acrm__rec *y = ((const acrm__book_share *)b)->lot->rec;
    static const uint32_t fields[] = { F_points_lot__expires_at, F_points_lot__earned_at,
                                       F_points_lot__activates_at };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        int64_t p = acrm__is_null(x, fields[i]) ? INT64_MAX : acrm__int(x, fields[i]);
        int64_t q = acrm__is_null(y, fields[i]) ? INT64_MAX : acrm__int(y, fields[i]);
        if (p != q)
            return p > q ? -1 : 1;
    }
    return -memcmp(acrm__id(x, F_ID), acrm__id(y, F_ID), 16);
}

int32_t acrm__book_shares_of(acrm__book *book, const acrm__rec *txn, int32_t bucket,
                             acrm__book_shares *out)
{
    const acrm__term of = { F_points_transaction__of_id, ACRM_FILTER_EQ, txn->cells[F_ID] };
    acrm__recs later = { NULL, 0 };
    size_t n = 0;

    *out = (acrm__book_shares){ NULL, 0, 0 };
    int32_t st = book_shares_add(book, &txn->cells[F_ID], bucket, out);
    if (st == ACRM_OK)
        st = acrm__find(book->call, &(acrm__select){ .entity = "points_transaction",
            .terms = &of, .n_terms = 1, .as_system = true }, &later);
    for (size_t i = 0; st == ACRM_OK && i < later.count; i++)
        st = book_shares_add(book, &later.items[i]->cells[F_ID], bucket, out);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].points > 0)
            out->items[n++] = out->items[i];
    out->count = n;
    if (n > 1)
        qsort(out->items, n, sizeof *out->items, book_share_order);
    return ACRM_OK;
}

/* --- Closing --- */

/* Moves that a replay undid and did again are no news: by transaction, lot and pair of buckets,
 * the lower one as debit of a positive number. */
static int book_move_order(const void *a, const void *b)
{
    const acrm__book_entry *x = *(const acrm__book_entry *const *)a;
    const acrm__book_entry *y = *(const acrm__book_entry *const *)b;
    const int64_t p[] = { x->txn->number, x->lot->number, x->debit, x->credit };
    const int64_t q[] = { y->txn->number, y->lot->number, y->debit, y->credit };

    for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
        if (p[i] != q[i])
            return p[i] < q[i] ? -1 : 1;
    return 0;
}

static int32_t book_net(acrm__book *book)
{
    acrm__book_entry **all, *first = NULL, **last = &first;
    size_t n = 0, i = 0;

    for (acrm__book_entry *m = book->moves; m; m = m->next)
        n++;
    all = acrm__arena_array(book->call->arena, n + 1, sizeof *all);
    if (!all)
        return acrm__nomem(book->call);
    for (acrm__book_entry *m = book->moves; m; m = m->next) {
        if (m->debit > m->credit) {
            int32_t credit = m->credit;
            m->credit = m->debit;
            m->debit = credit;
            m->points = -m->points;
        }
        all[i++] = m;
    }
    qsort(all, n, sizeof *all, book_move_order);
    for (i = 0; i < n;) {
        acrm__book_entry *m = all[i++];
        for (; i < n && book_move_order(&m, &all[i]) == 0; i++)
            m->points += all[i]->points;
        if (m->points == 0)
            continue;
        if (m->points < 0) {
            int32_t credit = m->credit;
            m->credit = m->debit;
            m->debit = credit;
            m->points = -m->points;
        }
        *last = m;
        last = &m->next;
    }
    *last = NULL;
    book->moves = first;
    return ACRM_OK;
}

static int32_t book_entries(acrm__book *book)
{
    acrm__call *call = book->call;
    const acrm__entity *entity = acrm__entity_of(call, "points_entry");
    const acrm__book_entry *m = book->moves;
    acrm_cell *cells = m ? acrm__arena_array(call->arena, ACRM__APPEND_ROWS * entity->n_fields,
                                             sizeof *cells) : NULL;
    int32_t st = ACRM_OK;

    if (m && !cells)
        return acrm__nomem(call);
    while (st == ACRM_OK && m) {
        uint32_t n = 0;
        for (; m && n < ACRM__APPEND_ROWS; m = m->next, n++) {
            acrm_cell *row = cells + (size_t)n * entity->n_fields;
            const acrm__book_txn *cause = book->cause ? book->cause : m->txn;
            row[F_points_entry__transaction_id] = m->txn->rec->cells[F_ID];
            row[F_points_entry__posted_id] = cause->rec->cells[F_ID];
            row[F_points_entry__lot_id] = m->lot->rec->cells[F_ID];
            row[F_points_entry__debit] = acrm__cell_text(acrm__ledger_buckets[m->debit]);
            row[F_points_entry__credit] = acrm__cell_text(acrm__ledger_buckets[m->credit]);
            row[F_points_entry__points] = acrm__cell_int(m->points);
        }
        st = acrm__append_many(call, entity, cells, n);
    }
    return st;
}

int32_t acrm__book_close(acrm__book *book)
{
    acrm__call *call = book->call;
    int32_t st = book->cause ? book_net(book) : ACRM_OK;

    for (acrm__book_txn *t = book->txns; t && st == ACRM_OK; t = t->next)
        st = t->rec->before ? acrm__update(call, t->rec) : acrm__insert(call, t->rec);
    if (st == ACRM_OK)
        st = acrm__book_flush(book);
    if (st == ACRM_OK)
        st = book_entries(book);
    for (acrm__book_account *a = book->accounts; a && st == ACRM_OK; a = a->next)
        st = acrm__update(call, a->rec);
    return st;
}
