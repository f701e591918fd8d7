/* SPDX-License-Identifier: MIT */
/* Replay of histories: reversals and late bookings act as if they had been known in time. */
#include "autocrm/servicing.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DUES = 12, EVENTS = 24, ROWS = 4 * DUES * EVENTS, LINES = DUES * (EVENTS + 1) };

static uint64_t state = 20261103;

static int64_t pick(int64_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((state >> 33) % (uint64_t)n);
}

/* One replay: what went in, and what came out. */
struct play {
    acrm_due dues[DUES];
    acrm_event events[EVENTS];
    size_t n_events;
    acrm_event_result results[EVENTS];
    acrm_allocated rows[ROWS];
    size_t n_rows;
    acrm_penalty_line lines[LINES];
    size_t n_lines;
};

static acrm_allocation order;
static const acrm_penalty_rule penalty = { .struct_size = sizeof penalty,
                                           .kind = ACRM_PENALTY_INTEREST,
                                           .interest = { .rate = 180000000,
                                                         .round_unit = 1,
                                                         .day_count = ACRM_DAYS_ACT_365F },
                                           .parts = 1 << ACRM_PART_PRINCIPAL,
                                           .grace_days = 3 };

static void contract(acrm_due *dues)
{
    for (int32_t i = 0; i < DUES; i++)
        dues[i] = (acrm_due){ .number = i + 1,
                              .day = 1000 + 30 * i,
                              .due = { 0, 0, 5000 - 300 * i, 40000 + 300 * i } };
}

static int32_t try_play(struct play *p, acrm_issue *issue)
{
    acrm_replay_terms terms = { .struct_size = sizeof terms,
                                .start_day = 900,
                                .allocations = &order,
                                .allocations_len = 1,
                                .penalty = &penalty,
                                .to_day = 1500 };

    acrm_allocation_init(&order);
    contract(p->dues);
    return acrm_replay(&terms, p->dues, DUES, p->events, p->n_events, p->results, p->rows, ROWS,
                       &p->n_rows, p->lines, LINES, &p->n_lines, issue);
}

static void play(struct play *p)
{
    ck_assert_int_eq(try_play(p, NULL), ACRM_OK);
}

static void add(struct play *p, acrm_event event)
{
    ck_assert_uint_lt(p->n_events, EVENTS);
    p->events[p->n_events++] = event;
}

static acrm_event payment(int32_t day, int64_t amount)
{
    return (acrm_event){ .kind = ACRM_EVENT_PAYMENT, .day = day, .amount = amount };
}

static acrm_event reversal(int32_t day, int32_t of)
{
    return (acrm_event){ .kind = ACRM_EVENT_REVERSAL, .day = day, .of = of };
}

static int64_t net(const acrm_allocated *rows, size_t n, int32_t due, int32_t part, int32_t event)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        if (rows[i].due == due && rows[i].part == part && rows[i].event == event)
            sum += rows[i].amount;
    return sum;
}

/* A payment of the first day is found bounced after two more: the later ones move up. */
START_TEST(replay__a_reversed_payment_never_was_but_stays_on_record)
{
    static struct play with;
    static struct play without;

    with.n_events = without.n_events = 0;
    add(&with, payment(1000, 45000));
    add(&with, payment(1030, 45000));
    add(&with, payment(1060, 45000));
    add(&with, reversal(1065, 0));
    add(&without, payment(1030, 45000));
    add(&without, payment(1060, 45000));
    play(&with);
    play(&without);

    ck_assert_mem_eq(with.dues, without.dues, sizeof with.dues);
    ck_assert_int_gt(with.dues[0].due[ACRM_PART_PENALTY], 0);
    ck_assert_int_eq(with.results[0].reversed_by, 3);
    ck_assert_int_eq(with.results[0].n_rows, 0);
    ck_assert_int_eq(with.results[0].place, -1);
    ck_assert_int_eq(with.results[1].place, 0);
    ck_assert_int_eq(with.results[2].place, 1);
    ck_assert_int_eq(with.results[3].place, -1);
    ck_assert_uint_eq(with.n_events, 4);
}
END_TEST

