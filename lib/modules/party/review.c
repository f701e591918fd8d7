/* SPDX-License-Identifier: MIT */
/* duplicate_candidate: pairs of customers that may be one, until somebody decides. */
#include "modules/party/review.h"

#include "base/json.h"
#include "modules/party/entities.h"

#include <string.h>

/* A pair is kept once, the older customer first; what was merged into one is no pair any more. */
int32_t acrm__party_review_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell a = rec->cells[F_duplicate_candidate__customer_id];
    const acrm_cell b = rec->cells[F_duplicate_candidate__other_id];
    const char *status = acrm__text(rec, F_duplicate_candidate__status);

    (void)call;
    (void)before;
    if (a.type != ACRM_CELL_BLOB || b.type != ACRM_CELL_BLOB)
        return ACRM_OK;
    int order = memcmp(a.data, b.data, 16);
    if (order > 0) {
        acrm__set(rec, F_duplicate_candidate__customer_id, b);
        acrm__set(rec, F_duplicate_candidate__other_id, a);
    }
    if (order == 0 && status && strcmp(status, "open") == 0)
        acrm__set(rec, F_duplicate_candidate__status, acrm__cell_text("merged"));
    return ACRM_OK;
}

static int32_t review_find(acrm__call *call, const unsigned char *a, const unsigned char *b,
                           acrm__rec **out)
{
    bool turned = memcmp(a, b, 16) > 0;
    const acrm__term terms[] = {
        { F_duplicate_candidate__customer_id, ACRM_FILTER_EQ,
          acrm__cell_blob(turned ? b : a, 16) },
        { F_duplicate_candidate__other_id, ACRM_FILTER_EQ, acrm__cell_blob(turned ? a : b, 16) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "duplicate_candidate", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t review_say(acrm__call *call, acrm__rec *rec, const acrm__verdict *verdict)
{
    acrm_value *signs = acrm__value_in(call->arena);
    acrm__str text;

    if (!signs || acrm_value_set_list(signs) != ACRM_OK || !acrm__verdict_explain(verdict, signs))
        return acrm__nomem(call);
    acrm__str_init(&text, &call->arena->allocator);
    (void)acrm__json_write(&text, signs, 0);
    const char *kept = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!kept)
        return acrm__nomem(call);
    acrm__set(rec, F_duplicate_candidate__score, acrm__cell_int(verdict->score));
    acrm__set(rec, F_duplicate_candidate__automatic, acrm__cell_int(verdict->automatic));
    acrm__set(rec, F_duplicate_candidate__rule, acrm__cell_text(verdict->rule->name));
    acrm__set(rec, F_duplicate_candidate__signs, acrm__cell_text(kept));
    return ACRM_OK;
}

int32_t acrm__review_put(acrm__call *call, const unsigned char a[16], const unsigned char b[16],
                         const acrm__verdict *verdict, int32_t *outcome)
{
    acrm__rec *rec = NULL;

    int32_t st = review_find(call, a, b, &rec);
    *outcome = ACRM__REVIEW_KNOWN;
    if (st != ACRM_OK)
        return st;
    if (rec) {
        const char *status = acrm__text(rec, F_duplicate_candidate__status);
        int64_t version = acrm__int(rec, F_VERSION);
        if (strcmp(status, "rejected") == 0)
            return ACRM_OK;
        /* Two live customers are merged no more: the merge was undone. */
        acrm__set(rec, F_duplicate_candidate__status, acrm__cell_text("open"));
        st = review_say(call, rec, verdict);
        if (st == ACRM_OK)
            st = acrm__update(call, rec);
        if (st == ACRM_OK && acrm__int(rec, F_VERSION) != version)
            *outcome = ACRM__REVIEW_CHANGED;
        return st;
    }
    rec = acrm__new(call, "duplicate_candidate");
    unsigned char *ids = acrm__arena_alloc(call->arena, 32);
    if (!rec || !ids)
        return acrm__nomem(call);
    memcpy(ids, a, 16);
    memcpy(ids + 16, b, 16);
    acrm__set(rec, F_duplicate_candidate__customer_id, acrm__cell_blob(ids, 16));
    acrm__set(rec, F_duplicate_candidate__other_id, acrm__cell_blob(ids + 16, 16));
    acrm__set(rec, F_duplicate_candidate__found_at, acrm__cell_int(call->now));
    *outcome = ACRM__REVIEW_ADDED;
    st = review_say(call, rec, verdict);
    return st == ACRM_OK ? acrm__insert(call, rec) : st;
}

/* --- Deciding --- */

static int32_t review_load(acrm__call *call, const char *status, acrm__rec **out)
{
    int32_t st = acrm__load_arg(call, "duplicate_candidate", "id", out);

    if (st != ACRM_OK || strcmp(acrm__text(*out, F_duplicate_candidate__status), status) == 0)
        return st;
    return acrm__fail(call, ACRM_E_CONFLICT, "status", "id", "this pair is %s, not %s",
                      acrm__text(*out, F_duplicate_candidate__status), status);
}

static int32_t review_decide(acrm__call *call, acrm__rec *rec, const char *status)
{
    const char *note = acrm__arg_text(call, "note");
    bool open = strcmp(status, "open") == 0;

    acrm__set(rec, F_duplicate_candidate__status, acrm__cell_text(status));
    acrm__set(rec, F_duplicate_candidate__decided_at,
              open ? acrm__cell_null() : acrm__cell_int(call->now));
    acrm__set(rec, F_duplicate_candidate__decided_by_id,
              open ? acrm__cell_null() : acrm__cell_id(acrm__actor(call)));
    if (note)
        acrm__set(rec, F_duplicate_candidate__note, acrm__cell_text(note));
    int32_t st = acrm__update(call, rec);
    if (st != ACRM_OK)
        return st;
    acrm_value *out = acrm_value_put(call->out, "record");
    return out ? acrm__render(call, rec, out) : acrm__nomem(call);
}

int32_t acrm__party_review_reject(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = review_load(call, "open", &rec);

    return st == ACRM_OK ? review_decide(call, rec, "rejected") : st;
}

int32_t acrm__party_review_reopen(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = review_load(call, "rejected", &rec);

    return st == ACRM_OK ? review_decide(call, rec, "open") : st;
}

static int32_t review_merge(acrm__call *call, const unsigned char *survivor,
                            const unsigned char *other, acrm_value **out)
{
    acrm_value *args = acrm__value_in(call->arena);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "id", acrm__id_text(call, survivor));
    acrm_value *others = ok ? acrm__put_list(args, "others") : NULL;

    if (!others || !acrm__add_text(others, acrm__id_text(call, other)))
        return acrm__nomem(call);
    return acrm__run(call, "customer.merge", args, out);
}

int32_t acrm__party_review_accept(acrm__call *call)
{
    acrm__rec *rec = NULL;
    acrm_value *merged = NULL;
    unsigned char survivor[16];

    int32_t st = review_load(call, "open", &rec);
    if (st != ACRM_OK)
        return st;
    const unsigned char *a = acrm__id(rec, F_duplicate_candidate__customer_id);
    const unsigned char *b = acrm__id(rec, F_duplicate_candidate__other_id);
    if (!acrm__arg_id(call, "survivor_id", survivor))
        memcpy(survivor, a, 16);
    bool first = memcmp(survivor, a, 16) == 0;
    if (!first && memcmp(survivor, b, 16) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "survivor_id",
                          "survivor_id must be one of the two customers");
    st = review_decide(call, rec, "merged"); /* first: the merge moves what refers to them */
    if (st == ACRM_OK)
        st = review_merge(call, first ? a : b, first ? b : a, &merged);
    if (st == ACRM_OK && !acrm__put_value(call->out, "merge", merged))
        st = acrm__nomem(call);
    return st;
}
