/* SPDX-License-Identifier: MIT */
/* Closed-end leases: the payment, what is due at signing, and what it costs to end one. */
#include "engines/finance/schedule_internal.h"

#include "engines/finance/finance_internal.h"

#define LEASE_AMOUNT "0..1000000000000000"

enum { LEASE_MONTHS_MAX = 1200, LEASE_DEPOSITS_MAX = 24, LEASE_ROUNDS_MAX = 10000 };

typedef struct lease_member {
    const char *name;
    size_t at;
    int64_t min, max;
    const char *allowed;
} lease_member;

#define AT(member) #member, offsetof(acrm_lease_terms, member)
#define AMOUNT 0, ACRM_FINANCE_AMOUNT_MAX, LEASE_AMOUNT

static const lease_member lease_members[] = {
    { AT(price), AMOUNT },
    { AT(capitalised_fees), AMOUNT },
    { AT(upfront_fees), AMOUNT },
    { AT(prior_debt), AMOUNT },
    { AT(cash_down), AMOUNT },
    { AT(trade_in), AMOUNT },
    { AT(rebate), AMOUNT },
    { AT(residual), AMOUNT },
    { AT(residual_base), AMOUNT },
    { AT(residual_rate), 0, ACRM_RATE_ONE, "0..1000000000" },
    { AT(money_factor), 0, ACRM_RATE_ONE, "0..1000000000" },
    { AT(security_deposit), AMOUNT },
    { AT(factor_cut), 0, ACRM_RATE_ONE, "0..1000000000" },
    { AT(tax_rate), 0, ACRM_RATE_ONE, "0..1000000000" },
    { AT(disposition_fee), AMOUNT },
    { AT(purchase_fee), AMOUNT },
    { AT(distance_year), 0, INT64_C(1000000000), "0..1000000000" },
    { AT(excess_rate), 0, INT64_C(1000000000000), "0..1000000000000" },
    { AT(round_unit), 1, ACRM_FINANCE_UNIT_MAX, "1..1000000000" },
};

#undef AMOUNT
#undef AT

/* A lease on its way to a quote. */
typedef struct lease_run {
    const acrm_lease_terms *t;
    acrm_issue *issue;
    acrm__trace *trace;
    acrm_lease_quote q;
} lease_run;

void acrm_lease_terms_init(acrm_lease_terms *terms)
{
    if (terms != NULL)
        *terms = (acrm_lease_terms){ .struct_size = sizeof *terms, .months = 1, .round_unit = 1 };
}

static int32_t lease_fault(const lease_run *run, const char *field, const char *allowed)
{
    return acrm__issue(run->issue, ACRM_E_INVALID, field, -1, allowed);
}

static int32_t lease_over(const lease_run *run, const char *field)
{
    return acrm__issue(run->issue, ACRM_E_LIMIT, field, -1, "amounts up to 1000000000000000");
}

static int32_t lease_check_choices(const lease_run *run)
{
    const acrm_lease_terms *t = run->t;

    if (t->months < 1 || t->months > LEASE_MONTHS_MAX)
        return lease_fault(run, "months", "1..1200");
    if (t->security_deposits < 0 || t->security_deposits > LEASE_DEPOSITS_MAX)
        return lease_fault(run, "security_deposits", "0..24");
    if (t->tax_on < 0 || t->tax_on > ACRM_LEASE_TAX_PRICE)
        return lease_fault(run, "tax_on", "0..3");
    if (t->tax_capitalised < 0 || t->tax_capitalised > 1)
        return lease_fault(run, "tax_capitalised", "0, 1");
    if (t->zero_drive_off < 0 || t->zero_drive_off > 1)
        return lease_fault(run, "zero_drive_off", "0, 1");
    if (t->rounding < 0 || t->rounding > ACRM_ROUND_DOWN)
        return lease_fault(run, "rounding", "0..4");
    return ACRM_OK;
}

