/* SPDX-License-Identifier: MIT */
/* Configurations: breaches and their reasons, proposals, contradictions, prices, bad input. */
#include "autocrm/configuration.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* A small car: options by name. */
enum { PETROL, DIESEL, TOW, ESP, W17, W19, SPORT, SEATS, ROOF, RAILS, SPOILER, N };

static const unsigned char offered[N] = {
    [PETROL] = ACRM_OPTION_STANDARD, [DIESEL] = ACRM_OPTION_OPTIONAL,
    [TOW] = ACRM_OPTION_OPTIONAL, [ESP] = ACRM_OPTION_OPTIONAL, [W17] = ACRM_OPTION_STANDARD,
    [W19] = ACRM_OPTION_OPTIONAL, [SPORT] = ACRM_OPTION_OPTIONAL, [SEATS] = ACRM_OPTION_OPTIONAL,
    [ROOF] = ACRM_OPTION_OPTIONAL, [RAILS] = ACRM_OPTION_OPTIONAL,
};

#define LIST(...) (const uint32_t[]){ __VA_ARGS__ }, \
                  sizeof (const uint32_t[]){ __VA_ARGS__ } / sizeof(uint32_t)
#define NONE ACRM_CONFIGURATION_NONE

static acrm_configuration *make_with(const acrm_option_rule *more, size_t n)
{
    acrm_option_rule rules[16] = {
        { ACRM_OPTION_EXACTLY_ONE, 0, NULL, 0, LIST(PETROL, DIESEL) },
        { ACRM_OPTION_REQUIRES, 0, LIST(TOW), LIST(ESP) },
        { ACRM_OPTION_EXACTLY_ONE, 0, NULL, 0, LIST(W17, W19) },
        { ACRM_OPTION_PACKAGE, 0, LIST(SPORT), LIST(W19, SEATS) },
        { ACRM_OPTION_EXCLUDES, 0, LIST(ROOF), LIST(RAILS) },
        { ACRM_OPTION_REQUIRES_ANY, 0, LIST(SEATS), LIST(DIESEL, W19) },
    };
    acrm_configuration *c = NULL;

    if (n)
        memcpy(&rules[6], more, n * sizeof *more);
    const acrm_configuration_definition definition = { .struct_size = sizeof definition,
        .offered = offered, .options_count = N, .rules = rules, .rules_count = 6 + n };
    ck_assert_int_eq(acrm_configuration_new(&definition, NULL, &c, NULL), ACRM_OK);
    return c;
}

static const struct {
    const char *rule;
    uint32_t chosen[6];
    size_t n;
    acrm_configuration_breach breaches[4];
    size_t n_breaches;
    uint32_t changes;
} breach_rows[] = {
    { "nothing chosen is the car as it stands", { 0 }, 0, { { 0, 0, 0, 0 } }, 0, 0 },
    { "a package displaces standard wheels", { SPORT }, 1, { { 0, 0, 0, 0 } }, 0, 0 },
    { "what is missing is named, with what needs it", { TOW }, 1,
      { { ACRM_BREACH_MISSING, 1, ESP, TOW } }, 1, 1 },
    { "what is excluded is named", { ROOF, RAILS }, 2,
      { { ACRM_BREACH_EXCLUDED, 4, RAILS, ROOF } }, 1, 1 },
    { "one of several is missing", { SEATS }, 1,
      { { ACRM_BREACH_MISSING, 5, NONE, SEATS } }, 1, 1 },
    { "two of a group", { W17, W19 }, 2, { { ACRM_BREACH_TOO_MANY, 2, W19, W17 } }, 1, 1 },
    { "what the trim does not offer", { SPOILER }, 1,
      { { ACRM_BREACH_NOT_OFFERED, NONE, SPOILER, NONE } }, 1, 1 },
    { "all breaches at once", { TOW, ROOF, RAILS, SPOILER, SEATS }, 5,
      { { ACRM_BREACH_NOT_OFFERED, NONE, SPOILER, NONE }, { ACRM_BREACH_MISSING, 1, ESP, TOW },
        { ACRM_BREACH_EXCLUDED, 4, RAILS, ROOF }, { ACRM_BREACH_MISSING, 5, NONE, SEATS } }, 4, 4 },
};

