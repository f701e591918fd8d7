/* SPDX-License-Identifier: MIT */
/* Values of a filter as cells: exact conversion by the field's type, $now, $today and $me. */
#include "engines/filter/filter_internal.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"
#include "base/uuid.h"
#include "engines/filter/nearest.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Takes a value that is not null; 0: it does not fit, 1: done, -1: no memory. */
typedef int (*filter_convert)(acrm__arena *arena, const acrm__filter_field *field,
                              const acrm_value *value, acrm_cell *out);

static int filter_id(acrm__arena *arena, const acrm__filter_field *field,
                     const acrm_value *value, acrm_cell *out);
static int filter_text(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out);
static int filter_bool(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out);
static int filter_int(acrm__arena *arena, const acrm__filter_field *field,
                      const acrm_value *value, acrm_cell *out);
static int filter_real(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out);
static int filter_instant(acrm__arena *arena, const acrm__filter_field *field,
                          const acrm_value *value, acrm_cell *out);
static int filter_date(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out);
static int filter_time(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out);
static int filter_duration(acrm__arena *arena, const acrm__filter_field *field,
                           const acrm_value *value, acrm_cell *out);
static int filter_bytes(acrm__arena *arena, const acrm__filter_field *field,
                        const acrm_value *value, acrm_cell *out);

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
    filter_convert convert; /* NULL: none fits, or not one cell alone */
} filter_types[] = {
    [ACRM__FT_ID] = { "an id", "an id of 36 characters", FILTER_EQUAL, ACRM_CELL_BLOB,
                      filter_id },
    [ACRM__FT_TEXT] = { "text", "text", FILTER_TEXT, ACRM_CELL_TEXT, filter_text },
    [ACRM__FT_BOOL] = { "a bool", "true or false", FILTER_EQUAL, ACRM_CELL_INT, filter_bool },
    [ACRM__FT_INT] = { "an integer", "a whole number", FILTER_ORDER, ACRM_CELL_INT,
                       filter_int },
    [ACRM__FT_REAL] = { "a number", "a number", FILTER_ORDER, ACRM_CELL_REAL, filter_real },
    [ACRM__FT_MONEY] = { "an amount", "an amount as decimal text", FILTER_ORDER, ACRM_CELL_INT,
                         NULL },
    [ACRM__FT_INSTANT] = { "an instant", "an instant such as \"2026-11-21T08:30:00Z\", or a date",
                           FILTER_ORDER, ACRM_CELL_INT, filter_instant },
    [ACRM__FT_DATE] = { "a date", "a date such as \"2026-11-21\"", FILTER_ORDER, ACRM_CELL_INT,
                        filter_date },
    [ACRM__FT_TIME] = { "a time of day", "a time such as \"08:30:00\"", FILTER_ORDER,
                        ACRM_CELL_INT, filter_time },
    [ACRM__FT_DURATION] = { "a duration", "a duration without months such as \"PT4H\"",
                            FILTER_ORDER, ACRM_CELL_INT, filter_duration },
    [ACRM__FT_ENUM] = { "a choice", "text", FILTER_EQUAL, ACRM_CELL_TEXT, filter_text },
    [ACRM__FT_JSON] = { "JSON", "null", ACRM__OPS_EXISTS, ACRM_CELL_TEXT, NULL },
    [ACRM__FT_BYTES] = { "bytes", "base64 text", FILTER_EQUAL, ACRM_CELL_BLOB, filter_bytes },
};

/* Maps that are values. */
enum {
    FILTER_NOW,
    FILTER_TODAY,
    FILTER_ME
};

static const char *const filter_words[] = {
    [FILTER_NOW] = "$now", [FILTER_TODAY] = "$today", [FILTER_ME] = "$me"
};

uint32_t acrm__filter_ops(const acrm__filter_field *field)
{
    return field->encoded ? (uint32_t)FILTER_EQUAL : filter_types[field->type].ops;
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
    return filter_types[field->type].name;
}

static int filter_word(const acrm_value *value)
{
    if (acrm_value_type(value) != ACRM_MAP || acrm_value_count(value) != 1)
        return -1;
    for (int i = FILTER_NOW; i <= FILTER_ME; i++)
        if (strcmp(acrm_value_key(value, 0, NULL), filter_words[i]) == 0)
            return i;
    return -1;
}

bool acrm__filter_is_value(const acrm_value *value)
{
    return filter_word(value) >= 0;
}

