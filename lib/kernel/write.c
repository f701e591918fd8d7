/* SPDX-License-Identifier: MIT */
/* Writing records: hooks, validation, the row, its search text, audit and event. */
#include "base/json.h"
#include "base/text.h"
#include "kernel/changes.h"
#include "kernel/inside.h"

#include <assert.h>
#include <string.h>

/* --- What is stored: encrypted fields sealed, blind indexes filled --- */

static const unsigned char *write_subject(const acrm__rec *rec)
{
    return rec->entity->subject == UINT32_MAX ? NULL : acrm__id(rec, rec->entity->subject);
}

static int32_t write_seal(acrm__call *call, acrm__rec *rec)
{
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        const acrm_cell *cell = &rec->cells[i];
        if (!(f->def.flags & ACRM__ENCRYPTED) || !acrm__changed(rec, i))
            continue;
        if (f->blind != UINT32_MAX)
            rec->cells[f->blind] = acrm__cell_null();
        if (cell->type != ACRM_CELL_TEXT)
            continue;
        int32_t st = f->blind == UINT32_MAX ? ACRM_OK
            : acrm__blind(call, rec->entity, i, cell->data, cell->size, &rec->cells[f->blind]);
        if (st == ACRM_OK)
            st = acrm__seal(call, write_subject(rec), f->def.name, cell->data, cell->size,
                            &rec->cells[i]);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

/* What belongs to somebody else now is opened, to be sealed with that one's key. */
static int32_t write_open(acrm__call *call, acrm__rec *rec)
{
    const uint32_t subject = rec->entity->subject;

    if (subject == UINT32_MAX || !acrm__changed(rec, subject))
        return ACRM_OK;
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        const acrm_cell *owner = &rec->before[subject];
        const char *plain;
        size_t len;
        if (!(f->def.flags & ACRM__ENCRYPTED) || acrm__is_null(rec, i) || acrm__changed(rec, i))
            continue;
        int32_t st = acrm__unseal(call, owner->type == ACRM_CELL_BLOB ? owner->data : NULL,
                                  f->def.name, &rec->cells[i], &plain, &len);
        if (st != ACRM_OK)
            return st;
        rec->cells[i] = acrm__cell_textn(plain, len);
    }
    return ACRM_OK;
}

/* --- Validation that every write goes through --- */

