/* SPDX-License-Identifier: MIT */
/* Descriptions of custom fields: taken from the call, and checked before they are written. */
#include "kernel/custom.h"
#include "kernel/entities.h"

#include "base/json.h"

#include <string.h>

enum { CUSTOM_NAME_MAX = 60, CUSTOM_CHOICES_MAX = 200 };

/* How a key of a field's description is kept. */
enum { CUSTOM_TEXT = 1, CUSTOM_INT, CUSTOM_BOOL, CUSTOM_JSON, CUSTOM_CHOICES };

static const struct {
    const char *key;
    uint32_t field;
    int32_t kind;
} custom_keys[] = {
    { "name", F_custom_field__name, CUSTOM_TEXT },
    { "label", F_custom_field__label, CUSTOM_TEXT },
    { "help", F_custom_field__help, CUSTOM_TEXT },
    { "type", F_custom_field__type, CUSTOM_TEXT },
    { "target", F_custom_field__target, CUSTOM_TEXT },
    { "inverse", F_custom_field__inverse, CUSTOM_TEXT },
    { "currency", F_custom_field__currency_field, CUSTOM_TEXT },
    { "unit", F_custom_field__unit, CUSTOM_TEXT },
    { "choices", F_custom_field__choices, CUSTOM_CHOICES },
    { "preset", F_custom_field__preset, CUSTOM_JSON },
    { "min", F_custom_field__minimum, CUSTOM_INT },
    { "max", F_custom_field__maximum, CUSTOM_INT },
    { "required", F_custom_field__required, CUSTOM_BOOL },
    { "unique", F_custom_field__is_unique, CUSTOM_BOOL },
    { "indexed", F_custom_field__indexed, CUSTOM_BOOL },
    { "searchable", F_custom_field__searchable, CUSTOM_BOOL },
    { "personal", F_custom_field__personal, CUSTOM_BOOL },
};

enum { CUSTOM_MAY_LIMIT = 1, CUSTOM_MAY_BE_UNIQUE = 2, CUSTOM_MAY_BE_SEARCHED = 4 };

typedef struct custom_kind {
    const char *name;
    int32_t type;
    uint32_t may;
} custom_kind;

static const custom_kind custom_kinds[] = {
    { "ref", ACRM__T_REF, CUSTOM_MAY_BE_UNIQUE },
    { "text", ACRM__T_TEXT, CUSTOM_MAY_LIMIT | CUSTOM_MAY_BE_UNIQUE | CUSTOM_MAY_BE_SEARCHED },
    { "bool", ACRM__T_BOOL, 0 },
    { "int", ACRM__T_INT, CUSTOM_MAY_LIMIT | CUSTOM_MAY_BE_UNIQUE },
    { "real", ACRM__T_REAL, CUSTOM_MAY_LIMIT },
    { "decimal", ACRM__T_DECIMAL, CUSTOM_MAY_BE_UNIQUE },
    { "money", ACRM__T_MONEY, CUSTOM_MAY_LIMIT },
    { "instant", ACRM__T_INSTANT, CUSTOM_MAY_BE_UNIQUE },
    { "date", ACRM__T_DATE, CUSTOM_MAY_BE_UNIQUE },
    { "time", ACRM__T_TIME, 0 },
    { "duration", ACRM__T_DURATION, CUSTOM_MAY_LIMIT },
    { "enum", ACRM__T_ENUM, CUSTOM_MAY_BE_UNIQUE },
    { "json", ACRM__T_JSON, 0 },
};

static const custom_kind *custom_kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof custom_kinds / sizeof custom_kinds[0]; i++)
        if (strcmp(custom_kinds[i].name, name) == 0)
            return &custom_kinds[i];
    return NULL;
}

int32_t acrm__custom_type(const char *name)
{
    const custom_kind *kind = custom_kind_of(name);
    return kind ? kind->type : 0;
}

