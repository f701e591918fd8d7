/* SPDX-License-Identifier: MIT */
/*
 * The brute-force oracle: a calendar is painted second by second into an array, the open seconds
 * are counted one by one, and every answer is read off the array. Nothing is shared with the
 * engine but the mapping of wall clocks to instants, which test_zone checks by itself.
 */
#include "autocrm/calendar.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)

enum {
    DAYS = 35,                /* of a window */
    SECONDS = DAYS * 86400,
    WINDOWS = 240,
    QUESTIONS = 440,          /* for each window */
    MOST = 64,
    ZONES = 11
};

static const struct {
    const char *name;
    int32_t from, to; /* years to look at */
} zone_rows[ZONES] = {
    { "Asia/Tehran", 2016, 2022 },       { "Asia/Tehran", 2022, 2030 },
    { "America/New_York", 2000, 2050 },  { "Europe/Berlin", 1975, 2060 },
    { "Australia/Sydney", 1995, 2050 },  { "America/Santiago", 2010, 2050 },
    { "Australia/Lord_Howe", 2000, 2040 }, { "Pacific/Apia", 2009, 2022 },
    { "Etc/UTC", 1990, 2200 },           { "Africa/Casablanca", 2015, 2040 },
    { "Pacific/Auckland", 1990, 2250 },
};

typedef struct world {
    acrm_calendar_definition d;
    acrm_calendar_hours hours[MOST];
    acrm_calendar_dated shifts[MOST], breaks[MOST];
    acrm_calendar_holiday holidays[MOST];
    uint8_t *open;          /* one for each second of the window */
    int8_t own[DAYS + 12];  /* business days from first_day - 6 on; -1: not in the window */
} world;

static uint64_t state;
static acrm_zone *zones[ZONES];
static int64_t start;      /* first second of the window, UTC */
static int32_t first_day;  /* UTC date of it */
static int32_t *count;     /* open seconds before each second of the window */
static uint8_t *is_open;   /* what is asked about: one world, or two together */
static long asked;

static int64_t pick(int64_t from, int64_t to)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return from + (int64_t)(state % (uint64_t)(to - from + 1));
}

static int32_t pick_time(void)
{
    int64_t how = pick(0, 5);

    return (int32_t)(how < 2 ? pick(0, 23) * 3600 : how < 4 ? pick(0, 95) * 900
                                                            : pick(0, 86399));
}

static void pick_interval(int32_t *from, int32_t *to)
{
    do {
        *from = pick_time();
        *to = pick(0, 5) == 0 ? 86400 : pick_time();
    } while (*from == *to || *to == 0 || *from == 86400);
    if (*from > *to && pick(0, 2) != 0) { /* most intervals stay on their day */
        int32_t swap = *from;
        *from = *to == 86400 ? 0 : *to;
        *to = swap;
    }
}

static void pick_dated(acrm_calendar_dated *list, size_t *n, int64_t most)
{
    *n = (size_t)pick(0, most);
    for (size_t i = 0; i < *n; i++) {
        list[i].day = first_day + (int32_t)pick(-2, DAYS + 2);
        pick_interval(&list[i].from, &list[i].to);
    }
}

static void pick_holidays(world *w)
{
    w->d.holidays_count = (size_t)pick(0, 8);
    for (size_t i = 0; i < w->d.holidays_count; i++) {
        acrm_calendar_holiday *h = &w->holidays[i];
        int32_t y = 0, day = first_day + (int32_t)pick(-3, DAYS);
        *h = (acrm_calendar_holiday){ .kind = (int32_t)pick(1, 3), .day = day,
                                      .days = (int32_t)(pick(0, 9) == 0 ? 92 : pick(1, 4)) };
        if (h->days == 92 && pick(0, 3) != 0)
            h->days = 1;
        if (h->kind != ACRM_HOLIDAY_ONCE)
            ck_assert_int_eq(acrm_date_from_day(h->kind == ACRM_HOLIDAY_YEARLY
                                                    ? ACRM_DATE_GREGORIAN : ACRM_DATE_JALALI,
                                                day, &y, &h->month, &h->day), ACRM_OK);
    }
}

