/* SPDX-License-Identifier: MIT */
/* import FILE...: lend the library a file at a time and tell what came of its rows; leads, or
 * records of an entity. */
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

static void import_ignored(const acrm_value *result)
{
    const acrm_value *list = acrm_value_get(result, "ignored_columns");

    for (size_t i = 0; i < acrm_value_count(list); i++)
        printf("%s%s", i == 0 ? "columns that went nowhere: " : ", ",
               acrm_value_text(acrm_value_at(list, i), NULL));
    if (acrm_value_count(list) > 0)
        printf("\n");
    if (acrm_value_bool(acrm_value_get(result, "dry_run")))
        printf("Nothing was done: this was a dry run.\n");
}

/* Records of an entity when the words say so, or the file is of contacts; else leads. */
static const acrm_value *import_operation(const cli *c, const cli_words *words)
{
    static const char *const options[] = { "entity", "mapping-code", "mapping_code", "key", "mode",
                                           "duplicates", "duplicate-score", "dry-run",
                                           "dry_run", "show" };
    bool upsert = false;

    for (int i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        size_t len = strlen(word);
        bool option = strncmp(word, "--", 2) == 0;
        upsert = upsert || (!option && len > 4 && strcmp(word + len - 4, ".vcf") == 0);
        for (size_t k = 0; option && k < sizeof options / sizeof options[0]; k++) {
            size_t n = strlen(options[k]);
            upsert = upsert || (strncmp(word + 2, options[k], n) == 0 &&
                                (word[2 + n] == '\0' || word[2 + n] == '='));
        }
    }
    return cli_operation(c, upsert ? "import.upsert" : "import.run");
}

/* --mapping: JSON, or a file of it. */
static int import_mapping(cli *c, const acrm_value *operation, const char *mapping,
                          acrm_value *args)
{
    cli_text text = { 0 };

    if (!mapping)
        return CLI_OK;
    if (mapping[0] != '{' && mapping[0] != '@')
        cli_addf(&text, "@%s", mapping);
    int result = cli_argument(c, operation, "mapping", text.data ? text.data : mapping, args);
    free(text.data);
    return result;
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
    int32_t status = acrm_call(c->session, cli_get_text(operation, "name"), args, &out, &error);
    cli_progress_end(c);
    acrm_session_set_input(c->session, NULL, NULL);
    if (status != ACRM_OK) {
        if (!c->json)
            fprintf(stderr, "%s: ", name);
        result = cli_error(c, operation, status, error);
    } else if (c->json) {
        cli_print_json(out);
    } else if (!c->quiet) {
        cli_import_changes(acrm_value_get(out, "changes"));
        import_summary(name, out);
        import_ignored(out);
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
    const acrm_value *operation = import_operation(c, words);
    const char *mapping = NULL;
    const cli_option extra[] = { { "mapping", &mapping }, { NULL, NULL } };
    acrm_value *args = cli_map();
    int files = 0, result = cli_session(c);

    while (files < words->count && strncmp(words->items[files], "--", 2) != 0)
        files++;
    cli_words options = { words->count - files, words->items + files };
    if (result == CLI_OK && files == 0)
        result = cli_usage("autocrm --db FILE import FILE... [--format F] [--source NAME] "
                           "[--entity E [--mapping FILE] [--key FIELDS] [--dry-run]]");
    if (result == CLI_OK)
        result = cli_arguments(c, operation, &options, extra, args);
    if (result == CLI_OK)
        result = import_mapping(c, operation, mapping, args);
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
    if (verb && verb != cli_operation(c, "import.run") &&
        verb != cli_operation(c, "import.upsert"))
        return cli_operate(c, verb, &rest);
    return import_files(c, verb ? &rest : words);
}
