/* SPDX-License-Identifier: MIT */
/* Events that come by themselves: records that fit a condition, and birthdays. */
#include "modules/loyalty/club.h"

#include "base/civil.h"
#include "base/money.h"
#include "kernel/entities.h"

#include <stdio.h>
#include <string.h>

static const char source_keep[] = "earning_sources";
static const char birthday_timer[] = "loyalty.birthday";

typedef struct source_one {
    const acrm__entity *entity;
    const acrm_filter_node *fits, *cancelled;
    const char *code, *kind, *category;
    unsigned char program[16];
    uint32_t customer, amount; /* UINT32_MAX: none */
} source_one;

typedef struct source_set {
    source_one *items;
    size_t n;
} source_set;

/* --- As they are written --- */

static int32_t source_field(acrm__call *call, const acrm__entity *entity, const acrm__rec *rec,
                            uint32_t field, int32_t type, uint32_t *out)
{
    const char *name = acrm__text(rec, field), *place = rec->entity->fields[field].def.name;

    *out = name ? acrm__field_of(entity, name) : UINT32_MAX;
    if (!name)
        return ACRM_OK;
    if (*out == UINT32_MAX || entity->fields[*out].def.type != type)
        return acrm__fail(call, ACRM_E_INVALID, "unknown_field", place,
                          "%s has no field %.64s of this type", entity->def->name, name);
    return ACRM_OK;
}

static const char *source_copy(acrm__arena *arena, const char *text)
{
    return text ? acrm__arena_text(arena, text, strlen(text)) : NULL;
}

static int32_t source_read(acrm__call *call, const acrm__rec *rec, acrm__arena *arena,
                           source_one *out)
{
    const char *name = acrm__text(rec, F_earning_source__entity);
    const acrm__entity *entity =
        name ? acrm__registry_entity(call->session->registry, name, strlen(name)) : NULL;

    *out = (source_one){ .entity = entity };
    if (!entity)
        return acrm__fail(call, ACRM_E_INVALID, "reference", "entity", "there is no such entity");
    if (strcmp(name, "loyalty_event") == 0)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "entity",
                          "events of the club cannot be its sources");
    if (!acrm__id(rec, F_earning_source__program_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "program_id",
                          "program_id is required");
    memcpy(out->program, acrm__id(rec, F_earning_source__program_id), 16);
    int32_t st = acrm__club_filter(call, name, rec, F_earning_source__condition, NULL, arena,
                                   &out->fits);
    if (st == ACRM_OK)
        st = acrm__club_filter(call, name, rec, F_earning_source__cancelled, NULL, arena,
                               &out->cancelled);
    if (st == ACRM_OK)
        st = source_field(call, entity, rec, F_earning_source__customer_field, ACRM__T_REF,
                          &out->customer);
    if (st == ACRM_OK)
        st = source_field(call, entity, rec, F_earning_source__amount_field, ACRM__T_MONEY,
                          &out->amount);
    if (st == ACRM_OK && out->customer == UINT32_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "required", "customer_field",
                          "customer_field is required");
    out->code = source_copy(arena, acrm__text(rec, F_earning_source__code));
    out->kind = source_copy(arena, acrm__text(rec, F_earning_source__kind));
    out->category = source_copy(arena, acrm__text(rec, F_earning_source__category));
    if (st == ACRM_OK && (!out->code || !out->kind))
        return acrm__fail(call, ACRM_E_INVALID, "required", "code", "code and kind are required");
    return st;
}

int32_t acrm__earning_source_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    source_one one;
    int32_t st = acrm__keep_outdate(call, source_keep);

    (void)before;
    return st != ACRM_OK || !acrm__is_null(rec, F_DELETED_AT)
               ? st : source_read(call, rec, call->arena, &one);
}

