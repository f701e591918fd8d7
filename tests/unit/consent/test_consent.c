/* SPDX-License-Identifier: MIT */
/* The ledger of consents: given, confirmed, withdrawn, ended; what may not be kept. */
#include "unit/consent/consent_world.h"

START_TEST(consent__holds_from_giving_to_withdrawing)
{
    consent_world w;
    consent_open(&w, _i);
    consent_is(&w, "marketing", "email", false, "never_given");
    consent_is(&w, "service", "sms", true, "not_required");
    consent_do(&w, "consent.give", "'purpose':'marketing','channel':'email','source':'web form',"
                                   "'document_version':'3','proof':'ticked'");
    consent_is(&w, "marketing", "email", true, "granted");
    consent_is(&w, "marketing", "sms", false, "never_given");
    consent_is(&w, "survey", "email", false, "never_given");
    consent_clock += 1;
    consent_do(&w, "consent.withdraw", "'purpose':'marketing'");
    consent_is(&w, "marketing", "email", false, "withdrawn");
    consent_clock += 1;
    consent_do(&w, "consent.withdraw", "");
    consent_is(&w, "service", "sms", false, "withdrawn");
    ck_assert_int_eq(office_count(&w.o, "consent.count", "{}"), 6); /* four purposes at last */
    office_close(&w.o);
}
END_TEST

