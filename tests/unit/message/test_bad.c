/* SPDX-License-Identifier: MIT */
/* What is wrong with one message is told and kept, and harms no other. */
#include "unit/message/message_world.h"

#define MAIL ",'channel':'email','purpose':'service'"

/* One good message beside the bad one: it leaves all the same. */
static void good(world *w)
{
    world_send(w, MAIL ",'subject':'good','body':'good'");
}

START_TEST(bad__lines_cannot_be_smuggled_into_headers)
{
    world w;
    world_open(&w, _i);
    world_do(&w, "customer.update", world_args(
        "{'id':'%s','name':'Ada\\r\\nBcc: all@example.com','last_write_wins':true}", w.customer));
    world_send(&w, MAIL ",'to':'a@example.com\\r\\nBcc: b@example.com','subject':'Hi {{what}}',"
                   "'body':'x','values':{'what':'there\\r\\nX-Evil: 1'}");
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_ptr_null(strpbrk(w.post.subject, "\r\n"));
    ck_assert_ptr_null(strpbrk(w.post.name, "\r\n"));
    ck_assert_ptr_null(strpbrk(w.post.to, "\r\n"));
    ck_assert_ptr_nonnull(strstr(w.post.subject, "X-Evil"));
    office_close(&w.o);
}
END_TEST

START_TEST(bad__template_bombs_are_refused_by_name)
{
    world w;
    char bomb[1200] = ",'channel':'sms','purpose':'service','body':'";
    world_open(&w, _i);
    world_do(&w, "message_template.create", world_args(
        "{'code':'loop','channel':'sms','language':'en','purpose':'service',"
        "'body':'x{{> loop}}'}"));
    office_refused(&w.o, "message.send", world_args(
        "{'customer_id':'%s','channel':'sms','template':'loop'}", w.customer), ACRM_E_LIMIT,
        "body", "limit");
    for (int i = 0; i < 40; i++)
        strcat(bomb, "{{#a}}");
    strcat(bomb, "'");
    office_refused(&w.o, "message.send", world_args("{'customer_id':'%s'%s}", w.customer, bomb),
                   ACRM_E_LIMIT, "body", "limit");
    office_refused(&w.o, "message_template.create", world_args(
        "{'code':'broken','channel':'sms','language':'en','purpose':'service',"
        "'body':'{{#a}}'}"), ACRM_E_INVALID, "body", "section");
    good(&w);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(bad__a_body_that_grows_beyond_measure_is_refused)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    char *json = malloc(400000), *at = json;
    at += sprintf(at, "{\"customer_id\":\"%s\",\"channel\":\"sms\",\"purpose\":\"service\","
                  "\"body\":\"{{#a}}{{#a}}{{b}}{{/a}}{{/a}}\",\"values\":{\"b\":\"0123456789\","
                  "\"a\":[", w.customer);
    for (int i = 0; i < 1000; i++)
        at += sprintf(at, "%s{}", i ? "," : "");
    strcpy(at, "]}}");
    office_refused(&w.o, "message.send", json, ACRM_E_LIMIT, "body", "limit");
    free(json);
    office_close(&w.o);
}
END_TEST

START_TEST(bad__files_go_along_or_are_refused_by_name)
{
    world w;
    char file[40], other[40], more[200];
    world_open(&w, _i);
    acrm_value *out = office_call(&w.o, "attachment.add", world_args(
        "{'id':'%s','file_name':'offer.txt','data':'aGVsbG8='}", w.customer));
    snprintf(file, sizeof file, "%s", office_text(out, "id"));
    acrm_value_free(out);
    snprintf(more, sizeof more, MAIL ",'subject':'s','body':'x','attachment_ids':['%s']", file);
    world_send(&w, more);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_str_eq(w.post.file, "offer.txt|text/plain|hello");
    out = office_call(&w.o, "customer.create", "{\"name\":\"Other\"}");
    snprintf(other, sizeof other, "%s", office_text(out, "id"));
    acrm_value_free(out);
    office_refused(&w.o, "message.send", world_args("{'customer_id':'%s'%s,'to':'a@example.com'}",
                   other, more), ACRM_E_INVALID, "attachment_ids", "other_customer");
    /* Larger than the transport takes, and gone when it is to leave. */
    out = office_call(&w.o, "attachment.add", world_args(
        "{'id':'%s','file_name':'big.txt','data':'%0160d'}", w.customer, 0));
    snprintf(other, sizeof other, "%s", office_text(out, "id"));
    acrm_value_free(out);
    snprintf(more, sizeof more, MAIL ",'subject':'s','body':'x','attachment_ids':['%s']", other);
    char big[40], gone[40];
    snprintf(big, sizeof big, "%s", world_send(&w, more));
    snprintf(more, sizeof more, MAIL ",'subject':'s','body':'x','attachment_ids':['%s']", file);
    snprintf(gone, sizeof gone, "%s", world_send(&w, more));
    world_do(&w, "attachment.remove", world_args("{'id':'%s'}", file));
    good(&w);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    world_is(&w, big, "failed", "files_too_large");
    world_is(&w, gone, "failed", "attachment_gone");
    office_close(&w.o);
}
END_TEST

