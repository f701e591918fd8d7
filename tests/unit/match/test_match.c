/* SPDX-License-Identifier: MIT */
/* Names across scripts, orders and slips; texts, dates, signs and keys. */
#include "autocrm/match.h"
#include "base/civil.h"
#include "support/suite.h"

#include <stdbool.h>
#include <string.h>

static acrm_match_name name_of(const char *text)
{
    acrm_match_name name = { .struct_size = sizeof name };

    ck_assert_int_eq(acrm_match_name_read(text, strlen(text), &name), ACRM_OK);
    return name;
}

static acrm_match_likeness likeness_of(const char *a, const char *b)
{
    acrm_match_name x = name_of(a), y = name_of(b);
    acrm_match_likeness out = { .struct_size = sizeof out };

    ck_assert_int_eq(acrm_match_name_compare(&x, &y, &out), ACRM_OK);
    return out;
}

/* u8 text by its letters, so that the table can be read. */
static const struct {
    const char *what, *a, *b;
    int32_t least, most, how; /* how: flags that must be there */
} name_cases[] = {
    { "the same", "Ada Rossi", "ADA  rossi", 100, 100, ACRM_MATCH_EQUAL },
    { "surname first", "Rossi, Ada", "Ada Rossi", 100, 100, ACRM_MATCH_ORDER },
    { "a title, a particle", "Dott.ssa Ada De Rossi", "Ada Rossi", 100, 100, ACRM_MATCH_EQUAL },
    { "only a title is a name", "Sir", "Sir", 100, 100, ACRM_MATCH_EQUAL },
    { "spelling", "Philipp Shmit", "Filip Schmit", 98, 98, ACRM_MATCH_SPELLING },
    { "a slip", "Marco Rossi", "Marco Rosssi", 98, 98, ACRM_MATCH_SPELLING },
    { "two letters swapped", "Marco Bellini", "Mraco Bellini", 84, 84, ACRM_MATCH_SLIP },
    { "a letter missing", "Rosanna Bellini", "Rosanna Bellni", 85, 95, ACRM_MATCH_SLIP },
    { "another given name", "Marco Bellini", "Luca Bellini", 0, 60, ACRM_MATCH_DIFFERENT },
    { "man and woman", "Ivanov Aleksandr", "Ivanova Aleksandra", 0, 65, ACRM_MATCH_ENDING },
    { "brother and sister", "Mario Bellini", "Maria Bellini", 0, 79, ACRM_MATCH_ENDING },
    { "an initial", "A. Rossi", "Ada Rossi", 70, 79, ACRM_MATCH_INITIAL },
    { "a patronymic", "Ivan Petrovich Sidorov", "Sidorov Ivan", 90, 97, ACRM_MATCH_MISSING },
    { "one word of two", "Rossi", "Ada Rossi", 60, 70, ACRM_MATCH_MISSING },
    { "one word in two", "Mohammad Reza Karimi", "Mohammadreza Karimi", 98, 100,
      ACRM_MATCH_JOINED },
    { "Persian", "Mohammad Ahmadi",
      "\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF \xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF\xDB\x8C", 90, 97,
      ACRM_MATCH_SCRIPT },
    { "Persian, two like names", "Hassan Ahmadi",
      "\xD8\xAD\xD8\xB3\xDB\x8C\xD9\x86 \xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF\xDB\x8C", 0, 90,
      ACRM_MATCH_SCRIPT },
    { "Persian, a woman's name", "Farideh Ahmadi",
      "\xD9\x81\xD8\xB1\xDB\x8C\xD8\xAF \xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF\xDB\x8C", 0, 79,
      ACRM_MATCH_ENDING },
    { "Russian", "Sergey Kuznetsov",
      "\xD0\x9A\xD1\x83\xD0\xB7\xD0\xBD\xD0\xB5\xD1\x86\xD0\xBE\xD0\xB2 "
      "\xD0\xA1\xD0\xB5\xD1\x80\xD0\xB3\xD0\xB5\xD0\xB9", 97, 97, ACRM_MATCH_SCRIPT },
    { "Persian and Russian", "\xD8\xB9\xD9\x84\xDB\x8C \xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF\xDB\x8C",
      "\xD0\x90\xD0\xBB\xD0\xB8 \xD0\x90\xD1\x85\xD0\xBC\xD0\xB0\xD0\xB4\xD0\xB8", 90, 97,
      ACRM_MATCH_SCRIPT },
    { "Chinese, surname last", "\xE5\xBC\xA0\xE4\xBC\x9F", "\xE4\xBC\x9F \xE5\xBC\xA0", 98, 98,
      ACRM_MATCH_ORDER },
    { "Chinese, another", "\xE5\xBC\xA0\xE4\xBC\x9F", "\xE7\x8E\x8B\xE4\xBC\x9F", 0, 0,
      ACRM_MATCH_DIFFERENT },
    { "Chinese with a form of address", "\xE5\xBC\xA0\xE4\xBC\x9F\xE5\x85\x88\xE7\x94\x9F",
      "\xE5\xBC\xA0\xE4\xBC\x9F", 100, 100, ACRM_MATCH_EQUAL },
    { "pinyin in parts", "Li Xiaoming", "Xiao Ming Li", 98, 100, ACRM_MATCH_JOINED },
    { "nothing", "", "Ada", 0, 0, ACRM_MATCH_DIFFERENT },
};

