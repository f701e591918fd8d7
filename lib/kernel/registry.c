/* SPDX-License-Identifier: MIT */
/* Builds the registry from the modules' declarations and finds things in it by name. */
#include "kernel/registry.h"

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "engines/filter/nearest.h"
#include "kernel/inside.h"

#include <string.h>

static const acrm__field registry_system_fields[F_SYSTEM_COUNT] = {
    [F_ID] = { .name = "id", .type = ACRM__T_ID, .flags = ACRM__READ_ONLY,
               .help = "The record's id, a UUID version 7" },
    [F_VERSION] = { .name = "version", .type = ACRM__T_INT, .flags = ACRM__READ_ONLY,
                    .help = "Rises by one with each change; name the one you saw to update" },
    [F_CREATED_AT] = { .name = "created_at", .type = ACRM__T_INSTANT, .flags = ACRM__READ_ONLY,
                       .help = "When it was made" },
    [F_CREATED_BY] = { .name = "created_by", .type = ACRM__T_ID, .flags = ACRM__READ_ONLY,
                       .help = "The user or customer who made it; null for the system" },
    [F_UPDATED_AT] = { .name = "updated_at", .type = ACRM__T_INSTANT, .flags = ACRM__READ_ONLY,
                       .help = "When it was last changed" },
    [F_UPDATED_BY] = { .name = "updated_by", .type = ACRM__T_ID, .flags = ACRM__READ_ONLY,
                       .help = "The user or customer who last changed it" },
    [F_DELETED_AT] = { .name = "deleted_at", .type = ACRM__T_INSTANT, .flags = ACRM__READ_ONLY,
                       .help = "When it was deleted; null for a live record" },
};

enum { REGISTRY_PRESETS = 16 };

typedef struct registry_read_preset {
    const char *json;
    const acrm_value *value;
} registry_read_preset;

typedef struct registry_builder {
    acrm__registry *r;
    const acrm__custom *custom;
    acrm_error **err;
    const acrm__opinfo *shared[ACRM__VERB_HISTORY + 1]; /* the first of each verb */
    registry_read_preset presets[REGISTRY_PRESETS];
    uint32_t n_presets;
} registry_builder;

/* --- Names --- */

static int32_t registry_names_init(acrm__arena *arena, acrm__names *names, uint32_t n)
{
    uint32_t size = 8;

    while (size < n * 2)
        size *= 2;
    names->slots = acrm__arena_array(arena, size, sizeof *names->slots);
    names->size = size;
    return names->slots ? ACRM_OK : ACRM_E_NOMEM;
}

static void registry_names_add(acrm__names *names, const char *name, uint32_t item)
{
    uint32_t i = (uint32_t)acrm__hash(name, strlen(name)) & (names->size - 1);

    while (names->slots[i] != 0)
        i = (i + 1) & (names->size - 1);
    names->slots[i] = item + 1;
}

typedef const char *(*registry_name_of)(const void *owner, uint32_t item);

static uint32_t registry_names_find(const acrm__names *names, registry_name_of name_of,
                                    const void *owner, const char *name, size_t len)
{
    if (names->size == 0)
        return UINT32_MAX;
    uint32_t i = (uint32_t)acrm__hash(name, len) & (names->size - 1);
    for (; names->slots[i] != 0; i = (i + 1) & (names->size - 1)) {
        uint32_t item = names->slots[i] - 1;
        const char *found = name_of(owner, item);
        if (strncmp(found, name, len) == 0 && found[len] == '\0')
            return item;
    }
    return UINT32_MAX;
}

static const char *registry_field_name(const void *owner, uint32_t item)
{
    return ((const acrm__entity *)owner)->fields[item].def.name;
}

static const char *registry_entity_name(const void *owner, uint32_t item)
{
    return ((const acrm__registry *)owner)->entities[item]->def->name;
}

static const char *registry_op_name(const void *owner, uint32_t item)
{
    return ((const acrm__registry *)owner)->ops[item].name;
}

const acrm__entity *acrm__registry_entity(const acrm__registry *r, const char *name, size_t len)
{
    uint32_t i = registry_names_find(&r->entity_names, registry_entity_name, r, name, len);
    return i == UINT32_MAX ? NULL : r->entities[i];
}

const acrm__opinfo *acrm__registry_op(const acrm__registry *r, const char *name, size_t len)
{
    uint32_t i = registry_names_find(&r->op_names, registry_op_name, r, name, len);
    return i == UINT32_MAX ? NULL : &r->ops[i];
}

uint32_t acrm__entity_field(const acrm__entity *entity, const char *name, size_t len)
{
    return registry_names_find(&entity->names, registry_field_name, entity, name, len);
}

