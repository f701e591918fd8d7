/* SPDX-License-Identifier: MIT */
/* Feeds of another sales system: late, twice, out of order, contradictory, about nothing. */
#include "order_world.h"

#include <signal.h>
#include <sys/wait.h>

#define HEAD "{'format':'autocrm.sync/1','source':'maker'}\n"

static void source(world *w, int storage)
{
    world_open(w, storage);
    world_do(w, "sync_source.create", "{\"code\":\"maker\",\"name\":\"Maker\"}");
    world_do(w, "milestone_code.create",
             "{\"source\":\"maker\",\"code\":\"3800\",\"milestone\":\"production\"}");
    world_do(w, "milestone_code.create", "{\"source\":\"maker\",\"code\":\"4B00\"}");
}

/* A feed of rows with ' for ", one a line, without its header. */
static acrm_value *feed(world *w, const char *name, const char *rows)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;
    size_t size = strlen(rows) + 100;
    char *text = malloc(size);

    ck_assert_ptr_nonnull(text);
    snprintf(text, size, HEAD "%s", rows);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_int_eq(acrm_value_new(NULL, &args), ACRM_OK);
    ck_assert_int_eq(acrm_value_set_map(args), ACRM_OK);
    ck_assert_int_eq(acrm_value_set_text(acrm_value_put(args, "source"), "maker", 5), ACRM_OK);
    ck_assert_int_eq(acrm_value_set_text(acrm_value_put(args, "name"), name, strlen(name)),
                     ACRM_OK);
    ck_assert_int_eq(acrm_value_set_text(acrm_value_put(args, "text"), text, strlen(text)),
                     ACRM_OK);
    int32_t st = acrm_call(w->o.session, "sync.import", args, &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    acrm_value_free(args);
    free(text);
    return out;
}

/* Of a run: applied, repeat, waiting, conflict, rejected, caught up. */
static void counts(acrm_value *run, const char *want)
{
    static const char *const keys[] = { "applied", "repeat", "waiting", "conflict", "rejected",
                                        "caught_up" };
    char found[80] = "";

    for (size_t i = 0; i < 6; i++)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%lld", i ? " " : "",
                 (long long)office_number(run, keys[i]));
    ck_assert_str_eq(found, want);
    acrm_value_free(run);
}

static const char story[] =
    "{'type':'order','order':'F1','at':'2026-01-01T08:00:00Z','model':'S','seq':1}\n"
    "{'type':'milestone','order':'F1','code':'registration','at':'2026-01-01T09:00:00Z'}\n"
    "{'type':'draw','order':'F1','at':'2026-01-02T08:00:00Z','round':'Spring','result':'won'}\n"
    "{'type':'allocation','order':'F1','at':'2026-01-03T08:00:00Z','result':'allocated'}\n"
    "{'type':'payment','order':'F1','at':'2026-01-04T08:00:00Z','complete':false}\n"
    "{'type':'payment','order':'F1','at':'2026-01-04T09:00:00Z','complete':true}\n"
    "{'type':'milestone','order':'F1','code':'3800','at':'2026-01-04T10:00:00Z',"
    "'vin':'1M8GDM9AXKP042788'}\n"
    "{'type':'milestone','vin':'1M8GDM9AXKP042788','code':'4B00','at':'2026-01-04T11:00:00Z'}\n"
    "{'type':'hold','order':'F1','code':'shipping','at':'2026-01-04T12:00:00Z','note':'port'}\n"
    "{'type':'forecast','order':'F1','code':'customs','at':'2026-01-05T07:00:00Z',"
    "'on':'2026-03-01','tentative':true}\n";

START_TEST(sync__tells_a_whole_story)
{
    world w;

    source(&w, _i);
    counts(feed(&w, "one", story), "10 0 0 0 0 0");
    acrm_value *plan = office_call(&w.o, "vehicle_order.plan", "{\"number\":\"F1\"}");
    ck_assert_str_eq(world_at(plan, "milestone"), "production");
    ck_assert_str_eq(world_at(plan, "vin"), "1M8GDM9AXKP042788");
    ck_assert_str_eq(world_at(plan, "milestones/7/expected_on"), "2026-03-01");
    ck_assert_str_eq(world_at(plan, "milestones/6/tentative"), "true"); /* stopped */
    ck_assert_str_eq(world_at(plan, "model"), "S");
    acrm_value_free(plan);
    counts(feed(&w, "two", story), "0 10 0 0 0 0");
    ck_assert_int_eq(office_count(&w.o, "vehicle.count", "{}"), 1);
    ck_assert_int_eq(office_count(&w.o, "order_hold.count", "{}"), 1);
    office_close(&w.o);
}
END_TEST

