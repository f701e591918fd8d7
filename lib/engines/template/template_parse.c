/* SPDX-License-Identifier: MIT */
/* Compiles the text of a template to nodes. */
#include "base/error.h"
#include "base/text.h"
#include "engines/template/template_internal.h"

#include <string.h>

enum { PARSE_DELIMITER_MAX = 8, PARSE_NODES_STEP = 32 };

/* The text, how far it is read, and what was found so far. */
typedef struct parse_run {
    acrm_template *made;
    acrm_error **err;
    const char *text;
    size_t len, at;
    int32_t line;      /* of `at` */
    size_t line_start; /* where it begins */
    uint32_t cap;      /* of the nodes */
    uint32_t open[ACRM_TEMPLATE_DEPTH_MAX];
    uint32_t n_open;
    char begin[PARSE_DELIMITER_MAX], end[PARSE_DELIMITER_MAX];
    size_t begin_len, end_len;
} parse_run;

/* One tag: its sigil ('v' for a variable) and what stands between. */
typedef struct parse_tag {
    char sigil;
    size_t from, to; /* the whole tag in the text */
    const char *name;
    size_t name_len;
} parse_tag;

static bool parse_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int32_t parse_fault(parse_run *run, size_t at, const char *reason, const char *what)
{
    int32_t line = 1;
    size_t start = 0;

    for (size_t i = 0; i < at && i < run->len; i++)
        if (run->text[i] == '\n') {
            line++;
            start = i + 1;
        }
    const char *place = acrm__arena_format(&run->made->arena, "line %d, column %zu", line,
                                           acrm__utf8_count(run->text + start, at - start) + 1);
    if (place == NULL)
        return acrm__error_nomem(run->err);
    return acrm__error(run->err, strcmp(reason, "limit") == 0 ? ACRM_E_LIMIT : ACRM_E_INVALID,
                       reason, place, "%s: %s", place, what);
}

static acrm__template_node *parse_add(parse_run *run, int32_t kind)
{
    acrm_template *made = run->made;

    if (made->n == run->cap) {
        uint32_t cap = run->cap == 0 ? PARSE_NODES_STEP : run->cap * 2;
        acrm__template_node *nodes = acrm__arena_array(&made->arena, cap, sizeof *nodes);
        if (nodes == NULL)
            return NULL;
        if (made->n > 0)
            memcpy(nodes, made->nodes, made->n * sizeof *nodes);
        made->nodes = nodes;
        run->cap = cap;
    }
    acrm__template_node *node = &made->nodes[made->n++];
    *node = (acrm__template_node){ .kind = kind, .line = run->line };
    return node;
}

/* Text between tags: a node for each line, so that partials can be indented. */
static bool parse_add_text(parse_run *run, size_t from, size_t to)
{
    while (from < to) {
        const char *start = run->text + from;
        const char *newline = memchr(start, '\n', to - from);
        size_t len = newline != NULL ? (size_t)(newline - start) + 1 : to - from;
        acrm__template_node *node = parse_add(run, TEMPLATE_TEXT);
        if (node == NULL)
            return false;
        node->text = start;
        node->len = (uint32_t)len;
        from += len;
    }
    return true;
}

static const char *parse_find(const char *text, size_t len, const char *what, size_t what_len)
{
    while (len >= what_len) {
        const char *hit = memchr(text, what[0], len - what_len + 1);
        if (hit == NULL)
            return NULL;
        if (memcmp(hit, what, what_len) == 0)
            return hit;
        len -= (size_t)(hit - text) + 1;
        text = hit + 1;
    }
    return NULL;
}

/* The tag that begins at `from`. */
static int32_t parse_tag_at(parse_run *run, size_t from, parse_tag *tag)
{
    const char *body = run->text + from + run->begin_len;
    size_t left = run->len - from - run->begin_len;
    bool usual = run->begin_len == 2 && memcmp(run->begin, "{{", 2) == 0;
    bool triple = usual && left > 0 && body[0] == '{';
    char closing[PARSE_DELIMITER_MAX + 2];
    size_t closing_len = run->end_len;

    memcpy(closing, run->end, run->end_len);
    if (triple) {
        memcpy(closing, "}}}", 3);
        closing_len = 3;
    } else if (left > 0 && body[0] == '=') {
        closing[0] = '=';
        memcpy(closing + 1, run->end, run->end_len);
        closing_len++;
    }
    bool sigil = triple || (left > 0 && strchr("&#^/>!=", body[0]) != NULL);
    size_t skip = sigil ? 1 : 0;
    const char *stop = parse_find(body + skip, left - skip, closing, closing_len);
    if (stop == NULL)
        return parse_fault(run, from, "tag", "this tag is not closed");
    tag->sigil = sigil ? body[0] : 'v';
    tag->from = from;
    tag->to = (size_t)(stop - run->text) + closing_len;
    tag->name = body + skip;
    tag->name_len = (size_t)(stop - tag->name);
    while (tag->name_len > 0 && parse_is_space(tag->name[0])) {
        tag->name++;
        tag->name_len--;
    }
    while (tag->name_len > 0 && parse_is_space(tag->name[tag->name_len - 1]))
        tag->name_len--;
    return ACRM_OK;
}

