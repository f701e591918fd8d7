/* SPDX-License-Identifier: MIT */
/* Mail as bytes: headers, encodings, parts. What a parser of others reads is in test_smtp.c. */
#include "mime.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define MIME_NOW INT64_C(1795255200) /* Sat, 21 Nov 2026 10:00:00 */

static const example_sender mime_sender = { "info@garage.example", "Garage Rossi", NULL };

static acrm_outgoing mime_message(void)
{
    return (acrm_outgoing){ .struct_size = sizeof(acrm_outgoing),
                            .channel = ACRM_CHANNEL_EMAIL, .attempt = 1,
                            .key = "01890a5d-ac96-774b-bcce-b302099a8057",
                            .to = "ada@example.com", .body = "Hello" };
}

static const char *mime_built(example_text *out, const acrm_outgoing *message)
{
    example_clear(out);
    example_mime(out, &mime_sender, message, MIME_NOW);
    ck_assert(!out->failed);
    return out->data;
}

START_TEST(mime__a_plain_mail_is_these_bytes)
{
    acrm_outgoing message = mime_message();
    example_text out = { 0 };

    message.name = "Ada Bianchi";
    message.subject = "Your car is ready";
    message.language = "en";
    message.body = "Dear Ada,\n\nit is ready = done. \n.\nBye";
    ck_assert_str_eq(mime_built(&out, &message),
        "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
        "From: \"Garage Rossi\" <info@garage.example>\r\n"
        "To: \"Ada Bianchi\" <ada@example.com>\r\n"
        "Subject: Your car is ready\r\n"
        "Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@garage.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Language: en\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Dear Ada,\r\n\r\nit is ready =3D done.=20\r\n.\r\nBye\r\n");
    example_text_free(&out);
}
END_TEST

static const struct {
    const char *rule, *subject, *line;
} mime_subjects[] = {
    { "words of ASCII stand as they are", "For Ada", "Subject: For Ada\r\n" },
    { "an empty one stays empty", "", "Subject: \r\n" },
    { "other letters are encoded", "Auto für Ada",
      "Subject: =?UTF-8?B?QXV0byBmw7xyIEFkYQ==?=\r\n" },
    { "what looks encoded is encoded", "=?utf-8?q?x?=",
      "Subject: =?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=\r\n" },
    { "a line end becomes a space", "a\r\nBcc: x@example.com",
      "Subject: =?UTF-8?B?YSAgQmNjOiB4QGV4YW1wbGUuY29t?=\r\n" },
    { "long ones are folded between words",
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
      "Subject: one two three four five six seven eight nine ten eleven twelve\r\n"
      " thirteen fourteen fifteen\r\n" },
    { "of two spaces none is lost", "a  b", "Subject: =?UTF-8?B?YSAgYg==?=\r\n" },
};

START_TEST(mime__subjects_are_one_header)
{
    acrm_outgoing message = mime_message();
    example_text out = { 0 };

    message.subject = mime_subjects[_i].subject;
    ck_assert_msg(strstr(mime_built(&out, &message), mime_subjects[_i].line) != NULL, "%s: %s",
                  mime_subjects[_i].rule, out.data);
    example_text_free(&out);
}
END_TEST

START_TEST(mime__no_text_adds_a_header)
{
    static const char evil[] = "x\r\nBcc: all@example.com\r\n\r\n<script>\"\\ >, <y@example.com>";
    const acrm_outgoing_file file = { evil, evil, "x", 1 };
    acrm_outgoing message = mime_message();
    example_text out = { 0 };

    message.name = message.subject = message.language = message.unsubscribe = evil;
    message.key = evil;
    message.files = &file;
    message.n_files = 1;
    const char *mail = mime_built(&out, &message);
    ck_assert_ptr_null(strstr(mail, "\nBcc"));
    ck_assert_ptr_null(strstr(mail, "List-Unsubscribe"));
    ck_assert_ptr_null(strstr(mail, "Content-Language"));
    ck_assert_ptr_null(strstr(mail, "<script>"));
    ck_assert_ptr_nonnull(strstr(mail, "application/octet-stream"));
    example_text_free(&out);
}
END_TEST

/* Whatever is in it: lines of at most 76 columns (a header with an address, 998), CRLF alone. */
static void mime_lines_hold(const char *mail)
{
    const char *line = mail, *body = strstr(mail, "\r\n\r\n");

    for (const char *p = mail; *p; p++) {
        ck_assert_msg(*p != '\n' || (p > mail && p[-1] == '\r'), "a bare line feed");
        ck_assert_msg(*p != '\r' || p[1] == '\n', "a bare carriage return");
        if (*p == '\n') {
            ck_assert_int_le(p - line, line > body ? 77 : 998);
            line = p + 1;
        }
    }
    ck_assert_int_eq(*line, '\0');
}

