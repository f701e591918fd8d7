/* SPDX-License-Identifier: MIT */
/* Milestone chains: definitions and their faults, dates, stop points, what is believed. */
#include "autocrm/milestone.h"
#include "support/suite.h"

#include <string.h>

enum { NO = ACRM_MILESTONE_NO_DAY, START = 20000, MANY = 5 };

static const char plain[] =
    "{\"tolerance\":2,\"milestones\":["
    "{\"code\":\"registration\",\"visible\":true},"
    "{\"code\":\"payment\",\"after\":[\"registration\"],\"days\":7,\"gate\":true},"
    "{\"code\":\"customs\",\"after\":[\"registration\"],\"days\":10,\"gate\":true},"
    "{\"code\":\"extras\",\"after\":[\"payment\"],\"days\":5,\"optional\":true},"
    "{\"code\":\"delivery\",\"after\":[\"customs\",\"extras\"],\"days\":3}]}";

static acrm_milestone_chain *chain_of(const char *json)
{
    acrm_milestone_chain *chain = NULL;
    acrm_value *definition = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &definition, NULL), ACRM_OK);
    ck_assert_msg(acrm_milestone_new(NULL, definition, &chain, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
    acrm_value_free(definition);
    return chain;
}

static void nothing(acrm_milestone_state states[MANY])
{
    for (int i = 0; i < MANY; i++)
        states[i] = (acrm_milestone_state){ .reached = NO, .forecast = NO, .planned = NO,
                                            .promised = NO };
}

START_TEST(milestone__tells_what_a_chain_is)
{
    acrm_milestone_chain *chain = chain_of(plain);

    ck_assert_uint_eq(acrm_milestone_count(chain), MANY);
    ck_assert_int_eq(acrm_milestone_tolerance(chain), 2);
    ck_assert_str_eq(acrm_milestone_code(chain, 2), "customs");
    ck_assert_int_eq(acrm_milestone_find(chain, "extras"), 3);
    ck_assert_int_eq(acrm_milestone_find(chain, "plate"), ACRM_E_NOTFOUND);
    ck_assert_uint_eq(acrm_milestone_flags(chain, 4), ACRM_MILESTONE_END);
    ck_assert_uint_eq(acrm_milestone_flags(chain, 1), ACRM_MILESTONE_GATE);
    ck_assert_int_eq(acrm_milestone_precedes(chain, 0, 4), 1);
    ck_assert_int_eq(acrm_milestone_precedes(chain, 1, 2), 0);
    ck_assert_ptr_null(acrm_milestone_code(chain, 5));
    acrm_milestone_free(chain);
    acrm_milestone_free(NULL);
}
END_TEST

static const struct {
    const char *json, *field, *reason;
} faults[] = {
    { "[]", "/milestones", "required" },
    { "{\"milestones\":[]}", "/milestones", "required" },
    { "{\"milestones\":[7]}", "/milestones/0", "type" },
    { "{\"milestones\":[{\"days\":1}]}", "/milestones/0/code", "required" },
    { "{\"milestones\":[{\"code\":\"A b\"}]}", "/milestones/0/code", "format" },
    { "{\"milestones\":[{\"code\":\"a\",\"colour\":1}]}", "/milestones/0/colour", "unknown_key" },
    { "{\"milestones\":[{\"code\":\"a\",\"days\":-1}]}", "/milestones/0/days", "range" },
    { "{\"milestones\":[{\"code\":\"a\",\"gate\":1}]}", "/milestones/0/gate", "type" },
    { "{\"milestones\":[{\"code\":\"a\"},{\"code\":\"a\"}]}", "/milestones/1/code", "duplicate" },
    { "{\"milestones\":[{\"code\":\"a\",\"after\":[\"b\"]}]}", "/milestones/0/after/0",
      "reference" },
    { "{\"milestones\":[{\"code\":\"a\",\"after\":[\"a\"]}]}", "/milestones/0/after", "cycle" },
    { "{\"milestones\":[{\"code\":\"a\"},{\"code\":\"b\",\"after\":[\"a\",\"c\"]},"
      "{\"code\":\"c\",\"after\":[\"b\"]}]}", "/milestones/1/after", "cycle" },
    { "{\"milestones\":[{\"code\":\"a\"},{\"code\":\"b\"}]}", "/milestones/1", "no_end" },
    { "{\"milestones\":[{\"code\":\"a\",\"optional\":true}]}", "/milestones/0/optional",
      "no_end" },
    { "{\"tolerance\":-1,\"milestones\":[{\"code\":\"a\"}]}", "/tolerance", "range" },
    { "{\"steps\":[],\"milestones\":[{\"code\":\"a\"}]}", "/steps", "unknown_key" },
};

START_TEST(milestone__names_each_fault)
{
    acrm_milestone_chain *chain = NULL;
    acrm_value *definition = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, faults[_i].json, strlen(faults[_i].json), &definition,
                                      NULL), ACRM_OK);
    ck_assert_int_eq(acrm_milestone_new(NULL, definition, &chain, &err), ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_field(err), faults[_i].field);
    ck_assert_str_eq(acrm_error_reason(err), faults[_i].reason);
    acrm_error_free(err);
    acrm_value_free(definition);
}
END_TEST

