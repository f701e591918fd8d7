/* SPDX-License-Identifier: MIT */
/* An order with all that is known of it: what is told is kept, and what is believed and expected is
 * worked out from all of it, so that order and repeats make no difference. */
#include "modules/order/order.h"

#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "kernel/registry.h"

enum { TRACK_EVENTS_MAX = 2000 };

static const char *const track_kinds[] = {
    [ACRM_MILESTONE_REACHED] = "reached", [ACRM_MILESTONE_RETRACTED] = "retracted",
    [ACRM_MILESTONE_EXPECTED] = "expected", [ACRM_MILESTONE_SKIPPED] = "skipped",
};

static int32_t track_kind(const char *name)
{
    for (int32_t i = ACRM_MILESTONE_REACHED; i <= ACRM_MILESTONE_SKIPPED; i++)
        if (strcmp(track_kinds[i], name) == 0)
            return i;
    return 0;
}

static int32_t track_day(const acrm__rec *rec, uint32_t field)
{
    return acrm__is_null(rec, field) ? ACRM_MILESTONE_NO_DAY : (int32_t)acrm__int(rec, field);
}

static acrm_cell track_day_cell(int32_t day)
{
    return day == ACRM_MILESTONE_NO_DAY ? acrm__cell_null() : acrm__cell_int(day);
}

/* --- Writing orders --- */

static int32_t track_chain(acrm__call *call, acrm__rec *rec)
{
    const acrm__term of = { F_milestone_chain__code, ACRM_FILTER_EQ,
                            rec->cells[F_vehicle_order__chain] };
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, rec->cells[F_vehicle_order__chain_id] };
    bool named = !acrm__is_null(rec, F_vehicle_order__chain_id);
    acrm__recs chains = { NULL, 0 };
    const acrm__rec *best = NULL;

    if (named && call->cause == acrm__order_later)
        return ACRM_OK; /* whoever makes many looked it up */
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "milestone_chain",
        .terms = named ? &by_id : &of, .n_terms = 1, .as_system = true }, &chains);

    for (size_t i = 0; st == ACRM_OK && i < chains.count; i++)
        if ((named || acrm__int(chains.items[i], F_milestone_chain__active)) &&
            (!best || acrm__int(chains.items[i], F_milestone_chain__version_no) >
                          acrm__int(best, F_milestone_chain__version_no)))
            best = chains.items[i];
    if (st == ACRM_OK && !best)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "chain",
                        "there is no active chain of this code");
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_vehicle_order__chain_id, best->cells[F_ID]);
    acrm__set(rec, F_vehicle_order__chain, best->cells[F_milestone_chain__code]);
    return ACRM_OK;
}

int32_t acrm__order_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *cell = &rec->cells[F_vehicle_order__number];

    if (acrm__changed(rec, F_vehicle_order__number) && cell->type == ACRM_CELL_TEXT) {
        acrm__str number;
        acrm__str_init(&number, &call->arena->allocator);
        acrm__digits_ascii(cell->data, cell->size, &number);
        const char *kept = number.failed ? NULL
                                         : acrm__arena_text(call->arena, number.data, number.len);
        acrm__str_free(&number);
        if (!kept)
            return acrm__nomem(call);
        acrm__set(rec, F_vehicle_order__number, acrm__cell_text(kept));
    }
    if (before)
        return ACRM_OK;
    acrm__set(rec, F_vehicle_order__opened_at, acrm__cell_int(call->now));
    if (acrm__is_null(rec, F_vehicle_order__started_on))
        acrm__set(rec, F_vehicle_order__started_on, acrm__cell_int(acrm__today(call)));
    return track_chain(call, rec);
}

/* --- Reading --- */

static int32_t track_rows(acrm__call *call, const char *entity, uint32_t of, uint32_t order,
                          const acrm__rec *rec, acrm__recs *out)
{
    const acrm__term term = { of, ACRM_FILTER_EQ, rec->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = entity, .terms = &term, .n_terms = 1,
                                             .order = order, .as_system = true }, out);
}

