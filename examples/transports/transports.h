/* SPDX-License-Identifier: MIT */
/* Example transports (autocrm/port/transport.h): a console, and a folder to print and fax from. */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_H

#include <autocrm/autocrm.h>

#include <stdio.h>

/* Every channel; each message is written to a stream in a few lines. It sends a message again when
 * it is handed over again: a terminal cannot know. */
acrm_transport example_console(FILE *out);

/*
 * Every channel; each message is a file KEY.txt or KEY.html in a folder, written whole under
 * another name first, so that one handed over twice is there once. Letters and faxes are HTML pages
 * of A4, ready to print, with an address block.
 */
typedef struct example_spool example_spool;
/* NULL: the folder cannot be made or written; errno tells why. */
example_spool *example_spool_open(const char *folder);
acrm_transport example_spool_transport(example_spool *spool);
/* Merges the letters and faxes of this run into one file to print, and frees. Its name in `merged`
 * (of `size` bytes), "" when there were none. 0, or -1 when the file cannot be written. */
int example_spool_close(example_spool *spool, char *merged, size_t size);

#endif
