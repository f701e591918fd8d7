/* SPDX-License-Identifier: MIT */
/* Further headers of an endpoint's requests. */
#include "autocrm/port/transport.h"
#include "modules/webhook/webhook.h"

#include <string.h>

/* Those that the library or the transport sets. */
static const char *const headers_own[] = {
    "webhook-", "content-", "host", "connection", "transfer-encoding", "te", "trailer", "upgrade",
    "expect", "keep-alive", "proxy-", "user-agent",
};

/* What RFC 9110 and all who read it agree about. */
static bool headers_is_name(const char *name)
{
    size_t n = 0;

    for (; name[n]; n++) {
        char c = name[n];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-'))
            return false;
    }
    return n > 0 && n <= 64;
}

static bool headers_is_own(const char *name)
{
    for (size_t i = 0; i < sizeof headers_own / sizeof headers_own[0]; i++) {
        const char *own = headers_own[i];
        size_t n = 0;
        while (own[n] && (name[n] >= 'A' && name[n] <= 'Z' ? name[n] + 32 : name[n]) == own[n])
            n++;
        if (own[n] == '\0' && (own[n - 1] == '-' || name[n] == '\0'))
            return true;
    }
    return false;
}

const char *acrm__webhook_headers(char *text, acrm_outgoing_header *out, uint32_t *n)
{
    *n = 0;
    while (*text) {
        char *end = text + strcspn(text, "\n"), *colon = memchr(text, ':', (size_t)(end - text));
        char *next = end + (*end == '\n');
        if (end == text) {
            text = next;
            continue;
        }
        if (*n == ACRM__WEBHOOK_HEADERS_MAX)
            return "there may be 16 of them";
        if (!colon)
            return "a line is \"Name: value\"";
        *colon = *end = '\0';
        char *value = colon + 1 + strspn(colon + 1, " ");
        for (const char *p = value; *p; p++)
            if (*p < 0x20 || *p > 0x7e)
                return "values are printable ASCII";
        if (!headers_is_name(text))
            return "a name has letters, digits and hyphens";
        if (headers_is_own(text))
            return "this header is set by the library or the transport";
        out[(*n)++] = (acrm_outgoing_header){ text, value };
        text = next;
    }
    return NULL;
}
