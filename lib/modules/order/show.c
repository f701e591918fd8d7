/* SPDX-License-Identifier: MIT */
/* What an order shows: to those who run it, to its customer; what stands before its hand-over. */
#include "modules/order/order.h"

#include "base/json.h"

static const char *show_day(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    return acrm__is_null(rec, field) ? NULL : acrm__date_text(call, acrm__int(rec, field));
}

static bool show_milestone(acrm__call *call, const acrm__rec *m, acrm_value *item, bool customer)
{
    const char *reached = acrm__is_null(m, F_order_milestone__actual_at)
        ? NULL : acrm__instant_text(call, acrm__int(m, F_order_milestone__actual_at));
    bool ok = item && acrm__put_text(item, "type", acrm__text(m, F_order_milestone__type)) &&
              acrm__put_text(item, "name", acrm__text(m, F_order_milestone__name)) &&
              acrm__put_text(item, "reached_at", reached) &&
              acrm__put_text(item, "expected_on",
                             show_day(call, m, F_order_milestone__expected_on)) &&
              acrm__put_text(item, "promised_on",
                             show_day(call, m, F_order_milestone__promised_on)) &&
              acrm__put_bool(item, "tentative", acrm__int(m, F_order_milestone__tentative) != 0);

    if (ok && !customer)
        ok = acrm__put_text(item, "planned_on",
                            show_day(call, m, F_order_milestone__planned_on)) &&
             acrm__put_int(item, "slip", acrm__int(m, F_order_milestone__slip)) &&
             acrm__put_text(item, "because", acrm__text(m, F_order_milestone__because)) &&
             acrm__put_text(item, "oem_code", acrm__text(m, F_order_milestone__oem_code)) &&
             acrm__put_bool(item, "gate", acrm__int(m, F_order_milestone__gate) != 0) &&
             acrm__put_bool(item, "skipped", acrm__int(m, F_order_milestone__skipped) != 0) &&
             acrm__put_bool(item, "disputed", acrm__int(m, F_order_milestone__disputed) != 0);
    return ok;
}

static bool show_order(acrm__call *call, const acrm__rec *rec)
{
    static const struct { const char *key; uint32_t field; } texts[] = {
        { "number", F_vehicle_order__number }, { "state", F_vehicle_order__state },
        { "model", F_vehicle_order__model }, { "vin", F_vehicle_order__vin },
        { "milestone", F_vehicle_order__milestone },
    };
    static const struct { const char *key; uint32_t field; } days[] = {
        { "promised_on", F_vehicle_order__promised_on },
        { "expected_on", F_vehicle_order__expected_on },
    };
    bool ok = acrm__put_text(call->out, "id", acrm__id_text(call, acrm__id(rec, F_ID)));

    for (size_t i = 0; ok && i < sizeof texts / sizeof *texts; i++)
        ok = acrm__put_text(call->out, texts[i].key, acrm__text(rec, texts[i].field));
    for (size_t i = 0; ok && i < sizeof days / sizeof *days; i++)
        ok = acrm__put_text(call->out, days[i].key, show_day(call, rec, days[i].field));
    return ok && acrm__put_bool(call->out, "tentative",
                                acrm__int(rec, F_vehicle_order__tentative) != 0);
}

