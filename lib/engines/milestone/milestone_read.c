/* SPDX-License-Identifier: MIT */
/* A milestone chain read from its definition and checked: every fault named with its place. */
#include "engines/milestone/milestone.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { READ_FAULTS_MAX = 100, READ_CODE_MAX = 40, READ_TOLERANCE_MAX = 366 };

typedef struct milestone_reader {
    acrm_milestone_chain *chain;
    acrm_value *faults;
    bool failed; /* no memory */
} milestone_reader;

static void milestone_fault(milestone_reader *r, const char *reason, const char *message,
                            const char *place, ...) __attribute__((format(printf, 4, 5)));

static void milestone_fault(milestone_reader *r, const char *reason, const char *message,
                            const char *place, ...)
{
    char where[120];
    va_list args;

    if (acrm_value_count(r->faults) >= READ_FAULTS_MAX)
        return;
    va_start(args, place);
    vsnprintf(where, sizeof where, place, args);
    va_end(args);
    acrm_value *fault = acrm__add_map(r->faults);
    if (!fault || !acrm__put_text(fault, "field", where) ||
        !acrm__put_text(fault, "reason", reason) || !acrm__put_text(fault, "message", message))
        r->failed = true;
}

/* --- Keys --- */

typedef struct milestone_key {
    const char *name;
    int32_t type;  /* 0: any */
    uint32_t flag; /* of a bool */
} milestone_key;

static const milestone_key milestone_keys[] = {
    { "code", ACRM_TEXT, 0 },
    { "name", 0, 0 },
    { "help", ACRM_TEXT, 0 },
    { "after", ACRM_LIST, 0 },
    { "days", ACRM_INT, 0 },
    { "business", ACRM_BOOL, ACRM_MILESTONE_BUSINESS },
    { "optional", ACRM_BOOL, ACRM_MILESTONE_OPTIONAL },
    { "gate", ACRM_BOOL, ACRM_MILESTONE_GATE },
    { "visible", ACRM_BOOL, ACRM_MILESTONE_VISIBLE },
    { "documents", ACRM_LIST, 0 },
};

static const char *milestone_type_name(int32_t type)
{
    return type == ACRM_TEXT ? "expected a text" : type == ACRM_LIST ? "expected a list"
           : type == ACRM_INT ? "expected a whole number" : "expected true or false";
}

static bool milestone_code_fits(const char *code)
{
    size_t n = strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n > 0 && n <= READ_CODE_MAX && code[n] == '\0';
}

/* The keys of one milestone, but "after", which needs all codes. */
static void milestone_read_one(milestone_reader *r, const acrm_value *map, int32_t at)
{
    acrm__milestone *m = &r->chain->items[at];

    m->data = map;
    m->code = "";
    if (acrm_value_type(map) != ACRM_MAP) {
        milestone_fault(r, "type", "expected an object", "/milestones/%d", at);
        return;
    }
    for (size_t i = 0; i < acrm_value_count(map); i++) {
        const char *name = acrm_value_key(map, i, NULL);
        const acrm_value *value = acrm_value_at(map, i);
        const milestone_key *key = NULL;
        for (size_t k = 0; k < sizeof milestone_keys / sizeof *milestone_keys && !key; k++)
            if (strcmp(milestone_keys[k].name, name) == 0)
                key = &milestone_keys[k];
        if (!key)
            milestone_fault(r, "unknown_key", "there is no such key; docs/orders.md has them all",
                            "/milestones/%d/%.60s", at, name);
        else if (key->type && acrm_value_type(value) != key->type)
            milestone_fault(r, "type", milestone_type_name(key->type), "/milestones/%d/%s", at,
                            name);
        else if (key->flag && acrm_value_bool(value))
            m->flags |= key->flag;
    }
    const char *code = acrm__get_text(map, "code");
    if (!code || !milestone_code_fits(code))
        milestone_fault(r, code ? "format" : "required",
                        "a code of up to 40 small letters, digits and underlines",
                        "/milestones/%d/code", at);
    else
        m->code = code;
    const acrm_value *days = acrm_value_get(map, "days");
    int64_t n = acrm_value_type(days) == ACRM_INT ? acrm_value_int(days) : 0;
    if (n < 0 || n > ACRM_MILESTONE_DAYS_MAX)
        milestone_fault(r, "range", "0 to 3660", "/milestones/%d/days", at);
    else
        m->days = (int32_t)n;
}

static int32_t milestone_number(const acrm_milestone_chain *chain, const char *code)
{
    for (int32_t i = 0; i < chain->count; i++)
        if (chain->items[i].code[0] && strcmp(chain->items[i].code, code) == 0)
            return i;
    return -1;
}