static int32_t write_required(const acrm__rec *rec, acrm_value *faults)
{
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        if (!(f->def.flags & ACRM__REQUIRED) || !acrm__is_null(rec, i))
            continue;
        int32_t st = acrm__fault(faults, f->def.name, "required", "%s is required", f->def.name);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t write_validate(acrm__call *call, const acrm__rec *rec)
{
    acrm_value *faults = acrm__value_in(call->arena);

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = write_required(rec, faults);
    if (st == ACRM_OK)
        st = acrm__check_references(call, rec, faults);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    if (acrm_value_count(faults) == 0)
        return ACRM_OK;
    return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
}

/* Which of an entity's hooks a write calls. */
enum { WRITE_HOOK = 0, WRITE_HOOK_MOVED, WRITE_HOOK_BLANKED };

static int32_t write_hooks(acrm__call *call, acrm__rec *rec, int32_t which)
{
    acrm__rec before = { .entity = rec->entity };
    int32_t st = ACRM_OK;

    if (rec->before)
        before.cells = acrm__cells_copy(call->arena, rec->before, rec->entity->n_fields);
    if (rec->before && !before.cells)
        return acrm__nomem(call);
    for (const acrm__hook *const *h = rec->entity->hooks; *h && st == ACRM_OK; h++) {
        int32_t (*run)(acrm__call *, acrm__rec *, const acrm__rec *) =
            which == WRITE_HOOK_MOVED     ? (*h)->moved
            : which == WRITE_HOOK_BLANKED ? (*h)->blanked
                                          : (*h)->before_write;
        if (run)
            st = run(call, rec, rec->before ? &before : NULL);
    }
    return st;
}

/* --- Search text --- */

int32_t acrm__search_text(acrm__call *call, const acrm__entity *entity, const acrm_cell *cells,
                          const char **out)
{
    acrm__str text;

    *out = NULL;
    if (!entity->searchable)
        return ACRM_OK;
    acrm__str_init(&text, &call->arena->allocator);
    for (uint32_t i = F_SYSTEM_COUNT; i < entity->n_fields; i++) {
        if (!(entity->fields[i].def.flags & ACRM__SEARCHABLE) || cells[i].type != ACRM_CELL_TEXT)
            continue;
        if (text.len)
            acrm__str_putc(&text, ' ');
        acrm__fold(cells[i].data, cells[i].size, &text);
    }
    *out = text.failed ? NULL : acrm__arena_text(call->arena, text.data ? text.data : "", text.len);
    acrm__str_free(&text);
    return *out ? ACRM_OK : acrm__nomem(call);
}

/* --- Audit and event --- */

static int32_t write_event(acrm__call *call, const acrm__rec *rec, int32_t kind,
                           const acrm__changes *changes)
{
    acrm_value *data = NULL;
    acrm__json_fault fault;
    int32_t st = ACRM_OK;

    if (rec->before) {
        acrm__str text;
        acrm__str_init(&text, &call->arena->allocator);
        acrm__str_puts(&text, "{\"changes\":");
        acrm__str_puts(&text, changes->plain.len ? changes->plain.data : "{}");
        acrm__str_puts(&text, ",\"personal\":");
        acrm__str_puts(&text, changes->names.len ? changes->names.data : "[]");
        acrm__str_putc(&text, '}');
        st = text.failed ? ACRM_E_NOMEM
                         : acrm__json_read(call->arena, text.data, text.len, &data, &fault);
        acrm__str_free(&text);
    }
    if (st != ACRM_OK)
        return acrm__nomem(call);
    return acrm__emit_change(call, rec->entity->events[kind], rec, data);
}

static const char *const write_actions[ACRM__EVENT_KINDS] = {
    [ACRM__CREATED] = "create", [ACRM__UPDATED] = "update",
    [ACRM__DELETED] = "delete", [ACRM__RESTORED] = "restore",
};

static int32_t write_traces(acrm__call *call, const acrm__rec *rec, int32_t kind, bool event,
                            const char *reason)
{
    acrm__changes changes;

    if (rec->entity->def->flags & ACRM__NO_AUDIT)
        return ACRM_OK;
    int32_t st = acrm__changes_write(call, rec, &changes);
    const unsigned char *subject = write_subject(rec);
    if (!subject && changes.personal.len) /* so that there is a key to drop, whosever it is */
        subject = acrm__id(rec, F_ID);
    if (st == ACRM_OK)
        st = acrm__audit(call, &(acrm__audit_entry){
            .entity = rec->entity, .record = acrm__id(rec, F_ID), .action = write_actions[kind],
            .changes = changes.plain.len ? changes.plain.data : NULL,
            .personal = changes.personal.len ? changes.personal.data : NULL,
            .subject = subject,
            .reason = reason ? reason : acrm__get_text(call->args, "reason") });
    if (st == ACRM_OK && event)
        st = write_event(call, rec, kind, &changes);
    acrm__changes_free(&changes);
    return st;
}

static uint64_t *write_slot(acrm_session *s, const acrm__rec *rec)
{
    return &s->written[acrm__id(rec, F_ID)[15] % ACRM__WRITTEN_SLOTS];
}

bool acrm__is_fresh(const acrm__call *call, const acrm__rec *rec)
{
    return *write_slot(call->session, rec) <= rec->as_of;
}

/* The row as it is now becomes what later changes are compared with. */
static int32_t write_settle(acrm__call *call, acrm__rec *rec)
{
    rec->told = NULL;
    rec->as_of = *write_slot(call->session, rec) = ++call->session->writes;
    rec->before = acrm__cells_copy(call->arena, rec->cells, rec->entity->n_fields);
    return rec->before ? ACRM_OK : acrm__nomem(call);
}

static void write_watch_access(acrm__call *call, const acrm__entity *entity)
{
    static const char *const watched[] = { "role", "user", "dealer", "team" };

    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        if (strcmp(entity->def->name, watched[i]) == 0)
            call->session->access_changed = true;
}

/* --- The three writes --- */

static int32_t write_stamp(acrm__call *call, acrm__rec *rec)
{
    const acrm__principal *p = &call->session->principal;
    acrm_cell actor = p->kind == ACRM__PRINCIPAL_SYSTEM ? acrm__cell_null()
                                                        : acrm__cell_blob(p->id, 16);

    if (!rec->before && acrm__is_null(rec, F_ID)) {
        unsigned char *id = acrm__arena_alloc(call->arena, 16);
        if (!id)
            return acrm__nomem(call);
        acrm__engine_uuid(call->session->engine, call->now, id);
        rec->cells[F_ID] = acrm__cell_blob(id, 16);
    }
    if (!rec->before) {
        rec->cells[F_CREATED_AT] = acrm__cell_int(call->now);
        rec->cells[F_CREATED_BY] = actor;
    }
    rec->cells[F_VERSION] = acrm__cell_int(rec->before ? rec->before[F_VERSION].integer + 1 : 1);
    rec->cells[F_UPDATED_AT] = acrm__cell_int(call->now);
    rec->cells[F_UPDATED_BY] = actor;
    return ACRM_OK;
}

static int32_t write_presets(acrm__call *call, acrm__rec *rec)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields && st == ACRM_OK; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        if (f->preset && acrm__is_null(rec, i))
            st = acrm__decode(call, f, f->preset, f->def.name, &rec->cells[i], NULL);
    }
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

