/* SPDX-License-Identifier: MIT */
/* The graph of a plan: tasks in an order in which none comes before what it waits for. */
#ifndef ACRM_ENGINES_PLANNING_GRAPH_H
#define ACRM_ENGINES_PLANNING_GRAPH_H

#include "autocrm/planning.h"
#include "base/alloc.h"

#include <stdbool.h>

typedef struct acrm__plan_graph {
    acrm_allocator allocator;
    size_t tasks, links;
    int32_t *order;   /* tasks; `ordered` of them */
    size_t ordered;   /* fewer than tasks: there is a circle */
    int32_t *waiting; /* links not yet met, of each task */
    int32_t *first;   /* of each task: its first link in `next`, -1: none; by `from` */
    int32_t *next;    /* of each link: the next one of the same task, -1: none */
} acrm__plan_graph;

/* Links must lie within the tasks. ACRM_E_NOMEM. */
int32_t acrm__plan_graph_make(acrm__plan_graph *graph, size_t tasks, const acrm_plan_link *links,
                              size_t n_links, const acrm_allocator *allocator);
void acrm__plan_graph_free(acrm__plan_graph *graph);

#endif
