/* SPDX-License-Identifier: MIT */
/* The free operations on one record, and bulk creation. */
#include "kernel/crud.h"

#include <string.h>

static acrm_value *crud_faults(acrm__call *call)
{
    acrm_value *faults = acrm__value_in(call->arena);

    return faults && acrm_value_set_list(faults) == ACRM_OK ? faults : NULL;
}

static int32_t crud_verdict(acrm__call *call, int32_t st, const acrm_value *faults)
{
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    return st;
}

/* --- Create --- */

static acrm__rec *crud_blank(acrm__call *call, const acrm__entity *entity)
{
    acrm__rec *rec = acrm__arena_zero(call->arena, sizeof *rec);
    acrm_cell *cells = acrm__arena_array(call->arena, entity->n_fields, sizeof *cells);

    if (!rec || !cells)
        return NULL;
    *rec = (acrm__rec){ .entity = entity, .cells = cells };
    return rec;
}

/* What was just written must lie within the writer's own scope. */
static int32_t crud_stay_in_scope(acrm__call *call, const acrm__rec *rec)
{
    bool visible = true;

    if (call->as_system)
        return ACRM_OK;
    int32_t st = acrm__in_scope(call, rec, &visible);
    if (st == ACRM_OK && !visible)
        return acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                          "this %s would lie outside what this session may see",
                          rec->entity->def->name);
    return st;
}

