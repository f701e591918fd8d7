/* SPDX-License-Identifier: MIT */
/* Values of a file into values of fields: numbers, dates, words for yes and no, translations. */
#include "modules/integration/upsert.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_NUMBER_MAX = 64 };

typedef struct value_run {
    acrm__call *call;
    const acrm__upsert_column *column;
    const acrm__fieldinfo *field;
    acrm_value *out;
    acrm__upsert_fault *fault;
} value_run;

static int32_t value_refuse(value_run *run, const char *reason, const char *message)
{
    run->fault->reason = reason;
    snprintf(run->fault->message, sizeof run->fault->message, "%s %s", run->field->def.name,
             message);
    return ACRM_OK;
}

static int32_t value_text(value_run *run, const char *text, size_t len)
{
    return acrm_value_set_text(run->out, text, len) == ACRM_OK ? ACRM_OK : acrm__nomem(run->call);
}

static const char *value_trim(const char *text, size_t *len)
{
    while (*len > 0 && strchr(" \t\r\n", text[0])) {
        text++;
        --*len;
    }
    while (*len > 0 && strchr(" \t\r\n", text[*len - 1]))
        --*len;
    return text;
}

/* --- Numbers --- */

/* The marks of a number in any script: digits as ASCII, blanks and apostrophes dropped, the Persian
 * and Arabic separators as '.' and ','. */
static bool value_plain(const char *text, size_t len, char out[VALUE_NUMBER_MAX], size_t *n)
{
    static const struct {
        const char *bytes;
        char mark; /* '\0': dropped */
    } marks[] = {
        { "\xD9\xAB", '.' }, { "\xD9\xAC", '\0' }, { "\xC2\xA0", '\0' }, { "\xE2\x80\xAF", '\0' },
        { "\xE2\x80\x89", '\0' }, { " ", '\0' }, { "'", '\0' }, { "\xE2\x88\x92", '-' },
    };

    *n = 0;
    for (size_t i = 0; i < len;) {
        size_t k = 0, size = 1;
        char c = text[i];
        while (k < sizeof marks / sizeof marks[0] &&
               (strlen(marks[k].bytes) > len - i ||
                memcmp(text + i, marks[k].bytes, strlen(marks[k].bytes)) != 0))
            k++;
        if (k < sizeof marks / sizeof marks[0]) {
            size = strlen(marks[k].bytes);
            c = marks[k].mark;
        }
        i += size;
        if (c == '\0' || (c == '+' && *n == 0))
            continue;
        if (!strchr("0123456789.,-", c) || *n + 1 >= VALUE_NUMBER_MAX)
            return false;
        out[(*n)++] = c;
    }
    out[*n] = '\0';
    return *n > 0;
}

static size_t value_count(const char *text, char c)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == c;
    return n;
}

/* Which mark is the decimal one: '\0' none; '?' when it cannot be told. */
static char value_decimal_mark(const char *text, size_t n, char wanted, bool whole)
{
    const char *dot = strrchr(text, '.'), *comma = strrchr(text, ',');
    const char *last = !dot || (comma && comma > dot) ? comma : dot;

    if (wanted)
        return strchr(text, wanted) ? wanted : '\0';
    if (!last)
        return '\0';
    if (dot && comma)
        return value_count(text, *last) == 1 ? *last : '?';
    if (value_count(text, *last) > 1)
        return '\0';
    size_t before = (size_t)(last - text) - (text[0] == '-'), after = n - (size_t)(last - text) - 1;
    bool thousand = after == 3 && before >= 1 && before <= 3 && text[text[0] == '-'] != '0';
    return !thousand ? *last : whole ? '\0' : '?';
}

/* A number as "-1250.5". */
static bool value_number(value_run *run, const char *text, size_t len, char out[VALUE_NUMBER_MAX])
{
    char plain[VALUE_NUMBER_MAX];
    bool whole = run->field->def.type == ACRM__T_INT;
    size_t n = 0, k = 0;
    acrm__str ascii;

    acrm__str_init(&ascii, &run->call->arena->allocator);
    acrm__digits_ascii(text, len, &ascii);
    bool good = !ascii.failed && value_plain(ascii.data, ascii.len, plain, &n);
    acrm__str_free(&ascii);
    if (!good) {
        value_refuse(run, "type", "must be a number");
        return false;
    }
    char mark = value_decimal_mark(plain, n, run->column->decimal, whole);
    if (mark == '?' || (mark && value_count(plain, mark) > 1)) {
        value_refuse(run, "ambiguous", "may be read in two ways: say the column's decimal mark");
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (plain[i] == mark && mark)
            out[k++] = '.';
        else if (plain[i] != '.' && plain[i] != ',')
            out[k++] = plain[i];
    out[k] = '\0';
    return true;
}

static int32_t value_put_number(value_run *run, const char *text, size_t len)
{
    char number[VALUE_NUMBER_MAX];
    int64_t integer;
    double real;

    if (!value_number(run, text, len, number))
        return ACRM_OK;
    switch (run->field->def.type) {
    case ACRM__T_INT:
        if (!acrm__parse_decimal(number, strlen(number), 0, &integer))
            return value_refuse(run, "type", "must be a whole number");
        return acrm_value_set_int(run->out, integer);
    case ACRM__T_REAL:
        if (!acrm__parse_real(number, strlen(number), &real))
            return value_refuse(run, "type", "must be a number");
        return acrm_value_set_real(run->out, real);
    default:
        return value_text(run, number, strlen(number));
    }
}

/* --- Words --- */

static bool value_is_word(const char *words, const char *text, size_t len)
{
    for (const char *p = words; *p;) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, text, n) == 0)
            return true;
        p += n;
        p += *p == '|';
    }
    return false;
}