static int32_t lease_check(const lease_run *run)
{
    const acrm_lease_terms *t = run->t;
    int32_t status = lease_check_choices(run);

    if (status != ACRM_OK)
        return status;
    for (size_t i = 0; i < sizeof lease_members / sizeof lease_members[0]; i++) {
        const lease_member *m = &lease_members[i];
        int64_t value = *(const int64_t *)(const void *)((const char *)t + m->at);
        if (value < m->min || value > m->max)
            return lease_fault(run, m->name, m->allowed);
    }
    if (t->zero_drive_off && t->cash_down != 0)
        return lease_fault(run, "cash_down", "0 with zero_drive_off");
    if (t->residual != 0 && t->residual_rate != 0)
        return lease_fault(run, "residual_rate", "0 when residual is given");
    return ACRM_OK;
}

static int64_t lease_part(const lease_run *run, const char *figure, const char *formula,
                          int64_t base, int64_t num, int64_t den)
{
    const acrm_lease_terms *t = run->t;
    int64_t rounded = acrm__round_part(base, (acrm__ratio){ num, den }, t->round_unit,
                                       t->rounding);

    if (run->trace != NULL)
        acrm__trace_add(run->trace, &(acrm_explain_line){ .figure = figure,
                                                          .formula = formula,
                                                          .base = base,
                                                          .num = num,
                                                          .den = den,
                                                          .rounded = rounded,
                                                          .unit = t->round_unit,
                                                          .rounding = t->rounding });
    return rounded;
}

static int64_t lease_tax(const lease_run *run, const char *figure, int64_t base)
{
    return lease_part(run, figure, "taxable amount * tax_rate", base, run->t->tax_rate,
                      ACRM_RATE_ONE);
}

/* The payment for the adjusted cost in the quote, exact and rounded. */
static int32_t lease_payment(lease_run *run)
{
    const acrm_lease_terms *t = run->t;
    acrm_lease_quote *q = &run->q;
    uint64_t den = (uint64_t)t->months * ACRM_RATE_ONE;
    uint64_t monthly = (uint64_t)q->money_factor * (uint64_t)t->months;

    q->adjusted_cost = q->gross_cost - q->reduction;
    if (q->adjusted_cost < 1)
        return lease_fault(run, "price", "more than the reductions");
    if (q->residual > q->adjusted_cost)
        return lease_fault(run, "residual", "0..adjusted cost");
    if (q->gross_cost > ACRM_FINANCE_AMOUNT_MAX)
        return lease_over(run, "price");
    acrm__u128 num =
        (acrm__u128)(uint64_t)(q->adjusted_cost - q->residual) * ACRM_RATE_ONE +
        (acrm__u128)(uint64_t)(q->adjusted_cost + q->residual) * monthly;
    acrm__u128 whole = num / den;
    q->base_payment = acrm__round(num, den, t->round_unit, t->rounding);
    if (q->base_payment > ACRM_FINANCE_AMOUNT_MAX / t->months)
        return lease_over(run, "money_factor");
    q->exact_whole = (int64_t)whole;
    q->exact_ppt = (int64_t)((num - whole * den) * UINT64_C(1000000000000) / den);
    return ACRM_OK;
}

/* Tax, and all that is due at signing, for the payment in the quote. */
static int32_t lease_signing(lease_run *run)
{
    const acrm_lease_terms *t = run->t;
    acrm_lease_quote *q = &run->q;
    int64_t tax = 0;

    if (t->tax_on == ACRM_LEASE_TAX_PAYMENT)
        q->payment_tax = lease_tax(run, "tax on a payment", q->base_payment);
    else if (t->tax_on == ACRM_LEASE_TAX_TOTAL)
        tax = lease_tax(run, "tax on all payments", q->base_payment * t->months);
    else if (t->tax_on == ACRM_LEASE_TAX_PRICE)
        tax = lease_tax(run, "tax on the price", t->price);
    if (q->payment_tax > ACRM_FINANCE_AMOUNT_MAX / t->months || tax > ACRM_FINANCE_AMOUNT_MAX)
        return lease_over(run, "tax_rate");
    q->payment = q->base_payment + q->payment_tax;
    q->capitalised_tax = t->tax_capitalised ? tax : 0;
    q->upfront_tax = t->tax_capitalised ? 0 : tax;
    q->drive_off = q->payment + t->cash_down + t->upfront_fees + q->upfront_tax +
                   t->security_deposit * t->security_deposits;
    return ACRM_OK;
}

