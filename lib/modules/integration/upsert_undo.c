/* SPDX-License-Identifier: MIT */
/*
 * import.undo: what an import made is removed, what it changed is put back, row by row from its
 * last one, in steps. What was changed since by somebody else stays, and is told.
 */
#include "modules/integration/upsert.h"

#include "base/json.h"
#include "modules/integration/entities.h"

#include <string.h>

enum { UNDO_STEP = 250, UNDO_CONFLICTS_MAX = 1000 };

typedef struct undo_run {
    acrm__call *call;
    acrm__rec *job;
    const acrm__entity *entity;
    acrm__arena scratch; /* of a step */
    int64_t removed, restored, conflicts;
    acrm_value *items; /* conflicts */
    bool dry_run;
    bool more;
} undo_run;

/* A row being undone. */
typedef struct undo_row {
    acrm__rec *row;
    acrm__rec *rec;
    acrm_value *children; /* [{entity, id, version}] */
    acrm_value *journal;  /* {field: [before, after]} */
    const char *reason;   /* why it could not be undone wholly; NULL: it was */
    acrm__str fields;     /* what stays as it is */
    bool touched;         /* something was undone */
} undo_row;

static void undo_conflict(undo_row *u, const char *reason, const char *what)
{
    u->reason = u->reason ? u->reason : reason;
    if (u->fields.len)
        acrm__str_puts(&u->fields, ", ");
    acrm__str_puts(&u->fields, what);
}

static int32_t undo_read(undo_run *run, undo_row *u)
{
    acrm__call *call = run->call;
    const acrm_cell *cell = &u->row->cells[F_import_row__children];
    acrm_value *text = acrm__value_in(call->arena);
    acrm__json_fault fault;
    size_t len = 0;
    int32_t st = text ? ACRM_OK : ACRM_E_NOMEM;

    if (st == ACRM_OK && cell->type == ACRM_CELL_TEXT)
        st = acrm__json_read(call->arena, cell->data, cell->size, &u->children, &fault);
    if (st == ACRM_OK && !acrm__is_null(u->row, F_import_row__journal)) {
        st = acrm__upsert_cell(call, u->row, u->row->cells, F_import_row__journal, text);
        if (st != ACRM_OK)
            return st;
    }
    const char *journal = acrm_value_text(text, &len);
    if (st == ACRM_OK && journal)
        st = acrm__json_read(call->arena, journal, len, &u->journal, &fault);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    return st == ACRM_OK ? ACRM_OK : acrm__fail(call, ACRM_E_CORRUPT, "journal", NULL,
                                                "the journal of a row is damaged");
}

/* --- References from elsewhere --- */

static bool undo_is_child(const undo_row *u, const acrm__rec *other)
{
    char id[37];

    acrm__uuid_print(acrm__id(other, F_ID), id);
    for (size_t i = 0; i < acrm_value_count(u->children); i++) {
        const char *child = acrm__get_text(acrm_value_at(u->children, i), "id");
        if (child && strcmp(child, id) == 0)
            return true;
    }
    return false;
}

/* The entity of a record that refers to this one and is none of the row's own. */
static int32_t undo_referrer(undo_run *run, const undo_row *u, const acrm__rec *rec,
                             const char **out)
{
    const acrm__registry *registry = run->call->session->registry;
    int32_t st = ACRM_OK;

    *out = NULL;
    for (uint32_t i = 0; st == ACRM_OK && !*out && i < rec->entity->n_inverses; i++) {
        const acrm__inverse *inverse = &rec->entity->inverses[i];
        const acrm__entity *other = registry->entities[inverse->entity];
        const acrm__term term = { inverse->field, ACRM_FILTER_EQ, rec->cells[F_ID] };
        acrm__recs found = { NULL, 0 };
        if (other->def->flags & ACRM__NO_AUDIT) /* import rows, queues */
            continue;
        st = acrm__find(run->call, &(acrm__select){ .entity = other->def->name, .terms = &term,
            .n_terms = 1, .as_system = true,
            .limit = (uint32_t)acrm_value_count(u->children) + 1 }, &found);
        for (size_t k = 0; k < found.count && !*out; k++)
            if (!undo_is_child(u, found.items[k]))
                *out = other->def->name;
    }
    return st;
}

/* --- Related records that the row made --- */

