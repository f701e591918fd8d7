/* SPDX-License-Identifier: MIT */
/* The free operation aggregate: groups over fields, relation paths and date buckets. */
#include "base/money.h"
#include "kernel/crud.h"

#include <math.h>
#include <string.h>

enum { AGGREGATE_COLUMNS_MAX = 16 };

typedef struct aggregate_column {
    const char *name;              /* in the result */
    const acrm__entity *entity;    /* of the field */
    const acrm__fieldinfo *field;  /* NULL: a count */
} aggregate_column;

typedef struct aggregate_run {
    acrm__call *call;
    acrm_expression select[AGGREGATE_COLUMNS_MAX];
    aggregate_column columns[AGGREGATE_COLUMNS_MAX];
    uint32_t n, n_group;
    acrm_join joins[AGGREGATE_COLUMNS_MAX];
    const acrm__entity *joined[AGGREGATE_COLUMNS_MAX];
    uint32_t n_joins;
    acrm_order order[AGGREGATE_COLUMNS_MAX];
    uint32_t n_order;
    acrm_value *rows;
} aggregate_run;

static const struct {
    const char *name;
    int32_t code;
} aggregate_buckets[] = {
    { "hour", ACRM_BUCKET_HOUR },       { "day", ACRM_BUCKET_DAY },
    { "week", ACRM_BUCKET_WEEK },       { "month", ACRM_BUCKET_MONTH },
    { "quarter", ACRM_BUCKET_QUARTER }, { "year", ACRM_BUCKET_YEAR },
}, aggregate_functions[] = {
    { "sum", ACRM_AGGREGATE_SUM }, { "min", ACRM_AGGREGATE_MIN },
    { "max", ACRM_AGGREGATE_MAX }, { "avg", ACRM_AGGREGATE_AVG },
    { "count_distinct", ACRM_AGGREGATE_COUNT_DISTINCT },
};

static int32_t aggregate_unknown(acrm__call *call, const char *place, const char *path)
{
    return acrm__fail(call, ACRM_E_INVALID, "unknown_field", place, "%s has no field %s",
                      call->entity->def->name, path);
}

/* The source behind a to-one relation, joined once. */
static int32_t aggregate_join(aggregate_run *run, uint32_t source, uint32_t ref, uint32_t *out)
{
    const acrm__registry *r = run->call->session->registry;
    const acrm__entity *from = source ? run->joined[source - 1] : run->call->entity;
    const acrm__entity *target = r->entities[from->fields[ref].target];

    for (uint32_t i = 0; i < run->n_joins; i++) {
        if (run->joins[i].source == source && run->joins[i].column == ref) {
            *out = i + 1;
            return ACRM_OK;
        }
    }
    if (run->n_joins == AGGREGATE_COLUMNS_MAX)
        return acrm__fail(run->call, ACRM_E_LIMIT, "limit", "group", "too many relations");
    run->joins[run->n_joins] = (acrm_join){ source, ref, &target->table };
    run->joined[run->n_joins++] = target;
    *out = run->n_joins;
    return ACRM_OK;
}

/* "dealer.name" to a source and a field. */
static int32_t aggregate_path(aggregate_run *run, const char *path, const char *place,
                              acrm_expression *expression, aggregate_column *column)
{
    acrm__call *call = run->call;
    const acrm__entity *entity = call->entity;
    const char *part = path;
    uint32_t source = 0, n;

    for (;;) {
        size_t len = strcspn(part, ".");
        bool last = part[len] == '\0';
        n = last ? acrm__entity_field(entity, part, len) : acrm__entity_relation(entity, part, len);
        if (n == UINT32_MAX || entity->fields[n].def.flags & (ACRM__HIDDEN | ACRM__ENCRYPTED) ||
            !acrm__may_see_field(call, entity, n))
            return aggregate_unknown(call, place, path);
        if (last)
            break;
        int32_t st = aggregate_join(run, source, n, &source);
        if (st != ACRM_OK)
            return st;
        entity = run->joined[source - 1];
        part += len + 1;
    }
    expression->source = source;
    expression->column = n;
    *column = (aggregate_column){ .name = path, .entity = entity, .field = &entity->fields[n] };
    return ACRM_OK;
}

