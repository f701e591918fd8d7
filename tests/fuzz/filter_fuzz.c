/* SPDX-License-Identifier: MIT */
/* Any bytes as a filter over the schema of the unit tests: a tree that keeps its promises, or an
 * error that names its place. */
#include "base/json.h"
#include "../unit/filter/filter_world.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Children and values where there must be some, nothing left to fold; the depth is bounded. */
static void check_node(const acrm_filter_node *node, int depth)
{
    if (depth > 4 * ACRM__FILTER_DEPTH_MAX)
        abort();
    if (node->op >= ACRM_FILTER_EQ && node->op != ACRM_FILTER_RELATED && node->n_values == 0)
        abort();
    if ((node->op == ACRM_FILTER_AND || node->op == ACRM_FILTER_OR) && node->n_children < 2)
        abort();
    if ((node->op == ACRM_FILTER_NOT || node->op == ACRM_FILTER_RELATED) &&
        node->n_children != 1)
        abort();
    for (uint32_t i = 0; i < node->n_children; i++) {
        int32_t below = node->children[i].op;
        if (below == ACRM_FILTER_FALSE || (below == ACRM_FILTER_TRUE &&
                                           node->op != ACRM_FILTER_RELATED))
            abort();
        check_node(&node->children[i], depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const acrm_filter_node *node = NULL;
    acrm_value *filter = NULL;
    acrm_error *err = NULL;
    acrm__json_fault fault;
    acrm__arena arena;

    acrm__arena_init(&arena, NULL);
    if (acrm__json_read(&arena, (const char *)data, size, &filter, &fault) == ACRM_OK) {
        int32_t status = acrm__filter_parse(&arena, &world_schema, &world_context,
                                            &world_entities[WORLD_LEAD],
                                            &world_tables[WORLD_LEAD], filter, "where", &node,
                                            &err);
        if (status == ACRM_OK)
            check_node(node, 0);
        else if (acrm_error_field(err)[0] == '\0' || acrm_error_reason(err)[0] == '\0')
            abort();
        acrm_error_free(err);
    }
    acrm__arena_free(&arena);
    return 0;
}
