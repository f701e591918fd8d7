/* SPDX-License-Identifier: MIT */
/* What a new database begins with: levels, lost reasons, a pipeline. A business changes them. */
#include "modules/sales/sales.h"

enum { SEED_HOUR = 3600, SEED_DAY = 24 * SEED_HOUR };

static const struct {
    const char *code, *label;
    int32_t horizon, first, every, neglect; /* seconds; horizon 0: none */
    const char *falls_to;
} seed_levels[] = {
    { "O", "Order: deposit taken", 0, 7 * SEED_DAY, 7 * SEED_DAY, 2 * SEED_DAY, NULL },
    { "H", "Hot: order within 7 days", 7 * SEED_DAY, SEED_DAY, 2 * SEED_DAY, SEED_DAY, "A" },
    { "A", "Order within 8 to 15 days", 15 * SEED_DAY, 2 * SEED_DAY, 4 * SEED_DAY, 2 * SEED_DAY,
      "B" },
    { "B", "Order within 16 to 30 days", 30 * SEED_DAY, 3 * SEED_DAY, 7 * SEED_DAY, 3 * SEED_DAY,
      "C" },
    { "C", "Order later", 0, 7 * SEED_DAY, 15 * SEED_DAY, 3 * SEED_DAY, NULL },
};

static const struct {
    const char *code, *name;
} seed_reasons[] = {
    { "price", "Price too high" },
    { "availability", "Car not available in time" },
    { "financing", "No financing" },
    { "trade_in", "Offer for the trade-in too low" },
    { "competitor", "Bought from a competitor" },
    { "other_dealer", "Bought from another dealer of the brand" },
    { "postponed", "Purchase postponed" },
    { "no_interest", "No longer interested" },
    { "unreachable", "Customer could not be reached" },
    { "not_genuine", "Not a genuine enquiry" },
};

static const struct {
    const char *name, *kind;
    int32_t probability, limit; /* days; 0: none */
} seed_stages[] = {
    { "Qualified", "open", 10, 7 },   { "Test drive", "open", 30, 7 },
    { "Quote", "open", 50, 10 },      { "Negotiation", "open", 70, 10 },
    { "Contract", "open", 90, 14 },   { "Won", "won", 100, 0 },
    { "Lost", "lost", 0, 0 },
};

static acrm_cell seed_seconds(int32_t seconds)
{
    return seconds ? acrm__cell_int(seconds) : acrm__cell_null();
}

static int32_t seed_levels_insert(acrm__call *call)
{
    for (size_t i = 0; i < sizeof seed_levels / sizeof seed_levels[0]; i++) {
        acrm__rec *rec = acrm__new(call, "lead_level");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_lead_level__code, acrm__cell_text(seed_levels[i].code));
        acrm__set(rec, F_lead_level__label, acrm__cell_text(seed_levels[i].label));
        acrm__set(rec, F_lead_level__rank, acrm__cell_int((int64_t)i));
        acrm__set(rec, F_lead_level__horizon, seed_seconds(seed_levels[i].horizon));
        acrm__set(rec, F_lead_level__first_contact, acrm__cell_int(seed_levels[i].first));
        acrm__set(rec, F_lead_level__contact_every, acrm__cell_int(seed_levels[i].every));
        acrm__set(rec, F_lead_level__neglect_after, acrm__cell_int(seed_levels[i].neglect));
        acrm__set(rec, F_lead_level__next_if_silent, acrm__cell_text(seed_levels[i].falls_to));
        int32_t st = acrm__insert(call, rec);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t seed_reasons_insert(acrm__call *call)
{
    for (size_t i = 0; i < sizeof seed_reasons / sizeof seed_reasons[0]; i++) {
        acrm__rec *rec = acrm__new(call, "lost_reason");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_lost_reason__code, acrm__cell_text(seed_reasons[i].code));
        acrm__set(rec, F_lost_reason__name, acrm__cell_text(seed_reasons[i].name));
        int32_t st = acrm__insert(call, rec);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t seed_pipeline_insert(acrm__call *call)
{
    acrm__rec *pipeline = acrm__new(call, "pipeline");

    if (!pipeline)
        return acrm__nomem(call);
    acrm__set(pipeline, F_pipeline__name, acrm__cell_text("Vehicle sales"));
    int32_t st = acrm__insert(call, pipeline);
    for (size_t i = 0; st == ACRM_OK && i < sizeof seed_stages / sizeof seed_stages[0]; i++) {
        acrm__rec *rec = acrm__new(call, "stage");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_stage__pipeline_id, pipeline->cells[F_ID]);
        acrm__set(rec, F_stage__name, acrm__cell_text(seed_stages[i].name));
        acrm__set(rec, F_stage__position, acrm__cell_int((int64_t)i + 1));
        acrm__set(rec, F_stage__probability, acrm__cell_int(seed_stages[i].probability));
        acrm__set(rec, F_stage__kind, acrm__cell_text(seed_stages[i].kind));
        acrm__set(rec, F_stage__time_limit, seed_seconds(seed_stages[i].limit * SEED_DAY));
        st = acrm__insert(call, rec);
    }
    return st;
}

int32_t acrm__sales_seed(acrm__call *call)
{
    int32_t st = seed_levels_insert(call);

    if (st == ACRM_OK)
        st = seed_reasons_insert(call);
    return st == ACRM_OK ? seed_pipeline_insert(call) : st;
}