static bool custom_name_ok(const char *name)
{
    size_t len = strlen(name);

    return len >= 3 && len <= CUSTOM_NAME_MAX && strncmp(name, "x_", 2) == 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len && name[2] != '_' &&
           name[len - 1] != '_' && !strstr(name, "__");
}

int32_t acrm__custom_check_name(acrm__call *call, const char *name)
{
    if (name && custom_name_ok(name))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "format", "name",
                      "name must be x_ and then 1 to %d lower-case letters, digits and single "
                      "underscores", CUSTOM_NAME_MAX - 2);
}

static int32_t custom_choices(acrm__call *call, const acrm_value *list, acrm_cell *out)
{
    acrm__str text;
    size_t n = acrm_value_count(list), len;
    bool ok = acrm_value_type(list) == ACRM_LIST && n > 0 && n <= CUSTOM_CHOICES_MAX;

    acrm__str_init(&text, &call->session->engine->allocator);
    for (size_t i = 0; ok && i < n; i++) {
        const char *choice = acrm_value_text(acrm_value_at(list, i), &len);
        ok = choice && len > 0 && len <= CUSTOM_NAME_MAX && !strchr(choice, '|');
        for (size_t j = 0; ok && j < i; j++)
            ok = strcmp(choice, acrm_value_text(acrm_value_at(list, j), NULL)) != 0;
        if (ok && i > 0)
            acrm__str_putc(&text, '|');
        if (ok)
            acrm__str_add(&text, choice, len);
    }
    const char *kept = ok && !text.failed ? acrm__arena_text(call->arena, text.data, text.len)
                                          : NULL;
    if (kept)
        *out = acrm__cell_textn(kept, text.len);
    acrm__str_free(&text);
    if (!ok)
        return acrm__fail(call, ACRM_E_INVALID, "format", "choices",
                          "choices must be a list of 1 to %d different texts without |",
                          CUSTOM_CHOICES_MAX);
    return kept ? ACRM_OK : acrm__nomem(call);
}

static int32_t custom_json(acrm__call *call, const acrm_value *value, acrm_cell *out)
{
    acrm__str text;

    acrm__str_init(&text, &call->session->engine->allocator);
    acrm__json_write(&text, value, 0);
    const char *kept = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    if (kept)
        *out = acrm__cell_textn(kept, text.len);
    acrm__str_free(&text);
    return kept ? ACRM_OK : acrm__nomem(call);
}

static int32_t custom_take(acrm__call *call, const acrm_value *value, const char *key,
                           int32_t kind, acrm_cell *out)
{
    static const int32_t types[] = { [CUSTOM_TEXT] = ACRM_TEXT, [CUSTOM_INT] = ACRM_INT,
                                     [CUSTOM_BOOL] = ACRM_BOOL };
    size_t len;
    const char *text = acrm_value_text(value, &len);

    if (kind == CUSTOM_JSON)
        return custom_json(call, value, out);
    if (kind == CUSTOM_CHOICES)
        return custom_choices(call, value, out);
    if (acrm_value_type(value) != types[kind])
        return acrm__fail(call, ACRM_E_INVALID, "type", key, "%s must be %s", key,
                          kind == CUSTOM_TEXT ? "text" : kind == CUSTOM_INT ? "a whole number"
                                                                            : "true or false");
    if (kind == CUSTOM_TEXT && (len == 0 || len > 1024))
        return acrm__fail(call, ACRM_E_INVALID, "range", key, "%s must have 1 to 1024 bytes", key);
    *out = kind == CUSTOM_TEXT ? acrm__cell_textn(text, len)
           : kind == CUSTOM_INT ? acrm__cell_int(acrm_value_int(value))
                                : acrm__cell_int(acrm_value_bool(value));
    return ACRM_OK;
}

