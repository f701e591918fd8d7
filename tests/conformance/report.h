/* SPDX-License-Identifier: MIT */
/* What a run of a suite writes its findings into. */
#ifndef AUTOCRM_CONFORMANCE_REPORT_H
#define AUTOCRM_CONFORMANCE_REPORT_H

#include "conformance/autocrm_conformance.h"

acrm_conformance *report_new(void); /* NULL: memory is short */
/* Count a check; unless `kept`, note the promise and what was found. Returns `kept`. */
__attribute__((format(printf, 4, 5))) int report_check(acrm_conformance *report, int kept,
                                                       const char *promise, const char *format,
                                                       ...);
void report_skip(acrm_conformance *report);

#endif
