/* SPDX-License-Identifier: MIT */
/* Fuzzes webhooks: the input is key, timestamp, signatures and body, parted by zero bytes; the body
 * is taken for an address and for headers too. */
#include "autocrm/webhook.h"
#include "bytes.h"
#include "modules/webhook/webhook.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A good key signs what then verifies, and nothing else does. */
static void fuzz_round(const char *key, const char *payload, size_t len)
{
    char out[ACRM_WEBHOOK_SIGNATURE_MAX];
    int32_t kind = 0;

    if (acrm_webhook_key_check(key, &kind, NULL) != ACRM_OK || kind == ACRM_WEBHOOK_PUBLIC)
        return;
    fuzz_check(acrm_webhook_sign(key, "id", 7, payload, len, out, NULL) == ACRM_OK);
    fuzz_check(acrm_webhook_verify(&key, 1, "id", "7", out, payload, len, 7, 0, NULL) == ACRM_OK);
    fuzz_check(acrm_webhook_verify(&key, 1, "ie", "7", out, payload, len, 7, 0, NULL) ==
               ACRM_E_DENIED);
}

/* What passes as headers has no line in it; what passes as an address is one. */
static void fuzz_endpoint(char *text)
{
    acrm_outgoing_header headers[ACRM__WEBHOOK_HEADERS_MAX];
    uint32_t n = 0;

    if (!acrm__webhook_url_fault(text, false))
        fuzz_check((text[0] == 'h' || text[0] == 'H') && !strpbrk(text, " \r\n@#"));
    if (acrm__webhook_headers(text, headers, &n))
        return;
    for (uint32_t i = 0; i < n; i++)
        fuzz_check(headers[i].name[0] && !strpbrk(headers[i].name, " :\r\n") &&
                   !strpbrk(headers[i].value, "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[4096];
    const char *part[4] = { text };
    size_t n = 1;

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t i = 0; i < size && n < 4; i++)
        if (text[i] == '\0')
            part[n++] = text + i + 1;
    for (; n < 4; n++)
        part[n] = "";
    (void)acrm_webhook_verify(part, 1, "id", part[1], part[2], part[3], strlen(part[3]), 7, 300,
                              NULL);
    fuzz_round(part[0], part[3], strlen(part[3]));
    fuzz_endpoint((char *)(uintptr_t)part[3]);
    return 0;
}
