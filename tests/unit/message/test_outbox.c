/* SPDX-License-Identifier: MIT */
/* Messages from the order to the transport: text, once, order, failures, killed processes. */
#include "unit/message/message_world.h"

START_TEST(outbox__sends_the_text_in_the_customers_language)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    ck_assert_int_eq(w.post.n, 0); /* the library sends in ticks only */
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_str_eq(w.post.to, "+393331234567");
    ck_assert_str_eq(w.post.name, "Ada Bianchi");
    ck_assert_str_eq(w.post.body, "Gentile Ada Bianchi, la Sua E1 è pronta.");
    ck_assert_str_eq(w.post.key, id);
    ck_assert_int_eq(w.post.channel, ACRM_CHANNEL_SMS);
    world_is(&w, id, "sent", "");
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    ck_assert_int_eq(w.post.n, 1);
    acrm_value *out = office_call(&w.o, "customer.timeline",
                                  world_args("{'id':'%s'}", w.customer));
    ck_assert_uint_ge(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__takes_the_preferred_address_and_escapes_html)
{
    world w;
    world_open(&w, _i);
    world_do(&w, "customer.update", world_args("{'id':'%s','name':'<Ada>','last_write_wins':true}",
                                               w.customer));
    world_do(&w, "consent.give", world_args("{'customer_id':'%s','purpose':'marketing',"
                                            "'channel':'email'}", w.customer));
    world_send(&w, ",'channel':'email','template':'offer','values':{'price':'1250.00',"
                   "'currency':'EUR'}");
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_str_eq(w.post.to, "ada.work@example.com");
    ck_assert_str_eq(w.post.subject, "For <Ada>");
    ck_assert_str_eq(w.post.body, "<p>&lt;Ada&gt;: EUR 1,250.00</p>");
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__one_order_is_one_message)
{
    world w;
    world_open(&w, _i);
    char id[40];
    const char *more = ",'channel':'sms','body':'Hello','purpose':'service','once':'visit 7'";
    snprintf(id, sizeof id, "%s", world_send(&w, more));
    ck_assert_str_eq(world_send(&w, more), id);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_str_eq(world_send(&w, more), id);
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__refuses_what_cannot_be_sent_as_it_is)
{
    world w;
    world_open(&w, _i);
    const struct {
        const char *args, *field, *reason;
        int32_t status;
    } bad[] = {
        { "'channel':'sms','template':'ready'", "values", "missing", ACRM_E_INVALID },
        { "'channel':'sms','template':'none'", "template", "reference", ACRM_E_NOTFOUND },
        { "'channel':'fax','body':'x','purpose':'service'", "to", "address", ACRM_E_INVALID },
        { "'channel':'push','body':'x','purpose':'service'", "to", "address", ACRM_E_INVALID },
        { "'channel':'sms','body':'x'", "purpose", "required", ACRM_E_INVALID },
        { "'channel':'sms'", "template", "required", ACRM_E_INVALID },
        { "'channel':'sms','body':'{{x','purpose':'service'", "body", "tag", ACRM_E_INVALID },
        { "'channel':'sms','body':'{{n | date}}','values':{'n':1},'purpose':'service'", "body",
          "format", ACRM_E_INVALID },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        office_refused(&w.o, "message.send",
                       world_args("{'customer_id':'%s',%s}", w.customer, bad[i].args),
                       bad[i].status, bad[i].field, bad[i].reason);
    office_refused(&w.o, "message_template.create", world_args(
        "{'code':'bad','channel':'sms','language':'en','purpose':'service','body':'{{#a}}'}"),
        ACRM_E_INVALID, "body", "section");
    office_refused(&w.o, "message_template.create", world_args(
        "{'code':'bad','channel':'sms','language':'en','purpose':'nothing','body':'x'}"),
        ACRM_E_NOTFOUND, "purpose", "reference");
    ck_assert_int_eq(office_count(&w.o, "message.count", "{}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__nobody_writes_a_header_into_a_message)
{
    world w;
    world_open(&w, _i);
    world_do(&w, "customer.update", world_args(
        "{'id':'%s','name':'Ada\\r\\nBcc: all@example.com','last_write_wins':true}", w.customer));
    world_send(&w, ",'channel':'email','subject':'Hi {{name}}','body':'x','purpose':'service',"
                   "'to':'a@example.com\\nX: y'");
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_ptr_null(strpbrk(w.post.subject, "\r\n"));
    ck_assert_ptr_null(strpbrk(w.post.to, "\r\n"));
    ck_assert_ptr_null(strpbrk(w.post.name, "\r\n"));
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__tries_again_later_and_gives_up_at_last)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    w.post.answer.outcome = ACRM_SENT_RETRY;
    snprintf(w.post.answer.reason, sizeof w.post.answer.reason, "busy");
    for (int i = 1; i <= 8; i++) {
        ck_assert_int_eq(world_tick(&w, "failed"), 1);
        ck_assert_int_eq(w.post.attempt, i);
        world_is(&w, id, i < 8 ? "queued" : "dead", "busy");
        ck_assert_int_eq(world_tick(&w, "failed"), 0); /* not at once */
        world_clock += INT64_C(26000) * WORLD_SECOND;
    }
    ck_assert_int_eq(world_tick(&w, "failed"), 0);
    ck_assert_int_eq(w.post.n, 8);
    acrm_value *out = office_call(&w.o, "message.dead", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    w.post.answer.outcome = ACRM_SENT_ACCEPTED;
    world_do(&w, "message.retry", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_refused(&w.o, "message.drop", world_args("{'id':'%s'}", id), ACRM_E_CONFLICT, "id",
                   "status");
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__waits_as_long_as_the_other_side_asks)
{
    world w;
    world_open(&w, _i);
    world_send_ready(&w);
    w.post.answer = (acrm_sent){ .outcome = ACRM_SENT_RETRY, .retry_after = 7200 };
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    world_clock += INT64_C(7199) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "failed"), 0);
    world_clock += WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__a_transport_may_fail_lie_and_overflow)
{
    world w;
    world_open(&w, _i);
    char id[40], lost[40];
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    w.post.status = -5; /* hung up: its outcome does not count */
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    world_is(&w, id, "queued", "no_answer");
    w.post.status = 0;
    memset(w.post.answer.reference, 'x', sizeof w.post.answer.reference);
    memset(w.post.answer.reason, 0xff, sizeof w.post.answer.reason);
    w.post.answer.outcome = 77;
    world_clock += INT64_C(3600) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    world_is(&w, id, "queued", "no_answer");
    w.post.answer.outcome = ACRM_SENT_REFUSED;
    world_clock += INT64_C(3600) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    world_is(&w, id, "failed", "refused");
    /* An address that is none is used no more. */
    snprintf(lost, sizeof lost, "%s", world_send_ready(&w));
    w.post.answer = (acrm_sent){ .outcome = ACRM_SENT_BAD_ADDRESS };
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    world_is(&w, lost, "failed", "address");
    office_refused(&w.o, "message.send", world_args("{'customer_id':'%s','channel':'sms',"
                   "'template':'ready','values':{'car':'E1'}}", w.customer), ACRM_E_INVALID, "to",
                   "address");
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__a_body_too_long_for_the_transport_fails_by_name)
{
    world w;
    world_open(&w, _i);
    char more[1200], id[40];
    int n = snprintf(more, sizeof more, ",'channel':'sms','purpose':'service','body':'");
    memset(more + n, 'x', 1001);
    snprintf(more + n + 1001, sizeof more - (size_t)n - 1001, "'");
    snprintf(id, sizeof id, "%s", world_send(&w, more));
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    ck_assert_int_eq(w.post.n, 0);
    world_is(&w, id, "failed", "too_long");
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__urgent_ones_leave_first_and_cancelled_ones_never)
{
    world w;
    world_open(&w, _i);
    char id[40];
    world_send(&w, ",'channel':'sms','purpose':'service','body':'later','priority':9");
    world_send(&w, ",'channel':'sms','purpose':'service','body':'first','priority':0");
    snprintf(id, sizeof id, "%s",
             world_send(&w, ",'channel':'sms','purpose':'service','body':'never'"));
    world_send(&w, ",'channel':'sms','purpose':'service','body':'tomorrow',"
                   "'not_before':'2026-11-22T10:00:00Z'");
    world_do(&w, "message.cancel", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(world_tick(&w, "sent"), 2);
    ck_assert_str_eq(w.post.body, "later");
    world_clock += INT64_C(86400) * WORLD_SECOND - 1;
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    world_clock++;
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__the_rate_is_a_sliding_window)
{
    world w;
    world_open_at_rate(&w, _i, 2);
    for (int i = 0; i < 5; i++)
        world_send_ready(&w);
    ck_assert_int_eq(world_tick(&w, "sent"), 2);
    world_clock += INT64_C(59) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    world_clock += WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "sent"), 2);
    world_clock += INT64_C(60) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_close(&w.o);
}
END_TEST

/* A process killed while the transport has the message: the outcome is never kept. */
static int32_t interrupt_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    (void)message;
    sent->outcome = ACRM_SENT_ACCEPTED;
    acrm_interrupt(*(acrm_session **)self, 1);
    return 0;
}

START_TEST(outbox__a_lost_outcome_is_found_again)
{
    world w;
    acrm_session *session = NULL;
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_transport bad = { .struct_size = sizeof bad, .name = "bad",
                                 .channels = ACRM_CHANNEL_SMS, .self = &session,
                                 .submit = interrupt_submit };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .transports = &bad, .n_transports = 1 };
    acrm_error *err = NULL;
    char id[40];

    world_open(&w, OFFICE_SQLITE);
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    acrm_session_free(w.o.session);
    acrm_close(w.o.engine);
    ck_assert_int_eq(acrm_open(w.o.path, &options, &w.o.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &session, &err), ACRM_OK);
    ck_assert_int_eq(acrm_call_json(session, "engine.tick", "{}", 2, NULL, &err),
                     ACRM_E_INTERRUPTED);
    acrm_error_free(err);
    acrm_session_free(session);
    acrm_close(w.o.engine);
    world_engine(&w, 0);
    world_is(&w, id, "sending", "");
    ck_assert_int_eq(world_tick(&w, "sent"), 0); /* it may still be on its way */
    world_clock += INT64_C(900) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_str_eq(w.post.key, id); /* the same key: a transport that dedupes sends it once */
    ck_assert_int_eq(w.post.attempt, 2);
    office_close(&w.o);
}
END_TEST

