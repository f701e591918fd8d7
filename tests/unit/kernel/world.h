/* SPDX-License-Identifier: MIT */
/* A small world for the kernel's tests: its own module list, a clock to be set, predictable
 * randomness, and calls with JSON literals. The tests run on memory and on SQLite. */
#ifndef TESTS_UNIT_KERNEL_WORLD_H
#define TESTS_UNIT_KERNEL_WORLD_H

#include "base/json.h"
#include "kernel/entities.h"
#include "kernel/inside.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ACRM__ENTITIES_DEF "unit/kernel/world.def"
#include "kernel/declare_fields.h"
#define ACRM__ENTITIES_DEF "unit/kernel/world.def"
#define ACRM__ENTITIES_NAME world_entities
#include "kernel/declare_tables.h"

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define WORLD_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z */

enum { WORLD_MEMORY = 0, WORLD_SQLITE = 1 };
/* How many there are to loop over: on a server both are the same (postgres_wrap.c). */
#define WORLD_STORAGES (getenv("AUTOCRM_TEST_DB") ? 1 : 2)

typedef struct world {
    acrm_engine *engine;
    acrm_session *system;
    char path[64];
} world;

static int64_t world_clock = WORLD_START;
static uint64_t world_seed = 1;
static int world_breaks; /* what "world.break" and timers of kind "world.broken" answer with */

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

static void world_fill(void *self, void *bytes, size_t len)
{
    unsigned char *to = bytes;

    (void)self;
    for (size_t i = 0; i < len; i++) {
        world_seed = world_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        to[i] = (unsigned char)(world_seed >> 33);
    }
}

/* --- The module --- */

static int32_t world_trace(acrm__call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int32_t world_trace(acrm__call *call, const char *format, ...)
{
    char text[256];
    va_list args;
    acrm__rec *rec = acrm__new(call, "trace");

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_trace__text,
              acrm__cell_text(acrm__arena_text(call->arena, text, strlen(text))));
    return acrm__insert(call, rec);
}

static int32_t world_set_timer(acrm__call *call)
{
    unsigned char subject[16];
    int64_t due;

    acrm__arg_id(call, "subject", subject);
    acrm__arg_time(call, "due_at", &due);
    return acrm__timer_set(call, acrm__arg_text(call, "kind"), "deal", subject, due,
                           acrm__arg(call, "data"));
}

static int32_t world_cancel_timer(acrm__call *call)
{
    unsigned char subject[16];

    acrm__arg_id(call, "subject", subject);
    return acrm__timer_cancel(call, acrm__arg_text(call, "kind"), subject);
}

static int32_t world_break(acrm__call *call)
{
    int32_t st = world_trace(call, "undone");
    if (st == ACRM_OK)
        st = acrm__emit(call, "world.broken", NULL, NULL, NULL);
    return st == ACRM_OK && world_breaks ? acrm__fail(call, world_breaks, "broken", NULL, "broken")
                                         : st;
}

static int32_t world_erase(acrm__call *call)
{
    unsigned char id[16];
    acrm__arg_id(call, "id", id);
    return acrm__subject_erase(call, id);
}

static int32_t world_emit(acrm__call *call)
{
    return acrm__emit(call, acrm__arg_text(call, "type"), NULL, NULL, acrm__arg(call, "data"));
}

static int32_t world_on_deal(acrm__call *call, const acrm__event *event)
{
    char id[37];
    acrm__uuid_print(event->id, id);
    return world_trace(call, "%s %s %s", event->type, event->entity, id);
}

static int32_t world_on_echo(acrm__call *call, const acrm__event *event)
{
    return acrm__emit(call, event->type, NULL, NULL, NULL);
}

static int32_t world_on_fail(acrm__call *call, const acrm__event *event)
{
    (void)event;
    return acrm__fail(call, ACRM_E_CONFLICT, "reaction", NULL, "the reaction refuses");
}

static int32_t world_timer_trace(acrm__call *call, const acrm__timer *timer)
{
    const char *data = acrm__get_text(timer->data, "word");
    return world_trace(call, "%s due %lld attempts %lld data %s", timer->kind,
                       (long long)((timer->due_at - WORLD_START) / 1000000),
                       (long long)timer->attempts, data ? data : "none");
}

static int32_t world_timer_again(acrm__call *call, const acrm__timer *timer)
{
    int32_t st = world_trace(call, "again");
    return st == ACRM_OK ? acrm__timer_set(call, timer->kind, timer->entity, timer->subject,
                                           call->now + 3600000000, NULL)
                         : st;
}

static int32_t world_timer_broken(acrm__call *call, const acrm__timer *timer)
{
    int32_t st = world_trace(call, "half done");
    (void)timer;
    return st == ACRM_OK && world_breaks ? acrm__fail(call, world_breaks, "broken", NULL, "broken")
                                         : st;
}

