/* SPDX-License-Identifier: MIT */
#include "autocrm/vin.h"
#include "engines/vin/vin.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <string.h>

static acrm_vin check_flags(const char *text, size_t len, uint32_t flags)
{
    acrm_vin vin = { .struct_size = sizeof vin };

    ck_assert_int_eq(acrm_vin_check(text, len, flags, &vin), ACRM_OK);
    return vin;
}

static acrm_vin check(const char *text)
{
    return check_flags(text, strlen(text), 0);
}

static void compare_vin(const cJSON *item)
{
    acrm_vin vin = check(vector_text(item, "input"));
    const char *id = vector_id(item);
    const cJSON *years;
    int count = 0;

    if (!cJSON_IsTrue(vector_get(item, "expect.well_formed"))) {
        const char *error = vector_text(item, "expect.error");

        ck_assert_msg(vin.normalized[0] == '\0' || vin.rule == ACRM_VIN_CHARACTER, "%s", id);
        ck_assert_msg((vin.rule == ACRM_VIN_LENGTH && strstr(error, "length")) ||
                          (vin.rule == ACRM_VIN_CHARACTER && strstr(error, "character")),
                      "%s: rule %d", id, (int)vin.rule);
        return;
    }
    ck_assert_str_eq(vin.normalized, vector_text(item, "expect.normalized"));
    ck_assert_str_eq(vin.wmi, vector_text(item, "expect.wmi"));
    ck_assert_str_eq(vin.vds, vector_text(item, "expect.vds"));
    ck_assert_str_eq(vin.vis, vector_text(item, "expect.vis"));
    ck_assert_str_eq(vin.check_expected, vector_text(item, "expect.check_digit_expected"));
    ck_assert_int_eq(vin.check_ok, cJSON_IsTrue(vector_get(item, "expect.check_digit_ok")));
    ck_assert_int_eq(vin.check_binds,
                     cJSON_IsTrue(vector_get(item, "expect.check_digit_mandatory")));
    ck_assert_msg((vin.rule == ACRM_VIN_OK) ==
                      (strcmp(vector_text(item, "expect.verdict"), "invalid") != 0), "%s", id);
    ck_assert_str_eq(vin.year_code, vector_text(item, "expect.model_year_code"));
    years = vector_get(item, "expect.model_year_candidates");
    for (const cJSON *year = years->child; year; year = year->next)
        ck_assert_msg(count < 2 && vin.years[count++] == year->valueint, "%s", id);
    if (count == 0)
        ck_assert_int_eq(vin.years[0], 0);
    if (vector_has(item, "expect.model_year_north_america"))
        ck_assert_int_eq(vin.year_north_america,
                         vector_int(item, "expect.model_year_north_america"));
}

static void compare_years(const cJSON *item)
{
    const cJSON *years = vector_get(item, "expect.years");
    int32_t first = 0, second = 0;
    int32_t status = acrm_vin_model_years(vector_text(item, "code")[0], &first, &second);

    if (!years->child) {
        ck_assert_int_eq(status, ACRM_E_NOTFOUND);
        return;
    }
    ck_assert_int_eq(status, ACRM_OK);
    ck_assert_int_eq(first, years->child->valueint);
    ck_assert_int_eq(second, years->child->next->valueint);
}

static void compare_origin(const cJSON *item, const char *member)
{
    acrm_vin_origin origin = { .struct_size = sizeof origin };
    bool found = !vector_has(item, "expect.manufacturer_contains_any_of");

    ck_assert_msg(acrm_vin_origin_of(vector_text(item, member), &origin) == ACRM_OK, "%s",
                  vector_id(item));
    ck_assert_msg(strcmp(origin.country_name, vector_text(item, "expect.country")) == 0, "%s: %s",
                  vector_id(item), origin.country_name);
    if (!found)
        for (const cJSON *name = vector_get(item, "expect.manufacturer_contains_any_of")->child;
             name; name = name->next)
            found = found || strstr(origin.maker, cJSON_GetStringValue(name)) != NULL;
    ck_assert_msg(found, "%s: %s", vector_id(item), origin.maker);
}