static int32_t source_all(acrm__call *call, const source_set **out)
{
    const acrm__term active = { F_earning_source__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__keep *keep;
    acrm__recs found;
    int32_t st = acrm__keep_open(call, source_keep, &keep);

    if (st != ACRM_OK || keep->data) {
        *out = st == ACRM_OK ? keep->data : NULL;
        return st;
    }
    source_set *set = acrm__arena_zero(&keep->arena, sizeof *set);
    st = set ? acrm__find(call, &(acrm__select){ .entity = "earning_source", .terms = &active,
                                                 .n_terms = 1, .as_system = true }, &found)
             : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    set->items = acrm__arena_array(&keep->arena, found.count + 1, sizeof *set->items);
    if (!set->items)
        return acrm__nomem(call);
    for (size_t i = 0; i < found.count; i++) {
        acrm_error *err = NULL;
        acrm__call quiet = *call;
        quiet.err = &err;
        st = source_read(&quiet, found.items[i], &keep->arena, &set->items[set->n]);
        acrm_error_free(err);
        if (st == ACRM_E_NOMEM)
            return acrm__nomem(call);
        set->n += st == ACRM_OK; /* one whose fields were retired stands still */
    }
    keep->data = set;
    *out = set;
    return ACRM_OK;
}

/* --- As records change --- */

typedef struct source_hit {
    const source_one *source;
    const acrm__rec *rec;
} source_hit;

static int32_t source_member(acrm__call *call, const source_hit *hit, acrm__rec **program,
                             acrm__rec **member)
{
    const acrm__term terms[] = {
        { F_member__program_id, ACRM_FILTER_EQ, acrm__cell_id(hit->source->program) },
        { F_member__customer_id, ACRM_FILTER_EQ, hit->rec->cells[hit->source->customer] },
        { F_member__status, ACRM_FILTER_NE, acrm__cell_text("closed") },
    };

    *member = NULL;
    if (acrm__is_null(hit->rec, hit->source->customer))
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "member", .terms = terms,
                                                       .n_terms = 3, .as_system = true }, member);
    return st == ACRM_OK && *member ? acrm__ledger_program(call, *member, program) : st;
}

static const char *source_name(acrm__call *call, const source_hit *hit)
{
    const char *id = acrm__id_text(call, acrm__id(hit->rec, F_ID));

    return id ? acrm__arena_format(call->arena, "%s:%s", hit->source->code, id) : NULL;
}

static int32_t source_take(acrm__call *call, const source_hit *hit, acrm__rec *program,
                           acrm__rec *member)
{
    const source_one *s = hit->source;
    acrm__rec *event = acrm__new(call, "loyalty_event");
    const char *name = source_name(call, hit);
    uint32_t currency = s->amount == UINT32_MAX ? UINT32_MAX
                                                : s->entity->fields[s->amount].currency;
    bool duplicate;

    if (!event || !name)
        return acrm__nomem(call);
    acrm__set(event, F_loyalty_event__kind, acrm__cell_text(s->kind));
    acrm__set(event, F_loyalty_event__at, acrm__cell_int(call->now));
    acrm__set(event, F_loyalty_event__source_id, acrm__cell_text(name));
    acrm__set(event, F_loyalty_event__category, acrm__cell_text(s->category));
    acrm__set(event, F_loyalty_event__entity, acrm__cell_text(s->entity->def->name));
    acrm__set(event, F_loyalty_event__subject_id, hit->rec->cells[F_ID]);
    if (s->entity->dealer != UINT32_MAX)
        acrm__set(event, F_loyalty_event__dealer_id, hit->rec->cells[s->entity->dealer]);
    if (s->amount != UINT32_MAX && !acrm__is_null(hit->rec, s->amount)) {
        acrm__set(event, F_loyalty_event__amount, hit->rec->cells[s->amount]);
        acrm__set(event, F_loyalty_event__currency,
                  currency == UINT32_MAX ? program->cells[F_loyalty_program__currency]
                                         : hit->rec->cells[currency]);
    }
    return acrm__club_take(call, program, member, &event, 0, &duplicate);
}

