/* SPDX-License-Identifier: MIT */
/* The promises of a connector (autocrm/port/connector.h), in one call. */
#include "conformance/report.h"
#include "conformance/watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTOR_GUARD = 64, CONNECTOR_GRACE_MS = 2000, CONNECTOR_LONG = 100000 };

typedef struct connector_run {
    const acrm_connector_subject *subject;
    const acrm_connector *connector;
    acrm_conformance *report;
    int gone; /* it crashed or hangs: it is not called again */
    unsigned keys;
    char key[40]; /* of the request asked last */
    watch_lent lent;
} connector_run;

/* What came back of one call. */
typedef struct connector_got {
    int32_t returned;
    acrm_connector_answer answer;
    char *body; /* what was written */
    size_t len, max;
    int refused; /* write said that it is too long */
} connector_got;

static const char *connector_name(const connector_run *run)
{
    return run->subject->name ? run->subject->name : "ping";
}

static const char *connector_body(const connector_run *run)
{
    return run->subject->body ? run->subject->body : "{}";
}

static uint32_t connector_timeout(const connector_run *run)
{
    uint32_t own = run->connector->timeout_ms ? run->connector->timeout_ms : 30000;

    return run->subject->timeout_ms ? run->subject->timeout_ms : own;
}

static int32_t connector_arrived(const connector_run *run)
{
    return run->subject->arrived ? run->subject->arrived(run->subject->user, run->key) : -1;
}

/* --- One request --- */

static int32_t connector_write(void *to, const void *bytes, size_t size)
{
    connector_got *got = to;

    if (got->refused || size > got->max - got->len) {
        got->refused = 1;
        return ACRM_E_LIMIT;
    }
    char *longer = realloc(got->body, got->len + size + 1);
    if (!longer)
        return ACRM_E_NOMEM;
    got->body = longer;
    if (size > 0)
        memcpy(longer + got->len, bytes, size);
    got->len += size;
    got->body[got->len] = '\0';
    return 0;
}

typedef struct connector_asked {
    const acrm_connector *connector;
    const acrm_connector_request *request;
    acrm_connector_answer *answer;
    int32_t returned;
} connector_asked;

static void connector_call(void *user)
{
    connector_asked *asked = user;

    asked->returned = asked->connector->ask(asked->connector->self, asked->request, asked->answer);
}

static int connector_is_json(const connector_got *got)
{
    acrm_value *value = NULL;
    int good = got->len == 0 ||
               acrm_value_parse(NULL, got->body, got->len, &value, NULL) == ACRM_OK;

    acrm_value_free(value);
    return good;
}

/* All that holds for every call. */
static void connector_judge(connector_run *run, const char *what, const connector_got *got,
                            uint32_t size, const unsigned char *guard)
{
    acrm_conformance *report = run->report;
    const acrm_connector_answer *answer = &got->answer;
    int intact = 1;

    for (size_t i = 0; i < CONNECTOR_GUARD; i++)
        intact = intact && guard[i] == WATCH_FILL;
    report_check(report, intact, "ask writes nothing behind acrm_connector_answer", "%s: it does",
                 what);
    report_check(report, answer->struct_size == size && answer->write == connector_write,
                 "ask leaves the library's part of the answer as it is", "%s: it was changed",
                 what);
    report_check(report, answer->outcome >= ACRM_ASKED_TEMPORARY &&
                 answer->outcome <= ACRM_ASKED_PERMANENT, "the outcome is one of ACRM_ASKED_...",
                 "%s: it is %d", what, (int)answer->outcome);
    report_check(report, watch_text(answer->reference, sizeof answer->reference),
                 "the reference ends, is UTF-8 and has no control characters", "%s", what);
    report_check(report, watch_text(answer->reason, sizeof answer->reason),
                 "the reason ends, is UTF-8 and has no control characters", "%s", what);
    report_check(report, answer->retry_after >= 0, "retry_after is not negative", "%s: it is %d",
                 what, (int)answer->retry_after);
    if (got->returned == 0 && answer->outcome == ACRM_ASKED_ANSWERED && !got->refused)
        report_check(report, connector_is_json(got), "an answer is one JSON value",
                     "%s: %.100s", what, got->len > 0 ? got->body : "");
}

