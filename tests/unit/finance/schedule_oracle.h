/* SPDX-License-Identifier: MIT */
/*
 * A second schedule, written apart from the library's: slow and obvious. Days come from a table
 * that is counted day by day, the instalment from a bisection in long double over the whole
 * contract, and every rounding from a search for the nearest multiple. It covers whatever
 * contract_of() in test_schedule_random.c can make.
 */
#ifndef TESTS_UNIT_FINANCE_SCHEDULE_ORACLE_H
#define TESTS_UNIT_FINANCE_SCHEDULE_ORACLE_H

#include "autocrm/finance.h"
#include "base/civil.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 oracle_wide;

enum {
    ORACLE_FIRST_YEAR = 1990,
    ORACLE_DAYS = 60000, /* to 2154 */
    ORACLE_ROWS = 130
};

typedef struct oracle_date {
    int32_t year, month, day, last; /* last: the month's last day */
} oracle_date;

/* [0] Gregorian, [1] Solar Hijri; index 0 is 1990-01-01, day number 7305. */
static oracle_date oracle_dates[2][ORACLE_DAYS];
enum { ORACLE_FIRST_DAY = 7305 };

static void oracle_count_days(void)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = ORACLE_FIRST_YEAR, month = 1, day = 1;

    for (int i = 0; i < ORACLE_DAYS; i++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        int last = lengths[month - 1] + (leap && month == 2 ? 1 : 0);
        oracle_dates[0][i] = (oracle_date){ year, month, day, last };
        if (++day > last) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
        /* The Solar Hijri conversion has its own tests against outside truth. */
        acrm__civil jalali = { 0 };
        (void)acrm__jalali_from_day(ORACLE_FIRST_DAY + i, &jalali);
        oracle_dates[1][i] = (oracle_date){ jalali.year, jalali.month, jalali.day,
                                            acrm__jalali_month_length(jalali.year,
                                                                      jalali.month) };
    }
}

static oracle_date oracle_date_of(const acrm_finance_terms *t, int32_t day)
{
    return oracle_dates[t->calendar][day - ORACLE_FIRST_DAY];
}

/* The day in the month that is `months` away on which a day of the month falls, or its last. */
static int32_t oracle_add_months(const acrm_finance_terms *t, int32_t day, int months, int dom)
{
    int32_t at = day - oracle_date_of(t, day).day + 1; /* the first of the month */

    for (; months > 0; months--)
        at += oracle_date_of(t, at).last;
    for (; months < 0; months++)
        at -= oracle_date_of(t, at - 1).last;
    int last = oracle_date_of(t, at).last;
    return at + (dom < last ? dom : last) - 1;
}

static const int oracle_months[] = { 1, 3, 6, 12, 0, 0, 0, 0 };
static const int oracle_days[] = { 0, 0, 0, 0, 28, 14, 7, 1 };
static const int oracle_a_year[] = { 12, 4, 2, 1, 13, 26, 52, 365 };

/* Rounds num / den to a multiple of unit: the one below, or the one above. */
static int64_t oracle_round(oracle_wide num, oracle_wide den, int64_t unit, int32_t mode)
{
    oracle_wide below = num / (den * unit) * unit;
    oracle_wide to_below = num - below * den;
    oracle_wide to_above = (below + unit) * den - num;
    bool up = false;

    if (to_below == 0)
        return (int64_t)below;
    if (mode == ACRM_ROUND_UP)
        up = true;
    else if (mode != ACRM_ROUND_DOWN && to_above < to_below)
        up = true;
    else if (to_above == to_below && mode == ACRM_ROUND_HALF_UP)
        up = true;
    else if (to_above == to_below && mode == ACRM_ROUND_HALF_EVEN)
        up = below / unit % 2 != 0;
    return (int64_t)(up ? below + unit : below);
}

typedef struct oracle {
    const acrm_finance_terms *t;
    int n;
    bool advance;
    int64_t loan, balloon, upfront, price_tax, advance_counted;
    int32_t due[ORACLE_ROWS]; /* 1 ... n + 1 */
    int32_t pay[ORACLE_ROWS];
    int32_t regular_from;
    int mode[ORACLE_ROWS];      /* 0 pays, 1 interest only, 2 holiday */
    int64_t num[ORACLE_ROWS];   /* fraction of a year of the row's interest */
    int64_t den[ORACLE_ROWS];
    int64_t regular_num, regular_den; /* the first period's, as if regular */
    int64_t odd_num, odd_den;         /* the own line's */
    bool own_line;
    int64_t cost;
    long double exact; /* the regular instalment */
    acrm_schedule_row rows[ORACLE_ROWS];
    int n_rows;
} oracle;

