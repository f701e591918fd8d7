/* SPDX-License-Identifier: MIT */
/*
 * Encryption of personal data: the engine's keys, one key per customer, sealing and blind indexes.
 *
 * Everything derives from one master key. Personal data of a customer is sealed with a key of its
 * own, which is kept wrapped; dropping that one row makes all of it unreadable, in the audit and
 * in backups of later date too, and nothing else has to be found and rewritten.
 */
#include "base/text.h"
#include "kernel/inside.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    SEAL_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    SEAL_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SEAL_BLIND_BYTES = 16,
    SEAL_WRAPPED = ACRM__KEY_BYTES + ACRM__SEAL_OVERHEAD,
    SEAL_CACHE = 64, /* customers' keys at hand in one transaction */
    /* Numbers of the derived keys: never change one, all that was sealed with it would be lost. */
    SEAL_KEY_BLIND = 1,
    SEAL_KEY_DATA = 2,
    SEAL_KEY_CHAIN = 3,
    SEAL_KEY_WRAP = 4,
    SEAL_KEY_CHECK = 5,
    SEAL_KEY_HASH = 6
};
static_assert((int)SEAL_NONCE + (int)SEAL_TAG == (int)ACRM__SEAL_OVERHEAD,
              "the published overhead is nonce and tag");
static_assert((int)ACRM__KEY_BYTES == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
              "keys fit the cipher");

static const char seal_meta_master[] = "master_key", seal_meta_check[] = "key_check";

typedef struct seal_cache {
    uint32_t n; /* entries made so far; the oldest gives way */
    struct {
        unsigned char subject[16];
        unsigned char key[ACRM__KEY_BYTES];
    } entries[SEAL_CACHE];
} seal_cache;

static void seal_derive(const acrm_engine *engine, uint64_t number,
                        unsigned char key[ACRM__KEY_BYTES])
{
    /* Cannot fail: the sizes are constants that the function accepts. */
    (void)crypto_kdf_derive_from_key(key, ACRM__KEY_BYTES, number, "autocrm", engine->master_key);
}

/* nonce, cipher text and tag, in that order, into `out` of len + ACRM__SEAL_OVERHEAD bytes. */
static void seal_encrypt(acrm_engine *engine, const unsigned char *key, const void *context,
                         size_t context_len, const void *plain, size_t len, unsigned char *out)
{
    acrm__random_bytes(engine, out, SEAL_NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_NONCE, NULL, plain, len, context,
                                                     context_len, NULL, out, key);
}

static bool seal_decrypt(const unsigned char *key, const void *context, size_t context_len,
                         const unsigned char *sealed, size_t len, unsigned char *out)
{
    if (len < ACRM__SEAL_OVERHEAD)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed + SEAL_NONCE,
                                                      len - SEAL_NONCE, context, context_len,
                                                      sealed, key) == 0;
}

/* --- The engine's keys --- */

static int32_t seal_master(acrm__call *call, const acrm_keys *keys)
{
    acrm_engine *engine = call->session->engine;
    acrm_cell cell;
    int32_t st;

    if (keys) {
        st = keys->get(keys->self, engine->master_key);
        if (st != ACRM_OK)
            return acrm__fail(call, st, "keys", "keys", "the key provider gave no master key");
        return ACRM_OK;
    }
    st = acrm__meta_get(call, seal_meta_master, ACRM__META_BYTES, &cell);
    if (st != ACRM_OK)
        return st;
    if (cell.type == ACRM_CELL_BLOB && cell.size == ACRM__KEY_BYTES) {
        memcpy(engine->master_key, cell.data, ACRM__KEY_BYTES);
        return ACRM_OK;
    }
    st = acrm__meta_get(call, seal_meta_check, ACRM__META_BYTES, &cell);
    if (st != ACRM_OK)
        return st;
    if (cell.type != ACRM_CELL_NULL)
        return acrm__fail(call, ACRM_E_INVALID, "keys", "keys",
                          "this database was made with a key provider; open it with the same one");
    acrm__random_bytes(engine, engine->master_key, ACRM__KEY_BYTES);
    return acrm__meta_put(call, seal_meta_master, ACRM__META_BYTES,
                          acrm__cell_blob(engine->master_key, ACRM__KEY_BYTES));
}

