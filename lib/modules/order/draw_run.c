/* SPDX-License-Identifier: MIT */
/* A draw run once over its frozen list, and run again by whoever doubts it. */
#include "autocrm/draw.h"
#include "modules/order/allocation.h"
#include "modules/order/order.h"

#include "base/json.h"
#include "kernel/registry.h"

enum { RUN_FAULTS_MAX = 100 };

/* --- The list, row by row --- */

typedef struct run_rows {
    acrm__draw_line_fn line;
    void *user;
} run_rows;

static int32_t run_row(void *user, const acrm_cell *cells, uint32_t n)
{
    const run_rows *rows = user;

    (void)n;
    return rows->line(rows->user, cells);
}

int32_t acrm__draw_each(acrm__call *call, const acrm__rec *round, acrm__draw_line_fn line,
                        void *user)
{
    const acrm__entity *entity = acrm__entity_of(call, "draw_entrant");
    const acrm__term of[] = {
        { F_draw_entrant__draw_round_id, ACRM_FILTER_EQ, round->cells[F_ID] },
        { F_draw_entrant__state, ACRM_FILTER_NE, acrm__cell_text("excluded") },
        { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    const acrm_order by = { .expression = F_draw_entrant__entrant };
    const acrm_query query = { .struct_size = sizeof query, .table = &entity->table,
                               .where = acrm__where(call, of, 3), .order = &by, .n_order = 1 };
    run_rows rows = { line, user };

    if (!query.where)
        return acrm__nomem(call);
    int32_t st = acrm__query(call, &query, run_row, &rows);
    if (st == ACRM_E_CONFLICT || st == ACRM_E_INVALID)
        st = acrm__fail(call, ACRM_E_CORRUPT, "order", "id",
                        "an entrant of the list is out of order or damaged");
    return st;
}

static int32_t run_add(void *user, const acrm_cell *row)
{
    const acrm_cell *id = &row[F_draw_entrant__entrant];

    return acrm_draw_add(user, id->data, id->size,
                         (uint32_t)row[F_draw_entrant__weight].integer);
}

/* Draw again from what is stored. CONFLICT: it is not the frozen list; hash tells which it is. */
static int32_t run_again(acrm__call *call, const acrm__rec *round, const char *seed,
                         char hash[ACRM_DRAW_HASH_SIZE], acrm_draw **out)
{
    const acrm_draw_options options = {
        .struct_size = sizeof options, .seed = seed,
        .weighted = acrm__int(round, F_draw_round__weighted) != 0,
        .picks = (uint32_t)(acrm__int(round, F_draw_round__places) +
                            acrm__int(round, F_draw_round__reserves)),
        .round = acrm__text(round, F_draw_round__name),
        .list_hash = acrm__text(round, F_draw_round__list_hash) };
    int32_t st = acrm_draw_new(&call->arena->allocator, &options, out, call->err);

    if (st == ACRM_OK)
        st = acrm__draw_each(call, round, run_add, *out);
    return st == ACRM_OK ? acrm_draw_finish(*out, hash) : st;
}

/* --- The seed --- */

/* Each revealed part must belong to a commit, and each commit to a part. */
static int32_t run_seed_parts(acrm__call *call, const acrm_value *commits,
                              const acrm_value *parts, const char **out)
{
    const char *texts[ACRM_DRAW_PARTS_MAX];
    size_t lens[ACRM_DRAW_PARTS_MAX], n = acrm_value_count(parts);
    char commit[ACRM_DRAW_HASH_SIZE], *seed = acrm__arena_alloc(call->arena, ACRM_DRAW_HASH_SIZE);

    if (!seed)
        return acrm__nomem(call);
    if (n != acrm_value_count(commits))
        return acrm__fail(call, ACRM_E_INVALID, "commit", "parts",
                          "%zu parts were announced by their hashes", acrm_value_count(commits));
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        texts[i] = acrm_value_text(acrm_value_at(parts, i), &lens[i]);
        int32_t st = texts[i] ? acrm_draw_commit(texts[i], lens[i], commit) : ACRM_E_INVALID;
        for (size_t k = 0; st == ACRM_OK && k < n; k++)
            found = found || strcmp(acrm_value_text(acrm_value_at(commits, k), NULL), commit) == 0;
        if (!found)
            return acrm__fail(call, ACRM_E_INVALID, "commit", "parts",
                              "part %zu is none of those that were announced", i + 1);
    }
    if (acrm_draw_seed(texts, lens, n, seed) != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "commit", "parts", "a part is given twice");
    *out = seed;
    return ACRM_OK;
}

static int32_t run_seed(acrm__call *call, const acrm__rec *round, const char **out)
{
    const acrm_cell *cell = &round->cells[F_draw_round__commits];
    const acrm_value *parts = acrm__arg(call, "parts");
    acrm_value *commits = NULL;
    acrm__json_fault fault;

    *out = acrm__arg_text(call, "seed");
    if (cell->type == ACRM_CELL_TEXT &&
        acrm__json_read(call->arena, cell->data, cell->size, &commits, &fault) != ACRM_OK)
        return acrm__nomem(call);
    if (commits && acrm_value_count(commits) > 0) {
        if (*out || !parts)
            return acrm__fail(call, ACRM_E_INVALID, "required", "parts",
                              "parts of the seed were announced: give these, and no seed");
        return run_seed_parts(call, commits, parts, out);
    }
    if (!*out || parts)
        return acrm__fail(call, ACRM_E_INVALID, "required", "seed", "a public seed is needed");
    return ACRM_OK;
}

/* --- Running --- */

static int32_t run_find(acrm__call *call, const acrm__rec *round, const char *entrant,
                        acrm__rec **out)
{
    const acrm__term of[] = {
        { F_draw_entrant__draw_round_id, ACRM_FILTER_EQ, round->cells[F_ID] },
        { F_draw_entrant__entrant, ACRM_FILTER_EQ, acrm__cell_text(entrant) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "draw_entrant", .terms = of,
                                                 .n_terms = 2, .as_system = true }, out);
}

/* The order of a winner has passed the draw. */
static int32_t run_tell_order(acrm__call *call, const acrm__rec *entrant, const char *name)
{
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ,
                               entrant->cells[F_draw_entrant__vehicle_order_id] };
    acrm__rec *rec = NULL;
    acrm__order order;
    int32_t verdict;

    if (acrm__is_null(entrant, F_draw_entrant__vehicle_order_id))
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = &by_id,
                                                       .n_terms = 1, .as_system = true }, &rec);
    if (st != ACRM_OK || !rec || strcmp(acrm__text(rec, F_vehicle_order__state), "open") != 0)
        return st;
    st = acrm__order_open(call, rec, &order);
    if (st != ACRM_OK || acrm_milestone_find(order.way->chain, "lottery") < 0)
        return st;
    const acrm__order_word word = { .source = "draw", .code = "lottery", .type = "lottery",
        .kind = "reached", .note = name, .at = call->now, .expected = ACRM_MILESTONE_NO_DAY };
    st = acrm__order_tell(&order, &word, &verdict);
    return st == ACRM_OK ? acrm__order_settle(&order) : st;
}

