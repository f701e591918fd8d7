/* SPDX-License-Identifier: MIT */
/* What the reports share: who and when they are about, counts by group, and rates. */
#ifndef ACRM_MODULES_SALES_REPORT_H
#define ACRM_MODULES_SALES_REPORT_H

#include "kernel/inside.h"
#include "modules/sales/sales.h"

enum { ACRM__TALLY_COUNTS = 8 };

/* Counts of one group. */
typedef struct acrm__tally {
    acrm_cell key; /* NULL: records without it */
    int64_t counts[ACRM__TALLY_COUNTS];
} acrm__tally;

typedef struct acrm__tallies {
    acrm__call *call;
    acrm__tally *items;
    uint32_t n, cap;
    uint32_t column; /* of counts that the running query fills */
} acrm__tallies;

/* The arguments from, until, dealer_id and source_id, and the session's row scope, as a condition
 * over `entity`; fields UINT32_MAX: it has none. */
typedef struct acrm__report_fields {
    const char *entity;
    uint32_t at, dealer, source;
} acrm__report_fields;
int32_t acrm__report_where(acrm__call *call, const acrm__report_fields *fields,
                           const acrm_filter_node *where, const acrm_filter_node **out);

/* The group of a key, made when it is new; NULL: no memory. */
acrm__tally *acrm__tally_of(acrm__tallies *tallies, const acrm_cell *key);
/* Count records by group into counts[column]; group NULL: all of them as one. */
int32_t acrm__tally_count(acrm__tallies *tallies, const acrm__entity *entity,
                    const acrm_expression *group, const acrm_filter_node *where,
                    uint32_t column);

/* Of leads, in one pass: all of them, those won and those lost, each into its column. */
typedef struct acrm__tally_ends {
    uint32_t all, won, lost;
} acrm__tally_ends;
int32_t acrm__tally_leads(acrm__tallies *tallies, const acrm_expression *group,
                          const acrm_filter_node *where, const acrm__tally_ends *columns);

/* part / whole, or null. */
bool acrm__put_rate(acrm_value *map, const char *key, int64_t part, int64_t whole);
/* Labels of the keys of groups, when they are ids of `entity`. */
int32_t acrm__tally_names(const acrm__tallies *tallies, const char *entity, acrm__recs *out);
const acrm__rec *acrm__record_of(const acrm__recs *records, const acrm_cell *id);

/* What an argument "group" asks for. */
typedef struct acrm__report_group {
    const char *name;   /* in the argument */
    const char *entity; /* whose ids the keys are; NULL: texts or instants */
    uint32_t field;
    int32_t bucket;
} acrm__report_group;
extern const acrm__report_group acrm__report_groups[]; /* of leads; ends with a NULL name */
const acrm__report_group *acrm__report_group_of(acrm__call *call); /* NULL: none */
/* key, name of one group. */
bool acrm__put_group(acrm__call *call, acrm_value *row, const acrm__report_group *group,
                     const acrm_cell *key, const acrm__recs *names);

/* Sorts and gives the q-quantile (nearest rank) of n > 0 numbers. */
int64_t acrm__quantile(int64_t *sorted, size_t n, int32_t percent);
void acrm__sort_numbers(int64_t *numbers, size_t n);

/* Numbers by group, kept one by one. */
typedef struct acrm__sample {
    acrm_cell key;
    int64_t *numbers;
    size_t n, cap;
    int64_t others; /* records without a number */
} acrm__sample;
typedef struct acrm__samples {
    acrm__call *call;
    acrm__sample *items;
    uint32_t n, cap;
} acrm__samples;
acrm__sample *acrm__sample_of(acrm__samples *samples, const acrm_cell *key);
bool acrm__sample_add(acrm__samples *samples, acrm__sample *sample, int64_t number);

#endif