int32_t acrm__custom_describe(acrm__call *call, const acrm_value *spec, bool strict,
                              acrm__rec *rec)
{
    enum { KEYS = sizeof custom_keys / sizeof custom_keys[0] };

    for (size_t i = 0; i < acrm_value_count(spec); i++) {
        const char *key = acrm_value_key(spec, i, NULL);
        const acrm_value *value = acrm_value_at(spec, i);
        size_t k = 0;
        while (k < KEYS && strcmp(custom_keys[k].key, key) != 0)
            k++;
        if (k == KEYS && strict)
            return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "fields",
                              "a field has no %.63s", key);
        if (k == KEYS || acrm_value_type(value) == ACRM_NULL)
            continue;
        int32_t st = custom_take(call, value, key, custom_keys[k].kind,
                                 &rec->cells[custom_keys[k].field]);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t custom_refuse(acrm__call *call, const acrm__rec *rec, const char *key,
                             const char *what)
{
    return acrm__fail(call, ACRM_E_INVALID, "combination", key, "%s.%s: %s",
                      acrm__text(rec, F_custom_field__name), key, what);
}

/* What only some types have. */
static int32_t custom_check_type(acrm__call *call, const acrm__rec *rec, int32_t type)
{
    const char *inverse = acrm__text(rec, F_custom_field__inverse);

    if ((type == ACRM__T_REF) != !acrm__is_null(rec, F_custom_field__target))
        return custom_refuse(call, rec, "target", "a ref field needs it, no other has it");
    if (inverse && (type != ACRM__T_REF || !custom_name_ok(inverse)))
        return custom_refuse(call, rec, "inverse", "only of a ref field, and a name with x_");
    if ((type == ACRM__T_ENUM) != !acrm__is_null(rec, F_custom_field__choices))
        return custom_refuse(call, rec, "choices", "an enum field needs them, no other has them");
    if (type != ACRM__T_MONEY && !acrm__is_null(rec, F_custom_field__currency_field))
        return custom_refuse(call, rec, "currency", "only a money field has it");
    return ACRM_OK;
}

static int32_t custom_check_limits(acrm__call *call, const acrm__rec *rec,
                                   const custom_kind *kind)
{
    bool min = !acrm__is_null(rec, F_custom_field__minimum);
    bool max = !acrm__is_null(rec, F_custom_field__maximum);

    if (!min && !max)
        return ACRM_OK;
    if (!(kind->may & CUSTOM_MAY_LIMIT))
        return custom_refuse(call, rec, "max", "this type has no limits");
    if (kind->type == ACRM__T_TEXT ? min || acrm__int(rec, F_custom_field__maximum) < 1
                                   : !min || !max)
        return custom_refuse(call, rec, "max", kind->type == ACRM__T_TEXT
                                                   ? "text has a max from 1 and no min"
                                                   : "min and max go together");
    if (kind->type != ACRM__T_TEXT &&
        acrm__int(rec, F_custom_field__minimum) >= acrm__int(rec, F_custom_field__maximum))
        return custom_refuse(call, rec, "max", "must be greater than min");
    return ACRM_OK;
}

int32_t acrm__custom_check_field(acrm__call *call, const acrm__rec *rec)
{
    const char *type = acrm__text(rec, F_custom_field__type);
    const custom_kind *kind = type ? custom_kind_of(type) : NULL;
    int32_t st = acrm__custom_check_name(call, acrm__text(rec, F_custom_field__name));

    if (st != ACRM_OK)
        return st;
    if (!acrm__text(rec, F_custom_field__help))
        return acrm__fail(call, ACRM_E_INVALID, "required", "help", "help is required");
    if (!kind)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "type", "type must be one of %s",
                          rec->entity->fields[F_custom_field__type].def.choices);
    if (acrm__int(rec, F_custom_field__is_unique) && !(kind->may & CUSTOM_MAY_BE_UNIQUE))
        return custom_refuse(call, rec, "unique", "this type cannot be unique");
    if (acrm__int(rec, F_custom_field__searchable) && !(kind->may & CUSTOM_MAY_BE_SEARCHED))
        return custom_refuse(call, rec, "searchable", "only text can be searched");
    st = custom_check_type(call, rec, kind->type);
    return st == ACRM_OK ? custom_check_limits(call, rec, kind) : st;
}
