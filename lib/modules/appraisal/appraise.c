/* SPDX-License-Identifier: MIT */
/* Appraisals: what is looked at, what putting it in order costs, and the way to an offer. */
#include "kernel/inside.h"
#include "modules/appraisal/appraisal.h"
#include "modules/appraisal/entities.h"

static const char appraise_timer[] = "appraisal.expire";

/* --- What is looked at --- */

static const struct {
    const char *area;
    const char *elements; /* code=Name, one after the other */
} appraise_elements[] = {
    { "body", "bonnet=Bonnet|bumper_front=Front bumper|bumper_rear=Rear bumper|"
              "wing_front_left=Front left wing|wing_front_right=Front right wing|"
              "door_front_left=Front left door|door_front_right=Front right door|"
              "door_rear_left=Rear left door|door_rear_right=Rear right door|"
              "wing_rear_left=Rear left wing|wing_rear_right=Rear right wing|"
              "sill_left=Left sill|sill_right=Right sill|roof=Roof|tailgate=Tailgate|paint=Paint" },
    { "glass", "windscreen=Windscreen|side_windows=Side windows|rear_window=Rear window|"
               "mirrors=Mirrors|lights=Lights" },
    { "tyres", "tyre_front_left=Front left tyre|tyre_front_right=Front right tyre|"
               "tyre_rear_left=Rear left tyre|tyre_rear_right=Rear right tyre|"
               "tyre_spare=Spare tyre|rims=Rims" },
    { "interior", "seats=Seats|dashboard=Dashboard|carpet=Carpet|headliner=Headliner|"
                  "steering_wheel=Steering wheel|odour=Odour" },
    { "mechanics", "engine=Engine|gearbox=Gearbox|clutch=Clutch|brakes=Brakes|"
                   "suspension=Suspension|steering=Steering|exhaust=Exhaust|cooling=Cooling" },
    { "electrics", "battery=Battery|air_conditioning=Air conditioning|infotainment=Infotainment|"
                   "sensors=Sensors and cameras|traction_battery=Traction battery" },
    { "papers", "registration=Registration|service_book=Service book|keys=Keys|"
                "accident_history=Accident history|inspection=Periodic inspection" },
};

static int32_t appraise_seed_one(acrm__call *call, const char *area, const char *words,
                                 size_t len, int64_t position)
{
    const char *equals = memchr(words, '=', len);
    size_t code = (size_t)(equals - words);
    acrm__rec *rec = acrm__new(call, "appraisal_element");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_appraisal_element__area, acrm__cell_text(area));
    acrm__set(rec, F_appraisal_element__code, acrm__cell_textn(words, code));
    acrm__set(rec, F_appraisal_element__name, acrm__cell_textn(equals + 1, len - code - 1));
    acrm__set(rec, F_appraisal_element__position, acrm__cell_int(position));
    return acrm__insert(call, rec);
}

int32_t acrm__appraisal_seed(acrm__call *call)
{
    int64_t position = 0;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof appraise_elements / sizeof appraise_elements[0]; i++)
        for (const char *p = appraise_elements[i].elements; st == ACRM_OK && *p;) {
            size_t len = strcspn(p, "|");
            st = appraise_seed_one(call, appraise_elements[i].area, p, len, position += 10);
            p += len + (p[len] == '|');
        }
    return st;
}

size_t acrm__appraisal_element(const char *code, const char *name)
{
    size_t n = strlen(code), element = 0;

    for (size_t i = 0; i < sizeof appraise_elements / sizeof appraise_elements[0]; i++)
        for (const char *p = appraise_elements[i].elements; *p; element++) {
            size_t len = strcspn(p, "|");
            if (len == n + 1 + strlen(name) && memcmp(p, code, n) == 0 && p[n] == '=' &&
                memcmp(p + n + 1, name, len - n - 1) == 0)
                return element;
            p += len + (p[len] == '|');
        }
    return SIZE_MAX;
}

/* --- As it is written --- */

int32_t acrm__appraisal_of(acrm__call *call, const unsigned char id[16], acrm__rec **out)
{
    acrm__call system = *call;

    system.as_system = true;
    return acrm__load(&system, "appraisal", id, "appraisal_id", out);
}

int32_t acrm__appraisal_open(acrm__call *call, const acrm__rec *rec, const char *arg)
{
    if (acrm__appraisal_is(rec, F_appraisal__state, "draft") ||
        acrm__appraisal_is(rec, F_appraisal__state, "valued"))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "state", arg, "the appraisal is %s: make another",
                      acrm__text(rec, F_appraisal__state));
}

int32_t acrm__appraisal_currency(acrm__call *call, const acrm__rec *of, acrm__rec *rec,
                                 uint32_t field)
{
    if (acrm__is_null(rec, field))
        acrm__set(rec, field, of->cells[F_appraisal__currency]);
    return acrm__cell_equal(&rec->cells[field], &of->cells[F_appraisal__currency])
               ? ACRM_OK
               : acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                            "the appraisal's money is in %s",
                            acrm__text(of, F_appraisal__currency));
}

