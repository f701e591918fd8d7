/* SPDX-License-Identifier: MIT */
/* The pieces of the module message. */
#ifndef ACRM_MODULES_MESSAGE_MESSAGE_H
#define ACRM_MODULES_MESSAGE_MESSAGE_H

#include "autocrm/calendar.h"
#include "kernel/call.h"

/* template.c: templates are checked when they are written. */
int32_t acrm__message_template_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__message_template_check(acrm__call *call);

/* compose.c: a message's text from its template and a customer. */
typedef struct acrm__composed {
    const acrm__rec *template_; /* NULL: the text was given */
    const char *subject, *body, *language, *purpose;
    bool html, transactional;
    const acrm_value *missing; /* names without a value */
} acrm__composed;
/* By the arguments template, channel, language, values, or subject, body, purpose. */
int32_t acrm__message_compose(acrm__call *call, const acrm__rec *customer,
                              acrm__composed *out);
/* The customer's contact point for a channel: the preferred one, else the newest; NULL: none. */
int32_t acrm__message_point(acrm__call *call, const unsigned char customer[16],
                            const char *channel, acrm__rec **out);

/* order.c */
int32_t acrm__message_preview(acrm__call *call);
int32_t acrm__message_send(acrm__call *call);
int32_t acrm__message_cancel(acrm__call *call);
int32_t acrm__message_retry(acrm__call *call);
int32_t acrm__message_drop(acrm__call *call);
int32_t acrm__message_outbox(acrm__call *call);
int32_t acrm__message_dead(acrm__call *call);

/* policy.c: whether a message may leave now. */
typedef struct acrm__verdict {
    const char *refused; /* why it never may; NULL: it may, now or later */
    const char *moved;   /* why not now: "cap", "quiet"; NULL: it may now */
    int64_t until;       /* when to ask again */
} acrm__verdict;
int32_t acrm__message_policy(acrm__call *call, const acrm__rec *message, acrm__verdict *out);

/* quiet.c: the end of the quiet hours that an instant lies in, else the instant itself. Seconds of
 * the day; the hours may go over midnight. `zone` NULL: UTC. */
int64_t acrm__message_quiet_end(const acrm_zone *zone, int64_t from, int64_t to, int64_t at);

/* outbox.c: part of engine.tick */
int32_t acrm__message_tick(acrm__call *call);
/* The bit of a channel's word. */
uint32_t acrm__message_channel(const char *word);

/* inbound.c */
int32_t acrm__message_receipt(acrm__call *call);
int32_t acrm__message_receive(acrm__call *call);
/* Mark an address that does not work, and keep from using it. */
int32_t acrm__message_bounced(acrm__call *call, const acrm__rec *message, const char *cause);

#endif
