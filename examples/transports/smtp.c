/* SPDX-License-Identifier: MIT */
/* A transport that hands mails to a mail server. */
#include "curl_call.h"
#include "mime.h"
#include "transports.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SMTP_TIMEOUT_MS = 60000, SMTP_FILES_MAX = 15 * 1024 * 1024, SMTP_TEXTS = 8 };

/* What has been sent last, as far as it matters for what an answer means. */
enum { SMTP_AT_START, SMTP_AT_MAIL, SMTP_AT_RECIPIENT, SMTP_AT_COPY, SMTP_AT_DATA, SMTP_AT_AUTH };

struct example_smtp {
    CURL *curl;
    char *texts[SMTP_TEXTS]; /* copies of the strings of the options */
    example_smtp_options options;
    example_text mail;
    size_t sent;
    int stage;
    bool over; /* the rest is good-bye */
    int status, refused; /* the last answer; the one to the recipient when it was a refusal */
    char detail[12];     /* enhanced status code of that answer, such as 5.1.1 */
};

/* --- Following the conversation --- */

static void smtp_said(example_smtp *smtp, const char *line, size_t len)
{
    static const struct {
        const char *verb;
        int stage;
    } verbs[] = { { "MAIL FROM", SMTP_AT_MAIL },
                  { "DATA", SMTP_AT_DATA },
                  { "AUTH", SMTP_AT_AUTH } };

    smtp->over = smtp->over || (len >= 4 && strncasecmp(line, "QUIT", 4) == 0);
    if (len >= 7 && strncasecmp(line, "RCPT TO", 7) == 0)
        smtp->stage = smtp->stage == SMTP_AT_MAIL ? SMTP_AT_RECIPIENT : SMTP_AT_COPY;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (len >= strlen(verbs[i].verb) &&
            strncasecmp(line, verbs[i].verb, strlen(verbs[i].verb)) == 0)
            smtp->stage = verbs[i].stage;
}

static void smtp_heard(example_smtp *smtp, const char *line, size_t len)
{
    size_t n = 0;

    if (smtp->over || len < 4 || line[0] < '2' || line[0] > '5' ||
        (line[3] != ' ' && line[3] != '-'))
        return;
    smtp->status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (smtp->stage == SMTP_AT_RECIPIENT && smtp->status >= 400)
        smtp->refused = smtp->status;
    if (smtp->status < 400 || (smtp->refused && smtp->stage != SMTP_AT_RECIPIENT))
        return;
    while (n < sizeof smtp->detail - 1 && 4 + n < len && strchr("0123456789.", line[4 + n]) &&
           line[4 + n])
        n++;
    memcpy(smtp->detail, line + 4, n);
    smtp->detail[n] = '\0';
    if (n < 5 || smtp->detail[0] != line[0] || smtp->detail[1] != '.')
        smtp->detail[0] = '\0';
}

static int smtp_trace(CURL *curl, curl_infotype type, char *data, size_t size, void *user)
{
    (void)curl;
    if (type == CURLINFO_HEADER_OUT)
        smtp_said(user, data, size);
    else if (type == CURLINFO_HEADER_IN)
        smtp_heard(user, data, size);
    return 0;
}

static size_t smtp_read(char *room, size_t one, size_t n, void *user)
{
    example_smtp *smtp = user;
    size_t left = smtp->mail.len - smtp->sent, size = one * n;

    size = size < left ? size : left;
    memcpy(room, smtp->mail.data + smtp->sent, size);
    smtp->sent += size;
    return size;
}

/* --- What came of it --- */

static void smtp_outcome(example_smtp *smtp, CURLcode code, acrm_sent *sent)
{
    int status = smtp->refused ? smtp->refused : smtp->status;
    bool at_recipient = smtp->refused != 0;
    /* The account or this machine is not welcome: that is mended, mails wait for it. */
    bool account = smtp->stage == SMTP_AT_START || smtp->stage == SMTP_AT_AUTH || status == 530 ||
                   status == 535 || status == 538;
    bool other_detail = smtp->detail[0] && strncmp(smtp->detail, "5.1.", 4) != 0;

    if (code == CURLE_OK && !at_recipient) {
        sent->outcome = ACRM_SENT_ACCEPTED;
        return;
    }
    if (status < 400 || code == CURLE_OPERATION_TIMEDOUT) {
        example_curl_reason(sent, code);
        return;
    }
    sent->code = status;
    snprintf(sent->reason, sizeof sent->reason, "the mail server answered %d%s%s", status,
             smtp->detail[0] ? " " : "", smtp->detail);
    if (status < 500 || account)
        sent->outcome = ACRM_SENT_RETRY;
    else if (at_recipient && !other_detail && status != 552 && status != 554)
        sent->outcome = ACRM_SENT_BAD_ADDRESS;
    else
        sent->outcome = ACRM_SENT_REFUSED;
}

/* --- Sending --- */

