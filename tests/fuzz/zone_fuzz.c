/* SPDX-License-Identifier: MIT */
/* Fuzzes the TZif reader: what it accepts must answer, and map clocks and instants both ways. */
#include "autocrm/calendar.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void zone_check(const acrm_zone *zone, int64_t us)
{
    acrm_local local = { .struct_size = sizeof local }, again = local;
    int64_t back = 0;
    int32_t kind = 0;

    if (acrm_zone_to_local(zone, us, &local) != ACRM_OK)
        __builtin_trap();
    if (local.second < 0 || local.second > 86399)
        __builtin_trap();
    /* The first instant with this wall clock shows it again, and is not behind this one. */
    if (acrm_zone_to_instant(zone, local.day, local.second, &back, &kind) != ACRM_OK ||
        kind == ACRM_LOCAL_GAP || back > us ||
        acrm_zone_to_local(zone, back, &again) != ACRM_OK || again.day != local.day ||
        again.second != local.second)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t day = INT64_C(86400000000);
    acrm_zone *zone = NULL;
    acrm_issue issue = { .field = NULL };
    int32_t status = acrm_zone_parse(data, size, NULL, &zone, &issue);

    if ((status == ACRM_OK) != (zone != NULL) || (status == ACRM_OK) != (issue.field == NULL) ||
        (status != ACRM_OK && status != ACRM_E_CORRUPT))
        __builtin_trap();
    for (int64_t at = -700000; zone && at < 2900000; at += 9973) /* years 53 to 9909 */
        zone_check(zone, at * day + at * 1000000);
    for (int64_t hour = 0; zone && hour < 24 * 366; hour += 3) /* close by, over a year */
        zone_check(zone, (19000 * 24 + hour) * day / 24);
    acrm_zone_free(zone);
    return 0;
}