/* 45 000 on the day of the first due leaves no penalty; booked late, it takes the penalty back. */
START_TEST(replay__a_late_booking_acts_on_its_value_day)
{
    static struct play late;
    static struct play timely;
    int64_t charged;

    late.n_events = timely.n_events = 0;
    add(&late, payment(1030, 45000));
    play(&late);
    charged = late.dues[0].due[ACRM_PART_PENALTY];
    ck_assert_int_gt(charged, 0);
    add(&late, payment(1000, 45000));
    play(&late);
    add(&timely, payment(1000, 45000));
    add(&timely, payment(1030, 45000));
    play(&timely);
    ck_assert_mem_eq(late.dues, timely.dues, sizeof late.dues);
    ck_assert_int_eq(late.dues[0].due[ACRM_PART_PENALTY], 0);
    ck_assert_int_eq(late.results[1].place, 0);
}
END_TEST

static void random_history(struct play *p)
{
    size_t n = 1 + (size_t)pick(EVENTS - 2);

    p->n_events = 0;
    for (size_t i = 0; i < n; i++) {
        acrm_event event = payment(900 + (int32_t)pick(500), 1 + pick(60000));
        if (pick(5) == 0) {
            event.kind = ACRM_EVENT_CHARGE;
            event.of = (int32_t)pick(DUES);
            event.part = (int32_t)pick(2);
        } else if (i > 0 && pick(4) == 0) {
            int32_t of = (int32_t)pick((int64_t)i);
            bool free = p->events[of].kind != ACRM_EVENT_REVERSAL;
            for (size_t k = 0; k < i; k++)
                free = free && !(p->events[k].kind == ACRM_EVENT_REVERSAL && p->events[k].of == of);
            if (free)
                event = reversal(1400, of);
        }
        add(p, event);
    }
}

/* The slow way: every day in turn, each event of the day by the public single functions. */
static void slow_play(const struct play *p, acrm_due *dues)
{
    acrm_allocated rows[4 * DUES];
    int64_t charged;
    size_t n;
    int64_t rest;

    contract(dues);
    for (int32_t day = 900; day <= 1500; day++) {
        for (size_t i = 0; i < p->n_events; i++) {
            bool gone = p->events[i].kind == ACRM_EVENT_REVERSAL;
            for (size_t k = 0; k < p->n_events; k++)
                gone = gone ||
                       (p->events[k].kind == ACRM_EVENT_REVERSAL && p->events[k].of == (int32_t)i);
            if (gone || p->events[i].day != day)
                continue;
            if (p->events[i].kind == ACRM_EVENT_CHARGE)
                dues[p->events[i].of].due[p->events[i].part] += p->events[i].amount;
            else
                ck_assert_int_eq(acrm_allocate(&order, dues, DUES, day, p->events[i].amount, rows,
                                               4 * DUES, &n, &rest, NULL),
                                 ACRM_OK);
        }
        if (day < 1500)
            ck_assert_int_eq(acrm_penalty_charge(&penalty, dues, DUES, day, day + 1, &charged, NULL,
                                                 0, NULL, NULL),
                             ACRM_OK);
    }
}

static int64_t penalties_told(const struct play *p)
{
    int64_t sum = 0;

    ck_assert_uint_le(p->n_lines, LINES);
    for (size_t i = 0; i < p->n_lines; i++) {
        const acrm_penalty_line *line = &p->lines[i];
        ck_assert_int_eq(line->amount, line->step.rounded - line->before);
        ck_assert_int_gt(line->to, line->from);
        sum += line->amount;
    }
    return sum;
}

/* Of all dues, without the penalties that were charged by hand. */
static int64_t penalties_borne(const struct play *p)
{
    int64_t sum = 0;

    for (size_t i = 0; i < DUES; i++)
        sum += p->dues[i].due[ACRM_PART_PENALTY];
    for (size_t i = 0; i < p->n_events; i++)
        if (p->events[i].kind == ACRM_EVENT_CHARGE && p->results[i].reversed_by < 0 &&
            p->events[i].part == ACRM_PART_PENALTY)
            sum -= p->events[i].amount;
    return sum;
}

