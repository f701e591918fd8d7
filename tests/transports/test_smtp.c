/* SPDX-License-Identifier: MIT */
/* Mail through a real mail server: what arrives, and what becomes of what does not. */
#include "server.h"
#include "support/suite.h"
#include "transports.h"

#include <time.h>

typedef struct post_office {
    server server;
    example_smtp *smtp;
    acrm_transport transport;
} post_office;

static void smtp_open_with(post_office *p, example_smtp_options options,
                           char *const *server_options)
{
    example_fault fault = { "" };
    char url[64];

    server_start(&p->server, "smtp_server.py", server_options);
    snprintf(url, sizeof url, "smtp://localhost:%d", p->server.port);
    options.url = url;
    options.from = "info@garage.example";
    p->smtp = example_smtp_open(&options, &fault);
    ck_assert_msg(p->smtp != NULL, "%s", fault.text);
    p->transport = example_smtp_transport(p->smtp);
}

static void smtp_open(post_office *p)
{
    smtp_open_with(p, (example_smtp_options){ .tls = EXAMPLE_TLS_NONE, .timeout_ms = 5000,
                                              .from_name = "Officina Però" }, NULL);
}

static void smtp_close(post_office *p)
{
    example_smtp_close(p->smtp);
    server_stop(&p->server);
}

static acrm_outgoing smtp_message(void)
{
    return (acrm_outgoing){ .struct_size = sizeof(acrm_outgoing),
                            .channel = ACRM_CHANNEL_EMAIL, .attempt = 1,
                            .key = "01890a5d-ac96-774b-bcce-b302099a8057",
                            .to = "ada@example.com", .body = "Hello" };
}

static acrm_sent smtp_hand_over(post_office *p, const acrm_outgoing *message)
{
    acrm_sent sent = { .struct_size = sizeof sent };

    ck_assert_int_eq(p->transport.submit(p->transport.self, message, &sent), 0);
    return sent;
}

static const char smtp_persian[] = "آدا بیانکی عزیز، خودروی شما آماده است";

START_TEST(smtp__what_was_written_is_what_is_read)
{
    const acrm_outgoing_file files[] = {
        { "فاکتور.pdf", "application/pdf", "%PDF-1.7\0\xff\r\n.\r\n", 15 },
        { "note.txt", "text/plain", "a\n", 2 } };
    acrm_outgoing message = smtp_message();
    post_office p;

    smtp_open(&p);
    message.name = "آدا \"بیانکی\"";
    message.subject = smtp_persian;
    message.html = 1;
    message.body = "<p>آدا بیانکی عزیز، خودروی شما <b>آماده</b> است.</p>\r\n.\r\n..\r\n"
                   "<p>x = y</p>";
    message.language = "fa-IR";
    message.unsubscribe = "https://crm.example.com/u/abc";
    message.files = files;
    message.n_files = 2;
    acrm_sent sent = smtp_hand_over(&p, &message);
    ck_assert_msg(sent.outcome == ACRM_SENT_ACCEPTED, "%s", sent.reason);
    ck_assert_str_eq(sent.reference, message.key);
    ck_assert_int_eq(server_count(&p.server, "mail"), 1);
    acrm_value *mail = server_got(&p.server, "mail", 1);
    ck_assert_str_eq(server_text(mail, "from"), "info@garage.example");
    ck_assert_str_eq(server_header(mail, "From"), "Officina Però <info@garage.example>");
    ck_assert_str_eq(server_header(mail, "To"), "\"آدا \\\"بیانکی\\\"\" <ada@example.com>");
    ck_assert_str_eq(server_header(mail, "Subject"), smtp_persian);
    ck_assert_str_eq(server_header(mail, "Message-ID"),
                     "<01890a5d-ac96-774b-bcce-b302099a8057@garage.example>");
    ck_assert_str_eq(server_header(mail, "List-Unsubscribe"), "<https://crm.example.com/u/abc>");
    ck_assert_str_eq(server_header(mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    ck_assert_str_eq(server_header(mail, "Content-Language"), "fa-IR");
    ck_assert_ptr_nonnull(strstr(server_text(mail, "html"), "<html lang=\"fa-IR\" dir=\"rtl\">"));
    ck_assert_ptr_nonnull(strstr(server_text(mail, "html"), "<b>آماده</b> است.</p>\n.\n..\n<p>"));
    ck_assert_str_eq(server_text(mail, "text"),
                     "آدا بیانکی عزیز، خودروی شما آماده است.\n\n. ..\n\nx = y\n");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(mail, "defects")), 0);
    ck_assert_int_le(acrm_value_int(acrm_value_get(mail, "raw_lines")), 998);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(mail, "bare")), 0);
    const acrm_value *got = acrm_value_get(mail, "files");
    ck_assert_uint_eq(acrm_value_count(got), 2);
    ck_assert_str_eq(server_text(acrm_value_at(got, 0), "name"), "فاکتور.pdf");
    ck_assert_str_eq(server_text(acrm_value_at(got, 0), "type"), "application/pdf");
    ck_assert_str_eq(server_text(acrm_value_at(got, 0), "data"), "JVBERi0xLjcA/w0KLg0K");
    ck_assert_str_eq(server_text(acrm_value_at(got, 1), "name"), "note.txt");
    acrm_value_free(mail);
    smtp_close(&p);
}
END_TEST

