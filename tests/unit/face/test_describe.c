/* SPDX-License-Identifier: MIT */
/* The descriptions: what bindings, servers and tools are made from must be well-formed. */
#include "autocrm/engine.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static acrm_engine *engine;
static acrm_value *doc;

static void describe(const char *what)
{
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_open("memory:", NULL, &engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_describe(engine, what, &buf, &err), ACRM_OK);
    int32_t st = acrm_value_parse(NULL, acrm_buf_data(buf), acrm_buf_len(buf), &doc, &err);
    ck_assert_msg(st == ACRM_OK, "%s is no JSON: %s", what, acrm_error_json(err));
    acrm_buf_free(buf);
}

static void done(void)
{
    acrm_value_free(doc);
    acrm_close(engine);
}

static const char *text(const acrm_value *map, const char *key)
{
    const char *t = acrm_value_text(acrm_value_get(map, key), NULL);
    return t ? t : "";
}

static bool one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* --- JSON Schema, by the dialect's own rules, as far as we use it --- */

static void check_schema(const acrm_value *schema, const char *where);

static void check_type(const acrm_value *type, const char *where)
{
    static const char *const types[] = { "string", "boolean", "integer", "number", "object",
                                         "array",  "null",    NULL };

    if (acrm_value_type(type) == ACRM_LIST) {
        ck_assert_uint_gt(acrm_value_count(type), 0);
        for (size_t i = 0; i < acrm_value_count(type); i++)
            check_type(acrm_value_at(type, i), where);
        return;
    }
    ck_assert_msg(one_of(acrm_value_text(type, NULL), types), "%s: type", where);
}

static void check_ref(const char *ref, const char *where)
{
    const acrm_value *at = doc;
    char step[128];

    ck_assert_msg(strncmp(ref, "#/", 2) == 0, "%s: %s", where, ref);
    for (const char *p = ref + 2; *p;) {
        size_t n = strcspn(p, "/");
        snprintf(step, sizeof step, "%.*s", (int)n, p);
        at = acrm_value_get(at, step);
        p += p[n] ? n + 1 : n;
    }
    ck_assert_msg(at != NULL, "%s: %s leads nowhere", where, ref);
}

static void check_required(const acrm_value *schema, const char *where)
{
    const acrm_value *required = acrm_value_get(schema, "required");
    const acrm_value *properties = acrm_value_get(schema, "properties");

    for (size_t i = 0; i < acrm_value_count(required); i++)
        ck_assert_msg(acrm_value_get(properties,
                                     acrm_value_text(acrm_value_at(required, i), NULL)) != NULL,
                      "%s: a required property is none", where);
}

static void check_enum(const acrm_value *choices, const char *where)
{
    ck_assert_msg(acrm_value_count(choices) > 0, "%s: empty enum", where);
    for (size_t i = 0; i < acrm_value_count(choices); i++)
        for (size_t k = 0; k < i; k++) {
            const char *a = acrm_value_text(acrm_value_at(choices, i), NULL);
            const char *b = acrm_value_text(acrm_value_at(choices, k), NULL);
            ck_assert_msg(!a || !b || strcmp(a, b) != 0, "%s: %s twice", where, a);
        }
}

static void check_schema(const acrm_value *schema, const char *where)
{
    static const char *const keywords[] = {
        "type", "format", "pattern", "contentEncoding", "maxLength", "minimum", "maximum", "enum",
        "description", "default", "readOnly", "properties", "required", "additionalProperties",
        "items", "$ref", "x-type", "x-target", "x-unit", NULL,
    };
    const acrm_value *properties = acrm_value_get(schema, "properties");

    ck_assert_msg(acrm_value_type(schema) == ACRM_MAP, "%s is no schema", where);
    for (size_t i = 0; i < acrm_value_count(schema); i++)
        ck_assert_msg(one_of(acrm_value_key(schema, i, NULL), keywords), "%s: %s", where,
                      acrm_value_key(schema, i, NULL));
    if (acrm_value_get(schema, "type"))
        check_type(acrm_value_get(schema, "type"), where);
    if (acrm_value_get(schema, "$ref"))
        check_ref(text(schema, "$ref"), where);
    if (acrm_value_get(schema, "enum"))
        check_enum(acrm_value_get(schema, "enum"), where);
    if (acrm_value_get(schema, "minimum") && acrm_value_get(schema, "maximum"))
        ck_assert_int_lt(acrm_value_int(acrm_value_get(schema, "minimum")),
                         acrm_value_int(acrm_value_get(schema, "maximum")));
    if (acrm_value_get(schema, "items"))
        check_schema(acrm_value_get(schema, "items"), where);
    check_required(schema, where);
    for (size_t i = 0; i < acrm_value_count(properties); i++)
        check_schema(acrm_value_at(properties, i), acrm_value_key(properties, i, NULL));
}

