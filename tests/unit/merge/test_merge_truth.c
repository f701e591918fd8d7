/* SPDX-License-Identifier: MIT */
/*
 * Merging and undoing gives back the same database, over random graphs of references: customers,
 * what belongs to them, custom entities and fields, unique values, references to one another,
 * merges of merged ones. ACRM_MERGE_SEED and ACRM_MERGE_ROUNDS choose others than the printed.
 */
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

enum { ROWS_MAX = 4000, PEOPLE = 14, DEPTH = 4, ROUNDS = 48,
       WORLD = 12 /* rounds of one database */ };

static uint64_t state;
static int64_t operations;

static uint32_t roll(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 11) % n);
}

/* A call with JSON made by printf rules, in which ' stands for "; NULL when it is refused. */
static acrm_value *attempt(office *o, acrm_error **err, const char *operation,
                           const char *format, ...)
{
    char json[4096];
    acrm_value *args = NULL, *out = NULL;
    va_list list;

    va_start(list, format);
    vsnprintf(json, sizeof json, format, list);
    va_end(list);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    ck_assert_msg(acrm_value_parse(NULL, json, strlen(json), &args, NULL) == ACRM_OK, "%s", json);
    operations++;
    if (err) { /* of the attempt before */
        acrm_error_free(*err);
        *err = NULL;
    }
    int32_t st = acrm_call(o->session, operation, args, &out, err);
    ck_assert_msg(st == ACRM_OK || out == NULL, "%s", json);
    acrm_value_free(args);
    return out;
}

#define CALL(o, operation, ...) checked(o, operation, __LINE__, __VA_ARGS__)
static acrm_value *checked(office *o, const char *operation, int line, const char *format, ...)
{
    char json[4096];
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    vsnprintf(json, sizeof json, format, list);
    va_end(list);
    acrm_value *out = attempt(o, &err, operation, "%s", json);
    ck_assert_msg(out != NULL, "line %d: %s %s: %s", line, operation, json,
                  err ? acrm_error_json(err) : "");
    return out;
}

/* --- The database as rows of text without versions and stamps --- */

typedef struct row {
    char id[37];
    const char *entity; /* one of dumped[] */
    char *text;
} row;

typedef struct dump {
    row rows[ROWS_MAX];
    size_t n;
} dump;

static const char *const dumped[] = { "customer", "contact_point", "interaction", "lead",
                                      "activity", "relationship", "household",
                                      "household_member", "x_pet", "x_member", "x_stay" };
enum { DUMPED = sizeof dumped / sizeof dumped[0] };

static char *row_text(const acrm_value *record)
{
    static const char *const skip[] = { "version", "updated_at", "updated_by" };
    char *text = calloc(1, 8192);
    size_t len = 0;

    for (size_t i = 0; i < acrm_value_count(record); i++) {
        const char *key = acrm_value_key(record, i, NULL);
        acrm_buf *value = NULL;
        if (!strcmp(key, skip[0]) || !strcmp(key, skip[1]) || !strcmp(key, skip[2]))
            continue;
        ck_assert_int_eq(acrm_value_print(acrm_value_at(record, i), 0, &value), ACRM_OK);
        len += (size_t)snprintf(text + len, 8192 - len, "%s=%s ", key, acrm_buf_data(value));
        ck_assert_uint_lt(len, 8192);
        acrm_buf_free(value);
    }
    return text;
}

static int row_order(const void *a, const void *b)
{
    return strcmp(((const row *)a)->id, ((const row *)b)->id);
}

static dump *dump_make(office *o)
{
    dump *d = calloc(1, sizeof *d);

    for (size_t e = 0; e < DUMPED; e++) {
        char operation[64], after[4200] = "";
        snprintf(operation, sizeof operation, "%s.list", dumped[e]);
        for (bool more = true; more;) {
            acrm_value *page = CALL(o, operation, "{'limit':1000,'deleted':'with'%s}", after);
            const acrm_value *items = acrm_value_get(page, "items");
            for (size_t i = 0; i < acrm_value_count(items); i++) {
                const acrm_value *record = acrm_value_at(items, i);
                row *r = &d->rows[d->n++];
                ck_assert_uint_lt(d->n, ROWS_MAX);
                snprintf(r->id, sizeof r->id, "%s", office_text(record, "id"));
                r->entity = dumped[e];
                r->text = row_text(record);
            }
            const char *next = office_text(page, "next");
            more = next != NULL;
            if (next)
                snprintf(after, sizeof after, ",'after':'%s'", next);
            acrm_value_free(page);
        }
    }
    qsort(d->rows, d->n, sizeof *d->rows, row_order);
    return d;
}