/*
 * What is capitalised beyond the fixed parts depends on the payment, which depends on it. Starting
 * from nothing, each round asks for at least as much as the one before, so the rounds end at the
 * smallest amount that covers itself; if they do not end, nothing does.
 */
static int32_t lease_settle(lease_run *run)
{
    const acrm_lease_terms *t = run->t;
    acrm_lease_quote *q = &run->q;
    int64_t fixed = q->gross_cost;
    acrm__trace *trace = run->trace;
    int32_t status = ACRM_OK;

    run->trace = NULL; /* only the last round is worth telling */
    for (int32_t round = 0; status == ACRM_OK && round < LEASE_ROUNDS_MAX; round++) {
        status = lease_payment(run);
        if (status == ACRM_OK)
            status = lease_signing(run);
        int64_t wanted = fixed + q->capitalised_tax + (t->zero_drive_off ? q->drive_off : 0);
        if (status == ACRM_OK && wanted == q->gross_cost) {
            run->trace = trace;
            return lease_signing(run);
        }
        q->gross_cost = wanted;
    }
    return status != ACRM_OK ? status : lease_over(run, "zero_drive_off");
}

static void lease_explain_payment(lease_run *run)
{
    const acrm_lease_terms *t = run->t;
    acrm_lease_quote *q = &run->q;

    q->depreciation = lease_part(run, "depreciation", "(adjusted cost - residual) / months",
                                 q->adjusted_cost - q->residual, 1, t->months);
    q->rent = lease_part(run, "rent", "(adjusted cost + residual) * money factor",
                         q->adjusted_cost + q->residual, q->money_factor, ACRM_RATE_ONE);
    if (run->trace != NULL)
        acrm__trace_add(run->trace,
                        &(acrm_explain_line){ .figure = "payment",
                                              .formula = "depreciation + rent, not rounded before",
                                              .whole = q->exact_whole,
                                              .ppt = q->exact_ppt,
                                              .rounded = q->base_payment,
                                              .unit = t->round_unit,
                                              .rounding = t->rounding });
}

static int32_t lease_make(lease_run *run)
{
    const acrm_lease_terms *t = run->t;
    acrm_lease_quote *q = &run->q;
    int32_t status = lease_check(run);

    if (status != ACRM_OK)
        return status;
    q->struct_size = sizeof *q;
    q->residual = t->residual;
    if (t->residual_rate != 0)
        q->residual = lease_part(run, "residual", "residual_base * residual_rate",
                                 t->residual_base, t->residual_rate, ACRM_RATE_ONE);
    int64_t cut = t->factor_cut * t->security_deposits;
    if (cut > t->money_factor)
        return lease_fault(run, "factor_cut", "money_factor / security_deposits at most");
    q->money_factor = t->money_factor - cut;
    q->rate = q->money_factor * 24;
    q->gross_cost = t->price + t->capitalised_fees + t->prior_debt;
    q->reduction = t->cash_down + t->trade_in + t->rebate;
    q->distance_allowed = t->distance_year * t->months / 12;
    status = lease_settle(run);
    if (status != ACRM_OK)
        return status;
    lease_explain_payment(run);
    q->payments_total = q->payment * t->months;
    int64_t deposits = t->security_deposit * t->security_deposits;
    q->cost_total = q->payments_total + q->drive_off - q->payment - deposits +
                    t->disposition_fee;
    return ACRM_OK;
}

int32_t acrm_lease(const acrm_lease_terms *terms, acrm_lease_quote *quote, acrm_issue *issue)
{
    if (terms == NULL || terms->struct_size != sizeof *terms || quote == NULL ||
        quote->struct_size != sizeof *quote)
        return ACRM_E_MISUSE;

    lease_run run = { .t = terms, .issue = issue };
    int32_t status = lease_make(&run);
    if (status == ACRM_OK)
        *quote = run.q;
    return status;
}

