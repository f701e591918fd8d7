/* SPDX-License-Identifier: MIT */
/* Parsing a filter against reading its JSON; matching against comparisons written by hand. */
#include "bench.h"

#include "../unit/filter/filter_world.h"
#include "autocrm/filter.h"
#include "base/json.h"
#include "engines/filter/eval.h"

static const char filter_text[] =
    "{\"level\":{\"$in\":[\"H\",\"A\"]},\"customer.grade\":\"A\","
    "\"customer.vehicles\":{\"$any\":{\"model\":\"X3\",\"year\":{\"$gte\":2020}}},"
    "\"created_at\":{\"$lt\":{\"$now\":\"-P180D\"}},\"score\":{\"$gte\":10,\"$lt\":80}}";

typedef struct filter_bench {
    acrm__arena arena;
    const acrm_value *json;
    acrm_filter *filter;
    acrm_value *record;
    const acrm_filter_node *tree;
    acrm__filter_row row;
} filter_bench;

static void filter_fail(const char *what)
{
    fprintf(stderr, "filter_bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static void filter_parse(void *user, long ops)
{
    filter_bench *f = user;

    for (long i = 0; i < ops; i++) {
        const acrm_filter_node *node = NULL;
        acrm__arena_reset(&f->arena);
        if (acrm__filter_parse(&f->arena, &world_schema, &world_context,
                               &world_entities[WORLD_LEAD], &world_tables[WORLD_LEAD], f->json,
                               "where", &node, NULL) != ACRM_OK)
            filter_fail("parse");
        bench_keep(node);
    }
}

static void filter_read_json(void *user, long ops)
{
    filter_bench *f = user;

    for (long i = 0; i < ops; i++) {
        acrm_value *value = NULL;
        acrm__json_fault fault;
        acrm__arena_reset(&f->arena);
        if (acrm__json_read(&f->arena, filter_text, sizeof filter_text - 1, &value, &fault) != 0)
            filter_fail("read");
        bench_keep(value);
    }
}

static void filter_match(void *user, long ops)
{
    filter_bench *f = user;

    for (long i = 0; i < ops; i++) {
        int32_t matches = 0;
        if (acrm_filter_match(f->filter, f->record, WORLD_NOW, &matches, NULL) != ACRM_OK)
            filter_fail("match");
        bench_keep(&matches);
    }
}

/* The same question asked of the same record by hand. */
static void filter_match_hand(void *user, long ops)
{
    filter_bench *f = user;

    for (long i = 0; i < ops; i++) {
        const char *level = acrm_value_text(acrm_value_get(f->record, "level"), NULL);
        const char *city = acrm_value_text(acrm_value_get(f->record, "city"), NULL);
        int64_t score = acrm_value_int(acrm_value_get(f->record, "score"));
        int32_t matches = (strcmp(level, "H") == 0 || strcmp(level, "A") == 0) && score >= 10 &&
                          score < 80 && strncmp(city, "Bo", 2) == 0;
        bench_keep(&matches);
    }
}

static void filter_eval(void *user, long ops)
{
    filter_bench *f = user;

    for (long i = 0; i < ops; i++) {
        bool truth = false;
        if (acrm__filter_eval(f->tree, &f->row, NULL, 0, &truth) != ACRM_OK)
            filter_fail("eval");
        bench_keep(&truth);
    }
}

static void filter_eval_hand(void *user, long ops)
{
    filter_bench *f = user;
    const acrm_cell *cells = f->row.cells;

    for (long i = 0; i < ops; i++) {
        bool truth = cells[2].size == 1 && (memcmp(cells[2].data, "H", 1) == 0 ||
                                            memcmp(cells[2].data, "A", 1) == 0) &&
                     cells[3].integer >= 10 && cells[3].integer < 80;
        bench_keep(&truth);
        bench_keep(cells);
    }
}

static acrm_value *filter_value(const char *json)
{
    acrm_value *value = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &value, NULL) != ACRM_OK)
        filter_fail("value");
    return value;
}

int main(int argc, char **argv)
{
    static const acrm_filter_field fields[] = {
        { sizeof *fields, ACRM_FILTER_TYPE_ENUM, "level", "H|A|B|C", 0 },
        { sizeof *fields, ACRM_FILTER_TYPE_INT, "score", NULL, 0 },
        { sizeof *fields, ACRM_FILTER_TYPE_TEXT, "city", NULL, 0 },
        { sizeof *fields, ACRM_FILTER_TYPE_DATE, "due_on", NULL, 0 },
    };
    static const char small[] = "{\"level\":{\"$in\":[\"H\",\"A\"]},"
                                "\"score\":{\"$gte\":10,\"$lt\":80}}";
    bench b = bench_begin(argc, argv);
    filter_bench f = { 0 };
    acrm__arena keep;
    acrm_table table = world_tables[WORLD_LEAD];
    acrm_cell cells[17] = { 0 };
    acrm_value *json = filter_value(filter_text);
    acrm_value *flat = filter_value("{\"level\":{\"$in\":[\"H\",\"A\"]},\"score\":{\"$gte\":10,"
                                    "\"$lt\":80},\"city\":{\"$startswith\":\"Bo\"}}");
    acrm_value *tree = filter_value(small);

    acrm__arena_init(&f.arena, NULL);
    acrm__arena_init(&keep, NULL);
    f.json = json;
    f.record = filter_value("{\"name\":\"Ana\",\"level\":\"A\",\"score\":42,\"city\":\"Bonn\","
                            "\"due_on\":\"2026-11-21\"}");
    if (acrm_filter_new(NULL, fields, 4, flat, &f.filter, NULL) != ACRM_OK ||
        acrm__filter_parse(&keep, &world_schema, &world_context, &world_entities[WORLD_LEAD],
                           &table, tree, "where", &f.tree, NULL) != ACRM_OK)
        filter_fail("prepare");
    table.n_columns = 17;
    cells[2] = (acrm_cell){ ACRM_CELL_TEXT, 1, 0, 0, "A" };
    cells[3] = (acrm_cell){ ACRM_CELL_INT, 0, 42, 0, NULL };
    f.row = (acrm__filter_row){ &table, cells, NULL };

    bench_compare(&b, &(bench_measure){ .name = "filter.parse", .size = sizeof filter_text - 1,
                                        .goal = 5, .ours = filter_parse,
                                        .baseline = filter_read_json, .user = &f });
    bench_compare(&b, &(bench_measure){ .name = "filter.match", .size = 3, .ours = filter_match,
                                        .baseline = filter_match_hand, .user = &f });
    bench_compare(&b, &(bench_measure){ .name = "filter.eval", .size = 3, .ours = filter_eval,
                                        .baseline = filter_eval_hand, .user = &f });
    acrm_filter_free(f.filter);
    acrm_value_free(f.record);
    acrm_value_free(json);
    acrm_value_free(flat);
    acrm_value_free(tree);
    acrm__arena_free(&f.arena);
    acrm__arena_free(&keep);
    return bench_end(&b);
}
