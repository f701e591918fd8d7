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
        close(told[0]);
        create_for_ever(run, told[1]);
    }
    close(told[1]);
    sleep_us(random_below(60000));
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "run %d ended by itself", run);
    for (ssize_t n; (n = read(told[0], seen, sizeof seen)) > 0;)
        count += n;
    close(told[0]);
    return count;
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

static Suite *make_suite(void)
{
    Suite *s = suite_create("kill");
    TCase *t = tcase_create("kill");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, kill__keeps_what_was_told);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
