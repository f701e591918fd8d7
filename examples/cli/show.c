/* SPDX-License-Identifier: MIT */
/* Results for people: lists as tables, records line by line. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* --- One value in one line --- */

/* The record's name for people, when a related record stands in a cell. */
static const char *show_label(const acrm_value *map)
{
    static const char *const names[] = { "name", "label", "subject", "title", "text", "file_name",
                                         "purpose", "code", "value", "login", "source", "id" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = cli_get_text(map, names[i]);
        if (text)
            return text;
    }
    return NULL;
}

/* How instants and dates are told: by --zone and --jalali. */
static acrm_zone *show_zone;
static bool show_jalali;

int cli_show_times(const cli *c)
{
    show_jalali = c->jalali;
    if (c->zone && acrm_zone_load(c->zone, NULL, NULL, &show_zone, NULL) != ACRM_OK)
        return cli_usage("--zone: there is no time zone %s; give an IANA name such as Asia/Tehran",
                         c->zone);
    return CLI_OK;
}

void cli_show_times_end(void)
{
    acrm_zone_free(show_zone);
    show_zone = NULL;
}

static void show_day(int32_t day, cli_text *out)
{
    int32_t year, month, date;
    bool jalali = show_jalali &&
                  acrm_date_from_day(ACRM_DATE_JALALI, day, &year, &month, &date) == ACRM_OK;

    if (jalali || acrm_date_from_day(ACRM_DATE_GREGORIAN, day, &year, &month, &date) == ACRM_OK)
        cli_addf(out, "%04d-%02d-%02d", (int)year, (int)month, (int)date);
}

/* An instant without the parts that say nothing: 2026-11-21 08:00Z, 1405-08-30 11:30+03:30. */
static bool show_instant(const char *text, size_t len, cli_text *out)
{
    acrm_local local = { .struct_size = sizeof local };
    int64_t us;

    if (len < 20 || text[10] != 'T' || text[len - 1] != 'Z' || !cli_parse_instant(text, &us))
        return false;
    if (!show_zone || acrm_zone_to_local(show_zone, us, &local) != ACRM_OK) {
        int64_t seconds = us / 1000000 - (us % 1000000 < 0);
        local.day = (int32_t)(seconds / 86400 - (seconds % 86400 < 0));
        local.second = (int32_t)(seconds - (int64_t)local.day * 86400);
    }
    show_day(local.day, out);
    cli_addf(out, " %02d:%02d", (int)(local.second / 3600), (int)(local.second / 60 % 60));
    if (local.second % 60 != 0)
        cli_addf(out, ":%02d", (int)(local.second % 60));
    int offset = (int)(local.offset_s / 60);
    if (show_zone)
        cli_addf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
    else
        cli_addf(out, "Z");
    return true;
}

/* A date in the Solar Hijri calendar, if that was asked for. */
static bool show_date(const char *text, size_t len, cli_text *out)
{
    int64_t us;

    if (!show_jalali || len != 10 || text[4] != '-' || text[7] != '-')
        return false;
    char instant[24];
    snprintf(instant, sizeof instant, "%.10sT00:00:00Z", text);
    if (!cli_parse_instant(instant, &us))
        return false;
    int64_t days = us / 1000000 / 86400 - (us < 0 && us % (INT64_C(86400) * 1000000) != 0);
    show_day((int32_t)days, out);
    return true;
}

/* Control characters could play with the terminal. */
static void show_text(const char *text, size_t len, cli_text *out)
{
    if (show_instant(text, len, out) || show_date(text, len, out))
        return;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool c1 = byte == 0xc2 && i + 1 < len && (unsigned char)text[i + 1] < 0xa0;
        bool control = byte < 0x20 || byte == 0x7f || c1;
        cli_add(out, control ? " " : text + i, 1);
        i += c1;
    }
}

