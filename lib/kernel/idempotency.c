/* SPDX-License-Identifier: MIT */
/* Idempotency keys: a repeated call with the same key gets the first result. */
#include "base/json.h"
#include "kernel/inside.h"

#include <sodium.h>
#include <string.h>

enum { IDEMPOTENCY_KEY_MAX = 255 };

/* Who acts is a part of the key: nobody gets another's result. */
static void idempotency_id(const acrm__call *call, const char *key, unsigned char id[16])
{
    crypto_generichash_state state;
    const char *who = call->session->principal.text;

    crypto_generichash_init(&state, NULL, 0, 16);
    crypto_generichash_update(&state, (const unsigned char *)who, strlen(who) + 1);
    crypto_generichash_update(&state, (const unsigned char *)key, strlen(key));
    crypto_generichash_final(&state, id, 16);
}

static int32_t idempotency_args(acrm__call *call, unsigned char hash[ACRM__HASH_BYTES])
{
    crypto_generichash_state state;
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, call->args, 0);
    if (!text.failed) {
        crypto_generichash_init(&state, NULL, 0, ACRM__HASH_BYTES);
        crypto_generichash_update(&state, (const unsigned char *)call->info->name,
                                  strlen(call->info->name) + 1);
        crypto_generichash_update(&state, (const unsigned char *)text.data, text.len);
        crypto_generichash_final(&state, hash, ACRM__HASH_BYTES);
    }
    bool failed = text.failed;
    acrm__str_free(&text);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

int32_t acrm__idempotency_find(acrm__call *call, const char *key, bool *found)
{
    unsigned char id[16] = { 0 }, hash[ACRM__HASH_BYTES];
    const acrm_cell *cells = NULL;
    acrm_cell id_cell = acrm__cell_blob(id, sizeof id);
    acrm_cell hash_cell = acrm__cell_blob(hash, sizeof hash);
    acrm__json_fault fault;
    acrm_value *result;

    if (strlen(key) == 0 || strlen(key) > IDEMPOTENCY_KEY_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "range", "idempotency_key",
                          "idempotency_key has from 1 to %d bytes", IDEMPOTENCY_KEY_MAX);
    idempotency_id(call, key, id);
    int32_t st = idempotency_args(call, hash);
    if (st == ACRM_OK)
        st = acrm__row_by_key(call, &acrm__tables[ACRM__TABLE_IDEMPOTENCY], &id_cell, &cells);
    if (st != ACRM_OK || !cells)
        return st;
    if (!acrm__cell_equal(&cells[ACRM__IDEMPOTENCY_ARGS], &hash_cell))
        return acrm__fail(call, ACRM_E_CONFLICT, "idempotency_key", "idempotency_key",
                          "this idempotency_key was used for another call");
    const acrm_cell *text = &cells[ACRM__IDEMPOTENCY_RESULT];
    st = acrm__json_read(call->arena, text->data, text->size, &result, &fault);
    if (st == ACRM_OK && !acrm__value_copy(call->out, result))
        st = ACRM_E_NOMEM;
    *found = st == ACRM_OK;
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

int32_t acrm__idempotency_keep(acrm__call *call, const char *key)
{
    acrm_session *s = call->session;
    unsigned char id[16] = { 0 }, hash[ACRM__HASH_BYTES];
    acrm__str text;

    idempotency_id(call, key, id);
    int32_t st = idempotency_args(call, hash);
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, call->out, 0);
    if (text.failed) {
        acrm__str_free(&text);
        return acrm__nomem(call);
    }
    const acrm_cell cells[] = {
        [ACRM__IDEMPOTENCY_ID] = acrm__cell_blob(id, sizeof id),
        [ACRM__IDEMPOTENCY_AT] = acrm__cell_int(call->now),
        [ACRM__IDEMPOTENCY_OPERATION] = acrm__cell_text(call->info->name),
        [ACRM__IDEMPOTENCY_ARGS] = acrm__cell_blob(hash, sizeof hash),
        [ACRM__IDEMPOTENCY_RESULT] = acrm__cell_textn(text.data, text.len),
    };
    st = s->engine->storage.insert(s->conn, &acrm__tables[ACRM__TABLE_IDEMPOTENCY], cells, NULL,
                                   call->err);
    acrm__str_free(&text);
    return st;
}
