/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the texts of civil time: the first byte chooses the kind, the rest is the text. What is
 * read, printed and read again is the same, and a printed text is printed the same again.
 */
#include "base/civil.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool yes)
{
    if (!yes)
        __builtin_trap();
}

static void check_instant(const char *text, size_t len)
{
    char printed[ACRM__INSTANT_SIZE];
    int64_t us = 0, again = 0, start = 0;

    if (!acrm__instant_parse(text, len, &us))
        return;
    size_t n = acrm__instant_print(us, printed);
    demand(n < sizeof printed && strlen(printed) == n);
    demand(acrm__instant_parse(printed, n, &again) && again == us);
    for (int bucket = ACRM__BUCKET_HOUR; bucket <= ACRM__BUCKET_YEAR; bucket++)
        if (acrm__bucket_start((acrm__bucket)bucket, us, (int32_t)(us % 1440), &start))
            demand(start <= us && us - start < 367 * ACRM__DAY_US);
}

static void check_duration(const char *text, size_t len)
{
    char printed[ACRM__DURATION_SIZE];
    acrm__duration duration, again;

    if (!acrm__duration_parse(text, len, &duration))
        return;
    size_t n = acrm__duration_print(&duration, printed);
    demand(n > 0 && n < sizeof printed && strlen(printed) == n);
    demand(acrm__duration_parse(printed, n, &again) && again.months == duration.months &&
           again.days == duration.days && again.seconds == duration.seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data + 1;
    char printed[ACRM__DATE_SIZE];
    int32_t value = 0, again = 0;

    if (size == 0)
        return 0;
    if (data[0] == 'i')
        check_instant(text, size - 1);
    else if (data[0] == 'p')
        check_duration(text, size - 1);
    else if (data[0] == 'd' && acrm__date_parse(text, size - 1, &value))
        demand(acrm__date_print(value, printed) == 10 && memcmp(printed, text, 10) == 0 &&
               acrm__civil_add_months(value, 0, &again) && again == value);
    else if (data[0] == 't' && acrm__time_parse(text, size - 1, true, &value))
        demand(acrm__time_print(value, printed) == 8 && memcmp(printed, text, size - 1) == 0);
    return 0;
}
