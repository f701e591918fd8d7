/* SPDX-License-Identifier: MIT */
/* Tiers replayed from their entries: windows of days, reviews at midnight. */
#include "engines/tier/tier.h"

#include "base/civil.h"

#include <assert.h>

enum { TIER_DAYS_MAX = 3660 };

static int32_t tier_refuse(acrm_issue *issue, int32_t status, const char *field,
                           const char *allowed, int64_t row)
{
    if (issue)
        *issue = (acrm_issue){ field, allowed, row };
    return status;
}

/* Each tier ends where the next one begins. */
static int32_t tier_check_bands(const acrm__tier_scheme *scheme, acrm_issue *issue)
{
    if (scheme->from[0] != 0)
        return tier_refuse(issue, ACRM_E_INVALID, "from", "0 for the lowest tier: no gap", 0);
    for (size_t i = 0; i < scheme->n_tiers; i++) {
        int64_t next = i + 1 == scheme->n_tiers ? INT64_MAX : scheme->from[i + 1];
        if (scheme->from[i] > ACRM__TIER_POINTS_MAX ||
            (i && scheme->from[i] <= scheme->from[i - 1]))
            return tier_refuse(issue, ACRM_E_INVALID, "from",
                               "above that of the tier before: no overlap", (int64_t)i);
        if (scheme->until && scheme->until[i] != next)
            return tier_refuse(issue, ACRM_E_INVALID, "until",
                               scheme->until[i] < next ? "the next tier's from: there is a gap"
                                                       : "the next tier's from: they overlap",
                               (int64_t)i);
    }
    return ACRM_OK;
}

int32_t acrm__tier_check(const acrm__tier_scheme *scheme, acrm_issue *issue)
{
    if (scheme->n_tiers < 1 || scheme->n_tiers > ACRM__TIER_COUNT_MAX)
        return tier_refuse(issue, ACRM_E_INVALID, "tiers", "1 to 32", -1);
    if (scheme->window < ACRM__TIER_ROLLING || scheme->window > ACRM__TIER_TIER_YEAR)
        return tier_refuse(issue, ACRM_E_INVALID, "window", "one of the windows", -1);
    if (scheme->window == ACRM__TIER_ROLLING &&
        (scheme->days < 1 || scheme->days > TIER_DAYS_MAX))
        return tier_refuse(issue, ACRM_E_INVALID, "days", "1 to 3660", -1);
    if (scheme->window == ACRM__TIER_ROLLING && scheme->one_down)
        return tier_refuse(issue, ACRM_E_INVALID, "downgrade",
                           "balance_based, where every day is a review", -1);
    return tier_check_bands(scheme, issue);
}

int32_t acrm__tier_of(const acrm__tier_scheme *scheme, int64_t sum)
{
    int32_t tier = 0;

    while ((size_t)tier + 1 < scheme->n_tiers && scheme->from[tier + 1] <= sum)
        tier++;
    return tier;
}

/* --- Days --- */

int32_t acrm__tier_day(const acrm__tier_scheme *scheme, int64_t at, int32_t *day)
{
    acrm_local local = { .struct_size = sizeof local };

    if (at < ACRM__INSTANT_MIN || at > ACRM__INSTANT_MAX)
        return ACRM_E_INVALID;
    if (!scheme->zone) {
        *day = (int32_t)acrm__floor_div(at, ACRM__DAY_US);
        return ACRM_OK;
    }
    int32_t st = acrm_zone_to_local(scheme->zone, at, &local);
    if (st == ACRM_OK)
        *day = local.day;
    return st;
}

int32_t acrm__tier_midnight(const acrm__tier_scheme *scheme, int32_t day, int64_t *at)
{
    if (day < ACRM__DAY_MIN || day > ACRM__DAY_MAX)
        return ACRM_E_INVALID;
    if (scheme->zone)
        return acrm_zone_to_instant(scheme->zone, day, 0, at, NULL);
    *at = day * ACRM__DAY_US;
    return ACRM_OK;
}

/* A day some years on, held within range. */
static int32_t tier_years(int32_t day, int64_t years)
{
    int32_t to = years < 0 ? ACRM__DAY_MIN : ACRM__DAY_MAX;

    (void)acrm__civil_add_months(day, years * 12, &to);
    return to;
}

/* The whole years from one day to another, not before it. */
static int32_t tier_years_between(int32_t from, int32_t to)
{
    acrm__civil a, b;

    acrm__civil_from_day(from, &a);
    acrm__civil_from_day(to, &b);
    int32_t years = b.year - a.year;
    if (years > 0 && tier_years(from, years) > to)
        years--;
    return years < 0 ? 0 : years;
}

