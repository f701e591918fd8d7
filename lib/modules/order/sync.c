/* SPDX-License-Identifier: MIT */
/* Feeds read in steps: by file, by text or by the connector port. Each row has its outcome; what
 * waits is tried again; a run that was cut short goes on where its last step ended. */
#include "modules/order/sync.h"

#include "base/json.h"

#include <sodium.h>

enum { SYNC_ROOM = 2 * ACRM__SYNC_LINE_MAX, SYNC_DIGEST = 16, SYNC_AGAIN = 500 };

static const char *const sync_outcomes[ACRM__SYNC_OUTCOMES] = {
    "applied", "repeat", "waiting", "conflict", "rejected",
};
static const uint32_t sync_counters[ACRM__SYNC_OUTCOMES] = {
    F_sync_run__applied, F_sync_run__repeat, F_sync_run__waiting, F_sync_run__conflict,
    F_sync_run__rejected,
};

/* --- Lines of the input, or of a text --- */

typedef struct sync_lines {
    acrm__call *call;
    const char *text; /* all of it; NULL: the session's input */
    size_t text_len;
    char *room;
    size_t from, until;
    bool ended, skipping;
} sync_lines;

static int32_t sync_fill(sync_lines *in)
{
    int64_t n;

    memmove(in->room, in->room + in->from, in->until - in->from);
    in->until -= in->from;
    in->from = 0;
    size_t left = SYNC_ROOM - in->until;
    if (in->text) {
        n = (int64_t)(in->text_len < left ? in->text_len : left);
        memcpy(in->room + in->until, in->text, (size_t)n);
        in->text += n;
        in->text_len -= (size_t)n;
    } else {
        n = acrm__read_input(in->call, in->room + in->until, left);
    }
    if (n < 0)
        return acrm__fail(in->call, (int32_t)n, "input", "source",
                          "no input was lent, or it could not be read");
    in->ended = n == 0;
    in->until += (size_t)n;
    return ACRM_OK;
}

/* The next line that is not blank. One that is too long is given cut off. */
static int32_t sync_next(sync_lines *in, const char **line, size_t *len, bool *more)
{
    for (;;) {
        const char *start = in->room + in->from;
        const char *end = memchr(start, '\n', in->until - in->from);
        size_t n = end ? (size_t)(end - start) : in->until - in->from;
        if (!end && !in->ended && n <= ACRM__SYNC_LINE_MAX) {
            int32_t st = sync_fill(in);
            if (st != ACRM_OK)
                return st;
            continue;
        }
        bool rest = in->skipping;
        in->skipping = !end && n > ACRM__SYNC_LINE_MAX;
        in->from += n + (end ? 1 : 0);
        while (n > 0 && (start[n - 1] == '\r' || start[n - 1] == ' '))
            n--;
        *more = n > 0;
        if (n > 0 && !rest) {
            *line = start;
            *len = n;
            return ACRM_OK;
        }
        if (!end && in->ended) {
            *more = false;
            return ACRM_OK;
        }
    }
}

/* --- The run --- */

static int32_t sync_source_of(acrm__sync *sync, const char *code)
{
    const acrm__term of = { F_sync_source__code, ACRM_FILTER_EQ, acrm__cell_text(code) };
    int32_t st = acrm__find_one(sync->call, &(acrm__select){ .entity = "sync_source", .terms = &of,
                                                             .n_terms = 1 }, &sync->source);

    if (st == ACRM_OK && !sync->source)
        st = acrm__fail(sync->call, ACRM_E_NOTFOUND, "reference", "source",
                        "there is no sync_source of this code");
    sync->code = code;
    return st;
}

static int32_t sync_begin(acrm__sync *sync, const char *name, bool resume)
{
    acrm__call *call = sync->call;
    const acrm__term of[] = {
        { F_sync_run__source, ACRM_FILTER_EQ, acrm__cell_text(sync->code) },
        { F_sync_run__name, ACRM_FILTER_EQ, acrm__cell_text(name) },
        { F_sync_run__status, ACRM_FILTER_EQ, acrm__cell_text("running") },
    };
    int32_t st = resume ? acrm__find_one(call, &(acrm__select){ .entity = "sync_run",
                              .terms = of, .n_terms = 3 }, &sync->run) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    if (sync->run) {
        sync->position = acrm__int(sync->run, F_sync_run__position);
        sync->caught_up = acrm__int(sync->run, F_sync_run__caught_up);
        for (size_t i = 0; i < ACRM__SYNC_OUTCOMES; i++)
            sync->counts[i] = acrm__int(sync->run, sync_counters[i]);
        return ACRM_OK;
    }
    sync->run = acrm__new(call, "sync_run");
    if (!sync->run)
        return acrm__nomem(call);
    acrm__set(sync->run, F_sync_run__source, acrm__cell_text(sync->code));
    acrm__set(sync->run, F_sync_run__name, acrm__cell_text(name));
    return acrm__insert(call, sync->run);
}

