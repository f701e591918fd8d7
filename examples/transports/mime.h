/* SPDX-License-Identifier: MIT */
/* Mail as bytes: RFC 5322 headers and MIME parts. Knows no socket. */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_MIME_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_MIME_H

#include "text.h"

#include <autocrm/port/transport.h>

/* Who sends. */
typedef struct example_sender {
    const char *address; /* local@domain */
    const char *name;    /* (nullable) */
    const char *reply_to; /* (nullable) address that answers go to */
} example_sender;

/* One address of ASCII that can stand in a header and in a command to a mail server. */
bool example_mail_address(const char *text);

/*
 * Append the mail. Both addresses must be example_mail_address(). Whatever the texts hold, no
 * header can be added by them. The Message-ID is made from the message's key: a mail sent twice
 * has the same one. `now`: seconds since 1970.
 */
void example_mime(example_text *out, const example_sender *sender, const acrm_outgoing *message,
                  int64_t now);

/* HTML as plain text, for those who read no HTML. */
void example_html_text(example_text *out, const char *html);

#endif
