/* SPDX-License-Identifier: MIT */
/* Signatures: one document for all who sign, and what follows when the last one has. */
#include "modules/deal/deal.h"

static int32_t sign_parties(acrm__call *call, const acrm__rec *contract, acrm__recs *out)
{
    const acrm__term of = { F_contract_party__sales_contract_id, ACRM_FILTER_EQ,
                            contract->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "contract_party", .terms = &of,
                                             .n_terms = 1, .as_system = true }, out);
}

static bool sign_must(const acrm__rec *party)
{
    return acrm__deal_is(party, F_contract_party__role, "buyer") ||
           acrm__deal_is(party, F_contract_party__role, "co_buyer") ||
           acrm__deal_is(party, F_contract_party__role, "guarantor");
}

/* What must be received before anybody signs. */
static int32_t sign_guarantees(acrm__call *call, const acrm__rec *contract)
{
    const acrm__term terms[] = {
        { F_contract_guarantee__sales_contract_id, ACRM_FILTER_EQ, contract->cells[F_ID] },
        { F_contract_guarantee__state, ACRM_FILTER_EQ, acrm__cell_text("received") },
    };
    int64_t wanted = acrm__int(contract, F_sales_contract__guarantee_required), sum = 0;
    acrm__recs found = { NULL, 0 };
    int32_t st = ACRM_OK;

    if (wanted > 0)
        st = acrm__find(call, &(acrm__select){ .entity = "contract_guarantee", .terms = terms,
                                               .n_terms = 2, .as_system = true }, &found);
    for (size_t i = 0; i < found.count; i++)
        if (!acrm__deal_past(call, found.items[i], F_contract_guarantee__valid_until))
            sum += acrm__int(found.items[i], F_contract_guarantee__amount);
    if (st == ACRM_OK && sum < wanted)
        st = acrm__fail(call, ACRM_E_CONFLICT, "guarantee", "guarantee_required",
                        "guarantees of the amount required were not received yet");
    return st;
}

/* The document that all sign, made once. */
static int32_t sign_document(acrm__call *call, acrm__rec *contract)
{
    const char *hash = NULL;
    int32_t st = ACRM_OK;

    if (!acrm__is_null(contract, F_sales_contract__document_hash))
        return ACRM_OK;
    st = sign_guarantees(call, contract);
    if (st == ACRM_OK)
        st = acrm__contract_document(call, contract, &hash);
    if (st == ACRM_OK)
        acrm__set(contract, F_sales_contract__document_hash, acrm__cell_text(hash));
    return st == ACRM_OK ? acrm__update(call, contract) : st;
}

