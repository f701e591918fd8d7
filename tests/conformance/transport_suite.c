/* SPDX-License-Identifier: MIT */
/* The promises of a transport (autocrm/port/transport.h), in one call. */
#include "conformance/transport_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSPORT_LONG = 100000, TRANSPORT_PATIENCE = 3 };

static int transport_taken(const acrm_sent *sent)
{
    return sent->outcome == ACRM_SENT_ACCEPTED || sent->outcome == ACRM_SENT_DELIVERED;
}

/* --- What it says of itself --- */

static int transport_declares(transport_run *run)
{
    static const char promise[] = "the transport declares itself as the port has it";
    const uint32_t channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL | ACRM_CHANNEL_FAX |
                              ACRM_CHANNEL_LETTER | ACRM_CHANNEL_PHONE | ACRM_CHANNEL_PUSH |
                              ACRM_CHANNEL_MESSENGER | ACRM_CHANNEL_PORTAL | ACRM_CHANNEL_WEBHOOK;
    const acrm_transport *t = run->transport;
    acrm_conformance *report = run->report;

    if (!report_check(report, t->struct_size == sizeof *t, promise,
                      "struct_size is %u, of these headers it is %u", (unsigned)t->struct_size,
                      (unsigned)sizeof *t))
        return 0; /* what else it holds nobody can tell */
    size_t len = t->name ? strlen(t->name) : 0;
    report_check(report, len >= 1 && len <= 32, promise, "the name has %u bytes, not 1 to 32",
                 (unsigned)len);
    report_check(report, t->channels != 0 && (t->channels & ~channels) == 0, promise,
                 "channels are 0x%x", (unsigned)t->channels);
    report_check(report, (t->flags & ~(uint32_t)ACRM_TRANSPORT_DEDUPES) == 0, promise,
                 "flags are 0x%x", (unsigned)t->flags);
    report_check(report, t->reserved == 0, promise, "reserved is %u", (unsigned)t->reserved);
    return report_check(report, t->submit != NULL, promise, "there is no submit") && t->channels;
}

/* --- What it takes --- */

static const struct {
    const char *what;
    const char *name, *subject, *body, *language, *text, *unsubscribe, *country;
    int32_t html;
} transport_messages[] = {
    { .what = "a message with nothing but what must be there", .body = "Hello" },
    { .what = "a message with everything", .name = "Ada Example", .subject = "For you",
      .body = "<p>Hello <b>Ada</b></p>", .language = "en-GB", .text = "Hello Ada",
      .unsubscribe = "https://example.com/u/1", .country = "GB", .html = 1 },
    { .what = "an empty body", .body = "" },
    { .what = "lines of every kind", .body = "one\ntwo\r\nthree\rfour\n\n.\n..\n\n" },
    { .what = "scripts of every direction", .name = "آدا بیانکی", .subject = "خودروی شما آماده است",
      .body = "سلام 你好 Привет ñ 🚗", .language = "fa-IR" },
    { .what = "texts that look like markup and headers", .name = "A \"B\" <c@example.com>, D; E\\",
      .subject = "=?utf-8?q?x?= {{name}} %s %n $(id) `id` 'x'",
      .body = "{\"a\": [1]} </p> <![CDATA[ ]]> ${x} {{y}} & \\u0041 %00 \x7f" },
};

static void transport_takes(transport_run *run, uint32_t channel)
{
    for (size_t i = 0; i < sizeof transport_messages / sizeof transport_messages[0]; i++) {
        acrm_sent sent;
        transport_new_key(run);
        acrm_outgoing message = transport_message(run, channel);
        message.name = transport_messages[i].name;
        message.subject = transport_messages[i].subject;
        message.body = transport_messages[i].body;
        message.language = transport_messages[i].language;
        message.text = transport_messages[i].text;
        message.unsubscribe = transport_messages[i].unsubscribe;
        message.country = transport_messages[i].country;
        message.html = transport_messages[i].html;
        if (!transport_hand_over(run, &message, transport_messages[i].what, 0, &sent))
            return;
        if (i == 0)
            report_check(run->report, transport_taken(&sent),
                         "a plain message is taken on each of its channels",
                         "on channel %u the outcome is %d: %.100s", (unsigned)channel,
                         (int)sent.outcome, sent.reason);
        else
            report_check(run->report, sent.outcome != ACRM_SENT_RETRY,
                         "what will never be taken is refused, not put off",
                         "%s: the outcome is ACRM_SENT_RETRY: %.100s", transport_messages[i].what,
                         sent.reason);
        int32_t n = transport_arrived(run);
        if (transport_taken(&sent) && n >= 0)
            report_check(run->report, n == 1, "a message handed over once arrives once",
                         "%s: it arrived %d times", transport_messages[i].what, (int)n);
    }
}

