/* SPDX-License-Identifier: MIT */
/* Allocation, penalties, arrears and settlement: rules in tables, and a slow second way. */
#include "autocrm/servicing.h"
#include "support/suite.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DUES = 40, ROWS = 4 * DUES };

static uint64_t state = 20260718;

static int64_t pick(int64_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((state >> 33) % (uint64_t)n);
}

/* A due of principal, interest, fee and penalty. */
static acrm_due due_of(int32_t day, int64_t principal, int64_t interest, int64_t fee,
                       int64_t penalty)
{
    return (acrm_due){ .day = day, .due = { penalty, fee, interest, principal } };
}

#define STEP(when, part) (4 * ACRM_WHEN_##when + ACRM_PART_##part)

START_TEST(allocate__the_usual_order_pays_the_oldest_due_first)
{
    acrm_due dues[] = { due_of(10, 100, 20, 5, 3), due_of(20, 100, 15, 5, 0),
                        due_of(30, 100, 10, 5, 0) };
    acrm_allocated rows[12];
    size_t n = 0;
    int64_t rest = -1;
    acrm_allocation order;

    acrm_allocation_init(&order);
    ck_assert_int_eq(acrm_allocate(&order, dues, 3, 20, 150, rows, 12, &n, &rest, NULL), ACRM_OK);
    static const acrm_allocated expected[] = {
        { 0, 0, ACRM_PART_PENALTY, ACRM_WHEN_PAST_DUE, 3 },
        { 0, 0, ACRM_PART_FEE, ACRM_WHEN_PAST_DUE, 5 },
        { 0, 0, ACRM_PART_INTEREST, ACRM_WHEN_PAST_DUE, 20 },
        { 0, 0, ACRM_PART_PRINCIPAL, ACRM_WHEN_PAST_DUE, 100 },
        { 0, 1, ACRM_PART_FEE, ACRM_WHEN_DUE, 5 },
        { 0, 1, ACRM_PART_INTEREST, ACRM_WHEN_DUE, 15 },
        { 0, 1, ACRM_PART_PRINCIPAL, ACRM_WHEN_DUE, 2 },
    };
    ck_assert_uint_eq(n, 7);
    ck_assert_int_eq(rest, 0);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(rows[i].due, expected[i].due);
        ck_assert_int_eq(rows[i].part, expected[i].part);
        ck_assert_int_eq(rows[i].when, expected[i].when);
        ck_assert_int_eq(rows[i].amount, expected[i].amount);
    }
    ck_assert_int_eq(dues[1].paid[ACRM_PART_PRINCIPAL], 2);
}
END_TEST

/* Two past dues of 10 interest and 100 principal: what 30 pays, by mode. */
START_TEST(allocate__horizontal_finishes_a_due_and_vertical_a_part)
{
    acrm_allocated rows[8];
    size_t n = 0;
    int64_t rest = 0;

    for (int32_t mode = 0; mode <= 1; mode++) {
        acrm_due dues[] = { due_of(1, 100, 10, 0, 0), due_of(2, 100, 10, 0, 0) };
        acrm_allocation order = { .struct_size = sizeof order,
                                  .mode = mode,
                                  .steps_len = 2,
                                  .steps = { STEP(PAST_DUE, INTEREST),
                                             STEP(PAST_DUE, PRINCIPAL) } };
        ck_assert_int_eq(acrm_allocate(&order, dues, 2, 9, 30, rows, 8, &n, &rest, NULL), ACRM_OK);
        ck_assert_int_eq(dues[0].paid[ACRM_PART_PRINCIPAL], mode == 0 ? 20 : 10);
        ck_assert_int_eq(dues[1].paid[ACRM_PART_INTEREST], mode == 0 ? 0 : 10);
    }
}
END_TEST

START_TEST(allocate__early_money_goes_next_last_or_everywhere)
{
    static const int64_t expected[3][3] = { { 100, 50, 0 }, { 0, 50, 100 }, { 51, 50, 49 } };
    acrm_allocated rows[8];
    size_t n = 0;
    int64_t rest = 0;

    for (int32_t future = 0; future < 3; future++) {
        acrm_due dues[] = { due_of(10, 100, 0, 0, 0), due_of(20, 100, 0, 0, 0),
                            due_of(30, 100, 0, 0, 0) };
        dues[2].due[ACRM_PART_PRINCIPAL] = future == ACRM_FUTURE_SPREAD ? 49 : 100;
        acrm_allocation order = { .struct_size = sizeof order,
                                  .mode = ACRM_ALLOCATE_VERTICAL,
                                  .future = future,
                                  .steps_len = 1,
                                  .steps = { STEP(IN_ADVANCE, PRINCIPAL) } };
        ck_assert_int_eq(acrm_allocate(&order, dues, 3, 5, 150, rows, 8, &n, &rest, NULL), ACRM_OK);
        for (size_t i = 0; i < 3; i++)
            ck_assert_int_eq(dues[i].paid[ACRM_PART_PRINCIPAL], expected[future][i]);
    }
}
END_TEST

