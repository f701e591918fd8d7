/* SPDX-License-Identifier: MIT */
/*
 * attachment.add: a file from the session's input, or from an argument, encrypted as it comes. All
 * of it happens in one transaction: what is cut short leaves nothing.
 */
#include "base/text.h"
#include "kernel/blob.h"
#include "kernel/inside.h"
#include "modules/filing/entities.h"
#include "modules/filing/filing.h"

#include <sodium.h>
#include <string.h>

#define UPLOAD_FILE_MAX INT64_C(26214400)
#define UPLOAD_TOTAL_MAX INT64_C(262144000)

typedef struct upload {
    acrm__call *call;
    acrm__filed filed;
    const char *file_name, *media_type;
    int64_t file_max, total_max;
    int64_t kept; /* bytes that the record has already */
    int64_t size;
    acrm__blob_writer *writer;
    char name[ACRM_BLOB_KEY_CHARS + 1];
    unsigned char key[ACRM__BLOB_KEY_BYTES];
    char hash[2 * ACRM__BLOB_HASH_BYTES + 1];
    /* Where the bytes come from: `data`, or the session's input. */
    const unsigned char *data;
    size_t data_len;
    unsigned char room[ACRM__BLOB_PIECE];
} upload;

/* --- Before a byte is read --- */

static int32_t upload_limit(upload *u, const char *entity, bool *found)
{
    acrm__term of = { F_attachment_limit__entity, ACRM_FILTER_EQ, acrm__cell_text(entity) };
    acrm__rec *limit = NULL;

    int32_t st = acrm__find_one(u->call, &(acrm__select){ .entity = "attachment_limit",
        .terms = &of, .n_terms = 1, .as_system = true }, &limit);
    if (st != ACRM_OK || !limit)
        return st;
    *found = true;
    u->file_max = acrm__int(limit, F_attachment_limit__file_max);
    u->total_max = acrm__int(limit, F_attachment_limit__total_max);
    return ACRM_OK;
}

static int32_t upload_sum_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[0].type == ACRM_CELL_INT ? cells[0].integer : 0;
    return 1;
}