int32_t acrm__order_open(acrm__call *call, acrm__rec *rec, acrm__order *out)
{
    *out = (acrm__order){ .call = call, .rec = rec };
    int32_t st = acrm__order_way_of(call, acrm__id(rec, F_vehicle_order__chain_id), &out->way);

    if (st == ACRM_OK)
        st = track_rows(call, "order_milestone", F_order_milestone__vehicle_order_id,
                        F_order_milestone__position, rec, &out->milestones);
    if (st == ACRM_OK)
        st = track_rows(call, "order_event", F_order_event__vehicle_order_id,
                        F_order_event__occurred_at, rec, &out->events);
    if (st == ACRM_OK)
        st = track_rows(call, "order_hold", F_order_hold__vehicle_order_id,
                        F_order_hold__from_date, rec, &out->holds);
    out->kept = out->events.count;
    if (st == ACRM_OK && out->milestones.count != out->way->count)
        st = acrm__fail(call, ACRM_E_CONFLICT, "incomplete", "id",
                        "the order has no milestones yet: it is being made");
    return st;
}

static int32_t track_by_text(acrm__call *call, uint32_t field, const char *arg, acrm__rec **out)
{
    acrm__term terms[] = {
        { field, ACRM_FILTER_EQ, acrm__cell_text(acrm__arg_text(call, arg)) },
        { F_vehicle_order__state, ACRM_FILTER_NE, acrm__cell_text("cancelled") },
    };
    size_t n = field == F_vehicle_order__vin ? 2 : 1; /* of those of a VIN the live one */
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = terms,
                                                       .n_terms = n }, out);

    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", arg, "there is no such order");
    return st;
}

int32_t acrm__order_named(acrm__call *call, acrm__order *out)
{
    acrm__rec *rec = NULL;
    int32_t st;

    if (acrm__arg(call, "id"))
        st = acrm__load_arg(call, "vehicle_order", "id", &rec);
    else if (acrm__arg(call, "number"))
        st = track_by_text(call, F_vehicle_order__number, "number", &rec);
    else if (acrm__arg(call, "vin"))
        st = track_by_text(call, F_vehicle_order__vin, "vin", &rec);
    else
        st = acrm__fail(call, ACRM_E_INVALID, "required", "id",
                        "say which order: id, number or vin");
    return st == ACRM_OK ? acrm__order_open(call, rec, out) : st;
}

int32_t acrm__order_is_open(acrm__call *call, const acrm__rec *rec)
{
    const char *state = acrm__text(rec, F_vehicle_order__state);

    if (strcmp(state, "open") == 0)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "closed", "id", "the order is %s", state);
}

/* --- What is told --- */

int32_t acrm__order_meaning(acrm__call *call, const acrm__order_way *way, const char *source,
                            const char *code, const char **type, bool *known)
{
    const acrm__term terms[] = {
        { F_milestone_code__source, ACRM_FILTER_EQ, acrm__cell_text(source) },
        { F_milestone_code__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
    };
    int32_t own = acrm_milestone_find(way->chain, code);
    acrm__rec *rec = NULL;

    *known = own >= 0;
    *type = own >= 0 ? acrm_milestone_code(way->chain, (size_t)own) : NULL;
    if (own >= 0)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "milestone_code", .terms = terms,
                                                       .n_terms = 2, .as_system = true }, &rec);
    if (st != ACRM_OK || !rec)
        return st;
    *type = acrm__text(rec, F_milestone_code__milestone);
    *known = !*type || acrm_milestone_find(way->chain, *type) >= 0;
    return ACRM_OK;
}

static bool track_same_text(const acrm__rec *rec, uint32_t field, const char *text)
{
    const char *own = acrm__text(rec, field);

    return own && text ? strcmp(own, text) == 0 : own == text;
}