const acrm__inverse *acrm__entity_inverse(const acrm__entity *entity, const char *name, size_t len)
{
    for (uint32_t i = 0; i < entity->n_inverses; i++)
        if (strncmp(entity->inverses[i].name, name, len) == 0 &&
            entity->inverses[i].name[len] == '\0')
            return &entity->inverses[i];
    return NULL;
}

uint32_t acrm__entity_relation(const acrm__entity *entity, const char *name, size_t len)
{
    char field[128];

    if (len + sizeof "_id" > sizeof field)
        return UINT32_MAX;
    memcpy(field, name, len);
    memcpy(field + len, "_id", sizeof "_id");
    uint32_t i = acrm__entity_field(entity, field, len + 3);
    if (i == UINT32_MAX || entity->fields[i].def.type != ACRM__T_REF)
        return UINT32_MAX;
    return i;
}

/* --- Suggestions --- */

static const char *registry_field_at(const void *user, size_t n)
{
    const acrm__entity *entity = user;
    return n < entity->n_fields ? entity->fields[n].def.name : NULL;
}

const char *acrm__entity_suggest(const acrm__entity *entity, const char *name, size_t len)
{
    return acrm__nearest(name, len, registry_field_at, entity);
}

static const char *registry_op_at(const void *user, size_t n)
{
    const acrm__registry *r = user;
    return n < r->n_ops ? r->ops[n].name : NULL;
}

const char *acrm__registry_suggest_op(const acrm__registry *r, const char *name, size_t len)
{
    return acrm__nearest(name, len, registry_op_at, r);
}

/* --- Types --- */

static const struct {
    const char *name;
    int32_t storage;
} registry_types[] = {
    [ACRM__T_ID] = { "id", ACRM_CELL_BLOB },
    [ACRM__T_REF] = { "ref", ACRM_CELL_BLOB },
    [ACRM__T_TEXT] = { "text", ACRM_CELL_TEXT },
    [ACRM__T_BOOL] = { "bool", ACRM_CELL_INT },
    [ACRM__T_INT] = { "int", ACRM_CELL_INT },
    [ACRM__T_REAL] = { "real", ACRM_CELL_REAL },
    [ACRM__T_DECIMAL] = { "decimal", ACRM_CELL_TEXT },
    [ACRM__T_MONEY] = { "money", ACRM_CELL_INT },
    [ACRM__T_INSTANT] = { "instant", ACRM_CELL_INT },
    [ACRM__T_DATE] = { "date", ACRM_CELL_INT },
    [ACRM__T_TIME] = { "time", ACRM_CELL_INT },
    [ACRM__T_DURATION] = { "duration", ACRM_CELL_INT },
    [ACRM__T_ENUM] = { "enum", ACRM_CELL_TEXT },
    [ACRM__T_JSON] = { "json", ACRM_CELL_TEXT },
    [ACRM__T_BYTES] = { "bytes", ACRM_CELL_BLOB },
    [ACRM__T_RECORD] = { "record", ACRM_CELL_NULL },
    [ACRM__T_FILTER] = { "filter", ACRM_CELL_NULL },
    [ACRM__T_MAP] = { "map", ACRM_CELL_NULL },
};

int32_t acrm__storage_type(const acrm__field *field)
{
    if (field->flags & ACRM__ENCRYPTED)
        return ACRM_CELL_BLOB;
    return registry_types[field->type].storage;
}

const char *acrm__type_name(int32_t type)
{
    return registry_types[type].name;
}

/* --- Entities --- */

static int32_t registry_fault(registry_builder *b, const char *entity, const char *field,
                              const char *what)
{
    return acrm__error(b->err, ACRM_E_INVALID, "declaration", field, "%s.%s: %s", entity,
                       field ? field : "*", what);
}

static int32_t registry_choices(registry_builder *b, const char *list, acrm__fieldinfo *out)
{
    uint32_t n = 1;

    for (const char *p = list; *p; p++)
        n += *p == '|';
    out->choices = acrm__arena_array(&b->r->arena, n, sizeof *out->choices);
    if (!out->choices)
        return ACRM_E_NOMEM;
    for (const char *start = list;;) {
        size_t len = strcspn(start, "|");
        out->choices[out->n_choices] = acrm__arena_text(&b->r->arena, start, len);
        if (!out->choices[out->n_choices++])
            return ACRM_E_NOMEM;
        if (start[len] == '\0')
            return ACRM_OK;
        start += len + 1;
    }
}

