/* SPDX-License-Identifier: MIT */
/* Arithmetic of deals: examples worked out by hand, and random deals against a second
 * implementation in exact fractions. */
#include "autocrm/deal.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

#define PERCENT(n) ((n) * INT64_C(10000000))
#define LINE(...) { .struct_size = sizeof(acrm_deal_line), __VA_ARGS__ } /* of one */

enum { LINES = 12 };

static const struct {
    const char *what; /* the rule, in words */
    int32_t trade_in_tax;
    size_t n;
    acrm_deal_line lines[LINES];
    int64_t list, discount, net, tax, gross, total, payable, due;
} deals[] = {
    { "an empty deal is worth nothing", 0, 0, { { 0 } }, 0, 0, 0, 0, 0, 0, 0, 0 },
    { "tax is rounded once on the sum, not line by line", 0, 3,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 1003, .tax_rate = PERCENT(19)),
        LINE(.kind = ACRM_DEAL_OPTION, .amount = 1003, .tax_rate = PERCENT(19)),
        LINE(.kind = ACRM_DEAL_OPTION, .amount = 1003, .tax_rate = PERCENT(19)) },
      3009, 0, 3009, 572, 3581, 3581, 3581, 3581 }, /* 571.71; by lines 3 x 190.57 = 573 */
    { "a price with tax keeps its gross", 0, 1,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 2499000, .tax_rate = PERCENT(19),
             .includes_tax = 1) },
      2499000, 0, 2100000, 399000, 2499000, 2499000, 2499000, 2499000 },
    { "rates of two discounts are both of the list", 0, 4,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 2000000, .tax_rate = PERCENT(20)),
        LINE(.kind = ACRM_DEAL_FEE, .amount = 50000, .tax_rate = PERCENT(20)),
        LINE(.kind = ACRM_DEAL_DISCOUNT, .rate = PERCENT(5), .on = ACRM_DEAL_ALL),
        LINE(.kind = ACRM_DEAL_DISCOUNT, .rate = PERCENT(10), .on = ACRM_DEAL_ALL) },
      2050000, 300000, 1750000, 350000, 2100000, 2100000, 2100000, 2100000 },
    { "rebate, trade-in, debt and deposit come after tax", 0, 5,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 2000000, .tax_rate = PERCENT(20)),
        LINE(.kind = ACRM_DEAL_REBATE, .amount = 100000),
        LINE(.kind = ACRM_DEAL_TRADE_IN, .amount = 500000),
        LINE(.kind = ACRM_DEAL_DEBT, .amount = 120000),
        LINE(.kind = ACRM_DEAL_DEPOSIT, .amount = 300000) },
      2000000, 0, 2000000, 400000, 2400000, 2300000, 1920000, 1620000 },
    { "where the law says so, the trade-in lowers what is taxed", 1, 2,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 2000000, .tax_rate = PERCENT(6)),
        LINE(.kind = ACRM_DEAL_TRADE_IN, .amount = 500000) },
      2000000, 0, 2000000, 90000, 2090000, 2090000, 1590000, 1590000 },
    { "but never below nothing, and not the tax of fees", 1, 3,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 200000, .tax_rate = PERCENT(6)),
        LINE(.kind = ACRM_DEAL_FEE, .amount = 10000, .tax_rate = PERCENT(6)),
        LINE(.kind = ACRM_DEAL_TRADE_IN, .amount = 500000) },
      210000, 0, 210000, 600, 210600, 210600, -289400, -289400 },
    { "a discount on one line leaves the others", 0, 3,
      { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 2000000, .tax_rate = PERCENT(20)),
        LINE(.kind = ACRM_DEAL_ACCESSORY, .amount = 5000, .quantity = 4,
             .tax_rate = PERCENT(10)),
        LINE(.kind = ACRM_DEAL_DISCOUNT, .amount = 20000, .on = 1) },
      2020000, 20000, 2000000, 400000, 2400000, 2400000, 2400000, 2400000 },
};

