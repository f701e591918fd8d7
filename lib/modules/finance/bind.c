/* SPDX-License-Identifier: MIT */
/* JSON into the structs of the finance engines and back, by tables. */
#include "modules/finance/bind.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"
#include "kernel/registry.h"

#include <math.h>
#include <string.h>

int32_t acrm__fin_begin(acrm__fin *fin, acrm__call *call)
{
    const char *currency = acrm__arg_text(call, "currency");

    *fin = (acrm__fin){ .call = call, .digits = 2 };
    if (!currency)
        return ACRM_OK;
    fin->digits = acrm__currency_digits(currency, strlen(currency));
    if (fin->digits < 0)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "currency",
                          "currency must be an ISO 4217 code such as EUR");
    return ACRM_OK;
}

int32_t acrm__fin_room(acrm__fin *fin, size_t n, size_t size, void *room)
{
    void *memory = acrm__arena_array(fin->call->arena, n ? n : 1, size);

    memcpy(room, &memory, sizeof memory);
    return memory ? ACRM_OK : acrm__nomem(fin->call);
}

/* --- Reading --- */

static int32_t bind_fault(acrm__fin *fin, const char *reason, const char *path, const char *allowed)
{
    return acrm__fail(fin->call, ACRM_E_INVALID, reason, path, "%s must be %s", path, allowed);
}

static int32_t bind_decimal(acrm__fin *fin, const acrm__fin_member *m, const acrm_value *value,
                            const char *path, int64_t *out)
{
    bool money = m->field.type == ACRM__T_MONEY;
    int32_t digits = money ? fin->digits : FIN_RATE_DIGITS;
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    char whole[32];

    if (money && acrm_value_type(value) == ACRM_INT) {
        len = acrm__print_decimal(acrm_value_int(value), 0, whole);
        text = whole;
    }
    if (text && acrm__parse_decimal(text, len, digits, out))
        return ACRM_OK;
    return acrm__fail(fin->call, ACRM_E_INVALID, text ? "format" : "type", path,
                      "%s must be %s as text, with at most %d fraction digits", path,
                      money ? "an amount" : "a decimal", digits);
}

/* Which word of "a|b|c" it is; -1: none. */
static int32_t bind_word(const char *words, const acrm_value *value)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int32_t n = 0;

    for (; text; n++) {
        size_t own = strcspn(words, "|");
        if (own == len && memcmp(words, text, len) == 0)
            return n;
        if (words[own] == '\0')
            break;
        words += own + 1;
    }
    return -1;
}

static int32_t bind_int(acrm__fin *fin, const acrm__fin_member *m, const acrm_value *value,
                        const char *path, int64_t *out)
{
    bool ranged = m->field.min < m->field.max;

    if (acrm_value_type(value) != ACRM_INT)
        return bind_fault(fin, "type", path, "a whole number");
    *out = acrm_value_int(value);
    int64_t min = ranged ? m->field.min : INT32_MIN, max = ranged ? m->field.max : INT32_MAX;
    if (*out >= min && *out <= max)
        return ACRM_OK;
    return acrm__fail(fin->call, ACRM_E_INVALID, "range", path, "%s must be from %lld to %lld",
                      path, (long long)min, (long long)max);
}

static int32_t bind_one(acrm__fin *fin, const acrm__fin_member *m, const acrm_value *value,
                        const char *path, int64_t *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int32_t n;

    switch (m->field.type) {
    case ACRM__T_MONEY:
    case ACRM__T_DECIMAL:
        return bind_decimal(fin, m, value, path, out);
    case ACRM__T_ENUM:
        n = bind_word(m->field.choices, value);
        if (n < 0)
            return acrm__fail(fin->call, ACRM_E_INVALID, "choice", path, "%s must be one of %s",
                              path, m->field.choices);
        *out = n + m->base;
        return ACRM_OK;
    case ACRM__T_DATE:
        if (!text || !acrm__date_parse(text, len, &n))
            return bind_fault(fin, "format", path, "a date such as 2026-11-21");
        *out = n;
        return ACRM_OK;
    case ACRM__T_BOOL:
        if (acrm_value_type(value) != ACRM_BOOL)
            return bind_fault(fin, "type", path, "true or false");
        *out = acrm_value_bool(value) != 0;
        return ACRM_OK;
    default:
        return bind_int(fin, m, value, path, out);
    }
}

