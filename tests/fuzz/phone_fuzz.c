/* SPDX-License-Identifier: MIT */
/* Fuzzes the phone engine: first byte chooses the region, the rest is the text. */
#include "autocrm/phone.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_phone phone = { .struct_size = sizeof phone }, again = { .struct_size = sizeof again };
    const char *region = NULL;
    char text[64];

    if (size == 0)
        return 0;
    if (data[0] % 8 != 0) /* often one of the countries with rules of their own */
        region = acrm_phone_country_at(data[0] % 245, NULL);
    if (acrm_phone_parse((const char *)data + 1, size - 1, region, &phone) != ACRM_OK)
        __builtin_trap();
    if (phone.e164[0] == '\0')
        return 0;
    if (acrm_phone_parse(phone.e164, strlen(phone.e164), NULL, &again) != ACRM_OK)
        __builtin_trap();
    if (again.validity > ACRM_PHONE_POSSIBLE)
        __builtin_trap();
    for (int32_t form = ACRM_PHONE_INTERNATIONAL; form <= ACRM_PHONE_URI; form++)
        if (acrm_phone_format(phone.e164, form, text, sizeof text) != ACRM_OK)
            __builtin_trap();
    return 0;
}
