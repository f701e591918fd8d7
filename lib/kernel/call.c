/* SPDX-License-Identifier: MIT */
/* What handlers ask of their call: arguments, errors, texts of values. */
#include "base/civil.h"
#include "kernel/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int32_t acrm__fail(acrm__call *call, int32_t code, const char *reason, const char *field,
                   const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return acrm__error(call->err, code, reason, field, "%s", message);
}

int32_t acrm__nomem(acrm__call *call)
{
    return acrm__error_nomem(call->err);
}

const acrm_value *acrm__arg(const acrm__call *call, const char *name)
{
    const acrm_value *value = acrm_value_get(call->args, name);

    if (acrm_value_type(value) != ACRM_NULL)
        return value;
    for (uint32_t i = 0; i < call->info->n_in; i++)
        if (strcmp(call->info->in[i].def.name, name) == 0)
            return call->info->in[i].preset;
    return NULL;
}

const char *acrm__arg_text(const acrm__call *call, const char *name)
{
    return acrm_value_text(acrm__arg(call, name), NULL);
}

int64_t acrm__arg_int(const acrm__call *call, const char *name, int64_t absent)
{
    const acrm_value *value = acrm__arg(call, name);
    return value ? acrm_value_int(value) : absent;
}

bool acrm__arg_bool(const acrm__call *call, const char *name, bool absent)
{
    const acrm_value *value = acrm__arg(call, name);
    return value ? acrm_value_bool(value) != 0 : absent;
}

bool acrm__arg_id(const acrm__call *call, const char *name, unsigned char id[16])
{
    const char *text = acrm__arg_text(call, name);
    return text && acrm__uuid_parse(text, strlen(text), id);
}

bool acrm__arg_time(const acrm__call *call, const char *name, int64_t *out)
{
    const char *text = acrm__arg_text(call, name);
    size_t len = text ? strlen(text) : 0;
    acrm__duration duration;
    int32_t n;

    if (!text)
        return false;
    if (acrm__instant_parse(text, len, out))
        return true;
    if (acrm__date_parse(text, len, &n) || acrm__time_parse(text, len, true, &n)) {
        *out = n;
        return true;
    }
    if (!acrm__duration_parse(text, len, &duration) || duration.months)
        return false;
    *out = (int64_t)duration.days * ACRM__DAY_SECONDS + duration.seconds;
    return true;
}

const char *acrm__id_text(acrm__call *call, const unsigned char id[16])
{
    char *text = id ? acrm__arena_alloc(call->arena, 37) : NULL;

    if (text)
        acrm__uuid_print(id, text);
    return text;
}

const char *acrm__instant_text(acrm__call *call, int64_t instant)
{
    char *text = acrm__arena_alloc(call->arena, ACRM__INSTANT_SIZE);

    if (text)
        acrm__instant_print(instant, text);
    return text;
}

const char *acrm__date_text(acrm__call *call, int64_t days)
{
    char *text = acrm__arena_alloc(call->arena, ACRM__DATE_SIZE);

    if (text)
        acrm__date_print((int32_t)days, text);
    return text;
}

bool acrm__is_import(const acrm__call *call)
{
    const acrm__opinfo *root = call->root;

    return root && (root->verb == ACRM__VERB_CREATE_MANY || strncmp(root->name, "import.", 7) == 0);
}

const unsigned char *acrm__actor(const acrm__call *call)
{
    const acrm__principal *p = &call->session->principal;
    return p->kind == ACRM__PRINCIPAL_USER ? p->id : NULL;
}

int32_t acrm__progress(acrm__call *call, const char *what, int64_t done, int64_t total)
{
    acrm_session *s = call->session;
    bool stop = atomic_load(&s->interrupted) != 0;

    if (!stop && s->progress)
        stop = s->progress(s->progress_user, what, done, total) != 0;
    if (!stop)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
}

int64_t acrm__read_input(acrm__call *call, void *buf, size_t cap)
{
    acrm_session *s = call->session;

    if (!s->read)
        return acrm__fail(call, ACRM_E_INVALID, "required", NULL,
                          "no input: lend the session a stream by acrm_session_set_input()");
    s->moved_on = true;
    return s->read(s->read_user, buf, cap);
}

const char *acrm__business_zone(const acrm__call *call)
{
    const char *zone = call->session->engine->zone;
    return zone ? zone : "UTC";
}

bool acrm__has_output(const acrm__call *call)
{
    return call->session->write != NULL;
}

int32_t acrm__write_output(acrm__call *call, const void *bytes, size_t len)
{
    acrm_session *s = call->session;

    s->moved_on = true;
    int32_t st = s->write(s->write_user, bytes, len);

    return st == ACRM_OK ? st : acrm__fail(call, st, "output", NULL, "the output was not taken");
}

bool acrm__operation_exists(const acrm__call *call, const char *name)
{
    return acrm__registry_op(call->session->registry, name, strlen(name)) != NULL;
}
