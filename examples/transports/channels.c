/* SPDX-License-Identifier: MIT */
/* The words for the channels. */
#include "transports.h"

#include <string.h>

static const struct {
    const char *word;
    uint32_t bit;
} channels_all[] = {
    { "sms", ACRM_CHANNEL_SMS },
    { "email", ACRM_CHANNEL_EMAIL },
    { "fax", ACRM_CHANNEL_FAX },
    { "letter", ACRM_CHANNEL_LETTER },
    { "phone", ACRM_CHANNEL_PHONE },
    { "push", ACRM_CHANNEL_PUSH },
    { "messenger", ACRM_CHANNEL_MESSENGER },
    { "portal", ACRM_CHANNEL_PORTAL },
    { "webhook", ACRM_CHANNEL_WEBHOOK },
};
enum { CHANNELS = sizeof channels_all / sizeof channels_all[0] };

uint32_t example_channel(const char *word, size_t len)
{
    for (size_t i = 0; i < CHANNELS; i++)
        if (strlen(channels_all[i].word) == len && memcmp(channels_all[i].word, word, len) == 0)
            return channels_all[i].bit;
    return 0;
}

const char *example_channel_word(uint32_t bit)
{
    for (size_t i = 0; i < CHANNELS; i++)
        if (channels_all[i].bit == bit)
            return channels_all[i].word;
    return "message";
}
