/* SPDX-License-Identifier: MIT */
/* autocrm: the command line tool. Options that hold everywhere, then the command. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef int (*main_command)(cli *c, cli_words *words);

static int main_call(cli *c, cli_words *words);

static const struct {
    const char *name;
    main_command run;
    const char *usage, *help; /* usage "": not shown */
} main_commands[] = {
    { "init", cli_init, "init", "Create the database and its key file" },
    { "demo", cli_demo, "demo", "Show the main job on a new database, command by command" },
    { "import", cli_import, "import FILE... [--entity E]",
      "Take in leads (ADF, CSV, JSON lines), or records of an entity (CSV, JSON lines, vCard)" },
    { "export", cli_export, "export ENTITY [--format csv|jsonl]",
      "Write all records of an entity; --where, --fields, --order, --output FILE" },
    { "call", main_call, "call OPERATION [JSON or -]", "Run an operation; the result is JSON" },
    { "describe", cli_describe, "describe [WHAT]",
      "An entity, an operation; registry or openapi as JSON" },
    { "verify", cli_verify, "verify", "Check the file and prove the audit chain" },
    { "backup", cli_backup, "backup FILE", "Copy the database while others work" },
    { "copy", cli_copy_database, "copy [--from DB] --to DB", "Move to another file or server" },
    { "tick", cli_tick, "tick [--now INSTANT]", "Do the work that has fallen due" },
    { "workflow", cli_workflow, "workflow show CODE [--svg|--mermaid]",
      "Draw a process; --phase PHASE marks one, --revision N takes an older one" },
    { "completion", cli_completion, "completion bash|zsh|fish", "Completion for a shell" },
    { "help", cli_help, "help [NOUN [VERB]]", "Help" },
    { "__complete", cli_complete, "", "" },
};

const char *cli_builtin(size_t n, const char **usage, const char **help)
{
    if (n >= sizeof main_commands / sizeof main_commands[0])
        return NULL;
    *usage = main_commands[n].usage;
    *help = main_commands[n].help;
    return main_commands[n].name;
}

/* --- call OPERATION [JSON or -]: for programs --- */

static int main_call(cli *c, cli_words *words)
{
    acrm_buf *out = NULL;
    acrm_error *error = NULL;
    cli_text input = { 0 };
    const char *json = words->count > 1 ? words->items[1] : "{}";

    c->json = true;
    if (words->count < 1 || words->count > 2)
        return cli_usage("autocrm --db FILE call OPERATION [JSON or -]");
    int result = cli_open(c, ACRM_OPEN_NO_CREATE);
    if (result == CLI_OK)
        result = cli_session(c);
    if (result != CLI_OK)
        return result;
    if (strcmp(json, "-") == 0 && !cli_read_file("-", &input))
        return cli_fail("cannot read standard input");
    if (!input.data)
        cli_add(&input, json, strlen(json));
    int32_t status =
        acrm_call_json(c->session, words->items[0], input.data, input.len, &out, &error);
    if (status == ACRM_OK)
        puts(acrm_buf_data(out));
    else
        result = cli_error(c, NULL, status, error);
    acrm_buf_free(out);
    free(input.data);
    return result;
}

/* --- Any command --- */

/* Shorter words for some operations. */
static const char *main_verb(const char *noun, const char *verb)
{
    bool vcard = strcmp(noun, "customer") == 0 && strcmp(verb, "vcard") == 0;

    return vcard ? "export_vcard" : verb;
}

/* Operations whose bytes pass through a stream. */
static const struct {
    const char *name;
    int (*run)(cli *c, const acrm_value *operation, cli_words *words);
} main_streams[] = {
    { "attachment.add", cli_attachment_add },
    { "attachment.read", cli_attachment_read },
    { "draw.export", cli_draw_export },
    { "sync.import", cli_sync_import },
};