START_TEST(configuration__names_each_breach)
{
    acrm_configuration *c = make_with(NULL, 0);
    acrm_configuration_breach breaches[8];
    unsigned char proposed[N];
    acrm_configuration_proposal proposal = { .struct_size = sizeof proposal };
    size_t count = 99;

    ck_assert_int_eq(acrm_configuration_check(c, breach_rows[_i].chosen, breach_rows[_i].n, NULL,
                                              breaches, 8, &count, NULL), ACRM_OK);
    ck_assert_uint_eq(count, breach_rows[_i].n_breaches);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(memcmp(&breaches[i], &breach_rows[_i].breaches[i], sizeof breaches[i]) == 0,
                      "%s: breach %zu is %d %u %u %u", breach_rows[_i].rule, i,
                      breaches[i].reason, breaches[i].rule, breaches[i].option, breaches[i].other);
    ck_assert_int_eq(acrm_configuration_nearest(c, breach_rows[_i].chosen, breach_rows[_i].n, 0,
                                                proposed, &proposal, NULL), ACRM_OK);
    ck_assert_int_eq(proposal.outcome, ACRM_SEARCH_FOUND);
    ck_assert_uint_eq(proposal.changes, breach_rows[_i].changes);
    acrm_configuration_free(c);
}
END_TEST

