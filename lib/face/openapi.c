/* SPDX-License-Identifier: MIT */
/* The registry as an OpenAPI 3.1 document. */
#include "face/openapi.h"

#include <string.h>

int32_t acrm__http_status(int32_t status)
{
    static const struct {
        int32_t status, http;
    } map[] = {
        { ACRM_OK, 200 },           { ACRM_E_INVALID, 422 },     { ACRM_E_NOTFOUND, 404 },
        { ACRM_E_CONFLICT, 409 },   { ACRM_E_UNSUPPORTED, 501 }, { ACRM_E_DENIED, 403 },
        { ACRM_E_LIMIT, 413 },      { ACRM_E_BUSY, 503 },        { ACRM_E_READONLY, 503 },
        { ACRM_E_INTERRUPTED, 503 }, { ACRM_E_FULL, 507 },
    };

    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (map[i].status == status)
            return map[i].http;
    return 500;
}

/* An operation with its route, so that those of one path come together. */
typedef struct openapi_op {
    const acrm__opinfo *op;
    acrm__route route;
    bool done;
} openapi_op;

static void openapi_json(acrm__str *out)
{
    acrm__out_open(out, "content", '{');
    acrm__out_open(out, "application/json", '{');
}

static void openapi_end_json(acrm__str *out)
{
    acrm__out_close(out, '}');
    acrm__out_close(out, '}');
}

/* Parameters of GET and DELETE are in the query; those that are no scalars as JSON. */
static void openapi_query(const acrm__schemas *s, const openapi_op *o)
{
    acrm__parameter p;

    for (uint32_t n = 0; acrm__parameter_at(s->registry, o->op, n, &p); n++) {
        bool in_path = o->route.id && strcmp(p.name, o->route.id) == 0;
        if (in_path)
            continue;
        acrm__out_open(s->out, NULL, '{');
        acrm__out_text(s->out, "name", p.name);
        acrm__out_text(s->out, "in", "query");
        acrm__out_bool(s->out, "required", p.required);
        if (p.scalar) {
            acrm__schema_parameter(s, "schema", o->op, &p);
        } else {
            openapi_json(s->out);
            acrm__schema_parameter(s, "schema", o->op, &p);
            openapi_end_json(s->out);
        }
        acrm__out_close(s->out, '}');
    }
}

/* Headers that a server turns into arguments. */
static const struct {
    const char *name, *help;
} openapi_headers[] = {
    { "If-Match", "The ETag of the record as it was seen: instead of version; * for "
                  "last_write_wins" },
    { "Idempotency-Key", "Instead of idempotency_key: a repeat gets the first result" },
};

static void openapi_header_refs(const acrm__schemas *s, const openapi_op *o)
{
    bool guarded = o->op->verb == ACRM__VERB_UPDATE || o->op->verb == ACRM__VERB_DELETE;
    const bool takes[] = { guarded,
                           (o->op->op->flags & (ACRM__OP_WRITE | ACRM__OP_STEPS)) ==
                               ACRM__OP_WRITE };

    for (size_t i = 0; i < sizeof takes / sizeof takes[0]; i++) {
        if (!takes[i])
            continue;
        const char *ref = acrm__arena_format(s->arena, "#/components/parameters/%s",
                                             openapi_headers[i].name);
        acrm__out_open(s->out, NULL, '{');
        acrm__out_text(s->out, "$ref", ref);
        acrm__out_close(s->out, '}');
        s->out->failed |= !ref;
    }
}

static void openapi_header_parameters(acrm__str *out)
{
    acrm__out_open(out, "parameters", '{');
    for (size_t i = 0; i < sizeof openapi_headers / sizeof openapi_headers[0]; i++) {
        acrm__out_open(out, openapi_headers[i].name, '{');
        acrm__out_text(out, "name", openapi_headers[i].name);
        acrm__out_text(out, "in", "header");
        acrm__out_text(out, "description", openapi_headers[i].help);
        acrm__out_open(out, "schema", '{');
        acrm__out_text(out, "type", "string");
        acrm__out_close(out, '}');
        acrm__out_close(out, '}');
    }
    acrm__out_close(out, '}');
}

static void openapi_path_id(const acrm__schemas *s)
{
    acrm__out_open(s->out, NULL, '{');
    acrm__out_text(s->out, "name", "id");
    acrm__out_text(s->out, "in", "path");
    acrm__out_bool(s->out, "required", true);
    acrm__out_open(s->out, "schema", '{');
    acrm__out_text(s->out, "type", "string");
    acrm__out_text(s->out, "format", "uuid");
    acrm__out_close(s->out, '}');
    acrm__out_close(s->out, '}');
}

static void openapi_responses(const acrm__schemas *s, const openapi_op *o)
{
    acrm__out_open(s->out, "responses", '{');
    acrm__out_open(s->out, "200", '{');
    acrm__out_text(s->out, "description", "Done");
    acrm__out_open(s->out, "content", '{');
    acrm__out_open(s->out, "application/json", '{');
    acrm__schema_result(s, "schema", o->op);
    acrm__out_close(s->out, '}');
    if (o->op->verb == ACRM__VERB_LIST) { /* all records, one a line */
        acrm__out_open(s->out, "application/x-ndjson", '{');
        acrm__out_close(s->out, '}');
    }
    acrm__out_close(s->out, '}');
    acrm__out_close(s->out, '}');
    acrm__out_open(s->out, "default", '{');
    acrm__out_text(s->out, "$ref", "#/components/responses/problem");
    acrm__out_close(s->out, '}');
    acrm__out_close(s->out, '}');
}

