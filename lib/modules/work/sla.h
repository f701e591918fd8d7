/* SPDX-License-Identifier: MIT */
/* What the files of service levels share. */
#ifndef ACRM_MODULES_WORK_SLA_H
#define ACRM_MODULES_WORK_SLA_H

#include "autocrm/sla.h"
#include "modules/work/work.h"

/* Bits of what a clock has fired: the breach, warnings, the overrun, steps of the chain. */
enum {
    ACRM__SLA_BREACH = 0,
    ACRM__SLA_WARNING = 1, /* and the seven behind it */
    ACRM__SLA_WARNINGS_MAX = 8,
    ACRM__SLA_OVERRUN = 9,
    ACRM__SLA_STEP = 9, /* step n, from 1, is 9 + n */
    ACRM__SLA_STEPS_MAX = 50
};

/* Names of clocks and kinds of happenings, by their numbers. */
extern const char *const acrm__sla_clock_names[];
extern const char *const acrm__sla_kind_names[];
int32_t acrm__sla_number_of(const char *const *names, const char *name); /* -1: none */

/* --- sla_terms.c --- */

/* Terms as they were for a time, ready to compute with; kept by the session. */
typedef struct acrm__sla_book {
    acrm__arena arena;
    acrm_sla_terms terms;
    unsigned char id[16];
    unsigned char calendar_version[16];
    const char **priorities; /* [0] NULL: all others */
    const acrm_value *steps; /* of the chain */
} acrm__sla_book;

/* The calendar of it is lent until the transaction ends, like the book. */
int32_t acrm__sla_book_of(acrm__call *call, const unsigned char terms[16], acrm__sla_book **out);
int32_t acrm__sla_priority(const acrm__sla_book *book, const char *name);
/* Step of the chain by position. */
const acrm_value *acrm__sla_step(const acrm__sla_book *book, int32_t position);
/* ["80%","PT1H"] into marks; refused with its place. */
int32_t acrm__sla_warnings(acrm__call *call, const acrm_value *list,
                           acrm_sla_mark marks[ACRM__SLA_WARNINGS_MAX], size_t *n);
/* The newest terms of a policy. */
int32_t acrm__sla_newest(acrm__call *call, const unsigned char policy[16], acrm__rec **out);
/* Write down what a policy has become; what is open under it is computed anew by and by. */
int32_t acrm__sla_refresh(acrm__call *call, const unsigned char policy[16]);

/* --- sla_policy.c --- */
int32_t acrm__sla_policy_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sla_target_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sla_escalation_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sla_reason_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sla_policy_changed(acrm__call *call, const acrm__event *event);
int32_t acrm__sla_part_changed(acrm__call *call, const acrm__event *event);
int32_t acrm__sla_seed(acrm__call *call);
/* The policy in force for a record. */
int32_t acrm__sla_choose(acrm__call *call, const char *entity, const unsigned char id[16],
                         acrm__rec **out);
/* ["resolution"] into a sum of 1 << clock. */
int32_t acrm__sla_mask(acrm__call *call, const acrm_value *list, const char *path, int32_t *out);

/* --- sla_item.c: the state of a record's clocks, from its history --- */

typedef struct acrm__sla_state {
    acrm__rec *item;
    acrm_sla *sla; /* told everything; free with acrm_sla_free() */
    acrm__recs history;
    acrm__sla_book *book; /* in force */
} acrm__sla_state;

/* By the record's id; refused naming `arg` when nothing is promised about it. */
int32_t acrm__sla_find(acrm__call *call, const unsigned char subject[16], const char *arg,
                       acrm__rec **item);
/* What happened so far, told to new clocks, up to `now`. */
int32_t acrm__sla_fold(acrm__call *call, acrm__rec *item, int64_t now, acrm__sla_state *out);
/* The number of the clock's row among those stored; NULL: none. */
acrm__rec *acrm__sla_row_of(const acrm__recs *rows, const acrm_sla_clock *clock, size_t hint);
/* The columns of a clock's row as they must be. */
void acrm__sla_row_fill(acrm__rec *row, const acrm__sla_state *state, const acrm_sla_clock *clock);
int32_t acrm__sla_rows(acrm__call *call, const acrm__rec *item, acrm__recs *out);

/* --- sla_sync.c --- */

/* Bring the rows up to now: write clocks, announce what was reached, set the timer, which is gone
 * when it was the timer that called. */
int32_t acrm__sla_sync(acrm__call *call, acrm__rec *item, bool timer_gone);
/* Put something into the history; 0, NULL and ACRM_SLA_NONE for what does not apply. */
typedef struct acrm__sla_entry {
    int32_t kind;
    int64_t at;
    int64_t number;
    const char *priority;
    const unsigned char *terms, *message;
    int32_t clocks, cycle;
    int64_t until, fired;
} acrm__sla_entry;
int32_t acrm__sla_record(acrm__call *call, acrm__rec *item, const acrm__sla_entry *entry);
/* Mark stop points ended: those that ended by themselves, or all. */
int32_t acrm__sla_pauses_end(acrm__call *call, const acrm__rec *item, int64_t at, bool all);
int32_t acrm__sla_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__sla_renew(acrm__call *call, const acrm__timer *timer);

/* --- sla_action.c: steps of the chain --- */
int32_t acrm__sla_reached(acrm__call *call, const acrm__sla_state *state,
                          const acrm_sla_clock *clock, int32_t position);
int32_t acrm__sla_act(acrm__call *call, const acrm__timer *timer);

/* --- sla_ops.c --- */
int32_t acrm__sla_op_start(acrm__call *call);
int32_t acrm__sla_op_happen(acrm__call *call);
int32_t acrm__sla_op_pause(acrm__call *call);
int32_t acrm__sla_op_resume(acrm__call *call);
int32_t acrm__sla_op_approve(acrm__call *call);
int32_t acrm__sla_op_recompute(acrm__call *call);
/* --- sla_status.c --- */
int32_t acrm__sla_op_status(acrm__call *call);
int32_t acrm__sla_op_verify(acrm__call *call);

/* Something happens now to a record, as sla.happen does it. When nothing is promised about the
 * record, nothing is done and *item is NULL. */
int32_t acrm__sla_happen(acrm__call *call, const unsigned char subject[16], int32_t kind,
                         const char *priority, acrm__rec **item);

#endif
