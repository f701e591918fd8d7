/* SPDX-License-Identifier: MIT */
/*
 * Blobs. Each is encrypted with a random key of its own (secretstream of libsodium): its pieces
 * cannot be changed, left out, put in another order or cut off unseen. In the database a piece is a
 * row, written and undone with the transaction; with the blob port the pieces stand one behind the
 * other, and the session remembers what it wrote, to remove it when the transaction is undone.
 */
#include "kernel/blob.h"

#include "kernel/inside.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    BLOB_HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    BLOB_OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES,
    BLOB_SEALED = ACRM__BLOB_PIECE + BLOB_OVERHEAD,
    BLOB_ROW_NAME = ACRM_BLOB_KEY_CHARS + 10 /* with /, eight digits and NUL */
};
static_assert((int)ACRM__BLOB_KEY_BYTES == (int)crypto_secretstream_xchacha20poly1305_KEYBYTES,
              "keys fit the cipher");
static_assert((int)ACRM__BLOB_HASH_BYTES == (int)crypto_hash_sha256_BYTES, "hashes fit");

/* A blob that this transaction wrote or removed by the port; the newest first. */
struct acrm__blob_trace {
    struct acrm__blob_trace *older;
    char name[ACRM_BLOB_KEY_CHARS + 1];
    bool made;
};

struct acrm__blob_writer {
    acrm__call *call;
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state hash;
    char name[ACRM_BLOB_KEY_CHARS + 1];
    void *port; /* the port's own writer */
    uint32_t rows;
    size_t used; /* bytes waiting in plain */
    unsigned char plain[ACRM__BLOB_PIECE];
    unsigned char sealed[BLOB_SEALED];
};

/* --- Rows of the database --- */

static acrm_cell blob_row_name(const char *name, uint32_t row, char room[BLOB_ROW_NAME])
{
    static const char digits[] = "0123456789abcdef";

    memcpy(room, name, ACRM_BLOB_KEY_CHARS);
    room[ACRM_BLOB_KEY_CHARS] = '/';
    for (int i = 0; i < 8; i++)
        room[ACRM_BLOB_KEY_CHARS + 1 + i] = digits[row >> (28 - 4 * i) & 15];
    room[BLOB_ROW_NAME - 1] = '\0';
    return acrm__cell_textn(room, BLOB_ROW_NAME - 1);
}

static int32_t blob_put_row(acrm__blob_writer *w, const void *bytes, size_t len)
{
    acrm_session *s = w->call->session;
    char room[BLOB_ROW_NAME];
    const acrm_cell cells[] = {
        [ACRM__BLOB_NAME] = blob_row_name(w->name, w->rows, room),
        [ACRM__BLOB_BYTES] = acrm__cell_blob(bytes, len),
    };

    w->rows++;
    return s->engine->storage.insert(s->conn, &acrm__tables[ACRM__TABLE_BLOB], cells, NULL,
                                     w->call->err);
}

/* --- The port --- */

static bool blob_has_port(const acrm__call *call)
{
    return call->session->engine->blobs.create != NULL;
}

static int32_t blob_port_fault(acrm__call *call, int32_t st, const char *what)
{
    return st == ACRM_E_NOMEM ? acrm__nomem(call)
                              : acrm__fail(call, st, "blob", NULL, "the blob port could not %s",
                                           what);
}

static int32_t blob_note(acrm__call *call, const char *name, bool made)
{
    acrm_session *s = call->session;
    struct acrm__blob_trace *trace = acrm__alloc_zero(&s->engine->allocator, sizeof *trace);

    if (!trace)
        return acrm__nomem(call);
    memcpy(trace->name, name, sizeof trace->name);
    trace->made = made;
    trace->older = s->blobs;
    s->blobs = trace;
    return ACRM_OK;
}

static struct acrm__blob_trace *blob_forget(acrm_session *session)
{
    struct acrm__blob_trace *trace = session->blobs;

    session->blobs = trace->older;
    acrm__free(&session->engine->allocator, trace, sizeof *trace);
    return session->blobs;
}

/* What cannot be removed stays as bytes that nobody can read: no reason to fail afterwards. */
void acrm__blob_committed(acrm_session *session)
{
    const acrm_blobs *port = &session->engine->blobs;

    for (struct acrm__blob_trace *t = session->blobs; t; t = blob_forget(session))
        if (!t->made)
            (void)port->remove(port->self, t->name);
}

void acrm__blob_undone(acrm_session *session, const struct acrm__blob_trace *back_to)
{
    const acrm_blobs *port = &session->engine->blobs;

    for (struct acrm__blob_trace *t = session->blobs; t && t != back_to; t = blob_forget(session))
        if (t->made)
            (void)port->remove(port->self, t->name);
}

