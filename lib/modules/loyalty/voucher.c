/* SPDX-License-Identifier: MIT */
/* Vouchers: codes of 80 random bits of which only a keyed hash is kept; good once, until a day. */
#include "modules/loyalty/club.h"

#include <string.h>

enum { VOUCHER_CHARACTERS = 16, VOUCHER_END = 4, VOUCHER_MANY = 100 };

/* Without I, L, O and U: nothing is misread, or read as a word. */
static const char voucher_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void voucher_hash(acrm__call *call, const char code[VOUCHER_CHARACTERS],
                         unsigned char hash[ACRM__HASH_BYTES])
{
    acrm__keyed_hash(call->session->engine, "voucher", code, VOUCHER_CHARACTERS, hash);
}

static void voucher_make(acrm__call *call, char code[VOUCHER_CHARACTERS])
{
    unsigned char bytes[VOUCHER_CHARACTERS];

    acrm__random_bytes(call->session->engine, bytes, sizeof bytes);
    for (size_t i = 0; i < VOUCHER_CHARACTERS; i++)
        code[i] = voucher_alphabet[bytes[i] & 31];
}

static int32_t voucher_one(acrm__call *call, const acrm__rec *reward, const acrm__rec *redemption,
                           int32_t last_day, acrm_value *codes)
{
    acrm__rec *rec = acrm__new(call, "voucher");
    unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
    char code[VOUCHER_CHARACTERS];

    if (!rec || !hash)
        return acrm__nomem(call);
    voucher_make(call, code);
    voucher_hash(call, code, hash);
    const char *end = acrm__arena_text(call->arena, code + VOUCHER_CHARACTERS - VOUCHER_END,
                                       VOUCHER_END);
    const char *shown = acrm__arena_format(call->arena, "%.4s-%.4s-%.4s-%.4s", code, code + 4,
                                           code + 8, code + 12);
    if (!end || !shown || !acrm__add_text(codes, shown))
        return acrm__nomem(call);
    acrm__set(rec, F_voucher__redemption_id, redemption->cells[F_ID]);
    acrm__set(rec, F_voucher__reward_id, reward->cells[F_ID]);
    acrm__set(rec, F_voucher__member_id, redemption->cells[F_redemption__member_id]);
    acrm__set(rec, F_voucher__code_hash, acrm__cell_blob(hash, ACRM__HASH_BYTES));
    acrm__set(rec, F_voucher__code_end, acrm__cell_text(end));
    acrm__set(rec, F_voucher__expires_on, acrm__cell_int(last_day));
    return acrm__insert(call, rec);
}

int32_t acrm__voucher_issue(acrm__call *call, const acrm__rec *reward, const acrm__rec *redemption)
{
    int64_t quantity = acrm__int(redemption, F_redemption__quantity);
    acrm__rec *program;
    int32_t today;

    if (acrm__is_null(reward, F_reward__voucher_days))
        return ACRM_OK;
    if (quantity > VOUCHER_MANY)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "quantity", "at most %d vouchers at once",
                          VOUCHER_MANY);
    acrm_value *codes = acrm__put_list(call->out, "vouchers");
    int32_t st = codes ? acrm__load(call, "loyalty_program",
                                    acrm__id(redemption, F_redemption__program_id), NULL, &program)
                       : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__ledger_day(call, program, call->now, &today);
    for (int64_t i = 0; st == ACRM_OK && i < quantity; i++)
        st = voucher_one(call, reward, redemption,
                         today + (int32_t)acrm__int(reward, F_reward__voucher_days), codes);
    return st;
}

int32_t acrm__voucher_void(acrm__call *call, const acrm__rec *redemption)
{
    const acrm__term of = { F_voucher__redemption_id, ACRM_FILTER_EQ, redemption->cells[F_ID] };
    acrm__recs found;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "voucher", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        if (strcmp(acrm__text(found.items[i], F_voucher__status), "used") == 0)
            return acrm__fail(call, ACRM_E_CONFLICT, "used", "id",
                              "a voucher of it was used already");
        acrm__set(found.items[i], F_voucher__status, acrm__cell_text("cancelled"));
        st = acrm__update(call, found.items[i]);
    }
    return st;
}

