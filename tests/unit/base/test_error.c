/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/text.h"
#include "support/suite.h"

#include <cjson/cJSON.h>
#include <string.h>

START_TEST(error__tells_all_it_was_given)
{
    acrm_error *error = NULL;

    ck_assert_int_eq(acrm__error(&error, ACRM_E_INVALID, "range", "lines[2].price",
                                 "%s must be at most %d", "price", 9),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_error_code(error), ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_message(error), "price must be at most 9");
    ck_assert_str_eq(acrm_error_field(error), "lines[2].price");
    ck_assert_str_eq(acrm_error_reason(error), "range");
    ck_assert_int_eq(acrm_error_retriable(error), 0);
    ck_assert_str_eq(acrm_error_json(error),
                     "{\"code\":-2,\"name\":\"ACRM_E_INVALID\",\"message\":\"price must be at most "
                     "9\",\"field\":\"lines[2].price\",\"reason\":\"range\",\"retriable\":false}");
    acrm_error_free(error);
}
END_TEST

START_TEST(error__null_reads_as_none)
{
    ck_assert_int_eq(acrm_error_code(NULL), ACRM_OK);
    ck_assert_str_eq(acrm_error_message(NULL), "");
    ck_assert_str_eq(acrm_error_field(NULL), "");
    ck_assert_str_eq(acrm_error_reason(NULL), "");
    ck_assert_int_eq(acrm_error_retriable(NULL), 0);
    ck_assert_str_eq(acrm_error_json(NULL), "{}");
    acrm_error_free(NULL);
    ck_assert_int_eq(acrm__error(NULL, ACRM_E_STORE, "x", "y", "z"), ACRM_E_STORE);
    ck_assert_int_eq(acrm__error_nomem(NULL), ACRM_E_NOMEM);
    ck_assert_int_eq(acrm__error_fields(NULL, ACRM_E_INVALID, NULL), ACRM_E_INVALID);
}
END_TEST

START_TEST(error__fills_in_what_is_missing)
{
    acrm_error *error = acrm_error_new(ACRM_E_BUSY, NULL, NULL, NULL);

    ck_assert_str_eq(acrm_error_message(error), acrm_status_text(ACRM_E_BUSY));
    ck_assert_str_eq(acrm_error_reason(error), "");
    ck_assert_str_eq(acrm_error_field(error), "");
    acrm_error_free(error);
}
END_TEST