/* Most of them are the same few: true, false, 100. */
static int32_t registry_preset(registry_builder *b, const char *json, const acrm_value **out)
{
    acrm__json_fault fault;
    acrm_value *read = NULL;
    uint32_t i = 0;

    while (i < b->n_presets && strcmp(b->presets[i].json, json) != 0)
        i++;
    if (i < b->n_presets) {
        *out = b->presets[i].value;
        return ACRM_OK;
    }
    int32_t st = acrm__json_read(&b->r->arena, json, strlen(json), &read, &fault);
    if (st == ACRM_OK && b->n_presets < REGISTRY_PRESETS)
        b->presets[b->n_presets++] = (registry_read_preset){ json, read };
    if (st == ACRM_OK)
        *out = read;
    return st;
}

static int32_t registry_field(registry_builder *b, const char *owner, const acrm__field *def,
                              acrm__fieldinfo *out)
{
    *out = (acrm__fieldinfo){ .def = *def, .name_len = (uint32_t)strlen(def->name),
                              .currency = UINT32_MAX, .blind = UINT32_MAX, .target = UINT32_MAX,
                              .kind = UINT32_MAX };
    if (!def->help || !*def->help)
        return registry_fault(b, owner, def->name, "has no help text");
    if (def->flags & ACRM__ENCRYPTED)
        out->def.flags |= ACRM__PERSONAL;
    if (acrm__field_has(def, ACRM__T_BYTES))
        out->def.flags |= ACRM__HIDDEN | ACRM__READ_ONLY | ACRM__INDEXED;
    if (acrm__field_has(def, ACRM__T_REF) || acrm__field_has(def, ACRM__T_ID))
        out->def.flags |= ACRM__INDEXED;
    if (def->type == ACRM__T_ENUM) {
        if (!def->choices)
            return registry_fault(b, owner, def->name, "is an enum without choices");
        int32_t st = registry_choices(b, def->choices, out);
        if (st != ACRM_OK)
            return st;
    }
    if (def->preset) {
        int32_t st = registry_preset(b, def->preset, &out->preset);
        if (st == ACRM_E_NOMEM)
            return st;
        if (st != ACRM_OK)
            return registry_fault(b, owner, def->name, "has a default that is no JSON");
    }
    return ACRM_OK;
}

static uint32_t registry_count_fields(const acrm__field *fields)
{
    uint32_t n = 0;

    while (fields && fields[n].name)
        n++;
    return n;
}

static int32_t registry_fields(registry_builder *b, acrm__entity *entity)
{
    const acrm__entity_def *def = entity->def;
    uint32_t declared = registry_count_fields(def->fields);
    uint32_t n = F_SYSTEM_COUNT + declared;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < b->custom->n_fields; i++)
        n += strcmp(b->custom->fields[i].entity, def->name) == 0;
    entity->fields = acrm__arena_array(&b->r->arena, n, sizeof *entity->fields);
    if (!entity->fields || registry_names_init(&b->r->arena, &entity->names, n) != ACRM_OK)
        return ACRM_E_NOMEM;
    for (uint32_t i = 0; i < F_SYSTEM_COUNT && st == ACRM_OK; i++)
        st = registry_field(b, def->name, &registry_system_fields[i], &entity->fields[i]);
    for (uint32_t i = 0; i < declared && st == ACRM_OK; i++)
        st = registry_field(b, def->name, &def->fields[i], &entity->fields[F_SYSTEM_COUNT + i]);
    uint32_t at = F_SYSTEM_COUNT + declared;
    for (uint32_t i = 0; i < b->custom->n_fields && st == ACRM_OK; i++) {
        if (strcmp(b->custom->fields[i].entity, def->name) != 0)
            continue;
        st = registry_field(b, def->name, &b->custom->fields[i].field, &entity->fields[at]);
        entity->fields[at++].def.flags |= ACRM__CUSTOM;
    }
    entity->n_fields = n;
    for (uint32_t i = 0; i < n && st == ACRM_OK; i++) {
        const char *name = entity->fields[i].def.name;
        if (acrm__entity_field(entity, name, strlen(name)) != UINT32_MAX)
            return registry_fault(b, def->name, name, "is declared twice");
        registry_names_add(&entity->names, name, i);
    }
    return st;
}

/* --- Links between fields and entities, once all entities are known --- */

static int32_t registry_own_field(registry_builder *b, const acrm__entity *entity, const char *name,
                                  uint32_t *out)
{
    *out = UINT32_MAX;
    if (!name)
        return ACRM_OK;
    *out = acrm__entity_field(entity, name, strlen(name));
    if (*out == UINT32_MAX)
        return registry_fault(b, entity->def->name, name, "is named by the entity but not a field");
    return ACRM_OK;
}

