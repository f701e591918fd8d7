/* SPDX-License-Identifier: MIT */
/*
 * Finds the rates that solve the equation, and proves how many there are.
 *
 * The unknown is s = ln(1 + i), i the rate of a unit-period. When all advances come before all
 * payments the rule of signs leaves one root, and Newton's method on ln(payments / advances), which
 * is nearly straight in s, reaches it in three or four steps inside a bracket. Otherwise the range
 * is cut until each piece is proven free of roots or monotone.
 */
#include "engines/finance/apr_internal.h"

#include <math.h>

/* Beyond this exponent a discount factor is computed alone, not from its neighbour's. */
#define APR_EXPONENT_MAX 600.0

/* Work the proof may do, in flows looked at; about half a second. */
#define APR_WORK_MAX 2e7

/* Widens the bounds for rounding, and for the right end of the left search lying just above 0. */
#define APR_MARGIN 1.01

/* Pieces of the range are not cut below this width. */
#define APR_WIDTH_MIN 1e-13

/* Present values of both sides, and their derivatives by s, negated. */
typedef struct apr_sides {
    double advances, payments;
    double advances_slope, payments_slope;
} apr_sides;

static void apr_add(apr_sides *sides, int32_t sign, double value, double time)
{
    if (sign > 0) {
        sides->advances += value;
        sides->advances_slope += value * time;
    } else {
        sides->payments += value;
        sides->payments_slope += value * time;
    }
}

static double apr_power(double v, int32_t n)
{
    uint32_t m = (uint32_t)(n < 0 ? -n : n);
    double result = 1;

    for (double base = n < 0 ? 1 / v : v; m != 0; m >>= 1, base *= base)
        if (m & 1)
            result *= base;
    return result;
}

/* The discount factor of an odd part and the derivative of its logarithm, negated. */
static double apr_odd(const acrm__apr_equation *eq, double s, double odd, double *slope)
{
    if (!eq->simple_odd) {
        *slope = odd;
        return exp(-s * odd);
    }
    double factor = 1 + odd * expm1(s);
    *slope = odd * exp(s) / factor;
    return 1 / factor;
}

double acrm__apr_discount(const acrm__apr_equation *eq, double s, const acrm_flow_time *time)
{
    double slope;

    return exp(-s * time->whole) *
           apr_odd(eq, s, eq->odd_unit * time->odd_num / time->odd_den, &slope);
}

/* Values at s, all times a common positive factor that keeps them in range. */
static apr_sides apr_at(acrm__apr_equation *eq, double s)
{
    apr_sides sides = { 0 };
    double v = exp(-s);
    bool chained = fabs(s) * (eq->time_max - eq->time_min) < APR_EXPONENT_MAX;
    double base = s < 0 && !chained ? eq->time_max : eq->time_min;
    int32_t whole = eq->times[0].whole;
    double power = exp(-s * (whole - base));
    int32_t odd_num = 0;
    int32_t odd_den = 1;
    double odd_factor = 1;
    double odd_slope = 0;

    eq->evaluations++;
    for (size_t k = 0; k < eq->n; k++) {
        const acrm_flow_time *t = &eq->times[k];
        int32_t sign = acrm__apr_sign(eq, k);
        if (sign == 0)
            continue;
        if (!chained)
            power = exp(-s * (t->whole - base));
        else if (t->whole == whole + 1)
            power *= v;
        else if (t->whole != whole)
            power *= apr_power(v, t->whole - whole);
        whole = t->whole;
        if (t->odd_num != odd_num || t->odd_den != odd_den) {
            odd_num = t->odd_num;
            odd_den = t->odd_den;
            odd_factor = apr_odd(eq, s, eq->odd_unit * odd_num / odd_den, &odd_slope);
        }
        apr_add(&sides, sign, (double)eq->flows[k].amount * power * odd_factor, whole + odd_slope);
    }
    return sides;
}

/* Which side is larger: > 0 payments, < 0 advances. */
static double apr_excess(const apr_sides *sides)
{
    return log(sides->payments / sides->advances);
}

/*
 * The root between lo and hi, where the excess has opposite signs. Newton from `guess`; a step that
 * leaves the bracket or does not shrink it fast becomes a bisection, so that at most some hundred
 * evaluations are ever needed.
 */
