/* SPDX-License-Identifier: MIT */
/* Export, holds, what the law keeps, suppression, restriction, retention, certificates. */
#include "unit/privacy/person.h"

#define ERASE "{'customer_id':'%s','basis':'GDPR Art. 17(1)(b)','reason':'asked by letter'}"

static person p;

static void rights_make(int storage)
{
    person_make(&p, storage);
}

static acrm_session *rights_user(const char *login, const char *role)
{
    char id[37];
    acrm_value *roles = sales_call(p.w.system, "role.list", "{'where':{'name':'%s'}}", role);

    sales_create(p.w.system, "user.create", id, "{'name':'U','login':'%s','dealer_id':'%s',"
                 "'role_id':'%s'}", login, p.dealer, sales_text(roles, "items.0.id"));
    acrm_value_free(roles);
    return sales_user(&p.w, id);
}

/* --- Export --- */

static int rights_words(const acrm_value *value)
{
    acrm_buf *text = NULL;

    ck_assert_int_eq(acrm_value_print(value, 0, &text), ACRM_OK);
    int n = person_count(acrm_buf_data(text), acrm_buf_len(text), WORD);
    acrm_buf_free(text);
    return n;
}

static const acrm_value *rights_part(const acrm_value *out, const char *entity)
{
    const acrm_value *parts = acrm_value_get(out, "entities");

    for (size_t i = 0; i < acrm_value_count(parts); i++)
        if (strcmp(sales_text(acrm_value_at(parts, i), "entity"), entity) == 0)
            return acrm_value_at(parts, i);
    return NULL;
}

START_TEST(export__holds_everything_about_a_person_and_nobody_else)
{
    static const char *const entities[] = { "customer", "contact_point", "interaction", "lead",
                                            "activity", "opportunity", "note", "x_pet", "x_toy",
                                            "customer_merge" };
    char other[37];

    rights_make(_i);
    sales_create(p.w.system, "customer.create", other,
                 "{'name':'Somebody else','notes':'elsewhere'}");
    acrm_value *out = sales_call(p.w.system, "privacy.export", "{'customer_id':'%s'}", p.id);
    ck_assert_str_eq(sales_text(out, "document"), "autocrm.person");
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        ck_assert_msg(rights_part(out, entities[i]) != NULL, "%s", entities[i]);
    ck_assert_int_gt(rights_words(out), 40); /* values now and before */
    const acrm_value *customer = rights_part(out, "customer");
    ck_assert_uint_eq(sales_length(customer, "records"), 2); /* and the one that went into it */
    ck_assert_str_eq(sales_text(customer, "records.0.national_id"), "0499912345");
    ck_assert_str_eq(sales_text(customer, "records.0.x_secret"), WORD "secrettwo");
    ck_assert_str_eq(sales_text(customer, "records.0.history.0.action"), "create");
    ck_assert_str_eq(sales_text(customer, "records.0.history.0.actor.kind"), "system");
    ck_assert_uint_gt(sales_length(customer, "fields"), 20);
    ck_assert_uint_ge(sales_length(out, "timeline"), 4);
    acrm_buf *text = NULL;
    ck_assert_int_eq(acrm_value_print(out, 0, &text), ACRM_OK);
    ck_assert_ptr_null(strstr(acrm_buf_data(text), "elsewhere"));
    ck_assert_ptr_null(strstr(acrm_buf_data(text), "Sara")); /* staff by role and dealer */
    acrm_buf_free(text);
    acrm_value_free(out);
    out = sales_call(p.w.system, "audit.list", "{'action':'export'}");
    ck_assert_str_eq(sales_text(out, "items.0.record"), p.id);
    acrm_value_free(out);
    sales_free(&p.w);
}
END_TEST

