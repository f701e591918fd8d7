/* SPDX-License-Identifier: MIT */
/* Requests to other systems: asked outside of transactions, again after a while, and kept. */
#include "support/fake_connector.h"
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>

#define SECOND INT64_C(1000000)

static int64_t now_us;

static int64_t test_now(void *self)
{
    (void)self;
    return now_us;
}

typedef struct desk {
    office o;
    fake_connector bank;
    acrm_session *other;
} desk;

static const char *args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *args(const char *format, ...)
{
    static char rooms[2][4096];
    static int turn;
    char *room = rooms[turn ^= 1];
    va_list list;

    va_start(list, format);
    vsnprintf(room, sizeof rooms[0], format, list);
    va_end(list);
    for (char *p = room; *p; p++)
        if (*p == '\'')
            *p = '"';
    return room;
}

static void desk_engine(desk *d, bool connected)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = test_now };
    const acrm_connector port = fake_connector_port(&d->bank, "bank");
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL, .connectors = &port,
                                   .n_connectors = connected };
    acrm_error *err = NULL;

    ck_assert_msg(acrm_open(d->o.path, &options, &d->o.engine, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
    ck_assert_int_eq(acrm_session_new(d->o.engine, "system", &d->o.session, &err), ACRM_OK);
}

static void desk_open(desk *d, int storage)
{
    memset(d, 0, sizeof *d);
    now_us = INT64_C(1795255200000000);
    d->bank.n_replies = 1;
    d->bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED, .body = "{\"ok\":1}" };
    snprintf(d->o.path, sizeof d->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(d->o.path, sizeof d->o.path, "/tmp/acrm_connector_%ld.db", (long)getpid());
        unlink(d->o.path);
    }
    desk_engine(d, true);
}

static void desk_request(desk *d, const char *more, char id[40])
{
    acrm_value *out = office_call(&d->o, "connector.request", args(
        "{'connector':'bank','name':'rate','body':{'amount':'1000.00','to':'Ada'}%s}", more));

    ck_assert_str_eq(office_text(out, "state"), "queued");
    snprintf(id, 40, "%s", office_text(out, "id"));
    acrm_value_free(out);
}

static int64_t desk_tick(desk *d, const char *what)
{
    acrm_value *out = office_call(&d->o, "engine.tick", "{}");
    int64_t n = office_number(acrm_value_get(out, "connectors"), what);

    acrm_value_free(out);
    return n;
}

/* A request is in this state, for this reason (NULL: none). */
static void desk_is(desk *d, const char *id, const char *state, const char *reason)
{
    acrm_value *out = office_call(&d->o, "connector_request.get", args("{'id':'%s'}", id));
    const char *why = office_text(out, "reason");

    ck_assert_str_eq(office_text(out, "state"), state);
    ck_assert_str_eq(why ? why : "none", reason ? reason : "none");
    acrm_value_free(out);
}

START_TEST(connector__an_answer_is_kept_and_told)
{
    desk d;
    char id[40];

    desk_open(&d, _i);
    desk_request(&d, "", id);
    ck_assert_int_eq(d.bank.asked, 0);
    ck_assert_int_eq(desk_tick(&d, "answered"), 1);
    ck_assert_str_eq(d.bank.key, id);
    ck_assert_str_eq(d.bank.name, "rate");
    ck_assert_str_eq(d.bank.body, "{\"amount\":\"1000.00\",\"to\":\"Ada\"}");
    ck_assert_int_eq(d.bank.attempt, 1);
    desk_is(&d, id, "answered", NULL);
    acrm_value *got = office_call(&d.o, "connector_request.get", args("{'id':'%s'}", id));
    ck_assert_int_eq(office_number(acrm_value_get(got, "answer"), "ok"), 1);
    acrm_value_free(got);
    acrm_value *events = office_call(&d.o, "event.list",
                                     args("{'types':['connector_request.answered']}"));
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 1);
    const acrm_value *event = acrm_value_at(acrm_value_get(events, "items"), 0);
    ck_assert_str_eq(office_text(event, "record"), id);
    ck_assert_str_eq(office_text(acrm_value_get(event, "data"), "connector"), "bank");
    acrm_value_free(events);
    ck_assert_int_eq(desk_tick(&d, "answered"), 0);
    ck_assert_int_eq(d.bank.asked, 1);
    office_close(&d.o);
}
END_TEST

