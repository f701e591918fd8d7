/* SPDX-License-Identifier: MIT */
/* Tables for people: columns of equal width, cut to the terminal. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_GAP = 2, TABLE_TEXT = 24, TABLE_ID = 36, TABLE_PIPE = 140 };

bool cli_table_is_id(const cli_table *table, int column)
{
    size_t count = (size_t)table->columns;
    bool id = false;

    for (size_t row = 0; row < table->rows; row++) {
        const char *cell = table->cells[row * count + (size_t)column];
        if (!cell || !*cell)
            continue;
        if (strlen(cell) != TABLE_ID || cell[8] != '-' || cell[13] != '-' || cell[18] != '-' ||
            cell[23] != '-')
            return false;
        id = true;
    }
    return id;
}

cli_table *cli_table_new(int columns, size_t rows)
{
    cli_table *table = cli_alloc(sizeof *table);
    size_t count = (size_t)columns;

    table->columns = columns;
    table->rows = rows;
    table->heads = cli_alloc(count * sizeof *table->heads);
    table->cells = cli_alloc(rows * count * sizeof *table->cells);
    table->right = cli_alloc(count * sizeof *table->right);
    return table;
}

void cli_table_free(cli_table *table)
{
    size_t count = (size_t)table->columns;

    for (size_t i = 0; i < count; i++)
        free(table->heads[i]);
    for (size_t i = 0; i < table->rows * count; i++)
        free(table->cells[i]);
    free(table->heads);
    free(table->cells);
    free(table->right);
    free(table);
}

static void table_pad(int columns)
{
    for (; columns > 0; columns--)
        putchar(' ');
}

static void table_cell(const char *text, int width, bool right, bool last)
{
    int own = cli_width(text);

    if (own > width) {
        size_t fit = cli_fit(text, width - 1);
        printf("%.*s\xe2\x80\xa6", (int)fit, text); /* an ellipsis */
        char *kept = cli_copy(text, fit);
        own = cli_width(kept) + 1;
        free(kept);
    } else {
        if (right)
            table_pad(width - own);
        fputs(text, stdout);
        if (right)
            own = width;
    }
    if (!last)
        table_pad(width - own + TABLE_GAP);
}

static int table_total(const int *widths, int columns)
{
    int total = 0;

    for (int i = 0; i < columns; i++)
        total += widths[i] + (i > 0 ? TABLE_GAP : 0);
    return total;
}

/* Leave out ids of other records, narrow long texts, leave out the last columns: in this order, as
 * far as needed. The number of columns left. */
static int table_squeeze(const cli_table *table, int *widths, int limit)
{
    int columns = table->columns;

    while (columns > 1 && table_total(widths, columns) > limit) {
        int widest = -1, over = table_total(widths, columns) - limit;
        bool id = cli_table_is_id(table, columns - 1);
        for (int i = 0; i < columns && !id; i++)
            if (widths[i] > TABLE_TEXT && !cli_table_is_id(table, i) &&
                (widest < 0 || widths[i] > widths[widest]))
                widest = i;
        if (widest < 0)
            columns--;
        else
            widths[widest] -= widths[widest] - over > TABLE_TEXT * 2 ? over : 1;
    }
    if (widths[0] > limit && columns == 1 && limit > 1)
        widths[0] = limit;
    return columns;
}

/* The last column of a table of texts goes on in lines of its own, parted at blanks. */
static void table_wrap(const char *text, int indent, int limit)
{
    int width = limit - indent > TABLE_TEXT ? limit - indent : TABLE_TEXT;

    while (cli_width(text) > width) {
        size_t fit = cli_fit(text, width), part = fit;
        while (part > 0 && text[part] != ' ')
            part--;
        part = part > 0 ? part : fit;
        printf("%.*s\n", (int)part, text);
        table_pad(indent);
        text += part + (text[part] == ' ');
    }
    fputs(text, stdout);
}

static void table_line(char *const *cells, const cli_table *table, const int *widths, int columns,
                       int indent, int wrap)
{
    int last = columns - 1;
    int before = indent + table_total(widths, last) + (last > 0 ? TABLE_GAP : 0);

    while (last > 0 && (!cells[last] || !*cells[last]))
        last--;
    table_pad(indent);
    for (int i = 0; i <= last; i++)
        if (wrap > 0 && i == columns - 1)
            table_wrap(cells[i], before, wrap);
        else
            table_cell(cells[i] ? cells[i] : "", widths[i], table->right[i], i == last);
    putchar('\n');
}

void cli_table_print(cli_table *table, int indent, int how)
{
    size_t count = (size_t)table->columns;
    int *widths = cli_alloc(count * sizeof *widths);
    int limit = cli_terminal_columns(), columns = table->columns;
    bool terminal = limit > 0;
    int wrap = how == CLI_WRAP ? limit : 0;

    for (size_t i = 0; i < count; i++) {
        widths[i] = cli_width(table->heads[i]);
        for (size_t row = 0; row < table->rows; row++) {
            const char *cell = table->cells[row * count + i];
            int width = cell ? cli_width(cell) : 0;
            if (width > widths[i])
                widths[i] = width;
        }
    }
    if (!terminal && how == CLI_CUT)
        limit = TABLE_PIPE;
    if (limit > 0 && how != CLI_WRAP)
        columns = table_squeeze(table, widths, limit - indent);
    fputs(terminal ? "\033[1m" : "", stdout);
    table_line(table->heads, table, widths, columns, indent, wrap);
    fputs(terminal ? "\033[0m" : "", stdout);
    for (size_t row = 0; row < table->rows; row++)
        table_line(table->cells + row * count, table, widths, columns, indent, wrap);
    if (columns < table->columns) {
        table_pad(indent);
        printf("(%d more column%s: see all with --json)\n", table->columns - columns,
               table->columns - columns == 1 ? "" : "s");
    }
    free(widths);
}
