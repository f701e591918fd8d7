/* SPDX-License-Identifier: MIT */
/* One row of a feed: what it says becomes words about an order, which may come late, twice and in
 * any order; what it names and is not known yet waits. */
#include "modules/order/sync.h"

#include "base/civil.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROW_CODE_MAX = 64, ROW_NUMBER_MAX = 64, ROW_EVENTS_MAX = 2000 };

typedef struct sync_row {
    acrm__sync *sync;
    const acrm_value *json;
    const char *type;
    const char *number, *vin, *code;
    int64_t at, revision;
    acrm__sync_verdict *verdict;
} sync_row;

/* Say what came of the row; the row is dealt with. */
static int32_t row_say(sync_row *row, int32_t outcome, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int32_t row_say(sync_row *row, int32_t outcome, const char *reason, const char *format, ...)
{
    va_list args;

    row->verdict->outcome = outcome;
    row->verdict->reason = reason;
    va_start(args, format);
    vsnprintf(row->verdict->message, sizeof row->verdict->message, format, args);
    va_end(args);
    return ACRM_OK;
}

static bool row_day(const sync_row *row, const char *key, int32_t *day)
{
    const char *text = acrm__get_text(row->json, key);

    return text && acrm__date_parse(text, strlen(text), day);
}

/* --- Orders --- */

static int32_t row_find(sync_row *row, uint32_t field, const char *text, acrm__rec **out)
{
    const acrm__term of[] = {
        { field, ACRM_FILTER_EQ, acrm__cell_text(text) },
        { F_vehicle_order__state, ACRM_FILTER_NE, acrm__cell_text("cancelled") },
    };

    return acrm__find_one(row->sync->call, &(acrm__select){ .entity = "vehicle_order",
        .terms = of, .n_terms = field == F_vehicle_order__vin ? 2 : 1, .as_system = true }, out);
}

/* The order among those of the step; `rec` is found already, or NULL. */
static int32_t row_open(sync_row *row, const char *number, acrm__rec *rec)
{
    acrm__sync *sync = row->sync;
    int32_t st = ACRM_OK;

    if (rec)
        number = acrm__text(rec, F_vehicle_order__number);
    for (size_t i = 0; i < sync->n_orders; i++)
        if (strcmp(sync->orders[i].number, number) == 0) {
            row->verdict->order = &sync->orders[i];
            return ACRM_OK;
        }
    if (!rec)
        st = row_find(row, F_vehicle_order__number, number, &rec);
    if (st != ACRM_OK || !rec)
        return st;
    acrm__sync_order *order = &sync->orders[sync->n_orders];
    st = acrm__order_open(sync->call, rec, &order->order);
    if (st != ACRM_OK)
        return st;
    order->number = acrm__text(rec, F_vehicle_order__number);
    order->dirty = false;
    sync->n_orders++;
    row->verdict->order = order;
    return ACRM_OK;
}

/* By its number first, by VIN later; none: the row waits. */
static int32_t row_order(sync_row *row)
{
    acrm__rec *rec = NULL;
    int32_t st = ACRM_OK;

    if (row->number)
        return row_open(row, row->number, NULL);
    for (size_t i = 0; i < row->sync->n_orders; i++) {
        const char *vin = acrm__text(row->sync->orders[i].order.rec, F_vehicle_order__vin);
        if (vin && strcmp(vin, row->vin) == 0) {
            row->verdict->order = &row->sync->orders[i];
            return ACRM_OK;
        }
    }
    st = row_find(row, F_vehicle_order__vin, row->vin, &rec);
    return st == ACRM_OK && rec ? row_open(row, NULL, rec) : st;
}

/* --- Words --- */

static const char *row_text_of(acrm__call *call, const char *kind, int64_t at, int32_t day)
{
    return acrm__arena_format(call->arena, "%s %s", kind,
                              day != ACRM_MILESTONE_NO_DAY ? acrm__date_text(call, day)
                                                           : acrm__instant_text(call, at));
}

/* What was told under the same code at the same time, for people. */
static const char *row_known(const sync_row *row, const acrm__order_word *word)
{
    const acrm__order *order = &row->verdict->order->order;

    for (size_t i = 0; i < order->events.count; i++) {
        const acrm__rec *e = order->events.items[i];
        if (strcmp(acrm__text(e, F_order_event__source), word->source) == 0 &&
            strcmp(acrm__text(e, F_order_event__code), word->code) == 0 &&
            acrm__int(e, F_order_event__occurred_at) == word->at)
            return row_text_of(order->call, acrm__text(e, F_order_event__kind), word->at,
                               acrm__is_null(e, F_order_event__expected_on)
                                   ? ACRM_MILESTONE_NO_DAY
                                   : (int32_t)acrm__int(e, F_order_event__expected_on));
    }
    return NULL;
}

/* The milestone is reached, as far as is known, and this word takes that back; *known: what. */
static int32_t row_regresses(acrm__order *order, const acrm__order_word *word, bool *out,
                             const char **known)
{
    int32_t at = word->type ? acrm_milestone_find(order->way->chain, word->type) : -1;
    int64_t when = 0;

    *out = false;
    if (at < 0 || strcmp(word->kind, "retracted") != 0)
        return ACRM_OK;
    int32_t st = acrm__order_reached(order, (size_t)at, out, &when);
    if (st == ACRM_OK && *out && !*known) {
        *known = row_text_of(order->call, "reached", when, ACRM_MILESTONE_NO_DAY);
        st = *known ? ACRM_OK : acrm__nomem(order->call);
    }
    return st;
}

static int32_t row_tell(sync_row *row, acrm__order_word *word)
{
    acrm__sync_order *order = row->verdict->order;
    acrm__call *call = row->sync->call;
    const char *known = row_known(row, word);
    bool back;
    int32_t verdict;
    int32_t st = row_regresses(&order->order, word, &back, &known);

    if (st == ACRM_OK)
        st = acrm__order_tell(&order->order, word, &verdict);
    if (st != ACRM_OK)
        return st;
    if (verdict == ACRM__ORDER_REPEAT)
        return row_say(row, ACRM__SYNC_REPEAT, NULL, "told before");
    order->dirty = true;
    if (verdict != ACRM__ORDER_CONTRADICTS && !back)
        return row_say(row, ACRM__SYNC_APPLIED, NULL, " ");
    const char *theirs = row_text_of(call, word->kind, word->at, word->expected);
    if (!theirs)
        return acrm__nomem(call);
    const char *kind = verdict == ACRM__ORDER_CONTRADICTS ? "contradicts" : "regress";
    st = acrm__sync_conflict_put(row->sync, order, kind, word->type, known, theirs);
    return st == ACRM_OK ? row_say(row, ACRM__SYNC_CONFLICT, kind, "%s, but before: %s", theirs,
                                   known ? known : "nothing") : st;
}

static acrm__order_word row_word(const sync_row *row, const char *kind)
{
    const char *note = acrm__get_text(row->json, "note");

    return (acrm__order_word){ .source = row->sync->code, .code = row->code, .kind = kind,
        .note = note && strlen(note) <= 1000 ? note : NULL, .at = row->at,
        .revision = row->revision, .expected = ACRM_MILESTONE_NO_DAY,
        .authority = acrm__int(row->sync->source, F_sync_source__authority) };
}

static int32_t row_side(sync_row *row, const char *code)
{
    row->code = code;
    acrm__order_word word = row_word(row, "side");

    return row_tell(row, &word);
}

/* A milestone by a code: reached, taken back, or expected. */
static int32_t row_milestone(sync_row *row)
{
    const acrm__order *order = &row->verdict->order->order;
    const acrm_value *retracted = acrm_value_get(row->json, "retracted");
    bool forecast = strcmp(row->type, "forecast") == 0, known = false;
    acrm__order_word word = row_word(row, forecast ? "expected"
                                          : acrm_value_bool(retracted) ? "retracted" : "reached");
    int32_t st = acrm__order_meaning(row->sync->call, order->way, word.source, word.code,
                                     &word.type, &known);

    if (st != ACRM_OK)
        return st;
    if (!known)
        return row_say(row, ACRM__SYNC_WAITING, "unknown_code",
                       "nobody said what the code %s means", word.code);
    if (!word.type)
        word.kind = "side";
    else if (forecast && !row_day(row, "on", &word.expected))
        return row_say(row, ACRM__SYNC_REJECTED, "required", "a forecast needs on, a date");
    word.tentative = acrm_value_bool(acrm_value_get(row->json, "tentative"));
    if (!word.type)
        word.expected = ACRM_MILESTONE_NO_DAY;
    return row_tell(row, &word);
}

/* payment, release, draw, allocation: a milestone of its own name, or a side event. */
static int32_t row_named(sync_row *row)
{
    static const struct {
        const char *type, *milestone, *key, *good, *back;
    } names[] = {
        { "payment", "payment", "complete", NULL, NULL },
        { "release", "customs", NULL, NULL, NULL },
        { "draw", "lottery", "result", "won", "lost" },
        { "allocation", "allocation", "result", "allocated", "withdrawn" },
    };
    const acrm__order *order = &row->verdict->order->order;
    size_t i = 0;

    while (strcmp(names[i].type, row->type) != 0)
        i++;
    const acrm_value *value = names[i].key ? acrm_value_get(row->json, names[i].key) : NULL;
    const char *result = acrm_value_text(value, NULL);
    bool good = names[i].good ? result && strcmp(result, names[i].good) == 0
                              : !names[i].key || !value || acrm_value_bool(value);
    bool back = names[i].back && result && strcmp(result, names[i].back) == 0;
    row->code = names[i].milestone;
    if (names[i].good && !good && !back && !(result && strcmp(result, "reserve") == 0))
        return row_say(row, ACRM__SYNC_REJECTED, "choice", "result must be %s or %s",
                       names[i].good, names[i].back);
    if (acrm_milestone_find(order->way->chain, row->code) < 0)
        return row_side(row, row->code);
    bool lost = back && strcmp(row->type, "draw") == 0;
    acrm__order_word word = row_word(row, good ? "reached" : back && !lost ? "retracted" : "side");
    word.type = strcmp(word.kind, "side") == 0 ? NULL : row->code;
    return row_tell(row, &word);
}

/* --- Stops: worked out anew from all that was told of them --- */

typedef struct row_stop {
    int64_t at;
    const acrm__rec *event;
    bool begins;
} row_stop;

static int32_t row_stops(const acrm__order *order, const char *source, const char *type,
                         row_stop *stops)
{
    int32_t n = 0;

    for (size_t i = 0; i < order->events.count && n < ROW_EVENTS_MAX; i++) {
        const acrm__rec *e = order->events.items[i];
        const char *code = acrm__text(e, F_order_event__code);
        bool begins = strncmp(code, "hold:", 5) == 0, ends = strncmp(code, "resume:", 7) == 0;
        if (!(begins || ends) || strcmp(code + (begins ? 5 : 7), type) != 0 ||
            strcmp(acrm__text(e, F_order_event__source), source) != 0)
            continue;
        row_stop stop = { acrm__int(e, F_order_event__occurred_at), e, begins };
        int32_t at = n++;
        for (; at > 0 && (stops[at - 1].at > stop.at ||
                          (stops[at - 1].at == stop.at && stops[at - 1].begins < begins)); at--)
            stops[at] = stops[at - 1];
        stops[at] = stop;
    }
    return n;
}

static int32_t row_put_hold(sync_row *row, acrm__rec *hold, const char *type,
                            const row_stop *stop, int64_t until)
{
    acrm__call *call = row->sync->call;
    const char *why = acrm__text(stop->event, F_order_event__note);
    bool fresh = hold == NULL;

    if (fresh)
        hold = acrm__new(call, "order_hold");
    if (!hold)
        return acrm__nomem(call);
    acrm__set(hold, F_order_hold__vehicle_order_id, row->verdict->order->order.rec->cells[F_ID]);
    acrm__set(hold, F_order_hold__type, acrm__cell_text(type));
    acrm__set(hold, F_order_hold__source, acrm__cell_text(row->sync->code));
    acrm__set(hold, F_order_hold__reason, acrm__cell_text(why ? why : type));
    acrm__set(hold, F_order_hold__from_date, acrm__cell_int(acrm__day_of(call, stop->at)));
    acrm__set(hold, F_order_hold__until_date,
              until == INT64_MAX ? acrm__cell_null() : acrm__cell_int(until));
    return fresh ? acrm__insert(call, hold) : acrm__update(call, hold);
}

/* The day on which the i-th stop ends: the last one stated before the next word to go on, or the
 * day of that word. */
static int64_t row_until(acrm__call *call, const row_stop *stops, int32_t n, int32_t i)
{
    int64_t until = INT64_MAX, from = acrm__day_of(call, stops[i].at);

    for (; i < n && stops[i].begins; i++)
        if (!acrm__is_null(stops[i].event, F_order_event__expected_on))
            until = acrm__int(stops[i].event, F_order_event__expected_on);
    if (i < n && acrm__day_of(call, stops[i].at) < until)
        until = acrm__day_of(call, stops[i].at);
    return until < from ? from : until;
}

static int32_t row_rebuild(sync_row *row, const char *type)
{
    acrm__call *call = row->sync->call;
    acrm__order *order = &row->verdict->order->order;
    row_stop *stops = acrm__arena_array(call->arena, order->events.count + 1, sizeof *stops);
    const acrm__term of = { F_order_hold__vehicle_order_id, ACRM_FILTER_EQ,
                            order->rec->cells[F_ID] };
    size_t at = 0;
    int32_t st = ACRM_OK;

    if (!stops)
        return acrm__nomem(call);
    int32_t n = row_stops(order, row->sync->code, type, stops);
    for (int32_t i = 0; st == ACRM_OK && i < n; i++) {
        if (!stops[i].begins || (i > 0 && stops[i - 1].begins))
            continue; /* it stands already */
        acrm__rec *hold = NULL;
        for (; !hold && at < order->holds.count; at++) {
            acrm__rec *h = order->holds.items[at];
            const char *source = acrm__text(h, F_order_hold__source);
            if (source && strcmp(source, row->sync->code) == 0 &&
                strcmp(acrm__text(h, F_order_hold__type), type) == 0)
                hold = h;
        }
        st = row_put_hold(row, hold, type, &stops[i], row_until(call, stops, n, i));
    }
    return st == ACRM_OK ? acrm__find(call, &(acrm__select){ .entity = "order_hold",
        .terms = &of, .n_terms = 1, .order = F_order_hold__from_date, .as_system = true },
        &order->holds) : st;
}

static int32_t row_stop_or_go(sync_row *row)
{
    acrm__order *order = &row->verdict->order->order;
    acrm__call *call = row->sync->call;
    bool known = false;
    const char *type = NULL;
    int32_t st = acrm__order_meaning(call, order->way, row->sync->code, row->code, &type, &known);

    if (st != ACRM_OK)
        return st;
    if (!known || !type)
        return row_say(row, ACRM__SYNC_WAITING, "unknown_code",
                       "nobody said what the code %s means", row->code);
    row->code = acrm__arena_format(call->arena, "%s:%s", row->type, type);
    if (!row->code)
        return acrm__nomem(call);
    acrm__order_word word = row_word(row, "side");
    if (strcmp(row->type, "hold") == 0)
        (void)row_day(row, "until", &word.expected);
    st = row_tell(row, &word);
    return st == ACRM_OK && row->verdict->outcome == ACRM__SYNC_APPLIED ? row_rebuild(row, type)
                                                                       : st;
}

/* --- The order itself --- */

static int32_t row_by_code(acrm__call *call, const char *entity, const char *field,
                           const char *text, acrm__rec **out)
{
    const acrm__term of = { acrm__field_of(acrm__entity_of(call, entity), field), ACRM_FILTER_EQ,
                            acrm__cell_text(text) };

    *out = NULL;
    if (!text)
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &of, .n_terms = 1,
                                                 .as_system = true }, out);
}

