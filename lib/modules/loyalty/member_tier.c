/* SPDX-License-Identifier: MIT */
/* Tiers of members: risen at once, reviewed by timers, told anew from the ledger when the past
 * changes. */
#include "modules/loyalty/club.h"
#include "modules/loyalty/ledger_book.h"

#include "base/civil.h"
#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>

static const char tier_keep[] = "tier_schemes";
static const char tier_merge[] = "merge"; /* cause of a grant */
static const char tier_review[] = "tier.review", tier_warn[] = "tier.warn";

typedef struct tier_ladder {
    acrm__tier_scheme scheme; /* zone: to be set by who uses it */
    int64_t from[ACRM__TIER_COUNT_MAX];
    const char *codes[ACRM__TIER_COUNT_MAX];
    int64_t warn_days;
} tier_ladder;

/* --- The scheme --- */

static int32_t tier_fail(acrm__call *call, size_t n, const char *field, const char *message)
{
    const char *place = acrm__arena_format(call->arena, "tiers[%zu].%s", n, field);

    return place ? acrm__fail(call, ACRM_E_INVALID, "tiers", place, "%s: %s", place, message)
                 : acrm__nomem(call);
}

static int32_t tier_read_one(acrm__call *call, const acrm_value *map, size_t n,
                             acrm__arena *arena, tier_ladder *out, int64_t *until)
{
    static const char *const keys[] = { "code", "name", "from", "until", "benefits" };
    const char *code = acrm__get_text(map, "code");
    const acrm_value *from = acrm_value_get(map, "from"), *end = acrm_value_get(map, "until");
    size_t known = 0;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        known += acrm_value_get(map, keys[i]) != NULL;
    if (!code || code[0] == '\0' || strlen(code) > 64)
        return tier_fail(call, n, "code", "is required, at most 64 bytes");
    if (acrm_value_type(from) != ACRM_INT)
        return tier_fail(call, n, "from", "is a number of points");
    if (end && acrm_value_type(end) != ACRM_INT && acrm_value_type(end) != ACRM_NULL)
        return tier_fail(call, n, "until", "is a number of points");
    if (known != acrm_value_count(map))
        return tier_fail(call, n, "code", "a tier has code, name, from, until and benefits");
    for (size_t i = 0; i < n; i++)
        if (strcmp(out->codes[i], code) == 0)
            return tier_fail(call, n, "code", "is that of another tier");
    out->from[n] = acrm_value_int(from);
    until[n] = acrm_value_type(end) == ACRM_INT ? acrm_value_int(end) : INT64_MIN;
    out->codes[n] = acrm__arena_text(arena, code, strlen(code));
    return out->codes[n] ? ACRM_OK : acrm__nomem(call);
}

/* `rec` may be half made: it is checked before it is written. */
static int32_t tier_read(acrm__call *call, const acrm__rec *rec, acrm__arena *arena,
                         tier_ladder *out)
{
    int64_t until[ACRM__TIER_COUNT_MAX];
    const char *down = acrm__text(rec, F_tier_scheme__downgrade);
    acrm_value *tiers;
    acrm_issue issue = { NULL, NULL, -1 };
    int32_t st = acrm__club_json(call, rec, F_tier_scheme__tiers, call->arena, &tiers);
    size_t n = acrm_value_count(tiers);

    if (st != ACRM_OK)
        return st;
    if (acrm_value_type(tiers) != ACRM_LIST || n < 1 || n > ACRM__TIER_COUNT_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "tiers", "tiers", "tiers is a list of 1 to %d",
                          ACRM__TIER_COUNT_MAX);
    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = tier_read_one(call, acrm_value_at(tiers, i), i, arena, out, until);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < n; i++) /* where it is not given there can be no gap */
        if (until[i] == INT64_MIN)
            until[i] = i + 1 < n ? out->from[i + 1] : INT64_MAX;
    out->warn_days = acrm__int(rec, F_tier_scheme__warn_days);
    out->scheme = (acrm__tier_scheme){
        .from = out->from, .until = until, .n_tiers = n,
        .window = 1 + acrm__club_choice(ACRM__CLUB_WINDOWS,
                                        acrm__text(rec, F_tier_scheme__window)),
        .days = (int32_t)acrm__int(rec, F_tier_scheme__days),
        .one_down = down && strcmp(down, "one_down") == 0,
    };
    st = acrm__tier_check(&out->scheme, &issue);
    out->scheme.until = NULL;
    if (st == ACRM_OK)
        return st;
    if (issue.row >= 0)
        return tier_fail(call, (size_t)issue.row, issue.field, issue.allowed);
    return acrm__fail(call, st, "range", issue.field, "%s: %s", issue.field, issue.allowed);
}

