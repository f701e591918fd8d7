/* SPDX-License-Identifier: MIT */
/* JSON Schema 2020-12 from the registry. */
#include "face/schema.h"

#include "kernel/crud.h"

#include <string.h>

#define SCHEMA_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1: what JSON carries exactly */

enum { SCHEMA_TEXT_MAX = 4096 };

/* --- Types --- */

static const struct {
    const char *type, *format, *pattern;
} schema_types[] = {
    [ACRM__T_ID] = { "string", "uuid", NULL },
    [ACRM__T_REF] = { "string", "uuid", NULL },
    [ACRM__T_TEXT] = { "string", NULL, NULL },
    [ACRM__T_BOOL] = { "boolean", NULL, NULL },
    [ACRM__T_INT] = { "integer", NULL, NULL },
    [ACRM__T_REAL] = { "number", NULL, NULL },
    [ACRM__T_DECIMAL] = { "string", NULL, "^-?[0-9]+(\\.[0-9]+)?$" },
    [ACRM__T_MONEY] = { "string", NULL, "^-?[0-9]+(\\.[0-9]+)?$" },
    [ACRM__T_INSTANT] = { "string", "date-time", NULL },
    [ACRM__T_DATE] = { "string", "date", NULL },
    [ACRM__T_TIME] = { "string", NULL, "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$" },
    [ACRM__T_DURATION] = { "string", "duration", NULL },
    [ACRM__T_ENUM] = { "string", NULL, NULL },
    [ACRM__T_JSON] = { NULL, NULL, NULL },
    [ACRM__T_BYTES] = { "string", NULL, NULL },
    [ACRM__T_RECORD] = { "object", NULL, NULL },
    [ACRM__T_FILTER] = { "object", NULL, NULL },
    [ACRM__T_MAP] = { "object", NULL, NULL },
};

static void schema_type(acrm__str *out, const char *type, bool nullable)
{
    if (!type)
        return;
    if (!nullable) {
        acrm__out_text(out, "type", type);
        return;
    }
    acrm__out_open(out, "type", '[');
    acrm__out_text(out, NULL, type);
    acrm__out_text(out, NULL, "null");
    acrm__out_close(out, ']');
}

static void schema_limits(acrm__str *out, const acrm__field *f)
{
    bool ranged = f->min < f->max;

    if (f->type == ACRM__T_TEXT)
        acrm__out_int(out, "maxLength", f->max > 0 ? f->max : SCHEMA_TEXT_MAX);
    if ((f->type == ACRM__T_INT || f->type == ACRM__T_REAL) && ranged && f->min > -SCHEMA_INT_MAX)
        acrm__out_int(out, "minimum", f->min);
    if ((f->type == ACRM__T_INT || f->type == ACRM__T_REAL) && ranged && f->max < SCHEMA_INT_MAX)
        acrm__out_int(out, "maximum", f->max);
}

/* The entity a RECORD parameter or result is of. */
static const char *schema_record_of(const acrm__schemas *s, const acrm__opinfo *op,
                                    const acrm__field *f)
{
    if (acrm__field_target(f))
        return f->target;
    return op && op->entity != UINT32_MAX ? s->registry->entities[op->entity]->def->name : NULL;
}

static const char *schema_join(const acrm__schemas *s, const char *a, const char *b, const char *c)
{
    const char *text = acrm__arena_format(s->arena, "%s%s%s", a, b, c);

    s->out->failed |= !text;
    return text ? text : "";
}

static void schema_ref(const acrm__schemas *s, const char *name, const char *suffix)
{
    acrm__out_text(s->out, "$ref", schema_join(s, s->refs, name, suffix));
}