static const acrm__field world_timer_in[] = {
    { .name = "kind", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .help = "Kind" },
    { .name = "subject", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Subject" },
    { .name = "due_at", .type = ACRM__T_INSTANT, .help = "When" },
    { .name = "data", .type = ACRM__T_JSON, .help = "Data" },
    { .name = NULL }
};
static const acrm__field world_id_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which" },
    { .name = NULL }
};
static const acrm__field world_emit_in[] = {
    { .name = "type", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .help = "Type" },
    { .name = "data", .type = ACRM__T_JSON, .help = "Data" },
    { .name = NULL }
};
static const acrm__op world_ops[] = {
    { .name = "world.set_timer", .flags = ACRM__OP_WRITE, .in = world_timer_in,
      .run = world_set_timer, .help = "Set a timer" },
    { .name = "world.cancel_timer", .flags = ACRM__OP_WRITE, .in = world_timer_in,
      .run = world_cancel_timer, .help = "Cancel a timer" },
    { .name = "world.break", .flags = ACRM__OP_WRITE, .run = world_break, .help = "Break" },
    { .name = "world.erase", .flags = ACRM__OP_WRITE, .in = world_id_in, .run = world_erase,
      .help = "Erase a client's key" },
    { .name = "world.emit", .flags = ACRM__OP_WRITE, .in = world_emit_in, .run = world_emit,
      .help = "Raise an event" },
    { .name = NULL }
};
static const acrm__reaction world_reactions[] = {
    { .type = "deal.*", .run = world_on_deal },
    { .type = "world.echo", .run = world_on_echo },
    { .type = "world.fail", .run = world_on_fail },
    { .type = NULL }
};
static const acrm__timer_kind world_timers[] = {
    { .kind = "world.trace", .run = world_timer_trace, .help = "Leaves a trace" },
    { .kind = "world.again", .run = world_timer_again, .help = "Sets itself anew" },
    { .kind = "world.broken", .run = world_timer_broken, .help = "Fails" },
    { .kind = NULL }
};

static int32_t world_find_worker(acrm__call *call, acrm__principal *p)
{
    acrm__rec *rec = NULL, *role = NULL;
    acrm__recs team = { NULL, 0 };
    acrm_cell *cells = acrm__arena_array(&p->arena, 32, sizeof *cells);
    int32_t st = acrm__load(call, "worker", p->id, "principal", &rec);

    if (st != ACRM_OK || !cells)
        return st == ACRM_OK ? ACRM_E_NOMEM : st;
    p->has_dealer = !acrm__is_null(rec, F_worker__garage_id);
    if (p->has_dealer) {
        memcpy(p->dealer_id, acrm__id(rec, F_worker__garage_id), 16);
        cells[0] = acrm__cell_blob(p->dealer_id, 16);
        cells[0].data = acrm__arena_text(&p->arena, (const char *)p->dealer_id, 16);
        p->dealer_ids = cells;
        p->n_dealer_ids = 1;
    }
    if (!acrm__is_null(rec, F_worker__team)) {
        const acrm__term term = { F_worker__team, ACRM_FILTER_EQ, rec->cells[F_worker__team] };
        st = acrm__find(call, &(acrm__select){ .entity = "worker", .terms = &term, .n_terms = 1,
                                               .limit = 31 }, &team);
        for (size_t i = 0; st == ACRM_OK && i < team.count; i++) {
            const char *id = (const char *)acrm__id(team.items[i], F_ID);
            cells[i + 1] = acrm__cell_blob(acrm__arena_text(&p->arena, id, 16), 16);
        }
        p->team_ids = cells + 1;
        p->n_team_ids = (uint32_t)team.count;
    }
    if (st == ACRM_OK && !acrm__is_null(rec, F_worker__role_id)) {
        st = acrm__load(call, "role", acrm__id(rec, F_worker__role_id), NULL, &role);
        if (st == ACRM_OK)
            st = acrm__principal_role(call, p, role);
    }
    return st;
}

static int32_t world_principal(acrm__call *call, const char *text, acrm__principal *p)
{
    const acrm__term term = { F_role__name, ACRM_FILTER_EQ, acrm__cell_text("client") };
    acrm__rec *rec = NULL, *role = NULL;

    (void)text;
    if (p->kind == ACRM__PRINCIPAL_USER)
        return world_find_worker(call, p);
    int32_t st = acrm__load(call, "client", p->id, "principal", &rec);
    if (st == ACRM_OK)
        st = acrm__find_one(call, &(acrm__select){ .entity = "role", .terms = &term,
                                                   .n_terms = 1 }, &role);
    return st == ACRM_OK && role ? acrm__principal_role(call, p, role) : st;
}

static int32_t world_watch(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)rec;
    (void)before;
    call->session->access_changed = true;
    return ACRM_OK;
}

static const acrm__hook world_hooks[] = {
    { .entity = "worker", .before_write = world_watch },
    { .entity = NULL }
};

static const acrm__module world_module = {
    .name = "world", .help = "For tests", .entities = world_entities, .ops = world_ops,
    .hooks = world_hooks, .reactions = world_reactions, .timers = world_timers,
    .principals = "user customer",
    .principal = world_principal,
};

const acrm__module *const acrm__modules[] = { &acrm__mod_kernel, &world_module, NULL };

/* --- Opening --- */

