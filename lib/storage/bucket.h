/* SPDX-License-Identifier: MIT */
/* Date buckets as the port describes them, shared by the adapters. */
#ifndef ACRM_STORAGE_BUCKET_H
#define ACRM_STORAGE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/* Where the bucket (ACRM_BUCKET_*) of `value` starts: a day number when is_days, else an instant
 * and offset_minutes counts. False outside the years 1 to 9999. */
bool acrm__storage_bucket(int32_t bucket, int32_t is_days, int32_t offset_minutes, int64_t value,
                          int64_t *start);

#endif
