/* SPDX-License-Identifier: MIT */
/*
 * A process is killed (SIGKILL) at random moments while it writes. What it was told is written is
 * in the file, whole; what it was not told is there whole or not at all; and work goes on from
 * there.
 *
 * ACRM_KILLS in the environment: how many times (20 by default).
 */
#include "life.h"
#include "support/suite.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char path[64];
static uint64_t chance = 42;

static int kills(void)
{
    const char *text = getenv("ACRM_KILLS");

    return text && atoi(text) > 0 ? atoi(text) : 20;
}

static uint64_t random_below(uint64_t n)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (chance >> 33) % n;
}

static void sleep_us(uint64_t us)
{
    struct timespec t = { (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };

    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

static void setup(void)
{
    host_path(path, "kill");
}

static void teardown(void)
{
    host_remove(path);
}

/* The host of one run: time and chance go on from run to run. */
static void open_run(host *h, int run)
{
    acrm_error *err = NULL;

    host_init(h);
    h->now += run * HOST_SECOND;
    h->seed = (uint64_t)run + 1;
    int32_t st = host_open(h, path, ACRM_OPEN_SYNC_NORMAL, &err);
    ck_assert_msg(st == ACRM_OK, "run %d: %s", run, acrm_error_json(err));
}

/* --- Single records --- */

/* Create customers with two children each for ever, and tell of each that is written. */
static void create_for_ever(int run, int tell)
{
    host h;
    char args[256];

    open_run(&h, run);
    if (write(tell, "x", 1) != 1) /* it is open */
        _exit(1);
    for (int i = 0;; i++) {
        acrm_buf *out = NULL;
        snprintf(args, sizeof args,
                 "{'name':'Run %d %d','contact_points':[{'channel':'email','value':"
                 "'r%d.%d@example.com'},{'channel':'phone','value':'+98912%07d'}]}",
                 run, i, run, i, run * 10000 + i);
        if (host_try(h.session, "customer.create", args, &out, NULL) != ACRM_OK
            || write(tell, "x", 1) != 1)
            _exit(1);
        acrm_buf_free(out);
    }
}

static int64_t kill_creating(int run)
{
    int told[2];
    char seen[512];
    int64_t count = 0;
    int status = 0;

    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        host_leave_check(told[1]);
        create_for_ever(run, told[1]);
    }
    close(told[1]);
    if (run % 4 != 0) /* now and then while it opens */
        count += read(told[0], seen, 1);
    sleep_us(random_below(60000));
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
                  "run %d ended by itself", run);
    for (ssize_t n; (n = read(told[0], seen, sizeof seen)) > 0;)
        count += n;
    close(told[0]);
    return count > 0 ? count - 1 : 0;
}

START_TEST(kill__keeps_what_was_told)
{
    int64_t before = 0;

    for (int run = 0; run < kills(); run++) {
        int64_t told = kill_creating(run);
        host h;
        open_run(&h, 1000 + run);
        int64_t customers = host_count(h.session, "customer", "{}");
        ck_assert_msg(customers == before + told || customers == before + told + 1,
                      "run %d: told of %lld, found %lld", run, (long long)told,
                      (long long)(customers - before));
        ck_assert_int_eq(host_count(h.session, "contact_point", "{}"), 2 * customers);
        host_verify(h.session);
        host_close(&h);
        before = customers;
    }
    ck_assert_int_gt(before, kills());
}
END_TEST

/* --- Imports --- */

enum { IMPORT_ROWS = 600 };

/* Every tenth row names the customer of the row before it, every twentieth is broken. */
static host_str make_input(void)
{
    host_str text = { NULL, 0, 0 };
    char line[160];

    for (int i = 0; i < IMPORT_ROWS; i++) {
        int who = i % 10 == 9 ? i - 1 : i;
        if (i % 20 == 5)
            snprintf(line, sizeof line, "{\"model\":\"Arya\"}");
        else
            snprintf(line, sizeof line,
                     "{\"name\":\"Customer %d\",\"phone\":\"+98912%07d\",\"model\":\"Arya\","
                     "\"external_id\":\"X-%d\"}", who, 1000000 + who, i);
        host_str_puts(&text, line);
    }
    return text;
}

static const char import_args[] = "{'source':'leads.jsonl','format':'jsonl','provider':'Portal'}";

/* Import in a child that is killed after a while. Whether it came to the end before. */
static bool kill_importing(int run, const host_str *input, uint64_t after_us)
{
    int status = 0;

    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        host h;
        host_leave_check(-1);
        open_run(&h, run);
        host_input(&h, input->data, input->len);
        h.input_piece = 4096;
        int32_t st = host_try(h.session, "import.run", import_args, NULL, NULL);
        _exit(st == ACRM_OK ? 0 : 1);
    }
    sleep_us(after_us);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) == 0, "run %d: the import failed", run);
    return WIFEXITED(status);
}

/* Rows by outcome, and how many leads, customers, contact points and enquiries there are. */
static void kill_outcomes(host *h, host_str *out)
{
    static const char *const entities[] = { "lead", "customer", "contact_point", "lead_enquiry" };
    acrm_buf *text = NULL;
    char line[80];

    ck_assert_int_eq(host_try(h->session, "import_row.aggregate", "{'group':['outcome']}", &text,
                              NULL), ACRM_OK);
    host_str_puts(out, acrm_buf_data(text));
    acrm_buf_free(text);
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        snprintf(line, sizeof line, "%s %lld", entities[i],
                 (long long)host_count(h->session, entities[i], "{}"));
        host_str_puts(out, line);
    }
}

