/* SPDX-License-Identifier: MIT */
/* The regular instalment of a contract: the discounted instalments are worth the loan. */
#include "engines/finance/schedule_internal.h"

#include "engines/finance/finance_internal.h"

/*
 * Discounting. Let V(k) be the product of 1 / (1 + rate * fraction) over the periods 1 ... k whose
 * interest stays in the balance until it is paid by an instalment: those with an instalment, and
 * holidays that capitalise. Periods whose interest is paid apart (interest only, or waiting for
 * the next payment) do not discount. Then
 *
 *     loan = sum over payers of instalment(k) * V(k) + balloon * V(balloon)
 *
 * and instalment(k) is a share of the level one, or a given amount.
 */
typedef struct plan_sum {
    acrm__u128 factor;  /* V of the period before */
    acrm__u128 shares;  /* sum of share * V */
    acrm__u128 balloon; /* V of the balloon */
    acrm__u128 given;   /* sum of given amount * V, 76 fraction bits */
    bool solved; /* some instalment depends on the level one; its V may be too small to show */
    bool over;
} plan_sum;

static const acrm_finance_step *plan_step(const acrm_finance_terms *t, int32_t k)
{
    const acrm_finance_step *found = NULL;

    for (size_t i = 0; i < t->steps_len && t->steps[i].from <= k; i++)
        found = &t->steps[i];
    return found;
}

int64_t acrm__plan_instalment(const acrm__plan *plan, int32_t k)
{
    const acrm_finance_terms *t = plan->t;

    if (t->steps_len == 0)
        return plan->level;
    const acrm_finance_step *step = plan_step(t, k);
    if (step == NULL)
        return plan->level;
    if (step->what == ACRM_STEP_AMOUNT)
        return step->value;
    return acrm__round_part(plan->level, (acrm__ratio){ step->value, ACRM_RATE_ONE },
                            t->instalment_unit, t->instalment_rounding);
}

/* The rate that counts for the level instalment; an odd first period that the first payment bears
 * alone is taken as regular. */
static acrm__ratio plan_level_ratio(const acrm__plan *plan, int32_t k, const acrm__period *period)
{
    bool apart = plan->t->first_period != ACRM_FIRST_SPREAD && period->mode == ACRM__MODE_PAY;

    return k == 1 && apart && plan->t->interest_free == 0 ? plan->first_regular : period->ratio;
}

static void plan_add_payer(const acrm__plan *plan, int32_t k, plan_sum *sum)
{
    const acrm_finance_step *step = plan_step(plan->t, k);
    acrm__u128 share = sum->factor;

    if (step != NULL && step->what == ACRM_STEP_AMOUNT) {
        sum->given += acrm__q76_of(step->value, sum->factor);
        sum->over = sum->over || sum->given >> 126 != 0;
        return;
    }
    if (step != NULL)
        share = acrm__mul_shift(share, ((acrm__u128)(uint64_t)step->value << 80) / ACRM_RATE_ONE,
                                80);
    sum->solved = sum->solved || step == NULL || step->value > 0;
    sum->shares += share;
    sum->over = sum->over || sum->shares < share;
}

/* The sum for an annuity with equal periods behind its grace, in closed form. */
static void plan_sum_uniform(const acrm__plan *plan, plan_sum *sum)
{
    const acrm_finance_terms *t = plan->t;
    int32_t holidays = t->grace_interest;
    int32_t grace = t->grace_principal > holidays ? t->grace_principal : holidays;
    acrm__period first = { .mode = grace > 0 ? ACRM__MODE_HOLIDAY : ACRM__MODE_PAY,
                           .ratio = plan->first };
    acrm__u128 one = acrm__q112_discount(plan_level_ratio(plan, 1, &first));
    acrm__u128 v = acrm__q112_discount(plan->regular);
    acrm__u128 factor = ACRM__Q112_ONE;
    acrm__u128 power;
    acrm__u128 powers;

    if (holidays > 0 && t->unpaid == ACRM_UNPAID_CAPITALISE) {
        acrm__q112_powers(v, holidays - 1, &power, &powers);
        factor = acrm__q112_mul(one, power);
    }
    factor = acrm__q112_mul(factor, grace > 0 ? v : one);
    acrm__q112_powers(v, t->periods - 1 - grace, &power, &powers);
    sum->solved = true;
    sum->shares = factor + acrm__q112_mul(factor, powers);
    sum->balloon = acrm__q112_mul(factor, power);
    if (plan->advance)
        sum->balloon = acrm__q112_mul(sum->balloon, v);
}

