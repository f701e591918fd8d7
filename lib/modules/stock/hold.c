/* SPDX-License-Identifier: MIT */
/*
 * Whom a vehicle is kept for. At most one reservation of a vehicle has it: its holder_id is the
 * vehicle, and a unique index sees to it that no other's is. From vehicle.reserve to the sale, and
 * as long as the vehicle stays sold, it is the same row.
 */
#include "kernel/inside.h"
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

static const char hold_timer_kind[] = "vehicle.reservation_ends";
#define HOLD_PRESET (7 * ACRM__STOCK_DAY)

int32_t acrm__hold_of(acrm__call *call, const acrm__rec *car, acrm__rec **out)
{
    const acrm__term term = { F_vehicle_reservation__holder_id, ACRM_FILTER_EQ, car->cells[F_ID] };

    *out = NULL;
    return acrm__find_one(call, &(acrm__select){ .entity = "vehicle_reservation", .terms = &term,
        .n_terms = 1, .as_system = true }, out);
}

int32_t acrm__hold_allowed(acrm__call *call, const acrm__rec *car)
{
    const char *status = acrm__text(car, F_vehicle__status);

    if (!acrm__is_null(car, F_vehicle__place) && strcmp(status, "sold") != 0)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, strcmp(status, "sold") == 0 ? "sold" : "status", "id",
                      "the vehicle is %s", status);
}

/* The status that a vehicle has by its place and the one that has it (NULL: nobody). */
static int32_t hold_status(acrm__call *call, acrm__rec *car, const acrm__rec *holder)
{
    const char *status = !holder ? acrm__text(car, F_vehicle__place)
                         : acrm__stock_is(holder, F_vehicle_reservation__state, "used")
                             ? "sold" : "reserved";

    acrm__set(car, F_vehicle__status, acrm__cell_text(status));
    return acrm__update(call, car);
}

static int32_t hold_until(acrm__call *call, const acrm__rec *rec)
{
    if (acrm__is_null(rec, F_vehicle_reservation__until) ||
        acrm__stock_is(rec, F_vehicle_reservation__state, "used"))
        return acrm__timer_cancel(call, hold_timer_kind, acrm__id(rec, F_ID));
    return acrm__timer_set(call, hold_timer_kind, "vehicle_reservation", acrm__id(rec, F_ID),
                           acrm__int(rec, F_vehicle_reservation__until), NULL);
}

/* The customer's place in the queue; NULL: none. */
static int32_t hold_queued(acrm__call *call, const acrm__rec *car, const unsigned char *customer,
                           acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_vehicle_reservation__vehicle_id, ACRM_FILTER_EQ, car->cells[F_ID] },
        { F_vehicle_reservation__state, ACRM_FILTER_EQ, acrm__cell_text("queued") },
        { F_vehicle_reservation__customer_id, ACRM_FILTER_EQ, acrm__cell_id(customer) },
    };

    *out = NULL;
    return acrm__find_one(call, &(acrm__select){ .entity = "vehicle_reservation", .terms = terms,
        .n_terms = customer ? 3 : 2, .as_system = true }, out);
}

static void hold_fill(acrm__rec *rec, const acrm__hold *hold)
{
    acrm__set(rec, F_vehicle_reservation__purpose, acrm__cell_text(hold->purpose));
    if (hold->lead)
        acrm__set(rec, F_vehicle_reservation__lead_id, acrm__cell_id(hold->lead));
    if (hold->subject_entity) {
        acrm__set(rec, F_vehicle_reservation__subject_entity,
                  acrm__cell_text(hold->subject_entity));
        acrm__set(rec, F_vehicle_reservation__subject_id, acrm__cell_id(hold->subject_id));
    }
    acrm__set(rec, F_vehicle_reservation__until,
              hold->until ? acrm__cell_int(hold->until) : acrm__cell_null());
}

static void hold_get(const acrm__call *call, acrm__rec *rec, const acrm__rec *car,
                     const char *state)
{
    acrm__set(rec, F_vehicle_reservation__state, acrm__cell_text(state));
    acrm__set(rec, F_vehicle_reservation__holder_id, car->cells[F_ID]);
    if (acrm__is_null(rec, F_vehicle_reservation__from))
        acrm__set(rec, F_vehicle_reservation__from, acrm__cell_int(call->now));
}

