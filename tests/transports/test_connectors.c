/* SPDX-License-Identifier: MIT */
/* The example connectors pass the conformance suite and do as they promise; faulty ones are
 * caught. */
#include "autocrm_conformance.h"
#include "connectors.h"
#include "server.h"
#include "support/suite.h"

#include <stdint.h>
#include <time.h>

static void suite_passes(const char *name, const acrm_connector_subject *subject)
{
    acrm_conformance *report = NULL;

    ck_assert_int_eq(acrm_conformance_connector(subject, &report), ACRM_OK);
    for (int32_t i = 0; i < acrm_conformance_failures(report); i++)
        printf("%s: %s: %s\n", name, acrm_conformance_promise(report, i),
               acrm_conformance_text(report, i));
    ck_assert_msg(acrm_conformance_failures(report) == 0, "%s", name);
    ck_assert_int_gt(acrm_conformance_checks(report), 80);
    acrm_conformance_free(report);
}

/* --- Commands --- */

/* One request of a command by hand. */
typedef struct asked {
    acrm_connector_answer answer;
    char body[200000];
    size_t len, max;
    int64_t ms;
} asked;

static int32_t asked_write(void *to, const void *bytes, size_t size)
{
    asked *a = to;

    if (size > a->max - a->len)
        return ACRM_E_LIMIT;
    memcpy(a->body + a->len, bytes, size);
    a->len += size;
    a->body[a->len] = '\0';
    return 0;
}

static int64_t clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void ask(asked *a, const char *command, const char *body, uint32_t timeout_ms)
{
    example_fault fault;
    example_exec *exec = example_exec_open(command, &fault);
    const acrm_connector connector = example_exec_connector(exec, "test");
    const acrm_connector_request request = {
        .struct_size = sizeof request, .attempt = 3, .key = "the-key", .name = "the.name",
        .body = body, .body_len = strlen(body), .timeout_ms = timeout_ms };

    a->answer = (acrm_connector_answer){ .struct_size = sizeof a->answer, .to = a,
                                         .write = asked_write };
    a->len = 0;
    a->max = a->max ? a->max : sizeof a->body - 1;
    a->body[0] = '\0';
    a->ms = clock_ms();
    ck_assert_int_eq(connector.ask(connector.self, &request, &a->answer), 0);
    a->ms = clock_ms() - a->ms;
    example_exec_close(exec);
}

static const struct {
    const char *command;
    int32_t outcome;
    const char *reason, *body;
} commands[] = {
    { "cat", ACRM_ASKED_ANSWERED, "",
      "{\"key\":\"the-key\",\"name\":\"the.name\",\"attempt\":3,\"body\":{\"a\":1}}" },
    { "echo '{\"b\":2}'; exec <&-", ACRM_ASKED_ANSWERED, "", "{\"b\":2}\n" },
    { "echo too young >&2; echo '{}'; exit 77", ACRM_ASKED_REFUSED, "too young", "{}\n" },
    { "printf 'no such car\\nand more' >&2; exit 65", ACRM_ASKED_PERMANENT, "no such car", "" },
    { "exit 1", ACRM_ASKED_TEMPORARY, "the command failed", "" },
    { "kill -9 $$", ACRM_ASKED_TEMPORARY, "no answer in time", "" },
    { "/nowhere/at/all 2>/dev/null", ACRM_ASKED_TEMPORARY, "the command failed", "" },
    { "exec </dev/null", ACRM_ASKED_ANSWERED, "", "" },
};

START_TEST(connectors__a_command_says_what_came_of_it)
{
    static asked a;

    ask(&a, commands[_i].command, "{\"a\":1}", 5000);
    ck_assert_msg(a.answer.outcome == commands[_i].outcome, "%s: %d %s", commands[_i].command,
                  a.answer.outcome, a.answer.reason);
    if (strncmp(commands[_i].command, "kill", 4) != 0)
        ck_assert_str_eq(a.answer.reason, commands[_i].reason);
    ck_assert_str_eq(a.body, commands[_i].body);
}
END_TEST

START_TEST(connectors__a_command_that_hangs_ends_with_what_it_started)
{
    static asked a;
    char folder[64], command[200], path[96];

    server_folder(folder);
    snprintf(path, sizeof path, "%s/late", folder);
    snprintf(command, sizeof command, "(sleep 1; touch %s) & sleep 30", path);
    ask(&a, command, "{}", 200);
    ck_assert_int_eq(a.answer.outcome, ACRM_ASKED_TEMPORARY);
    ck_assert_str_eq(a.answer.reason, "no answer in time");
    ck_assert_int_lt(a.ms, 900);
    const struct timespec longer = { 1, 200000000 };
    nanosleep(&longer, NULL);
    ck_assert_int_ne(access(path, F_OK), 0);
    server_remove(folder);
}
END_TEST

