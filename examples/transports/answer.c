/* SPDX-License-Identifier: MIT */
/* Reading what a gateway answers, by rules declared as data. */
#include "answer.h"

#include <stdint.h>
#include <string.h>

static const struct {
    const char *name;
    int32_t outcome;
} answer_outcomes[] = { { "bad_address", ACRM_SENT_BAD_ADDRESS },
                        { "refused", ACRM_SENT_REFUSED },
                        { "later", ACRM_SENT_RETRY },
                        { "accepted", ACRM_SENT_ACCEPTED } };
enum { ANSWER_OUTCOMES = sizeof answer_outcomes / sizeof answer_outcomes[0], ANSWER_STEP = 256 };

/* --- Pointers --- */

/* One step, with ~1 and ~0 read. NULL: it is too long. */
static const char *answer_step(const char *pointer, char *step, size_t size)
{
    size_t n = 0;

    for (pointer++; *pointer && *pointer != '/'; pointer++) {
        bool escaped = pointer[0] == '~' && (pointer[1] == '0' || pointer[1] == '1');
        if (n + 1 == size)
            return NULL;
        step[n++] = !escaped ? *pointer : pointer[1] == '0' ? '~' : '/';
        pointer += escaped;
    }
    step[n] = '\0';
    return pointer;
}

static const acrm_value *answer_item(const acrm_value *list, const char *step)
{
    size_t n = 0;

    if (!*step || (step[0] == '0' && step[1]))
        return NULL;
    for (; *step; step++) {
        if (*step < '0' || *step > '9' || n > SIZE_MAX / 100)
            return NULL;
        n = n * 10 + (size_t)(*step - '0');
    }
    return n < acrm_value_count(list) ? acrm_value_at(list, n) : NULL;
}

const acrm_value *example_pointer(const acrm_value *root, const char *pointer)
{
    char step[ANSWER_STEP];

    while (root && *pointer == '/') {
        pointer = answer_step(pointer, step, sizeof step);
        if (!pointer)
            return NULL;
        root = acrm_value_type(root) == ACRM_LIST ? answer_item(root, step)
                                                       : acrm_value_get(root, step);
    }
    return root && *pointer == '\0' ? root : NULL;
}

/* --- Are the rules such? --- */

static bool answer_is_pointer(const acrm_value *value)
{
    const char *text = acrm_value_text(value, NULL);

    return text && (*text == '/' || !*text);
}

static bool answer_rule(const acrm_value *rule, const char *name, example_fault *fault)
{
    static const char *const known[] = { "status", "at", "is", "begins" };

    if (acrm_value_type(rule) != ACRM_MAP || acrm_value_count(rule) == 0)
        return example_wrong(fault, "%s has to hold at least one of status, at, is, begins", name);
    for (size_t i = 0; i < acrm_value_count(rule); i++) {
        const char *key = acrm_value_key(rule, i, NULL);
        bool is = false;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            is = is || strcmp(key, known[k]) == 0;
        if (!is)
            return example_wrong(fault, "%s knows no %.40s, but status, at, is, begins", name, key);
    }
    const acrm_value *status = acrm_value_get(rule, "status"), *at = acrm_value_get(rule, "at");
    const acrm_value *is = acrm_value_get(rule, "is"), *begins = acrm_value_get(rule, "begins");
    if ((status && acrm_value_type(status) != ACRM_LIST) ||
        (is && acrm_value_type(is) != ACRM_LIST))
        return example_wrong(fault, "status and is in %s are lists", name);
    if ((at && !answer_is_pointer(at)) || (is && !at))
        return example_wrong(fault, "%s needs at, a JSON pointer such as /messages/0/status", name);
    if (begins && !acrm_value_text(begins, NULL))
        return example_wrong(fault, "begins in %s is a text", name);
    return true;
}