static int main_operate(cli *c, const acrm_value *operation, cli_words *words)
{
    const char *name = cli_get_text(operation, "name");

    for (size_t i = 0; i < sizeof main_streams / sizeof main_streams[0]; i++)
        if (strcmp(main_streams[i].name, name) == 0)
            return main_streams[i].run(c, operation, words);
    return cli_operate(c, operation, words);
}

static int main_operation(cli *c, cli_words *words)
{
    cli_text name = { 0 };
    const acrm_value *operation;
    int result = cli_open(c, ACRM_OPEN_NO_CREATE);

    if (result != CLI_OK)
        return result;
    if (words->count >= 2)
        cli_addf(&name, "%s.%s", words->items[0], main_verb(words->items[0], words->items[1]));
    else if (words->count == 1)
        cli_addf(&name, "%s", words->items[0]); /* noun.verb is understood too */
    operation = cli_operation(c, name.data);
    size_t used = words->count >= 2 ? 2 : 1;
    if (!operation && words->count >= 3) { /* a verb of two words: privacy retention run */
        cli_addf(&name, "_%s", words->items[2]);
        operation = cli_operation(c, name.data);
        used = 3;
    }
    if (operation) {
        cli_words rest = { words->count - (int)used, words->items + used };
        result = main_operate(c, operation, &rest);
    } else {
        cli_help(c, words); /* tells what is wrong, or a noun's verbs */
        result = CLI_USAGE;
    }
    free(name.data);
    return result;
}

/* What needs no permission only computes: it needs no database either. */
static bool main_computes(const cli *probe, const cli_words *words)
{
    cli_text name = { 0 };

    cli_addf(&name, words->count >= 2 ? "%s.%s" : "%s", words->items[0],
             words->count >= 2 ? words->items[1] : "");
    const acrm_value *operation = cli_operation(probe, name.data);
    free(name.data);
    return operation && !cli_get_text(operation, "permission");
}

/* Whether a noun and verb exist is told before a missing database is. */
static bool main_known(cli *c, const cli_words *words)
{
    cli probe = *c;
    cli_words copy = *words;
    cli_names nouns = { 0 };
    bool known = false;

    if (c->engine)
        return true;
    probe.db = "memory:";
    probe.key = NULL;
    if (cli_open_registry(&probe) != CLI_OK)
        return true;
    cli_nouns(&probe, &nouns);
    for (size_t i = 0; i < nouns.count; i++)
        known = known || strcmp(nouns.items[i], words->items[0]) == 0;
    known = known || strncmp(words->items[0], "x_", 2) == 0 || strchr(words->items[0], '.');
    if (!known || (words->count == 1 && !strchr(words->items[0], '.'))) {
        known = false;
        cli_help(&probe, &copy);
    }
    if (known && main_computes(&probe, words))
        c->db = "memory:";
    cli_names_free(&nouns);
    cli_close(&probe);
    return known;
}

int cli_command(cli *c, cli_words words)
{
    if (words.count == 0 || c->help) {
        int result = cli_help(c, &words);
        return words.count == 0 && !c->help ? CLI_USAGE : result;
    }
    for (size_t i = 0; i < sizeof main_commands / sizeof main_commands[0]; i++)
        if (strcmp(main_commands[i].name, words.items[0]) == 0) {
            cli_words rest = { words.count - 1, words.items + 1 };
            return main_commands[i].run(c, &rest);
        }
    if (!c->db && !main_known(c, &words))
        return CLI_USAGE;
    return main_operation(c, &words);
}

/* --- Options that hold everywhere --- */