START_TEST(replay__agrees_with_living_through_every_day)
{
    static struct play p;
    acrm_due slow[DUES];

    printf("seed %llu\n", (unsigned long long)state);
    for (int32_t round = 0; round < 400; round++) {
        random_history(&p);
        play(&p);
        slow_play(&p, slow);
        ck_assert_msg(memcmp(slow, p.dues, sizeof slow) == 0, "round %d", round);
        int64_t put = 0;
        for (size_t i = 0; i < p.n_rows; i++)
            put += p.rows[i].amount;
        for (size_t i = 0; i < p.n_events; i++)
            if (p.events[i].kind == ACRM_EVENT_PAYMENT && p.results[i].reversed_by < 0)
                put += p.results[i].rest - p.events[i].amount;
        ck_assert_int_eq(put, 0);
        ck_assert_int_eq(penalties_told(&p), penalties_borne(&p));
    }
}
END_TEST

START_TEST(replay__the_diff_turns_the_old_ledger_into_the_new)
{
    static struct play before;
    static struct play after;
    static acrm_allocated changes[2 * ROWS];

    for (int32_t round = 0; round < 300; round++) {
        size_t n = 0;
        random_history(&before);
        play(&before);
        after = before;
        add(&after, payment(900 + (int32_t)pick(400), 1 + pick(50000)));
        play(&after);
        ck_assert_int_eq(acrm_replay_diff(before.results, before.rows, before.n_events,
                                          after.results, after.rows, after.n_events, changes,
                                          2 * ROWS, &n),
                         ACRM_OK);
        for (int32_t event = 0; event < (int32_t)after.n_events; event++)
            for (int32_t due = 0; due < DUES; due++)
                for (int32_t part = 0; part < 4; part++)
                    ck_assert_int_eq(net(before.rows, before.n_rows, due, part, event) +
                                         net(changes, n, due, part, event),
                                     net(after.rows, after.n_rows, due, part, event));
        ck_assert_int_eq(acrm_replay_diff(after.results, after.rows, after.n_events, after.results,
                                          after.rows, after.n_events, changes, 0, &n),
                         ACRM_OK);
        ck_assert_uint_eq(n, 0);
    }
}
END_TEST

static const struct {
    acrm_event event;
    const char *field;
} bad_events[] = {
    { { 3, 1000, 5, 0, 0, 0 }, "events.kind" },
    { { ACRM_EVENT_PAYMENT, 899, 5, 0, 0, 0 }, "events.day" },
    { { ACRM_EVENT_PAYMENT, 1501, 5, 0, 0, 0 }, "events.day" },
    { { ACRM_EVENT_PAYMENT, 1000, 0, 0, 0, 0 }, "events.amount" },
    { { ACRM_EVENT_PAYMENT, 1000, INT64_MAX, 0, 0, 0 }, "events.amount" },
    { { ACRM_EVENT_PAYMENT, 1000, 5, 0, 0, 1 }, "events.allocation" },
    { { ACRM_EVENT_PAYMENT, 1000, 5, 0, 0, -1 }, "events.allocation" },
    { { ACRM_EVENT_CHARGE, 1000, 5, DUES, 0, 0 }, "events.of" },
    { { ACRM_EVENT_CHARGE, 1000, 5, 0, ACRM_PART_PRINCIPAL, 0 }, "events.part" },
    { { ACRM_EVENT_REVERSAL, 1000, 5, 0, 0, 0 }, "events.amount" },
    { { ACRM_EVENT_REVERSAL, 1000, 0, 3, 0, 0 }, "events.of" },  /* itself */
    { { ACRM_EVENT_REVERSAL, 1000, 0, 2, 0, 0 }, "events.of" },  /* a reversal */
    { { ACRM_EVENT_REVERSAL, 1000, 0, 0, 0, 0 }, "events.of" },  /* reversed already */
    { { ACRM_EVENT_REVERSAL, 1000, 0, -1, 0, 0 }, "events.of" },
};

