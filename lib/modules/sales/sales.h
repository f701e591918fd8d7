/* SPDX-License-Identifier: MIT */
/* The pieces of the module sales. */
#ifndef ACRM_MODULES_SALES_SALES_H
#define ACRM_MODULES_SALES_SALES_H

#include "kernel/call.h"
#include "kernel/registry.h"
#include "modules/sales/entities.h"

#include <string.h>

/* --- Shorthands of this module --- */

static inline bool acrm__sales_is(const acrm__rec *rec, uint32_t field, const char *word)
{
    const char *text = acrm__text(rec, field);
    return text && strcmp(text, word) == 0;
}

static inline bool acrm__sales_same(const unsigned char *a, const unsigned char *b)
{
    return a && b ? memcmp(a, b, 16) == 0 : a == b;
}

/* The same call past the caller's row scope. What a caller may touch is checked before, by loading
 * it in the caller's own scope; where a lead goes next is not the caller's to see. */
static inline acrm__call acrm__sales_system(const acrm__call *call)
{
    acrm__call inner = *call;
    inner.as_system = true;
    return inner;
}

/* --- lead.c: leads as they are written --- */

bool acrm__sales_open(const acrm__rec *lead); /* neither won, lost nor deleted */
int32_t acrm__sales_lead_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sales_lead_created(acrm__call *call, const acrm__event *event);
int32_t acrm__sales_level_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* Set the timer that wakes an open lead next. */
int32_t acrm__sales_lead_timer(acrm__call *call, const acrm__rec *rec, const acrm__rec *level);
/* INVALID naming `field` when there is no such level; *out NULL for a NULL code. */
int32_t acrm__sales_level(acrm__call *call, const char *code, const char *field, acrm__rec **out);
int32_t acrm__sales_lead_restored(acrm__call *call, const acrm__event *event);
/* CONFLICT with reason "state" unless the lead is open. */
int32_t acrm__sales_need_open(acrm__call *call, const acrm__rec *lead);

/* --- load.c: how many open leads a dealer or user has --- */

int32_t acrm__sales_load_moved(acrm__call *call, const acrm__rec *lead, const acrm__rec *before);
/* The loads of some subjects with one query; items in no order. */
int32_t acrm__sales_loads(acrm__call *call, const acrm_cell *ids, uint32_t n, acrm__recs *out);
const acrm__rec *acrm__sales_load_of(const acrm__recs *loads, const unsigned char id[16]);
/* A target was given a lead. */
int32_t acrm__sales_load_target(acrm__call *call, const unsigned char target[16]);
/* Shares of a rule changed: count them anew. */
int32_t acrm__sales_target_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* Records of an entity by a list of values of one field, with one query. */
int32_t acrm__sales_find_in(acrm__call *call, const char *entity, uint32_t field,
                            const acrm_cell *values, uint32_t n, acrm__recs *out);

/* --- followup.c --- */

/* Keep one automatic activity for an open lead that somebody has. */
int32_t acrm__sales_follow_up(acrm__call *call, const acrm__rec *lead, const acrm__rec *before);
int32_t acrm__sales_lead_contact(acrm__call *call);
int32_t acrm__sales_lead_set_level(acrm__call *call);
int32_t acrm__sales_contact_due(acrm__call *call, const acrm__timer *timer);

/* A contact or an attempt: what lead.contact and activity.complete have in common. */
typedef struct acrm__sales_contact {
    const char *channel; /* of an interaction */
    const char *direction;
    bool effective;
    const char *outcome, *notes; /* NULL: none */
    bool agreed;
    int64_t next_at;
    const char *level; /* NULL: as it is */
} acrm__sales_contact;
int32_t acrm__sales_contact_note(acrm__call *call, acrm__rec *lead,
                                 const acrm__sales_contact *contact);

/* --- agenda.c --- */

