/* SPDX-License-Identifier: MIT */
/* Handing a message to a transport under watch. */
#include "conformance/transport_run.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { TRANSPORT_GUARD = 64, TRANSPORT_MS = 120000 };

/* --- Messages --- */

uint32_t transport_channel(const acrm_transport *transport)
{
    return transport->channels & (~transport->channels + 1);
}

acrm_outgoing transport_message(const transport_run *run, uint32_t channel)
{
    static const struct {
        uint32_t channel;
        const char *to;
    } examples[] = {
        { ACRM_CHANNEL_EMAIL, "conformance@example.com" },
        { ACRM_CHANNEL_LETTER, "Example Street 1\n12345 Example Town" },
        { ACRM_CHANNEL_WEBHOOK, "https://example.com/hook" },
        { ACRM_CHANNEL_PUSH, "example-token" },
        { ACRM_CHANNEL_PORTAL, "example-account" },
    };
    const char *to = "+15555550100";

    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (examples[i].channel == channel)
            to = examples[i].to;
    return (acrm_outgoing){ .struct_size = sizeof(acrm_outgoing), .channel = (int32_t)channel,
                            .attempt = 1, .key = run->key,
                            .to = run->subject->to ? run->subject->to : to,
                            .body = "A message of the conformance suite." };
}

void transport_new_key(transport_run *run)
{
    watch_key(run->key, &run->keys);
}

int32_t transport_arrived(const transport_run *run)
{
    return run->subject->arrived ? run->subject->arrived(run->subject->user, run->key) : -1;
}

/* --- Lending --- */

static size_t lender_size(const acrm_outgoing *m)
{
    const char *const texts[] = { m->key, m->to, m->name, m->subject, m->body, m->language, m->text,
                                  m->unsubscribe, m->country };
    size_t size = sizeof *m + WATCH_WIDER + 4096;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        size += texts[i] ? strlen(texts[i]) + 32 : 0;
    for (uint32_t i = 0; i < m->n_files; i++)
        size += m->files[i].size + sizeof m->files[i] + 512;
    for (uint32_t i = 0; i < m->n_headers; i++)
        size += strlen(m->headers[i].name) + strlen(m->headers[i].value) + 128;
    return size;
}

/* A copy of the message and of all it points to. */
static acrm_outgoing *lender_message(watch_room *l, const acrm_outgoing *m, int wider)
{
    acrm_outgoing *copy = (acrm_outgoing *)(void *)l->at;

    l->at += (sizeof *copy + WATCH_WIDER + 15) / 16 * 16;
    memset(copy, WATCH_FILL, sizeof *copy + WATCH_WIDER);
    *copy = *m;
    copy->struct_size = (uint32_t)sizeof *m + (wider ? WATCH_WIDER : 0);
    copy->key = watch_copy_text(l, m->key);
    copy->to = watch_copy_text(l, m->to);
    copy->name = watch_copy_text(l, m->name);
    copy->subject = watch_copy_text(l, m->subject);
    copy->body = watch_copy_text(l, m->body);
    copy->language = watch_copy_text(l, m->language);
    copy->text = watch_copy_text(l, m->text);
    copy->unsubscribe = watch_copy_text(l, m->unsubscribe);
    copy->country = watch_copy_text(l, m->country);
    acrm_outgoing_file *files = watch_copy(l, m->files, m->n_files * sizeof *m->files);
    for (uint32_t i = 0; i < m->n_files; i++) {
        files[i].name = watch_copy_text(l, m->files[i].name);
        files[i].media_type = watch_copy_text(l, m->files[i].media_type);
        files[i].data = watch_copy(l, m->files[i].data, m->files[i].size);
    }
    acrm_outgoing_header *headers = watch_copy(l, m->headers, m->n_headers * sizeof *m->headers);
    for (uint32_t i = 0; i < m->n_headers; i++) {
        headers[i].name = watch_copy_text(l, m->headers[i].name);
        headers[i].value = watch_copy_text(l, m->headers[i].value);
    }
    copy->files = files;
    copy->headers = headers;
    return copy;
}

void transport_release(transport_run *run)
{
    watch_release(&run->lent);
}

/* --- The call --- */

typedef struct transport_asked {
    const acrm_transport *transport;
    const acrm_outgoing *message;
    acrm_sent *sent;
    int32_t returned;
} transport_asked;

