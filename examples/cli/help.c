/* SPDX-License-Identifier: MIT */
/* Help and completion, made from the registry. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const char *const help_globals[][2] = {
    { "--db FILE", "the database, or postgres://...; AUTOCRM_DB otherwise; memory: to keep none" },
    { "--as WHO", "system (default), login:NAME, user:ID or customer:ID" },
    { "--json", "results as JSON, for programs" },
    { "--csv", "the rows of a result as CSV, for spreadsheets" },
    { "--zone ZONE", "tell times by the clock of an IANA zone, such as Asia/Tehran" },
    { "--jalali", "tell dates in the Solar Hijri calendar" },
    { "--now INSTANT", "set the clock, such as 2026-11-21T08:00:00Z" },
    { "--outbox HOW", "how tick sends messages: console, spool:FOLDER (files to print), "
                      "smtp://HOST?from=ADDRESS, sms:FILE, https://URL, webhook; several times, "
                      "CHANNEL=HOW for one" },
    { "--connector NAME=HOW", "whom tick asks: NAME=exec:COMMAND, NAME=https://URL; "
                              "several times" },
    { "--key FILE", "key of encrypted fields; DATABASE.key otherwise, when it is there" },
    { "--quiet", "print ids alone" },
    { "--yes", "do not ask" },
    { "--help", "help about a command" },
    { "--version", "the version" },
};

static void help_row(cli_table *table, size_t row, int columns, const char *const *cells)
{
    for (int i = 0; i < columns; i++)
        table->cells[row * (size_t)columns + (size_t)i] =
            cli_copy(cells[i] ? cells[i] : "", cells[i] ? strlen(cells[i]) : 0);
}

static cli_table *help_table(int columns, size_t rows, const char *const *heads)
{
    cli_table *table = cli_table_new(columns, rows);

    for (int i = 0; i < columns; i++)
        table->heads[i] = cli_copy(heads[i], strlen(heads[i]));
    return table;
}

static int help_all(cli *c)
{
    static const char *const heads[] = { "noun", "what" };
    const char *usage, *help, *name;
    cli_names nouns = { 0 };

    puts("autocrm: the automotive CRM in one file\n\n"
         "  autocrm [--db FILE] NOUN VERB [ID] [--PARAMETER VALUE]...\n");
    for (size_t n = 0; (name = cli_builtin(n, &usage, &help)) != NULL; n++)
        if (*usage)
            printf("  autocrm %s%*s %s\n", usage, (int)(40 - strlen(usage)), "", help);
    puts("\nOptions anywhere:");
    for (size_t i = 0; i < sizeof help_globals / sizeof help_globals[0]; i++)
        printf("  %-15s %s\n", help_globals[i][0], help_globals[i][1]);
    puts("\nValues: text as it is; true or false may be left out (--active, --no-active); "
         "JSON for lists of records and\nfilters; a,b for lists of text; @FILE and - read a value "
         "from a file or standard input; where an id is wanted,\nFIELD:VALUE finds the one record "
         "like that (code:NORTH, login:sara). --clear FIELD makes it null.\n"
         "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n");
    cli_nouns(c, &nouns);
    cli_table *table = help_table(2, nouns.count, heads);
    for (size_t i = 0; i < nouns.count; i++) {
        const char *about = cli_noun_help(c, nouns.items[i]);
        cli_names verbs = { 0 };
        cli_text what = { 0 };
        cli_verbs(c, nouns.items[i], &verbs);
        cli_add(&what, "", 0);
        for (size_t v = 0; !about && v < verbs.count; v++)
            cli_addf(&what, "%s%s", v ? ", " : "", verbs.items[v]);
        const char *cells[] = { nouns.items[i], about ? about : what.data };
        help_row(table, i, 2, cells);
        free(what.data);
        cli_names_free(&verbs);
    }
    cli_table_print(table, 0, CLI_WRAP);
    cli_table_free(table);
    cli_names_free(&nouns);
    puts("\nautocrm help NOUN tells its verbs, autocrm help NOUN VERB its parameters.");
    return CLI_OK;
}

static const acrm_value *help_operation(const cli *c, const char *noun, const char *verb)
{
    cli_text name = { 0 };

    cli_addf(&name, "%s.%s", noun, verb);
    const acrm_value *operation = cli_operation(c, name.data);
    free(name.data);
    return operation;
}

static int help_unknown(cli *c, const char *noun, const char *verb)
{
    cli_names names = { 0 };
    const char *usage, *help, *name;

    if (verb)
        cli_verbs(c, noun, &names);
    else
        cli_nouns(c, &names);
    for (size_t n = 0; !verb && (name = cli_builtin(n, &usage, &help)) != NULL; n++)
        if (*usage)
            cli_names_add(&names, name, strlen(name));
    const char *near = cli_nearest(&names, verb ? verb : noun);
    int result = verb && near ? cli_usage("%s has no verb %s; did you mean: autocrm %s %s?", noun,
                                          verb, noun, near)
                 : verb ? cli_usage("%s has no verb %s; see: autocrm help %s", noun, verb, noun)
                 : near ? cli_usage("there is no command %s; did you mean %s?", noun, near)
                        : cli_usage("there is no command %s; see: autocrm help", noun);
    cli_names_free(&names);
    return result;
}

static int help_noun(cli *c, const char *noun)
{
    static const char *const heads[] = { "verb", "what" };
    const acrm_value *entity = cli_entity(c, noun);
    cli_names verbs = { 0 };

    cli_verbs(c, noun, &verbs);
    if (verbs.count == 0) {
        cli_names_free(&verbs);
        return help_unknown(c, noun, NULL);
    }
    printf("autocrm %s VERB\n", noun);
    if (entity)
        printf("%s.\n", cli_get_text(entity, "help"));
    putchar('\n');
    cli_table *table = help_table(2, verbs.count, heads);
    for (size_t i = 0; i < verbs.count; i++) {
        const acrm_value *operation = help_operation(c, noun, verbs.items[i]);
        const char *cells[] = { verbs.items[i], cli_get_text(operation, "help") };
        help_row(table, i, 2, cells);
    }
    cli_table_print(table, 0, CLI_WRAP);
    cli_table_free(table);
    cli_names_free(&verbs);
    printf("\nautocrm help %s VERB tells its parameters%s%s%s.\n", noun,
           entity ? ", autocrm describe " : "", entity ? noun : "", entity ? " the fields" : "");
    return CLI_OK;
}

static char *help_about(const acrm_value *schema)
{
    const acrm_value *choices = acrm_value_get(schema, "enum");
    const acrm_value *preset = acrm_value_get(schema, "default");
    const char *help = cli_get_text(schema, "description");
    cli_text text = { 0 };

    cli_addf(&text, "%s", help ? help : "");
    for (size_t i = 0; i < acrm_value_count(choices); i++) {
        const char *choice = acrm_value_text(acrm_value_at(choices, i), NULL);
        if (choice)
            cli_addf(&text, "%s%s", i ? ", " : ": ", choice);
    }
    if (preset) {
        char *cell = cli_print(preset, 0);
        cli_addf(&text, " (default %s)", cell);
        free(cell);
    }
    return text.data;
}

static int help_verb(cli *c, const char *noun, const char *verb)
{
    static const char *const heads[] = { "parameter", "type", "what" };
    const acrm_value *operation = help_operation(c, noun, verb);
    const acrm_value *parameters = cli_parameters(operation);

    if (!operation) {
        cli_names verbs = { 0 };
        cli_verbs(c, noun, &verbs);
        size_t count = verbs.count;
        cli_names_free(&verbs);
        return help_unknown(c, noun, count > 0 ? verb : NULL);
    }
    const char *positional = cli_positional(operation);
    printf("autocrm %s %s%s%s%s%s\n%s.\n\n", noun, verb, positional ? " [" : "",
           positional ? positional : "", positional ? "]" : "",
           acrm_value_count(parameters) ? " [--PARAMETER VALUE]..." : "",
           cli_get_text(operation, "help"));
    cli_table *table = help_table(3, acrm_value_count(parameters), heads);
    for (size_t i = 0; i < table->rows; i++) {
        const acrm_value *schema = acrm_value_at(parameters, i);
        const char *name = acrm_value_key(parameters, i, NULL);
        cli_text shown = { 0 };
        char *about = help_about(schema);
        cli_addf(&shown, "--%s%s", name, cli_is_required(operation, name) ? " *" : "");
        const char *cells[] = { shown.data, cli_parameter_type_name(schema), about };
        help_row(table, i, 3, cells);
        free(shown.data);
        free(about);
    }
    if (table->rows > 0) {
        cli_table_print(table, 0, CLI_WRAP);
        puts("\n* required");
    } else {
        puts("It takes no parameters.");
    }
    cli_table_free(table);
    return CLI_OK;
}

int cli_help(cli *c, cli_words *words)
{
    int result = cli_open_registry(c);
    const char *usage, *help, *name;

    if (result != CLI_OK)
        return result;
    if (words->count == 0)
        return help_all(c);
    for (size_t n = 0; (name = cli_builtin(n, &usage, &help)) != NULL; n++)
        if (*usage && strcmp(name, words->items[0]) == 0) {
            printf("autocrm %s\n%s.\n", usage, help);
            return CLI_OK;
        }
    if (words->count == 1)
        return help_noun(c, words->items[0]);
    return help_verb(c, words->items[0], words->items[1]);
}
