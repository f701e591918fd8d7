/* SPDX-License-Identifier: MIT */
/* Who has a part of what a contract pays, and contracts whose period was paid before they came. */
#include "modules/performance/performance.h"

#include "base/json.h"
#include "base/money.h"

#include <string.h>

/* --- As they are written --- */

/* The shares of records of `entity` whose `field` is an id, added to *sum. */
static int32_t part_sum(acrm__call *call, const char *entity, uint32_t field, uint32_t share,
                        const unsigned char of[16], const unsigned char *except, int64_t *sum)
{
    const acrm__term term = { field, ACRM_FILTER_EQ, acrm__cell_id(of) };
    const acrm__select select = { .entity = entity, .terms = &term, .n_terms = 1,
                                  .as_system = true };
    acrm__recs found;
    int64_t part;
    int32_t st = acrm__find(call, &select, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        if (except && memcmp(acrm__id(found.items[i], F_ID), except, 16) == 0)
            continue;
        st = acrm__commission_read_share(call, found.items[i], share, &part);
        *sum += part;
    }
    return st;
}

static int32_t part_fits(acrm__call *call, int32_t st, int64_t sum, const char *field)
{
    return st == ACRM_OK && sum > ACRM__COMMISSION_WHOLE
               ? acrm__fail(call, ACRM_E_INVALID, "range", field, "the parts are more than all")
               : st;
}

int32_t acrm__commission_shares_fit(acrm__call *call, const unsigned char rule[16],
                                    const unsigned char *except, int64_t more)
{
    int32_t st = part_sum(call, "commission_share", F_commission_share__rule_id,
                          F_commission_share__share, rule, except, &more);

    return part_fits(call, st, more, except ? "share" : "manager_share");
}

int32_t acrm__commission_share_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *to = acrm__text(rec, F_commission_share__to);
    const unsigned char *of = acrm__id(rec, F_commission_share__rule_id);
    bool named = to && strcmp(to, "user") == 0;
    int64_t share, managers = 0;
    acrm__rec *rule;

    (void)before;
    if (!of || !acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (named == acrm__is_null(rec, F_commission_share__user_id))
        return acrm__fail(call, ACRM_E_INVALID, named ? "required" : "not_allowed", "user_id",
                          named ? "whose is this share?" : "the lead says whose this share is");
    int32_t st = acrm__commission_read_share(call, rec, F_commission_share__share, &share);
    if (st == ACRM_OK)
        st = acrm__load(call, "commission_rule", of, "rule_id", &rule);
    if (st == ACRM_OK)
        st = acrm__commission_read_share(call, rule, F_commission_rule__manager_share, &managers);
    return st == ACRM_OK ? acrm__commission_shares_fit(call, of, acrm__id(rec, F_ID),
                                                       share + managers)
                         : st;
}

/* What was paid for a contract stays divided as it was. */
static int32_t part_unpaid(acrm__call *call, const unsigned char contract[16])
{
    const acrm__term term = { F_commission_line__sales_contract_id, ACRM_FILTER_EQ,
                              acrm__cell_id(contract) };
    const acrm__select select = { .entity = "commission_line", .terms = &term, .n_terms = 1,
                                  .as_system = true };
    acrm__recs lines;
    acrm__rec *run = NULL;
    int32_t st = acrm__find(call, &select, &lines);

    for (size_t i = 0; st == ACRM_OK && i < lines.count; i++) {
        const acrm__term own = { F_ID, ACRM_FILTER_EQ,
                                 lines.items[i]->cells[F_commission_line__run_id] };
        st = acrm__find_one(call, &(acrm__select){ .entity = "commission_run", .terms = &own,
                                                   .n_terms = 1, .as_system = true }, &run);
        if (st == ACRM_OK && run &&
            strcmp(acrm__text(run, F_commission_run__status), "approved") == 0)
            st = acrm__fail(call, ACRM_E_CONFLICT, "state", "sales_contract_id",
                            "what the contract brings was paid already");
    }
    return st;
}

