/* SPDX-License-Identifier: MIT */
/*
 * Partial prepayment and restructuring: the rest of a contract written anew.
 *
 * The level instalment is the exact one, rounded: what is owed over the sum of the discount factors
 * of its dues, each period with its own day-count fraction. The last due takes what rounding left.
 */
#include "engines/finance/servicing_internal.h"

/* What is to be written: the principal, the interest so far, and when the dues fall. */
typedef struct recast_plan {
    const acrm_recast_terms *terms;
    const acrm_due *old; /* prepayment: the dues replaced; NULL: days are made */
    size_t n;            /* dues at most */
    int32_t from;        /* first day of the new principal */
    int32_t period_from; /* where the period that holds it begins */
    int64_t principal;
    int64_t earned; /* interest that falls due with the first due on top of its own */
    int64_t balloon;
    int32_t mode;
    acrm_explain_line *lines; /* the steps, as many as there is room for */
    size_t lines_max, lines_len;
} recast_plan;

/* Where the next step is recorded; NULL when there is no room. */
static acrm_explain_line *recast_line(recast_plan *plan, const char *figure, const char *formula)
{
    acrm_explain_line *line = NULL;

    if (plan->lines_len < plan->lines_max) {
        line = &plan->lines[plan->lines_len];
        *line = (acrm_explain_line){ .figure = figure, .formula = formula };
    }
    plan->lines_len++;
    return line;
}

static int32_t recast_day(const recast_plan *plan, size_t i)
{
    const acrm_recast_terms *t = plan->terms;
    int64_t k = (int64_t)i;

    if (plan->old != NULL)
        return plan->old[i].day;
    if (t->step_months > 0)
        return acrm__day_in_month(t->first_due_day, (int32_t)(k * t->step_months),
                                  acrm__date_of(t->first_due_day).day);
    int64_t day = t->first_due_day + k * t->step_days;
    return day > ACRM_DAY_MAX ? ACRM_DAY_MAX : (int32_t)day;
}

static int32_t recast_interest(const recast_plan *plan, size_t i, int32_t from, int32_t to,
                               int64_t balance, int64_t *interest, acrm_explain_line *line)
{
    acrm__stretch stretch = { from, to, i == 0 ? plan->period_from : from, to };
    int32_t status = acrm__interest(&plan->terms->interest, balance, stretch, interest, line);

    if (status == ACRM_OK && i == 0)
        *interest += plan->earned;
    return status;
}

/* A walk over the dues with one instalment. */
typedef struct recast_walk {
    int64_t left;     /* principal that the instalments do not repay */
    size_t dues;      /* how many were needed */
    int64_t interest; /* in sum */
    size_t short_at;  /* first due whose instalment is not above its interest; n: none */
} recast_walk;

/* The principal of due i as the mode has it. A level instalment that its interest exceeds, as odd
 * days before the first due can bring, repays nothing: principal never grows. */
static int64_t recast_part(const recast_plan *plan, size_t i, int64_t instalment, int64_t interest)
{
    if (plan->mode == ACRM_RECAST_LAST)
        return acrm__unpaid(&plan->old[i], ACRM_PART_PRINCIPAL);
    if (plan->old == NULL && i < (size_t)plan->terms->interest_only)
        return 0;
    return instalment < interest && plan->mode == ACRM_RECAST_LOWER ? 0 : instalment - interest;
}

/* Repays by `instalment`; with rows NULL nothing is written or recorded. Ends early when the
 * interest passes all limits. */
