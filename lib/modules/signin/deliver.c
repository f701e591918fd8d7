/* SPDX-License-Identifier: MIT */
/*
 * Codes leave by the host's transports, as messages do. They have an outbox of their own: a message
 * is kept with its text for people to read, and a code is for one reader only. It is sealed until
 * it is sent, and then forgotten.
 */
#include "autocrm/template.h"
#include "base/json.h"
#include "base/text.h"
#include "modules/signin/signin.h"

#include <sodium.h>
#include <string.h>

enum { DELIVER_BATCH = 64, DELIVER_TRIES = 5 };
#define DELIVER_LEASE (2 * ACRM__SIGNIN_MINUTE)
#define DELIVER_KEPT (INT64_C(30) * 24 * 60 * ACRM__SIGNIN_MINUTE)
#define DELIVER_COUNTED (INT64_C(2) * 24 * 60 * ACRM__SIGNIN_MINUTE)

static const char deliver_context[] = "signin_code";

static const struct {
    const char *language, *subject, *body;
} deliver_texts[] = {
    { "en", "Your code", "{{code}} is your code for {{minutes}} minutes. Tell it to nobody." },
    { "fa", "کد شما", "کد شما {{code}} است و {{minutes}} دقیقه اعتبار دارد. آن را به کسی نگویید." },
    { "it", "Il suo codice", "{{code}} è il suo codice, valido {{minutes}} minuti. Non lo "
                             "comunichi a nessuno." },
    { "zh", "验证码", "您的验证码是 {{code}}，{{minutes}} 分钟内有效，请勿告诉他人。" },
    { "ru", "Ваш код", "{{code}} — ваш код, он действует {{minutes}} мин. Никому его не "
                       "сообщайте." },
};

/* --- Writing --- */

typedef struct deliver_letter {
    const char *to, *language, *channel, *subject, *body;
    bool html;
} deliver_letter;

static const char *deliver_field(acrm__rec *rec, const char *name)
{
    uint32_t field = acrm__field_of(rec->entity, name);

    return field == UINT32_MAX ? NULL : acrm__text(rec, field);
}

/* Where to: a user's address or number, or the login of a customer, which is one. */
static int32_t deliver_whom(acrm__call *call, const acrm__rec *credential, deliver_letter *letter)
{
    const unsigned char *user = acrm__id(credential, F_credential__user_id);
    const char *asked = acrm__arg_text(call, "channel");
    acrm__rec *whom = NULL;
    int32_t st = acrm__load(call, user ? "user" : "customer",
                            user ? user : acrm__id(credential, F_credential__customer_id), NULL,
                            &whom);

    if (st != ACRM_OK)
        return st;
    const char *login = acrm__text(credential, F_credential__login);
    const char *mail = user ? deliver_field(whom, "email")
                            : login && strchr(login, '@') ? login : NULL;
    const char *number = user ? deliver_field(whom, "phone")
                              : login && *login == '+' ? login : NULL;
    bool sms = asked ? strcmp(asked, "sms") == 0 : !mail;
    letter->channel = sms ? "sms" : "email";
    letter->to = sms ? number : mail;
    letter->language = deliver_field(whom, "language");
    return ACRM_OK;
}

/* The business's own text in the language, or in any; else ours. */
static int32_t deliver_text(acrm__call *call, deliver_letter *letter)
{
    const acrm__entity *entity = acrm__entity_of(call, "message_template");
    const char *language = letter->language ? letter->language : "en";
    const acrm__term terms[] = {
        { acrm__field_of(entity, "code"), ACRM_FILTER_EQ, acrm__cell_text("signin_code") },
        { acrm__field_of(entity, "channel"), ACRM_FILTER_EQ, acrm__cell_text(letter->channel) },
        { acrm__field_of(entity, "active"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs found = { NULL, 0 };
    acrm__rec *best = NULL;
    size_t own = 0;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "message_template", .terms = terms,
                                                   .n_terms = 3, .as_system = true }, &found);

    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < found.count; i++)
        if (!best || strncmp(deliver_field(found.items[i], "language"), language, 2) == 0)
            best = found.items[i];
    for (size_t i = 0; i < sizeof deliver_texts / sizeof deliver_texts[0]; i++)
        if (strncmp(deliver_texts[i].language, language, 2) == 0)
            own = i;
    letter->subject = best ? deliver_field(best, "subject") : deliver_texts[own].subject;
    letter->body = best ? deliver_field(best, "body") : deliver_texts[own].body;
    letter->html = best && acrm__int(best, acrm__field_of(entity, "html"));
    return ACRM_OK;
}