static int32_t show(acrm__call *call, bool customer)
{
    acrm__order order;
    const acrm__rec *next = NULL;
    int32_t st = acrm__order_named(call, &order);

    if (st != ACRM_OK)
        return st;
    bool ok = show_order(call, order.rec);
    acrm_value *list = ok ? acrm__put_list(call->out, "milestones") : NULL;
    ok = list != NULL;
    for (size_t i = 0; ok && i < order.milestones.count; i++) {
        const acrm__rec *m = order.milestones.items[i];
        bool open = acrm__is_null(m, F_order_milestone__actual_at) &&
                    !acrm__int(m, F_order_milestone__skipped);
        if (customer && (!acrm__int(m, F_order_milestone__visible) ||
                         acrm__int(m, F_order_milestone__skipped)))
            continue;
        ok = show_milestone(call, m, acrm__add_map(list), customer);
        if (open && (!next || acrm__int(m, F_order_milestone__expected_on) <
                                  acrm__int(next, F_order_milestone__expected_on)))
            next = m;
    }
    bool running = strcmp(acrm__text(order.rec, F_vehicle_order__state), "open") == 0;
    if (ok && next && running)
        ok = show_milestone(call, next, acrm__put_map(call->out, "next"), customer);
    else if (ok)
        ok = acrm__put_null(call->out, "next");
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__order_plan(acrm__call *call)
{
    return show(call, false);
}

int32_t acrm__order_status(acrm__call *call)
{
    return show(call, true);
}

/* --- What stands before the hand-over --- */

static int32_t show_blocker(acrm__call *call, acrm_value *list, const char *field,
                            const char *reason, const char *message)
{
    acrm_value *item = acrm__add_map(list);

    return item && acrm__put_text(item, "field", field) && acrm__put_text(item, "reason", reason) &&
                   acrm__put_text(item, "message", message)
               ? ACRM_OK : acrm__nomem(call);
}

static int32_t show_papers(acrm__call *call, const acrm__rec *m, acrm_value *list)
{
    const acrm_cell *cell = &m->cells[F_order_milestone__documents];
    const char *name = acrm__text(m, F_order_milestone__name);
    acrm_value *papers = NULL;
    acrm__json_fault fault;
    int32_t st = cell->type == ACRM_CELL_TEXT
        ? acrm__json_read(call->arena, cell->data, cell->size, &papers, &fault) : ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && papers && i < acrm_value_count(papers); i++)
        if (acrm_value_type(acrm_value_at(papers, i)) == ACRM_NULL)
            st = show_blocker(call, list, acrm__text(m, F_order_milestone__type), "document",
                              acrm__arena_format(call->arena, "%s: %s is missing", name,
                                                 acrm_value_key(papers, i, NULL)));
    return st;
}

int32_t acrm__order_blockers_of(acrm__order *order, acrm_value *list)
{
    acrm__call *call = order->call;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < order->way->count; i++) {
        const acrm__rec *m = order->milestones.items[i];
        if (!acrm__int(m, F_order_milestone__gate) || acrm__int(m, F_order_milestone__skipped))
            continue;
        if (acrm__is_null(m, F_order_milestone__actual_at))
            st = show_blocker(call, list, acrm__text(m, F_order_milestone__type), "gate",
                              acrm__arena_format(call->arena, "%s is not done",
                                                 acrm__text(m, F_order_milestone__name)));
        if (st == ACRM_OK)
            st = show_papers(call, m, list);
    }
    for (size_t i = 0; st == ACRM_OK && i < order->holds.count; i++) {
        const acrm__rec *h = order->holds.items[i];
        if (acrm__is_null(h, F_order_hold__until_date) ||
            acrm__int(h, F_order_hold__until_date) > acrm__today(call))
            st = show_blocker(call, list, acrm__text(h, F_order_hold__type), "hold",
                              acrm__text(h, F_order_hold__reason));
    }
    if (st == ACRM_OK && acrm__is_null(order->rec, F_vehicle_order__vehicle_id))
        st = show_blocker(call, list, "vehicle_id", "vehicle", "no vehicle is known yet");
    if (st == ACRM_OK && acrm__is_null(order->rec, F_vehicle_order__customer_id))
        st = show_blocker(call, list, "customer_id", "customer", "no customer is known yet");
    return st;
}

int32_t acrm__order_blockers(acrm__call *call)
{
    acrm_value *list = acrm__put_list(call->out, "blockers");
    acrm__order order;
    int32_t st = list ? acrm__order_named(call, &order) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__order_blockers_of(&order, list);
    if (st == ACRM_OK && !acrm__put_bool(call->out, "ready", acrm_value_count(list) == 0))
        st = acrm__nomem(call);
    return st;
}
