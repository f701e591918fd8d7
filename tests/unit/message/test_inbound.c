/* SPDX-License-Identifier: MIT */
/* Receipts, replies, bounces and stop words. */
#include "unit/message/message_world.h"

static void receipt(world *w, const char *reference, const char *outcome)
{
    world_do(w, "message.receipt", world_args("{'transport':'test','reference':'%s',"
                                              "'outcome':'%s'}", reference, outcome));
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
    office_refused(&w.o, "message.receipt", world_args("{'transport':'test','reference':'forged',"
                   "'outcome':'delivered'}"), ACRM_E_NOTFOUND, "reference", "reference");
    office_refused(&w.o, "message.receipt", world_args("{'transport':'other','reference':'ref-1',"
                   "'outcome':'bounced'}"), ACRM_E_NOTFOUND, "reference", "reference");
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
    tcase_add_loop_test(t, inbound__a_reply_is_the_customers_once, 0, OFFICE_STORAGES);
    tcase_add_test(t, inbound__stop_words_end_the_channel);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(inbound_suite)
