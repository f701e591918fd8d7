/* SPDX-License-Identifier: MIT */
/* A transport that shows messages on a stream. */
#include "transports.h"

static int32_t console_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    FILE *out = self;

    fprintf(out, "--- %s to %s%s%s%s\n", example_channel_word((uint32_t)message->channel),
            message->to,
            message->name ? " (" : "", message->name ? message->name : "",
            message->name ? ")" : "");
    if (message->subject)
        fprintf(out, "Subject: %s\n", message->subject);
    for (uint32_t i = 0; i < message->n_headers; i++)
        fprintf(out, "%s: %s\n", message->headers[i].name, message->headers[i].value);
    if (message->unsubscribe)
        fprintf(out, "List-Unsubscribe: <%s>\n", message->unsubscribe);
    fprintf(out, "%s\n", message->body);
    sent->outcome = fflush(out) == 0 ? ACRM_SENT_ACCEPTED : ACRM_SENT_RETRY;
    return 0;
}

acrm_transport example_console(FILE *out)
{
    return (acrm_transport){ .struct_size = sizeof(acrm_transport),
                             .name = "console",
                             .channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL | ACRM_CHANNEL_FAX |
                                         ACRM_CHANNEL_LETTER | ACRM_CHANNEL_PHONE |
                                         ACRM_CHANNEL_PUSH | ACRM_CHANNEL_MESSENGER |
                                         ACRM_CHANNEL_PORTAL | ACRM_CHANNEL_WEBHOOK,
                             .self = out,
                             .submit = console_submit };
}
