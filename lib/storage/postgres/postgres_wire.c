/* SPDX-License-Identifier: MIT */
/* Statements on the wire: parameters, preparing, sending, answers. */
#include "storage/postgres/postgres_internal.h"

#include <stdio.h>
#include <string.h>

/* --- Parameters --- */

static const struct {
    Oid type;
    char letter;
} wire_types[] = {
    [ACRM_CELL_NULL] = { 0, '-' },
    [ACRM_CELL_INT] = { ACRM__POSTGRES_INT8, 'i' },
    [ACRM_CELL_REAL] = { ACRM__POSTGRES_FLOAT8, 'r' },
    [ACRM_CELL_TEXT] = { ACRM__POSTGRES_TEXT, 't' },
    [ACRM_CELL_BLOB] = { ACRM__POSTGRES_BYTEA, 'b' },
};

static uint64_t wire_order(uint64_t n)
{
    unsigned char bytes[8];
    uint64_t out;

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(n >> (56 - 8 * i));
    memcpy(&out, bytes, sizeof out);
    return out;
}

void acrm__postgres_params_clear(acrm__postgres_conn *conn)
{
    conn->params.n = 0;
    conn->params.failed = false;
}

void acrm__postgres_params_free(acrm__postgres_conn *conn)
{
    const acrm_allocator *a = &conn->storage->allocator;
    acrm__postgres_params *p = &conn->params;

    acrm__free(a, (void *)(uintptr_t)p->values, p->cap * sizeof *p->values);
    acrm__free(a, p->lengths, p->cap * sizeof *p->lengths);
    acrm__free(a, p->formats, p->cap * sizeof *p->formats);
    acrm__free(a, p->types, p->cap * sizeof *p->types);
    acrm__free(a, p->numbers, p->cap * sizeof *p->numbers);
    *p = (acrm__postgres_params){ .n = 0 };
}

#define WIRE_GROW(array)                                                                          \
    do {                                                                                          \
        void *grown = acrm__resize(a, (void *)(uintptr_t)p->array, p->cap * sizeof *p->array,     \
                                   cap * sizeof *p->array);                                       \
        if (!grown)                                                                               \
            return false;                                                                         \
        p->array = grown;                                                                         \
    } while (0)

static bool wire_grow(const acrm_allocator *a, acrm__postgres_params *p)
{
    uint32_t cap = p->cap ? p->cap * 2 : 64;

    if (p->n < p->cap)
        return true;
    WIRE_GROW(values);
    WIRE_GROW(lengths);
    WIRE_GROW(formats);
    WIRE_GROW(types);
    WIRE_GROW(numbers);
    p->cap = cap;
    /* Numbers may have moved: values point to them by what they are. */
    for (uint32_t i = 0; i < p->n; i++)
        if (p->values[i] && (p->types[i] == ACRM__POSTGRES_INT8
                             || p->types[i] == ACRM__POSTGRES_FLOAT8))
            p->values[i] = (const char *)&p->numbers[i];
    return true;
}

void acrm__postgres_param(acrm__postgres_conn *conn, int32_t type, const acrm_cell *cell)
{
    acrm__postgres_params *p = &conn->params;
    uint64_t bits;

    if (p->failed || p->n == ACRM__POSTGRES_PARAMS_MAX
        || !wire_grow(&conn->storage->allocator, p)) {
        p->failed = true;
        return;
    }
    uint32_t i = p->n++;
    p->types[i] = wire_types[type].type;
    p->formats[i] = 1;
    p->lengths[i] = 8;
    p->values[i] = (const char *)&p->numbers[i];
    switch (cell->type) {
    case ACRM_CELL_INT:
        p->numbers[i] = wire_order((uint64_t)cell->integer);
        break;
    case ACRM_CELL_REAL:
        memcpy(&bits, &cell->real, sizeof bits);
        p->numbers[i] = wire_order(bits);
        break;
    case ACRM_CELL_TEXT:
    case ACRM_CELL_BLOB:
        p->lengths[i] = (int)cell->size;
        p->values[i] = cell->data ? cell->data : "";
        break;
    default:
        p->values[i] = NULL;
        break;
    }
}

void acrm__postgres_params_bound(acrm__postgres_conn *conn)
{
    acrm__postgres_params_clear(conn);
    for (uint32_t i = 0; i < conn->sql.n_binds; i++)
        acrm__postgres_param(conn, conn->sql.binds[i].type, &conn->sql.binds[i]);
}

/* --- Prepared statements, known by their text and the types of their parameters --- */

