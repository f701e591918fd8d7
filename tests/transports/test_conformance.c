/* SPDX-License-Identifier: MIT */
/* The conformance suite: the example transports pass it, and faulty ones are caught. */
#include "autocrm_conformance.h"
#include "server.h"
#include "support/suite.h"
#include "transports.h"

#include <dirent.h>
#include <stdint.h>

static void suite_passes(const char *name, const acrm_transport_subject *subject)
{
    acrm_conformance *report = NULL;

    ck_assert_int_eq(acrm_conformance_transport(subject, &report), ACRM_OK);
    for (int32_t i = 0; i < acrm_conformance_failures(report); i++)
        printf("%s: %s: %s\n", name, acrm_conformance_promise(report, i),
               acrm_conformance_text(report, i));
    ck_assert_msg(acrm_conformance_failures(report) == 0, "%s", name);
    ck_assert_int_gt(acrm_conformance_checks(report), 80);
    printf("%s: %d checks, %d skipped\n", name, acrm_conformance_checks(report),
           acrm_conformance_skipped(report));
    acrm_conformance_free(report);
}

START_TEST(conformance__console)
{
    FILE *out = tmpfile();
    const acrm_transport transport = example_console(out);

    suite_passes("console", &(acrm_transport_subject){ .struct_size =
                 sizeof(acrm_transport_subject), .transport = &transport });
    fclose(out);
}
END_TEST

/* --- The folder --- */

static int32_t spool_count(const char *folder, const char *key)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int32_t n = 0;

    while (dir && (entry = readdir(dir)) != NULL)
        n += strncmp(entry->d_name, key, strlen(key)) == 0;
    if (dir)
        closedir(dir);
    return n;
}

static int32_t spool_arrived(void *user, const char *key)
{
    char waiting[128];

    snprintf(waiting, sizeof waiting, "%s/waiting", (const char *)user);
    return spool_count(user, key) + spool_count(waiting, key);
}

START_TEST(conformance__spool)
{
    char folder[64], merged[256];
    example_fault fault;

    server_folder(folder);
    example_spool *spool = example_spool_open(&(example_spool_options){ .folder = folder }, &fault);
    ck_assert_ptr_nonnull(spool);
    const acrm_transport transport = example_spool_transport(spool);
    suite_passes("spool", &(acrm_transport_subject){ .struct_size = sizeof(acrm_transport_subject),
                 .transport = &transport, .user = folder, .arrived = spool_arrived });
    ck_assert_int_eq(example_spool_close(spool, merged, sizeof merged), 0);
    server_remove(folder);
}
END_TEST

/* --- Those that speak to servers --- */

#ifdef ACRM_TEST_HAVE_CURL

/* Messages with this key among the files NAME-N.json that are marked with "ok". */
static int32_t server_arrived(const server *s, const char *name, const char *mark, const char *key)
{
    int32_t found = 0;

    for (int i = 1; i <= server_count(s, name); i++) {
        char path[128];
        size_t len;
        snprintf(path, sizeof path, "%s/%s-%d.json", s->folder, name, i);
        char *text = server_bytes(path, &len);
        found += strstr(text, key) && strstr(text, mark);
        free(text);
    }
    return found;
}

static int32_t http_arrived(void *user, const char *key)
{
    return server_arrived(user, "request", "\"ok\": true", key);
}

static int32_t http_fault(void *user, int32_t fault)
{
    static const char *const modes[] = { "", "status 503", "status 410", "drop", "slow 3" };

    server_mode(user, modes[fault]);
    return 0;
}