static void smtp_prepare(example_smtp *smtp, struct curl_slist *recipients)
{
    const example_smtp_options *o = &smtp->options;
    CURL *curl = smtp->curl;

    example_curl_begin(curl, "smtp,smtps", o->ca_file, o->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_URL, o->url);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, o->tls == EXAMPLE_TLS_REQUIRE ? (long)CURLUSESSL_ALL
                                                                         : (long)CURLUSESSL_NONE);
    if (o->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, o->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, o->password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, o->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, o->copy_to ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, smtp_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)smtp->mail.len);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, smtp_trace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
}

static struct curl_slist *smtp_recipients(const example_smtp *smtp, const char *to)
{
    struct curl_slist *list = curl_slist_append(NULL, to), *both = NULL;

    if (!list || !smtp->options.copy_to)
        return list;
    both = curl_slist_append(list, smtp->options.copy_to);
    if (!both)
        curl_slist_free_all(list);
    return both;
}

static int32_t smtp_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    example_smtp *smtp = self;
    const example_sender sender = { smtp->options.from, smtp->options.from_name,
                                    smtp->options.reply_to };

    if (!example_mail_address(message->to)) {
        sent->outcome = ACRM_SENT_BAD_ADDRESS;
        snprintf(sent->reason, sizeof sent->reason, "this is no address to send mail to");
        return 0;
    }
    struct curl_slist *recipients = smtp_recipients(smtp, message->to);
    example_clear(&smtp->mail);
    example_mime(&smtp->mail, &sender, message, (int64_t)time(NULL));
    bool ok = recipients && !smtp->mail.failed;
    if (ok) {
        smtp->sent = 0;
        smtp->stage = SMTP_AT_START;
        smtp->over = false;
        smtp->status = smtp->refused = 0;
        smtp->detail[0] = '\0';
        smtp_prepare(smtp, recipients);
        smtp_outcome(smtp, example_curl_run(smtp->curl), sent);
    }
    if (ok && sent->outcome == ACRM_SENT_ACCEPTED)
        snprintf(sent->reference, sizeof sent->reference, "%s", message->key);
    curl_slist_free_all(recipients);
    return ok ? 0 : -1;
}

/* --- Opening --- */

static bool smtp_options(example_smtp *smtp, const example_smtp_options *given)
{
    example_smtp_options *o = &smtp->options;
    const char **const texts[SMTP_TEXTS] = { &o->url, &o->user, &o->password, &o->from,
                                             &o->from_name, &o->reply_to, &o->copy_to,
                                             &o->ca_file };
    bool ok = true;

    *o = *given;
    for (size_t i = 0; i < SMTP_TEXTS; i++) {
        smtp->texts[i] = *texts[i] ? strdup(*texts[i]) : NULL;
        ok = ok && !smtp->texts[i] == !*texts[i];
        *texts[i] = smtp->texts[i];
    }
    if (o->timeout_ms <= 0)
        o->timeout_ms = SMTP_TIMEOUT_MS;
    return ok;
}

static bool smtp_check(const example_smtp_options *o, example_fault *fault)
{
    if (!o->url || (strncmp(o->url, "smtp://", 7) != 0 && strncmp(o->url, "smtps://", 8) != 0))
        return example_wrong(fault, "a mail server is smtp://HOST:PORT or smtps://HOST:PORT");
    if (!o->from || !example_mail_address(o->from))
        return example_wrong(fault, "mail needs the address it comes from: from=ADDRESS");
    if (!o->user != !o->password)
        return example_wrong(fault, "a user of the mail server needs a password, and the other "
                             "way round");
    if (o->reply_to && !example_mail_address(o->reply_to))
        return example_wrong(fault, "%.100s is no address that answers can go to", o->reply_to);
    if (o->copy_to && !example_mail_address(o->copy_to))
        return example_wrong(fault, "%.100s is no address that copies can go to", o->copy_to);
    return true;
}

example_smtp *example_smtp_open(const example_smtp_options *options, example_fault *fault)
{
    if (!smtp_check(options, fault))
        return NULL;
    example_smtp *smtp = calloc(1, sizeof *smtp);
    if (smtp && smtp_options(smtp, options) && (smtp->curl = curl_easy_init()) != NULL)
        return smtp;
    example_wrong(fault, "there is no libcurl, or no memory left");
    example_smtp_close(smtp);
    return NULL;
}

acrm_transport example_smtp_transport(example_smtp *smtp)
{
    return (acrm_transport){ .struct_size = sizeof(acrm_transport),
                             .name = "smtp",
                             .channels = ACRM_CHANNEL_EMAIL,
                             .self = smtp,
                             .submit = smtp_submit,
                             .files_max = SMTP_FILES_MAX };
}

void example_smtp_close(example_smtp *smtp)
{
    if (!smtp)
        return;
    curl_easy_cleanup(smtp->curl);
    for (size_t i = 0; i < SMTP_TEXTS; i++)
        free(smtp->texts[i]);
    example_text_free(&smtp->mail);
    free(smtp);
}
