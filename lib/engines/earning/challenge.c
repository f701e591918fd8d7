/* SPDX-License-Identifier: MIT */
/* Periods of days, and challenges: counts, sums and streaks over events in order. */
#include "autocrm/status.h"
#include "base/civil.h"
#include "engines/earning/earning.h"

#include <assert.h>

int64_t acrm__period_of(int32_t period, int32_t day)
{
    acrm__civil date;

    switch (period) {
    case ACRM__EARNING_EVENT:
    case ACRM__EARNING_DAY:
        return day;
    case ACRM__EARNING_WEEK:
        return acrm__floor_div((int64_t)day + 3, 7); /* 1970 began on a Thursday */
    case ACRM__EARNING_MONTH:
        acrm__civil_from_day(day, &date);
        return (int64_t)date.year * 12 + date.month;
    case ACRM__EARNING_YEAR:
        acrm__civil_from_day(day, &date);
        return date.year;
    default:
        return 0;
    }
}

int32_t acrm__period_start(int32_t period, int32_t day)
{
    acrm__civil date;
    int32_t start = ACRM__DAY_MIN;

    switch (period) {
    case ACRM__EARNING_EVENT:
    case ACRM__EARNING_DAY:
        return day;
    case ACRM__EARNING_WEEK:
        return day - (int32_t)acrm__floor_mod((int64_t)day + 3, 7);
    case ACRM__EARNING_MONTH:
    case ACRM__EARNING_YEAR:
        acrm__civil_from_day(day, &date);
        acrm__civil_to_day(date.year, period == ACRM__EARNING_YEAR ? 1 : date.month, 1, &start);
        return start;
    default:
        return start;
    }
}

/* A streak: the same period again counts once, the next one continues, a gap begins anew. */
static int64_t challenge_streak(const acrm__challenge *challenge, acrm__challenge_state *state,
                                int32_t day)
{
    int64_t period = acrm__period_of(challenge->unit, day);
    int64_t before = state->period;

    if (state->begun && period == before)
        return 0;
    state->value = state->begun && period == before + 1 ? state->value + 1 : 1;
    state->period = period;
    state->begun = true;
    if (challenge->repeats)
        return state->value % challenge->target == 0;
    if (state->value != challenge->target || state->met)
        return 0;
    state->met = true;
    return 1;
}

static int64_t challenge_add(const acrm__challenge *challenge, acrm__challenge_state *state,
                             int32_t day, int64_t amount)
{
    int64_t period = acrm__period_of(challenge->every, day);
    int64_t met;

    if (!state->begun || period != state->period) {
        state->value = 0;
        state->met = false;
    }
    state->period = period;
    state->begun = true;
    if (__builtin_add_overflow(state->value, amount, &state->value))
        state->value = INT64_MAX;
    if (!challenge->repeats) {
        met = !state->met && state->value >= challenge->target;
        state->met = state->met || met;
        return met;
    }
    met = state->value / challenge->target;
    if (state->value > state->best)
        state->best = state->value;
    state->value %= challenge->target;
    return met;
}

int64_t acrm__challenge_step(const acrm__challenge *challenge, acrm__challenge_state *state,
                             int32_t day, int64_t amount)
{
    int64_t met;

    assert(challenge->target > 0);
    if (challenge->goal == ACRM__CHALLENGE_STREAK)
        met = challenge_streak(challenge, state, day);
    else
        met = challenge_add(challenge, state, day,
                            challenge->goal == ACRM__CHALLENGE_SUM ? amount : 1);
    if (state->value > state->best)
        state->best = state->value;
    state->times += met;
    return met;
}
