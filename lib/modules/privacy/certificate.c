/* SPDX-License-Identifier: MIT */
/* The certificate of an erasure: as data, as text, and the hash that proves it. */
#include "modules/privacy/privacy.h"

#include "base/json.h"
#include "modules/privacy/entities.h"

#include <sodium.h>
#include <string.h>

/* The fields that the hash is over, each with its length before it. */
static const uint32_t certificate_fields[] = {
    F_ID, F_erasure__customer_id, F_erasure__erased_at, F_erasure__actor, F_erasure__basis,
    F_erasure__reason, F_erasure__counts, F_erasure__traces, F_erasure__kept,
};

static int32_t certificate_hash(acrm__call *call, const acrm__rec *erasure, char hex[65])
{
    unsigned char hash[ACRM__HASH_BYTES];
    acrm__str text;

    acrm__str_init(&text, &call->session->engine->allocator);
    for (size_t i = 0; i < sizeof certificate_fields / sizeof certificate_fields[0]; i++) {
        const acrm_cell *cell = &erasure->cells[certificate_fields[i]];
        bool bytes = cell->type == ACRM_CELL_TEXT || cell->type == ACRM_CELL_BLOB;
        acrm__str_int(&text, bytes ? (int64_t)cell->size : cell->integer);
        acrm__str_putc(&text, ':');
        if (bytes)
            acrm__str_add(&text, cell->data, cell->size);
    }
    bool failed = text.failed;
    if (!failed)
        acrm__keyed_hash(call->session->engine, "erasure", text.data, text.len, hash);
    acrm__str_free(&text);
    if (failed)
        return acrm__nomem(call);
    sodium_bin2hex(hex, 65, hash, sizeof hash);
    return ACRM_OK;
}

int32_t acrm__privacy_certify(acrm__call *call, acrm__rec *erasure)
{
    char *hex = acrm__arena_alloc(call->arena, 65);
    int32_t st = hex ? certificate_hash(call, erasure, hex) : acrm__nomem(call);

    if (st == ACRM_OK)
        acrm__set(erasure, F_erasure__hash, acrm__cell_text(hex));
    return st;
}

/* --- As text --- */

static void certificate_line(acrm__str *text, const char *name, const char *value)
{
    acrm__str_format(text, "%-12s %s\n", name, value ? value : "-");
}

static int32_t certificate_json(acrm__call *call, const acrm__rec *erasure, uint32_t field,
                                acrm_value **out)
{
    const acrm_cell *cell = &erasure->cells[field];
    acrm__json_fault fault;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);

    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

static void certificate_counts(acrm__str *text, const acrm_value *counts)
{
    acrm__str_puts(text, "\nAnonymised\n");
    for (size_t i = 0; i < acrm_value_count(counts); i++) {
        const acrm_value *item = acrm_value_at(counts, i);
        acrm__str_format(text, "  %-28s %lld records, %lld values\n",
                         acrm_value_key(counts, i, NULL),
                         (long long)acrm_value_int(acrm_value_get(item, "records")),
                         (long long)acrm_value_int(acrm_value_get(item, "values")));
    }
}

static void certificate_traces(acrm__str *text, const acrm_value *traces)
{
    static const char *const names[][2] = {
        { "keys", "keys dropped" }, { "timers", "timers" }, { "results", "kept results" },
        { "raw_rows", "raw input rows" }, { "suppressed", "values suppressed" },
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        acrm__str_format(text, "  %-28s %lld\n", names[i][1],
                         (long long)acrm_value_int(acrm_value_get(traces, names[i][0])));
}

static void certificate_kept(acrm__str *text, const acrm_value *kept)
{
    acrm__str_puts(text, "\nKept by law\n");
    if (acrm_value_count(kept) == 0)
        acrm__str_puts(text, "  nothing\n");
    for (size_t i = 0; i < acrm_value_count(kept); i++) {
        const acrm_value *item = acrm_value_at(kept, i);
        acrm__str_format(text, "  %s %s until %s: %s\n", acrm__get_text(item, "entity"),
                         acrm__get_text(item, "id"), acrm__get_text(item, "until"),
                         acrm__get_text(item, "basis"));
    }
}

static int32_t certificate_text(acrm__call *call, const acrm__rec *erasure, acrm__str *text)
{
    acrm_value *counts, *traces, *kept;
    const char *swept = acrm__is_null(erasure, F_erasure__swept_at) ? "not yet"
        : acrm__instant_text(call, acrm__int(erasure, F_erasure__swept_at));
    int32_t st = certificate_json(call, erasure, F_erasure__counts, &counts);

    if (st == ACRM_OK)
        st = certificate_json(call, erasure, F_erasure__traces, &traces);
    if (st == ACRM_OK)
        st = certificate_json(call, erasure, F_erasure__kept, &kept);
    if (st != ACRM_OK)
        return st;
    acrm__str_puts(text, "CERTIFICATE OF ERASURE\n\n");
    certificate_line(text, "Certificate", acrm__id_text(call, acrm__id(erasure, F_ID)));
    certificate_line(text, "Record", acrm__id_text(call, acrm__id(erasure,
                                                                  F_erasure__customer_id)));
    certificate_line(text, "Erased", acrm__instant_text(call, acrm__int(erasure,
                                                                        F_erasure__erased_at)));
    certificate_line(text, "By", acrm__text(erasure, F_erasure__actor));
    certificate_line(text, "Basis", acrm__text(erasure, F_erasure__basis));
    certificate_line(text, "Reason", acrm__text(erasure, F_erasure__reason));
    certificate_line(text, "Bytes swept", swept);
    certificate_counts(text, counts);
    certificate_traces(text, traces);
    certificate_kept(text, kept);
    acrm__str_putc(text, '\n');
    certificate_line(text, "Hash", acrm__text(erasure, F_erasure__hash));
    return text->failed ? acrm__nomem(call) : ACRM_OK;
}

/* --- privacy.certificate --- */

/* By its own id, or the customer's: the newest of it. */
static int32_t certificate_find(acrm__call *call, acrm__rec **out)
{
    unsigned char id[16];
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_null() };

    if (acrm__arg_id(call, "customer_id", id))
        term.field = F_erasure__customer_id;
    else if (!acrm__arg_id(call, "id", id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id",
                          "give the erasure's id, or customer_id");
    term.value = acrm__cell_id(id);
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "erasure", .terms = &term,
                                                       .n_terms = 1, .descending = true }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference",
                        term.field == F_ID ? "id" : "customer_id", "there is no such erasure");
    return st;
}

int32_t acrm__privacy_certificate(acrm__call *call)
{
    acrm__rec *erasure = NULL;
    acrm_value *record = acrm_value_put(call->out, "erasure");
    char hex[65];
    acrm__str text;
    int32_t st = certificate_find(call, &erasure);

    acrm__str_init(&text, &call->session->engine->allocator);
    if (st == ACRM_OK && !record)
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__render(call, erasure, record);
    if (st == ACRM_OK)
        st = certificate_hash(call, erasure, hex);
    if (st == ACRM_OK)
        st = certificate_text(call, erasure, &text);
    if (st == ACRM_OK) {
        const char *kept = acrm__text(erasure, F_erasure__hash);
        bool valid = kept && strcmp(kept, hex) == 0;
        bool ok = acrm__put_bool(call->out, "valid", valid) &&
                  acrm__put_textn(call->out, "text", text.data, text.len);
        st = ok ? ACRM_OK : acrm__nomem(call);
    }
    acrm__str_free(&text);
    return st;
}
