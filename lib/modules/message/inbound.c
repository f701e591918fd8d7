/* SPDX-License-Identifier: MIT */
/* What comes back: receipts, replies, bounces, and words by which customers want no more. */
#include "base/text.h"
#include "base/value.h"
#include "engines/dsn/dsn.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

/* --- Receipts --- */

static int32_t inbound_find(acrm__call *call, const char *transport, const char *reference,
                            acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_message__reference, ACRM_FILTER_EQ, acrm__cell_text(reference) },
        { F_message__transport, ACRM_FILTER_EQ, acrm__cell_text(transport) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "message", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t inbound_suppress(acrm__call *call, const acrm_cell *customer, const char *channel,
                                const char *cause, const acrm_cell *point)
{
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    const char *id = acrm__id_text(call, customer->data);
    bool ok = args && id && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "customer_id", id) &&
              acrm__put_text(args, "channel", channel) && acrm__put_text(args, "cause", cause);

    if (ok && point && point->type != ACRM_CELL_NULL)
        ok = acrm__put_text(args, "contact_point_id", acrm__id_text(call, point->data));
    return ok ? acrm__run(call, "contact_suppression.create", args, &out) : acrm__nomem(call);
}

static int32_t inbound_set(acrm__call *call, const char *entity, const acrm_cell *id,
                           const char *field, int64_t value)
{
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, *id };
    acrm__rec *rec = NULL;

    if (id->type == ACRM_CELL_NULL)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &by_id,
        .n_terms = 1, .as_system = true }, &rec);
    if (st != ACRM_OK || !rec)
        return st;
    acrm__set(rec, acrm__field_of(rec->entity, field), acrm__cell_int(value));
    return acrm__update(call, rec);
}

static int32_t inbound_act(acrm__call *call, const acrm__rec *message, const char *action,
                           const char *outcome)
{
    const acrm_cell *customer = &message->cells[F_message__customer_id];
    const acrm_cell *point = &message->cells[F_message__contact_point_id];
    bool complaint = strcmp(outcome, "complaint") == 0;

    if (strcmp(action, "mark_address") == 0 && point->type != ACRM_CELL_NULL)
        return inbound_set(call, "contact_point", point, "valid", 0);
    if (strcmp(action, "do_not_contact") == 0)
        return inbound_set(call, "customer", customer, "do_not_contact", 1);
    if (strcmp(action, "none") == 0)
        return ACRM_OK;
    return inbound_suppress(call, customer, acrm__text(message, F_message__channel),
                            complaint ? "complaint" : "bounced", point);
}

typedef struct inbound_rule {
    const char *action;
    int64_t times, within; /* seconds; 0: ever */
} inbound_rule;

/* How often it came for this address. */
static int32_t inbound_times(acrm__call *call, const acrm__rec *message, const char *outcome,
                             int64_t within, int64_t *n)
{
    const acrm__term terms[] = {
        { F_message_receipt__contact_point_id, ACRM_FILTER_EQ,
          message->cells[F_message__contact_point_id] },
        { F_message_receipt__outcome, ACRM_FILTER_EQ, acrm__cell_text(outcome) },
        { F_message_receipt__refused, ACRM_FILTER_EQ, acrm__cell_null() },
        { F_message_receipt__at, ACRM_FILTER_GT,
          acrm__cell_int(call->now - within * INT64_C(1000000)) },
    };

    return acrm__count(call, &(acrm__select){ .entity = "message_receipt", .terms = terms,
        .n_terms = within == 0 ? 3 : 4, .as_system = true }, n);
}

/* What holds where no bounce_rule says otherwise. */
static const struct {
    const char *outcome;
    inbound_rule rule;
} inbound_rules[] = {
    { "bounced", { "mark_address", 1, 0 } },
    { "soft_bounced", { "mark_address", 5, INT64_C(30) * 86400 } },
    { "complaint", { "suppress", 1, 0 } },
};

