/* SPDX-License-Identifier: MIT */
/* The list of a draw: who takes part, who is excluded and why, and the list frozen by its hash. */
#include "autocrm/draw.h"
#include "modules/order/allocation.h"
#include "modules/order/order.h"

#include "base/json.h"
#include "kernel/registry.h"

enum { LIST_PAGE = 500, LIST_COMMITS_MAX = ACRM_DRAW_PARTS_MAX };

/* --- Rounds and entries as they are written --- */

static bool list_line(const char *text)
{
    for (const char *p = text; p && *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    return !text || text[0] != '\0'; /* that one is needed is said elsewhere */
}

static int32_t list_json(acrm__call *call, const acrm_cell *cell, acrm_value **out)
{
    acrm__json_fault fault;
    int32_t st;

    *out = NULL;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);
    return st == ACRM_OK ? st : acrm__nomem(call);
}

static int32_t list_check_commits(acrm__call *call, const acrm__rec *rec)
{
    acrm_value *commits = NULL;
    int32_t st = list_json(call, &rec->cells[F_draw_round__commits], &commits);

    if (st != ACRM_OK || !commits)
        return st;
    bool ok = acrm_value_type(commits) == ACRM_LIST &&
              acrm_value_count(commits) <= LIST_COMMITS_MAX;
    for (size_t i = 0; ok && i < acrm_value_count(commits); i++) {
        const char *text = acrm_value_text(acrm_value_at(commits, i), NULL);
        ok = text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
    }
    return ok ? ACRM_OK : acrm__fail(call, ACRM_E_INVALID, "format", "commits",
                                     "commits are up to 64 hashes of 64 small hexadecimal digits");
}

int32_t acrm__draw_round_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    static const uint32_t fixed[] = {
        F_draw_round__name, F_draw_round__places, F_draw_round__reserves, F_draw_round__weighted,
        F_draw_round__eligibility, F_draw_round__once_per, F_draw_round__commits,
        F_draw_round__seed_source,
    };
    const acrm_filter_node *where;
    acrm_value *filter = NULL;
    int32_t st = list_check_commits(call, rec);

    if (st == ACRM_OK && !list_line(acrm__text(rec, F_draw_round__name)))
        st = acrm__fail(call, ACRM_E_INVALID, "format", "name", "name must be one line");
    if (st == ACRM_OK)
        st = list_json(call, &rec->cells[F_draw_round__eligibility], &filter);
    if (st == ACRM_OK && filter)
        st = acrm__filter(call, acrm__entity_of(call, "draw_entrant"), filter, "eligibility",
                          &where);
    if (st != ACRM_OK || !before ||
        strcmp(acrm__text(before, F_draw_round__state), "open") == 0)
        return st;
    if (!acrm__is_null(rec, F_DELETED_AT))
        return acrm__fail(call, ACRM_E_CONFLICT, "frozen", "id", "a frozen draw stays");
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (acrm__changed(rec, fixed[i]))
            return acrm__fail(call, ACRM_E_CONFLICT, "frozen",
                              rec->entity->fields[fixed[i]].def.name,
                              "the draw is frozen: what decides it cannot be changed");
    return ACRM_OK;
}

int32_t acrm__draw_entrant_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rec *round = NULL;
    acrm__term by_id = { F_ID, ACRM_FILTER_EQ, rec->cells[F_draw_entrant__draw_round_id] };

    if (!list_line(acrm__text(rec, F_draw_entrant__entrant)))
        return acrm__fail(call, ACRM_E_INVALID, "format", "entrant",
                          "entrant must be one line without control characters");
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "draw_round", .terms = &by_id,
                                                       .n_terms = 1, .as_system = true }, &round);
    if (st != ACRM_OK || !round)
        return st;
    bool drawn = before && acrm__changed(rec, F_draw_entrant__position);
    if (!drawn && strcmp(acrm__text(round, F_draw_round__state), "open") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "frozen", "draw_round_id",
                          "the list of this draw is frozen");
    return ACRM_OK;
}

