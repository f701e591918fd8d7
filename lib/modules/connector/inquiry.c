/* SPDX-License-Identifier: MIT */
/* Requests as people and modules order them, and how they end. */
#include "base/json.h"
#include "kernel/inside.h"
#include "modules/connector/connector.h"
#include "modules/connector/entities.h"

#include <string.h>

static const char inquiry_expire[] = "connector.expire";

static int32_t inquiry_body(acrm__call *call, acrm__rec *rec)
{
    const acrm_value *body = acrm__arg(call, "body");
    acrm__str text;

    if (body && acrm_value_type(body) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "format", "body", "body must be a map");
    acrm__str_init(&text, &call->arena->allocator);
    int32_t st = body ? acrm__json_write(&text, body, 0) : ACRM_OK;
    const char *json = body ? acrm__arena_text(call->arena, text.data, text.len) : "{}";
    acrm__str_free(&text);
    if (st != ACRM_OK || !json)
        return acrm__nomem(call);
    acrm__set(rec, F_connector_request__body, acrm__cell_text(json));
    return ACRM_OK;
}

/* What it is about must be there for who asks; a record of a customer's is the customer's. */
static int32_t inquiry_subject(acrm__call *call, acrm__rec *rec)
{
    const char *entity = acrm__arg_text(call, "subject_entity");
    unsigned char id[16];
    acrm__rec *subject = NULL;
    bool has = acrm__arg_id(call, "subject_id", id);

    if (!has && !entity)
        return ACRM_OK;
    const acrm__entity *known = entity ? acrm__registry_entity(call->session->registry, entity,
                                                               strlen(entity)) : NULL;
    if (!has || !known)
        return acrm__fail(call, ACRM_E_INVALID, "subject", has ? "subject_entity" : "subject_id",
                          "subject_entity names an entity, subject_id a record of it");
    int32_t st = acrm__load(call, known->def->name, id, "subject_id", &subject);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_connector_request__subject_entity, acrm__cell_text(known->def->name));
    acrm__set(rec, F_connector_request__subject_id, subject->cells[F_ID]);
    uint32_t customer = acrm__field_of(known, "customer_id");
    if (strcmp(known->def->name, "customer") == 0)
        acrm__set(rec, F_connector_request__customer_id, subject->cells[F_ID]);
    else if (customer != UINT32_MAX && known->fields[customer].def.type == ACRM__T_REF)
        acrm__set(rec, F_connector_request__customer_id, subject->cells[customer]);
    if (known->dealer != UINT32_MAX)
        acrm__set(rec, F_connector_request__dealer_id, subject->cells[known->dealer]);
    return ACRM_OK;
}

static int32_t inquiry_when(acrm__call *call, acrm__rec *rec)
{
    int64_t at = call->now, until;

    if (acrm__arg_time(call, "not_before", &at) && at < call->now)
        at = call->now;
    acrm__set(rec, F_connector_request__next_at, acrm__cell_int(at));
    if (!acrm__arg_time(call, "until", &until))
        return ACRM_OK;
    if (until <= at)
        return acrm__fail(call, ACRM_E_INVALID, "range", "until",
                          "until must lie in the future, and after not_before");
    acrm__set(rec, F_connector_request__until, acrm__cell_int(until));
    return ACRM_OK;
}

static int32_t inquiry_timer(acrm__call *call, const acrm__rec *rec)
{
    if (acrm__is_null(rec, F_connector_request__until))
        return ACRM_OK;
    return acrm__timer_set(call, inquiry_expire, "connector_request", acrm__id(rec, F_ID),
                           acrm__int(rec, F_connector_request__until), NULL);
}

