/* SPDX-License-Identifier: MIT */
/* Service level clocks, rule by rule. */
#include "autocrm/sla.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <stdio.h>

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define MONDAY (20514 * INT64_C(86400000000) + 8 * HOUR) /* 2026-03-02T08:00Z */

static acrm_calendar *calendar;
static acrm_sla_target targets[ACRM_SLA_CLOCKS];
static acrm_sla_terms terms;

static void setup(void)
{
    static acrm_calendar_hours hours[5];

    for (int32_t d = 0; d < 5; d++)
        hours[d] = (acrm_calendar_hours){ d + 1, 8 * 3600, 16 * 3600 };
    const acrm_calendar_definition d = { .struct_size = sizeof d, .hours = hours,
                                         .hours_count = 5 };
    ck_assert_int_eq(acrm_calendar_new(&d, NULL, &calendar, NULL), ACRM_OK);
    targets[0] = (acrm_sla_target){ .amount = 2 * HOUR };
    targets[1] = (acrm_sla_target){ .amount = 2 * HOUR };
    targets[2] = (acrm_sla_target){ .amount = 4 * HOUR };
    targets[3] = (acrm_sla_target){ .amount = 8 * HOUR };
    terms = (acrm_sla_terms){ .struct_size = sizeof terms, .reopen = ACRM_SLA_CONTINUE,
                              .calendar = calendar, .targets = targets, .priorities_count = 1 };
}

static void teardown(void)
{
    acrm_calendar_free(calendar);
}

/* --- Rules: a story, and a clock at its end --- */

typedef struct step {
    int32_t kind;
    int32_t hour;   /* after Monday 08:00 */
    int32_t clocks; /* of a pause */
    int32_t until;  /* hour; 0: none */
} step;

enum { ALL = 30, RES = 1 << ACRM_SLA_RESOLUTION };

static const struct {
    const char *rule;
    step steps[6]; /* after CREATED at hour 0 */
    int32_t reopen, end, clock, cycle, state;
    int32_t due; /* hour; -1: none */
    int32_t elapsed, paused;
} stories[] = {
    { "business time alone counts", { { 0 } }, 1, 24, ACRM_SLA_RESOLUTION, 1, ACRM_SLA_ACTIVE, 8,
      8, 0 },
    { "a reply at the very instant keeps the promise", { { ACRM_SLA_REPLY, 2, 0, 0 } }, 1, 24,
      ACRM_SLA_FIRST_RESPONSE, 1, ACRM_SLA_MET, 2, 2, 0 },
    { "and later breaks it", { { ACRM_SLA_REPLY, 3, 0, 0 } }, 1, 24, ACRM_SLA_FIRST_RESPONSE, 1,
      ACRM_SLA_MISSED, 2, 3, 0 },
    { "silence is counted from the first reply", { { ACRM_SLA_REPLY, 1, 0, 0 } }, 1, 2,
      ACRM_SLA_UPDATE, 1, ACRM_SLA_ACTIVE, 5, 1, 0 },
    { "a pause moves what it holds", { { ACRM_SLA_PAUSED, 1, RES, 0 },
      { ACRM_SLA_RESUMED, 4, 0, 0 } }, 1, 5, ACRM_SLA_RESOLUTION, 1, ACRM_SLA_ACTIVE, 27, 2, 3 },
    { "and not what it does not hold", { { ACRM_SLA_PAUSED, 1, RES, 0 } }, 1, 5,
      ACRM_SLA_FIRST_RESPONSE, 1, ACRM_SLA_ACTIVE, 2, 5, 0 },
    { "nothing is due while it stands still", { { ACRM_SLA_PAUSED, 1, ALL, 0 } }, 1, 5,
      ACRM_SLA_RESOLUTION, 1, ACRM_SLA_STOPPED, -1, 1, 4 },
    { "but a pause that ends by itself is counted with", { { ACRM_SLA_PAUSED, 1, RES, 3 } }, 1, 2,
      ACRM_SLA_RESOLUTION, 1, ACRM_SLA_STOPPED, 26, 1, 1 },
    { "a weekend in a pause costs nothing twice", { { ACRM_SLA_PAUSED, 4, RES, 0 },
      { ACRM_SLA_RESUMED, 170, 0, 0 } }, 1, 171, ACRM_SLA_RESOLUTION, 1, ACRM_SLA_ACTIVE, 174, 5,
      38 },
    { "reopened, it goes on where it stood", { { ACRM_SLA_RESOLVED, 4, 0, 0 },
      { ACRM_SLA_REOPENED, 6, 0, 0 } }, 1, 7, ACRM_SLA_RESOLUTION, 1, ACRM_SLA_ACTIVE, 26, 5, 2 },
    { "or begins anew", { { ACRM_SLA_RESOLVED, 4, 0, 0 }, { ACRM_SLA_REOPENED, 6, 0, 0 } }, 2, 7,
      ACRM_SLA_RESOLUTION, 2, ACRM_SLA_ACTIVE, 30, 1, 0 },
    { "or all begins anew", { { ACRM_SLA_RESOLVED, 4, 0, 0 }, { ACRM_SLA_REOPENED, 6, 0, 0 } }, 3,
      7, ACRM_SLA_FIRST_RESPONSE, 2, ACRM_SLA_ACTIVE, 8, 1, 0 },
    { "closing what is resolved changes nothing", { { ACRM_SLA_RESOLVED, 4, 0, 0 },
      { ACRM_SLA_CLOSED, 24, 0, 0 } }, 1, 30, ACRM_SLA_RESOLUTION, 1, ACRM_SLA_MET, 8, 4, 0 },
    { "resolving ends the pauses", { { ACRM_SLA_PAUSED, 1, RES, 0 },
      { ACRM_SLA_RESOLVED, 2, 0, 0 }, { ACRM_SLA_REOPENED, 4, 0, 0 } }, 1, 5,
      ACRM_SLA_RESOLUTION, 1, ACRM_SLA_ACTIVE, 27, 2, 3 },
};

