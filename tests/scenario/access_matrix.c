/* SPDX-License-Identifier: MIT */
/*
 * Every role that a database begins with, times every operation of the registry. Arguments are made
 * from the declared types, and each reference is to somebody else's record: so that an operation
 * that forgets whose it is goes through, and is told here by its name.
 */
#include "access_matrix.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

typedef struct matrix {
    host *host;
    acrm_value *registry;
    const acrm_value *operations, *entities;
    acrm_session *session; /* of who is elsewhere */
    const char *role;
    acrm_value *permissions;
    char self[37]; /* who that is */
    bool sees_all;
    host_str faults;
    int denied, reached, vague;
} matrix;

static void matrix_fault(matrix *m, const char *what, const char *operation, const char *more)
{
    char line[600];

    snprintf(line, sizeof line, "%s: %s %s %s", m->role, operation, what, more ? more : "");
    host_str_puts(&m->faults, line);
}

/* --- What a role permits, worked out once more --- */

static bool matrix_fits(const char *pattern, const char *name)
{
    const char *star = strchr(pattern, '*');
    size_t head = star ? (size_t)(star - pattern) : 0, tail = star ? strlen(star + 1) : 0;

    if (!star)
        return strcmp(pattern, name) == 0;
    return strlen(name) >= head + tail && strncmp(pattern, name, head) == 0 &&
           strcmp(name + strlen(name) - tail, star + 1) == 0;
}

static bool matrix_permits(const matrix *m, const char *name)
{
    for (size_t i = 0; i < acrm_value_count(m->permissions); i++)
        if (matrix_fits(acrm_value_text(acrm_value_at(m->permissions, i), NULL), name))
            return true;
    return false;
}

/* --- Arguments of a type --- */

static const acrm_value *matrix_entity(const matrix *m, const char *name, size_t len)
{
    for (size_t i = 0; i < acrm_value_count(m->entities); i++) {
        const char *one = host_text(acrm_value_at(m->entities, i), "name");
        if (strlen(one) == len && strncmp(one, name, len) == 0)
            return acrm_value_at(m->entities, i);
    }
    return NULL;
}

static bool matrix_global(const acrm_value *entity)
{
    return acrm_value_bool(acrm_value_get(entity, "global")) != 0;
}

/* The oldest record of an entity, by the system; false: there is none. */
static bool matrix_record(matrix *m, const char *entity, char id[37])
{
    char operation[80];

    snprintf(operation, sizeof operation, "%s.list", entity);
    acrm_value *page = host_call(m->host->session, operation, "{'limit':1}");
    snprintf(id, 37, "%s", host_text(page, "items.0.id"));
    acrm_value_free(page);
    return *id != '\0';
}

static const char *matrix_text(const char *type, int64_t max)
{
    static const struct {
        const char *type, *text;
    } texts[] = {
        { "money", "1" },   { "decimal", "1" },    { "instant", "2026-11-21T09:00:00Z" },
        { "date", "2026-11-21" }, { "time", "09:00:00" }, { "duration", "PT1H" },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].type, type) == 0)
            return texts[i].text;
    return max == 3 ? "EUR" : max == 2 ? "DE" : "x";
}

static void matrix_plain(acrm_value *to, const acrm_value *type)
{
    const char *x = host_text(type, "x-type");
    const acrm_value *choices = acrm_value_get(type, "enum");
    const acrm_value *least = acrm_value_get(type, "minimum");
    int32_t st = ACRM_OK;

    if (choices)
        st = acrm_value_set_copy(to, acrm_value_at(choices, 0));
    else if (strcmp(x, "int") == 0 || strcmp(x, "real") == 0)
        st = acrm_value_set_int(to, least ? acrm_value_int(least) : 1);
    else if (strcmp(x, "bool") == 0)
        st = acrm_value_set_bool(to, 1);
    else if (!*x || strcmp(x, "map") == 0 || strcmp(x, "json") == 0 || strcmp(x, "filter") == 0 ||
             strcmp(x, "record") == 0)
        st = acrm_value_set_map(to);
    else {
        const char *text = matrix_text(x, host_int(type, "maxLength"));
        st = acrm_value_set_text(to, text, strlen(text));
    }
    ck_assert_int_eq(st, ACRM_OK);
}

static bool matrix_is_list(const acrm_value *type)
{
    const acrm_value *kind = acrm_value_get(type, "type");
    const acrm_value *first = acrm_value_type(kind) == ACRM_LIST ? acrm_value_at(kind, 0) : kind;
    const char *word = acrm_value_text(first, NULL);

    return word && strcmp(word, "array") == 0;
}