static int32_t sync_save(acrm__sync *sync, bool done)
{
    acrm__rec *run = NULL;
    int32_t st = acrm__load(sync->call, "sync_run", acrm__id(sync->run, F_ID), NULL, &run);

    if (st != ACRM_OK)
        return st;
    acrm__set(run, F_sync_run__position, acrm__cell_int(sync->position));
    acrm__set(run, F_sync_run__caught_up, acrm__cell_int(sync->caught_up));
    for (size_t i = 0; i < ACRM__SYNC_OUTCOMES; i++)
        acrm__set(run, sync_counters[i], acrm__cell_int(sync->counts[i]));
    if (!done)
        return acrm__changed(run, F_sync_run__position) || acrm__changed(run, F_sync_run__caught_up)
                   ? acrm__touch(sync->call, run) : ACRM_OK;
    acrm__set(run, F_sync_run__status, acrm__cell_text("done"));
    acrm__set(run, F_sync_run__finished_at, acrm__cell_int(sync->call->now));
    return acrm__update(sync->call, run);
}

/* --- Rows --- */

/* A row that is kept as it is already kept: the same trouble is not listed twice. */
static int32_t sync_known(acrm__sync *sync, const unsigned char *digest, bool *known)
{
    const acrm__term of[] = {
        { F_sync_row__digest, ACRM_FILTER_EQ, acrm__cell_blob(digest, SYNC_DIGEST) },
        { F_sync_row__source, ACRM_FILTER_EQ, acrm__cell_text(sync->code) },
    };
    acrm__rec *row = NULL;
    int32_t st = acrm__find_one(sync->call, &(acrm__select){ .entity = "sync_row", .terms = of,
                                                             .n_terms = 2, .as_system = true },
                                &row);

    *known = row != NULL;
    return st;
}

/* The row is put down later than the verdict lives. */
static int32_t sync_tell(acrm__call *call, acrm__rec *row, const acrm__sync_verdict *verdict)
{
    const char *message = verdict->reason
        ? acrm__arena_text(call->arena, verdict->message, strlen(verdict->message)) : NULL;

    if (verdict->reason && !message)
        return acrm__nomem(call);
    acrm__set(row, F_sync_row__outcome, acrm__cell_text(sync_outcomes[verdict->outcome]));
    acrm__set(row, F_sync_row__reason, acrm__cell_text(verdict->reason));
    acrm__set(row, F_sync_row__message, acrm__cell_text(message));
    if (verdict->order)
        acrm__set(row, F_sync_row__vehicle_order_id, verdict->order->order.rec->cells[F_ID]);
    return ACRM_OK;
}

static int32_t sync_keep(acrm__sync *sync, const char *raw, size_t len,
                         acrm__sync_verdict *verdict)
{
    acrm__call *call = sync->call;
    acrm__rec *row = acrm__new(call, "sync_row");
    unsigned char *digest = acrm__arena_alloc(call->arena, SYNC_DIGEST);
    bool trouble = verdict->outcome >= ACRM__SYNC_WAITING, known = false;
    int32_t st = ACRM_OK;

    if (!row || !digest)
        return acrm__nomem(call);
    if (trouble) {
        crypto_generichash(digest, SYNC_DIGEST, (const unsigned char *)raw, len, NULL, 0);
        st = sync_known(sync, digest, &known);
    }
    if (known)
        verdict->outcome = ACRM__SYNC_REPEAT;
    if (st == ACRM_OK)
        st = sync_tell(call, row, verdict);
    acrm__set(row, F_sync_row__sync_run_id, sync->run->cells[F_ID]);
    acrm__set(row, F_sync_row__source, acrm__cell_text(sync->code));
    acrm__set(row, F_sync_row__position, acrm__cell_int(sync->position + 1));
    sync->counts[verdict->outcome]++;
    sync->position++;
    if (st == ACRM_OK && (!trouble || known))
        sync->rows[sync->n_rows++] = row;
    if (st != ACRM_OK || !trouble || known)
        return st;
    size_t fits = len > ACRM__SYNC_LINE_MAX ? ACRM__SYNC_LINE_MAX : len;
    acrm__set(row, F_sync_row__digest, acrm__cell_blob(digest, SYNC_DIGEST));
    acrm__set(row, F_sync_row__raw, acrm__cell_textn(raw, fits));
    return acrm__insert(call, row);
}

