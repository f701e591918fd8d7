/* SPDX-License-Identifier: MIT */
/* Bad arguments to every operation, by the registry: always an error that says what is wrong, and
 * never a change. */
#include "life.h"
#include "support/suite.h"

#include <string.h>

static host h;
static acrm_value *registry;
static const acrm_value *operations;
static int64_t audit_before;

static int64_t last_audit(void)
{
    acrm_value *out = host_call(h.session, "audit.list", "{'newest_first':true,'limit':1}");
    int64_t seq = host_int(out, "items.0.seq");

    acrm_value_free(out);
    return seq;
}

static void setup(void)
{
    acrm_buf *text = NULL;

    host_init(&h);
    ck_assert_int_eq(host_open(&h, "memory:", 0, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_describe(h.engine, "operations", &text, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &registry,
                                      NULL), ACRM_OK);
    acrm_buf_free(text);
    life l = { .host = &h };
    life_live(&l, life_short);
    operations = acrm_value_get(registry, "operations");
    ck_assert_uint_gt(acrm_value_count(operations), 100);
    audit_before = last_audit();
}

static void teardown(void)
{
    ck_assert_msg(last_audit() == audit_before, "a refused call left a trace");
    host_verify(h.session);
    acrm_value_free(registry);
    host_close(&h);
    ck_assert_uint_eq(h.memory.live_bytes, 0);
}

/* The call must be refused with one of the statuses that blame the caller, in words. When a field
 * is given, the error must name it among the failing ones. */
static void refuse(const char *operation, const char *json, size_t len, const char *field)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    int32_t st = acrm_call_json(h.session, operation, json, len, &out, &err);
    ck_assert_msg(st == ACRM_E_INVALID || st == ACRM_E_LIMIT || st == ACRM_E_NOTFOUND,
                  "%s %.200s: %s %s", operation, json, acrm_status_name(st),
                  out ? acrm_buf_data(out) : acrm_error_json(err));
    ck_assert_ptr_null(out);
    ck_assert_msg(acrm_error_message(err)[0] && acrm_error_reason(err)[0],
                  "%s %.200s: %s", operation, json, acrm_error_json(err));
    if (field) {
        char path[160];
        snprintf(path, sizeof path, "\"field\":\"%s", field);
        ck_assert_msg(strstr(acrm_error_json(err), path) != NULL, "%s %.200s: %s does not name %s",
                      operation, json, acrm_error_json(err), field);
    }
    acrm_error_free(err);
}

static void refuse_text(const char *operation, const char *json, const char *field)
{
    refuse(operation, json, strlen(json), field);
}

/* The beginning of the arguments of an operation: an update is looked at field by field only when
 * there is a record to update. */
static void begin_args(const acrm_value *operation, const char *parameter, char args[160])
{
    const char *entity = host_text(operation, "entity");
    char list[80];

    snprintf(args, 160, "{");
    if (strcmp(host_text(operation, "verb"), "update") != 0 || strcmp(parameter, "id") == 0
        || strcmp(parameter, "last_write_wins") == 0 || strcmp(parameter, "version") == 0)
        return;
    snprintf(list, sizeof list, "%s.list", entity);
    acrm_value *out = host_call(h.session, list, "{'limit':1}");
    const char *id = host_text(out, "items.0.id");
    if (*id)
        snprintf(args, 160, "{\"id\":\"%s\",\"last_write_wins\":true,", id);
    acrm_value_free(out);
}

/* Whether the error must name the field: not when there is no record to update. */
static const char *named(const acrm_value *operation, const char *begin, const char *parameter)
{
    bool update = strcmp(host_text(operation, "verb"), "update") == 0;
    bool own = strcmp(parameter, "id") == 0 || strcmp(parameter, "last_write_wins") == 0
               || strcmp(parameter, "version") == 0;

    /* Amounts are looked at when their currency is known. */
    const acrm_value *properties = acrm_value_get(acrm_value_get(operation, "parameters"),
                                                  "properties");
    if (!*host_text(operation, "verb") && acrm_value_get(properties, "currency")
        && strcmp(host_text(acrm_value_get(properties, parameter), "x-type"), "money") == 0)
        return NULL;
    return update && !own && !begin[1] ? NULL : parameter;
}

/* --- Wrong types --- */

static const char *schema_type(const acrm_value *schema)
{
    const acrm_value *type = acrm_value_get(schema, "type");

    if (acrm_value_type(type) == ACRM_LIST)
        type = acrm_value_at(type, 0);
    return type ? acrm_value_text(type, NULL) : "";
}