static int32_t deliver_render(acrm__call *call, const acrm_value *names, int32_t escape,
                              const char **text)
{
    acrm_template_options options = { .struct_size = sizeof options, .escape = escape };
    acrm_template *compiled = NULL;
    acrm_buf *out = NULL;

    if (!*text)
        return ACRM_OK;
    int32_t st = acrm_template_new(&call->arena->allocator, *text, strlen(*text), &compiled, NULL);
    if (st == ACRM_OK)
        st = acrm_template_render(compiled, names, &options, &out, NULL);
    if (st == ACRM_OK)
        *text = acrm__arena_text(call->arena, acrm_buf_data(out), acrm_buf_len(out));
    acrm_buf_free(out);
    acrm_template_free(compiled);
    if (st == ACRM_OK && *text)
        return ACRM_OK;
    return st == ACRM_OK || st == ACRM_E_NOMEM
               ? acrm__nomem(call)
               : acrm__fail(call, st, "template", NULL, "the template signin_code does not work");
}

static int32_t deliver_seal(acrm__call *call, const deliver_letter *letter, acrm__rec *rec)
{
    acrm_value *map = acrm__value_in(call->arena);
    acrm_cell sealed = acrm__cell_null();
    acrm__str json;

    if (!map || acrm_value_set_map(map) != ACRM_OK || !acrm__put_text(map, "to", letter->to) ||
        !acrm__put_text(map, "subject", letter->subject) ||
        !acrm__put_text(map, "body", letter->body) ||
        !acrm__put_text(map, "language", letter->language) ||
        !acrm__put_bool(map, "html", letter->html))
        return acrm__nomem(call);
    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, map, 0);
    int32_t st = json.failed ? acrm__nomem(call)
                             : acrm__seal(call, NULL, deliver_context, json.data, json.len,
                                          &sealed);
    acrm__str_free(&json);
    acrm__set(rec, F_signin_code__sealed, sealed);
    acrm__set(rec, F_signin_code__channel, acrm__cell_text(letter->channel));
    return st;
}

int32_t acrm__signin_compose(acrm__call *call, const acrm__signin_policy *policy,
                             const acrm__rec *credential, const char *code, acrm__rec *rec,
                             bool *can)
{
    acrm_value *names = acrm__value_in(call->arena);
    deliver_letter letter = { .to = NULL };

    *can = false;
    if (!names || acrm_value_set_map(names) != ACRM_OK || !acrm__put_text(names, "code", code) ||
        !acrm__put_int(names, "minutes", policy->code_life / 60))
        return acrm__nomem(call);
    int32_t st = deliver_whom(call, credential, &letter);
    if (st != ACRM_OK || !letter.to)
        return st;
    st = deliver_text(call, &letter);
    if (st == ACRM_OK)
        st = deliver_render(call, names, ACRM_ESCAPE_LINE, &letter.subject);
    if (st == ACRM_OK)
        st = deliver_render(call, names, letter.html ? ACRM_ESCAPE_HTML : ACRM_ESCAPE_NONE,
                            &letter.body);
    *can = true;
    return st == ACRM_OK ? deliver_seal(call, &letter, rec) : st;
}

/* --- Sending --- */

typedef struct deliver_item {
    acrm__rec *rec;
    const acrm_transport *transport;
    acrm_sent sent;
} deliver_item;

static const acrm_transport *deliver_transport(const acrm__call *call, const acrm__rec *rec)
{
    bool sms = strcmp(acrm__text(rec, F_signin_code__channel), "sms") == 0;
    uint32_t bit = sms ? ACRM_CHANNEL_SMS : ACRM_CHANNEL_EMAIL;
    const acrm_transport *t;

    for (size_t i = 0; (t = acrm__transport_at(call, i)) != NULL; i++)
        if (t->channels & bit)
            return t;
    return NULL;
}