static void check_definitions(const acrm_value *definitions)
{
    ck_assert_uint_gt(acrm_value_count(definitions), 0);
    for (size_t i = 0; i < acrm_value_count(definitions); i++)
        check_schema(acrm_value_at(definitions, i), acrm_value_key(definitions, i, NULL));
}

/* --- The registry --- */

START_TEST(describe__gives_every_entity_and_field_a_name_type_and_help)
{
    describe("entities");
    const acrm_value *entities = acrm_value_get(doc, "entities");
    ck_assert_uint_gt(acrm_value_count(entities), 0);
    for (size_t i = 0; i < acrm_value_count(entities); i++) {
        const acrm_value *entity = acrm_value_at(entities, i);
        const acrm_value *fields = acrm_value_get(entity, "fields");
        ck_assert_uint_gt(strlen(text(entity, "name")), 0);
        ck_assert_msg(strlen(text(entity, "help")) > 0, "%s", text(entity, "name"));
        ck_assert_uint_gt(acrm_value_count(fields), 6);
        ck_assert_str_eq(text(acrm_value_at(fields, 0), "name"), "id");
        for (size_t f = 0; f < acrm_value_count(fields); f++) {
            const acrm_value *field = acrm_value_at(fields, f);
            ck_assert_msg(strlen(text(field, "help")) > 0, "%s.%s", text(entity, "name"),
                          text(field, "name"));
            ck_assert_uint_gt(strlen(text(field, "type")), 0);
            if (strcmp(text(field, "type"), "enum") == 0)
                ck_assert_uint_gt(acrm_value_count(acrm_value_get(field, "choices")), 0);
            if (strcmp(text(field, "type"), "ref") == 0)
                ck_assert_uint_gt(strlen(text(field, "target")), 0);
        }
    }
    done();
}
END_TEST

START_TEST(describe__gives_every_operation_help_and_sound_schemas)
{
    describe(_i ? "operations" : "registry");
    const acrm_value *ops = acrm_value_get(doc, "operations");
    ck_assert_uint_gt(acrm_value_count(ops), 20);
    for (size_t i = 0; i < acrm_value_count(ops); i++) {
        const acrm_value *op = acrm_value_at(ops, i);
        const char *name = text(op, "name");
        ck_assert_ptr_nonnull(strchr(name, '.'));
        ck_assert_msg(strlen(text(op, "help")) > 0, "%s", name);
        ck_assert_int_eq(acrm_value_type(acrm_value_get(op, "writes")), ACRM_BOOL);
        ck_assert_str_eq(text(acrm_value_get(op, "parameters"), "type"), "object");
        check_schema(acrm_value_get(op, "parameters"), name);
        check_schema(acrm_value_get(op, "result"), name);
    }
    check_definitions(acrm_value_get(doc, "$defs"));
    done();
}
END_TEST

static const acrm_value *operation(const char *name)
{
    const acrm_value *ops = acrm_value_get(doc, "operations");

    for (size_t i = 0; i < acrm_value_count(ops); i++)
        if (strcmp(text(acrm_value_at(ops, i), "name"), name) == 0)
            return acrm_value_at(ops, i);
    ck_abort_msg("there is no %s", name);
}

static const acrm_value *property(const char *name, const char *part, const char *key)
{
    return acrm_value_get(acrm_value_get(acrm_value_get(operation(name), part), "properties"),
                          key);
}

