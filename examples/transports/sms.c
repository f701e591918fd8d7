/* SPDX-License-Identifier: MIT */
/* A transport over any gateway that takes messages by HTTP, told as data. */
#include "answer.h"
#include "curl_call.h"
#include "transports.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SMS_HEADERS_MAX = 16, SMS_TIMEOUT_S = 15, SMS_SECRET_MAX = 4096 };

/* What values are made fit for, before they are put in. */
enum { SMS_FOR_LINE, SMS_FOR_URL, SMS_FOR_JSON, SMS_AS_IS };

struct example_sms {
    CURL *curl;
    acrm_value *gateway; /* a copy of what was given */
    acrm_value *secrets;
    acrm_template *url, *body; /* body NULL: a request without one */
    acrm_template *headers[SMS_HEADERS_MAX];
    const char *names[SMS_HEADERS_MAX];
    size_t n_headers;
    int body_for;
    const char *method;
    char *ca_file;
    long timeout_ms;
    uint32_t channels;
};

/* --- Values --- */

static void sms_put_json(example_text *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            example_put(out, "\\");
        if ((unsigned char)*text < ' ')
            example_putf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            example_add(out, text, 1);
    }
}

static bool sms_put(acrm_value *map, const char *name, const char *text, int made_for)
{
    example_text made = { 0 };

    if (made_for == SMS_FOR_URL)
        example_put_percent(&made, text);
    else if (made_for == SMS_FOR_JSON)
        sms_put_json(&made, text);
    else
        example_put(&made, text);
    bool ok = !made.failed && acrm_value_set_text(acrm_value_put(map, name),
                                                  made.data ? made.data : "", made.len) == ACRM_OK;
    example_text_free(&made);
    return ok;
}

/* What the templates may name. NULL: memory is short. */
static acrm_value *sms_values(const example_sms *sms, const acrm_outgoing *m, int made_for)
{
    const struct {
        const char *name, *text;
    } texts[] = { { "to", m->to },           { "digits", m->to + (m->to[0] == '+') },
                  { "body", m->body },       { "name", m->name },
                  { "subject", m->subject }, { "key", m->key },
                  { "language", m->language } };
    acrm_value *map = NULL;
    bool ok = acrm_value_new(NULL, &map) == ACRM_OK && acrm_value_set_map(map) == ACRM_OK;

    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++)
        ok = sms_put(map, texts[i].name, texts[i].text ? texts[i].text : "", made_for);
    acrm_value *secret = ok ? acrm_value_put(map, "secret") : NULL;
    ok = secret && acrm_value_set_map(secret) == ACRM_OK;
    for (size_t i = 0; ok && i < acrm_value_count(sms->secrets); i++)
        ok = sms_put(secret, acrm_value_key(sms->secrets, i, NULL),
                     acrm_value_text(acrm_value_at(sms->secrets, i), NULL), made_for);
    if (!ok) {
        acrm_value_free(map);
        return NULL;
    }
    return map;
}

static acrm_buf *sms_render(const acrm_template *made, const acrm_value *values, int made_for)
{
    const acrm_template_options options = {
        .struct_size = sizeof options,
        .escape = made_for == SMS_FOR_LINE ? ACRM_ESCAPE_LINE : ACRM_ESCAPE_NONE };
    acrm_buf *out = NULL;

    if (acrm_template_render(made, values, &options, &out, NULL) != ACRM_OK)
        return NULL;
    return out;
}

/* --- Sending --- */

/* E.164: a plus and 7 to 15 digits. */
static bool sms_number(const char *to)
{
    size_t digits = strspn(to + (to[0] == '+'), "0123456789");

    return to[0] == '+' && digits >= 7 && digits <= 15 && to[1 + digits] == '\0' && to[1] != '0';
}

static bool sms_headers(const example_sms *sms, const acrm_value *values,
                        struct curl_slist **list)
{
    bool ok = true;

    for (size_t i = 0; ok && i < sms->n_headers; i++) {
        acrm_buf *value = sms_render(sms->headers[i], values, SMS_FOR_LINE);
        example_text line = { 0 };
        example_putf(&line, "%s: %s", sms->names[i], value ? acrm_buf_data(value) : "");
        ok = value && !line.failed && !strpbrk(line.data, "\r\n");
        struct curl_slist *grown = ok ? curl_slist_append(*list, line.data) : NULL;
        ok = grown != NULL;
        *list = ok ? grown : *list;
        example_text_free(&line);
        acrm_buf_free(value);
    }
    return ok;
}

