/* SPDX-License-Identifier: MIT */
/* What columns most likely mean, by their names in several languages; import.suggest_mapping. */
#include "modules/integration/upsert.h"

#include "base/text.h"

#include <string.h>

/* Beyond the names that lead files know. Folded, separated by |. */
static const struct {
    const char *field, *aliases;
} suggest_names[] = {
    { "birth_date",
      "birthday|birth date|date of birth|dob|born|geburtsdatum|geboren|data di nascita|"
      "nato il|дата рождения|день рождения|出生日期|生日|تاریخ تولد" },
    { "tax_id", "tax id|tax number|vat|vat number|steuernummer|ust id|partita iva|p iva|"
      "налоговый номер|税号|شماره اقتصادی" },
    { "address", "address|street|anschrift|adresse|strasse|indirizzo|via|адрес|улица|地址|住址|"
      "نشانی|آدرس" },
    { "title", "title|salutation|anrede|titolo|обращение|称呼|عنوان" },
    { "kind", "kind|type|customer type|typ|tipo|тип|类型|نوع|نوع مشتری" },
    { "external_id", "customer number|customer id|customer no|kundennummer|codice cliente|"
      "номер клиента|客户编号|کد مشتری|شماره مشتری" },
    { "notes", "notes|note|remarks|bemerkungen|annotazioni|примечание|备注|یادداشت" },
    { "fax", "fax|telefax|факс|传真|فکس|نمابر" },
    { "web", "website|web|url|homepage|sito|sito web|сайт|网站|وب سایت" },
    { "plate", "plate|licence plate|license plate|kennzeichen|targa|госномер|车牌|پلاک" },
    { "colour", "colour|color|farbe|colore|цвет|颜色|رنگ" },
    { "login", "login|user|username|user name|benutzer|utente|логин|用户名|نام کاربری" },
    { "code", "code|codice|код|代码|کد" },
    { "name", "name|bezeichnung|denominazione|название|名称|نام" },
};

static bool suggest_listed(const char *list, const char *word, size_t len)
{
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, word, n) == 0)
            return true;
        p += n;
        p += *p == '|';
    }
    return false;
}

/* Whether a name can be a target of this entity. */
static bool suggest_takes(const acrm__call *call, const acrm__entity *entity, const char *name)
{
    uint32_t n = acrm__entity_field(entity, name, strlen(name));
    const acrm__inverse *inverse = acrm__entity_inverse(entity, name, strlen(name));

    if (n != UINT32_MAX)
        return n >= F_SYSTEM_COUNT && acrm__may_write_field(call, entity, n) &&
               !(entity->fields[n].def.flags & (ACRM__HIDDEN | ACRM__READ_ONLY));
    if (inverse)
        return !(call->session->registry->entities[inverse->entity]->def->flags & ACRM__NO_CREATE);
    return strcmp(entity->def->name, "customer") == 0 && acrm__upsert_is_channel(name);
}

/* Whether a folded text is a name with blanks for its underscores. */
static bool suggest_spells(const char *name, const char *word, size_t len)
{
    size_t n = 0;

    while (n < len && name[n] && (name[n] == '_' ? ' ' : name[n]) == word[n])
        n++;
    return n == len && name[n] == '\0';
}

/* "dealer" or "dealer code" for the field dealer_id: dealer.code. */
static const char *suggest_reference(acrm__call *call, const acrm__fieldinfo *f, const char *word,
                                     size_t len)
{
    size_t n = f->name_len > 3 ? f->name_len - 3 : 0;

    if (f->target == UINT32_MAX || n == 0 || strcmp(f->def.name + n, "_id") != 0 || n > len ||
        memcmp(f->def.name, word, n) != 0)
        return NULL;
    const acrm__entity *other = call->session->registry->entities[f->target];
    for (uint32_t k = F_SYSTEM_COUNT; k < other->n_fields; k++) {
        const acrm__field *by = &other->fields[k].def;
        bool named = n == len || (word[n] == ' ' && suggest_spells(by->name, word + n + 1,
                                                                   len - n - 1));
        if (by->flags & ACRM__UNIQUE && by->type == ACRM__T_TEXT && named)
            return acrm__arena_format(call->arena, "%.*s.%s", (int)n, f->def.name, by->name);
    }
    return NULL;
}

/* "birth date" for birth_date, "dealer code" for dealer.code. */
static const char *suggest_field(acrm__call *call, const acrm__entity *entity, const char *word,
                                 size_t len)
{
    const char *found = NULL;

    for (uint32_t i = F_SYSTEM_COUNT; !found && i < entity->n_fields; i++) {
        const acrm__fieldinfo *f = &entity->fields[i];
        if (!suggest_takes(call, entity, f->def.name))
            continue;
        found = suggest_spells(f->def.name, word, len) ? f->def.name
                                                       : suggest_reference(call, f, word, len);
    }
    return found;
}

