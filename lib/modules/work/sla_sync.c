/* SPDX-License-Identifier: MIT */
/*
 * What the clocks say, into rows: once for whatever happens and whatever time brings. What a clock
 * has reached since it was last looked at is announced in the same transaction that notes it, so it
 * is announced exactly once, however late the looking is and however often a process dies.
 */
#include "modules/work/sla.h"

#include "base/civil.h"

#include <string.h>

enum { SYNC_RENEW_BATCH = 100 };

int32_t acrm__sla_record(acrm__call *call, acrm__rec *item, const acrm__sla_entry *entry)
{
    acrm__rec *row = acrm__new(call, "sla_happening");

    if (!row)
        return acrm__nomem(call);
    acrm__set(row, F_sla_happening__item_id, item->cells[F_ID]);
    acrm__set(row, F_sla_happening__at, acrm__cell_int(entry->at));
    acrm__set(row, F_sla_happening__kind, acrm__cell_text(acrm__sla_kind_names[entry->kind]));
    acrm__set(row, F_sla_happening__priority, acrm__cell_text(entry->priority));
    acrm__set(row, F_sla_happening__terms_id, acrm__cell_id(entry->terms));
    acrm__set(row, F_sla_happening__message_id, acrm__cell_id(entry->message));
    if (entry->number)
        acrm__set(row, F_sla_happening__number, acrm__cell_int(entry->number));
    if (entry->clocks)
        acrm__set(row, F_sla_happening__clocks, acrm__cell_int(entry->clocks));
    if (entry->cycle)
        acrm__set(row, F_sla_happening__cycle, acrm__cell_int(entry->cycle));
    if (entry->until != ACRM_SLA_NONE)
        acrm__set(row, F_sla_happening__until, acrm__cell_int(entry->until));
    if (entry->fired)
        acrm__set(row, F_sla_happening__fired, acrm__cell_int(entry->fired));
    return acrm__insert(call, row);
}

/* --- Announcing --- */

static int32_t sync_emit(acrm__call *call, const acrm__sla_state *state, const char *type,
                         const acrm_sla_clock *clock, int32_t bit)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "item_id", acrm__id_text(call, acrm__id(state->item, F_ID)));

    if (ok && clock)
        ok = acrm__put_text(data, "clock", acrm__sla_clock_names[clock->clock]) &&
             acrm__put_int(data, "cycle", clock->cycle) &&
             acrm__put_int(data, "number", clock->key) &&
             acrm__put_text(data, "due_at", clock->due == ACRM_SLA_NONE
                                                ? NULL : acrm__instant_text(call, clock->due));
    if (ok && bit >= ACRM__SLA_WARNING && bit < ACRM__SLA_OVERRUN)
        ok = acrm__put_int(data, "warning", bit);
    return ok ? acrm__emit(call, type, acrm__text(state->item, F_sla_item__entity),
                           acrm__id(state->item, F_sla_item__subject_id), data)
              : acrm__nomem(call);
}

static int32_t sync_announce(acrm__call *call, acrm__sla_state *state, const acrm_sla_clock *clock,
                             int64_t fresh)
{
    const acrm__sla_entry entry = { .kind = ACRM_SLA_FIRED, .at = call->now, .number = clock->key,
                                    .clocks = 1 << clock->clock, .cycle = clock->cycle,
                                    .until = clock->breached, .fired = fresh };
    int32_t st = acrm__sla_record(call, state->item, &entry);

    for (int32_t bit = 0; bit <= ACRM_SLA_MARKS_MAX && st == ACRM_OK; bit++) {
        if (!(fresh & INT64_C(1) << bit))
            continue;
        if (bit == ACRM__SLA_BREACH)
            st = sync_emit(call, state, "sla.breached", clock, bit);
        else if (bit == ACRM__SLA_OVERRUN)
            st = sync_emit(call, state, "sla.overrun", clock, bit);
        else if (bit < ACRM__SLA_OVERRUN)
            st = sync_emit(call, state, "sla.warning", clock, bit);
        else
            st = acrm__sla_reached(call, state, clock, bit - ACRM__SLA_STEP);
    }
    return st;
}

