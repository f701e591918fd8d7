/* SPDX-License-Identifier: MIT */
/* acrm_call and its twin for JSON text. */
#include "base/error.h"
#include "base/json.h"
#include "kernel/inside.h"

int32_t acrm_call(acrm_session *session, const char *operation, const acrm_value *args,
                  acrm_value **out, acrm_error **err)
{
    acrm_value *result = NULL;

    if (!operation)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL, "no operation was named");
    int32_t st = acrm__session_enter(session, err);
    if (st != ACRM_OK)
        return st;
    st = acrm_value_new(&session->engine->allocator, &result);
    if (st == ACRM_OK)
        st = acrm__dispatch(session, operation, args, result, NULL, NULL, err);
    else
        st = acrm__error_nomem(err);
    acrm__session_leave(session);
    if (st == ACRM_OK && out)
        *out = result;
    else
        acrm_value_free(result);
    return st;
}

enum { FACE_ROOM = 960 }; /* what nearly every record fits into */

static int32_t face_print(void *user, const acrm_value *result)
{
    acrm__str *text = user;

    acrm__str_clear(text); /* the operation may have been begun anew */
    acrm__str_room(text, FACE_ROOM);
    acrm__json_write(text, result, 0);
    return text->failed ? ACRM_E_NOMEM : ACRM_OK;
}

static int32_t face_arguments(acrm_session *session, const char *json, size_t len,
                              acrm_value **out, acrm_error **err)
{
    acrm__json_fault fault;

    if (!json)
        return ACRM_OK;
    int32_t st = acrm__json_read(&session->arena, json, len, out, &fault);
    if (st == ACRM_E_NOMEM)
        return acrm__error_nomem(err);
    if (st != ACRM_OK)
        return acrm__error(err, st, st == ACRM_E_LIMIT ? "limit" : "json", NULL,
                           "the arguments are no valid JSON: line %u, column %u: %s", fault.line,
                           fault.column, fault.expected);
    return ACRM_OK;
}

int32_t acrm_call_json(acrm_session *session, const char *operation, const char *json,
                       size_t json_len, acrm_buf **out, acrm_error **err)
{
    acrm_value *args = NULL;
    acrm__str text;

    if (!operation)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL, "no operation was named");
    int32_t st = acrm__session_enter(session, err);
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&text, &session->engine->allocator);
    st = face_arguments(session, json, json_len, &args, err);
    acrm_value *result = acrm__value_in(&session->arena);
    if (st == ACRM_OK && !result)
        st = acrm__error_nomem(err);
    if (st == ACRM_OK)
        st = acrm__dispatch(session, operation, args, result, out ? face_print : NULL, &text, err);
    if (st == ACRM_OK && out && acrm__str_to_buf(&text, out) != ACRM_OK)
        st = acrm__error_nomem(err);
    acrm__str_free(&text);
    acrm__session_leave(session);
    return st;
}
