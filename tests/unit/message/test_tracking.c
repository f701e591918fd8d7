/* SPDX-License-Identifier: MIT */
/* Links of messages: made, followed, counted; unsubscribing; tokens that must not work. */
#include "engines/link/link.h"
#include "unit/message/message_world.h"

static void setting(world *w, const char *more)
{
    world_do(w, "link_setting.create", world_args("{'base_url':'https://example.com/m'%s}", more));
    world_do(w, "consent.give", world_args("{'customer_id':'%s','purpose':'marketing',"
                                           "'channel':'email'}", w->customer));
}

/* The token behind "/m/KIND/", the n-th in the text that left. */
static const char *token(const world *w, char kind, int n)
{
    static char out[64];
    char mark[] = { '/', 'm', '/', kind, '/', 0 };
    const char *at = w->post.body;

    for (int i = 0; i <= n; i++) {
        at = strstr(at, mark);
        ck_assert_msg(at != NULL, "no %s in %s", mark, w->post.body);
        at += 5;
    }
    snprintf(out, sizeof out, "%.52s", at);
    return out;
}

static void send_offer(world *w, const char *html, const char *body)
{
    static char more[1500];

    snprintf(more, sizeof more, ",'channel':'email','purpose':'marketing','html':%s,'body':'%s'",
             html, body);
    world_send(w, more);
    ck_assert_int_eq(world_tick(w, "sent"), 1);
}

START_TEST(tracking__finds_links_of_html_and_text)
{
    static const struct {
        const char *text;
        bool html;
        const char *links; /* parted by blanks */
    } rows[] = {
        { "See https://a.example/x?y=1. Or (http://b.example/).", false,
          "https://a.example/x?y=1 http://b.example/" },
        { "HTTPS://A.example, xhttps://b.example", false, "HTTPS://A.example https://b.example" },
        { "https:// http://", false, "" },
        { "no links, mailto:a@example.com", false, "" },
        { "<https://a.example/> \"https://b.example\"", false,
          "https://a.example/ https://b.example" },
        { "https://unsubscribe.invalid/ https://a.example", false, "https://a.example" },
        { "<a href=\"https://a.example/?x=1&amp;y=2\">https://not.example</a>", true,
          "https://a.example/?x=1&y=2" },
        { "<A class=x HREF = 'http://a.example'>x</A><a href=https://b.example>y</a>", true,
          "http://a.example https://b.example" },
        { "<link href=\"https://a.example\"><area href=\"https://b.example\"><img "
          "src=\"https://c.example\">", true, "" },
        { "<a title='a>b' data-href=\"https://no.example\" href=\"https://a.example\">", true,
          "https://a.example" },
        { "<!-- <a href=\"https://no.example\"> --><a href=\"mailto:a@example.com\">"
          "<a disabled href=\"https://a.example\"", true, "https://a.example" },
        { "<a href=\"javascript:alert(1)\"><a href=\"//x.example\"><a><a ", true, "" },
    };
    const acrm_allocator allocator = acrm__allocator(NULL);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm__str all;
        acrm__str_init(&all, &allocator);
        for (uint32_t n = 0; n < 10; n++) {
            acrm__str one;
            acrm__str_init(&one, &allocator);
            if (acrm__link_at(rows[i].text, rows[i].html, n, &one)) {
                if (all.len)
                    acrm__str_putc(&all, ' ');
                acrm__str_puts(&all, one.data);
            }
            acrm__str_free(&one);
        }
        ck_assert_str_eq(all.data, rows[i].links);
        acrm__str_free(&all);
    }
}
END_TEST

