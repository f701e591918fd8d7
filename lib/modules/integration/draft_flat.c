/* SPDX-License-Identifier: MIT */
/* Rows of named texts: what each column means, by the caller's mapping or by its name. */
#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "modules/integration/adf_internal.h"
#include "modules/integration/draft.h"

#include <string.h>

/* Kinds of target: where the value goes and how it is read. */
enum {
    FLAT_CUSTOMER,
    FLAT_LEAD,
    FLAT_LOWER,
    FLAT_INT,
    FLAT_INSTANT,
    FLAT_PHONE,
    FLAT_EMAIL,
    FLAT_BOOL
};

static const struct {
    const char *name; /* also the field's, in the customer or the lead */
    int32_t kind;
    const char *aliases; /* folded, separated by | */
} flat_targets[] = {
    { "name", FLAT_CUSTOMER,
      "name|full name|customer|customer name|client|kunde|kundenname|nome completo|nominativo|"
      "cliente|фио|имя клиента|姓名|客户|نام و نام خانوادگی|نام مشتری|مشتری" },
    { "given_name", FLAT_CUSTOMER, "given name|first name|firstname|vorname|nome|имя|名|نام" },
    { "family_name", FLAT_CUSTOMER,
      "family name|last name|lastname|surname|nachname|cognome|фамилия|姓|نام خانوادگی" },
    { "national_id", FLAT_CUSTOMER,
      "national id|national code|codice fiscale|инн|身份证|کد ملی|شماره ملی" },
    { "city", FLAT_CUSTOMER, "city|town|stadt|ort|citta|город|城市|شهر" },
    { "region", FLAT_CUSTOMER, "region|province|state|bundesland|provincia|область|省|استان" },
    { "country", FLAT_CUSTOMER, "country|land|paese|страна|国家|کشور" },
    { "language", FLAT_CUSTOMER, "language|sprache|lingua|язык|语言|زبان" },
    { "phone", FLAT_PHONE,
      "phone|phone number|telephone|tel|mobile|mobile phone|cell|cell phone|phone 1|phone 2|phone2|"
      "mobile 2|telefon|handy|mobil|telefono|cellulare|телефон|мобильный|电话|手机|تلفن|موبایل|"
      "شماره تماس|تلفن همراه|شماره موبایل" },
    { "email", FLAT_EMAIL,
      "email|e mail|mail|email address|e mail address|почта|электронная почта|邮箱|ایمیل|"
      "پست الکترونیک" },
    { "subject", FLAT_LEAD, "subject|title|betreff|oggetto|тема|主题|موضوع" },
    { "make", FLAT_LEAD, "make|brand|marke|marca|марка|品牌|برند" },
    { "model", FLAT_LEAD,
      "model|vehicle|car|modell|fahrzeug|modello|модель|автомобиль|车型|مدل|خودرو" },
    { "trim", FLAT_LEAD, "trim|version|ausstattung|allestimento|комплектация|配置|تیپ" },
    { "model_year", FLAT_INT, "model year|year|baujahr|anno|год|年份|سال|سال ساخت" },
    { "vin", FLAT_LEAD, "vin|chassis|chassis number|fahrgestellnummer|telaio|شماره شاسی" },
    { "vehicle_condition", FLAT_LOWER, "vehicle condition|new or used|stato|نو یا کارکرده" },
    { "interest", FLAT_LOWER, "interest|request|interesse|запрос|نوع درخواست" },
    { "level", FLAT_LEAD, "level|lead level|hwa level|سطح" },
    { "budget", FLAT_LEAD, "budget|price|preis|prezzo|бюджет|预算|بودجه|قیمت" },
    { "currency", FLAT_LEAD, "currency|wahrung|valuta|валюта|货币|ارز" },
    { "received_at", FLAT_INSTANT,
      "received at|received|date|created|created at|timestamp|request date|datum|data|дата|日期|"
      "تاریخ|تاریخ درخواست" },
    { "comments", FLAT_LEAD,
      "comments|comment|message|notes|note|bemerkung|nachricht|messaggio|комментарий|留言|توضیحات|"
      "پیام" },
    { "external_id", FLAT_LEAD, "external id|id|lead id|lead number|номер|编号|شناسه|کد" },
    { "provider", FLAT_LEAD, "provider|portal|anbieter" },
    { "source", FLAT_LEAD, "source|lead source|quelle|origine|источник|来源|منبع" },
    { "channel", FLAT_LOWER, "channel|kanal|canale|канал|渠道|کانال" },
    { "resend", FLAT_BOOL, "resend|is resent" },
    { "utm_source", FLAT_LEAD, "utm source" },
    { "utm_medium", FLAT_LEAD, "utm medium" },
    { "utm_campaign", FLAT_LEAD, "utm campaign|campaign|kampagne|campagna" },
};

