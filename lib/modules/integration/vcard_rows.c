/* SPDX-License-Identifier: MIT */
/* A vCard as a row: the fields of a customer by their names, and its contact points. */
#include "modules/integration/rows.h"

#include "base/value.h"

#include <stdio.h>
#include <string.h>

static const char *const card_columns[] = {
    "kind", "name", "given_name", "family_name", "title", "organisation", "role", "external_id",
    "notes", "language", "birth_date", "categories", "city", "region", "country", "contact_points",
};

const char *const *acrm__rows_card_columns(uint32_t *n)
{
    *n = sizeof card_columns / sizeof card_columns[0];
    return card_columns;
}

typedef struct card_row {
    acrm__arena *arena;
    const acrm_value *card;
    acrm_value *row;
    acrm_value *points;
} card_row;

static bool card_put(card_row *c, const char *key, const char *text)
{
    return !text || !*text || acrm__put_text(c->row, key, text);
}

/* home, work, mobile: the type that says most. */
static const char *card_label(const acrm_value *item)
{
    static const struct {
        const char *type, *label;
    } types[] = { { "cell", "mobile" }, { "work", "work" }, { "home", "home" } };
    const acrm_value *list = acrm_value_get(item, "types");
    const char *own = acrm__get_text(item, "label");

    if (own && strlen(own) <= 40)
        return own;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (size_t k = 0; k < acrm_value_count(list); k++) {
            const char *type = acrm_value_text(acrm_value_at(list, k), NULL);
            if (type && strcmp(type, types[i].type) == 0)
                return types[i].label;
        }
    return NULL;
}

static bool card_is(const acrm_value *item, const char *wanted)
{
    const acrm_value *list = acrm_value_get(item, "types");
    bool found = false;

    for (size_t k = 0; k < acrm_value_count(list); k++) {
        const char *type = acrm_value_text(acrm_value_at(list, k), NULL);
        found = found || (type && strcmp(type, wanted) == 0);
    }
    return found;
}

static bool card_point(card_row *c, const char *channel, const char *value, const acrm_value *item)
{
    acrm_value *point = acrm__add_map(c->points);
    const char *label = card_label(item);
    bool first = acrm_value_int(acrm_value_get(item, "pref")) == 1;

    return point && acrm__put_text(point, "channel", channel) &&
           acrm__put_text(point, "value", value) &&
           (!label || acrm__put_text(point, "label", label)) &&
           (!first || acrm__put_bool(point, "preferred", true));
}

static bool card_contacts(card_row *c)
{
    static const struct {
        const char *key, *channel;
    } lists[] = { { "tel", "phone" }, { "email", "email" }, { "impp", "messenger" } };
    const acrm_value *url = acrm_value_get(c->card, "url");
    bool ok = true;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const acrm_value *list = acrm_value_get(c->card, lists[i].key);
        for (size_t k = 0; ok && k < acrm_value_count(list); k++) {
            const acrm_value *item = acrm_value_at(list, k);
            ok = card_point(c, card_is(item, "fax") ? "fax" : lists[i].channel,
                            acrm__get_text(item, "value"), item);
        }
    }
    for (size_t k = 0; ok && k < acrm_value_count(url); k++)
        ok = card_point(c, "web", acrm_value_text(acrm_value_at(url, k), NULL), NULL);
    return ok;
}

/* "Via Roma 1, 10100 Torino, TO, Italia" */
static bool card_address(card_row *c, const acrm_value *adr)
{
    static const char *const parts[] = { "po_box", "extended", "street", "postal_code", "city",
                                         "region", "country" };
    const char *text = "";
    bool whole = false; /* a town alone is told by the customer's own fields */

    for (size_t i = 0; i < 3; i++)
        whole = whole || (acrm__get_text(adr, parts[i]) && *acrm__get_text(adr, parts[i]));
    if (!whole)
        return true;
    for (size_t i = 0; text && i < sizeof parts / sizeof parts[0]; i++) {
        const char *part = acrm__get_text(adr, parts[i]);
        const char *mark = !*text ? "" : i == 4 && acrm__get_text(adr, "postal_code") &&
                           *acrm__get_text(adr, "postal_code") ? " " : ", ";
        if (part && *part)
            text = acrm__arena_format(c->arena, "%s%s%s", text, mark, part);
    }
    return text && card_point(c, "address", text, adr);
}

static bool card_addresses(card_row *c)
{
    const acrm_value *list = acrm_value_get(c->card, "adr");
    const acrm_value *first = acrm_value_at(list, 0);
    const char *country = acrm__get_text(first, "country");
    bool ok = card_put(c, "city", acrm__get_text(first, "city")) &&
              card_put(c, "region", acrm__get_text(first, "region"));

    if (ok && country && strlen(country) == 2)
        ok = card_put(c, "country", country);
    for (size_t k = 0; ok && k < acrm_value_count(list); k++)
        ok = card_address(c, acrm_value_at(list, k));
    return ok;
}

static bool card_names(card_row *c)
{
    const acrm_value *n = acrm_value_get(c->card, "n");
    const acrm_value *org = acrm_value_get(c->card, "org");
    const char *organisation = acrm_value_text(acrm_value_at(org, 0), NULL);
    const char *kind = acrm__get_text(c->card, "kind");
    const char *name = acrm__get_text(c->card, "fn");
    const char *family = acrm__get_text(n, "family"), *given = acrm__get_text(n, "given");
    bool nobody = (!family || !*family) && (!given || !*given);
    bool company = kind ? strcmp(kind, "org") == 0
                        : nobody && organisation && (!name || strcmp(name, organisation) == 0);

    return card_put(c, "kind", company ? "company" : "person") &&
           card_put(c, "name", name ? name : nobody ? organisation : NULL) &&
           card_put(c, "given_name", given) && card_put(c, "family_name", family) &&
           card_put(c, "title", acrm__get_text(n, "prefix")) &&
           card_put(c, "organisation", company ? NULL : organisation) &&
           card_put(c, "role", acrm__get_text(c->card, "role"));
}

static bool card_rest(card_row *c)
{
    static const struct {
        const char *key, *field;
    } fields[] = { { "uid", "external_id" }, { "note", "notes" }, { "lang", "language" } };
    const char *born = acrm__get_text(c->card, "bday");
    const acrm_value *words = acrm_value_get(c->card, "categories");
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof fields / sizeof fields[0]; i++)
        ok = card_put(c, fields[i].field, acrm__get_text(c->card, fields[i].key));
    if (ok && born && strlen(born) == 10) /* without a year it is no date */
        ok = card_put(c, "birth_date", born);
    return ok && (acrm_value_count(words) == 0 ||
                  acrm__put_value(c->row, "categories", words));
}

int32_t acrm__rows_of_card(acrm__arena *arena, const acrm_value *card, const acrm_value **out)
{
    acrm_value *row = acrm__value_in(arena), *copy = acrm__value_in(arena);
    card_row c = { .arena = arena, .row = row, .card = copy };

    if (!row || !copy || !acrm__value_copy(copy, card) || acrm_value_set_map(row) != ACRM_OK)
        return ACRM_E_NOMEM;
    c.points = acrm__value_in(arena);
    bool ok = c.points && acrm_value_set_list(c.points) == ACRM_OK && card_names(&c) &&
              card_rest(&c) && card_addresses(&c) && card_contacts(&c);
    if (ok && acrm_value_count(c.points) > 0)
        ok = acrm__put_value(row, "contact_points", c.points);
    *out = row;
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}
