/* SPDX-License-Identifier: MIT */
/* Fuzzes what is looked at before a file is kept: its name, and its type by the first bytes. */
#include "modules/filing/filing.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_name(const uint8_t *data, size_t size)
{
    const char *what = NULL;
    const char *fault = acrm__filing_name_fault((const char *)data, size, &what);

    if (!what || (fault && !*fault))
        __builtin_trap();
    if (fault)
        return;
    if (size == 0 || size > 255 || memchr(data, '/', size) || memchr(data, '\\', size) ||
        memchr(data, '\0', size) || data[0] == ' ' || data[size - 1] == '.')
        __builtin_trap(); /* what was let through would be somewhere else */
}

static void fuzz_type(const uint8_t *data, size_t size, const char *said)
{
    const char *sniffed = NULL;
    const char *type = acrm__filing_media_type(said, "x.docx", data, size, &sniffed);

    if (!said && !type)
        __builtin_trap();
    if (type && !acrm__filing_media_valid(type))
        __builtin_trap();
    if (said && type && strcmp(said, type) != 0)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const said[] = { NULL, "image/png", "application/pdf", "text/plain" };

    if (size == 0)
        return 0;
    fuzz_name(data + 1, size - 1);
    fuzz_type(data + 1, size - 1, said[data[0] % 4]);
    return 0;
}