START_TEST(connectors__much_goes_both_ways_at_once)
{
    static asked a;
    static char body[150000];

    memset(body, 'x', sizeof body - 1);
    memcpy(body, "{\"a\":\"", 6);
    memcpy(body + sizeof body - 3, "\"}", 3);
    ask(&a, "cat", body, 10000);
    ck_assert_int_eq(a.answer.outcome, ACRM_ASKED_ANSWERED);
    ck_assert_uint_gt(a.len, sizeof body);
    a.max = 10; /* the library takes no more: that is all */
    ask(&a, "cat", body, 10000);
    ck_assert_uint_eq(a.len, 0);
    a.max = 0;
}
END_TEST

typedef struct script {
    char folder[64], file[96];
} script;

static int32_t script_arrived(void *user, const char *key)
{
    const script *s = user;
    char command[300];

    snprintf(command, sizeof command, "grep -c '%s' %s/log > /dev/null", key, s->folder);
    if (system(command) != 0)
        return 0;
    snprintf(command, sizeof command, "test $(grep -c '%s' %s/log) = 1", key, s->folder);
    return system(command) == 0 ? 1 : 2;
}

static int32_t script_fault(void *user, int32_t fault)
{
    static const char *const orders[] = { "echo '{}'", "echo busy >&2; exit 75",
                                          "echo no >&2; exit 65", "kill -9 $$", "sleep 30" };
    const script *s = user;
    FILE *out = fopen(s->file, "w");

    fprintf(out, "cat >> %s/log; echo >> %s/log\n%s\n", s->folder, s->folder, orders[fault]);
    fclose(out);
    return 0;
}

START_TEST(connectors__conformance_of_commands)
{
    script s;
    char command[128];
    example_fault fault;

    server_folder(s.folder);
    snprintf(s.file, sizeof s.file, "%s/script", s.folder);
    snprintf(command, sizeof command, "sh %s", s.file);
    script_fault(&s, ACRM_FAULT_NONE);
    example_exec *exec = example_exec_open(command, &fault);
    const acrm_connector connector = example_exec_connector(exec, "exec");
    suite_passes("exec", &(acrm_connector_subject){ .struct_size = sizeof(acrm_connector_subject),
                 .connector = &connector, .user = &s, .arrived = script_arrived,
                 .fault = script_fault, .timeout_ms = 400 });
    example_exec_close(exec);
    server_remove(s.folder);
}
END_TEST

/* --- HTTP --- */

#ifdef ACRM_TEST_HAVE_CURL

static int32_t http_arrived(void *user, const char *key)
{
    const server *s = user;
    int32_t found = 0;

    for (int i = 1; i <= server_count(s, "request"); i++) {
        char path[128];
        size_t len;
        snprintf(path, sizeof path, "%s/request-%d.json", s->folder, i);
        char *text = server_bytes(path, &len);
        const char *header = strstr(text, "Idempotency-Key");
        found += header && strstr(text, "\"ok\": true") &&
                 strncmp(header + strlen("Idempotency-Key\": \""), key, 36) == 0;
        free(text);
    }
    return found;
}

static int32_t http_fault(void *user, int32_t fault)
{
    static const char *const modes[] = { "", "status 503", "status 422", "drop", "slow 3" };

    server_mode(user, modes[fault]);
    return 0;
}

