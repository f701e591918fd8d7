/* SPDX-License-Identifier: MIT */
/* The life of a vehicle in stock: ordered, under way, there, sold, delivered, taken back. */
#include "kernel/inside.h"
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

static int32_t life_wrong(acrm__call *call, const acrm__rec *car, const char *allowed)
{
    return acrm__fail(call, ACRM_E_CONFLICT, "status", "id", "the vehicle is %s, not %s",
                      acrm__text(car, F_vehicle__status), allowed);
}

/* The day of an argument, today without it; one that has not come is refused. */
static int32_t life_day(acrm__call *call, const char *arg, int64_t *day)
{
    int64_t today = acrm__today(call);

    if (!acrm__arg_time(call, arg, day))
        *day = today;
    return *day <= today ? ACRM_OK
                         : acrm__fail(call, ACRM_E_INVALID, "range", arg,
                                      "%s must not lie in the future", arg);
}

/* It stands elsewhere now; its status follows while nobody has it. */
static void life_place(acrm__rec *car, const char *place)
{
    const char *before = acrm__text(car, F_vehicle__place);

    if (!before || acrm__stock_is(car, F_vehicle__status, before))
        acrm__set(car, F_vehicle__status, acrm__cell_text(place));
    acrm__set(car, F_vehicle__place, acrm__cell_text(place));
}

static int32_t life_tell(acrm__call *call, const char *type, const acrm__rec *car,
                         const unsigned char *customer)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              (!customer || acrm__put_text(data, "customer_id", acrm__id_text(call, customer)));

    return ok ? acrm__emit(call, type, "vehicle", acrm__id(car, F_ID), data) : acrm__nomem(call);
}

static int32_t life_end(acrm__call *call, int32_t st, const acrm__rec *car)
{
    return st == ACRM_OK ? acrm__render(call, car, call->out) : st;
}

int32_t acrm__stock_odometer(acrm__call *call, acrm__rec *car, const char *arg)
{
    int64_t km = acrm__arg_int(call, arg, -1);

    if (km < 0)
        return ACRM_OK;
    if (km < acrm__int(car, F_vehicle__odometer))
        return acrm__fail(call, ACRM_E_INVALID, "range", arg,
                          "%s is less than the last reading, %lld km", arg,
                          (long long)acrm__int(car, F_vehicle__odometer));
    acrm__set(car, F_vehicle__odometer, acrm__cell_int(km));
    return ACRM_OK;
}

int32_t acrm__stock_ship(acrm__call *call)
{
    acrm__rec *car = NULL;
    const char *number = acrm__arg_text(call, "order_number");
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);

    if (st == ACRM_OK && !acrm__stock_is(car, F_vehicle__place, "ordered"))
        return life_wrong(call, car, "ordered");
    if (st != ACRM_OK)
        return st;
    if (number)
        acrm__set(car, F_vehicle__order_number, acrm__cell_text(number));
    life_place(car, "in_transit");
    return life_end(call, acrm__update(call, car), car);
}

/* --- Receiving --- */

/* What the arguments say of it beyond the day. */
static int32_t life_received(acrm__call *call, acrm__rec *car, int64_t day)
{
    static const struct {
        const char *arg;
        uint32_t field;
    } ids[] = { { "location_id", F_vehicle__location_id }, { "dealer_id", F_vehicle__dealer_id } };
    static const struct {
        const char *arg;
        uint32_t field;
    } texts[] = { { "stock_number", F_vehicle__stock_number }, { "kind", F_vehicle__kind } };

    for (size_t i = 0; i < 2; i++) {
        unsigned char *id = acrm__arena_alloc(call->arena, 16);
        if (!id)
            return acrm__nomem(call);
        if (acrm__arg_id(call, ids[i].arg, id))
            acrm__set(car, ids[i].field, acrm__cell_id(id));
        if (acrm__arg_text(call, texts[i].arg))
            acrm__set(car, texts[i].field, acrm__cell_text(acrm__arg_text(call, texts[i].arg)));
    }
    acrm__set(car, F_vehicle__arrived_on, acrm__cell_int(day));
    acrm__set(car, F_vehicle__at_dealer_since, acrm__cell_int(day));
    life_place(car, "in_stock");
    return acrm__stock_odometer(call, car, "odometer");
}

/* Whoever was its owner is so no more from a day on. */
static int32_t life_disown(acrm__call *call, const acrm__rec *car, int64_t day)
{
    const acrm__term term = { F_vehicle_ownership__vehicle_id, ACRM_FILTER_EQ, car->cells[F_ID] };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "vehicle_ownership", .terms = &term,
        .n_terms = 1, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__rec *owner = found.items[i];
        int64_t from = acrm__int(owner, F_vehicle_ownership__from_date);
        if (!acrm__is_null(owner, F_vehicle_ownership__to_date))
            continue;
        acrm__set(owner, F_vehicle_ownership__to_date, acrm__cell_int(day > from ? day : from));
        st = acrm__update(call, owner);
    }
    return st;
}

