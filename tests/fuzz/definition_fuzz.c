/* SPDX-License-Identifier: MIT */
/*
 * What people write down for the library to act on by itself, as any JSON: calendars, service level
 * policies, processes, schedules, rules. The first byte says which. What is refused is refused in
 * words; what is taken is put to work for some days, and clocks stay as their history has them.
 */
#include "autocrm/autocrm.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFINITION_DAY = 86400, DEFINITION_ARGS = 400 };

typedef struct world {
    acrm_engine *engine;
    acrm_session *session;
    char customer[37], made[37];
    int64_t now;
    uint64_t seed;
} world;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t definition_now(void *self)
{
    return ((world *)self)->now;
}

static void definition_fill(void *self, void *bytes, size_t len)
{
    world *w = self;

    for (size_t i = 0; i < len; i++) {
        w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)bytes)[i] = (unsigned char)(w->seed >> 33);
    }
}

/* Whether it was done; the result's id into `id`, unless NULL. */
static bool definition_call(world *w, const char *operation, const char *args, size_t len,
                            char id[37])
{
    acrm_value *result = NULL;
    acrm_error *err = NULL;
    acrm_buf *out = NULL;
    int32_t st = acrm_call_json(w->session, operation, args, len, &out, &err);

    if ((st == ACRM_OK) != (out != NULL) || acrm_error_code(err) != st ||
        (st != ACRM_OK && (!acrm_error_message(err)[0] || st == ACRM_E_STORE ||
                           st == ACRM_E_CORRUPT || st == ACRM_E_MISUSE)))
        abort();
    if (st == ACRM_OK && id) {
        if (acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &result, NULL))
            abort();
        const char *text = acrm_value_text(acrm_value_get(result, "id"), NULL);
        snprintf(id, 37, "%s", text ? text : "");
        acrm_value_free(result);
    }
    acrm_buf_free(out);
    acrm_error_free(err);
    return st == ACRM_OK;
}

static bool definition_do(world *w, const char *operation, const char *format, const char *id)
{
    char args[DEFINITION_ARGS];

    snprintf(args, sizeof args, format, id);
    return definition_call(w, operation, args, strlen(args), NULL);
}

/* What must hold of every call that is made here. */
static void definition_must(bool holds)
{
    if (!holds)
        abort();
}

static void definition_tick(world *w, int days)
{
    for (int i = 0; i < days; i++) {
        w->now += INT64_C(1000000) * DEFINITION_DAY;
        definition_must(definition_call(w, "engine.tick", "{}", 2, NULL));
    }
}

static void definition_ok(world *w, const char *operation, const char *args)
{
    acrm_buf *out = NULL;

    if (acrm_call_json(w->session, operation, args, strlen(args), &out, NULL) == ACRM_OK &&
        strstr(acrm_buf_data(out), "\"ok\":false"))
        abort();
    acrm_buf_free(out);
}

static void definition_use_calendar(world *w)
{
    (void)definition_do(w, "calendar.add", "{\"id\":\"%s\",\"at\":\"2026-11-21T10:00:00Z\","
                        "\"amount\":\"PT40H\"}", w->made);
    (void)definition_do(w, "calendar.days", "{\"id\":\"%s\",\"at\":\"2026-11-21T10:00:00Z\","
                        "\"days\":3}", w->made);
    (void)definition_do(w, "calendar.between", "{\"id\":\"%s\",\"from\":\"2026-11-21T10:00:00Z\","
                        "\"to\":\"2027-11-21T10:00:00Z\"}", w->made);
}

static void definition_use_policy(world *w)
{
    char args[DEFINITION_ARGS];

    if (!definition_do(w, "sla.start", "{\"entity\":\"customer\",\"id\":\"%s\"}", w->customer))
        return;
    w->now += INT64_C(3600000000);
    definition_must(definition_do(w, "sla.happen", "{\"id\":\"%s\",\"kind\":\"message\"}",
                                  w->customer));
    definition_tick(w, 4);
    definition_must(definition_do(w, "sla.happen", "{\"id\":\"%s\",\"kind\":\"reply\"}",
                                  w->customer));
    definition_tick(w, 2);
    definition_must(definition_do(w, "sla.status", "{\"id\":\"%s\",\"all\":true}", w->customer));
    snprintf(args, sizeof args, "{\"id\":\"%s\"}", w->customer);
    definition_ok(w, "sla.verify", args);
}

static void definition_use_process(world *w)
{
    (void)definition_do(w, "process.start", "{\"code\":\"fuzz\",\"subject_id\":\"%s\"}",
                        w->customer);
    (void)definition_do(w, "process.simulate", "{\"code\":\"fuzz\"}%s", "");
    (void)definition_do(w, "process_definition.diagram", "{\"code\":\"fuzz\"}%s", "");
    definition_tick(w, 3);
}

static void definition_use_rule(world *w)
{
    (void)definition_do(w, "schedule.preview", "{\"id\":\"%s\"}", w->made);
    definition_must(definition_do(w, "customer.update", "{\"id\":\"%s\",\"grade\":\"A\","
                                  "\"last_write_wins\":true}", w->customer));
    definition_tick(w, 3);
}

static const struct {
    const char *operation;
    void (*use)(world *w);
} definition_kinds[] = {
    { "calendar.create", definition_use_calendar },
    { "sla_policy.create", definition_use_policy },
    { "process_definition.load", definition_use_process },
    { "schedule.create", definition_use_rule },
    { "automation_rule.create", definition_use_rule },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    world w = { .now = INT64_C(1795255200000000), .seed = 1 };
    const acrm_clock clock = { .struct_size = sizeof clock, .self = &w, .now = definition_now };
    const acrm_random random = { .struct_size = sizeof random, .self = &w,
                                 .fill = definition_fill };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .random = &random };
    static const char person[] = "{\"name\":\"Ada\",\"country\":\"IR\"}";
    size_t kinds = sizeof definition_kinds / sizeof definition_kinds[0];
    size_t kind = size ? (unsigned char)(data[0] - '0') % kinds : 0;

    if (size < 2)
        return 0;
    if (acrm_open("memory:", &options, &w.engine, NULL) != ACRM_OK ||
        acrm_session_new(w.engine, "system", &w.session, NULL) != ACRM_OK ||
        !definition_call(&w, "customer.create", person, sizeof person - 1, w.customer))
        abort();
    if (definition_call(&w, definition_kinds[kind].operation, (const char *)data + 1, size - 1,
                        w.made))
        definition_kinds[kind].use(&w);
    definition_ok(&w, "audit.verify", "{}");
    acrm_session_free(w.session);
    acrm_close(w.engine);
    return 0;
}
