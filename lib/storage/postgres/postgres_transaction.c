/* SPDX-License-Identifier: MIT */
/* Transactions and savepoints. Reading ones begin with the first statement that wants an answer,
 * so that they cost no round trip of their own. */
#include "storage/postgres/postgres_internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TRANSACTION_WAY_NS = 5000000 };

static int32_t transaction_tidy(acrm__postgres_conn *c, acrm_error **err)
{
    if (!c->stale && c->n_kept < ACRM__POSTGRES_KEPT_MAX)
        return ACRM_OK;
    acrm__postgres_forget(c);
    c->stale = false;
    acrm__sql_clear(&c->sql);
    acrm__sql_puts(&c->sql, "DEALLOCATE ALL");
    acrm__postgres_params_clear(c);
    int32_t st = acrm__postgres_late(c, false, err);
    if (st == ACRM_OK)
        acrm__postgres_push(c); /* or a transaction that reads would begin after its first query */
    return st;
}

static int32_t transaction_read(acrm__postgres_conn *c, acrm_error **err)
{
    int32_t st = acrm__postgres_late_text(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                          ACRM__POSTGRES_LATE, err);

    return st == ACRM_OK ? acrm__postgres_late_text(c, ACRM__POSTGRES_LOOK,
                                                    ACRM__POSTGRES_GATE, err)
                         : st;
}

/* Waits here for the writer before us, and for nothing after. Whoever has the gate and is not heard
 * of for a while loses it, or a host that hangs would keep all others from writing. */
static int32_t transaction_write(acrm__postgres_conn *c, acrm_error **err)
{
    char text[160];
    int32_t st = acrm__postgres_late_text(c, "BEGIN ISOLATION LEVEL READ COMMITTED",
                                          ACRM__POSTGRES_LATE, err);

    snprintf(text, sizeof text, "UPDATE acrm_store SET writes=writes+1 RETURNING version,writes,"
             "set_config('idle_in_transaction_session_timeout','%d',true)",
             (int)c->storage->idle_ms);
    if (st == ACRM_OK)
        st = acrm__postgres_late_text(c, text, ACRM__POSTGRES_GATE, err);
    return st == ACRM_OK ? acrm__postgres_settle(c, err) : st;
}

static int32_t transaction_start(acrm__postgres_conn *c, bool write, acrm_error **err)
{
    int32_t st = transaction_tidy(c, err);

    if (st != ACRM_OK)
        return st;
    c->state = write ? ACRM__POSTGRES_WRITING : ACRM__POSTGRES_READING;
    c->fresh = true;
    return write ? transaction_write(c, err) : transaction_read(c, err);
}

/* Whoever we lost to goes first, or we would lose to it again: it has yet to wake up. */
static void transaction_give_way(acrm__postgres_conn *c)
{
    int32_t doubled = c->lost < 4 ? c->lost : 4;
    const struct timespec t = { .tv_nsec = (long)TRANSACTION_WAY_NS << doubled };

    if (c->lost > 0)
        nanosleep(&t, NULL);
}

int32_t acrm__postgres_begin(void *conn, int32_t write, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    acrm_error *first = NULL;

    if (c->state != ACRM__POSTGRES_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "a transaction is open");
    if (atomic_load(&c->interrupted))
        return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
    if (write && c->storage->flags & ACRM__SQLITE_READONLY)
        return acrm__error(err, ACRM_E_READONLY, "read_only", NULL, "%s was opened read-only",
                           c->storage->place);
    if (write)
        transaction_give_way(c);
    int32_t st = transaction_start(c, write, &first);
    if (st != ACRM_OK && c->pq->status(c->db) != CONNECTION_OK) { /* it was lost meanwhile */
        acrm_error_free(first);
        first = NULL;
        c->state = ACRM__POSTGRES_IDLE;
        c->doomed = false;
        st = acrm__postgres_reconnect(c, &first);
        if (st == ACRM_OK)
            st = transaction_start(c, write, &first);
    }
    if (st != ACRM_OK)
        acrm__postgres_rollback(c);
    if (err && first)
        *err = first;
    else
        acrm_error_free(first);
    return st;
}