static void dump_free(dump *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->rows[i].text);
    free(d);
}

static const row *dump_find(const dump *d, const char *id)
{
    row key;

    snprintf(key.id, sizeof key.id, "%s", id);
    return bsearch(&key, d->rows, d->n, sizeof *d->rows, row_order);
}

static void dump_same(const dump *before, const dump *after, uint64_t seed)
{
    ck_assert_uint_eq(before->n, after->n);
    for (size_t i = 0; i < before->n; i++)
        ck_assert_msg(strcmp(before->rows[i].text, after->rows[i].text) == 0,
                      "seed %llu, %s\n was: %s\n now: %s", (unsigned long long)seed,
                      before->rows[i].entity, before->rows[i].text, after->rows[i].text);
}

/* --- A random world --- */

typedef struct world {
    office o;
    char people[PEOPLE][37];
    bool live[PEOPLE];
    char rows[ROWS_MAX][37];
    const char *kinds[ROWS_MAX];
    size_t n_rows;
    int64_t serial;
} world;

static void keep(world *w, const char *kind, const acrm_value *made)
{
    if (!made || w->n_rows == ROWS_MAX)
        return;
    w->kinds[w->n_rows] = kind;
    snprintf(w->rows[w->n_rows++], 37, "%s", office_text(made, "id"));
}

static const char *somebody(const world *w)
{
    return w->people[roll(PEOPLE)];
}

static void world_make(world *w, int storage)
{
    memset(w, 0, sizeof *w);
    office_open(&w->o, storage);
    acrm_value_free(CALL(&w->o, "schema.add_field", "{'entity':'customer','name':'x_parent',"
        "'type':'ref','target':'customer','help':'Parent'}"));
    acrm_value_free(CALL(&w->o, "schema.add_field", "{'entity':'customer','name':'x_code',"
        "'type':'text','unique':true,'help':'Code'}"));
    acrm_value_free(CALL(&w->o, "schema.add_entity", "{'name':'x_pet','help':'Pet',"
        "'customer_field':'x_owner','fields':["
        "{'name':'x_owner','type':'ref','target':'customer','help':'Owner'},"
        "{'name':'x_vet','type':'ref','target':'customer','inverse':'x_patients','help':'Vet'},"
        "{'name':'x_name','type':'text','personal':true,'help':'Name'}]}"));
    acrm_value_free(CALL(&w->o, "schema.add_entity", "{'name':'x_member','help':'Member',"
        "'fields':[{'name':'x_customer','type':'ref','target':'customer','unique':true,"
        "'help':'Who'}]}"));
    acrm_value_free(CALL(&w->o, "schema.add_entity", "{'name':'x_stay','help':'Stay',"
        "'fields':[{'name':'x_member','type':'ref','target':'x_member','help':'Member'},"
        "{'name':'x_nights','type':'int','help':'Nights'}]}"));
    for (size_t i = 0; i < PEOPLE; i++) {
        acrm_value *made = CALL(&w->o, "customer.create",
            "{'name':'Person %zu','x_code':%s,'notes':%s,'vip_level':%u,'source':'%s'%s}", i,
            "null", roll(2) ? "null" : "'note'", roll(4),
            roll(2) ? "web" : "fair",
            roll(2) ? "" : ",'national_id':'0013542419','city':'Rome','country':'IT'");
        snprintf(w->people[i], 37, "%s", office_text(made, "id"));
        w->live[i] = true;
        acrm_value_free(made);
    }
}

static void world_end(world *w)
{
    acrm_value *proof = CALL(&w->o, "audit.verify", "{}");

    ck_assert_int_eq(acrm_value_bool(acrm_value_get(proof, "ok")), 1);
    acrm_value_free(proof);
    office_close(&w->o);
}

