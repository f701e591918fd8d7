/* SPDX-License-Identifier: MIT */
/** The whole library for callers; ports have their own headers in autocrm/port/. */
#ifndef AUTOCRM_AUTOCRM_H
#define AUTOCRM_AUTOCRM_H

#include "autocrm/calendar.h"
#include "autocrm/deal.h"
#include "autocrm/draw.h"
#include "autocrm/configuration.h"
#include "autocrm/engine.h"
#include "autocrm/error.h"
#include "autocrm/filter.h"
#include "autocrm/finance.h"
#include "autocrm/ical.h"
#include "autocrm/identity.h"
#include "autocrm/match.h"
#include "autocrm/milestone.h"
#include "autocrm/phone.h"
#include "autocrm/planning.h"
#include "autocrm/scoring.h"
#include "autocrm/sla.h"
#include "autocrm/statechart.h"
#include "autocrm/status.h"
#include "autocrm/template.h"
#include "autocrm/value.h"
#include "autocrm/vcard.h"
#include "autocrm/vin.h"
#include "autocrm/webhook.h"

#endif
