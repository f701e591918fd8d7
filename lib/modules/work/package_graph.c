/* SPDX-License-Identifier: MIT */
/* What the tasks of a template or package wait for: read, checked, and circles named. */
#include "modules/work/package.h"

#include "base/civil.h"

typedef struct graph_run {
    acrm__call *call;
    acrm__package_graph *graph;
    uint32_t code, depends_on;
    int32_t to; /* the task being read */
} graph_run;

static const char *graph_code(const graph_run *run, int32_t task)
{
    return acrm__text(run->graph->tasks.items[task], run->code);
}

static int32_t graph_refuse(const graph_run *run, const char *reason, const char *what,
                            const char *text)
{
    return acrm__fail(run->call, ACRM_E_INVALID, reason, "depends_on",
                      "the task %.64s %s%s%.64s", graph_code(run, run->to), what,
                      text ? " " : "", text ? text : "");
}

static int32_t graph_find(const graph_run *run, const char *code, int32_t *out)
{
    for (size_t i = 0; code && i < run->graph->tasks.count; i++)
        if (strcmp(graph_code(run, (int32_t)i), code) == 0) {
            *out = (int32_t)i;
            return ACRM_OK;
        }
    return graph_refuse(run, "unknown_task",
                        code ? "waits for a task that its package does not have:"
                             : "waits for something that is no code of a task", code);
}

static int32_t graph_kind(const graph_run *run, const char *kind, acrm_plan_link *link)
{
    link->kind = ACRM_PLAN_FINISH_START;
    if (kind && strcmp(kind, "start_start") == 0)
        link->kind = ACRM_PLAN_START_START;
    else if (kind && strcmp(kind, "finish_start") != 0)
        return graph_refuse(run, "choice", "has a link of an unknown kind (finish_start or "
                            "start_start is meant):", kind);
    return ACRM_OK;
}

static int32_t graph_lag(const graph_run *run, const char *text, acrm_plan_link *link)
{
    acrm__duration lag = { 0, 0, 0 };

    if (text && (!acrm__duration_parse(text, strlen(text), &lag) || lag.months || lag.days ||
                 lag.seconds < 0 || lag.seconds > 31536000))
        return graph_refuse(run, "range", "has a lag that is no duration in hours, such as PT4H:",
                            text);
    link->lag = lag.seconds * ACRM__SECOND_US;
    return ACRM_OK;
}

/* "wash", or {"task":"wash","kind":"start_start","lag":"PT1H"} */
static int32_t graph_link(graph_run *run, const acrm_value *item)
{
    acrm_plan_link *link = &run->graph->links[run->graph->n_links];
    bool map = acrm_value_type(item) == ACRM_MAP;
    const char *code = map ? acrm__get_text(item, "task") : acrm_value_text(item, NULL);

    if (run->graph->n_links == ACRM__PACKAGE_LINKS_MAX)
        return graph_refuse(run, "limit", "waits for more than a package may have in all", NULL);
    *link = (acrm_plan_link){ .to = run->to };
    for (size_t i = 0; map && i < acrm_value_count(item); i++) {
        size_t len;
        const char *key = acrm_value_key(item, i, &len);
        if (strcmp(key, "task") != 0 && strcmp(key, "kind") != 0 && strcmp(key, "lag") != 0)
            return graph_refuse(run, "unknown_field", "has a link with an unknown member "
                                "(task, kind, lag):", key);
    }
    int32_t st = graph_find(run, code, &link->from);
    if (st == ACRM_OK)
        st = graph_kind(run, map ? acrm__get_text(item, "kind") : NULL, link);
    if (st == ACRM_OK)
        st = graph_lag(run, map ? acrm__get_text(item, "lag") : NULL, link);
    run->graph->n_links += st == ACRM_OK;
    return st;
}

static int32_t graph_task(graph_run *run)
{
    const acrm_value *list;
    int32_t st = acrm__work_json(run->call, run->graph->tasks.items[run->to], run->depends_on,
                                 &list);

    if (st == ACRM_OK && list && acrm_value_type(list) != ACRM_LIST)
        return graph_refuse(run, "type", "needs a list of the tasks it waits for", NULL);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(list); i++)
        st = graph_link(run, acrm_value_at(list, i));
    return st;
}

