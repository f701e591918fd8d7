/* SPDX-License-Identifier: MIT */
/* Words of the command line into arguments of an operation, typed by its schema. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct args_run {
    cli *c;
    char noun[64];
    const acrm_value *operation;
    const char *name; /* of the parameter */
    const acrm_value *schema;
    acrm_value *args;
} args_run;

/* --- References: login:sara, code:NORTH stand for the one record like that --- */

/* The entity that the text itself names, customer/name:Ann, and the rest behind it. */
static const char *args_named(args_run *run, const char **text)
{
    size_t len = strcspn(*text, "/:");

    if ((*text)[len] != '/' || len >= sizeof run->noun)
        return NULL;
    memcpy(run->noun, *text, len);
    run->noun[len] = '\0';
    if (!cli_entity(run->c, run->noun))
        return NULL;
    *text += len + 1;
    return run->noun;
}

static const char *args_target(args_run *run, const char **text)
{
    const char *type = cli_get_text(run->schema, "x-type");
    const char *target = cli_get_text(run->schema, "x-target");

    if (!type || (strcmp(type, "ref") != 0 && strcmp(type, "id") != 0))
        return NULL;
    if (args_named(run, text))
        return run->noun;
    if (target)
        return target;
    if (strcmp(run->name, "id") == 0 && cli_get_text(run->operation, "entity"))
        return cli_get_text(run->operation, "entity");
    /* customer.view360 --id, or a parameter customer_id: the entity is in a name. */
    const char *from = strcmp(run->name, "id") == 0 ? cli_get_text(run->operation, "name")
                                                    : run->name;
    const char *end = from == run->name ? strstr(from, "_id") : strchr(from, '.');
    if (!end || (size_t)(end - from) >= sizeof run->noun)
        return NULL;
    memcpy(run->noun, from, (size_t)(end - from));
    run->noun[end - from] = '\0';
    return cli_entity(run->c, run->noun) ? run->noun : NULL;
}

static int args_lookup(const args_run *run, const char *target, const char *text,
                       const char *colon, acrm_value *to)
{
    char *field = cli_copy(text, (size_t)(colon - text)), *list = NULL;
    acrm_value *args = cli_map(), *out = NULL;
    cli_text operation = { 0 };
    int result;

    cli_addf(&operation, "%s.list", target);
    list = operation.data;
    acrm_value_set_map(cli_put(args, "where"));
    cli_put_text(acrm_value_get(args, "where"), field, colon + 1);
    cli_put_int(args, "limit", 2);
    result = cli_call(run->c, list, args, &out);
    if (result == CLI_OK) {
        const acrm_value *items = acrm_value_get(out, "items");
        const char *id = cli_get_text(acrm_value_at(items, 0), "id");
        if (acrm_value_count(items) == 1)
            cli_set_text(to, id);
        else
            result = cli_fail("--%s: %s %s has %s %s; see: autocrm %s list", run->name,
                              acrm_value_count(items) ? "more than one" : "no", target, field,
                              colon + 1, target);
    }
    acrm_value_free(out);
    acrm_value_free(args);
    free(field);
    free(list);
    return result;
}

static int args_text(args_run *run, const char *text, acrm_value *to)
{
    const char *target = args_target(run, &text), *colon = strchr(text, ':');

    if (target && colon && colon > text)
        return args_lookup(run, target, text, colon, to);
    int32_t status = acrm_value_set_text(to, text, strlen(text));
    return status == ACRM_OK ? CLI_OK
                             : cli_usage("--%s: the text is not UTF-8", run->name);
}

/* --- The other types --- */

static int args_json(const args_run *run, const char *text, acrm_value *to)
{
    acrm_value *value = NULL;
    acrm_error *error = NULL;

    if (acrm_value_parse(NULL, text, strlen(text), &value, &error) != ACRM_OK) {
        int result = cli_usage("--%s takes JSON, such as %s\n  %s", run->name,
                               cli_parameter_type(run->schema) == CLI_T_LIST ? "'[\"a\",\"b\"]'"
                               : cli_get_text(run->schema, "items") ? "'[{...}]'"
                                                                    : "'{\"level\":\"H\"}'",
                               acrm_error_message(error));
        acrm_error_free(error);
        return result;
    }
    cli_copy_value(to, value);
    acrm_value_free(value);
    return CLI_OK;
}

/* name:Ann, code:NORTH among ids. */
static int args_item(args_run *run, const char *text, size_t len, acrm_value *to)
{
    char *item = cli_copy(text, len);
    int result = args_text(run, item, to);

    free(item);
    return result;
}