static bool write_differs(const acrm__rec *rec)
{
    for (uint32_t i = F_DELETED_AT; i < rec->entity->n_fields; i++)
        if (acrm__changed(rec, i))
            return true;
    return false;
}

/* *same: the text is what is sealed already. A key that is gone holds nothing. */
static int32_t write_is_sealed(acrm__call *call, const acrm__rec *rec, uint32_t n, bool *same)
{
    const acrm__fieldinfo *f = &rec->entity->fields[n];
    const acrm_cell *cell = &rec->cells[n];
    acrm__call quiet = *call;
    acrm_error *error = NULL;
    acrm_cell blind;
    const char *plain;
    size_t len;

    *same = false;
    quiet.err = &error;
    if (f->blind != UINT32_MAX) {
        int32_t st = acrm__blind(call, rec->entity, n, cell->data, cell->size, &blind);
        if (st != ACRM_OK || !acrm__cell_equal(&blind, &rec->before[f->blind]))
            return st;
    }
    int32_t st = acrm__unseal(&quiet, write_subject(rec), f->def.name, &rec->before[n], &plain,
                              &len);
    *same = st == ACRM_OK && len == cell->size && memcmp(plain, cell->data, len) == 0;
    bool differs = st == ACRM_OK || st == ACRM_E_NOTFOUND || st == ACRM_E_CORRUPT;
    if (!differs && call->err)
        *call->err = error;
    else
        acrm_error_free(error);
    return differs ? ACRM_OK : st;
}

/* An encrypted value that is given again is no change: the sealed one stays. */
static int32_t write_keep_sealed(acrm__call *call, acrm__rec *rec)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = F_SYSTEM_COUNT; st == ACRM_OK && i < rec->entity->n_fields; i++) {
        bool same = false;
        if (!(rec->entity->fields[i].def.flags & ACRM__ENCRYPTED) ||
            rec->cells[i].type != ACRM_CELL_TEXT || rec->before[i].type != ACRM_CELL_BLOB)
            continue;
        st = write_is_sealed(call, rec, i, &same);
        if (same)
            rec->cells[i] = rec->before[i];
    }
    return st;
}

int32_t acrm__derive(acrm__call *call, acrm__rec *rec, bool *differs)
{
    if (!rec->before)
        write_presets(call, rec);
    int32_t st = write_hooks(call, rec, WRITE_HOOK);
    if (st == ACRM_OK && rec->before)
        st = write_keep_sealed(call, rec);
    if (st == ACRM_OK)
        *differs = !rec->before || write_differs(rec);
    return st;
}

/* All that comes before the row. */
static int32_t write_ready(acrm__call *call, acrm__rec *rec)
{
    int32_t st = write_presets(call, rec);
    if (st == ACRM_OK)
        st = write_stamp(call, rec);
    if (st == ACRM_OK)
        st = write_hooks(call, rec, WRITE_HOOK);
    if (st == ACRM_OK)
        st = write_validate(call, rec);
    if (st == ACRM_OK && rec->entity->subject == F_ID)
        st = acrm__subject_start(call, acrm__id(rec, F_ID));
    return st == ACRM_OK ? write_seal(call, rec) : st;
}

/* All that comes after it. */
static int32_t write_done(acrm__call *call, acrm__rec *rec)
{
    int32_t st = write_traces(call, rec, ACRM__CREATED, true, NULL);

    if (st != ACRM_OK)
        return st;
    write_watch_access(call, rec->entity);
    acrm__references_remember(call, rec);
    return write_settle(call, rec);
}

int32_t acrm__insert(acrm__call *call, acrm__rec *rec)
{
    acrm_session *s = call->session;
    const char *search;

    int32_t st = write_ready(call, rec);
    if (st == ACRM_OK)
        st = acrm__search_text(call, rec->entity, rec->cells, &search);
    if (st == ACRM_OK)
        st = s->engine->storage.insert(s->conn, &rec->entity->table, rec->cells, search, call->err);
    return st == ACRM_OK ? write_done(call, rec) : st;
}

