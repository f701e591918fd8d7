/* SPDX-License-Identifier: MIT */
/* report.productivity: what users, teams and templates get done, and how it compares to plan. */
#include "modules/work/package.h"

typedef struct report_row {
    acrm_cell key;
    int64_t tasks, on_time, planned, worked;
} report_row;

typedef struct report_run {
    acrm__call *call;
    report_row *rows;
    size_t n, cap;
    const char *group;
    acrm__recs users; /* to find their teams and names */
} report_run;

static report_row *report_of(report_run *run, const acrm_cell *key)
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
    if (key->type == ACRM_CELL_BLOB) {
        fresh->key.data = acrm__arena_text(run->call->arena, key->data, key->size);
        if (!fresh->key.data)
            return NULL;
    }
    run->n++;
    return fresh;
}

static const acrm__rec *report_user(const report_run *run, const acrm_cell *id)
{
    for (size_t i = 0; i < run->users.count; i++)
        if (acrm__cell_equal(&run->users.items[i]->cells[F_ID], id))
            return run->users.items[i];
    return NULL;
}

/* owner, tasks, on time, planned, worked */
static int32_t report_take(void *user, const acrm_cell *cells, uint32_t n)
{
    report_run *run = user;
    acrm_cell key = cells[0];

    (void)n;
    if (strcmp(run->group, "team") == 0) {
        const acrm__rec *owner = report_user(run, &cells[0]);
        key = owner ? owner->cells[acrm__field_of(owner->entity, "team_id")] : acrm__cell_null();
    }
    report_row *row = report_of(run, &key);
    if (!row)
        return ACRM_E_NOMEM;
    row->tasks += cells[1].integer;
    row->on_time += cells[2].type == ACRM_CELL_INT ? cells[2].integer : 0;
    row->planned += cells[3].type == ACRM_CELL_INT ? cells[3].integer : 0;
    row->worked += cells[4].type == ACRM_CELL_INT ? cells[4].integer : 0;
    return 0;
}

static int32_t report_query(report_run *run)
{
    acrm__call *call = run->call;
    const acrm__entity *entity = acrm__entity_of(call, "work_package_task");
    acrm_expression select[] = {
        { .column = F_work_package_task__owner_id },
        { .aggregate = ACRM_AGGREGATE_COUNT },
        { .column = F_work_package_task__on_time, .aggregate = ACRM_AGGREGATE_SUM },
        { .column = F_work_package_task__duration, .aggregate = ACRM_AGGREGATE_SUM },
        { .column = F_work_package_task__worked, .aggregate = ACRM_AGGREGATE_SUM },
    };
    acrm_order order = { 0, 0 };
    acrm__term terms[3] = { { F_work_package_task__state, ACRM_FILTER_EQ,
                              acrm__cell_text("done") } };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .select = select,
                         .n_select = 5, .n_group = 1, .order = &order, .n_order = 1 };
    size_t n = 1;
    int64_t at;

    if (acrm__arg_time(call, "from", &at))
        terms[n++] = (acrm__term){ F_work_package_task__finished_at, ACRM_FILTER_GE,
                                   acrm__cell_int(at) };
    if (acrm__arg_time(call, "until", &at))
        terms[n++] = (acrm__term){ F_work_package_task__finished_at, ACRM_FILTER_LT,
                                   acrm__cell_int(at) };
    const acrm_filter_node *where = acrm__where(call, terms, n);
    if (!where)
        return acrm__nomem(call);
    int32_t st = acrm__where_visible(call, entity, where, ACRM__DELETED_WITHOUT, &query.where);
    return st == ACRM_OK ? acrm__query(call, &query, report_take, run) : st;
}

static const char *report_name(report_run *run, const report_row *row, acrm__recs *teams)
{
    const acrm__recs *from = strcmp(run->group, "team") == 0 ? teams : &run->users;

    for (size_t i = 0; i < from->count; i++)
        if (acrm__cell_equal(&from->items[i]->cells[F_ID], &row->key))
            return acrm__text(from->items[i], acrm__field_of(from->items[i]->entity, "name"));
    return NULL;
}

static bool report_put(report_run *run, const report_row *row, const char *name, acrm_value *map)
{
    const char *id = row->key.type == ACRM_CELL_BLOB ? acrm__id_text(run->call, row->key.data)
                                                     : NULL;
    bool ok = acrm__put_text(map, run->group, name) && acrm__put_text(map, "id", id) &&
              acrm__put_int(map, "tasks", row->tasks) &&
              acrm__put_int(map, "on_time", row->on_time) &&
              acrm__put_int(map, "late", row->tasks - row->on_time) &&
              acrm__put_real(map, "on_time_rate", (double)row->on_time / (double)row->tasks) &&
              acrm__put_int(map, "mean_planned_minutes", row->planned / row->tasks / 60) &&
              acrm__put_int(map, "mean_worked_minutes", row->worked / row->tasks / 60);

    return ok && (row->planned > 0
                      ? acrm__put_real(map, "worked_per_planned",
                                       (double)row->worked / (double)row->planned)
                      : acrm__put_null(map, "worked_per_planned"));
}

int32_t acrm__package_productivity(acrm__call *call)
{
    report_run run = { .call = call, .group = acrm__arg_text(call, "group") };
    acrm__recs teams = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "user", .as_system = true },
                            &run.users);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "team", .as_system = true }, &teams);
    if (st == ACRM_OK)
        st = report_query(&run);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    acrm_value *rows = acrm__put_list(call->out, "rows");
    bool ok = rows != NULL;
    for (size_t i = 0; ok && i < run.n; i++) {
        acrm_value *item = acrm__add_map(rows);
        ok = item && report_put(&run, &run.rows[i], report_name(&run, &run.rows[i], &teams), item);
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}
