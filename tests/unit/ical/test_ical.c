/* SPDX-License-Identifier: MIT */
/* The iCalendar writer, read back by a reader of the tests' own. */
#include "autocrm/ical.h"

#include "ical_reader.h"
#include "support/alloc_fail.h"
#include "support/suite.h"
#include "support/vectors.h"

#define SECOND INT64_C(1000000)

static acrm_zone *test_zone(const char *name)
{
    acrm_zone *zone = NULL;

    ck_assert_msg(acrm_zone_load(name, NULL, NULL, &zone, NULL) == ACRM_OK, "%s", name);
    return zone;
}

/* The text of a calendar with its folds taken out, after what every text must keep was checked. */
static char *test_write(const acrm_ical_calendar *calendar)
{
    acrm_buf *buf = NULL;
    acrm_issue issue = { "", "", 0 };
    int32_t st = acrm_ical_write(calendar, NULL, &buf, &issue);

    ck_assert_msg(st == ACRM_OK, "%d %s", (int)st, issue.field);
    char *text = ical_unfold(acrm_buf_data(buf), acrm_buf_len(buf));
    acrm_buf_free(buf);
    ck_assert_int_eq(strncmp(text, "BEGIN:VCALENDAR\n", 16), 0);
    ck_assert_str_eq(text + strlen(text) - 14, "END:VCALENDAR\n");
    ck_assert_int_eq(ical_count(text, "\nVERSION:2.0\n"), 1);
    ck_assert_int_eq(ical_count(text, "\nPRODID:"), 1);
    ck_assert_int_eq(ical_count(text, "BEGIN:VEVENT"), (int)calendar->events_count);
    ck_assert_int_eq(ical_count(text, "\nUID:"), (int)calendar->events_count);
    ck_assert_int_eq(ical_count(text, "\nDTSTAMP:"), (int)calendar->events_count);
    ck_assert_int_eq(ical_count(text, "\nBEGIN:") + 1, ical_count(text, "\nEND:"));
    return text;
}

static acrm_ical_event test_event(void)
{
    return (acrm_ical_event){ .struct_size = sizeof(acrm_ical_event), .uid = "e1@example.com",
                              .stamp = 1749546000 * SECOND, .start = 1749546000 * SECOND };
}

static char *test_write_one(const acrm_ical_event *event, const acrm_zone *zone, const char *name)
{
    acrm_ical_calendar calendar = { .struct_size = sizeof calendar, .zone = zone,
                                    .zone_name = name, .events = event, .events_count = 1 };
    return test_write(&calendar);
}

/* --- Outside truth --- */

