/* SPDX-License-Identifier: MIT */
/*
 * Where an operation lives in HTTP. One rule for all hosts: the description tells each
 * operation's route, so that a server needs no table of its own.
 */
#include "face/schema.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *method, *rest;
    bool id;
} route_verbs[] = {
    [ACRM__VERB_CREATE] = { "POST", "", false },
    [ACRM__VERB_CREATE_MANY] = { "POST", "/create_many", false },
    [ACRM__VERB_GET] = { "GET", "", true },
    [ACRM__VERB_UPDATE] = { "PATCH", "", true },
    [ACRM__VERB_DELETE] = { "DELETE", "", true },
    [ACRM__VERB_RESTORE] = { "POST", "/restore", true },
    [ACRM__VERB_LIST] = { "GET", "", false },
    [ACRM__VERB_COUNT] = { "GET", "/count", false },
    [ACRM__VERB_AGGREGATE] = { "GET", "/aggregate", false },
    [ACRM__VERB_HISTORY] = { "GET", "/history", true },
};

/* city: cities, box: boxes, lead: leads. */
static char *route_plural(acrm__arena *arena, const char *name)
{
    size_t n = strlen(name);
    char last = name[n - 1], before = n > 1 ? name[n - 2] : 'a';

    if (last == 'y' && !strchr("aeiou", before))
        return acrm__arena_format(arena, "%.*sies", (int)(n - 1), name);
    bool hisses = strchr("sxz", last) || (last == 'h' && (before == 'c' || before == 's'));
    return acrm__arena_format(arena, hisses ? "%ses" : "%ss", name);
}

/* "id" or "<noun>_id", when there is such a parameter. */
static const char *route_id(const acrm__opinfo *op, const char *noun, size_t len)
{
    for (uint32_t i = 0; i < op->n_in; i++) {
        const acrm__field *f = &op->in[i].def;
        bool id = f->type == ACRM__T_ID || f->type == ACRM__T_REF;
        bool own = strncmp(f->name, noun, len) == 0 && strcmp(f->name + len, "_id") == 0;
        if (id && !(f->flags & ACRM__LIST) && f->flags & ACRM__REQUIRED &&
            (strcmp(f->name, "id") == 0 || own))
            return f->name;
    }
    return NULL;
}

static bool route_is_plain(const acrm__opinfo *op)
{
    acrm__parameter parameter;

    for (uint32_t n = 0; acrm__parameter_at(NULL, op, n, &parameter); n++)
        if (!parameter.scalar)
            return false;
    return !(op->op->flags & (ACRM__OP_WRITE | ACRM__OP_STEPS));
}

int32_t acrm__route_of(const acrm__registry *r, const acrm__opinfo *op, acrm__arena *arena,
                       acrm__route *out)
{
    const char *dot = strchr(op->name, '.');
    size_t len = dot ? (size_t)(dot - op->name) : 0;
    const acrm__entity *entity = dot ? acrm__registry_entity(r, op->name, len) : NULL;
    acrm__route route = { .method = "POST" };

    if (entity) {
        const char *plural = route_plural(arena, entity->def->name);
        if (!plural)
            return ACRM_E_NOMEM;
        if (op->verb != ACRM__VERB_NONE) {
            route.method = route_verbs[op->verb].method;
            route.id = route_verbs[op->verb].id ? "id" : NULL;
            route.path = acrm__arena_format(arena, "/v1/%s%s%s", plural,
                                            route.id ? "/{id}" : "", route_verbs[op->verb].rest);
        } else {
            route.id = route_id(op, op->name, len);
            route.path = acrm__arena_format(arena, "/v1/%s%s/%s", plural,
                                            route.id ? "/{id}" : "", dot + 1);
            if (route_is_plain(op))
                route.method = "GET";
        }
    } else {
        route.path = acrm__arena_format(arena, "/v1/operations/%s", op->name);
    }
    if (!route.path)
        return ACRM_E_NOMEM;
    *out = route;
    return ACRM_OK;
}