static int32_t aggregate_bucket(aggregate_run *run, const char *name, acrm_expression *expression,
                                const aggregate_column *column)
{
    int32_t type = column->field->def.type;

    if (type != ACRM__T_INSTANT && type != ACRM__T_DATE)
        return acrm__fail(run->call, ACRM_E_INVALID, "type", "group",
                          "%s is no date and has no buckets", column->name);
    for (size_t i = 0; i < sizeof aggregate_buckets / sizeof aggregate_buckets[0]; i++) {
        if (strcmp(aggregate_buckets[i].name, name) != 0)
            continue;
        expression->bucket = aggregate_buckets[i].code;
        expression->bucket_is_days = type == ACRM__T_DATE;
        expression->offset_minutes = (int32_t)acrm__arg_int(run->call, "offset", 0);
        return ACRM_OK;
    }
    return acrm__fail(run->call, ACRM_E_INVALID, "choice", "group",
                      "a bucket is one of hour, day, week, month, quarter, year");
}

static int32_t aggregate_group(aggregate_run *run, const acrm_value *item)
{
    acrm_expression *expression = &run->select[run->n];
    aggregate_column *column = &run->columns[run->n];
    const char *path = acrm_value_text(item, NULL);
    const char *bucket = NULL;

    if (acrm_value_type(item) == ACRM_MAP) {
        path = acrm__get_text(item, "field");
        bucket = acrm__get_text(item, "bucket");
    }
    if (!path)
        return acrm__fail(run->call, ACRM_E_INVALID, "type", "group",
                          "a group is a field's name or {\"field\":...,\"bucket\":...}");
    int32_t st = aggregate_path(run, path, "group", expression, column);
    if (st == ACRM_OK && bucket)
        st = aggregate_bucket(run, bucket, expression, column);
    run->n++;
    return st;
}

/* Sums of money need one currency a row. */
static bool aggregate_currency_grouped(const aggregate_run *run, const aggregate_column *column)
{
    const acrm__fieldinfo *currency = &column->entity->fields[column->field->currency];

    for (uint32_t i = 0; i < run->n_group; i++)
        if (run->columns[i].field == currency)
            return true;
    return false;
}

static int32_t aggregate_check_measure(aggregate_run *run, const aggregate_column *column,
                                       int32_t function)
{
    int32_t type = column->field->def.type;
    bool number = type == ACRM__T_INT || type == ACRM__T_REAL || type == ACRM__T_MONEY ||
                  type == ACRM__T_DURATION || type == ACRM__T_BOOL;

    if (!number && (function == ACRM_AGGREGATE_SUM || function == ACRM_AGGREGATE_AVG))
        return acrm__fail(run->call, ACRM_E_INVALID, "type", "measures",
                          "%s cannot be summed or averaged", column->name);
    if (type == ACRM__T_MONEY && function != ACRM_AGGREGATE_COUNT_DISTINCT &&
        !aggregate_currency_grouped(run, column))
        return acrm__fail(run->call, ACRM_E_INVALID, "currency", "measures",
                          "group by %s too: amounts of several currencies do not add up",
                          column->entity->fields[column->field->currency].def.name);
    return ACRM_OK;
}

static int32_t aggregate_measure(aggregate_run *run, const acrm_value *item)
{
    acrm__call *call = run->call;
    acrm_expression *expression = &run->select[run->n];
    aggregate_column *column = &run->columns[run->n];
    const char *text = acrm_value_text(item, NULL);

    if (text && strcmp(text, "count") == 0) {
        *expression = (acrm_expression){ .aggregate = ACRM_AGGREGATE_COUNT };
        *column = (aggregate_column){ .name = "count" };
        run->n++;
        return ACRM_OK;
    }
    const char *name = acrm_value_key(item, 0, NULL);
    const char *path = acrm_value_text(acrm_value_at(item, 0), NULL);
    for (size_t i = 0; i < sizeof aggregate_functions / sizeof aggregate_functions[0]; i++) {
        if (!name || !path || strcmp(aggregate_functions[i].name, name) != 0)
            continue;
        int32_t st = aggregate_path(run, path, "measures", expression, column);
        if (st == ACRM_OK)
            st = aggregate_check_measure(run, column, aggregate_functions[i].code);
        if (st != ACRM_OK)
            return st;
        expression->aggregate = aggregate_functions[i].code;
        column->name = acrm__arena_format(call->arena, "%s_%s", name, path);
        run->n++;
        return column->name ? ACRM_OK : acrm__nomem(call);
    }
    return acrm__fail(call, ACRM_E_INVALID, "choice", "measures",
                      "a measure is \"count\" or {\"sum|min|max|avg|count_distinct\":\"field\"}");
}