START_TEST(export__is_the_same_twice_and_goes_on_where_it_was_cut)
{
    acrm_buf *a = NULL, *b = NULL;

    rights_make(_i);
    acrm_value *one = sales_call(p.w.system, "privacy.export",
                                 "{'customer_id':'%s','history':false}", p.id);
    acrm_value *two = sales_call(p.w.system, "privacy.export",
                                 "{'customer_id':'%s','history':false}", p.id);
    ck_assert_int_eq(acrm_value_print(one, 0, &a), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(two, 0, &b), ACRM_OK);
    ck_assert_int_eq(strcmp(acrm_buf_data(a), acrm_buf_data(b)), 0);
    size_t all = sales_length(rights_part(one, "activity"), "records"), seen = 0;
    char after[37] = "";
    ck_assert_uint_ge(all, 3);
    acrm_value_free(one);
    acrm_value_free(two);
    acrm_buf_free(a);
    acrm_buf_free(b);
    do {
        one = sales_call(p.w.system, "privacy.export", "{'customer_id':'%s','history':false,"
                         "'entities':['activity'],'limit':1%s%s%s}", p.id,
                         *after ? ",'after':'" : "", after, *after ? "'" : "");
        ck_assert_uint_eq(sales_length(one, "entities"), 1);
        seen += sales_length(one, "entities.0.records");
        snprintf(after, sizeof after, "%s", sales_text(one, "entities.0.after"));
        acrm_value_free(one);
    } while (strcmp(after, "(none)") != 0);
    ck_assert_uint_eq(seen, all);
    sales_free(&p.w);
}
END_TEST

START_TEST(export__needs_a_permission_of_its_own)
{
    rights_make(_i);
    acrm_session *seller = rights_user("seller", "salesperson");
    acrm_session *officer = rights_user("officer", "privacy_officer");
    sales_refuse(seller, ACRM_E_DENIED, "permission", "privacy.export", "{'customer_id':'%s'}",
                 p.id);
    sales_refuse(seller, ACRM_E_DENIED, "permission", "privacy.erase", ERASE, p.id);
    acrm_value_free(sales_call(officer, "privacy.export", "{'customer_id':'%s'}", p.id));
    sales_do(officer, "privacy.erase", ERASE, p.id);
    acrm_session_free(seller);
    acrm_session_free(officer);
    sales_free(&p.w);
}
END_TEST

/* --- Erasing --- */

START_TEST(erase__names_what_it_refuses_and_does_nothing_then)
{
    rights_make(_i);
    int before = person_in_answers(&p.w);
    sales_refuse(p.w.system, ACRM_E_NOTFOUND, "reference", "privacy.erase", ERASE, p.lead);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "merged", "privacy.erase", ERASE, p.twin);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "stale_version", "privacy.erase",
                 "{'customer_id':'%s','basis':'x','reason':'y','version':1}", p.id);
    sales_refuse(p.w.system, ACRM_E_INVALID, "personal_data", "privacy.erase",
                 "{'customer_id':'%s','basis':'x','reason':'mail from " WORD "@example.org'}",
                 p.id);
    sales_refuse(p.w.system, ACRM_E_INVALID, "required", "privacy.erase", "{'customer_id':'%s',"
                 "'basis':'x'}", p.id);
    acrm_value *out = sales_call(p.w.system, "privacy.erase", "{'customer_id':'%s','basis':'x',"
                                 "'reason':'y','dry_run':true}", p.id);
    ck_assert_int_gt(sales_int(out, "result.counts.customer.values"), 5);
    acrm_value_free(out);
    ck_assert_int_eq(person_in_answers(&p.w), before);
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "erased", "privacy.erase", ERASE, p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "erased", "customer.update",
                 "{'id':'%s','name':'Back','last_write_wins':true}", p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "erased", "interaction.create",
                 "{'customer_id':'%s','at':'2026-11-21T09:00:00Z','channel':'phone',"
                 "'body':'said more'}", p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "erased", "customer.create",
                 "{'name':'Again','idempotency_key':'first'}");
    sales_free(&p.w);
}
END_TEST

