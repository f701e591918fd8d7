/* SPDX-License-Identifier: MIT */
/* The rows of a schedule and their sums. */
#include "engines/finance/schedule_internal.h"

#include "engines/finance/finance_internal.h"

static int32_t schedule_over(const acrm__plan *plan, const char *field)
{
    return acrm__issue(plan->issue, ACRM_E_LIMIT, field, -1,
                       "amounts up to 1000000000000000 in every row");
}

/* What stays in the balance behind the last instalment. The interest of an annuity's last period
 * in advance is not known yet, so its balloon row settles the rest. */
static int64_t schedule_floor(const acrm__plan *plan)
{
    bool settles = plan->advance && plan->t->kind == ACRM_FINANCE_ANNUITY;

    return settles ? 0 : plan->balloon;
}

/* Principal and interest of a payment may not leave the balance below the floor, nor a rest that
 * is too small for a payment of its own; the last one leaves nothing above it. */
static int64_t schedule_settled(const acrm__plan *plan, const acrm_schedule_row *row,
                                int64_t principal)
{
    int64_t owed = row->opening - schedule_floor(plan);
    bool open_end = plan->advance && plan->balloon > 0 &&
                    plan->t->kind == ACRM_FINANCE_ANNUITY;

    if (row->number == plan->t->periods && !open_end)
        return owed;
    return principal >= owed || owed - principal <= plan->t->tail ? owed : principal;
}

/* The first instalment bears the odd days, more or less than a regular period, alone. */
static int64_t schedule_extra(const acrm__plan *plan, const acrm_schedule_row *row)
{
    const acrm_finance_terms *t = plan->t;

    if (row->number != 1 || t->first_period == ACRM_FIRST_SPREAD || t->interest_free > 0)
        return 0;
    return row->accrued - acrm__round_part(row->opening, plan->first_regular, t->round_unit,
                                           t->rounding);
}

/* The equal part of principal; worked out anew when interest was added to the balance. */
static int64_t schedule_part(const acrm__plan *plan, acrm__cursor *cursor)
{
    const acrm_finance_terms *t = plan->t;

    if (cursor->part < 0)
        cursor->part = acrm__round((acrm__u128)(uint64_t)(cursor->balance - plan->balloon),
                                   (uint64_t)(plan->payers - cursor->payers), t->instalment_unit,
                                   t->instalment_rounding);
    return cursor->part;
}

static int64_t schedule_share(const acrm__plan *plan, acrm__cursor *cursor)
{
    int64_t before = cursor->shared;

    cursor->shared = acrm__plan_shared(plan, ++cursor->shares);
    int64_t share = cursor->shared - before;
    if (plan->trace != NULL)
        acrm__trace_add(plan->trace,
                        &(acrm_explain_line){
                            .figure = "interest",
                            .formula = "the cost laid on the payments so far, less that before",
                            .whole = share,
                            .rounded = share,
                            .unit = plan->t->round_unit,
                            .rounding = plan->t->rounding });
    return share;
}

/* What an annuity pays in a row; a short first period cannot make it less than nothing. */
static int64_t schedule_annuity(const acrm__plan *plan, const acrm_schedule_row *row)
{
    int64_t paid = acrm__plan_instalment(plan, row->number) + schedule_extra(plan, row);

    return paid > 0 ? paid : 0;
}

static void schedule_explain_principal(const acrm__plan *plan, const acrm_schedule_row *row,
                                       bool settled)
{
    const acrm_finance_terms *t = plan->t;
    const char *formula = settled      ? "what is still owed"
                          : plan->flat ? "instalment - share of the cost"
                          : t->kind == ACRM_FINANCE_EQUAL_PRINCIPAL
                              ? "(balance - balloon) / payments, as last worked out"
                              : "instalment - interest";

    acrm__trace_add(plan->trace, &(acrm_explain_line){ .figure = "principal",
                                                       .formula = formula,
                                                       .whole = row->principal,
                                                       .rounded = row->principal,
                                                       .unit = t->instalment_unit,
                                                       .rounding = t->instalment_rounding });
}