static int32_t sync_line(acrm__sync *sync, const char *line, size_t len)
{
    acrm__sync_verdict verdict = { .outcome = ACRM__SYNC_REJECTED, .reason = "json" };
    acrm_value *json = NULL;
    acrm__json_fault fault = { .expected = "JSON" };
    static const char *const long_line = "the line is longer than 64 KiB";
    int32_t st = len > ACRM__SYNC_LINE_MAX ? ACRM_E_INVALID
                                           : acrm__json_read(sync->call->arena, line, len, &json,
                                                             &fault);

    if (st == ACRM_E_NOMEM)
        return acrm__nomem(sync->call);
    if (st == ACRM_OK) {
        st = acrm__sync_take(sync, json, &verdict);
        if (st != ACRM_OK)
            return st;
        return sync_keep(sync, line, len, &verdict);
    }
    const char *why = len > ACRM__SYNC_LINE_MAX ? long_line : fault.expected;
    size_t n = strlen(why) < sizeof verdict.message ? strlen(why) : sizeof verdict.message - 1;
    memcpy(verdict.message, why, n); /* zeroed before */
    /* What is no UTF-8 cannot be kept as text: its digest and place tell which line it was. */
    return sync_keep(sync, json ? line : "", json ? len : 0, &verdict);
}

/* --- Waiting rows --- */

static int32_t sync_again_one(acrm__sync *sync, acrm__rec *row)
{
    const acrm_cell *raw = &row->cells[F_sync_row__raw];
    acrm__sync_verdict verdict;
    acrm_value *json = NULL;
    acrm__json_fault fault;
    acrm_value *opened = acrm__value_in(sync->call->arena);

    if (!opened)
        return acrm__nomem(sync->call);
    (void)raw;
    int32_t st = acrm__render(sync->call, row, opened); /* decrypts */
    const char *text = st == ACRM_OK ? acrm__get_text(opened, "raw") : NULL;
    if (st != ACRM_OK || !text)
        return st;
    if (acrm__json_read(sync->call->arena, text, strlen(text), &json, &fault) != ACRM_OK)
        return ACRM_OK;
    st = acrm__sync_take(sync, json, &verdict);
    if (st != ACRM_OK || verdict.outcome == ACRM__SYNC_WAITING)
        return st;
    st = sync_tell(sync->call, row, &verdict);
    if (st != ACRM_OK)
        return st;
    if (verdict.outcome < ACRM__SYNC_WAITING) {
        acrm__set(row, F_sync_row__raw, acrm__cell_null());
        acrm__set(row, F_sync_row__digest, acrm__cell_null());
    }
    sync->caught_up++;
    return acrm__update(sync->call, row);
}

/* Try a page of what waits again; *last is the last one looked at. */
static int32_t sync_again(acrm__sync *sync, unsigned char last[16], bool *more)
{
    acrm__call *call = sync->call;
    const acrm__term of[] = {
        { F_sync_row__source, ACRM_FILTER_EQ, acrm__cell_text(sync->code) },
        { F_sync_row__outcome, ACRM_FILTER_EQ, acrm__cell_text("waiting") },
        { F_ID, ACRM_FILTER_GT, acrm__cell_id(last) },
    };
    acrm__recs rows = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "sync_row", .terms = of,
        .n_terms = 3, .limit = ACRM__SYNC_STEP, .as_system = true }, &rows);

    for (size_t i = 0; st == ACRM_OK && i < rows.count; i++)
        st = sync_again_one(sync, rows.items[i]);
    if (st == ACRM_OK && rows.count > 0)
        memcpy(last, acrm__id(rows.items[rows.count - 1], F_ID), 16);
    *more = rows.count == ACRM__SYNC_STEP;
    return st == ACRM_OK ? acrm__sync_settle(sync) : st;
}