static acrm_cell filter_integer(int64_t integer)
{
    return (acrm_cell){ .type = ACRM_CELL_INT, .integer = integer };
}

/* A copy of the bytes in the arena. */
static int filter_bytes_cell(acrm__arena *arena, int32_t type, const void *data, size_t len,
                             acrm_cell *out)
{
    char *copy = acrm__arena_text(arena, data, len);

    if (copy == NULL)
        return -1;
    *out = (acrm_cell){ .type = type, .size = (uint32_t)len, .data = copy };
    return 1;
}

static int filter_id(acrm__arena *arena, const acrm__filter_field *field,
                     const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    unsigned char id[16];

    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT || !acrm__uuid_parse(text, len, id))
        return 0;
    return filter_bytes_cell(arena, ACRM_CELL_BLOB, id, sizeof id, out);
}

static int filter_text(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT)
        return 0;
    return filter_bytes_cell(arena, ACRM_CELL_TEXT, text, len, out);
}

static int filter_bool(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out)
{
    (void)arena;
    (void)field;
    if (acrm_value_type(value) != ACRM_BOOL)
        return 0;
    *out = filter_integer(acrm_value_bool(value) ? 1 : 0);
    return 1;
}

static int filter_int(acrm__arena *arena, const acrm__filter_field *field,
                      const acrm_value *value, acrm_cell *out)
{
    double real = acrm_value_real(value);

    (void)arena;
    (void)field;
    if (acrm_value_type(value) == ACRM_INT) {
        *out = filter_integer(acrm_value_int(value));
        return 1;
    }
    if (acrm_value_type(value) != ACRM_REAL || fabs(real) > 9007199254740991.0 ||
        real != floor(real))
        return 0;
    *out = filter_integer((int64_t)real);
    return 1;
}

static int filter_real(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out)
{
    int64_t integer = acrm_value_int(value);
    double real = acrm_value_real(value);

    (void)arena;
    (void)field;
    if (acrm_value_type(value) != ACRM_INT && acrm_value_type(value) != ACRM_REAL)
        return 0;
    if (acrm_value_type(value) == ACRM_INT &&
        (integer > INT64_C(9007199254740992) || integer < -INT64_C(9007199254740992)))
        return 0; /* not every such integer is a double */
    *out = (acrm_cell){ .type = ACRM_CELL_REAL, .real = real };
    return 1;
}

static int filter_instant(acrm__arena *arena, const acrm__filter_field *field,
                          const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int64_t us = 0;

    (void)arena;
    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT || !acrm__instant_parse(text, len, &us))
        return 0;
    *out = filter_integer(us);
    return 1;
}

static int filter_date(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int32_t day = 0;

    (void)arena;
    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT || !acrm__date_parse(text, len, &day))
        return 0;
    *out = filter_integer(day);
    return 1;
}

static int filter_time(acrm__arena *arena, const acrm__filter_field *field,
                       const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int32_t seconds = 0;

    (void)arena;
    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT || !acrm__time_parse(text, len, false, &seconds))
        return 0;
    *out = filter_integer(seconds);
    return 1;
}

static int filter_duration(acrm__arena *arena, const acrm__filter_field *field,
                           const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    acrm__duration duration;
    int64_t days = 0;
    int64_t seconds = 0;

    (void)arena;
    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT || !acrm__duration_parse(text, len, &duration) ||
        duration.months != 0 ||
        __builtin_mul_overflow((int64_t)duration.days, (int64_t)ACRM__DAY_SECONDS, &days) ||
        __builtin_add_overflow(days, duration.seconds, &seconds))
        return 0;
    *out = filter_integer(seconds);
    return 1;
}

static int filter_bytes(acrm__arena *arena, const acrm__filter_field *field,
                        const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    size_t size = 0;
    const char *text = acrm_value_text(value, &len);
    unsigned char *bytes;

    (void)field;
    if (acrm_value_type(value) == ACRM_BYTES)
        return filter_bytes_cell(arena, ACRM_CELL_BLOB, text, len, out);
    if (acrm_value_type(value) != ACRM_TEXT)
        return 0;
    bytes = acrm__arena_array(arena, len / 4 * 3 + 1, 1);
    if (bytes == NULL)
        return -1;
    if (!acrm__base64_parse(text, len, bytes, &size))
        return 0;
    *out = (acrm_cell){ .type = ACRM_CELL_BLOB, .size = (uint32_t)size, .data = bytes };
    return 1;
}