static int32_t source_give_back(acrm__call *call, const source_hit *hit)
{
    const char *name = source_name(call, hit);
    const acrm__term terms[] = {
        { F_loyalty_event__program_id, ACRM_FILTER_EQ, acrm__cell_id(hit->source->program) },
        { F_loyalty_event__source_id, ACRM_FILTER_EQ, acrm__cell_text(name) },
    };
    acrm__rec *event = NULL;

    if (!name)
        return acrm__nomem(call);
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "loyalty_event", .terms = terms,
                                                       .n_terms = 2, .as_system = true }, &event);
    return st == ACRM_OK && event ? acrm__club_cancel(call, event, 0) : st;
}

static int32_t source_do(acrm__call *call, void *user)
{
    const source_hit *hit = user;
    acrm__rec *program = NULL, *member = NULL;
    bool cancelled = false, fits = true;
    int32_t st = ACRM_OK;

    if (hit->source->cancelled)
        st = acrm__matches(call, hit->rec, hit->source->cancelled, &cancelled);
    if (st == ACRM_OK && cancelled)
        return source_give_back(call, hit);
    if (st == ACRM_OK && hit->source->fits)
        st = acrm__matches(call, hit->rec, hit->source->fits, &fits);
    if (st == ACRM_OK && fits)
        st = source_member(call, hit, &program, &member);
    return st == ACRM_OK && member ? source_take(call, hit, program, member) : st;
}

/* The record stays as it is written, whatever becomes of its points. */
static int32_t source_try(acrm__call *call, source_hit *hit)
{
    acrm_error *failure = NULL;
    acrm_value *data;
    int32_t st = acrm__attempt(call, source_do, hit, &failure);

    if (st != ACRM_OK || !failure)
        return st;
    data = acrm__value_in(call->arena);
    const char *reason = acrm_error_reason(failure);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "source", hit->source->code) &&
              acrm__put_text(data, "reason", reason);
    acrm_error_free(failure);
    return ok ? acrm__emit(call, "earning_source.failed", hit->source->entity->def->name,
                           acrm__id(hit->rec, F_ID), data)
              : acrm__nomem(call);
}

int32_t acrm__earning_source_event(acrm__call *call, const acrm__event *event)
{
    const source_set *set = NULL;
    acrm__rec *rec = NULL;
    acrm__call system = *call;
    int32_t st = event->entity ? source_all(call, &set) : ACRM_OK;

    if (st != ACRM_OK || !set)
        return st;
    system.as_system = true;
    for (size_t i = 0; st == ACRM_OK && i < set->n; i++) {
        const acrm__entity *entity = set->items[i].entity;
        source_hit hit = { .source = &set->items[i] };
        if (strcmp(entity->def->name, event->entity) != 0 ||
            (strcmp(entity->events[ACRM__CREATED], event->type) != 0 &&
             strcmp(entity->events[ACRM__UPDATED], event->type) != 0))
            continue;
        if (!rec)
            st = acrm__load_or_null(&system, entity, event->id, &rec);
        hit.rec = rec;
        if (st == ACRM_OK && rec)
            st = source_try(&system, &hit);
    }
    return st;
}

/* --- Birthdays --- */

/* The next one after today, at the beginning of its day; on 28 February of a year without 29th. */
static int32_t birthday_next(acrm__call *call, const acrm__rec *program, int32_t born,
                             int64_t *at)
{
    acrm__civil then, now;
    int32_t today, day = 0;
    int32_t st = acrm__ledger_day(call, program, call->now, &today);

    if (st != ACRM_OK)
        return st;
    acrm__civil_from_day(born, &then);
    acrm__civil_from_day(today, &now);
    for (int32_t on = 0; on < 2; on++)
        if (acrm__civil_add_months(born, (int64_t)(now.year - then.year + on) * 12, &day) &&
            day > today)
            break;
    return acrm__ledger_day_start(call, program, day, at);
}

