/* SPDX-License-Identifier: MIT */
/* Standard Webhooks signatures against other implementations' facts, and what must be refused. */
#include "autocrm/webhook.h"
#include "support/suite.h"
#include "support/vectors.h"

static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char body[] = "{\"test\": 2432232314}";

static void sign_case(const cJSON *item, const char *key_name)
{
    const char *payload = vector_text(item, "payload"), *id = vector_text(item, "msg_id");
    char out[ACRM_WEBHOOK_SIGNATURE_MAX], number[32];
    int64_t at = vector_int(item, "timestamp");
    const char *key = vector_text(item, key_name);

    ck_assert_msg(acrm_webhook_sign(key, id, at, payload, strlen(payload), out, NULL) == ACRM_OK,
                  "%s", vector_id(item));
    ck_assert_str_eq(out, vector_text(item, "expect.signature"));
    snprintf(number, sizeof number, "%" PRId64, at);
    ck_assert_int_eq(acrm_webhook_verify(&key, 1, id, number, out, payload, strlen(payload), at, 0,
                                         NULL), ACRM_OK);
}

START_TEST(webhook__signs_as_others_do)
{
    cJSON *root = vectors_load("webhooks.json");
    int n = 0;

    VECTORS_EACH(item, root) {
        if (strcmp(vector_text(item, "kind"), "sign") != 0)
            continue;
        n++;
        if (vector_has(item, "secret")) {
            sign_case(item, "secret");
            continue;
        }
        char public_key[ACRM_WEBHOOK_KEY_MAX];
        sign_case(item, "secret_seed");
        sign_case(item, "secret_64");
        ck_assert_int_eq(acrm_webhook_public_key(vector_text(item, "secret_64"), public_key, NULL),
                         ACRM_OK);
        ck_assert_str_eq(public_key, vector_text(item, "public_key"));
    }
    ck_assert_int_eq(n, 8);
    cJSON_Delete(root);
}
END_TEST

START_TEST(webhook__verifies_as_others_do)
{
    cJSON *root = vectors_load("webhooks.json");
    int n = 0;

    VECTORS_EACH(item, root) {
        if (strcmp(vector_text(item, "kind"), "verify") != 0)
            continue;
        const char *key = vector_text(item, vector_has(item, "secret") ? "secret" : "public_key");
        const char *payload = vector_text(item, "payload");
        bool accept = cJSON_IsTrue(vector_get(item, "expect.accept"));
        int32_t st = acrm_webhook_verify(&key, 1, vector_text(item, "headers.webhook-id"),
                                         vector_text(item, "headers.webhook-timestamp"),
                                         vector_text(item, "headers.webhook-signature"), payload,
                                         strlen(payload), vector_int(item, "now"),
                                         (int32_t)vector_int(item, "tolerance_seconds"), NULL);
        n++;
        ck_assert_msg(st == (accept ? ACRM_OK : ACRM_E_DENIED), "%s: %d", vector_id(item),
                      (int)st);
    }
    ck_assert_int_eq(n, 12);
    cJSON_Delete(root);
}
END_TEST

START_TEST(webhook__tolerates_to_the_second)
{
    static const struct {
        int64_t now;
        const char *timestamp, *reason;
    } rows[] = {
        { 1000, "1000", NULL }, { 1300, "1000", NULL }, { 700, "1000", NULL },
        { 1301, "1000", "too_old" }, { 699, "1000", "too_new" },
        { 1000, "", "timestamp" }, { 1000, "1000.0", "timestamp" }, { 1000, "-5", "timestamp" },
        { 1000, " 1000", "timestamp" }, { 1000, "١٠٠٠", "timestamp" },
        { 1000, "99999999999999999999", "timestamp" }, { 1000, "999999999999999999", "too_new" },
    };
    char out[ACRM_WEBHOOK_SIGNATURE_MAX];
    const char *key = secret;

    ck_assert_int_eq(acrm_webhook_sign(secret, "a", 1000, "x", 1, out, NULL), ACRM_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_error *err = NULL;
        int32_t st = acrm_webhook_verify(&key, 1, "a", rows[i].timestamp, out, "x", 1, rows[i].now,
                                         ACRM_WEBHOOK_TOLERANCE, &err);
        ck_assert_int_eq(st, rows[i].reason ? ACRM_E_DENIED : ACRM_OK);
        if (rows[i].reason)
            ck_assert_str_eq(acrm_error_reason(err), rows[i].reason);
        acrm_error_free(err);
    }
}
END_TEST

