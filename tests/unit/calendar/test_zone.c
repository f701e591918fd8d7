/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE 1 /* tm_gmtoff */
#include "autocrm/calendar.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

static acrm_zone *load(const char *name)
{
    acrm_zone *zone = NULL;

    ck_assert_msg(acrm_zone_load(name, NULL, NULL, &zone, NULL) == ACRM_OK,
                  "%s (is the package tzdata installed?)", name);
    return zone;
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *const zones[] = {
    "Etc/UTC", "Europe/Berlin", "Europe/Dublin", "Europe/London", "America/New_York",
    "America/Santiago", "America/St_Johns", "America/Sao_Paulo", "Australia/Sydney",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Asia/Tehran",
    "Asia/Kathmandu", "Asia/Gaza", "Africa/Casablanca", "Africa/Cairo", "America/Nuuk",
    "Asia/Pyongyang", "Antarctica/Troll", "EST5EDT",
};

/* The second opinion: the C library, over times before, in and long behind the listed changes. */
START_TEST(zone__agrees_with_the_c_library)
{
    const char *name = zones[_i];
    acrm_zone *zone = load(name);
    uint64_t state = 88172645463325252u + (uint64_t)_i;

    ck_assert_int_eq(setenv("TZ", name, 1), 0);
    tzset();
    for (int i = 0; i < 20000; i++) {
        int64_t span = i % 4 == 0 ? INT64_C(25000000000) : INT64_C(4000000000);
        int64_t second = (int64_t)(random_next(&state) % (uint64_t)span) - 2500000000;
        if (i % 3 == 0)
            second = second / 3600 * 3600; /* changes come on the hour */
        time_t t = (time_t)second;
        struct tm tm;
        acrm_local local = { .struct_size = sizeof local };

        if (!localtime_r(&t, &tm) ||
            acrm_zone_to_local(zone, second * SECOND + 5, &local) != ACRM_OK ||
            local.offset_s != tm.tm_gmtoff || local.daylight_saving != tm.tm_isdst ||
            local.second != tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec ||
            local.microsecond != 5)
            ck_abort_msg("%s at %lld: %d, not %ld", name, (long long)second, local.offset_s,
                         tm.tm_gmtoff);
    }
    unsetenv("TZ");
    acrm_zone_free(zone);
}
END_TEST

static int32_t offset_at(const acrm_zone *zone, int64_t second)
{
    acrm_local local = { .struct_size = sizeof local };

    /* Checked by hand: an assertion of the framework writes to a pipe, millions of them crawl. */
    if (acrm_zone_to_local(zone, second * SECOND, &local) != ACRM_OK)
        ck_abort_msg("second %lld", (long long)second);
    return local.offset_s;
}

/* Every quarter of an hour tried: no zone has changed by anything finer since 1972. */
START_TEST(zone__finds_the_first_of_all_instants_with_a_wall_clock)
{
    acrm_zone *zone = load(zones[_i]);
    uint64_t state = 42 + (uint64_t)_i;
    int seen[4] = { 0 };

    for (int i = 0; i < 12; i++) {
        int32_t day = 730 + (int32_t)(random_next(&state) % 24000);
        /* Go to a day on which the clock changes, if one is near. */
        for (int ahead = 0; ahead < 250; ahead++, day++)
            if (offset_at(zone, day * INT64_C(86400)) !=
                offset_at(zone, (day + 1) * INT64_C(86400)))
                break;
        for (int32_t quarter = -96; quarter < 192; quarter++) {
            int32_t at = day + (quarter < 0 ? -1 : quarter / 96);
            int32_t second = (quarter + 96) % 96 * 900;
            int64_t local = at * INT64_C(86400) + second, first = INT64_MAX, us = 0;
            int32_t times = 0, kind = 0, before = 0;
            for (int64_t utc = local - 26 * 3600; utc <= local + 26 * 3600; utc += 900)
                if (utc + offset_at(zone, utc) == local) {
                    first = times++ == 0 ? utc : first;
                }
            if (times == 0) { /* the offset in force just before the jump */
                int64_t utc = local - 26 * 3600;
                while (utc + 900 + offset_at(zone, utc + 900) < local)
                    utc += 900;
                before = offset_at(zone, utc);
                first = local - before;
            }
            int32_t want = times == 0 ? ACRM_LOCAL_GAP
                           : times == 1 ? ACRM_LOCAL_ONCE : ACRM_LOCAL_TWICE;
            if (acrm_zone_to_instant(zone, at, second, &us, &kind) != ACRM_OK ||
                us != first * SECOND || kind != want)
                ck_abort_msg("%s day %d second %d", zones[_i], at, second);
            seen[kind]++;
        }
    }
    ck_assert_int_gt(seen[ACRM_LOCAL_ONCE], 0);
    if (strcmp(zones[_i], "Europe/Berlin") == 0) {
        ck_assert_int_gt(seen[ACRM_LOCAL_GAP], 0);
        ck_assert_int_gt(seen[ACRM_LOCAL_TWICE], 0);
    }
    acrm_zone_free(zone);
}
END_TEST

/* A file of version 2 with one type, no changes and a footer. */
static size_t file_with_footer(const char *footer, uint8_t *out)
{
    uint8_t *p = out;

    for (int block = 0; block < 2; block++) {
        memset(p, 0, 44);
        memcpy(p, "TZif2", 5);
        p[39] = 1; /* types */
        p[43] = 4; /* characters */
        memset(p + 44, 0, 6);
        memcpy(p + 50, "UTC", 4);
        p += 54;
    }
    *p++ = '\n';
    memcpy(p, footer, strlen(footer));
    p += strlen(footer);
    *p++ = '\n';
    return (size_t)(p - out);
}

static const struct {
    const char *footer;
    const char *at; /* UTC date, noon */
    int32_t offset; /* 1: the footer is refused */
    int32_t dst;
} footer_cases[] = {
    { "<+0330>-3:30", "2030-07-01", 12600, 0 },
    { "EST5EDT,M3.2.0,M11.1.0", "2030-01-15", -18000, 0 },
    { "EST5EDT,M3.2.0,M11.1.0", "2030-07-15", -14400, 1 },
    { "EST5EDT,M3.2.0,M11.1.0", "9998-07-15", -14400, 1 },
    { "EST5EDT,M3.2.0,M11.1.0", "2030-03-09", -18000, 0 },
    { "EST5EDT,M3.2.0,M11.1.0", "2030-03-10", -14400, 1 },
    { "EST5EDT,M3.2.0,M11.1.0", "2030-11-02", -14400, 1 },
    { "EST5EDT,M3.2.0,M11.1.0", "2030-11-03", -18000, 0 },
    { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-01-15", 39600, 1 },
    { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-06-15", 36000, 0 },
    { "IST-1GMT0,M10.5.0,M3.5.0/1", "2030-01-15", 0, 1 },
    { "IST-1GMT0,M10.5.0,M3.5.0/1", "2030-07-15", 3600, 0 },
    { "XXX3EDT4,0/0,J365/23", "2030-01-01", -14400, 1 },
    { "XXX3EDT4,0/0,J365/23", "2030-12-31", -14400, 1 },
    { "AAA-1BBB,J60,J300", "2028-02-29", 3600, 0 },
    { "AAA-1BBB,J60,J300", "2028-03-01", 7200, 1 },
    { "AAA-1BBB,59,299", "2028-02-29", 7200, 1 },
    { "EET-2EEST,M3.4.4/50,M10.4.4/50", "2030-07-01", 10800, 1 },
    { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-07-01", -3600, 1 },
    { "", "2030-07-01", 0, 0 },
    { "EST", "", 1, 0 },           { "5", "", 1, 0 },
    { "EST5EDT", "", 1, 0 },       { "ES5", "", 1, 0 },
    { "EST25", "", 1, 0 },         { "EST5:60", "", 1, 0 },
    { "EST5EDT,M13.1.0,M11.1.0", "", 1, 0 },   { "EST5EDT,M3.6.0,M11.1.0", "", 1, 0 },
    { "EST5EDT,M3.2.7,M11.1.0", "", 1, 0 },    { "EST5EDT,M3.2.0", "", 1, 0 },
    { "EST5EDT,M3.2.0,M11.1.0x", "", 1, 0 },   { "EST5EDT,J0,J365", "", 1, 0 },
    { "EST5EDT,J1,J366", "", 1, 0 },           { "EST5EDT,0,366", "", 1, 0 },
    { "EST5EDT,M3.2.0/168,M11.1.0", "", 1, 0 }, { "<+0330-3:30", "", 1, 0 },
    { "<>5", "", 1, 0 },           { "EST5 ", "", 1, 0 },
};

START_TEST(zone__follows_the_footer)
{
    uint8_t file[256];
    acrm_zone *zone = NULL;
    acrm_issue issue = { .field = NULL };
    size_t len = file_with_footer(footer_cases[_i].footer, file);
    acrm_local local = { .struct_size = sizeof local };
    int32_t day = 0, y = 0, m = 0, d = 0;

    int32_t status = acrm_zone_parse(file, len, NULL, &zone, &issue);
    if (footer_cases[_i].offset == 1) {
        ck_assert_msg(status == ACRM_E_CORRUPT, "%s", footer_cases[_i].footer);
        ck_assert(zone == NULL && issue.field != NULL && issue.allowed != NULL);
        return;
    }
    ck_assert_msg(status == ACRM_OK, "%s: %s", footer_cases[_i].footer, issue.allowed);
    ck_assert_int_eq(sscanf(footer_cases[_i].at, "%d-%d-%d", &y, &m, &d), 3);
    ck_assert_int_eq(acrm_date_to_day(ACRM_DATE_GREGORIAN, y, m, d, &day), ACRM_OK);
    ck_assert_int_eq(acrm_zone_to_local(zone, (day * INT64_C(86400) + 43200) * SECOND, &local),
                     ACRM_OK);
    ck_assert_msg(local.offset_s == footer_cases[_i].offset &&
                      local.daylight_saving == footer_cases[_i].dst,
                  "%s at %s: %d", footer_cases[_i].footer, footer_cases[_i].at, local.offset_s);
    acrm_zone_free(zone);
}
END_TEST

static size_t read_zone(const char *name, uint8_t *out, size_t size)
{
    acrm_zone_source source;
    size_t len = 0;

    ck_assert_int_eq(acrm_zone_source_directory("/usr/share/zoneinfo", &source), ACRM_OK);
    ck_assert_int_eq(source.read(source.self, name, out, size, &len), ACRM_OK);
    return len;
}

START_TEST(zone__refuses_a_file_cut_off_anywhere)
{
    uint8_t file[8192];
    size_t whole = read_zone("America/New_York", file, sizeof file);

    for (size_t len = 0; len < whole; len++) {
        acrm_zone *zone = NULL;
        uint8_t *exact = malloc(len + 1); /* so that a read behind the end is seen */
        memcpy(exact, file, len);
        int32_t status = acrm_zone_parse(exact, len, NULL, &zone, NULL);
        ck_assert_msg(status == ACRM_E_CORRUPT, "%zu", len);
        ck_assert(zone == NULL);
        free(exact);
    }
}
END_TEST

START_TEST(zone__survives_every_flipped_byte)
{
    uint8_t file[8192];
    size_t len = read_zone("America/New_York", file, sizeof file), refused = 0;

    for (size_t at = 0; at < len; at++)
        for (int bit = 0; bit < 8; bit += 7) {
            acrm_zone *zone = NULL;
            acrm_local local = { .struct_size = sizeof local };
            file[at] ^= (uint8_t)(1 << bit);
            int32_t status = acrm_zone_parse(file, len, NULL, &zone, NULL);
            ck_assert(status == ACRM_OK || status == ACRM_E_CORRUPT);
            if (zone)
                ck_assert_int_eq(acrm_zone_to_local(zone, 0, &local), ACRM_OK);
            refused += status != ACRM_OK;
            acrm_zone_free(zone);
            file[at] ^= (uint8_t)(1 << bit);
        }
    ck_assert_uint_gt(refused, 100);
}
END_TEST

static const struct {
    const char *name;
    int32_t status;
} name_cases[] = {
    { "Asia/Tehran", ACRM_OK },           { "UTC", ACRM_OK },
    { "Etc/GMT+5", ACRM_OK },             { "America/Argentina/Buenos_Aires", ACRM_OK },
    { "", ACRM_E_INVALID },               { "/etc/passwd", ACRM_E_INVALID },
    { "../zoneinfo/UTC", ACRM_E_INVALID }, { "Asia/./Tehran", ACRM_E_INVALID },
    { "Asia//Tehran", ACRM_E_INVALID },   { "Asia/", ACRM_E_INVALID },
    { "Asia/Teh ran", ACRM_E_INVALID },   { "Europe/Nowhere", ACRM_E_NOTFOUND },
    { "Asia", ACRM_E_NOTFOUND },          { "UTC/Asia", ACRM_E_NOTFOUND },
    { "right/UTC", ACRM_E_CORRUPT },
    { "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      ACRM_E_INVALID },
};

START_TEST(zone__loads_by_name_only)
{
    acrm_zone *zone = NULL;
    acrm_issue issue = { .field = NULL };
    int32_t status = acrm_zone_load(name_cases[_i].name, NULL, NULL, &zone, &issue);

    ck_assert_msg(status == name_cases[_i].status, "%s: %d", name_cases[_i].name, status);
    ck_assert_int_eq(zone != NULL, status == ACRM_OK);
    ck_assert_int_eq(issue.field != NULL, status != ACRM_OK);
    acrm_zone_free(zone);
}
END_TEST

static int32_t read_padded(void *self, const char *name, void *buffer, size_t size, size_t *len)
{
    uint8_t file[256];
    size_t n = file_with_footer("<+05>-5", file);

    ck_assert_str_eq(name, "Own/Zone");
    ++*(int *)self;
    memset(buffer, 0, size);
    memcpy(buffer, file, n < size ? n : size);
    *len = *(int *)self > 100 ? (size_t)1 << 40 : 100000; /* more than the first buffer */
    return ACRM_OK;
}

START_TEST(zone__comes_from_the_hosts_source)
{
    int calls = 0;
    acrm_zone_source source = { .struct_size = sizeof source, .self = &calls,
                                .read = read_padded };
    acrm_zone *zone = NULL;
    acrm_local local = { .struct_size = sizeof local };

    ck_assert_int_eq(acrm_zone_load("Own/Zone", &source, NULL, &zone, NULL), ACRM_OK);
    ck_assert_int_eq(calls, 2);
    ck_assert_int_eq(acrm_zone_to_local(zone, 0, &local), ACRM_OK);
    ck_assert_int_eq(local.offset_s, 18000);
    acrm_zone_free(zone);
    zone = NULL;
    calls = 100;
    ck_assert_int_eq(acrm_zone_load("Own/Zone", &source, NULL, &zone, NULL), ACRM_E_CORRUPT);
    source.flags = 1;
    ck_assert_int_eq(acrm_zone_load("Own/Zone", &source, NULL, &zone, NULL), ACRM_E_MISUSE);
    source.flags = 0;
    source.struct_size = 4;
    ck_assert_int_eq(acrm_zone_load("Own/Zone", &source, NULL, &zone, NULL), ACRM_E_MISUSE);
    ck_assert(zone == NULL);
}
END_TEST

START_TEST(zone__refuses_misuse_and_times_out_of_range)
{
    acrm_zone *zone = load("Asia/Tehran");
    acrm_local local = { .struct_size = sizeof local };
    int64_t us = 77;

    ck_assert_int_eq(acrm_zone_parse(NULL, 0, NULL, &zone, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_zone_load(NULL, NULL, NULL, &zone, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_zone_to_local(zone, 0, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_zone_to_local(NULL, 0, &local), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_zone_to_local(zone, INT64_MAX, &local), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_zone_to_local(zone, INT64_MIN, &local), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_zone_to_instant(zone, INT32_MAX, 0, &us, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_zone_to_instant(zone, 0, -1, &us, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_zone_to_instant(zone, 0, 86401, &us, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_zone_to_instant(zone, -719162, 0, &us, NULL), ACRM_E_INVALID);
    local.struct_size = 3;
    ck_assert_int_eq(acrm_zone_to_local(zone, 0, &local), ACRM_E_MISUSE);
    ck_assert_int_eq(us, 77);
    acrm_zone_free(zone);
    acrm_zone_free(NULL);
}
END_TEST

static Suite *zone_suite(void)
{
    Suite *suite = suite_create("zone");
    TCase *tc = tcase_create("zone");

    tcase_add_loop_test(tc, zone__agrees_with_the_c_library, 0, ROWS(zones));
    tcase_add_loop_test(tc, zone__finds_the_first_of_all_instants_with_a_wall_clock, 0,
                        ROWS(zones));
    tcase_add_loop_test(tc, zone__follows_the_footer, 0, ROWS(footer_cases));
    tcase_add_test(tc, zone__refuses_a_file_cut_off_anywhere);
    tcase_add_test(tc, zone__survives_every_flipped_byte);
    tcase_add_loop_test(tc, zone__loads_by_name_only, 0, ROWS(name_cases));
    tcase_add_test(tc, zone__comes_from_the_hosts_source);
    tcase_add_test(tc, zone__refuses_misuse_and_times_out_of_range);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(zone_suite)
