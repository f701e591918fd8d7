/* SPDX-License-Identifier: MIT */
/* What the facts about a message come to. Pure. */
#include "modules/message/message.h"

#include <string.h>

#define DECIDE_SECOND INT64_C(1000000)

/* The instant from which on one more message fits: when the most-th last one leaves the window. */
static void decide_cap(const acrm__facts *facts, const acrm__cap *cap, acrm__verdict *out)
{
    int64_t since = facts->now - cap->within * DECIDE_SECOND, n = 0;

    if (cap->channel && strcmp(cap->channel, facts->channel) != 0)
        return;
    if (cap->most == 0) {
        out->refused = "cap";
        return;
    }
    for (size_t i = 0; i < facts->n_sent; i++) {
        const acrm__past *past = &facts->sent[i];
        if (past->at <= since || (cap->channel && strcmp(cap->channel, past->channel) != 0))
            continue;
        if (++n < cap->most)
            continue;
        int64_t until = past->at + cap->within * DECIDE_SECOND;
        if (until > out->until) {
            out->moved = "cap";
            out->until = until;
        }
        return;
    }
}

static void decide_quiet(const acrm__facts *facts, acrm__verdict *out)
{
    int64_t at = out->until > facts->now ? out->until : facts->now;

    if (!facts->quiet)
        return;
    if (facts->zone_unknown) {
        out->refused = "zone";
        return;
    }
    int64_t end = acrm__message_quiet_end(facts->zone, facts->quiet_from, facts->quiet_to, at);
    if (end > at) {
        out->moved = out->moved ? out->moved : "quiet";
        out->until = end;
    }
}

void acrm__message_decide(const acrm__facts *facts, acrm__verdict *out)
{
    const acrm__cap own = { .most = facts->own_most, .within = INT64_C(7) * 86400 };

    *out = (acrm__verdict){ .refused = !facts->alive              ? "erased"
                                       : facts->bad_address       ? "address"
                                       : facts->no_consent        ? facts->no_consent
                                       : facts->blocked           ? "blocked"
                                       : facts->now >= facts->end ? "too_late" : NULL };
    if (out->refused || facts->transactional)
        return;
    for (size_t i = 0; i < facts->n_caps && !out->refused; i++)
        decide_cap(facts, &facts->caps[i], out);
    if (facts->has_own && !out->refused)
        decide_cap(facts, &own, out);
    if (!out->refused)
        decide_quiet(facts, out);
    if (!out->refused && out->moved && out->until >= facts->end)
        out->refused = "too_late";
}
