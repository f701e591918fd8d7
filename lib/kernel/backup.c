/* SPDX-License-Identifier: MIT */
/* engine.backup and engine.check: a copy of the whole store, and whether it is sound; and the
 * storage's own forgetting. */
#include "kernel/inside.h"

static int32_t backup_progress(void *user, int64_t done, int64_t total)
{
    return acrm__progress(user, "backup", done, total);
}

/* Who took all the data is worth knowing; written before, so that it is in the copy too. */
int32_t acrm__note_taken(acrm__call *call, const char *action)
{
    int32_t st;

    if (call->session->engine->flags & ACRM_OPEN_READONLY)
        return ACRM_OK;
    st = acrm__begin(call);
    if (st != ACRM_OK)
        return st;
    st = acrm__audit(call, &(acrm__audit_entry){ .action = action });
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

int32_t acrm__engine_backup(acrm__call *call)
{
    acrm_session *session = call->session;
    const acrm_storage_ops *storage = &session->engine->storage;
    const char *path = acrm__arg_text(call, "path");
    acrm__call quiet = *call; /* the storage itself tells that the progress ended it */
    int32_t st;

    if (!storage->backup || !(storage->flags & ACRM_STORAGE_BACKUP))
        return acrm__fail(call, ACRM_E_UNSUPPORTED, "backup", NULL,
                          "this storage makes no backups: use its own (pg_dump of PostgreSQL), or "
                          "engine.copy to a file");
    quiet.err = NULL;
    st = acrm__note_taken(call, "backup");
    if (st == ACRM_OK)
        st = storage->backup(session->conn, path, backup_progress, &quiet, call->err);
    if (st == ACRM_OK && !acrm__put_text(call->out, "path", path))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__engine_check(acrm__call *call)
{
    acrm_session *session = call->session;
    const acrm_storage_ops *storage = &session->engine->storage;
    acrm_error *err = NULL;
    acrm__call audit = *call;
    int32_t st = storage->check ? storage->check(session->conn, &err) : ACRM_E_UNSUPPORTED;

    if (st != ACRM_OK && st != ACRM_E_CORRUPT && st != ACRM_E_UNSUPPORTED) {
        if (call->err)
            *call->err = err;
        else
            acrm_error_free(err);
        return st;
    }
    const char *verdict = st == ACRM_OK          ? "ok"
                          : st == ACRM_E_CORRUPT ? acrm_error_message(err)
                                                 : "this storage has no check of its own";
    bool sound = st != ACRM_E_CORRUPT;
    bool ok = acrm__put_text(call->out, "storage", verdict);
    acrm_error_free(err);
    audit.out = ok ? acrm__put_map(call->out, "audit") : NULL;
    if (!audit.out)
        return acrm__nomem(call);
    st = acrm__audit_verify(&audit);
    sound = sound && acrm_value_bool(acrm_value_get(audit.out, "ok"));
    if (st == ACRM_OK && !acrm__put_bool(call->out, "ok", sound))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__scrub(acrm__call *call)
{
    acrm_session *session = call->session;
    const acrm_storage_ops *storage = &session->engine->storage;

    return storage->scrub ? storage->scrub(session->conn, call->err) : ACRM_OK;
}