/* Put a new reservation down; the unique index has the last word. */
static int32_t hold_insert(acrm__call *call, const acrm__rec *car, const acrm__hold *hold,
                           const char *state, acrm__rec **out)
{
    acrm__rec *rec = acrm__new(call, "vehicle_reservation");

    if (!rec)
        return acrm__nomem(call);
    hold_fill(rec, hold);
    acrm__set(rec, F_vehicle_reservation__vehicle_id, car->cells[F_ID]);
    acrm__set(rec, F_vehicle_reservation__customer_id, acrm__cell_id(hold->customer));
    acrm__set(rec, F_vehicle_reservation__dealer_id, car->cells[F_vehicle__dealer_id]);
    acrm__set(rec, F_vehicle_reservation__user_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(rec, F_vehicle_reservation__state, acrm__cell_text(state));
    if (strcmp(state, "queued") != 0)
        hold_get(call, rec, car, state);
    *out = rec;
    return acrm__insert(call, rec);
}

static int32_t hold_tell(acrm__call *call, const char *type, const acrm__rec *rec)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "vehicle_id", acrm__id_text(call,
                  acrm__id(rec, F_vehicle_reservation__vehicle_id))) &&
              acrm__put_text(data, "customer_id", acrm__id_text(call,
                  acrm__id(rec, F_vehicle_reservation__customer_id))) &&
              acrm__put_text(data, "purpose", acrm__text(rec, F_vehicle_reservation__purpose));

    return ok ? acrm__emit(call, type, "vehicle_reservation", acrm__id(rec, F_ID), data)
              : acrm__nomem(call);
}

/* The customer's own: it is carried on under what is asked for now. */
static int32_t hold_again(acrm__call *call, acrm__rec *rec, const acrm__hold *hold)
{
    hold_fill(rec, hold);
    int32_t st = acrm__update(call, rec);
    return st == ACRM_OK ? hold_until(call, rec) : st;
}

int32_t acrm__hold_take(acrm__call *call, acrm__rec *car, const acrm__hold *hold, bool queue,
                        acrm__rec **out)
{
    acrm__rec *holder = NULL, *queued = NULL;
    int32_t st = acrm__hold_allowed(call, car);

    if (st == ACRM_OK)
        st = acrm__hold_of(call, car, &holder);
    if (st == ACRM_OK && holder)
        st = hold_queued(call, car, hold->customer, &queued);
    if (st != ACRM_OK)
        return st;
    *out = queued;
    if (holder && memcmp(acrm__id(holder, F_vehicle_reservation__customer_id), hold->customer,
                         16) == 0)
        *out = holder;
    if (*out)
        return hold_again(call, *out, hold);
    if (holder && !queue)
        return acrm__fail(call, ACRM_E_CONFLICT, "reserved", "id",
                          "the vehicle is reserved for somebody else");
    st = hold_insert(call, car, hold, holder ? "queued" : "held", out);
    if (st == ACRM_OK)
        st = hold_until(call, *out);
    if (st == ACRM_OK && !holder)
        st = hold_status(call, car, *out);
    return st == ACRM_OK && !holder ? hold_tell(call, "vehicle_reservation.held", *out) : st;
}

int32_t acrm__hold_use(acrm__call *call, acrm__rec *car, const acrm__hold *hold, acrm__rec **out)
{
    acrm__rec *queued = NULL;
    int32_t st = acrm__hold_allowed(call, car);

    if (st == ACRM_OK)
        st = acrm__hold_of(call, car, out);
    if (st != ACRM_OK)
        return st;
    if (*out && memcmp(acrm__id(*out, F_vehicle_reservation__customer_id), hold->customer, 16) != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "reserved", "id",
                          "the vehicle is reserved for somebody else");
    if (!*out) {
        st = hold_queued(call, car, hold->customer, &queued);
        if (st == ACRM_OK && queued) /* cannot be: nobody has it, yet somebody waits */
            *out = queued;
    }
    if (st == ACRM_OK && !*out) {
        st = hold_insert(call, car, hold, "used", out);
    } else if (st == ACRM_OK) {
        hold_fill(*out, hold);
        hold_get(call, *out, car, "used");
        st = acrm__update(call, *out);
    }
    if (st == ACRM_OK)
        st = hold_until(call, *out);
    return st == ACRM_OK ? hold_status(call, car, *out) : st;
}

int32_t acrm__hold_next(acrm__call *call, acrm__rec *car)
{
    acrm__rec *next = NULL;
    int32_t st = hold_queued(call, car, NULL, &next);

    if (st == ACRM_OK && next) {
        hold_get(call, next, car, "held");
        st = acrm__update(call, next);
        if (st == ACRM_OK)
            st = hold_tell(call, "vehicle_reservation.held", next);
    }
    return st == ACRM_OK ? hold_status(call, car, next) : st;
}

