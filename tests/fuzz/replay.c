/* SPDX-License-Identifier: BSD-2-Clause
 *
 * usage: replay FILE...
 *
 * Gives each file to the fuzz target once: what the fuzzer found stays found,
 * with any compiler. A file that cannot be read is a failure.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int replay(const char *name)
{
    FILE *f = fopen(name, "rb");
    uint8_t *data = NULL;
    long n = -1;

    if (f && fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0) {
        rewind(f);
        data = malloc((size_t)n + 1);
        if (data && fread(data, 1, (size_t)n, f) != (size_t)n) {
            n = -1;
        }
    }
    if (f) {
        fclose(f);
    }
    if (!data || n < 0) {
        perror(name);
        free(data);
        return 1;
    }
    LLVMFuzzerTestOneInput(data, (size_t)n);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = argc < 2; /* no corpus: nothing was tested */

    for (int i = 1; i < argc; i++) {
        failed += replay(argv[i]);
    }
    printf("replayed %d inputs, %d not readable\n", argc - 1, failed);
    return failed > 0;
}
