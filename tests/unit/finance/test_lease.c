/* SPDX-License-Identifier: MIT */
/* Leases: published figures, identities that hold for each, and faults. */
#include "autocrm/finance.h"
#include "support/suite.h"

#include <inttypes.h>
#include <string.h>

static acrm_lease_terms lease_of(int64_t price, int64_t residual, int64_t factor, int32_t months)
{
    acrm_lease_terms terms;

    acrm_lease_terms_init(&terms);
    terms.price = price;
    terms.residual = residual;
    terms.money_factor = factor;
    terms.months = months;
    return terms;
}

static acrm_lease_quote quote_of(const acrm_lease_terms *terms)
{
    acrm_lease_quote quote = { .struct_size = sizeof quote };
    acrm_issue issue = { 0 };
    int32_t status = acrm_lease(terms, &quote, &issue);

    ck_assert_msg(status == ACRM_OK, "%d %s: %s", status, issue.field, issue.allowed);
    return quote;
}

/* The worked example that lease guides give: list price 23 000, agreed 21 000, residual 57 % =
 * 13 110, money factor 0.00125, 36 months: 261.8042. Rounding 219.17 and 42.64 first makes 261.81;
 * the exact sum is the rule here. */
START_TEST(lease__sums_exactly_before_it_rounds)
{
    acrm_lease_terms t = lease_of(2100000, 0, 1250000, 36);

    t.residual_base = 2300000;
    t.residual_rate = 570000000;
    acrm_lease_quote q = quote_of(&t);
    ck_assert_int_eq(q.residual, 1311000);
    ck_assert_int_eq(q.depreciation, 21917);
    ck_assert_int_eq(q.rent, 4264);
    ck_assert_int_eq(q.base_payment, 26180);
    ck_assert_int_eq(q.exact_whole, 26180);
    ck_assert_int_eq(q.exact_ppt / 10000000000, 41); /* 261.8041666... */
    ck_assert_int_eq(q.rate, 30000000); /* 3 % */
    ck_assert_int_eq(q.drive_off, 26180);
}
END_TEST

START_TEST(lease__taxes_by_each_method)
{
    acrm_lease_terms t = lease_of(2100000, 1311000, 1250000, 36);

    t.tax_rate = 80000000;
    t.tax_on = ACRM_LEASE_TAX_PAYMENT;
    acrm_lease_quote q = quote_of(&t);
    ck_assert_int_eq(q.payment_tax, 2094); /* 20.944 */
    ck_assert_int_eq(q.payment, 28274);

    t.tax_on = ACRM_LEASE_TAX_TOTAL;
    q = quote_of(&t);
    ck_assert_int_eq(q.payment, 26180);
    ck_assert_int_eq(q.upfront_tax, 75398); /* 8 % of 9 424.80 = 753.984 */
    ck_assert_int_eq(q.drive_off, 26180 + 75398);

    t.tax_on = ACRM_LEASE_TAX_PRICE;
    q = quote_of(&t);
    ck_assert_int_eq(q.upfront_tax, 168000);
    t.tax_capitalised = 1;
    q = quote_of(&t);
    ck_assert_int_eq(q.upfront_tax, 0);
    ck_assert_int_eq(q.gross_cost, 2268000);

    t.tax_on = ACRM_LEASE_TAX_TOTAL; /* the tax is on payments that pay for the tax */
    q = quote_of(&t);
    ck_assert_int_eq(q.gross_cost, 2100000 + q.capitalised_tax);
    int64_t tax = (q.base_payment * 36 * 8 + 50) / 100;
    ck_assert_int_eq(q.capitalised_tax, tax);
    ck_assert_int_gt(q.capitalised_tax, 75398);
}
END_TEST