static int32_t parse_delimiters(parse_run *run, const parse_tag *tag)
{
    size_t first = 0, second = tag->name_len;

    while (first < tag->name_len && !parse_is_space(tag->name[first]))
        first++;
    while (second > 0 && !parse_is_space(tag->name[second - 1]))
        second--;
    size_t second_len = tag->name_len - second;
    if (first == 0 || first == tag->name_len || first > PARSE_DELIMITER_MAX ||
        second_len > PARSE_DELIMITER_MAX || memchr(tag->name, '=', tag->name_len) != NULL)
        return parse_fault(run, tag->from, "delimiter",
                           "delimiters are two words of 1 to 8 bytes without =");
    for (size_t i = first; i < second; i++)
        if (!parse_is_space(tag->name[i]))
            return parse_fault(run, tag->from, "delimiter", "delimiters are two words, not more");
    memcpy(run->begin, tag->name, first);
    memcpy(run->end, tag->name + second, second_len);
    run->begin_len = first;
    run->end_len = second_len;
    return ACRM_OK;
}

/* "name | format": cuts the name; a name has no spaces. */
static int32_t parse_name(parse_run *run, parse_tag *tag, int32_t *format)
{
    const char *bar = tag->name_len > 0 ? memchr(tag->name, '|', tag->name_len) : NULL;

    *format = ACRM__FORMAT_PLAIN;
    if (bar != NULL && (tag->sigil == 'v' || tag->sigil == '{' || tag->sigil == '&')) {
        const char *name = bar + 1;
        const char *end = tag->name + tag->name_len;
        while (name < end && parse_is_space(*name))
            name++;
        *format = acrm__template_format_of(name, (size_t)(end - name));
        if (*format < 0)
            return parse_fault(run, tag->from, "format",
                               "formats are number, money, date, date_long, time, datetime");
        tag->name_len = (size_t)(bar - tag->name);
        while (tag->name_len > 0 && parse_is_space(tag->name[tag->name_len - 1]))
            tag->name_len--;
    }
    bool bad = tag->name_len == 0;
    for (size_t i = 0; i < tag->name_len; i++)
        bad = bad || parse_is_space(tag->name[i]) || tag->name[i] == '|';
    return bad ? parse_fault(run, tag->from, "name", "a name is one word, such as customer.name")
               : ACRM_OK;
}

static int32_t parse_close(parse_run *run, const parse_tag *tag)
{
    acrm__template_node *opened =
        run->n_open > 0 ? &run->made->nodes[run->open[run->n_open - 1]] : NULL;

    if (opened == NULL)
        return parse_fault(run, tag->from, "section", "no section is open here");
    if (strlen(opened->text) != tag->name_len ||
        memcmp(opened->text, tag->name, tag->name_len) != 0)
        return parse_fault(run, tag->from, "section", "another section is open here");
    opened->end = run->made->n;
    run->n_open--;
    return ACRM_OK;
}

static int32_t parse_node(parse_run *run, parse_tag *tag, const char *indent, size_t indent_len)
{
    static const struct {
        char sigil;
        int32_t kind;
    } kinds[] = { { 'v', ACRM_TAG_VARIABLE }, { '{', ACRM_TAG_VARIABLE },
                  { '&', ACRM_TAG_VARIABLE }, { '#', ACRM_TAG_SECTION },
                  { '^', ACRM_TAG_INVERTED }, { '>', ACRM_TAG_PARTIAL } };
    int32_t kind = 0, format = 0;
    int32_t st = parse_name(run, tag, &format);

    if (st != ACRM_OK)
        return st;
    if (tag->sigil == '/')
        return parse_close(run, tag);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].sigil == tag->sigil)
            kind = kinds[i].kind;
    bool section = kind == ACRM_TAG_SECTION || kind == ACRM_TAG_INVERTED;
    if (section && run->n_open == ACRM_TEMPLATE_DEPTH_MAX)
        return parse_fault(run, tag->from, "limit", "sections nest 32 deep at most");
    acrm__template_node *node = parse_add(run, kind);
    const char *name = acrm__arena_text(&run->made->arena, tag->name, tag->name_len);
    if (node == NULL || name == NULL)
        return acrm__error_nomem(run->err);
    node->text = name;
    node->len = (uint32_t)tag->name_len;
    node->format = format;
    node->raw = tag->sigil == '{' || tag->sigil == '&';
    node->indent = indent;
    node->indent_len = (uint32_t)indent_len;
    if (section)
        run->open[run->n_open++] = run->made->n - 1;
    return ACRM_OK;
}

/* Whether a tag stands alone on its line; then where the line's text before it begins and where
 * the next line does. */
