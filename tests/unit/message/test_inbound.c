/* SPDX-License-Identifier: MIT */
/* Receipts, replies, bounces and stop words. */
#include "unit/message/message_world.h"

static void receipt(world *w, const char *reference, const char *outcome)
{
    world_do(w, "message.receipt", world_args("{'transport':'test','reference':'%s',"
                                              "'outcome':'%s'}", reference, outcome));
}

/* A receipt that is not believed changes nothing but is kept. */
static void receipt_refused(world *w, const char *more, const char *why)
{
    int64_t before = office_count(&w->o, "message_receipt.count", "{}");
    acrm_value *out = office_call(&w->o, "message.receipt",
                                  world_args("{'transport':'test',%s}", more));

    ck_assert(!acrm_value_bool(acrm_value_get(out, "accepted")));
    ck_assert_str_eq(office_text(out, "refused"), why);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&w->o, "message_receipt.count", "{}"), before + 1);
}

START_TEST(inbound__receipts_find_their_message)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    receipt(&w, "ref-1", "delivered");
    world_is(&w, id, "delivered", "");
    acrm_value *out = office_call(&w.o, "message.get", world_args("{'id':'%s'}", id));
    int64_t version = office_number(out, "version");
    acrm_value_free(out);
    receipt(&w, "ref-1", "delivered"); /* told again */
    out = office_call(&w.o, "message.get", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(office_number(out, "version"), version);
    acrm_value_free(out);
    receipt_refused(&w, "'reference':'forged','outcome':'bounced'", "unknown");
    ck_assert_int_eq(office_count(&w.o, "contact_point.count",
                                  "{\"where\":{\"valid\":false}}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(inbound__bounces_mark_the_address_and_complaints_the_customer)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    receipt(&w, "ref-1", "bounced");
    world_is(&w, id, "failed", "bounced");
    ck_assert_int_eq(office_count(&w.o, "contact_point.count",
                                  "{\"where\":{\"valid\":false}}"), 1);
    world_send(&w, ",'channel':'email','purpose':'service','body':'x'");
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    receipt(&w, "ref-2", "complaint");
    ck_assert_int_eq(office_count(&w.o, "contact_suppression.count",
                                  "{\"where\":{\"cause\":\"complaint\"}}"), 1);
    world_send(&w, ",'channel':'email','purpose':'service','body':'x'");
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(inbound__receipts_are_not_believed_twice_or_against_what_is_known)
{
    world w;
    world_open(&w, _i);
    char id[40];
    snprintf(id, sizeof id, "%s", world_send_ready(&w));
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    world_do(&w, "message.receipt", world_args("{'transport':'test','reference':'ref-1',"
             "'outcome':'soft_bounced','external_id':'r1'}"));
    world_is(&w, id, "failed", "soft_bounced");
    receipt_refused(&w, "'reference':'ref-1','outcome':'bounced','external_id':'r1'", "replayed");
    receipt_refused(&w, "'reference':'ref-1','outcome':'delivered'", "contradiction");
    world_do(&w, "message.retry", world_args("{'id':'%s'}", id));
    receipt_refused(&w, "'reference':'ref-1','outcome':'delivered'", "not_sent");
    ck_assert_int_eq(office_count(&w.o, "contact_point.count",
                                  "{\"where\":{\"valid\":false}}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(inbound__an_address_gives_way_after_so_many_soft_bounces)
{
    world w;
    char more[100];
    world_open(&w, _i);
    for (int i = 1; i <= 5; i++) {
        ck_assert_int_eq(office_count(&w.o, "contact_point.count",
                                      "{\"where\":{\"valid\":false}}"), 0);
        world_send_ready(&w);
        ck_assert_int_eq(world_tick(&w, "sent"), 1);
        snprintf(more, sizeof more, "ref-%d", i);
        receipt(&w, more, "soft_bounced");
        world_clock += WORLD_SECOND * 86400;
    }
    ck_assert_int_eq(office_count(&w.o, "contact_point.count",
                                  "{\"where\":{\"valid\":false}}"), 1);
    office_close(&w.o);
}
END_TEST

/* A mail that came back, to the message of the newest reference. */
static acrm_value *bounce(world *w, const char *reference, const char *action, const char *status)
{
    return office_call(&w->o, "message.bounce", world_args(
        "{'transport':'test','mail':'From: MAILER-DAEMON@mx.example\\r\\n\\r\\n--b\\r\\n"
        "Reporting-MTA: dns; mx.example\\r\\n\\r\\nFinal-Recipient: rfc822; a@example.com\\r\\n"
        "Action: %s\\r\\nStatus: %s\\r\\n\\r\\n--b\\r\\nMessage-ID: <%s@dealer.example>\\r\\n"
        "\\r\\nDear Ada\\r\\n'}", action, status, reference));
}

START_TEST(inbound__a_mail_that_comes_back_tells_which_message)
{
    static const struct {
        const char *action, *status, *outcome, *becomes, *reason;
    } mails[] = {
        { "delayed", "4.4.1", "delayed", "sent", "" },
        { "failed", "4.2.2", "soft_bounced", "failed", "4.2.2" },
        { "failed", "5.1.1", "bounced", "failed", "5.1.1" },
        { "delivered", "2.0.0", "delivered", "delivered", "" },
    };

    for (size_t i = 0; i < sizeof mails / sizeof mails[0]; i++) {
        world w;
        char id[40];
        world_open(&w, OFFICE_MEMORY);
        snprintf(id, sizeof id, "%s", world_send(&w, ",'channel':'email','purpose':'service',"
                                                     "'subject':'x','body':'y'"));
        ck_assert_int_eq(world_tick(&w, "sent"), 1);
        acrm_value *out = bounce(&w, "ref-1", mails[i].action, mails[i].status);
        const acrm_value *item = acrm_value_at(acrm_value_get(out, "items"), 0);
        ck_assert_str_eq(office_text(item, "outcome"), mails[i].outcome);
        ck_assert(acrm_value_bool(acrm_value_get(item, "accepted")));
        acrm_value_free(out);
        world_is(&w, id, mails[i].becomes, mails[i].reason);
        ck_assert_int_eq(office_count(&w.o, "contact_point.count",
                                      "{\"where\":{\"valid\":false}}"), i == 2);
        out = bounce(&w, "another", "failed", "5.1.1");
        item = acrm_value_at(acrm_value_get(out, "items"), 0);
        ck_assert_str_eq(office_text(item, "refused"), "unknown");
        acrm_value_free(out);
        office_refused(&w.o, "message.bounce",
                       "{\"transport\":\"test\",\"mail\":\"Dear all\"}", ACRM_E_INVALID, "mail",
                       "format");
        office_close(&w.o);
    }
}
END_TEST

START_TEST(inbound__stands_on_the_customers_timeline)
{
    world w;
    world_open(&w, _i);
    world_send_ready(&w);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    world_do(&w, "message.receive", world_args("{'transport':'test','channel':'sms','from':"
             "'+393331234567','body':'Thanks!'}"));
    acrm_value *out = office_call(&w.o, "customer.timeline", world_args("{'id':'%s'}",
                                  w.customer));
    const acrm_value *line = acrm_value_get(out, "items");
    int found = 0;
    for (size_t i = 0; i < acrm_value_count(line); i++) {
        const char *entity = office_text(acrm_value_at(line, i), "entity");
        found += entity && (strcmp(entity, "message") == 0 ||
                            strcmp(entity, "inbound_message") == 0);
    }
    ck_assert_int_eq(found, 2);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

static acrm_value *receive(world *w, const char *more)
{
    return office_call(&w->o, "message.receive",
                       world_args("{'transport':'test','channel':'sms',%s}", more));
}

START_TEST(inbound__a_reply_is_the_customers_once)
{
    world w;
    world_open(&w, _i);
    acrm_value *out = receive(&w, "'from':'+393331234567','body':'Thanks!','external_id':'m1'");
    ck_assert_str_eq(office_text(out, "customer_id"), w.customer);
    ck_assert_str_eq(office_text(out, "kind"), "reply");
    acrm_value_free(out);
    acrm_value_free(receive(&w, "'from':'+393331234567','body':'Thanks!','external_id':'m1'"));
    ck_assert_int_eq(office_count(&w.o, "inbound_message.count", "{}"), 1);
    out = receive(&w, "'from':'+390000000','body':'Who are you?'");
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "customer_id")), ACRM_NULL);
    acrm_value_free(out);
    world_send_ready(&w);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    out = receive(&w, "'from':'+390000000','body':'It is me','answers':'ref-1'");
    ck_assert_str_eq(office_text(out, "customer_id"), w.customer);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(inbound__stop_words_end_the_channel)
{
    static const char *const words[] = { "STOP", " stop. ", "Стоп", "退订", "لغو", "Annulla" };
    static const char *const others[] = { "stop by tomorrow?", "I cannot stop", "ok" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        world w;
        char more[200];
        world_open(&w, OFFICE_MEMORY);
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
            snprintf(more, sizeof more, "'from':'+393331234567','body':'%s'", others[k]);
            acrm_value_free(receive(&w, more));
        }
        ck_assert_int_eq(office_count(&w.o, "contact_suppression.count", "{}"), 0);
        snprintf(more, sizeof more, "'from':'+393331234567','body':'%s'", words[i]);
        acrm_value *out = receive(&w, more);
        ck_assert_str_eq(office_text(out, "kind"), "stop");
        acrm_value_free(out);
        world_send_ready(&w);
        ck_assert_int_eq(world_tick(&w, "refused"), 1);
        world_send(&w, ",'channel':'email','purpose':'service','body':'x'");
        ck_assert_int_eq(world_tick(&w, "sent"), 1);
        office_close(&w.o);
    }
}
END_TEST

static Suite *inbound_suite(void)
{
    Suite *s = suite_create("message_inbound");
    TCase *t = tcase_create("inbound");

    tcase_add_loop_test(t, inbound__receipts_find_their_message, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, inbound__bounces_mark_the_address_and_complaints_the_customer, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, inbound__receipts_are_not_believed_twice_or_against_what_is_known, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, inbound__an_address_gives_way_after_so_many_soft_bounces, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, inbound__a_mail_that_comes_back_tells_which_message);
    tcase_add_loop_test(t, inbound__stands_on_the_customers_timeline, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, inbound__a_reply_is_the_customers_once, 0, OFFICE_STORAGES);
    tcase_add_test(t, inbound__stop_words_end_the_channel);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(inbound_suite)
