/* SPDX-License-Identifier: MIT */
/* A package as a Gantt chart in SVG: planned and expected bars, the critical path, today. */
#include "modules/work/package.h"

#include "base/buf.h"
#include "base/civil.h"
#include "kernel/wall.h"

enum {
    GANTT_LABELS = 240, /* width of the names, and of the chart, in pixels */
    GANTT_CHART = 840,
    GANTT_HEAD = 40,
    GANTT_ROW = 26,
    GANTT_MARKS_MAX = 15 /* dates written above the chart */
};

typedef struct gantt_run {
    acrm__call *call;
    acrm__package_state state;
    acrm__str svg;
    acrm__wall wall;
    int64_t from, until;
    int32_t height;
} gantt_run;

/* --- Text and numbers --- */

static void gantt_escape(acrm__str *svg, const char *text)
{
    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '&')
            acrm__str_puts(svg, "&amp;");
        else if (c == '<')
            acrm__str_puts(svg, "&lt;");
        else if (c == '>')
            acrm__str_puts(svg, "&gt;");
        else if (c == '"')
            acrm__str_puts(svg, "&quot;");
        else
            acrm__str_putc(svg, c < 0x20 || c == 0x7f ? ' ' : (char)c); /* XML has no such */
    }
}

/* Pixels from the chart's left edge; whole ones, so that no decimal point is needed. */
static int32_t gantt_x(const gantt_run *run, int64_t at)
{
    int64_t span = run->until - run->from, off = at - run->from;

    if (off <= 0)
        return 0;
    return off >= span ? GANTT_CHART : (int32_t)(off / 1000 * GANTT_CHART / (span / 1000));
}

static int32_t gantt_day(const gantt_run *run, int64_t at)
{
    int32_t day, second;

    acrm__wall_at(&run->wall, at, &day, &second);
    return day;
}

static void gantt_put(gantt_run *run, const char *text)
{
    if (text)
        acrm__str_puts(&run->svg, text);
    else
        run->svg.failed = true;
}

static void gantt_instant(gantt_run *run, int64_t at)
{
    gantt_put(run, acrm__wall_text(run->call, &run->wall, at));
}

/* --- Parts --- */

static void gantt_head(gantt_run *run)
{
    acrm__str *svg = &run->svg;
    int width = GANTT_LABELS + GANTT_CHART + 20;

    acrm__str_format(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                     "viewBox=\"0 0 %d %d\" role=\"img\">\n<title>", width, (int)run->height,
                     width, (int)run->height);
    gantt_escape(svg, acrm__text(run->state.package, F_work_package__name));
    acrm__str_puts(svg, "</title>\n<style>text{font:12px sans-serif;fill:#222}.d{fill:#666;"
                   "font-size:10px}.grid{stroke:#ddd}.planned{fill:#cbd5e1}.expected{fill:#3b82f6}"
                   ".done{fill:#22c55e}.critical{fill:#dc2626}.skipped{fill:#e5e7eb}"
                   ".today{stroke:#7c3aed;stroke-dasharray:4 2}</style>\n");
}

static void gantt_grid(gantt_run *run)
{
    int32_t first = gantt_day(run, run->from), last = gantt_day(run, run->until);
    int32_t step = (last - first) / GANTT_MARKS_MAX + 1;

    for (int32_t day = first; day <= last; day += step) {
        int64_t at = acrm__wall_midnight(&run->wall, day);
        int x = GANTT_LABELS + gantt_x(run, at);
        acrm__str_format(&run->svg, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\""
                         "/><text class=\"d\" x=\"%d\" y=\"%d\">", x, x, GANTT_HEAD - 6,
                         (int)run->height - 10, x + 2, GANTT_HEAD - 10);
        gantt_put(run, acrm__wall_date(run->call, &run->wall, day));
        acrm__str_puts(&run->svg, "</text>\n");
    }
}

