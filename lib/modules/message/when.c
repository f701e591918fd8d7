/* SPDX-License-Identifier: MIT */
/* When a message is to leave: not before an instant, at a time of the day where the customer lives,
 * and not too late. */
#include "base/civil.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

int32_t acrm__message_when(acrm__call *call, acrm__rec *message, const acrm__rec *preference,
                           const acrm__rec *point, const acrm__rec *customer)
{
    int64_t at = call->now, second, span;
    acrm_zone *zone = NULL;

    (void)acrm__arg_time(call, "not_before", &at);
    if (acrm__arg_time(call, "local_time", &second)) {
        const char *name = acrm__message_zone_name(call, preference, point, customer);
        int32_t st = name ? acrm_zone_load(name, NULL, &call->arena->allocator, &zone, NULL)
                          : ACRM_OK;
        if (st == ACRM_E_NOMEM)
            return acrm__nomem(call);
        at = acrm__message_next_time(zone ? zone : call->session->engine->clock_zone, second, at);
        acrm_zone_free(zone);
    }
    acrm__set(message, F_message__next_at, acrm__cell_int(at));
    if (acrm__arg_time(call, "expires_after", &span))
        acrm__set(message, F_message__expires_at, acrm__cell_int(at + span * ACRM__SECOND_US));
    return ACRM_OK;
}
