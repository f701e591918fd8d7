/* SPDX-License-Identifier: MIT */
/* A choice priced: which price list, which prices, what each component costs and why. */
#include "modules/catalog/configuration.h"

#include "base/error.h"
#include "base/json.h"
#include "base/money.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED_RATE_DIGITS = 6, LISTED_TOLD = 20 };

/* What is to be priced, for whom. */
typedef struct listed_wish {
    const acrm__choice *choice;
    const char *country, *region, *group; /* NULL: none */
    const unsigned char *list;            /* NULL: the one that fits best */
    const acrm_value *codes;
} listed_wish;

typedef struct listed_candidate {
    const acrm__rec *list;
    const char *why; /* why it is not the one; NULL: it may be */
    int32_t special; /* how closely it is made for this wish */
} listed_candidate;

typedef struct listed_price {
    const acrm__rec *list, *base;
    listed_candidate *candidates;
    size_t n_candidates;
    int32_t digits;
    const unsigned char **items;         /* of each option: the price_item; NULL: none */
    bool *own;                           /* of each option: the price is for this trim */
    acrm_configuration_line *lines;
    size_t n_lines;
    acrm_configuration_total total;
} listed_price;

/* --- Which list --- */

static bool listed_other(const acrm__rec *list, uint32_t field, const char *wanted)
{
    const char *own = acrm__text(list, field);

    return own && !(wanted && strcmp(own, wanted) == 0);
}

static void listed_judge(const listed_wish *wish, listed_candidate *c)
{
    const acrm__rec *list = c->list;
    int64_t on = wish->choice->on;

    c->special = 8 * !acrm__is_null(list, F_price_list__customer_group) +
                 4 * !acrm__is_null(list, F_price_list__region) +
                 2 * !acrm__is_null(list, F_price_list__country) +
                 !acrm__is_null(list, F_price_list__make_id);
    const unsigned char *make = acrm__id(list, F_price_list__make_id);
    if (make && memcmp(make, wish->choice->catalogue->make, 16) != 0)
        c->why = "other_make";
    else if (listed_other(list, F_price_list__country, wish->country))
        c->why = "other_country";
    else if (listed_other(list, F_price_list__region, wish->region))
        c->why = "other_region";
    else if (listed_other(list, F_price_list__customer_group, wish->group))
        c->why = "other_customer_group";
    else if (!acrm__int(list, F_price_list__active))
        c->why = "not_active";
    else if (on < acrm__int(list, F_price_list__valid_from))
        c->why = "not_yet_valid";
    else if (!acrm__is_null(list, F_price_list__valid_to) &&
             on > acrm__int(list, F_price_list__valid_to))
        c->why = "expired";
}

/* Those that may be the one first: by priority, by how special they are, the newest first. */
static int listed_order(const void *a, const void *b)
{
    const listed_candidate *x = a;
    const listed_candidate *y = b;
    int64_t priority = acrm__int(y->list, F_price_list__priority) -
                       acrm__int(x->list, F_price_list__priority);
    int64_t from = acrm__int(y->list, F_price_list__valid_from) -
                   acrm__int(x->list, F_price_list__valid_from);

    if (!x->why != !y->why)
        return x->why ? 1 : -1;
    if (priority)
        return priority < 0 ? -1 : 1;
    if (x->special != y->special)
        return x->special > y->special ? -1 : 1;
    if (from)
        return from < 0 ? -1 : 1;
    return -memcmp(acrm__id(x->list, F_ID), acrm__id(y->list, F_ID), 16);
}

static int32_t listed_item(acrm__call *call, const acrm__rec *list, const unsigned char trim[16],
                           acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_price_item__price_list_id, ACRM_FILTER_EQ, list->cells[F_ID] },
        { F_price_item__trim_id, ACRM_FILTER_EQ, acrm__cell_id(trim) },
        { F_price_item__option_id, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    const acrm__select select = { .entity = "price_item", .terms = terms, .n_terms = 3,
                                  .as_system = true };

    return acrm__find_one(call, &select, out);
}