static int32_t recast_run(recast_plan *plan, int64_t instalment, acrm_due *rows,
                          recast_walk *walk)
{
    int64_t balance = plan->principal;
    int32_t from = plan->from;

    *walk = (recast_walk){ .short_at = plan->n };
    for (size_t i = 0; i < plan->n && balance > 0; i++) {
        int32_t day = recast_day(plan, i);
        int64_t interest = 0;
        acrm_explain_line *line =
            rows != NULL ? recast_line(plan, "interest", "principal * rate * days") : NULL;
        int32_t status = recast_interest(plan, i, from, day, balance, &interest, line);
        if (status != ACRM_OK)
            return status;
        int64_t part = recast_part(plan, i, instalment, interest);
        bool pays = plan->old != NULL || i >= (size_t)plan->terms->interest_only;
        if (plan->mode == ACRM_RECAST_SHORTEN) {
            if (part <= 0 && pays && walk->short_at == plan->n)
                walk->short_at = i;
        } else if (i + 1 == plan->n) {
            part = balance;
        }
        part = part < balance ? part : balance;
        balance -= part;
        walk->interest += interest;
        walk->dues = i + 1;
        if (balance > ACRM_FINANCE_AMOUNT_MAX || walk->interest > ACRM_FINANCE_AMOUNT_MAX)
            break;
        if (rows != NULL) {
            rows[i] = (acrm_due){ .number = (int32_t)i + 1, .day = day };
            rows[i].due[ACRM_PART_INTEREST] = interest;
            rows[i].due[ACRM_PART_PRINCIPAL] = part;
        }
        from = day;
    }
    walk->left = balance;
    return ACRM_OK;
}

/* principal + earned * v_1 - balloon * v_1 ... v_n, over the sum of v_1 ... v_k. Dues that pay
 * interest only come before them, and pay the earned interest too. */
static int32_t recast_level(recast_plan *plan, int64_t *instalment)
{
    const acrm_interest *interest = &plan->terms->interest;
    size_t first = plan->old == NULL ? (size_t)plan->terms->interest_only : 0;
    int32_t from = first > 0 ? recast_day(plan, first - 1) : plan->from;
    acrm__u128 factor = ACRM__Q112_ONE;
    acrm__u128 sum = 0;
    acrm__u128 present = acrm__q76_of(plan->principal, ACRM__Q112_ONE);
    acrm__q64 exact;

    for (size_t i = first; i < plan->n; i++) {
        int32_t day = recast_day(plan, i);
        acrm__ratio ratio = { 0, 1 };
        int32_t days = 0;
        acrm__stretch stretch = { from, day, i == 0 ? plan->period_from : from, day };
        int32_t status = acrm__interest_ratio(interest, stretch, &ratio, &days);
        if (status != ACRM_OK)
            return status;
        factor = acrm__q112_mul(factor, acrm__q112_discount(ratio));
        if (i == 0)
            present += acrm__q76_of(plan->earned, factor);
        sum += factor;
        from = day;
    }
    present -= acrm__q76_of(plan->balloon, factor);
    if (!acrm__q76_over(present, sum, &exact))
        return ACRM_E_LIMIT;
    *instalment = acrm__round_q64(exact, interest->round_unit, interest->rounding);
    acrm_explain_line *line =
        recast_line(plan, "instalment",
                    "(principal + earned * v1 - balloon * v1...vn) / sum of v1...vk");
    if (line != NULL) {
        line->ppt = acrm__q64_ppt(exact, &line->whole);
        line->base = plan->principal;
        line->rounded = *instalment;
        line->unit = interest->round_unit;
        line->rounding = interest->rounding;
    }
    return *instalment == ACRM__OVER ? ACRM_E_LIMIT : ACRM_OK;
}

/* Writes the rows of the plan; fills dues, principal, instalment and interest of the result. */
static int32_t recast_write(recast_plan *plan, acrm_due *rows, size_t rows_max,
                            acrm_recast_result *result, acrm_issue *issue)
{
    int64_t instalment = plan->terms->instalment;
    recast_walk walk = { 0 };
    int32_t status = ACRM_OK;

    if (plan->mode == ACRM_RECAST_LOWER)
        status = recast_level(plan, &instalment);
    else if (plan->mode == ACRM_RECAST_SHORTEN && instalment == 0 && plan->old != NULL)
        instalment = acrm__unpaid(&plan->old[0], ACRM_PART_PRINCIPAL) +
                     acrm__unpaid(&plan->old[0], ACRM_PART_INTEREST);
    if (status == ACRM_OK)
        status = recast_run(plan, instalment, NULL, &walk);
    if (status != ACRM_OK || walk.interest > ACRM_FINANCE_AMOUNT_MAX)
        return acrm__issue(issue, ACRM_E_LIMIT, "terms", -1, "interest within 1000000000000000");
    if (walk.short_at < walk.dues)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.instalment", (int64_t)walk.short_at,
                           "above the interest of each due");
    if (walk.left != 0)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.instalment", -1,
                           "enough to repay within the periods");
    if (walk.dues > rows_max)
        return acrm__issue(issue, ACRM_E_LIMIT, "rows_max", -1, "as many as there are dues");
    recast_run(plan, instalment, rows, &walk);
    result->dues = (int32_t)walk.dues;
    result->principal = plan->principal;
    result->interest = walk.interest;
    result->instalment = plan->mode == ACRM_RECAST_LAST
                             ? rows[0].due[ACRM_PART_INTEREST] + rows[0].due[ACRM_PART_PRINCIPAL]
                             : instalment;
    return ACRM_OK;
}

