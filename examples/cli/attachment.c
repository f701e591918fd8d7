/* SPDX-License-Identifier: MIT */
/* attachment add FILE, attachment read: the content passes through a stream, not through memory. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int64_t attachment_in(void *user, void *dst, size_t cap)
{
    FILE *file = user;
    size_t n = fread(dst, 1, cap, file);

    return n == 0 && ferror(file) ? ACRM_E_STORE : (int64_t)n;
}

static int32_t attachment_out(void *user, const void *bytes, size_t len)
{
    FILE *file = user;

    return fwrite(bytes, 1, len, file) == len ? ACRM_OK : ACRM_E_STORE;
}

static void attachment_told(const acrm_value *out)
{
    bool old = acrm_value_bool(acrm_value_get(out, "duplicate")) != 0;

    printf("%s: %lld bytes, %s, %s %s\n", cli_get_text(out, "file_name"),
           (long long)acrm_value_int(acrm_value_get(out, "size")),
           cli_get_text(out, "media_type"), old ? "was there already:" : "kept as",
           cli_get_text(out, "id"));
}

static int attachment_send(cli *c, const acrm_value *operation, const char *path, FILE *file,
                           acrm_value *args)
{
    const char *slash = strrchr(path, '/');
    acrm_value *out = NULL;
    acrm_error *error = NULL;
    struct stat info;

    if (!acrm_value_get(args, "file_name") && strcmp(path, "-") != 0)
        cli_put_text(args, "file_name", slash ? slash + 1 : path);
    bool sized = fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
    acrm_session_set_input(c->session, attachment_in, file);
    cli_progress_begin(c, path, sized ? info.st_size : 0);
    int32_t status = acrm_call(c->session, "attachment.add", args, &out, &error);
    cli_progress_end(c);
    acrm_session_set_input(c->session, NULL, NULL);
    if (status != ACRM_OK)
        return cli_error(c, operation, status, error);
    if (c->json)
        cli_print_json(out);
    else if (c->quiet)
        puts(cli_get_text(out, "id"));
    else
        attachment_told(out);
    acrm_value_free(out);
    return CLI_OK;
}

/* attachment add FILE SUBJECT [--entity E] [--title T]. */
int cli_attachment_add(cli *c, const acrm_value *operation, cli_words *words)
{
    const char *path = words->count > 0 ? words->items[0] : "--";
    cli_words rest = { words->count - 1, words->items + 1 };
    acrm_value *args = cli_map();
    FILE *file = NULL;
    int result = cli_session(c);

    if (result == CLI_OK && strncmp(path, "--", 2) == 0)
        result = cli_usage("autocrm --db FILE attachment add FILE ID [--entity E] [--title T]; "
                           "- is standard input, with --file-name");
    if (result == CLI_OK)
        result = cli_arguments(c, operation, &rest, NULL, args);
    if (result == CLI_OK) {
        file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
        result = file ? attachment_send(c, operation, path, file, args)
                      : cli_fail("cannot read %s: %s", path, strerror(errno));
    }
    if (file && file != stdin)
        fclose(file);
    acrm_value_free(args);
    return result;
}

static int attachment_fetch(cli *c, const acrm_value *operation, const acrm_value *args,
                            const char *path)
{
    FILE *file = path ? fopen(path, "wb") : stdout;
    acrm_value *out = NULL;
    acrm_error *error = NULL;
    int result = CLI_OK;

    if (!file)
        return cli_fail("cannot write %s: %s", path, strerror(errno));
    acrm_session_set_output(c->session, attachment_out, file);
    cli_progress_begin(c, path ? path : "attachment", 0);
    int32_t status = acrm_call(c->session, "attachment.read", args, &out, &error);
    cli_progress_end(c);
    acrm_session_set_output(c->session, NULL, NULL);
    if (status != ACRM_OK)
        result = cli_error(c, operation, status, error);
    if (path && fclose(file) != 0 && result == CLI_OK)
        result = cli_fail("cannot write %s: %s", path, strerror(errno));
    if (path && result != CLI_OK)
        remove(path); /* a beginning is no file */
    if (path && result == CLI_OK && c->json)
        cli_print_json(out);
    else if (path && result == CLI_OK && !c->quiet)
        printf("%s: %lld bytes, %s\n", path, (long long)acrm_value_int(acrm_value_get(out, "size")),
               cli_get_text(out, "media_type"));
    acrm_value_free(out);
    return result;
}

/* attachment read ID [--to FILE]: without it the bytes go to standard output. */
int cli_attachment_read(cli *c, const acrm_value *operation, cli_words *words)
{
    const char *path = NULL;
    const cli_option extra[] = { { "to", &path }, { NULL, NULL } };
    acrm_value *args = cli_map();
    int result = cli_session(c);

    if (result == CLI_OK)
        result = cli_arguments(c, operation, words, extra, args);
    if (result == CLI_OK && c->json && !path) { /* the content is in the result */
        acrm_value *out = NULL;
        result = cli_call(c, "attachment.read", args, &out);
        if (result == CLI_OK)
            cli_print_json(out);
        acrm_value_free(out);
    } else if (result == CLI_OK) {
        result = attachment_fetch(c, operation, args, path);
    }
    acrm_value_free(args);
    return result;
}