int32_t acrm__tier_scheme_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    tier_ladder ladder;
    int32_t st = acrm__keep_outdate(call, tier_keep);

    (void)before;
    if (st != ACRM_OK || !acrm__is_null(rec, F_DELETED_AT))
        return st;
    return tier_read(call, rec, call->arena, &ladder);
}

/* The ladder of a programme; without a scheme it has no tiers. */
static int32_t tier_ladder_of(acrm__call *call, const acrm__rec *program, tier_ladder *out)
{
    const acrm__term of = { F_tier_scheme__program_id, ACRM_FILTER_EQ, program->cells[F_ID] };
    acrm__keep *keep;
    acrm__rec *rec = NULL;
    void *kept;
    bool fresh;

    int32_t st = acrm__club_keep(call, tier_keep, acrm__id(program, F_ID), sizeof *out, &keep,
                                 &kept, &fresh);
    if (st == ACRM_OK && fresh) {
        st = acrm__find_one(call, &(acrm__select){ .entity = "tier_scheme", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &rec);
        if (st == ACRM_OK && rec)
            st = tier_read(call, rec, &keep->arena, kept);
        if (st == ACRM_OK)
            acrm__club_kept(keep, kept);
    }
    if (st != ACRM_OK)
        return st;
    *out = *(const tier_ladder *)kept;
    out->scheme.from = ((const tier_ladder *)kept)->from;
    return out->scheme.n_tiers ? acrm__ledger_zone(call, program, &out->scheme.zone) : ACRM_OK;
}

static int32_t tier_rank(const tier_ladder *ladder, const char *code)
{
    for (size_t i = 0; code && i < ladder->scheme.n_tiers; i++)
        if (strcmp(ladder->codes[i], code) == 0)
            return (int32_t)i;
    return -1;
}

/* --- A member's past --- */

typedef struct tier_past {
    acrm__call *call;
    int64_t joined_at;
    acrm__tier_entry *entries;
    size_t n, cap;
    acrm__tier_step *steps;
    size_t n_steps, cap_steps;
} tier_past;

/* Room for one more; what was there is copied, the old room stays in the arena. */
static bool tier_grow(acrm__call *call, void **items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    size_t more = *cap ? 2 * *cap : 64;
    void *room = acrm__arena_array(call->arena, more, size);
    if (room && n)
        memcpy(room, *items, n * size);
    if (room) {
        *items = room;
        *cap = more;
    }
    return room != NULL;
}

static int32_t tier_entry(tier_past *past, int64_t at, int64_t points, int32_t grant)
{
    void *items = past->entries;

    if (!tier_grow(past->call, &items, past->n, &past->cap, sizeof *past->entries))
        return acrm__nomem(past->call);
    past->entries = items;
    past->entries[past->n++] = (acrm__tier_entry){ .at = at, .points = points, .grant = grant };
    return ACRM_OK;
}

static int32_t tier_lot(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    return tier_entry(user, cells[0].integer, cells[1].integer, -1);
}

/* Points for the tier are never spent: what remains of a lot was earned and not taken back. */
static int32_t tier_lots(tier_past *past, const acrm__rec *member)
{
    acrm__call *call = past->call;
    const acrm__term own[] = {
        { F_points_account__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_points_account__kind, ACRM_FILTER_EQ, acrm__cell_text("qualifying") },
    };
    const acrm_expression select[] = { { .column = F_points_lot__earned_at },
                                       { .column = F_points_lot__remaining } };
    const acrm_order order = { 0, 0 };
    acrm__rec *account = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "points_account", .terms = own,
                                                       .n_terms = 2, .as_system = true },
                                &account);
    if (st != ACRM_OK || !account)
        return st;
    const acrm__term of = { F_points_lot__account_id, ACRM_FILTER_EQ, account->cells[F_ID] };
    acrm_query query = { .struct_size = sizeof query, .select = select, .n_select = 2,
                         .order = &order, .n_order = 1, .where = acrm__where(call, &of, 1),
                         .table = &acrm__entity_of(call, "points_lot")->table };
    return query.where ? acrm__query(call, &query, tier_lot, past) : acrm__nomem(call);
}