/* Two hosts, and a transport so slow that what one of them took in one go would be let go before
 * it came to it. */
START_TEST(outbox__a_slow_transport_is_handed_each_once)
{
    world w;

    world_open(&w, OFFICE_SQLITE);
    for (int i = 0; i < 50; i++)
        (void)world_send_ready(&w);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.post.meanwhile, NULL), ACRM_OK);
    w.post.args = "{\"limit\":1}";
    w.post.takes = INT64_C(30) * WORLD_SECOND;
    acrm_value_free(office_call(&w.o, "engine.tick", "{}"));
    ck_assert_int_eq(w.post.n, 50);
    ck_assert_int_eq(w.post.attempt, 1);
    ck_assert_int_eq(office_count(&w.o, "message.count", "{\"where\":{\"status\":\"sent\","
                                  "\"attempts\":1}}"), 50);
    acrm_session_free(w.post.meanwhile);
    office_close(&w.o);
}
END_TEST

/* One is stuck for so long that another takes all of it over, and comes back then. */
START_TEST(outbox__who_was_stuck_leaves_the_rest_to_whom_took_over)
{
    world w;

    world_open(&w, OFFICE_SQLITE);
    for (int i = 0; i < 5; i++)
        (void)world_send_ready(&w);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.post.meanwhile, NULL), ACRM_OK);
    w.post.args = "{}";
    w.post.takes = INT64_C(1000) * WORLD_SECOND;
    acrm_value_free(office_call(&w.o, "engine.tick", "{}"));
    ck_assert_int_eq(w.post.n, 6); /* the one it was stuck with went again */
    ck_assert_int_eq(w.post.attempt, 1);
    ck_assert_int_eq(office_count(&w.o, "message.count", "{\"where\":{\"status\":\"sent\"}}"), 5);
    ck_assert_int_eq(office_count(&w.o, "message.count", "{\"where\":{\"attempts\":2}}"), 5);
    acrm_value *out = office_call(&w.o, "event.list", "{\"types\":[\"message.sent\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 5);
    acrm_value_free(out);
    acrm_session_free(w.post.meanwhile);
    office_close(&w.o);
}
END_TEST

