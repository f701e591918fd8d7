/* SPDX-License-Identifier: MIT */
/* What the server says, as errors that name the place and the remedy and never hold values of
 * rows, passwords or addresses as they were given. */
#include "storage/postgres/postgres_internal.h"

#include <string.h>

typedef struct postgres_cause {
    const char *state; /* SQLSTATE, or the beginning of one */
    int32_t code;
    const char *reason;
    const char *text; /* behind "cannot <doing> <place>: " */
} postgres_cause;

/* The first that fits. */
static const postgres_cause postgres_causes[] = {
    { "40", ACRM_E_CONFLICT, "serialization",
      "another transaction was faster; try again" },
    { "55P03", ACRM_E_BUSY, "busy", "another session is writing; try again when it has finished" },
    { "53300", ACRM_E_BUSY, "busy", "the server has no connection left; try again" },
    { "57P03", ACRM_E_BUSY, "busy", "the server is starting or stopping; try again" },
    { "57014", ACRM_E_INTERRUPTED, "interrupted", "interrupted" },
    { "57P", ACRM_E_STORE, "connection", "the server ended the connection; try again" },
    { "25P02", ACRM_E_STORE, "rolled_back",
      "the transaction was rolled back by an earlier failure" },
    { "25P", ACRM_E_STORE, "connection", "the server ended the transaction; try again" },
    { "08", ACRM_E_STORE, "connection", "the connection was lost; try again" },
    { "25006", ACRM_E_READONLY, "read_only",
      "the server, the database or the role only reads; use the primary server" },
    { "42501", ACRM_E_READONLY, "permission",
      "the role has no right to; grant it the rights on the schema" },
    { "53100", ACRM_E_FULL, "full", "the server has no space left; make room and try again" },
    { "53200", ACRM_E_STORE, "memory", "the server has no memory left" },
    { "54", ACRM_E_LIMIT, "limit", "the query, or a value in an index, is too large" },
    { "22003", ACRM_E_LIMIT, "overflow", "a number does not fit" },
    { "22021", ACRM_E_INVALID, "type", "a text is no UTF-8, or has a zero byte" },
    { "23503", ACRM_E_INVALID, "reference",
      "a record refers to another one that does not exist" },
    { "XX00", ACRM_E_CORRUPT, "corrupt", "the server found damaged data; restore a backup" },
    { "58", ACRM_E_STORE, "io", "the server cannot read or write its files; see its log" },
};

/* The first column of the unique index or key with this name. */
static const char *postgres_rule_column(const acrm_table *table, const char *rule)
{
    char name[ACRM__POSTGRES_NAME_MAX + 1];

    if (!table || !rule)
        return NULL;
    for (uint32_t i = 0; i < table->n_indexes; i++) {
        acrm__postgres_index_name(table, table->indexes[i].name, name);
        if (strcmp(name, rule) == 0)
            return table->columns[table->indexes[i].columns[0]].name;
    }
    return table->columns[0].name;
}

static int32_t postgres_fail_rule(const acrm__pq *pq, const PGresult *result,
                                  const acrm_table *table, const char *state, acrm_error **err)
{
    const char *column = pq->result_error_field(result, PG_DIAG_COLUMN_NAME);

    if (strcmp(state, "23505") == 0) {
        column = postgres_rule_column(table,
                                      pq->result_error_field(result, PG_DIAG_CONSTRAINT_NAME));
        return acrm__error(err, ACRM_E_CONFLICT, "duplicate", column,
                           "another record already has this value of %s",
                           column ? column : "a field");
    }
    if (strcmp(state, "23502") == 0)
        return acrm__error(err, ACRM_E_INVALID, "required", column, "%s needs a value",
                           column ? column : "a field");
    return acrm__error(err, ACRM_E_INVALID, "type", column,
                       "a value breaks a rule of the database");
}

/* A lost connection has no state, whatever the text in the user's language says. */
static int32_t postgres_fail_lost(const acrm__postgres_conn *conn, const char *doing,
                                  acrm_error **err)
{
    return acrm__error(err, ACRM_E_STORE, "connection", NULL,
                       "cannot %s %s: the connection was lost; try again", doing,
                       conn->storage->place);
}

