/* SPDX-License-Identifier: MIT */
/* The world of the simulation: its database, time and chance, and the outside. */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */

#include "invariants.h"
#include "server.h"
#include "storage/storage.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIM_BUSY_MS = 50, SIM_ARGS = 16384, SIM_TRIES = 3 };

static uint64_t sim_mix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

int64_t sim_below(sim *s, int64_t n)
{
    return (int64_t)(sim_mix(&s->random) % (uint64_t)n);
}

int64_t sim_chance_below(sim *s, int64_t n)
{
    return (int64_t)(sim_mix(&s->chance) % (uint64_t)n);
}

/* --- The outside --- */

sim_key *sim_key_of(sim_outside *o, const char *key)
{
    uint64_t at = 1469598103934665603u;

    for (const char *p = key; *p; p++)
        at = (at ^ (unsigned char)*p) * 1099511628211u;
    for (;; at++) {
        sim_key *k = &o->keys[at % SIM_KEYS];
        if (!*k->key)
            snprintf(k->key, sizeof k->key, "%.39s", key);
        if (strcmp(k->key, key) == 0)
            return k;
    }
}

/* It is done, and the answer says so. */
static void outside_answered(sim_outside *o, sim_key *k)
{
    if (!k->answered && o->n_answered < (int32_t)(sizeof o->answered / sizeof o->answered[0]))
        o->answered[o->n_answered++] = (int32_t)(k - o->keys);
    k->answered = 1;
}

/* What comes of handing over: mostly well; now and then not, or it is never told. */
static int32_t outside_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    sim_outside *o = self;
    sim_key *k = sim_key_of(o, message->key);
    uint64_t fate = o->troubled ? sim_mix(&o->chance) % 100 : 99;

    o->handed++;
    if (k->known && !*o->wrong)
        snprintf(o->wrong, sizeof o->wrong, "%s was sent again after it was known to be done",
                 k->key);
    if (k->arrived && !k->known)
        o->again++;
    if (fate < 10) { /* not now */
        sent->outcome = ACRM_SENT_RETRY;
        sent->code = 503;
        return 0;
    }
    if (fate < 14) { /* never */
        sent->outcome = ACRM_SENT_REFUSED;
        sent->code = 400;
        if (message->channel != ACRM_CHANNEL_WEBHOOK) /* whose receivers mend it */
            outside_answered(o, k);
        return 0;
    }
    k->arrived = 1;
    if (message->body && strstr(message->body, "is your code"))
        snprintf(o->code, sizeof o->code, "%.6s", message->body);
    if (fate < 24) /* it arrived, but the answer was lost */
        return ACRM_E_STORE;
    sent->outcome = fate % 2 ? ACRM_SENT_ACCEPTED : ACRM_SENT_DELIVERED;
    sent->code = 200;
    snprintf(sent->reference, sizeof sent->reference, "r-%s", k->key);
    outside_answered(o, k);
    return 0;
}

/* --- Those who are asked --- */

/* What they say when all is well. */
static void outside_says(const sim_outside *o, const acrm_connector_request *request,
                         char answer[SIM_ARGS])
{
    const sim_pool *feed = &o->of->pools[SIM_PULLED];
    const char *after = strstr(request->body, "\"after\":\"");
    int32_t from = after ? (int32_t)strtol(after + 9, NULL, 10) : 0;
    int32_t to = from + 4 < feed->n ? from + 4 : feed->n;
    size_t len = 0;

    if (strcmp(request->name, "sync") != 0) {
        uint64_t worth = 5000;
        for (const char *p = request->key; *p; p++)
            worth = (worth * 31 + (unsigned char)*p) % 20000;
        snprintf(answer, SIM_ARGS, "{'amount':'%llu.00','currency':'EUR','rate':'0.05'}",
                 (unsigned long long)worth + 1000);
        return;
    }
    len = (size_t)snprintf(answer, SIM_ARGS, "{'rows':[");
    for (int32_t i = from; i < to; i++) {
        answer[len] = ',';
        len += i > from;
        sim_feed_row(&feed->items[i], answer + len, SIM_ARGS - len);
        len += strlen(answer + len);
    }
    snprintf(answer + len, SIM_ARGS - len, "],'cursor':'%d','more':%s}", to,
             to < feed->n ? "true" : "false");
}