enum { FLAT_TARGETS = sizeof flat_targets / sizeof flat_targets[0] };

const char *acrm__draft_target_at(size_t n)
{
    return n < FLAT_TARGETS ? flat_targets[n].name : NULL;
}

static bool flat_listed(const char *list, const char *word, size_t len)
{
    for (const char *p = list;;) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, word, n) == 0)
            return true;
        if (p[n] == '\0')
            return false;
        p += n + 1;
    }
}

static int32_t flat_find_target(acrm__call *call, const acrm__draft_options *options,
                                const char *column, size_t *out)
{
    const char *mapped = acrm__get_text(options->mapping, column);
    acrm__str folded;

    *out = FLAT_TARGETS;
    for (size_t i = 0; i < FLAT_TARGETS; i++)
        if (strcmp(flat_targets[i].name, mapped ? mapped : column) == 0)
            *out = i;
    if (mapped || *out < FLAT_TARGETS)
        return ACRM_OK;
    acrm__str_init(&folded, &call->arena->allocator);
    acrm__fold(column, strlen(column), &folded);
    for (size_t i = 0; i < FLAT_TARGETS && *out == FLAT_TARGETS && folded.data; i++)
        if (flat_listed(flat_targets[i].aliases, folded.data, folded.len))
            *out = i;
    bool failed = folded.failed;
    acrm__str_free(&folded);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

int32_t acrm__draft_meaning(acrm__call *call, const char *column, const char **out)
{
    const acrm__draft_options none = { .mapping = NULL };
    size_t target;

    int32_t st = flat_find_target(call, &none, column, &target);
    if (st == ACRM_OK)
        *out = target < FLAT_TARGETS ? flat_targets[target].name : NULL;
    return st;
}

/* The target of a column: FLAT_TARGETS when it means nothing known. */
static int32_t flat_target(acrm__call *call, const acrm__draft_options *options, const char *column,
                           size_t *out)
{
    acrm__draft_known *known = options->known;

    for (uint32_t i = 0; known && i < known->n; i++)
        if (strcmp(known->items[i].column, column) == 0) {
            *out = known->items[i].target;
            return ACRM_OK;
        }
    int32_t st = flat_find_target(call, options, column, out);
    size_t len = strlen(column);
    if (st == ACRM_OK && known && known->n < ACRM__DRAFT_KNOWN && len < ACRM__DRAFT_NAME) {
        memcpy(known->items[known->n].column, column, len + 1);
        known->items[known->n++].target = *out;
    }
    return st;
}

static const char *flat_trim(const char *text, size_t *len)
{
    while (*len > 0 && strchr(" \t\r\n", text[0])) {
        text++;
        --*len;
    }
    while (*len > 0 && strchr(" \t\r\n", text[*len - 1]))
        --*len;
    return text;
}

/* Years of the Solar Hijri calendar are told by their size: 1404-08-30. */
static bool flat_jalali(const char *text, size_t len, int64_t *us)
{
    int64_t parts[3] = { 0, 0, 0 };
    size_t n = 0, digits = 0;
    int32_t day;

    for (size_t i = 0; i < len && n < 3; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            parts[n] = parts[n] * 10 + (text[i] - '0');
            if (++digits > 4)
                return false;
        } else if ((text[i] == '-' || text[i] == '/' || text[i] == '.') && digits > 0) {
            n++;
            digits = 0;
        } else {
            break;
        }
    }
    if (n != 2 || parts[0] < 1200 || parts[0] > 1500 ||
        !acrm__jalali_to_day((int32_t)parts[0], (int32_t)parts[1], (int32_t)parts[2], &day))
        return false;
    *us = day * ACRM__DAY_US;
    return true;
}

