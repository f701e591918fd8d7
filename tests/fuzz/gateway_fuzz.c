/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes what a gateway answers, and the rules it is read by: the input is rules in JSON (or
 * nothing: those of a usual gateway), a zero byte and the answer.
 */
#include "answer.h"
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fuzz_usual[] =
    "{\"accepted\":{\"status\":[200],\"at\":\"/m/0/s\",\"is\":[\"ok\",0,true]},\"bad_address\":"
    "{\"at\":\"/e~1r\"},\"refused\":{\"begins\":\"ERR\"},\"reference\":\"/m/0/id\"}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t len = zero ? (size_t)(zero - data) : 0, rest = zero ? size - len - 1 : size;
    const char *json = len > 0 ? (const char *)data : fuzz_usual;
    char *answer = malloc(rest + 1);
    acrm_value *rules = NULL;
    example_fault fault = { "" };

    if (!answer)
        return 0;
    memcpy(answer, data + size - rest, rest);
    answer[rest] = '\0';
    if (acrm_value_parse(NULL, json, len > 0 ? len : sizeof fuzz_usual - 1, &rules, NULL) ==
        ACRM_OK) {
        if (example_answer_rules(rules, &fault)) {
            acrm_sent sent = { .struct_size = sizeof sent };
            bool told = example_answer_read(rules, 200, answer, rest, &sent);
            fuzz_check(told || (sent.outcome == 0 && !sent.reference[0]));
            fuzz_check(memchr(sent.reference, '\0', sizeof sent.reference) != NULL);
        } else {
            fuzz_check(fault.text[0] != '\0');
        }
    }
    acrm_value_free(rules);
    free(answer);
    return 0;
}
