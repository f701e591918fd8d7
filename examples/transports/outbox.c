/* SPDX-License-Identifier: MIT */
/* Transports by what people write: "console", "spool:letters", "smtp://HOST?from=..." */
#include "text.h"
#include "transports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OUTBOX_PARTS_MAX = 16, OUTBOX_FILE_MAX = 65536 };

/* --- What is written: BASE?NAME=VALUE&... --- */

typedef struct outbox_words {
    char *base; /* owns all of them */
    char *names[OUTBOX_PARTS_MAX], *values[OUTBOX_PARTS_MAX];
    size_t n;
} outbox_words;

static int outbox_hex(char digit)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = digit ? strchr(digits, digit) : NULL;
    int n = at ? (int)(at - digits) : -1;

    return n > 15 ? n - 6 : n;
}

/* In place: %41 is A, + is a space. */
static void outbox_decode(char *text)
{
    char *to = text;

    for (; *text; text++) {
        int high = *text == '%' ? outbox_hex(text[1]) : -1;
        int low = high >= 0 ? outbox_hex(text[2]) : -1;
        if (low >= 0 && (high || low)) {
            *to++ = (char)(high << 4 | low);
            text += 2;
        } else {
            *to++ = (char)(*text == '+' ? ' ' : *text);
        }
    }
    *to = '\0';
}

static bool outbox_split(const char *how, outbox_words *words, example_fault *fault)
{
    words->base = strdup(how);
    if (!words->base)
        return example_wrong(fault, "there is no memory left");
    char *next = strchr(words->base, '?');
    while (next) {
        *next++ = '\0';
        char *value = strchr(next, '='), *end = strchr(next, '&');
        if (words->n == OUTBOX_PARTS_MAX || !value || (end && value > end))
            return example_wrong(fault, "behind ? stand NAME=VALUE, with & between them");
        words->names[words->n] = next;
        *value++ = '\0';
        words->values[words->n++] = value;
        next = end;
    }
    for (size_t i = 0; i < words->n; i++)
        outbox_decode(words->values[i]);
    return true;
}

/* The value of a name, which may be one of a list that ends with NULL alone. */
static const char *outbox_value(const outbox_words *words, const char *name)
{
    for (size_t i = 0; i < words->n; i++)
        if (strcmp(words->names[i], name) == 0)
            return words->values[i];
    return NULL;
}

static bool outbox_known(const outbox_words *words, const char *const *names, example_fault *fault)
{
    for (size_t i = 0; i < words->n; i++) {
        bool known = false;
        for (size_t k = 0; names[k]; k++)
            known = known || strcmp(names[k], words->names[i]) == 0;
        if (!known)
            return example_wrong(fault, "%.100s has no setting %.60s", words->base,
                                 words->names[i]);
    }
    return true;
}

/* --- Kinds --- */

/* How kinds are closed. The spool, which has something to tell, is closed apart. */
#ifdef EXAMPLE_HAVE_CURL
static void outbox_smtp_close(void *owned)
{
    example_smtp_close(owned);
}

static void outbox_http_close(void *owned)
{
    example_http_close(owned);
}

static void outbox_sms_close(void *owned)
{
    example_sms_close(owned);
}
#endif

static bool outbox_console(const char *how, FILE *console, acrm_transport *out, void **owned,
                           example_fault *fault)
{
    (void)how;
    (void)owned;
    (void)fault;
    *out = example_console(console);
    return true;
}

static bool outbox_spool(const char *how, FILE *console, acrm_transport *out, void **owned,
                         example_fault *fault)
{
    static const char *const names[] = { "country", "sender", NULL };
    outbox_words words = { NULL };
    example_spool *spool = NULL;

    (void)console;
    if (outbox_split(how + strlen("spool:"), &words, fault) && outbox_known(&words, names, fault)) {
        const example_spool_options options = { .folder = words.base,
                                                .country = outbox_value(&words, "country"),
                                                .sender = outbox_value(&words, "sender") };
        if (*words.base)
            spool = example_spool_open(&options, fault);
        else
            example_wrong(fault, "spool: needs a folder behind it, such as spool:letters");
    }
    free(words.base);
    if (spool)
        *out = example_spool_transport(spool);
    *owned = spool;
    return spool != NULL;
}

#ifdef EXAMPLE_HAVE_CURL

/* smtp://USER@HOST: the user is taken out of the URL. */
static char *outbox_user(outbox_words *words)
{
    char *host = strstr(words->base, "://") + 3, *at = strrchr(host, '@');

    if (!at)
        return NULL;
    *at = '\0';
    char *user = strdup(host);
    memmove(host, at + 1, strlen(at + 1) + 1);
    if (user)
        outbox_decode(user);
    return user;
}