/* No list will do: the one that comes nearest to it says why. */
static int32_t listed_refuse(acrm__call *call, const listed_wish *wish, const listed_price *p)
{
    static const char *const told[] = { "no_price", "expired", "not_yet_valid" };
    const char *field = wish->list ? "price_list_id" : "trim_id";

    for (size_t r = 0; r < 3; r++)
        for (size_t i = 0; i < p->n_candidates; i++) {
            const listed_candidate *c = &p->candidates[i];
            const char *name = acrm__text(c->list, F_price_list__name);
            if (!c->why || (strcmp(c->why, told[r]) != 0 && !wish->list))
                continue;
            if (strcmp(c->why, "expired") == 0)
                return acrm__fail(call, ACRM_E_CONFLICT, "expired", "on",
                                  "the price list \"%s\" expired after %s", name,
                                  acrm__date_text(call, acrm__int(c->list,
                                                                  F_price_list__valid_to)));
            if (strcmp(c->why, "not_yet_valid") == 0)
                return acrm__fail(call, ACRM_E_CONFLICT, c->why, "on",
                                  "the price list \"%s\" is valid from %s", name,
                                  acrm__date_text(call, acrm__int(c->list,
                                                                  F_price_list__valid_from)));
            if (strcmp(c->why, "no_price") == 0)
                return acrm__fail(call, ACRM_E_CONFLICT, c->why, "trim_id",
                                  "the price list \"%s\" has no price of %s", name,
                                  wish->choice->catalogue->name);
            return acrm__fail(call, ACRM_E_CONFLICT, c->why, field,
                              "the price list \"%s\" does not apply: %s", name, c->why);
        }
    return acrm__fail(call, ACRM_E_CONFLICT, "no_price_list", field,
                      "no price list applies to %s", wish->choice->catalogue->name);
}

static int32_t listed_choose(acrm__call *call, const listed_wish *wish, listed_price *p)
{
    acrm_cell makes[] = { acrm__cell_null(), acrm__cell_id(wish->choice->catalogue->make) };
    const acrm__term one = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(wish->list) };
    acrm__select select = { .entity = "price_list", .terms = &one, .n_terms = wish->list ? 1 : 0,
                            .as_system = true };
    acrm__recs lists;
    acrm__rec *base = NULL;

    if (!wish->list && !(select.where = acrm__where_in(call, F_price_list__make_id, makes, 2)))
        return acrm__nomem(call);
    int32_t st = acrm__find(call, &select, &lists);
    if (st != ACRM_OK)
        return st;
    if (wish->list && lists.count == 0)
        return acrm__fail(call, ACRM_E_NOTFOUND, "not_found", "price_list_id",
                          "there is no such price list");
    p->candidates = acrm__arena_array(call->arena, lists.count + 1, sizeof *p->candidates);
    if (!p->candidates)
        return acrm__nomem(call);
    for (size_t i = 0; i < lists.count; i++) {
        p->candidates[i].list = lists.items[i];
        listed_judge(wish, &p->candidates[i]);
    }
    p->n_candidates = lists.count;
    if (lists.count)
        qsort(p->candidates, lists.count, sizeof *p->candidates, listed_order);
    for (size_t i = 0; st == ACRM_OK && i < lists.count && !p->candidates[i].why; i++) {
        if (base) {
            p->candidates[i].why = "behind";
            continue;
        }
        st = listed_item(call, p->candidates[i].list, wish->choice->catalogue->trim, &base);
        if (base) {
            p->list = p->candidates[i].list;
            p->base = base;
        } else {
            p->candidates[i].why = "no_price";
        }
    }
    return st == ACRM_OK && !base ? listed_refuse(call, wish, p) : st;
}

/* --- Prices of options --- */

/* Into `amounts` and `priced`; a price for this trim stands before the general one. */
static int32_t listed_options(acrm__call *call, const listed_wish *wish, listed_price *p,
                              int64_t *amounts, unsigned char *priced)
{
    const acrm__catalogue *c = wish->choice->catalogue;
    acrm_cell *ids = acrm__arena_array(call->arena, c->n_options + (size_t)1, sizeof *ids);
    const acrm__term term = { F_price_item__price_list_id, ACRM_FILTER_EQ, p->list->cells[F_ID] };
    acrm__select select = { .entity = "price_item", .terms = &term, .n_terms = 1,
                            .as_system = true };
    acrm__recs items;
    size_t n = 0;

    p->items = acrm__arena_array(call->arena, c->n_options + (size_t)1, sizeof *p->items);
    p->own = acrm__arena_array(call->arena, c->n_options + (size_t)1, sizeof *p->own);
    if (!ids || !p->items || !p->own)
        return acrm__nomem(call);
    for (uint32_t o = 0; o < c->n_options; o++)
        if (wish->choice->vehicle[o])
            ids[n++] = acrm__cell_id(c->options[o].id);
    if (n == 0)
        return ACRM_OK;
    select.where = acrm__where_in(call, F_price_item__option_id, ids, n);
    int32_t st = select.where ? acrm__find(call, &select, &items) : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < items.count; i++) {
        const acrm__rec *item = items.items[i];
        const unsigned char *of = acrm__id(item, F_price_item__option_id);
        const unsigned char *trim = acrm__id(item, F_price_item__trim_id);
        uint32_t o = 0;
        while (memcmp(c->options[o].id, of, 16) != 0)
            o++;
        if ((trim && memcmp(trim, c->trim, 16) != 0) || (!trim && priced[o]))
            continue;
        amounts[o] = acrm__int(item, F_price_item__amount);
        priced[o] = 1;
        p->items[o] = acrm__id(item, F_ID);
        p->own[o] = trim != NULL;
    }
    return st;
}

