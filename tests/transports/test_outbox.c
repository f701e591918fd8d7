/* SPDX-License-Identifier: MIT */
/* Transports by what people write, and the whole way: ordered, ticked, arrived. */
#include "server.h"
#include "support/suite.h"
#include "transports.h"

static const struct {
    const char *words, *name;
    uint32_t channels;
} outbox_good[] = {
    { "console", "console", 0x1ff },
    { "sms,letter=console", "console", ACRM_CHANNEL_SMS | ACRM_CHANNEL_LETTER },
    { "spool:FOLDER", "spool", 0xff },
    { "letter,fax=spool:FOLDER?country=IT&sender=Garage+%52ossi", "spool",
      ACRM_CHANNEL_LETTER | ACRM_CHANNEL_FAX },
#ifdef ACRM_TEST_HAVE_CURL
    { "smtp://mail.example.com?from=a@b.example", "smtp", ACRM_CHANNEL_EMAIL },
    { "smtps://mail.example.com:465?from=a@b.example&name=Ada+%26+Co&tls=require&timeout=5&"
      "reply_to=c@b.example&copy_to=d@b.example", "smtp", ACRM_CHANNEL_EMAIL },
    { "smtp://u%40x@mail.example.com?from=a@b.example&password_file=FOLDER/secret", "smtp",
      ACRM_CHANNEL_EMAIL },
    { "https://push.example.com/x?y=z", "http",
      ACRM_CHANNEL_PUSH | ACRM_CHANNEL_MESSENGER | ACRM_CHANNEL_PORTAL },
    { "push=http://localhost/", "http", ACRM_CHANNEL_PUSH },
    { "webhook", "webhook", ACRM_CHANNEL_WEBHOOK },
    { "webhook:private", "webhook", ACRM_CHANNEL_WEBHOOK },
    { "sms:FOLDER/gateway.json", "sms", ACRM_CHANNEL_SMS },
#endif
};

static const struct {
    const char *words, *says;
} outbox_bad[] = {
    { "", "takes console" },
    { "consoles", "takes console" },
    { "fax", "takes console" },
    { "ftp://x", "takes console" },
    { "telex=console", "no channel telex" },
    { "sms,,email=console", "no channel" },
    { "webhook=spool:FOLDER", "does not take every one" },
    { "spool:", "needs a folder" },
    { "spool:FOLDER/none/none", "cannot make the folder" },
    { "spool:FOLDER?colour=red", "has no setting colour" },
    { "spool:FOLDER?country", "NAME=VALUE" },
#ifdef ACRM_TEST_HAVE_CURL
    { "smtp://mail.example.com", "from=ADDRESS" },
    { "smtp://mail.example.com?from=nobody", "from=ADDRESS" },
    { "smtp://u:p@mail.example.com?from=a@b.example", "password_file=FILE" },
    { "smtp://u@mail.example.com?from=a@b.example", "no password for u" },
    { "smtp://u@h?from=a@b.example&password_file=FOLDER/none", "cannot read the password file" },
    { "smtp://u@h?from=a@b.example&password_file=FOLDER/empty", "password is empty" },
    { "smtp://h?from=a@b.example&tls=maybe", "tls is require or none" },
    { "smtp://h?from=a@b.example&timeout=0", "timeout is seconds" },
    { "webhooks", "webhook stands alone" },
    { "sms:FOLDER/none.json", "cannot read the gateway's file" },
    { "sms:FOLDER/broken.json", "broken.json: " },
    { "sms:FOLDER/wrong.json", "has no uri" },
#endif
};

static void outbox_file(const char *folder, const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

static void outbox_folder(char folder[64])
{
    server_folder(folder);
    outbox_file(folder, "secret", "s3cret\n");
    outbox_file(folder, "empty", "\n");
    outbox_file(folder, "gateway.json", "{\"url\":\"https://sms.example.com/\"}");
    outbox_file(folder, "broken.json", "{\"url\":");
    outbox_file(folder, "wrong.json", "{\"url\":\"https://sms.example.com/\",\"uri\":1}");
    unsetenv("AUTOCRM_SMTP_PASSWORD");
}

/* Words with FOLDER replaced. */
static const char *outbox_words(const char *words, const char *folder)
{
    static char text[512];
    const char *at = strstr(words, "FOLDER");

    if (at)
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - words), words, folder, at + 6);
    else
        snprintf(text, sizeof text, "%s", words);
    return text;
}

