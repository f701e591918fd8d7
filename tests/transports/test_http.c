/* SPDX-License-Identifier: MIT */
/* Requests to a real HTTP server: webhooks, messages as JSON, SMS gateways; and what goes wrong. */
#include "server.h"
#include "support/suite.h"
#include "transports.h"

#include <time.h>

static acrm_outgoing http_message(int32_t channel, const char *to)
{
    return (acrm_outgoing){ .struct_size = sizeof(acrm_outgoing),
                            .channel = channel, .attempt = 1,
                            .key = "01890a5d-ac96-774b-bcce-b302099a8057",
                            .to = to, .body = "Ciao \"Ada\"\n& co, è pronta" };
}

static acrm_sent http_hand_over(const acrm_transport *transport, const acrm_outgoing *message)
{
    acrm_sent sent = { .struct_size = sizeof sent };

    ck_assert_int_eq(transport->submit(transport->self, message, &sent), 0);
    return sent;
}

/* --- Webhooks --- */

typedef struct hook {
    server server;
    example_http *http;
    acrm_transport transport;
    char url[80];
} hook;

static void hook_open_with(hook *h, const example_http_options *options)
{
    example_fault fault = { "" };

    server_start(&h->server, "http_server.py", NULL);
    snprintf(h->url, sizeof h->url, "http://127.0.0.1:%d/hooks?x=1", h->server.port);
    h->http = example_http_open(options, &fault);
    ck_assert_msg(h->http != NULL, "%s", fault.text);
    h->transport = example_http_transport(h->http);
}

static void hook_open(hook *h)
{
    hook_open_with(h, &(example_http_options){ .private_too = true, .timeout_ms = 1500 });
}

static void hook_close(hook *h)
{
    example_http_close(h->http);
    server_stop(&h->server);
}

START_TEST(http__a_webhook_is_posted_with_its_headers_and_bytes)
{
    const acrm_outgoing_header headers[] = { { "webhook-id", "msg_1" },
                                             { "Content-Type", "application/cloudevents+json" } };
    hook h;

    hook_open(&h);
    acrm_outgoing message = http_message(ACRM_CHANNEL_WEBHOOK, h.url);
    message.headers = headers;
    message.n_headers = 2;
    ck_assert_int_eq(http_hand_over(&h.transport, &message).outcome, ACRM_SENT_ACCEPTED);
    acrm_value *got = server_got(&h.server, "request", 1);
    const acrm_value *told = acrm_value_get(got, "headers");
    ck_assert_str_eq(server_text(got, "method"), "POST");
    ck_assert_str_eq(server_text(got, "path"), "/hooks?x=1");
    ck_assert_str_eq(server_text(got, "body"), message.body);
    ck_assert_str_eq(server_text(told, "webhook-id"), "msg_1");
    ck_assert_str_eq(server_text(told, "Content-Type"), "application/cloudevents+json");
    ck_assert_str_eq(server_text(told, "Idempotency-Key"), message.key);
    ck_assert_str_eq(server_text(told, "Authorization"), "");
    acrm_value_free(got);
    const acrm_outgoing_header evil = { "x-a", "b\r\nx-evil: c" };
    acrm_sent sent = { .struct_size = sizeof sent };
    message.headers = &evil;
    message.n_headers = 1;
    ck_assert_int_ne(h.transport.submit(h.transport.self, &message, &sent), 0);
    ck_assert_int_eq(server_count(&h.server, "request"), 1);
    hook_close(&h);
}
END_TEST

