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

/* Where the digits of each byte are in the text; the dashes lie between. */
static const unsigned char uuid_digits[16] = { 0,  2,  4,  6,  9,  11, 14, 16,
                                               19, 21, 24, 26, 28, 30, 32, 34 };

void acrm__uuid_print(const unsigned char bytes[16], char dst[37])
{
    static const char uuid_hex[] = "0123456789abcdef";

    for (size_t i = 0; i < 16; i++) {
        dst[uuid_digits[i]] = uuid_hex[bytes[i] >> 4];
        dst[uuid_digits[i] + 1] = uuid_hex[bytes[i] & 15];
    }
    dst[8] = dst[13] = dst[18] = dst[23] = '-';
    dst[UUID_TEXT_LEN] = '\0';
}

/* 16 and more: it is no digit. */
static unsigned uuid_nibble(char c)
{
    unsigned digit = (unsigned)(unsigned char)c - '0';
    unsigned letter = ((unsigned)(unsigned char)c | 0x20) - 'a';

    return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

bool acrm__uuid_parse(const char *text, size_t len, unsigned char dst[16])
{
    unsigned char bytes[16];
    unsigned all = 0;

    if (len != UUID_TEXT_LEN || text[8] != '-' || text[13] != '-' || text[18] != '-'
        || text[23] != '-')
        return false;
    for (size_t i = 0; i < 16; i++) {
        unsigned high = uuid_nibble(text[uuid_digits[i]]);
        unsigned low = uuid_nibble(text[uuid_digits[i] + 1]);

        all |= high | low;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    if (all >= 16)
        return false;
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
