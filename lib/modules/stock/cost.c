/* SPDX-License-Identifier: MIT */
/* What a vehicle has cost, and all about it on one card. */
#include "base/money.h"
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

/* What a line adds to the vehicle's costs. */
static int64_t cost_of(const acrm__rec *rec)
{
    int64_t amount = rec && acrm__is_null(rec, F_DELETED_AT) ? acrm__int(rec,
                                                                         F_vehicle_cost__amount)
                                                             : 0;

    return rec && acrm__stock_is(rec, F_vehicle_cost__kind, "credit") ? -amount : amount;
}

int32_t acrm__stock_cost_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const uint32_t fields[] = { F_vehicle__cost, F_vehicle__currency };
    acrm__call system = *call;
    acrm__rec *car = NULL;
    bool changed;

    system.as_system = true;
    if (acrm__is_null(rec, F_vehicle_cost__on))
        acrm__set(rec, F_vehicle_cost__on, acrm__cell_int(acrm__today(call)));
    int32_t st = acrm__load(&system, "vehicle", acrm__id(rec, F_vehicle_cost__vehicle_id),
                            "vehicle_id", &car);
    if (st != ACRM_OK)
        return st;
    const char *currency = acrm__text(rec, F_vehicle_cost__currency);
    if (!acrm__is_null(car, F_vehicle__currency) &&
        !acrm__stock_is(car, F_vehicle__currency, currency))
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "the vehicle's money is in %s", acrm__text(car, F_vehicle__currency));
    const acrm_cell cells[] = {
        acrm__cell_int(acrm__int(car, F_vehicle__cost) + cost_of(rec) - cost_of(before)),
        rec->cells[F_vehicle_cost__currency] };
    return acrm__amend(call, car->entity, acrm__id(car, F_ID), fields, cells, 2, &changed);
}

/* --- The card --- */

static int32_t cost_list(acrm__call *call, const acrm__rec *car)
{
    const acrm__term term = { F_vehicle_cost__vehicle_id, ACRM_FILTER_EQ, car->cells[F_ID] };
    const acrm__entity *entity = acrm__entity_of(call, "vehicle_cost");
    const char *kinds = entity->fields[F_vehicle_cost__kind].def.choices;
    acrm_value *list = acrm__put_list(call->out, "costs");
    acrm__recs found = { NULL, 0 };
    char text[32];

    int32_t st = list ? acrm__find(call, &(acrm__select){ .entity = "vehicle_cost", .terms = &term,
                                       .n_terms = 1 }, &found)
                      : acrm__nomem(call);
    for (size_t len; st == ACRM_OK && *kinds; kinds += len + (kinds[len] == '|')) {
        int64_t sum = 0;
        const acrm__rec *first = NULL;
        len = strcspn(kinds, "|");
        for (size_t i = 0; i < found.count; i++) {
            const char *kind = acrm__text(found.items[i], F_vehicle_cost__kind);
            if (strlen(kind) != len || memcmp(kind, kinds, len) != 0)
                continue;
            first = first ? first : found.items[i];
            sum += cost_of(found.items[i]);
        }
        if (!first)
            continue;
        (void)acrm__print_decimal(sum, acrm__money_digits(entity, F_vehicle_cost__amount,
                                                          first->cells), text);
        acrm_value *item = acrm__add_map(list);
        if (!item || !acrm__put_textn(item, "kind", kinds, len) ||
            !acrm__put_text(item, "amount", text))
            return acrm__nomem(call);
    }
    return st;
}

/* Those who have it or wait for it, in their order. */
static int32_t cost_queue(acrm__call *call, const acrm__rec *car)
{
    const acrm__term term = { F_vehicle_reservation__vehicle_id, ACRM_FILTER_EQ,
                              car->cells[F_ID] };
    acrm_value *list = acrm__put_list(call->out, "reservations");
    acrm__recs found = { NULL, 0 };
    int32_t st = list ? acrm__find(call, &(acrm__select){ .entity = "vehicle_reservation",
                                       .terms = &term, .n_terms = 1 }, &found)
                      : acrm__nomem(call);

    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
            bool has = !acrm__is_null(found.items[i], F_vehicle_reservation__holder_id);
            if (turn == 0 ? !has : !acrm__stock_is(found.items[i], F_vehicle_reservation__state,
                                                   "queued"))
                continue;
            acrm_value *item = acrm__add_map(list);
            st = item ? acrm__render(call, found.items[i], item) : acrm__nomem(call);
        }
    return st;
}

static bool cost_days(acrm__call *call, const acrm__rec *car, const char *key, uint32_t since)
{
    if (acrm__is_null(car, since) || acrm__is_null(car, F_vehicle__place))
        return acrm__put_null(call->out, key);
    return acrm__put_int(call->out, key, acrm__today(call) - acrm__int(car, since));
}

int32_t acrm__stock_card(acrm__call *call)
{
    acrm__rec *car = NULL, *transfer = NULL;
    int32_t st = acrm__load_arg(call, "vehicle", "id", &car);
    acrm_value *shown = st == ACRM_OK ? acrm_value_put(call->out, "vehicle") : NULL;

    if (st != ACRM_OK)
        return st;
    bool ok = shown && cost_days(call, car, "days_in_stock", F_vehicle__arrived_on) &&
              cost_days(call, car, "days_at_dealer", F_vehicle__at_dealer_since);
    st = ok ? acrm__render(call, car, shown) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = cost_list(call, car);
    if (st == ACRM_OK)
        st = cost_queue(call, car);
    if (st == ACRM_OK)
        st = acrm__haul_of(call, car, &transfer);
    shown = st == ACRM_OK && transfer ? acrm_value_put(call->out, "transfer") : NULL;
    if (st != ACRM_OK || !transfer)
        return st;
    return shown ? acrm__render(call, transfer, shown) : acrm__nomem(call);
}
