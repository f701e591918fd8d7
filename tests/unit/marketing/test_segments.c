/* SPDX-License-Identifier: MIT */
/* Segments: filters that are kept, looked at, counted, and kept as pictures that are compared. */
#include "unit/filing/filing_world.h"

/* Ten customers of grades A and B in turn; customers[i] is named Ci. */
static void crowd(office *o, filing_id customers[10])
{
    for (int i = 0; i < 10; i++)
        filing_make(o, "customer.create", filing_args("{'name':'C%d','grade':'%s'}", i,
                                                      i % 2 ? "B" : "A"), customers[i]);
}

static void regrade(office *o, const filing_id customer, const char *grade)
{
    acrm_value_free(office_call(o, "customer.update", filing_args(
        "{'id':'%s','last_write_wins':true,'grade':'%s'}", customer, grade)));
}

static int64_t events_of(office *o, const char *type)
{
    acrm_value *out = office_call(o, "event.list", filing_args("{'types':['%s'],'limit':1000}",
                                                               type));
    int64_t n = (int64_t)acrm_value_count(acrm_value_get(out, "items"));

    acrm_value_free(out);
    return n;
}

START_TEST(segment__is_checked_as_it_is_saved)
{
    static const char *const bad[][3] = {
        { "{'name':'x','filter':{'grad':'A'}}", "filter.grad", "unknown_field" },
        { "{'name':'x','filter':{'leads':{'$any':{'levle':'H'}}}}", "filter.leads.$any.levle",
          "unknown_field" },
        { "{'name':'x','filter':{'grade':{'$near':'A'}}}", "filter.grade.$near", "operator" },
        { "{'name':'x','filter':{'vip_level':'high'}}", "filter.vip_level", "type" },
        { "{'name':'x','filter':'grade'}", "filter", "type" },
        { "{'name':'x'}", "filter", "required" },
        { "{'filter':{}}", "name", "required" },
    };
    office o;
    office_open(&o, _i);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        office_refused(&o, "segment.create", filing_args("%s", bad[i][0]), ACRM_E_INVALID,
                       bad[i][1], bad[i][2]);
    filing_id id;
    filing_make(&o, "segment.create", filing_args("{'name':'x','filter':{'grade':'A'}}"), id);
    office_refused(&o, "segment.create", filing_args("{'name':'x','filter':{}}"),
                   ACRM_E_CONFLICT, "name", "duplicate");
    office_refused(&o, "segment.update", filing_args("{'id':'%s','version':1,'filter':{'q':1}}",
                   id), ACRM_E_INVALID, "filter.q", "unknown_field");
    office_close(&o);
}
END_TEST

START_TEST(segment__is_looked_at_and_counted)
{
    office o;
    filing_id customers[10], id;
    office_open(&o, _i);
    crowd(&o, customers);
    filing_make(&o, "segment.create", filing_args("{'name':'A','filter':{'grade':'A'}}"), id);
    ck_assert_int_eq(office_count(&o, "segment.count", filing_args("{'id':'%s'}", id)), 5);
    ck_assert_int_eq(office_count(&o, "segment.count", filing_args("{'filter':{'name':'C3'}}")),
                     1);
    acrm_value *out = office_call(&o, "segment.preview", filing_args(
        "{'id':'%s','limit':2,'fields':['name'],'order':['-name']}", id));
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_int_eq(office_number(out, "count"), 5);
    ck_assert_uint_eq(acrm_value_count(items), 2);
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "name"), "C8");
    acrm_value_free(out);
    out = office_call(&o, "segment.preview", filing_args("{'filter':{},'group':['grade']}"));
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "rows")), 2);
    acrm_value_free(out);
    office_refused(&o, "segment.count", "{}", ACRM_E_INVALID, "id", "required");
    office_refused(&o, "segment.preview", filing_args("{'filter':{'q':1}}"), ACRM_E_INVALID,
                   "filter.q", "unknown_field");
    office_refused(&o, "segment.count", filing_args("{'id':'%s'}", customers[0]),
                   ACRM_E_NOTFOUND, "id", "reference");
    office_close(&o);
}
END_TEST

