/* SPDX-License-Identifier: MIT */
/** Log port: the only way in which the library speaks by itself. */
#ifndef AUTOCRM_PORT_LOG_H
#define AUTOCRM_PORT_LOG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Log levels. */
enum { ACRM_LOG_ERROR = 1, ACRM_LOG_WARNING = 2, ACRM_LOG_INFO = 3, ACRM_LOG_DEBUG = 4 };

/** Log port. Set struct_size; the library copies the struct. Called on the thread of the call
 * that caused the line. Lines hold no personal data. Without it nothing is logged. */
typedef struct acrm_log {
    uint32_t struct_size; /**< sizeof(acrm_log), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to write */
    int32_t level;        /**< the most detailed level that is wanted */
    void (*write)(void *self, int32_t level, const char *line);
} acrm_log;

#ifdef __cplusplus
}
#endif

#endif
