/* SPDX-License-Identifier: MIT */
/* The module deal: quotes, contracts and their documents, in tables. */
#include "modules/deal/deal.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/deal/entities.def"
#define ACRM__ENTITIES_NAME deal_entities
#include "kernel/declare_tables.h"

/* --- Parameters and results --- */

#define DEAL_ID(entity_)                                                                          \
    { .name = "id", .type = ACRM__T_REF, .target = entity_, .flags = ACRM__REQUIRED,              \
      .help = "Which one" }
#define DEAL_END { .name = NULL }

static const acrm__field deal_quote_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "quote",
      .help = "The quote, its fields at top level" },
    DEAL_END
};
static const acrm__field deal_contract_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "sales_contract",
      .help = "The contract, its fields at top level" },
    DEAL_END
};
static const acrm__field deal_quote_in[] = { DEAL_ID("quote"), DEAL_END };
static const acrm__field deal_contract_in[] = { DEAL_ID("sales_contract"), DEAL_END };

/* What is said of a quote, at first or in another version. */
#define DEAL_QUOTE                                                                                \
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer",                           \
      .help = "For whom; defaults to the customer of the lead or opportunity" },                  \
    { .name = "lead_id", .type = ACRM__T_REF, .target = "lead", .help = "For which lead" },       \
    { .name = "opportunity_id", .type = ACRM__T_REF, .target = "opportunity",                     \
      .help = "For which deal" },                                                                 \
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",                               \
      .help = "Dealer; defaults to that of the lead, else of who offers" },                       \
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",                                   \
      .help = "Who offers; defaults to who calls" },                                              \
    { .name = "configuration_id", .type = ACRM__T_REF, .target = "configuration",                 \
      .help = "The configured car; its prices and tax become the first lines" },                  \
    { .name = "vehicle_id", .type = ACRM__T_REF, .target = "vehicle",                             \
      .help = "The car in stock; its asking price becomes the first line" },                      \
    { .name = "lines", .type = ACRM__T_MAP, .flags = ACRM__LIST,                                  \
      .help = "Further lines: kind (vehicle, option, accessory, service, insurance, fee, levy, "  \
              "discount, rebate), code, name, quantity, amount, tax_rate, includes_tax; of a "    \
              "discount amount or rate, and on" },                                                \
    { .name = "tax_rate", .type = ACRM__T_DECIMAL,                                                \
      .help = "Of lines that name none; defaults to the price list's" },                          \
    { .name = "includes_tax", .type = ACRM__T_BOOL,                                               \
      .help = "Whether their prices have it in them" },                                           \
    { .name = "appraisal_id", .type = ACRM__T_REF, .target = "appraisal",                         \
      .help = "Approved appraisal of the car taken in return: what it offers is deducted" },      \
    { .name = "trade_in_debt", .type = ACRM__T_TEXT, .max = 32,                                   \
      .help = "Amount still owed on the old car, which the dealer pays off" },                    \
    { .name = "trade_in_tax", .type = ACRM__T_BOOL,                                               \
      .help = "The trade-in lowers what is taxed, where the law says so" },                       \
    { .name = "deposit", .type = ACRM__T_TEXT, .max = 32, .help = "Amount of the deposit" },      \
    { .name = "payment", .type = ACRM__T_ENUM, .choices = "cash|credit|lease",                    \
      .help = "How it is paid; cash without it" },                                                \
    { .name = "finance", .type = ACRM__T_MAP,                                                     \
      .help = "Terms of the credit (arguments of finance.schedule) or lease (of finance.lease), " \
              "without the amounts, which are the quote's; and apr_method" },                     \
    { .name = "currency", .type = ACRM__T_TEXT, .max = 3,                                         \
      .help = "ISO 4217; defaults to that of the prices" },                                       \
    { .name = "valid_until", .type = ACRM__T_DATE,                                                \
      .help = "Last day it can be accepted; defaults to two weeks from today" },                  \
    { .name = "language", .type = ACRM__T_TEXT, .max = 35,                                        \
      .help = "Of its document; defaults to the customer's" },                                    \
    { .name = "note", .type = ACRM__T_TEXT, .max = 4096, .help = "Printed on it" }

