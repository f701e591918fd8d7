/* SPDX-License-Identifier: MIT */
/* workflow show CODE: a process drawn, ready for a file or a page. */
#include "cli.h"

#include <string.h>

static int workflow_option(cli_words *words, const char *word, acrm_value *args, bool *known)
{
    static const char *const valued[] = { "phase", "revision" };

    *known = true;
    if (strcmp(word, "--svg") == 0 || strcmp(word, "--mermaid") == 0) {
        cli_put_text(args, "format", word + 2);
        return CLI_OK;
    }
    for (size_t i = 0; i < sizeof valued / sizeof valued[0]; i++) {
        size_t len = strlen(valued[i]);
        if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, valued[i], len) != 0 ||
            (word[2 + len] != '\0' && word[2 + len] != '='))
            continue;
        const char *value = word[2 + len] == '=' ? word + 3 + len : NULL;
        if (!value && words->count > 0) {
            value = *words->items++;
            words->count--;
        }
        if (!value)
            return cli_usage("--%s needs a value", valued[i]);
        long number = 0;
        for (const char *p = value; i == 1 && *p; p++) {
            if (*p < '0' || *p > '9' || number > 100000)
                return cli_usage("--revision takes a number, not %s", value);
            number = number * 10 + (*p - '0');
        }
        if (i == 1)
            cli_put_int(args, valued[i], number);
        else
            cli_put_text(args, valued[i], value);
        return CLI_OK;
    }
    *known = false;
    return CLI_OK;
}

static int workflow_words(cli_words *words, acrm_value *args)
{
    int result = CLI_OK;

    while (words->count > 0 && result == CLI_OK) {
        const char *word = *words->items++;
        bool known;
        words->count--;
        result = workflow_option(words, word, args, &known);
        if (result != CLI_OK || known)
            continue;
        if (word[0] == '-' || acrm_value_get(args, "code"))
            return cli_usage("what is %s? See: autocrm help", word);
        cli_put_text(args, "code", word);
    }
    if (result == CLI_OK && !acrm_value_get(args, "code"))
        result = cli_usage("which process? autocrm workflow show CODE --svg");
    return result;
}

int cli_workflow(cli *c, cli_words *words)
{
    acrm_value *args, *out = NULL;

    if (words->count < 1 || strcmp(words->items[0], "show") != 0)
        return cli_usage("autocrm workflow show CODE [--svg or --mermaid] [--phase PHASE] "
                         "[--revision N]");
    words->items++;
    words->count--;
    args = cli_map();
    int result = workflow_words(words, args);
    if (result == CLI_OK)
        result = cli_open(c, ACRM_OPEN_NO_CREATE);
    if (result == CLI_OK)
        result = cli_call(c, "process_definition.diagram", args, &out);
    if (result == CLI_OK && c->json)
        cli_print_json(out);
    else if (result == CLI_OK)
        fputs(cli_get_text(out, "diagram"), stdout);
    acrm_value_free(out);
    acrm_value_free(args);
    return result;
}
