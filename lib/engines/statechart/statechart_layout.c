/* SPDX-License-Identifier: MIT */
/*
 * Layers for a drawing. Edges that would close a circle are turned round, phases are put below all
 * that lead to them, every edge gets a node of its own in each layer it crosses (the first of them
 * carries its label), each layer is sorted by where its neighbours are, and nodes are pushed apart.
 */
#include "engines/statechart/statechart.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    LAYOUT_LETTER = 7, LAYOUT_PAD = 28, LAYOUT_GAP = 26, LAYOUT_LINE = 16, LAYOUT_THIN = 10,
    LAYOUT_BOX = 44, LAYOUT_SPACE = 20, LAYOUT_MARGIN = 24, LAYOUT_SWEEPS = 8,
    LAYOUT_EDGES_MAX = 1000, LAYOUT_NODES_MAX = 3000
};

typedef struct layout_run {
    const acrm_statechart *chart;
    acrm__arena *arena;
    acrm__chart_layout *out;
    int32_t *rank;
    double *weight;   /* a node's wish: order, then x */
} layout_run;

static int32_t layout_columns(const char *text)
{
    size_t best = 0;

    while (*text) {
        size_t len = strcspn(text, "\n"), width = acrm__utf8_width(text, len);
        best = width > best ? width : best;
        text += len + (text[len] == '\n');
    }
    return (int32_t)(best < 200 ? best : 200);
}

/* --- Edges: transitions between the same two phases are one --- */

static bool layout_edge(layout_run *run, int32_t from, int32_t to, const char *label)
{
    acrm__chart_layout *out = run->out;

    for (int32_t e = 0; e < out->n_edges; e++) {
        acrm__chart_edge *edge = &out->edges[e];
        if (edge->from != from || edge->to != to)
            continue;
        edge->label = acrm__arena_format(run->arena, "%s\n%s", edge->label, label);
        return edge->label != NULL;
    }
    out->edges[out->n_edges++] = (acrm__chart_edge){ .from = from, .to = to, .label = label };
    return true;
}

static int32_t layout_edges(layout_run *run)
{
    const acrm_statechart *chart = run->chart;
    size_t n = 0;

    for (int32_t t = 0; t < chart->n_transitions; t++)
        for (int32_t p = 0; p < chart->n_phases; p++)
            n += chart->transitions[t].from[p];
    if (n > LAYOUT_EDGES_MAX)
        return ACRM_E_LIMIT;
    run->out->edges = acrm__arena_array(run->arena, n + 1, sizeof *run->out->edges);
    if (!run->out->edges)
        return ACRM_E_NOMEM;
    for (int32_t t = 0; t < chart->n_transitions; t++)
        for (int32_t p = 0; p < chart->n_phases; p++)
            if (chart->transitions[t].from[p] &&
                !layout_edge(run, p, chart->transitions[t].to, chart->transitions[t].label))
                return ACRM_E_NOMEM;
    return ACRM_OK;
}

/* --- Layers --- */

/* Distance from the start; an edge that does not lead farther is drawn the other way round. */
static void layout_directions(layout_run *run)
{
    int32_t n = run->chart->n_phases;
    bool grew = true;

    for (int32_t p = 0; p < n; p++)
        run->rank[p] = p == run->chart->start ? 0 : INT32_MAX;
    while (grew) {
        grew = false;
        for (int32_t e = 0; e < run->out->n_edges; e++) {
            const acrm__chart_edge *edge = &run->out->edges[e];
            if (run->rank[edge->from] != INT32_MAX &&
                run->rank[edge->to] > run->rank[edge->from] + 1) {
                run->rank[edge->to] = run->rank[edge->from] + 1;
                grew = true;
            }
        }
    }
    for (int32_t e = 0; e < run->out->n_edges; e++) {
        acrm__chart_edge *edge = &run->out->edges[e];
        int32_t from = run->rank[edge->from], to = run->rank[edge->to];
        edge->back = to < from || (to == from && edge->to <= edge->from);
    }
}

static int32_t layout_upper(const acrm__chart_edge *edge)
{
    return edge->back ? edge->to : edge->from;
}

static int32_t layout_lower(const acrm__chart_edge *edge)
{
    return edge->back ? edge->from : edge->to;
}

/* Each phase two layers below the lowest that leads to it: labels stand in the odd ones. */
static void layout_ranks(layout_run *run)
{
    bool grew = true;

    for (int32_t p = 0; p < run->chart->n_phases; p++)
        run->rank[p] = 0;
    for (int32_t round = 0; grew && round <= run->chart->n_phases; round++) {
        grew = false;
        for (int32_t e = 0; e < run->out->n_edges; e++) {
            const acrm__chart_edge *edge = &run->out->edges[e];
            int32_t upper = layout_upper(edge), lower = layout_lower(edge);
            if (upper == lower || run->rank[lower] >= run->rank[upper] + 2)
                continue;
            run->rank[lower] = run->rank[upper] + 2;
            grew = true;
        }
    }
}