static const struct {
    const char *mode;
    int32_t hook, push; /* outcome of a webhook, of a message for push */
    int32_t code, after;
    const char *reason;
} http_answers[] = {
    { "status 200", ACRM_SENT_ACCEPTED, ACRM_SENT_ACCEPTED, 200, 0, "" },
    { "status 204", ACRM_SENT_ACCEPTED, ACRM_SENT_ACCEPTED, 204, 0, "" },
    { "status 301\nLocation: /elsewhere", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 301, 0,
      "answered with status 301" },
    { "status 400", ACRM_SENT_RETRY, ACRM_SENT_REFUSED, 400, 0, "answered with status 400" },
    { "status 401", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 401, 0, "answered with status 401" },
    { "status 404", ACRM_SENT_RETRY, ACRM_SENT_BAD_ADDRESS, 404, 0, "answered with status 404" },
    { "status 410", ACRM_SENT_BAD_ADDRESS, ACRM_SENT_BAD_ADDRESS, 410, 0,
      "answered with status 410" },
    { "status 422", ACRM_SENT_RETRY, ACRM_SENT_REFUSED, 422, 0, "answered with status 422" },
    { "status 429\nRetry-After: 90", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 429, 90,
      "answered with status 429" },
    { "status 500", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 500, 0, "answered with status 500" },
    { "status 503\nRetry-After: 7", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 503, 7,
      "answered with status 503" },
    { "status 503\nRetry-After: soon", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 503, 0,
      "answered with status 503" },
    { "drop", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 0, 0,
      "the connection was closed without an answer" },
    { "half", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 0, 0, "the connection broke" },
    { "garbage", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 0, 0, "the answer is none" },
    { "huge", ACRM_SENT_ACCEPTED, ACRM_SENT_ACCEPTED, 200, 0, "" },
    { "status 500\nhuge", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 500, 0, "answered with status 500" },
    { "slow 3", ACRM_SENT_RETRY, ACRM_SENT_RETRY, 0, 0, "no answer in time" },
};

static void http_answer(hook *h, const acrm_transport *transport, const acrm_outgoing *message,
                        size_t row, int32_t outcome)
{
    int n = server_count(&h->server, "request");

    server_mode(&h->server, http_answers[row].mode);
    acrm_sent sent = http_hand_over(transport, message);
    ck_assert_msg(sent.outcome == outcome && sent.code == http_answers[row].code &&
                  sent.retry_after == http_answers[row].after &&
                  strcmp(sent.reason, http_answers[row].reason) == 0,
                  "%s: outcome %d, code %d, after %d: %s", http_answers[row].mode, sent.outcome,
                  sent.code, sent.retry_after, sent.reason);
    /* Asked once, and nowhere else; libcurl asks again when a connection it kept is closed: the
     * receiver knows the second by its key. */
    if (strcmp(http_answers[row].mode, "drop") != 0)
        ck_assert_int_eq(server_count(&h->server, "request"), n + 1);
    server_mode(&h->server, "");
    ck_assert_int_eq(http_hand_over(transport, message).outcome, ACRM_SENT_ACCEPTED);
}

START_TEST(http__answers_mean_what_they_say)
{
    example_fault fault;
    hook h;

    hook_open(&h);
    const example_http_options options = { .url = h.url, .timeout_ms = 1500 };
    example_http *push = example_http_open(&options, &fault);
    const acrm_transport transport = example_http_transport(push);
    const acrm_outgoing web = http_message(ACRM_CHANNEL_WEBHOOK, h.url);
    const acrm_outgoing note = http_message(ACRM_CHANNEL_PUSH, "token-1");
    for (size_t i = 0; i < sizeof http_answers / sizeof http_answers[0]; i++) {
        http_answer(&h, &h.transport, &web, i, http_answers[i].hook);
        http_answer(&h, &transport, &note, i, http_answers[i].push);
    }
    example_http_close(push);
    hook_close(&h);
}
END_TEST

START_TEST(http__retry_after_may_be_a_date)
{
    time_t then = time(NULL) + 120;
    char mode[128];
    struct tm at;
    hook h;

    hook_open(&h);
    gmtime_r(&then, &at);
    strftime(mode, sizeof mode, "status 503\nRetry-After: %a, %d %b %Y %H:%M:%S GMT", &at);
    server_mode(&h.server, mode);
    const acrm_outgoing message = http_message(ACRM_CHANNEL_WEBHOOK, h.url);
    acrm_sent sent = http_hand_over(&h.transport, &message);
    ck_assert_int_ge(sent.retry_after, 110);
    ck_assert_int_le(sent.retry_after, 120);
    hook_close(&h);
}
END_TEST

