/* SPDX-License-Identifier: MIT */
/*
 * A process that earns, spends, reverses and transfers points is killed (SIGKILL) at random
 * moments. The ledger then stands where the plain model stands after what was told, or after one
 * more; all of it is proved; and what is told again moves nothing.
 *
 * ACRM_KILLS in the environment: how many times (12 by default).
 */
#include "life.h"
#include "support/suite.h"
#include "unit/loyalty/plain_model.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { POINTS_MEMBERS = 3, POINTS_OPS_MAX = 6000 };

static char path[64], members[POINTS_MEMBERS][40];
static plain model;
static int txn_of[POINTS_OPS_MAX]; /* of the model; -1: refused, or none */

static void setup(void)
{
    host_path(path, "kill_points");
}

static void teardown(void)
{
    host_remove(path);
}

static uint32_t points_chance(int i, int what)
{
    uint64_t x = (uint64_t)(i * 8 + what + 1) * UINT64_C(0x9E3779B97F4A7C15);

    x ^= x >> 29;
    return (uint32_t)((x * UINT64_C(0xBF58476D1CE4E5B9)) >> 33);
}

static int64_t points_time(int i)
{
    return HOST_START + (int64_t)i * 3600 * HOST_SECOND;
}

/* The n-th operation, always the same. */
static const char *points_args(int i, char *args, size_t size)
{
    uint32_t kind = points_chance(i, 0) % 10, points = 1 + points_chance(i, 1) % 200;
    const char *member = members[points_chance(i, 2) % POINTS_MEMBERS];

    if (kind < 4) {
        snprintf(args, size, "{'member_id':'%s','points':%u,'source_id':'s%d'}", member, points, i);
        return "loyalty.earn";
    }
    if (kind < 7) {
        snprintf(args, size, "{'member_id':'%s','points':%u,'source_id':'s%d'}", member, points, i);
        return "loyalty.redeem";
    }
    if (kind < 9) {
        snprintf(args, size, "{'of_source_id':'s%u','source_id':'s%d'}",
                 points_chance(i, 3) % (uint32_t)(i + 1), i);
        return "loyalty.reverse";
    }
    snprintf(args, size, "{'member_id':'%s','to_id':'%s','points':%u,'source_id':'s%d'}", member,
             members[(points_chance(i, 2) + 1) % POINTS_MEMBERS], points, i);
    return "loyalty.transfer";
}

/* The same in the model; whether it is done. */
static bool points_model(int i)
{
    uint32_t kind = points_chance(i, 0) % 10, points = 1 + points_chance(i, 1) % 200;
    int member = (int)(points_chance(i, 2) % POINTS_MEMBERS);
    int64_t at = points_time(i);
    int of = (int)(points_chance(i, 3) % (uint32_t)(i + 1));

    txn_of[i] = -1;
    if (kind < 4) {
        plain_earn(&model, member, points, at, at, 0);
        txn_of[i] = model.n_txns - 1;
        return true;
    }
    if (kind < 7) {
        if (!plain_spend(&model, 'r', member, points, at))
            return false;
        txn_of[i] = model.n_txns - 1;
        return true;
    }
    if (kind == 9)
        return plain_transfer(&model, member, (member + 1) % POINTS_MEMBERS, points, at);
    if (txn_of[of] < 0 || of == i)
        return false;
    plain_txn *txn = &model.txns[txn_of[of]];
    return txn->kind == 'e' ? plain_reverse_earned(&model, txn, 0, at)
                            : plain_reverse_spent(&model, txn, 0, at);
}

static void points_open(host *h)
{
    acrm_error *err = NULL;

    host_init(h);
    h->seed = 77;
    int32_t st = host_open(h, path, ACRM_OPEN_SYNC_NORMAL, &err);
    ck_assert_msg(st == ACRM_OK, "%s", st == ACRM_OK ? "" : acrm_error_json(err));
}

