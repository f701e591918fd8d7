/* SPDX-License-Identifier: MIT */
/* JSON written straight to text, for the descriptions: large, regular, and read by nobody here. */
#ifndef ACRM_FACE_OUT_H
#define ACRM_FACE_OUT_H

#include "base/value.h"

/* `key` is NULL for an element of a list and for the root. Commas come by themselves; a failed
 * allocation shows at the end, in the string. */
void acrm__out_open(acrm__str *out, const char *key, char bracket);
void acrm__out_close(acrm__str *out, char bracket);
void acrm__out_text(acrm__str *out, const char *key, const char *text); /* NULL: nothing */
void acrm__out_int(acrm__str *out, const char *key, int64_t n);
void acrm__out_bool(acrm__str *out, const char *key, bool truth);
void acrm__out_null(acrm__str *out, const char *key);
void acrm__out_value(acrm__str *out, const char *key, const acrm_value *value);

#endif
