/* SPDX-License-Identifier: MIT */
/* describe: an entity's fields or an operation's schema; everything as JSON. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static char *describe_flags(const acrm_value *field)
{
    const acrm_value *flags = acrm_value_get(field, "flags");
    cli_text text = { 0 };

    cli_add(&text, "", 0);
    for (size_t i = 0; i < acrm_value_count(flags); i++)
        cli_addf(&text, "%s%s", i ? ", " : "", acrm_value_text(acrm_value_at(flags, i), NULL));
    return text.data;
}

static char *describe_help(const acrm_value *field)
{
    const acrm_value *choices = acrm_value_get(field, "choices");
    const char *help = cli_get_text(field, "help"), *target = cli_get_text(field, "target");
    cli_text text = { 0 };

    cli_addf(&text, "%s", help ? help : "");
    if (target)
        cli_addf(&text, " -> %s", target);
    if (acrm_value_count(choices) > 0) {
        char *list = cli_cell(choices);
        cli_addf(&text, ": %s", list);
        free(list);
    }
    return text.data;
}

static void describe_entity(const acrm_value *entity)
{
    static const char *const heads[] = { "field", "type", "flags", "what" };
    const acrm_value *fields = acrm_value_get(entity, "fields");
    const acrm_value *inverses = acrm_value_get(entity, "inverses");
    cli_table *table = cli_table_new(4, acrm_value_count(fields));

    for (int i = 0; i < 4; i++)
        table->heads[i] = cli_copy(heads[i], strlen(heads[i]));
    for (size_t i = 0; i < table->rows; i++) {
        const acrm_value *field = acrm_value_at(fields, i);
        const char *name = cli_get_text(field, "name"), *type = cli_get_text(field, "type");
        table->cells[i * 4] = cli_copy(name, strlen(name));
        table->cells[i * 4 + 1] = cli_copy(type, strlen(type));
        table->cells[i * 4 + 2] = describe_flags(field);
        table->cells[i * 4 + 3] = describe_help(field);
    }
    printf("%s\n%s.\n\n", cli_get_text(entity, "name"), cli_get_text(entity, "help"));
    cli_table_print(table, 0, CLI_WRAP);
    cli_table_free(table);
    for (size_t i = 0; i < acrm_value_count(inverses); i++)
        printf("%s%s (%s)", i ? ", " : "\nRelated: ",
               cli_get_text(acrm_value_at(inverses, i), "name"),
               cli_get_text(acrm_value_at(inverses, i), "entity"));
    if (acrm_value_count(inverses) > 0)
        putchar('\n');
}

int cli_describe(cli *c, cli_words *words)
{
    const char *what = words->count > 0 ? words->items[0] : "registry";
    acrm_buf *text = NULL;
    int result = cli_open_registry(c);

    if (words->count > 1)
        return cli_usage("autocrm describe [ENTITY, OPERATION, registry, openapi, entities or "
                         "operations]");
    if (result != CLI_OK)
        return result;
    const acrm_value *entity = cli_entity(c, what), *operation = cli_operation(c, what);
    if (entity && !c->json) {
        describe_entity(entity);
    } else if (entity || operation) {
        char *json = cli_print(entity ? entity : operation, 2);
        puts(json);
        free(json);
    } else if (acrm_describe(c->engine, what, &text, NULL) == ACRM_OK) {
        puts(acrm_buf_data(text));
        acrm_buf_free(text);
    } else {
        cli_names names = { 0 };
        cli_nouns(c, &names);
        const char *near = cli_nearest(&names, what);
        result = near ? cli_usage("there is no %s; did you mean %s?", what, near)
                      : cli_usage("there is no %s; see: autocrm help", what);
        cli_names_free(&names);
    }
    return result;
}
