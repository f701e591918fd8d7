/* SPDX-License-Identifier: MIT */
/*
 * One template to many customers: they are gone through in order of their ids, a page in a
 * transaction, which also keeps the last id. So a run that was broken off goes on where it ended,
 * and nobody gets the message twice.
 */
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <stdlib.h>
#include <string.h>

enum { RUN_PAGE = ACRM__APPEND_ROWS * 4, RUN_IDS_MAX = 10000 };

typedef struct run {
    acrm__rec *rec;
    const char *code, *channel;
    acrm__composer *composer;
    const acrm_value *values;
    acrm__rec *snapshot;           /* NULL: not of one */
    const acrm_filter_node *where; /* NULL: not by a filter */
    unsigned char *ids;            /* in order; NULL: no list */
    size_t n_ids;
    unsigned char after[16];       /* the last customer */
    bool began, at_local_time, done;
    int64_t left, came;
} run;

/* A page: who comes next, and what is known of them. */
typedef struct run_page {
    acrm_cell *ids;
    size_t n;
    acrm__recs customers, points, before, preferences;
} run_page;

/* --- Whom --- */

static int run_order(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static int32_t run_list(acrm__call *call, const acrm_value *list, run *r)
{
    size_t n = acrm_value_count(list), kept = 0;

    if (n > RUN_IDS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "customer_ids",
                          "at most %d customers are named at once; take a segment", RUN_IDS_MAX);
    r->ids = acrm__arena_array(call->arena, n + 1, 16);
    if (!r->ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++) {
        size_t len = 0;
        const char *text = acrm_value_text(acrm_value_at(list, i), &len);
        if (!text || !acrm__uuid_parse(text, len, r->ids + 16 * i))
            return acrm__fail(call, ACRM_E_INVALID, "format", "customer_ids",
                              "customer_ids must be a list of ids");
    }
    qsort(r->ids, n, 16, run_order);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || memcmp(r->ids + 16 * (kept - 1), r->ids + 16 * i, 16) != 0)
            memmove(r->ids + 16 * kept++, r->ids + 16 * i, 16);
    r->n_ids = kept;
    return ACRM_OK;
}

static int32_t run_segment(acrm__call *call, run *r)
{
    acrm__rec *segment = NULL;
    acrm_value *filter = NULL;
    acrm__json_fault fault;
    int32_t st = acrm__load_arg(call, "segment", "segment_id", &segment);

    if (st != ACRM_OK)
        return st;
    const char *text = acrm__text(segment, acrm__field_of(segment->entity, "filter"));
    if (acrm__json_read(call->arena, text, strlen(text), &filter, &fault) != ACRM_OK)
        return acrm__nomem(call);
    return acrm__filter(call, acrm__entity_of(call, "customer"), filter, "filter", &r->where);
}

static int32_t run_whom(acrm__call *call, run *r)
{
    static const char *const ways[] = { "snapshot_id", "segment_id", "where", "customer_ids" };
    int32_t given = 0, st = ACRM_OK;

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        given += acrm__arg(call, ways[i]) != NULL;
    if (given != 1)
        return acrm__fail(call, ACRM_E_INVALID, "required", "snapshot_id",
                          "say to whom: one of snapshot_id, segment_id, where and customer_ids");
    if (acrm__arg(call, "snapshot_id"))
        st = acrm__load_arg(call, "segment_snapshot", "snapshot_id", &r->snapshot);
    else if (acrm__arg(call, "segment_id"))
        st = run_segment(call, r);
    else if (acrm__arg(call, "where"))
        st = acrm__filter(call, acrm__entity_of(call, "customer"), acrm__arg(call, "where"),
                          "where", &r->where);
    else
        st = run_list(call, acrm__arg(call, "customer_ids"), r);
    return st;
}

/* --- The run itself --- */

