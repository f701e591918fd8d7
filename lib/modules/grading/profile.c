/* SPDX-License-Identifier: MIT */
/* From what passed to a profile: state, regulars, expectations with their reasons. */
#include "modules/grading/grading.h"

#include "base/civil.h"
#include "base/value.h"

#include <string.h>

const acrm__number_def acrm__profile_numbers[P_COUNT] = {
    [P_LIFETIME_VALUE] = { F_customer_profile__lifetime_value, ACRM_SCORING_MONEY },
    [P_LIFETIME_MARGIN] = { F_customer_profile__lifetime_margin, ACRM_SCORING_MONEY },
    [P_RECENT_VALUE] = { F_customer_profile__recent_value, ACRM_SCORING_MONEY },
    [P_COMPLAINT_COST] = { F_customer_profile__complaint_cost, ACRM_SCORING_MONEY },
    [P_UNCOUNTED] = { F_customer_profile__uncounted, ACRM_SCORING_INT },
    [P_PURCHASES] = { F_customer_profile__purchases, ACRM_SCORING_INT },
    [P_FIRST_PURCHASE_ON] = { F_customer_profile__first_purchase_on, ACRM_SCORING_DAY },
    [P_LAST_PURCHASE_ON] = { F_customer_profile__last_purchase_on, ACRM_SCORING_DAY },
    [P_VISITS] = { F_customer_profile__visits, ACRM_SCORING_INT },
    [P_LAST_VISIT_ON] = { F_customer_profile__last_visit_on, ACRM_SCORING_DAY },
    [P_LEADS] = { F_customer_profile__leads, ACRM_SCORING_INT },
    [P_LAST_LEAD_ON] = { F_customer_profile__last_lead_on, ACRM_SCORING_DAY },
    [P_CONTACTS] = { F_customer_profile__contacts, ACRM_SCORING_INT },
    [P_LAST_CONTACT_ON] = { F_customer_profile__last_contact_on, ACRM_SCORING_DAY },
    [P_ACTIVITIES] = { F_customer_profile__activities, ACRM_SCORING_INT },
    [P_COMPLAINTS] = { F_customer_profile__complaints, ACRM_SCORING_INT },
    [P_OPEN_COMPLAINTS] = { F_customer_profile__open_complaints, ACRM_SCORING_INT },
    [P_LAST_COMPLAINT_ON] = { F_customer_profile__last_complaint_on, ACRM_SCORING_DAY },
    [P_VEHICLES] = { F_customer_profile__vehicles, ACRM_SCORING_INT },
    [P_CONSENTS] = { F_customer_profile__consents, ACRM_SCORING_INT },
    [P_FREQUENCY] = { F_customer_profile__frequency, ACRM_SCORING_INT },
    [P_LAST_SEEN_ON] = { F_customer_profile__last_seen_on, ACRM_SCORING_DAY },
    [P_REGULAR] = { F_customer_profile__regular, ACRM_SCORING_INT },
    [P_NEXT_SERVICE_ON] = { F_customer_profile__next_service_on, ACRM_SCORING_DAY },
    [P_REPURCHASE_ON] = { F_customer_profile__repurchase_on, ACRM_SCORING_DAY },
};

static const char *const profile_service_by[] = { "time", "mileage" };
static const char *const profile_repurchase_by[] = { "interval", "vehicle_age", "model_cycle",
                                                     "contract_end", "mileage" };
static const char *const profile_states[] = { "new", "active", "passive", "lost" };

/* --- What is expected: the earliest of all reasons, all of which are told --- */

void acrm__profile_expect(acrm__batch *batch, acrm__person *person, bool service, int32_t by,
                          int64_t day, const unsigned char *vehicle)
{
    uint32_t number = service ? P_NEXT_SERVICE_ON : P_REPURCHASE_ON;
    acrm_value *reasons = service ? batch->service : batch->repurchase;
    acrm__call *call = batch->call;

    if (day > ACRM__DAY_MAX)
        day = ACRM__DAY_MAX;
    if (reasons) { /* what does not fit into memory is not told */
        acrm_value *item = acrm__add_map(reasons);
        const char *on = acrm__date_text(call, day);
        (void)(item && on &&
               acrm__put_text(item, "by", service ? profile_service_by[by]
                                                  : profile_repurchase_by[by]) &&
               acrm__put_text(item, "on", on) &&
               acrm__put_text(item, "vehicle_id", vehicle ? acrm__id_text(call, vehicle) : NULL));
    }
    if (person->present[number] && person->values[number] <= day)
        return;
    person->present[number] = 1;
    person->values[number] = day;
    bool *has = service ? &person->has_service_vehicle : &person->has_repurchase_vehicle;
    *has = vehicle != NULL;
    if (vehicle)
        memcpy(service ? person->service_vehicle : person->repurchase_vehicle, vehicle, 16);
    if (service)
        person->service_by = by;
    else
        person->repurchase_by = by;
}

