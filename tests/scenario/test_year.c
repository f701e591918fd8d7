/* SPDX-License-Identifier: MIT */
/*
 * A year of one dealership: cases come in, are answered late or in time, wait, are resolved and
 * reopened, while the process is killed (SIGKILL) and started again at random moments. Whatever a
 * clock reached was announced exactly once; and the year is the same as one that nothing disturbed.
 *
 * ACRM_YEAR in the environment: how many cases (200 by default; 10000 is the whole dealership).
 * ACRM_YEAR_KILLS: how many times the process is killed (10 by default).
 * ACRM_YEAR_SEED: another year.
 */
#include "host.h"
#include "support/suite.h"

#include <string.h>
#include <unistd.h>

enum { CREATE, START, MESSAGE, REPLY, PAUSE, RESUME, RESOLVE, REOPEN, STEPS_A_CASE = 14 };

#define HOUR (3600 * HOST_SECOND)

typedef struct step {
    int64_t at;
    int kind, car, order;
} step;

static step *steps;
static int n_steps;
static uint64_t chance;

static long setting(const char *name, long otherwise)
{
    const char *text = getenv(name);

    return text && atol(text) > 0 ? atol(text) : otherwise;
}

static int64_t below(int64_t n)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((chance >> 33) % (uint64_t)n);
}

/* --- The plan of the year --- */

static int64_t add_step(int car, int kind, int64_t at, int64_t gap)
{
    at += 60 * HOST_SECOND + below(gap / HOST_SECOND) * HOST_SECOND;
    steps[n_steps] = (step){ at, kind, car, n_steps };
    n_steps++;
    return at;
}

static void plan_case(int car)
{
    int64_t at = HOST_START + below(330 * 24) * HOUR;

    at = add_step(car, CREATE, at, 2 * HOUR);
    steps[n_steps] = (step){ at, START, car, n_steps };
    n_steps++;
    if (below(5)) /* some are never answered */
        at = add_step(car, REPLY, at, 30 * HOUR);
    for (int64_t talk = below(3); talk > 0; talk--) {
        at = add_step(car, MESSAGE, at, 40 * HOUR);
        if (below(4))
            at = add_step(car, REPLY, at, 60 * HOUR);
    }
    if (below(3) == 0) {
        at = add_step(car, PAUSE, at, 20 * HOUR);
        if (below(4))
            at = add_step(car, RESUME, at, 120 * HOUR);
    }
    if (below(10) == 0) /* some are never resolved */
        return;
    at = add_step(car, RESOLVE, at, 150 * HOUR);
    if (below(6) == 0) {
        at = add_step(car, REOPEN, at, 200 * HOUR);
        add_step(car, RESOLVE, at, 90 * HOUR);
    }
}

static int by_time(const void *a, const void *b)
{
    const step *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order - y->order;
}

static void plan_year(void)
{
    int cases = (int)setting("ACRM_YEAR", 200);

    chance = (uint64_t)setting("ACRM_YEAR_SEED", 1405);
    steps = calloc((size_t)cases * STEPS_A_CASE, sizeof *steps);
    ck_assert_ptr_nonnull(steps);
    for (int car = 0; car < cases; car++)
        plan_case(car);
    qsort(steps, (size_t)n_steps, sizeof *steps, by_time);
}

/* --- Living it --- */