/* The first day of the year, and of the one `on` years later, by a calendar. */
static int32_t tier_year_start(bool jalali, int32_t day, int32_t on)
{
    acrm__civil date;
    int32_t start = ACRM__DAY_MIN;

    if (jalali && acrm__jalali_from_day(day, &date)) {
        if (!acrm__jalali_to_day(date.year + on, 1, 1, &start))
            start = ACRM__DAY_MAX;
        return start;
    }
    acrm__civil_from_day(day, &date);
    if (!acrm__civil_to_day(date.year + on, 1, 1, &start))
        start = ACRM__DAY_MAX;
    return start;
}

int32_t acrm__tier_window_from(const acrm__tier_scheme *scheme, int32_t joined_day, int32_t day)
{
    switch (scheme->window) {
    case ACRM__TIER_ROLLING:
        return day - scheme->days + 1;
    case ACRM__TIER_CALENDAR_YEAR:
    case ACRM__TIER_JALALI_YEAR:
        return tier_year_start(scheme->window == ACRM__TIER_JALALI_YEAR, day, 0);
    case ACRM__TIER_MEMBER_YEAR:
        return tier_years(joined_day, tier_years_between(joined_day, day));
    default:
        return tier_years(day + 1, -1);
    }
}

/* --- The run --- */

typedef struct tier_run {
    const acrm__tier_scheme *scheme;
    const acrm__tier_entry *entries;
    size_t n;    /* those taken in so far */
    size_t left; /* ROLLING: the first of them that has not left the window */
    size_t hint; /* where the last search ended */
    int32_t joined_day;
    acrm__tier_state state;
    acrm__tier_step_fn step;
    void *user;
} tier_run;

/* Points of the entries with a day before this one. Days are asked for nearly in order: the search
 * begins where the last one ended. */
