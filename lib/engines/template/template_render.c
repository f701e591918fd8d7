/* SPDX-License-Identifier: MIT */
/* Renders a compiled template: a walk over its nodes with a stack of sections and partials. */
#include "base/error.h"
#include "base/text.h"
#include "base/value.h"
#include "engines/template/template_internal.h"

#include <string.h>

#define RENDER_BYTES_MAX (INT64_C(16) << 20)

/* A section or partial that is being rendered; the first is the template itself. */
typedef struct render_frame {
    const acrm_template *made;
    uint32_t begin, at, end;
    const acrm_value *item; /* where names are looked up; NULL: in the frames below only */
    const acrm_value *list; /* that is gone through; NULL: once */
    size_t n;               /* of the list's item */
    size_t indent_from, indent_to; /* of the indent, for the lines of this frame */
    int32_t line_after; /* of a partial: whether a line of what is around begins behind it */
} render_frame;

enum { RENDER_SAME_LINE = 1, RENDER_NEW_LINE = 2 };

typedef struct render_run {
    acrm_template_options options;
    acrm_error **err;
    acrm__str out;
    acrm__str indent;  /* of all partials around */
    bool line_begins;  /* nothing of this line of the template was written yet */
    int64_t steps;
    acrm_value *missing; /* (nullable) names looked for in vain */
    render_frame frames[ACRM_TEMPLATE_NESTING_MAX];
    uint32_t depth;
} render_run;

/* --- Names --- */

static const acrm_value *render_member(const acrm_value *map, const char *name, size_t len)
{
    if (acrm_value_type(map) != ACRM_MAP)
        return NULL;
    for (size_t i = 0; i < acrm_value_count(map); i++) {
        size_t key_len;
        const char *key = acrm_value_key(map, i, &key_len);
        if (key_len == len && memcmp(key, name, len) == 0)
            return acrm_value_at(map, i);
    }
    return NULL;
}

/* The first part of a name is looked for from the innermost frame outwards, the rest in what was
 * found. *beside is the map in which the last part was found. */
static const acrm_value *render_find(const render_run *run, const char *name, size_t len,
                                     const acrm_value **beside)
{
    const char *dot = memchr(name, '.', len);
    size_t first = dot != NULL ? (size_t)(dot - name) : len;
    const acrm_value *found = NULL;

    *beside = NULL;
    if (len == 1 && name[0] == '.') {
        for (uint32_t i = run->depth; i-- > 0;)
            if (run->frames[i].item != NULL)
                return run->frames[i].item;
        return NULL;
    }
    for (uint32_t i = run->depth; i-- > 0 && found == NULL;) {
        *beside = run->frames[i].item;
        found = *beside != NULL ? render_member(*beside, name, first) : NULL;
    }
    while (found != NULL && dot != NULL) {
        const char *part = dot + 1;
        dot = memchr(part, '.', len - (size_t)(part - name));
        *beside = found;
        found = render_member(found, part,
                              dot != NULL ? (size_t)(dot - part) : len - (size_t)(part - name));
    }
    return found;
}

static bool render_true(const acrm_value *value)
{
    const char *text = acrm_value_text(value, NULL);

    switch (value != NULL ? acrm_value_type(value) : ACRM_NULL) {
    case ACRM_NULL:
        return false;
    case ACRM_BOOL:
        return acrm_value_bool(value) != 0;
    case ACRM_LIST:
        return acrm_value_count(value) > 0;
    case ACRM_TEXT:
        return text[0] != '\0';
    default:
        return true;
    }
}

static bool render_note_missing(render_run *run, const char *name)
{
    if (run->missing == NULL)
        return true;
    for (size_t i = 0; i < acrm_value_count(run->missing); i++)
        if (strcmp(acrm_value_text(acrm_value_at(run->missing, i), NULL), name) == 0)
            return true;
    return acrm__add_text(run->missing, name);
}

/* --- Output --- */