START_TEST(bad__addresses_and_numbers_that_are_none_leave_nothing)
{
    world w;
    char id[40];
    world_open(&w, _i);
    acrm_value *out = office_call(&w.o, "customer.create", world_args(
        "{'name':'X','contact_points':[{'channel':'email','value':'not an address'},"
        "{'channel':'phone','value':'12'}]}"));
    snprintf(id, sizeof id, "%s", office_text(out, "id"));
    acrm_value_free(out);
    office_refused(&w.o, "message.send", world_args(
        "{'customer_id':'%s','channel':'email','purpose':'service','body':'x'}", id),
        ACRM_E_INVALID, "to", "address");
    office_refused(&w.o, "message.send", world_args(
        "{'customer_id':'%s','channel':'sms','purpose':'service','body':'x'}", id),
        ACRM_E_INVALID, "to", "address");
    good(&w);
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(bad__blocked_domains_and_numbers_get_nothing)
{
    static const char *const blocks[] = { "example.com", "ada.work@example.com", "+39" };
    for (int i = 0; i < 3; i++) {
        world w;
        char id[40];
        world_open(&w, OFFICE_MEMORY);
        world_do(&w, "message_block.create", world_args("{'value':'%s'}", blocks[i]));
        world_do(&w, "message_block.create", world_args("{'value':'ample.com'}"));
        snprintf(id, sizeof id, "%s", world_send(&w, i < 2 ? MAIL ",'body':'x'"
                                     : ",'channel':'sms','purpose':'service','body':'x'"));
        world_do(&w, "engine.tick", "{}");
        world_is(&w, id, "refused", "blocked");
        office_close(&w.o);
    }
}
END_TEST

START_TEST(bad__customers_whose_zone_nobody_knows)
{
    world w;
    char id[40];
    world_open(&w, _i);
    world_do(&w, "quiet_hours.create", world_args("{'channel':'email','quiet_from':'20:00:00',"
             "'quiet_to':'08:00:00','unknown_zone':'refuse'}"));
    snprintf(id, sizeof id, "%s", world_send(&w, MAIL ",'body':'x'"));
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    world_is(&w, id, "refused", "zone");
    world_do(&w, "customer.update", world_args("{'id':'%s','country':'IR','last_write_wins':true}",
                                               w.customer));
    world_do(&w, "message.retry", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(world_tick(&w, "sent"), 1); /* 13:30 in Tehran */
    office_close(&w.o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("message_bad");
    TCase *c = tcase_create("bad");

    tcase_add_loop_test(c, bad__lines_cannot_be_smuggled_into_headers, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, bad__template_bombs_are_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_test(c, bad__a_body_that_grows_beyond_measure_is_refused);
    tcase_add_loop_test(c, bad__files_go_along_or_are_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, bad__addresses_and_numbers_that_are_none_leave_nothing, 0,
                        OFFICE_STORAGES);
    tcase_add_test(c, bad__blocked_domains_and_numbers_get_nothing);
    tcase_add_loop_test(c, bad__customers_whose_zone_nobody_knows, 0, OFFICE_STORAGES);
    suite_add_tcase(s, c);
    return s;
}

ACRM_TEST_MAIN(suite)
