/* SPDX-License-Identifier: MIT */
/* Connectors by what people write: "bank=exec:./bank.sh", "valuation=https://..." */
#include "connectors.h"

#include <string.h>

bool example_connector_json(const acrm_connector_request *request, acrm_buf **out)
{
    acrm_value *map = NULL, *body = NULL;
    bool ok = acrm_value_new(NULL, &map) == ACRM_OK && acrm_value_set_map(map) == ACRM_OK &&
              acrm_value_parse(NULL, request->body, request->body_len, &body, NULL) == ACRM_OK;

    /* The setters take the NULL that acrm_value_put() gives when memory is short. */
    ok = ok &&
         acrm_value_set_text(acrm_value_put(map, "key"), request->key, strlen(request->key)) == 0 &&
         acrm_value_set_text(acrm_value_put(map, "name"), request->name,
                             strlen(request->name)) == ACRM_OK &&
         acrm_value_set_int(acrm_value_put(map, "attempt"), request->attempt) == ACRM_OK &&
         acrm_value_set_copy(acrm_value_put(map, "body"), body) == ACRM_OK &&
         acrm_value_print(map, 0, out) == ACRM_OK;
    acrm_value_free(body);
    acrm_value_free(map);
    return ok;
}

void example_connector_reason(acrm_connector_answer *answer, const char *words, size_t len)
{
    const char *end = words ? memchr(words, '\n', len) : NULL;
    size_t room = sizeof answer->reason - 1;

    len = end ? (size_t)(end - words) : len;
    len = len < room ? len : room;
    while (len > 0 && ((unsigned char)words[len - 1] & 0xc0) == 0x80 && len == room)
        len = --room; /* no character in two */
    if (words && len > 0)
        memcpy(answer->reason, words, len);
    answer->reason[words ? len : 0] = '\0';
    for (char *p = answer->reason; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
}

static void connectors_exec_close(void *owned)
{
    example_exec_close(owned);
}

#ifdef EXAMPLE_HAVE_CURL
static void connectors_http_close(void *owned)
{
    example_ask_http_close(owned);
}
#endif

static bool connectors_open(example_connectors *connectors, const char *how, const char *token,
                            example_fault *fault)
{
    uint32_t n = connectors->n;

    if (strncmp(how, "exec:", 5) == 0) {
        connectors->owned[n] = example_exec_open(how + 5, fault);
        if (connectors->owned[n])
            connectors->connectors[n] = example_exec_connector(connectors->owned[n],
                                                               connectors->names[n]);
        connectors->close[n] = connectors_exec_close;
        return connectors->owned[n] != NULL;
    }
#ifdef EXAMPLE_HAVE_CURL
    if (strncmp(how, "https://", 8) == 0 || strncmp(how, "http://", 7) == 0) {
        connectors->owned[n] = example_ask_http_open(how, token, fault);
        if (connectors->owned[n])
            connectors->connectors[n] = example_ask_http_connector(connectors->owned[n],
                                                                   connectors->names[n]);
        connectors->close[n] = connectors_http_close;
        return connectors->owned[n] != NULL;
    }
#else
    (void)token;
#endif
    return example_wrong(fault, "behind the name stands exec:COMMAND or https://URL, not %.100s",
                         how);
}

bool example_connectors_add(example_connectors *connectors, const char *words, const char *token,
                            example_fault *fault)
{
    const char *equals = strchr(words, '=');
    size_t len = equals ? (size_t)(equals - words) : 0;

    if (connectors->n == EXAMPLE_CONNECTORS_MAX)
        return example_wrong(fault, "there can be %d of them", EXAMPLE_CONNECTORS_MAX);
    if (len == 0 || len >= sizeof connectors->names[0])
        return example_wrong(fault, "takes NAME=exec:COMMAND or NAME=https://URL, the name of at "
                             "most 32 bytes, not %.100s", words);
    memcpy(connectors->names[connectors->n], words, len);
    connectors->names[connectors->n][len] = '\0';
    for (uint32_t i = 0; i < connectors->n; i++)
        if (strcmp(connectors->names[i], connectors->names[connectors->n]) == 0)
            return example_wrong(fault, "two are called %s", connectors->names[i]);
    if (!connectors_open(connectors, equals + 1, token, fault))
        return false;
    connectors->n++;
    return true;
}

void example_connectors_close(example_connectors *connectors)
{
    for (uint32_t i = 0; i < connectors->n; i++)
        connectors->close[i](connectors->owned[i]);
    connectors->n = 0;
}
