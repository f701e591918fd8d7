/* SPDX-License-Identifier: MIT */
/* A tick that finds 100 timers due beside very many that wait, against the same beside ten
 * thousand. The timers' work is one look-up. Those due are about records that came last, as ids in
 * the order of their making have it; --random takes records from anywhere. */
#include "bench.h"

#include "kernel/inside.h"

#include <sodium.h>
#include <unistd.h>

enum { TIMER_DUE = 100, TIMER_FEW = 10000, TIMER_BATCH = 10000 };

typedef struct timer_side {
    acrm_engine *engine;
    acrm_session *session;
    char path[64];
} timer_side;

typedef struct timer_sides {
    timer_side few, many;
} timer_sides;

static bool timer_random;

static void timer_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

/* So many timers in one transaction, from an instant on, a second apart. */
static void timer_add(timer_side *side, long n, int64_t after_us)
{
    acrm_session *session = side->session;
    acrm__call call;
    acrm_error *err = NULL;
    unsigned char subject[16];

    if (acrm__session_enter(session, &err) != ACRM_OK)
        timer_die("enter", err);
    acrm__call_init(&call, session, &err);
    call.as_system = true;
    if (acrm__begin(&call) != ACRM_OK)
        timer_die("begin", err);
    for (long i = 0; i < n; i++) {
        if (timer_random)
            randombytes_buf(subject, sizeof subject);
        else
            acrm__engine_uuid(side->engine, call.now, subject);
        if (acrm__timer_set(&call, "sla.due", "sla_item", subject,
                            call.now + after_us + i * (after_us > 0 ? 1000000 : 0), NULL) !=
            ACRM_OK)
            timer_die("timer", err);
    }
    if (acrm__commit(&call) != ACRM_OK)
        timer_die("commit", err);
    acrm__session_leave(session);
}

static void timer_tick(timer_side *side)
{
    acrm_error *err = NULL;

    if (acrm_call_json(side->session, "engine.tick", "{}", 2, NULL, &err) != ACRM_OK)
        timer_die("tick", err);
}

static void timer_open(timer_side *side, const char *name, long waiting)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    snprintf(side->path, sizeof side->path, "/tmp/acrm_timer_%s_%ld.db", name, (long)getpid());
    if (acrm_open(side->path, &options, &side->engine, &err) != ACRM_OK ||
        acrm_session_new(side->engine, "system", &side->session, &err) != ACRM_OK)
        timer_die("open", err);
    for (long done = 0; done < waiting; done += TIMER_BATCH)
        timer_add(side, TIMER_BATCH, INT64_C(86400000000) * (1 + done / TIMER_BATCH));
}

static void timer_close(timer_side *side)
{
    char other[80];

    acrm_session_free(side->session);
    acrm_close(side->engine);
    unlink(side->path);
    snprintf(other, sizeof other, "%s-wal", side->path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", side->path);
    unlink(other);
}

/* What the other side has left is done first, so that each run finds exactly as many due. */
static void timer_before(void *user, long ops)
{
    timer_sides *sides = user;

    (void)ops;
    timer_tick(&sides->few);
    timer_tick(&sides->many);
    timer_add(&sides->few, TIMER_DUE, 0);
    timer_add(&sides->many, TIMER_DUE, 0);
}

static void timer_ours(void *user, long ops)
{
    (void)ops;
    timer_tick(&((timer_sides *)user)->many);
}

static void timer_baseline(void *user, long ops)
{
    (void)ops;
    timer_tick(&((timer_sides *)user)->few);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 100000, 1000000 };
    timer_random = argc > 1 && strcmp(argv[argc - 1], "--random") == 0;
    bench b = bench_begin(argc - timer_random, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        timer_sides sides = { .few = { .engine = NULL } };
        if (!bench_wants_size(&b, sizes[i], sizes[0]) || !bench_wanted(&b, "timers.due_tick"))
            continue;
        timer_open(&sides.few, "few", TIMER_FEW);
        timer_open(&sides.many, "many", sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "timers.due_tick", .size = sizes[i],
                                            .goal = 1.5, .ours = timer_ours,
                                            .baseline = timer_baseline, .before = timer_before,
                                            .user = &sides, .ops = 1 });
        timer_close(&sides.few);
        timer_close(&sides.many);
    }
    return bench_end(&b);
}