START_TEST(lease__drives_off_for_nothing_when_asked)
{
    acrm_lease_terms t = lease_of(3500000, 1900000, 1500000, 36);

    t.capitalised_fees = 89500;
    t.upfront_fees = 45000;
    t.trade_in = 300000;
    t.prior_debt = 120000;
    t.tax_on = ACRM_LEASE_TAX_PAYMENT;
    t.tax_rate = 70000000;
    t.security_deposit = 50000;
    t.security_deposits = 3;
    t.factor_cut = 70000;
    acrm_lease_quote before = quote_of(&t);
    t.zero_drive_off = 1;
    acrm_lease_quote q = quote_of(&t);
    ck_assert_int_eq(q.money_factor, 1290000);
    ck_assert_int_eq(q.gross_cost, 3500000 + 89500 + 120000 + q.drive_off);
    ck_assert_int_eq(q.drive_off, q.payment + 45000 + 150000);
    ck_assert_int_gt(q.payment, before.payment);
    ck_assert_int_eq(q.adjusted_cost, q.gross_cost - 300000);
    t.cash_down = 1;
    ck_assert_int_eq(acrm_lease(&t, &q, NULL), ACRM_E_INVALID);
}
END_TEST

START_TEST(lease__ends_at_its_residual_and_begins_at_its_cost)
{
    acrm_lease_terms t = lease_of(2100000, 1311000, 1250000, 36);
    acrm_lease_return back = { .struct_size = sizeof back };
    acrm_lease_settlement s = { .struct_size = sizeof s };
    int64_t before = INT64_MAX;

    for (back.month = 0; back.month <= 36; back.month++) {
        ck_assert_int_eq(acrm_lease_end(&t, &back, &s, NULL), ACRM_OK);
        ck_assert_int_lt(s.balance, before);
        before = s.balance;
        if (back.month == 0)
            ck_assert_int_eq(s.balance, 2100000);
    }
    ck_assert_int_eq(s.balance, 1311000);

    /* A step by hand: the balance less the payment bears a month's interest at the constant rate,
     * so equal quotients of (balance after a month) / (balance less payment). */
    int64_t b[3];
    for (int32_t m = 0; m < 3; m++) {
        back.month = m + 10;
        ck_assert_int_eq(acrm_lease_end(&t, &back, &s, NULL), ACRM_OK);
        b[m] = s.balance;
    }
    double r1 = (double)b[1] / (double)(b[0] - 26180);
    double r2 = (double)b[2] / (double)(b[1] - 26180);
    ck_assert_double_eq_tol(r1, r2, 1e-6);
    ck_assert_double_gt(r1, 1.0024);
    ck_assert_double_lt(r1, 1.0027);
}
END_TEST

START_TEST(lease__settles_a_return_and_a_purchase)
{
    acrm_lease_terms t = lease_of(2100000, 1311000, 1250000, 36);
    acrm_lease_return back = { .struct_size = sizeof back, .month = 36, .unpaid = 26180,
                               .distance = 47321, .realised = 1, .early_fee = 50000 };
    acrm_lease_settlement s = { .struct_size = sizeof s };

    t.disposition_fee = 35000;
    t.purchase_fee = 30000;
    t.security_deposit = 27500;
    t.security_deposits = 2;
    t.distance_year = 15000;
    t.excess_rate = 15000; /* 0.15 each */
    t.tax_on = ACRM_LEASE_TAX_PAYMENT;
    t.tax_rate = 100000000;
    ck_assert_int_eq(acrm_lease_end(&t, &back, &s, NULL), ACRM_OK);
    ck_assert_int_eq(s.excess_distance, 2321);
    ck_assert_int_eq(s.excess_charge, 34815);
    ck_assert_int_eq(s.to_return, 26180 + 34815 + 35000 - 55000);
    ck_assert_int_eq(s.buyout_tax, 134100);
    ck_assert_int_eq(s.to_buy, 26180 + 1311000 + 30000 + 134100 - 55000);

    back.month = 24; /* early: the fee, and what the sale does not bring */
    back.realised = 1500000;
    back.distance = 30000;
    ck_assert_int_eq(acrm_lease_end(&t, &back, &s, NULL), ACRM_OK);
    ck_assert_int_eq(s.excess_distance, 0);
    int64_t gap = s.balance > 1500000 ? s.balance - 1500000 : 0;
    ck_assert_int_gt(gap, 0);
    ck_assert_int_eq(s.to_return, 26180 + 35000 - 55000 + 50000 + gap);
}
END_TEST