/* Walk all pages of members; their names one after the other. */
static void walk(office *o, const char *which, char *names)
{
    char after[256] = "";

    *names = '\0';
    for (bool more = true; more;) {
        acrm_value *out = office_call(o, "segment.members", filing_args(
            "{%s,'limit':2%s%s%s}", which, *after ? ",'after':'" : "", after, *after ? "'" : ""));
        const acrm_value *items = acrm_value_get(out, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++)
            strcat(names, office_text(acrm_value_at(items, i), "name"));
        more = office_text(out, "next") != NULL;
        snprintf(after, sizeof after, "%s", more ? office_text(out, "next") : "");
        acrm_value_free(out);
    }
}

START_TEST(segment__members_come_page_by_page)
{
    office o;
    filing_id customers[10], id, snapshot;
    char names[200], which[80];
    office_open(&o, _i);
    crowd(&o, customers);
    filing_make(&o, "segment.create", filing_args("{'name':'A','filter':{'grade':'A'}}"), id);
    filing_make(&o, "segment.snapshot", filing_args("{'id':'%s'}", id), snapshot);
    regrade(&o, customers[4], "B");
    acrm_value_free(office_call(&o, "customer.delete", filing_args(
        "{'id':'%s','last_write_wins':true}", customers[6])));
    snprintf(which, sizeof which, "'id':'%s'", id);
    walk(&o, which, names);
    ck_assert_str_eq(names, "C0C2C8");
    snprintf(which, sizeof which, "'snapshot_id':'%s'", snapshot);
    walk(&o, which, names);
    ck_assert_str_eq(names, "C0C2C4C8"); /* as it was, without who is gone */
    office_refused(&o, "segment.members", filing_args("{'snapshot_id':'%s','after':'x'}",
                   snapshot), ACRM_E_INVALID, "after", "format");
    ck_assert_int_eq(office_count(&o, "customer.count", filing_args(
        "{'where':{'segment_memberships':{'$any':{'snapshot_id':'%s'}}}}", snapshot)), 4);
    office_close(&o);
}
END_TEST

