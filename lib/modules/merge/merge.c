/* SPDX-License-Identifier: MIT */
/* customer.merge: several customers become one, and the way back is kept. */
#include "modules/merge/merge.h"

#include "modules/merge/entities.h"
#include "modules/merge/rule.h"

#include <string.h>

static int32_t merge_begin(acrm__call *call, acrm__merge *merge)
{
    acrm__rec *record = acrm__new(call, "customer_merge");
    uint32_t dealer = acrm__field_of(merge->customer, "dealer_id");

    merge->record = record;
    merge->moved = acrm__arena_array(call->arena, call->session->registry->n_entities,
                                     sizeof *merge->moved);
    if (!record || !merge->moved)
        return acrm__nomem(call);
    acrm__set(record, F_customer_merge__survivor_id, merge->survivor->cells[F_ID]);
    acrm__set(record, F_customer_merge__dealer_id, merge->survivor->cells[dealer]);
    acrm__set(record, F_customer_merge__merged_at, acrm__cell_int(call->now));
    acrm__set(record, F_customer_merge__customers, acrm__cell_int((int64_t)merge->n_others));
    acrm__set(record, F_customer_merge__note,
              acrm__cell_text(acrm__get_text(call->args, "reason")));
    int32_t st = acrm__insert(call, record);
    for (size_t i = 0; st == ACRM_OK && i < merge->n_others; i++) {
        acrm__rec *part = acrm__new(call, "customer_merge_part");
        if (!part)
            return acrm__nomem(call);
        acrm__set(part, F_customer_merge_part__merge_id, record->cells[F_ID]);
        acrm__set(part, F_customer_merge_part__customer_id, merge->others[i]->cells[F_ID]);
        st = acrm__insert(call, part);
    }
    return st;
}

/* Customers refer to customers too: what was loaded may have been rewritten. */
static int32_t merge_reload(acrm__merge *merge)
{
    acrm__call *call = merge->call;
    int32_t st = acrm__load_any(call, merge->customer, acrm__id(merge->survivor, F_ID),
                                &merge->survivor);

    for (size_t i = 0; st == ACRM_OK && i < merge->n_others; i++)
        st = acrm__load_any(call, merge->customer, acrm__id(merge->others[i], F_ID),
                            &merge->others[i]);
    return st;
}

/* They go before the survivor takes values from them that may be unique. */
static int32_t merge_retire(acrm__merge *merge)
{
    acrm__call *call = merge->call;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < merge->n_others; i++) {
        acrm__set(merge->others[i], merge->customer->merged, merge->survivor->cells[F_ID]);
        st = acrm__remove(call, merge->others[i], NULL);
    }
    return st;
}

static int32_t merge_finish(acrm__merge *merge)
{
    acrm__call *call = merge->call;
    unsigned char *end = acrm__arena_alloc(call->arena, 16);

    if (!end)
        return acrm__nomem(call);
    acrm__engine_uuid(call->session->engine, call->now, end);
    call->session->access_changed = true; /* sessions of the merged customers act as the survivor */
    acrm__set(merge->record, F_customer_merge__end_id, acrm__cell_blob(end, 16));
    acrm__set(merge->record, F_customer_merge__moved, acrm__cell_int(merge->n_moved));
    acrm__set(merge->record, F_customer_merge__collapsed, acrm__cell_int(merge->n_collapsed));
    acrm__set(merge->record, F_customer_merge__audit_seq,
              acrm__cell_int(call->session->chain.audit_seq + 1)); /* with this change itself */
    return acrm__update(call, merge->record);
}