/* Interest and principal of a period that pays; row->accrued and row->opening are set. */
static void schedule_pay(const acrm__plan *plan, acrm__cursor *cursor, int32_t mode,
                         acrm_schedule_row *row)
{
    row->interest = row->accrued + cursor->waiting;
    cursor->waiting = 0;
    if (mode == ACRM__MODE_INTEREST) {
        row->flags |= ACRM_ROW_INTEREST_ONLY;
        return;
    }
    int64_t principal;
    if (plan->t->kind == ACRM_FINANCE_EQUAL_PRINCIPAL)
        principal = schedule_part(plan, cursor);
    else if (plan->flat)
        principal = plan->level - row->accrued;
    else
        principal = schedule_annuity(plan, row) - row->accrued;
    cursor->payers++;
    row->principal = schedule_settled(plan, row, principal);
    if (plan->trace != NULL)
        schedule_explain_principal(plan, row, row->principal != principal);
    if (row->principal < 0)
        row->flags |= ACRM_ROW_NEGATIVE;
}

static void schedule_holiday(const acrm__plan *plan, acrm__cursor *cursor, acrm_schedule_row *row)
{
    row->flags |= ACRM_ROW_HOLIDAY;
    if (plan->t->unpaid == ACRM_UNPAID_WITH_NEXT) {
        cursor->waiting += row->accrued;
        return;
    }
    row->interest = row->accrued;
    row->principal = -row->accrued;
    cursor->part = -1;
}

/* Charges of a row, and tax. Tax on interest leaves out interest that is only added to the
 * principal. */
static int32_t schedule_charges(const acrm__plan *plan, acrm_schedule_row *row)
{
    const acrm_finance_terms *t = plan->t;
    int64_t paid = row->interest + row->principal;
    int64_t taxable = t->tax_on == ACRM_TAX_PAYMENT    ? paid
                      : t->tax_on != ACRM_TAX_INTEREST ? 0
                      : row->principal < 0             ? paid
                                                       : row->interest;
    bool last = (row->flags & ACRM_ROW_LAST) != 0;

    if (taxable > 0)
        row->tax = acrm__plan_tax(plan, "tax", taxable);
    if (row->tax > ACRM_FINANCE_AMOUNT_MAX)
        return schedule_over(plan, "tax_rate");
    row->counted = paid + row->tax;
    for (size_t i = 0; i < t->charges_len; i++) {
        const acrm_finance_charge *charge = &t->charges[i];
        bool periodic = charge->when == ACRM_CHARGE_PERIODIC && row->kind == ACRM_ROW_INSTALMENT;
        if (!periodic && !(charge->when == ACRM_CHARGE_FINAL && last))
            continue;
        int64_t tax = 0;
        int64_t amount = acrm__plan_charge(
            plan, charge, charge->basis == ACRM_CHARGE_OF_BALANCE ? row->opening : plan->loan);
        if (amount > ACRM_FINANCE_AMOUNT_MAX)
            return schedule_over(plan, "charges");
        if ((charge->flags & ACRM_CHARGE_TAXED) != 0 && t->tax_on != ACRM_TAX_NONE)
            tax = acrm__plan_tax(plan, "tax on a charge", amount);
        if (tax > ACRM_FINANCE_AMOUNT_MAX)
            return schedule_over(plan, "tax_rate");
        row->fee += charge->kind == ACRM_CHARGE_FEE ? amount : 0;
        row->insurance += charge->kind == ACRM_CHARGE_INSURANCE ? amount : 0;
        row->tax += tax;
        row->counted += (charge->flags & ACRM_CHARGE_IN_APR) != 0 ? amount + tax : 0;
    }
    return ACRM_OK;
}

