/* SPDX-License-Identifier: MIT */
/* The points ledger against tests/data/loyalty_ledger.json, through the public face. */
#include "loyalty_world.h"
#include "support/vectors.h"

#include "base/civil.h"

typedef struct truth {
    office o;
    const cJSON *item;
    char program[40], member[40];
    int32_t day, window;
    bool oldest;
} truth;

static void truth_open(truth *t, const cJSON *item)
{
    *t = (truth){ .item = item };
    const char *consume = vector_text(item, "policy.consume");

    loyalty_open(&t->o, OFFICE_MEMORY, NULL);
    t->oldest = strcmp(consume, "oldest-earned-first") == 0;
    t->window = (int32_t)vector_int(item, "policy.tier_window_days");
    loyalty_made(&t->o, "loyalty_program.create",
                 loyalty_args("{'code':'club','name':'Club','expire_months':%d,"
                              "'points_per_unit':'%s','consume':'%s',"
                              "'return_policy':'unlimited'}",
                              (int)vector_int(item, "policy.expire_months"),
                              vector_text(item, "policy.points_per_unit"),
                              t->oldest ? "oldest_earned" : "earliest_expiry"),
                 "id", t->program);
    loyalty_join(&t->o, t->program, t->member);
}

/* What an operation came to: "ok", "refused" or "duplicate". */
static const char *truth_do(truth *t, const cJSON *op, int64_t *points)
{
    const char *kind = vector_text(op, "op");
    acrm_value *args = NULL, *out = NULL;
    char json[512], operation[40];
    acrm_error *err = NULL;
    size_t n = 0;

    if (strcmp(kind, "tick") == 0) {
        acrm_value_free(office_call(&t->o, "engine.tick", "{}"));
        return "ok";
    }
    const char *id = vector_text(op, "id");
    n = (size_t)snprintf(json, sizeof json, "{\"source_id\":\"%s\",\"source\":\"%s\"", id, id);
    if (strcmp(kind, "reverse") == 0)
        n += (size_t)snprintf(json + n, sizeof json - n, ",\"of_source_id\":\"%s\"",
                              vector_text(op, "of"));
    else
        n += (size_t)snprintf(json + n, sizeof json - n, ",\"member_id\":\"%s\"", t->member);
    if (vector_has(op, "points"))
        n += (size_t)snprintf(json + n, sizeof json - n, ",\"points\":%d",
                              (int)vector_int(op, "points"));
    if (vector_has(op, "amount"))
        n += (size_t)snprintf(json + n, sizeof json - n, ",\"amount\":\"%s\"",
                              vector_text(op, "amount"));
    if (vector_has(op, "expires_on"))
        n += (size_t)snprintf(json + n, sizeof json - n, ",\"expires_on\":\"%s\"",
                              vector_text(op, "expires_on"));
    snprintf(json + n, sizeof json - n, "}");
    snprintf(operation, sizeof operation, "loyalty.%s", kind);
    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, NULL), ACRM_OK);
    int32_t st = acrm_call(t->o.session, operation, args, &out, &err);
    acrm_value_free(args);
    if (st != ACRM_OK) {
        ck_assert_msg(st == ACRM_E_CONFLICT || st == ACRM_E_NOTFOUND || st == ACRM_E_INVALID,
                      "%s: %s", vector_id(t->item), acrm_error_json(err));
        acrm_error_free(err);
        return "refused";
    }
    bool duplicate = acrm_value_bool(acrm_value_get(out, "duplicate"));
    *points = office_number(out, "points");
    acrm_value_free(out);
    return duplicate ? "duplicate" : "ok";
}

