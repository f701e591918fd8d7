/* SPDX-License-Identifier: MIT */
/* Idempotency keys: a repeated call with the same key gets the first result. */
#include "base/json.h"
#include "kernel/inside.h"

#include <sodium.h>
#include <stdlib.h>
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
    if (cells[ACRM__IDEMPOTENCY_RESULT].type == ACRM_CELL_NULL)
        return acrm__fail(call, ACRM_E_CONFLICT, "erased", "idempotency_key",
                          call->info->op->flags & ACRM__OP_SECRET
                              ? "this was done before; what it showed is not kept"
                              : "the result of the first call was erased with somebody's personal "
                                "data");
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

/* --- Whom a result may be about: the subjects of what the call audited --- */

typedef struct idempotency_subjects {
    acrm__arena *arena;
    unsigned char (*ids)[16];
    size_t n, cap;
} idempotency_subjects;

static int32_t idempotency_take(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    idempotency_subjects *list = user;
    const acrm_cell *id = &cells[ACRM__AUDIT_SUBJECT];

    (void)n_cells;
    if (id->type != ACRM_CELL_BLOB || id->size != 16 ||
        (list->n > 0 && memcmp(list->ids[list->n - 1], id->data, 16) == 0))
        return ACRM_OK;
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        unsigned char(*more)[16] = acrm__arena_array(list->arena, cap, sizeof *more);
        if (!more)
            return ACRM_E_NOMEM;
        if (list->n > 0)
            memcpy(more, list->ids, list->n * sizeof *more);
        list->ids = more;
        list->cap = cap;
    }
    memcpy(list->ids[list->n++], id->data, 16);
    return ACRM_OK;
}

static int idempotency_order(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static int32_t idempotency_link(acrm__call *call, const unsigned char id[16], int64_t since)
{
    acrm_session *s = call->session;
    const acrm__term term = { ACRM__AUDIT_SEQ, ACRM_FILTER_GT, acrm__cell_int(since) };
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_AUDIT],
                               .where = acrm__where(call, &term, 1) };
    idempotency_subjects list = { .arena = call->arena };
    unsigned char both[32], key[16];
    int32_t st = query.where ? acrm__query(call, &query, idempotency_take, &list)
                             : acrm__nomem(call);

    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    if (list.n > 1)
        qsort(list.ids, list.n, sizeof *list.ids, idempotency_order);
    for (size_t i = 0; st == ACRM_OK && i < list.n; i++) {
        if (i > 0 && memcmp(list.ids[i], list.ids[i - 1], 16) == 0)
            continue;
        memcpy(both, id, 16);
        memcpy(both + 16, list.ids[i], 16);
        (void)crypto_generichash(key, sizeof key, both, sizeof both, NULL, 0);
        const acrm_cell cells[] = {
            [ACRM__KEPT_ID] = acrm__cell_blob(key, sizeof key),
            [ACRM__KEPT_SUBJECT] = acrm__cell_blob(list.ids[i], 16),
            [ACRM__KEPT_CALL] = acrm__cell_blob(id, 16),
        };
        st = s->engine->storage.insert(s->conn, &acrm__tables[ACRM__TABLE_IDEMPOTENCY_SUBJECT],
                                       cells, NULL, call->err);
    }
    return st;
}

int32_t acrm__idempotency_keep(acrm__call *call, const char *key, int64_t since)
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
        [ACRM__IDEMPOTENCY_RESULT] = call->info->op->flags & ACRM__OP_SECRET
                                         ? acrm__cell_null()
                                         : acrm__cell_textn(text.data, text.len),
    };
    st = s->engine->storage.insert(s->conn, &acrm__tables[ACRM__TABLE_IDEMPOTENCY], cells, NULL,
                                   call->err);
    acrm__str_free(&text);
    return st == ACRM_OK ? idempotency_link(call, id, since) : st;
}

/* --- Erasing --- */

typedef struct idempotency_links {
    acrm__arena *arena;
    struct idempotency_link_of {
        unsigned char id[16], call[16];
        struct idempotency_link_of *next;
    } *first;
} idempotency_links;

static int32_t idempotency_take_link(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    idempotency_links *links = user;
    struct idempotency_link_of *link = acrm__arena_zero(links->arena, sizeof *link);

    (void)n_cells;
    if (!link)
        return ACRM_E_NOMEM;
    memcpy(link->id, cells[ACRM__KEPT_ID].data, 16);
    memcpy(link->call, cells[ACRM__KEPT_CALL].data, 16);
    link->next = links->first;
    links->first = link;
    return ACRM_OK;
}

int32_t acrm__idempotency_erase(acrm__call *call, const unsigned char subject[16], int64_t *count)
{
    static const uint32_t columns[] = { ACRM__IDEMPOTENCY_ARGS, ACRM__IDEMPOTENCY_RESULT };
    static const unsigned char nothing[ACRM__HASH_BYTES] = { 0 };
    const acrm_cell cells[] = { acrm__cell_blob(nothing, sizeof nothing), acrm__cell_null() };
    acrm_session *s = call->session;
    const acrm_storage_ops *storage = &s->engine->storage;
    const acrm_cell id = acrm__cell_id(subject);
    idempotency_links links = { .arena = call->arena };
    int32_t changed = 0;
    int32_t st = storage->lookup(s->conn, &acrm__tables[ACRM__TABLE_IDEMPOTENCY_SUBJECT],
                                 ACRM__KEPT_SUBJECT, &id, 0, idempotency_take_link, &links,
                                 call->err);

    for (struct idempotency_link_of *l = links.first; st == ACRM_OK && l; l = l->next) {
        const acrm_cell link = acrm__cell_id(l->id), kept = acrm__cell_id(l->call);
        st = storage->update(s->conn, &acrm__tables[ACRM__TABLE_IDEMPOTENCY], &kept, columns,
                             cells, 2, NULL, NULL, &changed, call->err);
        if (st == ACRM_OK)
            st = storage->remove(s->conn, &acrm__tables[ACRM__TABLE_IDEMPOTENCY_SUBJECT], &link,
                                 NULL, &changed, call->err);
        (*count)++;
    }
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}