/* --- Clocks --- */

static int32_t sync_clock(acrm__call *call, acrm__sla_state *state, const acrm__recs *rows,
                          size_t n)
{
    acrm_sla_clock clock = { .struct_size = sizeof clock };

    if (acrm_sla_clock_at(state->sla, n, call->now, &clock) != ACRM_OK)
        return acrm__nomem(call);
    acrm__rec *row = acrm__sla_row_of(rows, &clock, n);
    if (!row && clock.target == 0)
        return ACRM_OK;
    bool is_new = !row;
    int64_t known = row ? acrm__int(row, F_sla_clock__fired) : 0;
    if (is_new)
        row = acrm__new(call, "sla_clock");
    if (!row)
        return acrm__nomem(call);
    acrm__sla_row_fill(row, state, &clock);
    int32_t st = is_new ? acrm__insert(call, row) : acrm__update(call, row);
    int64_t fresh = clock.fired & ~known;
    return st == ACRM_OK && fresh ? sync_announce(call, state, &clock, fresh) : st;
}

/* --- The item --- */

static int32_t sync_timer(acrm__call *call, const acrm__rec *item, bool timer_gone)
{
    const unsigned char *id = acrm__id(item, F_ID);

    if (!timer_gone && !acrm__changed(item, F_sla_item__next_at))
        return ACRM_OK;
    if (acrm__is_null(item, F_sla_item__next_at))
        return timer_gone ? ACRM_OK : acrm__timer_cancel(call, "sla.due", id);
    return acrm__timer_by(call, "sla.due", "sla_item", id, acrm__int(item, F_sla_item__next_at));
}

static int32_t sync_item(acrm__call *call, acrm__sla_state *state, bool timer_gone)
{
    acrm_sla_summary sum = { .struct_size = sizeof sum };
    acrm__rec *item = state->item;

    if (acrm_sla_summarise(state->sla, call->now, &sum) != ACRM_OK)
        return acrm__nomem(call);
    bool neglected = sum.neglected != ACRM_SLA_NONE;
    bool told = !neglected || (!acrm__is_null(item, F_sla_item__neglected_at) &&
                               acrm__int(item, F_sla_item__neglected_at) == sum.neglected);
    acrm__set(item, F_sla_item__state,
              acrm__cell_text(!sum.open ? "resolved" : sum.paused ? "paused" : "running"));
    acrm__set(item, F_sla_item__open, acrm__cell_int(sum.open));
    acrm__set(item, F_sla_item__cycle, acrm__cell_int(sum.cycle));
    acrm__set(item, F_sla_item__neglected_at,
              neglected ? acrm__cell_int(sum.neglected) : acrm__cell_null());
    acrm__set(item, F_sla_item__next_at,
              sum.next == ACRM_SLA_NONE ? acrm__cell_null() : acrm__cell_int(sum.next));
    int32_t st = sync_timer(call, item, timer_gone);
    if (st == ACRM_OK)
        st = acrm__update(call, item);
    return st == ACRM_OK && !told ? sync_emit(call, state, "sla.neglected", NULL, 0) : st;
}

int32_t acrm__sla_sync(acrm__call *call, acrm__rec *item, bool timer_gone)
{
    acrm__call system = *call;
    acrm__sla_state state = { .item = NULL };
    acrm__recs rows = { NULL, 0 };

    system.as_system = true;
    int32_t st = acrm__sla_fold(&system, item, call->now, &state);
    if (st != ACRM_OK)
        return st;
    st = acrm__sla_rows(&system, item, &rows);
    for (size_t i = 0; i < acrm_sla_count(state.sla) && st == ACRM_OK; i++)
        st = sync_clock(&system, &state, &rows, i);
    if (st == ACRM_OK)
        st = sync_item(&system, &state, timer_gone);
    acrm_sla_free(state.sla);
    return st;
}

