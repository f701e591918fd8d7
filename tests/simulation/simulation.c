/* SPDX-License-Identifier: MIT */
/*
 * The simulated dealership. Without arguments: a suite of short lives. With --seed N, --days N or
 * --years N, --storage memory|sqlite|postgres, --faults all|none|NAME,NAME, --often N (faults in a
 * thousand acts), --acts N (a day), --seconds N, --tell: one life as told.
 */
#include "server.h"
#include "sim.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { SIM_SKIPPED = 77 };

static sim_options chosen = { .seed = 1, .days = 365, .acts = 8, .storage = SIM_SQLITE,
                              .often = 40 };

static sim_options lived(int32_t storage, uint64_t seed, int32_t days, const char *faults)
{
    sim_options o = chosen;

    o.storage = storage;
    o.seed = seed;
    o.days = days;
    o.faults = sim_fault_bits(faults);
    o.often = 100;
    return o;
}

START_TEST(simulation__lives_as_told)
{
    (void)sim_live(&chosen, NULL, NULL);
}
END_TEST

static const struct {
    int32_t storage;
    uint64_t seed;
    int32_t days;
    const char *faults;
} lives[] = {
    { SIM_MEMORY, 11, 45, "all" },
    { SIM_SQLITE, 12, 60, "all" },
    { SIM_SQLITE, 13, 30, "power,kill" },
    { SIM_POSTGRES, 14, 30, "all" },
};

START_TEST(simulation__holds_its_promises_whatever_breaks)
{
    const sim_options o = lived(lives[_i].storage, lives[_i].seed, lives[_i].days,
                                lives[_i].faults);

    if (o.storage == SIM_POSTGRES && !server_start())
        return;
    const sim_result r = sim_live(&o, NULL, NULL);
    ck_assert_int_gt(r.faults, 10);
}
END_TEST

static void same(host_str *a, host_str *b)
{
    size_t at = 0, line = 0;

    while (at < a->len && at < b->len && a->data[at] == b->data[at]) {
        at++;
        line = a->data[at - 1] == '\n' ? at : line;
    }
    ck_assert_msg(at == a->len && at == b->len, "they differ:\n%.600s\n%.600s", a->data + line,
                  b->data + line);
    free(a->data);
    free(b->data);
}

/* The same seed, the same database: row for row, with what breaks and without, here and there. */
START_TEST(simulation__repeats_itself_row_for_row)
{
    host_str first = { NULL, 0, 0 }, second = { NULL, 0, 0 };
    sim_options o = lived(SIM_SQLITE, 21, 20, "all");

    (void)sim_live(&o, &first, NULL);
    (void)sim_live(&o, &second, NULL);
    same(&first, &second);
}
END_TEST

START_TEST(simulation__is_the_same_on_each_storage)
{
    host_str first = { NULL, 0, 0 }, second = { NULL, 0, 0 };
    sim_options a = lived(SIM_MEMORY, 22, 15, "transport");
    sim_options b = lived(_i ? SIM_POSTGRES : SIM_SQLITE, 22, 15, "transport");

    if (_i && !server_start())
        return;
    (void)sim_live(&a, &first, NULL);
    (void)sim_live(&b, &second, NULL);
    same(&first, &second);
}
END_TEST

/* What breaks leaves no trace: all was announced at the same moments as in an undisturbed life. */
START_TEST(simulation__announces_what_an_undisturbed_life_announces)
{
    host_str first = { NULL, 0, 0 }, second = { NULL, 0, 0 };
    sim_options a = lived(SIM_SQLITE, 23, 45, "none");
    sim_options b = lived(SIM_SQLITE, 23, 45, "memory,busy,store,full,disk,space,power,kill");

    (void)sim_live(&a, NULL, &first);
    (void)sim_live(&b, NULL, &second);
    same(&first, &second);
}
END_TEST

static Suite *simulation_suite(bool one)
{
    Suite *suite = suite_create("simulation");
    TCase *tc = tcase_create("simulation");

    tcase_set_timeout(tc, one ? 86400 : 240);
    if (one) {
        tcase_add_test(tc, simulation__lives_as_told);
    } else {
        tcase_add_loop_test(tc, simulation__holds_its_promises_whatever_breaks, 0,
                            sizeof lives / sizeof lives[0]);
        tcase_add_test(tc, simulation__repeats_itself_row_for_row);
        tcase_add_loop_test(tc, simulation__is_the_same_on_each_storage, 0, 2);
        tcase_add_test(tc, simulation__announces_what_an_undisturbed_life_announces);
    }
    suite_add_tcase(suite, tc);
    return suite;
}

static int usage(const char *word)
{
    fprintf(stderr, "simulation: %s?\n  --seed N --days N --years N --acts N --storage memory|"
            "sqlite|postgres\n  --faults all|none|NAME,NAME --often N --seconds N --tell\n"
            "  faults:", word);
    for (size_t i = 0; sim_faults[i].name; i++)
        fprintf(stderr, " %s", sim_faults[i].name);
    fprintf(stderr, "\n");
    return 2;
}

static bool option(const char *name, const char *value)
{
    static const char *const storages[] = { "", "memory", "sqlite", "", "postgres" };
    long n = strtol(value, NULL, 10);

    if (strcmp(name, "--seed") == 0)
        chosen.seed = strtoull(value, NULL, 10);
    else if (strcmp(name, "--days") == 0 && n > 0)
        chosen.days = (int32_t)n;
    else if (strcmp(name, "--years") == 0 && n > 0)
        chosen.days = (int32_t)n * 365;
    else if (strcmp(name, "--acts") == 0 && n > 0)
        chosen.acts = (int32_t)n;
    else if (strcmp(name, "--often") == 0 && n >= 0)
        chosen.often = (int32_t)n;
    else if (strcmp(name, "--seconds") == 0)
        chosen.seconds = strtod(value, NULL);
    else if (strcmp(name, "--faults") == 0 && sim_fault_bits(value) != UINT32_MAX)
        chosen.faults = sim_fault_bits(value);
    else if (strcmp(name, "--storage") == 0)
        for (int32_t i = SIM_MEMORY; i <= SIM_POSTGRES; i *= 2)
            chosen.storage = strcmp(value, storages[i]) == 0 ? i : chosen.storage;
    else
        return false;
    return true;
}

int main(int argc, char *argv[])
{
    int failed;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--tell") == 0)
            chosen.tell = true;
        else if (i + 1 >= argc || !option(argv[i], argv[i + 1]))
            return usage(argv[i]);
        else
            i++;
    }
    if (argc > 1 && chosen.storage == SIM_POSTGRES && !server_start())
        return SIM_SKIPPED;
    SRunner *runner = srunner_create(simulation_suite(argc > 1));
    srunner_set_fork_status(runner, CK_NOFORK); /* what it opens lives on through all tests */
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    server_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