START_TEST(vin__agrees_with_every_vector)
{
    cJSON *root = vectors_load("vin.json");
    int count = 0;

    VECTORS_EACH(item, root) {
        const char *kind = vector_text(item, "kind");

        count++;
        if (strcmp(kind, "vin") == 0)
            compare_vin(item);
        else if (strcmp(kind, "model_year_code") == 0)
            compare_years(item);
        else if (strcmp(kind, "wmi") == 0)
            compare_origin(item, "wmi");
        else if (strcmp(kind, "country_prefix") == 0)
            compare_origin(item, "prefix");
        else
            ck_abort_msg("unknown kind %s", kind);
    }
    ck_assert_int_ge(count, 90);
    cJSON_Delete(root);
}
END_TEST

static const struct {
    const char *what; /* the rule under test, in words */
    const char *text;
    int32_t rule, at;
    const char *normalized;
} check_cases[] = {
    { "small letters", "1m8gdm9axkp042788", ACRM_VIN_OK, -1, "1M8GDM9AXKP042788" },
    { "white space around", "\xc2\xa0 1M8GDM9AXKP042788\r\n", ACRM_VIN_OK, -1,
      "1M8GDM9AXKP042788" },
    { "bidirectional marks around", "\u202a1M8GDM9AXKP042788\u202c", ACRM_VIN_OK, -1,
      "1M8GDM9AXKP042788" },
    { "Persian digits", "\u06f1M\u06f8GDM\u06f9AXKP\u06f0\u06f4\u06f2\u06f7\u06f8\u06f8",
      ACRM_VIN_OK, -1, "1M8GDM9AXKP042788" },
    { "nothing inside is stripped", "1M8GDM9AX KP04278", ACRM_VIN_CHARACTER, 9, "" },
    { "a blank too many", "1M8GDM9AX KP042788", ACRM_VIN_LENGTH, 17, "" },
    { "a dash is a character", "1M8GDM9AX-P042788", ACRM_VIN_CHARACTER, 9, "" },
    { "a letter with a mark", "1M8GDM9AX\u00c9P042788", ACRM_VIN_CHARACTER, 9, "" },
    { "the O is told where", "1M8GDM9AXKPO42788", ACRM_VIN_CHARACTER, 11, "1M8GDM9AXKPO42788" },
    { "wrong and binding", "1M8GDM9A1KP042788", ACRM_VIN_CHECK, 8, "1M8GDM9A1KP042788" },
    { "wrong and not binding", "WVWZZZ3CZEE140287", ACRM_VIN_OK, -1, "WVWZZZ3CZEE140287" },
    { "short", "1M8GDM9AXKP04278", ACRM_VIN_LENGTH, 16, "" },
    { "nothing", "", ACRM_VIN_LENGTH, 0, "" },
    { "malformed UTF-8", "1M8GDM9AX\xffP042788", ACRM_VIN_CHARACTER, 9, "" },
};

START_TEST(vin_check__follows_the_table)
{
    acrm_vin vin = check(check_cases[_i].text);

    ck_assert_msg(vin.rule == check_cases[_i].rule && vin.at == check_cases[_i].at &&
                      strcmp(vin.normalized, check_cases[_i].normalized) == 0,
                  "%s: rule %d at %d, \"%s\"", check_cases[_i].what, (int)vin.rule, (int)vin.at,
                  vin.normalized);
}
END_TEST

/* A VIN of a given beginning with the right check digit, made by trying all eleven. */
static void verified(const char *pattern, char *vin)
{
    memcpy(vin, pattern, 18);
    for (const char *c = "0123456789X"; *c; c++) {
        vin[8] = *c;
        if (check(vin).check_ok)
            return;
    }
    ck_abort_msg("%s cannot be verified", pattern);
}

START_TEST(vin_check__takes_a_vin_apart)
{
    acrm_vin vin = check("5YJ3E1EA2KF301234");
    char text[18];

    ck_assert_str_eq(vin.origin.maker, "Tesla");
    ck_assert_str_eq(vin.origin.country, "US");
    ck_assert_str_eq(vin.origin.region, "North America");
    ck_assert_str_eq(vin.plant, "F");
    ck_assert_str_eq(vin.small_maker, "");
    ck_assert_int_eq(vin.year_north_america, 2019);
    vin = check("VF9SP3V37JM795001");
    ck_assert_str_eq(vin.small_maker, "795");
    ck_assert_str_eq(vin.origin.maker, "Bugatti");
    vin = check("VF9SP3V37JM123001");
    ck_assert_str_eq(vin.origin.maker, "");
    ck_assert_str_eq(vin.origin.country, "FR");
    ck_assert_int_eq(check("WAUFFAFL3AN012345").year_north_america, 0);
    verified("NAAM01CA_8K123456", text);
    vin = check(text);
    ck_assert_str_eq(vin.origin.maker, "Iran Khodro");
    ck_assert_str_eq(vin.origin.country_name, "Iran");
    ck_assert_str_eq(vin.origin.region, "Asia");
}
END_TEST

