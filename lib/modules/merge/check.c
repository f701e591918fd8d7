/* SPDX-License-Identifier: MIT */
/* The customers of a merge, before anything is done: each is there, is another, and may be had. */
#include "modules/merge/merge.h"

#include "modules/merge/entities.h"

#include <string.h>

int32_t acrm__merge_not_erased(acrm__call *call, const unsigned char id[16], const char *place)
{
    unsigned char key[ACRM__KEY_BYTES];
    acrm__call quiet = *call;
    acrm_error *err = NULL;

    quiet.err = &err;
    int32_t st = acrm__subject_key(&quiet, id, false, key);
    memset(key, 0, sizeof key);
    if (st == ACRM_E_NOTFOUND) {
        acrm_error_free(err);
        return acrm__fail(call, ACRM_E_CONFLICT, "erased", place,
                          "the personal data of customer %s was erased", acrm__id_text(call, id));
    }
    if (st != ACRM_OK && call->err)
        *call->err = err;
    else
        acrm_error_free(err);
    return st;
}

static int32_t check_load(acrm__call *call, const acrm__merge *merge, const unsigned char id[16],
                          const char *place, acrm__rec **out)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_any(call, merge->customer, id, &rec);

    if (st != ACRM_OK)
        return st;
    if (!rec)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", place, "there is no such customer");
    if (acrm__merged_into(rec))
        return acrm__fail(call, ACRM_E_CONFLICT, "merged", place,
                          "customer %s is merged into %s already", acrm__id_text(call, id),
                          acrm__id_text(call, acrm__merged_into(rec)));
    if (!acrm__is_null(rec, F_DELETED_AT))
        return acrm__fail(call, ACRM_E_CONFLICT, "deleted", place, "customer %s is deleted",
                          acrm__id_text(call, id));
    *out = rec;
    return acrm__merge_not_erased(call, id, place);
}

/* A person and a company are one only when the call says which of the two. */
static int32_t check_kind(acrm__call *call, const acrm__merge *merge, const acrm__rec *other,
                          const char *place)
{
    uint32_t kind = acrm__field_of(merge->customer, "kind");

    if (acrm__cell_equal(&merge->survivor->cells[kind], &other->cells[kind]) ||
        acrm_value_get(merge->fields, "kind"))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "kind", place,
                      "customer %s is a %s, the survivor a %s: say in fields whose kind it is",
                      acrm__id_text(call, acrm__id(other, F_ID)), acrm__text(other, kind),
                      acrm__text(merge->survivor, kind));
}

static int32_t check_other(acrm__call *call, acrm__merge *merge, const acrm_value *value,
                           const char *place)
{
    unsigned char id[16];
    size_t len;
    const char *text = acrm_value_text(value, &len);

    if (!text || !acrm__uuid_parse(text, len, id)) /* was checked with the arguments */
        return acrm__fail(call, ACRM_E_INVALID, "format", place, "%s must be an id", place);
    if (memcmp(id, acrm__id(merge->survivor, F_ID), 16) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "self", place,
                          "a customer cannot be merged with itself");
    for (size_t i = 0; i < merge->n_others; i++)
        if (memcmp(id, acrm__id(merge->others[i], F_ID), 16) == 0)
            return acrm__fail(call, ACRM_E_INVALID, "twice", place, "%s is named twice", text);
    int32_t st = check_load(call, merge, id, place, &merge->others[merge->n_others]);
    if (st == ACRM_OK)
        st = check_kind(call, merge, merge->others[merge->n_others], place);
    if (st == ACRM_OK)
        merge->n_others++;
    return st;
}

int32_t acrm__merge_parts(acrm__call *call, acrm__merge *merge)
{
    const acrm_value *others = acrm__arg(call, "others");
    size_t n = acrm_value_count(others);
    unsigned char id[16];

    merge->customer = acrm__entity_of(call, "customer");
    acrm__arg_id(call, "id", id);
    if (n == 0 || n > ACRM__MERGE_MAX)
        return acrm__fail(call, n ? ACRM_E_LIMIT : ACRM_E_INVALID, n ? "limit" : "required",
                          "others", "others must name from 1 to %d customers", ACRM__MERGE_MAX);
    merge->others = acrm__arena_array(call->arena, n, sizeof *merge->others);
    if (!merge->others)
        return acrm__nomem(call);
    int32_t st = check_load(call, merge, id, "id", &merge->survivor);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        char *place = acrm__arena_format(call->arena, "others[%zu]", i);
        st = place ? check_other(call, merge, acrm_value_at(others, i), place)
                   : acrm__nomem(call);
    }
    return st;
}

int32_t acrm__merge_dealers(acrm__call *call, const acrm__merge *merge)
{
    uint32_t dealer = acrm__field_of(merge->customer, "dealer_id");
    const acrm_cell *first = &merge->survivor->cells[dealer];

    if (acrm__may(call->session, "merge.across_dealers"))
        return ACRM_OK;
    for (size_t i = 0; i < merge->n_others; i++) {
        const acrm_cell *cell = &merge->others[i]->cells[dealer];
        if (cell->type == ACRM_CELL_NULL)
            continue;
        if (first->type == ACRM_CELL_NULL)
            first = cell;
        if (!acrm__cell_equal(first, cell))
            return acrm__fail(call, ACRM_E_DENIED, "across_dealers", "others",
                              "customers of several dealers: this session lacks the right "
                              "merge.across_dealers");
    }
    return ACRM_OK;
}
