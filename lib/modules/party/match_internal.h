/* SPDX-License-Identifier: MIT */
/* What the files of match rules share. */
#ifndef ACRM_MODULES_PARTY_MATCH_INTERNAL_H
#define ACRM_MODULES_PARTY_MATCH_INTERNAL_H

enum { RULE_LEAF, RULE_AND, RULE_OR };

/* How a condition compares its field. */
enum {
    RULE_EXACT,  /* the same */
    RULE_FUZZY,  /* alike */
    RULE_AGREES, /* alike, or one of the two does not say */
    RULE_DIFFERS /* both say, and not alike */
};

#endif
