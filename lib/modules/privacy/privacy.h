/* SPDX-License-Identifier: MIT */
/* The pieces of the module privacy. */
#ifndef ACRM_MODULES_PRIVACY_PRIVACY_H
#define ACRM_MODULES_PRIVACY_PRIVACY_H

#include "kernel/inside.h"

/* --- reach.c: every record that is about a person, as the registry tells --- */

enum { ACRM__PERSONS_MAX = 1024 }; /* the customer, and those merged into it */

/* The records of one entity that lead to the person, in order of their ids. */
typedef struct acrm__reached {
    acrm__rec **items;
    bool *own; /* the personal data in it is the person's, not somebody else's */
    int32_t *round;
    uint32_t n, cap;
} acrm__reached;

typedef struct acrm__reach {
    acrm__call *call; /* past all scopes */
    unsigned char persons[ACRM__PERSONS_MAX][16]; /* the first: the customer itself */
    uint32_t n_persons;
    acrm__reached *of; /* by number of the entity */
    uint32_t n_entities;
} acrm__reach;

/* `system` is the call past all scopes, and outlives the reach. Deleted records too. */
int32_t acrm__privacy_reach(acrm__call *system, const acrm__rec *customer, acrm__reach *out);
/* A system call like this one. */
acrm__call acrm__privacy_system(const acrm__call *call);
/* The customer of an argument, in the caller's own scope, also when it is deleted. */
int32_t acrm__privacy_customer(acrm__call *call, const char *arg, acrm__rec **out);
bool acrm__privacy_is_person(const acrm__reach *reach, const acrm_cell *id);

/* --- rules.c: retention rules over records --- */

/* The rules in force of an action; NULL: of any. */
int32_t acrm__privacy_rules(acrm__call *call, const char *action, acrm__recs *out);
/* The condition of a rule over its entity; *out NULL: all. */
int32_t acrm__privacy_condition(acrm__call *call, const acrm__rec *rule,
                                const acrm_filter_node **out);
/* Which of the reached records a rule is about: flags, one for each; NULL when none is. */
int32_t acrm__privacy_fitting(const acrm__reach *reach, const acrm__rec *rule, bool **out);
/* The last day on which a rule keeps a record; false: its date is not set. */
bool acrm__privacy_until(acrm__call *call, const acrm__rec *rule, const acrm__rec *rec,
                         int32_t *day);
int32_t acrm__privacy_today(const acrm__call *call);
/* Refuse when something holds the erasure up. */
int32_t acrm__privacy_holds(const acrm__reach *reach);
int32_t acrm__privacy_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- suppress.c --- */

typedef struct acrm__identifier {
    const char *kind; /* phone, email, national_id */
    const char *text; /* normalised */
    struct acrm__identifier *next;
} acrm__identifier;

/* What the person was known by. */
int32_t acrm__privacy_identifiers(const acrm__reach *reach, acrm__identifier **out);
int32_t acrm__privacy_suppress(acrm__call *call, const acrm__identifier *list,
                               const acrm__rec *erasure, const char *policy, int64_t *count);
int32_t acrm__privacy_customer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__privacy_contact_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__privacy_readmit(acrm__call *call);

/* --- traces.c: what is kept of a person outside of its records --- */

typedef struct acrm__traces {
    int64_t keys, timers, results, raw_rows, suppressed;
} acrm__traces;

int32_t acrm__privacy_traces(const acrm__reach *reach, const acrm__identifier *list,
                             bool **keep, acrm__traces *traces);

/* --- outlive.c: records that the law keeps, and their end --- */

typedef struct acrm__keeping {
    const acrm__rec *rule;
    acrm__rec *rec;
    int32_t until;
    struct acrm__keeping *next;
} acrm__keeping;

/* Which records rules keep: flags by entity number (NULL: none) and the list. */
int32_t acrm__privacy_keep(const acrm__reach *reach, bool ***flags, acrm__keeping **list);
/* Note them with the erasure, each with a key of its own and a timer. */
int32_t acrm__privacy_keep_all(acrm__call *call, const acrm__keeping *list,
                               const acrm__rec *erasure);
int32_t acrm__privacy_kept_due(acrm__call *call, const acrm__timer *timer);

/* --- erase.c --- */

typedef struct acrm__erasing {
    acrm__rec *customer;
    const char *reason, *basis, *policy;
    acrm__rec *erasure; /* made by it */
} acrm__erasing;

int32_t acrm__privacy_erase_one(acrm__call *system, acrm__erasing *erasing);
int32_t acrm__privacy_erase(acrm__call *call);
int32_t acrm__privacy_sweep(acrm__call *call);

/* certificate.c */
int32_t acrm__privacy_certify(acrm__call *call, acrm__rec *erasure);
int32_t acrm__privacy_certificate(acrm__call *call);
/* export.c */
int32_t acrm__privacy_export(acrm__call *call);
/* restrict.c */
int32_t acrm__privacy_restrict(acrm__call *call);
int32_t acrm__privacy_lift(acrm__call *call);
int32_t acrm__privacy_restrict_one(acrm__call *system, acrm__rec *customer, const char *basis,
                                   acrm__rec **out);
/* retention.c */
int32_t acrm__privacy_retention_run(acrm__call *call);
int32_t acrm__privacy_retention_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__privacy_rule_made(acrm__call *call, const acrm__event *event);

#endif
