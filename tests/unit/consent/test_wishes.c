/* SPDX-License-Identifier: MIT */
/* Suppressions, what lifts them, and preferences. */
#include "unit/consent/consent_world.h"

START_TEST(suppression__outweighs_any_consent)
{
    consent_world w;
    consent_open(&w, _i);
    consent_do(&w, "consent.give", "'purpose':'marketing'");
    consent_do(&w, "contact_suppression.create", "'cause':'bounced','channel':'email'");
    consent_is(&w, "marketing", "email", false, "suppressed");
    consent_is(&w, "marketing", "sms", true, "granted");
    consent_is(&w, "service", "email", false, "suppressed");
    acrm_value *out = consent_call(&w, "consent.check", "'purpose':'marketing','channel':'email'");
    ck_assert_str_eq(office_text(acrm_value_get(out, "suppression"), "cause"), "bounced");
    acrm_value_free(out);
    acrm_value_free(office_call(&w.o, "customer.update", consent_args("{'id':'%s','version':1,"
        "'do_not_contact':true}", w.customer)));
    consent_is(&w, "marketing", "sms", false, "do_not_contact");
    office_close(&w.o);
}
END_TEST

START_TEST(suppression__restriction_comes_first)
{
    consent_world w;
    consent_open(&w, _i);
    consent_do(&w, "consent.give", "'purpose':'marketing'");
    consent_do(&w, "privacy.restrict", "'basis':'disputed'");
    consent_is(&w, "marketing", "sms", false, "restricted");
    consent_is(&w, "service", "sms", false, "restricted");
    office_close(&w.o);
}
END_TEST

START_TEST(suppression__ends_when_it_says)
{
    consent_world w;
    consent_open(&w, _i);
    consent_do(&w, "contact_suppression.create", "'cause':'manual','purpose':'service',"
                                                 "'until':'2026-11-21T10:00:01Z'");
    consent_is(&w, "service", "email", false, "suppressed");
    consent_clock += 1000000;
    consent_is(&w, "service", "email", true, "not_required");
    office_close(&w.o);
}
END_TEST

/* Which reasons a new consent lifts, and of which channels. */
static const struct {
    const char *suppressed, *given;
    bool lifted;
} lift_cases[] = {
    { "'cause':'unsubscribed','channel':'email'", "'channel':'email'", true },
    { "'cause':'unsubscribed','channel':'email'", "'channel':'any'", true },
    { "'cause':'unsubscribed','channel':'email','purpose':'marketing'", "'channel':'email'",
      true },
    { "'cause':'unsubscribed','channel':'email','purpose':'survey'", "'channel':'email'", false },
    { "'cause':'unsubscribed'", "'channel':'email'", false },
    { "'cause':'unsubscribed'", "'channel':'any'", true },
    { "'cause':'bounced','channel':'email'", "'channel':'email'", false },
    { "'cause':'manual','channel':'email'", "'channel':'email'", false },
    { "'cause':'complaint','channel':'email'", "'channel':'email'", false },
};

START_TEST(suppression__a_new_consent_lifts_unsubscribing_alone)
{
    for (size_t i = 0; i < sizeof lift_cases / sizeof lift_cases[0]; i++) {
        consent_world w;
        char more[120];
        consent_open(&w, OFFICE_MEMORY);
        consent_do(&w, "contact_suppression.create", lift_cases[i].suppressed);
        snprintf(more, sizeof more, "'purpose':'marketing',%s", lift_cases[i].given);
        consent_do(&w, "consent.give", more);
        ck_assert_msg((office_count(&w.o, "contact_suppression.count", "{}") == 0) ==
                      lift_cases[i].lifted, "%s then %s", lift_cases[i].suppressed,
                      lift_cases[i].given);
        office_close(&w.o);
    }
}
END_TEST