/* A body of the greatest length it takes, on one line. */
static void transport_takes_long(transport_run *run, uint32_t channel)
{
    uint32_t most = run->transport->body_max;
    size_t len = most > 0 && most < TRANSPORT_LONG ? most : TRANSPORT_LONG;
    char *body = malloc(len + 1);
    acrm_sent sent;

    if (!body)
        return;
    memset(body, 'x', len);
    body[len] = '\0';
    transport_new_key(run);
    acrm_outgoing message = transport_message(run, channel);
    message.body = body;
    if (transport_hand_over(run, &message, "a long body", 0, &sent) && most > 0)
        report_check(run->report, transport_taken(&sent), "a body of body_max bytes is taken",
                     "one of %u bytes is not: %.100s", (unsigned)len, sent.reason);
    free(body);
}

static void transport_takes_files(transport_run *run, uint32_t channel)
{
    static const char bytes[] = "\0\r\n.\r\n\xff";
    const acrm_outgoing_file files[] = {
        { "note.txt", "text/plain", "a note", 6 },
        { "فاکتور \"1\".bin", "application/octet-stream", bytes, sizeof bytes },
        { "empty", "text/plain", "", 0 } };
    acrm_sent sent;

    if (run->transport->files_max < 64) {
        report_skip(run->report);
        return;
    }
    transport_new_key(run);
    acrm_outgoing message = transport_message(run, channel);
    message.files = files;
    message.n_files = 3;
    if (transport_hand_over(run, &message, "a message with files", 0, &sent))
        report_check(run->report, transport_taken(&sent), "files of files_max bytes are taken",
                     "three small ones are not: %.100s", sent.reason);
}

/* --- The same again, and a library that has grown --- */

static void transport_again(transport_run *run, uint32_t channel)
{
    int dedupes = (run->transport->flags & ACRM_TRANSPORT_DEDUPES) != 0;
    acrm_sent sent;

    transport_new_key(run);
    acrm_outgoing message = transport_message(run, channel);
    if (!transport_hand_over(run, &message, "a first attempt", 0, &sent))
        return;
    message.attempt = 2;
    if (!transport_hand_over(run, &message, "a second attempt under the same key", 0, &sent))
        return;
    report_check(run->report, transport_taken(&sent),
                 "a message handed over again is taken again", "the outcome is %d: %.100s",
                 (int)sent.outcome, sent.reason);
    int32_t n = transport_arrived(run);
    if (n >= 0)
        report_check(run->report, n >= 1 && n <= (dedupes ? 1 : 2),
                     dedupes ? "ACRM_TRANSPORT_DEDUPES: a key handed over twice is sent once"
                             : "each handing over sends once at most", "it arrived %d times",
                     (int)n);
}

static void transport_grown(transport_run *run, uint32_t channel)
{
    acrm_sent sent;

    transport_new_key(run);
    acrm_outgoing message = transport_message(run, channel);
    if (transport_hand_over(run, &message, "structs of a later library", 1, &sent))
        report_check(run->report, transport_taken(&sent),
                     "structs that are larger than those it was compiled with are taken",
                     "the outcome is %d: %.100s", (int)sent.outcome, sent.reason);
}

/* --- When the other side fails --- */

static const struct {
    int32_t fault;
    const char *what, *promise;
    uint32_t outcomes; /* bits */
} transport_faults[] = {
    { ACRM_FAULT_LATER, "the other side says: not now", "what is put off is ACRM_SENT_RETRY",
      1u << ACRM_SENT_RETRY },
    { ACRM_FAULT_NEVER, "the other side says: never",
      "what is refused for good is ACRM_SENT_REFUSED or ACRM_SENT_BAD_ADDRESS",
      1u << ACRM_SENT_REFUSED | 1u << ACRM_SENT_BAD_ADDRESS },
    { ACRM_FAULT_HANGS_UP, "the other side hangs up", "what was not answered is ACRM_SENT_RETRY",
      1u << ACRM_SENT_RETRY },
    { ACRM_FAULT_SILENT, "the other side says nothing", "what was not answered is ACRM_SENT_RETRY",
      1u << ACRM_SENT_RETRY },
};

static int transport_make(const transport_run *run, int32_t fault)
{
    return run->subject->fault && run->subject->fault(run->subject->user, fault) == 0;
}

static void transport_fails(transport_run *run, uint32_t channel)
{
    for (size_t i = 0; i < sizeof transport_faults / sizeof transport_faults[0]; i++) {
        acrm_sent sent = { 0 };
        if (!transport_make(run, transport_faults[i].fault)) {
            report_skip(run->report);
            continue;
        }
        transport_new_key(run);
        acrm_outgoing message = transport_message(run, channel);
        run->unclear = transport_faults[i].fault >= ACRM_FAULT_HANGS_UP;
        int whole = transport_hand_over(run, &message, transport_faults[i].what, 0, &sent);
        run->unclear = 0;
        transport_make(run, ACRM_FAULT_NONE);
        if (!whole)
            return;
        report_check(run->report, transport_faults[i].outcomes >> sent.outcome & 1,
                     transport_faults[i].promise, "%s: the outcome is %d", transport_faults[i].what,
                     (int)sent.outcome);
        report_check(run->report, sent.reason[0] != '\0', "a failure has a reason for people",
                     "%s: it has none", transport_faults[i].what);
        transport_new_key(run);
        if (!transport_hand_over(run, &message, "the message behind one that failed", 0, &sent))
            return;
        report_check(run->report, transport_taken(&sent), "a failure harms no other message",
                     "after it, %s: the outcome is %d: %.100s", transport_faults[i].what,
                     (int)sent.outcome, sent.reason);
    }
}

