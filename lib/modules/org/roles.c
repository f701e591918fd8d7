/* SPDX-License-Identifier: MIT */
/* The roles that a new database begins with; a business changes them as it likes. */
#include "modules/org/org.h"

#include "kernel/entities.h"

/* What everybody who deals with customers may do about them. */
#define ROLES_DESK                                                                                \
    ",\"tag.add\",\"tag.remove\",\"tag.list_for\",\"tag.records\",\"note.*\","                \
    "\"attachment.*\",\"consent.give\",\"consent.confirm\",\"consent.withdraw\","             \
    "\"consent.check\",\"consent.state\",\"preference.*\",\"contact_suppression.create\","    \
    "\"vehicle.create\",\"vehicle.update\",\"vehicle_ownership.create\""
#define ROLES_MANAGER                                                                             \
    ",\"tag.*\",\"note.*\",\"attachment.*\",\"consent.*\",\"preference.*\","                  \
    "\"contact_suppression.*\",\"segment.*\",\"segment_snapshot.*\",\"vehicle.*\","            \
    "\"vehicle_ownership.*\",\"sales_contract.*\",\"member_card.*\",\"duplicate_candidate.*\""

/* Points of the club: what those at the counter do, and what their manager decides. */
#define ROLES_CLUB                                                                                \
    ",\"member.create\",\"loyalty.earn\",\"loyalty.redeem\",\"loyalty.reserve\","               \
    "\"loyalty.confirm\",\"loyalty.cancel\",\"loyalty.balance\",\"loyalty.statement\","         \
    "\"loyalty.adjust\""
#define ROLES_CLUB_MANAGER ROLES_CLUB                                                             \
    ",\"member.*\",\"loyalty.reverse\",\"loyalty.transfer\",\"loyalty.approve\","               \
    "\"loyalty.reject\""

/* Quotes and contracts. */
#define ROLES_DEAL                                                                                \
    ",\"quote.create\",\"quote.revise\",\"quote.issue\",\"quote.submit\",\"quote.decline\","     \
    "\"quote.accept\",\"quote.compare\",\"quote.render\",\"sales_contract.render\","             \
    "\"sales_contract.request_signature\",\"sales_contract.sign\",\"sales_contract.verify\","     \
    "\"contract_party.*\",\"contract_guarantee.*\",\"configuration.create\","                \
    "\"configuration.update\",\"configuration.check\",\"configuration.price\""
#define ROLES_DEAL_MANAGER                                                                        \
    ",\"configuration.*\",\"quote.*\",\"contract_party.*\",\"contract_guarantee.*\","              \
    "\"document_template.*\""

/* What everybody may do with processes; the definitions say more by their roles. */
#define ROLES_PROCESSES                                                                           \
    ",\"process.start\",\"process.transition\",\"process.available\",\"process.status\","         \
    "\"process_definition.diagram\""

/* Who belongs to whom. */
#define ROLES_TIES                                                                                \
    ",\"relationship.*\",\"household.*\",\"household_member.*\",\"customer.relate\","           \
    "\"customer.relationships\",\"customer.network\",\"customer.fleet\"" ROLES_PROCESSES

/* What those who sell may do about what was ordered, and who gets it. */
#define ROLES_ORDERS                                                                              \
    ",\"vehicle_order.*\",\"warranty.*\",\"allocation_request.*\""

/* What those who look after customers after the sale may do about their cases. */
#define ROLES_CARE                                                                                \
    ",\"case.*\",\"work_package.*\",\"work_package_task.*\",\"sla.status\",\"sla.pause\","         \
    "\"sla.resume\""
#define ROLES_CARE_MANAGER ROLES_CARE ",\"case_compensation.*\",\"sla.*\""

/* Vehicles of the stock, and drives in them. */
#define ROLES_STOCK                                                                               \
    ",\"vehicle.reserve\",\"vehicle.release\",\"vehicle.stock_card\",\"test_drive.*\","           \
    "\"appraisal.create\",\"appraisal.update\",\"appraisal.value\",\"appraisal.submit\","         \
    "\"appraisal.compare\",\"appraisal.sheet\",\"appraisal_item.*\""
#define ROLES_STOCK_MANAGER                                                                       \
    ",\"vehicle.*\",\"vehicle_cost.*\",\"stock_location.*\",\"trade_plate.*\",\"test_drive.*\","  \
    "\"appraisal.*\",\"appraisal_item.*\",\"appraisal_valuation.*\""

/* What everybody may do about the own sign-ins and tokens, and a manager about those of staff. */
#define ROLES_SIGNIN ",\"signin_session.end\",\"access_token.revoke\""
#define ROLES_SIGNIN_MANAGER                                                                      \
    ",\"credential.*\",\"signin_session.*\",\"access_token.*\""