START_TEST(configuration__finds_contradictions_and_why)
{
    const acrm_option_rule more[] = {
        { ACRM_OPTION_EXCLUDES, 0, LIST(TOW), LIST(ESP) },
        { ACRM_OPTION_REQUIRES, 0, LIST(RAILS), LIST(SPOILER) },
        { ACRM_OPTION_AT_MOST_ONE, 0, NULL, 0, LIST(TOW, RAILS) },
    };
    acrm_configuration *c = make_with(more, 3);
    acrm_configuration_contradiction list[4];
    uint32_t rules[8];
    size_t count = 0;

    ck_assert_int_eq(acrm_configuration_contradictions(c, 0, list, 4, &count), ACRM_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(list[0].kind, ACRM_CONTRADICTION_OPTION);
    ck_assert_uint_eq(list[0].option, TOW);
    ck_assert_uint_eq(list[1].option, RAILS);
    ck_assert_int_eq(list[2].kind, ACRM_CONTRADICTION_GROUP);
    ck_assert_uint_eq(list[2].rule, 8);
    ck_assert_int_eq(acrm_configuration_core(c, TOW, 0, rules, 8, &count), ACRM_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(rules[0], 1);
    ck_assert_uint_eq(rules[1], 6);
    ck_assert_int_eq(acrm_configuration_core(c, W19, 0, rules, 8, &count), ACRM_OK);
    ck_assert_uint_eq(count, 0);
    acrm_configuration_free(c);
}
END_TEST

START_TEST(configuration__a_search_ends_at_its_limit)
{
    acrm_configuration *c = make_with(NULL, 0);
    unsigned char proposed[N] = { 7 };
    acrm_configuration_proposal out = { .struct_size = sizeof out };

    ck_assert_int_eq(acrm_configuration_nearest(c, LIST(TOW, ROOF, RAILS), 2, proposed, &out,
                                                NULL), ACRM_OK);
    ck_assert_int_eq(out.outcome, ACRM_SEARCH_LIMIT);
    ck_assert_uint_eq(out.steps, 2);
    ck_assert_uint_eq(proposed[0], 7);
    acrm_configuration_free(c);
}
END_TEST

/* Amounts in cents. */
static const int64_t amounts[N] = { 500, 120000, 80000, 25000, 0, 90000, 250000, 60000, 110000,
                                    30000, 999 };

static const struct {
    const char *rule;
    uint32_t chosen[4];
    size_t n;
    int32_t includes_tax, rounding;
    int64_t base, rate;
    int64_t net, tax, total, num, den;
} price_rows[] = {
    { "the base alone", { 0 }, 0, 0, 0, 2000000, 0, 2000000, 0, 2000000, 0, 1 },
    { "tax on top", { TOW, ESP }, 2, 0, 0, 2000000, 190000, 2105000, 399950, 2504950, 0, 1 },
    { "content of a package costs nothing", { SPORT }, 1, 0, 0, 2000000, 200000, 2250000, 450000,
      2700000, 0, 1 },
    { "also when it is chosen beside", { SPORT, SEATS }, 2, 0, 0, 2000000, 200000, 2250000, 450000,
      2700000, 0, 1 },
    { "tax within: 25,049.50 at 19 %", { TOW, ESP }, 2, 1, 0, 2399950, 190000, 2105000, 399950,
      2504950, 0, 1 },
    { "what rounding adds is told", { 0 }, 0, 1, 0, 100, 190000, 84, 16, 100, 4, 119 },
    { "half up", { 0 }, 0, 0, 0, 250, 50000, 250, 13, 263, 1, 2 },
    { "half even", { 0 }, 0, 0, 1, 250, 50000, 250, 12, 262, -1, 2 },
    { "half up below 0", { 0 }, 0, 0, 0, -250, 50000, -250, -13, -263, -1, 2 },
};

START_TEST(configuration__prices_each_component)
{
    acrm_configuration *c = make_with(NULL, 0);
    const acrm_configuration_prices prices = { .struct_size = sizeof prices,
        .includes_tax = price_rows[_i].includes_tax, .base = price_rows[_i].base,
        .amounts = amounts, .tax_millionths = price_rows[_i].rate,
        .rounding = price_rows[_i].rounding };
    acrm_configuration_line lines[N];
    acrm_configuration_total out = { .struct_size = sizeof out };
    size_t count = 0;
    int64_t sum = price_rows[_i].base;

    ck_assert_int_eq(acrm_configuration_price(c, price_rows[_i].chosen, price_rows[_i].n, &prices,
                                              lines, N, &count, &out, NULL), ACRM_OK);
    ck_assert_int_eq(out.net, price_rows[_i].net);
    ck_assert_int_eq(out.tax, price_rows[_i].tax);
    ck_assert_int_eq(out.total, price_rows[_i].total);
    ck_assert_int_eq(out.rounded_num, price_rows[_i].num);
    ck_assert_int_eq(out.rounded_den, price_rows[_i].den);
    ck_assert_int_eq(out.net + out.tax, out.total);
    for (size_t i = 0; i < count; i++)
        sum += lines[i].amount;
    ck_assert_int_eq(sum, price_rows[_i].includes_tax ? out.total : out.net);
    ck_assert_uint_eq(lines[0].option, PETROL);
    ck_assert_int_eq(lines[0].why, ACRM_LINE_STANDARD);
    acrm_configuration_free(c);
}
END_TEST

START_TEST(configuration__a_missing_price_is_named)
{
    acrm_configuration *c = make_with(NULL, 0);
    unsigned char priced[N];
    acrm_configuration_prices prices = { .struct_size = sizeof prices, .amounts = amounts,
                                         .priced = priced };
    acrm_configuration_total out = { .struct_size = sizeof out };
    acrm_issue issue = { NULL, NULL, -2 };
    size_t count = 0;

    memset(priced, 1, sizeof priced);
    priced[ESP] = 0;
    priced[PETROL] = 0; /* standard: needs none */
    ck_assert_int_eq(acrm_configuration_price(c, LIST(TOW), &prices, NULL, 0, &count, &out,
                                              &issue), ACRM_OK);
    ck_assert_int_eq(acrm_configuration_price(c, LIST(TOW, ESP), &prices, NULL, 0, &count, &out,
                                              &issue), ACRM_E_NOTFOUND);
    ck_assert_str_eq(issue.field, "amounts");
    ck_assert_int_eq(issue.row, ESP);
    prices.base = INT64_MAX;
    ck_assert_int_eq(acrm_configuration_price(c, LIST(TOW), &prices, NULL, 0, &count, &out,
                                              &issue), ACRM_E_LIMIT);
    prices.tax_millionths = -1;
    ck_assert_int_eq(acrm_configuration_price(c, NULL, 0, &prices, NULL, 0, &count, &out, &issue),
                     ACRM_E_INVALID);
    prices.tax_millionths = 0;
    prices.rounding = 2;
    ck_assert_int_eq(acrm_configuration_price(c, NULL, 0, &prices, NULL, 0, &count, &out, &issue),
                     ACRM_E_INVALID);
    acrm_configuration_free(c);
}
END_TEST

static const struct {
    const char *fault;
    acrm_option_rule rule;
    const char *field;
} bad_rules[] = {
    { "unknown kind", { 7, 0, NULL, 0, LIST(0) }, "rules.kind" },
    { "no kind", { 0, 0, NULL, 0, LIST(0) }, "rules.kind" },
    { "a package without package", { ACRM_OPTION_PACKAGE, 0, NULL, 0, LIST(0) }, "rules.when" },
    { "nothing to require", { ACRM_OPTION_REQUIRES, 0, LIST(0), NULL, 0 }, "rules.then" },
    { "an option out of range", { ACRM_OPTION_REQUIRES, 0, LIST(N), LIST(0) }, "rules.when" },
    { "an option twice", { ACRM_OPTION_REQUIRES, 0, LIST(0), LIST(1, 1) }, "rules.then" },
    { "a package in itself", { ACRM_OPTION_PACKAGE, 0, LIST(0), LIST(1, 0) }, "rules.then" },
};

START_TEST(configuration__a_bad_rule_is_refused)
{
    const acrm_configuration_definition definition = { .struct_size = sizeof definition,
        .offered = offered, .options_count = N, .rules = &bad_rules[_i].rule, .rules_count = 1 };
    acrm_configuration *c = NULL;
    acrm_issue issue = { NULL, NULL, -2 };

    ck_assert_int_eq(acrm_configuration_new(&definition, NULL, &c, &issue), ACRM_E_INVALID);
    ck_assert_ptr_null(c);
    ck_assert_str_eq(issue.field, bad_rules[_i].field);
    ck_assert_int_eq(issue.row, 0);
}
END_TEST

START_TEST(configuration__bad_calls_are_refused)
{
    acrm_configuration *c = make_with(NULL, 0);
    acrm_configuration_definition definition = { .struct_size = sizeof definition,
        .offered = offered, .options_count = ACRM_CONFIGURATION_OPTIONS_MAX + 1 };
    acrm_configuration *none = NULL;
    acrm_issue issue = { NULL, NULL, -2 };
    size_t count = 0;

    ck_assert_int_eq(acrm_configuration_new(&definition, NULL, &none, &issue), ACRM_E_LIMIT);
    definition.struct_size = 8;
    ck_assert_int_eq(acrm_configuration_new(&definition, NULL, &none, &issue), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_configuration_new(NULL, NULL, &none, &issue), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_configuration_check(c, LIST(1, N), NULL, NULL, 0, &count, &issue),
                     ACRM_E_INVALID);
    ck_assert_int_eq(issue.row, 1);
    ck_assert_int_eq(acrm_configuration_check(c, LIST(1, 2, 1), NULL, NULL, 0, &count, &issue),
                     ACRM_E_INVALID);
    ck_assert_int_eq(issue.row, 2);
    ck_assert_int_eq(acrm_configuration_check(c, NULL, 1, NULL, NULL, 0, &count, &issue),
                     ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_configuration_contradictions(NULL, 0, NULL, 0, &count), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_configuration_core(c, N, 0, NULL, 0, &count), ACRM_E_INVALID);
    acrm_configuration_free(c);
    acrm_configuration_free(NULL);
}
END_TEST

START_TEST(configuration__works_without_options_and_with_all)
{
    unsigned char all[ACRM_CONFIGURATION_OPTIONS_MAX];
    acrm_configuration_definition definition = { .struct_size = sizeof definition };
    acrm_configuration *c = NULL;
    size_t count = 9;
    const uint32_t last = ACRM_CONFIGURATION_OPTIONS_MAX - 1, first = 0;
    const acrm_option_rule rule = { ACRM_OPTION_EXCLUDES, 0, &first, 1, &last, 1 };
    acrm_configuration_breach breach;

    ck_assert_int_eq(acrm_configuration_new(&definition, NULL, &c, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_configuration_check(c, NULL, 0, NULL, NULL, 0, &count, NULL), ACRM_OK);
    ck_assert_uint_eq(count, 0);
    acrm_configuration_free(c);
    memset(all, ACRM_OPTION_OPTIONAL, sizeof all);
    definition.offered = all;
    definition.options_count = sizeof all;
    definition.rules = &rule;
    definition.rules_count = 1;
    ck_assert_int_eq(acrm_configuration_new(&definition, NULL, &c, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_configuration_check(c, LIST(0, ACRM_CONFIGURATION_OPTIONS_MAX - 1), all,
                                              &breach, 1, &count, NULL), ACRM_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(breach.option, last);
    ck_assert_uint_eq(all[last], 1);
    acrm_configuration_free(c);
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static Suite *make_suite(void)
{
    Suite *s = suite_create("configuration");
    TCase *t = tcase_create("configuration");

    tcase_add_loop_test(t, configuration__names_each_breach, 0, ROWS(breach_rows));
    tcase_add_test(t, configuration__finds_contradictions_and_why);
    tcase_add_test(t, configuration__a_search_ends_at_its_limit);
    tcase_add_loop_test(t, configuration__prices_each_component, 0, ROWS(price_rows));
    tcase_add_test(t, configuration__a_missing_price_is_named);
    tcase_add_loop_test(t, configuration__a_bad_rule_is_refused, 0, ROWS(bad_rules));
    tcase_add_test(t, configuration__bad_calls_are_refused);
    tcase_add_test(t, configuration__works_without_options_and_with_all);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