START_TEST(mime__lines_are_short_whatever_the_text)
{
    static const char *const pieces[] = { "a", "é", "سلام ", "= ", "\r", "\n", "word ", "\t", "𝄞" };
    acrm_outgoing message = mime_message();
    example_text out = { 0 }, text = { 0 };

    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        example_clear(&text);
        for (int n = 0; n < 3000; n++)
            example_put(&text, pieces[i]);
        message.body = text.data;
        message.html = i % 2;
        message.name = message.subject = pieces[i];
        mime_lines_hold(mime_built(&out, &message));
        text.data[250] = '\0'; /* within a character: whole ones are kept together all the same */
        message.subject = text.data;
        mime_lines_hold(mime_built(&out, &message));
    }
    example_text_free(&text);
    example_text_free(&out);
}
END_TEST

START_TEST(mime__unsubscribing_is_one_click)
{
    acrm_outgoing message = mime_message();
    example_text out = { 0 };

    message.unsubscribe = "https://crm.example.com/u/abc-DEF_1";
    ck_assert_ptr_nonnull(strstr(mime_built(&out, &message),
        "List-Unsubscribe: <https://crm.example.com/u/abc-DEF_1>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    message.unsubscribe = "http://crm.example.com/u/abc"; /* RFC 8058 wants HTTPS */
    ck_assert_ptr_null(strstr(mime_built(&out, &message), "List-Unsubscribe"));
    example_text_free(&out);
}
END_TEST

static const struct {
    const char *address;
    bool good;
} mime_addresses[] = {
    { "ada@example.com", true },
    { "a.b+c_d-e!#$%&'*/=?^`{|}~@x.example", true },
    { "ada@localhost", true },
    { "", false },
    { "ada", false },
    { "@example.com", false },
    { "ada@", false },
    { "ada@.example", false },
    { "ada@example.", false },
    { "ada@-example", false },
    { "a@b@example.com", false },
    { ".ada@example.com", false },
    { "ada.@example.com", false },
    { "a..b@example.com", false },
    { "ada bianchi@example.com", false },
    { "ada@example.com>", false },
    { "ada@example.com\r\nDATA", false },
    { "<ada@example.com>", false },
    { "ada@exämple.com", false },
    { "ada,bob@example.com", false },
    { "\"ada\"@example.com", false },
    { "a1234567890123456789012345678901234567890123456789012345678901234567890@example.com",
      false },
};

START_TEST(mime__addresses_are_ones_a_command_can_hold)
{
    ck_assert_msg(example_mail_address(mime_addresses[_i].address) == mime_addresses[_i].good,
                  "%s", mime_addresses[_i].address);
}
END_TEST

static const struct {
    const char *html, *text;
} mime_htmls[] = {
    { "<p>Dear <b>Ada</b>,</p><p>it is   ready.</p>", "Dear Ada,\n\nit is ready.\n" },
    { "a<br>b<br/>c", "a\nb\nc\n" },
    { "<ul><li>one</li><li>two</li></ul>", "- one\n- two\n" },
    { "1 &lt; 2 &amp; 3 &#39;x&#x27; &nbsp;&euro; &unknown; & so",
      "1 < 2 & 3 'x' \u00a0\u20ac &unknown; & so\n" },
    { "<style>p { color: red }</style><title>no</title>yes<script>1 < 2</script>", "yes\n" },
    { "a<!-- no -->b", "ab\n" },
    { "&#0; &#1114112; &#xd800;", "&#0; &#1114112; &#xd800;\n" },
    { "<div>یک</div><div>دو</div>", "یک\nدو\n" },
    { "Look <a class=x href=\"https://a.example/?x=1&amp;y=2\">here</a>, or write.",
      "Look here <https://a.example/?x=1&y=2>, or write.\n" },
    { "<a href='https://a.example'>https://a.example</a>", "https://a.example\n" },
    { "<A HREF=https://a.example>x</A> <a href=\"mailto:a@b.example\">y</a> <a>z</a></a>",
      "x <https://a.example> y z\n" },
    { "<a href=\"https://a.example", "" },
    { "unclosed <b", "unclosed\n" },
    { "<!-- unclosed", "" },
    { "", "" },
};

START_TEST(mime__html_is_told_in_plain_text_too)
{
    example_text out = { 0 };

    example_html_text(&out, mime_htmls[_i].html);
    ck_assert_str_eq(out.data ? out.data : "", mime_htmls[_i].text);
    example_text_free(&out);
}
END_TEST

static Suite *mime_suite(void)
{
    Suite *s = suite_create("transport_mime");
    TCase *t = tcase_create("mime");

    tcase_add_test(t, mime__a_plain_mail_is_these_bytes);
    tcase_add_loop_test(t, mime__subjects_are_one_header, 0,
                        sizeof mime_subjects / sizeof mime_subjects[0]);
    tcase_add_test(t, mime__no_text_adds_a_header);
    tcase_add_test(t, mime__lines_are_short_whatever_the_text);
    tcase_add_test(t, mime__unsubscribing_is_one_click);
    tcase_add_loop_test(t, mime__addresses_are_ones_a_command_can_hold, 0,
                        sizeof mime_addresses / sizeof mime_addresses[0]);
    tcase_add_loop_test(t, mime__html_is_told_in_plain_text_too, 0,
                        sizeof mime_htmls / sizeof mime_htmls[0]);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(mime_suite)
