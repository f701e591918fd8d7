/* SPDX-License-Identifier: MIT */
/* Date buckets as the port describes them, shared by the adapters. */
#include "storage/bucket.h"

#include "autocrm/port/storage.h"
#include "base/civil.h"

static const acrm__bucket bucket_units[] = {
    [ACRM_BUCKET_HOUR] = ACRM__BUCKET_HOUR,   [ACRM_BUCKET_DAY] = ACRM__BUCKET_DAY,
    [ACRM_BUCKET_WEEK] = ACRM__BUCKET_WEEK,   [ACRM_BUCKET_MONTH] = ACRM__BUCKET_MONTH,
    [ACRM_BUCKET_QUARTER] = ACRM__BUCKET_QUARTER, [ACRM_BUCKET_YEAR] = ACRM__BUCKET_YEAR,
};

bool acrm__storage_bucket(int32_t bucket, int32_t is_days, int32_t offset_minutes, int64_t value,
                          int64_t *start)
{
    int64_t us = value;

    if (bucket <= ACRM_BUCKET_NONE || bucket > ACRM_BUCKET_YEAR)
        return false;
    if (!is_days)
        return acrm__bucket_start(bucket_units[bucket], us, offset_minutes, start);
    if (value < ACRM__DAY_MIN || value > ACRM__DAY_MAX
        || !acrm__bucket_start(bucket_units[bucket], value * ACRM__DAY_US, 0, &us))
        return false;
    *start = acrm__floor_div(us, ACRM__DAY_US);
    return true;
}