START_TEST(http__urls_are_judged_before_anything_is_sent)
{
    static const struct {
        const char *url;
        int32_t outcome;
    } rows[] = {
        { "http://127.0.0.1:1/", ACRM_SENT_RETRY }, /* not to this machine */
        { "http://localhost:1/", ACRM_SENT_RETRY },
        { "http://[::1]:1/", ACRM_SENT_RETRY },
        { "http://10.0.0.1:1/", ACRM_SENT_RETRY },
        { "http://192.168.1.1:1/", ACRM_SENT_RETRY },
        { "http://169.254.169.254/latest", ACRM_SENT_RETRY },
        { "http://[::ffff:10.0.0.1]:1/", ACRM_SENT_RETRY },
        { "file:///etc/passwd", ACRM_SENT_BAD_ADDRESS },
        { "ftp://example.com/x", ACRM_SENT_BAD_ADDRESS },
        { "http://", ACRM_SENT_BAD_ADDRESS },
        { "", ACRM_SENT_BAD_ADDRESS },
    };
    example_fault fault;
    hook h;

    hook_open(&h);
    example_http *http = example_http_open(&(example_http_options){ .timeout_ms = 300 }, &fault);
    const acrm_transport transport = example_http_transport(http);
    acrm_outgoing message = http_message(ACRM_CHANNEL_WEBHOOK, h.url);
    ck_assert_int_eq(http_hand_over(&transport, &message).outcome, ACRM_SENT_RETRY);
    ck_assert_int_eq(server_count(&h.server, "request"), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        message.to = rows[i].url;
        acrm_sent sent = http_hand_over(&transport, &message);
        ck_assert_msg(sent.outcome == rows[i].outcome && sent.reason[0], "%s: %d %s", rows[i].url,
                      sent.outcome, sent.reason);
    }
    example_http_close(http);
    hook_close(&h);
}
END_TEST

START_TEST(http__certificates_are_checked)
{
    static const struct {
        const char *host;
        bool trusted;
        int32_t outcome;
    } rows[] = {
        { "localhost", true, ACRM_SENT_ACCEPTED },
        { "localhost", false, ACRM_SENT_RETRY },
        { "other.example", true, ACRM_SENT_RETRY },
    };
    char folder[64], cert[128], key[128], word[] = "--tls", url[80];

    server_folder(folder);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        example_fault fault;
        server s;
        if (!server_certificate(folder, rows[i].host, cert, key))
            break; /* no openssl */
        char *const options[] = { word, cert, key, NULL };
        server_start(&s, "http_server.py", options);
        snprintf(url, sizeof url, "https://localhost:%d/", s.port);
        example_http *http = example_http_open(&(example_http_options){
            .private_too = true, .ca_file = rows[i].trusted ? cert : NULL }, &fault);
        const acrm_transport transport = example_http_transport(http);
        const acrm_outgoing message = http_message(ACRM_CHANNEL_WEBHOOK, url);
        acrm_sent sent = http_hand_over(&transport, &message);
        ck_assert_msg(sent.outcome == rows[i].outcome, "row %zu: %s", i, sent.reason);
        if (sent.outcome == ACRM_SENT_RETRY)
            ck_assert_str_eq(sent.reason, "the certificate is not trusted");
        example_http_close(http);
        server_stop(&s);
    }
    server_remove(folder);
}
END_TEST

START_TEST(http__messages_go_as_json_with_the_token)
{
    acrm_value *json = NULL;
    example_fault fault;
    hook h;

    hook_open(&h);
    example_http *push = example_http_open(&(example_http_options){ .url = h.url, .token = "t0k" },
                                           &fault);
    const acrm_transport transport = example_http_transport(push);
    acrm_outgoing message = http_message(ACRM_CHANNEL_PUSH, "token-1");
    message.name = "آدا";
    ck_assert_int_eq(http_hand_over(&transport, &message).outcome, ACRM_SENT_ACCEPTED);
    acrm_value *got = server_got(&h.server, "request", 1);
    ck_assert_str_eq(server_text(acrm_value_get(got, "headers"), "Authorization"), "Bearer t0k");
    const char *body = server_text(got, "body");
    ck_assert_int_eq(acrm_value_parse(NULL, body, strlen(body), &json, NULL), ACRM_OK);
    ck_assert_str_eq(server_text(json, "id"), message.key);
    ck_assert_str_eq(server_text(json, "to"), "token-1");
    ck_assert_str_eq(server_text(json, "name"), "آدا");
    ck_assert_str_eq(server_text(json, "body"), message.body);
    acrm_value_free(json);
    acrm_value_free(got);
    example_http_close(push);
    hook_close(&h);
}
END_TEST