static int32_t tier_grants(tier_past *past, const tier_ladder *ladder, const acrm__rec *member)
{
    const acrm__term of = { F_tier_grant__member_id, ACRM_FILTER_EQ, member->cells[F_ID] };
    acrm__recs found;

    int32_t st = acrm__find(past->call, &(acrm__select){ .entity = "tier_grant", .terms = &of,
        .n_terms = 1, .order = F_tier_grant__at, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        int32_t rank = tier_rank(ladder, acrm__text(found.items[i], F_tier_grant__tier));
        if (rank >= 0) /* of a tier that was abolished nothing is left */
            st = tier_entry(past, acrm__int(found.items[i], F_tier_grant__at), 0, rank);
    }
    return st;
}

static int tier_by_time(const void *a, const void *b)
{
    const acrm__tier_entry *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->grant != y->grant)
        return x->grant < y->grant ? -1 : 1;
    return x->points == y->points ? 0 : x->points < y->points ? -1 : 1;
}

static int32_t tier_step(void *user, const acrm__tier_step *step)
{
    tier_past *past = user;
    void *items = past->steps;

    if (!tier_grow(past->call, &items, past->n_steps, &past->cap_steps, sizeof *past->steps))
        return acrm__nomem(past->call);
    past->steps = items;
    past->steps[past->n_steps++] = *step;
    return ACRM_OK;
}

static int32_t tier_live(acrm__call *call, const tier_ladder *ladder, const acrm__rec *member,
                         tier_past *past, acrm__tier_state *state)
{
    acrm_issue issue = { "points", "", -1 };

    *past = (tier_past){ .call = call, .joined_at = acrm__int(member, F_member__joined_at) };
    int32_t st = tier_lots(past, member);
    if (st == ACRM_OK)
        st = tier_grants(past, ladder, member);
    if (st != ACRM_OK)
        return st;
    if (past->n)
        qsort(past->entries, past->n, sizeof *past->entries, tier_by_time);
    if (past->n && past->entries[0].at < past->joined_at)
        past->joined_at = past->entries[0].at; /* it came by a merge */
    st = acrm__tier_replay(&ladder->scheme, past->joined_at, past->entries, past->n, call->now,
                           tier_step, past, state, &issue);
    if (st == ACRM_E_INVALID || st == ACRM_E_LIMIT)
        return acrm__fail(call, st, "range", issue.field, "%s of the member's past: %s",
                          issue.field, issue.allowed);
    return st;
}

/* --- The state that is kept --- */

int32_t acrm__member_tier_of(acrm__call *call, const acrm__rec *member, acrm__rec **out)
{
    const acrm__term of = { F_member_tier__member_id, ACRM_FILTER_EQ, member->cells[F_ID] };

    return acrm__find_one(call, &(acrm__select){ .entity = "member_tier", .terms = &of,
                                                 .n_terms = 1, .as_system = true }, out);
}

static int32_t tier_write_step(acrm__call *call, const tier_ladder *ladder,
                               const acrm__rec *member, const acrm__tier_step *step)
{
    static const char *const causes[] = { "joined", "rose", "fell", "granted" };
    acrm__rec *rec = acrm__new(call, "tier_change");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_tier_change__member_id, member->cells[F_ID]);
    acrm__set(rec, F_tier_change__at, acrm__cell_int(step->at));
    acrm__set(rec, F_tier_change__from_tier,
              step->cause == ACRM__TIER_JOINED ? acrm__cell_null()
                                               : acrm__cell_text(ladder->codes[step->from]));
    acrm__set(rec, F_tier_change__to_tier, acrm__cell_text(ladder->codes[step->to]));
    acrm__set(rec, F_tier_change__cause, acrm__cell_text(causes[step->cause - 1]));
    acrm__set(rec, F_tier_change__qualifying, acrm__cell_int(step->sum));
    return acrm__append(call, rec);
}

static bool tier_same_step(const acrm__rec *rec, const tier_ladder *ladder,
                           const acrm__tier_step *step)
{
    return acrm__int(rec, F_tier_change__at) == step->at &&
           acrm__int(rec, F_tier_change__qualifying) == step->sum &&
           strcmp(acrm__text(rec, F_tier_change__to_tier), ladder->codes[step->to]) == 0;
}