static acrm_connector_request *connector_lend(const connector_run *run, watch_room *room,
                                              const char *name, const char *body, int32_t attempt,
                                              uint32_t size)
{
    acrm_connector_request *request = (acrm_connector_request *)(void *)room->at;

    room->at += (sizeof *request + WATCH_WIDER + 15) / 16 * 16;
    memset(request, 0, sizeof *request + WATCH_WIDER);
    request->struct_size = size;
    request->attempt = attempt;
    request->key = watch_copy_text(room, run->key);
    request->name = watch_copy_text(room, name);
    request->body = watch_copy_text(room, body);
    request->body_len = strlen(body);
    request->timeout_ms = connector_timeout(run);
    return request;
}

/* Ask under run->key, in memory that is closed afterwards. `wider`: as a library would whose
 * structs have grown; `max`: so many bytes of an answer are taken. Whether it came back whole. */
static int connector_ask(connector_run *run, const char *what, const char *name, const char *body,
                         int32_t attempt, int wider, size_t max, connector_got *got)
{
    size_t size = 4096 + strlen(body) + strlen(name);
    uint32_t more = wider ? WATCH_WIDER : 0;
    union {
        acrm_connector_answer answer;
        unsigned char bytes[sizeof(acrm_connector_answer) + WATCH_WIDER + CONNECTOR_GUARD];
    } room;

    *got = (connector_got){ .max = max };
    char *memory = run->gone ? NULL : watch_lend(&run->lent, &size);
    if (!memory)
        return 0;
    watch_room lent = { memory };
    const acrm_connector_request *request = connector_lend(
        run, &lent, name, body, attempt, (uint32_t)sizeof *request + more);
    size_t used = (size_t)(lent.at - memory);
    memcpy(memory + size, memory, used); /* as it was before the call */
    memset(&room, WATCH_FILL, sizeof room);
    memset(&room, 0, sizeof room.answer + more);
    room.answer.struct_size = (uint32_t)sizeof room.answer + more;
    room.answer.to = got;
    room.answer.write = connector_write;
    connector_asked asked = { run->connector, request, &room.answer, -1 };
    int signal = watch_call(connector_timeout(run) + CONNECTOR_GRACE_MS, connector_call, &asked);
    run->gone = signal != 0;
    if (!report_check(run->report, signal != SIGSEGV && signal != SIGBUS,
                      "what is lent for a call is not used after it, and nothing else that is not "
                      "there", "%s: ask crashed", what) ||
        !report_check(run->report, signal != SIGALRM, "ask comes back within its limit of time",
                      "%s: it does not within %u ms", what, (unsigned)connector_timeout(run)))
        return 0;
    report_check(run->report, memcmp(memory, memory + size, used) == 0,
                 "ask leaves the request as it is", "%s: it was changed", what);
    watch_close(&run->lent);
    got->returned = asked.returned;
    got->answer = room.answer;
    connector_judge(run, what, got, (uint32_t)sizeof room.answer + more,
                    room.bytes + sizeof room.answer + more);
    if (got->returned != 0)
        got->answer.outcome = ACRM_ASKED_TEMPORARY;
    return 1;
}

/* The subject's own request, which is answered; whether it was. */
static int connector_plain(connector_run *run, const char *what, int32_t attempt, int wider,
                           const char *promise)
{
    connector_got got;
    int whole = connector_ask(run, what, connector_name(run), connector_body(run), attempt, wider,
                              CONNECTOR_LONG * 100, &got);

    if (whole)
        report_check(run->report, got.answer.outcome == ACRM_ASKED_ANSWERED, promise,
                     "%s: the outcome is %d: %.100s", what, (int)got.answer.outcome,
                     got.answer.reason);
    free(got.body);
    return whole && got.answer.outcome == ACRM_ASKED_ANSWERED;
}

/* --- What it says of itself, and what it takes --- */

static int connector_declares(connector_run *run)
{
    static const char promise[] = "the connector declares itself as the port has it";
    const acrm_connector *c = run->connector;
    acrm_conformance *report = run->report;

    if (!report_check(report, c->struct_size == sizeof *c, promise,
                      "struct_size is %u, of these headers it is %u", (unsigned)c->struct_size,
                      (unsigned)sizeof *c))
        return 0; /* what else it holds nobody can tell */
    size_t len = c->name ? strlen(c->name) : 0;
    report_check(report, len >= 1 && len <= 32, promise, "the name has %u bytes, not 1 to 32",
                 (unsigned)len);
    report_check(report, (c->flags & ~(uint32_t)ACRM_CONNECTOR_DEDUPES) == 0, promise,
                 "flags are 0x%x", (unsigned)c->flags);
    report_check(report, c->timeout_ms <= 3600000, promise, "timeout_ms is over an hour");
    report_check(report, c->answer_max <= 16777216, promise, "answer_max is over 16 MiB");
    return report_check(report, c->ask != NULL, promise, "there is no ask");
}

