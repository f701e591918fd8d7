/* SPDX-License-Identifier: MIT */
/* ADF prospects as drafts of leads. */
#include "base/json.h"
#include "base/text.h"
#include "modules/integration/draft.h"

#include <string.h>

/* The text of a key, NULL when it is missing or empty. */
static const char *adf_text(const acrm_value *map, const char *key)
{
    const char *text = acrm__get_text(map, key);
    return text && *text ? text : NULL;
}

static const acrm_value *adf_first(const acrm_value *map, const char *list)
{
    return acrm_value_at(acrm_value_get(map, list), 0);
}

static bool adf_put(acrm_value *to, const char *key, const acrm_value *from, const char *name)
{
    const char *text = adf_text(from, name);
    return !text || acrm__put_text(to, key, text);
}

static bool adf_name(acrm__call *call, acrm_value *customer, const acrm_value *name)
{
    const char *full = adf_text(name, "full"), *first = adf_text(name, "first");
    const char *last = adf_text(name, "last"), *kind = adf_text(name, "type");
    bool ok = true;

    if (kind && strcmp(kind, "business") == 0)
        ok = acrm__put_text(customer, "kind", "company");
    if (ok && full)
        ok = acrm__put_text(customer, "name", full);
    else if (ok && (first || last)) {
        const char *joined = acrm__arena_format(call->arena, "%s%s%s", first ? first : "",
                                                first && last ? " " : "", last ? last : "");
        ok = joined && acrm__put_text(customer, "name", joined);
    }
    return ok && (!first || acrm__put_text(customer, "given_name", first)) &&
           (!last || acrm__put_text(customer, "family_name", last));
}

static bool adf_contacts(acrm_value *draft, const acrm_value *contact, const char *list,
                         const char *channel, const char *country)
{
    const acrm_value *items = acrm_value_get(contact, list);

    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *item = acrm_value_at(items, i);
        const char *value = adf_text(item, "value"), *type = adf_text(item, "type");
        bool fax = type && strcmp(type, "fax") == 0;
        if (value && !acrm__draft_contact(draft, fax ? "fax" : channel, value, strlen(value),
                                          country))
            return false;
    }
    return true;
}

static bool adf_customer(acrm__call *call, acrm_value *draft, const acrm_value *prospect,
                         const acrm__draft_options *options)
{
    const acrm_value *contact = acrm_value_get(acrm_value_get(prospect, "customer"), "contact");
    const acrm_value *address = adf_first(contact, "addresses");
    acrm_value *customer = acrm_value_get(draft, "customer");
    const char *country = adf_text(address, "country");

    if (!country || strlen(country) != 2)
        country = options->country;
    return adf_name(call, customer, acrm_value_get(contact, "name")) &&
           adf_put(customer, "city", address, "city") &&
           adf_put(customer, "region", address, "region") &&
           (!country || acrm__put_text(customer, "country", country)) &&
           adf_contacts(draft, contact, "phones", "phone", country) &&
           adf_contacts(draft, contact, "emails", "email", NULL);
}

/* Words of ADF that our enumerations have another word for, or none. */
static const char *adf_word(const char *word, const char *known)
{
    if (!word)
        return NULL;
    if (strcmp(word, "trade-in") == 0)
        return "trade_in";
    if (strcmp(word, "test-drive") == 0)
        return "test_drive";
    size_t len = strlen(word);
    for (const char *p = known;; p++) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, word, n) == 0)
            return word;
        p += n;
        if (*p == '\0')
            return NULL;
    }
}

static bool adf_vehicle(acrm_value *draft, const acrm_value *vehicle)
{
    const char *interest = adf_word(adf_text(vehicle, "interest"),
                                    "buy|lease|sell|trade_in|test_drive|rent|service");
    const char *condition = adf_word(adf_text(vehicle, "status"), "new|used");
    const char *year = adf_text(vehicle, "year");
    int64_t n;

    return (!interest || acrm__put_text(draft, "interest", interest)) &&
           (!condition || acrm__put_text(draft, "vehicle_condition", condition)) &&
           adf_put(draft, "make", vehicle, "make") && adf_put(draft, "model", vehicle, "model") &&
           adf_put(draft, "trim", vehicle, "trim") && adf_put(draft, "vin", vehicle, "vin") &&
           (!year || !acrm__parse_int(year, strlen(year), &n) || n < 1885 || n > 2200 ||
            acrm__put_int(draft, "model_year", n));
}

