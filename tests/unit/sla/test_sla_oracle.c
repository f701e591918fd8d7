/* SPDX-License-Identifier: MIT */
/*
 * Service level clocks against a second implementation that walks from minute to minute and counts,
 * over random histories of messages, replies, pauses, reopenings, priorities and changed holidays;
 * and the clocks told one by one against clocks told everything afterwards.
 *
 * SLA_SEED repeats a run, SLA_CASES makes it longer.
 */
#include "autocrm/sla.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    DAYS = 9,
    MINUTES = DAYS * 1440,
    FIRST_DAY = 20514, /* Monday 2026-03-02 */
    VARIANTS = 3,      /* of the calendar: holidays come and go */
    PRIORITIES = 3,
    STEPS_MAX = 40,
    CLOCKS_MAX = 64,
    PAUSES_MAX = 24,
    CASES = 3000,
    REAL = VARIANTS,   /* all time counts */
    COUNTS = VARIANTS + 1
};

#define MINUTE INT64_C(60000000)
#define START (FIRST_DAY * INT64_C(86400000000))

/* --- Chance, from a seed --- */

static uint64_t chance_state;

static uint64_t chance(void)
{
    uint64_t z = chance_state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int32_t below(int32_t n)
{
    return (int32_t)(chance() % (uint64_t)n);
}

/* --- The calendars, twice: ours, and as the oracle reads them --- */

static acrm_calendar *calendars[VARIANTS];
static bool opened[VARIANTS][MINUTES];

static void make_calendars(void)
{
    acrm_calendar_hours hours[12];
    const acrm_calendar_holiday days[2] = {
        { "Second day", ACRM_HOLIDAY_ONCE, 0, FIRST_DAY + 1, 1 },
        { "Fourth and fifth", ACRM_HOLIDAY_ONCE, 0, FIRST_DAY + 3, 2 },
    };

    for (int32_t d = 0; d < 5; d++) {
        hours[2 * d] = (acrm_calendar_hours){ d + 1, 8 * 3600, 12 * 3600 };
        hours[2 * d + 1] = (acrm_calendar_hours){ d + 1, 13 * 3600, 17 * 3600 };
    }
    hours[10] = (acrm_calendar_hours){ 6, 22 * 3600, 2 * 3600 };
    for (int32_t v = 0; v < VARIANTS; v++) {
        acrm_calendar_definition d = { .struct_size = sizeof d, .hours = hours, .hours_count = 11,
                                       .holidays = days, .holidays_count = (size_t)v };
        ck_assert_int_eq(acrm_calendar_new(&d, NULL, &calendars[v], NULL), ACRM_OK);
        for (int32_t m = 0; m < MINUTES; m++) {
            int32_t day = m / 1440, minute = m % 1440, weekday = day % 7;
            bool open = weekday < 5 && ((minute >= 480 && minute < 720) ||
                                        (minute >= 780 && minute < 1020));
            open = open || (weekday == 5 && minute >= 1320) || (weekday == 6 && minute < 120);
            if ((v >= 1 && day == 1) || (v == 2 && (day == 3 || day == 4)))
                open = false;
            opened[v][m] = open;
        }
    }
}

static void free_calendars(void)
{
    for (int32_t v = 0; v < VARIANTS; v++)
        acrm_calendar_free(calendars[v]);
}

/* --- Random terms and histories --- */

static acrm_sla_mark marks[PRIORITIES][ACRM_SLA_CLOCKS][3];
static acrm_sla_target targets[PRIORITIES * ACRM_SLA_CLOCKS];
static acrm_sla_terms terms[VARIANTS];

static void make_terms(void)
{
    int32_t reopen = 1 + below(3);

    for (int32_t p = 0; p < PRIORITIES; p++)
        for (int32_t c = 0; c < ACRM_SLA_CLOCKS; c++) {
            bool last = c == ACRM_SLA_RESOLUTION - 1;
            int32_t minutes = last ? 600 + below(1500) : 20 + below(500);
            marks[p][c][0] = (acrm_sla_mark){ 5000, 0 };
            marks[p][c][1] = (acrm_sla_mark){ 10000, -10 * MINUTE };
            marks[p][c][2] = (acrm_sla_mark){ 10000, (1 + below(200)) * MINUTE };
            if (!last && below(6) == 0)
                minutes = 0;
            targets[p * ACRM_SLA_CLOCKS + c] = (acrm_sla_target){
                .amount = minutes / 2 * 2 * MINUTE, .around_the_clock = below(4) == 0,
                .marks = marks[p][c], .marks_count = 3,
            };
        }
    for (int32_t v = 0; v < VARIANTS; v++)
        terms[v] = (acrm_sla_terms){ .struct_size = sizeof terms[v], .reopen = reopen,
                                     .calendar = calendars[v], .targets = targets,
                                     .priorities_count = PRIORITIES };
}

static size_t make_history(acrm_sla_happening *out)
{
    static const int32_t kinds[] = {
        ACRM_SLA_MESSAGE, ACRM_SLA_MESSAGE, ACRM_SLA_REPLY, ACRM_SLA_REPLY, ACRM_SLA_PAUSED,
        ACRM_SLA_PAUSED, ACRM_SLA_RESUMED, ACRM_SLA_RESUMED, ACRM_SLA_PRIORITY, ACRM_SLA_TERMS,
        ACRM_SLA_RESOLVED, ACRM_SLA_REOPENED, ACRM_SLA_REOPENED, ACRM_SLA_CLOSED, ACRM_SLA_TOUCH,
    };
    size_t n = (size_t)(3 + below(STEPS_MAX - 3));
    int32_t minute = below(2 * 1440), priority = below(PRIORITIES);

    for (size_t i = 0; i < n; i++) {
        acrm_sla_happening *h = &out[i];
        *h = (acrm_sla_happening){ .struct_size = sizeof *h,
                                   .kind = i ? kinds[below(15)] : ACRM_SLA_CREATED,
                                   .at = START + minute * MINUTE, .until = ACRM_SLA_NONE };
        if (h->kind == ACRM_SLA_CREATED || h->kind == ACRM_SLA_TERMS)
            h->terms = &terms[below(VARIANTS)];
        if (h->kind == ACRM_SLA_PRIORITY)
            priority = below(PRIORITIES);
        h->priority = priority;
        h->key = h->kind == ACRM_SLA_RESUMED ? below((int32_t)i + 1) : (int64_t)i;
        h->clocks = 2 * (1 + below(15));
        if (h->kind == ACRM_SLA_PAUSED && below(3) == 0)
            h->until = h->at + below(600) * MINUTE;
        minute += below(4) ? below(240) : below(900);
        if (minute >= MINUTES - 1440)
            minute = MINUTES - 1440;
    }
    return n;
}

/* --- The oracle --- */

typedef struct count_clock {
    int32_t clock, cycle, start, stop; /* minutes; stop -1: open */
    int64_t key;
    int32_t variant, priority;
    int32_t used[COUNTS][MINUTES + 1]; /* minutes used up to each, by calendar */
    int64_t fired;
    int32_t breached;
} count_clock;

typedef struct count_pause {
    int64_t key;
    int32_t to, clocks; /* to -1: until resumed */
} count_pause;

static count_clock clocks[CLOCKS_MAX];
static count_pause pauses[PAUSES_MAX];
static int32_t n_clocks, n_pauses, cycle, variant, prio;
static bool is_open;

static const acrm_sla_target *promise(const count_clock *c)
{
    return &targets[c->priority * ACRM_SLA_CLOCKS + c->clock - 1];
}

static const int32_t *used_of(const count_clock *c)
{
    return c->used[promise(c)->around_the_clock ? REAL : c->variant];
}

static void count_start(int32_t clock, int64_t key, int32_t minute)
{
    count_clock *c = &clocks[n_clocks++];

    ck_assert_int_le(n_clocks, CLOCKS_MAX);
    c->clock = clock;
    c->cycle = cycle;
    c->start = minute;
    c->stop = -1;
    c->key = key;
    c->variant = variant;
    c->priority = prio;
    c->fired = 0;
    c->breached = -1;
    for (int32_t v = 0; v < COUNTS; v++)
        c->used[v][minute] = 0;
}

static void count_start_update(int32_t minute)
{
    int64_t before = 0;

    for (int32_t i = 0; i < n_clocks; i++)
        before += clocks[i].clock == ACRM_SLA_UPDATE && clocks[i].cycle == cycle;
    count_start(ACRM_SLA_UPDATE, before, minute);
}

static void count_start_all(int32_t minute)
{
    count_start(ACRM_SLA_FIRST_RESPONSE, 0, minute);
    if (targets[prio * ACRM_SLA_CLOCKS].amount == 0)
        count_start_update(minute);
    count_start(ACRM_SLA_RESOLUTION, 0, minute);
}

static bool count_held(const count_clock *c)
{
    for (int32_t i = 0; i < n_pauses; i++)
        if (pauses[i].clocks & 1 << c->clock)
            return true;
    return false;
}

/* What is reached strictly before this minute. */
static void count_fire(count_clock *c, int32_t minute)
{
    const acrm_sla_target *t = promise(c);
    const int32_t *used = used_of(c);

    if (t->amount == 0 || c->stop >= 0)
        return;
    for (int32_t bit = 0; bit <= 3; bit++) {
        int64_t amount = t->amount;
        if (bit)
            amount = t->amount * t->marks[bit - 1].share_bp / 10000 + t->marks[bit - 1].offset;
        if (c->fired & 1 << bit)
            continue;
        for (int32_t m = c->start; m < minute; m++)
            if (used[m] * MINUTE >= amount) {
                c->fired |= 1 << bit;
                if (bit == 0)
                    c->breached = m;
                break;
            }
    }
}

/* One minute passes. */
static void count_minute(int32_t minute)
{
    for (int32_t i = 0; i < n_clocks; i++) {
        count_clock *c = &clocks[i];
        bool runs = c->stop < 0 && !count_held(c);
        for (int32_t v = 0; v < COUNTS; v++)
            c->used[v][minute + 1] = c->used[v][minute] +
                                     (runs && (v == REAL || opened[v][minute]));
    }
    for (int32_t i = n_pauses; i-- > 0;)
        if (pauses[i].to >= 0 && pauses[i].to <= minute + 1)
            pauses[i] = pauses[--n_pauses];
}

static void count_stop(int32_t mask, int32_t minute)
{
    for (int32_t i = 0; i < n_clocks; i++)
        if (clocks[i].stop < 0 && mask & 1 << clocks[i].clock)
            clocks[i].stop = minute;
}

static bool count_live(int32_t clock, int64_t key)
{
    for (int32_t i = 0; i < n_clocks; i++)
        if (clocks[i].stop < 0 && clocks[i].clock == clock && (key < 0 || clocks[i].key == key))
            return true;
    return false;
}

static void count_reopen(int32_t minute)
{
    is_open = true;
    if (terms[variant].reopen == ACRM_SLA_CONTINUE) {
        for (int32_t i = n_clocks; i-- > 0;)
            if (clocks[i].clock == ACRM_SLA_RESOLUTION) {
                clocks[i].stop = -1;
                clocks[i].variant = variant;
                clocks[i].priority = prio;
                break;
            }
        count_start_update(minute);
        return;
    }
    cycle++;
    if (terms[variant].reopen == ACRM_SLA_NEW_CYCLE) {
        count_start_all(minute);
        return;
    }
    count_start_update(minute);
    count_start(ACRM_SLA_RESOLUTION, 0, minute);
}

static void count_retarget(const acrm_sla_happening *h)
{
    if (h->kind == ACRM_SLA_TERMS)
        variant = (int32_t)(h->terms - terms);
    prio = h->priority;
    for (int32_t i = 0; i < n_clocks; i++)
        if (clocks[i].stop < 0) {
            clocks[i].variant = variant;
            clocks[i].priority = prio;
        }
}

static void count_pause_from(const acrm_sla_happening *h, int32_t minute)
{
    int32_t to = h->until == ACRM_SLA_NONE ? -1 : (int32_t)((h->until - START) / MINUTE);

    if (to < 0 || to > minute)
        pauses[n_pauses++] = (count_pause){ h->key, to, h->clocks };
}

static void count_resume(int64_t key)
{
    for (int32_t i = n_pauses; i-- > 0;)
        if (key == 0 || pauses[i].key == key)
            pauses[i] = pauses[--n_pauses];
}

static void count_happen(const acrm_sla_happening *h, int32_t minute)
{
    switch (h->kind) {
    case ACRM_SLA_CREATED:
        n_clocks = n_pauses = 0;
        cycle = 1;
        is_open = true;
        variant = (int32_t)(h->terms - terms);
        prio = h->priority;
        count_start_all(minute);
        break;
    case ACRM_SLA_MESSAGE:
        if (is_open && !count_live(ACRM_SLA_FIRST_RESPONSE, -1) &&
            !count_live(ACRM_SLA_NEXT_RESPONSE, h->key))
            count_start(ACRM_SLA_NEXT_RESPONSE, h->key, minute);
        break;
    case ACRM_SLA_REPLY:
        if (!is_open)
            break;
        count_stop(2 | 4 | 8, minute);
        count_start_update(minute);
        break;
    case ACRM_SLA_PAUSED:
        if (is_open && n_pauses < PAUSES_MAX)
            count_pause_from(h, minute);
        break;
    case ACRM_SLA_RESUMED:
        count_resume(h->key);
        break;
    case ACRM_SLA_PRIORITY:
    case ACRM_SLA_TERMS:
        count_retarget(h);
        break;
    case ACRM_SLA_RESOLVED:
    case ACRM_SLA_CLOSED:
        count_stop(~0, minute);
        n_pauses = 0;
        is_open = false;
        break;
    case ACRM_SLA_REOPENED:
        if (!is_open)
            count_reopen(minute);
        break;
    default:
        break;
    }
}

static void count_history(const acrm_sla_happening *h, size_t n, int32_t end)
{
    size_t next = 1;
    int32_t minute = (int32_t)((h[0].at - START) / MINUTE);

    count_happen(&h[0], minute);
    for (; minute <= end; minute++) {
        for (; next < n && h[next].at == START + minute * MINUTE; next++) {
            for (int32_t i = 0; i < n_clocks; i++)
                count_fire(&clocks[i], minute);
            count_happen(&h[next], minute);
        }
        if (minute < end)
            count_minute(minute);
    }
    for (int32_t i = 0; i < n_clocks; i++)
        count_fire(&clocks[i], end);
}

/* --- Comparing --- */

static void compare(acrm_sla *sla, int32_t end, int32_t run)
{
    ck_assert_msg(acrm_sla_count(sla) == (size_t)n_clocks, "run %d: %zu clocks, counted %d", run,
                  acrm_sla_count(sla), n_clocks);
    for (int32_t i = 0; i < n_clocks; i++) {
        const count_clock *c = &clocks[i];
        acrm_sla_clock got = { .struct_size = sizeof got };
        int32_t until = c->stop < 0 ? end : c->stop;
        int64_t used = used_of(c)[until] * MINUTE;
        int64_t stop = c->stop < 0 ? ACRM_SLA_NONE : START + c->stop * MINUTE;
        int64_t breached = c->breached < 0 ? ACRM_SLA_NONE : START + c->breached * MINUTE;
        ck_assert_int_eq(acrm_sla_clock_at(sla, (size_t)i, START + end * MINUTE, &got), ACRM_OK);
        ck_assert_msg(got.clock == c->clock && got.cycle == c->cycle && got.key == c->key &&
                          got.start == START + c->start * MINUTE && got.stop == stop,
                      "run %d clock %d: another clock", run, i);
        ck_assert_msg(got.elapsed == used, "run %d clock %d (%d): used %lld min, counted %lld",
                      run, i, c->clock, (long long)(got.elapsed / MINUTE),
                      (long long)(used / MINUTE));
        ck_assert_msg(got.fired == c->fired && got.breached == breached,
                      "run %d clock %d (%d): fired %lld at %lld, counted %lld at %d", run, i,
                      c->clock, (long long)got.fired, (long long)((got.breached - START) / MINUTE),
                      (long long)c->fired, c->breached);
    }
}

static void same(acrm_sla *a, acrm_sla *b, int64_t now, int32_t run)
{
    acrm_sla_summary x = { .struct_size = sizeof x }, y = { .struct_size = sizeof y };

    ck_assert_uint_eq(acrm_sla_count(a), acrm_sla_count(b));
    for (size_t i = 0; i < acrm_sla_count(a); i++) {
        acrm_sla_clock p, q;
        memset(&p, 0, sizeof p);
        memset(&q, 0, sizeof q);
        p.struct_size = q.struct_size = sizeof p;
        ck_assert_int_eq(acrm_sla_clock_at(a, i, now, &p), ACRM_OK);
        ck_assert_int_eq(acrm_sla_clock_at(b, i, now, &q), ACRM_OK);
        ck_assert_msg(p.state == q.state && p.due == q.due && p.elapsed == q.elapsed &&
                          p.paused == q.paused && p.left == q.left && p.fired == q.fired &&
                          p.breached == q.breached && p.stop == q.stop && p.start == q.start,
                      "run %d clock %zu: recomputed is not what it was", run, i);
    }
    acrm_sla_summarise(a, now, &x);
    acrm_sla_summarise(b, now, &y);
    ck_assert_msg(memcmp(&x, &y, sizeof x) == 0, "run %d: another summary", run);
}

static void one_run(int32_t run)
{
    acrm_sla_happening h[STEPS_MAX];
    acrm_sla *step = NULL, *again = NULL;

    make_terms();
    size_t n = make_history(h);
    int32_t end = (int32_t)((h[n - 1].at - START) / MINUTE) + below(1440);
    ck_assert_int_eq(acrm_sla_new(NULL, &step), ACRM_OK);
    ck_assert_int_eq(acrm_sla_new(NULL, &again), ACRM_OK);
    for (size_t i = 0; i < n; i++) {
        int64_t before = i ? h[i].at - below(60) * MINUTE : 0;
        if (i && before >= h[i - 1].at) /* time is looked at in between, or not */
            acrm_sla_advance(step, before);
        ck_assert_int_eq(acrm_sla_happen(step, &h[i], NULL), ACRM_OK);
    }
    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(acrm_sla_happen(again, &h[i], NULL), ACRM_OK);
    acrm_sla_advance(step, START + end * MINUTE);
    acrm_sla_advance(again, START + end * MINUTE);
    same(step, again, START + end * MINUTE, run);
    count_history(h, n, end);
    compare(step, end, run);
    acrm_sla_free(step);
    acrm_sla_free(again);
}

START_TEST(sla__agrees_with_counting_minutes)
{
    const char *seed = getenv("SLA_SEED"), *cases = getenv("SLA_CASES");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 20261121;
    int32_t n = cases ? atoi(cases) : CASES;

    printf("sla: %d histories from seed %llu\n", n, (unsigned long long)first);
    make_calendars();
    for (int32_t run = 0; run < n; run++) {
        chance_state = first + (uint64_t)run * UINT64_C(0x5851f42d4c957f2d);
        one_run(run);
    }
    free_calendars();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sla_oracle");
    TCase *tc = tcase_create("sla_oracle");

    tcase_add_test(tc, sla__agrees_with_counting_minutes);
    suite_add_tcase(s, tc);
    return s;
}

ACRM_TEST_MAIN(suite)
