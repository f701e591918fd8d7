/* SPDX-License-Identifier: MIT */
/* Deals on their way through a pipeline. */
#include "kernel/inside.h"
#include "modules/sales/sales.h"

#include "base/civil.h"

/* --- Stages --- */

/* The first or last stage of a kind; *out NULL: there is none. */
static int32_t opportunity_stage(acrm__call *call, const acrm_cell *pipeline, const char *kind,
                                 bool last, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_stage__pipeline_id, ACRM_FILTER_EQ, *pipeline },
        { F_stage__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "stage", .terms = terms, .n_terms = 2,
                                                 .order = F_stage__position,
                                                 .descending = last, .as_system = true }, out);
}

static int32_t opportunity_note(acrm__call *call, const acrm__rec *deal, const acrm_cell *from,
                                int64_t since)
{
    acrm__rec *change = acrm__new(call, "stage_change");

    if (!change)
        return acrm__nomem(call);
    acrm__set(change, F_stage_change__opportunity_id, deal->cells[F_ID]);
    acrm__set(change, F_stage_change__from_stage_id, *from);
    acrm__set(change, F_stage_change__to_stage_id, deal->cells[F_opportunity__stage_id]);
    acrm__set(change, F_stage_change__at, acrm__cell_int(call->now));
    if (from->type != ACRM_CELL_NULL)
        acrm__set(change, F_stage_change__stayed,
                  acrm__cell_int((call->now - since) / ACRM__SECOND_US));
    return acrm__insert(call, change);
}

/* --- As they are written --- */

static int32_t opportunity_begin(acrm__call *call, acrm__rec *rec)
{
    acrm__term active = { F_pipeline__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__rec *pipeline = NULL, *stage = NULL;
    int32_t st = ACRM_OK;

    if (!acrm__id(rec, F_opportunity__pipeline_id)) {
        st = acrm__find_one(call, &(acrm__select){ .entity = "pipeline", .terms = &active,
                                                   .n_terms = 1, .as_system = true }, &pipeline);
        if (st != ACRM_OK || !pipeline)
            return st;
        acrm__set(rec, F_opportunity__pipeline_id, pipeline->cells[F_ID]);
    }
    st = opportunity_stage(call, &rec->cells[F_opportunity__pipeline_id], "open", false, &stage);
    if (st == ACRM_OK && !stage)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "pipeline_id",
                        "the pipeline has no open stage");
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_opportunity__stage_id, stage->cells[F_ID]);
    acrm__set(rec, F_opportunity__stage_since, acrm__cell_int(call->now));
    if (acrm__is_null(rec, F_opportunity__probability))
        acrm__set(rec, F_opportunity__probability, stage->cells[F_stage__probability]);
    return ACRM_OK;
}

int32_t acrm__sales_opportunity_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    if (!before && acrm__is_null(rec, F_opportunity__stage_id))
        return opportunity_begin(call, rec);
    return ACRM_OK;
}

int32_t acrm__sales_opportunity_created(acrm__call *call, const acrm__event *event)
{
    acrm_cell nowhere = acrm__cell_null();
    acrm__rec *deal;
    int32_t st = acrm__load(call, "opportunity", event->id, NULL, &deal);

    return st == ACRM_OK ? opportunity_note(call, deal, &nowhere, 0) : st;
}

/* --- Moves --- */

static int32_t opportunity_load_open(acrm__call *call, acrm__rec **out)
{
    int32_t st = acrm__load_arg(call, "opportunity", "id", out);

    if (st == ACRM_OK && !acrm__sales_is(*out, F_opportunity__status, "open"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the deal is %s already",
                        acrm__text(*out, F_opportunity__status));
    return st;
}

static int32_t opportunity_to(acrm__call *call, acrm__rec *deal, const acrm__rec *stage)
{
    acrm__call system = acrm__sales_system(call);
    acrm_cell from = deal->cells[F_opportunity__stage_id];
    int64_t since = acrm__int(deal, F_opportunity__stage_since);
    const char *kind = acrm__text(stage, F_stage__kind);
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "from", acrm__id_text(call, from.data)) &&
              acrm__put_text(data, "to", acrm__id_text(call, acrm__id(stage, F_ID)));

    if (!ok)
        return acrm__nomem(call);
    acrm__set(deal, F_opportunity__stage_id, stage->cells[F_ID]);
    acrm__set(deal, F_opportunity__stage_since, acrm__cell_int(call->now));
    acrm__set(deal, F_opportunity__probability, stage->cells[F_stage__probability]);
    acrm__set(deal, F_opportunity__status, acrm__cell_text(kind));
    if (strcmp(kind, "open") != 0)
        acrm__set(deal, F_opportunity__closed_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, deal);
    if (st == ACRM_OK)
        st = opportunity_note(&system, deal, &from, since);
    if (st == ACRM_OK)
        st = acrm__emit(call, "stage.changed", "opportunity", acrm__id(deal, F_ID), data);
    return st == ACRM_OK ? acrm__render(call, deal, call->out) : st;
}