START_TEST(conformance__http)
{
    example_fault fault;
    server s;
    char url[80];

    server_start(&s, "http_server.py", NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", s.port);
    for (int webhook = 0; webhook < 2; webhook++) {
        example_http *http = example_http_open(&(example_http_options){
            .url = webhook ? NULL : url, .private_too = true, .timeout_ms = 1500 }, &fault);
        const acrm_transport transport = example_http_transport(http);
        suite_passes(transport.name, &(acrm_transport_subject){
            .struct_size = sizeof(acrm_transport_subject), .transport = &transport,
            .to = webhook ? url : NULL, .user = &s, .arrived = http_arrived,
            .fault = http_fault });
        example_http_close(http);
    }
    server_stop(&s);
}
END_TEST

START_TEST(conformance__sms)
{
    acrm_value *gateway = NULL;
    example_fault fault;
    server s;
    char json[200];

    server_start(&s, "http_server.py", NULL);
    int len = snprintf(json, sizeof json, "{\"url\":\"http://127.0.0.1:%d/{{key}}\",\"timeout\":2,"
                       "\"body\":\"{{body}}\",\"body_max\":1600}", s.port);
    ck_assert_int_eq(acrm_value_parse(NULL, json, (size_t)len, &gateway, NULL), ACRM_OK);
    example_sms *sms = example_sms_open(gateway, ".", &fault);
    const acrm_transport transport = example_sms_transport(sms);
    suite_passes("sms", &(acrm_transport_subject){ .struct_size = sizeof(acrm_transport_subject),
                 .transport = &transport, .user = &s, .arrived = http_arrived,
                 .fault = http_fault });
    example_sms_close(sms);
    acrm_value_free(gateway);
    server_stop(&s);
}
END_TEST

#endif

#ifdef ACRM_TEST_HAVE_SMTP

static int32_t smtp_arrived(void *user, const char *key)
{
    return server_arrived(user, "mail", "", key);
}

static int32_t smtp_fault(void *user, int32_t fault)
{
    static const char *const modes[] = { "", "rcpt 451 4.3.0 later", "data 554 5.6.0 never",
                                         "drop data", "slow rcpt 3" };

    server_mode(user, modes[fault]);
    return 0;
}

START_TEST(conformance__smtp)
{
    example_fault fault;
    server s;
    char url[80];

    server_start(&s, "smtp_server.py", NULL);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", s.port);
    example_smtp *smtp = example_smtp_open(&(example_smtp_options){
        .url = url, .from = "a@b.example", .tls = EXAMPLE_TLS_NONE, .timeout_ms = 1500 }, &fault);
    const acrm_transport transport = example_smtp_transport(smtp);
    suite_passes("smtp", &(acrm_transport_subject){ .struct_size = sizeof(acrm_transport_subject),
                 .transport = &transport, .user = &s, .arrived = smtp_arrived,
                 .fault = smtp_fault });
    example_smtp_close(smtp);
    server_stop(&s);
}
END_TEST

#endif

/* --- Faulty ones --- */

enum { FAULTY_KEYS = 200 };

/* A transport in memory, right but for one thing. */
typedef struct faulty {
    int kind;
    int32_t fault;
    const acrm_outgoing *kept;
    char keys[FAULTY_KEYS][40];
    int n;
} faulty;

enum {
    FAULTY_NONE,
    FAULTY_OUTCOME,
    FAULTY_TWICE,
    FAULTY_KEEPS,
    FAULTY_AFTER,
    FAULTY_HANGS,
    FAULTY_OVERFLOWS,
    FAULTY_UNENDED,
    FAULTY_CONTROL,
    FAULTY_UTF8,
    FAULTY_CHANGES,
    FAULTY_LOSES,
    FAULTY_NEGATIVE,
    FAULTY_SIZE,
    FAULTY_STRICT,
    FAULTY_STUCK,
    FAULTY_SILENT,
    FAULTY_FINAL,
    FAULTY_BUSY,
    FAULTY_DEDUPES,
    FAULTY_CALLED
};

static int32_t faulty_arrived(void *user, const char *key)
{
    const faulty *f = user;
    int32_t n = 0;

    for (int i = 0; i < f->n; i++)
        n += strcmp(f->keys[i], key) == 0;
    return n;
}

static int32_t faulty_fault(void *user, int32_t fault)
{
    faulty *f = user;

    if (fault > ACRM_FAULT_NEVER || (f->kind == FAULTY_STUCK && fault == ACRM_FAULT_NONE))
        return fault != ACRM_FAULT_NONE;
    f->fault = fault;
    return 0;
}

static void faulty_arrive(faulty *f, const acrm_outgoing *message)
{
    ck_assert_int_lt(f->n, FAULTY_KEYS);
    snprintf(f->keys[f->n++], sizeof f->keys[0], "%s", message->key);
}

/* What is wrong besides; returns whether the message goes out. */
static bool faulty_spoil(faulty *f, const acrm_outgoing *message, acrm_sent *sent)
{
    switch (f->kind) {
    case FAULTY_OVERFLOWS:
        ((char *)sent)[sizeof *sent] = 'x';
        break;
    case FAULTY_UNENDED:
        memset(sent->reference, 'x', sizeof sent->reference);
        break;
    case FAULTY_CONTROL:
        memcpy(sent->reference, "a\nb", 4);
        break;
    case FAULTY_UTF8:
        memcpy(sent->reference, "\xc3(", 3);
        break;
    case FAULTY_CHANGES:
        *(char *)(uintptr_t)message->body ^= 1;
        break;
    case FAULTY_NEGATIVE:
        sent->retry_after = -1;
        break;
    case FAULTY_SIZE:
        sent->struct_size = 0;
        break;
    case FAULTY_HANGS:
        for (;;)
            pause();
    default:
        break;
    }
    return f->kind != FAULTY_LOSES;
}

static int32_t faulty_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    faulty *f = self;
    volatile int32_t attempt = f->kind == FAULTY_KEEPS && f->kept ? f->kept->attempt : 0;

    (void)attempt;
    f->kept = message;
    if (f->fault != ACRM_FAULT_NONE) {
        bool later = f->fault == ACRM_FAULT_LATER && f->kind != FAULTY_FINAL;
        sent->outcome = later || f->kind == FAULTY_BUSY ? ACRM_SENT_RETRY : ACRM_SENT_REFUSED;
        if (f->kind != FAULTY_SILENT)
            snprintf(sent->reason, sizeof sent->reason, "as told");
        return 0;
    }
    if (f->kind == FAULTY_STRICT && message->struct_size != sizeof *message)
        return -1;
    if (f->kind == FAULTY_CALLED && message->attempt > 1)
        return -1;
    if (faulty_spoil(f, message, sent))
        faulty_arrive(f, message);
    if (f->kind == FAULTY_TWICE)
        faulty_arrive(f, message);
    sent->outcome = f->kind == FAULTY_OUTCOME ? 9 : ACRM_SENT_ACCEPTED;
    return f->kind == FAULTY_AFTER ? -1 : 0;
}

