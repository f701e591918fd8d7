/* SPDX-License-Identifier: MIT */
/* The car of a deal: held when the quote is accepted, sold when the contract is signed, free again
 * when it is cancelled. */
#include "modules/deal/deal.h"

/* Without the operations of the stock the status of the car is all there is. */
static int32_t car_status(acrm__call *call, const unsigned char id[16], const char *status)
{
    acrm_value *args = acrm__deal_map(call);

    if (!args || !acrm__put_text(args, "status", status) ||
        !acrm__put_bool(args, "last_write_wins", true))
        return acrm__nomem(call);
    return acrm__deal_run(call, "vehicle.update", id, args, NULL);
}

int32_t acrm__quote_hold(acrm__call *call, const acrm__rec *quote, const acrm__rec *contract)
{
    const unsigned char *car = acrm__id(quote, F_quote__vehicle_id);

    (void)contract;
    return car ? car_status(call, car, "reserved") : ACRM_OK;
}

int32_t acrm__contract_sell(acrm__call *call, const acrm__rec *contract)
{
    const unsigned char *car = acrm__id(contract, F_sales_contract__vehicle_id);

    return car ? car_status(call, car, "sold") : ACRM_OK;
}

int32_t acrm__contract_unsell(acrm__call *call, const acrm__rec *contract)
{
    const unsigned char *car = acrm__id(contract, F_sales_contract__vehicle_id);

    return car ? car_status(call, car, "in_stock") : ACRM_OK;
}
