/* SPDX-License-Identifier: MIT */
/* Fuzzes deals: the bytes are lines; what is worked out must reconcile. */
#include "autocrm/deal.h"
#include "bytes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_LINES = 64 };

static void fuzz_line(fuzz_bytes *in, acrm_deal_line *line)
{
    *line = (acrm_deal_line){ .struct_size = sizeof *line };
    line->kind = (int32_t)(fuzz_take(in, 1) & 15);
    line->amount = fuzz_take(in, 4) & INT64_C(0x7fffffff);
    line->quantity = (fuzz_take(in, 1) & 7) + (line->kind ? 1 : 0);
    if (line->kind == ACRM_DEAL_DISCOUNT) {
        line->on = (int32_t)fuzz_take(in, 1);
        line->rate = (line->amount & 1) * fuzz_take(in, 4);
        line->amount = line->rate ? 0 : line->amount >> 16;
    } else if (line->kind <= ACRM_DEAL_LEVY) {
        line->includes_tax = (int32_t)(fuzz_take(in, 1) & 1);
        line->tax_rate = (fuzz_take(in, 1) & 31) * 10000000;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes in = { data, size };
    int32_t trade_in_tax = (int32_t)(fuzz_take(&in, 1) & 1);
    acrm_deal_totals t = { .struct_size = sizeof t };
    acrm_deal_line lines[FUZZ_LINES] = { { 0 } };
    acrm_deal_part parts[FUZZ_LINES];
    acrm_issue issue = { .row = -2 };
    int64_t net = 0, gross = 0, after = 0;
    size_t n = 0;

    while (in.left > 0 && n < FUZZ_LINES)
        fuzz_line(&in, &lines[n++]);
    if (acrm_deal_reckon(lines, n, trade_in_tax, parts, &t, &issue) != ACRM_OK) {
        fuzz_check(issue.field && issue.row >= -1);
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        net += parts[i].net;
        gross += parts[i].gross;
        after += lines[i].kind > ACRM_DEAL_DISCOUNT ? parts[i].quoted : 0;
        fuzz_check(parts[i].net + parts[i].tax == parts[i].gross);
        fuzz_check(parts[i].tax >= 0 && parts[i].net >= 0 && parts[i].discount >= 0);
    }
    fuzz_check(net == t.net && gross == t.gross && gross + after == t.due);
    return 0;
}
