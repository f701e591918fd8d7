/* SPDX-License-Identifier: MIT */
/* What is left of each attempt: an audit entry and an event, neither with anything secret. */
#include "base/json.h"
#include "modules/signin/signin.h"

#include <string.h>

acrm__call acrm__signin_system(const acrm__call *call)
{
    acrm__call system = *call;

    system.as_system = true;
    return system;
}

int32_t acrm__signin_end(acrm__call *call, int32_t st)
{
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

int32_t acrm__signin_refuse(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_DENIED, "signin", NULL,
                      "the login, or the password or code, is wrong");
}

/* {"name":[null,"text"]}; NULL: no memory. */
static const char *trace_json(acrm__call *call, const char *name, const char *text)
{
    acrm__str json;

    acrm__str_init(&json, &call->arena->allocator);
    acrm__str_format(&json, "{\"%s\":[null,", name);
    acrm__json_write_text(&json, text, strlen(text));
    acrm__str_puts(&json, "]}");
    const char *copy = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    acrm__str_free(&json);
    return copy;
}

int32_t acrm__signin_trace(acrm__call *call, const acrm__rec *credential, const char *action,
                           const char *word)
{
    const char *peer = acrm__arg_text(call, "peer");
    acrm__audit_entry entry = { .action = action };
    acrm_value *data = acrm__value_in(call->arena);

    if (!data || acrm_value_set_map(data) != ACRM_OK || !acrm__put_text(data, "by", word))
        return acrm__nomem(call);
    entry.changes = trace_json(call, "by", word);
    entry.personal = peer ? trace_json(call, "peer", peer) : NULL;
    if (!entry.changes || (peer && !entry.personal))
        return acrm__nomem(call);
    if (credential) {
        entry.entity = credential->entity;
        entry.record = acrm__id(credential, F_ID);
        entry.subject = acrm__id(credential, F_credential__customer_id);
    }
    int32_t st = acrm__audit(call, &entry);
    if (st != ACRM_OK || !credential)
        return st;
    const char *type = acrm__arena_format(call->arena, "signin.%s", action);
    return type ? acrm__emit(call, type, "credential", entry.record, data) : acrm__nomem(call);
}