/* A vehicle that was delivered comes back: it is nobody's, and its sale is history. */
static int32_t life_take_back(acrm__call *call, acrm__rec *car, int64_t day)
{
    acrm__rec *holder = NULL;
    int32_t st = acrm__hold_of(call, car, &holder);

    if (st == ACRM_OK && holder) {
        acrm__set(holder, F_vehicle_reservation__holder_id, acrm__cell_null());
        st = acrm__update(call, holder);
    }
    if (st == ACRM_OK)
        st = life_disown(call, car, day);
    acrm__set(car, F_vehicle__sold_on, acrm__cell_null());
    acrm__set(car, F_vehicle__days_to_sell, acrm__cell_null());
    if (acrm__stock_is(car, F_vehicle__kind, "new"))
        acrm__set(car, F_vehicle__kind, acrm__cell_text("used"));
    return st;
}

int32_t acrm__stock_receive(acrm__call *call)
{
    acrm__rec *car = NULL, *transfer = NULL;
    int64_t day = 0;
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);

    if (st == ACRM_OK)
        st = life_day(call, "on", &day);
    if (st == ACRM_OK)
        st = acrm__haul_of(call, car, &transfer);
    if (st != ACRM_OK)
        return st;
    if (transfer && acrm__stock_is(transfer, F_vehicle_transfer__state, "sent"))
        return acrm__fail(call, ACRM_E_CONFLICT, "transfer", "id",
                          "the vehicle comes from another dealer: vehicle.transfer_receive takes "
                          "it in");
    bool back = acrm__stock_is(car, F_vehicle__status, "delivered");
    if (back)
        st = life_take_back(call, car, day);
    else if (acrm__is_null(car, F_vehicle__place) ||
             acrm__stock_is(car, F_vehicle__place, "in_stock"))
        return life_wrong(call, car, "ordered, under way or delivered");
    if (st == ACRM_OK)
        st = life_received(call, car, day);
    if (st == ACRM_OK)
        st = acrm__update(call, car);
    if (st == ACRM_OK && back) /* who has waited since before it was sold */
        st = acrm__hold_next(call, car);
    if (st == ACRM_OK)
        st = life_tell(call, "vehicle.received", car, NULL);
    return life_end(call, st, car);
}

/* --- Selling --- */

/* Sold to a customer from a day on. */
static int32_t life_sell(acrm__call *call, acrm__rec *car, const acrm__hold *hold, int64_t day)
{
    int64_t arrived = acrm__int(car, F_vehicle__arrived_on);
    int64_t age = acrm__is_null(car, F_vehicle__arrived_on) || arrived > day ? 0 : day - arrived;
    acrm__rec *rec = NULL;

    acrm__set(car, F_vehicle__sold_on, acrm__cell_int(day));
    acrm__set(car, F_vehicle__days_to_sell, acrm__cell_int(age));
    int32_t st = acrm__hold_use(call, car, hold, &rec);
    return st == ACRM_OK ? life_tell(call, "vehicle.sold", car, hold->customer) : st;
}

int32_t acrm__stock_sell(acrm__call *call)
{
    unsigned char customer[16], lead[16], subject[16];
    acrm__hold hold = { .customer = customer, .purpose = "contract", .subject_id = subject,
                        .subject_entity = acrm__arg_text(call, "subject_entity") };
    acrm__rec *car = NULL;
    int64_t day = 0;

    acrm__arg_id(call, "customer_id", customer);
    hold.lead = acrm__arg_id(call, "lead_id", lead) ? lead : NULL;
    if (!acrm__arg_id(call, "subject_id", subject) != !hold.subject_entity)
        return acrm__fail(call, ACRM_E_INVALID, "subject", "subject_id",
                          "subject_entity and subject_id go together");
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);
    if (st == ACRM_OK)
        st = life_day(call, "on", &day);
    if (st == ACRM_OK)
        st = life_sell(call, car, &hold, day);
    return life_end(call, st, car);
}

int32_t acrm__stock_unsell(acrm__call *call)
{
    acrm__rec *car = NULL, *holder = NULL;
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);

    if (st == ACRM_OK && !acrm__stock_is(car, F_vehicle__status, "sold"))
        return life_wrong(call, car, "sold");
    if (st == ACRM_OK)
        st = acrm__hold_of(call, car, &holder);
    if (st == ACRM_OK && !holder)
        return acrm__fail(call, ACRM_E_CORRUPT, "reservation", "id",
                          "a sold vehicle has nobody to whom it was sold");
    if (st != ACRM_OK)
        return st;
    acrm__set(car, F_vehicle__sold_on, acrm__cell_null());
    acrm__set(car, F_vehicle__days_to_sell, acrm__cell_null());
    st = acrm__hold_end(call, car, holder, "released");
    if (st == ACRM_OK)
        st = life_tell(call, "vehicle.unsold", car, NULL);
    return life_end(call, st, car);
}

