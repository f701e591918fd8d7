/* SPDX-License-Identifier: MIT */
/* Bringing a database to the library's schema when it is opened: created, upgraded, or refused. */
#include "kernel/inside.h"

#include <sodium.h>
#include <string.h>

typedef struct schema_state {
    int64_t version;                    /* 0: an empty storage */
    unsigned char print[ACRM__HASH_BYTES]; /* of all declarations */
    bool current;                       /* nothing is to be done */
} schema_state;

/* --- The fingerprint of all tables, so that opening an unchanged database costs one look-up --- */

static void schema_print_table(crypto_generichash_state *state, const acrm_table *table)
{
    const unsigned char *flags = (const unsigned char *)&table->flags;

    crypto_generichash_update(state, (const unsigned char *)table->name, strlen(table->name) + 1);
    crypto_generichash_update(state, flags, sizeof table->flags);
    for (uint32_t i = 0; i < table->n_columns; i++) {
        const acrm_column *c = &table->columns[i];
        const char *of = c->references ? c->references->name : "";
        unsigned char kind[] = { (unsigned char)c->type, (unsigned char)c->flags };
        crypto_generichash_update(state, (const unsigned char *)c->name, strlen(c->name) + 1);
        crypto_generichash_update(state, kind, sizeof kind);
        crypto_generichash_update(state, (const unsigned char *)of, strlen(of) + 1);
    }
    for (uint32_t i = 0; i < table->n_indexes; i++)
        crypto_generichash_update(state, (const unsigned char *)table->indexes[i].name,
                                  strlen(table->indexes[i].name) + 1);
}

static void schema_print(const acrm__registry *r, unsigned char out[ACRM__HASH_BYTES])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, ACRM__HASH_BYTES);
    for (uint32_t i = 0; i < ACRM__TABLE_COUNT; i++)
        schema_print_table(&state, &acrm__tables[i]);
    for (uint32_t i = 0; i < r->n_entities; i++)
        if (!r->entities[i]->custom)
            schema_print_table(&state, &r->entities[i]->table);
    crypto_generichash_final(&state, out, ACRM__HASH_BYTES);
}

/* --- What there is --- */

static int32_t schema_look(acrm__call *call, schema_state *out)
{
    acrm_session *s = call->session;
    acrm_cell kept;

    schema_print(s->engine->registry, out->print);
    int32_t st = s->engine->storage.schema_version(s->conn, &out->version, call->err);
    if (st != ACRM_OK || out->version == 0)
        return st;
    if (out->version > ACRM__SCHEMA_VERSION)
        return acrm__fail(call, ACRM_E_VERSION, "schema", NULL,
                          "the database has schema %lld, this library knows %d: use a newer "
                          "library", (long long)out->version, ACRM__SCHEMA_VERSION);
    st = acrm__meta_get(call, "schema_print", ACRM__META_BYTES, &kept);
    acrm_cell print = acrm__cell_blob(out->print, sizeof out->print);
    out->current = st == ACRM_OK && out->version == ACRM__SCHEMA_VERSION &&
                   acrm__cell_equal(&kept, &print);
    return st;
}

static int32_t schema_refuse(acrm__call *call, const schema_state *state)
{
    uint32_t flags = call->session->engine->flags;

    if (state->current)
        return ACRM_OK;
    if (flags & ACRM_OPEN_READONLY)
        return acrm__fail(call, ACRM_E_READONLY, "schema", NULL,
                          "the database must be upgraded first: open it once for writing");
    if (flags & ACRM_OPEN_NO_UPGRADE && state->version != 0)
        return acrm__fail(call, ACRM_E_VERSION, "schema", NULL,
                          "the database is of an older schema and upgrades were ruled out");
    return ACRM_OK;
}

/* --- Custom declarations of the database join the registry --- */

static int32_t schema_custom(acrm__call *call)
{
    acrm_engine *engine = call->session->engine;
    acrm__registry *with_custom = NULL;
    acrm__custom custom = { 0 };
    acrm_cell epoch;

    int32_t st = acrm__meta_get(call, "schema_epoch", ACRM__META_NUMBER, &epoch);
    if (st != ACRM_OK || epoch.type == ACRM_CELL_NULL) /* there never was one */
        return st;
    st = acrm__custom_read(call, call->arena, &custom);
    if (st != ACRM_OK)
        return st;
    st = acrm__registry_build(&engine->allocator, &custom, engine->registry, &with_custom,
                              call->err);
    if (st != ACRM_OK)
        return st;
    with_custom->epoch = epoch.integer;
    engine->registry = with_custom;
    call->session->registry = with_custom;
    return ACRM_OK;
}