static bool parse_alone(const parse_run *run, const parse_tag *tag, size_t *from, size_t *to)
{
    size_t start = tag->from, end = tag->to;

    if (tag->sigil == 'v' || tag->sigil == '{' || tag->sigil == '&')
        return false;
    while (start > run->at && (run->text[start - 1] == ' ' || run->text[start - 1] == '\t'))
        start--;
    /* What stands before on this line was not a tag: reading goes on at a line's begin. */
    if (start != run->line_start)
        return false;
    while (end < run->len && (run->text[end] == ' ' || run->text[end] == '\t'))
        end++;
    if (end < run->len && run->text[end] == '\r' && end + 1 < run->len &&
        run->text[end + 1] == '\n')
        end++;
    if (end < run->len && run->text[end] != '\n')
        return false;
    *from = start;
    *to = end < run->len ? end + 1 : end;
    return true;
}

/* Counts the lines up to a place, from where counting stopped. */
static void parse_move(parse_run *run, size_t to)
{
    for (; run->at < to; run->at++)
        if (run->text[run->at] == '\n') {
            run->line++;
            run->line_start = run->at + 1;
        }
}

static int32_t parse_step(parse_run *run, size_t tag_at)
{
    parse_tag tag = { .sigil = 0 };
    int32_t st = parse_tag_at(run, tag_at, &tag);
    size_t text_from = run->at, text_to = tag_at, next;

    if (st != ACRM_OK)
        return st;
    /* The begin of this tag's line, before `at` moves over the text in front of it. */
    for (size_t i = run->at; i < tag_at; i++)
        if (run->text[i] == '\n')
            run->line_start = i + 1;
    next = tag.to;
    const char *indent = NULL;
    size_t indent_len = 0;
    if (parse_alone(run, &tag, &text_to, &next)) {
        indent = run->text + text_to;
        indent_len = tag_at - text_to;
    }
    if (!parse_add_text(run, text_from, text_to))
        return acrm__error_nomem(run->err);
    parse_move(run, tag_at);
    if (tag.sigil == '=')
        st = parse_delimiters(run, &tag);
    else if (tag.sigil != '!')
        st = parse_node(run, &tag, indent, indent_len);
    if (st == ACRM_OK)
        parse_move(run, next);
    return st;
}

static int32_t parse_all(parse_run *run)
{
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && run->at < run->len) {
        const char *tag = parse_find(run->text + run->at, run->len - run->at, run->begin,
                                     run->begin_len);
        if (tag == NULL)
            break;
        st = parse_step(run, (size_t)(tag - run->text));
    }
    if (st != ACRM_OK)
        return st;
    if (run->n_open > 0) {
        const acrm__template_node *open = &run->made->nodes[run->open[run->n_open - 1]];
        const char *place = acrm__arena_format(&run->made->arena, "line %d", open->line);
        if (place == NULL)
            return acrm__error_nomem(run->err);
        return acrm__error(run->err, ACRM_E_INVALID, "section", place,
                           "%s: the section %s is not closed", place, open->text);
    }
    return parse_add_text(run, run->at, run->len) ? ACRM_OK : acrm__error_nomem(run->err);
}

int32_t acrm_template_new(const acrm_allocator *allocator, const char *text, size_t len,
                          acrm_template **out, acrm_error **err)
{
    acrm__arena arena;

    if (text == NULL || out == NULL)
        return ACRM_E_MISUSE;
    if (len > ACRM_TEMPLATE_BYTES_MAX)
        return acrm__error(err, ACRM_E_LIMIT, "limit", NULL,
                           "a template has at most 1048576 bytes");
    acrm__arena_init(&arena, allocator);
    acrm_template *made = acrm__arena_zero(&arena, sizeof *made);
    char *copy = made != NULL ? acrm__arena_text(&arena, text, len) : NULL;
    if (copy == NULL) {
        acrm__arena_free(&arena);
        return acrm__error_nomem(err);
    }
    made->arena = arena;
    parse_run run = { .made = made, .err = err, .text = copy, .len = len, .line = 1,
                      .begin = "{{", .end = "}}", .begin_len = 2, .end_len = 2 };
    size_t fault = acrm__utf8_fault(text, len);
    int32_t st = fault < len ? parse_fault(&run, fault, "utf8", "this is not UTF-8")
                             : parse_all(&run);
    if (st != ACRM_OK)
        acrm_template_free(made);
    else
        *out = made;
    return st;
}

void acrm_template_free(acrm_template *template_)
{
    if (template_ == NULL)
        return;
    acrm__arena arena = template_->arena; /* the struct lies in it */
    acrm__arena_free(&arena);
}

int32_t acrm_template_tags(const acrm_template *template_, acrm_template_tag_fn each, void *user)
{
    uint32_t open[ACRM_TEMPLATE_DEPTH_MAX], depth = 0;
    int32_t st = ACRM_OK;

    if (template_ == NULL || each == NULL)
        return ACRM_E_MISUSE;
    for (uint32_t i = 0; i < template_->n && st == ACRM_OK; i++) {
        const acrm__template_node *node = &template_->nodes[i];
        while (depth > 0 && template_->nodes[open[depth - 1]].end <= i)
            depth--;
        if (node->kind == TEMPLATE_TEXT)
            continue;
        st = each(user, node->kind, node->text,
                  depth > 0 ? template_->nodes[open[depth - 1]].text : NULL, node->line);
        if (node->kind == ACRM_TAG_SECTION || node->kind == ACRM_TAG_INVERTED)
            open[depth++] = i;
    }
    return st;
}
