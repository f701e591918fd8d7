/* SPDX-License-Identifier: MIT */
/* customer.export_vcard: customers and how to reach them as vCards. */
#include "modules/integration/import.h"

#include "autocrm/vcard.h"

#include <string.h>

enum { EXPORT_CARDS_MAX = 10000 };

static bool export_copy(acrm_value *card, const char *key, const acrm_value *record,
                        const char *field)
{
    const char *text = acrm__get_text(record, field);

    return !text || acrm__put_text(card, key, text);
}

static acrm_value *export_list(acrm_value *card, const char *key)
{
    acrm_value *list = acrm_value_get(card, key);

    return list ? list : acrm__put_list(card, key);
}

/* mobile, work, home as vCards call them. */
static const char *export_type(const char *label)
{
    static const char *const types[][2] = { { "mobile", "cell" }, { "work", "work" },
                                            { "home", "home" } };

    for (size_t i = 0; label && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i][0], label) == 0)
            return types[i][1];
    return NULL;
}

static bool export_item(acrm_value *card, const char *key, const acrm_value *point,
                        const char *value_key, const char *more)
{
    acrm_value *list = export_list(card, key), *item = list ? acrm__add_map(list) : NULL;
    acrm_value *types = item ? acrm__put_list(item, "types") : NULL;
    const char *type = export_type(acrm__get_text(point, "label"));
    bool first = acrm_value_bool(acrm_value_get(point, "preferred"));

    return types && acrm__put_text(item, value_key, acrm__get_text(point, "value")) &&
           (!type || acrm__add_text(types, type)) && (!more || acrm__add_text(types, more)) &&
           (!first || acrm__put_int(item, "pref", 1));
}

static bool export_point(acrm_value *card, const acrm_value *point)
{
    static const struct {
        const char *channel, *key, *value_key, *type;
    } kinds[] = {
        { "phone", "tel", "value", NULL },   { "fax", "tel", "value", "fax" },
        { "email", "email", "value", NULL }, { "messenger", "impp", "value", NULL },
        { "address", "adr", "street", NULL },
    };
    const char *channel = acrm__get_text(point, "channel");
    const char *value = acrm__get_text(point, "value");

    if (!channel || !value)
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].channel, channel) == 0)
            return export_item(card, kinds[i].key, point, kinds[i].value_key, kinds[i].type);
    acrm_value *list = export_list(card, "url");
    return list && acrm__add_text(list, value);
}

static bool export_names(acrm__call *call, acrm_value *card, const acrm_value *customer)
{
    const char *kind = acrm__get_text(customer, "kind"), *id = acrm__get_text(customer, "id");
    const char *own = acrm__get_text(customer, "external_id");
    bool company = kind && strcmp(kind, "company") == 0;
    const char *uid = own ? own : acrm__arena_format(call->arena, "urn:uuid:%s", id);
    acrm_value *n = company ? NULL : acrm__put_map(card, "n");
    acrm_value *org = company ? acrm__put_list(card, "org") : NULL;
    const char *name = acrm__get_text(customer, "name");

    if (!uid || (!n && !org) || !acrm__put_text(card, "uid", uid) ||
        !acrm__put_text(card, "kind", company ? "org" : "individual") ||
        !export_copy(card, "fn", customer, "name"))
        return false;
    if (company)
        return !name || acrm__add_text(org, name);
    return export_copy(n, "family", customer, "family_name") &&
           export_copy(n, "given", customer, "given_name") &&
           export_copy(n, "prefix", customer, "title");
}

/* Where the customer lives, when no whole address is known. */
static bool export_place(acrm_value *card, const acrm_value *customer)
{
    static const char *const fields[] = { "city", "region", "country" };
    bool any = false, ok = true;

    for (size_t i = 0; i < 3; i++)
        any = any || acrm__get_text(customer, fields[i]);
    if (!any || acrm_value_get(card, "adr"))
        return true;
    acrm_value *list = export_list(card, "adr"), *item = list ? acrm__add_map(list) : NULL;
    for (size_t i = 0; item && ok && i < 3; i++)
        ok = export_copy(item, fields[i], customer, fields[i]);
    return item && ok;
}