/* A system that is asked: it answers, or not now, or never; late, in halves, or nonsense. */
static int32_t outside_ask(void *self, const acrm_connector_request *request,
                           acrm_connector_answer *answer)
{
    static const char *const nonsense[] = { "", "{'amount':", "[]", "{'amount':'1'}",
        "{'amount':'many','currency':'EUR'}", "{'amount':'9.00','currency':'JPY'}",
        "{'rows':7}", "{'rows':[{'type':'order'}],'cursor':9}" };
    sim_outside *o = self;
    sim_key *k = sim_key_of(o, request->key);
    uint64_t fate = o->troubled ? sim_mix(&o->chance) % 100 : 99;
    char body[SIM_ARGS];

    o->handed++;
    if (k->known && !*o->wrong)
        snprintf(o->wrong, sizeof o->wrong, "%s was asked again after its answer was kept",
                 k->key);
    if (fate < 20) { /* it takes its time; the first half of them too much of it */
        o->of->h.now += (fate < 10 ? 31 : 20) * HOST_SECOND;
        answer->retry_after = (int32_t)fate * 10;
    }
    answer->outcome = fate < 15 ? ACRM_ASKED_TEMPORARY
                      : fate >= 24 && fate < 28 ? ACRM_ASKED_REFUSED
                      : fate >= 28 && fate < 30 ? ACRM_ASKED_PERMANENT : ACRM_ASKED_ANSWERED;
    if (fate >= 20 && fate < 24) /* the line breaks */
        return ACRM_E_STORE;
    if (answer->outcome != ACRM_ASKED_ANSWERED)
        return 0;
    if (fate >= 30 && fate < 38)
        snprintf(body, sizeof body, "%s", nonsense[fate - 30]);
    else
        outside_says(o, request, body);
    for (char *p = body; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    if (fate < 30 || fate >= 38)
        outside_answered(o, k);
    return answer->write(answer->to, body, strlen(body));
}

/* A tick ended well: all answers it got are kept. Or it did not, and they may be lost. */
static void outside_settle(sim_outside *o, bool well)
{
    for (int32_t i = 0; i < o->n_answered; i++) {
        sim_key *k = &o->keys[o->answered[i]];
        k->known |= well && k->answered;
        k->answered = 0;
    }
    o->n_answered = 0;
}

/* --- The database --- */

static int32_t sim_storage(sim *s, acrm_error **err)
{
    faulty *f = &s->storage;

    if (s->o->storage == SIM_SQLITE) {
        int32_t st = acrm__sqlite_open(&s->h.allocator, s->path, 0, &f->inner, &f->self, err);
        if (st == ACRM_OK)
            acrm__sqlite_set_busy(f->self, SIM_BUSY_MS);
        return st;
    }
    if (s->o->storage == SIM_POSTGRES)
        return server_storage(&s->h.allocator, s->url, &f->inner, &f->self, err);
    return acrm__memory_open(&s->h.allocator, &f->inner, &f->self, err);
}

void sim_open(sim *s)
{
    const acrm_transport transports[] = {
        { .struct_size = sizeof transports[0], .flags = ACRM_TRANSPORT_DEDUPES, .name = "mail",
          .channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL, .self = s->outside,
          .submit = outside_submit },
        { .struct_size = sizeof transports[0], .flags = ACRM_TRANSPORT_DEDUPES, .name = "hook",
          .channels = ACRM_CHANNEL_WEBHOOK, .self = s->outside, .submit = outside_submit },
    };
    static const char *const asked[] = { "bank", "guide", "sales" };
    acrm_connector connectors[3];
    const acrm_options options = { .struct_size = sizeof options, .allocator = &s->h.allocator,
                                   .clock = &s->h.clock, .random = &s->h.random,
                                   .transports = transports, .n_transports = 2,
                                   .connectors = connectors, .n_connectors = 3 };
    acrm_error *err = NULL;
    acrm_storage_ops ops;

    for (size_t i = 0; i < 3; i++)
        connectors[i] = (acrm_connector){ .struct_size = sizeof connectors[i],
            .flags = ACRM_CONNECTOR_DEDUPES, .name = asked[i], .self = s->outside,
            .ask = outside_ask };

    s->h.seed = s->o->seed * 1000003u + (uint64_t)++s->opened;
    s->storage = (faulty){ .self = NULL };
    int32_t st = sim_storage(s, &err);
    ops = faulty_ops(&s->storage);
    if (st == ACRM_OK)
        st = acrm_open_storage(&ops, &s->storage, &options, &s->h.engine, &err);
    if (st == ACRM_OK)
        st = acrm_session_new(s->h.engine, s->as, &s->h.session, &err);
    ck_assert_msg(st == ACRM_OK, "seed %llu: it does not open: %s",
                  (unsigned long long)s->o->seed, acrm_error_json(err));
}

void sim_close(sim *s)
{
    host_close(&s->h);
}

void sim_as(sim *s, const char *kind, const char *id)
{
    acrm_error *err = NULL;

    snprintf(s->as, sizeof s->as, "%s%s%s", kind, *id ? ":" : "", id);
    int32_t st = acrm_session_set_principal(s->h.session, s->as, &err);
    ck_assert_msg(st == ACRM_OK, "seed %llu, act %d (%s): nobody can be %s: %s",
                  (unsigned long long)s->o->seed, s->act, s->doing, s->as, acrm_error_json(err));
}

void sim_may(sim *s, const char *reasons)
{
    s->reasons = reasons;
}

void sim_reads(sim *s, const char *text)
{
    s->input = text;
}

void sim_instant(int64_t us, char out[40])
{
    time_t at = (time_t)(us / HOST_SECOND);
    struct tm t;

    gmtime_r(&at, &t);
    strftime(out, 40, "%Y-%m-%dT%H:%M:%SZ", &t);
}

void sim_in_days(const sim *s, int64_t days, char out[40])
{
    sim_instant(s->h.now + days * HOST_DAY, out);
}

void sim_day_in(const sim *s, int64_t days, char out[16])
{
    char at[40];

    sim_in_days(s, days, at);
    snprintf(out, 16, "%.10s", at);
}

/* --- What people know --- */

sim_item *sim_add(sim *s, int pool, const char *id, int32_t of)
{
    sim_pool *p = &s->pools[pool];

    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 64;
        p->items = realloc(p->items, (size_t)p->cap * sizeof *p->items);
        ck_assert_ptr_nonnull(p->items);
    }
    sim_item *item = &p->items[p->n++];
    *item = (sim_item){ .of = of };
    snprintf(item->id, sizeof item->id, "%s", id);
    return item;
}

