/* SPDX-License-Identifier: MIT */
/* Exact comparisons of integers with reals, for databases that would round one of them. */
#include "storage/sql/sql.h"

#include <math.h>

#define NUMBER_BEYOND 9223372036854775808.0 /* 2^63 */

static int32_t number_real_for_integers(int32_t *op, acrm_cell *value)
{
    bool up = *op == ACRM_FILTER_GE || *op == ACRM_FILTER_LT;
    double whole = up ? ceil(value->real) : floor(value->real);

    if (*op == ACRM_FILTER_EQ && whole != value->real)
        return ACRM__SQL_NEVER;
    if (whole >= NUMBER_BEYOND || whole < -NUMBER_BEYOND) {
        bool less = *op == ACRM_FILTER_LT || *op == ACRM_FILTER_LE;
        bool greater = *op == ACRM_FILTER_GT || *op == ACRM_FILTER_GE;
        return (less && whole > 0) || (greater && whole < 0) ? ACRM__SQL_ALWAYS : ACRM__SQL_NEVER;
    }
    *value = (acrm_cell){ .type = ACRM_CELL_INT, .integer = (int64_t)whole };
    return ACRM__SQL_BY_VALUE;
}

/* Where the integer is no real, the nearest real stands on one side of it, and no other between. */
static int32_t number_integer_for_reals(int32_t *op, acrm_cell *value)
{
    double near = (double)value->integer;
    bool above = near >= NUMBER_BEYOND || (int64_t)near > value->integer;
    bool below = !above && (int64_t)near < value->integer;

    if (*op == ACRM_FILTER_EQ && (above || below))
        return ACRM__SQL_NEVER;
    if (above && *op == ACRM_FILTER_GT)
        *op = ACRM_FILTER_GE;
    else if (above && *op == ACRM_FILTER_LE)
        *op = ACRM_FILTER_LT;
    else if (below && *op == ACRM_FILTER_GE)
        *op = ACRM_FILTER_GT;
    else if (below && *op == ACRM_FILTER_LT)
        *op = ACRM_FILTER_LE;
    *value = (acrm_cell){ .type = ACRM_CELL_REAL, .real = near };
    return ACRM__SQL_BY_VALUE;
}

int32_t acrm__sql_exact(int32_t column_type, int32_t *op, acrm_cell *value)
{
    if (column_type == ACRM_CELL_INT && value->type == ACRM_CELL_REAL)
        return number_real_for_integers(op, value);
    if (column_type == ACRM_CELL_REAL && value->type == ACRM_CELL_INT)
        return number_integer_for_reals(op, value);
    return ACRM__SQL_BY_VALUE;
}