static bool sms_send(example_sms *sms, const acrm_outgoing *message, acrm_sent *sent)
{
    acrm_value *for_url = sms_values(sms, message, SMS_FOR_URL);
    acrm_value *for_body = sms_values(sms, message, sms->body_for);
    acrm_value *for_line = sms_values(sms, message, SMS_FOR_LINE);
    acrm_buf *url = for_url ? sms_render(sms->url, for_url, SMS_FOR_URL) : NULL;
    acrm_buf *body = for_body && sms->body ? sms_render(sms->body, for_body, sms->body_for) : NULL;
    example_request request = { .method = sms->method, .url = acrm_buf_data(url),
                                .body = acrm_buf_data(body), .ca_file = sms->ca_file,
                                .timeout_ms = sms->timeout_ms,
                                .once = !acrm_value_bool(acrm_value_get(sms->gateway,
                                                                        "dedupes")) };
    example_answer answer = { .status = 0 };
    bool ok = url && (body || !sms->body) && for_line &&
              sms_headers(sms, for_line, &request.headers);

    if (ok) {
        const acrm_value *rules = acrm_value_get(sms->gateway, "answer");
        example_curl_request(sms->curl, &request, &answer);
        example_curl_outcome(&answer, message->channel, sent);
        const char *text = answer.body.data ? answer.body.data : "";
        bool told = answer.status != 0 &&
                    example_answer_read(rules, answer.status, text, answer.body.len, sent);
        /* What "accepted" means was said, and this is not it. */
        if (!told && sent->outcome == ACRM_SENT_ACCEPTED && acrm_value_get(rules, "accepted")) {
            sent->outcome = ACRM_SENT_RETRY;
            snprintf(sent->reason, sizeof sent->reason, "the gateway's answer is none of those "
                     "it is known to give");
        }
    }
    example_text_free(&answer.body);
    curl_slist_free_all(request.headers);
    acrm_buf_free(url);
    acrm_buf_free(body);
    acrm_value_free(for_url);
    acrm_value_free(for_body);
    acrm_value_free(for_line);
    return ok;
}

static int32_t sms_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    if (message->channel == ACRM_CHANNEL_SMS && !sms_number(message->to)) {
        sent->outcome = ACRM_SENT_BAD_ADDRESS;
        snprintf(sent->reason, sizeof sent->reason, "the number is not +COUNTRY and digits");
        return 0;
    }
    return sms_send(self, message, sent) ? 0 : -1;
}

/* --- Opening --- */

static const char *sms_text(const acrm_value *map, const char *name)
{
    return acrm_value_text(acrm_value_get(map, name), NULL);
}

static acrm_template *sms_template(example_sms *sms, const char *name, const char *text,
                                   example_fault *fault)
{
    const acrm_outgoing example = { .to = "+391", .body = "x" };
    acrm_value *values = sms_values(sms, &example, SMS_AS_IS), *missing = NULL;
    acrm_template *made = NULL;
    acrm_error *err = NULL;

    bool ok = values && acrm_value_new(NULL, &missing) == ACRM_OK &&
              acrm_value_set_list(missing) == ACRM_OK;
    if (!ok)
        example_wrong(fault, "there is no memory left");
    else if (acrm_template_new(NULL, text, strlen(text), &made, &err) != ACRM_OK)
        ok = example_wrong(fault, "%s: %s: %s", name, acrm_error_field(err),
                           acrm_error_message(err));
    else if (acrm_template_missing(made, values, NULL, missing, NULL) != ACRM_OK ||
             acrm_value_count(missing) > 0)
        ok = example_wrong(fault, "%s names %s; there are to, digits, body, name, subject, key, "
                           "language and secret.NAME for each of secrets", name,
                           acrm_value_text(acrm_value_at(missing, 0), NULL));
    acrm_error_free(err);
    acrm_value_free(missing);
    acrm_value_free(values);
    if (!ok) {
        acrm_template_free(made);
        made = NULL;
    }
    return made;
}