static int32_t undo_load_child(undo_run *run, const acrm_value *item, acrm__rec **out)
{
    acrm__call *call = run->call;
    const char *name = acrm__get_text(item, "entity"), *id = acrm__get_text(item, "id");
    const acrm__entity *entity = name ? acrm__registry_entity(call->session->registry, name,
                                                              strlen(name)) : NULL;
    unsigned char bytes[16];

    *out = NULL;
    if (!entity || !id || !acrm__uuid_parse(id, strlen(id), bytes))
        return ACRM_OK;
    return acrm__load_or_null(call, entity, bytes, out);
}

/* Remove them where nobody touched them; `only_check` just looks. */
static int32_t undo_children(undo_run *run, undo_row *u, bool only_check)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(u->children); i++) {
        const acrm_value *item = acrm_value_at(u->children, i);
        const char *referrer = NULL;
        acrm__rec *rec;
        st = undo_load_child(run, item, &rec);
        if (st != ACRM_OK || !rec)
            continue;
        bool changed = acrm__int(rec, F_VERSION) != acrm_value_int(acrm_value_get(item, "version"));
        st = undo_referrer(run, u, rec, &referrer);
        if (st == ACRM_OK && (changed || referrer))
            undo_conflict(u, changed ? "changed" : "referenced", rec->entity->def->name);
        else if (st == ACRM_OK && !only_check) {
            st = acrm__remove(run->call, rec, NULL);
            u->touched = true;
        }
    }
    return st;
}

/* --- The record --- */

static int32_t undo_created(undo_run *run, undo_row *u)
{
    const char *referrer = NULL;

    if (acrm__int(u->rec, F_VERSION) != acrm__int(u->row, F_import_row__record_version))
        undo_conflict(u, "changed", run->entity->def->name);
    int32_t st = undo_children(run, u, true);
    if (st == ACRM_OK)
        st = undo_referrer(run, u, u->rec, &referrer);
    if (referrer)
        undo_conflict(u, "referenced", referrer);
    if (st != ACRM_OK || u->reason)
        return st;
    st = undo_children(run, u, false);
    if (st == ACRM_OK)
        st = acrm__remove(run->call, u->rec, NULL);
    if (st == ACRM_OK) {
        run->removed++;
        u->touched = true;
    }
    return st;
}

/* A field whose value is still the import's gets back the one before. */
static int32_t undo_field(undo_run *run, undo_row *u, const char *name, const acrm_value *pair,
                          acrm_value *fields)
{
    uint32_t field = acrm__field_of(u->rec->entity, name);
    acrm_value *now = acrm__value_in(run->call->arena);

    if (field == UINT32_MAX) { /* retired since */
        undo_conflict(u, "changed", name);
        return ACRM_OK;
    }
    int32_t st = now ? acrm__upsert_cell(run->call, u->rec, u->rec->cells, field, now)
                     : ACRM_E_NOMEM;
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(run->call) : st;
    if (!acrm__value_equal(now, acrm_value_at(pair, 1)))
        undo_conflict(u, "changed", name);
    else if (!acrm__put_value(fields, name, acrm_value_at(pair, 0)))
        st = acrm__nomem(run->call);
    return st;
}

/* What an earlier import left is there again: its own undoing must know it by its version. */
static int32_t undo_rejoin(undo_run *run, const undo_row *u)
{
    int64_t left = acrm__int(u->row, F_import_row__record_version) - 1;
    const acrm__term term = { F_import_row__record_id, ACRM_FILTER_EQ, u->rec->cells[F_ID] };
    acrm__recs rows = { NULL, 0 };

    int32_t st = acrm__find(run->call, &(acrm__select){ .entity = "import_row", .terms = &term,
                                                        .n_terms = 1, .as_system = true }, &rows);
    for (size_t i = 0; st == ACRM_OK && i < rows.count; i++) {
        acrm__rec *row = rows.items[i];
        if (acrm__int(row, F_import_row__record_version) != left)
            continue;
        acrm__set(row, F_import_row__record_version, u->rec->cells[F_VERSION]);
        st = acrm__update(run->call, row);
    }
    return st;
}

