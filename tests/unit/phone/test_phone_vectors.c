/* SPDX-License-Identifier: MIT */
/* The phone engine against outside truth: tests/data/phones.json. */
#include "autocrm/phone.h"
#include "support/suite.h"
#include "support/vectors.h"

static int32_t phone_kind_named(const char *name)
{
    static const char *const names[] = {
        [ACRM_PHONE_FIXED] = "fixed_line",
        [ACRM_PHONE_MOBILE] = "mobile",
        [ACRM_PHONE_FIXED_OR_MOBILE] = "fixed_line_or_mobile",
        [ACRM_PHONE_TOLL_FREE] = "toll_free",
    };

    for (int32_t kind = ACRM_PHONE_FIXED; kind <= ACRM_PHONE_TOLL_FREE; kind++)
        if (strcmp(names[kind], name) == 0)
            return kind;
    ck_abort_msg("unknown kind %s", name);
    return 0;
}

static acrm_phone phone_of_case(const cJSON *item)
{
    acrm_phone phone = { .struct_size = sizeof phone };
    const char *region = cJSON_GetStringValue(vector_get(item, "region"));
    const char *input = vector_text(item, "input");

    ck_assert_int_eq(acrm_phone_parse(input, strlen(input), region, &phone), ACRM_OK);
    return phone;
}

START_TEST(phone__reads_every_valid_number_of_the_vectors)
{
    cJSON *root = vectors_load("phones.json");
    int count = 0;

    VECTORS_EACH(item, root) {
        acrm_phone phone = phone_of_case(item);
        const char *id = vector_id(item);

        if (!cJSON_IsTrue(vector_get(item, "expect.valid")))
            continue;
        count++;
        ck_assert_msg(phone.validity == ACRM_PHONE_VALID, "%s: %s", id, phone.reason);
        ck_assert_msg(strcmp(phone.e164, vector_text(item, "expect.e164")) == 0, "%s: %s", id,
                      phone.e164);
        ck_assert_msg(strcmp(phone.country, vector_text(item, "expect.country")) == 0, "%s: %s",
                      id, phone.country);
        ck_assert_msg(phone.kind == phone_kind_named(vector_text(item, "expect.type")), "%s", id);
        ck_assert_str_eq(phone.extension, vector_has(item, "expect.extension")
                                              ? vector_text(item, "expect.extension") : "");
        ck_assert_str_eq(phone.reason, "");
    }
    ck_assert_int_ge(count, 40);
    cJSON_Delete(root);
}
END_TEST

START_TEST(phone__flags_every_wrong_number_of_the_vectors)
{
    cJSON *root = vectors_load("phones.json");
    int count = 0;

    VECTORS_EACH(item, root) {
        acrm_phone phone = phone_of_case(item);
        const char *id = vector_id(item);

        if (cJSON_IsTrue(vector_get(item, "expect.valid")))
            continue;
        count++;
        if (vector_has(item, "alternative")) { /* we are the friendlier library */
            ck_assert_str_eq(phone.e164, vector_text(item, "alternative.e164"));
            ck_assert_str_eq(phone.extension, vector_text(item, "alternative.extension"));
            continue;
        }
        ck_assert_msg(phone.validity != ACRM_PHONE_VALID, "%s: %s", id, phone.e164);
        ck_assert_msg(phone.reason[0] != '\0', "%s gives no reason", id);
        if (!cJSON_IsTrue(vector_get(item, "expect.possible")))
            ck_assert_msg(phone.validity > ACRM_PHONE_POSSIBLE && phone.e164[0] == '\0', "%s: %s",
                          id, phone.e164);
    }
    ck_assert_int_ge(count, 15);
    cJSON_Delete(root);
}
END_TEST

static Suite *phone_vectors_suite(void)
{
    Suite *suite = suite_create("phone_vectors");
    TCase *tc = tcase_create("phone_vectors");

    tcase_add_test(tc, phone__reads_every_valid_number_of_the_vectors);
    tcase_add_test(tc, phone__flags_every_wrong_number_of_the_vectors);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(phone_vectors_suite)
