/* SPDX-License-Identifier: MIT */
/* acrm_describe: the registry as JSON. */
#include "base/error.h"
#include "face/openapi.h"
#include "face/schema.h"

#include <string.h>

#define DESCRIBE_DIALECT "https://json-schema.org/draft/2020-12/schema"

static const struct {
    uint32_t flag;
    const char *name;
} describe_field_flags[] = {
    { ACRM__REQUIRED, "required" },     { ACRM__UNIQUE, "unique" },
    { ACRM__INDEXED, "indexed" },       { ACRM__SEARCHABLE, "searchable" },
    { ACRM__PERSONAL, "personal" },     { ACRM__ENCRYPTED, "encrypted" },
    { ACRM__READ_ONLY, "read_only" },   { ACRM__IMMUTABLE, "immutable" },
    { ACRM__CUSTOM, "custom" },
};

static void describe_field(acrm__str *out, const acrm__fieldinfo *info)
{
    const acrm__field *f = &info->def;

    acrm__out_open(out, NULL, '{');
    acrm__out_text(out, "name", f->name);
    acrm__out_text(out, "type", acrm__type_name(f->type));
    acrm__out_text(out, "help", f->help);
    acrm__out_open(out, "flags", '[');
    for (size_t i = 0; i < sizeof describe_field_flags / sizeof describe_field_flags[0]; i++)
        if (f->flags & describe_field_flags[i].flag)
            acrm__out_text(out, NULL, describe_field_flags[i].name);
    acrm__out_close(out, ']');
    acrm__out_text(out, "target", acrm__field_target(f));
    acrm__out_text(out, "inverse",
                   f->type == ACRM__T_ID || f->type == ACRM__T_REF ? f->inverse : NULL);
    acrm__out_text(out, "unit", acrm__field_unit(f));
    if (acrm__field_has(f, ACRM__T_TEXT))
        acrm__out_text(out, "identifies", f->identifies);
    if (f->type == ACRM__T_MONEY)
        acrm__out_text(out, "currency", f->currency ? f->currency : "currency");
    if (f->type == ACRM__T_ENUM) {
        acrm__out_open(out, "choices", '[');
        for (uint32_t i = 0; i < info->n_choices; i++)
            acrm__out_text(out, NULL, info->choices[i]);
        acrm__out_close(out, ']');
    }
    if (info->preset)
        acrm__out_value(out, "preset", info->preset);
    if (f->min < f->max) {
        acrm__out_int(out, "min", f->min);
        if (f->max < INT64_MAX)
            acrm__out_int(out, "max", f->max);
    }
    acrm__out_close(out, '}');
}

static void describe_entity(const acrm__schemas *s, const acrm__entity *entity)
{
    const acrm__entity_def *def = entity->def;
    const struct {
        const char *key, *field;
    } named[] = {
        { "label", def->label },       { "dealer", def->dealer }, { "owner", def->owner },
        { "customer", def->customer }, { "via", def->via },       { "subject", def->subject },
    };

    acrm__out_open(s->out, NULL, '{');
    acrm__out_text(s->out, "name", def->name);
    acrm__out_text(s->out, "help", def->help);
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        acrm__out_text(s->out, named[i].key, named[i].field);
    acrm__out_bool(s->out, "custom", entity->custom);
    acrm__out_bool(s->out, "global", (def->flags & ACRM__GLOBAL) != 0);
    acrm__out_bool(s->out, "audited", !(def->flags & ACRM__NO_AUDIT));
    acrm__out_bool(s->out, "searchable", entity->searchable);
    acrm__out_open(s->out, "fields", '[');
    for (uint32_t i = 0; i < entity->n_fields; i++)
        if (!(entity->fields[i].def.flags & ACRM__HIDDEN))
            describe_field(s->out, &entity->fields[i]);
    acrm__out_close(s->out, ']');
    acrm__out_open(s->out, "inverses", '[');
    for (uint32_t i = 0; i < entity->n_inverses; i++) {
        const acrm__entity *from = s->registry->entities[entity->inverses[i].entity];
        acrm__out_open(s->out, NULL, '{');
        acrm__out_text(s->out, "name", entity->inverses[i].name);
        acrm__out_text(s->out, "entity", from->def->name);
        acrm__out_text(s->out, "field", from->fields[entity->inverses[i].field].def.name);
        acrm__out_close(s->out, '}');
    }
    acrm__out_close(s->out, ']');
    acrm__out_close(s->out, '}');
}