static int32_t layout_node(layout_run *run, int32_t phase, const char *label, int32_t layer)
{
    acrm__chart_layout *out = run->out;
    int32_t columns = layout_columns(label);
    int32_t width = phase == ACRM__CHART_NONE && columns == 0
                        ? LAYOUT_THIN
                        : columns * LAYOUT_LETTER +
                              (phase == ACRM__CHART_NONE ? LAYOUT_THIN : LAYOUT_PAD);

    out->nodes[out->n_nodes] = (acrm__chart_node){ .phase = phase, .label = label, .layer = layer,
                                                   .width = width };
    if (layer >= out->n_layers)
        out->n_layers = layer + 1;
    return out->n_nodes++;
}

static const char *layout_phase_label(layout_run *run, const acrm__chart_phase *phase)
{
    return phase->limit.after ? acrm__arena_format(run->arena, "%s\n%s", phase->name,
                                                   phase->limit.after)
                              : phase->name;
}

static int32_t layout_nodes(layout_run *run)
{
    acrm__chart_layout *out = run->out;
    int32_t n = run->chart->n_phases, cap = n;

    for (int32_t e = 0; e < out->n_edges; e++) {
        const acrm__chart_edge *edge = &out->edges[e];
        cap += run->rank[layout_lower(edge)] - run->rank[layout_upper(edge)] + 2;
    }
    if (cap > LAYOUT_NODES_MAX)
        return ACRM_E_LIMIT;
    out->nodes = acrm__arena_array(run->arena, (size_t)cap + 1, sizeof *out->nodes);
    run->weight = acrm__arena_array(run->arena, (size_t)cap + 1, sizeof *run->weight);
    if (!out->nodes || !run->weight)
        return ACRM_E_NOMEM;
    for (int32_t p = 0; p < n; p++) {
        const char *label = layout_phase_label(run, &run->chart->phases[p]);
        if (!label)
            return ACRM_E_NOMEM;
        layout_node(run, p, label, run->rank[p]);
    }
    for (int32_t e = 0; e < out->n_edges; e++) {
        acrm__chart_edge *edge = &out->edges[e];
        int32_t upper = layout_upper(edge), lower = layout_lower(edge);
        int32_t length = run->rank[lower] - run->rank[upper];
        edge->nodes = acrm__arena_array(run->arena, (size_t)length + 3, sizeof *edge->nodes);
        if (!edge->nodes)
            return ACRM_E_NOMEM;
        edge->nodes[edge->n_nodes++] = upper;
        for (int32_t i = 1; i < length; i++)
            edge->nodes[edge->n_nodes++] =
                layout_node(run, ACRM__CHART_NONE, i == 1 ? edge->label : "",
                            run->rank[upper] + i);
        if (upper == lower) /* a loop: its label stands beside, one layer lower */
            edge->nodes[edge->n_nodes++] =
                layout_node(run, ACRM__CHART_NONE, edge->label, run->rank[upper] + 1);
        edge->nodes[edge->n_nodes++] = lower;
    }
    return ACRM_OK;
}

/* --- Order within the layers --- */

/* The nodes of a layer in their order, into `list`. */
static int32_t layout_layer(const acrm__chart_layout *out, int32_t layer, int32_t *list)
{
    int32_t n = 0;

    for (int32_t i = 0; i < out->n_nodes; i++) {
        if (out->nodes[i].layer != layer)
            continue;
        int32_t at = n++;
        while (at > 0 && out->nodes[list[at - 1]].order > out->nodes[i].order) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = i;
    }
    return n;
}

/* The mean of what a node is joined to above (side -1) or below (1); false: nothing. */
static bool layout_mean(const acrm__chart_layout *out, int32_t node, int32_t side, bool by_x,
                        double *mean)
{
    double sum = 0;
    int32_t n = 0;

    for (int32_t e = 0; e < out->n_edges; e++) {
        const acrm__chart_edge *edge = &out->edges[e];
        for (int32_t i = 0; i < edge->n_nodes; i++) {
            int32_t other = i + side;
            if (edge->nodes[i] != node || other < 0 || other >= edge->n_nodes)
                continue;
            const acrm__chart_node *o = &out->nodes[edge->nodes[other]];
            sum += by_x ? o->x : o->order;
            n++;
        }
    }
    if (n > 0)
        *mean = sum / n;
    return n > 0;
}

