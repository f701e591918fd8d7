/* SPDX-License-Identifier: MIT */
/* Price lists and their prices as they are written. */
#include "modules/catalog/configuration.h"

#include "base/money.h"
#include "base/text.h"

#include <string.h>

enum { PRICE_RATE_DIGITS = 6, PRICE_RATE_MAX = 10 * 1000000 };

int32_t acrm__price_list_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *currency = acrm__text(rec, F_price_list__currency);
    const acrm_cell *rate = &rec->cells[F_price_list__tax_rate];
    int64_t millionths = 0;

    (void)before;
    if (currency && acrm__currency_digits(currency, strlen(currency)) < 0)
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "currency is no ISO 4217 code");
    if (!acrm__is_null(rec, F_price_list__valid_to) &&
        acrm__int(rec, F_price_list__valid_to) < acrm__int(rec, F_price_list__valid_from))
        return acrm__fail(call, ACRM_E_INVALID, "range", "valid_to",
                          "valid_to must not be before valid_from");
    if (rate->type == ACRM_CELL_TEXT &&
        (!acrm__parse_decimal(rate->data, rate->size, PRICE_RATE_DIGITS, &millionths) ||
         millionths < 0 || millionths > PRICE_RATE_MAX))
        return acrm__fail(call, ACRM_E_INVALID, "range", "tax_rate",
                          "tax_rate must be 0 to 10 with at most 6 decimals");
    return ACRM_OK;
}

/* Nulls are equal here, unlike in a unique index. */
static int32_t price_once(acrm__call *call, const acrm__rec *rec)
{
    const unsigned char *trim = acrm__id(rec, F_price_item__trim_id);
    const unsigned char *option = acrm__id(rec, F_price_item__option_id);
    const acrm__term terms[] = {
        { F_price_item__price_list_id, ACRM_FILTER_EQ, rec->cells[F_price_item__price_list_id] },
        { F_price_item__trim_id, ACRM_FILTER_EQ, acrm__cell_id(trim) },
        { F_price_item__option_id, ACRM_FILTER_EQ, acrm__cell_id(option) },
    };
    const acrm__select select = { .entity = "price_item", .terms = terms, .n_terms = 3,
                                  .as_system = true };
    acrm__rec *other;
    int32_t st = acrm__find_one(call, &select, &other);

    if (st == ACRM_OK && other && memcmp(acrm__id(other, F_ID), acrm__id(rec, F_ID), 16) != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "unique", option ? "option_id" : "trim_id",
                          "the list has a price for that already");
    return st;
}

int32_t acrm__price_item_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *currency = acrm__text(rec, F_price_item__currency);
    acrm__rec *list;

    if (before && acrm__is_null(before, F_DELETED_AT))
        return ACRM_OK; /* all but the amount is immutable */
    if (acrm__is_null(rec, F_price_item__trim_id) && acrm__is_null(rec, F_price_item__option_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "trim_id",
                          "a price is that of a trim or of an option");
    int32_t st = acrm__load(call, "price_list", acrm__id(rec, F_price_item__price_list_id),
                            "price_list_id", &list);
    if (st != ACRM_OK)
        return st;
    if (!currency || strcmp(currency, acrm__text(list, F_price_list__currency)) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "mismatch", "currency",
                          "the currency of the list is %s",
                          acrm__text(list, F_price_list__currency));
    return price_once(call, rec);
}
