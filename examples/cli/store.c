/* SPDX-License-Identifier: MIT */
/* Commands about the database itself: init, verify, backup, tick. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether a server holds a database of ours at the address: it would be opened without its key. */
static bool store_is_there(const cli *c)
{
    const acrm_options look = { .struct_size = sizeof look,
                                .flags = ACRM_OPEN_NO_CREATE | ACRM_OPEN_READONLY };
    acrm_engine *engine = NULL;
    int32_t status = acrm_open(c->db, &look, &engine, NULL);

    acrm_close(engine);
    return status == ACRM_OK || status == ACRM_E_INVALID || status == ACRM_E_VERSION;
}

static int store_exists(const char *db)
{
    char *place = cli_place(db);
    int result = cli_fail("%s exists already: it was left as it is", place);

    free(place);
    return result;
}

int cli_init(cli *c, cli_words *words)
{
    int result = cli_arguments(c, NULL, words, NULL, NULL);

    if (result != CLI_OK)
        return result;
    if (!c->db)
        return cli_usage("which database? autocrm --db FILE init");
    const char *file = strncmp(c->db, "sqlite:", 7) == 0 ? c->db + 7 : c->db;
    bool memory = strcmp(c->db, "memory:") == 0;
    if (!memory && (cli_is_address(file) ? store_is_there(c) : access(file, F_OK) == 0))
        return store_exists(file);
    char *place = cli_place(c->db);
    char *key = cli_key_path(c);
    bool made = !memory && access(key, F_OK) != 0;
    if (made)
        result = cli_key_write(key);
    if (result == CLI_OK)
        result = cli_open(c, 0);
    if (result != CLI_OK && made)
        unlink(key);
    if (result == CLI_OK && c->json) {
        acrm_value *out = cli_map();
        cli_put_text(out, "path", place);
        if (!memory)
            cli_put_text(out, "key", key);
        cli_print_json(out);
        acrm_value_free(out);
    } else if (result == CLI_OK && !c->quiet) {
        printf("Created %s\n", place);
        if (!memory)
            printf("%s %s: keep a copy of it apart; without it encrypted fields are lost\n",
                   made ? "Made its key" : "Used the key", key);
    }
    free(key);
    free(place);
    return result;
}

static int store_call(cli *c, const char *operation, const acrm_value *args, acrm_value **out)
{
    int result = cli_open(c, ACRM_OPEN_NO_CREATE);

    return result == CLI_OK ? cli_call(c, operation, args, out) : result;
}

int cli_verify(cli *c, cli_words *words)
{
    acrm_value *out = NULL;
    int result = cli_arguments(c, NULL, words, NULL, NULL);

    if (result == CLI_OK)
        result = store_call(c, "engine.check", NULL, &out);
    if (result != CLI_OK)
        return result;
    const acrm_value *audit = acrm_value_get(out, "audit");
    bool sound = acrm_value_bool(acrm_value_get(out, "ok")) != 0;
    if (c->json) {
        cli_print_json(out);
    } else if (!c->quiet) {
        const char *storage = cli_get_text(out, "storage"), *hash = cli_get_text(audit, "hash");
        const char *message = cli_get_text(audit, "message");
        printf("Storage  %s\n", storage ? storage : "not checked");
        printf("Audit    %s: %lld entries\n",
               acrm_value_bool(acrm_value_get(audit, "ok")) ? "whole" : "BROKEN",
               (long long)acrm_value_int(acrm_value_get(audit, "entries")));
        if (hash)
            printf("Hash     %s\n", hash);
        if (message)
            printf("         %s\n", message);
    }
    acrm_value_free(out);
    return sound ? CLI_OK : CLI_FAILED;
}

int cli_backup(cli *c, cli_words *words)
{
    acrm_value *args = cli_map(), *out = NULL;
    int result;

    if (words->count != 1 || strncmp(words->items[0], "--", 2) == 0) {
        acrm_value_free(args);
        return cli_usage("autocrm --db FILE backup FILE");
    }
    cli_put_text(args, "path", words->items[0]);
    result = store_call(c, "engine.backup", args, &out);
    if (result == CLI_OK && c->json)
        cli_print_json(out);
    else if (result == CLI_OK && !c->quiet)
        printf("Copied to %s; its key file is not in it\n", words->items[0]);
    acrm_value_free(out);
    acrm_value_free(args);
    return result;
}

