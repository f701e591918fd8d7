/* SPDX-License-Identifier: MIT */
/* Fuzzes catalogues and choices: proposals must be valid and as far away as they say, totals must
 * add up. */
#include "autocrm/configuration.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OPTIONS = 80, RULES = 24, LIST = 6, LINES = 8 };

static size_t fuzz_list(fuzz_bytes *in, uint32_t *list, size_t options)
{
    size_t n = (size_t)(fuzz_take(in, 1) & 7) % (LIST + 1);

    for (size_t i = 0; i < n; i++) {
        uint32_t option = (uint32_t)(fuzz_take(in, 1) & 127);
        list[i] = option == 127 ? option : option % (uint32_t)(options + (options == 0));
    }
    return n;
}

static size_t fuzz_faults(const acrm_configuration *c, const unsigned char *flags, size_t options)
{
    uint32_t list[OPTIONS];
    size_t n = 0, count = 0;

    for (uint32_t o = 0; o < options; o++)
        if (flags[o])
            list[n++] = o;
    fuzz_check(acrm_configuration_check(c, list, n, NULL, NULL, 0, &count, NULL) == ACRM_OK);
    return count;
}

static void fuzz_choice(fuzz_bytes *in, const acrm_configuration *c, size_t options)
{
    uint32_t chosen[LIST];
    size_t n = fuzz_list(in, chosen, options), count = 0, lines = 0;
    acrm_configuration_breach breaches[4];
    acrm_configuration_line line[LINES];
    unsigned char proposed[OPTIONS] = { 0 };
    int64_t amounts[OPTIONS];
    acrm_configuration_proposal found = { .struct_size = sizeof found };
    acrm_configuration_total total = { .struct_size = sizeof total };
    acrm_configuration_prices prices = { .struct_size = sizeof prices, .amounts = amounts };

    if (acrm_configuration_check(c, chosen, n, proposed, breaches, 4, &count, NULL) != ACRM_OK)
        return;
    fuzz_check(acrm_configuration_nearest(c, chosen, n, 200, proposed, &found, NULL) == ACRM_OK);
    fuzz_check(found.steps <= 200);
    if (found.outcome == ACRM_SEARCH_FOUND) {
        uint32_t far = 0;
        fuzz_check(fuzz_faults(c, proposed, options) == 0);
        fuzz_check((found.changes == 0) == (count == 0));
        for (size_t i = 0; i < n; i++)
            far += proposed[chosen[i]] ? 0 : 1;
        for (size_t o = 0; o < options; o++)
            far += proposed[o] ? 1 : 0;
        for (size_t i = 0; i < n; i++)
            far -= proposed[chosen[i]] ? 1 : 0;
        fuzz_check(far == found.changes);
    }
    for (size_t o = 0; o < options; o++)
        amounts[o] = fuzz_take(in, 4);
    prices.base = fuzz_take(in, 8);
    prices.tax_millionths = fuzz_take(in, 3);
    prices.rounding = (int32_t)fuzz_take(in, 1) & 1;
    prices.includes_tax = (int32_t)fuzz_take(in, 1) & 1;
    if (acrm_configuration_price(c, chosen, n, &prices, line, LINES, &lines, &total, NULL) ==
        ACRM_OK)
        fuzz_check(total.net + total.tax == total.total && total.rounded_den > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes in = { data, size };
    unsigned char offered[OPTIONS];
    uint32_t lists[RULES][2][LIST];
    acrm_option_rule rules[RULES];
    acrm_configuration_contradiction list[4];
    acrm_configuration *c = NULL;
    acrm_issue issue = { "", "", 0 };
    size_t count = 0, why = 0;
    acrm_configuration_definition definition = { .struct_size = sizeof definition,
                                                 .offered = offered, .rules = rules };

    definition.options_count = (size_t)(fuzz_take(&in, 1) & 127) % (OPTIONS + 1);
    definition.rules_count = (size_t)(fuzz_take(&in, 1) & 31) % (RULES + 1);
    for (size_t o = 0; o < definition.options_count; o++)
        offered[o] = (unsigned char)(fuzz_take(&in, 1) & 3) % 3;
    for (size_t r = 0; r < definition.rules_count; r++) {
        rules[r] = (acrm_option_rule){ .kind = (int32_t)(fuzz_take(&in, 1) & 7),
                                       .when = lists[r][0], .then = lists[r][1] };
        rules[r].when_count = fuzz_list(&in, lists[r][0], definition.options_count);
        rules[r].then_count = fuzz_list(&in, lists[r][1], definition.options_count);
    }
    if (acrm_configuration_new(&definition, NULL, &c, &issue) != ACRM_OK)
        return 0;
    fuzz_check(acrm_configuration_contradictions(c, 100, list, 4, &count) == ACRM_OK);
    for (size_t i = 0; i < count && i < 4; i++)
        if (list[i].kind == ACRM_CONTRADICTION_OPTION)
            fuzz_check(acrm_configuration_core(c, list[i].option, 100, NULL, 0, &why) == ACRM_OK);
    for (int i = 0; i < 3; i++)
        fuzz_choice(&in, c, definition.options_count);
    acrm_configuration_free(c);
    return 0;
}
