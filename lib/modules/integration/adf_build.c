/* SPDX-License-Identifier: MIT */
/* Puts a prospect together from its elements, by a table of those that ADF 1.0 knows. */
#include "base/civil.h"
#include "modules/integration/adf_internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What an element is; containers come first. */
enum {
    ADF_DOCUMENT,
    ADF_ADF,
    ADF_PROSPECT,
    ADF_VEHICLE,
    ADF_COLOR,
    ADF_OPTION,
    ADF_FINANCE,
    ADF_CUSTOMER,
    ADF_TIMEFRAME,
    ADF_VENDOR,
    ADF_PROVIDER,
    ADF_CONTACT,
    ADF_ADDRESS,
    ADF_TEXT, /* a text under its key */
    ADF_DATE, /* the same, and what it means under further keys */
    ADF_ITEM, /* a map of "value" and the attributes, in the list under its key */
    ADF_ONE,  /* the same, not in a list */
    ADF_NAME  /* a part of a name */
};

struct acrm__adf_element {
    int32_t parent;
    const char *name;
    int32_t kind;
    const char *key;
    bool list; /* of containers: many of them */
};

static const acrm__adf_element adf_elements[] = {
    { ADF_DOCUMENT, "adf", ADF_ADF, NULL, false },
    { ADF_DOCUMENT, "prospect", ADF_PROSPECT, NULL, false }, /* a prospect by itself, for retries */
    { ADF_ADF, "prospect", ADF_PROSPECT, NULL, false },
    { ADF_PROSPECT, "id", ADF_ITEM, "ids", false },
    { ADF_PROSPECT, "requestdate", ADF_DATE, "request_date", false },
    { ADF_PROSPECT, "vehicle", ADF_VEHICLE, "vehicles", true },
    { ADF_PROSPECT, "customer", ADF_CUSTOMER, "customer", false },
    { ADF_PROSPECT, "vendor", ADF_VENDOR, "vendor", false },
    { ADF_PROSPECT, "provider", ADF_PROVIDER, "provider", false },
    { ADF_VEHICLE, "id", ADF_ITEM, "ids", false },
    { ADF_VEHICLE, "year", ADF_TEXT, "year", false },
    { ADF_VEHICLE, "make", ADF_TEXT, "make", false },
    { ADF_VEHICLE, "model", ADF_TEXT, "model", false },
    { ADF_VEHICLE, "vin", ADF_TEXT, "vin", false },
    { ADF_VEHICLE, "stock", ADF_TEXT, "stock", false },
    { ADF_VEHICLE, "trim", ADF_TEXT, "trim", false },
    { ADF_VEHICLE, "doors", ADF_TEXT, "doors", false },
    { ADF_VEHICLE, "bodystyle", ADF_TEXT, "bodystyle", false },
    { ADF_VEHICLE, "transmission", ADF_TEXT, "transmission", false },
    { ADF_VEHICLE, "odometer", ADF_ONE, "odometer", false },
    { ADF_VEHICLE, "condition", ADF_TEXT, "condition", false },
    { ADF_VEHICLE, "colorcombination", ADF_COLOR, "colors", true },
    { ADF_VEHICLE, "imagetag", ADF_ITEM, "images", false },
    { ADF_VEHICLE, "price", ADF_ITEM, "prices", false },
    { ADF_VEHICLE, "pricecomments", ADF_TEXT, "price_comments", false },
    { ADF_VEHICLE, "option", ADF_OPTION, "options", true },
    { ADF_VEHICLE, "finance", ADF_FINANCE, "finance", false },
    { ADF_VEHICLE, "comments", ADF_TEXT, "comments", false },
    { ADF_COLOR, "interiorcolor", ADF_TEXT, "interior", false },
    { ADF_COLOR, "exteriorcolor", ADF_TEXT, "exterior", false },
    { ADF_COLOR, "preference", ADF_TEXT, "preference", false },
    { ADF_OPTION, "optionname", ADF_TEXT, "name", false },
    { ADF_OPTION, "manufacturercode", ADF_TEXT, "manufacturer_code", false },
    { ADF_OPTION, "stock", ADF_TEXT, "stock", false },
    { ADF_OPTION, "weighting", ADF_TEXT, "weighting", false },
    { ADF_OPTION, "price", ADF_ITEM, "prices", false },
    { ADF_FINANCE, "method", ADF_TEXT, "method", false },
    { ADF_FINANCE, "amount", ADF_ITEM, "amounts", false },
    { ADF_FINANCE, "balance", ADF_ITEM, "balances", false },
    { ADF_CUSTOMER, "id", ADF_ITEM, "ids", false },
    { ADF_CUSTOMER, "contact", ADF_CONTACT, "contact", false },
    { ADF_CUSTOMER, "timeframe", ADF_TIMEFRAME, "timeframe", false },
    { ADF_CUSTOMER, "comments", ADF_TEXT, "comments", false },
    { ADF_TIMEFRAME, "description", ADF_TEXT, "description", false },
    { ADF_TIMEFRAME, "earliestdate", ADF_TEXT, "earliest", false },
    { ADF_TIMEFRAME, "latestdate", ADF_TEXT, "latest", false },
    { ADF_VENDOR, "id", ADF_ITEM, "ids", false },
    { ADF_VENDOR, "vendorname", ADF_TEXT, "name", false },
    { ADF_VENDOR, "url", ADF_TEXT, "url", false },
    { ADF_VENDOR, "contact", ADF_CONTACT, "contact", false },
    { ADF_PROVIDER, "id", ADF_ITEM, "ids", false },
    { ADF_PROVIDER, "name", ADF_TEXT, "name", false },
    { ADF_PROVIDER, "service", ADF_TEXT, "service", false },
    { ADF_PROVIDER, "url", ADF_TEXT, "url", false },
    { ADF_PROVIDER, "email", ADF_ITEM, "emails", false },
    { ADF_PROVIDER, "phone", ADF_ITEM, "phones", false },
    { ADF_PROVIDER, "contact", ADF_CONTACT, "contact", false },
    { ADF_CONTACT, "name", ADF_NAME, "name", false },
    { ADF_CONTACT, "email", ADF_ITEM, "emails", false },
    { ADF_CONTACT, "phone", ADF_ITEM, "phones", false },
    { ADF_CONTACT, "address", ADF_ADDRESS, "addresses", true },
    { ADF_ADDRESS, "street", ADF_ITEM, "streets", false },
    { ADF_ADDRESS, "apartment", ADF_TEXT, "apartment", false },
    { ADF_ADDRESS, "city", ADF_TEXT, "city", false },
    { ADF_ADDRESS, "regioncode", ADF_TEXT, "region", false },
    { ADF_ADDRESS, "postalcode", ADF_TEXT, "postal_code", false },
    { ADF_ADDRESS, "country", ADF_TEXT, "country", false },
};