/* The same key opens the copy, and is looked for beside it. */
static int store_copy_key(const cli *c, const char *to)
{
    cli there = { .db = to };
    char *from_key = cli_key_path(c), *to_key = cli_key_path(&there);
    int result = CLI_OK;

    if (!c->key && access(from_key, F_OK) == 0 && strcmp(from_key, to_key) != 0) {
        if (!cli_key_copy(from_key, to_key))
            result = cli_fail("%s is the copy's key; its place %s cannot be written, or is taken",
                              from_key, to_key);
        else if (!c->quiet && !c->json)
            printf("Its key is %s\n", to_key);
    }
    free(from_key);
    free(to_key);
    return result;
}

static int store_copy(cli *c, const char *to)
{
    acrm_value *args = cli_map(), *out = NULL;

    cli_put_text(args, "to", to);
    int result = store_call(c, "engine.copy", args, &out);
    if (result == CLI_OK && c->json) {
        cli_print_json(out);
    } else if (result == CLI_OK && !c->quiet) {
        char *place = cli_place(to);
        printf("Copied %lld rows to %s and compared them\n",
               (long long)acrm_value_int(acrm_value_get(out, "rows")), place);
        free(place);
    }
    acrm_value_free(out);
    acrm_value_free(args);
    return result == CLI_OK ? store_copy_key(c, to) : result;
}

int cli_copy_database(cli *c, cli_words *words)
{
    const char *to = NULL;
    bool good = words->count % 2 == 0;

    for (int i = 0; good && i + 1 < words->count; i += 2) {
        if (strcmp(words->items[i], "--from") == 0)
            c->db = words->items[i + 1];
        else if (strcmp(words->items[i], "--to") == 0)
            to = words->items[i + 1];
        else
            good = false;
    }
    if (!good || !to || !c->db)
        return cli_usage("autocrm copy --from DB --to DB; each a file or postgres://...");
    return store_copy(c, to);
}

/* Numbers of several ticks together; a number that a tick does not tell is 0. */
static void store_add_up(acrm_value *sums, const acrm_value *tick, const char *const *names,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        cli_put_int(sums, names[i], acrm_value_int(acrm_value_get(sums, names[i])) +
                                        acrm_value_int(acrm_value_get(tick, names[i])));
}

/* What falls due while due work is done is done too. */
int cli_tick(cli *c, cli_words *words)
{
    static const char *const counts[] = { "fired", "failed", "incidents" };
    static const char *const sent[] = { "sent", "failed", "refused", "moved" };
    static const char *const asked[] = { "answered", "failed", "again" };
    acrm_value *sums = cli_map(), *messages = cli_map(), *connectors = cli_map(), *out = NULL;
    int64_t done = 1;
    int result = cli_arguments(c, NULL, words, NULL, NULL);

    while (result == CLI_OK && done > 0) {
        acrm_value_free(out);
        out = NULL;
        result = store_call(c, "engine.tick", NULL, &out);
        const acrm_value *told = acrm_value_get(out, "messages");
        done = acrm_value_int(acrm_value_get(out, "fired")) +
               acrm_value_int(acrm_value_get(told, "sent"));
        store_add_up(sums, out, counts, 3);
        store_add_up(messages, told, sent, 4);
        told = acrm_value_get(out, "connectors");
        done += acrm_value_int(acrm_value_get(told, "answered"));
        store_add_up(connectors, told, asked, 3);
    }
    if (result == CLI_OK) {
        cli_copy_value(cli_put(sums, "next_due_at"), acrm_value_get(out, "next_due_at"));
        if (c->outboxes > 0)
            cli_copy_value(cli_put(sums, "messages"), messages);
        if (c->connectors > 0)
            cli_copy_value(cli_put(sums, "connectors"), connectors);
        if (c->json)
            cli_print_json(sums);
        else
            cli_show(c, NULL, NULL, sums);
    }
    acrm_value_free(out);
    acrm_value_free(messages);
    acrm_value_free(connectors);
    acrm_value_free(sums);
    return result;
}