START_TEST(error__is_retriable_when_waiting_may_help)
{
    static const struct {
        int32_t code;
        const char *reason;
        int32_t retriable;
    } rows[] = {
        { ACRM_E_BUSY, "", 1 },       { ACRM_E_NOMEM, "", 1 },        { ACRM_E_STORE, "", 0 },
        { ACRM_E_STORE, "connection", 1 }, { ACRM_E_CONFLICT, "stale_version", 0 },
        { ACRM_E_INVALID, "type", 0 }, { ACRM_E_FULL, "", 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_error *error = acrm_error_new(rows[i].code, rows[i].reason, NULL, "x");

        ck_assert_int_eq(acrm_error_retriable(error), rows[i].retriable);
        ck_assert_ptr_nonnull(strstr(acrm_error_json(error),
                                     rows[i].retriable ? "\"retriable\":true"
                                                       : "\"retriable\":false"));
        acrm_error_free(error);
    }
}
END_TEST

START_TEST(error__out_of_memory_is_shared_and_readable)
{
    acrm_error *error = NULL;
    acrm_error *again = NULL;
    cJSON *json = NULL;

    ck_assert_int_eq(acrm__error_nomem(&error), ACRM_E_NOMEM);
    acrm__error_nomem(&again);
    ck_assert_ptr_eq(error, again);
    ck_assert_int_eq(acrm_error_code(error), ACRM_E_NOMEM);
    ck_assert_int_eq(acrm_error_retriable(error), 1);
    json = cJSON_Parse(acrm_error_json(error));
    ck_assert_str_eq(cJSON_GetObjectItem(json, "message")->valuestring, acrm_error_message(error));
    ck_assert_str_eq(cJSON_GetObjectItem(json, "reason")->valuestring, acrm_error_reason(error));
    ck_assert_str_eq(cJSON_GetObjectItem(json, "name")->valuestring, "ACRM_E_NOMEM");
    ck_assert_int_eq(cJSON_GetObjectItem(json, "code")->valueint, ACRM_E_NOMEM);
    cJSON_Delete(json);
    acrm_error_free(error);
    acrm_error_free(again);
    ck_assert_str_eq(acrm_error_message(error), "out of memory");
}
END_TEST

START_TEST(error__is_one_line_of_valid_text_whatever_comes_in)
{
    static const char *const texts[] = {
        "two\nlines\r\tand\x01more\x7F", "broken \xFF\xC3 bytes", "quote \" and \\ slash", "",
        "\xF0\x9F\x9A\x97 \xD8\xB3\xD9\x84\xD8\xA7\xD9\x85",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        acrm_error *error = acrm_error_new(-1000, texts[i], texts[i], texts[i]);
        const char *message = acrm_error_message(error);
        cJSON *json = cJSON_Parse(acrm_error_json(error));

        ck_assert(acrm__utf8_valid(message, strlen(message)));
        for (const char *p = message; *p; p++)
            ck_assert((unsigned char)*p >= 0x20 && *p != 0x7F);
        ck_assert_ptr_nonnull(json);
        ck_assert_str_eq(cJSON_GetObjectItem(json, "message")->valuestring, message);
        ck_assert_str_eq(cJSON_GetObjectItem(json, "field")->valuestring,
                         acrm_error_field(error));
        ck_assert_str_eq(cJSON_GetObjectItem(json, "name")->valuestring, "ACRM_E_UNKNOWN");
        cJSON_Delete(json);
        acrm_error_free(error);
    }
}
END_TEST

START_TEST(error__cuts_long_messages_between_characters)
{
    char text[3001];
    acrm_error *error = NULL;

    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xE2\x82\xAC", 4);
        acrm__error(&error, ACRM_E_INVALID, NULL, NULL, "%s", text);
        size_t len = strlen(acrm_error_message(error));
        ck_assert_uint_gt(len, 1000);
        ck_assert_uint_lt(len, 1024);
        ck_assert_ptr_null(strstr(acrm_error_message(error), "\xEF\xBF\xBD"));
        ck_assert_str_eq(acrm_error_message(error) + len - 3, "...");
        acrm_error_free(error);
    }
    /* Given whole, a message stays whole. */
    error = acrm_error_new(ACRM_E_STORE, NULL, NULL, text);
    ck_assert_str_eq(acrm_error_message(error), text);
    acrm_error_free(error);
}
END_TEST

START_TEST(error__names_every_failing_field)
{
    acrm__arena arena;
    acrm_value *fields = NULL;
    acrm_error *error = NULL;
    bool ok = true;

    acrm__arena_init(&arena, NULL);
    fields = acrm__value_in(&arena);
    acrm_value_set_list(fields);
    for (int i = 0; i < 2; i++) {
        acrm_value *row = acrm__add_map(fields);

        ok = ok && acrm__put_text(row, "field", i ? "phone" : "name")
             && acrm__put_text(row, "reason", i ? "format" : "required")
             && acrm__put_text(row, "message", i ? "is no phone number" : "is missing");
    }
    ck_assert(ok);
    ck_assert_int_eq(acrm__error_fields(&error, ACRM_E_INVALID, fields), ACRM_E_INVALID);
    acrm__arena_free(&arena);
    ck_assert_str_eq(acrm_error_field(error), "name");
    ck_assert_str_eq(acrm_error_reason(error), "required");
    ck_assert_str_eq(acrm_error_message(error), "is missing");
    ck_assert_ptr_nonnull(strstr(
        acrm_error_json(error),
        ",\"fields\":[{\"field\":\"name\",\"reason\":\"required\",\"message\":\"is missing\"},"
        "{\"field\":\"phone\",\"reason\":\"format\",\"message\":\"is no phone number\"}]}"));
    acrm_error_free(error);
}
END_TEST

static Suite *error_suite(void)
{
    Suite *suite = suite_create("error");
    TCase *tc = tcase_create("error");

    tcase_add_test(tc, error__tells_all_it_was_given);
    tcase_add_test(tc, error__null_reads_as_none);
    tcase_add_test(tc, error__fills_in_what_is_missing);
    tcase_add_test(tc, error__is_retriable_when_waiting_may_help);
    tcase_add_test(tc, error__out_of_memory_is_shared_and_readable);
    tcase_add_test(tc, error__is_one_line_of_valid_text_whatever_comes_in);
    tcase_add_test(tc, error__cuts_long_messages_between_characters);
    tcase_add_test(tc, error__names_every_failing_field);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(error_suite)
