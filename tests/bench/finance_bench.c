/* SPDX-License-Identifier: MIT */
/* Instalment schedules against the bare arithmetic of their rows. */
#include "autocrm/finance.h"
#include "bench/bench.h"

typedef struct contract {
    acrm_finance_terms terms;
    acrm_schedule_row *rows;
    size_t rows_max;
    int64_t balance, payment, rate, den; /* for the bare loop */
    volatile int64_t sink;
} contract;

static void schedule_ours(void *user, long ops)
{
    contract *c = user;
    acrm_schedule_summary sum = { .struct_size = sizeof sum };

    for (long i = 0; i < ops; i++) {
        if (acrm_schedule(&c->terms, c->rows, c->rows_max, &sum, NULL) != ACRM_OK)
            exit(EXIT_FAILURE);
        c->sink = sum.interest;
    }
}

/* Only interest, rounding half up, and subtraction, with a payment that is known. */
static void schedule_bare(void *user, long ops)
{
    contract *c = user;

    for (long i = 0; i < ops; i++) {
        int64_t balance = c->balance;
        for (int32_t k = 0; k < c->terms.periods; k++)
            balance -= c->payment - (balance * c->rate + c->den / 2) / c->den;
        c->sink = balance;
    }
}

/* What a search by hand would do: the bare schedule for each of 37 rates of a bisection. */
static void solve_bare(void *user, long ops)
{
    contract *c = user;

    for (long i = 0; i < ops; i++) {
        int64_t rate = c->rate;
        for (int step = 0; step < 37; step++) {
            c->rate = rate + step;
            schedule_bare(c, 1);
        }
        c->rate = rate;
    }
}

static void solve_ours(void *user, long ops)
{
    contract *c = user;
    acrm_solution found = { .struct_size = sizeof found };

    for (long i = 0; i < ops; i++) {
        if (acrm_finance_solve(&c->terms, ACRM_SOLVE_RATE, c->payment, &found, NULL) != ACRM_OK)
            exit(EXIT_FAILURE);
        c->sink = found.value;
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 60, 360, 3650 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        long size = b.size > 0 ? b.size : sizes[i];
        contract c = { .balance = 2499000, .rate = 49900000, .den = INT64_C(12) * ACRM_RATE_ONE };
        acrm_schedule_summary sum = { .struct_size = sizeof sum };

        acrm_finance_terms_init(&c.terms);
        c.terms.price = c.balance;
        c.terms.rate = c.rate;
        c.terms.periods = (int32_t)size;
        c.rows_max = (size_t)size + 2;
        c.rows = calloc(c.rows_max, sizeof *c.rows);
        if (c.rows == NULL || acrm_schedule(&c.terms, c.rows, c.rows_max, &sum, NULL) != ACRM_OK)
            return EXIT_FAILURE;
        c.payment = sum.instalment;
        bench_compare(&b, &(bench_measure){ .name = "finance.schedule", .size = size,
                                            .goal = 2.0, .ours = schedule_ours,
                                            .baseline = schedule_bare, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "finance.solve_rate", .size = size,
                                            .ours = solve_ours,
                                            .baseline = solve_bare, .user = &c });
        c.terms.start_day = 20000;
        bench_compare(&b, &(bench_measure){ .name = "finance.schedule_dated", .size = size,
                                            .ours = schedule_ours, .baseline = schedule_bare,
                                            .user = &c });
        c.terms.day_count = ACRM_DAYS_ACT_365F;
        bench_compare(&b, &(bench_measure){ .name = "finance.schedule_day_count", .size = size,
                                            .ours = schedule_ours, .baseline = schedule_bare,
                                            .user = &c });
        free(c.rows);
        if (b.quick || b.size > 0)
            break;
    }
    return bench_end(&b);
}
