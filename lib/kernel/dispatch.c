/* SPDX-License-Identifier: MIT */
/* The one way of an operation: find, permit, check, begin, run, react, render, commit. */
#include "base/json.h"
#include "kernel/inside.h"

#include <string.h>

enum { DISPATCH_TRIES = 4 };

static int32_t dispatch_find(acrm__call *call, const char *name)
{
    const acrm__registry *r = call->session->registry;
    const acrm__opinfo *info = acrm__registry_op(r, name, strlen(name));

    if (!info) {
        const char *near = acrm__registry_suggest_op(r, name, strlen(name));
        return acrm__fail(call, ACRM_E_NOTFOUND, "operation", NULL,
                          "there is no operation %.100s%s%s%s", name,
                          near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    call->info = info;
    call->entity = info->entity == UINT32_MAX ? NULL : r->entities[info->entity];
    return ACRM_OK;
}

/* --- The what-if: the events of a write that is then undone --- */

typedef struct dispatch_events {
    acrm__call *call;
    acrm_value *list;
} dispatch_events;

static int32_t dispatch_event_row(void *user, const acrm_cell *cells, uint32_t n)
{
    dispatch_events *events = user;
    acrm_value *item = acrm__add_map(events->list);
    const acrm_cell *record = &cells[ACRM__EVENT_RECORD], *type = &cells[ACRM__EVENT_TYPE];
    const char *id = record->type == ACRM_CELL_BLOB ? acrm__id_text(events->call, record->data)
                                                    : NULL;

    (void)n;
    bool ok = item && acrm__put_textn(item, "type", type->data, type->size) &&
              acrm__put_text(item, "subject", id);
    return ok ? 0 : ACRM_E_NOMEM;
}

static int32_t dispatch_what_if(acrm__call *call, int64_t since)
{
    acrm_cell after = acrm__cell_int(since);
    acrm_filter_node newer = { .op = ACRM_FILTER_GT, .column = ACRM__EVENT_SEQ, .values = &after,
                               .n_values = 1 };
    acrm_order order = { ACRM__EVENT_SEQ, 0 };
    acrm_query query = { .struct_size = sizeof query, .table = &acrm__tables[ACRM__TABLE_EVENT],
                         .where = &newer, .order = &order, .n_order = 1 };
    acrm_value *result = acrm__value_in(call->arena);
    dispatch_events events = { .call = call };

    if (!result || !acrm__value_copy(result, call->out) ||
        acrm_value_set_map(call->out) != ACRM_OK || !acrm__put_bool(call->out, "dry_run", true) ||
        !acrm__put_value(call->out, "result", result))
        return acrm__nomem(call);
    events.list = acrm__put_list(call->out, "events");
    return events.list ? acrm__query(call, &query, dispatch_event_row, &events)
                       : acrm__nomem(call);
}

/* --- Transactions around the handler --- */

static int32_t dispatch_denied(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_DENIED, "permission", NULL, "this session may not call %s",
                      call->info->name);
}

/* What may not be called is denied whatever its arguments: what is wrong with them, `st`, is told
 * only to who may. */
static int32_t dispatch_refuse(acrm__call *call, int32_t st)
{
    acrm__call look = *call;

    look.err = NULL;
    if (acrm__principal_refresh(&look) != ACRM_OK || acrm__may_call(call->session, call->info))
        return st;
    if (call->err) {
        acrm_error_free(*call->err);
        *call->err = NULL;
    }
    return dispatch_denied(call);
}

/* As the rights are now: they may have changed since the session began. */
static int32_t dispatch_permit(acrm__call *call)
{
    int32_t st = acrm__principal_refresh(call);

    if (st == ACRM_OK)
        st = acrm__custom_refresh(call, &call->session->outdated);
    if (st == ACRM_OK && call->session->outdated)
        return ACRM_E_BUSY; /* nothing was done yet: acrm__dispatch begins anew */
    if (st == ACRM_OK && !acrm__may_call(call->session, call->info))
        st = dispatch_denied(call);
    return st;
}

/* The handler and what follows from it, or the result of an earlier call with the same key.
 * *before: the heads of audit and feed before. */
static int32_t dispatch_handle(acrm__call *call, const char *key, acrm__chain *before, bool *found)
{
    int32_t st = dispatch_permit(call);

    if (st == ACRM_OK && key)
        st = acrm__idempotency_find(call, key, found);
    if (st == ACRM_OK)
        st = acrm__chain_load(call);
    *before = call->session->chain;
    if (st != ACRM_OK || *found)
        return st;
    st = call->info->op->run(call);
    return st == ACRM_OK ? acrm__react(call) : st;
}

static int32_t dispatch_write(acrm__call *call, acrm__finish_fn finish, void *user)
{
    const char *key = acrm__get_text(call->args, "idempotency_key");
    bool dry_run = acrm_value_bool(acrm_value_get(call->args, "dry_run")) != 0;
    bool found = false;

    int32_t st = acrm__transaction_begin(call, true);
    if (st != ACRM_OK)
        return st;
    acrm__chain before = { .valid = false };
    st = dispatch_handle(call, key, &before, &found);
    if (st == ACRM_OK && dry_run)
        st = dispatch_what_if(call, before.event_seq);
    if (st == ACRM_OK && finish && finish(user, call->out) != ACRM_OK)
        st = acrm__nomem(call);
    if (st == ACRM_OK && key && !found && !dry_run)
        st = acrm__idempotency_keep(call, key, before.audit_seq);
    if (st == ACRM_OK && !dry_run)
        return acrm__transaction_commit(call);
    acrm__transaction_rollback(call->session);
    return st;
}

static int32_t dispatch_read(acrm__call *call, acrm__finish_fn finish, void *user)
{
    acrm_session *s = call->session;
    bool single = (call->info->op->flags & (ACRM__OP_SINGLE | ACRM__OP_STEPS)) != 0;
    int32_t st = ACRM_OK;

    if (!single && !s->held)
        st = acrm__transaction_begin(call, false);
    if (st != ACRM_OK)
        return st;
    st = dispatch_permit(call);
    call->printed = finish != NULL;
    if (st == ACRM_OK)
        st = call->info->op->run(call);
    if (st == ACRM_OK && finish && finish(user, call->out) != ACRM_OK)
        st = acrm__nomem(call);
    if (s->in_transaction && !s->held)
        acrm__transaction_rollback(s);
    return st;
}

static int32_t dispatch_once(acrm_session *session, const char *operation, const acrm_value *args,
                             acrm_value *out, acrm__finish_fn finish, void *user, acrm_error **err)
{
    acrm__call call;

    acrm__call_init(&call, session, err);
    call.as_system = session->principal.kind == ACRM__PRINCIPAL_SYSTEM;
    call.out = out;
    if (args)
        call.args = args;
    if (acrm_value_type(call.args) != ACRM_MAP)
        return acrm__fail(&call, ACRM_E_INVALID, "type", NULL, "the arguments must be an object");
    if (acrm_value_set_map(out) != ACRM_OK)
        return acrm__nomem(&call);
    int32_t st = dispatch_find(&call, operation);
    bool found = st == ACRM_OK;
    call.root = call.info;
    if (found)
        st = acrm__check_arguments(&call);
    if (st == ACRM_E_NOTFOUND || st == ACRM_E_INVALID) {
        /* A name may be unknown only because another process has just added it. */
        acrm__call look = call;
        look.err = NULL;
        session->schema_looked_at = 0;
        if (acrm__custom_refresh(&look, &session->outdated) != ACRM_OK)
            session->outdated = false;
    }
    if (st != ACRM_OK)
        return found && st != ACRM_E_NOMEM ? dispatch_refuse(&call, st) : st;
    if (session->held && call.info->op->flags & (ACRM__OP_WRITE | ACRM__OP_STEPS))
        return acrm__fail(&call, ACRM_E_MISUSE, "held", NULL,
                          "the session is held at one state to read it: let it go first");
    if (call.info->op->flags & ACRM__OP_WRITE && !(call.info->op->flags & ACRM__OP_STEPS))
        return dispatch_write(&call, finish, user);
    return dispatch_read(&call, finish, user);
}

/* Whether the storage lost the transaction in a way that leaves it free to try again: to another
 * transaction, or with the connection before the commit. Then nothing has happened yet. */
static bool dispatch_repeatable(const acrm_session *session, const char *operation, int32_t st,
                                const acrm_error *err)
{
    const char *reason = acrm_error_reason(err);
    bool lost = (st == ACRM_E_CONFLICT && strcmp(reason, "serialization") == 0) ||
                (st == ACRM_E_STORE && strcmp(reason, "connection") == 0);
    const acrm__opinfo *info = lost ? acrm__registry_op(session->registry, operation,
                                                        strlen(operation)) : NULL;

    return info && !(info->op->flags & ACRM__OP_STEPS) && !session->moved_on;
}

/* Once, and again as long as the storage asks for it. */
static int32_t dispatch_tries(acrm_session *session, const char *operation, const acrm_value *args,
                              acrm_value *out, acrm__finish_fn finish, void *user,
                              acrm_error **err)
{
    acrm_error *failure = NULL;
    int32_t st = ACRM_OK;

    for (int32_t i = 0; i < DISPATCH_TRIES; i++) {
        acrm_error_free(failure);
        failure = NULL;
        session->moved_on = false;
        st = dispatch_once(session, operation, args, out, finish, user, &failure);
        if (st == ACRM_OK || session->outdated ||
            !dispatch_repeatable(session, operation, st, failure))
            break;
    }
    if (err && failure)
        *err = failure;
    else
        acrm_error_free(failure);
    return st;
}

int32_t acrm__dispatch(acrm_session *session, const char *operation, const acrm_value *args,
                       acrm_value *out, acrm__finish_fn finish, void *user, acrm_error **err)
{
    acrm_error *first = NULL;

    session->outdated = false;
    int32_t st = dispatch_tries(session, operation, args, out, finish, user, &first);
    if (!session->outdated) {
        if (st != ACRM_OK && !first) /* a part that knows no call could only give the status */
            st = st == ACRM_E_NOMEM
                     ? acrm__error_nomem(&first)
                     : acrm__error(&first, st, NULL, NULL, "%s", acrm_status_text(st));
        if (err && first)
            *err = first;
        else
            acrm_error_free(first);
        return st;
    }
    acrm_error_free(first);
    session->registry = session->engine->registry;
    st = dispatch_tries(session, operation, args, out, finish, user, err);
    if (session->outdated) /* and once more: somebody changes it all the time */
        st = acrm__error(err, ACRM_E_BUSY, "schema", NULL,
                         "the schema is being changed; try again");
    return st;
}

/* --- One operation within another --- */

int32_t acrm__run(acrm__call *call, const char *operation, const acrm_value *args,
                  acrm_value **out)
{
    acrm__call inner = *call;
    acrm_value *result = acrm__value_in(call->arena);

    if (call->depth + 1 >= ACRM__CALL_DEPTH_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", NULL,
                          "operations are nested more than %d deep", ACRM__CALL_DEPTH_MAX);
    if (!result || acrm_value_set_map(result) != ACRM_OK)
        return acrm__nomem(call);
    inner.depth++;
    inner.printed = false;
    inner.out = result;
    inner.args = args;
    int32_t st = dispatch_find(&inner, operation);
    if (st == ACRM_OK)
        st = acrm__check_arguments(&inner);
    if (st == ACRM_OK && inner.info->op->flags & ACRM__OP_WRITE &&
        call->session->in_transaction != 2)
        st = acrm__fail(call, ACRM_E_MISUSE, NULL, NULL, "%s writes within a reading operation",
                        operation);
    if (st == ACRM_OK)
        st = inner.info->op->run(&inner);
    if (st == ACRM_OK && out)
        *out = result;
    return st;
}
