/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648, section 4) and a hash for tables. */
#include "base/text.h"

static const char encode_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void acrm__base64_print(const void *bytes, size_t len, acrm__str *out)
{
    const unsigned char *from = bytes;
    char *to = len <= SIZE_MAX / 2 ? acrm__str_room(out, (len + 2) / 3 * 4) : NULL;

    if (!to) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = (uint32_t)from[i] << 16;

        group |= i + 1 < len ? (uint32_t)from[i + 1] << 8 : 0;
        group |= i + 2 < len ? from[i + 2] : 0;
        *to++ = encode_alphabet[group >> 18];
        *to++ = encode_alphabet[group >> 12 & 63];
        *to++ = i + 1 < len ? encode_alphabet[group >> 6 & 63] : '=';
        *to++ = i + 2 < len ? encode_alphabet[group & 63] : '=';
    }
    *to = '\0';
    out->len += (len + 2) / 3 * 4;
}

static int encode_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool acrm__base64_parse(const char *text, size_t len, unsigned char *dst, size_t *dst_len)
{
    size_t pad = 0;
    size_t n = 0;

    if (len % 4 != 0)
        return false;
    if (len > 0 && text[len - 1] == '=')
        pad = text[len - 2] == '=' ? 2 : 1;
    for (size_t i = 0; i < len; i += 4) {
        uint32_t group = 0;
        size_t bytes = i + 4 == len ? 3 - pad : 3;

        for (size_t j = 0; j < 4; j++) {
            int value = j <= bytes ? encode_value(text[i + j]) : 0;

            if (value < 0)
                return false;
            group = group << 6 | (uint32_t)value;
        }
        /* The bits that no byte takes must be zero: one text for each byte string. */
        if (group & ((1u << 8 * (3 - bytes)) - 1))
            return false;
        for (size_t j = 0; j < bytes; j++)
            dst[n++] = (unsigned char)(group >> (16 - 8 * j));
    }
    *dst_len = n;
    return true;
}

uint64_t acrm__hash(const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    uint64_t hash = 0xCBF29CE484222325; /* FNV-1a, 64 bits */

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ from[i]) * 0x100000001B3;
    return hash;
}
