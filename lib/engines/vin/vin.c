/* SPDX-License-Identifier: MIT */
/* Checks a VIN and takes it apart. */
#include "engines/vin/vin.h"

#include "base/digits.h"

#include <string.h>

enum {
    VIN_TEXT_MAX = 250, /* bytes; longer texts are no VIN */
    VIN_FIRST_YEAR = 1980,
    VIN_YEAR_CYCLE = 30,
    VIN_YEAR_AT = 9,
    VIN_PLANT_AT = 10,
    VIN_SMALL_AT = 11,
    VIN_NORTH_AMERICA_AT = 6, /* tells the cycle of the year */
};

static const char vin_year_codes[] = "ABCDEFGHJKLMNPRSTVWXY123456789";

/* Values of A to Z; 0 for the letters a VIN does not have. 49 CFR 565.15(c). */
static const signed char vin_values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
                                          5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9 };
static const signed char vin_weights[] = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2 };

/* White space and invisible marks, which may stand around a VIN. */
static bool vin_blank(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || (cp >= 0x80 && acrm__digit_separator(cp));
}

bool acrm__vin_normalise(const char *text, size_t len, char *vin, int32_t *rule, int32_t *at)
{
    size_t n = 0, gap = 0, taken; /* characters so far; blanks since the last one */
    int32_t wrong = -1;           /* the first that is no letter or digit */
    uint32_t cp = 0;

    *rule = ACRM_VIN_LENGTH;
    *at = 0;
    if (len > VIN_TEXT_MAX)
        return false;
    for (size_t pos = 0; (taken = acrm__utf8_next(text + pos, len - pos, &cp)) > 0; pos += taken) {
        char c = acrm__plain_character(cp);

        if (c == '\0' && vin_blank(cp)) {
            gap += n > 0;
            continue;
        }
        if ((gap > 0 || c == '\0') && wrong < 0)
            wrong = (int32_t)n;
        n += gap + 1;
        gap = 0;
        if (n <= ACRM__VIN_LENGTH)
            vin[n - 1] = c;
    }
    *at = (int32_t)(n < ACRM__VIN_LENGTH ? n : ACRM__VIN_LENGTH);
    if (n != ACRM__VIN_LENGTH)
        return false;
    *rule = ACRM_VIN_CHARACTER;
    *at = wrong;
    vin[n] = '\0';
    return wrong < 0;
}

char acrm__vin_check_digit(const char *vin)
{
    int sum = 0;

    for (size_t i = 0; i < ACRM__VIN_LENGTH; i++) {
        int value = vin[i] <= '9' ? vin[i] - '0' : vin_values[vin[i] - 'A'];

        sum += value * vin_weights[i];
    }
    return "0123456789X"[sum % 11];
}

bool acrm__vin_check_binds(const char *vin, uint32_t flags)
{
    if (vin[0] >= '1' && vin[0] <= '5')
        return true;
    return (flags & ACRM_VIN_CHINA_BINDS) && (vin[0] == 'L' || vin[0] == 'H');
}

static void vin_find_origin(const char *wmi, size_t n, acrm_vin_origin *out)
{
    const acrm__vin_country *country = acrm__vin_country_of(wmi[0], n > 1 ? wmi[1] : '\0');
    const char *maker = acrm__vin_maker_of(wmi, n);

    out->maker = maker ? maker : "";
    out->country = country ? country->iso : "";
    out->country_name = country ? country->name : "";
    out->region = acrm__vin_region_of(wmi[0], n > 1 ? wmi[1] : '\0');
}

static void vin_copy(char *out, const char *vin, size_t from, size_t n)
{
    memcpy(out, vin + from, n);
    out[n] = '\0';
}

/* Fills everything that the characters tell; `normalized` holds 17 allowed ones. */
static void vin_take_apart(acrm_vin *vin, uint32_t flags)
{
    const char *text = vin->normalized;
    char code[7];

    vin_copy(vin->wmi, text, 0, 3);
    vin_copy(vin->vds, text, 3, 6);
    vin_copy(vin->vis, text, 9, 8);
    vin_copy(vin->plant, text, VIN_PLANT_AT, 1);
    vin_copy(vin->year_code, text, VIN_YEAR_AT, 1);
    vin_copy(code, text, 0, 3);
    if (text[2] == '9') {
        vin_copy(vin->small_maker, text, VIN_SMALL_AT, 3);
        memcpy(code + 3, vin->small_maker, 4);
    }
    vin_find_origin(code, strlen(code), &vin->origin);
    vin->check_expected[0] = acrm__vin_check_digit(text);
    vin->check_ok = text[ACRM__VIN_CHECK_AT] == vin->check_expected[0];
    vin->check_binds = acrm__vin_check_binds(text, flags);
    acrm_vin_model_years(text[VIN_YEAR_AT], &vin->years[0], &vin->years[1]);
    if (vin->check_ok && text[0] >= '1' && text[0] <= '5')
        vin->year_north_america = vin->years[text[VIN_NORTH_AMERICA_AT] > '9'];
}

int32_t acrm_vin_check(const char *text, size_t len, uint32_t flags, acrm_vin *out)
{
    acrm_vin vin = { .at = -1,
                     .origin = { .struct_size = sizeof vin.origin, .maker = "", .country = "",
                                 .country_name = "", .region = "" } };
    size_t wrong;

    if (!out || (!text && len > 0) || out->struct_size < sizeof vin)
        return ACRM_E_MISUSE;
    if (flags & ~(uint32_t)ACRM_VIN_CHINA_BINDS)
        return ACRM_E_INVALID;
    vin.struct_size = out->struct_size;
    if (!acrm__vin_normalise(text ? text : "", len, vin.normalized, &vin.rule, &vin.at)) {
        vin.normalized[0] = '\0';
    } else if ((wrong = strcspn(vin.normalized, "IOQ")) < ACRM__VIN_LENGTH) {
        vin.at = (int32_t)wrong;
    } else {
        vin_take_apart(&vin, flags);
        vin.rule = vin.check_ok || !vin.check_binds ? ACRM_VIN_OK : ACRM_VIN_CHECK;
        vin.at = vin.rule == ACRM_VIN_OK ? -1 : ACRM__VIN_CHECK_AT;
    }
    memcpy(out, &vin, sizeof vin);
    return ACRM_OK;
}

int32_t acrm_vin_origin_of(const char *wmi, acrm_vin_origin *out)
{
    acrm_vin_origin origin;
    size_t n;

    if (!wmi || !out || out->struct_size < sizeof origin)
        return ACRM_E_MISUSE;
    n = strlen(wmi);
    if (n == 0 || (n > 3 && n != 6))
        return ACRM_E_NOTFOUND;
    origin.struct_size = out->struct_size;
    vin_find_origin(wmi, n, &origin);
    if (origin.maker[0] == '\0' && origin.country[0] == '\0')
        return ACRM_E_NOTFOUND;
    memcpy(out, &origin, sizeof origin);
    return ACRM_OK;
}

int32_t acrm_vin_model_years(int32_t code, int32_t *first, int32_t *second)
{
    const char *at;

    if (!first || !second)
        return ACRM_E_MISUSE;
    at = code > 0 && code < 0x80 ? strchr(vin_year_codes, code) : NULL;
    if (!at)
        return ACRM_E_NOTFOUND;
    *first = VIN_FIRST_YEAR + (int32_t)(at - vin_year_codes);
    *second = *first + VIN_YEAR_CYCLE;
    return ACRM_OK;
}
