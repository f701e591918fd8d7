/* SPDX-License-Identifier: MIT */
/*
 * Writes the reference pages (docs/reference) from what the library says about itself.
 *
 * Usage: reference FOLDER
 */
#include "autocrm/autocrm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const acrm_value *map, const char *key)
{
    const char *text = acrm_value_text(acrm_value_get(map, key), NULL);

    return text ? text : "";
}

static int32_t truth_of(const acrm_value *map, const char *key)
{
    return acrm_value_bool(acrm_value_get(map, key));
}

/* A cell of a table: what would end it is escaped. */
static void put_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        if (*text == '|')
            fputs("\\|", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else
            fputc(*text == '\n' ? ' ' : *text, out);
}

static int has_type(const acrm_value *schema, const char *name)
{
    const acrm_value *type = acrm_value_get(schema, "type");

    if (acrm_value_type(type) == ACRM_TEXT)
        return strcmp(acrm_value_text(type, NULL), name) == 0;
    for (size_t i = 0; i < acrm_value_count(type); i++)
        if (strcmp(acrm_value_text(acrm_value_at(type, i), NULL), name) == 0)
            return 1;
    return 0;
}

/* --- Parameters and results --- */

static void put_schema_type(FILE *out, const acrm_value *schema)
{
    const char *target = text_of(schema, "x-target");
    const char *ref = text_of(acrm_value_get(schema, "items"), "$ref");

    if (!*ref)
        ref = text_of(schema, "$ref");
    if (strncmp(ref, "#/$defs/", 8) == 0)
        ref += 8;
    if (has_type(schema, "array"))
        fputs("list of ", out);
    fputs(*text_of(schema, "x-type") ? text_of(schema, "x-type") : "value", out);
    if (*target)
        fprintf(out, " to %s", target);
    else if (*ref && strcmp(text_of(schema, "x-type"), "record") == 0)
        fprintf(out, " (%.*s)", (int)(strstr(ref, "_input") ? strlen(ref) - 6 : strlen(ref)), ref);
}

static void put_schema_more(FILE *out, const acrm_value *schema)
{
    const acrm_value *choices = acrm_value_get(schema, "enum");
    const acrm_value *preset = acrm_value_get(schema, "default");
    const acrm_value *least = acrm_value_get(schema, "minimum");
    const acrm_value *most = acrm_value_get(schema, "maximum");
    const char *before = " One of ";

    for (size_t i = 0; i < acrm_value_count(choices); i++) {
        const char *choice = acrm_value_text(acrm_value_at(choices, i), NULL);
        if (!choice)
            continue;
        fprintf(out, "%s`%s`", before, choice);
        before = ", ";
    }
    if (strcmp(before, ", ") == 0)
        fputc('.', out);
    if (least && most)
        fprintf(out, " From %lld to %lld.", (long long)acrm_value_int(least),
                (long long)acrm_value_int(most));
    if (preset && acrm_value_type(preset) != ACRM_NULL) {
        acrm_buf *json = NULL;
        if (acrm_value_print(preset, 0, &json) == ACRM_OK)
            fprintf(out, " Default `%s`.", acrm_buf_data(json));
        acrm_buf_free(json);
    }
}

static int is_required(const acrm_value *schema, const char *name)
{
    const acrm_value *required = acrm_value_get(schema, "required");

    for (size_t i = 0; i < acrm_value_count(required); i++)
        if (strcmp(acrm_value_text(acrm_value_at(required, i), NULL), name) == 0)
            return 1;
    return 0;
}

static void put_properties(FILE *out, const char *title, const acrm_value *schema)
{
    const acrm_value *properties = acrm_value_get(schema, "properties");

    if (acrm_value_count(properties) == 0)
        return;
    fprintf(out, "\n| %s | type | |\n| --- | --- | --- |\n", title);
    for (size_t i = 0; i < acrm_value_count(properties); i++) {
        const char *name = acrm_value_key(properties, i, NULL);
        const acrm_value *property = acrm_value_at(properties, i);
        if (!*text_of(property, "x-type")) /* what every writing operation takes: see the index */
            continue;
        fprintf(out, "| `%s`%s | ", name, is_required(schema, name) ? " (required)" : "");
        put_schema_type(out, property);
        fputs(" | ", out);
        put_cell(out, text_of(property, "description"));
        if (*text_of(property, "description"))
            fputc('.', out);
        put_schema_more(out, property);
        fputs(" |\n", out);
    }
}