int32_t acrm__message_bounced(acrm__call *call, const acrm__rec *message, const char *outcome)
{
    const acrm__term of = { F_bounce_rule__outcome, ACRM_FILTER_EQ, acrm__cell_text(outcome) };
    inbound_rule rule = { .action = "none" };
    acrm__rec *own = NULL;
    int64_t n = 1;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof inbound_rules / sizeof inbound_rules[0]; i++)
        if (strcmp(inbound_rules[i].outcome, outcome) == 0)
            rule = inbound_rules[i].rule;
    if (rule.times > 0)
        st = acrm__find_one(call, &(acrm__select){ .entity = "bounce_rule", .terms = &of,
            .n_terms = 1, .as_system = true }, &own);
    if (st == ACRM_OK && own)
        rule = (inbound_rule){ acrm__text(own, F_bounce_rule__action),
                               acrm__int(own, F_bounce_rule__times),
                               acrm__int(own, F_bounce_rule__within) };
    if (st == ACRM_OK && rule.times > 1)
        st = inbound_times(call, message, outcome, rule.within, &n);
    if (st != ACRM_OK || n < rule.times)
        return st;
    return inbound_act(call, message, rule.action, outcome);
}

/* What is told of a message. */
typedef struct inbound_news {
    const char *transport, *reference, *external_id, *outcome, *detail;
    int64_t at;
} inbound_news;

static bool inbound_is(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words != NULL;
}

/* Why news is not believed; NULL: it is. */
static const char *inbound_doubt(const acrm__rec *message, const inbound_news *news)
{
    static const char *const went[] = { "sent", "delivered", "failed", NULL };
    static const char *const after[] = { "failed", "bounced", "complaint", NULL };
    const char *status = message ? acrm__text(message, F_message__status) : NULL;

    if (!message)
        return "unknown";
    if (!inbound_is(status, went))
        return "not_sent";
    return strcmp(status, "failed") == 0 && !inbound_is(news->outcome, after) ? "contradiction"
                                                                              : NULL;
}

static int32_t inbound_replayed(acrm__call *call, const inbound_news *news, bool *out)
{
    const acrm__term terms[] = {
        { F_message_receipt__external_id, ACRM_FILTER_EQ, acrm__cell_text(news->external_id) },
        { F_message_receipt__transport, ACRM_FILTER_EQ, acrm__cell_text(news->transport) },
    };
    int64_t n = 0;
    int32_t st = !news->external_id
                     ? ACRM_OK
                     : acrm__count(call, &(acrm__select){ .entity = "message_receipt",
                           .terms = terms, .n_terms = 2, .as_system = true }, &n);

    *out = n > 0;
    return st;
}

static int32_t inbound_record(acrm__call *call, const acrm__rec *message,
                              const inbound_news *news, const char *refused)
{
    acrm__rec *rec = acrm__new(call, "message_receipt");

    if (!rec)
        return acrm__nomem(call);
    if (message) {
        acrm__set(rec, F_message_receipt__message_id, message->cells[F_ID]);
        acrm__set(rec, F_message_receipt__customer_id, message->cells[F_message__customer_id]);
        acrm__set(rec, F_message_receipt__contact_point_id,
                  message->cells[F_message__contact_point_id]);
    }
    acrm__set(rec, F_message_receipt__at, acrm__cell_int(news->at));
    acrm__set(rec, F_message_receipt__outcome, acrm__cell_text(news->outcome));
    acrm__set(rec, F_message_receipt__detail, acrm__cell_text(news->detail));
    acrm__set(rec, F_message_receipt__transport, acrm__cell_text(news->transport));
    acrm__set(rec, F_message_receipt__reference, acrm__cell_text(news->reference));
    acrm__set(rec, F_message_receipt__external_id, acrm__cell_text(news->external_id));
    acrm__set(rec, F_message_receipt__refused, acrm__cell_text(refused));
    return acrm__insert(call, rec);
}

