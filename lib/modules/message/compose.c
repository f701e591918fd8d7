/* SPDX-License-Identifier: MIT */
/* A message's text: the template in the customer's language, filled in. */
#include "autocrm/template.h"
#include "base/error.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

enum { COMPOSE_LANGUAGES_MAX = 64 };

static const char *compose_of(const acrm__rec *rec, const char *field)
{
    uint32_t n = acrm__field_of(rec->entity, field);

    return n != UINT32_MAX ? acrm__text(rec, n) : NULL;
}

/* How well a template's language fits the wanted one: the same tag, the same language, English. */
static int32_t compose_fit(const char *have, const char *want)
{
    size_t n = strcspn(want, "-");

    if (strcmp(have, want) == 0)
        return 3;
    if (strncmp(have, want, n) == 0 && (have[n] == '\0' || have[n] == '-'))
        return 2;
    return strncmp(have, "en", 2) == 0 ? 1 : 0;
}

static int32_t compose_find(acrm__call *call, const char *code, const char *channel,
                            const char *language, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_message_template__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        { F_message_template__channel, ACRM_FILTER_EQ, acrm__cell_text(channel) },
        { F_message_template__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs all = { NULL, 0 };
    int32_t best = -1;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "message_template", .terms = terms,
        .n_terms = 3, .limit = COMPOSE_LANGUAGES_MAX, .as_system = true }, &all);
    for (size_t i = 0; st == ACRM_OK && i < all.count; i++) {
        int32_t fit = compose_fit(acrm__text(all.items[i], F_message_template__language),
                                  language);
        if (fit > best) {
            best = fit;
            *out = all.items[i];
        }
    }
    if (st == ACRM_OK && best < 0)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "template",
                          "there is no active template %.64s for %s", code, channel);
    return st;
}

/* What names in a template mean: the values given, then the customer's own fields. */
static acrm_value *compose_context(acrm__call *call, const acrm__rec *customer,
                                   const char *language)
{
    acrm_value *context = acrm__value_in(call->arena);
    const acrm_value *values = acrm__arg(call, "values");

    if (!context || acrm_value_set_map(context) != ACRM_OK ||
        acrm__render(call, customer, context) != ACRM_OK)
        return NULL;
    acrm_value *own = acrm__put_map(context, "customer");
    bool ok = own && acrm__render(call, customer, own) == ACRM_OK &&
              acrm__put_text(context, "lang", language) &&
              acrm__put_text(context, "dir",
                             acrm_language_right_to_left(language) ? "rtl" : "ltr");
    for (size_t i = 0; ok && values && i < acrm_value_count(values); i++)
        ok = acrm__put_value(context, acrm_value_key(values, i, NULL), acrm_value_at(values, i));
    return ok ? context : NULL;
}

static int32_t compose_render(acrm__call *call, const char *field, const char *text,
                              const acrm_value *context, const acrm_template_options *options,
                              acrm_value *missing, const char **out)
{
    acrm_template *made = NULL;
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;
    int32_t st = acrm_template_new(&call->arena->allocator, text, strlen(text), &made, &err);

    if (st == ACRM_OK)
        st = acrm_template_missing(made, context, options, missing, &err);
    if (st == ACRM_OK)
        st = acrm_template_render(made, context, options, &buf, &err);
    if (st == ACRM_OK) {
        *out = acrm__arena_text(call->arena, acrm_buf_data(buf), acrm_buf_len(buf));
        st = *out ? ACRM_OK : acrm__nomem(call);
    } else if (st == ACRM_E_NOMEM) {
        st = acrm__nomem(call);
    } else {
        st = acrm__fail(call, st, acrm_error_reason(err), field, "%s: %s", field,
                        acrm_error_message(err));
    }
    acrm_buf_free(buf);
    acrm_error_free(err);
    acrm_template_free(made);
    return st;
}

/* Subject and body, from a template's text or the one given. */
static int32_t compose_texts(acrm__call *call, const acrm__rec *customer, const char *subject,
                             const char *body, acrm__composed *out)
{
    const acrm_zone *zone = call->session->engine->clock_zone;
    acrm_template_options options = { .struct_size = sizeof options, .zone = zone,
                                      .language = out->language,
                                      .escape = ACRM_ESCAPE_LINE };
    acrm_value *context = compose_context(call, customer, out->language);
    acrm_value *missing = acrm__value_in(call->arena);
    int32_t st = ACRM_OK;

    if (!context || !missing || acrm_value_set_list(missing) != ACRM_OK)
        return acrm__nomem(call);
    if (subject)
        st = compose_render(call, "subject", subject, context, &options, missing, &out->subject);
    options.escape = out->html ? ACRM_ESCAPE_HTML : ACRM_ESCAPE_NONE;
    if (st == ACRM_OK)
        st = compose_render(call, "body", body, context, &options, missing, &out->body);
    out->missing = missing;
    return st;
}

int32_t acrm__message_compose(acrm__call *call, const acrm__rec *customer, acrm__composed *out)
{
    const char *code = acrm__arg_text(call, "template"), *body = acrm__arg_text(call, "body");
    const char *own = compose_of(customer, "language"), *subject = acrm__arg_text(call, "subject");
    acrm__rec *found = NULL;
    int32_t st = ACRM_OK;

    *out = (acrm__composed){ .language = acrm__arg_text(call, "language") };
    if (!out->language)
        out->language = own ? own : "en";
    if (!code == !body)
        return acrm__fail(call, ACRM_E_INVALID, "required", code ? "body" : "template",
                          "give either template or body");
    out->purpose = acrm__arg_text(call, "purpose");
    out->html = acrm__arg_bool(call, "html", false);
    if (code) {
        st = compose_find(call, code, acrm__arg_text(call, "channel"), out->language, &found);
        if (st != ACRM_OK)
            return st;
        out->template_ = found;
        out->language = acrm__text(found, F_message_template__language);
        out->purpose = acrm__text(found, F_message_template__purpose);
        out->transactional = acrm__int(found, F_message_template__transactional) != 0;
        out->html = acrm__int(found, F_message_template__html) != 0;
        subject = acrm__text(found, F_message_template__subject);
        body = acrm__text(found, F_message_template__body);
    } else if (!out->purpose) {
        return acrm__fail(call, ACRM_E_INVALID, "required", "purpose",
                          "purpose is required without a template");
    }
    return compose_texts(call, customer, subject, body, out);
}

int32_t acrm__message_point(acrm__call *call, const unsigned char customer[16],
                            const char *channel, acrm__rec **out)
{
    static const char *const points[][2] = { { "sms", "phone" }, { "phone", "phone" },
                                             { "email", "email" }, { "fax", "fax" },
                                             { "letter", "address" },
                                             { "messenger", "messenger" } };
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    uint32_t preferred = acrm__field_of(entity, "preferred");
    const char *kind = NULL;
    acrm__recs all = { NULL, 0 };

    *out = NULL;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        if (strcmp(points[i][0], channel) == 0)
            kind = points[i][1];
    if (!kind)
        return ACRM_OK;
    const acrm__term terms[] = {
        { acrm__field_of(entity, "customer_id"), ACRM_FILTER_EQ, acrm__cell_id(customer) },
        { acrm__field_of(entity, "channel"), ACRM_FILTER_EQ, acrm__cell_text(kind) },
        { acrm__field_of(entity, "valid"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = terms,
        .n_terms = 3, .as_system = true }, &all);
    for (size_t i = 0; st == ACRM_OK && i < all.count; i++)
        if (!*out || acrm__int(all.items[i], preferred) || !acrm__int(*out, preferred))
            *out = all.items[i];
    return st;
}
