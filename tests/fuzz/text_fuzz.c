/* SPDX-License-Identifier: MIT */
/* Fuzz target: folding, numbers, e-mail, base64 and ids keep their promises on any bytes. */
#include "base/number.h"
#include "base/text.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_must(int truth)
{
    if (!truth)
        abort();
}

/* Doing it twice must change nothing. */
static void text_fold(const char *text, size_t len)
{
    acrm__str once;
    acrm__str twice;

    acrm__str_init(&once, NULL);
    acrm__str_init(&twice, NULL);
    acrm__fold(text, len, &once);
    acrm__fold(once.data, once.len, &twice);
    text_must(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    text_must(acrm__utf8_valid(once.data, once.len));
    acrm__str_clear(&once);
    acrm__str_clear(&twice);
    if (acrm__email_normalise(text, len, &once)) {
        text_must(acrm__email_normalise(once.data, once.len, &twice));
        text_must(strcmp(once.data, twice.data) == 0);
    } else {
        text_must(once.len == 0);
    }
    acrm__str_clear(&once);
    acrm__digits_ascii(text, len, &once);
    acrm__str_clear(&twice);
    acrm__digits_ascii(once.data, once.len, &twice);
    text_must(once.len == twice.len);
    text_must(acrm__utf8_width(text, len) <= 2 * len);
    acrm__str_free(&once);
    acrm__str_free(&twice);
}

static void text_numbers(const char *text, size_t len)
{
    char printed[32];
    double real = 0;
    double back = 0;
    int64_t integer = 0;
    int64_t again = 0;

    if (acrm__parse_real(text, len, &real))
        text_must(acrm__parse_real(printed, acrm__print_real(real, printed), &back)
                  && back == real);
    for (int32_t digits = 0; digits <= 18; digits += 6)
        if (acrm__parse_decimal(text, len, digits, &integer))
            text_must(acrm__parse_decimal(printed, acrm__print_decimal(integer, digits, printed),
                                          digits, &again)
                      && again == integer);
    if (len >= sizeof real) {
        memcpy(&real, text, sizeof real);
        if (real - real == 0)
            text_must(acrm__parse_real(printed, acrm__print_real(real, printed), &back)
                      && back == real);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    unsigned char *bytes = malloc(size / 4 * 3 + 1);
    unsigned char id[16];
    char printed[37];
    size_t len = 0;
    acrm__str s;

    text_must(bytes != NULL);
    text_fold(text, size);
    text_numbers(text, size);
    acrm__str_init(&s, NULL);
    if (acrm__base64_parse(text, size, bytes, &len)) {
        acrm__base64_print(bytes, len, &s);
        text_must(s.len == size && memcmp(s.data, text, size) == 0);
    }
    if (acrm__uuid_parse(text, size, id)) {
        acrm__uuid_print(id, printed);
        text_must(acrm__uuid_parse(printed, 36, id));
    }
    acrm__str_free(&s);
    free(bytes);
    return 0;
}
