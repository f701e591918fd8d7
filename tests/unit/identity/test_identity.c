/* SPDX-License-Identifier: MIT */
#include "autocrm/identity.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <string.h>

static acrm_identity check_bytes(int32_t kind, const char *text, size_t len)
{
    acrm_identity id = { .struct_size = sizeof id };

    ck_assert_int_eq(acrm_identity_check(kind, text, len, &id), ACRM_OK);
    return id;
}

static acrm_identity check(int32_t kind, const char *text)
{
    return check_bytes(kind, text, strlen(text));
}

static int32_t kind_named(const char *wanted)
{
    int32_t kind = 0;

    for (size_t n = 0; (acrm_identity_kind_at(n, &kind)) != NULL; n++)
        if (strcmp(acrm_identity_kind_at(n, NULL), wanted) == 0)
            return kind;
    ck_abort_msg("no kind %s", wanted);
    return 0;
}

/* Facts of outside truth about a valid identifier, where the case states them. */
static void compare_facts(const cJSON *item, const acrm_identity *id)
{
    char date[32];

    if (vector_has(item, "expect.normalized"))
        ck_assert_str_eq(id->normalized, vector_text(item, "expect.normalized"));
    if (vector_has(item, "expect.gender"))
        ck_assert_int_eq(id->sex, strcmp(vector_text(item, "expect.gender"), "male") == 0
                                      ? ACRM_ID_MALE : ACRM_ID_FEMALE);
    if (vector_has(item, "expect.entity"))
        ck_assert_int_eq(id->entity, strcmp(vector_text(item, "expect.entity"), "person") == 0
                                         ? ACRM_ID_PERSON : ACRM_ID_ORGANISATION);
    if (vector_has(item, "expect.birth_date")) {
        snprintf(date, sizeof date, "%04d-%02d-%02d", (int)id->birth_year, (int)id->birth_month,
                 (int)id->birth_day);
        ck_assert_str_eq(date, vector_text(item, "expect.birth_date"));
    }
}

START_TEST(identity__agrees_with_every_vector)
{
    static const struct {
        const char *why;
        int32_t rules[4];
    } reasons[] = { /* the oracle's reasons, and ours for the same fault */
        { "InvalidLength", { ACRM_ID_LENGTH } },
        { "InvalidFormat", { ACRM_ID_STRUCTURE, ACRM_ID_CHARACTER, ACRM_ID_FILLER } },
        { "InvalidChecksum", { ACRM_ID_CHECK, ACRM_ID_LENGTH } }, /* it looks at lengths last */
        { "InvalidComponent", { ACRM_ID_PLACE, ACRM_ID_DATE, ACRM_ID_COUNTRY } },
    };
    cJSON *root = vectors_load("national_ids.json");
    int count = 0;

    VECTORS_EACH(item, root) {
        acrm_identity id = check(kind_named(vector_text(item, "kind")), vector_text(item, "input"));
        bool valid = cJSON_IsTrue(vector_get(item, "expect.valid"));

        count++;
        ck_assert_msg((id.rule == ACRM_ID_OK) == valid, "%s: %s", vector_id(item),
                      acrm_identity_rule_text(id.rule));
        if (valid)
            compare_facts(item, &id);
        for (size_t i = 0; vector_has(item, "expect.why") && i < 4; i++) {
            const int32_t *rules = reasons[i].rules;

            if (strcmp(vector_text(item, "expect.why"), reasons[i].why) == 0)
                ck_assert_msg(id.rule == rules[0] || id.rule == rules[1] || id.rule == rules[2],
                              "%s: %s", vector_id(item), acrm_identity_rule_text(id.rule));
        }
    }
    ck_assert_int_ge(count, 70);
    cJSON_Delete(root);
}
END_TEST

