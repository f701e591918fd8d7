/* SPDX-License-Identifier: MIT */
/* What moves a process: a walk is a process with its definition and its record. */
#ifndef ACRM_MODULES_PROCESS_STEP_H
#define ACRM_MODULES_PROCESS_STEP_H

#include "modules/process/process.h"

typedef struct acrm__walk {
    acrm__rec *instance;
    const acrm_statechart *chart;
    acrm__rec *subject;
} acrm__walk;

typedef struct acrm__step {
    const char *cause, *transition, *from, *to, *note;
} acrm__step;

/* --- step.c --- */

/* Load a process with its definition and record. */
int32_t acrm__walk_load(acrm__call *call, const unsigned char id[16], acrm__walk *out);
bool acrm__is_open(const acrm__rec *instance);
/* Begin one whose instance holds definition, code, entity, subject and keys. */
int32_t acrm__walk_begin(acrm__call *call, acrm__walk *walk);
/* Take a transition and the automatic ones that follow. `cause` is one of process_step.cause.
 * Nothing is asked: see acrm__walk_refusals(). */
int32_t acrm__walk_take(acrm__call *call, acrm__walk *walk, int32_t transition, const char *cause,
                        const char *note);
/* Take the automatic transitions that are possible now. */
int32_t acrm__walk_settle(acrm__call *call, acrm__walk *walk);
/* `cause` NULL: the step that led to the end is recorded already. */
int32_t acrm__walk_end(acrm__call *call, acrm__walk *walk, const char *status, const char *outcome,
                       const char *cause, const char *note);
int32_t acrm__step_record(acrm__call *call, const acrm__rec *instance, const acrm__step *step);
/* Raise an event about a process; `key` NULL: nothing more is said. */
int32_t acrm__process_emit(acrm__call *call, const char *type, const acrm__rec *instance,
                           const char *key, const char *value);
/* Whether a process that this phase waits for is still open. */
int32_t acrm__has_parts(acrm__call *call, const acrm__walk *walk, int32_t phase, bool *out);

/* --- ask.c --- */

/* Whether who acts has one of these roles (NULL: anybody). */
int32_t acrm__has_role(acrm__call *call, const acrm_value *roles, bool *out);
/* Why a transition is not possible now, as a list of {field, reason, message}; empty: it is. */
int32_t acrm__walk_refusals(acrm__call *call, const acrm__walk *walk, int32_t transition,
                            bool by_person, acrm_value *list);
/* process.status, process.available */
int32_t acrm__process_status(acrm__call *call);
int32_t acrm__process_available(acrm__call *call);

/* --- limit.c --- */

/* When the phase, or the whole, should be over: into the instance, before it is written. */
int32_t acrm__limit_plan(acrm__call *call, acrm__walk *walk);
int32_t acrm__limit_plan_total(acrm__call *call, acrm__walk *walk);
/* The timers for that. */
int32_t acrm__limit_set(acrm__call *call, const acrm__walk *walk);
int32_t acrm__limit_total(acrm__call *call, const acrm__walk *walk);
int32_t acrm__limit_clear(acrm__call *call, const acrm__rec *instance);
int32_t acrm__limit_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__limit_total_due(acrm__call *call, const acrm__timer *timer);

/* --- instance.c: operations --- */

int32_t acrm__process_start(acrm__call *call);
int32_t acrm__process_transition(acrm__call *call);
int32_t acrm__process_cancel(acrm__call *call);
/* A reaction: automatic transitions and ends of processes over a record that changed. */
int32_t acrm__process_changed(acrm__call *call, const acrm__event *event);

/* --- migrate.c --- */

int32_t acrm__process_migrate(acrm__call *call);
int32_t acrm__process_simulate(acrm__call *call);

#endif
