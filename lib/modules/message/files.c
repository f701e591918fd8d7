/* SPDX-License-Identifier: MIT */
/* Attachments that go with messages: kept by reference, read when the message leaves. */
#include "base/error.h"
#include "base/json.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

enum { FILES_MAX = 16, FILES_BYTES_MAX = 4194304 };

/* One that may be sent to this customer: seen by who orders, not another customer's, not huge. */
static int32_t files_check(acrm__call *call, const acrm__rec *customer, const char *text)
{
    unsigned char id[16];
    acrm__rec *rec = NULL;

    if (!text || !acrm__uuid_parse(text, strlen(text), id))
        return acrm__fail(call, ACRM_E_INVALID, "format", "attachment_ids",
                          "attachment_ids must be a list of ids");
    int32_t st = acrm__load(call, "attachment", id, "attachment_ids", &rec);
    if (st != ACRM_OK)
        return st;
    const acrm_cell *whose = &rec->cells[acrm__field_of(rec->entity, "customer_id")];
    if (whose->type != ACRM_CELL_NULL && !acrm__cell_equal(whose, &customer->cells[F_ID]))
        return acrm__fail(call, ACRM_E_INVALID, "other_customer", "attachment_ids",
                          "the attachment %.36s is another customer's", text);
    int64_t size = acrm__int(rec, acrm__field_of(rec->entity, "size"));
    if (size > FILES_BYTES_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "attachment_ids",
                          "the attachment %.36s has %lld bytes; files of messages have at most %d",
                          text, (long long)size, FILES_BYTES_MAX);
    return ACRM_OK;
}

int32_t acrm__message_files(acrm__call *call, const acrm__rec *customer, acrm_cell *out)
{
    const acrm_value *ids = acrm__arg(call, "attachment_ids");
    size_t n = acrm_value_count(ids);
    acrm__str text;
    int32_t st = ACRM_OK;

    *out = acrm__cell_null();
    if (n == 0)
        return ACRM_OK;
    if (n > FILES_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "attachment_ids",
                          "at most %d files go with a message", FILES_MAX);
    for (size_t i = 0; i < n && st == ACRM_OK; i++)
        st = files_check(call, customer, acrm_value_text(acrm_value_at(ids, i), NULL));
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, ids, 0);
    const char *kept = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    *out = acrm__cell_text(kept);
    return kept ? ACRM_OK : acrm__nomem(call);
}

static int32_t files_read_one(acrm__call *call, const acrm_value *id, acrm__files *out)
{
    acrm_value *args = acrm__value_in(call->arena), *answer = NULL;
    acrm_outgoing_file *file = &out->items[out->n];
    acrm_error *error = NULL;
    acrm__call quiet = *call;

    if (!args || acrm_value_set_map(args) != ACRM_OK || !acrm__put_value(args, "id", id))
        return acrm__nomem(call);
    quiet.err = &error;
    int32_t st = acrm__run(&quiet, "attachment.read", args, &answer);
    if (st == ACRM_OK) {
        *file = (acrm_outgoing_file){ .name = acrm__get_text(answer, "file_name"),
                                      .media_type = acrm__get_text(answer, "media_type") };
        file->data = acrm_value_text(acrm_value_get(answer, "data"), &file->size);
        out->size += file->size;
        out->n++;
    } else if (!acrm__is_outage(st) || st == ACRM_E_CORRUPT) {
        out->fault = "attachment_gone";
        st = ACRM_OK;
    }
    if (st != ACRM_OK && call->err)
        *call->err = error;
    else
        acrm_error_free(error);
    return st;
}

int32_t acrm__message_read_files(acrm__call *call, const acrm__rec *message, acrm__files *out)
{
    const acrm_cell *json = &message->cells[F_message__files];
    acrm_session *session = call->session;
    acrm_write_fn lent = session->write;
    acrm_value *ids = NULL;
    acrm__json_fault fault;

    *out = (acrm__files){ .n = 0 };
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    if (acrm__json_read(call->arena, json->data, json->size, &ids, &fault) != ACRM_OK)
        return acrm__nomem(call);
    out->items = acrm__arena_array(call->arena, acrm_value_count(ids) + 1, sizeof *out->items);
    if (!out->items)
        return acrm__nomem(call);
    int32_t st = acrm__transaction_begin(call, false);
    if (st != ACRM_OK)
        return st;
    session->write = NULL; /* not into what the host lent for the tick's own output */
    for (size_t i = 0; st == ACRM_OK && !out->fault && i < acrm_value_count(ids); i++)
        st = files_read_one(call, acrm_value_at(ids, i), out);
    session->write = lent;
    acrm__transaction_rollback(session);
    return st;
}