char *cli_cell(const acrm_value *value)
{
    cli_text out = { 0 };
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    int32_t type = acrm_value_type(value);

    cli_add(&out, "", 0);
    if (type == ACRM_TEXT) {
        show_text(text, len, &out);
    } else if (type == ACRM_BOOL) {
        cli_addf(&out, "%s", acrm_value_bool(value) ? "yes" : "no");
    } else if (type == ACRM_MAP && show_label(value)) {
        text = show_label(value);
        show_text(text, strlen(text), &out);
    } else if (type == ACRM_LIST) {
        for (size_t i = 0; i < acrm_value_count(value); i++) {
            char *item = cli_cell(acrm_value_at(value, i));
            cli_addf(&out, "%s%s", i ? ", " : "", item);
            free(item);
        }
    } else if (type == ACRM_REAL) {
        cli_addf(&out, "%.4g", acrm_value_real(value));
    } else if (type != ACRM_NULL) {
        char *json = cli_print(value, 0);
        show_text(json, strlen(json), &out);
        free(json);
    }
    return out.data;
}

/* --- Lists --- */

static bool show_dull(const char *name)
{
    static const char *const names[] = { "version", "created_at", "created_by", "updated_at",
                                         "updated_by", "deleted_at" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* A record is a map with an id and a version. */
static bool show_is_record(const acrm_value *map)
{
    return acrm_value_get(map, "id") && acrm_value_get(map, "version");
}

/* A related record that is shown in the place of its id. */
static const acrm_value *show_value(const acrm_value *item, const char *name)
{
    size_t len = strlen(name);

    if (len > 3 && strcmp(name + len - 3, "_id") == 0) {
        char *relation = cli_copy(name, len - 3);
        const acrm_value *related = acrm_value_get(item, relation);
        free(relation);
        if (acrm_value_type(related) == ACRM_MAP)
            return related;
    }
    return acrm_value_get(item, name);
}

static bool show_stands_for_id(const acrm_value *item, const char *name)
{
    cli_text id = { 0 };

    cli_addf(&id, "%s_id", name);
    int32_t type = acrm_value_type(acrm_value_get(item, name));
    bool stands = acrm_value_get(item, id.data) != NULL && (type == ACRM_MAP || type == ACRM_NULL);
    free(id.data);
    return stands;
}

/* A list of name and number in a row is spread over columns of its own: the stages of a funnel. */
static bool show_spreads(const acrm_value *list)
{
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        int32_t second = acrm_value_type(acrm_value_at(item, 1));
        if (acrm_value_type(acrm_value_at(item, 0)) != ACRM_TEXT ||
            (second != ACRM_INT && second != ACRM_REAL))
            return false;
    }
    return acrm_value_type(list) == ACRM_LIST && acrm_value_count(list) > 0;
}

static acrm_value *show_spread(const acrm_value *list)
{
    acrm_value *out = cli_value();

    acrm_value_set_list(out);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        acrm_value *row = cli_push(out);
        acrm_value_set_map(row);
        for (size_t k = 0; k < acrm_value_count(item); k++) {
            const acrm_value *value = acrm_value_at(item, k);
            if (!show_spreads(value))
                cli_copy_value(cli_put(row, acrm_value_key(item, k, NULL)), value);
            for (size_t n = 0; show_spreads(value) && n < acrm_value_count(value); n++) {
                const acrm_value *pair = acrm_value_at(value, n);
                cli_copy_value(cli_put(row, acrm_value_text(acrm_value_at(pair, 0), NULL)),
                               acrm_value_at(pair, 1));
            }
        }
    }
    return out;
}

static bool show_has_value(const acrm_value *list, const char *name)
{
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i), *value = acrm_value_get(item, name);
        if (value && acrm_value_type(value) != ACRM_NULL && !show_stands_for_id(item, name))
            return true;
    }
    return false;
}

/* Columns of a list: those with a value in any row, in the order in which rows name them. */
static void show_columns(const acrm_value *list, bool all, cli_names *out)
{
    cli_names seen = { 0 };

    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        for (size_t k = 0; k < acrm_value_count(item); k++) {
            const char *name = acrm_value_key(item, k, NULL);
            size_t known = seen.count;
            cli_names_add(&seen, name, strlen(name));
            if (seen.count > known && (all || (!show_dull(name) && show_has_value(list, name))))
                cli_names_add(out, name, strlen(name));
        }
    }
    cli_names_free(&seen);
}

static void show_swap(cli_table *table, int a, int b)
{
    char *head = table->heads[a];
    bool right = table->right[a];

    table->heads[a] = table->heads[b];
    table->heads[b] = head;
    table->right[a] = table->right[b];
    table->right[b] = right;
    for (size_t row = 0; row < table->rows; row++) {
        char **cells = table->cells + row * (size_t)table->columns;
        char *cell = cells[a];
        cells[a] = cells[b];
        cells[b] = cell;
    }
}