static int32_t track_compare(const acrm__order *order, const acrm__order_word *word)
{
    int32_t verdict = ACRM__ORDER_NEW;

    for (size_t i = 0; i < order->events.count; i++) {
        const acrm__rec *e = order->events.items[i];
        if (!track_same_text(e, F_order_event__source, word->source) ||
            !track_same_text(e, F_order_event__code, word->code) ||
            acrm__int(e, F_order_event__occurred_at) != word->at)
            continue;
        if (!track_same_text(e, F_order_event__kind, word->kind) ||
            track_day(e, F_order_event__expected_on) != word->expected ||
            acrm__int(e, F_order_event__revision) != word->revision ||
            acrm__int(e, F_order_event__authority) != word->authority)
            verdict = acrm__int(e, F_order_event__revision) == word->revision &&
                      acrm__int(e, F_order_event__authority) == word->authority
                          ? ACRM__ORDER_CONTRADICTS : verdict;
        else
            return ACRM__ORDER_REPEAT;
    }
    return verdict;
}

int32_t acrm__order_tell(acrm__order *order, const acrm__order_word *word, int32_t *verdict)
{
    acrm__call *call = order->call;
    size_t n = order->events.count;

    *verdict = track_compare(order, word);
    if (*verdict == ACRM__ORDER_REPEAT)
        return ACRM_OK;
    if (n >= TRACK_EVENTS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "id",
                          "an order has at most %d events", TRACK_EVENTS_MAX);
    acrm__rec *rec = acrm__new(call, "order_event");
    acrm__rec **grown = acrm__arena_alloc(call->arena, (n + 1) * sizeof *grown);
    if (!rec || !grown)
        return acrm__nomem(call);
    acrm__set(rec, F_order_event__vehicle_order_id, order->rec->cells[F_ID]);
    acrm__set(rec, F_order_event__source, acrm__cell_text(word->source));
    acrm__set(rec, F_order_event__code, acrm__cell_text(word->code));
    acrm__set(rec, F_order_event__type, acrm__cell_text(word->type));
    acrm__set(rec, F_order_event__kind, acrm__cell_text(word->kind));
    acrm__set(rec, F_order_event__occurred_at, acrm__cell_int(word->at));
    acrm__set(rec, F_order_event__expected_on, track_day_cell(word->expected));
    acrm__set(rec, F_order_event__tentative, acrm__cell_int(word->tentative));
    acrm__set(rec, F_order_event__revision, acrm__cell_int(word->revision));
    acrm__set(rec, F_order_event__authority, acrm__cell_int(word->authority));
    acrm__set(rec, F_order_event__note, acrm__cell_text(word->note));
    if (n > 0)
        memcpy(grown, order->events.items, n * sizeof *grown);
    grown[n] = rec;
    order->events = (acrm__recs){ grown, n + 1 };
    return ACRM_OK;
}

/* --- What follows --- */

/* The events as the engine takes them; those that say nothing of a milestone are left out. */
static int32_t track_fold(acrm__order *order)
{
    acrm__call *call = order->call;
    size_t n = 0, count = order->events.count;
    acrm_milestone_event *told = acrm__arena_alloc(call->arena, (count + 1) * sizeof *told);

    if (!told)
        return acrm__nomem(call);
    for (size_t i = 0; i < count; i++) {
        const acrm__rec *e = order->events.items[i];
        const char *type = acrm__text(e, F_order_event__type);
        int32_t at = type ? acrm_milestone_find(order->way->chain, type) : -1;
        int32_t kind = track_kind(acrm__text(e, F_order_event__kind));
        if (at < 0 || kind == 0)
            continue;
        int64_t when = acrm__int(e, F_order_event__occurred_at);
        told[n++] = (acrm_milestone_event){
            .at = when, .milestone = at, .kind = kind,
            .revision = acrm__int(e, F_order_event__revision),
            .rank = (int32_t)acrm__int(e, F_order_event__authority),
            .day = kind == ACRM_MILESTONE_EXPECTED ? track_day(e, F_order_event__expected_on)
                                                   : acrm__day_of(call, when),
            .tentative = acrm__int(e, F_order_event__tentative) != 0 };
    }
    if (acrm_milestone_fold(order->way->chain, told, n, order->states, order->way->count,
                            NULL) != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "event", "id",
                          "an event of the order does not fit its chain");
    for (size_t i = 0; i < order->way->count; i++) {
        const acrm__rec *m = order->milestones.items[i];
        order->states[i].planned = track_day(m, F_order_milestone__planned_on);
        order->states[i].promised = track_day(m, F_order_milestone__promised_on);
    }
    return ACRM_OK;
}

