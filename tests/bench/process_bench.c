/* SPDX-License-Identifier: MIT */
/* What a transition of a process costs against a plain update of a record, and what rules that do
 * not match add to a write. */
#include "bench.h"

#include "autocrm/autocrm.h"
#include "base/value.h"

#include <unistd.h>

enum { PROCESS_BATCH = 500, PROCESS_SPREAD = 1000 };

typedef struct process {
    acrm_engine *engine;
    acrm_session *session;
    char path[64];
    const char *tag;
    bool levels; /* service levels run for the records that are moved */
    bool synced; /* every commit is on the disk, as it is unless a host wants otherwise */
    long size, turn, updates;
    char (*customers)[37], (*instances)[37];
} process;

static void process_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void process_call(process *p, const char *operation, const char *json, char id[37])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK ||
        acrm_call(p->session, operation, args, &out, &err) != ACRM_OK)
        process_die(operation, err);
    if (id)
        snprintf(id, 37, "%s", acrm__get_text(out, "id"));
    bench_keep(out);
    acrm_value_free(args);
    acrm_value_free(out);
}

/* With service levels each transition tells them what happened. */
#define PROCESS_PATH(code, ping, pong)                                                            \
    "{\"activate\":true,\"definition\":{\"code\":\"" code "\",\"name\":\"P\",\"entity\":"         \
    "\"customer\",\"start\":\"a\",\"phases\":[{\"code\":\"a\",\"limit\":{\"after\":\"P2D\","      \
    "\"event\":\"late\"}},{\"code\":\"b\",\"limit\":{\"after\":\"PT4H\",\"event\":\"late\"}},"    \
    "{\"code\":\"c\",\"end\":true}],\"transitions\":[{\"name\":\"ping\",\"from\":[\"a\"],\"to\":" \
    "\"b\",\"guard\":{\"kind\":\"person\"}" ping "},{\"name\":\"pong\",\"from\":[\"b\"],\"to\":"  \
    "\"a\"" pong "},{\"name\":\"stop\",\"from\":[\"a\"],\"to\":\"c\"}]}}"
#define PROCESS_HAPPEN(kind)                                                                      \
    ",\"actions\":[{\"operation\":\"sla.happen\",\"args\":{\"id\":{\"$field\":\"id\"},"           \
    "\"kind\":\"" kind "\"}}]"

static void process_fill(process *p)
{
    char json[256], id[37];

    for (long done = 0; done < p->size; done += PROCESS_BATCH) {
        acrm_value *args = NULL, *out = NULL;
        acrm_error *err = NULL;
        if (acrm_value_new(NULL, &args) != ACRM_OK || acrm_value_set_map(args) != ACRM_OK)
            exit(EXIT_FAILURE);
        acrm_value *records = acrm__put_list(args, "records");
        for (long i = done; i < done + PROCESS_BATCH; i++) {
            acrm_value *r = acrm__add_map(records);
            if (!acrm__put_text(r, "name", "Customer"))
                exit(EXIT_FAILURE);
        }
        if (acrm_call(p->session, "customer.create_many", args, &out, &err) != ACRM_OK)
            process_die("customer.create_many", err);
        const acrm_value *ids = acrm_value_get(out, "ids");
        for (long i = 0; i < PROCESS_BATCH && done + i < p->size; i++)
            snprintf(p->customers[done + i], 37, "%s",
                     acrm_value_text(acrm_value_at(ids, (size_t)i), NULL));
        acrm_value_free(args);
        acrm_value_free(out);
    }
    if (p->levels)
        process_call(p, "sla_policy.create",
                     "{\"name\":\"L\",\"entity\":\"customer\",\"targets\":[{\"clock\":"
                     "\"next_response\",\"amount\":\"PT4H\"},{\"clock\":\"resolution\","
                     "\"amount\":\"PT40H\"}]}", NULL);
    process_call(p, "process_definition.load",
                 p->levels ? PROCESS_PATH("pingpong", PROCESS_HAPPEN("reply"),
                                          PROCESS_HAPPEN("message"))
                           : PROCESS_PATH("pingpong", "", ""), NULL);
    for (long i = 0; i < p->size; i++) {
        snprintf(json, sizeof json, "{\"code\":\"pingpong\",\"subject_id\":\"%s\"}",
                 p->customers[i]);
        process_call(p, "process.start", json, id);
        memcpy(p->instances[i], id, sizeof id);
        snprintf(json, sizeof json, "{\"entity\":\"customer\",\"id\":\"%s\"}", p->customers[i]);
        if (p->levels && i % (p->size / PROCESS_SPREAD) == 0)
            process_call(p, "sla.start", json, NULL);
    }
}

static void process_connect(process *p, uint32_t flags)
{
    const acrm_options options = { .struct_size = sizeof options, .flags = flags };
    acrm_error *err = NULL;

    if (acrm_open(p->path, &options, &p->engine, &err) != ACRM_OK ||
        acrm_session_new(p->engine, "system", &p->session, &err) != ACRM_OK)
        process_die("open", err);
}