/* Attributes mean the same wherever they stand. */
static const struct {
    const char *name;
    const char *key;
    bool lower; /* an enumeration */
} adf_attributes[] = {
    { "status", "status", true },
    { "interest", "interest", true },
    { "sequence", "sequence", false },
    { "source", "source", false },
    { "type", "type", true },
    { "part", "part", true },
    { "time", "time", true },
    { "preferredcontact", "preferred", true },
    { "line", "line", false },
    { "currency", "currency", false },
    { "delta", "delta", true },
    { "relativeto", "relative_to", true },
    { "limit", "limit", true },
    { "units", "units", true },
};

static const struct {
    int32_t kind;
    const char *key;
    const char *value;
} adf_defaults[] = {
    { ADF_PROSPECT, "status", "new" },
    { ADF_VEHICLE, "interest", "buy" },
    { ADF_VEHICLE, "status", "new" },
    { ADF_NAME, "part", "full" },
};

static bool adf_same_name(const char *name, const char *known)
{
    for (; *name != '\0'; name++, known++)
        if ((*name >= 'A' && *name <= 'Z' ? *name + 32 : *name) != *known)
            return false;
    return *known == '\0';
}

/* "adf.prospect.customer", with "?" for an unknown element. */
static void adf_print_place(acrm__adf_build *b)
{
    size_t used = 0;

    b->place[0] = '\0';
    for (uint32_t i = 0; i < b->depth; i++) {
        const acrm__adf_element *element = b->frames[i].element;
        const char *name = element == NULL ? "?" : element->name;
        if (used + strlen(name) + 2 > sizeof b->place)
            return;
        used += (size_t)snprintf(b->place + used, sizeof b->place - used, "%s%s",
                                 i == 0 ? "" : ".", name);
    }
}

void acrm__adf_fault(acrm__adf_build *b, bool fatal, const char *reason, const char *format, ...)
{
    va_list args;

    if (b->reason != NULL && !fatal)
        return;
    b->reason = reason;
    b->fatal = fatal;
    va_start(args, format);
    vsnprintf(b->message, sizeof b->message, format, args);
    va_end(args);
    adf_print_place(b);
}

