/* SPDX-License-Identifier: MIT */
/* Contact points: normalised as they are written, so that equal ones are found equal. */
#include "modules/party/party.h"

#include "autocrm/phone.h"
#include "base/text.h"
#include "modules/party/entities.h"
#include "modules/party/subject.h"

#include <string.h>

static int32_t contact_point_phone(acrm__call *call, const char *value, const char *country,
                                   const char **out)
{
    acrm_phone phone = { .struct_size = sizeof phone };

    int32_t st = acrm__phone_parse(call, value, strlen(value), country, &phone);
    if (st != ACRM_OK)
        return acrm__fail(call, st, "phone", "value", "the phone number could not be read");
    if (phone.e164[0] == '\0')
        return ACRM_OK;
    *out = acrm__arena_text(call->arena, phone.e164, strlen(phone.e164));
    return *out ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__party_normalise(acrm__call *call, const char *channel, const char *value,
                              const char *country, const char **out)
{
    acrm__str text;
    bool valid = true;

    *out = NULL;
    if (strcmp(channel, "phone") == 0 || strcmp(channel, "fax") == 0)
        return contact_point_phone(call, value, country, out);
    acrm__str_init(&text, &call->arena->allocator);
    if (strcmp(channel, "email") == 0)
        valid = acrm__email_normalise(value, strlen(value), &text);
    else
        acrm__fold(value, strlen(value), &text);
    bool failed = text.failed;
    if (valid && !failed && text.len > 0) {
        *out = acrm__arena_text(call->arena, text.data, text.len);
        failed = *out == NULL;
    }
    acrm__str_free(&text);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

/* Where a national number is to be read: here, at the customer, or at the customer's dealer. */
static int32_t contact_point_country(acrm__call *call, const acrm__rec *rec, const char **out)
{
    acrm__rec *customer = NULL, *dealer = NULL;
    const char *value = acrm__text(rec, F_contact_point__value);

    *out = acrm__text(rec, F_contact_point__country);
    if (*out || !value || value[0] == '+' || !acrm__id(rec, F_contact_point__customer_id))
        return ACRM_OK;
    int32_t st = acrm__load(call, "customer", acrm__id(rec, F_contact_point__customer_id),
                            "customer_id", &customer);
    if (st != ACRM_OK)
        return st;
    *out = acrm__text(customer, F_customer__country);
    if (*out || !acrm__id(customer, F_customer__dealer_id))
        return ACRM_OK;
    st = acrm__load(call, "dealer", acrm__id(customer, F_customer__dealer_id), "dealer_id",
                    &dealer);
    if (st == ACRM_OK)
        *out = acrm__text(dealer, acrm__field_of(dealer->entity, "country"));
    return st;
}

static int32_t contact_point_normal(acrm__call *call, acrm__rec *rec, const char *channel,
                                    const char *value)
{
    const char *country = NULL, *normal = NULL;
    int32_t st = ACRM_OK;

    if (strcmp(channel, "phone") == 0 || strcmp(channel, "fax") == 0)
        st = contact_point_country(call, rec, &country);
    if (st == ACRM_OK)
        st = acrm__party_normalise(call, channel, value, country, &normal);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_contact_point__match_value, acrm__cell_text(normal));
    if (!normal)
        acrm__set(rec, F_contact_point__valid, acrm__cell_int(0));
    return ACRM_OK;
}

int32_t acrm__party_contact_point_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *channel = acrm__text(rec, F_contact_point__channel);
    const char *value = acrm__text(rec, F_contact_point__value);
    int32_t st = ACRM_OK;

    if (channel && value &&
        (!before || acrm__changed(rec, F_contact_point__value) ||
         acrm__changed(rec, F_contact_point__country) ||
         acrm__changed(rec, F_contact_point__channel)))
        st = contact_point_normal(call, rec, channel, value);
    return st == ACRM_OK ? acrm__party_contact_point_keys(call, rec, before) : st;
}
