/* SPDX-License-Identifier: MIT */
/*
 * Weeks of a complaints desk, with everything that acts by itself: processes with limits, service
 * levels with escalation, rules, a schedule, call-backs. The process is killed (SIGKILL) at random
 * moments and started again. In the end everything was announced and done exactly once, no
 * transition is there by half, and the weeks are those that nothing disturbed.
 *
 * ACRM_DESK in the environment: how many cases (60 by default). ACRM_DESK_KILLS: how many times the
 * process is killed (12 by default). ACRM_DESK_SEED: other weeks.
 */
#include "host.h"
#include "support/suite.h"

#include <string.h>
#include <unistd.h>

enum { OPEN, TAKE_UP, STOP, RESUME, REPLY, MESSAGE, RESOLVE, TELL, CLOSE, STEPS_A_CASE };

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

/* --- The plan --- */

static int by_time(const void *a, const void *b)
{
    const step *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order - y->order;
}

/* Each case goes its way; some are left alone from some point on. */
static void plan_desk(void)
{
    int cases = (int)setting("ACRM_DESK", 60);

    chance = (uint64_t)setting("ACRM_DESK_SEED", 1405);
    steps = calloc((size_t)cases * STEPS_A_CASE, sizeof *steps);
    ck_assert_ptr_nonnull(steps);
    for (int car = 0; car < cases; car++) {
        int64_t at = HOST_START + below(20 * 24) * HOUR;
        int last = below(6) ? STEPS_A_CASE : (int)below(STEPS_A_CASE);
        for (int kind = OPEN; kind < STEPS_A_CASE && kind <= last; kind++) {
            at += 60 * HOST_SECOND + below(20 * 3600) * HOST_SECOND;
            if (kind != OPEN && kind < RESOLVE && below(4) == 0)
                continue;
            steps[n_steps] = (step){ at, kind, car, n_steps };
            n_steps++;
        }
    }
    qsort(steps, (size_t)n_steps, sizeof *steps, by_time);
}

/* --- Living it --- */

#define DESK_TASK(name)                                                                           \
    "[{'operation':'activity.create','args':{'kind':'task','subject':'" name "','due_at':"        \
    "{'$now':'P1D'}}}]"

static const struct {
    const char *operation, *args;
} found[] = {
    { "dealer.create", "{'name':'North','code':'D01','country':'IR','zone':'Asia/Tehran'}" },
    { "customer.create", "{'name':'Ada','country':'IR'}" },
    { "process_definition.load",
      "{'activate':true,'definition':{'code':'desk','name':'Desk','entity':'case','start':'new',"
      "'limit':{'after':'P12D','event':'too_long'},'phases':["
      "{'code':'new','limit':{'after':'PT8H','transition':'chase'}},"
      "{'code':'chased','limit':{'after':'PT24H','escalate':'dealer_manager'}},"
      "{'code':'work','entry':" DESK_TASK("work") ",'limit':{'after':'P2D','event':'late'}},"
      "{'code':'done','end':true}],'transitions':["
      "{'name':'take_up','from':['new','chased'],'to':'work','actions':[{'operation':"
      "'sla.happen','args':{'id':{'$field':'id'},'kind':'touch'}}]},"
      "{'name':'chase','from':['new'],'to':'chased','actions':" DESK_TASK("chase") "},"
      "{'name':'close','from':['new','chased','work'],'to':'done','automatic':true,'guard':"
      "{'status':'closed'}}]}}" },
    { "case_type.create",
      "{'code':'desk','name':'Desk','kind':'complaint','process':'desk','callback_after':"
      "'PT48H'}" },
    { "case_legal_rule.create",
      "{'position':1,'kind':'complaint','country':'IR','days':9,'law':'L','warn_before':'PT72H'}" },
    { "sla_policy.create",
      "{'name':'Desk','entity':'case','overrun_after':'PT9H','neglect_after':'PT18H','targets':["
      "{'clock':'first_response','amount':'PT8H','warnings':['80%']},"
      "{'clock':'next_response','amount':'PT12H'},"
      "{'clock':'resolution','amount':'PT24H','warnings':['50%','PT1H']}],'escalations':["
      "{'position':1,'clock':'resolution','action':'raise_priority','raise_to':'high'},"
      "{'position':2,'clock':'resolution','delay':'PT4H','action':'run','operation':"
      "'case.prioritise','arguments':{'priority':'urgent','reason':'late'}}]}" },
    { "automation_rule.create",
      "{'name':'new','trigger':'created','entity':'case','actions':" DESK_TASK("created") "}" },
    { "automation_rule.create",
      "{'name':'resolved','trigger':'changed','entity':'case','fields':['status'],'condition':"
      "{'status':'resolved'},'actions':" DESK_TASK("resolved") "}" },
    { "automation_rule.create",
      "{'name':'late','trigger':'event','event_type':'process.overdue','actions':"
      DESK_TASK("overdue") "}" },
    { "automation_rule.create",
      "{'name':'after','trigger':'date','entity':'case','date_field':'opened_at','offset_days':3,"
      "'actions':" DESK_TASK("after three days") "}" },
    { "schedule.create",
      "{'code':'daily','rule':'0 9 * * *','missed':'each','operation':'activity.create','args':"
      "{'kind':'task','subject':'daily','due_at':{'$now':'P1D'}}}" },
};

