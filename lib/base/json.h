/* SPDX-License-Identifier: MIT */
/* JSON: a strict reader into values in an arena, and a writer. */
#ifndef ACRM_BASE_JSON_H
#define ACRM_BASE_JSON_H

#include "base/error.h"
#include "base/value.h"

enum {
    ACRM__JSON_DEPTH_MAX = ACRM__VALUE_DEPTH_MAX,
    ACRM__JSON_BYTES_MAX = 64 * 1024 * 1024
};

typedef struct acrm__json_fault {
    size_t offset; /* of the first byte that does not fit */
    uint32_t line; /* from 1 */
    uint32_t column; /* in bytes, from 1 */
    const char *expected; /* static text: what is wrong, or what was expected there */
} acrm__json_fault;

/* Read one JSON text into an arena. ACRM_OK, ACRM_E_INVALID, ACRM_E_LIMIT or ACRM_E_NOMEM;
 * *fault is set on INVALID and LIMIT. Not recursive. The text is copied into the arena once, and
 * the texts of the values point into that copy. */
int32_t acrm__json_read(acrm__arena *arena, const char *json, size_t len, acrm_value **out,
                        acrm__json_fault *fault);
/* Make the error of a failed read and return its status. */
int32_t acrm__json_error(acrm_error **err, int32_t status, const acrm__json_fault *fault);

/* Append JSON. indent 0: one line without spaces. Not recursive. ACRM_OK, ACRM_E_LIMIT when the
 * value is deeper than the limit (what was appended is then no JSON), ACRM_E_NOMEM. */
int32_t acrm__json_write(acrm__str *out, const acrm_value *value, int32_t indent);
/* How many bytes a text begins with that stand for themselves in a literal: no quote, backslash or
 * control character. */
size_t acrm__json_plain(const char *text, size_t len);
/* Append one JSON string literal with its quotes. */
void acrm__json_write_text(acrm__str *out, const char *text, size_t len);

#endif
