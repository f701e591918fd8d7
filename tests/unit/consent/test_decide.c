/* SPDX-License-Identifier: MIT */
/* What the rows of a ledger come to, as a table: a row is a decision, made a second after the one
 * before it unless it says otherwise. */
#include "unit/consent/consent_world.h"

static const struct {
    const char *what;    /* the rule in words */
    const char *rows;    /* channel+state letters: eg = email granted; a any, s sms; w withdrawn,
                            r refused; a '=' in front: at the same instant as the last */
    const char *reason;  /* for email */
    bool allowed;
} decide_cases[] = {
    { "nothing was ever decided", "", "never_given", false },
    { "a consent", "eg", "granted", true },
    { "a general consent", "ag", "granted", true },
    { "a consent for another channel", "sg", "never_given", false },
    { "withdrawn", "eg ew", "withdrawn", false },
    { "given again", "eg ew eg", "granted", true },
    { "a general withdrawal ends the channel's consent", "eg aw", "withdrawn", false },
    { "and the channel's consent lifts it for the channel", "aw eg", "granted", true },
    { "a general consent does not lift what was refused for the channel", "er ag", "refused",
      false },
    { "nor what was withdrawn for it", "eg ew ag", "withdrawn", false },
    { "another channel's withdrawal changes nothing", "ag sw", "granted", true },
    { "of two at one instant the stricter", "eg =ew", "withdrawn", false },
    { "whatever their order", "ew =eg", "withdrawn", false },
    { "general ones too", "ag =aw", "withdrawn", false },
    { "and across the two kinds", "eg =aw", "withdrawn", false },
};

START_TEST(decide__follows_the_table)
{
    for (size_t i = 0; i < sizeof decide_cases / sizeof decide_cases[0]; i++) {
        consent_world w;
        int second = 0;
        consent_open(&w, OFFICE_MEMORY);
        for (const char *p = decide_cases[i].rows; *p; p++) {
            char more[240];
            if (*p == ' ')
                continue;
            second += *p != '=';
            p += *p == '=';
            snprintf(more, sizeof more, "'purpose':'marketing','channel':'%s','state':'%s',"
                     "'proof':'x','given_at':'2026-01-01T00:00:%02dZ'",
                     p[0] == 'e' ? "email" : p[0] == 's' ? "sms" : "any",
                     p[1] == 'g' ? "granted" : p[1] == 'w' ? "withdrawn" : "refused", second);
            consent_do(&w, "consent.record", more);
            p++;
        }
        acrm_value *out = consent_call(&w, "consent.check",
                                       "'purpose':'marketing','channel':'email'");
        ck_assert_msg(strcmp(office_text(out, "reason"), decide_cases[i].reason) == 0 &&
                      (acrm_value_bool(acrm_value_get(out, "allowed")) != 0) ==
                      decide_cases[i].allowed, "%s: %s", decide_cases[i].what,
                      office_text(out, "reason"));
        acrm_value_free(out);
        office_close(&w.o);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("decide");
    TCase *t = tcase_create("decide");

    tcase_add_test(t, decide__follows_the_table);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
