/* SPDX-License-Identifier: MIT */
/*
 * Entities and fields added at run time. Their declarations are records; they become real tables
 * and columns in the transaction of the change, and a registry that is installed at its commit.
 */
#include "kernel/custom.h"
#include "kernel/entities.h"

#include <string.h>

enum { CUSTOM_ENTITIES_MAX = 200, CUSTOM_FIELDS_MAX = 2000 };

/* --- From records to declarations --- */

static void custom_entity_def(const acrm__rec *rec, acrm__entity_def *out)
{
    *out = (acrm__entity_def){
        .name = acrm__text(rec, F_custom_entity__name),
        .label = acrm__text(rec, F_custom_entity__label_field),
        .dealer = acrm__text(rec, F_custom_entity__dealer_field),
        .owner = acrm__text(rec, F_custom_entity__owner_field),
        .customer = acrm__text(rec, F_custom_entity__customer_field),
        .subject = acrm__text(rec, F_custom_entity__customer_field),
        .via = acrm__text(rec, F_custom_entity__via_field),
        .help = acrm__text(rec, F_custom_entity__help),
    };
}

static void custom_field_def(const acrm__rec *rec, acrm__custom_field *out)
{
    static const struct {
        uint32_t field, flag;
    } flags[] = {
        { F_custom_field__required, ACRM__REQUIRED },
        { F_custom_field__is_unique, ACRM__UNIQUE },
        { F_custom_field__indexed, ACRM__INDEXED },
        { F_custom_field__searchable, ACRM__SEARCHABLE },
        { F_custom_field__personal, ACRM__PERSONAL },
    };
    int32_t type = acrm__custom_type(acrm__text(rec, F_custom_field__type));

    out->entity = acrm__text(rec, F_custom_field__entity);
    out->field = (acrm__field){
        .name = acrm__text(rec, F_custom_field__name),
        .type = type,
        .flags = ACRM__CUSTOM,
        .target = acrm__text(rec, type == ACRM__T_REF ? F_custom_field__target
                                                      : F_custom_field__unit),
        .choices = acrm__text(rec, type == ACRM__T_REF     ? F_custom_field__inverse
                                   : type == ACRM__T_MONEY ? F_custom_field__currency_field
                                                           : F_custom_field__choices),
        .preset = acrm__text(rec, F_custom_field__preset),
        .min = acrm__int(rec, F_custom_field__minimum),
        .max = acrm__int(rec, F_custom_field__maximum),
        .help = acrm__text(rec, F_custom_field__help),
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (acrm__int(rec, flags[i].field))
            out->field.flags |= flags[i].flag;
}

static int32_t custom_all(acrm__call *call, const char *entity, acrm__recs *out)
{
    const acrm__select select = { .entity = entity, .as_system = true };
    return acrm__find(call, &select, out);
}

static bool custom_is_retired(const acrm__recs *entities, const char *name)
{
    for (size_t i = 0; i < entities->count; i++)
        if (strcmp(acrm__text(entities->items[i], F_custom_entity__name), name) == 0)
            return acrm__int(entities->items[i], F_custom_entity__retired) != 0;
    return false;
}

int32_t acrm__custom_read(acrm__call *call, acrm__arena *arena, acrm__custom *out)
{
    acrm__call inner = *call;
    acrm__recs entities, fields;
    acrm__custom read = { .n_entities = 0 };

    inner.arena = arena;
    int32_t st = custom_all(&inner, "custom_entity", &entities);
    if (st == ACRM_OK)
        st = custom_all(&inner, "custom_field", &fields);
    if (st != ACRM_OK)
        return st;
    acrm__entity_def *defs = acrm__arena_array(arena, entities.count + 1, sizeof *defs);
    acrm__custom_field *custom = acrm__arena_array(arena, fields.count + 1, sizeof *custom);
    if (!defs || !custom)
        return acrm__nomem(call);
    for (size_t i = 0; i < entities.count; i++)
        if (!acrm__int(entities.items[i], F_custom_entity__retired))
            custom_entity_def(entities.items[i], &defs[read.n_entities++]);
    for (size_t i = 0; i < fields.count; i++) {
        const acrm__rec *rec = fields.items[i];
        if (!acrm__int(rec, F_custom_field__retired) &&
            !custom_is_retired(&entities, acrm__text(rec, F_custom_field__entity)))
            custom_field_def(rec, &custom[read.n_fields++]);
    }
    read.entities = defs;
    read.fields = custom;
    *out = read;
    return ACRM_OK;
}

/* --- From declarations to a registry and a table --- */

enum { CUSTOM_LOOK_US = 1000000 };

static int32_t custom_epoch(acrm__call *call, int64_t *out)
{
    acrm_cell cell;
    int32_t st = acrm__meta_get(call, "schema_epoch", ACRM__META_NUMBER, &cell);

    if (st == ACRM_OK)
        *out = cell.type == ACRM_CELL_INT ? cell.integer : 0;
    return st;
}

/* Inside a transaction, so that epoch and declarations belong together. */
static int32_t custom_renew(acrm__call *call)
{
    acrm_engine *engine = call->session->engine;
    acrm__registry *older = engine->registry, *seen = older, *renewed;
    acrm__custom custom;
    int64_t epoch;
    int32_t st = custom_epoch(call, &epoch);

    if (st != ACRM_OK || epoch == older->epoch)
        return st;
    st = acrm__custom_read(call, call->arena, &custom);
    if (st == ACRM_OK)
        st = acrm__registry_build(&engine->allocator, &custom, older, &renewed, call->err);
    if (st != ACRM_OK)
        return st;
    renewed->epoch = epoch;
    if (!atomic_compare_exchange_strong(&engine->registry, &seen, renewed)) {
        /* another thread has just done the same */
        renewed->older = NULL;
        acrm__registry_free(renewed);
    }
    return ACRM_OK;
}

int32_t acrm__custom_refresh(acrm__call *call, bool *changed)
{
    acrm_session *session = call->session;
    const acrm_storage_ops *storage = &session->engine->storage;
    bool alone = session->in_transaction == 0;
    int64_t epoch;
    int32_t st;

    *changed = false;
    if (session->held) /* to the schema of its state */
        return ACRM_OK;
    /* Reads outside a transaction look once a second: the look would be half of their cost. */
    if (alone && call->now - session->schema_looked_at < CUSTOM_LOOK_US &&
        call->now >= session->schema_looked_at)
        return ACRM_OK;
    session->schema_looked_at = call->now;
    int64_t mark = storage->change_mark ? storage->change_mark(session->conn) : 0;
    if (storage->change_mark && mark == session->schema_mark)
        return ACRM_OK;
    st = custom_epoch(call, &epoch);
    if (st == ACRM_OK && epoch != session->registry->epoch) {
        if (alone)
            st = acrm__transaction_begin(call, false);
        if (st == ACRM_OK)
            st = custom_renew(call);
        if (alone)
            acrm__transaction_rollback(session);
        *changed = st == ACRM_OK;
    }
    if (st == ACRM_OK)
        session->schema_mark = mark;
    return st;
}

/* A change on top of a schema that somebody else has changed meanwhile would undo theirs. */
static int32_t custom_begin(acrm__call *call)
{
    acrm_session *session = call->session;
    int64_t epoch;
    int32_t st = custom_epoch(call, &epoch);

    if (st != ACRM_OK || session->staged)
        return st;
    if (epoch != session->registry->epoch)
        return acrm__fail(call, ACRM_E_BUSY, "schema", NULL,
                          "the schema has just been changed by another session; try again");
    return ACRM_OK;
}

static int32_t custom_stage(acrm__call *call, const char *changed)
{
    acrm_session *session = call->session;
    acrm_engine *engine = session->engine;
    acrm__registry *older = engine->registry, *staged;
    acrm__custom custom;
    int64_t epoch;
    int32_t st = acrm__custom_read(call, call->arena, &custom);

    if (st != ACRM_OK)
        return st;
    if (custom.n_entities > CUSTOM_ENTITIES_MAX || custom.n_fields > CUSTOM_FIELDS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", NULL,
                          "there may be %d custom entities and %d custom fields",
                          CUSTOM_ENTITIES_MAX, CUSTOM_FIELDS_MAX);
    epoch = (session->staged ? session->staged->epoch : older->epoch) + 1;
    st = acrm__registry_build(&engine->allocator, &custom, older, &staged, call->err);
    if (st != ACRM_OK)
        return st;
    staged->epoch = epoch;
    if (session->staged) { /* of an earlier change in this transaction */
        session->staged->older = NULL;
        acrm__registry_free(session->staged);
    }
    session->staged = staged;
    const acrm__entity *entity = acrm__registry_entity(staged, changed, strlen(changed));
    if (entity)
        st = engine->storage.ensure_table(session->conn, &entity->table, call->err);
    if (st == ACRM_OK)
        st = acrm__meta_put(call, "schema_epoch", ACRM__META_NUMBER, acrm__cell_int(epoch));
    return st;
}

/* The default must be a value of the field; only the built registry can tell. */
static int32_t custom_check_preset(acrm__call *call, const char *entity_name, const char *name)
{
    const acrm__registry *staged = call->session->staged;
    const acrm__entity *entity = acrm__registry_entity(staged, entity_name, strlen(entity_name));
    const acrm__fieldinfo *field = &entity->fields[acrm__field_of(entity, name)];
    acrm_value *faults = acrm__value_in(call->arena);
    acrm_cell cell;

    if (!field->preset)
        return ACRM_OK;
    if (!faults || acrm_value_set_list(faults) != ACRM_OK ||
        acrm__decode(call, field, field->preset, "preset", &cell, faults) != ACRM_OK)
        return acrm__nomem(call);
    return acrm_value_count(faults) ? acrm__error_fields(call->err, ACRM_E_INVALID, faults)
                                    : ACRM_OK;
}

/* --- Writing the declarations --- */

static int32_t custom_find(acrm__call *call, const char *entity, const char *name,
                           acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_custom_field__entity, ACRM_FILTER_EQ, acrm__cell_text(entity) },
        { F_custom_field__name, ACRM_FILTER_EQ, acrm__cell_text(name) },
    };
    const acrm__select select = { .entity = "custom_field", .terms = terms, .n_terms = 2,
                                  .as_system = true };
    return acrm__find_one(call, &select, out);
}