/* What an import that nothing disturbed leaves behind. */
static void import_undisturbed(const host_str *input, host_str *outcomes)
{
    host h;

    host_init(&h);
    ck_assert_int_eq(host_open(&h, "memory:", 0, NULL), ACRM_OK);
    host_input(&h, input->data, input->len);
    acrm_value_free(host_call(h.session, "import.run", import_args));
    kill_outcomes(&h, outcomes);
    host_close(&h);
}

START_TEST(kill__an_import_goes_on_where_it_was)
{
    host_str input = make_input();
    host_str want = { NULL, 0, 0 };
    host_str got = { NULL, 0, 0 };
    uint64_t after_us = 2000;
    int run = 0;
    int killed = 0;
    host h;

    while (!kill_importing(run, &input, after_us + random_below(30000))) {
        open_run(&h, 1000 + run++);
        host_verify(h.session);
        killed += host_count(h.session, "import_job", "{'status':'running'}") > 0;
        ck_assert_int_le(host_count(h.session, "import_job", "{}"), 1);
        host_close(&h);
        after_us += 3000; /* it must come to an end, however slow the machine is */
    }
    ck_assert_msg(killed > 0, "no import was ever killed while it ran");
    open_run(&h, 5000);
    host_verify(h.session);
    kill_outcomes(&h, &got);
    import_undisturbed(&input, &want);
    ck_assert_str_eq(got.data, want.data);
    ck_assert_int_eq(host_count(h.session, "import_row", "{}"), IMPORT_ROWS);
    ck_assert_int_eq(host_count(h.session, "import_job", "{'status':'done'}"), 1);
    host_close(&h);
    free(input.data);
    free(want.data);
    free(got.data);
}
END_TEST

/* --- Erasing: a person is erased wholly or not at all --- */

enum { ERASE_PEOPLE = 400 };

static void erase_people(const char ids[][40], int from, int tell)
{
    host h;
    char args[160];

    open_run(&h, 5000 + from);
    for (int i = from; i < ERASE_PEOPLE; i++) {
        acrm_buf *out = NULL;
        snprintf(args, sizeof args,
                 "{'customer_id':'%s','basis':'Art. 17','reason':'by letter'}", ids[i]);
        if (host_try(h.session, "privacy.erase", args, &out, NULL) != ACRM_OK ||
            write(tell, "x", 1) != 1)
            _exit(1);
        acrm_buf_free(out);
        if (i % 8 == 7 && host_try(h.session, "privacy.sweep", "{}", &out, NULL) == ACRM_OK)
            acrm_buf_free(out);
    }
    _exit(0);
}

static int erase_until_killed(const char ids[][40], int from)
{
    int told[2], status = 0, count = 0;
    char seen[512];

    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        host_leave_check(told[1]);
        erase_people(ids, from, told[1]);
    }
    close(told[1]);
    sleep_us(random_below(60000));
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    for (ssize_t n; (n = read(told[0], seen, sizeof seen)) > 0;)
        count += (int)n;
    close(told[0]);
    return count;
}

START_TEST(kill__leaves_nobody_half_erased)
{
    static char ids[ERASE_PEOPLE][40];
    host h;
    int erased = 0;

    open_run(&h, 4000);
    for (int i = 0; i < ERASE_PEOPLE; i++) {
        char args[200];
        snprintf(args, sizeof args, "{'name':'P','contact_points':[{'channel':'email','value':"
                 "'p%d@example.net'}],'interactions':[{'at':'2026-11-21T09:00:00Z',"
                 "'channel':'phone','body':'said'}]}", i);
        acrm_value *out = host_call(h.session, "customer.create", args);
        snprintf(ids[i], sizeof ids[i], "%s", host_text(out, "id"));
        acrm_value_free(out);
    }
    int64_t others = host_count(h.session, "customer", "{}") - ERASE_PEOPLE;
    int64_t values = host_count(h.session, "contact_point", "{'match_value':{'$ne':null}}");
    host_close(&h);
    for (int run = 0; run < kills() && erased < ERASE_PEOPLE - 1; run++) {
        int told = erase_until_killed((const char(*)[40])ids, erased);
        open_run(&h, 4100 + run);
        int64_t left = host_count(h.session, "customer", "{'erased_at':null}") - others;
        int now = ERASE_PEOPLE - (int)left;
        ck_assert_msg(now == erased + told || now == erased + told + 1, "run %d: %d, told of %d",
                      run, now - erased, told);
        erased = now;
        ck_assert_int_eq(host_count(h.session, "interaction", "{'body':'said'}"), left);
        ck_assert_int_eq(host_count(h.session, "contact_point", "{'match_value':{'$ne':null}}"),
                         values - erased);
        ck_assert_int_eq(host_count(h.session, "erasure", "{}"), erased);
        host_verify(h.session);
        host_close(&h);
    }
    open_run(&h, 4999);
    acrm_value_free(host_call(h.session, "privacy.sweep", "{}"));
    ck_assert_int_eq(host_count(h.session, "erasure", "{'swept_at':null}"), 0);
    host_close(&h);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("kill");
    TCase *t = tcase_create("kill");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, kill__keeps_what_was_told);
    tcase_add_test(t, kill__an_import_goes_on_where_it_was);
    tcase_add_test(t, kill__leaves_nobody_half_erased);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
