/* SPDX-License-Identifier: MIT */
/* Bands one after the other: each value lies in exactly one of them. */
#include "engines/scoring/scoring_internal.h"

#include <string.h>

/* One end; absent or null is none. Only the first has no lower, the last no upper one. */
static bool bands_end(acrm__scoring_reader *r, const acrm_value *item, const char *place,
                      const char *key, int32_t input, bool open, int64_t none, int64_t *out)
{
    const acrm_value *value = acrm_value_get(item, key);
    const char *at = acrm__scoring_place(r, place, key);

    *out = none;
    if (!value || acrm_value_type(value) == ACRM_NULL)
        return open || acrm__scoring_fault(r, at, "required",
                                           "only the first band has no from, the last no to");
    if (open)
        return acrm__scoring_fault(r, at, "gap", "%s: values beyond it are in no band; leave the "
                                   "first from and the last to out", key);
    return acrm__scoring_quantity(r, value, at, input, out);
}

static bool bands_meet(acrm__scoring_reader *r, const acrm__score_band *before,
                       const acrm__score_band *band, const char *place)
{
    if (before->to == band->from)
        return true;
    return acrm__scoring_fault(r, acrm__scoring_place(r, place, "from"),
                               before->to < band->from ? "gap" : "overlap",
                               before->to < band->from
                                   ? "values between the end of the band before and this from are "
                                     "in no band"
                                   : "values from here to the end of the band before are in two "
                                     "bands");
}

static bool bands_one(acrm__scoring_reader *r, const acrm_value *item, const char *place,
                      int32_t input, bool named, acrm__score_bands *bands, uint32_t n)
{
    acrm__score_band *band = &bands->items[bands->n];
    bool first = bands->n == 0, last = bands->n + 1 == n;

    if (!acrm__scoring_object(r, item, place, named ? "name|from|to" : "from|to|points"))
        return false;
    bool ok = bands_end(r, item, place, "from", input, first, INT64_MIN, &band->from);
    ok = bands_end(r, item, place, "to", input, last, INT64_MAX, &band->to) && ok;
    if (ok && band->from >= band->to)
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "to"), "order",
                                 "to must be above from");
    if (ok && !first)
        ok = bands_meet(r, band - 1, band, place);
    if (named) {
        band->name = acrm__scoring_name(r, item, place, "name");
        if (band->name && acrm__scoring_band_named(bands, band->name) >= 0)
            ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "name"), "duplicate",
                                     "two bands are called %s", band->name);
        ok = ok && band->name;
    } else {
        if (!acrm_value_get(item, "points"))
            ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "points"), "required",
                                     "points is required");
        ok = acrm__scoring_int(r, item, place, "points", -ACRM_SCORING_POINTS_MAX,
                               ACRM_SCORING_POINTS_MAX, 0, &band->points) && ok;
    }
    bands->n++;
    return ok;
}

bool acrm__scoring_bands(acrm__scoring_reader *r, const acrm_value *map, const char *place,
                         const char *key, int32_t input, bool named, acrm__score_bands *out)
{
    const acrm_value *list = acrm__scoring_list(r, map, place, key, ACRM_SCORING_BANDS_MAX);
    uint32_t n = (uint32_t)acrm_value_count(list);
    bool ok = true;

    if (!list)
        return false;
    out->items = acrm__arena_array(&r->s->arena, n, sizeof *out->items);
    if (!out->items) {
        r->status = ACRM_E_NOMEM;
        return false;
    }
    const char *at = acrm__scoring_place(r, place, key);
    for (uint32_t i = 0; ok && i < n; i++)
        ok = bands_one(r, acrm_value_at(list, i), acrm__scoring_place_at(r, at, i), input, named,
                       out, n);
    return ok;
}

int32_t acrm__scoring_band_of(const acrm__score_bands *bands, int64_t value)
{
    uint32_t low = 0, n = bands->n;

    while (n > 1) { /* the last whose from is not above the value */
        uint32_t half = n / 2;
        if (bands->items[low + half].from <= value) {
            low += half;
            n -= half;
        } else {
            n = half;
        }
    }
    return (int32_t)low;
}

int32_t acrm__scoring_band_named(const acrm__score_bands *bands, const char *name)
{
    for (uint32_t i = 0; i < bands->n; i++)
        if (bands->items[i].name && strcmp(bands->items[i].name, name) == 0)
            return (int32_t)i;
    return -1;
}
