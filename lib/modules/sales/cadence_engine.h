/* SPDX-License-Identifier: MIT */
/* When a lead must be followed up, when it is neglected, when its level falls. Pure. */
#ifndef ACRM_MODULES_SALES_CADENCE_ENGINE_H
#define ACRM_MODULES_SALES_CADENCE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

enum { ACRM__CADENCE_STEPS = 3 };

/* Of a level, in seconds. */
typedef struct acrm__cadence {
    int64_t first_contact; /* after the lead came in */
    int64_t contact_every; /* after the last contact */
    int64_t neglect_after; /* overdue by so much is neglect */
    int64_t horizon;       /* an order is expected within; 0: the level does not fall */
} acrm__cadence;

/* Of a lead, instants in microseconds. */
typedef struct acrm__cadence_state {
    int64_t received_at;
    int64_t level_since;
    bool contacted; /* the customer was reached, not only tried, */
    int64_t last_contact_at;
    int64_t due_at; /* next contact as it stands, also when it was agreed */
    int32_t step;   /* neglect raised so far, 0 to ACRM__CADENCE_STEPS */
} acrm__cadence_state;

/* Next contact, when no date was agreed. A lead whose level was changed is due then at the
 * earliest, so that a change never makes it overdue. */
int64_t acrm__cadence_next(const acrm__cadence *cadence, const acrm__cadence_state *state);
/* When neglect reaches a step, 1 to 3: overdue by neglect_after, 5/3 and 7/3 of it. */
int64_t acrm__cadence_step_at(const acrm__cadence *cadence, int64_t due_at, int32_t step);
/* The step reached by now, 0 to 3. */
int32_t acrm__cadence_step(const acrm__cadence *cadence, int64_t due_at, int64_t now);
/* Next instant at which something happens if nobody does anything; false: nothing will. */
bool acrm__cadence_wake(const acrm__cadence *cadence, const acrm__cadence_state *state,
                        int64_t *at);

#endif