static size_t random_dues(acrm_due *dues, bool paid)
{
    size_t n = 1 + (size_t)pick(8);
    int32_t day = 100;

    for (size_t i = 0; i < n; i++) {
        dues[i] = due_of(day, pick(40), pick(10), pick(3), pick(4) == 0 ? pick(5) : 0);
        for (int32_t part = 0; part < 4 && paid; part++)
            dues[i].paid[part] = pick(2) ? pick(dues[i].due[part] + 1) : 0;
        day += (int32_t)pick(3) * 10;
    }
    return n;
}

static acrm_allocation random_order(void)
{
    acrm_allocation order;

    acrm_allocation_init(&order);
    for (int32_t i = 11; i > 0; i--) {
        int32_t j = (int32_t)pick(i + 1);
        int32_t swap = order.steps[i];
        order.steps[i] = order.steps[j];
        order.steps[j] = swap;
    }
    order.steps_len = 1 + (int32_t)pick(12);
    order.mode = (int32_t)pick(2);
    order.future = (int32_t)pick(order.mode == ACRM_ALLOCATE_VERTICAL ? 3 : 2);
    return order;
}

static int32_t when_of(const acrm_due *due, int32_t day)
{
    return due->day < day ? ACRM_WHEN_PAST_DUE
                          : due->day == day ? ACRM_WHEN_DUE : ACRM_WHEN_IN_ADVANCE;
}

/* One step for one due may take a unit of money: the first that can, walking the order in words. */
static bool slow_unit(const acrm_allocation *order, acrm_due *dues, size_t n, int32_t day,
                      const int64_t *had)
{
    for (int32_t s = 0; s < order->steps_len;) {
        int32_t when = order->steps[s] / 4;
        int32_t run = 1;
        while (order->mode == ACRM_ALLOCATE_HORIZONTAL && s + run < order->steps_len &&
               order->steps[s + run] / 4 == when)
            run++;
        bool early = when == ACRM_WHEN_IN_ADVANCE;
        if (early && order->future == ACRM_FUTURE_SPREAD) {
            /* The due that has got least so far; the first of them. */
            int32_t part = order->steps[s] % 4;
            size_t best = n;
            for (size_t i = 0; i < n; i++)
                if (when_of(&dues[i], day) == when && dues[i].paid[part] < dues[i].due[part] &&
                    (best == n || dues[i].paid[part] - had[4 * i + (size_t)part] <
                                      dues[best].paid[part] - had[4 * best + (size_t)part]))
                    best = i;
            if (best < n) {
                dues[best].paid[part]++;
                return true;
            }
        } else {
            for (size_t k = 0; k < n; k++) {
                size_t i = early && order->future == ACRM_FUTURE_LAST ? n - 1 - k : k;
                for (int32_t r = s; r < s + run && when_of(&dues[i], day) == when; r++) {
                    int32_t part = order->steps[r] % 4;
                    if (dues[i].paid[part] < dues[i].due[part]) {
                        dues[i].paid[part]++;
                        return true;
                    }
                }
            }
        }
        s += run;
    }
    return false;
}

START_TEST(allocate__agrees_with_paying_one_unit_at_a_time)
{
    printf("seed %" PRIu64 "\n", state);
    for (int32_t round = 0; round < 20000; round++) {
        acrm_due dues[DUES];
        acrm_due slow[DUES];
        int64_t had[ROWS];
        acrm_allocated rows[ROWS];
        size_t n_rows = 0;
        int64_t rest = -1;
        size_t n = random_dues(dues, true);
        acrm_allocation order = random_order();
        int32_t day = 95 + (int32_t)pick(12) * 5;
        int64_t amount = 1 + pick(200);
        int64_t left = amount;

        memcpy(slow, dues, sizeof slow);
        for (size_t i = 0; i < n; i++)
            for (size_t part = 0; part < 4; part++)
                had[4 * i + part] = dues[i].paid[part];
        while (left > 0 && slow_unit(&order, slow, n, day, had))
            left--;
        ck_assert_int_eq(acrm_allocate(&order, dues, n, day, amount, rows, ROWS, &n_rows, &rest,
                                       NULL),
                         ACRM_OK);
        ck_assert_int_eq(rest, left);
        int64_t sum = 0;
        for (size_t i = 0; i < n_rows; i++) {
            ck_assert_int_gt(rows[i].amount, 0);
            sum += rows[i].amount;
        }
        ck_assert_int_eq(sum + rest, amount);
        for (size_t i = 0; i < n; i++)
            for (int32_t part = 0; part < 4; part++)
                ck_assert_msg(dues[i].paid[part] == slow[i].paid[part],
                              "round %d due %zu part %d: %" PRId64 " is not %" PRId64, round, i,
                              part, dues[i].paid[part], slow[i].paid[part]);
    }
}
END_TEST