int32_t acrm__order_reached(acrm__order *order, size_t milestone, bool *out, int64_t *when)
{
    int32_t st = track_fold(order);

    *out = st == ACRM_OK && order->states[milestone].reached != ACRM_MILESTONE_NO_DAY;
    *when = *out ? order->states[milestone].reached_at : 0;
    return st;
}

static int32_t track_dates(acrm__order *order)
{
    acrm__call *call = order->call;
    size_t n = order->holds.count;
    acrm_milestone_hold *holds = acrm__arena_alloc(call->arena, (n + 1) * sizeof *holds);
    acrm_issue issue = { "", "", 0 };

    if (!holds)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++) {
        const acrm__rec *h = order->holds.items[i];
        holds[i] = (acrm_milestone_hold){
            acrm_milestone_find(order->way->chain, acrm__text(h, F_order_hold__type)),
            track_day(h, F_order_hold__from_date), track_day(h, F_order_hold__until_date) };
    }
    if (acrm_milestone_plan(order->way->chain,
                            (int32_t)acrm__int(order->rec, F_vehicle_order__started_on),
                            acrm__today(call), order->way->calendar, holds, n, order->states,
                            order->way->count, &issue) != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "range", issue.field,
                          "the dates of the order cannot be worked out");
    return ACRM_OK;
}

static const char *track_because(const acrm__order *order, const acrm_milestone_state *s)
{
    static const char *const names[] = { "start", "forecast", "hold", "today", "fact" };

    return s->because >= 0 ? acrm_milestone_code(order->way->chain, (size_t)s->because)
                           : names[-s->because - 1];
}

/* The code by which a milestone was reached. */
static const char *track_code(const acrm__order *order, size_t n)
{
    const char *type = acrm_milestone_code(order->way->chain, n), *code = NULL;
    const acrm_milestone_state *s = &order->states[n];

    for (size_t i = 0; s->reached != ACRM_MILESTONE_NO_DAY && i < order->events.count; i++) {
        const acrm__rec *e = order->events.items[i];
        const char *own = acrm__text(e, F_order_event__code);
        if (track_same_text(e, F_order_event__type, type) &&
            track_same_text(e, F_order_event__kind, "reached") &&
            acrm__int(e, F_order_event__occurred_at) == s->reached_at &&
            (!code || strcmp(own, code) < 0))
            code = own;
    }
    return code;
}

static int32_t track_told(acrm__order *order, const char *type, const char *milestone,
                          int64_t slip)
{
    acrm__call *call = order->call;
    acrm_value *data = acrm__value_in(call->arena);

    if (!data || acrm_value_set_map(data) != ACRM_OK ||
        !acrm__put_text(data, "number", acrm__text(order->rec, F_vehicle_order__number)) ||
        !acrm__put_text(data, "milestone", milestone) || !acrm__put_int(data, "slip", slip))
        return acrm__nomem(call);
    return acrm__emit(call, type, "vehicle_order", acrm__id(order->rec, F_ID), data);
}

/* Put down what changed of one row, without a trace: the order_events are its history. A row that
 * is not there yet is only filled in. */
static int32_t track_amend(acrm__call *call, acrm__rec *rec, const uint32_t *fields,
                           const acrm_cell *cells, uint32_t n)
{
    uint32_t changed[16];
    acrm_cell fresh[16];
    uint32_t m = 0;

    for (uint32_t i = 0; i < n; i++)
        if (!acrm__cell_equal(&rec->cells[fields[i]], &cells[i])) {
            changed[m] = fields[i];
            fresh[m++] = cells[i];
            acrm__set(rec, fields[i], cells[i]);
        }
    if (m == 0 || acrm__is_null(rec, F_ID))
        return ACRM_OK;
    return acrm__amend(call, rec->entity, acrm__id(rec, F_ID), changed, fresh, m, NULL);
}