static double apr_root(acrm__apr_equation *eq, double lo, double hi, double guess, bool falling)
{
    double s = guess > lo && guess < hi ? guess : lo + (hi - lo) / 2;
    double step_before = hi - lo;

    for (int32_t turn = 0; turn < 200; turn++) {
        apr_sides sides = apr_at(eq, s);
        double excess = apr_excess(&sides);
        if (excess == 0)
            return s;
        if ((excess > 0) == falling)
            lo = s;
        else
            hi = s;
        double slope = sides.payments_slope / sides.payments -
                       sides.advances_slope / sides.advances;
        double next = s + excess / slope;
        bool inside = next > lo && next < hi; /* false for a NaN too */
        if (!inside || (turn > 8 && fabs(next - s) > step_before / 2))
            next = lo + (hi - lo) / 2;
        step_before = fabs(next - s);
        /* Quadratic: the error left is about the square of the step. */
        if (inside && step_before <= 1e-9 * fmax(fabs(next), 1e-3))
            return next;
        if (next == s || hi - lo <= 1e-16 * fmax(fabs(s), 1e-6))
            return next;
        s = next;
    }
    return s;
}

/* Sums that decide a piece of the range by its values at one end. */
typedef struct apr_bounds {
    double value;      /* advances less payments */
    double slope;      /* its derivative */
    double slope_most; /* its derivative is nowhere larger on the piece */
    double curve_most; /* nor its second derivative */
} apr_bounds;

/*
 * Values at s and bounds on one side of it: to the right (d = e^(-s (t - t_min)), falling, so its
 * derivatives are largest at the left end) or to the left (d = e^(-s (t - t_max)), rising).
 */
static apr_bounds apr_bound(acrm__apr_equation *eq, double s, bool to_the_right)
{
    double base = to_the_right ? eq->time_min : eq->time_max;
    apr_bounds sums = { 0 };

    eq->evaluations++;
    for (size_t k = 0; k < eq->n; k++) {
        int32_t sign = acrm__apr_sign(eq, k);
        if (sign == 0)
            continue;
        double odd_slope;
        double odd = eq->odd_unit * eq->times[k].odd_num / (double)eq->times[k].odd_den;
        double whole = eq->times[k].whole - base;
        double value = (double)eq->flows[k].amount * apr_odd(eq, s, odd, &odd_slope) *
                       exp(-s * whole);
        /* Simple interest's slope moves between 0 and 1; its own derivative is at most 1/4. */
        double most = whole + odd;
        double extra = 0;
        if (eq->simple_odd && odd > 0) {
            most = to_the_right ? whole + 1 : whole;
            extra = 0.25;
        }
        sums.value += sign * value;
        sums.slope -= sign * value * (whole + odd_slope);
        sums.slope_most += value * fabs(most);
        sums.curve_most += value * (most * most + extra);
    }
    return sums;
}

/* Searches [lo, hi], looking from its left end when to_the_right, else from its right end. Pieces
 * wait on a stack, the leftmost on top. Returns false when the work limit ends it, or a piece too
 * narrow to cut is neither free of roots nor monotone: two rates meet there, or nearly. */
static bool apr_search(acrm__apr_equation *eq, double lo, double hi, bool to_the_right,
                       acrm_apr_result *out)
{
    double ends[128];
    size_t depth = 0;
    double a = lo;

    ends[depth++] = hi;
    while (depth > 0) {
        double b = ends[depth - 1];
        double width = b - a;
        apr_bounds at = apr_bound(eq, to_the_right ? a : b, to_the_right);
        bool excluded = fabs(at.value) > at.slope_most * width * APR_MARGIN;
        bool monotone = !excluded && fabs(at.slope) > at.curve_most * width * APR_MARGIN;

        if (!excluded && !monotone) {
            if ((double)eq->evaluations * (double)eq->n > APR_WORK_MAX || width < APR_WIDTH_MIN ||
                depth == sizeof ends / sizeof ends[0])
                return false;
            ends[depth++] = a + width / 2;
            continue;
        }
        if (monotone) {
            apr_bounds other = apr_bound(eq, to_the_right ? b : a, to_the_right);
            double left = to_the_right ? at.value : other.value;
            double right = to_the_right ? other.value : at.value;
            if ((left >= 0) != (right >= 0)) { /* a zero counts as positive: at one piece only */
                double root = left == 0 ? a : apr_root(eq, a, b, a + width / 2, right >= 0);
                if (out->root_count < ACRM_APR_ROOTS_MAX)
                    out->roots[out->root_count] = root;
                out->root_count++;
            }
        }
        a = b;
        depth--;
    }
    return true;
}

