/* SPDX-License-Identifier: MIT */
/* Which vehicle an order becomes: first it has a number only, later a VIN; never two vehicles. */
#include "modules/order/order.h"

#include "autocrm/vin.h"

static int32_t identity_vin(acrm__call *call, const char *text, const char **out)
{
    acrm_vin vin = { .struct_size = sizeof vin };
    int32_t st = acrm_vin_check(text, strlen(text), 0, &vin);

    if (st != ACRM_OK || vin.rule != ACRM_VIN_OK)
        return acrm__fail(call, ACRM_E_INVALID, "format", "vin", "vin is no VIN");
    *out = acrm__arena_text(call->arena, vin.normalized, strlen(vin.normalized));
    return *out ? ACRM_OK : acrm__nomem(call);
}

/* The vehicle that has this text in one of its fields; NULL: none. */
static int32_t identity_find(acrm__call *call, const char *field, const char *text,
                             acrm__rec **out)
{
    const acrm__entity *vehicle = acrm__entity_of(call, "vehicle");
    acrm__term term = { acrm__field_of(vehicle, field), ACRM_FILTER_EQ, acrm__cell_text(text) };

    *out = NULL;
    if (term.field == UINT32_MAX || !text)
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = "vehicle", .terms = &term,
                                                 .n_terms = 1, .as_system = true }, out);
}

static int32_t identity_make(acrm__call *call, const acrm__rec *order, const char *vin,
                             acrm__rec **out)
{
    acrm__rec *rec = acrm__new(call, "vehicle");

    if (!rec)
        return acrm__nomem(call);
    uint32_t number = acrm__field_of(rec->entity, "order_number");
    acrm__set(rec, acrm__field_of(rec->entity, "vin"), acrm__cell_text(vin));
    acrm__set(rec, acrm__field_of(rec->entity, "kind"), acrm__cell_text("new"));
    acrm__set(rec, acrm__field_of(rec->entity, "status"), acrm__cell_text("ordered"));
    acrm__set(rec, acrm__field_of(rec->entity, "model"),
              order->cells[F_vehicle_order__model]);
    acrm__set(rec, acrm__field_of(rec->entity, "dealer_id"),
              order->cells[F_vehicle_order__dealer_id]);
    if (number != UINT32_MAX)
        acrm__set(rec, number, order->cells[F_vehicle_order__number]);
    *out = rec;
    return acrm__insert(call, rec);
}

/* The vehicle that the order has already, or that is known by its number, gets the VIN. */
static int32_t identity_give(acrm__call *call, acrm__rec *vehicle, const char *vin)
{
    uint32_t field = acrm__field_of(vehicle->entity, "vin");
    const char *own = acrm__text(vehicle, field);

    if (own && strcmp(own, vin) == 0)
        return ACRM_OK;
    if (own)
        return acrm__fail(call, ACRM_E_CONFLICT, "contradicts", "vin",
                          "the order's vehicle has another VIN");
    acrm__set(vehicle, field, acrm__cell_text(vin));
    return acrm__update(call, vehicle);
}

/* No other live order may have the VIN. */
static int32_t identity_free(acrm__call *call, const char *vin)
{
    const acrm__term of[] = {
        { F_vehicle_order__vin, ACRM_FILTER_EQ, acrm__cell_text(vin) },
        { F_vehicle_order__state, ACRM_FILTER_NE, acrm__cell_text("cancelled") },
    };
    acrm__rec *other = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = of,
                                                       .n_terms = 2, .as_system = true }, &other);

    if (st == ACRM_OK && other)
        st = acrm__fail(call, ACRM_E_CONFLICT, "contradicts", "vin",
                        "another order has this VIN");
    return st;
}

/* The vehicle that the order stands for so far, and the one that has the VIN; they are one. */
static int32_t identity_look(acrm__call *call, const acrm__rec *rec, const char *vin,
                             acrm__rec **vehicle, acrm__rec **by_vin)
{
    int32_t st = identity_find(call, "vin", vin, by_vin);

    *vehicle = NULL;
    if (st == ACRM_OK && !acrm__is_null(rec, F_vehicle_order__vehicle_id))
        st = acrm__load(call, "vehicle", acrm__id(rec, F_vehicle_order__vehicle_id), "vin",
                        vehicle);
    else if (st == ACRM_OK && !*by_vin)
        st = identity_find(call, "order_number", acrm__text(rec, F_vehicle_order__number),
                           vehicle);
    if (st == ACRM_OK && *vehicle && *by_vin &&
        memcmp(acrm__id(*vehicle, F_ID), acrm__id(*by_vin, F_ID), 16) != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "contradicts", "vin",
                        "another vehicle has this VIN");
    return st;
}

int32_t acrm__order_identify(acrm__call *call, acrm__rec *rec, const char *text)
{
    const char *own = acrm__text(rec, F_vehicle_order__vin), *vin = NULL;
    acrm__rec *vehicle = NULL, *by_vin = NULL;
    int32_t st = identity_vin(call, text, &vin);

    if (st != ACRM_OK || (own && strcmp(own, vin) == 0))
        return st;
    if (own)
        return acrm__fail(call, ACRM_E_CONFLICT, "contradicts", "vin",
                          "the order has another VIN");
    st = identity_free(call, vin);
    if (st == ACRM_OK)
        st = identity_look(call, rec, vin, &vehicle, &by_vin);
    if (st == ACRM_OK && vehicle)
        st = identity_give(call, vehicle, vin);
    else if (st == ACRM_OK && by_vin)
        vehicle = by_vin;
    else if (st == ACRM_OK)
        st = identity_make(call, rec, vin, &vehicle);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_vehicle_order__vin, acrm__cell_text(vin));
    acrm__set(rec, F_vehicle_order__vehicle_id, vehicle->cells[F_ID]);
    return acrm__update(call, rec);
}