static void found_desk(host *h)
{
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
        acrm_value_free(host_call(h->session, found[i].operation, found[i].args));
}

static void open_desk(host *h, const char *where, int run)
{
    acrm_error *err = NULL;

    host_init(h);
    h->seed = (uint64_t)run + 1;
    int32_t st = host_open(h, where, ACRM_OPEN_SYNC_NORMAL, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
}

static void first_id(host *h, const char *entity, const char *where, char id[40])
{
    char args[200], operation[60];

    snprintf(args, sizeof args, "{'where':%s,'limit':1}", where);
    snprintf(operation, sizeof operation, "%s.list", entity);
    acrm_value *out = host_call(h->session, operation, args);
    snprintf(id, 40, "%s", host_text(out, "items.0.id"));
    acrm_value_free(out);
}

static void take(host *h, int n)
{
    static const struct {
        const char *operation, *more;
    } kinds[STEPS_A_CASE] = {
        { "case.open", "'type':'desk','customer_id':'%s','subject':'S'" },
        { "process.transition", "'id':'%s','transition':'take_up'" },
        { "case.stop", "'id':'%s','reason':'r','waiting_for':'customer'" },
        { "case.resume", "'id':'%s'" },
        { "case.reply", "'id':'%s','body':'B'" },
        { "case.message", "'id':'%s','direction':'in','body':'B'" },
        { "case.resolve", "'id':'%s','resolution':'R'" },
        { "case.tell", "'id':'%s','channel':'phone'" },
        { "case.close", "'id':'%s'" },
    };
    const step *s = &steps[n];
    char where[120], id[40], more[200], args[500], extra[80] = "", dealer[40];
    acrm_error *err = NULL;

    snprintf(where, sizeof where, "{'provider':'sim','external_id':'%d'}", s->car);
    first_id(h, s->kind == OPEN ? "customer" : "case", s->kind == OPEN ? "{}" : where, id);
    if (s->kind == OPEN) {
        first_id(h, "dealer", "{}", dealer);
        snprintf(extra, sizeof extra, ",'provider':'sim','external_id':'%d'", s->car);
        snprintf(where, sizeof where, ",'dealer_id':'%s'", dealer);
    } else if (s->kind == TAKE_UP) {
        snprintf(where, sizeof where, "{'subject_id':'%s'}", id);
        first_id(h, "process_instance", where, id);
    }
    snprintf(more, sizeof more, kinds[s->kind].more, id);
    snprintf(args, sizeof args, "{'idempotency_key':'%d',%s%s%s}", n, more, extra,
             s->kind == OPEN ? where : "");
    int32_t st = host_try(h->session, kinds[s->kind].operation, args, NULL, &err);
    /* Only what the plan itself makes moot may be refused: not told yet, in no such phase now. */
    ck_assert_msg(st == ACRM_OK || (st == ACRM_E_CONFLICT && s->kind != OPEN), "step %d %s: %s", n,
                  kinds[s->kind].operation, acrm_error_json(err));
    acrm_error_free(err);
}

static void tick(host *h)
{
    acrm_value *out = host_call(h->session, "engine.tick", "{'limit':100000}");

    if (host_int(out, "failed")) {
        acrm_value *list = host_call(h->session, "timer.list", "{'where':{'attempts':{'$gt':0}}}");
        ck_abort_msg("a %s failed: %s", host_text(list, "items.0.kind"),
                     host_text(list, "items.0.last_error"));
    }
    acrm_value_free(out);
}

static void go_on(host *h, int from, int told)
{
    for (int n = from; n < n_steps; n++) {
        h->now = steps[n].at;
        if (n % 2 == 0) /* now and then the tick is late */
            tick(h);
        take(h, n);
        if (told >= 0 && write(told, "x", 1) != 1)
            _exit(1);
    }
    for (int day = 1; day < 40; day++) {
        h->now = steps[n_steps - 1].at + day * HOST_DAY;
        tick(h);
    }
}

static void live_on(void *user, int told)
{
    const host_stage *l = user;
    host h;

    open_desk(&h, l->path, l->run);
    go_on(&h, l->from, told);
    host_close(&h);
}

static int killed_desk(const char *path)
{
    long kills = setting("ACRM_DESK_KILLS", 12);
    int64_t span = n_steps * INT64_C(2500) / (kills + 1) + 20000;
    host_stage stage = { path, 0, 0 };
    host h;

    open_desk(&h, path, 0);
    found_desk(&h);
    host_close(&h);
    return host_lives(live_on, &stage, kills, span, below);
}

/* --- What must be true --- */

typedef struct lines {
    char **items;
    size_t n, cap;
} lines;

static void lines_add(lines *l, const char *text)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 1024;
        l->items = realloc(l->items, l->cap * sizeof *l->items);
        ck_assert_ptr_nonnull(l->items);
    }
    l->items[l->n++] = strdup(text);
}

