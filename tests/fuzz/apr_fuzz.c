/* SPDX-License-Identifier: MIT */
/* Random bytes as flows, times and options: the rate search must end with a status, a rate that
 * solves its own equation, or a word about why there is none. */
#include "autocrm/apr.h"
#include "bytes.h"

#include <math.h>
#include <string.h>

enum { FUZZ_FLOWS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_apr(fuzz_bytes *in)
{
    acrm_apr_options options = { .struct_size = sizeof options };
    acrm_apr_result result = { .struct_size = sizeof result, .outcome = -1 };
    acrm_issue issue = { 0 };
    acrm_flow flows[FUZZ_FLOWS];
    acrm_flow_time times[FUZZ_FLOWS];
    size_t n = 0;

    options.method = (int32_t)fuzz_take(in, 1);
    options.timing = (int32_t)fuzz_take(in, 1);
    options.unit_kind = (int32_t)fuzz_take(in, 1);
    options.unit_count = (int32_t)fuzz_take(in, 2);
    options.decimals = (int32_t)fuzz_take(in, 1);
    bool start = fuzz_take(in, 1) == 1;
    options.start_day = start ? (int32_t)fuzz_take(in, 4) : ACRM_DAY_NONE;
    options.percent_low = (double)fuzz_take(in, 2) / 8;
    options.percent_high = (double)fuzz_take(in, 4) / 8;
    bool full = fuzz_take(in, 1) & 1; /* rows of eight-byte amounts and given times, or short */
    while (in->left > 0 && n < FUZZ_FLOWS) {
        flows[n] = (acrm_flow){ .kind = (int32_t)fuzz_take(in, 1),
                                .counts = (int32_t)fuzz_take(in, 1),
                                .amount = fuzz_take(in, full ? 8 : 3),
                                .day = (int32_t)fuzz_take(in, full ? 4 : 2) };
        times[n] = (acrm_flow_time){ 0, 0, 1 };
        if (options.timing != ACRM_APR_BY_DATE)
            times[n] = (acrm_flow_time){ (int32_t)fuzz_take(in, full ? 4 : 1),
                                         (int32_t)fuzz_take(in, full ? 4 : 1),
                                         (int32_t)fuzz_take(in, full ? 4 : 1) };
        n++;
    }
    int32_t status = acrm_apr(&options, flows, n, times, &result, &issue);
    if (status != ACRM_OK) {
        fuzz_check(result.outcome == -1 && issue.field != NULL && issue.allowed != NULL);
        return;
    }
    bool unique = result.outcome == ACRM_APR_UNIQUE;
    fuzz_check(result.outcome >= ACRM_APR_UNIQUE && result.outcome <= ACRM_APR_UNDECIDED);
    fuzz_check(unique == (isfinite(result.percent) != 0));
    fuzz_check(!unique || result.root_count == 1);
    for (int32_t i = 0; i < result.root_count && i < ACRM_APR_ROOTS_MAX; i++)
        fuzz_check(isfinite(result.roots[i]) && (i == 0 || result.roots[i] >= result.roots[i - 1]));
}

static void fuzz_interval(fuzz_bytes *in)
{
    acrm_apr_options options = { .struct_size = sizeof options, .start_day = ACRM_DAY_NONE };
    acrm_flow_time time = { 0, 0, 1 };
    acrm_day_count_rule rule = { .struct_size = sizeof rule };
    acrm_year_fraction fraction = { .den = 1 };

    options.method = (int32_t)fuzz_take(in, 1);
    options.unit_kind = (int32_t)fuzz_take(in, 1);
    options.unit_count = (int32_t)fuzz_take(in, 2);
    int32_t from = (int32_t)fuzz_take(in, 4);
    int32_t to = (int32_t)fuzz_take(in, 4);
    if (acrm_apr_interval(&options, from, to, &time, NULL) == ACRM_OK)
        fuzz_check(time.whole >= 0 && time.odd_num >= 0 && time.odd_num < time.odd_den);
    rule.convention = (int32_t)fuzz_take(in, 1);
    rule.period_months = (int32_t)fuzz_take(in, 1);
    rule.month_end = (int32_t)fuzz_take(in, 1);
    rule.anchor = (int32_t)fuzz_take(in, 4);
    rule.termination = (int32_t)fuzz_take(in, 4);
    if (acrm_day_count(&rule, from, to, &fraction, NULL) == ACRM_OK)
        fuzz_check(fraction.num >= 0 && fraction.den > 0 && fraction.days <= to - from + 31);
}

static void fuzz_rates(fuzz_bytes *in)
{
    acrm_rate_terms terms = { .struct_size = sizeof terms };
    double value;
    double out = 0;

    terms.per_year = (int32_t)fuzz_take(in, 2);
    terms.periods = (int32_t)fuzz_take(in, 2);
    terms.advance = (int32_t)fuzz_take(in, 1);
    int32_t from = (int32_t)fuzz_take(in, 1);
    int32_t to = (int32_t)fuzz_take(in, 1);
    int64_t bits = fuzz_take(in, 8);
    memcpy(&value, &bits, sizeof value);
    if (acrm_rate_convert(&terms, from, to, value, &out, NULL) == ACRM_OK)
        fuzz_check(isfinite(out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes in = { data, size };

    switch (fuzz_take(&in, 1)) {
    case 1:
        fuzz_interval(&in);
        break;
    case 2:
        fuzz_rates(&in);
        break;
    default:
        fuzz_apr(&in);
        break;
    }
    return 0;
}