static void apr_solve_several(acrm__apr_equation *eq, acrm_apr_result *out)
{
    /* The pieces never meet at 0, a likely root, where a zero would fall between two of them. */
    double middle = 0.00123456789 / (eq->time_max - eq->time_min + 1);
    double cut = fmin(fmax(middle, eq->low), eq->high);
    bool decided = (cut <= eq->low || apr_search(eq, eq->low, cut, false, out)) &&
                   (cut >= eq->high || apr_search(eq, cut, eq->high, true, out));

    if (!decided) {
        out->outcome = ACRM_APR_UNDECIDED;
        out->root_count = 0;
    } else if (out->root_count == 0) {
        out->outcome = ACRM_APR_NONE;
    } else {
        out->outcome = out->root_count == 1 ? ACRM_APR_UNIQUE : ACRM_APR_SEVERAL;
    }
}

/* What the rule of signs can tell from the times alone. */
typedef struct apr_order {
    double advance_last, payment_first;
    double advance_first, payment_last;
    int64_t net_where_they_meet;
    double advance_sum, payment_sum;         /* amounts */
    double advance_moment, payment_moment;   /* amounts times their times */
} apr_order;

static apr_order apr_look(acrm__apr_equation *eq)
{
    apr_order order = { .advance_last = -INFINITY,
                        .advance_first = INFINITY,
                        .payment_first = INFINITY,
                        .payment_last = -INFINITY };

    double odd = 0;
    acrm_flow_time last = { 0, 0, 1 };

    for (size_t k = 0; k < eq->n; k++) {
        int32_t sign = acrm__apr_sign(eq, k);
        if (eq->times[k].odd_num != last.odd_num || eq->times[k].odd_den != last.odd_den) {
            last = eq->times[k];
            odd = eq->odd_unit * last.odd_num / last.odd_den;
        }
        double time = eq->times[k].whole + odd;
        double amount = (double)eq->flows[k].amount;
        if (sign > 0) {
            order.advance_last = time > order.advance_last ? time : order.advance_last;
            order.advance_first = time < order.advance_first ? time : order.advance_first;
            order.advance_sum += amount;
            order.advance_moment += amount * time;
        } else if (sign < 0) {
            order.payment_first = time < order.payment_first ? time : order.payment_first;
            order.payment_last = time > order.payment_last ? time : order.payment_last;
            order.payment_sum += amount;
            order.payment_moment += amount * time;
        }
    }
    eq->time_min = fmin(order.advance_first, order.payment_first);
    eq->time_max = fmax(order.advance_last, order.payment_last);
    if (order.advance_last == order.payment_first)
        for (size_t k = 0; k < eq->n; k++)
            if (eq->times[k].whole + eq->odd_unit * eq->times[k].odd_num / eq->times[k].odd_den ==
                order.payment_first)
                order.net_where_they_meet += acrm__apr_sign(eq, k) * eq->flows[k].amount;
    return order;
}

/* One change of sign in time: one root, inside the range or outside it. */
static void apr_solve_one(acrm__apr_equation *eq, const apr_order *order, acrm_apr_result *out)
{
    double lo = eq->low;
    double hi = eq->high;
    apr_sides low = { 0 };
    double mean_gap = order->payment_moment / order->payment_sum -
                      order->advance_moment / order->advance_sum;
    double guess = log(order->payment_sum / order->advance_sum) / mean_gap;

    out->sign_changes_one = 1;
    if (!(guess > lo + (hi - lo) / 50 && guess < hi - (hi - lo) / 50)) {
        /* Only far out may the root lie beyond the range: nearer in, it is the bracket's. */
        low = apr_at(eq, lo);
        apr_sides high = apr_at(eq, hi);
        if (!(apr_excess(&low) > 0) || !(apr_excess(&high) < 0)) {
            out->outcome = ACRM_APR_OUTSIDE;
            return;
        }
    }
    double root = apr_root(eq, lo, hi, guess, true);
    if (root <= lo + 1e-9 || root >= hi - 1e-9) {
        out->outcome = ACRM_APR_OUTSIDE;
        return;
    }
    out->outcome = ACRM_APR_UNIQUE;
    out->root_count = 1;
    out->roots[0] = root;
}

void acrm__apr_solve(acrm__apr_equation *eq, acrm_apr_result *out)
{
    apr_order order = apr_look(eq);

    if (order.advance_sum == 0 || order.payment_sum == 0) {
        out->outcome = ACRM_APR_NONE;
    } else if (order.advance_last > order.payment_first) {
        apr_solve_several(eq, out);
    } else {
        bool lent = order.advance_first < order.payment_first || order.net_where_they_meet > 0;
        bool repaid = order.payment_last > order.advance_last || order.net_where_they_meet < 0;
        if (lent && repaid)
            apr_solve_one(eq, &order, out);
        else
            out->outcome = ACRM_APR_NONE;
    }
    out->iterations = eq->evaluations;
}
