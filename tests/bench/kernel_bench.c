/* SPDX-License-Identifier: MIT */
/* What row scopes, the audit chain and waiting timers cost. */
#include "bench.h"

#include "base/value.h"
#include "kernel/chain.h"

#include <sodium.h>
#include <unistd.h>

enum { KERNEL_DEALERS = 50, KERNEL_BATCH = 500, KERNEL_AUDIT_ROWS = 200 };

typedef struct kernel {
    acrm_engine *engine;
    acrm_session *system, *user;
    char path[64], dealer[37];
    long size;
} kernel;

static void kernel_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void kernel_call(acrm_session *session, const char *operation, const char *json, char id[37])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK ||
        acrm_call(session, operation, args, &out, &err) != ACRM_OK)
        kernel_die(operation, err);
    if (id)
        snprintf(id, 37, "%s", acrm__get_text(out, "id"));
    bench_keep(out);
    acrm_value_free(args);
    acrm_value_free(out);
}

static void kernel_customers(kernel *k, char (*dealers)[37])
{
    for (long done = 0; done < k->size; done += KERNEL_BATCH) {
        acrm_value *args = NULL;
        acrm_error *err = NULL;
        if (acrm_value_new(NULL, &args) != ACRM_OK || acrm_value_set_map(args) != ACRM_OK)
            exit(EXIT_FAILURE);
        acrm_value *records = acrm__put_list(args, "records");
        for (long i = done; i < done + KERNEL_BATCH; i++) {
            acrm_value *r = acrm__add_map(records);
            char name[32];
            snprintf(name, sizeof name, "Customer %ld", i);
            if (!acrm__put_text(r, "kind", "person") || !acrm__put_text(r, "family_name", name) ||
                !acrm__put_text(r, "dealer_id", dealers[i % KERNEL_DEALERS]))
                exit(EXIT_FAILURE);
        }
        if (acrm_call(k->system, "customer.create_many", args, NULL, &err) != ACRM_OK)
            kernel_die("customer.create_many", err);
        acrm_value_free(args);
    }
}

static void kernel_open(kernel *k)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    char dealers[KERNEL_DEALERS][37], json[256], role[37], user[48] = "user:";
    acrm_error *err = NULL;

    snprintf(k->path, sizeof k->path, "/tmp/acrm-kernel-bench-%ld.db", (long)getpid());
    unlink(k->path);
    if (acrm_open(k->path, &options, &k->engine, &err) != ACRM_OK ||
        acrm_session_new(k->engine, "system", &k->system, &err) != ACRM_OK)
        kernel_die("open", err);
    for (int i = 0; i < KERNEL_DEALERS; i++) {
        snprintf(json, sizeof json, "{\"name\":\"Dealer %d\",\"code\":\"D%d\"}", i, i);
        kernel_call(k->system, "dealer.create", json, dealers[i]);
    }
    snprintf(k->dealer, sizeof k->dealer, "%s", dealers[7]);
    kernel_call(k->system, "role.create", "{\"name\":\"bench\",\"permissions\":[\"*\"],"
                                          "\"scopes\":{\"*\":\"dealer\"}}", role);
    snprintf(json, sizeof json, "{\"name\":\"U\",\"login\":\"u\",\"dealer_id\":\"%s\","
                                "\"role_id\":\"%s\"}", k->dealer, role);
    kernel_call(k->system, "user.create", json, user + 5);
    kernel_customers(k, dealers);
    if (acrm_session_new(k->engine, user, &k->user, &err) != ACRM_OK)
        kernel_die("session", err);
}

