/* SPDX-License-Identifier: MIT */
/* What is sent: an event as CloudEvents 1.0, made when it is sent; nothing is kept twice. */
#include "base/json.h"
#include "kernel/inside.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <string.h>

/* The record that the event is about, as who acts may see it now; null when it is gone. */
static int32_t body_record(acrm__call *call, const acrm__feed_event *event, acrm_value *cloud)
{
    const acrm__registry *r = call->session->registry;
    const acrm__entity *entity =
        event->entity ? acrm__registry_entity(r, event->entity, strlen(event->entity)) : NULL;
    acrm_value *data = acrm__value_in(call->arena), *shown = NULL;
    const acrm_value *own = acrm_value_get(cloud, "data");
    const char *get = acrm__arena_format(call->arena, "%s.get", event->entity ? event->entity : "");
    acrm__rec *rec = NULL;
    int32_t st = ACRM_OK;

    if (!get || !data || acrm_value_set_map(data) != ACRM_OK ||
        (own && !acrm__value_copy(data, own)))
        return acrm__nomem(call);
    if (entity && event->record && acrm__may(call->session, get))
        st = acrm__load_or_null(call, entity, event->record, &rec);
    if (st == ACRM_OK && rec) {
        shown = acrm__put_map(data, "record");
        st = shown ? acrm__render(call, rec, shown) : acrm__nomem(call);
    }
    bool ok = (shown || acrm__put_null(data, "record")) &&
              acrm__put_text(cloud, "datacontenttype", "application/json") &&
              acrm__put_value(cloud, "data", data);
    return st == ACRM_OK && !ok ? acrm__nomem(call) : st;
}

static int32_t body_text(acrm__call *call, const acrm_value *cloud, const char **out)
{
    acrm__str json;

    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, cloud, 0);
    const char *text = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    acrm__str_free(&json);
    if (!text)
        return acrm__nomem(call);
    *out = text;
    return ACRM_OK;
}

int32_t acrm__webhook_body(acrm__call *call, const acrm__rec *endpoint,
                           const acrm__feed_event *event, const char **out)
{
    acrm_value *cloud = acrm__value_in(call->arena);

    if (!cloud || acrm_value_set_map(cloud) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__feed_cloud(call, event, acrm__text(endpoint, F_webhook_endpoint__source),
                                  cloud);
    if (st == ACRM_OK && acrm__int(endpoint, F_webhook_endpoint__with_record))
        st = body_record(call, event, cloud);
    return st == ACRM_OK ? body_text(call, cloud, out) : st;
}

int32_t acrm__webhook_test_body(acrm__call *call, const acrm__rec *endpoint, const char *id,
                                const char **out)
{
    acrm_value *cloud = acrm__value_in(call->arena);
    const char *source = acrm__text(endpoint, F_webhook_endpoint__source);
    const char *at = acrm__instant_text(call, call->now);
    bool ok = cloud && at && id && acrm_value_set_map(cloud) == ACRM_OK &&
              acrm__put_text(cloud, "specversion", "1.0") && acrm__put_text(cloud, "id", id) &&
              acrm__put_text(cloud, "source", source) &&
              acrm__put_text(cloud, "type", "webhook.test") && acrm__put_text(cloud, "time", at);

    return ok ? body_text(call, cloud, out) : acrm__nomem(call);
}
