/* SPDX-License-Identifier: MIT */
/* Partners: what was earned and spent with one, and who owes whom for it. */
#include "modules/loyalty/club.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"

#include <string.h>

typedef struct partner_window {
    acrm_cell from, until; /* instants */
} partner_window;

static int32_t partner_days(acrm__call *call, const acrm__rec *program, partner_window *out)
{
    int64_t from, until, begin, end;

    (void)acrm__arg_time(call, "from", &from);
    (void)acrm__arg_time(call, "to", &until);
    if (from > until)
        return acrm__fail(call, ACRM_E_INVALID, "range", "to", "to lies before from");
    int32_t st = acrm__ledger_day_start(call, program, (int32_t)from, &begin);
    if (st == ACRM_OK)
        st = acrm__ledger_day_start(call, program, (int32_t)until + 1, &end);
    if (st == ACRM_OK)
        *out = (partner_window){ acrm__cell_int(begin), acrm__cell_int(end) };
    return st;
}

int32_t acrm__partner_settlement(acrm__call *call)
{
    acrm__rec *program, *partner;
    acrm__call system = *call;
    partner_window window = { acrm__cell_null(), acrm__cell_null() };
    int64_t earned = 0, events = 0, spent = 0, redemptions = 0;
    const char *owed = NULL, *owing = NULL;

    system.as_system = true;
    int32_t st = acrm__load_arg(call, "loyalty_partner", "partner_id", &partner);
    if (st == ACRM_OK)
        st = acrm__ledger_program_named(&system, &program);
    if (st == ACRM_OK)
        st = partner_days(call, program, &window);
    if (st != ACRM_OK)
        return st;
    const acrm__term gave[] = {
        { F_loyalty_event__program_id, ACRM_FILTER_EQ, program->cells[F_ID] },
        { F_loyalty_event__at, ACRM_FILTER_GE, window.from },
        { F_loyalty_event__at, ACRM_FILTER_LT, window.until },
        { F_loyalty_event__partner_id, ACRM_FILTER_EQ, partner->cells[F_ID] },
        { F_loyalty_event__status, ACRM_FILTER_EQ, acrm__cell_text("active") },
    };
    const acrm__term took[] = {
        { F_redemption__program_id, ACRM_FILTER_EQ, program->cells[F_ID] },
        { F_redemption__settled_at, ACRM_FILTER_GE, window.from },
        { F_redemption__settled_at, ACRM_FILTER_LT, window.until },
        { F_redemption__partner_id, ACRM_FILTER_EQ, partner->cells[F_ID] },
        { F_redemption__status, ACRM_FILTER_EQ, acrm__cell_text("confirmed") },
    };
    int32_t digits = acrm__club_digits(program);
    st = acrm__club_sum(&system, "loyalty_event", gave, 5, F_loyalty_event__points, &earned,
                        &events);
    if (st == ACRM_OK)
        st = acrm__club_sum(&system, "redemption", took, 5, F_redemption__points, &spent,
                            &redemptions);
    if (st == ACRM_OK)
        st = acrm__club_cost(call, earned, acrm__text(partner, F_loyalty_partner__earn_price),
                             digits, &owed);
    if (st == ACRM_OK)
        st = acrm__club_cost(call, spent, acrm__text(partner, F_loyalty_partner__spend_price),
                             digits, &owing);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_int(call->out, "events", events) &&
              acrm__put_int(call->out, "points_earned", earned) &&
              acrm__put_int(call->out, "redemptions", redemptions) &&
              acrm__put_int(call->out, "points_spent", spent) &&
              acrm__put_text(call->out, "currency",
                             acrm__text(program, F_loyalty_program__currency)) &&
              acrm__put_text(call->out, "owed_to_us", owed) &&
              acrm__put_text(call->out, "owed_by_us", owing);
    return ok ? ACRM_OK : acrm__nomem(call);
}