static void transport_submit(void *user)
{
    transport_asked *asked = user;

    asked->returned = asked->transport->submit(asked->transport->self, asked->message,
                                               asked->sent);
}

static void transport_judge(transport_run *run, const char *what, int32_t returned,
                            const acrm_sent *sent, int wider, const unsigned char *guard)
{
    acrm_conformance *report = run->report;
    int intact = 1;

    for (size_t i = 0; i < TRANSPORT_GUARD; i++)
        intact = intact && guard[i] == WATCH_FILL;
    report_check(report, intact, "submit writes nothing behind acrm_sent", "%s: it does", what);
    report_check(report, sent->struct_size == sizeof *sent + (wider ? WATCH_WIDER : 0),
                 "submit leaves acrm_sent.struct_size as it is", "%s: it is %u", what,
                 (unsigned)sent->struct_size);
    report_check(report, sent->outcome >= ACRM_SENT_RETRY && sent->outcome <= ACRM_SENT_BAD_ADDRESS,
                 "the outcome is one of ACRM_SENT_...", "%s: it is %d", what, (int)sent->outcome);
    report_check(report, watch_text(sent->reference, sizeof sent->reference),
                 "the reference ends, is UTF-8 and has no control characters", "%s", what);
    report_check(report, watch_text(sent->reason, sizeof sent->reason),
                 "the reason ends, is UTF-8 and has no control characters", "%s", what);
    report_check(report, sent->retry_after >= 0, "retry_after is not negative", "%s: it is %d",
                 what, (int)sent->retry_after);
    int taken = returned == 0 && (sent->outcome == ACRM_SENT_ACCEPTED ||
                                  sent->outcome == ACRM_SENT_DELIVERED);
    int32_t n = transport_arrived(run);
    int dedupes = (run->transport->flags & ACRM_TRANSPORT_DEDUPES) != 0;
    if (n < 0) {
        report_skip(report);
        return;
    }
    report_check(report, !taken || n >= 1, "what is accepted arrives", "%s: it did not", what);
    report_check(report, taken || n == 0 || dedupes || run->unclear,
                 "what has gone out is not said to come again, or it would go out twice",
                 "%s: %s, and yet it arrived", what,
                 returned != 0 ? "submit did not return 0" : "the outcome was not accepted");
}

int transport_hand_over(transport_run *run, const acrm_outgoing *message, const char *what,
                        int wider, acrm_sent *sent)
{
    uint32_t ms = run->subject->submit_ms_max ? run->subject->submit_ms_max : TRANSPORT_MS;
    size_t size = lender_size(message);
    union {
        acrm_sent sent;
        unsigned char bytes[sizeof(acrm_sent) + WATCH_WIDER + TRANSPORT_GUARD];
    } answer;

    if (run->gone)
        return 0;
    char *memory = watch_lend(&run->lent, &size);
    if (!memory)
        return 0;
    watch_room l = { memory };
    acrm_outgoing *lent = lender_message(&l, message, wider);
    size_t used = (size_t)(l.at - memory);
    memcpy(memory + size, memory, used); /* as it was before the call */

    memset(&answer, WATCH_FILL, sizeof answer);
    memset(&answer, 0, sizeof(acrm_sent) + (wider ? WATCH_WIDER : 0));
    answer.sent.struct_size = (uint32_t)sizeof(acrm_sent) + (wider ? WATCH_WIDER : 0);
    transport_asked asked = { run->transport, lent, &answer.sent, -1 };
    int signal = watch_call(ms, transport_submit, &asked);
    run->gone = signal != 0;
    if (!report_check(run->report, signal != SIGSEGV && signal != SIGBUS,
                      "what is lent for a call is not used after it, and nothing else that is not "
                      "there", "%s: submit crashed", what) ||
        !report_check(run->report, signal != SIGALRM, "submit comes back", "%s: it hangs", what))
        return 0;
    report_check(run->report, memcmp(memory, memory + size, used) == 0,
                 "submit leaves the message as it is", "%s: it was changed", what);
    watch_close(&run->lent);
    transport_judge(run, what, asked.returned, &answer.sent, wider,
                    answer.bytes + sizeof(acrm_sent) + (wider ? WATCH_WIDER : 0));
    *sent = answer.sent;
    if (asked.returned != 0)
        sent->outcome = ACRM_SENT_RETRY;
    return 1;
}
