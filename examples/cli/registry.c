/* SPDX-License-Identifier: MIT */
/* The registry as the library describes it: operations, entities, parameters, names. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* Nouns are read as they are asked for: most commands need one of some hundred. */
typedef struct registry_noun {
    struct registry_noun *next;
    char *name;
    acrm_value *described; /* NULL: there is none */
} registry_noun;

struct cli_registry {
    acrm_value *names; /* of the entities and operations */
    registry_noun *nouns;
};

static const acrm_value *registry_named(const acrm_value *list, const char *name)
{
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        const char *own = cli_get_text(item, "name");
        if (own && strcmp(own, name) == 0)
            return item;
    }
    return NULL;
}

static acrm_value *registry_read(const cli *c, const char *what)
{
    acrm_buf *text = NULL;
    acrm_value *read = NULL;

    if (acrm_describe(c->engine, what, &text, NULL) == ACRM_OK)
        acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &read, NULL);
    acrm_buf_free(text);
    return read;
}

bool cli_registry_open(cli *c)
{
    c->registry = cli_alloc(sizeof *c->registry);
    c->registry->names = registry_read(c, "names");
    return c->registry->names != NULL;
}

void cli_registry_close(cli *c)
{
    if (!c->registry)
        return;
    for (registry_noun *noun = c->registry->nouns, *next; noun; noun = next) {
        next = noun->next;
        acrm_value_free(noun->described);
        free(noun->name);
        free(noun);
    }
    acrm_value_free(c->registry->names);
    free(c->registry);
    c->registry = NULL;
}

/* What is described of the noun that a name begins with; NULL: there is no such noun. */
static const acrm_value *registry_of(const cli *c, const char *name)
{
    size_t len = strcspn(name, ".");

    for (registry_noun *noun = c->registry->nouns; noun; noun = noun->next)
        if (strncmp(noun->name, name, len) == 0 && noun->name[len] == '\0')
            return noun->described;
    registry_noun *noun = cli_alloc(sizeof *noun);
    noun->name = cli_copy(name, len);
    noun->described = registry_read(c, noun->name);
    noun->next = c->registry->nouns;
    c->registry->nouns = noun;
    return noun->described;
}

const acrm_value *cli_operation(const cli *c, const char *name)
{
    return registry_named(acrm_value_get(registry_of(c, name), "operations"), name);
}

const acrm_value *cli_entity(const cli *c, const char *name)
{
    return registry_named(acrm_value_get(registry_of(c, name), "entities"), name);
}

const char *cli_noun_help(const cli *c, const char *noun)
{
    return cli_get_text(registry_named(acrm_value_get(c->registry->names, "entities"), noun),
                        "help");
}

const acrm_value *cli_field(const acrm_value *entity, const char *name)
{
    return registry_named(acrm_value_get(entity, "fields"), name);
}

static bool registry_has(const acrm_value *list, const char *word)
{
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *text = acrm_value_text(acrm_value_at(list, i), NULL);
        if (text && strcmp(text, word) == 0)
            return true;
    }
    return false;
}

bool cli_has_flag(const acrm_value *field, const char *flag)
{
    return registry_has(acrm_value_get(field, "flags"), flag);
}

const acrm_value *cli_parameters(const acrm_value *operation)
{
    return acrm_value_get(acrm_value_get(operation, "parameters"), "properties");
}

static bool registry_is(const acrm_value *schema, const char *type)
{
    const acrm_value *types = acrm_value_get(schema, "type");
    const char *one = acrm_value_text(types, NULL);

    return one ? strcmp(one, type) == 0 : registry_has(types, type);
}

int cli_parameter_type(const acrm_value *schema)
{
    if (registry_is(schema, "array"))
        return registry_is(acrm_value_get(schema, "items"), "string") ? CLI_T_LIST : CLI_T_JSON;
    if (registry_is(schema, "string"))
        return CLI_T_TEXT;
    if (registry_is(schema, "integer"))
        return CLI_T_INT;
    if (registry_is(schema, "number"))
        return CLI_T_REAL;
    return registry_is(schema, "boolean") ? CLI_T_BOOL : CLI_T_JSON;
}

const char *cli_parameter_type_name(const acrm_value *schema)
{
    static const char *const names[] = { "text", "int", "real", "bool", "list", "json" };
    const char *own = cli_get_text(schema, "x-type");
    int type = cli_parameter_type(schema);

    return own && type != CLI_T_LIST && type != CLI_T_JSON ? own : names[type];
}

bool cli_is_required(const acrm_value *operation, const char *name)
{
    return registry_has(acrm_value_get(acrm_value_get(operation, "parameters"), "required"), name);
}

const char *cli_positional(const acrm_value *operation)
{
    const acrm_value *parameters = acrm_value_get(operation, "parameters");
    const acrm_value *required = acrm_value_get(parameters, "required");

    if (acrm_value_get(acrm_value_get(parameters, "properties"), "id"))
        return "id";
    if (acrm_value_count(required) == 1)
        return acrm_value_text(acrm_value_at(required, 0), NULL);
    for (size_t i = 0; i < acrm_value_count(required); i++) {
        size_t len = 0;
        const char *name = acrm_value_text(acrm_value_at(required, i), &len);
        if (len > 3 && strcmp(name + len - 3, "_id") == 0)
            return name;
    }
    bool text = acrm_value_get(acrm_value_get(parameters, "properties"), "text") != NULL;
    return text && acrm_value_count(required) == 0 ? "text" : NULL;
}

/* --- Names --- */

void cli_names_add(cli_names *names, const char *name, size_t len)
{
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->items[i]) == len && memcmp(names->items[i], name, len) == 0)
            return;
    if (names->count == names->cap) {
        names->cap = names->cap ? names->cap * 2 : 32;
        names->items = cli_grow(names->items, names->cap * sizeof *names->items);
    }
    names->items[names->count++] = cli_copy(name, len);
}

void cli_names_free(cli_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (cli_names){ 0 };
}

static int registry_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void cli_nouns(const cli *c, cli_names *out)
{
    const acrm_value *operations = acrm_value_get(c->registry->names, "operations");

    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const char *name = cli_get_text(acrm_value_at(operations, i), "name");
        cli_names_add(out, name, strcspn(name, "."));
    }
    if (out->count > 0)
        qsort(out->items, out->count, sizeof *out->items, registry_order);
}

void cli_verbs(const cli *c, const char *noun, cli_names *out)
{
    const acrm_value *operations = acrm_value_get(c->registry->names, "operations");
    size_t len = strlen(noun);

    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const char *name = cli_get_text(acrm_value_at(operations, i), "name");
        if (strncmp(name, noun, len) == 0 && name[len] == '.')
            cli_names_add(out, name + len + 1, strlen(name + len + 1));
    }
}

const char *cli_nearest(const cli_names *names, const char *word)
{
    const char *best = NULL;
    int least = strlen(word) < 4 ? 2 : strlen(word) < 8 ? 3 : 4; /* fewer edits than this */

    for (size_t i = 0; i < names->count; i++) {
        int distance = cli_distance(word, names->items[i]);
        if (strlen(word) >= 3 && strncmp(names->items[i], word, strlen(word)) == 0)
            distance = 1; /* the word is its beginning */
        if (distance < least) {
            least = distance;
            best = names->items[i];
        }
    }
    return best;
}
