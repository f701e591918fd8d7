/* SPDX-License-Identifier: MIT */
/* Rows of a file in whatever format, one by one. */
#ifndef ACRM_MODULES_INTEGRATION_ROWS_H
#define ACRM_MODULES_INTEGRATION_ROWS_H

#include "autocrm/vcard.h"
#include "kernel/call.h"
#include "modules/integration/adf.h"
#include "modules/integration/csv.h"
#include "modules/integration/encoding.h"
#include "modules/integration/jsonl.h"

enum { ACRM__ROWS_AUTO = 0, ACRM__ROWS_ADF, ACRM__ROWS_CSV, ACRM__ROWS_JSONL,
       ACRM__ROWS_VCARD };

typedef struct acrm__rows_item {
    uint64_t number;             /* from 1; the header of a CSV does not count */
    const char *raw;             /* as it came (in UTF-8, if it was readable) */
    size_t raw_len;
    const acrm_value *row;       /* a map; NULL: see the fault */
    const char *reason;          /* of a fault */
    const char *message, *place; /* place: column or element, "" when unknown */
} acrm__rows_item;

typedef struct acrm__rows {
    acrm__call *call;
    int32_t format;
    acrm__read_fn read; /* the input as it comes */
    void *user;
    char raw_head[4096]; /* of it, read ahead to tell a vCard */
    size_t raw_len, raw_at;
    acrm__decoder decoder;
    char head[4096]; /* read ahead to know the format; given out again first */
    size_t head_len, head_at;
    acrm__csv csv;
    acrm__jsonl jsonl;
    acrm__adf *adf;
    acrm_vcard_reader *vcard;
    acrm__arena names; /* the header of a CSV */
    const char **columns;
    uint32_t n_columns;
    const char *header; /* the header row as it stands */
    char place[32];
} acrm__rows;

/* Begin reading. format ACRM__ROWS_AUTO: by the first character. encoding
 * ACRM__ENCODING_NONE: guessed. Free it in any case. */
int32_t acrm__rows_open(acrm__rows *rows, acrm__call *call, int32_t format, int32_t encoding,
                        char delimiter, acrm__read_fn read, void *user);
void acrm__rows_close(acrm__rows *rows);
/* The next row; what it holds lives until the one after, but `row` of a CSV or of JSON lines lives
 * in the call's arena. */
int32_t acrm__rows_next(acrm__rows *rows, acrm__rows_item *item, bool *more);

/* vcard_rows.c: a card as a map of a customer's fields and contact points, in the arena. */
/* Its columns are always the same. */
const char *const *acrm__rows_card_columns(uint32_t *n);
int32_t acrm__rows_of_card(acrm__arena *arena, const acrm_value *card, const acrm_value **out);

int32_t acrm__rows_format(const char *name); /* "adf", "csv" ...; AUTO for others */
const char *acrm__rows_format_name(int32_t format);

#endif
