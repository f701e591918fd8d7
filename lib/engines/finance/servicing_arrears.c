/* SPDX-License-Identifier: MIT */
/* Ageing of overdue dues into buckets. */
#include "engines/finance/servicing_internal.h"

static int32_t arrears_check_buckets(const acrm_bucket *buckets, size_t n, acrm_issue *issue)
{
    if (n < 1 || n > ACRM_BUCKETS_MAX)
        return acrm__issue(issue, n < 1 ? ACRM_E_INVALID : ACRM_E_LIMIT, "buckets", -1,
                           "1..32 rows");
    for (size_t i = 0; i < n; i++) {
        int64_t expected = i == 0 ? 1 : (int64_t)buckets[i - 1].age_max + 1;
        if (buckets[i].age_min != expected)
            return acrm__issue(issue, ACRM_E_INVALID, "buckets.age_min", (int64_t)i,
                               buckets[i].age_min < expected && i > 0
                                   ? "one more than age_max above: the ranges overlap"
                                   : "1 in the first, else one more than age_max above: a gap");
        if (buckets[i].age_max < buckets[i].age_min ||
            (i + 1 == n) != (buckets[i].age_max == INT32_MAX))
            return acrm__issue(issue, ACRM_E_INVALID, "buckets.age_max", (int64_t)i,
                               "age_min or more; 2147483647 in the last, and only there");
    }
    return ACRM_OK;
}

static int32_t arrears_check(const acrm_arrears_options *options, size_t n_buckets,
                             acrm_issue *issue)
{
    if (options->grace_days < 0 || options->grace_days > 366)
        return acrm__issue(issue, ACRM_E_INVALID, "options.grace_days", -1, "0..366");
    if (options->floor < 0 || options->floor > ACRM_FINANCE_AMOUNT_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "options.floor", -1, "0..1000000000000000");
    if (options->held_bucket < -1 || options->held_bucket >= (int32_t)n_buckets)
        return acrm__issue(issue, ACRM_E_INVALID, "options.held_bucket", -1,
                           "-1, or the index of a bucket");
    if (options->pauses_len > ACRM_PAUSES_MAX)
        return acrm__issue(issue, ACRM_E_LIMIT, "options.pauses", -1, "0..1000 rows");
    for (size_t i = 0; i < options->pauses_len; i++) {
        const acrm_pause *pause = &options->pauses[i];
        if (!acrm__day_ok(pause->first) || !acrm__day_ok(pause->last) ||
            pause->last < pause->first || (i > 0 && pause->first < pause[-1].last))
            return acrm__issue(issue, ACRM_E_INVALID, "options.pauses", (int64_t)i,
                               "first..last, not before the pause above has ended");
    }
    return ACRM_OK;
}

/* Days from a due day to the day it is judged by, without those that pauses take off. */
static int32_t arrears_age(const acrm_arrears_options *options, int32_t from, int32_t to)
{
    int32_t age = to - from;

    for (size_t i = 0; i < options->pauses_len; i++) {
        int32_t first = options->pauses[i].first > from ? options->pauses[i].first : from;
        int32_t last = options->pauses[i].last < to ? options->pauses[i].last : to;
        age -= last > first ? last - first : 0;
    }
    return age;
}

static acrm_arrears_line arrears_judge(const acrm_arrears_options *options, const acrm_due *due,
                                       size_t index, int32_t day)
{
    acrm_arrears_line line = { .due = (int32_t)index,
                               .calendar_days = day - due->day,
                               .age = arrears_age(options, due->day, day),
                               .bucket = -1,
                               .unpaid = acrm__unpaid_all(due) };

    line.paused_days = line.calendar_days - line.age;
    if (line.unpaid <= options->floor)
        line.finding = line.unpaid == 0 ? ACRM_ARREARS_PAID : ACRM_ARREARS_FLOOR;
    else if (line.age <= options->grace_days)
        line.finding = ACRM_ARREARS_IN_GRACE;
    return line;
}

/* Adds an overdue due to its bucket, whose index it returns. */
static int32_t arrears_take(const acrm_due *due, size_t index, int32_t age, acrm_bucket *buckets,
                            size_t n_buckets, acrm_arrears_result *sums)
{
    size_t at = 0;

    while (at + 1 < n_buckets && age > buckets[at].age_max)
        at++;
    buckets[at].dues++;
    for (int32_t part = 0; part < ACRM_PARTS; part++) {
        int64_t unpaid = acrm__unpaid(due, part);
        buckets[at].unpaid[part] += unpaid;
        sums->unpaid[part] += unpaid;
        sums->total += unpaid;
    }
    sums->dues++;
    if (sums->oldest < 0) { /* the dues come in order: the first is the oldest */
        sums->oldest = (int32_t)index;
        sums->since_day = due->day;
        sums->age = age;
        sums->bucket = (int32_t)at;
    }
    return (int32_t)at;
}

int32_t acrm_arrears(const acrm_arrears_options *options, const acrm_due *dues, size_t n_dues,
                     int32_t day, acrm_bucket *buckets, size_t n_buckets,
                     acrm_arrears_result *result, acrm_arrears_line *lines, size_t lines_max,
                     size_t *n_lines, acrm_issue *issue)
{
    if (options == NULL || options->struct_size != sizeof *options || result == NULL ||
        result->struct_size != sizeof *result || acrm__no_array(dues, n_dues) ||
        acrm__no_array(buckets, n_buckets) || acrm__no_array(lines, lines_max) ||
        acrm__no_array(options->pauses, options->pauses_len))
        return ACRM_E_MISUSE;

    int32_t status = arrears_check_buckets(buckets, n_buckets, issue);
    if (status == ACRM_OK)
        status = arrears_check(options, n_buckets, issue);
    if (status == ACRM_OK)
        status = acrm__dues_check(dues, n_dues, NULL, issue);
    if (status != ACRM_OK)
        return status;
    if (!acrm__day_ok(day))
        return acrm__issue(issue, ACRM_E_INVALID, "day", -1, "0001-01-01..9999-12-31");

    acrm_arrears_result sums = { .struct_size = sizeof sums,
                                 .bucket = -1,
                                 .oldest = -1,
                                 .since_day = ACRM_DAY_NONE };
    for (size_t i = 0; i < n_buckets; i++)
        buckets[i] = (acrm_bucket){ .age_min = buckets[i].age_min, .age_max = buckets[i].age_max };
    size_t overdue = acrm__dues_before(dues, n_dues, day);
    for (size_t i = 0; i < overdue; i++) {
        acrm_arrears_line line = arrears_judge(options, &dues[i], i, day);
        if (line.finding == ACRM_ARREARS_OVERDUE)
            line.bucket = arrears_take(&dues[i], i, line.age, buckets, n_buckets, &sums);
        if (i < lines_max)
            lines[i] = line;
    }
    if (sums.dues > 0 && options->held_bucket > sums.bucket)
        sums.bucket = options->held_bucket;
    *result = sums;
    if (n_lines != NULL)
        *n_lines = overdue;
    return ACRM_OK;
}