/* Further vehicles and the time frame are told in the comments: nothing is lost. */
static bool adf_comments(acrm__call *call, acrm_value *draft, const acrm_value *prospect)
{
    const acrm_value *customer = acrm_value_get(prospect, "customer");
    const acrm_value *vehicles = acrm_value_get(prospect, "vehicles");
    const char *comments = adf_text(customer, "comments");
    const char *when = adf_text(acrm_value_get(customer, "timeframe"), "description");
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    if (comments)
        acrm__str_puts(&text, comments);
    if (when)
        acrm__str_format(&text, "%stime frame: %s", text.len ? "\n" : "", when);
    for (size_t i = 1; i < acrm_value_count(vehicles); i++) {
        const acrm_value *v = acrm_value_at(vehicles, i);
        const char *interest = adf_text(v, "interest"), *year = adf_text(v, "year");
        const char *make = adf_text(v, "make"), *model = adf_text(v, "model");
        const char *vin = adf_text(v, "vin");
        acrm__str_format(&text, "%s%s: %s %s %s %s", text.len ? "\n" : "",
                         interest ? interest : "vehicle", year ? year : "", make ? make : "",
                         model ? model : "", vin ? vin : "");
    }
    bool ok = !text.failed &&
              (text.len == 0 || acrm__put_textn(draft, "comments", text.data, text.len));
    acrm__str_free(&text);
    return ok;
}

static bool adf_head(acrm__call *call, acrm_value *draft, const acrm_value *prospect)
{
    const acrm_value *id = adf_first(prospect, "ids");
    const char *value = adf_text(id, "value"), *source = adf_text(id, "source");
    const char *status = adf_text(prospect, "status");
    const char *at = adf_text(prospect, "requested_at"), *on = adf_text(prospect, "requested_on");
    const acrm_value *name = acrm_value_get(acrm_value_get(prospect, "provider"), "name");
    const char *provider = acrm_value_type(name) == ACRM_MAP ? adf_text(name, "full")
                                                             : acrm_value_text(name, NULL);
    bool ok = true;

    if (value)
        ok = acrm__put_text(draft, "external_id",
                            source ? acrm__arena_format(call->arena, "%s@%s", value, source)
                                   : value);
    if (ok && provider && *provider)
        ok = acrm__put_text(draft, "provider", provider);
    if (ok && status && strcmp(status, "resend") == 0)
        ok = acrm__put_bool(draft, "resend", true);
    if (ok && (at || on))
        ok = acrm__put_text(draft, "received_at",
                            at ? at : acrm__arena_format(call->arena, "%sT00:00:00Z", on));
    return ok;
}

int32_t acrm__draft_adf(acrm__call *call, const acrm__draft_options *options,
                        const acrm_value *prospect, acrm_value **out, acrm__draft_fault *fault)
{
    acrm_value *draft = NULL;
    acrm__str identity;

    int32_t st = acrm__draft_begin(call, options, &draft);
    if (st != ACRM_OK)
        return st;
    if (!adf_head(call, draft, prospect) || !adf_customer(call, draft, prospect, options) ||
        !adf_vehicle(draft, adf_first(prospect, "vehicles")) ||
        !adf_comments(call, draft, prospect))
        return acrm__nomem(call);
    acrm__str_init(&identity, &call->arena->allocator);
    (void)acrm__json_write(&identity, prospect, 0);
    st = identity.failed ? acrm__nomem(call)
                         : acrm__draft_end(call, options, draft, identity.data, identity.len,
                                           fault);
    acrm__str_free(&identity);
    if (st == ACRM_OK)
        *out = fault->reason[0] ? NULL : draft;
    return st;
}
