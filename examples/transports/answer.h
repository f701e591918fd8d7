/* SPDX-License-Identifier: MIT */
/* Reading what a gateway answers: declared rules, no code. Knows no socket. */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_ANSWER_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_ANSWER_H

#include "transports.h"

/* The value a JSON pointer (RFC 6901) leads to; NULL: none. */
const acrm_value *example_pointer(const acrm_value *root, const char *pointer);

/*
 * Rules, in JSON:
 *   {"accepted": RULE, "refused": RULE, "bad_address": RULE, "later": RULE, "reference": PLACE}
 *   RULE:  {"status": [200, 202], "at": "/status", "is": ["OK"], "begins": "OK "}; all must hold
 *   PLACE: "/messages/0/id", or {"after": "ID: "} for the rest of the line behind it
 * Whether they can be used as they are.
 */
bool example_answer_rules(const acrm_value *rules, example_fault *fault);

/* Sets outcome and reference when a rule holds. False: none does. */
bool example_answer_read(const acrm_value *rules, int32_t status, const char *body, size_t len,
                         acrm_sent *sent);

#endif
