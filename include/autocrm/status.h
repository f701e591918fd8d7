/* SPDX-License-Identifier: MIT */
/** Status codes and the library's version. */
#ifndef AUTOCRM_STATUS_H
#define AUTOCRM_STATUS_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define ACRM_API
#elif defined(ACRM_BUILDING)
#define ACRM_API __attribute__((visibility("default")))
#else
#define ACRM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Status codes: what every function of the library returns. 0 is success, every failure is
 * negative. Append only; a value is never renumbered or reused. Treat an unknown negative as
 * failure. The finer cause is the text code of acrm_error_reason().
 */
enum {
    ACRM_OK = 0,
    ACRM_E_NOMEM = -1,        /**< allocation failed; the call had no effect */
    ACRM_E_INVALID = -2,      /**< the caller's input is wrong; see the error's field and details */
    ACRM_E_NOTFOUND = -3,     /**< no such record or operation, or not one this session may see */
    ACRM_E_CONFLICT = -4,     /**< stale version, or a value that must be unique is taken */
    ACRM_E_STORE = -5,        /**< the storage failed; the transaction was rolled back */
    ACRM_E_UNSUPPORTED = -6,  /**< this storage, port or build cannot do it */
    ACRM_E_MISUSE = -7,       /**< bug in the caller: NULL, re-entry, wrong thread, freed handle */
    ACRM_E_DENIED = -8,       /**< the session's role lacks the permission of this operation */
    ACRM_E_LIMIT = -9,        /**< a published limit was exceeded (size, depth, count) */
    ACRM_E_BUSY = -10,        /**< another writer holds the storage; try again */
    ACRM_E_CORRUPT = -11,     /**< damaged data, or a file that is not an autocrm database */
    ACRM_E_VERSION = -12,     /**< the database was written by a newer version of the library */
    ACRM_E_INTERRUPTED = -13, /**< acrm_interrupt() or a progress callback ended the call */
    ACRM_E_READONLY = -14,    /**< the storage cannot be written */
    ACRM_E_FULL = -15         /**< no space left on the device */
};

/**
 * The library's version, e.g. "0.1.0".
 * @return (transfer none) static text; never NULL
 * @since 0.1
 */
ACRM_API const char *acrm_version(void);

/**
 * The constant's name of a status, e.g. "ACRM_E_CONFLICT".
 * @return (transfer none) static text; "ACRM_E_UNKNOWN" for a code this version does not know
 * @since 0.1
 */
ACRM_API const char *acrm_status_name(int32_t status);

/**
 * One line of plain English for a status.
 * @return (transfer none) static text; never NULL
 * @since 0.1
 */
ACRM_API const char *acrm_status_text(int32_t status);

/**
 * The n-th status the library can return, to let bindings build their constants at load time.
 * @param n         0, 1, 2 ...
 * @param[out] code (optional) the status
 * @return (transfer none) its name, or NULL when @p n is past the last one
 * @since 0.1
 */
ACRM_API const char *acrm_status_at(size_t n, int32_t *code);

#ifdef __cplusplus
}
#endif

#endif
