/* SPDX-License-Identifier: MIT */
/* The review list of possible duplicates. */
#ifndef ACRM_MODULES_PARTY_REVIEW_H
#define ACRM_MODULES_PARTY_REVIEW_H

#include "modules/party/match_rule.h"

enum { ACRM__REVIEW_KNOWN = 0, ACRM__REVIEW_ADDED, ACRM__REVIEW_CHANGED };

/* Put a pair on the list, or bring what it says up to date; a decided one stays decided.
 * *outcome: ACRM__REVIEW_... */
int32_t acrm__review_put(acrm__call *call, const unsigned char a[16], const unsigned char b[16],
                         const acrm__verdict *verdict, int32_t *outcome);

/* Hook of duplicate_candidate; the operations duplicate_candidate.accept, .reject, .reopen. */
int32_t acrm__party_review_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__party_review_accept(acrm__call *call);
int32_t acrm__party_review_reject(acrm__call *call);
int32_t acrm__party_review_reopen(acrm__call *call);

/* duplicates.c: customer.duplicates, and what customer.create does about them. */
int32_t acrm__party_duplicates(acrm__call *call);
int32_t acrm__party_create_check(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__party_suspected(acrm__call *call, const acrm__event *event);

#endif
