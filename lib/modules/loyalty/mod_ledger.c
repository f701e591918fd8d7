/* SPDX-License-Identifier: MIT */
/* The module ledger: programmes, their members and the points these earn, hold and spend. */
#include "modules/loyalty/ledger_ops.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/loyalty/ledger.def"
#define ACRM__ENTITIES_NAME ledger_entities
#include "kernel/declare_tables.h"

/* --- Parameters and results --- */

#define LEDGER_MEMBER                                                                             \
    { .name = "member_id", .type = ACRM__T_REF, .target = "member", .help = "Who" },             \
    { .name = "card", .type = ACRM__T_TEXT, .max = 64,                                           \
      .help = "Instead: the number of a card of theirs" },                                       \
    LEDGER_PROGRAM
#define LEDGER_PROGRAM                                                                            \
    { .name = "program", .type = ACRM__T_TEXT, .max = 40,                                        \
      .help = "Code of the programme; not needed where there is only one, or with a member_id" }
#define LEDGER_POINTS                                                                             \
    { .name = "points", .type = ACRM__T_INT, .flags = ACRM__REQUIRED, .help = "How many" }
#define LEDGER_TOLD                                                                               \
    { .name = "at", .type = ACRM__T_INSTANT,                                                     \
      .help = "When it happened, when that was earlier; without it, now" },                      \
    { .name = "source_id", .type = ACRM__T_TEXT, .max = 128,                                     \
      .help = "Your own name of it, such as an invoice's number: told again, it moves nothing" }, \
    { .name = "source", .type = ACRM__T_TEXT, .max = 200, .help = "What it was for" }
#define LEDGER_OF                                                                                 \
    { .name = "of_id", .type = ACRM__T_REF, .target = "points_transaction",                      \
      .help = "The transaction" },                                                               \
    { .name = "of_source_id", .type = ACRM__T_TEXT, .max = 128,                                  \
      .help = "Instead: the name you gave it" },                                                 \
    LEDGER_PROGRAM

static const acrm__field ledger_earn_in[] = {
    LEDGER_MEMBER,
    { .name = "points", .type = ACRM__T_INT, .help = "How many" },
    { .name = "amount", .type = ACRM__T_DECIMAL,
      .help = "Instead: an amount, for points_per_unit of the programme, rounded down" },
    { .name = "qualifying", .type = ACRM__T_INT,
      .help = "Points for the tier that come with them; without it, as many" },
    LEDGER_TOLD,
    { .name = "rule", .type = ACRM__T_TEXT, .max = 64, .help = "Code of the rule they come from" },
    { .name = "expires_on", .type = ACRM__T_DATE,
      .help = "First day on which they cannot be spent; without it, as the programme says" },
    { .name = "activates_at", .type = ACRM__T_INSTANT,
      .help = "From when on they can be spent; without it, as the programme says" },
    { .name = NULL }
};
static const acrm__field ledger_redeem_in[] = {
    LEDGER_MEMBER, LEDGER_POINTS, LEDGER_TOLD,
    { .name = "own_only", .type = ACRM__T_BOOL, .help = "None of the household's" },
    { .name = NULL }
};
static const acrm__field ledger_reserve_in[] = {
    LEDGER_MEMBER, LEDGER_POINTS, LEDGER_TOLD,
    { .name = "own_only", .type = ACRM__T_BOOL, .help = "None of the household's" },
    { .name = "ends_at", .type = ACRM__T_INSTANT,
      .help = "When it ends by itself; without it, as the programme says" },
    { .name = NULL }
};
static const acrm__field ledger_follow_in[] = {
    LEDGER_OF, LEDGER_TOLD,
    { .name = NULL }
};
static const acrm__field ledger_reverse_in[] = {
    LEDGER_OF,
    { .name = "points", .type = ACRM__T_INT, .help = "How many of it; without it, all" },
    LEDGER_TOLD,
    { .name = NULL }
};
static const acrm__field ledger_transfer_in[] = {
    LEDGER_MEMBER,
    { .name = "to_id", .type = ACRM__T_REF, .target = "member", .help = "Who receives" },
    { .name = "to_card", .type = ACRM__T_TEXT, .max = 64,
      .help = "Instead: the number of a card of theirs" },
    LEDGER_POINTS, LEDGER_TOLD,
    { .name = NULL }
};
static const acrm__field ledger_adjust_in[] = {
    LEDGER_MEMBER,
    { .name = "points", .type = ACRM__T_INT, .flags = ACRM__REQUIRED,
      .help = "How many; negative: fewer" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "points|qualifying",
      .preset = "\"points\"", .help = "Which points" },
    { .name = "cause", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1000, .help = "Why" },
    { .name = "source_id", .type = ACRM__T_TEXT, .max = 128,
      .help = "Your own name of it: told again, it is the same" },
    { .name = NULL }
};
static const acrm__field ledger_decide_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "points_adjustment",
      .help = "The adjustment" },
    { .name = NULL }
};
static const acrm__field ledger_balance_in[] = { LEDGER_MEMBER, { .name = NULL } };

