/* SPDX-License-Identifier: MIT */
/* What the reports share: who and when they are about, counts by group, and rates. */
#include "modules/sales/report.h"

#include <stdlib.h>

int32_t acrm__report_where(acrm__call *call, const acrm__report_fields *fields,
                           const acrm_filter_node *where, const acrm_filter_node **out)
{
    unsigned char *dealer = acrm__arena_alloc(call->arena, 16);
    unsigned char *source = acrm__arena_alloc(call->arena, 16);
    acrm__term terms[4];
    size_t n = 0;
    int64_t at;

    if (!dealer || !source)
        return acrm__nomem(call);
    if (acrm__arg_time(call, "from", &at))
        terms[n++] = (acrm__term){ fields->at, ACRM_FILTER_GE, acrm__cell_int(at) };
    if (acrm__arg_time(call, "until", &at))
        terms[n++] = (acrm__term){ fields->at, ACRM_FILTER_LT, acrm__cell_int(at) };
    if (fields->dealer != UINT32_MAX && acrm__arg_id(call, "dealer_id", dealer))
        terms[n++] = (acrm__term){ fields->dealer, ACRM_FILTER_EQ, acrm__cell_id(dealer) };
    if (fields->source != UINT32_MAX && acrm__arg_id(call, "source_id", source))
        terms[n++] = (acrm__term){ fields->source, ACRM_FILTER_EQ, acrm__cell_id(source) };
    const acrm_filter_node *all = acrm__where(call, terms, n);
    all = all ? acrm__and(call, all, where) : NULL;
    if (!all)
        return acrm__nomem(call);
    return acrm__where_visible(call, acrm__entity_of(call, fields->entity), all,
                               ACRM__DELETED_WITHOUT, out);
}

/* --- Counts --- */

static bool report_copy_key(acrm__call *call, const acrm_cell *key, acrm_cell *out)
{
    *out = *key;
    if (key->type != ACRM_CELL_TEXT && key->type != ACRM_CELL_BLOB)
        return true;
    out->data = acrm__arena_text(call->arena, key->data, key->size);
    return out->data != NULL;
}

acrm__tally *acrm__tally_of(acrm__tallies *tallies, const acrm_cell *key)
{
    for (uint32_t i = 0; i < tallies->n; i++)
        if (acrm__cell_equal(&tallies->items[i].key, key))
            return &tallies->items[i];
    if (tallies->n == tallies->cap) {
        uint32_t cap = tallies->cap ? tallies->cap * 2 : 16;
        acrm__tally *items = acrm__arena_array(tallies->call->arena, cap, sizeof *items);
        if (!items)
            return NULL;
        if (tallies->n)
            memcpy(items, tallies->items, tallies->n * sizeof *items);
        tallies->items = items;
        tallies->cap = cap;
    }
    acrm__tally *fresh = &tallies->items[tallies->n];
    *fresh = (acrm__tally){ .key = acrm__cell_null() };
    if (!report_copy_key(tallies->call, key, &fresh->key))
        return NULL;
    tallies->n++;
    return fresh;
}

static int32_t report_tally_row(void *user, const acrm_cell *cells, uint32_t n)
{
    acrm__tallies *tallies = user;
    acrm_cell all = acrm__cell_null();
    acrm__tally *tally = acrm__tally_of(tallies, n > 1 ? &cells[0] : &all);

    if (!tally)
        return ACRM_E_NOMEM;
    tally->counts[tallies->column] += cells[n - 1].integer;
    return 0;
}

int32_t acrm__tally_count(acrm__tallies *tallies, const acrm__entity *entity,
                    const acrm_expression *group, const acrm_filter_node *where, uint32_t column)
{
    acrm_expression select[2] = { { .aggregate = ACRM_AGGREGATE_COUNT } };
    acrm_order order = { 0, 0 };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .where = where,
                         .select = select, .n_select = 1 };

    if (group) {
        select[1] = select[0];
        select[0] = *group;
        query.n_select = 2;
        query.n_group = 1;
        query.order = &order;
        query.n_order = 1;
    }
    tallies->column = column;
    return acrm__query(tallies->call, &query, report_tally_row, tallies);
}

typedef struct report_ends {
    acrm__tallies *tallies;
    const acrm__tally_ends *columns;
} report_ends;

static bool report_is(const acrm_cell *cell, const char *word)
{
    return cell->type == ACRM_CELL_TEXT && cell->size == strlen(word) &&
           memcmp(cell->data, word, cell->size) == 0;
}

/* status, count; or group, status, count */
static int32_t report_ends_row(void *user, const acrm_cell *cells, uint32_t n)
{
    const report_ends *ends = user;
    acrm_cell all = acrm__cell_null();
    acrm__tally *tally = acrm__tally_of(ends->tallies, n > 2 ? &cells[0] : &all);
    int64_t count = cells[n - 1].integer;

    if (!tally)
        return ACRM_E_NOMEM;
    tally->counts[ends->columns->all] += count;
    if (report_is(&cells[n - 2], "won"))
        tally->counts[ends->columns->won] += count;
    else if (report_is(&cells[n - 2], "lost"))
        tally->counts[ends->columns->lost] += count;
    return 0;
}

