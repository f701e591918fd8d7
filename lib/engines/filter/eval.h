/* SPDX-License-Identifier: MIT */
/*
 * Filter trees on rows in memory, with the truth that autocrm/port/storage.h gives each node. Pure
 * but for the callback that looks at related rows.
 */
#ifndef ACRM_ENGINES_FILTER_EVAL_H
#define ACRM_ENGINES_FILTER_EVAL_H

#include "autocrm/port/storage.h"

#include <stdbool.h>

enum { ACRM__FILTER_EVAL_DEPTH_MAX = 64 };

/* NULL, then numbers by value (integers and reals exactly), then texts, then blobs by their bytes.
 * Below, at or above 0. */
int acrm__cell_compare(const acrm_cell *a, const acrm_cell *b);

typedef struct acrm__filter_row {
    const acrm_table *table;
    const acrm_cell *cells; /* one for each of its columns */
    const char *search;     /* (nullable) its search text: normalised words, space-separated */
} acrm__filter_row;

typedef struct acrm__filter_relations {
    void *self;
    /* Set *truth when some row of node->related without deleted_at, whose related_column equals
     * `value` (never NULL), satisfies node->children[0]: acrm__filter_eval() with this `depth`. */
    int32_t (*any)(void *self, const acrm_filter_node *node, const acrm_cell *value,
                   uint32_t depth, bool *truth);
} acrm__filter_relations;

/*
 * Whether a row satisfies a filter. `depth` is 0 but in callbacks. ACRM_OK; ACRM_E_INVALID for a
 * tree that is not well-formed; ACRM_E_LIMIT when it is nested too deeply; ACRM_E_UNSUPPORTED for
 * RELATED without `relations`; or what the callback returned.
 */
int32_t acrm__filter_eval(const acrm_filter_node *node, const acrm__filter_row *row,
                          const acrm__filter_relations *relations, uint32_t depth, bool *truth);

#endif