static int32_t listed_compute(acrm__call *call, const listed_wish *wish, listed_price *p)
{
    const acrm__catalogue *c = wish->choice->catalogue;
    size_t room = c->n_options + (size_t)1;
    int64_t *amounts = acrm__arena_array(call->arena, room, sizeof *amounts);
    unsigned char *priced = acrm__arena_zero(call->arena, room);
    const acrm_cell *rate = &p->list->cells[F_price_list__tax_rate];
    const char *rounding = acrm__text(p->list, F_price_list__rounding);
    acrm_configuration_prices prices = { .struct_size = sizeof prices };
    acrm_issue issue = { NULL, NULL, -1 };

    p->lines = acrm__arena_array(call->arena, room, sizeof *p->lines);
    if (!amounts || !priced || !p->lines)
        return acrm__nomem(call);
    int32_t st = listed_options(call, wish, p, amounts, priced);
    if (st != ACRM_OK)
        return st;
    prices.base = acrm__int(p->base, F_price_item__amount);
    prices.amounts = amounts;
    prices.priced = priced;
    prices.includes_tax = acrm__int(p->list, F_price_list__includes_tax) != 0;
    prices.rounding = rounding && strcmp(rounding, "half_even") == 0
                          ? ACRM_CONFIGURATION_HALF_EVEN : ACRM_CONFIGURATION_HALF_UP;
    if (rate->type == ACRM_CELL_TEXT)
        (void)acrm__parse_decimal(rate->data, rate->size, LISTED_RATE_DIGITS,
                                  &prices.tax_millionths);
    p->total.struct_size = sizeof p->total;
    st = acrm_configuration_price(c->compiled, wish->choice->chosen, wish->choice->n, &prices,
                                  p->lines, c->n_options, &p->n_lines, &p->total, &issue);
    if (st == ACRM_E_NOTFOUND)
        return acrm__fail(call, ACRM_E_CONFLICT, "no_price", "options",
                          "the price list \"%s\" has no price of %s",
                          acrm__text(p->list, F_price_list__name),
                          c->options[issue.row].code);
    return st == ACRM_OK ? st
                         : acrm__fail(call, ACRM_E_LIMIT, "range", "options",
                                      "the prices add up to more than money can hold");
}

/* --- Telling --- */

static bool listed_money(const listed_price *p, acrm_value *map, const char *key, int64_t minor)
{
    char text[32];

    return acrm__put_textn(map, key, text, acrm__print_decimal(minor, p->digits, text));
}

static bool listed_line(acrm__call *call, const listed_wish *wish, const listed_price *p,
                        const acrm_configuration_line *line, acrm_value *to)
{
    static const char *const why[] = { NULL, "price", "standard", "included" };
    const acrm__catalogue *c = wish->choice->catalogue;
    const acrm__catalogue_option *option = &c->options[line->option];
    const unsigned char *item = line->why == ACRM_LINE_CHOSEN ? p->items[line->option] : NULL;

    return acrm__put_text(to, "kind", option->kind) && acrm__put_text(to, "code", option->code) &&
           acrm__put_text(to, "name", option->name) &&
           listed_money(p, to, "amount", line->amount) &&
           acrm__put_text(to, "why", item && p->own[line->option] ? "trim_price"
                                                                  : why[line->why]) &&
           acrm__put_text(to, "package", line->why == ACRM_LINE_INCLUDED
                                             ? c->options[line->package].code : NULL) &&
           acrm__put_text(to, "price_item_id", item ? acrm__id_text(call, item) : NULL);
}

