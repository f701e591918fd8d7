/* SPDX-License-Identifier: MIT */
/* What the files of the transport suite share: one transport, handed messages under watch. */
#ifndef AUTOCRM_CONFORMANCE_TRANSPORT_RUN_H
#define AUTOCRM_CONFORMANCE_TRANSPORT_RUN_H

#include "conformance/report.h"
#include "conformance/watch.h"

#include <stddef.h>

typedef struct transport_run {
    const acrm_transport_subject *subject;
    const acrm_transport *transport;
    acrm_conformance *report;
    int gone; /* it crashed or hangs: it is not called again */
    int unclear; /* the other side does not answer: it may have arrived all the same */
    unsigned keys;
    char key[40]; /* of the message handed over last */
    watch_lent lent; /* what was lent for a call is closed to the transport */
} transport_run;

/* A message to the channel's recipient, with nothing but what must be there. */
acrm_outgoing transport_message(const transport_run *run, uint32_t channel);
/* A key not used before. */
void transport_new_key(transport_run *run);

/*
 * Hand over a copy of a message under run->key, in memory that is closed afterwards, and check all
 * that holds for every call. `wider`: as a library would whose structs have grown. Returns whether
 * the transport came back whole.
 */
int transport_hand_over(transport_run *run, const acrm_outgoing *message, const char *what,
                        int wider, acrm_sent *sent);
/* How often the last message has arrived; -1: nobody can tell. */
int32_t transport_arrived(const transport_run *run);
/* The lowest channel the transport takes. */
uint32_t transport_channel(const acrm_transport *transport);
void transport_release(transport_run *run);

#endif
