/* SPDX-License-Identifier: MIT */
/* sync import FILE and draw export: feeds and lists pass through streams, not through memory. */
#include "cli.h"

#include <errno.h>
#include <string.h>

static int64_t sync_in(void *user, void *dst, size_t cap)
{
    FILE *file = user;
    size_t n = fread(dst, 1, cap, file);

    return n == 0 && ferror(file) ? ACRM_E_STORE : (int64_t)n;
}

static int32_t sync_out(void *user, const void *bytes, size_t len)
{
    return fwrite(bytes, 1, len, user) == len ? ACRM_OK : ACRM_E_STORE;
}

static void sync_told(const acrm_value *out)
{
    static const char *const keys[] = { "applied", "repeat", "waiting", "conflict", "rejected",
                                        "caught_up" };

    printf("%lld rows:", (long long)acrm_value_int(acrm_value_get(out, "rows")));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        printf(" %s %lld%s", keys[i], (long long)acrm_value_int(acrm_value_get(out, keys[i])),
               i < 5 ? "," : "\n");
}

/* sync import FILE --source CODE [--name NAME]. */
int cli_sync_import(cli *c, const acrm_value *operation, cli_words *words)
{
    const char *path = words->count > 0 ? words->items[0] : "--";
    cli_words rest = { words->count - 1, words->items + 1 };
    acrm_value *args = cli_map(), *out = NULL;
    acrm_error *error = NULL;
    FILE *file = NULL;
    int result = cli_session(c);

    if (result == CLI_OK && strncmp(path, "--", 2) == 0)
        result = cli_usage("autocrm --db FILE sync import FEED --source CODE [--name NAME]; "
                           "- is standard input");
    if (result == CLI_OK)
        result = cli_arguments(c, operation, &rest, NULL, args);
    if (result == CLI_OK && !acrm_value_get(args, "name"))
        cli_put_text(args, "name", path);
    if (result == CLI_OK) {
        file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
        result = file ? CLI_OK : cli_fail("cannot read %s: %s", path, strerror(errno));
    }
    if (result == CLI_OK) {
        acrm_session_set_input(c->session, sync_in, file);
        cli_progress_begin(c, path, 0);
        int32_t status = acrm_call(c->session, "sync.import", args, &out, &error);
        cli_progress_end(c);
        acrm_session_set_input(c->session, NULL, NULL);
        result = status == ACRM_OK ? CLI_OK : cli_error(c, operation, status, error);
    }
    if (result == CLI_OK && c->json)
        cli_print_json(out);
    else if (result == CLI_OK && !c->quiet)
        sync_told(out);
    if (file && file != stdin)
        fclose(file);
    acrm_value_free(out);
    acrm_value_free(args);
    return result;
}

/* draw export: the list itself, a line for each entrant. */
int cli_draw_export(cli *c, const acrm_value *operation, cli_words *words)
{
    acrm_value *args = cli_map(), *out = NULL;
    acrm_error *error = NULL;
    int result = cli_session(c);

    if (result == CLI_OK)
        result = cli_arguments(c, operation, words, NULL, args);
    if (result == CLI_OK) {
        if (!c->json)
            acrm_session_set_output(c->session, sync_out, stdout);
        int32_t status = acrm_call(c->session, "draw.export", args, &out, &error);
        acrm_session_set_output(c->session, NULL, NULL);
        result = status == ACRM_OK ? CLI_OK : cli_error(c, operation, status, error);
    }
    if (result == CLI_OK && c->json)
        cli_print_json(out);
    acrm_value_free(out);
    acrm_value_free(args);
    return result;
}