START_TEST(name__likeness_follows_the_table)
{
    acrm_match_likeness there = likeness_of(name_cases[_i].a, name_cases[_i].b);
    acrm_match_likeness back = likeness_of(name_cases[_i].b, name_cases[_i].a);

    ck_assert_msg(there.similarity >= name_cases[_i].least &&
                  there.similarity <= name_cases[_i].most &&
                  (there.how & name_cases[_i].how) == name_cases[_i].how,
                  "%s: %d, how %d", name_cases[_i].what, there.similarity, there.how);
    ck_assert_msg(back.similarity == there.similarity, "%s: %d, back %d", name_cases[_i].what,
                  there.similarity, back.similarity);
}
END_TEST

START_TEST(name__each_word_is_explained)
{
    acrm_match_likeness l = likeness_of("Rossi Mraco", "Marco Rossi");

    ck_assert_int_eq(l.n_pairs, 2);
    ck_assert_int_eq(l.pairs[0].a, 0);
    ck_assert_int_eq(l.pairs[0].b, 1);
    ck_assert_int_eq(l.pairs[0].similarity, 100);
    ck_assert_int_eq(l.pairs[1].similarity, 80);
    ck_assert_int_eq(l.pairs[1].how, ACRM_MATCH_SLIP);
}
END_TEST

START_TEST(name__long_and_broken_text_is_cut)
{
    char text[2000];
    acrm_match_name name = { .struct_size = sizeof name };

    memset(text, 'a', sizeof text);
    for (size_t i = 9; i < sizeof text; i += 10)
        text[i] = ' ';
    ck_assert_int_eq(acrm_match_name_read(text, sizeof text, &name), ACRM_OK);
    ck_assert_int_eq(name.n_words, ACRM_MATCH_WORDS);
    memset(text, 0xE5, sizeof text);
    ck_assert_int_eq(acrm_match_name_read(text, sizeof text, &name), ACRM_OK);
    ck_assert_int_eq(name.n_words, 0);
    ck_assert_int_eq(acrm_match_name_read(NULL, 1, &name), ACRM_E_MISUSE);
    name.struct_size = 4;
    ck_assert_int_eq(acrm_match_name_read("a", 1, &name), ACRM_E_MISUSE);
}
END_TEST

