/* SPDX-License-Identifier: MIT */
/* The audit: appending entries to the hash chain, and proving that none was changed or removed. */
#include "kernel/chain.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { AUDIT_PROGRESS_ROWS = 4096 };

/* Unambiguous: every cell is its type, its length and its bytes, so that no two entries have the
 * same text to hash. */
void acrm__chain_hash(const unsigned char before[ACRM__HASH_BYTES], const acrm_cell *cells,
                      unsigned char out[ACRM__HASH_BYTES])
{
    crypto_generichash_state state;

    (void)crypto_generichash_init(&state, NULL, 0, ACRM__HASH_BYTES);
    (void)crypto_generichash_update(&state, before, ACRM__HASH_BYTES);
    for (uint32_t i = 0; i < ACRM__AUDIT_HASH; i++) {
        const acrm_cell *cell = &cells[i];
        bool bytes = cell->type == ACRM_CELL_TEXT || cell->type == ACRM_CELL_BLOB;
        unsigned char prefix[9] = { (unsigned char)cell->type };
        if (cell->type != ACRM_CELL_NULL)
            acrm__chain_put_int(prefix + 1, bytes ? (int64_t)cell->size : cell->integer);
        (void)crypto_generichash_update(&state, prefix, sizeof prefix);
        if (bytes)
            (void)crypto_generichash_update(&state, cell->data, cell->size);
    }
    (void)crypto_generichash_final(&state, out, ACRM__HASH_BYTES);
}

const char *acrm__audit_context(acrm__call *call, int64_t seq)
{
    return acrm__arena_format(call->arena, "audit:%lld", (long long)seq);
}

/* --- Appending --- */

const char *acrm__actor_text(const acrm__call *call)
{
    const char *text = call->session->principal.text;
    return text ? text : "system";
}

/* Nothing personal is recorded again about somebody who was erased. */
static int32_t audit_seal(acrm__call *call, const acrm__audit_entry *entry, int64_t seq,
                          acrm_cell *out)
{
    acrm__call quiet = *call;
    acrm_error *err = NULL;
    const char *context = acrm__audit_context(call, seq);

    if (!context)
        return acrm__nomem(call);
    quiet.err = &err;
    int32_t st = acrm__seal(&quiet, entry->subject, context, entry->personal,
                            strlen(entry->personal), out);
    if (st == ACRM_E_NOTFOUND) {
        acrm_error_free(err);
        return acrm__fail(call, ACRM_E_CONFLICT, "erased",
                          entry->entity && entry->entity->subject != UINT32_MAX
                              ? entry->entity->fields[entry->entity->subject].def.name : NULL,
                          "the customer was erased: nothing about the person is recorded again");
    }
    if (st != ACRM_OK && call->err)
        *call->err = err;
    else
        acrm_error_free(err);
    return st;
}

int32_t acrm__audit(acrm__call *call, const acrm__audit_entry *entry)
{
    acrm_session *session = call->session;
    acrm__chain *chain = &session->chain;
    unsigned char hash[ACRM__HASH_BYTES];
    const char *operation = call->info ? call->info->name : "engine.open";
    int32_t st = acrm__chain_load(call);

    if (st != ACRM_OK)
        return st;
    int64_t seq = chain->audit_seq + 1;
    acrm_cell cells[ACRM__AUDIT_COLUMNS] = {
        [ACRM__AUDIT_SEQ] = acrm__cell_int(seq),
        [ACRM__AUDIT_AT] = acrm__cell_int(call->now),
        [ACRM__AUDIT_ACTOR] = acrm__cell_text(acrm__actor_text(call)),
        [ACRM__AUDIT_OPERATION] = acrm__cell_text(operation),
        [ACRM__AUDIT_ENTITY] = acrm__cell_text(entry->entity ? entry->entity->def->name : NULL),
        [ACRM__AUDIT_RECORD] = acrm__cell_id(entry->record),
        [ACRM__AUDIT_ACTION] = acrm__cell_text(entry->action),
        [ACRM__AUDIT_CHANGES] = acrm__cell_text(entry->changes),
        [ACRM__AUDIT_SUBJECT] = acrm__cell_id(entry->subject),
        [ACRM__AUDIT_REASON] = acrm__cell_text(entry->reason),
    };
    if (entry->personal)
        st = audit_seal(call, entry, seq, &cells[ACRM__AUDIT_SEALED]);
    if (st != ACRM_OK)
        return st;
    acrm__chain_hash(chain->hash, cells, hash);
    cells[ACRM__AUDIT_HASH] = acrm__cell_blob(hash, sizeof hash);
    st = acrm__trace_insert(call, ACRM__TABLE_AUDIT, cells);
    if (st != ACRM_OK)
        return st;
    chain->audit_seq = seq;
    memcpy(chain->hash, hash, sizeof hash);
    chain->changed = true;
    return ACRM_OK;
}