static const struct {
    acrm_allocation order;
    const char *field;
} bad_orders[] = {
    { { sizeof(acrm_allocation), 2, 0, 1, { 0 } }, "allocation.mode" },
    { { sizeof(acrm_allocation), 0, 3, 1, { 0 } }, "allocation.future" },
    { { sizeof(acrm_allocation), 0, 2, 1, { 0 } }, "allocation.future" },
    { { sizeof(acrm_allocation), 0, 0, 0, { 0 } }, "allocation.steps_len" },
    { { sizeof(acrm_allocation), 0, 0, 13, { 0 } }, "allocation.steps_len" },
    { { sizeof(acrm_allocation), 0, 0, 2, { 3, 3 } }, "allocation.steps" },
    { { sizeof(acrm_allocation), 0, 0, 1, { 12 } }, "allocation.steps" },
    { { sizeof(acrm_allocation), 0, 0, 1, { -1 } }, "allocation.steps" },
};

START_TEST(allocate__refuses_bad_input_and_leaves_the_dues_alone)
{
    acrm_due dues[] = { due_of(1, 100, 10, 0, 0), due_of(2, 100, 10, 0, 0) };
    acrm_due before[2];
    acrm_allocated rows[8];
    acrm_issue issue = { 0 };
    size_t n = 9;
    int64_t rest = 9;
    acrm_allocation order;

    memcpy(before, dues, sizeof before);
    for (size_t i = 0; i < sizeof bad_orders / sizeof bad_orders[0]; i++) {
        ck_assert_int_eq(acrm_allocate(&bad_orders[i].order, dues, 2, 9, 30, rows, 8, &n, &rest,
                                       &issue),
                         ACRM_E_INVALID);
        ck_assert_str_eq(issue.field, bad_orders[i].field);
    }
    acrm_allocation_init(&order);
    ck_assert_int_eq(acrm_allocate(&order, dues, 2, 9, 0, rows, 8, &n, &rest, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "amount");
    ck_assert_int_eq(acrm_allocate(&order, dues, 2, ACRM_DAY_NONE, 1, rows, 8, &n, &rest, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "day");
    ck_assert_int_eq(acrm_allocate(&order, dues, 2, 9, 200, rows, 3, &n, &rest, &issue),
                     ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_allocate(&order, dues, 36526, 9, 200, rows, 3, &n, &rest, &issue),
                     ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_allocate(NULL, dues, 2, 9, 200, rows, 3, &n, &rest, &issue),
                     ACRM_E_MISUSE);
    ck_assert_mem_eq(before, dues, sizeof before);
    ck_assert_uint_eq(n, 9);

    dues[1].paid[ACRM_PART_FEE] = 1;
    ck_assert_int_eq(acrm_allocate(&order, dues, 2, 9, 1, rows, 8, &n, &rest, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "dues.paid");
    ck_assert_int_eq(issue.row, 1);
    dues[1] = due_of(0, 1, 1, 1, 1);
    ck_assert_int_eq(acrm_allocate(&order, dues, 2, 9, 1, rows, 8, &n, &rest, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "dues.day");
    dues[1] = due_of(2, ACRM_FINANCE_AMOUNT_MAX, 0, 0, 0);
    ck_assert_int_eq(acrm_allocate(&order, dues, 2, 9, 1, rows, 8, &n, &rest, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "dues.due");
}
END_TEST

static acrm_penalty_rule penalty_rule(int32_t kind, int64_t rate)
{
    return (acrm_penalty_rule){ .struct_size = sizeof(acrm_penalty_rule),
                                .kind = kind,
                                .interest = { .rate = rate,
                                              .round_unit = 1,
                                              .day_count = ACRM_DAYS_ACT_365F },
                                .parts = 1 << ACRM_PART_PRINCIPAL | 1 << ACRM_PART_INTEREST };
}

/* 110.00 overdue since day 100; each row: the rule changed in one point, and the penalty. */
static const struct {
    int32_t kind;
    int64_t rate, amount;
    int32_t grace, grace_counts;
    int64_t floor, due_cap, due_cap_rate, total_cap;
    int32_t from, to;
    int64_t expected;
    const char *rule;
} penalties[] = {
    { 0, 73000000, 0, 0, 0, 0, 0, 0, 0, 0, 110, 22, "7.3 % of 110.00 for 10 days" },
    { 0, 73000000, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, "not on the due day" },
    { 0, 73000000, 0, 5, 0, 0, 0, 0, 0, 0, 105, 0, "within grace" },
    { 0, 73000000, 0, 5, 0, 0, 0, 0, 0, 0, 110, 11, "grace is free for good" },
    { 0, 73000000, 0, 5, 1, 0, 0, 0, 0, 0, 110, 22, "grace counts once it is over" },
    { 0, 73000000, 0, 5, 1, 0, 0, 0, 0, 106, 110, 9, "4 of 10 days: 22 - 13.2" },
    { 0, 73000000, 0, 0, 0, 11000, 0, 0, 0, 0, 110, 0, "the floor itself is free" },
    { 0, 73000000, 0, 0, 0, 10999, 0, 0, 0, 0, 110, 22, "above the floor" },
    { 0, 73000000, 0, 0, 0, 0, 20, 0, 0, 0, 110, 20, "cap of a due" },
    { 0, 73000000, 0, 0, 0, 0, 0, 1000000, 0, 0, 110, 12, "cap of 0.1 % of 120.00" },
    { 0, 73000000, 0, 0, 0, 0, 0, 0, 15, 0, 110, 15, "cap of the contract" },
    { 1, 50000000, 0, 0, 0, 0, 0, 0, 0, 0, 101, 550, "5 % once" },
    { 1, 50000000, 0, 0, 0, 0, 0, 0, 0, 101, 200, 0, "not again" },
    { 2, 0, 1500, 3, 0, 0, 0, 0, 0, 0, 104, 1500, "a fixed amount after grace" },
    { 2, 0, 1500, 3, 0, 0, 0, 0, 0, 104, 105, 0, "not again" },
};

START_TEST(penalty__follows_its_rule)
{
    for (size_t i = 0; i < sizeof penalties / sizeof penalties[0]; i++) {
        acrm_due dues[] = { due_of(100, 10000, 1000, 1000, 0) };
        acrm_penalty_rule rule = penalty_rule(penalties[i].kind, penalties[i].rate);
        rule.amount = penalties[i].amount;
        rule.grace_days = penalties[i].grace;
        rule.grace_counts = penalties[i].grace_counts;
        rule.floor = penalties[i].floor;
        rule.due_cap = penalties[i].due_cap;
        rule.due_cap_rate = penalties[i].due_cap_rate;
        rule.total_cap = penalties[i].total_cap;
        int64_t charged = -1;
        size_t n_lines = 9;
        acrm_penalty_line line = { 0 };

        ck_assert_int_eq(acrm_penalty_charge(&rule, dues, 1, penalties[i].from, penalties[i].to,
                                             &charged, &line, 1, &n_lines, NULL),
                         ACRM_OK);
        ck_assert_msg(charged == penalties[i].expected, "%s: %" PRId64, penalties[i].rule, charged);
        ck_assert_int_eq(dues[0].due[ACRM_PART_PENALTY], charged);
        ck_assert_uint_eq(n_lines, charged > 0 ? 1 : 0);
        if (n_lines > 0) {
            int64_t rest = line.step.rounded - line.before;
            ck_assert_int_eq(line.amount, charged);
            ck_assert_int_eq(line.amount, rest < line.room ? rest : line.room);
        }
        if (charged > 0)
            ck_assert_str_eq(line.step.figure, "penalty");
    }
}
END_TEST

START_TEST(penalty__many_short_stretches_cost_what_a_long_one_does)
{
    for (int32_t round = 0; round < 300; round++) {
        acrm_due one[] = { due_of(100, 10000 + pick(99999), pick(999), 0, 0),
                           due_of(130, 10000 + pick(99999), pick(999), 0, 0) };
        acrm_due many[2];
        acrm_penalty_rule rule = penalty_rule(ACRM_PENALTY_INTEREST, 1 + pick(300000000));
        rule.grace_days = (int32_t)pick(10);
        rule.grace_counts = (int32_t)pick(2);
        rule.total_cap = pick(3) == 0 ? 1 + pick(3000) : 0;
        int64_t charged = 0;
        int64_t sum = 0;

        memcpy(many, one, sizeof many);
        ck_assert_int_eq(acrm_penalty_charge(&rule, one, 2, 90, 400, &charged, NULL, 0, NULL, NULL),
                         ACRM_OK);
        for (int32_t day = 90, next; day < 400; day = next) {
            int64_t part = 0;
            next = day + 1 + (int32_t)pick(20);
            next = next > 400 ? 400 : next;
            ck_assert_int_eq(acrm_penalty_charge(&rule, many, 2, day, next, &part, NULL, 0, NULL,
                                                 NULL),
                             ACRM_OK);
            sum += part;
        }
        ck_assert_int_eq(sum, charged);
        if (rule.total_cap == 0)
            ck_assert_mem_eq(one, many, sizeof one);
        else
            ck_assert_int_le(sum, rule.total_cap);
    }
}
END_TEST

START_TEST(penalty__refuses_bad_rules_by_field)
{
    acrm_due dues[] = { due_of(100, 10000, 1000, 0, 0) };
    acrm_issue issue = { 0 };
    int64_t charged = 7;

#define BAD(change, name)                                                                         \
    do {                                                                                          \
        acrm_penalty_rule rule = penalty_rule(ACRM_PENALTY_INTEREST, 1);                          \
        change;                                                                                   \
        ck_assert_int_eq(acrm_penalty_charge(&rule, dues, 1, 0, 200, &charged, NULL, 0, NULL,     \
                                             &issue),                                             \
                         ACRM_E_INVALID);                                                         \
        ck_assert_str_eq(issue.field, name);                                                      \
    } while (0)
    BAD(rule.kind = 3, "rule.kind");
    BAD(rule.parts = 0, "rule.parts");
    BAD(rule.parts = 1, "rule.parts");
    BAD(rule.parts = 16, "rule.parts");
    BAD(rule.grace_days = -1, "rule.grace_days");
    BAD(rule.grace_counts = 2, "rule.grace_counts");
    BAD(rule.floor = -1, "rule.floor");
    BAD(rule.due_cap = -1, "rule.due_cap");
    BAD(rule.total_cap = INT64_MAX, "rule.total_cap");
    BAD(rule.due_cap_rate = -1, "rule.due_cap_rate");
    BAD(rule.interest.rate = -1, "interest.rate");
    BAD(rule.interest.round_unit = 0, "interest.round_unit");
    BAD(rule.interest.rounding = 5, "interest.rounding");
    BAD(rule.interest.day_count = 0, "interest.day_count");
    BAD(rule.interest.day_count = ACRM_DAYS_ACT_ACT_ICMA, "interest.day_count");
    ck_assert_int_eq(charged, 7);
    acrm_penalty_rule rule = penalty_rule(ACRM_PENALTY_INTEREST, 1);
    ck_assert_int_eq(acrm_penalty_charge(&rule, dues, 1, 5, 4, &charged, NULL, 0, NULL, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "to");
    /* Beyond the largest amount: refused, and nothing is charged. */
    acrm_due huge[] = { due_of(0, ACRM_FINANCE_AMOUNT_MAX / 2, 0, 0, 0) };
    rule.interest.rate = ACRM_FINANCE_RATE_MAX;
    ck_assert_int_eq(acrm_penalty_charge(&rule, huge, 1, 0, 4000, &charged, NULL, 0, NULL, &issue),
                     ACRM_E_LIMIT);
    ck_assert_int_eq(huge[0].due[ACRM_PART_PENALTY], 0);
}
END_TEST

static const acrm_bucket ranges[] = { { .age_min = 1, .age_max = 29 },
                                      { .age_min = 30, .age_max = 59 },
                                      { .age_min = 60, .age_max = 89 },
                                      { .age_min = 90, .age_max = INT32_MAX } };

static acrm_arrears_result arrears_of(const acrm_arrears_options *options, const acrm_due *dues,
                                      size_t n, int32_t day, acrm_bucket *buckets)
{
    acrm_arrears_result result = { .struct_size = sizeof result };

    memcpy(buckets, ranges, sizeof ranges);
    ck_assert_int_eq(acrm_arrears(options, dues, n, day, buckets, 4, &result, NULL, 0, NULL, NULL),
                     ACRM_OK);
    return result;
}

START_TEST(arrears__age_each_due_into_its_bucket)
{
    acrm_due dues[] = { due_of(0, 100, 10, 0, 2), due_of(31, 100, 9, 0, 0),
                        due_of(60, 100, 8, 0, 0), due_of(91, 100, 7, 0, 0),
                        due_of(121, 100, 6, 0, 0) };
    acrm_bucket buckets[4];
    acrm_arrears_options options = { .struct_size = sizeof options, .held_bucket = -1 };
    acrm_arrears_result got = arrears_of(&options, dues, 5, 90, buckets);

    ck_assert_int_eq(got.dues, 3);
    ck_assert_int_eq(got.age, 90);
    ck_assert_int_eq(got.bucket, 3);
    ck_assert_int_eq(got.since_day, 0);
    ck_assert_int_eq(got.total, 329);
    ck_assert_int_eq(buckets[3].unpaid[ACRM_PART_PENALTY], 2);
    ck_assert_int_eq(buckets[1].dues, 2); /* 59 and 30 days */
    ck_assert_int_eq(buckets[1].unpaid[ACRM_PART_INTEREST], 17);
    ck_assert_int_eq(buckets[2].dues, 0);

    dues[0].paid[ACRM_PART_PRINCIPAL] = 100;
    dues[0].paid[ACRM_PART_INTEREST] = 10;
    options.floor = 2;
    got = arrears_of(&options, dues, 5, 90, buckets);
    ck_assert_int_eq(got.oldest, 1);
    ck_assert_int_eq(got.bucket, 1);
    /* Once in the worst bucket, only full payment leads out of it. */
    options.held_bucket = 3;
    got = arrears_of(&options, dues, 5, 90, buckets);
    ck_assert_int_eq(got.bucket, 3);
    got = arrears_of(&options, dues + 3, 2, 90, buckets);
    ck_assert_int_eq(got.bucket, -1);
    ck_assert_int_eq(got.since_day, ACRM_DAY_NONE);
}
END_TEST

START_TEST(arrears__pauses_and_grace_stop_the_ageing)
{
    static const acrm_pause pauses[] = { { -50, 5 }, { 20, 30 }, { 80, 200 } };
    acrm_due dues[] = { due_of(0, 100, 0, 0, 0) };
    acrm_bucket buckets[4];
    acrm_arrears_options options = { .struct_size = sizeof options,
                                     .held_bucket = -1,
                                     .pauses = pauses,
                                     .pauses_len = 3 };
    acrm_arrears_result got = arrears_of(&options, dues, 1, 100, buckets);

    ck_assert_int_eq(got.age, 100 - 5 - 10 - 20);
    options.grace_days = 65;
    got = arrears_of(&options, dues, 1, 100, buckets);
    ck_assert_int_eq(got.dues, 0);
    options.grace_days = 64;
    got = arrears_of(&options, dues, 1, 100, buckets);
    ck_assert_int_eq(got.dues, 1);
}
END_TEST

static const struct {
    int32_t min, max, min2, max2;
    const char *field;
    int64_t row;
} bad_ranges[] = {
    { 0, 29, 30, INT32_MAX, "buckets.age_min", 0 },
    { 1, 29, 31, INT32_MAX, "buckets.age_min", 1 },
    { 1, 29, 29, INT32_MAX, "buckets.age_min", 1 },
    { 1, 0, 1, INT32_MAX, "buckets.age_max", 0 },
    { 1, 29, 30, 100, "buckets.age_max", 1 },
    { 1, INT32_MAX, 30, INT32_MAX, "buckets.age_max", 0 },
    { 1, 29, 30, 29, "buckets.age_max", 1 },
};

static int32_t arrears_fault(const acrm_arrears_options *options, acrm_bucket *buckets, size_t n,
                             acrm_issue *issue)
{
    acrm_arrears_result got = { .struct_size = sizeof got };

    return acrm_arrears(options, NULL, 0, 0, buckets, n, &got, NULL, 0, NULL, issue);
}

START_TEST(arrears__each_due_tells_how_it_was_aged)
{
    static const acrm_pause pauses[] = { { 10, 15 } };
    static const acrm_arrears_line expected[] = {
        { 0, 100, 5, 95, ACRM_ARREARS_OVERDUE, 3, 100 },
        { 1, 90, 5, 85, ACRM_ARREARS_PAID, -1, 0 },
        { 2, 50, 0, 50, ACRM_ARREARS_FLOOR, -1, 3 },
        { 3, 5, 0, 5, ACRM_ARREARS_IN_GRACE, -1, 100 },
    };
    acrm_due dues[] = { due_of(0, 100, 0, 0, 0), due_of(10, 100, 0, 0, 0),
                        due_of(50, 3, 0, 0, 0), due_of(95, 100, 0, 0, 0),
                        due_of(100, 100, 0, 0, 0) };
    acrm_arrears_options options = { .struct_size = sizeof options, .held_bucket = -1,
                                     .grace_days = 5, .floor = 3, .pauses = pauses,
                                     .pauses_len = 1 };
    acrm_arrears_result got = { .struct_size = sizeof got };
    acrm_arrears_line lines[4];
    acrm_bucket buckets[4];
    size_t n = 0;

    dues[1].paid[ACRM_PART_PRINCIPAL] = 100;
    memcpy(buckets, ranges, sizeof ranges);
    ck_assert_int_eq(acrm_arrears(&options, dues, 5, 100, buckets, 4, &got, lines, 4, &n, NULL),
                     ACRM_OK);
    ck_assert_uint_eq(n, 4); /* the due of the day itself is not looked at */
    ck_assert_mem_eq(lines, expected, sizeof expected);
    ck_assert_int_eq(acrm_arrears(&options, dues, 5, 100, buckets, 4, &got, lines, 1, &n, NULL),
                     ACRM_OK);
    ck_assert_uint_eq(n, 4);
}
END_TEST

START_TEST(arrears__ranges_may_not_gap_or_overlap)
{
    acrm_arrears_options options = { .struct_size = sizeof options, .held_bucket = -1 };
    acrm_issue issue = { 0 };

    for (size_t i = 0; i < sizeof bad_ranges / sizeof bad_ranges[0]; i++) {
        acrm_bucket buckets[2] = { { .age_min = bad_ranges[i].min,
                                     .age_max = bad_ranges[i].max },
                                   { .age_min = bad_ranges[i].min2,
                                     .age_max = bad_ranges[i].max2 } };
        ck_assert_int_eq(arrears_fault(&options, buckets, 2, &issue), ACRM_E_INVALID);
        ck_assert_str_eq(issue.field, bad_ranges[i].field);
        ck_assert_int_eq(issue.row, bad_ranges[i].row);
    }
    acrm_bucket buckets[4];
    memcpy(buckets, ranges, sizeof ranges);
    ck_assert_int_eq(arrears_fault(&options, buckets, 0, &issue), ACRM_E_INVALID);
    ck_assert_int_eq(arrears_fault(&options, buckets, 33, &issue), ACRM_E_LIMIT);
    options.held_bucket = 4;
    ck_assert_int_eq(arrears_fault(&options, buckets, 4, &issue), ACRM_E_INVALID);
    static const acrm_pause crossing[] = { { 0, 10 }, { 9, 20 } };
    options = (acrm_arrears_options){ .struct_size = sizeof options,
                                      .held_bucket = -1,
                                      .pauses = crossing,
                                      .pauses_len = 2 };
    ck_assert_int_eq(arrears_fault(&options, buckets, 4, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "options.pauses");
    ck_assert_int_eq(issue.row, 1);
}
END_TEST

/* Twelve dues a period of 30 days apart, 1 000.00 principal each, 100.00 interest each. */
static void twelve_dues(acrm_due *dues)
{
    for (int32_t i = 0; i < 12; i++)
        dues[i] = due_of(30 * (i + 1), 100000, 10000, 0, 0);
}

static acrm_settlement_terms settlement_terms(int32_t method)
{
    return (acrm_settlement_terms){ .struct_size = sizeof(acrm_settlement_terms),
                                    .interest = { .rate = 120000000,
                                                  .round_unit = 1,
                                                  .day_count = ACRM_DAYS_ACT_360 },
                                    .method = method,
                                    .short_days = 365 };
}

/* Three dues passed and paid; quoted on day 100, ten days into the fourth period. */
static const struct {
    int32_t method;
    int64_t running;
    const char *rule;
} settlements[] = {
    { ACRM_SETTLE_TO_DAY, 3000, "9 000.00 * 12 % * 10 / 360" },
    { ACRM_SETTLE_TO_NEXT_DUE, 9000, "9 000.00 * 12 % * 30 / 360" },
    { ACRM_SETTLE_ALL, 90000, "all nine of the later dues' 100.00" },
    { ACRM_SETTLE_BY_DAYS, 3333, "1 200.00 * 100 / 360 less 300.00" },
    { ACRM_SETTLE_BY_DIGITS, 34615, "1 200.00 * (12 + 11 + 10 + 9) / 78 less 300.00" },
};

START_TEST(settlement__pays_interest_by_its_method)
{
    for (size_t i = 0; i < sizeof settlements / sizeof settlements[0]; i++) {
        acrm_due dues[12];
        acrm_settlement_terms terms = settlement_terms(settlements[i].method);
        acrm_settlement_quote quote = { .struct_size = sizeof quote };
        acrm_explain_line lines[4];
        size_t n_lines = 0;

        twelve_dues(dues);
        for (size_t k = 0; k < 3; k++)
            memcpy(dues[k].paid, dues[k].due, sizeof dues[k].paid);
        ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 100, &quote, lines, 4, &n_lines, NULL),
                         ACRM_OK);
        ck_assert_msg(quote.interest_running == settlements[i].running, "%s: %" PRId64,
                      settlements[i].rule, quote.interest_running);
        ck_assert_int_eq(quote.principal, 900000);
        ck_assert_int_eq(quote.interest_saved, 90000 - settlements[i].running);
        ck_assert_int_eq(quote.total, 900000 + settlements[i].running);
        ck_assert_int_eq(quote.days_left, 260);
        ck_assert_uint_eq(n_lines, settlements[i].method == ACRM_SETTLE_ALL ? 1 : 2);
    }
}
END_TEST

/* The textbook rule of 78: after three of twelve months, 33/78 of a charge of 1 200.00. */
START_TEST(settlement__sum_of_digits_after_three_of_twelve_months)
{
    acrm_due dues[12];
    acrm_settlement_terms terms = settlement_terms(ACRM_SETTLE_BY_DIGITS);
    acrm_settlement_quote quote = { .struct_size = sizeof quote };

    twelve_dues(dues);
    ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 90, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.interest_due + quote.interest_running, 50769);
    ck_assert_int_eq(quote.interest_saved, 69231);
}
END_TEST

/* 2008/48/EC art. 16: 1 % above a year, 0.5 % below, never more than the interest saved. */
START_TEST(settlement__compensation_is_bounded_as_in_article_16)
{
    acrm_due dues[24];
    acrm_settlement_terms terms = settlement_terms(ACRM_SETTLE_TO_DAY);
    acrm_settlement_quote quote = { .struct_size = sizeof quote };

    for (int32_t i = 0; i < 24; i++)
        dues[i] = due_of(30 * (i + 1), 100000, 10000, 0, 0);
    terms.fee_rate = 10000000;
    terms.fee_rate_short = 5000000;
    ck_assert_int_eq(acrm_settlement(&terms, dues, 24, 354, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.principal_early, 1300000);
    ck_assert_int_eq(quote.compensation, 13000); /* 366 days left */
    ck_assert_int_eq(acrm_settlement(&terms, dues, 24, 355, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.compensation, 6500); /* 365 days left */
    terms.fee_free = 1300000;
    ck_assert_int_eq(acrm_settlement(&terms, dues, 24, 355, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.compensation, 0);
    terms.fee_free = 0;
    terms.fee = 10000000;
    terms.fee_within_interest = 1;
    ck_assert_int_eq(acrm_settlement(&terms, dues, 24, 355, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.compensation, quote.interest_saved);
    ck_assert_int_eq(quote.interest_saved, 130000 - quote.interest_running);
}
END_TEST

/* CJEU C-383/18: the reduction covers costs paid at signing too. */
START_TEST(settlement__refunds_costs_by_days_or_by_interest)
{
    acrm_due dues[12];
    acrm_settlement_terms terms = settlement_terms(ACRM_SETTLE_TO_NEXT_DUE);
    acrm_settlement_quote quote = { .struct_size = sizeof quote };

    twelve_dues(dues);
    terms.costs = 36000;
    terms.refund = ACRM_REFUND_BY_DAYS;
    ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 90, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.refund, 27000); /* 270 of 360 days */
    terms.refund = ACRM_REFUND_BY_INTEREST;
    ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 90, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.interest_saved, 81000);
    ck_assert_int_eq(quote.refund, 24300); /* 81 of 120 */
    ck_assert_int_eq(quote.total,
                     quote.principal + quote.interest_due + quote.interest_running - quote.refund);
}
END_TEST

START_TEST(settlement__counts_arrears_penalties_and_money_paid_early)
{
    acrm_due dues[12];
    acrm_settlement_terms terms = settlement_terms(ACRM_SETTLE_TO_DAY);
    acrm_settlement_quote quote = { .struct_size = sizeof quote };

    twelve_dues(dues);
    dues[0].due[ACRM_PART_PENALTY] = 700;
    dues[0].due[ACRM_PART_FEE] = 300;
    dues[11].due[ACRM_PART_FEE] = 400;
    dues[11].paid[ACRM_PART_FEE] = 150;
    dues[11].paid[ACRM_PART_INTEREST] = 2500;
    dues[11].paid[ACRM_PART_PRINCIPAL] = 100000;
    ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 30, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.principal, 1100000);
    ck_assert_int_eq(quote.principal_early, 1000000);
    ck_assert_int_eq(quote.interest_due, 10000);
    ck_assert_int_eq(quote.interest_running, 0);
    ck_assert_int_eq(quote.interest_prepaid, 2500);
    ck_assert_int_eq(quote.fees, 150);
    ck_assert_int_eq(quote.penalties, 700);
    ck_assert_int_eq(quote.total, 1100000 + 10000 - 2500 + 150 + 700);
    ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 500, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(quote.principal_early, 0);
    ck_assert_int_eq(quote.days_left, 0);
}
END_TEST

START_TEST(settlement__refuses_bad_terms_by_field)
{
    acrm_due dues[12];
    acrm_settlement_quote quote = { .struct_size = sizeof quote, .total = 7 };
    acrm_issue issue = { 0 };

    twelve_dues(dues);
#define BAD_TERMS(change, name)                                                                   \
    do {                                                                                          \
        acrm_settlement_terms terms = settlement_terms(ACRM_SETTLE_TO_DAY);                       \
        change;                                                                                   \
        ck_assert_int_eq(acrm_settlement(&terms, dues, 12, 90, &quote, NULL, 0, NULL, &issue),    \
                         ACRM_E_INVALID);                                                         \
        ck_assert_str_eq(issue.field, name);                                                      \
    } while (0)
    BAD_TERMS(terms.method = 5, "terms.method");
    BAD_TERMS(terms.refund = -1, "terms.refund");
    BAD_TERMS(terms.costs = -1, "terms.costs");
    BAD_TERMS(terms.fee = INT64_MAX, "terms.fee");
    BAD_TERMS(terms.fee_rate = 1000000001, "terms.fee_rate");
    BAD_TERMS(terms.short_days = -1, "terms.short_days");
    BAD_TERMS(terms.fee_within_interest = 2, "terms.fee_within_interest");
    BAD_TERMS(terms.start_day = 31, "terms.start_day");
    BAD_TERMS(terms.interest.rate = ACRM_FINANCE_RATE_MAX + 1, "interest.rate");
    BAD_TERMS(terms.interest.day_count = 0, "interest.per_year");
    acrm_settlement_terms terms = settlement_terms(ACRM_SETTLE_TO_DAY);
    ck_assert_int_eq(acrm_settlement(&terms, dues, 12, -1, &quote, NULL, 0, NULL, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "day");
    ck_assert_int_eq(acrm_settlement(&terms, dues, 0, 90, &quote, NULL, 0, NULL, &issue),
                     ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "dues");
    ck_assert_int_eq(quote.total, 7);
}
END_TEST

static Suite *servicing_suite(void)
{
    Suite *suite = suite_create("servicing");
    TCase *tc = tcase_create("servicing");

    tcase_add_test(tc, allocate__the_usual_order_pays_the_oldest_due_first);
    tcase_add_test(tc, allocate__horizontal_finishes_a_due_and_vertical_a_part);
    tcase_add_test(tc, allocate__early_money_goes_next_last_or_everywhere);
    tcase_add_test(tc, allocate__agrees_with_paying_one_unit_at_a_time);
    tcase_add_test(tc, allocate__refuses_bad_input_and_leaves_the_dues_alone);
    tcase_add_test(tc, penalty__follows_its_rule);
    tcase_add_test(tc, penalty__many_short_stretches_cost_what_a_long_one_does);
    tcase_add_test(tc, penalty__refuses_bad_rules_by_field);
    tcase_add_test(tc, arrears__age_each_due_into_its_bucket);
    tcase_add_test(tc, arrears__pauses_and_grace_stop_the_ageing);
    tcase_add_test(tc, arrears__each_due_tells_how_it_was_aged);
    tcase_add_test(tc, arrears__ranges_may_not_gap_or_overlap);
    tcase_add_test(tc, settlement__pays_interest_by_its_method);
    tcase_add_test(tc, settlement__sum_of_digits_after_three_of_twelve_months);
    tcase_add_test(tc, settlement__compensation_is_bounded_as_in_article_16);
    tcase_add_test(tc, settlement__refunds_costs_by_days_or_by_interest);
    tcase_add_test(tc, settlement__counts_arrears_penalties_and_money_paid_early);
    tcase_add_test(tc, settlement__refuses_bad_terms_by_field);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(servicing_suite)
