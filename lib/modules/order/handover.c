/* SPDX-License-Identifier: MIT */
/* How an order ends: the hand-over with all that follows from it, or the cancellation; and how it
 * begins when a contract is signed. */
#include "modules/order/allocation.h"
#include "modules/order/order.h"

#include "base/civil.h"

/* --- The hand-over --- */

static int32_t handover_ownership(acrm__call *call, const acrm__rec *order, int64_t day)
{
    const acrm_value *odometer = acrm__arg(call, "odometer");
    acrm_value *args = acrm__value_in(call->arena), *out;
    bool stock = acrm__operation_exists(call, "vehicle.deliver");
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, stock ? "id" : "vehicle_id",
                  acrm__id_text(call, acrm__id(order, F_vehicle_order__vehicle_id))) &&
              acrm__put_text(args, "customer_id",
                  acrm__id_text(call, acrm__id(order, F_vehicle_order__customer_id))) &&
              acrm__put_text(args, stock ? "on" : "from_date", acrm__date_text(call, day)) &&
              (!odometer || acrm__put_value(args, "odometer", odometer));

    if (!ok)
        return acrm__nomem(call);
    return acrm__run(call, stock ? "vehicle.deliver" : "vehicle_ownership.create", args, &out);
}

static int32_t handover_warranty(acrm__call *call, const acrm__rec *order, const acrm_value *item,
                                 int64_t day)
{
    const acrm_value *km = acrm_value_get(item, "km");
    const char *kind = acrm__get_text(item, "kind");
    int64_t months = acrm_value_int(acrm_value_get(item, "months"));
    acrm__rec *rec = acrm__new(call, "warranty");
    int32_t end = 0;

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_warranty__vehicle_id, order->cells[F_vehicle_order__vehicle_id]);
    acrm__set(rec, F_warranty__customer_id, order->cells[F_vehicle_order__customer_id]);
    acrm__set(rec, F_warranty__vehicle_order_id, order->cells[F_ID]);
    acrm__set(rec, F_warranty__name, acrm__cell_text(acrm__get_text(item, "name")));
    acrm__set(rec, F_warranty__terms, acrm__cell_text(acrm__get_text(item, "terms")));
    acrm__set(rec, F_warranty__from_date, acrm__cell_int(day));
    if (kind)
        acrm__set(rec, F_warranty__kind, acrm__cell_text(kind));
    if (acrm_value_type(km) == ACRM_INT)
        acrm__set(rec, F_warranty__km_limit, acrm__cell_int(acrm_value_int(km)));
    if (acrm__civil_add_months((int32_t)day, months, &end))
        acrm__set(rec, F_warranty__to_date, acrm__cell_int(end - 1));
    return acrm__insert(call, rec);
}

static int32_t handover_reminder(acrm__call *call, const acrm__rec *order, const acrm_value *item,
                                 int64_t day)
{
    int64_t due = day + acrm_value_int(acrm_value_get(item, "days")), at = 0;
    const char *kind = acrm__get_text(item, "kind");
    acrm_value *args = acrm__value_in(call->arena), *out;

    if (!acrm__day_start(call, (int32_t)due, &at))
        return acrm__fail(call, ACRM_E_INVALID, "range", "on", "the day is out of range");
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "customer_id",
                  acrm__id_text(call, acrm__id(order, F_vehicle_order__customer_id))) &&
              acrm__put_text(args, "kind", kind ? kind : "task") &&
              acrm__put_text(args, "subject", acrm__get_text(item, "name")) &&
              acrm__put_text(args, "due_at", acrm__instant_text(call, at + 9 * 3600 *
                                                                ACRM__SECOND_US));
    if (ok && !acrm__is_null(order, F_vehicle_order__user_id))
        ok = acrm__put_text(args, "owner_id",
                            acrm__id_text(call, acrm__id(order, F_vehicle_order__user_id)));
    if (ok && !acrm__is_null(order, F_vehicle_order__dealer_id))
        ok = acrm__put_text(args, "dealer_id",
                            acrm__id_text(call, acrm__id(order, F_vehicle_order__dealer_id)));
    return ok ? acrm__run(call, "activity.create", args, &out) : acrm__nomem(call);
}

