/* SPDX-License-Identifier: MIT */
/* The table of routes, from the registry: no operation is known here by name, but for a few. */
#include "server.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Operations that read or write a stream, and what is short enough not to be handed over. */
static const struct {
    const char *name;
    bool takes_bytes, gives_bytes;
} route_streams[] = {
    { "attachment.add", true, false },
    { "attachment.read", false, true },
    { "import.run", true, false },
    { "import.upsert", true, false },
    { "import.suggest_mapping", true, false },
    { "sync.import", true, false },
};

/* They write files of the machine the server runs on: for the host's own people alone. */
static const char *const route_barred[] = { "engine.backup", "engine.copy" };

/* Verbs whose answers cache.c keeps. */
static const char *const route_kept[] = { "list", "count", "aggregate" };

static const char *const route_methods[] = { "GET", "POST", "PATCH", "DELETE" };

enum { ROUTE_IN_TABLE = 4, ROUTE_KEY_MAX = 160, ROUTE_UUID_LEN = 36 };

struct server_routes {
    server_route *items;
    size_t n, slots;
    uint32_t *table; /* by the hash of the path: index + 1 */
    server_param *params; /* of all routes */
    size_t n_params, params_cap;
    char *names; /* all texts */
    size_t names_len, names_cap;
    long long operations;  /* of the registry it was made from */
    server_routes *older;  /* requests may still know its routes */
};

const char *server_method_name(int method)
{
    return method >= 0 && method < SERVER_METHODS ? route_methods[method] : "";
}