static void points_begin(void)
{
    host h;
    char args[160];

    points_open(&h);
    acrm_value *made = host_call(h.session, "loyalty_program.create",
                                 "{'code':'club','name':'Club','return_policy':'unlimited'}");
    char program[40];
    snprintf(program, sizeof program, "%s", host_text(made, "id"));
    acrm_value_free(made);
    for (int i = 0; i < POINTS_MEMBERS; i++) {
        made = host_call(h.session, "customer.create", "{'name':'Ada'}");
        snprintf(args, sizeof args, "{'program_id':'%s','customer_id':'%s'}", program,
                 host_text(made, "id"));
        acrm_value_free(made);
        made = host_call(h.session, "member.create", args);
        snprintf(members[i], sizeof members[i], "%s", host_text(made, "id"));
        acrm_value_free(made);
    }
    host_close(&h);
    model.policy = PLAIN_UNLIMITED;
    model.limit = -1;
    for (int i = 0; i < POINTS_MEMBERS; i++)
        model.into[i] = i;
}

/* Go on from the n-th operation for ever, and tell of each. */
static void points_for_ever(int i, int tell)
{
    host h;
    char args[256];

    points_open(&h);
    for (; i < POINTS_OPS_MAX; i++) {
        h.now = points_time(i);
        h.seed = (uint64_t)i + 1000;
        const char *operation = points_args(i, args, sizeof args);
        (void)host_try(h.session, operation, args, NULL, NULL);
        if (write(tell, "x", 1) != 1)
            _exit(1);
    }
    _exit(1);
}

static int points_kill(int from, int run)
{
    int told[2], count = 0, status = 0;
    char seen[512];

    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        host_leave_check(told[1]);
        points_for_ever(from, told[1]);
    }
    close(told[1]);
    struct timespec t = { 0, (long)(points_chance(run, 7) % 60000) * 1000 };
    nanosleep(&t, NULL);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    for (ssize_t n; (n = read(told[0], seen, sizeof seen)) > 0;)
        count += (int)n;
    close(told[0]);
    return count;
}

static bool points_agree(host *h)
{
    bool agree = true;
    char args[160];

    for (int i = 0; i < POINTS_MEMBERS; i++) {
        snprintf(args, sizeof args, "{'member_id':'%s'}", members[i]);
        acrm_value *out = host_call(h->session, "loyalty.balance", args);
        agree &= host_int(out, "available") == plain_sum(&model, i, 'a');
        acrm_value_free(out);
    }
    return agree;
}

/* What was done last is told again, which moves nothing. */
static void points_again(host *h, int n)
{
    char args[256];
    int from = n;

    while (from > 0 && n - from < 20 && txn_of[from - 1] >= 0)
        from--;
    for (int i = from; i < n; i++) {
        acrm_buf *out = NULL;
        const char *operation = points_args(i, args, sizeof args);
        ck_assert_int_eq(host_try(h->session, operation, args, &out, NULL), ACRM_OK);
        ck_assert_ptr_nonnull(strstr(acrm_buf_data(out), "\"duplicate\":true"));
        acrm_buf_free(out);
    }
    ck_assert(points_agree(h));
}

START_TEST(kill__leaves_the_points_as_told)
{
    const char *text = getenv("ACRM_KILLS");
    int kills = text ? atoi(text) : 12, n = 0;

    points_begin();
    for (int run = 0; run < kills; run++) {
        int told = points_kill(n, run);
        host h;
        for (int i = 0; i < told; i++)
            (void)points_model(n++);
        points_open(&h);
        h.now = points_time(n + 1);
        if (!points_agree(&h)) {
            ck_assert_msg(points_model(n++), "run %d: more was done than told", run);
            ck_assert_msg(points_agree(&h), "run %d: after %d", run, n);
        }
        acrm_value *proof = host_call(h.session, "loyalty.verify", "{}");
        ck_assert(acrm_value_bool(acrm_value_get(proof, "ok")));
        acrm_value_free(proof);
        host_verify(h.session);
        points_again(&h, n);
        host_close(&h);
    }
    ck_assert_int_gt(n, 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("kill_points");
    TCase *t = tcase_create("kill_points");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, kill__leaves_the_points_as_told);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