static int32_t listed_tell_lines(acrm__call *call, const listed_wish *wish,
                                 const listed_price *p, acrm_value *out)
{
    const acrm__catalogue *c = wish->choice->catalogue;
    acrm_value *lines = acrm__put_list(out, "lines");
    acrm_value *base = lines ? acrm__add_map(lines) : NULL;
    bool done = base && acrm__put_text(base, "kind", "trim") &&
                acrm__put_text(base, "code", c->code) && acrm__put_text(base, "name", c->name) &&
                listed_money(p, base, "amount", acrm__int(p->base, F_price_item__amount)) &&
                acrm__put_text(base, "why", "price") && acrm__put_null(base, "package") &&
                acrm__put_text(base, "price_item_id",
                               acrm__id_text(call, acrm__id(p->base, F_ID)));

    for (size_t i = 0; done && i < p->n_lines; i++) {
        acrm_value *line = acrm__add_map(lines);
        done = line && listed_line(call, wish, p, &p->lines[i], line);
    }
    return done ? ACRM_OK : acrm__nomem(call);
}

static int32_t listed_tell_why(acrm__call *call, const listed_price *p, acrm_value *out)
{
    acrm_value *map = acrm__put_map(out, "explain");
    acrm_value *lists = map ? acrm__put_list(map, "price_lists") : NULL;
    const char *by = acrm__arena_format(call->arena, "%lld/%lld",
                                        (long long)p->total.rounded_num,
                                        (long long)p->total.rounded_den);
    bool done = lists && by &&
                acrm__put_text(map, "tax_rate", acrm__text(p->list, F_price_list__tax_rate)) &&
                acrm__put_bool(map, "includes_tax",
                               acrm__int(p->list, F_price_list__includes_tax) != 0) &&
                acrm__put_text(map, "rounding", acrm__text(p->list, F_price_list__rounding)) &&
                acrm__put_text(map, "rounded_by", p->total.rounded_num ? by : "0");

    for (size_t i = 0; done && i < p->n_candidates && i < LISTED_TOLD; i++) {
        const listed_candidate *c = &p->candidates[i];
        acrm_value *one = acrm__add_map(lists);
        done = one && acrm__put_text(one, "id", acrm__id_text(call, acrm__id(c->list, F_ID))) &&
               acrm__put_text(one, "name", acrm__text(c->list, F_price_list__name)) &&
               acrm__put_int(one, "priority", acrm__int(c->list, F_price_list__priority)) &&
               acrm__put_text(one, "why", c->why ? c->why : "chosen");
    }
    return done ? ACRM_OK : acrm__nomem(call);
}

static int32_t listed_price_it(acrm__call *call, const listed_wish *wish, listed_price *p)
{
    int32_t st = listed_choose(call, wish, p);

    if (st != ACRM_OK)
        return st;
    const char *currency = acrm__text(p->list, F_price_list__currency);
    p->digits = acrm__currency_digits(currency, strlen(currency));
    return listed_compute(call, wish, p);
}

/* --- configuration.price --- */

/* What is not said of place is that of the dealer. */
static int32_t listed_place(acrm__call *call, const unsigned char *dealer_id, listed_wish *wish)
{
    acrm__rec *dealer;

    if (!dealer_id)
        return ACRM_OK;
    int32_t st = acrm__load(call, "dealer", dealer_id, "dealer_id", &dealer);
    if (st != ACRM_OK)
        return st;
    const acrm__entity *entity = dealer->entity;
    if (!wish->country)
        wish->country = acrm__text(dealer, acrm__field_of(entity, "country"));
    if (!wish->region)
        wish->region = acrm__text(dealer, acrm__field_of(entity, "region"));
    return ACRM_OK;
}