START_TEST(tracking__one_click_withdraws_the_consent_with_its_proof)
{
    world w;
    world_open(&w, _i);
    setting(&w, "");
    send_offer(&w, "true", "<p>Hi, <a href=\\\"{{unsubscribe_url}}\\\">no more</a></p>");
    char text[64], args[200];
    snprintf(text, sizeof text, "%s", token(&w, 'u', 0));
    ck_assert_ptr_null(strstr(w.post.body, "invalid"));
    ck_assert_ptr_nonnull(strstr(w.post.unsubscribe, text));
    ck_assert_int_eq(strncmp(w.post.unsubscribe, "https://example.com/m/u/", 24), 0);
    snprintf(args, sizeof args, "{\"token\":\"%s\"}", text);
    /* Looking at it does nothing. */
    acrm_value *out = office_call(&w.o, "message.unsubscribe", world_args(
        "{'token':'%s','dry_run':true}", text));
    ck_assert_str_eq(office_text(acrm_value_get(out, "result"), "purpose"), "marketing");
    acrm_value_free(out);
    out = office_call(&w.o, "message.unsubscribe", args);
    ck_assert_str_eq(office_text(out, "purpose"), "marketing");
    ck_assert_str_eq(office_text(out, "channel"), "email");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "already")), 0);
    acrm_value_free(out);
    out = office_call(&w.o, "consent.check", world_args(
        "{'customer_id':'%s','purpose':'marketing','channel':'email'}", w.customer));
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "allowed")), 0);
    ck_assert_str_eq(office_text(out, "reason"), "withdrawn");
    const acrm_value *row = acrm_value_get(out, "consent");
    ck_assert_str_eq(office_text(row, "source"), "unsubscribe link");
    ck_assert_ptr_nonnull(strstr(office_text(row, "proof"), "link in message "));
    acrm_value_free(out);
    int64_t rows = office_count(&w.o, "consent.count", "{}");
    out = office_call(&w.o, "message.unsubscribe", args); /* again: nothing new */
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "already")), 1);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&w.o, "consent.count", "{}"), rows);
    world_send(&w, ",'channel':'email','purpose':'marketing','body':'x'");
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(tracking__counts_what_is_opened_and_followed)
{
    world w;
    world_open(&w, _i);
    setting(&w, ",'clicks':true,'opens':true");
    send_offer(&w, "true", "<body><a href=\\\"https://shop.example/?a=1&amp;b=2\\\">A</a>"
                           "<a href=\\\"mailto:x@example.com\\\">B</a>"
                           "<a href=\\\"https://shop.example/two\\\">C</a></body>");
    ck_assert_ptr_null(strstr(w.post.body, "shop.example"));
    ck_assert_ptr_nonnull(strstr(w.post.body, "mailto:x@example.com"));
    ck_assert_ptr_nonnull(strstr(w.post.body, "width=\"1\" height=\"1\" alt=\"\"></body>"));
    for (int i = 0; i < 3; i++) {
        acrm_value *out = office_call(&w.o, "message.clicked", world_args(
            "{'token':'%s'}", token(&w, 'c', i == 2)));
        ck_assert_str_eq(office_text(out, "url"), i == 2 ? "https://shop.example/two"
                                                         : "https://shop.example/?a=1&b=2");
        ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "first")), i != 1);
        acrm_value_free(out);
    }
    world_do(&w, "message.opened", world_args("{'token':'%s'}", token(&w, 'o', 0)));
    world_do(&w, "message.opened", world_args("{'token':'%s'}", token(&w, 'o', 0)));
    ck_assert_int_eq(office_count(&w.o, "message_link.count", "{}"), 3);
    acrm_value *out = office_call(&w.o, "event.list",
                                  "{\"types\":[\"message.clicked\",\"message.opened\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 3);
    acrm_value_free(out);
    /* Erasing the customer leaves the counts, and not where the links led. */
    char opened[64];
    snprintf(opened, sizeof opened, "%s", token(&w, 'c', 0));
    world_do(&w, "privacy.erase", world_args("{'customer_id':'%s','basis':'Art. 17',"
                                             "'reason':'by letter'}", w.customer));
    out = office_call(&w.o, "message_link.list", "{\"where\":{\"kind\":\"click\"}}");
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 2);
    ck_assert_int_eq(office_number(acrm_value_at(items, 0), "times"), 2);
    ck_assert_int_eq(acrm_value_type(acrm_value_get(acrm_value_at(items, 0), "url")), ACRM_NULL);
    acrm_value_free(out);
    out = office_call(&w.o, "message.clicked", world_args("{'token':'%s'}", opened));
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "url")), ACRM_NULL);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(tracking__leaves_text_alone_unless_asked)
{
    world w;
    world_open(&w, _i);
    office_refused(&w.o, "message.send", world_args("{'customer_id':'%s','channel':'sms',"
                   "'purpose':'service','body':'{{unsubscribe_url}}'}", w.customer),
                   ACRM_E_INVALID, "values", "missing"); /* no link_setting */
    setting(&w, "");
    send_offer(&w, "false", "See https://shop.example/x");
    ck_assert_str_eq(w.post.body, "See https://shop.example/x");
    ck_assert_str_ne(w.post.unsubscribe, "");
    world_send(&w, ",'channel':'sms','template':'ready','values':{'car':'https://a.example'}");
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_ptr_nonnull(strstr(w.post.body, "https://a.example"));
    ck_assert_str_eq(w.post.unsubscribe, ""); /* of mails only */
    office_close(&w.o);
}
END_TEST