static void open_year(host *h, const char *where, int run)
{
    acrm_error *err = NULL;

    host_init(h);
    h->seed = (uint64_t)run + 1;
    int32_t st = host_open(h, where, ACRM_OPEN_SYNC_NORMAL, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
}

static void found_dealership(host *h)
{
    acrm_value_free(host_call(h->session, "case_type.create",
        "{'code':'sim','name':'Simulated','kind':'complaint'}"));
    acrm_value_free(host_call(h->session, "customer.create", "{'name':'Ada'}"));
    acrm_value_free(host_call(h->session, "sla_policy.create",
        "{'name':'Cases','entity':'case','overrun_after':'PT9H','targets':["
        "{'clock':'first_response','amount':'PT8H','warnings':['80%']},"
        "{'clock':'next_response','amount':'PT12H','warnings':['80%']},"
        "{'clock':'resolution','amount':'PT36H','warnings':['80%']}]}"));
}

static void first_id(host *h, const char *operation, const char *where, char id[40])
{
    char args[200];

    snprintf(args, sizeof args, "{'where':%s,'limit':1}", where);
    acrm_value *out = host_call(h->session, operation, args);
    snprintf(id, 40, "%s", host_text(out, "items.0.id"));
    acrm_value_free(out);
}

static void take(host *h, int n)
{
    static const char *const kinds[] = { "", "", "message", "reply", "", "", "resolved",
                                         "reopened" };
    const step *s = &steps[n];
    char where[100], id[40], type[40], args[400];
    acrm_error *err = NULL;
    const char *operation = "sla.happen";

    snprintf(where, sizeof where, "{'provider':'sim','external_id':'%d'}", s->car);
    if (s->kind != CREATE)
        first_id(h, "case.list", where, id);
    switch (s->kind) {
    case CREATE:
        operation = "case.create";
        first_id(h, "case_type.list", "{'code':'sim'}", type);
        first_id(h, "customer.list", "{}", id);
        snprintf(args, sizeof args,
                 "{'idempotency_key':'%d','type_id':'%s','customer_id':'%s','subject':'S',"
                 "'provider':'sim','external_id':'%d'}", n, type, id, s->car);
        break;
    case START:
        operation = "sla.start";
        snprintf(args, sizeof args, "{'idempotency_key':'%d','entity':'case','id':'%s'}", n, id);
        break;
    case PAUSE:
        operation = "sla.pause";
        snprintf(args, sizeof args, "{'idempotency_key':'%d','id':'%s','reason':'%s'}", n, id,
                 n % 2 ? "waiting_for_customer" : "waiting_for_parts");
        break;
    case RESUME:
        operation = "sla.resume";
        snprintf(args, sizeof args, "{'idempotency_key':'%d','id':'%s'}", n, id);
        break;
    default:
        snprintf(args, sizeof args, "{'idempotency_key':'%d','id':'%s','kind':'%s'}", n, id,
                 kinds[s->kind]);
        break;
    }
    int32_t st = host_try(h->session, operation, args, NULL, &err);
    /* Only what the plan itself makes moot may be refused: started already, no pause in force. */
    ck_assert_msg(st == ACRM_OK || st == ACRM_E_CONFLICT, "step %d %s: %s", n, operation,
                  acrm_error_json(err));
    acrm_error_free(err);
}

static void tick(host *h)
{
    acrm_value *out = host_call(h->session, "engine.tick", "{'limit':100000}");

    ck_assert_int_eq(host_int(out, "failed"), 0);
    acrm_value_free(out);
}

/* From a step to the end of the year and two months beyond; tells of each step on a pipe. */
static void live(host *h, int from, int told)
{
    if (from == 0)
        found_dealership(h);
    for (int n = from; n < n_steps; n++) {
        h->now = steps[n].at;
        if (n % 3 == 0) /* now and then the tick is late */
            tick(h);
        take(h, n);
        if (told >= 0 && write(told, "x", 1) != 1)
            _exit(1);
    }
    for (int day = 0; day < 60; day += 3) {
        h->now = steps[n_steps - 1].at + day * HOST_DAY;
        tick(h);
    }
}

/* --- Killing it --- */

static void live_on(void *user, int told)
{
    const host_stage *l = user;
    host h;

    open_year(&h, l->path, l->run);
    live(&h, l->from, told);
    host_close(&h);
}

/* The dealership is founded before the first kill, as its founding has no keys. */
static int kill_year(const char *path)
{
    long kills = setting("ACRM_YEAR_KILLS", 10);
    int64_t span = n_steps * INT64_C(350) / (kills + 1) + 20000;
    host_stage stage = { path, 0, 1 };
    host h;

    open_year(&h, path, 0);
    found_dealership(&h);
    take(&h, 0);
    host_close(&h);
    return host_lives(live_on, &stage, kills, span, below);
}

/* --- What must be true of it --- */

typedef struct told {
    char **keys;
    size_t n, cap;
} told;

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Each announcement as a line: what, of which clock. */
static void read_events(host *h, told *out)
{
    int64_t after = 0;
    bool more = true;
    char args[120], key[200];

    while (more) {
        snprintf(args, sizeof args, "{'types':['sla.*'],'limit':10000,'after':%lld}",
                 (long long)after);
        acrm_value *page = host_call(h->session, "event.list", args);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            const acrm_value *e = acrm_value_at(items, i);
            snprintf(key, sizeof key, "%s %s %s %lld %lld %lld", host_text(e, "type"),
                     host_text(e, "data.item_id"), host_text(e, "data.clock"),
                     (long long)host_int(e, "data.cycle"), (long long)host_int(e, "data.number"),
                     (long long)host_int(e, "data.warning"));
            if (out->n == out->cap) {
                out->cap = out->cap ? out->cap * 2 : 1024;
                out->keys = realloc(out->keys, out->cap * sizeof *out->keys);
                ck_assert_ptr_nonnull(out->keys);
            }
            out->keys[out->n++] = strdup(key);
        }
        after = host_int(page, "last_seq");
        more = acrm_value_type(acrm_value_get(page, "next")) != ACRM_NULL;
        acrm_value_free(page);
    }
    qsort(out->keys, out->n, sizeof *out->keys, by_text);
}

