/* SPDX-License-Identifier: MIT */
/* Process definitions: making one, and asking it. */
#include "engines/statechart/statechart.h"

#include "base/error.h"

#include <string.h>

static int32_t statechart_verdict(acrm__chart_reader *r, acrm_error **err)
{
    const acrm_value *first = acrm_value_at(r->faults, 0);

    if (r->status == ACRM_E_NOMEM)
        return acrm__error_nomem(err);
    if (r->status != ACRM_OK)
        return acrm__error(err, r->status, NULL, NULL, "%s", acrm_status_text(r->status));
    if (!first)
        return ACRM_OK;
    bool limit = strcmp(acrm__get_text(first, "reason"), "limit") == 0;
    return acrm__error_fields(err, limit ? ACRM_E_LIMIT : ACRM_E_INVALID, r->faults);
}

static int32_t statechart_build(acrm_statechart *chart, const acrm_value *definition,
                                const acrm_statechart_world *world, acrm_error **err)
{
    static const acrm_statechart_world anything = { .struct_size = sizeof anything };
    acrm__chart_reader r = { .chart = chart, .world = world ? world : &anything,
                             .faults = acrm__value_in(chart->arena) };
    acrm_value *copy = acrm__value_in(chart->arena);

    if (!copy || !r.faults || !acrm__value_copy(copy, definition) ||
        acrm_value_set_list(r.faults) != ACRM_OK)
        r.status = ACRM_E_NOMEM;
    chart->definition = copy;
    if (r.status == ACRM_OK)
        acrm__chart_read(&r);
    if (r.status == ACRM_OK && acrm_value_type(copy) == ACRM_MAP)
        acrm__chart_names(&r);
    if (r.status == ACRM_OK && chart->n_phases > 0)
        acrm__chart_check(&r);
    return statechart_verdict(&r, err);
}

int32_t acrm__chart_new_in(acrm__arena *arena, const acrm_value *definition,
                           const acrm_statechart_world *world, acrm_statechart **out,
                           acrm_error **err)
{
    acrm_statechart *chart = acrm__arena_zero(arena, sizeof *chart);

    if (!chart)
        return acrm__error_nomem(err);
    chart->arena = arena;
    int32_t st = statechart_build(chart, definition, world, err);
    if (st == ACRM_OK)
        *out = chart;
    return st;
}

int32_t acrm_statechart_new(const acrm_allocator *allocator, const acrm_value *definition,
                            const acrm_statechart_world *world, acrm_statechart **out,
                            acrm_error **err)
{
    acrm_allocator own = acrm__allocator(allocator);

    if (!definition || !out || (world && world->struct_size != sizeof *world))
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "a definition and a place for the result are needed, and a world of "
                           "this library's struct_size");
    acrm_statechart *chart = acrm__alloc_zero(&own, sizeof *chart);
    if (!chart)
        return acrm__error_nomem(err);
    acrm__arena_init(&chart->own, &own);
    chart->arena = &chart->own;
    int32_t st = statechart_build(chart, definition, world, err);
    if (st == ACRM_OK)
        *out = chart;
    else
        acrm_statechart_free(chart);
    return st;
}

void acrm_statechart_free(acrm_statechart *chart)
{
    if (!chart)
        return;
    acrm_allocator allocator = chart->own.allocator;
    acrm__arena_free(&chart->own);
    acrm__free(&allocator, chart, sizeof *chart);
}

const char *acrm_statechart_start(const acrm_statechart *chart)
{
    return chart ? chart->phases[chart->start].code : NULL;
}

const char *acrm_statechart_phase(const acrm_statechart *chart, size_t n)
{
    return chart && n < (size_t)chart->n_phases ? chart->phases[n].code : NULL;
}

int32_t acrm_statechart_is_end(const acrm_statechart *chart, const char *phase)
{
    int32_t n = chart ? acrm__chart_phase_of(chart, phase) : ACRM__CHART_NONE;

    return n != ACRM__CHART_NONE && chart->phases[n].end;
}

const char *acrm_statechart_transition(const acrm_statechart *chart, const char *phase, size_t n)
{
    int32_t from = chart ? acrm__chart_phase_of(chart, phase) : ACRM__CHART_NONE;

    for (int32_t t = 0; from != ACRM__CHART_NONE && t < chart->n_transitions; t++)
        if (chart->transitions[t].from[from] && n-- == 0)
            return chart->transitions[t].name;
    return NULL;
}

int32_t acrm_statechart_step(const acrm_statechart *chart, const char *phase,
                             const char *transition, const char **to)
{
    if (!chart || !phase || !transition || !to)
        return ACRM_E_MISUSE;
    int32_t from = acrm__chart_phase_of(chart, phase);
    int32_t t = acrm__chart_transition_of(chart, transition);
    if (from == ACRM__CHART_NONE || t == ACRM__CHART_NONE || !chart->transitions[t].from[from])
        return ACRM_E_NOTFOUND;
    *to = chart->phases[chart->transitions[t].to].code;
    return ACRM_OK;
}
