/* SPDX-License-Identifier: MIT */
/* What the facts about a message come to, against a plain model: one that asks minute by minute. */
#include "modules/message/message.h"

#include "support/suite.h"

#include <stdbool.h>
#include <string.h>

enum { DECIDE_ROUNDS = 4000, DECIDE_CAPS = 3, DECIDE_PAST = 8 };

#define MINUTE INT64_C(60000000)
#define DAY (1440 * MINUTE)
#define START (20000 * DAY)

static const char *const channels[] = { "sms", "email" };

static uint32_t decide_seed;

static int64_t decide_random(int64_t below)
{
    decide_seed = decide_seed * 1664525u + 1013904223u;
    return (int64_t)(decide_seed >> 8) % below;
}

typedef struct model {
    acrm__facts facts;
    acrm__cap caps[DECIDE_CAPS];
    acrm__past past[DECIDE_PAST];
} model;

static void model_make(model *m)
{
    int64_t at = START;

    *m = (model){ .facts = { .now = START + decide_random(1440) * MINUTE,
                             .channel = channels[decide_random(2)],
                             .transactional = decide_random(5) == 0,
                             .alive = decide_random(9) != 0,
                             .bad_address = decide_random(9) == 0,
                             .blocked = decide_random(9) == 0,
                             .no_consent = decide_random(7) == 0 ? "withdrawn" : NULL,
                             .end = INT64_MAX } };
    acrm__facts *f = &m->facts;
    if (decide_random(4) == 0)
        f->end = f->now + (decide_random(3000) - 200) * MINUTE;
    f->n_caps = (size_t)decide_random(DECIDE_CAPS + 1);
    for (size_t i = 0; i < f->n_caps; i++)
        m->caps[i] = (acrm__cap){ decide_random(2) ? channels[decide_random(2)] : NULL,
                                  1 + decide_random(3), (1 + decide_random(2000)) * 60 };
    f->has_own = decide_random(3) == 0;
    f->own_most = decide_random(4);
    f->n_sent = (size_t)decide_random(DECIDE_PAST + 1);
    at = f->now;
    for (size_t i = 0; i < f->n_sent; i++) {
        m->past[i] = (acrm__past){ at, channels[decide_random(2)] };
        at -= decide_random(900) * MINUTE;
    }
    f->quiet = decide_random(2);
    f->quiet_from = decide_random(24) * 3600;
    f->quiet_to = decide_random(24) * 3600;
    f->zone_unknown = f->quiet && decide_random(9) == 0;
    f->caps = m->caps;
    f->sent = m->past;
}

static bool model_cap_full(const acrm__facts *f, const char *channel, int64_t most, int64_t within,
                           int64_t at)
{
    int64_t n = 0;

    for (size_t i = 0; i < f->n_sent; i++)
        n += f->sent[i].at > at - within * 1000000 &&
             (!channel || strcmp(channel, f->sent[i].channel) == 0);
    return n >= most;
}

static bool model_any_cap_full(const acrm__facts *f, int64_t at)
{
    for (size_t i = 0; i < f->n_caps; i++)
        if ((!f->caps[i].channel || strcmp(f->caps[i].channel, f->channel) == 0) &&
            model_cap_full(f, f->caps[i].channel, f->caps[i].most, f->caps[i].within, at))
            return true;
    return f->has_own && model_cap_full(f, NULL, f->own_most, 7 * 86400, at);
}

static bool model_is_quiet(const acrm__facts *f, int64_t at)
{
    int64_t second = at % DAY / 1000000;

    if (!f->quiet || f->quiet_from == f->quiet_to)
        return false;
    if (f->quiet_from < f->quiet_to)
        return second >= f->quiet_from && second < f->quiet_to;
    return second >= f->quiet_from || second < f->quiet_to;
}

/* The first minute at which nothing holds it back, or why none will come. */
static const char *model_ask(const acrm__facts *f, int64_t *at, bool *cap)
{
    *at = f->now;
    *cap = false;
    if (!f->alive)
        return "erased";
    if (f->bad_address)
        return "address";
    if (f->no_consent)
        return f->no_consent;
    if (f->blocked)
        return "blocked";
    if (f->now >= f->end)
        return "too_late";
    if (f->transactional)
        return NULL;
    if (f->has_own && f->own_most == 0)
        return "cap";
    if (f->zone_unknown)
        return "zone";
    *cap = model_any_cap_full(f, *at);
    while (model_any_cap_full(f, *at))
        *at += MINUTE;
    while (model_is_quiet(f, *at))
        *at += MINUTE;
    return *at >= f->end ? "too_late" : NULL;
}

START_TEST(decide__agrees_with_a_plain_model)
{
    int refused = 0, moved = 0, sent = 0;

    decide_seed = 20261122;
    for (int i = 0; i < DECIDE_ROUNDS; i++) {
        model m;
        acrm__verdict got;
        int64_t at;
        bool cap;
        model_make(&m);
        const char *why = model_ask(&m.facts, &at, &cap);
        acrm__message_decide(&m.facts, &got);
        ck_assert_msg(why ? got.refused && strcmp(got.refused, why) == 0 : !got.refused,
                      "round %d: %s, not %s", i, got.refused ? got.refused : "allowed",
                      why ? why : "allowed");
        if (why) {
            refused++;
            continue;
        }
        ck_assert_msg((got.moved ? got.until : m.facts.now) == at, "round %d: %lld, not %lld", i,
                      (long long)got.until, (long long)at);
        if (got.moved)
            ck_assert_str_eq(got.moved, cap ? "cap" : "quiet");
        moved += got.moved != NULL;
        sent += got.moved == NULL;
    }
    ck_assert(refused > 500 && moved > 500 && sent > 500);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("message_decide");
    TCase *c = tcase_create("decide");

    tcase_add_test(c, decide__agrees_with_a_plain_model);
    suite_add_tcase(s, c);
    return s;
}

ACRM_TEST_MAIN(suite)
