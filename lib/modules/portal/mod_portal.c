/* SPDX-License-Identifier: MIT */
/*
 * The module portal: what customers may see of what is theirs, beyond the records that name them:
 * their cars, the instalments of what they accepted, their clubs, all that is stored about them.
 */
#include "base/civil.h"
#include "base/value.h"
#include "kernel/inside.h"
#include "modules/modules.h"

#include <string.h>

#define PORTAL_CUSTOMER                                                                           \
    { .name = "customer_id", .type = ACRM__T_ID, .target = "customer",                            \
      .help = "Whose; a customer's own without it" }
#define PORTAL_END                                                                                \
    { .name = NULL }

static const acrm__field portal_in[] = { PORTAL_CUSTOMER, PORTAL_END };
static const acrm__field portal_vehicles_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Those that they have now: role, since, and the vehicle's id, name, make, model, "
              "trim, model_year, colour, vin, plate, odometer, odometer_on" },
    PORTAL_END
};
static const acrm__field portal_instalments_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Of each quote that was accepted on credit: number, currency, financed, instalment, "
              "periods, balloon, finance_total, apr, finance_plan (its schedule)" },
    PORTAL_END
};
static const acrm__field portal_clubs_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "member_id, program (its name), tier, joined_at" },
    PORTAL_END
};
static const acrm__field portal_case_types_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What case.open takes: code, name, kind" },
    PORTAL_END
};
static const acrm__field portal_export_out[] = {
    { .name = "document", .type = ACRM__T_MAP, .help = "As privacy.export gives it" },
    PORTAL_END
};

/* The customer that is asked about, whom the session may see. */
static int32_t portal_who(acrm__call *call, acrm__rec **who)
{
    const acrm__principal *self = &call->session->principal;

    if (acrm__arg(call, "customer_id"))
        return acrm__load_arg(call, "customer", "customer_id", who);
    if (self->kind != ACRM__PRINCIPAL_CUSTOMER)
        return acrm__fail(call, ACRM_E_INVALID, "required", "customer_id",
                          "customer_id is required from who is no customer");
    return acrm__load(call, "customer", self->id, NULL, who);
}

/* Some fields of a record, as they are shown. */
static int32_t portal_show(acrm__call *call, const acrm__rec *rec, const char *const *names,
                           acrm_value *into)
{
    acrm_value *all = acrm__value_in(call->arena);
    int32_t st = all ? acrm__render(call, rec, all) : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && names[i]; i++) {
        const acrm_value *value = acrm_value_get(all, names[i]);
        if (value && !acrm__put_value(into, names[i], value))
            st = acrm__nomem(call);
    }
    return st;
}

/* Records of an entity that name the customer, past the session's scope. */
static int32_t portal_find(acrm__call *call, const char *entity, const acrm__rec *who,
                           acrm__recs *out)
{
    const acrm__entity *known = acrm__entity_of(call, entity);

    *out = (acrm__recs){ NULL, 0 };
    if (!known)
        return ACRM_OK;
    const acrm__term mine = { acrm__field_of(known, "customer_id"), ACRM_FILTER_EQ,
                              acrm__cell_id(acrm__id(who, F_ID)) };
    return acrm__find(call, &(acrm__select){ .entity = entity, .terms = &mine, .n_terms = 1,
                                             .as_system = true }, out);
}

/* The record that a field refers to; *out NULL: there is none any more. */
static int32_t portal_follow(acrm__call *call, const acrm__rec *rec, const char *field,
                             const char *entity, acrm__rec **out)
{
    const acrm__term id = { F_ID, ACRM_FILTER_EQ,
                            acrm__cell_id(acrm__id(rec, acrm__field_of(rec->entity, field))) };
    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &id, .n_terms = 1,
                                                 .as_system = true }, out);
}

static bool portal_is(const acrm__rec *rec, const char *field, const char *value)
{
    const char *text = acrm__text(rec, acrm__field_of(rec->entity, field));
    return text && strcmp(text, value) == 0;
}

static int32_t portal_vehicle(acrm__call *call, const acrm__rec *ownership, acrm_value *items)
{
    static const char *const shown[] = { "id", "name", "make", "model", "trim", "model_year",
                                         "colour", "vin", "plate", "odometer", "odometer_on",
                                         NULL };
    uint32_t from = acrm__field_of(ownership->entity, "from_date");
    uint32_t to = acrm__field_of(ownership->entity, "to_date");
    acrm__rec *vehicle = NULL;

    if (!acrm__is_null(ownership, to) && acrm__int(ownership, to) < acrm__today(call))
        return ACRM_OK;
    int32_t st = portal_follow(call, ownership, "vehicle_id", "vehicle", &vehicle);
    if (st != ACRM_OK || !vehicle)
        return st;
    const char *since = acrm__is_null(ownership, from)
                            ? NULL : acrm__date_text(call, acrm__int(ownership, from));
    acrm_value *item = acrm__add_map(items);
    bool ok = item && acrm__put_text(item, "since", since) &&
              acrm__put_text(item, "role", acrm__text(ownership, acrm__field_of(ownership->entity,
                                                                              "role")));
    return ok ? portal_show(call, vehicle, shown, item) : acrm__nomem(call);
}

