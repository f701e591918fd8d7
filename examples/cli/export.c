/* SPDX-License-Identifier: MIT */
/* export ENTITY: all records of an entity as CSV (RFC 4180) or JSON lines, one at a time. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EXPORT_PAGE = 500 };

static void export_csv_text(FILE *file, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void export_csv_value(FILE *file, const acrm_value *value)
{
    const char *text = acrm_value_text(value, NULL);

    if (acrm_value_type(value) == ACRM_NULL)
        return;
    if (text) {
        export_csv_text(file, text);
        return;
    }
    char *json = cli_print(value, 0);
    export_csv_text(file, json);
    free(json);
}

static void export_heads(FILE *file, const cli_names *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        fputs(i ? "," : "", file);
        export_csv_text(file, columns->items[i]);
    }
    fputs("\r\n", file);
}

static void export_item(FILE *file, const acrm_value *item, const cli_names *columns)
{
    if (!columns) {
        char *json = cli_print(item, 0);
        fprintf(file, "%s\n", json);
        free(json);
        return;
    }
    for (size_t i = 0; i < columns->count; i++) {
        fputs(i ? "," : "", file);
        export_csv_value(file, acrm_value_get(item, columns->items[i]));
    }
    fputs("\r\n", file);
}

void cli_print_csv(const acrm_value *list)
{
    cli_names columns = { 0 };

    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        for (size_t k = 0; k < acrm_value_count(item); k++) {
            size_t len;
            const char *name = acrm_value_key(item, k, &len);
            cli_names_add(&columns, name, len);
        }
    }
    if (columns.count > 0)
        export_heads(stdout, &columns);
    for (size_t i = 0; i < acrm_value_count(list); i++)
        export_item(stdout, acrm_value_at(list, i), &columns);
    cli_names_free(&columns);
}

static void export_columns(const cli *c, const char *entity, const acrm_value *args,
                           cli_names *out)
{
    const acrm_value *chosen = acrm_value_get(args, "fields");
    const acrm_value *fields = acrm_value_get(cli_entity(c, entity), "fields");

    for (size_t i = 0; i < acrm_value_count(chosen); i++) {
        const char *name = acrm_value_text(acrm_value_at(chosen, i), NULL);
        cli_names_add(out, name, strlen(name));
    }
    for (size_t i = 0; out->count == 0 && i < acrm_value_count(fields); i++)
        if (i + 1 == acrm_value_count(fields))
            for (size_t k = 0; k <= i; k++) {
                const char *name = cli_get_text(acrm_value_at(fields, k), "name");
                cli_names_add(out, name, strlen(name));
            }
}

static int export_walk(cli *c, const acrm_value *operation, const acrm_value *args, FILE *file,
                       const cli_names *columns, int64_t *count)
{
    acrm_cursor *cursor = NULL;
    acrm_error *error = NULL;
    const acrm_value *item = NULL;
    int32_t status = acrm_cursor_new(c->session, cli_get_text(operation, "name"), args, &cursor,
                                     &error);

    if (status == ACRM_OK && columns)
        export_heads(file, columns);
    while (status == ACRM_OK && !ferror(file)) {
        status = acrm_cursor_next(cursor, &item, &error);
        if (status != ACRM_OK || !item)
            break;
        export_item(file, item, columns);
        ++*count;
    }
    acrm_cursor_free(cursor);
    return status == ACRM_OK ? CLI_OK : cli_error(c, operation, status, error);
}

static int export_write(cli *c, const char *entity, const acrm_value *operation,
                        const acrm_value *args, bool csv, const char *output)
{
    FILE *file = output ? fopen(output, "wbx") : stdout;
    cli_names columns = { 0 };
    int64_t count = 0;

    if (!file)
        return cli_fail("cannot create %s: %s", output, strerror(errno));
    if (csv)
        export_columns(c, entity, args, &columns);
    int result = export_walk(c, operation, args, file, csv ? &columns : NULL, &count);
    cli_names_free(&columns);
    if (output && (fclose(file) != 0) && result == CLI_OK)
        result = cli_fail("cannot write %s: %s", output, strerror(errno));
    if (output && result != CLI_OK)
        remove(output); /* half a file would be taken for a whole one */
    if (output && result == CLI_OK && !c->quiet)
        printf("%lld records in %s\n", (long long)count, output);
    return result;
}

int cli_export(cli *c, cli_words *words)
{
    const char *format = "csv", *output = NULL;
    const cli_option extra[] = { { "format", &format }, { "output", &output }, { NULL, NULL } };
    cli_text name = { 0 };
    acrm_value *args = cli_map();
    const char *entity = words->count > 0 ? words->items[0] : "--";
    cli_words rest = { words->count - 1, words->items + 1 };
    int result = strncmp(entity, "--", 2) == 0
                     ? cli_usage("autocrm --db FILE export ENTITY [--format csv|jsonl]")
                     : cli_open(c, ACRM_OPEN_NO_CREATE);

    cli_addf(&name, "%s.list", entity);
    const acrm_value *operation = result == CLI_OK ? cli_operation(c, name.data) : NULL;
    if (result == CLI_OK && !operation)
        result = cli_usage("there is no entity %s to export; see: autocrm help", entity);
    if (result == CLI_OK)
        result = cli_session(c);
    if (result == CLI_OK)
        result = cli_arguments(c, operation, &rest, extra, args);
    if (result == CLI_OK && strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0)
        result = cli_usage("--format is csv or jsonl, not %s", format);
    if (result == CLI_OK && !acrm_value_get(args, "limit"))
        cli_put_int(args, "limit", EXPORT_PAGE);
    if (result == CLI_OK)
        result = export_write(c, entity, operation, args, strcmp(format, "csv") == 0, output);
    acrm_value_free(args);
    free(name.data);
    return result;
}
