/* SPDX-License-Identifier: MIT */
/* The operations import.run, import.retry and import.discard. */
#ifndef ACRM_MODULES_INTEGRATION_IMPORT_H
#define ACRM_MODULES_INTEGRATION_IMPORT_H

#include "modules/integration/draft.h"
#include "modules/integration/rows.h"

int32_t acrm__import_run(acrm__call *call);
int32_t acrm__import_retry(acrm__call *call);
int32_t acrm__import_discard(acrm__call *call);

/* What came of a row. */
typedef struct acrm__import_outcome {
    const char *outcome; /* created, attached, updated, unchanged, rejected */
    unsigned char lead[16], customer[16];
    bool has_lead, has_customer;
    acrm__draft_fault fault;
} acrm__import_outcome;

/* Draft a row and submit it, in a savepoint of its own: a refusal is an outcome, not a failure. */
int32_t acrm__import_submit(acrm__call *call, const acrm__draft_options *options, int32_t format,
                            const acrm__rows_item *item, acrm__import_outcome *out);
/* Read back what an import_job says about its rows. */
int32_t acrm__import_options(acrm__call *call, const acrm__rec *job, acrm__draft_options *out);

#endif
