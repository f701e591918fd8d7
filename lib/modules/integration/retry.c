/* SPDX-License-Identifier: MIT */
/* import.retry and import.discard: what becomes of a rejected row. */
#include "modules/integration/import.h"

#include "base/json.h"
#include "base/text.h"
#include "modules/integration/entities.h"

#include <string.h>

typedef struct retry_input {
    const char *text;
    size_t len;
} retry_input;

static int64_t retry_read(void *user, void *buf, size_t cap)
{
    retry_input *in = user;
    size_t n = in->len < cap ? in->len : cap;

    memcpy(buf, in->text, n);
    in->text += n;
    in->len -= n;
    return (int64_t)n;
}

/* The raw text that was kept, as the session may see it. */
static int32_t retry_raw(acrm__call *call, const acrm__rec *row, const char **out, size_t *len)
{
    acrm_value *view = acrm__value_in(call->arena);

    int32_t st = view ? acrm__render(call, row, view) : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    *out = acrm_value_text(acrm_value_get(view, "raw"), len);
    const char *encoding = acrm__text(row, F_import_row__raw_encoding);
    if (!*out)
        return acrm__fail(call, ACRM_E_INVALID, "required", "raw",
                          "the raw input is gone: give it corrected in raw");
    if (encoding && strcmp(encoding, "base64") == 0) {
        unsigned char *bytes = acrm__arena_alloc(call->arena, *len + 1);
        if (!bytes)
            return acrm__nomem(call);
        if (!acrm__base64_parse(*out, *len, bytes, len))
            return acrm__fail(call, ACRM_E_CORRUPT, "raw", "raw", "the raw input is damaged");
        *out = (const char *)bytes;
    }
    return ACRM_OK;
}

/* A CSV row is read again under the header of its file. */
static int32_t retry_text(acrm__call *call, const acrm__rec *job, const char *raw, size_t len,
                          retry_input *in, char *delimiter)
{
    const acrm_cell *cell = &job->cells[F_import_job__dialect];
    acrm_value *dialect = NULL;
    acrm__json_fault fault;

    *in = (retry_input){ raw, len };
    int32_t st = cell->type == ACRM_CELL_TEXT
                     ? acrm__json_read(call->arena, cell->data, cell->size, &dialect, &fault)
                     : ACRM_OK;
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call)
                                  : acrm__fail(call, ACRM_E_CORRUPT, "dialect", NULL,
                                               "the import's dialect is damaged");
    const char *header = acrm__get_text(dialect, "header");
    const char *mark = acrm__get_text(dialect, "delimiter");
    if (!header)
        return ACRM_OK;
    *delimiter = mark ? mark[0] : '\0';
    char *text = acrm__arena_format(call->arena, "%s\n%.*s\n", header, (int)len, raw);
    if (!text)
        return acrm__nomem(call);
    *in = (retry_input){ text, strlen(text) };
    return ACRM_OK;
}

/* In a savepoint: a refusal is an outcome, and leaves nothing behind. */
static int32_t retry_write(acrm__import *in, const acrm__rows_item *item, acrm_value *draft,
                           acrm__import_outcome *outcome)
{
    acrm__call *call = in->call;
    acrm_error *refusal = NULL;

    int32_t st = acrm__savepoint(call);
    if (st != ACRM_OK)
        return st;
    st = acrm__import_submit(in, draft, outcome, &refusal);
    if (st != ACRM_OK)
        return st;
    if (!refusal)
        return acrm__release(call);
    acrm__import_blame(in, item->row, refusal, outcome);
    acrm_error_free(refusal);
    return acrm__rollback_to(call);
}

static int32_t retry_submit(acrm__call *call, acrm__rec *job, const acrm__rec *row,
                            retry_input *source, char delimiter, acrm__import_outcome *outcome)
{
    acrm__import *in = acrm__arena_zero(call->arena, sizeof *in);
    int32_t format = acrm__rows_format(acrm__text(job, F_import_job__format));
    acrm__rows_item item;
    acrm_value *draft = NULL;
    bool more = false;

    if (!in)
        return acrm__nomem(call);
    in->call = call;
    in->job = job;
    in->kind = acrm__import_kind_of(job);
    in->row = acrm__int(row, F_import_row__position);
    int32_t st = acrm__rows_open(&in->rows, call, format, ACRM__ENCODING_UTF8, delimiter,
                                 retry_read, source);
    if (st == ACRM_OK)
        st = in->kind->prepare(in);
    if (st == ACRM_OK)
        st = acrm__rows_next(&in->rows, &item, &more);
    if (st == ACRM_OK && !more)
        st = acrm__fail(call, ACRM_E_INVALID, "empty", "raw", "there is no row in raw");
    if (st == ACRM_OK && !item.row)
        acrm__draft_refuse(&outcome->fault, item.reason, item.place ? item.place : "", "%s",
                           item.message ? item.message : item.reason);
    else if (st == ACRM_OK)
        st = in->kind->draft(in, &item, &draft, &outcome->fault);
    if (st == ACRM_OK && draft)
        st = retry_write(in, &item, draft, outcome);
    acrm__rows_close(&in->rows);
    return st;
}

