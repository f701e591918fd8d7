/* SPDX-License-Identifier: MIT */
/* The schema: its version, tables and indexes brought to their declaration. */
#include "storage/postgres/postgres_internal.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char schema_search[] = "_search"; /* the column of search texts, and its index */

static const char *const schema_types[] = {
    [ACRM_CELL_INT] = " bigint", [ACRM_CELL_REAL] = " double precision",
    [ACRM_CELL_TEXT] = " text COLLATE \"C\"", [ACRM_CELL_BLOB] = " bytea",
};

int32_t acrm__postgres_schema_version(void *conn, int64_t *version, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = acrm__postgres_may_read(c, err);

    if (st == ACRM_OK)
        st = acrm__postgres_arrive(c, err);
    if (st == ACRM_OK)
        *version = c->version;
    return st;
}

int32_t acrm__postgres_set_schema_version(void *conn, int64_t version, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    char text[64];
    int32_t st = acrm__postgres_may_write(c, err);

    if (st == ACRM_OK && (version < 0 || version > INT32_MAX))
        st = acrm__error(err, ACRM_E_INVALID, "range", NULL, "a schema version fits 31 bits");
    if (st != ACRM_OK)
        return st;
    snprintf(text, sizeof text, "UPDATE acrm_store SET version=%d", (int)version);
    st = acrm__postgres_script(c, text, NULL, err);
    if (st == ACRM_OK)
        c->version = version;
    return st;
}

/* Identifiers beyond a length are cut by the server, and then two may be one. */
void acrm__postgres_index_name(const acrm_table *table, const char *index,
                               char out[ACRM__POSTGRES_NAME_MAX + 1])
{
    char whole[256];
    int len = snprintf(whole, sizeof whole, "%s__%s", table->name, index);

    if (len <= ACRM__POSTGRES_NAME_MAX) {
        snprintf(out, ACRM__POSTGRES_NAME_MAX + 1, "%.63s", whole);
        return;
    }
    unsigned hash = (unsigned)acrm__hash(whole, strlen(whole));
    snprintf(out, ACRM__POSTGRES_NAME_MAX + 1, "%.54s_%08x", whole, hash);
}

/* --- Statements, written one behind the other into one script --- */

static void schema_write_column(acrm__sql *sql, const acrm_table *table, uint32_t i, bool added)
{
    const acrm_column *column = &table->columns[i];

    acrm__sql_name(sql, column->name);
    acrm__sql_puts(sql, schema_types[column->type]);
    if (i == 0)
        acrm__sql_puts(sql, " PRIMARY KEY");
    else if (column->flags & ACRM_COLUMN_NOT_NULL && !added) /* old rows have nothing there */
        acrm__sql_puts(sql, " NOT NULL");
}

static void schema_alter(acrm__sql *sql, const acrm_table *table)
{
    acrm__sql_puts(sql, "ALTER TABLE ");
    acrm__sql_name(sql, table->name);
}

static void schema_write_create(acrm__sql *sql, const acrm_table *table)
{
    acrm__sql_puts(sql, "CREATE TABLE ");
    acrm__sql_name(sql, table->name);
    for (uint32_t i = 0; i < table->n_columns; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "(");
        schema_write_column(sql, table, i, false);
    }
    acrm__sql_puts(sql, ");");
}

static void schema_write_search(acrm__sql *sql, const acrm_table *table)
{
    char name[ACRM__POSTGRES_NAME_MAX + 1];

    schema_alter(sql, table);
    acrm__sql_puts(sql, " ADD COLUMN _search tsvector;CREATE INDEX ");
    acrm__postgres_index_name(table, schema_search, name);
    acrm__sql_name(sql, name);
    acrm__sql_puts(sql, " ON ");
    acrm__sql_name(sql, table->name);
    acrm__sql_puts(sql, " USING gin(_search);");
}

/* Lists are ordered by a column and then by the key, look-ups by the key. */
static bool schema_wants_key(const acrm_index *index)
{
    for (uint32_t i = 0; i < index->n_columns; i++)
        if (index->columns[i] == 0)
            return false;
    return !(index->flags & ACRM_INDEX_UNIQUE);
}