/* Ends a row: the balance, the charges, the total. */
static int32_t schedule_close(const acrm__plan *plan, acrm__cursor *cursor,
                              acrm_schedule_row *row)
{
    row->closing = row->opening - row->principal;
    if (row->closing > ACRM_FINANCE_AMOUNT_MAX || row->interest > ACRM_FINANCE_AMOUNT_MAX ||
        cursor->waiting > ACRM_FINANCE_AMOUNT_MAX)
        return schedule_over(plan, "rate");
    if (row->closing == 0) {
        row->flags |= ACRM_ROW_LAST;
        cursor->done = true;
    }
    if (row->pay_day != row->due_day)
        row->flags |= ACRM_ROW_MOVED;

    int32_t status = ACRM_OK;
    if (plan->t->charges_len > 0 || plan->t->tax_on > ACRM_TAX_PRICE_NET_TRADE_IN)
        status = schedule_charges(plan, row);
    else
        row->counted = row->interest + row->principal;
    row->total = row->interest + row->principal + row->fee + row->insurance + row->tax;
    cursor->balance = row->closing;
    return status;
}

static int32_t schedule_own_line(const acrm__plan *plan, acrm__cursor *cursor,
                                 acrm_schedule_row *row)
{
    int32_t pay = ACRM_DAY_NONE;
    int32_t status = acrm__plan_pay_day(plan, plan->advance ? 0 : -1, plan->regular_from, &pay);

    if (status != ACRM_OK)
        return status;
    *row = (acrm_schedule_row){ .kind = ACRM_ROW_FIRST_INTEREST,
                                .from_day = plan->t->start_day,
                                .due_day = plan->regular_from,
                                .pay_day = pay,
                                .opening = cursor->balance };
    row->accrued = acrm__plan_part(plan, "interest", "opening balance * rate * odd days",
                                   row->opening, plan->odd, plan->odd_days);
    row->interest = row->accrued;
    cursor->from = plan->regular_from;
    cursor->own_line = true;
    return schedule_close(plan, cursor, row);
}

int32_t acrm__schedule_next(const acrm__plan *plan, acrm__cursor *cursor, acrm_schedule_row *row)
{
    const acrm_finance_terms *t = plan->t;
    acrm__period period;

    if (cursor->k == 0) {
        *cursor = (acrm__cursor){ .k = 1, .from = t->start_day, .balance = plan->loan,
                                  .part = -1 };
        if (plan->own_line)
            return schedule_own_line(plan, cursor, row);
    }
    int32_t k = cursor->k++;
    bool balloon = k > t->periods; /* in arrears on the day of the last instalment */
    int32_t status = acrm__plan_period(plan, balloon && !plan->advance ? k - 1 : k, cursor->from,
                                       &period);
    if (status != ACRM_OK)
        return status;
    *row = (acrm_schedule_row){ .number = k,
                                .from_day = cursor->from,
                                .due_day = period.due,
                                .pay_day = period.pay,
                                .opening = cursor->balance };
    cursor->from = period.to;
    if (plan->flat && period.mode != ACRM__MODE_HOLIDAY && !balloon)
        row->accrued = schedule_share(plan, cursor);
    else if (!plan->flat && !(balloon && !plan->advance))
        row->accrued = acrm__plan_part(plan, "interest", "opening balance * rate * period",
                                       row->opening, period.ratio, period.days);
    if (row->accrued > ACRM_FINANCE_AMOUNT_MAX)
        return schedule_over(plan, "rate");
    if (balloon) {
        row->kind = ACRM_ROW_BALLOON;
        row->interest = row->accrued;
        row->principal = row->opening;
    } else if (period.mode == ACRM__MODE_HOLIDAY) {
        schedule_holiday(plan, cursor, row);
    } else {
        schedule_pay(plan, cursor, period.mode, row);
    }
    return schedule_close(plan, cursor, row);
}

