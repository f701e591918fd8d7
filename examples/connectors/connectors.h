/* SPDX-License-Identifier: MIT */
/*
 * Example connectors (autocrm/port/connector.h): a program that is run, and a server that speaks
 * HTTP. A host compiles in the one it uses, or takes both through example_connectors.
 */
#ifndef AUTOCRM_EXAMPLES_CONNECTORS_H
#define AUTOCRM_EXAMPLES_CONNECTORS_H

#include "transports.h"

#include <autocrm/autocrm.h>

/* The request as both send it: {"key":...,"name":...,"attempt":1,"body":{...}}. */
bool example_connector_json(const acrm_connector_request *request, acrm_buf **out);
/* Words for people into the answer's reason, on one line and cut to its size. */
void example_connector_reason(acrm_connector_answer *answer, const char *words, size_t len);

/* --- exec.c --- */

/*
 * A shell command is run for each request: the request on its standard input, the answer on its
 * standard output. Exit status 0: answered; 77: refused; 65: never; anything else, a signal, or no
 * end in time: not now. The first line of its standard error is the reason. After the time limit
 * the command and what it started are killed.
 */
typedef struct example_exec example_exec;
example_exec *example_exec_open(const char *command, example_fault *fault);
acrm_connector example_exec_connector(example_exec *exec, const char *name);
void example_exec_close(example_exec *exec);

/* --- ask_http.c: with libcurl --- */

/* Each request is posted to a URL as JSON, its key as the header Idempotency-Key. No redirect is
 * followed. The token, which may be NULL, is sent as "Authorization: Bearer". */
typedef struct example_ask_http example_ask_http;
example_ask_http *example_ask_http_open(const char *url, const char *token, example_fault *fault);
acrm_connector example_ask_http_connector(example_ask_http *http, const char *name);
void example_ask_http_close(example_ask_http *http);

/* --- connectors.c: connectors by what people write --- */

enum { EXAMPLE_CONNECTORS_MAX = 16 };

/* Begins as zero. */
typedef struct example_connectors {
    acrm_connector connectors[EXAMPLE_CONNECTORS_MAX]; /* for acrm_options */
    char names[EXAMPLE_CONNECTORS_MAX][33];
    void *owned[EXAMPLE_CONNECTORS_MAX];
    void (*close[EXAMPLE_CONNECTORS_MAX])(void *owned);
    uint32_t n;
} example_connectors;

/* "NAME=exec:COMMAND" or "NAME=https://..."; `token` (nullable) is for those that speak HTTP. */
bool example_connectors_add(example_connectors *connectors, const char *words, const char *token,
                            example_fault *fault);
/* After the engine is closed. */
void example_connectors_close(example_connectors *connectors);

#endif