static int32_t recast_check(const acrm_recast_terms *terms, const acrm_due *dues, size_t n_dues,
                            int32_t day, acrm_issue *issue)
{
    int32_t status = acrm__interest_check(&terms->interest, true, issue);

    if (status == ACRM_OK)
        status = acrm__dues_check(dues, n_dues, NULL, issue);
    if (status != ACRM_OK)
        return status;
    if (n_dues == 0)
        return acrm__issue(issue, ACRM_E_INVALID, "dues", -1, "1..36525 rows");
    if (!acrm__day_ok(terms->start_day) || dues[0].day < terms->start_day)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.start_day", -1,
                           "a date not after the first due");
    if (!acrm__day_ok(day) || day < terms->start_day)
        return acrm__issue(issue, ACRM_E_INVALID, "day", -1, "terms.start_day..9999-12-31");
    if (terms->instalment < 0 || terms->instalment > ACRM_FINANCE_AMOUNT_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.instalment", -1, "0..1000000000000000");
    if (terms->balloon < 0 || terms->balloon > ACRM_FINANCE_AMOUNT_MAX ||
        (terms->balloon > 0 && terms->mode != ACRM_RECAST_LOWER))
        return acrm__issue(issue, ACRM_E_INVALID, "terms.balloon", -1,
                           "0, or with LOWER less than the principal");
    return ACRM_OK;
}

static bool recast_misuse(const acrm_recast_terms *terms, const acrm_due *dues, size_t n_dues,
                          const acrm_due *rows, size_t rows_max, const acrm_recast_result *result)
{
    return terms == NULL || terms->struct_size != sizeof *terms || result == NULL ||
           result->struct_size != sizeof *result || acrm__no_array(dues, n_dues) ||
           acrm__no_array(rows, rows_max);
}

/* Interest earned since the last due up to a day, on the principal not yet due. */
static int32_t recast_earned(recast_plan *plan, const acrm_due *dues, size_t n_dues, size_t passed,
                             int32_t day, int64_t *earned)
{
    const acrm_recast_terms *terms = plan->terms;
    int32_t last = passed > 0 ? dues[passed - 1].day : terms->start_day;
    int64_t principal = 0;

    if (passed == n_dues)
        return ACRM_OK;
    for (size_t i = passed; i < n_dues; i++)
        principal += acrm__unpaid(&dues[i], ACRM_PART_PRINCIPAL);
    return acrm__interest(&terms->interest, principal,
                          (acrm__stretch){ last, day, last, dues[passed].day }, earned,
                          recast_line(plan, "earned", "principal not yet due * rate * days"));
}

/* Unpaid fees and penalties move along; those of dues that fall away go to the last. */
static void recast_carry(const acrm_due *old, size_t n_old, acrm_due *rows, size_t n_rows)
{
    for (size_t i = 0; i < n_old; i++) {
        acrm_due *row = &rows[i < n_rows ? i : n_rows - 1];
        row->due[ACRM_PART_FEE] += acrm__unpaid(&old[i], ACRM_PART_FEE);
        row->due[ACRM_PART_PENALTY] += acrm__unpaid(&old[i], ACRM_PART_PENALTY);
        if (i < n_rows)
            row->number = old[i].number;
    }
}