static void describe_what(const acrm__schemas *s, const acrm__opinfo *op)
{
    acrm__out_text(s->out, "name", op->name);
    acrm__out_text(s->out, "help", op->help);
    if (op->entity != UINT32_MAX) {
        acrm__out_text(s->out, "entity", s->registry->entities[op->entity]->def->name);
        acrm__out_text(s->out, "verb", acrm__verb_name(op->verb));
    }
    acrm__out_text(s->out, "permission", op->op->flags & ACRM__OP_PUBLIC ? NULL : op->name);
    acrm__out_bool(s->out, "writes", (op->op->flags & ACRM__OP_WRITE) != 0);
    acrm__out_bool(s->out, "in_steps", (op->op->flags & ACRM__OP_STEPS) != 0);
}

static int32_t describe_operation(const acrm__schemas *s, const acrm__opinfo *op)
{
    acrm__route route;
    int32_t st = acrm__route_of(s->registry, op, s->arena, &route);

    if (st != ACRM_OK)
        return st;
    acrm__out_open(s->out, NULL, '{');
    describe_what(s, op);
    acrm__out_open(s->out, "http", '{');
    acrm__out_text(s->out, "method", route.method);
    acrm__out_text(s->out, "path", route.path);
    acrm__out_text(s->out, "id", route.id);
    acrm__out_close(s->out, '}');
    acrm__schema_parameters(s, "parameters", op, NULL);
    acrm__schema_result(s, "result", op);
    acrm__out_close(s->out, '}');
    return ACRM_OK;
}

static void describe_statuses(acrm__str *out)
{
    const char *name;
    int32_t code;

    acrm__out_open(out, "statuses", '[');
    for (size_t n = 0; (name = acrm_status_at(n, &code)) != NULL; n++) {
        acrm__out_open(out, NULL, '{');
        acrm__out_int(out, "code", code);
        acrm__out_text(out, "name", name);
        acrm__out_text(out, "text", acrm_status_text(code));
        acrm__out_int(out, "http", acrm__http_status(code));
        acrm__out_close(out, '}');
    }
    acrm__out_close(out, ']');
}

static void describe_rest(acrm__str *out)
{
    const char *name;
    int64_t value;

    describe_statuses(out);
    acrm__out_open(out, "limits", '{');
    for (size_t n = 0; (name = acrm__limit_at(n, &value)) != NULL; n++)
        acrm__out_int(out, name, value);
    acrm__out_close(out, '}');
    acrm__out_open(out, "modules", '[');
    for (size_t m = 0; acrm__modules[m]; m++) {
        acrm__out_open(out, NULL, '{');
        acrm__out_text(out, "name", acrm__modules[m]->name);
        acrm__out_text(out, "help", acrm__modules[m]->help);
        acrm__out_close(out, '}');
    }
    acrm__out_close(out, ']');
}

enum { DESCRIBE_ENTITIES = 1, DESCRIBE_OPERATIONS = 2, DESCRIBE_REST = 4 };

static int32_t describe_registry(const acrm__schemas *s, int32_t parts)
{
    int32_t st = ACRM_OK;

    acrm__out_open(s->out, NULL, '{');
    acrm__out_text(s->out, "library", "autocrm");
    acrm__out_text(s->out, "version", acrm_version());
    if (parts & DESCRIBE_REST)
        describe_rest(s->out);
    if (parts & DESCRIBE_ENTITIES) {
        acrm__out_open(s->out, "entities", '[');
        for (uint32_t i = 0; i < s->registry->n_entities; i++)
            describe_entity(s, s->registry->entities[i]);
        acrm__out_close(s->out, ']');
    }
    if (parts & DESCRIBE_OPERATIONS) {
        acrm__out_text(s->out, "$schema", DESCRIBE_DIALECT);
        acrm__out_open(s->out, "operations", '[');
        for (uint32_t i = 0; i < s->registry->n_ops && st == ACRM_OK; i++)
            st = describe_operation(s, &s->registry->ops[i]);
        acrm__out_close(s->out, ']');
        acrm__out_open(s->out, "$defs", '{');
        acrm__schema_definitions(s);
        acrm__out_close(s->out, '}');
    }
    acrm__out_close(s->out, '}');
    return st;
}

