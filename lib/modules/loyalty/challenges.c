/* SPDX-License-Identifier: MIT */
/* Challenges: each event moves the state of those it counts for; what was met is given once. */
#include "modules/loyalty/club.h"

#include "base/civil.h"
#include "base/text.h"

#include <string.h>

static const char challenge_keep[] = "challenges";
static const char challenge_periods[] = "event|day|week|month|year|ever";

typedef struct challenge_one {
    unsigned char id[16], badge[16];
    bool has_badge;
    const char *code, *kind;
    const acrm_filter_node *where;
    acrm__challenge engine;
    int32_t from, until; /* days */
    int64_t points;
} challenge_one;

typedef struct challenge_set {
    challenge_one *items;
    size_t n;
} challenge_set;

static int32_t challenge_read(acrm__call *call, const acrm__rec *program, const acrm__rec *rec,
                              acrm__arena *arena, challenge_one *out)
{
    const char *kind = acrm__text(rec, F_challenge__kind), *code = acrm__text(rec,
                                                                              F_challenge__code);
    int32_t goal = 1 + acrm__club_choice("count|sum|streak", acrm__text(rec, F_challenge__goal));
    int64_t target = 0;

    *out = (challenge_one){
        .points = acrm__int(rec, F_challenge__points),
        .from = acrm__is_null(rec, F_challenge__valid_from)
                    ? ACRM__DAY_MIN : (int32_t)acrm__int(rec, F_challenge__valid_from),
        .until = acrm__is_null(rec, F_challenge__valid_until)
                     ? ACRM__DAY_MAX : (int32_t)acrm__int(rec, F_challenge__valid_until),
    };
    int32_t st = acrm__club_decimal(call, rec, F_challenge__target, NULL,
                                    goal == ACRM__CHALLENGE_SUM ? acrm__club_digits(program) : 0,
                                    &target);
    if (st == ACRM_OK && target < 1)
        return acrm__fail(call, ACRM_E_INVALID, "range", "target", "target is above 0");
    if (st == ACRM_OK && out->from > out->until)
        return acrm__fail(call, ACRM_E_INVALID, "range", "valid_until",
                          "valid_until lies before valid_from");
    out->engine = (acrm__challenge){
        .goal = goal, .target = target, .repeats = acrm__int(rec, F_challenge__repeats) != 0,
        .every = acrm__club_choice(challenge_periods, acrm__text(rec, F_challenge__every)),
        .unit = acrm__club_choice(challenge_periods, acrm__text(rec, F_challenge__unit)),
    };
    if (st == ACRM_OK)
        st = acrm__club_filter(call, "loyalty_event", rec, F_challenge__condition, NULL, arena,
                               &out->where);
    if (st != ACRM_OK)
        return st;
    out->code = code ? acrm__arena_text(arena, code, strlen(code)) : NULL;
    out->kind = kind ? acrm__arena_text(arena, kind, strlen(kind)) : NULL;
    if ((code && !out->code) || (kind && !out->kind))
        return acrm__nomem(call);
    if (acrm__id(rec, F_ID))
        memcpy(out->id, acrm__id(rec, F_ID), 16);
    out->has_badge = !acrm__is_null(rec, F_challenge__badge_id);
    if (out->has_badge)
        memcpy(out->badge, acrm__id(rec, F_challenge__badge_id), 16);
    return ACRM_OK;
}

int32_t acrm__challenge_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rec *program;
    challenge_one one;
    int32_t st = acrm__keep_outdate(call, challenge_keep);

    (void)before;
    if (st != ACRM_OK || !acrm__is_null(rec, F_DELETED_AT) ||
        acrm__is_null(rec, F_challenge__program_id))
        return st;
    st = acrm__load(call, "loyalty_program", acrm__id(rec, F_challenge__program_id), "program_id",
                    &program);
    return st == ACRM_OK ? challenge_read(call, program, rec, call->arena, &one) : st;
}