static const struct {
    int kind;
    const char *promise;
} faulty_kinds[] = {
    { FAULTY_NONE, NULL },
    { FAULTY_OUTCOME, "the outcome is one of ACRM_SENT_..." },
    { FAULTY_TWICE, "a message handed over once arrives once" },
    { FAULTY_KEEPS, "what is lent for a call is not used after it" },
    { FAULTY_AFTER, "what has gone out is not said to come again" },
    { FAULTY_HANGS, "submit comes back" },
    { FAULTY_OVERFLOWS, "submit writes nothing behind acrm_sent" },
    { FAULTY_UNENDED, "the reference ends, is UTF-8" },
    { FAULTY_CONTROL, "the reference ends, is UTF-8" },
    { FAULTY_UTF8, "the reference ends, is UTF-8" },
    { FAULTY_CHANGES, "submit leaves the message as it is" },
    { FAULTY_LOSES, "what is accepted arrives" },
    { FAULTY_NEGATIVE, "retry_after is not negative" },
    { FAULTY_SIZE, "submit leaves acrm_sent.struct_size as it is" },
    { FAULTY_STRICT, "structs that are larger" },
    { FAULTY_STUCK, "a failure harms no other message" },
    { FAULTY_SILENT, "a failure has a reason for people" },
    { FAULTY_FINAL, "what is put off is ACRM_SENT_RETRY" },
    { FAULTY_BUSY, "what is refused for good" },
    { FAULTY_DEDUPES, "ACRM_TRANSPORT_DEDUPES" },
    { FAULTY_CALLED, "a message handed over again is taken again" },
};

