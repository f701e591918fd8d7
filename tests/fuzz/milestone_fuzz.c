/* SPDX-License-Identifier: MIT */
/* Any bytes as a milestone chain: faults with places, or dates that keep the chain's order. The
 * text's own bytes are the tales told about it. */
#include "autocrm/milestone.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS = 64, BEGIN = 20000 };

static void follow(const acrm_milestone_chain *chain, const uint8_t *data, size_t size)
{
    acrm_milestone_event told[EVENTS];
    acrm_milestone_state states[ACRM_MILESTONE_MAX];
    acrm_milestone_hold hold;
    size_t count = acrm_milestone_count(chain), n = size / 4 < EVENTS ? size / 4 : EVENTS;
    int32_t ends = 0;

    memset(states, 0, sizeof states);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *b = data + size - 4 * (i + 1);
        told[i] = (acrm_milestone_event){ .milestone = b[0] % (int32_t)count, .kind = 1 + b[1] % 3,
            .at = b[2], .day = BEGIN + b[3], .revision = b[1] >> 4 };
    }
    for (size_t i = 0; i < count; i++)
        states[i].planned = states[i].promised = ACRM_MILESTONE_NO_DAY;
    if (acrm_milestone_fold(chain, told, n, states, count, NULL) != ACRM_OK)
        abort();
    hold = (acrm_milestone_hold){ data[0] % (int32_t)count, BEGIN + data[size / 2], BEGIN + 260 };
    if (acrm_milestone_plan(chain, BEGIN, BEGIN + data[size - 1], NULL, &hold, 1, states, count,
                            NULL) != ACRM_OK)
        abort();
    for (size_t i = 0; i < count; i++) {
        ends += (acrm_milestone_flags(chain, i) & ACRM_MILESTONE_END) != 0;
        if (acrm_milestone_find(chain, acrm_milestone_code(chain, i)) != (int32_t)i)
            abort();
        for (size_t k = 0; k < count; k++)
            if (acrm_milestone_precedes(chain, k, i) && !states[i].skipped &&
                states[i].reached == ACRM_MILESTONE_NO_DAY &&
                states[k].reached == ACRM_MILESTONE_NO_DAY &&
                states[k].expected > states[i].expected &&
                states[k].because != ACRM_MILESTONE_BY_FACT)
                for (size_t m = 0;; m++) { /* only a fact between them may do that */
                    if (m == count)
                        abort();
                    if (acrm_milestone_precedes(chain, k, m) &&
                        acrm_milestone_precedes(chain, m, i) &&
                        states[m].reached != ACRM_MILESTONE_NO_DAY)
                        break;
                }
    }
    if (ends != 1 || acrm_milestone_furthest(chain, states) >= (int32_t)count)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_milestone_chain *chain = NULL;
    acrm_value *definition = NULL;
    acrm_error *err = NULL;

    if (size == 0 ||
        acrm_value_parse(NULL, (const char *)data, size, &definition, NULL) != ACRM_OK)
        return 0;
    if (acrm_milestone_new(NULL, definition, &chain, &err) == ACRM_OK)
        follow(chain, data, size);
    else if (acrm_error_message(err)[0] == '\0' || acrm_error_reason(err)[0] == '\0')
        abort();
    acrm_error_free(err);
    acrm_milestone_free(chain);
    acrm_value_free(definition);
    return 0;
}
