/* SPDX-License-Identifier: MIT */
/* Refuses terms that are not sound, with the place of the fault. */
#include "engines/sla/sla_internal.h"

enum { SLA_SHARE_MAX = 10000 };

/* A century: what is longer is a mistake, and sums of such amounts do not overflow. */
#define SLA_AMOUNT_MAX (INT64_C(36525) * 86400 * 1000000)

static int32_t sla_check_fault(acrm_issue *issue, const char *field, const char *allowed,
                               size_t row)
{
    if (issue)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = (int64_t)row };
    return ACRM_E_INVALID;
}

static bool sla_check_amount(int64_t amount)
{
    return amount >= 0 && amount <= SLA_AMOUNT_MAX;
}

static int32_t sla_check_target(const acrm_sla_target *target, size_t row, acrm_issue *issue)
{
    if (!sla_check_amount(target->amount))
        return sla_check_fault(issue, "targets.amount", "0 to a century", row);
    if (target->around_the_clock != 0 && target->around_the_clock != 1)
        return sla_check_fault(issue, "targets.around_the_clock", "0 or 1", row);
    if (target->marks_count > ACRM_SLA_MARKS_MAX || (target->marks_count && !target->marks))
        return sla_check_fault(issue, "targets.marks_count", "at most 62 marks", row);
    for (size_t i = 0; i < target->marks_count; i++) {
        const acrm_sla_mark *mark = &target->marks[i];
        if (mark->share_bp < ACRM_SLA_UNUSED || mark->share_bp > SLA_SHARE_MAX ||
            !sla_check_amount(mark->offset < 0 ? -(mark->offset + 1) : mark->offset))
            return sla_check_fault(issue, "targets.marks",
                                   "share_bp 0..10000, offset at most a century", row);
    }
    return ACRM_OK;
}

/* A response later than the resolution, counted in the same time, can never matter. */
static int32_t sla_check_order(const acrm_sla_target *targets, size_t row, acrm_issue *issue)
{
    const acrm_sla_target *resolution = &targets[ACRM_SLA_RESOLUTION - 1];

    for (int32_t c = ACRM_SLA_FIRST_RESPONSE; c < ACRM_SLA_RESOLUTION; c++) {
        const acrm_sla_target *response = &targets[c - 1];
        if (resolution->amount > 0 && response->amount > resolution->amount &&
            response->around_the_clock == resolution->around_the_clock)
            return sla_check_fault(issue, "targets",
                                   "responses no later than the resolution", row);
    }
    return ACRM_OK;
}

int32_t acrm_sla_check(const acrm_sla_terms *terms, acrm_issue *issue)
{
    if (!terms || terms->struct_size != sizeof *terms || !terms->calendar || !terms->targets)
        return ACRM_E_MISUSE;
    if (terms->reopen < ACRM_SLA_CONTINUE || terms->reopen > ACRM_SLA_NEW_CYCLE)
        return sla_check_fault(issue, "reopen", "ACRM_SLA_CONTINUE, _RESTART or _NEW_CYCLE", 0);
    if (terms->priorities_count < 1 || terms->priorities_count > ACRM_SLA_PRIORITIES_MAX)
        return sla_check_fault(issue, "priorities_count", "1..64", 0);
    if (!sla_check_amount(terms->neglect_after))
        return sla_check_fault(issue, "neglect_after", "0 to a century", 0);
    for (size_t p = 0; p < terms->priorities_count; p++) {
        const acrm_sla_target *targets = &terms->targets[p * ACRM_SLA_CLOCKS];
        int32_t st = ACRM_OK;
        for (int32_t c = 0; c < ACRM_SLA_CLOCKS && st == ACRM_OK; c++)
            st = sla_check_target(&targets[c], p, issue);
        if (st == ACRM_OK)
            st = sla_check_order(targets, p, issue);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}