static int32_t birthday_set(acrm__call *call, const acrm__rec *member, const acrm__rec *customer)
{
    uint32_t field = acrm__field_of(customer->entity, "birth_date");
    acrm__rec *program;
    int64_t at;

    if (field == UINT32_MAX || acrm__is_null(customer, field))
        return acrm__timer_cancel(call, birthday_timer, acrm__id(member, F_ID));
    int32_t st = acrm__ledger_program(call, (acrm__rec *)(uintptr_t)member, &program);
    if (st == ACRM_OK)
        st = birthday_next(call, program, (int32_t)acrm__int(customer, field), &at);
    return st == ACRM_OK ? acrm__timer_set(call, birthday_timer, "member",
                                           acrm__id(member, F_ID), at, NULL)
                         : st;
}

static bool birthday_touched(const acrm__event *event)
{
    const acrm_value *names = acrm_value_get(event->data, "personal");

    for (size_t i = 0; i < acrm_value_count(names); i++)
        if (strcmp(acrm_value_text(acrm_value_at(names, i), NULL), "birth_date") == 0)
            return true;
    return false;
}

int32_t acrm__birthday_plan(acrm__call *call, const acrm__event *event)
{
    const acrm__entity *entity = acrm__entity_of(call, "customer");
    bool joined = strcmp(event->entity, "member") == 0;
    const acrm__term of = { joined ? F_ID : F_member__customer_id, ACRM_FILTER_EQ,
                            acrm__cell_id(event->id) };
    acrm__call system = *call;
    acrm__rec *customer = NULL;
    acrm__recs members;

    if (!joined && !birthday_touched(event))
        return ACRM_OK;
    system.as_system = true;
    int32_t st = acrm__find(&system, &(acrm__select){ .entity = "member", .terms = &of,
                                                      .n_terms = 1, .as_system = true }, &members);
    for (size_t i = 0; st == ACRM_OK && i < members.count; i++) {
        st = acrm__load_or_null(&system, entity,
                                acrm__id(members.items[i], F_member__customer_id), &customer);
        if (st == ACRM_OK && customer)
            st = birthday_set(&system, members.items[i], customer);
    }
    return st;
}

static int32_t birthday_take(acrm__call *call, acrm__rec *member)
{
    acrm__rec *event = acrm__new(call, "loyalty_event"), *program;
    const char *id = acrm__id_text(call, acrm__id(member, F_ID));
    acrm__civil date;
    int32_t today;
    bool duplicate;

    if (!event || !id)
        return acrm__nomem(call);
    int32_t st = acrm__ledger_program(call, member, &program);
    if (st == ACRM_OK)
        st = acrm__ledger_day(call, program, call->now, &today);
    if (st != ACRM_OK)
        return st;
    acrm__civil_from_day(today, &date);
    const char *name = acrm__arena_format(call->arena, "birthday:%s:%d", id, (int)date.year);
    if (!name)
        return acrm__nomem(call);
    acrm__set(event, F_loyalty_event__kind, acrm__cell_text("birthday"));
    acrm__set(event, F_loyalty_event__at, acrm__cell_int(call->now));
    acrm__set(event, F_loyalty_event__source_id, acrm__cell_text(name));
    return acrm__club_take(call, program, member, &event, 0, &duplicate);
}

int32_t acrm__birthday_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *member = NULL, *customer = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "member"), timer->subject,
                                    &member);

    if (st != ACRM_OK || !member ||
        strcmp(acrm__text(member, F_member__status), "closed") == 0)
        return st;
    st = acrm__load_or_null(call, acrm__entity_of(call, "customer"),
                            acrm__id(member, F_member__customer_id), &customer);
    if (st != ACRM_OK || !customer)
        return st;
    st = birthday_take(call, member);
    return st == ACRM_OK ? birthday_set(call, member, customer) : st;
}
