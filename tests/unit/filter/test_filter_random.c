/* SPDX-License-Identifier: MIT */
/*
 * Random filters on random records: the parser's tree, evaluated, against a second reading of the
 * language. The second one walks the JSON and knows only that every type has a few values in
 * order: a record holds their positions, never a cell.
 */
#include "filter_world.h"

#include "base/buf.h"
#include "base/json.h"
#include "engines/filter/eval.h"
#include "support/suite.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROWS = 7, COLUMNS = 17, NONE = -1, ROUNDS = 4000 };

/* ---- the values of each type, in ascending order ---- */

typedef struct literal {
    const char *json;
    acrm_cell cell;
} literal;

#define I(json, n) { json, { ACRM_CELL_INT, 0, n, 0, NULL } }
#define R(json, x) { json, { ACRM_CELL_REAL, 0, 0, x, NULL } }
#define T(text) { "\"" text "\"", { ACRM_CELL_TEXT, sizeof text - 1, 0, 0, text } }

static const literal literals[][6] = {
    [ACRM__FT_TEXT] = { T(""), T("a"), T("ab"), T("b"), T("ba") },
    [ACRM__FT_BOOL] = { I("false", 0), I("true", 1) },
    [ACRM__FT_INT] = { I("-5", -5), I("0", 0), I("3", 3), I("1e1", 10),
                     I("4000000000", 4000000000) },
    [ACRM__FT_REAL] = { R("-0.5", -0.5), R("0", 0), R("0.25", 0.25), R("3", 3), R("1e9", 1e9) },
    [ACRM__FT_MONEY] = { I("\"-1.00\"", -100), I("\"0\"", 0), I("\"0.01\"", 1), I("\"10\"", 1000),
                         I("\"10.5\"", 1050) },
    [ACRM__FT_INSTANT] = { I("\"2026-11-20T21:59:59.999999Z\"", 1795211999999999),
                           I("\"2026-11-20T22:00:00Z\"", 1795212000000000),
                           I("\"2026-11-21T10:30:00+02:00\"", 1795249800000000),
                           I("\"2026-11-21T21:59:59.999999Z\"", 1795298399999999),
                           I("\"2026-11-21T22:00:00Z\"", 1795298400000000) },
    [ACRM__FT_DATE] = { I("\"1969-12-31\"", -1), I("\"2026-11-20\"", 20777),
                        I("\"2026-11-21\"", 20778), I("\"2026-11-22\"", 20779) },
    [ACRM__FT_TIME] = { I("\"00:00\"", 0), I("\"08:30\"", 30600), I("\"23:59:59\"", 86399) },
    [ACRM__FT_DURATION] = { I("\"-PT1S\"", -1), I("\"PT0S\"", 0), I("\"PT4H\"", 14400),
                            I("\"P1D\"", 86400) },
    [ACRM__FT_ENUM] = { T("A"), T("B"), T("C"), T("H"), T("lost") },
};

/* The day of {"$today":true} on an instant: positions from DAY_FIRST up to DAY_END. */
enum { DAY_FIRST = 1, DAY_END = 4, TODAY = 2 /* as a date */ };

static int count_literals(int type)
{
    int n = 0;

    while (n < 6 && literals[type][n].json != NULL)
        n++;
    return n;
}

static void print_id(char out[40], int entity, int row)
{
    snprintf(out, 40, "%02u%06u-0000-7000-8000-000000000000", (entity + 1u) % 100u,
             (unsigned)row % 1000000u);
}

/* ---- records ---- */

typedef struct universe {
    int value[WORLD_ENTITIES][ROWS][COLUMNS]; /* a position, for ids a row; or NONE */
    acrm_cell cells[WORLD_ENTITIES][ROWS][COLUMNS];
    unsigned char ids[WORLD_ENTITIES][ROWS][16];
    acrm_table tables[WORLD_ENTITIES]; /* with their number of columns */
    const char *search[ROWS];          /* of leads */
} universe;

static uint64_t random_state;

static int pick(int n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int)((random_state >> 32) % (uint64_t)n);
}

/* The entity that a column refers to, or NONE. */
static int column_target(int entity, uint32_t column)
{
    for (const world_name *n = world_entities[entity].names; n->name != NULL; n++)
        if (n->kind == ACRM__FILTER_TO_ONE && n->column == column)
            return n->entity;
    return column == 0 ? entity : NONE;
}

static bool is_random(const world_name *n)
{
    return n->kind == ACRM__FILTER_FIELD && n->column != 6 && n->type != ACRM__FT_JSON &&
           n->type != ACRM__FT_BYTES && strcmp(n->name, "amount") != 0 &&
           strcmp(n->name, "national_id") != 0;
}

