/* SPDX-License-Identifier: MIT */
/* The clocks of a record, from its history alone. */
#include "modules/work/sla.h"

#include "base/civil.h"

#include <string.h>

/* Who may see the record may see what is promised about it. */
int32_t acrm__sla_find(acrm__call *call, const unsigned char subject[16], const char *arg,
                       acrm__rec **item)
{
    const acrm__term term = { F_sla_item__subject_id, ACRM_FILTER_EQ, acrm__cell_id(subject) };
    acrm__rec *record = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "sla_item", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, item);
    if (st == ACRM_OK && !*item && arg)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", arg,
                        "no service level is promised for this record; see sla.start");
    if (st == ACRM_OK && *item && !call->as_system)
        st = acrm__load(call, acrm__text(*item, F_sla_item__entity), subject, arg, &record);
    return st;
}

static int64_t item_instant(const acrm__rec *row, uint32_t field)
{
    return acrm__is_null(row, field) ? ACRM_SLA_NONE : acrm__int(row, field);
}

/* A row of the history as the clocks are told it. Priorities are names of the terms in force. */
static int32_t item_happening(acrm__call *call, const acrm__rec *row, acrm__sla_state *state,
                              const char **priority, acrm_sla_happening *out)
{
    const unsigned char *terms = acrm__id(row, F_sla_happening__terms_id);
    int32_t kind = acrm__sla_number_of(acrm__sla_kind_names,
                                       acrm__text(row, F_sla_happening__kind));

    if (terms) {
        int32_t st = acrm__sla_book_of(call, terms, &state->book);
        if (st != ACRM_OK)
            return st;
    }
    if (kind == ACRM_SLA_CREATED || kind == ACRM_SLA_PRIORITY)
        *priority = acrm__text(row, F_sla_happening__priority);
    *out = (acrm_sla_happening){
        .struct_size = sizeof *out,
        .kind = kind,
        .at = acrm__int(row, F_sla_happening__at),
        .terms = terms ? &state->book->terms : NULL,
        .priority = state->book ? acrm__sla_priority(state->book, *priority) : 0,
        .clocks = (int32_t)acrm__int(row, F_sla_happening__clocks),
        .key = acrm__int(row, F_sla_happening__number),
        .until = item_instant(row, F_sla_happening__until),
        .cycle = (int32_t)acrm__int(row, F_sla_happening__cycle),
        .fired = acrm__int(row, F_sla_happening__fired),
    };
    return ACRM_OK;
}

static int32_t item_tell(acrm__call *call, acrm__sla_state *state, int64_t now)
{
    const char *priority = NULL;
    acrm_issue issue = { .field = "history", .allowed = "", .row = -1 };
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < state->history.count && st == ACRM_OK; i++) {
        acrm_sla_happening h;
        st = item_happening(call, state->history.items[i], state, &priority, &h);
        if (st != ACRM_OK || h.at > now)
            continue;
        st = acrm_sla_happen(state->sla, &h, &issue);
        if (st == ACRM_E_NOMEM)
            return acrm__nomem(call);
        if (st != ACRM_OK)
            return acrm__fail(call, st == ACRM_E_LIMIT ? st : ACRM_E_CORRUPT, "history",
                              issue.field, "the %zu. entry of the record's history: expected %s",
                              i + 1, issue.allowed);
    }
    return st;
}

/* In the order of what happened; rows come in the order in which it was told, nearly the same. */
static void item_sort(acrm__recs *history)
{
    for (size_t i = 1; i < history->count; i++) {
        acrm__rec *row = history->items[i];
        size_t at = i;
        for (; at > 0 && acrm__int(history->items[at - 1], F_sla_happening__at) >
                             acrm__int(row, F_sla_happening__at); at--)
            history->items[at] = history->items[at - 1];
        history->items[at] = row;
    }
}

