/* SPDX-License-Identifier: MIT */
/* The order of a plan's tasks, and the circle that keeps them from having one. */
#include "engines/planning/graph.h"

#include <string.h>

static int32_t *graph_numbers(const acrm_allocator *allocator, size_t n, int32_t value)
{
    int32_t *numbers = acrm__alloc(allocator, (n + 1) * sizeof *numbers);

    for (size_t i = 0; numbers && i < n; i++)
        numbers[i] = value;
    return numbers;
}

/* Lists of links by the task they lead from, in the order of the links. */
static void graph_connect(acrm__plan_graph *graph, const acrm_plan_link *links)
{
    for (size_t i = graph->links; i-- > 0;) {
        graph->next[i] = graph->first[links[i].from];
        graph->first[links[i].from] = (int32_t)i;
        graph->waiting[links[i].to]++;
    }
}

static void graph_sort(acrm__plan_graph *graph, const acrm_plan_link *links)
{
    for (size_t i = 0; i < graph->tasks; i++)
        if (graph->waiting[i] == 0)
            graph->order[graph->ordered++] = (int32_t)i;
    for (size_t done = 0; done < graph->ordered; done++)
        for (int32_t i = graph->first[graph->order[done]]; i >= 0; i = graph->next[i])
            if (--graph->waiting[links[i].to] == 0)
                graph->order[graph->ordered++] = links[i].to;
}

int32_t acrm__plan_graph_make(acrm__plan_graph *graph, size_t tasks, const acrm_plan_link *links,
                              size_t n_links, const acrm_allocator *allocator)
{
    *graph = (acrm__plan_graph){ .allocator = acrm__allocator(allocator), .tasks = tasks,
                                 .links = n_links };
    graph->order = graph_numbers(&graph->allocator, tasks, 0);
    graph->waiting = graph_numbers(&graph->allocator, tasks, 0);
    graph->first = graph_numbers(&graph->allocator, tasks, -1);
    graph->next = graph_numbers(&graph->allocator, n_links, -1);
    if (!graph->order || !graph->waiting || !graph->first || !graph->next) {
        acrm__plan_graph_free(graph);
        return ACRM_E_NOMEM;
    }
    graph_connect(graph, links);
    graph_sort(graph, links);
    return ACRM_OK;
}

void acrm__plan_graph_free(acrm__plan_graph *graph)
{
    size_t size = (graph->tasks + 1) * sizeof(int32_t);

    acrm__free(&graph->allocator, graph->order, size);
    acrm__free(&graph->allocator, graph->waiting, size);
    acrm__free(&graph->allocator, graph->first, size);
    acrm__free(&graph->allocator, graph->next, (graph->links + 1) * sizeof(int32_t));
}

/* --- Circles --- */

/* What was not ordered waits for something that was not: going from one to what it waits for must
 * come back sometime. `before` holds for each task one such it waits for. */
static size_t graph_walk(const int32_t *before, int32_t *seen, int32_t at, int32_t *cycle)
{
    size_t length = 0;

    for (int32_t step = 1; seen[at] == 0; step++, at = before[at])
        seen[at] = step;
    int32_t start = at;
    do {
        cycle[length++] = at;
        at = before[at];
    } while (at != start);
    for (size_t i = 0; i < length / 2; i++) { /* walked backward */
        int32_t other = cycle[i];
        cycle[i] = cycle[length - 1 - i];
        cycle[length - 1 - i] = other;
    }
    return length;
}

static int32_t graph_circle(const acrm__plan_graph *graph, const acrm_plan_link *links,
                            int32_t *cycle, size_t *length)
{
    int32_t *before = graph_numbers(&graph->allocator, graph->tasks, -1);
    int32_t *seen = graph_numbers(&graph->allocator, graph->tasks, 0);
    size_t size = (graph->tasks + 1) * sizeof(int32_t);
    int32_t at = -1;

    if (before && seen) {
        for (size_t i = 0; i < graph->links; i++)
            if (graph->waiting[links[i].from] > 0 && graph->waiting[links[i].to] > 0)
                before[links[i].to] = links[i].from;
        for (size_t i = 0; i < graph->tasks && at < 0; i++)
            if (graph->waiting[i] > 0)
                at = (int32_t)i;
        *length = graph_walk(before, seen, at, cycle);
    }
    int32_t st = before && seen ? ACRM_OK : ACRM_E_NOMEM;
    acrm__free(&graph->allocator, before, size);
    acrm__free(&graph->allocator, seen, size);
    return st;
}

int32_t acrm_plan_cycle(size_t tasks_count, const acrm_plan_link *links, size_t links_count,
                        const acrm_allocator *allocator, int32_t *cycle, size_t *length)
{
    acrm__plan_graph graph;

    if (!length || (tasks_count > 0 && !cycle) || (links_count > 0 && !links))
        return ACRM_E_MISUSE;
    if (tasks_count > ACRM_PLAN_TASKS_MAX || links_count > ACRM_PLAN_LINKS_MAX)
        return ACRM_E_LIMIT;
    for (size_t i = 0; i < links_count; i++)
        if (links[i].from < 0 || (size_t)links[i].from >= tasks_count || links[i].to < 0 ||
            (size_t)links[i].to >= tasks_count)
            return ACRM_E_INVALID;
    int32_t st = acrm__plan_graph_make(&graph, tasks_count, links, links_count, allocator);
    if (st != ACRM_OK)
        return st;
    if (graph.ordered == tasks_count)
        *length = 0;
    else
        st = graph_circle(&graph, links, cycle, length);
    acrm__plan_graph_free(&graph);
    return st;
}