/* Values that are wrong for a JSON type, so that each must be refused. */
static const struct {
    const char *type;
    const char *wrong[6];
} wrong_values[] = {
    { "string", { "17", "true", "[]", "{\"a\":1}", "1e300" } },
    { "integer", { "\"x\"", "1.5", "true", "[1]", "{}" } },
    { "number", { "\"x\"", "true", "[1]", "{}" } },
    { "boolean", { "\"true\"", "1", "[]", "{}" } },
    { "array", { "\"x\"", "17", "{\"a\":1}", "[[[]]]", "true" } },
    { "object", { "\"x\"", "17", "[1]", "true" } },
};

static void expect_wrong_types_refused(const acrm_value *operation, const char *name,
                                       const acrm_value *schema)
{
    char begin[160];
    char json[512];
    const char *type = schema_type(schema);

    begin_args(operation, name, begin);
    for (size_t i = 0; i < sizeof wrong_values / sizeof wrong_values[0]; i++)
        for (size_t k = 0; strcmp(type, wrong_values[i].type) == 0 && k < 6; k++) {
            if (!wrong_values[i].wrong[k])
                break;
            snprintf(json, sizeof json, "%s\"%s\":%s}", begin, name, wrong_values[i].wrong[k]);
            /* Children are looked at when the record itself is good. */
            bool children = strcmp(type, "array") == 0
                            && strcmp(host_text(operation, "verb"), "create") == 0;
            refuse_text(host_text(operation, "name"), json,
                        children ? NULL : named(operation, begin, name));
        }
}

START_TEST(hostile__wrong_types_are_refused_by_name)
{
    size_t looked_at = 0;

    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);
        const acrm_value *parameters = acrm_value_get(acrm_value_get(operation, "parameters"),
                                                      "properties");
        for (size_t k = 0; k < acrm_value_count(parameters); k++, looked_at++)
            expect_wrong_types_refused(operation, acrm_value_key(parameters, k, NULL),
                                       acrm_value_at(parameters, k));
    }
    ck_assert_uint_gt(looked_at, 1000);
}
END_TEST

/* --- Ids, choices, limits, unknown names --- */

static const char *const no_ids[] = {
    "", "x", "0", "00000000-0000-0000-0000-00000000000", "0190163d-8694-739b-aea5-966c26f8ad9g",
    "{0190163d-8694-739b-aea5-966c26f8ad91}", "' OR 1=1 --", "../../etc/passwd",
    "0190163d86947 39baea5966c26f8ad91", "\xD9\xA1\xD9\xA2",
};

/* One parameter with one value. */
static void refuse_value(const acrm_value *operation, const char *name, const char *value)
{
    char begin[160];
    char json[512];

    begin_args(operation, name, begin);
    snprintf(json, sizeof json, "%s\"%s\":%s}", begin, name, value);
    refuse_text(host_text(operation, "name"), json, named(operation, begin, name));
}

static void expect_bad_values_refused(const acrm_value *operation, const char *name,
                                      const acrm_value *schema)
{
    char value[128];
    const char *type = host_text(schema, "x-type");
    const acrm_value *maximum = acrm_value_get(schema, "maximum");
    const acrm_value *minimum = acrm_value_get(schema, "minimum");

    if (strcmp(schema_type(schema), "array") == 0)
        return;
    for (size_t i = 0; i < sizeof no_ids / sizeof no_ids[0]; i++) {
        if (strcmp(type, "id") != 0 && strcmp(type, "ref") != 0)
            break;
        snprintf(value, sizeof value, "\"%s\"", no_ids[i]);
        refuse_value(operation, name, value);
    }
    if (strcmp(type, "enum") == 0 || strcmp(type, "instant") == 0 || strcmp(type, "date") == 0
        || strcmp(type, "duration") == 0 || strcmp(type, "money") == 0)
        refuse_value(operation, name, "\"no such thing\"");
    if (strcmp(type, "int") == 0 && maximum && acrm_value_int(maximum) < INT64_C(1) << 50) {
        snprintf(value, sizeof value, "%lld", (long long)acrm_value_int(maximum) + 1);
        refuse_value(operation, name, value);
    }
    if (strcmp(type, "int") == 0 && minimum && acrm_value_int(minimum) > -(INT64_C(1) << 50)) {
        snprintf(value, sizeof value, "%lld", (long long)acrm_value_int(minimum) - 1);
        refuse_value(operation, name, value);
    }
}

START_TEST(hostile__bad_values_are_refused_by_name)
{
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);
        const acrm_value *parameters = acrm_value_get(acrm_value_get(operation, "parameters"),
                                                      "properties");
        for (size_t k = 0; k < acrm_value_count(parameters); k++)
            expect_bad_values_refused(operation, acrm_value_key(parameters, k, NULL),
                                      acrm_value_at(parameters, k));
        refuse_value(operation, "no_such_parameter", "1");
        refuse_value(operation, "", "1");
    }
}
END_TEST

