/* SPDX-License-Identifier: MIT */
/* Process definitions by themselves: stepped, drawn without overlaps, and short of memory. */
#include "engines/statechart/statechart.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <stdio.h>

static uint64_t chance;

static int below(int n)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((chance >> 33) % (uint64_t)n);
}

/* A chain through n phases to the end, and edges at random besides. */
static void random_chart(char *json, int n, int edges)
{
    size_t at = (size_t)sprintf(json, "{\"name\":\"R & <R>\",\"entity\":\"e\",\"start\":\"p0\","
                                      "\"phases\":[");

    for (int p = 0; p < n; p++)
        at += (size_t)sprintf(json + at, "%s{\"code\":\"p%d\",\"name\":\"Phase \\\"%d\\\" %.*s\""
                              "%s}", p ? "," : "", p, p, below(20), "of some long length",
                              p == n - 1 ? ",\"end\":true" : "");
    at += (size_t)sprintf(json + at, "],\"transitions\":[");
    for (int e = 0; e < n - 1 + edges; e++)
        at += (size_t)sprintf(json + at, "%s{\"name\":\"t%d\",\"from\":[\"p%d\"],\"to\":\"p%d\"}",
                              e ? "," : "", e, e < n - 1 ? e : below(n - 1),
                              e < n - 1 ? e + 1 : below(n));
    sprintf(json + at, "]}");
}

static acrm_statechart *chart_of(const char *json)
{
    acrm_statechart *chart = NULL;
    acrm_value *value = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &value, NULL), ACRM_OK);
    int32_t st = acrm_statechart_new(NULL, value, NULL, &chart, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    acrm_value_free(value);
    return chart;
}

START_TEST(statechart__is_stepped)
{
    acrm_statechart *chart = chart_of(
        "{\"name\":\"A\",\"entity\":\"e\",\"start\":\"b\",\"phases\":[{\"code\":\"a\",\"end\":"
        "true},{\"code\":\"b\"}],\"transitions\":[{\"name\":\"t\",\"from\":[\"b\"],\"to\":\"a\"},"
        "{\"name\":\"u\",\"from\":[\"b\"],\"to\":\"b\"}]}");
    const char *to = NULL;

    ck_assert_str_eq(acrm_statechart_start(chart), "b");
    ck_assert_str_eq(acrm_statechart_phase(chart, 0), "a");
    ck_assert_ptr_null(acrm_statechart_phase(chart, 2));
    ck_assert_int_eq(acrm_statechart_is_end(chart, "a"), 1);
    ck_assert_int_eq(acrm_statechart_is_end(chart, "b"), 0);
    ck_assert_str_eq(acrm_statechart_transition(chart, "b", 1), "u");
    ck_assert_ptr_null(acrm_statechart_transition(chart, "b", 2));
    ck_assert_ptr_null(acrm_statechart_transition(chart, "a", 0));
    ck_assert_int_eq(acrm_statechart_step(chart, "b", "t", &to), ACRM_OK);
    ck_assert_str_eq(to, "a");
    ck_assert_int_eq(acrm_statechart_step(chart, "a", "t", &to), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_statechart_step(chart, "b", NULL, &to), ACRM_E_MISUSE);
    acrm_statechart_free(chart);
    acrm_statechart_free(NULL);
}
END_TEST

START_TEST(statechart__boxes_do_not_overlap)
{
    static char json[32768];
    acrm__chart_layout layout;
    acrm__arena arena;

    chance = (uint64_t)_i + 7;
    random_chart(json, 3 + below(15), below(20));
    acrm_statechart *chart = chart_of(json);
    acrm__arena_init(&arena, NULL);
    ck_assert_int_eq(acrm__chart_lay_out(chart, &arena, &layout), ACRM_OK);
    for (int32_t a = 0; a < layout.n_nodes; a++) {
        const acrm__chart_node *x = &layout.nodes[a];
        ck_assert_int_ge(x->x - x->width / 2, 0);
        ck_assert_int_le(x->x + x->width / 2, layout.width);
        for (int32_t b = 0; b < a; b++) {
            const acrm__chart_node *y = &layout.nodes[b];
            int32_t apart = x->x > y->x ? x->x - y->x : y->x - x->x;
            ck_assert(x->layer != y->layer || apart >= (x->width + y->width) / 2);
        }
    }
    for (int32_t e = 0; e < layout.n_edges; e++) {
        const acrm__chart_edge *edge = &layout.edges[e];
        for (int32_t i = 1; edge->from != edge->to && i < edge->n_nodes; i++)
            ck_assert_int_eq(layout.nodes[edge->nodes[i]].layer,
                             layout.nodes[edge->nodes[i - 1]].layer + 1);
    }
    acrm__arena_free(&arena);
    acrm_statechart_free(chart);
}
END_TEST

/* Nothing of a name gets out of its text. */
START_TEST(statechart__drawings_are_escaped)
{
    static char json[32768];
    acrm_buf *svg = NULL, *mermaid = NULL;

    chance = 3;
    random_chart(json, 5, 5);
    acrm_statechart *chart = chart_of(json);
    ck_assert_int_eq(acrm_statechart_svg(chart, "p1", &svg), ACRM_OK);
    ck_assert_ptr_nonnull(strstr(acrm_buf_data(svg), "<title>R &amp; &lt;R&gt;</title>"));
    ck_assert_ptr_nonnull(strstr(acrm_buf_data(svg), "Phase &quot;1&quot;"));
    ck_assert_int_eq(acrm_statechart_mermaid(chart, NULL, &mermaid), ACRM_OK);
    ck_assert_ptr_nonnull(strstr(acrm_buf_data(mermaid), "Phase #34;1#34;"));
    acrm_buf_free(svg);
    acrm_buf_free(mermaid);
    acrm_statechart_free(chart);
}
END_TEST

START_TEST(statechart__survives_every_allocation_failure)
{
    static char json[32768];
    acrm_value *value = NULL;

    chance = 5;
    random_chart(json, 4, 3);
    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &value, NULL), ACRM_OK);
    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm_statechart *chart = NULL;
        acrm_buf *svg = NULL, *mermaid = NULL;
        int32_t st = acrm_statechart_new(&port, value, NULL, &chart, NULL);
        if (st == ACRM_OK)
            st = acrm_statechart_svg(chart, NULL, &svg);
        if (st == ACRM_OK)
            st = acrm_statechart_mermaid(chart, NULL, &mermaid);
        acrm_buf_free(svg);
        acrm_buf_free(mermaid);
        acrm_statechart_free(chart);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(st, ACRM_OK);
            break;
        }
        ck_assert_int_eq(st, ACRM_E_NOMEM);
    }
    acrm_value_free(value);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("statechart");
    TCase *t = tcase_create("statechart");

    tcase_add_test(t, statechart__is_stepped);
    tcase_add_loop_test(t, statechart__boxes_do_not_overlap, 0, 100);
    tcase_add_test(t, statechart__drawings_are_escaped);
    tcase_add_test(t, statechart__survives_every_allocation_failure);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
