/* SPDX-License-Identifier: MIT */
/* The module signin: passwords, codes and tokens, and who has signed in with them. */
#include "modules/modules.h"
#include "modules/signin/entities.h"
#include "modules/signin/signin.h"

#define ACRM__ENTITIES_DEF "modules/signin/entities.def"
#define ACRM__ENTITIES_NAME signin_entities
#include "kernel/declare_tables.h"

#define SIGNIN_END { .name = NULL }
#define SIGNIN_LOGIN                                                                              \
    { .name = "login", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 254,                 \
      .help = "A user's login, or a customer's e-mail address or number" }
#define SIGNIN_PEER                                                                               \
    { .name = "peer", .type = ACRM__T_TEXT, .max = 64,                                            \
      .help = "Address it comes from: attempts are counted by it too" }
#define SIGNIN_AGENT                                                                              \
    { .name = "agent", .type = ACRM__T_TEXT, .max = 256, .help = "The program, as it calls itself" }
#define SIGNIN_PASSWORD(name_, help_)                                                             \
    { .name = name_, .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = ACRM__SIGNIN_PASSWORD, \
      .help = help_ }
#define SIGNIN_CODE                                                                               \
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 16,                   \
      .help = "The six digits" }
#define SIGNIN_TOKEN                                                                              \
    { .name = "token", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 128,                 \
      .help = "As it was shown" }
#define SIGNIN_ID(entity, help_)                                                                  \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = entity, .help = help_ }
#define SIGNIN_RECORD(entity)                                                                     \
    { .name = "record", .type = ACRM__T_RECORD, .target = entity,                                 \
      .help = "Its fields at top level" }
#define SIGNIN_MUST_CHANGE                                                                        \
    { .name = "must_change", .type = ACRM__T_BOOL, .preset = "true",                              \
      .help = "The password is to be changed before anything else is done" }