static const struct {
    const char *what; /* the rule under test, in words */
    int32_t kind;
    const char *text;
    int32_t rule, at;
    const char *expected;
} check_cases[] = {
    { "the expected check digit is told", ACRM_ID_IR_NATIONAL, "0481239874", ACRM_ID_CHECK, 9,
      NULL },
    { "a serial of zeros is never given", ACRM_ID_IR_NATIONAL, "0120000008", ACRM_ID_FILLER, 3,
      NULL },
    { "ten equal digits", ACRM_ID_IR_NATIONAL, "1111111111", ACRM_ID_FILLER, 0, "1" },
    { "full width and Persian", ACRM_ID_IR_NATIONAL, "\uff10\u06f4\u06f9 9370899", ACRM_ID_OK, -1,
      "9" },
    { "a letter in a number", ACRM_ID_IR_NATIONAL, "04993O0899", ACRM_ID_STRUCTURE, 5, "" },
    { "short", ACRM_ID_IR_NATIONAL, "049937089", ACRM_ID_LENGTH, 9, "" },
    { "long", ACRM_ID_IR_NATIONAL, "04993708991", ACRM_ID_LENGTH, 10, "" },
    { "legal id", ACRM_ID_IR_LEGAL, "10380284792", ACRM_ID_CHECK, 10, "0" },
    { "29 February of a common year", ACRM_ID_IT_CODICE_FISCALE, "RSSMRA81B29H501X", ACRM_ID_DATE,
      6, NULL },
    { "29 February 2000", ACRM_ID_IT_CODICE_FISCALE, "RSSMRA00B29H501Y", ACRM_ID_OK, -1, "Y" },
    { "day 41 is a woman's first", ACRM_ID_IT_CODICE_FISCALE, "RSSMRA80A41H501Y", ACRM_ID_OK, -1,
      NULL },
    { "day 40", ACRM_ID_IT_CODICE_FISCALE, "RSSMRA80A40H501X", ACRM_ID_DATE, 6, NULL },
    { "letter for a month", ACRM_ID_IT_CODICE_FISCALE, "RSSMRA80F01H501U", ACRM_ID_STRUCTURE, 8,
      "" },
    { "a company's tax code is its number", ACRM_ID_IT_CODICE_FISCALE, "00743110157", ACRM_ID_OK,
      -1, "7" },
    { "omocodia letters only", ACRM_ID_IT_CODICE_FISCALE, "RSSMRA8AA01H501U", ACRM_ID_STRUCTURE,
      7, "" },
    { "no such office", ACRM_ID_IT_PARTITA_IVA, "00743111017", ACRM_ID_PLACE, 7, NULL },
    { "zeros", ACRM_ID_IT_PARTITA_IVA, "00000000000", ACRM_ID_FILLER, 0, NULL },
    { "IT alone", ACRM_ID_IT_PARTITA_IVA, "IT", ACRM_ID_LENGTH, 0, "" },
    { "first check digit of twelve", ACRM_ID_RU_INN, "771234567869", ACRM_ID_CHECK, 10, "59" },
    { "second check digit of twelve", ACRM_ID_RU_INN, "771234567858", ACRM_ID_CHECK, 10, "59" },
    { "zeros", ACRM_ID_RU_INN, "0000000000", ACRM_ID_FILLER, 0, "0" },
    { "small x", ACRM_ID_CN_RESIDENT, "11010519491231002x", ACRM_ID_OK, -1, "X" },
    { "an X inside", ACRM_ID_CN_RESIDENT, "1101051949123100X2", ACRM_ID_STRUCTURE, 16, "" },
    { "no such province", ACRM_ID_CN_RESIDENT, "990426199101010071", ACRM_ID_PLACE, 0, NULL },
    { "month 13", ACRM_ID_CN_RESIDENT, "110105194913310028", ACRM_ID_DATE, 6, NULL },
    { "fifteen digits of old", ACRM_ID_CN_RESIDENT, "110105491231002", ACRM_ID_LENGTH, 15, "" },
    { "letter I in a code", ACRM_ID_CN_USCC, "911100006000373I1L", ACRM_ID_CHARACTER, 15, "" },
    { "wrong check letter", ACRM_ID_CN_USCC, "91110000600037341M", ACRM_ID_CHECK, 17, "L" },
    { "the word in front", ACRM_ID_IBAN, "IBAN: DE44 5001 0517 5407 3249 31", ACRM_ID_OK, -1,
      "44" },
    { "small letters", ACRM_ID_IBAN, "gb29nwbk60161331926819", ACRM_ID_OK, -1, "29" },
    { "00 is never right", ACRM_ID_IBAN, "DE00370400440532013000", ACRM_ID_CHECK, 2, "89" },
    { "a letter in a German account", ACRM_ID_IBAN, "DE4450010517540732493A", ACRM_ID_STRUCTURE,
      21, "" },
    { "a digit in a British bank", ACRM_ID_IBAN, "GB29NW1K60161331926819", ACRM_ID_STRUCTURE, 6,
      "" },
    { "a country without IBANs", ACRM_ID_IBAN, "US4450010517540732493", ACRM_ID_COUNTRY, 0, "" },
    { "Belgian digits", ACRM_ID_IBAN, "BE68539007547034", ACRM_ID_OK, -1, "68" },
    { "wrong Belgian digits", ACRM_ID_IBAN, "BE41539007547035", ACRM_ID_CHECK, 14, "41" },
    { "Spanish digits", ACRM_ID_IBAN, "ES9121000418450200051332", ACRM_ID_OK, -1, "91" },
    { "wrong Spanish digits", ACRM_ID_IBAN, "ES2921000418460200051332", ACRM_ID_CHECK, 13, "29" },
    { "Montenegrin digits", ACRM_ID_IBAN, "ME25505000012345678951", ACRM_ID_OK, -1, "25" },
    { "wrong Montenegrin digits", ACRM_ID_IBAN, "ME18403616965190459265", ACRM_ID_CHECK, 20,
      "18" },
    { "Norwegian digit", ACRM_ID_IBAN, "NO9386011117947", ACRM_ID_OK, -1, "93" },
    { "wrong Norwegian digit", ACRM_ID_IBAN, "NO4710321034128", ACRM_ID_CHECK, 14, "47" },
    { "one letter", ACRM_ID_IBAN, "D", ACRM_ID_LENGTH, 1, "" },
    { "a sign no identifier has", ACRM_ID_IBAN, "DE44*", ACRM_ID_CHARACTER, 4, "" },
    { "malformed UTF-8", ACRM_ID_RU_INN, "77\xff", ACRM_ID_CHARACTER, 2, "" },
    { "nothing", ACRM_ID_CN_USCC, "", ACRM_ID_LENGTH, 0, "" },
};