static void random_row(world *w)
{
    office *o = &w->o;
    const char *a = somebody(w);
    acrm_error *err = NULL;
    acrm_value *made = NULL;

    static const char *const types[] = { "spouse", "parent", "child", "friend" };
    switch (roll(11)) {
    case 0:
        made = CALL(o, "contact_point.create", "{'customer_id':'%s','channel':'email',"
                    "'value':'box%u@example.com'}", a, roll(6));
        keep(w, "contact_point", made);
        break;
    case 1:
        made = CALL(o, "interaction.create", "{'customer_id':'%s','at':'2026-01-01T10:00:00Z',"
                    "'channel':'visit','subject':'s','subject_entity':'customer',"
                    "'subject_id':'%s'}", a, somebody(w));
        keep(w, "interaction", made);
        break;
    case 2:
        made = CALL(o, "lead.create", "{'customer_id':'%s'}", a);
        keep(w, "lead", made);
        break;
    case 3:
        made = CALL(o, "x_pet.create", "{'x_owner':'%s','x_vet':'%s','x_name':'Rex'}", a,
                    somebody(w));
        keep(w, "x_pet", made);
        break;
    case 4:
        made = attempt(o, &err, "x_member.create", "{'x_customer':'%s'}", a);
        keep(w, "x_member", made);
        break;
    case 5:
        for (size_t i = w->n_rows; i > 0 && !made; i--)
            if (strcmp(w->kinds[i - 1], "x_member") == 0)
                made = attempt(o, &err, "x_stay.create", "{'x_member':'%s','x_nights':%u}",
                               w->rows[i - 1], roll(9));
        keep(w, "x_stay", made);
        break;
    case 8:
        made = attempt(o, &err, "customer.relate", "{'id':'%s','type':'%s','to':'%s'}", a,
                       types[roll(4)], somebody(w));
        keep(w, "relationship", made);
        break;
    case 9:
        made = CALL(o, "household.create", "{'name':'H','head_id':'%s','members':["
                    "{'customer_id':'%s','role':'partner'}]}", a, somebody(w));
        keep(w, "household", made);
        break;
    case 10:
        for (size_t i = w->n_rows; i > 0 && !made; i--)
            if (strcmp(w->kinds[i - 1], "household") == 0)
                made = attempt(o, &err, "household_member.create",
                               "{'household_id':'%s','customer_id':'%s','role':'child'}",
                               w->rows[i - 1], a);
        keep(w, "household_member", made);
        break;
    case 6:
        made = attempt(o, &err, "customer.update", "{'id':'%s','last_write_wins':true,"
                       "'x_parent':'%s','x_code':'c%lld'}", a, somebody(w),
                       (long long)++w->serial);
        break;
    default:
        if (w->n_rows > 0) {
            size_t i = roll((uint32_t)w->n_rows);
            char operation[64];
            snprintf(operation, sizeof operation, "%s.%s", w->kinds[i],
                     roll(3) ? "delete" : "restore");
            made = attempt(o, &err, operation, "{'id':'%s'%s}", w->rows[i],
                           strstr(operation, "delete") ? ",'last_write_wins':true" : "");
        }
    }
    acrm_error_free(err);
    acrm_value_free(made);
}

/* Merge some live people into another; *merge becomes the merge's id. False when too few live. */
static bool random_merge(world *w, char merge[37], size_t gone[3], size_t *n_gone)
{
    static const char *const rules[] = { "fill", "newest", "oldest", "longest", "complete",
                                         "largest", "smallest", "union", "keep" };
    char others[160] = "";
    size_t survivor = roll(PEOPLE), n = 0, want = 1 + roll(3);

    while (!w->live[survivor])
        survivor = (survivor + 1) % PEOPLE;
    for (size_t k = 0, i = roll(PEOPLE); k < PEOPLE && n < want; k++, i = (i + 1) % PEOPLE) {
        if (!w->live[i] || i == survivor)
            continue;
        snprintf(others + strlen(others), sizeof others - strlen(others), "%s'%s'",
                 n ? "," : "", w->people[i]);
        gone[n++] = i;
    }
    *n_gone = n;
    if (n == 0)
        return false;
    acrm_value *out = CALL(&w->o, "customer.merge", "{'id':'%s','others':[%s],'rules':{'*':'%s'}}",
                           w->people[survivor], others, rules[roll(9)]);
    snprintf(merge, 37, "%s", office_text(out, "merge_id"));
    acrm_value_free(out);
    for (size_t i = 0; i < n; i++)
        w->live[gone[i]] = false;
    return true;
}

typedef struct stack {
    char merges[DEPTH][37];
    size_t gone[DEPTH][3], n_gone[DEPTH], n;
} stack;

static void merge_some(world *w, stack *s)
{
    s->n = 0;
    for (size_t want = 1 + roll(DEPTH); s->n < want; s->n++)
        if (!random_merge(w, s->merges[s->n], s->gone[s->n], &s->n_gone[s->n]))
            return;
}

static uint64_t seed_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