static void connector_takes(connector_run *run)
{
    static const struct {
        const char *what, *name, *body;
    } requests[] = {
        { "a request that nobody knows", "conformance.unknown", "{}" },
        { "a body of every kind of value", "conformance",
          "{\"a\":[1,-2.5,true,null,\"x\",{\"b\":{}}],\"c\":9007199254740991}" },
        { "scripts of every direction", "conformance",
          "{\"name\":\"آدا 你好\",\"ключ\":\"🚗\"}" },
        { "texts that look like commands", "conformance",
          "{\"a\":\"$(id) `id` ' ; | > /dev/null \\\" %s %n\\n\\r\\u001b\"}" },
    };

    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        connector_got got;
        watch_key(run->key, &run->keys);
        int whole = connector_ask(run, requests[i].what, requests[i].name, requests[i].body, 1, 0,
                                  CONNECTOR_LONG * 100, &got);
        free(got.body);
        if (!whole)
            return;
        report_check(run->report, got.answer.outcome != ACRM_ASKED_TEMPORARY,
                     "what will never be answered is not put off", "%s: %.100s", requests[i].what,
                     got.answer.reason);
    }
}

static void connector_takes_long(connector_run *run)
{
    char *body = malloc(CONNECTOR_LONG + 16);
    connector_got got = { .body = NULL };

    if (!body)
        return;
    memcpy(body, "{\"a\":\"", 6);
    memset(body + 6, 'x', CONNECTOR_LONG);
    memcpy(body + 6 + CONNECTOR_LONG, "\"}", 3);
    watch_key(run->key, &run->keys);
    (void)connector_ask(run, "a long body", connector_name(run), body, 1, 0, CONNECTOR_LONG * 100,
                        &got);
    free(got.body);
    /* An answer that the library does not take: it comes back, and that is all. */
    watch_key(run->key, &run->keys);
    (void)connector_ask(run, "an answer that is too long", connector_name(run),
                        connector_body(run), 1, 0, 0, &got);
    free(got.body);
    free(body);
}

/* --- The same again --- */

static void connector_again(connector_run *run)
{
    int dedupes = (run->connector->flags & ACRM_CONNECTOR_DEDUPES) != 0;

    watch_key(run->key, &run->keys);
    if (!connector_plain(run, "a first attempt", 1, 0, "the request of the subject is answered"))
        return;
    int32_t n = connector_arrived(run);
    if (n >= 0)
        report_check(run->report, n == 1, "a request asked once has its effect once",
                     "it had it %d times", (int)n);
    else
        report_skip(run->report);
    if (!connector_plain(run, "a second attempt under the same key", 2, 0,
                         "a request asked again is answered again"))
        return;
    n = connector_arrived(run);
    if (n >= 0)
        report_check(run->report, n >= 1 && n <= (dedupes ? 1 : 2),
                     dedupes ? "ACRM_CONNECTOR_DEDUPES: a key asked twice has its effect once"
                             : "each asking has its effect once at most", "it had it %d times",
                     (int)n);
}

/* --- When the other side fails --- */

static const struct {
    int32_t fault;
    const char *what, *promise;
    uint32_t outcomes; /* bits */
} connector_faults[] = {
    { ACRM_FAULT_LATER, "the other side says: not now", "what is put off is ACRM_ASKED_TEMPORARY",
      1u << ACRM_ASKED_TEMPORARY },
    { ACRM_FAULT_NEVER, "the other side says: never",
      "what is refused for good is ACRM_ASKED_REFUSED or ACRM_ASKED_PERMANENT",
      1u << ACRM_ASKED_REFUSED | 1u << ACRM_ASKED_PERMANENT },
    { ACRM_FAULT_HANGS_UP, "the other side hangs up",
      "what was not answered is ACRM_ASKED_TEMPORARY", 1u << ACRM_ASKED_TEMPORARY },
    { ACRM_FAULT_SILENT, "the other side says nothing",
      "what was not answered is ACRM_ASKED_TEMPORARY", 1u << ACRM_ASKED_TEMPORARY },
};

static int connector_make(const connector_run *run, int32_t fault)
{
    return run->subject->fault && run->subject->fault(run->subject->user, fault) == 0;
}