static int32_t export_points(acrm__call *call, const acrm__rec *customer, acrm_value *card)
{
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    const acrm__term term = { acrm__field_of(entity, "customer_id"), ACRM_FILTER_EQ,
                              customer->cells[F_ID] };
    acrm__recs points = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &term,
                                                   .n_terms = 1 }, &points);
    for (size_t i = 0; st == ACRM_OK && i < points.count; i++) {
        acrm_value *point = acrm__value_in(call->arena);
        st = point ? acrm__render(call, points.items[i], point) : acrm__nomem(call);
        if (st == ACRM_OK && !export_point(card, point))
            st = acrm__nomem(call);
    }
    return st;
}

/* What the session may see of a customer, as a card. */
static int32_t export_card(acrm__call *call, const acrm__rec *rec, int32_t version, acrm__str *out)
{
    acrm_value *customer = acrm__value_in(call->arena), *card = acrm__value_in(call->arena);
    acrm_buf *buf = NULL;

    if (!customer || !card || acrm_value_set_map(card) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__render(call, rec, customer);
    bool ok = st == ACRM_OK && export_names(call, card, customer) &&
              export_copy(card, "bday", customer, "birth_date") &&
              export_copy(card, "note", customer, "notes") &&
              export_copy(card, "lang", customer, "language") &&
              export_copy(card, "rev", customer, "updated_at");
    if (st == ACRM_OK)
        st = ok ? export_points(call, rec, card) : acrm__nomem(call);
    if (st == ACRM_OK && !export_place(card, customer))
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm_vcard_write(card, version, &call->arena->allocator, &buf, call->err);
    if (st == ACRM_OK)
        acrm__str_add(out, acrm_buf_data(buf), acrm_buf_len(buf));
    acrm_buf_free(buf);
    return st;
}

static int32_t export_find(acrm__call *call, acrm__recs *out)
{
    const acrm_value *filter = acrm__arg(call, "where");
    const acrm__entity *entity = acrm__entity_of(call, "customer");
    const acrm_filter_node *where = NULL;
    acrm__rec **one = acrm__arena_array(call->arena, 1, sizeof(acrm__rec *));
    int32_t st = one ? ACRM_OK : acrm__nomem(call);

    if (st == ACRM_OK && acrm__arg(call, "id")) {
        *out = (acrm__recs){ one, 1 };
        return acrm__load_arg(call, "customer", "id", one);
    }
    if (st == ACRM_OK && !filter)
        return acrm__fail(call, ACRM_E_INVALID, "required", "id", "say which customers: id, where");
    if (st == ACRM_OK)
        st = acrm__filter(call, entity, filter, "where", &where);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "customer", .where = where,
                                               .limit = EXPORT_CARDS_MAX + 1 }, out);
    if (st == ACRM_OK && out->count > EXPORT_CARDS_MAX)
        st = acrm__fail(call, ACRM_E_LIMIT, "limit", "where", "more than %d customers at once",
                        EXPORT_CARDS_MAX);
    return st;
}

int32_t acrm__export_vcard(acrm__call *call)
{
    const char *version = acrm__arg_text(call, "version");
    int32_t number = strcmp(version, "3.0") == 0 ? ACRM_VCARD_3 : ACRM_VCARD_4;
    acrm__recs customers = { NULL, 0 };
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    int32_t st = export_find(call, &customers);
    for (size_t i = 0; st == ACRM_OK && i < customers.count; i++)
        st = export_card(call, customers.items[i], number, &text);
    if (st == ACRM_OK && (text.failed ||
                          !acrm__put_textn(call->out, "vcard", text.data, text.len) ||
                          !acrm__put_int(call->out, "cards", (int64_t)customers.count)))
        st = acrm__nomem(call);
    acrm__str_free(&text);
    return st;
}
