/* SPDX-License-Identifier: MIT */
/* Automation: rules, what sets them off, and what became of them. */
#ifndef ACRM_MODULES_PROCESS_RULE_H
#define ACRM_MODULES_PROCESS_RULE_H

#include "modules/process/process.h"

enum {
    ACRM__TRIGGER_CREATED = 0,
    ACRM__TRIGGER_CHANGED,
    ACRM__TRIGGER_DELETED,
    ACRM__TRIGGER_DATE,
    ACRM__TRIGGER_SCHEDULE,
    ACRM__TRIGGER_EVENT
};

/* A rule, parsed. */
typedef struct acrm__rule {
    unsigned char id[16], run_as[16], schedule[16];
    const char *name;
    int32_t trigger;
    const acrm__entity *entity;     /* NULL: about no record */
    const char *event_type;         /* NULL: no event sets it off */
    const acrm_value *fields;       /* list; NULL: any */
    const acrm_value *condition, *old; /* filters; NULL: none */
    const acrm_filter_node *where, *where_old; /* parsed once, unless they depend on the moment */
    const acrm_value *actions;
    int64_t priority;
    bool run_on_import, has_run_as;
    uint32_t date_field;            /* UINT32_MAX: none */
    int64_t offset_days, at;        /* days, seconds of the day */
    int32_t yearly;                 /* ACRM_DATE_... by which the date comes again; 0: never */
    const char *zone;               /* NULL: the business's */
    bool skip_missed;
} acrm__rule;

/* What sets a rule off, once. */
typedef struct acrm__firing {
    const acrm__rule *rule;
    acrm__rec *record;       /* NULL: about none */
    const acrm_cell *before; /* NULL: nothing is known of it */
    const acrm_value *event; /* {"type", "entity", "record", "data"}; NULL: none */
} acrm__firing;

/* --- rule.c --- */

/* The rules that an event type sets off, those of low priority number first. */
int32_t acrm__rules_of(acrm__call *call, const char *type, const acrm__rule *const **out,
                       size_t *n);
/* One rule, also an inactive one. */
int32_t acrm__rule_load(acrm__call *call, const unsigned char id[16], acrm__rule *out);
int32_t acrm__rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* Whether a firing's conditions hold. */
int32_t acrm__rule_fits(acrm__call *call, const acrm__firing *firing, bool *out);
/* Whether an event that changed a record is one the rule waits for: its fields, and a condition
 * that did not hold before. */
int32_t acrm__rule_awaits(acrm__call *call, const acrm__firing *firing, bool *out);

/* --- automate.c --- */

int32_t acrm__automate(acrm__call *call, const acrm__event *event); /* a reaction to "*" */
/* Run a rule, keep what became of it, and leave an incident when it fails. */
int32_t acrm__rule_fire(acrm__call *call, const acrm__firing *firing);
/* Run its actions only. */
int32_t acrm__rule_act(acrm__call *call, const acrm__firing *firing, int64_t *done);
/* The cells of a record as they were before an event, as far as it tells (not personal ones). */
int32_t acrm__before_of(acrm__call *call, const acrm__rec *rec, const acrm_value *data,
                        const acrm_cell **out);
int32_t acrm__event_raise(acrm__call *call);
int32_t acrm__run_purge(acrm__call *call);
int32_t acrm__run_sweep(acrm__call *call, const acrm__timer *timer);
/* Keep the log's daily sweep going. */
int32_t acrm__run_sweep_start(acrm__call *call);

/* --- sweep.c: rules over many records: dates and schedules --- */

int32_t acrm__sweep_plan(acrm__call *call, const acrm__rec *rule);
int32_t acrm__sweep_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__sweep_start(acrm__call *call, const unsigned char rule[16], int64_t at);

/* The records that a date or schedule rule would be about on a day, and the event of one. */
int32_t acrm__sweep_day(acrm__call *call, const acrm__rule *rule, int64_t day, uint32_t limit,
                        acrm__recs *out);
acrm_value *acrm__sweep_event(acrm__call *call, const acrm__rule *rule, int64_t day,
                              const char *due_at, const acrm__rec *rec);

/* --- rehearse.c: automation_rule.test --- */

int32_t acrm__rule_test(acrm__call *call);

/* --- schedule.c --- */

int32_t acrm__schedule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__schedule_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__schedule_preview(acrm__call *call);
/* Run a schedule's own operation. */
int32_t acrm__schedule_act(acrm__call *call, const acrm__rec *schedule);
/* A zone by name, NULL name: the business's; *out NULL: UTC. The caller frees it. */
int32_t acrm__zone_open(acrm__call *call, const char *name, const char *field, acrm_zone **out);

/* --- incident.c --- */

typedef struct acrm__trouble {
    const char *source, *what;
    const char *entity;
    const unsigned char *subject; /* NULL: about no record */
    const unsigned char *rule, *schedule;
    const acrm_value *event;      /* NULL: none */
    const acrm_error *error;
} acrm__trouble;

int32_t acrm__incident_open(acrm__call *call, const acrm__trouble *trouble);
const char *acrm__trouble_text(acrm__call *call, const acrm_error *error);
int32_t acrm__incident_retry(acrm__call *call);
int32_t acrm__incident_dismiss(acrm__call *call);
int32_t acrm__incident_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__incident_of_timer(acrm__call *call, const acrm__event *event);

#endif
