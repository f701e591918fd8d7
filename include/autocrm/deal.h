/* SPDX-License-Identifier: MIT */
/**
 * Arithmetic of deals: lines of a quote or contract with discounts, several rates of tax, prices
 * with or without their tax, trade-in and deposit, to totals that reconcile to the last cent.
 *
 * The rules, which are those of an invoice (EN 16931: tax by rate on the sum of the lines):
 * - A discount takes an amount, or a rate of what its lines are priced at before any discount, from
 *   those lines, in proportion to what earlier discounts left of them.
 * - Tax is worked out once for each rate and each way of pricing (without and with tax) on the sum
 *   of its lines after discounts, and rounded once, half away from zero. Of prices with tax it is
 *   rate / (1 + rate).
 * - Discounts and taxes are laid on the lines by largest remainder, the first line winning ties: so
 *   lines always sum to totals, and net and tax to gross.
 * - A rebate, a trade-in, a debt on it and a deposit come after tax. Where the law taxes the
 *   difference, `trade_in_tax` lets the trade-in lower what is taxed, down to nothing.
 * Amounts are minor units of one currency. Pure computing: no memory, clock or session.
 */
#ifndef AUTOCRM_DEAL_H
#define AUTOCRM_DEAL_H

#include "autocrm/issue.h"
#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Limits. */
enum {
    ACRM_DEAL_LINES_MAX = 500,
    ACRM_DEAL_TAXES_MAX = 16,        /**< different rates in one deal */
    ACRM_DEAL_QUANTITY_MAX = 100000,
    ACRM_DEAL_ALL = -1               /**< a discount on all that may be discounted */
};

/** Rates are fractions times this: 0.19 is 190,000,000. */
#define ACRM_DEAL_RATE_SCALE INT64_C(1000000000)
/** Most of a line, in minor units. */
#define ACRM_DEAL_AMOUNT_MAX INT64_C(1000000000000000)

/** What a line is. */
enum {
    ACRM_DEAL_VEHICLE = 1,   /**< vehicle, option and accessory may be discounted */
    ACRM_DEAL_OPTION = 2,
    ACRM_DEAL_ACCESSORY = 3,
    ACRM_DEAL_SERVICE = 4,   /**< service contract, extended warranty */
    ACRM_DEAL_INSURANCE = 5,
    ACRM_DEAL_FEE = 6,
    ACRM_DEAL_LEVY = 7,      /**< registration tax and the like, of a fixed amount */
    ACRM_DEAL_DISCOUNT = 8,  /**< before tax */
    ACRM_DEAL_REBATE = 9,    /**< after tax: the maker's bonus, a public grant */
    ACRM_DEAL_TRADE_IN = 10,
    ACRM_DEAL_DEBT = 11,     /**< still owed on the trade-in, and paid off by the dealer */
    ACRM_DEAL_DEPOSIT = 12   /**< paid by the customer when the deal is made */
};

/** A line. Set struct_size in each to the same value. @since 0.1 */
typedef struct acrm_deal_line {
    uint32_t struct_size;  /**< sizeof(acrm_deal_line), as you compiled it */
    int32_t kind;          /**< ACRM_DEAL_VEHICLE ... */
    int64_t amount;        /**< of one, 0 or more; of a discount 0 when it is a rate */
    int64_t quantity;      /**< 1 or more */
    int64_t rate;          /**< of a discount: the rate, 0 to 1; else 0 */
    int64_t tax_rate;      /**< 0 to 10; only of what is sold (vehicle to levy) */
    int32_t includes_tax;  /**< 1: the amount has its tax in it */
    int32_t on;            /**< of a discount: index of the line, or ACRM_DEAL_ALL; else 0 */
} acrm_deal_line;

/** What a line comes to. @since 0.1 */
typedef struct acrm_deal_part {
    int64_t quoted;   /**< amount * quantity; of a discount, rebate, trade-in or deposit below 0 */
    int64_t discount; /**< of what is sold: what discounts take, as quoted */
    int64_t credit;   /**< of what is sold: what the trade-in takes from what is taxed */
    int64_t net, tax, gross; /**< of what is sold, after discounts; net + tax = gross */
} acrm_deal_part;

/** What is taxed at one rate. @since 0.1 */
typedef struct acrm_deal_tax {
    int64_t rate, net, tax;
} acrm_deal_tax;

/** Totals. Set struct_size. @since 0.1 */
typedef struct acrm_deal_totals {
    uint32_t struct_size;
    uint32_t taxes_count;
    int64_t list;         /**< what is sold, as quoted, before discounts */
    int64_t discountable; /**< what of it may be discounted */
    int64_t discount;     /**< all discounts before tax */
    int64_t net, tax, gross;
    int64_t rebate, trade_in, debt, deposit;
    int64_t total;        /**< gross - rebate: the price of the deal */
    int64_t payable;      /**< total - trade_in + debt; below 0 the customer is paid */
    int64_t due;          /**< payable - deposit: what is left to pay or to finance */
    acrm_deal_tax taxes[ACRM_DEAL_TAXES_MAX]; /**< by ascending rate */
} acrm_deal_totals;

/**
 * Work a deal out.
 * @param lines        (nullable when n is 0) the lines
 * @param n            their number, at most ACRM_DEAL_LINES_MAX
 * @param trade_in_tax 1: the trade-in lowers what is taxed of what may be discounted; else 0
 * @param[out] parts   (nullable when n is 0) one for each line; not defined on failure
 * @param[in,out] out  the totals; its struct_size is read; untouched on failure
 * @param[out] issue   (optional) the field at fault, what is allowed, and `row`, the line
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  a line breaks what is said above: kind, amount, quantity, rate, tax_rate, on;
 *                   or a discount takes more than is left of its lines (field "amount")
 *   ACRM_E_LIMIT    too many lines or rates (fields "lines", "tax_rate"), or a sum too large
 *   ACRM_E_MISUSE   a NULL, or an unknown struct_size
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_deal_reckon(const acrm_deal_line *lines, size_t n, int32_t trade_in_tax,
                                  acrm_deal_part *parts, acrm_deal_totals *out,
                                  acrm_issue *issue);

/** Whether a line of a kind may be discounted. @return 1 or 0. @since 0.1 */
ACRM_API int32_t acrm_deal_discountable(int32_t kind);

#ifdef __cplusplus
}
#endif

#endif
