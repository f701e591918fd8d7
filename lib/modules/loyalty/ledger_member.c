/* SPDX-License-Identifier: MIT */
/* Members: who they are, what they have, whom they share it with, and what is checked of them and
 * of their programmes. */
#include "modules/loyalty/ledger_order.h"

#include "base/money.h"
#include "modules/loyalty/entities.h"
#include "modules/loyalty/ledger_ops.h"

#include <string.h>

/* --- Who is meant --- */

int32_t acrm__ledger_program_named(acrm__call *call, acrm__rec **out)
{
    const char *code = acrm__arg_text(call, "program");
    const acrm__term by_code = { F_loyalty_program__code, ACRM_FILTER_EQ, acrm__cell_text(code) };
    acrm__recs all = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "loyalty_program", .terms = &by_code,
                                                   .n_terms = code ? 1 : 0, .limit = 2 }, &all);

    if (st != ACRM_OK)
        return st;
    if (all.count == 0)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "program",
                          "there is no such programme");
    if (all.count > 1)
        return acrm__fail(call, ACRM_E_INVALID, "required", "program",
                          "there are several programmes: say which by its code");
    *out = all.items[0];
    return ACRM_OK;
}

static int32_t member_of(acrm__call *call, const unsigned char customer[16],
                         const acrm__rec *program, const char *field, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_member__program_id, ACRM_FILTER_EQ, program->cells[F_ID] },
        { F_member__customer_id, ACRM_FILTER_EQ, acrm__cell_id(customer) },
    };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "member", .terms = terms,
                                                       .n_terms = 2 }, out);

    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", field,
                        "this customer is no member of the programme");
    return st;
}

static int32_t member_card(acrm__call *call, const char *arg, bool spends, acrm__rec **out)
{
    const char *given = acrm__arg_text(call, arg);
    char *number = acrm__arena_text(call->arena, given, strlen(given));
    acrm__rec *card = NULL;
    size_t n = 0;

    if (!number)
        return acrm__nomem(call);
    for (const char *p = given; *p; p++)
        if (*p != ' ')
            number[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    const acrm__term by = { F_member_card__number, ACRM_FILTER_EQ, acrm__cell_textn(number, n) };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "member_card", .terms = &by,
                                                       .n_terms = 1 }, &card);
    if (st != ACRM_OK)
        return st;
    *out = card;
    if (!card)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", arg, "there is no such card");
    if (spends && strcmp(acrm__text(card, F_member_card__status), "active") != 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "card_status", arg, "the card is %s",
                          acrm__text(card, F_member_card__status));
    return ACRM_OK;
}

static int32_t member_card_good(acrm__call *call, const acrm__rec *card, const acrm__rec *program,
                                const char *arg)
{
    int32_t today = 0;
    int32_t st = acrm__ledger_day(call, program, call->now, &today);

    if (st == ACRM_OK && !acrm__is_null(card, F_member_card__expires_on) &&
        acrm__int(card, F_member_card__expires_on) < today)
        st = acrm__fail(call, ACRM_E_CONFLICT, "card_expired", arg, "the card has expired");
    return st;
}

int32_t acrm__ledger_member(acrm__call *call, const char *member_arg, const char *card_arg,
                            bool spends, acrm__rec **out)
{
    acrm__rec *card = NULL, *program = NULL;
    unsigned char id[16];

    if (acrm__arg_id(call, member_arg, id))
        return acrm__load(call, "member", id, member_arg, out);
    if (!card_arg || !acrm__arg_text(call, card_arg))
        return acrm__fail(call, ACRM_E_INVALID, "required", member_arg, "%s is required%s",
                          member_arg, card_arg ? ", or the number of a card" : "");
    int32_t st = member_card(call, card_arg, spends, &card);
    if (st == ACRM_OK)
        st = acrm__ledger_program_named(call, &program);
    if (st == ACRM_OK && spends)
        st = member_card_good(call, card, program, card_arg);
    return st == ACRM_OK ? member_of(call, acrm__id(card, F_member_card__customer_id), program,
                                     card_arg, out) : st;
}

/* --- Balances --- */

static int32_t member_account(acrm__call *call, const acrm__rec *member, int32_t kind,
                              acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_points_account__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_points_account__kind, ACRM_FILTER_EQ,
          acrm__cell_text(kind == ACRM__POINTS ? "points" : "qualifying") },
    };

    *out = NULL;
    return acrm__find_one(call, &(acrm__select){ .entity = "points_account", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

/* What no tick has done yet: lots that woke. */
static int32_t member_due(acrm__call *call, const acrm__rec *account, int64_t at,
                          acrm__ledger_balance *out)
{
    const acrm__term terms[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, account->cells[F_ID] },
        { F_points_lot__wake_at, ACRM_FILTER_GT, acrm__cell_int(INT64_MIN) },
        { F_points_lot__wake_at, ACRM_FILTER_LE, acrm__cell_int(at) },
    };
    const acrm_cell *idle = &account->cells[F_points_account__expires_at];
    acrm__recs due = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "points_lot", .terms = terms,
                                                   .n_terms = 3, .as_system = true }, &due);

    for (size_t i = 0; st == ACRM_OK && i < due.count; i++) {
        const acrm__rec *lot = due.items[i];
        const acrm_cell *end = &lot->cells[F_points_lot__expires_at];
        int64_t points = acrm__int(lot, F_points_lot__remaining);
        bool pending = strcmp(acrm__text(lot, F_points_lot__state), "pending") == 0;
        bool over = end->type == ACRM_CELL_INT && end->integer <= at;
        if (pending)
            out->pending -= points;
        if (pending && !over)
            out->available += points;
        if (!pending)
            out->available -= points;
    }
    if (idle->type == ACRM_CELL_INT && idle->integer <= at && out->available > 0)
        out->available = 0;
    return st;
}

