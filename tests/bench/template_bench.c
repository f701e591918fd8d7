/* SPDX-License-Identifier: MIT */
/* Rendering a short letter, against printf of the same values by their places. */
#include "bench.h"

#include "autocrm/template.h"

static const char letter[] =
    "Dear {{customer.name}},\n\nyour {{vehicle.model}} ({{vehicle.plate}}) is ready at "
    "{{dealer.name}}.\n{{#work}}\n- {{what}}: {{price}} {{currency}}\n{{/work}}\n"
    "Please come until {{until}}.\n{{signature}}\n";
static const char values[] =
    "{\"customer\":{\"name\":\"Ada Bianchi\"},\"vehicle\":{\"model\":\"E1 Estate\",\"plate\":"
    "\"AB 123 CD\"},\"dealer\":{\"name\":\"North Cars\"},\"until\":\"2026-11-28\",\"signature\":"
    "\"Your workshop\",\"work\":[{\"what\":\"Inspection\",\"price\":\"189.00\",\"currency\":"
    "\"EUR\"},{\"what\":\"Tyres\",\"price\":\"420.50\",\"currency\":\"EUR\"}]}";

typedef struct letters {
    acrm_template *made;
    acrm_value *context;
} letters;

static void template_render_all(void *user, long ops)
{
    letters *l = user;

    for (long i = 0; i < ops; i++) {
        acrm_buf *out = NULL;

        acrm_template_render(l->made, l->context, NULL, &out, NULL);
        bench_keep(out);
        acrm_buf_free(out);
    }
}

static const char *text_at(const acrm_value *map, const char *key)
{
    return acrm_value_text(acrm_value_get(map, key), NULL);
}

static void template_print_all(void *user, long ops)
{
    const letters *l = user;

    for (long i = 0; i < ops; i++) {
        const acrm_value *vehicle = acrm_value_get(l->context, "vehicle");
        const acrm_value *work = acrm_value_get(l->context, "work");
        char *out = malloc(1024);
        int n = snprintf(out, 1024, "Dear %s,\n\nyour %s (%s) is ready at %s.\n",
                         text_at(acrm_value_get(l->context, "customer"), "name"),
                         text_at(vehicle, "model"), text_at(vehicle, "plate"),
                         text_at(acrm_value_get(l->context, "dealer"), "name"));

        for (size_t k = 0; k < acrm_value_count(work); k++) {
            const acrm_value *job = acrm_value_at(work, k);
            n += snprintf(out + n, 1024 - (size_t)n, "- %s: %s %s\n", text_at(job, "what"),
                          text_at(job, "price"), text_at(job, "currency"));
        }
        snprintf(out + n, 1024 - (size_t)n, "Please come until %s.\n%s\n",
                 text_at(l->context, "until"), text_at(l->context, "signature"));
        bench_keep(out);
        free(out);
    }
}

static void template_compile_all(void *user, long ops)
{
    (void)user;
    for (long i = 0; i < ops; i++) {
        acrm_template *made = NULL;

        acrm_template_new(NULL, letter, sizeof letter - 1, &made, NULL);
        bench_keep(made);
        acrm_template_free(made);
    }
}

/* Compiling has no floor of its own: it is shown beside one letter printed. */
int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);
    letters l = { 0 };

    if (acrm_template_new(NULL, letter, sizeof letter - 1, &l.made, NULL) != ACRM_OK ||
        acrm_value_parse(NULL, values, sizeof values - 1, &l.context, NULL) != ACRM_OK)
        return 1;
    bench_compare(&b, &(bench_measure){ .name = "template.render", .size = 1, .goal = 3,
                  .user = &l, .ours = template_render_all, .baseline = template_print_all });
    bench_compare(&b, &(bench_measure){ .name = "template.compile", .size = 1, .user = &l,
                  .ours = template_compile_all, .baseline = template_print_all });
    acrm_template_free(l.made);
    acrm_value_free(l.context);
    return bench_end(&b);
}