START_TEST(vin_check__binds_china_only_when_asked)
{
    char text[18];

    verified("LSJA24U6_HG123456", text);
    text[8] = text[8] == '1' ? '2' : '1';
    ck_assert_int_eq(check(text).rule, ACRM_VIN_OK);
    ck_assert_int_eq(check(text).check_binds, 0);
    ck_assert_int_eq(check_flags(text, 17, ACRM_VIN_CHINA_BINDS).rule, ACRM_VIN_CHECK);
    ck_assert_int_eq(check_flags("WVWZZZ3CZEE140287", 17, ACRM_VIN_CHINA_BINDS).rule, ACRM_VIN_OK);
}
END_TEST

static const struct {
    const char *what;
    const char *typed, *meant;
    int32_t slip, at;
} suggest_cases[] = {
    { "O for 0", "1M8GDM9AXKPO42788", "1M8GDM9AXKP042788", ACRM_VIN_LETTERS, 11 },
    { "Q for 0", "1M8GDM9AXKPQ42788", "1M8GDM9AXKP042788", ACRM_VIN_LETTERS, 11 },
    { "I for 1, twice", "IIIIIIIIIIIIIIIII", "11111111111111111", ACRM_VIN_LETTERS, 0 },
    { "B for 8", "1MBGDM9AXKP042788", "1M8GDM9AXKP042788", ACRM_VIN_MISREAD, 2 },
    { "S for 5", "SYJ3E1EA2KF301234", NULL, 0, 0 }, /* a British VIN then: nothing binds */
    { "swapped", "1HGMC82633A004352", "1HGCM82633A004352", ACRM_VIN_SWAPPED, 3 },
    { "right already", "1M8GDM9AXKP042788", NULL, 0, 0 },
    { "wrong where nothing binds", "WVWZZZ3CZEE140287", NULL, 0, 0 },
    { "O for 0 that does not verify", "WVWZZZ3CZEE14O287", NULL, 0, 0 },
    { "too short", "1M8GDM9AXKPO4278", NULL, 0, 0 },
};

START_TEST(vin_suggest__follows_the_table)
{
    acrm_vin_suggestion list[32];
    size_t count = 99, found = 0;
    const char *typed = suggest_cases[_i].typed;

    ck_assert_int_eq(acrm_vin_suggest(typed, strlen(typed), 0, list, 32, &count), ACRM_OK);
    if (!suggest_cases[_i].meant) {
        ck_assert_msg(count == 0, "%s: %s", suggest_cases[_i].what, list[0].vin);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(check(list[i].vin).check_ok, 1);
        if (strcmp(list[i].vin, suggest_cases[_i].meant) == 0) {
            found++;
            ck_assert_int_eq(list[i].slip, suggest_cases[_i].slip);
            ck_assert_int_eq(list[i].at, suggest_cases[_i].at);
        }
    }
    ck_assert_msg(found == 1, "%s: %zu of %zu", suggest_cases[_i].what, found, count);
}
END_TEST

