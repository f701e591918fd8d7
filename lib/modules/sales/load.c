/* SPDX-License-Identifier: MIT */
/* Open leads of dealers and users, and shares of targets, counted as they change. */
#include "modules/sales/sales.h"

int32_t acrm__sales_find_in(acrm__call *call, const char *entity, uint32_t field,
                            const acrm_cell *values, uint32_t n, acrm__recs *out)
{
    acrm_filter_node *in = acrm__arena_zero(call->arena, sizeof *in);

    *out = (acrm__recs){ NULL, 0 };
    if (!in)
        return acrm__nomem(call);
    if (n == 0)
        return ACRM_OK;
    *in = (acrm_filter_node){ .op = ACRM_FILTER_IN, .column = field, .values = values,
                              .n_values = n };
    return acrm__find(call, &(acrm__select){ .entity = entity, .where = in, .as_system = true },
                      out);
}

int32_t acrm__sales_loads(acrm__call *call, const acrm_cell *ids, uint32_t n, acrm__recs *out)
{
    return acrm__sales_find_in(call, "lead_load", F_lead_load__subject_id, ids, n, out);
}

const acrm__rec *acrm__sales_load_of(const acrm__recs *loads, const unsigned char id[16])
{
    for (size_t i = 0; i < loads->count; i++)
        if (acrm__sales_same(acrm__id(loads->items[i], F_lead_load__subject_id), id))
            return loads->items[i];
    return NULL;
}

/* What is added to one subject's counts. */
typedef struct load_change {
    const char *entity;
    const unsigned char *id;
    int64_t open, assigned;
} load_change;

static int32_t load_add(acrm__call *call, const load_change *change)
{
    acrm__term term = { F_lead_load__subject_id, ACRM_FILTER_EQ, acrm__cell_id(change->id) };
    acrm__rec *rec = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lead_load", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, &rec);
    if (st != ACRM_OK)
        return st;
    bool fresh = !rec;
    if (fresh) {
        rec = acrm__new(call, "lead_load");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_lead_load__subject_id, acrm__cell_id(change->id));
        acrm__set(rec, F_lead_load__entity, acrm__cell_text(change->entity));
    }
    acrm__set(rec, F_lead_load__open,
              acrm__cell_int(acrm__int(rec, F_lead_load__open) + change->open));
    acrm__set(rec, F_lead_load__assigned,
              acrm__cell_int(acrm__int(rec, F_lead_load__assigned) + change->assigned));
    if (change->open > 0 || change->assigned > 0)
        acrm__set(rec, F_lead_load__last_at, acrm__cell_int(call->now));
    return fresh ? acrm__insert(call, rec) : acrm__update(call, rec);
}

static int32_t load_moved_one(acrm__call *call, const char *entity, const unsigned char *from,
                              const unsigned char *to)
{
    int32_t st = ACRM_OK;

    if (acrm__sales_same(from, to))
        return ACRM_OK;
    if (from)
        st = load_add(call, &(load_change){ .entity = entity, .id = from, .open = -1 });
    if (st == ACRM_OK && to)
        st = load_add(call, &(load_change){ .entity = entity, .id = to, .open = 1 });
    return st;
}

int32_t acrm__sales_load_moved(acrm__call *call, const acrm__rec *lead, const acrm__rec *before)
{
    static const struct {
        const char *entity;
        uint32_t field;
    } holders[] = { { "dealer", F_lead__dealer_id }, { "user", F_lead__owner_id } };
    bool was = before && acrm__sales_open(before), is = acrm__sales_open(lead);
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof holders / sizeof holders[0] && st == ACRM_OK; i++)
        st = load_moved_one(call, holders[i].entity,
                            was ? acrm__id(before, holders[i].field) : NULL,
                            is ? acrm__id(lead, holders[i].field) : NULL);
    return st;
}

int32_t acrm__sales_load_target(acrm__call *call, const unsigned char target[16])
{
    return load_add(call, &(load_change){ .entity = "distribution_target", .id = target,
                                          .assigned = 1 });
}

/* Otherwise a target that is new, or was raised, would get every lead until it had caught up with
 * what the others were given before. */
int32_t acrm__sales_target_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__term term = { F_distribution_target__rule_id, ACRM_FILTER_EQ,
                        rec->cells[F_distribution_target__rule_id] };
    acrm__recs targets, loads = { NULL, 0 };

    if (before && !acrm__changed(rec, F_distribution_target__weight) &&
        !acrm__changed(rec, F_distribution_target__dealer_id) && !acrm__changed(rec, F_DELETED_AT))
        return ACRM_OK;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "distribution_target",
                                                   .terms = &term, .n_terms = 1,
                                                   .as_system = true }, &targets);
    if (st != ACRM_OK)
        return st;
    acrm_cell *ids = acrm__arena_array(call->arena, targets.count + 1, sizeof *ids);
    if (!ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < targets.count; i++)
        ids[i] = targets.items[i]->cells[F_ID];
    st = acrm__sales_loads(call, ids, (uint32_t)targets.count, &loads);
    for (size_t i = 0; st == ACRM_OK && i < loads.count; i++) {
        acrm__set(loads.items[i], F_lead_load__assigned, acrm__cell_int(0));
        st = acrm__update(call, loads.items[i]);
    }
    return st;
}
