/* SPDX-License-Identifier: MIT */
/* Reading telephone numbers, against a bare loop that copies the digits of the same texts. */
#include "bench.h"

#include "autocrm/phone.h"

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

static void phone_parse_all(void *user, long ops)
{
    (void)user;
    for (long i = 0; i < ops; i++) {
        acrm_phone phone = { .struct_size = sizeof phone };
        const char *text = phone_texts[i % PHONE_TEXTS].text;

        acrm_phone_parse(text, strlen(text), phone_texts[i % PHONE_TEXTS].region, &phone);
        bench_keep(&phone);
    }
}

static void phone_copy_digits(void *user, long ops)
{
    (void)user;
    for (long i = 0; i < ops; i++) {
        char digits[64];
        size_t count = 0;

        for (const char *p = phone_texts[i % PHONE_TEXTS].text; *p; p++)
            if (*p >= '0' && *p <= '9')
                digits[count++] = *p;
        digits[count] = '\0';
        bench_keep(digits);
    }
}

static void phone_format_all(void *user, long ops)
{
    (void)user;
    for (long i = 0; i < ops; i++) {
        char text[48];

        acrm_phone_format(i % 2 ? "+989123456789" : "+390612345678", ACRM_PHONE_INTERNATIONAL,
                          text, sizeof text);
        bench_keep(text);
    }
}

/* No ratio to keep below: the goal is 1 us/op, and the loop is the floor. */
int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);

    bench_compare(&b, &(bench_measure){ .name = "phone.parse", .size = 1,
                  .ours = phone_parse_all, .baseline = phone_copy_digits });
    bench_compare(&b, &(bench_measure){ .name = "phone.format", .size = 1,
                  .ours = phone_format_all, .baseline = phone_copy_digits });
    return bench_end(&b);
}
