/* SPDX-License-Identifier: MIT */
/* Fuzzes schedules, the solver, leases and annuities: every member may take any value. */
#include "autocrm/finance.h"

#include <stdlib.h>
#include <string.h>

enum { FUZZ_ROWS = 400 };

typedef struct fuzz_input {
    const uint8_t *data;
    size_t left;
    uint32_t days; /* a pattern of open days */
} fuzz_input;

static uint8_t take_byte(fuzz_input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

/* Mostly a value of the range, so that the checks are passed; now and then any at all. */
static int64_t take(fuzz_input *in, int64_t low, int64_t high)
{
    uint8_t kind = take_byte(in);
    uint64_t bits = 0;

    for (int i = 0; i < (kind & 7) + 1; i++)
        bits = bits << 8 | take_byte(in);
    if (kind >= 0xf8)
        return (int64_t)bits;
    return low + (int64_t)(bits % ((uint64_t)(high - low) + 1));
}

static int32_t take32(fuzz_input *in, int32_t low, int32_t high)
{
    return (int32_t)take(in, low, high);
}

static int32_t fuzz_open(void *user, int32_t day)
{
    const fuzz_input *in = user;

    return (int32_t)(in->days >> ((uint32_t)day % 32) & 1);
}

static void must(int condition)
{
    if (!condition)
        abort();
}

static void fuzz_fill(fuzz_input *in, acrm_finance_terms *t, acrm_finance_charge *charges,
                      acrm_finance_step *steps)
{
    acrm_finance_terms_init(t);
    t->kind = take32(in, 0, 5);
    t->timing = take32(in, 0, 1);
    t->period = take32(in, 0, 7);
    t->periods = take32(in, 1, FUZZ_ROWS - 2);
    t->day_count = take32(in, 0, 8);
    t->rate = take(in, 0, 1000000000);
    t->price = take(in, 0, 100000000000);
    t->deposit = take(in, 0, 100000);
    t->trade_in = take(in, 0, 100000);
    t->trade_in_debt = take(in, 0, 100000);
    t->balloon = take(in, 0, 100000);
    t->instalment = take_byte(in) < 32 ? take(in, 0, 1000000) : 0;
    t->profit = t->kind == ACRM_FINANCE_MURABAHA ? take(in, 0, 1000000) : 0;
    t->rate = t->kind == ACRM_FINANCE_MURABAHA ? 0 : t->rate;
    t->grace_principal = take_byte(in) < 64 ? take32(in, 0, 20) : 0;
    t->grace_interest = take_byte(in) < 64 ? take32(in, 0, 20) : 0;
    t->interest_free = take_byte(in) < 64 ? take32(in, 0, 20) : 0;
    t->unpaid = take32(in, 0, 1);
    t->skip_months = take_byte(in) < 64 ? (uint32_t)take(in, 0, 0xfff) : 0;
    t->calendar = take32(in, 0, 1);
    t->start_day = take_byte(in) < 200 ? take32(in, -60000, 100000) : ACRM_DAY_NONE;
    t->first_due_day = take_byte(in) < 64
                           ? (int32_t)((uint32_t)t->start_day + (uint32_t)take32(in, 0, 60))
                           : ACRM_DAY_NONE;
    t->due_dom = take32(in, 0, 31);
    t->month_end = take32(in, 0, 1);
    t->first_period = take32(in, 0, 2);
    t->move = take32(in, 0, 5);
    t->move_interest = take32(in, 0, 1);
    t->spread = take32(in, 0, 1);
    t->rounding = take32(in, 0, 4);
    t->instalment_rounding = take32(in, 0, 4);
    t->round_unit = take32(in, 1, 1000);
    t->instalment_unit = take32(in, 1, 1000);
    t->tail = take(in, 0, 1000);
    t->tax_on = take32(in, 0, 4);
    t->tax_financed = take32(in, 0, 1);
    t->tax_rate = take(in, 0, 300000000);
    t->charges = charges;
    t->charges_len = take_byte(in) % 4;
    for (size_t i = 0; i < t->charges_len; i++)
        charges[i] = (acrm_finance_charge){ take32(in, 0, 1), take32(in, 0, 3), take32(in, 0, 3),
                                            (uint32_t)take32(in, 0, 3), take(in, 0, 100000),
                                            take(in, 0, 100000000) };
    t->steps = steps;
    t->steps_len = take_byte(in) < 64 ? take_byte(in) % 4 : 0;
    for (size_t i = 0; i < t->steps_len; i++)
        steps[i] = (acrm_finance_step){ take32(in, 1, 50), take32(in, 0, 1),
                                        take(in, 0, 2000000000) };
    t->open = fuzz_open;
    t->open_user = in;
}

static void fuzz_schedule(fuzz_input *in)
{
    static acrm_schedule_row rows[FUZZ_ROWS];
    static acrm_explain_line lines[ACRM_EXPLAIN_LINES_MAX];
    acrm_finance_charge charges[3];
    acrm_finance_step steps[3];
    acrm_finance_terms t;
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    acrm_solution found = { .struct_size = sizeof found };
    acrm_issue issue = { 0 };
    size_t n = 0;

    fuzz_fill(in, &t, charges, steps);
    int32_t status = acrm_schedule(&t, rows, FUZZ_ROWS, &sum, &issue);
    must(status == ACRM_OK || (issue.field != NULL && issue.allowed != NULL));
    if (status == ACRM_OK) {
        int64_t principal = 0;
        for (int32_t i = 0; i < sum.rows; i++) {
            must(rows[i].closing == rows[i].opening - rows[i].principal && rows[i].closing >= 0);
            must(rows[i].total >= 0);
            principal += rows[i].principal;
        }
        must(rows[sum.rows - 1].closing == 0 && principal == sum.financed);
        must(acrm_schedule_explain(&t, take32(in, -1, sum.rows - 1) % sum.rows, lines,
                                   ACRM_EXPLAIN_LINES_MAX, &n, NULL) != ACRM_E_LIMIT);
    }
    /* A term is sought up to a century of periods, which takes too long with dates. */
    int32_t unknown = take32(in, 0, 6);
    if (t.periods > 60 || (unknown == ACRM_SOLVE_TERM && t.start_day != ACRM_DAY_NONE))
        return;
    t.instalment = 0;
    if (acrm_finance_solve(&t, unknown, take(in, 1, 10000000), &found, &issue) == ACRM_OK)
        must(found.solutions == ACRM_SOLUTIONS_NONE || found.lowest <= found.highest);
}

static void fuzz_lease(fuzz_input *in)
{
    acrm_lease_terms t;
    acrm_lease_quote q = { .struct_size = sizeof q };
    acrm_lease_return back = { .struct_size = sizeof back };
    acrm_lease_settlement s = { .struct_size = sizeof s };

    acrm_lease_terms_init(&t);
    t.months = take32(in, 1, 84);
    t.price = take(in, 0, 10000000000);
    t.residual = take(in, 0, 1000000);
    t.money_factor = take(in, 0, 10000000);
    t.tax_on = take32(in, 0, 3);
    t.tax_rate = take(in, 0, 300000000);
    t.tax_capitalised = take32(in, 0, 1);
    t.zero_drive_off = take32(in, 0, 1);
    t.security_deposit = take(in, 0, 100000);
    t.security_deposits = take32(in, 0, 5);
    t.upfront_fees = take(in, 0, 100000);
    t.distance_year = take(in, 0, 40000);
    t.excess_rate = take(in, 0, 100000);
    if (acrm_lease(&t, &q, NULL) != ACRM_OK)
        return;
    must(q.base_payment >= 0 && q.adjusted_cost == q.gross_cost - q.reduction);
    back.month = take32(in, 0, t.months);
    back.distance = take(in, 0, 100000);
    if (acrm_lease_end(&t, &back, &s, NULL) == ACRM_OK && back.month == t.months)
        must(s.balance == q.residual);
}

static void fuzz_annuity(fuzz_input *in)
{
    acrm_annuity a = { .struct_size = sizeof a };
    acrm_exact_amount value = { .struct_size = sizeof value };

    a.timing = take32(in, 0, 1);
    a.periods = take32(in, 1, 1000);
    a.periods_per_year = take32(in, 1, 366);
    a.rate = take(in, 0, 10000000000);
    a.present = take(in, 0, ACRM_FINANCE_AMOUNT_MAX);
    a.future = take(in, 0, 1000);
    a.payment = take(in, 0, 1000000);
    if (acrm_annuity_value(&a, take32(in, 0, 5), take32(in, 1, 1000), &value, NULL) ==
        ACRM_OK)
        must(value.whole >= 0 && value.ppt >= 0 && value.ppt < 1000000000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = { .data = data, .left = size };
    uint8_t what = take_byte(&in);

    in.days = (uint32_t)take(&in, 0, UINT32_MAX);
    if (what < 192)
        fuzz_schedule(&in);
    else if (what < 232)
        fuzz_lease(&in);
    else
        fuzz_annuity(&in);
    return 0;
}