static int32_t custom_find_entity(acrm__call *call, const char *name, acrm__rec **out)
{
    const acrm__term term = { F_custom_entity__name, ACRM_FILTER_EQ, acrm__cell_text(name) };
    const acrm__select select = { .entity = "custom_entity", .terms = &term, .n_terms = 1,
                                  .as_system = true };
    return acrm__find_one(call, &select, out);
}

/* A retired field of the same type comes back with its data, as the new description has it. */
static int32_t custom_write_field(acrm__call *call, const char *entity, acrm__rec *rec)
{
    acrm__rec *old = NULL;
    int32_t st = acrm__custom_check_field(call, rec);

    if (st == ACRM_OK)
        st = custom_find(call, entity, acrm__text(rec, F_custom_field__name), &old);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_custom_field__entity, acrm__cell_text(entity));
    if (!old)
        return acrm__insert(call, rec);
    if (!acrm__int(old, F_custom_field__retired))
        return acrm__fail(call, ACRM_E_CONFLICT, "duplicate", "name", "%s has a field %s already",
                          entity, acrm__text(rec, F_custom_field__name));
    if (!acrm__cell_equal(&old->cells[F_custom_field__type], &rec->cells[F_custom_field__type]))
        return acrm__fail(call, ACRM_E_CONFLICT, "duplicate", "type",
                          "%s had a field %s of type %s; bring it back with that type, or take "
                          "another name", entity, acrm__text(rec, F_custom_field__name),
                          acrm__text(old, F_custom_field__type));
    for (uint32_t i = F_SYSTEM_COUNT; i < old->entity->n_fields; i++)
        acrm__set(old, i, rec->cells[i]);
    acrm__set(old, F_custom_field__retired, acrm__cell_int(0));
    return acrm__update(call, old);
}

