/* SPDX-License-Identifier: MIT */
/* Vehicles beside people: those of a household's members, the fleet of a company. */
#include "modules/ties/vehicles.h"

#include "base/civil.h"
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"

#include <string.h>

/* What of vehicle_ownership is used, found by name: it belongs to another module. */
typedef struct vehicles_fields {
    const acrm__entity *entity;
    uint32_t vehicle, customer, role, from, to;
} vehicles_fields;

static bool vehicles_known(const acrm__call *call, vehicles_fields *f)
{
    f->entity = acrm__entity_of(call, "vehicle_ownership");
    if (!f->entity || !acrm__entity_of(call, "vehicle"))
        return false;
    f->vehicle = acrm__field_of(f->entity, "vehicle_id");
    f->customer = acrm__field_of(f->entity, "customer_id");
    f->role = acrm__field_of(f->entity, "role");
    f->from = acrm__field_of(f->entity, "from_date");
    f->to = acrm__field_of(f->entity, "to_date");
    return f->vehicle != UINT32_MAX && f->customer != UINT32_MAX && f->role != UINT32_MAX &&
           f->from != UINT32_MAX && f->to != UINT32_MAX;
}

static bool vehicles_over(const acrm__call *call, const acrm__rec *ownership, uint32_t to)
{
    int64_t today = call->now / (INT64_C(1000000) * ACRM__DAY_SECONDS);
    return !acrm__is_null(ownership, to) && acrm__int(ownership, to) < today;
}

static int32_t vehicles_by(acrm__call *call, uint32_t field, const unsigned char id[16],
                           acrm__recs *out)
{
    const acrm__term term = { field, ACRM_FILTER_EQ, acrm__cell_blob(id, 16) };
    return acrm__find(call, &(acrm__select){ .entity = "vehicle_ownership", .terms = &term,
                                             .n_terms = 1 }, out);
}

static int32_t vehicles_put(acrm__call *call, const vehicles_fields *f,
                            const acrm__rec *ownership, acrm_value *list, acrm_value **item)
{
    acrm__rec *vehicle = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "vehicle"),
                                    acrm__id(ownership, f->vehicle), &vehicle);

    *item = NULL;
    if (st != ACRM_OK || !vehicle)
        return st;
    acrm_value *into = acrm__add_map(list);
    bool ok = into && acrm__put_text(into, "role", acrm__text(ownership, f->role)) &&
              acrm__put_text(into, "customer_id",
                             acrm__id_text(call, acrm__id(ownership, f->customer)));
    acrm_value *shown = ok ? acrm_value_put(into, "vehicle") : NULL;
    st = shown ? acrm__render(call, vehicle, shown) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__ties_put_date(call, ownership, f->from, into, "since");
    *item = into;
    return st;
}

int32_t acrm__ties_vehicles(acrm__call *call, const acrm__rec *customer, acrm_value *list)
{
    vehicles_fields f;
    acrm_value *item;
    acrm__recs found;

    if (!vehicles_known(call, &f))
        return ACRM_OK;
    int32_t st = vehicles_by(call, f.customer, acrm__id(customer, F_ID), &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        if (!vehicles_over(call, found.items[i], f.to))
            st = vehicles_put(call, &f, found.items[i], list, &item);
    return st;
}

/* --- customer.fleet --- */

/* Who else has to do with the vehicle now: its drivers, mostly. */
static int32_t fleet_users(acrm__call *call, const vehicles_fields *f, const acrm__rec *ownership,
                           acrm_value *into)
{
    acrm_value *users = acrm__put_list(into, "users");
    acrm__recs found;
    int32_t st = users ? vehicles_by(call, f->vehicle, acrm__id(ownership, f->vehicle), &found)
                       : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__rec *who = NULL;
        if (vehicles_over(call, found.items[i], f->to) ||
            acrm__cell_equal(&found.items[i]->cells[f->customer],
                             &ownership->cells[f->customer]))
            continue;
        st = acrm__load_or_null(call, acrm__entity_of(call, "customer"),
                                acrm__id(found.items[i], f->customer), &who);
        if (st != ACRM_OK || !who)
            continue;
        acrm_value *user = acrm__add_map(users);
        if (!user || !acrm__put_text(user, "role", acrm__text(found.items[i], f->role)))
            return acrm__nomem(call);
        st = acrm__ties_put_customer(call, who, user);
    }
    return st;
}

static int32_t fleet_people(acrm__call *call, const acrm__rec *company)
{
    acrm_value *people = acrm__put_list(call->out, "people");
    acrm__ties ties;
    int32_t st = people ? acrm__ties_of(call, acrm__id(company, F_ID), false, &ties)
                        : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < ties.count; i++) {
        acrm_value *item = acrm__add_map(people);
        if (!item || !acrm__put_text(item, "role", ties.items[i].role))
            return acrm__nomem(call);
        st = acrm__ties_put_customer(call, ties.items[i].other, item);
    }
    return st;
}

int32_t acrm__ties_fleet(acrm__call *call)
{
    acrm__rec *company = NULL;
    acrm__recs found = { NULL, 0 };
    vehicles_fields f;
    acrm_value *vehicles = acrm__put_list(call->out, "vehicles"), *item;

    int32_t st = vehicles ? acrm__load_arg(call, "customer", "id", &company)
                          : acrm__nomem(call);
    if (st == ACRM_OK && vehicles_known(call, &f))
        st = vehicles_by(call, f.customer, acrm__id(company, F_ID), &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        if (vehicles_over(call, found.items[i], f.to))
            continue;
        st = vehicles_put(call, &f, found.items[i], vehicles, &item);
        if (st == ACRM_OK && item)
            st = fleet_users(call, &f, found.items[i], item);
    }
    if (st == ACRM_OK && !acrm__put_int(call->out, "count",
                                        (int64_t)acrm_value_count(vehicles)))
        st = acrm__nomem(call);
    return st == ACRM_OK ? fleet_people(call, company) : st;
}