static void deal_do(const acrm_deal_line *lines, size_t n, int32_t trade_in_tax,
                    acrm_deal_part *parts, acrm_deal_totals *out)
{
    acrm_deal_line own[LINES];
    acrm_issue issue = { 0 };

    for (size_t i = 0; i < n; i++) {
        own[i] = lines[i];
        own[i].quantity = lines[i].quantity ? lines[i].quantity : 1;
    }
    *out = (acrm_deal_totals){ .struct_size = sizeof *out };
    int32_t st = acrm_deal_reckon(own, n, trade_in_tax, parts, out, &issue);
    ck_assert_msg(st == ACRM_OK, "%s %s", issue.field, issue.allowed);
}

START_TEST(deal__follows_the_table)
{
    acrm_deal_part parts[LINES];
    acrm_deal_totals t;

    deal_do(deals[_i].lines, deals[_i].n, deals[_i].trade_in_tax, parts, &t);
    ck_assert_msg(t.list == deals[_i].list && t.discount == deals[_i].discount &&
                  t.net == deals[_i].net && t.tax == deals[_i].tax &&
                  t.gross == deals[_i].gross && t.total == deals[_i].total &&
                  t.payable == deals[_i].payable && t.due == deals[_i].due,
                  "%s: list %lld discount %lld net %lld tax %lld gross %lld total %lld",
                  deals[_i].what, (long long)t.list, (long long)t.discount, (long long)t.net,
                  (long long)t.tax, (long long)t.gross, (long long)t.total);
}
END_TEST

/* --- A second implementation --- */

__extension__ typedef __int128 wide;

typedef struct fraction {
    wide num, den;
} fraction;

/* Half away from zero, of a fraction that is 0 or more. */
static int64_t fraction_round(fraction f)
{
    return (int64_t)((2 * f.num + f.den) / (2 * f.den));
}

static uint64_t deal_seed;

static int64_t deal_random(int64_t n)
{
    deal_seed = deal_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((deal_seed >> 20) % (uint64_t)n);
}

static size_t deal_invent(acrm_deal_line *lines)
{
    static const int64_t rates[] = { 0, PERCENT(7), PERCENT(19), PERCENT(20) + 5000000,
                                     PERCENT(22) };
    static const int64_t sizes[] = { 10, 1000, 99999, INT64_C(3000000000) };
    size_t n = (size_t)deal_random(40);

    for (size_t i = 0; i < n; i++) {
        int32_t kind = i ? (int32_t)deal_random(12) + 1 : ACRM_DEAL_VEHICLE;
        lines[i] = (acrm_deal_line)LINE(.kind = kind, .quantity = 1,
                                        .amount = deal_random(sizes[deal_random(4)]));
        if (kind <= ACRM_DEAL_LEVY) {
            lines[i].tax_rate = rates[deal_random(5)];
            lines[i].includes_tax = (int32_t)deal_random(2);
            lines[i].quantity = deal_random(3) + 1;
        } else if (kind == ACRM_DEAL_DISCOUNT) {
            size_t on = (size_t)deal_random((int64_t)i);
            lines[i].on = acrm_deal_discountable(lines[on].kind) ? (int32_t)on : ACRM_DEAL_ALL;
            lines[i].rate = deal_random(2) * deal_random(PERCENT(12));
            lines[i].amount = lines[i].rate ? 0 : deal_random(50);
        }
    }
    return n;
}

/* The exact tax of all that is priced alike at one rate. */
static int64_t deal_tax_again(const acrm_deal_line *lines, const acrm_deal_part *parts, size_t n,
                              int64_t rate, int32_t includes)
{
    wide base = 0;

    for (size_t i = 0; i < n; i++)
        if (lines[i].kind <= ACRM_DEAL_LEVY && lines[i].tax_rate == rate &&
            lines[i].includes_tax == includes)
            base += (wide)lines[i].amount * lines[i].quantity - parts[i].discount -
                    parts[i].credit;
    return fraction_round((fraction){ base * rate,
                                      ACRM_DEAL_RATE_SCALE + (includes ? rate : 0) });
}

/* Each share of a discount on everything is within a unit of its exact part. */
static void deal_check_shares(const acrm_deal_line *lines, const acrm_deal_part *parts, size_t n)
{
    size_t only = n, discounts = 0;
    wide list = 0;

    for (size_t i = 0; i < n; i++) {
        discounts += lines[i].kind == ACRM_DEAL_DISCOUNT;
        only = lines[i].kind == ACRM_DEAL_DISCOUNT ? i : only;
        list += acrm_deal_discountable(lines[i].kind) ? parts[i].quoted : 0;
    }
    if (discounts != 1 || lines[only].on != ACRM_DEAL_ALL || list == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        if (!acrm_deal_discountable(lines[i].kind))
            continue;
        wide exact = (wide)-parts[only].quoted * parts[i].quoted; /* over list */
        wide off = exact - (wide)parts[i].discount * list;
        ck_assert(off < list && off > -list);
    }
}

