/* SPDX-License-Identifier: MIT */
/* Survivorship rules: built in, stored as merge_rule, given in the call. */
#ifndef ACRM_MODULES_MERGE_RULE_H
#define ACRM_MODULES_MERGE_RULE_H

#include "modules/merge/merge.h"

enum {
    ACRM__MERGE_KEEP = 0, /* the survivor's, even when it has none */
    ACRM__MERGE_FILL,     /* the survivor's, else the first other's that has one */
    ACRM__MERGE_NEWEST,   /* of the record changed last */
    ACRM__MERGE_OLDEST,   /* of the record made first */
    ACRM__MERGE_LONGEST,
    ACRM__MERGE_COMPLETE, /* of the record with most fields filled */
    ACRM__MERGE_TRUSTED,  /* of the record whose source stands first in a list */
    ACRM__MERGE_LARGEST,
    ACRM__MERGE_SMALLEST,
    ACRM__MERGE_UNION,    /* lines of text, items of JSON lists */
    ACRM__MERGE_RULES
};

typedef struct acrm__merge_rule {
    int32_t rule;
    const acrm_value *trust;
} acrm__merge_rule;

/* The rule of a field. *own: it was given in the call or stored for this very field, so that the
 * field does not follow another. */
int32_t acrm__merge_rule_find(const acrm__merge *merge, const acrm__recs *stored,
                              const char *field, acrm__merge_rule *out, bool *own);
/* The field that another one follows, so that both come from one record; NULL: none. */
const char *acrm__merge_rule_leader(const char *field);
/* Arguments rules and fields: known fields, known rules, fields that the session may write. */
int32_t acrm__merge_rule_check(acrm__call *call, const acrm__merge *merge);

#endif