/* An amount with 64 fraction bits times a ratio. */
static acrm__q64 plan_q64_part(acrm__q64 amount, acrm__ratio ratio)
{
    acrm__u128 top = (acrm__u128)(uint64_t)ratio.num << 64;
    acrm__u128 high = top / (uint64_t)ratio.den;
    acrm__u128 low = ((top - high * (uint64_t)ratio.den) << 48) / (uint64_t)ratio.den;
    acrm__u128 q112 = (high << 48) + low;
    acrm__u128 value = (acrm__u128)amount.whole << 64 | amount.part;
    acrm__u128 part = acrm__mul_shift(value, q112, ACRM__Q112_BITS);

    return (acrm__q64){ .whole = (uint64_t)(part >> 64), .part = (uint64_t)part };
}

/* EQUAL_PRINCIPAL and INTEREST_ONLY: what is paid in the first regular row, not rounded. */
static bool plan_first_payment(acrm__plan *plan, acrm__u128 factor, acrm__ratio ratio)
{
    acrm__u128 loan = (acrm__u128)(uint64_t)plan->loan << ACRM__Q76_BITS;
    acrm__q64 balance;

    if (!acrm__q76_over(loan, factor, &balance) || balance.whole > ACRM_FINANCE_AMOUNT_MAX)
        return false;
    acrm__q64 interest = plan_q64_part(balance, ratio);
    acrm__u128 value = (acrm__u128)interest.whole << 64 | interest.part;
    if (plan->t->kind == ACRM_FINANCE_EQUAL_PRINCIPAL) {
        acrm__u128 rest = (acrm__u128)balance.whole << 64 | balance.part;
        acrm__u128 balloon = (acrm__u128)(uint64_t)plan->balloon << 64;
        value += rest > balloon ? (rest - balloon) / (uint64_t)plan->payers : 0;
    }
    plan->exact = (acrm__q64){ .whole = (uint64_t)(value >> 64), .part = (uint64_t)value };
    return plan->exact.whole <= ACRM_FINANCE_AMOUNT_MAX;
}

static int32_t plan_over(const acrm__plan *plan, const char *field)
{
    return acrm__issue(plan->issue, ACRM_E_LIMIT, field, -1,
                       "amounts up to 1000000000000000 on the way");
}

/* Counts the periods in which the regular payment, and a share of a flat cost, is made. */
static int32_t plan_count(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    int32_t mode = 0;
    int32_t grace = t->grace_principal > t->grace_interest ? t->grace_principal
                                                           : t->grace_interest;

    plan->payers = t->periods - grace;
    plan->sharers = t->periods - t->grace_interest;
    if (t->skip_months == 0)
        return ACRM_OK;
    plan->payers = 0;
    plan->sharers = 0;
    for (int32_t k = 1; k <= t->periods; k++) {
        int32_t status = acrm__plan_mode(plan, k, &mode);
        if (status != ACRM_OK)
            return status;
        plan->sharers += mode != ACRM__MODE_HOLIDAY;
        plan->payers += mode == ACRM__MODE_PAY;
    }
    return ACRM_OK;
}

