/* SPDX-License-Identifier: MIT */
/* Proof of the ledger: every count that is kept is counted again from the entries, and every row
 * that disagrees is named. */
#include "modules/loyalty/ledger_ops.h"

#include "modules/loyalty/ledger_book.h"

#include <string.h>

enum { VERIFY_PAGE = 256, VERIFY_FAULTS = 100 };

typedef struct verify_run {
    acrm__call *call;  /* with an arena that is emptied page by page */
    acrm_value *faults;
    int64_t accounts, lots, transactions, entries, n_faults;
    int64_t sums[ACRM__AT_COUNT];    /* of everything */
    int64_t account[ACRM__AT_COUNT]; /* of the account at hand */
    int64_t lot_sums[3];             /* of its lots: available, pending, reserved */
} verify_run;

static int32_t verify_differs(verify_run *run, const acrm__rec *rec, const char *field,
                              int64_t found, int64_t expected)
{
    if (found == expected)
        return ACRM_OK;
    run->n_faults++;
    if (acrm_value_count(run->faults) >= VERIFY_FAULTS)
        return ACRM_OK;
    acrm_value *fault = acrm__add_map(run->faults);
    bool ok = fault && acrm__put_text(fault, "entity", rec->entity->def->name) &&
              acrm__put_text(fault, "id", acrm__id_text(run->call, acrm__id(rec, F_ID))) &&
              acrm__put_text(fault, "field", field) && acrm__put_int(fault, "found", found) &&
              acrm__put_int(fault, "expected", expected);
    return ok ? ACRM_OK : acrm__nomem(run->call);
}

/* --- Pages of an account's rows, in the order of an index --- */

typedef struct verify_page {
    verify_run *run;
    const acrm__entity *entity;
    acrm__rec *items[VERIFY_PAGE];
    size_t count;
    int64_t at;
    unsigned char id[16];
} verify_page;

static int32_t verify_row(void *user, const acrm_cell *cells, uint32_t n)
{
    verify_page *page = user;

    (void)n;
    acrm__rec *rec = acrm__rec_from_row(page->run->call, page->entity, cells);
    if (!rec)
        return ACRM_E_NOMEM;
    page->items[page->count++] = rec;
    return 0;
}

typedef int32_t (*verify_fn)(verify_run *run, const acrm__rec *rec);

static int32_t verify_each(verify_run *run, const char *name, uint32_t account_field,
                           uint32_t order_field, const acrm_cell *account, verify_fn check)
{
    const acrm_order order[] = { { order_field, 0 }, { F_ID, 0 } };
    acrm__call *call = run->call;
    verify_page page = { .run = run, .entity = acrm__entity_of(call, name) };
    unsigned char owner[16];
    bool begun = false;
    int32_t st = ACRM_OK;

    memcpy(owner, account->data, sizeof owner);
    do {
        const acrm__term of = { account_field, ACRM_FILTER_EQ, acrm__cell_id(owner) };
        const acrm_cell after[] = { acrm__cell_int(page.at), acrm__cell_id(page.id) };
        const acrm_query query = { .struct_size = sizeof query, .table = &page.entity->table,
                                   .where = acrm__where(call, &of, 1), .order = order,
                                   .n_order = 2, .after = begun ? after : NULL,
                                   .limit = VERIFY_PAGE };
        page.count = 0;
        st = query.where ? acrm__query(call, &query, verify_row, &page) : acrm__nomem(call);
        for (size_t i = 0; st == ACRM_OK && i < page.count; i++)
            st = check(run, page.items[i]);
        if (st == ACRM_OK && page.count) {
            page.at = acrm__int(page.items[page.count - 1], order_field);
            memcpy(page.id, acrm__id(page.items[page.count - 1], F_ID), 16);
        }
        begun = true;
        acrm__arena_reset(call->arena);
    } while (st == ACRM_OK && page.count == VERIFY_PAGE);
    return st;
}

/* --- One lot, one transaction --- */

static int32_t verify_entries(verify_run *run, uint32_t field, const acrm__rec *rec,
                              int64_t sums[ACRM__AT_COUNT], int64_t *n)
{
    const acrm__term of = { field, ACRM_FILTER_EQ, rec->cells[F_ID] };
    acrm__recs entries = { NULL, 0 };
    int32_t st = acrm__find(run->call, &(acrm__select){ .entity = "points_entry", .terms = &of,
                                                        .n_terms = 1, .as_system = true },
                            &entries);

    memset(sums, 0, ACRM__AT_COUNT * sizeof *sums);
    *n = (int64_t)entries.count;
    for (size_t i = 0; st == ACRM_OK && i < entries.count; i++) {
        int32_t debit = acrm__ledger_bucket(acrm__text(entries.items[i], F_points_entry__debit));
        int32_t credit = acrm__ledger_bucket(acrm__text(entries.items[i], F_points_entry__credit));
        int64_t points = acrm__int(entries.items[i], F_points_entry__points);
        if (points <= 0 || debit < 0 || credit < 0)
            st = verify_differs(run, entries.items[i], "points", points, 1);
        if (debit >= 0 && credit >= 0) {
            sums[debit] -= points;
            sums[credit] += points;
        }
    }
    return st;
}

