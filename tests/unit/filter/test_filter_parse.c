/* SPDX-License-Identifier: MIT */
/* What each filter becomes, and what is said about those that are wrong. */
#include "filter_world.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- trees as text: (op column value...) ---- */

static void show_cell(acrm__str *out, const acrm_cell *cell)
{
    switch (cell->type) {
    case ACRM_CELL_NULL:
        acrm__str_puts(out, "null");
        break;
    case ACRM_CELL_INT:
        acrm__str_int(out, cell->integer);
        break;
    case ACRM_CELL_REAL:
        acrm__str_format(out, "%.17g", cell->real);
        break;
    case ACRM_CELL_TEXT:
        acrm__str_putc(out, '\'');
        acrm__str_add(out, cell->data, cell->size);
        acrm__str_putc(out, '\'');
        break;
    default:
        acrm__str_puts(out, "x");
        for (uint32_t i = 0; i < cell->size && i < 2; i++)
            acrm__str_format(out, "%02x", ((const unsigned char *)cell->data)[i]);
        acrm__str_format(out, "/%u", (unsigned)cell->size);
        break;
    }
}

static void show_node(acrm__str *out, const acrm_filter_node *node, int entity)
{
    static const char *const names[] = { "true", "false", "and", "or", "not", "=", "!=", "<",
                                         "<=", ">", ">=", "in", "contains", "starts", "related",
                                         "search" };
    int below = entity;

    acrm__str_format(out, "(%s", names[node->op]);
    if (node->op >= ACRM_FILTER_EQ && node->op < ACRM_FILTER_RELATED) {
        const world_name *n = world_entities[entity].names;
        while (n->kind != ACRM__FILTER_FIELD || n->column != node->column)
            n++;
        acrm__str_format(out, " %s", n->name);
    }
    if (node->op == ACRM_FILTER_RELATED) {
        below = (int)node->related->number;
        acrm__str_format(out, " %u->%s.%u", (unsigned)node->column, node->related->name,
                         (unsigned)node->related_column);
    }
    for (uint32_t i = 0; i < node->n_values; i++) {
        acrm__str_putc(out, ' ');
        show_cell(out, &node->values[i]);
    }
    for (uint32_t i = 0; i < node->n_children; i++) {
        acrm__str_putc(out, ' ');
        show_node(out, &node->children[i], below);
    }
    acrm__str_putc(out, ')');
}

/* ---- running one filter ---- */

typedef struct run {
    acrm__arena arena;
    acrm__str text;
    acrm_error *err;
    int32_t status;
} run;

static void run_start(run *r, const char *json, size_t len)
{
    const acrm_filter_node *node = NULL;
    acrm_value *filter = NULL;
    acrm__json_fault fault;

    *r = (run){ 0 };
    acrm__arena_init(&r->arena, NULL);
    acrm__str_init(&r->text, NULL);
    ck_assert_msg(acrm__json_read(&r->arena, json, len, &filter, &fault) == ACRM_OK,
                  "the test's own JSON is wrong: %.80s", json);
    r->status = acrm__filter_parse(&r->arena, &world_schema, &world_context,
                                   &world_entities[WORLD_LEAD], &world_tables[WORLD_LEAD],
                                   filter, "where", &node, &r->err);
    ck_assert_int_eq(r->status == ACRM_OK, node != NULL);
    ck_assert_int_eq(r->status == ACRM_OK, r->err == NULL);
    if (node != NULL)
        show_node(&r->text, node, WORLD_LEAD);
}

static void run_end(run *r)
{
    acrm_error_free(r->err);
    acrm__str_free(&r->text);
    acrm__arena_free(&r->arena);
}

#define ID1 "01000000-0000-7000-8000-000000000000"

