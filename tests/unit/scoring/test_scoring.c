/* SPDX-License-Identifier: MIT */
/* Schemes: what is refused and where, edges to the unit, the grid, quintiles against a plain count,
 * hysteresis, and the day on which time alone moves something. */
#include "autocrm/autocrm.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

enum { IN_VISITS, IN_SPENT, IN_SEEN, IN_COUNT };

static const acrm_scoring_input inputs[IN_COUNT] = {
    { sizeof inputs[0], ACRM_SCORING_INT, "visits", 0 },
    { sizeof inputs[0], ACRM_SCORING_MONEY, "spent", 2 },
    { sizeof inputs[0], ACRM_SCORING_DAY, "seen_on", 0 },
};

static int32_t compile(const char *json, acrm_scoring **out, acrm_error **err)
{
    acrm_value *definition = NULL;

    ck_assert_msg(acrm_value_parse(NULL, json, strlen(json), &definition, err) == ACRM_OK, "%s",
                  json);
    int32_t st = acrm_scoring_new(NULL, inputs, IN_COUNT, definition, out, err);
    acrm_value_free(definition);
    return st;
}

static acrm_scoring *scheme(const char *json)
{
    acrm_scoring *s = NULL;
    acrm_error *err = NULL;
    int32_t st = compile(json, &s, &err);

    ck_assert_msg(st == ACRM_OK, "%s: %s", json, st == ACRM_OK ? "" : acrm_error_json(err));
    return s;
}

/* --- What is refused --- */

#define ONE_AXIS(bands) "{\"grades\":[\"A\",\"B\"],\"axes\":[{\"name\":\"value\"," \
                        "\"bands\":[" bands \
                        "]}],\"rules\":[{\"name\":\"r\",\"value\":\"visits\",\"each\":1}]}"
#define RULE(members) "{\"grades\":[\"A\",\"B\"],\"axes\":[{\"name\":\"value\",\"bands\":[" \
                      "{\"name\":\"B\",\"to\":1},{\"name\":\"A\",\"from\":1}]}]," \
                      "\"rules\":[{\"name\":\"r\"," members "}]}"
#define GRID(rest) "{\"grades\":[\"A\",\"B\"],\"axes\":[" \
    "{\"name\":\"v\",\"bands\":[{\"name\":\"low\",\"to\":1},{\"name\":\"high\",\"from\":1}]}," \
    "{\"name\":\"e\",\"bands\":[{\"name\":\"low\",\"to\":1},{\"name\":\"high\",\"from\":1}]}]," \
    "\"rules\":[{\"name\":\"r\",\"axis\":\"v\",\"value\":\"visits\",\"each\":1}," \
    "{\"name\":\"q\",\"axis\":\"e\",\"value\":\"visits\",\"each\":1}]," rest "}"
#define VALUE_AXIS(members) "{\"grades\":[\"A\",\"B\"],\"axes\":[{\"name\":\"a\"," members "}]}"