int32_t acrm__insert_many(acrm__call *call, acrm__rec *const *recs, size_t n)
{
    const acrm__entity *entity = n ? recs[0]->entity : NULL;
    int32_t st = ACRM_OK;

    assert(n <= ACRM__APPEND_ROWS && (!entity || !entity->searchable));
    if (n == 0)
        return ACRM_OK;
    acrm_cell *cells = acrm__arena_array(call->arena, n * entity->n_fields, sizeof *cells);
    if (!cells)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        st = write_ready(call, recs[i]);
        memcpy(cells + i * entity->n_fields, recs[i]->cells, entity->n_fields * sizeof *cells);
    }
    if (st == ACRM_OK)
        st = acrm__rows_insert(call, &entity->table, cells, (uint32_t)n);
    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = write_done(call, recs[i]);
    return st;
}

int32_t acrm__append_many(acrm__call *call, const acrm__entity *entity, acrm_cell *cells,
                          uint32_t n_rows)
{
    const acrm__principal *p = &call->session->principal;
    acrm_session *s = call->session;
    unsigned char ids[ACRM__APPEND_ROWS][16];

    assert(n_rows <= ACRM__APPEND_ROWS && entity->def->flags & ACRM__NO_AUDIT);
    for (uint32_t i = 0; i < n_rows; i++) {
        acrm_cell *row = cells + (size_t)i * entity->n_fields;
        if (row[F_ID].type != ACRM_CELL_BLOB) {
            acrm__engine_uuid(s->engine, call->now, ids[i]);
            row[F_ID] = acrm__cell_blob(ids[i], 16);
        }
        row[F_VERSION] = acrm__cell_int(1);
        row[F_CREATED_AT] = row[F_UPDATED_AT] = acrm__cell_int(call->now);
        row[F_CREATED_BY] = row[F_UPDATED_BY] =
            p->kind == ACRM__PRINCIPAL_SYSTEM ? acrm__cell_null() : acrm__cell_blob(p->id, 16);
    }
    int32_t st = acrm__rows_insert(call, &entity->table, cells, n_rows);
    for (uint32_t i = 0; i < n_rows; i++) /* ids made here do not outlive this */
        if (cells[(size_t)i * entity->n_fields + F_ID].data == ids[i])
            cells[(size_t)i * entity->n_fields + F_ID] = acrm__cell_null();
    s->writes += st == ACRM_OK ? n_rows : 0;
    return st;
}

int32_t acrm__append(acrm__call *call, acrm__rec *rec)
{
    return acrm__append_many(call, rec->entity, rec->cells, 1);
}

int32_t acrm__amend(acrm__call *call, const acrm__entity *entity, const unsigned char id[16],
                    const uint32_t *fields, const acrm_cell *cells, uint32_t n, bool *changed)
{
    acrm_session *s = call->session;
    const acrm_cell key = acrm__cell_blob(id, 16);
    int32_t found = 0;

    int32_t st = s->engine->storage.update(s->conn, &entity->table, &key, fields, cells, n, NULL,
                                           NULL, &found, call->err);
    if (st == ACRM_OK && changed)
        *changed = found;
    s->writes += st == ACRM_OK && found;
    return st;
}

static int32_t write_update_row(acrm__call *call, acrm__rec *rec)
{
    acrm_session *s = call->session;
    uint32_t n = 0;
    int32_t changed = 0;
    const char *old = NULL, *new = NULL;
    uint32_t *columns = acrm__arena_array(call->arena, rec->entity->n_fields, sizeof *columns);
    acrm_cell *cells = acrm__arena_array(call->arena, rec->entity->n_fields, sizeof *cells);

    if (!columns || !cells)
        return acrm__nomem(call);
    for (uint32_t i = 0; i < rec->entity->n_fields; i++) {
        if (!acrm__changed(rec, i))
            continue;
        columns[n] = i;
        cells[n++] = rec->cells[i];
    }
    int32_t st = acrm__search_text(call, rec->entity, rec->before, &old);
    if (st == ACRM_OK)
        st = acrm__search_text(call, rec->entity, rec->cells, &new);
    if (st != ACRM_OK)
        return st;
    if (old && new && strcmp(old, new) == 0)
        old = new = NULL;
    st = s->engine->storage.update(s->conn, &rec->entity->table, &rec->cells[F_ID], columns, cells,
                                   n, old, new, &changed, call->err);
    if (st == ACRM_OK && !changed)
        return acrm__fail(call, ACRM_E_CONFLICT, "stale_version", "id",
                          "the %s is gone", rec->entity->def->name);
    return st;
}

