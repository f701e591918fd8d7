/* SPDX-License-Identifier: MIT */
/* What is wrong with a filter, and where. */
#include "engines/filter/filter_internal.h"

#include "base/digits.h"
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FILTER_CLIP = 64,
    FILTER_MESSAGE = 400, /* bytes of one message, the NUL included */
    FILTER_PLACES = 3 * ACRM__FILTER_DEPTH_MAX
};

int acrm__filter_clip(const char *text, size_t len)
{
    size_t at = 0;
    uint32_t cp = 0;

    while (at < len) {
        size_t step = acrm__utf8_next(text + at, len - at, &cp);
        if (at + step > FILTER_CLIP)
            break;
        at += step;
    }
    return (int)at;
}

/* "where.customer.grade.$in[2]". */
static const char *filter_path(acrm__filter_parser *p, const acrm__filter_place *place)
{
    const acrm__filter_place *chain[FILTER_PLACES];
    size_t n = 0;
    acrm__str text;

    for (; place != NULL && n < FILTER_PLACES; place = place->parent)
        chain[n++] = place;
    acrm__str_init(&text, &p->arena->allocator);
    while (n-- > 0) {
        if (chain[n]->name == NULL) {
            acrm__str_format(&text, "[%zu]", chain[n]->index);
            continue;
        }
        if (text.len > 0)
            acrm__str_putc(&text, '.');
        acrm__str_add(&text, chain[n]->name,
                      (size_t)acrm__filter_clip(chain[n]->name, chain[n]->len));
    }
    const char *path = text.failed ? NULL : acrm__arena_text(p->arena, text.data, text.len);
    acrm__str_free(&text);
    return path;
}

bool acrm__filter_stop(acrm__filter_parser *p, int32_t status)
{
    p->status = status;
    return false;
}

bool acrm__filter_limit(acrm__filter_parser *p, const acrm__filter_place *place,
                        const char *what, uint32_t max)
{
    const char *path = filter_path(p, place);

    if (path == NULL)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    p->faults = NULL;
    p->status = acrm__error(p->err, ACRM_E_LIMIT, "limit", path,
                            "%s: a filter has at most %u %s", path, (unsigned)max, what);
    return false;
}

bool acrm__filter_fault(acrm__filter_parser *p, const acrm__filter_place *place,
                        const char *reason, const char *format, ...)
{
    char message[FILTER_MESSAGE];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (n >= (int)sizeof message) /* cut between characters */
        while ((message[sizeof message - 2] & 0xC0) == 0x80)
            message[sizeof message - 2] = '\0';

    if (p->faults == NULL) {
        p->faults = acrm__value_in(p->arena);
        if (p->faults == NULL || acrm_value_set_list(p->faults) != ACRM_OK)
            return acrm__filter_stop(p, ACRM_E_NOMEM);
    }
    if (acrm_value_count(p->faults) >= ACRM__FILTER_FAULTS_MAX)
        return true;

    const char *path = filter_path(p, place);
    acrm_value *fault = path == NULL ? NULL : acrm__add_map(p->faults);
    if (fault == NULL || !acrm__put_text(fault, "field", path) ||
        !acrm__put_text(fault, "reason", reason) || !acrm__put_text(fault, "message", message))
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    return true;
}

acrm__filter_place acrm__filter_at(const acrm__filter_place *parent, const acrm_value *map,
                                   size_t n)
{
    acrm__filter_place place = { .parent = parent };

    place.name = acrm_value_key(map, n, &place.len);
    return place;
}

bool acrm__filter_term(acrm__filter_parser *p, const acrm__filter_place *place)
{
    p->terms++;
    return p->terms <= ACRM__FILTER_TERMS_MAX ||
           acrm__filter_limit(p, place, "terms", ACRM__FILTER_TERMS_MAX);
}
