/* SPDX-License-Identifier: MIT */
/*
 * JSON lines: one JSON object per line, read one by one; lines that are wrong are told apart from
 * those that are right. Streams: memory depends on the longest line alone.
 */
#ifndef ACRM_MODULES_INTEGRATION_JSONL_H
#define ACRM_MODULES_INTEGRATION_JSONL_H

#include "base/json.h"
#include "modules/integration/input.h"

enum {
    ACRM__JSONL_LINE_MAX = 1024 * 1024, /* bytes of a line */
    ACRM__JSONL_RAW_MAX = 65536         /* bytes kept of a line beyond that */
};

/* Lives until the next one is asked for. */
typedef struct acrm__jsonl_row {
    uint64_t number; /* from 1, blank lines not counting */
    uint64_t line;   /* from 1 */
    uint64_t offset; /* of its first byte in the input */
    const char *raw; /* the line as it stands, without its end */
    size_t raw_len;
    const acrm_value *value; /* a map; NULL when the line is wrong */
    const char *fault;       /* static text: what is wrong; NULL when the line is right */
    uint32_t column;         /* of the fault, in bytes from 1 */
} acrm__jsonl_row;

typedef struct acrm__jsonl {
    acrm__input in;
    acrm__arena arena; /* of the row's value */
    uint64_t rows;
    uint64_t line; /* of the next byte */
    size_t pending; /* bytes of the row given out, with its line end */
} acrm__jsonl;

void acrm__jsonl_init(acrm__jsonl *jsonl, const acrm_allocator *allocator, acrm__read_fn read,
                      void *user);
void acrm__jsonl_free(acrm__jsonl *jsonl);
/* The next line; *more is false at the end of the input. ACRM_OK also for lines with a fault;
 * ACRM_E_NOMEM or what `read` returned end the reading. */
int32_t acrm__jsonl_next(acrm__jsonl *jsonl, acrm__jsonl_row *row, bool *more);

#endif
