/* SPDX-License-Identifier: MIT */
/* Where quantiles are cut: one pass over the values of all who were seen at least once, counted and
 * in order by the storage, so that memory does not grow with them. */
#include "modules/grading/grading.h"

#include "kernel/registry.h"

typedef struct cuts_walk {
    int32_t parts;
    bool reversed;
    int64_t total, worse;
    int64_t *cuts;
} cuts_walk;

bool acrm__scheme_in_quantiles(const acrm_scoring *scoring)
{
    int32_t input, parts, reversed;
    bool any = false;

    for (uint32_t a = 0; a < ACRM_SCORING_AXES_MAX; a++)
        any |= acrm_scoring_quantiles(scoring, a, &input, &parts, &reversed) == ACRM_OK;
    return any;
}

bool acrm__scheme_is_cut(const acrm_scoring *scoring, const acrm__scheme *scheme)
{
    int32_t input, parts, reversed;

    for (uint32_t a = 0; a < ACRM_SCORING_AXES_MAX; a++)
        if (acrm_scoring_quantiles(scoring, a, &input, &parts, &reversed) == ACRM_OK &&
            !scheme->cut[a])
            return false;
    return true;
}

static int32_t cuts_total(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[0].integer;
    return 1;
}

static int32_t cuts_row(void *user, const acrm_cell *cells, uint32_t n)
{
    cuts_walk *walk = user;
    int64_t key = cells[0].integer;

    (void)n;
    if (walk->reversed)
        key = key == INT64_MIN ? INT64_MAX : -key;
    int32_t st = acrm_scoring_cut(walk->parts, walk->total, walk->worse, key, walk->cuts);
    walk->worse += cells[1].integer;
    return st;
}

static int32_t cuts_axis(acrm__call *call, uint32_t field, cuts_walk *walk)
{
    const acrm__entity *profile = acrm__entity_of(call, "customer_profile");
    const acrm__term terms[] = {
        { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() },
        { F_customer_profile__last_seen_on, ACRM_FILTER_NE, acrm__cell_null() },
        { field, ACRM_FILTER_NE, acrm__cell_null() },
    };
    const acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    const acrm_expression select[] = { { .column = field }, count };
    const acrm_order order = { .expression = 0, .descending = walk->reversed };
    const acrm_filter_node *where = acrm__where(call, terms, 3);
    const acrm_query all = { .struct_size = sizeof all, .table = &profile->table, .where = where,
                             .n_select = 1, .select = &count };
    const acrm_query groups = { .struct_size = sizeof groups, .table = &profile->table,
                                .where = where, .n_select = 2, .select = select, .n_group = 1,
                                .n_order = 1, .order = &order };
    int32_t st = where ? acrm__query(call, &all, cuts_total, &walk->total) : acrm__nomem(call);

    return st == ACRM_OK && walk->total > 0 ? acrm__query(call, &groups, cuts_row, walk) : st;
}

int32_t acrm__scheme_cuts(acrm__call *call, const acrm_scoring *scoring, acrm__scheme *scheme)
{
    int32_t input, reversed, st = ACRM_OK;

    for (uint32_t a = 0; st == ACRM_OK && a < ACRM_SCORING_AXES_MAX; a++) {
        cuts_walk walk = { .cuts = scheme->cuts[a] };
        if (acrm_scoring_quantiles(scoring, a, &input, &walk.parts, &reversed) != ACRM_OK)
            continue;
        for (uint32_t k = 0; k < ACRM_SCORING_PARTS_MAX - 1; k++)
            scheme->cuts[a][k] = INT64_MAX;
        walk.reversed = reversed != 0;
        scheme->cut[a] = true;
        st = cuts_axis(call, acrm__profile_numbers[input].field, &walk);
    }
    return st;
}
