/* SPDX-License-Identifier: MIT */
/* Parts of a transaction that may fail alone, and parts that somebody else acts. */
#include "kernel/inside.h"

#include <string.h>

bool acrm__is_outage(int32_t st)
{
    switch (st) {
    case ACRM_E_NOMEM:
    case ACRM_E_STORE:
    case ACRM_E_BUSY:
    case ACRM_E_CORRUPT:
    case ACRM_E_INTERRUPTED:
    case ACRM_E_READONLY:
    case ACRM_E_FULL:
        return true;
    default:
        return false;
    }
}

static int32_t attempt_run(acrm__call *call, int32_t (*part)(acrm__call *call, void *user),
                           void *user)
{
    int32_t st = part(call, user);

    return st == ACRM_OK ? acrm__react(call) : st;
}

int32_t acrm__attempt(acrm__call *call, int32_t (*part)(acrm__call *call, void *user), void *user,
                      acrm_error **failure)
{
    acrm_session *session = call->session;
    acrm__queued_event *head = session->events_head, *tail = session->events_tail;
    acrm__call inner = *call;
    acrm_error *err = NULL;

    /* Only what the part itself raises is reacted to within it, and undone with it. */
    session->events_head = session->events_tail = NULL;
    inner.err = &err;
    int32_t st = acrm__savepoint(call);
    if (st == ACRM_OK) {
        st = attempt_run(&inner, part, user);
        if (st == ACRM_OK) {
            st = acrm__release(call);
        } else if (acrm__is_outage(st)) {
            if (call->err)
                *call->err = err;
            else
                acrm_error_free(err);
            err = NULL;
        } else {
            if (!err)
                (void)acrm__error(&err, st, NULL, NULL, "%s", acrm_status_text(st));
            *failure = err;
            st = acrm__rollback_to(call);
        }
    }
    if (st != ACRM_OK)
        return st; /* the whole transaction is undone, its queue with it */
    session->events_head = head;
    session->events_tail = tail;
    return ACRM_OK;
}

int32_t acrm__act_as(acrm__call *call, const unsigned char user[16],
                     int32_t (*part)(acrm__call *call, void *data), void *data)
{
    acrm_session *session = call->session;
    acrm__principal own = session->principal;
    acrm__call inner = *call;
    char text[48] = "user:";

    acrm__uuid_print(user, text + 5);
    session->principal = (acrm__principal){ .kind = ACRM__PRINCIPAL_SYSTEM };
    inner.as_system = true;
    int32_t st = acrm__principal_load(&inner, text);
    inner.as_system = false;
    if (st == ACRM_OK)
        st = part(&inner, data);
    acrm__principal_free(&session->principal);
    session->principal = own;
    return st;
}

bool acrm__may_run(const acrm__call *call, const char *operation)
{
    const acrm__opinfo *info = acrm__registry_op(call->session->registry, operation,
                                                 strlen(operation));

    return info && acrm__may_call(call->session, info);
}
