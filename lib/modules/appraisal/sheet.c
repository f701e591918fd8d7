/* SPDX-License-Identifier: MIT */
/* Appraisals side by side, and one on a page of A4. */
#include "autocrm/template.h"
#include "kernel/inside.h"
#include "modules/appraisal/appraisal.h"
#include "modules/appraisal/entities.h"

enum { SHEET_COMPARED_MAX = 6, SHEET_CONDITIONS = 5, SHEET_BYTES_MAX = 1048576 };

static const char *const sheet_conditions[SHEET_CONDITIONS] = { "good", "worn", "damaged",
                                                                "defective", "missing" };

static int sheet_rank(const acrm__rec *item)
{
    for (int i = 0; item && i < SHEET_CONDITIONS; i++)
        if (acrm__appraisal_is(item, F_appraisal_item__condition, sheet_conditions[i]))
            return i;
    return 0; /* what was not written down is taken to be good */
}

static int32_t sheet_items(acrm__call *call, const acrm__rec *of, acrm__recs *out)
{
    const acrm__term term = { F_appraisal_item__appraisal_id, ACRM_FILTER_EQ, of->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "appraisal_item", .terms = &term,
        .n_terms = 1, .order = F_appraisal_item__element }, out);
}

/* --- Side by side --- */

typedef struct sheet_side {
    acrm__rec *of;
    acrm__recs items;
} sheet_side;

static const acrm__rec *sheet_find(const sheet_side *side, const char *element)
{
    for (size_t i = 0; i < side->items.count; i++)
        if (acrm__appraisal_is(side->items.items[i], F_appraisal_item__element, element))
            return side->items.items[i];
    return NULL;
}

/* What a record shows of a field; null when there is none. */
static bool sheet_put(acrm__call *call, acrm_value *map, const char *key, const acrm__rec *rec,
                      const char *field)
{
    acrm_value *shown = acrm__value_in(call->arena);

    if (!rec)
        return acrm__put_null(map, key);
    return shown && acrm__render(call, rec, shown) == ACRM_OK &&
           acrm__put_value(map, key, acrm_value_get(shown, field));
}