static bool flat_instant(const char *text, size_t len, int64_t *us)
{
    int32_t day = 0;
    bool zoned;

    if (flat_jalali(text, len, us) || acrm__instant_parse(text, len, us))
        return true;
    switch (acrm__adf_date(text, len, 0, &day, us, &zoned)) {
    case ACRM__ADF_DATE_DAY:
        *us = day * ACRM__DAY_US;
        return true;
    case ACRM__ADF_DATE_INSTANT:
        return true;
    default:
        return false;
    }
}

typedef struct flat_run {
    acrm__call *call;
    const acrm__draft_options *options;
    acrm_value *draft;
    acrm__draft_fault *fault;
    acrm__str rest;     /* columns that mean nothing known */
    acrm__str identity; /* all that the row says */
} flat_run;

static int32_t flat_number(flat_run *run, const char *name, const char *text, size_t len,
                           const char *column)
{
    int64_t n;

    if (!acrm__parse_int(text, len, &n))
        return acrm__draft_refuse(run->fault, "type", column, "%s must be a whole number", name);
    return acrm__put_int(run->draft, name, n) ? ACRM_OK : acrm__nomem(run->call);
}

static int32_t flat_date(flat_run *run, const char *text, size_t len, const char *column)
{
    int64_t us;

    if (!flat_instant(text, len, &us))
        return acrm__draft_refuse(run->fault, "format", column,
                                  "the date cannot be read: write 2026-11-21 or "
                                  "2026-11-21T08:30:00Z");
    return acrm__put_text(run->draft, "received_at", acrm__instant_text(run->call, us))
               ? ACRM_OK : acrm__nomem(run->call);
}

/* Digits of any script are digits everywhere but in free text. */
static int32_t flat_put(flat_run *run, size_t target, const char *text, size_t len,
                        const char *column)
{
    const char *name = flat_targets[target].name;
    acrm_value *into = run->draft;
    acrm__str ascii;
    int32_t st = ACRM_OK;
    bool ok = true;

    acrm__str_init(&ascii, &run->call->arena->allocator);
    acrm__digits_ascii(text, len, &ascii);
    switch (flat_targets[target].kind) {
    case FLAT_INT:
        st = flat_number(run, name, ascii.data, ascii.len, column);
        break;
    case FLAT_INSTANT:
        st = flat_date(run, ascii.data, ascii.len, column);
        break;
    case FLAT_PHONE:
        ok = acrm__draft_contact(run->draft, "phone", text, len, NULL);
        break;
    case FLAT_EMAIL:
        ok = acrm__draft_contact(run->draft, "email", text, len, NULL);
        break;
    case FLAT_BOOL:
        ok = acrm__put_bool(into, name, ascii.len > 0 && strchr("1tyTY", ascii.data[0]) != NULL);
        break;
    case FLAT_LOWER:
        for (size_t i = 0; i < ascii.len; i++)
            if (ascii.data[i] >= 'A' && ascii.data[i] <= 'Z')
                ascii.data[i] = (char)(ascii.data[i] + 32);
        ok = acrm__put_textn(into, name, ascii.data, ascii.len);
        break;
    case FLAT_CUSTOMER:
        into = acrm_value_get(run->draft, "customer");
        ok = acrm__put_textn(into, name, text, len);
        break;
    default:
        ok = strcmp(name, "comments") == 0 ? acrm__put_textn(into, name, text, len)
                                           : acrm__put_textn(into, name, ascii.data, ascii.len);
        break;
    }
    ok = ok && !ascii.failed;
    acrm__str_free(&ascii);
    return ok ? st : acrm__nomem(run->call);
}