static const struct {
    const char *row, *outcome, *reason;
} rows[] = {
    { "{'type':'milestone','order':'X','code':'3800','at':'2026-01-01T08:00:00Z'}", "waiting",
      "no_order" },
    { "{'type':'milestone','order':'F1','code':'7777','at':'2026-01-01T08:00:00Z'}", "waiting",
      "unknown_code" },
    { "{'type':'order','order':'F2','at':'2026-01-01T08:00:00Z','dealer':'nobody'}", "waiting",
      "no_dealer" },
    { "{'type':'order','order':'F2','at':'2026-01-01T08:00:00Z','contract':'K9'}", "waiting",
      "no_contract" },
    { "{'type':'order','order':'F2','at':'2026-01-01T08:00:00Z','chain':'nowhere'}", "rejected",
      "invalid" },
    { "{'type':'ordre','order':'F1','at':'2026-01-01T08:00:00Z'}", "rejected", "type" },
    { "{'type':'payment','at':'2026-01-01T08:00:00Z'}", "rejected", "required" },
    { "{'type':'payment','order':'F1'}", "rejected", "required" },
    { "{'type':'payment','order':'F1','at':'yesterday'}", "rejected", "required" },
    { "{'type':'payment','order':'F1','at':'2027-01-01T08:00:00Z'}", "rejected", "range" },
    { "{'type':'payment','order':'F1','at':'2026-01-01T08:00:00Z','seq':-1}", "rejected",
      "range" },
    { "{'type':'forecast','order':'F1','code':'3800','at':'2026-01-01T08:00:00Z'}", "rejected",
      "required" },
    { "{'type':'draw','order':'F1','at':'2026-01-01T08:00:00Z','result':'maybe'}", "rejected",
      "choice" },
    { "{'type':'milestone','order':'F1','at':'2026-01-01T08:00:00Z'}", "rejected", "required" },
    { "{'type':'milestone','order':'F1','code':'3800','at':'2026-01-04T10:00:00Z',"
      "'retracted':true}", "conflict", "contradicts" },
    { "{'type':'milestone','order':'F1','code':'production','at':'2026-01-04T20:00:00Z',"
      "'retracted':true}", "conflict", "regress" },
    { "{'type':'payment','order':'F1','at':'2026-01-04T21:00:00Z','vin':'1B3BR65EXSV201546'}",
      "conflict", "vin" },
    { "{'type':'payment','order':'F1','at':'2026-01-04T22:00:00Z','vin':'WRONG'}", "rejected",
      "vin" },
    { "not json", "rejected", "json" },
    { "[1]", "rejected", "json" },
};

