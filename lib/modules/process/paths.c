/* SPDX-License-Identifier: MIT */
/* Names that go through relations, and templates: arguments that speak of a record, the time, the
 * process or the event. */
#include "base/civil.h"
#include "base/json.h"
#include "modules/process/entities.h"
#include "modules/process/process.h"

#include <string.h>

enum { PATHS_DEPTH_MAX = 8, PATHS_NAME_MAX = 64 };

/* --- Paths --- */

/* The next name of a path, with what follows it. */
static size_t paths_name(const char **path)
{
    size_t len = strcspn(*path, ".");

    *path += len + ((*path)[len] == '.');
    return len;
}

const acrm__fieldinfo *acrm__path_field(const acrm__call *call, const acrm__entity *entity,
                                        const char *path)
{
    while (entity) {
        const char *name = path;
        size_t len = paths_name(&path);
        if (*path == '\0') {
            uint32_t n = acrm__entity_field(entity, name, len);
            if (n == UINT32_MAX ||
                entity->fields[n].def.flags & (ACRM__HIDDEN | ACRM__ENCRYPTED))
                return NULL;
            return &entity->fields[n];
        }
        uint32_t n = acrm__entity_relation(entity, name, len);
        if (n == UINT32_MAX)
            return NULL;
        entity = call->session->registry->entities[entity->fields[n].target];
    }
    return NULL;
}

static int32_t paths_cell(acrm__call *call, const acrm__entity *entity, const acrm_cell *cells,
                          uint32_t n, acrm_value *out)
{
    const acrm__fieldinfo *field = &entity->fields[n];
    int32_t digits = field->def.type == ACRM__T_MONEY ? acrm__money_digits(entity, n, cells) : 0;

    if (cells[n].type == ACRM_CELL_NULL || field->def.flags & (ACRM__HIDDEN | ACRM__ENCRYPTED))
        return acrm_value_set_null(out);
    return acrm__encode(call, field, &cells[n], digits, out);
}

int32_t acrm__path_value(acrm__call *call, const acrm__rec *rec, const char *path, acrm_value *out)
{
    acrm__call system = *call;
    acrm__rec *next = NULL;

    system.as_system = true;
    while (rec) {
        const char *name = path;
        size_t len = paths_name(&path);
        if (*path == '\0') {
            uint32_t n = acrm__entity_field(rec->entity, name, len);
            return n == UINT32_MAX ? acrm_value_set_null(out)
                                   : paths_cell(call, rec->entity, rec->cells, n, out);
        }
        uint32_t n = acrm__entity_relation(rec->entity, name, len);
        const unsigned char *id = n == UINT32_MAX ? NULL : acrm__id(rec, n);
        if (!id)
            break;
        const acrm__registry *r = call->session->registry;
        int32_t st = acrm__load_or_null(&system, r->entities[rec->entity->fields[n].target], id,
                                        &next);
        if (st != ACRM_OK)
            return st;
        rec = next;
    }
    return acrm_value_set_null(out);
}

/* --- Templates: an object whose only key says what it stands for --- */

typedef struct paths_kind {
    const char *key;
    const char *(*check)(acrm__call *call, const acrm__scene *scene, const acrm_value *value);
    int32_t (*fill)(acrm__call *call, const acrm__scene *scene, const acrm_value *value,
                    acrm_value *to);
} paths_kind;

static const char *paths_check_field(acrm__call *call, const acrm__scene *scene,
                                     const acrm_value *value)
{
    const char *path = acrm_value_text(value, NULL);

    if (!scene->entity)
        return "there is no record here to take a field of";
    return path && acrm__path_field(call, scene->entity, path)
               ? NULL : "no such field, or one that is kept encrypted";
}

static int32_t paths_fill_field(acrm__call *call, const acrm__scene *scene,
                                const acrm_value *value, acrm_value *to)
{
    return acrm__path_value(call, scene->record, acrm_value_text(value, NULL), to);
}

static const char *paths_check_old(acrm__call *call, const acrm__scene *scene,
                                   const acrm_value *value)
{
    const char *name = acrm_value_text(value, NULL);

    if (name && strchr(name, '.'))
        return "$old names a field of the record itself";
    return paths_check_field(call, scene, value);
}

static int32_t paths_fill_old(acrm__call *call, const acrm__scene *scene, const acrm_value *value,
                              acrm_value *to)
{
    size_t len;
    const char *name = acrm_value_text(value, &len);
    uint32_t n = name && scene->entity ? acrm__entity_field(scene->entity, name, len) : UINT32_MAX;

    if (!scene->before || n == UINT32_MAX)
        return acrm_value_set_null(to);
    return paths_cell(call, scene->entity, scene->before, n, to);
}

static const char *paths_check_instance(acrm__call *call, const acrm__scene *scene,
                                        const acrm_value *value)
{
    const char *name = acrm_value_text(value, NULL);

    if (!scene->instance)
        return "there is no process here";
    return name && acrm__path_field(call, acrm__entity_of(call, "process_instance"), name)
               ? NULL : "a process has no such field";
}