/* What was asked for, as text: it must be the same when the run goes on. */
static const char *run_args(acrm__call *call)
{
    static const char *const kept[] = { "channel", "template", "snapshot_id", "segment_id",
                                        "where", "customer_ids", "values", "not_before",
                                        "expires_after", "local_time", "priority",
                                        "allow_missing" };
    acrm_value *map = acrm__value_in(call->arena);
    acrm__str text;
    bool ok = map && acrm_value_set_map(map) == ACRM_OK;

    for (size_t i = 0; ok && i < sizeof kept / sizeof kept[0]; i++)
        if (acrm__arg(call, kept[i]))
            ok = acrm__put_value(map, kept[i], acrm__arg(call, kept[i]));
    acrm__str_init(&text, &call->arena->allocator);
    if (ok)
        acrm__json_write(&text, map, 0);
    const char *out = ok && !text.failed ? acrm__arena_text(call->arena, text.data, text.len)
                                         : NULL;
    acrm__str_free(&text);
    return out;
}

static int32_t run_find(acrm__call *call, const char *code, acrm__rec **out)
{
    const acrm__term named = { F_message_run__code, ACRM_FILTER_EQ, acrm__cell_text(code) };

    return acrm__find_one(call, &(acrm__select){ .entity = "message_run", .terms = &named,
                                                 .n_terms = 1 }, out);
}

static int32_t run_begin(acrm__call *call, run *r)
{
    const char *code = acrm__arg_text(call, "run"), *args = run_args(call);
    int32_t st = args ? run_find(call, code, &r->rec) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    if (r->rec && strcmp(acrm__text(r->rec, F_message_run__args), args) != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "other_run", "run",
                          "the run %.100s was begun for something else; give another name", code);
    if (r->rec)
        return ACRM_OK;
    r->rec = acrm__new(call, "message_run");
    if (!r->rec)
        return acrm__nomem(call);
    acrm__set(r->rec, F_message_run__code, acrm__cell_text(code));
    acrm__set(r->rec, F_message_run__template, acrm__cell_text(acrm__arg_text(call, "template")));
    acrm__set(r->rec, F_message_run__channel, acrm__cell_text(acrm__arg_text(call, "channel")));
    acrm__set(r->rec, F_message_run__args, acrm__cell_text(args));
    acrm__set(r->rec, F_message_run__owner_id, acrm__cell_id(acrm__actor(call)));
    return acrm__insert(call, r->rec);
}

static bool run_is_done(const run *r)
{
    return strcmp(acrm__text(r->rec, F_message_run__state), "done") == 0;
}

/* --- A page --- */

/* The ids of a page, of a column of records. */
static int32_t run_take(acrm__call *call, const acrm__recs *from, uint32_t field, run_page *page)
{
    page->ids = acrm__arena_array(call->arena, from->count + 1, sizeof *page->ids);
    if (!page->ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < from->count; i++)
        page->ids[page->n++] = from->items[i]->cells[field];
    return ACRM_OK;
}

static int32_t run_next(acrm__call *call, run *r, uint32_t most, run_page *page)
{
    const acrm__entity *member = acrm__entity_of(call, "segment_member");
    uint32_t customer = acrm__field_of(member, "customer_id");
    const acrm__term behind = { F_ID, ACRM_FILTER_GT, acrm__cell_id(r->after) };
    acrm__recs found = { NULL, 0 };
    size_t i = 0;
    int32_t st = ACRM_OK;

    if (r->where) {
        st = acrm__find(call, &(acrm__select){ .entity = "customer", .terms = &behind,
            .n_terms = r->began ? 1 : 0, .where = r->where, .limit = most }, &found);
        page->customers = found;
        return st == ACRM_OK ? run_take(call, &found, F_ID, page) : st;
    }
    if (r->snapshot) {
        const acrm__term terms[] = {
            { acrm__field_of(member, "snapshot_id"), ACRM_FILTER_EQ, r->snapshot->cells[F_ID] },
            { customer, ACRM_FILTER_GT, behind.value },
        };
        st = acrm__find(call, &(acrm__select){ .entity = "segment_member", .terms = terms,
            .n_terms = r->began ? 2 : 1, .order = customer, .limit = most, .as_system = true },
            &found);
        return st == ACRM_OK ? run_take(call, &found, customer, page) : st;
    }
    page->ids = acrm__arena_array(call->arena, (size_t)most + 1, sizeof *page->ids);
    if (!page->ids)
        return acrm__nomem(call);
    while (r->began && i < r->n_ids && memcmp(r->ids + 16 * i, r->after, 16) <= 0)
        i++;
    for (; i < r->n_ids && page->n < most; i++)
        page->ids[page->n++] = acrm__cell_id(r->ids + 16 * i);
    return ACRM_OK;
}