START_TEST(webhook__one_of_several_keys_and_signatures_is_enough)
{
    const char *keys[] = { "whsec_J7sfMSPaOhpXIgCcFkXCTALm7/0KlymKf5AAeAO3OT8=", secret };
    char out[ACRM_WEBHOOK_SIGNATURE_MAX], list[400];

    ck_assert_int_eq(acrm_webhook_sign(secret, "a", 5, body, sizeof body - 1, out, NULL), ACRM_OK);
    snprintf(list, sizeof list, "v2,xyz  v1,AAAA v1a,%s %s", out + 3, out);
    ck_assert_int_eq(acrm_webhook_verify(keys, 2, "a", "5", list, body, sizeof body - 1, 5, 0,
                                         NULL), ACRM_OK);
    ck_assert_int_eq(acrm_webhook_verify(keys, 1, "a", "5", list, body, sizeof body - 1, 5, 0,
                                         NULL), ACRM_E_DENIED);
    ck_assert_int_eq(acrm_webhook_verify(keys, 2, "a", "5", "", body, sizeof body - 1, 5, 0, NULL),
                     ACRM_E_DENIED);
    ck_assert_int_eq(acrm_webhook_sign(secret, "a", 5, NULL, 0, out, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_webhook_verify(keys, 2, "a", "5", out, NULL, 0, 5, 0, NULL), ACRM_OK);
}
END_TEST

START_TEST(webhook__knows_keys_and_refuses_others)
{
    static const struct {
        const char *key;
        int32_t kind; /* 0: refused */
    } rows[] = {
        { secret, ACRM_WEBHOOK_HMAC },
        { "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ACRM_WEBHOOK_HMAC },
        { "whsk_TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=", ACRM_WEBHOOK_ED25519 },
        { "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", ACRM_WEBHOOK_PUBLIC },
        { "", 0 }, { "whsec_", 0 }, { "whsec_c2hvcnQ=", 0 },       /* too short */
        { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w", 0 },           /* no base64 */
        { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=", 0 },          /* wrong padding */
        { "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA", 0 },          /* cut off */
        { "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0 },
        { "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0 },            /* 24 bytes are no seed */
        { "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0 },
        { "whsk_TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs9QBfD6EOJWpK3CqdNG368nJgszy7ElozAzVXx"
          "KvRmDQ==", 0 },                                         /* another's public key */
        { "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAA", 0 },                                   /* 69 bytes */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm_error *err = NULL;
        int32_t kind = 0, st = acrm_webhook_key_check(rows[i].key, &kind, &err);
        ck_assert_msg(kind == rows[i].kind, "%s", rows[i].key);
        ck_assert_int_eq(st, kind ? ACRM_OK : ACRM_E_INVALID);
        if (!kind)
            ck_assert_str_eq(acrm_error_reason(err), "key");
        acrm_error_free(err);
    }
    char out[ACRM_WEBHOOK_SIGNATURE_MAX];
    ck_assert_int_eq(acrm_webhook_sign(rows[3].key, "a", 5, "", 0, out, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_webhook_sign(secret, "a", -1, "", 0, out, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_webhook_public_key(secret, out, NULL), ACRM_E_INVALID);
}
END_TEST

START_TEST(webhook__tells_misuse)
{
    const char *key = secret, *none = NULL;
    char out[ACRM_WEBHOOK_SIGNATURE_MAX];
    int32_t kind;

    ck_assert_int_eq(acrm_webhook_key_check(NULL, &kind, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_key_check(secret, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_public_key(NULL, out, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_sign(NULL, "a", 5, "", 0, out, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_sign(secret, "a", 5, NULL, 1, out, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_verify(&key, 0, "a", "5", "", "", 0, 5, 0, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_verify(&none, 1, "a", "5", "", "", 0, 5, 0, NULL),
                     ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_verify(&key, 1, NULL, "5", "", "", 0, 5, 0, NULL),
                     ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_webhook_verify(&key, 1, "a", "5", "", "", 0, 5, -1, NULL),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_webhook_verify(&key, 17, "a", "5", "", "", 0, 5, 0, NULL),
                     ACRM_E_INVALID);
}
END_TEST

static Suite *webhook_suite(void)
{
    Suite *s = suite_create("webhook_sign");
    TCase *t = tcase_create("sign");

    tcase_add_test(t, webhook__signs_as_others_do);
    tcase_add_test(t, webhook__verifies_as_others_do);
    tcase_add_test(t, webhook__tolerates_to_the_second);
    tcase_add_test(t, webhook__one_of_several_keys_and_signatures_is_enough);
    tcase_add_test(t, webhook__knows_keys_and_refuses_others);
    tcase_add_test(t, webhook__tells_misuse);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(webhook_suite)