static int32_t paths_fill_instance(acrm__call *call, const acrm__scene *scene,
                                   const acrm_value *value, acrm_value *to)
{
    return acrm__path_value(call, scene->instance, acrm_value_text(value, NULL), to);
}

static const char *paths_check_moment(acrm__call *call, const acrm__scene *scene,
                                      const acrm_value *value)
{
    size_t len;
    const char *text = acrm_value_text(value, &len);
    acrm__duration span;

    (void)call;
    (void)scene;
    if (acrm_value_type(value) == ACRM_BOOL || (text && acrm__duration_parse(text, len, &span)))
        return NULL;
    return "expected true or an ISO 8601 duration, such as P7D";
}

/* Moved by months on the calendar, then by days and seconds. */
static bool paths_move(int64_t *us, const acrm_value *value)
{
    size_t len;
    const char *text = acrm_value_text(value, &len);
    acrm__duration span = { 0 };
    int32_t day;

    if (text && !acrm__duration_parse(text, len, &span))
        return false;
    int64_t rest = acrm__floor_mod(*us, ACRM__DAY_US);
    day = (int32_t)acrm__floor_div(*us, ACRM__DAY_US);
    if (!acrm__civil_add_months(day, span.months, &day))
        return false;
    *us = (day + (int64_t)span.days) * ACRM__DAY_US + rest + span.seconds * ACRM__SECOND_US;
    return *us >= ACRM__INSTANT_MIN && *us <= ACRM__INSTANT_MAX;
}

static int32_t paths_fill_now(acrm__call *call, const acrm__scene *scene, const acrm_value *value,
                              acrm_value *to)
{
    char text[ACRM__INSTANT_SIZE];
    int64_t us = call->now;

    (void)scene;
    if (!paths_move(&us, value))
        return acrm__fail(call, ACRM_E_INVALID, "range", "$now", "$now leads out of range");
    size_t len = acrm__instant_print(us, text);
    return acrm_value_set_text(to, text, len);
}

static int32_t paths_fill_today(acrm__call *call, const acrm__scene *scene,
                                const acrm_value *value, acrm_value *to)
{
    const acrm_zone *zone = call->session->engine->clock_zone;
    acrm_local local = { .struct_size = sizeof local };
    char text[ACRM__DATE_SIZE];
    int64_t us = call->now;

    (void)scene;
    if (zone && acrm_zone_to_local(zone, call->now, &local) == ACRM_OK)
        us = local.day * ACRM__DAY_US;
    if (!paths_move(&us, value))
        return acrm__fail(call, ACRM_E_INVALID, "range", "$today", "$today leads out of range");
    size_t len = acrm__date_print((int32_t)acrm__floor_div(us, ACRM__DAY_US), text);
    return acrm_value_set_text(to, text, len);
}

static const char *paths_check_actor(acrm__call *call, const acrm__scene *scene,
                                     const acrm_value *value)
{
    const char *name = acrm_value_text(value, NULL);

    (void)call;
    (void)scene;
    return name && strcmp(name, "id") == 0 ? NULL : "the only thing known of who acts is \"id\"";
}

static int32_t paths_fill_actor(acrm__call *call, const acrm__scene *scene,
                                const acrm_value *value, acrm_value *to)
{
    const unsigned char *actor = acrm__actor(call);
    const char *text = actor ? acrm__id_text(call, actor) : NULL;

    (void)scene;
    (void)value;
    if (actor && !text)
        return ACRM_E_NOMEM;
    return text ? acrm_value_set_text(to, text, strlen(text)) : acrm_value_set_null(to);
}

static const char *paths_check_event(acrm__call *call, const acrm__scene *scene,
                                     const acrm_value *value)
{
    (void)call;
    if (!scene->event)
        return "there is no event here";
    return acrm_value_text(value, NULL) ? NULL
                                        : "expected a path such as type, record or data.amount";
}

static int32_t paths_fill_event(acrm__call *call, const acrm__scene *scene,
                                const acrm_value *value, acrm_value *to)
{
    const char *path = acrm_value_text(value, NULL);
    const acrm_value *at = scene->event;

    (void)call;
    while (at && path && *path) {
        char name[PATHS_NAME_MAX] = "";
        const char *start = path;
        size_t len = paths_name(&path);
        if (len < sizeof name)
            memcpy(name, start, len);
        at = acrm_value_get(at, name);
    }
    if (!at)
        return acrm_value_set_null(to);
    return acrm__value_copy(to, at) ? ACRM_OK : ACRM_E_NOMEM;
}

static const char *paths_check_literal(acrm__call *call, const acrm__scene *scene,
                                       const acrm_value *value)
{
    (void)call;
    (void)scene;
    (void)value;
    return NULL;
}

static int32_t paths_fill_literal(acrm__call *call, const acrm__scene *scene,
                                  const acrm_value *value, acrm_value *to)
{
    (void)call;
    (void)scene;
    return acrm__value_copy(to, value) ? ACRM_OK : ACRM_E_NOMEM;
}

