/* SPDX-License-Identifier: MIT */
/* Quiet hours on a wall clock. */
#include "base/civil.h"
#include "modules/message/message.h"

static int64_t quiet_instant(const acrm_zone *zone, int32_t day, int64_t second)
{
    int64_t us = 0;

    if (!zone || acrm_zone_to_instant(zone, day, (int32_t)second, &us, NULL) != ACRM_OK)
        return (day * (int64_t)ACRM__DAY_SECONDS + second) * ACRM__SECOND_US;
    return us;
}

int64_t acrm__message_quiet_end(const acrm_zone *zone, int64_t from, int64_t to, int64_t at)
{
    acrm_local local = { .struct_size = sizeof local };

    if (!zone || acrm_zone_to_local(zone, at, &local) != ACRM_OK) {
        local.day = (int32_t)acrm__floor_div(at, ACRM__DAY_US);
        local.second = (int32_t)(acrm__floor_mod(at, ACRM__DAY_US) / ACRM__SECOND_US);
    }
    bool quiet = from < to ? local.second >= from && local.second < to
                           : local.second >= from || local.second < to;
    if (from == to || !quiet)
        return at;
    /* Over midnight the evening's hours end on the next day. */
    int64_t end = quiet_instant(zone, local.day + (local.second >= to ? 1 : 0), to);
    return end > at ? end : at;
}