START_TEST(identity_check__follows_the_table)
{
    acrm_identity id = check(check_cases[_i].kind, check_cases[_i].text);

    ck_assert_msg(id.rule == check_cases[_i].rule && id.at == check_cases[_i].at &&
                      (!check_cases[_i].expected ||
                       strcmp(id.expected, check_cases[_i].expected) == 0),
                  "%s: rule %d at %d, expected %s", check_cases[_i].what, (int)id.rule,
                  (int)id.at, id.expected);
}
END_TEST

START_TEST(identity_check__decodes_what_is_in_it)
{
    acrm_identity id = check(ACRM_ID_CN_RESIDENT, "310105198504124565");

    ck_assert_str_eq(id.country, "CN");
    ck_assert_str_eq(id.place, "310105");
    ck_assert_str_eq(id.place_name, "Shanghai");
    ck_assert_int_eq(id.century_known, 1);
    id = check(ACRM_ID_IT_CODICE_FISCALE, "RSSMRA45C12F2L5N"); /* L is a 0 */
    ck_assert_str_eq(id.place, "F205");
    ck_assert_int_eq(id.century_known, 0);
    ck_assert_str_eq(check(ACRM_ID_IT_CODICE_FISCALE, "MRSMSR81D60Z611H").place_name, "abroad");
    ck_assert_str_eq(check(ACRM_ID_IT_PARTITA_IVA, "IT00743110157").place, "015");
    ck_assert_str_eq(check(ACRM_ID_IBAN, "IR550570022080013447370101").country, "IR");
}
END_TEST

