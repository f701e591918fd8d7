/* SPDX-License-Identifier: MIT */
/* Between JSON values and typed cells: decoding with every fault named, and encoding. */
#include "base/civil.h"
#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "kernel/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { RECORD_TEXT_MAX = 4096, RECORD_FAULTS_MAX = 100, RECORD_DECIMAL_MAX = 64 };

int32_t acrm__fault(acrm_value *faults, const char *path, const char *reason, const char *format,
                    ...)
{
    char message[512];
    va_list args;

    if (acrm_value_count(faults) >= RECORD_FAULTS_MAX)
        return ACRM_OK;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    acrm_value *fault = acrm__add_map(faults);
    bool ok = fault && acrm__put_text(fault, "field", path) &&
              acrm__put_text(fault, "reason", reason) &&
              acrm__put_text(fault, "message", message);
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}


/* What a value of this type looks like, for messages. */
static const char *record_shape(int32_t type)
{
    switch (type) {
    case ACRM__T_ID:
    case ACRM__T_REF:
        return "a UUID such as 0190163d-8694-739b-aea5-966c26f8ad91";
    case ACRM__T_DECIMAL:
        return "a decimal as text, such as \"0.0725\"";
    case ACRM__T_MONEY:
        return "an amount as text, such as \"1250000.50\"";
    case ACRM__T_INSTANT:
        return "an RFC 3339 instant such as 2026-11-21T08:30:00Z";
    case ACRM__T_DATE:
        return "a date such as 2026-11-21";
    case ACRM__T_TIME:
        return "a time of day such as 08:30:00";
    case ACRM__T_DURATION:
        return "an ISO 8601 duration such as PT4H";
    case ACRM__T_BOOL:
        return "true or false";
    case ACRM__T_INT:
        return "a whole number";
    case ACRM__T_REAL:
        return "a number";
    case ACRM__T_BYTES:
        return "base64 text";
    default:
        return "text";
    }
}

static int32_t record_type_fault(acrm_value *faults, const acrm__fieldinfo *field, const char *path)
{
    return acrm__fault(faults, path, "type", "%s must be %s", path, record_shape(field->def.type));
}

static int32_t record_range(const acrm__fieldinfo *field, int64_t n, const char *path,
                            acrm_value *faults)
{
    const char *unit = acrm__field_unit(&field->def);
    const char *space = unit ? " " : "";
    long long min = field->def.min, max = field->def.max;

    unit = unit ? unit : "";
    if (min >= max || (n >= min && n <= max))
        return ACRM_OK;
    if (max == INT64_MAX)
        return acrm__fault(faults, path, "range", "%s must be %lld%s%s or more", path, min, space,
                           unit);
    return acrm__fault(faults, path, "range", "%s must be from %lld to %lld%s%s", path, min, max,
                       space, unit);
}

static int32_t record_enum(const acrm__fieldinfo *field, const char *text, size_t len,
                           const char *path, acrm_cell *out, acrm_value *faults)
{
    for (uint32_t i = 0; i < field->n_choices; i++) {
        const char *choice = field->choices[i];
        if (strncmp(choice, text, len) == 0 && choice[len] == '\0') {
            *out = acrm__cell_textn(choice, len);
            return ACRM_OK;
        }
    }
    return acrm__fault(faults, path, "choice", "%s must be one of %s", path, field->def.choices);
}

static bool record_duration(const char *text, size_t len, int64_t *out)
{
    acrm__duration d;

    if (!acrm__duration_parse(text, len, &d) || d.months != 0)
        return false;
    return !__builtin_add_overflow((int64_t)d.days * ACRM__DAY_SECONDS, d.seconds, out);
}

static size_t record_digits(const char *text, size_t len, size_t at)
{
    size_t n = 0;

    while (at + n < len && text[at + n] >= '0' && text[at + n] <= '9')
        n++;
    return n;
}

bool acrm__decimal_normalise(acrm__call *call, const char *text, size_t len, acrm_cell *out)
{
    bool minus = len > 0 && text[0] == '-';
    size_t start = minus, whole = record_digits(text, len, start), end = start + whole;
    size_t fraction = end < len && text[end] == '.' ? record_digits(text, len, end + 1) : 0;
    bool pointed = fraction > 0;

    if (whole == 0 || len > RECORD_DECIMAL_MAX || end + pointed + fraction != len)
        return false;
    while (fraction > 0 && text[end + fraction] == '0')
        fraction--;
    for (; whole > 1 && text[start] == '0'; whole--)
        start++;
    bool zero = fraction == 0 && whole == 1 && text[start] == '0';
    size_t kept = end - start + (fraction ? fraction + 1 : 0);
    char *copy = acrm__arena_format(call->arena, "%s%.*s", minus && !zero ? "-" : "", (int)kept,
                                    text + start);
    *out = copy ? acrm__cell_text(copy) : acrm__cell_null();
    return copy != NULL;
}

