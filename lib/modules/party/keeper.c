/* SPDX-License-Identifier: MIT */
/* Who looks after a customer: the dealer and the user who take the first lead. From then on they
 * see the customer, and later leads come back to them. */
#include "modules/party/party.h"

#include "modules/party/entities.h"

#include <string.h>

static int32_t keeper_set(acrm__call *call, acrm__rec *customer, uint32_t field,
                          const acrm_value *data, const char *key)
{
    const char *text = acrm__get_text(data, key);
    unsigned char *id = acrm__arena_alloc(call->arena, 16);

    if (!id)
        return acrm__nomem(call);
    if (text && acrm__is_null(customer, field) && acrm__uuid_parse(text, strlen(text), id))
        acrm__set(customer, field, acrm__cell_blob(id, 16));
    return ACRM_OK;
}

int32_t acrm__party_lead_taken(acrm__call *call, const acrm__event *event)
{
    acrm__rec *lead = NULL, *customer = NULL;

    int32_t st = acrm__load(call, event->entity, event->id, "id", &lead);
    if (st != ACRM_OK)
        return st;
    const unsigned char *id = acrm__id(lead, acrm__field_of(lead->entity, "customer_id"));
    st = acrm__load(call, "customer", id, "customer_id", &customer);
    if (st != ACRM_OK || !acrm__is_null(customer, F_customer__dealer_id))
        return st;
    st = keeper_set(call, customer, F_customer__dealer_id, event->data, "dealer_id");
    if (st == ACRM_OK)
        st = keeper_set(call, customer, F_customer__owner_id, event->data, "user_id");
    return st == ACRM_OK ? acrm__update(call, customer) : st;
}