/* The newer ones are more in people's minds. */
sim_item *sim_some(sim *s, int pool)
{
    const sim_pool *p = &s->pools[pool];

    if (p->n == 0)
        return NULL;
    int64_t back = sim_below(s, sim_below(s, 4) ? (p->n < 20 ? p->n : 20) : p->n);
    return &p->items[p->n - 1 - back];
}

/* --- Calls --- */

static void sim_format(sim *s, char *json, const char *operation, const char *format, va_list args)
{
    static const char *const in_steps[] = { "engine.tick", "privacy.sweep", "grade.run",
        "message.send_many", "customer.duplicates", "privacy.retention_run", "sync.import",
        "sync.retry", "import.upsert", "signin.password", "signin.request_code", "signin.code",
        "signin.reset", "credential.create", "credential.set_password",
        "credential.change_password" };
    bool keyed = s->act > 0;
    size_t len = 0;

    for (size_t i = 0; i < sizeof in_steps / sizeof in_steps[0]; i++)
        keyed = keyed && strcmp(operation, in_steps[i]) != 0;
    json[len++] = '{';
    if (keyed)
        len += (size_t)snprintf(json + len, SIM_ARGS - len, "'idempotency_key':'%lld',",
                                (long long)s->calls);
    len += (size_t)vsnprintf(json + len, SIM_ARGS - len - 1, format, args);
    len -= json[len - 1] == ',';
    ck_assert_uint_lt(len, SIM_ARGS - 1);
    json[len++] = '}';
    json[len] = '\0';
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
}

