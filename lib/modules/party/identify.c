/* SPDX-License-Identifier: MIT */
/* customer.identify: whatever somebody says on the telephone, who can it be? */
#include "base/text.h"
#include "modules/party/candidates.h"
#include "modules/party/party.h"

#include <string.h>

/* Kinds with arguments of their own. */
static const char *const identify_kinds[] = { "national_id", "tax_id", "phone", "email", "name",
                                              "contract_number", "plate", "vin", "member_card" };

static int32_t identify_contact(acrm__call *call, acrm__candidates *list, const char *channel,
                                const char *text)
{
    const char *value;

    int32_t st = acrm__party_normalise(call, channel, text, acrm__arg_text(call, "country"),
                                       &value);
    if (st != ACRM_OK || !value)
        return st;
    return acrm__candidates_by_contact(call, list, &value, 1);
}

/* A text of unknown kind: an address has an @, a number has digits, a name has letters. */
static int32_t identify_text(acrm__call *call, acrm__candidates *list, const char *text)
{
    acrm__str digits;
    size_t n = 0;
    int32_t st = ACRM_OK;

    acrm__str_init(&digits, &call->arena->allocator);
    acrm__digits_ascii(text, strlen(text), &digits);
    bool failed = digits.failed;
    for (size_t i = 0; i < digits.len; i++)
        n += digits.data[i] >= '0' && digits.data[i] <= '9';
    acrm__str_free(&digits);
    if (failed)
        return acrm__nomem(call);
    if (strchr(text, '@'))
        return identify_contact(call, list, "email", text);
    if (n >= 5) {
        st = identify_contact(call, list, "phone", text);
        if (st == ACRM_OK)
            st = acrm__candidates_by_id(call, list, "national_id", text);
        if (st == ACRM_OK)
            st = acrm__candidates_by_id(call, list, "tax_id", text);
    }
    if (st == ACRM_OK)
        st = acrm__candidates_by_fields(call, list, NULL, text);
    return st == ACRM_OK ? acrm__candidates_by_name(call, list, text) : st;
}

/* The same when somebody says what it is. */
static int32_t identify_as(acrm__call *call, acrm__candidates *list, const char *kind,
                           const char *text)
{
    if (strcmp(kind, "phone") == 0 || strcmp(kind, "email") == 0)
        return identify_contact(call, list, kind, text);
    if (strcmp(kind, "national_id") == 0 || strcmp(kind, "tax_id") == 0)
        return acrm__candidates_by_id(call, list, kind, text);
    if (strcmp(kind, "name") == 0)
        return acrm__candidates_by_name(call, list, text);
    return acrm__candidates_by_fields(call, list, kind, text);
}

static bool identify_is_kind(acrm__call *call, const char *kind)
{
    for (size_t i = 0; i < sizeof identify_kinds / sizeof identify_kinds[0]; i++)
        if (strcmp(identify_kinds[i], kind) == 0)
            return true;
    return acrm__candidates_kind(call, kind);
}

static int32_t identify_all(acrm__call *call, acrm__candidates *list)
{
    const char *text = acrm__arg_text(call, "text"), *kind = acrm__arg_text(call, "kind");
    bool given = text != NULL;
    int32_t st = ACRM_OK;

    if (kind && !identify_is_kind(call, kind))
        return acrm__fail(call, ACRM_E_INVALID, "choice", "kind",
                          "no field identifies customers by %s", kind);
    for (size_t i = 0; st == ACRM_OK && i < sizeof identify_kinds / sizeof identify_kinds[0]; i++) {
        const char *value = acrm__arg_text(call, identify_kinds[i]);
        given = given || value;
        if (value)
            st = identify_as(call, list, identify_kinds[i], value);
    }
    if (!given)
        return acrm__fail(call, ACRM_E_INVALID, "required", "text",
                          "give a text, phone, email, national_id or name to identify by");
    if (st != ACRM_OK || !text)
        return st;
    return kind ? identify_as(call, list, kind, text) : identify_text(call, list, text);
}

int32_t acrm__party_identify(acrm__call *call)
{
    acrm__candidates *list = acrm__arena_zero(call->arena, sizeof *list);
    acrm_value *items = acrm__put_list(call->out, "items");
    int64_t limit = acrm__arg_int(call, "limit", 10);

    if (!list || !items)
        return acrm__nomem(call);
    int32_t st = identify_all(call, list);
    if (st == ACRM_OK)
        st = acrm__candidates_finish(call, list);
    for (int32_t i = 0; st == ACRM_OK && i < list->count && i < limit; i++) {
        const acrm__candidate *found = &list->items[i];
        acrm_value *item = acrm__add_map(items);
        acrm_value *reasons = item && acrm__put_int(item, "score", found->score)
                                  ? acrm__put_list(item, "reasons") : NULL;
        acrm_value *customer = reasons ? acrm_value_put(item, "customer") : NULL;
        bool ok = customer != NULL;
        for (int32_t k = 0; ok && k < found->n_reasons; k++)
            ok = acrm__add_text(reasons, found->reasons[k]);
        st = ok ? acrm__render(call, found->customer, customer) : acrm__nomem(call);
    }
    return st;
}
