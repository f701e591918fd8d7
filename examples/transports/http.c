/* SPDX-License-Identifier: MIT */
/* A transport that posts: webhooks to their own URLs, other messages as JSON to one. */
#include "curl_call.h"
#include "transports.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HTTP_TIMEOUT_MS = 15000 };

struct example_http {
    CURL *curl;
    char *url, *ca_file, *token;
    bool private_too;
    long timeout_ms;
};

/* "Name: value", if it is one header. */
static bool http_header(struct curl_slist **list, const char *name, const char *value)
{
    example_text line = { 0 };
    bool ok = *name && strspn(name, EXAMPLE_LETTERS "-") == strlen(name) &&
              !strpbrk(value, "\r\n");

    if (*value)
        example_putf(&line, "%s: %s", name, value);
    else
        example_putf(&line, "%s;", name); /* libcurl's way to send an empty one */
    struct curl_slist *grown = ok && !line.failed ? curl_slist_append(*list, line.data) : NULL;
    if (grown)
        *list = grown;
    example_text_free(&line);
    return grown != NULL;
}

static bool http_headers(const example_http *http, const acrm_outgoing *message,
                         struct curl_slist **list)
{
    bool ok = http_header(list, "Expect", "") && http_header(list, "Idempotency-Key", message->key);
    bool typed = false;

    for (uint32_t i = 0; ok && i < message->n_headers; i++) {
        ok = http_header(list, message->headers[i].name, message->headers[i].value);
        typed = typed || strcasecmp(message->headers[i].name, "Content-Type") == 0;
    }
    if (ok && !typed)
        ok = http_header(list, "Content-Type", "application/json");
    if (ok && http->token && message->channel != ACRM_CHANNEL_WEBHOOK) {
        example_text value = { 0 };
        example_putf(&value, "Bearer %s", http->token);
        ok = !value.failed && http_header(list, "Authorization", value.data);
        example_text_free(&value);
    }
    return ok;
}

/* A message as JSON. */
static acrm_buf *http_message(const acrm_outgoing *message)
{
    const struct {
        const char *name, *text;
    } texts[] = { { "id", message->key },         { "to", message->to },
                  { "name", message->name },      { "subject", message->subject },
                  { "body", message->body },      { "language", message->language },
                  { "text", message->text },      { "unsubscribe", message->unsubscribe } };
    acrm_value *map = NULL;
    acrm_buf *out = NULL;
    bool ok = acrm_value_new(NULL, &map) == ACRM_OK && acrm_value_set_map(map) == ACRM_OK;

    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text)
            ok = acrm_value_set_text(acrm_value_put(map, texts[i].name), texts[i].text,
                                     strlen(texts[i].text)) == ACRM_OK;
    ok = ok && acrm_value_set_bool(acrm_value_put(map, "html"), message->html) == ACRM_OK;
    if (ok)
        acrm_value_print(map, 0, &out);
    acrm_value_free(map);
    return out;
}

static int32_t http_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    example_http *http = self;
    bool webhook = message->channel == ACRM_CHANNEL_WEBHOOK;
    acrm_buf *json = webhook ? NULL : http_message(message);
    example_request request = { .method = "POST", .url = webhook ? message->to : http->url,
                                .body = webhook ? message->body : acrm_buf_data(json),
                                .ca_file = http->ca_file, .timeout_ms = http->timeout_ms,
                                .public_only = webhook && !http->private_too };
    example_answer answer = { .status = 0 };
    bool ok = request.body && request.url && http_headers(http, message, &request.headers);

    if (ok) {
        example_curl_request(http->curl, &request, &answer);
        example_curl_outcome(&answer, message->channel, sent);
    }
    example_text_free(&answer.body);
    curl_slist_free_all(request.headers);
    acrm_buf_free(json);
    return ok ? 0 : -1;
}

static char *http_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

example_http *example_http_open(const example_http_options *options, example_fault *fault)
{
    example_http *http = calloc(1, sizeof *http);

    if (!http) {
        example_wrong(fault, "there is no memory left");
        return NULL;
    }
    *http = (example_http){ .curl = curl_easy_init(), .url = http_copy(options->url),
                            .ca_file = http_copy(options->ca_file),
                            .token = http_copy(options->token),
                            .private_too = options->private_too,
                            .timeout_ms = options->timeout_ms > 0 ? options->timeout_ms
                                                                  : (long)HTTP_TIMEOUT_MS };
    if (!http->curl || !http->url != !options->url || !http->ca_file != !options->ca_file ||
        !http->token != !options->token) {
        example_wrong(fault, "there is no libcurl, or no memory left");
        example_http_close(http);
        return NULL;
    }
    return http;
}

acrm_transport example_http_transport(example_http *http)
{
    return (acrm_transport){ .struct_size = sizeof(acrm_transport),
                             .name = http->url ? "http" : "webhook",
                             .channels = http->url ? ACRM_CHANNEL_PUSH | ACRM_CHANNEL_MESSENGER |
                                                         ACRM_CHANNEL_PORTAL
                                                   : ACRM_CHANNEL_WEBHOOK,
                             .self = http,
                             .submit = http_submit };
}

void example_http_close(example_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    free(http->url);
    free(http->ca_file);
    free(http->token);
    free(http);
}
