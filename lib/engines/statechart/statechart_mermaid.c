/* SPDX-License-Identifier: MIT */
/* A definition as text for Mermaid: stateDiagram-v2. */
#include "engines/statechart/statechart.h"

#include <string.h>

/* Text in a label: what Mermaid or a page would take for its own becomes an entity (#35; is #). */
static void mermaid_text(acrm__str *out, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == 0x7f)
            acrm__str_putc(out, ' ');
        else if (strchr("\"#:;<>&{}[]()|`\\%", *text))
            acrm__str_format(out, "#%d;", (int)byte);
        else
            acrm__str_putc(out, *text);
    }
}

static void mermaid_phase(acrm__str *out, const acrm_statechart *chart, int32_t n)
{
    const acrm__chart_phase *phase = &chart->phases[n];

    acrm__str_puts(out, "    state \"");
    mermaid_text(out, phase->name);
    if (phase->limit.after) {
        acrm__str_puts(out, " / ");
        mermaid_text(out, phase->limit.after);
    }
    acrm__str_format(out, "\" as p%d\n", (int)n);
}

static void mermaid_edges(acrm__str *out, const acrm_statechart *chart)
{
    for (int32_t t = 0; t < chart->n_transitions; t++)
        for (int32_t p = 0; p < chart->n_phases; p++) {
            if (!chart->transitions[t].from[p])
                continue;
            acrm__str_format(out, "    p%d --> p%d : ", (int)p, (int)chart->transitions[t].to);
            mermaid_text(out, chart->transitions[t].label);
            acrm__str_putc(out, '\n');
        }
}

int32_t acrm_statechart_mermaid(const acrm_statechart *chart, const char *phase, acrm_buf **out)
{
    acrm__str text;

    if (!chart || !out)
        return ACRM_E_MISUSE;
    acrm__str_init(&text, &chart->arena->allocator);
    acrm__str_puts(&text, "stateDiagram-v2\n");
    for (int32_t p = 0; p < chart->n_phases; p++)
        mermaid_phase(&text, chart, p);
    acrm__str_format(&text, "    [*] --> p%d\n", (int)chart->start);
    mermaid_edges(&text, chart);
    for (int32_t p = 0; p < chart->n_phases; p++)
        if (chart->phases[p].end)
            acrm__str_format(&text, "    p%d --> [*]\n", (int)p);
    int32_t marked = acrm__chart_phase_of(chart, phase);
    if (marked != ACRM__CHART_NONE)
        acrm__str_format(&text, "    classDef here stroke-width:3px\n    class p%d here\n",
                         (int)marked);
    int32_t st = acrm__str_to_buf(&text, out);
    acrm__str_free(&text);
    return st;
}