static int32_t handover_follow(acrm__call *call, const acrm__order *order, int64_t day)
{
    const acrm_value *warranties = acrm_value_get(order->way->definition, "warranties");
    const acrm_value *reminders = acrm_value_get(order->way->definition, "reminders");
    int32_t st = handover_ownership(call, order->rec, day);

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(warranties); i++)
        st = handover_warranty(call, order->rec, acrm_value_at(warranties, i), day);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(reminders); i++)
        st = handover_reminder(call, order->rec, acrm_value_at(reminders, i), day);
    return st;
}

static int32_t handover_close(acrm__call *call, acrm__rec *rec, const char *state,
                              const char *reason)
{
    acrm__set(rec, F_vehicle_order__state, acrm__cell_text(state));
    acrm__set(rec, F_vehicle_order__closed_at, acrm__cell_int(call->now));
    acrm__set(rec, F_vehicle_order__closed_reason, acrm__cell_text(reason));
    acrm__set(rec, F_vehicle_order__wake_on, acrm__cell_null());
    int32_t st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(call, "order.overdue", acrm__id(rec, F_ID));
    if (st == ACRM_OK)
        st = acrm__emit(call, strcmp(state, "delivered") == 0 ? "vehicle_order.delivered"
                                                              : "vehicle_order.cancelled",
                        "vehicle_order", acrm__id(rec, F_ID), NULL);
    return st;
}

int32_t acrm__order_deliver(acrm__call *call)
{
    acrm_value *list = acrm__value_in(call->arena);
    acrm__order order;
    int64_t day = acrm__today(call), at = call->now;
    int32_t verdict;
    int32_t st = list && acrm_value_set_list(list) == ACRM_OK ? acrm__order_named(call, &order)
                                                              : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__order_is_open(call, order.rec);
    if (st == ACRM_OK)
        st = acrm__order_blockers_of(&order, list);
    if (st == ACRM_OK && acrm_value_count(list) > 0)
        st = acrm__error_fields(call->err, ACRM_E_CONFLICT, list);
    if (st != ACRM_OK)
        return st;
    if (acrm__arg_time(call, "on", &day) && day > acrm__today(call))
        return acrm__fail(call, ACRM_E_INVALID, "range", "on", "that day is yet to come");
    if (day != acrm__today(call) && !acrm__day_start(call, (int32_t)day, &at))
        return acrm__fail(call, ACRM_E_INVALID, "range", "on", "the day is out of range");
    acrm__order_word word = { .source = "handover", .kind = "reached", .at = at, .authority = 1000,
        .code = acrm_milestone_code(order.way->chain, order.way->end),
        .type = acrm_milestone_code(order.way->chain, order.way->end),
        .expected = ACRM_MILESTONE_NO_DAY };
    st = acrm__order_tell(&order, &word, &verdict);
    if (st == ACRM_OK)
        st = acrm__order_settle(&order);
    if (st == ACRM_OK)
        st = handover_follow(call, &order, day);
    if (st == ACRM_OK)
        st = handover_close(call, order.rec, "delivered", NULL);
    return st == ACRM_OK ? acrm__render(call, order.rec, call->out) : st;
}

int32_t acrm__order_drop(acrm__call *call, acrm__rec *rec, const char *reason)
{
    int32_t st = handover_close(call, rec, "cancelled", reason);

    return st == ACRM_OK ? acrm__allocation_order_gone(call, rec) : st;
}

int32_t acrm__order_cancel(acrm__call *call)
{
    acrm__order order;
    int32_t st = acrm__order_named(call, &order);

    if (st == ACRM_OK)
        st = acrm__order_is_open(call, order.rec);
    if (st == ACRM_OK)
        st = acrm__order_drop(call, order.rec, acrm__arg_text(call, "cause"));
    return st == ACRM_OK ? acrm__render(call, order.rec, call->out) : st;
}

/* --- Contracts --- */

