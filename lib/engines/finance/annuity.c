/* SPDX-License-Identifier: MIT */
/* The plain annuity of a spreadsheet: its payment, present and future value, and its parts. */
#include "engines/finance/finance_internal.h"
#include "engines/finance/finance_math.h"

/*
 * With v the discount of a period, S(n) the sum of v^1 ... v^n and, in advance, payments that come
 * a period earlier:
 *
 *     present = payment * T + future * v^n      T = S(n), or 1 + S(n - 1) in advance
 */
typedef struct annuity_sums {
    acrm__ratio rate;     /* of one period */
    acrm__u128 v;
    acrm__u128 power;     /* v^n */
    acrm__u128 sum;       /* T */
} annuity_sums;

static const struct {
    const char *name;
    size_t at;
} annuity_amounts[] = {
    { "present", offsetof(acrm_annuity, present) },
    { "future", offsetof(acrm_annuity, future) },
    { "payment", offsetof(acrm_annuity, payment) },
};

static int32_t annuity_check(const acrm_annuity *a, int32_t what, int32_t period,
                             acrm_issue *issue)
{
    if (what < ACRM_ANNUITY_PAYMENT || what > ACRM_ANNUITY_PRINCIPAL)
        return acrm__issue(issue, ACRM_E_INVALID, "what", -1, "0..5");
    if (a->timing < 0 || a->timing > ACRM_TIMING_ADVANCE)
        return acrm__issue(issue, ACRM_E_INVALID, "timing", -1, "0, 1");
    if (a->periods < 1 || a->periods > ACRM_FINANCE_PERIODS_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "periods", -1, "1..36525");
    if (a->periods_per_year < 1 || a->periods_per_year > 366)
        return acrm__issue(issue, ACRM_E_INVALID, "periods_per_year", -1, "1..366");
    if (a->rate < 0 || a->rate > ACRM_FINANCE_RATE_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "rate", -1, "0..10000000000");
    for (size_t i = 0; i < sizeof annuity_amounts / sizeof annuity_amounts[0]; i++) {
        int64_t amount =
            *(const int64_t *)(const void *)((const char *)a + annuity_amounts[i].at);
        if (amount < 0 || amount > ACRM_FINANCE_AMOUNT_MAX)
            return acrm__issue(issue, ACRM_E_INVALID, annuity_amounts[i].name, -1,
                               "0..1000000000000000");
    }
    if (what >= ACRM_ANNUITY_BALANCE && (period < 1 || period > a->periods))
        return acrm__issue(issue, ACRM_E_INVALID, "period", -1, "1..periods");
    return ACRM_OK;
}

static void annuity_sum(const acrm_annuity *a, int32_t n, annuity_sums *out)
{
    acrm__u128 before;

    acrm__q112_powers(out->v, n, &out->power, &out->sum);
    if (a->timing == ACRM_TIMING_ADVANCE && n > 0) {
        acrm__q112_powers(out->v, n - 1, &before, &out->sum);
        out->sum += ACRM__Q112_ONE;
    }
}

/* amount * factor with 64 fraction bits; false when it passes the largest amount. */
static bool annuity_times(int64_t amount, acrm__u128 factor, acrm__u128 *out)
{
    acrm__u128 a = (acrm__u128)(uint64_t)amount;

    if (acrm__mul_shift(a, factor, ACRM__Q112_BITS) > ACRM_FINANCE_AMOUNT_MAX)
        return false;
    *out = acrm__mul_shift(a, factor, ACRM__Q112_BITS - 64);
    return true;
}

static acrm__u128 annuity_join(acrm__q64 a)
{
    return (acrm__u128)a.whole << 64 | a.part;
}

/* Payment of what is owed; false when that is too large or the future value is. */
static bool annuity_payment(const acrm_annuity *a, const annuity_sums *s, acrm__q64 *out)
{
    acrm__u128 present = acrm__q76_of(a->present, ACRM__Q112_ONE);
    acrm__u128 future = acrm__q76_of(a->future, s->power);

    return future <= present && acrm__q76_over(present - future, s->sum, out);
}

/*
 * What is owed when k payments are made is worth the payments to come and the future value. In
 * advance the next payment is a period away, and the future value a period behind the last one.
 */
static acrm__u128 annuity_balance(const acrm_annuity *a, const annuity_sums *s, acrm__q64 payment,
                                  int32_t k)
{
    int32_t left = a->periods - k;
    acrm__u128 power;
    acrm__u128 sum;

    acrm__q112_powers(s->v, left, &power, &sum);
    if (a->timing == ACRM_TIMING_ADVANCE)
        power = acrm__q112_mul(power, s->v);
    return acrm__mul_shift(annuity_join(payment), sum, ACRM__Q112_BITS) +
           acrm__mul_shift((acrm__u128)(uint64_t)a->future, power, ACRM__Q112_BITS - 64);
}

