/* SPDX-License-Identifier: MIT */
/* Commission rules: read, checked, and what they pay for a contract. */
#include "modules/performance/performance.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"

#include <string.h>

__extension__ typedef __int128 commission_wide;

enum { COMMISSION_SHARE_DIGITS = 6, COMMISSION_WHOLE = ACRM__COMMISSION_WHOLE };

/* --- What is paid --- */

/* The amount of the measure at which a step begins. A step from the fifth vehicle begins when four
 * are sold. */
static int64_t commission_begin(const acrm__commission_plan *plan, size_t step)
{
    int64_t from = plan->steps[step].from;

    return plan->measure == ACRM__RESULT_UNITS && from > 0 ? from - 1 : from;
}

/* What the results up to an amount pay, step by step, times a million unless vehicles are paid. */
static commission_wide commission_upto(const acrm__commission_plan *plan, int64_t amount)
{
    commission_wide sum = 0;

    for (size_t i = 0; i < plan->n; i++) {
        int64_t begin = commission_begin(plan, i);
        int64_t end = i + 1 < plan->n ? commission_begin(plan, i + 1) : INT64_MAX;
        if (amount <= begin)
            break;
        sum += (commission_wide)((amount < end ? amount : end) - begin) * plan->steps[i].pay;
    }
    return sum;
}

bool acrm__commission_pays(const acrm__commission_plan *plan, int64_t before, int64_t own,
                           int64_t all, int64_t paid, int64_t *out)
{
    commission_wide due = 0;
    int64_t after;

    if (!acrm__money_add(before, own, &after))
        return false;
    if (!plan->retroactive) {
        due = commission_upto(plan, after);
    } else {
        for (size_t i = 0; i < plan->n && all > commission_begin(plan, i); i++)
            due = (commission_wide)after * plan->steps[i].pay;
    }
    if (plan->measure != ACRM__RESULT_UNITS)
        due = (due + (due < 0 ? -COMMISSION_WHOLE / 2 : COMMISSION_WHOLE / 2)) / COMMISSION_WHOLE;
    if (plan->cap >= 0 && due > plan->cap)
        due = plan->cap;
    due -= paid;
    if (due > INT64_MAX / 2 || due < -(INT64_MAX / 2))
        return false;
    *out = (int64_t)due;
    return true;
}

/* --- The rule as it is written --- */

static int32_t commission_fault(acrm__call *call, size_t step, const char *field,
                                const char *message)
{
    const char *path = acrm__arena_format(call->arena, "steps[%zu].%s", step, field);

    return path ? acrm__fail(call, ACRM_E_INVALID, "range", path, "%s %s", path, message)
                : acrm__nomem(call);
}

/* A number of steps: an integer, or decimal text. */
static bool commission_number(const acrm_value *value, int32_t digits, int64_t *out)
{
    const char *text = acrm_value_text(value, NULL);
    int64_t scale = 1;

    for (int32_t i = 0; i < digits; i++)
        scale *= 10;
    if (acrm_value_type(value) == ACRM_INT)
        return acrm__money_mul(acrm_value_int(value), scale, out) && *out >= 0;
    return text && acrm__parse_decimal(text, strlen(text), digits, out) && *out >= 0;
}

int32_t acrm__commission_read(acrm__call *call, const acrm__rec *rule, acrm__commission_plan *out)
{
    const acrm_cell *json = &rule->cells[F_commission_rule__steps];
    const char *measure = acrm__text(rule, F_commission_rule__measure);
    const char *currency = acrm__text(rule, F_commission_rule__currency);
    int32_t digits = acrm__currency_digits(currency, strlen(currency));
    acrm__json_fault fault;
    acrm_value *list;

    *out = (acrm__commission_plan){
        .measure = strcmp(measure, "units") == 0     ? ACRM__RESULT_UNITS
                   : strcmp(measure, "revenue") == 0 ? ACRM__RESULT_REVENUE
                                                     : ACRM__RESULT_MARGIN,
        .retroactive = acrm__int(rule, F_commission_rule__retroactive) != 0,
        .cap = acrm__is_null(rule, F_commission_rule__cap)
                   ? -1 : acrm__int(rule, F_commission_rule__cap),
    };
    if (digits < 0)
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "currency is no ISO 4217 code");
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &list, &fault);
    if (st != ACRM_OK)
        return acrm__json_error(call->err, st, &fault);
    size_t n = acrm_value_type(list) == ACRM_LIST ? acrm_value_count(list) : 0;
    if (n < 1 || n > ACRM__COMMISSION_STEPS)
        return acrm__fail(call, ACRM_E_INVALID, "type", "steps",
                          "steps must be a list of 1 to %d maps", ACRM__COMMISSION_STEPS);
    bool units = out->measure == ACRM__RESULT_UNITS;
    for (size_t i = 0; i < n; i++) {
        const acrm_value *step = acrm_value_at(list, i);
        acrm__commission_step *to = &out->steps[i];
        if (!commission_number(acrm_value_get(step, "from"), units ? 0 : digits, &to->from))
            return commission_fault(call, i, "from", units ? "must be a number of vehicles"
                                                           : "must be an amount of the currency");
        if (!commission_number(acrm_value_get(step, "pay"), units ? digits
                                                                  : COMMISSION_SHARE_DIGITS,
                               &to->pay) || (!units && to->pay > COMMISSION_WHOLE))
            return commission_fault(call, i, "pay", units ? "must be an amount a vehicle"
                                                          : "must be a share of 0 to 1");
        if (i && to->from <= out->steps[i - 1].from)
            return commission_fault(call, i, "from", "must be above that of the step before");
    }
    out->n = n;
    return ACRM_OK;
}

int32_t acrm__commission_read_share(acrm__call *call, const acrm__rec *rec, uint32_t field,
                                    int64_t *out)
{
    const acrm_cell *share = &rec->cells[field];
    const char *name = rec->entity->fields[field].def.name;

    *out = 0;
    if (share->type != ACRM_CELL_TEXT ||
        (acrm__parse_decimal(share->data, share->size, COMMISSION_SHARE_DIGITS, out) &&
         *out >= 0 && *out <= COMMISSION_WHOLE))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "range", name,
                      "%s must be 0 to 1 with at most 6 decimals", name);
}

int32_t acrm__commission_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__commission_plan plan;
    int64_t part = 0;

    (void)before;
    if (acrm__is_null(rec, F_commission_rule__steps) ||
        acrm__is_null(rec, F_commission_rule__measure) ||
        acrm__is_null(rec, F_commission_rule__currency) || !acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK; /* refused next, by name */
    if (!acrm__is_null(rec, F_commission_rule__to_date) &&
        acrm__int(rec, F_commission_rule__to_date) < acrm__int(rec, F_commission_rule__from_date))
        return acrm__fail(call, ACRM_E_INVALID, "range", "to_date",
                          "to_date must not be before from_date");
    int32_t st = acrm__commission_read_share(call, rec, F_commission_rule__manager_share, &part);
    if (st == ACRM_OK && before)
        st = acrm__commission_shares_fit(call, acrm__id(rec, F_ID), NULL, part);
    if (st != ACRM_OK)
        return st;
    if (part > 0 && acrm__is_null(rec, F_commission_rule__manager_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "manager_id",
                          "who has the manager's share?");
    return acrm__commission_read(call, rec, &plan);
}