/* Marked before they are handed over, so that no other process does it too. */
static int32_t deliver_take(acrm__call *call, deliver_item *items, size_t *n)
{
    const acrm__term terms[] = {
        { F_signin_code__status, ACRM_FILTER_EQ, acrm__cell_text("waiting") },
        { F_signin_code__next_at, ACRM_FILTER_LE, acrm__cell_int(call->now) },
        { F_signin_code__expires_at, ACRM_FILTER_GT, acrm__cell_int(call->now) },
    };
    acrm__recs due = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "signin_code", .terms = terms,
        .n_terms = 3, .order = F_signin_code__next_at, .limit = DELIVER_BATCH,
        .as_system = true }, &due);

    for (size_t i = 0; st == ACRM_OK && i < due.count; i++) {
        const acrm_transport *transport = deliver_transport(call, due.items[i]);
        int64_t handed = acrm__int(due.items[i], F_signin_code__handed) + 1;
        if (!transport)
            continue;
        items[(*n)++] = (deliver_item){ .rec = due.items[i], .transport = transport };
        acrm__set(due.items[i], F_signin_code__handed, acrm__cell_int(handed));
        acrm__set(due.items[i], F_signin_code__next_at, acrm__cell_int(call->now + DELIVER_LEASE));
        st = acrm__update(call, due.items[i]);
    }
    return st;
}

static int32_t deliver_hand_over(acrm__call *call, deliver_item *item)
{
    const char *plain = NULL, *key = acrm__id_text(call, acrm__id(item->rec, F_ID));
    bool sms = strcmp(acrm__text(item->rec, F_signin_code__channel), "sms") == 0;
    acrm_value *map = NULL;
    acrm__json_fault fault;
    size_t len = 0;

    item->sent = (acrm_sent){ .struct_size = sizeof item->sent };
    int32_t st = key ? acrm__unseal(call, NULL, deliver_context,
                                    &item->rec->cells[F_signin_code__sealed], &plain, &len)
                     : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__json_read(call->arena, plain, len, &map, &fault);
    if (st != ACRM_OK)
        return st;
    const acrm_outgoing message = {
        .struct_size = sizeof message, .channel = sms ? ACRM_CHANNEL_SMS : ACRM_CHANNEL_EMAIL,
        .html = acrm_value_bool(acrm_value_get(map, "html")),
        .attempt = (int32_t)acrm__int(item->rec, F_signin_code__handed), .key = key,
        .to = acrm__get_text(map, "to"), .subject = acrm__get_text(map, "subject"),
        .body = acrm__get_text(map, "body"), .language = acrm__get_text(map, "language") };
    if (item->transport->submit(item->transport->self, &message, &item->sent) != 0)
        item->sent = (acrm_sent){ .struct_size = sizeof item->sent };
    item->sent.reason[sizeof item->sent.reason - 1] = '\0';
    if (!acrm__utf8_valid(item->sent.reason, strlen(item->sent.reason)))
        item->sent.reason[0] = '\0';
    return ACRM_OK;
}

static int32_t deliver_keep(acrm__call *call, deliver_item *items, size_t n, int64_t told[2])
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        const acrm_sent *sent = &items[i].sent;
        acrm__rec *rec = NULL;
        const acrm__term is = { F_ID, ACRM_FILTER_EQ, items[i].rec->cells[F_ID] };
        st = acrm__find_one(call, &(acrm__select){ .entity = "signin_code", .terms = &is,
                                                   .n_terms = 1, .as_system = true }, &rec);
        if (st != ACRM_OK || !rec) /* typed in, or asked for anew, meanwhile */
            continue;
        int64_t handed = acrm__int(rec, F_signin_code__handed);
        bool went = sent->outcome == ACRM_SENT_ACCEPTED || sent->outcome == ACRM_SENT_DELIVERED;
        bool over = went || sent->outcome != ACRM_SENT_RETRY || handed >= DELIVER_TRIES;
        told[!went]++;
        if (over) {
            acrm__set(rec, F_signin_code__status, acrm__cell_text(went ? "sent" : "failed"));
            acrm__set(rec, F_signin_code__sealed, acrm__cell_null());
        }
        if (!went && sent->reason[0])
            acrm__set(rec, F_signin_code__reason, acrm__cell_text(sent->reason));
        acrm__set(rec, F_signin_code__next_at,
                  over ? acrm__cell_null()
                       : acrm__cell_int(call->now + (INT64_C(5) << handed) * ACRM__SIGNIN_SECOND));
        st = acrm__update(call, rec);
    }
    return st;
}