/* --- Gateways --- */

static example_sms *sms_open(const char *json, const char *folder, example_fault *fault)
{
    acrm_value *gateway = NULL;

    ck_assert_msg(acrm_value_parse(NULL, json, strlen(json), &gateway, NULL) == ACRM_OK, "%s",
                  json);
    example_sms *sms = example_sms_open(gateway, folder, fault);
    acrm_value_free(gateway);
    return sms;
}

/* %d: the port. */
static const struct {
    const char *gateway, *method, *path, *body, *answer, *reference;
    int32_t outcome;
} sms_gateways[] = {
    { "{\"url\":\"http://127.0.0.1:%d/v1/{{secret.account}}/messages\",\"headers\":{"
      "\"Content-Type\":\"application/json\",\"Authorization\":\"Bearer {{secret.token}}\"},"
      "\"body\":\"{\\\"to\\\":\\\"{{to}}\\\","
      "\\\"text\\\":\\\"{{body}}\\\",\\\"ref\\\":\\\"{{key}}\\\"}\","
      "\"secrets\":{\"token\":{\"file\":\"token\"},\"account\":{\"env\":\"SMS_ACCOUNT\"}},"
      "\"answer\":{\"accepted\":{\"status\":[200],\"at\":\"/messages/0/status\","
      "\"is\":[\"queued\",0]},"
      "\"bad_address\":{\"at\":\"/messages/0/status\",\"is\":[\"no~number\"]},"
      "\"reference\":\"/messages/0/a~1b\"}}",
      "POST", "/v1/acc%20ount/messages",
      "{\"to\":\"+393331234567\",\"text\":\"Ciao \\\"Ada\\\"\\u000a& co, è pronta\","
      "\"ref\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}",
      "body {\"messages\":[{\"status\":\"queued\",\"a/b\":4711}]}", "4711", ACRM_SENT_ACCEPTED },
    { "{\"url\":\"http://127.0.0.1:%d/send?to={{digits}}&text={{body}}\",\"answer\":{\"accepted\":"
      "{\"begins\":\"OK\"},\"reference\":{\"after\":\"ID: \"}}}",
      "GET", "/send?to=393331234567&text=Ciao%20%22Ada%22%0A%26%20co%2C%20%C3%A8%20pronta", "",
      "body OK ID: abc-7", "abc-7", ACRM_SENT_ACCEPTED },
    { "{\"url\":\"http://127.0.0.1:%d/\",\"headers\":{\"Content-Type\":"
      "\"application/x-www-form-urlencoded\"},\"body\":\"to={{to}}&text={{body}}\"}",
      "POST", "/",
      "to=%2B393331234567&text=Ciao%20%22Ada%22%0A%26%20co%2C%20%C3%A8%20pronta",
      "status 202", "", ACRM_SENT_ACCEPTED },
    { "{\"url\":\"http://127.0.0.1:%d/\",\"method\":\"PUT\",\"body\":\"{{body}}\",\"answer\":"
      "{\"refused\":{\"status\":[200],\"begins\":\"ERR\"}}}",
      "PUT", "/", "Ciao \"Ada\"\n& co, è pronta", "body ERR 7", "", ACRM_SENT_REFUSED },
    { "{\"url\":\"http://127.0.0.1:%d/\",\"body\":\"x\",\"answer\":{\"accepted\":{\"at\":\"/ok\","
      "\"is\":[true]}}}", "POST", "/", "x", "garbage2\nbody not JSON", "", ACRM_SENT_RETRY },
    { "{\"url\":\"http://127.0.0.1:%d/\",\"body\":\"x\",\"answer\":{\"bad_address\":{"
      "\"status\":[400],\"at\":\"/code\",\"is\":[21614]}}}", "POST", "/", "x",
      "status 400\nbody {\"code\":21614}", "", ACRM_SENT_BAD_ADDRESS },
    { "{\"url\":\"http://127.0.0.1:%d/\",\"body\":\"x\",\"answer\":{\"later\":{\"at\":\"/code\","
      "\"is\":[9]}}}", "POST", "/", "x", "status 400\nbody {\"code\":9}", "", ACRM_SENT_RETRY },
    { "{\"url\":\"http://127.0.0.1:%d/\",\"body\":\"x\"}", "POST", "/", "x", "status 500", "",
      ACRM_SENT_RETRY },
};