/* The field that names the entity of an ID field, beside it: subject_entity, or entity. */
static void registry_kind(const acrm__entity *entity, acrm__fieldinfo *f)
{
    static const char whose[] = "subject_id", general[] = "entity";
    char beside[80];
    size_t stem = f->name_len > 3 ? f->name_len - 3 : 0;

    if (stem == 0 || stem + sizeof "_entity" > sizeof beside ||
        strcmp(f->def.name + stem, "_id") != 0)
        return;
    memcpy(beside, f->def.name, stem);
    memcpy(beside + stem, "_entity", sizeof "_entity");
    uint32_t kind = acrm__entity_field(entity, beside, stem + sizeof "_entity" - 1);
    if (kind == UINT32_MAX && strcmp(f->def.name, whose) == 0)
        kind = acrm__entity_field(entity, general, sizeof general - 1);
    if (kind != UINT32_MAX && entity->fields[kind].def.type == ACRM__T_TEXT)
        f->kind = kind;
}

static int32_t registry_link_field(registry_builder *b, acrm__entity *entity, uint32_t i)
{
    acrm__fieldinfo *f = &entity->fields[i];

    if (f->def.type == ACRM__T_REF) {
        const char *name = f->def.target ? f->def.target : "";
        const acrm__entity *target = acrm__registry_entity(b->r, name, strlen(name));
        if (!target)
            return registry_fault(b, entity->def->name, f->def.name, "refers to no known entity");
        f->target = target->number;
        if (f->def.inverse)
            b->r->entities[f->target]->n_inverses++;
    }
    if (f->def.type == ACRM__T_ID && f->def.inverse) {
        const acrm__fieldinfo *kind = &entity->fields[i - 1];
        if (kind->def.type != ACRM__T_TEXT)
            return registry_fault(b, entity->def->name, f->def.name,
                                  "stands behind no field for the name of its record's entity");
        for (uint32_t e = 0; e < b->r->n_entities; e++)
            b->r->entities[e]->n_inverses++;
        f->kind = i - 1;
    } else if (f->def.type == ACRM__T_ID) {
        registry_kind(entity, f);
    }
    if (f->def.type == ACRM__T_MONEY) {
        const char *currency = f->def.currency ? f->def.currency : "currency";
        f->currency = acrm__entity_field(entity, currency, strlen(currency));
        if (f->currency == UINT32_MAX)
            return registry_fault(b, entity->def->name, f->def.name, "is money without a currency");
    }
    const char *sealed = acrm__field_has(&f->def, ACRM__T_BYTES);
    if (sealed) {
        uint32_t of = acrm__entity_field(entity, sealed, strlen(sealed));
        if (of == UINT32_MAX || !(entity->fields[of].def.flags & ACRM__ENCRYPTED))
            return registry_fault(b, entity->def->name, f->def.name,
                                  "is a blind index of no encrypted field");
        entity->fields[of].blind = i;
    }
    entity->searchable |= (f->def.flags & ACRM__SEARCHABLE) != 0;
    entity->personal |= (f->def.flags & ACRM__PERSONAL) != 0;
    return ACRM_OK;
}

/* Parse "from_id to_id". */
static int32_t registry_own_fields(registry_builder *b, const acrm__entity *entity,
                                   const char *names, uint32_t *out, uint32_t max, uint32_t *n)
{
    for (const char *p = names; p && *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        uint32_t field = acrm__entity_field(entity, p, len);
        if (field == UINT32_MAX || *n == max)
            return registry_fault(b, entity->def->name, NULL, "names a field that it has not");
        out[(*n)++] = field;
        p += len;
    }
    return ACRM_OK;
}

static int32_t registry_link(registry_builder *b, acrm__entity *entity)
{
    const acrm__entity_def *def = entity->def;
    const struct {
        const char *name;
        uint32_t *field;
    } own[] = {
        { def->dealer, &entity->dealer },     { def->owner, &entity->owner },
        { def->customer, &entity->customer }, { def->via, &entity->via },
        { def->subject, &entity->subject },   { def->label, &entity->label },
        { def->timeline, &entity->timeline }, { def->merged, &entity->merged },
        { def->mirror, &entity->mirror },     { def->guard, &entity->guard },
    };
    uint32_t n_apart = 0;

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        int32_t st = registry_own_field(b, entity, own[i].name, own[i].field);
        if (st != ACRM_OK)
            return st;
    }
    for (uint32_t i = 0; i < entity->n_fields; i++) {
        int32_t st = registry_link_field(b, entity, i);
        if (st != ACRM_OK)
            return st;
    }
    entity->apart[0] = entity->apart[1] = UINT32_MAX;
    int32_t st = registry_own_fields(b, entity, def->apart, entity->apart, 2, &n_apart);
    return st == ACRM_OK ? registry_own_fields(b, entity, def->same, entity->same,
                                               ACRM__SAME_MAX, &entity->n_same)
                         : st;
}

/* A field that may hold the id of any record is a relation of every entity. Where an entity has a
 * field or a closer relation of that name, that one is meant. Room was made when it was counted. */
