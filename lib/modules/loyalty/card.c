/* SPDX-License-Identifier: MIT */
/* Cards of members: issued with a number that proves itself, replaced, blocked. */
#include "modules/loyalty/club.h"
#include "modules/loyalty/entities.h"

#include <string.h>

enum { CARD_DIGITS = 16, CARD_TRIES = 8 };

/* Random digits, and the check digit of Luhn (ISO/IEC 7812-1, annex B). */
static void card_number(acrm__call *call, char number[CARD_DIGITS + 1])
{
    unsigned char bytes[CARD_DIGITS];
    int32_t sum = 0;

    acrm__random_bytes(call->session->engine, bytes, sizeof bytes);
    for (int32_t i = 0; i < CARD_DIGITS - 1; i++) {
        int32_t digit = i == 0 ? 6 : bytes[i] % 10;
        int32_t twice = 2 * digit;
        number[i] = (char)('0' + digit);
        sum += i % 2 == 0 ? (twice > 9 ? twice - 9 : twice) : digit;
    }
    number[CARD_DIGITS - 1] = (char)('0' + (10 - sum % 10) % 10);
    number[CARD_DIGITS] = '\0';
}

static int32_t card_free_number(acrm__call *call, const char **out)
{
    char number[CARD_DIGITS + 1];

    for (int32_t i = 0; i < CARD_TRIES; i++) {
        acrm__rec *taken = NULL;
        card_number(call, number);
        const acrm__term asked = { F_member_card__number, ACRM_FILTER_EQ,
                                   acrm__cell_text(number) };
        int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "member_card",
            .terms = &asked, .n_terms = 1, .as_system = true, .with_deleted = true }, &taken);
        if (st != ACRM_OK)
            return st;
        if (taken)
            continue;
        *out = acrm__arena_text(call->arena, number, CARD_DIGITS);
        return *out ? ACRM_OK : acrm__nomem(call);
    }
    return acrm__fail(call, ACRM_E_CONFLICT, "number", "number", "no free number was found");
}

static int32_t card_make(acrm__call *call, const acrm_cell *customer, const acrm_cell *expires)
{
    acrm__rec *card = acrm__new(call, "member_card");
    const char *number = acrm__arg_text(call, "number");
    acrm__call system = *call;
    int32_t st = card ? ACRM_OK : acrm__nomem(call);

    system.as_system = true;
    if (st == ACRM_OK && !number)
        st = card_free_number(&system, &number);
    if (st != ACRM_OK)
        return st;
    acrm__set(card, F_member_card__number, acrm__cell_text(number));
    acrm__set(card, F_member_card__customer_id, *customer);
    acrm__set(card, F_member_card__expires_on, *expires);
    st = acrm__insert(&system, card);
    return st == ACRM_OK ? acrm__render(call, card, call->out) : st;
}

int32_t acrm__card_issue(acrm__call *call)
{
    acrm_cell expires = acrm__cell_null();
    acrm__rec *member;
    int64_t day;

    if (acrm__arg_time(call, "expires_on", &day))
        expires = acrm__cell_int(day);
    int32_t st = acrm__load_arg(call, "member", "member_id", &member);
    if (st == ACRM_OK && strcmp(acrm__text(member, F_member__status), "closed") == 0)
        return acrm__fail(call, ACRM_E_INVALID, "closed", "member_id",
                          "the membership is closed");
    return st == ACRM_OK ? card_make(call, &member->cells[F_member__customer_id], &expires) : st;
}

static int32_t card_end(acrm__call *call, const char *status, acrm__rec **out)
{
    acrm__call system = *call;
    int32_t st = acrm__load_arg(call, "member_card", "id", out);

    system.as_system = true;
    if (st == ACRM_OK && strcmp(acrm__text(*out, F_member_card__status), "closed") == 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "closed", "id", "the card is closed for good");
    if (st != ACRM_OK)
        return st;
    acrm__set(*out, F_member_card__status, acrm__cell_text(status));
    return acrm__update(&system, *out);
}

int32_t acrm__card_replace(acrm__call *call)
{
    acrm__rec *card;
    int32_t st = card_end(call, "closed", &card);

    return st == ACRM_OK ? card_make(call, &card->cells[F_member_card__customer_id],
                                     &card->cells[F_member_card__expires_on])
                         : st;
}

int32_t acrm__card_block(acrm__call *call)
{
    acrm__rec *card;
    int32_t st = card_end(call, "blocked", &card);

    return st == ACRM_OK ? acrm__render(call, card, call->out) : st;
}