static const char *const smtp_texts[] = {
    "Hello", "", ".", ".\r\n.\r\n", "\n\n\n", "a\nb\r\nc\rd", "trailing \nspaces\t\n",
    "= =3D =\n=", "From here\n>From there", smtp_persian, "日本語のメール", "𝄞 musica", "naïve café",
};

START_TEST(smtp__bodies_arrive_as_they_are)
{
    acrm_outgoing message = smtp_message();
    char wanted[4000];
    post_office p;

    smtp_open(&p);
    for (size_t i = 0; i < sizeof smtp_texts / sizeof smtp_texts[0]; i++) {
        message.body = smtp_texts[i];
        ck_assert_int_eq(smtp_hand_over(&p, &message).outcome, ACRM_SENT_ACCEPTED);
        acrm_value *mail = server_got(&p.server, "mail", (int)i + 1);
        size_t n = 0;
        for (const char *c = smtp_texts[i]; *c; c++)
            if (*c != '\r' || c[1] != '\n')
                wanted[n++] = *c == '\r' ? '\n' : *c;
        wanted[n] = '\0';
        const char *got = server_text(mail, "text");
        size_t len = strlen(got);
        ck_assert_msg(strncmp(got, wanted, n) == 0 &&
                          (len == n || (len == n + 1 && got[n] == '\n')),
                      "%zu: \"%s\", not \"%s\"", i, got, wanted);
        ck_assert_uint_eq(acrm_value_count(acrm_value_get(mail, "defects")), 0);
        acrm_value_free(mail);
    }
    smtp_close(&p);
}
END_TEST

START_TEST(smtp__a_connection_serves_many_mails)
{
    acrm_outgoing message = smtp_message();
    post_office p;

    smtp_open(&p);
    for (int i = 0; i < 5; i++) {
        server_mode(&p.server, i == 2 ? "only ada@example.com 550 5.1.1 no such user" : "");
        ck_assert_int_eq(smtp_hand_over(&p, &message).outcome,
                         i == 2 ? ACRM_SENT_BAD_ADDRESS : ACRM_SENT_ACCEPTED);
    }
    ck_assert_int_eq(server_count(&p.server, "mail"), 4);
    acrm_value *first = server_got(&p.server, "mail", 1);
    acrm_value *second = server_got(&p.server, "mail", 2);
    ck_assert_int_eq(acrm_value_int(acrm_value_get(first, "peer")),
                     acrm_value_int(acrm_value_get(second, "peer")));
    acrm_value_free(first);
    acrm_value_free(second);
    smtp_close(&p);
}
END_TEST