START_TEST(sync__names_and_keeps_what_is_wrong)
{
    char line[300];
    world w;

    source(&w, OFFICE_MEMORY);
    acrm_value_free(feed(&w, "one", story));
    snprintf(line, sizeof line, "%s\n", rows[_i].row);
    acrm_value_free(feed(&w, "bad", line));
    acrm_value *kept = office_call(&w.o, "sync_row.list", "{\"order\":[\"-created_at\"],"
        "\"where\":{\"outcome\":{\"$in\":[\"waiting\",\"rejected\",\"conflict\"]}}}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(kept, "items")), 1);
    ck_assert_str_eq(world_at(kept, "items/0/outcome"), rows[_i].outcome);
    ck_assert_str_eq(world_at(kept, "items/0/reason"), rows[_i].reason);
    ck_assert_str_eq(world_at(kept, "items/0/position"), "1");
    acrm_value_free(kept);
    acrm_value *again = feed(&w, "again", line);
    ck_assert_int_eq(office_number(again, "repeat"), 1);
    acrm_value_free(again);
    office_close(&w.o);
}
END_TEST

START_TEST(sync__waits_for_what_comes_later)
{
    world w;

    source(&w, _i);
    counts(feed(&w, "one",
                "{'type':'milestone','order':'F1','code':'9000','at':'2026-01-04T08:00:00Z'}\n"
                "{'type':'payment','order':'F1','at':'2026-01-04T08:00:00Z'}\n"),
           "0 0 2 0 0 0");
    counts(feed(&w, "two", "{'type':'order','order':'F1','at':'2026-01-01T08:00:00Z'}\n"),
           "1 0 0 0 0 1");
    world_do(&w, "milestone_code.create",
             "{\"source\":\"maker\",\"code\":\"9000\",\"milestone\":\"registration\"}");
    counts(office_call(&w.o, "sync.retry", "{\"source\":\"maker\"}"), "0 0 0 0 0 1");
    ck_assert_str_eq(world_ask(&w, "vehicle_order.plan", "{\"number\":\"F1\"}",
                               "milestones/0/oem_code"), "9000");
    ck_assert_int_eq(office_count(&w.o, "sync_row.count",
                                  "{\"where\":{\"outcome\":\"waiting\"}}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(sync__conflicts_are_decided_by_rule_or_by_hand)
{
    static const char first[] =
        "{'type':'order','order':'F1','at':'2026-01-01T08:00:00Z'}\n"
        "{'type':'milestone','order':'F1','code':'registration','at':'2026-01-01T09:00:00Z'}\n"
        "{'type':'milestone','order':'F1','code':'registration','at':'2026-01-02T09:00:00Z'}\n";
    world w;

    source(&w, _i);
    counts(feed(&w, "one", first), "3 0 0 0 0 0");
    acrm_value *list = office_call(&w.o, "sync_conflict.list", "{}");
    ck_assert_str_eq(world_at(list, "items/0/kind"), "disputed");
    ck_assert_str_eq(world_at(list, "items/0/ours"), "reached 2026-01-01T09:00:00Z");
    ck_assert_str_eq(world_at(list, "items/0/theirs"), "reached 2026-01-02T09:00:00Z");
    world_do(&w, "sync.resolve", world_args("{'id':'%s','take':'theirs','note':'phone call'}",
                                            world_at(list, "items/0/id")));
    office_refused(&w.o, "sync.resolve", world_args("{'id':'%s','take':'ours','note':'x'}",
        world_at(list, "items/0/id")), ACRM_E_CONFLICT, "id", "state");
    acrm_value_free(list);
    ck_assert_str_eq(world_ask(&w, "vehicle_order.plan", "{\"number\":\"F1\"}",
                               "milestones/0/reached_at"), "2026-01-02T09:00:00Z");
    world_do(&w, "sync_rule.create",
             "{\"source\":\"maker\",\"kind\":\"regress\",\"take\":\"ours\"}");
    counts(feed(&w, "two", "{'type':'payment','order':'F1','at':'2026-01-03T09:00:00Z'}\n"),
           "1 0 0 0 0 0");
    counts(feed(&w, "three", "{'type':'milestone','order':'F1','code':'payment','retracted':true,"
                "'at':'2026-01-04T09:00:00Z'}\n"), "0 0 0 1 0 0");
    ck_assert_int_eq(office_count(&w.o, "sync_conflict.count",
        "{\"where\":{\"by_rule\":true,\"state\":\"resolved\"}}"), 1);
    ck_assert_str_eq(world_ask(&w, "vehicle_order.plan", "{\"number\":\"F1\"}",
                               "milestones/3/reached_at"), "2026-01-03T09:00:00Z");
    office_close(&w.o);
}
END_TEST

/* What is taken back in the same step of a feed is named as well. */
START_TEST(sync__names_what_regresses_at_once)
{
    world w;

    source(&w, _i);
    counts(feed(&w, "one",
                "{'type':'order','order':'F1','at':'2026-01-01T08:00:00Z'}\n"
                "{'type':'payment','order':'F1','at':'2026-01-02T09:00:00Z','seq':1}\n"
                "{'type':'milestone','order':'F1','code':'payment','at':'2026-01-03T09:00:00Z',"
                "'seq':2,'retracted':true}\n"), "2 0 0 1 0 0");
    acrm_value *list = office_call(&w.o, "sync_conflict.list", "{}");
    ck_assert_str_eq(world_at(list, "items/0/kind"), "regress");
    ck_assert_str_eq(world_at(list, "items/0/ours"), "reached 2026-01-02T09:00:00Z");
    ck_assert_str_eq(world_at(list, "items/0/theirs"), "retracted 2026-01-03T09:00:00Z");
    acrm_value_free(list);
    office_close(&w.o);
}
END_TEST

START_TEST(sync__refuses_what_is_no_feed_of_it)
{
    world w;

    source(&w, OFFICE_MEMORY);
    office_refused(&w.o, "sync.import", "{\"source\":\"maker\",\"text\":\"{}\"}", ACRM_E_INVALID,
                   "format", "format");
    office_refused(&w.o, "sync.import", "{\"source\":\"maker\","
                   "\"text\":\"{\\\"format\\\":\\\"autocrm.sync/2\\\"}\"}", ACRM_E_INVALID,
                   "format", "version");
    office_refused(&w.o, "sync.import", "{\"source\":\"maker\",\"text\":"
                   "\"{\\\"format\\\":\\\"autocrm.sync/1\\\",\\\"source\\\":\\\"x\\\"}\"}",
                   ACRM_E_INVALID, "source", "source");
    office_refused(&w.o, "sync.import", "{\"source\":\"x\","
                   "\"text\":\"{\\\"format\\\":\\\"autocrm.sync/1\\\"}\"}", ACRM_E_NOTFOUND,
                   "source", "reference");
    office_refused(&w.o, "sync.pull", "{\"source\":\"maker\"}", ACRM_E_CONFLICT, "source",
                   "connector");
    office_close(&w.o);
}
END_TEST

/* --- Any order, any repeats: the same end --- */

enum { ORDERS = 4, ROWS_MAX = 60 };

static uint64_t seed;

static int pick(int n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((seed >> 33) % (uint64_t)n);
}

static int make_rows(char rows_[ROWS_MAX][256])
{
    static const char *const codes[] = { "registration", "3800", "shipping", "4B00", "plate" };
    int n = 0;

    for (int i = 0; i < ORDERS; i++)
        snprintf(rows_[n++], 256, "{'type':'order','order':'F%d','at':'2025-12-01T08:00:00Z',"
                 "'model':'S'}", i);
    while (n < ROWS_MAX) {
        int order = pick(ORDERS), day = 1 + pick(4), hour = pick(24), seq = pick(3);
        char at[80];
        snprintf(at, sizeof at, "'order':'F%d','seq':%d,'at':'2026-01-%02dT%02d:00:00Z'", order,
                 seq, day, hour);
        switch (pick(6)) {
        case 0: snprintf(rows_[n], 256, "{'type':'payment',%s}", at); break;
        case 1: snprintf(rows_[n], 256, "{'type':'hold','code':'%s',%s}", "shipping", at); break;
        case 2: snprintf(rows_[n], 256, "{'type':'resume','code':'shipping',%s}", at); break;
        case 3:
            snprintf(rows_[n], 256, "{'type':'forecast','code':'%s','on':'2026-0%d-11',%s}",
                     codes[pick(5)], 2 + pick(4), at);
            break;
        case 4:
            snprintf(rows_[n], 256, "{'type':'allocation','result':'%s',%s}",
                     pick(3) ? "allocated" : "withdrawn", at);
            break;
        default:
            snprintf(rows_[n], 256, "{'type':'milestone','code':'%s'%s,%s}", codes[pick(5)],
                     pick(5) ? "" : ",'retracted':true", at);
        }
        n++;
    }
    return n;
}

/* What matters of all orders, as text. The caller frees it. */
static char *picture(world *w)
{
    size_t size = 65536;
    char *text = calloc(1, size);

    for (int i = 0; i < ORDERS; i++) {
        const char *args = world_args("{'number':'F%d'}", i);
        acrm_buf *json = NULL;
        ck_assert_int_eq(acrm_call_json(w->o.session, "vehicle_order.plan", args, strlen(args),
                                        &json, NULL), ACRM_OK);
        const char *plan = acrm_buf_data(json), *id = strstr(plan, "\"id\":");
        ck_assert_ptr_nonnull(id); /* ids differ from run to run */
        snprintf(text + strlen(text), size - strlen(text), "%.*s%s\n", (int)(id - plan), plan,
                 id + 44);
        acrm_buf_free(json);
    }
    return text;
}

START_TEST(sync__any_order_and_repeats_end_in_the_same_state)
{
    char made[ROWS_MAX][256], text[ROWS_MAX * 520];
    char *want = NULL;

    seed = (uint64_t)(unsigned)(17 + _i);
    int n = make_rows(made);
    for (int turn = 0; turn < 4; turn++) {
        int order[2 * ROWS_MAX], count = 0, pieces = 1 + turn;
        world w;
        source(&w, OFFICE_MEMORY);
        for (int i = 0; i < n; i++)
            for (int copies = turn == 0 ? 1 : 1 + pick(2); copies > 0; copies--) {
                int at = turn == 0 ? count : pick(count + 1);
                memmove(&order[at + 1], &order[at], (size_t)(count - at) * sizeof *order);
                order[at] = i;
                count++;
            }
        for (int piece = 0; piece < pieces; piece++) {
            size_t len = 0;
            char name[16];
            snprintf(name, sizeof name, "p%d", piece);
            for (int i = piece * count / pieces; i < (piece + 1) * count / pieces; i++)
                len += (size_t)snprintf(text + len, sizeof text - len, "%s\n", made[order[i]]);
            text[len] = '\0';
            acrm_value_free(feed(&w, name, text));
        }
        ck_assert_int_eq(office_count(&w.o, "sync_row.count",
                                      "{\"where\":{\"outcome\":\"waiting\"}}"), 0);
        char *found = picture(&w);
        if (!want)
            want = found;
        size_t same = 0; /* the whole would be too long a message */
        while (want[same] && want[same] == found[same])
            same++;
        ck_assert_msg(want[same] == found[same], "turn %d: %.300s\nnot %.300s", turn,
                      found + (same < 150 ? 0 : same - 150), want + (same < 150 ? 0 : same - 150));
        if (found != want)
            free(found);
        office_close(&w.o);
    }
    free(want);
}
END_TEST

/* --- Killed in the middle --- */

typedef struct dying {
    const char *text;
    size_t at, end; /* of the text; at the end the process kills itself; SIZE_MAX: never */
} dying;

static int64_t dying_read(void *user, void *dst, size_t cap)
{
    dying *d = user;
    size_t n = strlen(d->text + d->at);

    if (d->at >= d->end)
        kill(getpid(), SIGKILL);
    n = n < 200 ? n : 200;
    n = n < cap ? n : cap;
    memcpy(dst, d->text + d->at, n);
    d->at += n;
    return (int64_t)n;
}

/* Import a feed from the session's input; `end`: where the process dies. */
static int32_t dying_import(world *w, const char *text, size_t end)
{
    static const char args[] = "{\"source\":\"maker\",\"name\":\"file\"}";
    dying d = { text, 0, end };

    acrm_session_set_input(w->o.session, dying_read, &d);
    int32_t st = acrm_call_json(w->o.session, "sync.import", args, strlen(args), NULL, NULL);
    acrm_session_set_input(w->o.session, NULL, NULL);
    return st;
}

START_TEST(sync__goes_on_after_a_kill)
{
    enum { REPEATS = 12 };
    static char made[ROWS_MAX][256], text[ROWS_MAX * REPEATS * 256];
    world whole, killed;
    size_t len = 0;

    seed = 5;
    int n = make_rows(made);
    len += (size_t)snprintf(text, sizeof text, HEAD);
    for (int k = 0; k < REPEATS; k++)
        for (int i = 0; i < n; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s\n", made[i]);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    source(&whole, OFFICE_MEMORY);
    ck_assert_int_eq(dying_import(&whole, text, SIZE_MAX), ACRM_OK);
    char *want = picture(&whole);
    office_close(&whole.o);

    source(&killed, OFFICE_SQLITE);
    acrm_session_free(killed.o.session);
    acrm_close(killed.o.engine);
    for (size_t end = len / 7; end < len; end += len / 4) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
            const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
            if (acrm_open(killed.o.path, &options, &killed.o.engine, NULL) == ACRM_OK &&
                acrm_session_new(killed.o.engine, "system", &killed.o.session, NULL) == ACRM_OK)
                (void)dying_import(&killed, text, end);
            _exit(1); /* it should not have lived */
        }
        int status = 0;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFSIGNALED(status));
    }
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
    ck_assert_int_eq(acrm_open(killed.o.path, &options, &killed.o.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(killed.o.engine, "system", &killed.o.session, NULL),
                     ACRM_OK);
    ck_assert_str_eq(world_ask(&killed, "sync_run.list", "{}", "items/0/status"), "running");
    ck_assert_int_eq(dying_import(&killed, text, SIZE_MAX), ACRM_OK);
    acrm_value *run = office_call(&killed.o, "sync_run.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(run, "items")), 1);
    ck_assert_str_eq(world_at(run, "items/0/status"), "done");
    ck_assert_int_eq((int)strtol(world_at(run, "items/0/position"), NULL, 10), n * REPEATS);
    acrm_value_free(run);
    char *found = picture(&killed);
    ck_assert_int_eq(strcmp(found, want), 0);
    free(found);
    free(want);
    office_close(&killed.o);
}
END_TEST

/* --- By the connector --- */

static int asked;

/* Pages of two rows; every third time it cannot answer. */
static int32_t ask(void *self, const acrm_connector_request *request,
                   acrm_connector_answer *answer)
{
    static const char *const pages[] = {
        "{\"rows\":[{\"type\":\"payment\",\"order\":\"C1\",\"at\":\"2026-01-02T08:00:00Z\"},"
        "{\"type\":\"order\",\"order\":\"C1\",\"at\":\"2026-01-01T08:00:00Z\"}],"
        "\"cursor\":\"2\",\"more\":true}",
        "{\"rows\":[{\"type\":\"milestone\",\"order\":\"C1\",\"code\":\"3800\","
        "\"at\":\"2026-01-03T08:00:00Z\"}],\"cursor\":\"3\",\"more\":false}",
    };
    const char *page = pages[strstr(request->body, "\"after\":\"2\"") != NULL];

    (void)self;
    if (++asked % 3 == 1) {
        answer->outcome = ACRM_ASKED_TEMPORARY;
        return 0;
    }
    answer->outcome = ACRM_ASKED_ANSWERED;
    return answer->write(answer->to, page, strlen(page));
}

START_TEST(sync__asks_by_the_connector)
{
    const acrm_connector connector = { .struct_size = sizeof connector, .name = "sales",
                                       .ask = ask };
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .connectors = &connector, .n_connectors = 1 };
    world w = { .o = { .path = "memory:" } };

    world_clock = WORLD_START;
    asked = 0;
    ck_assert_int_eq(acrm_open(w.o.path, &options, &w.o.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.o.session, NULL), ACRM_OK);
    world_do(&w, "sync_source.create", "{\"code\":\"maker\",\"connector\":\"sales\"}");
    world_do(&w, "milestone_code.create",
             "{\"source\":\"maker\",\"code\":\"3800\",\"milestone\":\"production\"}");
    world_do(&w, "sync.pull", "{\"source\":\"maker\"}");
    for (int i = 0; i < 8; i++) {
        world_do(&w, "engine.tick", "{}");
        world_clock += INT64_C(60000000) * 5;
    }
    ck_assert_str_eq(world_ask(&w, "sync_source.list", "{}", "items/0/cursor"), "3");
    ck_assert_str_eq(world_ask(&w, "vehicle_order.plan", "{\"number\":\"C1\"}",
                               "milestones/5/reached_at"), "2026-01-03T08:00:00Z");
    ck_assert_int_eq(office_count(&w.o, "sync_row.count",
                                  "{\"where\":{\"outcome\":\"applied\"}}"), 3);
    office_close(&w.o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("order_sync");
    TCase *t = tcase_create("feed");

    tcase_add_loop_test(t, sync__tells_a_whole_story, 0, 2);
    tcase_add_loop_test(t, sync__names_and_keeps_what_is_wrong, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_loop_test(t, sync__waits_for_what_comes_later, 0, 2);
    tcase_add_loop_test(t, sync__conflicts_are_decided_by_rule_or_by_hand, 0, 2);
    tcase_add_loop_test(t, sync__names_what_regresses_at_once, 0, 2);
    tcase_add_test(t, sync__refuses_what_is_no_feed_of_it);
    tcase_add_loop_test(t, sync__any_order_and_repeats_end_in_the_same_state, 0, 6);
    tcase_add_test(t, sync__goes_on_after_a_kill);
    tcase_add_test(t, sync__asks_by_the_connector);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(suite)