static void make_cell(universe *u, int entity, int row, const world_name *n)
{
    acrm_cell *cell = &u->cells[entity][row][n->column];
    int target = n->type == ACRM__FT_ID ? column_target(entity, n->column) : NONE;
    int *value = &u->value[entity][row][n->column];

    *value = pick(4) == 0 ? NONE : pick(target != NONE ? ROWS : count_literals(n->type));
    if (n->column == 0)
        *value = row;
    if (*value == NONE)
        return;
    if (target == NONE)
        *cell = literals[n->type][*value].cell;
    else
        *cell = (acrm_cell){ ACRM_CELL_BLOB, 16, 0, 0, u->ids[target][*value] };
}

static void make_universe(universe *u)
{
    static const char *const searches[] = { "", "alpha", "alpha beta", "beta gamma 12", "alp" };

    *u = (universe){ 0 };
    for (int e = 0; e < WORLD_ENTITIES; e++) {
        u->tables[e] = world_tables[e];
        u->tables[e].n_columns = COLUMNS;
        for (int r = 0; r < ROWS; r++) {
            const unsigned char id[16] = { (unsigned char)(e + 1), 0, 0, (unsigned char)r, 0, 0,
                                           0x70, 0, 0x80 };
            memcpy(u->ids[e][r], id, sizeof id);
        }
    }
    for (int e = 0; e < WORLD_ENTITIES; e++) {
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < COLUMNS; c++)
                u->value[e][r][c] = NONE;
            for (const world_name *n = world_entities[e].names; n->name != NULL; n++)
                if (is_random(n))
                    make_cell(u, e, r, n);
            u->search[r] = searches[pick(5)];
        }
    }
}

/* ---- the tree, evaluated ---- */

static int32_t any_related(void *self, const acrm_filter_node *node, const acrm_cell *value,
                           uint32_t depth, bool *truth)
{
    const universe *u = self;
    int entity = (int)node->related->number;

    const acrm__filter_relations relations = { self, any_related };
    for (int r = 0; r < ROWS && !*truth; r++) {
        const acrm_cell *cells = u->cells[entity][r];
        const acrm__filter_row row = { &u->tables[entity], cells,
                                       entity == WORLD_LEAD ? u->search[r] : NULL };
        if (acrm__cell_compare(&cells[node->related_column], value) != 0)
            continue;
        int32_t status = acrm__filter_eval(&node->children[0], &row, &relations, depth, truth);
        if (status != ACRM_OK)
            return status;
    }
    return ACRM_OK;
}

/* The parser's tables carry no columns: node->related must, for the evaluation. */
static void fix_tables(const universe *u, acrm_filter_node *node)
{
    if (node->related != NULL)
        node->related = &u->tables[node->related->number];
    for (uint32_t i = 0; i < node->n_children; i++)
        fix_tables(u, (acrm_filter_node *)(uintptr_t)&node->children[i]);
}

static bool eval_tree(universe *u, int row, const acrm_filter_node *node)
{
    const acrm__filter_relations relations = { u, any_related };
    const acrm__filter_row lead = { &u->tables[WORLD_LEAD], u->cells[WORLD_LEAD][row],
                                    u->search[row] };
    bool truth = false;

    ck_assert_int_eq(acrm__filter_eval(node, &lead, &relations, 0, &truth), ACRM_OK);
    return truth;
}

/* ---- the second reading ---- */

static bool naive(const universe *u, int entity, int row, const acrm_value *filter);

static const world_name *find_name(int entity, const char *name, size_t len)
{
    const world_name *n = world_entities[entity].names;

    while (strlen(n->name) != len || memcmp(n->name, name, len) != 0)
        n++;
    return n;
}

/* Where a value stands among those of the field: a position, NONE for null, or -2: a whole day,
 * -3: nothing. */
static int position(const acrm_value *value, const world_name *n, int target)
{
    acrm__str json;
    int found = NONE;

    if (acrm_value_type(value) == ACRM_NULL)
        return NONE;
    if (acrm_value_type(value) == ACRM_MAP && acrm_value_get(value, "$today") != NULL)
        return n->type == ACRM__FT_DATE ? TODAY : -2;
    if (acrm_value_type(value) == ACRM_MAP)
        return -3;
    acrm__str_init(&json, NULL);
    acrm__json_write(&json, value, 0);
    if (n->type == ACRM__FT_ID) {
        for (int r = 0; r < ROWS && found == NONE; r++) {
            char id[40];
            print_id(id, target, r);
            found = strncmp(json.data + 1, id, 36) == 0 ? r : NONE;
        }
    } else if (acrm_value_type(value) == ACRM_INT || acrm_value_type(value) == ACRM_REAL) {
        for (int i = 0; i < count_literals(n->type); i++)
            if (strtod(literals[n->type][i].json, NULL) == acrm_value_real(value))
                found = i;
    } else {
        for (int i = 0; i < count_literals(n->type); i++)
            if (strcmp(literals[n->type][i].json, json.data) == 0)
                found = i;
    }
    ck_assert_msg(found != NONE, "%s is no value of %s", json.data, n->name);
    acrm__str_free(&json);
    return found;
}

