/* SPDX-License-Identifier: MIT */
/* The inside of errors. */
#ifndef ACRM_BASE_ERROR_H
#define ACRM_BASE_ERROR_H

#include "autocrm/error.h"
#include "base/value.h"

/* Make an error and store it through err (which may be NULL), freeing nothing that was there; the
 * message is formatted (printf rules). Returns code, so that `return acrm__error(...)` works. */
int32_t acrm__error(acrm_error **err, int32_t code, const char *reason, const char *field,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same with details: a list of {field, reason, message} maps that becomes "fields". The error's
 * own field, reason and message are those of its first element. */
int32_t acrm__error_fields(acrm_error **err, int32_t code, const acrm_value *fields);
/* The shared out-of-memory error; returns ACRM_E_NOMEM. */
int32_t acrm__error_nomem(acrm_error **err);

#endif