static void kernel_close(kernel *k)
{
    char side[80];

    acrm_session_free(k->user);
    acrm_session_free(k->system);
    acrm_close(k->engine);
    unlink(k->path);
    snprintf(side, sizeof side, "%s-wal", k->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", k->path);
    unlink(side);
}

/* --- Row scope against the same condition asked for by hand --- */

static void kernel_list_scoped(void *user, long ops)
{
    kernel *k = user;

    for (long i = 0; i < ops; i++)
        kernel_call(k->user, "customer.list", "{\"limit\":50}", NULL);
}

static void kernel_list_asked(void *user, long ops)
{
    kernel *k = user;
    char json[128];

    snprintf(json, sizeof json, "{\"limit\":50,\"where\":{\"dealer_id\":\"%s\"}}", k->dealer);
    for (long i = 0; i < ops; i++)
        kernel_call(k->system, "customer.list", json, NULL);
}

/* --- An audit entry against the bare insert of its row --- */

static const char kernel_changes[] = "{\"level\":[\"B\",\"A\"],\"score\":[10,40]}";

static void kernel_transaction(kernel *k, long ops, void (*append)(acrm__call *, int64_t seq))
{
    acrm__call call;
    acrm_error *err = NULL;

    for (long done = 0; done < ops; done += KERNEL_AUDIT_ROWS) {
        if (acrm__session_enter(k->system, &err) != ACRM_OK)
            kernel_die("enter", err);
        acrm__call_init(&call, k->system, &err);
        call.as_system = true;
        if (acrm__begin(&call) != ACRM_OK || acrm__chain_load(&call) != ACRM_OK)
            kernel_die("begin", err);
        for (long i = 0; i < KERNEL_AUDIT_ROWS && done + i < ops; i++)
            append(&call, INT64_C(1) << 40 | (done + i));
        acrm__rollback(&call);
        acrm__session_leave(k->system);
    }
}

static void kernel_append_ours(acrm__call *call, int64_t seq)
{
    static const unsigned char record[16] = { 1 };

    (void)seq;
    if (acrm__audit(call, &(acrm__audit_entry){ .entity = acrm__entity_of(call, "role"),
                                                .record = record, .action = "update",
                                                .changes = kernel_changes }) != ACRM_OK)
        kernel_die("audit", *call->err);
}

static void kernel_append_bare(acrm__call *call, int64_t seq)
{
    static const unsigned char record[16] = { 1 }, hash[ACRM__HASH_BYTES] = { 2 };
    const acrm_cell cells[ACRM__AUDIT_COLUMNS] = {
        [ACRM__AUDIT_SEQ] = acrm__cell_int(seq),
        [ACRM__AUDIT_AT] = acrm__cell_int(call->now),
        [ACRM__AUDIT_ACTOR] = acrm__cell_text("system"),
        [ACRM__AUDIT_OPERATION] = acrm__cell_text("engine.open"),
        [ACRM__AUDIT_ENTITY] = acrm__cell_text("role"),
        [ACRM__AUDIT_RECORD] = acrm__cell_id(record),
        [ACRM__AUDIT_ACTION] = acrm__cell_text("update"),
        [ACRM__AUDIT_CHANGES] = acrm__cell_text(kernel_changes),
        [ACRM__AUDIT_HASH] = acrm__cell_blob(hash, sizeof hash),
    };
    acrm_session *s = call->session;

    if (s->engine->storage.insert(s->conn, &acrm__tables[ACRM__TABLE_AUDIT], cells, NULL,
                                  call->err) != ACRM_OK)
        kernel_die("insert", *call->err);
}

static void kernel_audit_ours(void *user, long ops)
{
    kernel_transaction(user, ops, kernel_append_ours);
}

static void kernel_audit_bare(void *user, long ops)
{
    kernel_transaction(user, ops, kernel_append_bare);
}

/* --- A tick with nothing due, beside so many waiting timers, against one beside none --- */

typedef struct kernel_ticks {
    acrm_engine *engines[2];
    acrm_session *sessions[2];
} kernel_ticks;

static void kernel_wait(acrm_session *session, long n)
{
    acrm__call call;
    acrm_error *err = NULL;
    unsigned char subject[16];

    if (acrm__session_enter(session, &err) != ACRM_OK)
        kernel_die("enter", err);
    acrm__call_init(&call, session, &err);
    call.as_system = true;
    if (acrm__begin(&call) != ACRM_OK)
        kernel_die("begin", err);
    for (long i = 0; i < n; i++) {
        randombytes_buf(subject, sizeof subject);
        if (acrm__timer_set(&call, "bench.wait", "role", subject,
                            call.now + INT64_C(86400000000) + i, NULL) != ACRM_OK)
            kernel_die("timer", err);
    }
    if (acrm__commit(&call) != ACRM_OK)
        kernel_die("commit", err);
    acrm__session_leave(session);
}

static void kernel_tick_many(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        kernel_call(((kernel_ticks *)user)->sessions[1], "engine.tick", "{}", NULL);
}

static void kernel_tick_none(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        kernel_call(((kernel_ticks *)user)->sessions[0], "engine.tick", "{}", NULL);
}

static void kernel_bench_ticks(bench *b, long size)
{
    kernel_ticks t = { { NULL } };
    acrm_error *err = NULL;

    if (!bench_wanted(b, "timers.idle_tick"))
        return;
    for (int i = 0; i < 2; i++)
        if (acrm_open("sqlite::memory:", NULL, &t.engines[i], &err) != ACRM_OK ||
            acrm_session_new(t.engines[i], "system", &t.sessions[i], &err) != ACRM_OK)
            kernel_die("open", err);
    kernel_wait(t.sessions[0], 1);
    kernel_wait(t.sessions[1], size);
    bench_compare(b, &(bench_measure){ .name = "timers.idle_tick", .size = size, .goal = 1.2,
                                       .ours = kernel_tick_many, .baseline = kernel_tick_none,
                                       .user = &t });
    for (int i = 0; i < 2; i++) {
        acrm_session_free(t.sessions[i]);
        acrm_close(t.engines[i]);
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        kernel k = { .size = sizes[i] };
        if (!bench_wants_size(&b, k.size, sizes[0]))
            continue;
        kernel_bench_ticks(&b, k.size);
        if (!bench_wanted(&b, "access.list") && !bench_wanted(&b, "audit.append"))
            continue;
        kernel_open(&k);
        bench_compare(&b, &(bench_measure){ .name = "access.list", .size = k.size, .goal = 1.2,
                                            .ours = kernel_list_scoped,
                                            .baseline = kernel_list_asked, .user = &k });
        bench_compare(&b, &(bench_measure){ .name = "audit.append", .size = k.size, .goal = 1.25,
                                            .ours = kernel_audit_ours,
                                            .baseline = kernel_audit_bare, .user = &k });
        kernel_close(&k);
    }
    return bench_end(&b);
}
