/* SPDX-License-Identifier: MIT */
/* What the transports over libcurl share: a call with limits, an HTTP request and its answer. */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_CURL_CALL_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_CURL_CALL_H

#include "text.h"

#include <autocrm/port/transport.h>

#include <curl/curl.h>

/* Forget the call before, keep its connection. Only `protocols`, such as "https", are spoken. */
void example_curl_begin(CURL *curl, const char *protocols, const char *ca_file, long timeout_ms);
/* curl_easy_perform(), without SIGPIPE. */
CURLcode example_curl_run(CURL *curl);
/* Never to addresses of this machine, its network or its link. */
void example_curl_public_only(CURL *curl);
/* Why there was no answer, for people: without addresses. */
void example_curl_reason(acrm_sent *sent, CURLcode code);

typedef struct example_request {
    const char *method, *url;
    const char *body; /* (nullable) */
    struct curl_slist *headers;
    const char *ca_file;
    long timeout_ms;
    bool public_only;
    size_t answer_max; /* bytes of an answer that are kept; 0: EXAMPLE_ANSWER_MAX */
    bool once; /* libcurl asks again when a connection it kept turns out closed: never do so */
} example_request;

typedef struct example_answer {
    example_text body; /* as much of it as the request keeps */
    size_t body_max;
    int32_t status;    /* 0: there was none */
    int32_t retry_after; /* seconds; 0: not told */
    CURLcode code;
} example_answer;

enum { EXAMPLE_ANSWER_MAX = 65536 };

/* `answer` begins as zero; its body is the caller's to free. */
void example_curl_request(CURL *curl, const example_request *request, example_answer *answer);
/* What an answer means when nothing else is agreed on. */
void example_curl_outcome(const example_answer *answer, int32_t channel, acrm_sent *sent);

#endif