/* Where it may stand: never in the words themselves. */
static bool outbox_password(const outbox_words *words, const char *user, example_text *password,
                            example_fault *fault)
{
    const char *file = outbox_value(words, "password_file"), *env = getenv("AUTOCRM_SMTP_PASSWORD");

    if (!user)
        return true;
    if (strchr(user, ':'))
        return example_wrong(fault, "a password is not written here, where others can read it: put "
                             "it into a file and add password_file=FILE, or into the environment "
                             "as AUTOCRM_SMTP_PASSWORD");
    if (!file && !env)
        return example_wrong(fault, "there is no password for %.100s: add password_file=FILE, or "
                             "set AUTOCRM_SMTP_PASSWORD", user);
    if (file && !example_read_file(file, OUTBOX_FILE_MAX, password))
        return example_wrong(fault, "cannot read the password file %.200s: %s", file,
                             strerror(errno));
    if (!file)
        example_put(password, env);
    while (password->len > 0 && strchr("\r\n", password->data[password->len - 1]))
        password->data[--password->len] = '\0';
    return password->len > 0 || example_wrong(fault, "the password is empty");
}

static bool outbox_smtp_options(const outbox_words *words, const char *user,
                                example_text *password, example_smtp_options *o,
                                example_fault *fault)
{
    const char *tls = outbox_value(words, "tls"), *timeout = outbox_value(words, "timeout");
    long seconds = timeout ? strtol(timeout, NULL, 10) : 0;

    if (tls && strcmp(tls, "require") != 0 && strcmp(tls, "none") != 0)
        return example_wrong(fault, "tls is require or none, not %.40s", tls);
    if (timeout && (seconds < 1 || seconds > 3600))
        return example_wrong(fault, "timeout is seconds, 1 to 3600");
    if (!outbox_password(words, user, password, fault))
        return false;
    *o = (example_smtp_options){
        .url = words->base, .user = user, .password = user ? password->data : NULL,
        .from = outbox_value(words, "from"), .from_name = outbox_value(words, "name"),
        .reply_to = outbox_value(words, "reply_to"), .copy_to = outbox_value(words, "copy_to"),
        .ca_file = outbox_value(words, "ca"), .timeout_ms = seconds * 1000,
        .tls = tls && strcmp(tls, "none") == 0 ? EXAMPLE_TLS_NONE : EXAMPLE_TLS_REQUIRE };
    return true;
}

static bool outbox_smtp(const char *how, FILE *console, acrm_transport *out, void **owned,
                        example_fault *fault)
{
    static const char *const names[] = { "from", "name", "reply_to", "copy_to", "tls", "ca",
                                         "password_file", "timeout", NULL };
    outbox_words words = { NULL };
    example_text password = { 0 };
    example_smtp_options options;
    example_smtp *smtp = NULL;
    char *user = NULL;

    (void)console;
    if (outbox_split(how, &words, fault) && outbox_known(&words, names, fault)) {
        user = outbox_user(&words);
        if (outbox_smtp_options(&words, user, &password, &options, fault))
            smtp = example_smtp_open(&options, fault);
    }
    free(user);
    free(words.base);
    example_text_free(&password);
    if (smtp)
        *out = example_smtp_transport(smtp);
    *owned = smtp;
    return smtp != NULL;
}

static bool outbox_http(const char *how, FILE *console, acrm_transport *out, void **owned,
                        example_fault *fault)
{
    bool posts = strncmp(how, "http", 4) == 0;
    const example_http_options options = { .url = posts ? how : NULL,
                                           .token = getenv("AUTOCRM_HTTP_TOKEN"),
                                           .private_too = strcmp(how, "webhook:private") == 0 };
    (void)console;
    if (!posts && how[7] && !options.private_too)
        return example_wrong(fault, "webhook stands alone, or is webhook:private for endpoints in "
                             "the own network");
    example_http *http = example_http_open(&options, fault);
    if (http)
        *out = example_http_transport(http);
    *owned = http;
    return http != NULL;
}

static bool outbox_sms(const char *how, FILE *console, acrm_transport *out, void **owned,
                       example_fault *fault)
{
    const char *file = how + strlen("sms:"), *slash = strrchr(file, '/');
    example_text text = { 0 }, folder = { 0 };
    acrm_value *gateway = NULL;
    acrm_error *err = NULL;
    example_sms *sms = NULL;

    (void)console;
    example_add(&folder, slash ? file : ".", slash ? (size_t)(slash - file) : 1);
    if (!example_read_file(file, OUTBOX_FILE_MAX, &text))
        example_wrong(fault, "cannot read the gateway's file %.200s: %s", file, strerror(errno));
    else if (acrm_value_parse(NULL, text.data ? text.data : "", text.len, &gateway, &err) !=
             ACRM_OK)
        example_wrong(fault, "%.200s: %s", file, acrm_error_message(err));
    else if (folder.data)
        sms = example_sms_open(gateway, folder.data, fault);
    acrm_error_free(err);
    acrm_value_free(gateway);
    example_text_free(&text);
    example_text_free(&folder);
    if (sms)
        *out = example_sms_transport(sms);
    *owned = sms;
    return sms != NULL;
}

