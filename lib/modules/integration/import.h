/* SPDX-License-Identifier: MIT */
/* Imports: what the kinds of them share (rows, steps, outcomes, retries), and the operations. */
#ifndef ACRM_MODULES_INTEGRATION_IMPORT_H
#define ACRM_MODULES_INTEGRATION_IMPORT_H

#include "modules/integration/draft.h"
#include "modules/integration/rows.h"

int32_t acrm__import_run(acrm__call *call);
int32_t acrm__import_upsert(acrm__call *call);
int32_t acrm__import_suggest(acrm__call *call);
int32_t acrm__import_retry(acrm__call *call);
int32_t acrm__import_discard(acrm__call *call);
int32_t acrm__import_undo(acrm__call *call);
int32_t acrm__export_vcard(acrm__call *call);

/* What came of a row. Texts live as long as the row's arena. */
typedef struct acrm__import_outcome {
    const char *outcome; /* created, attached, updated, unchanged, duplicate, rejected */
    unsigned char lead[16], customer[16], record[16];
    bool has_lead, has_customer, has_record;
    int64_t version;         /* of the record afterwards */
    const char *journal;     /* JSON; NULL: none */
    const char *children;    /* JSON; NULL: none */
    const char *faults;      /* JSON; NULL: the one in `fault`, or none */
    const acrm_value *shown; /* of a dry run: fields to {from, to}; NULL: none */
    acrm__draft_fault fault;
} acrm__import_outcome;

typedef struct acrm__upsert_plan acrm__upsert_plan;
typedef struct acrm__import acrm__import;

/* A kind of import. */
typedef struct acrm__import_kind {
    const char *const *options;  /* arguments that are kept with the job; ends with NULL */
    const char *const *outcomes; /* that its rows may have; ends with NULL */
    /* Before the first row: make of the job's options what the rows need. */
    int32_t (*prepare)(acrm__import *in);
    /* A row as arguments, in the call's arena; *draft NULL: see fault. */
    int32_t (*draft)(acrm__import *in, const acrm__rows_item *item, acrm_value **draft,
                     acrm__draft_fault *fault);
    /* Write it. The outcome "rejected" comes with a fault; an error with which a row alone may be
     * refused is told by acrm__import_submit(). */
    int32_t (*submit)(acrm__import *in, acrm_value *draft, acrm__import_outcome *out);
    /* The column that gave the value an operation refuses by its field, else the field itself. */
    const char *(*column)(acrm__import *in, const acrm_value *row, const char *field);
    /* What the result tells besides the counts; NULL: nothing. */
    int32_t (*answer)(const acrm__import *in);
} acrm__import_kind;

extern const acrm__import_kind acrm__import_leads, acrm__import_upserts;

struct acrm__import {
    acrm__call *call;
    const acrm__import_kind *kind;
    acrm__rows rows;
    acrm__rec *job;
    bool dry_run;
    int64_t row; /* number of the row in hand */
    acrm__draft_options options; /* of leads */
    acrm__draft_known known;
    acrm__upsert_plan *plan;     /* of records */
};

/* By the entity of its job. */
const acrm__import_kind *acrm__import_kind_of(const acrm__rec *job);
/* Run an import of a kind over the session's input: the body of its operation. */
int32_t acrm__import_all(acrm__call *call, const acrm__import_kind *kind);
/* Submit a row. ACRM_OK also when it is refused: *refusal (transfer full) tells why, the outcome is
 * "rejected", and what the row has written so far is the caller's to undo. */
int32_t acrm__import_submit(acrm__import *in, acrm_value *draft, acrm__import_outcome *out,
                            acrm_error **refusal);
/* A refusal as a fault of the row, with the column that is to blame. */
void acrm__import_blame(acrm__import *in, const acrm_value *row, const acrm_error *refusal,
                        acrm__import_outcome *out);
/* What came of a row into its record. */
void acrm__import_keep(acrm__rec *row, const acrm__import_outcome *outcome);
/* The options kept with a job; NULL when it has none. */
int32_t acrm__import_options(acrm__call *call, const acrm__rec *job, acrm_value **out);
/* A value as JSON text in the call's arena; NULL when memory is short. */
const char *acrm__import_json(acrm__call *call, const acrm_value *value);

#endif