/* What one value of a field may be, as members of the object that is open. */
static void schema_value(const acrm__schemas *s, const acrm__opinfo *op,
                         const acrm__fieldinfo *info, bool input, bool nullable)
{
    const acrm__field *f = &info->def;
    const char *record = f->type == ACRM__T_RECORD ? schema_record_of(s, op, f) : NULL;

    if (record) {
        schema_ref(s, record, input ? "_input" : "");
        return;
    }
    if (f->type == ACRM__T_FILTER) {
        schema_ref(s, "filter", "");
        return;
    }
    schema_type(s->out, schema_types[f->type].type, nullable);
    acrm__out_text(s->out, "format", schema_types[f->type].format);
    acrm__out_text(s->out, "pattern", schema_types[f->type].pattern);
    if (f->type == ACRM__T_BYTES)
        acrm__out_text(s->out, "contentEncoding", "base64");
    schema_limits(s->out, f);
    if (f->type != ACRM__T_ENUM)
        return;
    acrm__out_open(s->out, "enum", '[');
    for (uint32_t i = 0; i < info->n_choices; i++)
        acrm__out_text(s->out, NULL, info->choices[i]);
    if (nullable)
        acrm__out_null(s->out, NULL);
    acrm__out_close(s->out, ']');
}

static void schema_field(const acrm__schemas *s, const char *key, const acrm__opinfo *op,
                         const acrm__fieldinfo *info, bool input, bool nullable)
{
    const acrm__field *f = &info->def;

    acrm__out_open(s->out, key, '{');
    if (f->flags & ACRM__LIST) {
        schema_type(s->out, "array", nullable);
        acrm__out_open(s->out, "items", '{');
        schema_value(s, op, info, input, false);
        acrm__out_close(s->out, '}');
    } else {
        schema_value(s, op, info, input, nullable);
    }
    acrm__out_text(s->out, "description", f->help);
    if (info->preset)
        acrm__out_value(s->out, "default", info->preset);
    if (!input && f->flags & ACRM__READ_ONLY)
        acrm__out_bool(s->out, "readOnly", true);
    acrm__out_text(s->out, "x-type", acrm__type_name(f->type));
    acrm__out_text(s->out, "x-target", acrm__field_target(f));
    acrm__out_text(s->out, "x-unit", acrm__field_unit(f));
    acrm__out_close(s->out, '}');
}

/* --- Parameters --- */

static bool schema_writable(const acrm__fieldinfo *f, int32_t verb)
{
    uint32_t barred = ACRM__READ_ONLY | ACRM__HIDDEN;

    if (verb == ACRM__VERB_UPDATE)
        barred |= ACRM__IMMUTABLE;
    return !(f->def.flags & barred);
}

static bool schema_scalar(const acrm__field *f)
{
    return !(f->flags & ACRM__LIST) && f->type != ACRM__T_JSON && f->type != ACRM__T_RECORD &&
           f->type != ACRM__T_FILTER && f->type != ACRM__T_MAP;
}

static bool schema_takes_options(const acrm__opinfo *op)
{
    return (op->op->flags & (ACRM__OP_WRITE | ACRM__OP_STEPS)) == ACRM__OP_WRITE;
}

/* An operation may say more about an option: which reasons it takes, that it needs one. */
static bool schema_declares(const acrm__opinfo *op, const char *name)
{
    for (uint32_t i = 0; i < op->n_in; i++)
        if (strcmp(op->in[i].def.name, name) == 0)
            return true;
    return false;
}

/* The n-th field that create or update takes at top level. */
static const acrm__fieldinfo *schema_top_field(const acrm__entity *entity, int32_t verb,
                                               uint32_t n)
{
    for (uint32_t i = 0; i < entity->n_fields; i++)
        if (schema_writable(&entity->fields[i], verb) && n-- == 0)
            return &entity->fields[i];
    return NULL;
}

static uint32_t schema_top_count(const acrm__entity *entity, int32_t verb)
{
    uint32_t n = 0;

    while (schema_top_field(entity, verb, n))
        n++;
    return n;
}

