/* SPDX-License-Identifier: MIT */
/* What the drafts of all formats share: who delivered it, who it is about, how it is known. */
#include "modules/integration/draft.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int32_t acrm__draft_refuse(acrm__draft_fault *fault, const char *reason, const char *place,
                           const char *format, ...)
{
    va_list args;

    snprintf(fault->reason, sizeof fault->reason, "%s", reason);
    snprintf(fault->place, sizeof fault->place, "%s", place);
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    return ACRM_OK;
}

int32_t acrm__draft_begin(acrm__call *call, const acrm__draft_options *options, acrm_value **out)
{
    acrm_value *draft = acrm__value_in(call->arena);
    bool ok = draft && acrm_value_set_map(draft) == ACRM_OK &&
              acrm__put_map(draft, "customer") != NULL;

    if (ok && options->country)
        ok = acrm__put_text(acrm_value_get(draft, "customer"), "country", options->country);
    if (ok && options->dealer)
        ok = acrm__put_text(draft, "dealer_id", options->dealer);
    if (ok && options->channel)
        ok = acrm__put_text(draft, "channel", options->channel);
    *out = draft;
    return ok ? ACRM_OK : acrm__nomem(call);
}

bool acrm__draft_contact(acrm_value *draft, const char *channel, const char *value, size_t len,
                         const char *country)
{
    acrm_value *customer = acrm_value_get(draft, "customer");
    acrm_value *points = acrm_value_get(customer, "contact_points");

    if (!points)
        points = acrm__put_list(customer, "contact_points");
    acrm_value *point = points ? acrm__add_map(points) : NULL;
    return point && acrm__put_text(point, "channel", channel) &&
           acrm__put_textn(point, "value", value, len) &&
           (!country || acrm__put_text(point, "country", country));
}

/* A row without an id of its own is known again by what it says. */
static int32_t draft_identity(acrm__call *call, acrm_value *draft, const char *identity, size_t len)
{
    unsigned char hash[16];
    char text[2 * sizeof hash + 2] = "#";

    if (acrm__get_text(draft, "external_id"))
        return ACRM_OK;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)identity, len, NULL, 0);
    sodium_bin2hex(text + 1, sizeof text - 1, hash, sizeof hash);
    return acrm__put_text(draft, "external_id", text) ? ACRM_OK : acrm__nomem(call);
}

static int32_t draft_name(acrm__call *call, acrm_value *draft, acrm__draft_fault *fault)
{
    acrm_value *customer = acrm_value_get(draft, "customer");
    const acrm_value *points = acrm_value_get(customer, "contact_points");
    bool named = acrm_value_get(customer, "name") || acrm_value_get(customer, "given_name") ||
                 acrm_value_get(customer, "family_name");

    if (named)
        return ACRM_OK;
    if (acrm_value_count(points) == 0)
        return acrm__draft_refuse(fault, "required", "name",
                                  "there is no name, phone number or e-mail address");
    const char *value = acrm__get_text(acrm_value_at(points, 0), "value");
    return acrm__put_text(customer, "name", value) ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__draft_end(acrm__call *call, const acrm__draft_options *options, acrm_value *draft,
                        const char *identity, size_t identity_len, acrm__draft_fault *fault)
{
    bool ok = true;

    if (!acrm__get_text(draft, "provider") && options->provider)
        ok = acrm__put_text(draft, "provider", options->provider);
    if (ok && !acrm__get_text(draft, "source") && options->source)
        ok = acrm__put_text(draft, "source", options->source);
    if (!ok)
        return acrm__nomem(call);
    int32_t st = draft_identity(call, draft, identity, identity_len);
    return st == ACRM_OK ? draft_name(call, draft, fault) : st;
}
