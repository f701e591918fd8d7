/* SPDX-License-Identifier: MIT */
/* What is done with an order on its way: told, promised, stopped, papers taken in. */
#include "modules/order/order.h"

#include "base/civil.h"
#include "base/json.h"

enum { STEP_HAND = 500 }; /* authority of what is told by hand, over feeds */

static int32_t steps_answer(acrm__order *order)
{
    return acrm__render(order->call, order->rec, order->call->out);
}

/* An open order, and the number of a milestone of it by an argument; the last one without it. */
static int32_t steps_begin(acrm__call *call, acrm__order *order, size_t *at)
{
    const char *type = acrm__arg_text(call, "milestone");
    int32_t st = acrm__order_named(call, order);

    if (st == ACRM_OK)
        st = acrm__order_is_open(call, order->rec);
    if (st != ACRM_OK)
        return st;
    int32_t n = type ? acrm_milestone_find(order->way->chain, type) : (int32_t)order->way->end;
    if (n < 0)
        return acrm__fail(call, ACRM_E_INVALID, "reference", "milestone",
                          "the order's chain has no milestone %.40s", type);
    *at = (size_t)n;
    return ACRM_OK;
}

/* --- Telling --- */

static int32_t steps_word(acrm__call *call, const acrm__order *order, acrm__order_word *word)
{
    bool known = false;
    int64_t day = 0;

    *word = (acrm__order_word){
        .source = acrm__arg_text(call, "source"), .code = acrm__arg_text(call, "code"),
        .kind = acrm__arg_text(call, "kind"), .note = acrm__arg_text(call, "note"),
        .revision = acrm__arg_int(call, "revision", 0), .at = call->now,
        .authority = acrm__arg_int(call, "authority", 0),
        .expected = ACRM_MILESTONE_NO_DAY, .tentative = acrm__arg_bool(call, "tentative", false) };
    if (!word->source) {
        word->source = "hand";
        word->authority = acrm__arg_int(call, "authority", STEP_HAND);
    }
    (void)acrm__arg_time(call, "occurred_at", &word->at);
    int32_t st = acrm__order_meaning(call, order->way, word->source, word->code, &word->type,
                                     &known);
    if (st != ACRM_OK)
        return st;
    if (!known)
        return acrm__fail(call, ACRM_E_INVALID, "reference", "code",
                          "nobody said what this code means: see milestone_code");
    if (!word->type)
        word->kind = "side";
    bool forecast = strcmp(word->kind, "expected") == 0;
    if (forecast && !acrm__arg_time(call, "expected_on", &day))
        return acrm__fail(call, ACRM_E_INVALID, "required", "expected_on",
                          "a forecast needs expected_on");
    if (forecast)
        word->expected = (int32_t)day;
    if (!forecast && word->at > call->now + ACRM__DAY_US)
        return acrm__fail(call, ACRM_E_INVALID, "range", "occurred_at",
                          "it cannot have happened in the future");
    if (strcmp(word->kind, "skipped") == 0 && word->type &&
        !(acrm_milestone_flags(order->way->chain,
                               (size_t)acrm_milestone_find(order->way->chain, word->type)) &
          ACRM_MILESTONE_OPTIONAL))
        return acrm__fail(call, ACRM_E_INVALID, "optional", "code",
                          "this milestone cannot be left out");
    return ACRM_OK;
}

int32_t acrm__order_record(acrm__call *call)
{
    const char *vin = acrm__arg(call, "id") || acrm__arg(call, "number")
                          ? acrm__arg_text(call, "vin") : NULL;
    acrm__order order;
    acrm__order_word word;
    int32_t verdict = ACRM__ORDER_NEW;
    int32_t st = acrm__order_named(call, &order);

    if (st == ACRM_OK && strcmp(acrm__text(order.rec, F_vehicle_order__state), "cancelled") == 0)
        st = acrm__order_is_open(call, order.rec);
    if (st == ACRM_OK)
        st = steps_word(call, &order, &word);
    if (st == ACRM_OK && vin)
        st = acrm__order_identify(call, order.rec, vin);
    if (st == ACRM_OK)
        st = acrm__order_tell(&order, &word, &verdict);
    if (st == ACRM_OK && verdict != ACRM__ORDER_REPEAT)
        st = acrm__order_settle(&order);
    if (st != ACRM_OK)
        return st;
    static const char *const verdicts[] = { "recorded", "repeat", "contradicts" };
    acrm_value *record = acrm_value_put(call->out, "order");
    if (!record || !acrm__put_text(call->out, "outcome", verdicts[verdict]) ||
        !acrm__put_text(call->out, "milestone", word.type))
        return acrm__nomem(call);
    return acrm__render(call, order.rec, record);
}

/* --- Promises --- */

int32_t acrm__order_promise(acrm__call *call)
{
    const uint32_t field = F_order_milestone__promised_on;
    acrm__order order;
    int64_t day = 0;
    size_t at = 0;
    int32_t st = steps_begin(call, &order, &at);

    if (st != ACRM_OK)
        return st;
    if (!acrm__arg_time(call, "on", &day))
        day = order.milestones.items[at]->cells[F_order_milestone__expected_on].integer;
    acrm__rec *m = order.milestones.items[at];
    acrm_cell cell = acrm__cell_int(day);
    acrm__set(m, field, cell);
    st = acrm__amend(call, m->entity, acrm__id(m, F_ID), &field, &cell, 1, NULL);
    if (st == ACRM_OK && at == order.way->end) {
        acrm__set(order.rec, F_vehicle_order__promised_on, cell);
        acrm__set(order.rec, F_vehicle_order__slip_told, acrm__cell_int(0));
        st = acrm__update(call, order.rec);
    }
    if (st == ACRM_OK)
        st = acrm__order_settle(&order);
    return st == ACRM_OK ? steps_answer(&order) : st;
}