static int32_t challenge_all(acrm__call *call, const acrm__rec *program,
                             const challenge_set **out)
{
    const acrm__term terms[] = {
        { F_challenge__program_id, ACRM_FILTER_EQ, program->cells[F_ID] },
        { F_challenge__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    challenge_set *set;
    acrm__keep *keep;
    acrm__recs found;
    void *kept = NULL;
    bool fresh;

    int32_t st = acrm__club_keep(call, challenge_keep, acrm__id(program, F_ID), sizeof *set, &keep,
                                 &kept, &fresh);
    *out = kept;
    if (st != ACRM_OK || !fresh)
        return st;
    set = kept;
    st = acrm__find(call, &(acrm__select){ .entity = "challenge", .terms = terms, .n_terms = 2,
                                           .as_system = true }, &found);
    if (st != ACRM_OK)
        return st;
    set->items = acrm__arena_array(&keep->arena, found.count + 1, sizeof *set->items);
    if (!set->items)
        return acrm__nomem(call);
    for (; st == ACRM_OK && set->n < found.count; set->n++)
        st = challenge_read(call, program, found.items[set->n], &keep->arena,
                            &set->items[set->n]);
    if (st == ACRM_OK)
        acrm__club_kept(keep, kept);
    return st;
}

/* --- Whether an event counts --- */

static int32_t challenge_counts(acrm__call *call, const challenge_one *one, const acrm__rec *event,
                                int32_t day, bool *out)
{
    const char *kind = acrm__text(event, F_loyalty_event__kind);
    const char *status = acrm__text(event, F_loyalty_event__status);

    *out = day >= one->from && day <= one->until &&
           (one->kind ? strcmp(one->kind, kind) == 0 : strcmp(kind, "challenge") != 0) &&
           (!status || strcmp(status, "active") == 0);
    return *out && one->where ? acrm__matches(call, event, one->where, out) : ACRM_OK;
}

/* --- The state --- */

static acrm__challenge_state challenge_state(const acrm__rec *rec)
{
    return (acrm__challenge_state){
        .value = acrm__int(rec, F_challenge_progress__value),
        .period = acrm__int(rec, F_challenge_progress__period),
        .best = acrm__int(rec, F_challenge_progress__best),
        .times = acrm__int(rec, F_challenge_progress__times),
        .met = acrm__int(rec, F_challenge_progress__met) != 0,
        .begun = !acrm__is_null(rec, F_challenge_progress__period),
    };
}

/* An event of the past: all that counted is gone through again. */
static int32_t challenge_again(const acrm__club_event *event, const challenge_one *one,
                               acrm__challenge_state *state, int32_t *last)
{
    acrm__call *call = event->call;
    const acrm__term of = { F_loyalty_event__member_id, ACRM_FILTER_EQ,
                            event->member->cells[F_ID] };
    acrm__recs past;

    *state = (acrm__challenge_state){ 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "loyalty_event", .terms = &of,
        .n_terms = 1, .order = F_loyalty_event__at, .as_system = true }, &past);
    for (size_t i = 0; st == ACRM_OK && i < past.count; i++) {
        bool counts = false;
        int32_t day = 0;
        st = acrm__ledger_day(call, event->program,
                              acrm__int(past.items[i], F_loyalty_event__at), &day);
        if (st == ACRM_OK)
            st = challenge_counts(call, one, past.items[i], day, &counts);
        if (st != ACRM_OK || !counts)
            continue;
        acrm__challenge_step(&one->engine, state, day,
                             acrm__int(past.items[i], F_loyalty_event__amount));
        *last = day;
    }
    return st;
}

/* --- What it brings --- */

static int32_t challenge_badge(const acrm__club_event *event, const challenge_one *one)
{
    acrm__call *call = event->call;
    const acrm__term has[] = {
        { F_member_badge__member_id, ACRM_FILTER_EQ, event->member->cells[F_ID] },
        { F_member_badge__badge_id, ACRM_FILTER_EQ, acrm__cell_id(one->badge) },
    };
    acrm__rec *rec = NULL;

    int32_t st = one->has_badge
                     ? acrm__find_one(call, &(acrm__select){ .entity = "member_badge",
                           .terms = has, .n_terms = 2, .as_system = true }, &rec)
                     : ACRM_OK;
    if (st != ACRM_OK || rec || !one->has_badge)
        return st;
    rec = acrm__new(call, "member_badge");
    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_member_badge__member_id, event->member->cells[F_ID]);
    acrm__set(rec, F_member_badge__badge_id, acrm__cell_id(one->badge));
    acrm__set(rec, F_member_badge__challenge_id, acrm__cell_id(one->id));
    acrm__set(rec, F_member_badge__at, event->rec->cells[F_loyalty_event__at]);
    return acrm__insert(call, rec);
}

