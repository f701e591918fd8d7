/* SPDX-License-Identifier: MIT */
/* A message's text as it leaves: with links of its own. What is kept stays as it was written. */
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/tracking.h"

#include <string.h>

/* The links of one message. */
typedef struct dress {
    acrm__call *call;
    const acrm__links *links;
    acrm__token token;
    bool failed;
} dress;

int32_t acrm__links_load(acrm__call *call, acrm__links *out)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "link_setting",
                                                       .as_system = true }, &rec);

    *out = (acrm__links){ .base = NULL };
    if (st == ACRM_OK && rec)
        *out = (acrm__links){ .base = acrm__text(rec, F_link_setting__base_url),
                              .clicks = acrm__int(rec, F_link_setting__clicks) != 0,
                              .opens = acrm__int(rec, F_link_setting__opens) != 0,
                              .valid_for = acrm__int(rec, F_link_setting__valid_for) };
    return st;
}

static const char *dress_url(dress *d, int32_t purpose, uint32_t link)
{
    char text[ACRM__TOKEN_TEXT];

    d->token.purpose = purpose;
    d->token.link = link;
    acrm__token_print(d->call->session->engine, &d->token, text);
    const char *url = acrm__arena_format(d->call->arena, "%s/%c/%s", d->links->base,
                                         (char)purpose, text);
    d->failed = d->failed || !url;
    return url;
}

static const char *dress_click(void *user, uint32_t n)
{
    return dress_url(user, ACRM__TOKEN_CLICK, n);
}

static bool dress_has(const char *const *words, const char *word)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

int32_t acrm__links_dress(acrm__call *call, const acrm__links *links, const acrm__rec *message,
                          acrm__dressed *out)
{
    static const char *const on_paper[] = { "letter", "fax", "phone", NULL };
    const char *channel = acrm__text(message, F_message__channel);
    const char *body = acrm__text(message, F_message__body);
    bool html = acrm__int(message, F_message__html) != 0, paper = dress_has(on_paper, channel);
    dress d = { .call = call, .links = links };
    acrm__str text;

    *out = (acrm__dressed){ .body = body };
    if (!links->base || !body)
        return ACRM_OK;
    memcpy(d.token.message, acrm__id(message, F_ID), 16);
    d.token.expires = acrm__int(message, F_message__at) / 1000000 + links->valid_for;
    const char *unsubscribe = dress_url(&d, ACRM__TOKEN_UNSUBSCRIBE, 0);
    const char *pixel = links->opens && html && !paper ? dress_url(&d, ACRM__TOKEN_OPEN, 0) : NULL;
    acrm__str_init(&text, &call->arena->allocator);
    if (!d.failed)
        acrm__link_rewrite(body, html, links->clicks && !paper ? dress_click : NULL, &d,
                           unsubscribe, pixel, &text);
    out->body = text.failed || d.failed ? NULL
                                        : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!out->body)
        return acrm__nomem(call);
    /* Mail programs show a button for it (RFC 8058); business under way has none. */
    if (strcmp(channel, "email") == 0 && !acrm__int(message, F_message__transactional))
        out->unsubscribe = unsubscribe;
    return ACRM_OK;
}
