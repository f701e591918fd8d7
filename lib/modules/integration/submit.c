/* SPDX-License-Identifier: MIT */
/* One row of an import submitted and its outcome told; and the kind that makes leads of rows. */
#include "modules/integration/import.h"

#include "modules/integration/entities.h"

#include <string.h>

static bool submit_refused(int32_t st)
{
    return st == ACRM_E_INVALID || st == ACRM_E_CONFLICT || st == ACRM_E_NOTFOUND ||
           st == ACRM_E_DENIED || st == ACRM_E_LIMIT;
}

int32_t acrm__import_submit(acrm__import *in, acrm_value *draft, acrm__import_outcome *out,
                            acrm_error **refusal)
{
    acrm__call *call = in->call;
    acrm_error *error = NULL;
    acrm_error **err = call->err;

    *out = (acrm__import_outcome){ .outcome = "rejected" };
    *refusal = NULL;
    call->err = &error;
    int32_t st = in->kind->submit(in, draft, out);
    call->err = err;
    if (st == ACRM_OK)
        return ACRM_OK;
    *out = (acrm__import_outcome){ .outcome = "rejected" };
    if (submit_refused(st)) {
        *refusal = error;
        return ACRM_OK;
    }
    if (err)
        *err = error;
    else
        acrm_error_free(error);
    return st;
}

void acrm__import_blame(acrm__import *in, const acrm_value *row, const acrm_error *refusal,
                        acrm__import_outcome *out)
{
    const char *column = in->kind->column(in, row, acrm_error_field(refusal));

    acrm__draft_refuse(&out->fault, acrm_error_reason(refusal), column, "%s",
                       acrm_error_message(refusal));
}

/* --- Leads --- */

static bool submit_id(const acrm_value *result, const char *key, unsigned char id[16])
{
    const char *text = acrm__get_text(result, key);
    return text && acrm__uuid_parse(text, strlen(text), id);
}

static int32_t submit_prepare_leads(acrm__import *in)
{
    acrm__draft_options *out = &in->options;
    acrm_value *options = NULL;

    *out = (acrm__draft_options){ .provider = acrm__text(in->job, F_import_job__source),
                                  .known = &in->known };
    int32_t st = acrm__import_options(in->call, in->job, &options);
    if (st != ACRM_OK || !options)
        return st;
    if (acrm__get_text(options, "provider"))
        out->provider = acrm__get_text(options, "provider");
    out->source = acrm__get_text(options, "source_code");
    out->country = acrm__get_text(options, "country");
    out->dealer = acrm__get_text(options, "dealer_id");
    out->channel = acrm__get_text(options, "channel");
    out->mapping = acrm_value_get(options, "mapping");
    return ACRM_OK;
}

static int32_t submit_draft_lead(acrm__import *in, const acrm__rows_item *item, acrm_value **draft,
                                 acrm__draft_fault *fault)
{
    if (in->rows.format == ACRM__ROWS_ADF)
        return acrm__draft_adf(in->call, &in->options, item->row, draft, fault);
    return acrm__draft_flat(in->call, &in->options, item->row, draft, fault);
}

/* What of a draft lead.submit takes by itself; the rest are fields of the lead. */
static bool submit_is_own(const char *key)
{
    static const char *const own[] = { "customer", "source", "provider", "external_id", "resend" };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(own[i], key) == 0)
            return true;
    return false;
}

static int32_t submit_args(acrm__call *call, const acrm_value *draft, acrm_value **out)
{
    acrm_value *args = acrm__value_in(call->arena);
    acrm_value *lead = args && acrm_value_set_map(args) == ACRM_OK ? acrm__put_map(args, "lead")
                                                                   : NULL;
    bool ok = lead != NULL;

    for (size_t i = 0; ok && i < acrm_value_count(draft); i++) {
        const char *key = acrm_value_key(draft, i, NULL);
        ok = acrm__put_value(submit_is_own(key) ? args : lead, key, acrm_value_at(draft, i));
    }
    *out = args;
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t submit_lead(acrm__import *in, acrm_value *draft, acrm__import_outcome *out)
{
    acrm__call *call = in->call;
    acrm_value *args = NULL, *result = NULL;

    int32_t st = submit_args(call, draft, &args);
    if (st == ACRM_OK)
        st = acrm__run(call, "lead.submit", args, &result);
    if (st == ACRM_OK)
        st = acrm__react(call);
    if (st != ACRM_OK)
        return st;
    out->outcome = acrm__get_text(result, "outcome");
    out->has_lead = submit_id(result, "lead_id", out->lead);
    out->has_customer = submit_id(result, "customer_id", out->customer);
    return ACRM_OK;
}

static const char *submit_lead_column(acrm__import *in, const acrm_value *row, const char *field)
{
    if (in->rows.format == ACRM__ROWS_ADF)
        return field;
    return acrm__draft_column(in->call, &in->options, row, field);
}

static const char *const submit_lead_options[] = { "provider", "source_code", "country",
                                                   "dealer_id", "channel", "mapping", NULL };
static const char *const submit_lead_outcomes[] = { "created", "attached", "updated", "unchanged",
                                                    "rejected", NULL };

const acrm__import_kind acrm__import_leads = {
    .options = submit_lead_options,
    .outcomes = submit_lead_outcomes,
    .prepare = submit_prepare_leads,
    .draft = submit_draft_lead,
    .submit = submit_lead,
    .column = submit_lead_column,
};