/* What is known of payment, customs, extras; the day it is; what is expected of the delivery. */
static const struct {
    const char *what;
    int32_t today, payment, customs, skipped, forecast, hold_at, hold_from, hold_until;
    int32_t extras_day, delivery, tentative, because;
} dates[] = {
    { "the plan", 0, NO, NO, 0, NO, -1, 0, 0, 12, 15, 0, 3 },
    { "without the extras customs decides", 0, NO, NO, 1, NO, -1, 0, 0, 7, 13, 0, 2 },
    { "what happened early pulls what follows", 2, 2, NO, 0, NO, -1, 0, 0, 7, 13, 0, 2 },
    { "what happened late pushes it", 11, 11, NO, 0, NO, -1, 0, 0, 16, 19, 1, 3 },
    { "overdue: not before today", 9, NO, NO, 0, NO, -1, 0, 0, 14, 17, 1, 3 },
    { "a forecast instead of the lead time", 0, NO, NO, 0, 20, -1, 0, 0, 12, 23, 0, 2 },
    { "a forecast before what comes before it is not believed", 0, NO, NO, 0, -5, -1, 0, 0,
      12, 15, 0, 3 },
    { "days of a stop do not count", 0, NO, NO, 0, NO, 3, 9, 13, 16, 19, 0, 3 },
    { "a stop after the day moves nothing", 0, NO, NO, 0, NO, 3, 13, 18, 12, 15, 0, 3 },
    { "an open stop lasts until today at least", 14, 7, 10, 0, NO, 3, 9, NO, 17, 20, 1, 3 },
    { "a stop of the last one", 0, NO, NO, 0, NO, 4, 13, 20, 12, 22, 0,
      ACRM_MILESTONE_BY_HOLD },
};

START_TEST(milestone__dates_follow)
{
    acrm_milestone_chain *chain = chain_of(plain);
    acrm_milestone_state s[MANY];
    acrm_milestone_hold hold = { dates[_i].hold_at, START + dates[_i].hold_from,
        dates[_i].hold_until == NO ? NO : START + dates[_i].hold_until };

    nothing(s);
    s[0].reached = START;
    s[1].reached = dates[_i].payment == NO ? NO : START + dates[_i].payment;
    s[2].reached = dates[_i].customs == NO ? NO : START + dates[_i].customs;
    s[2].forecast = dates[_i].forecast == NO ? NO : START + dates[_i].forecast;
    s[3].skipped = dates[_i].skipped;
    s[4].promised = START + 15;
    ck_assert_int_eq(acrm_milestone_plan(chain, START, START + dates[_i].today, NULL, &hold,
                                         dates[_i].hold_at >= 0, s, MANY, NULL), ACRM_OK);
    ck_assert_msg(s[3].expected - START == dates[_i].extras_day &&
                  s[4].expected - START == dates[_i].delivery &&
                  s[4].slip == dates[_i].delivery - 15 &&
                  s[4].tentative == dates[_i].tentative && s[4].because == dates[_i].because,
                  "%s: %d %d slip %d tentative %d because %d", dates[_i].what,
                  s[3].expected - START, s[4].expected - START, s[4].slip, s[4].tentative,
                  s[4].because);
    acrm_milestone_free(chain);
}
END_TEST

#define TOLD(m, k, time, rev, rk) { .milestone = m, .kind = ACRM_MILESTONE_##k, .at = time,       \
    .day = START + (time), .revision = rev, .rank = rk }

static const struct {
    const char *what;
    acrm_milestone_event events[3];
    size_t n;
    int32_t reached, forecast, disputed; /* days of the customs */
} words[] = {
    { "once", { TOLD(2, REACHED, 4, 0, 0) }, 1, 4, NO, 0 },
    { "twice the same", { TOLD(2, REACHED, 4, 0, 0), TOLD(2, REACHED, 4, 0, 0) }, 2, 4, NO, 0 },
    { "two times: the earlier, and it is told",
      { TOLD(2, REACHED, 6, 0, 0), TOLD(2, REACHED, 4, 0, 0) }, 2, 4, NO, 1 },
    { "a later revision is believed",
      { TOLD(2, REACHED, 6, 2, 0), TOLD(2, REACHED, 4, 1, 0) }, 2, 6, NO, 0 },
    { "a higher rank is believed whatever the revision",
      { TOLD(2, REACHED, 6, 0, 1), TOLD(2, REACHED, 4, 9, 0) }, 2, 6, NO, 0 },
    { "taken back", { TOLD(2, REACHED, 4, 0, 0), TOLD(2, RETRACTED, 5, 0, 0) }, 2, NO, NO, 0 },
    { "reached again after that",
      { TOLD(2, REACHED, 7, 2, 0), TOLD(2, REACHED, 4, 0, 0), TOLD(2, RETRACTED, 5, 1, 0) },
      3, 7, NO, 0 },
    { "of forecasts the latest",
      { TOLD(2, EXPECTED, 30, 0, 0), TOLD(2, EXPECTED, 20, 0, 0) }, 2, NO, 30, 0 },
};