static void deal_check_lines(const acrm_deal_line *lines, const acrm_deal_part *parts, size_t n,
                             const acrm_deal_totals *t)
{
    int64_t net = 0, tax = 0, gross = 0, discount = 0, after = 0;

    for (size_t i = 0; i < n; i++) {
        const acrm_deal_part *p = &parts[i];
        if (lines[i].kind > ACRM_DEAL_LEVY) {
            ck_assert(p->net == 0 && p->tax == 0 && p->gross == 0 && p->discount == 0);
            after += lines[i].kind == ACRM_DEAL_DISCOUNT ? 0 : p->quoted;
            continue;
        }
        ck_assert_int_eq(p->net + p->tax, p->gross);
        ck_assert_int_ge(p->discount, 0);
        ck_assert_int_ge(p->net, 0);
        ck_assert_int_ge(p->tax, 0);
        ck_assert_int_eq(lines[i].includes_tax ? p->gross : p->net, p->quoted - p->discount);
        net += p->net;
        tax += p->tax;
        gross += p->gross;
        discount += p->discount;
    }
    ck_assert_int_eq(net, t->net);
    ck_assert_int_eq(tax, t->tax);
    ck_assert_int_eq(gross, t->gross);
    ck_assert_int_eq(discount, t->discount);
    ck_assert_int_eq(t->net + t->tax, t->gross);
    ck_assert_int_eq(t->gross + after, t->due); /* debts add, all else takes */
}

START_TEST(deal__reconciles_whatever_is_in_it)
{
    acrm_deal_line lines[40];
    acrm_deal_part parts[40];
    size_t worked = 0;

    deal_seed = 20261122;
    for (int round = 0; round < 20000; round++) {
        acrm_deal_totals t = { .struct_size = sizeof t };
        size_t n = deal_invent(lines);
        int64_t tax = 0;
        if (acrm_deal_reckon(lines, n, (int32_t)deal_random(2), parts, &t, NULL) != ACRM_OK)
            continue; /* a discount was more than what it is on */
        worked++;
        deal_check_lines(lines, parts, n, &t);
        deal_check_shares(lines, parts, n);
        for (uint32_t k = 0; k < t.taxes_count; k++) {
            int64_t again = deal_tax_again(lines, parts, n, t.taxes[k].rate, 0) +
                            deal_tax_again(lines, parts, n, t.taxes[k].rate, 1);
            ck_assert_int_eq(again, t.taxes[k].tax);
            ck_assert(k == 0 || t.taxes[k].rate > t.taxes[k - 1].rate);
            tax += again;
        }
        ck_assert_int_eq(tax, t.tax);
    }
    ck_assert_uint_gt(worked, 10000);
}
END_TEST

/* --- Bad input --- */

static const struct {
    const char *field;
    acrm_deal_line line; /* after a car of 1000 */
} faults[] = {
    { "kind", LINE(.kind = 0) },
    { "kind", LINE(.kind = 13) },
    { "amount", LINE(.kind = ACRM_DEAL_FEE, .amount = -1) },
    { "amount", LINE(.kind = ACRM_DEAL_FEE, .amount = ACRM_DEAL_AMOUNT_MAX + 1) },
    { "amount", LINE(.kind = ACRM_DEAL_FEE, .amount = ACRM_DEAL_AMOUNT_MAX, .quantity = 2) },
    { "quantity", LINE(.kind = ACRM_DEAL_FEE, .quantity = -1) },
    { "quantity", LINE(.kind = ACRM_DEAL_FEE, .quantity = 100001) },
    { "rate", LINE(.kind = ACRM_DEAL_FEE, .rate = 1) },
    { "rate", LINE(.kind = ACRM_DEAL_DISCOUNT, .rate = ACRM_DEAL_RATE_SCALE + 1) },
    { "amount", LINE(.kind = ACRM_DEAL_DISCOUNT, .rate = 1, .amount = 1) },
    { "amount", LINE(.kind = ACRM_DEAL_DISCOUNT, .amount = 1001, .on = ACRM_DEAL_ALL) },
    { "tax_rate", LINE(.kind = ACRM_DEAL_FEE, .tax_rate = -1) },
    { "tax_rate", LINE(.kind = ACRM_DEAL_DEPOSIT, .tax_rate = 1) },
    { "includes_tax", LINE(.kind = ACRM_DEAL_FEE, .includes_tax = 2) },
    { "on", LINE(.kind = ACRM_DEAL_FEE, .on = 1) },
    { "on", LINE(.kind = ACRM_DEAL_DISCOUNT, .on = 2) },
    { "on", LINE(.kind = ACRM_DEAL_DISCOUNT, .on = 1) },
    { "on", LINE(.kind = ACRM_DEAL_DISCOUNT, .on = -2) },
};