void acrm__adf_reset(acrm__adf_build *b)
{
    acrm__arena_reset(&b->arena);
    b->prospect = NULL;
    b->ready = false;
    b->reason = NULL;
    b->fatal = false;
    b->elements = 0;
}

/* The map in which the children of the innermost known container go. */
static acrm_value *adf_parent(acrm__adf_build *b)
{
    return b->depth == 0 ? NULL : b->frames[b->depth - 1].value;
}

static bool adf_put_lower(acrm_value *map, const char *key, const char *text)
{
    char lower[64];
    size_t len = strlen(text);

    if (len >= sizeof lower)
        return acrm__put_textn(map, key, text, len);
    for (size_t i = 0; i < len; i++)
        lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    return acrm__put_textn(map, key, lower, len);
}

static bool adf_put_attributes(acrm_value *map, int32_t kind, const char **attributes)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        for (size_t k = 0; k < sizeof adf_attributes / sizeof *adf_attributes; k++) {
            if (!adf_same_name(attributes[i], adf_attributes[k].name))
                continue;
            if (!(adf_attributes[k].lower ?
                  adf_put_lower(map, adf_attributes[k].key, attributes[i + 1]) :
                  acrm__put_text(map, adf_attributes[k].key, attributes[i + 1])))
                return false;
        }
    }
    for (size_t i = 0; i < sizeof adf_defaults / sizeof *adf_defaults; i++)
        if (adf_defaults[i].kind == kind && acrm_value_get(map, adf_defaults[i].key) == NULL &&
            !acrm__put_text(map, adf_defaults[i].key, adf_defaults[i].value))
            return false;
    return true;
}

/* The list under a key, made when it is not there. */
static acrm_value *adf_list(acrm_value *map, const char *key)
{
    acrm_value *list = acrm_value_get(map, key);

    return list != NULL ? list : acrm__put_list(map, key);
}

/* The map of a container: a second <customer> adds to the first. */
static acrm_value *adf_open(acrm__adf_build *b, const acrm__adf_element *element)
{
    acrm_value *parent = adf_parent(b);

    if (element->kind == ADF_PROSPECT) {
        b->prospect = acrm__value_in(&b->arena);
        if (b->prospect != NULL && acrm_value_set_map(b->prospect) != ACRM_OK)
            b->prospect = NULL;
        return b->prospect;
    }
    if (element->list) {
        acrm_value *list = adf_list(parent, element->key);
        return list == NULL ? NULL : acrm__add_map(list);
    }
    acrm_value *map = acrm_value_get(parent, element->key);
    return map != NULL ? map : acrm__put_map(parent, element->key);
}

static const acrm__adf_element *adf_find(const acrm__adf_build *b, const char *name)
{
    int32_t parent = ADF_DOCUMENT;

    if (b->depth > 0) {
        if (b->frames[b->depth - 1].element == NULL)
            return NULL;
        parent = b->frames[b->depth - 1].element->kind;
    }
    for (size_t i = 0; i < sizeof adf_elements / sizeof *adf_elements; i++)
        if (adf_elements[i].parent == parent && adf_same_name(name, adf_elements[i].name))
            return &adf_elements[i];
    return NULL;
}

/* The value of an element that has just begun. */
static acrm_value *adf_begin(acrm__adf_build *b, const acrm__adf_element *element,
                             const char **attributes)
{
    bool leaf = element->kind >= ADF_TEXT;
    acrm_value *value = leaf ? acrm__value_in(&b->arena) : adf_open(b, element);

    if (value == NULL || (leaf && acrm_value_set_map(value) != ACRM_OK) ||
        !adf_put_attributes(value, element->kind, attributes))
        return NULL;
    acrm__str_clear(&b->text);
    return value;
}

void acrm__adf_start(acrm__adf_build *b, const char *name, const char **attributes)
{
    acrm__adf_frame frame = { .element = adf_find(b, name) };

    if (b->depth == 0 && frame.element == NULL) {
        acrm__adf_fault(b, true, "root", "the root element is not <adf>");
        return;
    }
    if (b->depth == ACRM__ADF_DEPTH_MAX) {
        acrm__adf_fault(b, true, "limit", "elements are nested more than %d deep",
                        ACRM__ADF_DEPTH_MAX);
        return;
    }
    if (b->prospect != NULL && ++b->elements > ACRM__ADF_ELEMENTS_MAX)
        acrm__adf_fault(b, false, "limit", "the prospect has more than %d elements",
                        ACRM__ADF_ELEMENTS_MAX);
    if (b->reason != NULL) /* only its end counts */
        frame.element = NULL;
    if (frame.element != NULL && frame.element->kind != ADF_ADF) {
        frame.value = adf_begin(b, frame.element, attributes);
        b->nomem = b->nomem || frame.value == NULL;
    }
    b->frames[b->depth++] = frame;
}

