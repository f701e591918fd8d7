/* SPDX-License-Identifier: MIT */
/*
 * The scripts of this folder, through acrm_call_json(): lists of calls with what each must answer.
 * The command line and every binding run the same scripts (tests/calls/README.md).
 */
#include "autocrm/autocrm.h"

#include "support/suite.h"
#include "support/vectors.h"

static const char *const scripts[] = {"records.json", "errors.json", "types.json", "leads.json",
                                      "finance.json"};

static int64_t script_now(void *self)
{
    return *(const int64_t *)self;
}

/* What was kept of earlier answers, by name. */
static cJSON *kept;

/* A copy with every "$name" replaced by what was kept under it. */
static cJSON *filled(const cJSON *value)
{
    if (cJSON_IsString(value) && value->valuestring[0] == '$') {
        const cJSON *found = cJSON_GetObjectItemCaseSensitive(kept, value->valuestring + 1);

        if (found != NULL)
            return cJSON_Duplicate(found, 1);
    }
    cJSON *copy = cJSON_Duplicate(value, 0);

    for (const cJSON *child = value->child; child != NULL; child = child->next) {
        if (cJSON_IsObject(value))
            cJSON_AddItemToObject(copy, child->string, filled(child));
        else
            cJSON_AddItemToArray(copy, filled(child));
    }
    return copy;
}

static const cJSON *at_path(const cJSON *value, const char *path)
{
    char word[64];

    for (; value != NULL && *path != '\0'; path += *path == '.') {
        size_t len = strcspn(path, ".");

        snprintf(word, sizeof word, "%.*s", (int)len, path);
        value = cJSON_IsArray(value) ? cJSON_GetArrayItem(value, (int)strtol(word, NULL, 10))
                                     : cJSON_GetObjectItemCaseSensitive(value, word);
        path += len;
    }
    return value;
}

/* All that is expected is there; maps may hold more. */
static void expect_part(const cJSON *expected, const cJSON *got, const char *where)
{
    if (cJSON_IsObject(expected) || cJSON_IsArray(expected)) {
        if (cJSON_IsArray(expected))
            ck_assert_msg(cJSON_GetArraySize(expected) == cJSON_GetArraySize(got),
                          "%s: %d members expected, %d there", where,
                          cJSON_GetArraySize(expected), cJSON_GetArraySize(got));
        int n = 0;

        for (const cJSON *child = expected->child; child != NULL; child = child->next, n++) {
            const cJSON *other = cJSON_IsArray(expected)
                                     ? cJSON_GetArrayItem(got, n)
                                     : cJSON_GetObjectItemCaseSensitive(got, child->string);

            ck_assert_msg(other != NULL, "%s: there is no %s", where,
                          child->string != NULL ? child->string : "such member");
            expect_part(child, other, where);
        }
        return;
    }
    char *left = cJSON_PrintUnformatted(expected);
    char *right = cJSON_PrintUnformatted(got);

    ck_assert_msg(cJSON_Compare(expected, got, 1), "%s: %s expected, %s there (%s)", where, left,
                  right, expected->string != NULL ? expected->string : "");
    cJSON_free(left);
    cJSON_free(right);
}

static void keep_answers(const cJSON *names, const cJSON *answer)
{
    for (const cJSON *name = names != NULL ? names->child : NULL; name != NULL; name = name->next) {
        const cJSON *found = at_path(answer, name->valuestring);

        ck_assert_msg(found != NULL, "nothing to keep as %s", name->string);
        cJSON_AddItemToObject(kept, name->string, cJSON_Duplicate(found, 1));
    }
}

static void run_step(acrm_session *session, const cJSON *step)
{
    const char *operation = cJSON_GetObjectItem(step, "call")->valuestring;
    const cJSON *error = cJSON_GetObjectItem(step, "error");
    cJSON *args = filled(cJSON_GetObjectItem(step, "args"));
    char *text = cJSON_PrintUnformatted(args);
    acrm_buf *out = NULL;
    acrm_error *err = NULL;
    int32_t status = acrm_call_json(session, operation, text, strlen(text), &out, &err);

    ck_assert_msg((status == ACRM_OK) == (error == NULL), "%s %s: %s", operation, text,
                  status == ACRM_OK ? "worked" : acrm_error_message(err));
    cJSON *answer = cJSON_Parse(status == ACRM_OK ? acrm_buf_data(out) : acrm_error_json(err));
    const cJSON *wanted = error != NULL ? error : cJSON_GetObjectItem(step, "expect");

    keep_answers(cJSON_GetObjectItem(step, "keep"), answer);
    if (wanted != NULL) {
        cJSON *expected = filled(wanted);

        expect_part(expected, answer, operation);
        cJSON_Delete(expected);
    }
    cJSON_Delete(answer);
    cJSON_Delete(args);
    cJSON_free(text);
    acrm_buf_free(out);
    acrm_error_free(err);
}

/* 2026-01-05T08:00:00Z, with as many microseconds as the script says. */
static int64_t instant_of(const char *text)
{
    int64_t micros = INT64_C(1767600000000000);

    ck_assert_msg(strncmp(text, "2026-01-05T08:00:00", 19) == 0, "a script begins at %s", text);
    return text[19] == '.' ? micros + strtol(text + 20, NULL, 10) : micros;
}

START_TEST(calls__answer_as_their_script_says)
{
    cJSON *script = vectors_load(scripts[_i]);
    int64_t now = instant_of(cJSON_GetObjectItem(script, "now")->valuestring);
    acrm_clock clock = {.struct_size = sizeof clock, .self = &now, .now = script_now};
    acrm_options options = {.struct_size = sizeof options, .clock = &clock};
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    kept = cJSON_CreateObject();
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    for (const cJSON *step = cJSON_GetObjectItem(script, "steps")->child; step != NULL;
         step = step->next)
        run_step(session, step);
    acrm_session_free(session);
    acrm_close(engine);
    cJSON_Delete(kept);
    cJSON_Delete(script);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("calls");
    TCase *tests = tcase_create("scripts");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, calls__answer_as_their_script_says, 0,
                        (int)(sizeof scripts / sizeof *scripts));
    suite_add_tcase(suite, tests);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
