/* SPDX-License-Identifier: MIT */
/* Who a session acts as: the user's role, the dealers below the user's own, the team. */
#include "modules/org/org.h"

#include "kernel/entities.h"
#include "kernel/inside.h"
#include "modules/org/entities.h"

#include <string.h>

static int32_t principal_missing(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "principal",
                      "there is no such active user or customer");
}

static bool principal_copy_id(acrm__principal *out, acrm_cell *cell, const unsigned char *id)
{
    unsigned char *copy = acrm__arena_alloc(&out->arena, 16);

    if (copy) {
        memcpy(copy, id, 16);
        *cell = acrm__cell_blob(copy, 16);
    }
    return copy != NULL;
}

static bool principal_holds(const acrm_cell *ids, uint32_t n, const unsigned char *id)
{
    for (uint32_t i = 0; i < n; i++)
        if (memcmp(ids[i].data, id, 16) == 0)
            return true;
    return false;
}

/* The dealer and everything below it, level by level. */
static int32_t principal_dealers(acrm__call *call, acrm__principal *out)
{
    acrm__recs all;
    bool grew = true;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "dealer" }, &all);
    if (st != ACRM_OK)
        return st;
    acrm_cell *ids = acrm__arena_array(&out->arena, all.count + 1, sizeof *ids);
    if (!ids || !principal_copy_id(out, &ids[0], out->dealer_id))
        return acrm__nomem(call);
    uint32_t n = 1;
    while (grew) {
        grew = false;
        for (size_t i = 0; i < all.count; i++) {
            const unsigned char *id = acrm__id(all.items[i], F_ID);
            const unsigned char *parent = acrm__id(all.items[i], F_dealer__parent_id);
            if (!parent || !principal_holds(ids, n, parent) || principal_holds(ids, n, id))
                continue;
            if (!principal_copy_id(out, &ids[n], id))
                return acrm__nomem(call);
            n++;
            grew = true;
        }
    }
    out->dealer_ids = ids;
    out->n_dealer_ids = n;
    return ACRM_OK;
}

static int32_t principal_team(acrm__call *call, const unsigned char *team, acrm__principal *out)
{
    acrm__recs members;
    acrm__term term = { F_user__team_id, ACRM_FILTER_EQ, acrm__cell_id(team) };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "user", .terms = &term,
                                                   .n_terms = 1 }, &members);
    if (st != ACRM_OK)
        return st;
    acrm_cell *ids = acrm__arena_array(&out->arena, members.count + 1, sizeof *ids);
    if (!ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < members.count; i++)
        if (!principal_copy_id(out, &ids[i], acrm__id(members.items[i], F_ID)))
            return acrm__nomem(call);
    out->team_ids = ids;
    out->n_team_ids = (uint32_t)members.count;
    return ACRM_OK;
}

static int32_t principal_user(acrm__call *call, acrm__principal *out)
{
    acrm__rec *user = NULL, *role = NULL;

    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "user"), out->id, &user);
    if (st == ACRM_OK && (!user || !acrm__int(user, F_user__active)))
        return principal_missing(call);
    if (st == ACRM_OK)
        st = acrm__load(call, "role", acrm__id(user, F_user__role_id), "role_id", &role);
    if (st == ACRM_OK)
        st = acrm__principal_role(call, out, role);
    if (st != ACRM_OK)
        return st;
    const unsigned char *dealer = acrm__id(user, F_user__dealer_id);
    const unsigned char *team = acrm__id(user, F_user__team_id);
    if (dealer) {
        memcpy(out->dealer_id, dealer, 16);
        out->has_dealer = true;
        st = principal_dealers(call, out);
    }
    if (st == ACRM_OK && team)
        st = principal_team(call, team, out);
    return st;
}

static int32_t principal_customer(acrm__call *call, acrm__principal *out)
{
    acrm__rec *customer = NULL, *role = NULL;
    acrm__term named = { F_role__name, ACRM_FILTER_EQ, acrm__cell_text("customer") };

    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "customer"), out->id, &customer);
    if (st == ACRM_OK && customer)
        st = acrm__find_one(call, &(acrm__select){ .entity = "role", .terms = &named,
                                                   .n_terms = 1 }, &role);
    if (st == ACRM_OK && (!customer || !role))
        return principal_missing(call);
    if (st == ACRM_OK) /* it may have been merged into another and stand for that one */
        memcpy(out->id, acrm__id(customer, F_ID), sizeof out->id);
    return st == ACRM_OK ? acrm__principal_role(call, out, role) : st;
}

int32_t acrm__org_principal(acrm__call *call, const char *text, acrm__principal *out)
{
    (void)text;
    return out->kind == ACRM__PRINCIPAL_USER ? principal_user(call, out)
                                             : principal_customer(call, out);
}