/* The start of a day on the caller's clock. */
static bool filter_day_start(const acrm__filter_parser *p, int32_t day, int64_t *us)
{
    if (day > ACRM__DAY_MAX)
        return false;
    if (p->context->day_start != NULL)
        return p->context->day_start(p->context->self, day, us);
    *us = day * ACRM__DAY_US;
    return true;
}

/* A day number for a date field, or all of that day for an instant. */
static bool filter_from_day(acrm__filter_parser *p, const acrm__filter_field *field, int32_t day,
                            const acrm__filter_place *place, acrm__filter_operand *out)
{
    int64_t from = day;

    if (field->type == ACRM__FT_DATE) {
        out->kind = ACRM__OPERAND_CELL;
    } else if (filter_day_start(p, day, &from) && filter_day_start(p, day + 1, &out->until)) {
        out->kind = ACRM__OPERAND_DAY;
    } else {
        return acrm__filter_fault(p, place, "type", "the date is out of range");
    }
    out->cell = filter_integer(from);
    return true;
}

/* The offset of $now and $today: true for none, or an ISO 8601 duration. */
static bool filter_offset(const acrm_value *value, acrm__duration *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    *out = (acrm__duration){ 0 };
    if (acrm_value_type(value) == ACRM_BOOL)
        return acrm_value_bool(value) != 0;
    return acrm_value_type(value) == ACRM_TEXT && acrm__duration_parse(text, len, out);
}

/* Months are counted on the calendar, then days and seconds added. */
static bool filter_move_day(int32_t day, const acrm__duration *by, int32_t *out)
{
    if (by->months != 0 && !acrm__civil_add_months(day, by->months, &day))
        return false;
    int64_t moved = (int64_t)day + by->days;
    if (moved < ACRM__DAY_MIN || moved > ACRM__DAY_MAX)
        return false;
    *out = (int32_t)moved;
    return true;
}

static bool filter_now(acrm__filter_parser *p, const acrm__filter_field *field,
                       const acrm_value *value, const acrm__filter_place *place,
                       acrm__filter_operand *out)
{
    int64_t now = p->context->now_us;
    acrm__duration by;
    int32_t day = 0;
    int64_t us = 0;

    if (field->type != ACRM__FT_INSTANT)
        return acrm__filter_fault(p, place, "type",
                                  "$now is an instant and the field is %s; %s",
                                  acrm__filter_type_name(field),
                                  field->type == ACRM__FT_DATE ? "use $today" : "give a value");
    if (!filter_offset(value, &by))
        return acrm__filter_fault(p, place, "type",
                                  "$now takes true or a duration such as \"-P180D\"");
    if (now < ACRM__INSTANT_MIN || now > ACRM__INSTANT_MAX ||
        !filter_move_day((int32_t)acrm__floor_div(now, ACRM__DAY_US), &by, &day) ||
        __builtin_mul_overflow(by.seconds, ACRM__SECOND_US, &us) ||
        __builtin_add_overflow(us, day * ACRM__DAY_US + acrm__floor_mod(now, ACRM__DAY_US), &us))
        return acrm__filter_fault(p, place, "type", "the instant is out of range");
    out->kind = ACRM__OPERAND_CELL;
    out->cell = filter_integer(us);
    return true;
}

static bool filter_today(acrm__filter_parser *p, const acrm__filter_field *field,
                         const acrm_value *value, const acrm__filter_place *place,
                         acrm__filter_operand *out)
{
    acrm__duration by;
    int32_t day = 0;

    if (field->type != ACRM__FT_DATE && field->type != ACRM__FT_INSTANT)
        return acrm__filter_fault(p, place, "type", "$today is a date and the field is %s",
                                  acrm__filter_type_name(field));
    if (!filter_offset(value, &by) || by.seconds != 0)
        return acrm__filter_fault(p, place, "type",
                                  "$today takes true or a duration of whole days such as \"P7D\"");
    if (p->context->today < ACRM__DAY_MIN || p->context->today > ACRM__DAY_MAX ||
        !filter_move_day(p->context->today, &by, &day))
        return acrm__filter_fault(p, place, "type", "the date is out of range");
    return filter_from_day(p, field, day, place, out);
}