START_TEST(sms__gateways_are_told_as_data)
{
    char json[2000], folder[64], path[128];
    server s;

    server_start(&s, "http_server.py", NULL);
    server_folder(folder);
    snprintf(path, sizeof path, "%s/token", folder);
    FILE *out = fopen(path, "w");
    fputs("s3cret\n", out);
    fclose(out);
    setenv("SMS_ACCOUNT", "acc ount", 1);
    for (size_t i = 0; i < sizeof sms_gateways / sizeof sms_gateways[0]; i++) {
        const char *port = strstr(sms_gateways[i].gateway, "%d");
        example_fault fault = { "" };
        snprintf(json, sizeof json, "%.*s%d%s", (int)(port - sms_gateways[i].gateway),
                 sms_gateways[i].gateway, s.port, port + 2);
        example_sms *sms = sms_open(json, folder, &fault);
        ck_assert_msg(sms != NULL, "row %zu: %s", i, fault.text);
        const acrm_transport transport = example_sms_transport(sms);
        const acrm_outgoing message = http_message(ACRM_CHANNEL_SMS, "+393331234567");
        server_mode(&s, sms_gateways[i].answer);
        acrm_sent sent = http_hand_over(&transport, &message);
        ck_assert_msg(sent.outcome == sms_gateways[i].outcome, "row %zu: %d %s", i, sent.outcome,
                      sent.reason);
        ck_assert_str_eq(sent.reference, sms_gateways[i].reference);
        acrm_value *got = server_got(&s, "request", (int)i + 1);
        ck_assert_str_eq(server_text(got, "method"), sms_gateways[i].method);
        ck_assert_str_eq(server_text(got, "path"), sms_gateways[i].path);
        ck_assert_str_eq(server_text(got, "body"), sms_gateways[i].body);
        if (i == 0)
            ck_assert_str_eq(server_text(acrm_value_get(got, "headers"), "Authorization"),
                             "Bearer s3cret");
        acrm_value_free(got);
        example_sms_close(sms);
    }
    server_stop(&s);
    server_remove(folder);
}
END_TEST

START_TEST(sms__numbers_are_e164_and_asked_for_once)
{
    static const struct {
        const char *to;
        bool good;
    } rows[] = { { "+393331234567", true }, { "+12345678", true }, { "393331234567", false },
                 { "+", false }, { "+0391234567", false }, { "+1234567890123456", false },
                 { "+39 333 1234567", false }, { "+39333123456x", false }, { "", false } };
    example_fault fault = { "" };
    server s;
    char json[100];

    server_start(&s, "http_server.py", NULL);
    snprintf(json, sizeof json, "{\"url\":\"http://127.0.0.1:%d/\"}", s.port);
    example_sms *sms = sms_open(json, ".", &fault);
    const acrm_transport transport = example_sms_transport(sms);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const acrm_outgoing message = http_message(ACRM_CHANNEL_SMS, rows[i].to);
        ck_assert_int_eq(http_hand_over(&transport, &message).outcome,
                         rows[i].good ? ACRM_SENT_ACCEPTED : ACRM_SENT_BAD_ADDRESS);
    }
    ck_assert_int_eq(server_count(&s, "request"), 2);
    const acrm_outgoing message = http_message(ACRM_CHANNEL_SMS, "+12345678");
    server_mode(&s, "drop"); /* it may have been sent: not twice within one handing over */
    ck_assert_int_eq(http_hand_over(&transport, &message).outcome, ACRM_SENT_RETRY);
    ck_assert_int_eq(server_count(&s, "request"), 3);
    example_sms_close(sms);
    server_stop(&s);
}
END_TEST