/* The history as it is now told: what agrees stays. */
static int32_t tier_retell(acrm__call *call, const tier_ladder *ladder, const acrm__rec *member,
                           const tier_past *past)
{
    const acrm__term of = { F_tier_change__member_id, ACRM_FILTER_EQ, member->cells[F_ID] };
    acrm__recs told;
    size_t same = 0;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "tier_change", .terms = &of,
        .n_terms = 1, .order = F_tier_change__at, .as_system = true }, &told);
    if (st != ACRM_OK)
        return st;
    while (same < told.count && same < past->n_steps &&
           tier_same_step(told.items[same], ladder, &past->steps[same]))
        same++;
    for (size_t i = same; st == ACRM_OK && i < told.count; i++)
        st = acrm__purge(call, told.items[i]);
    for (size_t i = same; st == ACRM_OK && i < past->n_steps; i++)
        st = tier_write_step(call, ladder, member, &past->steps[i]);
    return st;
}

static int32_t tier_timers(acrm__call *call, const tier_ladder *ladder, const acrm__rec *member,
                           int32_t review_day)
{
    const unsigned char *id = acrm__id(member, F_ID);
    int64_t due = 0, warn = 0;

    if (review_day == ACRM__TIER_NEVER) {
        int32_t st = acrm__timer_cancel(call, tier_review, id);
        return st == ACRM_OK ? acrm__timer_cancel(call, tier_warn, id) : st;
    }
    int32_t st = acrm__tier_midnight(&ladder->scheme, review_day, &due);
    if (st == ACRM_OK)
        st = acrm__tier_midnight(&ladder->scheme, review_day - (int32_t)ladder->warn_days, &warn);
    if (st == ACRM_OK)
        st = acrm__timer_set(call, tier_review, "member", id, due, NULL);
    if (st != ACRM_OK || ladder->warn_days == 0)
        return st;
    return acrm__timer_set(call, tier_warn, "member", id, warn > call->now ? warn : call->now,
                           NULL);
}

static int32_t tier_tell(acrm__call *call, const char *type, acrm__rec *member, const char *from,
                         const char *to, const acrm_value *more)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK && acrm__put_text(data, "from", from) &&
              acrm__put_text(data, "to", to);

    for (size_t i = 0; ok && i < acrm_value_count(more); i++)
        ok = acrm__put_value(data, acrm_value_key(more, i, NULL), acrm_value_at(more, i));
    return ok ? acrm__emit(call, type, "member", acrm__id(member, F_ID), data)
              : acrm__nomem(call);
}

/* The member's record has the tier too, for filters. */
static int32_t tier_show(acrm__call *call, const tier_ladder *ladder, acrm__rec *member,
                         int32_t tier)
{
    const char *before = acrm__text(member, F_member__tier), *now = ladder->codes[tier];

    if (before && strcmp(before, now) == 0)
        return ACRM_OK;
    const char *from = before ? acrm__arena_text(call->arena, before, strlen(before)) : NULL;
    if (before && !from)
        return acrm__nomem(call);
    acrm__set(member, F_member__tier, acrm__cell_text(now));
    int32_t st = acrm__update(call, member);
    return st == ACRM_OK ? tier_tell(call, "tier.changed", member, from, now, NULL) : st;
}

static int32_t tier_keep_state(acrm__call *call, const tier_ladder *ladder,
                               const acrm__rec *member, acrm__rec *rec,
                               const acrm__tier_state *state, int32_t today)
{
    bool fresh = rec == NULL;
    bool moved = fresh || acrm__is_null(rec, F_member_tier__review_on) !=
                              (state->review_day == ACRM__TIER_NEVER) ||
                 (state->review_day != ACRM__TIER_NEVER &&
                  acrm__int(rec, F_member_tier__review_on) != state->review_day);

    if (fresh)
        rec = acrm__new(call, "member_tier");
    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_member_tier__member_id, member->cells[F_ID]);
    acrm__set(rec, F_member_tier__tier, acrm__cell_text(ladder->codes[state->tier]));
    acrm__set(rec, F_member_tier__rank, acrm__cell_int(state->tier));
    acrm__set(rec, F_member_tier__since, acrm__cell_int(state->since));
    acrm__set(rec, F_member_tier__qualifying, acrm__cell_int(state->sum));
    acrm__set(rec, F_member_tier__window_from, acrm__cell_int(state->window_from));
    acrm__set(rec, F_member_tier__day, acrm__cell_int(today));
    acrm__set(rec, F_member_tier__review_on,
              state->review_day == ACRM__TIER_NEVER ? acrm__cell_null()
                                                    : acrm__cell_int(state->review_day));
    int32_t st = fresh ? acrm__insert(call, rec) : acrm__update(call, rec);
    return st == ACRM_OK && moved ? tier_timers(call, ladder, member, state->review_day) : st;
}