static void openapi_operation(const acrm__schemas *s, const openapi_op *o)
{
    static const char *const keys[][2] = {
        { "GET", "get" }, { "POST", "post" }, { "PATCH", "patch" }, { "DELETE", "delete" },
    };
    const char *method = keys[0][1], *dot = strchr(o->op->name, '.');
    char tag[64] = "";
    bool body = true;

    for (size_t i = 0; i < 4; i++)
        if (strcmp(keys[i][0], o->route.method) == 0)
            method = keys[i][1];
    body = strcmp(method, "post") == 0 || strcmp(method, "patch") == 0;
    if (dot && (size_t)(dot - o->op->name) < sizeof tag)
        memcpy(tag, o->op->name, (size_t)(dot - o->op->name));
    acrm__out_open(s->out, method, '{');
    acrm__out_text(s->out, "operationId", o->op->name);
    acrm__out_text(s->out, "summary", o->op->help);
    acrm__out_open(s->out, "tags", '[');
    acrm__out_text(s->out, NULL, tag);
    acrm__out_close(s->out, ']');
    acrm__out_open(s->out, "parameters", '[');
    if (o->route.id)
        openapi_path_id(s);
    if (!body)
        openapi_query(s, o);
    openapi_header_refs(s, o);
    acrm__out_close(s->out, ']');
    if (body) {
        acrm__out_open(s->out, "requestBody", '{');
        openapi_json(s->out);
        acrm__schema_parameters(s, "schema", o->op, o->route.id);
        openapi_end_json(s->out);
        acrm__out_close(s->out, '}');
    }
    openapi_responses(s, o);
    acrm__out_close(s->out, '}');
}

static int32_t openapi_paths(const acrm__schemas *s)
{
    uint32_t n = s->registry->n_ops;
    openapi_op *ops = acrm__arena_array(s->arena, n, sizeof *ops);

    if (!ops)
        return ACRM_E_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        ops[i].op = &s->registry->ops[i];
        int32_t st = acrm__route_of(s->registry, ops[i].op, s->arena, &ops[i].route);
        if (st != ACRM_OK)
            return st;
    }
    acrm__out_open(s->out, "paths", '{');
    for (uint32_t i = 0; i < n; i++) {
        if (ops[i].done)
            continue;
        acrm__out_open(s->out, ops[i].route.path, '{');
        for (uint32_t k = i; k < n; k++) {
            if (ops[k].done || strcmp(ops[k].route.path, ops[i].route.path) != 0)
                continue;
            ops[k].done = true;
            openapi_operation(s, &ops[k]);
        }
        acrm__out_close(s->out, '}');
    }
    acrm__out_close(s->out, '}');
    return ACRM_OK;
}

/* RFC 9457, with the members of acrm_error_json(). */
static void openapi_problem(acrm__str *out)
{
    static const char *const members[][2] = {
        { "type", "string" },  { "title", "string" }, { "status", "integer" },
        { "detail", "string" }, { "code", "integer" }, { "name", "string" },
        { "message", "string" }, { "field", "string" }, { "reason", "string" },
        { "retriable", "boolean" }, { "fields", "array" }, { "errors", "array" },
    };

    acrm__out_open(out, "problem", '{');
    acrm__out_text(out, "type", "object");
    acrm__out_open(out, "properties", '{');
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        acrm__out_open(out, members[i][0], '{');
        acrm__out_text(out, "type", members[i][1]);
        acrm__out_close(out, '}');
    }
    acrm__out_close(out, '}');
    acrm__out_close(out, '}');
}

static void openapi_components(const acrm__schemas *s)
{
    acrm__out_open(s->out, "components", '{');
    acrm__out_open(s->out, "schemas", '{');
    openapi_problem(s->out);
    acrm__schema_definitions(s);
    acrm__out_close(s->out, '}');
    openapi_header_parameters(s->out);
    acrm__out_open(s->out, "responses", '{');
    acrm__out_open(s->out, "problem", '{');
    acrm__out_text(s->out, "description", "What went wrong, and in which field");
    acrm__out_open(s->out, "content", '{');
    acrm__out_open(s->out, "application/problem+json", '{');
    acrm__out_open(s->out, "schema", '{');
    acrm__out_text(s->out, "$ref", "#/components/schemas/problem");
    for (int i = 0; i < 5; i++)
        acrm__out_close(s->out, '}');
    acrm__out_open(s->out, "securitySchemes", '{');
    acrm__out_open(s->out, "bearer", '{');
    acrm__out_text(s->out, "type", "http");
    acrm__out_text(s->out, "scheme", "bearer");
    for (int i = 0; i < 3; i++)
        acrm__out_close(s->out, '}');
}

int32_t acrm__openapi(acrm__schemas *s)
{
    s->refs = "#/components/schemas/";
    acrm__out_open(s->out, NULL, '{');
    acrm__out_text(s->out, "openapi", "3.1.0");
    acrm__out_open(s->out, "info", '{');
    acrm__out_text(s->out, "title", "autocrm");
    acrm__out_text(s->out, "version", acrm_version());
    acrm__out_text(s->out, "description", "Automotive customer relations: every operation of the "
                                          "library, each at its own path");
    acrm__out_close(s->out, '}');
    acrm__out_text(s->out, "jsonSchemaDialect", "https://json-schema.org/draft/2020-12/schema");
    acrm__out_open(s->out, "security", '[');
    acrm__out_open(s->out, NULL, '{');
    acrm__out_open(s->out, "bearer", '[');
    acrm__out_close(s->out, ']');
    acrm__out_close(s->out, '}');
    acrm__out_close(s->out, ']');
    int32_t st = openapi_paths(s);
    openapi_components(s);
    acrm__out_close(s->out, '}');
    return st;
}