START_TEST(segment__snapshots_tell_who_came_and_went)
{
    office o;
    filing_id customers[10], id, snapshots[3];
    office_open(&o, _i);
    crowd(&o, customers);
    filing_make(&o, "segment.create", filing_args("{'name':'A','filter':{'grade':'A'}}"), id);
    filing_make(&o, "segment.snapshot", filing_args("{'id':'%s'}", id), snapshots[0]);
    ck_assert_int_eq(events_of(&o, "segment.entered"), 0); /* nothing to compare it with */
    office_refused(&o, "segment.compare", filing_args("{'id':'%s'}", snapshots[0]),
                   ACRM_E_INVALID, "with_id", "required");
    regrade(&o, customers[0], "B");
    regrade(&o, customers[1], "A");
    regrade(&o, customers[3], "A");
    acrm_value *out = office_call(&o, "segment.snapshot", filing_args("{'id':'%s'}", id));
    snprintf(snapshots[1], sizeof snapshots[1], "%s", office_text(out, "id"));
    ck_assert_int_eq(office_number(out, "size"), 6);
    ck_assert_int_eq(office_number(out, "entered"), 2);
    ck_assert_int_eq(office_number(out, "left"), 1);
    ck_assert_str_eq(office_text(out, "previous_id"), snapshots[0]);
    acrm_value_free(out);
    ck_assert_int_eq(events_of(&o, "segment.entered"), 2);
    ck_assert_int_eq(events_of(&o, "segment.left"), 1);

    regrade(&o, customers[5], "A");
    regrade(&o, customers[7], "A");
    filing_make(&o, "segment.snapshot", filing_args("{'id':'%s','events':1}", id), snapshots[2]);
    ck_assert_int_eq(events_of(&o, "segment.entered"), 2); /* too many: told once */
    ck_assert_int_eq(events_of(&o, "segment.changed"), 1);

    out = office_call(&o, "segment.compare", filing_args("{'id':'%s','with_id':'%s','limit':3}",
                                                         snapshots[2], snapshots[0]));
    ck_assert_int_eq(office_number(out, "entered"), 4);
    ck_assert_int_eq(office_number(out, "left"), 1);
    ck_assert_int_eq(office_number(out, "stayed"), 4);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "entered_ids")), 3);
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(out, "left_ids"), 0), NULL),
                     customers[0]);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(segment__a_snapshot_is_given_up_whole)
{
    office o;
    filing_id customers[10], id, snapshot;
    office_open(&o, _i);
    crowd(&o, customers);
    filing_make(&o, "segment.create", filing_args("{'name':'all','filter':{}}"), id);
    filing_make(&o, "segment.snapshot", filing_args("{'id':'%s'}", id), snapshot);
    ck_assert_int_eq(office_count(&o, "segment_member.count", "{}"), 10);
    acrm_value *out = office_call(&o, "segment.drop_snapshot", filing_args("{'id':'%s'}",
                                                                          snapshot));
    ck_assert_int_eq(office_number(out, "members"), 10);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "segment_member.count", "{\"deleted\":\"with\"}"), 0);
    office_refused(&o, "segment.members", filing_args("{'snapshot_id':'%s'}", snapshot),
                   ACRM_E_NOTFOUND, "snapshot_id", "reference");
    acrm_value_free(office_call(&o, "segment.snapshot", filing_args(
        "{'id':'%s','dry_run':true}", id)));
    ck_assert_int_eq(office_count(&o, "segment_snapshot.count", "{}"), 0);
    ck_assert_int_eq(office_count(&o, "segment_member.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(segment__holds_whom_the_session_may_see)
{
    office o;
    filing_staff staff;
    filing_id id, snapshot;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value *roles = office_call(&o, "role.list", "{\"where\":{\"name\":\"salesperson\"}}");
    acrm_value_free(office_call(&o, "role.update", filing_args("{'id':'%s','last_write_wins':true,"
        "'permissions':['segment.*','segment_snapshot.*','customer.*']}",
        office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"))));
    acrm_value_free(roles);
    office ann = filing_as(&o, "user", staff.ann);
    filing_make(&ann, "segment.create", filing_args("{'name':'all','filter':{}}"), id);

    ck_assert_int_eq(office_count(&ann, "segment.count", filing_args("{'id':'%s'}", id)), 1);
    ck_assert_int_eq(office_count(&o, "segment.count", filing_args("{'id':'%s'}", id)), 2);
    filing_make(&ann, "segment.snapshot", filing_args("{'id':'%s'}", id), snapshot);
    ck_assert_int_eq(office_count(&o, "segment_member.count", "{}"), 1);
    /* Of another user: it is not the previous one of this. */
    acrm_value *out = office_call(&o, "segment.snapshot", filing_args("{'id':'%s'}", id));
    ck_assert_int_eq(office_number(out, "size"), 2);
    ck_assert_ptr_null(office_text(out, "previous_id"));
    office_refused(&ann, "segment.members", filing_args("{'snapshot_id':'%s'}",
                   office_text(out, "id")), ACRM_E_NOTFOUND, "snapshot_id", "reference");
    acrm_value_free(out);
    acrm_session_free(ann.session);
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("segments");
    TCase *t = tcase_create("segments");

    tcase_add_loop_test(t, segment__is_checked_as_it_is_saved, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, segment__is_looked_at_and_counted, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, segment__members_come_page_by_page, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, segment__snapshots_tell_who_came_and_went, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, segment__a_snapshot_is_given_up_whole, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, segment__holds_whom_the_session_may_see, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
