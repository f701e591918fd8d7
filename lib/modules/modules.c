/* SPDX-License-Identifier: MIT */
/* The module list: adding a module is one line here and one in modules.h. */
#include "modules/modules.h"

const acrm__module *const acrm__modules[] = {
    &acrm__mod_kernel,
    &acrm__mod_org,
    &acrm__mod_party,
    &acrm__mod_merge,
    &acrm__mod_ties,
    &acrm__mod_sales,
    &acrm__mod_integration,
    &acrm__mod_finance,
    &acrm__mod_work,
    &acrm__mod_filing,
    &acrm__mod_care,
    &acrm__mod_packages,
    &acrm__mod_consent,
    &acrm__mod_marketing,
    &acrm__mod_message,
    &acrm__mod_connector,
    &acrm__mod_tracking,
    &acrm__mod_webhook,
    &acrm__mod_process,
    &acrm__mod_catalog,
    &acrm__mod_configuration,
    &acrm__mod_loyalty,
    &acrm__mod_ledger,
    &acrm__mod_club,
    &acrm__mod_privacy,
    &acrm__mod_sla,
    &acrm__mod_grading,
    NULL,
};