START_TEST(describe__tells_what_the_library_takes)
{
    describe("registry");
    const acrm_value *p = property("role.create", "parameters", "name");
    ck_assert_str_eq(text(p, "type"), "string");
    ck_assert_int_eq(acrm_value_int(acrm_value_get(p, "maxLength")), 64);
    ck_assert_ptr_nonnull(property("role.create", "parameters", "idempotency_key"));
    ck_assert_ptr_null(property("role.create", "parameters", "id"));
    ck_assert_ptr_null(property("role.create", "parameters", "created_at"));
    ck_assert_ptr_nonnull(property("role.update", "parameters", "version"));
    ck_assert_ptr_null(property("role.list", "parameters", "reason"));
    ck_assert_str_eq(text(property("role.list", "parameters", "where"), "$ref"), "#/$defs/filter");
    ck_assert_str_eq(text(acrm_value_get(property("role.list", "result", "items"), "items"),
                          "$ref"), "#/$defs/role");
    ck_assert_str_eq(text(acrm_value_get(operation("role.get"), "result"), "$ref"),
                     "#/$defs/role");
    ck_assert_str_eq(text(acrm_value_get(operation("timer.retry"), "result"), "$ref"),
                     "#/$defs/timer");
    p = property("engine.tick", "parameters", "limit");
    ck_assert_int_eq(acrm_value_int(acrm_value_get(p, "default")), 1000);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(p, "minimum")), 1);
    ck_assert_ptr_null(property("engine.tick", "parameters", "dry_run"));
    ck_assert_str_eq(text(property("timer.list", "parameters", "order"), "x-type"), "text");
    p = acrm_value_at(acrm_value_get(doc, "statuses"), 0);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(p, "code")), 0);
    ck_assert_str_eq(text(p, "name"), "ACRM_OK");
    ck_assert_int_gt(acrm_value_int(acrm_value_get(acrm_value_get(doc, "limits"), "json_depth")),
                     0);
    done();
}
END_TEST

static const struct {
    const char *operation, *method, *path, *id;
} routes[] = {
    { "role.list", "GET", "/v1/roles", "" },
    { "role.create", "POST", "/v1/roles", "" },
    { "role.create_many", "POST", "/v1/roles/create_many", "" },
    { "role.get", "GET", "/v1/roles/{id}", "id" },
    { "role.update", "PATCH", "/v1/roles/{id}", "id" },
    { "role.delete", "DELETE", "/v1/roles/{id}", "id" },
    { "role.restore", "POST", "/v1/roles/{id}/restore", "id" },
    { "role.history", "GET", "/v1/roles/{id}/history", "id" },
    { "role.count", "GET", "/v1/roles/count", "" },
    { "custom_entity.list", "GET", "/v1/custom_entities", "" },
    { "timer.retry", "POST", "/v1/timers/{id}/retry", "id" },
    { "engine.tick", "POST", "/v1/operations/engine.tick", "" },
    { "audit.verify", "POST", "/v1/operations/audit.verify", "" },
};

START_TEST(describe__tells_the_route_of_an_operation)
{
    describe("operations");
    const acrm_value *http = acrm_value_get(operation(routes[_i].operation), "http");
    ck_assert_str_eq(text(http, "method"), routes[_i].method);
    ck_assert_str_eq(text(http, "path"), routes[_i].path);
    ck_assert_str_eq(text(http, "id"), routes[_i].id);
    done();
}
END_TEST

START_TEST(describe__gives_no_route_to_two_operations)
{
    describe("operations");
    const acrm_value *ops = acrm_value_get(doc, "operations");
    for (size_t i = 0; i < acrm_value_count(ops); i++)
        for (size_t k = 0; k < i; k++) {
            const acrm_value *a = acrm_value_get(acrm_value_at(ops, i), "http");
            const acrm_value *b = acrm_value_get(acrm_value_at(ops, k), "http");
            ck_assert_msg(strcmp(text(a, "path"), text(b, "path")) != 0 ||
                          strcmp(text(a, "method"), text(b, "method")) != 0,
                          "%s %s", text(a, "method"), text(a, "path"));
        }
    done();
}
END_TEST