int32_t acrm__sales_activity_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sales_activity_complete(acrm__call *call);
int32_t acrm__sales_activity_cancel(acrm__call *call);
int32_t acrm__sales_agenda(acrm__call *call);
/* ical.c */
int32_t acrm__sales_agenda_ical(acrm__call *call);
int32_t acrm__sales_activity_ical(acrm__call *call);
int32_t acrm__sales_neglected(acrm__call *call);

/* --- choose.c: who should have a lead --- */

typedef struct acrm__sales_pick {
    acrm__rec *rule;                /* NULL: by hand */
    const unsigned char *target_id; /* NULL: not through a target */
    const unsigned char *dealer_id;
    const unsigned char *user_id;   /* NULL: nobody yet */
    const char *unplaced;           /* why nobody was found; NULL: somebody was */
    acrm_value *explanation;
} acrm__sales_pick;
/* *pick.unplaced "no_rule" also when there are no rules at all, then *configured is false. */
int32_t acrm__sales_choose(acrm__call *call, const acrm__rec *lead, acrm__sales_pick *pick,
                           bool *configured);
/* Open leads against capacity of one dealer or user: CONFLICT with reason "capacity". */
int32_t acrm__sales_check_capacity(acrm__call *call, const acrm__rec *holder, const char *field);
int32_t acrm__sales_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* Whether a lead satisfies the condition of a rule. */
int32_t acrm__sales_rule_fits(acrm__call *call, const acrm__rec *rule, const acrm__rec *lead,
                              acrm__rec **customer, bool *fits);

/* --- distribute.c --- */

int32_t acrm__sales_place(acrm__call *call, acrm__rec *lead, bool quiet);
int32_t acrm__sales_lead_distribute(acrm__call *call);
int32_t acrm__sales_lead_accept(acrm__call *call);
int32_t acrm__sales_lead_decline(acrm__call *call);
int32_t acrm__sales_lead_recall(acrm__call *call);
int32_t acrm__sales_lead_assign(acrm__call *call);
int32_t acrm__sales_lead_explain(acrm__call *call);
int32_t acrm__sales_accept_by(acrm__call *call, const acrm__timer *timer);
/* The newest offer of a lead, if it has the outcome (NULL: any), gets a new one. */
int32_t acrm__sales_answer_offer(acrm__call *call, const acrm__rec *lead, const char *expected,
                                 const char *outcome, const char *reason);

/* --- submit.c --- */

int32_t acrm__sales_submit(acrm__call *call);

/* --- close.c --- */

int32_t acrm__sales_lead_win(acrm__call *call);
int32_t acrm__sales_lead_lose(acrm__call *call);
int32_t acrm__sales_win_back(acrm__call *call, const acrm__timer *timer);
/* A reaction to customer.erasing: leads are lost, activities cancelled. */
int32_t acrm__sales_customer_erasing(acrm__call *call, const acrm__event *event);
int32_t acrm__sales_lost_reason(acrm__call *call, acrm__rec **out); /* by the argument "reason" */
/* A reaction to sales_contract.cancelled: what was won by it is open again. */
int32_t acrm__sales_contract_cancelled(acrm__call *call, const acrm__event *event);
int32_t acrm__sales_opportunity_reopen(acrm__call *call, const unsigned char id[16]);

/* --- opportunity.c --- */

int32_t acrm__sales_opportunity_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__sales_opportunity_created(acrm__call *call, const acrm__event *event);
int32_t acrm__sales_opportunity_move(acrm__call *call);
int32_t acrm__sales_opportunity_win(acrm__call *call);
int32_t acrm__sales_opportunity_lose(acrm__call *call);
int32_t acrm__sales_opportunity_review(acrm__call *call);

/* --- report.c, report_times.c, report_funnel.c --- */

int32_t acrm__sales_report_funnel(acrm__call *call);
int32_t acrm__sales_report_sources(acrm__call *call);
int32_t acrm__sales_report_lost(acrm__call *call);
int32_t acrm__sales_report_response(acrm__call *call);
int32_t acrm__sales_report_stages(acrm__call *call);

/* --- seed.c --- */

int32_t acrm__sales_seed(acrm__call *call);

#endif