static int32_t upload_sum(upload *u)
{
    const acrm__entity *attachment = acrm__entity_of(u->call, "attachment");
    acrm__term terms[] = {
        { F_attachment__subject_id, ACRM_FILTER_EQ, u->filed.record->cells[F_ID] },
        { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    acrm_expression sum = { .column = F_attachment__size, .aggregate = ACRM_AGGREGATE_SUM };
    acrm_query query = { .struct_size = sizeof query, .table = &attachment->table, .n_select = 1,
                         .select = &sum, .where = acrm__where(u->call, terms, 2) };

    return query.where ? acrm__query(u->call, &query, upload_sum_row, &u->kept)
                       : acrm__nomem(u->call);
}

static int32_t upload_names(upload *u)
{
    acrm__call *call = u->call;
    const char *what;
    const char *fault = acrm__filing_name_fault(u->file_name, strlen(u->file_name), &what);

    if (fault)
        return acrm__fail(call, ACRM_E_INVALID, fault, "file_name", "%s", what);
    if (u->media_type && !acrm__filing_media_valid(u->media_type))
        return acrm__fail(call, ACRM_E_INVALID, "format", "media_type",
                          "media_type must be like image/jpeg, in small letters");
    return ACRM_OK;
}

static int32_t upload_data(upload *u)
{
    size_t len = 0;
    const acrm_value *data = acrm__arg(u->call, "data");
    const char *text = acrm_value_text(data, &len);

    if (!text)
        return ACRM_OK;
    if (acrm_value_type(data) == ACRM_BYTES) {
        u->data = (const unsigned char *)text;
        u->data_len = len;
        return ACRM_OK;
    }
    unsigned char *bytes = acrm__arena_alloc(u->call->arena, len / 4 * 3 + 1);
    if (!bytes)
        return acrm__nomem(u->call);
    (void)acrm__base64_parse(text, len, bytes, &u->data_len); /* the argument was checked */
    u->data = bytes;
    return ACRM_OK;
}

static int32_t upload_prepare(upload *u)
{
    acrm__call *call = u->call;
    bool found = false;

    u->file_name = acrm__arg_text(call, "file_name");
    u->media_type = acrm__arg_text(call, "media_type");
    u->file_max = UPLOAD_FILE_MAX;
    u->total_max = UPLOAD_TOTAL_MAX;
    int32_t st = upload_names(u);
    if (st == ACRM_OK)
        st = acrm__filing_subject_arg(call, &u->filed);
    if (st == ACRM_OK)
        st = upload_limit(u, u->filed.record->entity->def->name, &found);
    if (st == ACRM_OK && !found)
        st = upload_limit(u, "*", &found);
    if (st == ACRM_OK)
        st = upload_sum(u);
    return st == ACRM_OK ? upload_data(u) : st;
}

/* --- The content --- */

/* Fill the room as far as there is input. */
static int32_t upload_fill(upload *u, size_t *len)
{
    *len = 0;
    if (u->data) {
        *len = u->data_len < sizeof u->room ? u->data_len : sizeof u->room;
        memcpy(u->room, u->data, *len);
        u->data += *len;
        u->data_len -= *len;
        return ACRM_OK;
    }
    while (*len < sizeof u->room) {
        int64_t n = acrm__read_input(u->call, u->room + *len, sizeof u->room - *len);
        if (n < 0)
            return u->call->session->read
                       ? acrm__fail(u->call, (int32_t)n, "input", NULL, "the input broke off")
                       : (int32_t)n;
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    return ACRM_OK;
}

static int32_t upload_within(upload *u)
{
    if (u->size > u->file_max)
        return acrm__fail(u->call, ACRM_E_LIMIT, "file_size", "file_name",
                          "a file may have at most %lld bytes here", (long long)u->file_max);
    if (u->kept + u->size > u->total_max)
        return acrm__fail(u->call, ACRM_E_LIMIT, "total_size", "file_name",
                          "the files of this record may have at most %lld bytes together, and "
                          "have %lld", (long long)u->total_max, (long long)u->kept);
    return ACRM_OK;
}

static int32_t upload_type(upload *u, size_t len)
{
    const char *said = u->media_type, *sniffed;

    if (len == 0)
        return acrm__fail(u->call, ACRM_E_INVALID, "empty", "file_name", "the file is empty");
    u->media_type = acrm__filing_media_type(said, u->file_name, u->room,
                                            len < ACRM__MEDIA_LOOK ? len : ACRM__MEDIA_LOOK,
                                            &sniffed);
    if (u->media_type)
        return ACRM_OK;
    return acrm__fail(u->call, ACRM_E_INVALID, "content", "media_type",
                      "the content is not %s%s%s", said, sniffed ? ", it looks like " : "",
                      sniffed ? sniffed : "");
}

static int32_t upload_pieces(upload *u, size_t len)
{
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && len > 0) {
        u->size += (int64_t)len;
        st = upload_within(u);
        if (st == ACRM_OK)
            st = acrm__blob_write(u->writer, u->room, len);
        if (st == ACRM_OK)
            st = acrm__progress(u->call, "attach", u->size, 0);
        if (st == ACRM_OK)
            st = upload_fill(u, &len);
    }
    return st;
}

static int32_t upload_content(upload *u)
{
    unsigned char hash[ACRM__BLOB_HASH_BYTES];
    size_t len;

    int32_t st = upload_fill(u, &len);
    if (st == ACRM_OK)
        st = upload_type(u, len);
    if (st == ACRM_OK)
        st = acrm__blob_begin(u->call, u->name, u->key, &u->writer);
    if (st == ACRM_OK)
        st = upload_pieces(u, len);
    if (st != ACRM_OK) {
        acrm__blob_cancel(u->writer);
        return st;
    }
    st = acrm__blob_end(u->writer, hash);
    (void)sodium_bin2hex(u->hash, sizeof u->hash, hash, sizeof hash);
    return st;
}

/* --- The record --- */

static int32_t upload_same(upload *u, acrm__rec **out)
{
    acrm__term terms[] = {
        { F_attachment__subject_id, ACRM_FILTER_EQ, u->filed.record->cells[F_ID] },
        { F_attachment__sha256, ACRM_FILTER_EQ, acrm__cell_text(u->hash) },
    };

    return acrm__find_one(u->call, &(acrm__select){ .entity = "attachment", .terms = terms,
        .n_terms = 2, .as_system = true }, out);
}

static int32_t upload_insert(upload *u, acrm__rec **out)
{
    acrm__call *call = u->call;
    acrm__rec *rec = acrm__new(call, "attachment");
    acrm__str key;

    acrm__str_init(&key, &call->arena->allocator);
    acrm__base64_print(u->key, sizeof u->key, &key);
    const char *text = key.failed ? NULL : acrm__arena_text(call->arena, key.data, key.len);
    acrm__str_free(&key);
    if (!rec || !text)
        return acrm__nomem(call);
    acrm__set(rec, F_attachment__subject_entity,
              acrm__cell_text(u->filed.record->entity->def->name));
    acrm__set(rec, F_attachment__subject_id, u->filed.record->cells[F_ID]);
    acrm__set(rec, F_attachment__file_name, acrm__cell_text(u->file_name));
    acrm__set(rec, F_attachment__title, acrm__cell_text(acrm__arg_text(call, "title")));
    acrm__set(rec, F_attachment__media_type, acrm__cell_text(u->media_type));
    acrm__set(rec, F_attachment__size, acrm__cell_int(u->size));
    acrm__set(rec, F_attachment__sha256, acrm__cell_text(u->hash));
    acrm__set(rec, F_attachment__visibility,
              acrm__cell_text(acrm__arg_text(call, "visibility")));
    acrm__set(rec, F_attachment__added_by_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(rec, F_attachment__customer_id, u->filed.customer);
    acrm__set(rec, F_attachment__dealer_id, u->filed.dealer);
    acrm__set(rec, F_attachment__blob, acrm__cell_text(u->name));
    acrm__set(rec, F_attachment__file_key, acrm__cell_text(text));
    *out = rec;
    return acrm__insert(call, rec);
}

static int32_t upload_keep(upload *u)
{
    acrm__call *call = u->call;
    acrm__rec *same = NULL, *rec = NULL;

    int32_t st = upload_same(u, &same);
    if (st == ACRM_OK)
        st = same ? acrm__blob_remove(call, u->name) : upload_insert(u, &rec);
    if (st == ACRM_OK)
        st = acrm__render(call, same ? same : rec, call->out);
    if (st == ACRM_OK && !acrm__put_bool(call->out, "duplicate", same != NULL))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__filing_attachment_add(acrm__call *call)
{
    upload *u = acrm__arena_zero(call->arena, sizeof *u);

    if (!u)
        return acrm__nomem(call);
    u->call = call;
    int32_t st = upload_prepare(u);
    if (st == ACRM_OK)
        st = upload_content(u);
    if (st == ACRM_OK)
        st = upload_keep(u);
    sodium_memzero(u->key, sizeof u->key);
    sodium_memzero(u->room, sizeof u->room);
    return st;
}
