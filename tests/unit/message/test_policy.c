/* SPDX-License-Identifier: MIT */
/* Who is written to, when: consent, wishes, caps, quiet hours, asked when a message leaves. */
#include "unit/message/message_world.h"

#define SMS ",'channel':'sms','purpose':'service','body':'x'"
#define HOUR (INT64_C(3600) * WORLD_SECOND)

START_TEST(policy__consent_decides_when_the_message_leaves)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s",
             world_send(&w, ",'channel':'sms','purpose':'marketing','body':'x'"));
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    world_is(&w, id, "refused", "never_given");
    world_do(&w, "consent.give", world_args("{'customer_id':'%s','purpose':'marketing',"
                                            "'channel':'sms'}", w.customer));
    world_do(&w, "message.retry", world_args("{'id':'%s'}", id));
    world_clock += WORLD_SECOND;
    world_do(&w, "consent.withdraw", world_args("{'customer_id':'%s','purpose':'marketing'}",
                                                w.customer));
    ck_assert_int_eq(world_tick(&w, "refused"), 1); /* withdrawn after it was ordered */
    world_is(&w, id, "refused", "withdrawn");
    ck_assert_int_eq(w.post.n, 0);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__suppression_holds_back_even_what_is_transactional)
{
    world w;
    world_open(&w, _i);
    char id[40];
    world_do(&w, "message_template.create", world_args(
        "{'code':'bill','channel':'sms','language':'en','purpose':'service',"
        "'transactional':true,'body':'Paid.'}"));
    world_do(&w, "contact_suppression.create", world_args(
        "{'customer_id':'%s','channel':'sms','cause':'complaint'}", w.customer));
    snprintf(id, sizeof id, "%s", world_send(&w, ",'channel':'sms','template':'bill'"));
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    world_is(&w, id, "refused", "suppressed");
    office_close(&w.o);
}
END_TEST

START_TEST(policy__a_customer_who_is_gone_gets_nothing)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send(&w, SMS));
    world_do(&w, "customer.delete", world_args("{'id':'%s','last_write_wins':true}", w.customer));
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    ck_assert_int_eq(w.post.n, 0);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__an_erased_customer_gets_nothing)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send(&w, SMS));
    world_do(&w, "privacy.erase", world_args("{'customer_id':'%s','basis':'request',"
                                             "'reason':'asked for'}", w.customer));
    (void)world_tick(&w, "refused");
    ck_assert_int_eq(w.post.n, 0);
    acrm_value *out = office_call(&w.o, "message.get", world_args("{'id':'%s'}", id));
    const char *to = office_text(out, "recipient");
    ck_assert(!to || strcmp(to, "+393331234567") != 0);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__caps_move_messages_in_a_rolling_window)
{
    world w;
    world_open(&w, _i);
    world_do(&w, "message_cap.create", "{\"name\":\"Two a day\",\"most\":2,\"within\":\"P1D\"}");
    world_do(&w, "message_cap.create",
             "{\"name\":\"By SMS\",\"channel\":\"sms\",\"most\":5,\"within\":\"P1D\"}");
    world_send(&w, SMS);
    ck_assert_int_eq(world_tick(&w, "sent"), 1); /* at 10:00 */
    world_clock += 2 * HOUR;
    world_send(&w, ",'channel':'email','purpose':'service','body':'x'");
    world_send(&w, SMS);
    acrm_value *out = office_call(&w.o, "engine.tick", "{}"); /* at 12:00 */
    const acrm_value *told = acrm_value_get(out, "messages");
    ck_assert_int_eq(office_number(told, "sent"), 1);
    ck_assert_int_eq(office_number(told, "moved"), 1);
    ck_assert_str_eq(office_text(told, "next_at"), "2026-11-22T10:00:00Z");
    acrm_value_free(out);
    world_clock = WORLD_START + 24 * HOUR;
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__a_customers_own_cap_and_transactional_messages)
{
    world w;
    world_open(&w, _i);
    world_do(&w, "preference.create", world_args("{'customer_id':'%s','max_per_week':1}",
                                                 w.customer));
    world_do(&w, "message_template.create", world_args(
        "{'code':'bill','channel':'sms','language':'en','purpose':'service',"
        "'transactional':true,'body':'Paid.'}"));
    world_send(&w, ",'channel':'sms','template':'bill'");
    world_send(&w, SMS);
    world_send(&w, ",'channel':'sms','template':'bill'");
    world_send(&w, SMS);
    acrm_value *out = office_call(&w.o, "engine.tick", "{}");
    /* Within one batch too: the first one moves the second. */
    ck_assert_int_eq(office_number(acrm_value_get(out, "messages"), "sent"), 3);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&w.o, "message.count", "{\"where\":{\"status\":\"queued\"}}"), 1);
    office_close(&w.o);
}
END_TEST