static const struct {
    const char *mode;
    int32_t outcome, code;
    const char *reason;
} smtp_faults[] = {
    { "rcpt 550 5.1.1 no such user", ACRM_SENT_BAD_ADDRESS, 550,
      "the mail server answered 550 5.1.1" },
    { "rcpt 550 no such user", ACRM_SENT_BAD_ADDRESS, 550, "the mail server answered 550" },
    { "rcpt 550 5.7.1 you are listed", ACRM_SENT_REFUSED, 550,
      "the mail server answered 550 5.7.1" },
    { "rcpt 552 5.2.2 full", ACRM_SENT_REFUSED, 552, "the mail server answered 552 5.2.2" },
    { "rcpt 450 4.2.1 greylisted", ACRM_SENT_RETRY, 450, "the mail server answered 450 4.2.1" },
    { "rcpt 421 too many", ACRM_SENT_RETRY, 421, "the mail server answered 421" },
    { "mail 552 5.3.4 too large", ACRM_SENT_REFUSED, 552, "the mail server answered 552 5.3.4" },
    { "mail 530 5.7.0 log in first", ACRM_SENT_RETRY, 530, "the mail server answered 530 5.7.0" },
    { "mail 451 4.3.0 later", ACRM_SENT_RETRY, 451, "the mail server answered 451 4.3.0" },
    { "data 554 5.6.0 what is this", ACRM_SENT_REFUSED, 554, "the mail server answered 554 5.6.0" },
    { "data 452 4.3.1 no room", ACRM_SENT_RETRY, 452, "the mail server answered 452 4.3.1" },
    { "drop mail", ACRM_SENT_RETRY, 0, NULL },
    { "drop rcpt", ACRM_SENT_RETRY, 0, NULL },
    { "drop data", ACRM_SENT_RETRY, 0, NULL },
    { "slow rcpt 3", ACRM_SENT_RETRY, 0, "no answer in time" },
};

START_TEST(smtp__faults_are_told_apart_and_pass)
{
    acrm_outgoing message = smtp_message();
    post_office p;

    smtp_open_with(&p, (example_smtp_options){ .tls = EXAMPLE_TLS_NONE, .timeout_ms = 1500 },
                   NULL);
    for (size_t i = 0; i < sizeof smtp_faults / sizeof smtp_faults[0]; i++) {
        server_mode(&p.server, smtp_faults[i].mode);
        acrm_sent sent = smtp_hand_over(&p, &message);
        const char *reason = smtp_faults[i].reason;
        ck_assert_msg(sent.outcome == smtp_faults[i].outcome && sent.code == smtp_faults[i].code &&
                      sent.reason[0] && (!reason || strcmp(sent.reason, reason) == 0),
                      "%s: outcome %d, code %d: %s", smtp_faults[i].mode, sent.outcome, sent.code,
                      sent.reason);
        server_mode(&p.server, "");
        ck_assert_int_eq(smtp_hand_over(&p, &message).outcome, ACRM_SENT_ACCEPTED);
    }
    smtp_close(&p);
}
END_TEST

START_TEST(smtp__copies_and_recipients_are_judged_apart)
{
    acrm_outgoing message = smtp_message();
    post_office p;

    smtp_open_with(&p, (example_smtp_options){ .tls = EXAMPLE_TLS_NONE, .timeout_ms = 5000,
                                               .copy_to = "archive@garage.example" }, NULL);
    ck_assert_int_eq(smtp_hand_over(&p, &message).outcome, ACRM_SENT_ACCEPTED);
    acrm_value *mail = server_got(&p.server, "mail", 1);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(mail, "to")), 2);
    ck_assert_str_eq(server_header(mail, "To"), "ada@example.com"); /* nobody sees the copy */
    acrm_value_free(mail);
    server_mode(&p.server, "only archive@garage.example 550 5.1.1 no such user");
    ck_assert_int_eq(smtp_hand_over(&p, &message).outcome, ACRM_SENT_ACCEPTED);
    server_mode(&p.server, "only ada@example.com 550 5.1.1 no such user");
    acrm_sent sent = smtp_hand_over(&p, &message);
    ck_assert_int_eq(sent.outcome, ACRM_SENT_BAD_ADDRESS);
    ck_assert_int_eq(sent.code, 550);
    server_mode(&p.server, "rcpt 450 4.2.0 later");
    ck_assert_int_eq(smtp_hand_over(&p, &message).outcome, ACRM_SENT_RETRY);
    smtp_close(&p);
}
END_TEST

START_TEST(smtp__nobody_there_is_later)
{
    acrm_outgoing message = smtp_message();
    acrm_sent sent = { .struct_size = sizeof sent };
    example_fault fault = { "" };
    char url[64];

    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", server_nobody());
    const example_smtp_options options = { .url = url, .from = "a@b.example" };
    example_smtp *smtp = example_smtp_open(&options, &fault);
    acrm_transport transport = example_smtp_transport(smtp);
    ck_assert_int_eq(transport.submit(transport.self, &message, &sent), 0);
    ck_assert_int_eq(sent.outcome, ACRM_SENT_RETRY);
    ck_assert_str_eq(sent.reason, "cannot connect");
    message.to = "no address";
    ck_assert_int_eq(transport.submit(transport.self, &message, &sent), 0);
    ck_assert_int_eq(sent.outcome, ACRM_SENT_BAD_ADDRESS);
    example_smtp_close(smtp);
}
END_TEST