/* What is written for a character, NULL: itself. */
static const char *render_instead(char c, int32_t escape)
{
    if (escape == ACRM_ESCAPE_LINE)
        return (unsigned char)c < 0x20 || c == 0x7f ? " " : NULL;
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void render_escape(acrm__str *out, int32_t escape, const char *text, size_t len)
{
    size_t from = 0;

    for (size_t i = 0; i < len && escape != ACRM_ESCAPE_NONE; i++) {
        const char *instead = render_instead(text[i], escape);
        if (instead == NULL)
            continue;
        acrm__str_add(out, text + from, i - from);
        acrm__str_puts(out, instead);
        from = i + 1;
    }
    acrm__str_add(out, text + from, len - from);
}

static void render_begin_line(render_run *run)
{
    const render_frame *frame = &run->frames[run->depth - 1];

    if (run->line_begins && !run->indent.failed)
        acrm__str_add(&run->out, run->indent.data + frame->indent_from,
                      frame->indent_to - frame->indent_from);
    run->line_begins = false;
}

static int32_t render_variable(render_run *run, const acrm__template_node *node)
{
    const acrm_value *beside;
    const acrm_value *value = render_find(run, node->text, node->len, &beside);
    int32_t escape = node->raw && run->options.escape == ACRM_ESCAPE_HTML ? ACRM_ESCAPE_NONE
                                                                          : run->options.escape;
    acrm__str text;

    render_begin_line(run);
    if (value == NULL || acrm_value_type(value) == ACRM_NULL)
        return render_note_missing(run, node->text) ? ACRM_OK : acrm__error_nomem(run->err);
    if (node->format == ACRM__FORMAT_PLAIN && acrm_value_type(value) == ACRM_TEXT) {
        size_t len;
        const char *plain = acrm_value_text(value, &len);
        render_escape(&run->out, escape, plain, len);
        return ACRM_OK;
    }
    const acrm_value *currency =
        beside != NULL ? render_member(beside, "currency", strlen("currency")) : NULL;
    acrm__str_init(&text, &run->out.allocator);
    int32_t st = acrm__template_format(node->format, value, currency, &run->options, &text);
    if (st == ACRM_OK && text.failed)
        st = acrm__error_nomem(run->err);
    else if (st != ACRM_OK)
        st = acrm__error(run->err, st, "format", node->text,
                         "%s: its value cannot be written in this format", node->text);
    else
        render_escape(&run->out, escape, text.data, text.len);
    acrm__str_free(&text);
    return st;
}

/* --- Sections and partials --- */

static int32_t render_push(render_run *run, const render_frame *frame)
{
    if (run->depth == ACRM_TEMPLATE_NESTING_MAX)
        return acrm__error(run->err, ACRM_E_LIMIT, "limit", NULL,
                           "sections and partials nest 64 deep at most");
    run->frames[run->depth++] = *frame;
    return ACRM_OK;
}

static int32_t render_section(render_run *run, const acrm__template_node *node)
{
    render_frame *around = &run->frames[run->depth - 1];
    const acrm_value *beside;
    const acrm_value *value = render_find(run, node->text, node->len, &beside);
    bool list = value != NULL && acrm_value_type(value) == ACRM_LIST;
    bool wanted = render_true(value) == (node->kind == ACRM_TAG_SECTION);
    render_frame frame = { .made = around->made, .begin = around->at, .at = around->at,
                           .end = node->end, .indent_from = around->indent_from,
                           .indent_to = around->indent_to };

    around->at = node->end;
    if (!wanted)
        return ACRM_OK;
    if (node->kind == ACRM_TAG_SECTION && list) {
        frame.list = value;
        frame.item = acrm_value_at(value, 0);
    } else if (node->kind == ACRM_TAG_SECTION) {
        frame.item = value;
    }
    return render_push(run, &frame);
}

static int32_t render_partial(render_run *run, const acrm__template_node *node)
{
    const acrm_template *found = NULL;
    int32_t st = run->options.partial != NULL
                     ? run->options.partial(run->options.user, node->text, &found) : ACRM_OK;

    if (st != ACRM_OK)
        return acrm__error(run->err, st, "partial", node->text,
                           "%s: this partial could not be had", node->text);
    if (found == NULL)
        return render_note_missing(run, node->text) ? ACRM_OK : acrm__error_nomem(run->err);
    const render_frame *around = &run->frames[run->depth - 1];
    render_frame frame = { .made = found, .end = found->n };
    if (node->indent == NULL) { /* within a line, whose indent is not for the partial's lines */
        render_begin_line(run);
        frame.indent_from = run->indent.len;
        frame.line_after = RENDER_SAME_LINE;
    } else {
        frame.indent_from = around->indent_from;
        acrm__str_add(&run->indent, node->indent, node->indent_len);
        frame.line_after = RENDER_NEW_LINE;
        run->line_begins = true;
    }
    frame.indent_to = run->indent.len;
    return render_push(run, &frame);
}

/* The end of a frame: the list's next item, or back to what is around. */
static void render_leave(render_run *run)
{
    render_frame *frame = &run->frames[run->depth - 1];

    if (frame->list != NULL && ++frame->n < acrm_value_count(frame->list)) {
        frame->item = acrm_value_at(frame->list, frame->n);
        frame->at = frame->begin;
        return;
    }
    if (frame->line_after != 0)
        run->line_begins = frame->line_after == RENDER_NEW_LINE;
    run->depth--;
    if (run->depth > 0 && !run->indent.failed)
        acrm__str_cut(&run->indent, run->frames[run->depth - 1].indent_to);
}

static int32_t render_node(render_run *run, const acrm__template_node *node)
{
    switch (node->kind) {
    case TEMPLATE_TEXT:
        render_begin_line(run);
        acrm__str_add(&run->out, node->text, node->len);
        run->line_begins = node->text[node->len - 1] == '\n';
        return ACRM_OK;
    case ACRM_TAG_VARIABLE:
        return render_variable(run, node);
    case ACRM_TAG_PARTIAL:
        return render_partial(run, node);
    default:
        return render_section(run, node);
    }
}

static int32_t render_all(render_run *run)
{
    int64_t most = run->options.bytes_max > 0 ? run->options.bytes_max : RENDER_BYTES_MAX;
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && run->depth > 0) {
        render_frame *frame = &run->frames[run->depth - 1];
        if (++run->steps > ACRM_TEMPLATE_STEPS_MAX || (int64_t)run->out.len > most)
            return acrm__error(run->err, ACRM_E_LIMIT, "limit", NULL,
                               "the result is too long, or takes too much work");
        if (frame->at == frame->end)
            render_leave(run);
        else
            st = render_node(run, &frame->made->nodes[frame->at++]);
    }
    if (st == ACRM_OK && (run->out.failed || run->indent.failed))
        return acrm__error_nomem(run->err);
    return st;
}