static int args_list(args_run *run, const char *text, acrm_value *to)
{
    if (text[0] == '[')
        return args_json(run, text, to);
    if (acrm_value_type(to) != ACRM_LIST)
        acrm_value_set_list(to);
    while (*text) {
        size_t len = strcspn(text, ",");
        int result = len > 0 ? args_item(run, text, len, cli_push(to)) : CLI_OK;
        if (result != CLI_OK)
            return result;
        text += len + (text[len] == ',');
    }
    return CLI_OK;
}

static int args_number(const args_run *run, const char *text, acrm_value *to)
{
    char *end;

    errno = 0;
    if (cli_parameter_type(run->schema) == CLI_T_INT) {
        long long integer = strtoll(text, &end, 10);
        if (end == text || *end || errno)
            return cli_usage("--%s takes an integer, not %s", run->name, text);
        return acrm_value_set_int(to, integer) == ACRM_OK ? CLI_OK : CLI_FAILED;
    }
    double real = strtod(text, &end);
    if (end == text || *end || !isfinite(real))
        return cli_usage("--%s takes a number, not %s", run->name, text);
    return acrm_value_set_real(to, real) == ACRM_OK ? CLI_OK : CLI_FAILED;
}

static int args_bool(const args_run *run, const char *text, acrm_value *to)
{
    bool yes = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0 || strcmp(text, "1") == 0;

    if (!yes && strcmp(text, "false") != 0 && strcmp(text, "no") != 0 && strcmp(text, "0") != 0)
        return cli_usage("--%s is true or false, not %s", run->name, text);
    return acrm_value_set_bool(to, yes) == ACRM_OK ? CLI_OK : CLI_FAILED;
}

static int args_typed(args_run *run, const char *text, acrm_value *to)
{
    switch (cli_parameter_type(run->schema)) {
    case CLI_T_TEXT: return args_text(run, text, to);
    case CLI_T_INT:
    case CLI_T_REAL: return args_number(run, text, to);
    case CLI_T_BOOL: return args_bool(run, text, to);
    case CLI_T_LIST: return args_list(run, text, to);
    default: return args_json(run, text, to);
    }
}

int cli_argument(cli *c, const acrm_value *operation, const char *name, const char *text,
                 acrm_value *args)
{
    const acrm_value *schema = acrm_value_get(cli_parameters(operation), name);
    args_run run = { .c = c, .operation = operation, .name = name, .schema = schema,
                     .args = args };
    acrm_value *to = acrm_value_get(args, name);
    cli_text file = { 0 };
    int result;

    if (to && cli_parameter_type(schema) != CLI_T_LIST)
        return cli_usage("--%s is given twice", name);
    if (strcmp(text, "-") == 0 || (text[0] == '@' && text[1] != '@')) {
        if (!cli_read_file(text[0] == '@' ? text + 1 : text, &file)) {
            free(file.data);
            return cli_usage("--%s: cannot read %s: %s", name, text + 1, strerror(errno));
        }
        while (cli_parameter_type(schema) != CLI_T_JSON && file.len > 0 &&
               file.data[file.len - 1] == '\n')
            file.data[--file.len] = '\0';
        text = file.data;
    } else if (text[0] == '@') {
        text++;
    }
    result = args_typed(&run, text, to ? to : cli_put(args, name));
    free(file.data);
    return result;
}

/* --- Words --- */

static int args_unknown(const args_run *run, const cli_option *extra, const char *given)
{
    static const char *const global[] = { "db", "as", "json", "csv", "now", "key", "outbox",
                                          "connector", "quiet", "yes", "help", "zone",
                                          "jalali" };
    const acrm_value *parameters = cli_parameters(run->operation);
    const char *name = cli_get_text(run->operation, "name");
    cli_names names = { 0 };

    for (size_t i = 0; i < acrm_value_count(parameters); i++)
        cli_names_add(&names, acrm_value_key(parameters, i, NULL),
                      strlen(acrm_value_key(parameters, i, NULL)));
    for (size_t i = 0; extra && extra[i].name; i++)
        cli_names_add(&names, extra[i].name, strlen(extra[i].name));
    for (size_t i = 0; i < sizeof global / sizeof global[0]; i++)
        cli_names_add(&names, global[i], strlen(global[i]));
    const char *near = cli_nearest(&names, given), *dot = name ? strchr(name, '.') : NULL;
    int noun = dot ? (int)(dot - name) : 0;
    int result = near ? cli_usage("there is no option --%s here; did you mean --%s?", given, near)
                 : dot ? cli_usage("there is no option --%s here; see: autocrm help %.*s %s", given,
                                   noun, name, dot + 1)
                       : cli_usage("there is no option --%s here; see: autocrm help", given);
    cli_names_free(&names);
    return result;
}