static int32_t sheet_row(acrm__call *call, const sheet_side *sides, size_t n, const char *element,
                         acrm_value *rows)
{
    const acrm__rec *first = sheet_find(&sides[0], element);
    const acrm__rec *last = sheet_find(&sides[n - 1], element);
    acrm_value *row = acrm__add_map(rows);
    bool ok = row && acrm__put_text(row, "element", element) &&
              acrm__put_bool(row, "worse", sheet_rank(last) > sheet_rank(first)) &&
              acrm__put_bool(row, "better", sheet_rank(last) < sheet_rank(first));
    acrm_value *states = ok ? acrm__put_list(row, "states") : NULL;

    ok = states != NULL;

    for (size_t i = 0; ok && i < n; i++) {
        const acrm__rec *item = sheet_find(&sides[i], element);
        acrm_value *state = acrm__add_map(states);
        ok = state && sheet_put(call, state, "condition", item, "condition") &&
             sheet_put(call, state, "repair", item, "repair") &&
             sheet_put(call, state, "tread", item, "tread");
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t sheet_load(acrm__call *call, sheet_side *sides, size_t *n)
{
    const acrm_value *ids = acrm__arg(call, "ids");
    int32_t st = ACRM_OK;

    *n = acrm_value_count(ids);
    if (*n < 2 || *n > SHEET_COMPARED_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "range", "ids", "2 to %d are compared",
                          SHEET_COMPARED_MAX);
    for (size_t i = 0; st == ACRM_OK && i < *n; i++) {
        unsigned char id[16];
        size_t len = 0;
        const char *text = acrm_value_text(acrm_value_at(ids, i), &len);
        if (!text || !acrm__uuid_parse(text, len, id))
            return acrm__fail(call, ACRM_E_INVALID, "format", "ids", "ids are UUIDs");
        st = acrm__load(call, "appraisal", id, "ids", &sides[i].of);
        if (st == ACRM_OK && !acrm__cell_equal(&sides[i].of->cells[F_appraisal__vehicle_id],
                                               &sides[0].of->cells[F_appraisal__vehicle_id]))
            return acrm__fail(call, ACRM_E_INVALID, "vehicle", "ids",
                              "they are of different vehicles");
        if (st == ACRM_OK)
            st = sheet_items(call, sides[i].of, &sides[i].items);
    }
    return st;
}

int32_t acrm__appraisal_compare(acrm__call *call)
{
    static const char *const told[] = { "id", "stage", "state", "created_at", "odometer",
                                        "currency", "repair", "market", "appraised", "offered" };
    sheet_side sides[SHEET_COMPARED_MAX] = { { .of = NULL } };
    size_t n = 0;
    int32_t st = sheet_load(call, sides, &n);
    acrm_value *list = st == ACRM_OK ? acrm__put_list(call->out, "appraisals") : NULL;
    acrm_value *rows = list ? acrm__put_list(call->out, "rows") : NULL;

    if (st == ACRM_OK && !rows)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        acrm_value *item = acrm__add_map(list);
        bool ok = item != NULL;
        for (size_t k = 0; ok && k < sizeof told / sizeof told[0]; k++)
            ok = sheet_put(call, item, told[k], sides[i].of, told[k]);
        st = ok ? ACRM_OK : acrm__nomem(call);
    }
    /* Each element once, in the order in which the sides first name it. */
    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        for (size_t k = 0; st == ACRM_OK && k < sides[i].items.count; k++) {
            const char *element = acrm__text(sides[i].items.items[k], F_appraisal_item__element);
            bool known = false;
            for (size_t j = 0; j < i; j++)
                known = known || sheet_find(&sides[j], element);
            if (!known)
                st = sheet_row(call, sides, n, element, rows);
        }
    return st;
}

/* --- On paper --- */

/* The record of a reference under a key, when who asks may see it. */
static int32_t sheet_related(acrm__call *call, acrm_value *context, const char *key,
                             const char *entity, const acrm__rec *of, uint32_t field)
{
    acrm__rec *rec = NULL;
    acrm_value *at = acrm__put_map(context, key);
    int32_t st = !at ? acrm__nomem(call)
                 : acrm__is_null(of, field) ? ACRM_OK
                 : acrm__load_or_null(call, acrm__entity_of(call, entity), acrm__id(of, field),
                                      &rec);

    return st == ACRM_OK && rec ? acrm__render(call, rec, at) : st;
}

/* The name of an element: in the language, when it came with the database and was not renamed. */
static const char *sheet_name(acrm__call *call, const acrm__rec *element, const char *language)
{
    const char *name = acrm__text(element, F_appraisal_element__name);
    size_t place = acrm__appraisal_element(acrm__text(element, F_appraisal_element__code), name);
    const char *word = place == SIZE_MAX ? "" : acrm__sheet_element(call, language, place);

    return word && !*word ? name : word;
}

/* Its items in the order of the elements. */
static int32_t sheet_list(acrm__call *call, const acrm__rec *of, const char *language,
                          const acrm_value *words, acrm_value *context)
{
    acrm_value *list = acrm__put_list(context, "items");
    acrm__recs elements = { NULL, 0 };
    sheet_side side = { .of = NULL };
    int32_t st = list ? sheet_items(call, of, &side.items) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "appraisal_element",
            .order = F_appraisal_element__position, .as_system = true }, &elements);
    for (size_t i = 0; st == ACRM_OK && i < elements.count; i++) {
        const acrm__rec *item = sheet_find(&side, acrm__text(elements.items[i],
                                                             F_appraisal_element__code));
        acrm_value *row = item ? acrm__add_map(list) : NULL;
        if (!item)
            continue;
        acrm_value *shown = row ? acrm__put_map(row, "item") : NULL;
        const char *name = sheet_name(call, elements.items[i], language);
        const char *condition = acrm__get_text(words, acrm__text(item,
                                                                 F_appraisal_item__condition));
        if (!shown || !name || !acrm__put_text(row, "name", name) ||
            !acrm__put_text(row, "condition", condition))
            return acrm__nomem(call);
        st = acrm__render(call, item, shown);
    }
    return st;
}

static int32_t sheet_valuations(acrm__call *call, const acrm__rec *of, acrm_value *context)
{
    const acrm__term terms[] = {
        { F_appraisal_valuation__appraisal_id, ACRM_FILTER_EQ, of->cells[F_ID] },
        { F_appraisal_valuation__state, ACRM_FILTER_EQ, acrm__cell_text("received") },
    };
    acrm_value *list = acrm__put_list(context, "valuations");
    acrm__recs found = { NULL, 0 };
    int32_t st = list ? acrm__find(call, &(acrm__select){ .entity = "appraisal_valuation",
                                       .terms = terms, .n_terms = 2 }, &found)
                      : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *row = acrm__add_map(list);
        st = row ? acrm__render(call, found.items[i], row) : acrm__nomem(call);
    }
    return st;
}

