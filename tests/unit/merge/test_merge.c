/* SPDX-License-Identifier: MIT */
/* Merging customers: what moves, what survives, where the old id leads, and what is refused. */
#include "support/speak.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdlib.h>

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

static void found_by(office *o, const char *phone, const char *name, const char *who)
{
    acrm_value *out = call(o, "customer.match", "{'name':'%s','contact_points':["
                           "{'channel':'phone','value':'%s'}]}", name, phone);
    const char *found = office_text(out, "customer_id");

    ck_assert_msg(found && strcmp(found, who) == 0, "%s is found as %s", name, found);
    acrm_value_free(out);
}

START_TEST(merge__what_moved_is_recognised_as_the_survivors)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);

    found_by(&o, "+393337654321", "Anna B. Lee", p.anna.text);
    acrm_value_free(merge(&o, &p));
    found_by(&o, "+393337654321", "Ann Lee", p.ann.text);
    acrm_value_free(call(&o, "customer.unmerge", "{'id':'%s'}", p.ann.text));
    found_by(&o, "+393337654321", "Anna B. Lee", p.anna.text);
    found_by(&o, "+393331234567", "Ann Lee", p.ann.text);
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

START_TEST(merge__what_cannot_be_is_refused_by_name)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    id firm = make(&o, "customer.create", "{'kind':'company','name':'Lee Ltd'}");
    id gone = make(&o, "customer.create", "{'name':'Gone'}");
    id other = make(&o, "customer.create", "{'name':'Other'}");
    const char *ann = p.ann.text, *anna = p.anna.text;
    char nobody[37] = "0190163d-8694-739b-aea5-966c26f8ad91";

    acrm_value_free(call(&o, "customer.delete", "{'id':'%s','last_write_wins':true}", gone.text));
    refused(&o, ACRM_E_INVALID, "self", "customer.merge", "{'id':'%s','others':['%s']}", ann, ann);
    refused(&o, ACRM_E_INVALID, "twice", "customer.merge", "{'id':'%s','others':['%s','%s']}", ann,
            anna, anna);
    refused(&o, ACRM_E_INVALID, "required", "customer.merge", "{'id':'%s','others':[]}", ann);
    refused(&o, ACRM_E_NOTFOUND, "reference", "customer.merge", "{'id':'%s','others':['%s']}", ann,
            nobody);
    refused(&o, ACRM_E_CONFLICT, "deleted", "customer.merge", "{'id':'%s','others':['%s']}", ann,
            gone.text);
    refused(&o, ACRM_E_INVALID, "kind", "customer.merge", "{'id':'%s','others':['%s']}", ann,
            firm.text);
    refused(&o, ACRM_E_INVALID, "unknown_field", "customer.merge",
            "{'id':'%s','others':['%s'],'rules':{'nome':'fill'}}", ann, anna);
    refused(&o, ACRM_E_INVALID, "choice", "customer.merge",
            "{'id':'%s','others':['%s'],'rules':{'name':'best'}}", ann, anna);
    refused(&o, ACRM_E_INVALID, "choice", "customer.merge",
            "{'id':'%s','others':['%s'],'fields':{'name':'%s'}}", ann, anna, other.text);
    ck_assert_int_eq(count(&o, "customer_merge", "{}"), 0);
    acrm_value_free(merge(&o, &p));
    refused(&o, ACRM_E_CONFLICT, "merged", "customer.merge", "{'id':'%s','others':['%s']}",
            other.text, anna);
    refused(&o, ACRM_E_CONFLICT, "merged", "customer.merge", "{'id':'%s','others':['%s']}", anna,
            ann); /* it would be a cycle */
    office_close(&o);
}
END_TEST

START_TEST(unmerge__goes_back_from_the_last_merge)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    id top = make(&o, "customer.create", "{'name':'Top'}");
    acrm_value *first = merge(&o, &p);
    acrm_value *out = call(&o, "customer.merge", "{'id':'%s','others':['%s']}", top.text,
                           p.ann.text);

    acrm_value_free(out);
    out = call(&o, "customer.get", "{'id':'%s'}", p.anna.text);
    ck_assert_str_eq(office_text(out, "id"), top.text);
    acrm_value_free(out);
    refused(&o, ACRM_E_CONFLICT, "later_merge", "customer.unmerge", "{'merge_id':'%s'}",
            office_text(first, "merge_id"));
    acrm_value_free(call(&o, "customer.unmerge", "{'id':'%s'}", top.text));
    acrm_value_free(call(&o, "customer.unmerge", "{'merge_id':'%s'}",
                         office_text(first, "merge_id")));
    refused(&o, ACRM_E_CONFLICT, "undone", "customer.unmerge", "{'merge_id':'%s'}",
            office_text(first, "merge_id"));
    refused(&o, ACRM_E_INVALID, "required", "customer.unmerge", "{}");
    ck_assert_int_eq(count(&o, "customer", "{}"), 3);
    acrm_value_free(first);
    office_close(&o);
}
END_TEST

