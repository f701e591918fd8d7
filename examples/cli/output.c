/* SPDX-License-Identifier: MIT */
/* Results as JSON, and errors for people and programs. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void output_line(const char *format, va_list list)
{
    fputs("autocrm: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

int cli_usage(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    output_line(format, list);
    va_end(list);
    return CLI_USAGE;
}

int cli_fail(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    output_line(format, list);
    va_end(list);
    return CLI_FAILED;
}

void cli_print_json(const acrm_value *value)
{
    char *text = cli_print(value, cli_terminal_columns() > 0 ? 2 : 0);

    puts(text);
    free(text);
}

/* --- Errors --- */

static const struct {
    int32_t status;
    const char *reason, *next; /* reason NULL: any */
} output_next[] = {
    { ACRM_E_CONFLICT, "stale_version",
      "somebody changed it meanwhile: read it again and give its --version, or say "
      "--last_write_wins" },
    { ACRM_E_BUSY, NULL, "another program is writing: try again" },
    { ACRM_E_DENIED, NULL,
      "act as somebody who may with --as, or give the role the permission: autocrm role update" },
    { ACRM_E_CORRUPT, NULL,
      "check that --db names an autocrm database and that its key file lies beside it" },
    { ACRM_E_VERSION, NULL, "use the newer version of autocrm that wrote the database" },
    { ACRM_E_READONLY, NULL, "see the rights of the file and of its folder" },
    { ACRM_E_FULL, NULL, "make room on the device and try again: nothing was written" },
};

/* "name: is wrong", unless the message begins with the field itself. */
static void output_reason(const char *before, const char *field, const char *message)
{
    if (*field && strncmp(message, field, strlen(field)) != 0)
        fprintf(stderr, "%s%s: %s\n", before, field, message);
    else
        fprintf(stderr, "%s%s\n", before, message);
}

static void output_advice(const acrm_value *operation, int32_t status, const char *reason)
{
    const char *name = cli_get_text(operation, "name");
    const char *dot = name ? strchr(name, '.') : NULL;

    for (size_t i = 0; i < sizeof output_next / sizeof output_next[0]; i++)
        if (output_next[i].status == status &&
            (!output_next[i].reason || strcmp(output_next[i].reason, reason) == 0)) {
            fprintf(stderr, "  next: %s\n", output_next[i].next);
            return;
        }
    if (!dot || status != ACRM_E_INVALID)
        return;
    fprintf(stderr, "  see: autocrm help %.*s %s\n", (int)(dot - name), name, dot + 1);
}

int cli_error(cli *c, const acrm_value *operation, int32_t status, acrm_error *error)
{
    acrm_value *all = NULL;
    const char *json = acrm_error_json(error);

    if (c->json) {
        fprintf(stderr, "%s\n", json);
    } else {
        acrm_value_parse(NULL, json, strlen(json), &all, NULL);
        const acrm_value *fields = acrm_value_get(all, "fields");
        const char *message = acrm_error_message(error);
        if (acrm_value_count(fields) > 1) {
            fprintf(stderr, "autocrm: %zu fields are wrong\n", acrm_value_count(fields));
            for (size_t i = 0; i < acrm_value_count(fields); i++) {
                const acrm_value *item = acrm_value_at(fields, i);
                const char *own = cli_get_text(item, "field"), *why = cli_get_text(item, "message");
                output_reason("  ", own ? own : "", why ? why : "");
            }
        } else {
            output_reason("autocrm: ", acrm_error_field(error),
                          *message ? message : acrm_status_text(status));
        }
        output_advice(operation, status, acrm_error_reason(error));
        acrm_value_free(all);
    }
    acrm_error_free(error);
    return status == ACRM_E_INTERRUPTED || cli_interrupted() ? CLI_INTERRUPTED : CLI_FAILED;
}

int cli_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (cli_pipe_broken())
        return status == CLI_OK ? CLI_PIPE : status;
    return cli_fail("cannot write the output; is the device full?");
}
