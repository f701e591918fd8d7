/* SPDX-License-Identifier: MIT */
/* The PostgreSQL adapter of the storage port: the address, connections, whose database it is. */
#include "storage/postgres/postgres_internal.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { POSTGRES_FORMAT = 1 }; /* of the tables as this adapter lays them out */

static int64_t postgres_statements(void *conn)
{
    return ((acrm__postgres_conn *)conn)->statements;
}

int64_t acrm__postgres_round_trips(void *conn)
{
    return ((acrm__postgres_conn *)conn)->round_trips;
}

static void postgres_destroy(void *self)
{
    acrm__postgres_storage *storage = self;
    acrm_allocator allocator = storage->allocator;

    if (storage->url)
        sodium_memzero(storage->url, storage->url_size);
    acrm__free(&allocator, storage->url, storage->url_size);
    acrm__free(&allocator, storage, sizeof *storage);
}

static const acrm_storage_ops postgres_ops = {
    .struct_size = sizeof postgres_ops,
    .connect = acrm__postgres_connect,
    .disconnect = acrm__postgres_disconnect,
    .destroy = postgres_destroy,
    .begin = acrm__postgres_begin,
    .commit = acrm__postgres_commit,
    .rollback = acrm__postgres_rollback,
    .savepoint = acrm__postgres_savepoint,
    .release = acrm__postgres_release,
    .rollback_to = acrm__postgres_rollback_to,
    .change_mark = acrm__postgres_change_mark,
    .schema_version = acrm__postgres_schema_version,
    .set_schema_version = acrm__postgres_set_schema_version,
    .ensure_table = acrm__postgres_ensure_table,
    .drop_index = acrm__postgres_drop_index,
    .drop_column = acrm__postgres_drop_column,
    .insert = acrm__postgres_insert,
    .insert_many = acrm__postgres_insert_many,
    .update = acrm__postgres_update,
    .remove = acrm__postgres_remove,
    .lookup = acrm__postgres_lookup,
    .query = acrm__postgres_query,
    .interrupt = acrm__postgres_interrupt,
    .statements = postgres_statements,
};

/* --- The address --- */

static const char *postgres_part(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && *options->val ? options->val : NULL;
    return NULL;
}

/* What messages may say of the address. */
static int32_t postgres_place(acrm__postgres_storage *storage, acrm_error **err)
{
    /* Its text would quote secrets. */
    PQconninfoOption *options = storage->pq.conninfo_parse(storage->url, NULL);

    if (!options)
        return acrm__error(err, ACRM_E_INVALID, "url", NULL,
                           "the address of the database cannot be read; write "
                           "postgres://user@host:port/database, and percent signs for what is "
                           "neither letter nor digit in a password");
    const char *host = postgres_part(options, "host");
    const char *port = postgres_part(options, "port");
    const char *name = postgres_part(options, "dbname");
    snprintf(storage->place, sizeof storage->place, "postgres://%.80s%s%.8s/%.60s",
             host ? host : "", port ? ":" : "", port ? port : "", name ? name : "");
    storage->pq.conninfo_free(options);
    return ACRM_OK;
}

int32_t acrm__postgres_open(const acrm_allocator *allocator, const char *url, uint32_t flags,
                            acrm_storage_ops *ops, void **self, acrm_error **err)
{
    acrm_allocator a = acrm__allocator(allocator);
    acrm__postgres_storage *storage = acrm__alloc_zero(&a, sizeof *storage);

    if (!storage)
        return acrm__error_nomem(err);
    storage->allocator = a;
    storage->flags = flags;
    storage->busy_ms = ACRM__POSTGRES_BUSY_MS;
    storage->idle_ms = ACRM__POSTGRES_IDLE_MS;
    storage->url_size = strlen(url) + 1;
    storage->url = acrm__alloc(&a, storage->url_size);
    if (storage->url)
        memcpy(storage->url, url, storage->url_size);
    int32_t st = storage->url ? acrm__pq_load(ACRM__PQ_LIBRARY, &storage->pq, err)
                              : acrm__error_nomem(err);
    if (st == ACRM_OK)
        st = postgres_place(storage, err);
    if (st != ACRM_OK) {
        postgres_destroy(storage);
        return st;
    }
    *ops = postgres_ops;
    ops->flags = flags & ACRM__SQLITE_SYNC_NORMAL ? 0 : ACRM_STORAGE_DURABLE;
    *self = storage;
    return ACRM_OK;
}

void acrm__postgres_set_busy(void *self, int32_t milliseconds)
{
    ((acrm__postgres_storage *)self)->busy_ms = milliseconds;
}

void acrm__postgres_set_idle(void *self, int32_t milliseconds)
{
    ((acrm__postgres_storage *)self)->idle_ms = milliseconds;
}

/* --- Connections --- */