static bool keys_shared(const char *a, const char *b, int32_t kind, const char *salt_a,
                        const char *salt_b)
{
    acrm_match_name x = name_of(a), y = name_of(b);
    uint64_t p[ACRM_MATCH_KEYS], q[ACRM_MATCH_KEYS];
    size_t n = 0, m = 0;
    bool shared = false;

    ck_assert_int_eq(acrm_match_name_keys(&x, kind, salt_a, strlen(salt_a), p, &n), ACRM_OK);
    ck_assert_int_eq(acrm_match_name_keys(&y, kind, salt_b, strlen(salt_b), q, &m), ACRM_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            shared = shared || p[i] == q[j];
    return shared;
}

START_TEST(keys__are_shared_by_spellings_and_few_others)
{
    ck_assert(keys_shared("Mohammad Ahmadi",
        "\xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF\xDB\x8C \xD9\x85\xD8\xAD\xD9\x85\xD8\xAF",
        ACRM_MATCH_KEY_PAIRS, "", ""));
    ck_assert(keys_shared("Mohammad Ahmadi",
        "\xD0\x9C\xD0\xBE\xD1\x85\xD0\xB0\xD0\xBC\xD0\xBC\xD0\xB0\xD0\xB4 "
        "\xD0\x90\xD1\x85\xD0\xBC\xD0\xB0\xD0\xB4\xD0\xB8", ACRM_MATCH_KEY_PAIRS, "", ""));
    ck_assert(keys_shared("Ivan Petrovich Sidorov", "Sidorov Ivan", ACRM_MATCH_KEY_PAIRS, "", ""));
    ck_assert(keys_shared("\xE5\xBC\xA0\xE4\xBC\x9F", "\xE4\xBC\x9F \xE5\xBC\xA0",
                          ACRM_MATCH_KEY_PAIRS, "", ""));
    ck_assert(!keys_shared("Marco Bellini", "Luca Bellini", ACRM_MATCH_KEY_PAIRS, "", ""));
    ck_assert(!keys_shared("Marco Bellini", "Marco Bellini", ACRM_MATCH_KEY_PAIRS, "1", "2"));
    ck_assert(keys_shared("M. Bellini", "Marco Rossi", ACRM_MATCH_KEY_LETTERS, "x", "x"));
    ck_assert(!keys_shared("M. Bellini", "Marco Rossi", ACRM_MATCH_KEY_LETTERS, "x", "y"));
}
END_TEST

START_TEST(text__slips_count_against_the_length)
{
    int32_t got = -1;

    ck_assert_int_eq(acrm_match_text_compare("Baker Street", 12, "baker stret", 11, &got), ACRM_OK);
    ck_assert_int_eq(got, 92);
    ck_assert_int_eq(acrm_match_text_compare("ab", 2, "ba", 2, &got), ACRM_OK);
    ck_assert_int_eq(got, 50);
    ck_assert_int_eq(acrm_match_text_compare(NULL, 0, NULL, 0, &got), ACRM_OK);
    ck_assert_int_eq(got, 100);
    ck_assert_int_eq(acrm_match_text_compare(NULL, 1, "a", 1, &got), ACRM_E_MISUSE);
}
END_TEST

START_TEST(date__slips_of_the_pen_are_seen)
{
    static const struct {
        const char *a, *b;
        int32_t want;
    } rows[] = {
        { "1980-03-04", "1980-03-04", 100 }, { "1980-03-04", "1980-04-03", 85 },
        { "1980-03-04", "1981-03-04", 80 },  { "1980-03-04", "1908-03-04", 80 },
        { "1980-03-04", "1981-03-05", 0 },
    };
    int32_t a, b, got = -1;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert(acrm__date_parse(rows[i].a, 10, &a));
        ck_assert(acrm__date_parse(rows[i].b, 10, &b));
        ck_assert_int_eq(acrm_match_date_compare(a, b, &got), ACRM_OK);
        ck_assert_int_eq(got, rows[i].want);
    }
    ck_assert_int_eq(acrm_match_date_compare(INT32_MAX, 0, &got), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_match_date_compare(0, 0, NULL), ACRM_E_MISUSE);
}
END_TEST

START_TEST(score__signs_add_to_what_is_open)
{
    const acrm_match_sign signs[] = { { 100, 50 }, { 50, 100 }, { 100, 20 } };
    const acrm_match_sign bad = { 101, 1 };
    int32_t got = -1;

    ck_assert_int_eq(acrm_match_score(signs, 3, &got), ACRM_OK);
    ck_assert_int_eq(got, 80); /* 1 - 0.5 x 0.5 x 0.8 */
    ck_assert_int_eq(acrm_match_score(NULL, 0, &got), ACRM_OK);
    ck_assert_int_eq(got, 0);
    ck_assert_int_eq(acrm_match_score(&bad, 1, &got), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_match_score(NULL, 1, &got), ACRM_E_MISUSE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("match");
    TCase *t = tcase_create("match");

    tcase_add_loop_test(t, name__likeness_follows_the_table, 0,
                        (int)(sizeof name_cases / sizeof name_cases[0]));
    tcase_add_test(t, name__each_word_is_explained);
    tcase_add_test(t, name__long_and_broken_text_is_cut);
    tcase_add_test(t, keys__are_shared_by_spellings_and_few_others);
    tcase_add_test(t, text__slips_count_against_the_length);
    tcase_add_test(t, date__slips_of_the_pen_are_seen);
    tcase_add_test(t, score__signs_add_to_what_is_open);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
