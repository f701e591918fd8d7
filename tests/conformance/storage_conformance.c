/* SPDX-License-Identifier: MIT */
/* The storage suite in one call. */
#include "conformance/report.h"
#include "conformance/storage_suite.h"

int32_t acrm_conformance_storage(const acrm_storage_subject *subject, acrm_conformance **out)
{
    char message[512];

    if (!subject || !out || subject->struct_size != sizeof *subject || !subject->open)
        return ACRM_E_MISUSE;
    const storage_suite_target target = { .user = subject->user, .open = subject->open,
                                          .clean = subject->clean };
    acrm_conformance *report = report_new();
    if (!report)
        return ACRM_E_NOMEM;
    for (int n = 0; storage_suite_name(n); n++) {
        message[0] = '\0';
        int kept = storage_suite_run(n, &target, message, sizeof message) == 0;
        report_check(report, kept, storage_suite_name(n), "%s", message);
    }
    *out = report;
    return ACRM_OK;
}