static const struct {
    const char *from, *to, *now, *sent_at;
} nights[] = {
    /* Rome: one hour ahead of UTC in winter. */
    { "20:00:00", "08:00:00", "2026-11-21T18:59:59Z", NULL },
    { "20:00:00", "08:00:00", "2026-11-21T19:00:00Z", "2026-11-22T07:00:00Z" },
    { "20:00:00", "08:00:00", "2026-11-21T23:30:00Z", "2026-11-22T07:00:00Z" },
    { "20:00:00", "08:00:00", "2026-11-22T06:59:59Z", "2026-11-22T07:00:00Z" },
    { "20:00:00", "08:00:00", "2026-11-22T07:00:00Z", NULL },
    { "12:00:00", "14:00:00", "2026-11-21T12:30:00Z", "2026-11-21T13:00:00Z" },
    { "22:00:00", "00:00:00", "2026-11-21T21:30:00Z", "2026-11-21T23:00:00Z" },
    { "08:00:00", "08:00:00", "2026-11-21T07:30:00Z", NULL },
};
enum { NIGHTS = sizeof nights / sizeof nights[0] };

START_TEST(policy__quiet_hours_go_over_midnight)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    world_do(&w, "quiet_hours.create", world_args("{'channel':'sms','quiet_from':'%s',"
                                                  "'quiet_to':'%s'}", nights[_i].from,
                                                  nights[_i].to));
    acrm_value *value = office_call(&w.o, "message.preview", world_args(
        "{'customer_id':'%s'" SMS "}", w.customer));
    acrm_value_free(value);
    int64_t day = 0;
    int h, m, s, d;
    ck_assert_int_eq(sscanf(nights[_i].now, "2026-11-%dT%d:%d:%dZ", &d, &h, &m, &s), 4);
    day = WORLD_START - 10 * HOUR + (d - 21) * 24 * HOUR;
    world_clock = day + h * HOUR + (m * 60 + s) * WORLD_SECOND;
    value = office_call(&w.o, "message.preview",
                        world_args("{'customer_id':'%s'" SMS "}", w.customer));
    const char *until = office_text(value, "not_before");
    ck_assert_msg(nights[_i].sent_at ? until && strcmp(until, nights[_i].sent_at) == 0 : !until,
                  "%s: %s", nights[_i].now, until ? until : "at once");
    acrm_value_free(value);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__a_customers_own_quiet_hours_in_their_own_zone)
{
    world w;
    world_open(&w, _i);
    world_do(&w, "quiet_hours.create", world_args("{'channel':'sms','quiet_from':'10:00',"
                                                  "'quiet_to':'12:00'}"));
    world_do(&w, "preference.create", world_args("{'customer_id':'%s','zone':'Asia/Tehran',"
             "'quiet_from':'13:00','quiet_to':'15:00'}", w.customer));
    char id[40];
    snprintf(id, sizeof id, "%s", world_send(&w, SMS)); /* 10:00 UTC is 13:30 there */
    ck_assert_int_eq(world_tick(&w, "moved"), 1);
    world_is(&w, id, "queued", "quiet");
    world_clock += HOUR + HOUR / 2;
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__preview_tells_what_would_happen)
{
    world w;
    world_open(&w, _i);
    acrm_value *out = office_call(&w.o, "message.preview", world_args(
        "{'customer_id':'%s','channel':'email','template':'offer','values':{'price':'5'}}",
        w.customer));
    ck_assert_str_eq(office_text(out, "reason"), "never_given");
    ck_assert_str_eq(office_text(out, "body"), "<p>Ada Bianchi: 5</p>");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "allowed")), 0);
    acrm_value_free(out);
    out = office_call(&w.o, "message.preview", world_args(
        "{'customer_id':'%s','channel':'sms','template':'ready'}", w.customer));
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(out, "missing"), 0), NULL),
                     "car");
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&w.o, "message.count", "{}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(policy__takes_a_constant_number_of_statements)
{
    world w;
    int64_t before, few, many;
    world_open(&w, OFFICE_SQLITE);
    world_do(&w, "message_cap.create", "{\"name\":\"Cap\",\"most\":900,\"within\":\"P1D\"}");
    world_send(&w, SMS);
    before = acrm_session_statements(w.o.session);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    few = acrm_session_statements(w.o.session) - before;
    for (int i = 0; i < 200; i++)
        world_send(&w, SMS);
    while (world_tick(&w, "sent") > 0)
        ;
    world_send(&w, SMS);
    before = acrm_session_statements(w.o.session);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    many = acrm_session_statements(w.o.session) - before;
    printf("statements of one message in a tick: %lld\n", (long long)many);
    ck_assert_int_le(many, few);
    office_close(&w.o);
}
END_TEST

static Suite *policy_suite(void)
{
    Suite *s = suite_create("message_policy");
    TCase *t = tcase_create("policy");

    tcase_add_loop_test(t, policy__consent_decides_when_the_message_leaves, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__suppression_holds_back_even_what_is_transactional, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__a_customer_who_is_gone_gets_nothing, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__an_erased_customer_gets_nothing, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__caps_move_messages_in_a_rolling_window, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__a_customers_own_cap_and_transactional_messages, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__quiet_hours_go_over_midnight, 0, NIGHTS);
    tcase_add_loop_test(t, policy__a_customers_own_quiet_hours_in_their_own_zone, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, policy__preview_tells_what_would_happen, 0, OFFICE_STORAGES);
    tcase_add_test(t, policy__takes_a_constant_number_of_statements);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(policy_suite)
