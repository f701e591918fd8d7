/* SPDX-License-Identifier: MIT */
/* What others say that a vehicle is worth: asked by connectors, or entered. */
#include "base/money.h"
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/appraisal/appraisal.h"
#include "modules/appraisal/entities.h"

/* The mean of those that have come; with the first one the appraisal is valued. */
static int32_t valuation_mean(acrm__call *call, acrm__rec *of, const acrm__rec *changed)
{
    const acrm__term term = { F_appraisal_valuation__appraisal_id, ACRM_FILTER_EQ,
                              of->cells[F_ID] };
    const uint32_t fields[] = { F_appraisal__market, F_appraisal__state };
    acrm__recs found = { NULL, 0 };
    int64_t sum = 0, n = 0, mean = 0;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "appraisal_valuation",
        .terms = &term, .n_terms = 1, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i <= found.count; i++) {
        const acrm__rec *one = i < found.count ? found.items[i] : changed;
        bool old = i < found.count && !acrm__is_null(changed, F_ID) &&
                   acrm__cell_equal(&one->cells[F_ID], &changed->cells[F_ID]);
        if (old || !acrm__is_null(one, F_DELETED_AT) ||
            acrm__is_null(one, F_appraisal_valuation__amount))
            continue;
        if (!acrm__money_add(sum, acrm__int(one, F_appraisal_valuation__amount), &sum))
            return acrm__fail(call, ACRM_E_LIMIT, "overflow", "amount",
                               "the amounts are too large");
        n++;
    }
    if (st != ACRM_OK)
        return st;
    (void)acrm__money_ratio(sum, 1, n ? n : 1, ACRM__ROUND_HALF_EVEN, &mean);
    const acrm_cell cells[] = { n ? acrm__cell_int(mean) : acrm__cell_null(),
                                acrm__cell_text(n ? "valued" : "draft") };
    return acrm__amend(call, of->entity, acrm__id(of, F_ID), fields, cells, 2, NULL);
}

int32_t acrm__valuation_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    bool asked = acrm__appraisal_is(rec, F_appraisal_valuation__state, "asked");
    bool late = before && acrm__appraisal_is(before, F_appraisal_valuation__state, "asked");
    acrm__rec *of = NULL;
    int32_t st = acrm__appraisal_of(call, acrm__id(rec, F_appraisal_valuation__appraisal_id),
                                    &of);

    if (st == ACRM_OK && !late)
        st = acrm__appraisal_open(call, of, "appraisal_id");
    if (st == ACRM_OK)
        st = acrm__appraisal_currency(call, of, rec, F_appraisal_valuation__currency);
    if (st != ACRM_OK)
        return st;
    if (!before && !asked && acrm__is_null(rec, F_appraisal_valuation__amount))
        return acrm__fail(call, ACRM_E_INVALID, "required", "amount", "amount is required");
    if (acrm__is_null(rec, F_appraisal_valuation__at) && !asked)
        acrm__set(rec, F_appraisal_valuation__at, acrm__cell_int(call->now));
    /* One that comes when the offer is made is kept, and changes nothing. */
    bool open = acrm__appraisal_is(of, F_appraisal__state, "draft") ||
                acrm__appraisal_is(of, F_appraisal__state, "valued");
    return open && !asked ? valuation_mean(call, of, rec) : ACRM_OK;
}

/* --- Asking --- */

