/* SPDX-License-Identifier: MIT */
/* The pieces of the module message. */
#ifndef ACRM_MODULES_MESSAGE_MESSAGE_H
#define ACRM_MODULES_MESSAGE_MESSAGE_H

#include "autocrm/calendar.h"
#include "autocrm/port/transport.h"
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
/* Templates of a channel, compiled once for many texts. Lives in the arena of the call that opened
 * it, and must be closed, on failure too; `code` NULL: none is needed. */
typedef struct acrm__composer acrm__composer;
int32_t acrm__composer_open(acrm__call *call, const char *code, const char *channel,
                            acrm__composer **out);
/* `language` NULL: the customer's. */
int32_t acrm__composer_write(acrm__call *call, acrm__composer *composer, const char *code,
                             const char *language, const acrm__rec *customer,
                             const acrm_value *values, acrm__composed *out);
void acrm__composer_close(acrm__composer *composer);
/* By the arguments template, channel, language, values, or subject, body, purpose. */
int32_t acrm__message_compose(acrm__call *call, const acrm__rec *customer,
                              acrm__composed *out);
/* The kind of contact point that a channel needs; NULL: it has none. */
const char *acrm__message_point_kind(const char *channel);
const acrm_filter_node *acrm__message_point_terms(acrm__call *call, const char *channel);
/* Of a customer's for one channel, oldest first, the one to take; NULL: there is none. */
acrm__rec *acrm__message_best_point(acrm__rec *const *points, size_t n);
const char *acrm__message_recipient(const acrm__rec *point, const char *channel);
/* The customer's contact point for a channel: the preferred one, else the newest; NULL: none. */
int32_t acrm__message_point(acrm__call *call, const unsigned char customer[16],
                            const char *channel, acrm__rec **out);

/* when.c: by the arguments not_before, local_time and expires_after; the records may be NULL. */
int32_t acrm__message_when(acrm__call *call, acrm__rec *message, const acrm__rec *preference,
                           const acrm__rec *point, const acrm__rec *customer);

/* order.c */
int32_t acrm__message_preview(acrm__call *call);
int32_t acrm__message_send(acrm__call *call);
int32_t acrm__message_cancel(acrm__call *call);
int32_t acrm__message_recall(acrm__call *call);
int32_t acrm__message_retry(acrm__call *call);
int32_t acrm__message_drop(acrm__call *call);
int32_t acrm__message_outbox(acrm__call *call);
int32_t acrm__message_dead(acrm__call *call);

/* decide.c: whether a message may leave now. Pure. */
typedef struct acrm__cap {
    const char *channel; /* NULL: by all together */
    int64_t most, within; /* seconds */
} acrm__cap;

typedef struct acrm__past {
    int64_t at;
    const char *channel;
} acrm__past;

typedef struct acrm__facts {
    int64_t now;
    const char *channel;
    bool transactional, alive, bad_address, blocked;
    const char *no_consent;  /* why not; NULL: it may */
    int64_t end;             /* too late from then on */
    const acrm__cap *caps;
    size_t n_caps;
    bool has_own;            /* a cap of the customer's own, of seven days */
    int64_t own_most;
    const acrm__past *sent;  /* what the customer got that caps count, newest first */
    size_t n_sent;
    bool quiet;              /* there are quiet hours */
    int64_t quiet_from, quiet_to; /* seconds of the day */
    const acrm_zone *zone;   /* NULL: UTC */
    bool zone_unknown;       /* and without it nothing may be sent */
} acrm__facts;

typedef struct acrm__verdict {
    const char *refused; /* why it never may; NULL: it may, now or later */
    const char *moved;   /* why not now: "cap", "quiet"; NULL: it may now */
    int64_t until;       /* when to ask again */
} acrm__verdict;
void acrm__message_decide(const acrm__facts *facts, acrm__verdict *out);

/* run.c: one template to many customers. */
int32_t acrm__message_send_many(acrm__call *call);
int32_t acrm__message_check_many(acrm__call *call); /* what their texts would lack */

/* setup.c: rules that send messages: loading them, and showing what they would do. */
int32_t acrm__message_setup(acrm__call *call);
int32_t acrm__message_rehearse(acrm__call *call);

/* files.c: attachments that go with messages. */
/* The argument attachment_ids, checked, as the field files; *out null when there is none. */
int32_t acrm__message_files(acrm__call *call, const acrm__rec *customer, acrm_cell *out);
typedef struct acrm__files {
    acrm_outgoing_file *items;
    uint32_t n;
    size_t size;
    const char *fault; /* why they cannot be had; NULL: they are here */
} acrm__files;
/* Read them, in a transaction of its own. */
int32_t acrm__message_read_files(acrm__call *call, const acrm__rec *message, acrm__files *out);

/* policy.c: the facts about many messages, read in as many statements as about one. */
typedef struct acrm__policy acrm__policy;
/* The records must stay where they are; *out must be closed, on failure too (NULL does nothing). */
int32_t acrm__policy_read(acrm__call *call, acrm__rec *const *messages, size_t n,
                          acrm__policy **out);
void acrm__policy_close(acrm__policy *policy);
int32_t acrm__policy_judge(acrm__call *call, acrm__policy *policy, size_t i, acrm__verdict *out);
/* The recipient's name, or NULL. */
const char *acrm__policy_name(const acrm__policy *policy, size_t i);
/* The country of the address, or NULL. */
const char *acrm__policy_country(const acrm__policy *policy, size_t i);
/* A message leaves: caps count it for those behind it. */
int32_t acrm__policy_left(acrm__call *call, acrm__policy *policy, const acrm__rec *message);
/* The zone a customer lives in, as preference, contact point and customer (each may be NULL) tell
 * it; NULL: they do not. */
const char *acrm__message_zone_name(acrm__call *call, const acrm__rec *preference,
                                    const acrm__rec *point, const acrm__rec *customer);

/* quiet.c: the end of the quiet hours that an instant lies in, else the instant itself. Seconds of
 * the day; the hours may go over midnight. `zone` NULL: UTC. */
int64_t acrm__message_quiet_end(const acrm_zone *zone, int64_t from, int64_t to, int64_t at);
/* The next instant, not before `at`, at which it is so late of a day. */
int64_t acrm__message_next_time(const acrm_zone *zone, int64_t second, int64_t at);
/* The zone of a country that has one only; NULL: it has several, or is not known. */
enum { ACRM__ZONE_NAME = 40 };
const char *acrm__message_country_zone(const char *country, char zone[ACRM__ZONE_NAME]);

/* outbox.c: part of engine.tick */
int32_t acrm__message_tick(acrm__call *call);
/* The bit of a channel's word. */
uint32_t acrm__message_channel(const char *word);

/* inbound.c */
int32_t acrm__message_receipt(acrm__call *call);
int32_t acrm__message_receive(acrm__call *call);
int32_t acrm__message_bounce(acrm__call *call);
/* Do what follows from an outcome: as its bounce_rule says. */
int32_t acrm__message_bounced(acrm__call *call, const acrm__rec *message, const char *outcome);

#endif