#endif

static const struct {
    const char *begins;
    bool whole; /* it is all there is */
    bool (*open)(const char *how, FILE *console, acrm_transport *out, void **owned,
                 example_fault *fault);
    void (*close)(void *owned);
} outbox_kinds[] = {
    { "console", true, outbox_console, NULL },
    { "spool:", false, outbox_spool, NULL },
#ifdef EXAMPLE_HAVE_CURL
    { "smtp://", false, outbox_smtp, outbox_smtp_close },
    { "smtps://", false, outbox_smtp, outbox_smtp_close },
    { "https://", false, outbox_http, outbox_http_close },
    { "http://", false, outbox_http, outbox_http_close },
    { "webhook", false, outbox_http, outbox_http_close },
    { "sms:", false, outbox_sms, outbox_sms_close },
#endif
};

enum { OUTBOX_KINDS = sizeof outbox_kinds / sizeof outbox_kinds[0], OUTBOX_SPOOL = 1 };

/* --- Adding --- */

/* "sms,email=" before the rest: the bits, and behind it. 0 bits: there is no such beginning. */
static bool outbox_prefix(const char **words, uint32_t *bits, example_fault *fault)
{
    size_t len = strspn(*words, "abcdefghijklmnopqrstuvwxyz,");
    const char *p = *words, *end = p + len;

    *bits = 0;
    if (len == 0 || *end != '=')
        return true;
    while (p < end) {
        size_t n = strcspn(p, ",=");
        uint32_t bit = example_channel(p, n);
        if (!bit)
            return example_wrong(fault, "there is no channel %.*s; there are sms, email, fax, "
                                 "letter, phone, push, messenger, portal, webhook",
                                 n > 40 ? 40 : (int)n, p);
        *bits |= bit;
        p += n + 1;
    }
    *words = end + 1;
    return true;
}

static void outbox_name(example_outbox *outbox, acrm_transport *transport)
{
    char *name = outbox->names[outbox->n];
    unsigned same = 1;

    for (uint32_t i = 0; i < outbox->n; i++)
        same += outbox->transports[i].submit == transport->submit &&
                strncmp(outbox->names[i], transport->name, strlen(transport->name)) == 0;
    if (same == 1)
        snprintf(name, sizeof outbox->names[0], "%s", transport->name);
    else
        snprintf(name, sizeof outbox->names[0], "%s-%u", transport->name, same);
    transport->name = name;
}

bool example_outbox_add(example_outbox *outbox, const char *words, FILE *console,
                        example_fault *fault)
{
    uint32_t bits = 0, n = outbox->n, kind = 0;
    acrm_transport *transport = &outbox->transports[n];

    if (n == EXAMPLE_OUTBOX_MAX)
        return example_wrong(fault, "there can be %d of them", EXAMPLE_OUTBOX_MAX);
    if (!outbox_prefix(&words, &bits, fault))
        return false;
    while (kind < OUTBOX_KINDS &&
           (outbox_kinds[kind].whole ? strcmp(words, outbox_kinds[kind].begins) != 0
                                     : strncmp(words, outbox_kinds[kind].begins,
                                               strlen(outbox_kinds[kind].begins)) != 0))
        kind++;
    if (kind == OUTBOX_KINDS)
        return example_wrong(fault, "takes console, spool:FOLDER, smtp://HOST?from=ADDRESS, "
                             "https://URL, webhook or sms:FILE%s, not %.100s",
#ifdef EXAMPLE_HAVE_CURL
                             "",
#else
                             " (this program was built without libcurl: the first two only)",
#endif
                             words);
    outbox->owned[n] = NULL;
    if (!outbox_kinds[kind].open(words, console, transport, &outbox->owned[n], fault))
        return false;
    outbox->kinds[n] = kind;
    outbox_name(outbox, transport);
    outbox->n++; /* from here on it is closed with the others */
    if (bits & ~transport->channels)
        return example_wrong(fault, "%.100s does not take every one of these channels", words);
    if (bits)
        transport->channels = bits;
    return true;
}

void example_outbox_close(example_outbox *outbox, void (*told)(void *user, const char *file),
                          void *user)
{
    char merged[2048];

    for (uint32_t i = 0; i < outbox->n; i++) {
        uint32_t kind = outbox->kinds[i];
        if (outbox_kinds[kind].close)
            outbox_kinds[kind].close(outbox->owned[i]);
        if (kind != OUTBOX_SPOOL)
            continue;
        int status = example_spool_close(outbox->owned[i], merged, sizeof merged);
        if (told && (status != 0 || merged[0]))
            told(user, status == 0 ? merged : NULL);
    }
    outbox->n = 0;
}