/* Each outcome, and what becomes of the request. */
static const struct {
    const char *what;
    fake_reply reply;
    const char *state, *reason;
    const char *told; /* the number of the tick that it counts in */
} outcomes[] = {
    { "no answer is not now", { .outcome = ACRM_ASKED_ANSWERED, .returns = -1 },
      "queued", "no_answer", "again" },
    { "not now", { .outcome = ACRM_ASKED_TEMPORARY, .reason = "busy" }, "queued", "busy",
      "again" },
    { "refused", { .outcome = ACRM_ASKED_REFUSED, .reason = "too young", .body = "{}" },
      "refused", "too young", "failed" },
    { "never", { .outcome = ACRM_ASKED_PERMANENT }, "failed", "permanent", "failed" },
    { "an answer without a body", { .outcome = ACRM_ASKED_ANSWERED }, "answered", NULL,
      "answered" },
    { "an answer that is no JSON", { .outcome = ACRM_ASKED_ANSWERED, .body = "{oops" }, "failed",
      "no_json", "failed" },
    { "an answer in two values", { .outcome = ACRM_ASKED_ANSWERED, .body = "{}{}" }, "failed",
      "no_json", "failed" },
    { "an unknown outcome", { .outcome = 77 }, "queued", "no_answer", "again" },
    { "a reason with a line end", { .outcome = ACRM_ASKED_REFUSED, .reason = "a\nb" }, "refused",
      "a b", "failed" },
    { "a reason that is no text", { .outcome = ACRM_ASKED_REFUSED, .reason = "\xff\xfe" },
      "refused", "refused", "failed" },
};

START_TEST(connector__each_outcome_has_its_state)
{
    desk d;
    char id[40];

    desk_open(&d, OFFICE_MEMORY);
    d.bank.replies[0] = outcomes[_i].reply;
    desk_request(&d, "", id);
    ck_assert_msg(desk_tick(&d, outcomes[_i].told) == 1, "%s", outcomes[_i].what);
    desk_is(&d, id, outcomes[_i].state, outcomes[_i].reason);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__is_asked_again_ever_later_under_one_key_until_it_is_dead)
{
    desk d;
    char id[40];
    int64_t pause = 15 * SECOND;

    desk_open(&d, OFFICE_SQLITE);
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_TEMPORARY };
    desk_request(&d, "", id);
    for (int i = 1; i <= 10; i++) {
        ck_assert_int_eq(desk_tick(&d, i < 10 ? "again" : "failed"), 1);
        ck_assert_str_eq(d.bank.key, id);
        ck_assert_int_eq(d.bank.attempt, i);
        if (i < 10)
            desk_is(&d, id, "queued", "no_answer");
        now_us += pause / 100 * 79;
        ck_assert_int_eq(desk_tick(&d, "again"), 0);
        ck_assert_int_eq(d.bank.asked, i);
        now_us += pause / 100 * 42;
        pause = pause * 4 > 21600 * SECOND ? 21600 * SECOND : pause * 4;
    }
    desk_is(&d, id, "dead", "no_answer");
    ck_assert_int_eq(office_count(&d.o, "connector_request.count", "{}"), 1);
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED };
    acrm_value_free(office_call(&d.o, "connector.retry", args("{'id':'%s'}", id)));
    ck_assert_int_eq(desk_tick(&d, "answered"), 1);
    ck_assert_int_eq(d.bank.attempt, 1);
    office_refused(&d.o, "connector.retry", args("{'id':'%s'}", id), ACRM_E_CONFLICT, "id",
                   "state");
    office_close(&d.o);
}
END_TEST