int32_t acrm__connector_request(acrm__call *call)
{
    acrm__rec *rec = acrm__new(call, "connector_request");
    unsigned char id[16];

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_connector_request__connector,
              acrm__cell_text(acrm__arg_text(call, "connector")));
    acrm__set(rec, F_connector_request__name, acrm__cell_text(acrm__arg_text(call, "name")));
    acrm__set(rec, F_connector_request__owner_id, acrm__cell_id(acrm__actor(call)));
    int32_t st = inquiry_body(call, rec);
    if (st == ACRM_OK)
        st = inquiry_subject(call, rec);
    /* What was said beats what the subject says; both live as long as the call. */
    if (st == ACRM_OK && acrm__arg_id(call, "customer_id", id))
        acrm__set(rec, F_connector_request__customer_id, acrm__cell_id(id));
    if (st == ACRM_OK && acrm__is_null(rec, F_connector_request__dealer_id) &&
        call->session->principal.has_dealer)
        acrm__set(rec, F_connector_request__dealer_id,
                  acrm__cell_id(call->session->principal.dealer_id));
    if (st == ACRM_OK)
        st = inquiry_when(call, rec);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = inquiry_timer(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__connector_retry(acrm__call *call)
{
    static const uint32_t gone[] = { F_connector_request__reason, F_connector_request__code,
                                     F_connector_request__answer, F_connector_request__reference,
                                     F_connector_request__ended_at };
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "connector_request", "id", &rec);

    if (st != ACRM_OK)
        return st;
    const char *state = acrm__text(rec, F_connector_request__state);
    if (strcmp(state, "dead") != 0 && strcmp(state, "failed") != 0 && strcmp(state, "refused") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                          "the request is %s; asked again are those that are dead, failed or "
                          "refused", state);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        acrm__set(rec, gone[i], acrm__cell_null());
    acrm__set(rec, F_connector_request__attempts, acrm__cell_int(0));
    acrm__set(rec, F_connector_request__next_at, acrm__cell_int(call->now));
    if (!acrm__is_null(rec, F_connector_request__until) &&
        acrm__int(rec, F_connector_request__until) <= call->now)
        acrm__set(rec, F_connector_request__until, acrm__cell_null());
    acrm__set(rec, F_connector_request__state, acrm__cell_text("queued"));
    st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = inquiry_timer(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__connector_end(acrm__call *call, acrm__rec *rec, const char *state,
                            const char *reason)
{
    static const struct {
        const char *key;
        uint32_t field;
    } told[] = { { "connector", F_connector_request__connector },
                 { "name", F_connector_request__name },
                 { "state", F_connector_request__state },
                 { "reason", F_connector_request__reason },
                 { "subject_entity", F_connector_request__subject_entity } };
    acrm_value *data = acrm__value_in(call->arena);

    acrm__set(rec, F_connector_request__state, acrm__cell_text(state));
    acrm__set(rec, F_connector_request__reason, acrm__cell_text(reason));
    acrm__set(rec, F_connector_request__next_at, acrm__cell_null());
    acrm__set(rec, F_connector_request__ended_at, acrm__cell_int(call->now));
    bool ok = data && acrm_value_set_map(data) == ACRM_OK;
    for (size_t i = 0; ok && i < sizeof told / sizeof told[0]; i++)
        ok = acrm__put_text(data, told[i].key, acrm__text(rec, told[i].field));
    const unsigned char *subject = acrm__id(rec, F_connector_request__subject_id);
    ok = ok && acrm__put_text(data, "subject_id", subject ? acrm__id_text(call, subject) : NULL);
    if (!ok)
        return acrm__nomem(call);
    int32_t st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(call, inquiry_expire, acrm__id(rec, F_ID));
    return st == ACRM_OK ? acrm__emit(call, strcmp(state, "answered") == 0
                                                ? "connector_request.answered"
                                                : "connector_request.failed",
                                      "connector_request", acrm__id(rec, F_ID), data)
                         : st;
}

/* One that is being asked just now ends by itself. */
int32_t acrm__connector_expire(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load(call, "connector_request", timer->subject, "subject", &rec);

    if (st != ACRM_OK || strcmp(acrm__text(rec, F_connector_request__state), "queued") != 0)
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    return acrm__connector_end(call, rec, "dead", "too_late");
}
