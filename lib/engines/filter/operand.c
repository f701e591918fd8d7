/* SPDX-License-Identifier: MIT */
/* Values of a filter: plain ones, whole days, amounts in a currency, $now, $today and $me. */
#include "engines/filter/filter_internal.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"
#include "engines/filter/nearest.h"

#include <assert.h>
#include <string.h>

/* Maps that are values. */
enum {
    FILTER_NOW,
    FILTER_TODAY,
    FILTER_ME
};

static const char *const filter_words[] = {
    [FILTER_NOW] = "$now", [FILTER_TODAY] = "$today", [FILTER_ME] = "$me"
};

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
    out->cell = acrm__filter_integer(from);
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
    out->cell = acrm__filter_integer(us);
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
        if (cells[i].type != acrm__filter_cell_type(field) || field->encoded)
            return acrm__filter_fault(p, place, "type", "the variable is not %s",
                                      acrm__filter_type_name(field));
        acrm_cell *copy = &copies[out->n_cells];
        *copy = cells[i];
        if (copy->data != NULL &&
            acrm__filter_copy(p->arena, copy->type, copy->data, copy->size, copy) != ACRM_OK)
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

/* Which choices there are, or which was meant. */
static bool filter_bad_choice(acrm__filter_parser *p, const acrm__filter_field *field,
                              const acrm_value *value, const acrm__filter_place *place)
{
    const filter_choices choices = { field->choices, field->n_choices };
    char list[200];
    size_t used = 0;
    size_t given = 0;
    const char *text = acrm_value_text(value, &given);
    const char *near = acrm__nearest(text, given, filter_choice_at, &choices);

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
static bool filter_amount(acrm__filter_parser *p, const acrm__filter_field *field,
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
    out->cell = acrm__filter_integer(minor);
    out->kind = ACRM__OPERAND_CELL;
    if (!named)
        return true;
    currency = acrm__arena_array(p->arena, 1, sizeof *currency);
    if (currency == NULL ||
        acrm__filter_copy(p->arena, ACRM_CELL_TEXT, text + len - 3, 3, currency) != ACRM_OK)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    out->kind = ACRM__OPERAND_MONEY;
    out->cells = currency;
    out->n_cells = 1;
    return true;
}

static bool filter_encoded(acrm__filter_parser *p, const acrm__filter_field *field,
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
        return filter_encoded(p, field, value, place, out);
    if (field->type == ACRM__FT_MONEY)
        return filter_amount(p, field, value, place, out);

    const char *text = acrm_value_text(value, &len);
    if (field->type == ACRM__FT_INSTANT && acrm_value_type(value) == ACRM_TEXT &&
        acrm__date_parse(text, len, &day))
        return filter_from_day(p, field, day, place, out);

    switch (acrm__filter_cell(p->arena, field, value, &out->cell)) {
    case ACRM_OK:
        out->kind = ACRM__OPERAND_CELL;
        return true;
    case ACRM_E_NOMEM:
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    case ACRM_E_NOTFOUND:
        return filter_bad_choice(p, field, value, place);
    default:
        return acrm__filter_fault(p, place, "type", "expected %s", acrm__filter_expected(field));
    }
}