/* {"file": NAME} or {"env": NAME}: never in the gateway's own file, which gets copied about. */
static bool sms_secret(example_sms *sms, const char *name, const acrm_value *from,
                       const char *folder, example_fault *fault)
{
    const char *file = sms_text(from, "file"), *env = sms_text(from, "env");
    const char *value = env ? getenv(env) : NULL;
    example_text path = { 0 }, text = { 0 };

    if (!file == !env)
        return example_wrong(fault, "secret %s is {\"file\": NAME} or {\"env\": NAME}", name);
    if (env && !value)
        return example_wrong(fault, "secret %s: the environment has no %s", name, env);
    if (file) {
        example_putf(&path, "%s%s%s", *file == '/' ? "" : folder, *file == '/' ? "" : "/", file);
        if (path.failed || !example_read_file(path.data, SMS_SECRET_MAX, &text)) {
            example_text_free(&path);
            example_text_free(&text);
            return example_wrong(fault, "secret %s: cannot read %s", name, file);
        }
        while (text.len > 0 && strchr("\r\n ", text.data[text.len - 1]))
            text.data[--text.len] = '\0';
        value = text.data ? text.data : "";
    }
    bool ok = sms_put(sms->secrets, name, value, SMS_AS_IS);
    example_text_free(&path);
    example_text_free(&text);
    return ok || example_wrong(fault, "secret %s is no UTF-8", name);
}

static bool sms_read_headers(example_sms *sms, example_fault *fault)
{
    const acrm_value *headers = acrm_value_get(sms->gateway, "headers");
    size_t n = acrm_value_count(headers);

    sms->body_for = SMS_AS_IS;
    if (n > SMS_HEADERS_MAX)
        return example_wrong(fault, "headers are at most %d", SMS_HEADERS_MAX);
    for (size_t i = 0; i < n; i++) {
        const char *name = acrm_value_key(headers, i, NULL);
        const char *value = acrm_value_text(acrm_value_at(headers, i), NULL);
        if (!value || strpbrk(name, ": \r\n") || strpbrk(value, "\r\n"))
            return example_wrong(fault, "header %.60s is no text on one line", name);
        sms->headers[i] = sms_template(sms, name, value, fault);
        sms->names[i] = name;
        sms->n_headers = i + 1;
        if (!sms->headers[i])
            return false;
        if (strcasecmp(name, "Content-Type") == 0 && strstr(value, "json"))
            sms->body_for = SMS_FOR_JSON;
        if (strcasecmp(name, "Content-Type") == 0 && strstr(value, "urlencoded"))
            sms->body_for = SMS_FOR_URL;
    }
    return true;
}

static bool sms_channels(example_sms *sms, example_fault *fault)
{
    const uint32_t fit = ACRM_CHANNEL_SMS | ACRM_CHANNEL_MESSENGER | ACRM_CHANNEL_PUSH |
                         ACRM_CHANNEL_FAX | ACRM_CHANNEL_PHONE;
    const acrm_value *channels = acrm_value_get(sms->gateway, "channels");

    sms->channels = channels ? 0 : ACRM_CHANNEL_SMS;
    for (size_t i = 0; i < acrm_value_count(channels); i++) {
        const char *name = acrm_value_text(acrm_value_at(channels, i), NULL);
        uint32_t bit = name ? example_channel(name, strlen(name)) & fit : 0;
        if (!bit)
            return example_wrong(fault, "channels are sms, messenger, push, fax, phone");
        sms->channels |= bit;
    }
    return sms->channels != 0 || example_wrong(fault, "channels is a list, such as [\"sms\"]");
}

static bool sms_known(const acrm_value *gateway, example_fault *fault)
{
    static const struct {
        const char *name;
        int32_t type;
    } known[] = { { "url", ACRM_TEXT },        { "method", ACRM_TEXT },  { "headers", ACRM_MAP },
                  { "body", ACRM_TEXT },       { "secrets", ACRM_MAP },  { "answer", ACRM_MAP },
                  { "channels", ACRM_LIST },   { "rate", ACRM_INT },     { "body_max", ACRM_INT },
                  { "rate_window", ACRM_INT }, { "timeout", ACRM_INT },  { "ca_file", ACRM_TEXT },
                  { "dedupes", ACRM_BOOL } };
    const size_t n = sizeof known / sizeof known[0];

    if (acrm_value_type(gateway) != ACRM_MAP || !sms_text(gateway, "url"))
        return example_wrong(fault, "a gateway is a map with at least url");
    for (size_t i = 0; i < acrm_value_count(gateway); i++) {
        const acrm_value *value = acrm_value_at(gateway, i);
        const char *name = acrm_value_key(gateway, i, NULL);
        size_t k = 0;
        while (k < n && strcmp(known[k].name, name) != 0)
            k++;
        if (k == n)
            return example_wrong(fault, "a gateway has no %.60s", name);
        if (acrm_value_type(value) != known[k].type ||
            (known[k].type == ACRM_INT && (acrm_value_int(value) < 1 ||
                                           acrm_value_int(value) > 1000000)))
            return example_wrong(fault, "%s of a gateway is of another type", name);
    }
    return true;
}

