/* SPDX-License-Identifier: MIT */
/** What an engine found wrong with one argument: the field, the row, and what is allowed. */
#ifndef AUTOCRM_ISSUE_H
#define AUTOCRM_ISSUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The first fault of a refused call. The engines fill it when the caller passes one; it is
 * untouched on success. Its three members are fixed for good, so it carries no struct_size.
 * @since 0.1
 */
typedef struct acrm_issue {
    const char *field;   /**< (transfer none) static text: the argument or member, "flows.amount" */
    const char *allowed; /**< (transfer none) static text: what would be accepted, "0..1200" */
    int64_t row;         /**< index into the array that @c field belongs to; -1 when it is none */
} acrm_issue;

#ifdef __cplusplus
}
#endif

#endif