START_TEST(connector__waits_as_long_as_the_other_side_asks)
{
    desk d;
    char id[40];

    desk_open(&d, OFFICE_MEMORY);
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_TEMPORARY, .retry_after = 5000 };
    desk_request(&d, "", id);
    ck_assert_int_eq(desk_tick(&d, "again"), 1);
    now_us += 4990 * SECOND;
    ck_assert_int_eq(desk_tick(&d, "again"), 0);
    now_us += 20 * SECOND;
    ck_assert_int_eq(desk_tick(&d, "again"), 1);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__what_comes_too_late_is_dead)
{
    desk d;
    char id[40], waits[40];

    desk_open(&d, OFFICE_MEMORY);
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_TEMPORARY, .retry_after = 5000 };
    desk_request(&d, ",'until':'2026-11-21T11:00:00Z'", id);
    ck_assert_int_eq(desk_tick(&d, "failed"), 1); /* the next attempt would come after that */
    desk_is(&d, id, "dead", "too_late");
    desk_request(&d, ",'not_before':'2026-11-21T10:50:00Z','until':'2026-11-21T11:00:00Z'", waits);
    ck_assert_int_eq(desk_tick(&d, "answered"), 0);
    now_us += 3601 * SECOND;
    acrm_value_free(office_call(&d.o, "engine.tick", "{}"));
    desk_is(&d, waits, "dead", "too_late");
    ck_assert_int_eq(d.bank.asked, 1);
    office_refused(&d.o, "connector.request",
                   args("{'connector':'bank','name':'x','until':'2020-01-01T00:00:00Z'}"),
                   ACRM_E_INVALID, "until", "range");
    office_close(&d.o);
}
END_TEST

START_TEST(connector__waits_for_a_host_that_has_it)
{
    desk d;
    char id[40];

    desk_open(&d, OFFICE_SQLITE);
    acrm_session_free(d.o.session);
    acrm_close(d.o.engine);
    desk_engine(&d, false);
    desk_request(&d, "", id);
    acrm_value *out = office_call(&d.o, "engine.tick", "{}");
    ck_assert_ptr_null(acrm_value_get(out, "connectors"));
    acrm_value_free(out);
    acrm_session_free(d.o.session);
    acrm_close(d.o.engine);
    desk_engine(&d, true);
    ck_assert_int_eq(desk_tick(&d, "answered"), 1);
    office_close(&d.o);
}
END_TEST

static void other_ticks(void *user)
{
    desk *d = user;

    ck_assert_int_eq(acrm_call_json(d->other, "engine.tick", "{}", 2, NULL, NULL), ACRM_OK);
}

START_TEST(connector__is_asked_once_by_hosts_that_tick_together)
{
    desk d;
    char id[40];

    desk_open(&d, OFFICE_SQLITE);
    ck_assert_int_eq(acrm_session_new(d.o.engine, "system", &d.other, NULL), ACRM_OK);
    d.bank.meanwhile = other_ticks;
    d.bank.user = &d;
    desk_request(&d, "", id);
    ck_assert_int_eq(desk_tick(&d, "answered"), 1);
    ck_assert_int_eq(d.bank.asked, 1);
    acrm_session_free(d.other);
    office_close(&d.o);
}
END_TEST

static void slow_other_ticks(void *user)
{
    desk *d = user;

    now_us += 20 * SECOND;
    d->bank.meanwhile = NULL; /* it asks too, and nobody else while it does */
    ck_assert_int_eq(acrm_call_json(d->other, "engine.tick", "{\"limit\":1}", 11, NULL, NULL),
                     ACRM_OK);
    d->bank.meanwhile = slow_other_ticks;
}

START_TEST(connector__that_is_slow_is_asked_each_once)
{
    desk d;
    char id[40];

    desk_open(&d, OFFICE_SQLITE);
    ck_assert_int_eq(acrm_session_new(d.o.engine, "system", &d.other, NULL), ACRM_OK);
    for (int i = 0; i < 20; i++)
        desk_request(&d, "", id);
    d.bank.meanwhile = slow_other_ticks;
    d.bank.user = &d;
    ck_assert_int_eq(desk_tick(&d, "answered"), 10); /* and the other one as many */
    ck_assert_int_eq(d.bank.asked, 20);
    acrm_session_free(d.other);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__is_asked_again_under_the_same_key_after_a_kill)
{
    desk d;
    char id[40], told[40] = "";
    int pipes[2], status;

    desk_open(&d, OFFICE_SQLITE);
    desk_request(&d, "", id);
    acrm_session_free(d.o.session);
    acrm_close(d.o.engine);
    ck_assert_int_eq(pipe(pipes), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        d.bank.dies_to = pipes[1];
        desk_engine(&d, true);
        (void)desk_tick(&d, "answered");
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
    ck_assert_int_eq(read(pipes[0], told, 36), 36);
    close(pipes[0]);
    close(pipes[1]);
    ck_assert_str_eq(told, id);
    desk_engine(&d, true);
    ck_assert_int_eq(desk_tick(&d, "answered"), 0); /* the mark holds */
    now_us += 91 * SECOND;
    ck_assert_int_eq(desk_tick(&d, "answered"), 1);
    ck_assert_str_eq(d.bank.key, id);
    ck_assert_int_eq(d.bank.attempt, 2);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__one_that_fails_costs_a_tick_three_attempts)
{
    desk d;
    char id[40];

    desk_open(&d, OFFICE_MEMORY);
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_TEMPORARY };
    for (int i = 0; i < 8; i++)
        desk_request(&d, "", id);
    ck_assert_int_eq(desk_tick(&d, "again"), 3);
    ck_assert_int_eq(d.bank.asked, 3);
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED };
    ck_assert_int_eq(desk_tick(&d, "answered"), 5);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__a_long_answer_is_refused)
{
    desk d;
    char id[40];
    static char body[1200000];

    desk_open(&d, OFFICE_MEMORY);
    memset(body, ' ', sizeof body - 1);
    body[0] = '1';
    d.bank.replies[0] = (fake_reply){ .outcome = ACRM_ASKED_ANSWERED, .body = body };
    desk_request(&d, "", id);
    ck_assert_int_eq(desk_tick(&d, "failed"), 1);
    ck_assert_int_eq(d.bank.written, ACRM_E_LIMIT);
    desk_is(&d, id, "failed", "answer_too_long");
    office_close(&d.o);
}
END_TEST

