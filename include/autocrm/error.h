/* SPDX-License-Identifier: MIT */
/** What went wrong, as an object handed out through the last parameter of a failing call. */
#ifndef AUTOCRM_ERROR_H
#define AUTOCRM_ERROR_H

#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Immutable; may be read by any thread; free with acrm_error_free(). */
typedef struct acrm_error acrm_error;

/**
 * The status of the failed call.
 * @param error (optional)
 * @return ACRM_OK when @p error is NULL
 * @since 0.1
 */
ACRM_API int32_t acrm_error_code(const acrm_error *error);

/**
 * One line for people: what is wrong and what to do about it. Holds no secret or personal value.
 * @return (transfer none) lives as long as @p error; "" when @p error is NULL
 * @since 0.1
 */
ACRM_API const char *acrm_error_message(const acrm_error *error);

/**
 * The path of the first failing field, e.g. "lines[2].price"; "" when no field is to blame.
 * @return (transfer none) lives as long as @p error
 * @since 0.1
 */
ACRM_API const char *acrm_error_field(const acrm_error *error);

/**
 * A stable text code finer than the status: "required", "type", "range", "choice", "format",
 * "unknown_field", "duplicate", "stale_version", "reference", "read_only", "limit", "json",
 * "connection", "memory" ...
 * @return (transfer none) lives as long as @p error; "" when there is none
 * @since 0.1
 */
ACRM_API const char *acrm_error_reason(const acrm_error *error);

/**
 * Whether the same call may succeed later without a change: ACRM_E_BUSY, ACRM_E_NOMEM, or any
 * status with the reason "connection".
 * @return 1 or 0
 * @since 0.1
 */
ACRM_API int32_t acrm_error_retriable(const acrm_error *error);

/**
 * The whole error as a JSON object: code, name, message, field, reason, retriable and, for a
 * failed validation, "fields": a list of {field, reason, message} with every failing field.
 * @return (transfer none) lives as long as @p error; "{}" when @p error is NULL
 * @since 0.1
 */
ACRM_API const char *acrm_error_json(const acrm_error *error);

/**
 * Make an error, for those who write ports.
 * @param code     a negative ACRM_E_* status
 * @param reason   (nullable) text code, e.g. "connection"
 * @param field    (nullable) field path
 * @param message  one line, UTF-8
 * @return (transfer full) never NULL: when memory is short, the shared out-of-memory error, which
 *         acrm_error_free() accepts too
 * @since 0.1
 */
ACRM_API acrm_error *acrm_error_new(int32_t code, const char *reason, const char *field,
                                    const char *message);

/**
 * Free an error.
 * @param error (nullable)
 * @since 0.1
 */
ACRM_API void acrm_error_free(acrm_error *error);

#ifdef __cplusplus
}
#endif

#endif