static int32_t run_find_in(acrm__call *call, const char *entity, const char *field,
                           const acrm_filter_node *also, const run_page *page, acrm__recs *out)
{
    uint32_t by = acrm__field_of(acrm__entity_of(call, entity), field);
    const acrm_filter_node *in = acrm__where_in(call, by, page->ids, page->n);
    const acrm_filter_node *where = acrm__and(call, in, also);

    return in && where ? acrm__find(call, &(acrm__select){ .entity = entity, .where = where,
                                        .order = by, .as_system = by != F_ID }, out)
                       : acrm__nomem(call);
}

static const char *run_key(acrm__call *call, const run *r, const acrm_cell *customer)
{
    const char *id = acrm__id_text(call, customer->data);

    return id ? acrm__arena_format(call->arena, "%s:%s", acrm__text(r->rec, F_message_run__code),
                                   id)
              : NULL;
}

/* Who has the message already: one that another was merged into. */
static int32_t run_before(acrm__call *call, const run *r, run_page *page)
{
    const acrm__term of = { F_message__run_id, ACRM_FILTER_EQ, r->rec->cells[F_ID] };
    const acrm_filter_node *who = acrm__where_in(call, F_message__customer_id, page->ids,
                                                 page->n);

    return who ? acrm__find(call, &(acrm__select){ .entity = "message", .terms = &of,
                                .n_terms = 1, .where = who, .order = F_message__customer_id,
                                .as_system = true }, &page->before)
               : acrm__nomem(call);
}

static int32_t run_facts(acrm__call *call, const run *r, run_page *page)
{
    const acrm_filter_node *usable = acrm__message_point_terms(call, r->channel);
    int32_t st = usable ? ACRM_OK : acrm__nomem(call);

    if (st == ACRM_OK && !r->where)
        st = run_find_in(call, "customer", "id", NULL, page, &page->customers);
    if (st == ACRM_OK && acrm__message_point_kind(r->channel))
        st = run_find_in(call, "contact_point", "customer_id", usable, page, &page->points);
    if (st == ACRM_OK && r->at_local_time)
        st = run_find_in(call, "preference", "customer_id", NULL, page, &page->preferences);
    return st == ACRM_OK ? run_before(call, r, page) : st;
}

/* Those of a customer among records in order of one. */
static acrm__recs run_of(const acrm__recs *all, uint32_t field, const acrm_cell *customer)
{
    acrm__recs out = { NULL, 0 };
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(acrm__id(all->items[middle], field), customer->data, 16) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    out.items = all->items + low;
    while (low + out.count < all->count &&
           memcmp(acrm__id(all->items[low + out.count], field), customer->data, 16) == 0)
        out.count++;
    return out;
}

static uint32_t run_field(acrm__call *call, const char *entity)
{
    return acrm__field_of(acrm__entity_of(call, entity), "customer_id");
}

static void run_count(run *r, uint32_t field)
{
    acrm__set(r->rec, field, acrm__cell_int(acrm__int(r->rec, field) + 1));
}

