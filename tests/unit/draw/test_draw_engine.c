/* SPDX-License-Identifier: MIT */
/* Draws: vectors of a second implementation (docs/draw.md), chances as the weights are, lists that
 * are not the frozen one, and what is refused. */
#include "autocrm/draw.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

typedef struct entrant {
    const char *id;
    uint32_t weight;
} entrant;

/* Freeze the list and draw of it. */
static acrm_draw *run(const entrant *list, size_t n, int32_t weighted, uint32_t picks,
                      const char *round, const char *seed, char *hash)
{
    acrm_draw_options options = { .struct_size = sizeof options, .weighted = weighted };
    acrm_draw *draw = NULL;

    for (int turn = 0; turn < 2; turn++) {
        ck_assert_int_eq(acrm_draw_new(NULL, &options, &draw, NULL), ACRM_OK);
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(acrm_draw_add(draw, list[i].id, strlen(list[i].id), list[i].weight),
                             ACRM_OK);
        ck_assert_int_eq(acrm_draw_finish(draw, hash), ACRM_OK);
        ck_assert_uint_eq(acrm_draw_entrants(draw), n);
        if (turn == 1)
            return draw;
        acrm_draw_free(draw);
        options.picks = picks;
        options.round = round;
        options.seed = seed;
        options.list_hash = hash;
    }
    return NULL;
}

static const entrant few[] = { { "ada", 1 }, { "bob", 5 }, { "eve", 1000000 },
                               { "joe", 2 }, { "kim", 3 }, { "zo\xC3\xAB", 1 } };

START_TEST(draw__gives_what_a_second_implementation_gives)
{
    static const struct {
        int32_t weighted;
        const char *hash;
        const char *order[6];
    } want[] = {
        { 0, "bd55d5077207200c6b84f4b763447286a6b3793f0aad85f59a21b529d9e2ae0a",
          { "zo\xC3\xAB", "bob", "kim", "joe", "ada", "eve" } },
        { 1, "966538de8650642db6f7148da84b983a222bc7ac42f468e8dce2e1f84186937e",
          { "eve", "ada", "bob", "kim", "joe", "zo\xC3\xAB" } },
    };
    char hash[ACRM_DRAW_HASH_SIZE], ticket[ACRM_DRAW_HASH_SIZE];

    for (uint32_t picks = 1; picks <= 8; picks++) {
        acrm_draw *draw = run(few, 6, want[_i].weighted, picks, "spring", "42", hash);
        ck_assert_str_eq(hash, want[_i].hash);
        ck_assert_uint_eq(acrm_draw_picks(draw), picks < 6 ? picks : 6);
        for (size_t i = 0; i < acrm_draw_picks(draw); i++)
            ck_assert_str_eq(acrm_draw_pick(draw, i, NULL, NULL), want[_i].order[i]);
        if (_i == 0) {
            ck_assert_ptr_nonnull(acrm_draw_pick(draw, 0, NULL, ticket));
            ck_assert(strncmp(ticket, "40f317dd02668dfc", 16) == 0);
        }
        ck_assert_ptr_null(acrm_draw_pick(draw, picks, NULL, NULL));
        acrm_draw_free(draw);
    }
}
END_TEST

START_TEST(draw__gives_it_for_a_thousand_too)
{
    static const struct {
        int32_t weighted;
        const char *hash;
        const char *order[5];
    } want[] = {
        { 0, "27137ca28d1bd5f95418c9159d4ac87af5685b8cfdadd6ff5333f09860844b68",
          { "e000639", "e000216", "e000778", "e000520", "e000809" } },
        { 1, "80b20e0a1a6826d4742927dd6f83dd3fd8d04d1bce43638ee3edf1d9d2db7b0f",
          { "e000014", "e000302", "e000890", "e000788", "e000106" } },
    };
    static char ids[1000][8];
    entrant list[1000];
    char hash[ACRM_DRAW_HASH_SIZE];

    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(ids[i], sizeof ids[i], "e%06u", i);
        list[i] = (entrant){ ids[i], i % 7 + 1 };
    }
    acrm_draw *draw = run(list, 1000, want[_i].weighted, 5, "big", "seed of the beacon", hash);
    ck_assert_str_eq(hash, want[_i].hash);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(acrm_draw_pick(draw, i, NULL, NULL), want[_i].order[i]);
    acrm_draw_free(draw);
}
END_TEST

