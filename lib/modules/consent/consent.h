/* SPDX-License-Identifier: MIT */
/* The pieces of the module consent. */
#ifndef ACRM_MODULES_CONSENT_CONSENT_H
#define ACRM_MODULES_CONSENT_CONSENT_H

#include "kernel/call.h"

/* ledger.c: rows are only ever added. */
int32_t acrm__consent_give(acrm__call *call);
int32_t acrm__consent_record(acrm__call *call);
int32_t acrm__consent_confirm(acrm__call *call);
int32_t acrm__consent_withdraw(acrm__call *call);

/* decide.c: what a customer's rows and suppressions come to. Pure. */
typedef struct acrm__consent_facts {
    const acrm__rec *customer;
    acrm__recs rows;         /* of the ledger, oldest decision first */
    acrm__recs suppressions; /* that live */
} acrm__consent_facts;

typedef struct acrm__consent_verdict {
    bool allowed;
    const char *reason;
    const acrm__rec *row;         /* of the ledger, that decided it; NULL: none did */
    const acrm__rec *suppression; /* that decided it, or NULL */
} acrm__consent_verdict;

void acrm__consent_decide(const acrm__consent_facts *facts, const acrm__rec *purpose,
                          const char *channel, int64_t at, acrm__consent_verdict *out);

/* check.c */
int32_t acrm__consent_purpose(acrm__call *call, const char *code, acrm__rec **out);
int32_t acrm__consent_check(acrm__call *call);
int32_t acrm__consent_check_many(acrm__call *call);
int32_t acrm__consent_state(acrm__call *call);

/* rules.c: what is written by the free operations; the first purposes; the end of consents. */
int32_t acrm__consent_purpose_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__consent_suppression_write(acrm__call *call, acrm__rec *rec,
                                        const acrm__rec *before);
int32_t acrm__consent_preference_write(acrm__call *call, acrm__rec *rec,
                                       const acrm__rec *before);
int32_t acrm__consent_seed(acrm__call *call);
int32_t acrm__consent_expired(acrm__call *call, const acrm__timer *timer);

#endif