START_TEST(smtp__passwords_and_tls)
{
    static const struct {
        const char *host, *user, *password;
        bool trusted, tls;
        int32_t outcome;
        const char *reason;
    } rows[] = {
        { "localhost", "shop@example.com", "s3cret:x", true, true, ACRM_SENT_ACCEPTED, "" },
        { "localhost", "shop@example.com", "wrong", true, true, ACRM_SENT_RETRY,
          "the mail server answered 535 5.7.8" },
        { "localhost", NULL, NULL, true, true, ACRM_SENT_RETRY,
          "the mail server answered 530 5.7.0" },
        { "localhost", "shop@example.com", "s3cret:x", false, true, ACRM_SENT_RETRY,
          "the certificate is not trusted" },
        { "localhost", "shop@example.com", "s3cret:x", true, false, ACRM_SENT_RETRY,
          "the server does not offer TLS" },
        { "other.example", "shop@example.com", "s3cret:x", true, true, ACRM_SENT_RETRY,
          "the certificate is not trusted" },
    };
    char folder[64], cert[128], key[128], word[] = "--tls", auth[] = "--auth";
    acrm_outgoing message = smtp_message();
    const char *host = "";

    server_folder(folder);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        post_office p;
        if (strcmp(host, rows[i].host) != 0 &&
            !server_certificate(folder, rows[i].host, cert, key))
            break; /* no openssl */
        host = rows[i].host;
        char *const options[] = { auth, word, cert, key, NULL };
        char *const plain[] = { NULL };
        smtp_open_with(&p, (example_smtp_options){
            .user = rows[i].user, .password = rows[i].password, .timeout_ms = 5000,
            .ca_file = rows[i].trusted ? cert : NULL }, rows[i].tls ? options : plain);
        acrm_sent sent = smtp_hand_over(&p, &message);
        ck_assert_msg(sent.outcome == rows[i].outcome && strcmp(sent.reason, rows[i].reason) == 0,
                      "row %zu: %d %s", i, sent.outcome, sent.reason);
        if (sent.outcome == ACRM_SENT_ACCEPTED) {
            acrm_value *mail = server_got(&p.server, "mail", 1);
            ck_assert(acrm_value_bool(acrm_value_get(mail, "tls")));
            ck_assert(acrm_value_bool(acrm_value_get(mail, "user")));
            acrm_value_free(mail);
        }
        smtp_close(&p);
    }
    server_remove(folder);
}
END_TEST

START_TEST(smtp__options_are_checked)
{
    static const example_smtp_options bad[] = {
        { .url = NULL, .from = "a@b.example" },
        { .url = "http://x", .from = "a@b.example" },
        { .url = "smtp://x", .from = NULL },
        { .url = "smtp://x", .from = "nobody" },
        { .url = "smtp://x", .from = "a@b.example\r\nRCPT" },
        { .url = "smtp://x", .from = "a@b.example", .user = "u" },
        { .url = "smtp://x", .from = "a@b.example", .password = "p" },
        { .url = "smtp://x", .from = "a@b.example", .reply_to = "x" },
        { .url = "smtp://x", .from = "a@b.example", .copy_to = "x" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        example_fault fault = { "" };
        ck_assert_ptr_null(example_smtp_open(&bad[i], &fault));
        ck_assert_str_ne(fault.text, "");
    }
}
END_TEST

static Suite *smtp_suite(void)
{
    Suite *s = suite_create("transport_smtp");
    TCase *t = tcase_create("smtp");

    tcase_add_test(t, smtp__what_was_written_is_what_is_read);
    tcase_add_test(t, smtp__bodies_arrive_as_they_are);
    tcase_add_test(t, smtp__a_connection_serves_many_mails);
    tcase_add_test(t, smtp__faults_are_told_apart_and_pass);
    tcase_add_test(t, smtp__copies_and_recipients_are_judged_apart);
    tcase_add_test(t, smtp__nobody_there_is_later);
    tcase_add_test(t, smtp__passwords_and_tls);
    tcase_add_test(t, smtp__options_are_checked);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(smtp_suite)