/* --- The rest, once all has passed --- */

static void profile_next(acrm__batch *batch, acrm__person *p, int64_t day)
{
    if (day <= batch->today || day > ACRM__DAY_MAX)
        return;
    if (p->next_on == ACRM__GRADING_NO_DAY || day < p->next_on)
        p->next_on = (int32_t)day;
}

static void profile_state(acrm__batch *batch, acrm__person *p)
{
    const acrm__policy *policy = batch->policy;
    int64_t seen = p->values[P_LAST_SEEN_ON], since = batch->today - seen;

    p->state = ACRM__STATE_NEW;
    if (!p->present[P_LAST_SEEN_ON])
        return;
    p->state = since <= policy->active_days ? ACRM__STATE_ACTIVE
               : since <= policy->lost_days ? ACRM__STATE_PASSIVE : ACRM__STATE_LOST;
    profile_next(batch, p, seen + policy->active_days + 1);
    profile_next(batch, p, seen + policy->lost_days + 1);
}

static void profile_dealer(acrm__person *p)
{
    const acrm__dealer_tally *best = &p->dealers[0];

    for (uint32_t i = 1; i < ACRM__GRADING_DEALERS; i++) {
        const acrm__dealer_tally *t = &p->dealers[i];
        if (t->n > best->n || (t->n == best->n && t->n > 0 && t->last > best->last))
            best = t;
    }
    if (best->n == 0)
        return;
    memcpy(p->dealer, best->id, 16);
    p->has_dealer = true;
}

void acrm__profile_finish(acrm__batch *batch, acrm__person *p)
{
    int64_t first = p->values[P_FIRST_PURCHASE_ON], last = p->values[P_LAST_PURCHASE_ON];
    int64_t n = p->values[P_PURCHASES];

    p->hidden |= p->refused;
    /* Days until now were kept by whoever passed; those of the past are no days to wait for. */
    if (p->next_on != ACRM__GRADING_NO_DAY && p->next_on <= batch->today)
        p->next_on = ACRM__GRADING_NO_DAY;
    if (n > 1 && p->present[P_LAST_PURCHASE_ON] && last > first)
        acrm__profile_expect(batch, p, false, ACRM__REPURCHASE_INTERVAL,
                             last + (last - first) / (n - 1), NULL);
    p->values[P_REGULAR] = p->values[P_FREQUENCY] >= batch->policy->regular_min;
    if (p->window_first != ACRM__GRADING_NO_DAY)
        profile_next(batch, p, p->window_first + batch->policy->frequency_days);
    profile_state(batch, p);
    profile_dealer(p);
}

/* --- As a row --- */

#define AT(field) ((field) - F_customer_profile__currency)

void acrm__profile_cells(const acrm__batch *batch, const acrm__person *p, acrm_cell *cells)
{
    for (uint32_t i = 0; i < ACRM__PROFILE_CELLS; i++)
        cells[i] = acrm__cell_null();
    cells[AT(F_customer_profile__currency)] = acrm__cell_text(batch->policy->currency);
    for (uint32_t i = 0; i < P_COUNT; i++)
        if (p->present[i])
            cells[AT(acrm__profile_numbers[i].field)] = acrm__cell_int(p->values[i]);
    cells[AT(F_customer_profile__state)] = acrm__cell_text(profile_states[p->state]);
    if (p->service_by >= 0)
        cells[AT(F_customer_profile__next_service_by)] =
            acrm__cell_text(profile_service_by[p->service_by]);
    if (p->repurchase_by >= 0)
        cells[AT(F_customer_profile__repurchase_by)] =
            acrm__cell_text(profile_repurchase_by[p->repurchase_by]);
    cells[AT(F_customer_profile__next_service_vehicle_id)] =
        acrm__cell_id(p->has_service_vehicle ? p->service_vehicle : NULL);
    cells[AT(F_customer_profile__repurchase_vehicle_id)] =
        acrm__cell_id(p->has_repurchase_vehicle ? p->repurchase_vehicle : NULL);
    cells[AT(F_customer_profile__preferred_channel)] = acrm__cell_text(p->channel);
    cells[AT(F_customer_profile__preferred_dealer_id)] =
        acrm__cell_id(p->has_dealer ? p->dealer : NULL);
    cells[AT(F_customer_profile__computed_on)] = acrm__cell_int(batch->today);
    int64_t due;
    if (p->next_on != ACRM__GRADING_NO_DAY && acrm__day_start(batch->call, p->next_on, &due))
        cells[AT(F_customer_profile__due_at)] = acrm__cell_int(due);
}

const char *acrm__profile_state_name(int32_t state)
{
    return profile_states[state];
}