static void flat_rest(flat_run *run, const char *column, const char *text, size_t len)
{
    if (run->rest.len)
        acrm__str_putc(&run->rest, '\n');
    acrm__str_puts(&run->rest, column);
    acrm__str_puts(&run->rest, ": ");
    acrm__str_add(&run->rest, text, len);
}

static int32_t flat_column(flat_run *run, const char *column, const acrm_value *value)
{
    size_t len, target;
    const char *text = acrm_value_text(value, &len);
    acrm__str json;

    acrm__str_init(&json, &run->call->arena->allocator);
    if (!text && acrm_value_type(value) != ACRM_NULL) {
        (void)acrm__json_write(&json, value, 0);
        text = json.data;
        len = json.len;
    }
    text = text ? flat_trim(text, &len) : NULL;
    int32_t st = json.failed ? acrm__nomem(run->call) : ACRM_OK;
    if (text && len > 0 && st == ACRM_OK) {
        acrm__str_add(&run->identity, column, strlen(column) + 1);
        acrm__str_add(&run->identity, text, len);
        acrm__str_putc(&run->identity, '\n');
        st = flat_target(run->call, run->options, column, &target);
        if (st == ACRM_OK && target < FLAT_TARGETS)
            st = flat_put(run, target, text, len, column);
        else if (st == ACRM_OK)
            flat_rest(run, column, text, len);
    }
    acrm__str_free(&json);
    return st;
}

static int32_t flat_comments(flat_run *run)
{
    const char *comments = acrm__get_text(run->draft, "comments");

    if (run->rest.len == 0)
        return ACRM_OK;
    if (comments) {
        acrm__str_puts(&run->rest, "\n");
        acrm__str_puts(&run->rest, comments);
    }
    bool ok = !run->rest.failed &&
              acrm__put_textn(run->draft, "comments", run->rest.data, run->rest.len);
    return ok ? ACRM_OK : acrm__nomem(run->call);
}

int32_t acrm__draft_flat(acrm__call *call, const acrm__draft_options *options,
                         const acrm_value *row, acrm_value **out, acrm__draft_fault *fault)
{
    flat_run run = { .call = call, .options = options, .fault = fault };

    acrm__str_init(&run.rest, &call->arena->allocator);
    acrm__str_init(&run.identity, &call->arena->allocator);
    int32_t st = acrm__draft_begin(call, options, &run.draft);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(row) && !fault->reason[0]; i++)
        st = flat_column(&run, acrm_value_key(row, i, NULL), acrm_value_at(row, i));
    if (st == ACRM_OK && !fault->reason[0])
        st = flat_comments(&run);
    if (st == ACRM_OK && run.identity.failed)
        st = acrm__nomem(call);
    if (st == ACRM_OK && !fault->reason[0])
        st = acrm__draft_end(call, options, run.draft, run.identity.data ? run.identity.data : "",
                             run.identity.len, fault);
    acrm__str_free(&run.rest);
    acrm__str_free(&run.identity);
    if (st == ACRM_OK)
        *out = fault->reason[0] ? NULL : run.draft;
    return st;
}

const char *acrm__draft_column(acrm__call *call, const acrm__draft_options *options,
                               const acrm_value *row, const char *field)
{
    const char *last = strrchr(field, '.');
    size_t target;

    last = last ? last + 1 : field;
    if (strcmp(last, "source_id") == 0)
        last = "source";
    for (size_t i = 0; i < acrm_value_count(row); i++) {
        const char *column = acrm_value_key(row, i, NULL);
        if (flat_target(call, options, column, &target) == ACRM_OK && target < FLAT_TARGETS &&
            strcmp(flat_targets[target].name, last) == 0)
            return column;
    }
    return field;
}