static void world_open(world *w, const char *where, const acrm_keys *keys)
{
    static const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    static const acrm_random random = { .struct_size = sizeof random, .fill = world_fill };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .random = &random, .keys = keys,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    int32_t st = acrm_open(where, &options, &w->engine, &err);
    ck_assert_msg(st == ACRM_OK, "open: %s", acrm_error_json(err));
    st = acrm_session_new(w->engine, "system", &w->system, &err);
    ck_assert_msg(st == ACRM_OK, "session: %s", acrm_error_json(err));
}

static void world_remove(const world *w)
{
    char side[80];

    if (!w->path[0])
        return;
    unlink(w->path);
    snprintf(side, sizeof side, "%s-wal", w->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", w->path);
    unlink(side);
}

static world world_new(int storage)
{
    world w = { .path = "" };

    world_clock = WORLD_START;
    world_seed = 1;
    world_breaks = 0;
    if (storage == WORLD_SQLITE)
        snprintf(w.path, sizeof w.path, "/tmp/acrm-world-%ld.db", (long)getpid());
    world_remove(&w);
    world_open(&w, storage == WORLD_SQLITE ? w.path : "memory:", NULL);
    return w;
}

static void world_close(world *w)
{
    acrm_session_free(w->system);
    acrm_close(w->engine);
    w->system = NULL;
    w->engine = NULL;
}

static void world_free(world *w)
{
    world_close(w);
    world_remove(w);
}

static acrm_session *world_session(world *w, const char *kind, const char *id)
{
    char text[64];
    acrm_session *session = NULL;
    acrm_error *err = NULL;

    snprintf(text, sizeof text, "%s:%s", kind, id);
    int32_t st = acrm_session_new(w->engine, text, &session, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", text, acrm_error_json(err));
    return session;
}

/* --- Calls --- */

/* Arguments as JSON with ' for ", printf rules. The result is freed by the caller. */
static int32_t world_try(acrm_session *session, acrm_value **out, acrm_error **err,
                         const char *operation, const char *format, va_list list)
{
    char json[8192];
    acrm_value *args = NULL;

    vsnprintf(json, sizeof json, format, list);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_msg(acrm_value_parse(NULL, json, strlen(json), &args, NULL) == ACRM_OK, "%s", json);
    int32_t st = acrm_call(session, operation, args, out, err);
    acrm_value_free(args);
    return st;
}

static acrm_value *world_call(acrm_session *session, const char *operation, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));
static acrm_value *world_call(acrm_session *session, const char *operation, const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = world_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    return out;
}

static void world_do(acrm_session *session, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void world_do(acrm_session *session, const char *operation, const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = world_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    acrm_value_free(out);
}

/* The call must fail with this status and reason. */
static void world_refuse(acrm_session *session, int32_t want, const char *reason,
                         const char *operation, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static void world_refuse(acrm_session *session, int32_t want, const char *reason,
                         const char *operation, const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = world_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == want, "%s: wanted %s, got %s: %s", operation, acrm_status_name(want),
                  acrm_status_name(st), acrm_error_json(err));
    ck_assert_str_eq(acrm_error_reason(err), reason);
    ck_assert_ptr_null(out);
    acrm_error_free(err);
}

/* Create a record and give its id. */
static void world_create(acrm_session *session, const char *operation, char id[37],
                         const char *format, ...) __attribute__((format(printf, 4, 5)));
static void world_create(acrm_session *session, const char *operation, char id[37],
                         const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = world_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    snprintf(id, 37, "%s", acrm__get_text(out, "id"));
    acrm_value_free(out);
}

static int64_t world_count(acrm_session *session, const char *operation, const char *where)
{
    acrm_value *out = world_call(session, operation, "{'where':%s}", where);
    int64_t n = acrm_value_int(acrm_value_get(out, "count"));
    acrm_value_free(out);
    return n;
}

/* A value of a result, by keys and indexes: world_at(out, "items.0.changes.name.1"). */
static const acrm_value *world_at(const acrm_value *value, const char *path)
{
    char step[64];

    while (*path) {
        size_t n = strcspn(path, ".");
        snprintf(step, sizeof step, "%.*s", (int)n, path);
        value = acrm_value_type(value) == ACRM_LIST
                    ? acrm_value_at(value, (size_t)strtoul(step, NULL, 10))
                    : acrm_value_get(value, step);
        path += path[n] ? n + 1 : n;
    }
    return value;
}

static const char *world_text(const acrm_value *value, const char *path)
{
    const char *text = acrm_value_text(world_at(value, path), NULL);
    return text ? text : "(none)";
}

static int64_t world_int(const acrm_value *value, const char *path)
{
    return acrm_value_int(world_at(value, path));
}

/* A call of the kernel's own, inside a write transaction, for functions without an operation. */
static void world_begin(world *w, acrm__call *call, acrm_error **err)
{
    ck_assert_int_eq(acrm__session_enter(w->system, err), ACRM_OK);
    acrm__call_init(call, w->system, err);
    call->as_system = true;
    ck_assert_int_eq(acrm__begin(call), ACRM_OK);
}

static void world_commit(world *w, acrm__call *call)
{
    ck_assert_int_eq(acrm__commit(call), ACRM_OK);
    acrm__session_leave(w->system);
}

#endif
