/* SPDX-License-Identifier: MIT */
/* Service levels as records: clocks, stop points, escalation, changed terms; each told once. */
#include "support/suite.h"
#include "work_world.h"

#define MINUTE INT64_C(60000000)
#define HOUR (60 * MINUTE)
#define MONDAY INT64_C(1795420800000000) /* 2026-11-23T08:00:00Z */

enum { HISTORIES = 60, STEPS = 25 };

static char lead[40], policy[40], user[40];

/* Monday to Friday, 08:00 to 17:00 UTC, is the default calendar. */
static void begin(office *o, int storage, const char *terms)
{
    char customer[40], role[40], dealer[40];

    world_open(o, storage, MONDAY);
    world_make(o, customer, "customer.create", "id", "{'name':'Ada'}");
    acrm_value *roles = world_call(o, "role.list", "{'where':{'name':'head_office'}}");
    snprintf(role, sizeof role, "%s",
             office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"));
    acrm_value_free(roles);
    world_make(o, dealer, "dealer.create", "id", "{'name':'North','code':'N'}");
    world_make(o, user, "user.create", "id",
               "{'name':'Jo','login':'jo','role_id':'%s','dealer_id':'%s'}", role, dealer);
    world_make(o, lead, "lead.create", "id", "{'customer_id':'%s'}", customer);
    world_make(o, policy, "sla_policy.create", "id", "{'name':'Usual','entity':'lead'%s}", terms);
}

static void start(office *o)
{
    world_do(o, "sla.start", "{'entity':'lead','id':'%s'}", lead);
}

static void happen(office *o, int64_t now, const char *kind)
{
    world_now = now;
    world_do(o, "sla.happen", "{'id':'%s','kind':'%s'}", lead, kind);
}

static void sound(office *o)
{
    acrm_value *out = world_call(o, "sla.verify", "{'id':'%s'}", lead);
    acrm_buf *text = NULL;

    acrm_value_print(out, 0, &text);
    ck_assert_msg(acrm_value_bool(acrm_value_get(out, "ok")), "%s", acrm_buf_data(text));
    acrm_buf_free(text);
    acrm_value_free(out);
}

/* A column of the newest row of a clock. */
static void clock_is(office *o, const char *clock, const char *key, const char *want)
{
    acrm_value *out = world_call(o, "sla_clock.list",
                                 "{'where':{'clock':'%s'},'order':['-started_at','-id']}", clock);
    const char *got = office_text(acrm_value_at(acrm_value_get(out, "items"), 0), key);

    ck_assert_msg(got ? want && strcmp(got, want) == 0 : !want, "%s.%s is %s, not %s", clock, key,
                  got ? got : "null", want ? want : "null");
    acrm_value_free(out);
}

#define TARGETS                                                                              \
    ",'targets':[{'clock':'first_response','amount':'PT1H','warnings':['50%','PT15M']},"   \
    "{'clock':'next_response','amount':'PT2H'},{'clock':'update','amount':'PT9H'},"         \
    "{'clock':'resolution','amount':'PT18H','warnings':['80%']},"                          \
    "{'clock':'resolution','priority':'high','amount':'PT9H'}]"

START_TEST(sla__each_promise_has_its_clock)
{
    office o;
    begin(&o, _i, TARGETS);
    start(&o);
    clock_is(&o, "first_response", "due_at", "2026-11-23T09:00:00Z");
    clock_is(&o, "resolution", "due_at", "2026-11-24T17:00:00Z");
    happen(&o, MONDAY + 30 * MINUTE, "message"); /* the first response covers it */
    ck_assert_int_eq(office_count(&o, "sla_clock.count", "{}"), 2);
    happen(&o, MONDAY + HOUR, "reply"); /* at the very instant: kept */
    clock_is(&o, "first_response", "state", "met");
    clock_is(&o, "update", "due_at", "2026-11-24T09:00:00Z");
    happen(&o, MONDAY + 2 * HOUR, "message");
    happen(&o, MONDAY + 3 * HOUR, "message");
    ck_assert_int_eq(office_count(&o, "sla_clock.count",
                                  "{\"where\":{\"clock\":\"next_response\"}}"), 2);
    happen(&o, MONDAY + 4 * HOUR + MINUTE, "reply"); /* the first one too late, the second not */
    ck_assert_int_eq(office_count(&o, "sla_clock.count", "{\"where\":{\"state\":\"missed\"}}"), 1);
    clock_is(&o, "next_response", "state", "met");
    clock_is(&o, "next_response", "difference", "PT59M");
    happen(&o, MONDAY + 5 * HOUR, "resolved");
    clock_is(&o, "resolution", "state", "met");
    clock_is(&o, "resolution", "elapsed", "PT5H");
    sound(&o);
    office_close(&o);
}
END_TEST

START_TEST(sla__warnings_and_breaches_are_told_once)
{
    office o;
    begin(&o, _i, TARGETS ",'overrun_after':'PT1H'");
    start(&o);
    for (int64_t t = MONDAY; t < MONDAY + 3 * 24 * HOUR; t += 17 * MINUTE) {
        world_now = t;
        world_tick(&o);
        world_tick(&o);
    }
    ck_assert_uint_eq(world_events(&o, "sla.warning"), 3);
    ck_assert_uint_eq(world_events(&o, "sla.breached"), 2);
    ck_assert_uint_eq(world_events(&o, "sla.overrun"), 1);
    clock_is(&o, "first_response", "breached_at", "2026-11-23T09:00:00Z");
    clock_is(&o, "first_response", "state", "active"); /* still owed */
    sound(&o);
    happen(&o, world_now, "reply"); /* does not take it back */
    clock_is(&o, "first_response", "state", "missed");
    happen(&o, world_now, "resolved");
    world_now += 30 * 24 * HOUR;
    world_tick(&o);
    ck_assert_uint_eq(world_events(&o, "sla.breached"), 2);
    sound(&o);
    office_close(&o);
}
END_TEST

START_TEST(sla__a_late_tick_tells_what_was_reached_on_the_way)
{
    office o;
    begin(&o, _i, TARGETS);
    start(&o);
    happen(&o, MONDAY + 2 * HOUR, "reply"); /* nobody ticked: missed all the same */
    clock_is(&o, "first_response", "state", "missed");
    ck_assert_uint_eq(world_events(&o, "sla.breached"), 1);
    world_tick(&o);
    ck_assert_uint_eq(world_events(&o, "sla.breached"), 1);
    office_close(&o);
}
END_TEST

START_TEST(sla__what_is_learned_late_does_not_take_a_breach_back)
{
    office o;
    begin(&o, _i, TARGETS);
    start(&o);
    world_now = MONDAY + 2 * HOUR;
    world_tick(&o);
    world_do(&o, "sla.happen", "{'id':'%s','kind':'reply','at':'2026-11-23T08:30:00Z'}", lead);
    clock_is(&o, "first_response", "stopped_at", "2026-11-23T08:30:00Z");
    clock_is(&o, "first_response", "state", "missed");
    sound(&o);
    office_close(&o);
}
END_TEST

START_TEST(sla__a_stop_point_holds_its_clocks)
{
    office o;
    begin(&o, _i, TARGETS);
    world_do(&o, "stop_reason.create",
             "{'code':'parts','name':'Parts','clocks':['resolution'],'maximum':'PT9H'}");
    start(&o);
    world_now = MONDAY + HOUR;
    world_do(&o, "sla.pause", "{'id':'%s','reason':'parts'}", lead);
    clock_is(&o, "resolution", "state", "paused");
    clock_is(&o, "first_response", "state", "active"); /* pausing does not hide it */
    clock_is(&o, "resolution", "due_at", "2026-11-25T17:00:00Z"); /* nine hours later */
    sound(&o);
    world_now = MONDAY + 4 * HOUR;
    world_do(&o, "sla.resume", "{'id':'%s'}", lead);
    clock_is(&o, "resolution", "due_at", "2026-11-25T11:00:00Z");
    ck_assert_int_eq(office_count(&o, "sla_pause.count", "{\"where\":{\"state\":\"ended\"}}"), 1);
    world_do(&o, "sla.pause", "{'id':'%s','reason':'parts'}", lead);
    world_now = MONDAY + 3 * 24 * HOUR;
    world_tick(&o); /* it went on by itself, and was missed since */
    ck_assert_int_eq(office_count(&o, "sla_pause.count", "{\"where\":{\"state\":\"ended\"}}"), 2);
    clock_is(&o, "resolution", "state", "active");
    sound(&o);
    world_refused(&o, "sla.resume", ACRM_E_CONFLICT, "id", "state", "{'id':'%s'}", lead);
    world_refused(&o, "sla.pause", ACRM_E_INVALID, "reason", "reference",
                  "{'id':'%s','reason':'tired'}", lead);
    office_close(&o);
}
END_TEST

START_TEST(sla__approval_takes_another_person)
{
    office o;
    char pause[40], who[60];
    acrm_session *jo = NULL;
    begin(&o, _i, TARGETS);
    world_do(&o, "stop_reason.create",
             "{'code':'goodwill','name':'Goodwill','needs_approval':true}");
    start(&o);
    snprintf(who, sizeof who, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(o.engine, who, &jo, NULL), ACRM_OK);
    office as_jo = { .engine = o.engine, .session = jo };
    world_make(&as_jo, pause, "sla.pause", "pause_id", "{'id':'%s','reason':'goodwill'}", lead);
    clock_is(&o, "resolution", "state", "active");
    world_refused(&as_jo, "sla.approve", ACRM_E_DENIED, "id", "four_eyes", "{'id':'%s'}", pause);
    world_now = MONDAY + HOUR;
    world_do(&o, "sla.approve", "{'id':'%s'}", pause);
    clock_is(&o, "resolution", "state", "paused");
    clock_is(&o, "resolution", "due_at", NULL);
    world_refused(&o, "sla.approve", ACRM_E_CONFLICT, "id", "state", "{'id':'%s'}", pause);
    sound(&o);
    acrm_session_free(jo);
    office_close(&o);
}
END_TEST

START_TEST(sla__who_may_not_see_the_record_is_told_nothing)
{
    office o;
    char role[40], who[60];
    acrm_session *session = NULL;
    begin(&o, _i, TARGETS);
    start(&o);
    world_make(&o, role, "role.create", "id",
               "{'name':'watcher','permissions':['sla.*'],'scopes':{'*':'own'}}");
    world_do(&o, "user.update", "{'id':'%s','role_id':'%s','last_write_wins':true}", user, role);
    snprintf(who, sizeof who, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(o.engine, who, &session, NULL), ACRM_OK);
    office as_jo = { .engine = o.engine, .session = session };
    world_refused(&as_jo, "sla.status", ACRM_E_NOTFOUND, "id", "reference", "{'id':'%s'}", lead);
    world_do(&o, "lead.assign", "{'id':'%s','user_id':'%s'}", lead, user);
    world_do(&as_jo, "sla.status", "{'id':'%s'}", lead);
    acrm_session_free(session);
    office_close(&o);
}
END_TEST

START_TEST(sla__changes_move_what_is_open)
{
    office o;
    char calendar[40], args[200];
    begin(&o, _i, TARGETS);
    start(&o);
    happen(&o, MONDAY + 30 * MINUTE, "reply");
    world_do(&o, "sla.happen", "{'id':'%s','kind':'priority','priority':'high'}", lead);
    clock_is(&o, "resolution", "due_at", "2026-11-23T17:00:00Z");
    world_do(&o, "sla.happen", "{'id':'%s','kind':'priority','priority':'low'}", lead);
    clock_is(&o, "resolution", "due_at", "2026-11-24T17:00:00Z");
    acrm_value *out = world_call(&o, "calendar.list", "{}");
    snprintf(calendar, sizeof calendar, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    world_do(&o, "calendar_day.create",
             "{'calendar_id':'%s','name':'Feast','date':'2026-11-24'}", calendar);
    world_tick(&o);
    clock_is(&o, "resolution", "due_at", "2026-11-25T17:00:00Z");
    clock_is(&o, "first_response", "due_at", "2026-11-23T09:00:00Z"); /* as it was */
    sound(&o);
    out = world_call(&o, "sla_target.list",
                     "{'where':{'clock':'resolution','priority':null}}");
    snprintf(args, sizeof args, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    world_do(&o, "sla_target.update", "{'id':'%s','amount':'PT9H','last_write_wins':true}", args);
    world_tick(&o);
    clock_is(&o, "resolution", "due_at", "2026-11-23T17:00:00Z");
    sound(&o);
    happen(&o, MONDAY + 2 * HOUR, "resolved");
    happen(&o, MONDAY + 3 * HOUR, "reopened"); /* an hour that does not count */
    clock_is(&o, "resolution", "due_at", "2026-11-25T09:00:00Z");
    sound(&o);
    office_close(&o);
}
END_TEST

START_TEST(sla__the_first_policy_that_fits_is_in_force)
{
    office o;
    char other[40], got[40];
    begin(&o, _i, TARGETS);
    world_do(&o, "sla_policy.create",
             "{'name':'Hot','entity':'lead','position':1,'condition':{'level':'H'}}");
    world_make(&o, other, "sla_policy.create", "id",
               "{'name':'Any','entity':'lead','position':2,'condition':{'status':'new'}}");
    world_make(&o, got, "sla.start", "policy_id", "{'entity':'lead','id':'%s'}", lead);
    ck_assert_str_eq(got, other);
    world_refused(&o, "sla.start", ACRM_E_CONFLICT, "id", "started",
                  "{'entity':'lead','id':'%s'}", lead);
    world_do(&o, "lead.update", "{'id':'%s','last_write_wins':true,'subject':'x'}", lead);
    world_refused(&o, "sla_policy.update", ACRM_E_CONFLICT, "enabled", "default",
                  "{'id':'%s','enabled':false,'last_write_wins':true}", policy);
    world_refused(&o, "sla_policy.delete", ACRM_E_CONFLICT, "is_default", "default",
                  "{'id':'%s','last_write_wins':true}", policy);
    world_do(&o, "sla_policy.update", "{'id':'%s','is_default':true,'last_write_wins':true}",
             other);
    ck_assert_int_eq(office_count(&o, "sla_policy.count", "{\"where\":{\"is_default\":true}}"), 1);
    office_close(&o);
}
END_TEST

START_TEST(sla__people_are_told_in_service_hours)
{
    office o;
    begin(&o, _i, ",'targets':[{'clock':'first_response','amount':'PT12H',"
                  "'counts':'calendar'}]");
    world_do(&o, "sla_escalation.create",
             "{'policy_id':'%s','position':1,'delay':'PT1H','action':'notify','user_id':'%s'}",
             policy, user);
    start(&o);
    world_now = MONDAY + 14 * HOUR; /* 22:00: breached at 20:00, the step reached at 21:00 */
    world_tick(&o);
    ck_assert_uint_eq(world_events(&o, "sla.breached"), 1);
    ck_assert_uint_eq(world_events(&o, "sla.notify"), 0);
    ck_assert_int_eq(office_count(&o, "sla_action.count", "{\"where\":{\"done_at\":null}}"), 1);
    world_now = MONDAY + 24 * HOUR;
    world_tick(&o);
    world_tick(&o);
    ck_assert_uint_eq(world_events(&o, "sla.notify"), 1);
    office_close(&o);
}
END_TEST

START_TEST(sla__a_chain_hands_over_raises_and_runs)
{
    office o;
    begin(&o, _i, TARGETS);
    world_do(&o, "sla_escalation.create",
             "{'policy_id':'%s','position':1,'clock':'first_response','after':'warning',"
             "'action':'reassign','user_id':'%s'}", policy, user);
    world_do(&o, "sla_escalation.create",
             "{'policy_id':'%s','position':2,'clock':'first_response','action':'raise_priority',"
             "'raise_to':'high'}", policy);
    world_do(&o, "sla_escalation.create",
             "{'policy_id':'%s','position':3,'clock':'first_response','delay':'PT30M',"
             "'action':'run','operation':'lead.set_level','arguments':{'level':'H',"
             "'reason':'late'}}", policy);
    start(&o);
    world_now = MONDAY + 31 * MINUTE;
    world_tick(&o);
    world_tick(&o);
    acrm_value *out = world_call(&o, "lead.get", "{'id':'%s'}", lead);
    ck_assert_str_eq(office_text(out, "owner_id"), user);
    acrm_value_free(out);
    world_now = MONDAY + 61 * MINUTE;
    world_tick(&o);
    world_tick(&o);
    clock_is(&o, "resolution", "due_at", "2026-11-23T17:00:00Z");
    world_now = MONDAY + 91 * MINUTE;
    world_tick(&o);
    world_tick(&o);
    out = world_call(&o, "lead.get", "{'id':'%s'}", lead);
    ck_assert_str_eq(office_text(out, "level"), "H");
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "sla_action.count", "{\"where\":{\"done_at\":null}}"), 0);
    ck_assert_int_eq(office_count(&o, "sla_action.count", "{}"), 3);
    sound(&o);
    office_close(&o);
}
END_TEST

/* The breach is learned when the record is resolved: too late to raise anything. */
START_TEST(sla__a_step_that_came_too_late_lapses)
{
    office o;
    begin(&o, _i, TARGETS);
    world_do(&o, "sla_escalation.create",
             "{'policy_id':'%s','position':1,'clock':'first_response','action':'raise_priority',"
             "'raise_to':'high'}", policy);
    start(&o);
    happen(&o, MONDAY + 61 * MINUTE, "resolved");
    world_tick(&o);
    ck_assert_int_eq(office_count(&o, "sla_action.count", "{\"where\":{\"lapsed\":true}}"), 1);
    ck_assert_int_eq(office_count(&o, "sla_happening.count",
                                  "{\"where\":{\"kind\":\"priority\"}}"), 0);
    sound(&o);
    office_close(&o);
}
END_TEST

START_TEST(sla__tells_the_longest_update)
{
    office o;
    begin(&o, _i, TARGETS);
    start(&o);
    acrm_value *out = world_call(&o, "sla.status", "{'id':'%s'}", lead);
    ck_assert_ptr_null(office_text(out, "longest_update"));
    acrm_value_free(out);
    happen(&o, MONDAY + 30 * MINUTE, "reply");
    happen(&o, MONDAY + 5 * HOUR + 30 * MINUTE, "reply");
    happen(&o, MONDAY + 6 * HOUR, "reply");
    out = world_call(&o, "sla.status", "{'id':'%s'}", lead);
    ck_assert_str_eq(office_text(out, "longest_update"), "PT5H");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(sla__neglect_is_told_once_a_silence)
{
    office o;
    begin(&o, _i, ",'neglect_after':'PT4H'");
    start(&o);
    world_now = MONDAY + 5 * HOUR;
    world_tick(&o);
    world_now = MONDAY + 6 * HOUR;
    world_tick(&o);
    ck_assert_uint_eq(world_events(&o, "sla.neglected"), 1);
    happen(&o, MONDAY + 6 * HOUR, "touch");
    world_now = MONDAY + 24 * HOUR + 2 * HOUR;
    world_tick(&o);
    ck_assert_uint_eq(world_events(&o, "sla.neglected"), 2);
    office_close(&o);
}
END_TEST

/* --- What cannot be meant --- */

static const struct {
    const char *operation, *args, *field, *reason;
    int32_t status;
} faults[] = {
    { "sla_policy.create", "{'name':'A','entity':'leed'}", "entity", "reference", ACRM_E_INVALID },
    { "sla_policy.create", "{'name':'A','entity':'lead','condition':{'lvel':'H'}}",
      "condition.lvel", "unknown_field", ACRM_E_INVALID },
    { "sla_policy.create", "{'name':'A','entity':'lead','calendar_id':"
      "'01a20091-d660-77a3-b740-393a8c3a1cb0'}", "calendar_id", "reference", ACRM_E_INVALID },
    { "sla_policy.create", "{'name':'A','entity':'lead','targets':[{'clock':'resolution',"
      "'amount':'PT1H'},{'clock':'first_response','amount':'PT2H'}]}", "amount", "contradiction",
      ACRM_E_INVALID },
    { "sla_policy.create", "{'name':'A','entity':'lead','targets':[{'clock':'resolution',"
      "'amount':'PT4H'},{'clock':'resolution','priority':'high','amount':'PT1H'},"
      "{'clock':'next_response','amount':'PT2H'}]}", "amount", "contradiction", ACRM_E_INVALID },
    { "sla_policy.create", "{'name':'A','entity':'lead','targets':[{'clock':'resolution',"
      "'amount':'PT1H'},{'clock':'resolution','amount':'PT2H'}]}", "clock", "twice",
      ACRM_E_CONFLICT },
    { "sla_policy.create", "{'name':'A','entity':'lead','targets':[{'clock':'resolution',"
      "'amount':'PT0S'}]}", "targets[0].amount", "range", ACRM_E_INVALID },
    { "sla_target.create", "{'policy_id':'%s','clock':'resolution','amount':'PT9H',"
      "'warnings':['80%','120%']}", "warnings[1]", "warning", ACRM_E_INVALID },
    { "sla_escalation.create", "{'policy_id':'%s','position':1,'action':'notify'}", "user_id",
      "required", ACRM_E_INVALID },
    { "sla_escalation.create", "{'policy_id':'%s','position':1,'action':'run',"
      "'operation':'lead.shout'}", "operation", "reference", ACRM_E_INVALID },
    { "sla_escalation.create", "{'policy_id':'%s','position':1,'action':'reassign'}", "user_id",
      "required", ACRM_E_INVALID },
    { "sla_escalation.create", "{'policy_id':'%s','position':1,'action':'raise_priority'}",
      "raise_to", "required", ACRM_E_INVALID },
    { "stop_reason.create", "{'code':'a','name':'A','clocks':['resolution','lunch']}",
      "clocks[1]", "clock", ACRM_E_INVALID },
    { "sla.start", "{'entity':'customer','id':'%s'}", "id", "reference", ACRM_E_NOTFOUND },
    { "sla.status", "{'id':'%s'}", "id", "reference", ACRM_E_NOTFOUND },
};

START_TEST(sla__what_cannot_be_meant_is_refused_with_its_place)
{
    office o;
    char text[600];
    begin(&o, OFFICE_MEMORY, "");
    const char *id = strncmp(faults[_i].operation, "sla.", 4) == 0 ? lead : policy;
    const char *at = strstr(faults[_i].args, "%s");
    if (at)
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - faults[_i].args), faults[_i].args, id,
                 at + 2);
    else
        snprintf(text, sizeof text, "%s", faults[_i].args);
    world_refused(&o, faults[_i].operation, faults[_i].status, faults[_i].field,
                  faults[_i].reason, "%s", text);
    office_close(&o);
}
END_TEST

