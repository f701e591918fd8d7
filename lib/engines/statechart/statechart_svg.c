/* SPDX-License-Identifier: MIT */
/* A definition as a drawing: SVG 1.1. */
#include "engines/statechart/statechart.h"

#include <string.h>

enum { SVG_TOP = 40, SVG_BOX = 44, SVG_LINE = 16, SVG_LOOP = 18 };

typedef struct svg_run {
    const acrm_statechart *chart;
    acrm__chart_layout layout;
    int32_t *middle; /* y of each layer's middle */
    int32_t height, marked;
    acrm__str text;
} svg_run;

/* XML text: escaped, control characters as blanks. */
static void svg_text(acrm__str *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        switch (text[i]) {
        case '&': acrm__str_puts(out, "&amp;"); break;
        case '<': acrm__str_puts(out, "&lt;"); break;
        case '>': acrm__str_puts(out, "&gt;"); break;
        case '"': acrm__str_puts(out, "&quot;"); break;
        default:
            if (byte == 0xef && i + 2 < len && (unsigned char)text[i + 1] == 0xbf &&
                (unsigned char)text[i + 2] >= 0xbe) {
                acrm__str_putc(out, ' '); /* U+FFFE and U+FFFF are no XML characters */
                i += 2;
            } else {
                acrm__str_putc(out, byte < 0x20 || byte == 0x7f ? ' ' : text[i]);
            }
        }
    }
}

/* Lines of text around a middle. */
static void svg_lines(svg_run *run, const char *label, int32_t x, int32_t y, const char *class)
{
    int32_t n = 1;

    for (const char *p = label; *p; p++)
        n += *p == '\n';
    y += 5 - (n - 1) * SVG_LINE / 2;
    while (*label) {
        size_t len = strcspn(label, "\n");
        acrm__str_format(&run->text, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, (int)x,
                         (int)y);
        svg_text(&run->text, label, len);
        acrm__str_puts(&run->text, "</text>\n");
        y += SVG_LINE;
        label += len + (label[len] == '\n');
    }
}