static int64_t points_seen(office *o)
{
    acrm_value *out = call(o, "contact_point.list", "{}");
    int64_t n = (int64_t)acrm_value_count(acrm_value_get(out, "items"));

    acrm_value_free(out);
    return n;
}

START_TEST(merge__a_customers_session_goes_along_and_back)
{
    office o, portal;
    char name[96];
    office_open(&o, _i);
    pair p = pair_make(&o);

    portal = o;
    snprintf(name, sizeof name, "customer:%s", p.anna.text);
    ck_assert_int_eq(acrm_session_new(o.engine, name, &portal.session, NULL), ACRM_OK);
    ck_assert_int_eq(points_seen(&portal), 2);
    acrm_value_free(merge(&o, &p));
    ck_assert_int_eq(points_seen(&portal), 3);
    acrm_value_free(call(&o, "customer.unmerge", "{'id':'%s'}", p.ann.text));
    ck_assert_int_eq(points_seen(&portal), 2);
    acrm_session_free(portal.session);
    office_close(&o);
}
END_TEST

/* A file is kept with a key that the customer's key seals. */
START_TEST(merge__what_is_sealed_opens_before_and_after)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    id file = make(&o, "attachment.add", "{'entity':'customer','id':'%s','file_name':'a.txt',"
                   "'data':'aGVsbG8='}", p.anna.text);

    for (int i = 0; i < 3; i++) {
        acrm_value *out = call(&o, "attachment.read", "{'id':'%s'}", file.text);
        ck_assert_str_eq(office_text(out, "data"), "hello");
        acrm_value_free(out);
        if (i == 0)
            acrm_value_free(merge(&o, &p));
        if (i == 1)
            acrm_value_free(call(&o, "customer.unmerge", "{'id':'%s'}", p.ann.text));
    }
    office_close(&o);
}
END_TEST

START_TEST(unmerge__of_somebody_erased_is_refused)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);

    acrm_value_free(merge(&o, &p));
    acrm_value_free(call(&o, "privacy.erase", "{'customer_id':'%s','basis':'Art. 17','reason':"
                         "'asked for'}", p.ann.text));
    refused(&o, ACRM_E_CONFLICT, "erased", "customer.unmerge", "{'id':'%s'}", p.ann.text);
    id other = make(&o, "customer.create", "{'name':'Other'}");
    refused(&o, ACRM_E_CONFLICT, "erased", "customer.merge", "{'id':'%s','others':['%s']}",
            other.text, p.ann.text);
    ck_assert_int_eq(count(&o, "customer_merge", "{'state':'merged'}"), 1);
    office_close(&o);
}
END_TEST

static const struct {
    const char *what, *change, *conflict;
} later_changes[] = {
    { "a field of the survivor", "customer.update {'id':'$ann','last_write_wins':true,"
      "'birth_date':'1999-09-09'}", "field_changed" },
    { "another field of a moved row", "lead.update {'id':'$lead','last_write_wins':true,"
      "'model':'Tipo'}", "row_changed" },
    { "a moved row deleted", "lead.delete {'id':'$lead','last_write_wins':true}", "row_deleted" },
    { "a moved row moved on", "x_loan.update {'id':'$loan','last_write_wins':true,"
      "'x_who':'$third'}", "moved_on" },
};
enum { LATER_CHANGES = sizeof later_changes / sizeof later_changes[0] };

static void put_name(char *text, const char *name, const char *value)
{
    char *at = strstr(text, name);

    if (!at)
        return;
    memmove(at + strlen(value), at + strlen(name), strlen(at + strlen(name)) + 1);
    memcpy(at, value, strlen(value));
}

