/* SPDX-License-Identifier: MIT */
/* vin.check: a VIN read without a record. */
#include "modules/stock/stock.h"

#include "autocrm/vin.h"

enum { VIN_SUGGESTIONS = 8 };

static bool vin_year(acrm_value *list, int32_t year)
{
    acrm_value *one = year ? acrm_value_add(list) : NULL;

    return year == 0 || (one && acrm_value_set_int(one, year) == ACRM_OK);
}

static bool vin_suggestions(const char *text, size_t len, uint32_t flags, acrm_value *list)
{
    static const char *const slips[] = { NULL, "letters", "misread", "swapped" };
    acrm_vin_suggestion found[VIN_SUGGESTIONS];
    size_t n = 0;
    bool ok = list && acrm_vin_suggest(text, len, flags, found, VIN_SUGGESTIONS, &n) == ACRM_OK;

    for (size_t i = 0; ok && i < n; i++) {
        acrm_value *one = acrm__add_map(list);
        ok = one && acrm__put_text(one, "vin", found[i].vin) &&
             acrm__put_text(one, "slip", slips[found[i].slip]) &&
             acrm__put_int(one, "position", found[i].at + 1);
    }
    return ok;
}

int32_t acrm__stock_vin(acrm__call *call)
{
    static const char *const rules[] = { NULL, "length", "character", "check_digit" };
    const char *text = acrm__arg_text(call, "vin");
    uint32_t flags = acrm__arg_bool(call, "china_binds", false) ? ACRM_VIN_CHINA_BINDS : 0;
    acrm_vin vin = { .struct_size = sizeof vin };
    acrm_value *out = call->out;
    int32_t st = acrm_vin_check(text, strlen(text), flags, &vin);
    const struct {
        const char *key, *text;
    } told[] = {
        { "rule", rules[vin.rule] },
        { "wmi", vin.wmi }, { "vds", vin.vds }, { "vis", vin.vis },
        { "maker", vin.origin.maker }, { "country", vin.origin.country },
        { "country_name", vin.origin.country_name }, { "region", vin.origin.region },
        { "plant", vin.plant }, { "year_code", vin.year_code },
        { "check_expected", vin.check_expected },
    };
    bool ok = st == ACRM_OK && acrm__put_bool(out, "valid", vin.rule == ACRM_VIN_OK) &&
              acrm__put_text(out, "normalized", *vin.normalized ? vin.normalized : NULL);

    for (size_t i = 0; ok && i < sizeof told / sizeof told[0]; i++)
        ok = acrm__put_text(out, told[i].key, told[i].text && *told[i].text ? told[i].text : NULL);
    ok = ok && (vin.at < 0 ? acrm__put_null(out, "position")
                           : acrm__put_int(out, "position", vin.at + 1)) &&
         acrm__put_bool(out, "check_ok", vin.check_ok) &&
         acrm__put_bool(out, "check_binds", vin.check_binds) &&
         (vin.year_north_america ? acrm__put_int(out, "model_year", vin.year_north_america)
                                 : acrm__put_null(out, "model_year"));
    acrm_value *years = ok ? acrm__put_list(out, "model_years") : NULL;
    ok = years && vin_year(years, vin.years[0]) && vin_year(years, vin.years[1]) &&
         vin_suggestions(text, strlen(text), flags, acrm__put_list(out, "suggestions"));
    return ok ? ACRM_OK : acrm__nomem(call);
}

const char *acrm__stock_vin_meant(acrm__call *call, const char *text, size_t len)
{
    acrm_vin_suggestion found;
    size_t n = 0;

    return acrm_vin_suggest(text, len, 0, &found, 1, &n) == ACRM_OK && n > 0
               ? acrm__arena_text(call->arena, found.vin, strlen(found.vin)) : NULL;
}