START_TEST(outbox__transports_are_checked_when_they_are_given)
{
    const acrm_transport good = { .struct_size = sizeof good, .name = "a",
                                  .channels = ACRM_CHANNEL_SMS, .submit = interrupt_submit };
    acrm_transport pair[2] = { good, good };
    acrm_options options = { .struct_size = sizeof options, .transports = pair,
                             .n_transports = 2 };
    acrm_engine *engine = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_open("memory:", &options, &engine, &err), ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(err), "duplicate");
    acrm_error_free(err);
    static const char *const names[] = { NULL, "", "a name that is longer than 32 bytes allow" };
    for (size_t i = 0; i < 5; i++) {
        options.n_transports = 1;
        pair[0] = good;
        if (i < 3)
            pair[0].name = names[i];
        else if (i == 3)
            pair[0].submit = NULL;
        else
            pair[0].struct_size = 8;
        err = NULL;
        ck_assert_int_eq(acrm_open("memory:", &options, &engine, &err), ACRM_E_INVALID);
        ck_assert_str_eq(acrm_error_field(err), "transports");
        acrm_error_free(err);
    }
}
END_TEST

static Suite *outbox_suite(void)
{
    Suite *s = suite_create("message_outbox");
    TCase *t = tcase_create("outbox");

    tcase_add_loop_test(t, outbox__sends_the_text_in_the_customers_language, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__takes_the_preferred_address_and_escapes_html, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__one_order_is_one_message, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__refuses_what_cannot_be_sent_as_it_is, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__nobody_writes_a_header_into_a_message, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__tries_again_later_and_gives_up_at_last, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__waits_as_long_as_the_other_side_asks, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__a_transport_may_fail_lie_and_overflow, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__a_body_too_long_for_the_transport_fails_by_name, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__urgent_ones_leave_first_and_cancelled_ones_never, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, outbox__the_rate_is_a_sliding_window, 0, OFFICE_STORAGES);
    tcase_add_test(t, outbox__a_lost_outcome_is_found_again);
    tcase_add_test(t, outbox__a_slow_transport_is_handed_each_once);
    tcase_add_test(t, outbox__who_was_stuck_leaves_the_rest_to_whom_took_over);
    tcase_add_test(t, outbox__transports_are_checked_when_they_are_given);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(outbox_suite)
