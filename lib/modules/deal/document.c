/* SPDX-License-Identifier: MIT */
/* Quotes and contracts as documents: what they say made ready for a template, in the language of
 * the reader, and kept when it is signed. */
#include "modules/deal/deal.h"

#include "autocrm/template.h"
#include "base/text.h"

enum { DOCUMENT_BYTES_MAX = 1048576, DOCUMENT_TEMPLATES_MAX = 500 };

typedef struct document {
    acrm__call *call; /* as the system: what is printed is for the customer */
    const acrm__rec *quote, *contract; /* contract NULL: of the quote */
    const char *language;
    const char *const *words;
    acrm_value *context;
} document;

/* --- Words --- */

static bool document_speaks(const char *have, const char *want)
{
    size_t n = strcspn(want, "-");

    return strncmp(have, want, n) == 0 && (have[n] == '\0' || have[n] == '-');
}

static const char *document_word(const document *d, const char *name)
{
    for (size_t i = 0; name && acrm__document_names[i]; i++)
        if (strcmp(acrm__document_names[i], name) == 0)
            return d->words[i];
    return name;
}

static int32_t document_words(document *d, const acrm__rec *of, uint32_t field)
{
    const char *asked = acrm__arg_text(d->call, "language");
    const char *own = acrm__text(of, field);
    acrm_value *map = acrm__put_map(d->context, "l");
    bool ok = map != NULL;

    d->language = asked ? asked : own ? own : "en";
    d->words = acrm__document_languages[0].words;
    for (size_t i = 0; acrm__document_languages[i].language; i++)
        if (document_speaks(acrm__document_languages[i].language, d->language))
            d->words = acrm__document_languages[i].words;
    for (size_t i = 0; ok && acrm__document_names[i]; i++)
        ok = acrm__put_text(map, acrm__document_names[i], d->words[i]);
    ok = ok && acrm__put_text(d->context, "lang", d->language) &&
         acrm__put_text(d->context, "dir",
                        acrm_language_right_to_left(d->language) ? "rtl" : "ltr") &&
         acrm__put_text(d->context, "title",
                        document_word(d, d->contract ? "contract" : "quote"));
    return ok ? ACRM_OK : acrm__nomem(d->call);
}

/* --- Records --- */

static bool document_put(document *d, acrm_value *into, const char *key, const acrm__rec *rec,
                         uint32_t field)
{
    const acrm_value *value = acrm__deal_value(d->call, rec, field);

    return value && acrm__put_value(into, key, value);
}

/* A field of another module's record, by its name there. */
static bool document_field(document *d, acrm_value *into, const acrm__rec *rec, const char *name)
{
    uint32_t field = acrm__field_of(rec->entity, name);

    return field == UINT32_MAX || document_put(d, into, name, rec, field);
}

/* Some fields of a record that another refers to, under a name; nothing when there is none. */
static int32_t document_follow(document *d, const acrm__rec *of, uint32_t field, const char *name,
                               const char *const *fields)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__deal_follow(d->call, of, field, &rec);

    if (st != ACRM_OK || !rec)
        return st;
    acrm_value *map = acrm__put_map(d->context, name);
    bool ok = map != NULL;
    for (; ok && *fields; fields++)
        ok = document_field(d, map, rec, *fields);
    return ok ? ACRM_OK : acrm__nomem(d->call);
}

/* Name and postal address of a customer. */
static int32_t document_person(document *d, const unsigned char id[16], acrm_value *into)
{
    const acrm__entity *points = acrm__entity_of(d->call, "contact_point");
    const acrm__term terms[] = {
        { acrm__field_of(points, "customer_id"), ACRM_FILTER_EQ, acrm__cell_id(id) },
        { acrm__field_of(points, "channel"), ACRM_FILTER_EQ, acrm__cell_text("address") },
    };
    acrm__rec *customer = NULL, *address = NULL;
    int32_t st = acrm__load_or_null(d->call, acrm__entity_of(d->call, "customer"), id, &customer);

    if (st == ACRM_OK && customer)
        st = acrm__find_one(d->call, &(acrm__select){ .entity = "contact_point", .terms = terms,
                                                      .n_terms = 2, .as_system = true },
                            &address);
    bool ok = st != ACRM_OK || !customer ||
              (document_field(d, into, customer, "title") &&
               document_field(d, into, customer, "name") &&
               acrm__put_text(into, "address", address
                                  ? acrm__text(address, acrm__field_of(points, "value"))
                                  : acrm__text(customer, acrm__field_of(customer->entity,
                                                                        "city"))));
    return ok ? st : acrm__nomem(d->call);
}