int32_t acrm__draw_load(acrm__call *call, acrm__rec **out)
{
    const acrm__term named = { F_draw_round__name, ACRM_FILTER_EQ,
                               acrm__cell_text(acrm__arg_text(call, "name")) };

    if (acrm__arg(call, "id"))
        return acrm__load_arg(call, "draw_round", "id", out);
    if (!acrm__arg(call, "name"))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id", "say which draw: id or name");
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "draw_round", .terms = &named,
                                                       .n_terms = 1 }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", "name", "there is no such draw");
    return st;
}

/* --- Exclusions, page by page --- */

typedef struct list_run {
    acrm__call *call;
    const acrm__rec *round;
    const acrm_filter_node *eligible; /* NULL: all are */
    acrm__arena page;
    int64_t excluded;
} list_run;

static int32_t list_exclude(list_run *run, acrm__rec *entrant, const char *reason)
{
    acrm__set(entrant, F_draw_entrant__state, acrm__cell_text("excluded"));
    acrm__set(entrant, F_draw_entrant__reason, acrm__cell_text(reason));
    run->excluded++;
    return acrm__update(run->call, entrant);
}

/* Those of a page whose field holds one of the page's values, all at once. */
static int32_t list_among(list_run *run, const char *entity, uint32_t field,
                          const acrm__recs *page, uint32_t from, const acrm__term *of,
                          acrm__recs *out)
{
    acrm_cell *values = acrm__arena_alloc(run->call->arena, (page->count + 1) * sizeof *values);
    size_t n = 0;

    *out = (acrm__recs){ NULL, 0 };
    if (!values)
        return acrm__nomem(run->call);
    for (size_t i = 0; i < page->count; i++)
        if (!acrm__is_null(page->items[i], from))
            values[n++] = page->items[i]->cells[from];
    if (n == 0)
        return ACRM_OK;
    const acrm_filter_node *in = acrm__where_in(run->call, field, values, n);
    return in ? acrm__find(run->call, &(acrm__select){ .entity = entity, .terms = of,
                                                       .n_terms = of ? 1 : 0, .where = in,
                                                       .as_system = true }, out)
              : acrm__nomem(run->call);
}

/* Households of a page's customers: of those they head first, then of those they belong to. */
typedef struct list_homes {
    acrm__recs heads, members;
    uint32_t head, who, home, until; /* fields */
} list_homes;

static int32_t list_homes_of(list_run *run, acrm__recs *page, list_homes *out)
{
    const acrm__entity *member = acrm__entity_of(run->call, "household_member");

    *out = (list_homes){ .head = acrm__field_of(acrm__entity_of(run->call, "household"), "head_id"),
                         .who = acrm__field_of(member, "customer_id"),
                         .home = acrm__field_of(member, "household_id"),
                         .until = acrm__field_of(member, "until") };
    if (strcmp(acrm__text(run->round, F_draw_round__once_per), "household") != 0)
        return ACRM_OK;
    int32_t st = list_among(run, "household", out->head, page, F_draw_entrant__customer_id, NULL,
                            &out->heads);
    return st == ACRM_OK ? list_among(run, "household_member", out->who, page,
                                      F_draw_entrant__customer_id, NULL, &out->members) : st;
}

static const acrm_cell *list_home(const list_run *run, const list_homes *homes,
                                  const acrm__rec *entrant)
{
    const acrm_cell *customer = &entrant->cells[F_draw_entrant__customer_id];

    for (size_t i = 0; i < homes->heads.count; i++)
        if (acrm__cell_equal(&homes->heads.items[i]->cells[homes->head], customer))
            return &homes->heads.items[i]->cells[F_ID];
    for (size_t i = 0; i < homes->members.count; i++) {
        const acrm__rec *m = homes->members.items[i];
        if (acrm__cell_equal(&m->cells[homes->who], customer) &&
            (acrm__is_null(m, homes->until) ||
             acrm__int(m, homes->until) >= acrm__today(run->call)))
            return &m->cells[homes->home];
    }
    return NULL;
}