static int32_t tier_anew(acrm__call *call, const tier_ladder *ladder, acrm__rec *member,
                         acrm__rec *rec, int32_t today)
{
    acrm__tier_state state;
    tier_past past;

    int32_t st = tier_live(call, ladder, member, &past, &state);
    if (st == ACRM_OK)
        st = tier_retell(call, ladder, member, &past);
    if (st == ACRM_OK)
        st = tier_keep_state(call, ladder, member, rec, &state, today);
    return st == ACRM_OK ? tier_show(call, ladder, member, state.tier) : st;
}

/* Whether the points of a day can be added to what is kept, without looking back. */
static bool tier_simply(const tier_ladder *ladder, const acrm__rec *rec, int64_t at, int64_t now,
                        int32_t joined_day, int32_t today)
{
    int32_t day;

    return rec && acrm__tier_day(&ladder->scheme, at, &day) == ACRM_OK && day == today &&
           acrm__int(rec, F_member_tier__day) <= today && at <= now &&
           acrm__int(rec, F_member_tier__window_from) ==
               acrm__tier_window_from(&ladder->scheme, joined_day, today) &&
           (acrm__is_null(rec, F_member_tier__review_on) ||
            acrm__int(rec, F_member_tier__review_on) > today);
}

int32_t acrm__member_tier_update(acrm__call *call, const acrm__rec *program, acrm__rec *member,
                                 int64_t at, int64_t qualifying, bool anew)
{
    acrm__rec *rec = NULL;
    tier_ladder ladder;
    int32_t today, joined;

    int32_t st = tier_ladder_of(call, program, &ladder);
    if (st != ACRM_OK || ladder.scheme.n_tiers == 0)
        return st;
    st = acrm__member_tier_of(call, member, &rec);
    if (st == ACRM_OK)
        st = acrm__tier_day(&ladder.scheme, call->now, &today);
    if (st == ACRM_OK)
        st = acrm__tier_day(&ladder.scheme, acrm__int(member, F_member__joined_at), &joined);
    if (st != ACRM_OK)
        return st;
    if (!anew && rec && qualifying == 0)
        return ACRM_OK;
    if (anew || !tier_simply(&ladder, rec, at, call->now, joined, today))
        return tier_anew(call, &ladder, member, rec, today);
    int64_t sum = acrm__int(rec, F_member_tier__qualifying) + qualifying;
    if (acrm__tier_of(&ladder.scheme, sum) > acrm__int(rec, F_member_tier__rank))
        return tier_anew(call, &ladder, member, rec, today);
    acrm__set(rec, F_member_tier__qualifying, acrm__cell_int(sum));
    acrm__set(rec, F_member_tier__day, acrm__cell_int(today));
    return acrm__update(call, rec);
}

/* --- Timers --- */

static int32_t tier_due(acrm__call *call, const acrm__timer *timer, acrm__rec **member,
                        acrm__rec **program)
{
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "member"), timer->subject, member);

    return st == ACRM_OK && *member ? acrm__ledger_program(call, *member, program) : st;
}

int32_t acrm__tier_review_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *member = NULL, *program = NULL;
    int32_t st = tier_due(call, timer, &member, &program);

    return st == ACRM_OK && member
               ? acrm__member_tier_update(call, program, member, call->now, 0, true)
               : st;
}

typedef struct tier_outlook {
    tier_ladder ladder;
    acrm__tier_state state;
    acrm__tier_forecast seen;
} tier_outlook;

/* *out: no tiers when the programme has none. */
static int32_t tier_look(acrm__call *call, const acrm__rec *program, const acrm__rec *member,
                         tier_outlook *out)
{
    tier_past past;
    int32_t st = tier_ladder_of(call, program, &out->ladder);

    if (st != ACRM_OK || out->ladder.scheme.n_tiers == 0)
        return st;
    st = tier_live(call, &out->ladder, member, &past, &out->state);
    return st == ACRM_OK ? acrm__tier_foresee(&out->ladder.scheme, past.joined_at, past.entries,
                                              past.n, call->now, &out->state, &out->seen)
                         : st;
}