static int32_t bind_mask(acrm__fin *fin, const acrm__fin_member *m, const acrm_value *list,
                         const char *path, int64_t *out)
{
    int32_t st = ACRM_OK;

    *out = 0;
    if (acrm_value_type(list) != ACRM_LIST)
        return bind_fault(fin, "type", path, "a list");
    for (size_t i = 0; i < acrm_value_count(list) && st == ACRM_OK; i++) {
        const char *item = acrm__arena_format(fin->call->arena, "%s[%zu]", path, i);
        int64_t bit = 0;
        st = item ? bind_one(fin, m, acrm_value_at(list, i), item, &bit) : acrm__nomem(fin->call);
        *out |= INT64_C(1) << (bit - (m->field.type == ACRM__T_INT ? m->field.min : 0));
    }
    return st;
}

static void bind_store(const acrm__fin_member *m, int64_t n, void *into)
{
    char *at = (char *)into + m->offset;
    int32_t narrow = (int32_t)n;

    if (m->size == sizeof n)
        memcpy(at, &n, sizeof n);
    else
        memcpy(at, &narrow, sizeof narrow);
}

static int32_t bind_read(acrm__fin *fin, const acrm__fin_member *m, const acrm_value *value,
                         const char *path, void *into)
{
    double real = acrm_value_real(value);
    int64_t n = 0;
    int32_t st;

    if (m->field.type == ACRM__T_REAL) {
        if (acrm_value_type(value) != ACRM_INT && acrm_value_type(value) != ACRM_REAL)
            return bind_fault(fin, "type", path, "a number");
        memcpy((char *)into + m->offset, &real, sizeof real);
        return ACRM_OK;
    }
    st = m->field.flags & ACRM__LIST ? bind_mask(fin, m, value, path, &n)
                                     : bind_one(fin, m, value, path, &n);
    if (st == ACRM_OK)
        bind_store(m, n, into);
    return st;
}