int32_t acrm_lease_explain(const acrm_lease_terms *terms, acrm_explain_line *lines,
                           size_t lines_max, size_t *n_lines, acrm_issue *issue)
{
    if (terms == NULL || terms->struct_size != sizeof *terms || n_lines == NULL ||
        (lines == NULL && lines_max > 0))
        return ACRM_E_MISUSE;

    acrm__trace trace = { .lines = lines, .max = lines_max };
    lease_run run = { .t = terms, .issue = issue, .trace = &trace };
    int32_t status = lease_make(&run);
    if (status == ACRM_OK && trace.full)
        status = acrm__issue(issue, ACRM_E_LIMIT, "lines_max", -1, "256");
    if (status == ACRM_OK)
        *n_lines = trace.len;
    return status;
}

/* What n payments in advance and the residual are worth at a monthly rate, 64 fraction bits. */
static acrm__u128 lease_worth(const acrm_lease_quote *q, int64_t rate_ppt, int32_t n)
{
    acrm__u128 v = acrm__q112_discount((acrm__ratio){ rate_ppt, INT64_C(1000000000000) });
    acrm__u128 power = ACRM__Q112_ONE;
    acrm__u128 sum = 0;

    if (n > 0) {
        acrm__q112_powers(v, n - 1, &power, &sum);
        sum += ACRM__Q112_ONE;
        power = acrm__q112_mul(power, v);
    }
    return acrm__mul_shift((acrm__u128)(uint64_t)q->base_payment, sum, ACRM__Q112_BITS - 64) +
           acrm__mul_shift((acrm__u128)(uint64_t)q->residual, power, ACRM__Q112_BITS - 64);
}

/* The balance with n payments still to come: at the highest rate, in parts per trillion, at which
 * all payments and the residual are worth the adjusted cost. */
static int64_t lease_balance(const acrm_lease_terms *t, const acrm_lease_quote *q, int32_t n)
{
    acrm__u128 cost = (acrm__u128)(uint64_t)q->adjusted_cost << 64;
    int64_t low = 0;
    int64_t high = INT64_C(2000000000000);

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (lease_worth(q, middle, t->months) >= cost)
            low = middle;
        else
            high = middle;
    }
    acrm__u128 worth = n == t->months ? cost : lease_worth(q, low, n);
    return acrm__round_q64((acrm__q64){ (uint64_t)(worth >> 64), (uint64_t)worth }, t->round_unit,
                           t->rounding);
}

static int32_t lease_check_return(const lease_run *run, const acrm_lease_return *back)
{
    if (back->month < 0 || back->month > run->t->months)
        return lease_fault(run, "back.month", "0..months");
    if (back->realised < 0 || back->realised > ACRM_FINANCE_AMOUNT_MAX)
        return lease_fault(run, "back.realised", LEASE_AMOUNT);
    if (back->unpaid < 0 || back->unpaid > ACRM_FINANCE_AMOUNT_MAX)
        return lease_fault(run, "back.unpaid", LEASE_AMOUNT);
    if (back->early_fee < 0 || back->early_fee > ACRM_FINANCE_AMOUNT_MAX)
        return lease_fault(run, "back.early_fee", LEASE_AMOUNT);
    if (back->distance < 0 || back->distance > INT64_C(1000000000000))
        return lease_fault(run, "back.distance", "0..1000000000000");
    return ACRM_OK;
}

static void lease_explain_sum(const lease_run *run, const char *figure, const char *formula,
                              int64_t sum)
{
    if (run->trace != NULL)
        acrm__trace_add(run->trace, &(acrm_explain_line){ .figure = figure,
                                                          .formula = formula,
                                                          .whole = sum,
                                                          .rounded = sum,
                                                          .unit = run->t->round_unit,
                                                          .rounding = run->t->rounding });
}

