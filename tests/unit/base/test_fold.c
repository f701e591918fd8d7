/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <string.h>

static const char *fold_of(acrm__str *s, const char *text, size_t len)
{
    acrm__str_clear(s);
    acrm__fold(text, len, s);
    if (s->failed)
        ck_abort_msg("out of memory");
    return s->data;
}

START_TEST(fold__unifies_what_people_type_in_different_ways)
{
    static const struct {
        const char *rule;
        const char *text;
        const char *folded;
    } rows[] = {
        { "nothing", "", "" },
        { "only punctuation", " - . , ! ", "" },
        { "case and spaces", "  Anna-LENA\t  M.  ", "anna lena m" },
        { "diacritics", "Ångström Çelik Žižek Ñandú", "angstrom celik zizek nandu" },
        { "Latin letters without decomposition", "Straße Æsop Œuvre Øre Łódź Đuro Þór",
          "strasse aesop oeuvre ore lodz duro thor" },
        { "Turkish i of both kinds", "İstanbul ISPARTA Iğdır ılık", "istanbul isparta igdir ilik" },
        { "Greek tonos and final sigma", "Ώρα ΣΊΣΥΦΟΣ", "ωρα σισυφοσ" },
        { "Cyrillic io", "Фёдор Ёлкин", "федор елкин" },
        { "Cyrillic short i stays", "Майя БАЙКАЛ", "майя байкал" },
        { "Cyrillic short i of two code points", "\u0438\u0306 \u0418\u0306", "й й" },
        { "Arabic and Persian yeh", "علي على علی رئیس", "علی علی علی رییس" },
        { "kaf", "كريم کریم", "کریم کریم" },
        { "heh", "فاطمة فاطمه خانۀ", "فاطمه فاطمه خانه" },
        { "alef and waw", "أحمد إحمد آحمد ٱحمد مؤمن", "احمد احمد احمد احمد مومن" },
        { "harakat, tatweel, ZWNJ", "مُحَمَّد مـحـمد می\u200Cروم", "محمد محمد میروم" },
        { "presentation forms", "\uFEFB \uFEED", "لا و" },
        { "Hebrew points", "שָׁלוֹם", "שלום" },
        { "full width", "ＢＭＷ　Ｘ３", "bmw x3" },
        { "half-width kana", "ｶﾞｿﾘﾝ", "カ\u3099ソリン" },
        { "Chinese", "北京汽车（集团）", "北京汽车 集团" },
        { "Hangul by letters", "한", "\u1112\u1161\u11AB" },
        { "digits of all scripts", "۰۹۱۲ ٠٩ १२ ５", "0912 09 12 5" },
        { "compatibility forms", "ﬁ ² ① Ⅳ ½ ℡", "fi 2 1 iv 1 2 tel" },
        { "apostrophes", "O'Brien O\u2019Brien O\u02BCBrien", "o brien o brien o brien" },
        { "invisible characters", "a\u200Db\u00ADc\u202Ed\uFEFFe", "abcde" },
        { "variation selectors", "a\uFE0Fb\U000E0100c", "abc" },
        { "emoji and private use separate", "a\U0001F697b\uE000c", "a b c" },
        { "broken bytes separate", "a\xFF\xC3z", "a z" },
        { "Devanagari vowels stay", "हिन्दी", "हिन्दी" },
    };
    acrm__str s;

    acrm__str_init(&s, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(strcmp(fold_of(&s, rows[i].text, strlen(rows[i].text)), rows[i].folded) == 0,
                      "%s: \"%s\" folds to \"%s\"", rows[i].rule, rows[i].text, s.data);
    acrm__str_free(&s);
}
END_TEST

START_TEST(fold__agrees_with_unicode_equivalence)
{
    cJSON *root = vectors_load("fold.json");
    acrm__str a;
    acrm__str b;
    int different = 0;

    acrm__str_init(&a, NULL);
    acrm__str_init(&b, NULL);
    VECTORS_EACH(item, root) {
        const char *first = vector_text(item, "a");
        const char *second = vector_text(item, "b");
        bool equal = cJSON_IsTrue(vector_get(item, "equal"));

        fold_of(&a, first, strlen(first));
        fold_of(&b, second, strlen(second));
        ck_assert_msg((strcmp(a.data, b.data) == 0) == equal, "case %s: \"%s\" and \"%s\"",
                      vector_id(item), a.data, b.data);
        different += equal ? 0 : 1;
    }
    ck_assert_int_gt(different, 5);
    acrm__str_free(&a);
    acrm__str_free(&b);
    cJSON_Delete(root);
}
END_TEST

static size_t fold_encode(uint32_t cp, char *to)
{
    if (cp < 0x80) {
        to[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        to[0] = (char)(0xC0 | cp >> 6);
        to[1] = (char)(0x80 | (cp & 63));
        return 2;
    }
    if (cp < 0x10000) {
        to[0] = (char)(0xE0 | cp >> 12);
        to[1] = (char)(0x80 | (cp >> 6 & 63));
        to[2] = (char)(0x80 | (cp & 63));
        return 3;
    }
    to[0] = (char)(0xF0 | cp >> 18);
    to[1] = (char)(0x80 | (cp >> 12 & 63));
    to[2] = (char)(0x80 | (cp >> 6 & 63));
    to[3] = (char)(0x80 | (cp & 63));
    return 4;
}

static void fold_check_twice(acrm__str *once, acrm__str *twice, const char *text, size_t len)
{
    fold_of(once, text, len);
    fold_of(twice, once->data, once->len);
    /* One assertion when something is wrong: each costs a system call. */
    if (once->len != twice->len || memcmp(once->data, twice->data, once->len) != 0
        || !acrm__utf8_valid(once->data, once->len) || once->data[0] == ' '
        || (once->len > 0 && once->data[once->len - 1] == ' ') || strstr(once->data, "  "))
        ck_abort_msg("\"%s\" folds again to \"%s\"", once->data, twice->data);
}

START_TEST(fold__twice_changes_nothing_for_every_code_point)
{
    acrm__str once;
    acrm__str twice;
    char text[8];

    acrm__str_init(&once, NULL);
    acrm__str_init(&twice, NULL);
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        text[0] = 'a';
        fold_check_twice(&once, &twice, text, 1 + fold_encode(cp, text + 1));
    }
    acrm__str_free(&once);
    acrm__str_free(&twice);
}
END_TEST

START_TEST(fold__twice_changes_nothing_for_random_bytes)
{
    enum { SEED = 20, ROUNDS = 20000 };
    uint64_t state = SEED;
    acrm__str once;
    acrm__str twice;
    char text[600];

    printf("fold: seed %d\n", SEED);
    acrm__str_init(&once, NULL);
    acrm__str_init(&twice, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        size_t len = 0;

        for (int i = 0; i < round % 140; i++) {
            state = state * 6364136223846793005 + 1442695040888963407;
            if (state >> 60 == 0)
                text[len++] = (char)(state >> 40);
            else
                len += fold_encode((uint32_t)(state >> 33)
                                       % (state >> 62 ? 0x3000u : 0x30000u), text + len);
        }
        fold_check_twice(&once, &twice, text, len);
    }
    acrm__str_free(&once);
    acrm__str_free(&twice);
}
END_TEST

START_TEST(fold__appends_and_survives_a_failed_string)
{
    acrm__str s;

    acrm__str_init(&s, NULL);
    acrm__str_puts(&s, "x ");
    acrm__fold(" A ", 3, &s);
    acrm__fold("-B-", 3, &s);
    ck_assert_str_eq(s.data, "x ab");
    s.failed = true;
    acrm__fold("C", 1, &s);
    ck_assert_str_eq(s.data, "x ab");
    acrm__str_free(&s);
}
END_TEST

static Suite *fold_suite(void)
{
    Suite *suite = suite_create("fold");
    TCase *tc = tcase_create("fold");

    tcase_add_test(tc, fold__unifies_what_people_type_in_different_ways);
    tcase_add_test(tc, fold__agrees_with_unicode_equivalence);
    tcase_add_test(tc, fold__twice_changes_nothing_for_every_code_point);
    tcase_add_test(tc, fold__twice_changes_nothing_for_random_bytes);
    tcase_add_test(tc, fold__appends_and_survives_a_failed_string);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(fold_suite)