int32_t acrm__sla_fold(acrm__call *call, acrm__rec *item, int64_t now, acrm__sla_state *out)
{
    const acrm__term term = { F_sla_happening__item_id, ACRM_FILTER_EQ, item->cells[F_ID] };
    acrm__sla_state state = { .item = item };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "sla_happening", .terms = &term,
                                                   .n_terms = 1, .as_system = true },
                             &state.history);
    if (st != ACRM_OK)
        return st;
    item_sort(&state.history);
    if (acrm_sla_new(acrm__cache_allocator(call), &state.sla) != ACRM_OK)
        return acrm__nomem(call);
    st = item_tell(call, &state, now);
    if (st == ACRM_OK)
        st = acrm_sla_advance(state.sla, now);
    if (st == ACRM_E_INVALID)
        st = acrm__fail(call, ACRM_E_CONFLICT, "clock", "at",
                        "the clock was set back behind what happened last");
    if (st != ACRM_OK) {
        acrm_sla_free(state.sla);
        return st;
    }
    *out = state;
    return ACRM_OK;
}

/* --- The rows of clocks --- */

int32_t acrm__sla_rows(acrm__call *call, const acrm__rec *item, acrm__recs *out)
{
    const acrm__term term = { F_sla_clock__item_id, ACRM_FILTER_EQ, item->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "sla_clock", .terms = &term, .n_terms = 1,
                                             .as_system = true }, out);
}

static bool item_is_row(const acrm__rec *row, const acrm_sla_clock *clock)
{
    return acrm__int(row, F_sla_clock__number) == clock->key &&
           acrm__int(row, F_sla_clock__cycle) == clock->cycle &&
           strcmp(acrm__text(row, F_sla_clock__clock), acrm__sla_clock_names[clock->clock]) == 0;
}

/* Rows are in the order the clocks began, less those that promise nothing. */
acrm__rec *acrm__sla_row_of(const acrm__recs *rows, const acrm_sla_clock *clock, size_t hint)
{
    for (size_t i = 0; i < rows->count; i++) {
        size_t at = (hint + i) % rows->count;
        if (item_is_row(rows->items[at], clock))
            return rows->items[at];
    }
    return NULL;
}

static acrm_cell item_cell(int64_t at)
{
    return at == ACRM_SLA_NONE ? acrm__cell_null() : acrm__cell_int(at);
}

static acrm_cell item_seconds(int64_t us, bool known)
{
    return known ? acrm__cell_int(acrm__floor_div(us, ACRM__SECOND_US)) : acrm__cell_null();
}

static acrm_cell item_message(const acrm__sla_state *state, const acrm_sla_clock *clock)
{
    for (size_t i = 0; clock->clock == ACRM_SLA_NEXT_RESPONSE && i < state->history.count; i++) {
        const acrm__rec *row = state->history.items[i];
        if (acrm__int(row, F_sla_happening__number) == clock->key &&
            strcmp(acrm__text(row, F_sla_happening__kind), "message") == 0)
            return row->cells[F_sla_happening__message_id];
    }
    return acrm__cell_null();
}

void acrm__sla_row_fill(acrm__rec *row, const acrm__sla_state *state, const acrm_sla_clock *clock)
{
    static const char *const states[] = { "", "active", "paused", "met", "missed" };
    bool ended = clock->stop != ACRM_SLA_NONE, promised = clock->target > 0;

    acrm__set(row, F_sla_clock__item_id, state->item->cells[F_ID]);
    acrm__set(row, F_sla_clock__clock, acrm__cell_text(acrm__sla_clock_names[clock->clock]));
    acrm__set(row, F_sla_clock__cycle, acrm__cell_int(clock->cycle));
    acrm__set(row, F_sla_clock__number, acrm__cell_int(clock->key));
    acrm__set(row, F_sla_clock__message_id, item_message(state, clock));
    acrm__set(row, F_sla_clock__state, acrm__cell_text(states[clock->state]));
    acrm__set(row, F_sla_clock__started_at, acrm__cell_int(clock->start));
    acrm__set(row, F_sla_clock__due_at, item_cell(clock->due));
    acrm__set(row, F_sla_clock__stopped_at, item_cell(clock->stop));
    acrm__set(row, F_sla_clock__breached_at, item_cell(clock->breached));
    acrm__set(row, F_sla_clock__target, item_seconds(clock->target, promised));
    acrm__set(row, F_sla_clock__elapsed, item_seconds(clock->elapsed, ended));
    acrm__set(row, F_sla_clock__paused, item_seconds(clock->paused, ended));
    acrm__set(row, F_sla_clock__difference, item_seconds(clock->left, ended && promised));
    acrm__set(row, F_sla_clock__fired, acrm__cell_int(clock->fired));
}