static void registry_any_inverses(acrm__registry *r)
{
    for (uint32_t e = 0; e < r->n_entities; e++) {
        for (uint32_t i = 0; i < r->entities[e]->n_fields; i++) {
            const acrm__field *def = &r->entities[e]->fields[i].def;
            if (def->type != ACRM__T_ID || !def->inverse)
                continue;
            for (uint32_t t = 0; t < r->n_entities; t++) {
                acrm__entity *target = r->entities[t];
                size_t len = strlen(def->inverse);
                if (acrm__entity_inverse(target, def->inverse, len) ||
                    acrm__entity_field(target, def->inverse, len) != UINT32_MAX)
                    continue;
                target->inverses[target->n_inverses++] =
                    (acrm__inverse){ .name = def->inverse, .entity = e, .field = i,
                                     .kind = i - 1 };
            }
        }
    }
}

static int32_t registry_inverses(registry_builder *b)
{
    acrm__registry *r = b->r;

    for (uint32_t e = 0; e < r->n_entities; e++) {
        acrm__entity *entity = r->entities[e];
        if (entity->n_inverses == 0)
            continue;
        entity->inverses = acrm__arena_array(&r->arena, entity->n_inverses,
                                             sizeof *entity->inverses);
        if (!entity->inverses)
            return ACRM_E_NOMEM;
        entity->n_inverses = 0;
    }
    for (uint32_t e = 0; e < r->n_entities; e++) {
        for (uint32_t i = 0; i < r->entities[e]->n_fields; i++) {
            const acrm__fieldinfo *f = &r->entities[e]->fields[i];
            if (f->target == UINT32_MAX || !acrm__field_has(&f->def, ACRM__T_REF))
                continue;
            acrm__entity *target = r->entities[f->target];
            if (acrm__entity_inverse(target, f->def.inverse, strlen(f->def.inverse)))
                return registry_fault(b, r->entities[e]->def->name, f->def.name,
                                      "has an inverse whose name is taken");
            target->inverses[target->n_inverses++] =
                (acrm__inverse){ .name = f->def.inverse, .entity = e, .field = i,
                                 .kind = UINT32_MAX };
        }
    }
    registry_any_inverses(r);
    return ACRM_OK;
}

/* --- Tables --- */

typedef struct registry_indexes {
    acrm_index *items;
    uint32_t n;
} registry_indexes;

static int32_t registry_index(registry_builder *b, const acrm__entity *entity,
                              registry_indexes *list, const uint32_t *columns, uint32_t n,
                              uint32_t flags)
{
    acrm__str name;
    uint32_t *kept = acrm__arena_array(&b->r->arena, n, sizeof *kept);

    if (!kept)
        return ACRM_E_NOMEM;
    memcpy(kept, columns, n * sizeof *kept);
    acrm__str_init(&name, &b->r->arena.allocator);
    acrm__str_puts(&name, entity->def->name);
    for (uint32_t i = 0; i < n; i++) {
        acrm__str_puts(&name, "__");
        acrm__str_puts(&name, entity->fields[columns[i]].def.name);
    }
    acrm__str_puts(&name, flags & ACRM_INDEX_UNIQUE ? "__unique" : "__index");
    char *text = name.failed ? NULL : acrm__arena_text(&b->r->arena, name.data, name.len);
    acrm__str_free(&name);
    if (!text)
        return ACRM_E_NOMEM;
    list->items[list->n++] =
        (acrm_index){ .name = text, .columns = kept, .n_columns = n, .flags = flags };
    return ACRM_OK;
}

/* Parse "lead_id due_at; kind code unique". */
static int32_t registry_declared_indexes(registry_builder *b, const acrm__entity *entity,
                                         registry_indexes *list)
{
    uint32_t columns[8];
    uint32_t n = 0, flags = 0;

    for (const char *p = entity->def->indexes; p;) {
        p += strspn(p, " ");
        size_t len = strcspn(p, " ;");
        if (len == 6 && strncmp(p, "unique", 6) == 0) {
            flags = ACRM_INDEX_UNIQUE | ACRM_INDEX_LIVE;
        } else if (len > 0) {
            uint32_t field = acrm__entity_field(entity, p, len);
            if (field == UINT32_MAX || n == 8)
                return registry_fault(b, entity->def->name, NULL, "an index names no such field");
            columns[n++] = field;
        }
        p += len;
        p += strspn(p, " ");
        if (*p == ';' || *p == '\0') {
            int32_t st = n ? registry_index(b, entity, list, columns, n, flags) : ACRM_OK;
            if (st != ACRM_OK)
                return st;
            n = flags = 0;
            p = *p ? p + 1 : NULL;
        }
    }
    return ACRM_OK;
}

