/* SPDX-License-Identifier: MIT */
/* The parts of SQL text: names, placeholders, columns. */
#include "storage/sql/sql.h"

#include "base/error.h"

#include <string.h>

void acrm__sql_init(acrm__sql *sql, const acrm_allocator *allocator, acrm__arena *arena,
                    const acrm__sql_dialect *dialect)
{
    *sql = (acrm__sql){ .dialect = dialect, .arena = arena };
    acrm__str_init(&sql->text, allocator);
}

void acrm__sql_free(acrm__sql *sql)
{
    acrm__free(&sql->text.allocator, sql->binds, sql->cap_binds * sizeof *sql->binds);
    sql->binds = NULL;
    sql->n_binds = 0;
    sql->cap_binds = 0;
    acrm__str_free(&sql->text);
}

void acrm__sql_clear(acrm__sql *sql)
{
    acrm__str_clear(&sql->text);
    sql->n_binds = 0;
    sql->n_related = 0;
    sql->columns = NULL;
}

int32_t acrm__sql_status(const acrm__sql *sql)
{
    return sql->text.failed ? ACRM_E_NOMEM : ACRM_OK;
}

void acrm__sql_puts(acrm__sql *sql, const char *text)
{
    acrm__str_puts(&sql->text, text);
}

static void sql_quoted(acrm__sql *sql, const char *name)
{
    for (const char *quote; (quote = strchr(name, '"')) != NULL; name = quote + 1) {
        acrm__str_add(&sql->text, name, (size_t)(quote - name) + 1);
        acrm__str_putc(&sql->text, '"');
    }
    acrm__str_puts(&sql->text, name);
}

void acrm__sql_name(acrm__sql *sql, const char *name)
{
    acrm__str_putc(&sql->text, '"');
    sql_quoted(sql, name);
    acrm__str_putc(&sql->text, '"');
}

void acrm__sql_name_of(acrm__sql *sql, const char *table, const char *suffix)
{
    acrm__str_putc(&sql->text, '"');
    sql_quoted(sql, table);
    acrm__str_puts(&sql->text, "__");
    sql_quoted(sql, suffix);
    acrm__str_putc(&sql->text, '"');
}

void acrm__sql_bind(acrm__sql *sql, const acrm_cell *value)
{
    if (sql->n_binds == sql->cap_binds) {
        uint32_t cap = sql->cap_binds ? sql->cap_binds * 2 : 16;
        acrm_cell *grown = acrm__resize(&sql->text.allocator, sql->binds,
                                        sql->cap_binds * sizeof *grown, cap * sizeof *grown);
        if (!grown) {
            sql->text.failed = true;
            return;
        }
        sql->binds = grown;
        sql->cap_binds = cap;
    }
    sql->binds[sql->n_binds++] = *value;
    if (sql->dialect->numbered) {
        acrm__str_putc(&sql->text, '$');
        acrm__str_int(&sql->text, sql->n_binds);
    } else {
        acrm__str_putc(&sql->text, '?');
    }
}

void acrm__sql_column(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column)
{
    acrm__str_putc(&sql->text, scope->letter);
    acrm__str_int(&sql->text, scope->number);
    acrm__str_putc(&sql->text, '.');
    acrm__sql_name(sql, scope->table->columns[column].name);
}

void acrm__sql_columns(acrm__sql *sql, const acrm_table *table)
{
    for (uint32_t i = 0; i < table->n_columns; i++) {
        if (i > 0)
            acrm__str_putc(&sql->text, ',');
        acrm__sql_name(sql, table->columns[i].name);
    }
}

int32_t acrm__sql_foreign(const acrm_table *table, acrm_error **err)
{
    return acrm__error(err, ACRM_E_CORRUPT, "foreign", NULL,
                       "a table or view %s of another program is in the way: rename it or move it "
                       "away; nothing was changed", table->name);
}