static int32_t run_text(acrm__call *call, run *r, acrm__rec *rec, const acrm__rec *customer)
{
    acrm__composed text = { .body = NULL };
    int32_t st = acrm__composer_write(call, r->composer, r->code, NULL, customer, r->values,
                                      &text);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_message__purpose, acrm__cell_text(text.purpose));
    acrm__set(rec, F_message__template_id, text.template_->cells[F_ID]);
    acrm__set(rec, F_message__transactional, acrm__cell_int(text.transactional));
    acrm__set(rec, F_message__subject, acrm__cell_text(text.subject));
    acrm__set(rec, F_message__body, acrm__cell_text(text.body));
    acrm__set(rec, F_message__html, acrm__cell_int(text.html));
    acrm__set(rec, F_message__language, acrm__cell_text(text.language));
    if (acrm_value_count(text.missing) == 0 || acrm__arg_bool(call, "allow_missing", false))
        return ACRM_OK;
    const char *name = acrm_value_text(acrm_value_at(text.missing, 0), NULL);
    const char *reason = acrm__arena_format(call->arena, "missing %.100s", name);
    acrm__set(rec, F_message__status, acrm__cell_text("refused"));
    acrm__set(rec, F_message__reason, acrm__cell_text(reason));
    run_count(r, F_message_run__missing);
    return reason ? ACRM_OK : acrm__nomem(call);
}

static int32_t run_message(acrm__call *call, run *r, const run_page *page,
                           const acrm__rec *customer, acrm__rec **out)
{
    acrm__recs points = run_of(&page->points, run_field(call, "contact_point"),
                               &customer->cells[F_ID]);
    const acrm__rec *point = acrm__message_best_point(points.items, points.count);
    acrm__rec *rec = acrm__new(call, "message");
    const char *key = run_key(call, r, &customer->cells[F_ID]);
    acrm__recs own = run_of(&page->preferences, run_field(call, "preference"),
                            &customer->cells[F_ID]);

    if (!rec || !key)
        return acrm__nomem(call);
    acrm__set(rec, F_message__customer_id, customer->cells[F_ID]);
    acrm__set(rec, F_message__at, acrm__cell_int(call->now));
    acrm__set(rec, F_message__channel, acrm__cell_text(r->channel));
    acrm__set(rec, F_message__priority, acrm__cell_int(acrm__arg_int(call, "priority", 5)));
    acrm__set(rec, F_message__run_id, r->rec->cells[F_ID]);
    acrm__set(rec, F_message__idempotency, acrm__cell_text(key));
    acrm__set(rec, F_message__status, acrm__cell_text("queued"));
    int32_t st = acrm__message_when(call, rec, own.count ? own.items[0] : NULL, point, customer);
    if (st == ACRM_OK)
        st = run_text(call, r, rec, customer);
    acrm__references_see(call, customer, call->as_system);
    if (point)
        acrm__references_see(call, point, call->as_system);
    bool whole = st == ACRM_OK && acrm__is_null(rec, F_message__reason);
    if (point) {
        acrm__set(rec, F_message__contact_point_id, point->cells[F_ID]);
        acrm__set(rec, F_message__recipient,
                  acrm__cell_text(acrm__message_recipient(point, r->channel)));
    } else if (whole) {
        acrm__set(rec, F_message__status, acrm__cell_text("refused"));
        acrm__set(rec, F_message__reason, acrm__cell_text("address"));
        run_count(r, F_message_run__no_address);
    }
    if (whole && point)
        run_count(r, F_message_run__ordered);
    *out = rec;
    return st;
}

static int32_t run_write(acrm__call *call, run *r, const run_page *page)
{
    acrm__rec *recs[ACRM__APPEND_ROWS];
    size_t n = 0;
    int32_t st = acrm__gather(call);

    for (size_t i = 0; st == ACRM_OK && i < page->customers.count; i++) {
        const acrm__rec *customer = page->customers.items[i];
        if (!acrm__is_null(customer, acrm__field_of(customer->entity, "erased_at")))
            continue; /* nobody is left to write to */
        if (run_of(&page->before, F_message__customer_id, &customer->cells[F_ID]).count) {
            run_count(r, F_message_run__had_already);
            continue;
        }
        st = run_message(call, r, page, customer, &recs[n]);
        if (st == ACRM_OK && ++n == ACRM__APPEND_ROWS) {
            st = acrm__insert_many(call, recs, n);
            n = 0;
        }
    }
    return st == ACRM_OK ? acrm__insert_many(call, recs, n) : st;
}