int32_t acrm__configuration_price(acrm__call *call)
{
    unsigned char trim[16], dealer[16], list[16];
    acrm__choice choice;
    listed_price price = { .list = NULL };
    int64_t on = acrm__today(call);
    listed_wish wish = { .choice = &choice, .country = acrm__arg_text(call, "country"),
                         .region = acrm__arg_text(call, "region"),
                         .group = acrm__arg_text(call, "customer_group"),
                         .codes = acrm__arg(call, "options") };

    (void)acrm__arg_id(call, "trim_id", trim);
    (void)acrm__arg_time(call, "on", &on);
    if (acrm__arg_id(call, "price_list_id", list))
        wish.list = list;
    int32_t st = acrm__choice_judge(call, trim, wish.codes, (int32_t)on, &choice);
    if (st == ACRM_OK && acrm_value_count(choice.faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, choice.faults);
    if (st == ACRM_OK)
        st = listed_place(call, acrm__arg_id(call, "dealer_id", dealer) ? dealer : NULL, &wish);
    if (st == ACRM_OK)
        st = listed_price_it(call, &wish, &price);
    if (st != ACRM_OK)
        return st;
    acrm_value *out = call->out;
    if (!acrm__put_text(out, "currency", acrm__text(price.list, F_price_list__currency)) ||
        !listed_money(&price, out, "base", acrm__int(price.base, F_price_item__amount)) ||
        !listed_money(&price, out, "net", price.total.net) ||
        !listed_money(&price, out, "tax", price.total.tax) ||
        !listed_money(&price, out, "total", price.total.total) ||
        !acrm__put_text(out, "priced_on", acrm__date_text(call, on)) ||
        !acrm__put_text(out, "price_list_id", acrm__id_text(call, acrm__id(price.list, F_ID))))
        return acrm__nomem(call);
    st = listed_tell_lines(call, &wish, &price, out);
    return st == ACRM_OK ? listed_tell_why(call, &price, out) : st;
}

/* --- Stored configurations --- */

static bool listed_touched(const acrm__rec *rec)
{
    static const uint32_t fields[] = {
        F_configuration__trim_id, F_configuration__options, F_configuration__priced_on,
        F_configuration__country, F_configuration__region, F_configuration__customer_group,
        F_configuration__dealer_id
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (acrm__changed(rec, fields[i]))
            return true;
    return false;
}

static int32_t listed_store(acrm__call *call, acrm__rec *rec, const listed_wish *wish,
                            const listed_price *p)
{
    acrm_value *breakdown = acrm__value_in(call->arena);
    acrm__str text;

    if (!breakdown || acrm_value_set_map(breakdown) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = listed_tell_lines(call, wish, p, breakdown);
    if (st == ACRM_OK)
        st = listed_tell_why(call, p, breakdown);
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&text, &call->arena->allocator);
    const char *json = acrm__json_write(&text, breakdown, 0) == ACRM_OK && !text.failed
                           ? acrm__arena_text(call->arena, text.data, text.len) : NULL;
    acrm__str_free(&text);
    if (!json)
        return acrm__nomem(call);
    acrm__set(rec, F_configuration__breakdown, acrm__cell_text(json));
    acrm__set(rec, F_configuration__price_list_id, acrm__cell_id(acrm__id(p->list, F_ID)));
    acrm__set(rec, F_configuration__currency, p->list->cells[F_price_list__currency]);
    acrm__set(rec, F_configuration__base, p->base->cells[F_price_item__amount]);
    acrm__set(rec, F_configuration__net, acrm__cell_int(p->total.net));
    acrm__set(rec, F_configuration__tax, acrm__cell_int(p->total.tax));
    acrm__set(rec, F_configuration__total, acrm__cell_int(p->total.total));
    return ACRM_OK;
}

int32_t acrm__configuration_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const unsigned char *trim = acrm__id(rec, F_configuration__trim_id);
    const char *state = before ? acrm__text(before, F_configuration__state) : NULL;
    acrm__choice choice;
    listed_price price = { .list = NULL };
    listed_wish wish = { .choice = &choice,
                         .country = acrm__text(rec, F_configuration__country),
                         .region = acrm__text(rec, F_configuration__region),
                         .group = acrm__text(rec, F_configuration__customer_group) };

    if (!trim || !acrm__is_null(rec, F_DELETED_AT) || (before && !listed_touched(rec)))
        return ACRM_OK; /* a missing trim is refused next, by name */
    if (state && strcmp(state, "open") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "state",
                          "the configuration is %s and cannot be changed any more", state);
    if (acrm__is_null(rec, F_configuration__priced_on))
        acrm__set(rec, F_configuration__priced_on, acrm__cell_int(acrm__today(call)));
    int32_t st = acrm__model_codes(call, rec, F_configuration__options, &wish.codes);
    if (st == ACRM_OK)
        st = acrm__choice_judge(call, trim, wish.codes,
                                (int32_t)acrm__int(rec, F_configuration__priced_on), &choice);
    if (st == ACRM_OK && acrm_value_count(choice.faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, choice.faults);
    if (st == ACRM_OK)
        st = listed_place(call, acrm__id(rec, F_configuration__dealer_id), &wish);
    if (st == ACRM_OK)
        st = listed_price_it(call, &wish, &price);
    if (st == ACRM_OK && acrm__is_null(rec, F_configuration__name)) {
        const char *name = acrm__arena_text(call->arena, choice.catalogue->name,
                                            strlen(choice.catalogue->name));
        if (!name)
            return acrm__nomem(call);
        acrm__set(rec, F_configuration__name, acrm__cell_text(name));
    }
    return st == ACRM_OK ? listed_store(call, rec, &wish, &price) : st;
}