static acrm_sla_happening at(int32_t kind, int32_t hour)
{
    return (acrm_sla_happening){ .struct_size = sizeof(acrm_sla_happening), .kind = kind,
                                 .at = MONDAY + hour * HOUR, .until = ACRM_SLA_NONE, .key = 1,
                                 .terms = kind == ACRM_SLA_CREATED ? &terms : NULL };
}

START_TEST(sla__rule)
{
    acrm_sla *sla = NULL;
    acrm_sla_clock c = { .struct_size = sizeof c };
    int64_t end = MONDAY + stories[_i].end * HOUR;
    acrm_sla_happening h = at(ACRM_SLA_CREATED, 0);
    size_t found = SIZE_MAX;

    terms.reopen = stories[_i].reopen;
    ck_assert_int_eq(acrm_sla_new(NULL, &sla), ACRM_OK);
    ck_assert_int_eq(acrm_sla_happen(sla, &h, NULL), ACRM_OK);
    for (const step *s = stories[_i].steps; s->kind; s++) {
        h = at(s->kind, s->hour);
        h.clocks = s->clocks;
        if (s->until)
            h.until = MONDAY + s->until * HOUR;
        ck_assert_int_eq(acrm_sla_happen(sla, &h, NULL), ACRM_OK);
    }
    ck_assert_int_eq(acrm_sla_advance(sla, end), ACRM_OK);
    for (size_t i = 0; acrm_sla_clock_at(sla, i, end, &c) == ACRM_OK; i++)
        if (c.clock == stories[_i].clock && c.cycle == stories[_i].cycle)
            found = i;
    ck_assert_int_eq(acrm_sla_clock_at(sla, found, end, &c), ACRM_OK);
    int64_t due = stories[_i].due < 0 ? ACRM_SLA_NONE : MONDAY + stories[_i].due * HOUR;
    ck_assert_msg(c.state == stories[_i].state && c.due == due &&
                      c.elapsed == stories[_i].elapsed * HOUR &&
                      c.paused == stories[_i].paused * HOUR,
                  "%s: state %d, due %lld, used %lld, paused %lld", stories[_i].rule, c.state,
                  (long long)((c.due - MONDAY) / HOUR), (long long)(c.elapsed / HOUR),
                  (long long)(c.paused / HOUR));
    acrm_sla_free(sla);
}
END_TEST