void acrm__postgres_interrupt(void *conn, int32_t on)
{
    acrm__postgres_conn *c = conn;
    char message[256];

    atomic_store(&c->interrupted, on != 0);
    if (!on)
        return;
    pthread_mutex_lock(&c->lock);
    if (c->waiting && c->cancel)
        c->pq->cancel(c->cancel, message, sizeof message);
    pthread_mutex_unlock(&c->lock);
}

static void postgres_quiet(void *user, const PGresult *result)
{
    (void)user;
    (void)result;
}

static int32_t postgres_run(acrm__postgres_conn *c, const char *text, PGresult **out,
                            acrm_error **err)
{
    PGresult *result = c->pq->exec_params(c->db, text, 0, NULL, NULL, NULL, NULL, 1);
    ExecStatusType status = c->pq->result_status(result);
    int32_t st = ACRM_OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        st = acrm__postgres_fail(c, result, NULL, "open", err);
    if (st == ACRM_OK && out)
        *out = result;
    else
        c->pq->clear(result);
    return st;
}

/* The server, too, gives up a host that the network does not reach. */
static int32_t postgres_configure(acrm__postgres_conn *c, acrm_error **err)
{
    const acrm__postgres_storage *storage = c->storage;
    bool lazy = storage->flags & ACRM__SQLITE_SYNC_NORMAL;
    bool reads = storage->flags & ACRM__SQLITE_READONLY;
    char text[256];

    c->pq->set_notice_receiver(c->db, postgres_quiet, NULL);
    snprintf(text, sizeof text,
             "SELECT set_config('lock_timeout','%d',false),"
             "set_config('tcp_user_timeout','%d',false)%s%s",
             (int)storage->busy_ms, (int)storage->idle_ms,
             lazy ? ",set_config('synchronous_commit','off',false)" : "",
             reads ? ",set_config('default_transaction_read_only','on',false)" : "");
    return postgres_run(c, text, NULL, err);
}

/* --- Whose database it is --- */

typedef struct postgres_look {
    bool utf8, schema, ours, foreign, reads_only;
} postgres_look;

static bool postgres_true(const acrm__pq *pq, const PGresult *result, int column)
{
    return pq->getvalue(result, 0, column)[0] != 0;
}

static int32_t postgres_look_at(acrm__postgres_conn *c, postgres_look *out, acrm_error **err)
{
    PGresult *result = NULL;
    int32_t st = postgres_run(
        c, "SELECT current_setting('server_encoding')='UTF8',current_schema() IS NOT NULL,"
           "coalesce(bool_or(c.relname='acrm_store' AND c.relkind='r'),false),"
           "coalesce(bool_or(c.relname<>'acrm_store'),false),"
           "current_setting('transaction_read_only')='on'"
           " FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace"
           " WHERE n.nspname=current_schema() AND c.relkind IN ('r','p','v','m','f')",
        &result, err);

    if (st != ACRM_OK)
        return st;
    *out = (postgres_look){ .utf8 = postgres_true(c->pq, result, 0),
                            .schema = postgres_true(c->pq, result, 1),
                            .ours = postgres_true(c->pq, result, 2),
                            .foreign = postgres_true(c->pq, result, 3),
                            .reads_only = postgres_true(c->pq, result, 4) };
    c->pq->clear(result);
    return ACRM_OK;
}

static int32_t postgres_check_format(acrm__postgres_conn *c, acrm_error **err)
{
    PGresult *result = NULL;
    int32_t st = postgres_run(c, "SELECT format FROM acrm_store", &result, err);

    if (st != ACRM_OK)
        return st;
    bool one = c->pq->ntuples(result) == 1 && c->pq->getlength(result, 0, 0) == 8;
    int format = one ? (unsigned char)c->pq->getvalue(result, 0, 0)[7] : 0;
    c->pq->clear(result);
    if (!one)
        return acrm__error(err, ACRM_E_CORRUPT, "corrupt", NULL,
                           "the table acrm_store of %s must have exactly one row; restore a "
                           "backup", c->storage->place);
    if (format != POSTGRES_FORMAT)
        return acrm__error(err, ACRM_E_VERSION, "format", NULL,
                           "%s was laid out by a newer library: use that", c->storage->place);
    return ACRM_OK;
}

/* Make an empty schema ours; another host may do the same at this moment, and then is looked at
 * again. */
static int32_t postgres_claim(acrm__postgres_conn *c, const postgres_look *look, acrm_error **err)
{
    uint32_t flags = c->storage->flags;
    const char *place = c->storage->place;

    if (look->foreign)
        return acrm__error(err, ACRM_E_CORRUPT, "foreign", NULL,
                           "%s holds tables of another program; give a database, or a schema, of "
                           "its own", place);
    if (flags & (ACRM__SQLITE_READONLY | ACRM__SQLITE_NO_CREATE))
        return acrm__error(err, ACRM_E_NOTFOUND, "open", NULL,
                           "there is no autocrm database at %s yet; check the address or create "
                           "it first", place);
    if (look->reads_only)
        return acrm__error(err, ACRM_E_READONLY, "read_only", NULL,
                           "%s is read-only and holds no autocrm database", place);
    PGresult *result = c->pq->exec(c->db, "CREATE TABLE acrm_store(format bigint NOT NULL,"
                                     "version bigint NOT NULL,writes bigint NOT NULL);"
                                     "INSERT INTO acrm_store VALUES(1,0,0)");
    const char *state = c->pq->result_error_field(result, PG_DIAG_SQLSTATE);
    int32_t st = ACRM_OK;
    if (c->pq->result_status(result) != PGRES_COMMAND_OK
        && !(state && (strcmp(state, "42P07") == 0 || strcmp(state, "23505") == 0)))
        st = acrm__postgres_fail(c, result, NULL, "open", err);
    c->pq->clear(result);
    return st;
}