static bool naive_text(int mine, const acrm_value *value, bool start)
{
    const char *text = mine == NONE ? NULL : literals[ACRM__FT_TEXT][mine].cell.data;
    const char *part = acrm_value_text(value, NULL);

    if (text == NULL)
        return false;
    return start ? strncmp(text, part, strlen(part)) == 0 : strstr(text, part) != NULL;
}

static bool naive_op(const char *op, int mine, const acrm_value *value, const world_name *n,
                     int target)
{
    int other;

    if (strcmp(op, "$exists") == 0)
        return (mine != NONE) == (acrm_value_bool(value) != 0);
    if (strcmp(op, "$contains") == 0 || strcmp(op, "$startswith") == 0)
        return naive_text(mine, value, op[1] == 's');
    if (strcmp(op, "$in") == 0 || strcmp(op, "$nin") == 0) {
        bool found = false;
        for (size_t i = 0; i < acrm_value_count(value); i++)
            found = found || position(acrm_value_at(value, i), n, target) == mine;
        return found == (op[1] == 'i');
    }
    other = position(value, n, target);
    if (strcmp(op, "$ne") == 0)
        return !naive_op("$eq", mine, value, n, target);
    if (strcmp(op, "$eq") == 0)
        return other == -2 ? mine >= DAY_FIRST && mine < DAY_END : mine == other;
    if (mine == NONE || other == -3)
        return false;
    if (strcmp(op, "$lt") == 0)
        return mine < (other == -2 ? DAY_FIRST : other);
    if (strcmp(op, "$gte") == 0)
        return mine >= (other == -2 ? DAY_FIRST : other);
    if (strcmp(op, "$lte") == 0)
        return other == -2 ? mine < DAY_END : mine <= other;
    ck_assert_str_eq(op, "$gt");
    return other == -2 ? mine >= DAY_END : mine > other;
}

static bool naive_field(int mine, const acrm_value *value, const world_name *n, int target)
{
    const char *key = acrm_value_type(value) == ACRM_MAP ? acrm_value_key(value, 0, NULL) : NULL;
    bool truth = true;

    if (key == NULL || strcmp(key, "$today") == 0 || strcmp(key, "$me") == 0)
        return naive_op("$eq", mine, value, n, target);
    for (size_t i = 0; i < acrm_value_count(value); i++) {
        const char *op = acrm_value_key(value, i, NULL);
        const acrm_value *operand = acrm_value_at(value, i);
        truth = truth && (strcmp(op, "$not") == 0 ? !naive_field(mine, operand, n, target) :
                                                    naive_op(op, mine, operand, n, target));
    }
    return truth;
}

static bool naive_many(const universe *u, int row, const world_name *n, const acrm_value *value)
{
    bool truth = true;

    for (size_t i = 0; i < acrm_value_count(value); i++) {
        const char *op = acrm_value_key(value, i, NULL);
        int total = 0;
        int good = 0;
        for (int r = 0; row != NONE && r < ROWS; r++) {
            if (u->value[n->entity][r][n->related_column] != row)
                continue;
            total++;
            good += naive(u, n->entity, r, acrm_value_at(value, i));
        }
        truth = truth && (strcmp(op, "$any") == 0 ? good > 0 :
                          strcmp(op, "$all") == 0 ? good == total : good == 0);
    }
    return truth;
}

static bool naive_name(const universe *u, int entity, int row, const char *name,
                       const acrm_value *value)
{
    const char *dot;

    while ((dot = strchr(name, '.')) != NULL) {
        const world_name *n = find_name(entity, name, (size_t)(dot - name));
        row = row == NONE ? NONE : u->value[entity][row][n->column];
        entity = n->entity;
        name = dot + 1;
    }
    const world_name *n = find_name(entity, name, strlen(name));
    if (n->kind == ACRM__FILTER_TO_MANY)
        return naive_many(u, row, n, value);
    return naive_field(row == NONE ? NONE : u->value[entity][row][n->column], value, n,
                       n->type == ACRM__FT_ID ? column_target(entity, n->column) : NONE);
}

