/* SPDX-License-Identifier: MIT */
/* Any bytes as a process definition: faults with places, or a chart that is walked and drawn. */
#include "autocrm/statechart.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const acrm_statechart *chart)
{
    const char *phase, *transition, *to;
    bool ends = false;

    if (!acrm_statechart_start(chart))
        abort();
    for (size_t p = 0; (phase = acrm_statechart_phase(chart, p)) != NULL; p++) {
        ends |= acrm_statechart_is_end(chart, phase) != 0;
        transition = acrm_statechart_transition(chart, phase, 0);
        if (!transition != (acrm_statechart_is_end(chart, phase) != 0))
            abort(); /* all but ends lead on */
        if (transition &&
            (acrm_statechart_step(chart, phase, transition, &to) != ACRM_OK || !to))
            abort();
    }
    if (!ends)
        abort();
}

static void draw(const acrm_statechart *chart)
{
    acrm_buf *text = NULL;

    if (acrm_statechart_mermaid(chart, NULL, &text) != ACRM_OK ||
        strncmp(acrm_buf_data(text), "stateDiagram-v2\n", 16) != 0)
        abort();
    acrm_buf_free(text);
    text = NULL;
    int32_t st = acrm_statechart_svg(chart, acrm_statechart_start(chart), &text);
    if (st != ACRM_OK && st != ACRM_E_LIMIT)
        abort();
    if (st == ACRM_OK && strcmp(acrm_buf_data(text) + acrm_buf_len(text) - 7, "</svg>\n") != 0)
        abort();
    acrm_buf_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_statechart *chart = NULL;
    acrm_value *definition = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, (const char *)data, size, &definition, NULL) != ACRM_OK)
        return 0;
    int32_t st = acrm_statechart_new(NULL, definition, NULL, &chart, &err);
    if (st == ACRM_OK) {
        walk(chart);
        draw(chart);
    } else if (acrm_error_message(err)[0] == '\0' || acrm_error_reason(err)[0] == '\0') {
        abort();
    }
    acrm_error_free(err);
    acrm_statechart_free(chart);
    acrm_value_free(definition);
    return 0;
}
