/* SPDX-License-Identifier: MIT */
/* The pieces of the module performance. */
#ifndef ACRM_MODULES_PERFORMANCE_PERFORMANCE_H
#define ACRM_MODULES_PERFORMANCE_PERFORMANCE_H

#include "kernel/inside.h"
#include "modules/performance/entities.h"

/* --- results.c: contracts and leads of a period, each with who brought it about --- */

enum { ACRM__RESULT_UNITS = 0, ACRM__RESULT_REVENUE, ACRM__RESULT_MARGIN, ACRM__RESULT_LEADS };
#define ACRM__RESULT_MEASURES "units|revenue|margin|leads"

typedef struct acrm__contract {
    unsigned char id[16], user[16], dealer[16], team[16], customer[16], owner[16];
    bool has_user, has_dealer, has_team, has_owner, cancelled, draft; /* owner: of its lead */
    char number[68], model[104]; /* "": unknown */
    char currency[4];           /* "": none */
    int64_t total, margin;
    int32_t signed_on;
} acrm__contract;

typedef int32_t (*acrm__contract_fn)(void *user, const acrm__contract *contract);

/* Contracts signed from one day to another, of who sold them: the contract's user, else the owner
 * of its lead; in order of signature. Drafts are left out. as_system: past the row scope. */
int32_t acrm__contracts(acrm__call *call, int32_t from, int32_t to, const unsigned char *dealer,
                        bool as_system, acrm__contract_fn each, void *user);
/* One of them, past the row scope, be it a draft; its day is 0 while it is not signed. */
int32_t acrm__contract_one(acrm__call *call, const unsigned char id[16], acrm__contract_fn each,
                           void *user);

typedef struct acrm__lead_result {
    unsigned char user[16], dealer[16], team[16];
    bool has_user, has_dealer, has_team, won, reached;
    char model[104]; /* "": unknown */
    int64_t received_at, waited; /* microseconds; waited: until first reached */
} acrm__lead_result;
typedef int32_t (*acrm__lead_fn)(void *user, const acrm__lead_result *lead);
int32_t acrm__lead_results(acrm__call *call, int32_t from, int32_t to,
                           const unsigned char *dealer, acrm__lead_fn each, void *user);

/* The days of the arguments from_date and to_date; they default to this month. */
int32_t acrm__result_days(acrm__call *call, int32_t *from, int32_t *to);
/* Money by currency; more than 8 of them are refused. */
typedef struct acrm__purse {
    struct {
        char currency[4];
        int64_t amount;
    } items[8];
    size_t n;
} acrm__purse;
int32_t acrm__purse_add(acrm__call *call, acrm__purse *purse, const char *currency,
                        int64_t amount);
/* As a map of currencies under a key. */
bool acrm__purse_put(acrm_value *map, const char *key, const acrm__purse *purse);
/* An amount as text under a key. */
bool acrm__result_money(acrm_value *map, const char *key, const char *currency, int64_t minor);
/* Name of a record of dealer, team or user; NULL when it is gone or may not be seen. */
int32_t acrm__result_name(acrm__call *call, const char *entity, const unsigned char id[16],
                          const char **out);

int32_t acrm__report_performance(acrm__call *call); /* people.c */
int32_t acrm__target_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__report_targets(acrm__call *call); /* target.c */
/* A contract was made or signed here: CONFLICT when it is more than a quota holds. */
int32_t acrm__target_quota(acrm__call *call, const unsigned char contract[16]);
/* Reaction to contracts that are made or signed: quotas are kept, late ones are noted. */
int32_t acrm__result_contract(acrm__call *call, const acrm__event *event);
int32_t acrm__forecast_sales(acrm__call *call); /* foresee.c */

/* --- commission.c, commission_run.c --- */

typedef struct acrm__commission_step {
    int64_t from; /* vehicles, or minor units */
    int64_t pay;  /* minor units a vehicle, or millionths of the measure */
} acrm__commission_step;

enum { ACRM__COMMISSION_STEPS = 20 };

typedef struct acrm__commission_plan {
    acrm__commission_step steps[ACRM__COMMISSION_STEPS];
    size_t n;
    int32_t measure; /* ACRM__RESULT_UNITS ... MARGIN */
    bool retroactive;
    int64_t cap;     /* below 0: none */
} acrm__commission_plan;

/* What of a person's results a contract pays, minor units: `before` is the result until it (in
 * vehicles or minor units), `own` what it adds, `all` the result of the whole period, `paid` what
 * was paid before it. What is paid until a contract is what the results until it come to, rounded
 * once: so all of them make what the whole period comes to. False on overflow. */
bool acrm__commission_pays(const acrm__commission_plan *plan, int64_t before, int64_t own,
                           int64_t all, int64_t paid, int64_t *out);
int32_t acrm__commission_read(acrm__call *call, const acrm__rec *rule,
                              acrm__commission_plan *out);
int32_t acrm__commission_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__commission_run(acrm__call *call);
int32_t acrm__commission_approve(acrm__call *call);
int32_t acrm__commission_export(acrm__call *call);

/* --- commission_part.c: who has a part of what a contract pays; contracts that came late --- */

typedef struct acrm__commission_part {
    unsigned char user[16];
    int64_t share, amount; /* share: millionths of `of` */
    const char *of;        /* "seller", "manager", "share", "split" */
} acrm__commission_part;

enum { ACRM__COMMISSION_PARTS = 32, ACRM__COMMISSION_WHOLE = 1000000 };

typedef struct acrm__commission_parts {
    acrm__call *call;
    acrm__recs shares; /* of all rules */
    acrm__recs splits; /* of the run's contracts */
    acrm__recs late;   /* those that this run takes */
} acrm__commission_parts;

/* Shares, and the late ones that a run of a dealer or (NULL) all takes. */
int32_t acrm__commission_parts_of(acrm__call *call, const acrm__rec *run,
                                  const unsigned char *dealer, acrm__commission_parts *out);
/* Splits of contracts signed from one day to another. */
int32_t acrm__commission_splits(acrm__commission_parts *parts, int32_t from, int32_t to);
/* Divide what a contract pays by a rule; the parts make the whole, to the cent. The first is the
 * seller's. */
int32_t acrm__commission_divide(const acrm__commission_parts *parts, const acrm__rec *rule,
                                const acrm__contract *contract, int64_t pays,
                                acrm__commission_part out[ACRM__COMMISSION_PARTS], size_t *n);
int32_t acrm__commission_share_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__commission_split_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* A contract became known: its period may have been paid already. */
int32_t acrm__commission_late(acrm__call *call, const acrm__rec *contract);
/* A share of 0 to 1 in millionths; 0 when null. */
/* The shares of a rule but `except` (NULL: all), and `more`, are no more than all. */
int32_t acrm__commission_shares_fit(acrm__call *call, const unsigned char rule[16],
                                    const unsigned char *except, int64_t more);
int32_t acrm__commission_read_share(acrm__call *call, const acrm__rec *rec, uint32_t field,
                                    int64_t *out);

/* --- account.c --- */

int32_t acrm__account_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__account_step_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__account_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__account_review(acrm__call *call);
int32_t acrm__account_view(acrm__call *call);

#endif
