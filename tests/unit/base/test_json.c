/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "base/text.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEED = 20 };

/* Read and write again on one line, or the error's message. The caller frees with free(). */
static char *json_again(const char *json, size_t len)
{
    acrm_value *value = NULL;
    acrm_error *error = NULL;
    acrm_buf *buf = NULL;
    char *text = NULL;

    if (acrm_value_parse(NULL, json, len, &value, &error) != ACRM_OK) {
        text = strdup(acrm_error_message(error));
        acrm_error_free(error);
        return text;
    }
    ck_assert_int_eq(acrm_value_print(value, 0, &buf), ACRM_OK);
    text = strdup(acrm_buf_data(buf));
    acrm_buf_free(buf);
    acrm_value_free(value);
    return text;
}

START_TEST(json__reads_what_rfc_8259_allows)
{
    static const char *const rows[][2] = {
        { "null", "null" },
        { " true ", "true" },
        { "false\n", "false" },
        { "[]", "[]" },
        { "{}", "{}" },
        { "\t[ 1 ,\r\n 2 ] ", "[1,2]" },
        { "{ \"a\" : { \"b\" : [ { } , [ ] ] } , \"c\" : null }",
          "{\"a\":{\"b\":[{},[]]},\"c\":null}" },
        { "{\"\":1}", "{\"\":1}" },
        { "\"\"", "\"\"" },
        { "\"\\u0041\\u00e9\\u20AC\\uD83D\\uDe97\"", "\"A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x97\"" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
        { "\"\\u0001\\u001f\x7F\"", "\"\\u0001\\u001f\x7F\"" },
        { "{\"a\\u0062\":1}", "{\"ab\":1}" },
        { "\"\xD8\xB3\xD8\xA7\xD8\xB1\xD8\xA7 \\n tail long enough for words of eight\"",
          "\"\xD8\xB3\xD8\xA7\xD8\xB1\xD8\xA7 \\n tail long enough for words of eight\"" },
        { "[0,-0,1,-1,123456789012345]", "[0,0,1,-1,123456789012345]" },
        { "[9007199254740991,-9007199254740991]", "[9007199254740991,-9007199254740991]" },
        { "[1000000000000000]", "[1000000000000000]" },
        { "[1.5,-0.25,1e-7,1E+2,1e21,0.1]", "[1.5,-0.25,1e-7,100,1e21,0.1]" },
        { "[1.0,1e3,-2.50e1,0.0,-0.0]", "[1,1000,-25,0,0]" },
        { "[1e308,1e-400]", "[1e308,0]" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = json_again(rows[i][0], strlen(rows[i][0]));

        ck_assert_str_eq(text, rows[i][1]);
        free(text);
    }
}
END_TEST

START_TEST(json__refuses_and_says_where_and_what)
{
    static const struct {
        const char *json;
        size_t len; /* 0: to the NUL */
        const char *message; /* behind "JSON line 1, column " */
    } rows[] = {
        { "", 0, "1: expected a value" },
        { " ", 0, "2: expected a value" },
        { "\xEF\xBB\xBF{}", 0, "1: expected no byte order mark" },
        { "{} {}", 0, "4: expected the end of the text" },
        { "[1] x", 0, "5: expected the end of the text" },
        { "nul", 0, "1: expected a value" },
        { "nulll", 0, "5: expected the end of the text" },
        { "True", 0, "1: expected a value" },
        { "NaN", 0, "1: expected a value" },
        { "'a'", 0, "1: expected a value" },
        { "[1,]", 0, "4: expected a value" },
        { "[,1]", 0, "2: expected a value" },
        { "[1 2]", 0, "4: expected a comma or ]" },
        { "[1}", 0, "3: expected a comma or ]" },
        { "[", 0, "2: expected a value" },
        { "]", 0, "1: expected a value" },
        { "{\"a\":1,}", 0, "8: expected a key in double quotes" },
        { "{a:1}", 0, "2: expected a key in double quotes" },
        { "{1:1}", 0, "2: expected a key in double quotes" },
        { "{\"a\"}", 0, "5: expected a colon after the key" },
        { "{\"a\" 1}", 0, "6: expected a colon after the key" },
        { "{\"a\":}", 0, "6: expected a value" },
        { "{\"a\":1", 0, "7: expected a comma or }" },
        { "{\"a\":1]", 0, "7: expected a comma or }" },
        { "{\"a\":1,\"a\":2}", 0, "8: expected a key that is not in this map yet" },
        { "{\"a\":1,\"\\u0061\":2}", 0, "8: expected a key that is not in this map yet" },
        { "[1]//c", 0, "4: expected the end of the text" },
        { "01", 0, "2: expected a number as JSON writes it" },
        { "-", 0, "2: expected a number as JSON writes it" },
        { "[-a]", 0, "3: expected a number as JSON writes it" },
        { "1.", 0, "3: expected a number as JSON writes it" },
        { "1.e1", 0, "3: expected a number as JSON writes it" },
        { "1e", 0, "3: expected a number as JSON writes it" },
        { "1e+", 0, "4: expected a number as JSON writes it" },
        { "+1", 0, "1: expected a value" },
        { ".5", 0, "1: expected a value" },
        { "0x10", 0, "2: expected the end of the text" },
        { "[9007199254740992]", 0,
          "2: expected an integer within +-(2^53 - 1): send larger ones as text" },
        { "[-9007199254740993]", 0,
          "2: expected an integer within +-(2^53 - 1): send larger ones as text" },
        { "[123456789012345678901234567890]", 0,
          "2: expected an integer within +-(2^53 - 1): send larger ones as text" },
        { "[1e309]", 0, "2: expected a number within the range of a double" },
        { "[-1e99999]", 0, "2: expected a number within the range of a double" },
        { "\"abc", 0, "5: expected the closing quote of a text" },
        { "\"a\nb\"", 0, "3: expected an escape instead of a control character" },
        { "\"a\tb\"", 0, "3: expected an escape instead of a control character" },
        { "\"\\x\"", 0, "2: expected one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u" },
        { "\"\\", 0, "2: expected one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u" },
        { "\"\\u12\"", 0, "2: expected four hexadecimal digits after \\u" },
        { "\"\\u12g4\"", 0, "2: expected four hexadecimal digits after \\u" },
        { "\"\\u0000\"", 0, "2: expected any character but U+0000" },
        { "\"\\ud800\"", 0, "2: expected a low surrogate after this high one" },
        { "\"\\ud800\\u0041\"", 0, "2: expected a low surrogate after this high one" },
        { "\"\\ud800x\"", 0, "2: expected a low surrogate after this high one" },
        { "\"\\udc00\"", 0, "2: expected a high surrogate before this low one" },
        { "\"a\xFF\"", 0, "3: expected well-formed UTF-8" },
        { "\"a\xED\xA0\x80\"", 0, "3: expected well-formed UTF-8" },
        { "\"a\xC0\x80\"", 0, "3: expected well-formed UTF-8" },
        { "[1,,\"\xFF\"]", 0, "4: expected a value" },
        { "\xFF", 0, "1: expected well-formed UTF-8" },
        { "{}\xFF", 0, "3: expected well-formed UTF-8" },
        { "{}\0", 3, "3: expected no NUL byte" },
        { "\"a\0b\"", 5, "3: expected no NUL byte" },
        { "[1\0]", 4, "3: expected no NUL byte" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].json);
        char expected[200];
        char *text = json_again(rows[i].json, len);

        (void)snprintf(expected, sizeof expected, "JSON line 1, column %s", rows[i].message);
        ck_assert_msg(strcmp(text, expected) == 0, "%s: \"%s\"", rows[i].json, text);
        free(text);
    }
}
END_TEST

START_TEST(json__faults_are_counted_in_lines)
{
    static const char json[] = "{\n \"a\": 1,\n\n  \"b\": x\n}";
    acrm__json_fault fault;
    acrm__arena arena;
    acrm_value *value = NULL;

    acrm__arena_init(&arena, NULL);
    ck_assert_int_eq(acrm__json_read(&arena, json, sizeof json - 1, &value, &fault),
                     ACRM_E_INVALID);
    ck_assert_ptr_null(value);
    ck_assert_uint_eq(fault.line, 4);
    ck_assert_uint_eq(fault.column, 8);
    ck_assert_int_eq(json[fault.offset], 'x');
    acrm__arena_free(&arena);
}
END_TEST

static const char json_sample[] =
    "{\"name\":\"\xD8\xB3\xD8\xA7\xD8\xB1\xD8\xA7\",\"phones\":[\"+98912\",{\"t\":\"\\u00e9\\n\"}],"
    "\"n\":-12.5e3,\"i\":123456789012345,\"b\":[true,false,null],\"m\":{\"\":{}},"
    "\"e\":\"\\ud83d\\ude97\"}";

START_TEST(json__every_truncation_is_refused_within_the_text)
{
    for (size_t len = 0; len < sizeof json_sample - 1; len++) {
        char *copy = malloc(len ? len : 1); /* of its size, for a sanitizer to see a step beyond */
        acrm__json_fault fault = { 0 };
        acrm_value *value = NULL;
        acrm__arena arena;

        memcpy(copy, json_sample, len);
        acrm__arena_init(&arena, NULL);
        ck_assert_int_eq(acrm__json_read(&arena, copy, len, &value, &fault), ACRM_E_INVALID);
        ck_assert_uint_le(fault.offset, len);
        ck_assert_ptr_null(value);
        acrm__arena_free(&arena);
        free(copy);
    }
}
END_TEST

START_TEST(json__every_changed_byte_is_read_or_refused_but_never_misread)
{
    char text[sizeof json_sample];
    size_t len = sizeof json_sample - 1;

    for (size_t at = 0; at < len; at++)
        for (int c = 0; c < 256; c++) {
            acrm_value *value = NULL;
            acrm_value *back = NULL;
            acrm_buf *buf = NULL;

            memcpy(text, json_sample, sizeof text);
            text[at] = (char)c;
            if (acrm_value_parse(NULL, text, len, &value, NULL) != ACRM_OK)
                continue;
            if (!acrm__utf8_valid(text, len) || acrm_value_print(value, 0, &buf) != ACRM_OK
                || acrm_value_parse(NULL, acrm_buf_data(buf), acrm_buf_len(buf), &back, NULL)
                       != ACRM_OK
                || !acrm__value_equal(value, back))
                ck_abort_msg("byte %zu as %d", at, c);
            acrm_value_free(value);
            acrm_value_free(back);
            acrm_buf_free(buf);
        }
}
END_TEST

START_TEST(json__depth_is_limited_to_64)
{
    char text[400];

    for (int maps = 0; maps < 2; maps++)
        for (size_t depth = 63; depth <= 66; depth++) {
            acrm_value *value = NULL;
            acrm_error *error = NULL;
            size_t len = 0;
            int32_t status = 0;

            for (size_t i = 0; i < depth; i++)
                len += (size_t)sprintf(text + len, "%s", maps ? "{\"\":" : "[");
            len += (size_t)sprintf(text + len, "1");
            for (size_t i = 0; i < depth; i++)
                text[len++] = maps ? '}' : ']';
            status = acrm_value_parse(NULL, text, len, &value, &error);
            ck_assert_int_eq(status, depth <= 64 ? ACRM_OK : ACRM_E_LIMIT);
            if (status != ACRM_OK)
                ck_assert_str_eq(acrm_error_reason(error), "limit");
            acrm_error_free(error);
            acrm_value_free(value);
        }
}
END_TEST

START_TEST(json__a_million_brackets_are_refused_at_once)
{
    enum { LEN = 1000000 };
    char *text = malloc(LEN);

    ck_assert_ptr_nonnull(text);
    for (int i = 0; i < 2; i++) {
        acrm_value *value = NULL;

        memset(text, i ? '[' : '{', LEN);
        ck_assert_int_eq(acrm_value_parse(NULL, text, LEN, &value, NULL),
                         i ? ACRM_E_LIMIT : ACRM_E_INVALID);
    }
    free(text);
}
END_TEST

START_TEST(json__size_is_limited)
{
    char one = ' ';
    acrm_value *value = NULL;
    acrm_error *error = NULL;

    /* Refused by its length alone, before a byte is looked at. */
    ck_assert_int_eq(acrm_value_parse(NULL, &one, (size_t)ACRM__JSON_BYTES_MAX + 1, &value, &error),
                     ACRM_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(acrm_error_message(error), "64 MiB"));
    acrm_error_free(error);
}
END_TEST

START_TEST(json__misuse_is_told)
{
    acrm_value *value = NULL;
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, NULL, 1, &value, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_parse(NULL, "1", 1, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_parse(NULL, NULL, 0, &value, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_value_parse(NULL, "1", 1, &value, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(NULL, 0, &buf), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_print(value, 0, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_print(value, -1, &buf), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_value_print(value, 17, &buf), ACRM_E_MISUSE);
    acrm_value_free(value);
}
END_TEST

START_TEST(json__large_maps_find_keys_and_refuse_repeated_ones)
{
    enum { KEYS = 100000 };
    size_t cap = KEYS * 24;
    char *text = malloc(cap);

    for (int repeat = 0; repeat < 2; repeat++) {
        acrm_value *value = NULL;
        size_t len = 0;

        text[len++] = '{';
        for (int i = 0; i < KEYS; i++)
            len += (size_t)snprintf(text + len, cap - len, "%s\"%d\":%d", i ? "," : "",
                                    repeat && i == KEYS - 1 ? 17 : i, i);
        text[len++] = '}';
        ck_assert_int_eq(acrm_value_parse(NULL, text, len, &value, NULL),
                         repeat ? ACRM_E_INVALID : ACRM_OK);
        if (!repeat) {
            ck_assert_int_eq(acrm_value_int(acrm_value_get(value, "99999")), 99999);
            ck_assert_ptr_null(acrm_value_get(value, "100000"));
            /* And it can grow. */
            ck_assert(acrm__put_int(value, "100000", 7));
            ck_assert_int_eq(acrm_value_int(acrm_value_get(value, "100000")), 7);
            ck_assert_int_eq(acrm_value_int(acrm_value_get(value, "0")), 0);
        }
        acrm_value_free(value);
    }
    free(text);
}
END_TEST

START_TEST(json__prints_with_indentation)
{
    static const char json[] = "{\"a\":[1,{\"b\":[]}],\"c\":{}}";
    acrm_value *value = NULL;
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, json, sizeof json - 1, &value, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(value, 2, &buf), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(buf), "{\n"
                                         "  \"a\": [\n"
                                         "    1,\n"
                                         "    {\n"
                                         "      \"b\": []\n"
                                         "    }\n"
                                         "  ],\n"
                                         "  \"c\": {}\n"
                                         "}");
    acrm_buf_free(buf);
    acrm_value_free(value);
}
END_TEST

START_TEST(json__prints_integers_exactly_bytes_as_base64_and_refuses_depth)
{
    acrm_value *value = NULL;
    acrm_value *at = NULL;
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_value_new(NULL, &value), ACRM_OK);
    acrm_value_set_list(value);
    acrm_value_set_int(acrm_value_add(value), INT64_MIN);
    acrm_value_set_int(acrm_value_add(value), INT64_MAX);
    acrm_value_set_int(acrm_value_add(value), 1700000000000000);
    acrm_value_set_bytes(acrm_value_add(value), "foob", 4);
    ck_assert_int_eq(acrm_value_print(value, 0, &buf), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(buf),
                     "[-9223372036854775808,9223372036854775807,1700000000000000,\"Zm9vYg==\"]");
    acrm_buf_free(buf);
    buf = NULL;
    at = value;
    for (int i = 0; i < 1000; i++) {
        acrm_value_set_list(at);
        at = acrm_value_add(at);
    }
    ck_assert_int_eq(acrm_value_print(value, 0, &buf), ACRM_E_LIMIT);
    ck_assert_ptr_null(buf);
    acrm_value_free(value);
}
END_TEST

static uint64_t json_state = SEED;

static uint32_t json_random(uint32_t below)
{
    json_state = json_state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(json_state >> 33) % below;
}

static void json_random_text(char *text, size_t *len)
{
    static const char *const pieces[] = { "a", "\"", "\\", "\n", "\x01", "\x7F", "\xC3\xA9",
                                          "\xE2\x82\xAC", "\xF0\x9F\x9A\x97", "/", "long piece",
                                          "\xD8\xB3" };

    *len = 0;
    for (uint32_t n = json_random(12); n > 0; n--) {
        const char *piece = pieces[json_random(sizeof pieces / sizeof pieces[0])];

        memcpy(text + *len, piece, strlen(piece));
        *len += strlen(piece);
    }
    text[*len] = '\0';
}

static void json_random_scalar(acrm_value *value)
{
    char text[200];
    size_t len = 0;
    uint64_t bits = (uint64_t)json_random(UINT32_MAX) << 33 ^ json_random(UINT32_MAX);
    double real = 0;

    switch (json_random(5)) {
    case 0:
        acrm_value_set_bool(value, (int32_t)json_random(2));
        break;
    case 1:
        acrm_value_set_int(value, (int64_t)(bits >> 11 >> json_random(50))
                                      * (json_random(2) ? 1 : -1));
        break;
    case 2:
        memcpy(&real, &bits, sizeof real);
        acrm_value_set_real(value, isfinite(real) ? real : 0.125);
        break;
    case 3:
        json_random_text(text, &len);
        acrm_value_set_text(value, text, len);
        break;
    default:
        break;
    }
}

/* A tree of some hundred values: each new one goes into one of the last lists and maps. */
static void json_random_tree(acrm_value *root)
{
    acrm_value *open[8] = { root, root, root, root, root, root, root, root };
    char key[200];
    size_t len = 0;

    acrm_value_set_map(root);
    for (uint32_t n = json_random(300); n > 0; n--) {
        acrm_value *in = open[json_random(8)];
        acrm_value *value = NULL;

        json_random_text(key, &len);
        value = acrm_value_type(in) == ACRM_LIST ? acrm_value_add(in) : acrm_value_put(in, key);
        switch (json_random(8)) {
        case 0:
            acrm_value_set_list(value);
            break;
        case 1:
            acrm_value_set_map(value);
            break;
        default:
            json_random_scalar(value);
            continue;
        }
        /* A value that was replaced may still be here; what goes into it is simply not seen. */
        open[json_random(8)] = value;
    }
}

START_TEST(json__random_trees_read_back_as_they_were_written)
{
    printf("json: seed %d\n", SEED);
    for (int round = 0; round < 400; round++) {
        acrm_value *tree = NULL;
        acrm_value *back = NULL;
        acrm_error *error = NULL;
        acrm_buf *buf = NULL;
        int32_t status = ACRM_OK;

        ck_assert_int_eq(acrm_value_new(NULL, &tree), ACRM_OK);
        json_random_tree(tree);
        status = acrm_value_print(tree, round % 3, &buf);
        if (status == ACRM_OK) {
            status = acrm_value_parse(NULL, acrm_buf_data(buf), acrm_buf_len(buf), &back, &error);
            ck_assert_msg(status == ACRM_OK, "round %d: %s in %.500s", round,
                          acrm_error_message(error), acrm_buf_data(buf));
            ck_assert_msg(acrm__value_equal(tree, back), "round %d: %.500s", round,
                          acrm_buf_data(buf));
        } else {
            ck_assert_int_eq(status, ACRM_E_LIMIT);
        }
        acrm_buf_free(buf);
        acrm_value_free(tree);
        acrm_value_free(back);
    }
}
END_TEST

START_TEST(json__every_failed_allocation_is_an_error_and_leaks_nothing)
{
    enum { CAP = 8000 };
    char text[CAP];
    size_t len = 0;

    /* A list of 200 and a map of 100 in it: more than the reader holds without allocating. */
    text[len++] = '[';
    for (int i = 0; i < 200; i++)
        len += (size_t)snprintf(text + len, CAP - len, "\"item %d\",", i);
    text[len++] = '{';
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(text + len, CAP - len, "%s\"key %d\":%d", i ? "," : "", i, i);
    len += (size_t)snprintf(text + len, CAP - len, "}]");
    for (int for_ever = 0; for_ever < 2; for_ever++)
        for (long n = 1;; n++) {
            alloc_fail state = { .fail_at = n, .for_ever = for_ever };
            acrm_allocator port = alloc_fail_port(&state);
            acrm_value *value = NULL;
            acrm_error *error = NULL;
            acrm_buf *buf = NULL;
            int32_t status = acrm_value_parse(&port, text, len, &value, &error);

            ck_assert_int_eq(acrm_error_code(error), status);
            if (status == ACRM_OK)
                status = acrm_value_print(value, 0, &buf);
            ck_assert_int_eq(status, state.failures ? ACRM_E_NOMEM : ACRM_OK);
            if (status == ACRM_OK)
                ck_assert_mem_eq(acrm_buf_data(buf), text, len);
            acrm_buf_free(buf);
            acrm_value_free(value);
            acrm_error_free(error);
            ck_assert_uint_eq(state.live_bytes, 0);
            if (status == ACRM_OK) {
                ck_assert_int_gt(n, 6);
                break;
            }
        }
}
END_TEST

START_TEST(json__error_is_readable_json_itself)
{
    acrm_value *value = NULL;
    acrm_value *parsed = NULL;
    acrm_error *error = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, "\"\\x", 3, &value, &error), ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(error), "json");
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_error_json(error),
                                      strlen(acrm_error_json(error)), &parsed, NULL),
                     ACRM_OK);
    ck_assert_str_eq(acrm__get_text(parsed, "message"), acrm_error_message(error));
    acrm_value_free(parsed);
    acrm_error_free(error);
}
END_TEST

static Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");

    tcase_add_test(tc, json__reads_what_rfc_8259_allows);
    tcase_add_test(tc, json__refuses_and_says_where_and_what);
    tcase_add_test(tc, json__faults_are_counted_in_lines);
    tcase_add_test(tc, json__every_truncation_is_refused_within_the_text);
    tcase_add_test(tc, json__every_changed_byte_is_read_or_refused_but_never_misread);
    tcase_add_test(tc, json__depth_is_limited_to_64);
    tcase_add_test(tc, json__a_million_brackets_are_refused_at_once);
    tcase_add_test(tc, json__size_is_limited);
    tcase_add_test(tc, json__misuse_is_told);
    tcase_add_test(tc, json__large_maps_find_keys_and_refuse_repeated_ones);
    tcase_add_test(tc, json__prints_with_indentation);
    tcase_add_test(tc, json__prints_integers_exactly_bytes_as_base64_and_refuses_depth);
    tcase_add_test(tc, json__random_trees_read_back_as_they_were_written);
    tcase_add_test(tc, json__every_failed_allocation_is_an_error_and_leaks_nothing);
    tcase_add_test(tc, json__error_is_readable_json_itself);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(json_suite)
