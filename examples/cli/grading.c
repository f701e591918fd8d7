/* SPDX-License-Identifier: MIT */
/* Profiles, grades point by point, and what a scheme would move. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static cli_table *grading_table(const char *const *heads, int columns, size_t rows)
{
    cli_table *table = cli_table_new(columns, rows);

    for (int i = 0; i < columns; i++)
        table->heads[i] = cli_copy(heads[i], strlen(heads[i]));
    return table;
}

/* A list of maps as a table; `right`: its last columns hold numbers. */
static void grading_list(const acrm_value *list, const char *const *heads, int columns, int right)
{
    cli_table *table = grading_table(heads, columns, acrm_value_count(list));

    for (int i = columns - right; i < columns; i++)
        table->right[i] = true;
    for (size_t i = 0; i < table->rows; i++)
        for (int k = 0; k < columns; k++)
            table->cells[i * (size_t)columns + (size_t)k] =
                cli_cell(acrm_value_get(acrm_value_at(list, i), heads[k]));
    if (table->rows > 0)
        cli_table_print(table, 2, CLI_WRAP);
    else
        puts("  (none)");
    cli_table_free(table);
}

/* "label  value", and nothing when there is none. */
static void grading_line(const char *label, const acrm_value *value, const char *more)
{
    if (acrm_value_type(value) == ACRM_NULL)
        return;
    char *cell = cli_cell(value);
    printf("%-18s %s%s%s\n", label, cell, more ? " " : "", more ? more : "");
    free(cell);
}

/* --- customer.profile --- */

static const struct { const char *label, *field; bool money; } grading_fields[] = {
    { "state", "state", false }, { "last seen", "last_seen_on", false },
    { "lifetime value", "lifetime_value", true }, { "lifetime margin", "lifetime_margin", true },
    { "recent value", "recent_value", true }, { "not counted", "uncounted", false },
    { "purchases", "purchases", false }, { "last purchase", "last_purchase_on", false },
    { "visits", "visits", false }, { "last visit", "last_visit_on", false },
    { "frequency", "frequency", false }, { "regular", "regular", false },
    { "leads", "leads", false }, { "contacts", "contacts", false },
    { "complaints", "complaints", false }, { "vehicles", "vehicles", false },
    { "consents", "consents", false }, { "channel", "preferred_channel", false },
    { "next service", "next_service_on", false }, { "next vehicle", "repurchase_on", false },
};

static void grading_profile(const acrm_value *out)
{
    static const char *const reasons[] = { "on", "by", "vehicle_id" };
    static const char *const grades[] = { "kind", "grade", "since" };
    const acrm_value *profile = acrm_value_get(out, "profile");
    const acrm_value *why = acrm_value_get(out, "reasons");

    for (size_t i = 0; i < sizeof grading_fields / sizeof grading_fields[0]; i++)
        grading_line(grading_fields[i].label, acrm_value_get(profile, grading_fields[i].field),
                     grading_fields[i].money ? cli_get_text(profile, "currency") : NULL);
    puts("\ngrades");
    grading_list(acrm_value_get(out, "grades"), grades, 3, 0);
    puts("\nnext service: the earliest of");
    grading_list(acrm_value_get(why, "next_service"), reasons, 3, 0);
    puts("\nnext vehicle: the earliest of");
    grading_list(acrm_value_get(why, "repurchase"), reasons, 3, 0);
}

/* --- grade.explain --- */

static void grading_why(const acrm_value *now)
{
    const char *why = cli_get_text(now, "why");
    const char *computed = cli_get_text(now, "computed");

    if (!why || !computed)
        return;
    if (strcmp(why, "held_margin") == 0)
        printf("held: %s is computed, but by less than the margin\n", computed);
    else if (strcmp(why, "held_stay") == 0)
        printf("held: %s is computed, but not for long enough\n", computed);
    else if (strcmp(why, "moved") == 0)
        printf("it moves to %s when it is next computed\n", cli_get_text(now, "grade"));
}

static void grading_explain(const acrm_value *out)
{
    static const char *const axes[] = { "name", "band", "measure", "next_band", "lacks" };
    static const char *const rules[] = { "axis", "name", "of", "value", "holds", "points" };
    static const char *const history[] = { "since", "grade", "previous", "cause" };
    const acrm_value *now = acrm_value_get(out, "explanation");
    const acrm_value *hand = acrm_value_get(out, "by_hand");

    char *revision = cli_cell(acrm_value_get(out, "revision"));
    printf("%s by the scheme %s, revision %s\n",
           cli_get_text(out, "grade") ? cli_get_text(out, "grade") : "no grade yet",
           cli_get_text(out, "kind"), revision);
    free(revision);
    grading_why(now);
    if (acrm_value_type(hand) == ACRM_MAP) {
        char *until = cli_cell(acrm_value_get(hand, "until"));
        printf("by hand: %s%s%s%s\n", cli_get_text(hand, "grade"),
               acrm_value_bool(acrm_value_get(hand, "floor")) ? " at least" : "",
               *until ? " until " : "", until);
        free(until);
    }
    grading_line("next review", acrm_value_get(out, "next_review"), NULL);
    puts("\naxes");
    grading_list(acrm_value_get(now, "axes"), axes, 5, 0);
    puts("\nrules");
    grading_list(acrm_value_get(now, "rules"), rules, 6, 1);
    puts("\nhistory");
    grading_list(acrm_value_get(out, "history"), history, 4, 0);
}

/* --- grade.simulate --- */

static void grading_simulate(const acrm_value *out)
{
    static const char *const moves[] = { "from", "to", "customers" };
    static const char *const movers[] = { "customer_id", "from", "to" };
    char *moved = cli_cell(acrm_value_get(out, "moved"));
    char *all = cli_cell(acrm_value_get(out, "customers"));

    printf("%s of %s customers would move\n", moved, all);
    free(moved);
    free(all);
    grading_list(acrm_value_get(out, "moves"), moves, 3, 1);
    if (acrm_value_count(acrm_value_get(out, "movers")) == 0)
        return;
    puts("\nthe first of them");
    grading_list(acrm_value_get(out, "movers"), movers, 3, 0);
}

bool cli_grading(cli *c, const acrm_value *operation, const acrm_value *out)
{
    const char *name = cli_get_text(operation, "name");

    if (c->csv || c->quiet)
        return false;
    if (strcmp(name, "customer.profile") == 0)
        grading_profile(out);
    else if (strcmp(name, "grade.explain") == 0)
        grading_explain(out);
    else if (strcmp(name, "grade.simulate") == 0)
        grading_simulate(out);
    else
        return false;
    return true;
}
