/* SPDX-License-Identifier: MIT */
/* How right the match rules are: precision and recall over people whose duplicates are known. */
#include "support/office.h"
#include "support/suite.h"
#include "unit/party/people.h"

#include <stdlib.h>

enum { TRUTH_RECORDS = 2600 };

static const uint64_t truth_seeds[] = { 20261121, 7 };

typedef struct truth {
    people_record *records;
    char (*ids)[37];
    int n;
} truth;

static void truth_put(acrm_value *map, const char *key, const char *text)
{
    if (text[0])
        ck_assert_int_eq(acrm_value_set_text(acrm_value_put(map, key), text, strlen(text)),
                         ACRM_OK);
}

static acrm_value *truth_point(acrm_value *points, const char *channel, const char *value)
{
    acrm_value *point = acrm_value_add(points);

    ck_assert_int_eq(acrm_value_set_map(point), ACRM_OK);
    truth_put(point, "channel", channel);
    truth_put(point, "value", value);
    return point;
}

static void truth_create(office *o, const people_record *r, char id[37])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_value_new(NULL, &args), ACRM_OK);
    ck_assert_int_eq(acrm_value_set_map(args), ACRM_OK);
    truth_put(args, "name", r->name);
    truth_put(args, "also_known_as", r->alias);
    truth_put(args, "birth_date", r->born);
    truth_put(args, "city", r->city);
    acrm_value *points = acrm_value_put(args, "contact_points");
    ck_assert_int_eq(acrm_value_set_list(points), ACRM_OK);
    if (r->phone[0])
        truth_point(points, "phone", r->phone);
    if (r->email[0])
        truth_point(points, "email", r->email);
    int32_t st = acrm_call(o->session, "customer.create", args, &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    snprintf(id, 37, "%s", office_text(out, "id"));
    acrm_value_free(args);
    acrm_value_free(out);
}

static int truth_of(const truth *t, const char *id)
{
    int low = 0, high = t->n - 1; /* ids grow with time */

    while (low < high) {
        int middle = (low + high) / 2;
        if (strcmp(t->ids[middle], id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    ck_assert_str_eq(t->ids[low], id);
    return low;
}

static int truth_pairs(const truth *t)
{
    int pairs = 0;

    for (int i = 0; i < t->n; i++)
        for (int k = i + 1; k < t->n && t->records[k].person == t->records[i].person; k++)
            pairs++;
    return pairs;
}

static void truth_show(const truth *t, int a, int b, const char *what)
{
    const people_record *x = &t->records[a], *y = &t->records[b];

    if (getenv("TRUTH_SHOW"))
        printf("%s: %s | %s | %s | %s | %s  ~  %s | %s | %s | %s | %s\n", what, x->name, x->phone,
               x->email, x->born, x->city, y->name, y->phone, y->email, y->born, y->city);
}

/* --- Groups: what is linked through others is one group, as it is when the links are merged --- */

static int truth_root(int *parents, int i)
{
    while (parents[i] != i)
        i = parents[i] = parents[parents[i]];
    return i;
}

/* Read the pairs of the list, each of which links two records. Returns how many; *right are of one
 * person. */
static int truth_links(office *o, const truth *t, const char *where, int *parents, int *right)
{
    int found = 0;
    char args[4096], after[3000] = "";

    *right = 0;
    for (int i = 0; i < t->n; i++)
        parents[i] = i;
    do {
        snprintf(args, sizeof args, "{\"where\":%s,\"limit\":1000%s%s%s}", where,
                 after[0] ? ",\"after\":\"" : "", after, after[0] ? "\"" : "");
        acrm_value *out = office_call(o, "duplicate_candidate.list", args);
        const acrm_value *items = acrm_value_get(out, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            const acrm_value *item = acrm_value_at(items, i);
            int a = truth_of(t, office_text(item, "customer_id"));
            int b = truth_of(t, office_text(item, "other_id"));
            bool same = t->records[a].person == t->records[b].person;
            found++;
            *right += same;
            if (!same)
                truth_show(t, a, b, "wrong");
            parents[truth_root(parents, a)] = truth_root(parents, b);
        }
        const char *next = office_text(out, "next");
        snprintf(after, sizeof after, "%s", next ? next : "");
        acrm_value_free(out);
    } while (after[0]);
    return found;
}

/* Pairs of records of one group, and those of them of one person. */
static int truth_grouped(const truth *t, int *parents, int *right, bool show)
{
    int pairs = 0;

    *right = 0;
    for (int i = 0; i < t->n; i++)
        for (int k = i + 1; k < t->n; k++) {
            bool linked = truth_root(parents, i) == truth_root(parents, k);
            bool same = t->records[k].person == t->records[i].person;
            pairs += linked;
            *right += linked && same;
            if (same && !linked && show)
                truth_show(t, i, k, "missed");
        }
    return pairs;
}

START_TEST(truth__the_automatic_rule_is_right_and_misses_little)
{
    truth t = { .n = TRUTH_RECORDS };
    office o;
    int right, right_grouped, right_review;

    t.records = calloc((size_t)t.n, sizeof *t.records);
    t.ids = calloc((size_t)t.n, sizeof *t.ids);
    int *parents = calloc((size_t)t.n, sizeof *parents);
    int persons = people_make(truth_seeds[_i], t.records, t.n);
    office_open(&o, OFFICE_MEMORY);
    for (int i = 0; i < t.n; i++)
        truth_create(&o, &t.records[i], t.ids[i]);
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    int pairs = truth_pairs(&t);
    int found = truth_links(&o, &t, "{\"automatic\":true}", parents, &right);
    int grouped = truth_grouped(&t, parents, &right_grouped, true);
    int review = truth_links(&o, &t, "{}", parents, &right_review);
    double precision = (double)right_grouped / grouped, recall = (double)right_grouped / pairs;
    printf("seed %llu: %d records of %d people, %d pairs of one person\n"
           "  automatic: precision %.4f, recall %.4f; pair by pair %.4f, %.4f\n"
           "  review list: %d pairs, precision %.4f, recall %.4f\n",
           (unsigned long long)truth_seeds[_i], t.n, persons, pairs, precision, recall,
           (double)right / found, (double)right / pairs, review, (double)right_review / review,
           (double)right_review / pairs);
    ck_assert_msg(precision >= 0.99, "precision %.4f", precision);
    ck_assert_msg(recall >= 0.95, "recall %.4f", recall);
    office_close(&o);
    free(parents);
    free(t.ids);
    free(t.records);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("truth");
    TCase *t = tcase_create("truth");

    tcase_add_loop_test(t, truth__the_automatic_rule_is_right_and_misses_little, 0,
                        (int)(sizeof truth_seeds / sizeof truth_seeds[0]));
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