static bool naive_search(const char *text, const char *words)
{
    char copy[64];
    bool all = true;

    snprintf(copy, sizeof copy, " %s", text);
    for (const char *word = words; *word != '\0'; word += strspn(word, " ")) {
        char spaced[64];
        size_t len = strcspn(word, " ");
        snprintf(spaced, sizeof spaced, " %.*s", (int)len, word);
        all = all && strstr(copy, spaced) != NULL;
        word += len;
    }
    return all;
}

static bool naive(const universe *u, int entity, int row, const acrm_value *filter)
{
    bool truth = true;

    for (size_t i = 0; i < acrm_value_count(filter); i++) {
        const char *key = acrm_value_key(filter, i, NULL);
        const acrm_value *value = acrm_value_at(filter, i);
        if (key[0] != '$') {
            truth = truth && naive_name(u, entity, row, key, value);
        } else if (strcmp(key, "$not") == 0) {
            truth = truth && !naive(u, entity, row, value);
        } else if (strcmp(key, "$search") == 0) {
            truth = truth && naive_search(u->search[row], acrm_value_text(value, NULL));
        } else {
            size_t good = 0;
            for (size_t k = 0; k < acrm_value_count(value); k++)
                good += naive(u, entity, row, acrm_value_at(value, k));
            truth = truth && (strcmp(key, "$and") == 0 ? good == acrm_value_count(value) :
                              (good > 0) == (strcmp(key, "$or") == 0));
        }
    }
    return truth;
}

/* ---- filters ---- */

static void make_filter(acrm__str *out, int entity, int depth);

static void make_value(acrm__str *out, int entity, const world_name *n, bool null)
{
    char id[40];

    if (null && pick(6) == 0) {
        acrm__str_puts(out, "null");
        return;
    }
    if (n->type != ACRM__FT_ID) {
        acrm__str_puts(out, literals[n->type][pick(count_literals(n->type))].json);
        return;
    }
    print_id(id, column_target(entity, n->column), pick(ROWS));
    acrm__str_format(out, "\"%s\"", id);
}

/* Operators in the order of the table of docs/filter.md; each type may use the first so many. */
static const char *const operators[] = { "$eq", "$ne", "$in", "$nin", "$exists", "$lt", "$lte",
                                         "$gt", "$gte", "$contains", "$startswith" };

static void make_operator(acrm__str *out, int entity, const world_name *n, int depth, int op)
{
    acrm__str_format(out, "\"%s\":", operators[op]);
    if (op == 4) {
        acrm__str_puts(out, pick(2) ? "true" : "false");
    } else if (op == 2 || op == 3) {
        acrm__str_putc(out, '[');
        for (int i = pick(4); i > 0; i--) {
            make_value(out, entity, n, true);
            acrm__str_puts(out, i > 1 ? "," : "");
        }
        acrm__str_putc(out, ']');
    } else if (op < 9 && (n->type == ACRM__FT_INSTANT || n->type == ACRM__FT_DATE) &&
               pick(3) == 0) {
        acrm__str_puts(out, "{\"$today\":true}");
    } else if (op < 9 && pick(20) == 0) {
        acrm__str_puts(out, "{\"$me\":\"none\"}");
    } else {
        make_value(out, entity, n, op < 2);
    }
    (void)depth;
}

static void make_condition(acrm__str *out, int entity, const world_name *n, int depth)
{
    bool equal = n->type == ACRM__FT_ID || n->type == ACRM__FT_BOOL || n->type == ACRM__FT_ENUM;
    int allowed = equal ? 5 : n->type == ACRM__FT_TEXT ? 11 : 9;
    int first = pick(allowed);

    if (pick(3) == 0) {
        make_value(out, entity, n, true);
        return;
    }
    acrm__str_putc(out, '{');
    if (depth > 0 && pick(5) == 0) {
        acrm__str_puts(out, "\"$not\":");
        acrm__str_putc(out, '{');
        make_operator(out, entity, n, depth - 1, first);
        acrm__str_puts(out, "}");
    } else {
        make_operator(out, entity, n, depth, first);
    }
    if (pick(3) == 0 && first + 1 < allowed) {
        acrm__str_putc(out, ',');
        make_operator(out, entity, n, depth, first + 1 + pick(allowed - first - 1));
    }
    acrm__str_putc(out, '}');
}