static const char *verify_state(const acrm__rec *lot, const int64_t sums[ACRM__AT_COUNT])
{
    int64_t left = sums[ACRM__AT_AVAILABLE] + sums[ACRM__AT_PENDING];

    (void)lot;
    if (left == 0)
        return "empty";
    if (left < 0)
        return "debt";
    return sums[ACRM__AT_PENDING] > 0 ? "pending" : "active";
}

static int32_t verify_lot(verify_run *run, const acrm__rec *lot)
{
    int64_t sums[ACRM__AT_COUNT], n = 0;
    int64_t qty = acrm__int(lot, F_points_lot__qty);
    int32_t st = verify_entries(run, F_points_entry__lot_id, lot, sums, &n);
    int64_t left = sums[ACRM__AT_AVAILABLE] + sums[ACRM__AT_PENDING];

    if (st == ACRM_OK)
        st = verify_differs(run, lot, "remaining", acrm__int(lot, F_points_lot__remaining), left);
    if (st == ACRM_OK)
        st = verify_differs(run, lot, "reserved", acrm__int(lot, F_points_lot__reserved),
                            sums[ACRM__AT_RESERVED]);
    if (st == ACRM_OK)
        st = verify_differs(run, lot, "expired", acrm__int(lot, F_points_lot__expired),
                            sums[ACRM__AT_EXPIRED]);
    if (st == ACRM_OK && sums[ACRM__AT_ISSUED] != 0)
        st = verify_differs(run, lot, "qty", qty, -sums[ACRM__AT_ISSUED]);
    if (st == ACRM_OK && left < 0 && qty >= 0)
        st = verify_differs(run, lot, "remaining", left, 0);
    if (st == ACRM_OK && strcmp(acrm__text(lot, F_points_lot__state), verify_state(lot, sums)) != 0)
        st = verify_differs(run, lot, "state", 0, 1);
    const acrm_cell *wake = &lot->cells[F_points_lot__wake_at];
    const acrm_cell *due = &lot->cells[sums[ACRM__AT_PENDING] > 0 ? F_points_lot__activates_at
                                                                 : F_points_lot__expires_at];
    if (st == ACRM_OK && left > 0 && !acrm__cell_equal(wake, due))
        st = verify_differs(run, lot, "wake_at", wake->integer, due->integer);
    run->lots++;
    run->lot_sums[0] += sums[ACRM__AT_PENDING] > 0 ? 0 : acrm__int(lot, F_points_lot__remaining);
    run->lot_sums[1] += sums[ACRM__AT_PENDING] > 0 ? acrm__int(lot, F_points_lot__remaining) : 0;
    run->lot_sums[2] += acrm__int(lot, F_points_lot__reserved);
    return st;
}

static int32_t verify_transaction(verify_run *run, const acrm__rec *txn)
{
    int64_t sums[ACRM__AT_COUNT], n = 0, total = 0;
    int32_t st = verify_entries(run, F_points_entry__transaction_id, txn, sums, &n);

    if (st == ACRM_OK)
        st = verify_differs(run, txn, "available", acrm__int(txn, F_points_transaction__available),
                            sums[ACRM__AT_AVAILABLE]);
    if (st == ACRM_OK)
        st = verify_differs(run, txn, "pending", acrm__int(txn, F_points_transaction__pending),
                            sums[ACRM__AT_PENDING]);
    if (st == ACRM_OK)
        st = verify_differs(run, txn, "reserved", acrm__int(txn, F_points_transaction__reserved),
                            sums[ACRM__AT_RESERVED]);
    for (int32_t i = 0; i < ACRM__AT_COUNT; i++) {
        total += sums[i];
        run->account[i] += sums[i];
        run->sums[i] += sums[i];
    }
    if (st == ACRM_OK)
        st = verify_differs(run, txn, "entries", total, 0);
    run->transactions++;
    run->entries += n;
    return st;
}

/* --- One account --- */