static int32_t write_change(acrm__call *call, acrm__rec *rec, int32_t kind, const char *reason)
{
    if (!write_differs(rec))
        return ACRM_OK;
    bool differs = true;
    int32_t st = write_stamp(call, rec);
    if (st == ACRM_OK)
        st = acrm__derive(call, rec, &differs);
    if (st == ACRM_OK && !differs) { /* once normalised, it is what it was */
        for (uint32_t i = 0; i < F_DELETED_AT; i++)
            rec->cells[i] = rec->before[i];
        return ACRM_OK;
    }
    if (st == ACRM_OK)
        st = write_validate(call, rec);
    if (st == ACRM_OK)
        st = write_open(call, rec);
    if (st == ACRM_OK)
        st = write_seal(call, rec);
    if (st == ACRM_OK)
        st = write_update_row(call, rec);
    if (st == ACRM_OK)
        st = write_traces(call, rec, kind, true, reason);
    if (st != ACRM_OK)
        return st;
    write_watch_access(call, rec->entity);
    if (kind == ACRM__UPDATED)
        acrm__references_doubt(call->session);
    else
        acrm__references_forget(call->session);
    return write_settle(call, rec);
}

int32_t acrm__update(acrm__call *call, acrm__rec *rec)
{
    return write_change(call, rec, ACRM__UPDATED, NULL);
}

int32_t acrm__touch(acrm__call *call, acrm__rec *rec)
{
    const acrm_cell *told = rec->told ? rec->told : rec->before;
    int32_t st = write_update_row(call, rec);

    if (st == ACRM_OK)
        st = write_settle(call, rec);
    rec->told = told;
    return st;
}

int32_t acrm__remove(acrm__call *call, acrm__rec *rec, const char *reason)
{
    rec->cells[F_DELETED_AT] = acrm__cell_int(call->now);
    return write_change(call, rec, ACRM__DELETED, reason);
}

int32_t acrm__restore(acrm__call *call, acrm__rec *rec)
{
    rec->cells[F_DELETED_AT] = acrm__cell_null();
    return write_change(call, rec, ACRM__RESTORED, NULL);
}

int32_t acrm__repoint(acrm__call *call, acrm__rec *rec)
{
    bool lives = acrm__is_null(rec, F_DELETED_AT);
    int32_t kind = !acrm__changed(rec, F_DELETED_AT) ? ACRM__UPDATED
                   : lives ? ACRM__RESTORED : ACRM__DELETED;

    if (!write_differs(rec))
        return ACRM_OK;
    int32_t st = write_stamp(call, rec);
    if (st == ACRM_OK)
        st = write_hooks(call, rec, WRITE_HOOK_MOVED);
    if (st == ACRM_OK)
        st = write_open(call, rec);
    if (st == ACRM_OK)
        st = write_seal(call, rec);
    if (st == ACRM_OK)
        st = write_update_row(call, rec);
    if (st == ACRM_OK)
        st = write_traces(call, rec, kind, false, NULL);
    if (st != ACRM_OK)
        return st;
    write_watch_access(call, rec->entity);
    if (kind != ACRM__UPDATED)
        acrm__references_forget(call->session);
    return write_settle(call, rec);
}

int32_t acrm__write_blanked(acrm__call *call, acrm__rec *rec, const char *action)
{
    acrm__changes changes = { .failed = false };
    bool audited = !(rec->entity->def->flags & ACRM__NO_AUDIT);

    int32_t st = write_stamp(call, rec);
    if (st == ACRM_OK)
        st = write_hooks(call, rec, WRITE_HOOK_BLANKED);
    if (st == ACRM_OK)
        st = write_update_row(call, rec);
    if (st == ACRM_OK && audited)
        st = acrm__changes_write(call, rec, &changes);
    if (st == ACRM_OK && audited)
        st = acrm__audit(call, &(acrm__audit_entry){
            .entity = rec->entity, .record = acrm__id(rec, F_ID), .action = action,
            .changes = changes.plain.len ? changes.plain.data : NULL });
    if (st == ACRM_OK && audited)
        st = write_event(call, rec, ACRM__UPDATED, &changes);
    if (audited)
        acrm__changes_free(&changes);
    if (st != ACRM_OK)
        return st;
    acrm__references_forget(call->session);
    return write_settle(call, rec);
}

int32_t acrm__purge(acrm__call *call, acrm__rec *rec)
{
    acrm_session *s = call->session;
    const char *search;

    int32_t st = acrm__search_text(call, rec->entity, rec->before, &search);
    if (st == ACRM_OK)
        st = s->engine->storage.remove(s->conn, &rec->entity->table, &rec->cells[F_ID], search,
                                       NULL, call->err);
    *write_slot(s, rec) = ++s->writes;
    return st;
}