/* Behind the index's name; this is also kept with it, to be known again. */
static void schema_write_columns(acrm__sql *sql, const acrm_table *table, const acrm_index *index)
{
    acrm__sql_puts(sql, "(");
    for (uint32_t i = 0; i < index->n_columns; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        acrm__sql_name(sql, table->columns[index->columns[i]].name);
        acrm__sql_puts(sql, index->columns[i] == 0 ? "" : " NULLS FIRST");
    }
    if (schema_wants_key(index)) {
        acrm__sql_puts(sql, ",");
        acrm__sql_name(sql, table->columns[0].name);
    }
    acrm__sql_puts(sql, ")");
    if (index->flags & ACRM_INDEX_LIVE && table->deleted_at != UINT32_MAX) {
        acrm__sql_puts(sql, " WHERE ");
        acrm__sql_name(sql, table->columns[table->deleted_at].name);
        acrm__sql_puts(sql, " IS NULL");
    }
}

/* A text in quotes. */
static void schema_write_literal(acrm__sql *sql, const char *text, size_t len)
{
    acrm__str_putc(&sql->text, '\'');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\'')
            acrm__str_putc(&sql->text, '\'');
        acrm__str_putc(&sql->text, text[i]);
    }
    acrm__str_putc(&sql->text, '\'');
}

