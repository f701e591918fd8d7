/* SPDX-License-Identifier: MIT */
/* Templates are compiled when they are written: a fault is named before anybody is written to. */
#include "autocrm/template.h"
#include "base/error.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

static int32_t template_compile(acrm__call *call, const char *field, const char *text)
{
    acrm_template *made = NULL;
    acrm_error *err = NULL;
    int32_t st = acrm_template_new(&call->arena->allocator, text, strlen(text), &made, &err);

    acrm_template_free(made);
    if (st == ACRM_E_NOMEM)
        st = acrm__nomem(call);
    else if (st != ACRM_OK)
        st = acrm__fail(call, ACRM_E_INVALID, acrm_error_reason(err), field, "%s: %s", field,
                        acrm_error_message(err));
    acrm_error_free(err);
    return st;
}

static int32_t template_purpose(acrm__call *call, const char *code)
{
    const acrm__entity *entity = acrm__entity_of(call, "consent_purpose");
    acrm__term named = { acrm__field_of(entity, "code"), ACRM_FILTER_EQ, acrm__cell_text(code) };
    acrm__rec *purpose = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "consent_purpose",
        .terms = &named, .n_terms = 1, .as_system = true }, &purpose);
    if (st == ACRM_OK && !purpose)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "purpose",
                          "there is no consent_purpose %.64s", code);
    return st;
}

int32_t acrm__message_template_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *subject = acrm__text(rec, F_message_template__subject);
    const char *body = acrm__text(rec, F_message_template__body);
    const char *purpose = acrm__text(rec, F_message_template__purpose);
    int32_t st = ACRM_OK;

    (void)before;
    if (subject)
        st = template_compile(call, "subject", subject);
    if (st == ACRM_OK && body)
        st = template_compile(call, "body", body);
    if (st == ACRM_OK && purpose && acrm__changed(rec, F_message_template__purpose))
        st = template_purpose(call, purpose);
    return st;
}

/* --- template.check --- */

static int32_t template_list(void *user, int32_t kind, const char *name, const char *within,
                             int32_t line)
{
    static const char *const kinds[] = { [ACRM_TAG_VARIABLE] = "variable",
                                         [ACRM_TAG_SECTION] = "section",
                                         [ACRM_TAG_INVERTED] = "inverted",
                                         [ACRM_TAG_PARTIAL] = "partial" };
    acrm_value *item = acrm__add_map(user);
    bool ok = item && acrm__put_text(item, "kind", kinds[kind]) &&
              acrm__put_text(item, "name", name) && acrm__put_text(item, "within", within) &&
              acrm__put_int(item, "line", line);

    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

int32_t acrm__message_template_check(acrm__call *call)
{
    static const char *const parts[] = { "subject", "body" };
    acrm_value *tags = acrm__put_list(call->out, "tags");
    int32_t st = tags ? ACRM_OK : acrm__nomem(call);

    for (size_t i = 0; i < 2 && st == ACRM_OK; i++) {
        const char *text = acrm__arg_text(call, parts[i]);
        acrm_template *made = NULL;
        if (!text)
            continue;
        st = template_compile(call, parts[i], text);
        if (st == ACRM_OK && acrm_template_new(&call->arena->allocator, text, strlen(text), &made,
                                               NULL) != ACRM_OK)
            st = acrm__nomem(call);
        if (st == ACRM_OK && acrm_template_tags(made, template_list, tags) != ACRM_OK)
            st = acrm__nomem(call);
        acrm_template_free(made);
    }
    return st;
}