int32_t acrm__hold_end(acrm__call *call, acrm__rec *car, acrm__rec *rec, const char *state)
{
    bool had = !acrm__is_null(rec, F_vehicle_reservation__holder_id);
    acrm__call system = *call;

    system.as_system = true; /* of the vehicle: the reservation is what the caller may see */
    acrm__set(rec, F_vehicle_reservation__holder_id, acrm__cell_null());
    acrm__set(rec, F_vehicle_reservation__state, acrm__cell_text(state));
    acrm__set(rec, F_vehicle_reservation__ended_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(call, hold_timer_kind, acrm__id(rec, F_ID));
    if (st == ACRM_OK)
        st = hold_tell(call, strcmp(state, "expired") == 0 ? "vehicle_reservation.expired"
                                                           : "vehicle_reservation.released", rec);
    if (st == ACRM_OK && had && !car)
        st = acrm__load(&system, "vehicle", acrm__id(rec, F_vehicle_reservation__vehicle_id), NULL,
                        &car);
    return st == ACRM_OK && had ? acrm__hold_next(call, car) : st;
}

int32_t acrm__hold_timer(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load(call, "vehicle_reservation", timer->subject, NULL, &rec);

    if (st != ACRM_OK)
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    if (!acrm__stock_is(rec, F_vehicle_reservation__state, "held") &&
        !acrm__stock_is(rec, F_vehicle_reservation__state, "queued"))
        return ACRM_OK;
    return acrm__hold_end(call, NULL, rec, "expired");
}

/* --- Operations --- */

static int32_t hold_position(acrm__call *call, const acrm__rec *rec, int64_t *out)
{
    const acrm__term terms[] = {
        { F_vehicle_reservation__vehicle_id, ACRM_FILTER_EQ,
          rec->cells[F_vehicle_reservation__vehicle_id] },
        { F_vehicle_reservation__state, ACRM_FILTER_EQ, acrm__cell_text("queued") },
        { F_ID, ACRM_FILTER_LE, rec->cells[F_ID] },
    };

    *out = 0;
    if (!acrm__stock_is(rec, F_vehicle_reservation__state, "queued"))
        return ACRM_OK;
    return acrm__count(call, &(acrm__select){ .entity = "vehicle_reservation", .terms = terms,
        .n_terms = 3, .as_system = true }, out);
}

int32_t acrm__stock_reserve(acrm__call *call)
{
    unsigned char customer[16], lead[16], subject[16];
    acrm__hold hold = { .customer = customer, .purpose = acrm__arg_text(call, "purpose"),
                        .subject_entity = acrm__arg_text(call, "subject_entity"),
                        .subject_id = subject };
    acrm__rec *car = NULL, *rec = NULL;
    int64_t position = 0;
    bool firm = strcmp(hold.purpose, "contract") == 0 || strcmp(hold.purpose, "order") == 0;

    acrm__arg_id(call, "customer_id", customer);
    hold.lead = acrm__arg_id(call, "lead_id", lead) ? lead : NULL;
    if (!acrm__arg_id(call, "subject_id", subject) != !hold.subject_entity)
        return acrm__fail(call, ACRM_E_INVALID, "subject", "subject_id",
                          "subject_entity and subject_id go together");
    if (!acrm__arg_time(call, "until", &hold.until) && !firm)
        hold.until = call->now + HOLD_PRESET;
    if (hold.until && hold.until <= call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "until",
                          "until must lie in the future");
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);
    if (st == ACRM_OK)
        st = acrm__hold_take(call, car, &hold, acrm__arg_bool(call, "queue", true), &rec);
    if (st == ACRM_OK)
        st = hold_position(call, rec, &position);
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return st == ACRM_OK && !acrm__put_int(call->out, "position", position) ? acrm__nomem(call)
                                                                            : st;
}

int32_t acrm__stock_release(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "vehicle_reservation", "reservation_id", &rec);

    if (st != ACRM_OK)
        return st;
    if (!acrm__stock_is(rec, F_vehicle_reservation__state, "held") &&
        !acrm__stock_is(rec, F_vehicle_reservation__state, "queued"))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "reservation_id",
                          "the reservation is %s",
                          acrm__text(rec, F_vehicle_reservation__state));
    st = acrm__hold_end(call, NULL, rec, "released");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