/* A wrong key must be told at opening, not by records that no longer open. */
static int32_t seal_check(acrm__call *call)
{
    unsigned char check[ACRM__KEY_BYTES];
    acrm_cell kept;
    int32_t st = acrm__meta_get(call, seal_meta_check, ACRM__META_BYTES, &kept);

    if (st != ACRM_OK)
        return st;
    seal_derive(call->session->engine, SEAL_KEY_CHECK, check);
    if (kept.type == ACRM_CELL_NULL) {
        st = acrm__meta_put(call, seal_meta_check, ACRM__META_BYTES,
                            acrm__cell_blob(check, sizeof check));
        return st == ACRM_OK ? acrm__chain_start(call) : st;
    }
    if (kept.size != sizeof check || sodium_memcmp(kept.data, check, sizeof check) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "keys", "keys",
                          "the master key is not the one this database was made with");
    return ACRM_OK;
}

int32_t acrm__keys_open(acrm__call *call, const acrm_keys *keys)
{
    acrm_engine *engine = call->session->engine;
    int32_t st;

    if (sodium_init() < 0)
        return acrm__fail(call, ACRM_E_UNSUPPORTED, "keys", NULL, "libsodium does not start");
    st = seal_master(call, keys);
    if (st != ACRM_OK)
        return st;
    seal_derive(engine, SEAL_KEY_BLIND, engine->blind_key);
    seal_derive(engine, SEAL_KEY_DATA, engine->data_key);
    seal_derive(engine, SEAL_KEY_CHAIN, engine->chain_key);
    return seal_check(call);
}

/* --- Keys of customers --- */

static unsigned char *seal_cached(const acrm_session *session, const unsigned char subject[16])
{
    seal_cache *cache = session->subject_cache;
    uint32_t n = cache ? cache->n : 0;

    if (n > SEAL_CACHE)
        n = SEAL_CACHE;
    for (uint32_t i = 0; i < n; i++)
        if (memcmp(cache->entries[i].subject, subject, 16) == 0)
            return cache->entries[i].key;
    return NULL;
}

/* Without memory for a cache all still works, only slower. */
static void seal_remember(acrm_session *session, const unsigned char subject[16],
                          const unsigned char key[ACRM__KEY_BYTES])
{
    seal_cache *cache = session->subject_cache;

    if (!cache) {
        cache = acrm__alloc_zero(&session->engine->allocator, sizeof *cache);
        if (!cache)
            return;
        session->subject_cache = cache;
    }
    uint32_t at = cache->n++ % SEAL_CACHE;
    if (cache->n == 2 * SEAL_CACHE)
        cache->n = SEAL_CACHE;
    memcpy(cache->entries[at].subject, subject, 16);
    memcpy(cache->entries[at].key, key, ACRM__KEY_BYTES);
}

void acrm__seal_forget(acrm_session *session)
{
    seal_cache *cache = session->subject_cache;

    if (!cache)
        return;
    sodium_memzero(cache, sizeof *cache);
    acrm__free(&session->engine->allocator, cache, sizeof *cache);
    session->subject_cache = NULL;
}

typedef struct seal_row {
    bool found, erased;
    uint32_t size;
    unsigned char wrapped[SEAL_WRAPPED];
} seal_row;

static int32_t seal_take_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    seal_row *row = user;
    const acrm_cell *key = &cells[ACRM__SUBJECT_KEY];

    (void)n_cells;
    row->found = true;
    row->erased = key->type == ACRM_CELL_NULL;
    row->size = key->size;
    if (key->size == SEAL_WRAPPED)
        memcpy(row->wrapped, key->data, SEAL_WRAPPED);
    return ACRM_OK;
}

static int32_t seal_find(acrm__call *call, const unsigned char subject[16], seal_row *row)
{
    acrm_session *session = call->session;
    acrm_cell id = acrm__cell_id(subject);

    *row = (seal_row){ .found = false };
    return session->engine->storage.lookup(session->conn,
                                           &acrm__tables[ACRM__TABLE_SUBJECT_KEY],
                                           ACRM__SUBJECT_ID, &id, 1, seal_take_row, row,
                                           call->err);
}

