/* SPDX-License-Identifier: MIT */
/* A host's own judgement of telephone numbers. */
#include "support/office.h"
#include "support/suite.h"

typedef struct port_log {
    int asked, destroyed;
    int32_t status;
} port_log;

/* Knows one number of a plan of its own, leaves others to the library. */
static int32_t port_normalise(void *self, const char *text, size_t len, const char *region,
                              acrm_phone *out)
{
    port_log *log = self;

    (void)region;
    log->asked++;
    if (log->status != ACRM_OK)
        return log->status;
    if (len != 8 || memcmp(text, "4711-081", 8) != 0)
        return ACRM_E_UNSUPPORTED;
    snprintf(out->e164, sizeof out->e164, "+9994711081");
    return ACRM_OK;
}

static void port_destroy(void *self)
{
    ((port_log *)self)->destroyed++;
}

static void port_open(office *o, port_log *log)
{
    const acrm_phone_normaliser phone = { .struct_size = sizeof phone, .self = log,
                                          .normalise = port_normalise, .destroy = port_destroy };
    const acrm_options options = { .struct_size = sizeof options, .phone = &phone };

    snprintf(o->path, sizeof o->path, "memory:");
    ck_assert_int_eq(acrm_open(o->path, &options, &o->engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, NULL), ACRM_OK);
}

START_TEST(phone_port__is_asked_first_and_may_leave_a_number_to_the_library)
{
    port_log log = { .status = ACRM_OK };
    office o;
    port_open(&o, &log);
    acrm_value_free(office_call(&o, "customer.create", "{\"name\":\"Ada\",\"contact_points\":["
        "{\"channel\":\"phone\",\"value\":\"4711-081\"},"
        "{\"channel\":\"phone\",\"value\":\"+39 333 1234567\"}]}"));
    ck_assert_int_eq(office_count(&o, "contact_point.count",
                                  "{\"where\":{\"match_value\":\"+9994711081\"}}"), 1);
    ck_assert_int_eq(office_count(&o, "contact_point.count",
                                  "{\"where\":{\"match_value\":\"+393331234567\"}}"), 1);
    acrm_value *out = office_call(&o, "customer.identify", "{\"text\":\"4711-081\"}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    ck_assert_int_ge(log.asked, 3);
    office_close(&o);
    ck_assert_int_eq(log.destroyed, 1);
}
END_TEST

START_TEST(phone_port__that_fails_fails_the_operation)
{
    port_log log = { .status = ACRM_E_NOMEM };
    office o;
    port_open(&o, &log);
    const char *json = "{\"name\":\"Ada\",\"contact_points\":[{\"channel\":\"phone\","
                       "\"value\":\"4711-081\"}]}";
    ck_assert_int_eq(acrm_call_json(o.session, "customer.create", json, strlen(json), NULL, NULL),
                     ACRM_E_NOMEM);
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(phone_port__without_a_function_is_refused)
{
    const acrm_phone_normaliser phone = { .struct_size = sizeof phone };
    const acrm_options options = { .struct_size = sizeof options, .phone = &phone };
    acrm_engine *engine = NULL;

    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_E_INVALID);
}
END_TEST

static Suite *phone_port_suite(void)
{
    Suite *s = suite_create("phone_port");
    TCase *t = tcase_create("port");

    tcase_add_test(t, phone_port__is_asked_first_and_may_leave_a_number_to_the_library);
    tcase_add_test(t, phone_port__that_fails_fails_the_operation);
    tcase_add_test(t, phone_port__without_a_function_is_refused);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(phone_port_suite)