int32_t acrm_prepay(const acrm_recast_terms *terms, const acrm_due *dues, size_t n_dues,
                    int32_t day, int64_t amount, acrm_due *rows, size_t rows_max,
                    acrm_recast_result *result, acrm_explain_line *lines, size_t lines_max,
                    size_t *n_lines, acrm_issue *issue)
{
    if (recast_misuse(terms, dues, n_dues, rows, rows_max, result) ||
        acrm__no_array(lines, lines_max))
        return ACRM_E_MISUSE;

    int32_t status = recast_check(terms, dues, n_dues, day, issue);
    if (status != ACRM_OK)
        return status;
    if (terms->mode < ACRM_RECAST_SHORTEN || terms->mode > ACRM_RECAST_LAST)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.mode", -1, "0..2");
    size_t passed = acrm__dues_upto(dues, n_dues, day);
    acrm_recast_result sums = { .struct_size = sizeof sums };
    recast_plan plan = { .terms = terms,
                         .old = dues + passed,
                         .n = n_dues - passed,
                         .from = day,
                         .period_from = passed > 0 ? dues[passed - 1].day : terms->start_day,
                         .balloon = terms->balloon,
                         .mode = terms->mode,
                         .lines = lines,
                         .lines_max = lines_max };
    for (size_t i = 0; i < n_dues; i++) {
        bool later = i >= passed;
        if (later ? dues[i].paid[ACRM_PART_INTEREST] + dues[i].paid[ACRM_PART_PRINCIPAL] > 0
                  : acrm__unpaid_all(&dues[i]) > 0)
            return acrm__issue(issue, ACRM_E_CONFLICT, "dues.paid", (int64_t)i,
                               later ? "no interest or principal of dues after the day"
                                     : "all of the dues up to the day");
        plan.principal += later ? dues[i].due[ACRM_PART_PRINCIPAL] : 0;
        sums.interest_saved += later ? dues[i].due[ACRM_PART_INTEREST] : 0;
    }
    if (amount < 1 || amount >= plan.principal)
        return acrm__issue(issue, ACRM_E_INVALID, "amount", -1, "1 to less than what is owed");
    plan.principal -= amount;
    if (terms->balloon >= plan.principal)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.balloon", -1,
                           "less than the principal left");
    status = recast_earned(&plan, dues, n_dues, passed, day, &plan.earned);
    if (status != ACRM_OK)
        return acrm__issue(issue, ACRM_E_LIMIT, "terms", -1, "interest within 1000000000000000");
    status = recast_write(&plan, rows, rows_max, &sums, issue);
    if (status != ACRM_OK)
        return status;
    recast_carry(plan.old, plan.n, rows, (size_t)sums.dues);
    sums.interest_saved -= sums.interest;
    *result = sums;
    if (n_lines != NULL)
        *n_lines = plan.lines_len;
    return ACRM_OK;
}

