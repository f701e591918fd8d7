/* SPDX-License-Identifier: MIT */
/* Types of fields: the operators they take, and their JSON values as cells, converted exactly. */
#include "base/civil.h"
#include "base/text.h"
#include "base/uuid.h"
#include "engines/filter/filter_internal.h"

#include <math.h>
#include <string.h>

/* ACRM_OK, ACRM_E_INVALID when the value does not fit, ACRM_E_NOMEM; it is not null. */
typedef int32_t (*filter_convert)(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
/* The number that a text stands for. */
typedef bool (*filter_read)(const char *text, size_t len, int64_t *out);

static int32_t filter_id(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static int32_t filter_text(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static int32_t filter_bool(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static int32_t filter_int(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static int32_t filter_real(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static int32_t filter_bytes(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static int32_t filter_present(acrm__arena *arena, const acrm_value *value, acrm_cell *out);
static bool filter_date(const char *text, size_t len, int64_t *out);
static bool filter_time(const char *text, size_t len, int64_t *out);
static bool filter_duration(const char *text, size_t len, int64_t *out);

enum {
    FILTER_EQUAL = ACRM__OPS_EXISTS | ACRM__OPS_EQUAL,
    FILTER_ORDER = FILTER_EQUAL | ACRM__OPS_ORDER,
    FILTER_TEXT = FILTER_ORDER | ACRM__OPS_TEXT
};

static const struct {
    const char *name;
    const char *expected;
    uint32_t ops;
    int32_t cell;
    filter_convert convert; /* or, of a text that stands for a number, */
    filter_read read;       /* and for money neither */
} filter_kinds[] = {
    [ACRM__FT_ID] = { "an id", "an id of 36 characters", FILTER_EQUAL, ACRM_CELL_BLOB, filter_id,
                      NULL },
    [ACRM__FT_TEXT] = { "text", "text", FILTER_TEXT, ACRM_CELL_TEXT, filter_text, NULL },
    [ACRM__FT_BOOL] = { "a bool", "true or false", FILTER_EQUAL, ACRM_CELL_INT, filter_bool,
                        NULL },
    [ACRM__FT_INT] = { "an integer", "a whole number", FILTER_ORDER, ACRM_CELL_INT, filter_int,
                       NULL },
    [ACRM__FT_REAL] = { "a number", "a number", FILTER_ORDER, ACRM_CELL_REAL, filter_real, NULL },
    [ACRM__FT_MONEY] = { "an amount", "an amount as decimal text", FILTER_ORDER, ACRM_CELL_INT,
                         NULL, NULL },
    [ACRM__FT_INSTANT] = { "an instant", "an instant such as \"2026-11-21T08:30:00Z\", or a date",
                           FILTER_ORDER, ACRM_CELL_INT, NULL, acrm__instant_parse },
    [ACRM__FT_DATE] = { "a date", "a date such as \"2026-11-21\"", FILTER_ORDER, ACRM_CELL_INT,
                        NULL, filter_date },
    [ACRM__FT_TIME] = { "a time of day", "a time such as \"08:30:00\"", FILTER_ORDER,
                        ACRM_CELL_INT, NULL, filter_time },
    [ACRM__FT_DURATION] = { "a duration", "a duration without months such as \"PT4H\"",
                            FILTER_ORDER, ACRM_CELL_INT, NULL, filter_duration },
    [ACRM__FT_ENUM] = { "a choice", "one of the field's choices", FILTER_EQUAL, ACRM_CELL_TEXT,
                        filter_text, NULL },
    [ACRM__FT_JSON] = { "JSON", "null", ACRM__OPS_EXISTS, ACRM_CELL_TEXT, filter_present, NULL },
    [ACRM__FT_BYTES] = { "bytes", "base64 text", FILTER_EQUAL, ACRM_CELL_BLOB, filter_bytes,
                         NULL },
};

uint32_t acrm__filter_ops(const acrm__filter_field *field)
{
    return field->encoded ? (uint32_t)FILTER_EQUAL : filter_kinds[field->type].ops;
}

const char *acrm__filter_ops_text(const acrm__filter_field *field)
{
    uint32_t ops = acrm__filter_ops(field);

    if (ops & ACRM__OPS_ORDER)
        return "$eq $ne $lt $lte $gt $gte $in $nin $exists $not";
    return ops & ACRM__OPS_EQUAL ? "$eq $ne $in $nin $exists $not" : "$exists $not";
}

const char *acrm__filter_type_name(const acrm__filter_field *field)
{
    return filter_kinds[field->type].name;
}

const char *acrm__filter_expected(const acrm__filter_field *field)
{
    return filter_kinds[field->type].expected;
}

int32_t acrm__filter_cell_type(const acrm__filter_field *field)
{
    return filter_kinds[field->type].cell;
}

acrm_cell acrm__filter_integer(int64_t integer)
{
    return (acrm_cell){ .type = ACRM_CELL_INT, .integer = integer };
}

int32_t acrm__filter_copy(acrm__arena *arena, int32_t type, const void *data, size_t len,
                          acrm_cell *out)
{
    char *copy = acrm__arena_text(arena, data, len);

    if (copy == NULL)
        return ACRM_E_NOMEM;
    *out = (acrm_cell){ .type = type, .size = (uint32_t)len, .data = copy };
    return ACRM_OK;
}

static int32_t filter_id(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    unsigned char id[16];

    if (acrm_value_type(value) != ACRM_TEXT || !acrm__uuid_parse(text, len, id))
        return ACRM_E_INVALID;
    return acrm__filter_copy(arena, ACRM_CELL_BLOB, id, sizeof id, out);
}

static int32_t filter_text(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    if (acrm_value_type(value) != ACRM_TEXT)
        return ACRM_E_INVALID;
    return acrm__filter_copy(arena, ACRM_CELL_TEXT, text, len, out);
}

static int32_t filter_bool(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    (void)arena;
    if (acrm_value_type(value) != ACRM_BOOL)
        return ACRM_E_INVALID;
    *out = acrm__filter_integer(acrm_value_bool(value) ? 1 : 0);
    return ACRM_OK;
}

static int32_t filter_int(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    double real = acrm_value_real(value);

    (void)arena;
    if (acrm_value_type(value) == ACRM_INT) {
        *out = acrm__filter_integer(acrm_value_int(value));
        return ACRM_OK;
    }
    if (acrm_value_type(value) != ACRM_REAL || fabs(real) > 9007199254740991.0 ||
        real != floor(real))
        return ACRM_E_INVALID;
    *out = acrm__filter_integer((int64_t)real);
    return ACRM_OK;
}

static int32_t filter_real(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    int64_t integer = acrm_value_int(value);
    double real = acrm_value_real(value);

    (void)arena;
    if (acrm_value_type(value) != ACRM_INT && acrm_value_type(value) != ACRM_REAL)
        return ACRM_E_INVALID;
    if (acrm_value_type(value) == ACRM_INT &&
        (integer > INT64_C(9007199254740992) || integer < -INT64_C(9007199254740992)))
        return ACRM_E_INVALID; /* not every such integer is a double */
    *out = (acrm_cell){ .type = ACRM_CELL_REAL, .real = real };
    return ACRM_OK;
}

static int32_t filter_bytes(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    size_t size = 0;
    const char *text = acrm_value_text(value, &len);
    unsigned char *bytes;

    if (acrm_value_type(value) == ACRM_BYTES)
        return acrm__filter_copy(arena, ACRM_CELL_BLOB, text, len, out);
    if (acrm_value_type(value) != ACRM_TEXT)
        return ACRM_E_INVALID;
    bytes = acrm__arena_array(arena, len / 4 * 3 + 1, 1);
    if (bytes == NULL)
        return ACRM_E_NOMEM;
    if (!acrm__base64_parse(text, len, bytes, &size))
        return ACRM_E_INVALID;
    *out = (acrm_cell){ .type = ACRM_CELL_BLOB, .size = (uint32_t)size, .data = bytes };
    return ACRM_OK;
}

/* Of JSON in a record nothing can be asked but whether it is there. */
static int32_t filter_present(acrm__arena *arena, const acrm_value *value, acrm_cell *out)
{
    (void)arena;
    (void)value;
    *out = (acrm_cell){ .type = ACRM_CELL_TEXT, .data = "" };
    return ACRM_OK;
}

static bool filter_date(const char *text, size_t len, int64_t *out)
{
    int32_t day = 0;
    bool read = acrm__date_parse(text, len, &day);

    *out = day;
    return read;
}

static bool filter_time(const char *text, size_t len, int64_t *out)
{
    int32_t seconds = 0;
    bool read = acrm__time_parse(text, len, false, &seconds);

    *out = seconds;
    return read;
}

static bool filter_duration(const char *text, size_t len, int64_t *out)
{
    acrm__duration duration;
    int64_t days = 0;

    return acrm__duration_parse(text, len, &duration) && duration.months == 0 &&
           !__builtin_mul_overflow((int64_t)duration.days, (int64_t)ACRM__DAY_SECONDS, &days) &&
           !__builtin_add_overflow(days, duration.seconds, out);
}

static bool filter_has_choice(const acrm__filter_field *field, const acrm_cell *cell)
{
    for (uint32_t i = 0; i < field->n_choices; i++)
        if (strlen(field->choices[i]) == cell->size &&
            memcmp(field->choices[i], cell->data, cell->size) == 0)
            return true;
    return false;
}

int32_t acrm__filter_cell(acrm__arena *arena, const acrm__filter_field *field,
                          const acrm_value *value, acrm_cell *out)
{
    bool is_text = acrm_value_type(value) == ACRM_TEXT;
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int64_t number = 0;
    int32_t status;

    if (acrm_value_type(value) == ACRM_NULL) {
        *out = (acrm_cell){ .type = ACRM_CELL_NULL };
        return ACRM_OK;
    }
    if (filter_kinds[field->type].convert != NULL) {
        status = filter_kinds[field->type].convert(arena, value, out);
        if (status == ACRM_OK && field->type == ACRM__FT_ENUM && !filter_has_choice(field, out))
            return ACRM_E_NOTFOUND;
        return status;
    }
    if (!is_text || !(field->type == ACRM__FT_MONEY ?
                      acrm__parse_decimal(text, len, field->digits, &number) :
                      filter_kinds[field->type].read(text, len, &number)))
        return ACRM_E_INVALID;
    *out = acrm__filter_integer(number);
    return ACRM_OK;
}