/* --- Lines and sums --- */

static bool document_item(document *d, acrm_value *items, const acrm__rec *line)
{
    static const uint32_t fields[] = {
        F_quote_line__position, F_quote_line__code, F_quote_line__quantity,
        F_quote_line__currency, F_quote_line__amount, F_quote_line__quoted,
        F_quote_line__discount, F_quote_line__net, F_quote_line__tax, F_quote_line__gross };
    const char *name = acrm__text(line, F_quote_line__name);
    const char *kind = acrm__text(line, F_quote_line__kind);
    const acrm_cell *rate = &line->cells[F_quote_line__rate];
    int64_t scaled = 0;

    if (strcmp(kind, "trade_in") == 0 || strcmp(kind, "debt") == 0 || strcmp(kind, "deposit") == 0)
        return true; /* the sums have them */
    acrm_value *item = acrm__add_map(items);
    bool ok = item && acrm__put_text(item, "label", name ? name : document_word(d, kind));
    if (rate->type == ACRM_CELL_TEXT &&
        acrm__parse_decimal(rate->data, rate->size, 9, &scaled) && scaled > 0)
        ok = ok && acrm__put_text(item, "percent", acrm__deal_rate(d->call, scaled * 100));

    for (size_t i = 0; ok && i < sizeof fields / sizeof fields[0]; i++)
        ok = document_put(d, item, line->entity->fields[fields[i]].def.name, line, fields[i]);
    return ok;
}

static bool document_sum(document *d, acrm_value *sums, const char *label, const acrm_value *amount,
                         bool big)
{
    acrm_value *sum = acrm__add_map(sums);

    return sum && acrm__put_text(sum, "label", label) && acrm__put_value(sum, "amount", amount) &&
           document_put(d, sum, "currency", d->quote, F_quote__currency) &&
           acrm__put_bool(sum, "big", big);
}

/* Tax by rate: "Tax 19 %". */
static bool document_taxes(document *d, acrm_value *sums)
{
    const acrm_value *taxes = acrm__deal_value(d->call, d->quote, F_quote__taxes);
    bool ok = taxes != NULL;

    for (size_t i = 0; ok && i < acrm_value_count(taxes); i++) {
        const acrm_value *tax = acrm_value_at(taxes, i);
        const char *rate = acrm__get_text(tax, "rate");
        int64_t scaled = 0;
        if (!rate || !acrm__parse_decimal(rate, strlen(rate), 9, &scaled) || scaled == 0)
            continue;
        const char *percent = acrm__deal_rate(d->call, scaled * 100);
        const char *label = percent ? acrm__arena_format(d->call->arena, "%s %s %%",
                                                         document_word(d, "tax"), percent) : NULL;
        ok = label && document_sum(d, sums, label, acrm_value_get(tax, "tax"), false);
    }
    return ok;
}