START_TEST(sla__refuses_what_cannot_be)
{
    acrm_sla *sla = NULL;
    acrm_issue issue = { NULL, NULL, 0 };
    acrm_sla_happening h = at(ACRM_SLA_REPLY, 0);

    ck_assert_int_eq(acrm_sla_new(NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_sla_new(NULL, &sla), ACRM_OK);
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_E_INVALID); /* nothing was created */
    ck_assert_str_eq(issue.field, "kind");
    h = at(ACRM_SLA_CREATED, 5);
    targets[0].amount = 9 * HOUR;
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "targets");
    targets[0].amount = 2 * HOUR;
    h.priority = 1;
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "priority");
    h.priority = 0;
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_OK);
    h = at(ACRM_SLA_REPLY, 4);
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "at");
    h = at(ACRM_SLA_PAUSED, 6);
    h.until = MONDAY;
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "until");
    h.struct_size = 1;
    ck_assert_int_eq(acrm_sla_happen(sla, &h, &issue), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_sla_advance(sla, MONDAY), ACRM_E_INVALID);
    acrm_sla_free(sla);
    acrm_sla_free(NULL);
}
END_TEST

static const struct {
    const char *field;
    acrm_sla_target target;
} unsound[] = {
    { "targets.amount", { .amount = -1 } },
    { "targets.amount", { .amount = INT64_MAX } },
    { "targets.around_the_clock", { .amount = HOUR, .around_the_clock = 2 } },
    { "targets.marks_count", { .amount = HOUR, .marks_count = 63 } },
    { "targets.marks", { .amount = HOUR, .marks_count = 1,
                         .marks = &(const acrm_sla_mark){ 10001, 0 } } },
    { "targets.marks", { .amount = HOUR, .marks_count = 1,
                         .marks = &(const acrm_sla_mark){ 1, INT64_MIN } } },
};

START_TEST(sla__refuses_unsound_terms)
{
    acrm_issue issue = { NULL, NULL, 0 };

    targets[0] = unsound[_i].target;
    ck_assert_int_eq(acrm_sla_check(&terms, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, unsound[_i].field);
}
END_TEST

START_TEST(sla__survives_every_failing_allocation)
{
    for (long n = 1;; n++) {
        alloc_fail memory = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&memory);
        acrm_sla *sla = NULL;
        int32_t st = acrm_sla_new(&port, &sla);
        for (int32_t i = 0; st == ACRM_OK && i < 60; i++) {
            acrm_sla_happening h = at(i == 0   ? ACRM_SLA_CREATED
                                      : i % 3  ? ACRM_SLA_REPLY
                                               : ACRM_SLA_PAUSED, i);
            h.key = i;
            h.clocks = ALL;
            st = acrm_sla_happen(sla, &h, NULL);
        }
        acrm_sla_free(sla);
        ck_assert_uint_eq(memory.live_bytes, 0);
        if (st == ACRM_OK)
            break;
        ck_assert_int_eq(st, ACRM_E_NOMEM);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sla");
    TCase *tc = tcase_create("sla");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, sla__rule, 0, sizeof stories / sizeof stories[0]);
    tcase_add_test(tc, sla__refuses_what_cannot_be);
    tcase_add_loop_test(tc, sla__refuses_unsound_terms, 0, sizeof unsound / sizeof unsound[0]);
    tcase_add_test(tc, sla__survives_every_failing_allocation);
    suite_add_tcase(s, tc);
    return s;
}

ACRM_TEST_MAIN(suite)