#define LEDGER_BALANCE                                                                            \
    { .name = "available", .type = ACRM__T_INT, .help = "Can be spent; negative: owed" },        \
    { .name = "pending", .type = ACRM__T_INT, .help = "Can be spent later" },                    \
    { .name = "reserved", .type = ACRM__T_INT, .help = "Held by reservations" }

static const acrm__field ledger_done_out[] = {
    { .name = "transaction", .type = ACRM__T_RECORD, .target = "points_transaction",
      .help = "What was written" },
    { .name = "points", .type = ACRM__T_INT, .help = "How many, with the household's" },
    { .name = "duplicate", .type = ACRM__T_BOOL,
      .help = "The source_id was known: this was done then, and nothing now" },
    LEDGER_BALANCE,
    { .name = NULL }
};
static const acrm__field ledger_adjust_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "points_adjustment",
      .help = "The adjustment, its fields at top level" },
    { .name = NULL }
};
static const acrm__field ledger_balance_out[] = {
    { .name = "member_id", .type = ACRM__T_ID, .help = "Who" },
    LEDGER_BALANCE,
    { .name = "pool", .type = ACRM__T_INT, .help = "Can be spent with the household's" },
    { .name = "qualifying", .type = ACRM__T_INT, .help = "Points for the tier, of all times" },
    { .name = "next_expires_on", .type = ACRM__T_DATE,
      .help = "First day on which points cannot be spent any more; null: never" },
    { .name = "next_expires", .type = ACRM__T_INT, .help = "How many of one lot" },
    { .name = NULL }
};

static const acrm__field ledger_statement_in[] = {
    LEDGER_MEMBER,
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "points|qualifying",
      .preset = "\"points\"", .help = "Which points" },
    { .name = "from", .type = ACRM__T_DATE,
      .help = "First day; without it, so that it is one month" },
    { .name = "to", .type = ACRM__T_DATE, .help = "Last day; without it, today" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 10000, .preset = "1000",
      .help = "Most items" },
    { .name = NULL }
};
static const acrm__field ledger_statement_out[] = {
    { .name = "member_id", .type = ACRM__T_ID, .help = "Who" },
    { .name = "program", .type = ACRM__T_TEXT, .help = "Name of the programme" },
    { .name = "kind", .type = ACRM__T_TEXT, .help = "Which points" },
    { .name = "from", .type = ACRM__T_DATE, .help = "First day" },
    { .name = "to", .type = ACRM__T_DATE, .help = "Last day" },
    { .name = "opening", .type = ACRM__T_INT, .help = "Available before the first day" },
    { .name = "closing", .type = ACRM__T_INT, .help = "Available after the last item" },
    { .name = "pending", .type = ACRM__T_INT, .help = "Pending after the last item" },
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In order of time: at, kind, points, change of what is available, pending, balance, "
              "source, source_id, rule, id, and lots: lot_id, debit, credit, points, expires_on" },
    { .name = "more", .type = ACRM__T_BOOL, .help = "There are more items than the limit" },
    { .name = NULL }
};
static const acrm__field ledger_liability_in[] = { LEDGER_PROGRAM, { .name = NULL } };

#define LEDGER_COST(name_, help_) { .name = name_, .type = ACRM__T_MAP, .help = help_ }