/* --- Chances --- */

enum { DRAWS = 12000 };

/* Chi-square of who wins and who comes second, against the chances that weights give without
 * replacement. 5 and 25 degrees of freedom: beyond 30 and 63 once in 70,000 fair worlds; these
 * seeds are fixed. */
START_TEST(draw__chances_are_as_the_weights_are)
{
    static const entrant list[] = { { "a", 1 }, { "b", 2 }, { "c", 3 },
                                    { "d", 4 }, { "e", 5 }, { "f", 1 } };
    double total = 0, first[6] = { 0 }, second[6][6] = { { 0 } }, chi1 = 0, chi2 = 0;
    char hash[ACRM_DRAW_HASH_SIZE], seed[16];
    int32_t weighted = _i;

    for (int i = 0; i < 6; i++)
        total += weighted ? list[i].weight : 1;
    for (int n = 0; n < DRAWS; n++) {
        snprintf(seed, sizeof seed, "seed %d", n);
        acrm_draw *draw = run(list, 6, weighted, 2, "r", seed, hash);
        int one = acrm_draw_pick(draw, 0, NULL, NULL)[0] - 'a';
        int two = acrm_draw_pick(draw, 1, NULL, NULL)[0] - 'a';
        first[one]++;
        second[one][two]++;
        acrm_draw_free(draw);
    }
    for (int i = 0; i < 6; i++) {
        double w = weighted ? list[i].weight : 1, e = DRAWS * w / total;
        chi1 += (first[i] - e) * (first[i] - e) / e;
        for (int k = 0; k < 6; k++) {
            double v = weighted ? list[k].weight : 1, f = e * v / (total - w);
            if (k != i)
                chi2 += (second[i][k] - f) * (second[i][k] - f) / f;
        }
    }
    ck_assert_msg(chi1 < 30, "first: chi-square %f", chi1);
    ck_assert_msg(chi2 < 63, "first and second: chi-square %f", chi2);
}
END_TEST

/* --- What is refused --- */

START_TEST(draw__is_of_the_frozen_list_only)
{
    char hash[ACRM_DRAW_HASH_SIZE], other[ACRM_DRAW_HASH_SIZE];
    acrm_draw_options options = { .struct_size = sizeof options, .picks = 2, .round = "spring",
                                  .seed = "42", .list_hash = hash };
    acrm_draw *draw = run(few, 6, 0, 2, "spring", "42", hash);

    acrm_draw_free(draw);
    ck_assert_int_eq(acrm_draw_new(NULL, &options, &draw, NULL), ACRM_OK);
    for (int i = 0; i < 5; i++) /* one is missing */
        ck_assert_int_eq(acrm_draw_add(draw, few[i].id, strlen(few[i].id), 1), ACRM_OK);
    ck_assert_int_eq(acrm_draw_finish(draw, other), ACRM_E_CONFLICT);
    ck_assert_str_ne(hash, other);
    ck_assert_uint_eq(acrm_draw_picks(draw), 0);
    ck_assert_ptr_null(acrm_draw_pick(draw, 0, NULL, NULL));
    ck_assert_int_eq(acrm_draw_finish(draw, other), ACRM_E_MISUSE);
    acrm_draw_free(draw);
}
END_TEST