/* The promise of `expected`: put in place of the check characters, it makes the id valid. */
START_TEST(identity_check__expected_characters_repair)
{
    static const struct {
        int32_t kind;
        const char *text;
        size_t at;
    } broken[] = {
        { ACRM_ID_IR_NATIONAL, "1273456788", 9 },
        { ACRM_ID_IR_LEGAL, "10320987650", 10 },
        { ACRM_ID_IT_CODICE_FISCALE, "RSSMRA80A01H501A", 15 },
        { ACRM_ID_IT_PARTITA_IVA, "07654320155", 10 },
        { ACRM_ID_RU_INN, "7709442669", 9 },
        { ACRM_ID_RU_INN, "771234567800", 10 },
        { ACRM_ID_CN_RESIDENT, "330108199911016781", 17 },
        { ACRM_ID_CN_USCC, "91310115MA1K3BTP20", 17 },
        { ACRM_ID_IBAN, "IR000540102680020817909002", 2 },
    };

    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        acrm_identity id = check(broken[i].kind, broken[i].text);
        char text[40];

        ck_assert_msg(id.rule == ACRM_ID_CHECK, "%s is not broken", broken[i].text);
        memcpy(text, id.normalized, sizeof text);
        memcpy(text + broken[i].at, id.expected, strlen(id.expected));
        ck_assert_msg(check(broken[i].kind, text).rule == ACRM_ID_OK, "%s", text);
    }
}
END_TEST

START_TEST(identity_check__survives_hostile_bytes)
{
    enum { HUGE_TEXT = 1 << 20 };
    char *text = malloc(HUGE_TEXT);
    int32_t kind = 0;

    ck_assert_ptr_nonnull(text);
    memset(text, '9', HUGE_TEXT);
    for (size_t n = 0; acrm_identity_kind_at(n, &kind) != NULL; n++) {
        ck_assert_int_eq(check_bytes(kind, text, HUGE_TEXT).rule, ACRM_ID_LENGTH);
        ck_assert_int_eq(check_bytes(kind, text, 200).rule, ACRM_ID_LENGTH);
        ck_assert_int_eq(check_bytes(kind, "12\0" "34", 5).rule, ACRM_ID_CHARACTER);
        ck_assert_int_eq(check_bytes(kind, NULL, 0).rule, ACRM_ID_LENGTH);
        ck_assert_int_ne(check_bytes(kind, "\xd9", 1).rule, ACRM_ID_OK);
    }
    free(text);
}
END_TEST

START_TEST(identity_check__refuses_misuse_and_leaves_out_untouched)
{
    acrm_identity id = { .struct_size = sizeof id, .rule = 99 };

    ck_assert_int_eq(acrm_identity_check(ACRM_ID_IBAN, NULL, 1, &id), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_identity_check(ACRM_ID_IBAN, "", 0, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_identity_check(0, "", 0, &id), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_identity_check(ACRM_ID_IBAN + 1, "", 0, &id), ACRM_E_INVALID);
    id.struct_size--;
    ck_assert_int_eq(acrm_identity_check(ACRM_ID_IBAN, "", 0, &id), ACRM_E_MISUSE);
    ck_assert_int_eq(id.rule, 99);
}
END_TEST

START_TEST(identity_rule_text__is_different_for_each_rule)
{
    for (int32_t a = ACRM_ID_OK; a <= ACRM_ID_COUNTRY; a++)
        for (int32_t b = ACRM_ID_OK; b < a; b++)
            ck_assert_str_ne(acrm_identity_rule_text(a), acrm_identity_rule_text(b));
    ck_assert_str_eq(acrm_identity_rule_text(-1), "unknown rule");
    ck_assert_str_eq(acrm_identity_rule_text(ACRM_ID_COUNTRY + 1), "unknown rule");
}
END_TEST

static Suite *identity_suite(void)
{
    Suite *suite = suite_create("identity");
    TCase *tc = tcase_create("identity");

    tcase_add_test(tc, identity__agrees_with_every_vector);
    tcase_add_loop_test(tc, identity_check__follows_the_table, 0,
                        sizeof check_cases / sizeof check_cases[0]);
    tcase_add_test(tc, identity_check__decodes_what_is_in_it);
    tcase_add_test(tc, identity_check__expected_characters_repair);
    tcase_add_test(tc, identity_check__survives_hostile_bytes);
    tcase_add_test(tc, identity_check__refuses_misuse_and_leaves_out_untouched);
    tcase_add_test(tc, identity_rule_text__is_different_for_each_rule);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(identity_suite)
