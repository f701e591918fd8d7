/* SPDX-License-Identifier: MIT */
/* The module club: what gives points and what they buy, in tables. */
#include "modules/loyalty/club.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/loyalty/club.def"
#define ACRM__ENTITIES_NAME club_entities
#include "kernel/declare_tables.h"

#define CLUB_MEMBER                                                                           \
    { .name = "member_id", .type = ACRM__T_REF, .target = "member", .help = "Which member" }, \
    { .name = "card", .type = ACRM__T_TEXT, .max = 64, .help = "Or the number of their card" }, \
    CLUB_PROGRAM
#define CLUB_PROGRAM                                                                 \
    { .name = "program", .type = ACRM__T_TEXT, .max = 64,                            \
      .help = "Code of the programme; needed only where there are several" }
#define CLUB_ID(what) \
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = what }
#define CLUB_RECORD(entity, what) \
    { .name = "record", .type = ACRM__T_RECORD, .target = entity, .help = what }

static const acrm__field club_record_in[] = {
    CLUB_MEMBER,
    { .name = "kind", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED, .choices = ACRM__CLUB_KINDS,
      .help = "What it was" },
    { .name = "source_id", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 128,
      .help = "Your name of it, unique in the programme: the same again gives the first result" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When; without it, now" },
    { .name = "amount", .type = ACRM__T_TEXT, .max = 32,
      .help = "What was paid, with the currency's decimals" },
    { .name = "currency", .type = ACRM__T_TEXT, .max = 3, .help = "Must be the programme's" },
    { .name = "category", .type = ACRM__T_TEXT, .max = 64, .help = "What it was about" },
    { .name = "quantity", .type = ACRM__T_INT, .min = 0, .max = 1000000, .help = "How many" },
    { .name = "channel", .type = ACRM__T_TEXT, .max = 32, .help = "By which way it came" },
    { .name = "lines", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Its lines, {\"amount\", \"category\"}: together the amount" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "At which dealer" },
    { .name = "partner_id", .type = ACRM__T_REF, .target = "loyalty_partner",
      .help = "At which partner" },
    { .name = NULL }
};
static const acrm__field club_record_out[] = {
    CLUB_RECORD("loyalty_event", "The event with its points, its fields at top level"),
    { .name = "duplicate", .type = ACRM__T_BOOL,
      .help = "Its source_id was known: this is what happened then" },
    { .name = NULL }
};
static const acrm__field club_take_back_in[] = {
    { .name = "id", .type = ACRM__T_ID, .help = "Which event" },
    { .name = "source_id", .type = ACRM__T_TEXT, .max = 128, .help = "Or its source_id" },
    CLUB_PROGRAM,
    { .name = "amount", .type = ACRM__T_TEXT, .max = 32,
      .help = "Only so much was returned: points are taken back in proportion" },
    { .name = NULL }
};
static const acrm__field club_event_out[] = {
    CLUB_RECORD("loyalty_event", "The event, its fields at top level"),
    { .name = NULL }
};
static const acrm__field club_simulate_in[] = {
    CLUB_PROGRAM,
    { .name = "rules", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Rules instead of those in force, with the fields of earning_rule; without it those "
              "in force" },
    { .name = "from", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "First day" },
    { .name = "to", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "Last day" },
    { .name = NULL }
};
static const acrm__field club_simulate_out[] = {
    { .name = "events", .type = ACRM__T_INT, .help = "Events looked at" },
    { .name = "members", .type = ACRM__T_INT, .help = "Members they are of" },
    { .name = "given", .type = ACRM__T_INT, .help = "Spendable points they did give" },
    { .name = "points", .type = ACRM__T_INT, .help = "And would give" },
    { .name = "difference", .type = ACRM__T_INT, .help = "More than was given" },
    { .name = "qualifying", .type = ACRM__T_INT, .help = "Points for the tier they would give" },
    { .name = "currency", .type = ACRM__T_TEXT, .help = "Of the costs" },
    { .name = "cost", .type = ACRM__T_TEXT, .help = "What the points would cost" },
    { .name = "cost_difference", .type = ACRM__T_TEXT, .help = "More than they did" },
    { .name = "by_rule", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "For each rule: rule, events, points, cut (taken away by caps)" },
    { .name = "bands", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Members by the points they would have: from, members, given, points" },
    { .name = NULL }
};
static const acrm__field club_member_in[] = {
    CLUB_MEMBER,
    { .name = NULL }
};
static const acrm__field club_forecast_out[] = {
    { .name = "tier", .type = ACRM__T_TEXT, .help = "Code of the tier" },
    { .name = "since", .type = ACRM__T_INSTANT, .help = "Since when" },
    { .name = "qualifying", .type = ACRM__T_INT, .help = "Points that count today" },
    { .name = "counts_from", .type = ACRM__T_DATE, .help = "First day that counts today" },
    { .name = "review_on", .type = ACRM__T_DATE,
      .help = "Next review that may lower it; null: none" },
    { .name = "review_tier", .type = ACRM__T_TEXT,
      .help = "What it would leave, without further points" },
    { .name = "keep_missing", .type = ACRM__T_INT,
      .help = "Points to earn before then to keep the tier" },
    { .name = "next_tier", .type = ACRM__T_TEXT, .help = "The tier above; null: it is the top" },
    { .name = "rise_missing", .type = ACRM__T_INT, .help = "Points to reach it today" },
    { .name = "counts_until", .type = ACRM__T_DATE,
      .help = "Last day on which all that counts today counts" },
    { .name = "falling", .type = ACRM__T_INT, .help = "Points that no longer do after it" },
    { .name = NULL }
};
static const acrm__field club_grant_in[] = {
    CLUB_MEMBER,
    { .name = "tier", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of the tier" },
    { .name = "cause", .type = ACRM__T_TEXT, .max = 300, .help = "Why" },
    { .name = NULL }
};
static const acrm__field club_grant_out[] = {
    CLUB_RECORD("member_tier", "How the member stands, its fields at top level"),
    { .name = NULL }
};
static const acrm__field club_available_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Rewards, cheapest first: code, name, points, possible, reason (why not), missing "
              "(points)" },
    { .name = NULL }
};
static const acrm__field club_reserve_in[] = {
    CLUB_MEMBER,
    { .name = "reward", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of the reward" },
    { .name = "quantity", .type = ACRM__T_INT, .min = 1, .max = 1000000, .preset = "1",
      .help = "How many" },
    { .name = "source_id", .type = ACRM__T_TEXT, .max = 128,
      .help = "Your name of it: the same again gives the first reservation" },
    { .name = "partner_id", .type = ACRM__T_REF, .target = "loyalty_partner",
      .help = "At which partner" },
    { .name = NULL }
};
static const acrm__field club_redemption_in[] = {
    CLUB_ID("Which redemption"),
    { .name = NULL }
};
static const acrm__field club_redemption_out[] = {
    CLUB_RECORD("redemption", "The redemption, its fields at top level"),
    { .name = NULL }
};
static const acrm__field club_confirm_out[] = {
    CLUB_RECORD("redemption", "The redemption, its fields at top level"),
    { .name = "vouchers", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Codes of its vouchers, told here and never again" },
    { .name = NULL }
};
static const acrm__field club_voucher_check_in[] = {
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "The code, as it was given out" },
    { .name = NULL }
};
static const acrm__field club_voucher_redeem_in[] = {
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "The code, as it was given out" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "At which dealer" },
    { .name = NULL }
};
static const acrm__field club_voucher_out[] = {
    { .name = "good", .type = ACRM__T_BOOL, .help = "It can be used" },
    { .name = "reason", .type = ACRM__T_TEXT, .help = "Why not: used, cancelled, expired" },
    { .name = "reward", .type = ACRM__T_TEXT, .help = "Code of the reward" },
    { .name = "name", .type = ACRM__T_TEXT, .help = "Its name" },
    { .name = "voucher", .type = ACRM__T_RECORD, .target = "voucher", .help = "The voucher" },
    { .name = NULL }
};
static const acrm__field club_card_in[] = {
    { .name = "member_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "member",
      .help = "Whose" },
    { .name = "number", .type = ACRM__T_TEXT, .max = 64,
      .help = "Its number; without it a new one of 16 digits" },
    { .name = "expires_on", .type = ACRM__T_DATE, .help = "Last day" },
    { .name = NULL }
};
static const acrm__field club_card_replace_in[] = {
    CLUB_ID("The card that is lost or worn; it is closed"),
    { .name = "number", .type = ACRM__T_TEXT, .max = 64,
      .help = "Number of the new one; without it a new one of 16 digits" },
    { .name = NULL }
};
static const acrm__field club_card_block_in[] = {
    CLUB_ID("Which card"),
    { .name = NULL }
};
static const acrm__field club_card_out[] = {
    CLUB_RECORD("member_card", "The card, its fields at top level"),
    { .name = NULL }
};
static const acrm__field club_settlement_in[] = {
    { .name = "partner_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED,
      .target = "loyalty_partner", .help = "Which partner" },
    CLUB_PROGRAM,
    { .name = "from", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "First day" },
    { .name = "to", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "Last day" },
    { .name = NULL }
};
static const acrm__field club_settlement_out[] = {
    { .name = "events", .type = ACRM__T_INT, .help = "Events with it" },
    { .name = "points_earned", .type = ACRM__T_INT, .help = "Spendable points they gave" },
    { .name = "redemptions", .type = ACRM__T_INT, .help = "Rewards taken with it" },
    { .name = "points_spent", .type = ACRM__T_INT, .help = "Points spent on them" },
    { .name = "currency", .type = ACRM__T_TEXT, .help = "Of the amounts" },
    { .name = "owed_to_us", .type = ACRM__T_TEXT,
      .help = "At its earn_price; null: it has none" },
    { .name = "owed_by_us", .type = ACRM__T_TEXT,
      .help = "At its spend_price; null: it has none" },
    { .name = NULL }
};

static const acrm__op club_ops[] = {
    { .name = "loyalty.record", .flags = ACRM__OP_WRITE, .in = club_record_in,
      .out = club_record_out, .run = acrm__loyalty_record,
      .help = "Take in something a member did, and give the points that the rules give" },
    { .name = "loyalty.take_back", .flags = ACRM__OP_WRITE, .in = club_take_back_in,
      .out = club_event_out, .run = acrm__loyalty_take_back,
      .help = "Take back the points of an event, whole or in proportion" },
    { .name = "loyalty.simulate", .in = club_simulate_in, .out = club_simulate_out,
      .run = acrm__loyalty_simulate,
      .help = "Tell what past events would give by other rules, beside what they gave" },
    { .name = "tier.forecast", .in = club_member_in, .out = club_forecast_out,
      .run = acrm__tier_forecast_tell, .help = "What keeps a member's tier, and what lifts it" },
    { .name = "tier.grant", .flags = ACRM__OP_WRITE, .in = club_grant_in, .out = club_grant_out,
      .run = acrm__tier_grant,
      .help = "Give a member a tier, which the next review does not take back" },
    { .name = "reward.available", .in = club_member_in, .out = club_available_out,
      .run = acrm__reward_available,
      .help = "Rewards a member may have, and why not the others" },
    { .name = "reward.reserve", .flags = ACRM__OP_WRITE, .in = club_reserve_in,
      .out = club_redemption_out, .run = acrm__reward_reserve,
      .help = "Hold a reward and its points until they are confirmed" },
    { .name = "reward.confirm", .flags = ACRM__OP_WRITE, .in = club_redemption_in,
      .out = club_confirm_out, .run = acrm__reward_confirm,
      .help = "Spend the points of a reservation; gives its vouchers" },
    { .name = "reward.cancel", .flags = ACRM__OP_WRITE, .in = club_redemption_in,
      .out = club_redemption_out, .run = acrm__reward_cancel,
      .help = "Give up a reservation, or give back a reward: points and stock return" },
    { .name = "voucher.check", .in = club_voucher_check_in, .out = club_voucher_out,
      .run = acrm__voucher_check, .help = "Tell what a voucher is good for" },
    { .name = "voucher.redeem", .flags = ACRM__OP_WRITE, .in = club_voucher_redeem_in,
      .out = club_voucher_out, .run = acrm__voucher_redeem, .help = "Use a voucher, once" },
    { .name = "member_card.issue", .flags = ACRM__OP_WRITE, .in = club_card_in,
      .out = club_card_out, .run = acrm__card_issue, .help = "Give a member a card" },
    { .name = "member_card.replace", .flags = ACRM__OP_WRITE, .in = club_card_replace_in,
      .out = club_card_out, .run = acrm__card_replace,
      .help = "Close a card and give its holder another" },
    { .name = "member_card.block", .flags = ACRM__OP_WRITE, .in = club_card_block_in,
      .out = club_card_out, .run = acrm__card_block,
      .help = "Let nothing be done with a card any more" },
    { .name = "loyalty_partner.settlement", .in = club_settlement_in, .out = club_settlement_out,
      .run = acrm__partner_settlement,
      .help = "What was earned and spent with a partner, and who owes whom for it" },
    { .name = NULL }
};

static const acrm__hook club_hooks[] = {
    { .entity = "earning_rule", .before_write = acrm__club_rule_write },
    { .entity = "earning_source", .before_write = acrm__earning_source_write },
    { .entity = "tier_scheme", .before_write = acrm__tier_scheme_write },
    { .entity = "reward", .before_write = acrm__reward_write },
    { .entity = "challenge", .before_write = acrm__challenge_write },
    { .entity = NULL }
};

static const acrm__reaction club_reactions[] = {
    { .type = "*", .run = acrm__earning_source_event },
    { .type = "customer.merged", .run = acrm__tier_merged },
    { .type = "customer.unmerged", .run = acrm__tier_unmerged },
    { .type = "member.created", .run = acrm__birthday_plan },
    { .type = "customer.updated", .run = acrm__birthday_plan },
    { .type = "loyalty_program.updated", .run = acrm__club_program_changed },
    { .type = NULL }
};

static const acrm__timer_kind club_timers[] = {
    { .kind = "tier.review", .run = acrm__tier_review_due, .help = "A tier is reviewed" },
    { .kind = "tier.warn", .run = acrm__tier_warn_due, .help = "A tier will be lost soon" },
    { .kind = "reward.hold", .run = acrm__reward_due,
      .help = "A reservation was not confirmed in time" },
    { .kind = "loyalty.birthday", .run = acrm__birthday_due, .help = "A member's birthday" },
    { .kind = NULL }
};

const acrm__module acrm__mod_club = {
    .name = "club",
    .help = "Earning rules, tiers, rewards, challenges, cards and partners of a loyalty club",
    .entities = club_entities,
    .ops = club_ops,
    .hooks = club_hooks,
    .reactions = club_reactions,
    .timers = club_timers,
};