/* --- By the library itself --- */

static int32_t transport_do(acrm_session *session, const char *operation, const char *json,
                            acrm_value **out)
{
    acrm_value *args = NULL;
    int32_t st = acrm_value_parse(NULL, json, strlen(json), &args, NULL);

    if (st == ACRM_OK)
        st = acrm_call(session, operation, args, out, NULL);
    acrm_value_free(args);
    return st;
}

static const char *transport_channel_word(uint32_t channel)
{
    static const struct {
        uint32_t channel;
        const char *word;
    } words[] = { { ACRM_CHANNEL_SMS, "sms" },       { ACRM_CHANNEL_EMAIL, "email" },
                  { ACRM_CHANNEL_FAX, "fax" },       { ACRM_CHANNEL_LETTER, "letter" },
                  { ACRM_CHANNEL_PHONE, "phone" },   { ACRM_CHANNEL_PUSH, "push" },
                  { ACRM_CHANNEL_MESSENGER, "messenger" } };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].channel == channel)
            return words[i].word;
    return NULL;
}

/* Order a message and tick; its status. */
static int32_t transport_tick(transport_run *run, acrm_session *session, const char *word,
                              char status[32])
{
    const acrm_outgoing example = transport_message(run, transport_channel(run->transport));
    acrm_value *customer = NULL, *sent = NULL, *ticked = NULL, *got = NULL;
    char json[1200], to[300];
    size_t n = 0;

    for (const char *p = example.to; *p && n < sizeof to - 2; p++) {
        if (*p == '\n' || *p == '"' || *p == '\\')
            to[n++] = '\\';
        to[n++] = *p == '\n' ? 'n' : *p;
    }
    to[n] = '\0';
    int32_t st = transport_do(session, "customer.create", "{\"name\":\"Ada Example\"}", &customer);
    snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"channel\":\"%s\",\"to\":\"%s\","
             "\"purpose\":\"service\",\"body\":\"Hello\"}",
             st == ACRM_OK ? acrm_value_text(acrm_value_get(customer, "id"), NULL) : "", word, to);
    if (st == ACRM_OK)
        st = transport_do(session, "message.send", json, &sent);
    const char *id = acrm_value_text(acrm_value_get(sent, "id"), NULL);
    snprintf(run->key, sizeof run->key, "%s", id ? id : "");
    if (st == ACRM_OK)
        st = transport_do(session, "engine.tick", "{}", &ticked);
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", run->key);
    if (st == ACRM_OK)
        st = transport_do(session, "message.get", json, &got);
    const char *is = acrm_value_text(acrm_value_get(got, "status"), NULL);
    snprintf(status, 32, "%s", is ? is : "");
    acrm_value_free(customer);
    acrm_value_free(sent);
    acrm_value_free(ticked);
    acrm_value_free(got);
    return st;
}

static void transport_in_library(transport_run *run)
{
    const acrm_options options = { .struct_size = sizeof options, .transports = run->transport,
                                   .n_transports = 1 };
    const char *word = transport_channel_word(transport_channel(run->transport));
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    char status[32] = "";

    int32_t st = acrm_open("memory:", &options, &engine, NULL);
    report_check(run->report, st == ACRM_OK, "the library takes the transport",
                 "acrm_open says %s", acrm_status_name(st));
    if (st == ACRM_OK && word && !run->gone) {
        st = acrm_session_new(engine, "system", &session, NULL);
        if (st == ACRM_OK)
            st = transport_tick(run, session, word, status);
        report_check(run->report, st == ACRM_OK &&
                     (strcmp(status, "sent") == 0 || strcmp(status, "delivered") == 0),
                     "a message ordered in the library is sent by engine.tick",
                     "it is \"%s\" (%s)", status, acrm_status_name(st));
        int32_t n = transport_arrived(run);
        if (n >= 0)
            report_check(run->report, n == 1, "a message ordered in the library arrives once",
                         "it arrived %d times", (int)n);
    }
    acrm_session_free(session);
    acrm_close(engine);
}

int32_t acrm_conformance_transport(const acrm_transport_subject *subject, acrm_conformance **out)
{
    transport_run run = { .subject = subject };

    if (!subject || !out || subject->struct_size != sizeof *subject || !subject->transport)
        return ACRM_E_MISUSE;
    run.transport = subject->transport;
    run.report = report_new();
    if (!run.report)
        return ACRM_E_NOMEM;
    if (transport_declares(&run)) {
        uint32_t first = transport_channel(run.transport);
        for (uint32_t bits = run.transport->channels; bits != 0 && !run.gone; bits &= bits - 1)
            transport_takes(&run, bits & (~bits + 1));
        transport_takes_long(&run, first);
        transport_takes_files(&run, first);
        transport_again(&run, first);
        transport_grown(&run, first);
        transport_fails(&run, first);
        if (!run.gone)
            transport_in_library(&run);
    }
    transport_release(&run);
    *out = run.report;
    return ACRM_OK;
}