static int32_t seal_put_row(acrm__call *call, const unsigned char subject[16], acrm_cell key,
                            acrm_cell erased_at)
{
    acrm_session *session = call->session;
    const acrm_cell cells[] = {
        [ACRM__SUBJECT_ID] = acrm__cell_id(subject),
        [ACRM__SUBJECT_KEY] = key,
        [ACRM__SUBJECT_ERASED_AT] = erased_at,
    };

    return session->engine->storage.insert(session->conn, &acrm__tables[ACRM__TABLE_SUBJECT_KEY],
                                           cells, NULL, call->err);
}

static int32_t seal_make(acrm__call *call, const unsigned char subject[16],
                         unsigned char key[ACRM__KEY_BYTES])
{
    acrm_engine *engine = call->session->engine;
    unsigned char wrap[ACRM__KEY_BYTES], wrapped[SEAL_WRAPPED];

    acrm__random_bytes(engine, key, ACRM__KEY_BYTES);
    seal_derive(engine, SEAL_KEY_WRAP, wrap);
    seal_encrypt(engine, wrap, subject, 16, key, ACRM__KEY_BYTES, wrapped);
    sodium_memzero(wrap, sizeof wrap);
    return seal_put_row(call, subject, acrm__cell_blob(wrapped, sizeof wrapped),
                        acrm__cell_null());
}

static int32_t seal_unwrap(acrm__call *call, const unsigned char subject[16], const seal_row *row,
                           unsigned char key[ACRM__KEY_BYTES])
{
    unsigned char wrap[ACRM__KEY_BYTES];

    seal_derive(call->session->engine, SEAL_KEY_WRAP, wrap);
    bool opened = seal_decrypt(wrap, subject, 16, row->wrapped, row->size, key);
    sodium_memzero(wrap, sizeof wrap);
    return opened ? ACRM_OK
                  : acrm__fail(call, ACRM_E_CORRUPT, "seal", NULL,
                               "the key of a customer's personal data does not open");
}

int32_t acrm__subject_key(acrm__call *call, const unsigned char subject[16], bool make,
                          unsigned char key[ACRM__KEY_BYTES])
{
    const unsigned char *cached = seal_cached(call->session, subject);
    seal_row row;
    int32_t st;

    if (cached) {
        memcpy(key, cached, ACRM__KEY_BYTES);
        return ACRM_OK;
    }
    st = seal_find(call, subject, &row);
    if (st != ACRM_OK)
        return st;
    if (row.erased || (!row.found && !make))
        return acrm__fail(call, ACRM_E_NOTFOUND, "erased", NULL,
                          "the customer's personal data was erased");
    if (row.found && row.size != SEAL_WRAPPED)
        row.size = 0; /* does not open */
    st = row.found ? seal_unwrap(call, subject, &row, key) : seal_make(call, subject, key);
    if (st == ACRM_OK)
        seal_remember(call->session, subject, key);
    return st;
}

int32_t acrm__subject_start(acrm__call *call, const unsigned char subject[16])
{
    unsigned char key[ACRM__KEY_BYTES];
    int32_t st = seal_make(call, subject, key);

    if (st == ACRM_OK)
        seal_remember(call->session, subject, key);
    sodium_memzero(key, sizeof key);
    return st;
}

int32_t acrm__subject_erase(acrm__call *call, const unsigned char subject[16])
{
    static const uint32_t columns[] = { ACRM__SUBJECT_KEY, ACRM__SUBJECT_ERASED_AT };
    acrm_session *session = call->session;
    acrm_cell id = acrm__cell_id(subject);
    const acrm_cell cells[] = { acrm__cell_null(), acrm__cell_int(call->now) };
    unsigned char *cached = seal_cached(session, subject);
    int32_t changed = 0;

    if (cached)
        acrm__seal_forget(session);
    int32_t st = session->engine->storage.update(session->conn,
                                                 &acrm__tables[ACRM__TABLE_SUBJECT_KEY], &id,
                                                 columns, cells, 2, NULL, NULL, &changed,
                                                 call->err);
    if (st == ACRM_OK && !changed) /* so that no key is ever made for this customer */
        st = seal_put_row(call, subject, cells[0], cells[1]);
    return st;
}

int32_t acrm__subject_has_key(acrm__call *call, const unsigned char subject[16], bool *out)
{
    seal_row row;
    int32_t st = seal_find(call, subject, &row);

    *out = st == ACRM_OK && row.found && !row.erased;
    return st;
}

/* --- Sealing --- */