static int32_t aggregate_columns(aggregate_run *run)
{
    acrm__call *call = run->call;
    const acrm_value *group = acrm__arg(call, "group"), *measures = acrm__arg(call, "measures");
    size_t n = acrm_value_count(group), m = acrm_value_count(measures);
    int32_t st = ACRM_OK;

    if (n + m > AGGREGATE_COLUMNS_MAX || m == 0)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "measures",
                          "from one measure to %d groups and measures", AGGREGATE_COLUMNS_MAX);
    for (size_t i = 0; i < n && st == ACRM_OK; i++)
        st = aggregate_group(run, acrm_value_at(group, i));
    run->n_group = run->n;
    for (size_t i = 0; i < m && st == ACRM_OK; i++)
        st = aggregate_measure(run, acrm_value_at(measures, i));
    return st;
}

static int32_t aggregate_order(aggregate_run *run)
{
    const acrm_value *order = acrm__arg(run->call, "order");
    size_t n = acrm_value_count(order);

    for (size_t i = 0; i < n && run->n_order < AGGREGATE_COLUMNS_MAX / 2; i++) {
        const char *text = acrm_value_text(acrm_value_at(order, i), NULL);
        uint32_t descending = text[0] == '-', at = 0;
        while (at < run->n && strcmp(run->columns[at].name, text + descending) != 0)
            at++;
        if (at == run->n)
            return acrm__fail(run->call, ACRM_E_INVALID, "unknown_field", "order",
                              "%s is no column of this result", text + descending);
        run->order[run->n_order++] = (acrm_order){ at, (int32_t)descending };
    }
    for (uint32_t i = 0; i < run->n_group && run->n_order < AGGREGATE_COLUMNS_MAX; i++)
        run->order[run->n_order++] = (acrm_order){ i, 0 };
    return ACRM_OK;
}

static int32_t aggregate_digits(const aggregate_run *run, const aggregate_column *column,
                                const acrm_cell *cells)
{
    if (!column->field || column->field->def.type != ACRM__T_MONEY)
        return 0;
    for (uint32_t i = 0; i < run->n_group; i++) {
        if (run->columns[i].field != &column->entity->fields[column->field->currency] ||
            cells[i].type != ACRM_CELL_TEXT)
            continue;
        int32_t digits = acrm__currency_digits(cells[i].data, cells[i].size);
        return digits < 0 ? 2 : digits;
    }
    return 2;
}

/* An average of money is shown to the nearest minor unit, half away from zero. */
static int32_t aggregate_value(aggregate_run *run, uint32_t i, const acrm_cell *cells,
                               acrm_value *out)
{
    const aggregate_column *column = &run->columns[i];
    int32_t function = run->select[i].aggregate;
    acrm_cell cell = cells[i];

    if (!column->field || function == ACRM_AGGREGATE_COUNT ||
        function == ACRM_AGGREGATE_COUNT_DISTINCT)
        return acrm_value_set_int(out, cell.integer);
    if (cell.type == ACRM_CELL_REAL && column->field->def.type == ACRM__T_MONEY)
        cell = acrm__cell_int((int64_t)llround(cell.real));
    if (cell.type == ACRM_CELL_REAL)
        return acrm_value_set_real(out, cell.real);
    return acrm__encode(run->call, column->field, &cell, aggregate_digits(run, column, cells), out);
}

static int32_t aggregate_row(void *user, const acrm_cell *cells, uint32_t n)
{
    aggregate_run *run = user;
    acrm_value *row = acrm__add_map(run->rows);

    for (uint32_t i = 0; row && i < n; i++) {
        acrm_value *value = acrm_value_put(row, run->columns[i].name);
        int32_t st = value ? aggregate_value(run, i, cells, value) : ACRM_E_NOMEM;
        if (st != ACRM_OK)
            return st;
    }
    return row ? 0 : ACRM_E_NOMEM;
}

int32_t acrm__crud_aggregate(acrm__call *call)
{
    aggregate_run *run = acrm__arena_zero(call->arena, sizeof *run);

    if (!run)
        return acrm__nomem(call);
    run->call = call;
    run->rows = acrm__put_list(call->out, "rows");
    int32_t st = run->rows ? aggregate_columns(run) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = aggregate_order(run);
    if (st != ACRM_OK)
        return st;
    acrm_query query = {
        .struct_size = sizeof query, .table = &call->entity->table,
        .select = run->select, .n_select = run->n, .n_group = run->n_group,
        .joins = run->joins, .n_joins = run->n_joins, .order = run->order,
        .n_order = run->n_order, .limit = (uint32_t)acrm__arg_int(call, "limit", 1000),
    };
    st = acrm__crud_where(call, &query.where);
    return st == ACRM_OK ? acrm__query(call, &query, aggregate_row, run) : st;
}
