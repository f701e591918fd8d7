/* SPDX-License-Identifier: MIT */
/* Compiling a scheme, and asking what it consists of. */
#include "engines/scoring/scoring_internal.h"

#include "base/error.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SCORING_INPUTS_MAX = 1000 };

/* --- Faults and places --- */

bool acrm__scoring_fault(acrm__scoring_reader *r, const char *place, const char *reason,
                         const char *format, ...)
{
    char message[400];
    va_list args;

    if (acrm_value_count(r->faults) >= ACRM__SCORING_FAULTS_MAX)
        return false;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    acrm_value *fault = acrm__add_map(r->faults);
    if (!fault || !acrm__put_text(fault, "field", place) ||
        !acrm__put_text(fault, "reason", reason) || !acrm__put_text(fault, "message", message))
        r->status = ACRM_E_NOMEM;
    return false;
}

static const char *scoring_place_text(acrm__scoring_reader *r, const char *text)
{
    if (!text)
        r->status = ACRM_E_NOMEM;
    return text ? text : "";
}

const char *acrm__scoring_place(acrm__scoring_reader *r, const char *parent, const char *key)
{
    return scoring_place_text(r, acrm__arena_format(&r->s->arena, "%s/%.80s", parent, key));
}

const char *acrm__scoring_place_at(acrm__scoring_reader *r, const char *parent, size_t index)
{
    return scoring_place_text(r, acrm__arena_format(&r->s->arena, "%s/%zu", parent, index));
}

/* --- Shapes --- */

static bool scoring_listed(const char *keys, const char *key)
{
    size_t len = strlen(key);

    for (const char *at = keys; len > 0 && at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, key, len) == 0 && (at[len] == '|' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool acrm__scoring_object(acrm__scoring_reader *r, const acrm_value *value, const char *place,
                          const char *keys)
{
    bool ok = true;

    if (acrm_value_type(value) != ACRM_MAP)
        return acrm__scoring_fault(r, place, "type", "expected an object");
    for (size_t i = 0; i < acrm_value_count(value); i++) {
        const char *key = acrm_value_key(value, i, NULL);
        if (!scoring_listed(keys, key))
            ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, key), "unknown",
                                     "there is no such member; there are %s", keys);
    }
    return ok;
}

const acrm_value *acrm__scoring_list(acrm__scoring_reader *r, const acrm_value *map,
                                     const char *place, const char *key, size_t max)
{
    const acrm_value *list = acrm_value_get(map, key);
    const char *at = acrm__scoring_place(r, place, key);
    size_t n = acrm_value_count(list);

    if (!list || acrm_value_type(list) == ACRM_NULL)
        acrm__scoring_fault(r, at, "required", "%s is required", key);
    else if (acrm_value_type(list) != ACRM_LIST)
        acrm__scoring_fault(r, at, "type", "expected a list");
    else if (n == 0 || n > max)
        acrm__scoring_fault(r, at, "limit", "expected 1 to %zu elements", max);
    else
        return list;
    return NULL;
}

const char *acrm__scoring_name(acrm__scoring_reader *r, const acrm_value *map, const char *place,
                               const char *key)
{
    const acrm_value *value = acrm_value_get(map, key);
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    if (text && len > 0 && len <= ACRM__SCORING_NAME_MAX)
        return text;
    acrm__scoring_fault(r, acrm__scoring_place(r, place, key), value ? "type" : "required",
                        "expected a name of at most %d bytes", ACRM__SCORING_NAME_MAX);
    return NULL;
}

bool acrm__scoring_int(acrm__scoring_reader *r, const acrm_value *map, const char *place,
                       const char *key, int64_t min, int64_t max, int64_t absent, int64_t *out)
{
    const acrm_value *value = acrm_value_get(map, key);
    int64_t n = acrm_value_int(value);

    *out = absent;
    if (!value || acrm_value_type(value) == ACRM_NULL)
        return true;
    if (acrm_value_type(value) != ACRM_INT)
        return acrm__scoring_fault(r, acrm__scoring_place(r, place, key), "type",
                                   "expected a whole number");
    if (n < min || n > max)
        return acrm__scoring_fault(r, acrm__scoring_place(r, place, key), "limit",
                                   "expected %lld to %lld", (long long)min, (long long)max);
    *out = n;
    return true;
}

bool acrm__scoring_quantity(acrm__scoring_reader *r, const acrm_value *value, const char *place,
                            int32_t input, int64_t *out)
{
    const acrm_scoring_input *in = input < 0 ? NULL : &r->s->inputs[input];
    bool money = in && in->type == ACRM_SCORING_MONEY;
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    if (money && text && acrm__parse_decimal(text, len, in->digits, out))
        return true;
    if (money)
        return acrm__scoring_fault(r, place, "type",
                                   "expected an amount as text with at most %d decimals",
                                   (int)in->digits);
    if (acrm_value_type(value) != ACRM_INT)
        return acrm__scoring_fault(r, place, "type", "expected a whole number");
    *out = acrm_value_int(value);
    return true;
}