static void svg_head(svg_run *run)
{
    acrm__str_format(&run->text,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
                     "height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
                     (int)run->layout.width, (int)run->height, (int)run->layout.width,
                     (int)run->height);
    svg_text(&run->text, run->chart->name, strlen(run->chart->name));
    acrm__str_puts(&run->text,
                   "</title>\n<style>text{font:13px sans-serif;text-anchor:middle;fill:#222}"
                   ".label{font-size:12px;stroke:#fff;stroke-width:4px;paint-order:stroke}"
                   ".box{fill:#eef3fa;stroke:#3b6ea5}.end{fill:#e9f5ea;stroke:#3a8a45}"
                   ".here{stroke-width:3;fill:#fff3d6;stroke:#b8860b}"
                   ".edge{fill:none;stroke:#555}.back{stroke-dasharray:5 3}</style>\n"
                   "<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" "
                   "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">"
                   "<path d=\"M0 0L10 5L0 10z\" fill=\"#555\"/></marker></defs>\n"
                   "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

static void svg_curve(svg_run *run, int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
    int32_t bend = (y2 - y1) / 2;

    acrm__str_format(&run->text, " C%d %d %d %d %d %d", (int)x1, (int)(y1 + bend), (int)x2,
                     (int)(y2 - bend), (int)x2, (int)y2);
}

static void svg_loop(svg_run *run, const acrm__chart_edge *edge)
{
    const acrm__chart_node *box = &run->layout.nodes[edge->from];
    int32_t x = box->x + box->width / 2, y = run->middle[box->layer];

    acrm__str_format(&run->text,
                     "<path class=\"edge\" marker-end=\"url(#tip)\" d=\"M%d %d C%d %d %d %d %d "
                     "%d\"/>\n", (int)x, (int)(y - 10), (int)(x + SVG_LOOP), (int)(y - 24),
                     (int)(x + SVG_LOOP), (int)(y + 24), (int)x, (int)(y + 10));
}

static void svg_edge(svg_run *run, const acrm__chart_edge *edge)
{
    if (edge->from == edge->to) {
        svg_loop(run, edge);
        return;
    }
    acrm__str_format(&run->text, "<path class=\"edge%s\" marker-%s=\"url(#tip)\" d=\"",
                     edge->back ? " back" : "", edge->back ? "start" : "end");
    for (int32_t i = 0; i < edge->n_nodes; i++) {
        const acrm__chart_node *node = &run->layout.nodes[edge->nodes[i]];
        int32_t y = run->middle[node->layer];
        if (i == 0)
            y += SVG_BOX / 2;
        else if (i + 1 == edge->n_nodes)
            y -= SVG_BOX / 2;
        if (i == 0) {
            acrm__str_format(&run->text, "M%d %d", (int)node->x, (int)y);
        } else {
            const acrm__chart_node *last = &run->layout.nodes[edge->nodes[i - 1]];
            int32_t from = run->middle[last->layer] + (i == 1 ? SVG_BOX / 2 : 0);
            svg_curve(run, last->x, from, node->x, y);
        }
    }
    acrm__str_puts(&run->text, "\"/>\n");
}

static void svg_node(svg_run *run, const acrm__chart_node *node)
{
    int32_t y = run->middle[node->layer];

    if (node->phase == ACRM__CHART_NONE) {
        svg_lines(run, node->label, node->x, y, "label");
        return;
    }
    bool end = run->chart->phases[node->phase].end;
    acrm__str_format(&run->text,
                     "<rect class=\"%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                     "rx=\"%d\"/>\n", end ? "end" : "box",
                     node->phase == run->marked ? " here" : "", (int)(node->x - node->width / 2),
                     (int)(y - SVG_BOX / 2), (int)node->width, SVG_BOX, end ? SVG_BOX / 2 : 6);
    svg_lines(run, node->label, node->x, y, "phase");
}

static void svg_start(svg_run *run)
{
    const acrm__chart_node *node = &run->layout.nodes[run->chart->start];
    int32_t y = run->middle[node->layer] - SVG_BOX / 2;

    acrm__str_format(&run->text,
                     "<circle cx=\"%d\" cy=\"%d\" r=\"6\" fill=\"#222\"/>\n<path class=\"edge\" "
                     "marker-end=\"url(#tip)\" d=\"M%d %dV%d\"/>\n", (int)node->x, (int)(y - 26),
                     (int)node->x, (int)(y - 20), (int)y);
}

static int32_t svg_lay_out(svg_run *run, acrm__arena *arena)
{
    int32_t st = acrm__chart_lay_out(run->chart, arena, &run->layout);

    if (st != ACRM_OK)
        return st;
    run->middle = acrm__arena_array(arena, (size_t)run->layout.n_layers + 1, sizeof *run->middle);
    if (!run->middle)
        return ACRM_E_NOMEM;
    run->height = SVG_TOP;
    for (int32_t l = 0; l < run->layout.n_layers; l++) {
        run->middle[l] = run->height + run->layout.heights[l] / 2;
        run->height += run->layout.heights[l];
    }
    run->height += SVG_LINE;
    return ACRM_OK;
}

int32_t acrm_statechart_svg(const acrm_statechart *chart, const char *phase, acrm_buf **out)
{
    svg_run run = { .chart = chart };
    acrm__arena arena;
    int32_t st;

    if (!chart || !out)
        return ACRM_E_MISUSE;
    run.marked = acrm__chart_phase_of(chart, phase);
    acrm__arena_init(&arena, &chart->arena->allocator);
    acrm__str_init(&run.text, &chart->arena->allocator);
    st = svg_lay_out(&run, &arena);
    if (st == ACRM_OK) {
        svg_head(&run);
        for (int32_t e = 0; e < run.layout.n_edges; e++)
            svg_edge(&run, &run.layout.edges[e]);
        for (int32_t n = 0; n < run.layout.n_nodes; n++)
            svg_node(&run, &run.layout.nodes[n]);
        svg_start(&run);
        acrm__str_puts(&run.text, "</svg>\n");
        st = acrm__str_to_buf(&run.text, out);
    }
    acrm__str_free(&run.text);
    acrm__arena_free(&arena);
    return st;
}
