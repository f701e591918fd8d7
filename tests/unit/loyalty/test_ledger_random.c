/* SPDX-License-Identifier: MIT */
/* Long random sequences against the plain model: the same balances at each step, sums that are
 * zero, and nothing done twice. The seed is printed; ACRM_SEED and ACRM_OPS set it and the
 * length. */
#include "loyalty_world.h"
#include "plain_model.h"

#include "base/civil.h"

enum { RANDOM_OPS = 50000, RANDOM_ROUND = 400, RANDOM_START = 6 };

typedef struct random_run {
    office o;
    plain p;
    uint64_t seed;
    int members, step, months, pending_days;
    char program[40];
    char ids[PLAIN_MEMBERS][40], customers[PLAIN_MEMBERS][40];
    bool gone[PLAIN_MEMBERS];
    int ops[6];
} random_run;

static uint32_t random_next(random_run *r, uint32_t below)
{
    r->seed = r->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(r->seed >> 33) % below;
}

static void random_join(random_run *r)
{
    int n = r->p.n_members++;

    ck_assert_int_lt(n, PLAIN_MEMBERS);
    loyalty_made(&r->o, "customer.create", "{\"name\":\"Ada\"}", "id", r->customers[n]);
    loyalty_made(&r->o, "member.create", loyalty_args("{'program_id':'%s','customer_id':'%s'}",
                                                      r->program, r->customers[n]), "id",
                 r->ids[n]);
    r->p.into[n] = n;
}

static void random_begin(random_run *r)
{
    static const char *const policies[] = { "only_pending", "within_balance", "unlimited" };
    char limit[40] = "";

    memset(&r->p, 0, sizeof r->p);
    memset(r->gone, 0, sizeof r->gone);
    loyalty_open(&r->o, OFFICE_MEMORY, NULL);
    r->p.oldest = random_next(r, 2);
    r->p.policy = (int)random_next(r, 4);
    if (r->p.policy == 3)
        r->p.policy = PLAIN_UNLIMITED;
    r->p.limit = random_next(r, 2) ? -1 : 500;
    r->months = (int)random_next(r, 3);
    r->pending_days = random_next(r, 2) ? 0 : 5;
    if (r->p.limit >= 0)
        snprintf(limit, sizeof limit, ",'negative_limit':%d", (int)r->p.limit);
    loyalty_made(&r->o, "loyalty_program.create", loyalty_args(
        "{'code':'club','name':'Club','consume':'%s','return_policy':'%s','pending_days':%d%s%s%s}",
        r->p.oldest ? "oldest_earned" : "earliest_expiry", policies[r->p.policy], r->pending_days,
        limit, r->months ? ",'expire_months':" : "", r->months == 1 ? "1" : r->months ? "2" : ""),
        "id", r->program);
    for (int i = 0; i < RANDOM_START; i++)
        random_join(r);
}

static int random_member(random_run *r)
{
    int n;

    do
        n = (int)random_next(r, (uint32_t)r->p.n_members);
    while (r->gone[n]);
    return n;
}

static int64_t random_expiry(const random_run *r, int64_t at)
{
    int32_t day = (int32_t)(at / LOYALTY_DAY), until = 0;

    if (!r->months)
        return 0;
    ck_assert(acrm__civil_add_months(day, r->months, &until));
    return until * LOYALTY_DAY;
}

static void random_check(random_run *r, int member)
{
    int who = plain_who(&r->p, member);

    plain_settle(&r->p, who, loyalty_clock);
    acrm_value *out = office_call(&r->o, "loyalty.balance",
                                  loyalty_args("{'member_id':'%s'}", r->ids[who]));
    const int64_t want[] = { plain_sum(&r->p, who, 'a'), plain_sum(&r->p, who, 'p'),
                             plain_sum(&r->p, who, 'r') };
    ck_assert_msg(office_number(out, "available") == want[0] &&
                  office_number(out, "pending") == want[1] &&
                  office_number(out, "reserved") == want[2],
                  "step %d: member %d has %d, %d, %d, not %d, %d, %d", r->step, who,
                  (int)office_number(out, "available"), (int)office_number(out, "pending"),
                  (int)office_number(out, "reserved"), (int)want[0], (int)want[1], (int)want[2]);
    ck_assert(want[0] >= 0 || r->p.policy == PLAIN_UNLIMITED);
    acrm_value_free(out);
}

/* Do it, expect it to be done or refused as the model did; told again it moves nothing. */
static void random_do(random_run *r, const char *operation, const char *json, bool done)
{
    acrm_error *err = NULL;
    acrm_value *out;
    char copy[1024];

    snprintf(copy, sizeof copy, "%s", json);
    if (!done) {
        ck_assert_msg(acrm_call_json(r->o.session, operation, copy, strlen(copy), NULL, &err) ==
                      ACRM_E_CONFLICT, "step %d: %s %s is to be refused: %s", r->step, operation,
                      copy, err ? acrm_error_json(err) : "done");
        acrm_error_free(err);
        return;
    }
    out = office_call(&r->o, operation, copy);
    ck_assert(!acrm_value_bool(acrm_value_get(out, "duplicate")));
    acrm_value_free(out);
    if (random_next(r, 10) != 0)
        return;
    out = office_call(&r->o, operation, copy);
    ck_assert(acrm_value_bool(acrm_value_get(out, "duplicate")));
    acrm_value_free(out);
}