START_TEST(describe__shows_custom_things_at_once)
{
    static const char args[] = "{\"entity\":\"role\",\"name\":\"x_rank\",\"type\":\"int\","
                               "\"help\":\"Rank\",\"min\":1,\"max\":9}";
    acrm_session *session = NULL;
    acrm_buf *buf = NULL;

    ck_assert_int_eq(acrm_open("memory:", NULL, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_call_json(session, "schema.add_field", args, sizeof args - 1, NULL,
                                    NULL), ACRM_OK);
    ck_assert_int_eq(acrm_describe(engine, NULL, &buf, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(buf), acrm_buf_len(buf), &doc, NULL),
                     ACRM_OK);
    acrm_buf_free(buf);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(property("role.create", "parameters",
                                                            "x_rank"), "maximum")), 9);
    acrm_session_free(session);
    done();
}
END_TEST

static acrm_value *also(const char *what)
{
    acrm_value *whole = doc, *part;

    acrm_close(engine);
    describe(what);
    part = doc;
    doc = whole;
    return part;
}

static const acrm_value *named(const acrm_value *list, const char *name)
{
    for (size_t i = 0; i < acrm_value_count(list); i++)
        if (strcmp(text(acrm_value_at(list, i), "name"), name) == 0)
            return acrm_value_at(list, i);
    return NULL;
}

static void check_same(const acrm_value *a, const acrm_value *b)
{
    acrm_buf *one = NULL, *other = NULL;

    ck_assert_int_eq(acrm_value_print(a, 0, &one), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(b, 0, &other), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(one), acrm_buf_data(other));
    acrm_buf_free(one);
    acrm_buf_free(other);
}

/* A noun is the same alone as in the whole registry. */
START_TEST(describe__tells_one_noun_alone)
{
    static const struct {
        const char *noun;
        size_t entities;
    } nouns[] = { { "lead", 1 }, { "finance", 0 }, { "sla_clock", 1 } };
    const char *noun = nouns[_i].noun;
    size_t n = 0;

    describe("registry");
    const acrm_value *whole = acrm_value_get(doc, "operations");
    acrm_value *alone = also(noun);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(alone, "entities")), nouns[_i].entities);
    if (nouns[_i].entities)
        check_same(acrm_value_at(acrm_value_get(alone, "entities"), 0),
                   named(acrm_value_get(doc, "entities"), noun));
    for (size_t i = 0; i < acrm_value_count(whole); i++) {
        const char *name = text(acrm_value_at(whole, i), "name");
        if (strncmp(name, noun, strlen(noun)) != 0 || name[strlen(noun)] != '.')
            continue;
        n++;
        check_same(named(acrm_value_get(alone, "operations"), name), acrm_value_at(whole, i));
    }
    ck_assert_uint_gt(n, 2);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(alone, "operations")), n);
    acrm_value_free(alone);
    done();
}
END_TEST

START_TEST(describe__names_all_there_is)
{
    static const char *const lists[] = { "entities", "operations" };

    describe("registry");
    acrm_value *names = also("names");
    for (size_t l = 0; l < 2; l++) {
        const acrm_value *brief = acrm_value_get(names, lists[l]);
        const acrm_value *whole = acrm_value_get(doc, lists[l]);
        ck_assert_uint_eq(acrm_value_count(brief), acrm_value_count(whole));
        for (size_t i = 0; i < acrm_value_count(whole); i++) {
            ck_assert_str_eq(text(acrm_value_at(brief, i), "name"),
                             text(acrm_value_at(whole, i), "name"));
            ck_assert_str_eq(text(acrm_value_at(brief, i), "help"),
                             text(acrm_value_at(whole, i), "help"));
        }
    }
    acrm_value_free(names);
    done();
}
END_TEST

START_TEST(describe__refuses_what_it_does_not_know)
{
    acrm_buf *buf = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_describe(NULL, NULL, &buf, &err), ACRM_E_MISUSE);
    acrm_error_free(err);
    err = NULL;
    ck_assert_int_eq(acrm_open("memory:", NULL, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_describe(engine, "swagger", &buf, &err), ACRM_E_NOTFOUND);
    acrm_error_free(err);
    ck_assert_int_eq(acrm_describe(engine, "registry", NULL, NULL), ACRM_E_MISUSE);
    ck_assert_ptr_null(buf);
    acrm_close(engine);
}
END_TEST