/* Text longer than a field takes: refused by the field's name, without echoing it. */
START_TEST(hostile__long_text_is_refused_by_name)
{
    enum { LONG = 5 << 20 };
    char *json = malloc(LONG + 310);

    ck_assert_ptr_nonnull(json);
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);
        const acrm_value *parameters = acrm_value_get(acrm_value_get(operation, "parameters"),
                                                      "properties");
        for (size_t k = 0; k < acrm_value_count(parameters); k++) {
            const char *name = acrm_value_key(parameters, k, NULL);
            const acrm_value *schema = acrm_value_at(parameters, k);
            int64_t most = host_int(schema, "maxLength");
            if (strcmp(schema_type(schema), "string") != 0 || most < 1 || most >= LONG)
                continue;
            char begin[160];
            begin_args(operation, name, begin);
            int n = snprintf(json, 300, "%s\"%s\":\"", begin, name);
            size_t len = k % 16 == 0 ? (size_t)LONG : (size_t)most + 1;
            memset(json + n, 'x', len);
            memcpy(json + n + len, "\"}", 3);
            refuse_text(host_text(operation, "name"), json, named(operation, begin, name));
        }
    }
    free(json);
}
END_TEST

/* --- JSON that is none --- */

static const struct {
    const char *what, *json;
    size_t len;
} no_json[] = {
#define TEXT(text) text, sizeof text - 1
    { "nothing at all", TEXT("") },
    { "a list", TEXT("[]") },
    { "a number", TEXT("17") },
    { "text", TEXT("\"x\"") },
    { "a cut object", TEXT("{\"id\":") },
    { "a cut text", TEXT("{\"id\":\"0190") },
    { "trailing text", TEXT("{} {}") },
    { "a trailing comma", TEXT("{\"id\":1,}") },
    { "a doubled key", TEXT("{\"id\":\"a\",\"id\":\"b\"}") },
    { "a NUL in a text", TEXT("{\"id\":\"a\\u0000b\"}") },
    { "a raw NUL", TEXT("{\"id\":\"a\0b\"}") },
    { "a control character", TEXT("{\"id\":\"a\nb\"}") },
    { "half a surrogate", TEXT("{\"id\":\"\\ud800\"}") },
    { "invalid UTF-8", TEXT("{\"id\":\"\xC3\x28\"}") },
    { "an overlong form", TEXT("{\"id\":\"\xC0\xAF\"}") },
    { "a surrogate in UTF-8", TEXT("{\"id\":\"\xED\xA0\x80\"}") },
    { "invalid UTF-8 in a key", TEXT("{\"\xFF\":1}") },
    { "a byte order mark", TEXT("\xEF\xBB\xBF{}") },
    { "an octal number", TEXT("{\"limit\":010}") },
    { "not a number", TEXT("{\"limit\":NaN}") },
    { "a number beyond doubles", TEXT("{\"limit\":1e999}") },
    { "an integer that a double would round", TEXT("{\"limit\":9007199254740993}") },
    { "a number of 400 digits",
      TEXT("{\"limit\":11111111111111111111111111111111111111111111111111111111111111111111111111"
           "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
           "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
           "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
           "1111111111111111111111111111111111111111111111111111111111111111111111111111111111}") },
#undef TEXT
};

static void refuse_deep(const char *operation, char open, char close, size_t depth)
{
    char *json = malloc(2 * depth + 16);

    ck_assert_ptr_nonnull(json);
    int n = snprintf(json, 16, "{\"where\":");
    memset(json + n, open, depth);
    memset(json + n + depth, close, depth);
    json[(size_t)n + 2 * depth] = '}';
    refuse(operation, json, (size_t)n + 2 * depth + 1, NULL);
    free(json);
}

START_TEST(hostile__what_is_no_json_is_refused)
{
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const char *name = host_text(acrm_value_at(operations, i), "name");
        for (size_t k = 0; k < sizeof no_json / sizeof no_json[0]; k++)
            refuse(name, no_json[k].json, no_json[k].len, NULL);
        refuse_deep(name, '[', ']', 100);
    }
    refuse_deep("customer.list", '[', ']', 1000000);
}
END_TEST

/* --- Filters, orders, groups --- */

