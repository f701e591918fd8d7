/* SPDX-License-Identifier: MIT */
/* Members of a programme who share a household: its head, and who lives in it today. */
#include "modules/loyalty/ledger_order.h"

#include <string.h>

enum { HOUSEHOLD_MAX = 64 };

typedef struct household_run {
    acrm__call *call;
    const acrm__rec *program, *member;
    uint32_t head, home, who, until; /* fields of household and household_member */
    int32_t today;
    acrm__recs *out;
} household_run;

static int32_t household_find(household_run *run, const char *entity, uint32_t field,
                              acrm_cell value, acrm__recs *out)
{
    const acrm__term of = { field, ACRM_FILTER_EQ, value };

    return acrm__find(run->call, &(acrm__select){ .entity = entity, .terms = &of, .n_terms = 1,
                                                  .as_system = true }, out);
}

static bool household_over(const household_run *run, const acrm__rec *in)
{
    return !acrm__is_null(in, run->until) && acrm__int(in, run->until) < run->today;
}

static int32_t household_add(household_run *run, const acrm_cell *customer)
{
    const acrm__term terms[] = {
        { F_member__program_id, ACRM_FILTER_EQ, run->program->cells[F_ID] },
        { F_member__customer_id, ACRM_FILTER_EQ, *customer },
    };
    acrm__recs *list = run->out;
    acrm__rec *member = NULL;

    if (acrm__cell_equal(customer, &run->member->cells[F_member__customer_id]))
        return ACRM_OK;
    int32_t st = acrm__find_one(run->call, &(acrm__select){ .entity = "member", .terms = terms,
                                .n_terms = 2, .as_system = true }, &member);
    if (st != ACRM_OK || !member || strcmp(acrm__text(member, F_member__status), "active") != 0)
        return st;
    for (size_t i = 0; i < list->count; i++)
        if (acrm__cell_equal(&list->items[i]->cells[F_ID], &member->cells[F_ID]))
            return ACRM_OK;
    if (list->count < HOUSEHOLD_MAX)
        list->items[list->count++] = member;
    return ACRM_OK;
}

static int32_t household_all(household_run *run, const acrm_cell *home)
{
    acrm__recs members = { NULL, 0 };
    acrm__rec *household = NULL;
    int32_t st = acrm__load_or_null(run->call, acrm__entity_of(run->call, "household"), home->data,
                                    &household);

    if (st != ACRM_OK || !household)
        return st;
    st = household_add(run, &household->cells[run->head]);
    if (st == ACRM_OK)
        st = household_find(run, "household_member", run->home, *home, &members);
    for (size_t i = 0; st == ACRM_OK && i < members.count; i++)
        if (!household_over(run, members.items[i]))
            st = household_add(run, &members.items[i]->cells[run->who]);
    return st;
}

int32_t acrm__ledger_household(acrm__call *call, const acrm__rec *program,
                               const acrm__rec *member, acrm__recs *out)
{
    acrm__call system = *call;
    const acrm__entity *in = acrm__entity_of(call, "household_member");
    household_run run = { .call = &system, .program = program, .member = member, .out = out,
                          .head = acrm__field_of(acrm__entity_of(call, "household"), "head_id"),
                          .home = acrm__field_of(in, "household_id"),
                          .who = acrm__field_of(in, "customer_id"),
                          .until = acrm__field_of(in, "until") };
    acrm__recs headed = { NULL, 0 }, lived = { NULL, 0 };
    int32_t st = acrm__ledger_day(call, program, call->now, &run.today);

    system.as_system = true;
    out->count = 0;
    out->items = acrm__arena_array(call->arena, HOUSEHOLD_MAX, sizeof *out->items);
    if (!out->items)
        return acrm__nomem(call);
    if (st == ACRM_OK)
        st = household_find(&run, "household", run.head, member->cells[F_member__customer_id],
                            &headed);
    if (st == ACRM_OK)
        st = household_find(&run, "household_member", run.who,
                            member->cells[F_member__customer_id], &lived);
    for (size_t i = 0; st == ACRM_OK && i < headed.count; i++)
        st = household_all(&run, &headed.items[i]->cells[F_ID]);
    for (size_t i = 0; st == ACRM_OK && i < lived.count; i++)
        if (!household_over(&run, lived.items[i]))
            st = household_all(&run, &lived.items[i]->cells[run.home]);
    return st;
}