START_TEST(connectors__conformance_of_http)
{
    example_fault fault;
    server s;
    char url[80];

    server_start(&s, "http_server.py", NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/ask", s.port);
    example_ask_http *http = example_ask_http_open(url, "secret", &fault);
    const acrm_connector connector = example_ask_http_connector(http, "http");
    suite_passes("http", &(acrm_connector_subject){ .struct_size = sizeof(acrm_connector_subject),
                 .connector = &connector, .user = &s, .arrived = http_arrived,
                 .fault = http_fault, .timeout_ms = 800 });
    example_ask_http_close(http);
    server_stop(&s);
}
END_TEST

#endif

/* --- By words --- */

START_TEST(connectors__words_that_make_no_sense_are_told)
{
    static const char *const wrong[] = { "bank", "=exec:true", "bank=", "bank=exec:",
                                         "bank=ftp://x",
                                         "a.name.that.is.longer.than.32.bytes=exec:true" };
    example_connectors c = { .n = 0 };
    example_fault fault;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(!example_connectors_add(&c, wrong[i], NULL, &fault), "%s", wrong[i]);
    ck_assert(example_connectors_add(&c, "bank=exec:true", NULL, &fault));
    ck_assert(!example_connectors_add(&c, "bank=exec:true", NULL, &fault));
    ck_assert_uint_eq(c.n, 1);
    ck_assert_str_eq(c.connectors[0].name, "bank");
    example_connectors_close(&c);
}
END_TEST

/* --- Faulty ones --- */

enum { FAULTY_KEYS = 100 };

/* A connector in memory, right but for one thing. */
typedef struct faulty {
    int kind;
    int32_t fault;
    const acrm_connector_request *kept;
    char keys[FAULTY_KEYS][40];
    int n;
} faulty;

enum {
    FAULTY_NONE,
    FAULTY_OUTCOME,
    FAULTY_TWICE,
    FAULTY_KEEPS,
    FAULTY_HANGS,
    FAULTY_OVERFLOWS,
    FAULTY_UNENDED,
    FAULTY_CHANGES,
    FAULTY_NEGATIVE,
    FAULTY_SIZE,
    FAULTY_STRICT,
    FAULTY_STUCK,
    FAULTY_SILENT,
    FAULTY_FINAL,
    FAULTY_BUSY,
    FAULTY_DEDUPES,
    FAULTY_CALLED,
    FAULTY_WORDS,
    FAULTY_PUTS_OFF
};

static int32_t faulty_arrived(void *user, const char *key)
{
    const faulty *f = user;
    int32_t n = 0;

    for (int i = 0; i < f->n; i++)
        n += strcmp(f->keys[i], key) == 0;
    return n;
}

static int32_t faulty_make(void *user, int32_t fault)
{
    faulty *f = user;

    if (fault > ACRM_FAULT_NEVER || (f->kind == FAULTY_STUCK && fault == ACRM_FAULT_NONE))
        return fault != ACRM_FAULT_NONE;
    f->fault = fault;
    return 0;
}

static void faulty_spoil(const faulty *f, const acrm_connector_request *request,
                         acrm_connector_answer *answer)
{
    switch (f->kind) {
    case FAULTY_OVERFLOWS:
        ((char *)answer)[sizeof *answer] = 'x';
        break;
    case FAULTY_UNENDED:
        memset(answer->reference, 'x', sizeof answer->reference);
        break;
    case FAULTY_CHANGES:
        *(char *)(uintptr_t)request->body ^= 1;
        break;
    case FAULTY_NEGATIVE:
        answer->retry_after = -1;
        break;
    case FAULTY_SIZE:
        answer->struct_size = 0;
        break;
    case FAULTY_HANGS:
        for (;;)
            pause();
    default:
        break;
    }
}

static int32_t faulty_ask(void *self, const acrm_connector_request *request,
                          acrm_connector_answer *answer)
{
    faulty *f = self;
    volatile int32_t attempt = f->kind == FAULTY_KEEPS && f->kept ? f->kept->attempt : 0;
    const char *body = f->kind == FAULTY_WORDS ? "that is fine" : "{\"ok\":true}";

    (void)attempt;
    f->kept = request;
    if (f->fault != ACRM_FAULT_NONE) {
        bool later = f->fault == ACRM_FAULT_LATER && f->kind != FAULTY_FINAL;
        answer->outcome = later || f->kind == FAULTY_BUSY ? ACRM_ASKED_TEMPORARY
                                                          : ACRM_ASKED_PERMANENT;
        if (f->kind != FAULTY_SILENT)
            snprintf(answer->reason, sizeof answer->reason, "as told");
        return 0;
    }
    if ((f->kind == FAULTY_STRICT && request->struct_size != sizeof *request) ||
        (f->kind == FAULTY_CALLED && request->attempt > 1) ||
        (f->kind == FAULTY_PUTS_OFF && strcmp(request->name, "ping") != 0))
        return -1;
    faulty_spoil(f, request, answer);
    for (int i = 0; i < (f->kind == FAULTY_TWICE ? 2 : 1); i++)
        snprintf(f->keys[f->n++ % FAULTY_KEYS], sizeof f->keys[0], "%s", request->key);
    answer->outcome = f->kind == FAULTY_OUTCOME ? 9 : ACRM_ASKED_ANSWERED;
    (void)answer->write(answer->to, body, strlen(body));
    return 0;
}

static const struct {
    int kind;
    const char *promise;
} faulty_kinds[] = {
    { FAULTY_NONE, NULL },
    { FAULTY_OUTCOME, "the outcome is one of ACRM_ASKED_..." },
    { FAULTY_TWICE, "a request asked once has its effect once" },
    { FAULTY_KEEPS, "what is lent for a call is not used after it" },
    { FAULTY_HANGS, "ask comes back within its limit of time" },
    { FAULTY_OVERFLOWS, "ask writes nothing behind acrm_connector_answer" },
    { FAULTY_UNENDED, "the reference ends, is UTF-8" },
    { FAULTY_CHANGES, "ask leaves the request as it is" },
    { FAULTY_NEGATIVE, "retry_after is not negative" },
    { FAULTY_SIZE, "ask leaves the library's part of the answer as it is" },
    { FAULTY_STRICT, "structs that are larger" },
    { FAULTY_STUCK, "a failure harms no other request" },
    { FAULTY_SILENT, "a failure has a reason for people" },
    { FAULTY_FINAL, "what is put off is ACRM_ASKED_TEMPORARY" },
    { FAULTY_BUSY, "what is refused for good" },
    { FAULTY_DEDUPES, "ACRM_CONNECTOR_DEDUPES" },
    { FAULTY_CALLED, "a request asked again is answered again" },
    { FAULTY_WORDS, "an answer is one JSON value" },
    { FAULTY_PUTS_OFF, "what will never be answered is not put off" },
};

START_TEST(connectors__faulty_ones_are_caught)
{
    const int kind = faulty_kinds[_i].kind;
    const char *promise = faulty_kinds[_i].promise;
    faulty *f = calloc(1, sizeof *f);
    acrm_conformance *report = NULL;
    bool caught = false;

    f->kind = kind;
    const acrm_connector connector = {
        .struct_size = sizeof connector, .name = "faulty", .self = f, .ask = faulty_ask,
        .flags = kind == FAULTY_DEDUPES ? ACRM_CONNECTOR_DEDUPES : 0 };
    const acrm_connector_subject subject = {
        .struct_size = sizeof subject, .connector = &connector, .user = f, .timeout_ms = 100,
        .arrived = faulty_arrived, .fault = faulty_make };
    ck_assert_int_eq(acrm_conformance_connector(&subject, &report), ACRM_OK);
    for (int32_t i = 0; i < acrm_conformance_failures(report); i++)
        caught = caught || (promise && strncmp(acrm_conformance_promise(report, i), promise,
                                               strlen(promise)) == 0);
    ck_assert_msg(promise ? caught : acrm_conformance_failures(report) == 0,
                  "%s: %d failures, the first: %s: %s", promise ? promise : "none",
                  acrm_conformance_failures(report), acrm_conformance_promise(report, 0),
                  acrm_conformance_text(report, 0));
    acrm_conformance_free(report);
    free(f);
}
END_TEST

START_TEST(connectors__lies_about_itself_are_caught)
{
    faulty f = { .kind = FAULTY_NONE };
    const acrm_connector good = { .struct_size = sizeof good, .name = "faulty", .self = &f,
                                  .ask = faulty_ask };
    acrm_conformance *report = NULL;

    for (int i = 0; i < 7; i++) {
        acrm_connector bad = good;
        const acrm_connector_subject subject = { .struct_size = sizeof subject,
                                                 .connector = &bad };
        f.n = 0;
        bad.struct_size = i == 0 ? 8 : i == 1 ? 4096 : bad.struct_size;
        bad.name = i == 2 ? NULL : i == 3 ? "a name that is longer than 32 bytes allow" : bad.name;
        bad.flags = i == 4 ? 1u << 7 : 0;
        bad.ask = i == 5 ? NULL : bad.ask;
        bad.timeout_ms = i == 6 ? 3600001 : 0;
        ck_assert_int_eq(acrm_conformance_connector(&subject, &report), ACRM_OK);
        ck_assert_msg(acrm_conformance_failures(report) > 0, "lie %d", i);
        ck_assert_str_eq(acrm_conformance_promise(report, 0),
                         "the connector declares itself as the port has it");
        acrm_conformance_free(report);
    }
    acrm_connector_subject none = { .struct_size = sizeof none };
    ck_assert_int_eq(acrm_conformance_connector(&none, &report), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_conformance_connector(NULL, &report), ACRM_E_MISUSE);
}
END_TEST

static Suite *connectors_suite(void)
{
    Suite *s = suite_create("connectors");
    TCase *t = tcase_create("connectors");

    tcase_add_loop_test(t, connectors__a_command_says_what_came_of_it, 0,
                        sizeof commands / sizeof commands[0]);
    tcase_add_test(t, connectors__a_command_that_hangs_ends_with_what_it_started);
    tcase_add_test(t, connectors__much_goes_both_ways_at_once);
    tcase_add_test(t, connectors__conformance_of_commands);
#ifdef ACRM_TEST_HAVE_CURL
    tcase_add_test(t, connectors__conformance_of_http);
#endif
    tcase_add_test(t, connectors__words_that_make_no_sense_are_told);
    tcase_add_loop_test(t, connectors__faulty_ones_are_caught, 0,
                        sizeof faulty_kinds / sizeof faulty_kinds[0]);
    tcase_add_test(t, connectors__lies_about_itself_are_caught);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(connectors_suite)