static int32_t document_sums(document *d)
{
    static const struct {
        const char *word;
        uint32_t field;
        bool big, always;
    } rows[] = {
        { "list_total", F_quote__list_total, false, false },
        { "discount", F_quote__discount_total, false, false },
        { "net_total", F_quote__net_total, false, true },
        { NULL, 0, false, true }, /* the taxes */
        { "gross_total", F_quote__gross_total, false, true },
        { "rebate", F_quote__rebate_total, false, false },
        { "total", F_quote__total, true, true },
        { "trade_in", F_quote__trade_in_total, false, false },
        { "debt", F_quote__debt_total, false, false },
        { "payable", F_quote__payable, true, true },
        { "deposit", F_quote__deposit_total, false, false },
        { "due", F_quote__due, true, true },
    };
    bool discounted = acrm__int(d->quote, F_quote__discount_total) != 0;
    acrm_value *sums = acrm__put_list(d->context, "sums");
    bool ok = sums != NULL;

    for (size_t i = 0; ok && i < sizeof rows / sizeof rows[0]; i++) {
        bool told = rows[i].always || acrm__int(d->quote, rows[i].field) != 0;
        if (!rows[i].word)
            ok = document_taxes(d, sums);
        else if (told && (rows[i].field != F_quote__list_total || discounted))
            ok = document_sum(d, sums, document_word(d, rows[i].word),
                              acrm__deal_value(d->call, d->quote, rows[i].field), rows[i].big);
    }
    return ok ? ACRM_OK : acrm__nomem(d->call);
}

static int32_t document_lines(document *d)
{
    acrm_value *items = acrm__put_list(d->context, "items");
    acrm__recs lines = { NULL, 0 };
    int32_t st = items ? acrm__quote_lines(d->call, d->quote, &lines) : acrm__nomem(d->call);

    for (size_t i = 0; st == ACRM_OK && i < lines.count; i++)
        if (!document_item(d, items, lines.items[i]))
            st = acrm__nomem(d->call);
    return st == ACRM_OK ? document_sums(d) : st;
}

/* --- Instalments --- */

static bool document_fact(document *d, acrm_value *facts, const char *word, uint32_t field)
{
    bool money = d->quote->entity->fields[field].def.type == ACRM__T_MONEY;
    acrm_value *fact = NULL;

    if (acrm__is_null(d->quote, field))
        return true;
    fact = acrm__add_map(facts);
    bool ok = fact && acrm__put_text(fact, "label", document_word(d, word));
    if (money)
        return ok && document_put(d, fact, "amount", d->quote, field) &&
               document_put(d, fact, "currency", d->quote, F_quote__currency);
    const char *text = field == F_quote__apr
                           ? acrm__arena_format(d->call->arena, "%s %%",
                                                acrm__text(d->quote, field))
                           : acrm__arena_format(d->call->arena, "%lld",
                                                (long long)acrm__int(d->quote, field));
    return ok && text && acrm__put_text(fact, "text", text);
}

static int32_t document_finance(document *d)
{
    static const struct {
        const char *word;
        uint32_t field;
    } told[] = {
        { "financed", F_quote__financed }, { "instalment", F_quote__instalment },
        { "periods", F_quote__periods }, { "balloon", F_quote__balloon },
        { "finance_total", F_quote__finance_total }, { "apr", F_quote__apr },
    };
    const acrm_value *plan = acrm__deal_value(d->call, d->quote, F_quote__finance_plan);
    const acrm_value *rows = acrm_value_get(plan, "rows");

    if (plan && acrm_value_type(plan) == ACRM_NULL)
        return ACRM_OK;
    acrm_value *map = plan ? acrm__put_map(d->context, "finance") : NULL;
    acrm_value *facts = map ? acrm__put_list(map, "facts") : NULL;
    acrm_value *list = facts ? acrm__put_list(map, "rows") : NULL;
    bool ok = list && acrm__put_text(map, "label",
                                     document_word(d, acrm__text(d->quote, F_quote__payment)));

    for (size_t i = 0; ok && i < sizeof told / sizeof told[0]; i++)
        ok = document_fact(d, facts, told[i].word, told[i].field);
    for (size_t i = 0; ok && i < acrm_value_count(rows); i++) {
        acrm_value *row = acrm__add_map(list);
        ok = row && acrm__value_copy(row, acrm_value_at(rows, i)) &&
             document_put(d, row, "currency", d->quote, F_quote__currency);
    }
    return ok ? ACRM_OK : acrm__nomem(d->call);
}

/* --- What only a contract has --- */