static int32_t postgres_identify(acrm__postgres_conn *c, acrm_error **err)
{
    postgres_look look;
    int32_t st = postgres_look_at(c, &look, err);

    if (st != ACRM_OK)
        return st;
    if (!look.utf8)
        return acrm__error(err, ACRM_E_UNSUPPORTED, "encoding", NULL,
                           "%s is not in UTF8; create it WITH ENCODING 'UTF8'", c->storage->place);
    if (!look.schema)
        return acrm__error(err, ACRM_E_INVALID, "schema", NULL,
                           "no schema of the search_path is in %s; create one", c->storage->place);
    if (!look.ours)
        st = postgres_claim(c, &look, err);
    return st == ACRM_OK ? postgres_check_format(c, err) : st;
}

/* --- Making and ending connections --- */

static int32_t postgres_dial(acrm__postgres_conn *c, acrm_error **err)
{
    /* What stands before the address gives way to it. A server that is gone without a word is
     * noticed within two minutes, where the system's own settings take hours. */
    const char *const keywords[] = { "connect_timeout", "keepalives_idle", "keepalives_interval",
                                     "keepalives_count", "tcp_user_timeout",
                                     "fallback_application_name", "dbname", "client_encoding",
                                     NULL };
    const char *const values[] = { "10", "60", "10", "6", "60000", "autocrm", c->storage->url,
                                   "UTF8", NULL };

    c->db = c->pq->connectdb_params(keywords, values, 1);
    if (c->pq->status(c->db) != CONNECTION_OK)
        return acrm__postgres_fail_connect(c->storage, c->db, err);
    int32_t st = postgres_configure(c, err);
    if (st == ACRM_OK)
        st = postgres_identify(c, err);
    if (st != ACRM_OK)
        return st;
    pthread_mutex_lock(&c->lock);
    c->cancel = c->pq->get_cancel(c->db);
    pthread_mutex_unlock(&c->lock);
    if (!c->cancel || !c->pq->enter_pipeline_mode(c->db))
        return acrm__error_nomem(err);
    return ACRM_OK;
}

void acrm__postgres_hang_up(acrm__postgres_conn *c)
{
    pthread_mutex_lock(&c->lock);
    c->pq->free_cancel(c->cancel);
    c->cancel = NULL;
    pthread_mutex_unlock(&c->lock);
    c->pq->finish(c->db);
    c->db = NULL;
}

int32_t acrm__postgres_reconnect(acrm__postgres_conn *c, acrm_error **err)
{
    acrm__postgres_hang_up(c);
    acrm__postgres_forget(c);
    c->stale = false;
    c->n_sent = 0;
    c->state = ACRM__POSTGRES_IDLE;
    c->doomed = false;
    c->savepoints = 0;
    c->mark++; /* who knows what happened meanwhile */
    return postgres_dial(c, err);
}

int32_t acrm__postgres_connect(void *self, void **conn, acrm_error **err)
{
    acrm__postgres_storage *storage = self;
    acrm__postgres_conn *c = acrm__alloc_zero(&storage->allocator, sizeof *c);

    if (!c)
        return acrm__error_nomem(err);
    c->storage = storage;
    c->pq = &storage->pq;
    pthread_mutex_init(&c->lock, NULL);
    acrm__arena_init(&c->arena, &storage->allocator);
    acrm__sql_init(&c->sql, &storage->allocator, &c->arena, &acrm__postgres_dialect);
    int32_t st = postgres_dial(c, err);
    if (st != ACRM_OK) {
        acrm__postgres_disconnect(c);
        return st;
    }
    *conn = c;
    return ACRM_OK;
}

void acrm__postgres_disconnect(void *conn)
{
    acrm__postgres_conn *c = conn;
    acrm_allocator allocator = c->storage->allocator;

    acrm__postgres_hang_up(c); /* rolls back what is open */
    acrm__postgres_forget(c);
    acrm__postgres_forget_shape(c);
    acrm__postgres_params_free(c);
    acrm__free(&allocator, c->references, c->cap_references * sizeof *c->references);
    acrm__sql_free(&c->sql);
    acrm__arena_free(&c->arena);
    pthread_mutex_destroy(&c->lock);
    acrm__free(&allocator, c, sizeof *c);
}