static int32_t sign_load(acrm__call *call, acrm__rec **out)
{
    int32_t st = acrm__load_arg(call, "sales_contract", "id", out);

    if (st == ACRM_OK && !acrm__deal_is(*out, F_sales_contract__status, "draft"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the contract is %s",
                        acrm__text(*out, F_sales_contract__status));
    return st;
}

/* --- Asked for --- */

static int32_t sign_connector(acrm__call *call, const acrm__rec *contract,
                              const acrm_value *parties)
{
    const char *connector = acrm__arg_text(call, "connector");
    acrm__call system = acrm__deal_system(call);
    acrm_value *args = acrm__deal_map(call), *out = NULL;
    acrm_value *body = args ? acrm__put_map(args, "body") : NULL;
    acrm__rec *document = NULL;

    if (!connector)
        return ACRM_OK;
    int32_t st = body ? acrm__document_kept(call, acrm__id(contract, F_ID), &document)
                      : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    const char *id = acrm__id_text(call, acrm__id(contract, F_ID));
    bool ok = acrm__put_text(args, "connector", connector) &&
              acrm__put_text(args, "name", "signature.request") &&
              acrm__put_text(args, "subject_entity", "sales_contract") &&
              acrm__put_text(args, "subject_id", id) &&
              acrm__put_text(body, "number", acrm__text(contract, F_sales_contract__number)) &&
              acrm__put_text(body, "document_hash",
                             acrm__text(contract, F_sales_contract__document_hash)) &&
              acrm__put_text(body, "document",
                             acrm__text(document, F_deal_document__html)) &&
              acrm__put_value(body, "parties", parties);
    if (!ok)
        return acrm__nomem(call);
    st = acrm__run(&system, "connector.request", args, &out);
    return st == ACRM_OK && !acrm__put_value(call->out, "request", out) ? acrm__nomem(call) : st;
}

int32_t acrm__contract_request_signature(acrm__call *call)
{
    acrm__rec *contract;
    acrm__recs parties = { NULL, 0 };
    int32_t st = sign_load(call, &contract);

    if (st == ACRM_OK)
        st = sign_document(call, contract);
    if (st == ACRM_OK)
        st = sign_parties(call, contract, &parties);
    acrm_value *list = st == ACRM_OK ? acrm__put_list(call->out, "parties") : NULL;
    for (size_t i = 0; list && i < parties.count; i++) {
        const acrm__rec *party = parties.items[i];
        if (!sign_must(party) || !acrm__is_null(party, F_contract_party__signed_at))
            continue;
        acrm_value *item = acrm__add_map(list);
        const char *customer = acrm__id_text(call, acrm__id(party, F_contract_party__customer_id));
        if (!item ||
            !acrm__put_text(item, "party_id", acrm__id_text(call, acrm__id(party, F_ID))) ||
            !acrm__put_text(item, "role", acrm__text(party, F_contract_party__role)) ||
            !acrm__put_text(item, "customer_id", customer))
            return acrm__nomem(call);
    }
    if (st == ACRM_OK && !list)
        st = acrm__nomem(call);
    if (st == ACRM_OK && !acrm__put_text(call->out, "document_hash",
                                         acrm__text(contract, F_sales_contract__document_hash)))
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = sign_connector(call, contract, list);
    return st == ACRM_OK
               ? acrm__contract_emit(call, contract, "sales_contract.signature_requested") : st;
}

/* --- Given --- */

/* The party that signs: the one named, or the only one who has not yet. */
static int32_t sign_who(acrm__call *call, const acrm__recs *parties, acrm__rec **out)
{
    unsigned char id[16];
    bool named = acrm__arg_id(call, "party_id", id);
    size_t open = 0;

    *out = NULL;
    for (size_t i = 0; i < parties->count; i++) {
        acrm__rec *party = parties->items[i];
        bool waits = sign_must(party) && acrm__is_null(party, F_contract_party__signed_at);
        if (named ? memcmp(acrm__id(party, F_ID), id, 16) == 0 : waits)
            *out = party;
        open += waits;
    }
    if (named && !*out)
        return acrm__fail(call, ACRM_E_NOTFOUND, "not_found", "party_id",
                          "the contract has no such party");
    if (!named && open != 1)
        return acrm__fail(call, ACRM_E_INVALID, "required", "party_id",
                          "%zu parties have yet to sign: say who does", open);
    if (!sign_must(*out) || !acrm__is_null(*out, F_contract_party__signed_at))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "party_id",
                          sign_must(*out) ? "the party has signed already"
                                          : "a driver or payer does not sign");
    return ACRM_OK;
}

static int32_t sign_party(acrm__call *call, const acrm__rec *contract, acrm__rec *party)
{
    const char *hash = acrm__text(contract, F_sales_contract__document_hash);
    const char *seen = acrm__arg_text(call, "document_hash");
    int64_t at = call->now;

    acrm__arg_time(call, "signed_at", &at);
    if (at > call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "signed_at",
                          "signed_at must not be in the future");
    if (seen && strcmp(seen, hash) != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "document", "document_hash",
                          "another document was signed than the one of this contract");
    acrm__set(party, F_contract_party__signed_at, acrm__cell_int(at));
    acrm__set(party, F_contract_party__method, acrm__cell_text(acrm__arg_text(call, "method")));
    acrm__set(party, F_contract_party__evidence,
              acrm__cell_text(acrm__arg_text(call, "evidence")));
    acrm__set(party, F_contract_party__document_hash, acrm__cell_text(hash));
    acrm__set(party, F_contract_party__taken_by_id, acrm__cell_id(acrm__actor(call)));
    int32_t st = acrm__update(call, party);
    return st == ACRM_OK ? acrm__contract_emit(call, contract, "sales_contract.party_signed")
                         : st;
}