static int64_t vector_instant(const acrm_zone *zone, const char *text)
{
    int year, month, day, hour, minute;
    int64_t us = 0;

    ck_assert_int_eq(sscanf(text, "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute), 5);
    ck_assert_int_eq(acrm_zone_to_instant(zone, (int32_t)ical_days(year, month, day),
                                          hour * 3600 + minute * 60, &us, NULL), ACRM_OK);
    return us;
}

static const char *vector_or_null(const cJSON *item, const char *name)
{
    return vector_has(item, name) ? vector_text(item, name) : NULL;
}

static void vector_lines(const cJSON *item, const char *list, const char *text, bool wanted)
{
    const cJSON *lines = vector_has(item, list) ? vector_get(item, list) : NULL;

    for (const cJSON *line = lines ? lines->child : NULL; line; line = line->next) {
        bool found = strstr(text, line->valuestring) != NULL;
        ck_assert_msg(found == wanted, "%s: %s\n%s", vector_id(item), line->valuestring, text);
    }
}

static void vector_one_of(const cJSON *item, const char *list, const char *text)
{
    const cJSON *lines = vector_has(item, list) ? vector_get(item, list) : NULL;
    bool found = !lines;

    for (const cJSON *line = lines ? lines->child : NULL; line; line = line->next)
        found = found || ical_has_line(text, line->valuestring);
    ck_assert_msg(found, "%s: %s\n%s", vector_id(item), list, text);
}

static void vector_export(const cJSON *item)
{
    const char *zone_name = vector_text(item, "event.timezone");
    acrm_zone *zone = test_zone(zone_name);
    acrm_ical_event event = test_event();
    acrm_ical_person organizer = { 0 }, attendee = { 0 };

    event.uid = vector_text(item, "event.uid");
    event.summary = vector_or_null(item, "event.summary");
    event.description = vector_or_null(item, "event.description");
    event.location = vector_or_null(item, "event.location");
    event.start = vector_instant(zone, vector_text(item, "event.start"));
    if (vector_has(item, "event.end"))
        event.end = vector_instant(zone, vector_text(item, "event.end"));
    if (vector_has(item, "event.sequence"))
        event.sequence = vector_get(item, "event.sequence")->valueint;
    if (vector_has(item, "event.cancelled"))
        event.status = ACRM_ICAL_CANCELLED;
    if (vector_has(item, "event.organizer")) {
        organizer.name = vector_text(item, "event.organizer.name");
        organizer.email = vector_text(item, "event.organizer.email");
        event.organizer = &organizer;
    }
    if (vector_has(item, "event.attendees")) {
        const cJSON *first = vector_get(item, "event.attendees")->child;
        attendee.name = vector_text(first, "name");
        attendee.email = vector_text(first, "email");
        event.attendees = &attendee;
        event.attendees_count = 1;
    }
    bool utc = strcmp(zone_name, "UTC") == 0;
    char *text = test_write_one(&event, utc ? NULL : zone, utc ? NULL : zone_name);
    vector_lines(item, "expect.unfolded_contains", text, true);
    vector_lines(item, "expect.unfolded_not_contains", text, false);
    vector_one_of(item, "expect.start_one_of", text);
    vector_one_of(item, "expect.end_one_of", text);
    if (strstr(text, ";TZID=")) {
        ck_assert_int_eq(ical_count(text, "BEGIN:VTIMEZONE"), 1);
        ck_assert_ptr_nonnull(strstr(text, "\nTZID:Europe/Rome\n"));
    }
    free(text);
    acrm_zone_free(zone);
}

START_TEST(ical__writes_the_events_of_the_vectors)
{
    cJSON *root = vectors_load("vcard_ical.json");
    int count = 0;

    VECTORS_EACH(item, root) {
        if (strcmp(vector_text(item, "kind"), "ical_export") == 0) {
            vector_export(item);
            count++;
        } else if (strcmp(vector_text(item, "kind"), "text_escape") == 0) {
            acrm_ical_event event = test_event();
            char wanted[100];
            event.summary = vector_text(item, "plain");
            char *text = test_write_one(&event, NULL, NULL);
            snprintf(wanted, sizeof wanted, "SUMMARY:%s", vector_text(item, "expect.escaped"));
            ck_assert_msg(ical_has_line(text, wanted), "%s", text);
            free(text);
            count++;
        }
    }
    ck_assert_int_ge(count, 6);
    cJSON_Delete(root);
}
END_TEST

/* --- Zones --- */

static const struct {
    const char *name;
    int64_t from, to; /* seconds */
} zone_cases[] = {
    { "Europe/Rome", 0, INT64_C(2840140800) },
    { "America/New_York", 0, INT64_C(2840140800) },
    { "Asia/Tehran", 0, INT64_C(2840140800) },     /* daylight saving given up in 2022 */
    { "Australia/Lord_Howe", 0, INT64_C(2840140800) }, /* half an hour of it */
    { "Africa/Casablanca", 0, INT64_C(3786912000) }, /* around Ramadan */
    { "Asia/Kathmandu", 0, INT64_C(2840140800) },
    { "Europe/Moscow", 0, INT64_C(2840140800) },
    { "Africa/Monrovia", 0, INT64_C(100000000) },  /* offsets with seconds until 1972 */
    { "Pacific/Apia", INT64_C(1262304000), INT64_C(1388534400) }, /* a day was left out */
    { "Europe/Rome", INT64_C(13000000000), INT64_C(13600000000) }, /* beyond the listed years */
};

static uint64_t test_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

START_TEST(ical__tells_instants_that_its_own_zone_resolves)
{
    acrm_zone *zone = test_zone(zone_cases[_i].name);
    int64_t from = zone_cases[_i].from, span = zone_cases[_i].to - from;
    uint64_t seed = 20 + (uint64_t)_i;

    for (int n = 0; n < 300; n++) {
        acrm_ical_event event = test_event();
        int64_t start = from + (int64_t)(test_random(&seed) % (uint64_t)span);
        int64_t end = start + 1 + (int64_t)(test_random(&seed) % (86400 * 200));
        event.start = start * SECOND;
        event.end = end * SECOND;
        char *text = test_write_one(&event, zone, zone_cases[_i].name);
        ck_assert_msg(ical_time_of(text, "DTSTART") == start, "%s %" PRId64 "\n%s",
                      zone_cases[_i].name, start, text);
        ck_assert_msg(ical_time_of(text, "DTEND") == end, "%s %" PRId64 "\n%s",
                      zone_cases[_i].name, end, text);
        free(text);
    }
    acrm_zone_free(zone);
}
END_TEST

START_TEST(ical__tells_every_minute_around_a_change_of_the_clock)
{
    acrm_zone *zone = test_zone("Europe/Rome");
    static const int64_t changes[] = { 1743296400, 1761440400 }; /* March and October 2025 */
    int in_utc = 0;

    for (size_t c = 0; c < 2; c++)
        for (int64_t at = changes[c] - 5400; at <= changes[c] + 5400; at += 60) {
            acrm_ical_event event = test_event();
            event.start = at * SECOND;
            char *text = test_write_one(&event, zone, "Europe/Rome");
            ck_assert_int_eq(ical_time_of(text, "DTSTART"), at);
            in_utc += strstr(text, "DTSTART;TZID") == NULL;
            free(text);
        }
    ck_assert_int_eq(in_utc, 60); /* the second 02:00..02:59 of October, and nothing else */
    acrm_zone_free(zone);
}
END_TEST

/* --- Text --- */

START_TEST(ical__folds_without_cutting_characters)
{
    static const char *const parts[] = { "a", "é", "ک", "中", "🚗", "a\xcc\x81", "\\", "\n" };
    uint64_t seed = 5;

    for (int n = 0; n < 400; n++) {
        char summary[1600] = "x";
        acrm_ical_event event = test_event();
        int words = (int)(test_random(&seed) % 300);
        for (int i = 0; i < words; i++)
            strncat(summary, parts[test_random(&seed) % 8], 4);
        event.summary = summary;
        char *text = test_write_one(&event, NULL, NULL);
        size_t len = 0;
        const char *line = ical_line(text, "SUMMARY", &len);
        ck_assert(line && len >= 8);
        char *read = ical_unescape(line + 8, len - 8);
        ck_assert_str_eq(read, summary);
        free(read);
        free(text);
    }
}
END_TEST

START_TEST(ical__lets_no_text_begin_a_property)
{
    acrm_ical_person holder = { .name = "A\r\nATTACH:x", .email = "a@b.c\r\nATTACH:y" };
    acrm_ical_person guest = { .name = "^\"\x07;", .email = "ü;,:\"@b.c", .role = ACRM_ICAL_CHAIR,
                               .answer = ACRM_ICAL_MAYBE };
    acrm_ical_event event = test_event();

    event.uid = "u\nATTACH:z";
    event.summary = "one\r\ntwo\rthree\nfour\x01\x7f";
    event.organizer = &holder;
    event.attendees = &guest;
    event.attendees_count = 1;
    char *text = test_write_one(&event, NULL, NULL);
    ck_assert_int_eq(ical_count(text, "\nATTACH"), 0);
    ck_assert(ical_has_line(text, "SUMMARY:one\\ntwo\\nthree\\nfour"));
    ck_assert(ical_has_line(text, "ORGANIZER;CN=\"A^nATTACH:x\":mailto:a@b.c%0D%0AATTACH%3Ay"));
    ck_assert(ical_has_line(text, "ATTENDEE;CN=\"^^^';\";ROLE=CHAIR;PARTSTAT=TENTATIVE:"
                                  "mailto:%C3%BC%3B%2C%3A%22@b.c"));
    free(text);
}
END_TEST

START_TEST(ical__reminds_only_of_what_takes_place)
{
    acrm_ical_event event = test_event();

    event.alarm = 1;
    event.alarm_s = 900;
    event.shows_free = 1;
    char *text = test_write_one(&event, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(text, "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\n"
                                       "TRIGGER:-PT900S\nEND:VALARM\n"));
    ck_assert(ical_has_line(text, "TRANSP:TRANSPARENT"));
    free(text);
    event.status = ACRM_ICAL_CANCELLED;
    text = test_write_one(&event, NULL, NULL);
    ck_assert_int_eq(ical_count(text, "VALARM"), 0);
    free(text);
}
END_TEST

START_TEST(ical__names_its_method_and_itself)
{
    static const char *const methods[] = { NULL, "METHOD:PUBLISH", "METHOD:REQUEST",
                                           "METHOD:CANCEL" };

    for (int32_t m = ACRM_ICAL_FEED; m <= ACRM_ICAL_CANCEL; m++) {
        acrm_zone *zone = test_zone("Asia/Tehran");
        acrm_ical_calendar calendar = { .struct_size = sizeof calendar, .method = m,
                                        .name = "Sara; agenda", .zone = zone,
                                        .zone_name = "Asia/Tehran" };
        char *text = test_write(&calendar); /* without events it still holds its zone */
        ck_assert_int_eq(ical_count(text, "METHOD:"), m != ACRM_ICAL_FEED);
        ck_assert(!methods[m] || ical_has_line(text, methods[m]));
        ck_assert(ical_has_line(text, "X-WR-CALNAME:Sara\\; agenda"));
        ck_assert_int_eq(ical_count(text, "BEGIN:VTIMEZONE"), 1);
        free(text);
        acrm_zone_free(zone);
    }
}
END_TEST

/* --- Refusals --- */

enum { BAD_UID, BAD_STATUS, BAD_SEQUENCE, BAD_ALARM, BAD_START, BAD_END, BAD_TEXT, BAD_LONG,
       BAD_EMAIL, BAD_ROLE, BAD_ANSWER, BAD_METHOD, BAD_ZONE, BAD_CASES };

static const struct {
    int32_t status;
    const char *field;
} bad_wanted[BAD_CASES] = {
    [BAD_UID] = { ACRM_E_INVALID, "events.uid" },
    [BAD_STATUS] = { ACRM_E_INVALID, "events.status" },
    [BAD_SEQUENCE] = { ACRM_E_INVALID, "events.sequence" },
    [BAD_ALARM] = { ACRM_E_INVALID, "events.alarm_s" },
    [BAD_START] = { ACRM_E_INVALID, "events.start" },
    [BAD_END] = { ACRM_E_INVALID, "events.end" },
    [BAD_TEXT] = { ACRM_E_INVALID, "events.summary" },
    [BAD_LONG] = { ACRM_E_LIMIT, "events.description" },
    [BAD_EMAIL] = { ACRM_E_INVALID, "events.attendees.email" },
    [BAD_ROLE] = { ACRM_E_INVALID, "events.attendees.role" },
    [BAD_ANSWER] = { ACRM_E_INVALID, "events.attendees.answer" },
    [BAD_METHOD] = { ACRM_E_INVALID, "method" },
    [BAD_ZONE] = { ACRM_E_INVALID, "zone_name" },
};

static void bad_spoil(int which, const char *longest, acrm_ical_event *event,
                      acrm_ical_person *guest)
{
    switch (which) {
    case BAD_UID: event->uid = ""; break;
    case BAD_STATUS: event->status = 3; break;
    case BAD_SEQUENCE: event->sequence = -1; break;
    case BAD_ALARM: event->alarm_s = 31536001; break;
    case BAD_START: event->start = INT64_MAX; break;
    case BAD_END: event->end = event->start - 1; break;
    case BAD_TEXT: event->summary = "\xff"; break;
    case BAD_LONG: event->description = longest; break;
    case BAD_EMAIL: guest->email = ""; break;
    case BAD_ROLE: guest->role = -1; break;
    case BAD_ANSWER: guest->answer = 4; break;
    default: break;
    }
}

START_TEST(ical__names_what_it_refuses)
{
    acrm_zone *zone = test_zone("Asia/Tehran");
    char *longest = calloc(1, ACRM_ICAL_TEXT_MAX + 2);

    memset(longest, 'x', ACRM_ICAL_TEXT_MAX + 1);
    for (int i = 0; i < BAD_CASES; i++) {
        acrm_ical_person guest = { .email = "a@b.c" };
        acrm_ical_event event = test_event();
        acrm_ical_calendar calendar = { .struct_size = sizeof calendar, .events = &event,
                                        .events_count = 1 };
        acrm_buf *out = NULL;
        acrm_issue issue = { "", "", 7 };
        event.attendees = &guest;
        event.attendees_count = 1;
        bad_spoil(i, longest, &event, &guest);
        calendar.method = i == BAD_METHOD ? 4 : 0;
        calendar.zone = i == BAD_ZONE ? zone : NULL;
        ck_assert_int_eq(acrm_ical_write(&calendar, NULL, &out, &issue), bad_wanted[i].status);
        ck_assert_str_eq(issue.field, bad_wanted[i].field);
        ck_assert_int_eq(issue.row, i == BAD_METHOD || i == BAD_ZONE ? -1 : 0);
        ck_assert_ptr_null(out);
    }
    free(longest);
    acrm_zone_free(zone);
}
END_TEST

START_TEST(ical__tells_misuse)
{
    acrm_ical_event event = test_event();
    acrm_ical_calendar calendar = { .struct_size = sizeof calendar, .events = &event,
                                    .events_count = 1 };
    acrm_buf *out = NULL;

    ck_assert_int_eq(acrm_ical_write(NULL, NULL, &out, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_ical_write(&calendar, NULL, NULL, NULL), ACRM_E_MISUSE);
    event.struct_size = 1;
    ck_assert_int_eq(acrm_ical_write(&calendar, NULL, &out, NULL), ACRM_E_MISUSE);
    event = test_event();
    event.attendees_count = 1;
    ck_assert_int_eq(acrm_ical_write(&calendar, NULL, &out, NULL), ACRM_E_MISUSE);
    calendar.events = NULL;
    ck_assert_int_eq(acrm_ical_write(&calendar, NULL, &out, NULL), ACRM_E_MISUSE);
    calendar.struct_size = 0;
    ck_assert_int_eq(acrm_ical_write(&calendar, NULL, &out, NULL), ACRM_E_MISUSE);
    ck_assert_ptr_null(out);
}
END_TEST

START_TEST(ical__gives_memory_back_when_it_is_short)
{
    acrm_zone *zone = test_zone("Asia/Tehran");
    acrm_ical_event event = test_event();
    acrm_ical_calendar calendar = { .struct_size = sizeof calendar, .zone = zone,
                                    .zone_name = "Asia/Tehran", .events = &event,
                                    .events_count = 1 };
    char summary[3000] = "";

    memset(summary, 'x', sizeof summary - 1);
    event.summary = summary;
    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm_buf *out = NULL;
        int32_t st = acrm_ical_write(&calendar, &port, &out, NULL);
        ck_assert_int_eq(st, state.failures ? ACRM_E_NOMEM : ACRM_OK);
        ck_assert_int_eq(out == NULL, st != ACRM_OK);
        acrm_buf_free(out);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (!state.failures)
            break;
    }
    acrm_zone_free(zone);
}
END_TEST

static Suite *ical_suite(void)
{
    Suite *suite = suite_create("ical");
    TCase *tc = tcase_create("ical");

    tcase_add_test(tc, ical__writes_the_events_of_the_vectors);
    tcase_add_loop_test(tc, ical__tells_instants_that_its_own_zone_resolves, 0,
                        (int)(sizeof zone_cases / sizeof zone_cases[0]));
    tcase_add_test(tc, ical__tells_every_minute_around_a_change_of_the_clock);
    tcase_add_test(tc, ical__folds_without_cutting_characters);
    tcase_add_test(tc, ical__lets_no_text_begin_a_property);
    tcase_add_test(tc, ical__reminds_only_of_what_takes_place);
    tcase_add_test(tc, ical__names_its_method_and_itself);
    tcase_add_test(tc, ical__names_what_it_refuses);
    tcase_add_test(tc, ical__tells_misuse);
    tcase_add_test(tc, ical__gives_memory_back_when_it_is_short);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(ical_suite)