START_TEST(tracking__refuses_tokens_that_are_not_good)
{
    world w, other;
    world_open(&w, OFFICE_MEMORY);
    setting(&w, ",'clicks':true,'opens':true");
    send_offer(&w, "true", "<a href=\\\"https://shop.example/\\\">A</a>{{unsubscribe_url}}");
    char click[64], forged[64];
    snprintf(click, sizeof click, "%s", token(&w, 'c', 0));
    static const char *const operations[] = { "message.opened", "message.unsubscribe" };
    for (size_t i = 0; i < 2; i++) /* good, but for another purpose */
        office_refused(&w.o, operations[i], world_args("{'token':'%s'}", click), ACRM_E_DENIED,
                       "token", "token");
    for (size_t i = 0; i < 52; i++) { /* changed anywhere */
        snprintf(forged, sizeof forged, "%s", click);
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        office_refused(&w.o, "message.clicked", world_args("{'token':'%s'}", forged),
                       ACRM_E_DENIED, "token", "token");
    }
    static const char *const others[] = { "", "x", "../../etc/passwd",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "++++++++++++++++++++++++++++++++++++++++++++++++++++" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        office_refused(&w.o, "message.clicked", world_args("{'token':'%s'}", others[i]),
                       ACRM_E_DENIED, "token", "token");
    world_open(&other, OFFICE_MEMORY); /* of another database */
    office_refused(&other.o, "message.clicked", world_args("{'token':'%s'}", click),
                   ACRM_E_DENIED, "token", "token");
    office_close(&other.o);
    world_clock += INT64_C(401) * 86400 * WORLD_SECOND;
    office_refused(&w.o, "message.clicked", world_args("{'token':'%s'}", click), ACRM_E_DENIED,
                   "token", "expired");
    office_close(&w.o);
}
END_TEST

START_TEST(tracking__takes_one_good_base_address)
{
    static const char *const bad[] = { "http://example.com", "https://", "https://example.com/",
                                       "https://example.com/?a", "https://e\\u0301.example",
                                       "https://example.com/\\\"x", "ftp://x" };
    world w;
    world_open(&w, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        office_refused(&w.o, "link_setting.create", world_args("{'base_url':'%s'}", bad[i]),
                       ACRM_E_INVALID, "base_url", "url");
    setting(&w, "");
    office_refused(&w.o, "link_setting.create", world_args("{'base_url':'https://b.example'}"),
                   ACRM_E_CONFLICT, "", "exists");
    office_close(&w.o);
}
END_TEST

static Suite *tracking_suite(void)
{
    Suite *s = suite_create("message_tracking");
    TCase *t = tcase_create("tracking");

    tcase_add_test(t, tracking__finds_links_of_html_and_text);
    tcase_add_loop_test(t, tracking__one_click_withdraws_the_consent_with_its_proof, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, tracking__counts_what_is_opened_and_followed, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tracking__leaves_text_alone_unless_asked, 0, OFFICE_STORAGES);
    tcase_add_test(t, tracking__refuses_tokens_that_are_not_good);
    tcase_add_test(t, tracking__takes_one_good_base_address);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(tracking_suite)