static const struct {
    const char *filter;
    const char *tree;
} good[] = {
    /* equality, null and folding */
    { "{}", "(true)" },
    { "{\"level\":\"H\"}", "(= level 'H')" },
    { "{\"level\":null}", "(= level null)" },
    { "{\"level\":{\"$eq\":\"H\"}}", "(= level 'H')" },
    { "{\"level\":{\"$ne\":\"H\"}}", "(!= level 'H')" },
    { "{\"level\":{\"$ne\":null}}", "(!= level null)" },
    { "{\"level\":{\"$not\":{\"$eq\":\"H\"}}}", "(!= level 'H')" },
    { "{\"level\":\"H\",\"score\":3}", "(and (= level 'H') (= score 3))" },
    { "{\"score\":{\"$gte\":1,\"$lt\":5},\"hot\":true}",
      "(and (>= score 1) (< score 5) (= hot 1))" },
    { "{\"$and\":[]}", "(true)" },
    { "{\"$or\":[]}", "(false)" },
    { "{\"$nor\":[]}", "(true)" },
    { "{\"$and\":[{},{\"hot\":false},{}]}", "(= hot 0)" },
    { "{\"$or\":[{\"hot\":true},{}]}", "(true)" },
    { "{\"$or\":[{\"hot\":true},{\"level\":{\"$in\":[]}}]}", "(= hot 1)" },
    { "{\"hot\":true,\"level\":{\"$in\":[]}}", "(false)" },
    { "{\"$or\":[{\"$or\":[{\"score\":1},{\"score\":2}]},{\"score\":3}]}",
      "(or (= score 1) (= score 2) (= score 3))" },
    { "{\"$nor\":[{\"score\":1},{\"hot\":true}]}", "(not (or (= score 1) (= hot 1)))" },
    { "{\"$not\":{\"score\":1,\"hot\":true}}", "(not (and (= score 1) (= hot 1)))" },
    { "{\"$not\":{\"$not\":{\"score\":{\"$gt\":1}}}}", "(> score 1)" },
    { "{\"$not\":{}}", "(false)" },
    { "{\"score\":{\"$not\":{\"$gt\":1,\"$lt\":9}}}", "(not (and (> score 1) (< score 9)))" },
    { "{\"note\":{\"$exists\":true}}", "(!= note null)" },
    { "{\"note\":{\"$exists\":false}}", "(= note null)" },
    { "{\"extra\":{\"$exists\":true}}", "(!= extra null)" },
    { "{\"extra\":null}", "(= extra null)" },
    /* lists */
    { "{\"level\":{\"$in\":[\"H\",\"A\"]}}", "(in level 'H' 'A')" },
    { "{\"level\":{\"$nin\":[\"H\",\"A\"]}}", "(not (in level 'H' 'A'))" },
    { "{\"level\":{\"$in\":[\"H\"]}}", "(= level 'H')" },
    { "{\"level\":{\"$nin\":[\"H\"]}}", "(!= level 'H')" },
    { "{\"level\":{\"$nin\":[]}}", "(true)" },
    { "{\"level\":{\"$in\":[\"H\",null]}}", "(or (= level 'H') (= level null))" },
    { "{\"level\":{\"$nin\":[\"H\",\"A\",null]}}",
      "(and (not (in level 'H' 'A')) (!= level null))" },
    { "{\"level\":{\"$in\":[null]}}", "(= level null)" },
    /* text */
    { "{\"note\":{\"$contains\":\"a b\"}}", "(contains note 'a b')" },
    { "{\"note\":{\"$startswith\":\"a\"}}", "(starts note 'a')" },
    { "{\"note\":{\"$contains\":\"\"}}", "(!= note null)" },
    { "{\"note\":{\"$gt\":\"m\"}}", "(> note 'm')" },
    /* every type */
    { "{\"id\":\"" ID1 "\"}", "(= id x0100/16)" },
    { "{\"score\":-9007199254740991}", "(= score -9007199254740991)" },
    { "{\"score\":3.0}", "(= score 3)" },
    { "{\"rate\":1.5}", "(= rate 1.5)" },
    { "{\"rate\":{\"$gt\":2}}", "(> rate 2)" },
    { "{\"fee\":{\"$gte\":\"1250.5\"}}", "(>= fee 125050)" },
    { "{\"amount\":{\"$lt\":\"1250.5 EUR\"}}", "(and (= currency 'EUR') (< amount 125050))" },
    { "{\"amount\":{\"$ne\":\"1250 JPY\"}}", "(not (and (= currency 'JPY') (= amount 1250)))" },
    { "{\"amount\":null}", "(= amount null)" },
    { "{\"created_at\":\"2026-11-21T08:30:00Z\"}", "(= created_at 1795249800000000)" },
    { "{\"created_at\":{\"$lt\":\"2026-11-21T10:30:00.5+02:00\"}}",
      "(< created_at 1795249800500000)" },
    { "{\"due_on\":\"2026-11-21\"}", "(= due_on 20778)" },
    { "{\"call_at\":{\"$lte\":\"08:30\"}}", "(<= call_at 30600)" },
    { "{\"waited\":{\"$gt\":\"P1DT4H\"}}", "(> waited 100800)" },
    { "{\"token\":\"AQI=\"}", "(= token x0102/2)" },
    { "{\"national_id\":\"123\"}", "(= national_id x3332/3)" },
    { "{\"national_id\":{\"$in\":[\"12\",\"34\"]}}", "(in national_id x3231/2 x3433/2)" },
    { "{\"national_id\":{\"$exists\":false}}", "(= national_id null)" },
    /* whole days on instants, in the caller's zone (two hours ahead) */
    { "{\"created_at\":\"2026-11-21\"}",
      "(and (>= created_at 1795212000000000) (< created_at 1795298400000000))" },
    { "{\"created_at\":{\"$ne\":\"2026-11-21\"}}",
      "(not (and (>= created_at 1795212000000000) (< created_at 1795298400000000)))" },
    { "{\"created_at\":{\"$gte\":\"2026-11-21\"}}", "(>= created_at 1795212000000000)" },
    { "{\"created_at\":{\"$gt\":\"2026-11-21\"}}", "(>= created_at 1795298400000000)" },
    { "{\"created_at\":{\"$lte\":\"2026-11-21\"}}", "(< created_at 1795298400000000)" },
    { "{\"created_at\":{\"$lt\":\"2026-11-21\"}}", "(< created_at 1795212000000000)" },
    /* $now, $today, $me */
    { "{\"created_at\":{\"$lt\":{\"$now\":true}}}", "(< created_at 1795249800000000)" },
    { "{\"created_at\":{\"$lt\":{\"$now\":\"-PT30M\"}}}", "(< created_at 1795248000000000)" },
    { "{\"created_at\":{\"$lt\":{\"$now\":\"-P180D\"}}}", "(< created_at 1779697800000000)" },
    { "{\"created_at\":{\"$lt\":{\"$now\":\"-P9M\"}}}", "(< created_at 1771662600000000)" },
    { "{\"due_on\":{\"$lte\":{\"$today\":\"P7D\"}}}", "(<= due_on 20785)" },
    { "{\"due_on\":{\"$today\":true}}", "(= due_on 20778)" },
    { "{\"due_on\":{\"$gt\":{\"$today\":\"-P9M\"}}}", "(> due_on 20505)" },
    { "{\"created_at\":{\"$gte\":{\"$today\":true}}}", "(>= created_at 1795212000000000)" },
    { "{\"id\":{\"$me\":\"id\"}}", "(= id x0100/16)" },
    { "{\"id\":{\"$in\":{\"$me\":\"teams\"}}}", "(in id x0200/16 x0300/16)" },
    { "{\"id\":{\"$in\":[{\"$me\":\"id\"},{\"$me\":\"teams\"}]}}",
      "(in id x0100/16 x0200/16 x0300/16)" },
    { "{\"note\":{\"$startswith\":{\"$me\":\"city\"}}}", "(starts note 'Bonn')" },
    { "{\"id\":{\"$me\":\"none\"}}", "(false)" },
    { "{\"id\":{\"$ne\":{\"$me\":\"none\"}}}", "(true)" },
    { "{\"id\":{\"$in\":{\"$me\":\"empty\"}}}", "(false)" },
    /* search */
    { "{\"$search\":\"  ALI, \xDB\xB1\xDB\xB2 \"}", "(search 'ali 12')" },
    { "{\"$search\":\"--\"}", "(true)" },
    /* relations: a missing row reads as null */
    { "{\"customer.grade\":\"A\"}", "(related 1->customer.0 (= grade 'A'))" },
    { "{\"customer.grade\":{\"$ne\":\"A\"}}", "(not (related 1->customer.0 (= grade 'A')))" },
    { "{\"customer.grade\":null}", "(not (related 1->customer.0 (!= grade null)))" },
    { "{\"customer.grade\":{\"$exists\":true}}", "(related 1->customer.0 (!= grade null))" },
    { "{\"customer.grade\":{\"$in\":[\"A\",null]}}",
      "(or (related 1->customer.0 (= grade 'A')) "
      "(not (related 1->customer.0 (!= grade null))))" },
    { "{\"customer.grade\":{\"$nin\":[\"A\",\"B\"]}}",
      "(not (related 1->customer.0 (in grade 'A' 'B')))" },
    { "{\"customer.dealer.name\":{\"$startswith\":\"X\"}}",
      "(related 1->customer.0 (related 1->dealer.0 (starts name 'X')))" },
    { "{\"customer.vehicles\":{\"$any\":{\"model\":\"X3\",\"year\":{\"$gt\":2020}}}}",
      "(related 1->customer.0 (related 0->vehicle.1 (and (= model 'X3') (> year 2020))))" },
    { "{\"customer.vehicles\":{\"$none\":{\"model\":\"X3\"}}}",
      "(not (related 1->customer.0 (related 0->vehicle.1 (= model 'X3'))))" },
    { "{\"customer.vehicles\":{\"$all\":{\"year\":{\"$gt\":2020}}}}",
      "(not (related 1->customer.0 (related 0->vehicle.1 (not (> year 2020)))))" },
    { "{\"customer.vehicles\":{\"$any\":{}}}",
      "(related 1->customer.0 (related 0->vehicle.1 (true)))" },
    { "{\"customer.vehicles\":{\"$all\":{}}}", "(true)" },
    { "{\"customer.vehicles\":{\"$any\":{\"model\":{\"$in\":[]}}}}", "(false)" },
    { "{\"customer.leads\":{\"$any\":{\"$search\":\"x\"}}}",
      "(related 1->customer.0 (related 0->lead.1 (search 'x')))" },
    /* one look at the row that several conditions are about; not for to-many */
    { "{\"customer.grade\":\"A\",\"hot\":true,\"customer.city\":{\"$gt\":\"B\",\"$lt\":\"C\"}}",
      "(and (related 1->customer.0 (and (= grade 'A') (> city 'B') (< city 'C'))) (= hot 1))" },
    { "{\"customer.dealer.name\":\"a\",\"customer.dealer.id\":{\"$ne\":null},"
      "\"customer.grade\":\"A\"}",
      "(related 1->customer.0 (and (related 1->dealer.0 (and (= name 'a') (!= id null))) "
      "(= grade 'A')))" },
    { "{\"customer.vehicles\":{\"$any\":{\"model\":\"a\"}},"
      "\"customer.leads\":{\"$any\":{\"hot\":true}}}",
      "(related 1->customer.0 (and (related 0->vehicle.1 (= model 'a')) "
      "(related 0->lead.1 (= hot 1))))" },
    { "{\"$and\":[{\"customer.vehicles\":{\"$any\":{\"model\":\"a\"}}},"
      "{\"customer.vehicles\":{\"$any\":{\"model\":\"b\"}}}]}",
      "(related 1->customer.0 (and (related 0->vehicle.1 (= model 'a')) "
      "(related 0->vehicle.1 (= model 'b'))))" },
};