int32_t acrm__ledger_balance_alone(acrm__call *call, const acrm__rec *member, int32_t kind,
                                   int64_t at, acrm__ledger_balance *out)
{
    acrm__rec *account = NULL;
    int32_t st = member_account(call, member, kind, &account);

    *out = (acrm__ledger_balance){ 0 };
    if (st != ACRM_OK || !account)
        return st;
    out->available = acrm__int(account, F_points_account__available);
    out->pending = acrm__int(account, F_points_account__pending);
    out->reserved = acrm__int(account, F_points_account__reserved);
    if (!acrm__is_null(account, F_points_account__wake_at) &&
        acrm__int(account, F_points_account__wake_at) <= at)
        st = member_due(call, account, at, out);
    out->pool = out->available > 0 ? out->available : 0;
    return st;
}

int32_t acrm__ledger_balance_of(acrm__call *call, const acrm__rec *member, int32_t kind,
                                int64_t at, acrm__ledger_balance *out)
{
    acrm__rec *program = NULL;
    acrm__recs others = { NULL, 0 };
    int32_t st;

    if (at == 0)
        at = call->now;
    st = acrm__ledger_balance_alone(call, member, kind, at, out);
    if (st == ACRM_OK)
        st = acrm__ledger_program(call, member, &program);
    if (st == ACRM_OK && kind == ACRM__POINTS &&
        strcmp(acrm__text(program, F_loyalty_program__pooling), "household") == 0)
        st = acrm__ledger_household(call, program, member, &others);
    for (size_t i = 0; st == ACRM_OK && i < others.count; i++) {
        acrm__ledger_balance other;
        st = acrm__ledger_balance_alone(call, others.items[i], kind, at, &other);
        out->pool += other.pool;
    }
    return st;
}

static int32_t member_sum(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[0].type == ACRM_CELL_INT ? cells[0].integer : 0;
    return ACRM_OK;
}

int32_t acrm__ledger_earned(acrm__call *call, const acrm__rec *member, int32_t kind, int64_t from,
                            int64_t to, int64_t *out)
{
    static const acrm_expression sum = { .column = F_points_lot__remaining,
                                         .aggregate = ACRM_AGGREGATE_SUM };
    acrm__rec *account = NULL;
    int32_t st = member_account(call, member, kind, &account);

    *out = 0;
    if (st != ACRM_OK || !account)
        return st;
    const acrm__term terms[] = {
        { F_points_lot__account_id, ACRM_FILTER_EQ, account->cells[F_ID] },
        { F_points_lot__earned_at, ACRM_FILTER_GT, acrm__cell_int(from) },
        { F_points_lot__earned_at, ACRM_FILTER_LE, acrm__cell_int(to) },
    };
    const acrm_query query = { .struct_size = sizeof query, .select = &sum, .n_select = 1,
                               .table = &acrm__entity_of(call, "points_lot")->table,
                               .where = acrm__where(call, terms, 3) };
    return query.where ? acrm__query(call, &query, member_sum, out) : acrm__nomem(call);
}

/* --- What is checked --- */

static int32_t program_decimal(acrm__call *call, const acrm__rec *rec, uint32_t field,
                               const char *name)
{
    const char *text = acrm__text(rec, field);

    if (text && text[0] == '-')
        return acrm__fail(call, ACRM_E_INVALID, "range", name, "%s must not be negative", name);
    return ACRM_OK;
}

int32_t acrm__ledger_program_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_zone *zone = NULL;
    const char *currency = acrm__text(rec, F_loyalty_program__currency);
    int32_t st = before ? ACRM_OK : acrm__ledger_zone(call, rec, &zone);

    if (st == ACRM_OK)
        st = program_decimal(call, rec, F_loyalty_program__points_per_unit, "points_per_unit");
    if (st == ACRM_OK)
        st = program_decimal(call, rec, F_loyalty_program__cost_per_point, "cost_per_point");
    if (st == ACRM_OK && currency && acrm__currency_digits(currency, strlen(currency)) < 0)
        st = acrm__fail(call, ACRM_E_INVALID, "choice", "currency",
                        "currency must be a code of ISO 4217, such as EUR");
    if (st == ACRM_OK && !currency && !acrm__is_null(rec, F_loyalty_program__cost_per_point))
        st = acrm__fail(call, ACRM_E_INVALID, "required", "currency",
                        "a cost needs its currency");
    return st;
}

int32_t acrm__ledger_member_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)before;
    if (acrm__is_null(rec, F_member__joined_at))
        acrm__set(rec, F_member__joined_at, acrm__cell_int(call->now));
    return ACRM_OK;
}

/* Nothing is earned or spent for who was erased; what there is ends in its time. */
int32_t acrm__ledger_customer_erased(acrm__call *call, const acrm__event *event)
{
    const acrm__term of = { F_member__customer_id, ACRM_FILTER_EQ, acrm__cell_id(event->id) };
    acrm__recs members = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "member", .terms = &of, .n_terms = 1,
                                                   .as_system = true }, &members);

    for (size_t i = 0; st == ACRM_OK && i < members.count; i++) {
        acrm__set(members.items[i], F_member__status, acrm__cell_text("closed"));
        st = acrm__update(call, members.items[i]);
    }
    return st;
}