static int32_t inbound_outcome(acrm__call *call, acrm__rec *rec, const inbound_news *news)
{
    static const char *const arrived[] = { "delivered", "read", NULL };
    static const char *const failures[] = { "failed", "bounced", "soft_bounced", NULL };
    const char *status = acrm__text(rec, F_message__status);
    int32_t st = ACRM_OK;

    if (inbound_is(news->outcome, arrived) && strcmp(status, "delivered") != 0) {
        acrm__set(rec, F_message__status, acrm__cell_text("delivered"));
        acrm__set(rec, F_message__delivered_at, acrm__cell_int(news->at));
        st = acrm__update(call, rec);
    } else if (inbound_is(news->outcome, failures) && strcmp(status, "failed") != 0) {
        acrm__set(rec, F_message__status, acrm__cell_text("failed"));
        acrm__set(rec, F_message__reason,
                  acrm__cell_text(news->detail ? news->detail : news->outcome));
        st = acrm__update(call, rec);
    }
    return st == ACRM_OK ? acrm__message_bounced(call, rec, news->outcome) : st;
}

/* Keep what is told, and do what follows from it when it is believed. */
static int32_t inbound_news_of(acrm__call *call, acrm__rec *message, const inbound_news *news,
                               const char **refused)
{
    bool replayed = false;
    int32_t st = inbound_replayed(call, news, &replayed);

    *refused = replayed ? "replayed" : inbound_doubt(message, news);
    if (st == ACRM_OK)
        st = inbound_record(call, message, news, *refused);
    if (st == ACRM_OK && !*refused)
        st = inbound_outcome(call, message, news);
    return st;
}

int32_t acrm__message_receipt(acrm__call *call)
{
    inbound_news news = { .transport = acrm__arg_text(call, "transport"),
                          .reference = acrm__arg_text(call, "reference"),
                          .external_id = acrm__arg_text(call, "external_id"),
                          .outcome = acrm__arg_text(call, "outcome"),
                          .detail = acrm__arg_text(call, "reason"), .at = call->now };
    const char *refused = NULL;
    acrm__rec *rec = NULL;

    (void)acrm__arg_time(call, "at", &news.at);
    int32_t st = inbound_find(call, news.transport, news.reference, &rec);
    if (st == ACRM_OK)
        st = inbound_news_of(call, rec, &news, &refused);
    if (st != ACRM_OK)
        return st;
    acrm_value *told = acrm_value_put(call->out, "message");
    bool ok = told && acrm__put_bool(call->out, "accepted", !refused) &&
              acrm__put_text(call->out, "refused", refused);
    if (!ok)
        return acrm__nomem(call);
    return rec && !refused ? acrm__render(call, rec, told) : ACRM_OK;
}

/* --- Bounces as mail --- */

static const char *inbound_dsn_outcome(const acrm__dsn_recipient *r)
{
    switch (r->action) {
    case ACRM__DSN_DELAYED:
        return "delayed";
    case ACRM__DSN_DELIVERED:
        return "delivered";
    case ACRM__DSN_FAILED:
        return r->status[0] == 4 ? "soft_bounced" : "bounced";
    default:
        return r->status[0] == 5 ? "bounced" : r->status[0] == 4 ? "soft_bounced" : NULL;
    }
}

/* The message that came back: by the name of the delivery, or by the id of the mail, whose first
 * part is the reference. */
static int32_t inbound_dsn_message(acrm__call *call, acrm__dsn *dsn, inbound_news *news,
                                   acrm__rec **out)
{
    char *const names[] = { dsn->envelope, dsn->message_id };
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < 2 && st == ACRM_OK && !*out; i++) {
        names[i][strcspn(names[i], "@")] = '\0';
        if (!names[i][0])
            continue;
        news->reference = names[i];
        st = inbound_find(call, news->transport, names[i], out);
    }
    return st;
}