static bool was_told(const told *t, const char *type, const acrm_value *clock, int warning)
{
    char key[200], *at = key;

    snprintf(key, sizeof key, "%s %s %s %lld %lld %d", type, host_text(clock, "item_id"),
             host_text(clock, "clock"), (long long)host_int(clock, "cycle"),
             (long long)host_int(clock, "number"), warning);
    return bsearch(&at, t->keys, t->n, sizeof *t->keys, by_text) != NULL;
}

static int64_t hours_of(const char *clock)
{
    return strcmp(clock, "first_response") == 0 ? 8 : strcmp(clock, "next_response") == 0 ? 12
                                                                                         : 36;
}

/* "PT12H3M4S" in seconds. */
static int64_t seconds_of(const char *text)
{
    int64_t total = 0, n = 0;
    int sign = *text == '-' ? -1 : 1;

    for (; *text; text++) {
        if (*text >= '0' && *text <= '9') {
            n = n * 10 + *text - '0';
            continue;
        }
        total += n * (*text == 'D' ? 86400 : *text == 'H' ? 3600 : *text == 'M' ? 60
                                                                 : *text == 'S' ? 1 : 0);
        n = 0;
    }
    return sign * total;
}

/* What a clock that ended used up says what must have been told of it, and nothing else was. */
static void check_clock(const told *t, const acrm_value *c, size_t *expected)
{
    const char *clock = host_text(c, "clock");
    int64_t target = hours_of(clock) * 3600, used = seconds_of(host_text(c, "elapsed"));
    bool ended = *host_text(c, "stopped_at") != '\0', breached = *host_text(c, "breached_at");
    bool warned = was_told(t, "sla.warning", c, 1), told_late = was_told(t, "sla.breached", c, 0);
    bool overrun = was_told(t, "sla.overrun", c, 0);

    ck_assert_msg(breached == told_late, "%s: breached, told otherwise", host_text(c, "id"));
    /* Time used up to the second at a closing time is overdrawn the night after, or just met. */
    if (ended && used * 10 != target * 8)
        ck_assert_msg(warned == (used * 10 > target * 8), "%s %s: %lld of %lld used, warned %d",
                      host_text(c, "id"), clock, (long long)used, (long long)target, warned);
    if (ended && used != target)
        ck_assert_msg(breached == (used > target), "%s %s: %lld of %lld used, breached %d",
                      host_text(c, "id"), clock, (long long)used, (long long)target, breached);
    if (ended && used == target)
        ck_assert_int_eq(breached, strcmp(host_text(c, "stopped_at"), host_text(c, "due_at")) > 0);
    if (ended && used != target + 9 * 3600)
        ck_assert_int_eq(overrun, strcmp(clock, "resolution") == 0 && used > target + 9 * 3600);
    *expected += (size_t)warned + told_late + overrun;
}