/* --- Stops --- */

int32_t acrm__order_hold(acrm__call *call)
{
    acrm__rec *hold = acrm__new(call, "order_hold");
    acrm__order order;
    int64_t from = acrm__today(call), until = 0;
    size_t at = 0;

    if (!hold)
        return acrm__nomem(call);
    int32_t st = steps_begin(call, &order, &at);
    if (st != ACRM_OK)
        return st;
    (void)acrm__arg_time(call, "from", &from);
    if (acrm__arg_time(call, "until", &until)) {
        if (until < from)
            return acrm__fail(call, ACRM_E_INVALID, "range", "until",
                              "until must not be before from");
        acrm__set(hold, F_order_hold__until_date, acrm__cell_int(until));
    }
    acrm__set(hold, F_order_hold__vehicle_order_id, order.rec->cells[F_ID]);
    acrm__set(hold, F_order_hold__type,
              acrm__cell_text(acrm_milestone_code(order.way->chain, at)));
    acrm__set(hold, F_order_hold__reason, acrm__cell_text(acrm__arg_text(call, "cause")));
    acrm__set(hold, F_order_hold__source, acrm__cell_text(acrm__arg_text(call, "source")));
    acrm__set(hold, F_order_hold__from_date, acrm__cell_int(from));
    st = acrm__insert(call, hold);
    if (st == ACRM_OK)
        st = acrm__order_open(call, order.rec, &order);
    if (st == ACRM_OK)
        st = acrm__order_settle(&order);
    if (st == ACRM_OK &&
        !acrm__put_text(call->out, "hold_id", acrm__id_text(call, acrm__id(hold, F_ID))))
        return acrm__nomem(call);
    acrm_value *record = st == ACRM_OK ? acrm_value_put(call->out, "order") : NULL;
    if (st == ACRM_OK)
        st = record ? acrm__render(call, order.rec, record) : acrm__nomem(call);
    return st;
}

int32_t acrm__order_resume(acrm__call *call)
{
    unsigned char id[16];
    acrm__order order;
    int64_t day = acrm__today(call);
    size_t at = 0, ended = 0;
    bool one = acrm__arg_id(call, "hold_id", id), given = acrm__arg_time(call, "on", &day);
    int32_t st = steps_begin(call, &order, &at);
    const char *type = st == ACRM_OK && acrm__arg(call, "milestone")
                           ? acrm_milestone_code(order.way->chain, at) : NULL;

    for (size_t i = 0; st == ACRM_OK && i < order.holds.count; i++) {
        acrm__rec *hold = order.holds.items[i];
        if ((one && memcmp(acrm__id(hold, F_ID), id, 16) != 0) ||
            (type && strcmp(acrm__text(hold, F_order_hold__type), type) != 0) ||
            (!acrm__is_null(hold, F_order_hold__until_date) &&
             acrm__int(hold, F_order_hold__until_date) <= day))
            continue;
        int64_t from = acrm__int(hold, F_order_hold__from_date);
        if (given && day < from)
            return acrm__fail(call, ACRM_E_INVALID, "range", "on",
                              "the stop begins after that day");
        acrm__set(hold, F_order_hold__until_date, acrm__cell_int(day < from ? from : day));
        st = acrm__update(call, hold);
        ended++;
    }
    if (st == ACRM_OK && ended == 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "hold_id", "nothing is stopped there");
    if (st == ACRM_OK)
        st = acrm__order_settle(&order);
    return st == ACRM_OK ? steps_answer(&order) : st;
}

/* --- Papers --- */

int32_t acrm__order_document(acrm__call *call)
{
    const uint32_t field = F_order_milestone__documents;
    const char *document = acrm__arg_text(call, "document");
    acrm__order order;
    acrm_value *list = NULL;
    acrm__json_fault fault;
    acrm__str text;
    int64_t day = acrm__today(call);
    size_t at = 0;
    int32_t st = steps_begin(call, &order, &at);

    if (st != ACRM_OK)
        return st;
    acrm__rec *m = order.milestones.items[at];
    const acrm_cell *cell = &m->cells[field];
    if (cell->type == ACRM_CELL_TEXT)
        st = acrm__json_read(call->arena, cell->data, cell->size, &list, &fault);
    if (st != ACRM_OK)
        return acrm__nomem(call);
    if (!list || !acrm_value_get(list, document))
        return acrm__fail(call, ACRM_E_INVALID, "reference", "document",
                          "this milestone needs no %.64s", document);
    (void)acrm__arg_time(call, "on", &day);
    bool gone = acrm__arg_bool(call, "withdrawn", false);
    if (!acrm__put_text(list, document, gone ? NULL : acrm__date_text(call, day)))
        return acrm__nomem(call);
    acrm__str_init(&text, &call->arena->allocator);
    (void)acrm__json_write(&text, list, 0);
    const char *kept = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!kept)
        return acrm__nomem(call);
    acrm_cell written = acrm__cell_text(kept);
    acrm__set(m, field, written);
    st = acrm__amend(call, m->entity, acrm__id(m, F_ID), &field, &written, 1, NULL);
    acrm_value *record = st == ACRM_OK ? acrm_value_put(call->out, "milestone") : NULL;
    if (st == ACRM_OK)
        st = record ? acrm__render(call, m, record) : acrm__nomem(call);
    return st;
}

int32_t acrm__order_identify_op(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "vehicle_order", "id", &rec);

    if (st == ACRM_OK)
        st = acrm__order_is_open(call, rec);
    if (st == ACRM_OK)
        st = acrm__order_identify(call, rec, acrm__arg_text(call, "vin"));
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
