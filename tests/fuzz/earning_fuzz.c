/* SPDX-License-Identifier: MIT */
/* Any JSON as the rules of a simulation and as the tiers of a scheme: points, or an error with its
 * place; nothing is written by the one, and the other leaves a scheme that lives a past. */
#include "autocrm/autocrm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static acrm_session *fuzz_session;
static char fuzz_program[40], fuzz_member[40];

static acrm_value *fuzz_call(const char *operation, const acrm_value *args, int32_t *status)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;

    *status = acrm_call(fuzz_session, operation, args, &out, &err);
    if (*status != ACRM_OK && *status != ACRM_E_INVALID && *status != ACRM_E_LIMIT)
        abort();
    if (*status != ACRM_OK && acrm_error_reason(err)[0] == '\0')
        abort();
    acrm_error_free(err);
    return out;
}

static void fuzz_put(acrm_value *map, const char *key, const char *text)
{
    acrm_value *value = acrm_value_put(map, key);

    if (!value || acrm_value_set_text(value, text, strlen(text)) != ACRM_OK)
        abort();
}

static void fuzz_make(const char *operation, const char *const pairs[][2], size_t n, char id[40])
{
    acrm_value *args = NULL;
    int32_t st;

    if (acrm_value_new(NULL, &args) != ACRM_OK || acrm_value_set_map(args) != ACRM_OK)
        abort();
    for (size_t i = 0; i < n; i++)
        fuzz_put(args, pairs[i][0], pairs[i][1]);
    acrm_value *out = fuzz_call(operation, args, &st);
    if (st != ACRM_OK)
        abort();
    if (id)
        memcpy(id, acrm_value_text(acrm_value_get(out, "id"), NULL), 37);
    acrm_value_free(out);
    acrm_value_free(args);
}

static void fuzz_open(void)
{
    acrm_engine *engine = NULL;
    char customer[40];

    if (acrm_open("memory:", NULL, &engine, NULL) != ACRM_OK ||
        acrm_session_new(engine, "system", &fuzz_session, NULL) != ACRM_OK)
        abort();
    acrm_close(engine);
    const char *const who[][2] = { { "name", "Ada" } };
    fuzz_make("customer.create", who, 1, customer);
    const char *const club[][2] = { { "code", "c" }, { "name", "C" }, { "currency", "EUR" } };
    fuzz_make("loyalty_program.create", club, 3, fuzz_program);
    const char *const joins[][2] = { { "program_id", fuzz_program }, { "customer_id", customer } };
    fuzz_make("member.create", joins, 2, fuzz_member);
    const char *const buys[][2] = { { "member_id", fuzz_member }, { "kind", "purchase" },
                                    { "source_id", "p1" }, { "amount", "99.50" },
                                    { "category", "oil" } };
    fuzz_make("loyalty.record", buys, 5, NULL);
}

/* The given text, which is JSON, as the last value of a map of arguments. */
static void fuzz_try(const char *operation, const char *head, const char *json, size_t size)
{
    acrm_value *args = NULL;
    size_t len = strlen(head);
    int32_t st;
    char *text = malloc(len + size + 1);

    if (!text)
        abort();
    memcpy(text, head, len);
    memcpy(text + len, json, size);
    text[len + size] = '}';
    if (acrm_value_parse(NULL, text, len + size + 1, &args, NULL) == ACRM_OK)
        acrm_value_free(fuzz_call(operation, args, &st));
    acrm_value_free(args);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!fuzz_session)
        fuzz_open();
    if (size > 65536)
        return 0;
    fuzz_try("loyalty.simulate",
             "{\"program\":\"c\",\"from\":\"2020-01-01\",\"to\":\"2099-01-01\",\"rules\":",
             (const char *)data, size);
    char head[120] = "{\"dry_run\":true,\"program_id\":\"";
    strcat(head, fuzz_program);
    strcat(head, "\",\"tiers\":");
    fuzz_try("tier_scheme.create", head, (const char *)data, size);
    return 0;
}
