/* SPDX-License-Identifier: MIT */
/* From a row of any format to the arguments of lead.submit. */
#ifndef ACRM_MODULES_INTEGRATION_DRAFT_H
#define ACRM_MODULES_INTEGRATION_DRAFT_H

#include "kernel/call.h"

enum { ACRM__DRAFT_KNOWN = 32, ACRM__DRAFT_NAME = 40 };

/* Columns whose meaning was found, so that the names are gone through once for an import. */
typedef struct acrm__draft_known {
    uint32_t n;
    struct {
        char column[ACRM__DRAFT_NAME];
        size_t target;
    } items[ACRM__DRAFT_KNOWN];
} acrm__draft_known;

/* What an import says about all of its rows. */
typedef struct acrm__draft_options {
    const char *provider; /* who delivered it; NULL: the source's name */
    const char *source;   /* code of the lead source of rows that name none; NULL: none */
    const char *country;  /* for phone numbers without one; NULL: none */
    const char *dealer;   /* id of the dealer whose leads they are; NULL: distributed by rule */
    const char *channel;  /* NULL: lead's default */
    const acrm_value *mapping; /* column -> target, before the known names; NULL: none */
    acrm__draft_known *known;  /* NULL: nothing is remembered */
} acrm__draft_options;

/* Why a row cannot be used. */
typedef struct acrm__draft_fault {
    char reason[32];
    char message[300];
    char place[200]; /* column or element */
} acrm__draft_fault;

/* A row of named texts (CSV, JSON lines). Columns that mean nothing known go into the comments, so
 * that nothing is lost. *out NULL: see fault. */
int32_t acrm__draft_flat(acrm__call *call, const acrm__draft_options *options,
                         const acrm_value *row, acrm_value **out, acrm__draft_fault *fault);
/* An ADF prospect (modules/integration/adf.h). */
int32_t acrm__draft_adf(acrm__call *call, const acrm__draft_options *options,
                        const acrm_value *prospect, acrm_value **out, acrm__draft_fault *fault);
/* The column that gave the value an operation refuses by its field, else the field itself. */
const char *acrm__draft_column(acrm__call *call, const acrm__draft_options *options,
                               const acrm_value *row, const char *field);
/* The target that a column's name means in one of several languages; *out NULL: none. */
int32_t acrm__draft_meaning(acrm__call *call, const char *column, const char **out);
/* The targets a mapping may name, NULL past the end. */
const char *acrm__draft_target_at(size_t n);
/* Shared by both: ids, provider, source, customer; refuses a row with nobody to call. */
int32_t acrm__draft_begin(acrm__call *call, const acrm__draft_options *options, acrm_value **out);
int32_t acrm__draft_end(acrm__call *call, const acrm__draft_options *options, acrm_value *draft,
                        const char *identity, size_t identity_len, acrm__draft_fault *fault);
bool acrm__draft_contact(acrm_value *draft, const char *channel, const char *value, size_t len,
                         const char *country);
int32_t acrm__draft_refuse(acrm__draft_fault *fault, const char *reason, const char *place,
                           const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