START_TEST(scheme__is_refused_with_the_place_of_its_fault)
{
    static const struct {
        const char *json, *field, *reason;
    } rows[] = {
        { ONE_AXIS("{\"name\":\"B\",\"to\":10},{\"name\":\"A\",\"from\":11}"),
          "/axes/0/bands/1/from", "gap" },
        { ONE_AXIS("{\"name\":\"B\",\"to\":10},{\"name\":\"A\",\"from\":9}"),
          "/axes/0/bands/1/from", "overlap" },
        { ONE_AXIS("{\"name\":\"B\",\"from\":0,\"to\":10},{\"name\":\"A\",\"from\":10}"),
          "/axes/0/bands/0/from", "gap" },
        { ONE_AXIS("{\"name\":\"B\",\"to\":10},{\"name\":\"A\",\"from\":10,\"to\":20}"),
          "/axes/0/bands/1/to", "gap" },
        { ONE_AXIS("{\"name\":\"B\"},{\"name\":\"A\",\"from\":10}"), "/axes/0/bands/0/to",
          "required" },
        { ONE_AXIS("{\"name\":\"B\",\"to\":1},{\"name\":\"A\",\"from\":1,\"to\":1},"
                   "{\"name\":\"C\",\"from\":1}"), "/axes/0/bands/1/to", "order" },
        { ONE_AXIS("{\"name\":\"B\",\"to\":1},{\"name\":\"B\",\"from\":1}"),
          "/axes/0/bands/1/name", "duplicate" },
        { ONE_AXIS("{\"name\":\"B\",\"to\":1},{\"name\":\"Z\",\"from\":1}"),
          "/axes/0/bands/1/name", "unknown" },
        { ONE_AXIS("{\"name\":\"B\",\"to\":1.5},{\"name\":\"A\",\"from\":1}"),
          "/axes/0/bands/0/to", "type" },
        { RULE("\"value\":\"nothing\",\"each\":1"), "/rules/0/value", "unknown" },
        { RULE("\"value\":\"visits\""), "/rules/0", "choice" },
        { RULE("\"value\":\"visits\",\"each\":1,\"points\":2"), "/rules/0", "choice" },
        { RULE("\"points\":2"), "/rules/0/when", "required" },
        { RULE("\"value\":\"visits\",\"each\":2000000"), "/rules/0/each", "limit" },
        { RULE("\"value\":\"visits\",\"each\":1,\"per\":0"), "/rules/0/per", "limit" },
        { RULE("\"value\":\"visits\",\"each\":1,\"least\":2,\"most\":1"), "/rules/0/most",
          "order" },
        { RULE("\"value\":\"spent\",\"each\":1,\"per\":\"1.005\""), "/rules/0/per", "type" },
        { RULE("\"value\":\"spent\",\"table\":[{\"to\":\"5.00\",\"points\":1},"
               "{\"from\":\"5.01\",\"points\":2}]"), "/rules/0/table/1/from", "gap" },
        { RULE("\"value\":\"visits\",\"each\":1,\"weight\":3"), "/rules/0/weight", "unknown" },
        { RULE("\"axis\":\"w\",\"value\":\"visits\",\"each\":1"), "/rules/0/axis", "unknown" },
        { GRID("\"map\":[{\"grade\":\"A\",\"v\":[\"high\"]}]"), "/map", "gap" },
        { GRID("\"map\":[{\"grade\":\"A\",\"v\":[\"high\"]},{\"grade\":\"B\"}]"), "/map/1",
          "overlap" },
        { GRID("\"map\":[{\"grade\":\"C\"}]"), "/map/0/grade", "unknown" },
        { GRID("\"map\":[{\"grade\":\"A\",\"v\":[\"middle\"]}],\"other\":\"B\""), "/map/0/v/0",
          "unknown" },
        { GRID("\"map\":[{\"grade\":\"A\",\"v\":[\"high\"]}],\"other\":\"C\""), "/other",
          "unknown" },
        { GRID("\"stay_days\":3"), "/map", "required" },
        { VALUE_AXIS("\"value\":\"seen_on\",\"quantiles\":5"), "/axes/0/best", "required" },
        { VALUE_AXIS("\"value\":\"seen_on\",\"best\":\"low\",\"quantiles\":11"),
          "/axes/0/quantiles", "limit" },
        { VALUE_AXIS("\"value\":\"seen_on\",\"best\":\"low\",\"quantiles\":5,\"margin\":1"),
          "/axes/0/margin", "choice" },
        { VALUE_AXIS("\"value\":\"visits\",\"best\":\"high\",\"bands\":["
                     "{\"name\":\"B\",\"to\":1},{\"name\":\"A\",\"from\":1}]"),
          "/axes/0/absent", "required" },
        { "{\"grades\":[\"A\",\"A\"],\"axes\":[]}", "/grades/1", "duplicate" },
        { "{\"grades\":[],\"axes\":[],\"colour\":1}", "/colour", "unknown" },
        { "[1]", "", "type" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_scoring *s = NULL;
        acrm_error *err = NULL;
        ck_assert_msg(compile(rows[i].json, &s, &err) == ACRM_E_INVALID, "%s", rows[i].json);
        ck_assert_ptr_null(s);
        ck_assert_msg(strcmp(acrm_error_field(err), rows[i].field) == 0 &&
                          strcmp(acrm_error_reason(err), rows[i].reason) == 0,
                      "%s: %s", rows[i].json, acrm_error_json(err));
        acrm_error_free(err);
    }
}
END_TEST

START_TEST(scheme__names_every_fault_at_once)
{
    acrm_scoring *s = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(compile(ONE_AXIS("{\"name\":\"B\",\"to\":10},{\"name\":\"A\",\"from\":12}")
                             , &s, &err), ACRM_E_INVALID);
    acrm_error_free(err);
    err = NULL;
    ck_assert_int_eq(compile("{\"grades\":[1],\"axes\":[{\"name\":\"a\",\"bands\":[]}],"
                             "\"rules\":[{}]}", &s, &err), ACRM_E_INVALID);
    ck_assert_ptr_nonnull(strstr(acrm_error_json(err), "/grades/0"));
    ck_assert_ptr_nonnull(strstr(acrm_error_json(err), "/axes/0/bands"));
    ck_assert_ptr_nonnull(strstr(acrm_error_json(err), "/rules/0/name"));
    acrm_error_free(err);
}
END_TEST

START_TEST(scheme__misuse_is_told)
{
    acrm_scoring *s = scheme(RULE("\"value\":\"visits\",\"each\":1"));
    acrm_scoring_result out = { .struct_size = sizeof out };
    acrm_scoring_facts facts = { .struct_size = sizeof facts };
    int64_t cuts[4];

    ck_assert_int_eq(acrm_scoring_new(NULL, inputs, 1, NULL, &s, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_scoring_evaluate(s, &facts, &out), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_scoring_evaluate(NULL, &facts, &out), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_scoring_cut(5, 3, 3, 0, cuts), ACRM_E_INVALID);
    ck_assert_ptr_null(acrm_scoring_grade(s, 2));
    ck_assert_int_eq(acrm_scoring_grade_of(s, "Z"), ACRM_SCORING_NONE);
    ck_assert_ptr_null(acrm_scoring_condition(s, 0));
    acrm_scoring_free(s);
    acrm_scoring_free(NULL);
}
END_TEST

/* --- Asking --- */

typedef struct subject {
    int64_t values[IN_COUNT];
    unsigned char present[IN_COUNT];
    unsigned char conditions[4];
    acrm_scoring_facts facts;
    acrm_scoring_result out;
} subject;

static void subject_init(subject *x, int32_t today)
{
    memset(x, 0, sizeof *x);
    memset(x->present, 1, sizeof x->present);
    x->facts = (acrm_scoring_facts){ .struct_size = sizeof x->facts, .values = x->values,
        .present = x->present, .conditions = x->conditions, .today = today,
        .grade = ACRM_SCORING_NONE, .below_since = ACRM_SCORING_NO_DAY };
    x->out.struct_size = sizeof x->out;
}

static const char *ask(const acrm_scoring *s, subject *x)
{
    ck_assert_int_eq(acrm_scoring_evaluate(s, &x->facts, &x->out), ACRM_OK);
    return acrm_scoring_grade(s, (uint32_t)x->out.grade);
}

/* The next day's question takes today's answer along. */
static void keep(subject *x)
{
    x->facts.grade = x->out.grade;
    x->facts.below_since = x->out.below_since;
}

START_TEST(band__edges_are_exact_to_the_unit)
{
    acrm_scoring *s = scheme(
        "{\"grades\":[\"A\",\"B\",\"C\"],\"axes\":[{\"name\":\"a\",\"value\":\"spent\","
        "\"best\":\"high\",\"absent\":\"C\",\"bands\":[{\"name\":\"C\",\"to\":\"100.00\"},"
        "{\"name\":\"B\",\"from\":\"100.00\",\"to\":\"1000.00\"},"
        "{\"name\":\"A\",\"from\":\"1000.00\"}]}]}");
    static const struct { int64_t spent; const char *grade; } rows[] = {
        { INT64_MIN, "C" }, { -1, "C" }, { 0, "C" }, { 9999, "C" }, { 10000, "B" },
        { 10001, "B" }, { 99999, "B" }, { 100000, "A" }, { INT64_MAX, "A" },
    };
    subject x;

    subject_init(&x, 20000);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        x.values[IN_SPENT] = rows[i].spent;
        ck_assert_str_eq(ask(s, &x), rows[i].grade);
    }
    x.present[IN_SPENT] = 0;
    ck_assert_str_eq(ask(s, &x), "C");
    acrm_scoring_free(s);
}
END_TEST

START_TEST(rule__points_are_exact_and_never_overflow)
{
    acrm_scoring *s = scheme(RULE("\"value\":\"spent\",\"each\":7,\"per\":\"1.00\","
                                  "\"least\":-50,\"most\":500,\"absent\":3"));
    static const struct { int64_t spent, points; } rows[] = {
        { 0, 0 }, { 99, 0 }, { 100, 7 }, { 199, 7 }, { 200, 14 }, { -1, -7 }, { -100, -7 },
        { 7100, 497 }, { 7200, 500 }, { INT64_MAX, 500 }, { INT64_MIN, -50 },
    };
    subject x;

    subject_init(&x, 20000);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        x.values[IN_SPENT] = rows[i].spent;
        ask(s, &x);
        ck_assert_int_eq(x.out.points[0], rows[i].points);
    }
    x.present[IN_SPENT] = 0;
    ask(s, &x);
    ck_assert_int_eq(x.out.points[0], 3);
    acrm_scoring_free(s);
}
END_TEST