/* Ids of other records say little to people: they go last. */
static void show_ids_last(cli_table *table)
{
    int last = table->columns;

    for (int i = 0; i < last;) {
        if (strcmp(table->heads[i], "id") == 0 || !cli_table_is_id(table, i)) {
            i++;
            continue;
        }
        for (int k = i; k + 1 < table->columns; k++)
            show_swap(table, k, k + 1);
        last--;
    }
}

/* An amount or a rate: exact decimals are text. */
static bool show_is_decimal(const acrm_value *value)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    if (!text || len == 0)
        return false;
    text += *text == '-';
    size_t whole = strspn(text, "0123456789");
    size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    return whole > 0 && (whole == 1 || *text != '0') &&
           text[whole + (fraction > 0 ? fraction + 1 : 0)] == '\0';
}

static bool show_is_number(const acrm_value *value)
{
    int32_t type = acrm_value_type(value);

    return type == ACRM_INT || type == ACRM_REAL || type == ACRM_NULL || show_is_decimal(value);
}

static void show_rows(const acrm_value *list, const cli_names *names, bool all, int indent)
{
    cli_table *table = cli_table_new((int)names->count, acrm_value_count(list));

    for (size_t k = 0; k < names->count; k++) {
        bool number = table->rows > 0;
        table->heads[k] = cli_copy(names->items[k], strlen(names->items[k]));
        for (size_t i = 0; i < table->rows; i++) {
            const acrm_value *value = show_value(acrm_value_at(list, i), names->items[k]);
            number = number && show_is_number(value);
            table->cells[i * names->count + k] = cli_cell(value);
        }
        table->right[k] = number;
    }
    if (!all)
        show_ids_last(table);
    cli_table_print(table, indent, all ? CLI_CHOSEN : CLI_CUT);
    cli_table_free(table);
}

/* fields: the columns that were asked for, in their order; NULL: those with values. */
static void show_list(const acrm_value *given, const acrm_value *fields, bool all, int indent)
{
    acrm_value *list = show_spread(given);
    cli_names names = { 0 };

    if (acrm_value_count(fields) > 0)
        cli_names_add(&names, "id", 2);
    for (size_t i = 0; i < acrm_value_count(fields); i++) {
        const char *name = acrm_value_text(acrm_value_at(fields, i), NULL);
        cli_names_add(&names, name, strlen(name));
        all = true;
    }
    if (names.count == 0)
        show_columns(list, all, &names);
    if (names.count > 0)
        show_rows(list, &names, all, indent);
    cli_names_free(&names);
    acrm_value_free(list);
}

static void show_ids(const acrm_value *list)
{
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *id = cli_get_text(acrm_value_at(list, i), "id");
        if (id)
            puts(id);
    }
}

/* --- Maps --- */

static bool show_is_table(const acrm_value *value)
{
    return acrm_value_type(value) == ACRM_LIST && acrm_value_count(value) > 0 &&
           acrm_value_type(acrm_value_at(value, 0)) == ACRM_MAP;
}

/* Records stand in a section of their own, related ones in a record in one line. */
static bool show_is_line(const acrm_value *map, size_t n)
{
    const acrm_value *value = acrm_value_at(map, n);
    const char *name = acrm_value_key(map, n, NULL);

    if (show_is_table(value) || show_stands_for_id(map, name))
        return false;
    return acrm_value_type(value) != ACRM_MAP ||
           (show_label(value) != NULL && (show_is_record(map) || !show_is_record(value)));
}

static void show_line(const acrm_value *map, const char *name, int indent, int width, bool blanks)
{
    bool dim = cli_terminal_columns() > 0;
    char *cell = cli_cell(show_value(map, name));

    if (*cell)
        printf("%*s%s%*s  %s\n", indent, "", name, width - cli_width(name), "", cell);
    else if (blanks && !show_dull(name))
        printf("%*s%s%s%*s  -%s\n", indent, "", dim ? "\033[2m" : "", name,
               width - cli_width(name), "", dim ? "\033[0m" : "");
    free(cell);
}