/* --- Steps --- */

static int32_t sync_orders(acrm__sync *sync, size_t n)
{
    sync->orders = acrm__arena_array(sync->call->arena, n, sizeof *sync->orders);
    sync->rows = acrm__arena_array(sync->call->arena, n, sizeof *sync->rows);
    sync->n_orders = sync->n_rows = 0;
    sync->chain = NULL;
    return sync->orders && sync->rows ? ACRM_OK : acrm__nomem(sync->call);
}

/* Everything that the rows told is put down. */
static int32_t sync_flush(acrm__sync *sync)
{
    int32_t st = acrm__sync_settle(sync);

    if (st == ACRM_OK)
        st = acrm__order_append(sync->call, sync->rows, sync->n_rows);
    sync->n_rows = 0;
    return st;
}

/* The lines of one step, told and worked out; *skip were done by an earlier run. */
static int32_t sync_step_lines(acrm__sync *sync, sync_lines *in, int64_t *skip, bool *more)
{
    int32_t st = sync_orders(sync, ACRM__SYNC_STEP);

    if (st == ACRM_OK)
        st = acrm__gather(sync->call);
    for (int32_t n = 0; st == ACRM_OK && *more && n < ACRM__SYNC_STEP;) {
        const char *line = NULL;
        size_t len = 0;
        st = sync_next(in, &line, &len, more);
        if (st != ACRM_OK || !*more)
            break;
        if (*skip > 0) {
            --*skip;
            continue;
        }
        char *kept = acrm__arena_text(sync->call->arena, line, len);
        st = kept ? sync_line(sync, kept, len) : acrm__nomem(sync->call);
        n++;
    }
    return st == ACRM_OK ? sync_flush(sync) : st;
}

static int32_t sync_step_again(acrm__sync *sync, unsigned char last[16], bool *more)
{
    int32_t st = sync_orders(sync, ACRM__SYNC_STEP);

    return st == ACRM_OK ? sync_again(sync, last, more) : st;
}

typedef struct sync_job {
    acrm__sync sync;
    sync_lines in;
    int64_t skip;
    bool lines; /* still reading; then what waits */
    bool more;
    unsigned char last[16];
} sync_job;

/* One transaction, in an arena of its own. */
static int32_t sync_step(sync_job *job, acrm__arena *batch)
{
    acrm__call *call = job->sync.call;
    acrm__arena *arena = call->arena;
    acrm__rec *source = job->sync.source;
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    call->arena = batch;
    st = job->lines ? sync_step_lines(&job->sync, &job->in, &job->skip, &job->more)
                    : sync_step_again(&job->sync, job->last, &job->more);
    bool end = !job->lines && !job->more;
    if (st == ACRM_OK)
        st = sync_save(&job->sync, end);
    if (st == ACRM_OK)
        st = acrm__commit(call);
    else
        acrm__rollback(call);
    job->sync.source = source;
    call->arena = arena;
    acrm__arena_reset(batch);
    if (st == ACRM_OK && job->lines && !job->more) {
        job->lines = false;
        job->more = true;
    } else if (st == ACRM_OK && end) {
        job->more = false;
    }
    return st;
}

static int32_t sync_answer(acrm__sync *sync)
{
    acrm_value *out = sync->call->out;
    bool ok = acrm__put_text(out, "run_id",
                             acrm__id_text(sync->call, acrm__id(sync->run, F_ID))) &&
              acrm__put_int(out, "rows", sync->position) &&
              acrm__put_int(out, "caught_up", sync->caught_up);

    for (size_t i = 0; ok && i < ACRM__SYNC_OUTCOMES; i++)
        ok = acrm__put_int(out, sync_outcomes[i], sync->counts[i]);
    return ok ? ACRM_OK : acrm__nomem(sync->call);
}

static int32_t sync_all(sync_job *job, const char *name)
{
    acrm__call *call = job->sync.call;
    acrm__arena batch;
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = sync_source_of(&job->sync, acrm__arg_text(call, "source"));
    if (st == ACRM_OK)
        st = sync_begin(&job->sync, name, true);
    if (st == ACRM_OK)
        st = acrm__commit(call);
    else
        acrm__rollback(call);
    job->skip = job->sync.position;
    job->more = true;
    acrm__arena_init(&batch, &call->arena->allocator);
    while (st == ACRM_OK && job->more) {
        st = sync_step(job, &batch);
        if (st == ACRM_OK)
            st = acrm__progress(call, "sync", job->sync.position, 0);
    }
    acrm__arena_free(&batch);
    return st == ACRM_OK ? sync_answer(&job->sync) : st;
}

