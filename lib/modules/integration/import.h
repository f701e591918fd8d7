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

/* A row as the arguments of a lead, in the call's arena; *draft NULL: see fault. */
int32_t acrm__import_draft(acrm__call *call, const acrm__draft_options *options, int32_t format,
                           const acrm__rows_item *item, acrm_value **draft,
                           acrm__draft_fault *fault);
/* Submit it. ACRM_OK also when the lead is refused: *refusal (transfer full) tells why, the outcome
 * is "rejected", and what the row has written so far is the caller's to undo. */
int32_t acrm__import_submit(acrm__call *call, acrm_value *draft, acrm__import_outcome *out,
                            acrm_error **refusal);
/* A refusal as a fault of the row, with the column that is to blame. */
void acrm__import_blame(acrm__call *call, const acrm__draft_options *options, int32_t format,
                        const acrm_value *row, const acrm_error *refusal,
                        acrm__draft_fault *fault);
/* Read back what an import_job says about its rows. */
int32_t acrm__import_options(acrm__call *call, const acrm__rec *job, acrm__draft_options *out);

#endif