int32_t acrm__fin_args(acrm__fin *fin, const acrm__fin_member *members, void *into)
{
    for (const acrm__fin_member *m = members; m->field.name; m++) {
        const acrm_value *value = acrm__arg(fin->call, m->field.name);
        int32_t st = value ? bind_read(fin, m, value, m->field.name, into) : ACRM_OK;
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static const acrm__fin_member *bind_member(const acrm__fin_member *members, const char *name)
{
    for (const acrm__fin_member *m = members; m && m->field.name; m++)
        if (strcmp(m->field.name, name) == 0)
            return m;
    return NULL;
}

int32_t acrm__fin_row_fault(acrm__fin *fin, const char *list, size_t row, const char *name,
                            const char *allowed)
{
    const char *path = acrm__arena_format(fin->call->arena, "%s[%zu]%s%s", list, row,
                                          name ? "." : "", name ? name : "");

    return path ? bind_fault(fin, "range", path, allowed) : acrm__nomem(fin->call);
}

static int32_t bind_row(acrm__fin *fin, const char *list, size_t row, const acrm_value *map,
                        const acrm__fin_member *members, void *into)
{
    for (size_t i = 0; i < acrm_value_count(map); i++) {
        const char *key = acrm_value_key(map, i, NULL);
        if (!bind_member(members, key))
            return acrm__fin_row_fault(fin, list, row, key, "left out: it is no key of a row");
    }
    for (const acrm__fin_member *m = members; m->field.name; m++) {
        const acrm_value *value = acrm_value_get(map, m->field.name);
        if (acrm_value_type(value) == ACRM_NULL) {
            if (m->field.flags & ACRM__REQUIRED)
                return acrm__fin_row_fault(fin, list, row, m->field.name, "given");
            if (m->field.type == ACRM__T_ENUM && !(m->field.flags & ACRM__LIST))
                bind_store(m, m->base, into);
            continue;
        }
        const char *path = acrm__arena_format(fin->call->arena, "%s[%zu].%s", list, row,
                                              m->field.name);
        int32_t st = path ? bind_read(fin, m, value, path, into) : acrm__nomem(fin->call);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

int32_t acrm__fin_rows(acrm__fin *fin, const char *list, const acrm__fin_member *members,
                       size_t size, size_t max, void *rows, size_t *n)
{
    const acrm_value *items = acrm__arg(fin->call, list);
    size_t count = acrm_value_count(items);
    char *array = NULL;
    int32_t st = ACRM_OK;

    if (count > max)
        return acrm__fail(fin->call, ACRM_E_LIMIT, "limit", list, "%s may have at most %zu rows",
                          list, max);
    fin->lists[fin->n_lists].name = list;
    fin->lists[fin->n_lists++].members = members;
    if (count > 0)
        st = acrm__fin_room(fin, count, size, &array);
    for (size_t i = 0; i < count && st == ACRM_OK; i++)
        st = bind_row(fin, list, i, acrm_value_at(items, i), members, array + i * size);
    memcpy(rows, &array, sizeof array);
    *n = count;
    return st;
}

/* --- Writing --- */

bool acrm__fin_put_money(acrm__fin *fin, acrm_value *map, const char *name, int64_t minor)
{
    char text[32];

    return acrm__put_textn(map, name, text, acrm__print_decimal(minor, fin->digits, text));
}

/* A rate without superfluous zeros. */
static size_t bind_rate_text(int64_t ppb, char text[32])
{
    size_t len = acrm__print_decimal(ppb, FIN_RATE_DIGITS, text);

    while (text[len - 1] == '0')
        len--;
    len -= text[len - 1] == '.';
    text[len] = '\0';
    return len;
}

bool acrm__fin_put_rate(acrm_value *map, const char *name, int64_t ppb)
{
    char text[32];

    return acrm__put_textn(map, name, text, bind_rate_text(ppb, text));
}

static bool bind_add_int(acrm_value *list, int64_t n)
{
    acrm_value *item = acrm__value_in(list->arena);

    return item && acrm_value_set_int(item, n) == ACRM_OK && acrm__add_value(list, item);
}

static bool bind_put_word(const acrm__fin_member *m, int64_t n, acrm_value *map, acrm_value *list)
{
    const char *word = m->field.choices;
    acrm_value *item;

    for (int64_t i = m->base; i < n && *word; i++) {
        word += strcspn(word, "|");
        word += *word == '|';
    }
    size_t len = strcspn(word, "|");
    if (!list)
        return n < m->base || len == 0 ? acrm__put_null(map, m->field.name)
                                       : acrm__put_textn(map, m->field.name, word, len);
    item = acrm__value_in(list->arena);
    return item && acrm_value_set_text(item, word, len) == ACRM_OK && acrm__add_value(list, item);
}

static bool bind_put_mask(const acrm__fin_member *m, int64_t mask, acrm_value *map)
{
    acrm_value *list = acrm__put_list(map, m->field.name);
    bool ok = list != NULL;

    for (int32_t bit = 0; bit < 32 && ok; bit++) {
        if (!(mask >> bit & 1))
            continue;
        ok = m->field.type == ACRM__T_INT ? bind_add_int(list, bit + m->field.min)
                                          : bind_put_word(m, bit + m->base, map, list);
    }
    return ok;
}

static int64_t bind_load(const acrm__fin_member *m, const void *from)
{
    const char *at = (const char *)from + m->offset;
    int64_t wide = 0;
    int32_t narrow = 0;

    if (m->size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

static bool bind_put_real(const acrm__fin_member *m, const void *from, acrm_value *map)
{
    double real;

    memcpy(&real, (const char *)from + m->offset, sizeof real);
    return isfinite(real) ? acrm__put_real(map, m->field.name, real)
                          : acrm__put_null(map, m->field.name);
}

static bool bind_put(acrm__fin *fin, const acrm__fin_member *m, const void *from, acrm_value *map)
{
    const char *name = m->field.name, *text;
    char date[ACRM__DATE_SIZE];
    int64_t n;

    if (m->field.type == ACRM__T_REAL)
        return bind_put_real(m, from, map);
    if (m->field.type == ACRM__T_TEXT) {
        memcpy(&text, (const char *)from + m->offset, sizeof text);
        return acrm__put_text(map, name, text);
    }
    n = bind_load(m, from);
    if (m->field.flags & ACRM__LIST)
        return bind_put_mask(m, n, map);
    switch (m->field.type) {
    case ACRM__T_MONEY:
        return acrm__fin_put_money(fin, map, name, n);
    case ACRM__T_DECIMAL:
        return acrm__fin_put_rate(map, name, n);
    case ACRM__T_ENUM:
        return bind_put_word(m, n, map, NULL);
    case ACRM__T_DATE:
        return n == ACRM_DAY_NONE
            ? acrm__put_null(map, name)
            : acrm__put_textn(map, name, date, acrm__date_print((int32_t)n, date));
    case ACRM__T_BOOL:
        return acrm__put_bool(map, name, n != 0);
    default:
        return acrm__put_int(map, name, n);
    }
}

int32_t acrm__fin_put(acrm__fin *fin, const acrm__fin_member *members, const void *from,
                      acrm_value *map)
{
    for (const acrm__fin_member *m = members; m->field.name; m++)
        if (!bind_put(fin, m, from, map))
            return acrm__nomem(fin->call);
    return ACRM_OK;
}

int32_t acrm__fin_put_rows(acrm__fin *fin, const char *list, const acrm__fin_member *members,
                           size_t size, const void *rows, size_t n)
{
    acrm_value *items = acrm__put_list(fin->call->out, list);
    int32_t st = items ? ACRM_OK : acrm__nomem(fin->call);

    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        acrm_value *map = acrm__add_map(items);
        st = map ? acrm__fin_put(fin, members, (const char *)rows + i * size, map)
                 : acrm__nomem(fin->call);
    }
    return st;
}

/* --- Issues --- */

/* What an engine calls otherwise than the operations do. */
static const struct {
    const char *engine, *own;
} bind_names[] = {
    { "dues.due", "dues" },         { "dues.paid", "dues" }, { "allocation.steps_len", "steps" },
    { "lines_max", "explain" },     { "open", "closed_days" }, { "n_flows", "flows" },
    { "times.whole", "flows.whole" }, { "times.odd_num", "flows.odd_num" },
    { "times.odd_den", "flows.odd_den" }, { "rows_max", "events" },
};

static const acrm__fin_member *bind_list(const acrm__fin *fin, const char *name, size_t len)
{
    for (size_t i = 0; i < fin->n_lists; i++)
        if (strlen(fin->lists[i].name) == len && memcmp(fin->lists[i].name, name, len) == 0)
            return fin->lists[i].members;
    return NULL;
}

static int32_t bind_type(const acrm__fin *fin, const char *name, const acrm__fin_member *members)
{
    const acrm__fin_member *m = bind_member(members, name);

    for (const acrm__field *f = fin->call->info->op->in; !m && f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f->type;
    return m ? m->field.type : ACRM__T_TEXT;
}

/* The engines count minor units and parts per billion; people do not. */
static const char *bind_allowed(acrm__fin *fin, const char *allowed, int32_t type)
{
    acrm__arena *arena = fin->call->arena;
    const char *out = "";
    char number[32];

    if (type != ACRM__T_MONEY && type != ACRM__T_DECIMAL)
        return allowed;
    while (*allowed && out) {
        size_t text = strcspn(allowed, "0123456789");
        size_t digits = strspn(allowed + text, "0123456789");
        int64_t n;
        number[0] = '\0';
        if (digits > 0 && !acrm__parse_int(allowed + text, digits, &n))
            return allowed;
        if (digits > 0 && type == ACRM__T_MONEY)
            number[acrm__print_decimal(n, fin->digits, number)] = '\0';
        else if (digits > 0)
            bind_rate_text(n, number);
        out = acrm__arena_format(arena, "%s%.*s%s", out, (int)text, allowed, number);
        allowed += text + digits;
    }
    return out;
}

int32_t acrm__fin_answer(acrm__fin *fin, int32_t status, const acrm_issue *issue)
{
    const char *field = issue->field ? issue->field : "", *dot, *name, *path;
    const char *reason = status == ACRM_E_LIMIT ? "limit"
                         : status == ACRM_E_CONFLICT ? "conflict" : "range";

    if (status == ACRM_OK)
        return ACRM_OK;
    for (size_t i = 0; i < sizeof bind_names / sizeof bind_names[0]; i++)
        if (strcmp(bind_names[i].engine, field) == 0)
            field = bind_names[i].own;
    dot = strrchr(field, '.');
    name = dot ? dot + 1 : field;
    const acrm__fin_member *members = dot ? bind_list(fin, field, (size_t)(dot - field)) : NULL;
    int32_t type = bind_type(fin, name, members);
    if (members && issue->row < 0)
        path = acrm__arena_text(fin->call->arena, field, (size_t)(dot - field));
    else if (members)
        path = acrm__arena_format(fin->call->arena, "%.*s[%lld].%s", (int)(dot - field), field,
                                  (long long)issue->row, name);
    else
        path = issue->row < 0 ? name
                              : acrm__arena_format(fin->call->arena, "%s[%lld]", name,
                                                   (long long)issue->row);
    const char *allowed = bind_allowed(fin, issue->allowed ? issue->allowed : "", type);
    if (!path || !allowed)
        return acrm__nomem(fin->call);
    return acrm__fail(fin->call, status, reason, *path ? path : NULL, "%s: allowed is %s", path,
                      allowed);
}

/* --- Explanations --- */

static const char *bind_exact(acrm__fin *fin, const acrm_explain_line *line)
{
    int64_t whole = line->whole, ppt = line->ppt;
    const char *sign = "";
    char text[32];

    if (whole < 0) { /* rounded down: -4.7 is -5 and 0.3 */
        sign = "-";
        whole = ppt > 0 ? -(whole + 1) : -whole;
        ppt = ppt > 0 ? INT64_C(1000000000000) - ppt : 0;
    }
    text[acrm__print_decimal(whole, fin->digits, text)] = '\0';
    return acrm__arena_format(fin->call->arena, "%s%s%s%012lld", sign, text,
                              fin->digits > 0 ? "" : ".", (long long)ppt);
}

int32_t acrm__fin_put_steps(acrm__fin *fin, const acrm_explain_line *lines, size_t n, int64_t row)
{
    static const char *const modes[] = { "half_up", "half_even", "half_down", "up", "down" };
    acrm__call *call = fin->call;
    bool again = acrm_value_get(call->out, "explanation") != NULL, ok;
    acrm_value *list = again ? acrm_value_get(call->out, "explanation")
                             : acrm__put_list(call->out, "explanation");

    ok = list != NULL;
    for (size_t i = 0; i < n && ok; i++) {
        const acrm_explain_line *line = &lines[i];
        acrm_value *map = acrm__add_map(list);
        ok = map && (row < 0 || acrm__put_int(map, "row", row)) &&
             acrm__put_text(map, "figure", line->figure) &&
             acrm__put_text(map, "formula", line->formula);
        if (ok && line->den != 0)
            ok = acrm__fin_put_money(fin, map, "base", line->base) &&
                 acrm__put_text(map, "factor",
                                acrm__arena_format(call->arena, "%lld/%lld",
                                                   (long long)line->num, (long long)line->den));
        ok = ok && acrm__put_text(map, "exact", bind_exact(fin, line)) &&
             acrm__fin_put_money(fin, map, "rounded", line->rounded) &&
             acrm__fin_put_money(fin, map, "unit", line->unit) &&
             acrm__put_text(map, "rounding", modes[line->rounding]) &&
             (line->days == 0 || acrm__put_int(map, "days", line->days));
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}
