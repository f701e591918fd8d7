/* SPDX-License-Identifier: MIT */
/* What the files about work packages share. */
#ifndef ACRM_MODULES_WORK_PACKAGE_H
#define ACRM_MODULES_WORK_PACKAGE_H

#include "autocrm/planning.h"
#include "kernel/inside.h"
#include "modules/work/work.h"

#define ACRM__ENTITIES_DEF "modules/work/package.def"
#include "kernel/declare_fields.h"

#include <string.h>

enum { ACRM__PACKAGE_TASKS_MAX = 1000, ACRM__PACKAGE_LINKS_MAX = 10000 };

static inline bool acrm__package_is(const acrm__rec *rec, uint32_t field, const char *word)
{
    const char *text = acrm__text(rec, field);
    return text && strcmp(text, word) == 0;
}

/* --- package_graph.c: what waits for what --- */

/* Tasks, of a template or of a package, with their links. */
typedef struct acrm__package_graph {
    acrm__recs tasks;
    acrm_plan_link *links;
    size_t n_links;
} acrm__package_graph;
/* `code` and `depends_on` are the fields of the tasks. An unknown task or a circle is refused with
 * the names of the tasks. */
int32_t acrm__package_links(acrm__call *call, acrm__package_graph *graph, uint32_t code,
                            uint32_t depends_on);
int32_t acrm__package_template_tasks(acrm__call *call, const unsigned char *template_id,
                                     acrm__package_graph *out);
/* In a reaction: what the tasks of a template have become is sound. */
int32_t acrm__package_template_changed(acrm__call *call, const acrm__event *event);
int32_t acrm__package_template_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- package_choose.c --- */

/* The template for the record of the arguments entity and id; *template NULL: none fits. */
int32_t acrm__package_pick(acrm__call *call, const acrm__rec *subject, acrm__rec **template,
                           acrm_value *explanation);
int32_t acrm__package_subject(acrm__call *call, acrm__rec **out);
int32_t acrm__package_choose(acrm__call *call);

/* --- package_start.c --- */

int32_t acrm__package_start(acrm__call *call);
int32_t acrm__package_cancel(acrm__call *call);
/* Find who does a task: by its user, team or role. `dealer` NULL: anywhere. */
int32_t acrm__package_owner(acrm__call *call, acrm__rec *task, const acrm_cell *user,
                            const unsigned char *dealer);

/* --- package_plan.c --- */

typedef struct acrm__package_state {
    acrm__rec *package;
    acrm__package_graph graph;
    acrm_plan_times *times; /* one for each task */
    int64_t finish;
} acrm__package_state;
/* Tasks and links of a package. */
int32_t acrm__package_load(acrm__call *call, acrm__rec *package, acrm__package_state *out);
/* Their times as things are; `now` ACRM_PLAN_NONE: without regard to progress. */
int32_t acrm__package_compute(acrm__call *call, acrm__package_state *state, int64_t now);
/* Compute, let tasks become ready, tell of delays, set the timer, and write all that changed. */
int32_t acrm__package_replan(acrm__call *call, acrm__package_state *state);
int32_t acrm__package_calendar(acrm__call *call, const acrm__rec *package, const acrm__rec *task,
                               const acrm__work_calendar **out);
int32_t acrm__package_plan(acrm__call *call);
int32_t acrm__package_progress(acrm__call *call);
int32_t acrm__package_due(acrm__call *call, const acrm__timer *timer);

/* --- package_task.c --- */

int32_t acrm__package_task_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__package_task_start(acrm__call *call);
int32_t acrm__package_task_finish(acrm__call *call);
int32_t acrm__package_task_block(acrm__call *call);
int32_t acrm__package_task_unblock(acrm__call *call);
int32_t acrm__package_task_skip(acrm__call *call);
int32_t acrm__package_task_reassign(acrm__call *call);

/* --- package_gantt.c, package_report.c --- */

int32_t acrm__package_gantt(acrm__call *call);
int32_t acrm__package_productivity(acrm__call *call);

#endif