START_TEST(milestone__believes_the_same_in_any_order)
{
    static const int turns[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                     { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    acrm_milestone_chain *chain = chain_of(plain);

    for (int turn = 0; turn < 6; turn++) {
        acrm_milestone_event events[3];
        acrm_milestone_state s[MANY];
        size_t n = 0;
        for (int i = 0; i < 3; i++)
            if ((size_t)turns[turn][i] < words[_i].n)
                events[n++] = words[_i].events[turns[turn][i]];
        nothing(s);
        ck_assert_int_eq(acrm_milestone_fold(chain, events, n, s, MANY, NULL), ACRM_OK);
        int32_t reached = s[2].reached == NO ? NO : s[2].reached - START;
        int32_t forecast = s[2].forecast == NO ? NO : s[2].forecast - START;
        ck_assert_msg(reached == words[_i].reached && forecast == words[_i].forecast &&
                      s[2].disputed == words[_i].disputed, "%s: %d %d %d", words[_i].what,
                      reached, forecast, s[2].disputed);
    }
    acrm_milestone_free(chain);
}
END_TEST

START_TEST(milestone__late_reports_do_not_move_it_back)
{
    static const acrm_milestone_event told[] = {
        TOLD(0, REACHED, 0, 0, 0), TOLD(3, REACHED, 9, 0, 0), TOLD(1, REACHED, 3, 0, 0),
        TOLD(4, REACHED, 12, 0, 0), TOLD(2, REACHED, 10, 0, 0),
    };
    static const int32_t furthest[] = { 0, 0, 3, 3, 4 };
    acrm_milestone_chain *chain = chain_of(plain);
    acrm_milestone_state s[MANY];

    for (size_t n = 1; n <= 5; n++) {
        nothing(s);
        ck_assert_int_eq(acrm_milestone_fold(chain, told, n, s, MANY, NULL), ACRM_OK);
        ck_assert_int_eq(acrm_milestone_furthest(chain, s), furthest[n - 1]);
    }
    nothing(s);
    ck_assert_int_eq(acrm_milestone_furthest(chain, s), -1);
    acrm_milestone_free(chain);
}
END_TEST

START_TEST(milestone__refuses_what_is_out_of_range)
{
    acrm_milestone_chain *chain = chain_of(plain);
    acrm_milestone_state s[MANY];
    acrm_milestone_event event = { .milestone = 9, .kind = ACRM_MILESTONE_REACHED };
    acrm_milestone_hold hold = { 1, START, START - 1 };
    acrm_issue issue;

    nothing(s);
    ck_assert_int_eq(acrm_milestone_fold(chain, &event, 1, s, MANY, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "milestone");
    event = (acrm_milestone_event){ .milestone = 1, .kind = ACRM_MILESTONE_SKIPPED };
    ck_assert_int_eq(acrm_milestone_fold(chain, &event, 1, s, MANY, &issue), ACRM_E_INVALID);
    event.kind = 7;
    ck_assert_int_eq(acrm_milestone_fold(chain, &event, 1, s, MANY, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "kind");
    ck_assert_int_eq(acrm_milestone_fold(chain, &event, 1, s, 4, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_milestone_plan(chain, START, START, NULL, &hold, 1, s, MANY, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "holds.until");
    ck_assert_int_eq(acrm_milestone_plan(chain, 99999999, START, NULL, NULL, 0, s, MANY, &issue),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_milestone_plan(chain, 2932890, START, NULL, NULL, 0, s, MANY, &issue),
                     ACRM_E_LIMIT);
    acrm_milestone_free(chain);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("milestone");
    TCase *t = tcase_create("chain");

    tcase_add_test(t, milestone__tells_what_a_chain_is);
    tcase_add_loop_test(t, milestone__names_each_fault, 0,
                        (int)(sizeof faults / sizeof *faults));
    tcase_add_loop_test(t, milestone__dates_follow, 0, (int)(sizeof dates / sizeof *dates));
    tcase_add_loop_test(t, milestone__believes_the_same_in_any_order, 0,
                        (int)(sizeof words / sizeof *words));
    tcase_add_test(t, milestone__late_reports_do_not_move_it_back);
    tcase_add_test(t, milestone__refuses_what_is_out_of_range);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(suite)