/* Adds a row to the sums; false when they pass 2^63. */
static bool schedule_sum(const acrm__plan *plan, const acrm_schedule_row *row,
                         acrm_schedule_summary *sum)
{
    if ((row->flags & ACRM_ROW_NEGATIVE) != 0) {
        sum->first_negative = sum->negative_rows == 0 ? row->number : sum->first_negative;
        sum->negative_rows++;
    }
    if (row->kind == ACRM_ROW_INSTALMENT) {
        int64_t paid = row->interest + row->principal;
        uint32_t regular = plan->t->kind == ACRM_FINANCE_INTEREST_ONLY ? ACRM_ROW_INTEREST_ONLY
                                                                      : 0;
        sum->last_instalment = paid;
        if (sum->instalment < 0 &&
            (row->flags & (ACRM_ROW_HOLIDAY | ACRM_ROW_INTEREST_ONLY)) == regular)
            sum->instalment = paid;
    }
    sum->rows++;
    sum->principal += row->principal;
    return !(__builtin_add_overflow(sum->interest, row->interest, &sum->interest) ||
             __builtin_add_overflow(sum->fee, row->fee, &sum->fee) ||
             __builtin_add_overflow(sum->insurance, row->insurance, &sum->insurance) ||
             __builtin_add_overflow(sum->tax, row->tax, &sum->tax) ||
             __builtin_add_overflow(sum->total, row->total, &sum->total));
}

/* Rows of a contract with nothing but equal periods and equal instalments, without dates, may be
 * made by schedule_plain_rows(), all but the first and those from the last instalment on. */
static bool schedule_is_plain(const acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;

    return t->kind == ACRM_FINANCE_ANNUITY && !plan->dated && t->charges_len == 0 &&
           t->tax_on <= ACRM_TAX_PRICE_NET_TRADE_IN && t->steps_len == 0 &&
           t->grace_principal == 0 && t->grace_interest == 0 && t->interest_free == 0 &&
           t->rounding == ACRM_ROUND_HALF_UP && t->round_unit == 1;
}

/* Member by member: gcc clears a compound literal with a string instruction that takes longer than
 * all else in the loop. */
static inline void schedule_plain_row(acrm_schedule_row *row, int32_t number, int64_t opening,
                                      int64_t interest, int64_t total, int64_t closing)
{
    row->number = number;
    row->kind = ACRM_ROW_INSTALMENT;
    row->flags = 0;
    row->from_day = ACRM_DAY_NONE;
    row->due_day = ACRM_DAY_NONE;
    row->pay_day = ACRM_DAY_NONE;
    row->opening = opening;
    row->accrued = interest;
    row->interest = interest;
    row->principal = total - interest;
    row->fee = 0;
    row->insurance = 0;
    row->tax = 0;
    row->total = total;
    row->counted = total;
    row->closing = closing;
}

/*
 * Division by a constant as multiplication (Granlund and Montgomery, 1994): with 2^(l-1) < den <=
 * 2^l and factor = floor(2^(63+l) / den) + 1, floor(x * factor / 2^(63+l)) is floor(x / den) for
 * every x below 2^63. The chain from one balance to the next is what a schedule takes its time
 * for, and a division is most of it.
 */
typedef struct schedule_divisor {
    uint64_t factor;
    int shift;
} schedule_divisor;

static schedule_divisor schedule_divide_by(uint64_t den)
{
    int bits = 64 - __builtin_clzll(den - 1);

    assert(den > 1 && bits < 64);
    return (schedule_divisor){ .factor = (uint64_t)(((acrm__u128)1 << (63 + bits)) / den + 1),
                               .shift = bits - 1 };
}

static inline uint64_t schedule_quotient(uint64_t x, schedule_divisor by)
{
    return (uint64_t)((acrm__u128)x * by.factor >> 64) >> by.shift;
}

/* The same rows as acrm__schedule_next() would make, in a loop that does little more than their
 * arithmetic. It stops early at whatever needs more thought. */