static int32_t run_keep(acrm__call *call, const acrm__rec *round, const acrm_draw *draw, size_t n)
{
    char ticket[ACRM_DRAW_HASH_SIZE];
    bool wins = (int64_t)n < acrm__int(round, F_draw_round__places);
    acrm__rec *entrant = NULL;
    int32_t st = run_find(call, round, acrm_draw_pick(draw, n, NULL, ticket), &entrant);

    if (st == ACRM_OK && !entrant)
        st = acrm__fail(call, ACRM_E_CORRUPT, "reference", "id", "an entrant is gone");
    const char *kept = st == ACRM_OK ? acrm__arena_text(call->arena, ticket, 64) : NULL;
    if (st != ACRM_OK || !kept)
        return st == ACRM_OK ? acrm__nomem(call) : st;
    acrm__set(entrant, F_draw_entrant__state, acrm__cell_text(wins ? "winner" : "reserve"));
    acrm__set(entrant, F_draw_entrant__position, acrm__cell_int((int64_t)n + 1));
    acrm__set(entrant, F_draw_entrant__ticket, acrm__cell_text(kept));
    st = acrm__update(call, entrant);
    if (st == ACRM_OK && wins)
        st = run_tell_order(call, entrant, acrm__text(round, F_draw_round__name));
    return st;
}