static int32_t document_parts(document *d, const char *entity, uint32_t of, uint32_t kind,
                              uint32_t customer, acrm_value *into)
{
    const acrm__term terms[] = { { of, ACRM_FILTER_EQ, d->contract->cells[F_ID] } };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(d->call, &(acrm__select){ .entity = entity, .terms = terms,
                                                      .n_terms = 1, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const acrm__rec *part = found.items[i];
        const unsigned char *who = acrm__id(part, customer);
        acrm_value *item = acrm__add_map(into);
        const char *word = acrm__text(part, kind);
        bool signs = word && strcmp(word, "driver") != 0 && strcmp(word, "payer") != 0;
        bool ok = item && acrm__put_text(item, "label", document_word(d, word)) &&
                  acrm__put_bool(item, "signs", signs) &&
                  document_field(d, item, part, "number") &&
                  document_field(d, item, part, "bank") &&
                  document_field(d, item, part, "amount") &&
                  document_field(d, item, part, "currency") &&
                  document_field(d, item, part, "due_on");
        if (!ok)
            return acrm__nomem(d->call);
        if (who)
            st = document_person(d, who, item);
    }
    return st;
}

static int32_t document_contract(document *d)
{
    acrm_value *parties = acrm__put_list(d->context, "parties");
    acrm_value *guarantees = acrm__put_list(d->context, "guarantees");
    bool ok = parties && guarantees &&
              acrm__put_text(d->context, "quote_number", acrm__text(d->quote, F_quote__number));

    if (!ok)
        return acrm__nomem(d->call);
    int32_t st = document_parts(d, "contract_party", F_contract_party__sales_contract_id,
                                F_contract_party__role, F_contract_party__customer_id, parties);
    if (st == ACRM_OK)
        st = document_parts(d, "contract_guarantee",
                            F_contract_guarantee__sales_contract_id,
                            F_contract_guarantee__kind, F_contract_guarantee__customer_id,
                            guarantees);
    if (st == ACRM_OK && !acrm__put_bool(d->context, "has_guarantees",
                                         acrm_value_count(guarantees) > 0))
        st = acrm__nomem(d->call);
    return st;
}

/* --- The whole context --- */

static int32_t document_fill(document *d)
{
    static const char *const dealer[] = { "name", "street", "postal_code", "city", "country",
                                          "phone", "email", NULL };
    static const char *const seller[] = { "name", "phone", "email", NULL };
    static const char *const vehicle[] = { "name", "vin", "plate", "make", "model", "trim",
                                           "model_year", "colour", "odometer", NULL };
    static const char *const configured[] = { "name", NULL };
    const acrm__rec *of = d->contract ? d->contract : d->quote;
    acrm_value *customer = acrm__put_map(d->context, "customer");
    int32_t st = customer ? document_person(d, acrm__id(d->quote, F_quote__customer_id), customer)
                          : acrm__nomem(d->call);

    if (st == ACRM_OK)
        st = document_follow(d, d->quote, F_quote__dealer_id, "dealer", dealer);
    if (st == ACRM_OK)
        st = document_follow(d, d->quote, F_quote__user_id, "seller", seller);
    if (st == ACRM_OK)
        st = document_follow(d, d->quote, F_quote__configuration_id, "vehicle", configured);
    if (st == ACRM_OK)
        st = document_follow(d, of, d->contract ? F_sales_contract__vehicle_id
                                                : F_quote__vehicle_id, "vehicle", vehicle);
    if (st == ACRM_OK)
        st = document_words(d, of, d->contract ? F_sales_contract__language : F_quote__language);
    if (st == ACRM_OK)
        st = document_lines(d);
    return st == ACRM_OK ? document_finance(d) : st;
}

/* What is put together, and beside it all fields of the record. */
static int32_t document_context(document *d)
{
    const acrm__rec *of = d->contract ? d->contract : d->quote;
    acrm_value *fields = acrm__deal_map(d->call), *more = acrm__deal_map(d->call);
    int32_t st = fields && more ? acrm__render(d->call, of, fields) : acrm__nomem(d->call);

    d->context = more;
    if (st == ACRM_OK)
        st = document_fill(d);
    if (st == ACRM_OK && d->contract)
        st = document_contract(d);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(fields); i++) {
        const char *key = acrm_value_key(fields, i, NULL);
        if (!acrm_value_get(more, key) && !acrm__put_value(more, key, acrm_value_at(fields, i)))
            st = acrm__nomem(d->call);
    }
    return st;
}