/* --- Compiling --- */

static bool scoring_inputs_sound(const acrm_scoring_input *inputs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (inputs[i].struct_size != sizeof *inputs || !inputs[i].name ||
            inputs[i].type < ACRM_SCORING_INT || inputs[i].type > ACRM_SCORING_DAY ||
            inputs[i].digits < 0 || inputs[i].digits > 9)
            return false;
    return n <= SCORING_INPUTS_MAX && (inputs || n == 0);
}

static bool scoring_copy_inputs(acrm_scoring *s, const acrm_scoring_input *inputs, uint32_t n)
{
    s->inputs = acrm__arena_array(&s->arena, n + 1, sizeof *s->inputs);
    for (uint32_t i = 0; s->inputs && i < n; i++) {
        s->inputs[i] = inputs[i];
        s->inputs[i].name = acrm__arena_text(&s->arena, inputs[i].name, strlen(inputs[i].name));
        if (!s->inputs[i].name)
            return false;
    }
    s->n_inputs = n;
    return s->inputs != NULL;
}

int32_t acrm_scoring_new(const acrm_allocator *allocator, const acrm_scoring_input *inputs,
                         uint32_t n_inputs, const acrm_value *definition, acrm_scoring **out,
                         acrm_error **err)
{
    acrm_allocator own = acrm__allocator(allocator);

    if (!definition || !out || !scoring_inputs_sound(inputs, n_inputs))
        return ACRM_E_MISUSE;
    acrm_scoring *s = acrm__alloc_zero(&own, sizeof *s);
    if (!s)
        return acrm__error_nomem(err);
    acrm__arena_init(&s->arena, &own);
    acrm_value *copy = acrm__value_in(&s->arena);
    acrm__scoring_reader r = { .s = s, .faults = acrm__value_in(&s->arena) };
    bool ok = copy && r.faults && acrm_value_set_list(r.faults) == ACRM_OK &&
              scoring_copy_inputs(s, inputs, n_inputs) && acrm__value_copy(copy, definition);
    if (ok)
        acrm__scoring_read(&r, copy);
    int32_t st = !ok || r.status != ACRM_OK ? acrm__error_nomem(err)
                 : acrm_value_count(r.faults) > 0
                     ? acrm__error_fields(err, ACRM_E_INVALID, r.faults) : ACRM_OK;
    if (st == ACRM_OK)
        *out = s;
    else
        acrm_scoring_free(s);
    return st;
}

void acrm_scoring_free(acrm_scoring *scoring)
{
    if (!scoring)
        return;
    acrm_allocator own = scoring->arena.allocator;
    acrm__arena_free(&scoring->arena);
    acrm__free(&own, scoring, sizeof *scoring);
}

/* --- What it consists of --- */

const acrm_value *acrm_scoring_condition(const acrm_scoring *scoring, uint32_t n)
{
    return scoring && n < scoring->n_conditions ? scoring->conditions[n] : NULL;
}

const char *acrm_scoring_grade(const acrm_scoring *scoring, uint32_t n)
{
    return scoring && n < scoring->n_grades ? scoring->grades[n] : NULL;
}

int32_t acrm_scoring_grade_of(const acrm_scoring *scoring, const char *name)
{
    for (uint32_t i = 0; scoring && name && i < scoring->n_grades; i++)
        if (strcmp(scoring->grades[i], name) == 0)
            return (int32_t)i;
    return ACRM_SCORING_NONE;
}

int32_t acrm_scoring_quantiles(const acrm_scoring *scoring, uint32_t axis, int32_t *input,
                               int32_t *parts, int32_t *reversed)
{
    if (!scoring || !input || !parts || !reversed)
        return ACRM_E_MISUSE;
    if (axis >= scoring->n_axes || scoring->axes[axis].kind != ACRM__SCORE_QUANTILES)
        return ACRM_E_NOTFOUND;
    const acrm__score_axis *a = &scoring->axes[axis];
    bool day = scoring->inputs[a->input].type == ACRM_SCORING_DAY;
    *input = a->input;
    *parts = a->parts;
    *reversed = a->low != day; /* few days since is a late day */
    return ACRM_OK;
}

int32_t acrm_scoring_cut(int32_t parts, int64_t total, int64_t worse, int64_t key, int64_t *cuts)
{
    if (!cuts)
        return ACRM_E_MISUSE;
    if (parts < 2 || parts > ACRM_SCORING_PARTS_MAX || total < 1 || worse < 0 || worse >= total ||
        total > INT64_MAX / ACRM_SCORING_PARTS_MAX)
        return ACRM_E_INVALID;
    int64_t part = parts * worse / total; /* 0 for the worst */
    for (int64_t k = 0; k < part; k++)
        if (cuts[k] > key)
            cuts[k] = key;
    return ACRM_OK;
}
