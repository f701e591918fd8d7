/* SPDX-License-Identifier: MIT */
/* Links in messages: tokens, the text as it leaves, and what readers do. */
#ifndef ACRM_MODULES_MESSAGE_TRACKING_H
#define ACRM_MODULES_MESSAGE_TRACKING_H

#include "engines/link/link.h"
#include "kernel/call.h"

#define ACRM__ENTITIES_DEF "modules/message/tracking.def"
#include "kernel/declare_fields.h"

/* token.c: signed texts that say nothing to who has not the engine's key. */
enum { ACRM__TOKEN_OPEN = 'o', ACRM__TOKEN_CLICK = 'c', ACRM__TOKEN_UNSUBSCRIBE = 'u' };
enum { ACRM__TOKEN_TEXT = 53 }; /* with its NUL */
typedef struct acrm__token {
    int32_t purpose;
    unsigned char message[16];
    uint32_t link;   /* which of the message's */
    int64_t expires; /* seconds since 1970 */
} acrm__token;
void acrm__token_print(const acrm_engine *engine, const acrm__token *token,
                       char out[ACRM__TOKEN_TEXT]);
/* False: not one of this engine and purpose. */
bool acrm__token_read(const acrm_engine *engine, const char *text, int32_t purpose,
                      acrm__token *out);

/* dress.c: a message's text as it leaves. */
typedef struct acrm__links {
    const char *base; /* NULL: there is no link_setting */
    bool clicks, opens;
    int64_t valid_for; /* seconds */
} acrm__links;
typedef struct acrm__dressed {
    const char *body;
    const char *unsubscribe; /* URL for the transport, or NULL */
} acrm__dressed;
int32_t acrm__links_load(acrm__call *call, acrm__links *out);
/* Needs no transaction; the same in every attempt. */
int32_t acrm__links_dress(acrm__call *call, const acrm__links *links, const acrm__rec *message,
                          acrm__dressed *out);

/* follow.c */
int32_t acrm__message_opened(acrm__call *call);
int32_t acrm__message_clicked(acrm__call *call);
int32_t acrm__message_unsubscribe(acrm__call *call);

#endif