/* What the row says of the order, into its record. False: it names what is not known. */
static int32_t row_fields(sync_row *row, acrm__rec *rec, bool *ok)
{
    acrm__call *call = row->sync->call;
    const char *dealer_code = acrm__get_text(row->json, "dealer");
    const char *number = acrm__get_text(row->json, "contract");
    const char *model = acrm__get_text(row->json, "model");
    acrm__rec *dealer = NULL, *contract = NULL;
    int32_t st = row_by_code(call, "dealer", "code", dealer_code, &dealer);

    *ok = true;
    if (st == ACRM_OK)
        st = row_by_code(call, "sales_contract", "number", number, &contract);
    if (st != ACRM_OK)
        return st;
    if ((dealer_code && !dealer) || (number && !contract)) {
        *ok = false;
        return row_say(row, ACRM__SYNC_WAITING, dealer_code && !dealer ? "no_dealer"
                       : "no_contract", "there is no %s of this number yet",
                       dealer_code && !dealer ? "dealer" : "contract");
    }
    if (contract) {
        acrm__set(rec, F_vehicle_order__sales_contract_id, contract->cells[F_ID]);
        acrm__set(rec, F_vehicle_order__customer_id,
                  contract->cells[acrm__field_of(contract->entity, "customer_id")]);
    }
    if (dealer)
        acrm__set(rec, F_vehicle_order__dealer_id, dealer->cells[F_ID]);
    if (model && strlen(model) <= 100)
        acrm__set(rec, F_vehicle_order__model, acrm__cell_text(model));
    return ACRM_OK;
}

