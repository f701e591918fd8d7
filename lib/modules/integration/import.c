/* SPDX-License-Identifier: MIT */
/*
 * The steps of an import of whatever kind: a file row by row, committed in steps. Each row has its
 * outcome; what is refused is kept as it came. A run that was cut short goes on where its last step
 * ended, and a file that is read again changes nothing, because every row is known by its key, its
 * id or its words.
 */
#include "modules/integration/import.h"

#include "base/json.h"
#include "base/text.h"
#include "modules/integration/entities.h"

#include <sodium.h>
#include <string.h>

enum {
    IMPORT_STEP = 250,              /* rows of a step */
    IMPORT_STEP_BYTES = 4194304     /* or so many bytes of them, if that is less */
};

/* Counters of a job, by outcome. */
static const struct {
    const char *outcome;
    uint32_t field;
} import_counters[] = {
    { "created", F_import_job__created_rows },     { "attached", F_import_job__attached_rows },
    { "updated", F_import_job__updated_rows },     { "unchanged", F_import_job__unchanged_rows },
    { "duplicate", F_import_job__duplicate_rows }, { "rejected", F_import_job__rejected_rows },
};

enum { IMPORT_OUTCOMES = sizeof import_counters / sizeof import_counters[0] };

/* A row of the step in hand. */
typedef struct import_pending {
    acrm__rows_item item; /* copied: its texts live as long as the step */
    acrm_value *draft;    /* NULL: see fault */
    acrm__draft_fault fault;
} import_pending;

typedef struct import_run {
    acrm__import in;
    acrm__arena *arena;  /* the call's own */
    acrm__arena batch;   /* of the rows of a step */
    acrm__arena scratch; /* of one row */
    import_pending *pending;
    int32_t n_pending;
    int64_t counts[IMPORT_OUTCOMES];
    int64_t position;    /* rows done in all steps */
    int64_t skip;        /* rows done by an earlier run */
    crypto_generichash_state *digest; /* on the stack: an arena does not align as it must */
    int64_t bytes;
    acrm_value *shown; /* rows of a dry run */
    int64_t show;      /* so many of them */
} import_run;

/* --- Input: the session's stream, hashed as it goes by --- */

static int64_t import_read(void *user, void *buf, size_t cap)
{
    import_run *run = user;
    int64_t n = acrm__read_input(run->in.call, buf, cap);

    if (n > 0) {
        crypto_generichash_update(run->digest, buf, (unsigned long long)n);
        run->bytes += n;
    }
    return n;
}

/* --- The job --- */

const char *acrm__import_json(acrm__call *call, const acrm_value *value)
{
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    (void)acrm__json_write(&text, value, 0);
    const char *kept = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    return kept;
}