START_TEST(filter_parse__gives_the_tree)
{
    run r;

    run_start(&r, good[_i].filter, strlen(good[_i].filter));
    ck_assert_msg(r.status == ACRM_OK, "%s: %s", good[_i].filter, acrm_error_message(r.err));
    ck_assert_msg(strcmp(r.text.data, good[_i].tree) == 0, "%s\n  gave %s\n  want %s",
                  good[_i].filter, r.text.data, good[_i].tree);
    run_end(&r);
}
END_TEST

static const struct {
    const char *filter;
    const char *field;
    const char *reason;
    const char *says; /* part of the message */
} bad[] = {
    { "{\"levle\":\"H\"}", "where.levle", "unknown_field", "did you mean \"level\"" },
    { "{\"zzzzzzzz\":\"H\"}", "where.zzzzzzzz", "unknown_field", "no field \"zzzzzzzz\"" },
    { "{\"customer.grad\":\"A\"}", "where.customer.grad", "unknown_field",
      "no field \"grad\"; did you mean \"grade\"" },
    { "{\"\":1}", "where.", "unknown_field", "no field" },
    { "{\".\":1}", "where..", "unknown_field", "no field" },
    { "{\"customer.\":1}", "where.customer.", "unknown_field", "no field" },
    { "{\"level.x\":1}", "where.level.x", "unknown_field", "leads no further" },
    { "{\"secret\":1}", "where.secret", "operator", "cannot be filtered on" },
    { "{\"customer\":{\"grade\":\"A\"}}", "where.customer", "operator", "name a field of it" },
    { "{\"customer.vehicles.model\":\"X3\"}", "where.customer.vehicles.model", "operator",
      "$any" },
    { "{\"customer.vehicles\":\"X3\"}", "where.customer.vehicles", "operator", "$any" },
    { "{\"customer.vehicles\":{}}", "where.customer.vehicles", "operator", "$any" },
    { "{\"customer.vehicles\":{\"model\":\"X3\"}}", "where.customer.vehicles.model", "operator",
      "$any, $all or $none" },
    { "{\"customer.vehicles\":{\"$any\":{\"modle\":1}}}",
      "where.customer.vehicles.$any.modle", "unknown_field", "did you mean \"model\"" },
    { "{\"customer.vehicles\":{\"$any\":7}}", "where.customer.vehicles.$any", "type",
      "expected a filter" },
    { "{\"level\":{\"$equals\":\"H\"}}", "where.level.$equals", "operator", "there are $eq" },
    { "{\"level\":{\"$ni\":[]}}", "where.level.$ni", "operator", "did you mean" },
    { "{\"level\":{\"eq\":\"H\"}}", "where.level.eq", "operator", "operators such as" },
    { "{\"level\":{}}", "where.level", "operator", "no operator" },
    { "{\"level\":[\"H\"]}", "where.level", "type", "$in" },
    { "{\"level\":{\"$in\":\"H\"}}", "where.level.$in", "type", "takes a list" },
    { "{\"level\":{\"$in\":[\"H\",\"A\",\"X\"]}}", "where.level.$in[2]", "choice",
      "expected one of: H, A, B, C, lost, delivered" },
    { "{\"level\":\"losd\"}", "where.level", "choice", "did you mean \"lost\"" },
    { "{\"level\":{\"$gt\":\"H\"}}", "where.level.$gt", "operator", "it takes $eq $ne $in" },
    { "{\"hot\":{\"$lt\":true}}", "where.hot.$lt", "operator", "a bool" },
    { "{\"score\":{\"$contains\":\"1\"}}", "where.score.$contains", "operator", "an integer" },
    { "{\"extra\":\"x\"}", "where.extra", "operator", "it takes $exists" },
    { "{\"national_id\":{\"$gt\":\"1\"}}", "where.national_id.$gt", "operator", "it takes $eq" },
    { "{\"national_id\":\"x\"}", "where.national_id", "type", "does not fit" },
    { "{\"score\":\"3\"}", "where.score", "type", "expected a whole number" },
    { "{\"score\":3.5}", "where.score", "type", "expected a whole number" },
    { "{\"score\":1e300}", "where.score", "type", "expected a whole number" },
    { "{\"rate\":\"1\"}", "where.rate", "type", "expected a number" },
    { "{\"hot\":1}", "where.hot", "type", "expected true or false" },
    { "{\"note\":1}", "where.note", "type", "expected text" },
    { "{\"id\":\"x\"}", "where.id", "type", "36 characters" },
    { "{\"id\":{\"$in\":[\"" ID1 "\",\"" ID1 "0\"]}}", "where.id.$in[1]", "type",
      "36 characters" },
    { "{\"fee\":12}", "where.fee", "type", "at most 2 decimals" },
    { "{\"fee\":\"1.234\"}", "where.fee", "type", "at most 2 decimals" },
    { "{\"fee\":\"99999999999999999999\"}", "where.fee", "type", "at most 2 decimals" },
    { "{\"amount\":\"12\"}", "where.amount", "type", "1250.50 EUR" },
    { "{\"amount\":\"12 XQQ\"}", "where.amount", "type", "1250.50 EUR" },
    { "{\"amount\":{\"$in\":[\"12 EUR\"]}}", "where.amount.$in[0]", "type", "use $or" },
    { "{\"created_at\":\"yesterday\"}", "where.created_at", "type", "2026-11-21T08:30:00Z" },
    { "{\"created_at\":{\"$in\":[\"2026-11-21\"]}}", "where.created_at.$in[0]", "type",
      "use $or" },
    { "{\"created_at\":\"9999-12-31\"}", "where.created_at", "type", "out of range" },
    { "{\"due_on\":\"2026-02-30\"}", "where.due_on", "type", "expected a date" },
    { "{\"call_at\":\"25:00\"}", "where.call_at", "type", "expected a time" },
    { "{\"waited\":\"P1M\"}", "where.waited", "type", "without months" },
    { "{\"token\":\"***\"}", "where.token", "type", "base64" },
    { "{\"note\":{\"$exists\":1}}", "where.note.$exists", "type", "true or false" },
    { "{\"score\":{\"$gt\":null}}", "where.score.$gt", "type", "null" },
    { "{\"score\":{\"$gt\":{\"$gt\":1}}}", "where.score.$gt", "type", "whole number" },
    { "{\"due_on\":{\"$now\":\"-P1D\"}}", "where.due_on", "type", "use $today" },
    { "{\"score\":{\"$now\":\"-P1D\"}}", "where.score", "type", "give a value" },
    { "{\"created_at\":{\"$lt\":{\"$now\":\"soon\"}}}", "where.created_at.$lt", "type",
      "-P180D" },
    { "{\"created_at\":{\"$lt\":{\"$now\":false}}}", "where.created_at.$lt", "type", "-P180D" },
    { "{\"created_at\":{\"$lt\":{\"$now\":\"P9000Y\"}}}", "where.created_at.$lt", "type",
      "out of range" },
    { "{\"created_at\":{\"$lt\":{\"$now\":\"PT99999999999999H\"}}}", "where.created_at.$lt",
      "type", "" },
    { "{\"due_on\":{\"$today\":\"PT5H\"}}", "where.due_on", "type", "whole days" },
    { "{\"note\":{\"$today\":true}}", "where.note", "type", "$today is a date" },
    { "{\"id\":{\"$me\":\"nobody\"}}", "where.id", "unknown_field", "no variable" },
    { "{\"id\":{\"$me\":3}}", "where.id", "type", "name of a variable" },
    { "{\"id\":{\"$me\":\"teams\"}}", "where.id", "type", "use $in" },
    { "{\"id\":{\"$me\":\"city\"}}", "where.id", "type", "not an id" },
    { "{\"$foo\":1}", "where.$foo", "operator", "$and, $or, $nor" },
    { "{\"$eq\":1}", "where.$eq", "operator", "$and, $or, $nor" },
    { "{\"$and\":{}}", "where.$and", "type", "a list of filters" },
    { "{\"$or\":[{\"hot\":true},5]}", "where.$or[1]", "type", "expected a filter" },
    { "{\"$or\":[{\"hot\":true},{\"$nor\":[{\"scor\":1}]}]}", "where.$or[1].$nor[0].scor",
      "unknown_field", "\"score\"" },
    { "{\"$not\":[]}", "where.$not", "type", "expected a filter" },
    { "{\"$search\":5}", "where.$search", "type", "takes text" },
    { "{\"customer.vehicles\":{\"$any\":{\"$search\":\"x\"}}}",
      "where.customer.vehicles.$any.$search", "operator", "no search text" },
    { "[]", "where", "type", "expected a filter" },
    { "\"H\"", "where", "type", "expected a filter" },
};