int32_t acrm__schema_add_field(acrm__call *call)
{
    const char *entity = acrm__arg_text(call, "entity");
    acrm__rec *rec = acrm__new(call, "custom_field"), *kept;
    int32_t st = rec ? custom_begin(call) : acrm__nomem(call);

    if (st == ACRM_OK && !acrm__entity_of(call, entity))
        st = acrm__fail(call, ACRM_E_INVALID, "unknown_entity", "entity",
                        "there is no entity named %.63s", entity);
    if (st == ACRM_OK)
        st = acrm__custom_describe(call, call->args, false, rec);
    if (st == ACRM_OK)
        st = custom_write_field(call, entity, rec);
    if (st == ACRM_OK)
        st = custom_stage(call, entity);
    if (st == ACRM_OK)
        st = custom_check_preset(call, entity, acrm__text(rec, F_custom_field__name));
    if (st == ACRM_OK)
        st = custom_find(call, entity, acrm__text(rec, F_custom_field__name), &kept);
    return st == ACRM_OK ? acrm__render(call, kept, call->out) : st;
}

static int32_t custom_write_entity(acrm__call *call, const char *name)
{
    static const struct {
        const char *arg;
        uint32_t field;
    } args[] = {
        { "name", F_custom_entity__name },
        { "label", F_custom_entity__label },
        { "help", F_custom_entity__help },
        { "label_field", F_custom_entity__label_field },
        { "dealer_field", F_custom_entity__dealer_field },
        { "owner_field", F_custom_entity__owner_field },
        { "customer_field", F_custom_entity__customer_field },
        { "via_field", F_custom_entity__via_field },
    };
    acrm__rec *rec = NULL;
    int32_t st = custom_find_entity(call, name, &rec);

    if (st != ACRM_OK)
        return st;
    bool fresh = !rec;
    if (fresh)
        rec = acrm__new(call, "custom_entity");
    if (!rec)
        return acrm__nomem(call);
    if (!fresh && !acrm__int(rec, F_custom_entity__retired))
        return acrm__fail(call, ACRM_E_CONFLICT, "duplicate", "name",
                          "there is an entity %s already", name);
    for (size_t i = 0; i < sizeof args / sizeof args[0]; i++)
        acrm__set(rec, args[i].field, acrm__cell_text(acrm__arg_text(call, args[i].arg)));
    acrm__set(rec, F_custom_entity__retired, acrm__cell_int(0));
    st = fresh ? acrm__insert(call, rec) : acrm__update(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* The way to a record that others may see must be a reference to it. */
static int32_t custom_check_scopes(acrm__call *call, const char *name)
{
    static const char *const args[] = { "dealer_field", "owner_field", "customer_field",
                                        "via_field" };
    const acrm__registry *staged = call->session->staged;
    const acrm__entity *entity = acrm__registry_entity(staged, name, strlen(name));

    for (size_t i = 0; i < sizeof args / sizeof args[0]; i++) {
        const char *field = acrm__arg_text(call, args[i]);
        if (field && entity->fields[acrm__field_of(entity, field)].def.type != ACRM__T_REF)
            return acrm__fail(call, ACRM_E_INVALID, "type", args[i], "%s must be a ref field",
                              args[i]);
    }
    return ACRM_OK;
}

int32_t acrm__schema_add_entity(acrm__call *call)
{
    const char *name = acrm__arg_text(call, "name");
    const acrm_value *fields = acrm__arg(call, "fields");
    int32_t st = acrm__custom_check_name(call, name);

    if (st == ACRM_OK)
        st = custom_begin(call);
    if (st == ACRM_OK)
        st = custom_write_entity(call, name);
    for (size_t i = 0; i < acrm_value_count(fields) && st == ACRM_OK; i++) {
        acrm__rec *rec = acrm__new(call, "custom_field");
        st = rec ? acrm__custom_describe(call, acrm_value_at(fields, i), true, rec)
                 : acrm__nomem(call);
        if (st == ACRM_OK)
            st = custom_write_field(call, name, rec);
    }
    if (st == ACRM_OK)
        st = custom_stage(call, name);
    if (st == ACRM_OK)
        st = custom_check_scopes(call, name);
    for (size_t i = 0; i < acrm_value_count(fields) && st == ACRM_OK; i++)
        st = custom_check_preset(call, name, acrm__get_text(acrm_value_at(fields, i), "name"));
    return st;
}

int32_t acrm__schema_retire(acrm__call *call)
{
    const char *entity = acrm__arg_text(call, "entity"), *field = acrm__arg_text(call, "field");
    acrm__rec *rec = NULL;
    int32_t st = custom_begin(call);

    if (st == ACRM_OK)
        st = field ? custom_find(call, entity, field, &rec)
                   : custom_find_entity(call, entity, &rec);
    if (st != ACRM_OK)
        return st;
    uint32_t retired = field ? F_custom_field__retired : F_custom_entity__retired;
    if (!rec || acrm__int(rec, retired))
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", field ? "field" : "entity",
                          "%.63s%s%.63s is not a custom %s in use", entity, field ? "." : "",
                          field ? field : "", field ? "field" : "entity");
    acrm__set(rec, retired, acrm__cell_int(1));
    st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = custom_stage(call, entity);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