START_TEST(consent__ends_at_the_instant)
{
    consent_world w;
    consent_open(&w, _i);
    consent_do(&w, "consent.give", "'purpose':'marketing','channel':'sms',"
                                   "'expires_at':'2026-11-21T11:00:00Z'");
    consent_clock = CONSENT_START + INT64_C(3600000000) - 1;
    consent_is(&w, "marketing", "sms", true, "granted");
    consent_clock++;
    consent_is(&w, "marketing", "sms", false, "expired");
    acrm_value *out = consent_call(&w, "consent.check", "'purpose':'marketing','channel':'sms',"
                                                        "'at':'2026-11-21T10:30:00Z'");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "allowed")), 1);
    acrm_value_free(out);
    acrm_value_free(office_call(&w.o, "engine.tick", "{}"));
    out = office_call(&w.o, "event.list", "{\"types\":[\"consent.expired\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(consent__is_confirmed_by_whom_was_asked)
{
    consent_world w;
    consent_open(&w, _i);
    acrm_value_free(office_call(&w.o, "consent_purpose.create", "{\"code\":\"club\",\"name\":"
        "\"Club news\",\"double_opt_in\":true,\"valid_for\":\"P30D\"}"));
    acrm_value *out = consent_call(&w, "consent.give", "'purpose':'club','channel':'email'");
    char id[40];
    snprintf(id, sizeof id, "%s", office_text(out, "id"));
    ck_assert_str_eq(office_text(out, "state"), "pending");
    acrm_value_free(out);
    consent_is(&w, "club", "email", false, "unconfirmed");
    consent_clock += 1000000;
    acrm_value_free(office_call(&w.o, "consent.confirm", consent_args("{'id':'%s','proof':"
                                                                      "'link'}", id)));
    consent_is(&w, "club", "email", true, "granted");
    office_refused(&w.o, "consent.confirm", consent_args("{'id':'%s'}", id), ACRM_E_CONFLICT,
                   "id", "confirmed");
    /* Asking again does not take away what holds. */
    consent_do(&w, "consent.give", "'purpose':'club','channel':'email'");
    consent_is(&w, "club", "email", true, "granted");
    consent_clock += INT64_C(30) * 86400 * 1000000;
    consent_is(&w, "club", "email", false, "expired");
    office_close(&w.o);
}
END_TEST

START_TEST(consent__a_request_is_open_for_a_week_unless_withdrawn)
{
    consent_world w;
    char ids[2][40];
    consent_open(&w, _i);
    acrm_value_free(office_call(&w.o, "consent_purpose.create",
        "{\"code\":\"club\",\"name\":\"Club news\",\"double_opt_in\":true}"));
    for (int i = 0; i < 2; i++) {
        acrm_value *out = consent_call(&w, "consent.give", i ? "'purpose':'club','channel':'sms'"
                                       : "'purpose':'club','channel':'email'");
        snprintf(ids[i], sizeof ids[i], "%s", office_text(out, "id"));
        acrm_value_free(out);
    }
    consent_do(&w, "consent.withdraw", "'purpose':'club','channel':'email'");
    office_refused(&w.o, "consent.confirm", consent_args("{'id':'%s'}", ids[0]), ACRM_E_CONFLICT,
                   "id", "withdrawn");
    consent_clock += INT64_C(7) * 86400 * 1000000;
    office_refused(&w.o, "consent.confirm", consent_args("{'id':'%s'}", ids[1]), ACRM_E_CONFLICT,
                   "id", "expired");
    acrm_value *out = consent_call(&w, "consent.give", "'purpose':'survey','channel':'sms'");
    office_refused(&w.o, "consent.confirm", consent_args("{'id':'%s'}", office_text(out, "id")),
                   ACRM_E_CONFLICT, "id", "state");
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

static const struct {
    const char *operation, *more;
    int32_t status;
    const char *field, *reason;
} consent_refusals[] = {
    { "consent.give", "'purpose':'marketing','given_at':'2026-11-21T09:54:59Z'", ACRM_E_INVALID,
      "given_at", "back_dated" },
    { "consent.give", "'purpose':'marketing','given_at':'2026-11-21T10:00:01Z'", ACRM_E_INVALID,
      "given_at", "future_dated" },
    { "consent.give", "'purpose':'moon'", ACRM_E_NOTFOUND, "purpose", "reference" },
    { "consent.give", "", ACRM_E_INVALID, "purpose", "required" },
    { "consent.give", "'purpose':'marketing','channel':'smoke'", ACRM_E_INVALID, "channel",
      "choice" },
    { "consent.give", "'purpose':'marketing','expires_at':'2026-11-21T10:00:00Z'",
      ACRM_E_INVALID, "expires_at", "range" },
    { "consent.record", "'purpose':'marketing','given_at':'2020-01-01T00:00:00Z'",
      ACRM_E_INVALID, "proof", "required" },
    { "consent.record", "'purpose':'marketing','given_at':'2027-01-01T00:00:00Z','proof':'x'",
      ACRM_E_INVALID, "given_at", "future_dated" },
    { "consent.record", "'purpose':'marketing','proof':'x'", ACRM_E_INVALID, "given_at",
      "required" },
    { "consent.withdraw", "'purpose':'moon'", ACRM_E_NOTFOUND, "purpose", "reference" },
    { "consent.check", "'purpose':'moon','channel':'sms'", ACRM_E_NOTFOUND, "purpose",
      "reference" },
    { "consent.check", "'purpose':'survey','channel':'any'", ACRM_E_INVALID, "channel",
      "choice" },
    { "consent.check", "'purpose':'survey'", ACRM_E_INVALID, "channel", "required" },
};

START_TEST(consent__what_cannot_be_is_refused_by_name)
{
    consent_world w;
    consent_open(&w, _i);
    for (size_t i = 0; i < sizeof consent_refusals / sizeof consent_refusals[0]; i++)
        consent_refused(&w, consent_refusals[i].operation, consent_refusals[i].more,
                        consent_refusals[i].status, consent_refusals[i].field,
                        consent_refusals[i].reason);
    snprintf(w.customer, sizeof w.customer, "00000000-0000-7000-8000-000000000000");
    consent_refused(&w, "consent.give", "'purpose':'survey'", ACRM_E_NOTFOUND, "customer_id",
                    "reference");
    consent_refused(&w, "consent.state", "", ACRM_E_NOTFOUND, "customer_id", "reference");
    ck_assert_int_eq(office_count(&w.o, "consent.count", "{}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(consent__of_the_past_is_kept_with_its_proof)
{
    consent_world w;
    consent_open(&w, _i);
    consent_do(&w, "consent.record", "'purpose':'marketing','channel':'letter','proof':"
                                     "'paper of 2020','given_at':'2020-05-01T00:00:00Z'");
    consent_is(&w, "marketing", "letter", true, "granted");
    consent_do(&w, "consent.withdraw", "'purpose':'marketing'");
    /* Found later, but decided earlier: it changes nothing. */
    consent_do(&w, "consent.record", "'purpose':'marketing','channel':'letter','proof':"
                                     "'another paper','given_at':'2021-05-01T00:00:00Z'");
    consent_is(&w, "marketing", "letter", false, "withdrawn");
    office_close(&w.o);
}
END_TEST

START_TEST(consent__rows_can_neither_be_changed_nor_deleted)
{
    static const char *const verbs[] = { "create", "update", "delete", "restore", "create_many" };
    consent_world w;
    consent_open(&w, _i);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        char operation[40];
        acrm_error *err = NULL;
        snprintf(operation, sizeof operation, "consent.%s", verbs[i]);
        ck_assert_int_eq(acrm_call_json(w.o.session, operation, "{}", 2, NULL, &err),
                         ACRM_E_NOTFOUND);
        acrm_error_free(err);
    }
    office_refused(&w.o, "customer.create",
                   "{\"name\":\"X\",\"consents\":[{\"purpose\":\"survey\"}]}", ACRM_E_INVALID,
                   "consents[0].", "read_only");
    office_close(&w.o);
}
END_TEST

START_TEST(consent__the_whole_state_in_one_call)
{
    consent_world w;
    int allowed = 0;
    consent_open(&w, _i);
    consent_do(&w, "consent.give", "'purpose':'marketing'");
    consent_do(&w, "consent.withdraw", "'purpose':'marketing','channel':'fax'");
    acrm_value *out = consent_call(&w, "consent.state", "");
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 4 * 7);
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *item = acrm_value_at(items, i);
        bool is = acrm_value_bool(acrm_value_get(item, "allowed")) != 0;
        allowed += is && strcmp(office_text(item, "purpose"), "marketing") == 0;
        consent_is(&w, office_text(item, "purpose"), office_text(item, "channel"), is,
                   office_text(item, "reason"));
    }
    ck_assert_int_eq(allowed, 6);
    acrm_value_free(out);
    out = office_call(&w.o, "customer.timeline", consent_args("{'id':'%s'}", w.customer));
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

/* A salesperson of the first roles may give and withdraw; decisions of the past are for others. */
START_TEST(consent__of_the_past_needs_a_right_of_its_own)
{
    consent_world w, desk;
    char principal[64];
    consent_open(&w, _i);
    acrm_value *roles = office_call(&w.o, "role.list", "{\"where\":{\"name\":\"salesperson\"}}");
    acrm_value *dealer = office_call(&w.o, "dealer.create", "{\"name\":\"N\",\"code\":\"N\"}");
    acrm_value *user = office_call(&w.o, "user.create", consent_args(
        "{'name':'Ann','login':'ann','role_id':'%s','dealer_id':'%s'}",
        office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"),
        office_text(dealer, "id")));
    acrm_value_free(office_call(&w.o, "customer.update", consent_args(
        "{'id':'%s','version':1,'dealer_id':'%s'}", w.customer, office_text(dealer, "id"))));
    snprintf(principal, sizeof principal, "user:%s", office_text(user, "id"));
    desk = w;
    ck_assert_int_eq(acrm_session_new(w.o.engine, principal, &desk.o.session, NULL), ACRM_OK);
    consent_do(&desk, "consent.give", "'purpose':'marketing','channel':'sms'");
    consent_is(&desk, "marketing", "sms", true, "granted");
    consent_refused(&desk, "consent.record", "'purpose':'marketing','proof':'x',"
                    "'given_at':'2020-01-01T00:00:00Z'", ACRM_E_DENIED, "", "permission");
    consent_do(&desk, "consent.withdraw", "");
    acrm_session_free(desk.o.session);
    acrm_value_free(user);
    acrm_value_free(dealer);
    acrm_value_free(roles);
    office_close(&w.o);
}
END_TEST

/* The n-th answer about many is that about the n-th customer alone. */
START_TEST(consent__of_many_is_that_of_each)
{
    static const char *const states[][2] = {
        { NULL, NULL },
        { "consent.give", "'purpose':'marketing','channel':'sms'" },
        { "consent.give", "'purpose':'marketing'" },
        { "consent.record", "'purpose':'marketing','channel':'sms','state':'refused',"
                            "'given_at':'2026-01-01T00:00:00Z','proof':'paper'" },
        { "contact_suppression.create", "'channel':'sms','cause':'complaint'" },
    };
    enum { STATES = sizeof states / sizeof states[0] };
    consent_world w;
    char ids[STATES + 1][40], list[400] = "", json[700];

    consent_open(&w, _i);
    snprintf(ids[STATES], sizeof ids[0], "%s", "01a00000-0000-7000-8000-000000000000");
    for (int i = 0; i < STATES; i++) {
        acrm_value *out = office_call(&w.o, "customer.create", "{\"name\":\"Some One\"}");
        snprintf(w.customer, sizeof w.customer, "%s", office_text(out, "id"));
        snprintf(ids[i], sizeof ids[i], "%s", w.customer);
        acrm_value_free(out);
        if (states[i][0])
            consent_do(&w, states[i][0], states[i][1]);
    }
    for (int i = STATES; i >= 0; i--) /* in no order, and one who is not there */
        sprintf(list + strlen(list), "%s\"%s\"", *list ? "," : "", ids[i]);
    snprintf(json, sizeof json, "{\"customer_ids\":[%s],\"purpose\":\"marketing\","
             "\"channel\":\"sms\"}", list);
    acrm_value *many = office_call(&w.o, "consent.check_many", json);
    const acrm_value *items = acrm_value_get(many, "items");
    ck_assert_uint_eq(acrm_value_count(items), STATES + 1);
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "reason"), "unknown");
    for (int i = 0; i < STATES; i++) {
        const acrm_value *item = acrm_value_at(items, (size_t)(STATES - i));
        memcpy(w.customer, ids[i], sizeof w.customer);
        consent_is(&w, "marketing", "sms", acrm_value_bool(acrm_value_get(item, "allowed")) != 0,
                   office_text(item, "reason"));
    }
    acrm_value_free(many);
    office_refused(&w.o, "consent.check_many", "{\"customer_ids\":[],\"purpose\":\"none\","
                   "\"channel\":\"sms\"}", ACRM_E_NOTFOUND, "purpose", "reference");
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("consent");
    TCase *t = tcase_create("consent");

    tcase_add_loop_test(t, consent__holds_from_giving_to_withdrawing, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__ends_at_the_instant, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__is_confirmed_by_whom_was_asked, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__a_request_is_open_for_a_week_unless_withdrawn, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__what_cannot_be_is_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__of_the_past_is_kept_with_its_proof, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__rows_can_neither_be_changed_nor_deleted, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__the_whole_state_in_one_call, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__of_the_past_needs_a_right_of_its_own, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, consent__of_many_is_that_of_each, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
