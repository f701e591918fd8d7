/* SPDX-License-Identifier: MIT */
/* report.cases: how many cases of each kind, how fast, how well, and what was promised. */
#include "modules/care/care.h"

#include "base/civil.h"

#include <stdlib.h>

/* Columns read of each case, in this order. */
static const uint32_t report_columns[] = {
    F_case__status, F_case__opened_at, F_case__first_response_at, F_case__resolved_at,
    F_case__reopen_count, F_case__handovers, F_case__duplicate_of_id, F_case__legal_missed_at,
    F_case__sla_item_id, F_case__response_missed_at, F_case__resolution_missed_at,
    F_case__callback_outcome,
};
enum {
    R_STATUS = 1, R_OPENED, R_RESPONDED, R_RESOLVED, R_REOPENED, R_HANDED, R_DUPLICATE, R_LEGAL,
    R_SLA, R_RESPONSE_MISSED, R_RESOLUTION_MISSED, R_CALLBACK,
    R_COUNT = R_CALLBACK + 1
};

static const char *const report_counts[] = {
    "cases", "open", "waiting", "resolved", "closed", "reopened", "duplicates",
    "right_first_time", "legal_missed", "promised", "response_missed", "resolution_missed",
    "satisfied", "dissatisfied",
};
enum {
    N_CASES, N_OPEN, N_WAITING, N_RESOLVED, N_CLOSED, N_REOPENED, N_DUPLICATES, N_RIGHT, N_LEGAL,
    N_PROMISED, N_RESPONSE_MISSED, N_RESOLUTION_MISSED, N_SATISFIED, N_DISSATISFIED, N_COUNT
};

typedef struct report_numbers {
    int64_t *items;
    size_t n, cap;
} report_numbers;

typedef struct report_row {
    acrm_cell key;
    int64_t counts[N_COUNT];
    report_numbers response, resolution; /* minutes */
} report_row;

typedef struct report_run {
    acrm__call *call;
    report_row total;
    report_row *rows;
    size_t n, cap;
    bool grouped;
} report_run;

/* What can be grouped by. */
static const struct {
    const char *name, *entity; /* whose ids the keys are; NULL: texts or instants */
    uint32_t field;
    int32_t bucket;
} report_groups[] = {
    { "type", "case_type", F_case__type_id, ACRM_BUCKET_NONE },
    { "kind", NULL, F_case__kind, ACRM_BUCKET_NONE },
    { "root_cause", "root_cause", F_case__root_cause_id, ACRM_BUCKET_NONE },
    { "topic", NULL, F_case__topic, ACRM_BUCKET_NONE },
    { "priority", NULL, F_case__priority, ACRM_BUCKET_NONE },
    { "channel", NULL, F_case__channel, ACRM_BUCKET_NONE },
    { "dealer", "dealer", F_case__dealer_id, ACRM_BUCKET_NONE },
    { "owner", "user", F_case__owner_id, ACRM_BUCKET_NONE },
    { "month", NULL, F_case__opened_at, ACRM_BUCKET_MONTH },
};

/* --- Counting --- */

static bool report_add(acrm__call *call, report_numbers *numbers, int64_t number)
{
    if (numbers->n == numbers->cap) {
        size_t cap = numbers->cap ? numbers->cap * 2 : 64;
        int64_t *items = acrm__arena_array(call->arena, cap, sizeof *items);
        if (!items)
            return false;
        if (numbers->n)
            memcpy(items, numbers->items, numbers->n * sizeof *items);
        numbers->items = items;
        numbers->cap = cap;
    }
    numbers->items[numbers->n++] = number;
    return true;
}

static bool report_is(const acrm_cell *cell, const char *word)
{
    return cell->type == ACRM_CELL_TEXT && cell->size == strlen(word) &&
           memcmp(cell->data, word, cell->size) == 0;
}

static bool report_has(const acrm_cell *cell)
{
    return cell->type != ACRM_CELL_NULL;
}