static const char *suggest_alias(const acrm__call *call, const acrm__entity *entity,
                                 const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof suggest_names / sizeof suggest_names[0]; i++)
        if (suggest_listed(suggest_names[i].aliases, word, len) &&
            suggest_takes(call, entity, suggest_names[i].field))
            return suggest_names[i].field;
    return NULL;
}

int32_t acrm__upsert_guess(acrm__call *call, const acrm__entity *entity, const char *column,
                           const char **out)
{
    const char *meaning = NULL;
    acrm__str folded;

    *out = suggest_takes(call, entity, column) ? column : NULL;
    if (*out)
        return ACRM_OK;
    acrm__str_init(&folded, &call->arena->allocator);
    acrm__fold(column, strlen(column), &folded);
    int32_t st = folded.failed ? acrm__nomem(call) : acrm__draft_meaning(call, column, &meaning);
    if (st == ACRM_OK)
        *out = suggest_field(call, entity, folded.data, folded.len);
    if (st == ACRM_OK && !*out && meaning && strcmp(meaning, "comments") == 0)
        meaning = "notes";
    if (st == ACRM_OK && !*out && meaning && suggest_takes(call, entity, meaning))
        *out = meaning;
    if (st == ACRM_OK && !*out)
        *out = suggest_alias(call, entity, folded.data, folded.len);
    acrm__str_free(&folded);
    return st;
}

/* --- The operation --- */

static int64_t suggest_read(void *user, void *buf, size_t cap)
{
    return acrm__read_input(user, buf, cap);
}

static int32_t suggest_columns(acrm__call *call, const acrm__entity *entity,
                               const char *const *columns, size_t n)
{
    acrm_value *mapping = acrm__put_map(call->out, "mapping");
    acrm_value *unknown = acrm__put_list(call->out, "unknown_columns");
    bool ok = mapping && unknown && acrm__put_text(mapping, "entity", entity->def->name);
    acrm_value *map = ok ? acrm__put_map(mapping, "columns") : NULL;
    int32_t st = map ? ACRM_OK : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        const char *guess = NULL;
        st = acrm__upsert_guess(call, entity, columns[i], &guess);
        if (st == ACRM_OK && !(guess ? acrm__put_text(map, columns[i], guess)
                                     : acrm__add_text(unknown, columns[i])))
            st = acrm__nomem(call);
    }
    return st;
}

static int32_t suggest_from_input(acrm__call *call, const acrm__entity *entity, acrm__rows *rows)
{
    const char *delimiter = acrm__arg_text(call, "delimiter");
    const char *encoding = acrm__arg_text(call, "encoding");

    int32_t st = acrm__rows_open(rows, call, acrm__rows_format(acrm__arg_text(call, "format")),
                                 encoding ? acrm__encoding_by_name(encoding, strlen(encoding))
                                          : ACRM__ENCODING_NONE,
                                 delimiter ? delimiter[0] : '\0', suggest_read, call);
    if (st == ACRM_OK && rows->format != ACRM__ROWS_CSV)
        st = acrm__fail(call, ACRM_E_INVALID, "format", "format",
                        "only a table has columns whose names can be gone by");
    if (st == ACRM_OK && rows->n_columns == 0)
        st = acrm__fail(call, ACRM_E_INVALID, "empty", "columns", "the input is empty");
    if (st == ACRM_OK)
        st = suggest_columns(call, entity, rows->columns, rows->n_columns);
    return st;
}

int32_t acrm__import_suggest(acrm__call *call)
{
    const char *name = acrm__arg_text(call, "entity");
    const acrm_value *given = acrm__arg(call, "columns");
    const acrm__entity *entity = acrm__registry_entity(call->session->registry, name, strlen(name));
    acrm__rows *rows = acrm__arena_zero(call->arena, sizeof *rows);
    size_t n = acrm_value_count(given);
    const char **columns = acrm__arena_array(call->arena, n + 1, sizeof *columns);

    if (!rows || !columns)
        return acrm__nomem(call);
    if (!entity)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "entity", "there is no entity %.64s",
                          name);
    for (size_t i = 0; i < n; i++)
        columns[i] = acrm_value_text(acrm_value_at(given, i), NULL);
    if (n > 0)
        return suggest_columns(call, entity, columns, n);
    int32_t st = suggest_from_input(call, entity, rows);
    acrm__rows_close(rows);
    return st;
}
