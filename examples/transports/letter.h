/* SPDX-License-Identifier: MIT */
/* Letters and faxes as pages of HTML to print. */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_LETTER_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_LETTER_H

#include "text.h"

#include <autocrm/port/transport.h>

/* The beginning and the end of a file of pages. `country` (nullable): the sender's, for the place
 * of the envelopes' window. */
void example_letter_head(example_text *out, const char *country);
void example_letter_foot(example_text *out);

/*
 * One letter or fax, on pages of its own. `sender` (nullable): a line above the address; `country`
 * (nullable): the sender's. The body must be example_letter_closed() if it is HTML.
 */
void example_letter_page(example_text *out, const acrm_outgoing *message, const char *sender,
                         const char *country);

/* Whether a piece of HTML closes what it opens and runs no script, so that what is printed after it
 * is not harmed. */
bool example_letter_closed(const char *html);

/* Name and postal address as the lines of an address block, in the order of the country it goes to.
 * `to` has lines, or commas between them. */
void example_address_block(example_text *out, const char *name, const char *to,
                           const char *country, const char *from_country);

#endif