int32_t acrm__message_bounce(acrm__call *call)
{
    inbound_news news = { .transport = acrm__arg_text(call, "transport"),
                          .external_id = acrm__arg_text(call, "external_id"), .at = call->now };
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__dsn *dsn = acrm__arena_alloc(call->arena, sizeof *dsn);
    const char *text = acrm__arg_text(call, "mail");
    acrm__rec *message = NULL;

    if (!dsn || !items)
        return acrm__nomem(call);
    if (acrm__dsn_parse(text, strlen(text), dsn) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "format", "mail",
                          "this mail tells of no delivery (RFC 3464)");
    (void)acrm__arg_time(call, "at", &news.at);
    int32_t st = inbound_dsn_message(call, dsn, &news, &message);
    for (size_t i = 0; i < dsn->n_recipients && st == ACRM_OK; i++) {
        const acrm__dsn_recipient *r = &dsn->recipients[i];
        const char *refused = NULL;
        news.outcome = inbound_dsn_outcome(r);
        if (!news.outcome)
            continue;
        news.detail = acrm__arena_format(call->arena, "%d.%d.%d", r->status[0], r->status[1],
                                         r->status[2]);
        st = news.detail ? inbound_news_of(call, message, &news, &refused) : acrm__nomem(call);
        acrm_value *item = st == ACRM_OK ? acrm__add_map(items) : NULL;
        bool ok = item && acrm__put_text(item, "recipient", r->address) &&
                  acrm__put_text(item, "outcome", news.outcome) &&
                  acrm__put_text(item, "status", news.detail) &&
                  acrm__put_bool(item, "accepted", !refused) &&
                  acrm__put_text(item, "refused", refused);
        if (st == ACRM_OK && !ok)
            st = acrm__nomem(call);
        news.external_id = NULL; /* it names the mail: its other recipients are no repetition */
    }
    return st;
}

/* --- Messages from customers --- */

/* Words by which people end messages, folded; a message is one of them and nothing more. */
static const char *const inbound_stops[] = {
    "stop", "stopall", "end", "quit", "cancel", "unsubscribe", "remove", "arret", "annulla",
    "disiscrivi", "basta", "стоп", "отписаться", "отмена", "退订", "取消", "td", "لغو", "توقف",
    "انصراف", "إلغاء", "abbestellen", "abmelden", "stopp", "désabonner", "désinscrire", "baja",
    "parar", "cancelar", "iptal", "durdur", "optout", "opt out", "stop all", "revoke",
};

static int32_t inbound_is_stop(acrm__call *call, const char *body, bool *stop)
{
    acrm__str folded, word;

    *stop = false;
    acrm__str_init(&folded, &call->arena->allocator);
    acrm__str_init(&word, &call->arena->allocator);
    acrm__fold(body, strlen(body), &folded);
    for (size_t i = 0; i < sizeof inbound_stops / sizeof inbound_stops[0] && !*stop; i++) {
        acrm__str_clear(&word);
        acrm__fold(inbound_stops[i], strlen(inbound_stops[i]), &word);
        *stop = word.len == folded.len && memcmp(word.data, folded.data, word.len) == 0;
    }
    bool failed = folded.failed || word.failed;
    acrm__str_free(&folded);
    acrm__str_free(&word);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

/* The customer behind an address: the one it belongs to alone. */
static int32_t inbound_customer(acrm__call *call, acrm__rec *rec)
{
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    const char *sender = acrm__arg_text(call, "from"), *channel = acrm__arg_text(call, "channel");
    bool number = strcmp(channel, "sms") == 0 || strcmp(channel, "phone") == 0 ||
                  strcmp(channel, "fax") == 0;
    acrm__str normal;
    acrm__recs points = { NULL, 0 };

    acrm__str_init(&normal, &call->arena->allocator);
    if (strcmp(channel, "email") != 0 ||
        !acrm__email_normalise(sender, strlen(sender), &normal)) {
        acrm__str_clear(&normal);
        for (const char *p = sender; *p; p++) /* E.164, as transports tell it */
            if (!number || (*p >= '0' && *p <= '9') || (*p == '+' && p == sender))
                acrm__str_putc(&normal, *p);
    }
    const char *value = normal.failed ? NULL
                                      : acrm__arena_text(call->arena, normal.data, normal.len);
    acrm__str_free(&normal);
    if (!value)
        return acrm__nomem(call);
    const acrm__term is = { acrm__field_of(entity, "match_value"), ACRM_FILTER_EQ,
                            acrm__cell_text(value) };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &is,
        .n_terms = 1, .limit = 20, .as_system = true }, &points);
    uint32_t owner = acrm__field_of(entity, "customer_id");
    bool one = points.count > 0;
    for (size_t i = 1; st == ACRM_OK && i < points.count; i++)
        one = one && acrm__cell_equal(&points.items[i]->cells[owner],
                                      &points.items[0]->cells[owner]);
    if (st == ACRM_OK && one)
        acrm__set(rec, F_inbound_message__customer_id, points.items[0]->cells[owner]);
    return st;
}