static int32_t crud_child(acrm__call *call, const acrm__rec *parent, const acrm__inverse *inverse,
                          const acrm_value *fields, const char *path)
{
    const acrm__entity *entity = call->session->registry->entities[inverse->entity];
    const char *create = acrm__arena_format(call->arena, "%s.create", entity->def->name);
    acrm__rec *rec = crud_blank(call, entity);
    acrm_value *faults = crud_faults(call);

    if (!rec || !faults || !create)
        return acrm__nomem(call);
    if (entity->def->flags & ACRM__NO_CREATE)
        return acrm__fail(call, ACRM_E_INVALID, "read_only", path, "%s cannot be created here",
                          path);
    if (call->depth == 0 && !acrm__may_run(call, create))
        return acrm__fail(call, ACRM_E_DENIED, "permission", path,
                          "this session may not call %s", create);
    if (acrm_value_type(fields) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", path, "%s must be an object", path);
    int32_t st = acrm__assign(call, rec, fields, path, NULL, faults);
    st = crud_verdict(call, st, faults);
    if (st != ACRM_OK)
        return st;
    rec->cells[inverse->field] = parent->cells[F_ID];
    if (inverse->kind != UINT32_MAX)
        rec->cells[inverse->kind] = acrm__cell_text(parent->entity->def->name);
    return acrm__insert(call, rec);
}

/* Lists under the names of to-many relations are records to create along with this one. */
static int32_t crud_children(acrm__call *call, const acrm__rec *rec, const acrm_value *fields)
{
    for (size_t i = 0; i < acrm_value_count(fields); i++) {
        size_t len;
        const char *key = acrm_value_key(fields, i, &len);
        const acrm_value *list = acrm_value_at(fields, i);
        if (acrm__entity_field(rec->entity, key, len) != UINT32_MAX)
            continue;
        const acrm__inverse *inverse = acrm__entity_inverse(rec->entity, key, len);
        if (!inverse)
            continue;
        if (acrm_value_type(list) != ACRM_LIST)
            return acrm__fail(call, ACRM_E_INVALID, "type", key, "%s must be a list", key);
        for (size_t n = 0; n < acrm_value_count(list); n++) {
            char *path = acrm__arena_format(call->arena, "%s[%zu].", key, n);
            if (!path)
                return acrm__nomem(call);
            int32_t st = crud_child(call, rec, inverse, acrm_value_at(list, n), path);
            if (st != ACRM_OK)
                return st;
        }
    }
    return ACRM_OK;
}

static int32_t crud_insert(acrm__call *call, const acrm_value *fields, const char *path,
                           const char *const *skip, acrm__rec **out)
{
    acrm__rec *rec = crud_blank(call, call->entity);
    acrm_value *faults = crud_faults(call);

    if (!rec || !faults)
        return acrm__nomem(call);
    int32_t st = crud_verdict(call, acrm__assign(call, rec, fields, path, skip, faults), faults);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = crud_children(call, rec, fields);
    if (st == ACRM_OK)
        st = crud_stay_in_scope(call, rec);
    if (st == ACRM_OK)
        *out = rec;
    return st;
}

/* Render a record after the reactions to it, which may have changed it. */
static int32_t crud_answer(acrm__call *call, acrm__rec *rec)
{
    uint64_t writes = call->session->writes;
    int32_t st = acrm__react(call);

    if (st == ACRM_OK && call->session->writes != writes)
        st = acrm__load_any(call, rec->entity, acrm__id(rec, F_ID), &rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* Arguments of create that are no fields: those of every write, and the entity's own. */
static const char *const *crud_options(acrm__call *call)
{
    const char **names;
    size_t n = 0;

    if (call->info->n_in == 0)
        return acrm__write_options;
    while (acrm__write_options[n])
        n++;
    names = acrm__arena_array(call->arena, n + call->info->n_in + 1, sizeof *names);
    for (size_t i = 0; names && i < n + call->info->n_in; i++)
        names[i] = i < n ? acrm__write_options[i] : call->info->in[i - n].def.name;
    return names;
}

int32_t acrm__crud_create(acrm__call *call)
{
    acrm__rec *rec = NULL;
    const char *const *options = crud_options(call);
    int32_t st = options ? crud_insert(call, call->args, "", options, &rec) : acrm__nomem(call);

    return st == ACRM_OK ? crud_answer(call, rec) : st;
}

/* --- Create many: each record in memory of its own, given back before the next --- */

typedef struct crud_bulk {
    acrm__arena scratch;
    acrm_value *ids, *errors;
    bool skip;
    int64_t created;
} crud_bulk;

static int32_t crud_bulk_reject(acrm_value *errors, size_t index, const acrm_error *error)
{
    acrm_value *entry = acrm__add_map(errors);
    acrm_value *what = entry ? acrm__put_map(entry, "error") : NULL;
    bool ok = what && acrm__put_int(entry, "index", (int64_t)index) &&
              acrm__put_int(what, "code", acrm_error_code(error)) &&
              acrm__put_text(what, "reason", acrm_error_reason(error)) &&
              acrm__put_text(what, "field", acrm_error_field(error)) &&
              acrm__put_text(what, "message", acrm_error_message(error));

    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

static bool crud_bulk_survives(int32_t st)
{
    return st == ACRM_E_INVALID || st == ACRM_E_CONFLICT || st == ACRM_E_NOTFOUND ||
           st == ACRM_E_DENIED || st == ACRM_E_LIMIT;
}

static int32_t crud_bulk_one(acrm__call *call, crud_bulk *bulk, const acrm_value *fields,
                             size_t index)
{
    acrm__rec *rec = NULL;
    char path[48], id[37];
    acrm__str place;

    acrm__str_init(&place, &call->arena->allocator);
    acrm__str_puts(&place, "records[");
    acrm__str_int(&place, (int64_t)index);
    acrm__str_puts(&place, "].");
    size_t len = place.failed || place.len >= sizeof path ? 0 : place.len;
    memcpy(path, place.data ? place.data : "", len);
    path[len] = '\0';
    acrm__str_free(&place);
    if (acrm_value_type(fields) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", path, "%s must be an object", path);
    int32_t st = crud_insert(call, fields, path, NULL, &rec);
    if (st == ACRM_OK)
        st = acrm__react(call);
    if (st != ACRM_OK)
        return st;
    acrm__uuid_print(acrm__id(rec, F_ID), id);
    bulk->created++;
    return acrm__add_text(bulk->ids, id) ? ACRM_OK : acrm__nomem(call);
}

static int32_t crud_bulk_try(acrm__call *call, crud_bulk *bulk, const acrm_value *fields,
                             size_t index)
{
    acrm_error *error = NULL;
    acrm_error **err = call->err;

    int32_t st = acrm__savepoint(call);
    if (st != ACRM_OK)
        return st;
    call->err = &error;
    st = crud_bulk_one(call, bulk, fields, index);
    call->err = err;
    if (st == ACRM_OK)
        return acrm__release(call);
    if (!crud_bulk_survives(st)) {
        if (err)
            *err = error;
        else
            acrm_error_free(error);
        return st;
    }
    st = acrm__rollback_to(call);
    if (st == ACRM_OK && (crud_bulk_reject(bulk->errors, index, error) != ACRM_OK ||
                          !acrm_value_add(bulk->ids)))
        st = acrm__nomem(call);
    acrm_error_free(error);
    return st;
}

int32_t acrm__crud_create_many(acrm__call *call)
{
    const acrm_value *records = acrm__arg(call, "records");
    size_t n = acrm_value_count(records);
    acrm__arena *arena = call->arena;
    crud_bulk bulk = { .ids = acrm__put_list(call->out, "ids"),
                       .errors = acrm__put_list(call->out, "errors") };
    int32_t st = bulk.ids && bulk.errors ? ACRM_OK : acrm__nomem(call);

    bulk.skip = strcmp(acrm__arg_text(call, "on_error"), "skip") == 0;
    acrm__arena_init(&bulk.scratch, &arena->allocator);
    if (st == ACRM_OK)
        st = acrm__react(call);
    call->arena = &bulk.scratch;
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        const acrm_value *fields = acrm_value_at(records, i);
        st = bulk.skip ? crud_bulk_try(call, &bulk, fields, i)
                       : crud_bulk_one(call, &bulk, fields, i);
        acrm__arena_reset(&bulk.scratch);
        if (st == ACRM_OK && i % 256 == 255)
            st = acrm__progress(call, "create", (int64_t)i + 1, (int64_t)n);
    }
    call->arena = arena;
    acrm__arena_free(&bulk.scratch);
    if (st == ACRM_OK && !acrm__put_int(call->out, "created", bulk.created))
        st = acrm__nomem(call);
    return st;
}

/* --- Get, update, delete, restore, history --- */

static int32_t crud_missing(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "id", "there is no such %s",
                      call->entity->def->name);
}

int32_t acrm__crud_get(acrm__call *call)
{
    unsigned char id[16];
    acrm__rec *rec = NULL;
    acrm__view view;

    acrm__arg_id(call, "id", id);
    int32_t st = acrm__load_any(call, call->entity, id, &rec);
    bool merged = st == ACRM_OK && rec && acrm__merged_into(rec);
    if (merged)
        st = acrm__load_or_null(call, call->entity, id, &rec);
    if (st == ACRM_OK && !rec)
        return crud_missing(call);
    if (st == ACRM_OK)
        st = acrm__view_make(call, call->entity, acrm__arg(call, "fields"), &view);
    const acrm_value *include = acrm__arg(call, "include");
    if (st == ACRM_OK && call->printed && !include && !merged)
        return acrm__view_lay(call, &view, rec->cells, call->out);
    if (st == ACRM_OK)
        st = acrm__view_render(call, &view, rec->cells, call->out);
    if (st == ACRM_OK && include)
        st = acrm__include(call, call->entity, include, &rec, &call->out, 1);
    if (st == ACRM_OK && merged &&
        !acrm__put_text(call->out, "merged_into", acrm__id_text(call, acrm__id(rec, F_ID))))
        st = acrm__nomem(call);
    return st;
}

static int32_t crud_load_for_write(acrm__call *call, bool deleted, acrm__rec **out)
{
    unsigned char id[16];
    acrm__rec *rec = NULL;
    const acrm_value *version = acrm__arg(call, "version");

    acrm__arg_id(call, "id", id);
    int32_t st = acrm__load_any(call, call->entity, id, &rec);
    if (st != ACRM_OK)
        return st;
    if (rec && acrm__merged_into(rec))
        return acrm__fail(call, ACRM_E_CONFLICT, "merged", "id", "the %s was merged into %s",
                          call->entity->def->name,
                          acrm__id_text(call, acrm__merged_into(rec)));
    if (!rec || acrm__is_null(rec, F_DELETED_AT) == deleted)
        return crud_missing(call);
    if (!deleted && !version && !acrm__arg_bool(call, "last_write_wins", false))
        return acrm__fail(call, ACRM_E_INVALID, "required", "version",
                          "version is required: the one you saw, or last_write_wins");
    if (version && acrm_value_int(version) != acrm__int(rec, F_VERSION))
        return acrm__fail(call, ACRM_E_CONFLICT, "stale_version", "version",
                          "the %s is at version %lld, not %lld: read it again",
                          call->entity->def->name, (long long)acrm__int(rec, F_VERSION),
                          (long long)acrm_value_int(version));
    *out = rec;
    return ACRM_OK;
}

/* Amounts are decoded against the currency: when that alone changes, amounts that were not given
 * would silently mean something else. */
static int32_t crud_currency_kept(const acrm__rec *rec, const acrm_value *fields,
                                  acrm_value *faults)
{
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        if (f->def.type != ACRM__T_MONEY || acrm__is_null(rec, i) ||
            !acrm__changed(rec, f->currency) || acrm_value_get(fields, f->def.name))
            continue;
        int32_t st = acrm__fault(faults, f->def.name, "required",
                                 "%s must be given again in the new currency", f->def.name);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

int32_t acrm__crud_update(acrm__call *call)
{
    static const char *const skip[] = { "id", "version", "last_write_wins", "idempotency_key",
                                        "dry_run", "reason", NULL };
    acrm__rec *rec = NULL;
    acrm_value *faults = crud_faults(call);

    if (!faults)
        return acrm__nomem(call);
    int32_t st = crud_load_for_write(call, false, &rec);
    if (st == ACRM_OK)
        st = crud_verdict(call, acrm__assign(call, rec, call->args, "", skip, faults), faults);
    if (st == ACRM_OK)
        st = crud_verdict(call, crud_currency_kept(rec, call->args, faults), faults);
    if (st == ACRM_OK)
        st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = crud_stay_in_scope(call, rec);
    return st == ACRM_OK ? crud_answer(call, rec) : st;
}

int32_t acrm__crud_delete(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = crud_load_for_write(call, false, &rec);

    if (st == ACRM_OK)
        st = acrm__remove(call, rec, NULL);
    return st == ACRM_OK ? crud_answer(call, rec) : st;
}

int32_t acrm__crud_restore(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = crud_load_for_write(call, true, &rec);

    if (st == ACRM_OK)
        st = acrm__restore(call, rec);
    return st == ACRM_OK ? crud_answer(call, rec) : st;
}

int32_t acrm__crud_history(acrm__call *call)
{
    unsigned char id[16];
    acrm__rec *rec = NULL;
    acrm_value *items = acrm__put_list(call->out, "items");

    if (!items)
        return acrm__nomem(call);
    acrm__arg_id(call, "id", id);
    int32_t st = acrm__load_any(call, call->entity, id, &rec);
    if (st == ACRM_OK && !rec)
        return crud_missing(call);
    return st == ACRM_OK ? acrm__audit_history(call, call->entity, id, items) : st;
}
