/* SPDX-License-Identifier: MIT */
/* Reading telephone numbers, against a bare loop that copies the digits of the same texts. */
#include "autocrm/phone.h"
#include "support/bench.h"

static const struct {
    const char *region, *text;
} phone_texts[] = {
    { "IR", "0912 345 6789" },
    { "IR", "+98 (21) 8877-6655" },
    { "IR", "\u06F0\u06F9\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6\u06F7\u06F8\u06F9" },
    { "IT", "333.123.4567" },
    { "IT", "+39 06 12345678" },
    { "RU", "8 (495) 123-45-67" },
    { "CN", "138 1234 5678" },
    { "DE", "+49 (0) 151 23456789" },
    { "IN", "022 2345 6789" },
    { "US", "(212) 555-2368 x42" },
    { NULL, "+44 20 7946 0958" },
    { NULL, "+971501234567" },
    { "GB", "0049 30 1234567" },
    { "FR", "not a number" },
    { "TR", "0532 123 45" },
    { "CA", "1-416-555-0199" },
};

enum { PHONE_TEXTS = sizeof phone_texts / sizeof phone_texts[0] };

static uint64_t phone_parse_all(void *context, size_t n)
{
    uint64_t sum = 0;

    (void)context;
    for (size_t i = 0; i < n; i++) {
        acrm_phone phone = { .struct_size = sizeof phone };
        const char *text = phone_texts[i % PHONE_TEXTS].text;

        acrm_phone_parse(text, strlen(text), phone_texts[i % PHONE_TEXTS].region, &phone);
        sum += (uint64_t)phone.validity + (uint64_t)phone.e164[5];
    }
    return sum;
}

static uint64_t phone_copy_digits(void *context, size_t n)
{
    uint64_t sum = 0;

    (void)context;
    for (size_t i = 0; i < n; i++) {
        char digits[64];
        size_t count = 0;

        for (const char *p = phone_texts[i % PHONE_TEXTS].text; *p; p++)
            if (*p >= '0' && *p <= '9')
                digits[count++] = *p;
        digits[count] = '\0';
        sum += count + (uint64_t)digits[count / 2];
    }
    return sum;
}

static uint64_t phone_format_all(void *context, size_t n)
{
    uint64_t sum = 0;

    (void)context;
    for (size_t i = 0; i < n; i++) {
        char text[48];

        acrm_phone_format(i % 2 ? "+989123456789" : "+390612345678", ACRM_PHONE_INTERNATIONAL,
                          text, sizeof text);
        sum += (uint64_t)text[5];
    }
    return sum;
}

int main(int argc, char **argv)
{
    bench_options options = bench_parse(argc, argv);
    const bench_measure measures[] = {
        { "phone.parse", 400000, 20000, phone_parse_all, phone_copy_digits, NULL, "1 us/op" },
        { "phone.format", 400000, 20000, phone_format_all, phone_copy_digits, NULL, "1 us/op" },
    };

    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        bench_run(&options, &measures[i]);
    return 0;
}