/* Whether it came before under the same name. */
static int32_t inbound_again(acrm__call *call, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_inbound_message__external_id, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "external_id")) },
        { F_inbound_message__transport, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "transport")) },
    };

    if (!acrm__arg_text(call, "external_id"))
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = "inbound_message", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t inbound_fill(acrm__call *call, acrm__rec *rec, bool stop)
{
    const char *answers = acrm__arg_text(call, "answers");
    acrm__rec *message = NULL;
    int64_t at = call->now;
    int32_t st = ACRM_OK;

    (void)acrm__arg_time(call, "at", &at);
    acrm__set(rec, F_inbound_message__at, acrm__cell_int(at));
    acrm__set(rec, F_inbound_message__channel, acrm__cell_text(acrm__arg_text(call, "channel")));
    acrm__set(rec, F_inbound_message__kind, acrm__cell_text(stop ? "stop" : "reply"));
    acrm__set(rec, F_inbound_message__sender, acrm__cell_text(acrm__arg_text(call, "from")));
    acrm__set(rec, F_inbound_message__body, acrm__cell_text(acrm__arg_text(call, "body")));
    acrm__set(rec, F_inbound_message__transport,
              acrm__cell_text(acrm__arg_text(call, "transport")));
    acrm__set(rec, F_inbound_message__external_id,
              acrm__cell_text(acrm__arg_text(call, "external_id")));
    if (answers)
        st = inbound_find(call, acrm__arg_text(call, "transport"), answers, &message);
    if (st != ACRM_OK || !message)
        return st == ACRM_OK ? inbound_customer(call, rec) : st;
    acrm__set(rec, F_inbound_message__message_id, message->cells[F_ID]);
    acrm__set(rec, F_inbound_message__customer_id, message->cells[F_message__customer_id]);
    return ACRM_OK;
}

int32_t acrm__message_receive(acrm__call *call)
{
    acrm__rec *rec = NULL;
    bool stop = false;
    int32_t st = inbound_again(call, &rec);

    if (st != ACRM_OK || rec)
        return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
    rec = acrm__new(call, "inbound_message");
    st = rec ? inbound_is_stop(call, acrm__arg_text(call, "body"), &stop) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = inbound_fill(call, rec, stop);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = acrm__emit(call, stop ? "message.stopped" : "message.received", "inbound_message",
                        acrm__id(rec, F_ID), NULL);
    if (st == ACRM_OK && stop && !acrm__is_null(rec, F_inbound_message__customer_id))
        st = inbound_suppress(call, &rec->cells[F_inbound_message__customer_id],
                              acrm__arg_text(call, "channel"), "unsubscribed", NULL);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