START_TEST(erase__ends_what_is_under_way_and_keeps_statistics)
{
    rights_make(_i);
    int64_t leads = sales_count(p.w.system, "lead", "{}");
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    ck_assert_int_eq(sales_count(p.w.system, "lead", "{}"), leads);
    ck_assert_int_eq(sales_count(p.w.system, "lead", "{'status':'lost'}"), 1);
    ck_assert_int_eq(sales_count(p.w.system, "activity", "{'status':'open','customer_id':'%s'}",
                                 p.id), 0);
    ck_assert_int_eq(sales_count(p.w.system, "timer", "{'subject_id':'%s'}", p.lead), 0);
    acrm_value *out = sales_call(p.w.system, "customer.get", "{'id':'%s'}", p.id);
    ck_assert_str_eq(sales_text(out, "name"), "erased");
    ck_assert_str_eq(sales_text(out, "national_id"), "(none)");
    ck_assert_str_eq(sales_text(out, "birth_date"), "(none)");
    ck_assert_str_ne(sales_text(out, "erased_at"), "(none)");
    acrm_value_free(out);
    out = sales_call(p.w.system, "customer.history", "{'id':'%s'}", p.id);
    ck_assert_str_eq(sales_text(out, "items.0.personal"), "erased");
    acrm_value_free(out);
    out = sales_call(p.w.system, "customer.identify", "{'text':'" WORD "new'}");
    ck_assert_uint_eq(sales_length(out, "items"), 0);
    acrm_value_free(out);
    out = sales_call(p.w.system, "import_row.list", "{'order':['position']}");
    ck_assert_str_eq(sales_text(out, "items.0.raw"), "(none)"); /* it named the person */
    ck_assert_str_eq(sales_text(out, "items.1.raw"), "(none)");
    ck_assert_ptr_nonnull(strstr(sales_text(out, "items.2.raw"), "Another"));
    acrm_value_free(out);
    sales_free(&p.w);
}
END_TEST

START_TEST(erase__is_held_up_by_rules_and_by_hand)
{
    acrm_value *out;
    char hold[37];

    rights_make(_i);
    sales_do(p.w.system, "retention_rule.create", "{'name':'open deal','entity':'opportunity',"
             "'condition':{'status':'open'},'action':'hold','basis':'contract'}");
    sales_create(p.w.system, "legal_hold.create", hold,
                 "{'customer_id':'%s','cause':'claim in court'}", p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "held", "privacy.erase", ERASE, p.id);
    sales_do(p.w.system, "legal_hold.delete", "{'id':'%s','last_write_wins':true}", hold);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "held", "privacy.erase", ERASE, p.id);
    out = sales_call(p.w.system, "opportunity.list", "{}");
    sales_do(p.w.system, "opportunity.lose", "{'id':'%s','reason':'price'}",
             sales_text(out, "items.0.id"));
    acrm_value_free(out);
    sales_create(p.w.system, "legal_hold.create", hold, /* over since yesterday */
                 "{'customer_id':'%s','cause':'claim','until':'2026-11-20'}", p.id);
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    sales_free(&p.w);
}
END_TEST

START_TEST(erase__keeps_what_the_law_wants_until_its_day)
{
    acrm_value *out;

    rights_make(_i);
    sales_do(p.w.system, "retention_rule.create", "{'name':'deals','entity':'opportunity',"
             "'action':'keep','months':120,'basis':'tax law'}");
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    ck_assert_int_eq(sales_count(p.w.system, "opportunity", "{'name':'" WORD "deal'}"), 1);
    out = sales_call(p.w.system, "kept_record.list", "{}");
    ck_assert_uint_eq(sales_length(out, "items"), 1);
    ck_assert_str_eq(sales_text(out, "items.0.until"), "2036-11-21");
    ck_assert_str_eq(sales_text(out, "items.0.basis"), "tax law");
    acrm_value_free(out);
    ck_assert_int_eq(person_in_answers(&p.w), 1);
    sales_advance(INT64_C(3654) * SALES_DAY);
    sales_do(p.w.system, "engine.tick", "{%.0s}", "");
    ck_assert_int_eq(person_in_answers(&p.w), 0);
    out = sales_call(p.w.system, "kept_record.list", "{}");
    ck_assert_str_ne(sales_text(out, "items.0.done_at"), "(none)");
    acrm_value_free(out);
    sales_free(&p.w);
}
END_TEST

