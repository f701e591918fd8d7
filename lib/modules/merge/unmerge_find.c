/* SPDX-License-Identifier: MIT */
/* Which merge is to be undone, and whether it can be now. */
#include "modules/merge/entities.h"
#include "modules/merge/merge.h"

#include <string.h>

static int32_t find_none(acrm__call *call, const char *place)
{
    return acrm__fail(call, ACRM_E_NOTFOUND, "reference", place, "there is no such merge");
}

/* The newest standing merge that a customer went into. */
static int32_t find_of_part(acrm__call *call, const unsigned char id[16], acrm__rec **out)
{
    const acrm__term term = { F_customer_merge_part__customer_id, ACRM_FILTER_EQ,
                              acrm__cell_blob(id, 16) };
    acrm__recs parts;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer_merge_part",
        .terms = &term, .n_terms = 1, .as_system = true }, &parts);

    *out = NULL;
    for (size_t i = st == ACRM_OK ? parts.count : 0; i > 0 && st == ACRM_OK && !*out; i--) {
        acrm__rec *merge = NULL;
        st = acrm__load(call, "customer_merge",
                        acrm__id(parts.items[i - 1], F_customer_merge_part__merge_id), "id",
                        &merge);
        if (st == ACRM_OK && strcmp(acrm__text(merge, F_customer_merge__state), "merged") == 0)
            *out = merge;
    }
    return st;
}

/* The newest standing merge into a customer. */
static int32_t find_of_survivor(acrm__call *call, const unsigned char id[16], acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_customer_merge__survivor_id, ACRM_FILTER_EQ, acrm__cell_blob(id, 16) },
        { F_customer_merge__state, ACRM_FILTER_EQ, acrm__cell_text("merged") },
    };
    return acrm__find_one(call, &(acrm__select){ .entity = "customer_merge", .terms = terms,
        .n_terms = 2, .descending = true, .as_system = true }, out);
}

/* By the id of the merge, or of a customer that it had to do with and the caller may see. */
static int32_t find_record(acrm__call *call, acrm__unmerge *undo)
{
    unsigned char id[16];
    acrm__rec *customer = NULL;
    bool by_merge = acrm__arg_id(call, "merge_id", id), by_customer = false;
    int32_t st = ACRM_OK;

    if (!by_merge)
        by_customer = acrm__arg_id(call, "id", id);
    if (by_merge == (acrm__arg(call, "id") != NULL))
        return acrm__fail(call, ACRM_E_INVALID, "required", "merge_id",
                          "give merge_id, or the id of a customer, and not both");
    if (by_merge)
        st = acrm__load_any(undo->call, acrm__entity_of(call, "customer_merge"), id,
                            &undo->record);
    if (by_customer)
        st = acrm__load_any(call, undo->customer, id, &customer);
    if (st == ACRM_OK && customer)
        st = acrm__merged_into(customer) ? find_of_part(undo->call, id, &undo->record)
                                         : find_of_survivor(undo->call, id, &undo->record);
    if (st == ACRM_OK && !undo->record)
        return find_none(call, by_merge ? "merge_id" : "id");
    return st;
}

/* Merges are undone from the last one back. */
static int32_t find_order(acrm__call *call, acrm__unmerge *undo)
{
    const unsigned char *survivor = acrm__id(undo->record, F_customer_merge__survivor_id);
    acrm__rec *later = NULL;

    int32_t st = acrm__merged_into(undo->survivor)
                     ? find_of_part(undo->call, survivor, &later)
                     : find_of_survivor(undo->call, survivor, &later);
    if (st != ACRM_OK)
        return st;
    if (later && memcmp(acrm__id(later, F_ID), acrm__id(undo->record, F_ID), 16) != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "later_merge", "merge_id",
                          "undo merge %s first: it came later",
                          acrm__id_text(call, acrm__id(later, F_ID)));
    if (!acrm__is_null(undo->survivor, F_DELETED_AT))
        return acrm__fail(call, ACRM_E_CONFLICT, "deleted", "id",
                          "the customer that the others were merged into is deleted; restore it");
    return ACRM_OK;
}

static int32_t find_parts(acrm__call *call, acrm__unmerge *undo)
{
    const acrm__term term = { F_customer_merge_part__merge_id, ACRM_FILTER_EQ,
                              undo->record->cells[F_ID] };

    int32_t st = acrm__find(undo->call, &(acrm__select){ .entity = "customer_merge_part",
        .terms = &term, .n_terms = 1 }, &undo->parts);
    if (st == ACRM_OK)
        st = acrm__merge_not_erased(call, acrm__id(undo->survivor, F_ID), "id");
    for (size_t i = 0; st == ACRM_OK && i < undo->parts.count; i++)
        st = acrm__merge_not_erased(
            call, acrm__id(undo->parts.items[i], F_customer_merge_part__customer_id), "merge_id");
    return st;
}

int32_t acrm__unmerge_find(acrm__call *call, acrm__unmerge *undo)
{
    undo->customer = acrm__entity_of(call, "customer");
    int32_t st = find_record(call, undo);

    /* Who may not see the survivor may not know of the merge. */
    if (st == ACRM_OK)
        st = acrm__load_any(call, undo->customer,
                            acrm__id(undo->record, F_customer_merge__survivor_id),
                            &undo->survivor);
    if (st == ACRM_OK && !undo->survivor)
        return find_none(call, acrm__arg(call, "id") ? "id" : "merge_id");
    if (st == ACRM_OK && strcmp(acrm__text(undo->record, F_customer_merge__state), "undone") == 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "undone", "merge_id",
                          "the merge is undone already");
    if (st == ACRM_OK)
        st = find_order(call, undo);
    return st == ACRM_OK ? find_parts(call, undo) : st;
}
