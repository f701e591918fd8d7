/* SPDX-License-Identifier: MIT */
/* The public filter on records given as JSON. */
#include "autocrm/filter.h"

#include "support/alloc_fail.h"
#include "support/suite.h"

#include <string.h>

#define FIELD(n, t) { .struct_size = sizeof(acrm_filter_field), .name = n, .type = t }

static const acrm_filter_field fields[] = {
    FIELD("id", ACRM_FILTER_TYPE_ID),
    FIELD("name", ACRM_FILTER_TYPE_TEXT),
    FIELD("hot", ACRM_FILTER_TYPE_BOOL),
    FIELD("score", ACRM_FILTER_TYPE_INT),
    FIELD("rate", ACRM_FILTER_TYPE_REAL),
    { .struct_size = sizeof(acrm_filter_field), .name = "fee", .type = ACRM_FILTER_TYPE_MONEY,
      .digits = 2 },
    FIELD("seen_at", ACRM_FILTER_TYPE_INSTANT),
    FIELD("due_on", ACRM_FILTER_TYPE_DATE),
    FIELD("call_at", ACRM_FILTER_TYPE_TIME),
    FIELD("waited", ACRM_FILTER_TYPE_DURATION),
    { .struct_size = sizeof(acrm_filter_field), .name = "level", .type = ACRM_FILTER_TYPE_ENUM,
      .choices = "H|A|lost" },
    FIELD("extra", ACRM_FILTER_TYPE_JSON),
    FIELD("token", ACRM_FILTER_TYPE_BYTES),
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

#define NOW INT64_C(1795249800000000) /* 2026-11-21T08:30:00Z */

static const char record_json[] =
    "{\"id\":\"01234567-89AB-7def-8123-456789abcdef\",\"name\":\"Ana\",\"hot\":true,\"score\":42,"
    "\"rate\":2.5,\"fee\":\"12.30\",\"seen_at\":\"2026-11-20T08:30:00+00:00\","
    "\"due_on\":\"2026-11-25\",\"call_at\":\"08:30\",\"waited\":\"PT90M\",\"level\":\"H\","
    "\"extra\":{\"a\":[1]},\"token\":\"AQI=\",\"other\":\"ignored\"}";

static acrm_value *parse(const acrm_allocator *allocator, const char *json)
{
    acrm_value *value = NULL;

    ck_assert_msg(acrm_value_parse(allocator, json, strlen(json), &value, NULL) == ACRM_OK, "%s",
                  json);
    return value;
}

static const struct {
    const char *filter;
    int32_t want;
} match_cases[] = {
    { "{}", 1 },
    { "{\"id\":\"01234567-89ab-7DEF-8123-456789abcdef\"}", 1 },
    { "{\"name\":\"Ana\",\"hot\":true,\"score\":{\"$gt\":41}}", 1 },
    { "{\"name\":\"ana\"}", 0 },
    { "{\"rate\":{\"$lt\":2.5}}", 0 },
    { "{\"fee\":{\"$gte\":\"12.3\"}}", 1 },
    { "{\"fee\":{\"$gt\":\"12.3\"}}", 0 },
    { "{\"seen_at\":\"2026-11-20\"}", 1 },
    { "{\"seen_at\":{\"$lt\":{\"$now\":\"-P1D\"}}}", 0 },
    { "{\"seen_at\":{\"$lte\":{\"$now\":\"-P1D\"}}}", 1 },
    { "{\"due_on\":{\"$lte\":{\"$today\":\"P4D\"}}}", 1 },
    { "{\"due_on\":{\"$lt\":{\"$today\":\"P4D\"}}}", 0 },
    { "{\"call_at\":\"08:30:00\",\"waited\":\"PT1H30M\"}", 1 },
    { "{\"level\":{\"$in\":[\"A\",\"H\"]}}", 1 },
    { "{\"extra\":{\"$exists\":true},\"token\":\"AQI=\"}", 1 },
    { "{\"extra\":null}", 0 },
    { "{\"$or\":[{\"hot\":false},{\"name\":{\"$startswith\":\"An\"}}]}", 1 },
};

START_TEST(filter_match__follows_the_language)
{
    acrm_value *json = parse(NULL, match_cases[_i].filter);
    acrm_value *record = parse(NULL, record_json);
    acrm_value *empty = parse(NULL, "{\"name\":null}");
    acrm_filter *filter = NULL;
    acrm_error *err = NULL;
    int32_t matches = -1;

    ck_assert_msg(acrm_filter_new(NULL, fields, N_FIELDS, json, &filter, &err) == ACRM_OK,
                  "%s", acrm_error_message(err));
    acrm_value_free(json); /* the filter lends nothing from it */
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, &matches, &err), ACRM_OK);
    ck_assert_msg(matches == match_cases[_i].want, "%s", match_cases[_i].filter);
    ck_assert_int_eq(acrm_filter_match(filter, empty, NOW, &matches, &err), ACRM_OK);
    bool on_nothing = _i == 0 || strcmp(match_cases[_i].filter, "{\"extra\":null}") == 0;
    ck_assert_msg(matches == on_nothing, "%s of nothing", match_cases[_i].filter);
    acrm_filter_free(filter);
    acrm_value_free(record);
    acrm_value_free(empty);
}
END_TEST