START_TEST(replay__refuses_bad_events_by_field_and_row)
{
    static struct play p;

    for (size_t i = 0; i < sizeof bad_events / sizeof bad_events[0]; i++) {
        acrm_issue issue = { 0 };
        p.n_events = 0;
        add(&p, payment(1000, 10));
        add(&p, payment(1000, 10));
        add(&p, reversal(1000, 0));
        add(&p, bad_events[i].event);
        ck_assert_int_eq(try_play(&p, &issue), ACRM_E_INVALID);
        ck_assert_msg(strcmp(issue.field, bad_events[i].field) == 0, "row %zu: %s", i, issue.field);
        ck_assert_int_eq(issue.row, 3);
    }
    acrm_replay_terms terms = { .struct_size = sizeof terms,
                                .allocations = &order,
                                .allocations_len = 1,
                                .to_day = 10 };
    size_t n = 0;
    acrm_issue issue = { 0 };
    ck_assert_int_eq(acrm_replay(&terms, p.dues, DUES, p.events, 36526, p.results, p.rows, ROWS, &n,
                                 NULL, 0, NULL, &issue),
                     ACRM_E_LIMIT);
    terms.allocations_len = 0;
    ck_assert_int_eq(acrm_replay(&terms, p.dues, DUES, p.events, 1, p.results, p.rows, ROWS, &n,
                                 NULL, 0, NULL, &issue),
                     ACRM_E_INVALID);
    terms.allocations = NULL;
    ck_assert_int_eq(acrm_replay(&terms, p.dues, DUES, p.events, 1, p.results, p.rows, ROWS, &n,
                                 NULL, 0, NULL, &issue),
                     ACRM_E_MISUSE);
}
END_TEST

/* The largest history allowed, booked backwards, ends soon. */
START_TEST(replay__the_largest_history_ends_soon)
{
    enum { N = 4000 };
    acrm_due *dues = calloc(N, sizeof *dues);
    acrm_event *events = calloc(N, sizeof *events);
    acrm_event_result *results = calloc(N, sizeof *results);
    acrm_allocated *rows = calloc(4 * N, sizeof *rows);
    size_t n_rows = 0;
    acrm_replay_terms terms = { .struct_size = sizeof terms,
                                .allocations = &order,
                                .allocations_len = 1,
                                .to_day = N };

    ck_assert(dues != NULL && events != NULL && results != NULL && rows != NULL);
    acrm_allocation_init(&order);
    for (int32_t i = 0; i < N; i++) {
        dues[i] = (acrm_due){ .day = i, .due = { 0, 0, 1, 10 } };
        events[i] = payment(N - i, 11);
    }
    ck_assert_int_eq(acrm_replay(&terms, dues, N, events, N, results, rows, 4 * N, &n_rows, NULL, 0,
                                 NULL, NULL),
                     ACRM_OK);
    for (int32_t i = 0; i < N; i++) {
        ck_assert_int_eq(dues[i].paid[ACRM_PART_PRINCIPAL], 10);
        ck_assert_int_eq(results[i].place, N - 1 - i);
    }
    free(dues);
    free(events);
    free(results);
    free(rows);
}
END_TEST

static Suite *replay_suite(void)
{
    Suite *suite = suite_create("replay");
    TCase *tc = tcase_create("replay");

    tcase_add_test(tc, replay__a_reversed_payment_never_was_but_stays_on_record);
    tcase_add_test(tc, replay__a_late_booking_acts_on_its_value_day);
    tcase_add_test(tc, replay__agrees_with_living_through_every_day);
    tcase_add_test(tc, replay__the_diff_turns_the_old_ledger_into_the_new);
    tcase_add_test(tc, replay__refuses_bad_events_by_field_and_row);
    tcase_add_test(tc, replay__the_largest_history_ends_soon);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(replay_suite)