static int32_t sim_call(sim *s, const char *operation, const char *json, acrm_buf **out,
                        acrm_error **err)
{
    if (s->input) {
        host_input(&s->h, s->input, strlen(s->input));
        host_lend(&s->h);
    }
    return acrm_call_json(s->h.session, operation, json, strlen(json), out, err);
}

/* Whether the call may be refused for this reason. */
static bool sim_foreseen(const sim *s, const acrm_error *err)
{
    const char *reason = acrm_error_reason(err);
    size_t len = reason ? strlen(reason) : 0;

    for (const char *p = s->reasons; len && p && (p = strstr(p, reason)) != NULL; p += len)
        if ((p == s->reasons || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
            return true;
    return false;
}

static bool sim_outage(int32_t st, const acrm_error *err)
{
    return st == ACRM_E_NOMEM || st == ACRM_E_STORE || st == ACRM_E_BUSY || st == ACRM_E_FULL ||
           st == ACRM_E_CORRUPT || st == ACRM_E_READONLY || st == ACRM_E_DENIED ||
           (st == ACRM_E_CONFLICT && strcmp(acrm_error_reason(err), "serialization") == 0);
}

static void sim_happened(sim *s, const sim_fault *fault, const char *operation, int32_t st)
{
    s->faults++;
    s->happened[fault - sim_faults]++;
    if (s->o->tell)
        printf("    %s in %s: %s\n", fault->name, operation, acrm_status_name(st));
}

/* In a process of its own, which is killed when the time has come. */
static void sim_in_child(sim *s, const sim_fault *fault, const char *operation, const char *json)
{
    int status = 0;

    sim_close(s);
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        server_forked();
        s->opened += 500000; /* other ids than those the parent makes after */
        sim_open(s);
        fault->arm(s);
        _exit(sim_call(s, operation, json, NULL, NULL) == ACRM_E_MISUSE);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    s->opened++;
    if (WIFSIGNALED(status))
        sim_happened(s, fault, operation, 0);
    sim_open(s);
}

/* Once, with what breaks meanwhile. Whether it is to be done again. */
static bool sim_once(sim *s, const sim_fault *fault, const char *operation, const char *json,
                     int32_t *st, acrm_buf **out, acrm_error **err)
{
    if (fault && fault->killed) {
        sim_in_child(s, fault, operation, json);
        outside_settle(s->outside, false);
        fault = NULL;
    }
    if (fault)
        fault->arm(s);
    *st = sim_call(s, operation, json, out, err);
    bool happened = fault && sim_disarm(s);
    if (happened)
        sim_happened(s, fault, operation, *st);
    bool out_of_order = sim_outage(*st, *err) && !sim_foreseen(s, *err);
    ck_assert_msg(!out_of_order || happened, "seed %llu, act %d (%s): %s %s: %s",
                  (unsigned long long)s->o->seed, s->act, s->doing, operation, json,
                  acrm_error_json(*err));
    if (happened)
        sim_repair(s);
    if (out_of_order) {
        acrm_error_free(*err);
        outside_settle(s->outside, false);
    }
    return out_of_order;
}

static acrm_value *sim_parsed(acrm_buf *out)
{
    acrm_value *value = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &value, NULL),
                     ACRM_OK);
    acrm_buf_free(out);
    return value;
}

static acrm_value *sim_finish(sim *s, const char *operation, const char *json)
{
    acrm_error *err = NULL;
    acrm_buf *out = NULL;
    int32_t st = ACRM_OK;
    bool again = true;

    s->calls++;
    for (int tries = 0; again; tries++) {
        err = NULL;
        again = sim_once(s, tries < SIM_TRIES ? sim_choose_fault(s) : NULL, operation, json, &st,
                         &out, &err);
    }
    s->input = NULL;
    if (st == ACRM_OK) {
        s->reasons = NULL;
        return sim_parsed(out);
    }
    s->refused++;
    /* Two that were merged meanwhile are one and the same. */
    bool same = st == ACRM_E_INVALID && strcmp(acrm_error_reason(err), "same") == 0;
    bool foreseen = sim_foreseen(s, err);
    s->reasons = NULL;
    ck_assert_msg(same || foreseen || st == ACRM_E_CONFLICT || st == ACRM_E_NOTFOUND,
                  "seed %llu, act %d (%s): %s %s: %s", (unsigned long long)s->o->seed, s->act,
                  s->doing, operation, json, acrm_error_json(err));
    if (s->o->tell)
        printf("    %s refused: %s %s\n", operation, acrm_error_reason(err),
               acrm_error_message(err));
    acrm_error_free(err);
    return NULL;
}