/* The next page, in a transaction. Another process may have gone on with the run meanwhile. */
static int32_t run_step(acrm__call *call, run *r)
{
    uint32_t most = r->left < RUN_PAGE ? (uint32_t)r->left : RUN_PAGE;
    run_page page = { .n = 0 };
    int32_t st = run_begin(call, r);

    if (st != ACRM_OK || run_is_done(r)) {
        r->done = st == ACRM_OK;
        return st;
    }
    r->began = !acrm__is_null(r->rec, F_message_run__after_id);
    if (r->began)
        memcpy(r->after, acrm__id(r->rec, F_message_run__after_id), sizeof r->after);
    st = run_next(call, r, most, &page);
    if (st == ACRM_OK && page.n > 0)
        st = run_facts(call, r, &page);
    if (st == ACRM_OK && page.n > 0)
        st = run_write(call, r, &page);
    if (st == ACRM_OK && page.n > 0)
        acrm__set(r->rec, F_message_run__after_id, page.ids[page.n - 1]);
    r->done = page.n < most;
    if (r->done)
        acrm__set(r->rec, F_message_run__state, acrm__cell_text("done"));
    r->left -= (int64_t)page.n;
    r->came += (int64_t)page.n;
    return st == ACRM_OK ? acrm__update(call, r->rec) : st;
}

/* Each page in memory of its own. */
static int32_t run_pages(acrm__call *call, run *r)
{
    acrm__call page = *call;
    acrm__arena arena;
    int32_t st = ACRM_OK;

    acrm__arena_init(&arena, &call->session->engine->allocator);
    page.arena = &arena;
    while (st == ACRM_OK && !r->done && r->left > 0) {
        st = acrm__begin(&page);
        if (st != ACRM_OK)
            break;
        st = run_step(&page, r);
        if (st == ACRM_OK)
            st = acrm__commit(&page);
        else
            acrm__rollback(&page);
        acrm__arena_reset(&arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "messages", r->came, 0);
    }
    acrm__arena_free(&arena);
    return st;
}

static int32_t run_open(acrm__call *call, run *r)
{
    *r = (run){ .code = acrm__arg_text(call, "template"),
                .channel = acrm__arg_text(call, "channel"), .values = acrm__arg(call, "values"),
                .left = acrm__arg_int(call, "limit", INT64_MAX),
                .at_local_time = acrm__arg(call, "local_time") != NULL };
    int32_t st = run_whom(call, r);

    return st == ACRM_OK ? acrm__composer_open(call, r->code, r->channel, &r->composer) : st;
}

/* --- Who would lack what --- */

enum { RUN_NAMES_MAX = 64, RUN_SAMPLES = 5 };

typedef struct run_lacks {
    struct {
        const char *name;
        int64_t customers;
        char ids[RUN_SAMPLES][37]; /* of the first of them */
    } names[RUN_NAMES_MAX];
    size_t n;
    int64_t checked, no_address, lacking;
} run_lacks;

/* One more customer for whom there is no value; `arena` outlives the page. */
static int32_t run_lacks_name(acrm__call *call, acrm__arena *arena, run_lacks *l,
                              const char *name, const acrm__rec *customer)
{
    size_t i = 0;

    while (i < l->n && strcmp(l->names[i].name, name) != 0)
        i++;
    if (i == RUN_NAMES_MAX)
        return ACRM_OK;
    if (i == l->n) {
        l->names[i].name = acrm__arena_text(arena, name, strlen(name));
        if (!l->names[l->n++].name)
            return acrm__nomem(call);
    }
    if (l->names[i].customers < RUN_SAMPLES)
        acrm__uuid_print(acrm__id(customer, F_ID), l->names[i].ids[l->names[i].customers]);
    l->names[i].customers++;
    return ACRM_OK;
}

