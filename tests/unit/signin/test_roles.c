/* SPDX-License-Identifier: MIT */
/* The roles that a database begins with: each permits what it says and opens no way to more. What
 * they reach of others' records: tests/scenario/access_matrix.c. */
#include "unit/signin/signin_world.h"

#include <stdbool.h>

static bool roles_fit(const char *pattern, const char *name)
{
    const char *star = strchr(pattern, '*');
    size_t head = star ? (size_t)(star - pattern) : 0;

    if (!star)
        return strcmp(pattern, name) == 0;
    size_t tail = strlen(star + 1);
    return strlen(name) >= head + tail && strncmp(pattern, name, head) == 0 &&
           strcmp(name + strlen(name) - tail, star + 1) == 0;
}

static bool roles_permit(const acrm_value *role, const char *name)
{
    const acrm_value *list = acrm_value_get(role, "permissions");

    for (size_t i = 0; i < acrm_value_count(list); i++)
        if (roles_fit(acrm_value_text(acrm_value_at(list, i), NULL), name))
            return true;
    return false;
}

static acrm_value *roles_registry(world *w)
{
    acrm_value *registry = NULL;
    acrm_buf *text = NULL;

    ck_assert_int_eq(acrm_describe(w->o.engine, "registry", &text, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &registry,
                                      NULL), ACRM_OK);
    acrm_buf_free(text);
    return registry;
}

START_TEST(roles__permit_only_what_there_is)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    acrm_value *registry = roles_registry(&w), *roles = call(&w.o, "role.list", "{}");
    const acrm_value *operations = acrm_value_get(registry, "operations");
    const acrm_value *items = acrm_value_get(roles, "items");
    ck_assert_uint_ge(acrm_value_count(items), 8);
    for (size_t r = 0; r < acrm_value_count(items); r++) {
        const acrm_value *role = acrm_value_at(items, r);
        const acrm_value *list = acrm_value_get(role, "permissions");
        for (size_t i = 0; i < acrm_value_count(list); i++) {
            const char *pattern = acrm_value_text(acrm_value_at(list, i), NULL);
            bool fits = false;
            for (size_t k = 0; k < acrm_value_count(operations); k++)
                fits |= roles_fit(pattern, office_text(acrm_value_at(operations, k), "name"));
            ck_assert_msg(fits, "%s: no operation is %s", office_text(role, "name"), pattern);
        }
    }
    acrm_value_free(roles);
    acrm_value_free(registry);
    office_close(&w.o);
}
END_TEST

/* What runs the business or the machine, by the beginning of the operation's name, and who may. */
static const struct {
    const char *operations, *roles;
} roles_kept[] = {
    { "engine.", "head_office" },
    { "schema.", "head_office" },
    { "role.create", "head_office" },
    { "role.update", "head_office" },
    { "role.install_presets", "head_office" },
    { "user.create", "head_office" },
    { "user.delete", "head_office" },
    { "dealer.create", "head_office" },
    { "dealer.update", "head_office" },
    { "signin.", "head_office" },
    { "signin_policy.create", "head_office" },
    { "signin_policy.update", "head_office" },
    { "credential.create", "head_office dealer_manager" },
    { "credential.set_password", "head_office dealer_manager" },
    { "credential.unlock", "head_office dealer_manager call_centre" },
    { "access_token.create", "head_office dealer_manager" },
    { "webhook_endpoint.create", "head_office" },
    { "webhook.", "head_office" },
    { "connector.", "head_office" },
    { "automation_rule.create", "head_office" },
    { "process_definition.load", "head_office" },
    { "privacy.erase", "head_office privacy_officer" },
    { "legal_hold.create", "head_office privacy_officer" },
    { "audit.verify", "head_office privacy_officer" },
    { "message.send_many", "head_office" },
    { "message.setup", "head_office" },
    { "grade.load", "head_office" },
    { "import.upsert", "head_office dealer_manager" },
    { "customer.merge", "head_office dealer_manager call_centre" },
};

static bool roles_public(const acrm_value *operation)
{
    return acrm_value_type(acrm_value_get(operation, "permission")) == ACRM_NULL;
}

START_TEST(roles__keep_the_machine_to_who_runs_it)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    acrm_value *registry = roles_registry(&w), *roles = call(&w.o, "role.list", "{}");
    const acrm_value *operations = acrm_value_get(registry, "operations");
    const acrm_value *items = acrm_value_get(roles, "items");
    const char *beginning = roles_kept[_i].operations;
    int found = 0;
    for (size_t k = 0; k < acrm_value_count(operations); k++) {
        const char *name = office_text(acrm_value_at(operations, k), "name");
        if (strncmp(name, beginning, strlen(beginning)) != 0 ||
            roles_public(acrm_value_at(operations, k)))
            continue;
        found++;
        for (size_t r = 0; r < acrm_value_count(items); r++) {
            const char *role = office_text(acrm_value_at(items, r), "name");
            bool may = strstr(roles_kept[_i].roles, role) != NULL;
            ck_assert_msg(roles_permit(acrm_value_at(items, r), name) == may, "%s %s %s", role,
                          may ? "may not" : "may", name);
        }
    }
    ck_assert_msg(found > 0, "nothing begins with %s", beginning);
    acrm_value_free(roles);
    acrm_value_free(registry);
    office_close(&w.o);
}
END_TEST