/* With a verb it is one of those that every entity has, written about once for all. */
static void put_operation(FILE *out, const acrm_value *operation)
{
    const char *verb = text_of(operation, "verb");
    const acrm_value *http = acrm_value_get(operation, "http");
    const char *path = text_of(http, "path");
    const char *plural = *verb ? strstr(path, "/roles") : NULL;
    char any[160];

    if (plural) {
        snprintf(any, sizeof any, "%.*s/ENTITIES%s", (int)(plural - path), path, plural + 6);
        path = any;
    }
    fprintf(out, "\n### %s%s\n\n%s. %s%s HTTP: `%s %s`.\n", *verb ? "ENTITY." : "",
            *verb ? verb : text_of(operation, "name"), text_of(operation, "help"),
            truth_of(operation, "writes") ? "Writes" : "Reads",
            truth_of(operation, "in_steps") ? ", in steps: what is finished is kept." : ".",
            text_of(http, "method"), path);
    if (strcmp(verb, "create") == 0 || strcmp(verb, "update") == 0) {
        fprintf(out, "\nTakes the entity's fields that are not read-only%s.\n",
                strcmp(verb, "update") == 0
                    ? ", with `id` and either `version` or `last_write_wins`"
                    : "");
        return;
    }
    put_properties(out, "parameter", acrm_value_get(operation, "parameters"));
    if (!*verb || strcmp(verb, "create_many") == 0)
        put_properties(out, "result", acrm_value_get(operation, "result"));
}

/* --- Entities --- */

static void put_field(FILE *out, const acrm_value *field)
{
    const acrm_value *flags = acrm_value_get(field, "flags");
    const acrm_value *choices = acrm_value_get(field, "choices");

    fprintf(out, "| `%s` | %s", text_of(field, "name"), text_of(field, "type"));
    if (*text_of(field, "target"))
        fprintf(out, " to [%s](%s.md)", text_of(field, "target"), text_of(field, "target"));
    fputs(" | ", out);
    for (size_t i = 0; i < acrm_value_count(flags); i++)
        fprintf(out, "%s%s", i ? ", " : "", acrm_value_text(acrm_value_at(flags, i), NULL));
    fputs(" | ", out);
    put_cell(out, text_of(field, "help"));
    fputc('.', out);
    for (size_t i = 0; i < acrm_value_count(choices); i++)
        fprintf(out, "%s`%s`", i ? ", " : " One of ",
                acrm_value_text(acrm_value_at(choices, i), NULL));
    if (acrm_value_count(choices))
        fputc('.', out);
    if (acrm_value_get(field, "max") && strcmp(text_of(field, "type"), "text") == 0)
        fprintf(out, " At most %lld bytes.",
                (long long)acrm_value_int(acrm_value_get(field, "max")));
    else if (acrm_value_get(field, "min") && !acrm_value_get(field, "max"))
        fprintf(out, " %lld or more.",
                (long long)acrm_value_int(acrm_value_get(field, "min")));
    else if (acrm_value_get(field, "max"))
        fprintf(out, " From %lld to %lld.", (long long)acrm_value_int(acrm_value_get(field, "min")),
                (long long)acrm_value_int(acrm_value_get(field, "max")));
    if (acrm_value_get(field, "preset")) {
        acrm_buf *json = NULL;
        if (acrm_value_print(acrm_value_get(field, "preset"), 0, &json) == ACRM_OK)
            fprintf(out, " Default `%s`.", acrm_buf_data(json));
        acrm_buf_free(json);
    }
    if (*text_of(field, "unit"))
        fprintf(out, " In %s.", text_of(field, "unit"));
    fputs(" |\n", out);
}

static void put_entity(FILE *out, const acrm_value *entity)
{
    const acrm_value *fields = acrm_value_get(entity, "fields");
    const acrm_value *inverses = acrm_value_get(entity, "inverses");

    fprintf(out, "%s.\n\n## Fields\n\n| field | type | flags | |\n| --- | --- | --- | --- |\n",
            text_of(entity, "help"));
    for (size_t i = 0; i < acrm_value_count(fields); i++)
        put_field(out, acrm_value_at(fields, i));
    if (acrm_value_count(inverses))
        fputs("\nRelated records, for filters, `include` and nested creation:\n\n", out);
    for (size_t i = 0; i < acrm_value_count(inverses); i++) {
        const acrm_value *inverse = acrm_value_at(inverses, i);
        fprintf(out, "- `%s`: [%s](%s.md) by `%s`\n", text_of(inverse, "name"),
                text_of(inverse, "entity"), text_of(inverse, "entity"), text_of(inverse, "field"));
    }
}

/* --- Pages --- */

static FILE *open_page(const char *folder, const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s.md", folder, name);
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    return out;
}

static size_t noun_length(const acrm_value *operation)
{
    return strcspn(text_of(operation, "name"), ".");
}

static int is_about(const acrm_value *operation, const char *noun, size_t len)
{
    return noun_length(operation) == len && memcmp(text_of(operation, "name"), noun, len) == 0;
}

static const acrm_value *find_entity(const acrm_value *registry, const char *noun, size_t len)
{
    const acrm_value *entities = acrm_value_get(registry, "entities");

    for (size_t i = 0; i < acrm_value_count(entities); i++) {
        const char *name = text_of(acrm_value_at(entities, i), "name");
        if (strlen(name) == len && memcmp(name, noun, len) == 0)
            return acrm_value_at(entities, i);
    }
    return NULL;
}

