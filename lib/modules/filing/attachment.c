/* SPDX-License-Identifier: MIT */
/* Attachments once they are there: changed, read, verified, removed. */
#include "base/text.h"
#include "kernel/blob.h"
#include "kernel/inside.h"
#include "modules/filing/entities.h"
#include "modules/filing/filing.h"

#include <sodium.h>
#include <string.h>

enum { ATTACHMENT_RESULT_MAX = 4194304 }; /* bytes that a result may carry */

/* --- As they are written --- */

int32_t acrm__filing_attachment_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *name = &rec->cells[F_attachment__file_name];
    const char *visibility = acrm__text(rec, F_attachment__visibility), *what;
    bool shown = visibility && strcmp(visibility, "customer") == 0;

    acrm__set(rec, F_attachment__shown_to_id,
              shown ? rec->cells[F_attachment__customer_id] : acrm__cell_null());
    if (!before)
        return ACRM_OK;
    if (acrm__changed(rec, F_attachment__file_name) && name->type == ACRM_CELL_TEXT) {
        const char *fault = acrm__filing_name_fault(name->data, name->size, &what);
        if (fault)
            return acrm__fail(call, ACRM_E_INVALID, fault, "file_name", "%s", what);
    }
    return ACRM_OK;
}

int32_t acrm__filing_limit_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *entity = acrm__text(rec, F_attachment_limit__entity);

    (void)before;
    if (entity && strcmp(entity, "*") != 0 &&
        !acrm__registry_entity(call->session->registry, entity, strlen(entity)))
        return acrm__fail(call, ACRM_E_INVALID, "unknown_entity", "entity",
                          "there is no entity %.64s", entity);
    return ACRM_OK;
}

/* --- Reading --- */

typedef struct attachment_run {
    acrm__call *call;
    acrm__rec *rec;
    acrm__str *text; /* NULL: to the session's output */
    int64_t done;
    bool quiet;      /* only look */
} attachment_run;

static int32_t attachment_piece(void *user, const unsigned char *bytes, size_t len)
{
    attachment_run *run = user;

    run->done += (int64_t)len;
    if (run->text) {
        acrm__str_add(run->text, (const char *)bytes, len);
        return run->text->failed ? acrm__nomem(run->call) : ACRM_OK;
    }
    int32_t st = run->quiet ? ACRM_OK : acrm__write_output(run->call, bytes, len);
    return st == ACRM_OK ? acrm__progress(run->call, "attachment", run->done,
                                          acrm__int(run->rec, F_attachment__size))
                         : st;
}

/* The key of the content, sealed with that of the customer. */
static int32_t attachment_key(acrm__call *call, const acrm__rec *rec,
                              unsigned char key[ACRM__BLOB_KEY_BYTES])
{
    const char *text = NULL;
    size_t len = 0, size = 0;

    int32_t st = acrm__is_null(rec, F_attachment__file_key)
                     ? ACRM_OK
                     : acrm__open_field(call, rec->entity, F_attachment__file_key, rec->cells,
                                        &text, &len);
    if (st == ACRM_OK && (!text || acrm__is_null(rec, F_attachment__blob)))
        return acrm__fail(call, ACRM_E_NOTFOUND, "erased", "id", "the content was erased");
    if (st == ACRM_OK && (len != 44 || !acrm__base64_parse(text, len, key, &size) ||
                          strlen(acrm__text(rec, F_attachment__blob)) != ACRM_BLOB_KEY_CHARS))
        return acrm__fail(call, ACRM_E_CORRUPT, "blob", "id", "the key of the file is damaged");
    return st;
}

/* The content to where it goes; checked against the hash that was taken when it was added. */
static int32_t attachment_content(attachment_run *run)
{
    acrm__call *call = run->call;
    const acrm__rec *rec = run->rec;
    unsigned char key[ACRM__BLOB_KEY_BYTES], hash[ACRM__BLOB_HASH_BYTES];
    char hex[2 * ACRM__BLOB_HASH_BYTES + 1];

    int32_t st = attachment_key(call, rec, key);
    if (st == ACRM_OK)
        st = acrm__blob_read(call, acrm__text(rec, F_attachment__blob), key, attachment_piece, run,
                             hash);
    sodium_memzero(key, sizeof key);
    if (st != ACRM_OK)
        return st;
    const char *kept = acrm__text(rec, F_attachment__sha256);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    if (run->done != acrm__int(rec, F_attachment__size) || (kept && strcmp(kept, hex) != 0))
        return acrm__fail(call, ACRM_E_CORRUPT, "blob", "id",
                          "the content is not the one that was added");
    return ACRM_OK;
}

