/* SPDX-License-Identifier: MIT */
/* The modules that the library is made of. */
#ifndef ACRM_MODULES_MODULES_H
#define ACRM_MODULES_MODULES_H

#include "kernel/declare.h"

extern const acrm__module acrm__mod_kernel;
extern const acrm__module acrm__mod_org;
extern const acrm__module acrm__mod_party;
extern const acrm__module acrm__mod_merge;
extern const acrm__module acrm__mod_ties;
extern const acrm__module acrm__mod_sales;
extern const acrm__module acrm__mod_deal;
extern const acrm__module acrm__mod_integration;
extern const acrm__module acrm__mod_finance;
extern const acrm__module acrm__mod_work;
extern const acrm__module acrm__mod_filing;
extern const acrm__module acrm__mod_care;
extern const acrm__module acrm__mod_packages;
extern const acrm__module acrm__mod_consent;
extern const acrm__module acrm__mod_marketing;
extern const acrm__module acrm__mod_message;
extern const acrm__module acrm__mod_connector;
extern const acrm__module acrm__mod_tracking;
extern const acrm__module acrm__mod_webhook;
extern const acrm__module acrm__mod_process;
extern const acrm__module acrm__mod_stock;
extern const acrm__module acrm__mod_appraisal;
extern const acrm__module acrm__mod_configuration;
extern const acrm__module acrm__mod_performance;
extern const acrm__module acrm__mod_loyalty;
extern const acrm__module acrm__mod_ledger;
extern const acrm__module acrm__mod_club;
extern const acrm__module acrm__mod_privacy;
extern const acrm__module acrm__mod_portal;
extern const acrm__module acrm__mod_sla;
extern const acrm__module acrm__mod_grading;
extern const acrm__module acrm__mod_signin;
extern const acrm__module acrm__mod_order;
extern const acrm__module acrm__mod_sync;

#endif