/* The entity that a parameter refers to; NULL: to none. */
static const char *matrix_target(const matrix *m, const char *operation, const char *param,
                                 const acrm_value *type)
{
    static char name[64];
    const char *x = host_text(type, "x-type"), *dot = strchr(operation, '.');

    if (strcmp(x, "ref") == 0)
        return host_text(type, "x-target");
    if (strcmp(x, "id") != 0)
        return NULL;
    bool own = strcmp(param, "id") == 0 &&
               matrix_entity(m, operation, (size_t)(dot - operation)) != NULL;
    snprintf(name, sizeof name, "%.*s", (int)(dot - operation), operation);
    return own && strcmp(name, "tag") != 0 ? name : "customer";
}

/* Sets a parameter. *other: it refers to a record that is somebody else's. false: there is none. */
static bool matrix_fill(matrix *m, acrm_value *args, const char *operation, const char *param,
                        const acrm_value *type, bool *other)
{
    const char *target = matrix_target(m, operation, param, type);
    acrm_value *to = acrm_value_put(args, param);
    char id[37];

    if (matrix_is_list(type)) {
        ck_assert_int_eq(acrm_value_set_list(to), ACRM_OK);
        to = acrm_value_add(to);
    }
    if (!target) {
        matrix_plain(to, type);
        return true;
    }
    if (!matrix_record(m, target, id))
        return false;
    ck_assert_int_eq(acrm_value_set_text(to, id, 36), ACRM_OK);
    *other = *other || !matrix_global(matrix_entity(m, target, strlen(target)));
    return true;
}

/* All that is required, and `also`. NULL: it cannot be made, or refers to nobody's record. */
static acrm_value *matrix_args(matrix *m, const acrm_value *operation, const char *also)
{
    const acrm_value *parameters = acrm_value_get(operation, "parameters");
    const acrm_value *types = acrm_value_get(parameters, "properties");
    const acrm_value *required = acrm_value_get(parameters, "required");
    const char *name = host_text(operation, "name");
    acrm_value *args = NULL;
    bool other = false, ok = true;

    ck_assert_int_eq(acrm_value_new(NULL, &args), ACRM_OK);
    ck_assert_int_eq(acrm_value_set_map(args), ACRM_OK);
    for (size_t i = 0; ok && i < acrm_value_count(required); i++) {
        const char *param = acrm_value_text(acrm_value_at(required, i), NULL);
        ok = matrix_fill(m, args, name, param, acrm_value_get(types, param), &other);
    }
    if (ok && also && !acrm_value_get(args, also))
        ok = matrix_fill(m, args, name, also, acrm_value_get(types, also), &other);
    if (ok && acrm_value_get(types, "dry_run"))
        acrm_value_set_bool(acrm_value_put(args, "dry_run"), 1);
    if (ok && acrm_value_get(types, "last_write_wins"))
        acrm_value_set_bool(acrm_value_put(args, "last_write_wins"), 1);
    if (ok && other)
        return args;
    acrm_value_free(args);
    return NULL;
}

/* --- The two questions --- */

static void matrix_deny(matrix *m, const acrm_value *operation)
{
    const char *name = host_text(operation, "name");
    acrm_error *err = NULL;
    bool open = acrm_value_type(acrm_value_get(operation, "permission")) == ACRM_NULL;

    if (open || matrix_permits(m, name))
        return;
    int32_t st = acrm_call_json(m->session, name, "{}", 2, NULL, &err);
    if (st != ACRM_E_DENIED || strcmp(acrm_error_reason(err), "permission") != 0)
        matrix_fault(m, "is not denied, but", name, acrm_error_json(err));
    acrm_error_free(err);
    m->denied++;
}

/* What may be done with records of others without seeing them. */
static bool matrix_harmless(const char *name)
{
    static const char *const harmless[] = {
        "report.", "agenda.", "calendar.", "finance.", "template.", "process.simulate",
        "lead.neglected", "tag.records", "configuration.", "forecast.", /* they only leave out */
    };

    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (strncmp(name, harmless[i], strlen(harmless[i])) == 0)
            return true;
    return strstr(name, ".list") || strstr(name, ".count") || strstr(name, ".aggregate");
}

/* Refused because there is no such record for this session. */
static bool matrix_missed(int32_t st, const acrm_error *err)
{
    const char *json = acrm_error_json(err);

    return st == ACRM_E_NOTFOUND || strstr(json, "\"reason\":\"reference\"") ||
           strstr(json, "\"reason\":\"not_found\"");
}

static void matrix_reach(matrix *m, const acrm_value *operation, const char *also)
{
    const char *name = host_text(operation, "name");
    acrm_value *args = matrix_args(m, operation, also), *out = NULL;
    acrm_error *err = NULL;

    if (!args)
        return;
    int32_t st = acrm_call(m->session, name, args, &out, &err);
    /* What is closed takes nothing more, from nobody; and nothing was made. */
    bool closed = st == ACRM_E_CONFLICT && strstr(name, ".create");
    if (st == ACRM_OK && !matrix_harmless(name))
        matrix_fault(m, "reaches others' records by", name, also ? also : "what it requires");
    if (st == ACRM_E_INVALID || st == ACRM_E_UNSUPPORTED)
        m->vague += !matrix_missed(st, err); /* of the arguments, something else was wrong first */
    else if (st != ACRM_OK && st != ACRM_E_DENIED && !matrix_missed(st, err) && !closed)
        matrix_fault(m, "does not say that there is nothing, but", name, acrm_error_json(err));
    acrm_error_free(err);
    acrm_value_free(out);
    acrm_value_free(args);
    m->reached++;
}