static void pick_world(world *w, size_t zone)
{
    w->d = (acrm_calendar_definition){
        .struct_size = sizeof w->d, .zone = zones[zone], .hours = w->hours, .shifts = w->shifts,
        .breaks = w->breaks, .holidays = w->holidays,
    };
    for (int32_t weekday = 1; weekday <= 7; weekday++)
        for (int64_t n = pick(0, 3); n > 0; n--) {
            acrm_calendar_hours *h = &w->hours[w->d.hours_count++];
            h->weekday = weekday;
            pick_interval(&h->from, &h->to);
        }
    if (pick(0, 9) == 0) { /* round the clock */
        w->d.hours_count = 7;
        for (int32_t i = 0; i < 7; i++)
            w->hours[i] = (acrm_calendar_hours){ i + 1, 0, 86400 };
    }
    pick_dated(w->shifts, &w->d.shifts_count, pick(0, 6));
    pick_dated(w->breaks, &w->d.breaks_count, pick(0, 6));
    pick_holidays(w);
}

/* The window's second of a local one. */
static int64_t place(const world *w, int64_t local)
{
    int64_t us = 0, day = local / 86400;

    if (acrm_zone_to_instant(w->d.zone, (int32_t)day, (int32_t)(local - day * 86400), &us,
                             NULL) != ACRM_OK)
        ck_abort_msg("local second %lld", (long long)local);
    return us / SECOND - start;
}

static void paint(world *w, int64_t from_local, int64_t to_local, uint8_t colour)
{
    int64_t from = place(w, from_local), to = place(w, to_local);

    for (int64_t s = from < 0 ? 0 : from; s < to && s < SECONDS; s++)
        w->open[s] = colour;
}

static void paint_interval(world *w, int32_t day, int32_t from, int32_t to, uint8_t colour)
{
    paint(w, day * INT64_C(86400) + from, (day + (to < from)) * INT64_C(86400) + to, colour);
}

/* Whether a date is a holiday: one of the days before it is the holiday's first one. */
static bool holiday_on(const world *w, int32_t day)
{
    for (size_t i = 0; i < w->d.holidays_count; i++) {
        const acrm_calendar_holiday *h = &w->holidays[i];
        for (int32_t back = 0; back < h->days; back++) {
            int32_t y = 0, month = 0, of_month = 0;
            bool yes = h->day == day - back;
            if (h->kind != ACRM_HOLIDAY_ONCE) {
                ck_assert_int_eq(acrm_date_from_day(h->kind == ACRM_HOLIDAY_YEARLY
                                                        ? ACRM_DATE_GREGORIAN : ACRM_DATE_JALALI,
                                                    day - back, &y, &month, &of_month), ACRM_OK);
                yes = month == h->month && of_month == h->day;
            }
            if (yes)
                return true;
        }
    }
    return false;
}

static void paint_world(world *w)
{
    memset(w->open, 0, SECONDS);
    for (int32_t d = -6; d < DAYS + 6; d++) {
        int32_t day = first_day + d;
        bool shifted = false, has_hours = false;
        for (size_t i = 0; i < w->d.shifts_count; i++)
            if (w->shifts[i].day == day) {
                shifted = has_hours = true;
                paint_interval(w, day, w->shifts[i].from, w->shifts[i].to, 1);
            }
        for (size_t i = 0; i < w->d.hours_count && !shifted; i++)
            if (w->hours[i].weekday == acrm_date_weekday(day)) {
                has_hours = true;
                paint_interval(w, day, w->hours[i].from, w->hours[i].to, 1);
            }
        w->own[d + 6] = has_hours && !holiday_on(w, day);
    }
    for (size_t i = 0; i < w->d.breaks_count; i++)
        paint_interval(w, w->breaks[i].day, w->breaks[i].from, w->breaks[i].to, 0);
    for (int32_t day = first_day - 6; day < first_day + DAYS + 6; day++)
        if (holiday_on(w, day))
            paint(w, day * INT64_C(86400), (day + 1) * INT64_C(86400), 0);
    for (int32_t d = -6; d < DAYS + 6; d++) { /* hours alone do not do: some must be left */
        int64_t from = place(w, (first_day + d) * INT64_C(86400));
        int64_t to = place(w, (first_day + d + 1) * INT64_C(86400));
        if (from < 0 || to > SECONDS)
            w->own[d + 6] = -1;
        else if (w->own[d + 6])
            w->own[d + 6] = from < to && memchr(w->open + from, 1, (size_t)(to - from)) != NULL;
    }
}

