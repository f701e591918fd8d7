/* SPDX-License-Identifier: MIT */
/* What the shipped adapters check of their arguments, so that they refuse the same ones. */
#ifndef ACRM_STORAGE_CHECK_H
#define ACRM_STORAGE_CHECK_H

#include "autocrm/port/storage.h"

#include <stdbool.h>

enum {
    ACRM__STORAGE_DEPTH_MAX = 64,   /* nested filter nodes */
    ACRM__STORAGE_WORDS_MAX = 64,   /* of one search */
    ACRM__STORAGE_JOINS_MAX = 16,
    ACRM__STORAGE_ORDER_MAX = 16
};

/* A cell that may stand in this column: of its type, or NULL where that is allowed. */
int32_t acrm__storage_check_cell(const acrm_table *table, uint32_t column, const acrm_cell *cell,
                                 acrm_error **err);
/* A value to compare a column with: of its type, and not NULL. */
int32_t acrm__storage_check_value(const acrm_table *table, uint32_t column, const acrm_cell *value,
                                  acrm_error **err);
/* The arguments of an update: a key, at least one column other than it, cells that fit. */
int32_t acrm__storage_check_update(const acrm_table *table, const acrm_cell *key,
                                   const uint32_t *columns, const acrm_cell *cells,
                                   uint32_t n_columns, acrm_error **err);
/* Column numbers, types of values, shape and limits of a query. */
int32_t acrm__storage_check_query(const acrm_query *query, acrm_error **err);

/* The table of a source of a query. */
const acrm_table *acrm__storage_source(const acrm_query *query, uint32_t source);
/* Whether a query makes groups: it has a grouping key or an aggregate. */
bool acrm__storage_grouped(const acrm_query *query);
/* What an order term sorts by; `whole` is filled in when the query selects whole rows. */
const acrm_expression *acrm__storage_order_expression(const acrm_query *query, uint32_t term,
                                                      acrm_expression *whole);

#endif
