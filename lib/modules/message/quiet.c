/* SPDX-License-Identifier: MIT */
/* Quiet hours on a wall clock, and whose wall clock it is. */
#include "base/civil.h"
#include "modules/message/message.h"

#include <string.h>

/* Countries of one time zone (their mainland, where some islands have another). */
static const char quiet_countries[] =
    "AE Asia/Dubai\nAF Asia/Kabul\nAL Europe/Tirane\nAM Asia/Yerevan\nAT Europe/Vienna\n"
    "AZ Asia/Baku\nBA Europe/Sarajevo\nBD Asia/Dhaka\nBE Europe/Brussels\nBG Europe/Sofia\n"
    "BH Asia/Bahrain\nBY Europe/Minsk\nCH Europe/Zurich\nCN Asia/Shanghai\nCO America/Bogota\n"
    "CY Asia/Nicosia\nCZ Europe/Prague\nDE Europe/Berlin\nDK Europe/Copenhagen\n"
    "DZ Africa/Algiers\nEE Europe/Tallinn\nEG Africa/Cairo\nFI Europe/Helsinki\n"
    "FR Europe/Paris\nGB Europe/London\nGE Asia/Tbilisi\nGR Europe/Athens\nHK Asia/Hong_Kong\n"
    "HR Europe/Zagreb\nHU Europe/Budapest\nIE Europe/Dublin\nIL Asia/Jerusalem\n"
    "IN Asia/Kolkata\nIQ Asia/Baghdad\nIR Asia/Tehran\nIT Europe/Rome\nJO Asia/Amman\n"
    "JP Asia/Tokyo\nKE Africa/Nairobi\nKG Asia/Bishkek\nKR Asia/Seoul\nKW Asia/Kuwait\n"
    "LB Asia/Beirut\nLT Europe/Vilnius\nLU Europe/Luxembourg\nLV Europe/Riga\n"
    "MA Africa/Casablanca\nMD Europe/Chisinau\nMT Europe/Malta\nMY Asia/Kuala_Lumpur\n"
    "NG Africa/Lagos\nNL Europe/Amsterdam\nNO Europe/Oslo\nOM Asia/Muscat\nPE America/Lima\n"
    "PH Asia/Manila\nPK Asia/Karachi\nPL Europe/Warsaw\nQA Asia/Qatar\nRO Europe/Bucharest\n"
    "RS Europe/Belgrade\nSA Asia/Riyadh\nSE Europe/Stockholm\nSG Asia/Singapore\n"
    "SI Europe/Ljubljana\nSK Europe/Bratislava\nSY Asia/Damascus\nTH Asia/Bangkok\n"
    "TJ Asia/Dushanbe\nTM Asia/Ashgabat\nTN Africa/Tunis\nTR Europe/Istanbul\nTW Asia/Taipei\n"
    "UA Europe/Kyiv\nUZ Asia/Tashkent\nVN Asia/Ho_Chi_Minh\nZA Africa/Johannesburg\n";

const char *acrm__message_country_zone(const char *country, char zone[ACRM__ZONE_NAME])
{
    for (const char *line = quiet_countries; country && *line; line = strchr(line, '\n') + 1) {
        if (strncmp(line, country, 2) != 0 || country[1] == '\0' || country[2] != '\0')
            continue;
        size_t len = strcspn(line + 3, "\n");
        memcpy(zone, line + 3, len);
        zone[len] = '\0';
        return zone;
    }
    return NULL;
}

static int64_t quiet_instant(const acrm_zone *zone, int32_t day, int64_t second)
{
    int64_t us = 0;

    if (!zone || acrm_zone_to_instant(zone, day, (int32_t)second, &us, NULL) != ACRM_OK)
        return (day * (int64_t)ACRM__DAY_SECONDS + second) * ACRM__SECOND_US;
    return us;
}

static void quiet_local(const acrm_zone *zone, int64_t at, acrm_local *local)
{
    local->struct_size = sizeof *local;
    if (!zone || acrm_zone_to_local(zone, at, local) != ACRM_OK) {
        local->day = (int32_t)acrm__floor_div(at, ACRM__DAY_US);
        local->second = (int32_t)(acrm__floor_mod(at, ACRM__DAY_US) / ACRM__SECOND_US);
    }
}

int64_t acrm__message_quiet_end(const acrm_zone *zone, int64_t from, int64_t to, int64_t at)
{
    acrm_local local = { .day = 0 };

    quiet_local(zone, at, &local);
    bool quiet = from < to ? local.second >= from && local.second < to
                           : local.second >= from || local.second < to;
    if (from == to || !quiet)
        return at;
    /* Over midnight the evening's hours end on the next day. */
    int64_t end = quiet_instant(zone, local.day + (local.second >= to ? 1 : 0), to);
    return end > at ? end : at;
}

int64_t acrm__message_next_time(const acrm_zone *zone, int64_t second, int64_t at)
{
    acrm_local local = { .day = 0 };

    quiet_local(zone, at, &local);
    return quiet_instant(zone, local.day + (second < local.second ? 1 : 0), second);
}