int32_t acrm__postgres_fail(acrm__postgres_conn *conn, const PGresult *result,
                            const acrm_table *table, const char *doing, acrm_error **err)
{
    const acrm__pq *pq = conn->pq;
    const char *state = result ? pq->result_error_field(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? pq->result_error_field(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

    if (!state)
        return pq->status(conn->db) != CONNECTION_OK || !result
                   ? postgres_fail_lost(conn, doing, err) : acrm__error_nomem(err);
    if (strncmp(state, "23", 2) == 0 && strcmp(state, "23503") != 0)
        return postgres_fail_rule(pq, result, table, state, err);
    for (size_t i = 0; i < sizeof postgres_causes / sizeof postgres_causes[0]; i++) {
        const postgres_cause *cause = &postgres_causes[i];
        if (strncmp(cause->state, state, strlen(cause->state)) != 0)
            continue;
        conn->lost += cause->code == ACRM_E_CONFLICT;
        return acrm__error(err, cause->code, cause->reason, NULL, "cannot %s %s: %s", doing,
                           conn->storage->place, cause->text);
    }
    /* Only messages about the statement itself are sure to hold no values. */
    return acrm__error(err, ACRM_E_STORE, "postgres", NULL, "cannot %s %s: SQLSTATE %s%s%.300s",
                       doing, conn->storage->place, state,
                       strncmp(state, "42", 2) == 0 && message ? ": " : "",
                       strncmp(state, "42", 2) == 0 && message ? message : "");
}

/* The client library tells the cause of a failed connection by its text only, in English. */
static const struct {
    const char *part;
    int32_t code;
    const char *reason, *text;
} postgres_refusals[] = {
    { "authentication failed", ACRM_E_DENIED, "credentials",
      "the user or the password is wrong" },
    { "no password supplied", ACRM_E_DENIED, "credentials", "the server asks for a password" },
    { "pg_hba.conf", ACRM_E_DENIED, "credentials",
      "the server lets nobody in from here as this user; see its pg_hba.conf" },
    { "role \"", ACRM_E_DENIED, "credentials", "the server knows no such user, or bars it" },
    { "permission denied for database", ACRM_E_DENIED, "credentials",
      "the user may not connect to this database" },
    { "database \"", ACRM_E_NOTFOUND, "open",
      "the server has no such database; create it first" },
    { "too many", ACRM_E_BUSY, "busy", "the server has no connection left; try again" },
    { "the database system is", ACRM_E_BUSY, "busy",
      "the server is starting or stopping; try again" },
    { "could not translate host name", ACRM_E_STORE, "unreachable", "there is no such host" },
    { "SSL", ACRM_E_STORE, "tls", "no encrypted connection could be made; see sslmode" },
};

int32_t acrm__postgres_fail_connect(const acrm__postgres_storage *storage, PGconn *db,
                                    acrm_error **err)
{
    const char *message = db ? storage->pq.error_message(db) : "";

    if (!db)
        return acrm__error_nomem(err);
    for (size_t i = 0; i < sizeof postgres_refusals / sizeof postgres_refusals[0]; i++)
        if (strstr(message, postgres_refusals[i].part))
            return acrm__error(err, postgres_refusals[i].code, postgres_refusals[i].reason, NULL,
                               "cannot open %s: %s", storage->place, postgres_refusals[i].text);
    return acrm__error(err, ACRM_E_STORE, "unreachable", NULL,
                       "cannot open %s: no server answers there; check host, port and network",
                       storage->place);
}

int32_t acrm__postgres_may_look(acrm__postgres_conn *conn, acrm_error **err)
{
    if (atomic_load_explicit(&conn->interrupted, memory_order_relaxed))
        return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
    if (conn->doomed)
        return acrm__error(err, ACRM_E_STORE, "rolled_back", NULL,
                           "the transaction was rolled back by an earlier failure");
    return ACRM_OK;
}

int32_t acrm__postgres_may_read(acrm__postgres_conn *conn, acrm_error **err)
{
    if (conn->state == ACRM__POSTGRES_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "no transaction is open");
    return acrm__postgres_may_look(conn, err);
}

int32_t acrm__postgres_may_write(acrm__postgres_conn *conn, acrm_error **err)
{
    int32_t st = acrm__postgres_may_read(conn, err);

    if (st == ACRM_OK && conn->state != ACRM__POSTGRES_WRITING)
        st = acrm__error(err, ACRM_E_MISUSE, "transaction", NULL,
                         "a change within a transaction that only reads");
    return st;
}