START_TEST(filter_match__moves_with_the_moment)
{
    acrm_value *json = parse(NULL, "{\"due_on\":{\"$today\":true}}");
    acrm_value *record = parse(NULL, "{\"due_on\":\"2026-11-21\"}");
    acrm_filter *filter = NULL;
    int32_t matches = -1;

    ck_assert_int_eq(acrm_filter_new(NULL, fields, N_FIELDS, json, &filter, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, &matches, NULL), ACRM_OK);
    ck_assert_int_eq(matches, 1);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW + INT64_C(86400000000), &matches,
                                       NULL), ACRM_OK);
    ck_assert_int_eq(matches, 0);
    acrm_filter_free(filter);
    acrm_value_free(json);
    acrm_value_free(record);
}
END_TEST

static const struct {
    const char *record;
    const char *field;
} record_faults[] = {
    { "{\"id\":\"x\"}", "id" },
    { "{\"name\":1}", "name" },
    { "{\"hot\":\"true\"}", "hot" },
    { "{\"score\":1.5}", "score" },
    { "{\"rate\":\"1\"}", "rate" },
    { "{\"fee\":\"1.234\"}", "fee" },
    { "{\"fee\":1}", "fee" },
    { "{\"fee\":\"1 EUR\"}", "fee" },
    { "{\"seen_at\":\"2026-11-20\"}", "seen_at" },
    { "{\"seen_at\":{\"$now\":true}}", "seen_at" },
    { "{\"due_on\":\"2026-11-31\"}", "due_on" },
    { "{\"call_at\":\"24:00\"}", "call_at" },
    { "{\"waited\":\"P1M\"}", "waited" },
    { "{\"level\":\"Z\"}", "level" },
    { "{\"token\":\"?\"}", "token" },
};

START_TEST(filter_match__names_the_field_of_the_wrong_type)
{
    acrm_value *json = parse(NULL, "{\"id\":null,\"name\":null,\"hot\":null,\"score\":null,"
                                   "\"rate\":null,\"fee\":null,\"seen_at\":null,\"due_on\":null,"
                                   "\"call_at\":null,\"waited\":null,\"level\":null,"
                                   "\"token\":null}");
    acrm_value *record = parse(NULL, record_faults[_i].record);
    acrm_value *other = parse(NULL, "{\"extra\":null}");
    acrm_filter *filter = NULL;
    acrm_error *err = NULL;
    int32_t matches = -1;

    ck_assert_int_eq(acrm_filter_new(NULL, fields, N_FIELDS, json, &filter, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, &matches, &err), ACRM_E_INVALID);
    ck_assert_int_eq(matches, -1);
    ck_assert_str_eq(acrm_error_field(err), record_faults[_i].field);
    acrm_error_free(err);
    acrm_filter_free(filter);

    /* a filter that does not name the field does not read it */
    ck_assert_int_eq(acrm_filter_new(NULL, fields, N_FIELDS, other, &filter, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, &matches, NULL), ACRM_OK);
    ck_assert_int_eq(matches, 1);
    acrm_filter_free(filter);
    acrm_value_free(json);
    acrm_value_free(other);
    acrm_value_free(record);
}
END_TEST

static const struct {
    acrm_filter_field field;
    const char *filter;
    int32_t status;
    const char *reason;
} new_faults[] = {
    { FIELD("", 1), "{}", ACRM_E_INVALID, "schema" },
    { FIELD("a.b", 1), "{}", ACRM_E_INVALID, "schema" },
    { FIELD("$a", 1), "{}", ACRM_E_INVALID, "schema" },
    { FIELD(NULL, 1), "{}", ACRM_E_INVALID, "schema" },
    { FIELD("a", -1), "{}", ACRM_E_INVALID, "schema" },
    { FIELD("a", 13), "{}", ACRM_E_INVALID, "schema" },
    { FIELD("a", ACRM_FILTER_TYPE_ENUM), "{}", ACRM_E_INVALID, "schema" },
    { { sizeof(acrm_filter_field), 1, "a", "x|y", 0 }, "{}", ACRM_E_INVALID, "schema" },
    { { sizeof(acrm_filter_field), ACRM_FILTER_TYPE_MONEY, "a", NULL, 10 }, "{}", ACRM_E_INVALID,
      "schema" },
    { { 4, 1, "a", NULL, 0 }, "{}", ACRM_E_MISUSE, "" },
    { FIELD("a", 1), "{\"b\":1}", ACRM_E_INVALID, "unknown_field" },
    { FIELD("a", 1), "{\"a\":1}", ACRM_E_INVALID, "type" },
    { FIELD("a", 1), "{\"a\":{\"$me\":\"id\"}}", ACRM_E_INVALID, "unknown_field" },
    { FIELD("a", 1), "{\"$search\":\"x\"}", ACRM_E_INVALID, "operator" },
    { FIELD("a", 1), "[]", ACRM_E_INVALID, "type" },
};