static int32_t graph_circle(graph_run *run)
{
    acrm__package_graph *graph = run->graph;
    int32_t *cycle = acrm__arena_array(run->call->arena, graph->tasks.count + 1, sizeof *cycle);
    size_t length = 0;
    acrm__str text;

    if (!cycle)
        return acrm__nomem(run->call);
    int32_t st = acrm_plan_cycle(graph->tasks.count, graph->links, graph->n_links,
                                 &run->call->session->engine->allocator, cycle, &length);
    if (st != ACRM_OK || length == 0)
        return st == ACRM_E_NOMEM ? acrm__nomem(run->call) : st;
    acrm__str_init(&text, &run->call->arena->allocator);
    for (size_t i = 0; i <= length; i++) {
        if (i > 0)
            acrm__str_puts(&text, " > ");
        acrm__str_puts(&text, graph_code(run, cycle[i % length]));
    }
    st = text.failed ? acrm__nomem(run->call)
                     : acrm__fail(run->call, ACRM_E_INVALID, "cycle", "depends_on",
                                  "these tasks wait for each other: %.*s; take one link away",
                                  text.len > 300 ? 300 : (int)text.len, text.data);
    acrm__str_free(&text);
    return st;
}

int32_t acrm__package_links(acrm__call *call, acrm__package_graph *graph, uint32_t code,
                            uint32_t depends_on)
{
    graph_run run = { call, graph, code, depends_on, 0 };
    size_t bytes = 0; /* each link is written in three or more */
    int32_t st = ACRM_OK;

    if (graph->tasks.count > ACRM__PACKAGE_TASKS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "tasks",
                          "a work package has at most %d tasks", ACRM__PACKAGE_TASKS_MAX);
    for (size_t i = 0; i < graph->tasks.count; i++)
        bytes += graph->tasks.items[i]->cells[depends_on].size;
    graph->n_links = 0;
    graph->links = acrm__arena_array(call->arena, bytes / 3 + 1, sizeof *graph->links);
    if (!graph->links)
        return acrm__nomem(call);
    for (size_t i = 0; i < graph->tasks.count && st == ACRM_OK; i++) {
        run.to = (int32_t)i;
        st = graph_task(&run);
    }
    return st == ACRM_OK ? graph_circle(&run) : st;
}

int32_t acrm__package_template_tasks(acrm__call *call, const unsigned char *template_id,
                                     acrm__package_graph *out)
{
    acrm__term term = { F_work_package_task_template__template_id, ACRM_FILTER_EQ,
                        acrm__cell_id(template_id) };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "work_package_task_template",
        .terms = &term, .n_terms = 1, .order = F_ID, .as_system = true }, &out->tasks);
    return st == ACRM_OK ? acrm__package_links(call, out, F_work_package_task_template__code,
                                               F_work_package_task_template__depends_on)
                         : st;
}

int32_t acrm__package_template_changed(acrm__call *call, const acrm__event *event)
{
    const acrm__entity *entity = acrm__entity_of(call, event->entity);
    acrm__package_graph graph;
    acrm__rec *task = NULL;

    int32_t st = acrm__load_any(call, entity, event->id, &task);
    return st == ACRM_OK && task
               ? acrm__package_template_tasks(
                     call, acrm__id(task, F_work_package_task_template__template_id), &graph)
               : st;
}

int32_t acrm__package_template_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *name = acrm__text(rec, F_work_package_template__entity);
    const acrm_filter_node *where;
    const acrm_value *condition;

    (void)before;
    if (!name)
        return ACRM_OK; /* refused as required in a moment */
    const acrm__entity *entity = acrm__registry_entity(call->session->registry, name,
                                                       strlen(name));
    if (!entity)
        return acrm__fail(call, ACRM_E_INVALID, "entity", "entity", "there is no entity %.64s",
                          name);
    int32_t st = acrm__work_json(call, rec, F_work_package_template__condition, &condition);
    return st == ACRM_OK && condition
               ? acrm__filter(call, entity, condition, "condition", &where) : st;
}
