/* SPDX-License-Identifier: MIT */
/* The car of a deal: held when the quote is accepted, sold when the contract is signed, free again
 * when it is cancelled. */
#include "modules/deal/deal.h"

/* For whom, and for which contract. */
static acrm_value *car_args(acrm__call *call, const acrm__rec *contract)
{
    acrm_value *args = acrm__deal_map(call);
    const char *customer = acrm__id_text(call, acrm__id(contract, F_sales_contract__customer_id));
    const unsigned char *lead = acrm__id(contract, F_sales_contract__lead_id);
    bool ok = args && acrm__put_text(args, "customer_id", customer) &&
              acrm__put_text(args, "subject_entity", "sales_contract") &&
              acrm__put_text(args, "subject_id", acrm__id_text(call, acrm__id(contract, F_ID))) &&
              (!lead || acrm__put_text(args, "lead_id", acrm__id_text(call, lead)));

    return ok ? args : NULL;
}

/* The reservation that has the car; *out NULL: it is free. */
static int32_t car_holder(acrm__call *call, const unsigned char car[16], acrm__rec **out)
{
    const acrm__entity *entity = acrm__entity_of(call, "vehicle_reservation");
    const acrm__term of[] = {
        { acrm__field_of(entity, "vehicle_id"), ACRM_FILTER_EQ, acrm__cell_id(car) },
        { acrm__field_of(entity, "state"), ACRM_FILTER_EQ, acrm__cell_text("held") },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "vehicle_reservation", .terms = of,
                                                 .n_terms = 2, .as_system = true }, out);
}

int32_t acrm__quote_car_free(acrm__call *call, const acrm__rec *quote)
{
    const unsigned char *car = acrm__id(quote, F_quote__vehicle_id);
    acrm__rec *holder = NULL;

    if (!car)
        return ACRM_OK;
    int32_t st = car_holder(call, car, &holder);
    if (st != ACRM_OK || !holder)
        return st;
    uint32_t whose = acrm__field_of(holder->entity, "customer_id");
    return acrm__deal_same(acrm__id(holder, whose), acrm__id(quote, F_quote__customer_id))
               ? ACRM_OK
               : acrm__fail(call, ACRM_E_CONFLICT, "reserved", "vehicle_id",
                            "the car is reserved for somebody else");
}

int32_t acrm__quote_hold(acrm__call *call, const acrm__rec *quote, const acrm__rec *contract)
{
    const unsigned char *car = acrm__id(quote, F_quote__vehicle_id);
    acrm_value *args = car ? car_args(call, contract) : NULL;

    if (!car)
        return ACRM_OK;
    if (!args || !acrm__put_text(args, "purpose", "contract") ||
        !acrm__put_bool(args, "queue", false))
        return acrm__nomem(call);
    return acrm__deal_run(call, "vehicle.reserve", car, args, NULL);
}

int32_t acrm__contract_sell(acrm__call *call, const acrm__rec *contract)
{
    const unsigned char *car = acrm__id(contract, F_sales_contract__vehicle_id);
    acrm_value *args = car ? car_args(call, contract) : NULL;

    if (!car)
        return ACRM_OK;
    if (!args || !acrm__put_value(args, "on", acrm__deal_value(call, contract,
                                                               F_sales_contract__signed_on)))
        return acrm__nomem(call);
    return acrm__deal_run(call, "vehicle.sell", car, args, NULL);
}

/* A reservation is given up, a sale undone, a car that was handed over taken back. */
int32_t acrm__contract_unsell(acrm__call *call, const acrm__rec *contract)
{
    const unsigned char *car = acrm__id(contract, F_sales_contract__vehicle_id);
    acrm_value *args = acrm__deal_map(call);
    acrm__call system = acrm__deal_system(call);
    acrm__rec *holder = NULL;

    if (!args)
        return acrm__nomem(call);
    if (!car || acrm__is_null(contract, F_sales_contract__quote_id))
        return ACRM_OK;
    if (acrm__deal_is(contract, F_sales_contract__status, "signed"))
        return acrm__deal_run(call, "vehicle.unsell", car, NULL, NULL);
    if (acrm__deal_is(contract, F_sales_contract__status, "fulfilled"))
        return acrm__deal_run(call, "vehicle.receive", car, NULL, NULL);
    int32_t st = car_holder(call, car, &holder);
    if (st != ACRM_OK || !holder)
        return st;
    if (!acrm__put_text(args, "reservation_id", acrm__id_text(call, acrm__id(holder, F_ID))))
        return acrm__nomem(call);
    return acrm__run(&system, "vehicle.release", args, NULL);
}
