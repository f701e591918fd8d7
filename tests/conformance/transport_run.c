/* SPDX-License-Identifier: MIT */
/* Handing a message to a transport under watch. */
#include "conformance/transport_run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { TRANSPORT_WIDER = 64, TRANSPORT_GUARD = 64, TRANSPORT_FILL = 0xA5, TRANSPORT_MS = 120000 };

/* The watch over the call under way: signals know no other place. */
static sigjmp_buf transport_back;

static void transport_on_signal(int number)
{
    siglongjmp(transport_back, number);
}

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
    snprintf(run->key, sizeof run->key, "%08x-%04x-7000-8000-%012x",
             (unsigned)((uint64_t)time(NULL) & 0xffffffffu), (unsigned)getpid() & 0xffffu,
             ++run->keys);
}

int32_t transport_arrived(const transport_run *run)
{
    return run->subject->arrived ? run->subject->arrived(run->subject->user, run->key) : -1;
}

/* --- Lending --- */

typedef struct lender {
    char *at, *end;
} lender;

static void *lender_copy(lender *l, const void *data, size_t size)
{
    char *to = l->at;

    if (!data)
        return NULL;
    if (size > 0)
        memcpy(to, data, size);
    l->at += (size + 15) / 16 * 16;
    return to;
}

static const char *lender_text(lender *l, const char *text)
{
    return lender_copy(l, text, text ? strlen(text) + 1 : 0);
}

static size_t lender_size(const acrm_outgoing *m)
{
    const char *const texts[] = { m->key, m->to, m->name, m->subject, m->body, m->language, m->text,
                                  m->unsubscribe, m->country };
    size_t size = sizeof *m + TRANSPORT_WIDER + 4096;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        size += texts[i] ? strlen(texts[i]) + 32 : 0;
    for (uint32_t i = 0; i < m->n_files; i++)
        size += m->files[i].size + sizeof m->files[i] + 512;
    for (uint32_t i = 0; i < m->n_headers; i++)
        size += strlen(m->headers[i].name) + strlen(m->headers[i].value) + 128;
    return size;
}

/* A copy of the message and of all it points to. */
static acrm_outgoing *lender_message(lender *l, const acrm_outgoing *m, int wider)
{
    acrm_outgoing *copy = (acrm_outgoing *)(void *)l->at;

    l->at += (sizeof *copy + TRANSPORT_WIDER + 15) / 16 * 16;
    memset(copy, TRANSPORT_FILL, sizeof *copy + TRANSPORT_WIDER);
    *copy = *m;
    copy->struct_size = (uint32_t)sizeof *m + (wider ? TRANSPORT_WIDER : 0);
    copy->key = lender_text(l, m->key);
    copy->to = lender_text(l, m->to);
    copy->name = lender_text(l, m->name);
    copy->subject = lender_text(l, m->subject);
    copy->body = lender_text(l, m->body);
    copy->language = lender_text(l, m->language);
    copy->text = lender_text(l, m->text);
    copy->unsubscribe = lender_text(l, m->unsubscribe);
    copy->country = lender_text(l, m->country);
    acrm_outgoing_file *files = lender_copy(l, m->files, m->n_files * sizeof *m->files);
    for (uint32_t i = 0; i < m->n_files; i++) {
        files[i].name = lender_text(l, m->files[i].name);
        files[i].media_type = lender_text(l, m->files[i].media_type);
        files[i].data = lender_copy(l, m->files[i].data, m->files[i].size);
    }
    acrm_outgoing_header *headers = lender_copy(l, m->headers, m->n_headers * sizeof *m->headers);
    for (uint32_t i = 0; i < m->n_headers; i++) {
        headers[i].name = lender_text(l, m->headers[i].name);
        headers[i].value = lender_text(l, m->headers[i].value);
    }
    copy->files = files;
    copy->headers = headers;
    return copy;
}

void transport_release(transport_run *run)
{
    for (unsigned i = 0; i < run->n_lent; i++)
        munmap(run->lent[i].memory, run->lent[i].size);
    run->n_lent = 0;
}

/* --- The call --- */