START_TEST(outbox__words_become_transports)
{
    example_outbox outbox = { .n = 0 };
    example_fault fault = { "" };
    char folder[64];

    outbox_folder(folder);
    const char *words = outbox_words(outbox_good[_i].words, folder);
    ck_assert_msg(example_outbox_add(&outbox, words, stdout, &fault), "%s: %s", words, fault.text);
    ck_assert_str_eq(outbox.transports[0].name, outbox_good[_i].name);
    ck_assert_uint_eq(outbox.transports[0].channels, outbox_good[_i].channels);
    example_outbox_close(&outbox, NULL, NULL);
    server_remove(folder);
}
END_TEST

START_TEST(outbox__wrong_words_are_told_what_to_do)
{
    example_outbox outbox = { .n = 0 };
    example_fault fault = { "" };
    char folder[64];

    outbox_folder(folder);
    const char *words = outbox_words(outbox_bad[_i].words, folder);
    ck_assert(!example_outbox_add(&outbox, words, stdout, &fault));
    ck_assert_msg(strstr(fault.text, outbox_bad[_i].says) != NULL, "%s: %s", words, fault.text);
    example_outbox_close(&outbox, NULL, NULL);
    server_remove(folder);
}
END_TEST

START_TEST(outbox__several_have_names_of_their_own)
{
    example_outbox outbox = { .n = 0 };
    example_fault fault = { "" };
    acrm_engine *engine = NULL;

    for (int i = 0; i < EXAMPLE_OUTBOX_MAX; i++)
        ck_assert(example_outbox_add(&outbox, "sms=console", stdout, &fault));
    ck_assert(!example_outbox_add(&outbox, "console", stdout, &fault));
    const acrm_options options = { .struct_size = sizeof options, .transports = outbox.transports,
                                   .n_transports = outbox.n };
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_OK);
    ck_assert_str_eq(outbox.transports[1].name, "console-2");
    acrm_close(engine);
    example_outbox_close(&outbox, NULL, NULL);
}
END_TEST