static int32_t undo_updated(undo_run *run, undo_row *u)
{
    acrm__call *call = run->call;
    acrm_value *fields = acrm__value_in(call->arena), *faults = acrm__value_in(call->arena);
    bool same = acrm__int(u->rec, F_VERSION) == acrm__int(u->row, F_import_row__record_version);
    int32_t st = ACRM_OK;

    if (!fields || !faults || acrm_value_set_map(fields) != ACRM_OK ||
        acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(u->journal); i++)
        st = undo_field(run, u, acrm_value_key(u->journal, i, NULL),
                        acrm_value_at(u->journal, i), fields);
    if (st == ACRM_OK)
        st = acrm__assign(call, u->rec, fields, "", NULL, faults);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(faults); i++)
        undo_conflict(u, "refused", acrm__get_text(acrm_value_at(faults, i), "field"));
    if (st == ACRM_OK && acrm_value_count(fields) > acrm_value_count(faults)) {
        st = acrm__update(call, u->rec);
        u->touched = true;
    }
    if (st == ACRM_OK)
        st = undo_children(run, u, false);
    if (st == ACRM_OK && same && !u->reason)
        st = undo_rejoin(run, u);
    run->restored += st == ACRM_OK && u->touched;
    return st;
}

/* --- Rows --- */

static int32_t undo_note(undo_run *run, undo_row *u)
{
    acrm__call *call = run->call;
    const char *fields = acrm__arena_text(call->arena, u->fields.data, u->fields.len);
    const char *message = acrm__arena_format(call->arena, "not undone (%s): %.900s", u->reason,
                                             fields ? fields : "");

    run->conflicts++;
    if (!fields || !message)
        return acrm__nomem(call);
    acrm__set(u->row, F_import_row__reason, acrm__cell_text("conflict"));
    acrm__set(u->row, F_import_row__message, acrm__cell_text(message));
    if (acrm_value_count(run->items) >= UNDO_CONFLICTS_MAX)
        return ACRM_OK;
    const unsigned char *id = acrm__id(u->row, F_import_row__record_id);
    acrm_value *item = acrm__add_map(run->items);
    bool ok = item && acrm__put_int(item, "row", acrm__int(u->row, F_import_row__position)) &&
              acrm__put_text(item, "record_id", id ? acrm__id_text(call, id) : NULL) &&
              acrm__put_text(item, "reason", u->reason) && acrm__put_text(item, "what", fields);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t undo_write(undo_run *run, undo_row *u, bool created)
{
    const unsigned char *id = acrm__id(u->row, F_import_row__record_id);

    int32_t st = id ? acrm__load_any(run->call, run->entity, id, &u->rec) : ACRM_OK;
    if (st != ACRM_OK)
        return st;
    bool gone = !u->rec || !acrm__is_null(u->rec, F_DELETED_AT);
    if (gone && created) {
        u->touched = true; /* somebody has removed it already */
        return ACRM_OK;
    }
    if (gone) {
        undo_conflict(u, "deleted", run->entity->def->name);
        return ACRM_OK;
    }
    st = undo_read(run, u);
    if (st == ACRM_OK && !created && !u->journal && acrm_value_count(u->children) == 0)
        undo_conflict(u, "erased", run->entity->def->name); /* the journal went with its key */
    if (st != ACRM_OK || u->reason)
        return st;
    return created ? undo_created(run, u) : undo_updated(run, u);
}

static int32_t undo_one(undo_run *run, acrm__rec *row)
{
    const char *outcome = acrm__text(row, F_import_row__outcome);
    bool corrected = strcmp(outcome, "corrected") == 0;
    bool journal = !acrm__is_null(row, F_import_row__journal);
    bool created = strcmp(outcome, "created") == 0 ||
                   (corrected && !journal && !acrm__is_null(row, F_import_row__children));
    bool updated = strcmp(outcome, "updated") == 0 || (corrected && journal);
    undo_row u = { .row = row };

    if (!created && !updated)
        return ACRM_OK;
    acrm__str_init(&u.fields, &run->call->arena->allocator);
    int32_t st = undo_write(run, &u, created);
    if (st == ACRM_OK && u.fields.failed)
        st = acrm__nomem(run->call);
    if (st == ACRM_OK && u.reason)
        st = undo_note(run, &u);
    if (st == ACRM_OK && u.touched)
        acrm__set(row, F_import_row__outcome, acrm__cell_text("undone"));
    if (st == ACRM_OK)
        st = acrm__update(run->call, row);
    acrm__str_free(&u.fields);
    return st;
}

/* The rows at or below a position, newest first. */
static int32_t undo_step_rows(undo_run *run, acrm__rec *job)
{
    acrm__call *call = run->call;
    int64_t position = acrm__is_null(job, F_import_job__undo_position)
                           ? INT64_MAX : acrm__int(job, F_import_job__undo_position);
    const acrm__term terms[] = {
        { F_import_row__job_id, ACRM_FILTER_EQ, job->cells[F_ID] },
        { F_import_row__position, ACRM_FILTER_LE, acrm__cell_int(position) },
    };
    acrm__recs rows = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "import_row", .terms = terms,
        .n_terms = 2, .order = F_import_row__position, .descending = true, .limit = UNDO_STEP,
        .as_system = true }, &rows);
    for (size_t i = 0; st == ACRM_OK && i < rows.count; i++) {
        position = acrm__int(rows.items[i], F_import_row__position) - 1;
        st = undo_one(run, rows.items[i]);
    }
    run->more = rows.count == UNDO_STEP;
    acrm__set(job, F_import_job__undo_position,
              run->more ? acrm__cell_int(position) : acrm__cell_null());
    acrm__set(job, F_import_job__status, acrm__cell_text(run->more ? "undoing" : "undone"));
    if (!run->more)
        acrm__set(job, F_import_job__undone_at, acrm__cell_int(call->now));
    return st == ACRM_OK ? acrm__update(call, job) : st;
}