static bool sms_read(example_sms *sms, const char *folder, example_fault *fault)
{
    const acrm_value *gateway = sms->gateway, *secrets = acrm_value_get(gateway, "secrets");
    const char *body = sms_text(gateway, "body"), *method = sms_text(gateway, "method");
    const char *url = sms_text(gateway, "url"), *ca_file = sms_text(gateway, "ca_file");
    int64_t timeout = acrm_value_int(acrm_value_get(gateway, "timeout"));

    for (size_t i = 0; i < acrm_value_count(secrets); i++)
        if (!sms_secret(sms, acrm_value_key(secrets, i, NULL), acrm_value_at(secrets, i), folder,
                        fault))
            return false;
    sms->method = method ? method : body ? "POST" : "GET";
    sms->timeout_ms = timeout > 0 ? (long)timeout * 1000 : SMS_TIMEOUT_S * 1000L;
    if (strspn(sms->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(sms->method) || !*sms->method)
        return example_wrong(fault, "method is GET, POST, PUT ...");
    /* Where it goes is said by the gateway, not by the message. */
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return example_wrong(fault, "url begins with https:// or http://");
    if (ca_file && !(sms->ca_file = strdup(ca_file)))
        return example_wrong(fault, "there is no memory left");
    if (!sms_channels(sms, fault) || !sms_read_headers(sms, fault) ||
        !example_answer_rules(acrm_value_get(gateway, "answer"), fault))
        return false;
    sms->url = sms_template(sms, "url", url, fault);
    if (sms->url && body)
        sms->body = sms_template(sms, "body", body, fault);
    return sms->url && (sms->body || !body);
}

static acrm_value *sms_copy(const acrm_value *value)
{
    acrm_value *copy = NULL;
    acrm_buf *text = NULL;

    if (acrm_value_print(value, 0, &text) == ACRM_OK)
        acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &copy, NULL);
    acrm_buf_free(text);
    return copy;
}

example_sms *example_sms_open(const acrm_value *gateway, const char *folder, example_fault *fault)
{
    example_sms *sms = sms_known(gateway, fault) ? calloc(1, sizeof *sms) : NULL;

    if (!sms)
        return NULL;
    sms->curl = curl_easy_init();
    sms->gateway = sms_copy(gateway);
    bool ok = sms->curl && sms->gateway && acrm_value_new(NULL, &sms->secrets) == ACRM_OK &&
              acrm_value_set_map(sms->secrets) == ACRM_OK;
    if (!ok)
        example_wrong(fault, "there is no libcurl, or no memory left");
    if (ok && sms_read(sms, folder, fault))
        return sms;
    example_sms_close(sms);
    return NULL;
}

acrm_transport example_sms_transport(example_sms *sms)
{
    const acrm_value *g = sms->gateway;

    return (acrm_transport){
        .struct_size = sizeof(acrm_transport),
        .flags = acrm_value_bool(acrm_value_get(g, "dedupes")) ? ACRM_TRANSPORT_DEDUPES : 0,
        .name = "sms",
        .channels = sms->channels,
        .body_max = (uint32_t)acrm_value_int(acrm_value_get(g, "body_max")),
        .rate = (uint32_t)acrm_value_int(acrm_value_get(g, "rate")),
        .rate_window = (uint32_t)acrm_value_int(acrm_value_get(g, "rate_window")),
        .self = sms,
        .submit = sms_submit };
}

void example_sms_close(example_sms *sms)
{
    if (!sms)
        return;
    curl_easy_cleanup(sms->curl);
    acrm_template_free(sms->url);
    acrm_template_free(sms->body);
    for (size_t i = 0; i < sms->n_headers; i++)
        acrm_template_free(sms->headers[i]);
    acrm_value_free(sms->secrets);
    acrm_value_free(sms->gateway);
    free(sms->ca_file);
    free(sms);
}