static const acrm__field deal_create_in[] = { DEAL_QUOTE, DEAL_END };
static const acrm__field deal_revise_in[] = { DEAL_ID("quote"), DEAL_QUOTE, DEAL_END };
static const acrm__field deal_note_in[] = {
    DEAL_ID("quote"),
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "What is to be said about it" },
    DEAL_END
};
static const acrm__field deal_decline_in[] = {
    DEAL_ID("quote"),
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "Code of the lost_reason" },
    { .name = "competitor", .type = ACRM__T_TEXT, .max = 200, .help = "To whom" },
    DEAL_END
};
static const acrm__field deal_compare_in[] = {
    { .name = "ids", .type = ACRM__T_REF, .target = "quote",
      .flags = ACRM__REQUIRED | ACRM__LIST, .help = "2 to 10 quotes" },
    DEAL_END
};
static const acrm__field deal_compare_out[] = {
    { .name = "quotes", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The quotes: id, number, version_no" },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Lines, then totals: kind (of the line, or total), name, values (one a quote; null: "
              "it has none)" },
    DEAL_END
};
static const acrm__field deal_accept_in[] = {
    DEAL_ID("quote"),
    { .name = "number", .type = ACRM__T_TEXT, .max = 64,
      .help = "Number of the contract; the next of the dealer's series without it" },
    { .name = "terms", .type = ACRM__T_TEXT, .max = 16000, .help = "Further terms" },
    { .name = "withdraw_days", .type = ACRM__T_INT, .min = 0, .max = 365, .unit = "days",
      .help = "How long the customer may withdraw; 14 without it" },
    { .name = "cancel_fee_rate", .type = ACRM__T_DECIMAL,
      .help = "Most that cancelling later may cost, as a fraction of the total" },
    { .name = "guarantee_required", .type = ACRM__T_TEXT, .max = 32,
      .help = "Amount of guarantees to be received before it is signed" },
    { .name = "language", .type = ACRM__T_TEXT, .max = 35, .help = "Of its document" },
    DEAL_END
};
static const acrm__field deal_accept_out[] = {
    { .name = "contract", .type = ACRM__T_RECORD, .target = "sales_contract",
      .help = "The contract, a draft" },
    { .name = "quote", .type = ACRM__T_RECORD, .target = "quote", .help = "The quote" },
    DEAL_END
};
static const acrm__field deal_render_quote_in[] = {
    DEAL_ID("quote"),
    { .name = "language", .type = ACRM__T_TEXT, .max = 35, .help = "Instead of its own" },
    DEAL_END
};
static const acrm__field deal_render_contract_in[] = {
    DEAL_ID("sales_contract"),
    { .name = "language", .type = ACRM__T_TEXT, .max = 35,
      .help = "Instead of its own; of what is signed a translation, not the document signed" },
    DEAL_END
};
static const acrm__field deal_render_out[] = {
    { .name = "html", .type = ACRM__T_TEXT, .help = "A4 pages, ready to print" },
    { .name = "language", .type = ACRM__T_TEXT, .help = "Its language" },
    { .name = "hash", .type = ACRM__T_TEXT, .help = "BLAKE2b-256 of html" },
    DEAL_END
};
static const acrm__field deal_layout_in[] = {
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "quote|contract", .preset = "\"quote\"",
      .help = "Of what" },
    DEAL_END
};
static const acrm__field deal_layout_out[] = {
    { .name = "body", .type = ACRM__T_TEXT, .help = "The template" },
    { .name = "words", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Words in the reader's language that it may name: l.quote ..." },
    DEAL_END
};
static const acrm__field deal_request_in[] = {
    DEAL_ID("sales_contract"),
    { .name = "connector", .type = ACRM__T_TEXT, .max = 64,
      .help = "Connector of a signature service to send it to; without it only the event tells" },
    DEAL_END
};
static const acrm__field deal_request_out[] = {
    { .name = "document_hash", .type = ACRM__T_TEXT, .help = "Of the document to be signed" },
    { .name = "parties", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Who has yet to sign: party_id, role, customer_id" },
    { .name = "request", .type = ACRM__T_MAP, .help = "The connector_request, if there is one" },
    DEAL_END
};
static const acrm__field deal_sign_in[] = {
    DEAL_ID("sales_contract"),
    { .name = "party_id", .type = ACRM__T_REF, .target = "contract_party",
      .help = "Who signs; not needed while only one has yet to" },
    { .name = "method", .type = ACRM__T_ENUM, .choices = "paper|electronic|remote|proxy",
      .preset = "\"paper\"", .help = "How" },
    { .name = "evidence", .type = ACRM__T_TEXT, .max = 4096,
      .help = "What proves it: the number of a file, of an envelope, a certificate" },
    { .name = "signed_at", .type = ACRM__T_INSTANT, .help = "When; now without it" },
    { .name = "document_hash", .type = ACRM__T_TEXT, .max = 64,
      .help = "Of what was signed; another than the contract's is refused" },
    DEAL_END
};
static const acrm__field deal_cancel_in[] = {
    DEAL_ID("sales_contract"),
    { .name = "cause", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "withdrawal|customer|dealer|financing|other", .help = "Why" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "More about that" },
    { .name = "fee", .type = ACRM__T_TEXT, .max = 32,
      .help = "Amount that it costs the customer, up to cancel_fee_rate" },
    DEAL_END
};
static const acrm__field deal_cancel_out[] = {
    { .name = "contract", .type = ACRM__T_RECORD, .target = "sales_contract",
      .help = "The contract" },
    { .name = "guarantees_to_return", .type = ACRM__T_INT,
      .help = "Guarantees received, to be given back" },
    DEAL_END
};
static const acrm__field deal_fulfil_in[] = {
    DEAL_ID("sales_contract"),
    { .name = "on", .type = ACRM__T_DATE, .help = "Day of hand-over; today without it" },
    DEAL_END
};
static const acrm__field deal_verify_out[] = {
    { .name = "whole", .type = ACRM__T_BOOL, .help = "Everything below is true" },
    { .name = "lines", .type = ACRM__T_BOOL, .help = "The lines are those that were quoted" },
    { .name = "totals", .type = ACRM__T_BOOL,
      .help = "They make the totals of quote and contract, to the cent" },
    { .name = "document", .type = ACRM__T_BOOL, .help = "The document is the one that is signed" },
    DEAL_END
};

/* --- Operations --- */

static const acrm__op deal_ops[] = {
    { .name = "quote.create", .flags = ACRM__OP_WRITE, .in = deal_create_in,
      .out = deal_quote_out, .run = acrm__quote_create,
      .help = "Make a quote: price it, work out its tax, totals and instalments" },
    { .name = "quote.revise", .flags = ACRM__OP_WRITE, .in = deal_revise_in,
      .out = deal_quote_out, .run = acrm__quote_revise,
      .help = "Make another version of a quote; what is not said stays as it was" },
    { .name = "quote.issue", .flags = ACRM__OP_WRITE, .in = deal_quote_in,
      .out = deal_quote_out, .run = acrm__quote_issue,
      .help = "Give a quote to the customer: from then on it binds until it expires" },
    { .name = "quote.submit", .flags = ACRM__OP_WRITE, .in = deal_note_in,
      .out = deal_quote_out, .run = acrm__quote_submit,
      .help = "Ask for approval of a discount past one's limit" },
    { .name = "quote.approve", .flags = ACRM__OP_WRITE, .in = deal_note_in,
      .out = deal_quote_out, .run = acrm__quote_approve,
      .help = "Approve the discount of somebody else's quote, within one's own limit" },
    { .name = "quote.reject", .flags = ACRM__OP_WRITE, .in = deal_note_in,
      .out = deal_quote_out, .run = acrm__quote_reject, .help = "Refuse to approve it" },
    { .name = "quote.decline", .flags = ACRM__OP_WRITE, .in = deal_decline_in,
      .out = deal_quote_out, .run = acrm__quote_decline,
      .help = "Note that the customer declined a quote, and why" },
    { .name = "quote.accept", .flags = ACRM__OP_WRITE, .in = deal_accept_in,
      .out = deal_accept_out, .run = acrm__quote_accept,
      .help = "Make a contract of a quote that the customer accepts; the car is held" },
    { .name = "quote.compare", .in = deal_compare_in, .out = deal_compare_out,
      .run = acrm__quote_compare, .help = "Quotes or their versions side by side" },
    { .name = "quote.render", .in = deal_render_quote_in, .out = deal_render_out,
      .run = acrm__quote_render, .help = "The document of a quote" },
    { .name = "quote.layout", .flags = ACRM__OP_SINGLE, .in = deal_layout_in,
      .out = deal_layout_out, .run = acrm__quote_layout,
      .help = "The layout that is built in, to begin one's own document_template with" },
    { .name = "sales_contract.render", .in = deal_render_contract_in, .out = deal_render_out,
      .run = acrm__contract_render,
      .help = "The document of a contract; once it is being signed, the one that is" },
    { .name = "sales_contract.request_signature", .flags = ACRM__OP_WRITE, .in = deal_request_in,
      .out = deal_request_out, .run = acrm__contract_request_signature,
      .help = "Fix the document of a contract and ask the parties to sign it" },
    { .name = "sales_contract.sign", .flags = ACRM__OP_WRITE, .in = deal_sign_in,
      .out = deal_contract_out, .run = acrm__contract_sign,
      .help = "Record a signature; with the last one the contract is signed and the car sold" },
    { .name = "sales_contract.cancel", .flags = ACRM__OP_WRITE, .in = deal_cancel_in,
      .out = deal_cancel_out, .run = acrm__contract_cancel,
      .help = "Cancel a contract: the car is free again, the deposit less a fee goes back" },
    { .name = "sales_contract.fulfil", .flags = ACRM__OP_WRITE, .in = deal_fulfil_in,
      .out = deal_contract_out, .run = acrm__contract_fulfil,
      .help = "Note that the car of a signed contract was handed over" },
    { .name = "sales_contract.verify", .in = deal_contract_in, .out = deal_verify_out,
      .run = acrm__contract_verify,
      .help = "Prove that lines, totals and signed document are as they were agreed on" },
    { .name = NULL }
};

static const acrm__hook deal_hooks[] = {
    { .entity = "discount_limit", .before_write = acrm__discount_limit_write },
    { .entity = "sales_contract", .before_write = acrm__contract_write },
    { .entity = "contract_party", .before_write = acrm__contract_party_write },
    { .entity = "contract_guarantee", .before_write = acrm__contract_guarantee_write },
    { .entity = "document_template", .before_write = acrm__document_template_write },
    { .entity = NULL }
};

static const acrm__reaction deal_reactions[] = {
    { .type = "connector_request.answered", .run = acrm__contract_answered },
    { .type = "vehicle_order.delivered", .run = acrm__contract_delivered },
    { .type = NULL }
};

static const acrm__timer_kind deal_timers[] = {
    { .kind = "quote.expires", .run = acrm__quote_expires,
      .help = "Ends a quote whose last day is over", .outlives = true },
    { .kind = NULL }
};

const acrm__module acrm__mod_deal = {
    .name = "deal",
    .help = "Quotes, contracts, signatures and documents",
    .entities = deal_entities,
    .ops = deal_ops,
    .hooks = deal_hooks,
    .reactions = deal_reactions,
    .timers = deal_timers,
};