/* --- Random histories: stored is what the history gives, and everything is told once --- */

static uint64_t chance_state;

static uint64_t chance(uint64_t n)
{
    chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (chance_state >> 33) % n;
}

static void try_call(office *o, const char *operation, const char *json)
{
    char text[300];

    snprintf(text, sizeof text, "%s", json);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    (void)acrm_call_json(o->session, operation, text, strlen(text), NULL, NULL);
}

static void random_step(office *o, const char *calendar, int step)
{
    static const char *const kinds[] = { "message", "message", "reply", "reply", "touch",
                                         "resolved", "reopened", "reopened", "closed" };
    char args[300];

    switch (chance(6)) {
    case 0:
        snprintf(args, sizeof args, "{'id':'%s','reason':'%s'}", lead,
                 chance(2) ? "waiting_for_parts" : "waiting_for_customer");
        try_call(o, "sla.pause", args);
        break;
    case 1:
        snprintf(args, sizeof args, "{'id':'%s'}", lead);
        try_call(o, "sla.resume", args);
        break;
    case 2:
        snprintf(args, sizeof args, "{'id':'%s','kind':'priority','priority':'%s'}", lead,
                 chance(2) ? "high" : "low");
        try_call(o, "sla.happen", args);
        break;
    case 3:
        if (chance(3) == 0) {
            snprintf(args, sizeof args,
                     "{'calendar_id':'%s','name':'D%d','date':'2026-12-%02d'}", calendar, step,
                     1 + (int)chance(28));
            try_call(o, "calendar_day.create", args);
        }
        world_tick(o);
        break;
    default:
        snprintf(args, sizeof args, "{'id':'%s','kind':'%s'}", lead, kinds[chance(9)]);
        try_call(o, "sla.happen", args);
        break;
    }
}