static bool tier_put_day(acrm__call *call, acrm_value *map, const char *key, int32_t day)
{
    return day == ACRM__TIER_NEVER ? acrm__put_null(map, key)
                                   : acrm__put_text(map, key, acrm__date_text(call, day));
}

int32_t acrm__tier_warn_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *member = NULL, *program = NULL;
    acrm_value *more = acrm__value_in(call->arena);
    tier_outlook look;

    int32_t st = tier_due(call, timer, &member, &program);
    if (st == ACRM_OK && member)
        st = tier_look(call, program, member, &look);
    if (st != ACRM_OK || !member || look.ladder.scheme.n_tiers == 0 ||
        look.seen.review_tier >= look.state.tier)
        return st;
    bool ok = more && acrm_value_set_map(more) == ACRM_OK &&
              tier_put_day(call, more, "review_on", look.seen.review_day) &&
              acrm__put_int(more, "points_required_to_remain", look.seen.keep_missing);
    return ok ? tier_tell(call, "tier.will_downgrade", member, look.ladder.codes[look.state.tier],
                          look.ladder.codes[look.seen.review_tier], more)
              : acrm__nomem(call);
}

/* --- Operations --- */

int32_t acrm__tier_forecast_tell(acrm__call *call)
{
    acrm__rec *member, *program;
    acrm__call system = *call;
    tier_outlook look;

    system.as_system = true;
    int32_t st = acrm__ledger_member(call, "member_id", "card", false, &member);
    if (st == ACRM_OK)
        st = acrm__ledger_program(&system, member, &program);
    if (st == ACRM_OK)
        st = tier_look(&system, program, member, &look);
    if (st != ACRM_OK)
        return st;
    const tier_ladder *l = &look.ladder;
    const acrm__tier_state *s = &look.state;
    if (l->scheme.n_tiers == 0)
        return acrm__fail(call, ACRM_E_NOTFOUND, "tiers", "member_id",
                          "the programme has no tiers: make a tier_scheme");
    bool highest = (size_t)s->tier + 1 == l->scheme.n_tiers;
    bool ok = acrm__put_text(call->out, "tier", l->codes[s->tier]) &&
              acrm__put_text(call->out, "since", acrm__instant_text(call, s->since)) &&
              acrm__put_int(call->out, "qualifying", s->sum) &&
              tier_put_day(call, call->out, "counts_from", s->window_from) &&
              tier_put_day(call, call->out, "review_on", look.seen.review_day) &&
              acrm__put_text(call->out, "review_tier", l->codes[look.seen.review_tier]) &&
              acrm__put_int(call->out, "keep_missing", look.seen.keep_missing) &&
              acrm__put_text(call->out, "next_tier", highest ? NULL : l->codes[s->tier + 1]) &&
              acrm__put_int(call->out, "rise_missing", look.seen.rise_missing) &&
              tier_put_day(call, call->out, "counts_until", look.seen.rise_until) &&
              acrm__put_int(call->out, "falling", look.seen.falling);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t tier_give(acrm__call *call, const acrm__rec *program, acrm__rec *member,
                         const char *tier, int64_t at, const char *cause)
{
    acrm__rec *rec = acrm__new(call, "tier_grant");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_tier_grant__member_id, member->cells[F_ID]);
    acrm__set(rec, F_tier_grant__at, acrm__cell_int(at));
    acrm__set(rec, F_tier_grant__tier, acrm__cell_text(tier));
    acrm__set(rec, F_tier_grant__cause, acrm__cell_text(cause));
    int32_t st = acrm__insert(call, rec);
    return st == ACRM_OK ? acrm__member_tier_update(call, program, member, at, 0, true) : st;
}

int32_t acrm__tier_grant(acrm__call *call)
{
    acrm__rec *member, *program, *state = NULL;
    const char *tier = acrm__arg_text(call, "tier");
    acrm__call system = *call;
    tier_ladder ladder;

    system.as_system = true;
    int32_t st = acrm__ledger_member(call, "member_id", "card", false, &member);
    if (st == ACRM_OK)
        st = acrm__ledger_program(&system, member, &program);
    if (st == ACRM_OK)
        st = tier_ladder_of(&system, program, &ladder);
    if (st == ACRM_OK && tier_rank(&ladder, tier) < 0)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "tier",
                          "the programme has no tier of this code");
    if (st == ACRM_OK)
        st = tier_give(&system, program, member, tier, call->now, acrm__arg_text(call, "cause"));
    if (st == ACRM_OK)
        st = acrm__member_tier_of(&system, member, &state);
    return st == ACRM_OK && state ? acrm__render(call, state, call->out) : st;
}