START_TEST(filter_parse__names_what_is_wrong)
{
    run r;

    run_start(&r, bad[_i].filter, strlen(bad[_i].filter));
    ck_assert_msg(r.status == ACRM_E_INVALID, "%s: status %d, %s", bad[_i].filter, (int)r.status,
                  r.text.data == NULL ? "" : r.text.data);
    ck_assert_msg(strcmp(acrm_error_field(r.err), bad[_i].field) == 0, "%s: field %s",
                  bad[_i].filter, acrm_error_field(r.err));
    ck_assert_msg(strcmp(acrm_error_reason(r.err), bad[_i].reason) == 0, "%s: reason %s",
                  bad[_i].filter, acrm_error_reason(r.err));
    ck_assert_msg(strstr(acrm_error_message(r.err), bad[_i].says) != NULL, "%s: %s",
                  bad[_i].filter, acrm_error_message(r.err));
    run_end(&r);
}
END_TEST

START_TEST(filter_parse__names_all_failing_terms)
{
    static const char filter[] = "{\"levle\":1,\"score\":\"x\",\"hot\":true,"
                                 "\"$or\":[{\"due_on\":1},{\"note\":2}]}";
    run r;

    run_start(&r, filter, sizeof filter - 1);
    ck_assert_int_eq(r.status, ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_field(r.err), "where.levle");
    const char *json = acrm_error_json(r.err);
    ck_assert_ptr_nonnull(strstr(json, "\"where.score\""));
    ck_assert_ptr_nonnull(strstr(json, "\"where.$or[0].due_on\""));
    ck_assert_ptr_nonnull(strstr(json, "\"where.$or[1].note\""));
    ck_assert_ptr_null(strstr(json, "\"where.hot\""));
    run_end(&r);
}
END_TEST

