/* SPDX-License-Identifier: MIT */
/* When a lead must be followed up, when it is neglected, when its level falls. */
#include "modules/sales/cadence_engine.h"

#include <assert.h>

#define CADENCE_SECOND INT64_C(1000000)

/* Three, five and seven days of a cadence that allows three: first the owner is told, then the
 * manager, then the lead is to be given to somebody else. */
static const int32_t cadence_ladder[ACRM__CADENCE_STEPS] = { 3, 5, 7 };

int64_t acrm__cadence_next(const acrm__cadence *cadence, const acrm__cadence_state *state)
{
    int64_t due = state->contacted
                      ? state->last_contact_at + cadence->contact_every * CADENCE_SECOND
                      : state->received_at + cadence->first_contact * CADENCE_SECOND;

    return due < state->level_since ? state->level_since : due;
}

int64_t acrm__cadence_step_at(const acrm__cadence *cadence, int64_t due_at, int32_t step)
{
    assert(step >= 1 && step <= ACRM__CADENCE_STEPS);
    return due_at + cadence->neglect_after * CADENCE_SECOND * cadence_ladder[step - 1] /
                        cadence_ladder[0];
}

int32_t acrm__cadence_step(const acrm__cadence *cadence, int64_t due_at, int64_t now)
{
    int32_t step = 0;

    while (step < ACRM__CADENCE_STEPS && acrm__cadence_step_at(cadence, due_at, step + 1) <= now)
        step++;
    return step;
}

bool acrm__cadence_wake(const acrm__cadence *cadence, const acrm__cadence_state *state,
                        int64_t *at)
{
    bool any = false;

    if (state->step < ACRM__CADENCE_STEPS) {
        *at = acrm__cadence_step_at(cadence, state->due_at, state->step + 1);
        any = true;
    }
    if (cadence->horizon > 0) {
        int64_t falls = state->level_since + cadence->horizon * CADENCE_SECOND;
        if (!any || falls < *at)
            *at = falls;
        any = true;
    }
    return any;
}