/* Types whose JSON form is text of a certain shape. */
static bool record_parse(acrm__call *call, int32_t type, const char *text, size_t len,
                         acrm_cell *out)
{
    unsigned char *bytes;
    int32_t day, seconds;
    int64_t n;
    size_t size;

    switch (type) {
    case ACRM__T_ID:
    case ACRM__T_REF:
        bytes = acrm__arena_alloc(call->arena, 16);
        if (!bytes || !acrm__uuid_parse(text, len, bytes))
            return false;
        *out = acrm__cell_blob(bytes, 16);
        return true;
    case ACRM__T_DECIMAL:
        return acrm__decimal_normalise(call, text, len, out);
    case ACRM__T_INSTANT:
        if (!acrm__instant_parse(text, len, &n))
            return false;
        break;
    case ACRM__T_DATE:
        if (!acrm__date_parse(text, len, &day))
            return false;
        n = day;
        break;
    case ACRM__T_TIME:
        if (!acrm__time_parse(text, len, false, &seconds))
            return false;
        n = seconds;
        break;
    case ACRM__T_DURATION:
        if (!record_duration(text, len, &n))
            return false;
        break;
    case ACRM__T_BYTES:
        bytes = acrm__arena_alloc(call->arena, len / 4 * 3 + 1);
        if (!bytes || !acrm__base64_parse(text, len, bytes, &size))
            return false;
        *out = acrm__cell_blob(bytes, size);
        return true;
    default:
        return false;
    }
    *out = acrm__cell_int(n);
    return true;
}

static int32_t record_text(acrm__call *call, const acrm__fieldinfo *field, const acrm_value *value,
                           const char *path, acrm_cell *out, acrm_value *faults)
{
    size_t len;
    const char *text = acrm_value_text(value, &len);
    size_t max = field->def.max > 0 ? (size_t)field->def.max : RECORD_TEXT_MAX;

    if (field->def.type == ACRM__T_ENUM)
        return record_enum(field, text, len, path, out, faults);
    if (field->def.type == ACRM__T_TEXT) {
        if (len > max)
            return acrm__fault(faults, path, "range", "%s may have at most %zu bytes", path, max);
        *out = acrm__cell_textn(text, len);
        return ACRM_OK;
    }
    if (!record_parse(call, field->def.type, text, len, out))
        return acrm__fault(faults, path, "format", "%s must be %s", path,
                           record_shape(field->def.type));
    if (field->def.type == ACRM__T_DURATION)
        return record_range(field, out->integer, path, faults);
    return ACRM_OK;
}

/* Bytes of a caller in C; JSON has them as base64 text. */
static int32_t record_bytes(const acrm_value *value, acrm_cell *out)
{
    size_t len;
    const char *bytes = acrm_value_text(value, &len);

    *out = acrm__cell_blob(bytes, len);
    return ACRM_OK;
}

static int32_t record_json(acrm__call *call, const acrm_value *value, acrm_cell *out)
{
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, value, 0);
    char *copy = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    if (copy)
        *out = acrm__cell_textn(copy, text.len);
    acrm__str_free(&text);
    return copy ? ACRM_OK : ACRM_E_NOMEM;
}

static int32_t record_money(acrm__call *call, const acrm__fieldinfo *field,
                            const acrm_value *value, const char *path, acrm_cell *out,
                            acrm_value *faults)
{
    size_t len;
    const char *text = acrm_value_text(value, &len);

    if (acrm__decimal_normalise(call, text, len, out))
        return ACRM_OK;
    *out = acrm__cell_null();
    return acrm__fault(faults, path, "format", "%s must be %s", path,
                       record_shape(field->def.type));
}

/* MONEY is decoded to text here; acrm__decode_money makes it minor units once the record's
 * currency is known. */
