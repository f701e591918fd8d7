/* SPDX-License-Identifier: MIT */
/* Suggests what a mistyped VIN may have meant; the check digit is the judge. */
#include "engines/vin/vin.h"

#include <string.h>

/* Characters people take for one another, the likeliest pairs first. */
static const char vin_lookalikes[][3] = { "B8", "S5", "Z2", "0D", "G6", "UV", "17", "1L", "4A",
                                          "MN", "VY", "6B", "EF", "PR", "38", "3B", "CG", "T7",
                                          "XK", "HN", "0C", "0U", "JU", "69", "56", "TY" };

typedef struct vin_suggestions {
    acrm_vin_suggestion *list;
    size_t room, count;
} vin_suggestions;

/* Adds a VIN if it verifies and is not there yet. */
static void vin_suggest(vin_suggestions *all, const char *vin, int32_t slip, size_t at)
{
    if (all->count == all->room || acrm__vin_check_digit(vin) != vin[ACRM__VIN_CHECK_AT])
        return;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].vin, vin) == 0)
            return;
    memcpy(all->list[all->count].vin, vin, ACRM__VIN_LENGTH + 1);
    all->list[all->count].slip = slip;
    all->list[all->count].at = (int32_t)at;
    all->count++;
}

static void vin_try_misreadings(vin_suggestions *all, const char *vin)
{
    char tried[ACRM__VIN_LENGTH + 1];

    memcpy(tried, vin, sizeof tried);
    for (size_t pair = 0; pair < sizeof vin_lookalikes / sizeof vin_lookalikes[0]; pair++) {
        for (size_t i = 0; i < ACRM__VIN_LENGTH; i++) {
            const char *seen = strchr(vin_lookalikes[pair], vin[i]);

            if (!seen)
                continue;
            tried[i] = vin_lookalikes[pair][seen == vin_lookalikes[pair] ? 1 : 0];
            vin_suggest(all, tried, ACRM_VIN_MISREAD, i);
            tried[i] = vin[i];
        }
    }
}

static void vin_try_swaps(vin_suggestions *all, const char *vin)
{
    char tried[ACRM__VIN_LENGTH + 1];

    memcpy(tried, vin, sizeof tried);
    for (size_t i = 0; i + 1 < ACRM__VIN_LENGTH; i++) {
        if (vin[i] == vin[i + 1])
            continue;
        tried[i] = vin[i + 1];
        tried[i + 1] = vin[i];
        vin_suggest(all, tried, ACRM_VIN_SWAPPED, i);
        tried[i] = vin[i];
        tried[i + 1] = vin[i + 1];
    }
}

int32_t acrm_vin_suggest(const char *text, size_t len, uint32_t flags, acrm_vin_suggestion *list,
                         size_t room, size_t *count)
{
    vin_suggestions all = { list, room, 0 };
    char vin[ACRM__VIN_LENGTH + 1];
    int32_t rule, at;
    size_t letters;

    if (!list || !count || (!text && len > 0))
        return ACRM_E_MISUSE;
    if (flags & ~(uint32_t)ACRM_VIN_CHINA_BINDS)
        return ACRM_E_INVALID;
    if (acrm__vin_normalise(text ? text : "", len, vin, &rule, &at)) {
        letters = strcspn(vin, "IOQ");
        for (size_t i = letters; i < ACRM__VIN_LENGTH; i++)
            vin[i] = vin[i] == 'I' ? '1' : vin[i] == 'O' || vin[i] == 'Q' ? '0' : vin[i];
        if (letters < ACRM__VIN_LENGTH) {
            vin_suggest(&all, vin, ACRM_VIN_LETTERS, letters);
        } else if (acrm__vin_check_binds(vin, flags) &&
                   acrm__vin_check_digit(vin) != vin[ACRM__VIN_CHECK_AT]) {
            vin_try_misreadings(&all, vin);
            vin_try_swaps(&all, vin);
        }
    }
    *count = all.count;
    return ACRM_OK;
}