static int64_t roles_read(void *user, void *dst, size_t cap)
{
    static const char csv[] = "name,login\nx,y\n";
    bool *given = user;

    if (*given || cap < sizeof csv)
        return 0;
    *given = true;
    memcpy(dst, csv, sizeof csv - 1);
    return sizeof csv - 1;
}

/* Ways to become more than one is. */
START_TEST(roles__open_no_way_up)
{
    static const struct {
        const char *who, *operation, *args; /* $ is ann, & the role of the head office */
        int32_t status;
    } rows[] = {
        { "ann", "user.update", "{'id':'$','last_write_wins':true,'role_id':'&'}",
          ACRM_E_INVALID },
        { "ann", "user.update", "{'id':'$','last_write_wins':true,'phone':'1'}", ACRM_OK },
        { "ann", "role.update", "{'id':'&','last_write_wins':true,'permissions':['*']}",
          ACRM_E_DENIED },
        { "ann", "import.upsert", "{'source':'x','entity':'role'}", ACRM_E_DENIED },
        { "ann", "import.upsert", "{'source':'x','entity':'user'}", ACRM_E_DENIED },
        { "ann", "access_token.create", "{'name':'x','user_id':'@','scopes':['*'],"
                                        "'expires_at':'2027-01-01T00:00:00Z'}", ACRM_E_DENIED },
        { "bob", "credential.set_password", "{'id':'%','password':'" WORLD_OTHER "'}",
          ACRM_E_DENIED },
        { "bob", "customer.create", "{'name':'X','dealer_id':'!','tags':[{'name':'x'}]}",
          ACRM_E_INVALID },
        { "bob", "customer.create", "{'name':'X','dealer_id':'!','sales_contracts':[{'number':"
                                    "'1'}]}", ACRM_E_DENIED },
        { "bob", "customer.create", "{'name':'X','dealer_id':'!','credentials':[{'login':"
                                    "'x@example.com'}]}", ACRM_E_INVALID },
    };

    world w;
    world_open(&w, OFFICE_MEMORY);
    id most = world_role(&w, "head_office");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char json[512], principal[64], *to = json;
        bool ann = strcmp(rows[i].who, "ann") == 0;
        for (const char *p = rows[i].args; *p; p++) {
            const char *with = *p == '$' ? w.ann.text : *p == '%' ? w.ann_key.text
                               : *p == '&' ? most.text : *p == '@' ? w.bob.text
                               : *p == '!' ? w.north.text : NULL;
            to += with ? sprintf(to, "%s", with) : sprintf(to, "%c", *p);
        }
        snprintf(principal, sizeof principal, "user:%s", ann ? w.ann.text : w.bob.text);
        acrm_session *as = world_as(&w, principal);
        bool given = false;
        acrm_session_set_input(as, roles_read, &given);
        int32_t st = world_try(as, rows[i].operation, json);
        ck_assert_msg(st == rows[i].status, "%s %s: %d", rows[i].operation, rows[i].args, st);
        acrm_session_free(as);
    }
    office_close(&w.o);
}
END_TEST

START_TEST(roles__are_installed_where_they_are_missing_and_reset_when_asked)
{
    world w;
    world_open(&w, _i);
    acrm_value *out = call(&w.o, "role.install_presets", "{}");
    ck_assert_int_eq(office_number(out, "created"), 0);
    ck_assert_int_eq(office_number(out, "updated"), 0);
    acrm_value_free(out);
    id lender = world_role(&w, "lender");
    acrm_value_free(call(&w.o, "role.delete", "{'id':'%s','last_write_wins':true}", lender.text));
    acrm_value_free(call(&w.o, "role.update", "{'id':'%s','last_write_wins':true,"
                         "'permissions':['*']}", w.seller.text));
    out = call(&w.o, "role.install_presets", "{}");
    ck_assert_int_eq(office_number(out, "created"), 1);
    ck_assert_int_eq(office_number(out, "updated"), 0);
    acrm_value_free(out);
    out = call(&w.o, "role.install_presets", "{'reset':true}");
    ck_assert_int_eq(office_number(out, "created"), 0);
    ck_assert_int_eq(office_number(out, "updated"), 1);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("signin_roles");
    TCase *t = tcase_create("signin_roles");

    tcase_add_test(t, roles__permit_only_what_there_is);
    tcase_add_loop_test(t, roles__keep_the_machine_to_who_runs_it, 0,
                        sizeof roles_kept / sizeof roles_kept[0]);
    tcase_add_test(t, roles__open_no_way_up);
    tcase_add_loop_test(t, roles__are_installed_where_they_are_missing_and_reset_when_asked, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
