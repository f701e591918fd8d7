/* SPDX-License-Identifier: MIT */
/* Contracts as they are written: the number as it is looked for, the day it was drawn up. */
#include "modules/sales/sales.h"

#include "base/text.h"

int32_t acrm__sales_contract_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *cell = &rec->cells[F_sales_contract__number];
    const char *status = acrm__text(rec, F_sales_contract__status);
    acrm__str number;

    (void)before;
    if (acrm__is_null(rec, F_sales_contract__opened_at))
        acrm__set(rec, F_sales_contract__opened_at, acrm__cell_int(call->now));
    if (status && strcmp(status, "signed") == 0 &&
        acrm__is_null(rec, F_sales_contract__signed_on))
        return acrm__fail(call, ACRM_E_INVALID, "required", "signed_on",
                          "signed_on is required of a signed contract");
    if (cell->type != ACRM_CELL_TEXT || !acrm__changed(rec, F_sales_contract__number))
        return ACRM_OK;
    acrm__str_init(&number, &call->arena->allocator);
    acrm__digits_ascii(cell->data, cell->size, &number);
    const char *kept = number.failed ? NULL
                                     : acrm__arena_text(call->arena, number.data, number.len);
    acrm__str_free(&number);
    if (!kept)
        return acrm__nomem(call);
    acrm__set(rec, F_sales_contract__number, acrm__cell_text(kept));
    return ACRM_OK;
}