/* --- Stop points that are over --- */

int32_t acrm__sla_pauses_end(acrm__call *call, const acrm__rec *item, int64_t at, bool all)
{
    const acrm__term terms[] = {
        { F_sla_pause__item_id, ACRM_FILTER_EQ, item->cells[F_ID] },
        { F_sla_pause__state, ACRM_FILTER_EQ, acrm__cell_text("running") },
    };
    acrm__recs running = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "sla_pause", .terms = terms,
                                                   .n_terms = 2, .as_system = true }, &running);
    for (size_t i = 0; i < running.count && st == ACRM_OK; i++) {
        acrm__rec *pause = running.items[i];
        bool over = !acrm__is_null(pause, F_sla_pause__until) &&
                    acrm__int(pause, F_sla_pause__until) <= at;
        if (!over && !all)
            continue;
        acrm__set(pause, F_sla_pause__state, acrm__cell_text("ended"));
        acrm__set(pause, F_sla_pause__ended_at,
                  over ? pause->cells[F_sla_pause__until] : acrm__cell_int(at));
        st = acrm__update(call, pause);
    }
    return st;
}

/* --- Timers --- */

static int32_t sync_load(acrm__call *call, const char *entity, const unsigned char id[16],
                         acrm__rec **out)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };

    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &term, .n_terms = 1,
                                                 .as_system = true }, out);
}

int32_t acrm__sla_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *item = NULL, *subject = NULL;

    int32_t st = sync_load(call, "sla_item", timer->subject, &item);
    if (st != ACRM_OK || !item)
        return st;
    st = sync_load(call, acrm__text(item, F_sla_item__entity),
                   acrm__id(item, F_sla_item__subject_id), &subject);
    if (st == ACRM_OK && !subject) /* it was deleted: nothing is owed any more */
        st = acrm__sla_record(call, item,
                              &(acrm__sla_entry){ .kind = ACRM_SLA_CLOSED, .at = call->now,
                                                  .until = ACRM_SLA_NONE });
    if (st == ACRM_OK && strcmp(acrm__text(item, F_sla_item__state), "paused") == 0)
        st = acrm__sla_pauses_end(call, item, call->now, false);
    return st == ACRM_OK ? acrm__sla_sync(call, item, true) : st;
}

static int32_t sync_renew_one(acrm__call *call, acrm__rec *item, const acrm__rec *terms)
{
    const acrm__sla_entry entry = { .kind = ACRM_SLA_TERMS, .at = call->now,
                                    .terms = acrm__id(terms, F_ID), .until = ACRM_SLA_NONE };

    acrm__set(item, F_sla_item__terms_id, terms->cells[F_ID]);
    int32_t st = acrm__sla_record(call, item, &entry);
    return st == ACRM_OK ? acrm__sla_sync(call, item, false) : st;
}

/* The terms of a policy have changed: what is open under it moves on, so many at a time. */
int32_t acrm__sla_renew(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *terms = NULL;
    acrm__recs items = { NULL, 0 };

    int32_t st = acrm__sla_newest(call, timer->subject, &terms);
    if (st != ACRM_OK || !terms)
        return st;
    const acrm__term open[] = {
        { F_sla_item__policy_id, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) },
        { F_sla_item__open, ACRM_FILTER_EQ, acrm__cell_int(1) },
        { F_sla_item__terms_id, ACRM_FILTER_NE, terms->cells[F_ID] },
    };
    st = acrm__find(call, &(acrm__select){ .entity = "sla_item", .terms = open, .n_terms = 3,
                                           .limit = SYNC_RENEW_BATCH, .as_system = true }, &items);
    for (size_t i = 0; i < items.count && st == ACRM_OK; i++)
        st = sync_renew_one(call, items.items[i], terms);
    if (st == ACRM_OK && items.count == SYNC_RENEW_BATCH)
        st = acrm__timer_set(call, "sla.renew", "sla_policy", timer->subject, call->now, NULL);
    return st;
}