int32_t acrm__commission_split_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const unsigned char *of = acrm__id(rec, F_commission_split__sales_contract_id);
    int64_t share;

    (void)before;
    int32_t st = of ? part_unpaid(call, of) : ACRM_OK;
    if (st != ACRM_OK || !of || !acrm__is_null(rec, F_DELETED_AT))
        return st;
    st = acrm__commission_read_share(call, rec, F_commission_split__share, &share);
    if (st == ACRM_OK)
        st = part_sum(call, "commission_split", F_commission_split__sales_contract_id,
                      F_commission_split__share, of, acrm__id(rec, F_ID), &share);
    return part_fits(call, st, share, "share");
}

/* --- Contracts that came late --- */

int32_t acrm__commission_late(acrm__call *call, const acrm__rec *contract)
{
    const acrm__term known = { F_commission_late__sales_contract_id, ACRM_FILTER_EQ,
                               contract->cells[F_ID] };
    const acrm__select before = { .entity = "commission_late", .terms = &known, .n_terms = 1 };
    acrm__recs runs = { NULL, 0 };
    acrm__rec *late = NULL;
    const acrm_cell *day = &contract->cells[acrm__field_of(contract->entity, "signed_on")];
    const unsigned char *dealer = acrm__id(contract, acrm__field_of(contract->entity,
                                                                    "dealer_id"));
    const acrm__term terms[] = {
        { F_commission_run__from_date, ACRM_FILTER_LE, *day },
        { F_commission_run__to_date, ACRM_FILTER_GE, *day },
        { F_commission_run__status, ACRM_FILTER_EQ, acrm__cell_text("approved") },
    };
    const acrm__select paid = { .entity = "commission_run", .terms = terms, .n_terms = 3 };
    int32_t st = day->type == ACRM_CELL_INT ? acrm__find(call, &paid, &runs) : ACRM_OK;

    if (st == ACRM_OK && runs.count > 0)
        st = acrm__find_one(call, &before, &late);
    for (size_t i = 0; st == ACRM_OK && !late && i < runs.count; i++) {
        const unsigned char *of = acrm__id(runs.items[i], F_commission_run__dealer_id);
        if (of && !(dealer && memcmp(of, dealer, 16) == 0))
            continue;
        late = acrm__new(call, "commission_late");
        if (!late)
            return acrm__nomem(call);
        acrm__set(late, F_commission_late__sales_contract_id, contract->cells[F_ID]);
        st = acrm__insert(call, late);
    }
    return st;
}

static int32_t part_late(acrm__commission_parts *parts, const acrm__rec *run,
                         const unsigned char *dealer)
{
    acrm__call *call = parts->call;
    acrm_cell takers[] = { acrm__cell_null(), run->cells[F_ID] };
    acrm__select select = { .entity = "commission_late", .as_system = true };
    size_t n = 0;

    select.where = acrm__where_in(call, F_commission_late__run_id, takers, 2);
    int32_t st = select.where ? acrm__find(call, &select, &parts->late) : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && dealer && i < parts->late.count; i++) {
        const unsigned char *id = acrm__id(parts->late.items[i],
                                           F_commission_late__sales_contract_id);
        const acrm__term which = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };
        const acrm__select one = { .entity = "sales_contract", .terms = &which, .n_terms = 1,
                                   .as_system = true };
        acrm__rec *contract = NULL;
        st = acrm__find_one(call, &one, &contract);
        const unsigned char *of = contract ? acrm__id(contract, acrm__field_of(contract->entity,
                                                                               "dealer_id"))
                                           : NULL;
        if (of && memcmp(of, dealer, 16) == 0)
            parts->late.items[n++] = parts->late.items[i];
    }
    if (dealer)
        parts->late.count = n;
    return st;
}

/* --- Dividing --- */

int32_t acrm__commission_parts_of(acrm__call *call, const acrm__rec *run,
                                  const unsigned char *dealer, acrm__commission_parts *out)
{
    const acrm__select shares = { .entity = "commission_share", .as_system = true };

    *out = (acrm__commission_parts){ .call = call };
    int32_t st = acrm__find(call, &shares, &out->shares);
    return st == ACRM_OK ? part_late(out, run, dealer) : st;
}