/* {"format":"autocrm.sync/1","source":"maker"} */
static int32_t sync_header(sync_job *job)
{
    acrm__call *call = job->sync.call;
    const char *source = acrm__arg_text(call, "source"), *line = NULL;
    acrm_value *header = NULL;
    acrm__json_fault fault;
    size_t len = 0;
    bool more = false;
    int32_t st = sync_next(&job->in, &line, &len, &more);

    if (st != ACRM_OK)
        return st;
    if (more && len <= ACRM__SYNC_LINE_MAX)
        st = acrm__json_read(call->arena, line, len, &header, &fault);
    const char *format = acrm__get_text(header, "format");
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (!format || strncmp(format, "autocrm.sync/", 13) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "format", "format",
                          "the first line must say {\"format\":\"autocrm.sync/1\",...}");
    if (strcmp(format + 13, "1") != 0)
        return acrm__fail(call, ACRM_E_INVALID, "version", "format",
                          "this version of the feed's format is not known");
    const char *named = acrm__get_text(header, "source");
    if (named && strcmp(named, source) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "source", "source",
                          "the feed is of another source");
    return ACRM_OK;
}

int32_t acrm__sync_import(acrm__call *call)
{
    const char *name = acrm__arg_text(call, "name");
    sync_job *job = acrm__arena_zero(call->arena, sizeof *job);
    const acrm_value *text = acrm__arg(call, "text");

    if (!job)
        return acrm__nomem(call);
    job->sync.call = job->in.call = call;
    job->lines = true;
    job->in.text = text ? acrm_value_text(text, &job->in.text_len) : NULL;
    job->in.room = acrm__arena_alloc(call->arena, SYNC_ROOM);
    if (!job->in.room)
        return acrm__nomem(call);
    int32_t st = sync_header(job);
    return st == ACRM_OK ? sync_all(job, name ? name : "feed") : st;
}

int32_t acrm__sync_retry(acrm__call *call)
{
    sync_job *job = acrm__arena_zero(call->arena, sizeof *job);

    if (!job)
        return acrm__nomem(call);
    job->sync.call = call;
    return sync_all(job, "retry");
}

int32_t acrm__sync_dismiss(acrm__call *call)
{
    acrm__rec *row = NULL;
    int32_t st = acrm__load_arg(call, "sync_row", "id", &row);
    const char *outcome = st == ACRM_OK ? acrm__text(row, F_sync_row__outcome) : "";

    if (st == ACRM_OK && strcmp(outcome, "waiting") != 0 && strcmp(outcome, "rejected") != 0 &&
        strcmp(outcome, "conflict") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the row is %s", outcome);
    if (st != ACRM_OK)
        return st;
    acrm__set(row, F_sync_row__outcome, acrm__cell_text("dismissed"));
    acrm__set(row, F_sync_row__message, acrm__cell_text(acrm__arg_text(call, "cause")));
    st = acrm__update(call, row);
    return st == ACRM_OK ? acrm__render(call, row, call->out) : st;
}

/* --- By the connector --- */

static int32_t sync_ask(acrm__call *call, const acrm__rec *source, acrm_value **out)
{
    const char *cursor = acrm__text(source, F_sync_source__cursor);
    acrm_value *args = acrm__value_in(call->arena), *body;
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "connector", acrm__text(source, F_sync_source__connector)) &&
              acrm__put_text(args, "name", "sync") &&
              acrm__put_text(args, "subject_entity", "sync_source") &&
              acrm__put_text(args, "subject_id", acrm__id_text(call, acrm__id(source, F_ID)));

    body = ok ? acrm__put_map(args, "body") : NULL;
    ok = body && acrm__put_text(body, "format", "autocrm.sync/1") &&
         acrm__put_text(body, "source", acrm__text(source, F_sync_source__code)) &&
         acrm__put_text(body, "after", cursor) && acrm__put_int(body, "limit", SYNC_AGAIN);
    return ok ? acrm__run(call, "connector.request", args, out) : acrm__nomem(call);
}