/* Two members became one: it has the points of both, and the higher tier. */
static int32_t tier_merged_member(acrm__call *call, acrm__rec *member, int64_t at)
{
    const acrm__term of = { F_member__merged_into_id, ACRM_FILTER_EQ, member->cells[F_ID] };
    acrm__rec *program, *state = NULL, *best = NULL;
    acrm__recs gone;

    (void)at;
    int32_t st = acrm__ledger_program(call, member, &program);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "member", .terms = &of, .n_terms = 1,
            .as_system = true, .with_deleted = true }, &gone);
    if (st != ACRM_OK || gone.count == 0)
        return st;
    st = acrm__member_tier_update(call, program, member, call->now, 0, true);
    if (st == ACRM_OK)
        st = acrm__member_tier_of(call, member, &state);
    for (size_t i = 0; st == ACRM_OK && i < gone.count; i++) {
        acrm__rec *other = NULL;
        st = acrm__member_tier_of(call, gone.items[i], &other);
        if (other && (!best || acrm__int(other, F_member_tier__rank) >
                                   acrm__int(best, F_member_tier__rank)))
            best = other;
    }
    if (st != ACRM_OK || !state || !best ||
        acrm__int(best, F_member_tier__rank) <= acrm__int(state, F_member_tier__rank))
        return st;
    return tier_give(call, program, member, acrm__text(best, F_member_tier__tier), call->now,
                     tier_merge);
}

/* Each membership of a customer. */
static int32_t tier_each(acrm__call *call, const unsigned char customer[16],
                         int32_t (*each)(acrm__call *call, acrm__rec *member, int64_t at),
                         int64_t at)
{
    const acrm__term of = { F_member__customer_id, ACRM_FILTER_EQ, acrm__cell_id(customer) };
    acrm__recs members;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "member", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &members);
    for (size_t i = 0; st == ACRM_OK && i < members.count; i++)
        st = each(call, members.items[i], at);
    return st;
}

int32_t acrm__tier_merged(acrm__call *call, const acrm__event *event)
{
    acrm__call system = *call;

    system.as_system = true;
    return tier_each(&system, event->id, tier_merged_member, 0);
}

/* What was kept at the merge that is undone is given up, and both pasts are told anew. */
static int32_t tier_unmerged_member(acrm__call *call, acrm__rec *member, int64_t merged_at)
{
    const acrm__term terms[] = {
        { F_tier_grant__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_tier_grant__at, ACRM_FILTER_EQ, acrm__cell_int(merged_at) },
        { F_tier_grant__cause, ACRM_FILTER_EQ, acrm__cell_text(tier_merge) },
    };
    acrm__rec *program;
    acrm__recs grants;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "tier_grant", .terms = terms,
                                                   .n_terms = 3, .as_system = true }, &grants);
    for (size_t i = 0; st == ACRM_OK && i < grants.count; i++)
        st = acrm__remove(call, grants.items[i], NULL);
    if (st == ACRM_OK)
        st = acrm__ledger_program(call, member, &program);
    return st == ACRM_OK ? acrm__member_tier_update(call, program, member, call->now, 0, true)
                         : st;
}

int32_t acrm__tier_unmerged(acrm__call *call, const acrm__event *event)
{
    const acrm__entity *merges = acrm__entity_of(call, "customer_merge");
    const char *id = acrm__get_text(event->data, "merge_id");
    const acrm_value *restored = acrm_value_get(event->data, "restored");
    acrm__call system = *call;
    unsigned char merge[16];
    acrm__rec *record = NULL;

    system.as_system = true;
    if (!id || !acrm__uuid_parse(id, strlen(id), merge))
        return ACRM_OK;
    int32_t st = acrm__load_or_null(&system, merges, merge, &record);
    if (st != ACRM_OK || !record)
        return st;
    int64_t at = acrm__int(record, acrm__field_of(merges, "merged_at"));
    st = tier_each(&system, event->id, tier_unmerged_member, at);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(restored); i++) {
        unsigned char other[16];
        const char *text = acrm_value_text(acrm_value_at(restored, i), NULL);
        if (text && acrm__uuid_parse(text, strlen(text), other))
            st = tier_each(&system, other, tier_unmerged_member, at);
    }
    return st;
}
