/* SPDX-License-Identifier: MIT */
/* Endpoints: what may be written of them, making them, ending and resuming them. */
#include "base/json.h"
#include "kernel/crud.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <string.h>

enum { ENDPOINT_TYPES_MAX = 100, ENDPOINT_TYPE_MAX = 128 };

const acrm_value *acrm__webhook_json(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    const acrm_cell *cell = &rec->cells[field];
    acrm_value *value = NULL;
    acrm__json_fault fault;

    if (cell->type != ACRM_CELL_TEXT ||
        acrm__json_read(call->arena, cell->data, cell->size, &value, &fault) != ACRM_OK)
        return NULL;
    return value;
}

/* --- As it is written --- */

static int32_t endpoint_url(acrm__call *call, const acrm__rec *rec)
{
    static const struct {
        const char *reason, *message;
    } faults[] = {
        { "url", "url is no address like https://example.com/hook, of printable ASCII characters" },
        { "scheme", "url begins with https://" },
        { "https", "url begins with https://; plain http is for internal addresses" },
        { "credentials", "url has no user and password: give a header Authorization" },
        { "address", "url leads to this machine or an inner network: set internal, on purpose" },
    };
    bool internal = acrm__int(rec, F_webhook_endpoint__internal) != 0;
    const char *fault = acrm__webhook_url_fault(acrm__text(rec, F_webhook_endpoint__url),
                                                internal);
    bool led = acrm__changed(rec, F_webhook_endpoint__internal) ||
               acrm__changed(rec, F_webhook_endpoint__url);

    if (internal && led && !call->as_system && !acrm__may(call->session, "webhook.internal"))
        return acrm__fail(call, ACRM_E_DENIED, "permission", "internal",
                          "internal addresses need the right webhook.internal");
    for (size_t i = 0; fault && i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(faults[i].reason, fault) == 0)
            return acrm__fail(call, ACRM_E_INVALID, fault, "url", "%s", faults[i].message);
    return ACRM_OK;
}

static int32_t endpoint_types(acrm__call *call, const acrm__rec *rec)
{
    const acrm_value *types = acrm__webhook_json(call, rec, F_webhook_endpoint__types);
    size_t n = acrm_value_count(types);
    bool ok = acrm_value_type(types) == ACRM_LIST && n > 0 && n <= ENDPOINT_TYPES_MAX;

    for (size_t i = 0; ok && i < n; i++) {
        size_t len = 0, plain;
        const char *type = acrm_value_text(acrm_value_at(types, i), &len);
        plain = type ? strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789_.") : 0;
        ok = type && len > 0 && len <= ENDPOINT_TYPE_MAX &&
             (plain == len || (plain == len - 1 && type[plain] == '*'));
    }
    if (!ok)
        return acrm__fail(call, ACRM_E_INVALID, "types", "types",
                          "types is a list of 1 to %d types of events, such as lead.created, "
                          "lead.* or *", ENDPOINT_TYPES_MAX);
    return ACRM_OK;
}

static int32_t endpoint_headers(acrm__call *call, const acrm__rec *rec)
{
    const acrm_cell *cell = &rec->cells[F_webhook_endpoint__headers];
    acrm_outgoing_header headers[ACRM__WEBHOOK_HEADERS_MAX];
    uint32_t n = 0;

    if (cell->type != ACRM_CELL_TEXT) /* none, or encrypted as before */
        return ACRM_OK;
    char *copy = acrm__arena_text(call->arena, cell->data, cell->size);
    if (!copy)
        return acrm__nomem(call);
    const char *fault = acrm__webhook_headers(copy, headers, &n);
    return fault ? acrm__fail(call, ACRM_E_INVALID, "headers", "headers", "headers: %s", fault)
                 : ACRM_OK;
}

int32_t acrm__webhook_endpoint_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__webhook_condition condition = { .filter = NULL };
    const acrm_cell *filter = &rec->cells[F_webhook_endpoint__condition];

    (void)before;
    if (acrm__is_null(rec, F_webhook_endpoint__url)) /* told by the check of what is required */
        return ACRM_OK;
    int32_t st = endpoint_url(call, rec);
    if (st == ACRM_OK)
        st = endpoint_types(call, rec);
    if (st == ACRM_OK)
        st = endpoint_headers(call, rec);
    if (st == ACRM_OK && acrm__int(rec, F_webhook_endpoint__with_record) &&
        acrm__is_null(rec, F_webhook_endpoint__user_id))
        st = acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                        "with_record needs a user whose rights say what is sent");
    if (st == ACRM_OK && filter->type == ACRM_CELL_TEXT) {
        const acrm_value *value = acrm__webhook_json(call, rec, F_webhook_endpoint__condition);
        st = value ? acrm__webhook_condition_new(call, value, &condition) : acrm__nomem(call);
    }
    acrm__webhook_condition_free(&condition);
    return st;
}

/* --- Making one --- */

/* Whether nothing is hidden from who acts, be it rows or fields. */
static bool endpoint_sees_whole(const acrm__call *call)
{
    const acrm__principal *p = &call->session->principal;

    return call->as_system || (acrm__sees_all(call) && !p->guarded &&
                               acrm_value_count(acrm_value_get(p->role, "fields")) == 0);
}

/* Who sees only a part makes endpoints that see no more. */
static int32_t endpoint_user(acrm__call *call, acrm__rec *rec)
{
    const unsigned char *actor = acrm__actor(call);
    const unsigned char *user = acrm__id(rec, F_webhook_endpoint__user_id);

    if (endpoint_sees_whole(call))
        return ACRM_OK;
    if (!actor || (user && memcmp(user, actor, 16) != 0))
        return acrm__fail(call, ACRM_E_DENIED, "scope", "user_id",
                          "an endpoint may see no more than who makes it");
    acrm__set(rec, F_webhook_endpoint__user_id, acrm__cell_id(actor));
    return ACRM_OK;
}