/* Run an operation; JSON with ' for ". */
static acrm_value *outbox_do(acrm_session *session, const char *operation, const char *format, ...)
{
    char json[4096];
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    vsnprintf(json, sizeof json, format, list);
    va_end(list);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"'; /* one behind a backslash stands for one within a text */
    ck_assert_msg(acrm_value_parse(NULL, json, strlen(json), &args, NULL) == ACRM_OK, "%s", json);
    int32_t st = acrm_call(session, operation, args, &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    acrm_value_free(args);
    return out;
}

static void outbox_keep(void *user, const char *file)
{
    snprintf(user, 256, "%s", file ? file : "");
}

START_TEST(outbox__letters_are_addressed_as_people_wrote)
{
    example_outbox outbox = { .n = 0 };
    example_fault fault = { "" };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    char folder[64], words[128], file[256] = "";
    size_t len;

    server_folder(folder);
    snprintf(words, sizeof words, "spool:%s?country=IT", folder);
    ck_assert_msg(example_outbox_add(&outbox, words, stdout, &fault), "%s", fault.text);
    const acrm_options options = { .struct_size = sizeof options, .transports = outbox.transports,
                                   .n_transports = outbox.n };
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    acrm_value *customer = outbox_do(session, "customer.create", "{'name':'Jo Weber',"
        "'contact_points':[{'channel':'address','value':'Hauptstr. 5, 10115 Berlin','country':'DE'"
        "}]}");
    acrm_value_free(outbox_do(session, "message.send", "{'customer_id':'%s','channel':'letter',"
                              "'purpose':'service','body':'x'}", server_text(customer, "id")));
    acrm_value_free(outbox_do(session, "engine.tick", "{}"));
    acrm_value_free(customer);
    acrm_session_free(session);
    acrm_close(engine);
    example_outbox_close(&outbox, outbox_keep, file);
    char *page = server_bytes(file, &len);
    ck_assert_ptr_nonnull(strstr(page, "Jo Weber\nHauptstr. 5\n10115 Berlin\nGERMANY\n</div>"));
    free(page);
    server_remove(folder);
}
END_TEST

#ifdef ACRM_TEST_HAVE_SMTP

static void outbox_status(acrm_session *session, const char *id, const char *status)
{
    acrm_value *got = outbox_do(session, "message.get", "{'id':'%s'}", id);

    ck_assert_str_eq(server_text(got, "status"), status);
    acrm_value_free(got);
}

static int64_t outbox_clock;

static int64_t outbox_now(void *self)
{
    (void)self;
    return outbox_clock;
}

/* Ordered, tried while the server is not willing, tried again, arrived: once, as it was written. */
START_TEST(outbox__a_message_is_ordered_and_arrives_once)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = outbox_now };
    example_outbox outbox = { .n = 0 };
    example_fault fault = { "" };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    char words[128], id[40];
    server s;

    server_start(&s, "smtp_server.py", NULL);
    snprintf(words, sizeof words, "smtp://127.0.0.1:%d?from=info@garage.example&name=تعمیرگاه&"
             "tls=none", s.port);
    ck_assert_msg(example_outbox_add(&outbox, words, stdout, &fault), "%s", fault.text);
    const acrm_options options = { .struct_size = sizeof options, .transports = outbox.transports,
                                   .n_transports = outbox.n, .clock = &clock };
    outbox_clock = INT64_C(1795255200000000);
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    acrm_value *customer = outbox_do(session, "customer.create",
        "{'name':'آدا بیانکی','language':'fa','contact_points':[{'channel':'email','value':"
        "'ada@example.com'}]}");
    acrm_value_free(outbox_do(session, "message_template.create",
        "{'code':'ready','channel':'email','language':'fa','purpose':'service','html':true,"
        "'subject':'{{name}}: {{car}}','body':'<p>{{name}} عزیز، خودروی {{car}} آماده است.</p>'}"));
    acrm_value *file = outbox_do(session, "attachment.add", "{'id':'%s','file_name':'فاکتور.txt',"
                                 "'data':'aGVsbG8='}", server_text(customer, "id"));
    acrm_value *sent = outbox_do(session, "message.send", "{'customer_id':'%s','channel':'email',"
        "'template':'ready','values':{'car':'E1 <GT>\\r\\nBcc: x@example.com'},"
        "'attachment_ids':['%s']}", server_text(customer, "id"), server_text(file, "id"));
    snprintf(id, sizeof id, "%s", server_text(sent, "id"));

    server_mode(&s, "rcpt 451 4.3.0 later");
    acrm_value_free(outbox_do(session, "engine.tick", "{}"));
    outbox_status(session, id, "queued");
    server_mode(&s, "");
    acrm_value_free(outbox_do(session, "engine.tick", "{}"));
    ck_assert_int_eq(server_count(&s, "mail"), 0); /* not before its pause is over */
    outbox_clock += INT64_C(60000000);
    for (int i = 0; i < 3; i++)
        acrm_value_free(outbox_do(session, "engine.tick", "{}"));
    outbox_status(session, id, "sent");
    ck_assert_int_eq(server_count(&s, "mail"), 1);
    acrm_value *mail = server_got(&s, "mail", 1);
    ck_assert_str_eq(server_header(mail, "To"), "آدا بیانکی <ada@example.com>");
    ck_assert_str_eq(server_header(mail, "From"), "تعمیرگاه <info@garage.example>");
    ck_assert_str_eq(server_header(mail, "Subject"), "آدا بیانکی: E1 <GT>  Bcc: x@example.com");
    ck_assert_str_eq(server_header(mail, "Bcc"), "");
    ck_assert_ptr_nonnull(strstr(server_header(mail, "Message-ID"), id));
    ck_assert_ptr_nonnull(strstr(server_text(mail, "html"), "dir=\"rtl\""));
    ck_assert_ptr_nonnull(strstr(server_text(mail, "html"), "E1 &lt;GT&gt;"));
    ck_assert_ptr_nonnull(strstr(server_text(mail, "text"), "آدا بیانکی عزیز، خودروی E1 <GT>"));
    const acrm_value *got = acrm_value_at(acrm_value_get(mail, "files"), 0);
    ck_assert_str_eq(server_text(got, "name"), "فاکتور.txt");
    ck_assert_str_eq(server_text(got, "data"), "aGVsbG8=");
    acrm_value_free(mail);
    acrm_value_free(sent);
    acrm_value_free(file);
    acrm_value_free(customer);
    acrm_session_free(session);
    acrm_close(engine);
    example_outbox_close(&outbox, NULL, NULL);
    server_stop(&s);
}
END_TEST