int32_t acrm__sales_opportunity_move(acrm__call *call)
{
    acrm__rec *deal, *stage = NULL;
    int32_t st = opportunity_load_open(call, &deal);

    if (st == ACRM_OK)
        st = acrm__load_arg(call, "stage", "stage_id", &stage);
    if (st != ACRM_OK)
        return st;
    if (!acrm__sales_same(acrm__id(stage, F_stage__pipeline_id),
                          acrm__id(deal, F_opportunity__pipeline_id)))
        return acrm__fail(call, ACRM_E_INVALID, "pipeline", "stage_id",
                          "the stage belongs to another pipeline");
    if (!acrm__sales_is(stage, F_stage__kind, "open"))
        return acrm__fail(call, ACRM_E_INVALID, "state", "stage_id",
                          "the stage ends the deal: use opportunity.win or opportunity.lose");
    if (acrm__sales_same(acrm__id(stage, F_ID), acrm__id(deal, F_opportunity__stage_id)))
        return acrm__render(call, deal, call->out);
    return opportunity_to(call, deal, stage);
}

static int32_t opportunity_end(acrm__call *call, acrm__rec *deal, const char *kind)
{
    acrm__rec *stage = NULL;
    int32_t st = opportunity_stage(call, &deal->cells[F_opportunity__pipeline_id], kind, false,
                                   &stage);

    if (st == ACRM_OK && !stage)
        st = acrm__fail(call, ACRM_E_CONFLICT, "reference", "id",
                        "the pipeline has no stage of the kind %s", kind);
    return st == ACRM_OK ? opportunity_to(call, deal, stage) : st;
}

/* The lead that the deal came from is won with it. */
static int32_t opportunity_win_lead(acrm__call *call, const acrm__rec *deal)
{
    acrm__call system = acrm__sales_system(call);
    acrm__rec *lead;
    acrm_value *args = acrm__value_in(call->arena);

    if (!acrm__id(deal, F_opportunity__lead_id))
        return ACRM_OK;
    int32_t st = acrm__load(&system, "lead", acrm__id(deal, F_opportunity__lead_id), "lead_id",
                            &lead);
    if (st != ACRM_OK || !acrm__sales_open(lead))
        return st;
    bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "id", acrm__id_text(call, acrm__id(lead, F_ID)));
    return ok ? acrm__run(&system, "lead.win", args, NULL) : acrm__nomem(call);
}

int32_t acrm__sales_opportunity_win(acrm__call *call)
{
    acrm__rec *deal;
    int32_t st = opportunity_load_open(call, &deal);

    if (st == ACRM_OK)
        st = opportunity_end(call, deal, "won");
    return st == ACRM_OK ? opportunity_win_lead(call, deal) : st;
}

int32_t acrm__sales_opportunity_reopen(acrm__call *call, const unsigned char id[16])
{
    acrm__rec *deal = NULL, *stage = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "opportunity"), id, &deal);

    if (st != ACRM_OK || !deal || !acrm__sales_is(deal, F_opportunity__status, "won"))
        return st;
    st = opportunity_stage(call, &deal->cells[F_opportunity__pipeline_id], "open", true, &stage);
    acrm__set(deal, F_opportunity__closed_at, acrm__cell_null());
    return st == ACRM_OK && stage ? opportunity_to(call, deal, stage) : st;
}

int32_t acrm__sales_opportunity_lose(acrm__call *call)
{
    acrm__rec *deal, *reason = NULL;
    int32_t st = opportunity_load_open(call, &deal);

    if (st == ACRM_OK)
        st = acrm__sales_lost_reason(call, &reason);
    if (st != ACRM_OK)
        return st;
    acrm__set(deal, F_opportunity__lost_reason_id, reason->cells[F_ID]);
    acrm__set(deal, F_opportunity__competitor,
              acrm__cell_text(acrm__arg_text(call, "competitor")));
    return opportunity_end(call, deal, "lost");
}

int32_t acrm__sales_opportunity_review(acrm__call *call)
{
    acrm__rec *deal, *reason = NULL;
    int32_t st = acrm__load_arg(call, "opportunity", "id", &deal);

    if (st == ACRM_OK && !acrm__sales_is(deal, F_opportunity__status, "lost"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "only a lost deal is reviewed");
    if (st == ACRM_OK && acrm__arg(call, "reason"))
        st = acrm__sales_lost_reason(call, &reason);
    if (st != ACRM_OK)
        return st;
    if (reason)
        acrm__set(deal, F_opportunity__lost_reason_id, reason->cells[F_ID]);
    if (acrm__arg(call, "competitor"))
        acrm__set(deal, F_opportunity__competitor,
                  acrm__cell_text(acrm__arg_text(call, "competitor")));
    acrm__set(deal, F_opportunity__reviewed_at, acrm__cell_int(call->now));
    st = acrm__update(call, deal);
    return st == ACRM_OK ? acrm__render(call, deal, call->out) : st;
}