static void truth_lots(truth *t, const cJSON *expect, const char *at)
{
    acrm_value *page = office_call(&t->o, "points_lot.list", loyalty_args(
        "{'where':{'account.kind':'points','state':'active'},'order':['%s','%s']}",
        t->oldest ? "earned_at" : "expires_at", "earned_at"));
    const acrm_value *items = acrm_value_get(page, "items");
    const cJSON *lots = vector_find(expect, "lots");

    ck_assert_msg((int)acrm_value_count(items) == cJSON_GetArraySize(lots), "%s: lots", at);
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const cJSON *lot = cJSON_GetArrayItem(lots, (int)i);
        const acrm_value *item = acrm_value_at(items, i);
        ck_assert_msg(strcmp(office_text(item, "source"), vector_text(lot, "id")) == 0 &&
                      office_number(item, "remaining") == vector_int(lot, "left") &&
                      strcmp(office_text(item, "expires_on"), vector_text(lot, "expires_on")) == 0,
                      "%s: lot %zu is %s with %d", at, i, office_text(item, "source"),
                      (int)office_number(item, "remaining"));
    }
    acrm_value_free(page);
}

static int64_t truth_qualifying(truth *t)
{
    char from[ACRM__DATE_SIZE];
    int64_t sum = 0;

    acrm__date_print(t->day - t->window + 1, from);
    acrm_value *page = office_call(&t->o, "points_lot.list", loyalty_args(
        "{'where':{'account.kind':'qualifying','earned_at':{'$gte':'%sT00:00:00Z'}},'limit':200}",
        from));
    const acrm_value *items = acrm_value_get(page, "items");
    for (size_t i = 0; i < acrm_value_count(items); i++)
        sum += office_number(acrm_value_at(items, i), "remaining");
    acrm_value_free(page);
    return sum;
}

static const char *truth_tier(const truth *t, int64_t qualifying)
{
    const char *name = "";

    for (const cJSON *tier = vector_find(t->item, "policy.tiers")->child; tier; tier = tier->next)
        if (vector_int(tier, "from") <= qualifying)
            name = vector_text(tier, "name");
    return name;
}

START_TEST(ledger_truth__every_step_of_every_case)
{
    cJSON *root = vectors_load("loyalty_ledger.json");
    int32_t cases = 0;

    VECTORS_EACH(item, root) {
        truth t;
        int32_t n = 0;
        const cJSON *expect = vector_find(item, "expect.steps")->child;
        truth_open(&t, item);
        for (const cJSON *op = vector_find(item, "operations")->child; op;
             op = op->next, expect = expect->next, n++) {
            char at[64];
            int64_t points = 0;
            const char *date = vector_text(op, "date");
            ck_assert(acrm__date_parse(date, strlen(date), &t.day));
            loyalty_clock = t.day * LOYALTY_DAY + (8 * 3600 + n) * INT64_C(1000000);
            snprintf(at, sizeof at, "%s step %d", vector_id(item), n);
            const char *result = truth_do(&t, op, &points);
            ck_assert_msg(strcmp(result, vector_text(expect, "result")) == 0, "%s: %s", at, result);
            if (vector_has(expect, "points") && strcmp(result, "ok") == 0)
                ck_assert_msg(points == vector_int(expect, "points"), "%s: points", at);
            acrm_value_free(office_call(&t.o, "engine.tick", "{}"));
            int64_t balance = loyalty_has(&t.o, t.member, "available");
            ck_assert_msg(balance == vector_int(expect, "balance"), "%s: balance %d", at,
                          (int)balance);
            truth_lots(&t, expect, at);
            int64_t qualifying = truth_qualifying(&t);
            ck_assert_msg(qualifying == vector_int(expect, "qualifying"), "%s: qualifying %d", at,
                          (int)qualifying);
            ck_assert_msg(strcmp(truth_tier(&t, qualifying), vector_text(expect, "tier")) == 0,
                          "%s: tier", at);
        }
        office_close(&t.o);
        cases++;
    }
    ck_assert_int_eq(cases, 23);
    cJSON_Delete(root);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("ledger_truth");
    TCase *t = tcase_create("ledger_truth");

    tcase_add_test(t, ledger_truth__every_step_of_every_case);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