START_TEST(suppression__people_lift_the_others)
{
    consent_world w;
    consent_open(&w, _i);
    acrm_value *out = consent_call(&w, "contact_suppression.create", "'cause':'complaint'");
    const char *id = office_text(out, "id");
    office_refused(&w.o, "contact_suppression.delete", consent_args("{'id':'%s','version':1}", id),
                   ACRM_E_INVALID, "reason", "required");
    acrm_value_free(office_call(&w.o, "contact_suppression.delete", consent_args(
        "{'id':'%s','version':1,'reason':'settled in person'}", id)));
    acrm_value_free(out);
    consent_is(&w, "service", "sms", true, "not_required");
    consent_refused(&w, "contact_suppression.create", "'cause':'manual','purpose':'moon'",
                    ACRM_E_NOTFOUND, "purpose", "reference");
    office_close(&w.o);
}
END_TEST

static const struct {
    const char *more, *field, *reason;
    int32_t status;
} preference_refusals[] = {
    { "'quiet_from':'22:00:00'", "quiet_to", "required", ACRM_E_INVALID },
    { "'quiet_to':'22:00:00'", "quiet_from", "required", ACRM_E_INVALID },
    { "'quiet_from':'22:00:00','quiet_to':'22:00:00'", "quiet_to", "range", ACRM_E_INVALID },
    { "'zone':'Moon/Sea'", "zone", "zone", ACRM_E_INVALID },
    { "'topics':'cars'", "topics", "format", ACRM_E_INVALID },
    { "'topics':['cars',7]", "topics", "format", ACRM_E_INVALID },
    { "'max_per_week':-1", "max_per_week", "range", ACRM_E_INVALID },
};

START_TEST(preference__is_checked_as_it_is_written)
{
    consent_world w;
    consent_open(&w, _i);
    for (size_t i = 0; i < sizeof preference_refusals / sizeof preference_refusals[0]; i++)
        consent_refused(&w, "preference.create", preference_refusals[i].more,
                        preference_refusals[i].status, preference_refusals[i].field,
                        preference_refusals[i].reason);
    consent_do(&w, "preference.create", "'preferred_channel':'sms','quiet_from':'22:00:00',"
               "'quiet_to':'08:00:00','zone':'Asia/Tehran','topics':['offers'],'max_per_week':2");
    consent_refused(&w, "preference.create", "", ACRM_E_CONFLICT, "customer_id", "duplicate");
    ck_assert_int_eq(office_count(&w.o, "customer.count", "{\"where\":{\"preferences\":{\"$any\":"
        "{\"preferred_channel\":\"sms\"}}}}"), 1);
    office_close(&w.o);
}
END_TEST

static const struct {
    const char *code, *reason;
} purpose_refusals[] = { { "Marketing", "format" }, { "a b", "format" } };

START_TEST(purpose__has_a_code_for_programs)
{
    consent_world w;
    consent_open(&w, _i);
    for (size_t i = 0; i < sizeof purpose_refusals / sizeof purpose_refusals[0]; i++)
        office_refused(&w.o, "consent_purpose.create", consent_args("{'code':'%s','name':'X'}",
                       purpose_refusals[i].code), ACRM_E_INVALID, "code",
                       purpose_refusals[i].reason);
    office_refused(&w.o, "consent_purpose.create", "{\"code\":\"marketing\",\"name\":\"X\"}",
                   ACRM_E_CONFLICT, "code", "duplicate");
    consent_do(&w, "consent.withdraw", "'purpose':'survey'");
    for (int used = 0; used < 2; used++) {
        acrm_value *out = office_call(&w.o, "consent_purpose.list", consent_args(
            "{'where':{'code':'%s'}}", used ? "survey" : "profiling"));
        const char *id = office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id");
        if (used)
            office_refused(&w.o, "consent_purpose.delete", consent_args("{'id':'%s','version':1}",
                           id), ACRM_E_CONFLICT, "id", "in_use");
        else
            acrm_value_free(office_call(&w.o, "consent_purpose.delete", consent_args(
                "{'id':'%s','version':1}", id)));
        acrm_value_free(out);
    }
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("wishes");
    TCase *t = tcase_create("wishes");

    tcase_add_loop_test(t, suppression__outweighs_any_consent, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, suppression__restriction_comes_first, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, suppression__ends_when_it_says, 0, OFFICE_STORAGES);
    tcase_add_test(t, suppression__a_new_consent_lifts_unsubscribing_alone);
    tcase_add_loop_test(t, suppression__people_lift_the_others, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, preference__is_checked_as_it_is_written, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, purpose__has_a_code_for_programs, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
