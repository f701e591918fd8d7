/* SPDX-License-Identifier: MIT */
/* Restriction of processing: the data is kept, and seen only by those who may see restricted
 * records (kernel/access.c); nobody is contacted. */
#include "modules/privacy/privacy.h"

#include "modules/privacy/entities.h"

static int32_t restrict_find(acrm__call *call, const acrm__rec *customer, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_restriction__customer_id, ACRM_FILTER_EQ, customer->cells[F_ID] },
        { F_restriction__lifted_at, ACRM_FILTER_EQ, acrm__cell_null() },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "restriction", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t restrict_set(acrm__call *call, acrm__rec *customer, acrm_cell since, bool quiet)
{
    acrm__set(customer, acrm__field_of(customer->entity, "restricted_at"), since);
    acrm__set(customer, acrm__field_of(customer->entity, "do_not_contact"),
              acrm__cell_int(quiet));
    call->session->access_changed = true; /* sessions that may see less must know */
    return acrm__update(call, customer);
}

int32_t acrm__privacy_restrict_one(acrm__call *call, acrm__rec *customer, const char *basis,
                                   acrm__rec **out)
{
    uint32_t quiet = acrm__field_of(customer->entity, "do_not_contact");
    acrm__rec *rec = acrm__new(call, "restriction");

    if (!acrm__is_null(customer, acrm__field_of(customer->entity, "restricted_at")))
        return acrm__fail(call, ACRM_E_CONFLICT, "restricted", "customer_id",
                          "the customer is restricted already");
    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_restriction__customer_id, customer->cells[F_ID]);
    acrm__set(rec, F_restriction__basis, acrm__cell_text(basis));
    acrm__set(rec, F_restriction__from, acrm__cell_int(call->now));
    acrm__set(rec, F_restriction__contacted_before,
              acrm__cell_int(!acrm__int(customer, quiet)));
    int32_t st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = restrict_set(call, customer, acrm__cell_int(call->now), true);
    if (st == ACRM_OK)
        st = acrm__emit(call, "customer.restricted", "customer", acrm__id(customer, F_ID), NULL);
    *out = rec;
    return st;
}

int32_t acrm__privacy_restrict(acrm__call *call)
{
    acrm__call system = acrm__privacy_system(call);
    acrm__rec *customer = NULL, *rec = NULL;
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);

    if (st == ACRM_OK)
        st = acrm__privacy_restrict_one(&system, customer, acrm__arg_text(call, "basis"), &rec);
    return st == ACRM_OK ? acrm__render(&system, rec, call->out) : st;
}

int32_t acrm__privacy_lift(acrm__call *call)
{
    acrm__call system = acrm__privacy_system(call);
    acrm__rec *customer = NULL, *rec = NULL;
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);

    if (st == ACRM_OK)
        st = restrict_find(&system, customer, &rec);
    if (st == ACRM_OK && !rec)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "customer_id",
                        "the customer is not restricted");
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_restriction__lifted_at, acrm__cell_int(call->now));
    st = acrm__update(&system, rec);
    if (st == ACRM_OK)
        st = restrict_set(&system, customer, acrm__cell_null(),
                          !acrm__int(rec, F_restriction__contacted_before));
    if (st == ACRM_OK)
        st = acrm__emit(call, "customer.unrestricted", "customer", acrm__id(customer, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(&system, rec, call->out) : st;
}