/* The lead and the deal it came from are won, where they are open. */
static int32_t sign_win(acrm__call *call, const acrm__rec *of, uint32_t field,
                        const char *operation)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__deal_follow(call, of, field, &rec);

    if (st != ACRM_OK || !rec)
        return st;
    const char *status = acrm__text(rec, acrm__field_of(rec->entity, "status"));
    bool open = status && strcmp(status, "won") != 0 && strcmp(status, "lost") != 0;
    return open ? acrm__deal_run(call, operation, acrm__id(rec, F_ID), NULL, NULL) : ACRM_OK;
}

/* What is earned, when nobody said it and the car's cost is known: the net price of what may be
 * discounted, less that cost. */
static int32_t sign_margin(acrm__call *call, acrm__rec *contract, const acrm__rec *quote)
{
    static const char *const sold[] = { "vehicle", "option", "accessory" };
    acrm__recs lines = { NULL, 0 };
    acrm__rec *car = NULL;
    int64_t net = 0;
    int32_t st = acrm__deal_follow(call, contract, F_sales_contract__vehicle_id, &car);

    if (st != ACRM_OK || !car || !acrm__is_null(contract, F_sales_contract__margin))
        return st;
    const acrm_cell *cost = &car->cells[acrm__field_of(car->entity, "cost")];
    if (cost->type != ACRM_CELL_INT ||
        !acrm__cell_equal(&car->cells[acrm__field_of(car->entity, "currency")],
                          &contract->cells[F_sales_contract__currency]))
        return ACRM_OK;
    st = acrm__quote_lines(call, quote, &lines);
    for (size_t i = 0; st == ACRM_OK && i < lines.count; i++)
        for (size_t k = 0; k < sizeof sold / sizeof sold[0]; k++)
            if (acrm__deal_is(lines.items[i], F_quote_line__kind, sold[k]))
                net += acrm__int(lines.items[i], F_quote_line__net);
    acrm__set(contract, F_sales_contract__margin, acrm__cell_int(net - cost->integer));
    return st;
}

static int32_t sign_done(acrm__call *call, acrm__rec *contract, int64_t at)
{
    int32_t day = acrm__day_of(call, at);
    int32_t days = (int32_t)acrm__int(contract, F_sales_contract__withdraw_days);
    acrm__rec *quote = NULL;

    acrm__set(contract, F_sales_contract__status, acrm__cell_text("signed"));
    acrm__set(contract, F_sales_contract__signed_on, acrm__cell_int(day));
    acrm__set(contract, F_sales_contract__withdraw_until, acrm__cell_int(day + days));
    int32_t st = acrm__deal_follow(call, contract, F_sales_contract__quote_id, &quote);
    if (st == ACRM_OK && quote)
        st = sign_margin(call, contract, quote);
    if (st == ACRM_OK)
        st = acrm__update(call, contract);
    if (st == ACRM_OK)
        st = acrm__contract_sell(call, contract);
    if (st == ACRM_OK)
        st = sign_win(call, contract, F_sales_contract__lead_id, "lead.win");
    if (st == ACRM_OK && quote)
        st = sign_win(call, quote, F_quote__opportunity_id, "opportunity.win");
    return st == ACRM_OK ? acrm__contract_emit(call, contract, "sales_contract.signed") : st;
}

int32_t acrm__contract_sign(acrm__call *call)
{
    acrm__rec *contract, *party = NULL;
    acrm__recs parties = { NULL, 0 };
    size_t open = 0;
    int32_t st = sign_load(call, &contract);

    if (st == ACRM_OK)
        st = sign_parties(call, contract, &parties);
    if (st == ACRM_OK)
        st = sign_who(call, &parties, &party);
    if (st == ACRM_OK)
        st = sign_document(call, contract);
    if (st == ACRM_OK)
        st = sign_party(call, contract, party);
    for (size_t i = 0; i < parties.count; i++)
        open += sign_must(parties.items[i]) &&
                acrm__is_null(parties.items[i], F_contract_party__signed_at);
    if (st == ACRM_OK && open == 0)
        st = sign_done(call, contract, acrm__int(party, F_contract_party__signed_at));
    return st == ACRM_OK ? acrm__render(call, contract, call->out) : st;
}