static void random_earn(random_run *r)
{
    int member = random_member(r), points = 1 + (int)random_next(r, 400);
    int64_t at = loyalty_clock;

    plain_earn(&r->p, member, points, at, at + r->pending_days * LOYALTY_DAY,
               random_expiry(r, at));
    r->p.txns[r->p.n_txns - 1].ends = r->step;
    random_do(r, "loyalty.earn", loyalty_args("{'member_id':'%s','points':%d,'source_id':'s%d'}",
                                              r->ids[member], points, r->step), true);
    random_check(r, member);
}

static void random_spend(random_run *r)
{
    int member = random_member(r), points = 1 + (int)random_next(r, 300);
    bool hold = random_next(r, 3) == 0;
    bool done = plain_spend(&r->p, hold ? 'h' : 'r', member, points, loyalty_clock);

    if (done)
        r->p.txns[r->p.n_txns - 1].ends = r->step;
    random_do(r, hold ? "loyalty.reserve" : "loyalty.redeem", loyalty_args(
        "{'member_id':'%s','points':%d,'source_id':'s%d'%s}", r->ids[member], points, r->step,
        hold ? ",'ends_at':'2090-01-01T00:00:00Z'" : ""), done);
    random_check(r, member);
}

/* Something that happened before. */
static void random_follow(random_run *r)
{
    plain_txn *txn = r->p.n_txns ? &r->p.txns[random_next(r, (uint32_t)r->p.n_txns)] : NULL;
    int of = txn ? (int)txn->ends : 0, points = 0;
    char part[32] = "";
    bool done;

    if (!txn || txn->kind == 'x')
        return;
    if (txn->kind == 'h' || txn->kind == 'c') {
        bool held = txn->kind == 'h', spend = random_next(r, 2);
        if (held)
            plain_release(&r->p, txn, spend, loyalty_clock);
        random_do(r, spend ? "loyalty.confirm" : "loyalty.cancel", loyalty_args(
            "{'of_source_id':'s%d','source_id':'s%d'}", of, r->step), held);
        random_check(r, txn->member);
        return;
    }
    if (random_next(r, 2) && txn->points > 1) {
        points = 1 + (int)random_next(r, (uint32_t)txn->points);
        snprintf(part, sizeof part, ",'points':%d", points);
    }
    done = txn->kind == 'e' ? plain_reverse_earned(&r->p, txn, points, loyalty_clock)
                            : plain_reverse_spent(&r->p, txn, points, loyalty_clock);
    random_do(r, "loyalty.reverse", loyalty_args("{'of_source_id':'s%d','source_id':'s%d'%s}", of,
                                                 r->step, part), done);
    random_check(r, txn->member);
}

static void random_transfer(random_run *r)
{
    int from = random_member(r), to = random_member(r), points = 1 + (int)random_next(r, 200);

    if (from == to)
        return;
    bool done = plain_transfer(&r->p, from, to, points, loyalty_clock);
    random_do(r, "loyalty.transfer", loyalty_args(
        "{'member_id':'%s','to_id':'%s','points':%d,'source_id':'s%d'}", r->ids[from], r->ids[to],
        points, r->step), done);
    random_check(r, from);
    random_check(r, to);
}

static void random_merge(random_run *r)
{
    int into = random_member(r), from = random_member(r);

    if (into == from || r->p.n_members == PLAIN_MEMBERS)
        return;
    plain_merge(&r->p, into, from, loyalty_clock);
    r->gone[from] = true;
    acrm_value_free(office_call(&r->o, "customer.merge", loyalty_args(
        "{'id':'%s','others':['%s']}", r->customers[into], r->customers[from])));
    random_check(r, into);
    random_join(r);
}

static void random_step(random_run *r)
{
    uint32_t n = random_next(r, 1000);

    loyalty_clock += (1 + random_next(r, 600)) * INT64_C(60000000);
    if (n < 330)
        random_earn(r);
    else if (n < 640)
        random_spend(r);
    else if (n < 860)
        random_follow(r);
    else if (n < 940)
        random_transfer(r);
    else if (n < 945)
        random_merge(r);
    else
        acrm_value_free(office_call(&r->o, "engine.tick", "{}"));
}

START_TEST(ledger__random_sequences_agree_with_the_plain_model)
{
    static random_run r;
    const char *seed = getenv("ACRM_SEED"), *ops = getenv("ACRM_OPS");
    int todo = ops ? atoi(ops) : RANDOM_OPS;

    r.seed = seed ? strtoull(seed, NULL, 10) : 20261122;
    printf("seed %llu, %d operations\n", (unsigned long long)r.seed, todo);
    while (todo > 0) {
        random_begin(&r);
        for (r.step = 0; r.step < RANDOM_ROUND; r.step++)
            random_step(&r);
        for (int i = 0; i < r.p.n_members; i++)
            if (!r.gone[i])
                random_check(&r, i);
        acrm_value *proof = office_call(&r.o, "loyalty.verify", "{}");
        ck_assert_msg(acrm_value_bool(acrm_value_get(proof, "ok")), "the sums do not agree");
        acrm_value_free(proof);
        office_close(&r.o);
        todo -= RANDOM_ROUND;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("ledger_random");
    TCase *t = tcase_create("ledger_random");

    tcase_add_test(t, ledger__random_sequences_agree_with_the_plain_model);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