static size_t route_slot(const server_routes *routes, const char *path, size_t len)
{
    uint64_t hash = len, word;

    for (; len >= sizeof word; path += sizeof word, len -= sizeof word) {
        memcpy(&word, path, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (; len > 0; path++, len--)
        hash = (hash ^ (unsigned char)*path) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 29) & (routes->slots - 1);
}

/* NULL: the path has no such method; `allowed` gets those it has. */
static const server_route *route_look(const server_routes *routes, int method, const char *path,
                                      size_t len, unsigned *allowed)
{
    size_t slot = route_slot(routes, path, len);

    for (; routes->table[slot]; slot = (slot + 1) & (routes->slots - 1)) {
        const server_route *route = &routes->items[routes->table[slot] - 1];
        if (strcmp(route->path, path) != 0)
            continue;
        if (route->method == method)
            return route;
        *allowed |= 1u << route->method;
    }
    return NULL;
}

/* "/v1/leads/01a2.../assign" as "/v1/leads/{id}/assign". 0: there is no place for an id. */
static size_t route_template(const char *path, char key[ROUTE_KEY_MAX], char id[SERVER_ID_MAX])
{
    static const char place[] = "{id}";
    const char *noun = strncmp(path, "/v1/", 4) == 0 ? strchr(path + 4, '/') : NULL;
    size_t len = noun ? strcspn(noun + 1, "/") : 0, head, rest;

    if (len == 0 || len >= SERVER_ID_MAX)
        return 0;
    memcpy(id, noun + 1, len);
    id[len] = '\0';
    head = (size_t)(noun + 1 - path);
    rest = strlen(noun + 1 + len);
    memcpy(key, path, head);
    memcpy(key + head, place, sizeof place - 1);
    memcpy(key + head + sizeof place - 1, noun + 1 + len, rest + 1);
    return head + sizeof place - 1 + rest;
}

const server_route *server_routes_find(const server_routes *routes, int method, const char *path,
                                       char id[SERVER_ID_MAX], unsigned *allowed)
{
    char key[ROUTE_KEY_MAX];
    size_t len = strlen(path);

    id[0] = '\0';
    *allowed = 0;
    if (len > ROUTE_KEY_MAX - 8)
        return NULL;
    size_t key_len = route_template(path, key, id);
    bool uuid = key_len > 0 && strlen(id) == ROUTE_UUID_LEN; /* hardly a word of a path */
    const server_route *route = uuid ? NULL : route_look(routes, method, path, len, allowed);
    if (!route && !*allowed && key_len > 0)
        route = route_look(routes, method, key, key_len, allowed);
    if (!route && !*allowed && uuid)
        route = route_look(routes, method, path, len, allowed);
    return route;
}

/* --- Making it --- */

static const char *route_text(const acrm_value *map, const char *key)
{
    return acrm_value_text(acrm_value_get(map, key), NULL);
}

/* All texts lie behind one another: the room was counted before. */
static const char *route_keep(server_routes *routes, const char *text)
{
    if (!text)
        return NULL;
    char *at = routes->names + routes->names_len;
    size_t len = strlen(text) + 1;

    if (routes->names_len + len > routes->names_cap)
        return NULL;
    memcpy(at, text, len);
    routes->names_len += len;
    return at;
}

static bool route_has_type(const acrm_value *schema, const char *type)
{
    const acrm_value *types = acrm_value_get(schema, "type");
    const char *one = acrm_value_text(types, NULL);
    bool has = one && strcmp(one, type) == 0;

    for (size_t i = 0; !has && acrm_value_type(types) == ACRM_LIST && i < acrm_value_count(types);
         i++)
        has = strcmp(acrm_value_text(acrm_value_at(types, i), NULL), type) == 0;
    return has;
}

static int route_kind(const acrm_value *schema)
{
    const acrm_value *items = acrm_value_get(schema, "items");

    if (route_has_type(schema, "array"))
        return route_has_type(items, "string") ? SERVER_ARG_LIST : SERVER_ARG_JSON;
    if (route_has_type(schema, "string"))
        return SERVER_ARG_TEXT;
    return route_has_type(schema, "integer") || route_has_type(schema, "number") ||
                   route_has_type(schema, "boolean")
               ? SERVER_ARG_RAW
               : SERVER_ARG_JSON;
}

/* Only what may stand in a query is kept: bodies are not looked into. */
static bool route_params(server_routes *routes, server_route *route, const acrm_value *op)
{
    const acrm_value *properties = acrm_value_get(acrm_value_get(op, "parameters"), "properties");
    size_t n = acrm_value_count(properties);

    if ((route->method == SERVER_POST && !route->takes_bytes) || route->method == SERVER_PATCH ||
        n == 0)
        return true;
    if (routes->n_params + n > routes->params_cap)
        return false;
    route->params = routes->params + routes->n_params;
    for (size_t i = 0; i < n; i++) {
        server_param *param = &routes->params[routes->n_params++];
        param->name = route_keep(routes, acrm_value_key(properties, i, NULL));
        param->kind = route_kind(acrm_value_at(properties, i));
    }
    route->n_params = n;
    return true;
}

static void route_barred_run(server_request *r)
{
    server_reply_problem(r, 403, "not_offered", "this operation is not offered over the network");
}

static void route_put(server_routes *routes, const server_route *route)
{
    size_t slot = route_slot(routes, route->path, strlen(route->path));

    while (routes->table[slot])
        slot = (slot + 1) & (routes->slots - 1);
    routes->table[slot] = (uint32_t)(route - routes->items) + 1;
}

static bool route_add(server_routes *routes, const acrm_value *op)
{
    const acrm_value *http = acrm_value_get(op, "http");
    const char *method = route_text(http, "method"), *name = route_text(op, "name");
    server_route *route = &routes->items[routes->n];

    if (!method || !name)
        return false;
    *route = (server_route){ .method = -1, .operation = route_keep(routes, name),
                             .path = route_keep(routes, route_text(http, "path")),
                             .id = route_keep(routes, route_text(http, "id")),
                             .verb = route_keep(routes, route_text(op, "verb")),
                             .writes = acrm_value_bool(acrm_value_get(op, "writes")) != 0 };
    for (int m = 0; m < SERVER_METHODS; m++)
        if (strcmp(route_methods[m], method) == 0)
            route->method = m;
    for (size_t i = 0; i < sizeof route_streams / sizeof route_streams[0]; i++)
        if (strcmp(route_streams[i].name, name) == 0) {
            route->takes_bytes = route_streams[i].takes_bytes;
            route->gives_bytes = route_streams[i].gives_bytes;
        }
    for (size_t i = 0; i < sizeof route_barred / sizeof route_barred[0]; i++)
        if (strcmp(route_barred[i], name) == 0)
            route->run = route_barred_run;
    route->quick = route->verb && strcmp(route->verb, "get") == 0;
    route->steps = acrm_value_bool(acrm_value_get(op, "in_steps")) != 0;
    for (size_t i = 0; route->verb && i < sizeof route_kept / sizeof route_kept[0]; i++)
        route->kept = route->kept || strcmp(route_kept[i], route->verb) == 0;
    if (!route->operation || !route->path || route->method < 0 || !route_params(routes, route, op))
        return false;
    routes->n++;
    route_put(routes, route);
    return true;
}

/* How many parameters there are, and the bytes that all texts need, generously. */
static size_t route_room(const acrm_value *ops, size_t *params)
{
    size_t room = 0;

    *params = 0;
    for (size_t i = 0; i < acrm_value_count(ops); i++) {
        const acrm_value *op = acrm_value_at(ops, i);
        const acrm_value *properties =
            acrm_value_get(acrm_value_get(op, "parameters"), "properties");
        room += 3 * ROUTE_KEY_MAX;
        *params += acrm_value_count(properties);
        for (size_t k = 0; k < acrm_value_count(properties); k++) {
            size_t len = 0;
            acrm_value_key(properties, k, &len);
            room += len + 1;
        }
    }
    return room;
}

static bool route_fill(server_routes *routes, const acrm_value *ops)
{
    size_t own = 0, n = acrm_value_count(ops);

    while (server_own_routes[own].path)
        own++;
    for (routes->slots = 64; routes->slots < ROUTE_IN_TABLE * (n + own);)
        routes->slots *= 2;
    routes->names_cap = route_room(ops, &routes->params_cap);
    routes->items = calloc(n + own, sizeof *routes->items);
    routes->table = calloc(routes->slots, sizeof *routes->table);
    routes->names = malloc(routes->names_cap + 1);
    routes->params = calloc(routes->params_cap + 1, sizeof *routes->params);
    bool ok = routes->items && routes->table && routes->names && routes->params;
    for (size_t i = 0; ok && i < own; i++) {
        routes->items[routes->n] = server_own_routes[i];
        route_put(routes, &routes->items[routes->n++]);
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = route_add(routes, acrm_value_at(ops, i));
    return ok;
}

static server_routes *route_new(acrm_engine *engine)
{
    server_routes *routes = calloc(1, sizeof *routes);
    acrm_value *registry = NULL;
    acrm_buf *text = NULL;
    int32_t st = acrm_describe(engine, "operations", &text, NULL);

    if (st == ACRM_OK)
        st = acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &registry, NULL);
    acrm_buf_free(text);
    const acrm_value *operations = acrm_value_get(registry, "operations");
    if (st != ACRM_OK || !routes || !route_fill(routes, operations)) {
        server_routes_free(routes);
        routes = NULL;
    }
    if (routes)
        routes->operations = (long long)acrm_value_count(operations);
    acrm_value_free(registry);
    malloc_trim(0); /* the description is much larger than what was kept of it */
    return routes;
}

bool server_routes_read(server *s)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    acrm_session *session = NULL;
    acrm_value *info = NULL;
    long long operations = -1;

    if (server_session_take(s->sessions, "system", &session, NULL) == ACRM_OK) {
        if (acrm_call(session, "engine.info", NULL, &info, NULL) == ACRM_OK)
            operations = acrm_value_int(acrm_value_get(info, "operations"));
        server_session_give(s->sessions, session);
        acrm_value_free(info);
    }
    if (operations < 0)
        return false;
    pthread_mutex_lock(&lock);
    server_routes *old = s->routes, *made = NULL;
    if (!old || old->operations != operations)
        made = route_new(s->engine);
    if (made) {
        made->older = old;
        s->routes = made;
    }
    pthread_mutex_unlock(&lock);
    return made != NULL;
}

void server_routes_free(server_routes *routes)
{
    for (server_routes *older; routes; routes = older) {
        older = routes->older;
        free(routes->items);
        free(routes->params);
        free(routes->table);
        free(routes->names);
        free(routes);
    }
}
