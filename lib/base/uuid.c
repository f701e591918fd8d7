/* SPDX-License-Identifier: MIT */
/* UUID version 7 (RFC 9562): 48 bits of milliseconds, 12 of counter, 62 of randomness. */
#include "base/uuid.h"

#include <string.h>

enum {
    UUID_COUNTER_MAX = 0xFFF,
    UUID_COUNTER_SEED = 0x7FF, /* the counter starts in its lower half: 2048 ids are always left */
    UUID_TEXT_LEN = 36
};

static const uint64_t uuid_ms_max = 0xFFFFFFFFFFFF;

acrm__uuid acrm__uuid_v7(acrm__uuid_state *state, int64_t now_us, const unsigned char random[10])
{
    uint64_t now_ms = now_us > 0 ? (uint64_t)now_us / 1000 : 0;
    uint32_t seed = ((uint32_t)random[0] << 8 | random[1]) & UUID_COUNTER_SEED;
    acrm__uuid id;

    if (now_ms > state->last_ms) {
        state->last_ms = now_ms;
        state->counter = seed;
    } else if (state->counter < UUID_COUNTER_MAX) {
        state->counter++;
    } else {
        state->last_ms++;
        state->counter = seed;
    }
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (unsigned char)((state->last_ms & uuid_ms_max) >> (40 - 8 * i));
    id.bytes[6] = (unsigned char)(0x70 | state->counter >> 8);
    id.bytes[7] = (unsigned char)state->counter;
    memcpy(id.bytes + 8, random + 2, 8);
    id.bytes[8] = (unsigned char)(0x80 | (id.bytes[8] & 0x3F));
    return id;
}

static bool uuid_dash_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

void acrm__uuid_print(const unsigned char bytes[16], char dst[37])
{
    static const char uuid_hex[] = "0123456789abcdef";
    size_t at = 0;

    for (size_t i = 0; i < 16; i++) {
        if (uuid_dash_at(at))
            dst[at++] = '-';
        dst[at++] = uuid_hex[bytes[i] >> 4];
        dst[at++] = uuid_hex[bytes[i] & 15];
    }
    dst[at] = '\0';
}

static int uuid_nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool acrm__uuid_parse(const char *text, size_t len, unsigned char dst[16])
{
    unsigned char bytes[16];
    size_t n = 0;

    if (len != UUID_TEXT_LEN)
        return false;
    for (size_t at = 0; at < UUID_TEXT_LEN; at++) {
        int nibble = uuid_nibble(text[at]);

        if (uuid_dash_at(at)) {
            if (text[at] != '-')
                return false;
            continue;
        }
        if (nibble < 0)
            return false;
        bytes[n / 2] = (unsigned char)(n % 2 ? bytes[n / 2] | nibble : nibble << 4);
        n++;
    }
    memcpy(dst, bytes, sizeof bytes);
    return true;
}

int64_t acrm__uuid_ms(const unsigned char bytes[16])
{
    int64_t ms = 0;

    for (int i = 0; i < 6; i++)
        ms = ms << 8 | bytes[i];
    return ms;
}