static const struct {
    const char *gateway, *says;
} sms_wrong[] = {
    { "[]", "at least url" },
    { "{\"uri\":\"https://x\"}", "at least url" },
    { "{\"url\":\"https://x\",\"uri\":1}", "has no uri" },
    { "{\"url\":\"ftp://x\"}", "https://" },
    { "{\"url\":\"{{to}}\"}", "https://" },
    { "{\"url\":\"https://x/{{too}}\"}", "url names too; there are to, digits" },
    { "{\"url\":\"https://x\",\"body\":\"{{#to}\"}", "body: line 1" },
    { "{\"url\":\"https://x\",\"rate\":0}", "rate" },
    { "{\"url\":\"https://x\",\"rate\":\"1\"}", "rate" },
    { "{\"url\":\"https://x\",\"method\":\"get it\"}", "method" },
    { "{\"url\":\"https://x\",\"channels\":[\"letter\"]}", "channels are" },
    { "{\"url\":\"https://x\",\"channels\":[]}", "channels is" },
    { "{\"url\":\"https://x\",\"headers\":{\"a b\":\"c\"}}", "header a b" },
    { "{\"url\":\"https://x\",\"headers\":{\"a\":\"c\\nd: e\"}}", "header a" },
    { "{\"url\":\"https://x\",\"secrets\":{\"t\":\"plain\"}}", "secret t is {\"file\"" },
    { "{\"url\":\"https://x\",\"secrets\":{\"t\":{\"file\":\"none\"}}}", "cannot read none" },
    { "{\"url\":\"https://x\",\"secrets\":{\"t\":{\"env\":\"ACRM_NO_SUCH\"}}}",
      "environment has no" },
    { "{\"url\":\"https://x\",\"answer\":{\"ok\":{}}}", "answer knows no ok" },
    { "{\"url\":\"https://x\",\"answer\":{\"accepted\":{}}}", "at least one" },
    { "{\"url\":\"https://x\",\"answer\":{\"accepted\":{\"is\":[1]}}}", "needs at" },
    { "{\"url\":\"https://x\",\"answer\":{\"accepted\":{\"at\":\"x\"}}}", "JSON pointer" },
    { "{\"url\":\"https://x\",\"answer\":{\"accepted\":{\"status\":200}}}", "lists" },
    { "{\"url\":\"https://x\",\"answer\":{\"accepted\":{\"code\":1}}}", "knows no code" },
    { "{\"url\":\"https://x\",\"answer\":{\"reference\":1}}", "reference" },
};

START_TEST(sms__a_wrong_gateway_is_told_what_is_wrong)
{
    example_fault fault = { "" };

    unsetenv("ACRM_NO_SUCH");
    ck_assert_ptr_null(sms_open(sms_wrong[_i].gateway, "/nonexistent", &fault));
    ck_assert_msg(strstr(fault.text, sms_wrong[_i].says) != NULL, "%s: %s", sms_wrong[_i].gateway,
                  fault.text);
}
END_TEST

static Suite *http_suite(void)
{
    Suite *s = suite_create("transport_http");
    TCase *t = tcase_create("http");

    tcase_add_test(t, http__a_webhook_is_posted_with_its_headers_and_bytes);
    tcase_add_test(t, http__answers_mean_what_they_say);
    tcase_add_test(t, http__retry_after_may_be_a_date);
    tcase_add_test(t, http__urls_are_judged_before_anything_is_sent);
    tcase_add_test(t, http__certificates_are_checked);
    tcase_add_test(t, http__messages_go_as_json_with_the_token);
    tcase_add_test(t, sms__gateways_are_told_as_data);
    tcase_add_test(t, sms__numbers_are_e164_and_asked_for_once);
    tcase_add_loop_test(t, sms__a_wrong_gateway_is_told_what_is_wrong, 0,
                        sizeof sms_wrong / sizeof sms_wrong[0]);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(http_suite)
