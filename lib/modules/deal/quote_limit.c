/* SPDX-License-Identifier: MIT */
/* Discounts within the limits of roles, and past them with somebody's approval. */
#include "modules/deal/deal.h"

#include "base/text.h"

static int64_t limit_fraction(const acrm_cell *cell)
{
    int64_t out = 0;

    if (cell->type == ACRM_CELL_TEXT && !acrm__parse_decimal(cell->data, cell->size, 9, &out))
        return -1;
    return out;
}

int32_t acrm__discount_limit_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm__term terms[] = {
        { F_discount_limit__role_id, ACRM_FILTER_EQ, rec->cells[F_discount_limit__role_id] },
        { F_discount_limit__dealer_id, ACRM_FILTER_EQ, rec->cells[F_discount_limit__dealer_id] },
        { F_ID, ACRM_FILTER_NE, rec->cells[F_ID] },
    };
    int64_t rate = limit_fraction(&rec->cells[F_discount_limit__max_rate]);
    acrm__rec *same = NULL;

    (void)before;
    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (rate < 0 || rate > ACRM_DEAL_RATE_SCALE)
        return acrm__fail(call, ACRM_E_INVALID, "range", "max_rate",
                          "max_rate must be 0 to 1 with at most 9 decimals");
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "discount_limit",
        .terms = terms, .n_terms = 3, .as_system = true }, &same);
    if (st == ACRM_OK && same)
        st = acrm__fail(call, ACRM_E_CONFLICT, "unique", "role_id",
                        "the role has such a limit already");
    return st;
}

/* The limit of who acts: of the role at this dealer, else of the role; NULL: none. */
static int32_t limit_of(acrm__call *call, const acrm__rec *quote, acrm__rec **out)
{
    acrm__call system = acrm__deal_system(call);
    const unsigned char *actor = acrm__actor(call);
    acrm__recs limits = { NULL, 0 };
    acrm__rec *user;

    *out = NULL;
    if (!actor)
        return ACRM_OK;
    int32_t st = acrm__load(&system, "user", actor, "user_id", &user);
    if (st != ACRM_OK)
        return st;
    const acrm__term terms[] = {
        { F_discount_limit__role_id, ACRM_FILTER_EQ,
          user->cells[acrm__field_of(user->entity, "role_id")] },
        { F_discount_limit__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    st = acrm__find(&system, &(acrm__select){ .entity = "discount_limit", .terms = terms,
                                              .n_terms = 2, .as_system = true }, &limits);
    for (size_t i = 0; st == ACRM_OK && i < limits.count; i++) {
        acrm__rec *limit = limits.items[i];
        const unsigned char *dealer = acrm__id(limit, F_discount_limit__dealer_id);
        bool own = dealer && acrm__deal_same(dealer, acrm__id(quote, F_quote__dealer_id));
        if (own || (!dealer && !*out))
            *out = limit;
    }
    return st;
}

int32_t acrm__quote_may_give(acrm__call *call, const acrm__rec *quote)
{
    int64_t taken = acrm__int(quote, F_quote__discount_total) +
                    acrm__int(quote, F_quote__rebate_total);
    acrm__rec *limit = NULL;
    int32_t st = taken > 0 ? limit_of(call, quote, &limit) : ACRM_OK;

    if (st != ACRM_OK || !limit)
        return st;
    const acrm_cell *most = &limit->cells[F_discount_limit__max_amount];
    bool same = acrm__cell_equal(&limit->cells[F_discount_limit__currency],
                                 &quote->cells[F_quote__currency]);
    if (limit_fraction(&quote->cells[F_quote__discount_rate]) <=
            limit_fraction(&limit->cells[F_discount_limit__max_rate]) &&
        (most->type != ACRM_CELL_INT || !same || taken <= most->integer))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_DENIED, "discount_limit", "discount_rate",
                      "discounts take %s of what may be discounted, the limit is %s%s: another "
                      "must approve (quote.submit)",
                      acrm__text(quote, F_quote__discount_rate),
                      acrm__text(limit, F_discount_limit__max_rate),
                      most->type == ACRM_CELL_INT && same ? ", and an amount" : "");
}

/* --- Approval --- */

static int32_t limit_set(acrm__call *call, acrm__rec *quote, const char *approval,
                         const char *event)
{
    acrm__set(quote, F_quote__approval, acrm__cell_text(approval));
    if (acrm__arg(call, "note"))
        acrm__set(quote, F_quote__approval_note, acrm__cell_text(acrm__arg_text(call, "note")));
    int32_t st = acrm__update(call, quote);
    if (st == ACRM_OK)
        st = acrm__quote_emit(call, quote, event);
    return st == ACRM_OK ? acrm__render(call, quote, call->out) : st;
}

int32_t acrm__quote_submit(acrm__call *call)
{
    acrm__rec *quote;
    int32_t st = acrm__load_arg(call, "quote", "id", &quote);

    if (st == ACRM_OK)
        st = acrm__quote_need(call, quote, "draft");
    return st == ACRM_OK ? limit_set(call, quote, "needed", "quote.approval_needed") : st;
}

/* Who decides has a limit that covers it, and is not who offers. */
static int32_t limit_decide(acrm__call *call, const char *approval, const char *event)
{
    bool approves = strcmp(approval, "approved") == 0;
    acrm__rec *quote;
    int32_t st = acrm__load_arg(call, "quote", "id", &quote);

    if (st == ACRM_OK)
        st = acrm__quote_need(call, quote, "draft");
    if (st != ACRM_OK)
        return st;
    if (!acrm__deal_is(quote, F_quote__approval, "needed"))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "nobody asked for approval of it");
    if (approves && acrm__actor(call) &&
        acrm__deal_same(acrm__actor(call), acrm__id(quote, F_quote__user_id)))
        return acrm__fail(call, ACRM_E_DENIED, "four_eyes", "id",
                          "who offers may not approve the discount");
    if (approves)
        st = acrm__quote_may_give(call, quote);
    if (st != ACRM_OK)
        return st;
    acrm__set(quote, F_quote__approved_by_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(quote, F_quote__approved_at, acrm__cell_int(call->now));
    return limit_set(call, quote, approval, event);
}

int32_t acrm__quote_approve(acrm__call *call)
{
    return limit_decide(call, "approved", "quote.approved");
}

int32_t acrm__quote_reject(acrm__call *call)
{
    return limit_decide(call, "rejected", "quote.rejected");
}