acrm_value *sim_do(sim *s, const char *operation, const char *format, ...)
{
    char json[SIM_ARGS];
    va_list args;

    va_start(args, format);
    sim_format(s, json, operation, format, args);
    va_end(args);
    return sim_finish(s, operation, json);
}

bool sim_done(sim *s, const char *operation, const char *format, ...)
{
    char json[SIM_ARGS];
    va_list args;

    va_start(args, format);
    sim_format(s, json, operation, format, args);
    va_end(args);
    acrm_value *out = sim_finish(s, operation, json);
    acrm_value_free(out);
    return out != NULL;
}

acrm_value *sim_ask(sim *s, const char *operation, const char *format, ...)
{
    char json[SIM_ARGS] = "{";
    va_list args;

    va_start(args, format);
    int len = vsnprintf(json + 1, sizeof json - 2, format, args);
    va_end(args);
    ck_assert(len >= 0 && len < SIM_ARGS - 2);
    json[len + 1] = '}';
    json[len + 2] = '\0';
    return host_call(s->h.session, operation, json);
}

bool sim_refused(sim *s, const char *reason, const char *operation, const char *format, ...)
{
    char json[SIM_ARGS] = "{";
    acrm_error *err = NULL;
    va_list args;

    va_start(args, format);
    int len = vsnprintf(json + 1, sizeof json - 2, format, args);
    va_end(args);
    ck_assert(len >= 0 && len < SIM_ARGS - 2);
    json[len + 1] = '}';
    json[len + 2] = '\0';
    int32_t st = host_try(s->h.session, operation, json, NULL, &err);
    ck_assert_msg(st == ACRM_OK || strcmp(acrm_error_reason(err), reason) == 0,
                  "seed %llu, act %d (%s): %s %s: %s", (unsigned long long)s->o->seed, s->act,
                  s->doing, operation, json, acrm_error_json(err));
    acrm_error_free(err);
    return st != ACRM_OK;
}

void sim_tick(sim *s)
{
    acrm_value *out = sim_do(s, "engine.tick", "'limit':100000");

    ck_assert_msg(out, "seed %llu, act %d: a tick was refused", (unsigned long long)s->o->seed,
                  s->act);
    int64_t failed = host_int(out, "failed");

    acrm_value_free(out);
    if (failed) {
        acrm_value *list = sim_ask(s, "timer.list", "'where':{'attempts':{'$gt':0}}");
        ck_abort_msg("seed %llu: a %s failed: %s", (unsigned long long)s->o->seed,
                     host_text(list, "items.0.kind"), host_text(list, "items.0.last_error"));
    }
    outside_settle(s->outside, true);
    ck_assert_msg(!*s->outside->wrong, "seed %llu: %s", (unsigned long long)s->o->seed,
                  s->outside->wrong);
}

/* --- The whole life --- */