/* ---- limits ---- */

/* before, n times `each` with commas, after */
static void repeat(acrm__str *out, const char *before, const char *each, int n, const char *after)
{
    acrm__str_init(out, NULL);
    acrm__str_puts(out, before);
    for (int i = 0; i < n; i++) {
        if (i > 0)
            acrm__str_putc(out, ',');
        acrm__str_puts(out, each);
    }
    acrm__str_puts(out, after);
}

static void nest(acrm__str *out, const char *open, const char *middle, const char *close, int n)
{
    acrm__str_init(out, NULL);
    for (int i = 0; i < n; i++)
        acrm__str_puts(out, open);
    acrm__str_puts(out, middle);
    for (int i = 0; i < n; i++)
        acrm__str_puts(out, close);
}

static void expect_status(acrm__str *json, int32_t status)
{
    run r;

    run_start(&r, json->data, json->len);
    ck_assert_msg(r.status == status, "%.60s...: %d %s", json->data, (int)r.status,
                  acrm_error_message(r.err));
    if (status == ACRM_E_LIMIT)
        ck_assert_str_eq(acrm_error_reason(r.err), "limit");
    run_end(&r);
    acrm__str_free(json);
}

START_TEST(filter_parse__limits_terms)
{
    acrm__str json;

    /* each element of the list and each condition is a term, and so is the list */
    repeat(&json, "{\"$or\":[", "{\"score\":1}", (ACRM__FILTER_TERMS_MAX - 1) / 2, "]}");
    expect_status(&json, ACRM_OK);
    repeat(&json, "{\"$or\":[", "{\"score\":1}", ACRM__FILTER_TERMS_MAX / 2 + 1, "]}");
    expect_status(&json, ACRM_E_LIMIT);
    repeat(&json, "{\"$or\":[", "{\"score\":1}", 10000, "]}");
    expect_status(&json, ACRM_E_LIMIT);
    repeat(&json, "{\"$and\":[", "{}", 10000, "]}");
    expect_status(&json, ACRM_E_LIMIT);
}
END_TEST