static void count_up(void)
{
    count[0] = 0;
    for (int32_t s = 0; s < SECONDS; s++)
        count[s + 1] = count[s] + is_open[s];
}

/* Open microseconds of the window before an instant. */
static int64_t before(int64_t us)
{
    int64_t second = us / SECOND - start;

    return count[second] * SECOND + (is_open[second] ? us % SECOND : 0);
}

/* The second, from 0 to SECONDS, at which the count first reaches n. */
static int32_t reaches(int64_t n)
{
    int32_t low = 0, high = SECONDS;

    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (count[middle] >= n)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The earliest instant with an amount before it; -1 when the window does not hold it. */
static int64_t earliest(int64_t amount)
{
    int64_t whole = (amount + SECOND - 1) / SECOND; /* the second in which it is reached ends it */

    if (whole > count[SECONDS])
        return -1;
    return (start + reaches(whole)) * SECOND - (whole * SECOND - amount);
}

/* The latest instant with an amount before it: in the first open second not counted yet. */
static int64_t latest(int64_t amount)
{
    int64_t whole = amount / SECOND;

    if (amount < 0 || whole >= count[SECONDS])
        return -1;
    return (start + reaches(whole + 1) - 1) * SECOND + amount % SECOND;
}

/*
 * An answer outside the window is right if the engine's lies outside too. An opening that begins
 * before the window is told by what the engine says about the part inside.
 */
static void agree(const char *what, int32_t status, int64_t got, int64_t want)
{
    asked++;
    if (want < 0 ? status == ACRM_E_LIMIT || got < start * SECOND ||
                       got >= (start + SECONDS) * SECOND
                 : status == ACRM_OK && got == want)
        return;
    ck_abort_msg("%s: status %d, %lld, not %lld (second %lld of the window)", what, status,
                 (long long)got, (long long)want, (long long)(want / SECOND - start));
}

static int64_t pick_instant(void)
{
    int64_t second = pick(0, SECONDS - 1), boundary = second;

    if (pick(0, 2) == 0) { /* on a boundary, or beside it */
        while (boundary > 0 && is_open[boundary] == is_open[boundary - 1])
            boundary--;
        second = boundary + (boundary > 0 ? pick(-1, 1) : 0);
    }
    return (start + second) * SECOND + (pick(0, 3) == 0 ? pick(0, 999999) : 0);
}

static int64_t pick_amount(void)
{
    int64_t whole = pick(0, 3) == 0 ? pick(1, 14 * 86400) : pick(1, 96) * 900;

    return whole * SECOND + (pick(0, 9) == 0 ? pick(0, 999999) : 0);
}

static void ask_time(const acrm_calendar *c)
{
    int64_t at = pick_instant(), other = pick_instant(), amount = pick_amount(), got = -1;
    int32_t yes = -1, status = acrm_calendar_add(c, at, amount, &got);

    agree("add", status, got, earliest(before(at) + amount));
    got = -1;
    status = acrm_calendar_add(c, at, -amount, &got);
    agree("subtract", status, got, latest(before(at) - amount));
    status = acrm_calendar_between(c, at, other, &got);
    ck_assert(status == ACRM_OK);
    if (got != before(other) - before(at))
        ck_abort_msg("between %lld and %lld", (long long)at, (long long)other);
    got = -1;
    status = acrm_calendar_next_open(c, at, &got);
    agree("next open", status, got, latest(before(at)));
    got = -1;
    status = acrm_calendar_previous_open(c, at, &got);
    bool now = is_open[at / SECOND - start];
    agree("previous open", status, got,
          now ? at : before(at) > 0 ? earliest(before(at)) : -1);
    status = acrm_calendar_is_open(c, at, &yes);
    agree("is open", status, yes, now);
    asked++;
}

static void ask_period(const acrm_calendar *c)
{
    int64_t at = pick_instant(), first = latest(before(at)) / SECOND - start;
    acrm_span got = { 0, 0 };

    if (latest(before(at)) < 0)
        return;
    int64_t from = first, to = first;
    while (from > 0 && is_open[from - 1])
        from--;
    while (to < SECONDS && is_open[to])
        to++;
    ck_assert(acrm_calendar_period(c, at, &got) == ACRM_OK);
    asked++;
    if ((from > 0 ? got.from != (start + from) * SECOND : got.from > start * SECOND) ||
        (to < SECONDS ? got.to != (start + to) * SECOND : got.to < (start + to) * SECOND))
        ck_abort_msg("period at %lld", (long long)at);
}

/* Walks second by second and does not count in pauses. */
static void ask_pauses(const acrm_calendar *c)
{
    acrm_span pauses[3];
    int64_t second = pick(0, SECONDS - 86400), left = pick(1, 6 * 3600), at = second, got = -1;
    int64_t n = pick(0, 3), counted = 0, end = 0;

    for (int64_t i = 0, from = second - 7200; i < n; i++) {
        from += pick(0, 4 * 3600);
        pauses[i] = (acrm_span){ (start + from) * SECOND,
                                 (start + from + pick(0, 6 * 3600)) * SECOND };
    }
    for (; at < SECONDS && left > 0 && at < second + 3 * 86400; at++) {
        bool paused = false;
        for (int64_t i = 0; i < n; i++)
            paused = paused || ((start + at) * SECOND >= pauses[i].from &&
                                (start + at) * SECOND < pauses[i].to);
        counted += is_open[at] && !paused;
        left -= is_open[at] && !paused;
    }
    end = (start + at) * SECOND;
    for (int64_t i = 0; i < n; i++)
        if (pauses[i].to >= (start + SECONDS) * SECOND)
            return; /* nothing is known there */
    int32_t status = acrm_calendar_elapsed(c, (start + second) * SECOND, end, pauses, (size_t)n,
                                           &got);
    agree("elapsed", status, got + start * SECOND, counted * SECOND + start * SECOND);
    if (left > 0 || counted == 0)
        return;
    status = acrm_calendar_deadline(c, (start + second) * SECOND, counted * SECOND, pauses,
                                    (size_t)n, &got);
    agree("deadline", status, got, end);
}

/* Whether a date is a business day by the first one's clock; -1: not in the window. */
static int32_t business(const world *a, const world *b, int32_t day)
{
    int32_t own = a->own[day - first_day + 6], other = b ? b->own[day - first_day + 6] : 1;

    if (own < 0 || other < 0)
        return -1;
    int64_t from = place(a, day * INT64_C(86400)), to = place(a, (day + 1) * INT64_C(86400));
    return own && other && count[to] > count[from];
}

static void ask_days(const acrm_calendar *c, const world *a, const world *b)
{
    acrm_local local = { .struct_size = sizeof local };
    int64_t at = pick_instant(), want = -1, got = -1, us = 0;
    int32_t n = (int32_t)pick(1, 9) * (pick(0, 1) ? 1 : -1), step = n > 0 ? 1 : -1;
    int32_t passed = 0, is = 0, days = 0;

    ck_assert(acrm_zone_to_local(a->d.zone, at, &local) == ACRM_OK);
    int32_t day = local.day;
    while (passed != n) {
        day += step;
        is = day - first_day < -4 || day - first_day > DAYS + 4 ? -1 : business(a, b, day);
        if (is < 0)
            return;
        passed += is * step;
    }
    us = (start + place(a, day * INT64_C(86400) + local.second)) * SECOND + local.microsecond;
    if (us < start * SECOND || us >= (start + SECONDS) * SECOND)
        return;
    want = n > 0 ? latest(before(us)) : is_open[us / SECOND - start] ? us
                 : before(us) > 0 ? earliest(before(us)) : -1;
    int32_t status = acrm_calendar_add_days(c, at, n, &got);
    agree("add days", status, got, want);

    ck_assert(acrm_calendar_is_business_day(c, day, &is) == ACRM_OK && is == 1);
    ck_assert(acrm_calendar_business_days(c, local.day + (n > 0), day + (n > 0), &days) ==
              ACRM_OK);
    agree("business days", ACRM_OK, days + start * SECOND, n + start * SECOND);
}

static void ask_all(const acrm_calendar *c, const world *a, const world *b)
{
    count_up();
    for (int i = 0; i < QUESTIONS / 7; i++) {
        ask_time(c);
        if (i % 8 == 0) {
            ask_period(c);
            ask_pauses(c);
        }
        if (i % 2 == 0)
            ask_days(c, a, b);
    }
}

/* Somewhere in the zone's years, by choice around New Year or where the clock changes. */
static void pick_window(size_t zone)
{
    int32_t year = (int32_t)pick(zone_rows[zone].from, zone_rows[zone].to), day = 0;
    acrm_local a = { .struct_size = sizeof a }, b = a;
    int64_t how = pick(0, 3);

    ck_assert(acrm_date_to_day(ACRM_DATE_GREGORIAN, year, 1, 1, &day) == ACRM_OK);
    if (how == 0) {
        day -= (int32_t)pick(4, DAYS - 4);
    } else {
        day += (int32_t)pick(0, 300);
        for (int32_t ahead = 0; how > 1 && ahead < 200; ahead++) {
            ck_assert(acrm_zone_to_local(zones[zone], (day + 8) * 86400 * SECOND, &a) == ACRM_OK);
            ck_assert(acrm_zone_to_local(zones[zone], (day + 9) * 86400 * SECOND, &b) == ACRM_OK);
            if (a.offset_s != b.offset_s)
                break;
            day++;
        }
    }
    first_day = day;
    start = day * INT64_C(86400) + pick(0, 86399);
}

START_TEST(calendar__agrees_with_second_stepping)
{
    static world a, b;
    const char *seed = getenv("ACRM_TEST_SEED");
    int empty = 0;

    state = seed ? strtoull(seed, NULL, 10) | 1 : 20260321;
    count = malloc((SECONDS + 1) * sizeof *count);
    a.open = malloc(SECONDS);
    b.open = malloc(SECONDS);
    for (size_t z = 0; z < ZONES; z++)
        ck_assert_int_eq(acrm_zone_load(zone_rows[z].name, NULL, NULL, &zones[z], NULL), ACRM_OK);
    for (int i = 0; i < WINDOWS; i++) {
        acrm_calendar *one = NULL, *two = NULL, *both = NULL;
        size_t zone = (size_t)pick(0, ZONES - 1), other = (size_t)pick(0, ZONES - 1);
        pick_window(zone);
        pick_world(&a, zone);
        paint_world(&a);
        is_open = a.open;
        if (acrm_calendar_new(&a.d, NULL, &one, NULL) != ACRM_OK) {
            count_up();
            ck_assert_int_eq(count[SECONDS], 0);
            empty++;
            continue;
        }
        ask_all(one, &a, NULL);
        if (i % 4 == 0) {
            pick_world(&b, other);
            paint_world(&b);
            if (acrm_calendar_new(&b.d, NULL, &two, NULL) == ACRM_OK &&
                acrm_calendar_intersect(one, two, NULL, &both, NULL) == ACRM_OK) {
                for (int32_t s = 0; s < SECONDS; s++)
                    a.open[s] &= b.open[s];
                ask_all(both, &a, &b);
            }
        }
        acrm_calendar_free(one);
        acrm_calendar_free(two);
        acrm_calendar_free(both);
    }
    ck_assert_int_ge(asked, 100000);
    ck_assert_int_lt(empty, WINDOWS / 10);
    for (size_t z = 0; z < ZONES; z++)
        acrm_zone_free(zones[z]);
    free(count);
    free(a.open);
    free(b.open);
}
END_TEST

static Suite *oracle_suite(void)
{
    Suite *suite = suite_create("calendar_oracle");
    TCase *tc = tcase_create("calendar_oracle");

    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, calendar__agrees_with_second_stepping);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(oracle_suite)