START_TEST(certificate__proves_itself_and_names_nobody)
{
    rights_make(_i);
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    acrm_value *out = sales_call(p.w.system, "privacy.certificate", "{'customer_id':'%s'}", p.id);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "valid")), 1);
    ck_assert_ptr_nonnull(strstr(sales_text(out, "text"), "GDPR Art. 17(1)(b)"));
    ck_assert_ptr_nonnull(strstr(sales_text(out, "text"), "not yet"));
    ck_assert_int_gt(sales_int(out, "erasure.counts.customer.values"), 5);
    ck_assert_int_ge(sales_int(out, "erasure.traces.keys"), 2);
    ck_assert_int_eq(sales_int(out, "erasure.traces.results"), 1);
    ck_assert_int_eq(sales_int(out, "erasure.traces.raw_rows"), 1);
    ck_assert_int_eq(rights_words(out), 0);
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.sweep", "{}");
    ck_assert_int_eq(sales_int(out, "erasures"), 1);
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.sweep", "{}");
    ck_assert_int_eq(sales_int(out, "erasures"), 0);
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.certificate", "{'customer_id':'%s'}", p.id);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "valid")), 1);
    ck_assert_ptr_null(strstr(sales_text(out, "text"), "not yet"));
    acrm_value_free(out);
    sales_refuse(p.w.system, ACRM_E_NOTFOUND, "reference", "privacy.certificate", "{'id':'%s'}",
                 p.id);
    sales_free(&p.w);
}
END_TEST

/* --- Coming back --- */

START_TEST(suppression__refuses_what_comes_back)
{
    static const char csv[] = "name,phone\r\nBack,0912 111 2233\r\n";
    source in = { .text = csv, .len = sizeof csv - 1 };

    rights_make(_i);
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "suppressed", "customer.create",
                 "{'name':'B','contact_points':[{'channel':'phone','value':'00989121112233'}]}");
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "suppressed", "customer.create",
                 "{'name':'B','national_id':'0499912345'}");
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "suppressed", "lead.submit",
                 "{'customer':{'name':'B','contact_points':[{'channel':'email','value':'" WORD
                 "@Example.org'}]}}");
    acrm_session_set_input(p.w.system, source_read, &in);
    acrm_value *out = sales_call(p.w.system, "import.run", "{'source':'b.csv','country':'IR'}");
    acrm_session_set_input(p.w.system, NULL, NULL);
    acrm_value_free(out);
    out = sales_call(p.w.system, "import_row.list", "{'where':{'reason':'suppressed'}}");
    ck_assert_uint_eq(sales_length(out, "items"), 1);
    ck_assert_str_eq(sales_text(out, "items.0.raw"), "(none)");
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.readmit", "{'phone':'0912 111 2233','country':'IR',"
                     "'national_id':'0499912345','reason':'bought a car'}");
    ck_assert_int_eq(sales_int(out, "removed"), 2);
    acrm_value_free(out);
    sales_do(p.w.system, "customer.create", "{'name':'B','national_id':'0499912345',"
             "'contact_points':[{'channel':'phone','value':'+989121112233'}]}");
    sales_free(&p.w);
}
END_TEST

START_TEST(suppression__may_flag_instead)
{
    char id[37];

    rights_make(_i);
    sales_do(p.w.system, "privacy.erase", "{'customer_id':'%s','basis':'x','reason':'y',"
             "'reimport':'flag'}", p.id);
    sales_create(p.w.system, "customer.create", id,
                 "{'name':'B','contact_points':[{'channel':'phone','value':'+989121112233'}]}");
    ck_assert_int_eq(sales_count(p.w.system, "customer", "{'id':'%s','do_not_contact':true}", id),
                     1);
    sales_free(&p.w);
}
END_TEST