START_TEST(filter_parse__limits_values)
{
    acrm__str json;

    repeat(&json, "{\"score\":{\"$in\":[", "1", ACRM__FILTER_VALUES_MAX, "]}}");
    expect_status(&json, ACRM_OK);
    repeat(&json, "{\"score\":{\"$in\":[", "1", ACRM__FILTER_VALUES_MAX + 1, "]}}");
    expect_status(&json, ACRM_E_LIMIT);
    repeat(&json, "{\"rate\":{\"$nin\":[0]},\"score\":{\"$in\":[", "1", ACRM__FILTER_VALUES_MAX,
           "]}}");
    expect_status(&json, ACRM_E_LIMIT);
    repeat(&json, "{\"id\":{\"$in\":{\"$me\":\"", "many", 1, "\"}}}");
    expect_status(&json, ACRM_E_LIMIT);
    repeat(&json, "{\"$search\":\"", "x", ACRM__FILTER_SEARCH_MAX / 2, "\"}");
    expect_status(&json, ACRM_OK);
    repeat(&json, "{\"$search\":\"", "x", ACRM__FILTER_SEARCH_MAX, "\"}");
    expect_status(&json, ACRM_E_LIMIT);
}
END_TEST

START_TEST(filter_parse__limits_depth)
{
    acrm__str json;

    nest(&json, "{\"$not\":", "{}", "}", ACRM__FILTER_DEPTH_MAX - 1);
    expect_status(&json, ACRM_OK);
    nest(&json, "{\"$not\":", "{}", "}", ACRM__FILTER_DEPTH_MAX);
    expect_status(&json, ACRM_E_LIMIT);
    nest(&json, "{\"$or\":[", "{}", "]}", ACRM__FILTER_DEPTH_MAX + 4);
    expect_status(&json, ACRM_E_LIMIT);
    nest(&json, "{\"$not\":", "1", "}", ACRM__FILTER_DEPTH_MAX + 4);
    acrm__str score;
    repeat(&score, "{\"score\":", json.data, 1, "}");
    acrm__str_free(&json);
    expect_status(&score, ACRM_E_LIMIT);
}
END_TEST