START_TEST(truth__merging_and_undoing_gives_back_the_same_database)
{
    uint64_t seed = seed_of("ACRM_MERGE_SEED", 20261121), rounds = seed_of("ACRM_MERGE_ROUNDS",
                                                                           ROUNDS);
    world *w = malloc(sizeof *w);

    state = seed + (uint64_t)_i;
    operations = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        stack s;
        if (round > 0 && round % WORLD == 0)
            world_end(w);
        if (round % WORLD == 0)
            world_make(w, _i);
        for (int i = 0; i < 25; i++)
            random_row(w);
        dump *before = dump_make(&w->o);
        merge_some(w, &s);
        while (s.n > 0) {
            s.n--;
            acrm_value *out = CALL(&w->o, "customer.unmerge", "{'merge_id':'%s'}",
                                   s.merges[s.n]);
            acrm_buf *told = NULL;
            ck_assert_int_eq(acrm_value_print(out, 0, &told), ACRM_OK);
            ck_assert_msg(office_number(out, "n_conflicts") == 0, "seed %llu: %s",
                          (unsigned long long)seed, acrm_buf_data(told));
            acrm_buf_free(told);
            acrm_value_free(out);
            for (size_t i = 0; i < s.n_gone[s.n]; i++)
                w->live[s.gone[s.n][i]] = true;
        }
        dump *after = dump_make(&w->o);
        dump_same(before, after, seed);
        dump_free(before);
        dump_free(after);
    }
    world_end(w);
    printf("merge truth: seed %llu, storage %d, %lld operations\n", (unsigned long long)seed, _i,
           (long long)operations);
    free(w);
}
END_TEST

/* Rows changed and made between: those differ, are told, and nothing else differs. */
static bool in_conflict(const acrm_value *out, const char *id)
{
    const acrm_value *list = acrm_value_get(out, "conflicts");

    for (size_t i = 0; i < acrm_value_count(list); i++)
        if (strcmp(office_text(acrm_value_at(list, i), "id"), id) == 0)
            return true;
    return false;
}

START_TEST(truth__undoing_after_changes_keeps_and_tells_them)
{
    uint64_t seed = seed_of("ACRM_MERGE_SEED", 4711);
    world *w = malloc(sizeof *w);

    state = seed + (uint64_t)_i;
    world_make(w, _i);
    for (int i = 0; i < 150; i++)
        random_row(w);
    for (int round = 0; round < 12; round++) {
        char merge[37], edited[37] = "";
        size_t gone[3], n_gone;
        for (size_t i = 0; i < w->n_rows && !edited[0]; i++) {
            size_t k = roll((uint32_t)w->n_rows);
            if (strcmp(w->kinds[k], "x_pet") == 0)
                snprintf(edited, sizeof edited, "%s", w->rows[k]);
        }
        dump *before = dump_make(&w->o);
        ck_assert(random_merge(w, merge, gone, &n_gone));
        dump *between = dump_make(&w->o);
        acrm_error *err = NULL;
        acrm_value *out = attempt(&w->o, &err, "x_pet.update",
            "{'id':'%s','last_write_wins':true,'x_name':'New %d'}", edited, round);
        bool changed = out != NULL;
        acrm_error_free(err);
        acrm_value_free(out);
        out = CALL(&w->o, "lead.create", "{'customer_id':'%s'}",
                   w->people[gone[0]]);
        char since[37];
        snprintf(since, sizeof since, "%s", office_text(out, "id"));
        acrm_value_free(out);
        out = CALL(&w->o, "customer.unmerge", "{'merge_id':'%s'}", merge);
        dump *after = dump_make(&w->o);
        bool moved = strcmp(dump_find(before, edited)->text, dump_find(between, edited)->text);
        ck_assert_msg(in_conflict(out, edited) == (changed && moved), "seed %llu, round %d",
                      (unsigned long long)seed, round);
        ck_assert_uint_ge(acrm_value_count(acrm_value_get(out, "since")), 1);
        ck_assert_uint_eq(after->n, before->n + 1);
        for (size_t i = 0; i < after->n; i++) {
            const row *was = dump_find(before, after->rows[i].id);
            ck_assert(was || strcmp(after->rows[i].id, since) == 0);
            if (was && strcmp(was->id, edited) != 0)
                ck_assert_str_eq(was->text, after->rows[i].text);
        }
        const row *now = dump_find(after, edited);
        ck_assert(!changed || strstr(now->text, "x_name=\"New "));
        acrm_value_free(out);
        for (size_t i = 0; i < n_gone; i++)
            w->live[gone[i]] = true;
        dump_free(before);
        dump_free(between);
        dump_free(after);
    }
    office_close(&w->o);
    free(w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("merge_truth");
    TCase *t = tcase_create("merge_truth");

    tcase_set_timeout(t, 200);
    tcase_add_loop_test(t, truth__merging_and_undoing_gives_back_the_same_database, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, truth__undoing_after_changes_keeps_and_tells_them, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