/* Of the machinery who otherwise sees all rows sees nothing. */
#define ROLES_MACHINERY                                                                           \
    "\"timer\":\"none\",\"connector_request\":\"none\",\"webhook_endpoint\":\"none\","          \
    "\"webhook_secret\":\"none\",\"webhook_cursor\":\"none\",\"webhook_delivery\":\"none\","    \
    "\"import_mapping\":\"none\",\"signin_throttle\":\"none\",\"signin_code\":\"none\","        \
    "\"access_token\":\"own\",\"incident\":\"none\""
#define ROLES_PRIVACY                                                                             \
    "\"erasure\":\"none\",\"kept_record\":\"none\",\"suppression\":\"none\","                   \
    "\"legal_hold\":\"none\",\"restriction\":\"none\""

static const struct {
    const char *name, *label, *permissions, *scopes;
    const char *fields, *filters; /* rules of fields, of rows; NULL: none */
} roles_seed[] = {
    { "head_office", "Head office", "[\"*\"]", "{\"*\":\"all\"}" },
    { "dealer_manager", "Dealer manager",
      "[\"*.get\",\"*.list\",\"*.count\",\"*.aggregate\",\"*.history\",\"customer.*\","
      "\"contact_point.*\",\"interaction.*\",\"lead.*\",\"activity.*\",\"agenda.*\","
      "\"opportunity.*\","
      "\"report.*\",\"import.*\",\"user.update\"" ROLES_MANAGER ROLES_TIES
      ROLES_CARE_MANAGER ROLES_CLUB_MANAGER ROLES_ORDERS ROLES_DEAL_MANAGER
      ROLES_STOCK_MANAGER ROLES_SIGNIN_MANAGER "]",
      "{\"note\":\"own\",\"access_token\":\"own\",\"*\":\"dealer\"}",
      /* or a manager would give away more than a manager has */
      "{\"user\":{\"read_only\":[\"role_id\",\"dealer_id\",\"login\"]}}" },
    { "salesperson", "Salesperson",
      "[\"*.get\",\"*.list\",\"*.count\",\"customer.create\",\"customer.update\","
      "\"customer.identify\",\"customer.match\",\"customer.view360\",\"customer.timeline\","
      "\"contact_point.create\",\"contact_point.update\",\"interaction.create\",\"lead.create\","
      "\"lead.submit\",\"lead.update\",\"lead.accept\",\"lead.decline\",\"lead.contact\","
      "\"lead.set_level\",\"lead.win\",\"lead.lose\",\"lead.explain\",\"activity.*\",\"agenda.*\","
      "\"opportunity.*\"" ROLES_DESK ROLES_TIES ROLES_CLUB ROLES_ORDERS ROLES_DEAL
      ROLES_STOCK ROLES_SIGNIN "]",
      "{\"customer\":\"dealer\",\"*\":\"own\"}" },
    { "service_advisor", "Service advisor",
      "[\"*.get\",\"*.list\",\"*.count\",\"customer.create\",\"customer.update\","
      "\"customer.identify\",\"customer.match\",\"customer.view360\",\"customer.timeline\","
      "\"contact_point.create\",\"contact_point.update\",\"interaction.create\",\"lead.submit\","
      "\"activity.*\",\"agenda.*\"" ROLES_DESK ROLES_TIES
      ROLES_CARE ROLES_SIGNIN "]",
      "{\"note\":\"own\",\"credential\":\"own\",\"*\":\"dealer\"}" },
    { "call_centre", "Call centre",
      "[\"*.get\",\"*.list\",\"*.count\",\"customer.*\",\"contact_point.*\",\"interaction.*\","
      "\"lead.submit\",\"lead.contact\",\"activity.*\",\"agenda.*\"" ROLES_DESK ROLES_TIES
      ROLES_CARE ROLES_CLUB ROLES_SIGNIN ",\"credential.status\",\"credential.unlock\"]",
      "{\"user\":\"dealer\"," ROLES_MACHINERY "," ROLES_PRIVACY ",\"*\":\"all\"}", NULL,
      "{\"credential\":{\"user_id\":null},\"signin_session\":{\"user_id\":null}}" },
    { "privacy_officer", "Privacy officer",
      "[\"*.get\",\"*.list\",\"*.count\",\"*.history\",\"customer.identify\",\"privacy.*\","
      "\"legal_hold.*\",\"retention_rule.*\",\"suppression.*\",\"audit.*\"" ROLES_SIGNIN "]",
      "{\"*\":\"all\"}" },
    /* Of a dealer's business what is to be financed; the user's dealer is the one it finances. */
    { "lender", "Lender",
      "[\"customer.get\",\"sales_contract.get\",\"sales_contract.list\","
      "\"sales_contract.render\",\"quote.get\",\"quote.list\",\"quote_line.list\","
      "\"quote.render\",\"contract_party.list\",\"contract_guarantee.list\",\"case.open\","
      "\"case.message\",\"case.messages\",\"case.status\"" ROLES_PROCESSES ROLES_SIGNIN "]",
      "{\"customer\":\"dealer\",\"sales_contract\":\"dealer\",\"quote\":\"dealer\","
      "\"quote_line\":\"dealer\",\"contract_party\":\"dealer\","
      "\"contract_guarantee\":\"dealer\",\"process_instance\":\"dealer\","
      "\"process_step\":\"dealer\",\"signin_session\":\"own\",\"credential\":\"own\","
      "\"case\":\"own\",\"*\":\"none\"}",
      "{\"sales_contract\":{\"hidden\":[\"margin\"]}}" },
    { "customer", "Customer",
      "[\"customer.get\",\"contact_point.list\",\"lead.list\",\"lead.get\",\"case.open\","
      "\"case.message\",\"case.messages\",\"case.status\",\"case.list\",\"case.get\","
      "\"loyalty.balance\",\"loyalty.statement\",\"vehicle_order.list\","
      "\"vehicle_order.status\",\"draw_entrant.list\",\"allocation_request.list\","
      "\"warranty.list\",\"sales_contract.get\",\"sales_contract.list\","
      "\"sales_contract.render\",\"portal.*\",\"vehicle_ownership.list\","
      "\"message.list\",\"message.get\",\"consent.state\",\"consent.give\",\"consent.withdraw\","
      "\"preference.list\",\"preference.create\",\"preference.update\",\"member.list\","
      "\"member_card.list\",\"reward.available\",\"voucher.list\",\"signin_session.list\""
      ROLES_SIGNIN "]",
      "{\"*\":\"own\"}",
      "{\"appraisal\":{\"hidden\":[\"market\",\"appraised\",\"repair\",\"notes\",\"cause\","
      "\"submitted_by_id\",\"decided_by_id\"]},"
      "\"vehicle_order\":{\"hidden\":[\"slip\",\"planned_on\",\"chain_id\",\"user_id\"]},"
      "\"allocation_request\":{\"hidden\":[\"priority\",\"priority_reason\",\"ahead\","
      "\"ahead_reason\"]},"
      "\"sales_contract\":{\"hidden\":[\"margin\"]},"
      "\"case\":{\"hidden\":[\"risk\",\"priority_by_hand\",\"priority_explanation\","
      "\"assignment_explanation\",\"handovers\",\"entitlement\",\"root_cause_id\"]}}" },
};