/* --- Restriction --- */

START_TEST(restriction__hides_a_person_from_all_but_the_privileged)
{
    rights_make(_i);
    acrm_session *manager = rights_user("manager", "dealer_manager");
    acrm_session *officer = rights_user("officer", "privacy_officer");
    int64_t leads = sales_count(manager, "lead", "{}");
    ck_assert_int_eq(leads, 1);
    sales_do(p.w.system, "privacy.restrict", "{'customer_id':'%s','basis':'Art. 18'}", p.id);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "restricted", "privacy.restrict",
                 "{'customer_id':'%s','basis':'Art. 18'}", p.id);
    ck_assert_int_eq(sales_count(manager, "customer", "{}"), 0);
    ck_assert_int_eq(sales_count(manager, "contact_point", "{}"), 0);
    ck_assert_int_eq(sales_count(manager, "lead", "{}"), 0);
    ck_assert_int_eq(sales_count(manager, "lead_enquiry", "{}"), 0);
    sales_refuse(manager, ACRM_E_NOTFOUND, "reference", "customer.get", "{'id':'%s'}", p.id);
    sales_refuse(manager, ACRM_E_NOTFOUND, "reference", "lead.get", "{'id':'%s'}", p.lead);
    sales_refuse(manager, ACRM_E_INVALID, "reference", "activity.create", "{'customer_id':'%s',"
                 "'subject':'s','due_at':'2026-11-24T09:00:00Z'}", p.id);
    ck_assert_int_ge(sales_count(officer, "customer", "{}"), 1);
    ck_assert_int_eq(sales_count(p.w.system, "customer", "{'do_not_contact':true}"), 1);
    sales_do(officer, "privacy.lift", "{'customer_id':'%s'}", p.id);
    ck_assert_int_eq(sales_count(manager, "lead", "{}"), leads);
    ck_assert_int_eq(sales_count(p.w.system, "customer", "{'do_not_contact':true}"), 0);
    sales_refuse(p.w.system, ACRM_E_CONFLICT, "state", "privacy.lift", "{'customer_id':'%s'}",
                 p.id);
    acrm_session_free(manager);
    acrm_session_free(officer);
    sales_free(&p.w);
}
END_TEST

/* --- Retention --- */

START_TEST(retention__does_what_its_rules_say_when_time_is_over)
{
    rights_make(_i);
    sales_do(p.w.system, "retention_rule.create", "{'name':'calls','entity':'interaction',"
             "'action':'anonymise','date_field':'at','months':12,'basis':'policy'}");
    sales_do(p.w.system, "retention_rule.create", "{'name':'people','entity':'customer',"
             "'condition':{'vip_level':0},'action':'erase','months':24,'basis':'policy'}");
    acrm_value *out = sales_call(p.w.system, "privacy.retention_run", "{}");
    ck_assert_int_eq(sales_int(out, "matched"), 0);
    acrm_value_free(out);
    sales_advance(400 * SALES_DAY);
    out = sales_call(p.w.system, "privacy.retention_run", "{'preview':true}");
    ck_assert_int_eq(sales_int(out, "rules.0.matched"), 2); /* and the contact of the lead */
    ck_assert_int_eq(sales_int(out, "done"), 0);
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.retention_run", "{'rule':'calls'}");
    ck_assert_int_eq(sales_int(out, "done"), 2);
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.retention_run", "{'rule':'calls'}");
    ck_assert_int_eq(sales_int(out, "matched"), 0);
    acrm_value_free(out);
    ck_assert_int_eq(sales_count(p.w.system, "interaction", "{'body':{'$ne':null}}"), 0);
    sales_advance(400 * SALES_DAY);
    for (int i = 0; i < 3; i++)
        sales_do(p.w.system, "engine.tick", "{%.0s}", ""); /* by the clock, too */
    ck_assert_int_eq(sales_count(p.w.system, "customer", "{'erased_at':null}"), 0);
    ck_assert_int_eq(person_in_answers(&p.w), 0);
    sales_free(&p.w);
}
END_TEST

