/* SPDX-License-Identifier: MIT */
/* What SQLite needs of its own in SQL text: date buckets, substring and full-text conditions. */
#include "storage/sqlite/sqlite_internal.h"

#include "storage/bucket.h"

static void sqlite_bucket_function(sqlite3_context *context, int n, sqlite3_value **args)
{
    int64_t start = 0;

    (void)n;
    if (sqlite3_value_type(args[0]) == SQLITE_NULL)
        return;
    if (acrm__storage_bucket(sqlite3_value_int(args[1]), sqlite3_value_int(args[2]),
                             sqlite3_value_int(args[3]), sqlite3_value_int64(args[0]), &start))
        sqlite3_result_int64(context, start);
}

int acrm__sqlite_register(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "acrm_bucket", 4,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                      sqlite_bucket_function, NULL, NULL, NULL);
}

static void sqlite_write_bucket(acrm__sql *sql, const acrm__sql_scope *scope,
                                const acrm_expression *e)
{
    acrm__sql_puts(sql, "acrm_bucket(");
    acrm__sql_column(sql, scope, e->column);
    acrm__str_format(&sql->text, ",%d,%d,%d)", e->bucket, e->bucket_is_days, e->offset_minutes);
}

static void sqlite_write_contains(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column,
                                  const acrm_cell *text)
{
    acrm__sql_puts(sql, "instr(");
    acrm__sql_column(sql, scope, column);
    acrm__sql_puts(sql, ",");
    acrm__sql_bind(sql, text);
    acrm__sql_puts(sql, ") > 0");
}

/* `ali reza` becomes `"ali"* "reza"*`: both words, each as the beginning of a word. */
static acrm_cell sqlite_match(acrm__sql *sql, const acrm_cell *words)
{
    const char *text = words->data;
    size_t n = 0;
    /* At worst every second byte is a word, and every byte a quote. */
    char *match = acrm__arena_alloc(sql->arena, (size_t)words->size * 4 + 8);

    if (!match) {
        sql->text.failed = true;
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    }
    for (uint32_t i = 0; i < words->size; i++) {
        if (text[i] == ' ')
            continue;
        if (i == 0 || text[i - 1] == ' ') {
            if (n > 0)
                match[n++] = ' ';
            match[n++] = '"';
        }
        if (text[i] == '"')
            match[n++] = '"';
        match[n++] = text[i];
        if (i + 1 == words->size || text[i + 1] == ' ') {
            match[n++] = '"';
            match[n++] = '*';
        }
    }
    return (acrm_cell){ .type = ACRM_CELL_TEXT, .size = (uint32_t)n, .data = match };
}

static void sqlite_write_search(acrm__sql *sql, const acrm__sql_scope *scope,
                                const acrm_cell *words)
{
    acrm_cell match = sqlite_match(sql, words);

    acrm__str_putc(&sql->text, scope->letter);
    acrm__str_int(&sql->text, scope->number);
    acrm__sql_puts(sql, "._rowid_ IN (SELECT rowid FROM ");
    acrm__sql_name_of(sql, scope->table->name, "search");
    acrm__sql_puts(sql, " WHERE ");
    acrm__sql_name_of(sql, scope->table->name, "search");
    acrm__sql_puts(sql, " MATCH ");
    acrm__sql_bind(sql, &match);
    acrm__sql_puts(sql, ")");
}

const acrm__sql_dialect acrm__sqlite_dialect = {
    .nulls_first = "",
    .nulls_last = "",
    .average_of = "",
    .bucket = sqlite_write_bucket,
    .contains = sqlite_write_contains,
    .search = sqlite_write_search,
};