static bool report_count(acrm__call *call, report_row *row, const acrm_cell *c)
{
    bool ended = report_is(&c[R_STATUS], "resolved") || report_is(&c[R_STATUS], "closed");
    bool clean = c[R_REOPENED].integer == 0 && c[R_HANDED].integer == 0;
    bool duplicate = report_has(&c[R_DUPLICATE]);
    const bool is[N_COUNT] = {
        [N_CASES] = true, [N_OPEN] = !ended, [N_WAITING] = report_is(&c[R_STATUS], "waiting"),
        [N_RESOLVED] = ended, [N_CLOSED] = report_is(&c[R_STATUS], "closed"),
        [N_REOPENED] = c[R_REOPENED].integer > 0, [N_DUPLICATES] = duplicate,
        [N_RIGHT] = ended && clean && !duplicate, [N_LEGAL] = report_has(&c[R_LEGAL]),
        [N_PROMISED] = report_has(&c[R_SLA]),
        [N_RESPONSE_MISSED] = report_has(&c[R_RESPONSE_MISSED]),
        [N_RESOLUTION_MISSED] = report_has(&c[R_RESOLUTION_MISSED]),
        [N_SATISFIED] = report_is(&c[R_CALLBACK], "satisfied"),
        [N_DISSATISFIED] = report_is(&c[R_CALLBACK], "dissatisfied"),
    };
    const int64_t minute = 60 * ACRM__SECOND_US;
    bool ok = true;

    for (size_t i = 0; i < N_COUNT; i++)
        row->counts[i] += is[i];
    if (report_has(&c[R_RESPONDED]))
        ok = report_add(call, &row->response,
                        (c[R_RESPONDED].integer - c[R_OPENED].integer) / minute);
    if (ok && report_has(&c[R_RESOLVED]))
        ok = report_add(call, &row->resolution,
                        (c[R_RESOLVED].integer - c[R_OPENED].integer) / minute);
    return ok;
}

static report_row *report_row_of(report_run *run, const acrm_cell *key)
{
    for (size_t i = 0; i < run->n; i++)
        if (acrm__cell_equal(&run->rows[i].key, key))
            return &run->rows[i];
    if (run->n == run->cap) {
        size_t cap = run->cap ? run->cap * 2 : 16;
        report_row *rows = acrm__arena_array(run->call->arena, cap, sizeof *rows);
        if (!rows)
            return NULL;
        if (run->n)
            memcpy(rows, run->rows, run->n * sizeof *rows);
        run->rows = rows;
        run->cap = cap;
    }
    report_row *fresh = &run->rows[run->n];
    *fresh = (report_row){ .key = *key };
    if (key->type == ACRM_CELL_BLOB || key->type == ACRM_CELL_TEXT) {
        fresh->key.data = acrm__arena_text(run->call->arena, key->data, key->size);
        if (!fresh->key.data)
            return NULL;
    }
    run->n++;
    return fresh;
}

static int32_t report_take(void *user, const acrm_cell *cells, uint32_t n)
{
    report_run *run = user;
    report_row *row = run->grouped ? report_row_of(run, &cells[0]) : NULL;

    (void)n;
    if (run->grouped && (!row || !report_count(run->call, row, cells)))
        return ACRM_E_NOMEM;
    return report_count(run->call, &run->total, cells) ? 0 : ACRM_E_NOMEM;
}

static int32_t report_query(report_run *run, uint32_t field, int32_t bucket)
{
    acrm__call *call = run->call;
    const acrm__entity *entity = acrm__entity_of(call, "case");
    acrm_expression select[R_COUNT] = { { .column = field, .bucket = bucket } };
    unsigned char *dealer = acrm__arena_alloc(call->arena, 16);
    acrm__term terms[3];
    size_t n = 0;
    int64_t at;
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .select = select,
                         .n_select = R_COUNT };

    for (size_t i = 1; i < R_COUNT; i++)
        select[i] = (acrm_expression){ .column = report_columns[i - 1] };
    if (acrm__arg_time(call, "from", &at))
        terms[n++] = (acrm__term){ F_case__opened_at, ACRM_FILTER_GE, acrm__cell_int(at) };
    if (acrm__arg_time(call, "until", &at))
        terms[n++] = (acrm__term){ F_case__opened_at, ACRM_FILTER_LT, acrm__cell_int(at) };
    if (dealer && acrm__arg_id(call, "dealer_id", dealer))
        terms[n++] = (acrm__term){ F_case__dealer_id, ACRM_FILTER_EQ, acrm__cell_id(dealer) };
    const acrm_filter_node *where = acrm__where(call, terms, n);
    if (!where || !dealer)
        return acrm__nomem(call);
    int32_t st = acrm__where_visible(call, entity, where, ACRM__DELETED_WITHOUT, &query.where);
    if (st == ACRM_OK)
        st = acrm__query(call, &query, report_take, run);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