bool example_answer_rules(const acrm_value *rules, example_fault *fault)
{
    bool ok = true;

    if (!rules)
        return true;
    if (acrm_value_type(rules) != ACRM_MAP)
        return example_wrong(fault, "answer is a map of rules");
    for (size_t i = 0; ok && i < acrm_value_count(rules); i++) {
        const char *name = acrm_value_key(rules, i, NULL);
        const acrm_value *rule = acrm_value_at(rules, i);
        bool is = false;
        for (size_t k = 0; k < ANSWER_OUTCOMES; k++)
            is = is || strcmp(name, answer_outcomes[k].name) == 0;
        if (is)
            ok = answer_rule(rule, name, fault);
        else if (strcmp(name, "reference") != 0)
            ok = example_wrong(fault, "answer knows no %.40s", name);
        else if (!answer_is_pointer(rule) && !acrm_value_text(acrm_value_get(rule, "after"), NULL))
            ok = example_wrong(fault, "reference is a JSON pointer, or {\"after\": TEXT}");
    }
    return ok;
}

/* --- Reading --- */

/* The text of a number or of a text, in `room` when it has to be made. NULL: it is neither. */
static const char *answer_text(const acrm_value *value, char *room, size_t size)
{
    switch (acrm_value_type(value)) {
    case ACRM_TEXT:
        return acrm_value_text(value, NULL);
    case ACRM_INT:
        snprintf(room, size, "%lld", (long long)acrm_value_int(value));
        return room;
    case ACRM_BOOL:
        return acrm_value_bool(value) ? "true" : "false";
    default:
        return NULL;
    }
}

static bool answer_among(const acrm_value *list, const acrm_value *value)
{
    char room[24], other[24];
    const char *text = value ? answer_text(value, room, sizeof room) : NULL;

    for (size_t i = 0; text && i < acrm_value_count(list); i++) {
        const char *wanted = answer_text(acrm_value_at(list, i), other, sizeof other);
        if (wanted && strcmp(wanted, text) == 0)
            return true;
    }
    return false;
}

static bool answer_holds(const acrm_value *rule, int32_t status, const acrm_value *json,
                         const char *body, size_t len)
{
    const acrm_value *codes = acrm_value_get(rule, "status"), *is = acrm_value_get(rule, "is");
    const char *at = acrm_value_text(acrm_value_get(rule, "at"), NULL);
    size_t begin = 0;
    const char *begins = acrm_value_text(acrm_value_get(rule, "begins"), &begin);
    bool holds = codes == NULL;

    for (size_t i = 0; codes && i < acrm_value_count(codes); i++)
        holds = holds || acrm_value_int(acrm_value_at(codes, i)) == status;
    if (holds && at) {
        const acrm_value *value = json ? example_pointer(json, at) : NULL;
        holds = is ? answer_among(is, value) : value != NULL;
    }
    if (holds && begins)
        holds = len >= begin && memcmp(body, begins, begin) == 0;
    return holds;
}

static void answer_keep(acrm_sent *sent, const char *text, size_t len)
{
    if (len >= sizeof sent->reference) /* a part of an id is none */
        return;
    memcpy(sent->reference, text, len);
    sent->reference[len] = '\0';
}

static void answer_reference(const acrm_value *place, const acrm_value *json, const char *body,
                             acrm_sent *sent)
{
    const char *pointer = acrm_value_text(place, NULL);
    const char *after = acrm_value_text(acrm_value_get(place, "after"), NULL);
    char room[24];

    if (pointer && json) {
        const acrm_value *value = example_pointer(json, pointer);
        const char *text = value ? answer_text(value, room, sizeof room) : NULL;
        if (text)
            answer_keep(sent, text, strlen(text));
    } else if (after && *after) {
        const char *found = strstr(body, after);
        if (found)
            answer_keep(sent, found + strlen(after), strcspn(found + strlen(after), "\r\n"));
    }
}

bool example_answer_read(const acrm_value *rules, int32_t status, const char *body, size_t len,
                         acrm_sent *sent)
{
    acrm_value *json = NULL;
    bool found = false;

    if (!rules)
        return false;
    if (acrm_value_parse(NULL, body, len, &json, NULL) != ACRM_OK)
        json = NULL;
    for (size_t i = 0; i < ANSWER_OUTCOMES && !found; i++) {
        const acrm_value *rule = acrm_value_get(rules, answer_outcomes[i].name);
        found = rule && answer_holds(rule, status, json, body, len);
        if (found)
            sent->outcome = answer_outcomes[i].outcome;
    }
    if (found && sent->outcome == ACRM_SENT_ACCEPTED && acrm_value_get(rules, "reference"))
        answer_reference(acrm_value_get(rules, "reference"), json, body, sent);
    acrm_value_free(json);
    return found;
}