static int32_t registry_table(registry_builder *b, acrm__entity *entity, uint32_t number)
{
    acrm__arena *arena = &b->r->arena;
    acrm_column *columns = acrm__arena_array(arena, entity->n_fields, sizeof *columns);
    registry_indexes list = { NULL, 0 };
    uint32_t most = 1;

    for (const char *p = entity->def->indexes; p && *p; p++)
        most += *p == ';';
    for (uint32_t i = 0; i < entity->n_fields; i++)
        most += ((entity->fields[i].def.flags & ACRM__UNIQUE) != 0) +
                ((entity->fields[i].def.flags & ACRM__INDEXED) != 0);
    list.items = acrm__arena_array(arena, most, sizeof *list.items);
    if (!columns || !list.items)
        return ACRM_E_NOMEM;
    for (uint32_t i = 0; i < entity->n_fields; i++) {
        const acrm__fieldinfo *f = &entity->fields[i];
        columns[i] = (acrm_column){
            .name = f->def.name, .type = acrm__storage_type(&f->def),
            .flags = i == F_ID || i == F_VERSION || i == F_CREATED_AT ? ACRM_COLUMN_NOT_NULL : 0,
            .references = f->target == UINT32_MAX ? NULL : &b->r->entities[f->target]->table,
        };
        int32_t st = ACRM_OK;
        if (f->def.flags & ACRM__UNIQUE)
            st = registry_index(b, entity, &list, &i, 1, ACRM_INDEX_UNIQUE | ACRM_INDEX_LIVE);
        if (st == ACRM_OK && f->def.flags & ACRM__INDEXED) /* finds deleted ones too */
            st = registry_index(b, entity, &list, &i, 1, 0);
        if (st != ACRM_OK)
            return st;
    }
    int32_t st = registry_declared_indexes(b, entity, &list);
    entity->table = (acrm_table){
        .name = entity->def->name, .number = number,
        .flags = ACRM_TABLE_LATE
                 | (entity->searchable               ? ACRM_TABLE_SEARCH
                    : entity->def->flags & ACRM__LEAN ? ACRM_TABLE_LEAN
                                                      : 0),
        .columns = columns, .n_columns = entity->n_fields, .deleted_at = F_DELETED_AT,
        .indexes = list.items, .n_indexes = list.n,
    };
    return st;
}

static int32_t registry_hooks(registry_builder *b, acrm__entity *entity)
{
    const acrm__hook **hooks = NULL;

    for (int32_t pass = 0; pass < 2; pass++) {
        uint32_t n = 0;
        for (size_t m = 0; acrm__modules[m]; m++) {
            for (const acrm__hook *h = acrm__modules[m]->hooks; h && h->entity; h++) {
                if (strcmp(h->entity, entity->def->name) != 0)
                    continue;
                if (pass == 1)
                    hooks[n] = h;
                n++;
            }
        }
        if (pass == 0)
            hooks = acrm__arena_array(&b->r->arena, n + 1, sizeof *hooks);
        if (!hooks)
            return ACRM_E_NOMEM;
    }
    entity->hooks = hooks;
    return ACRM_OK;
}

static const char *const registry_event_kinds[ACRM__EVENT_KINDS] = {
    [ACRM__CREATED] = "created", [ACRM__UPDATED] = "updated",
    [ACRM__DELETED] = "deleted", [ACRM__RESTORED] = "restored",
};

static int32_t registry_entity(registry_builder *b, const acrm__entity_def *def, bool custom)
{
    acrm__registry *r = b->r;
    acrm__entity *entity = acrm__arena_zero(&r->arena, sizeof *entity);

    if (!entity)
        return ACRM_E_NOMEM;
    if (acrm__registry_entity(r, def->name, strlen(def->name)))
        return registry_fault(b, def->name, NULL, "the entity is declared twice");
    if (!def->help || !*def->help)
        return registry_fault(b, def->name, NULL, "the entity has no help text");
    entity->def = def;
    entity->number = r->n_entities;
    entity->custom = custom;
    int32_t st = registry_fields(b, entity);
    for (uint32_t i = 0; st == ACRM_OK && i < ACRM__EVENT_KINDS; i++) {
        entity->events[i] = acrm__arena_format(&r->arena, "%s.%s", def->name,
                                               registry_event_kinds[i]);
        st = entity->events[i] ? ACRM_OK : ACRM_E_NOMEM;
    }
    if (st != ACRM_OK)
        return st;
    r->entities[r->n_entities++] = entity;
    registry_names_add(&r->entity_names, def->name, entity->number);
    return ACRM_OK;
}

/* Hooks and tables. Which references need an index is known once there are tables, so some are
 * made again. */
