/* SPDX-License-Identifier: MIT */
/* import FILE...: lend the library a file at a time and tell what came of its rows. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t import_read(void *user, void *dst, size_t cap)
{
    FILE *file = user;
    size_t n = fread(dst, 1, cap, file);

    return n == 0 && ferror(file) ? ACRM_E_STORE : (int64_t)n;
}

static const char *import_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
}

/* The counts of the result in one line. */
static void import_summary(const char *name, const acrm_value *result)
{
    bool first = true;

    printf("%s:", name);
    for (size_t i = 0; i < acrm_value_count(result); i++) {
        const acrm_value *value = acrm_value_at(result, i);
        if (acrm_value_type(value) != ACRM_INT)
            continue;
        printf("%s %lld %s", first ? "" : ",", (long long)acrm_value_int(value),
               acrm_value_key(result, i, NULL));
        first = false;
    }
    const char *format = cli_get_text(result, "format");
    const char *encoding = cli_get_text(result, "encoding");
    printf(" (%s%s%s)\n", format ? format : "", encoding ? ", " : "", encoding ? encoding : "");
}

static int import_file(cli *c, const acrm_value *operation, const acrm_value *given,
                       const char *path)
{
    const char *name = import_name(path);
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    acrm_value *args, *out = NULL;
    acrm_error *error = NULL;
    struct stat info;
    int result = CLI_OK;

    if (!file)
        return cli_fail("cannot read %s: %s", path, strerror(errno));
    bool sized = fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
    args = cli_map();
    cli_copy_value(args, given);
    if (!acrm_value_get(args, "source") && acrm_value_get(cli_parameters(operation), "source"))
        cli_put_text(args, "source", name);
    acrm_session_set_input(c->session, import_read, file);
    cli_progress_begin(c, name, sized ? info.st_size : 0);
    int32_t status = acrm_call(c->session, "import.run", args, &out, &error);
    cli_progress_end(c);
    acrm_session_set_input(c->session, NULL, NULL);
    if (status != ACRM_OK) {
        if (!c->json)
            fprintf(stderr, "%s: ", name);
        result = cli_error(c, operation, status, error);
    } else if (c->json) {
        cli_print_json(out);
    } else if (!c->quiet) {
        import_summary(name, out);
    }
    if (file != stdin)
        fclose(file);
    acrm_value_free(out);
    acrm_value_free(args);
    return result;
}

/* import retry, import discard: operations of the same noun. */
static const acrm_value *import_verb(const cli *c, const cli_words *words)
{
    cli_text name = { 0 };

    if (words->count == 0 || access(words->items[0], F_OK) == 0)
        return NULL;
    cli_addf(&name, "import.%s", words->items[0]);
    const acrm_value *operation = cli_operation(c, name.data);
    free(name.data);
    return operation;
}

static int import_files(cli *c, cli_words *words)
{
    const acrm_value *operation = cli_operation(c, "import.run");
    acrm_value *args = cli_map();
    int files = 0, result = cli_session(c);

    while (files < words->count && strncmp(words->items[files], "--", 2) != 0)
        files++;
    cli_words options = { words->count - files, words->items + files };
    if (result == CLI_OK && files == 0)
        result = cli_usage("autocrm --db FILE import FILE... [--format F] [--source NAME]");
    if (result == CLI_OK)
        result = cli_arguments(c, operation, &options, NULL, args);
    for (int i = 0; i < files && (result == CLI_OK || result == CLI_FAILED); i++) {
        int one = import_file(c, operation, args, words->items[i]);
        if (one != CLI_OK)
            result = one; /* the other files are still read */
    }
    acrm_value_free(args);
    return result;
}

int cli_import(cli *c, cli_words *words)
{
    int result = cli_open(c, ACRM_OPEN_NO_CREATE);
    const acrm_value *verb = result == CLI_OK ? import_verb(c, words) : NULL;
    cli_words rest = { words->count - 1, words->items + 1 };

    if (result != CLI_OK)
        return result;
    if (verb && verb != cli_operation(c, "import.run"))
        return cli_operate(c, verb, &rest);
    return import_files(c, verb ? &rest : words);
}