static size_t check_clocks(host *h, const told *t)
{
    char after[4096] = "", args[4300];
    size_t expected = 0;
    bool more = true;

    while (more) {
        snprintf(args, sizeof args, "{'limit':1000%s}", after);
        acrm_value *page = host_call(h->session, "sla_clock.list", args);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++)
            check_clock(t, acrm_value_at(items, i), &expected);
        more = acrm_value_type(acrm_value_get(page, "next")) == ACRM_TEXT;
        snprintf(after, sizeof after, ",'after':'%s'", host_text(page, "next"));
        acrm_value_free(page);
    }
    return expected;
}

static void check_year(host *h, told *t)
{
    char where[100], id[40], args[100];

    h->now = steps[n_steps - 1].at + 60 * HOST_DAY;
    read_events(h, t);
    for (size_t i = 1; i < t->n; i++)
        ck_assert_msg(strcmp(t->keys[i], t->keys[i - 1]) != 0, "told twice: %s", t->keys[i]);
    ck_assert_uint_eq(check_clocks(h, t), t->n);
    ck_assert_int_eq(host_count(h->session, "timer", "{'state':'incident'}"), 0);
    for (int car = 0; car < 50; car++) {
        snprintf(where, sizeof where, "{'provider':'sim','external_id':'%d'}", car);
        first_id(h, "case.list", where, id);
        snprintf(args, sizeof args, "{'id':'%s'}", id);
        acrm_value *out = host_call(h->session, "sla.verify", args);
        ck_assert_msg(acrm_value_bool(acrm_value_get(out, "ok")), "case %d is not as computed",
                      car);
        acrm_value_free(out);
    }
}

/* How many of each: the year in short. */
static void in_short(host *h, char out[400])
{
    static const char *const states[] = { "active", "paused", "met", "missed" };
    char where[60];
    size_t len = 0;

    for (size_t i = 0; i < 4; i++) {
        snprintf(where, sizeof where, "{'state':'%s'}", states[i]);
        len += (size_t)snprintf(out + len, 400 - len, "%s %lld, ", states[i],
                                (long long)host_count(h->session, "sla_clock", where));
    }
    snprintf(out + len, 400 - len, "breached %lld, cases %lld",
             (long long)host_count(h->session, "sla_clock", "{'breached_at':{'$ne':null}}"),
             (long long)host_count(h->session, "case", "{}"));
}

static void forget(told *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->keys[i]);
    free(t->keys);
}

START_TEST(year__each_timer_fires_once_however_often_it_is_killed)
{
    char path[64], killed[400], whole[400];
    told first = { NULL, 0, 0 }, second = { NULL, 0, 0 };
    host h;

    plan_year();
    host_path(path, "year");
    int lives = kill_year(path);
    open_year(&h, path, 2000);
    check_year(&h, &first);
    in_short(&h, killed);
    host_close(&h);
    host_remove(path);

    open_year(&h, path, 0);
    live(&h, 0, -1);
    check_year(&h, &second);
    in_short(&h, whole);
    host_close(&h);
    host_remove(path);
    printf("year: %d steps, %d kills, %zu announcements: %s\n", n_steps, lives, first.n, killed);
    ck_assert_str_eq(killed, whole);
    ck_assert_uint_eq(first.n, second.n);
    ck_assert_uint_gt(first.n, 0);
    forget(&first);
    forget(&second);
    free(steps);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("year");
    TCase *tc = tcase_create("year");

    tcase_set_timeout(tc, 3600);
    tcase_add_test(tc, year__each_timer_fires_once_however_often_it_is_killed);
    suite_add_tcase(s, tc);
    return s;
}

ACRM_TEST_MAIN(suite)
