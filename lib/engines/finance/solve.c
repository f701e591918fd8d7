/* SPDX-License-Identifier: MIT */
/* Finds the one unknown of a contract that makes its regular instalment a wanted one. */
#include "engines/finance/schedule_internal.h"

#include "engines/finance/finance_internal.h"

#include <math.h>

/*
 * The instalment only rises, or only falls, with each unknown, and so does the amount financed,
 * which decides whether the terms are valid at all. So bisection over whole values finds every
 * answer; what lies outside the valid values counts as too low or too high.
 */
typedef struct solve_unknown {
    size_t at; /* the member of the terms */
    int64_t min, max;
    bool wide;         /* the member is an int64 */
    bool falling;      /* the instalment falls as the unknown rises */
    bool invalid_high; /* ACRM_E_INVALID says that the unknown is too high, else too low */
    bool limit_high;   /* the same for ACRM_E_LIMIT */
} solve_unknown;

#define AT(member) offsetof(acrm_finance_terms, member)
#define AMOUNTS 0, ACRM_FINANCE_AMOUNT_MAX

static const solve_unknown solve_unknowns[] = {
    [ACRM_SOLVE_RATE] = { AT(rate), 0, ACRM_FINANCE_RATE_MAX, true, false, false, true },
    [ACRM_SOLVE_TERM] = { AT(periods), 1, ACRM_FINANCE_PERIODS_MAX, false, true, true, true },
    [ACRM_SOLVE_PRICE] = { AT(price), AMOUNTS, true, false, false, true },
    [ACRM_SOLVE_DEPOSIT] = { AT(deposit), AMOUNTS, true, true, true, false },
    [ACRM_SOLVE_BALLOON] = { AT(balloon), AMOUNTS, true, true, true, false },
    [ACRM_SOLVE_TRADE_IN] = { AT(trade_in), AMOUNTS, true, true, true, false },
};

#undef AT
#undef AMOUNTS

typedef struct solve_task {
    acrm_finance_terms terms; /* a copy, to put values in */
    const solve_unknown *unknown;
    acrm_issue issue;   /* of the last value that was refused */
    int32_t broken;     /* what the callback returned, when it did not answer */
    int64_t wanted;
    int64_t low, high; /* the valid values */
} solve_task;

/* What a value of the unknown gives: its status, and the instalment. */
typedef struct solve_point {
    int32_t status;
    acrm__q64 exact;
    int64_t rounded;
} solve_point;

static void solve_put(solve_task *task, int64_t value)
{
    char *member = (char *)&task->terms + task->unknown->at;

    if (task->unknown->wide)
        *(int64_t *)(void *)member = value;
    else
        *(int32_t *)(void *)member = (int32_t)value;
}

/* The rounded instalment of a kind without a level one: that of its first regular row. */
static int32_t solve_first_row(const acrm__plan *plan, int64_t *out)
{
    uint32_t mask = ACRM_ROW_HOLIDAY | ACRM_ROW_INTEREST_ONLY;
    uint32_t regular = plan->t->kind == ACRM_FINANCE_INTEREST_ONLY ? ACRM_ROW_INTEREST_ONLY : 0;
    acrm__cursor cursor = { .k = 0 };
    acrm_schedule_row row;

    do {
        int32_t status = acrm__schedule_next(plan, &cursor, &row);
        if (status != ACRM_OK)
            return status;
    } while (row.kind != ACRM_ROW_INSTALMENT || (row.flags & mask) != regular);
    *out = row.interest + row.principal;
    return ACRM_OK;
}

static solve_point solve_at(solve_task *task, int64_t value)
{
    acrm__plan plan;
    solve_point point = { 0 };

    solve_put(task, value);
    point.status = acrm__plan_make(&plan, &task->terms, NULL, &task->issue);
    point.exact = plan.exact;
    point.rounded = plan.level;
    if (point.status == ACRM_OK && !plan.flat && task->terms.kind != ACRM_FINANCE_ANNUITY)
        point.status = solve_first_row(&plan, &point.rounded);
    if (point.status != ACRM_OK && point.status != ACRM_E_INVALID &&
        point.status != ACRM_E_LIMIT)
        task->broken = point.status;
    return point;
}

static int solve_compare(const solve_task *task, const solve_point *point)
{
    /* As far as a q64 is exact: its last 2^-36. */
    acrm__u128 have = ((acrm__u128)point->exact.whole << 64 | point->exact.part) >> 28;
    acrm__u128 want = (acrm__u128)(uint64_t)task->wanted << 36;
    acrm__u128 gap = have > want ? have - want : want - have;

    return gap <= 1 ? 0 : have > want ? 1 : -1;
}

/* -1, 0, 1: the value gives less than, just, or more than what is wanted. by_exact: before, else
 * after rounding. */
