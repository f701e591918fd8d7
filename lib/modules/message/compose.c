/* SPDX-License-Identifier: MIT */
/* A message's text: the template in the customer's language, filled in. */
#include "autocrm/template.h"
#include "base/error.h"
#include "kernel/crud.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"
#include "modules/message/tracking.h"

#include <string.h>

enum { COMPOSE_LANGUAGES_MAX = 64, COMPOSE_SUBJECT_MAX = 1000, COMPOSE_BODY_MAX = 524288 };

/* A stored template in one language, compiled when it is first needed. */
typedef struct compose_text {
    const char *code;
    acrm__rec *rec;
    acrm_template *subject, *body; /* NULL: not compiled yet, or there is no subject */
    struct compose_text *next;
} compose_text;

struct acrm__composer {
    acrm__arena *arena;
    const char *channel;
    compose_text *texts; /* of all codes looked for so far */
    /* What the templates name of a customer, so that no more is made ready for each. */
    const acrm__entity *customer;
    acrm_value *names, *own_names; /* NULL: everything; names behind "customer." */
    acrm__view view, own_view;
    bool wants_own;
    acrm__links links;
    /* Of the text being made: */
    acrm__call *call;
    const char *language;
};

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

/* --- Stored templates --- */

/* Read the texts of a code in all its languages, if they were not. */
static int32_t compose_load(acrm__call *call, acrm__composer *c, const char *code)
{
    acrm__call within = *call;
    acrm__recs all = { NULL, 0 };

    for (const compose_text *t = c->texts; t; t = t->next)
        if (strcmp(t->code, code) == 0)
            return ACRM_OK;
    within.arena = c->arena;
    const acrm__term terms[] = {
        { F_message_template__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        { F_message_template__channel, ACRM_FILTER_EQ, acrm__cell_text(c->channel) },
        { F_message_template__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    int32_t st = acrm__find(&within, &(acrm__select){ .entity = "message_template",
        .terms = terms, .n_terms = 3, .limit = COMPOSE_LANGUAGES_MAX, .as_system = true }, &all);
    for (size_t i = 0; st == ACRM_OK && i < all.count; i++) {
        compose_text *t = acrm__arena_zero(c->arena, sizeof *t);
        if (!t)
            return acrm__nomem(call);
        *t = (compose_text){ .code = acrm__text(all.items[i], F_message_template__code),
                             .rec = all.items[i], .next = c->texts };
        c->texts = t;
    }
    return st;
}

static int32_t compose_compile(acrm__call *call, acrm__composer *c, const char *field,
                               const char *text, acrm_template **out)
{
    acrm_error *err = NULL;
    int32_t st = !text || *out ? ACRM_OK
                               : acrm_template_new(&c->arena->allocator, text, strlen(text), out,
                                                   &err);

    if (st == ACRM_E_NOMEM)
        st = acrm__nomem(call);
    else if (st != ACRM_OK)
        st = acrm__fail(call, st, acrm_error_reason(err), field, "%s: %s", field,
                        acrm_error_message(err));
    acrm_error_free(err);
    return st;
}

/* The text of a code that fits a language best; *out NULL: there is none. */
static int32_t compose_pick(acrm__call *call, acrm__composer *c, const char *code,
                            const char *language, compose_text **out)
{
    int32_t st = compose_load(call, c, code), best = -1;

    *out = NULL;
    for (compose_text *t = c->texts; st == ACRM_OK && t; t = t->next) {
        int32_t fit = strcmp(t->code, code) != 0
                          ? -1 : compose_fit(acrm__text(t->rec, F_message_template__language),
                                             language);
        if (fit > best || (fit >= 0 && fit == best)) { /* the oldest of those that fit alike */
            best = fit;
            *out = t;
        }
    }
    if (st == ACRM_OK && *out)
        st = compose_compile(call, c, "subject",
                             acrm__text((*out)->rec, F_message_template__subject),
                             &(*out)->subject);
    if (st == ACRM_OK && *out)
        st = compose_compile(call, c, "body", acrm__text((*out)->rec, F_message_template__body),
                             &(*out)->body);
    return st;
}

/* A partial is another template of the same channel, in the language of the text around it. */
static int32_t compose_partial(void *user, const char *name, const acrm_template **out)
{
    acrm__composer *c = user;
    compose_text *found = NULL;

    int32_t st = compose_pick(c->call, c, name, c->language, &found);
    if (st == ACRM_OK && found)
        *out = found->body;
    return st;
}

/* --- Which fields are wanted --- */

static int32_t compose_name(void *user, int32_t kind, const char *name, const char *within,
                            int32_t line)
{
    acrm__composer *c = user;
    size_t n = strcspn(name, ".");
    bool own = n == 8 && strncmp(name, "customer", 8) == 0;

    (void)within;
    (void)line;
    if (!c->names)
        return ACRM_OK;
    if (kind == ACRM_TAG_PARTIAL || (own && !name[n])) {
        c->names = c->own_names = NULL; /* there may be any */
        c->wants_own = true;
        return ACRM_OK;
    }
    const char *field = own ? name + n + 1 : name;
    uint32_t number = acrm__entity_field(c->customer, field, strcspn(field, "."));
    acrm_value *list = own ? c->own_names : c->names;
    c->wants_own = c->wants_own || own;
    for (size_t i = 0; number != UINT32_MAX && i < acrm_value_count(list); i++)
        if (strcmp(acrm_value_text(acrm_value_at(list, i), NULL),
                   c->customer->fields[number].def.name) == 0)
            number = UINT32_MAX; /* it is there */
    if (number == UINT32_MAX)
        return ACRM_OK;
    return acrm__add_text(list, c->customer->fields[number].def.name) ? ACRM_OK : ACRM_E_NOMEM;
}

static int32_t compose_views(acrm__call *call, acrm__composer *c)
{
    acrm__call within = *call;
    int32_t st = ACRM_OK;

    within.arena = c->arena;
    for (const compose_text *t = c->texts; st == ACRM_OK && t; t = t->next) {
        st = acrm_template_tags(t->body, compose_name, c);
        if (st == ACRM_OK && t->subject)
            st = acrm_template_tags(t->subject, compose_name, c);
    }
    if (st != ACRM_OK)
        return acrm__nomem(call);
    st = acrm__view_make(&within, c->customer, c->names, &c->view);
    if (st == ACRM_OK)
        st = acrm__view_make(&within, c->customer, c->own_names, &c->own_view);
    return st;
}

int32_t acrm__composer_open(acrm__call *call, const char *code, const char *channel,
                            acrm__composer **out)
{
    acrm__composer *c = acrm__arena_zero(call->arena, sizeof *c);
    int32_t st = c ? ACRM_OK : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    *c = (acrm__composer){ .arena = call->arena, .channel = channel,
                           .customer = acrm__entity_of(call, "customer") };
    *out = c;
    st = acrm__links_load(call, &c->links);
    if (st == ACRM_OK && code)
        st = compose_load(call, c, code);
    if (st == ACRM_OK && code && !c->texts)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "template",
                          "there is no active template %.64s for %s", code, channel);
    for (compose_text *t = c->texts; st == ACRM_OK && t; t = t->next) {
        st = compose_compile(call, c, "subject", acrm__text(t->rec, F_message_template__subject),
                             &t->subject);
        if (st == ACRM_OK)
            st = compose_compile(call, c, "body", acrm__text(t->rec, F_message_template__body),
                                 &t->body);
    }
    c->names = code ? acrm__value_in(call->arena) : NULL;
    c->own_names = code ? acrm__value_in(call->arena) : NULL;
    if (st == ACRM_OK && code &&
        (!c->names || !c->own_names || acrm_value_set_list(c->names) != ACRM_OK ||
         acrm_value_set_list(c->own_names) != ACRM_OK))
        return acrm__nomem(call);
    c->wants_own = !code;
    if (st == ACRM_OK)
        st = compose_views(call, c);
    return st;
}

/* --- One text --- */

/* What names in a template mean: the values given, then the customer's own fields. */
static acrm_value *compose_context(acrm__call *call, const acrm__composer *c,
                                   const acrm__rec *customer, const acrm_value *values)
{
    acrm_value *context = acrm__value_in(call->arena);

    if (!context || acrm_value_set_map(context) != ACRM_OK ||
        acrm__view_render(call, &c->view, customer->cells, context) != ACRM_OK)
        return NULL;
    acrm_value *own = c->wants_own ? acrm__put_map(context, "customer") : NULL;
    bool ok = (!c->wants_own ||
               (own && acrm__view_render(call, &c->own_view, customer->cells, own) == ACRM_OK)) &&
              acrm__put_text(context, "lang", c->language) &&
              acrm__put_text(context, "dir",
                             acrm_language_right_to_left(c->language) ? "rtl" : "ltr") &&
              (!c->links.base ||
               acrm__put_text(context, "unsubscribe_url", ACRM__LINK_UNSUBSCRIBE));
    for (size_t i = 0; ok && values && i < acrm_value_count(values); i++)
        ok = acrm__put_value(context, acrm_value_key(values, i, NULL), acrm_value_at(values, i));
    return ok ? context : NULL;
}

static int32_t compose_render(acrm__call *call, const char *field, const acrm_template *made,
                              const acrm_value *context, const acrm_template_options *options,
                              acrm_value *missing, const char **out)
{
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;
    int32_t st = acrm_template_missing(made, context, options, missing, &err);

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
    return st;
}

/* Subject and body of a compiled text. */
static int32_t compose_texts(acrm__call *call, acrm__composer *c, const acrm__rec *customer,
                             const acrm_value *values, const acrm_template *subject,
                             const acrm_template *body, acrm__composed *out)
{
    acrm_template_options options = { .struct_size = sizeof options,
                                      .zone = call->session->engine->clock_zone,
                                      .language = out->language, .escape = ACRM_ESCAPE_LINE,
                                      .partial = compose_partial, .user = c,
                                      .bytes_max = COMPOSE_SUBJECT_MAX };
    acrm_value *missing = acrm__value_in(call->arena);
    int32_t st = ACRM_OK;

    c->call = call;
    c->language = out->language;
    acrm_value *context = compose_context(call, c, customer, values);
    if (!context || !missing || acrm_value_set_list(missing) != ACRM_OK)
        return acrm__nomem(call);
    if (subject)
        st = compose_render(call, "subject", subject, context, &options, missing, &out->subject);
    options.escape = out->html ? ACRM_ESCAPE_HTML : ACRM_ESCAPE_NONE;
    options.bytes_max = COMPOSE_BODY_MAX;
    if (st == ACRM_OK)
        st = compose_render(call, "body", body, context, &options, missing, &out->body);
    out->missing = missing;
    return st;
}

int32_t acrm__composer_write(acrm__call *call, acrm__composer *c, const char *code,
                             const char *language, const acrm__rec *customer,
                             const acrm_value *values, acrm__composed *out)
{
    const char *own = compose_of(customer, "language");
    const char *want = language ? language : own ? own : "en";
    compose_text *found = NULL;
    int32_t st = compose_pick(call, c, code, want, &found);

    if (st != ACRM_OK)
        return st;
    const acrm__rec *rec = found->rec;
    *out = (acrm__composed){
        .template_ = found->rec,
        .language = acrm__text(rec, F_message_template__language),
        .purpose = acrm__text(rec, F_message_template__purpose),
        .transactional = acrm__int(rec, F_message_template__transactional) != 0,
        .html = acrm__int(rec, F_message_template__html) != 0 };
    return compose_texts(call, c, customer, values, found->subject, found->body, out);
}

/* A text given instead of a template. */
static int32_t compose_given(acrm__call *call, acrm__composer *c, const acrm__rec *customer,
                             acrm__composed *out)
{
    const char *own = compose_of(customer, "language"), *language = acrm__arg_text(call,
                                                                                  "language");
    acrm_template *subject = NULL, *body = NULL;

    *out = (acrm__composed){ .language = language ? language : own ? own : "en",
                             .purpose = acrm__arg_text(call, "purpose"),
                             .html = acrm__arg_bool(call, "html", false) };
    if (!out->purpose)
        return acrm__fail(call, ACRM_E_INVALID, "required", "purpose",
                          "purpose is required without a template");
    int32_t st = compose_compile(call, c, "subject", acrm__arg_text(call, "subject"), &subject);
    if (st == ACRM_OK)
        st = compose_compile(call, c, "body", acrm__arg_text(call, "body"), &body);
    if (st == ACRM_OK)
        st = compose_texts(call, c, customer, acrm__arg(call, "values"), subject, body, out);
    acrm_template_free(subject);
    acrm_template_free(body);
    return st;
}

int32_t acrm__message_compose(acrm__call *call, const acrm__rec *customer, acrm__composed *out)
{
    const char *code = acrm__arg_text(call, "template");
    acrm__composer *c = NULL;

    if (!code == !acrm__arg_text(call, "body"))
        return acrm__fail(call, ACRM_E_INVALID, "required", code ? "body" : "template",
                          "give either template or body");
    int32_t st = acrm__composer_open(call, code, acrm__arg_text(call, "channel"), &c);
    if (st == ACRM_OK)
        st = code ? acrm__composer_write(call, c, code, acrm__arg_text(call, "language"),
                                         customer, acrm__arg(call, "values"), out)
                  : compose_given(call, c, customer, out);
    if (c)
        acrm__composer_close(c);
    return st;
}

void acrm__composer_close(acrm__composer *c)
{
    for (compose_text *t = c->texts; t; t = t->next) {
        acrm_template_free(t->subject);
        acrm_template_free(t->body);
    }
}

/* --- Where to --- */

const char *acrm__message_point_kind(const char *channel)
{
    static const char *const points[][2] = { { "sms", "phone" }, { "phone", "phone" },
                                             { "email", "email" }, { "fax", "fax" },
                                             { "letter", "address" },
                                             { "messenger", "messenger" } };

    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        if (strcmp(points[i][0], channel) == 0)
            return points[i][1];
    return NULL;
}

const acrm_filter_node *acrm__message_point_terms(acrm__call *call, const char *channel)
{
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    const acrm__term terms[] = {
        { acrm__field_of(entity, "channel"), ACRM_FILTER_EQ,
          acrm__cell_text(acrm__message_point_kind(channel)) },
        { acrm__field_of(entity, "valid"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };

    return acrm__where(call, terms, 2);
}

acrm__rec *acrm__message_best_point(acrm__rec *const *points, size_t n)
{
    uint32_t preferred = n ? acrm__field_of(points[0]->entity, "preferred") : 0;
    acrm__rec *best = NULL;

    for (size_t i = 0; i < n; i++)
        if (!best || acrm__int(points[i], preferred) || !acrm__int(best, preferred))
            best = points[i];
    return best;
}

const char *acrm__message_recipient(const acrm__rec *point, const char *channel)
{
    uint32_t normal = acrm__field_of(point->entity, "match_value");
    bool number = strcmp(channel, "letter") != 0 && !acrm__is_null(point, normal);

    return acrm__text(point, number ? normal : acrm__field_of(point->entity, "value"));
}

int32_t acrm__message_point(acrm__call *call, const unsigned char customer[16],
                            const char *channel, acrm__rec **out)
{
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    const acrm__term of = { acrm__field_of(entity, "customer_id"), ACRM_FILTER_EQ,
                            acrm__cell_id(customer) };
    const acrm_filter_node *usable = acrm__message_point_terms(call, channel);
    acrm__recs all = { NULL, 0 };

    *out = NULL;
    if (!usable)
        return acrm__nomem(call);
    if (!acrm__message_point_kind(channel))
        return ACRM_OK;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &of,
        .n_terms = 1, .where = usable, .as_system = true }, &all);
    if (st == ACRM_OK)
        *out = acrm__message_best_point(all.items, all.count);
    return st;
}