/* --- Writing --- */

static int32_t blob_put(acrm__blob_writer *w, const void *bytes, size_t len)
{
    if (!blob_has_port(w->call))
        return blob_put_row(w, bytes, len);
    int32_t st = w->call->session->engine->blobs.append(w->port, bytes, len);
    return st == ACRM_OK ? st : blob_port_fault(w->call, st, "write");
}

static int32_t blob_flush(acrm__blob_writer *w, bool last)
{
    unsigned long long len = 0;
    unsigned char tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;

    (void)crypto_secretstream_xchacha20poly1305_push(&w->stream, w->sealed, &len, w->plain,
                                                     w->used, NULL, 0, tag);
    w->used = 0;
    return blob_put(w, w->sealed, (size_t)len);
}

static int32_t blob_open_port(acrm__blob_writer *w)
{
    const acrm_blobs *port = &w->call->session->engine->blobs;
    int32_t st = blob_note(w->call, w->name, true);

    if (st != ACRM_OK)
        return st;
    st = port->create(port->self, w->name, &w->port);
    return st == ACRM_OK ? st : blob_port_fault(w->call, st, "begin a blob");
}

int32_t acrm__blob_begin(acrm__call *call, char name[ACRM_BLOB_KEY_CHARS + 1],
                         unsigned char key[ACRM__BLOB_KEY_BYTES], acrm__blob_writer **out)
{
    acrm_engine *engine = call->session->engine;
    unsigned char id[ACRM_BLOB_KEY_CHARS / 2], header[BLOB_HEADER];
    acrm__blob_writer *w = acrm__arena_zero(call->arena, sizeof *w);

    if (!w)
        return acrm__nomem(call);
    acrm__random_bytes(engine, id, sizeof id);
    acrm__random_bytes(engine, key, ACRM__BLOB_KEY_BYTES);
    acrm__random_bytes(engine, header, sizeof header);
    (void)sodium_bin2hex(w->name, sizeof w->name, id, sizeof id);
    w->call = call;
    crypto_hash_sha256_init(&w->hash);
    /* Pushing begins like pulling, but for the header, which here comes from the random port. */
    (void)crypto_secretstream_xchacha20poly1305_init_pull(&w->stream, header, key);
    int32_t st = blob_has_port(call) ? blob_open_port(w) : ACRM_OK;
    if (st == ACRM_OK)
        st = blob_put(w, header, sizeof header);
    if (st != ACRM_OK) {
        acrm__blob_cancel(w);
        return st;
    }
    memcpy(name, w->name, sizeof w->name);
    *out = w;
    return ACRM_OK;
}

int32_t acrm__blob_write(acrm__blob_writer *w, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;

    crypto_hash_sha256_update(&w->hash, from, len);
    while (len > 0) {
        if (w->used == ACRM__BLOB_PIECE) { /* the last piece is told apart: keep one back */
            int32_t st = blob_flush(w, false);
            if (st != ACRM_OK)
                return st;
        }
        size_t n = ACRM__BLOB_PIECE - w->used < len ? ACRM__BLOB_PIECE - w->used : len;
        memcpy(w->plain + w->used, from, n);
        w->used += n;
        from += n;
        len -= n;
    }
    return ACRM_OK;
}

static void blob_wipe(acrm__blob_writer *w)
{
    sodium_memzero(&w->stream, sizeof w->stream);
    sodium_memzero(w->plain, sizeof w->plain);
    w->port = NULL;
}

int32_t acrm__blob_end(acrm__blob_writer *w, unsigned char hash[ACRM__BLOB_HASH_BYTES])
{
    int32_t st = blob_flush(w, true);

    if (st != ACRM_OK) {
        acrm__blob_cancel(w);
        return st;
    }
    crypto_hash_sha256_final(&w->hash, hash);
    if (w->port) {
        st = w->call->session->engine->blobs.commit(w->port);
        if (st != ACRM_OK)
            st = blob_port_fault(w->call, st, "keep a blob");
    }
    blob_wipe(w);
    return st;
}

/* Rows that were written go with the transaction, or by acrm__blob_remove. */
void acrm__blob_cancel(acrm__blob_writer *w)
{
    if (!w)
        return;
    if (w->port)
        w->call->session->engine->blobs.abort_(w->port);
    blob_wipe(w);
}

/* --- Reading --- */