static const char *paths_check_join(acrm__call *call, const acrm__scene *scene,
                                    const acrm_value *value);
static int32_t paths_fill_join(acrm__call *call, const acrm__scene *scene,
                               const acrm_value *value, acrm_value *to);

static const paths_kind paths_kinds[] = {
    { "$field", paths_check_field, paths_fill_field },
    { "$old", paths_check_old, paths_fill_old },
    { "$instance", paths_check_instance, paths_fill_instance },
    { "$now", paths_check_moment, paths_fill_now },
    { "$today", paths_check_moment, paths_fill_today },
    { "$actor", paths_check_actor, paths_fill_actor },
    { "$event", paths_check_event, paths_fill_event },
    { "$join", paths_check_join, paths_fill_join },
    { "$literal", paths_check_literal, paths_fill_literal },
};

static const paths_kind *paths_kind_of(const acrm_value *value)
{
    const char *key = acrm_value_count(value) == 1 ? acrm_value_key(value, 0, NULL) : NULL;

    for (size_t i = 0; key && i < sizeof paths_kinds / sizeof paths_kinds[0]; i++)
        if (strcmp(paths_kinds[i].key, key) == 0)
            return &paths_kinds[i];
    return NULL;
}

bool acrm__is_template(const acrm_value *value)
{
    return acrm_value_type(value) == ACRM_MAP && paths_kind_of(value);
}

const char *acrm__template_fault(acrm__call *call, const acrm__scene *scene,
                                 const acrm_value *value)
{
    return paths_kind_of(value)->check(call, scene, acrm_value_at(value, 0));
}

/* $join: texts one behind the other; its parts are texts and templates that are no $join. */
static const char *paths_check_join(acrm__call *call, const acrm__scene *scene,
                                    const acrm_value *value)
{
    if (acrm_value_type(value) != ACRM_LIST)
        return "expected a list of texts and templates";
    for (size_t i = 0; i < acrm_value_count(value); i++) {
        const acrm_value *part = acrm_value_at(value, i);
        const paths_kind *kind = acrm__is_template(part) ? paths_kind_of(part) : NULL;
        const char *fault = NULL;
        if (kind && kind->fill != paths_fill_join)
            fault = kind->check(call, scene, acrm_value_at(part, 0));
        else if (acrm_value_type(part) != ACRM_TEXT)
            fault = "a part of $join is a text or another template";
        if (fault)
            return fault;
    }
    return NULL;
}

static int32_t paths_fill_join(acrm__call *call, const acrm__scene *scene,
                               const acrm_value *value, acrm_value *to)
{
    acrm__str text;
    int32_t st = ACRM_OK;

    acrm__str_init(&text, &call->arena->allocator);
    for (size_t i = 0; i < acrm_value_count(value) && st == ACRM_OK; i++) {
        const acrm_value *part = acrm_value_at(value, i);
        acrm_value *filled = acrm__value_in(call->arena);
        size_t len;
        if (!filled)
            st = ACRM_E_NOMEM;
        else if (acrm__is_template(part))
            st = paths_kind_of(part)->fill(call, scene, acrm_value_at(part, 0), filled);
        else
            st = acrm__value_copy(filled, part) ? ACRM_OK : ACRM_E_NOMEM;
        const char *own = acrm_value_text(filled, &len);
        if (own)
            acrm__str_add(&text, own, len);
        else if (filled && acrm_value_type(filled) != ACRM_NULL)
            acrm__json_write(&text, filled, 0);
    }
    if (st == ACRM_OK)
        st = text.failed ? ACRM_E_NOMEM : acrm_value_set_text(to, text.data, text.len);
    acrm__str_free(&text);
    return st;
}

/* As deep as a checked action nests: PATHS_DEPTH_MAX levels. */
static int32_t paths_fill(acrm__call *call, const acrm__scene *scene, const acrm_value *from,
                          acrm_value *to, int32_t depth)
{
    int32_t type = acrm_value_type(from), st = ACRM_OK;

    if (acrm__is_template(from))
        return paths_kind_of(from)->fill(call, scene, acrm_value_at(from, 0), to);
    if ((type != ACRM_MAP && type != ACRM_LIST) || depth == PATHS_DEPTH_MAX)
        return acrm__value_copy(to, from) ? ACRM_OK : ACRM_E_NOMEM;
    st = type == ACRM_MAP ? acrm_value_set_map(to) : acrm_value_set_list(to);
    for (size_t i = 0; i < acrm_value_count(from) && st == ACRM_OK; i++) {
        acrm_value *item = type == ACRM_MAP ? acrm_value_put(to, acrm_value_key(from, i, NULL))
                                            : acrm_value_add(to);
        st = item ? paths_fill(call, scene, acrm_value_at(from, i), item, depth + 1)
                  : ACRM_E_NOMEM;
    }
    return st;
}

int32_t acrm__template_fill(acrm__call *call, const acrm__scene *scene, const acrm_value *from,
                            acrm_value *to)
{
    int32_t st = paths_fill(call, scene, from, to, 0);

    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}