/* The amounts of the appraisal that there are, each with its word. */
static bool sheet_sums(acrm__call *call, const acrm__rec *of, const acrm_value *words,
                       acrm_value *context)
{
    static const char *const told[] = { "repair", "market", "appraised", "offered" };
    acrm_value *list = acrm__put_list(context, "sums");
    bool ok = list != NULL;

    for (size_t i = 0; ok && i < sizeof told / sizeof told[0]; i++) {
        if (acrm__is_null(of, acrm__field_of(of->entity, told[i])))
            continue;
        acrm_value *row = acrm__add_map(list);
        ok = row && acrm__put_text(row, "label", acrm__get_text(words, told[i])) &&
             acrm__put_text(row, "currency", acrm__text(of, F_appraisal__currency)) &&
             acrm__put_bool(row, "big", strcmp(told[i], "offered") == 0) &&
             sheet_put(call, row, "amount", of, told[i]);
    }
    return ok;
}

static int32_t sheet_context(acrm__call *call, const acrm__rec *of, const char *asked,
                             acrm_value *context, const char **language)
{
    static const struct {
        const char *name;
        uint32_t field;
    } related[] = {
        { "vehicle", F_appraisal__vehicle_id }, { "dealer", F_appraisal__dealer_id },
        { "user", F_appraisal__user_id }, { "customer", F_appraisal__customer_id },
    };
    acrm_value *own = acrm__put_map(context, "appraisal");
    acrm_value *words = own ? acrm__put_map(context, "l") : NULL;
    int32_t st = words ? acrm__render(call, of, own) : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < sizeof related / sizeof related[0]; i++)
        st = sheet_related(call, context, related[i].name, related[i].name, of, related[i].field);
    if (st != ACRM_OK)
        return st;
    const char *theirs = acrm__get_text(acrm_value_get(context, "customer"), "language");
    *language = asked ? asked : theirs ? theirs : "en";
    bool rtl = acrm_language_right_to_left(*language);
    bool ok = acrm__sheet_words(call, *language, words) &&
              acrm__put_text(context, "language", *language) &&
              acrm__put_text(context, "direction", rtl ? "rtl" : "ltr") &&
              acrm__put_text(context, "stage", acrm__get_text(words, acrm__text(of,
                  F_appraisal__stage))) &&
              acrm__put_text(context, "on", acrm__date_text(call, acrm__day_of(call,
                  acrm__int(of, F_CREATED_AT)))) &&
              sheet_sums(call, of, words, context);
    st = ok ? sheet_list(call, of, *language, words, context) : acrm__nomem(call);
    return st == ACRM_OK ? sheet_valuations(call, of, context) : st;
}

static int32_t sheet_print(acrm__call *call, const char *text, const char *language,
                           const acrm_value *context)
{
    const acrm_template_options options = { .struct_size = sizeof options, .language = language,
                                            .zone = call->session->engine->clock_zone,
                                            .bytes_max = SHEET_BYTES_MAX };
    acrm_template *made = NULL;
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;
    int32_t st = acrm_template_new(&call->arena->allocator, text, strlen(text), &made, &err);

    if (st == ACRM_OK)
        st = acrm_template_render(made, context, &options, &buf, &err);
    bool ok = st != ACRM_OK || acrm__put_textn(call->out, "html", acrm_buf_data(buf),
                                               acrm_buf_len(buf));
    if (st != ACRM_OK)
        st = st == ACRM_E_NOMEM
                 ? acrm__nomem(call)
                 : acrm__fail(call, st, acrm_error_reason(err), "template", "template: %s",
                              acrm_error_message(err));
    acrm_error_free(err);
    acrm_template_free(made);
    acrm_buf_free(buf);
    return ok ? st : acrm__nomem(call);
}

int32_t acrm__appraisal_sheet(acrm__call *call)
{
    const char *own = acrm__arg_text(call, "template");
    const char *language = NULL;
    acrm_value *context = acrm__value_in(call->arena);
    acrm__rec *of = NULL;
    int32_t st = context && acrm_value_set_map(context) == ACRM_OK
                     ? acrm__load_arg(call, "appraisal", "id", &of) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = sheet_context(call, of, acrm__arg_text(call, "language"), context, &language);
    return st == ACRM_OK ? sheet_print(call, own ? own : acrm__sheet_layout, language, context)
                         : st;
}