START_TEST(filter_new__refuses_what_does_not_fit)
{
    acrm_value *json = parse(NULL, new_faults[_i].filter);
    acrm_filter *filter = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_filter_new(NULL, &new_faults[_i].field, 1, json, &filter, &err),
                     new_faults[_i].status);
    ck_assert_ptr_null(filter);
    ck_assert_str_eq(acrm_error_reason(err), new_faults[_i].reason);
    acrm_error_free(err);
    acrm_value_free(json);
}
END_TEST

START_TEST(filter__treats_missing_handles_as_misuse)
{
    acrm_filter *filter = NULL;
    acrm_value *record = parse(NULL, "{}");
    int32_t matches = -1;

    ck_assert_int_eq(acrm_filter_new(NULL, fields, N_FIELDS, NULL, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_filter_new(NULL, NULL, 1, NULL, &filter, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_filter_new(NULL, fields, 1001, NULL, &filter, NULL), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_filter_new(NULL, NULL, 0, NULL, &filter, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, &matches, NULL), ACRM_OK);
    ck_assert_int_eq(matches, 1);
    ck_assert_int_eq(acrm_filter_match(NULL, record, NOW, &matches, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_filter_match(filter, NULL, NOW, &matches, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_filter_match(filter, record, INT64_MAX, &matches, NULL),
                     ACRM_E_INVALID);
    acrm_value_set_list(record);
    ck_assert_int_eq(acrm_filter_match(filter, record, NOW, &matches, NULL), ACRM_E_INVALID);
    acrm_value_free(record);
    acrm_filter_free(filter);
    acrm_filter_free(NULL);
}
END_TEST

/* A binding compiled against a later header hands over longer elements. */
START_TEST(filter_new__steps_by_the_size_it_is_told)
{
    struct {
        acrm_filter_field field;
        int64_t later;
    } longer[] = {
        { FIELD("a", ACRM_FILTER_TYPE_INT), -1 }, { FIELD("b", ACRM_FILTER_TYPE_TEXT), -1 }
    };
    acrm_value *json = parse(NULL, "{\"a\":1,\"b\":\"x\"}");
    acrm_filter *filter = NULL;
    int32_t matches = -1;

    longer[0].field.struct_size = longer[1].field.struct_size = sizeof longer[0];
    ck_assert_int_eq(acrm_filter_new(NULL, &longer[0].field, 2, json, &filter, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_filter_match(filter, json, NOW, &matches, NULL), ACRM_OK);
    ck_assert_int_eq(matches, 1);
    acrm_filter_free(filter);
    acrm_value_free(json);
}
END_TEST

START_TEST(filter__survives_every_allocation_failure)
{
    acrm_value *json = parse(NULL, "{\"level\":\"H\",\"name\":{\"$in\":[\"Ana\",\"B\"]},"
                                   "\"due_on\":{\"$gt\":{\"$today\":true}},\"token\":\"AQI=\"}");
    acrm_value *record = parse(NULL, record_json);

    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm_filter *filter = NULL;
        int32_t matches = -1;
        int32_t status = acrm_filter_new(&port, fields, N_FIELDS, json, &filter, NULL);
        ck_assert_int_eq(status == ACRM_OK, filter != NULL);
        if (status == ACRM_OK)
            status = acrm_filter_match(filter, record, NOW, &matches, NULL);
        acrm_filter_free(filter);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(status, ACRM_OK);
            ck_assert_int_eq(matches, 1);
            break;
        }
        ck_assert_int_eq(status, ACRM_E_NOMEM);
        ck_assert_int_eq(matches, -1);
    }
    acrm_value_free(json);
    acrm_value_free(record);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("filter");
    TCase *tc = tcase_create("filter");

    tcase_add_loop_test(tc, filter_match__follows_the_language, 0,
                        sizeof match_cases / sizeof *match_cases);
    tcase_add_test(tc, filter_match__moves_with_the_moment);
    tcase_add_loop_test(tc, filter_match__names_the_field_of_the_wrong_type, 0,
                        sizeof record_faults / sizeof *record_faults);
    tcase_add_loop_test(tc, filter_new__refuses_what_does_not_fit, 0,
                        sizeof new_faults / sizeof *new_faults);
    tcase_add_test(tc, filter__treats_missing_handles_as_misuse);
    tcase_add_test(tc, filter_new__steps_by_the_size_it_is_told);
    tcase_add_test(tc, filter__survives_every_allocation_failure);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