START_TEST(deal__names_what_is_wrong)
{
    acrm_deal_line lines[2] = { LINE(.kind = ACRM_DEAL_VEHICLE, .amount = 1000, .quantity = 1) };
    acrm_deal_totals t = { .struct_size = sizeof t, .list = 77 };
    acrm_deal_part parts[2];
    acrm_issue issue = { 0 };

    lines[1] = faults[_i].line;
    lines[1].quantity += lines[1].quantity == 0;
    ck_assert_int_eq(acrm_deal_reckon(lines, 2, 0, parts, &t, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, faults[_i].field);
    ck_assert_int_eq(issue.row, 1);
    ck_assert_int_eq(t.list, 77);
}
END_TEST

START_TEST(deal__has_limits)
{
    static acrm_deal_line lines[ACRM_DEAL_LINES_MAX + 1];
    static acrm_deal_part parts[ACRM_DEAL_LINES_MAX + 1];
    acrm_deal_totals t = { .struct_size = sizeof t };
    acrm_issue issue = { 0 };

    for (size_t i = 0; i <= ACRM_DEAL_LINES_MAX; i++)
        lines[i] = (acrm_deal_line)LINE(.kind = ACRM_DEAL_VEHICLE, .quantity = 1,
                                        .amount = ACRM_DEAL_AMOUNT_MAX,
                                        .tax_rate = 10 * ACRM_DEAL_RATE_SCALE);
    ck_assert_int_eq(acrm_deal_reckon(lines, ACRM_DEAL_LINES_MAX + 1, 0, parts, &t, &issue),
                     ACRM_E_LIMIT);
    ck_assert_str_eq(issue.field, "lines");
    ck_assert_int_eq(acrm_deal_reckon(lines, ACRM_DEAL_LINES_MAX, 0, parts, &t, &issue), ACRM_OK);
    ck_assert_int_eq(t.gross, 11 * ACRM_DEAL_LINES_MAX * ACRM_DEAL_AMOUNT_MAX);
    for (size_t i = 0; i <= ACRM_DEAL_TAXES_MAX; i++)
        lines[i].tax_rate = (int64_t)i;
    ck_assert_int_eq(acrm_deal_reckon(lines, ACRM_DEAL_TAXES_MAX + 1, 0, parts, &t, &issue),
                     ACRM_E_LIMIT);
    ck_assert_str_eq(issue.field, "tax_rate");
    ck_assert_int_eq(acrm_deal_reckon(lines, 1, 0, parts, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_deal_reckon(NULL, 1, 0, parts, &t, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_deal_reckon(lines, 1, 2, parts, &t, NULL), ACRM_E_MISUSE);
    lines[0].struct_size = 1;
    ck_assert_int_eq(acrm_deal_reckon(lines, 1, 0, parts, &t, NULL), ACRM_E_MISUSE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("deal");
    TCase *tcase = tcase_create("deal");

    tcase_add_loop_test(tcase, deal__follows_the_table, 0, sizeof deals / sizeof deals[0]);
    tcase_add_test(tcase, deal__reconciles_whatever_is_in_it);
    tcase_add_loop_test(tcase, deal__names_what_is_wrong, 0, sizeof faults / sizeof faults[0]);
    tcase_add_test(tcase, deal__has_limits);
    suite_add_tcase(suite, tcase);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