static int32_t track_put_milestone(acrm__order *order, size_t n)
{
    static const uint32_t fields[] = {
        F_order_milestone__oem_code, F_order_milestone__expected_on, F_order_milestone__actual_at,
        F_order_milestone__tentative, F_order_milestone__slip, F_order_milestone__because,
        F_order_milestone__skipped, F_order_milestone__disputed,
    };
    const acrm_milestone_state *s = &order->states[n];
    acrm__rec *m = order->milestones.items[n];
    bool reached = s->reached != ACRM_MILESTONE_NO_DAY;
    bool fresh = reached && acrm__is_null(m, F_order_milestone__actual_at);
    bool overdue = s->because == ACRM_MILESTONE_BY_TODAY && !s->skipped &&
                   !track_same_text(m, F_order_milestone__because, "today");
    const char *code = acrm_milestone_code(order->way->chain, n);
    const acrm_cell cells[] = {
        acrm__cell_text(track_code(order, n)), acrm__cell_int(s->expected),
        reached ? acrm__cell_int(s->reached_at) : acrm__cell_null(),
        acrm__cell_int(s->tentative), acrm__cell_int(s->slip),
        acrm__cell_text(track_because(order, s)), acrm__cell_int(s->skipped),
        acrm__cell_int(s->disputed),
    };
    int32_t st = track_amend(order->call, m, fields, cells, sizeof fields / sizeof *fields);

    bool open = strcmp(acrm__text(order->rec, F_vehicle_order__state), "open") == 0;
    if (st == ACRM_OK && fresh && open)
        st = track_told(order, "order.milestone", code, s->slip);
    if (st == ACRM_OK && overdue && open)
        st = track_told(order, "order.overdue", code, s->slip);
    return st;
}

/* The day after which a stop that nobody knows the end of moves the milestone on. */
static int32_t track_wake_held(const acrm__order *order)
{
    int32_t first = ACRM_MILESTONE_NO_DAY, today = acrm__today(order->call);

    for (size_t i = 0; i < order->holds.count; i++) {
        const acrm__rec *h = order->holds.items[i];
        int32_t at = acrm_milestone_find(order->way->chain, acrm__text(h, F_order_hold__type));
        int32_t from = track_day(h, F_order_hold__from_date);
        int32_t next = (from > today ? from : today) + 1;
        bool open = at >= 0 && acrm__is_null(h, F_order_hold__until_date) &&
                    order->states[at].reached == ACRM_MILESTONE_NO_DAY;
        if (open && (first == ACRM_MILESTONE_NO_DAY || next < first))
            first = next;
    }
    return first;
}

/* The next day on which something is overdue, unless something is told before. */
static int32_t track_wake(const acrm__order *order)
{
    int32_t first = track_wake_held(order);

    for (size_t i = 0; i < order->way->count; i++) {
        const acrm_milestone_state *s = &order->states[i];
        if (s->reached == ACRM_MILESTONE_NO_DAY && !s->skipped &&
            (first == ACRM_MILESTONE_NO_DAY || s->expected + 1 < first))
            first = s->expected + 1;
    }
    return first;
}

static int32_t track_set_timer(acrm__order *order, acrm_cell *wake)
{
    int32_t day = track_wake(order);
    int64_t at = 0;

    *wake = order->rec->cells[F_vehicle_order__wake_on];
    if (day == ACRM_MILESTONE_NO_DAY || !acrm__day_start(order->call, day, &at) ||
        (wake->type == ACRM_CELL_INT && wake->integer <= day))
        return ACRM_OK;
    *wake = acrm__cell_int(day);
    return acrm__timer_set(order->call, "order.overdue", "vehicle_order",
                           acrm__id(order->rec, F_ID), at, NULL);
}