static int32_t undo_step(undo_run *run)
{
    acrm__call *call = run->call;
    acrm__arena *arena = call->arena;
    acrm__rec *job = NULL;

    int32_t st = run->dry_run ? ACRM_OK : acrm__begin(call);
    if (st != ACRM_OK)
        return st;
    call->arena = &run->scratch;
    st = acrm__load(call, "import_job", acrm__id(run->job, F_ID), "id", &job);
    if (st == ACRM_OK)
        st = undo_step_rows(run, job);
    if (st == ACRM_OK)
        st = run->dry_run ? acrm__react(call) : acrm__commit(call);
    else if (!run->dry_run)
        acrm__rollback(call);
    call->arena = arena;
    acrm__arena_reset(&run->scratch);
    return st;
}

static int32_t undo_begin(undo_run *run)
{
    acrm__call *call = run->call;
    bool may;

    int32_t st = acrm__begin(call);
    if (st == ACRM_OK)
        st = acrm__load_arg(call, "import_job", "id", &run->job);
    const char *name = st == ACRM_OK ? acrm__text(run->job, F_import_job__entity) : NULL;
    if (st == ACRM_OK && !name)
        st = acrm__fail(call, ACRM_E_UNSUPPORTED, "entity", "id",
                        "an import of leads is not undone: leads are answered, not taken back");
    if (st != ACRM_OK)
        return st;
    run->entity = acrm__registry_entity(call->session->registry, name, strlen(name));
    if (!run->entity)
        return acrm__fail(call, ACRM_E_INVALID, "entity", "id", "the entity %.64s is gone", name);
    st = acrm__upsert_permit(call, name, "update", &may);
    return st == ACRM_OK ? acrm__upsert_permit(call, name, "delete", &may) : st;
}

static int32_t undo_all(undo_run *run)
{
    acrm__call *call = run->call;
    int64_t rows = 0;

    int32_t st = undo_begin(run);
    if (st != ACRM_OK || !run->dry_run)
        acrm__rollback(call); /* nothing was written: the steps have their own */
    run->more = true;
    while (st == ACRM_OK && run->more) {
        st = undo_step(run);
        rows += UNDO_STEP;
        if (st == ACRM_OK)
            st = acrm__progress(call, "undo", rows, acrm__int(run->job, F_import_job__position));
    }
    if (run->dry_run && call->session->in_transaction)
        acrm__rollback(call);
    return st;
}

int32_t acrm__import_undo(acrm__call *call)
{
    undo_run run = { .call = call, .dry_run = acrm__arg_bool(call, "dry_run", false) };

    run.items = acrm__put_list(call->out, "items");
    if (!run.items)
        return acrm__nomem(call);
    acrm__arena_init(&run.scratch, &call->arena->allocator);
    int32_t st = undo_all(&run);
    acrm__arena_free(&run.scratch);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(call->out, "job_id", acrm__id_text(call, acrm__id(run.job, F_ID))) &&
              acrm__put_bool(call->out, "dry_run", run.dry_run) &&
              acrm__put_int(call->out, "removed", run.removed) &&
              acrm__put_int(call->out, "restored", run.restored) &&
              acrm__put_int(call->out, "conflicts", run.conflicts);
    return ok ? ACRM_OK : acrm__nomem(call);
}