static int32_t registry_finish(registry_builder *b)
{
    acrm__registry *r = b->r;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < r->n_entities && st == ACRM_OK; i++) {
        st = registry_hooks(b, r->entities[i]);
        if (st == ACRM_OK)
            st = registry_table(b, r->entities[i], r->next_table++);
    }
    if (st != ACRM_OK)
        return st;
    acrm__registry_collapses(r);
    for (uint32_t i = 0; i < r->n_entities && st == ACRM_OK; i++)
        if (acrm__registry_index_references(r, r->entities[i]))
            st = registry_table(b, r->entities[i], r->entities[i]->table.number);
    return st;
}

static int32_t registry_entities(registry_builder *b)
{
    acrm__registry *r = b->r;
    uint32_t n = b->custom->n_entities;
    int32_t st = ACRM_OK;

    for (size_t m = 0; acrm__modules[m]; m++)
        for (const acrm__entity_def *e = acrm__modules[m]->entities; e && e->name; e++)
            n++;
    r->entities = acrm__arena_array(&r->arena, n, sizeof(acrm__entity *));
    if (!r->entities || registry_names_init(&r->arena, &r->entity_names, n) != ACRM_OK)
        return ACRM_E_NOMEM;
    for (size_t m = 0; acrm__modules[m]; m++)
        for (const acrm__entity_def *e = acrm__modules[m]->entities;
             e && e->name && st == ACRM_OK; e++)
            st = registry_entity(b, e, false);
    for (uint32_t i = 0; i < b->custom->n_entities && st == ACRM_OK; i++)
        st = registry_entity(b, &b->custom->entities[i], true);
    for (uint32_t i = 0; i < r->n_entities && st == ACRM_OK; i++)
        st = registry_link(b, r->entities[i]);
    if (st == ACRM_OK)
        st = registry_inverses(b);
    return st == ACRM_OK ? registry_finish(b) : st;
}

/* --- Operations --- */

static bool registry_has_verb(const acrm__entity *entity, int32_t verb)
{
    uint32_t without = entity->def->flags;

    switch (verb) {
    case ACRM__VERB_CREATE:
    case ACRM__VERB_CREATE_MANY:
        return !(without & ACRM__NO_CREATE);
    case ACRM__VERB_UPDATE:
        return !(without & ACRM__NO_UPDATE);
    case ACRM__VERB_DELETE:
    case ACRM__VERB_RESTORE:
        return !(without & ACRM__NO_DELETE);
    case ACRM__VERB_HISTORY:
        return !(without & ACRM__NO_AUDIT);
    default:
        return true;
    }
}

