/* SPDX-License-Identifier: MIT */
/* Folding against a bare loop over ASCII; reals against the C library; ids against a copy. */
#include "bench.h"

#include "base/text.h"
#include "base/uuid.h"

static const char *const text_names[] = {
    "Anna-Lena M\xC3\xBCller-L\xC3\xBC" "denscheidt",
    "\xD8\xB3\xD8\xA7\xD8\xB1\xD8\xA7 \xD9\x85\xD8\xAD\xD9\x85\xD8\xAF\xD9\x8A",
    "John Smith",
    "\xD0\x9C\xD0\xB0\xD0\xB9\xD1\x8F \xD0\x81\xD0\xBB\xD0\xBA\xD0\xB8\xD0\xBD\xD0\xB0",
    "\xE5\xBC\xA0\xE4\xBC\x9F",
    "anna.mueller@example.org",
};
static const char *const text_reals[] = {
    "0.725", "12.5", "35.699738281", "2.2250738585072014e-308", "0.30000000000000004", "1e21",
};

enum {
    TEXT_NAMES = sizeof text_names / sizeof text_names[0],
    TEXT_REALS = sizeof text_reals / sizeof text_reals[0]
};

static void fold_ours(void *user, long ops)
{
    acrm__str *s = user;

    for (long i = 0; i < ops; i++) {
        acrm__str_clear(s);
        acrm__fold(text_names[i % TEXT_NAMES], strlen(text_names[i % TEXT_NAMES]), s);
        bench_keep(s->data);
    }
}

static void fold_ascii(void *user, long ops)
{
    char folded[128];

    (void)user;
    for (long i = 0; i < ops; i++) {
        size_t len = 0;

        for (const char *p = text_names[i % TEXT_NAMES]; *p; p++)
            folded[len++] = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
        folded[len] = '\0';
        bench_keep(folded);
    }
}

static void read_ours(void *user, long ops)
{
    double real = 0;

    (void)user;
    for (long i = 0; i < ops; i++) {
        acrm__parse_real(text_reals[i % TEXT_REALS], strlen(text_reals[i % TEXT_REALS]), &real);
        bench_keep(&real);
    }
}

static void read_strtod(void *user, long ops)
{
    (void)user;
    for (long i = 0; i < ops; i++) {
        double real = strtod(text_reals[i % TEXT_REALS], NULL);

        bench_keep(&real);
    }
}

static void print_ours(void *user, long ops)
{
    const double *reals = user;
    char text[32];

    for (long i = 0; i < ops; i++) {
        acrm__print_real(reals[i % TEXT_REALS], text);
        bench_keep(text);
    }
}

static void print_snprintf(void *user, long ops)
{
    const double *reals = user;
    char text[32];

    for (long i = 0; i < ops; i++) {
        (void)snprintf(text, sizeof text, "%.17g", reals[i % TEXT_REALS]);
        bench_keep(text);
    }
}

static void uuid_ours(void *user, long ops)
{
    static const unsigned char random[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    acrm__uuid_state state = { 0 };

    (void)user;
    for (long i = 0; i < ops; i++) {
        acrm__uuid id = acrm__uuid_v7(&state, INT64_C(1700000000000000) + i, random);
        char text[37];

        acrm__uuid_print(id.bytes, text);
        bench_keep(text);
    }
}

static void uuid_snprintf(void *user, long ops)
{
    (void)user;
    for (long i = 0; i < ops; i++) {
        char text[80];

        (void)snprintf(text, sizeof text, "%08lx-%04lx-%04lx-%04lx-%012lx", (unsigned long)i,
                       (unsigned long)i & 0xFFFF, (unsigned long)i & 0xFFFF,
                       (unsigned long)i & 0xFFFF, (unsigned long)i);
        bench_keep(text);
    }
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);
    double reals[TEXT_REALS];
    acrm__str s;

    acrm__str_init(&s, NULL);
    for (int i = 0; i < TEXT_REALS; i++)
        reals[i] = strtod(text_reals[i], NULL);
    bench_compare(&b, &(bench_measure){ .name = "text.fold", .size = 1, .ours = fold_ours,
                  .baseline = fold_ascii, .user = &s });
    bench_compare(&b, &(bench_measure){ .name = "text.parse_real", .size = 1, .ours = read_ours,
                  .baseline = read_strtod });
    bench_compare(&b, &(bench_measure){ .name = "text.print_real", .size = 1, .ours = print_ours,
                  .baseline = print_snprintf, .user = reals });
    bench_compare(&b, &(bench_measure){ .name = "uuid.make_and_print", .size = 1,
                  .ours = uuid_ours, .baseline = uuid_snprintf, .goal = 1 });
    acrm__str_free(&s);
    return bench_end(&b);
}
