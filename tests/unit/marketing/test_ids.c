/* SPDX-License-Identifier: MIT */
/* Sets of ids: what entered, left and stayed, against looking each one up. */
#include "modules/marketing/marketing.h"
#include "support/suite.h"

#include <string.h>

enum { IDS_TURNS = 400, IDS_SPACE = 64 };

static uint32_t ids_seed = 7;

static uint32_t ids_random(uint32_t below)
{
    ids_seed = ids_seed * 1664525u + 1013904223u;
    return (ids_seed >> 8) % below;
}

/* A set of some of the numbers below IDS_SPACE, as ids in order. */
static void ids_draw(bool in[IDS_SPACE], unsigned char room[IDS_SPACE][16], acrm__ids *out)
{
    uint32_t share = ids_random(100);

    *out = (acrm__ids){ .items = room[0] };
    for (uint32_t i = 0; i < IDS_SPACE; i++) {
        in[i] = ids_random(100) < share;
        if (!in[i])
            continue;
        memset(room[out->count], 0, 16);
        room[out->count][0] = (unsigned char)(i / 8);
        room[out->count++][15] = (unsigned char)(i % 8);
    }
}

typedef struct ids_seen {
    const bool *before, *after;
    int64_t counts[ACRM__IDS_KINDS];
} ids_seen;

static int32_t ids_check(void *user, int32_t kind, const unsigned char id[16])
{
    ids_seen *seen = user;
    int i = id[0] * 8 + id[15];
    bool was = seen->before[i], is = seen->after[i];

    ck_assert_int_eq(kind, was && is ? ACRM__IDS_STAYED : is ? ACRM__IDS_ENTERED : ACRM__IDS_LEFT);
    ck_assert(was || is);
    seen->counts[kind]++;
    return ACRM_OK;
}

START_TEST(ids__compare_like_looking_each_one_up)
{
    static unsigned char rooms[2][IDS_SPACE][16];
    bool before[IDS_SPACE], after[IDS_SPACE];
    acrm__ids was, is;

    for (int turn = 0; turn < IDS_TURNS; turn++) {
        ids_seen seen = { .before = before, .after = after };
        int64_t counts[ACRM__IDS_KINDS], want[ACRM__IDS_KINDS] = { 0 };
        ids_draw(before, rooms[0], &was);
        ids_draw(after, rooms[1], &is);
        for (int i = 0; i < IDS_SPACE; i++) {
            want[ACRM__IDS_ENTERED] += after[i] && !before[i];
            want[ACRM__IDS_LEFT] += before[i] && !after[i];
            want[ACRM__IDS_STAYED] += before[i] && after[i];
        }
        ck_assert_int_eq(acrm__ids_compare(&was, &is, counts, ids_check, &seen), ACRM_OK);
        ck_assert(memcmp(counts, want, sizeof want) == 0);
        ck_assert(memcmp(seen.counts, want, sizeof want) == 0);
    }
}
END_TEST

static int32_t ids_stop(void *user, int32_t kind, const unsigned char id[16])
{
    (void)user, (void)kind, (void)id;
    return ACRM_E_NOMEM;
}

START_TEST(ids__a_failure_of_the_callback_ends_it)
{
    unsigned char one[16] = { 1 };
    acrm__ids none = { .count = 0 }, some = { .items = one, .count = 1 };
    int64_t counts[ACRM__IDS_KINDS];

    ck_assert_int_eq(acrm__ids_compare(&none, &some, counts, ids_stop, NULL), ACRM_E_NOMEM);
    ck_assert_int_eq(acrm__ids_compare(&none, &none, counts, ids_stop, NULL), ACRM_OK);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("ids");
    TCase *t = tcase_create("ids");

    tcase_add_test(t, ids__compare_like_looking_each_one_up);
    tcase_add_test(t, ids__a_failure_of_the_callback_ends_it);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