static void layout_sort(layout_run *run, int32_t layer, int32_t side, int32_t *list)
{
    acrm__chart_layout *out = run->out;
    int32_t n = layout_layer(out, layer, list);

    for (int32_t i = 0; i < n; i++) {
        run->weight[list[i]] = out->nodes[list[i]].order;
        (void)layout_mean(out, list[i], side, false, &run->weight[list[i]]);
    }
    for (int32_t i = 1; i < n; i++)
        for (int32_t k = i; k > 0 && run->weight[list[k]] < run->weight[list[k - 1]]; k--) {
            int32_t swap = list[k];
            list[k] = list[k - 1];
            list[k - 1] = swap;
        }
    for (int32_t i = 0; i < n; i++)
        out->nodes[list[i]].order = i;
}

/* --- Places --- */

/* Each node where its neighbours would have it, then apart: pushed right, and back by the mean. */
static void layout_push(layout_run *run, int32_t layer, int32_t side, int32_t *list)
{
    acrm__chart_layout *out = run->out;
    int32_t n = layout_layer(out, layer, list);
    double shift = 0;
    int32_t left = INT32_MIN / 2;

    for (int32_t i = 0; i < n; i++) {
        acrm__chart_node *node = &out->nodes[list[i]];
        double want = node->x;
        (void)layout_mean(out, list[i], side, true, &want);
        int32_t least = left + node->width / 2;
        node->x = (int32_t)want > least ? (int32_t)want : least;
        shift += want - node->x;
        left = node->x + node->width / 2 + LAYOUT_GAP;
    }
    for (int32_t i = 0; i < n; i++)
        out->nodes[list[i]].x += (int32_t)(shift / n);
}

static bool layout_places(layout_run *run)
{
    acrm__chart_layout *out = run->out;
    int32_t *list = acrm__arena_array(run->arena, (size_t)out->n_nodes + 1, sizeof *list);
    int32_t least = INT32_MAX, most = 0;

    if (!list)
        return false;
    for (int32_t i = 0; i < out->n_nodes; i++)
        out->nodes[i].order = i;
    for (int32_t sweep = 0; sweep < LAYOUT_SWEEPS; sweep++)
        for (int32_t l = 0; l < out->n_layers; l++)
            layout_sort(run, sweep % 2 ? out->n_layers - 1 - l : l, sweep % 2 ? 1 : -1, list);
    for (int32_t sweep = 0; sweep < LAYOUT_SWEEPS + 1; sweep++)
        for (int32_t l = 0; l < out->n_layers; l++)
            layout_push(run, sweep % 2 ? out->n_layers - 1 - l : l, sweep % 2 ? 1 : -1, list);
    for (int32_t i = 0; i < out->n_nodes; i++) {
        int32_t half = out->nodes[i].width / 2;
        least = out->nodes[i].x - half < least ? out->nodes[i].x - half : least;
        most = i == 0 || out->nodes[i].x + half > most ? out->nodes[i].x + half : most;
    }
    for (int32_t i = 0; i < out->n_nodes; i++)
        out->nodes[i].x += LAYOUT_MARGIN - least;
    out->width = most - least + 2 * LAYOUT_MARGIN;
    return true;
}

static int32_t layout_lines(const char *label)
{
    int32_t n = *label != '\0';

    for (; *label; label++)
        n += *label == '\n';
    return n;
}

static bool layout_heights(layout_run *run)
{
    acrm__chart_layout *out = run->out;

    out->heights = acrm__arena_array(run->arena, (size_t)out->n_layers + 1, sizeof *out->heights);
    if (!out->heights)
        return false;
    for (int32_t i = 0; i < out->n_nodes; i++) {
        const acrm__chart_node *node = &out->nodes[i];
        int32_t need = node->phase == ACRM__CHART_NONE
                           ? layout_lines(node->label) * LAYOUT_LINE + 2 * LAYOUT_SPACE
                           : LAYOUT_BOX;
        if (need > out->heights[node->layer])
            out->heights[node->layer] = need;
    }
    return true;
}

int32_t acrm__chart_lay_out(const acrm_statechart *chart, acrm__arena *arena,
                            acrm__chart_layout *out)
{
    layout_run run = { .chart = chart, .arena = arena, .out = out };

    *out = (acrm__chart_layout){ 0 };
    run.rank = acrm__arena_array(arena, (size_t)chart->n_phases + 1, sizeof *run.rank);
    int32_t st = run.rank ? layout_edges(&run) : ACRM_E_NOMEM;
    if (st != ACRM_OK)
        return st;
    layout_directions(&run);
    layout_ranks(&run);
    st = layout_nodes(&run);
    if (st == ACRM_OK && !(layout_places(&run) && layout_heights(&run)))
        st = ACRM_E_NOMEM;
    return st;
}
