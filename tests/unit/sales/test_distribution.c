/* SPDX-License-Identifier: MIT */
/* Distribution: fair by weights, never beyond capacity, and nothing lost on the way. */
#include "unit/sales/sales_world.h"

static sales_world w;

typedef struct business {
    char dealers[3][37], sellers[3][2][37], rule[37], targets[3][37];
} business;

static business b;

/* Three dealers with two sellers each, and a rule with these weights. */
static void begin(int storage, const char *rule, const int weights[3], const char *dealer_more,
                  const char *seller_more)
{
    static const char *const codes[] = { "N", "S", "W" };

    w = sales_new(storage);
    sales_create(w.system, "distribution_rule.create", b.rule, "{'name':'All','position':1%s}",
                 rule);
    for (int d = 0; d < 3; d++) {
        sales_dealer(&w, b.dealers[d], codes[d], dealer_more);
        for (int s = 0; s < 2; s++) {
            char login[16];
            snprintf(login, sizeof login, "%s%d", codes[d], s);
            sales_seller(&w, b.sellers[d][s], login, b.dealers[d], seller_more);
        }
        sales_create(w.system, "distribution_target.create", b.targets[d],
                     "{'rule_id':'%s','dealer_id':'%s','weight':%d}", b.rule, b.dealers[d],
                     weights[d]);
    }
}

static const int even[3] = { 1, 1, 1 };

START_TEST(distribution__gives_each_dealer_its_share)
{
    static const int weights[3] = { 5, 3, 2 };
    enum { LEADS = 1000 };
    char id[37];

    begin(_i, "", weights, "", "");
    for (int n = 1; n <= LEADS; n++) {
        sales_lead(&w, id, n, "");
        if (n % 100 != 0 && n != 7)
            continue;
        for (int d = 0; d < 3; d++) {
            int64_t got = sales_count(w.system, "lead", "{'dealer_id':'%s'}", b.dealers[d]);
            double want = n * weights[d] / 10.0;
            ck_assert_msg((double)got > want - 1 && (double)got < want + 1,
                          "dealer %d has %lld of %d", d, (long long)got, n);
            for (int s = 0; s < 2; s++) {
                int64_t own = sales_count(w.system, "lead", "{'owner_id':'%s'}", b.sellers[d][s]);
                ck_assert_int_le(2 * own - got, 1);
                ck_assert_int_ge(2 * own - got, -1);
            }
        }
    }
    sales_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("distribution");
    TCase *cases = tcase_create("distribution");

    (void)even;
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, distribution__gives_each_dealer_its_share, 0, SALES_STORAGES);
    suite_add_tcase(suite, cases);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