int32_t acrm__tally_leads(acrm__tallies *tallies, const acrm_expression *group,
                          const acrm_filter_node *where, const acrm__tally_ends *columns)
{
    report_ends ends = { tallies, columns };
    uint32_t keys = group ? 2 : 1;
    acrm_expression select[3] = { { .column = 0 } };
    acrm_order order[] = { { 0, 0 }, { 1, 0 } };
    acrm_query query = { .struct_size = sizeof query, .where = where, .select = select,
                         .table = &acrm__entity_of(tallies->call, "lead")->table,
                         .n_select = keys + 1, .n_group = keys, .order = order,
                         .n_order = keys };

    if (group)
        select[0] = *group;
    select[keys - 1] = (acrm_expression){ .column = F_lead__status };
    select[keys] = (acrm_expression){ .aggregate = ACRM_AGGREGATE_COUNT };
    return acrm__query(tallies->call, &query, report_ends_row, &ends);
}

bool acrm__put_rate(acrm_value *map, const char *key, int64_t part, int64_t whole)
{
    return whole > 0 ? acrm__put_real(map, key, (double)part / (double)whole)
                     : acrm__put_null(map, key);
}

/* --- Groups --- */

const acrm__report_group acrm__report_groups[] = {
    { "dealer", "dealer", F_lead__dealer_id, ACRM_BUCKET_NONE },
    { "user", "user", F_lead__owner_id, ACRM_BUCKET_NONE },
    { "source", "lead_source", F_lead__source_id, ACRM_BUCKET_NONE },
    { "channel", NULL, F_lead__channel, ACRM_BUCKET_NONE },
    { "level", NULL, F_lead__level, ACRM_BUCKET_NONE },
    { "week", NULL, F_lead__received_at, ACRM_BUCKET_WEEK },
    { "month", NULL, F_lead__received_at, ACRM_BUCKET_MONTH },
    { NULL, NULL, 0, 0 },
};

const acrm__report_group *acrm__report_group_of(acrm__call *call)
{
    const char *name = acrm__arg_text(call, "group");

    for (const acrm__report_group *g = acrm__report_groups; name && g->name; g++)
        if (strcmp(g->name, name) == 0)
            return g;
    return NULL;
}

int32_t acrm__tally_names(const acrm__tallies *tallies, const char *entity, acrm__recs *out)
{
    acrm_cell *ids = acrm__arena_array(tallies->call->arena, tallies->n + 1, sizeof *ids);
    uint32_t n = 0;

    *out = (acrm__recs){ NULL, 0 };
    if (!ids)
        return acrm__nomem(tallies->call);
    for (uint32_t i = 0; entity && i < tallies->n; i++)
        if (tallies->items[i].key.type == ACRM_CELL_BLOB)
            ids[n++] = tallies->items[i].key;
    return entity ? acrm__sales_find_in(tallies->call, entity, F_ID, ids, n, out) : ACRM_OK;
}

const acrm__rec *acrm__record_of(const acrm__recs *records, const acrm_cell *id)
{
    for (size_t i = 0; id->type == ACRM_CELL_BLOB && i < records->count; i++)
        if (acrm__cell_equal(&records->items[i]->cells[F_ID], id))
            return records->items[i];
    return NULL;
}

bool acrm__put_group(acrm__call *call, acrm_value *row, const acrm__report_group *group,
                     const acrm_cell *key, const acrm__recs *names)
{
    const acrm__rec *rec = acrm__record_of(names, key);
    const char *text = NULL;

    if (key->type == ACRM_CELL_INT)
        text = acrm__instant_text(call, key->integer);
    else if (key->type == ACRM_CELL_BLOB)
        text = acrm__id_text(call, key->data);
    else if (key->type == ACRM_CELL_TEXT)
        text = key->data;
    const char *name = rec ? acrm__text(rec, acrm__field_of(rec->entity, "name")) : text;
    return acrm__put_text(row, group->name, name) &&
           (!group->entity || acrm__put_text(row, "id", text));
}

/* --- Samples --- */

static int report_number_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

void acrm__sort_numbers(int64_t *numbers, size_t n)
{
    if (n > 1)
        qsort(numbers, n, sizeof *numbers, report_number_order);
}

int64_t acrm__quantile(int64_t *sorted, size_t n, int32_t percent)
{
    size_t rank = (n * (size_t)percent + 99) / 100;
    return sorted[rank > 0 ? rank - 1 : 0];
}

acrm__sample *acrm__sample_of(acrm__samples *samples, const acrm_cell *key)
{
    for (uint32_t i = 0; i < samples->n; i++)
        if (acrm__cell_equal(&samples->items[i].key, key))
            return &samples->items[i];
    if (samples->n == samples->cap) {
        uint32_t cap = samples->cap ? samples->cap * 2 : 16;
        acrm__sample *items = acrm__arena_array(samples->call->arena, cap, sizeof *items);
        if (!items)
            return NULL;
        if (samples->n)
            memcpy(items, samples->items, samples->n * sizeof *items);
        samples->items = items;
        samples->cap = cap;
    }
    acrm__sample *fresh = &samples->items[samples->n];
    *fresh = (acrm__sample){ .key = acrm__cell_null() };
    if (!report_copy_key(samples->call, key, &fresh->key))
        return NULL;
    samples->n++;
    return fresh;
}

bool acrm__sample_add(acrm__samples *samples, acrm__sample *sample, int64_t number)
{
    if (sample->n == sample->cap) {
        size_t cap = sample->cap ? sample->cap * 2 : 64;
        int64_t *numbers = acrm__arena_array(samples->call->arena, cap, sizeof *numbers);
        if (!numbers)
            return false;
        if (sample->n)
            memcpy(numbers, sample->numbers, sample->n * sizeof *numbers);
        sample->numbers = numbers;
        sample->cap = cap;
    }
    sample->numbers[sample->n++] = number;
    return true;
}
