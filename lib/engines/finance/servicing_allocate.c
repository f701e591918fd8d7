/* SPDX-License-Identifier: MIT */
/* Allocation of payments to dues, in a configurable order. */
#include "engines/finance/servicing_internal.h"

static const int32_t allocate_usual[ACRM_ALLOCATION_STEPS_MAX] = { 0, 1, 2, 3, 4,  5,
                                                                   6, 7, 8, 9, 10, 11 };

void acrm_allocation_init(acrm_allocation *allocation)
{
    if (allocation == NULL)
        return;
    *allocation = (acrm_allocation){ .struct_size = sizeof *allocation,
                                     .steps_len = ACRM_ALLOCATION_STEPS_MAX };
    for (int32_t i = 0; i < ACRM_ALLOCATION_STEPS_MAX; i++)
        allocation->steps[i] = allocate_usual[i];
}

int32_t acrm__allocation_check(const acrm_allocation *allocation, acrm_issue *issue)
{
    uint32_t seen = 0;

    if (allocation->mode != ACRM_ALLOCATE_HORIZONTAL && allocation->mode != ACRM_ALLOCATE_VERTICAL)
        return acrm__issue(issue, ACRM_E_INVALID, "allocation.mode", -1, "0, 1");
    if (allocation->future < ACRM_FUTURE_NEXT || allocation->future > ACRM_FUTURE_SPREAD ||
        (allocation->future == ACRM_FUTURE_SPREAD && allocation->mode == ACRM_ALLOCATE_HORIZONTAL))
        return acrm__issue(issue, ACRM_E_INVALID, "allocation.future", -1,
                           "0, 1, or 2 with the vertical mode");
    if (allocation->steps_len < 1 || allocation->steps_len > ACRM_ALLOCATION_STEPS_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "allocation.steps_len", -1, "1..12");
    for (int32_t i = 0; i < allocation->steps_len; i++) {
        int32_t step = allocation->steps[i];
        if (step < 0 || step >= ACRM_ALLOCATION_STEPS_MAX || (seen >> step & 1u) != 0)
            return acrm__issue(issue, ACRM_E_INVALID, "allocation.steps", i, "0..11, none twice");
        seen |= 1u << step;
    }
    return ACRM_OK;
}

/* Where allocated amounts go; `rest` shrinks with them. */
typedef struct allocate_sink {
    acrm_allocated *rows;
    size_t max, len;
    int64_t rest;
    bool full;
} allocate_sink;

static void allocate_put(allocate_sink *sink, size_t due, int32_t step, int64_t amount)
{
    if (amount <= 0)
        return;
    if (sink->len == sink->max) {
        sink->full = true;
        return;
    }
    sink->rest -= amount;
    sink->rows[sink->len++] = (acrm_allocated){ .due = (int32_t)due,
                                                .part = step % ACRM_PARTS,
                                                .when = step / ACRM_PARTS,
                                                .amount = amount };
}

static int64_t allocate_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What dues [first, end) take of a part if none takes more than `level`. */
static int64_t allocate_under(const acrm_due *dues, size_t first, size_t end, int32_t part,
                              int64_t level)
{
    int64_t sum = 0;

    for (size_t i = first; i < end; i++)
        sum += allocate_least(acrm__unpaid(&dues[i], part), level);
    return sum;
}

/* Equal shares: the highest level that the rest pays for; what is left, a unit each in turn. */
static void allocate_spread(allocate_sink *sink, const acrm_due *dues, size_t first, size_t end,
                            int32_t step)
{
    int32_t part = step % ACRM_PARTS;
    int64_t amount = allocate_least(sink->rest, allocate_under(dues, first, end, part,
                                                               ACRM_FINANCE_AMOUNT_MAX));
    int64_t level = 0;

    for (int64_t hi = ACRM_FINANCE_AMOUNT_MAX; level < hi;) {
        int64_t middle = level + (hi - level + 1) / 2;
        if (allocate_under(dues, first, end, part, middle) <= amount)
            level = middle;
        else
            hi = middle - 1;
    }
    int64_t units = amount - allocate_under(dues, first, end, part, level);
    for (size_t i = first; i < end; i++) {
        int64_t unpaid = acrm__unpaid(&dues[i], part);
        int64_t extra = unpaid > level && units > 0 ? 1 : 0;
        units -= extra;
        allocate_put(sink, i, step, allocate_least(unpaid, level) + extra);
    }
}