static int solve_side(solve_task *task, int64_t value, bool by_exact)
{
    solve_point point = solve_at(task, value);
    int side = by_exact ? solve_compare(task, &point)
                        : (point.rounded > task->wanted) - (point.rounded < task->wanted);

    return task->unknown->falling ? -side : side;
}

/* The lowest value of low ... high + 1 whose side is at least `side`; high + 1 when none is. */
static int64_t solve_search(solve_task *task, int side, bool by_exact)
{
    int64_t low = task->low;
    int64_t high = task->high + 1;

    while (low < high && task->broken == ACRM_OK) {
        int64_t middle = low + (high - low) / 2;
        if (solve_side(task, middle, by_exact) >= side)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* From a valid value to the last valid one before an invalid one. */
static int64_t solve_edge(solve_task *task, int64_t good, int64_t bad)
{
    while (good - bad > 1 || bad - good > 1) {
        int64_t middle = good + (bad - good) / 2;
        if (solve_at(task, middle).status == ACRM_OK)
            good = middle;
        else
            bad = middle;
    }
    return good;
}

/* A term must go beyond the grace and the last step. */
static int64_t solve_lowest(const solve_task *task, int32_t unknown)
{
    const acrm_finance_terms *t = &task->terms;
    int32_t low = 1;

    if (unknown != ACRM_SOLVE_TERM)
        return task->unknown->min;
    low = t->grace_principal >= low ? t->grace_principal + 1 : low;
    low = t->grace_interest >= low ? t->grace_interest + 1 : low;
    low = t->interest_free > low ? t->interest_free : low;
    if (t->steps_len > 0 && t->steps != NULL && t->steps[t->steps_len - 1].from > low)
        low = t->steps[t->steps_len - 1].from;
    return low;
}

/* The valid values are an interval: finds one in it by the direction in which each refusal points,
 * and then both ends. */
static int32_t solve_valid(solve_task *task, int32_t unknown)
{
    const solve_unknown *u = task->unknown;
    int64_t low = solve_lowest(task, unknown);
    int64_t high = u->max;
    int64_t inside = low;
    int64_t below = low - 1;
    solve_point point = solve_at(task, inside);

    while (point.status != ACRM_OK) {
        if (task->broken != ACRM_OK)
            return point.status;
        if (point.status == ACRM_E_INVALID ? u->invalid_high : u->limit_high)
            high = inside - 1;
        else
            low = inside + 1;
        if (low > high)
            return point.status;
        below = low - 1;
        inside = low + (high - low) / 2;
        point = solve_at(task, inside);
    }
    task->low = solve_edge(task, inside, below);
    task->high = solve_at(task, high).status == ACRM_OK ? high : solve_edge(task, inside, high);
    return task->broken;
}

/* The value on or beside an edge of the search whose exact instalment is nearest. */
static int64_t solve_nearest(solve_task *task)
{
    acrm__u128 want = (acrm__u128)(uint64_t)task->wanted << 64;
    int64_t found = solve_search(task, 0, true);
    acrm__u128 gaps[2];

    if (found > task->high)
        return task->high;
    if (found == task->low)
        return found;
    for (int i = 0; i < 2; i++) {
        solve_point point = solve_at(task, found - i);
        acrm__u128 have = (acrm__u128)point.exact.whole << 64 | point.exact.part;
        gaps[i] = have > want ? have - want : want - have;
    }
    return gaps[1] < gaps[0] ? found - 1 : found;
}

static void solve_value(solve_task *task, bool same, acrm_solution *out)
{
    const int64_t low = task->low;
    const int64_t high = task->high;

    out->lowest = solve_search(task, 0, false);
    task->low = out->lowest; /* each search goes on where the one before has ended */
    out->highest = solve_search(task, 1, false) - 1;
    task->high = out->highest;
    if (out->lowest <= out->highest) {
        bool all = same && low < high && out->lowest == low && out->highest == high;
        out->solutions = all ? ACRM_SOLUTIONS_ALL : ACRM_SOLUTIONS_ONE;
    } else {
        task->low = low;
        task->high = high;
    }
    out->value = solve_nearest(task);
    out->instalment = solve_at(task, out->value).rounded;
    out->periods = task->terms.periods;
}

/* The number of payments of a plain annuity, from v^n = (payment - loan * i) / (payment - balloon
 * * i), where a payment in advance is worth (1 + i) of itself. */
static double solve_periods(const acrm__plan *plan, int64_t wanted, int32_t whole)
{
    const acrm_finance_terms *t = plan->t;
    double i = (double)plan->regular.num / (double)plan->regular.den;
    double payment = (double)wanted * (plan->advance ? 1 + i : 1);
    double loan = (double)plan->loan;
    double balloon = (double)plan->balloon;
    bool plain = t->kind == ACRM_FINANCE_ANNUITY && plan->nominal && t->skip_months == 0 &&
                 t->steps_len == 0 && t->grace_principal == 0 && t->grace_interest == 0 &&
                 t->interest_free == 0 && plan->first.num == plan->first_regular.num &&
                 plan->first.den == plan->first_regular.den;

    if (!plain)
        return whole;
    if (plan->regular.num == 0)
        return (loan - balloon) / payment;
    double periods = (log(payment - balloon * i) - log(payment - loan * i)) / log1p(i);
    return periods > 0 && periods <= ACRM_FINANCE_PERIODS_MAX ? periods : whole;
}

/* The wanted instalment is paid as often as it takes; the last one is smaller. An instalment that
 * only just pays the interest looks as if it did so in the end: its last payment gives it away. */
static int32_t solve_term(solve_task *task, acrm_solution *out)
{
    acrm__plan plan;
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    int64_t found = solve_search(task, 0, true);

    if (task->broken != ACRM_OK)
        return task->broken;
    out->value = found > task->high ? task->high : found;
    out->periods = (double)out->value;
    out->instalment = solve_at(task, out->value).rounded;
    if (found > task->high)
        return ACRM_OK;
    int32_t status = acrm__plan_make(&plan, &task->terms, NULL, &task->issue);
    if (status == ACRM_OK && task->terms.kind == ACRM_FINANCE_ANNUITY) {
        out->periods = solve_periods(&plan, task->wanted, (int32_t)found);
        task->terms.instalment = task->wanted;
        status = acrm_schedule(&task->terms, NULL, 0, &sum, &task->issue);
        if (status == ACRM_E_LIMIT || sum.last_instalment / 2 > task->wanted)
            return ACRM_OK;
    }
    if (status == ACRM_OK) {
        out->solutions = ACRM_SOLUTIONS_ONE;
        out->lowest = found;
        out->highest = found;
        out->instalment = task->wanted;
    }
    return status;
}

static int32_t solve_run(solve_task *task, int32_t unknown, acrm_solution *out)
{
    int32_t status = solve_valid(task, unknown);

    if (status != ACRM_OK)
        return status;
    solve_point low = solve_at(task, task->low);
    solve_point high = solve_at(task, task->high);
    bool same = low.exact.whole == high.exact.whole && low.exact.part == high.exact.part;

    out->reach_low = low.rounded < high.rounded ? low.rounded : high.rounded;
    out->reach_high = low.rounded < high.rounded ? high.rounded : low.rounded;
    out->lowest = 1; /* an empty interval, until there is a solution */
    if (unknown == ACRM_SOLVE_TERM)
        return solve_term(task, out);
    solve_value(task, same, out);
    return task->broken;
}

/* Nothing is sought but the instalment itself. */
static int32_t solve_payment(solve_task *task, acrm_solution *out)
{
    task->unknown = &solve_unknowns[ACRM_SOLVE_TERM];
    solve_point point = solve_at(task, task->terms.periods);

    out->solutions = ACRM_SOLUTIONS_ONE;
    out->value = out->lowest = out->highest = point.rounded;
    out->instalment = out->reach_low = out->reach_high = point.rounded;
    out->periods = task->terms.periods;
    return point.status;
}

int32_t acrm_finance_solve(const acrm_finance_terms *terms, int32_t unknown, int64_t instalment,
                           acrm_solution *solution, acrm_issue *issue)
{
    acrm_solution found = { .struct_size = sizeof found };

    if (terms == NULL || terms->struct_size != sizeof *terms || solution == NULL ||
        solution->struct_size != sizeof *solution)
        return ACRM_E_MISUSE;
    if (unknown < ACRM_SOLVE_PAYMENT || unknown > ACRM_SOLVE_TRADE_IN)
        return acrm__issue(issue, ACRM_E_INVALID, "unknown", -1, "0..6");
    if (terms->instalment != 0)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.instalment", -1, "0");
    if (unknown != ACRM_SOLVE_PAYMENT &&
        (instalment < 1 || instalment > ACRM_FINANCE_AMOUNT_MAX))
        return acrm__issue(issue, ACRM_E_INVALID, "instalment", -1, "1..1000000000000000");

    solve_task task = { .terms = *terms,
                        .unknown = &solve_unknowns[unknown],
                        .wanted = instalment };
    int32_t status = unknown == ACRM_SOLVE_PAYMENT ? solve_payment(&task, &found)
                                                   : solve_run(&task, unknown, &found);
    if (status != ACRM_OK) {
        if (issue != NULL && (status == ACRM_E_INVALID || status == ACRM_E_LIMIT))
            *issue = task.issue;
        return status;
    }
    *solution = found;
    return ACRM_OK;
}