/* VIN as read against the vehicle's; spaces and case are how people write. */
static bool appraise_same_vin(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == ' ' || *a == '-')
            a++;
        char upper = *a >= 'a' && *a <= 'z' ? (char)(*a - 'a' + 'A') : *a;
        if (upper != *b)
            return false;
        if (*b == '\0')
            return true;
    }
}

static int32_t appraise_vehicle(acrm__call *call, acrm__rec *rec)
{
    acrm__call system = *call;
    acrm__rec *car = NULL;

    system.as_system = true;
    int32_t st = acrm__load(&system, "vehicle", acrm__id(rec, F_appraisal__vehicle_id),
                            "vehicle_id", &car);
    if (st != ACRM_OK)
        return st;
    const char *seen = acrm__text(rec, F_appraisal__vin_seen);
    const char *vin = acrm__text(car, acrm__field_of(car->entity, "vin"));
    if (seen && vin && !appraise_same_vin(seen, vin))
        return acrm__fail(call, ACRM_E_INVALID, "vin", "vin_seen",
                          "this is the VIN of another vehicle");
    if (acrm__is_null(rec, F_appraisal__dealer_id))
        acrm__set(rec, F_appraisal__dealer_id,
                  car->cells[acrm__field_of(car->entity, "dealer_id")]);
    uint32_t km = acrm__field_of(car->entity, "odometer");
    if (acrm__changed(rec, F_appraisal__odometer) && !acrm__is_null(rec, F_appraisal__odometer) &&
        acrm__int(rec, F_appraisal__odometer) < acrm__int(car, km))
        return acrm__fail(call, ACRM_E_INVALID, "range", "odometer",
                          "odometer is less than the vehicle's last reading, %lld km",
                          (long long)acrm__int(car, km));
    return ACRM_OK;
}

int32_t acrm__appraisal_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const uint32_t fixed[] = { F_appraisal__offered, F_appraisal__appraised,
                                      F_appraisal__currency, F_appraisal__valid_until,
                                      F_appraisal__odometer, F_appraisal__vin_seen };
    int32_t st = ACRM_OK;

    for (size_t i = 0; before && st == ACRM_OK && i < sizeof fixed / sizeof fixed[0]; i++)
        if (acrm__changed(rec, fixed[i]) && acrm__cell_equal(&before->cells[F_appraisal__state],
                                                             &rec->cells[F_appraisal__state]))
            st = acrm__appraisal_open(call, before, rec->entity->fields[fixed[i]].def.name);
    if (!before && acrm__is_null(rec, F_appraisal__user_id))
        acrm__set(rec, F_appraisal__user_id, acrm__cell_id(acrm__actor(call)));
    return st == ACRM_OK ? appraise_vehicle(call, rec) : st;
}

static int64_t appraise_cost(const acrm__rec *item)
{
    return item && acrm__is_null(item, F_DELETED_AT) ? acrm__int(item, F_appraisal_item__repair)
                                                     : 0;
}

int32_t acrm__appraisal_item_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const uint32_t repair = F_appraisal__repair;
    const acrm__term coded = { F_appraisal_element__code, ACRM_FILTER_EQ,
                               rec->cells[F_appraisal_item__element] };
    acrm__rec *of = NULL, *element = NULL;
    int32_t st = acrm__appraisal_of(call, acrm__id(rec, F_appraisal_item__appraisal_id), &of);

    if (st == ACRM_OK)
        st = acrm__appraisal_open(call, of, "appraisal_id");
    if (st == ACRM_OK)
        st = acrm__appraisal_currency(call, of, rec, F_appraisal_item__currency);
    if (st == ACRM_OK && !before)
        st = acrm__find_one(call, &(acrm__select){ .entity = "appraisal_element",
            .terms = &coded, .n_terms = 1 }, &element);
    if (st != ACRM_OK)
        return st;
    if (!before && !element)
        return acrm__fail(call, ACRM_E_INVALID, "reference", "element",
                          "there is no appraisal_element %.40s",
                          acrm__text(rec, F_appraisal_item__element));
    if (!acrm__is_null(rec, F_appraisal_item__tread) && element &&
        !acrm__appraisal_is(element, F_appraisal_element__area, "tyres"))
        return acrm__fail(call, ACRM_E_INVALID, "range", "tread", "only tyres have a tread");
    const acrm_cell sum = acrm__cell_int(acrm__int(of, repair) + appraise_cost(rec) -
                                         appraise_cost(before));
    return acrm__amend(call, of->entity, acrm__id(of, F_ID), &repair, &sum, 1, NULL);
}

/* --- The way to an offer --- */