/* --- Writing it down --- */

static int report_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool report_put_quantile(acrm_value *map, const char *key, report_numbers *numbers,
                                size_t percent)
{
    size_t rank = (numbers->n * percent + 99) / 100;

    if (numbers->n == 0)
        return acrm__put_null(map, key);
    qsort(numbers->items, numbers->n, sizeof *numbers->items, report_order);
    return acrm__put_int(map, key, numbers->items[rank > 0 ? rank - 1 : 0]);
}

static bool report_put_rate(acrm_value *map, const char *key, int64_t part, int64_t whole)
{
    return whole > 0 ? acrm__put_real(map, key, (double)part / (double)whole)
                     : acrm__put_null(map, key);
}

static bool report_put(report_row *row, acrm_value *map)
{
    const int64_t *c = row->counts;
    bool ok = true;

    for (size_t i = 0; ok && i < N_COUNT; i++)
        ok = acrm__put_int(map, report_counts[i], c[i]);
    return ok &&
           report_put_rate(map, "response_hit_rate", c[N_PROMISED] - c[N_RESPONSE_MISSED],
                           c[N_PROMISED]) &&
           report_put_rate(map, "resolution_hit_rate", c[N_PROMISED] - c[N_RESOLUTION_MISSED],
                           c[N_PROMISED]) &&
           report_put_rate(map, "right_first_time_rate", c[N_RIGHT], c[N_RESOLVED]) &&
           report_put_quantile(map, "p50_response_minutes", &row->response, 50) &&
           report_put_quantile(map, "p90_response_minutes", &row->response, 90) &&
           report_put_quantile(map, "p50_resolution_minutes", &row->resolution, 50) &&
           report_put_quantile(map, "p90_resolution_minutes", &row->resolution, 90);
}

/* What a group is called; of records, by their label. */
static int32_t report_put_key(report_run *run, const char *name, const char *entity,
                              const acrm_cell *key, acrm_value *map)
{
    acrm__call *call = run->call;
    const char *text = NULL, *id = NULL;
    acrm__rec *rec = NULL;
    int32_t st = ACRM_OK;

    if (key->type == ACRM_CELL_INT)
        text = acrm__instant_text(call, key->integer);
    else if (key->type == ACRM_CELL_TEXT)
        text = key->data;
    else if (key->type == ACRM_CELL_BLOB && entity)
        st = acrm__load_or_null(call, acrm__entity_of(call, entity), key->data, &rec);
    if (rec)
        text = acrm__text(rec, acrm__field_of(rec->entity, "name"));
    if (key->type == ACRM_CELL_BLOB)
        id = acrm__id_text(call, key->data);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(map, name, text) && (!entity || acrm__put_text(map, "id", id));
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int report_larger(const void *a, const void *b)
{
    const report_row *x = a, *y = b;
    return (y->counts[N_CASES] > x->counts[N_CASES]) - (y->counts[N_CASES] < x->counts[N_CASES]);
}

int32_t acrm__care_report(acrm__call *call)
{
    report_run run = { .call = call };
    const char *group = acrm__arg_text(call, "group");
    size_t g = 0;

    for (size_t i = 0; group && i < sizeof report_groups / sizeof report_groups[0]; i++)
        if (strcmp(report_groups[i].name, group) == 0)
            g = i;
    run.grouped = group != NULL;
    int32_t st = report_query(&run, report_groups[g].field, report_groups[g].bucket);
    if (st != ACRM_OK)
        return st;
    acrm_value *total = acrm__put_map(call->out, "total");
    acrm_value *rows = acrm__put_list(call->out, "rows");
    if (!total || !rows || !report_put(&run.total, total))
        return acrm__nomem(call);
    if (run.n > 1)
        qsort(run.rows, run.n, sizeof *run.rows, report_larger);
    for (size_t i = 0; i < run.n && st == ACRM_OK; i++) {
        acrm_value *item = acrm__add_map(rows);
        if (!item)
            return acrm__nomem(call);
        st = report_put_key(&run, group, report_groups[g].entity, &run.rows[i].key, item);
        if (st == ACRM_OK && !report_put(&run.rows[i], item))
            st = acrm__nomem(call);
    }
    return st;
}
