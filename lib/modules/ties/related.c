/* SPDX-License-Identifier: MIT */
/* Who a customer is related to, seen from its side. */
#include "base/civil.h"
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"

#include <string.h>

int32_t acrm__ties_put_customer(acrm__call *call, const acrm__rec *customer, acrm_value *into)
{
    static const char *const shown[] = { "name", "kind", "vip_level" };
    const acrm__entity *entity = customer->entity;
    bool ok = acrm__put_text(into, "id", acrm__id_text(call, acrm__id(customer, F_ID)));

    for (size_t i = 0; ok && i < sizeof shown / sizeof shown[0]; i++) {
        uint32_t field = acrm__field_of(entity, shown[i]);
        if (!acrm__may_see_field(call, entity, field))
            continue;
        acrm_value *value = acrm_value_put(into, shown[i]);
        ok = value && acrm__encode(call, &entity->fields[field], &customer->cells[field], 0,
                                   value) == ACRM_OK;
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__ties_put_date(acrm__call *call, const acrm__rec *rec, uint32_t field,
                            acrm_value *map, const char *key)
{
    const char *text = acrm__is_null(rec, field) ? NULL
                                                 : acrm__date_text(call, acrm__int(rec, field));
    return acrm__put_text(map, key, text) ? ACRM_OK : acrm__nomem(call);
}

static int32_t related_side(acrm__call *call, const unsigned char customer[16], bool from,
                            acrm__recs *out)
{
    const acrm__term term = { from ? F_relationship__from_id : F_relationship__to_id,
                              ACRM_FILTER_EQ, acrm__cell_blob(customer, 16) };
    return acrm__find(call, &(acrm__select){ .entity = "relationship", .terms = &term,
                                             .n_terms = 1, .as_system = true }, out);
}

static bool related_over(const acrm__call *call, const acrm__rec *rec)
{
    int64_t today = call->now / (INT64_C(1000000) * ACRM__DAY_SECONDS);

    return !acrm__is_null(rec, F_relationship__until) &&
           acrm__int(rec, F_relationship__until) < today;
}

/* *into stays as it is when the session may not see the other, or a part of it is gone. */
static int32_t related_tie(acrm__call *call, const acrm__rec *rec, bool from, acrm__ties *into)
{
    acrm__rec *other = NULL, *type = NULL;
    acrm__tie *tie = &into->items[into->count];
    uint32_t far = from ? F_relationship__to_id : F_relationship__from_id;

    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "customer"), acrm__id(rec, far),
                                    &other);
    if (st == ACRM_OK)
        st = acrm__load_any(call, acrm__entity_of(call, "relationship_type"),
                            acrm__id(rec, F_relationship__type_id), &type);
    if (st != ACRM_OK || !other || !type)
        return st;
    *tie = (acrm__tie){ .record = rec, .type = type, .other = other,
                        .role = acrm__text(type, F_relationship_type__code),
                        .name = acrm__text(type, F_relationship_type__name) };
    if (from && !acrm__int(type, F_relationship_type__symmetric)) {
        tie->role = acrm__text(type, F_relationship_type__inverse_code);
        tie->name = acrm__text(type, F_relationship_type__inverse_name);
    }
    into->count++;
    return ACRM_OK;
}

int32_t acrm__ties_of(acrm__call *call, const unsigned char customer[16], bool ended,
                      acrm__ties *out)
{
    acrm__recs sides[2];

    int32_t st = related_side(call, customer, false, &sides[0]);
    if (st == ACRM_OK)
        st = related_side(call, customer, true, &sides[1]);
    if (st != ACRM_OK)
        return st;
    *out = (acrm__ties){ NULL, 0 };
    out->items = acrm__arena_array(call->arena, sides[0].count + sides[1].count + 1,
                                   sizeof *out->items);
    if (!out->items)
        return acrm__nomem(call);
    for (int32_t side = 0; side < 2; side++)
        for (size_t i = 0; st == ACRM_OK && i < sides[side].count; i++)
            if (ended || !related_over(call, sides[side].items[i]))
                st = related_tie(call, sides[side].items[i], side == 1, out);
    return st;
}

static int32_t related_put(acrm__call *call, const acrm__tie *tie, acrm_value *items)
{
    acrm_value *item = acrm__add_map(items);
    acrm_value *other = NULL;
    bool ok = item &&
              acrm__put_text(item, "role", tie->role) &&
              acrm__put_text(item, "label", tie->name ? tie->name : tie->role);

    other = ok ? acrm__put_map(item, "customer") : NULL;
    int32_t st = other ? acrm__ties_put_customer(call, tie->other, other) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__ties_put_date(call, tie->record, F_relationship__since, item, "since");
    if (st == ACRM_OK)
        st = acrm__ties_put_date(call, tie->record, F_relationship__until, item, "until");
    if (st != ACRM_OK)
        return st;
    if (acrm__may_see_field(call, tie->record->entity, F_relationship__notes))
        ok = acrm__put_text(item, "notes", acrm__text(tie->record, F_relationship__notes));
    ok = ok && acrm__put_text(item, "relationship_id",
                              acrm__id_text(call, acrm__id(tie->record, F_ID)));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__ties_relationships(acrm__call *call)
{
    const char *role = acrm__arg_text(call, "role");
    acrm__rec *customer = NULL;
    acrm__ties ties;
    acrm_value *items = acrm__put_list(call->out, "items");

    int32_t st = items ? acrm__load_arg(call, "customer", "id", &customer) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__ties_of(call, acrm__id(customer, F_ID), acrm__arg_bool(call, "ended", false),
                           &ties);
    for (size_t i = 0; st == ACRM_OK && i < ties.count; i++)
        if (!role || (ties.items[i].role && strcmp(role, ties.items[i].role) == 0))
            st = related_put(call, &ties.items[i], items);
    return st;
}