static const acrm__field signin_password_in[] = {
    SIGNIN_LOGIN, SIGNIN_PASSWORD("password", "The password"), SIGNIN_PEER, SIGNIN_AGENT,
    SIGNIN_END
};
static const acrm__field signin_code_in[] = {
    SIGNIN_LOGIN, SIGNIN_CODE, SIGNIN_PEER, SIGNIN_AGENT, SIGNIN_END
};
static const acrm__field signin_started_out[] = {
    { .name = "token", .type = ACRM__T_TEXT, .help = "For signin.check; it is shown only now" },
    { .name = "csrf", .type = ACRM__T_TEXT, .help = "Bound to it: for forms and scripts of pages" },
    { .name = "principal", .type = ACRM__T_TEXT, .help = "Whom to open a session as: signin:UUID" },
    { .name = "session_id", .type = ACRM__T_REF, .target = "signin_session",
      .help = "The sign-in" },
    { .name = "expires_at", .type = ACRM__T_INSTANT, .help = "It ends then at the latest" },
    { .name = "must_change", .type = ACRM__T_BOOL,
      .help = "Nothing but credential.change_password can be called" },
    SIGNIN_END
};
static const acrm__field signin_request_in[] = {
    SIGNIN_LOGIN,
    { .name = "purpose", .type = ACRM__T_ENUM, .choices = "signin|reset", .preset = "\"signin\"",
      .help = "What the code is to be good for" },
    { .name = "channel", .type = ACRM__T_ENUM, .choices = "sms|email",
      .help = "By what; without it by mail to who has an address" },
    SIGNIN_PEER, SIGNIN_END
};
static const acrm__field signin_request_out[] = {
    { .name = "expires_at", .type = ACRM__T_INSTANT,
      .help = "A code that was sent is good until then; nobody is told whether one was" },
    SIGNIN_END
};
static const acrm__field signin_reset_in[] = {
    SIGNIN_LOGIN, SIGNIN_CODE, SIGNIN_PASSWORD("password", "The new password"), SIGNIN_PEER,
    SIGNIN_END
};
static const acrm__field signin_token_in[] = { SIGNIN_TOKEN, SIGNIN_END };
static const acrm__field signin_check_in[] = {
    SIGNIN_TOKEN,
    { .name = "seen", .type = ACRM__T_BOOL, .preset = "true",
      .help = "Keep that it was used; false: only tell whether that is to be kept" },
    SIGNIN_END
};
static const acrm__field signin_check_out[] = {
    { .name = "principal", .type = ACRM__T_TEXT,
      .help = "Whom to open a session as: signin:UUID or token:UUID" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "user|customer", .help = "Who it is" },
    { .name = "id", .type = ACRM__T_ID, .help = "The user's or customer's id" },
    { .name = "expires_at", .type = ACRM__T_INSTANT, .help = "It ends then at the latest" },
    { .name = "program", .type = ACRM__T_BOOL, .help = "It is an access_token" },
    { .name = "must_change", .type = ACRM__T_BOOL,
      .help = "Nothing but credential.change_password can be called" },
    { .name = "csrf", .type = ACRM__T_TEXT, .help = "Bound to it; null for programs" },
    { .name = "stale", .type = ACRM__T_BOOL,
      .help = "It was not kept for a minute that it is used: call again with seen" },
    SIGNIN_END
};
static const acrm__field signin_me_out[] = {
    { .name = "principal", .type = ACRM__T_TEXT, .help = "As the audit has it" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "system|user|customer", .help = "What" },
    { .name = "id", .type = ACRM__T_ID, .help = "The user's or customer's id" },
    { .name = "name", .type = ACRM__T_TEXT, .help = "Name" },
    { .name = "login", .type = ACRM__T_TEXT, .help = "A user's login" },
    { .name = "language", .type = ACRM__T_TEXT, .help = "BCP 47 tag" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "Whose" },
    { .name = "role", .type = ACRM__T_TEXT, .help = "Name of the role" },
    { .name = "role_label", .type = ACRM__T_TEXT, .help = "The same for people" },
    { .name = "permissions", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "What the role permits; without it everything" },
    { .name = "scopes", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Of that only what fits one of these; without it all" },
    SIGNIN_END
};
static const acrm__field signin_everywhere_in[] = {
    SIGNIN_TOKEN,
    { .name = "tokens", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Take back the tokens of programs too" },
    SIGNIN_END
};
static const acrm__field signin_ended_out[] = {
    { .name = "ended", .type = ACRM__T_INT, .help = "So many sign-ins" },
    { .name = "revoked", .type = ACRM__T_INT, .help = "and tokens" },
    SIGNIN_END
};
static const acrm__field signin_session_in[] = {
    SIGNIN_ID("signin_session", "The sign-in"), SIGNIN_END
};
static const acrm__field signin_session_out[] = { SIGNIN_RECORD("signin_session"), SIGNIN_END };
static const acrm__field signin_end_all_in[] = {
    { .name = "credential_id", .type = ACRM__T_REF, .target = "credential",
      .flags = ACRM__REQUIRED, .help = "Whose" },
    { .name = "tokens", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Take back the tokens of programs too" },
    SIGNIN_END
};
static const acrm__field credential_create_in[] = {
    { .name = "user_id", .type = ACRM__T_REF, .target = "user", .help = "The user" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer", .help = "or customer" },
    { .name = "login", .type = ACRM__T_TEXT, .max = 254,
      .help = "Of a customer: e-mail address, or number with its country's code" },
    { .name = "password", .type = ACRM__T_TEXT, .max = ACRM__SIGNIN_PASSWORD,
      .help = "A first password; without it one signs in by code, or sets one by a code" },
    SIGNIN_MUST_CHANGE, SIGNIN_END
};
static const acrm__field credential_in[] = {
    SIGNIN_ID("credential", "The credential"), SIGNIN_END
};
static const acrm__field credential_out[] = { SIGNIN_RECORD("credential"), SIGNIN_END };
static const acrm__field credential_set_in[] = {
    SIGNIN_ID("credential", "Whose"), SIGNIN_PASSWORD("password", "The new password"),
    SIGNIN_MUST_CHANGE, SIGNIN_END
};
static const acrm__field credential_change_in[] = {
    SIGNIN_PASSWORD("old", "The password of now"), SIGNIN_PASSWORD("new", "The new one"),
    SIGNIN_END
};
static const acrm__field credential_status_out[] = {
    { .name = "password", .type = ACRM__T_BOOL, .help = "There is a password" },
    { .name = "must_change", .type = ACRM__T_BOOL, .help = "It is to be changed" },
    { .name = "failures", .type = ACRM__T_INT, .help = "In a row" },
    { .name = "held_until", .type = ACRM__T_INSTANT,
      .help = "After these nothing is tried before; null: it is" },
    { .name = "sessions", .type = ACRM__T_INT, .help = "Sign-ins that run" },
    SIGNIN_END
};
static const acrm__field access_token_create_in[] = {
    { .name = "name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 100,
      .help = "What it is for" },
    { .name = "scopes", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED | ACRM__LIST,
      .help = "What it may do of what its owner may: lead.get, \"lead.*\", \"*.list\" or \"*\"" },
    { .name = "expires_at", .type = ACRM__T_INSTANT, .flags = ACRM__REQUIRED,
      .help = "It ends then" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "Whom it acts as; without it who makes it" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer", .help = "or customer" },
    SIGNIN_END
};
static const acrm__field access_token_create_out[] = {
    SIGNIN_RECORD("access_token"),
    { .name = "token", .type = ACRM__T_TEXT, .help = "Shown only now" },
    SIGNIN_END
};
static const acrm__field access_token_in[] = {
    SIGNIN_ID("access_token", "The token's record"), SIGNIN_END
};
static const acrm__field access_token_out[] = { SIGNIN_RECORD("access_token"), SIGNIN_END };

#define SIGNIN_STEPS (ACRM__OP_WRITE | ACRM__OP_STEPS)
#define SIGNIN_SHOWS (SIGNIN_STEPS | ACRM__OP_SECRET)

static const acrm__op signin_ops[] = {
    { .name = "signin.password", .flags = SIGNIN_SHOWS, .in = signin_password_in,
      .out = signin_started_out, .run = acrm__signin_password,
      .help = "Sign somebody in with a password (for hosts)" },
    { .name = "signin.request_code", .flags = SIGNIN_STEPS, .in = signin_request_in,
      .out = signin_request_out, .run = acrm__signin_request_code,
      .help = "Have a code sent to who has a login, if anybody has (for hosts)" },
    { .name = "signin.code", .flags = SIGNIN_SHOWS, .in = signin_code_in,
      .out = signin_started_out, .run = acrm__signin_code,
      .help = "Sign somebody in with a code (for hosts)" },
    { .name = "signin.reset", .flags = SIGNIN_STEPS, .in = signin_reset_in,
      .run = acrm__signin_reset, .help = "Set a forgotten password anew by a code (for hosts)" },
    { .name = "signin.check", .flags = ACRM__OP_STEPS | ACRM__OP_SECRET, .in = signin_check_in,
      .out = signin_check_out, .run = acrm__signin_check,
      .help = "Whose token it is, if it is good (for hosts)" },
    { .name = "signin.out", .flags = ACRM__OP_WRITE, .in = signin_token_in,
      .run = acrm__signin_out, .help = "End a sign-in by its token (for hosts)" },
    { .name = "signin.out_everywhere", .flags = ACRM__OP_WRITE, .in = signin_everywhere_in,
      .out = signin_ended_out, .run = acrm__signin_out_everywhere,
      .help = "End all sign-ins of who has a token (for hosts)" },
    { .name = "signin.me", .flags = ACRM__OP_PUBLIC, .out = signin_me_out, .run = acrm__signin_me,
      .help = "Who this session acts as, and what it may do" },
    { .name = "signin_session.end", .flags = ACRM__OP_WRITE, .in = signin_session_in,
      .out = signin_session_out, .run = acrm__signin_session_end, .help = "End a sign-in" },
    { .name = "signin_session.end_all", .flags = ACRM__OP_WRITE, .in = signin_end_all_in,
      .out = signin_ended_out, .run = acrm__signin_session_end_all,
      .help = "End all sign-ins of somebody" },
    { .name = "credential.create", .flags = SIGNIN_STEPS, .in = credential_create_in,
      .out = credential_out, .run = acrm__credential_create,
      .help = "Let a user or customer sign in" },
    { .name = "credential.set_password", .flags = SIGNIN_STEPS, .in = credential_set_in,
      .out = credential_out, .run = acrm__credential_set_password,
      .help = "Give somebody a new password; ends the sign-ins" },
    { .name = "credential.change_password", .flags = SIGNIN_STEPS | ACRM__OP_PUBLIC,
      .in = credential_change_in, .run = acrm__credential_change_password,
      .help = "Change one's own password; ends the sign-ins, this one too" },
    { .name = "credential.unlock", .flags = ACRM__OP_WRITE, .in = credential_in,
      .out = credential_out, .run = acrm__credential_unlock,
      .help = "Forget the failures of an account, so that it is not held up" },
    { .name = "credential.status", .in = credential_in, .out = credential_status_out,
      .run = acrm__credential_status, .help = "How an account stands" },
    { .name = "access_token.create", .flags = ACRM__OP_WRITE | ACRM__OP_SECRET,
      .in = access_token_create_in, .out = access_token_create_out,
      .run = acrm__access_token_create, .help = "Make a token for a program; shows it once" },
    { .name = "access_token.revoke", .flags = ACRM__OP_WRITE, .in = access_token_in,
      .out = access_token_out, .run = acrm__access_token_revoke, .help = "Take a token back" },
    { .name = NULL }
};

static const acrm__hook signin_hooks[] = {
    { .entity = "credential", .before_write = acrm__credential_write },
    { .entity = "signin_policy", .before_write = acrm__signin_policy_write },
    { .entity = NULL }
};

static const acrm__reaction signin_reactions[] = {
    { "user.updated", acrm__signin_follow_user },
    { "user.deleted", acrm__signin_follow_user },
    { "customer.deleted", acrm__signin_follow_customer },
    { "customer.erasing", acrm__signin_follow_customer },
    { .type = NULL }
};

const acrm__module acrm__mod_signin = {
    .name = "signin",
    .help = "Passwords, codes and tokens, and who has signed in with them",
    .entities = signin_entities,
    .ops = signin_ops,
    .hooks = signin_hooks,
    .reactions = signin_reactions,
    .tick = acrm__signin_tick,
    .principals = "signin token",
    .principal = acrm__signin_principal,
};
