/* SPDX-License-Identifier: MIT */
/* NOUN VERB: any operation of the registry. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_call(cli *c, const char *operation, const acrm_value *args, acrm_value **out)
{
    acrm_error *error = NULL;
    int result = cli_session(c);

    if (result != CLI_OK)
        return result;
    cli_progress_begin(c, NULL, 0);
    int32_t status = acrm_call(c->session, operation, args, out, &error);
    cli_progress_end(c);
    return status == ACRM_OK ? CLI_OK
                             : cli_error(c, cli_operation(c, operation), status, error);
}

static bool operate_verb(const acrm_value *operation, const char *verb)
{
    const char *own = cli_get_text(operation, "verb");

    return own && strcmp(own, verb) == 0;
}

/* People read names, not ids: ask for the records that the shown references name. */
static acrm_value *operate_include(cli *c, const acrm_value *operation, const acrm_value *args)
{
    const char *name = cli_get_text(operation, "entity");
    const acrm_value *entity = name ? cli_entity(c, name) : NULL;
    const acrm_value *fields = acrm_value_get(args, "fields");
    acrm_value *more = cli_map();

    cli_copy_value(more, args);
    if (!acrm_value_get(more, "include"))
        acrm_value_set_list(cli_put(more, "include"));
    for (size_t i = 0; i < acrm_value_count(acrm_value_get(entity, "fields")); i++) {
        const acrm_value *field = acrm_value_at(acrm_value_get(entity, "fields"), i);
        const char *own = cli_get_text(field, "name");
        size_t len = strlen(own);
        bool shown = !fields;
        for (size_t k = 0; k < acrm_value_count(fields); k++)
            shown = shown || strcmp(acrm_value_text(acrm_value_at(fields, k), NULL), own) == 0;
        if (!shown || strcmp(cli_get_text(field, "type"), "ref") != 0 || len < 4 ||
            strcmp(own + len - 3, "_id") != 0)
            continue;
        char *relation = cli_copy(own, len - 3);
        cli_set_text(cli_push(acrm_value_get(more, "include")), relation);
        free(relation);
    }
    return more;
}

static int operate_run(cli *c, const acrm_value *operation, const acrm_value *args,
                       acrm_value **out)
{
    const char *name = cli_get_text(operation, "name");

    if (!c->json && !c->quiet &&
        (operate_verb(operation, "list") || operate_verb(operation, "get"))) {
        acrm_value *more = operate_include(c, operation, args);
        int32_t status = acrm_call(c->session, name, more, out, NULL);
        acrm_value_free(more);
        if (status == ACRM_OK)
            return CLI_OK; /* else without: some may not be this session's to see */
    }
    return cli_call(c, name, args, out);
}

static bool operate_confirm(const cli *c, const acrm_value *operation)
{
    char answer[16];

    bool erases = strcmp(cli_get_text(operation, "name"), "privacy.erase") == 0;

    if (c->yes || c->json || (!erases && !operate_verb(operation, "delete")) ||
        !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    if (erases)
        fprintf(stderr, "Erase this person's data for good? [y/N] ");
    else
        fprintf(stderr, "Delete this %s? It can be restored. [y/N] ",
                cli_get_text(operation, "entity"));
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Who erases somebody at the command line wants the bytes gone too, not only the values. */
static int operate_sweep(cli *c, const acrm_value *operation, const acrm_value *args)
{
    acrm_value *none = NULL, *out = NULL;

    if (strcmp(cli_get_text(operation, "name"), "privacy.erase") != 0 ||
        acrm_value_bool(acrm_value_get(args, "dry_run")))
        return CLI_OK;
    none = cli_map();
    int result = cli_call(c, "privacy.sweep", none, &out);
    if (result != CLI_OK)
        fprintf(stderr, "autocrm: the data is erased; its bytes are not swept yet: run autocrm "
                        "privacy sweep\n");
    acrm_value_free(none);
    acrm_value_free(out);
    return result;
}

int cli_operate(cli *c, const acrm_value *operation, cli_words *words)
{
    acrm_value *args = cli_map(), *out = NULL;
    int result = cli_session(c);

    if (result == CLI_OK)
        result = cli_arguments(c, operation, words, NULL, args);
    if (result == CLI_OK && !operate_confirm(c, operation))
        result = cli_fail("nothing was deleted");
    if (result == CLI_OK)
        result = operate_run(c, operation, args, &out);
    if (result == CLI_OK)
        result = operate_sweep(c, operation, args);
    if (result == CLI_OK && c->json)
        cli_print_json(out);
    else if (result == CLI_OK && !cli_document(operation, out) && !cli_plan(operation, out) &&
             !cli_points(operation, out) && !cli_quotes(operation, out) &&
             !cli_suspects(c, operation, out) && !cli_grading(c, operation, out))
        cli_show(c, operation, args, out);
    acrm_value_free(out);
    acrm_value_free(args);
    return result;
}
