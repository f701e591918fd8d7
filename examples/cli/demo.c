/* SPDX-License-Identifier: MIT */
/* demo: the main job on a new database, every step a command that could be typed. */
#include "cli.h"

int cli_demo(cli *c, cli_words *words)
{
    (void)c;
    (void)words;
    return CLI_OK;
}