int32_t acrm__commission_splits(acrm__commission_parts *parts, int32_t from, int32_t to)
{
    acrm__call system = *parts->call;
    acrm__select select = { .entity = "commission_split", .as_system = true };
    acrm__json_fault fault;
    acrm_value *parsed;

    system.as_system = true;
    const char *filter = acrm__arena_format(system.arena, "{\"sales_contract.signed_on\":"
        "{\"$gte\":\"%s\",\"$lte\":\"%s\"}}", acrm__date_text(&system, from),
        acrm__date_text(&system, to));
    if (!filter)
        return acrm__nomem(parts->call);
    int32_t st = acrm__json_read(system.arena, filter, strlen(filter), &parsed, &fault);
    if (st != ACRM_OK)
        return acrm__json_error(system.err, st, &fault);
    st = acrm__filter(&system, acrm__entity_of(&system, "commission_split"), parsed, "where",
                      &select.where);
    return st == ACRM_OK ? acrm__find(&system, &select, &parts->splits) : st;
}

/* The records whose `field` is an id: whose part, how much. */
static int32_t part_collect(acrm__call *call, const acrm__recs *from, uint32_t field,
                            const unsigned char of[16], const acrm__contract *contract,
                            acrm__commission_part out[ACRM__COMMISSION_PARTS], size_t *n)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < from->count; i++) {
        const acrm__rec *rec = from->items[i];
        bool split = strcmp(rec->entity->def->name, "commission_split") == 0;
        const unsigned char *user = acrm__id(rec, split ? F_commission_split__user_id
                                                        : F_commission_share__user_id);
        if (memcmp(acrm__id(rec, field), of, 16) != 0)
            continue;
        if (!user)
            user = contract->has_owner ? contract->owner : contract->user;
        if (*n == ACRM__COMMISSION_PARTS)
            return acrm__fail(call, ACRM_E_LIMIT, "limit", NULL, "more than %d have a part",
                              ACRM__COMMISSION_PARTS);
        acrm__commission_part *part = &out[(*n)++];
        memcpy(part->user, user, 16);
        part->of = split ? "split" : "share";
        st = acrm__commission_read_share(call, rec, split ? F_commission_split__share
                                                          : F_commission_share__share,
                                         &part->share);
    }
    return st;
}

/* Give the parts from `first` on their shares of an amount, and the first of all the rest. */
static bool part_allocate(acrm__commission_part *parts, size_t first, size_t n, int64_t amount)
{
    int64_t weights[ACRM__COMMISSION_PARTS + 1], shares[ACRM__COMMISSION_PARTS + 1];
    size_t count = 1;

    weights[0] = ACRM__COMMISSION_WHOLE;
    for (size_t i = first; i < n; i++) {
        weights[0] -= parts[i].share;
        weights[count++] = parts[i].share;
    }
    if (!acrm__money_allocate(amount, weights, count, shares))
        return false;
    parts[0].amount = shares[0];
    for (size_t i = first; i < n; i++)
        parts[i].amount = shares[1 + i - first];
    return true;
}

int32_t acrm__commission_divide(const acrm__commission_parts *parts, const acrm__rec *rule,
                                const acrm__contract *contract, int64_t pays,
                                acrm__commission_part out[ACRM__COMMISSION_PARTS], size_t *n)
{
    const unsigned char *manager = acrm__id(rule, F_commission_rule__manager_id);
    acrm__call *call = parts->call;
    int32_t st = ACRM_OK;

    out[0] = (acrm__commission_part){ .of = "seller" };
    memcpy(out[0].user, contract->user, 16);
    *n = 1;
    if (manager) {
        out[1] = (acrm__commission_part){ .of = "manager" };
        memcpy(out[1].user, manager, 16);
        st = acrm__commission_read_share(call, rule, F_commission_rule__manager_share,
                                         &out[1].share);
        *n = 2;
    }
    if (st == ACRM_OK)
        st = part_collect(call, &parts->shares, F_commission_share__rule_id,
                          acrm__id(rule, F_ID), contract, out, n);
    size_t own = *n;
    if (st == ACRM_OK)
        st = part_collect(call, &parts->splits, F_commission_split__sales_contract_id,
                          contract->id, contract, out, n);
    if (st != ACRM_OK)
        return st;
    /* First what the rule gives away, then the rest among those who sold together. */
    if (!part_allocate(out, 1, own, pays) || !part_allocate(out, own, *n, out[0].amount))
        return acrm__fail(call, ACRM_E_INVALID, "range", NULL, "the parts are more than all");
    out[0].share = ACRM__COMMISSION_WHOLE;
    for (size_t i = 1; i < *n; i++)
        out[0].share -= i < own ? out[i].share : 0;
    return ACRM_OK;
}