void acrm__adf_text(acrm__adf_build *b, const char *text, size_t len)
{
    const acrm__adf_element *element = b->depth == 0 ? NULL : b->frames[b->depth - 1].element;

    if (element == NULL || element->kind < ADF_TEXT || b->reason != NULL)
        return;
    if (b->text.len + len > ACRM__ADF_TEXT_MAX) {
        acrm__adf_fault(b, false, "limit", "the text is longer than %d bytes", ACRM__ADF_TEXT_MAX);
        return;
    }
    acrm__str_add(&b->text, text, len);
    b->nomem = b->nomem || b->text.failed;
}

static bool adf_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Set a key to the text unless it holds one already. */
static bool adf_set(acrm_value *map, const char *key, const char *text, size_t len)
{
    size_t held = 0;

    if (acrm_value_text(acrm_value_get(map, key), &held) != NULL && (held > 0 || len == 0))
        return true;
    return acrm__put_textn(map, key, text, len);
}

static bool adf_set_date(acrm__adf_build *b, acrm_value *map, const char *text, size_t len)
{
    char printed[ACRM__INSTANT_SIZE];
    int32_t day = 0;
    int64_t us = 0;
    bool zoned = true;

    switch (acrm__adf_date(text, len, b->offset_min, &day, &us, &zoned)) {
    case ACRM__ADF_DATE_DAY:
        acrm__date_print(day, printed);
        return acrm__put_text(map, "requested_on", printed);
    case ACRM__ADF_DATE_INSTANT:
        acrm__instant_print(us, printed);
        return acrm__put_text(map, "requested_at", printed) &&
               (zoned || acrm__put_bool(map, "zone_assumed", true));
    default:
        return true;
    }
}

/* {part: text} and its type, in the map "name". */
static bool adf_set_name(acrm_value *map, const acrm_value *leaf, const char *text, size_t len)
{
    const char *type = acrm__get_text(leaf, "type");
    const char *part = acrm__get_text(leaf, "part");
    acrm_value *name = acrm_value_get(map, "name");

    if (len == 0)
        return true;
    if (name == NULL)
        name = acrm__put_map(map, "name");
    return name != NULL && adf_set(name, part[0] == '\0' ? "full" : part, text, len) &&
           (type == NULL || adf_set(name, "type", type, strlen(type)));
}

static bool adf_set_item(acrm_value *map, const acrm__adf_element *element, acrm_value *leaf,
                         const char *text, size_t len)
{
    acrm_value *list;

    if (!acrm__put_textn(leaf, "value", text, len))
        return false;
    if (element->kind == ADF_ONE)
        return acrm_value_get(map, element->key) != NULL ||
               acrm__put_value(map, element->key, leaf);
    if (len == 0) /* an empty <email/> is no address */
        return true;
    list = adf_list(map, element->key);
    return list != NULL && acrm__add_value(list, leaf);
}

static bool adf_close_leaf(acrm__adf_build *b, const acrm__adf_frame *frame)
{
    acrm_value *map = b->frames[b->depth - 2].value; /* leaves are in containers */
    const char *text = b->text.data;
    size_t len = b->text.len;

    while (len > 0 && adf_is_blank(text[len - 1]))
        len--;
    while (len > 0 && adf_is_blank(*text)) {
        text++;
        len--;
    }
    switch (frame->element->kind) {
    case ADF_NAME:
        return adf_set_name(map, frame->value, text, len);
    case ADF_ITEM:
    case ADF_ONE:
        return adf_set_item(map, frame->element, frame->value, text, len);
    case ADF_DATE:
        return adf_set(map, frame->element->key, text, len) && adf_set_date(b, map, text, len);
    default:
        return adf_set(map, frame->element->key, text, len);
    }
}

void acrm__adf_end(acrm__adf_build *b)
{
    const acrm__adf_frame *frame = &b->frames[b->depth - 1];

    assert(b->depth > 0);
    if (frame->element != NULL && !b->nomem) {
        if (frame->element->kind >= ADF_TEXT && b->reason == NULL)
            b->nomem = !adf_close_leaf(b, frame);
        if (frame->element->kind == ADF_PROSPECT)
            b->ready = true;
    }
    b->depth--;
    b->closed = b->depth == 0;
}