static const char grid_json[] =
    "{\"grades\":[\"A\",\"B\",\"C\"],\"axes\":["
    "{\"name\":\"value\",\"margin\":5,\"bands\":[{\"name\":\"low\",\"to\":20},"
    "{\"name\":\"high\",\"from\":20}]},"
    "{\"name\":\"engagement\",\"bands\":[{\"name\":\"cold\",\"to\":10},"
    "{\"name\":\"warm\",\"from\":10}]}],"
    "\"rules\":[{\"name\":\"visits\",\"axis\":\"value\",\"value\":\"visits\",\"each\":1},"
    "{\"name\":\"recent\",\"axis\":\"engagement\",\"value\":\"seen_on\",\"table\":["
    "{\"to\":90,\"points\":10},{\"from\":90,\"to\":365,\"points\":5},"
    "{\"from\":365,\"points\":0}]},"
    "{\"name\":\"club\",\"axis\":\"engagement\",\"when\":{\"member\":true},\"points\":5}],"
    "\"map\":[{\"grade\":\"A\",\"value\":[\"high\"],\"engagement\":[\"warm\"]},"
    "{\"grade\":\"B\",\"value\":[\"high\"],\"engagement\":[\"cold\"]},"
    "{\"grade\":\"B\",\"value\":[\"low\"],\"engagement\":[\"warm\"]}],\"other\":\"C\","
    "\"stay_days\":10}";