static void random_history(office *o, int run)
{
    static const char *const reopen[] = { "continue", "restart", "new_cycle" };
    char calendar[40], more[700];

    snprintf(more, sizeof more, ",'reopen':'%s','overrun_after':'PT5H','neglect_after':'PT7H'%s",
             reopen[run % 3], TARGETS);
    begin(o, run % 2, more);
    acrm_value *out = world_call(o, "calendar.list", "{}");
    snprintf(calendar, sizeof calendar, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    start(o);
    for (int step = 0; step < STEPS; step++) {
        world_now += (int64_t)chance(900) * MINUTE;
        random_step(o, calendar, step);
        sound(o);
    }
}

START_TEST(sla__random_histories_are_recomputed_as_they_were)
{
    const char *seed = getenv("SLA_SEED");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1123;

    printf("sla records: %d histories from seed %llu\n", HISTORIES, (unsigned long long)first);
    for (int run = 0; run < HISTORIES; run++) {
        office o;
        chance_state = first + (uint64_t)run * 7919;
        random_history(&o, run);
        world_tick(&o);
        int64_t broken = office_count(&o, "sla_clock.count",
                                      "{\"where\":{\"breached_at\":{\"$ne\":null}}}");
        ck_assert_uint_eq(world_events(&o, "sla.breached"), (size_t)broken);
        office_close(&o);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sla_records");
    TCase *tc = tcase_create("sla");

    tcase_add_loop_test(tc, sla__each_promise_has_its_clock, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__warnings_and_breaches_are_told_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__a_late_tick_tells_what_was_reached_on_the_way, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__what_is_learned_late_does_not_take_a_breach_back, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__a_stop_point_holds_its_clocks, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__approval_takes_another_person, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__who_may_not_see_the_record_is_told_nothing, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__changes_move_what_is_open, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__the_first_policy_that_fits_is_in_force, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__people_are_told_in_service_hours, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__a_chain_hands_over_raises_and_runs, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__a_step_that_came_too_late_lapses, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__tells_the_longest_update, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__neglect_is_told_once_a_silence, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, sla__what_cannot_be_meant_is_refused_with_its_place, 0,
                        sizeof faults / sizeof faults[0]);
    tcase_add_test(tc, sla__random_histories_are_recomputed_as_they_were);
    suite_add_tcase(s, tc);
    return s;
}

ACRM_TEST_MAIN(suite)