/* The last active version of a chain; NULL: there is none. */
static int32_t row_chain(sync_row *row, const char *code, const acrm__rec **out)
{
    const acrm__term of[] = {
        { F_milestone_chain__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        { F_milestone_chain__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__sync *sync = row->sync;
    acrm__rec *found = NULL;
    int32_t st = ACRM_OK;

    if (!sync->chain || strcmp(sync->chain, code) != 0) {
        st = acrm__find_one(sync->call, &(acrm__select){ .entity = "milestone_chain",
            .terms = of, .n_terms = 2, .order = F_milestone_chain__version_no,
            .descending = true, .as_system = true }, &found);
        sync->chain = code;
        sync->chain_rec = found;
    }
    *out = sync->chain_rec;
    return st;
}

static int32_t row_make(sync_row *row, bool *made)
{
    acrm__sync *sync = row->sync;
    acrm__call *call = sync->call;
    const char *code = acrm__get_text(row->json, "chain");
    acrm__rec *rec = acrm__new(call, "vehicle_order");
    const acrm__rec *chain = NULL;
    const void *cause = call->cause;
    int32_t day = 0;
    int32_t st = rec ? row_fields(row, rec, made) : acrm__nomem(call);

    if (st != ACRM_OK || !*made)
        return st;
    st = row_chain(row, code ? code : acrm__text(sync->source, F_sync_source__chain), &chain);
    *made = st == ACRM_OK && chain;
    if (!*made)
        return st == ACRM_OK ? row_say(row, ACRM__SYNC_REJECTED, "invalid",
                                       "there is no active chain of this code") : st;
    acrm__set(rec, F_vehicle_order__number, acrm__cell_text(row->number));
    acrm__set(rec, F_vehicle_order__chain, chain->cells[F_milestone_chain__code]);
    acrm__set(rec, F_vehicle_order__chain_id, chain->cells[F_ID]);
    acrm__set(rec, F_vehicle_order__started_on, acrm__cell_int(
        row_day(row, "ordered_on", &day) ? day : acrm__day_of(call, row->at)));
    call->cause = acrm__order_later;
    st = acrm__insert(call, rec);
    call->cause = cause;
    if (st != ACRM_OK)
        return st;
    acrm__sync_order *order = &sync->orders[sync->n_orders];
    st = acrm__order_make(call, rec, &order->order);
    if (st != ACRM_OK)
        return st;
    order->number = acrm__text(rec, F_vehicle_order__number);
    order->dirty = true;
    sync->n_orders++;
    row->verdict->order = order;
    return ACRM_OK;
}

/* Whether nothing later was told of the order's own fields. */
static bool row_is_latest(const sync_row *row)
{
    const acrm__order *order = &row->verdict->order->order;

    for (size_t i = 0; i < order->events.count; i++) {
        const acrm__rec *e = order->events.items[i];
        int64_t revision = acrm__int(e, F_order_event__revision);
        if (strcmp(acrm__text(e, F_order_event__code), "order") == 0 &&
            strcmp(acrm__text(e, F_order_event__source), row->sync->code) == 0 &&
            (revision > row->revision ||
             (revision == row->revision &&
              acrm__int(e, F_order_event__occurred_at) > row->at)))
            return false;
    }
    return true;
}

static int32_t row_of_order(sync_row *row)
{
    bool ok = true;
    int32_t st;

    if (!row->verdict->order) {
        if (!row->number)
            return row_say(row, ACRM__SYNC_REJECTED, "required", "an order needs its number");
        st = row_make(row, &ok);
        if (st != ACRM_OK || !ok)
            return st;
    } else if (row_is_latest(row)) {
        acrm__rec *rec = row->verdict->order->order.rec;
        st = row_fields(row, rec, &ok);
        if (st == ACRM_OK && ok)
            st = acrm__update(row->sync->call, rec);
        if (st != ACRM_OK || !ok)
            return st;
    }
    return row_side(row, "order");
}

static int32_t row_cancel(sync_row *row)
{
    acrm__sync_order *order = row->verdict->order;
    acrm__rec *rec = order->order.rec;
    const char *reason = acrm__get_text(row->json, "note");
    int32_t st = row_side(row, "cancel");

    if (st != ACRM_OK || row->verdict->outcome != ACRM__SYNC_APPLIED)
        return st;
    if (strcmp(acrm__text(rec, F_vehicle_order__state), "open") == 0)
        return acrm__order_drop(row->sync->call, rec, reason ? reason : row->sync->code);
    if (strcmp(acrm__text(rec, F_vehicle_order__state), "cancelled") == 0)
        return ACRM_OK;
    st = acrm__sync_conflict_put(row->sync, order, "closed", NULL, "delivered", "cancelled");
    return st == ACRM_OK ? row_say(row, ACRM__SYNC_CONFLICT, "closed",
                                   "the order is delivered already") : st;
}

/* --- VINs --- */

static int32_t row_identify(acrm__call *call, void *user)
{
    sync_row *row = user;

    return acrm__order_identify(call, row->verdict->order->order.rec, row->vin);
}

/* A row of any type may bring the VIN. */
static int32_t row_vin(sync_row *row, bool *ok)
{
    acrm__sync_order *order = row->verdict->order;
    const char *own = acrm__text(order->order.rec, F_vehicle_order__vin);
    acrm_error *failure = NULL;

    *ok = true;
    if (!row->vin || (own && strcmp(own, row->vin) == 0))
        return ACRM_OK;
    acrm_cell vin = order->order.rec->cells[F_vehicle_order__vin];
    acrm_cell vehicle = order->order.rec->cells[F_vehicle_order__vehicle_id];
    int32_t st = acrm__attempt(row->sync->call, row_identify, row, &failure);
    if (st != ACRM_OK || !failure)
        return st;
    *ok = false;
    acrm__set(order->order.rec, F_vehicle_order__vin, vin);
    acrm__set(order->order.rec, F_vehicle_order__vehicle_id, vehicle);
    bool wrong = acrm_error_code(failure) != ACRM_E_CONFLICT;
    if (!wrong)
        st = acrm__sync_conflict_put(row->sync, order, "vin", NULL, own ? own : "of another order",
                                     row->vin);
    if (st == ACRM_OK)
        st = row_say(row, wrong ? ACRM__SYNC_REJECTED : ACRM__SYNC_CONFLICT, "vin", "%s",
                     acrm_error_message(failure));
    acrm_error_free(failure);
    return st;
}

/* --- A row --- */

typedef struct row_kind {
    const char *type;
    int32_t (*run)(sync_row *row);
    bool code; /* needs one */
} row_kind;

static const row_kind row_types[] = {
    { "order", row_of_order, false },        { "milestone", row_milestone, true },
    { "forecast", row_milestone, true },     { "payment", row_named, false },
    { "release", row_named, false },         { "draw", row_named, false },
    { "allocation", row_named, false },      { "hold", row_stop_or_go, true },
    { "resume", row_stop_or_go, true },      { "cancel", row_cancel, false },
};

static const char *row_faults(const char *reason)
{
    return strcmp(reason, "type") == 0     ? "there is no such type of row"
           : strcmp(reason, "range") == 0 ? "at lies in the future, or seq is no whole number "
                                            "from 0 on"
                                          : "the row needs type, order or vin, at, and some types "
                                            "code: texts that are not too long";
}

/* What is wrong with the row's own form; NULL: nothing. */
static const char *row_fault(sync_row *row, const row_kind *kind, const char *at,
                             const acrm_value *seq)
{
    const acrm__call *call = row->sync->call;

    if (!kind)
        return "type";
    if ((!row->number && !row->vin) || (row->number && !row->number[0]) ||
        (row->number && strlen(row->number) > ROW_NUMBER_MAX))
        return "required";
    if (!at || !acrm__instant_parse(at, strlen(at), &row->at))
        return "required";
    if (row->at > call->now + ACRM__DAY_US)
        return "range";
    if (seq && (acrm_value_type(seq) != ACRM_INT || acrm_value_int(seq) < 0))
        return "range";
    if (kind->code && (!row->code || !row->code[0] || strlen(row->code) > ROW_CODE_MAX - 8))
        return "required";
    return NULL;
}

/* Whether the row's own form is right; false with the verdict said. */
static bool row_read(sync_row *row, size_t *type)
{
    const acrm_value *seq = acrm_value_get(row->json, "seq");
    const char *at = acrm__get_text(row->json, "at");
    const size_t types = sizeof row_types / sizeof *row_types;

    row->type = acrm__get_text(row->json, "type");
    row->number = acrm__get_text(row->json, "order");
    row->vin = acrm__get_text(row->json, "vin");
    row->code = acrm__get_text(row->json, "code");
    for (*type = 0; *type < types; (*type)++)
        if (row->type && strcmp(row_types[*type].type, row->type) == 0)
            break;
    const char *wrong = row_fault(row, *type == types ? NULL : &row_types[*type], at, seq);
    row->revision = seq ? acrm_value_int(seq) : 0;
    if (!wrong)
        return true;
    row_say(row, ACRM__SYNC_REJECTED, wrong, "%s", row_faults(wrong));
    return false;
}

int32_t acrm__sync_take(acrm__sync *sync, const acrm_value *json, acrm__sync_verdict *out)
{
    sync_row row = { .sync = sync, .json = json, .verdict = out };
    size_t type = 0;
    bool ok = true;

    *out = (acrm__sync_verdict){ .outcome = ACRM__SYNC_REJECTED };
    if (acrm_value_type(json) != ACRM_MAP)
        return row_say(&row, ACRM__SYNC_REJECTED, "json", "the line is no JSON object");
    if (!row_read(&row, &type))
        return ACRM_OK;
    int32_t st = row_order(&row);
    if (st == ACRM_OK && !out->order && row_types[type].run != row_of_order)
        return row_say(&row, ACRM__SYNC_WAITING, "no_order", "the order is not known yet");
    if (st == ACRM_OK && out->order)
        st = row_vin(&row, &ok);
    if (st != ACRM_OK || !ok)
        return st;
    bool fresh = !out->order;
    st = row_types[type].run(&row);
    return st == ACRM_OK && fresh && out->order ? row_vin(&row, &ok) : st;
}

/* --- The orders of a step --- */

/* Of a disputed milestone: another time it was told for, than the earliest. */
static int32_t row_dispute(acrm__sync *sync, acrm__sync_order *order, size_t n)
{
    const acrm__order *o = &order->order;
    const char *type = acrm_milestone_code(o->way->chain, n);
    const char *ours = row_text_of(sync->call, "reached", o->states[n].reached_at,
                                   ACRM_MILESTONE_NO_DAY);

    for (size_t i = 0; i < o->events.count; i++) {
        const acrm__rec *e = o->events.items[i];
        const char *of = acrm__text(e, F_order_event__type);
        int64_t at = acrm__int(e, F_order_event__occurred_at);
        if (!of || strcmp(of, type) != 0 || at == o->states[n].reached_at ||
            strcmp(acrm__text(e, F_order_event__kind), "reached") != 0)
            continue;
        const char *theirs = row_text_of(sync->call, "reached", at, ACRM_MILESTONE_NO_DAY);
        return acrm__sync_conflict_put(sync, order, "disputed", type, ours, theirs);
    }
    return ACRM_OK;
}

int32_t acrm__sync_settle(acrm__sync *sync)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sync->n_orders; i++) {
        acrm__sync_order *order = &sync->orders[i];
        bool before[ACRM_MILESTONE_MAX];
        if (!order->dirty)
            continue;
        for (size_t k = 0; k < order->order.way->count; k++)
            before[k] = acrm__int(order->order.milestones.items[k],
                                  F_order_milestone__disputed) != 0;
        st = acrm__order_settle(&order->order);
        for (size_t k = 0; st == ACRM_OK && k < order->order.way->count; k++)
            if (order->order.states[k].disputed && !before[k])
                st = row_dispute(sync, order, k);
        order->dirty = false;
    }
    return st;
}