static void put_operations(FILE *out, const acrm_value *operations, const char *noun, size_t len,
                           int is_entity)
{
    fputs(is_entity ? "\n## Operations\n" : "## Operations\n", out);
    if (is_entity)
        fputs("\nAs every entity has them, [described once](records.md):", out);
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);
        if (is_about(operation, noun, len) && *text_of(operation, "verb"))
            fprintf(out, " `%s`", text_of(operation, "name"));
    }
    if (is_entity)
        fputs("\n", out);
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);
        if (is_about(operation, noun, len) && !*text_of(operation, "verb"))
            put_operation(out, operation);
    }
}

/* The operations of any entity, told by the example of one that has them all. */
static void put_records(const char *folder, const acrm_value *registry)
{
    const acrm_value *operations = acrm_value_get(registry, "operations");
    FILE *out = open_page(folder, "records");

    fputs("# Records\n\nThe operations that every entity has for its records; for entities that "
          "only the library writes,\nthose that read. Filters: [filter](../filter.md).\n", out);
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const acrm_value *operation = acrm_value_at(operations, i);
        if (is_about(operation, "role", 4) && *text_of(operation, "verb"))
            put_operation(out, operation);
    }
    fclose(out);
}

static void put_page(const char *folder, const acrm_value *registry, const char *noun, size_t len)
{
    const acrm_value *operations = acrm_value_get(registry, "operations");
    const acrm_value *entity = find_entity(registry, noun, len);
    char name[80];

    snprintf(name, sizeof name, "%.*s", (int)len, noun);
    FILE *out = open_page(folder, name);
    fprintf(out, "# %s\n\n", name);
    if (entity)
        put_entity(out, entity);
    put_operations(out, operations, noun, len, entity != NULL);
    fclose(out);
}

static void put_index(const char *folder, const acrm_value *registry)
{
    const acrm_value *statuses = acrm_value_get(registry, "statuses");
    const acrm_value *limits = acrm_value_get(registry, "limits");
    FILE *out = open_page(folder, "index");

    fputs("# Reference\n\nMade from the registry of the library by `tools/reference.c`; the same "
          "is to be had at run time\nfrom `acrm_describe()`. One page for each noun. Functions in "
          "C are described in the headers under\n`include/autocrm/`. What every entity can do: "
          "[records](records.md).\n\n", out);
    fputs("Every operation that writes also takes `idempotency_key` (a repeated call gives the "
          "first result),\n`dry_run` (all of it happens and is undone) and `reason` (kept in the "
          "audit), unless it works in steps.\n\n| noun | |\n| --- | --- |\n", out);
    const acrm_value *operations = acrm_value_get(registry, "operations");
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const char *noun = text_of(acrm_value_at(operations, i), "name");
        size_t len = noun_length(acrm_value_at(operations, i));
        int seen = 0;
        for (size_t k = 0; k < i && !seen; k++)
            seen = is_about(acrm_value_at(operations, k), noun, len);
        if (seen)
            continue;
        const acrm_value *entity = find_entity(registry, noun, len);
        fprintf(out, "| [%.*s](%.*s.md) | %s |\n", (int)len, noun, (int)len, noun,
                entity ? text_of(entity, "help") : "Operations");
        put_page(folder, registry, noun, len);
    }
    put_records(folder, registry);
    fputs("\n## Statuses\n\n| status | code | HTTP | |\n| --- | --- | --- | --- |\n", out);
    for (size_t i = 0; i < acrm_value_count(statuses); i++) {
        const acrm_value *status = acrm_value_at(statuses, i);
        fprintf(out, "| `%s` | %lld | %lld | %s |\n", text_of(status, "name"),
                (long long)acrm_value_int(acrm_value_get(status, "code")),
                (long long)acrm_value_int(acrm_value_get(status, "http")),
                text_of(status, "text"));
    }
    fputs("\n## Limits\n\n| limit | |\n| --- | --- |\n", out);
    for (size_t i = 0; i < acrm_value_count(limits); i++)
        fprintf(out, "| `%s` | %lld |\n", acrm_value_key(limits, i, NULL),
                (long long)acrm_value_int(acrm_value_at(limits, i)));
    fclose(out);
}

int main(int argc, char **argv)
{
    acrm_engine *engine = NULL;
    acrm_buf *json = NULL;
    acrm_value *registry = NULL;
    acrm_error *err = NULL;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    int32_t st = acrm_open("memory:", NULL, &engine, &err);
    if (st == ACRM_OK)
        st = acrm_describe(engine, "registry", &json, &err);
    if (st == ACRM_OK)
        st = acrm_value_parse(NULL, acrm_buf_data(json), acrm_buf_len(json), &registry, &err);
    if (st == ACRM_OK)
        put_index(argv[1], registry);
    else
        fprintf(stderr, "%s\n", acrm_error_message(err));
    acrm_error_free(err);
    acrm_value_free(registry);
    acrm_buf_free(json);
    acrm_close(engine);
    return st == ACRM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