/* --- Proving --- */

typedef struct audit_proof {
    acrm__call *call;
    const unsigned char *noted; /* hash that a host noted for noted_seq, or NULL */
    int64_t noted_seq;
    int64_t seq; /* of the last good entry */
    int64_t total;
    unsigned char hash[ACRM__HASH_BYTES];
    const char *fault; /* NULL: none so far */
} audit_proof;

static int32_t audit_prove_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    audit_proof *proof = user;
    const acrm_cell *kept = &cells[ACRM__AUDIT_HASH];
    unsigned char hash[ACRM__HASH_BYTES];

    (void)n_cells;
    if (cells[ACRM__AUDIT_SEQ].integer != proof->seq + 1) {
        proof->fault = "missing";
        return 1;
    }
    acrm__chain_hash(proof->hash, cells, hash);
    if (kept->size != sizeof hash || memcmp(hash, kept->data, sizeof hash) != 0) {
        proof->fault = "changed";
        return 1;
    }
    proof->seq++;
    memcpy(proof->hash, hash, sizeof hash);
    if (proof->noted && proof->seq == proof->noted_seq &&
        memcmp(hash, proof->noted, sizeof hash) != 0) {
        proof->fault = "rewritten";
        return 1;
    }
    if (proof->seq % AUDIT_PROGRESS_ROWS == 0)
        return acrm__progress(proof->call, "verify", proof->seq, proof->total);
    return ACRM_OK;
}

static const struct {
    const char *fault, *text;
} audit_faults[] = {
    { "missing", "an entry is missing" },
    { "changed", "an entry was changed, or one before it exchanged" },
    { "rewritten", "the entry does not have the hash that was noted for it" },
    { "cut", "the newest entries were cut off" },
    { "head", "the signed head of the chain was changed or removed" },
    { "extra", "there are entries that no commit of the library wrote" },
};

static bool audit_put_proof(acrm__call *call, const audit_proof *proof)
{
    char hash[ACRM__HASH_BYTES * 2 + 1];
    acrm_value *out = call->out;
    bool ok = acrm__put_bool(out, "ok", !proof->fault) &&
              acrm__put_int(out, "entries", proof->seq) &&
              acrm__put_text(out, "hash", sodium_bin2hex(hash, sizeof hash, proof->hash,
                                                         sizeof proof->hash));

    for (size_t i = 0; proof->fault && i < sizeof audit_faults / sizeof audit_faults[0]; i++)
        if (strcmp(audit_faults[i].fault, proof->fault) == 0)
            ok = ok && acrm__put_text(out, "fault", proof->fault) &&
                 acrm__put_int(out, "broken_seq", proof->seq + 1) &&
                 acrm__put_text(out, "message", audit_faults[i].text);
    return ok;
}

/* What the rows alone cannot show. */
static const char *audit_head_fault(const audit_proof *proof, const acrm__chain *head, bool intact)
{
    if (!intact)
        return "head";
    if (proof->seq < head->audit_seq || proof->seq < proof->noted_seq)
        return "cut";
    if (proof->seq > head->audit_seq)
        return "extra";
    return memcmp(proof->hash, head->hash, ACRM__HASH_BYTES) == 0 ? NULL : "changed";
}

int32_t acrm__audit_verify(acrm__call *call)
{
    static const acrm_order by_seq = { .expression = ACRM__AUDIT_SEQ };
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_AUDIT],
                               .n_order = 1, .order = &by_seq };
    audit_proof proof = { .call = call, .noted_seq = acrm__arg_int(call, "seq", 0) };
    const char *noted = acrm__arg_text(call, "hash");
    unsigned char noted_hash[ACRM__HASH_BYTES];
    acrm__chain head = { .valid = false };
    size_t len = 0;
    bool intact;

    if ((noted != NULL) != (proof.noted_seq > 0))
        return acrm__fail(call, ACRM_E_INVALID, "required", noted ? "seq" : "hash",
                          "seq and hash of a noted head go together");
    if (noted && (sodium_hex2bin(noted_hash, sizeof noted_hash, noted, strlen(noted), NULL, &len,
                                 NULL) != 0 || len != sizeof noted_hash))
        return acrm__fail(call, ACRM_E_INVALID, "format", "hash",
                          "hash must be the 64 hexadecimal digits that an earlier verify gave");
    proof.noted = noted ? noted_hash : NULL;
    int32_t st = acrm__chain_read(call, &head, &intact);
    if (st != ACRM_OK)
        return st;
    proof.total = head.audit_seq;
    st = acrm__query(call, &query, audit_prove_row, &proof);
    if (st != ACRM_OK)
        return st;
    if (!proof.fault)
        proof.fault = audit_head_fault(&proof, &head, intact);
    return audit_put_proof(call, &proof) ? ACRM_OK : acrm__nomem(call);
}