/* blanks: what is null is told too. Depth is bounded by that of JSON. */
static void show_map(const acrm_value *map, int indent, bool blanks)
{
    int width = 0;

    for (size_t i = 0; i < acrm_value_count(map); i++)
        if (show_is_line(map, i) && cli_width(acrm_value_key(map, i, NULL)) > width)
            width = cli_width(acrm_value_key(map, i, NULL));
    for (size_t i = 0; i < acrm_value_count(map); i++)
        if (show_is_line(map, i))
            show_line(map, acrm_value_key(map, i, NULL), indent, width, blanks);
    for (size_t i = 0; i < acrm_value_count(map); i++) {
        const acrm_value *value = acrm_value_at(map, i);
        const char *name = acrm_value_key(map, i, NULL);
        if (show_is_line(map, i) || show_stands_for_id(map, name) || acrm_value_count(value) == 0)
            continue;
        printf("\n%*s%s\n", indent, "", name);
        if (show_is_table(value))
            show_list(value, NULL, false, indent + 2);
        else
            show_map(value, indent + 2, false);
    }
}

/* What the operation gives back besides its list or record. */
static void show_rest(const acrm_value *result, const char *shown)
{
    acrm_value *rest = cli_map();
    bool totals = false;

    for (size_t i = 0; i < acrm_value_count(result); i++) {
        const char *name = acrm_value_key(result, i, NULL);
        const acrm_value *value = acrm_value_at(result, i);
        if (strcmp(name, shown) != 0 && strcmp(name, "next") != 0 &&
            acrm_value_type(value) != ACRM_NULL)
            cli_copy_value(cli_put(rest, name), value);
    }
    for (size_t i = 0; i < acrm_value_count(rest); i++)
        totals = totals || show_is_line(rest, i);
    if (totals)
        putchar('\n');
    show_map(rest, 0, false);
    acrm_value_free(rest);
    if (acrm_value_type(acrm_value_get(result, "next")) == ACRM_TEXT)
        printf("(more: --after %s)\n", cli_get_text(result, "next"));
}

static void show_csv(const acrm_value *result)
{
    const acrm_value *list = acrm_value_get(result, "items");
    acrm_value *one = cli_value();

    acrm_value_set_list(one);
    if (acrm_value_type(list) != ACRM_LIST)
        list = acrm_value_get(result, "rows");
    if (acrm_value_type(list) != ACRM_LIST) {
        cli_copy_value(cli_push(one), result);
        list = one;
    }
    cli_print_csv(list);
    acrm_value_free(one);
}

/* What would have been done, before what would have been told. */
static void show_what_if(cli *c, const acrm_value *operation, const acrm_value *args,
                         const acrm_value *result)
{
    puts("(dry run: nothing was kept)");
    cli_show(c, operation, args, acrm_value_get(result, "result"));
    if (acrm_value_count(acrm_value_get(result, "events")) > 0) {
        puts("\nevents");
        show_list(acrm_value_get(result, "events"), NULL, false, 2);
    }
}

void cli_show(cli *c, const acrm_value *operation, const acrm_value *args,
              const acrm_value *result)
{
    static const char *const lists[] = { "items", "rows" };
    const acrm_value *record = show_is_record(result) ? result : acrm_value_get(result, "record");
    const char *verb = cli_get_text(operation, "verb");
    bool get = verb && strcmp(verb, "get") == 0;

    if (c->csv) {
        show_csv(record ? record : result);
        return;
    }
    if (c->quiet) {
        if (acrm_value_get(record, "id"))
            puts(cli_get_text(record, "id"));
        show_ids(acrm_value_get(result, "items"));
        return;
    }
    if (acrm_value_bool(acrm_value_get(args, "dry_run")) &&
        acrm_value_type(acrm_value_get(result, "result")) == ACRM_MAP) {
        show_what_if(c, operation, args, result);
        return;
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const acrm_value *list = acrm_value_get(result, lists[i]);
        if (acrm_value_type(list) != ACRM_LIST)
            continue;
        if (acrm_value_count(list) == 0)
            puts("(none)");
        else if (show_is_table(list))
            show_list(list, acrm_value_get(args, "fields"),
                      verb && strcmp(verb, "aggregate") == 0, 0);
        else
            show_map(result, 0, false);
        show_rest(result, lists[i]);
        return;
    }
    if (acrm_value_type(record) == ACRM_MAP) {
        show_map(record, 0, get);
        if (record != result)
            show_rest(result, "record");
        return;
    }
    show_map(result, 0, false);
}