void acrm__postgres_rollback(void *conn)
{
    acrm__postgres_conn *c = conn;

    if (c->state != ACRM__POSTGRES_IDLE && c->pq->status(c->db) == CONNECTION_OK) {
        bool doomed = c->doomed;
        c->doomed = false;
        if (acrm__postgres_late_text(c, "ROLLBACK", ACRM__POSTGRES_LATE, NULL) == ACRM_OK)
            acrm__postgres_push(c);
        else if (!doomed) /* no memory to say it with: losing the connection says it */
            acrm__postgres_hang_up(c);
    }
    c->state = ACRM__POSTGRES_IDLE;
    c->savepoints = 0;
    c->doomed = false;
    c->n_references = 0;
    acrm__postgres_forget_shape(c);
}

int32_t acrm__postgres_commit(void *conn, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    PGresult *result = NULL;
    int32_t st = acrm__postgres_may_read(c, err);

    if (st == ACRM_OK && c->state == ACRM__POSTGRES_READING) {
        acrm__postgres_rollback(c);
        return ACRM_OK;
    }
    if (st == ACRM_OK)
        st = acrm__postgres_add_references(c, err);
    if (st == ACRM_OK) {
        acrm_error *first = NULL;
        st = acrm__postgres_ask_text(c, "COMMIT", "write", &result, &first);
        if (st == ACRM_E_STORE && c->pq->status(c->db) != CONNECTION_OK) {
            acrm_error_free(first);
            first = NULL;
            st = acrm__error(&first, ACRM_E_STORE, "commit_unknown", NULL,
                             "the connection to %s was lost while committing: the change was made "
                             "wholly or not at all; look before you try again",
                             c->storage->place);
        } else if (st == ACRM_OK && strcmp(c->pq->cmd_status(result), "COMMIT") != 0) {
            st = acrm__error(&first, ACRM_E_STORE, "rolled_back", NULL,
                             "the transaction was rolled back by an earlier failure");
        }
        if (err && first)
            *err = first;
        else
            acrm_error_free(first);
    }
    c->pq->clear(result);
    if (st != ACRM_OK) {
        acrm__postgres_rollback(c);
        return st;
    }
    acrm__postgres_forget_shape(c);
    c->lost = 0;
    c->writes = c->pending_writes;
    c->state = ACRM__POSTGRES_IDLE;
    c->savepoints = 0;
    return ACRM_OK;
}

static int32_t transaction_point(acrm__postgres_conn *c, const char *verb, int32_t number,
                                 acrm_error **err)
{
    char text[48];

    snprintf(text, sizeof text, "%s acrm%d", verb, (int)number);
    return acrm__postgres_late_text(c, text, ACRM__POSTGRES_LATE, err);
}

int32_t acrm__postgres_savepoint(void *conn, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = acrm__postgres_may_read(c, err);

    if (st == ACRM_OK)
        st = transaction_point(c, "SAVEPOINT", c->savepoints + 1, err);
    if (st == ACRM_OK)
        c->savepoints++;
    return st;
}

static int32_t transaction_may_end(acrm__postgres_conn *c, acrm_error **err)
{
    int32_t st = acrm__postgres_may_read(c, err);

    if (st == ACRM_OK && c->savepoints == 0)
        st = acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "no savepoint is open");
    return st;
}

int32_t acrm__postgres_release(void *conn, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = transaction_may_end(c, err);

    if (st == ACRM_OK)
        st = transaction_point(c, "RELEASE", c->savepoints, err);
    if (st == ACRM_OK)
        c->savepoints--;
    return st;
}

int32_t acrm__postgres_rollback_to(void *conn, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = transaction_may_end(c, err);

    acrm__postgres_forget_shape(c);
    if (st == ACRM_OK)
        st = transaction_point(c, "ROLLBACK TO", c->savepoints, err);
    return st == ACRM_OK ? acrm__postgres_release(c, err) : st;
}

/* Brought up to date by the first answer of a transaction. */
int64_t acrm__postgres_change_mark(void *conn)
{
    acrm__postgres_conn *c = conn;

    if (acrm__postgres_arrive(c, NULL) != ACRM_OK)
        c->mark++;
    return c->mark;
}