/* The cells of a variable, copied without NULLs. */
static bool filter_me(acrm__filter_parser *p, const acrm__filter_field *field,
                      const acrm_value *value, const acrm__filter_place *place,
                      acrm__filter_operand *out)
{
    const acrm__filter_context *context = p->context;
    size_t len = 0;
    const char *name = acrm_value_text(value, &len);
    const acrm_cell *cells = NULL;
    uint32_t n = 0;
    int32_t status = ACRM_E_NOTFOUND;

    if (acrm_value_type(value) != ACRM_TEXT)
        return acrm__filter_fault(p, place, "type", "$me takes the name of a variable");
    if (context->variable != NULL)
        status = context->variable(context->self, name, len, &cells, &n);
    if (status == ACRM_E_NOTFOUND)
        return acrm__filter_fault(p, place, "unknown_field", "there is no variable \"%.*s\"",
                                  acrm__filter_clip(name, len), name);
    if (status != ACRM_OK)
        return acrm__filter_stop(p, status);
    p->values += n;
    if (n > ACRM__FILTER_VALUES_MAX || p->values > ACRM__FILTER_VALUES_MAX)
        return acrm__filter_limit(p, place, "values", ACRM__FILTER_VALUES_MAX);

    acrm_cell *copies = acrm__arena_array(p->arena, (size_t)n + 1, sizeof *copies);
    if (copies == NULL)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    out->cells = copies;
    for (uint32_t i = 0; i < n; i++) {
        if (cells[i].type == ACRM_CELL_NULL)
            continue;
        if (cells[i].type != filter_types[field->type].cell || field->encoded)
            return acrm__filter_fault(p, place, "type", "the variable is not %s",
                                      acrm__filter_type_name(field));
        acrm_cell *copy = &copies[out->n_cells];
        *copy = cells[i];
        if (copy->data != NULL &&
            filter_bytes_cell(p->arena, copy->type, copy->data, copy->size, copy) < 0)
            return acrm__filter_stop(p, ACRM_E_NOMEM);
        out->n_cells++;
    }
    out->kind = ACRM__OPERAND_CELLS;
    return true;
}

typedef struct filter_choices {
    const char *const *names;
    uint32_t n;
} filter_choices;

static const char *filter_choice_at(const void *user, size_t n)
{
    const filter_choices *choices = user;

    return n < choices->n ? choices->names[n] : NULL;
}

static bool filter_has_choice(const acrm__filter_field *field, const acrm_cell *cell)
{
    for (uint32_t i = 0; i < field->n_choices; i++)
        if (strlen(field->choices[i]) == cell->size &&
            memcmp(field->choices[i], cell->data, cell->size) == 0)
            return true;
    return false;
}

/* Whether the cell is one of the field's choices; if not, the fault names them. */
static bool filter_check_choice(acrm__filter_parser *p, const acrm__filter_field *field,
                                const acrm__filter_place *place, acrm__filter_operand *out)
{
    const filter_choices choices = { field->choices, field->n_choices };
    const char *text = out->cell.data;
    char list[200];
    size_t used = 0;

    if (filter_has_choice(field, &out->cell))
        return true;
    out->kind = ACRM__OPERAND_BAD;
    const char *near = acrm__nearest(text, out->cell.size, filter_choice_at, &choices);
    if (near != NULL)
        return acrm__filter_fault(p, place, "choice", "no such choice; did you mean \"%s\"?",
                                  near);
    for (uint32_t i = 0; i < field->n_choices; i++) {
        size_t len = strlen(field->choices[i]);
        if (used + len + 6 > sizeof list) {
            memcpy(list + used, " ...", 4);
            used += 4;
            break;
        }
        memcpy(list + used, i == 0 ? ": " : ", ", 2);
        memcpy(list + used + 2, field->choices[i], len);
        used += len + 2;
    }
    return acrm__filter_fault(p, place, "choice", "expected one of%.*s", (int)used, list);
}

/* "1250.50" where the digits are fixed, or "1250.50 EUR". */
static bool filter_money(acrm__filter_parser *p, const acrm__filter_field *field,
                         const acrm_value *value, const acrm__filter_place *place,
                         acrm__filter_operand *out)
{
    size_t len = 0;
    const char *text = acrm_value_type(value) == ACRM_TEXT ? acrm_value_text(value, &len) : "";
    bool named = field->currency != UINT32_MAX && len > 4 && text[len - 4] == ' ';
    int32_t digits = named ? acrm__currency_digits(text + len - 3, 3) : field->digits;
    acrm_cell *currency;
    int64_t minor = 0;

    if (digits < 0 || !acrm__parse_decimal(text, named ? len - 4 : len, digits, &minor)) {
        if (field->currency != UINT32_MAX)
            return acrm__filter_fault(p, place, "type",
                                      "expected an amount with its currency as text, such as "
                                      "\"1250.50 EUR\"");
        return acrm__filter_fault(p, place, "type",
                                  "expected an amount as text with at most %d decimals",
                                  (int)field->digits);
    }
    out->cell = filter_integer(minor);
    out->kind = ACRM__OPERAND_CELL;
    if (!named)
        return true;
    currency = acrm__arena_array(p->arena, 1, sizeof *currency);
    if (currency == NULL ||
        filter_bytes_cell(p->arena, ACRM_CELL_TEXT, text + len - 3, 3, currency) < 0)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    out->kind = ACRM__OPERAND_MONEY;
    out->cells = currency;
    out->n_cells = 1;
    return true;
}