START_TEST(retention__counts_what_is_held_and_goes_on)
{
    char other[37];

    rights_make(_i);
    sales_create(p.w.system, "customer.create", other, "{'name':'Other'}");
    sales_do(p.w.system, "legal_hold.create", "{'customer_id':'%s','cause':'claim'}", p.id);
    sales_do(p.w.system, "retention_rule.create", "{'name':'people','entity':'customer',"
             "'action':'erase','days':10,'basis':'policy'}");
    sales_advance(20 * SALES_DAY);
    acrm_value *out = sales_call(p.w.system, "privacy.retention_run", "{'limit':1}");
    ck_assert_int_eq(sales_int(out, "held"), 1);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "more")), 1);
    acrm_value_free(out);
    out = sales_call(p.w.system, "privacy.retention_run", "{}");
    ck_assert_int_eq(sales_int(out, "held"), 1);
    ck_assert_int_eq(sales_int(out, "done"), 2); /* and the friend */
    acrm_value_free(out);
    ck_assert_int_eq(sales_count(p.w.system, "customer", "{'id':'%s','erased_at':null}", p.id), 1);
    sales_free(&p.w);
}
END_TEST

START_TEST(retention__refuses_rules_that_mean_nothing)
{
    static const struct {
        const char *reason, *args;
    } cases[] = {
        { "unknown_entity", "{'name':'a','entity':'nothing','action':'keep','months':1" },
        { "unknown_field", "{'name':'a','entity':'lead','action':'keep','months':1,"
                           "'date_field':'subject'" },
        { "entity", "{'name':'a','entity':'lead','action':'erase','months':1" },
        { "entity", "{'name':'a','entity':'customer','action':'anonymise','months':1" },
        { "required", "{'name':'a','entity':'lead','action':'anonymise'" },
        { "unknown_field", "{'name':'a','entity':'lead','action':'hold',"
                           "'condition':{'nothing':1}" },
    };

    rights_make(_i);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        sales_refuse(p.w.system, ACRM_E_INVALID, cases[i].reason, "retention_rule.create",
                     "%s,'basis':'b'}", cases[i].args);
    sales_refuse(p.w.system, ACRM_E_NOTFOUND, "reference", "privacy.retention_run",
                 "{'rule':'none'}");
    sales_free(&p.w);
}
END_TEST

static Suite *rights_suite(void)
{
    Suite *suite = suite_create("privacy_rights");
    TCase *tc = tcase_create("privacy_rights");

#define LOOP(test) tcase_add_loop_test(tc, test, 0, SALES_STORAGES)
    LOOP(export__holds_everything_about_a_person_and_nobody_else);
    LOOP(export__is_the_same_twice_and_goes_on_where_it_was_cut);
    LOOP(export__needs_a_permission_of_its_own);
    LOOP(erase__names_what_it_refuses_and_does_nothing_then);
    LOOP(erase__ends_what_is_under_way_and_keeps_statistics);
    LOOP(erase__is_held_up_by_rules_and_by_hand);
    LOOP(erase__keeps_what_the_law_wants_until_its_day);
    LOOP(certificate__proves_itself_and_names_nobody);
    LOOP(suppression__refuses_what_comes_back);
    LOOP(suppression__may_flag_instead);
    LOOP(restriction__hides_a_person_from_all_but_the_privileged);
    LOOP(retention__does_what_its_rules_say_when_time_is_over);
    LOOP(retention__counts_what_is_held_and_goes_on);
    LOOP(retention__refuses_rules_that_mean_nothing);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(rights_suite)