int32_t acrm__draw_run(acrm__call *call)
{
    char hash[ACRM_DRAW_HASH_SIZE];
    const char *seed = NULL;
    acrm__rec *round = NULL;
    acrm_draw *draw = NULL;
    int32_t st = acrm__draw_load(call, &round);

    if (st == ACRM_OK && strcmp(acrm__text(round, F_draw_round__state), "frozen") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the draw is %s, not frozen",
                        acrm__text(round, F_draw_round__state));
    if (st == ACRM_OK)
        st = run_seed(call, round, &seed);
    if (st == ACRM_OK) {
        st = run_again(call, round, seed, hash, &draw);
        if (st == ACRM_E_CONFLICT)
            st = acrm__fail(call, ACRM_E_CORRUPT, "list_hash", "id",
                            "the list is not the one that was frozen: nothing was drawn");
    }
    for (size_t i = 0; st == ACRM_OK && i < acrm_draw_picks(draw); i++)
        st = run_keep(call, round, draw, i);
    acrm_draw_free(draw);
    if (st != ACRM_OK)
        return st;
    acrm__set(round, F_draw_round__state, acrm__cell_text("drawn"));
    acrm__set(round, F_draw_round__seed, acrm__cell_text(seed));
    acrm__set(round, F_draw_round__drawn_at, acrm__cell_int(call->now));
    st = acrm__update(call, round);
    return st == ACRM_OK ? acrm__render(call, round, call->out) : st;
}

/* --- Doubting --- */

static bool run_fault(acrm_value *faults, int64_t position, const char *found,
                      const char *expected)
{
    if (acrm_value_count(faults) >= RUN_FAULTS_MAX)
        return true;
    acrm_value *item = acrm__add_map(faults);
    return item && acrm__put_int(item, "position", position) &&
           acrm__put_text(item, "found", found) && acrm__put_text(item, "expected", expected);
}

static int32_t run_compare(acrm__call *call, const acrm__rec *round, const acrm_draw *draw,
                           acrm_value *faults)
{
    int64_t places = acrm__int(round, F_draw_round__places), positions = 0;
    char ticket[ACRM_DRAW_HASH_SIZE];
    const acrm__term placed[] = {
        { F_draw_entrant__draw_round_id, ACRM_FILTER_EQ, round->cells[F_ID] },
        { F_draw_entrant__position, ACRM_FILTER_GT, acrm__cell_int(0) },
    };
    int32_t st = acrm__count(call, &(acrm__select){ .entity = "draw_entrant", .terms = placed,
                                                    .n_terms = 2, .as_system = true }, &positions);

    for (size_t i = 0; st == ACRM_OK && i < acrm_draw_picks(draw); i++) {
        const char *id = acrm_draw_pick(draw, i, NULL, ticket), *found = NULL;
        acrm__rec *entrant = NULL;
        st = run_find(call, round, id, &entrant);
        bool same = st == ACRM_OK && entrant &&
                    acrm__int(entrant, F_draw_entrant__position) == (int64_t)i + 1 &&
                    strcmp(acrm__text(entrant, F_draw_entrant__state),
                           (int64_t)i < places ? "winner" : "reserve") == 0;
        if (same) {
            found = acrm__text(entrant, F_draw_entrant__ticket);
            same = found && strcmp(found, ticket) == 0;
        }
        if (st == ACRM_OK && !same && !run_fault(faults, (int64_t)i + 1, found, id))
            st = acrm__nomem(call);
    }
    if (st == ACRM_OK && positions != (int64_t)acrm_draw_picks(draw) &&
        !run_fault(faults, positions, "entries with a position", "fewer or more"))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__draw_verify(acrm__call *call)
{
    acrm_value *faults = acrm__put_list(call->out, "faults");
    char hash[ACRM_DRAW_HASH_SIZE] = "";
    acrm__rec *round = NULL;
    acrm_draw *draw = NULL;
    int32_t st = faults ? acrm__draw_load(call, &round) : acrm__nomem(call);

    if (st == ACRM_OK && strcmp(acrm__text(round, F_draw_round__state), "drawn") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the draw is %s, not drawn",
                        acrm__text(round, F_draw_round__state));
    if (st != ACRM_OK)
        return st;
    const char *list = acrm__text(round, F_draw_round__list_hash);
    st = run_again(call, round, acrm__text(round, F_draw_round__seed), hash, &draw);
    if (st == ACRM_OK)
        st = run_compare(call, round, draw, faults);
    else if (st == ACRM_E_CONFLICT)
        st = run_fault(faults, 0, hash, list) ? ACRM_OK : acrm__nomem(call);
    int64_t entrants = (int64_t)acrm_draw_entrants(draw);
    acrm_draw_free(draw);
    if (st == ACRM_OK && !(acrm__put_bool(call->out, "ok", acrm_value_count(faults) == 0) &&
                           acrm__put_text(call->out, "list_hash", hash) &&
                           acrm__put_int(call->out, "entrants", entrants) &&
                           acrm__put_text(call->out, "algorithm",
                                          acrm__text(round, F_draw_round__algorithm))))
        st = acrm__nomem(call);
    return st;
}