START_TEST(draw__refuses_entrants_out_of_order_and_twice)
{
    acrm_draw_options options = { .struct_size = sizeof options, .weighted = 1 };
    acrm_draw *draw = NULL;
    char hash[ACRM_DRAW_HASH_SIZE];

    ck_assert_int_eq(acrm_draw_new(NULL, &options, &draw, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_draw_add(draw, "bob", 3, 1), ACRM_OK);
    ck_assert_int_eq(acrm_draw_add(draw, "bob", 3, 1), ACRM_E_CONFLICT);
    ck_assert_int_eq(acrm_draw_add(draw, "bo", 2, 1), ACRM_E_CONFLICT);
    ck_assert_int_eq(acrm_draw_add(draw, "ada", 3, 1), ACRM_E_CONFLICT);
    ck_assert_int_eq(acrm_draw_add(draw, "c\nd", 3, 1), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_draw_add(draw, "", 0, 1), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_draw_add(draw, "carl", 4, 0), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_draw_add(draw, "carl", 4, 1000001), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_draw_add(draw, "bobby", 5, 2), ACRM_OK); /* a longer one is behind */
    ck_assert_int_eq(acrm_draw_finish(draw, hash), ACRM_OK);
    ck_assert_uint_eq(acrm_draw_entrants(draw), 2);
    ck_assert_int_eq(acrm_draw_add(draw, "zoe", 3, 1), ACRM_E_MISUSE);
    acrm_draw_free(draw);
}
END_TEST

START_TEST(draw__refuses_options_that_say_too_little)
{
    static const char good[] = "bd55d5077207200c6b84f4b763447286a6b3793f0aad85f59a21b529d9e2ae0a";
    static const struct {
        uint32_t picks;
        const char *round, *seed, *hash, *field;
    } cases[] = {
        { 20000000, "r", "s", good, "picks" }, { 1, NULL, "s", good, "round" },
        { 1, "two\nlines", "s", good, "round" }, { 1, "r", "", good, "seed" },
        { 1, "r", NULL, good, "seed" }, { 1, "r", "s", NULL, "list_hash" },
        { 1, "r", "s", "beef", "list_hash" }, { 1, "r", "s", good + 1, "list_hash" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        acrm_draw_options options = { .struct_size = sizeof options, .picks = cases[i].picks,
            .round = cases[i].round, .seed = cases[i].seed, .list_hash = cases[i].hash };
        acrm_draw *draw = NULL;
        acrm_error *err = NULL;
        ck_assert_int_eq(acrm_draw_new(NULL, &options, &draw, &err), ACRM_E_INVALID);
        ck_assert_str_eq(acrm_error_field(err), cases[i].field);
        acrm_error_free(err);
    }
}
END_TEST

START_TEST(draw__seed_of_several_is_the_same_in_any_order)
{
    const char *parts[] = { "dealer: 7c1", "notary: 55", "press: blue" };
    const char *turned[] = { "press: blue", "dealer: 7c1", "notary: 55" };
    const size_t lens[] = { 11, 10, 11 }, turned_lens[] = { 11, 11, 10 };
    char seed[ACRM_DRAW_HASH_SIZE], again[ACRM_DRAW_HASH_SIZE];

    ck_assert_int_eq(acrm_draw_commit(parts[0], lens[0], seed), ACRM_OK);
    ck_assert_str_eq(seed, "8a39739fad433118bd4745564397b46340039001ad80f7ac46285bdc3c3201dd");
    ck_assert_int_eq(acrm_draw_seed(parts, lens, 3, seed), ACRM_OK);
    ck_assert_str_eq(seed, "865116dbe990979468349e98a9d50e921b5548299afe9ab82a6cb2696b271904");
    ck_assert_int_eq(acrm_draw_seed(turned, turned_lens, 3, again), ACRM_OK);
    ck_assert_str_eq(seed, again);
    turned[2] = parts[0];
    ck_assert_int_eq(acrm_draw_seed(turned, turned_lens, 2, again), ACRM_OK);
    ck_assert_str_ne(seed, again);
    ck_assert_int_eq(acrm_draw_seed((const char *[]){ "x", "x" }, (size_t[]){ 1, 1 }, 2, again),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_draw_seed(parts, lens, 0, again), ACRM_E_INVALID);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("draw");
    TCase *t = tcase_create("engine");

    tcase_add_loop_test(t, draw__gives_what_a_second_implementation_gives, 0, 2);
    tcase_add_loop_test(t, draw__gives_it_for_a_thousand_too, 0, 2);
    tcase_add_loop_test(t, draw__chances_are_as_the_weights_are, 0, 2);
    tcase_add_test(t, draw__is_of_the_frozen_list_only);
    tcase_add_test(t, draw__refuses_entrants_out_of_order_and_twice);
    tcase_add_test(t, draw__refuses_options_that_say_too_little);
    tcase_add_test(t, draw__seed_of_several_is_the_same_in_any_order);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(suite)
