/* SPDX-License-Identifier: MIT */
/* Configurations: judging and pricing one of 40 options, against looking at each rule once; and
 * what a proposal and a search for contradictions cost. */
#include "autocrm/configuration.h"
#include "bench.h"

enum { OPTIONS = 160, CHOSEN = 40, RULES_MAX = 3000, LIST = 4, PACKAGES = 10 };

typedef struct catalogue {
    unsigned char offered[OPTIONS], in[OPTIONS];
    uint32_t chosen[CHOSEN], lists[RULES_MAX][2][LIST];
    acrm_option_rule rules[RULES_MAX];
    int64_t amounts[OPTIONS];
    size_t n;
    uint32_t broken[CHOSEN];
    acrm_configuration *compiled;
} catalogue;

static uint32_t dice_state = 7;

static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % sides;
}

/* One rule as it stands, over flags. */
static bool holds(const acrm_option_rule *rule, const unsigned char *in)
{
    size_t n = 0;

    for (size_t i = 0; i < rule->when_count; i++)
        if (!in[rule->when[i]])
            return true;
    for (size_t i = 0; i < rule->then_count; i++)
        n += in[rule->then[i]];
    switch (rule->kind) {
    case ACRM_OPTION_REQUIRES:
    case ACRM_OPTION_PACKAGE:
        return n == rule->then_count;
    case ACRM_OPTION_REQUIRES_ANY:
        return n > 0;
    case ACRM_OPTION_EXCLUDES:
        return n == 0;
    case ACRM_OPTION_AT_MOST_ONE:
        return n <= 1;
    default:
        return n == 1;
    }
}

static size_t draw(uint32_t *list, size_t n)
{
    size_t have = 0;

    while (have < n) {
        uint32_t option = dice(OPTIONS);
        size_t i = 0;
        while (i < have && list[i] != option)
            i++;
        if (i == have)
            list[have++] = option;
    }
    return n;
}

/* Rules that the chosen 40 keep, so that there is a valid configuration. */
static void make_catalogue(catalogue *k, size_t n)
{
    memset(k, 0, sizeof *k);
    memset(k->offered, ACRM_OPTION_OPTIONAL, sizeof k->offered);
    for (uint32_t o = 0; o < OPTIONS; o++)
        k->amounts[o] = 1000 + o;
    for (size_t i = 0; i < CHOSEN; i++) {
        k->chosen[i] = (uint32_t)(i * 4);
        k->in[i * 4] = 1;
        k->broken[i] = k->chosen[i];
    }
    k->n = n;
    for (size_t r = 0; r < n;) {
        acrm_option_rule *rule = &k->rules[r];
        static const int32_t kinds[] = { ACRM_OPTION_REQUIRES, ACRM_OPTION_REQUIRES_ANY,
                                         ACRM_OPTION_EXCLUDES, ACRM_OPTION_EXCLUDES,
                                         ACRM_OPTION_AT_MOST_ONE };
        *rule = (acrm_option_rule){ .kind = r < PACKAGES ? ACRM_OPTION_PACKAGE : kinds[dice(5)],
                                    .when = k->lists[r][0], .then = k->lists[r][1] };
        rule->when_count = draw(k->lists[r][0], rule->kind == ACRM_OPTION_AT_MOST_ONE ? 0
                                                : rule->kind == ACRM_OPTION_PACKAGE ? 1
                                                                                    : 1 + dice(2));
        rule->then_count = draw(k->lists[r][1], 1 + dice(LIST));
        if (rule->kind == ACRM_OPTION_PACKAGE)
            for (size_t i = 0; i < rule->then_count; i++) /* of later options: no circle */
                k->lists[r][1][i] = (uint32_t)(100 + r * 6 + i);
        if (rule->kind == ACRM_OPTION_PACKAGE)
            k->lists[r][0][0] = (uint32_t)(r * 8);
        for (size_t i = 0; rule->kind == ACRM_OPTION_PACKAGE && i < rule->then_count; i++)
            k->in[k->lists[r][1][i]] = 1;
        r += holds(rule, k->in) ? 1 : 0;
    }
    const acrm_configuration_definition definition = { .struct_size = sizeof definition,
        .offered = k->offered, .options_count = OPTIONS, .rules = k->rules, .rules_count = n };
    if (acrm_configuration_new(&definition, NULL, &k->compiled, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
}

static void ours(void *user, long ops)
{
    catalogue *k = user;
    acrm_configuration_line lines[OPTIONS];
    const acrm_configuration_prices prices = { .struct_size = sizeof prices, .base = 2000000,
        .amounts = k->amounts, .tax_millionths = 190000 };

    for (long i = 0; i < ops; i++) {
        acrm_configuration_total total = { .struct_size = sizeof total };
        size_t faults = 1, count = 0;
        if (acrm_configuration_check(k->compiled, k->chosen, CHOSEN, NULL, NULL, 0, &faults,
                                     NULL) != ACRM_OK || faults != 0 ||
            acrm_configuration_price(k->compiled, k->chosen, CHOSEN, &prices, lines, OPTIONS,
                                     &count, &total, NULL) != ACRM_OK)
            exit(EXIT_FAILURE);
        bench_keep(&total);
    }
}

static void each_rule_once(void *user, long ops)
{
    catalogue *k = user;

    for (long i = 0; i < ops; i++) {
        size_t kept = 0;
        for (size_t r = 0; r < k->n; r++)
            kept += holds(&k->rules[r], k->in);
        if (kept != k->n)
            exit(EXIT_FAILURE);
        bench_keep(&kept);
    }
}

/* Three of the options exchanged for others: the way back. */
static void propose(void *user, long ops)
{
    catalogue *k = user;

    for (long i = 0; i < ops; i++) {
        unsigned char proposed[OPTIONS];
        acrm_configuration_proposal out = { .struct_size = sizeof out };
        if (acrm_configuration_nearest(k->compiled, k->broken, CHOSEN, 0, proposed, &out, NULL) !=
            ACRM_OK || out.outcome == ACRM_SEARCH_IMPOSSIBLE)
            exit(EXIT_FAILURE);
        bench_keep(proposed);
    }
}

static void contradict(void *user, long ops)
{
    catalogue *k = user;

    for (long i = 0; i < ops; i++) {
        size_t count = 0;
        if (acrm_configuration_contradictions(k->compiled, 0, NULL, 0, &count) != ACRM_OK)
            exit(EXIT_FAILURE);
        bench_keep(&count);
    }
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = { 300, 1000, RULES_MAX };
    static catalogue k;
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!bench_wants_size(&b, (long)sizes[i], 300))
            continue;
        make_catalogue(&k, sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "configuration.check_and_price",
            .size = (long)sizes[i], .goal = 3, .ours = ours, .baseline = each_rule_once,
            .user = &k });
        k.broken[3] = 1;
        k.broken[7] = 5;
        k.broken[20] = 9;
        bench_compare(&b, &(bench_measure){ .name = "configuration.nearest",
            .size = (long)sizes[i], .ours = propose, .baseline = each_rule_once, .user = &k });
        bench_compare(&b, &(bench_measure){ .name = "configuration.contradictions",
            .size = (long)sizes[i], .ours = contradict, .baseline = each_rule_once, .user = &k });
        acrm_configuration_free(k.compiled);
    }
    return bench_end(&b);
}