static void process_leave(process *p)
{
    acrm_session_free(p->session);
    acrm_close(p->engine);
}

static void process_open(process *p, bool fill)
{
    snprintf(p->path, sizeof p->path, "/tmp/acrm-process-bench-%ld%s.db", (long)getpid(),
             p->tag ? p->tag : "");
    unlink(p->path);
    process_connect(p, ACRM_OPEN_SYNC_NORMAL);
    p->customers = calloc((size_t)p->size, sizeof *p->customers);
    p->instances = calloc((size_t)p->size, sizeof *p->instances);
    if (!p->customers || !p->instances)
        exit(EXIT_FAILURE);
    if (fill)
        process_fill(p);
    if (p->synced) {
        process_leave(p);
        process_connect(p, 0);
    }
}

static void process_close(process *p)
{
    char side[80];

    process_leave(p);
    free(p->customers);
    free(p->instances);
    unlink(p->path);
    snprintf(side, sizeof side, "%s-wal", p->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", p->path);
    unlink(side);
}

/* --- A transition against an update --- */

/* Each record in turn, spread over the table, there and back. */
static long process_pick(process *p, bool *back)
{
    long span = p->size < PROCESS_SPREAD ? p->size : PROCESS_SPREAD;
    long turn = p->turn++;

    *back = turn / span % 2 != 0;
    return turn % span * (p->size / span);
}

static void process_transition(void *user, long ops)
{
    process *p = user;
    char json[128];
    bool back;

    for (long i = 0; i < ops; i++) {
        long at = process_pick(p, &back);
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"transition\":\"%s\"}", p->instances[at],
                 back ? "pong" : "ping");
        process_call(p, "process.transition", json, NULL);
    }
}

static void process_update(void *user, long ops)
{
    process *p = user;
    char json[160];

    for (long i = 0; i < ops; i++) {
        long turn = p->updates++;
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"last_write_wins\":true,\"language\":\"%s\"}",
                 p->customers[turn * 7919 % p->size], turn / p->size % 2 ? "en" : "fa");
        process_call(p, "customer.update", json, NULL);
    }
}

static void process_measure_moves(bench *b, const char *name, process p)
{
    if (!bench_wanted(b, name))
        return;
    process_open(&p, true);
    bench_compare(b, &(bench_measure){ .name = name, .size = p.size, .goal = 2, .ops = 500,
                                       .ours = process_transition, .baseline = process_update,
                                       .user = &p });
    process_close(&p);
}

/* --- What rules add to a write --- */

typedef struct rules {
    process with, without;
} rules;

static void process_update_with(void *user, long ops)
{
    process_update(&((rules *)user)->with, ops);
}

static void process_update_without(void *user, long ops)
{
    process_update(&((rules *)user)->without, ops);
}

static void process_customers(process *p)
{
    for (long i = 0; i < p->size; i++)
        process_call(p, "customer.create", "{\"name\":\"Customer\"}", p->customers[i]);
}

/* Of another event type, and of this one with a condition that does not hold. */
static void process_rules(process *p, int n, bool same_type)
{
    char json[512];

    for (int i = 0; i < n; i++) {
        snprintf(json, sizeof json,
                 "{\"name\":\"r%d\",\"trigger\":\"changed\",\"entity\":\"%s\",\"condition\":"
                 "{%s},\"actions\":[{\"operation\":\"customer.create\",\"args\":"
                 "{\"name\":\"x\"}}]}", i, same_type ? "customer" : "lead",
                 same_type ? "\"grade\":\"never\"" : "\"status\":\"won\"");
        process_call(p, "automation_rule.create", json, NULL);
    }
}

static void process_measure_rules(bench *b, int n, bool same_type)
{
    rules r = { .with = { .size = 1000, .tag = "-with" }, .without = { .size = 1000 } };
    char name[64];

    snprintf(name, sizeof name, "process.rules_%s", same_type ? "of_this_type" : "of_another");
    if (!bench_wanted(b, name))
        return;
    process_open(&r.with, false);
    process_open(&r.without, false);
    process_customers(&r.with);
    process_customers(&r.without);
    process_rules(&r.with, n, same_type);
    bench_compare(b, &(bench_measure){ .name = name, .size = n, .goal = same_type ? 0 : 1.05,
                                       .ours = process_update_with,
                                       .baseline = process_update_without, .user = &r });
    process_close(&r.with);
    process_close(&r.without);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    static const int counts[] = { 0, 10, 100 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        process_measure_moves(&b, "process.transition", (process){ .size = sizes[i] });
        process_measure_moves(&b, "process.transition_synced",
                              (process){ .size = sizes[i], .synced = true });
        process_measure_moves(&b, "process.with_levels",
                              (process){ .size = sizes[i], .levels = true });
        process_measure_moves(&b, "process.with_levels_synced",
                              (process){ .size = sizes[i], .levels = true, .synced = true });
    }
    for (size_t i = 0; i < sizeof counts / sizeof counts[0] && !b.size; i++) {
        process_measure_rules(&b, counts[i], false);
        process_measure_rules(&b, counts[i], true);
    }
    return bench_end(&b);
}