static int32_t appraise_end(acrm__call *call, acrm__rec *rec, const char *state,
                            const char *event)
{
    acrm__set(rec, F_appraisal__state, acrm__cell_text(state));
    int32_t st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = acrm__emit(call, event, "appraisal", acrm__id(rec, F_ID), NULL);
    return st == ACRM_OK && call->out ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__appraisal_submit(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int64_t until = 0;
    int32_t st = acrm__load_arg(call, "appraisal", "id", &rec);

    if (st == ACRM_OK)
        st = acrm__appraisal_open(call, rec, "id");
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(rec, F_appraisal__appraised) || acrm__is_null(rec, F_appraisal__offered))
        return acrm__fail(call, ACRM_E_INVALID, "required",
                          acrm__is_null(rec, F_appraisal__offered) ? "offered" : "appraised",
                          "it is said first what the vehicle is worth and what is offered for it");
    if (acrm__arg_time(call, "valid_until", &until))
        acrm__set(rec, F_appraisal__valid_until, acrm__cell_int(until));
    else if (acrm__is_null(rec, F_appraisal__valid_until))
        acrm__set(rec, F_appraisal__valid_until, acrm__cell_int(acrm__today(call) + 7));
    if (acrm__int(rec, F_appraisal__valid_until) < acrm__today(call))
        return acrm__fail(call, ACRM_E_INVALID, "range", "valid_until",
                          "valid_until lies in the past");
    acrm__set(rec, F_appraisal__submitted_by_id, acrm__cell_id(acrm__actor(call)));
    return appraise_end(call, rec, "submitted", "appraisal.submitted");
}

/* Up to how much the actor may approve. */
static int32_t appraise_limit(acrm__call *call, const acrm__rec *rec, int64_t *out)
{
    const acrm__term of_currency = { F_appraisal_level__currency, ACRM_FILTER_EQ,
                                     rec->cells[F_appraisal__currency] };
    const unsigned char *actor = acrm__actor(call);
    acrm__call system = *call;
    acrm__recs levels = { NULL, 0 };
    acrm__rec *user = NULL;

    *out = INT64_MAX;
    system.as_system = true;
    int32_t st = acrm__find(&system, &(acrm__select){ .entity = "appraisal_level",
        .terms = &of_currency, .n_terms = 1 }, &levels);
    if (st != ACRM_OK || levels.count == 0 || !actor)
        return st;
    *out = -1;
    st = acrm__load(&system, "user", actor, NULL, &user);
    for (size_t i = 0; st == ACRM_OK && i < levels.count; i++)
        if (acrm__cell_equal(&levels.items[i]->cells[F_appraisal_level__role_id],
                             &user->cells[acrm__field_of(user->entity, "role_id")]))
            *out = acrm__int(levels.items[i], F_appraisal_level__amount);
    return st;
}

static int32_t appraise_decide(acrm__call *call, acrm__rec **out)
{
    const unsigned char *actor = acrm__actor(call);
    int32_t st = acrm__load_arg(call, "appraisal", "id", out);

    if (st != ACRM_OK)
        return st;
    if (!acrm__appraisal_is(*out, F_appraisal__state, "submitted"))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                          "the appraisal is %s, not submitted",
                          acrm__text(*out, F_appraisal__state));
    acrm__set(*out, F_appraisal__decided_by_id, acrm__cell_id(actor));
    acrm__set(*out, F_appraisal__decided_at, acrm__cell_int(call->now));
    return ACRM_OK;
}

int32_t acrm__appraisal_approve(acrm__call *call)
{
    const unsigned char *actor = acrm__actor(call), *by;
    acrm__rec *rec = NULL;
    int64_t limit = 0, ends = 0;
    int32_t st = appraise_decide(call, &rec);

    if (st != ACRM_OK)
        return st;
    by = acrm__id(rec, F_appraisal__submitted_by_id);
    if (actor && by && memcmp(actor, by, 16) == 0)
        return acrm__fail(call, ACRM_E_DENIED, "four_eyes", "id",
                          "who submitted an appraisal does not approve it");
    st = appraise_limit(call, rec, &limit);
    if (st == ACRM_OK && acrm__int(rec, F_appraisal__offered) > limit)
        return acrm__fail(call, ACRM_E_DENIED, "level", "id",
                          "the offer is more than your role may approve");
    if (st == ACRM_OK && acrm__int(rec, F_appraisal__valid_until) < acrm__today(call))
        return acrm__fail(call, ACRM_E_CONFLICT, "expired", "id", "the offer has expired");
    if (st == ACRM_OK && acrm__day_start(call, (int32_t)acrm__int(rec, F_appraisal__valid_until) +
                                                   1, &ends))
        st = acrm__timer_set(call, appraise_timer, "appraisal", acrm__id(rec, F_ID), ends, NULL);
    return st == ACRM_OK ? appraise_end(call, rec, "approved", "appraisal.approved") : st;
}

int32_t acrm__appraisal_decline(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = appraise_decide(call, &rec);

    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_appraisal__cause, acrm__cell_text(acrm__arg_text(call, "cause")));
    return appraise_end(call, rec, "declined", "appraisal.declined");
}

int32_t acrm__appraisal_expire(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load(call, "appraisal", timer->subject, NULL, &rec);

    if (st != ACRM_OK || !acrm__appraisal_is(rec, F_appraisal__state, "approved"))
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    return appraise_end(call, rec, "expired", "appraisal.expired");
}