START_TEST(filter_parse__limits_cycles_of_relations)
{
    acrm__str json;

    /* lead -> customer -> leads -> customer ... */
    nest(&json, "{\"customer.leads\":{\"$any\":", "{}", "}}", 5);
    expect_status(&json, ACRM_OK);
    nest(&json, "{\"customer.leads\":{\"$any\":", "{}", "}}", 12);
    expect_status(&json, ACRM_E_LIMIT);
    acrm__str_init(&json, NULL);
    acrm__str_puts(&json, "{\"customer.leads\":{\"$any\":{\"");
    for (int i = 0; i < 1000; i++)
        acrm__str_puts(&json, "customer.");
    acrm__str_puts(&json, "id\":null}}}");
    expect_status(&json, ACRM_E_INVALID); /* a customer has no customer */
    acrm__str_init(&json, NULL);
    acrm__str_puts(&json, "{\"customer.vehicles\":{\"$any\":{\"owner.vehicles\":{\"$any\":{\"");
    acrm__str_puts(&json, "owner.dealer.name\":null}}}}}");
    expect_status(&json, ACRM_OK);
}
END_TEST

START_TEST(filter_parse__cuts_long_names_between_characters)
{
    acrm__str json;
    run r;

    repeat(&json, "{\"x", "\xC3\xBC", 1, "");
    for (int i = 0; i < 5000; i++)
        acrm__str_puts(&json, "\xD9\x84");
    acrm__str_puts(&json, "\":1}");
    run_start(&r, json.data, json.len);
    ck_assert_int_eq(r.status, ACRM_E_INVALID);
    ck_assert_uint_lt(strlen(acrm_error_json(r.err)), 2000);
    ck_assert_uint_eq(strlen(acrm_error_field(r.err)), strlen("where.") + 63);
    run_end(&r);
    acrm__str_free(&json);
}
END_TEST

/* ---- allocation failures ---- */