static int32_t value_folded(value_run *run, const char *text, size_t len, const char **out,
                            size_t *out_len)
{
    acrm__str folded;

    acrm__str_init(&folded, &run->call->arena->allocator);
    acrm__fold(text, len, &folded);
    *out = folded.failed ? NULL : acrm__arena_text(run->call->arena, folded.data, folded.len);
    *out_len = folded.len;
    acrm__str_free(&folded);
    return *out ? ACRM_OK : acrm__nomem(run->call);
}

static int32_t value_bool(value_run *run, const char *text, size_t len)
{
    static const char yes[] = "1|true|t|yes|y|x|on|ja|j|si|s|vero|да|истина|是|真|بله|بلی|آری|درست";
    static const char no[] = "0|false|f|no|n|off|nein|falso|нет|ложь|否|假|خیر|نه|نادرست";
    const char *word;
    size_t n;

    int32_t st = value_folded(run, text, len, &word, &n);
    if (st != ACRM_OK)
        return st;
    bool is_yes = value_is_word(yes, word, n) || value_is_word(yes, text, len);
    if (!is_yes && !value_is_word(no, word, n) && !value_is_word(no, text, len))
        return value_refuse(run, "type", "must be a word for yes or no");
    return acrm_value_set_bool(run->out, is_yes);
}

/* One of the choices, written in any case and with blanks for underscores. */
static int32_t value_enum(value_run *run, const char *text, size_t len)
{
    const char *word;
    size_t n;

    int32_t st = value_folded(run, text, len, &word, &n);
    for (uint32_t i = 0; st == ACRM_OK && i < run->field->n_choices; i++) {
        const char *choice = run->field->choices[i];
        size_t k = 0;
        while (k < n && choice[k] && (choice[k] == '_' ? ' ' : choice[k]) == word[k])
            k++;
        if (k == n && choice[k] == '\0')
            return value_text(run, choice, k);
    }
    return st == ACRM_OK ? value_text(run, text, len) : st; /* refused as a choice in a moment */
}

static int32_t value_date(value_run *run, const char *text, size_t len)
{
    acrm__str ascii;
    int64_t us = 0;
    char printed[ACRM__INSTANT_SIZE];

    acrm__str_init(&ascii, &run->call->arena->allocator);
    acrm__digits_ascii(text, len, &ascii);
    bool date = run->field->def.type == ACRM__T_DATE;
    bool ok = !ascii.failed && acrm__upsert_date(ascii.data, ascii.len, run->column->format,
                                                 date ? 0 : run->column->offset, &us, run->fault);
    bool failed = ascii.failed;
    acrm__str_free(&ascii);
    if (failed)
        return acrm__nomem(run->call);
    if (!ok)
        return ACRM_OK;
    size_t n = date ? acrm__date_print((int32_t)acrm__floor_div(us, ACRM__DAY_US), printed)
                    : acrm__instant_print(us, printed);
    return value_text(run, printed, n);
}

static int32_t value_json(value_run *run, const char *text, size_t len)
{
    acrm_value *parsed = NULL;
    acrm__json_fault fault;

    int32_t st = acrm__json_read(run->call->arena, text, len, &parsed, &fault);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(run->call);
    if (st != ACRM_OK)
        return value_text(run, text, len);
    return acrm__value_copy(run->out, parsed) ? ACRM_OK : acrm__nomem(run->call);
}

static int32_t value_convert(value_run *run, const char *text, size_t len)
{
    switch (run->field->def.type) {
    case ACRM__T_INT:
    case ACRM__T_REAL:
    case ACRM__T_DECIMAL:
    case ACRM__T_MONEY:
        return value_put_number(run, text, len);
    case ACRM__T_BOOL:
        return value_bool(run, text, len);
    case ACRM__T_ENUM:
        return value_enum(run, text, len);
    case ACRM__T_DATE:
    case ACRM__T_INSTANT:
        return value_date(run, text, len);
    case ACRM__T_JSON:
        return value_json(run, text, len);
    default:
        return value_text(run, text, len);
    }
}

/* --- What a value of the file says --- */

