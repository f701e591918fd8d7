/* SPDX-License-Identifier: MIT */
/* A connector that posts each request to a server. */
#include "connectors.h"
#include "curl_call.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ASK_HTTP_MAX = 1048576 };

struct example_ask_http {
    char *url, *token;
    CURL *curl;
    pthread_mutex_t lock; /* hosts that tick in several threads ask one after the other */
};

static const struct {
    int32_t status, outcome;
} ask_http_outcomes[] = {
    { 400, ACRM_ASKED_PERMANENT }, { 402, ACRM_ASKED_REFUSED },   { 403, ACRM_ASKED_REFUSED },
    { 404, ACRM_ASKED_PERMANENT }, { 405, ACRM_ASKED_PERMANENT }, { 409, ACRM_ASKED_REFUSED },
    { 410, ACRM_ASKED_PERMANENT }, { 413, ACRM_ASKED_PERMANENT }, { 415, ACRM_ASKED_PERMANENT },
    { 422, ACRM_ASKED_PERMANENT }, { 451, ACRM_ASKED_REFUSED },
};

static int32_t ask_http_outcome(int32_t status)
{
    if (status >= 200 && status < 300)
        return ACRM_ASKED_ANSWERED;
    for (size_t i = 0; i < sizeof ask_http_outcomes / sizeof ask_http_outcomes[0]; i++)
        if (ask_http_outcomes[i].status == status)
            return ask_http_outcomes[i].outcome;
    return ACRM_ASKED_TEMPORARY; /* the account (401), the rate (429), the server (5xx) */
}

static void ask_http_answer(const example_answer *got, acrm_connector_answer *answer)
{
    acrm_sent told = { .struct_size = sizeof told };
    char reason[] = "answered with status 000";

    answer->code = got->status;
    answer->outcome = got->status ? ask_http_outcome(got->status) : ACRM_ASKED_TEMPORARY;
    answer->retry_after = answer->outcome == ACRM_ASKED_TEMPORARY ? got->retry_after : 0;
    if (answer->outcome == ACRM_ASKED_ANSWERED && got->code != CURLE_OK) {
        answer->outcome = ACRM_ASKED_TEMPORARY; /* the answer broke off, or is too long */
        example_connector_reason(answer, "the answer broke off", 20);
        return;
    }
    if (answer->outcome == ACRM_ASKED_ANSWERED || answer->outcome == ACRM_ASKED_REFUSED)
        (void)answer->write(answer->to, got->body.data ? got->body.data : "", got->body.len);
    if (answer->outcome == ACRM_ASKED_ANSWERED)
        return;
    if (got->status == 0) {
        example_curl_reason(&told, got->code);
        example_connector_reason(answer, told.reason, strlen(told.reason));
        return;
    }
    for (int32_t i = 0, unit = 100; i < 3; i++, unit /= 10)
        reason[sizeof reason - 4 + (size_t)i] = (char)('0' + got->status / unit % 10);
    example_connector_reason(answer, reason, strlen(reason));
}

static bool ask_http_headers(const example_ask_http *http, const acrm_connector_request *request,
                             struct curl_slist **headers)
{
    example_text lines[3] = { { 0 } };
    bool ok = true;

    example_put(&lines[0], "Content-Type: application/json");
    example_put(&lines[1], "Idempotency-Key: ");
    example_put(&lines[1], request->key);
    example_put(&lines[2], "Authorization: Bearer ");
    example_put(&lines[2], http->token ? http->token : "");
    for (int i = 0; i < (http->token ? 3 : 2); i++) {
        struct curl_slist *longer = ok && lines[i].data ? curl_slist_append(*headers,
                                                                            lines[i].data) : NULL;
        ok = longer != NULL;
        *headers = longer ? longer : *headers;
    }
    for (int i = 0; i < 3; i++)
        example_text_free(&lines[i]);
    return ok;
}

static int32_t ask_http_ask(void *self, const acrm_connector_request *request,
                            acrm_connector_answer *answer)
{
    example_ask_http *http = self;
    acrm_buf *json = NULL;
    example_request post = { .method = "POST", .url = http->url, .once = true,
                             .timeout_ms = (long)request->timeout_ms,
                             .answer_max = ASK_HTTP_MAX };
    example_answer got = { .status = 0 };
    bool ok = example_connector_json(request, &json) &&
              ask_http_headers(http, request, &post.headers);

    if (ok) {
        post.body = acrm_buf_data(json);
        pthread_mutex_lock(&http->lock);
        example_curl_request(http->curl, &post, &got);
        pthread_mutex_unlock(&http->lock);
        ask_http_answer(&got, answer);
    }
    example_text_free(&got.body);
    curl_slist_free_all(post.headers);
    acrm_buf_free(json);
    return ok ? 0 : -1;
}

example_ask_http *example_ask_http_open(const char *url, const char *token, example_fault *fault)
{
    example_ask_http *http = calloc(1, sizeof *http);

    if (http) {
        http->curl = curl_easy_init();
        http->url = strdup(url);
        http->token = token ? strdup(token) : NULL;
        pthread_mutex_init(&http->lock, NULL);
    }
    if (http && http->curl && http->url && !http->token == !token)
        return http;
    example_ask_http_close(http);
    example_wrong(fault, "there is no libcurl, or no memory left");
    return NULL;
}

acrm_connector example_ask_http_connector(example_ask_http *http, const char *name)
{
    return (acrm_connector){ .struct_size = sizeof(acrm_connector), .name = name, .self = http,
                             .ask = ask_http_ask };
}

void example_ask_http_close(example_ask_http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    pthread_mutex_destroy(&http->lock);
    free(http->url);
    free(http->token);
    free(http);
}