/* --- Create or upgrade, in one transaction --- */

static int32_t schema_table(acrm__call *call, const acrm_table *table)
{
    acrm_session *s = call->session;

    return s->engine->storage.ensure_table(s->conn, table, call->err);
}

/* First those that hold the custom declarations, so that the others are brought to all of theirs:
 * an index that nothing declares is dropped. */
static int32_t schema_tables(acrm__call *call)
{
    static const char *const holders[] = { "custom_entity", "custom_field" };
    acrm_session *s = call->session;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < ACRM__TABLE_COUNT && st == ACRM_OK; i++)
        st = schema_table(call, &acrm__tables[i]);
    for (size_t i = 0; i < sizeof holders / sizeof holders[0] && st == ACRM_OK; i++)
        st = schema_table(call, &acrm__registry_entity(s->registry, holders[i],
                                                       strlen(holders[i]))->table);
    if (st == ACRM_OK)
        st = schema_custom(call);
    for (uint32_t i = 0; i < s->registry->n_entities && st == ACRM_OK; i++)
        st = schema_table(call, &s->registry->entities[i]->table);
    return st;
}

static int32_t schema_apply(acrm__call *call, schema_state *state, const acrm_keys *keys)
{
    acrm_session *s = call->session;

    int32_t st = schema_look(call, state); /* another process may have been faster */
    if (st == ACRM_OK && state->current)
        st = schema_custom(call);
    if (st != ACRM_OK || state->current)
        return st == ACRM_OK ? acrm__keys_open(call, keys) : st;
    st = schema_tables(call);
    if (st == ACRM_OK)
        st = s->engine->storage.set_schema_version(s->conn, ACRM__SCHEMA_VERSION, call->err);
    if (st == ACRM_OK)
        st = acrm__meta_put(call, "schema_print", ACRM__META_BYTES,
                            acrm__cell_blob(state->print, sizeof state->print));
    if (st == ACRM_OK)
        st = acrm__keys_open(call, keys);
    if (st == ACRM_OK && state->version != 0)
        st = acrm__upgrade_presets(call);
    return st == ACRM_OK ? acrm__upgrade_seeds(call) : st;
}

static int32_t schema_write(acrm__call *call, schema_state *state, const acrm_keys *keys)
{
    int32_t st = acrm__transaction_begin(call, true);

    if (st != ACRM_OK)
        return st;
    st = schema_apply(call, state, keys);
    if (st == ACRM_OK)
        return acrm__transaction_commit(call);
    acrm__transaction_rollback(call->session);
    return st;
}

static int32_t schema_run(acrm__call *call, const acrm_keys *keys)
{
    schema_state state = { 0 };

    int32_t st = acrm__transaction_begin(call, false);
    if (st != ACRM_OK)
        return st;
    st = schema_look(call, &state);
    if (st == ACRM_OK)
        st = schema_refuse(call, &state);
    if (st == ACRM_OK && state.current)
        st = acrm__keys_open(call, keys);
    if (st == ACRM_OK && state.current)
        st = schema_custom(call);
    if (st == ACRM_OK && state.current)
        st = acrm__chain_look(call);
    acrm__transaction_rollback(call->session);
    return st == ACRM_OK && !state.current ? schema_write(call, &state, keys) : st;
}

int32_t acrm__schema_open(acrm_engine *engine, const acrm_keys *keys, acrm_error **err)
{
    acrm_session *session = NULL;
    acrm__call call;

    int32_t st = acrm__session_open(engine, &session, err);
    if (st != ACRM_OK)
        return st;
    st = acrm__session_enter(session, err);
    if (st == ACRM_OK) {
        acrm__call_init(&call, session, err);
        call.as_system = true;
        st = schema_run(&call, keys);
        acrm__session_leave(session);
    }
    if (st == ACRM_OK) { /* to connect again would read the schema once more */
        engine->spare = session->conn;
        session->conn = NULL;
    }
    acrm_session_free(session);
    return st;
}