/* A name and its condition. */
static void make_name(acrm__str *out, int entity, int depth)
{
    int n_names = 0;

    while (world_entities[entity].names[n_names].name != NULL)
        n_names++;
    acrm__str_putc(out, '"');
    for (;;) {
        const world_name *n = &world_entities[entity].names[pick(n_names)];
        if (n->kind == ACRM__FILTER_FIELD) {
            if (!is_random(n))
                continue;
            acrm__str_format(out, "%s\":", n->name);
            make_condition(out, entity, n, depth);
            return;
        }
        if (depth <= 0)
            continue;
        acrm__str_puts(out, n->name);
        depth--;
        if (n->kind == ACRM__FILTER_TO_ONE) {
            acrm__str_putc(out, '.');
            entity = n->entity;
            for (n_names = 0; world_entities[entity].names[n_names].name != NULL;)
                n_names++;
            continue;
        }
        static const char *const many[] = { "$any", "$all", "$none" };
        acrm__str_format(out, "\":{\"%s\":", many[pick(3)]);
        make_filter(out, n->entity, depth);
        acrm__str_putc(out, '}');
        return;
    }
}

static void make_logic(acrm__str *out, int entity, int depth)
{
    static const char *const logic[] = { "$and", "$or", "$nor", "$not" };
    int which = pick(4);

    acrm__str_format(out, "\"%s\":", logic[which]);
    if (which == 0 && entity == WORLD_LEAD && pick(2) == 0) { /* two rows, or one that is both */
        acrm__str_puts(out, "[{\"customer.vehicles\":{\"$any\":");
        make_filter(out, WORLD_VEHICLE, 0);
        acrm__str_puts(out, "}},{\"customer.vehicles\":{\"$any\":");
        make_filter(out, WORLD_VEHICLE, 0);
        acrm__str_puts(out, "}}]");
        return;
    }
    if (which == 3) {
        make_filter(out, entity, depth - 1);
        return;
    }
    acrm__str_putc(out, '[');
    for (int i = pick(4); i > 0; i--) {
        make_filter(out, entity, depth - 1);
        acrm__str_puts(out, i > 1 ? "," : "");
    }
    acrm__str_putc(out, ']');
}

/* Keys may come twice; the JSON reader refuses such a filter and it is made anew. */
static void make_filter(acrm__str *out, int entity, int depth)
{
    static const char *const words[] = { "al", "alpha", "be ga", "gam 12", "1 x" };

    acrm__str_putc(out, '{');
    for (int i = pick(4) == 0 ? pick(2) : 1 + pick(2); i > 0; i--) {
        if (depth > 0 && pick(3) == 0)
            make_logic(out, entity, depth);
        else if (entity == WORLD_LEAD && pick(8) == 0)
            acrm__str_format(out, "\"$search\":\"%s\"", words[pick(5)]);
        else
            make_name(out, entity, depth);
        acrm__str_puts(out, i > 1 ? "," : "");
    }
    acrm__str_putc(out, '}');
}

START_TEST(filter__agrees_with_a_second_reading)
{
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15) * (uint64_t)(_i + 1);
    static universe u;
    int matches = 0;
    int asked = 0;

    random_state = seed;
    for (int round = 0; round < ROUNDS; round++) {
        const acrm_filter_node *node = NULL;
        acrm_value *filter = NULL;
        acrm_error *err = NULL;
        acrm__json_fault fault;
        acrm__arena arena;
        acrm__str json;

        if (round % 50 == 0)
            make_universe(&u);
        acrm__arena_init(&arena, NULL);
        acrm__str_init(&json, NULL);
        do {
            acrm__str_clear(&json);
            make_filter(&json, WORLD_LEAD, 4);
        } while (acrm__json_read(&arena, json.data, json.len, &filter, &fault) != ACRM_OK);
        int32_t status = acrm__filter_parse(&arena, &world_schema, &world_context,
                                            &world_entities[WORLD_LEAD],
                                            &world_tables[WORLD_LEAD], filter, "where", &node,
                                            &err);
        ck_assert_msg(status == ACRM_OK, "%s: %s", json.data, acrm_error_json(err));
        fix_tables(&u, (acrm_filter_node *)(uintptr_t)node);
        for (int r = 0; r < ROWS; r++) {
            bool want = naive(&u, WORLD_LEAD, r, filter);
            ck_assert_msg(eval_tree(&u, r, node) == want,
                          "seed %" PRIu64 " round %d row %d want %d: %s", seed, round, r, want,
                          json.data);
            matches += want;
            asked++;
        }
        acrm__str_free(&json);
        acrm__arena_free(&arena);
    }
    /* the filters must tell records apart, or nothing was tested */
    ck_assert_int_gt(matches, asked / 10);
    ck_assert_int_lt(matches, asked - asked / 10);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("filter_random");
    TCase *tc = tcase_create("filter_random");

    tcase_add_loop_test(tc, filter__agrees_with_a_second_reading, 0, 4);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