static void connector_fails(connector_run *run)
{
    for (size_t i = 0; i < sizeof connector_faults / sizeof connector_faults[0]; i++) {
        connector_got got;
        if (!connector_make(run, connector_faults[i].fault)) {
            report_skip(run->report);
            continue;
        }
        watch_key(run->key, &run->keys);
        int whole = connector_ask(run, connector_faults[i].what, connector_name(run),
                                  connector_body(run), 1, 0, CONNECTOR_LONG * 100, &got);
        free(got.body);
        connector_make(run, ACRM_FAULT_NONE);
        if (!whole)
            return;
        report_check(run->report, connector_faults[i].outcomes >> got.answer.outcome & 1,
                     connector_faults[i].promise, "%s: the outcome is %d",
                     connector_faults[i].what, (int)got.answer.outcome);
        report_check(run->report, got.answer.reason[0] != '\0' || got.returned != 0,
                     "a failure has a reason for people", "%s: it has none",
                     connector_faults[i].what);
        watch_key(run->key, &run->keys);
        (void)connector_plain(run, "the request behind one that failed", 1, 0,
                              "a failure harms no other request");
    }
}

/* --- By the library itself --- */

static int32_t connector_do(acrm_session *session, const char *operation, const char *json,
                            acrm_value **out)
{
    acrm_value *args = NULL;
    int32_t st = acrm_value_parse(NULL, json, strlen(json), &args, NULL);

    if (st == ACRM_OK)
        st = acrm_call(session, operation, args, out, NULL);
    acrm_value_free(args);
    return st;
}

static int32_t connector_tick(connector_run *run, acrm_session *session, char state[32])
{
    acrm_value *asked = NULL, *ticked = NULL, *got = NULL;
    size_t size = strlen(connector_body(run)) + 512;
    char *json = malloc(size);
    int32_t st = json ? ACRM_OK : ACRM_E_NOMEM;

    if (json)
        snprintf(json, size, "{\"connector\":\"%.32s\",\"name\":\"%.64s\",\"body\":%s}",
                 run->connector->name, connector_name(run), connector_body(run));
    if (st == ACRM_OK)
        st = connector_do(session, "connector.request", json, &asked);
    const char *id = acrm_value_text(acrm_value_get(asked, "id"), NULL);
    snprintf(run->key, sizeof run->key, "%s", id ? id : "");
    if (st == ACRM_OK)
        st = connector_do(session, "engine.tick", "{}", &ticked);
    if (json)
        snprintf(json, size, "{\"id\":\"%s\"}", run->key);
    if (st == ACRM_OK)
        st = connector_do(session, "connector_request.get", json, &got);
    const char *is = acrm_value_text(acrm_value_get(got, "state"), NULL);
    snprintf(state, 32, "%s", is ? is : "");
    acrm_value_free(asked);
    acrm_value_free(ticked);
    acrm_value_free(got);
    free(json);
    return st;
}

static void connector_in_library(connector_run *run)
{
    const acrm_options options = { .struct_size = sizeof options, .connectors = run->connector,
                                   .n_connectors = 1 };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    char state[32] = "";

    int32_t st = acrm_open("memory:", &options, &engine, NULL);
    report_check(run->report, st == ACRM_OK, "the library takes the connector",
                 "acrm_open says %s", acrm_status_name(st));
    if (st == ACRM_OK && !run->gone) {
        st = acrm_session_new(engine, "system", &session, NULL);
        if (st == ACRM_OK)
            st = connector_tick(run, session, state);
        report_check(run->report, st == ACRM_OK && strcmp(state, "answered") == 0,
                     "a request ordered in the library is answered by engine.tick",
                     "it is \"%s\" (%s)", state, acrm_status_name(st));
        int32_t n = connector_arrived(run);
        if (n >= 0)
            report_check(run->report, n == 1, "a request ordered in the library arrives once",
                         "it arrived %d times", (int)n);
    }
    acrm_session_free(session);
    acrm_close(engine);
}

int32_t acrm_conformance_connector(const acrm_connector_subject *subject, acrm_conformance **out)
{
    if (!subject || !out || subject->struct_size != sizeof *subject || !subject->connector)
        return ACRM_E_MISUSE;
    connector_run *run = calloc(1, sizeof *run);
    acrm_conformance *report = report_new();
    if (!run || !report) {
        free(run);
        acrm_conformance_free(report);
        return ACRM_E_NOMEM;
    }
    run->subject = subject;
    run->connector = subject->connector;
    run->report = report;
    if (connector_declares(run)) {
        connector_again(run);
        connector_takes(run);
        connector_takes_long(run);
        watch_key(run->key, &run->keys);
        (void)connector_plain(run, "structs of a later library", 1, 1,
                              "structs that are larger than those it was compiled with are taken");
        connector_fails(run);
        connector_in_library(run);
    }
    watch_release(&run->lent);
    free(run);
    *out = report;
    return ACRM_OK;
}
