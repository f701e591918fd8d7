/* SPDX-License-Identifier: MIT */
/* Instants as people read them: on the clock of a zone, in either calendar. */
#include "kernel/wall.h"

#include "base/civil.h"

int32_t acrm__wall_open(acrm__call *call, acrm__wall *out)
{
    acrm_engine *engine = call->session->engine;
    const char *name = acrm__arg_text(call, "zone");
    int32_t st = ACRM_OK;

    *out = (acrm__wall){ .zone = engine->clock_zone,
                         .jalali = acrm__arg_bool(call, "jalali", false) };
    if (!name)
        return ACRM_OK;
    st = acrm_zone_load(name, NULL, &engine->allocator, &out->loaded, NULL);
    out->zone = out->loaded;
    if (st == ACRM_OK || st == ACRM_E_NOMEM)
        return st == ACRM_OK ? st : acrm__nomem(call);
    return acrm__fail(call, ACRM_E_INVALID, "zone", "zone",
                      "there is no time zone %.64s; give one of the IANA list, such as Asia/Tehran",
                      name);
}

void acrm__wall_close(acrm__wall *wall)
{
    acrm_zone_free(wall->loaded);
}

void acrm__wall_at(const acrm__wall *wall, int64_t at, int32_t *day, int32_t *second)
{
    acrm_local local = { .struct_size = sizeof local };

    *day = (int32_t)acrm__floor_div(at, ACRM__DAY_US);
    *second = (int32_t)(acrm__floor_mod(at, ACRM__DAY_US) / ACRM__SECOND_US);
    if (wall->zone && acrm_zone_to_local(wall->zone, at, &local) == ACRM_OK) {
        *day = local.day;
        *second = local.second;
    }
}

int64_t acrm__wall_midnight(const acrm__wall *wall, int32_t day)
{
    int64_t at = day * ACRM__DAY_US;

    if (wall->zone)
        (void)acrm_zone_to_instant(wall->zone, day, 0, &at, NULL);
    return at;
}

const char *acrm__wall_date(acrm__call *call, const acrm__wall *wall, int32_t day)
{
    acrm__civil date;

    if (!wall->jalali || !acrm__jalali_from_day(day, &date))
        acrm__civil_from_day(day, &date);
    return acrm__arena_format(call->arena, "%04d-%02d-%02d", (int)date.year, (int)date.month,
                              (int)date.day);
}

const char *acrm__wall_text(acrm__call *call, const acrm__wall *wall, int64_t at)
{
    int32_t day, second;

    acrm__wall_at(wall, at, &day, &second);
    const char *date = acrm__wall_date(call, wall, day);
    return date ? acrm__arena_format(call->arena, "%s %02d:%02d", date, (int)(second / 3600),
                                     (int)(second / 60 % 60))
                : NULL;
}