static void gantt_bar(gantt_run *run, const char *class, int y, int height, acrm_span span)
{
    int x = gantt_x(run, span.from), end = gantt_x(run, span.to);

    acrm__str_format(&run->svg, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">",
                     class, GANTT_LABELS + x, y, end > x ? end - x : 1, height);
    acrm__str_puts(&run->svg, "<title>");
    gantt_instant(run, span.from);
    acrm__str_puts(&run->svg, " \xe2\x80\x93 ");
    gantt_instant(run, span.to);
    acrm__str_puts(&run->svg, "</title></rect>\n");
}

static void gantt_task(gantt_run *run, size_t i)
{
    const acrm__rec *task = run->state.graph.tasks.items[i];
    const acrm_plan_times *times = &run->state.times[i];
    int y = GANTT_HEAD + (int)i * GANTT_ROW;
    const char *class = acrm__package_is(task, F_work_package_task__state, "done")      ? "done"
                        : acrm__package_is(task, F_work_package_task__state, "skipped") ? "skipped"
                        : times->critical ? "critical" : "expected";

    acrm__str_format(&run->svg, "<text x=\"8\" y=\"%d\">", y + 16);
    gantt_escape(&run->svg, acrm__text(task, F_work_package_task__name));
    acrm__str_puts(&run->svg, "</text>\n");
    gantt_bar(run, "planned", y + 17, 5,
              (acrm_span){ acrm__int(task, F_work_package_task__planned_start),
                           acrm__int(task, F_work_package_task__planned_finish) });
    gantt_bar(run, class, y + 4, 12, (acrm_span){ times->earliest_start, times->earliest_finish });
}

static void gantt_today(gantt_run *run)
{
    int64_t now = run->call->now;
    int x = GANTT_LABELS + gantt_x(run, now);

    if (now < run->from || now > run->until)
        return;
    acrm__str_format(&run->svg, "<line class=\"today\" x1=\"%d\" x2=\"%d\" y1=\"14\" y2=\"%d\"/>"
                     "<text class=\"d\" x=\"%d\" y=\"12\">", x, x, (int)run->height - 10, x + 2);
    gantt_instant(run, now);
    acrm__str_puts(&run->svg, "</text>\n");
}

/* --- All of it --- */

static void gantt_span(gantt_run *run)
{
    run->from = acrm__int(run->state.package, F_work_package__started_at);
    run->until = acrm__int(run->state.package, F_work_package__planned_finish);
    if (run->state.finish > run->until)
        run->until = run->state.finish;
    for (size_t i = 0; i < run->state.graph.tasks.count; i++)
        if (run->state.times[i].earliest_start < run->from)
            run->from = run->state.times[i].earliest_start;
    if (run->until < run->from + ACRM__DAY_US) /* so that a short one has a scale too */
        run->until = run->from + ACRM__DAY_US;
    run->height = GANTT_HEAD + (int32_t)run->state.graph.tasks.count * GANTT_ROW + 20;
}

static int32_t gantt_load(gantt_run *run)
{
    acrm__call system = *run->call;
    acrm__rec *package;

    system.as_system = true;
    int32_t st = acrm__load_arg(run->call, "work_package", "id", &package);
    if (st == ACRM_OK)
        st = acrm__package_load(&system, package, &run->state);
    return st == ACRM_OK ? acrm__package_compute(&system, &run->state, run->call->now) : st;
}

int32_t acrm__package_gantt(acrm__call *call)
{
    gantt_run run = { .call = call };

    int32_t st = gantt_load(&run);
    if (st == ACRM_OK)
        st = acrm__wall_open(call, &run.wall);
    if (st != ACRM_OK)
        return st;
    gantt_span(&run);
    acrm__str_init(&run.svg, &call->arena->allocator);
    gantt_head(&run);
    gantt_grid(&run);
    for (size_t i = 0; i < run.state.graph.tasks.count; i++)
        gantt_task(&run, i);
    gantt_today(&run);
    acrm__str_puts(&run.svg, "</svg>\n");
    bool ok = !run.svg.failed &&
              acrm__put_textn(call->out, "svg", run.svg.data, run.svg.len);
    acrm__str_free(&run.svg);
    acrm__wall_close(&run.wall);
    return ok ? ACRM_OK : acrm__nomem(call);
}