static void lines_free(lines *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i]);
    free(l->items);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All that was announced, without what differs by chance: ids. */
static void read_events(host *h, lines *out)
{
    int64_t after = 0;
    char args[80], line[400];
    bool more = true;

    while (more) {
        snprintf(args, sizeof args, "{'limit':10000,'after':%lld}", (long long)after);
        acrm_value *page = host_call(h->session, "event.list", args);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            const acrm_value *e = acrm_value_at(items, i);
            snprintf(line, sizeof line, "%s %s %s %s %s %lld %lld %lld", host_text(e, "at"),
                     host_text(e, "type"), host_text(e, "data.phase"),
                     host_text(e, "data.transition"), host_text(e, "data.clock"),
                     (long long)host_int(e, "data.cycle"), (long long)host_int(e, "data.number"),
                     (long long)host_int(e, "data.warning"));
            lines_add(out, line);
        }
        after = host_int(page, "last_seq");
        more = acrm_value_type(acrm_value_get(page, "next")) != ACRM_NULL;
        acrm_value_free(page);
    }
    qsort(out->items, out->n, sizeof *out->items, by_text);
}

/* Its steps lead from one to the next, and the last to where it is. */
static void check_process(host *h, const acrm_value *instance)
{
    char args[120], phase[70] = "";

    snprintf(args, sizeof args, "{'where':{'instance_id':'%s'},'limit':1000}",
             host_text(instance, "id"));
    acrm_value *page = host_call(h->session, "process_step.list", args);
    const acrm_value *items = acrm_value_get(page, "items");
    ck_assert_uint_gt(acrm_value_count(items), 0);
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *one = acrm_value_at(items, i);
        ck_assert_str_eq(host_text(one, "from_phase"), phase);
        if (*host_text(one, "to_phase"))
            snprintf(phase, sizeof phase, "%s", host_text(one, "to_phase"));
    }
    ck_assert_str_eq(host_text(instance, "phase"), phase);
    ck_assert_int_eq(strcmp(host_text(instance, "status"), "ended") == 0,
                     strcmp(phase, "done") == 0);
    acrm_value_free(page);
}

static void check_all(host *h, const char *operation,
                      void (*check)(host *h, const acrm_value *one))
{
    acrm_value *page = host_call(h->session, operation, "{'limit':1000}");
    const acrm_value *items = acrm_value_get(page, "items");

    ck_assert_uint_gt(acrm_value_count(items), 0);
    for (size_t i = 0; i < acrm_value_count(items); i++)
        check(h, acrm_value_at(items, i));
    acrm_value_free(page);
}

static void check_levels(host *h, const acrm_value *item)
{
    char args[80];

    snprintf(args, sizeof args, "{'id':'%s'}", host_text(item, "subject_id"));
    acrm_value *out = host_call(h->session, "sla.verify", args);
    ck_assert_msg(acrm_value_bool(acrm_value_get(out, "ok")), "%s is not as computed", args);
    acrm_value_free(out);
}

static void check_desk(host *h, lines *events)
{
    h->now = steps[n_steps - 1].at + 40 * HOST_DAY;
    check_all(h, "process_instance.list", check_process);
    check_all(h, "sla_item.list", check_levels);
    ck_assert_int_eq(host_count(h->session, "incident", "{}"), 0);
    ck_assert_int_eq(host_count(h->session, "automation_run", "{'outcome':{'$ne':'done'}}"), 0);
    ck_assert_int_gt(host_count(h->session, "process_instance", "{'overdue':true}"), 0);
    ck_assert_int_gt(host_count(h->session, "sla_clock", "{'state':'missed'}"), 0);
    ck_assert_int_gt(host_count(h->session, "sla_action", "{'done_at':{'$ne':null}}"), 0);
    host_verify(h->session);
    read_events(h, events);
}

START_TEST(desk__does_everything_once_however_often_it_is_killed)
{
    lines killed = { NULL, 0, 0 }, whole = { NULL, 0, 0 };
    char path[64];
    host h;

    plan_desk();
    host_path(path, "desk");
    int lives = killed_desk(path);
    open_desk(&h, path, 2000);
    check_desk(&h, &killed);
    host_close(&h);
    host_remove(path);
    open_desk(&h, path, 0);
    found_desk(&h);
    go_on(&h, 0, -1);
    check_desk(&h, &whole);
    host_close(&h);
    host_remove(path);
    printf("desk: %d steps, %d kills, %zu events\n", n_steps, lives, killed.n);
    for (size_t i = 0; i < killed.n && i < whole.n; i++)
        ck_assert_str_eq(killed.items[i], whole.items[i]);
    ck_assert_uint_eq(killed.n, whole.n);
    lines_free(&killed);
    lines_free(&whole);
    free(steps);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("desk");
    TCase *tc = tcase_create("desk");

    tcase_set_timeout(tc, 3600);
    tcase_add_test(tc, desk__does_everything_once_however_often_it_is_killed);
    suite_add_tcase(s, tc);
    return s;
}

ACRM_TEST_MAIN(suite)
