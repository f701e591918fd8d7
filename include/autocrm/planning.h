/* SPDX-License-Identifier: MIT */
/** Plans of dependent tasks in business time: earliest and latest times, float, critical path. Pure
 * computing, no database. */
#ifndef AUTOCRM_PLANNING_H
#define AUTOCRM_PLANNING_H

#include "autocrm/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

/** No instant: the task has not begun, is not done, may begin at any time. */
#define ACRM_PLAN_NONE INT64_MIN

/** Limits of a plan. */
enum {
    ACRM_PLAN_TASKS_MAX = 100000,
    ACRM_PLAN_LINKS_MAX = 1000000
};

/** What a link waits for. */
enum {
    ACRM_PLAN_FINISH_START = 1, /**< the second task begins after the first one ends */
    ACRM_PLAN_START_START = 2   /**< the second task begins after the first one begins */
};

/**
 * A task. Instants are microseconds since 1970-01-01T00:00:00Z.
 * @since 0.1
 */
typedef struct acrm_plan_task {
    int64_t duration;    /**< business time on its calendar in microseconds, 0 or more */
    int64_t not_before;  /**< it begins no earlier; ACRM_PLAN_NONE: at any time */
    int64_t started_at;  /**< when it did begin; ACRM_PLAN_NONE: it has not */
    int64_t finished_at; /**< when it was done; ACRM_PLAN_NONE: it is not */
    int32_t calendar;    /**< index into the plan's calendars; -1: around the clock */
    int32_t skipped;     /**< 1: it is left out: it takes no time, what waits for it goes on */
} acrm_plan_task;

/**
 * The second task waits for the first one, and then for the lag.
 * @since 0.1
 */
typedef struct acrm_plan_link {
    int32_t from; /**< index of the first task */
    int32_t to;   /**< index of the second task */
    int32_t kind; /**< ACRM_PLAN_FINISH_START or ACRM_PLAN_START_START */
    int32_t pad;  /**< 0 */
    int64_t lag;  /**< business time on the second task's calendar in microseconds, 0 or more */
} acrm_plan_link;

/**
 * A plan. Set struct_size. A list may be NULL when its count is 0.
 * @since 0.1
 */
typedef struct acrm_plan {
    uint32_t struct_size;
    int64_t start; /**< nothing begins earlier, except what did */
    int64_t now;   /**< what has not begun begins no earlier than now, what is not done ends no
                        earlier; ACRM_PLAN_NONE: plan without regard to progress */
    const acrm_plan_task *tasks;
    size_t tasks_count;
    const acrm_plan_link *links;
    size_t links_count;
    const acrm_calendar *const *calendars;
    size_t calendars_count;
} acrm_plan;

/**
 * The times of a task. Of a task that is done all are what they were, its float is 0 and it is not
 * critical.
 * @since 0.1
 */
typedef struct acrm_plan_times {
    int64_t earliest_start;  /**< or when it did begin */
    int64_t earliest_finish; /**< expected, as things are */
    int64_t latest_start;    /**< later, and the whole plan ends later */
    int64_t latest_finish;
    int64_t total_float;     /**< business time on its calendar it may slip without moving the end
                                  of the plan */
    int64_t free_float;      /**< and without moving any task that waits for it */
    int32_t critical;        /**< 1: its slip moves the end of the plan; else 0 */
    int32_t pad;             /**< 0 */
} acrm_plan_times;

/**
 * Compute a plan by the critical path method, forward and backward through the graph, every step in
 * business time: a task begins at the first instant that its calendar is open and all it waits for
 * has happened; it ends when its duration has passed.
 * @param plan         what to plan; borrowed
 * @param allocator    (optional) for work space; copied
 * @param[out] times   (caller's) one for each task; untouched on failure
 * @param[out] finish  (optional) when the last task ends; the plan's start when there is no task
 * @param[out] issue   (optional) what was wrong, with the index of the task or link as its row
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL that is not optional, a wrong struct_size, or a NULL list with a count
 *   ACRM_E_INVALID  a member out of its range, or links that lead in a circle:
 *                   acrm_plan_cycle() tells which
 *   ACRM_E_LIMIT    too many tasks or links, or a time outside the years of a calendar
 *   ACRM_E_NOMEM    out of memory
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_plan_compute(const acrm_plan *plan, const acrm_allocator *allocator,
                                   acrm_plan_times *times, int64_t *finish, acrm_issue *issue);

/**
 * Find tasks that wait for each other in a circle.
 * @param tasks_count   number of tasks
 * @param links         (optional when their count is 0) borrowed
 * @param links_count   number of links
 * @param allocator     (optional) for work space; copied
 * @param[out] cycle    (caller's) room for tasks_count indexes; the tasks of one circle, each
 *                      before the one that waits for it; untouched on failure
 * @param[out] length   how many; 0: there is no circle
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL that is not optional
 *   ACRM_E_INVALID  a link to no task
 *   ACRM_E_LIMIT    too many tasks or links
 *   ACRM_E_NOMEM    out of memory
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_plan_cycle(size_t tasks_count, const acrm_plan_link *links,
                                 size_t links_count, const acrm_allocator *allocator,
                                 int32_t *cycle, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
