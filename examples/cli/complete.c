/* SPDX-License-Identifier: MIT */
/* Completion: a line of script for the shell, which asks the program itself. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *shell, *script;
} complete_scripts[] = {
    { "bash",
      "_autocrm() {\n"
      "    local IFS=$'\\n'\n"
      "    COMPREPLY=($(compgen -W \"$(autocrm __complete \"${COMP_WORDS[@]:1:COMP_CWORD-1}\" "
      "2>/dev/null)\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "}\n"
      "complete -o default -F _autocrm autocrm" },
    { "zsh",
      "#compdef autocrm\n"
      "_autocrm() {\n"
      "    local -a found\n"
      "    found=(${(f)\"$(autocrm __complete ${words[2,CURRENT-1]} 2>/dev/null)\"})\n"
      "    if (( $#found )); then compadd -a found; else _files; fi\n"
      "}\n"
      "compdef _autocrm autocrm" },
    { "fish",
      "complete -c autocrm -a '(set -l w (commandline -opc); "
      "autocrm __complete $w[2..] 2>/dev/null)'" },
};

int cli_completion(cli *c, cli_words *words)
{
    (void)c;
    for (size_t i = 0; i < sizeof complete_scripts / sizeof complete_scripts[0]; i++)
        if (words->count == 1 && strcmp(words->items[0], complete_scripts[i].shell) == 0) {
            puts(complete_scripts[i].script);
            return CLI_OK;
        }
    return cli_usage("autocrm completion bash|zsh|fish");
}

static void complete_first(cli *c)
{
    const char *usage, *help, *name;
    cli_names nouns = { 0 };

    for (size_t n = 0; (name = cli_builtin(n, &usage, &help)) != NULL; n++)
        if (*usage)
            puts(name);
    cli_nouns(c, &nouns);
    for (size_t i = 0; i < nouns.count; i++)
        puts(nouns.items[i]);
    cli_names_free(&nouns);
}

static void complete_parameters(const cli *c, const char *noun, const char *verb, const char *last)
{
    cli_text name = { 0 };

    cli_addf(&name, "%s.%s", noun, verb);
    const acrm_value *parameters = cli_parameters(cli_operation(c, name.data));
    free(name.data);
    if (strncmp(last, "--", 2) == 0) { /* a value is awaited */
        const acrm_value *schema = acrm_value_get(parameters, last + 2);
        const acrm_value *choices = acrm_value_get(schema, "enum");
        for (size_t i = 0; i < acrm_value_count(choices); i++)
            if (acrm_value_text(acrm_value_at(choices, i), NULL))
                puts(acrm_value_text(acrm_value_at(choices, i), NULL));
        if (schema && cli_parameter_type(schema) != CLI_T_BOOL)
            return;
    }
    for (size_t i = 0; i < acrm_value_count(parameters); i++)
        printf("--%s\n", acrm_value_key(parameters, i, NULL));
}

int cli_complete(cli *c, cli_words *words)
{
    int result = cli_open_registry(c);
    cli_names verbs = { 0 };

    if (result != CLI_OK)
        return result;
    if (words->count == 0) {
        complete_first(c);
    } else if (words->count == 1) {
        cli_verbs(c, words->items[0], &verbs);
        for (size_t i = 0; i < verbs.count; i++)
            puts(verbs.items[i]);
        cli_names_free(&verbs);
    } else {
        complete_parameters(c, words->items[0], words->items[1], words->items[words->count - 1]);
    }
    return CLI_OK;
}