/* 0 when submit came back; else the signal that ended it. */
static int transport_call(transport_run *run, const acrm_outgoing *message, acrm_sent *sent,
                          int32_t *returned)
{
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGALRM };
    uint32_t ms = run->subject->submit_ms_max ? run->subject->submit_ms_max : TRANSPORT_MS;
    const struct itimerval limit = { { 0, 0 }, { ms / 1000, ms % 1000 * 1000 } };
    const struct itimerval none = { { 0, 0 }, { 0, 0 } };
    struct sigaction action = { .sa_handler = transport_on_signal }, before[3];
    volatile int ended = 0;

    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &action, &before[i]);
    int number = sigsetjmp(transport_back, 1);
    if (number == 0) {
        setitimer(ITIMER_REAL, &limit, NULL);
        *returned = run->transport->submit(run->transport->self, message, sent);
    } else {
        ended = number;
    }
    setitimer(ITIMER_REAL, &none, NULL);
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], &before[i], NULL);
    return ended;
}

/* A text of a fixed size: it ends, is UTF-8 without control characters. */
static int transport_text(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    acrm_value *value = NULL;

    if (!end)
        return 0;
    for (const char *p = text; p < end; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return 0;
    int good = acrm_value_new(NULL, &value) == ACRM_OK &&
               acrm_value_set_text(value, text, (size_t)(end - text)) == ACRM_OK;
    acrm_value_free(value);
    return good;
}

static void transport_judge(transport_run *run, const char *what, int32_t returned,
                            const acrm_sent *sent, int wider, const unsigned char *guard)
{
    acrm_conformance *report = run->report;
    int intact = 1;

    for (size_t i = 0; i < TRANSPORT_GUARD; i++)
        intact = intact && guard[i] == TRANSPORT_FILL;
    report_check(report, intact, "submit writes nothing behind acrm_sent", "%s: it does", what);
    report_check(report, sent->struct_size == sizeof *sent + (wider ? TRANSPORT_WIDER : 0),
                 "submit leaves acrm_sent.struct_size as it is", "%s: it is %u", what,
                 (unsigned)sent->struct_size);
    report_check(report, sent->outcome >= ACRM_SENT_RETRY && sent->outcome <= ACRM_SENT_BAD_ADDRESS,
                 "the outcome is one of ACRM_SENT_...", "%s: it is %d", what, (int)sent->outcome);
    report_check(report, transport_text(sent->reference, sizeof sent->reference),
                 "the reference ends, is UTF-8 and has no control characters", "%s", what);
    report_check(report, transport_text(sent->reason, sizeof sent->reason),
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
    size_t size = (lender_size(message) + 4095) / 4096 * 4096;
    union {
        acrm_sent sent;
        unsigned char bytes[sizeof(acrm_sent) + TRANSPORT_WIDER + TRANSPORT_GUARD];
    } answer;
    int32_t returned = -1;

    if (run->gone || run->n_lent == TRANSPORT_LENT_MAX)
        return 0;
    char *memory = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 0;
    run->lent[run->n_lent].memory = memory;
    run->lent[run->n_lent++].size = 2 * size;
    lender l = { memory, memory + size };
    acrm_outgoing *lent = lender_message(&l, message, wider);
    size_t used = (size_t)(l.at - memory);
    memcpy(memory + size, memory, used); /* as it was before the call */

    memset(&answer, TRANSPORT_FILL, sizeof answer);
    memset(&answer, 0, sizeof(acrm_sent) + (wider ? TRANSPORT_WIDER : 0));
    answer.sent.struct_size = (uint32_t)sizeof(acrm_sent) + (wider ? TRANSPORT_WIDER : 0);
    int signal = transport_call(run, lent, &answer.sent, &returned);
    run->gone = signal != 0;
    if (!report_check(run->report, signal != SIGSEGV && signal != SIGBUS,
                      "what is lent for a call is not used after it, and nothing else that is not "
                      "there", "%s: submit crashed", what) ||
        !report_check(run->report, signal != SIGALRM, "submit comes back", "%s: it hangs", what))
        return 0;
    report_check(run->report, memcmp(memory, memory + size, used) == 0,
                 "submit leaves the message as it is", "%s: it was changed", what);
    mprotect(memory, 2 * size, PROT_NONE);
    transport_judge(run, what, returned, &answer.sent, wider,
                    answer.bytes + sizeof(acrm_sent) + (wider ? TRANSPORT_WIDER : 0));
    *sent = answer.sent;
    if (returned != 0)
        sent->outcome = ACRM_SENT_RETRY;
    return 1;
}
