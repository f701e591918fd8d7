/* SPDX-License-Identifier: MIT */
/* Customers who may be the same as one: found by their keys, judged by the match rules. */
#ifndef ACRM_MODULES_PARTY_SUSPECTS_H
#define ACRM_MODULES_PARTY_SUSPECTS_H

#include "modules/party/match_rule.h"

enum {
    ACRM__SUSPECTS_BLOCK = 32, /* customers of one key; of more, the key says too little */
    ACRM__SUSPECTS_MAX = 64
};

typedef struct acrm__suspect {
    const acrm__subject *subject;
    acrm__verdict verdict;
    int32_t score;   /* of the verdict, or of the exact signs that no rule asks for */
    bool same;       /* an exact sign and a name that does not contradict, or automatic by a rule */
    const char *reasons[4]; /* "national_id", "phone", "email", "name" */
    int32_t n_reasons;
} acrm__suspect;

typedef struct acrm__suspects {
    acrm__suspect *items; /* best first */
    int32_t count;
} acrm__suspects;

/* `own` (NULL: none) is left out. Those without any sign are left out too. */
int32_t acrm__suspects_find(acrm__call *call, const acrm__subject *subject,
                            const unsigned char *own, bool as_system, acrm__suspects *out);

#endif