static int32_t attachment_into_result(attachment_run *run)
{
    acrm__call *call = run->call;
    acrm_value *data = acrm_value_put(call->out, "data");
    acrm__str text;

    if (acrm__int(run->rec, F_attachment__size) > ATTACHMENT_RESULT_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "output", "id",
                          "the file is too large for a result: lend the session a place by "
                          "acrm_session_set_output()");
    acrm__str_init(&text, &call->arena->allocator);
    run->text = &text;
    int32_t st = attachment_content(run);
    if (st == ACRM_OK)
        st = data ? acrm_value_set_bytes(data, text.data, text.len) : ACRM_E_NOMEM;
    if (st == ACRM_E_NOMEM)
        st = acrm__nomem(call);
    acrm__str_free(&text);
    return st;
}

int32_t acrm__filing_attachment_read(acrm__call *call)
{
    attachment_run run = { .call = call };

    int32_t st = acrm__load_arg(call, "attachment", "id", &run.rec);
    if (st == ACRM_OK)
        st = acrm__has_output(call) ? attachment_content(&run) : attachment_into_result(&run);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(call->out, "file_name",
                             acrm__text(run.rec, F_attachment__file_name)) &&
              acrm__put_text(call->out, "media_type",
                             acrm__text(run.rec, F_attachment__media_type)) &&
              acrm__put_int(call->out, "size", run.done);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* What is damaged is a result here, not a failure. */
int32_t acrm__filing_attachment_verify(acrm__call *call)
{
    attachment_run run = { .call = call, .quiet = true };
    acrm_error *error = NULL, **err = call->err;

    int32_t st = acrm__load_arg(call, "attachment", "id", &run.rec);
    if (st != ACRM_OK)
        return st;
    call->err = &error;
    st = attachment_content(&run);
    call->err = err;
    if (st != ACRM_OK && st != ACRM_E_CORRUPT) {
        if (err)
            *err = error;
        else
            acrm_error_free(error);
        return st;
    }
    bool ok = acrm__put_bool(call->out, "ok", st == ACRM_OK) &&
              acrm__put_text(call->out, "fault", error ? acrm_error_message(error) : NULL) &&
              acrm__put_int(call->out, "size", acrm__int(run.rec, F_attachment__size)) &&
              acrm__put_text(call->out, "sha256", acrm__text(run.rec, F_attachment__sha256));
    acrm_error_free(error);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* --- Removing: the content for good, what there was stays told --- */

static int32_t attachment_drop(acrm__call *call, acrm__rec *rec)
{
    const char *name = acrm__text(rec, F_attachment__blob);
    int32_t st = name && strlen(name) == ACRM_BLOB_KEY_CHARS ? acrm__blob_remove(call, name)
                                                             : ACRM_OK;

    acrm__set(rec, F_attachment__blob, acrm__cell_null());
    acrm__set(rec, F_attachment__file_key, acrm__cell_null());
    return st;
}

int32_t acrm__filing_attachment_remove(acrm__call *call)
{
    acrm__rec *rec = NULL;

    int32_t st = acrm__load_arg(call, "attachment", "id", &rec);
    if (st == ACRM_OK)
        st = attachment_drop(call, rec);
    if (st == ACRM_OK)
        st = acrm__remove(call, rec, NULL);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* What nobody can open any more need not take room. Where the law keeps a record, its key is kept
 * too, and with it the content. */
int32_t acrm__filing_customer_erased(acrm__call *call, const acrm__event *event)
{
    acrm__term terms[] = {
        { F_attachment__customer_id, ACRM_FILTER_EQ, acrm__cell_id(event->id) },
        { F_attachment__file_key, ACRM_FILTER_EQ, acrm__cell_null() },
        { F_attachment__blob, ACRM_FILTER_NE, acrm__cell_null() },
    };
    acrm__recs gone = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "attachment", .terms = terms,
        .n_terms = 3, .as_system = true, .with_deleted = true }, &gone);
    for (size_t i = 0; st == ACRM_OK && i < gone.count; i++) {
        st = attachment_drop(call, gone.items[i]);
        if (st == ACRM_OK)
            st = acrm__update(call, gone.items[i]);
    }
    return st;
}