/* Interest on the balance before a payment: none before the first one in advance. */
static acrm__u128 annuity_interest(const acrm_annuity *a, const annuity_sums *s,
                                   acrm__q64 payment, int32_t k)
{
    acrm__u128 balance = k == 1 ? (acrm__u128)(uint64_t)a->present << 64
                                : annuity_balance(a, s, payment, k - 1);
    acrm__u128 rate = ((acrm__u128)(uint64_t)s->rate.num << 64) / (uint64_t)s->rate.den;

    if (k == 1 && a->timing == ACRM_TIMING_ADVANCE)
        return 0;
    /* Exactly: whole multiples of the denominator, then the rest. */
    acrm__u128 den = (uint64_t)s->rate.den;
    acrm__u128 times = balance / den;
    acrm__u128 rest = balance - times * den;
    return times * (uint64_t)s->rate.num + acrm__mul_shift(rest, rate, 64);
}

/* Deposits grow: the present value of all of them over v^n. */
static bool annuity_future(const acrm_annuity *a, const annuity_sums *s, acrm__q64 *out)
{
    acrm__u128 all;

    if (!annuity_times(a->payment, s->sum, &all))
        return false;
    all += (acrm__u128)(uint64_t)a->present << 64;
    return all >> 64 <= ACRM_FINANCE_AMOUNT_MAX &&
           acrm__q76_over(all << (ACRM__Q76_BITS - 64), s->power, out);
}

static bool annuity_find(const acrm_annuity *a, const annuity_sums *s, int32_t what,
                         int32_t period, acrm__q64 *out)
{
    acrm__q64 payment;
    acrm__u128 value = 0;

    if (what == ACRM_ANNUITY_FUTURE)
        return annuity_future(a, s, out);
    if (what == ACRM_ANNUITY_PRESENT) {
        acrm__u128 future = 0;
        if (!annuity_times(a->payment, s->sum, &value) ||
            !annuity_times(a->future, s->power, &future))
            return false;
        value += future;
        *out = (acrm__q64){ .whole = (uint64_t)(value >> 64), .part = (uint64_t)value };
        return true;
    }
    if (!annuity_payment(a, s, &payment) || payment.whole > ACRM_FINANCE_AMOUNT_MAX)
        return false;
    if (what == ACRM_ANNUITY_BALANCE)
        value = annuity_balance(a, s, payment, period);
    else if (what != ACRM_ANNUITY_PAYMENT)
        value = annuity_interest(a, s, payment, period);
    if (what == ACRM_ANNUITY_PAYMENT || what == ACRM_ANNUITY_PRINCIPAL) {
        acrm__u128 paid = annuity_join(payment);
        value = paid > value ? paid - value : 0; /* a payment covers its interest, to 2^-64 */
    }
    *out = (acrm__q64){ .whole = (uint64_t)(value >> 64), .part = (uint64_t)value };
    return true;
}

int32_t acrm_annuity_value(const acrm_annuity *annuity, int32_t what, int32_t period,
                           acrm_exact_amount *value, acrm_issue *issue)
{
    annuity_sums sums;
    acrm__q64 found;

    if (annuity == NULL || annuity->struct_size != sizeof *annuity || value == NULL ||
        value->struct_size != sizeof *value)
        return ACRM_E_MISUSE;
    int32_t status = annuity_check(annuity, what, period, issue);
    if (status != ACRM_OK)
        return status;
    (void)acrm__ratio_make((acrm__u128)(uint64_t)annuity->rate,
                           (acrm__u128)ACRM_RATE_ONE * (uint32_t)annuity->periods_per_year,
                           &sums.rate); /* below 2^43: it always fits */
    sums.v = acrm__q112_discount(sums.rate);
    annuity_sum(annuity, annuity->periods, &sums);
    if (what != ACRM_ANNUITY_FUTURE && what != ACRM_ANNUITY_PRESENT &&
        annuity->future > annuity->present)
        return acrm__issue(issue, ACRM_E_INVALID, "future", -1, "0..present");
    if (!annuity_find(annuity, &sums, what, period, &found) ||
        found.whole > ACRM_FINANCE_AMOUNT_MAX)
        return acrm__issue(issue, ACRM_E_LIMIT, "rate", -1, "a value up to 1000000000000000");
    *value = (acrm_exact_amount){ .struct_size = sizeof *value,
                                  .rounded = acrm__round_q64(found, 1, ACRM_ROUND_HALF_UP) };
    value->ppt = acrm__q64_ppt(found, &value->whole);
    return ACRM_OK;
}