/* --- A code that somebody shows --- */

/* As it was given out: letters of either case, what is easily misread, any dashes and spaces. */
static bool voucher_read(const char *text, char code[VOUCHER_CHARACTERS])
{
    size_t n = 0;

    for (; *text; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
        if (c == '-' || c == ' ')
            continue;
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        if (n == VOUCHER_CHARACTERS || !strchr(voucher_alphabet, c))
            return false;
        code[n++] = c;
    }
    return n == VOUCHER_CHARACTERS;
}

static int32_t voucher_find(acrm__call *call, acrm__call *system, acrm__rec **out,
                            acrm__rec **reward, const char **why)
{
    unsigned char hash[ACRM__HASH_BYTES] = { 0 };
    const acrm__term same = { F_voucher__code_hash, ACRM_FILTER_EQ,
                              acrm__cell_blob(hash, sizeof hash) };
    char code[VOUCHER_CHARACTERS];
    acrm__rec *program;
    int32_t today, st = ACRM_OK;

    *system = *call;
    system->as_system = true;
    *out = NULL;
    *why = NULL;
    if (voucher_read(acrm__arg_text(call, "code"), code)) {
        voucher_hash(call, code, hash);
        st = acrm__find_one(system, &(acrm__select){ .entity = "voucher", .terms = &same,
                                                     .n_terms = 1, .as_system = true }, out);
    }
    if (st == ACRM_OK && !*out)
        return acrm__fail(call, ACRM_E_NOTFOUND, "not_found", "code",
                          "there is no voucher of this code");
    if (st == ACRM_OK)
        st = acrm__load_any(system, acrm__entity_of(call, "reward"),
                            acrm__id(*out, F_voucher__reward_id), reward);
    if (st == ACRM_OK)
        st = acrm__load(system, "loyalty_program", acrm__id(*reward, F_reward__program_id), NULL,
                        &program);
    if (st == ACRM_OK)
        st = acrm__ledger_day(system, program, call->now, &today);
    if (st != ACRM_OK)
        return st;
    if (strcmp(acrm__text(*out, F_voucher__status), "open") != 0)
        *why = strcmp(acrm__text(*out, F_voucher__status), "used") == 0 ? "used" : "cancelled";
    else if (today > acrm__int(*out, F_voucher__expires_on))
        *why = "expired";
    return ACRM_OK;
}

static int32_t voucher_show(acrm__call *call, const acrm__rec *voucher, const acrm__rec *reward,
                            const char *why)
{
    acrm_value *shown = acrm__put_map(call->out, "voucher");
    bool ok = shown && acrm__put_bool(call->out, "good", why == NULL) &&
              acrm__put_text(call->out, "reason", why) &&
              acrm__put_text(call->out, "reward", acrm__text(reward, F_reward__code)) &&
              acrm__put_text(call->out, "name", acrm__text(reward, F_reward__name));

    return ok ? acrm__render(call, voucher, shown) : acrm__nomem(call);
}

int32_t acrm__voucher_check(acrm__call *call)
{
    acrm__rec *voucher, *reward;
    acrm__call system;
    const char *why;

    int32_t st = voucher_find(call, &system, &voucher, &reward, &why);
    return st == ACRM_OK ? voucher_show(call, voucher, reward, why) : st;
}

int32_t acrm__voucher_redeem(acrm__call *call)
{
    unsigned char *dealer = acrm__arena_alloc(call->arena, 16);
    acrm__rec *voucher, *reward;
    acrm__call system;
    const char *why;

    int32_t st = dealer ? voucher_find(call, &system, &voucher, &reward, &why)
                        : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    if (why)
        return acrm__fail(call, ACRM_E_CONFLICT, why, "code", "the voucher is good no more: %s",
                          why);
    acrm__set(voucher, F_voucher__status, acrm__cell_text("used"));
    acrm__set(voucher, F_voucher__used_at, acrm__cell_int(call->now));
    if (acrm__arg_id(call, "dealer_id", dealer))
        acrm__set(voucher, F_voucher__dealer_id, acrm__cell_id(dealer));
    st = acrm__update(&system, voucher);
    return st == ACRM_OK ? voucher_show(call, voucher, reward, NULL) : st;
}