static int32_t portal_instalment(acrm__call *call, const acrm__rec *quote, acrm_value *items)
{
    static const char *const shown[] = { "id", "number", "currency", "financed", "instalment",
                                         "periods", "balloon", "finance_total", "apr",
                                         "finance_plan", NULL };

    if (!portal_is(quote, "state", "accepted") || portal_is(quote, "payment", "cash"))
        return ACRM_OK;
    acrm_value *item = acrm__add_map(items);
    return item ? portal_show(call, quote, shown, item) : acrm__nomem(call);
}

static int32_t portal_club(acrm__call *call, const acrm__rec *member, acrm_value *items)
{
    static const char *const shown[] = { "tier", "joined_at", NULL };
    acrm__rec *program = NULL;

    int32_t st = portal_is(member, "status", "closed")
                     ? ACRM_OK
                     : portal_follow(call, member, "program_id", "loyalty_program", &program);
    if (st != ACRM_OK || !program)
        return st;
    acrm_value *item = acrm__add_map(items);
    bool ok = item && acrm__put_text(item, "member_id",
                                     acrm__id_text(call, acrm__id(member, F_ID))) &&
              acrm__put_text(item, "program", acrm__text(program, acrm__field_of(program->entity,
                                                                                "name")));
    return ok ? portal_show(call, member, shown, item) : acrm__nomem(call);
}

/* Items of the customer's records of an entity. */
static int32_t portal_items(acrm__call *call, const char *entity,
                            int32_t (*show)(acrm__call *, const acrm__rec *, acrm_value *))
{
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__rec *who = NULL;
    acrm__recs found = { NULL, 0 };

    int32_t st = items ? portal_who(call, &who) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = portal_find(call, entity, who, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = show(call, found.items[i], items);
    return st;
}

static int32_t portal_vehicles(acrm__call *call)
{
    return portal_items(call, "vehicle_ownership", portal_vehicle);
}

static int32_t portal_instalments(acrm__call *call)
{
    return portal_items(call, "quote", portal_instalment);
}

static int32_t portal_clubs(acrm__call *call)
{
    return portal_items(call, "member", portal_club);
}

static int32_t portal_case_types(acrm__call *call)
{
    static const char *const shown[] = { "code", "name", "kind", NULL };
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__recs found = { NULL, 0 };

    int32_t st = items ? acrm__find(call, &(acrm__select){ .entity = "case_type",
                                                           .as_system = true }, &found)
                       : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *item = acrm__add_map(items);
        st = item ? portal_show(call, found.items[i], shown, item) : acrm__nomem(call);
    }
    return st;
}

/* Without the history, which names staff. */
static int32_t portal_export(acrm__call *call)
{
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    acrm__rec *who = NULL;
    acrm__call system = *call;

    system.as_system = true;
    int32_t st = portal_who(call, &who);
    if (st == ACRM_OK) {
        bool ok = args && acrm_value_set_map(args) == ACRM_OK &&
                  acrm__put_text(args, "customer_id", acrm__id_text(call, acrm__id(who, F_ID))) &&
                  acrm__put_bool(args, "history", false) &&
                  acrm__put_text(args, "reason", "asked for by the customer");
        st = ok ? acrm__run(&system, "privacy.export", args, &out) : acrm__nomem(call);
    }
    return st == ACRM_OK && !acrm__put_value(call->out, "document", out) ? acrm__nomem(call) : st;
}

static const acrm__op portal_ops[] = {
    { .name = "portal.vehicles", .in = portal_in, .out = portal_vehicles_out,
      .run = portal_vehicles, .help = "The vehicles that a customer has" },
    { .name = "portal.instalments", .in = portal_in, .out = portal_instalments_out,
      .run = portal_instalments, .help = "What a customer has to pay and when" },
    { .name = "portal.clubs", .in = portal_in, .out = portal_clubs_out, .run = portal_clubs,
      .help = "The clubs that a customer is a member of" },
    { .name = "portal.case_types", .out = portal_case_types_out, .run = portal_case_types,
      .help = "What customers may write about" },
    { .name = "portal.export", .flags = ACRM__OP_WRITE, .in = portal_in,
      .out = portal_export_out, .run = portal_export,
      .help = "All that is stored about a customer, for the customer; audited" },
    { .name = NULL }
};

const acrm__module acrm__mod_portal = {
    .name = "portal",
    .help = "What customers see of what is theirs",
    .ops = portal_ops,
};
