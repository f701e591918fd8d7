/* SPDX-License-Identifier: MIT */
/* What the names of a process definition mean in this database. */
#include "base/json.h"
#include "kernel/entities.h"
#include "modules/process/entities.h"
#include "modules/process/process.h"

#include <string.h>

/* --- Filters: their faults with JSON pointers for places --- */

/* The rest of a filter's own path, ".customer.grade.$in[2]", as pointer tokens: keys of filters
 * hold dots themselves, so the filter says which they are. */
static void world_pointer(acrm__str *out, const acrm_value *at, const char *rest)
{
    while (*rest) {
        size_t used = 0;
        const acrm_value *next = NULL;
        if (*rest == '[') {
            used = strcspn(rest, "]");
            acrm__str_putc(out, '/');
            acrm__str_add(out, rest + 1, used - 1);
            rest += used + (rest[used] == ']');
            at = NULL;
            continue;
        }
        rest += *rest == '.';
        for (size_t i = 0; i < acrm_value_count(at); i++) {
            size_t len = 0;
            const char *key = acrm_value_key(at, i, &len);
            if (key && len > used && strncmp(rest, key, len) == 0 && strchr(".[", rest[len])) {
                used = len;
                next = acrm_value_at(at, i);
            }
        }
        if (used == 0)
            used = strcspn(rest, ".[");
        acrm__str_putc(out, '/');
        acrm__str_add(out, rest, used);
        rest += used;
        at = next;
    }
}

static int32_t world_fault(acrm__call *call, const acrm_value *filter, const char *place,
                           const acrm_value *found, acrm_value *faults)
{
    const char *field = acrm__get_text(found, "field");
    size_t skip = strlen(place);
    acrm__str pointer;

    acrm__str_init(&pointer, &call->arena->allocator);
    acrm__str_puts(&pointer, place);
    if (field && strncmp(field, place, skip) == 0)
        world_pointer(&pointer, filter, field + skip);
    int32_t st = pointer.failed
                     ? ACRM_E_NOMEM
                     : acrm__fault(faults, pointer.data, acrm__get_text(found, "reason"), "%s",
                                   acrm__get_text(found, "message"));
    acrm__str_free(&pointer);
    return st;
}

int32_t acrm__filter_faults(acrm__call *call, const acrm__entity *entity, const acrm_value *filter,
                            const char *place, acrm_value *faults)
{
    const acrm_filter_node *node;
    acrm__call inner = *call;
    acrm_error *err = NULL;
    acrm_value *json = NULL;
    acrm__json_fault fault;

    inner.err = &err;
    int32_t st = acrm__filter(&inner, entity, filter, place, &node);
    if (st != ACRM_E_INVALID && st != ACRM_E_LIMIT) {
        acrm_error_free(err);
        return st;
    }
    const char *text = acrm_error_json(err);
    st = acrm__json_read(call->arena, text, strlen(text), &json, &fault);
    const acrm_value *fields = acrm_value_get(json, "fields");
    if (st == ACRM_OK && acrm_value_count(fields) == 0)
        st = world_fault(call, filter, place, json, faults);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(fields); i++)
        st = world_fault(call, filter, place, acrm_value_at(fields, i), faults);
    acrm_error_free(err);
    return st;
}

/* --- Names --- */

static const acrm__entity *world_entity_of(const acrm__call *call, const char *name)
{
    return acrm__registry_entity(call->session->registry, name, strlen(name));
}

static int32_t world_entity(void *self, const char *name)
{
    return world_entity_of(self, name) != NULL;
}

static int32_t world_field(void *self, const char *entity, const char *path)
{
    const acrm__entity *e = world_entity_of(self, entity);

    return e && acrm__path_field(self, e, path);
}

/* The record of an entity that has this text in one of its fields; NULL: there is none. */
static int32_t world_by_text(acrm__call *call, const char *entity, const char *field,
                             const char *text, acrm__rec **out)
{
    const acrm__entity *e = world_entity_of(call, entity);
    uint32_t n = e ? acrm__field_of(e, field) : UINT32_MAX;
    const acrm__term term = { n, ACRM_FILTER_EQ, acrm__cell_text(text) };

    *out = NULL;
    if (n == UINT32_MAX)
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &term, .n_terms = 1,
                                                 .as_system = true }, out);
}

int32_t acrm__calendar_find(acrm__call *call, const char *name, acrm__rec **out)
{
    return world_by_text(call, "calendar", "name", name, out);
}

static int32_t world_role(void *self, const char *name)
{
    acrm__rec *rec;
    int32_t st = world_by_text(self, "role", "name", name, &rec);

    return st == ACRM_OK ? rec != NULL : st;
}

static int32_t world_calendar(void *self, const char *name)
{
    acrm__rec *rec;
    int32_t st = acrm__calendar_find(self, name, &rec);

    return st == ACRM_OK ? rec != NULL : st;
}

static int32_t world_process(void *self, const char *code, const char *entity)
{
    const acrm__term terms[] = {
        { F_process_definition__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        { F_process_definition__status, ACRM_FILTER_EQ, acrm__cell_text("active") },
        { F_process_definition__entity, ACRM_FILTER_EQ, acrm__cell_text(entity) },
    };
    acrm__rec *rec = NULL;

    int32_t st = acrm__find_one(self, &(acrm__select){ .entity = "process_definition",
                                                       .terms = terms, .n_terms = 3,
                                                       .as_system = true }, &rec);
    return st == ACRM_OK ? rec != NULL : st;
}

static int32_t world_guard(void *self, const char *entity, const acrm_value *filter,
                           const char *place, acrm_value *faults)
{
    const acrm__entity *e = world_entity_of(self, entity);

    return e ? acrm__filter_faults(self, e, filter, place, faults) : ACRM_OK;
}

static int32_t world_action(void *self, const char *entity, const acrm_value *action,
                            const char *place, acrm_value *faults)
{
    acrm__rec instance = { .entity = acrm__entity_of(self, "process_instance") };
    const acrm__scene scene = { .entity = world_entity_of(self, entity), .instance = &instance };

    return acrm__action_check(self, &scene, action, place, faults);
}

acrm_statechart_world acrm__process_world(acrm__call *call)
{
    return (acrm_statechart_world){
        .struct_size = sizeof(acrm_statechart_world), .self = call, .entity = world_entity,
        .field = world_field, .role = world_role, .calendar = world_calendar,
        .process = world_process, .guard = world_guard, .action = world_action,
    };
}