static void schedule_plain_rows(const acrm__plan *plan, acrm__cursor *cursor,
                                acrm_schedule_row *rows, size_t rows_max,
                                acrm_schedule_summary *sum)
{
    const uint64_t num = (uint64_t)plan->regular.num;
    const uint64_t den = (uint64_t)plan->regular.den;
    const uint64_t half = den / 2;
    const int64_t level = plan->level;
    const int64_t floor = schedule_floor(plan) + plan->t->tail;
    const int64_t begun = cursor->balance;
    int64_t balance = begun;
    int64_t end = plan->t->periods < cursor->k + (int64_t)rows_max
                      ? plan->t->periods
                      : cursor->k + (int64_t)rows_max;
    const schedule_divisor by = schedule_divide_by(den); /* at least ACRM_RATE_ONE */
    acrm__u128 most = (acrm__u128)(uint64_t)balance * num + half;
    int32_t k = cursor->k;

    /* Once an instalment covers the interest, all later ones do, and the balance only falls. */
    if (most >> 63 != 0 || (uint64_t)most / den > (uint64_t)level)
        return;
    for (; k < end; k++) {
        int64_t interest = (int64_t)schedule_quotient((uint64_t)balance * num + half, by);
        int64_t closing = (balance - level) + interest; /* the shortest chain */
        if (closing <= floor)
            break;
        schedule_plain_row(rows++, k, balance, interest, level, closing);
        balance = closing;
    }
    int64_t made = k - cursor->k; /* below 2^16, and level below 2^50: far from overflow */
    sum->rows += (int32_t)made;
    sum->principal += begun - balance;
    sum->total += made * level;
    sum->interest += made * level - (begun - balance);
    cursor->payers += (int32_t)made;
    cursor->balance = balance;
    cursor->k = k;
}

/* All rows of a plan, into an array if there is one. */
static int32_t schedule_rows(const acrm__plan *plan, acrm_schedule_row *rows, size_t rows_max,
                             acrm_schedule_summary *sum)
{
    acrm__cursor cursor = { .k = 0 };
    bool plain = rows != NULL && schedule_is_plain(plan);
    acrm_schedule_row one;

    while (!cursor.done) {
        size_t n = (size_t)sum->rows;
        acrm_schedule_row *row = rows != NULL ? &rows[n] : &one;
        if (rows != NULL && n == rows_max)
            return acrm__issue(plan->issue, ACRM_E_LIMIT, "rows_max", -1, "periods + 2");
        int32_t status = acrm__schedule_next(plan, &cursor, row);
        if (status != ACRM_OK)
            return status;
        if (!schedule_sum(plan, row, sum))
            return schedule_over(plan, "periods");
        if (plain && !cursor.done) {
            schedule_plain_rows(plan, &cursor, row + 1, rows_max - n - 1, sum);
            plain = false;
        }
    }
    return ACRM_OK;
}

int32_t acrm_schedule(const acrm_finance_terms *terms, acrm_schedule_row *rows, size_t rows_max,
                      acrm_schedule_summary *summary, acrm_issue *issue)
{
    acrm__plan plan;
    acrm_schedule_summary sum = { .struct_size = sizeof sum };

    if (terms == NULL || terms->struct_size != sizeof *terms || (rows == NULL && rows_max > 0) ||
        (summary != NULL && summary->struct_size != sizeof *summary))
        return ACRM_E_MISUSE;

    int32_t status = acrm__plan_make(&plan, terms, NULL, issue);
    if (status != ACRM_OK)
        return status;
    sum.instalment = plan.flat || terms->kind == ACRM_FINANCE_ANNUITY ? plan.level : -1;
    status = schedule_rows(&plan, rows, rows_max, &sum);
    if (status != ACRM_OK || summary == NULL)
        return status;
    sum.price_tax = plan.price_tax;
    sum.financed = plan.loan;
    sum.upfront = plan.upfront;
    sum.advance_counted = plan.advance_counted;
    sum.exact_ppt = acrm__q64_ppt(plan.exact, &sum.exact_whole);
    *summary = sum;
    return ACRM_OK;
}