static int main_set(cli *c, const char *name, const char *value)
{
    if (strcmp(name, "db") == 0)
        c->db = value;
    else if (strcmp(name, "as") == 0)
        c->as = value;
    else if (strcmp(name, "key") == 0)
        c->key = value;
    else if (strcmp(name, "outbox") == 0 && c->outboxes == CLI_OUTBOX_MAX)
        return cli_usage("--outbox can be given %d times", CLI_OUTBOX_MAX);
    else if (strcmp(name, "outbox") == 0)
        c->outbox[c->outboxes++] = value;
    else if (strcmp(name, "connector") == 0 && c->connectors == CLI_OUTBOX_MAX)
        return cli_usage("--connector can be given %d times", CLI_OUTBOX_MAX);
    else if (strcmp(name, "connector") == 0)
        c->connector[c->connectors++] = value;
    else if (strcmp(name, "zone") == 0)
        c->zone = value;
    else if (!cli_parse_instant(value, &c->now))
        return cli_usage("--now takes an instant such as 2026-11-21T08:00:00Z, not %s", value);
    else
        c->clock_fixed = true;
    return CLI_OK;
}

static bool main_flag(cli *c, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        { "json", &c->json }, { "csv", &c->csv },   { "quiet", &c->quiet },
        { "yes", &c->yes },   { "help", &c->help },   { "jalali", &c->jalali },
    };

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strcmp(flags[i].name, name) == 0) {
            *flags[i].flag = true;
            return true;
        }
    return false;
}

/* Words that are an operation's own although they look like an option that holds everywhere:
 * behind import, --key tells by what a record is known again; --connector without = names one. */
static bool main_own(const cli_words *words, int kept, const char *name, const char *value)
{
    return (strcmp(name, "key") == 0 && kept > 0 && strcmp(words->items[0], "import") == 0) ||
           (strcmp(name, "connector") == 0 && value && !strchr(value, '='));
}

/* Take the options that hold everywhere out of the words. */
static int main_options(cli *c, cli_words *words)
{
    static const char *const valued[] = { "db", "as", "key", "now", "outbox",
                                         "connector", "zone" };
    int kept = 0, result = CLI_OK;

    for (int i = 0; i < words->count && result == CLI_OK; i++) {
        char *word = words->items[i];
        bool taken = strncmp(word, "--", 2) == 0 && main_flag(c, word + 2);
        if (strcmp(word, "--") == 0) {
            for (; i < words->count; i++)
                words->items[kept++] = words->items[i];
            break;
        }
        for (size_t k = 0; !taken && k < sizeof valued / sizeof valued[0]; k++) {
            size_t len = strlen(valued[k]);
            if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, valued[k], len) != 0 ||
                main_own(words, kept, valued[k], word[2 + len] == '=' ? word + 3 + len
                                                 : i + 1 < words->count ? words->items[i + 1]
                                                                        : NULL))
                continue;
            taken = word[2 + len] == '=' || word[2 + len] == '\0';
            if (taken && word[2 + len] == '=')
                result = main_set(c, valued[k], word + 3 + len);
            else if (taken && i + 1 == words->count)
                result = cli_usage("--%s needs a value", valued[k]);
            else if (taken)
                result = main_set(c, valued[k], words->items[++i]);
        }
        if (!taken)
            words->items[kept++] = word;
    }
    words->count = kept;
    return result;
}

int main(int argc, char **argv)
{
    cli c = { .db = getenv("AUTOCRM_DB") };
    cli_words words = { argc > 0 ? argc - 1 : 0, argv + 1 };
    int result;

    cli_catch_signals();
    bool completing = words.count > 0 && strcmp(words.items[0], "__complete") == 0;
    result = words.count > 0 ? main_options(&c, &words) : CLI_OK;
    if (completing) { /* an option without its value is being typed */
        result = CLI_OK;
        c.help = false;
    }
    if (result == CLI_OK && words.count > 0 && strcmp(words.items[0], "--version") == 0)
        printf("autocrm %s\n", acrm_version());
    else if (result == CLI_OK && words.count > 0 && words.items[0][0] == '-' &&
             words.items[0][1] != '\0')
        result = cli_usage("there is no option %s; see: autocrm help", words.items[0]);
    else if (result == CLI_OK && (completing || (result = cli_show_times(&c)) == CLI_OK))
        result = cli_command(&c, words);
    cli_close(&c);
    cli_show_times_end();
    return cli_finish(cli_interrupted() && result == CLI_FAILED ? CLI_INTERRUPTED : result);
}