static int32_t registry_parameters(registry_builder *b, const acrm__field *in, acrm__opinfo *op)
{
    op->n_in = registry_count_fields(in);
    if (op->n_in == 0)
        return ACRM_OK;
    op->in = acrm__arena_array(&b->r->arena, op->n_in, sizeof *op->in);
    if (!op->in)
        return ACRM_E_NOMEM;
    for (uint32_t i = 0; i < op->n_in; i++) {
        int32_t st = registry_field(b, op->name, &in[i], &op->in[i]);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t registry_add_op(registry_builder *b, acrm__opinfo op)
{
    acrm__registry *r = b->r;

    if (acrm__registry_op(r, op.name, strlen(op.name)))
        return acrm__error(b->err, ACRM_E_INVALID, "declaration", NULL,
                           "operation %s is declared twice", op.name);
    if (!op.help || !*op.help)
        return acrm__error(b->err, ACRM_E_INVALID, "declaration", NULL,
                           "operation %s has no help text", op.name);
    const acrm__field *in = op.op->in;
    if (op.verb == ACRM__VERB_CREATE)
        in = r->entities[op.entity]->def->options;
    const acrm__opinfo *same = b->shared[op.verb];
    if (same) {
        op.in = same->in;
        op.n_in = same->n_in;
    } else {
        int32_t st = registry_parameters(b, in, &op);
        if (st != ACRM_OK)
            return st;
    }
    r->ops[r->n_ops] = op;
    if (op.verb != ACRM__VERB_NONE && op.verb != ACRM__VERB_CREATE) /* the same for each entity */
        b->shared[op.verb] = &r->ops[r->n_ops];
    registry_names_add(&r->op_names, op.name, r->n_ops);
    r->n_ops++;
    return ACRM_OK;
}

/* A module's own operation of the same name takes the place of a free one. */
static int32_t registry_free_ops(registry_builder *b, const acrm__entity *entity)
{
    for (int32_t verb = ACRM__VERB_CREATE; verb <= ACRM__VERB_HISTORY; verb++) {
        if (!registry_has_verb(entity, verb))
            continue;
        char *name = acrm__arena_format(&b->r->arena, "%s.%s", entity->def->name,
                                        acrm__verb_name(verb));
        if (!name)
            return ACRM_E_NOMEM;
        if (acrm__registry_op(b->r, name, strlen(name)))
            continue;
        const acrm__op *op = acrm__verb_op(verb);
        int32_t st = registry_add_op(b, (acrm__opinfo){ .name = name, .op = op,
            .entity = entity->number, .verb = verb, .help = op->help });
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t registry_ops(registry_builder *b)
{
    acrm__registry *r = b->r;
    uint32_t n = 0;

    for (uint32_t i = 0; i < r->n_entities; i++)
        for (int32_t verb = ACRM__VERB_CREATE; verb <= ACRM__VERB_HISTORY; verb++)
            n += registry_has_verb(r->entities[i], verb);
    for (size_t m = 0; acrm__modules[m]; m++)
        for (const acrm__op *op = acrm__modules[m]->ops; op && op->name; op++)
            n++;
    r->ops = acrm__arena_array(&r->arena, n, sizeof *r->ops);
    if (!r->ops || registry_names_init(&r->arena, &r->op_names, n) != ACRM_OK)
        return ACRM_E_NOMEM;
    for (size_t m = 0; acrm__modules[m]; m++) {
        for (const acrm__op *op = acrm__modules[m]->ops; op && op->name; op++) {
            int32_t st = registry_add_op(b, (acrm__opinfo){ .name = op->name, .op = op,
                .entity = UINT32_MAX, .help = op->help });
            if (st != ACRM_OK)
                return st;
        }
    }
    for (uint32_t i = 0; i < r->n_entities; i++) {
        int32_t st = registry_free_ops(b, r->entities[i]);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

/* --- Custom declarations: copied, so that a registry owns all it shows --- */

static bool registry_keep(acrm__arena *arena, const char **text)
{
    if (*text)
        *text = acrm__arena_text(arena, *text, strlen(*text));
    return *text != NULL;
}

static int32_t registry_keep_custom(acrm__arena *arena, const acrm__custom *from,
                                    acrm__custom *to)
{
    acrm__entity_def *entities = acrm__arena_array(arena, from->n_entities + 1, sizeof *entities);
    acrm__custom_field *fields = acrm__arena_array(arena, from->n_fields + 1, sizeof *fields);
    bool ok = entities && fields;

    for (uint32_t i = 0; ok && i < from->n_entities; i++) {
        acrm__entity_def *e = &entities[i];
        const char **optional[] = { &e->label, &e->dealer, &e->owner, &e->customer, &e->via,
                                    &e->subject };
        *e = from->entities[i];
        ok = registry_keep(arena, &e->name) && registry_keep(arena, &e->help);
        for (size_t k = 0; ok && k < sizeof optional / sizeof optional[0]; k++)
            ok = !*optional[k] || registry_keep(arena, optional[k]);
    }
    for (uint32_t i = 0; ok && i < from->n_fields; i++) {
        acrm__field *f = &fields[i].field;
        const char **optional[] = { &f->target, &f->choices, &f->preset };
        fields[i] = from->fields[i];
        ok = registry_keep(arena, &fields[i].entity) && registry_keep(arena, &f->name) &&
             registry_keep(arena, &f->help);
        for (size_t k = 0; ok && k < sizeof optional / sizeof optional[0]; k++)
            ok = !*optional[k] || registry_keep(arena, optional[k]);
    }
    *to = (acrm__custom){ .entities = entities, .n_entities = from->n_entities,
                          .fields = fields, .n_fields = from->n_fields };
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

int32_t acrm__registry_build(const acrm_allocator *allocator, const acrm__custom *custom,
                             acrm__registry *older, acrm__registry **out, acrm_error **err)
{
    acrm__custom kept = { 0 };
    acrm__registry *r = acrm__alloc_zero(allocator, sizeof *r);
    registry_builder b = { .r = r, .custom = &kept, .err = err };
    int32_t st = ACRM_OK;

    if (!r)
        return acrm__error_nomem(err);
    acrm__arena_init(&r->arena, allocator);
    r->next_table = older ? older->next_table : ACRM__TABLE_COUNT;
    if (custom)
        st = registry_keep_custom(&r->arena, custom, &kept);
    if (st == ACRM_OK)
        st = registry_entities(&b);
    if (st == ACRM_OK)
        st = registry_ops(&b);
    if (st != ACRM_OK) {
        acrm__registry_free(r);
        return st == ACRM_E_NOMEM ? acrm__error_nomem(err) : st;
    }
    r->older = older;
    *out = r;
    return ACRM_OK;
}

void acrm__registry_free(acrm__registry *registry)
{
    while (registry) {
        acrm__registry *older = registry->older;
        acrm_allocator allocator = registry->arena.allocator;
        acrm__arena_free(&registry->arena);
        acrm__free(&allocator, registry, sizeof *registry);
        registry = older;
    }
}