START_TEST(unmerge__tells_what_changed_since_and_leaves_it_unless_told)
{
    for (int policy = 0; policy < 2; policy++) {
        const char *change = later_changes[_i].change;
        char operation[64], args[512];
        office o;
        office_open(&o, policy); /* one storage each */
        pair p = pair_make(&o);
        id third = make(&o, "customer.create", "{'name':'Third'}");
        acrm_value_free(call(&o, "schema.add_entity", "{'name':'x_loan','help':'Loan','fields':["
            "{'name':'x_who','type':'ref','target':'customer','help':'Who'}]}"));
        id loan = make(&o, "x_loan.create", "{'x_who':'%s'}", p.anna.text);
        id lead = make(&o, "lead.create", "{'customer_id':'%s'}", p.anna.text);
        acrm_value_free(merge(&o, &p));
        snprintf(operation, sizeof operation, "%.*s", (int)strcspn(change, " "), change);
        snprintf(args, sizeof args, "%s", strchr(change, '{'));
        put_name(args, "$ann", p.ann.text);
        put_name(args, "$lead", lead.text);
        put_name(args, "$loan", loan.text);
        put_name(args, "$third", third.text);
        acrm_value_free(call(&o, operation, "%s", args));
        acrm_value *out = call(&o, "customer.unmerge", "{'id':'%s','policy':'%s'}", p.ann.text,
                               policy ? "restore" : "keep_current");
        const acrm_value *conflicts = acrm_value_get(out, "conflicts");
        ck_assert_msg(acrm_value_count(conflicts) == 1, "%s", later_changes[_i].what);
        ck_assert_str_eq(office_text(acrm_value_at(conflicts, 0), "conflict"),
                         later_changes[_i].conflict);
        acrm_value_free(out);
        bool kept = policy == 0;
        if (_i == 0)
            ck_assert_int_eq(count(&o, "customer", "{'birth_date':'1999-09-09'}"), kept);
        if (_i == 1)
            ck_assert_int_eq(count(&o, "lead", "{'customer_id':'%s','model':'Tipo'}",
                                   p.anna.text), 1);
        if (_i == 2)
            ck_assert_int_eq(count(&o, "lead", "{'id':'%s'}", lead.text), !kept);
        if (_i == 3)
            ck_assert_int_eq(count(&o, "x_loan", "{'x_who':'%s'}",
                                   kept ? third.text : p.anna.text), 1);
        office_close(&o);
    }
}
END_TEST

START_TEST(preview__shows_what_to_choose_from)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    acrm_value *out = call(&o, "customer.merge_preview", "{'id':'%s','others':['%s'],"
                           "'rules':{'name':'longest'}}", p.ann.text, p.anna.text);
    const acrm_value *fields = acrm_value_get(out, "fields");
    const acrm_value *name = acrm_value_at(fields, 0);

    ck_assert_str_eq(office_text(name, "field"), "name");
    ck_assert_str_eq(office_text(name, "after"), "Anna B. Lee");
    ck_assert_str_eq(office_text(name, "from"), p.anna.text);
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(name, "values"), 0), NULL),
                     "Ann Lee");
    acrm_value *done = call(&o, "customer.merge", "{'id':'%s','others':['%s'],"
                            "'rules':{'name':'longest'}}", p.ann.text, p.anna.text);
    ck_assert_int_eq(office_number(out, "rows"), office_number(done, "rows"));
    const acrm_value *changed = acrm_value_get(done, "fields");
    for (size_t i = 0, k = 0; i < acrm_value_count(changed); i++, k++) {
        while (strcmp(office_text(acrm_value_at(fields, k), "field"),
                      office_text(acrm_value_at(changed, i), "field")) != 0)
            ck_assert_uint_lt(++k, acrm_value_count(fields));
        const char *after = office_text(acrm_value_at(fields, k), "after");
        if (after)
            ck_assert_str_eq(after, office_text(acrm_value_at(changed, i), "after"));
    }
    acrm_value_free(done);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(merge__rules_and_picks_say_whose_value_it_is)
{
    office o;
    office_open(&o, OFFICE_MEMORY);
    pair p = pair_make(&o);
    acrm_value *out = call(&o, "customer.merge",
        "{'id':'%s','others':['%s'],'dry_run':true,'rules':{'name':'longest','notes':'keep'},"
        "'fields':{'city':'%s'}}", p.ann.text, p.anna.text, p.anna.text);
    const acrm_value *fields = acrm_value_get(acrm_value_get(out, "result"), "fields");
    bool name = false;

    for (size_t i = 0; i < acrm_value_count(fields); i++) {
        const acrm_value *field = acrm_value_at(fields, i);
        ck_assert_str_ne(office_text(field, "field"), "notes");
        if (strcmp(office_text(field, "field"), "city") == 0)
            ck_assert_int_eq(acrm_value_type(acrm_value_get(field, "after")), ACRM_NULL);
        if (strcmp(office_text(field, "field"), "name") == 0) {
            name = true;
            ck_assert_str_eq(office_text(field, "from"), p.anna.text);
            ck_assert_str_eq(office_text(field, "before"), "Ann Lee");
            ck_assert_str_eq(office_text(field, "after"), "Anna B. Lee");
        }
    }
    ck_assert(name);
    acrm_value_free(out);
    ck_assert_int_eq(count(&o, "customer", "{}"), 2); /* it was dry */
    ck_assert_int_eq(count(&o, "customer_merge", "{}"), 0);
    acrm_value_free(call(&o, "merge_rule.create", "{'field':'name','rule':'trusted',"
                         "'sources':['fair','web']}"));
    acrm_value_free(call(&o, "customer.update", "{'id':'%s','last_write_wins':true,"
                         "'source':'fair'}", p.anna.text));
    acrm_value_free(merge(&o, &p));
    ck_assert_int_eq(count(&o, "customer", "{'name':'Anna B. Lee'}"), 1);
    office_refused(&o, "merge_rule.create", "{\"field\":\"nome\",\"rule\":\"keep\"}",
                   ACRM_E_INVALID, "field", "unknown_field");
    office_close(&o);
}
END_TEST