static uint64_t wire_hash(const char *text, size_t len)
{
    uint64_t hash = len;

    for (size_t i = 0; i < len; i += sizeof hash) {
        uint64_t word = 0;
        memcpy(&word, text + i, len - i < sizeof word ? len - i : sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

void acrm__postgres_forget(acrm__postgres_conn *conn)
{
    for (uint32_t i = 0; i < ACRM__POSTGRES_CHAINS; i++) {
        for (acrm__postgres_kept *next, *k = conn->kept[i]; k; k = next) {
            next = k->next;
            acrm__free(&conn->storage->allocator, k, sizeof *k + k->len + 1);
        }
        conn->kept[i] = NULL;
    }
    conn->n_kept = 0;
}

static char wire_letter(Oid type)
{
    for (size_t i = 0; i < sizeof wire_types / sizeof wire_types[0]; i++)
        if (wire_types[i].type == type)
            return wire_types[i].letter;
    return '-';
}

/* The kept statement of conn->sql; *fresh: it must be prepared. NULL: no memory. */
static acrm__postgres_kept *wire_kept(acrm__postgres_conn *conn, bool *fresh)
{
    acrm__str *text = &conn->sql.text;
    size_t plain = text->len;

    acrm__str_putc(text, '\0');
    for (uint32_t i = 0; i < conn->params.n; i++)
        acrm__str_putc(text, wire_letter(conn->params.types[i]));
    if (text->failed)
        return NULL;
    uint64_t hash = wire_hash(text->data, text->len);
    acrm__postgres_kept **chain = &conn->kept[hash % ACRM__POSTGRES_CHAINS];
    acrm__postgres_kept *k = *chain;
    while (k && (k->hash != hash || k->len != text->len
                 || memcmp(k->text, text->data, text->len) != 0))
        k = k->next;
    *fresh = !k;
    if (!k)
        k = acrm__alloc(&conn->storage->allocator, sizeof *k + text->len + 1);
    if (k && *fresh) {
        *k = (acrm__postgres_kept){ .next = *chain, .hash = hash, .number = conn->next_number++,
                                    .len = text->len };
        memcpy(k->text, text->data, text->len + 1);
        *chain = k;
        conn->n_kept++;
    }
    acrm__str_cut(text, plain);
    return k;
}

/* --- Sending --- */

static int32_t wire_lost(acrm__postgres_conn *conn, acrm_error **err)
{
    return acrm__postgres_fail(conn, NULL, NULL, "reach", err);
}

static void wire_note(acrm__postgres_conn *conn, int32_t kind)
{
    conn->sent[conn->n_sent++] = (unsigned char)kind;
}

static int32_t wire_room(acrm__postgres_conn *conn, acrm_error **err)
{
    return conn->n_sent >= ACRM__POSTGRES_SENT_MAX ? acrm__postgres_settle(conn, err) : ACRM_OK;
}

/* Send conn->sql; nothing is waited for unless very much is under way. */
static int32_t wire_send(acrm__postgres_conn *conn, bool repeat, int32_t kind, acrm_error **err)
{
    const acrm__pq *pq = conn->pq;
    const acrm__postgres_params *p = &conn->params;
    const char *text = conn->sql.text.data;
    char name[24];
    bool fresh = false;

    if (acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    if (p->failed)
        return acrm__error(err, ACRM_E_LIMIT, "limit", NULL,
                           "the query is too large; use fewer conditions or values");
    int32_t st = wire_room(conn, err);
    if (st != ACRM_OK)
        return st;
    conn->statements += kind != ACRM__POSTGRES_GATE; /* that one belongs to a BEGIN */
    if (!repeat || conn->sql.text.len > ACRM__POSTGRES_KEPT_BYTES) {
        if (!pq->send_query_params(conn->db, text, (int)p->n, p->types, p->values, p->lengths,
                                   p->formats, 1))
            return wire_lost(conn, err);
        wire_note(conn, kind);
        return ACRM_OK;
    }
    acrm__postgres_kept *kept = wire_kept(conn, &fresh);
    if (!kept)
        return acrm__error_nomem(err);
    snprintf(name, sizeof name, "acrm%llu", (unsigned long long)kept->number);
    if (fresh) {
        if (!pq->send_prepare(conn->db, name, kept->text, (int)p->n, p->types)) {
            conn->stale = true;
            return wire_lost(conn, err);
        }
        wire_note(conn, ACRM__POSTGRES_PREPARE);
    }
    if (!pq->send_query_prepared(conn->db, name, (int)p->n, p->values, p->lengths,
                                 p->formats, 1))
        return wire_lost(conn, err);
    wire_note(conn, kind);
    return ACRM_OK;
}

int32_t acrm__postgres_late(acrm__postgres_conn *conn, bool repeat, acrm_error **err)
{
    return wire_send(conn, repeat, ACRM__POSTGRES_LATE, err);
}

static void wire_text(acrm__postgres_conn *conn, const char *text)
{
    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, text);
    acrm__postgres_params_clear(conn);
}

int32_t acrm__postgres_late_text(acrm__postgres_conn *conn, const char *text, int32_t kind,
                                 acrm_error **err)
{
    wire_text(conn, text);
    return wire_send(conn, true, kind, err);
}

void acrm__postgres_push(acrm__postgres_conn *conn)
{
    if (conn->pq->pipeline_sync(conn->db))
        wire_note(conn, ACRM__POSTGRES_SYNC);
}

/* --- Answers --- */

static int64_t wire_read_int(const char *bytes, int len)
{
    uint64_t n = 0;

    for (int i = 0; i < len; i++)
        n = n << 8 | (unsigned char)bytes[i];
    return len == 4 ? (int32_t)(uint32_t)n : (int64_t)n;
}

/* The gate counts writing transactions: others have written when it is further than we know. */
static void wire_gate(acrm__postgres_conn *conn, const PGresult *result)
{
    const acrm__pq *pq = conn->pq;

    if (pq->ntuples(result) != 1 || pq->nfields(result) < 2)
        return;
    conn->version = wire_read_int(pq->getvalue(result, 0, 0), pq->getlength(result, 0, 0));
    int64_t writes = wire_read_int(pq->getvalue(result, 0, 1), pq->getlength(result, 0, 1));
    int64_t expected = conn->writes + (conn->state == ACRM__POSTGRES_WRITING);
    if (writes != expected)
        conn->mark++;
    conn->pending_writes = writes;
    conn->writes = conn->state == ACRM__POSTGRES_WRITING ? writes - 1 : writes;
}

static bool wire_good(ExecStatusType status)
{
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

typedef struct wire_answers {
    PGresult *wanted; /* the answer to the statement that wants one, a failure too */
    PGresult *failed; /* the first failure of another one */
} wire_answers;

/* The answer to one statement; false when the connection is gone. */
static bool wire_answer(acrm__postgres_conn *conn, int32_t kind, wire_answers *out)
{
    PGresult *result = conn->pq->get_result(conn->db);

    if (!result)
        return false;
    ExecStatusType status = conn->pq->result_status(result);
    if (kind == ACRM__POSTGRES_SYNC)
        goto done;
    if (kind == ACRM__POSTGRES_GATE && wire_good(status))
        wire_gate(conn, result);
    if (kind == ACRM__POSTGRES_PREPARE && !wire_good(status))
        conn->stale = true;
    if (kind == ACRM__POSTGRES_WANTED && status != PGRES_PIPELINE_ABORTED) {
        out->wanted = result;
        result = NULL;
    } else if (!wire_good(status) && status != PGRES_PIPELINE_ABORTED && !out->failed) {
        out->failed = result;
        result = NULL;
    }
    for (PGresult *more; (more = conn->pq->get_result(conn->db)) != NULL;)
        conn->pq->clear(more);
done:
    conn->pq->clear(result);
    return status != PGRES_FATAL_ERROR || conn->pq->status(conn->db) == CONNECTION_OK;
}

static void wire_waiting(acrm__postgres_conn *conn, bool waiting)
{
    pthread_mutex_lock(&conn->lock);
    conn->waiting = waiting;
    pthread_mutex_unlock(&conn->lock);
}

/* All answers, in order. False when the connection is gone. */
static bool wire_collect(acrm__postgres_conn *conn, wire_answers *out)
{
    bool there = true;

    acrm__postgres_push(conn);
    conn->round_trips++;
    wire_waiting(conn, true);
    for (uint32_t i = 0; i < conn->n_sent && there; i++)
        there = wire_answer(conn, conn->sent[i], out);
    wire_waiting(conn, false);
    conn->n_sent = 0;
    return there && conn->pq->status(conn->db) == CONNECTION_OK;
}

/* Class 23: what a late statement must not come upon. */
static bool wire_broken_rule(const acrm__pq *pq, const PGresult *result)
{
    const char *state = pq->result_error_field(result, PG_DIAG_SQLSTATE);

    return state && strncmp(state, "23", 2) == 0;
}

static int32_t wire_settle(acrm__postgres_conn *conn, const acrm_table *table, const char *doing,
                           PGresult **wanted, acrm_error **err)
{
    wire_answers answers = { NULL, NULL };
    int32_t st = ACRM_OK;
    bool there = wire_collect(conn, &answers);

    if (answers.failed && wire_broken_rule(conn->pq, answers.failed)) {
        st = acrm__error(err, ACRM_E_STORE, "late", NULL,
                         "a row that was to be new is there already; the transaction is undone");
    } else if (answers.failed || !there) {
        st = acrm__postgres_fail(conn, answers.failed, table, doing, err);
    } else if (answers.wanted && !wire_good(conn->pq->result_status(answers.wanted))) {
        st = acrm__postgres_fail(conn, answers.wanted, table, doing, err);
    }
    if (st != ACRM_OK && conn->state != ACRM__POSTGRES_IDLE)
        conn->doomed = true;
    if (there)
        conn->fresh = false;
    conn->pq->clear(answers.failed);
    if (st == ACRM_OK && wanted && answers.wanted)
        *wanted = answers.wanted;
    else
        conn->pq->clear(answers.wanted);
    if (st == ACRM_OK && wanted && !*wanted)
        st = acrm__error(err, ACRM_E_STORE, "postgres", NULL, "the server gave no answer");
    return st;
}

int32_t acrm__postgres_settle(acrm__postgres_conn *conn, acrm_error **err)
{
    return conn->n_sent > 0 ? wire_settle(conn, NULL, "write", NULL, err) : ACRM_OK;
}

static int32_t wire_begin_again(acrm__postgres_conn *conn, acrm_error **err)
{
    int32_t state = conn->state;

    int32_t st = acrm__postgres_reconnect(conn, err);
    if (st == ACRM_OK && state == ACRM__POSTGRES_READING)
        st = acrm__postgres_begin(conn, 0, err);
    return st;
}

/* Whether a reading transaction can begin anew unnoticed: the connection was lost while idle. */
static bool wire_repeatable(const acrm__postgres_conn *conn)
{
    return conn->pq->status(conn->db) != CONNECTION_OK
           && (conn->state == ACRM__POSTGRES_IDLE
               || (conn->state == ACRM__POSTGRES_READING && conn->fresh));
}

/* A transaction that begins has asked already. */
static int32_t wire_ask_gate(acrm__postgres_conn *conn, acrm_error **err)
{
    int32_t st = ACRM_OK;

    if (conn->state == ACRM__POSTGRES_IDLE)
        st = acrm__postgres_late_text(conn, ACRM__POSTGRES_LOOK, ACRM__POSTGRES_GATE, err);
    return st == ACRM_OK ? acrm__postgres_settle(conn, err) : st;
}

int32_t acrm__postgres_arrive(acrm__postgres_conn *conn, acrm_error **err)
{
    acrm_error *first = NULL;

    if (conn->state != ACRM__POSTGRES_IDLE
        && (conn->state != ACRM__POSTGRES_READING || !conn->fresh))
        return ACRM_OK;
    int32_t st = wire_ask_gate(conn, &first);
    if (st != ACRM_OK && wire_repeatable(conn)) {
        acrm_error_free(first);
        first = NULL;
        st = wire_begin_again(conn, &first);
        if (st == ACRM_OK)
            st = wire_ask_gate(conn, &first);
    }
    if (err && first)
        *err = first;
    else
        acrm_error_free(first);
    return st;
}

int32_t acrm__postgres_ask(acrm__postgres_conn *conn, bool repeat, const acrm_table *table,
                           const char *doing, PGresult **out, acrm_error **err)
{
    acrm_error *first = NULL;
    PGresult *result = NULL;
    int32_t st = wire_send(conn, repeat, ACRM__POSTGRES_WANTED, &first);

    if (st == ACRM_OK)
        st = wire_settle(conn, table, doing, &result, &first);
    if (st != ACRM_OK && wire_repeatable(conn)) {
        acrm__str kept = conn->sql.text; /* beginning anew writes statements too */
        acrm__postgres_params params = conn->params;
        acrm__str_init(&conn->sql.text, &conn->storage->allocator);
        conn->params = (acrm__postgres_params){ .n = 0 };
        acrm_error_free(first);
        first = NULL;
        st = wire_begin_again(conn, &first);
        acrm__str_free(&conn->sql.text);
        acrm__postgres_params_free(conn);
        conn->sql.text = kept;
        conn->params = params;
        if (st == ACRM_OK)
            st = wire_send(conn, repeat, ACRM__POSTGRES_WANTED, &first);
        if (st == ACRM_OK)
            st = wire_settle(conn, table, doing, &result, &first);
    }
    if (st == ACRM_OK)
        *out = result;
    else if (err)
        *err = first;
    else
        acrm_error_free(first);
    return st;
}

int32_t acrm__postgres_ask_text(acrm__postgres_conn *conn, const char *text, const char *doing,
                                PGresult **out, acrm_error **err)
{
    wire_text(conn, text);
    return acrm__postgres_ask(conn, true, NULL, doing, out, err);
}

int32_t acrm__postgres_script(acrm__postgres_conn *conn, const char *text,
                              const acrm_table *table, acrm_error **err)
{
    int32_t st = acrm__postgres_settle(conn, err);

    if (st != ACRM_OK)
        return st;
    conn->statements++;
    conn->round_trips++;
    conn->pq->exit_pipeline_mode(conn->db);
    wire_waiting(conn, true);
    PGresult *result = conn->pq->exec(conn->db, text);
    wire_waiting(conn, false);
    if (!wire_good(conn->pq->result_status(result))) {
        st = acrm__postgres_fail(conn, result, table, "change", err);
        if (conn->state != ACRM__POSTGRES_IDLE)
            conn->doomed = true;
    }
    conn->pq->clear(result);
    conn->pq->enter_pipeline_mode(conn->db);
    return st;
}

int32_t acrm__postgres_script_sql(acrm__postgres_conn *conn, const acrm_table *table,
                                  acrm_error **err)
{
    if (acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    return acrm__postgres_script(conn, conn->sql.text.data, table, err);
}

/* --- Rows --- */

static int wire_digit(const unsigned char *bytes, int i)
{
    return bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* A numeric as the server sends it: digits to the base 10000 behind count, weight, sign, scale. */
static int32_t wire_numeric(const char *value, int64_t *out, acrm_error **err)
{
    const unsigned char *bytes = (const unsigned char *)value;
    int n = wire_digit(bytes, 0);
    int weight = (int16_t)wire_digit(bytes, 1);
    bool negative = wire_digit(bytes, 2) == 0x4000;
    int64_t sum = 0;
    bool over = weight > 4;

    for (int i = 0; i <= weight && !over; i++) {
        int digit = i < n ? wire_digit(bytes, 4 + i) : 0;
        over = __builtin_mul_overflow(sum, 10000, &sum)
               || __builtin_sub_overflow(sum, digit, &sum); /* the negative side is longer */
    }
    if (!negative && !over)
        over = __builtin_sub_overflow(0, sum, &sum);
    if (over)
        return acrm__error(err, ACRM_E_LIMIT, "overflow", NULL,
                           "the sum does not fit into 64 bits");
    *out = sum;
    return ACRM_OK;
}

int32_t acrm__postgres_row(const acrm__pq *pq, const PGresult *result, int row, acrm_cell *cells,
                           acrm_error **err)
{
    int n = pq->nfields(result);

    for (int i = 0; i < n; i++) {
        const char *value = pq->getvalue(result, row, i);
        int len = pq->getlength(result, row, i);
        uint64_t bits;

        cells[i] = (acrm_cell){ .type = ACRM_CELL_NULL };
        if (pq->getisnull(result, row, i))
            continue;
        switch (pq->ftype(result, i)) {
        case ACRM__POSTGRES_INT8:
        case ACRM__POSTGRES_INT4:
            cells[i] = (acrm_cell){ .type = ACRM_CELL_INT, .integer = wire_read_int(value, len) };
            break;
        case ACRM__POSTGRES_FLOAT8:
            bits = (uint64_t)wire_read_int(value, len);
            cells[i].type = ACRM_CELL_REAL;
            memcpy(&cells[i].real, &bits, sizeof bits);
            break;
        case ACRM__POSTGRES_NUMERIC:
            cells[i].type = ACRM_CELL_INT;
            if (wire_numeric(value, &cells[i].integer, err) != ACRM_OK)
                return ACRM_E_LIMIT;
            break;
        default:
            cells[i] = (acrm_cell){ .type = pq->ftype(result, i) == ACRM__POSTGRES_BYTEA
                                                ? ACRM_CELL_BLOB : ACRM_CELL_TEXT,
                                    .data = value, .size = (uint32_t)len };
            break;
        }
    }
    return ACRM_OK;
}
