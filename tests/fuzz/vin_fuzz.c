/* SPDX-License-Identifier: MIT */
/* Fuzzes the VIN engine: first byte chooses the flags, the rest is the text. */
#include "autocrm/vin.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_vin vin = { .struct_size = sizeof vin };
    acrm_vin_suggestion list[4];
    size_t count = 0;
    uint32_t flags;

    if (size == 0)
        return 0;
    flags = data[0] & ACRM_VIN_CHINA_BINDS;
    if (acrm_vin_check((const char *)data + 1, size - 1, flags, &vin) != ACRM_OK ||
        acrm_vin_suggest((const char *)data + 1, size - 1, flags, list, 4, &count) != ACRM_OK)
        __builtin_trap();
    if (vin.rule == ACRM_VIN_OK && count > 0)
        __builtin_trap(); /* nothing to suggest */
    for (size_t i = 0; i < count; i++) {
        if (acrm_vin_check(list[i].vin, strlen(list[i].vin), flags, &vin) != ACRM_OK ||
            !vin.check_ok)
            __builtin_trap();
    }
    return 0;
}