bool acrm__parameter_at(const acrm__registry *r, const acrm__opinfo *op, uint32_t n,
                        acrm__parameter *out)
{
    bool takes_fields = op->verb == ACRM__VERB_CREATE || op->verb == ACRM__VERB_UPDATE;

    if (n < op->n_in) {
        const acrm__field *f = &op->in[n].def;
        *out = (acrm__parameter){ .name = f->name, .field = &op->in[n],
                                  .required = (f->flags & ACRM__REQUIRED) != 0,
                                  .scalar = schema_scalar(f) };
        return true;
    }
    n -= op->n_in;
    if (takes_fields) {
        const acrm__entity *entity = r->entities[op->entity];
        const acrm__fieldinfo *f = schema_top_field(entity, op->verb, n);
        if (f) {
            bool needed = op->verb == ACRM__VERB_CREATE && f->def.flags & ACRM__REQUIRED;
            *out = (acrm__parameter){ .name = f->def.name, .field = f,
                                      .required = needed && !f->preset,
                                      .scalar = schema_scalar(&f->def) };
            return true;
        }
        n -= schema_top_count(entity, op->verb);
    }
    for (uint32_t i = 0; schema_takes_options(op) && acrm__write_options[i]; i++)
        if (!schema_declares(op, acrm__write_options[i]) && n-- == 0) {
            *out = (acrm__parameter){ .name = acrm__write_options[i], .scalar = true };
            return true;
        }
    return false;
}

static void schema_option(const acrm__schemas *s, const char *key, const char *name)
{
    static const struct {
        const char *name, *type, *help;
    } options[] = {
        { "idempotency_key", "string", "A repeat with the same key gets the first result" },
        { "dry_run", "boolean", "Do all of it, tell the result and the events, then undo it" },
        { "reason", "string", "Why, for the audit" },
    };

    acrm__out_open(s->out, key, '{');
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        schema_type(s->out, options[i].type, true);
        acrm__out_text(s->out, "description", options[i].help);
    }
    acrm__out_close(s->out, '}');
}

void acrm__schema_parameter(const acrm__schemas *s, const char *key, const acrm__opinfo *op,
                            const acrm__parameter *parameter)
{
    if (parameter->field)
        schema_field(s, key, op, parameter->field, true, !parameter->required);
    else
        schema_option(s, key, parameter->name);
}

/* Lists of records to create along with one, under the names of to-many relations. */
static void schema_children(const acrm__schemas *s, const acrm__entity *entity)
{
    for (uint32_t i = 0; i < entity->n_inverses; i++) {
        const acrm__inverse *inverse = &entity->inverses[i];
        const acrm__entity *child = s->registry->entities[inverse->entity];
        if (child->def->flags & ACRM__NO_CREATE ||
            acrm__field_of(entity, inverse->name) != UINT32_MAX)
            continue;
        acrm__out_open(s->out, inverse->name, '{');
        acrm__out_text(s->out, "type", "array");
        acrm__out_open(s->out, "items", '{');
        schema_ref(s, child->def->name, "_input");
        acrm__out_close(s->out, '}');
        acrm__out_text(s->out, "description", "Records to create along with this one");
        acrm__out_close(s->out, '}');
    }
}

void acrm__schema_parameters(const acrm__schemas *s, const char *key, const acrm__opinfo *op,
                             const char *without)
{
    acrm__parameter parameter;

    acrm__out_open(s->out, key, '{');
    acrm__out_text(s->out, "type", "object");
    acrm__out_open(s->out, "properties", '{');
    for (uint32_t n = 0; acrm__parameter_at(s->registry, op, n, &parameter); n++)
        if (!without || strcmp(parameter.name, without) != 0)
            acrm__schema_parameter(s, parameter.name, op, &parameter);
    if (op->verb == ACRM__VERB_CREATE)
        schema_children(s, s->registry->entities[op->entity]);
    acrm__out_close(s->out, '}');
    acrm__out_open(s->out, "required", '[');
    for (uint32_t n = 0; acrm__parameter_at(s->registry, op, n, &parameter); n++)
        if (parameter.required && (!without || strcmp(parameter.name, without) != 0))
            acrm__out_text(s->out, NULL, parameter.name);
    acrm__out_close(s->out, ']');
    acrm__out_bool(s->out, "additionalProperties", false);
    acrm__out_close(s->out, '}');
}

/* --- Results --- */

