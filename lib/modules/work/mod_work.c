/* SPDX-License-Identifier: MIT */
/* The module work: calendars, in tables. */
#include "modules/work/entities.h"
#include "modules/modules.h"
#include "modules/work/work.h"

#define ACRM__ENTITIES_DEF "modules/work/entities.def"
#define ACRM__ENTITIES_NAME work_entities
#include "kernel/declare_tables.h"

/* --- Parameters and results --- */

#define WORK_CALENDAR                                                                         \
    { .name = "id", .type = ACRM__T_REF, .target = "calendar",                                \
      .help = "Which calendar; without it the default one" }
#define WORK_AT                                                                               \
    { .name = "at", .type = ACRM__T_INSTANT, .help = "From when; without it, from now" }

static const acrm__field work_move_in[] = {
    WORK_CALENDAR,
    WORK_AT,
    { .name = "amount", .type = ACRM__T_DURATION, .flags = ACRM__REQUIRED,
      .help = "Business time, such as PT8H or PT90M" },
    { .name = NULL }
};
static const acrm__field work_at_in[] = {
    WORK_CALENDAR,
    WORK_AT,
    { .name = NULL }
};
static const acrm__field work_at_out[] = {
    { .name = "at", .type = ACRM__T_INSTANT, .help = "The instant" },
    { .name = NULL }
};
static const acrm__field work_between_in[] = {
    WORK_CALENDAR,
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From then; without it, from now" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Until then; without it, until now" },
    { .name = "spans", .type = ACRM__T_INSTANT, .flags = ACRM__LIST,
      .help = "Many at once: from, until, from, until and so on" },
    { .name = "dealer_ids", .type = ACRM__T_REF, .flags = ACRM__LIST, .target = "dealer",
      .help = "Of each span: whose hours; those of a dealer without a calendar are all hours" },
    { .name = NULL }
};
static const acrm__field work_between_out[] = {
    { .name = "amount", .type = ACRM__T_DURATION,
      .help = "Business time; negative when until is before from" },
    { .name = "seconds", .type = ACRM__T_INT, .unit = "s", .help = "The same in seconds" },
    { .name = "each", .type = ACRM__T_INT, .flags = ACRM__LIST, .unit = "s",
      .help = "Of spans: the business time of each, instead" },
    { .name = NULL }
};
static const acrm__field work_open_out[] = {
    { .name = "open", .type = ACRM__T_BOOL, .help = "Open then" },
    { .name = "opens_at", .type = ACRM__T_INSTANT, .help = "Next opening, when it is closed" },
    { .name = "closes_at", .type = ACRM__T_INSTANT, .help = "End of this or the next opening" },
    { .name = "holiday", .type = ACRM__T_TEXT, .help = "The holiday that the date is" },
    { .name = NULL }
};
static const acrm__field work_days_in[] = {
    WORK_CALENDAR,
    { .name = "from", .type = ACRM__T_DATE, .help = "Count from this date, which counts" },
    { .name = "until", .type = ACRM__T_DATE, .help = "Up to this date, which does not count" },
    WORK_AT,
    { .name = "days", .type = ACRM__T_INT, .min = -100000, .max = 100000, .unit = "days",
      .help = "Instead of from and until: go so many business days on, or back" },
    { .name = NULL }
};
static const acrm__field work_days_out[] = {
    { .name = "days", .type = ACRM__T_INT, .unit = "days", .help = "Business days counted" },
    { .name = "at", .type = ACRM__T_INSTANT,
      .help = "The same time of day so many days on, or else the next opening" },
    { .name = NULL }
};
static const acrm__field work_preview_in[] = {
    WORK_CALENDAR,
    { .name = "from", .type = ACRM__T_DATE, .help = "First date; without it, today" },
    { .name = "days", .type = ACRM__T_INT, .min = 1, .max = 366, .preset = "14", .unit = "days",
      .help = "How many" },
    { .name = NULL }
};
static const acrm__field work_preview_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "One a date: date, jalali, weekday, business_day, open as local times, amount, "
              "holiday" },
    { .name = NULL }
};

/* --- Operations --- */

static const acrm__op work_ops[] = {
    { .name = "calendar.add", .flags = ACRM__OP_PUBLIC, .in = work_move_in, .out = work_at_out,
      .run = acrm__work_calendar_add, .help = "When an amount of business time has passed" },
    { .name = "calendar.subtract", .flags = ACRM__OP_PUBLIC, .in = work_move_in,
      .out = work_at_out, .run = acrm__work_calendar_subtract,
      .help = "Since when an amount of business time has passed" },
    { .name = "calendar.between", .flags = ACRM__OP_PUBLIC, .in = work_between_in,
      .out = work_between_out, .run = acrm__work_calendar_between,
      .help = "The business time between two instants" },
    { .name = "calendar.next_open", .flags = ACRM__OP_PUBLIC, .in = work_at_in,
      .out = work_at_out, .run = acrm__work_calendar_next_open,
      .help = "The first open instant at or after an instant" },
    { .name = "calendar.is_open", .flags = ACRM__OP_PUBLIC, .in = work_at_in,
      .out = work_open_out, .run = acrm__work_calendar_is_open,
      .help = "Whether an instant is open, and until when" },
    { .name = "calendar.days", .flags = ACRM__OP_PUBLIC, .in = work_days_in,
      .out = work_days_out, .run = acrm__work_calendar_days,
      .help = "Count business days, or go some on" },
    { .name = "calendar.preview", .flags = ACRM__OP_PUBLIC, .in = work_preview_in,
      .out = work_preview_out, .run = acrm__work_calendar_preview,
      .help = "What a calendar comes to, date by date" },
    { .name = NULL }
};

static const acrm__hook work_hooks[] = {
    { .entity = "calendar", .before_write = acrm__calendar_write },
    { .entity = "calendar_day", .before_write = acrm__calendar_day_write },
    { .entity = "calendar_parent", .before_write = acrm__calendar_parent_write },
    { .entity = NULL }
};

static const acrm__reaction work_reactions[] = {
    { .type = "calendar.*", .run = acrm__calendar_changed },
    { .type = "calendar_day.*", .run = acrm__calendar_part_changed },
    { .type = "calendar_parent.*", .run = acrm__calendar_part_changed },
    { .type = NULL }
};

static int32_t work_seed(acrm__call *call)
{
    return acrm__calendar_seed(call);
}

const acrm__module acrm__mod_work = {
    .name = "work",
    .help = "Calendars",
    .entities = work_entities,
    .ops = work_ops,
    .hooks = work_hooks,
    .reactions = work_reactions,
    .seeds = "calendar",
    .seed = work_seed,
};
