/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes mails and letters: the input's first byte says what kind of message it is, zero bytes part
 * the rest into its texts. No header may be added, no line be longer than it may.
 */
#include "bytes.h"
#include "letter.h"
#include "mime.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_TEXTS = 9 };

/* Only the headers there are, each once; the others are folded lines. */
static void fuzz_headers(const char *mail)
{
    static const char *const known[] = { "Date: ", "From: ", "To: ", "Subject: ", "Message-ID: ",
                                         "MIME-Version: ", "Content-Language: ", "Content-Type: ",
                                         "Content-Transfer-Encoding: ", "List-Unsubscribe: ",
                                         "List-Unsubscribe-Post: " };
    unsigned seen = 0;

    while (strncmp(mail, "\r\n", 2) != 0) {
        const char *end = strstr(mail, "\r\n");
        fuzz_check(end && end - mail <= 998);
        for (const char *p = mail; p < end; p++)
            fuzz_check((unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f);
        unsigned which = 0;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            if (strncmp(mail, known[i], strlen(known[i])) == 0)
                which |= 1u << i;
        fuzz_check(*mail == ' ' || (which && !(seen & which)));
        seen |= which;
        mail = end + 2;
    }
}

static void fuzz_lines(const char *body)
{
    size_t column = 0;

    for (; *body; body++) {
        if (*body == '\r') {
            fuzz_check(body[1] == '\n');
            body++;
            column = 0;
            continue;
        }
        fuzz_check(*body != '\n' && (unsigned char)*body < 0x7f);
        fuzz_check(++column <= 700); /* the name of a file; texts have 76 */
    }
}

static void fuzz_mail(const char *const texts[FUZZ_TEXTS], uint8_t kind)
{
    const example_sender sender = { "info@garage.example", kind & 16 ? texts[6] : NULL, NULL };
    const acrm_outgoing_file file = { texts[7], texts[8], texts[6], strlen(texts[6]) };
    const acrm_outgoing message = {
        .struct_size = sizeof message, .channel = ACRM_CHANNEL_EMAIL, .html = kind & 1,
        .key = texts[0], .to = "ada@example.com", .name = texts[1],
        .subject = kind & 2 ? texts[2] : NULL, .body = texts[3], .language = texts[4],
        .text = kind & 4 ? texts[2] : NULL, .unsubscribe = texts[5], .files = &file,
        .n_files = kind & 8 ? 1 : 0 };
    example_text out = { 0 };

    example_mime(&out, &sender, &message, 1795255200);
    fuzz_check(!out.failed && out.len == strlen(out.data));
    fuzz_headers(out.data);
    fuzz_lines(strstr(out.data, "\r\n\r\n"));
    example_clear(&out);
    example_letter_page(&out, &message, texts[6], "IT");
    (void)example_letter_closed(message.body);
    if (!message.html)
        fuzz_check(strstr(out.data, "</section>") == out.data + out.len - 11);
    example_clear(&out);
    example_html_text(&out, texts[3]);
    example_text_free(&out);
    (void)example_mail_address(texts[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *texts[FUZZ_TEXTS];
    char *copy = size > 0 ? malloc(size + FUZZ_TEXTS) : NULL;

    if (!copy)
        return 0;
    memcpy(copy, data + 1, size - 1);
    memset(copy + size - 1, 0, FUZZ_TEXTS + 1);
    const char *at = copy, *end = copy + size - 1;
    for (int i = 0; i < FUZZ_TEXTS; i++) {
        texts[i] = at;
        at += at < end ? strlen(at) + 1 : 0;
        if (at > end)
            at = end;
    }
    fuzz_mail(texts, data[0]);
    free(copy);
    return 0;
}