/* Lists hold nothing that is not one's own. */
static void matrix_list(matrix *m, const char *entity)
{
    char operation[80];
    acrm_buf *out = NULL;
    acrm_value *page = NULL;

    snprintf(operation, sizeof operation, "%s.list", entity);
    if (!matrix_permits(m, operation) ||
        host_try(m->session, operation, "{'limit':1000,'deleted':'with'}", &out, NULL) != ACRM_OK)
        return;
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &page, NULL),
                     ACRM_OK);
    acrm_buf_free(out);
    const acrm_value *items = acrm_value_get(page, "items");
    for (size_t i = 0; i < acrm_value_count(items); i++)
        if (strcmp(host_text(acrm_value_at(items, i), "id"), m->self) != 0) {
            matrix_fault(m, "shows", operation, host_text(acrm_value_at(items, i), "id"));
            break;
        }
    acrm_value_free(page);
}

/* --- Who asks --- */

static void matrix_begin(matrix *m, const acrm_value *role)
{
    char args[400], principal[64];
    bool customer = strcmp(m->role, "customer") == 0;
    const acrm_value *scopes = acrm_value_get(role, "scopes");
    acrm_error *err = NULL;

    snprintf(args, sizeof args, "{'name':'West','code':'WEST-%s'}", m->role);
    acrm_value *dealer = host_call(m->host->session, "dealer.create", args);
    if (customer)
        snprintf(args, sizeof args, "{'name':'Walter Stranger'}");
    else
        snprintf(args, sizeof args, "{'name':'Elsewhere','login':'west-%s','role_id':'%s',"
                 "'dealer_id':'%s'}", m->role, host_text(role, "id"),
                 host_text(dealer, "id"));
    acrm_value *self = host_call(m->host->session, customer ? "customer.create" : "user.create",
                                 args);
    snprintf(m->self, sizeof m->self, "%s", host_text(self, "id"));
    snprintf(principal, sizeof principal, "%s:%s", customer ? "customer" : "user", m->self);
    acrm_value_free(self);
    acrm_value_free(dealer);
    m->sees_all = strcmp(host_text(scopes, "*"), "all") == 0;
    m->permissions = acrm_value_get(role, "permissions");
    ck_assert_msg(acrm_session_new(m->host->engine, principal, &m->session, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
}

static void matrix_role(matrix *m, const acrm_value *role)
{
    m->role = host_text(role, "name");
    matrix_begin(m, role);
    for (size_t i = 0; i < acrm_value_count(m->operations); i++) {
        const acrm_value *operation = acrm_value_at(m->operations, i);
        const acrm_value *types = acrm_value_get(acrm_value_get(operation, "parameters"),
                                                 "properties");
        matrix_deny(m, operation);
        if (m->sees_all || !matrix_permits(m, host_text(operation, "name")))
            continue;
        matrix_reach(m, operation, NULL);
        for (size_t k = 0; k < acrm_value_count(types); k++) {
            const char *param = acrm_value_key(types, k, NULL);
            if (matrix_target(m, host_text(operation, "name"), param, acrm_value_at(types, k)))
                matrix_reach(m, operation, param);
        }
    }
    for (size_t i = 0; !m->sees_all && i < acrm_value_count(m->entities); i++)
        if (!matrix_global(acrm_value_at(m->entities, i)))
            matrix_list(m, host_text(acrm_value_at(m->entities, i), "name"));
    acrm_session_free(m->session);
}

void access_matrix(host *h)
{
    matrix m = { .host = h };
    acrm_buf *text = NULL;

    ck_assert_int_eq(acrm_describe(h->engine, "registry", &text, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &m.registry,
                                      NULL), ACRM_OK);
    acrm_buf_free(text);
    m.operations = acrm_value_get(m.registry, "operations");
    m.entities = acrm_value_get(m.registry, "entities");
    acrm_value *roles = host_call(h->session, "role.list", "{}");
    const acrm_value *items = acrm_value_get(roles, "items");
    for (size_t i = 0; i < acrm_value_count(items); i++)
        matrix_role(&m, acrm_value_at(items, i));
    ck_assert_msg(m.faults.len == 0, "%.4000s", m.faults.data); /* more does not fit Check */
    ck_assert_int_gt(m.denied, 2000);
    ck_assert_int_gt(m.reached, 2000);
    ck_assert_int_lt(m.vague * 20, m.reached);
    free(m.faults.data);
    acrm_value_free(roles);
    acrm_value_free(m.registry);
}