START_TEST(grid__leads_from_two_axes_to_a_grade)
{
    acrm_scoring *s = scheme(grid_json);
    subject x;

    subject_init(&x, 20000);
    ck_assert_str_eq(acrm_value_key(acrm_scoring_condition(s, 0), 0, NULL), "member");
    x.values[IN_VISITS] = 20;
    x.values[IN_SEEN] = 20000 - 89;
    ck_assert_str_eq(ask(s, &x), "A");
    x.values[IN_SEEN] = 20000 - 90;
    ck_assert_str_eq(ask(s, &x), "B");
    x.conditions[0] = 1;
    ck_assert_str_eq(ask(s, &x), "A");
    x.values[IN_VISITS] = 19;
    ck_assert_str_eq(ask(s, &x), "B");
    x.conditions[0] = 0;
    ck_assert_str_eq(ask(s, &x), "C");
    ck_assert_int_eq(x.out.measures[0], 19);
    ck_assert_int_eq(x.out.measures[1], 5);
    acrm_scoring_free(s);
}
END_TEST

START_TEST(hysteresis__holds_within_the_margin_and_for_the_stay)
{
    acrm_scoring *s = scheme(grid_json);
    subject x;

    subject_init(&x, 20000);
    x.values[IN_VISITS] = 20;
    x.values[IN_SEEN] = 20000;
    ck_assert_str_eq(ask(s, &x), "A");
    ck_assert_int_eq(x.out.why, ACRM_SCORING_MOVED);
    keep(&x);
    x.values[IN_VISITS] = 15; /* within the margin of 5 */
    ck_assert_str_eq(ask(s, &x), "A");
    ck_assert_int_eq(x.out.why, ACRM_SCORING_HELD_MARGIN);
    ck_assert_str_eq(acrm_scoring_grade(s, (uint32_t)x.out.computed), "B");
    keep(&x);
    x.values[IN_VISITS] = 14; /* beyond it: the days of stay begin */
    ck_assert_str_eq(ask(s, &x), "A");
    ck_assert_int_eq(x.out.why, ACRM_SCORING_HELD_STAY);
    ck_assert_int_eq(x.out.below_since, 20000);
    ck_assert_int_eq(x.out.next_on, 20010);
    keep(&x);
    x.facts.today = 20009;
    ck_assert_str_eq(ask(s, &x), "A");
    keep(&x);
    x.values[IN_VISITS] = 15; /* back within the margin: forgotten */
    ask(s, &x);
    ck_assert_int_eq(x.out.below_since, ACRM_SCORING_NO_DAY);
    keep(&x);
    x.values[IN_VISITS] = 14;
    ask(s, &x);
    keep(&x);
    x.facts.today = 20019;
    ck_assert_str_eq(ask(s, &x), "B");
    keep(&x);
    x.values[IN_VISITS] = 20; /* up at once */
    ck_assert_str_eq(ask(s, &x), "A");
    acrm_scoring_free(s);
}
END_TEST