/* What is asked about: the vehicle and its condition, nothing of the customer. */
static int32_t valuation_body(acrm__call *call, const acrm__rec *of, acrm_value *body)
{
    static const char *const fields[] = { "vin", "make", "model", "trim", "model_year", "kind" };
    acrm__call system = *call;
    acrm__rec *car = NULL;
    acrm_value *shown = acrm__value_in(call->arena), *own = acrm__value_in(call->arena);

    system.as_system = true;
    int32_t st = shown && own ? acrm__load(&system, "vehicle",
                                           acrm__id(of, F_appraisal__vehicle_id), NULL, &car)
                              : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__render(&system, car, shown);
    if (st == ACRM_OK)
        st = acrm__render(&system, of, own);
    if (st != ACRM_OK)
        return st;
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof fields / sizeof fields[0]; i++)
        ok = acrm__put_value(body, fields[i], acrm_value_get(shown, fields[i]));
    ok = ok && acrm__put_value(body, "odometer", acrm_value_get(own, "odometer")) &&
         acrm__put_value(body, "repair", acrm_value_get(own, "repair")) &&
         acrm__put_text(body, "currency", acrm__text(of, F_appraisal__currency)) &&
         acrm__put_text(body, "on", acrm__date_text(call, acrm__today(call)));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__valuation_ask(acrm__call *call)
{
    const char *connector = acrm__arg_text(call, "connector");
    acrm__rec *of = NULL, *rec = acrm__new(call, "appraisal_valuation");
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    unsigned char request[16];
    int32_t st = rec && args && acrm_value_set_map(args) == ACRM_OK
                     ? acrm__load_arg(call, "appraisal", "id", &of) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__appraisal_open(call, of, "id");
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_appraisal_valuation__appraisal_id, of->cells[F_ID]);
    acrm__set(rec, F_appraisal_valuation__source, acrm__cell_text(connector));
    acrm__set(rec, F_appraisal_valuation__state, acrm__cell_text("asked"));
    st = acrm__insert(call, rec);
    acrm_value *body = st == ACRM_OK ? acrm__put_map(args, "body") : NULL;
    if (st == ACRM_OK)
        st = body ? valuation_body(call, of, body) : acrm__nomem(call);
    bool ok = st == ACRM_OK && acrm__put_text(args, "connector", connector) &&
              acrm__put_text(args, "name", acrm__arg_text(call, "name")) &&
              acrm__put_text(args, "subject_entity", "appraisal_valuation") &&
              acrm__put_text(args, "subject_id", acrm__id_text(call, acrm__id(rec, F_ID)));
    if (st == ACRM_OK)
        st = ok ? acrm__run(call, "connector.request", args, &out) : acrm__nomem(call);
    const char *id = st == ACRM_OK ? acrm__get_text(out, "id") : NULL;
    if (id && acrm__uuid_parse(id, strlen(id), request)) {
        acrm__set(rec, F_appraisal_valuation__request_id, acrm__cell_id(request));
        st = acrm__update(call, rec);
    }
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* {"amount":"11500.00","currency":"EUR"}: an answer in another form is none. */
static const char *valuation_take(const acrm__rec *of, acrm__rec *rec, const acrm_value *answer)
{
    const char *amount = acrm__get_text(answer, "amount");
    const char *currency = acrm__get_text(answer, "currency");
    const char *own = acrm__text(of, F_appraisal__currency);
    int64_t minor = 0;

    if (!amount || !currency)
        return "no_amount";
    if (strcmp(currency, own) != 0)
        return "currency";
    if (!acrm__parse_decimal(amount, strlen(amount), acrm__currency_digits(own, strlen(own)),
                             &minor) || minor < 0)
        return "no_amount";
    acrm__set(rec, F_appraisal_valuation__currency, of->cells[F_appraisal__currency]);
    acrm__set(rec, F_appraisal_valuation__amount, acrm__cell_int(minor));
    return NULL;
}

int32_t acrm__valuation_answered(acrm__call *call, const acrm__event *event)
{
    const char *entity = acrm__get_text(event->data, "subject_entity");
    const char *id = acrm__get_text(event->data, "subject_id");
    bool answered = strcmp(event->type, "connector_request.answered") == 0;
    const char *reason = acrm__get_text(event->data, "reason");
    acrm__rec *request = NULL, *rec = NULL, *of = NULL;
    unsigned char key[16];
    acrm__call system = *call;

    if (!entity || strcmp(entity, "appraisal_valuation") != 0 || !id ||
        !acrm__uuid_parse(id, strlen(id), key))
        return ACRM_OK;
    system.as_system = true;
    int32_t st = acrm__load(&system, "appraisal_valuation", key, NULL, &rec);
    if (st == ACRM_E_NOTFOUND)
        return ACRM_OK;
    if (st == ACRM_OK)
        st = acrm__load(&system, "connector_request", event->id, NULL, &request);
    if (st == ACRM_OK)
        st = acrm__appraisal_of(call, acrm__id(rec, F_appraisal_valuation__appraisal_id), &of);
    acrm_value *shown = acrm__value_in(call->arena);
    if (st == ACRM_OK)
        st = shown ? acrm__render(&system, request, shown) : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    if (answered)
        reason = valuation_take(of, rec, acrm_value_get(shown, "answer"));
    acrm__set(rec, F_appraisal_valuation__state,
              acrm__cell_text(answered && !reason ? "received" : "failed"));
    acrm__set(rec, F_appraisal_valuation__reason, acrm__cell_text(reason));
    return acrm__update(&system, rec);
}