/* --- OpenAPI --- */

static void check_parameter(const acrm_value *p, const char *path, bool *id)
{
    const acrm_value *content = acrm_value_get(acrm_value_get(p, "content"), "application/json");
    const acrm_value *schema = acrm_value_get(content ? content : p, "schema");

    if (acrm_value_get(p, "$ref")) { /* a header */
        check_ref(text(p, "$ref"), path);
        return;
    }
    check_schema(schema, path);
    if (strcmp(text(p, "in"), "path") == 0) {
        ck_assert_str_eq(text(p, "name"), "id");
        ck_assert_int_eq(acrm_value_bool(acrm_value_get(p, "required")), 1);
        *id = true;
    } else {
        ck_assert_str_eq(text(p, "in"), "query");
    }
}

static void check_operation(const acrm_value *op, const char *path)
{
    const acrm_value *parameters = acrm_value_get(op, "parameters");
    const acrm_value *responses = acrm_value_get(op, "responses");
    const acrm_value *body = acrm_value_get(op, "requestBody");
    bool id = false;

    ck_assert_msg(strlen(text(op, "operationId")) > 0, "%s", path);
    ck_assert_msg(strlen(text(op, "summary")) > 0, "%s", path);
    for (size_t i = 0; i < acrm_value_count(parameters); i++)
        check_parameter(acrm_value_at(parameters, i), path, &id);
    ck_assert_int_eq(id, strstr(path, "{id}") != NULL);
    if (body)
        check_schema(acrm_value_get(acrm_value_get(acrm_value_get(body, "content"),
                                                   "application/json"), "schema"), path);
    ck_assert_ptr_nonnull(acrm_value_get(responses, "200"));
    check_ref(text(acrm_value_get(responses, "default"), "$ref"), path);
    check_schema(acrm_value_get(acrm_value_get(acrm_value_get(acrm_value_get(responses, "200"),
                                                              "content"), "application/json"),
                                "schema"), path);
}

START_TEST(openapi__is_a_whole_document)
{
    static const char *const methods[] = { "get", "post", "patch", "delete", NULL };
    size_t n = 0;

    describe("openapi");
    const acrm_value *paths = acrm_value_get(doc, "paths");
    ck_assert_str_eq(text(doc, "openapi"), "3.1.0");
    ck_assert_str_eq(text(acrm_value_get(doc, "info"), "version"), acrm_version());
    for (size_t i = 0; i < acrm_value_count(paths); i++) {
        const acrm_value *item = acrm_value_at(paths, i);
        const char *path = acrm_value_key(paths, i, NULL);
        ck_assert_int_eq(path[0], '/');
        for (size_t k = 0; k < acrm_value_count(item); k++, n++) {
            ck_assert(one_of(acrm_value_key(item, k, NULL), methods));
            check_operation(acrm_value_at(item, k), path);
        }
    }
    check_definitions(acrm_value_get(acrm_value_get(doc, "components"), "schemas"));
    done();
    describe("operations");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(doc, "operations")), n);
    done();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("describe");
    TCase *t = tcase_create("describe");

    tcase_add_test(t, describe__gives_every_entity_and_field_a_name_type_and_help);
    tcase_add_loop_test(t, describe__gives_every_operation_help_and_sound_schemas, 0, 2);
    tcase_add_test(t, describe__tells_what_the_library_takes);
    tcase_add_loop_test(t, describe__tells_the_route_of_an_operation, 0,
                        (int)(sizeof routes / sizeof routes[0]));
    tcase_add_test(t, describe__gives_no_route_to_two_operations);
    tcase_add_test(t, describe__shows_custom_things_at_once);
    tcase_add_loop_test(t, describe__tells_one_noun_alone, 0, 3);
    tcase_add_test(t, describe__names_all_there_is);
    tcase_add_test(t, describe__refuses_what_it_does_not_know);
    tcase_add_test(t, openapi__is_a_whole_document);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