static int32_t run_look(acrm__call *call, acrm__arena *arena, run *r, const run_page *page,
                        run_lacks *l)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < page->customers.count; i++) {
        const acrm__rec *customer = page->customers.items[i];
        acrm__composed text = { .body = NULL };
        st = acrm__composer_write(call, r->composer, r->code, NULL, customer, r->values, &text);
        if (st != ACRM_OK)
            return st;
        l->checked++;
        l->lacking += acrm_value_count(text.missing) > 0;
        l->no_address += run_of(&page->points, run_field(call, "contact_point"),
                                &customer->cells[F_ID]).count == 0;
        for (size_t k = 0; st == ACRM_OK && k < acrm_value_count(text.missing); k++)
            st = run_lacks_name(call, arena, l,
                                acrm_value_text(acrm_value_at(text.missing, k), NULL), customer);
    }
    return st;
}

static int32_t run_look_pages(acrm__call *call, run *r, run_lacks *l)
{
    const acrm_filter_node *usable = acrm__message_point_terms(call, r->channel);
    acrm__call within = *call;
    acrm__arena arena;
    bool more = true;
    int32_t st = usable ? ACRM_OK : acrm__nomem(call);

    acrm__arena_init(&arena, &call->session->engine->allocator);
    within.arena = &arena;
    while (st == ACRM_OK && more && r->left > 0) {
        run_page page = { .n = 0 };
        uint32_t most = r->left < RUN_PAGE ? (uint32_t)r->left : RUN_PAGE;
        st = run_next(&within, r, most, &page);
        more = page.n == most;
        if (st == ACRM_OK && page.n > 0 && !r->where)
            st = run_find_in(&within, "customer", "id", NULL, &page, &page.customers);
        if (st == ACRM_OK && page.n > 0 && acrm__message_point_kind(r->channel))
            st = run_find_in(&within, "contact_point", "customer_id", usable, &page,
                             &page.points);
        if (st == ACRM_OK && page.n > 0)
            st = run_look(&within, call->arena, r, &page, l);
        if (page.n > 0)
            memcpy(r->after, page.ids[page.n - 1].data, sizeof r->after);
        r->began = true;
        r->left -= (int64_t)page.n;
        acrm__arena_reset(&arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "customers", l->checked, 0);
    }
    acrm__arena_free(&arena);
    return st;
}

int32_t acrm__message_check_many(acrm__call *call)
{
    run_lacks *l = acrm__arena_zero(call->arena, sizeof *l);
    run r;
    int32_t st = l ? run_open(call, &r) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = run_look_pages(call, &r, l);
    if (l && r.composer)
        acrm__composer_close(r.composer);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_int(call->out, "checked", l->checked) &&
              acrm__put_int(call->out, "lacking", l->lacking) &&
              acrm__put_int(call->out, "no_address", l->no_address);
    acrm_value *items = ok ? acrm__put_list(call->out, "items") : NULL;
    for (size_t i = 0; items && ok && i < l->n; i++) {
        acrm_value *item = acrm__add_map(items), *ids = NULL;
        ok = item && acrm__put_text(item, "name", l->names[i].name) &&
             acrm__put_int(item, "customers", l->names[i].customers);
        ids = ok ? acrm__put_list(item, "ids") : NULL;
        ok = ids != NULL;
        for (int64_t k = 0; ok && k < RUN_SAMPLES && k < l->names[i].customers; k++)
            ok = acrm__add_text(ids, l->names[i].ids[k]);
    }
    return items && ok ? ACRM_OK : acrm__nomem(call);
}

/* --- Ordering --- */

int32_t acrm__message_send_many(acrm__call *call)
{
    run r;
    int32_t st = acrm__transaction_begin(call, false);

    if (st != ACRM_OK)
        return st;
    st = run_open(call, &r);
    acrm__transaction_rollback(call->session);
    if (st == ACRM_OK)
        st = run_pages(call, &r);
    if (r.composer)
        acrm__composer_close(r.composer);
    if (st != ACRM_OK)
        return st;
    st = acrm__transaction_begin(call, false);
    if (st == ACRM_OK)
        st = run_find(call, acrm__arg_text(call, "run"), &r.rec);
    if (st == ACRM_OK)
        st = acrm__render(call, r.rec, call->out);
    acrm__transaction_rollback(call->session);
    return st;
}
