/* SPDX-License-Identifier: MIT */
/* The findings of a run. */
#include "conformance/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPORT_FAILURES_MAX = 256, REPORT_PROMISE = 160, REPORT_TEXT = 512 };

struct acrm_conformance {
    int32_t checks, failures, skipped;
    struct {
        char promise[REPORT_PROMISE], text[REPORT_TEXT];
    } failed[REPORT_FAILURES_MAX];
};

acrm_conformance *report_new(void)
{
    return calloc(1, sizeof(acrm_conformance));
}

int report_check(acrm_conformance *report, int kept, const char *promise, const char *format, ...)
{
    va_list args;

    report->checks++;
    if (kept || report->failures == REPORT_FAILURES_MAX)
        return kept;
    va_start(args, format);
    snprintf(report->failed[report->failures].promise, REPORT_PROMISE, "%s", promise);
    vsnprintf(report->failed[report->failures].text, REPORT_TEXT, format, args);
    va_end(args);
    report->failures++;
    return 0;
}

void report_skip(acrm_conformance *report)
{
    report->skipped++;
}

int32_t acrm_conformance_checks(const acrm_conformance *report)
{
    return report->checks;
}

int32_t acrm_conformance_failures(const acrm_conformance *report)
{
    return report->failures;
}

int32_t acrm_conformance_skipped(const acrm_conformance *report)
{
    return report->skipped;
}

const char *acrm_conformance_promise(const acrm_conformance *report, int32_t n)
{
    return n >= 0 && n < report->failures ? report->failed[n].promise : NULL;
}

const char *acrm_conformance_text(const acrm_conformance *report, int32_t n)
{
    return n >= 0 && n < report->failures ? report->failed[n].text : NULL;
}

void acrm_conformance_free(acrm_conformance *report)
{
    free(report);
}