int32_t acrm__decode(acrm__call *call, const acrm__fieldinfo *field, const acrm_value *value,
                     const char *path, acrm_cell *out, acrm_value *faults)
{
    int32_t type = acrm_value_type(value);

    *out = acrm__cell_null();
    if (type == ACRM_NULL)
        return ACRM_OK;
    switch (field->def.type) {
    case ACRM__T_JSON:
        return record_json(call, value, out);
    case ACRM__T_BOOL:
        if (type != ACRM_BOOL)
            return record_type_fault(faults, field, path);
        *out = acrm__cell_int(acrm_value_bool(value));
        return ACRM_OK;
    case ACRM__T_INT:
        if (type != ACRM_INT)
            return record_type_fault(faults, field, path);
        *out = acrm__cell_int(acrm_value_int(value));
        return record_range(field, out->integer, path, faults);
    case ACRM__T_REAL:
        if (type != ACRM_INT && type != ACRM_REAL)
            return record_type_fault(faults, field, path);
        *out = acrm__cell_real(acrm_value_real(value));
        return ACRM_OK;
    case ACRM__T_MONEY:
        if (type != ACRM_TEXT)
            return record_type_fault(faults, field, path);
        return record_money(call, field, value, path, out, faults);
    default:
        if (type == ACRM_BYTES && field->def.type == ACRM__T_BYTES)
            return record_bytes(value, out);
        if (type != ACRM_TEXT)
            return record_type_fault(faults, field, path);
        return record_text(call, field, value, path, out, faults);
    }
}

int32_t acrm__decode_money(const acrm__entity *entity, uint32_t field, acrm_cell *cells,
                           const char *path, acrm_value *faults)
{
    const acrm__fieldinfo *f = &entity->fields[field];
    acrm_cell *cell = &cells[field];
    int32_t digits = acrm__money_digits(entity, field, cells);
    int64_t minor;

    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    if (cells[f->currency].type == ACRM_CELL_NULL) {
        *cell = acrm__cell_null();
        return acrm__fault(faults, path, "required", "%s needs the currency in %s", path,
                           entity->fields[f->currency].def.name);
    }
    if (!acrm__parse_decimal(cell->data, cell->size, digits, &minor)) {
        *cell = acrm__cell_null();
        return acrm__fault(faults, path, "format",
                           "%s must be an amount with at most %d fraction digits", path, digits);
    }
    *cell = acrm__cell_int(minor);
    return record_range(f, minor, path, faults);
}

int32_t acrm__money_digits(const acrm__entity *entity, uint32_t field, const acrm_cell *cells)
{
    const acrm_cell *currency = &cells[entity->fields[field].currency];

    if (currency->type != ACRM_CELL_TEXT)
        return 2;
    int32_t digits = acrm__currency_digits(currency->data, currency->size);
    return digits < 0 ? 2 : digits;
}

size_t acrm__print_int(const acrm__fieldinfo *field, int64_t n, int32_t digits, char *text)
{
    switch (field->def.type) {
    case ACRM__T_MONEY:
        return acrm__print_decimal(n, digits, text);
    case ACRM__T_INSTANT:
        return acrm__instant_print(n, text);
    case ACRM__T_DATE:
        return acrm__date_print((int32_t)n, text);
    case ACRM__T_TIME:
        return acrm__time_print((int32_t)n, text);
    case ACRM__T_DURATION:
        return acrm__duration_print(&(acrm__duration){ .seconds = n }, text);
    default:
        return 0;
    }
}

static int32_t record_encode_int(const acrm__fieldinfo *field, int64_t n, int32_t digits,
                                 acrm_value *out)
{
    char text[ACRM__DURATION_SIZE];

    if (field->def.type == ACRM__T_BOOL)
        return acrm_value_set_bool(out, n != 0);
    size_t len = acrm__print_int(field, n, digits, text);
    return len ? acrm_value_set_text(out, text, len) : acrm_value_set_int(out, n);
}

int32_t acrm__encode(acrm__call *call, const acrm__fieldinfo *field, const acrm_cell *cell,
                     int32_t currency_digits, acrm_value *out)
{
    char id[37];
    acrm_value *json;
    acrm__json_fault fault;
    int32_t st;

    switch (cell->type) {
    case ACRM_CELL_INT:
        return record_encode_int(field, cell->integer, currency_digits, out);
    case ACRM_CELL_REAL:
        return acrm_value_set_real(out, cell->real);
    case ACRM_CELL_TEXT:
        if (field->def.type != ACRM__T_JSON)
            return acrm_value_set_text(out, cell->data, cell->size);
        st = acrm__json_read(call->arena, cell->data, cell->size, &json, &fault);
        if (st != ACRM_OK)
            return st == ACRM_E_NOMEM ? st : ACRM_E_CORRUPT;
        return acrm__value_copy(out, json) ? ACRM_OK : ACRM_E_NOMEM;
    case ACRM_CELL_BLOB:
        if (cell->size != 16 || field->def.type == ACRM__T_BYTES)
            return acrm_value_set_bytes(out, cell->data, cell->size);
        acrm__uuid_print(cell->data, id);
        return acrm_value_set_text(out, id, 36);
    default:
        return acrm_value_set_null(out);
    }
}