static void roles_fill(acrm__rec *role, size_t i)
{
    acrm__set(role, F_role__name, acrm__cell_text(roles_seed[i].name));
    acrm__set(role, F_role__label, acrm__cell_text(roles_seed[i].label));
    acrm__set(role, F_role__permissions, acrm__cell_text(roles_seed[i].permissions));
    acrm__set(role, F_role__scopes, acrm__cell_text(roles_seed[i].scopes));
    acrm__set(role, F_role__field_rules, acrm__cell_text(roles_seed[i].fields));
    acrm__set(role, F_role__row_filters, acrm__cell_text(roles_seed[i].filters));
}

static int32_t roles_make(acrm__call *call, size_t i)
{
    acrm__rec *role = acrm__new(call, "role");

    if (!role)
        return acrm__nomem(call);
    roles_fill(role, i);
    return acrm__insert(call, role);
}

int32_t acrm__org_seed(acrm__call *call)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof roles_seed / sizeof roles_seed[0]; i++)
        st = roles_make(call, i);
    return st;
}

int32_t acrm__org_install_presets(acrm__call *call)
{
    bool reset = acrm__arg_bool(call, "reset", false);
    int64_t made = 0, changed = 0;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof roles_seed / sizeof roles_seed[0]; i++) {
        const acrm__term named = { F_role__name, ACRM_FILTER_EQ,
                                   acrm__cell_text(roles_seed[i].name) };
        acrm__rec *role = NULL;
        st = acrm__find_one(call, &(acrm__select){ .entity = "role", .terms = &named,
                                                   .n_terms = 1, .as_system = true }, &role);
        if (st == ACRM_OK && !role) {
            st = roles_make(call, i);
            made++;
        } else if (st == ACRM_OK && reset) {
            int64_t version = acrm__int(role, F_VERSION);
            roles_fill(role, i);
            st = acrm__update(call, role);
            changed += acrm__int(role, F_VERSION) != version;
        }
    }
    bool ok = st == ACRM_OK && acrm__put_int(call->out, "created", made) &&
              acrm__put_int(call->out, "updated", changed);
    return st == ACRM_OK && !ok ? acrm__nomem(call) : st;
}
