/* SPDX-License-Identifier: MIT */
/* demo: the main job on a new database, every step a command that could be typed. examples/demo.sh
 * shows more of it, on files. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct demo_step {
    const char *title; /* NULL: it belongs to the step before */
    const char *now;
    const char *command; /* words as a shell would part them, with '...' */
} demo_step;

#define DEMO_MONDAY "2026-03-02T08:00:00Z"
#define DEMO_NOON "2026-03-02T12:30:00Z"
#define DEMO_TUESDAY "2026-03-03T10:00:00Z"
#define DEMO_LATER "2026-03-16T08:00:00Z"

static const demo_step demo_steps[] = {
    { "An importer with two dealers and their people", DEMO_MONDAY,
      "--quiet dealer create --name 'Exemplar Imports' --code IMPORTER --kind importer" },
    { NULL, DEMO_MONDAY,
      "--quiet dealer create --name 'North Cars' --code NORTH --parent_id code:IMPORTER "
      "--country GB" },
    { NULL, DEMO_MONDAY,
      "--quiet dealer create --name 'نمایندگی تهران' --code TEHRAN --parent_id code:IMPORTER "
      "--country IR --zone Asia/Tehran" },
    { NULL, DEMO_MONDAY,
      "--quiet user create --name 'Seller One' --login north.one --dealer_id code:NORTH "
      "--role_id name:salesperson --takes_leads" },
    { NULL, DEMO_MONDAY,
      "--quiet user create --name 'Seller Two' --login north.two --dealer_id code:NORTH "
      "--role_id name:salesperson --takes_leads" },
    { "A rule: who gets which leads, to be accepted within four hours", DEMO_MONDAY,
      "--quiet distribution_rule create --name Everybody --position 10 --strategy weighted "
      "--accept_within PT4H" },
    { NULL, DEMO_MONDAY,
      "--quiet distribution_target create --rule_id name:Everybody --dealer_id code:NORTH" },
    { "Leads come in; a customer asking twice is recognised, however the number is written",
      DEMO_MONDAY,
      "lead submit --customer '{\"name\":\"Echo Customer\",\"country\":\"GB\","
      "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"020 7946 0105\"}]}' "
      "--lead '{\"model\":\"E1 Estate\",\"level\":\"H\"}' --source website" },
    { NULL, DEMO_MONDAY,
      "lead submit --customer '{\"name\":\"ECHO CUSTOMER\",\"country\":\"GB\","
      "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"+44 (0)20 ٧٩٤٦ ٠١٠٥\"}]}' "
      "--lead '{\"model\":\"E1 Estate\"}' --source fair" },
    { NULL, DEMO_MONDAY,
      "lead submit --customer '{\"name\":\"客户样本一\",\"contact_points\":[{\"channel\":"
      "\"email\",\"value\":\"sample.one@example.com\"}]}' --lead '{\"model\":\"City\"}' "
      "--source website" },
    { NULL, DEMO_MONDAY, "lead list --fields customer_id,model,level,status,owner_id,accept_by" },
    { "One is accepted; the other one's deadline passes", DEMO_MONDAY,
      "--quiet lead accept 'customer.name:Echo Customer'" },
    { NULL, DEMO_NOON, "tick" },
    { NULL, DEMO_NOON, "lead_offer list --fields user_id,respond_by,outcome" },
    { "Work is done", DEMO_TUESDAY,
      "--quiet lead contact 'customer.name:Echo Customer' --channel visit --outcome test_drive" },
    { NULL, DEMO_TUESDAY, "agenda list --dealer_id code:NORTH" },
    { NULL, DEMO_TUESDAY, "--quiet lead win 'customer.name:Echo Customer'" },
    { "Two weeks later: neglected leads are raised", DEMO_LATER, "tick" },
    { NULL, DEMO_LATER, "lead neglected" },
    { "One customer with all that belongs to it", DEMO_LATER,
      "customer view360 'name:Echo Customer'" },
    { "Reports, and the proof of the audit", DEMO_LATER, "report funnel" },
    { NULL, DEMO_LATER, "report sources" },
    { NULL, DEMO_LATER, "verify" },
};

/* Part a command into words, in place. */
static int demo_words(char *text, char **words, int max)
{
    int count = 0;

    while (*text && count < max) {
        char *to = text;
        bool quoted = false;
        words[count++] = text;
        for (; *text && (quoted || *text != ' '); text++) {
            if (*text == '\'')
                quoted = !quoted;
            else
                *to++ = *text;
        }
        if (*text)
            text++;
        *to = '\0';
    }
    return count;
}

static int demo_run(cli *c, const demo_step *step, int number)
{
    char *words[32], *text = cli_copy(step->command, strlen(step->command));
    bool quiet = c->quiet;

    if (step->title)
        printf("\n=== %d. %s\n", number, step->title);
    printf("\n$ autocrm --now %s %s\n", step->now, step->command);
    fflush(stdout);
    cli_words all = { demo_words(text, words, 32), words };
    c->clock_fixed = cli_parse_instant(step->now, &c->now);
    if (strcmp(all.items[0], "--quiet") == 0) {
        c->quiet = true;
        all.items++;
        all.count--;
    }
    int result = cli_command(c, all);
    c->quiet = quiet;
    free(text);
    return result;
}

static void demo_tell(const cli *c)
{
    char *place = cli_place(c->db);

    printf("\nThe database is %s\n", place);
    free(place);
}

int cli_demo(cli *c, cli_words *words)
{
    int number = 0, result = cli_arguments(c, NULL, words, NULL, NULL);
    cli_words none = { 0, NULL };

    if (result != CLI_OK)
        return result;
    if (!c->db)
        return cli_usage("which new database? autocrm --db FILE demo, or --db memory:");
    c->clock_fixed = cli_parse_instant(DEMO_MONDAY, &c->now);
    result = cli_init(c, &none);
    for (size_t i = 0; i < sizeof demo_steps / sizeof demo_steps[0] && result == CLI_OK; i++) {
        number += demo_steps[i].title != NULL;
        result = cli_interrupted() ? CLI_INTERRUPTED : demo_run(c, &demo_steps[i], number);
    }
    if (result == CLI_OK && strcmp(c->db, "memory:") != 0)
        demo_tell(c);
    return result;
}