static void milestone_read_after(milestone_reader *r, int32_t at)
{
    acrm__milestone *m = &r->chain->items[at];
    const acrm_value *after = acrm_value_get(m->data, "after");

    if (m->code[0] && milestone_number(r->chain, m->code) != at)
        milestone_fault(r, "duplicate", "there is a milestone of this code already",
                        "/milestones/%d/code", at);
    for (size_t i = 0; acrm_value_type(after) == ACRM_LIST && i < acrm_value_count(after); i++) {
        const char *code = acrm_value_text(acrm_value_at(after, i), NULL);
        int32_t n = code ? milestone_number(r->chain, code) : -1;
        if (n < 0)
            milestone_fault(r, "reference", "there is no milestone of this code",
                            "/milestones/%d/after/%zu", at, i);
        else
            m->after |= UINT64_C(1) << n;
    }
}

/* --- The graph --- */

/* Each behind those before it; the definition's order where both would do. What is left when
 * nothing more can be put lies on a cycle or behind one. */
static void milestone_sort(milestone_reader *r)
{
    acrm_milestone_chain *chain = r->chain;
    uint64_t done = 0;
    int32_t n = 0;

    for (bool more = true; more;) {
        more = false;
        for (int32_t i = 0; i < chain->count; i++) {
            acrm__milestone *m = &chain->items[i];
            if (done >> i & 1 || m->after & ~done)
                continue;
            for (int32_t k = 0; k < chain->count; k++)
                if (m->after >> k & 1) {
                    const acrm__milestone *p = &chain->items[k];
                    m->before |= p->before | UINT64_C(1) << k;
                    m->rank = p->rank >= m->rank ? p->rank + 1 : m->rank;
                }
            done |= UINT64_C(1) << i;
            chain->order[n++] = (uint8_t)i;
            more = true;
        }
    }
    for (int32_t i = 0; i < chain->count; i++)
        if (!(done >> i & 1))
            milestone_fault(r, "cycle", "it comes after itself by way of others",
                            "/milestones/%d/after", i);
}

static void milestone_find_end(milestone_reader *r)
{
    acrm_milestone_chain *chain = r->chain;
    uint64_t inner = 0;
    int32_t ends = 0;

    for (int32_t i = 0; i < chain->count; i++)
        inner |= chain->items[i].after;
    for (int32_t i = 0; i < chain->count; i++)
        if (!(inner >> i & 1)) {
            chain->items[i].flags |= ACRM_MILESTONE_END;
            if (chain->items[i].flags & ACRM_MILESTONE_OPTIONAL)
                milestone_fault(r, "no_end", "the last milestone cannot be left out",
                                "/milestones/%d/optional", i);
            if (++ends > 1)
                milestone_fault(r, "no_end", "nothing comes after it, as after another: there "
                                "must be one end", "/milestones/%d", i);
        }
}

int32_t acrm__milestone_read(acrm_milestone_chain *chain, acrm_value *faults)
{
    static const char *const keys[] = { "name", "help", "tolerance", "milestones", "week",
                                        "holidays", "warranties", "reminders" };
    milestone_reader r = { .chain = chain, .faults = faults };
    const acrm_value *top = chain->definition;
    const acrm_value *list = acrm_value_get(top, "milestones");
    const acrm_value *tolerance = acrm_value_get(top, "tolerance");

    for (size_t i = 0; acrm_value_type(top) == ACRM_MAP && i < acrm_value_count(top); i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            known = known || strcmp(keys[k], acrm_value_key(top, i, NULL)) == 0;
        if (!known)
            milestone_fault(&r, "unknown_key", "there is no such key; docs/orders.md has them all",
                            "/%.60s", acrm_value_key(top, i, NULL));
    }
    if (tolerance) {
        int64_t n = acrm_value_type(tolerance) == ACRM_INT ? acrm_value_int(tolerance) : -1;
        if (n < 0 || n > READ_TOLERANCE_MAX)
            milestone_fault(&r, "range", "0 to 366 days", "/tolerance");
        else
            chain->tolerance = (int32_t)n;
    }
    if (acrm_value_type(list) != ACRM_LIST || acrm_value_count(list) == 0)
        milestone_fault(&r, "required", "a list of milestones", "/milestones");
    else if (acrm_value_count(list) > ACRM_MILESTONE_MAX)
        milestone_fault(&r, "limit", "at most 64 milestones", "/milestones");
    else
        chain->count = (int32_t)acrm_value_count(list);
    for (int32_t i = 0; i < chain->count; i++)
        milestone_read_one(&r, acrm_value_at(list, (size_t)i), i);
    for (int32_t i = 0; i < chain->count; i++)
        milestone_read_after(&r, i);
    milestone_sort(&r);
    if (acrm_value_count(faults) == 0)
        milestone_find_end(&r);
    return r.failed ? ACRM_E_NOMEM : ACRM_OK;
}