static int32_t verify_account(verify_run *run, const unsigned char id[16])
{
    acrm__call *call = run->call;
    acrm_cell key = acrm__cell_id(id);
    acrm__rec *account = NULL;
    int32_t st;

    memset(run->account, 0, sizeof run->account);
    memset(run->lot_sums, 0, sizeof run->lot_sums);
    st = verify_each(run, "points_transaction", F_points_transaction__account_id,
                     F_points_transaction__at, &key, verify_transaction);
    if (st == ACRM_OK)
        st = verify_each(run, "points_lot", F_points_lot__account_id, F_points_lot__earned_at, &key,
                         verify_lot);
    if (st == ACRM_OK)
        st = acrm__load(call, "points_account", id, "id", &account);
    if (st != ACRM_OK)
        return st;
    const struct {
        const char *name;
        uint32_t field;
        int64_t expected;
    } counts[] = {
        { "available", F_points_account__available, run->account[ACRM__AT_AVAILABLE] },
        { "pending", F_points_account__pending, run->account[ACRM__AT_PENDING] },
        { "reserved", F_points_account__reserved, run->account[ACRM__AT_RESERVED] },
        { "earned", F_points_account__earned,
          -run->account[ACRM__AT_ISSUED] - run->account[ACRM__AT_REVERSED] },
        { "spent", F_points_account__spent, run->account[ACRM__AT_SPENT] },
        { "expired", F_points_account__expired, run->account[ACRM__AT_EXPIRED] },
        { "available", F_points_account__available, run->lot_sums[0] },
        { "pending", F_points_account__pending, run->lot_sums[1] },
        { "reserved", F_points_account__reserved, run->lot_sums[2] },
    };
    for (size_t i = 0; st == ACRM_OK && i < sizeof counts / sizeof counts[0]; i++)
        st = verify_differs(run, account, counts[i].name, acrm__int(account, counts[i].field),
                            counts[i].expected);
    run->accounts++;
    acrm__arena_reset(call->arena);
    return st;
}

/* --- All of them --- */

typedef struct verify_ids {
    unsigned char items[VERIFY_PAGE][16];
    size_t count;
} verify_ids;

static int32_t verify_take_id(void *user, const acrm_cell *cells, uint32_t n)
{
    verify_ids *ids = user;

    (void)n;
    memcpy(ids->items[ids->count++], cells[0].data, 16);
    return 0;
}

static int32_t verify_accounts(verify_run *run, const acrm__term *only, size_t n_only)
{
    static const acrm_expression key = { .column = F_ID };
    static const acrm_order order = { 0, 0 };
    acrm__call *call = run->call;
    verify_ids ids = { .count = 0 };
    unsigned char last[16] = { 0 };
    bool begun = false;
    int32_t st = ACRM_OK;

    do {
        const acrm_cell after = acrm__cell_id(last);
        const acrm_query query = { .struct_size = sizeof query, .select = &key, .n_select = 1,
                                   .table = &acrm__entity_of(call, "points_account")->table,
                                   .where = acrm__where(call, only, n_only), .order = &order,
                                   .n_order = 1, .after = begun ? &after : NULL,
                                   .limit = VERIFY_PAGE };
        ids.count = 0;
        st = query.where ? acrm__query(call, &query, verify_take_id, &ids) : acrm__nomem(call);
        for (size_t i = 0; st == ACRM_OK && i < ids.count; i++)
            st = verify_account(run, ids.items[i]);
        if (ids.count)
            memcpy(last, ids.items[ids.count - 1], 16);
        begun = true;
        if (st == ACRM_OK)
            st = acrm__progress(call, "verify", run->accounts, run->accounts);
    } while (st == ACRM_OK && ids.count == VERIFY_PAGE);
    return st;
}

static int32_t verify_result(acrm__call *call, verify_run *run)
{
    acrm_value *sums = acrm__put_map(call->out, "sums");
    int64_t total = 0;
    bool ok = sums != NULL;

    for (int32_t i = 0; ok && i < ACRM__AT_COUNT; i++) {
        ok = acrm__put_int(sums, acrm__ledger_buckets[i], run->sums[i]);
        total += run->sums[i];
    }
    ok = ok && acrm__put_bool(call->out, "ok", run->n_faults == 0 && total == 0) &&
         acrm__put_int(call->out, "accounts", run->accounts) &&
         acrm__put_int(call->out, "lots", run->lots) &&
         acrm__put_int(call->out, "transactions", run->transactions) &&
         acrm__put_int(call->out, "entries", run->entries) &&
         acrm__put_int(call->out, "faults_count", run->n_faults);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__loyalty_verify(acrm__call *call)
{
    acrm__call inner = *call;
    acrm__arena scratch;
    verify_run run = { .call = &inner, .faults = acrm__put_list(call->out, "faults") };
    acrm__rec *of = NULL;
    acrm__term only = { 0 };
    size_t n_only = 0;
    int32_t st = run.faults ? ACRM_OK : acrm__nomem(call);

    if (st == ACRM_OK && acrm__arg(call, "member_id")) {
        st = acrm__load_arg(call, "member", "member_id", &of);
        only.field = F_points_account__member_id;
    } else if (st == ACRM_OK && acrm__arg(call, "program")) {
        st = acrm__ledger_program_named(call, &of);
        only.field = F_points_account__program_id;
    }
    if (st != ACRM_OK)
        return st;
    if (of) {
        only.op = ACRM_FILTER_EQ;
        only.value = of->cells[F_ID];
        n_only = 1;
    }
    acrm__arena_init(&scratch, &call->session->engine->allocator);
    inner.arena = &scratch;
    inner.as_system = true;
    st = verify_accounts(&run, &only, n_only);
    acrm__arena_free(&scratch);
    return st == ACRM_OK ? verify_result(call, &run) : st;
}
