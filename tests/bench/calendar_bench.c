/* SPDX-License-Identifier: MIT */
/*
 * Deadlines in business time, against bare binary searches in one flat cumulative table of the same
 * calendar; Solar Hijri dates, against looking the day up in a table; wall clocks, against the C
 * library's.
 */
#define _DEFAULT_SOURCE 1
#include "autocrm/calendar.h"
#include "bench.h"

enum {
    STARTS = 4096,      /* questions in a run, used round and round */
    OPENINGS_MAX = 12000,
    HOLIDAYS = 200,
    DAY_FIRST = 18262,  /* 2020-01-01 */
    DAY_LAST = 25567,   /* 2040-01-01 */
    DAY_TABLE = 36525   /* days of a century from 1970 on */
};

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

typedef struct bench_calendar {
    acrm_calendar *calendar;
    acrm_zone *zone;
    int64_t from[OPENINGS_MAX], open[OPENINGS_MAX]; /* the flat table, microseconds */
    long openings;
    int64_t start[STARTS], amount[STARTS];
    int32_t day[STARTS];
    int32_t packed[DAY_TABLE];
} bench_calendar;

static uint64_t bench_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void calendar_ours(void *user, long ops)
{
    bench_calendar *b = user;

    for (long i = 0; i < ops; i++) {
        int64_t due = 0;
        acrm_calendar_add(b->calendar, b->start[i % STARTS], b->amount[i % STARTS], &due);
        bench_keep(&due);
    }
}

static long calendar_search(const int64_t *sorted, long n, int64_t key)
{
    const int64_t *at = sorted;

    while (n > 1) {
        long half = n / 2;
        at += at[half] <= key ? half : 0;
        n -= half;
    }
    return at - sorted;
}

static void calendar_flat(void *user, long ops)
{
    bench_calendar *b = user;

    for (long i = 0; i < ops; i++) {
        int64_t start = b->start[i % STARTS];
        long k = calendar_search(b->from, b->openings, start);
        int64_t in = start - b->from[k], length = b->open[k + 1] - b->open[k];
        int64_t target = b->open[k] + (in < length ? in : length) + b->amount[i % STARTS];
        k = calendar_search(b->open, b->openings, target - 1);
        int64_t due = b->from[k] + target - b->open[k];
        bench_keep(&due);
    }
}

static void jalali_ours(void *user, long ops)
{
    bench_calendar *b = user;

    for (long i = 0; i < ops; i++) {
        int32_t date[3];
        acrm_date_from_day(ACRM_DATE_JALALI, b->day[i % STARTS], &date[0], &date[1], &date[2]);
        bench_keep(date);
    }
}

static void jalali_table(void *user, long ops)
{
    bench_calendar *b = user;

    for (long i = 0; i < ops; i++) {
        int32_t packed = b->packed[b->day[i % STARTS]];
        int32_t date[3] = { packed >> 16, packed >> 8 & 0xFF, packed & 0xFF };
        bench_keep(date);
    }
}

static void local_ours(void *user, long ops)
{
    bench_calendar *b = user;

    for (long i = 0; i < ops; i++) {
        acrm_local local = { .struct_size = sizeof local };
        acrm_zone_to_local(b->zone, b->start[i % STARTS], &local);
        bench_keep(&local);
    }
}

static void local_libc(void *user, long ops)
{
    bench_calendar *b = user;

    for (long i = 0; i < ops; i++) {
        time_t t = (time_t)(b->start[i % STARTS] / SECOND);
        struct tm tm;
        localtime_r(&t, &tm);
        bench_keep(&tm);
    }
}

/* Monday to Friday with a lunch break and Saturday mornings, ten holidays a year for 20 years. */
static bool bench_make(bench_calendar *b)
{
    acrm_calendar_hours hours[11];
    acrm_calendar_holiday holidays[HOLIDAYS];
    acrm_calendar_definition d = { .struct_size = sizeof d, .hours = hours, .hours_count = 11,
                                   .holidays = holidays, .holidays_count = HOLIDAYS };
    uint64_t state = 20260321;
    acrm_span span = { 0, 0 };

    if (acrm_zone_load("America/New_York", NULL, NULL, &b->zone, NULL) != ACRM_OK)
        return false;
    for (int32_t i = 0; i < 10; i++)
        hours[i] = (acrm_calendar_hours){ i / 2 + 1, i % 2 ? 50400 : 30600, i % 2 ? 66600 : 45000 };
    hours[10] = (acrm_calendar_hours){ 6, 30600, 45000 };
    for (int32_t i = 0; i < HOLIDAYS; i++)
        holidays[i] = (acrm_calendar_holiday){ .kind = ACRM_HOLIDAY_ONCE, .days = 1,
                                               .day = DAY_FIRST + i * 36 + 9 };
    d.zone = b->zone;
    if (acrm_calendar_new(&d, NULL, &b->calendar, NULL) != ACRM_OK)
        return false;
    b->open[0] = 0;
    for (int64_t at = DAY_FIRST * DAY; b->openings < OPENINGS_MAX - 1; at = span.to) {
        acrm_calendar_period(b->calendar, at, &span);
        if (span.from >= DAY_LAST * DAY)
            break;
        b->from[b->openings] = span.from;
        b->open[b->openings + 1] = b->open[b->openings] + span.to - span.from;
        b->openings++;
    }
    for (int32_t i = 0; i < STARTS; i++) {
        b->start[i] = (DAY_FIRST + 30) * DAY +
                      (int64_t)(bench_random(&state) % (365 * 10 * UINT64_C(86400))) * SECOND;
        b->day[i] = (int32_t)(bench_random(&state) % DAY_TABLE);
    }
    for (int32_t day = 0; day < DAY_TABLE; day++) {
        int32_t y = 0, m = 0, dd = 0;
        acrm_date_from_day(ACRM_DATE_JALALI, day, &y, &m, &dd);
        b->packed[day] = y << 16 | m << 8 | dd;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const long hours[] = { 8, 200, 10000 };
    static bench_calendar made;
    bench b = bench_begin(argc, argv);

    if (!bench_make(&made)) {
        fputs("the package tzdata is needed\n", stderr);
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++) {
        uint64_t state = 7;
        if (!bench_wants_size(&b, hours[i], hours[0]))
            continue;
        for (int32_t k = 0; k < STARTS; k++) /* from half to the whole of the size */
            made.amount[k] = (hours[i] * 1800 + (int64_t)(bench_random(&state) %
                                                          (uint64_t)(hours[i] * 1800))) * SECOND;
        bench_compare(&b, &(bench_measure){ .name = "calendar.add_hours", .size = hours[i],
                                            .goal = 3, .ours = calendar_ours,
                                            .baseline = calendar_flat, .user = &made });
    }
    bench_compare(&b, &(bench_measure){ .name = "calendar.jalali", .size = 1, .goal = 3,
                                        .ours = jalali_ours, .baseline = jalali_table,
                                        .user = &made });
    setenv("TZ", "America/New_York", 1);
    tzset();
    bench_compare(&b, &(bench_measure){ .name = "calendar.wall_clock", .size = 1, .goal = 1,
                                        .ours = local_ours, .baseline = local_libc,
                                        .user = &made });
    acrm_calendar_free(made.calendar);
    acrm_zone_free(made.zone);
    return bench_end(&b);
}