static void schema_write_index(acrm__sql *sql, const acrm_table *table, const acrm_index *index,
                               const acrm__str *columns)
{
    char name[ACRM__POSTGRES_NAME_MAX + 1];
    bool unique = index->flags & ACRM_INDEX_UNIQUE;

    acrm__postgres_index_name(table, index->name, name);
    acrm__sql_puts(sql, unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    acrm__sql_name(sql, name);
    acrm__sql_puts(sql, " ON ");
    acrm__sql_name(sql, table->name);
    acrm__str_add(&sql->text, columns->data, columns->len);
    acrm__sql_puts(sql, ";COMMENT ON INDEX ");
    acrm__sql_name(sql, name);
    acrm__sql_puts(sql, " IS ");
    schema_write_literal(sql, columns->data, columns->len);
    acrm__sql_puts(sql, ";");
}

/* --- What there is: rows that begin with a table's name, in its order --- */

#define SCHEMA_OF " AND c.relname=$1"
#define SCHEMA_ALL " ORDER BY 1"
#define SCHEMA_COLUMNS                                                                            \
    "SELECT c.relname::text COLLATE \"C\",a.attname::text,((c.oid,a.attnum) IN"                   \
    " (SELECT conrelid,conkey[1] FROM pg_constraint WHERE contype='f'))::int FROM pg_attribute a" \
    " JOIN pg_class c ON c.oid=a.attrelid JOIN pg_namespace n ON n.oid=c.relnamespace"            \
    " WHERE n.nspname=current_schema() AND c.relkind IN ('r','p','v','m','f') AND a.attnum>0"     \
    " AND NOT a.attisdropped"
#define SCHEMA_INDEXES                                                                            \
    "SELECT c.relname::text COLLATE \"C\",i.relname::text,"                                       \
    "coalesce(obj_description(i.oid,'pg_class'),''),x.indisunique::int FROM pg_index x"           \
    " JOIN pg_class i ON i.oid=x.indexrelid JOIN pg_class c ON c.oid=x.indrelid"                  \
    " JOIN pg_namespace n ON n.oid=c.relnamespace WHERE n.nspname=current_schema()"

/* Of one table, or of all (NULL). */
static int32_t schema_ask(acrm__postgres_conn *c, const char *text, const char *name,
                          PGresult **out, acrm_error **err)
{
    acrm_cell cell = { .type = ACRM_CELL_TEXT, .data = name };

    acrm__sql_clear(&c->sql);
    acrm__sql_puts(&c->sql, text);
    acrm__postgres_params_clear(c);
    if (name) {
        cell.size = (uint32_t)strlen(name);
        acrm__postgres_param(c, ACRM_CELL_TEXT, &cell);
    }
    return acrm__postgres_ask(c, true, NULL, "read", out, err);
}

void acrm__postgres_forget_shape(acrm__postgres_conn *c)
{
    c->pq->clear(c->shape.columns);
    c->pq->clear(c->shape.indexes);
    c->shape = (acrm__postgres_shape){ .columns = NULL };
}

static void schema_changed(acrm__postgres_conn *c, const acrm_table *table)
{
    uint32_t n_asked = c->shape.n_asked;

    if (c->shape.n_changed == ACRM__POSTGRES_CHANGED_MAX) { /* read anew by the next one */
        acrm__postgres_forget_shape(c);
        c->shape.n_asked = n_asked;
    } else {
        c->shape.changed[c->shape.n_changed++] = table;
    }
}

static bool schema_is_changed(const acrm__postgres_conn *c, const acrm_table *table)
{
    for (uint32_t i = 0; i < c->shape.n_changed; i++)
        if (strcmp(c->shape.changed[i]->name, table->name) == 0)
            return true;
    return false;
}

/* Whether what is known of all tables tells of this one. */
static int32_t schema_known(acrm__postgres_conn *c, const acrm_table *table, bool *known,
                            acrm_error **err)
{
    int32_t st = ACRM_OK;

    *known = c->shape.indexes && !schema_is_changed(c, table);
    if (c->shape.indexes || ++c->shape.n_asked <= ACRM__POSTGRES_SHAPE_AFTER)
        return ACRM_OK;
    acrm__postgres_forget_shape(c);
    st = schema_ask(c, SCHEMA_COLUMNS SCHEMA_ALL, NULL, &c->shape.columns, err);
    if (st == ACRM_OK)
        st = schema_ask(c, SCHEMA_INDEXES SCHEMA_ALL, NULL, &c->shape.indexes, err);
    *known = st == ACRM_OK;
    return st;
}

/* Those of an answer's rows that are of one table. */
typedef struct schema_rows {
    const acrm__pq *pq;
    const PGresult *result;
    int from, to;
} schema_rows;

static schema_rows schema_rows_of(const acrm__pq *pq, const PGresult *result, const char *table)
{
    int low = 0, high = result ? pq->ntuples(result) : 0, to;
    const int n = high;

    while (low < high) {
        int middle = low + (high - low) / 2;
        if (strcmp(pq->getvalue(result, middle, 0), table) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (to = low; to < n && strcmp(pq->getvalue(result, to, 0), table) == 0;)
        to++;
    return (schema_rows){ pq, result, low, to };
}

static int schema_find(const schema_rows *rows, const char *name)
{
    for (int i = rows->from; i < rows->to; i++)
        if (strcmp(rows->pq->getvalue(rows->result, i, 1), name) == 0)
            return i;
    return -1;
}

static bool schema_true(const schema_rows *rows, int at, int column)
{
    return rows->pq->getvalue(rows->result, at, column)[3] != 0; /* the last byte of an integer */
}

static bool schema_same(const schema_rows *indexes, int at, const acrm_index *index,
                        const char *columns)
{
    return schema_true(indexes, at, 3) == ((index->flags & ACRM_INDEX_UNIQUE) != 0)
           && strcmp(indexes->pq->getvalue(indexes->result, at, 2), columns) == 0;
}

/* --- References: added when all tables are there --- */

static int32_t schema_wait_reference(acrm__postgres_conn *c, const acrm_table *table,
                                     uint32_t column, acrm_error **err)
{
    for (uint32_t i = 0; i < c->n_references; i++)
        if (c->references[i].column == column &&
            strcmp(c->references[i].table->name, table->name) == 0)
            return ACRM_OK;
    if (c->n_references == c->cap_references) {
        uint32_t cap = c->cap_references ? c->cap_references * 2 : 64;
        acrm__postgres_reference *grown =
            acrm__resize(&c->storage->allocator, c->references,
                         c->cap_references * sizeof *grown, cap * sizeof *grown);
        if (!grown)
            return acrm__error_nomem(err);
        c->references = grown;
        c->cap_references = cap;
    }
    c->references[c->n_references++] = (acrm__postgres_reference){ table, column };
    return ACRM_OK;
}

int32_t acrm__postgres_add_references(acrm__postgres_conn *c, acrm_error **err)
{
    acrm__sql *sql = &c->sql;

    if (c->n_references == 0)
        return ACRM_OK;
    acrm__sql_clear(sql);
    acrm__sql_puts(sql, "SET CONSTRAINTS ALL IMMEDIATE;"); /* a table with checks to come is shut */
    for (uint32_t i = 0; i < c->n_references; i++) {
        const acrm_table *table = c->references[i].table;
        const acrm_column *column = &table->columns[c->references[i].column];
        schema_alter(sql, table);
        acrm__sql_puts(sql, " ADD FOREIGN KEY(");
        acrm__sql_name(sql, column->name);
        acrm__sql_puts(sql, ") REFERENCES ");
        acrm__sql_name(sql, column->references->name);
        acrm__sql_puts(sql, "(");
        acrm__sql_name(sql, column->references->columns[0].name);
        acrm__sql_puts(sql, ") DEFERRABLE INITIALLY DEFERRED;");
    }
    acrm__sql_puts(sql, "SET CONSTRAINTS ALL DEFERRED");
    c->n_references = 0;
    return acrm__postgres_script_sql(c, NULL, err);
}

/* --- Bringing a table to its declaration --- */

/* What is missing of the table, into the script. */
static int32_t schema_complete(acrm__postgres_conn *c, const acrm_table *table,
                               const schema_rows *columns, acrm__sql *script, acrm_error **err)
{
    bool fresh = columns->from == columns->to;
    int32_t st = ACRM_OK;

    if (!fresh && schema_find(columns, table->columns[0].name) < 0)
        return acrm__sql_foreign(table, err);
    if (fresh)
        schema_write_create(script, table);
    for (uint32_t i = 0; i < table->n_columns && st == ACRM_OK; i++) {
        int at = schema_find(columns, table->columns[i].name);
        if (at >= 0 && (!table->columns[i].references || schema_true(columns, at, 2)))
            continue;
        if (!fresh && at < 0) {
            schema_alter(script, table);
            acrm__sql_puts(script, " ADD COLUMN ");
            schema_write_column(script, table, i, true);
            acrm__sql_puts(script, ";");
        }
        if (table->columns[i].references)
            st = schema_wait_reference(c, table, i, err);
    }
    if (table->flags & ACRM_TABLE_SEARCH && schema_find(columns, schema_search) < 0)
        schema_write_search(script, table);
    return st;
}

/* Whether one that follows has its name: the last one is meant. */
static bool schema_named_again(const acrm_table *table, uint32_t index)
{
    for (uint32_t i = index + 1; i < table->n_indexes; i++)
        if (strcmp(table->indexes[i].name, table->indexes[index].name) == 0)
            return true;
    return false;
}

/* Indexes that are missing or were made of other columns, into the script. */
static int32_t schema_complete_indexes(acrm__postgres_conn *c, const acrm_table *table,
                                       const schema_rows *indexes, acrm__sql *script,
                                       acrm_error **err)
{
    char name[ACRM__POSTGRES_NAME_MAX + 1];
    acrm__sql columns;

    acrm__sql_init(&columns, &c->storage->allocator, &c->arena, &acrm__postgres_dialect);
    for (uint32_t i = 0; i < table->n_indexes; i++) {
        const acrm_index *index = &table->indexes[i];
        if (schema_named_again(table, i))
            continue;
        acrm__postgres_index_name(table, index->name, name);
        int at = schema_find(indexes, name);
        acrm__sql_clear(&columns);
        schema_write_columns(&columns, table, index);
        if (columns.text.failed)
            break;
        if (at >= 0 && schema_same(indexes, at, index, columns.text.data))
            continue;
        if (at >= 0) {
            acrm__sql_puts(script, "DROP INDEX ");
            acrm__sql_name(script, name);
            acrm__sql_puts(script, ";");
        }
        schema_write_index(script, table, index, &columns.text);
    }
    bool failed = columns.text.failed;
    acrm__sql_free(&columns);
    return failed ? acrm__error_nomem(err) : ACRM_OK;
}

/* A table with checks to come is shut: a script begins by making them. */
static void schema_settle(acrm__postgres_conn *c)
{
    acrm__sql_clear(&c->sql);
    acrm__sql_puts(&c->sql, "SET CONSTRAINTS ALL IMMEDIATE;SET CONSTRAINTS ALL DEFERRED;");
}

static bool schema_declared(const acrm_table *table, const char *index)
{
    char name[ACRM__POSTGRES_NAME_MAX + 1];

    for (uint32_t i = 0; i < table->n_indexes; i++) {
        acrm__postgres_index_name(table, table->indexes[i].name, name);
        if (strcmp(name, index) == 0)
            return true;
    }
    return false;
}

/* Indexes of ours, which have a comment, that nothing declares any more. */
static void schema_drop_stale(const acrm_table *table, const schema_rows *indexes,
                              acrm__sql *script)
{
    for (int i = indexes->from; i < indexes->to; i++) {
        const char *name = indexes->pq->getvalue(indexes->result, i, 1);
        if (*indexes->pq->getvalue(indexes->result, i, 2) != '(' || schema_declared(table, name))
            continue;
        acrm__sql_puts(script, "DROP INDEX ");
        acrm__sql_name(script, name);
        acrm__sql_puts(script, ";");
    }
}

static int32_t schema_write(acrm__postgres_conn *c, const acrm_table *table,
                            const PGresult *columns, const PGresult *indexes, acrm__sql *script,
                            acrm_error **err)
{
    const schema_rows c_rows = schema_rows_of(c->pq, columns, table->name);
    const schema_rows i_rows = schema_rows_of(c->pq, indexes, table->name);
    int32_t st = schema_complete(c, table, &c_rows, script, err);

    schema_drop_stale(table, &i_rows, script);
    if (st == ACRM_OK)
        st = schema_complete_indexes(c, table, &i_rows, script, err);
    if (st == ACRM_OK && acrm__sql_status(script) != ACRM_OK)
        st = acrm__error_nomem(err);
    return st;
}

static int32_t schema_bring(acrm__postgres_conn *c, const acrm_table *table, acrm__sql *script,
                            acrm_error **err)
{
    PGresult *columns = NULL, *indexes = NULL;
    bool known = false;
    int32_t st = schema_known(c, table, &known, err);

    if (st == ACRM_OK && known) {
        st = schema_write(c, table, c->shape.columns, c->shape.indexes, script, err);
    } else if (st == ACRM_OK) {
        st = schema_ask(c, SCHEMA_COLUMNS SCHEMA_OF, table->name, &columns, err);
        if (st == ACRM_OK)
            st = schema_ask(c, SCHEMA_INDEXES SCHEMA_OF, table->name, &indexes, err);
        if (st == ACRM_OK)
            st = schema_write(c, table, columns, indexes, script, err);
    }
    c->pq->clear(columns);
    c->pq->clear(indexes);
    if (st != ACRM_OK || script->text.len == 0)
        return st;
    schema_changed(c, table);
    schema_settle(c);
    acrm__str_add(&c->sql.text, script->text.data, script->text.len);
    return acrm__postgres_script_sql(c, table, err);
}

static int32_t schema_may_change(acrm__postgres_conn *c, acrm_error **err)
{
    int32_t st = acrm__postgres_may_write(c, err);

    if (st == ACRM_OK && c->running > 0)
        st = acrm__error(err, ACRM_E_MISUSE, "schema", NULL, "a table changed during a read");
    return st;
}

int32_t acrm__postgres_ensure_table(void *conn, const acrm_table *table, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    acrm__sql script;
    int32_t st = schema_may_change(c, err);

    if (st == ACRM_OK && table->flags & ACRM_TABLE_SEARCH && table->flags & ACRM_TABLE_LEAN)
        st = acrm__error(err, ACRM_E_INVALID, "schema", NULL,
                         "table %s cannot be both lean and searched", table->name);
    if (st != ACRM_OK)
        return st;
    acrm__sql_init(&script, &c->storage->allocator, &c->arena, &acrm__postgres_dialect);
    st = schema_bring(c, table, &script, err);
    acrm__sql_free(&script);
    return st;
}

int32_t acrm__postgres_drop_index(void *conn, const acrm_table *table, const char *index,
                                  acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    char name[ACRM__POSTGRES_NAME_MAX + 1];
    int32_t st = schema_may_change(c, err);

    if (st != ACRM_OK)
        return st;
    acrm__postgres_index_name(table, index, name);
    schema_changed(c, table);
    schema_settle(c);
    acrm__sql_puts(&c->sql, "DROP INDEX IF EXISTS ");
    acrm__sql_name(&c->sql, name);
    return acrm__postgres_script_sql(c, table, err);
}

int32_t acrm__postgres_drop_column(void *conn, const acrm_table *table, const char *column,
                                   acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = schema_may_change(c, err);

    if (st != ACRM_OK)
        return st;
    schema_changed(c, table);
    schema_settle(c);
    schema_alter(&c->sql, table);
    acrm__sql_puts(&c->sql, " DROP COLUMN IF EXISTS ");
    acrm__sql_name(&c->sql, column);
    return acrm__postgres_script_sql(c, table, err);
}
