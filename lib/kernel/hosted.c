/* SPDX-License-Identifier: MIT */
/* Ports of which a host gives several, each under a name of its own: transports and connectors. */
#include "kernel/hosted.h"

#include "base/error.h"
#include "base/text.h"
#include "kernel/inside.h"

#include <string.h>

enum { HOSTED_MAX = 32, HOSTED_HOUR_MS = 3600000, HOSTED_ANSWER_MAX = 16777216 };

bool acrm__take_in(void *dst, size_t dst_size, const void *src, size_t min_size)
{
    const unsigned char *bytes = src;
    uint32_t size;

    memcpy(&size, src, sizeof size);
    if (size < min_size)
        return false;
    for (size_t i = dst_size; i < size; i++)
        if (bytes[i] != 0)
            return false;
    memset(dst, 0, dst_size);
    memcpy(dst, src, size < dst_size ? size : dst_size);
    return true;
}

/* What the two kinds have in common: an array in the engine, filled one by one. */
typedef struct hosted_kind {
    const char *option;
    size_t size;        /* of a struct */
    size_t name_at;     /* where in it the name stands */
    bool (*take)(void *to, const void *given); /* false: it lacks something */
} hosted_kind;

static bool hosted_transport(void *to, const void *given)
{
    acrm_transport *taken = to;
    const acrm_transport *transport = given;

    return ACRM__TAKE_IN(taken, transport) && taken->submit && taken->channels;
}

static bool hosted_connector(void *to, const void *given)
{
    acrm_connector *taken = to;
    const acrm_connector *connector = given;

    if (!ACRM__TAKE_IN(taken, connector) || !taken->ask || taken->timeout_ms > HOSTED_HOUR_MS ||
        taken->answer_max > HOSTED_ANSWER_MAX)
        return false;
    taken->timeout_ms = taken->timeout_ms ? taken->timeout_ms : 30000;
    taken->answer_max = taken->answer_max ? taken->answer_max : 1048576;
    return true;
}

static const hosted_kind hosted_transports = {
    .option = "transports", .size = sizeof(acrm_transport),
    .name_at = offsetof(acrm_transport, name), .take = hosted_transport,
};
static const hosted_kind hosted_connectors = {
    .option = "connectors", .size = sizeof(acrm_connector),
    .name_at = offsetof(acrm_connector, name), .take = hosted_connector,
};

static const char *hosted_name(const hosted_kind *kind, const void *array, uint32_t i)
{
    const char *name;

    memcpy(&name, (const char *)array + i * kind->size + kind->name_at, sizeof name);
    return name;
}

static int32_t hosted_one(acrm_engine *engine, const hosted_kind *kind, const void *given,
                          void *array, uint32_t n, acrm_error **err)
{
    char *taken = (char *)array + n * kind->size;
    bool whole = kind->take(taken, given);
    const char *name = whole ? hosted_name(kind, array, n) : NULL;
    size_t size = name ? strlen(name) + 1 : 0;

    if (size < 2 || size > 33)
        return acrm__error(err, ACRM_E_INVALID, "struct_size", kind->option,
                           "number %u of the %s has a wrong struct_size, no name of at most 32 "
                           "bytes, no function, or no channel or a limit that is none", n,
                           kind->option);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(hosted_name(kind, array, i), name) == 0)
            return acrm__error(err, ACRM_E_INVALID, "duplicate", kind->option,
                               "two of the %s are called %.32s", kind->option, name);
    char *copy = acrm__alloc(&engine->allocator, size);
    if (!copy)
        return acrm__error_nomem(err);
    memcpy(copy, name, size);
    memcpy(taken + kind->name_at, &copy, sizeof copy);
    return ACRM_OK;
}

/* The elements of the host's array are as large as it says they are. */
static int32_t hosted_array(acrm_engine *engine, const hosted_kind *kind, const void *given,
                            uint32_t n, void **array, uint32_t *taken, acrm_error **err)
{
    const char *at = given;
    int32_t st = ACRM_OK;

    if (n == 0)
        return ACRM_OK;
    if (!at || n > HOSTED_MAX)
        return acrm__error(err, ACRM_E_INVALID, "limit", kind->option,
                           "allowed are at most %d %s", HOSTED_MAX, kind->option);
    *array = acrm__alloc_zero(&engine->allocator, HOSTED_MAX * kind->size);
    if (!*array)
        return acrm__error_nomem(err);
    for (uint32_t i = 0; i < n && st == ACRM_OK; i++) {
        uint32_t size;
        memcpy(&size, at, sizeof size);
        st = hosted_one(engine, kind, at, *array, i, err);
        *taken += st == ACRM_OK;
        at += size;
    }
    return st;
}

int32_t acrm__hosted_take(acrm_engine *engine, const acrm_options *o, acrm_error **err)
{
    void *transports = NULL, *connectors = NULL;
    int32_t st = hosted_array(engine, &hosted_transports, o->transports, o->n_transports,
                              &transports, &engine->n_transports, err);

    engine->transports = transports;
    if (st == ACRM_OK)
        st = hosted_array(engine, &hosted_connectors, o->connectors, o->n_connectors, &connectors,
                          &engine->n_connectors, err);
    engine->connectors = connectors;
    return st;
}

static void hosted_free(acrm_engine *engine, const hosted_kind *kind, void *array, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const char *name = hosted_name(kind, array, i);
        acrm__free(&engine->allocator, (void *)(uintptr_t)name, strlen(name) + 1);
    }
    if (array)
        acrm__free(&engine->allocator, array, HOSTED_MAX * kind->size);
}

void acrm__hosted_free(acrm_engine *engine)
{
    hosted_free(engine, &hosted_transports, engine->transports, engine->n_transports);
    hosted_free(engine, &hosted_connectors, engine->connectors, engine->n_connectors);
}

const acrm_transport *acrm__transport_at(const acrm__call *call, size_t n)
{
    const acrm_engine *engine = call->session->engine;

    return n < engine->n_transports ? &engine->transports[n] : NULL;
}

const acrm_connector *acrm__connector_at(const acrm__call *call, size_t n)
{
    const acrm_engine *engine = call->session->engine;

    return n < engine->n_connectors ? &engine->connectors[n] : NULL;
}

void acrm__port_text(char *text, size_t size)
{
    text[size - 1] = '\0';
    if (!acrm__utf8_valid(text, strlen(text)))
        text[0] = '\0';
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
}
