/* SPDX-License-Identifier: MIT */
/*
 * The heads of the audit chain and of the event feed: read once, kept with every commit, signed.
 *
 * The signed head is what shows that the newest entries were cut off: the entries before them
 * still form a perfect chain.
 */
#include "kernel/chain.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* audit_seq, event_seq, hash, time, signature. The first databases have no time. */
enum {
    CHAIN_EVENT_AT = 8,
    CHAIN_HASH_AT = 16,
    CHAIN_TIME_AT = CHAIN_HASH_AT + ACRM__HASH_BYTES,
    CHAIN_SIGNED = CHAIN_TIME_AT + 8,
    CHAIN_BYTES = CHAIN_SIGNED + ACRM__HASH_BYTES
};

static const char chain_meta[] = "chain_head";

void acrm__chain_put_int(unsigned char out[8], int64_t n)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)n >> (8 * i));
}

static int64_t chain_get_int(const unsigned char in[8])
{
    uint64_t n = 0;

    for (int i = 0; i < 8; i++)
        n |= (uint64_t)in[i] << (8 * i);
    return (int64_t)n;
}

static void chain_sign(const acrm_engine *engine, unsigned char head[CHAIN_BYTES], size_t len)
{
    (void)crypto_generichash(head + len, ACRM__HASH_BYTES, head, len, engine->chain_key,
                             ACRM__KEY_BYTES);
}

int32_t acrm__chain_read(acrm__call *call, acrm__chain *out, bool *intact)
{
    unsigned char head[CHAIN_BYTES] = { 0 };
    acrm_cell cell;
    int32_t st = acrm__meta_get(call, chain_meta, ACRM__META_BYTES, &cell);

    if (st != ACRM_OK)
        return st;
    *intact = false;
    if (cell.type != ACRM_CELL_BLOB || (cell.size != CHAIN_BYTES && cell.size != CHAIN_BYTES - 8))
        return ACRM_OK;
    size_t len = cell.size - ACRM__HASH_BYTES;
    memcpy(head, cell.data, len);
    out->at = chain_get_int(head + CHAIN_TIME_AT);
    chain_sign(call->session->engine, head, len);
    *intact = sodium_memcmp(head, cell.data, cell.size) == 0;
    out->audit_seq = chain_get_int(head);
    out->event_seq = chain_get_int(head + CHAIN_EVENT_AT);
    memcpy(out->hash, head + CHAIN_HASH_AT, ACRM__HASH_BYTES);
    return ACRM_OK;
}

int32_t acrm__chain_load(acrm__call *call)
{
    acrm_session *session = call->session;
    acrm__chain *chain = &session->chain;
    const acrm_storage_ops *storage = &session->engine->storage;
    bool intact = false;
    int64_t mark;
    int32_t st;

    if (chain->valid && chain->changed) /* nobody else writes during our own transaction */
        return ACRM_OK;
    mark = storage->change_mark ? storage->change_mark(session->conn) : 0;
    if (chain->valid && storage->change_mark && mark == chain->mark)
        return ACRM_OK;
    st = acrm__chain_read(call, chain, &intact);
    chain->valid = st == ACRM_OK && intact;
    chain->changed = false;
    chain->mark = mark;
    if (chain->valid)
        acrm__clock_after(call, chain->at);
    if (st != ACRM_OK || intact)
        return st;
    /* Going on would sign whatever was put there, and hide it for ever. */
    return acrm__fail(call, ACRM_E_CORRUPT, "audit_head", NULL,
                      "the head of the audit chain was changed from outside; nothing is written "
                      "until the database is restored (audit.verify tells more)");
}

int32_t acrm__chain_look(acrm__call *call)
{
    acrm__chain chain = { .valid = false };
    bool intact = false;
    int32_t st = acrm__chain_read(call, &chain, &intact);

    if (st == ACRM_OK && intact)
        acrm__clock_after(call, chain.at);
    return st;
}

static void chain_head(const acrm__call *call, unsigned char head[CHAIN_BYTES])
{
    const acrm__chain *chain = &call->session->chain;

    acrm__chain_put_int(head, chain->audit_seq);
    acrm__chain_put_int(head + CHAIN_EVENT_AT, chain->event_seq);
    memcpy(head + CHAIN_HASH_AT, chain->hash, ACRM__HASH_BYTES);
    acrm__chain_put_int(head + CHAIN_TIME_AT, call->now);
    chain_sign(call->session->engine, head, CHAIN_SIGNED);
}

int32_t acrm__chain_store(acrm__call *call)
{
    acrm__chain *chain = &call->session->chain;
    unsigned char head[CHAIN_BYTES];

    if (!chain->changed)
        return ACRM_OK;
    assert(chain->valid);
    chain_head(call, head);
    int32_t st = acrm__meta_change(call, chain_meta, ACRM__META_BYTES,
                                   acrm__cell_blob(head, sizeof head));
    chain->changed = st != ACRM_OK;
    return st;
}

int32_t acrm__chain_start(acrm__call *call)
{
    unsigned char head[CHAIN_BYTES];

    call->session->chain = (acrm__chain){ .valid = false };
    chain_head(call, head);
    return acrm__meta_put(call, chain_meta, ACRM__META_BYTES, acrm__cell_blob(head, sizeof head));
}