int32_t acrm__sync_pull(acrm__call *call)
{
    acrm__sync sync = { .call = call };
    acrm_value *request = NULL;
    int32_t st = sync_source_of(&sync, acrm__arg_text(call, "source"));

    if (st == ACRM_OK && acrm__is_null(sync.source, F_sync_source__connector))
        st = acrm__fail(call, ACRM_E_CONFLICT, "connector", "source",
                        "the source names no connector");
    if (st == ACRM_OK && !acrm__operation_exists(call, "connector.request"))
        st = acrm__fail(call, ACRM_E_UNSUPPORTED, "connector", NULL, "there is no connector port");
    if (st == ACRM_OK)
        st = sync_ask(call, sync.source, &request);
    if (st == ACRM_OK && !acrm__put_text(call->out, "request_id",
                                         acrm__get_text(request, "id")))
        st = acrm__nomem(call);
    return st;
}

/* An answer: {"rows":[...],"cursor":"...","more":true}. */
static int32_t sync_take_answer(acrm__sync *sync, const char *name, const acrm_value *answer)
{
    const acrm_value *rows = acrm_value_get(answer, "rows");
    acrm__call *call = sync->call;
    unsigned char last[16] = { 0 };
    size_t n = acrm_value_type(rows) == ACRM_LIST ? acrm_value_count(rows) : 0;
    bool more = false;
    int32_t st = sync_begin(sync, name, false);

    if (st == ACRM_OK)
        st = sync_orders(sync, n + ACRM__SYNC_STEP);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        acrm__sync_verdict verdict;
        acrm__str text;
        acrm__str_init(&text, &call->arena->allocator);
        (void)acrm__json_write(&text, acrm_value_at(rows, i), 0);
        st = text.failed ? acrm__nomem(call)
                         : acrm__sync_take(sync, acrm_value_at(rows, i), &verdict);
        const char *raw = st == ACRM_OK ? acrm__arena_text(call->arena, text.data, text.len)
                                        : NULL;
        if (st == ACRM_OK)
            st = raw ? sync_keep(sync, raw, text.len, &verdict) : acrm__nomem(call);
        acrm__str_free(&text);
    }
    if (st == ACRM_OK)
        st = sync_flush(sync);
    if (st == ACRM_OK)
        st = sync_again(sync, last, &more);
    return st == ACRM_OK ? sync_save(sync, true) : st;
}

int32_t acrm__sync_answered(acrm__call *call, const acrm__event *event)
{
    acrm__rec *request = NULL;
    acrm__sync sync = { .call = call };
    acrm_value *answer = NULL, *again;
    acrm__json_fault fault;
    int32_t st = acrm__load(call, "connector_request", event->id, NULL, &request);

    if (st != ACRM_OK)
        return st;
    const acrm__entity *e = request->entity;
    const char *name = acrm__text(request, acrm__field_of(e, "name"));
    const char *entity = acrm__text(request, acrm__field_of(e, "subject_entity"));
    const acrm_cell *json = &request->cells[acrm__field_of(e, "answer")];
    if (!name || strcmp(name, "sync") != 0 || !entity || strcmp(entity, "sync_source") != 0 ||
        json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    st = acrm__load(call, "sync_source", acrm__id(request, acrm__field_of(e, "subject_id")), NULL,
                    &sync.source);
    if (st != ACRM_OK)
        return st;
    sync.code = acrm__text(sync.source, F_sync_source__code);
    st = acrm__json_read(call->arena, json->data, json->size, &answer, &fault);
    if (st != ACRM_OK)
        return acrm__nomem(call);
    st = sync_take_answer(&sync, acrm__id_text(call, event->id), answer);
    const char *cursor = acrm__get_text(answer, "cursor"), *kept;
    kept = acrm__text(sync.source, F_sync_source__cursor);
    bool moved = cursor && strlen(cursor) <= 1000 && (!kept || strcmp(kept, cursor) != 0);
    if (st == ACRM_OK && moved) {
        acrm__set(sync.source, F_sync_source__cursor, acrm__cell_text(cursor));
        st = acrm__update(call, sync.source);
        if (st == ACRM_OK && acrm_value_bool(acrm_value_get(answer, "more")))
            st = sync_ask(call, sync.source, &again);
    }
    return st;
}