START_TEST(conformance__faulty_transports_are_caught)
{
    const int kind = faulty_kinds[_i].kind;
    const char *promise = faulty_kinds[_i].promise;
    faulty *f = calloc(1, sizeof *f);
    acrm_conformance *report = NULL;
    bool caught = false;

    f->kind = kind;
    const acrm_transport transport = {
        .struct_size = sizeof transport, .name = "faulty", .channels = ACRM_CHANNEL_SMS, .self = f,
        .flags = kind == FAULTY_DEDUPES ? ACRM_TRANSPORT_DEDUPES : 0, .submit = faulty_submit };
    const acrm_transport_subject subject = {
        .struct_size = sizeof subject, .transport = &transport, .user = f, .submit_ms_max = 200,
        .arrived = faulty_arrived, .fault = faulty_fault };
    ck_assert_int_eq(acrm_conformance_transport(&subject, &report), ACRM_OK);
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

START_TEST(conformance__lies_about_itself_are_caught)
{
    faulty f = { .kind = FAULTY_NONE };
    const acrm_transport good = { .struct_size = sizeof good, .name = "faulty", .self = &f,
                                  .channels = ACRM_CHANNEL_SMS, .submit = faulty_submit };

    for (int i = 0; i < 8; i++) {
        acrm_transport bad = good;
        acrm_conformance *report = NULL;
        const acrm_transport_subject subject = { .struct_size = sizeof subject, .transport = &bad };
        f.n = 0;
        if (i < 2)
            bad.struct_size = i == 0 ? 8 : 4096;
        else if (i < 4)
            bad.name = i == 2 ? NULL : "a name that is longer than 32 bytes allow";
        else if (i == 4)
            bad.channels = 0;
        else if (i == 5)
            bad.channels = 1u << 20;
        else if (i == 6)
            bad.submit = NULL;
        else
            bad.flags = 1u << 7;
        ck_assert_int_eq(acrm_conformance_transport(&subject, &report), ACRM_OK);
        ck_assert_msg(acrm_conformance_failures(report) > 0, "lie %d", i);
        ck_assert_str_eq(acrm_conformance_promise(report, 0),
                         "the transport declares itself as the port has it");
        acrm_conformance_free(report);
    }
}
END_TEST

START_TEST(conformance__misuse_is_told)
{
    acrm_conformance *report = NULL;
    acrm_transport_subject subject = { .struct_size = 4 };
    acrm_storage_subject store = { .struct_size = sizeof store };

    ck_assert_int_eq(acrm_conformance_transport(NULL, &report), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_conformance_transport(&subject, &report), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_conformance_storage(&store, &report), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_conformance_storage(NULL, &report), ACRM_E_MISUSE);
    acrm_conformance_free(NULL);
}
END_TEST

static Suite *conformance_suite(void)
{
    Suite *s = suite_create("transport_conformance");
    TCase *t = tcase_create("conformance");

    tcase_add_test(t, conformance__console);
    tcase_add_test(t, conformance__spool);
#ifdef ACRM_TEST_HAVE_CURL
    tcase_add_test(t, conformance__http);
    tcase_add_test(t, conformance__sms);
#endif
#ifdef ACRM_TEST_HAVE_SMTP
    tcase_add_test(t, conformance__smtp);
#endif
    tcase_add_loop_test(t, conformance__faulty_transports_are_caught, 0,
                        sizeof faulty_kinds / sizeof faulty_kinds[0]);
    tcase_add_test(t, conformance__lies_about_itself_are_caught);
    tcase_add_test(t, conformance__misuse_is_told);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(conformance_suite)