START_TEST(connector__what_is_asked_about_somebody_goes_with_them)
{
    desk d;
    char id[40], ada[40];

    desk_open(&d, OFFICE_SQLITE);
    acrm_value *out = office_call(&d.o, "customer.create", "{\"name\":\"Ada\"}");
    snprintf(ada, sizeof ada, "%s", office_text(out, "id"));
    acrm_value_free(out);
    desk_request(&d, args(",'subject_entity':'customer','subject_id':'%s'", ada), id);
    ck_assert_int_eq(desk_tick(&d, "answered"), 1);
    acrm_value_free(office_call(&d.o, "privacy.erase", args(
        "{'customer_id':'%s','basis':'Art. 17','reason':'letter'}", ada)));
    out = office_call(&d.o, "connector_request.get", args("{'id':'%s'}", id));
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "body")), ACRM_NULL);
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "answer")), ACRM_NULL);
    acrm_value_free(out);
    office_close(&d.o);
}
END_TEST

/* What comes back after somebody was erased is not kept, and holds nobody else up. */
START_TEST(connector__nothing_is_kept_of_somebody_erased_meanwhile)
{
    desk d;
    char id[40], other[40], about[100];

    desk_open(&d, OFFICE_MEMORY);
    acrm_value *made = office_call(&d.o, "customer.create", args("{'name':'Ada'}"));
    snprintf(about, sizeof about, ",'subject_entity':'customer','subject_id':'%s'",
             office_text(made, "id"));
    desk_request(&d, about, id);
    desk_request(&d, "", other);
    acrm_value_free(office_call(&d.o, "privacy.erase",
                                args("{'customer_id':'%s','basis':'Art. 17','reason':'asked'}",
                                     office_text(made, "id"))));
    acrm_value_free(made);
    (void)desk_tick(&d, "answered");
    desk_is(&d, id, "failed", "erased");
    desk_is(&d, other, "answered", NULL);
    ck_assert_int_eq(office_count(&d.o, "connector_request.count",
                                  "{\"where\":{\"answer\":null}}"), 1);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__a_customer_sees_no_request)
{
    desk d;
    char id[40], ada[60];
    acrm_session *customer = NULL, *system;

    desk_open(&d, OFFICE_MEMORY);
    acrm_value *out = office_call(&d.o, "customer.create", "{\"name\":\"Ada\"}");
    snprintf(ada, sizeof ada, "customer:%s", office_text(out, "id"));
    acrm_value_free(out);
    desk_request(&d, args(",'subject_entity':'customer','subject_id':'%s'", ada + 9), id);
    out = office_call(&d.o, "role.list", "{\"where\":{\"name\":\"customer\"}}");
    acrm_value_free(office_call(&d.o, "role.update", args(
        "{'id':'%s','permissions':['*'],'last_write_wins':true}",
        office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"))));
    acrm_value_free(out);
    ck_assert_int_eq(acrm_session_new(d.o.engine, ada, &customer, NULL), ACRM_OK);
    system = d.o.session;
    d.o.session = customer;
    ck_assert_int_eq(office_count(&d.o, "connector_request.count", "{}"), 0);
    office_refused(&d.o, "connector_request.get", args("{'id':'%s'}", id), ACRM_E_NOTFOUND, "id",
                   "reference");
    d.o.session = system;
    acrm_session_free(customer);
    office_close(&d.o);
}
END_TEST

/* What cannot be asked at all. */
static const struct {
    const char *args, *field, *reason;
    int32_t status;
} wrong[] = {
    { "{'name':'x'}", "connector", "required", ACRM_E_INVALID },
    { "{'connector':'bank'}", "name", "required", ACRM_E_INVALID },
    { "{'connector':'bank','name':'x','body':[1]}", "body", "format", ACRM_E_INVALID },
    { "{'connector':'bank','name':'x','subject_entity':'customer'}", "subject_id", "subject",
      ACRM_E_INVALID },
    { "{'connector':'bank','name':'x','subject_entity':'moon','subject_id':"
      "'01942f4e-8b7a-7000-8000-000000000001'}", "subject_entity", "subject", ACRM_E_INVALID },
    { "{'connector':'bank','name':'x','subject_entity':'customer','subject_id':"
      "'01942f4e-8b7a-7000-8000-000000000001'}", "subject_id", "reference", ACRM_E_NOTFOUND },
};

START_TEST(connector__what_is_wrong_is_named)
{
    desk d;

    desk_open(&d, OFFICE_MEMORY);
    office_refused(&d.o, "connector.request", args("%s", wrong[_i].args), wrong[_i].status,
                   wrong[_i].field, wrong[_i].reason);
    office_close(&d.o);
}
END_TEST

START_TEST(connector__wrong_options_do_not_open)
{
    fake_connector f = { .n_replies = 1 };
    const acrm_connector good = fake_connector_port(&f, "bank");

    for (int i = 0; i < 8; i++) {
        acrm_connector bad[2] = { good, good };
        acrm_options options = { .struct_size = sizeof options, .connectors = bad,
                                 .n_connectors = 1 };
        acrm_engine *engine = NULL;
        acrm_error *err = NULL;
        bad[0].struct_size = i == 0 ? 8 : sizeof bad[0];
        bad[0].name = i == 1 ? NULL : i == 2 ? "" : i == 3 ? "a name that is longer than 32 bytes"
                                                           : "bank";
        bad[0].ask = i == 4 ? NULL : bad[0].ask;
        bad[0].timeout_ms = i == 5 ? 3600001 : 0;
        bad[0].answer_max = i == 6 ? 16777217 : 0;
        options.n_connectors = i == 7 ? 2 : 1;
        ck_assert_int_eq(acrm_open("memory:", &options, &engine, &err), ACRM_E_INVALID);
        ck_assert_str_eq(acrm_error_field(err), "connectors");
        ck_assert_str_eq(acrm_error_reason(err), i == 7 ? "duplicate" : "struct_size");
        acrm_error_free(err);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("connector");
    TCase *t = tcase_create("connector");

    tcase_add_loop_test(t, connector__an_answer_is_kept_and_told, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, connector__each_outcome_has_its_state, 0,
                        sizeof outcomes / sizeof outcomes[0]);
    tcase_add_test(t, connector__is_asked_again_ever_later_under_one_key_until_it_is_dead);
    tcase_add_test(t, connector__waits_as_long_as_the_other_side_asks);
    tcase_add_test(t, connector__what_comes_too_late_is_dead);
    tcase_add_test(t, connector__waits_for_a_host_that_has_it);
    tcase_add_test(t, connector__is_asked_once_by_hosts_that_tick_together);
    tcase_add_test(t, connector__that_is_slow_is_asked_each_once);
    tcase_add_test(t, connector__is_asked_again_under_the_same_key_after_a_kill);
    tcase_add_test(t, connector__one_that_fails_costs_a_tick_three_attempts);
    tcase_add_test(t, connector__a_long_answer_is_refused);
    tcase_add_test(t, connector__what_is_asked_about_somebody_goes_with_them);
    tcase_add_test(t, connector__nothing_is_kept_of_somebody_erased_meanwhile);
    tcase_add_test(t, connector__a_customer_sees_no_request);
    tcase_add_loop_test(t, connector__what_is_wrong_is_named, 0, sizeof wrong / sizeof wrong[0]);
    tcase_add_test(t, connector__wrong_options_do_not_open);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