START_TEST(outbox__a_marketing_mail_offers_one_click)
{
    example_outbox outbox = { .n = 0 };
    example_fault fault = { "" };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    char words[128];
    server s;

    server_start(&s, "smtp_server.py", NULL);
    snprintf(words, sizeof words, "smtp://127.0.0.1:%d?from=info@garage.example&tls=none", s.port);
    ck_assert_msg(example_outbox_add(&outbox, words, stdout, &fault), "%s", fault.text);
    const acrm_options options = { .struct_size = sizeof options, .transports = outbox.transports,
                                   .n_transports = outbox.n };
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    acrm_value *customer = outbox_do(session, "customer.create", "{'name':'Ada'}");
    const char *id = server_text(customer, "id");
    acrm_value_free(outbox_do(session, "link_setting.create",
                              "{'base_url':'https://example.com/m'}"));
    acrm_value_free(outbox_do(session, "consent.give", "{'customer_id':'%s','purpose':'marketing',"
                              "'channel':'email'}", id));
    acrm_value_free(outbox_do(session, "message.send", "{'customer_id':'%s','channel':'email',"
        "'to':'ada@example.com','purpose':'marketing','html':true,"
        "'body':'<p><a href=\\'{{{unsubscribe_url}}}\\'>No more</a></p>'}", id));
    acrm_value_free(outbox_do(session, "engine.tick", "{}"));
    ck_assert_int_eq(server_count(&s, "mail"), 1);
    acrm_value *mail = server_got(&s, "mail", 1);
    const char *link = server_header(mail, "List-Unsubscribe");
    ck_assert_int_eq(strncmp(link, "<https://example.com/m/", 23), 0);
    ck_assert_str_eq(server_header(mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    ck_assert_msg(strstr(server_text(mail, "text"), link) != NULL, "%s is not in: %s", link,
                  server_text(mail, "text")); /* those who read no HTML can leave too */
    acrm_value_free(mail);
    acrm_value_free(customer);
    acrm_session_free(session);
    acrm_close(engine);
    example_outbox_close(&outbox, NULL, NULL);
    server_stop(&s);
}
END_TEST

#endif

static Suite *outbox_suite(void)
{
    Suite *s = suite_create("transport_outbox");
    TCase *t = tcase_create("outbox");

    tcase_add_loop_test(t, outbox__words_become_transports, 0,
                        sizeof outbox_good / sizeof outbox_good[0]);
    tcase_add_loop_test(t, outbox__wrong_words_are_told_what_to_do, 0,
                        sizeof outbox_bad / sizeof outbox_bad[0]);
    tcase_add_test(t, outbox__several_have_names_of_their_own);
    tcase_add_test(t, outbox__letters_are_addressed_as_people_wrote);
#ifdef ACRM_TEST_HAVE_SMTP
    tcase_add_test(t, outbox__a_message_is_ordered_and_arrives_once);
    tcase_add_test(t, outbox__a_marketing_mail_offers_one_click);
#endif
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(outbox_suite)
