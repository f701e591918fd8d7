/* SPDX-License-Identifier: MIT */
/* Households: who lives together, shown on one page with their vehicles. */
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"
#include "modules/ties/vehicles.h"

#include <string.h>

int32_t acrm__ties_member_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rec *customer = NULL;

    (void)before;
    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (!acrm__is_null(rec, F_household_member__since) &&
        !acrm__is_null(rec, F_household_member__until) &&
        acrm__int(rec, F_household_member__until) < acrm__int(rec, F_household_member__since))
        return acrm__fail(call, ACRM_E_INVALID, "range", "until", "until is before since");
    if (acrm__is_null(rec, F_household_member__customer_id))
        return ACRM_OK; /* refused as a required field in a moment */
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "customer"),
                                    acrm__id(rec, F_household_member__customer_id), &customer);
    if (st != ACRM_OK || !customer)
        return st;
    const char *kind = acrm__text(customer, acrm__field_of(customer->entity, "kind"));
    if (kind && strcmp(kind, "company") == 0)
        return acrm__fail(call, ACRM_E_INVALID, "kind", "customer_id",
                          "a company is no member of a household");
    return ACRM_OK;
}

int32_t acrm__ties_households(acrm__call *call, const unsigned char customer[16], acrm__recs *out)
{
    const acrm__term headed = { F_household__head_id, ACRM_FILTER_EQ,
                                acrm__cell_blob(customer, 16) };
    const acrm__term member = { F_household_member__customer_id, ACRM_FILTER_EQ,
                                acrm__cell_blob(customer, 16) };
    acrm__recs mine, in;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "household", .terms = &headed,
                                                   .n_terms = 1 }, &mine);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "household_member", .terms = &member,
                                               .n_terms = 1 }, &in);
    if (st != ACRM_OK)
        return st;
    acrm__rec **all = acrm__arena_array(call->arena, mine.count + in.count + 1, sizeof *all);
    size_t n = 0;
    if (!all)
        return acrm__nomem(call);
    for (size_t i = 0; i < mine.count; i++)
        all[n++] = mine.items[i];
    for (size_t i = 0; st == ACRM_OK && i < in.count; i++) {
        const unsigned char *id = acrm__id(in.items[i], F_household_member__household_id);
        acrm__rec *household = NULL;
        bool known = false;
        for (size_t k = 0; k < n && !known; k++)
            known = memcmp(acrm__id(all[k], F_ID), id, 16) == 0;
        if (!known)
            st = acrm__load_or_null(call, acrm__entity_of(call, "household"), id, &household);
        if (household)
            all[n++] = household;
    }
    *out = (acrm__recs){ all, n };
    return st;
}

/* --- household.view --- */

static int32_t household_person(acrm__call *call, const unsigned char id[16],
                                const acrm__rec *member, acrm_value *members,
                                acrm_value *vehicles)
{
    acrm__rec *customer = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "customer"), id, &customer);

    if (st != ACRM_OK || !customer)
        return st;
    acrm_value *item = acrm__add_map(members);
    const char *role = member ? acrm__text(member, F_household_member__role) : "head";
    acrm_value *shown = item && acrm__put_text(item, "role", role)
                            ? acrm__put_map(item, "customer") : NULL;
    st = shown ? acrm__ties_put_customer(call, customer, shown) : acrm__nomem(call);
    if (st == ACRM_OK && member)
        st = acrm__ties_put_date(call, member, F_household_member__since, item, "since");
    if (st == ACRM_OK && member)
        st = acrm__ties_put_date(call, member, F_household_member__until, item, "until");
    return st == ACRM_OK ? acrm__ties_vehicles(call, customer, vehicles) : st;
}

static int32_t household_members(acrm__call *call, const acrm__rec *household)
{
    const unsigned char *head = acrm__id(household, F_household__head_id);
    const acrm__term term = { F_household_member__household_id, ACRM_FILTER_EQ,
                              household->cells[F_ID] };
    acrm_value *members = acrm__put_list(call->out, "members");
    acrm_value *vehicles = acrm__put_list(call->out, "vehicles");
    acrm__recs found;

    if (!members || !vehicles)
        return acrm__nomem(call);
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "household_member", .terms = &term,
                                                   .n_terms = 1 }, &found);
    if (st == ACRM_OK)
        st = household_person(call, head, NULL, members, vehicles);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const unsigned char *id = acrm__id(found.items[i], F_household_member__customer_id);
        if (memcmp(id, head, 16) != 0)
            st = household_person(call, id, found.items[i], members, vehicles);
    }
    return st;
}

int32_t acrm__ties_household(acrm__call *call)
{
    acrm__rec *household = NULL;
    acrm_value *record = acrm_value_put(call->out, "household");

    int32_t st = record ? acrm__load_arg(call, "household", "id", &household)
                        : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__render(call, household, record);
    return st == ACRM_OK ? household_members(call, household) : st;
}
