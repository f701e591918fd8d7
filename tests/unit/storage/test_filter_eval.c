/* SPDX-License-Identifier: MIT */
/* Filters on rows in memory: what the storage suite, which checks their truth, cannot reach. */
#include "conformance/storage_fixture.h"
#include "engines/filter/eval.h"
#include "support/suite.h"

static const acrm_cell eval_cells[DEALER_COLUMNS] = {
    { .type = ACRM_CELL_BLOB, .size = 16, .data = "0123456789abcdef" },
    { .type = ACRM_CELL_TEXT, .size = 5, .data = "north" },
};
static const acrm__filter_row eval_row = { .table = &fix_dealer, .cells = eval_cells };
static const acrm_cell eval_text = { .type = ACRM_CELL_TEXT, .size = 1, .data = "n" };
static const acrm_filter_node eval_true = { .op = ACRM_FILTER_TRUE };

static const struct {
    const char *what;
    acrm_filter_node node;
    int32_t status;
} eval_cases[] = {
    { "no such operator", { .op = 77 }, ACRM_E_INVALID },
    { "a negative operator", { .op = -3 }, ACRM_E_INVALID },
    { "no such column", { .op = ACRM_FILTER_EQ, .column = DEALER_COLUMNS, .values = &eval_text,
                          .n_values = 1 }, ACRM_E_INVALID },
    { "no value", { .op = ACRM_FILTER_EQ, .column = DEALER_NAME }, ACRM_E_INVALID },
    { "NOT without a child", { .op = ACRM_FILTER_NOT }, ACRM_E_INVALID },
    { "a search without words", { .op = ACRM_FILTER_SEARCH }, ACRM_E_INVALID },
    { "a relation that leads nowhere", { .op = ACRM_FILTER_RELATED, .children = &eval_true,
                                         .n_children = 1 }, ACRM_E_INVALID },
    { "a relation where rows stand alone",
      { .op = ACRM_FILTER_RELATED, .related = &fix_vehicle, .children = &eval_true,
        .n_children = 1 }, ACRM_E_UNSUPPORTED },
};

START_TEST(filter_eval__refuses_what_makes_no_sense)
{
    bool truth = true;

    ck_assert_msg(acrm__filter_eval(&eval_cases[_i].node, &eval_row, NULL, 0, &truth)
                      == eval_cases[_i].status, "%s", eval_cases[_i].what);
    ck_assert_msg(truth, "%s: the answer was touched", eval_cases[_i].what);
}
END_TEST

START_TEST(filter_eval__stops_at_its_depth)
{
    acrm_filter_node nodes[ACRM__FILTER_EVAL_DEPTH_MAX + 1];
    bool truth = false;

    for (int i = 0; i < ACRM__FILTER_EVAL_DEPTH_MAX; i++)
        nodes[i] = (acrm_filter_node){ .op = ACRM_FILTER_NOT, .children = &nodes[i + 1],
                                       .n_children = 1 };
    nodes[ACRM__FILTER_EVAL_DEPTH_MAX] = eval_true;
    ck_assert_int_eq(acrm__filter_eval(&nodes[0], &eval_row, NULL, 0, &truth), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm__filter_eval(&nodes[1], &eval_row, NULL, 0, &truth), ACRM_OK);
    ck_assert(!truth); /* an odd number of negations */
}
END_TEST

START_TEST(filter_eval__a_row_without_search_text_has_no_words)
{
    const acrm_filter_node search = { .op = ACRM_FILTER_SEARCH, .values = &eval_text,
                                      .n_values = 1 };
    bool truth = true;

    ck_assert_int_eq(acrm__filter_eval(&search, &eval_row, NULL, 0, &truth), ACRM_OK);
    ck_assert(!truth);
}
END_TEST

/* NULL, numbers, texts, blobs: each below the next. */
START_TEST(filter_eval__cells_of_any_type_have_an_order)
{
    static const acrm_cell ascending[] = {
        { .type = ACRM_CELL_NULL },
        { .type = ACRM_CELL_REAL, .real = -1e300 },
        { .type = ACRM_CELL_INT, .integer = INT64_MIN },
        { .type = ACRM_CELL_REAL, .real = -0.5 },
        { .type = ACRM_CELL_INT, .integer = 0 },
        { .type = ACRM_CELL_REAL, .real = 0.5 },
        { .type = ACRM_CELL_REAL, .real = 9007199254740992.0 },
        { .type = ACRM_CELL_INT, .integer = INT64_C(9007199254740993) },
        { .type = ACRM_CELL_INT, .integer = INT64_MAX },
        { .type = ACRM_CELL_REAL, .real = 9223372036854775808.0 },
        { .type = ACRM_CELL_TEXT, .size = 0, .data = "" },
        { .type = ACRM_CELL_TEXT, .size = 1, .data = "a" },
        { .type = ACRM_CELL_TEXT, .size = 2, .data = "aa" },
        { .type = ACRM_CELL_TEXT, .size = 1, .data = "b" },
        { .type = ACRM_CELL_TEXT, .size = 2, .data = "\xc3\xa9" },
        { .type = ACRM_CELL_BLOB, .size = 1, .data = "\0" },
        { .type = ACRM_CELL_BLOB, .size = 1, .data = "\xff" },
    };
    enum { N = sizeof ascending / sizeof ascending[0] };

    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++) {
            int order = acrm__cell_compare(&ascending[i], &ascending[k]);
            ck_assert_msg((order > 0) - (order < 0) == (i > k) - (i < k), "%d and %d", i, k);
        }
}
END_TEST

static Suite *filter_eval_suite(void)
{
    Suite *suite = suite_create("filter_eval");
    TCase *tc = tcase_create("filter_eval");

    tcase_add_loop_test(tc, filter_eval__refuses_what_makes_no_sense, 0,
                        sizeof eval_cases / sizeof eval_cases[0]);
    tcase_add_test(tc, filter_eval__stops_at_its_depth);
    tcase_add_test(tc, filter_eval__a_row_without_search_text_has_no_words);
    tcase_add_test(tc, filter_eval__cells_of_any_type_have_an_order);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(filter_eval_suite)