static int64_t oracle_share_of(const oracle *o, int64_t amount, int64_t rate)
{
    return oracle_round((oracle_wide)amount * rate, ACRM_RATE_ONE, o->t->round_unit,
                        o->t->rounding);
}

static int64_t oracle_charge(const oracle *o, const acrm_finance_charge *c, int64_t base,
                             int64_t *tax)
{
    int64_t amount = c->basis == ACRM_CHARGE_FIXED      ? c->amount
                     : c->basis == ACRM_CHARGE_OF_PRICE ? oracle_share_of(o, o->t->price, c->rate)
                                                        : oracle_share_of(o, base, c->rate);

    *tax = (c->flags & ACRM_CHARGE_TAXED) && o->t->tax_on ? oracle_share_of(o, amount,
                                                                            o->t->tax_rate)
                                                          : 0;
    return amount;
}

static void oracle_deal(oracle *o)
{
    const acrm_finance_terms *t = o->t;
    int64_t counted = 0, tax;

    if (t->tax_on == ACRM_TAX_PRICE)
        o->price_tax = oracle_share_of(o, t->price, t->tax_rate);
    if (t->tax_on == ACRM_TAX_PRICE_NET_TRADE_IN)
        o->price_tax = oracle_share_of(o, t->price - t->trade_in, t->tax_rate);
    int64_t net = t->price - t->deposit - t->trade_in + t->trade_in_debt;
    if (t->tax_financed)
        net += o->price_tax;
    else
        o->upfront += o->price_tax;
    o->loan = net;
    for (size_t i = 0; i < t->charges_len; i++) {
        if (t->charges[i].when != ACRM_CHARGE_FINANCED)
            continue;
        int64_t amount = oracle_charge(o, &t->charges[i], net, &tax) + tax;
        o->loan += amount;
        counted += t->charges[i].flags & ACRM_CHARGE_IN_APR ? amount : 0;
    }
    for (size_t i = 0; i < t->charges_len; i++) {
        if (t->charges[i].when != ACRM_CHARGE_UPFRONT)
            continue;
        int64_t amount = oracle_charge(o, &t->charges[i], o->loan, &tax) + tax;
        o->upfront += amount;
        counted += t->charges[i].flags & ACRM_CHARGE_IN_APR ? amount : 0;
    }
    o->advance_counted = o->loan - counted;
    o->balloon = t->kind == ACRM_FINANCE_INTEREST_ONLY ? o->loan : t->balloon;
}

static int32_t oracle_due_after(const oracle *o, int32_t first, int periods, int dom)
{
    const acrm_finance_terms *t = o->t;

    if (oracle_months[t->period] > 0)
        return oracle_add_months(t, first, periods * oracle_months[t->period], dom);
    return first + periods * oracle_days[t->period];
}

static int oracle_aim(const oracle *o, int32_t day)
{
    oracle_date date = oracle_date_of(o->t, day);

    return o->t->month_end && date.day == date.last ? 31 : date.day;
}

static bool oracle_open(const oracle *o, int32_t day)
{
    return o->t->open(o->t->open_user, day) != 0;
}

static int32_t oracle_pay_day(const oracle *o, int32_t k, int32_t due)
{
    const acrm_finance_terms *t = o->t;
    int32_t next = due, before = due;

    if (t->move == ACRM_MOVE_NONE)
        return due;
    if (t->move == ACRM_MOVE_NEXT_DUE) {
        while (k < o->n && !oracle_open(o, due))
            due = o->due[++k];
        next = due;
    }
    while (!oracle_open(o, next))
        next++;
    while (!oracle_open(o, before))
        before--;
    bool next_same = oracle_date_of(t, next).month == oracle_date_of(t, due).month;
    bool before_same = oracle_date_of(t, before).month == oracle_date_of(t, due).month;
    switch (t->move) {
    case ACRM_MOVE_PRECEDING:
        return before;
    case ACRM_MOVE_MODIFIED_FOLLOWING:
        return next_same ? next : before;
    case ACRM_MOVE_MODIFIED_PRECEDING:
        return before_same ? before : next;
    default:
        return next;
    }
}