static int32_t seal_key(acrm__call *call, const unsigned char *subject, bool make,
                        unsigned char key[ACRM__KEY_BYTES])
{
    if (subject)
        return acrm__subject_key(call, subject, make, key);
    memcpy(key, call->session->engine->data_key, ACRM__KEY_BYTES);
    return ACRM_OK;
}

int32_t acrm__seal(acrm__call *call, const unsigned char *subject, const char *context,
                   const void *plain, size_t len, acrm_cell *out)
{
    unsigned char key[ACRM__KEY_BYTES];
    unsigned char *sealed;
    int32_t st = seal_key(call, subject, true, key);

    if (st != ACRM_OK)
        return st;
    sealed = acrm__arena_alloc(call->arena, len + ACRM__SEAL_OVERHEAD);
    if (sealed) {
        seal_encrypt(call->session->engine, key, context, strlen(context), plain, len, sealed);
        *out = acrm__cell_blob(sealed, len + ACRM__SEAL_OVERHEAD);
    }
    sodium_memzero(key, sizeof key);
    return sealed ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__unseal(acrm__call *call, const unsigned char *subject, const char *context,
                     const acrm_cell *sealed, const char **plain, size_t *len)
{
    unsigned char key[ACRM__KEY_BYTES];
    bool opened = false;
    int32_t st = seal_key(call, subject, false, key);

    if (st != ACRM_OK)
        return st;
    size_t size = sealed->size > ACRM__SEAL_OVERHEAD ? sealed->size - ACRM__SEAL_OVERHEAD : 0;
    char *text = acrm__arena_zero(call->arena, size + 1);
    if (text)
        opened = seal_decrypt(key, context, strlen(context), sealed->data, sealed->size,
                              (unsigned char *)text);
    sodium_memzero(key, sizeof key);
    if (!text)
        return acrm__nomem(call);
    if (!opened)
        return acrm__fail(call, ACRM_E_CORRUPT, "seal", NULL,
                          "an encrypted value does not open: it was changed from outside");
    *plain = text;
    *len = size;
    return ACRM_OK;
}

int32_t acrm__blind(acrm__call *call, const acrm__entity *entity, uint32_t field,
                    const char *text, size_t len, acrm_cell *out)
{
    const acrm_engine *engine = call->session->engine;
    const char *names[] = { entity->def->name, entity->fields[field].def.name };
    crypto_generichash_state state;
    acrm__str folded;
    unsigned char *hash = acrm__arena_alloc(call->arena, SEAL_BLIND_BYTES);

    acrm__str_init(&folded, &engine->allocator);
    acrm__fold(text, len, &folded);
    bool ok = hash && !folded.failed;
    if (ok) {
        /* The names keep equal values of different fields from being linked by their hashes. */
        (void)crypto_generichash_init(&state, engine->blind_key, ACRM__KEY_BYTES,
                                      SEAL_BLIND_BYTES);
        for (size_t i = 0; i < 2; i++)
            (void)crypto_generichash_update(&state, (const unsigned char *)names[i],
                                            strlen(names[i]) + 1);
        /* Text without a letter or digit folds to nothing; then its bytes count. */
        const char *bytes = folded.len ? folded.data : text;
        (void)crypto_generichash_update(&state, (const unsigned char *)bytes,
                                        folded.len ? folded.len : len);
        (void)crypto_generichash_final(&state, hash, SEAL_BLIND_BYTES);
        *out = acrm__cell_blob(hash, SEAL_BLIND_BYTES);
    }
    if (folded.data)
        sodium_memzero(folded.data, folded.len);
    acrm__str_free(&folded);
    return ok ? ACRM_OK : acrm__nomem(call);
}

void acrm__keyed_hash(const acrm_engine *engine, const char *purpose, const void *text, size_t len,
                      unsigned char hash[ACRM__HASH_BYTES])
{
    unsigned char key[ACRM__KEY_BYTES];
    crypto_generichash_state state;

    seal_derive(engine, SEAL_KEY_HASH, key);
    (void)crypto_generichash_init(&state, key, sizeof key, ACRM__HASH_BYTES);
    (void)crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    (void)crypto_generichash_update(&state, text, len);
    (void)crypto_generichash_final(&state, hash, ACRM__HASH_BYTES);
    sodium_memzero(key, sizeof key);
}