static int32_t recast_check_new(const acrm_recast_terms *terms, int32_t day, acrm_issue *issue)
{
    if (terms->mode != ACRM_RECAST_SHORTEN && terms->mode != ACRM_RECAST_LOWER)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.mode", -1, "0, 1");
    if (terms->mode == ACRM_RECAST_SHORTEN && terms->instalment == 0)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.instalment", -1, "1..1000000000000000");
    if (terms->periods < 1 || terms->periods > ACRM_DUES_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.periods", -1, "1..36525");
    if (terms->interest_only < 0 || terms->interest_only >= terms->periods)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.interest_only", -1, "0..periods - 1");
    if (terms->capitalise < 0 || terms->capitalise >= 1 << ACRM_PART_PRINCIPAL)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.capitalise", -1, "0..7");
    if (terms->step_months < 0 || terms->step_months > 12)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.step_months", -1, "0..12");
    if (terms->step_months == 0 && (terms->step_days < 1 || terms->step_days > 366))
        return acrm__issue(issue, ACRM_E_INVALID, "terms.step_days", -1, "1..366");
    int64_t reach = (int64_t)terms->periods *
                    (terms->step_months > 0 ? terms->step_months * 31 : terms->step_days);
    if (!acrm__day_ok(terms->first_due_day) || terms->first_due_day <= day ||
        terms->first_due_day + reach > ACRM_DAY_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.first_due_day", -1,
                           "after the day, the last due within 9999-12-31");
    return ACRM_OK;
}

/* The unpaid amounts: principal, and the others by whether they are added or forgiven. */
static int32_t recast_gather(recast_plan *plan, const acrm_due *dues, size_t n_dues, int32_t day,
                             acrm_recast_result *sums, acrm_issue *issue)
{
    const acrm_recast_terms *terms = plan->terms;
    size_t passed = acrm__dues_upto(dues, n_dues, day);
    int64_t unpaid[ACRM_PARTS] = { 0 };
    int64_t earned = 0;

    for (size_t i = 0; i < n_dues; i++) {
        if (i >= passed && dues[i].paid[ACRM_PART_INTEREST] > 0)
            return acrm__issue(issue, ACRM_E_CONFLICT, "dues.paid", (int64_t)i,
                               "no interest of dues after the day");
        sums->interest_saved += acrm__unpaid(&dues[i], ACRM_PART_INTEREST);
        for (int32_t part = 0; part < ACRM_PARTS; part++)
            if (i < passed || part == ACRM_PART_PRINCIPAL || part == ACRM_PART_PENALTY)
                unpaid[part] += acrm__unpaid(&dues[i], part);
    }
    int32_t status = recast_earned(plan, dues, n_dues, passed, day, &earned);
    if (status != ACRM_OK || earned > ACRM_FINANCE_AMOUNT_MAX - unpaid[ACRM_PART_INTEREST])
        return acrm__issue(issue, ACRM_E_LIMIT, "terms", -1, "interest within 1000000000000000");
    unpaid[ACRM_PART_INTEREST] += earned;
    for (int32_t part = 0; part < ACRM_PART_PRINCIPAL; part++) {
        bool added = (terms->capitalise >> part & 1) != 0;
        *(added ? &sums->capitalised : &sums->forgiven) += unpaid[part];
    }
    plan->principal = unpaid[ACRM_PART_PRINCIPAL] + sums->capitalised;
    if (plan->principal < 1 || plan->principal > ACRM_FINANCE_AMOUNT_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "dues", -1,
                           "1..1000000000000000 owed, what is added included");
    return ACRM_OK;
}

int32_t acrm_restructure(const acrm_recast_terms *terms, const acrm_due *dues, size_t n_dues,
                         int32_t day, acrm_due *rows, size_t rows_max, acrm_recast_result *result,
                         acrm_explain_line *lines, size_t lines_max, size_t *n_lines,
                         acrm_issue *issue)
{
    if (recast_misuse(terms, dues, n_dues, rows, rows_max, result) ||
        acrm__no_array(lines, lines_max))
        return ACRM_E_MISUSE;

    int32_t status = recast_check(terms, dues, n_dues, day, issue);
    if (status == ACRM_OK)
        status = recast_check_new(terms, day, issue);
    if (status != ACRM_OK)
        return status;
    acrm_recast_result sums = { .struct_size = sizeof sums };
    recast_plan plan = { .terms = terms,
                         .n = (size_t)terms->periods,
                         .from = day,
                         .balloon = terms->balloon,
                         .mode = terms->mode,
                         .lines = lines,
                         .lines_max = lines_max };
    int32_t first = terms->first_due_day;
    /* A whole period before the first due, by which ACRM_DAYS_NOMINAL measures an odd one. */
    plan.period_from = terms->step_months > 0
                           ? acrm__day_in_month(first, -terms->step_months,
                                                acrm__date_of(first).day)
                           : first - terms->step_days;
    status = recast_gather(&plan, dues, n_dues, day, &sums, issue);
    if (status == ACRM_OK && terms->balloon >= plan.principal)
        status = acrm__issue(issue, ACRM_E_INVALID, "terms.balloon", -1,
                             "less than the principal");
    if (status == ACRM_OK)
        status = recast_write(&plan, rows, rows_max, &sums, issue);
    if (status != ACRM_OK)
        return status;
    sums.interest_saved -= sums.interest;
    *result = sums;
    if (n_lines != NULL)
        *n_lines = plan.lines_len;
    return ACRM_OK;
}