static int32_t render(render_run *run, const acrm_template *template_, const acrm_value *context,
                      const acrm_template_options *options, acrm_error **err)
{
    if (options != NULL && options->struct_size != sizeof *options)
        return ACRM_E_MISUSE;
    if (options != NULL)
        run->options = *options;
    run->err = err;
    run->line_begins = true;
    acrm__str_init(&run->out, &template_->arena.allocator);
    acrm__str_init(&run->indent, &template_->arena.allocator);
    run->frames[0] = (render_frame){ .made = template_, .end = template_->n, .item = context };
    run->depth = 1;
    int32_t st = render_all(run);
    acrm__str_free(&run->indent);
    return st;
}

int32_t acrm_template_render(const acrm_template *template_, const acrm_value *context,
                             const acrm_template_options *options, acrm_buf **out,
                             acrm_error **err)
{
    render_run run = { .steps = 0 };

    if (template_ == NULL || context == NULL || out == NULL)
        return ACRM_E_MISUSE;
    int32_t st = render(&run, template_, context, options, err);
    if (st == ACRM_OK && acrm__str_to_buf(&run.out, out) != ACRM_OK)
        st = acrm__error_nomem(err);
    acrm__str_free(&run.out);
    return st;
}

int32_t acrm_template_missing(const acrm_template *template_, const acrm_value *context,
                              const acrm_template_options *options, acrm_value *missing,
                              acrm_error **err)
{
    render_run run = { .missing = missing };

    if (template_ == NULL || context == NULL || missing == NULL ||
        acrm_value_type(missing) != ACRM_LIST)
        return ACRM_E_MISUSE;
    int32_t st = render(&run, template_, context, options, err);
    acrm__str_free(&run.out);
    return st;
}