static int64_t next_random(uint64_t *state, int64_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (int64_t)(*state % (uint64_t)n);
}

START_TEST(time__moves_nothing_before_the_day_that_was_told)
{
    acrm_scoring *s = scheme(grid_json);
    uint64_t state = 88172645463325252U;
    subject x;

    for (int round = 0; round < 300; round++) {
        subject_init(&x, 20000);
        x.values[IN_VISITS] = next_random(&state, 40);
        x.values[IN_SEEN] = 20000 - next_random(&state, 500);
        x.facts.grade = (int32_t)next_random(&state, 4) - 1;
        ask(s, &x);
        keep(&x);
        int32_t grade = x.out.grade, next = x.out.next_on;
        bool moved = false;
        for (int32_t day = 20001; day < 20600; day++) {
            x.facts.today = day;
            ask(s, &x);
            if (day == next) {
                next = x.out.next_on;
                grade = x.out.grade;
                moved = true;
            }
            ck_assert_msg(x.out.grade == grade, "round %d day %d moved %d", round, (int)day,
                          moved);
            keep(&x);
        }
    }
    acrm_scoring_free(s);
}
END_TEST

/* --- Quintiles --- */

static const char rfm_json[] =
    "{\"grades\":[\"best\",\"good\",\"other\"],\"axes\":["
    "{\"name\":\"recency\",\"value\":\"seen_on\",\"best\":\"low\",\"quantiles\":5},"
    "{\"name\":\"frequency\",\"value\":\"visits\",\"best\":\"high\",\"quantiles\":5},"
    "{\"name\":\"money\",\"value\":\"spent\",\"best\":\"low\",\"quantiles\":5}],"
    "\"map\":[{\"grade\":\"best\",\"recency\":[\"5\"],\"frequency\":[\"5\"]}],"
    "\"other\":\"other\"}";

enum { PEOPLE = 211 };

static int key_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* The parts of a population by counting who is worse, one by one. */
static int32_t part_of(const int64_t *keys, int64_t key)
{
    int32_t worse = 0;

    for (int i = 0; i < PEOPLE; i++)
        worse += keys[i] < key;
    return 5 * worse / PEOPLE;
}