/* Ends the lease that was made. */
static int32_t lease_finish(const lease_run *run, const acrm_lease_return *back,
                            acrm_lease_settlement *s)
{
    const acrm_lease_terms *t = run->t;
    int64_t deposits = t->security_deposit * t->security_deposits;
    int64_t allowed = t->distance_year * back->month / 12;
    bool early = back->month < t->months;

    s->balance = lease_balance(t, &run->q, t->months - back->month);
    lease_explain_sum(run, "balance",
                      "remaining payments and residual, discounted at the constant yield",
                      s->balance);
    s->excess_distance = back->distance > allowed ? back->distance - allowed : 0;
    s->excess_charge = lease_part(run, "excess distance", "excess distance * excess_rate / 1000",
                                  s->excess_distance, t->excess_rate, 1000);
    if (t->tax_on != ACRM_LEASE_TAX_NONE)
        s->buyout_tax = lease_tax(run, "tax on the purchase", s->balance + t->purchase_fee);
    if (s->excess_charge > ACRM_FINANCE_AMOUNT_MAX || s->buyout_tax > ACRM_FINANCE_AMOUNT_MAX)
        return lease_over(run, "back.distance");
    s->to_return = back->unpaid + s->excess_charge + t->disposition_fee - deposits;
    if (early)
        s->to_return += back->early_fee +
                        (s->balance > back->realised ? s->balance - back->realised : 0);
    lease_explain_sum(run, "to return",
                      early ? "unpaid + excess + disposition_fee - deposits + early_fee + balance "
                              "beyond realised"
                            : "unpaid + excess + disposition_fee - deposits",
                      s->to_return);
    s->to_buy = back->unpaid + s->balance + t->purchase_fee + s->buyout_tax - deposits;
    lease_explain_sum(run, "to buy", "unpaid + balance + purchase_fee + tax - deposits",
                      s->to_buy);
    return ACRM_OK;
}

static int32_t lease_end(lease_run *run, const acrm_lease_return *back, acrm_lease_settlement *s)
{
    acrm__trace *trace = run->trace;

    run->trace = NULL; /* the steps of the quote are acrm_lease_explain()'s */
    int32_t status = lease_make(run);
    if (status == ACRM_OK)
        status = lease_check_return(run, back);
    run->trace = trace;
    return status == ACRM_OK ? lease_finish(run, back, s) : status;
}

int32_t acrm_lease_end(const acrm_lease_terms *terms, const acrm_lease_return *back,
                       acrm_lease_settlement *settlement, acrm_issue *issue)
{
    if (terms == NULL || terms->struct_size != sizeof *terms || back == NULL ||
        back->struct_size != sizeof *back || settlement == NULL ||
        settlement->struct_size != sizeof *settlement)
        return ACRM_E_MISUSE;

    lease_run run = { .t = terms, .issue = issue };
    acrm_lease_settlement s = { .struct_size = sizeof s };
    int32_t status = lease_end(&run, back, &s);
    if (status == ACRM_OK)
        *settlement = s;
    return status;
}

int32_t acrm_lease_end_explain(const acrm_lease_terms *terms, const acrm_lease_return *back,
                               acrm_explain_line *lines, size_t lines_max, size_t *n_lines,
                               acrm_issue *issue)
{
    if (terms == NULL || terms->struct_size != sizeof *terms || back == NULL ||
        back->struct_size != sizeof *back || n_lines == NULL || (lines == NULL && lines_max > 0))
        return ACRM_E_MISUSE;

    acrm__trace trace = { .lines = lines, .max = lines_max };
    lease_run run = { .t = terms, .issue = issue, .trace = &trace };
    acrm_lease_settlement s = { .struct_size = sizeof s };
    int32_t status = lease_end(&run, back, &s);
    if (status == ACRM_OK && trace.full)
        status = acrm__issue(issue, ACRM_E_LIMIT, "lines_max", -1, "256");
    if (status == ACRM_OK)
        *n_lines = trace.len;
    return status;
}
