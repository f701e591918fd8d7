/* SPDX-License-Identifier: MIT */
/* customer.unmerge: a merge taken back, also after further changes. */
#include "base/json.h"
#include "modules/merge/entities.h"
#include "modules/merge/merge.h"

#include <string.h>

/* --- The survivor's fields --- */

static int32_t unmerge_field(acrm__unmerge *undo, const acrm__rec *item)
{
    acrm__call *call = undo->call;
    const char *name = acrm__text(item, F_customer_merge_item__field);
    const acrm_cell *sealed = &item->cells[F_customer_merge_item__kept];
    uint32_t field = acrm__field_of(undo->customer, name);
    acrm_cell before, after, now;
    acrm_value *kept = NULL;
    acrm__json_fault fault;
    const char *json;
    size_t len;

    if (field == UINT32_MAX)
        return acrm__unmerge_conflict(undo, "entity_gone", "customer",
                                      acrm__id(undo->survivor, F_ID), name);
    const acrm__fieldinfo *f = &undo->customer->fields[field];
    int32_t st = acrm__unseal(call, acrm__id(item, F_customer_merge_item__subject_id), "kept",
                              sealed, &json, &len);
    if (st == ACRM_OK && acrm__json_read(call->arena, json, len, &kept, &fault) != ACRM_OK)
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__merge_kept_cell(call, f, acrm_value_get(kept, "before"), &before);
    if (st == ACRM_OK)
        st = acrm__merge_kept_cell(call, f, acrm_value_get(kept, "after"), &after);
    if (st == ACRM_OK)
        st = acrm__merge_plain(call, undo->survivor, field, &now);
    if (st != ACRM_OK || acrm__cell_equal(&now, &before))
        return st;
    if (!acrm__cell_equal(&now, &after)) {
        st = acrm__unmerge_conflict(undo, "field_changed", "customer",
                                    acrm__id(undo->survivor, F_ID), name);
        if (st != ACRM_OK || !undo->restore)
            return st;
    }
    acrm__set(undo->survivor, field, before);
    return acrm__add_text(undo->fields, name) ? ACRM_OK : acrm__nomem(call);
}

static int32_t unmerge_fields(acrm__unmerge *undo)
{
    acrm__call *call = undo->call;
    const acrm__term terms[] = {
        { F_customer_merge_item__merge_id, ACRM_FILTER_EQ, undo->record->cells[F_ID] },
        { F_customer_merge_item__action, ACRM_FILTER_EQ, acrm__cell_text("field") },
    };
    acrm__recs items;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer_merge_item",
        .terms = terms, .n_terms = 2, .order = F_customer_merge_item__position }, &items);
    for (size_t i = 0; st == ACRM_OK && i < items.count; i++)
        st = unmerge_field(undo, items.items[i]);
    return st == ACRM_OK ? acrm__update(call, undo->survivor) : st;
}

/* --- The customers that come back --- */

static int32_t unmerge_parts(acrm__unmerge *undo, acrm_value *restored)
{
    acrm__call *call = undo->call;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < undo->parts.count; i++) {
        const unsigned char *id = acrm__id(undo->parts.items[i],
                                           F_customer_merge_part__customer_id);
        acrm__rec *customer = NULL;
        st = acrm__load_any(call, undo->customer, id, &customer);
        if (st != ACRM_OK)
            return st;
        if (!customer) {
            st = acrm__unmerge_conflict(undo, "row_gone", "customer", id, NULL);
            continue;
        }
        acrm__set(customer, undo->customer->merged, acrm__cell_null());
        st = acrm__restore(call, customer);
        if (st == ACRM_OK && !acrm__add_text(restored, acrm__id_text(call, id)))
            st = acrm__nomem(call);
    }
    return st;
}

static int32_t unmerge_finish(acrm__unmerge *undo)
{
    acrm__call *call = undo->call;
    acrm__rec *record = undo->record;

    call->session->access_changed = true; /* sessions of the customers are their own again */
    acrm__set(record, F_customer_merge__state, acrm__cell_text("undone"));
    acrm__set(record, F_customer_merge__undone_at, acrm__cell_int(call->now));
    acrm__set(record, F_customer_merge__conflicts, acrm__cell_int(undo->n_conflicts));
    return acrm__update(call, record);
}

static int32_t unmerge_tell(acrm__unmerge *undo, const acrm_value *restored)
{
    acrm__call *call = undo->call;
    const char *id = acrm__id_text(call, acrm__id(undo->record, F_ID));
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "merge_id", id) &&
              acrm__put_value(data, "restored", restored) &&
              acrm__put_int(data, "conflicts", undo->n_conflicts) &&
              acrm__put_text(call->out, "merge_id", id) &&
              acrm__put_text(call->out, "id",
                             acrm__id_text(call, acrm__id(undo->survivor, F_ID))) &&
              acrm__put_int(call->out, "rows", undo->n_moved) &&
              acrm__put_int(call->out, "n_conflicts", undo->n_conflicts);

    return ok ? acrm__emit(call, "customer.unmerged", "customer",
                           acrm__id(undo->survivor, F_ID), data)
              : acrm__nomem(call);
}

int32_t acrm__unmerge_customers(acrm__call *call)
{
    acrm__call inside = *call;
    acrm__unmerge undo = { .call = &inside };
    acrm_value *restored = acrm__put_list(call->out, "restored");
    acrm_value *since = acrm__put_list(call->out, "since");

    inside.as_system = true;
    undo.restore = strcmp(acrm__arg_text(call, "policy"), "restore") == 0;
    undo.fields = acrm__put_list(call->out, "fields");
    undo.conflicts = acrm__put_list(call->out, "conflicts");
    if (!restored || !since || !undo.fields || !undo.conflicts)
        return acrm__nomem(call);
    int32_t st = acrm__unmerge_find(call, &undo);
    if (st == ACRM_OK)
        st = acrm__unmerge_since(&undo, since);
    if (st == ACRM_OK) /* first, so that unique values are free again */
        st = unmerge_fields(&undo);
    if (st == ACRM_OK)
        st = acrm__unmerge_rows(&undo);
    if (st == ACRM_OK)
        st = unmerge_parts(&undo, restored);
    if (st == ACRM_OK)
        st = unmerge_finish(&undo);
    return st == ACRM_OK ? unmerge_tell(&undo, restored) : st;
}