typedef struct blob_reader {
    acrm__call *call;
    const char *name;
    uint32_t rows;
    uint64_t offset;
    size_t len; /* of what was read last; 0: the end */
    unsigned char sealed[BLOB_SEALED];
    unsigned char plain[ACRM__BLOB_PIECE];
} blob_reader;

static int32_t blob_damaged(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_CORRUPT, "blob", NULL,
                      "the content is not whole, or was changed from outside");
}

static int32_t blob_take_row(void *user, const acrm_cell *cells, uint32_t n)
{
    blob_reader *r = user;
    const acrm_cell *bytes = &cells[ACRM__BLOB_BYTES];

    (void)n;
    if (bytes->type != ACRM_CELL_BLOB || bytes->size > sizeof r->sealed)
        return ACRM_OK; /* as if it were not there */
    memcpy(r->sealed, bytes->data, bytes->size);
    r->len = bytes->size;
    return 1;
}

static int32_t blob_next_row(blob_reader *r)
{
    acrm_session *s = r->call->session;
    char room[BLOB_ROW_NAME];
    acrm_cell name = blob_row_name(r->name, r->rows++, room);

    r->len = 0;
    return s->engine->storage.lookup(s->conn, &acrm__tables[ACRM__TABLE_BLOB], ACRM__BLOB_NAME,
                                     &name, 1, blob_take_row, r, r->call->err);
}

static int32_t blob_next_bytes(blob_reader *r, size_t want)
{
    const acrm_blobs *port = &r->call->session->engine->blobs;

    for (r->len = 0; r->len < want;) {
        int64_t n = port->read(port->self, r->name, r->offset, r->sealed + r->len, want - r->len);
        if (n == ACRM_E_NOTFOUND)
            return blob_damaged(r->call);
        if (n < 0)
            return blob_port_fault(r->call, (int32_t)n, "read");
        if (n == 0)
            break;
        r->len += (size_t)n;
        r->offset += (uint64_t)n;
    }
    return ACRM_OK;
}

static int32_t blob_next(blob_reader *r, size_t want)
{
    return blob_has_port(r->call) ? blob_next_bytes(r, want) : blob_next_row(r);
}

static int32_t blob_read_pieces(blob_reader *r, crypto_secretstream_xchacha20poly1305_state *stream,
                                acrm__blob_fn piece, void *user, crypto_hash_sha256_state *hash)
{
    unsigned char tag = 0;

    while (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        unsigned long long len = 0;
        int32_t st = blob_next(r, BLOB_SEALED);
        if (st != ACRM_OK)
            return st;
        if (r->len < BLOB_OVERHEAD ||
            crypto_secretstream_xchacha20poly1305_pull(stream, r->plain, &len, &tag, r->sealed,
                                                       r->len, NULL, 0) != 0)
            return blob_damaged(r->call);
        crypto_hash_sha256_update(hash, r->plain, len);
        st = len > 0 ? piece(user, r->plain, (size_t)len) : ACRM_OK;
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

int32_t acrm__blob_read(acrm__call *call, const char *name,
                        const unsigned char key[ACRM__BLOB_KEY_BYTES], acrm__blob_fn piece,
                        void *user, unsigned char hash[ACRM__BLOB_HASH_BYTES])
{
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state sum;
    blob_reader *r = acrm__arena_zero(call->arena, sizeof *r);

    if (!r)
        return acrm__nomem(call);
    r->call = call;
    r->name = name;
    int32_t st = blob_next(r, BLOB_HEADER);
    if (st == ACRM_OK && r->len != BLOB_HEADER)
        st = blob_damaged(call);
    if (st != ACRM_OK)
        return st;
    (void)crypto_secretstream_xchacha20poly1305_init_pull(&stream, r->sealed, key);
    crypto_hash_sha256_init(&sum);
    st = blob_read_pieces(r, &stream, piece, user, &sum);
    if (st == ACRM_OK)
        crypto_hash_sha256_final(&sum, hash);
    sodium_memzero(&stream, sizeof stream);
    sodium_memzero(r->plain, sizeof r->plain);
    return st;
}

/* --- Removing --- */

int32_t acrm__blob_remove(acrm__call *call, const char *name)
{
    acrm_session *s = call->session;
    int32_t changed = 1, st = ACRM_OK;

    if (blob_has_port(call))
        return blob_note(call, name, false);
    for (uint32_t row = 0; st == ACRM_OK && changed; row++) {
        char room[BLOB_ROW_NAME];
        acrm_cell key = blob_row_name(name, row, room);
        st = s->engine->storage.remove(s->conn, &acrm__tables[ACRM__TABLE_BLOB], &key, NULL,
                                       &changed, call->err);
    }
    return st;
}