/* Any contract, period by period. */
static int32_t plan_sum_walk(acrm__plan *plan, plan_sum *sum)
{
    const acrm_finance_terms *t = plan->t;
    int32_t from = t->start_day;
    int32_t wanted = t->kind == ACRM_FINANCE_INTEREST_ONLY ? ACRM__MODE_INTEREST : ACRM__MODE_PAY;
    acrm__period period;

    for (int32_t k = 1; k <= t->periods + (plan->advance ? 1 : 0); k++) {
        int32_t status = acrm__plan_period(plan, k, from, &period);
        if (status != ACRM_OK)
            return status;
        from = period.to;
        if (t->kind != ACRM_FINANCE_ANNUITY && period.mode == wanted)
            return plan_first_payment(plan, sum->factor, period.ratio) ? ACRM_OK
                                                                      : plan_over(plan, "rate");
        if (period.mode == ACRM__MODE_PAY ||
            (period.mode == ACRM__MODE_HOLIDAY && t->unpaid == ACRM_UNPAID_CAPITALISE))
            sum->factor = acrm__q112_mul(
                sum->factor, acrm__q112_discount(plan_level_ratio(plan, k, &period)));
        if (period.mode == ACRM__MODE_PAY && k <= t->periods)
            plan_add_payer(plan, k, sum);
    }
    sum->balloon = sum->factor;
    return ACRM_OK;
}

/* The balloon of a contract in arrears is due with its last instalment, so the walk ends there. */
static int32_t plan_annuity(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    plan_sum sum = { .factor = ACRM__Q112_ONE };
    int32_t status = ACRM_OK;

    if (t->kind == ACRM_FINANCE_ANNUITY && plan->nominal && t->skip_months == 0 &&
        t->interest_free == 0 && t->steps_len == 0)
        plan_sum_uniform(plan, &sum);
    else
        status = plan_sum_walk(plan, &sum);
    if (status != ACRM_OK || t->kind != ACRM_FINANCE_ANNUITY)
        return status;

    acrm__u128 loan = (acrm__u128)(uint64_t)plan->loan << ACRM__Q76_BITS;
    acrm__u128 owed = acrm__q76_of(plan->balloon, sum.balloon);
    if (sum.over)
        return plan_over(plan, "steps");
    if (!sum.solved)
        plan->exact = (acrm__q64){ 0 }; /* every instalment is given */
    else if (owed + sum.given > loan)
        return acrm__issue(plan->issue, ACRM_E_INVALID, "steps", -1,
                           "amounts that leave something to the other instalments");
    else if (!acrm__q76_over(loan - owed - sum.given, sum.shares, &plan->exact))
        return plan_over(plan, "rate");
    if (t->instalment != 0)
        plan->exact = (acrm__q64){ .whole = (uint64_t)t->instalment };
    return ACRM_OK;
}

/* The whole cost of a flat contract: loan * rate * years, exact. */
static int32_t plan_flat_cost(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    int32_t count = t->periods - t->interest_free;
    int32_t from = t->start_day;
    acrm__ratio years = { 0, 1 };
    acrm__ratio sum = { 0, 1 };
    acrm__period period;
    int32_t equal = 0;

    for (int32_t k = 1; k <= t->periods + (plan->advance ? 1 : 0); k++) {
        int32_t status = acrm__plan_period(plan, k, from, &period);
        if (status != ACRM_OK)
            return status;
        from = period.to;
        if (period.ratio.num == 0)
            continue;
        /* Equal periods are added as one number, so that the sum stays exact and small. */
        if (plan->nominal && k > 1) {
            years = plan->regular;
            equal++;
        } else if (!acrm__ratio_add(sum, period.ratio, &sum)) {
            return plan_over(plan, "day_count");
        }
    }
    acrm__u128 regular = (acrm__u128)(uint64_t)years.num * (uint32_t)equal;
    if (equal > 0 && (!acrm__ratio_make(regular, (uint64_t)years.den, &years) ||
                     !acrm__ratio_add(sum, years, &sum)))
        return plan_over(plan, "rate");
    if (t->kind == ACRM_FINANCE_FLAT_AVERAGE && count > 0 &&
        !acrm__ratio_make((acrm__u128)(uint64_t)sum.num * (uint32_t)(count + 1),
                          (acrm__u128)(uint64_t)sum.den * 2 * (uint32_t)count, &sum))
        return plan_over(plan, "rate");
    plan->cost = acrm__plan_part(plan, "cost",
                                 t->kind == ACRM_FINANCE_FLAT
                                     ? "amount financed * rate * years"
                                     : "amount financed * rate * years * (n + 1) / (2 * n)",
                                 plan->loan, sum, 0);
    return plan->cost > ACRM_FINANCE_AMOUNT_MAX ? plan_over(plan, "rate") : ACRM_OK;
}

