/* SPDX-License-Identifier: MIT */
/* The pieces of the module webhook. */
#ifndef ACRM_MODULES_WEBHOOK_WEBHOOK_H
#define ACRM_MODULES_WEBHOOK_WEBHOOK_H

#include "autocrm/filter.h"
#include "autocrm/webhook.h"
#include "kernel/call.h"

#define ACRM__WEBHOOK_SECOND INT64_C(1000000)

/* url.c: what is wrong with an address, as a word for programs; NULL: nothing. `internal`: it may
 * be plain http and lie in an inner network. Names are not looked up. */
const char *acrm__webhook_url_fault(const char *url, bool internal);

/* headers.c: further headers, one "Name: value" a line. */
enum { ACRM__WEBHOOK_HEADERS_MAX = 16, ACRM__WEBHOOK_HEADERS_OWN = 4 };
/* Taken apart in place; *n: their number. NULL, or what is wrong for people. */
const char *acrm__webhook_headers(char *text, acrm_outgoing_header *out, uint32_t *n);

/* condition.c: an endpoint's filter over events. */
typedef struct acrm__webhook_condition {
    acrm_filter *filter; /* NULL: every event */
    const char **names;
    acrm_filter_field *fields;
    uint32_t n;
} acrm__webhook_condition;
int32_t acrm__webhook_condition_new(acrm__call *call, const acrm_value *filter,
                                    acrm__webhook_condition *out);
int32_t acrm__webhook_condition_meets(acrm__call *call, const acrm__webhook_condition *condition,
                                      const acrm__feed_event *event, bool *out);
void acrm__webhook_condition_free(acrm__webhook_condition *condition);

/* endpoint.c */
int32_t acrm__webhook_endpoint_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__webhook_endpoint_create(acrm__call *call);
int32_t acrm__webhook_endpoint_enable(acrm__call *call);
int32_t acrm__webhook_endpoint_disable(acrm__call *call);
int32_t acrm__webhook_endpoint_rotate(acrm__call *call);
/* Write that it is told no more, and raise webhook_endpoint.disabled. */
int32_t acrm__webhook_stop(acrm__call *call, acrm__rec *endpoint, const char *reason);
/* JSON of a field as a value; NULL: there is none, or no memory. */
const acrm_value *acrm__webhook_json(acrm__call *call, const acrm__rec *rec, uint32_t field);

/* secret.c */
enum { ACRM__WEBHOOK_SECRETS_MAX = 4 };
typedef struct acrm__webhook_secrets {
    const char *keys[ACRM__WEBHOOK_SECRETS_MAX]; /* in the call's arena; the newest first */
    uint32_t n;
} acrm__webhook_secrets;
/* A new key by the arguments kind and secret, which is put into the result. */
int32_t acrm__webhook_secret_make(acrm__call *call, const acrm__rec *endpoint);
/* Those that sign now; wipe them after use. */
int32_t acrm__webhook_secrets_load(acrm__call *call, const acrm__rec *endpoint,
                                   acrm__webhook_secrets *out);
void acrm__webhook_secrets_wipe(acrm__webhook_secrets *secrets);
/* Give those that sign an end. */
int32_t acrm__webhook_secrets_end(acrm__call *call, const acrm__rec *endpoint, int64_t ends_at);

/* body.c: an event as CloudEvents 1.0 in JSON, as the endpoint's user may see it. */
int32_t acrm__webhook_body(acrm__call *call, const acrm__rec *endpoint,
                           const acrm__feed_event *event, const char **out);
/* The same of an event that is not in the feed, under an id of its own. */
int32_t acrm__webhook_test_body(acrm__call *call, const acrm__rec *endpoint, const char *id,
                                const char **out);

/* enqueue.c: from the feed to deliveries, a window of events at a time. */
enum { ACRM__WEBHOOK_WINDOW = 1000 };
typedef struct acrm__webhook_range {
    int64_t after, until; /* events after < seq <= until, a window at most */
    bool again;           /* by hand: those that exist are waiting once more */
} acrm__webhook_range;
int32_t acrm__webhook_enqueue(acrm__call *call, const acrm__rec *endpoint,
                              const acrm__webhook_range *range, int64_t *n);
int32_t acrm__webhook_cursor(acrm__call *call, const acrm__rec *endpoint, acrm__rec **out);
/* A new delivery that is to wait until `next_at`. */
int32_t acrm__webhook_delivery_new(acrm__call *call, const acrm__rec *endpoint, const char *type,
                                   int64_t next_at, acrm__rec **out);
int32_t acrm__webhook_again(acrm__call *call, acrm__rec *delivery);

/* send.c: deliveries of one endpoint, from their bodies to what came of them. */
enum { ACRM__WEBHOOK_BATCH = 50 };
typedef struct acrm__webhook_batch {
    acrm__rec *endpoint, *cursor;
    acrm__recs deliveries;
    const char **bodies;
    acrm_sent *sent;
    uint32_t handed;   /* of them */
    bool failed;       /* the last one; no more are handed over */
    char *headers;     /* opened */
    acrm__webhook_secrets secrets;
} acrm__webhook_batch;
typedef struct acrm__webhook_told {
    int64_t queued, delivered, failed;
} acrm__webhook_told;
const acrm_transport *acrm__webhook_transport(const acrm__call *call);
/* In a transaction: what handing over needs. */
int32_t acrm__webhook_prepare(acrm__call *call, acrm__webhook_batch *batch);
/* Outside of transactions: hand over the next one. */
int32_t acrm__webhook_hand_over(acrm__call *call, const acrm_transport *transport,
                                acrm__webhook_batch *batch);
/* In a transaction: keep what came of those handed over. */
int32_t acrm__webhook_keep(acrm__call *call, acrm__webhook_batch *batch, acrm__webhook_told *told);
/* One delivery alone, which is not tried again; `batch` has the endpoint. */
int32_t acrm__webhook_keep_test(acrm__call *call, acrm__webhook_batch *batch);

/* tick.c */
int32_t acrm__webhook_tick(acrm__call *call);

/* operate.c */
int32_t acrm__webhook_test(acrm__call *call);
int32_t acrm__webhook_replay(acrm__call *call);
int32_t acrm__webhook_status(acrm__call *call);
int32_t acrm__webhook_verify_call(acrm__call *call);

#endif
