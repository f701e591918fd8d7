/* SPDX-License-Identifier: MIT */
/* The plan of a work package as a table for people. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *head, *key;
} plan_columns[] = {
    { "task", "code" }, { "name", "name" },     { "state", "state" },
    { "start", "start" }, { "finish", "finish" }, { "float", "total_float_seconds" },
    { "critical", "critical" },
};

enum { PLAN_COLUMNS = sizeof plan_columns / sizeof plan_columns[0] };

/* Hours and minutes of business time; a critical task is marked, another's cell stays empty. */
static char *plan_cell(const acrm_value *task, int column)
{
    const acrm_value *value = acrm_value_get(task, plan_columns[column].key);
    cli_text text = { 0 };

    cli_add(&text, "", 0);
    if (column == PLAN_COLUMNS - 1) {
        cli_addf(&text, "%s", acrm_value_bool(value) ? "yes" : "");
    } else if (column == PLAN_COLUMNS - 2) {
        long long minutes = (long long)acrm_value_int(value) / 60;
        cli_addf(&text, "%lld:%02lld", minutes / 60, minutes % 60);
    } else {
        free(text.data);
        return cli_cell(value);
    }
    return text.data;
}

static void plan_line(const acrm_value *result, const char *key)
{
    const char *text = cli_get_text(result, key);

    if (text)
        printf("%-8s  %s\n", key, text);
}

bool cli_plan(const acrm_value *operation, const acrm_value *result)
{
    const acrm_value *tasks = acrm_value_get(result, "tasks");
    const char *name = cli_get_text(operation, "name");

    if (!name || strcmp(name, "work_package.plan") != 0)
        return false;
    char *title = cli_cell(acrm_value_get(result, "name"));
    printf("%s: %s\n", title, cli_get_text(result, "status"));
    free(title);
    plan_line(result, "planned");
    plan_line(result, "expected");
    putchar('\n');
    cli_table *table = cli_table_new(PLAN_COLUMNS, acrm_value_count(tasks));
    for (int k = 0; k < PLAN_COLUMNS; k++) {
        table->heads[k] = cli_copy(plan_columns[k].head, strlen(plan_columns[k].head));
        for (size_t i = 0; i < table->rows; i++)
            table->cells[i * PLAN_COLUMNS + (size_t)k] = plan_cell(acrm_value_at(tasks, i), k);
    }
    cli_table_print(table, 0, CLI_CUT);
    cli_table_free(table);
    return true;
}