static int32_t parse_with(const char *text, const acrm_allocator *port)
{
    const acrm_filter_node *node = NULL;
    acrm_error *err = NULL;
    acrm_value *filter = NULL;
    acrm__json_fault fault;
    acrm__arena source;
    acrm__arena arena;

    acrm__arena_init(&source, NULL);
    acrm__arena_init(&arena, port);
    ck_assert_int_eq(acrm__json_read(&source, text, strlen(text), &filter, &fault), ACRM_OK);
    int32_t status = acrm__filter_parse(&arena, &world_schema, &world_context,
                                        &world_entities[WORLD_LEAD], &world_tables[WORLD_LEAD],
                                        filter, "where", &node, &err);
    ck_assert_int_eq(status, acrm_error_code(err));
    ck_assert_int_eq(status == ACRM_OK, node != NULL);
    acrm_error_free(err);
    acrm__arena_free(&arena);
    acrm__arena_free(&source);
    return status;
}

START_TEST(filter_parse__survives_every_allocation_failure)
{
    static const struct {
        const char *filter;
        int32_t status;
    } cases[] = {
        { "{\"$or\":[{\"level\":{\"$in\":[\"H\",\"A\"]}},{\"customer.grade\":\"A\","
          "\"customer.city\":\"B\",\"$search\":\"x y\"},{\"id\":{\"$in\":{\"$me\":\"teams\"}}},"
          "{\"amount\":\"1 EUR\"},{\"token\":\"AQI=\"},{\"national_id\":\"1\"}]}", ACRM_OK },
        { "{\"levle\":1,\"score\":\"x\",\"level\":\"Z\"}", ACRM_E_INVALID },
        { "{\"$not\":{\"$not\":{\"$not\":[]}}}", ACRM_E_INVALID },
    };

    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        int32_t status = parse_with(cases[_i].filter, &port);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(status, cases[_i].status);
            ck_assert_int_gt(n, 1);
            break;
        }
        ck_assert_int_eq(status, ACRM_E_NOMEM);
    }
}
END_TEST

START_TEST(filter_relative__sees_values_of_the_moment)
{
    static const struct {
        const char *filter;
        bool want;
    } cases[] = {
        { "{\"level\":\"H\"}", false },
        { "{\"note\":\"$now\"}", false },
        { "{\"$or\":[{\"due_on\":{\"$lt\":{\"$today\":true}}}]}", true },
        { "{\"created_at\":{\"$now\":\"P1D\"}}", true },
        { "{\"id\":{\"$in\":[{\"$me\":\"id\"}]}}", true },
    };
    acrm__arena arena;

    acrm__arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        acrm_value *filter = NULL;
        acrm__json_fault fault;
        ck_assert_int_eq(acrm__json_read(&arena, cases[i].filter, strlen(cases[i].filter),
                                         &filter, &fault), ACRM_OK);
        ck_assert_msg(acrm__filter_relative(filter) == cases[i].want, "%s", cases[i].filter);
    }
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(nearest__finds_the_name_that_was_meant)
{
    static const world_name listed[] = { { .name = "level" }, { .name = "leads" },
                                         { .name = "id" }, { .name = "customer_id" }, { 0 } };
    static const world_entity entity = { .names = listed };
    static const struct {
        const char *name;
        const char *want;
    } cases[] = {
        { "level", "level" }, { "levle", "level" }, { "lvel", "level" }, { "levels", "level" },
        { "lead", "leads" }, { "custmer_id", "customer_id" }, { "customer", NULL },
        { "i", NULL }, { "ix", "id" }, { "xy", NULL }, { "", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = acrm__nearest(cases[i].name, strlen(cases[i].name), world_name_at,
                                        &entity);
        ck_assert_msg(got == cases[i].want ||
                      (got != NULL && cases[i].want != NULL && strcmp(got, cases[i].want) == 0),
                      "%s: %s", cases[i].name, got == NULL ? "nothing" : got);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("filter_parse");
    TCase *tc = tcase_create("filter_parse");

    tcase_add_loop_test(tc, filter_parse__gives_the_tree, 0, sizeof good / sizeof *good);
    tcase_add_loop_test(tc, filter_parse__names_what_is_wrong, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, filter_parse__names_all_failing_terms);
    tcase_add_test(tc, filter_parse__limits_terms);
    tcase_add_test(tc, filter_parse__limits_values);
    tcase_add_test(tc, filter_parse__limits_depth);
    tcase_add_test(tc, filter_parse__limits_cycles_of_relations);
    tcase_add_test(tc, filter_parse__cuts_long_names_between_characters);
    tcase_add_loop_test(tc, filter_parse__survives_every_allocation_failure, 0, 3);
    tcase_add_test(tc, filter_relative__sees_values_of_the_moment);
    tcase_add_test(tc, nearest__finds_the_name_that_was_meant);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