START_TEST(quintiles__are_cut_by_value_as_a_plain_count_does)
{
    acrm_scoring *s = scheme(rfm_json);
    uint64_t state = 1234567;
    subject people[PEOPLE];
    int64_t cuts[IN_COUNT][4], keys[3][PEOPLE], sorted[PEOPLE];

    for (int i = 0; i < PEOPLE; i++) {
        subject_init(&people[i], 20000);
        people[i].values[IN_VISITS] = next_random(&state, 7); /* many ties */
        people[i].values[IN_SPENT] = next_random(&state, 1000000) - 5000;
        people[i].values[IN_SEEN] = 20000 - next_random(&state, 60);
    }
    for (uint32_t axis = 0; axis < 3; axis++) {
        int32_t input = -1, parts = 0, reversed = -1;
        ck_assert_int_eq(acrm_scoring_quantiles(s, axis, &input, &parts, &reversed), ACRM_OK);
        ck_assert_int_eq(parts, 5);
        ck_assert_int_eq(reversed, axis == 2); /* the latest day, the most visits, least spent */
        for (int i = 0; i < PEOPLE; i++)
            sorted[i] = keys[axis][i] = reversed ? -people[i].values[input]
                                                 : people[i].values[input];
        qsort(sorted, PEOPLE, sizeof sorted[0], key_order);
        for (int k = 0; k < 4; k++)
            cuts[axis][k] = INT64_MAX;
        for (int i = 0; i < PEOPLE; i++)
            if (i == 0 || sorted[i] != sorted[i - 1])
                ck_assert_int_eq(acrm_scoring_cut(5, PEOPLE, i, sorted[i], cuts[axis]), ACRM_OK);
    }
    for (int i = 0; i < PEOPLE; i++) {
        ck_assert_int_eq(acrm_scoring_evaluate(s, &people[i].facts, &people[i].out),
                         ACRM_E_CONFLICT);
        for (int axis = 0; axis < 3; axis++)
            people[i].facts.cuts[axis] = cuts[axis];
        ask(s, &people[i]);
        for (int axis = 0; axis < 3; axis++)
            ck_assert_int_eq(people[i].out.bands[axis], part_of(keys[axis], keys[axis][i]));
    }
    ck_assert_int_eq(acrm_scoring_quantiles(s, 3, &(int32_t){ 0 }, &(int32_t){ 0 },
                                            &(int32_t){ 0 }), ACRM_E_NOTFOUND);
    acrm_scoring_free(s);
}
END_TEST

START_TEST(explain__tells_every_point_and_what_is_missing)
{
    acrm_scoring *s = scheme(grid_json);
    acrm_value *out = NULL;
    acrm_buf *text = NULL;
    subject x;

    subject_init(&x, 20000);
    x.values[IN_VISITS] = 12;
    x.values[IN_SEEN] = 19900;
    ask(s, &x);
    ck_assert_int_eq(acrm_value_new(NULL, &out), ACRM_OK);
    ck_assert_int_eq(acrm_scoring_explain(s, &x.facts, &x.out, out), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(out, 0, &text), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(text),
        "{\"grade\":\"C\",\"computed\":\"C\",\"why\":\"moved\",\"axes\":["
        "{\"name\":\"value\",\"measure\":12,\"band\":\"low\",\"next_band\":\"high\",\"lacks\":8},"
        "{\"name\":\"engagement\",\"measure\":5,\"band\":\"cold\",\"next_band\":\"warm\","
        "\"lacks\":5}],\"rules\":["
        "{\"name\":\"visits\",\"axis\":\"value\",\"of\":\"visits\",\"value\":12,\"points\":12},"
        "{\"name\":\"recent\",\"axis\":\"engagement\",\"of\":\"seen_on\",\"value\":100,"
        "\"points\":5},"
        "{\"name\":\"club\",\"axis\":\"engagement\",\"holds\":false,\"points\":0}]}");
    acrm_buf_free(text);
    acrm_value_free(out);
    acrm_scoring_free(s);
}
END_TEST

static Suite *scoring_suite(void)
{
    Suite *suite = suite_create("scoring");
    TCase *tc = tcase_create("scoring");

    tcase_add_test(tc, scheme__is_refused_with_the_place_of_its_fault);
    tcase_add_test(tc, scheme__names_every_fault_at_once);
    tcase_add_test(tc, scheme__misuse_is_told);
    tcase_add_test(tc, band__edges_are_exact_to_the_unit);
    tcase_add_test(tc, rule__points_are_exact_and_never_overflow);
    tcase_add_test(tc, grid__leads_from_two_axes_to_a_grade);
    tcase_add_test(tc, hysteresis__holds_within_the_margin_and_for_the_stay);
    tcase_add_test(tc, time__moves_nothing_before_the_day_that_was_told);
    tcase_add_test(tc, quintiles__are_cut_by_value_as_a_plain_count_does);
    tcase_add_test(tc, explain__tells_every_point_and_what_is_missing);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(scoring_suite)