int64_t acrm__plan_shared(const acrm__plan *plan, int32_t count)
{
    const acrm_finance_terms *t = plan->t;
    uint64_t n = (uint64_t)plan->sharers;
    uint64_t k = (uint64_t)count;
    bool digits = t->spread == ACRM_SPREAD_DIGITS;
    uint64_t part = digits ? k * n - k * (k - 1) / 2 : k;
    uint64_t whole = digits ? n * (n + 1) / 2 : n;

    if (k >= n) /* the last share takes what rounding has left */
        return plan->cost;
    int64_t sum = acrm__round((acrm__u128)(uint64_t)plan->cost * part, whole, t->round_unit,
                              t->rounding);
    return sum < plan->cost ? sum : plan->cost;
}

/* Shares of the cost that fall due in interest-only rows are not in the instalments. */
static int32_t plan_flat(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    int32_t status = ACRM_OK;

    if (t->kind == ACRM_FINANCE_MURABAHA)
        plan->cost = t->profit;
    else
        status = plan_flat_cost(plan);
    if (status != ACRM_OK)
        return status;
    int64_t before = acrm__plan_shared(plan, plan->sharers - plan->payers);
    acrm__u128 rest = (acrm__u128)(uint64_t)(plan->loan - plan->balloon + plan->cost - before);
    acrm__u128 count = (acrm__u128)(uint32_t)plan->payers << ACRM__Q112_BITS;
    return acrm__q76_over(rest << ACRM__Q76_BITS, count, &plan->exact) ? ACRM_OK
                                                                       : plan_over(plan, "rate");
}

int32_t acrm__plan_make(acrm__plan *plan, const acrm_finance_terms *terms, acrm__trace *trace,
                        acrm_issue *issue)
{
    plan->t = terms;
    plan->issue = issue;
    plan->trace = trace;
    plan->dated = terms->start_day != ACRM_DAY_NONE;
    plan->nominal = terms->day_count == ACRM_DAYS_NOMINAL;
    plan->flat = terms->kind >= ACRM_FINANCE_FLAT;
    plan->advance = terms->timing == ACRM_TIMING_ADVANCE;
    plan->own_line = false;
    plan->first_days = 0;
    plan->odd_days = 0;
    plan->cost = 0;
    plan->level = 0;
    plan->exact = (acrm__q64){ 0 };

    int32_t status = acrm__terms_check(terms, issue);
    if (status == ACRM_OK)
        status = acrm__plan_deal(plan);
    if (status == ACRM_OK)
        status = acrm__plan_dates(plan);
    if (status == ACRM_OK)
        status = plan_count(plan);
    if (status == ACRM_OK)
        status = plan->flat ? plan_flat(plan) : plan_annuity(plan);
    if (status != ACRM_OK)
        return status;
    plan->level = acrm__round_q64(plan->exact, terms->instalment_unit,
                                  terms->instalment_rounding);
    if (plan->level > ACRM_FINANCE_AMOUNT_MAX)
        return plan_over(plan, "rate");
    if (trace != NULL) {
        acrm_explain_line line = { .figure = "instalment",
                                   .formula = plan->flat
                                                  ? "(amount financed - balloon + cost) / payments"
                                                  : "(amount financed - balloon * V) / sum of V",
                                   .rounded = plan->level,
                                   .unit = terms->instalment_unit,
                                   .rounding = terms->instalment_rounding };
        line.ppt = acrm__q64_ppt(plan->exact, &line.whole);
        acrm__trace_add(trace, &line);
    }
    return ACRM_OK;
}