static int32_t deliver_round(acrm__call *call, int64_t told[2], size_t *n)
{
    deliver_item items[DELIVER_BATCH];
    int32_t st = acrm__begin(call);

    *n = 0;
    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(call, deliver_take(call, items, n));
    for (size_t i = 0; st == ACRM_OK && i < *n; i++)
        st = deliver_hand_over(call, &items[i]);
    if (st == ACRM_OK && *n > 0)
        st = acrm__begin(call);
    if (st != ACRM_OK || *n == 0)
        return st;
    return acrm__signin_end(call, deliver_keep(call, items, *n, told));
}

/* --- What is over --- */

static const struct {
    const char *entity;
    uint32_t field;
    int64_t kept;
} deliver_old[] = {
    { "signin_code", F_signin_code__expires_at, 0 },
    { "signin_session", F_signin_session__expires_at, DELIVER_KEPT },
    { "signin_throttle", F_signin_throttle__last_at, DELIVER_COUNTED },
};

static int32_t deliver_oldest(acrm__call *call, size_t i, uint32_t limit, acrm__recs *out)
{
    const acrm__term old = { deliver_old[i].field, ACRM_FILTER_LE,
                             acrm__cell_int(call->now - deliver_old[i].kept) };

    return acrm__find(call, &(acrm__select){ .entity = deliver_old[i].entity, .terms = &old,
        .n_terms = 1, .order = deliver_old[i].field, .limit = limit, .as_system = true }, out);
}

static int32_t deliver_forget(acrm__call *call, size_t i)
{
    acrm__recs old = { NULL, 0 };
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = deliver_oldest(call, i, DELIVER_BATCH, &old);
    for (size_t k = 0; st == ACRM_OK && k < old.count; k++)
        st = acrm__purge(call, old.items[k]);
    return acrm__signin_end(call, st);
}

/* Whether there is anything to send, in a read transaction: most ticks write nothing. */
static int32_t deliver_look(acrm__call *call, bool *due, bool old[3])
{
    const acrm__term waits[] = {
        { F_signin_code__status, ACRM_FILTER_EQ, acrm__cell_text("waiting") },
        { F_signin_code__next_at, ACRM_FILTER_LE, acrm__cell_int(call->now) },
    };
    acrm__rec *first = NULL;
    int32_t st = acrm__transaction_begin(call, false);

    if (st != ACRM_OK)
        return st;
    st = acrm__find_one(call, &(acrm__select){ .entity = "signin_code", .terms = waits,
                                               .n_terms = 2, .as_system = true }, &first);
    *due = first != NULL;
    for (size_t i = 0; st == ACRM_OK && i < 3; i++) {
        acrm__recs found = { NULL, 0 };
        st = deliver_oldest(call, i, 1, &found);
        old[i] = found.count > 0;
    }
    acrm__transaction_rollback(call->session);
    return st;
}

int32_t acrm__signin_tick(acrm__call *call)
{
    int64_t told[2] = { 0, 0 }, limit = acrm__arg_int(call, "limit", 1000);
    bool due = false, old[3] = { false };
    acrm__call system = acrm__signin_system(call);
    int32_t st = deliver_look(&system, &due, old);

    due = due && acrm__transport_at(call, 0);
    for (size_t n = 1; st == ACRM_OK && due && n > 0 && told[0] + told[1] < limit;) {
        st = deliver_round(&system, told, &n);
        acrm__arena_reset(call->arena);
    }
    for (size_t i = 0; st == ACRM_OK && i < 3; i++)
        if (old[i])
            st = deliver_forget(&system, i);
    if (st != ACRM_OK || !acrm__transport_at(call, 0))
        return st;
    acrm_value *codes = acrm__put_map(call->out, "codes");
    return codes && acrm__put_int(codes, "sent", told[0]) &&
                   acrm__put_int(codes, "failed", told[1])
               ? ACRM_OK : acrm__nomem(call);
}
