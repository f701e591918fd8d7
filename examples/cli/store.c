/* SPDX-License-Identifier: MIT */
/* Commands about the database itself: init, verify, backup, tick. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_init(cli *c, cli_words *words)
{
    int result = cli_arguments(c, NULL, words, NULL, NULL);

    if (result != CLI_OK)
        return result;
    if (!c->db)
        return cli_usage("which database? autocrm --db FILE init");
    const char *file = strncmp(c->db, "sqlite:", 7) == 0 ? c->db + 7 : c->db;
    bool memory = strcmp(c->db, "memory:") == 0;
    if (!memory && access(file, F_OK) == 0)
        return cli_fail("%s exists already: it was left as it is", file);
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
        cli_put_text(out, "path", c->db);
        if (!memory)
            cli_put_text(out, "key", key);
        cli_print_json(out);
        acrm_value_free(out);
    } else if (result == CLI_OK && !c->quiet) {
        printf("Created %s\n", c->db);
        if (!memory)
            printf("%s %s: keep a copy of it apart; without it encrypted fields are lost\n",
                   made ? "Made its key" : "Used the key", key);
    }
    free(key);
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

/* What falls due while due work is done is done too. */
int cli_tick(cli *c, cli_words *words)
{
    static const char *const counts[] = { "fired", "failed", "incidents" };
    int64_t sums[3] = { 0 }, done = 1;
    acrm_value *out = NULL;
    int result = cli_arguments(c, NULL, words, NULL, NULL);

    while (result == CLI_OK && done > 0) {
        acrm_value_free(out);
        out = NULL;
        result = store_call(c, "engine.tick", NULL, &out);
        done = acrm_value_int(acrm_value_get(out, "fired"));
        for (size_t i = 0; i < 3; i++)
            sums[i] += acrm_value_int(acrm_value_get(out, counts[i]));
    }
    if (result == CLI_OK) {
        for (size_t i = 0; i < 3; i++)
            cli_put_int(out, counts[i], sums[i]);
        if (c->json)
            cli_print_json(out);
        else
            cli_show(c, NULL, NULL, out);
    }
    acrm_value_free(out);
    return result;
}