/* --- Delivery --- */

static int32_t life_own(acrm__call *call, const acrm__rec *car, const unsigned char *customer,
                        int64_t day)
{
    acrm__rec *owner = acrm__new(call, "vehicle_ownership");
    int32_t st = owner ? life_disown(call, car, day) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    acrm__set(owner, F_vehicle_ownership__vehicle_id, car->cells[F_ID]);
    acrm__set(owner, F_vehicle_ownership__customer_id, acrm__cell_id(customer));
    acrm__set(owner, F_vehicle_ownership__role, acrm__cell_text("owner"));
    acrm__set(owner, F_vehicle_ownership__from_date, acrm__cell_int(day));
    acrm__set(owner, F_vehicle_ownership__odometer, car->cells[F_vehicle__odometer]);
    return acrm__insert(call, owner);
}

/* One that the stock does not know, yet nobody owns, is taken for one that is there. */
static int32_t life_unknown(acrm__call *call, acrm__rec *car, int64_t day)
{
    const acrm__term terms[] = {
        { F_vehicle_ownership__vehicle_id, ACRM_FILTER_EQ, car->cells[F_ID] },
    };
    acrm__recs found = { NULL, 0 };
    acrm__rec *holder = NULL;
    int32_t st = acrm__hold_of(call, car, &holder);

    if (st == ACRM_OK && !holder)
        st = acrm__find(call, &(acrm__select){ .entity = "vehicle_ownership", .terms = terms,
            .n_terms = 1, .as_system = true }, &found);
    bool owned = holder != NULL;
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        owned = owned || acrm__is_null(found.items[i], F_vehicle_ownership__to_date);
    if (st != ACRM_OK || owned)
        return st;
    acrm__set(car, F_vehicle__arrived_on, acrm__cell_int(day));
    life_place(car, "in_stock");
    return ACRM_OK;
}

/* It must be the customer's: sold to them, or free and sold with it. */
static int32_t life_theirs(acrm__call *call, acrm__rec *car, const unsigned char *customer,
                           int64_t day)
{
    const acrm__hold hold = { .customer = customer, .purpose = "contract" };
    acrm__rec *holder = NULL;

    int32_t st = acrm__stock_is(car, F_vehicle__status, "delivered") ? life_unknown(call, car, day)
                                                                    : ACRM_OK;
    if (st == ACRM_OK && !acrm__stock_is(car, F_vehicle__status, "sold"))
        return life_sell(call, car, &hold, day);
    if (st == ACRM_OK)
        st = acrm__hold_of(call, car, &holder);
    if (st == ACRM_OK && holder &&
        memcmp(acrm__id(holder, F_vehicle_reservation__customer_id), customer, 16) != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "customer", "customer_id",
                          "the vehicle was sold to somebody else");
    return st;
}

int32_t acrm__stock_deliver(acrm__call *call)
{
    unsigned char customer[16];
    acrm__rec *car = NULL;
    int64_t day = 0;
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);

    acrm__arg_id(call, "customer_id", customer);
    if (st == ACRM_OK)
        st = life_day(call, "on", &day);
    if (st == ACRM_OK)
        st = acrm__stock_odometer(call, car, "odometer");
    if (st == ACRM_OK)
        st = acrm__haul_leave(call, car);
    if (st == ACRM_OK)
        st = life_theirs(call, car, customer, day);
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(car, F_vehicle__arrived_on))
        acrm__set(car, F_vehicle__arrived_on, acrm__cell_int(day));
    acrm__set(car, F_vehicle__status, acrm__cell_text("delivered"));
    acrm__set(car, F_vehicle__place, acrm__cell_null());
    acrm__set(car, F_vehicle__location_id, acrm__cell_null());
    st = acrm__update(call, car);
    if (st == ACRM_OK)
        st = life_own(call, car, customer, day);
    if (st == ACRM_OK)
        st = life_tell(call, "vehicle.delivered", car, customer);
    return life_end(call, st, car);
}

int32_t acrm__stock_scrap(acrm__call *call)
{
    acrm__rec *car = NULL, *holder = NULL;
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);

    if (st == ACRM_OK)
        st = acrm__hold_of(call, car, &holder);
    if (st != ACRM_OK)
        return st;
    bool theirs = acrm__stock_is(car, F_vehicle__status, "delivered");
    if ((holder && !theirs) || acrm__stock_is(car, F_vehicle__status, "scrapped"))
        return life_wrong(call, car, "free");
    st = theirs ? life_disown(call, car, acrm__today(call)) : acrm__haul_leave(call, car);
    acrm__set(car, F_vehicle__status, acrm__cell_text("scrapped"));
    acrm__set(car, F_vehicle__place, acrm__cell_null());
    if (st == ACRM_OK)
        st = acrm__update(call, car);
    return life_end(call, st, car);
}