static int32_t schema_plain_info(const acrm__schemas *s, const acrm__field *f,
                                 acrm__fieldinfo *out)
{
    *out = (acrm__fieldinfo){ .def = *f };
    if (f->type != ACRM__T_ENUM || !f->choices)
        return ACRM_OK;
    uint32_t n = 1;
    for (const char *p = f->choices; *p; p++)
        n += *p == '|';
    out->choices = acrm__arena_array(s->arena, n, sizeof *out->choices);
    if (!out->choices)
        return ACRM_E_NOMEM;
    for (const char *p = f->choices; out->n_choices < n;) {
        size_t len = strcspn(p, "|");
        const char *choice = acrm__arena_text(s->arena, p, len);
        if (!choice)
            return ACRM_E_NOMEM;
        out->choices[out->n_choices++] = choice;
        p += p[len] ? len + 1 : len;
    }
    return ACRM_OK;
}

void acrm__schema_result(const acrm__schemas *s, const char *key, const acrm__opinfo *op)
{
    const acrm__field *f = op->op->out;
    bool record = f && f->name && !f[1].name && f->type == ACRM__T_RECORD &&
                  !(f->flags & ACRM__LIST) && strcmp(f->name, "record") == 0;
    acrm__fieldinfo info;

    acrm__out_open(s->out, key, '{');
    if (record) { /* the result is the record itself */
        const char *name = schema_record_of(s, op, f);
        if (name)
            schema_ref(s, name, "");
        acrm__out_close(s->out, '}');
        return;
    }
    acrm__out_text(s->out, "type", "object");
    acrm__out_open(s->out, "properties", '{');
    for (; f && f->name; f++) {
        if (schema_plain_info(s, f, &info) != ACRM_OK)
            s->out->failed = true;
        else
            schema_field(s, f->name, op, &info, false, !(f->flags & ACRM__LIST));
    }
    acrm__out_close(s->out, '}');
    acrm__out_close(s->out, '}');
}

/* --- Definitions --- */

static bool schema_always(uint32_t field)
{
    return field == F_ID || field == F_VERSION || field == F_CREATED_AT || field == F_UPDATED_AT;
}

static void schema_entity(const acrm__schemas *s, const acrm__entity *entity)
{
    acrm__out_open(s->out, entity->def->name, '{');
    acrm__out_text(s->out, "type", "object");
    acrm__out_text(s->out, "description", entity->def->help);
    acrm__out_open(s->out, "properties", '{');
    for (uint32_t i = 0; i < entity->n_fields; i++) {
        const acrm__fieldinfo *f = &entity->fields[i];
        bool nullable = !schema_always(i) && !(f->def.flags & ACRM__REQUIRED);
        if (!(f->def.flags & ACRM__HIDDEN))
            schema_field(s, f->def.name, NULL, f, false, nullable);
    }
    acrm__out_close(s->out, '}');
    acrm__out_close(s->out, '}');
}

static void schema_input(const acrm__schemas *s, const acrm__entity *entity)
{
    const acrm__fieldinfo *f;

    acrm__out_open(s->out, schema_join(s, entity->def->name, "_input", ""), '{');
    acrm__out_text(s->out, "type", "object");
    acrm__out_text(s->out, "description", entity->def->help);
    acrm__out_open(s->out, "properties", '{');
    for (uint32_t n = 0; (f = schema_top_field(entity, ACRM__VERB_CREATE, n)) != NULL; n++)
        schema_field(s, f->def.name, NULL, f, true, !(f->def.flags & ACRM__REQUIRED) || f->preset);
    schema_children(s, entity);
    acrm__out_close(s->out, '}');
    acrm__out_bool(s->out, "additionalProperties", false);
    acrm__out_close(s->out, '}');
}

void acrm__schema_definitions(const acrm__schemas *s)
{
    acrm__out_open(s->out, "filter", '{');
    acrm__out_text(s->out, "type", "object");
    acrm__out_text(s->out, "description",
                   "A filter such as {\"level\":{\"$in\":[\"H\",\"A\"]},\"customer.grade\":\"A\"}");
    acrm__out_close(s->out, '}');
    for (uint32_t i = 0; i < s->registry->n_entities; i++) {
        schema_entity(s, s->registry->entities[i]);
        schema_input(s, s->registry->entities[i]);
    }
}