static int64_t tier_before(tier_run *run, int32_t day)
{
    const acrm__tier_entry *entries = run->entries;
    size_t low = 0, high, step = 1;

    if (run->n == 0 || entries[run->n - 1].day < day)
        return run->n ? entries[run->n - 1].sum : 0;
    if (run->hint && entries[run->hint - 1].day < day)
        low = run->hint;
    for (high = low; high < run->n && entries[high].day < day; step *= 2) {
        low = high + 1;
        high += step;
    }
    high = high < run->n ? high : run->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entries[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    run->hint = low;
    return low ? entries[low - 1].sum : 0;
}

/* Points of the days from `first` up to, without, `end`. */
static int64_t tier_sum(tier_run *run, int32_t first, int32_t end)
{
    return tier_before(run, end) - tier_before(run, first);
}

/* The tier that a review at the beginning of a day leaves. It goes by the window that ended with
 * the day before; a rolling one is that of the day itself, in which nothing has happened yet. */
static int32_t tier_judge(tier_run *run, int32_t day, int64_t *sum)
{
    const acrm__tier_scheme *scheme = run->scheme;
    int32_t of = scheme->window == ACRM__TIER_ROLLING ? day : day - 1;

    *sum = tier_sum(run, acrm__tier_window_from(scheme, run->joined_day, of), day);
    int32_t tier = acrm__tier_of(scheme, *sum);
    if (scheme->one_down && tier < run->state.tier - 1)
        tier = run->state.tier - 1;
    if (day < run->state.hold && tier < run->state.floor)
        tier = run->state.floor;
    return tier < run->state.tier ? tier : run->state.tier;
}

/* Every day is a review, but only these can lower the tier: the day after the last entry, the day
 * on which a hold ends, and those on which an entry leaves the window. */
static int32_t tier_roll_next(tier_run *run, int32_t after)
{
    int32_t days = run->scheme->days, next = ACRM__TIER_NEVER;

    while (run->left < run->n && run->entries[run->left].day + days <= after)
        run->left++;
    if (run->left < run->n)
        next = run->entries[run->left].day + days;
    if (run->n && run->entries[run->n - 1].day >= after)
        next = run->entries[run->n - 1].day + 1 < next ? run->entries[run->n - 1].day + 1 : next;
    return run->state.hold > after && run->state.hold < next ? run->state.hold : next;
}

/* The next review after a day that may lower the tier. */
static int32_t tier_next_review(tier_run *run, int32_t after)
{
    const acrm__tier_scheme *scheme = run->scheme;
    int32_t day;

    if (run->state.tier == 0)
        return ACRM__TIER_NEVER;
    switch (scheme->window) {
    case ACRM__TIER_ROLLING:
        return tier_roll_next(run, after);
    case ACRM__TIER_CALENDAR_YEAR:
    case ACRM__TIER_JALALI_YEAR:
        day = tier_year_start(scheme->window == ACRM__TIER_JALALI_YEAR, after, 1);
        break;
    case ACRM__TIER_MEMBER_YEAR:
        day = tier_years(run->joined_day, tier_years_between(run->joined_day, after) + 1);
        break;
    default:
        day = tier_years(run->state.since_day,
                         tier_years_between(run->state.since_day, after) + 1);
        break;
    }
    return day <= after || day >= ACRM__DAY_MAX ? ACRM__TIER_NEVER : day;
}

static int32_t tier_set(tier_run *run, int64_t at, int32_t day, int32_t tier, int32_t cause,
                        int64_t sum)
{
    const acrm__tier_step step = { at, run->state.tier, tier, cause, sum };

    run->state.tier = tier;
    run->state.since = at;
    run->state.since_day = day;
    run->state.review_day = tier_next_review(run, day);
    return run->step ? run->step(run->user, &step) : ACRM_OK;
}

/* All reviews up to the beginning of a day. */
static int32_t tier_review_until(tier_run *run, int32_t until)
{
    int64_t sum, at;

    while (run->state.review_day <= until) {
        int32_t day = run->state.review_day;
        int32_t tier = tier_judge(run, day, &sum);
        if (tier == run->state.tier) {
            run->state.review_day = tier_next_review(run, day);
            continue;
        }
        int32_t st = acrm__tier_midnight(run->scheme, day, &at);
        if (st == ACRM_OK)
            st = tier_set(run, at, day, tier, ACRM__TIER_FELL, sum);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

/* The next review does not take it back: the one after that may. */
static int32_t tier_grant(tier_run *run, const acrm__tier_entry *entry, int64_t sum)
{
    int32_t st = ACRM_OK;

    if (entry->grant > run->state.tier)
        st = tier_set(run, entry->at, entry->day, entry->grant, ACRM__TIER_GRANTED, sum);
    if (entry->grant < run->state.floor && entry->day < run->state.hold)
        return st;
    run->state.floor = entry->grant;
    run->state.hold = ACRM__DAY_MIN;
    if (run->scheme->window == ACRM__TIER_ROLLING) {
        run->state.hold = entry->day + run->scheme->days;
    } else {
        int32_t next = tier_next_review(run, entry->day);
        run->state.hold = next == ACRM__TIER_NEVER ? ACRM__DAY_MIN : next + 1;
    }
    run->state.review_day = tier_next_review(run, entry->day);
    return st;
}

static int32_t tier_take(tier_run *run, const acrm__tier_entry *entry)
{
    int32_t st = tier_review_until(run, entry->day);

    if (st != ACRM_OK)
        return st;
    run->n++;
    int32_t from = acrm__tier_window_from(run->scheme, run->joined_day, entry->day);
    int64_t sum = tier_sum(run, from, entry->day + 1);
    int32_t tier = acrm__tier_of(run->scheme, sum);
    if (tier > run->state.tier)
        st = tier_set(run, entry->at, entry->day, tier, ACRM__TIER_ROSE, sum);
    else if (run->scheme->window == ACRM__TIER_ROLLING)
        run->state.review_day = tier_next_review(run, entry->day);
    return st == ACRM_OK && entry->grant >= 0 ? tier_grant(run, entry, sum) : st;
}

static int32_t tier_prepare(const acrm__tier_scheme *scheme, int64_t joined_at,
                            acrm__tier_entry *entries, size_t n, int64_t now, acrm_issue *issue)
{
    int64_t sum = 0, last = joined_at;

    for (size_t i = 0; i < n; i++) {
        if (entries[i].at < last || entries[i].at > now)
            return tier_refuse(issue, ACRM_E_INVALID, "at",
                               "in order, from joining until now", (int64_t)i);
        if (entries[i].grant >= (int32_t)scheme->n_tiers)
            return tier_refuse(issue, ACRM_E_INVALID, "grant", "a tier of the scheme", (int64_t)i);
        if (__builtin_add_overflow(sum, entries[i].points, &sum) ||
            sum > ACRM__TIER_POINTS_MAX || sum < -ACRM__TIER_POINTS_MAX)
            return tier_refuse(issue, ACRM_E_LIMIT, "points", "1000000000000000 in all",
                               (int64_t)i);
        last = entries[i].at;
        entries[i].sum = sum;
        if (acrm__tier_day(scheme, last, &entries[i].day) != ACRM_OK)
            return tier_refuse(issue, ACRM_E_INVALID, "at", "years 1 to 9999", (int64_t)i);
    }
    return ACRM_OK;
}

int32_t acrm__tier_replay(const acrm__tier_scheme *scheme, int64_t joined_at,
                          acrm__tier_entry *entries, size_t n, int64_t now,
                          acrm__tier_step_fn step, void *user, acrm__tier_state *out,
                          acrm_issue *issue)
{
    tier_run run = { .scheme = scheme, .entries = entries, .step = step, .user = user };
    int64_t sum;
    int32_t today;

    if (joined_at > now || acrm__tier_day(scheme, joined_at, &run.joined_day) != ACRM_OK ||
        acrm__tier_day(scheme, now, &today) != ACRM_OK)
        return tier_refuse(issue, ACRM_E_INVALID, "joined_at", "before now, years 1 to 9999", -1);
    int32_t st = tier_prepare(scheme, joined_at, entries, n, now, issue);
    if (st != ACRM_OK)
        return st;
    run.state.hold = ACRM__DAY_MIN;
    st = tier_set(&run, joined_at, run.joined_day, 0, ACRM__TIER_JOINED, 0);
    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = tier_take(&run, &entries[i]);
    if (st == ACRM_OK)
        st = tier_review_until(&run, today);
    if (st != ACRM_OK)
        return st;
    if (scheme->window == ACRM__TIER_ROLLING) /* the day on which it does fall, as things are */
        while (run.state.review_day != ACRM__TIER_NEVER &&
               tier_judge(&run, run.state.review_day, &sum) == run.state.tier)
            run.state.review_day = tier_next_review(&run, run.state.review_day);
    run.state.window_from = acrm__tier_window_from(scheme, run.joined_day, today);
    run.state.sum = tier_sum(&run, run.state.window_from, today + 1);
    *out = run.state;
    return ACRM_OK;
}

/* The first day on which an entry of a day that counts today does not. */
static int32_t tier_leaves(const tier_run *run, int32_t day, int32_t today)
{
    int32_t low = today, high = today + TIER_DAYS_MAX + 1;

    while (low + 1 < high) {
        int32_t middle = low + (high - low) / 2;
        if (acrm__tier_window_from(run->scheme, run->joined_day, middle) > day)
            high = middle;
        else
            low = middle;
    }
    return high;
}

int32_t acrm__tier_foresee(const acrm__tier_scheme *scheme, int64_t joined_at,
                           const acrm__tier_entry *entries, size_t n, int64_t now,
                           const acrm__tier_state *state, acrm__tier_forecast *out)
{
    tier_run run = { .scheme = scheme, .entries = entries, .n = n, .state = *state };
    acrm__tier_forecast found = { .review_day = state->review_day, .review_tier = state->tier,
                                  .rise_until = ACRM__TIER_NEVER };
    int32_t today, st = acrm__tier_day(scheme, now, &today);
    int64_t sum;

    if (st == ACRM_OK)
        st = acrm__tier_day(scheme, joined_at, &run.joined_day);
    if (st != ACRM_OK || today > ACRM__DAY_MAX - TIER_DAYS_MAX - 1)
        return st == ACRM_OK ? ACRM_E_INVALID : st;
    while (found.review_day < state->hold && state->floor >= state->tier)
        found.review_day = tier_next_review(&run, found.review_day);
    if (found.review_day != ACRM__TIER_NEVER) {
        found.review_tier = tier_judge(&run, found.review_day, &sum);
        if (found.review_tier < state->tier)
            found.keep_missing = scheme->from[state->tier] - sum;
    }
    if ((size_t)state->tier + 1 < scheme->n_tiers)
        found.rise_missing = scheme->from[state->tier + 1] - state->sum;
    for (size_t i = 0; i < n; i++) {
        if (entries[i].day < state->window_from || entries[i].points == 0)
            continue;
        int32_t day = tier_leaves(&run, entries[i].day, today);
        found.rise_until = day - 1;
        found.falling = tier_sum(&run, state->window_from,
                                 acrm__tier_window_from(scheme, run.joined_day, day));
        break;
    }
    *out = found;
    return ACRM_OK;
}