static int32_t retry_record(acrm__call *call, acrm__rec *row, acrm__rec *job, const char *raw,
                            size_t len, const acrm__import_outcome *outcome)
{
    bool accepted = strcmp(outcome->outcome, "rejected") != 0;

    acrm__set(row, F_import_row__attempts,
              acrm__cell_int(acrm__int(row, F_import_row__attempts) + 1));
    acrm__set(row, F_import_row__outcome, acrm__cell_text(accepted ? "corrected" : "rejected"));
    acrm__import_keep(row, outcome);
    /* Given anew, so that it is sealed with the key of the customer that the row has now. */
    if (acrm__arg_text(call, "raw") || acrm__utf8_valid(raw, len)) {
        acrm__set(row, F_import_row__raw, acrm__cell_textn(raw, len));
        acrm__set(row, F_import_row__raw_encoding, acrm__cell_text("text"));
    } else if (accepted) {
        acrm__set(row, F_import_row__raw, acrm__cell_null());
    }
    int32_t st = acrm__update(call, row);
    if (st == ACRM_OK && accepted) {
        acrm__set(job, F_import_job__rejected_rows,
                  acrm__cell_int(acrm__int(job, F_import_job__rejected_rows) - 1));
        st = acrm__update(call, job);
    }
    return st;
}

static int32_t retry_load(acrm__call *call, acrm__rec **row, acrm__rec **job)
{
    int32_t st = acrm__load_arg(call, "import_row", "id", row);

    if (st == ACRM_OK && strcmp(acrm__text(*row, F_import_row__outcome), "rejected") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the row is not rejected");
    if (st == ACRM_OK)
        st = acrm__load(call, "import_job", acrm__id(*row, F_import_row__job_id), "job_id", job);
    return st;
}

int32_t acrm__import_retry(acrm__call *call)
{
    acrm__rec *row = NULL, *job = NULL;
    const char *raw = acrm__arg_text(call, "raw");
    size_t len = raw ? strlen(raw) : 0;
    acrm__import_outcome outcome = { .outcome = "rejected" };
    retry_input in;
    char delimiter = '\0';

    int32_t st = retry_load(call, &row, &job);
    if (st == ACRM_OK && !raw)
        st = retry_raw(call, row, &raw, &len);
    if (st == ACRM_OK)
        st = retry_text(call, job, raw, len, &in, &delimiter);
    if (st == ACRM_OK)
        st = retry_submit(call, job, row, &in, delimiter, &outcome);
    if (st == ACRM_OK)
        st = retry_record(call, row, job, raw, len, &outcome);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(call->out, "outcome", outcome.outcome) &&
              acrm__put_text(call->out, "lead_id",
                             outcome.has_lead ? acrm__id_text(call, outcome.lead) : NULL) &&
              acrm__put_text(call->out, "customer_id",
                             outcome.has_customer ? acrm__id_text(call, outcome.customer) : NULL) &&
              acrm__put_text(call->out, "record_id",
                             outcome.has_record ? acrm__id_text(call, outcome.record) : NULL) &&
              acrm__put_text(call->out, "reason", outcome.fault.reason) &&
              acrm__put_text(call->out, "message", outcome.fault.message) &&
              acrm__put_text(call->out, "place", outcome.fault.place);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__import_discard(acrm__call *call)
{
    acrm__rec *row = NULL, *job = NULL;

    int32_t st = retry_load(call, &row, &job);
    if (st != ACRM_OK)
        return st;
    acrm__set(row, F_import_row__outcome, acrm__cell_text("discarded"));
    st = acrm__update(call, row);
    acrm__set(job, F_import_job__rejected_rows,
              acrm__cell_int(acrm__int(job, F_import_job__rejected_rows) - 1));
    if (st == ACRM_OK)
        st = acrm__update(call, job);
    return st == ACRM_OK ? acrm__render(call, row, call->out) : st;
}