static const acrm__field ledger_liability_out[] = {
    { .name = "program", .type = ACRM__T_TEXT, .help = "Code of the programme" },
    { .name = "currency", .type = ACRM__T_TEXT, .help = "Of the costs" },
    LEDGER_COST("available", "Points that can be spent, and what they cost: points, cost"),
    LEDGER_COST("pending", "The same of pending ones"),
    LEDGER_COST("reserved", "The same of reserved ones"),
    LEDGER_COST("outstanding", "The same of all three"),
    LEDGER_COST("owed_by_members", "Points that members owe"),
    { .name = "earned", .type = ACRM__T_INT, .help = "Ever earned, what was reversed less" },
    { .name = "spent", .type = ACRM__T_INT, .help = "Ever spent, what was given back less" },
    { .name = "expired", .type = ACRM__T_INT, .help = "Ever expired" },
    { .name = "breakage", .type = ACRM__T_REAL,
      .help = "Share of the points that came to an end by expiring; null: none came to one" },
    { .name = "by_expiry", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Available and pending by the month in which they expire: month (its first day; "
              "null: never), points, cost" },
    { .name = "by_age", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The same by age: months (at most; null: older), points, cost" },
    { .name = NULL }
};
static const acrm__field ledger_verify_in[] = {
    { .name = "member_id", .type = ACRM__T_REF, .target = "member",
      .help = "Of one member only" },
    { .name = "program", .type = ACRM__T_TEXT, .max = 40,
      .help = "Of one programme only, by its code" },
    { .name = NULL }
};
static const acrm__field ledger_verify_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "Every count agrees, and all sums to zero" },
    { .name = "accounts", .type = ACRM__T_INT, .help = "Accounts counted" },
    { .name = "lots", .type = ACRM__T_INT, .help = "Lots counted" },
    { .name = "transactions", .type = ACRM__T_INT, .help = "Transactions counted" },
    { .name = "entries", .type = ACRM__T_INT, .help = "Entries counted" },
    { .name = "sums", .type = ACRM__T_MAP, .help = "What is in each bucket; together zero" },
    { .name = "faults", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The first hundred rows that disagree: entity, id, field, found, expected" },
    { .name = "faults_count", .type = ACRM__T_INT, .help = "All of them" },
    { .name = NULL }
};

/* --- Operations --- */

#define LEDGER_WRITE(name_, in_, run_, help_)                                                     \
    { .name = "loyalty." name_, .flags = ACRM__OP_WRITE, .in = in_, .out = ledger_done_out,      \
      .run = run_, .help = help_ }

static const acrm__op ledger_ops[] = {
    LEDGER_WRITE("earn", ledger_earn_in, acrm__loyalty_earn, "Give a member points"),
    LEDGER_WRITE("redeem", ledger_redeem_in, acrm__loyalty_redeem, "Spend points of a member"),
    LEDGER_WRITE("reserve", ledger_reserve_in, acrm__loyalty_reserve,
                 "Hold points until they are confirmed, cancelled, or it ends"),
    LEDGER_WRITE("confirm", ledger_follow_in, acrm__loyalty_confirm, "Spend reserved points"),
    LEDGER_WRITE("cancel", ledger_follow_in, acrm__loyalty_cancel, "Give reserved points back"),
    LEDGER_WRITE("reverse", ledger_reverse_in, acrm__loyalty_reverse,
                 "Take back what was earned, or give back what was spent, whole or in part"),
    LEDGER_WRITE("transfer", ledger_transfer_in, acrm__loyalty_transfer,
                 "Give points of a member to another"),
    { .name = "loyalty.adjust", .flags = ACRM__OP_WRITE, .in = ledger_adjust_in,
      .out = ledger_adjust_out, .run = acrm__loyalty_adjust,
      .help = "Ask for a correction by hand, for somebody else to approve" },
    { .name = "loyalty.approve", .flags = ACRM__OP_WRITE, .in = ledger_decide_in,
      .out = ledger_adjust_out, .run = acrm__loyalty_approve,
      .help = "Approve an adjustment that somebody else asked for" },
    { .name = "loyalty.reject", .flags = ACRM__OP_WRITE, .in = ledger_decide_in,
      .out = ledger_adjust_out, .run = acrm__loyalty_reject, .help = "Refuse an adjustment" },
    { .name = "loyalty.balance", .in = ledger_balance_in, .out = ledger_balance_out,
      .run = acrm__loyalty_balance, .help = "What a member has, as of now" },
    { .name = "loyalty.statement", .in = ledger_statement_in, .out = ledger_statement_out,
      .run = acrm__loyalty_statement, .help = "What moved a member's points in a period" },
    { .name = "loyalty.liability", .in = ledger_liability_in, .out = ledger_liability_out,
      .run = acrm__loyalty_liability,
      .help = "What the points of a programme may cost yet, and how many expire unspent" },
    { .name = "loyalty.verify", .in = ledger_verify_in, .out = ledger_verify_out,
      .run = acrm__loyalty_verify,
      .help = "Count everything again from the entries, and name what disagrees" },
    { .name = NULL }
};

static const acrm__hook ledger_hooks[] = {
    { .entity = "loyalty_program", .before_write = acrm__ledger_program_write },
    { .entity = "member", .before_write = acrm__ledger_member_write,
      .moved = acrm__ledger_member_moved },
    { .entity = NULL }
};

static const acrm__reaction ledger_reactions[] = {
    { .type = "customer.erased", .run = acrm__ledger_customer_erased },
    { .type = NULL }
};

static const acrm__timer_kind ledger_timers[] = {
    { .kind = "loyalty.reservation", .run = acrm__loyalty_reservation_ended,
      .help = "Give back what a reservation held too long" },
    { .kind = NULL }
};

const acrm__module acrm__mod_ledger = {
    .name = "ledger",
    .help = "Programmes, their members, and points by lots",
    .entities = ledger_entities,
    .ops = ledger_ops,
    .hooks = ledger_hooks,
    .reactions = ledger_reactions,
    .timers = ledger_timers,
    .tick = acrm__ledger_tick,
};
