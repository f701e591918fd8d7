/* SPDX-License-Identifier: MIT */
/* VIP levels: every change leaves a record with its reason, however it came about. */
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"

int32_t acrm__ties_vip_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    uint32_t level = acrm__field_of(rec->entity, "vip_level");

    if (!before || !acrm__changed(rec, level) || !acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    acrm__rec *change = acrm__new(call, "vip_change");
    if (!change)
        return acrm__nomem(call);
    acrm__set(change, F_vip_change__customer_id, rec->cells[F_ID]);
    acrm__set(change, F_vip_change__at, acrm__cell_int(call->now));
    acrm__set(change, F_vip_change__from_level, acrm__cell_int(acrm__int(before, level)));
    acrm__set(change, F_vip_change__to_level, acrm__cell_int(acrm__int(rec, level)));
    acrm__set(change, F_vip_change__reason,
              acrm__cell_text(acrm__get_text(call->args, "reason")));
    return acrm__insert(call, change);
}

int32_t acrm__ties_set_vip(acrm__call *call)
{
    acrm__rec *customer = NULL;
    int32_t st = acrm__load_arg(call, "customer", "id", &customer);

    if (st != ACRM_OK)
        return st;
    uint32_t level = acrm__field_of(customer->entity, "vip_level");
    if (!acrm__may_write_field(call, customer->entity, level))
        return acrm__fail(call, ACRM_E_DENIED, "read_only", "level",
                          "vip_level may not be set by this role");
    acrm__set(customer, level, acrm__cell_int(acrm__arg_int(call, "level", 0)));
    st = acrm__update(call, customer);
    return st == ACRM_OK ? acrm__render(call, customer, call->out) : st;
}