/* --- The template --- */

/* How well a template fits: a dealer's own before all others, then its language; 0: not at all. */
static int32_t document_fits(const document *d, const acrm__rec *template_)
{
    const unsigned char *dealer = acrm__id(template_, F_document_template__dealer_id);
    const char *language = acrm__text(template_, F_document_template__language);

    if (dealer && !acrm__deal_same(dealer, acrm__id(d->quote, F_quote__dealer_id)))
        return 0;
    if (language && !document_speaks(language, d->language))
        return 0;
    return 1 + (dealer ? 4 : 0) + (!language ? 0 : strcmp(language, d->language) == 0 ? 2 : 1);
}

static int32_t document_template(document *d, const char **body)
{
    const acrm__term terms[] = {
        { F_document_template__kind, ACRM_FILTER_EQ,
          acrm__cell_text(d->contract ? "contract" : "quote") },
        { F_document_template__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs found = { NULL, 0 };
    int32_t best = 0;
    int32_t st = acrm__find(d->call, &(acrm__select){ .entity = "document_template",
        .terms = terms, .n_terms = 2, .limit = DOCUMENT_TEMPLATES_MAX, .as_system = true },
        &found);

    *body = acrm__document_layouts[d->contract != NULL];
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        int32_t fit = document_fits(d, found.items[i]);
        if (fit > best) {
            best = fit;
            *body = acrm__text(found.items[i], F_document_template__body);
        }
    }
    return st;
}

static int32_t document_told(acrm__call *call, int32_t st, acrm_error *err)
{
    if (st == ACRM_E_NOMEM)
        st = acrm__nomem(call);
    else if (st != ACRM_OK)
        st = acrm__fail(call, st, acrm_error_reason(err), "body", "body: %s",
                        acrm_error_message(err));
    acrm_error_free(err);
    return st;
}

int32_t acrm__document_template_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *body = acrm__text(rec, F_document_template__body);
    acrm_template *made = NULL;
    acrm_error *err = NULL;

    (void)before;
    if (!body)
        return ACRM_OK;
    int32_t st = acrm_template_new(&call->arena->allocator, body, strlen(body), &made, &err);
    acrm_template_free(made);
    return document_told(call, st, err);
}

static int32_t document_print(document *d, const char **html)
{
    acrm_template_options options = { .struct_size = sizeof options, .language = d->language,
                                      .zone = d->call->session->engine->clock_zone,
                                      .bytes_max = DOCUMENT_BYTES_MAX };
    acrm_template *made = NULL;
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;
    const char *body = NULL;
    int32_t st = document_template(d, &body);

    if (st != ACRM_OK)
        return st;
    st = acrm_template_new(&d->call->arena->allocator, body, strlen(body), &made, &err);
    if (st == ACRM_OK)
        st = acrm_template_render(made, d->context, &options, &buf, &err);
    if (st == ACRM_OK) {
        *html = acrm__arena_text(d->call->arena, acrm_buf_data(buf), acrm_buf_len(buf));
        st = *html ? ACRM_OK : ACRM_E_NOMEM;
    }
    acrm_template_free(made);
    acrm_buf_free(buf);
    return document_told(d->call, st, err);
}

/* --- Operations --- */

static int32_t document_make(document *d, const char **html)
{
    int32_t st = document_context(d);

    return st == ACRM_OK ? document_print(d, html) : st;
}

