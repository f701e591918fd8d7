/* SPDX-License-Identifier: MIT */
/*
 * Reads a zone's file from a directory: the one place outside the storage adapters where the
 * library opens a file, only when a zone is loaded and no other source was given.
 */
#include "engines/calendar/zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ZONE_FILES_PATH = 1024 };

int32_t acrm__zone_read_file(void *directory, const char *name, void *buffer, size_t size,
                             size_t *len)
{
    const char *folder = directory;
    char path[ZONE_FILES_PATH];
    size_t a = strlen(folder), b = strlen(name);
    int32_t status = ACRM_E_STORE;
    long end = 0;

    if (a + b + 2 > sizeof path)
        return ACRM_E_NOTFOUND;
    memcpy(path, folder, a);
    path[a] = '/';
    memcpy(path + a + 1, name, b + 1);

    FILE *file = fopen(path, "rb");
    if (!file)
        return errno == ENOENT || errno == ENOTDIR ? ACRM_E_NOTFOUND : ACRM_E_STORE;
    *len = fread(buffer, 1, size, file);
    if (ferror(file)) {
        status = errno == EISDIR ? ACRM_E_NOTFOUND : ACRM_E_STORE; /* "Asia" is a folder */
        goto done;
    }
    if (*len == size) { /* there may be more */
        if (fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0)
            goto done;
        *len = (size_t)end;
    }
    status = ACRM_OK;
done:
    fclose(file);
    return status;
}