static int32_t import_options_text(const import_run *run, const char **out)
{
    acrm__call *call = run->in.call;
    acrm_value *options = acrm__value_in(call->arena);
    bool ok = options && acrm_value_set_map(options) == ACRM_OK;

    for (const char *const *name = run->in.kind->options; ok && *name; name++) {
        const acrm_value *value = acrm__arg(call, *name);
        ok = !value || acrm__put_value(options, *name, value);
    }
    *out = ok ? acrm__import_json(call, options) : NULL;
    return *out ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__import_options(acrm__call *call, const acrm__rec *job, acrm_value **out)
{
    const acrm_cell *cell = &job->cells[F_import_job__options];
    acrm__json_fault fault;

    *out = NULL;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    return st == ACRM_OK ? ACRM_OK : acrm__fail(call, ACRM_E_CORRUPT, "options", NULL,
                                                "the options of the import are damaged");
}

const acrm__import_kind *acrm__import_kind_of(const acrm__rec *job)
{
    return acrm__is_null(job, F_import_job__entity) ? &acrm__import_leads : &acrm__import_upserts;
}

/* An unfinished run over the same source goes on; a finished one is left alone. */
static int32_t import_find_job(import_run *run, const char *options)
{
    acrm__call *call = run->in.call;
    acrm__term terms[] = {
        { F_import_job__source, ACRM_FILTER_EQ, acrm__cell_text(acrm__arg_text(call, "source")) },
        { F_import_job__status, ACRM_FILTER_EQ, acrm__cell_text("running") },
        { F_import_job__options, ACRM_FILTER_EQ, acrm__cell_text(options) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "import_job", .terms = terms,
                                                 .n_terms = 3 }, &run->in.job);
}

static int32_t import_make_job(import_run *run, const char *options)
{
    acrm__call *call = run->in.call;
    const char *format = acrm__rows_format_name(run->in.rows.format);
    unsigned char *dealer = acrm__arena_alloc(call->arena, 16);
    char delimiter[2] = { run->in.rows.csv.delimiter, '\0' };
    acrm_value *dialect = acrm__value_in(call->arena);

    run->in.job = acrm__new(call, "import_job");
    bool ok = run->in.job && dealer && dialect && acrm_value_set_map(dialect) == ACRM_OK &&
              acrm__put_text(dialect, "encoding",
                             acrm__encoding_name(run->in.rows.decoder.encoding));
    if (ok && run->in.rows.format == ACRM__ROWS_CSV)
        ok = acrm__put_text(dialect, "delimiter", delimiter) &&
             acrm__put_text(dialect, "header", run->in.rows.header);
    if (!ok)
        return acrm__nomem(call);
    const char *kept = acrm__import_json(call, dialect);
    if (!kept)
        return acrm__nomem(call);
    acrm__set(run->in.job, F_import_job__source, acrm__cell_text(acrm__arg_text(call, "source")));
    acrm__set(run->in.job, F_import_job__format, acrm__cell_text(format));
    acrm__set(run->in.job, F_import_job__dialect, acrm__cell_text(kept));
    acrm__set(run->in.job, F_import_job__options, acrm__cell_text(options));
    if (run->in.kind == &acrm__import_upserts)
        acrm__set(run->in.job, F_import_job__entity,
                  acrm__cell_text(acrm__arg_text(call, "entity")));
    if (acrm__arg_id(call, "dealer_id", dealer))
        acrm__set(run->in.job, F_import_job__dealer_id, acrm__cell_blob(dealer, 16));
    return acrm__insert(call, run->in.job);
}

/* A dry run is one transaction, which is undone in the end; its steps are parts of it. */
static int32_t import_step_begin(const import_run *run)
{
    return run->in.dry_run ? acrm__savepoint(run->in.call) : acrm__begin(run->in.call);
}

static int32_t import_step_end(const import_run *run)
{
    int32_t st = run->in.dry_run ? acrm__react(run->in.call) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    return run->in.dry_run ? acrm__release(run->in.call) : acrm__commit(run->in.call);
}

static int32_t import_step_undo(const import_run *run)
{
    if (run->in.dry_run)
        return acrm__rollback_to(run->in.call);
    acrm__rollback(run->in.call);
    return ACRM_OK;
}

/* After a failure, whose error is told: one of the undoing itself is not. */
static void import_step_drop(import_run *run)
{
    acrm__call *call = run->in.call;
    acrm_error *second = NULL, **err = call->err;

    call->err = &second;
    (void)import_step_undo(run);
    call->err = err;
    acrm_error_free(second);
}

static int32_t import_begin(import_run *run)
{
    const char *options;

    int32_t st = import_step_begin(run);
    if (st != ACRM_OK)
        return st;
    st = import_options_text(run, &options);
    if (st == ACRM_OK && !run->in.dry_run)
        st = import_find_job(run, options);
    if (st == ACRM_OK && run->in.job) {
        run->position = run->skip = acrm__int(run->in.job, F_import_job__position);
        for (size_t i = 0; i < IMPORT_OUTCOMES; i++)
            run->counts[i] = acrm__int(run->in.job, import_counters[i].field);
    } else if (st == ACRM_OK) {
        st = import_make_job(run, options);
    }
    if (st == ACRM_OK)
        st = run->in.kind->prepare(&run->in);
    if (st == ACRM_OK)
        return import_step_end(run);
    import_step_drop(run);
    return st;
}

/* --- Rows --- */

/* The raw input of a rejected row: text where it is UTF-8, else base64. */
static int32_t import_keep_raw(acrm__call *call, acrm__rec *row, const acrm__rows_item *item)
{
    bool text = acrm__utf8_valid(item->raw, item->raw_len);
    const char *raw = item->raw;
    size_t len = item->raw_len;
    acrm__str base64;

    acrm__str_init(&base64, &call->arena->allocator);
    if (!text) {
        acrm__base64_print(item->raw, item->raw_len, &base64);
        raw = base64.failed ? NULL : acrm__arena_text(call->arena, base64.data, base64.len);
        len = base64.len;
    }
    acrm__str_free(&base64);
    if (!raw && item->raw_len)
        return acrm__nomem(call);
    acrm__set(row, F_import_row__raw, acrm__cell_textn(raw ? raw : "", raw ? len : 0));
    acrm__set(row, F_import_row__raw_encoding, acrm__cell_text(text ? "text" : "base64"));
    return ACRM_OK;
}

void acrm__import_keep(acrm__rec *row, const acrm__import_outcome *outcome)
{
    if (outcome->has_lead)
        acrm__set(row, F_import_row__lead_id, acrm__cell_blob(outcome->lead, 16));
    if (outcome->has_customer)
        acrm__set(row, F_import_row__customer_id, acrm__cell_blob(outcome->customer, 16));
    if (outcome->has_record)
        acrm__set(row, F_import_row__record_id, acrm__cell_blob(outcome->record, 16));
    if (outcome->version > 0)
        acrm__set(row, F_import_row__record_version, acrm__cell_int(outcome->version));
    acrm__set(row, F_import_row__journal, acrm__cell_text(outcome->journal));
    acrm__set(row, F_import_row__children, acrm__cell_text(outcome->children));
    acrm__set(row, F_import_row__faults, acrm__cell_text(outcome->faults));
    if (outcome->fault.reason[0]) {
        acrm__set(row, F_import_row__reason, acrm__cell_text(outcome->fault.reason));
        acrm__set(row, F_import_row__message, acrm__cell_text(outcome->fault.message));
        acrm__set(row, F_import_row__place, acrm__cell_text(outcome->fault.place));
    }
}

static int32_t import_keep_row(import_run *run, const acrm__rows_item *item,
                               const acrm__import_outcome *outcome)
{
    acrm__call *call = run->in.call;
    acrm__rec *row = acrm__new(call, "import_row");
    int32_t st = ACRM_OK;

    if (!row)
        return acrm__nomem(call);
    acrm__set(row, F_import_row__job_id, run->in.job->cells[F_ID]);
    acrm__set(row, F_import_row__position, acrm__cell_int(run->position + 1));
    acrm__set(row, F_import_row__outcome, acrm__cell_text(outcome->outcome));
    acrm__import_keep(row, outcome);
    /* What must not come back is not kept as raw input either. */
    if (outcome->fault.reason[0] && strcmp(outcome->fault.reason, "suppressed") != 0)
        st = import_keep_raw(call, row, item);
    return st == ACRM_OK ? acrm__insert(call, row) : st;
}

/* What a row of a dry run would do. */
static int32_t import_show(import_run *run, const acrm__import_outcome *outcome)
{
    acrm_value *list = run->shown;
    const acrm__draft_fault *fault = &outcome->fault;
    bool dull = strcmp(outcome->outcome, "unchanged") == 0;
    bool ok = true;

    if (!list || dull || (int64_t)acrm_value_count(list) >= run->show)
        return ACRM_OK;
    acrm_value *item = acrm__add_map(list);
    ok = item && acrm__put_int(item, "row", run->position + 1) &&
         acrm__put_text(item, "outcome", outcome->outcome);
    if (ok && outcome->has_record)
        ok = acrm__put_text(item, "record_id", acrm__id_text(run->in.call, outcome->record));
    if (ok && fault->reason[0])
        ok = acrm__put_text(item, "reason", fault->reason) &&
             acrm__put_text(item, "column", fault->place) &&
             acrm__put_text(item, "message", fault->message);
    acrm_value *changes = ok && outcome->shown ? acrm_value_put(item, "changes") : NULL;
    if (ok && outcome->shown)
        ok = changes && acrm__value_copy(changes, outcome->shown);
    return ok ? ACRM_OK : acrm__nomem(run->in.call);
}

static int32_t import_save_job(import_run *run, bool done)
{
    acrm__call *call = run->in.call;
    unsigned char *digest = acrm__arena_alloc(call->arena, 32);

    if (!digest)
        return acrm__nomem(call);
    acrm__set(run->in.job, F_import_job__position, acrm__cell_int(run->position));
    for (size_t i = 0; i < IMPORT_OUTCOMES; i++)
        acrm__set(run->in.job, import_counters[i].field, acrm__cell_int(run->counts[i]));
    if (done) {
        crypto_generichash_final(run->digest, digest, 32);
        acrm__set(run->in.job, F_import_job__digest, acrm__cell_blob(digest, 32));
        acrm__set(run->in.job, F_import_job__status, acrm__cell_text("done"));
        acrm__set(run->in.job, F_import_job__finished_at, acrm__cell_int(call->now));
    }
    return acrm__update(call, run->in.job);
}

/* --- Steps --- */

static int32_t import_draft(import_run *run, import_pending *p)
{
    const acrm__rows_item *item = &p->item;

    if (!item->row)
        return acrm__draft_refuse(&p->fault, item->reason, item->place ? item->place : "", "%s",
                                  item->message ? item->message : item->reason);
    return run->in.kind->draft(&run->in, item, &p->draft, &p->fault);
}

/* Read and draft the rows of a step; what an earlier run did is passed over. */
static int32_t import_fill(import_run *run, bool *more)
{
    acrm__call *call = run->in.call;
    size_t bytes = 0;
    int32_t st = ACRM_OK;

    run->n_pending = 0;
    call->arena = &run->batch;
    while (st == ACRM_OK && *more && run->n_pending < IMPORT_STEP && bytes < IMPORT_STEP_BYTES) {
        import_pending *p = &run->pending[run->n_pending];
        *p = (import_pending){ .draft = NULL };
        st = acrm__rows_next(&run->in.rows, &p->item, more);
        if (st != ACRM_OK || !*more)
            break;
        if (run->skip > 0) {
            run->skip--;
            if (run->skip % IMPORT_STEP == 0)
                acrm__arena_reset(&run->batch);
            continue;
        }
        st = import_draft(run, p);
        p->item.raw = acrm__arena_text(&run->batch, p->item.raw, p->item.raw_len);
        if (st == ACRM_OK && !p->item.raw)
            st = acrm__nomem(call);
        bytes += p->item.raw_len;
        run->n_pending++;
    }
    call->arena = run->arena;
    return st;
}

/* *refused: a row was refused without a savepoint to undo it by. */
static int32_t import_row(import_run *run, import_pending *p, bool careful, bool *refused)
{
    acrm__call *call = run->in.call;
    acrm__import_outcome outcome = { .outcome = "rejected", .fault = p->fault };
    acrm_error *refusal = NULL;
    int32_t st = ACRM_OK;

    if (p->draft) {
        if (careful)
            st = acrm__savepoint(call);
        run->in.row = run->position + 1;
        if (st == ACRM_OK)
            st = acrm__import_submit(&run->in, p->draft, &outcome, &refusal);
        if (refusal) {
            acrm__import_blame(&run->in, p->item.row, refusal, &outcome);
            acrm_error_free(refusal);
            *refused = !careful;
            if (careful)
                st = acrm__rollback_to(call);
        } else if (st == ACRM_OK && careful) {
            st = acrm__release(call);
        }
    }
    if (st != ACRM_OK || *refused)
        return st;
    st = import_keep_row(run, &p->item, &outcome);
    if (st == ACRM_OK)
        st = import_show(run, &outcome);
    for (size_t i = 0; st == ACRM_OK && i < IMPORT_OUTCOMES; i++)
        run->counts[i] += strcmp(import_counters[i].outcome, outcome.outcome) == 0;
    run->position++;
    return st;
}

static int32_t import_rows(import_run *run, bool careful, bool done, bool *refused)
{
    acrm__call *call = run->in.call;
    acrm__rec *kept = run->in.job, *job = NULL;

    int32_t st = import_step_begin(run);
    if (st != ACRM_OK)
        return st;
    call->arena = &run->scratch;
    for (int32_t i = 0; st == ACRM_OK && !*refused && i < run->n_pending; i++) {
        st = import_row(run, &run->pending[i], careful, refused);
        if (st == ACRM_OK && !*refused)
            acrm__arena_reset(&run->scratch);
    }
    if (st == ACRM_OK && !*refused)
        st = acrm__load(call, "import_job", acrm__id(kept, F_ID), "job_id", &job);
    run->in.job = job;
    if (st == ACRM_OK && !*refused)
        st = import_save_job(run, done);
    run->in.job = kept;
    if (st == ACRM_OK && !*refused)
        st = import_step_end(run);
    else if (st == ACRM_OK)
        st = import_step_undo(run);
    else
        import_step_drop(run);
    acrm__arena_reset(&run->scratch);
    call->arena = run->arena;
    return st;
}

/* One step, a transaction: first without savepoints, which cost as much as a row (the search index
 * is flushed at each). A refused row makes it begin again with one for each row. */
static int32_t import_step(import_run *run, bool *more)
{
    int64_t counts[IMPORT_OUTCOMES], position = run->position;
    bool refused = false;

    memcpy(counts, run->counts, sizeof counts);
    int32_t st = import_fill(run, more);
    if (st == ACRM_OK)
        st = import_rows(run, false, !*more, &refused);
    if (st == ACRM_OK && refused) {
        memcpy(run->counts, counts, sizeof counts);
        run->position = position;
        refused = false;
        st = import_rows(run, true, !*more, &refused);
    }
    acrm__arena_reset(&run->batch);
    return st;
}

static int32_t import_answer(import_run *run)
{
    acrm_value *out = run->in.call->out;
    const unsigned char *id = acrm__id(run->in.job, F_ID);
    bool ok = acrm__put_text(out, "job_id", acrm__id_text(run->in.call, id)) &&
              acrm__put_text(out, "format", acrm__rows_format_name(run->in.rows.format)) &&
              acrm__put_text(out, "encoding", acrm__encoding_name(run->in.rows.decoder.encoding)) &&
              acrm__put_int(out, "rows", run->position);

    for (size_t i = 0; ok && i < IMPORT_OUTCOMES; i++)
        for (const char *const *own = run->in.kind->outcomes; ok && *own; own++)
            if (strcmp(import_counters[i].outcome, *own) == 0)
                ok = acrm__put_int(out, *own, run->counts[i]);
    if (!ok)
        return acrm__nomem(run->in.call);
    return run->in.kind->answer ? run->in.kind->answer(&run->in) : ACRM_OK;
}

static int32_t import_steps(import_run *run)
{
    acrm__call *call = run->in.call;
    const char *delimiter = acrm__arg_text(call, "delimiter");
    const char *encoding = acrm__arg_text(call, "encoding");
    bool more = true;

    int32_t format = acrm__rows_format(acrm__arg_text(call, "format"));

    int32_t st = acrm__rows_open(&run->in.rows, call, format,
                                 encoding ? acrm__encoding_by_name(encoding, strlen(encoding))
                                          : ACRM__ENCODING_NONE,
                                 delimiter ? delimiter[0] : '\0', import_read, run);
    if (st == ACRM_OK && run->bytes == 0)
        st = acrm__fail(call, ACRM_E_INVALID, "empty", "source", "the input is empty");
    if (st == ACRM_OK)
        st = import_begin(run);
    while (st == ACRM_OK && more) {
        st = import_step(run, &more);
        if (st == ACRM_OK)
            st = acrm__progress(call, "import", run->bytes, 0);
    }
    return st == ACRM_OK ? import_answer(run) : st;
}

static int32_t import_whole(import_run *run)
{
    acrm__call *call = run->in.call;

    if (!run->in.dry_run)
        return import_steps(run);
    run->show = acrm__arg_int(call, "show", 0);
    run->shown = acrm__put_list(call->out, "changes");
    if (!run->shown)
        return acrm__nomem(call);
    int32_t st = acrm__begin(call);
    if (st == ACRM_OK)
        st = import_steps(run);
    acrm__rollback(call);
    return st;
}

int32_t acrm__import_all(acrm__call *call, const acrm__import_kind *kind)
{
    crypto_generichash_state digest;
    import_run *run = acrm__arena_zero(call->arena, sizeof *run);
    acrm_error *probe = NULL;

    if (!run)
        return acrm__nomem(call);
    run->in.call = call;
    run->in.kind = kind;
    run->in.dry_run = acrm__arg_bool(call, "dry_run", false);
    run->arena = call->arena;
    run->digest = &digest;
    crypto_generichash_init(run->digest, NULL, 0, 32);
    acrm__arena_init(&run->scratch, &call->arena->allocator);
    acrm__arena_init(&run->batch, &call->arena->allocator);
    run->pending = acrm__arena_array(call->arena, IMPORT_STEP, sizeof *run->pending);
    if (!run->pending)
        return acrm__nomem(call);
    acrm_error **err = call->err;
    if (!err)
        call->err = &probe;
    int32_t st = import_whole(run);
    acrm__rows_close(&run->in.rows);
    acrm__arena_free(&run->scratch);
    acrm__arena_free(&run->batch);
    if (st != ACRM_OK && !*call->err)
        acrm__fail(call, st, "input", "source", "the input could not be read");
    call->err = err;
    acrm_error_free(probe);
    return st;
}

int32_t acrm__import_run(acrm__call *call)
{
    return acrm__import_all(call, &acrm__import_leads);
}
