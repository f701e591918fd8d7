/* SPDX-License-Identifier: MIT */
/* What the files of the module work share. */
#ifndef ACRM_MODULES_WORK_WORK_H
#define ACRM_MODULES_WORK_WORK_H

#include "autocrm/calendar.h"
#include "kernel/call.h"
#include "kernel/registry.h"
#include "modules/work/entities.h"

/* --- calendar_hours.c: intervals as text --- */

enum { ACRM__HOURS_MAX = ACRM_CALENDAR_HOURS_MAX };

typedef struct acrm__work_hours {
    acrm_calendar_hours items[ACRM__HOURS_MAX]; /* weekday 0 in a plain list */
    size_t count;
} acrm__work_hours;

/* {"mon":["08:00-12:00"]}. What is wrong is refused with its place, "hours.mon[0]". */
int32_t acrm__work_week(acrm__call *call, const acrm_value *week, const char *path,
                        acrm__work_hours *out);
/* ["08:00-12:00"] of one date. */
int32_t acrm__work_intervals(acrm__call *call, const acrm_value *list, const char *path,
                             acrm__work_hours *out);
/* The JSON value of a field; NULL when the field is null. */
int32_t acrm__work_json(acrm__call *call, const acrm__rec *rec, uint32_t field,
                        const acrm_value **out);

/* JSON text of a value, as a cell. */
int32_t acrm__work_json_cell(acrm__call *call, const acrm_value *value, acrm_cell *out);

/* --- calendar_compile.c: definitions into calendars --- */

/* A compiled calendar, kept by the session; lent until the transaction ends. */
typedef struct acrm__work_calendar {
    acrm_calendar *calendar;
    acrm_zone *zone;      /* the calendar's own */
    unsigned char id[16]; /* of the calendar_version */
} acrm__work_calendar;

/* The list of a calendar_version into a calendar; `version` is its id. */
int32_t acrm__work_compile(acrm__call *call, const acrm_value *definition,
                           const unsigned char version[16], acrm__work_calendar **out);
void acrm__work_calendar_drop(const acrm_allocator *allocator, void *calendar);

/* --- calendar_store.c --- */

/* The calendar as it is now; id NULL: the default one. A missing one is refused naming `arg`. */
int32_t acrm__calendar_of(acrm__call *call, const unsigned char *id, const char *arg,
                          const acrm__work_calendar **out);
/* A version of a calendar, as it was. */
int32_t acrm__calendar_version(acrm__call *call, const unsigned char version[16],
                               const acrm__work_calendar **out);
/* Write down the calendar as it is now, and those that are open within it. */
int32_t acrm__calendar_publish(acrm__call *call, const unsigned char id[16]);
int32_t acrm__calendar_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__calendar_day_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__calendar_parent_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__calendar_changed(acrm__call *call, const acrm__event *event);
int32_t acrm__calendar_part_changed(acrm__call *call, const acrm__event *event);
int32_t acrm__calendar_seed(acrm__call *call);

/* --- sla_policy.c: a calendar has a new version, or is the default now --- */
int32_t acrm__sla_calendar_moved(acrm__call *call, const unsigned char calendar[16],
                                 bool is_default);

/* --- default.c: exactly one record of an entity is the default --- */

/* In a hook: refuse to leave the entity without a default. */
int32_t acrm__work_default_kept(acrm__call *call, const acrm__rec *rec, const acrm__rec *before,
                                uint32_t field);
/* In a reaction: a new default takes the place of the others. */
int32_t acrm__work_default_taken(acrm__call *call, const acrm__rec *rec, uint32_t field);

/* --- calendar_ops.c --- */
/* "PT8H30M"; NULL when memory is short. */
const char *acrm__work_duration(acrm__call *call, int64_t us);
int32_t acrm__work_calendar_add(acrm__call *call);
int32_t acrm__work_calendar_subtract(acrm__call *call);
int32_t acrm__work_calendar_between(acrm__call *call);
int32_t acrm__work_calendar_next_open(acrm__call *call);
int32_t acrm__work_calendar_is_open(acrm__call *call);
int32_t acrm__work_calendar_days(acrm__call *call);
int32_t acrm__work_calendar_preview(acrm__call *call);

#endif