START_TEST(merge__the_history_of_what_moved_is_whole_and_readable)
{
    office o;
    office_open(&o, _i);
    pair p = pair_make(&o);
    acrm_value *out = call(&o, "contact_point.list", "{'where':{'customer_id':'%s',"
                           "'channel':'phone'}}", p.anna.text);
    id phone;
    snprintf(phone.text, sizeof phone.text, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    acrm_value_free(merge(&o, &p));
    out = call(&o, "contact_point.history", "{'id':'%s'}", phone.text);
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 2);
    const acrm_value *made = acrm_value_get(acrm_value_at(items, 0), "changes");
    const acrm_value *moved = acrm_value_get(acrm_value_at(items, 1), "changes");
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(made, "value"), 1), NULL),
                     "+393337654321");
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(moved, "customer_id"), 1), NULL),
                     p.ann.text);
    ck_assert_str_eq(office_text(acrm_value_at(items, 1), "reason"), "one person");
    acrm_value_free(out);
    out = call(&o, "audit.verify", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

/* Two dealers' customers, and a user of the first who may see both. */
START_TEST(merge__across_dealers_takes_a_right_of_its_own)
{
    office o, user;
    office_open(&o, _i);
    id head = make(&o, "dealer.create", "{'name':'Head','code':'HEAD'}");
    id north = make(&o, "dealer.create", "{'name':'North','code':'N','parent_id':'%s'}",
                    head.text);
    id south = make(&o, "dealer.create", "{'name':'South','code':'S','parent_id':'%s'}",
                    head.text);
    id a = make(&o, "customer.create", "{'name':'A','dealer_id':'%s'}", north.text);
    id b = make(&o, "customer.create", "{'name':'B','dealer_id':'%s'}", south.text);
    id role = make(&o, "role.create", "{'name':'merger','permissions':['customer.*'],"
                   "'scopes':{'*':'dealer'}}");
    id who[2];
    const id *place[2] = { &north, &head };
    for (int i = 0; i < 2; i++)
        who[i] = make(&o, "user.create", "{'name':'U%d','login':'u%d','dealer_id':'%s',"
                      "'role_id':'%s'}", i, i, place[i]->text, role.text);
    user = o;
    for (int i = 0; i < 2; i++) {
        char name[96];
        snprintf(name, sizeof name, "user:%s", who[i].text);
        ck_assert_int_eq(acrm_session_new(o.engine, name, &user.session, NULL), ACRM_OK);
        if (i == 0) /* sees one of the two only */
            refused(&user, ACRM_E_NOTFOUND, "reference", "customer.merge",
                    "{'id':'%s','others':['%s']}", a.text, b.text);
        else
            refused(&user, ACRM_E_DENIED, "across_dealers", "customer.merge",
                    "{'id':'%s','others':['%s']}", a.text, b.text);
        acrm_session_free(user.session);
    }
    acrm_value_free(call(&o, "role.update", "{'id':'%s','last_write_wins':true,"
        "'permissions':['customer.*','merge.across_dealers']}", role.text));
    char name[96];
    snprintf(name, sizeof name, "user:%s", who[1].text);
    ck_assert_int_eq(acrm_session_new(o.engine, name, &user.session, NULL), ACRM_OK);
    acrm_value_free(call(&user, "customer.merge", "{'id':'%s','others':['%s']}", a.text, b.text));
    acrm_session_free(user.session);
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
    tcase_add_loop_test(t, merge__what_moved_is_recognised_as_the_survivors, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, merge__a_customers_session_goes_along_and_back, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, merge__what_is_sealed_opens_before_and_after, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, merge__what_cannot_be_is_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, unmerge__of_somebody_erased_is_refused, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, unmerge__goes_back_from_the_last_merge, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, unmerge__tells_what_changed_since_and_leaves_it_unless_told, 0,
                        LATER_CHANGES);
    tcase_add_loop_test(t, preview__shows_what_to_choose_from, 0, OFFICE_STORAGES);
    tcase_add_test(t, merge__rules_and_picks_say_whose_value_it_is);
    tcase_add_loop_test(t, merge__the_history_of_what_moved_is_whole_and_readable, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, merge__across_dealers_takes_a_right_of_its_own, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