/* --clear FIELD,FIELD: null. */
static int args_clear(const args_run *run, const char *fields)
{
    while (*fields) {
        size_t len = strcspn(fields, ",");
        char *name = cli_copy(fields, len);
        bool known = acrm_value_get(cli_parameters(run->operation), name) != NULL;
        int result = known ? CLI_OK : cli_usage("--clear: there is no field %s", name);
        if (known)
            cli_put(run->args, name);
        free(name);
        if (!known)
            return result;
        fields += len + (fields[len] == ',');
    }
    return CLI_OK;
}

static const char *args_value(cli_words *words, const char *equals)
{
    if (equals)
        return equals + 1;
    if (words->count == 0)
        return NULL;
    words->count--;
    return *words->items++;
}

/* The parameter that an option names. --flag and --no-flag have their value in the name. */
static const char *args_parameter(args_run *run, const char *name, bool equals, const char **value)
{
    run->schema = acrm_value_get(cli_parameters(run->operation), name);
    if (run->schema) {
        if (cli_parameter_type(run->schema) == CLI_T_BOOL && !equals)
            *value = "true";
        return name;
    }
    if (strncmp(name, "no_", 3) != 0 || equals)
        return NULL;
    run->schema = acrm_value_get(cli_parameters(run->operation), name + 3);
    if (cli_parameter_type(run->schema) != CLI_T_BOOL)
        return NULL;
    *value = "false";
    return name + 3;
}

static int args_option(const args_run *base, cli_words *words, const cli_option *all,
                       const char *word)
{
    args_run run = *base;
    const cli_option *extra = all;
    const char *equals = strchr(word, '='), *value = NULL;
    char *name = cli_copy(word, equals ? (size_t)(equals - word) : strlen(word));
    int result = CLI_OK;

    for (char *at = name; *at; at++)
        if (*at == '-')
            *at = '_';
    while (extra && extra->name && strcmp(extra->name, name) != 0)
        extra++;
    const char **place = extra ? extra->value : NULL;
    const char *own = args_parameter(&run, name, equals != NULL, &value);
    bool clear = !own && run.operation && strcmp(name, "clear") == 0;
    if (!value)
        value = args_value(words, equals);
    if (!own && !clear && !place)
        result = args_unknown(base, all, name);
    else if (!value)
        result = cli_usage("--%s needs a value", name);
    else if (place)
        *place = value;
    else if (clear)
        result = args_clear(&run, value);
    else
        result = cli_argument(run.c, run.operation, own, value, run.args);
    free(name);
    return result;
}

/* A document stands in the command itself or in a file, which may be named without an @. */
static int args_positional(const args_run *run, const char *name, const char *word)
{
    const acrm_value *schema = acrm_value_get(cli_parameters(run->operation), name);
    cli_text file = { 0 };

    if (cli_parameter_type(schema) != CLI_T_JSON || word[0] == '\0' || strchr("{[\"@-", word[0]))
        return cli_argument(run->c, run->operation, name, word, run->args);
    cli_addf(&file, "@%s", word);
    int result = cli_argument(run->c, run->operation, name, file.data, run->args);
    free(file.data);
    return result;
}

/* --zone and --jalali hold everywhere, but an operation may take them too. */
static void args_times(const cli *c, const acrm_value *operation, acrm_value *args)
{
    const acrm_value *parameters = cli_parameters(operation);

    if (c->zone && acrm_value_get(parameters, "zone") && !acrm_value_get(args, "zone"))
        cli_put_text(args, "zone", c->zone);
    if (c->jalali && acrm_value_get(parameters, "jalali") && !acrm_value_get(args, "jalali"))
        acrm_value_set_bool(cli_put(args, "jalali"), 1);
}

int cli_arguments(cli *c, const acrm_value *operation, cli_words *words, const cli_option *extra,
                  acrm_value *args)
{
    args_run run = { .c = c, .operation = operation, .args = args };
    const char *positional = operation ? cli_positional(operation) : NULL;
    bool options = true;
    int result = CLI_OK;

    while (words->count > 0 && result == CLI_OK) {
        const char *word = *words->items++;
        words->count--;
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && strncmp(word, "--", 2) == 0)
            result = args_option(&run, words, extra, word + 2);
        else if (positional && !acrm_value_get(args, positional))
            result = args_positional(&run, positional, word);
        else
            result = cli_usage("what is %s? Values of options follow them: --name VALUE", word);
    }
    if (result == CLI_OK && operation)
        args_times(c, operation, args);
    return result;
}