START_TEST(vin_suggest__never_writes_more_than_there_is_room_for)
{
    acrm_vin_suggestion list[3];
    size_t count = 0;

    memset(list, 7, sizeof list);
    ck_assert_int_eq(acrm_vin_suggest("1HGMC82633A004352", 17, 0, list, 1, &count), ACRM_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(list[1].vin[0], 7);
    ck_assert_int_eq(acrm_vin_suggest("1HGMC82633A004352", 17, 0, list, 0, &count), ACRM_OK);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(vin__survives_hostile_bytes)
{
    enum { HUGE_TEXT = 1 << 20 };
    char *text = malloc(HUGE_TEXT);
    acrm_vin_suggestion list[1];
    size_t count = 1;

    ck_assert_ptr_nonnull(text);
    memset(text, '1', HUGE_TEXT);
    ck_assert_int_eq(check_flags(text, HUGE_TEXT, 0).rule, ACRM_VIN_LENGTH);
    ck_assert_int_eq(acrm_vin_suggest(text, HUGE_TEXT, 0, list, 1, &count), ACRM_OK);
    ck_assert_uint_eq(count, 0);
    free(text);
    ck_assert_int_eq(check_flags("1M8GDM9A\0KP042788", 17, 0).rule, ACRM_VIN_CHARACTER);
    ck_assert_int_eq(check_flags(NULL, 0, 0).rule, ACRM_VIN_LENGTH);
}
END_TEST

START_TEST(vin__refuses_misuse_and_leaves_out_untouched)
{
    acrm_vin vin = { .struct_size = sizeof vin, .rule = 99 };
    acrm_vin_origin origin = { .struct_size = sizeof origin };
    acrm_vin_suggestion list[1];
    size_t count = 99;
    int32_t year = 0;

    ck_assert_int_eq(acrm_vin_check(NULL, 1, 0, &vin), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_vin_check("", 0, 0, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_vin_check("", 0, 2, &vin), ACRM_E_INVALID);
    vin.struct_size--;
    ck_assert_int_eq(acrm_vin_check("", 0, 0, &vin), ACRM_E_MISUSE);
    ck_assert_int_eq(vin.rule, 99);
    ck_assert_int_eq(acrm_vin_suggest("", 0, 0, NULL, 1, &count), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_vin_suggest("", 0, 0, list, 1, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_vin_suggest("", 0, 2, list, 1, &count), ACRM_E_INVALID);
    ck_assert_uint_eq(count, 99);
    ck_assert_int_eq(acrm_vin_model_years('K', NULL, &year), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_vin_model_years(-1, &year, &year), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_vin_model_years(0, &year, &year), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_vin_origin_of("", &origin), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_vin_origin_of("WDBX", &origin), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_vin_origin_of("\xff\xff\xff", &origin), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_vin_origin_of(NULL, &origin), ACRM_E_MISUSE);
    origin.struct_size--;
    ck_assert_int_eq(acrm_vin_origin_of("WDB", &origin), ACRM_E_MISUSE);
}
END_TEST

START_TEST(vin_tables__are_sorted_and_well_formed)
{
    const char *wmi, *maker, *before = "";
    const acrm__vin_country *row;
    size_t n = 0;

    for (; (wmi = acrm__vin_wmi_at(n, &maker)) != NULL; n++) {
        ck_assert_msg(strcmp(before, wmi) < 0, "%s after %s", wmi, before);
        ck_assert_msg(strlen(wmi) == 3 && strpbrk(wmi, "IOQ") == NULL && maker[0], "%s", wmi);
        ck_assert_msg(acrm__vin_maker_of(wmi, 3) == maker, "%s is not found", wmi);
        ck_assert_msg(acrm__vin_country_of(wmi[0], wmi[1]) != NULL, "%s has no country", wmi);
        before = wmi;
    }
    ck_assert_uint_ge(n, 500);
    for (n = 0; (row = acrm__vin_country_at(n)) != NULL; n++) {
        ck_assert_msg(row->first[0] == row->last[0], "%s", row->first);
        ck_assert_msg(acrm__vin_country_of(row->first[0], row->first[1]) == row &&
                          acrm__vin_country_of(row->last[0], row->last[1]) == row,
                      "%s to %s overlaps", row->first, row->last);
        ck_assert(acrm__vin_region_of(row->first[0], row->first[1])[0] != '\0');
    }
}
END_TEST

#define LOOP(tc, test, cases) tcase_add_loop_test(tc, test, 0, sizeof cases / sizeof cases[0])

static Suite *vin_suite(void)
{
    Suite *suite = suite_create("vin");
    TCase *tc = tcase_create("vin");

    tcase_add_test(tc, vin__agrees_with_every_vector);
    LOOP(tc, vin_check__follows_the_table, check_cases);
    tcase_add_test(tc, vin_check__takes_a_vin_apart);
    tcase_add_test(tc, vin_check__binds_china_only_when_asked);
    LOOP(tc, vin_suggest__follows_the_table, suggest_cases);
    tcase_add_test(tc, vin_suggest__never_writes_more_than_there_is_room_for);
    tcase_add_test(tc, vin__survives_hostile_bytes);
    tcase_add_test(tc, vin__refuses_misuse_and_leaves_out_untouched);
    tcase_add_test(tc, vin_tables__are_sorted_and_well_formed);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(vin_suite)