static int32_t track_put_order(acrm__order *order)
{
    static const uint32_t fields[] = {
        F_vehicle_order__milestone, F_vehicle_order__planned_on, F_vehicle_order__promised_on,
        F_vehicle_order__expected_on, F_vehicle_order__tentative, F_vehicle_order__slip,
        F_vehicle_order__slip_told, F_vehicle_order__wake_on,
    };
    const acrm_milestone_state *end = &order->states[order->way->end];
    int32_t at = acrm_milestone_furthest(order->way->chain, order->states);
    int64_t told = acrm__int(order->rec, F_vehicle_order__slip_told);
    int32_t tolerance = acrm_milestone_tolerance(order->way->chain);
    const char *code = at < 0 ? NULL : acrm_milestone_code(order->way->chain, (size_t)at);
    bool open = strcmp(acrm__text(order->rec, F_vehicle_order__state), "open") == 0;
    acrm_cell wake = order->rec->cells[F_vehicle_order__wake_on];
    int32_t st = open ? track_set_timer(order, &wake) : ACRM_OK;

    if (end->slip <= tolerance)
        told = 0;
    bool slipped = open && end->slip > tolerance && end->slip - told > (told > 0 ? tolerance : 0);
    if (slipped)
        told = end->slip;
    const acrm_cell cells[] = {
        acrm__cell_text(code), track_day_cell(end->planned), track_day_cell(end->promised),
        acrm__cell_int(end->expected), acrm__cell_int(end->tentative), acrm__cell_int(end->slip),
        acrm__cell_int(told), wake,
    };
    if (st == ACRM_OK)
        st = track_amend(order->call, order->rec, fields, cells, sizeof fields / sizeof *fields);
    if (st == ACRM_OK && slipped)
        st = track_told(order, "order.slipped", code, end->slip);
    return st;
}

int32_t acrm__order_append(acrm__call *call, acrm__rec *const *recs, size_t n)
{
    const acrm__entity *entity = n > 0 ? recs[0]->entity : NULL;
    size_t at_once = n < ACRM__APPEND_ROWS ? n : ACRM__APPEND_ROWS, size;
    int32_t st = ACRM_OK;

    if (n == 0)
        return ACRM_OK;
    size = entity->n_fields * sizeof(acrm_cell);
    acrm_cell *cells = acrm__arena_alloc(call->arena, at_once * size);
    if (!cells)
        return acrm__nomem(call);
    for (size_t from = 0; st == ACRM_OK && from < n; from += at_once) {
        size_t rows = n - from < at_once ? n - from : at_once;
        for (size_t i = 0; i < rows; i++)
            memcpy(cells + i * entity->n_fields, recs[from + i]->cells, size);
        st = acrm__append_many(call, entity, cells, (uint32_t)rows);
    }
    return st;
}

int32_t acrm__order_settle(acrm__order *order)
{
    int32_t st = track_fold(order);

    if (st == ACRM_OK)
        st = track_dates(order);
    for (size_t i = 0; st == ACRM_OK && i < order->way->count; i++)
        st = track_put_milestone(order, i);
    if (st == ACRM_OK && order->fresh)
        st = acrm__order_append(order->call, order->milestones.items, order->milestones.count);
    if (st == ACRM_OK)
        st = acrm__order_append(order->call, order->events.items + order->kept,
                                order->events.count - order->kept);
    order->fresh = false;
    order->kept = order->events.count;
    return st == ACRM_OK ? track_put_order(order) : st;
}

/* --- A new order --- */

static const char *track_documents(acrm__call *call, const acrm_value *data)
{
    const acrm_value *list = acrm_value_get(data, "documents");
    acrm__str text;

    if (!list || acrm_value_count(list) == 0)
        return NULL;
    acrm__str_init(&text, &call->arena->allocator);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        acrm__str_puts(&text, i ? "," : "{");
        (void)acrm__json_write(&text, acrm_value_at(list, i), 0);
        acrm__str_puts(&text, ":null");
    }
    acrm__str_putc(&text, '}');
    const char *kept = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    return kept;
}

/* An order of a signed contract is registered with it. */
static int32_t track_register(acrm__order *order)
{
    static const char code[] = "registration";
    const acrm__order_word word = { .source = "contract", .code = code, .type = code,
                                    .kind = "reached", .at = order->call->now,
                                    .expected = ACRM_MILESTONE_NO_DAY };
    int32_t verdict;

    if (acrm__is_null(order->rec, F_vehicle_order__sales_contract_id) ||
        acrm_milestone_find(order->way->chain, code) < 0)
        return ACRM_OK;
    return acrm__order_tell(order, &word, &verdict);
}