static bool filter_encode(acrm__filter_parser *p, const acrm__filter_field *field,
                          const acrm_value *value, const acrm__filter_place *place,
                          acrm__filter_operand *out)
{
    int32_t status;

    assert(p->schema->encode != NULL);
    status = p->schema->encode(p->schema->self, field, value, p->arena, &out->cell);
    if (status == ACRM_E_INVALID)
        return acrm__filter_fault(p, place, "type", "the value does not fit the field");
    if (status != ACRM_OK)
        return acrm__filter_stop(p, status);
    out->kind = ACRM__OPERAND_CELL;
    return true;
}

bool acrm__filter_operand_of(acrm__filter_parser *p, const acrm__filter_field *field,
                             const acrm_value *value, const acrm__filter_place *place,
                             acrm__filter_operand *out)
{
    filter_convert convert = filter_types[field->type].convert;
    size_t len = 0;
    int32_t day = 0;

    *out = (acrm__filter_operand){ .kind = ACRM__OPERAND_BAD };
    if (acrm_value_type(value) == ACRM_NULL) {
        out->kind = ACRM__OPERAND_NULL;
        return true;
    }
    switch (filter_word(value)) {
    case FILTER_NOW:
        return filter_now(p, field, acrm_value_at(value, 0), place, out);
    case FILTER_TODAY:
        return filter_today(p, field, acrm_value_at(value, 0), place, out);
    case FILTER_ME:
        return filter_me(p, field, acrm_value_at(value, 0), place, out);
    default:
        break;
    }
    if (field->encoded)
        return filter_encode(p, field, value, place, out);
    if (field->type == ACRM__FT_MONEY)
        return filter_money(p, field, value, place, out);

    const char *text = acrm_value_text(value, &len);
    if (field->type == ACRM__FT_INSTANT && acrm_value_type(value) == ACRM_TEXT &&
        acrm__date_parse(text, len, &day))
        return filter_from_day(p, field, day, place, out);

    int fits = convert == NULL ? 0 : convert(p->arena, field, value, &out->cell);
    if (fits < 0)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    if (fits == 0)
        return acrm__filter_fault(p, place, "type", "expected %s",
                                  filter_types[field->type].expected);
    out->kind = ACRM__OPERAND_CELL;
    return field->type != ACRM__FT_ENUM || filter_check_choice(p, field, place, out);
}

const char *acrm__filter_expected(const acrm__filter_field *field)
{
    return field->type == ACRM__FT_ENUM ? "one of the field's choices" :
           filter_types[field->type].expected;
}

int32_t acrm__filter_cell(acrm__arena *arena, const acrm__filter_field *field,
                          const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int64_t minor = 0;
    int fits;

    *out = (acrm_cell){ .type = ACRM_CELL_NULL };
    if (acrm_value_type(value) == ACRM_NULL)
        return ACRM_OK;
    if (field->type == ACRM__FT_JSON) { /* only its presence can be asked for */
        *out = (acrm_cell){ .type = ACRM_CELL_TEXT, .data = "" };
        return ACRM_OK;
    }
    if (field->type == ACRM__FT_MONEY) {
        if (acrm_value_type(value) != ACRM_TEXT ||
            !acrm__parse_decimal(text, len, field->digits, &minor))
            return ACRM_E_INVALID;
        *out = filter_integer(minor);
        return ACRM_OK;
    }
    fits = filter_types[field->type].convert(arena, field, value, out);
    if (fits < 0)
        return ACRM_E_NOMEM;
    if (fits == 0 || (field->type == ACRM__FT_ENUM && !filter_has_choice(field, out)))
        return ACRM_E_INVALID;
    return ACRM_OK;
}