static void sim_begin(sim *s, const sim_options *o)
{
    *s = (sim){ .o = o, .random = o->seed, .chance = ~o->seed, .doing = "the foundation" };
    host_init(&s->h);
    s->disk = disk_get();
    *s->disk = (disk){ .chance = o->seed };
    s->outside = mmap(NULL, sizeof *s->outside, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(s->outside, MAP_FAILED);
    s->outside->chance = o->seed * 3;
    s->outside->of = s;
    snprintf(s->as, sizeof s->as, "system");
    host_path(s->path, "simulation");
    if (o->storage == SIM_POSTGRES)
        server_schema(s->url, sizeof s->url);
}

static void sim_end(sim *s)
{
    sim_close(s);
    ck_assert_uint_eq(s->h.memory.live_bytes, 0);
    sim_once_free(s);
    munmap(s->outside, sizeof *s->outside);
    for (int i = 0; i < SIM_POOLS; i++)
        free(s->pools[i].items);
    host_remove(s->path);
    if (s->o->storage == SIM_POSTGRES)
        server_drop();
}

static void sim_act(sim *s)
{
    int64_t total = 0, before = s->faults;
    const sim_actor *a = sim_actors;

    for (const sim_actor *each = sim_actors; each->name; each++)
        total += each->weight;
    for (int64_t chosen = sim_below(s, total); chosen >= a->weight; a++)
        chosen -= a->weight;
    s->act++;
    s->doing = a->name;
    s->acted[a - sim_actors]++;
    if (s->o->tell)
        printf("act %d: %s\n", s->act, a->name);
    a->act(s);
    if (s->faults != before)
        sim_check(s, false);
}

static void sim_day(sim *s, int32_t day)
{
    int64_t morning = HOST_START + day * HOST_DAY, step = HOST_DAY / (s->o->acts + 1);

    for (int32_t i = 0; i < s->o->acts; i++) {
        s->h.now = morning + (i + 1) * step + sim_below(s, 60) * HOST_SECOND;
        if (i == 0 || sim_below(s, 4) == 0) {
            s->doing = "a tick";
            sim_tick(s);
        }
        sim_act(s);
    }
}

static void sim_tell(const sim *s)
{
    printf("  %lld calls, %lld refused, %lld faults:", (long long)s->calls, (long long)s->refused,
           (long long)s->faults);
    for (size_t i = 0; sim_faults[i].name; i++)
        if (s->happened[i])
            printf(" %s %lld", sim_faults[i].name, (long long)s->happened[i]);
    printf("\n  handed over %lld, again before it was known %lld; writes lost %ld, torn %ld\n ",
           (long long)s->outside->handed, (long long)s->outside->again, s->disk->lost,
           s->disk->torn);
    for (size_t i = 0; sim_actors[i].name; i++)
        printf(" %s %lld", sim_actors[i].name, (long long)s->acted[i]);
    printf("\n");
}

static double sim_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All that was announced, without what differs by chance: ids. */
static void sim_events(sim *s, host_str *out)
{
    bool more = true;

    for (int64_t after = 0; more;) {
        acrm_value *page = sim_ask(s, "event.list", "'limit':10000,'after':%lld",
                                   (long long)after);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            const acrm_value *e = acrm_value_at(items, i);
            char line[300];
            snprintf(line, sizeof line, "%s %s %s %s %s %lld", host_text(e, "at"),
                     host_text(e, "type"), host_text(e, "data.phase"), host_text(e, "data.clock"),
                     host_text(e, "data.status"), (long long)host_int(e, "data.points"));
            host_str_puts(out, line);
        }
        after = host_int(page, "last_seq");
        more = acrm_value_type(acrm_value_get(page, "next")) != ACRM_NULL;
        acrm_value_free(page);
    }
}

sim_result sim_live(const sim_options *o, host_str *dump, host_str *events)
{
    static sim s; /* the ports point into it */
    double began = sim_seconds();
    sim_result result = { .days = 0 };
    bool over = false;

    sim_begin(&s, o);
    sim_open(&s);
    sim_found(&s);
    s.outside->troubled = (o->faults & sim_fault_bits("transport")) != 0;
    while (result.days < o->days && !over) {
        sim_day(&s, result.days++);
        if (result.days % 30 != 0)
            continue;
        s.doing = "the month";
        sim_month(&s);
        sim_check(&s, true);
        over = o->seconds > 0 && sim_seconds() - began > o->seconds;
    }
    s.outside->troubled = false;
    for (int32_t day = 0; day < 3; day++) {
        s.h.now += HOST_DAY;
        sim_tick(&s);
    }
    sim_check(&s, true);
    if (dump)
        host_dump(&s.h, dump);
    if (events)
        sim_events(&s, events);
    printf("seed %llu, %d days, %.1f s\n", (unsigned long long)o->seed, result.days,
           sim_seconds() - began);
    sim_tell(&s);
    result.calls = s.calls;
    result.faults = s.faults;
    result.refused = s.refused;
    result.events = s.seq;
    sim_end(&s);
    return result;
}
