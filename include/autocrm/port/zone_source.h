/* SPDX-License-Identifier: MIT */
/** Zone source port: where the time zone files (TZif, RFC 9636) come from. */
#ifndef AUTOCRM_PORT_ZONE_SOURCE_H
#define AUTOCRM_PORT_ZONE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Zone source port. Set struct_size. Without it the system's files under /usr/share/zoneinfo are
 * read. A host that ships its own zones, or has no file system, gives its own.
 * @since 0.1
 */
typedef struct acrm_zone_source {
    uint32_t struct_size; /**< sizeof(acrm_zone_source), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to read */
    /**
     * Copy the TZif file of a zone into a buffer. @p name has been checked: letters, digits and
     * "_+-/" only, no empty, "." or ".." part. Set *len to the file's whole length, also when it is
     * more than @p size (which then is refused). Return ACRM_OK, ACRM_E_NOTFOUND for an unknown
     * zone, or ACRM_E_STORE when it cannot be read. Must not call into the library.
     */
    int32_t (*read)(void *self, const char *name, void *buffer, size_t size, size_t *len);
} acrm_zone_source;

#ifdef __cplusplus
}
#endif

#endif
