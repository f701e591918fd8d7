/* SPDX-License-Identifier: MIT */
/* One row of an import: drafted, submitted as a lead, its outcome told. */
#include "modules/integration/import.h"

#include <string.h>

static bool submit_refused(int32_t st)
{
    return st == ACRM_E_INVALID || st == ACRM_E_CONFLICT || st == ACRM_E_NOTFOUND ||
           st == ACRM_E_DENIED || st == ACRM_E_LIMIT;
}

static bool submit_id(const acrm_value *result, const char *key, unsigned char id[16])
{
    const char *text = acrm__get_text(result, key);
    return text && acrm__uuid_parse(text, strlen(text), id);
}

int32_t acrm__import_draft(acrm__call *call, const acrm__draft_options *options, int32_t format,
                           const acrm__rows_item *item, acrm_value **draft,
                           acrm__draft_fault *fault)
{
    *draft = NULL;
    if (!item->row)
        return acrm__draft_refuse(fault, item->reason, item->place ? item->place : "", "%s",
                                  item->message ? item->message : item->reason);
    if (format == ACRM__ROWS_ADF)
        return acrm__draft_adf(call, options, item->row, draft, fault);
    return acrm__draft_flat(call, options, item->row, draft, fault);
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

static int32_t submit_lead(acrm__call *call, acrm_value *draft, acrm__import_outcome *out)
{
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

int32_t acrm__import_submit(acrm__call *call, acrm_value *draft, acrm__import_outcome *out,
                            acrm_error **refusal)
{
    acrm_error *error = NULL;
    acrm_error **err = call->err;

    *out = (acrm__import_outcome){ .outcome = "rejected" };
    *refusal = NULL;
    call->err = &error;
    int32_t st = submit_lead(call, draft, out);
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

void acrm__import_blame(acrm__call *call, const acrm__draft_options *options, int32_t format,
                        const acrm_value *row, const acrm_error *refusal,
                        acrm__draft_fault *fault)
{
    const char *field = acrm_error_field(refusal);

    if (format != ACRM__ROWS_ADF)
        field = acrm__draft_column(call, options, row, field);
    acrm__draft_refuse(fault, acrm_error_reason(refusal), field, "%s",
                       acrm_error_message(refusal));
}