static void oracle_fraction(const oracle *o, int32_t from, int32_t to, int64_t *num,
                            int64_t *den)
{
    const acrm_finance_terms *t = o->t;
    oracle_date a = oracle_dates[0][from - ORACLE_FIRST_DAY];
    oracle_date b = oracle_dates[0][to - ORACLE_FIRST_DAY];

    *den = 360;
    if (t->day_count == ACRM_DAYS_ACT_360) {
        *num = to - from;
    } else if (t->day_count == ACRM_DAYS_ACT_365F) {
        *num = to - from;
        *den = 365;
    } else if (t->day_count == ACRM_DAYS_ACT_ACT_ISDA) {
        *num = 0;
        *den = 365 * 366;
        for (int32_t day = from; day < to; day++) {
            int y = oracle_dates[0][day - ORACLE_FIRST_DAY].year;
            *num += (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 365 : 366;
        }
    } else { /* 30E/360 */
        int d1 = a.day == 31 ? 30 : a.day;
        int d2 = b.day == 31 ? 30 : b.day;
        *num = 360 * (b.year - a.year) + 30 * (b.month - a.month) + d2 - d1;
    }
}

/* Nominal odd days: whole periods back from a due day, and the rest as days of 365. */
static void oracle_nominal(const oracle *o, int32_t from, int32_t to, int dom, int start,
                           int64_t *num, int64_t *den)
{
    int whole = 0;
    int32_t first = o->due[1];

    while (oracle_due_after(o, first, start - whole - 1, dom) >= from) {
        whole++;
        to = oracle_due_after(o, first, start - whole, dom);
    }
    *num = (int64_t)whole * 365 + (int64_t)(to - from) * oracle_a_year[o->t->period];
    *den = (int64_t)365 * oracle_a_year[o->t->period];
}

static void oracle_calendar(oracle *o)
{
    const acrm_finance_terms *t = o->t;
    int dom = t->due_dom ? t->due_dom : oracle_aim(o, t->start_day);
    int32_t regular = o->advance ? t->start_day : oracle_due_after(o, t->start_day, 1, dom);
    int32_t first = t->first_due_day != ACRM_DAY_NONE ? t->first_due_day : regular;

    if (first != regular && !t->due_dom)
        dom = oracle_aim(o, first);
    o->due[1] = first;
    for (int k = 2; k <= o->n + 1; k++)
        o->due[k] = oracle_due_after(o, first, k - 1, dom);
    for (int k = 1; k <= o->n + 1; k++)
        o->pay[k] = oracle_pay_day(o, k, o->due[k]);
    o->regular_from = o->advance ? first : oracle_due_after(o, first, -1, dom);
    o->own_line = t->first_period == ACRM_FIRST_OWN_LINE && t->start_day < o->regular_from &&
                  t->interest_free == 0 && t->kind < ACRM_FINANCE_FLAT;

    int32_t from = t->start_day;
    for (int k = 1; k <= o->n + 1; k++) {
        int32_t to = t->move_interest ? o->pay[k] : o->due[k];
        if (t->day_count == ACRM_DAYS_NOMINAL) {
            o->num[k] = 1;
            o->den[k] = oracle_a_year[t->period];
            if (k == 1 && o->advance)
                o->num[k] = 0;
            if (k == 1) {
                o->regular_num = o->num[1];
                o->regular_den = o->den[1];
            }
            if (k == 1 && t->start_day != o->regular_from)
                oracle_nominal(o, t->start_day, first, dom, 0, &o->num[1], &o->den[1]);
        } else {
            oracle_fraction(o, from < to ? from : to, to, &o->num[k], &o->den[k]);
            if (k == 1)
                oracle_fraction(o, o->regular_from < to ? o->regular_from : to, to,
                                &o->regular_num, &o->regular_den);
        }
        from = to;
    }
    if (o->own_line) {
        o->num[1] = o->regular_num;
        o->den[1] = o->regular_den;
        if (t->day_count == ACRM_DAYS_NOMINAL)
            oracle_nominal(o, t->start_day, o->regular_from, dom, o->advance ? 0 : -1,
                           &o->odd_num, &o->odd_den);
        else
            oracle_fraction(o, t->start_day, o->regular_from, &o->odd_num, &o->odd_den);
    }
}

static void oracle_undated(oracle *o)
{
    for (int k = 1; k <= o->n + 1; k++) {
        o->due[k] = o->pay[k] = ACRM_DAY_NONE;
        o->num[k] = k == 1 && o->advance ? 0 : 1;
        o->den[k] = oracle_a_year[o->t->period];
    }
    o->regular_num = o->num[1];
    o->regular_den = o->den[1];
}

static void oracle_modes(oracle *o)
{
    const acrm_finance_terms *t = o->t;

    for (int k = 1; k <= o->n + 1; k++) {
        bool skipped = t->skip_months &&
                       t->skip_months >> (oracle_date_of(t, o->due[k]).month - 1) & 1;
        o->mode[k] = k < o->n && (k <= t->grace_interest || skipped) ? 2
                     : k <= t->grace_principal || t->kind == ACRM_FINANCE_INTEREST_ONLY ? 1
                                                                                        : 0;
        int period = o->advance ? k - 1 : k; /* the one whose interest the row bears */
        if (t->interest_free > 0 && period <= t->interest_free)
            o->num[k] = 0;
    }
    if (t->interest_free > 0)
        o->regular_num = 0;
}

/* What an instalment of `level` makes of the step of period k. */
static long double oracle_step(const oracle *o, int k, long double level)
{
    long double value = level;

    for (size_t i = 0; i < o->t->steps_len; i++)
        if (o->t->steps[i].from <= k)
            value = o->t->steps[i].what == ACRM_STEP_AMOUNT
                        ? (long double)o->t->steps[i].value
                        : level * (long double)o->t->steps[i].value / 1e9L;
    return value;
}

/* What is left of the loan when the instalment is `level` and nothing is rounded. */
static long double oracle_left(const oracle *o, long double level)
{
    const acrm_finance_terms *t = o->t;
    long double rate = (long double)t->rate / 1e9L;
    long double balance = (long double)o->loan;

    for (int k = 1; k <= o->n + (o->advance ? 1 : 0); k++) {
        bool apart = k == 1 && o->mode[1] == 0 && t->first_period != ACRM_FIRST_SPREAD;
        long double fraction = apart ? (long double)o->regular_num / (long double)o->regular_den
                                     : (long double)o->num[k] / (long double)o->den[k];
        if (o->mode[k] == 0 || (o->mode[k] == 2 && t->unpaid == ACRM_UNPAID_CAPITALISE))
            balance += balance * rate * fraction;
        if (o->mode[k] == 0 && k <= o->n)
            balance -= oracle_step(o, k, level);
    }
    return balance - (long double)o->balloon;
}

static void oracle_flat(oracle *o)
{
    const acrm_finance_terms *t = o->t;
    oracle_wide num = 0, den = 1;
    int64_t first_den = o->den[1];
    int64_t other_den = o->den[o->n]; /* all but the first have one denominator here */

    if (t->kind == ACRM_FINANCE_MURABAHA) {
        o->cost = t->profit;
        return;
    }
    for (int k = 2; k <= o->n + (o->advance ? 1 : 0); k++) {
        num += o->num[k];
        other_den = o->den[k];
    }
    num = num * first_den + (oracle_wide)o->num[1] * other_den;
    den = (oracle_wide)first_den * other_den;
    if (t->kind == ACRM_FINANCE_FLAT_AVERAGE && o->n > t->interest_free) {
        num *= o->n - t->interest_free + 1;
        den *= 2 * (oracle_wide)(o->n - t->interest_free);
    }
    o->cost = oracle_round((oracle_wide)o->loan * t->rate * num, den * ACRM_RATE_ONE,
                           t->round_unit, t->rounding);
}

/* The share of a flat cost that the i-th of m sharing rows bears: what is shared by then, less
 * what was before. */
static int64_t oracle_shared(const oracle *o, int i, int m)
{
    int64_t part = 0, whole = 0;

    for (int j = 1; j <= m; j++) {
        int64_t weight = o->t->spread == ACRM_SPREAD_DIGITS ? m - j + 1 : 1;
        whole += weight;
        part += j <= i ? weight : 0;
    }
    if (i >= m)
        return o->cost;
    int64_t sum = oracle_round((oracle_wide)o->cost * part, whole, o->t->round_unit,
                               o->t->rounding);
    return sum < o->cost ? sum : o->cost;
}

static void oracle_instalment(oracle *o)
{
    const acrm_finance_terms *t = o->t;
    long double low = 0, high = (long double)o->loan;
    int payers = 0, sharers = 0;

    for (int k = 1; k <= o->n; k++) {
        payers += o->mode[k] == 0;
        sharers += o->mode[k] != 2;
    }
    if (t->kind >= ACRM_FINANCE_FLAT) {
        oracle_flat(o);
        int64_t rest = o->loan - o->balloon + o->cost - oracle_shared(o, sharers - payers,
                                                                      sharers);
        o->exact = (long double)rest / payers;
        return;
    }
    if (t->kind != ACRM_FINANCE_ANNUITY)
        return;
    if (t->instalment) {
        o->exact = (long double)t->instalment;
        return;
    }
    if (oracle_left(o, 0) == oracle_left(o, high)) /* every instalment is given by a step */
        return;
    while (oracle_left(o, high) > 0)
        high *= 2;
    for (int i = 0; i < 200 && low < high; i++) {
        long double middle = low + (high - low) / 2;
        if (middle == low || middle == high)
            break;
        if (oracle_left(o, middle) > 0)
            low = middle;
        else
            high = middle;
    }
    o->exact = low;
}

static void oracle_finish_row(oracle *o, acrm_schedule_row *row, int64_t *balance)
{
    const acrm_finance_terms *t = o->t;
    int64_t paid = row->interest + row->principal, tax;

    row->closing = row->opening - row->principal;
    *balance = row->closing;
    if (row->closing == 0)
        row->flags |= ACRM_ROW_LAST;
    if (row->due_day != row->pay_day)
        row->flags |= ACRM_ROW_MOVED;
    if (t->tax_on == ACRM_TAX_PAYMENT)
        row->tax = oracle_share_of(o, paid, t->tax_rate);
    if (t->tax_on == ACRM_TAX_INTEREST)
        row->tax = oracle_share_of(o, row->principal < 0 ? paid : row->interest, t->tax_rate);
    row->counted = paid + row->tax;
    for (size_t i = 0; i < t->charges_len; i++) {
        const acrm_finance_charge *c = &t->charges[i];
        bool due = (c->when == ACRM_CHARGE_PERIODIC && row->kind == ACRM_ROW_INSTALMENT) ||
                   (c->when == ACRM_CHARGE_FINAL && row->closing == 0);
        if (!due)
            continue;
        int64_t amount = oracle_charge(
            o, c, c->basis == ACRM_CHARGE_OF_BALANCE ? row->opening : o->loan, &tax);
        *(c->kind == ACRM_CHARGE_FEE ? &row->fee : &row->insurance) += amount;
        row->tax += tax;
        row->counted += c->flags & ACRM_CHARGE_IN_APR ? amount + tax : 0;
    }
    row->total = paid + row->fee + row->insurance + row->tax;
    o->n_rows++;
}

/* The principal of a paying row, not yet held back by what is owed. */
static int64_t oracle_principal(const oracle *o, int k, int64_t level, int64_t *part, int left,
                                const acrm_schedule_row *row)
{
    const acrm_finance_terms *t = o->t;

    if (t->kind == ACRM_FINANCE_EQUAL_PRINCIPAL) {
        if (*part < 0)
            *part = oracle_round(row->opening - o->balloon, left, t->instalment_unit,
                                 t->instalment_rounding);
        return *part;
    }
    int64_t pay = level;
    for (size_t i = 0; i < t->steps_len; i++)
        if (t->steps[i].from <= k)
            pay = t->steps[i].what == ACRM_STEP_AMOUNT
                      ? t->steps[i].value
                      : oracle_round((oracle_wide)level * t->steps[i].value, ACRM_RATE_ONE,
                                     t->instalment_unit, t->instalment_rounding);
    if (k == 1 && t->kind == ACRM_FINANCE_ANNUITY && t->first_period != ACRM_FIRST_SPREAD)
        pay += row->accrued - oracle_round((oracle_wide)row->opening * t->rate * o->regular_num,
                                           (oracle_wide)o->regular_den * ACRM_RATE_ONE,
                                           t->round_unit, t->rounding);
    return (pay > 0 ? pay : 0) - row->accrued;
}

/* All rows, given the rounded level instalment. */
static void oracle_rows(oracle *o, int64_t level)
{
    const acrm_finance_terms *t = o->t;
    bool flat = t->kind >= ACRM_FINANCE_FLAT;
    bool settles = o->advance && t->kind == ACRM_FINANCE_ANNUITY && o->balloon > 0;
    int64_t balance = o->loan, waiting = 0, part = -1;
    int payers = 0, sharers = 0, shared = 0;
    int32_t from = t->start_day;

    for (int k = 1; k <= o->n; k++) {
        payers += o->mode[k] == 0;
        sharers += o->mode[k] != 2;
    }
    if (o->own_line) {
        acrm_schedule_row *row = &o->rows[o->n_rows];
        /* The day before the first due day is that of period 0, or of the first in advance. */
        *row = (acrm_schedule_row){ .kind = ACRM_ROW_FIRST_INTEREST,
                                    .from_day = from,
                                    .due_day = o->regular_from,
                                    .pay_day = oracle_pay_day(o, o->advance ? 1 : 0,
                                                              o->regular_from),
                                    .opening = balance };
        row->accrued = row->interest =
            oracle_round((oracle_wide)balance * t->rate * o->odd_num,
                         (oracle_wide)o->odd_den * ACRM_RATE_ONE, t->round_unit, t->rounding);
        from = o->regular_from;
        oracle_finish_row(o, row, &balance);
    }
    for (int k = 1; k <= o->n + 1 && balance > 0; k++) {
        acrm_schedule_row *row = &o->rows[o->n_rows];
        bool balloon = k == o->n + 1;
        int day = balloon && !o->advance ? o->n : k;
        *row = (acrm_schedule_row){ .number = k,
                                    .kind = balloon ? ACRM_ROW_BALLOON : ACRM_ROW_INSTALMENT,
                                    .from_day = from,
                                    .due_day = o->due[day],
                                    .pay_day = o->pay[day],
                                    .opening = balance };
        from = t->move_interest && t->start_day != ACRM_DAY_NONE ? o->pay[day] : o->due[day];
        if (flat && o->mode[k] != 2 && !balloon) {
            row->accrued = oracle_shared(o, shared + 1, sharers) -
                           oracle_shared(o, shared, sharers);
            shared++;
        } else if (!flat && (!balloon || o->advance)) {
            row->accrued = oracle_round((oracle_wide)balance * t->rate * o->num[k],
                                        (oracle_wide)o->den[k] * ACRM_RATE_ONE, t->round_unit,
                                        t->rounding);
        }
        if (balloon) {
            row->interest = row->accrued;
            row->principal = balance;
        } else if (o->mode[k] == 2) {
            row->flags = ACRM_ROW_HOLIDAY;
            if (t->unpaid == ACRM_UNPAID_WITH_NEXT) {
                waiting += row->accrued;
            } else {
                row->interest = row->accrued;
                row->principal = -row->accrued;
                part = -1;
            }
        } else {
            row->interest = row->accrued + waiting;
            waiting = 0;
            if (o->mode[k] == 1) {
                row->flags = ACRM_ROW_INTEREST_ONLY;
            } else {
                int64_t owed = balance - (o->advance && t->kind == ACRM_FINANCE_ANNUITY
                                              ? 0
                                              : o->balloon);
                row->principal = oracle_principal(o, k, level, &part, payers, row);
                payers--;
                if (row->principal > owed || owed - row->principal <= t->tail ||
                    (k == o->n && !settles))
                    row->principal = owed;
                row->flags = row->principal < 0 ? ACRM_ROW_NEGATIVE : 0;
            }
        }
        oracle_finish_row(o, row, &balance);
    }
}

/* Everything up to the exact instalment; false when the deal leaves no loan. */
static bool oracle_prepare(oracle *o, const acrm_finance_terms *t)
{
    memset(o, 0, sizeof *o);
    o->t = t;
    o->n = t->periods;
    o->advance = t->timing == ACRM_TIMING_ADVANCE;
    oracle_deal(o);
    if (o->loan < 1 || o->balloon > o->loan)
        return false;
    if (t->start_day == ACRM_DAY_NONE)
        oracle_undated(o);
    else
        oracle_calendar(o);
    oracle_modes(o);
    oracle_instalment(o);
    return true;
}

#endif