static int32_t document_answer(acrm__call *call, const document *d, const char *html)
{
    const char *hash = acrm__deal_hash(call, html, strlen(html));
    bool ok = hash && acrm__put_text(call->out, "html", html) &&
              acrm__put_text(call->out, "language", d->language) &&
              acrm__put_text(call->out, "hash", hash);

    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__quote_render(acrm__call *call)
{
    acrm__call system = acrm__deal_system(call);
    document d = { .call = &system };
    acrm__rec *quote;
    const char *html = NULL;
    int32_t st = acrm__load_arg(call, "quote", "id", &quote);

    if (st != ACRM_OK)
        return st;
    d.quote = quote;
    st = document_make(&d, &html);
    return st == ACRM_OK ? document_answer(call, &d, html) : st;
}

static int32_t document_of_contract(acrm__call *call, document *d, const acrm__rec *contract,
                                    const char **html)
{
    acrm__rec *quote = NULL;
    int32_t st = acrm__deal_follow(call, contract, F_sales_contract__quote_id, &quote);

    if (st == ACRM_OK && !quote)
        st = acrm__fail(call, ACRM_E_CONFLICT, "no_quote", "id",
                        "the contract was not made from a quote: it has no lines to print");
    if (st != ACRM_OK)
        return st;
    d->quote = quote;
    d->contract = contract;
    return document_make(d, html);
}

int32_t acrm__document_kept(acrm__call *call, const unsigned char subject[16], acrm__rec **out)
{
    const acrm__term of = { F_deal_document__subject_id, ACRM_FILTER_EQ, acrm__cell_id(subject) };

    return acrm__find_one(call, &(acrm__select){ .entity = "deal_document", .terms = &of,
        .n_terms = 1, .order = F_ID, .descending = true, .as_system = true }, out);
}

int32_t acrm__contract_render(acrm__call *call)
{
    acrm__call system = acrm__deal_system(call);
    document d = { .call = &system };
    acrm__rec *contract, *kept = NULL;
    const char *html = NULL;
    int32_t st = acrm__load_arg(call, "sales_contract", "id", &contract);

    if (st == ACRM_OK && !acrm__is_null(contract, F_sales_contract__document_hash) &&
        !acrm__arg(call, "language"))
        st = acrm__document_kept(&system, acrm__id(contract, F_ID), &kept);
    if (st == ACRM_OK && kept) { /* what is signed is shown as it was signed */
        html = acrm__text(kept, F_deal_document__html);
        d.language = acrm__text(kept, F_deal_document__language);
    }
    if (st == ACRM_OK && !html)
        st = document_of_contract(&system, &d, contract, &html);
    return st == ACRM_OK ? document_answer(call, &d, html) : st;
}

int32_t acrm__contract_document(acrm__call *call, const acrm__rec *contract, const char **hash)
{
    acrm__call system = acrm__deal_system(call);
    acrm__rec *kept = acrm__new(call, "deal_document");
    document d = { .call = &system };
    const char *html = NULL;
    int32_t st = kept ? document_of_contract(&system, &d, contract, &html) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    *hash = acrm__deal_hash(call, html, strlen(html));
    if (!*hash)
        return acrm__nomem(call);
    acrm__set(kept, F_deal_document__entity, acrm__cell_text("sales_contract"));
    acrm__set(kept, F_deal_document__subject_id, contract->cells[F_ID]);
    acrm__set(kept, F_deal_document__customer_id, contract->cells[F_sales_contract__customer_id]);
    acrm__set(kept, F_deal_document__dealer_id, contract->cells[F_sales_contract__dealer_id]);
    acrm__set(kept, F_deal_document__language, acrm__cell_text(d.language));
    acrm__set(kept, F_deal_document__html, acrm__cell_text(html));
    acrm__set(kept, F_deal_document__hash, acrm__cell_text(*hash));
    acrm__set(kept, F_deal_document__made_at, acrm__cell_int(call->now));
    return acrm__insert(&system, kept);
}

int32_t acrm__quote_layout(acrm__call *call)
{
    bool contract = strcmp(acrm__arg_text(call, "kind"), "contract") == 0;
    acrm_value *names = acrm__put_list(call->out, "words");
    bool ok = names && acrm__put_text(call->out, "body", acrm__document_layouts[contract]);

    for (size_t i = 0; ok && acrm__document_names[i]; i++)
        ok = acrm__add_text(names, acrm__document_names[i]);
    return ok ? ACRM_OK : acrm__nomem(call);
}