static int32_t merge_tell(acrm__merge *merge)
{
    acrm__call *call = merge->call;
    const acrm__registry *r = call->session->registry;
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK;
    const char *id = acrm__id_text(call, acrm__id(merge->record, F_ID));
    acrm_value *told = ok ? acrm__put_list(data, "merged") : NULL;
    acrm_value *merged = acrm__put_list(call->out, "merged");
    acrm_value *moved = acrm__put_map(call->out, "moved");

    ok = told && merged && moved && acrm__put_text(data, "merge_id", id) &&
         acrm__put_int(data, "moved", merge->n_moved) &&
         acrm__put_text(call->out, "merge_id", id) &&
         acrm__put_text(call->out, "id", acrm__id_text(call, acrm__id(merge->survivor, F_ID))) &&
         acrm__put_int(call->out, "rows", merge->n_moved) &&
         acrm__put_int(call->out, "collapsed_rows", merge->n_collapsed);
    for (size_t i = 0; ok && i < merge->n_others; i++) {
        const char *other = acrm__id_text(call, acrm__id(merge->others[i], F_ID));
        ok = acrm__add_text(told, other) && acrm__add_text(merged, other);
    }
    for (uint32_t i = 0; ok && i < r->n_entities; i++)
        ok = merge->moved[i] == 0 ||
             acrm__put_int(moved, r->entities[i]->def->name, merge->moved[i]);
    return ok ? acrm__emit(call, "customer.merged", "customer", acrm__id(merge->survivor, F_ID),
                           data)
              : acrm__nomem(call);
}

static int32_t merge_check(acrm__call *call, acrm__call *inside, acrm__merge *merge)
{
    *inside = *call;
    inside->as_system = true;
    *merge = (acrm__merge){ .call = inside, .caller = call, .rules = acrm__arg(call, "rules"),
                            .fields = acrm__arg(call, "fields"),
                            .trust = acrm__arg(call, "trust") };
    int32_t st = acrm__merge_parts(call, merge);
    if (st == ACRM_OK)
        st = acrm__merge_dealers(call, merge);
    return st == ACRM_OK ? acrm__merge_rule_check(call, merge) : st;
}

int32_t acrm__merge_customers(acrm__call *call)
{
    acrm__call inside;
    acrm__merge merge;

    int32_t st = merge_check(call, &inside, &merge);
    merge.changed = acrm__put_list(call->out, "fields");
    merge.collapsed = acrm__put_list(call->out, "collapsed");
    if (st == ACRM_OK && (!merge.changed || !merge.collapsed))
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = merge_begin(&inside, &merge);
    if (st == ACRM_OK)
        st = acrm__merge_move(&merge);
    if (st == ACRM_OK)
        st = merge_reload(&merge);
    if (st == ACRM_OK)
        st = merge_retire(&merge);
    if (st == ACRM_OK)
        st = acrm__merge_survive(&merge);
    if (st == ACRM_OK)
        st = merge_finish(&merge);
    return st == ACRM_OK ? merge_tell(&merge) : st;
}

/* --- customer.merge_preview: what a person chooses from, without a write --- */

static int32_t merge_count(acrm__merge *merge, acrm_value *moves, int64_t *rows)
{
    acrm__call *call = merge->call;
    acrm__reference ref = { NULL, 0, 0 };
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && acrm__reference_next(call->session->registry, merge->customer, &ref)) {
        const char *name = ref.entity->def->name;
        int64_t n = acrm_value_int(acrm_value_get(moves, name)), before = n;
        for (size_t i = 0; st == ACRM_OK && i < merge->n_others; i++) {
            acrm__merge_ids ids;
            st = acrm__merge_find_ids(call, &ref, merge->customer,
                                      acrm__id(merge->others[i], F_ID), NULL, &ids);
            n += st == ACRM_OK ? (int64_t)ids.count : 0;
        }
        *rows += n - before;
        if (st == ACRM_OK && n > before && !acrm__put_int(moves, name, n))
            st = acrm__nomem(call);
    }
    return st;
}

int32_t acrm__merge_preview(acrm__call *call)
{
    acrm__call inside;
    acrm__merge merge;
    acrm_value *fields = acrm__put_list(call->out, "fields");
    acrm_value *moves = acrm__put_map(call->out, "moves");
    acrm_value *customers = acrm__put_list(call->out, "customers");
    int64_t rows = 0;

    int32_t st = fields && moves && customers ? merge_check(call, &inside, &merge)
                                              : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i <= merge.n_others; i++) {
        const acrm__rec *part = i ? merge.others[i - 1] : merge.survivor;
        if (!acrm__add_text(customers, acrm__id_text(call, acrm__id(part, F_ID))))
            st = acrm__nomem(call);
    }
    if (st == ACRM_OK)
        st = acrm__merge_plan(&merge, fields);
    if (st == ACRM_OK)
        st = merge_count(&merge, moves, &rows);
    if (st == ACRM_OK && !acrm__put_int(call->out, "rows", rows))
        st = acrm__nomem(call);
    return st;
}
