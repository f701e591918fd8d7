/* SPDX-License-Identifier: MIT */
/* Finding customers by contact values, national id and name. */
#include "modules/party/candidates.h"

#include "base/text.h"
#include "modules/party/entities.h"
#include "modules/party/party.h"

#include <string.h>

void acrm__candidates_add(acrm__candidates *list, const unsigned char *id, const char *reason,
                           int32_t score)
{
    acrm__candidate *found = NULL;

    for (int32_t i = 0; i < list->count && !found; i++)
        if (memcmp(list->items[i].id, id, 16) == 0)
            found = &list->items[i];
    if (!found) {
        if (list->count == ACRM__CANDIDATES_MAX)
            return;
        found = &list->items[list->count++];
        *found = (acrm__candidate){ .score = 0 };
        memcpy(found->id, id, 16);
    }
    for (int32_t i = 0; i < found->n_reasons; i++)
        if (strcmp(found->reasons[i], reason) == 0)
            return;
    if (found->n_reasons < 4)
        found->reasons[found->n_reasons++] = reason;
    /* Independent signs add up, each to what the others left open. */
    found->score += (100 - found->score) * score / 100;
}

/* One look-up for each: a list of values would make the database sort what it finds. */
int32_t acrm__candidates_by_contact(acrm__call *call, acrm__candidates *list,
                                    const char *const *values, size_t n)
{
    int32_t st = ACRM_OK;

    for (size_t v = 0; v < n && st == ACRM_OK; v++) {
        const acrm__term term = { F_contact_point__match_value, ACRM_FILTER_EQ,
                                  acrm__cell_text(values[v]) };
        acrm__recs found = { NULL, 0 };
        st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &term,
            .n_terms = 1, .limit = ACRM__CANDIDATES_MAX, .as_system = list->as_system }, &found);
        for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
            bool email = strcmp(acrm__text(found.items[i], F_contact_point__channel), "email") == 0;
            acrm__candidates_add(list, acrm__id(found.items[i], F_contact_point__customer_id),
                           email ? "email" : "phone", email ? 70 : 80);
        }
    }
    return st;
}

static int32_t candidates_where(acrm__call *call, acrm__candidates *list, const char *key,
                                const char *text, acrm__recs *found)
{
    const acrm_filter_node *where = NULL;
    acrm_value *filter = acrm__value_in(call->arena);

    if (!filter || acrm_value_set_map(filter) != ACRM_OK || !acrm__put_text(filter, key, text))
        return acrm__nomem(call);
    int32_t st = acrm__filter(call, acrm__entity_of(call, "customer"), filter, key, &where);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "customer", .where = where,
            .limit = ACRM__CANDIDATES_MAX, .as_system = list->as_system }, found);
    return st;
}

int32_t acrm__candidates_by_id(acrm__call *call, acrm__candidates *list, const char *field,
                               const char *id)
{
    acrm__recs found;
    int32_t st = candidates_where(call, list, field, id, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        acrm__candidates_add(list, acrm__id(found.items[i], F_ID), field, 100);
    return st;
}

int32_t acrm__candidates_by_name(acrm__call *call, acrm__candidates *list, const char *name)
{
    const char *wanted;
    acrm__recs found;

    int32_t st = acrm__party_match_name(call, name, strlen(name), &wanted);
    if (st != ACRM_OK || !*wanted)
        return st;
    st = candidates_where(call, list, "$search", name, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const char *match = acrm__text(found.items[i], F_customer__match_name);
        acrm__candidates_add(list, acrm__id(found.items[i], F_ID), "name",
                       match && strcmp(match, wanted) == 0 ? 60 : 40);
    }
    return st;
}

static int32_t candidates_load(acrm__call *call, acrm__candidates *list)
{
    acrm_cell *ids = acrm__arena_array(call->arena, (size_t)list->count, sizeof *ids);
    acrm_filter_node in = { .op = ACRM_FILTER_IN, .column = F_ID, .values = ids,
                            .n_values = (uint32_t)list->count };
    acrm__recs found;

    if (!ids)
        return acrm__nomem(call);
    for (int32_t i = 0; i < list->count; i++)
        ids[i] = acrm__cell_blob(list->items[i].id, 16);
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer", .where = &in,
                                                   .as_system = list->as_system }, &found);
    for (size_t k = 0; st == ACRM_OK && k < found.count; k++)
        for (int32_t i = 0; i < list->count; i++)
            if (memcmp(list->items[i].id, acrm__id(found.items[k], F_ID), 16) == 0)
                list->items[i].customer = found.items[k];
    return st;
}

static bool candidates_before(const acrm__candidate *a, const acrm__candidate *b)
{
    if (a->score != b->score)
        return a->score > b->score;
    return memcmp(a->id, b->id, 16) < 0;
}

int32_t acrm__candidates_finish(acrm__call *call, acrm__candidates *list)
{
    int32_t kept = 0;

    if (list->count == 0)
        return ACRM_OK;
    int32_t st = candidates_load(call, list);
    for (int32_t i = 0; st == ACRM_OK && i < list->count; i++) {
        acrm__candidate item = list->items[i];
        int32_t at = kept;
        if (!item.customer)
            continue;
        for (; at > 0 && candidates_before(&item, &list->items[at - 1]); at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = item;
        kept++;
    }
    list->count = kept;
    return st;
}
