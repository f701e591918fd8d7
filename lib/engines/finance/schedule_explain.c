/* SPDX-License-Identifier: MIT */
/* How a schedule came about: the steps of its computation, recorded while it runs. */
#include "engines/finance/schedule_internal.h"

#include "engines/finance/finance_internal.h"

void acrm__trace_add(acrm__trace *trace, const acrm_explain_line *line)
{
    if (trace->len == trace->max) {
        trace->full = true;
        return;
    }
    acrm_explain_line *added = &trace->lines[trace->len++];
    *added = *line;
    if (line->den == 0)
        return;
    acrm__u128 num = (acrm__u128)(uint64_t)line->base * (uint64_t)line->num;
    acrm__u128 whole = num / (uint64_t)line->den;
    acrm__u128 rest = num - whole * (uint64_t)line->den;
    added->whole = whole > (acrm__u128)INT64_MAX ? INT64_MAX : (int64_t)whole;
    added->ppt = (int64_t)(rest * UINT64_C(1000000000000) / (uint64_t)line->den);
}

/* Walks to the row and records only it. */
static int32_t explain_row(acrm__plan *plan, int32_t row, acrm__trace *trace)
{
    acrm__cursor cursor = { .k = 0 };
    acrm_schedule_row made;

    for (int32_t i = 0; i <= row; i++) {
        if (cursor.done)
            return acrm__issue(plan->issue, ACRM_E_NOTFOUND, "row", -1, "-1..rows - 1");
        plan->trace = i == row ? trace : NULL;
        int32_t status = acrm__schedule_next(plan, &cursor, &made);
        if (status != ACRM_OK)
            return status;
    }
    return ACRM_OK;
}

int32_t acrm_schedule_explain(const acrm_finance_terms *terms, int32_t row,
                              acrm_explain_line *lines, size_t lines_max, size_t *n_lines,
                              acrm_issue *issue)
{
    acrm__plan plan;
    acrm__trace trace = { .lines = lines, .max = lines_max };

    if (terms == NULL || terms->struct_size != sizeof *terms || n_lines == NULL ||
        (lines == NULL && lines_max > 0))
        return ACRM_E_MISUSE;
    if (row < -1)
        return acrm__issue(issue, ACRM_E_NOTFOUND, "row", -1, "-1..rows - 1");

    int32_t status = acrm__plan_make(&plan, terms, row < 0 ? &trace : NULL, issue);
    if (status == ACRM_OK && row >= 0)
        status = explain_row(&plan, row, &trace);
    if (status == ACRM_OK && trace.full)
        status = acrm__issue(issue, ACRM_E_LIMIT, "lines_max", -1, "256");
    if (status == ACRM_OK)
        *n_lines = trace.len;
    return status;
}