static bool value_is_null(const acrm__upsert_plan *plan, const char *text, size_t len)
{
    for (size_t i = 0; i < acrm_value_count(plan->nulls); i++) {
        size_t n;
        const char *null = acrm_value_text(acrm_value_at(plan->nulls, i), &n);
        if (null && n == len && memcmp(null, text, len) == 0)
            return true;
    }
    return false;
}

/* The meaning of a value in the column's table: exactly, then in any case. */
static int32_t value_translate(value_run *run, const char *text, size_t len,
                               const acrm_value **out)
{
    const acrm_value *values = run->column->values;
    const char *word, *other;
    size_t n, k;

    *out = NULL;
    if (!values)
        return ACRM_OK;
    for (size_t i = 0; i < acrm_value_count(values); i++) {
        const char *key = acrm_value_key(values, i, &k);
        if (k == len && memcmp(key, text, len) == 0) {
            *out = acrm_value_at(values, i);
            return ACRM_OK;
        }
    }
    int32_t st = value_folded(run, text, len, &word, &n);
    for (size_t i = 0; st == ACRM_OK && n > 0 && !*out && i < acrm_value_count(values); i++) {
        const char *key = acrm_value_key(values, i, &k);
        st = value_folded(run, key, k, &other, &k);
        if (st == ACRM_OK && k == n && memcmp(word, other, n) == 0)
            *out = acrm_value_at(values, i);
    }
    return st;
}

/* Numbers and the like of JSON lines where the field takes text. */
static int32_t value_as_text(value_run *run, const acrm_value *given, const acrm_value **out)
{
    int32_t type = run->field->def.type;
    int32_t is = acrm_value_type(given);
    bool wants_text = type != ACRM__T_INT && type != ACRM__T_REAL && type != ACRM__T_BOOL &&
                      type != ACRM__T_JSON;
    acrm__str text;

    *out = given;
    if (!wants_text || (is != ACRM_INT && is != ACRM_REAL && is != ACRM_BOOL))
        return ACRM_OK;
    acrm__str_init(&text, &run->call->arena->allocator);
    (void)acrm__json_write(&text, given, 0);
    int32_t st = text.failed ? acrm__nomem(run->call) : value_text(run, text.data, text.len);
    acrm__str_free(&text);
    *out = run->out;
    return st;
}

static bool value_is_list(const acrm__upsert_target *target)
{
    return target->child >= 0 && target->field == UINT32_MAX;
}

static int32_t value_of_text(value_run *run, acrm__upsert_plan *plan,
                             const acrm__upsert_target *target, const acrm_value *given,
                             const acrm_value **out)
{
    const acrm_value *meant = NULL;
    size_t len = 0;
    const char *text = acrm_value_text(given, &len);

    if (!run->column->keep)
        text = value_trim(text, &len);
    int32_t st = value_translate(run, text, len, &meant);
    if (meant && acrm_value_type(meant) != ACRM_TEXT) {
        *out = acrm_value_type(meant) == ACRM_NULL ? NULL : meant;
        return st;
    }
    if (meant)
        text = acrm_value_text(meant, &len);
    if (st != ACRM_OK || len == 0 || value_is_null(plan, text, len))
        return st;
    if (target->by != UINT32_MAX) {
        const char *name = acrm__arena_text(run->call->arena, text, len);
        return name ? acrm__upsert_reference(run->call, plan, run->field->target, target->by, name,
                                             out, run->fault)
                    : acrm__nomem(run->call);
    }
    st = value_convert(run, text, len);
    if (st == ACRM_OK && !run->fault->reason)
        *out = run->out;
    return st == ACRM_E_NOMEM ? acrm__nomem(run->call) : st;
}

int32_t acrm__upsert_value(acrm__call *call, acrm__upsert_plan *plan,
                           const acrm__upsert_column *column, const acrm__upsert_target *target,
                           const acrm_value *given, const acrm_value **out,
                           acrm__upsert_fault *fault)
{
    const acrm__entity *entity = target->child < 0 ? plan->entity
                                                   : plan->children[target->child].entity;
    value_run run = { .call = call, .column = column, .fault = fault };
    int32_t st = ACRM_OK;

    *out = NULL;
    fault->reason = NULL;
    if (value_is_list(target)) {
        *out = acrm_value_type(given) == ACRM_NULL ? NULL : given;
        return ACRM_OK;
    }
    run.field = &entity->fields[target->field];
    run.out = acrm__value_in(call->arena);
    if (!run.out)
        return acrm__nomem(call);
    if (acrm_value_type(given) == ACRM_TEXT)
        st = value_of_text(&run, plan, target, given, out);
    else if (acrm_value_type(given) != ACRM_NULL)
        st = value_as_text(&run, given, out);
    else
        *out = acrm_value_get(column->values, ""); /* what a blank means */
    if (st == ACRM_OK && !*out && !fault->reason && column->preset)
        *out = column->preset;
    return st;
}
