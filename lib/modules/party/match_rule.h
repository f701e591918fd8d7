/* SPDX-License-Identifier: MIT */
/* Match rules: when two customers are taken for one, as data, and what they say of a pair. */
#ifndef ACRM_MODULES_PARTY_MATCH_RULE_H
#define ACRM_MODULES_PARTY_MATCH_RULE_H

#include "modules/party/subject.h"

enum { ACRM__RULE_NODES = 64, ACRM__RULE_NEVER = 101 };

/* Conditions as a list in which each comes behind the one it is part of. */
typedef struct acrm__rule_node {
    int32_t op;       /* RULE_AND, RULE_OR, RULE_LEAF */
    uint32_t parent;  /* 0 for the first */
    const char *name; /* of a leaf: field of customer, or channel of contact points */
    uint32_t field;   /* UINT32_MAX: a channel */
    int32_t how;
    int32_t at_least, weight;
} acrm__rule_node;

typedef struct acrm__rule {
    const acrm__rec *rec;
    const char *name;
    int32_t review, automatic; /* thresholds; ACRM__RULE_NEVER: none */
    acrm__rule_node *nodes;
    uint32_t n_nodes;
} acrm__rule;

typedef struct acrm__rules {
    acrm__rule *items;
    size_t count;
} acrm__rules;

/* One sign of a verdict. */
typedef struct acrm__told {
    const char *field;
    int32_t similarity, weight;
    int32_t how; /* ACRM_MATCH_... */
} acrm__told;

typedef struct acrm__verdict {
    const acrm__rule *rule; /* NULL: no rule holds */
    int32_t score;
    bool automatic;
    acrm__told signs[ACRM__RULE_NODES];
    size_t n_signs;
} acrm__verdict;

/* The active rules in their order, in the call's arena. */
int32_t acrm__rules_load(acrm__call *call, acrm__rules *out);
/* What they say of two customers: of the rules that hold and reach their threshold for review the
 * one that makes it automatic, and the highest score. */
void acrm__rules_judge(const acrm__rules *rules, const acrm__subject *a, const acrm__subject *b,
                       acrm__verdict *out);
/* The signs of a verdict as data: maps field, how, similarity, weight. */
bool acrm__verdict_explain(const acrm__verdict *verdict, acrm_value *list);
/* The hook of match_rule: conditions that cannot be read are refused, each by its path. */
int32_t acrm__party_match_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* Those a new database begins with. */
int32_t acrm__party_match_seed(acrm__call *call);

#endif
