/* SPDX-License-Identifier: MIT */
/* Fuzzes the identity engine: first byte chooses the kind, the rest is the text. */
#include "autocrm/identity.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_identity id = { .struct_size = sizeof id }, again = { .struct_size = sizeof again };
    int32_t kind = size > 0 ? data[0] % ACRM_ID_IBAN + 1 : ACRM_ID_IBAN;

    if (size == 0)
        return 0;
    if (acrm_identity_check(kind, (const char *)data + 1, size - 1, &id) != ACRM_OK)
        __builtin_trap();
    /* What was normalised means the same as what was typed. */
    if (id.rule == ACRM_ID_OK &&
        (acrm_identity_check(kind, id.normalized, strlen(id.normalized), &again) != ACRM_OK ||
         again.rule != ACRM_ID_OK || strcmp(again.normalized, id.normalized) != 0))
        __builtin_trap();
    return 0;
}
