/* SPDX-License-Identifier: MIT */
/* What the tests of import.upsert share: an input that may be cut, and looks at the results. */
#ifndef TESTS_INTEGRATION_UPSERT_H
#define TESTS_INTEGRATION_UPSERT_H

#include "autocrm/autocrm.h"
#include "support/office.h"

#include <stdbool.h>
#include <stdlib.h>

typedef struct upsert_input {
    const char *text;
    size_t len;
    size_t stop; /* fail after so many bytes; 0: never */
    size_t done;
} upsert_input;

static inline int64_t upsert_read(void *user, void *dst, size_t cap)
{
    upsert_input *s = user;
    size_t n = s->len - s->done < cap ? s->len - s->done : cap;

    if (n > 700)
        n = 700; /* short reads, as sockets give them */
    if (s->stop && s->done + n > s->stop)
        return ACRM_E_INTERRUPTED;
    memcpy(dst, s->text + s->done, n);
    s->done += n;
    return (int64_t)n;
}

/* Import a text; args is JSON without its braces, such as "\"entity\":\"dealer\"". */
static inline acrm_value *upsert_len(office *o, const char *text, size_t len, const char *args)
{
    upsert_input s = { .text = text, .len = len };
    char json[4000];

    snprintf(json, sizeof json, "{\"source\":\"test\"%s%s}", *args ? "," : "", args);
    acrm_session_set_input(o->session, upsert_read, &s);
    return office_call(o, "import.upsert", json);
}

static inline acrm_value *upsert(office *o, const char *text, const char *args)
{
    return upsert_len(o, text, strlen(text), args);
}

/* The counts of a result, as "created/updated/unchanged/duplicate/rejected"; frees it. */
static inline void upsert_expect(acrm_value *out, const char *want)
{
    char got[100];

    snprintf(got, sizeof got, "%d/%d/%d/%d/%d", (int)office_number(out, "created"),
             (int)office_number(out, "updated"), (int)office_number(out, "unchanged"),
             (int)office_number(out, "duplicate"), (int)office_number(out, "rejected"));
    ck_assert_str_eq(got, want);
    acrm_value_free(out);
}

/* The only record of a list. */
static inline acrm_value *upsert_list(office *o, const char *entity, const char *where)
{
    char operation[80], json[500];

    snprintf(operation, sizeof operation, "%s.list", entity);
    snprintf(json, sizeof json, "{\"where\":%s,\"order\":[\"created_at\",\"id\"]}", where);
    return office_call(o, operation, json);
}

static inline const acrm_value *upsert_item(const acrm_value *list, size_t n)
{
    return acrm_value_at(acrm_value_get(list, "items"), n);
}

/* A field of the only record that satisfies a filter, as text or JSON. */
static inline void upsert_field(office *o, const char *entity, const char *where,
                                const char *field, const char *want)
{
    acrm_value *list = upsert_list(o, entity, where);
    acrm_buf *json = NULL;

    ck_assert_int_eq(acrm_value_count(acrm_value_get(list, "items")), 1);
    const acrm_value *value = acrm_value_get(upsert_item(list, 0), field);
    const char *text = acrm_value_text(value, NULL);
    ck_assert_int_eq(acrm_value_print(value, 0, &json), ACRM_OK);
    ck_assert_msg(strcmp(text ? text : acrm_buf_data(json), want) == 0, "%s is %s, not %s", field,
                  acrm_buf_data(json), want);
    acrm_buf_free(json);
    acrm_value_free(list);
}

static inline void upsert_refused(office *o, const char *text, const char *args, int32_t status,
                                  const char *field, const char *reason)
{
    upsert_input s = { .text = text, .len = strlen(text) };
    char json[4000];

    snprintf(json, sizeof json, "{\"source\":\"test\"%s%s}", *args ? "," : "", args);
    acrm_session_set_input(o->session, upsert_read, &s);
    office_refused(o, "import.upsert", json, status, field, reason);
}

#endif