/* Eligible or not, and of which household. */
static int32_t list_first(list_run *run, acrm__recs *page)
{
    const uint32_t household = F_draw_entrant__household_id;
    list_homes homes;
    int32_t st = list_homes_of(run, page, &homes);

    for (size_t i = 0; st == ACRM_OK && i < page->count; i++) {
        acrm__rec *entrant = page->items[i];
        const acrm_cell *home = list_home(run, &homes, entrant);
        bool fits = true;
        if (run->eligible)
            st = acrm__matches(run->call, entrant, run->eligible, &fits);
        if (st == ACRM_OK && !fits)
            st = list_exclude(run, entrant, "not_eligible");
        else if (st == ACRM_OK && home)
            st = acrm__amend(run->call, entrant->entity, acrm__id(entrant, F_ID), &household,
                             home, 1, NULL);
    }
    return st;
}

/* All entries that are not excluded, in order of their ids, in an arena of each page. */
static int32_t list_pages(list_run *run)
{
    acrm__call *call = run->call;
    acrm__arena *arena = call->arena;
    unsigned char last[16] = { 0 };
    size_t count = LIST_PAGE;
    int32_t st = ACRM_OK;

    call->arena = &run->page;
    while (st == ACRM_OK && count == LIST_PAGE) {
        const acrm__term of[] = {
            { F_draw_entrant__draw_round_id, ACRM_FILTER_EQ, run->round->cells[F_ID] },
            { F_draw_entrant__state, ACRM_FILTER_EQ, acrm__cell_text("entered") },
            { F_ID, ACRM_FILTER_GT, acrm__cell_id(last) },
        };
        acrm__recs page = { NULL, 0 };
        st = acrm__find(call, &(acrm__select){ .entity = "draw_entrant", .terms = of,
            .n_terms = 3, .limit = LIST_PAGE, .as_system = true }, &page);
        count = page.count;
        if (st == ACRM_OK && count > 0) {
            memcpy(last, acrm__id(page.items[count - 1], F_ID), 16);
            st = list_first(run, &page);
        }
        if (st == ACRM_OK) /* its events lie in the arena */
            st = acrm__react(call);
        acrm__arena_reset(&run->page);
    }
    call->arena = arena;
    return st;
}

/* --- Once per customer, or per household: of several the first entry stays --- */

/* Entries in order of whose they are, then of their making. */
typedef struct list_twice {
    const acrm_allocator *allocator;
    uint32_t key;           /* the field that says whose */
    unsigned char last[16]; /* whose the row before was */
    bool any, stands;       /* there was one; an entry of the same before it counts */
    unsigned char (*ids)[16]; /* of those that are too many */
    size_t n, cap;
} list_twice;

static int32_t list_twice_add(list_twice *t, const unsigned char *id)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : LIST_PAGE;
        void *grown = acrm__resize(t->allocator, t->ids, t->cap * 16, cap * 16);
        if (!grown)
            return ACRM_E_NOMEM;
        t->ids = grown;
        t->cap = cap;
    }
    memcpy(t->ids[t->n++], id, 16);
    return 0;
}

static bool list_is(const acrm_cell *cell, const char *text)
{
    const acrm_cell other = acrm__cell_text(text);

    return acrm__cell_equal(cell, &other);
}

static int32_t list_twice_row(void *user, const acrm_cell *row, uint32_t n)
{
    list_twice *t = user;
    const acrm_cell *whose = &row[t->key];
    int32_t st = 0;

    (void)n;
    if (whose->type == ACRM_CELL_NULL)
        return 0;
    if (!t->any || memcmp(t->last, whose->data, 16) != 0)
        t->stands = false;
    t->any = true;
    memcpy(t->last, whose->data, 16);
    if (t->stands && list_is(&row[F_draw_entrant__state], "entered"))
        st = list_twice_add(t, row[F_ID].data);
    t->stands = t->stands || !list_is(&row[F_draw_entrant__reason], "not_eligible");
    return st;
}