static int32_t endpoint_cursor_new(acrm__call *call, const acrm__rec *endpoint)
{
    acrm__rec *cursor = acrm__new(call, "webhook_cursor");
    int64_t head = 0;
    int32_t st = acrm__feed_head(call, &head);

    if (st != ACRM_OK)
        return st;
    if (!cursor)
        return acrm__nomem(call);
    acrm__set(cursor, F_webhook_cursor__endpoint_id, endpoint->cells[F_ID]);
    acrm__set(cursor, F_webhook_cursor__seq, acrm__cell_int(head));
    return acrm__insert(call, cursor);
}

int32_t acrm__webhook_endpoint_create(acrm__call *call)
{
    static const char *const skip[] = { "idempotency_key", "dry_run", "reason", "kind", "secret",
                                        NULL };
    acrm__rec *rec = acrm__new(call, "webhook_endpoint");
    acrm_value *faults = acrm__value_in(call->arena);

    if (!rec || !faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__assign(call, rec, call->args, "", skip, faults);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    if (st == ACRM_OK)
        st = endpoint_user(call, rec);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = endpoint_cursor_new(call, rec);
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return st == ACRM_OK ? acrm__webhook_secret_make(call, rec) : st;
}

int32_t acrm__webhook_endpoint_rotate(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int64_t grace = 0;
    int32_t st = acrm__load_arg(call, "webhook_endpoint", "id", &rec);

    (void)acrm__arg_time(call, "grace", &grace);
    if (st == ACRM_OK)
        st = acrm__webhook_secrets_end(call, rec, call->now + grace * ACRM__WEBHOOK_SECOND);
    if (st == ACRM_OK)
        st = acrm__audit(call, &(acrm__audit_entry){ .entity = rec->entity,
                                                     .record = acrm__id(rec, F_ID),
                                                     .action = "rotate" });
    if (st == ACRM_OK)
        st = acrm__emit(call, "webhook_endpoint.rotated", "webhook_endpoint",
                        acrm__id(rec, F_ID), NULL);
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return st == ACRM_OK ? acrm__webhook_secret_make(call, rec) : st;
}

/* --- Ending and resuming --- */

int32_t acrm__webhook_stop(acrm__call *call, acrm__rec *endpoint, const char *reason)
{
    acrm_value *data = acrm__value_in(call->arena);

    acrm__set(endpoint, F_webhook_endpoint__enabled, acrm__cell_int(0));
    acrm__set(endpoint, F_webhook_endpoint__disabled_reason, acrm__cell_text(reason));
    acrm__set(endpoint, F_webhook_endpoint__disabled_at, acrm__cell_int(call->now));
    if (!data || acrm_value_set_map(data) != ACRM_OK || !acrm__put_text(data, "reason", reason))
        return acrm__nomem(call);
    int32_t st = acrm__update(call, endpoint);
    return st == ACRM_OK ? acrm__emit(call, "webhook_endpoint.disabled", "webhook_endpoint",
                                      acrm__id(endpoint, F_ID), data)
                         : st;
}

int32_t acrm__webhook_endpoint_disable(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "webhook_endpoint", "id", &rec);

    if (st == ACRM_OK && acrm__int(rec, F_webhook_endpoint__enabled))
        st = acrm__webhook_stop(call, rec, "manual");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* What waits is given up, and the feed looked at from here on. */
static int32_t endpoint_skip(acrm__call *call, const acrm__rec *endpoint, acrm__rec *cursor)
{
    const acrm__term waiting[] = {
        { F_webhook_delivery__endpoint_id, ACRM_FILTER_EQ, endpoint->cells[F_ID] },
        { F_webhook_delivery__status, ACRM_FILTER_EQ, acrm__cell_text("waiting") },
    };
    acrm__recs found = { NULL, 0 };
    int64_t head = 0;
    int32_t st = acrm__feed_head(call, &head);

    acrm__set(cursor, F_webhook_cursor__seq, acrm__cell_int(head));
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "webhook_delivery", .terms = waiting,
            .n_terms = 2, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__set(found.items[i], F_webhook_delivery__status, acrm__cell_text("dropped"));
        st = acrm__update(call, found.items[i]);
    }
    return st;
}

int32_t acrm__webhook_endpoint_enable(acrm__call *call)
{
    acrm__rec *rec = NULL, *cursor = NULL;
    int32_t st = acrm__load_arg(call, "webhook_endpoint", "id", &rec);

    if (st == ACRM_OK)
        st = acrm__webhook_cursor(call, rec, &cursor);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_webhook_endpoint__enabled, acrm__cell_int(1));
    acrm__set(rec, F_webhook_endpoint__disabled_reason, acrm__cell_null());
    acrm__set(rec, F_webhook_endpoint__disabled_at, acrm__cell_null());
    st = acrm__update(call, rec);
    acrm__set(cursor, F_webhook_cursor__failures, acrm__cell_int(0));
    acrm__set(cursor, F_webhook_cursor__failing_since, acrm__cell_null());
    acrm__set(cursor, F_webhook_cursor__resume_at, acrm__cell_null());
    if (st == ACRM_OK && acrm__arg_bool(call, "skip", false))
        st = endpoint_skip(call, rec, cursor);
    if (st == ACRM_OK)
        st = acrm__update(call, cursor);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
