/* SPDX-License-Identifier: MIT */
/* What a signature service answers: who signed, when, by which proof. */
#include "modules/deal/deal.h"

/* A field of the request, by its name in the other module. */
static const char *answer_text(const acrm__rec *request, const char *field)
{
    uint32_t n = acrm__field_of(request->entity, field);

    return n == UINT32_MAX ? NULL : acrm__text(request, n);
}

typedef struct answer_signature {
    const unsigned char *contract;
    const acrm_value *signature, *hash;
} answer_signature;

static int32_t answer_sign(acrm__call *call, void *user)
{
    static const char *const names[][2] = { { "party_id", "party_id" }, { "at", "signed_at" },
                                            { "evidence", "evidence" } };
    const answer_signature *of = user;
    acrm_value *args = acrm__deal_map(call);
    bool ok = args && acrm__put_text(args, "method", "electronic") &&
              (!of->hash || acrm__put_value(args, "document_hash", of->hash));

    for (size_t i = 0; ok && i < sizeof names / sizeof names[0]; i++) {
        const acrm_value *value = acrm_value_get(of->signature, names[i][0]);
        ok = !value || acrm__put_value(args, names[i][1], value);
    }
    return ok ? acrm__deal_run(call, "sales_contract.sign", of->contract, args, NULL)
              : acrm__nomem(call);
}

/* One signature; when it cannot be taken the event says why, and the others go on. */
static int32_t answer_take(acrm__call *call, const answer_signature *of)
{
    answer_signature one = *of;
    acrm_value *data = acrm__deal_map(call);
    acrm_error *failure = NULL;
    int32_t st = data ? acrm__attempt(call, answer_sign, &one, &failure) : acrm__nomem(call);

    if (st == ACRM_OK && failure)
        st = acrm__put_text(data, "reason", acrm_error_reason(failure)) &&
                     acrm__put_text(data, "message", acrm_error_message(failure))
                 ? acrm__emit(call, "sales_contract.signature_failed", "sales_contract",
                              of->contract, data)
                 : acrm__nomem(call);
    acrm_error_free(failure);
    return st;
}

int32_t acrm__contract_answered(acrm__call *call, const acrm__event *event)
{
    acrm__rec *request = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "connector_request"), event->id,
                                    &request);

    if (st != ACRM_OK || !request)
        return st;
    const char *name = answer_text(request, "name");
    const char *entity = answer_text(request, "subject_entity");
    if (!name || strcmp(name, "signature.request") != 0 || !entity ||
        strcmp(entity, "sales_contract") != 0)
        return ACRM_OK;
    const acrm_value *answer = acrm__deal_value(call, request,
                                                acrm__field_of(request->entity, "answer"));
    const acrm_value *list = acrm_value_get(answer, "signed");
    answer_signature of = { .contract = acrm__id(request, acrm__field_of(request->entity,
                                                                         "subject_id")),
                            .hash = acrm_value_get(answer, "document_hash") };
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(list); i++) {
        of.signature = acrm_value_at(list, i);
        st = answer_take(call, &of);
    }
    return st;
}