/* Names and help only: what a menu or a completion needs. */
static int32_t describe_names(const acrm__schemas *s)
{
    acrm__out_open(s->out, NULL, '{');
    acrm__out_open(s->out, "entities", '[');
    for (uint32_t i = 0; i < s->registry->n_entities; i++) {
        acrm__out_open(s->out, NULL, '{');
        acrm__out_text(s->out, "name", s->registry->entities[i]->def->name);
        acrm__out_text(s->out, "help", s->registry->entities[i]->def->help);
        acrm__out_close(s->out, '}');
    }
    acrm__out_close(s->out, ']');
    acrm__out_open(s->out, "operations", '[');
    for (uint32_t i = 0; i < s->registry->n_ops; i++) {
        acrm__out_open(s->out, NULL, '{');
        describe_what(s, &s->registry->ops[i]);
        acrm__out_close(s->out, '}');
    }
    acrm__out_close(s->out, ']');
    acrm__out_close(s->out, '}');
    return ACRM_OK;
}

/* One noun: its entity, if it has one, and its operations. */
static int32_t describe_noun(const acrm__schemas *s, const char *noun)
{
    size_t len = strlen(noun);
    const acrm__entity *entity = acrm__registry_entity(s->registry, noun, len);
    bool known = entity != NULL;
    int32_t st = ACRM_OK;

    acrm__out_open(s->out, NULL, '{');
    acrm__out_open(s->out, "entities", '[');
    if (entity)
        describe_entity(s, entity);
    acrm__out_close(s->out, ']');
    acrm__out_open(s->out, "operations", '[');
    for (uint32_t i = 0; i < s->registry->n_ops && st == ACRM_OK; i++) {
        const char *name = s->registry->ops[i].name;
        if (strncmp(name, noun, len) != 0 || name[len] != '.')
            continue;
        known = true;
        st = describe_operation(s, &s->registry->ops[i]);
    }
    acrm__out_close(s->out, ']');
    acrm__out_close(s->out, '}');
    return st == ACRM_OK && !known ? ACRM_E_NOTFOUND : st;
}

static int32_t describe_part(acrm__schemas *s, const char *what)
{
    static const struct {
        const char *name;
        int32_t parts;
    } descriptions[] = {
        { "registry", DESCRIBE_ENTITIES | DESCRIBE_OPERATIONS | DESCRIBE_REST },
        { "entities", DESCRIBE_ENTITIES },
        { "operations", DESCRIBE_OPERATIONS },
    };

    for (size_t i = 0; i < sizeof descriptions / sizeof descriptions[0]; i++)
        if (strcmp(descriptions[i].name, what) == 0)
            return describe_registry(s, descriptions[i].parts);
    if (strcmp(what, "openapi") == 0)
        return acrm__openapi(s);
    return strcmp(what, "names") == 0 ? describe_names(s) : describe_noun(s, what);
}

int32_t acrm_describe(acrm_engine *engine, const char *what, acrm_buf **out, acrm_error **err)
{
    acrm__arena arena;
    acrm__str text;

    if (!engine || engine->magic != ACRM__ENGINE_MAGIC || !out)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "an engine and a place for the description are needed");
    acrm__arena_init(&arena, &engine->allocator);
    acrm__str_init(&text, &engine->allocator);
    acrm__schemas s = { .refs = "#/$defs/", .arena = &arena, .out = &text };
    s.registry = engine->registry; /* stays valid: registries are kept until the engine ends */
    int32_t st = describe_part(&s, what ? what : "registry");
    if (st == ACRM_OK)
        st = text.failed ? ACRM_E_NOMEM : acrm__str_to_buf(&text, out);
    acrm__str_free(&text);
    acrm__arena_free(&arena);
    if (st == ACRM_E_NOTFOUND)
        return acrm__error(err, st, "choice", "what", "what is registry, entities, operations, "
                           "names, openapi or the noun of an operation");
    return st == ACRM_OK ? ACRM_OK : acrm__error_nomem(err);
}