static const struct {
    const char *field;
    size_t at;
    int64_t value;
    int32_t wide;
} faults[] = {
#define FAULT(m, v, wide) { #m, offsetof(acrm_lease_terms, m), v, wide }
    FAULT(months, 0, 0), FAULT(months, 1201, 0), FAULT(price, -1, 1), FAULT(price, INT64_MAX, 1),
    FAULT(price, 0, 1), FAULT(cash_down, -1, 1), FAULT(residual, 3000000, 1),
    FAULT(residual_rate, 1, 1), FAULT(money_factor, -1, 1), FAULT(money_factor, INT64_MAX, 1),
    FAULT(security_deposits, 25, 0), FAULT(tax_on, 4, 0), FAULT(tax_rate, -1, 1),
    FAULT(tax_capitalised, 2, 0), FAULT(zero_drive_off, -1, 0), FAULT(distance_year, -1, 1),
    FAULT(round_unit, 0, 1), FAULT(rounding, 5, 0),
#undef FAULT
};

START_TEST(lease__names_the_faulty_member)
{
    acrm_lease_terms t = lease_of(2100000, 1311000, 1250000, 36);
    acrm_lease_quote q = { .struct_size = sizeof q };
    acrm_issue issue = { 0 };
    char *member = (char *)&t + faults[_i].at;

    if (faults[_i].wide)
        memcpy(member, &faults[_i].value, sizeof(int64_t));
    else
        memcpy(member, &(int32_t){ (int32_t)faults[_i].value }, sizeof(int32_t));
    ck_assert_int_eq(acrm_lease(&t, &q, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, faults[_i].field);
}
END_TEST

START_TEST(lease__refuses_what_never_settles)
{
    acrm_lease_terms t = lease_of(2100000, 0, 1250000, 1);
    acrm_lease_quote q = { .struct_size = sizeof q };
    acrm_issue issue = { 0 };

    t.zero_drive_off = 1; /* the only payment is due at signing, and would have to pay itself */
    ck_assert_int_eq(acrm_lease(&t, &q, &issue), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_lease(NULL, &q, &issue), ACRM_E_MISUSE);
    q.struct_size = 0;
    ck_assert_int_eq(acrm_lease(&t, &q, &issue), ACRM_E_MISUSE);
}
END_TEST

START_TEST(lease__explains_itself)
{
    acrm_lease_terms t = lease_of(2100000, 1311000, 1250000, 36);
    acrm_explain_line lines[8];
    size_t n = 0;

    ck_assert_int_eq(acrm_lease_explain(&t, lines, 8, &n, NULL), ACRM_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(lines[0].figure, "depreciation");
    ck_assert_int_eq(lines[0].base, 789000);
    ck_assert_int_eq(lines[0].den, 36);
    ck_assert_str_eq(lines[2].figure, "payment");
    ck_assert_int_eq(lines[2].rounded, 26180);
    ck_assert_int_eq(acrm_lease_explain(&t, lines, 2, &n, NULL), ACRM_E_LIMIT);
}
END_TEST

static Suite *lease_suite(void)
{
    Suite *suite = suite_create("lease");
    TCase *tc = tcase_create("lease");

    tcase_add_test(tc, lease__sums_exactly_before_it_rounds);
    tcase_add_test(tc, lease__taxes_by_each_method);
    tcase_add_test(tc, lease__drives_off_for_nothing_when_asked);
    tcase_add_test(tc, lease__ends_at_its_residual_and_begins_at_its_cost);
    tcase_add_test(tc, lease__settles_a_return_and_a_purchase);
    tcase_add_loop_test(tc, lease__names_the_faulty_member, 0, sizeof faults / sizeof faults[0]);
    tcase_add_test(tc, lease__refuses_what_never_settles);
    tcase_add_test(tc, lease__explains_itself);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(lease_suite)