static const struct {
    const char *operation, *args, *field;
} bad_queries[] = {
    { "customer.list", "{'where':{'no_such_field':1}}", "where" },
    { "customer.list", "{'where':{'name':1}}", "where" },
    { "customer.list", "{'where':{'name':{'$no_such_operator':1}}}", "where" },
    { "customer.list", "{'where':{'dealer.no_such':1}}", "where" },
    { "customer.list", "{'where':{'contact_points':{'$any':{'no_such':1}}}}", "where" },
    { "customer.list", "{'where':{'contact_points':1}}", "where" },
    { "customer.list", "{'where':{'$and':{}}}", "where" },
    { "customer.list", "{'where':{'vip_level':{'$gt':'x'}}}", "where" },
    { "customer.list", "{'where':{'created_at':{'$lt':'yesterday'}}}", "where" },
    { "customer.list", "{'where':{'created_at':{'$lt':{'$now':'soon'}}}}", "where" },
    { "customer.list", "{'where':'name'}", "where" },
    { "customer.list", "{'order':['no_such_field']}", "order" },
    { "customer.list", "{'order':['--name']}", "order" },
    { "customer.list", "{'fields':['no_such_field']}", "fields" },
    { "customer.list", "{'include':['no_such_relation']}", "include" },
    { "customer.list", "{'after':'no cursor'}", "after" },
    { "customer.list", "{'after':'AAAA'}", "after" },
    { "customer.list", "{'limit':0}", "limit" },
    { "customer.list", "{'limit':1001}", "limit" },
    { "customer.aggregate", "{'group':['no_such_field']}", "group" },
    { "customer.aggregate", "{'group':[{'field':'name','bucket':'day'}]}", "group" },
    { "customer.aggregate", "{'group':[{'field':'created_at','bucket':'eon'}]}", "group" },
    { "customer.aggregate", "{'measures':[{'sum':'name'}]}", "measures" },
    { "customer.aggregate", "{'measures':[{'median':'vip_level'}]}", "measures" },
    { "customer.aggregate", "{'measures':[]}", "measures" },
    { "customer.aggregate", "{'order':['no_such_column']}", "order" },
};

START_TEST(hostile__bad_queries_are_refused)
{
    char json[512];

    snprintf(json, sizeof json, "%s", bad_queries[_i].args);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    refuse_text(bad_queries[_i].operation, json, bad_queries[_i].field);
}
END_TEST

/* 10,000 terms, and paths that run in a circle through the relations. */
START_TEST(hostile__endless_filters_are_refused)
{
    host_str json = { NULL, 0, 0 };

    host_str_add(&json, "{\"where\":{\"$or\":[", 17);
    for (int i = 0; i < 10000; i++) {
        const char *term = i ? ",{\"name\":\"x\"}" : "{\"name\":\"x\"}";
        host_str_add(&json, term, strlen(term));
    }
    host_str_add(&json, "]}}", 3);
    refuse("customer.list", json.data, json.len, "where");
    json.len = 0;
    host_str_add(&json, "{\"where\":{\"", 11);
    for (int i = 0; i < 2000; i++)
        host_str_add(&json, "owner.dealer.", 13);
    host_str_add(&json, "code\":\"x\"}}", 11);
    refuse("customer.list", json.data, json.len, "where");
    free(json.data);
}
END_TEST

START_TEST(hostile__misuse_is_told)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_call_json(h.session, "no.such", "{}", 2, &out, &err), ACRM_E_NOTFOUND);
    acrm_error_free(err);
    err = NULL;
    ck_assert_int_eq(acrm_call_json(h.session, "", NULL, 0, &out, &err), ACRM_E_NOTFOUND);
    acrm_error_free(err);
    err = NULL;
    ck_assert_int_eq(acrm_call_json(h.session, NULL, NULL, 0, &out, &err), ACRM_E_MISUSE);
    acrm_error_free(err);
    err = NULL;
    ck_assert_int_eq(acrm_call_json(NULL, "customer.list", NULL, 0, &out, &err), ACRM_E_MISUSE);
    acrm_error_free(err);
    ck_assert_int_eq(acrm_call_json(h.session, "customer.list", NULL, 0, NULL, NULL), ACRM_OK);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("hostile");
    TCase *t = tcase_create("hostile");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, hostile__wrong_types_are_refused_by_name);
    tcase_add_test(t, hostile__bad_values_are_refused_by_name);
    tcase_add_test(t, hostile__long_text_is_refused_by_name);
    tcase_add_test(t, hostile__what_is_no_json_is_refused);
    tcase_add_loop_test(t, hostile__bad_queries_are_refused, 0,
                        sizeof bad_queries / sizeof bad_queries[0]);
    tcase_add_test(t, hostile__endless_filters_are_refused);
    tcase_add_test(t, hostile__misuse_is_told);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
