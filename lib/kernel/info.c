/* SPDX-License-Identifier: MIT */
/* engine.info: what this library, this database and this session are; and the published limits. */
#include "base/json.h"
#include "engines/filter/parse.h"
#include "kernel/inside.h"

static const struct {
    const char *name;
    int64_t value;
} info_limits[] = {
    { "call_depth", ACRM__CALL_DEPTH_MAX },
    { "events_per_transaction", ACRM__EVENTS_MAX },
    { "json_bytes", ACRM__JSON_BYTES_MAX },
    { "json_depth", ACRM__JSON_DEPTH_MAX },
    { "filter_terms", ACRM__FILTER_TERMS_MAX },
    { "filter_depth", ACRM__FILTER_DEPTH_MAX },
    { "filter_values", ACRM__FILTER_VALUES_MAX },
    { "filter_search_bytes", ACRM__FILTER_SEARCH_MAX },
};

const char *acrm__limit_at(size_t n, int64_t *value)
{
    if (n >= sizeof info_limits / sizeof info_limits[0])
        return NULL;
    *value = info_limits[n].value;
    return info_limits[n].name;
}

static bool info_put_limits(acrm_value *into)
{
    const char *name;
    int64_t value;

    for (size_t n = 0; (name = acrm__limit_at(n, &value)) != NULL; n++)
        if (!acrm__put_int(into, name, value))
            return false;
    return true;
}

static int32_t info_counts(acrm__call *call, acrm_value *into)
{
    const acrm__registry *registry = call->session->registry;

    for (uint32_t i = 0; i < registry->n_entities; i++) {
        const char *name = registry->entities[i]->def->name;
        const acrm__select all = { .entity = name };
        int64_t count;
        int32_t st = acrm__count(call, &all, &count);
        if (st != ACRM_OK)
            return st;
        if (!acrm__put_int(into, name, count))
            return acrm__nomem(call);
    }
    return ACRM_OK;
}

/* How much happens is only for who sees all of it. */
static int32_t info_rest(acrm__call *call)
{
    bool all = acrm__sees_all(call);
    int64_t head = 0;
    int32_t st = all ? acrm__feed_head(call, &head) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    bool ok = !all || acrm__put_int(call->out, "last_event", head);
    acrm_value *limits = ok ? acrm__put_map(call->out, "limits") : NULL;
    return limits && info_put_limits(limits) ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__engine_info(acrm__call *call)
{
    const acrm_session *session = call->session;
    const acrm_engine *engine = session->engine;
    const acrm_storage_ops *storage = &engine->storage;
    acrm_value *out = call->out, *counts;
    acrm_cell master;
    int64_t schema = 0;
    int32_t st = storage->schema_version(session->conn, &schema, call->err);

    if (st == ACRM_OK)
        st = acrm__meta_get(call, "master_key", ACRM__META_BYTES, &master);
    if (st != ACRM_OK)
        return st;
    const char *now = acrm__instant_text(call, call->now);
    bool ok = now && acrm__put_text(out, "version", acrm_version()) &&
              acrm__put_int(out, "schema", schema) && acrm__put_text(out, "now", now) &&
              acrm__put_text(out, "zone", engine->zone) &&
              acrm__put_text(out, "principal", acrm__actor_text(call)) &&
              acrm__put_text(out, "keys", master.type == ACRM_CELL_NULL ? "provider"
                                                                        : "database") &&
              acrm__put_bool(out, "durable", (storage->flags & ACRM_STORAGE_DURABLE) != 0) &&
              acrm__put_bool(out, "read_only", (engine->flags & ACRM_OPEN_READONLY) != 0) &&
              acrm__put_int(out, "entities", session->registry->n_entities) &&
              acrm__put_int(out, "operations", session->registry->n_ops);
    st = ok ? info_rest(call) : acrm__nomem(call);
    if (st != ACRM_OK || !acrm__arg_bool(call, "counts", false))
        return st;
    counts = acrm__put_map(out, "counts");
    return counts ? info_counts(call, counts) : acrm__nomem(call);
}
