/* SPDX-License-Identifier: MIT */
/* Links in messages as a module: entities and operations, in tables. */
#include "modules/message/tracking.h"
#include "modules/modules.h"

#include <string.h>

#define ACRM__ENTITIES_DEF "modules/message/tracking.def"
#define ACRM__ENTITIES_NAME tracking_entities
#include "kernel/declare_tables.h"

static int32_t tracking_setting_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *url = acrm__text(rec, F_link_setting__base_url);
    size_t len = url ? strlen(url) : 0, host = strlen("https://");
    int64_t n = 0;
    int32_t st = ACRM_OK;

    if (!url)
        return ACRM_OK; /* told by the check of what is required */
    for (size_t i = 0; i < len; i++)
        if (url[i] <= 0x20 || url[i] >= 0x7f || strchr("\"<>'?#&\\", url[i]))
            host = len;
    if (strncmp(url, "https://", strlen("https://")) != 0 || len <= host || url[len - 1] == '/')
        return acrm__fail(call, ACRM_E_INVALID, "url", "base_url",
                          "base_url is an address like https://example.com/m, of printable ASCII "
                          "characters, without a slash at its end");
    if (!before)
        st = acrm__count(call, &(acrm__select){ .entity = "link_setting", .as_system = true }, &n);
    if (st == ACRM_OK && n > 0)
        return acrm__fail(call, ACRM_E_CONFLICT, "exists", NULL,
                          "there is a link_setting: update that one");
    return st;
}

static const acrm__field tracking_in[] = {
    { .name = "token", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 200,
      .help = "The last part of the address that was asked for" },
    { .name = NULL }
};
#define TRACKING_FIRST                                                                            \
    { .name = "first", .type = ACRM__T_BOOL, .help = "It was not done before" }
static const acrm__field tracking_opened_out[] = { TRACKING_FIRST, { .name = NULL } };
static const acrm__field tracking_clicked_out[] = {
    { .name = "url", .type = ACRM__T_TEXT,
      .help = "Where to lead the reader; null: the message's text is no more" },
    TRACKING_FIRST,
    { .name = NULL }
};
static const acrm__field tracking_unsubscribe_out[] = {
    { .name = "purpose", .type = ACRM__T_TEXT, .help = "Code of the consent_purpose" },
    { .name = "channel", .type = ACRM__T_TEXT, .help = "By what no more comes" },
    { .name = "already", .type = ACRM__T_BOOL, .help = "Nothing came before either" },
    TRACKING_FIRST,
    { .name = NULL }
};

static const acrm__op tracking_ops[] = {
    { .name = "message.opened", .flags = ACRM__OP_WRITE, .in = tracking_in,
      .out = tracking_opened_out, .run = acrm__message_opened,
      .help = "Count that a message was opened, by the token of its pixel" },
    { .name = "message.clicked", .flags = ACRM__OP_WRITE, .in = tracking_in,
      .out = tracking_clicked_out, .run = acrm__message_clicked,
      .help = "Count that a link was followed, by its token, and tell where it leads" },
    { .name = "message.unsubscribe", .flags = ACRM__OP_WRITE, .in = tracking_in,
      .out = tracking_unsubscribe_out, .run = acrm__message_unsubscribe,
      .help = "Withdraw the consent that a message rested on, by its token" },
    { .name = NULL }
};

static const acrm__hook tracking_hooks[] = {
    { .entity = "link_setting", .before_write = tracking_setting_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_tracking = {
    .name = "tracking",
    .help = "Links in messages, and what became of them",
    .entities = tracking_entities,
    .ops = tracking_ops,
    .hooks = tracking_hooks,
};