static int32_t list_twice_find(list_run *run, list_twice *t)
{
    const acrm__entity *entity = acrm__entity_of(run->call, "draw_entrant");
    const acrm__term of[] = {
        { F_draw_entrant__draw_round_id, ACRM_FILTER_EQ, run->round->cells[F_ID] },
        { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    const acrm_order by[] = { { .expression = t->key }, { .expression = F_ID } };
    const acrm_query query = { .struct_size = sizeof query, .table = &entity->table,
                               .where = acrm__where(run->call, of, 2), .order = by, .n_order = 2 };

    int32_t st = query.where ? acrm__query(run->call, &query, list_twice_row, t) : ACRM_E_NOMEM;
    return st == ACRM_E_NOMEM ? acrm__nomem(run->call) : st;
}

static int32_t list_twice_of(list_run *run, uint32_t key, const char *reason)
{
    acrm__call *call = run->call;
    acrm__arena *arena = call->arena;
    list_twice t = { .allocator = &arena->allocator, .key = key };
    int32_t st = list_twice_find(run, &t);

    call->arena = &run->page;
    for (size_t i = 0; st == ACRM_OK && i < t.n; i++) {
        const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(t.ids[i]) };
        acrm__rec *entrant = NULL;
        st = acrm__find_one(call, &(acrm__select){ .entity = "draw_entrant", .terms = &by_id,
                                                   .n_terms = 1, .as_system = true }, &entrant);
        if (st == ACRM_OK && entrant)
            st = list_exclude(run, entrant, reason);
        if (st == ACRM_OK && (i + 1 == t.n || i % LIST_PAGE == LIST_PAGE - 1)) {
            st = acrm__react(call); /* its events lie in the arena */
            acrm__arena_reset(&run->page);
        }
    }
    call->arena = arena;
    acrm__free(t.allocator, t.ids, t.cap * 16);
    return st;
}

static int32_t list_once(list_run *run)
{
    const char *per = acrm__text(run->round, F_draw_round__once_per);
    int32_t st = ACRM_OK;

    if (strcmp(per, "entry") != 0)
        st = list_twice_of(run, F_draw_entrant__customer_id, "customer_twice");
    if (st == ACRM_OK && strcmp(per, "household") == 0)
        st = list_twice_of(run, F_draw_entrant__household_id, "household_twice");
    return st;
}

/* --- Freezing --- */

static int32_t list_add(void *user, const acrm_cell *row)
{
    const acrm_cell *id = &row[F_draw_entrant__entrant];

    return acrm_draw_add(user, id->data, id->size,
                         (uint32_t)row[F_draw_entrant__weight].integer);
}

static int32_t list_hash(acrm__call *call, const acrm__rec *round, char hash[ACRM_DRAW_HASH_SIZE],
                         int64_t *n)
{
    const acrm_draw_options options = { .struct_size = sizeof options,
        .weighted = acrm__int(round, F_draw_round__weighted) != 0 };
    acrm_draw *draw = NULL;
    int32_t st = acrm_draw_new(&call->arena->allocator, &options, &draw, call->err);

    if (st == ACRM_OK)
        st = acrm__draw_each(call, round, list_add, draw);
    if (st == ACRM_OK)
        st = acrm_draw_finish(draw, hash);
    *n = (int64_t)acrm_draw_entrants(draw);
    acrm_draw_free(draw);
    return st;
}

int32_t acrm__draw_freeze(acrm__call *call)
{
    char *hash = acrm__arena_alloc(call->arena, ACRM_DRAW_HASH_SIZE);
    list_run run = { .call = call };
    acrm_value *filter = NULL;
    acrm__rec *round = NULL;
    int64_t n = 0;
    int32_t st = hash ? acrm__draw_load(call, &round) : acrm__nomem(call);

    if (st == ACRM_OK && strcmp(acrm__text(round, F_draw_round__state), "open") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "frozen", "id", "the draw is frozen already");
    if (st == ACRM_OK)
        st = list_json(call, &round->cells[F_draw_round__eligibility], &filter);
    if (st == ACRM_OK && filter)
        st = acrm__filter(call, acrm__entity_of(call, "draw_entrant"), filter, "eligibility",
                          &run.eligible);
    if (st != ACRM_OK)
        return st;
    run.round = round;
    acrm__arena_init(&run.page, &call->arena->allocator);
    if (run.eligible || strcmp(acrm__text(round, F_draw_round__once_per), "household") == 0)
        st = list_pages(&run);
    if (st == ACRM_OK)
        st = list_once(&run);
    acrm__arena_free(&run.page);
    if (st == ACRM_OK)
        st = list_hash(call, round, hash, &n);
    if (st == ACRM_OK && n == 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "empty", "id", "nobody may take part");
    if (st != ACRM_OK)
        return st;
    acrm__set(round, F_draw_round__state, acrm__cell_text("frozen"));
    acrm__set(round, F_draw_round__algorithm, acrm__cell_text(
        acrm_draw_algorithm(acrm__int(round, F_draw_round__weighted) != 0)));
    acrm__set(round, F_draw_round__list_hash, acrm__cell_text(hash));
    acrm__set(round, F_draw_round__entrants, acrm__cell_int(n));
    acrm__set(round, F_draw_round__excluded, acrm__cell_int(run.excluded));
    acrm__set(round, F_draw_round__frozen_at, acrm__cell_int(call->now));
    st = acrm__update(call, round);
    return st == ACRM_OK ? acrm__render(call, round, call->out) : st;
}

/* --- The list as text --- */

typedef struct list_text {
    acrm__call *call;
    acrm__str text;
    bool weighted;
} list_text;

static int32_t list_write(void *user, const acrm_cell *row)
{
    list_text *list = user;

    acrm__str_add(&list->text, row[F_draw_entrant__entrant].data,
                  row[F_draw_entrant__entrant].size);
    if (list->weighted)
        acrm__str_format(&list->text, "\t%lld", (long long)row[F_draw_entrant__weight].integer);
    acrm__str_putc(&list->text, '\n');
    if (list->text.failed)
        return acrm__nomem(list->call);
    if (list->text.len < 65536 || !acrm__has_output(list->call))
        return ACRM_OK;
    int32_t st = acrm__write_output(list->call, list->text.data, list->text.len);
    acrm__str_clear(&list->text);
    return st;
}

int32_t acrm__draw_export(acrm__call *call)
{
    list_text list = { .call = call };
    acrm__rec *round = NULL;
    int32_t st = acrm__draw_load(call, &round);

    if (st == ACRM_OK && strcmp(acrm__text(round, F_draw_round__state), "open") == 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the draw is not frozen yet");
    if (st != ACRM_OK)
        return st;
    list.weighted = acrm__int(round, F_draw_round__weighted) != 0;
    acrm__str_init(&list.text, &call->arena->allocator);
    st = acrm__draw_each(call, round, list_write, &list);
    if (st == ACRM_OK && acrm__has_output(call))
        st = acrm__write_output(call, list.text.data, list.text.len);
    else if (st == ACRM_OK && !acrm__put_textn(call->out, "list", list.text.data, list.text.len))
        st = acrm__nomem(call);
    acrm__str_free(&list.text);
    if (st == ACRM_OK && (!acrm__put_text(call->out, "list_hash",
                                          acrm__text(round, F_draw_round__list_hash)) ||
                          !acrm__put_int(call->out, "entrants",
                                         acrm__int(round, F_draw_round__entrants))))
        st = acrm__nomem(call);
    return st;
}