static int32_t handover_of_contract(acrm__call *call, const unsigned char contract[16],
                                    acrm__rec **out)
{
    const acrm__term of[] = {
        { F_vehicle_order__sales_contract_id, ACRM_FILTER_EQ, acrm__cell_id(contract) },
        { F_vehicle_order__state, ACRM_FILTER_NE, acrm__cell_text("cancelled") },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = of,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t handover_number(acrm__call *call, const acrm__rec *contract, acrm__rec *order)
{
    const char *number = acrm__text(contract, acrm__field_of(contract->entity, "number"));
    const acrm__term same = { F_vehicle_order__number, ACRM_FILTER_EQ, acrm__cell_text(number) };
    acrm__rec *taken = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = &same,
                                                       .n_terms = 1, .as_system = true }, &taken);

    if (st == ACRM_OK && taken) /* numbers of contracts are unique at a dealer only */
        number = acrm__arena_format(call->arena, "%.20s/%s", number,
                                    acrm__id_text(call, acrm__id(contract, F_ID)));
    if (!number)
        return acrm__nomem(call);
    acrm__set(order, F_vehicle_order__number, acrm__cell_text(number));
    return st;
}

/* An order for stock that is on its way to become the vehicle of the contract. */
static int32_t handover_of_vehicle(acrm__call *call, const acrm_cell *vehicle, acrm__rec **out)
{
    const acrm__term of[] = {
        { F_vehicle_order__vehicle_id, ACRM_FILTER_EQ, *vehicle },
        { F_vehicle_order__state, ACRM_FILTER_EQ, acrm__cell_text("open") },
        { F_vehicle_order__customer_id, ACRM_FILTER_EQ, acrm__cell_null() },
    };

    *out = NULL;
    if (vehicle->type == ACRM_CELL_NULL)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = of,
                                                       .n_terms = 2, .as_system = true }, out);
    if (st == ACRM_OK && *out && !acrm__is_null(*out, F_vehicle_order__customer_id))
        *out = NULL;
    return st;
}

int32_t acrm__order_contract_signed(acrm__call *call, const acrm__event *event)
{
    static const struct { const char *from; uint32_t to; } fields[] = {
        { "customer_id", F_vehicle_order__customer_id },
        { "dealer_id", F_vehicle_order__dealer_id }, { "user_id", F_vehicle_order__user_id },
        { "vehicle_id", F_vehicle_order__vehicle_id }, { "trim_id", F_vehicle_order__trim_id },
    };
    acrm__rec *contract = NULL, *order = NULL;
    int32_t st = acrm__load(call, "sales_contract", event->id, NULL, &contract);

    if (st == ACRM_OK)
        st = handover_of_contract(call, event->id, &order);
    if (st != ACRM_OK || order)
        return st;
    const acrm__entity *entity = contract->entity;
    uint32_t car = acrm__field_of(entity, "vehicle_id");
    st = handover_of_vehicle(call, &contract->cells[car], &order);
    bool fresh = st == ACRM_OK && !order;
    if (fresh)
        order = acrm__new(call, "vehicle_order");
    if (st != ACRM_OK || !order)
        return st == ACRM_OK ? acrm__nomem(call) : st;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        uint32_t from = acrm__field_of(entity, fields[i].from);
        if (from != UINT32_MAX && contract->cells[from].type != ACRM_CELL_NULL)
            acrm__set(order, fields[i].to, contract->cells[from]);
    }
    acrm__set(order, F_vehicle_order__sales_contract_id, contract->cells[F_ID]);
    if (!fresh)
        return acrm__update(call, order);
    acrm__set(order, F_vehicle_order__chain,
              acrm__cell_text(acrm__is_null(contract, car) ? "import" : "domestic"));
    st = handover_number(call, contract, order);
    return st == ACRM_OK ? acrm__insert(call, order) : st;
}

int32_t acrm__order_contract_cancelled(acrm__call *call, const acrm__event *event)
{
    acrm__rec *order = NULL;
    int32_t st = handover_of_contract(call, event->id, &order);

    if (st != ACRM_OK || !order || strcmp(acrm__text(order, F_vehicle_order__state), "open") != 0)
        return st;
    return acrm__order_drop(call, order, "the contract was cancelled");
}