/* The rows of a new order's milestones, with the plan, as if nothing were known. */
static int32_t track_plan(acrm__order *order)
{
    acrm__call *call = order->call;
    const acrm__order_way *way = order->way;
    acrm__rec **recs = acrm__arena_array(call->arena, way->count, sizeof *recs);
    int32_t start = (int32_t)acrm__int(order->rec, F_vehicle_order__started_on);

    if (!recs)
        return acrm__nomem(call);
    int32_t st = acrm_milestone_fold(way->chain, NULL, 0, order->states, way->count, NULL);
    for (size_t i = 0; i < way->count; i++)
        order->states[i].planned = order->states[i].promised = ACRM_MILESTONE_NO_DAY;
    if (st == ACRM_OK)
        st = acrm_milestone_plan(way->chain, start, start, way->calendar, NULL, 0, order->states,
                                 way->count, NULL);
    if (st != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "range", "started_on",
                          "no plan can be made from this day on");
    for (size_t i = 0; i < way->count; i++) {
        uint32_t flags = acrm_milestone_flags(way->chain, i);
        acrm__rec *m = recs[i] = acrm__new(call, "order_milestone");
        if (!m)
            return acrm__nomem(call);
        acrm__set(m, F_order_milestone__vehicle_order_id, order->rec->cells[F_ID]);
        acrm__set(m, F_order_milestone__position, acrm__cell_int((int64_t)i + 1));
        acrm__set(m, F_order_milestone__type,
                  acrm__cell_text(acrm_milestone_code(way->chain, i)));
        acrm__set(m, F_order_milestone__name, acrm__cell_text(acrm__order_name(way, i)));
        acrm__set(m, F_order_milestone__planned_on, acrm__cell_int(order->states[i].expected));
        acrm__set(m, F_order_milestone__gate, acrm__cell_int(flags / ACRM_MILESTONE_GATE & 1));
        acrm__set(m, F_order_milestone__visible,
                  acrm__cell_int(flags / ACRM_MILESTONE_VISIBLE & 1));
        acrm__set(m, F_order_milestone__documents,
                  acrm__cell_text(track_documents(call, acrm_milestone_data(way->chain, i))));
    }
    order->milestones = (acrm__recs){ recs, way->count };
    return ACRM_OK;
}

int32_t acrm__order_make(acrm__call *call, acrm__rec *rec, acrm__order *out)
{
    *out = (acrm__order){ .call = call, .rec = rec, .fresh = true };
    int32_t st = acrm__order_way_of(call, acrm__id(rec, F_vehicle_order__chain_id), &out->way);

    if (st == ACRM_OK)
        st = track_plan(out);
    return st == ACRM_OK ? track_register(out) : st;
}

const char acrm__order_later[] = "order.later";

int32_t acrm__order_created(acrm__call *call, const acrm__event *event)
{
    acrm__order order;
    acrm__rec *rec = NULL;

    if (call->cause == acrm__order_later)
        return ACRM_OK;
    int32_t st = acrm__load(call, "vehicle_order", event->id, NULL, &rec);
    if (st == ACRM_OK)
        st = acrm__order_make(call, rec, &order);
    return st == ACRM_OK ? acrm__order_settle(&order) : st;
}

int32_t acrm__order_overdue(acrm__call *call, const acrm__timer *timer)
{
    acrm__order order;
    acrm__rec *rec = NULL;
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = &by_id,
                                                       .n_terms = 1, .as_system = true }, &rec);

    if (st != ACRM_OK || !rec || strcmp(acrm__text(rec, F_vehicle_order__state), "open") != 0)
        return st;
    st = track_amend(call, rec, (const uint32_t[]){ F_vehicle_order__wake_on },
                     (const acrm_cell[]){ acrm__cell_null() }, 1);
    if (st == ACRM_OK)
        st = acrm__order_open(call, rec, &order);
    return st == ACRM_OK ? acrm__order_settle(&order) : st;
}