/* One run of steps of the same `when` over the dues of that `when`. */
static void allocate_run(const acrm_allocation *allocation, allocate_sink *sink,
                         const acrm_due *dues, size_t first, size_t end, int32_t from, int32_t to)
{
    int32_t when = allocation->steps[from] / ACRM_PARTS;
    int32_t future = when == ACRM_WHEN_IN_ADVANCE ? allocation->future : ACRM_FUTURE_NEXT;

    if (future == ACRM_FUTURE_SPREAD) {
        allocate_spread(sink, dues, first, end, allocation->steps[from]);
        return;
    }
    for (size_t i = first; i < end && sink->rest > 0; i++) {
        size_t at = future == ACRM_FUTURE_LAST ? end - 1 - (i - first) : i;
        for (int32_t s = from; s < to; s++) {
            int64_t unpaid = acrm__unpaid(&dues[at], allocation->steps[s] % ACRM_PARTS);
            allocate_put(sink, at, allocation->steps[s], allocate_least(unpaid, sink->rest));
        }
    }
}

int32_t acrm__allocate(const acrm_allocation *allocation, acrm_due *dues, size_t n_dues,
                       int32_t day, int64_t amount, acrm_allocated *rows, size_t rows_max,
                       size_t *n_rows, int64_t *rest, acrm_issue *issue)
{
    allocate_sink sink = { .rows = rows, .max = rows_max, .rest = amount };
    size_t before = acrm__dues_before(dues, n_dues, day);
    size_t bounds[] = { 0, before, acrm__dues_upto(dues, n_dues, day), n_dues };

    for (int32_t s = 0, next; s < allocation->steps_len && sink.rest > 0; s = next) {
        int32_t when = allocation->steps[s] / ACRM_PARTS;
        next = s + 1;
        while (allocation->mode == ACRM_ALLOCATE_HORIZONTAL && next < allocation->steps_len &&
               allocation->steps[next] / ACRM_PARTS == when)
            next++;
        allocate_run(allocation, &sink, dues, bounds[when], bounds[when + 1], s, next);
    }
    if (sink.full)
        return acrm__issue(issue, ACRM_E_LIMIT, "rows_max", -1, "4 * n_dues is always enough");
    for (size_t i = 0; i < sink.len; i++)
        dues[rows[i].due].paid[rows[i].part] += rows[i].amount;
    *n_rows = sink.len;
    *rest = sink.rest;
    return ACRM_OK;
}

int32_t acrm_allocate(const acrm_allocation *allocation, acrm_due *dues, size_t n_dues,
                      int32_t day, int64_t amount, acrm_allocated *rows, size_t rows_max,
                      size_t *n_rows, int64_t *rest, acrm_issue *issue)
{
    if (allocation == NULL || allocation->struct_size != sizeof *allocation || n_rows == NULL ||
        rest == NULL || acrm__no_array(dues, n_dues) || acrm__no_array(rows, rows_max))
        return ACRM_E_MISUSE;

    int32_t status = acrm__allocation_check(allocation, issue);
    if (status == ACRM_OK)
        status = acrm__dues_check(dues, n_dues, NULL, issue);
    if (status != ACRM_OK)
        return status;
    if (!acrm__day_ok(day))
        return acrm__issue(issue, ACRM_E_INVALID, "day", -1, "0001-01-01..9999-12-31");
    if (amount < 1 || amount > ACRM_FINANCE_AMOUNT_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "amount", -1, "1..1000000000000000");
    return acrm__allocate(allocation, dues, n_dues, day, amount, rows, rows_max, n_rows, rest,
                          issue);
}
