/* SPDX-License-Identifier: MIT */
/* Merging customers: what moves, what survives, where the old id leads, and what is refused. */
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* A call with JSON made by printf rules, in which ' stands for ". The caller frees the result. */
static acrm_value *call(office *o, const char *operation, const char *format, ...)
{
    char json[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(json, sizeof json, format, args);
    va_end(args);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    return office_call(o, operation, json);
}

static void refused(office *o, int32_t status, const char *reason, const char *operation,
                    const char *format, ...)
{
    char json[2048];
    acrm_error *err = NULL;
    va_list args;

    va_start(args, format);
    vsnprintf(json, sizeof json, format, args);
    va_end(args);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    int32_t st = acrm_call_json(o->session, operation, json, strlen(json), NULL, &err);
    ck_assert_msg(st == status && strcmp(acrm_error_reason(err), reason) == 0, "%s: %s %s",
                  operation, json, err ? acrm_error_json(err) : "no error");
    acrm_error_free(err);
}

typedef struct id {
    char text[37];
} id;

static id make(office *o, const char *operation, const char *format, ...)
{
    char json[2048];
    va_list args;
    id out;

    va_start(args, format);
    vsnprintf(json, sizeof json, format, args);
    va_end(args);
    acrm_value *made = call(o, operation, "%s", json);
    snprintf(out.text, sizeof out.text, "%s", office_text(made, "id"));
    acrm_value_free(made);
    return out;
}

static int64_t count(office *o, const char *entity, const char *format, ...)
{
    char where[1024], operation[80];
    va_list args;

    va_start(args, format);
    vsnprintf(where, sizeof where, format, args);
    va_end(args);
    snprintf(operation, sizeof operation, "%s.count", entity);
    acrm_value *out = call(o, operation, "{'where':%s}", where);
    int64_t n = office_number(out, "count");
    acrm_value_free(out);
    return n;
}

typedef struct pair {
    id ann, anna;
} pair;

/* Two records of one person, each with something of its own. */
static pair pair_make(office *o)
{
    pair p;

    p.ann = make(o, "customer.create",
        "{'name':'Ann Lee','city':'Rome','notes':'likes red','contact_points':["
        "{'channel':'email','value':'ann@example.com'},"
        "{'channel':'phone','value':'+393331234567'}]}");
    p.anna = make(o, "customer.create",
        "{'name':'Anna B. Lee','birth_date':'1980-02-03','id_country':'IR',"
        "'national_id':'0013542419','notes':'has a dog','do_not_contact':true,'contact_points':["
        "{'channel':'email','value':'ANN@example.com'},"
        "{'channel':'phone','value':'+393337654321'}]}");
    make(o, "lead.create", "{'customer_id':'%s'}", p.anna.text);
    make(o, "interaction.create",
         "{'customer_id':'%s','at':'2026-01-01T10:00:00Z','channel':'visit',"
         "'subject_entity':'customer','subject_id':'%s'}", p.anna.text, p.anna.text);
    return p;
}

static acrm_value *merge(office *o, const pair *p)
{
    return call(o, "customer.merge", "{'id':'%s','others':['%s'],'reason':'one person'}",
                p->ann.text, p->anna.text);
}

START_TEST(merge__moves_everything_and_fills_the_survivor)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    acrm_value *out = merge(&o, &p);

    ck_assert_int_eq(office_number(out, "collapsed_rows"), 1);
    ck_assert_int_eq(office_number(acrm_value_get(out, "moved"), "contact_point"), 2);
    ck_assert_int_eq(office_number(acrm_value_get(out, "moved"), "lead"), 1);
    ck_assert_int_eq(office_number(acrm_value_get(out, "moved"), "interaction"), 2);
    acrm_value_free(out);
    ck_assert_int_eq(count(&o, "contact_point", "{'customer_id':'%s'}", p.ann.text), 3);
    ck_assert_int_eq(count(&o, "lead", "{'customer_id':'%s'}", p.ann.text), 1);
    ck_assert_int_eq(count(&o, "interaction", "{'subject_id':'%s'}", p.ann.text), 1);
    ck_assert_int_eq(count(&o, "customer", "{}"), 1);
    out = call(&o, "customer.get", "{'id':'%s'}", p.ann.text);
    ck_assert_str_eq(office_text(out, "name"), "Ann Lee");
    ck_assert_str_eq(office_text(out, "city"), "Rome");
    ck_assert_str_eq(office_text(out, "birth_date"), "1980-02-03");
    ck_assert_str_eq(office_text(out, "national_id"), "0013542419");
    ck_assert_str_eq(office_text(out, "notes"), "likes red\nhas a dog");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "do_not_contact")), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(merge__the_old_id_leads_to_the_survivor)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    acrm_value_free(merge(&o, &p));

    acrm_value *out = call(&o, "customer.get", "{'id':'%s'}", p.anna.text);
    ck_assert_str_eq(office_text(out, "id"), p.ann.text);
    ck_assert_str_eq(office_text(out, "merged_into"), p.ann.text);
    acrm_value_free(out);
    out = call(&o, "customer.view360", "{'id':'%s'}", p.anna.text);
    ck_assert_str_eq(office_text(acrm_value_get(out, "customer"), "id"), p.ann.text);
    acrm_value_free(out);
    id lead = make(&o, "lead.create", "{'customer_id':'%s'}", p.anna.text);
    out = call(&o, "lead.get", "{'id':'%s'}", lead.text);
    ck_assert_str_eq(office_text(out, "customer_id"), p.ann.text);
    acrm_value_free(out);
    refused(&o, ACRM_E_CONFLICT, "merged", "customer.update",
            "{'id':'%s','last_write_wins':true,'city':'X'}", p.anna.text);
    refused(&o, ACRM_E_CONFLICT, "merged", "customer.restore", "{'id':'%s'}", p.anna.text);
    office_close(&o);
}
END_TEST

START_TEST(unmerge__gives_back_two_customers)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    acrm_value_free(merge(&o, &p));
    acrm_value *out = call(&o, "customer.unmerge", "{'id':'%s'}", p.anna.text);

    ck_assert_int_eq(office_number(out, "n_conflicts"), 0);
    acrm_value_free(out);
    ck_assert_int_eq(count(&o, "contact_point", "{'customer_id':'%s'}", p.anna.text), 2);
    ck_assert_int_eq(count(&o, "contact_point", "{'customer_id':'%s'}", p.ann.text), 2);
    ck_assert_int_eq(count(&o, "interaction", "{'subject_id':'%s'}", p.anna.text), 1);
    out = call(&o, "customer.get", "{'id':'%s'}", p.ann.text);
    ck_assert_ptr_null(office_text(out, "national_id"));
    ck_assert_ptr_null(office_text(out, "birth_date"));
    ck_assert_str_eq(office_text(out, "notes"), "likes red");
    acrm_value_free(out);
    out = call(&o, "customer.get", "{'id':'%s'}", p.anna.text);
    ck_assert_str_eq(office_text(out, "id"), p.anna.text);
    ck_assert_str_eq(office_text(out, "national_id"), "0013542419");
    acrm_value_free(out);
    refused(&o, ACRM_E_NOTFOUND, "reference", "customer.unmerge", "{'id':'%s'}", p.anna.text);
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("merge");
    TCase *t = tcase_create("merge");

    tcase_add_loop_test(t, merge__moves_everything_and_fills_the_survivor, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, merge__the_old_id_leads_to_the_survivor, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, unmerge__gives_back_two_customers, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