/* An event of its own, so that rules for challenges see it; its name makes it come once. */
static int32_t challenge_give(const acrm__club_event *event, const challenge_one *one, int64_t nth)
{
    acrm__call *call = event->call;
    acrm__rec *rec = acrm__new(call, "loyalty_event");
    const char *member = acrm__id_text(call, acrm__id(event->member, F_ID));
    const char *challenge = acrm__id_text(call, one->id);
    const char *source = member && challenge
                             ? acrm__arena_format(call->arena, "challenge:%s:%s:%lld", challenge,
                                                  member, (long long)nth)
                             : NULL;
    bool duplicate;

    if (!rec || !source)
        return acrm__nomem(call);
    acrm__set(rec, F_loyalty_event__kind, acrm__cell_text("challenge"));
    acrm__set(rec, F_loyalty_event__at, event->rec->cells[F_loyalty_event__at]);
    acrm__set(rec, F_loyalty_event__source_id, acrm__cell_text(source));
    acrm__set(rec, F_loyalty_event__category, acrm__cell_text(one->code));
    int32_t st = acrm__club_take(call, event->program, event->member, &rec, one->points,
                                 &duplicate);
    return st == ACRM_OK ? challenge_badge(event, one) : st;
}

static int32_t challenge_keep_state(const acrm__club_event *event, const challenge_one *one,
                                    acrm__rec *rec, const acrm__challenge_state *state,
                                    int32_t day)
{
    bool fresh = rec == NULL;

    if (fresh)
        rec = acrm__new(event->call, "challenge_progress");
    if (!rec)
        return acrm__nomem(event->call);
    acrm__set(rec, F_challenge_progress__challenge_id, acrm__cell_id(one->id));
    acrm__set(rec, F_challenge_progress__member_id, event->member->cells[F_ID]);
    acrm__set(rec, F_challenge_progress__value, acrm__cell_int(state->value));
    acrm__set(rec, F_challenge_progress__best, acrm__cell_int(state->best));
    acrm__set(rec, F_challenge_progress__times, acrm__cell_int(state->times));
    acrm__set(rec, F_challenge_progress__met, acrm__cell_int(state->met));
    acrm__set(rec, F_challenge_progress__period, acrm__cell_int(state->period));
    acrm__set(rec, F_challenge_progress__day, acrm__cell_int(day));
    return fresh ? acrm__insert(event->call, rec) : acrm__update(event->call, rec);
}

static int32_t challenge_move(const acrm__club_event *event, const challenge_one *one)
{
    acrm__call *call = event->call;
    const acrm__term of[] = {
        { F_challenge_progress__member_id, ACRM_FILTER_EQ, event->member->cells[F_ID] },
        { F_challenge_progress__challenge_id, ACRM_FILTER_EQ, acrm__cell_id(one->id) },
    };
    acrm__challenge_state state = { 0 };
    acrm__rec *rec = NULL;
    int32_t last = event->day;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "challenge_progress", .terms = of,
                                                       .n_terms = 2, .as_system = true }, &rec);
    if (st != ACRM_OK)
        return st;
    int64_t times = rec ? acrm__int(rec, F_challenge_progress__times) : 0;
    if (rec && event->day < acrm__int(rec, F_challenge_progress__day)) {
        st = challenge_again(event, one, &state, &last);
    } else {
        if (rec)
            state = challenge_state(rec);
        acrm__challenge_step(&one->engine, &state, event->day,
                             acrm__int(event->rec, F_loyalty_event__amount));
    }
    if (state.times < times) /* what was given stays given */
        state.times = times;
    if (st == ACRM_OK)
        st = challenge_keep_state(event, one, rec, &state, last);
    for (; st == ACRM_OK && times < state.times; times++)
        st = challenge_give(event, one, times + 1);
    return st;
}

int32_t acrm__challenge_count(const acrm__club_event *event)
{
    const challenge_set *set;
    int32_t st = ACRM_OK;

    if (strcmp(acrm__text(event->rec, F_loyalty_event__kind), "challenge") == 0)
        return ACRM_OK; /* what challenges bring is no step of another: there is no end to that */
    st = challenge_all(event->call, event->program, &set);
    for (size_t i = 0; st == ACRM_OK && i < set->n; i++) {
        bool counts = false;
        st = challenge_counts(event->call, &set->items[i], event->rec, event->day, &counts);
        if (st == ACRM_OK && counts)
            st = challenge_move(event, &set->items[i]);
    }
    return st;
}
