/* SPDX-License-Identifier: MIT */
/*
 * customer.view360 and customer.timeline: everything about one customer, whichever module keeps it.
 * What belongs to a customer is known from the registry: all that refers to it by a field with an
 * inverse. So the number of statements is that of the kinds of records, never of the records.
 */
#include "base/civil.h"
#include "kernel/registry.h"
#include "kernel/relations.h"
#include "modules/party/entities.h"
#include "modules/party/party.h"

#include <string.h>

/* --- view360 --- */

static int32_t view_relation(acrm__call *call, const acrm__relation *relation, acrm_value *into)
{
    acrm_value *part = acrm__put_map(into, relation->name);
    acrm_value *items = part ? acrm__put_list(part, "items") : NULL;
    uint32_t limit = (uint32_t)acrm__arg_int(call, "limit", 20);
    int64_t count = 0;

    if (!items)
        return acrm__nomem(call);
    int32_t st = acrm__relation_list(call, relation, NULL, limit, items);
    count = (int64_t)acrm_value_count(items);
    if (st == ACRM_OK && count == limit) /* there may be more than are shown */
        st = acrm__relation_count(call, relation, &count);
    if (st == ACRM_OK && !acrm__put_int(part, "count", count))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__party_view360(acrm__call *call)
{
    acrm__rec *customer = NULL;
    acrm__relation relation;

    int32_t st = acrm__load_arg(call, "customer", "id", &customer);
    acrm_value *record = acrm_value_put(call->out, "customer");
    acrm_value *related = acrm__put_map(call->out, "related");
    if (st == ACRM_OK && (!record || !related))
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__render(call, customer, record);
    for (uint32_t i = 0; st == ACRM_OK && acrm__relation_at(call, customer, i, &relation); i++)
        st = view_relation(call, &relation, related);
    return st;
}

/* --- timeline: the newest of each kind, merged --- */

static const char *view_time(const acrm_value *item)
{
    return acrm__get_text(item, "at");
}

static int32_t view_timeline_items(acrm__call *call, const acrm__relation *relation,
                                   const acrm_cell *before, uint32_t limit, acrm_value *all)
{
    acrm_value *items = acrm__value_in(call->arena);
    const char *dated = relation->entity->fields[relation->entity->timeline].def.name;

    if (!items || acrm_value_set_list(items) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__relation_list(call, relation, before, limit, items);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(items); i++) {
        const acrm_value *record = acrm_value_at(items, i);
        acrm_value *item = acrm__add_map(all);
        bool ok = item && acrm__put_text(item, "at", acrm__get_text(record, dated)) &&
                  acrm__put_text(item, "entity", relation->entity->def->name) &&
                  acrm__put_value(item, "record", record);
        st = ok ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

/* Newest first; RFC 3339 texts of one zone compare like their instants. A merge of few lists that
 * are each in order: insertion moves little. */
static void view_sort(acrm_value *list)
{
    for (uint32_t i = 1; i < list->count; i++) {
        acrm_value *item = list->as.items[i];
        uint32_t at = i;
        for (; at > 0 && strcmp(view_time(list->as.items[at - 1]), view_time(item)) < 0; at--)
            list->as.items[at] = list->as.items[at - 1];
        list->as.items[at] = item;
    }
}

int32_t acrm__party_timeline(acrm__call *call)
{
    acrm__rec *customer = NULL;
    acrm__relation relation;
    acrm_cell before = acrm__cell_null();
    uint32_t limit = (uint32_t)acrm__arg_int(call, "limit", 50);
    int64_t instant;

    if (acrm__arg_time(call, "before", &instant))
        before = acrm__cell_int(instant);
    int32_t st = acrm__load_arg(call, "customer", "id", &customer);
    acrm_value *items = acrm__put_list(call->out, "items");
    if (st == ACRM_OK && !items)
        st = acrm__nomem(call);
    for (uint32_t i = 0; st == ACRM_OK && acrm__relation_at(call, customer, i, &relation); i++)
        if (relation.entity->timeline != UINT32_MAX)
            st = view_timeline_items(call, &relation, &before, limit, items);
    if (st != ACRM_OK)
        return st;
    view_sort(items);
    if (items->count > limit)
        items->count = limit;
    const acrm_value *last = acrm_value_at(items, limit - 1);
    return acrm__put_text(call->out, "before", last ? view_time(last) : NULL) ? ACRM_OK
                                                                             : acrm__nomem(call);
}
