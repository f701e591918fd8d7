/* SPDX-License-Identifier: MIT */
/* Customers that something points at, each with what pointed and how strongly. */
#ifndef ACRM_MODULES_PARTY_CANDIDATES_H
#define ACRM_MODULES_PARTY_CANDIDATES_H

#include "kernel/call.h"

enum { ACRM__CANDIDATES_MAX = 50 };

typedef struct acrm__candidate {
    unsigned char id[16];
    int32_t score;       /* 0 to 100 */
    const char *reasons[4]; /* "phone", "email", "national_id", "name", "plate" ... */
    int32_t n_reasons;
    acrm__rec *customer; /* once loaded */
} acrm__candidate;

typedef struct acrm__candidates {
    acrm__candidate items[ACRM__CANDIDATES_MAX];
    int32_t count;
    bool as_system; /* look past the session's row scope */
} acrm__candidates;

/* One more reason for one customer. `reason` is kept as it is. */
void acrm__candidates_add(acrm__candidates *list, const unsigned char *id, const char *reason,
                          int32_t score);
/* By contact values in their matching form: score 80 for a phone, 70 for an e-mail address. */
int32_t acrm__candidates_by_contact(acrm__call *call, acrm__candidates *list,
                                    const char *const *values, size_t n);
/* By an encrypted field of customer, national_id or tax_id: score 100. */
int32_t acrm__candidates_by_id(acrm__call *call, acrm__candidates *list, const char *field,
                               const char *id);
/* By the words of a name, or their beginnings: score 40, or 60 when all words are the same. */
int32_t acrm__candidates_by_name(acrm__call *call, acrm__candidates *list, const char *name);
/* By the fields, of whatever entity, that are declared to identify customers: `kind` alone, or
 * (NULL) any. Scores: see identify_field.c. */
int32_t acrm__candidates_by_fields(acrm__call *call, acrm__candidates *list, const char *kind,
                                   const char *text);
/* Whether some field identifies customers by this kind. */
bool acrm__candidates_kind(acrm__call *call, const char *kind);
/* Load their records (one query), drop those that are gone, sort by score and age. */
int32_t acrm__candidates_finish(acrm__call *call, acrm__candidates *list);

#endif
