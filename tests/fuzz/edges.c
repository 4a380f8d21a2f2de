/* Notes which basic block of the kernel runs after which: gcc -fsanitize-coverage=trace-pc calls the first function at
 * the beginning of each. Loaded before everything else, read through ctypes (tests/fuzz/kernel.py). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SIZE (1 << 18)

static uint8_t now[SIZE], ever[SIZE];
static uint32_t touched[SIZE], count, before;
static uintptr_t base; /* of the kernel, so that it is the same wherever it was loaded */

void __sanitizer_cov_trace_pc(void) {
    uintptr_t at = (uintptr_t)__builtin_return_address(0);
    uint32_t block, edge;
    Dl_info found;
    if (!base) {
        if (!dladdr((void *)at, &found)) return;
        base = (uintptr_t)found.dli_fbase;
    }
    block = (uint32_t)(at - base) * 2654435761u >> 14;
    edge = (block ^ before) & (SIZE - 1);
    before = block >> 1;
    if (!now[edge]) {
        now[edge] = 1;
        touched[count++] = edge;
    }
}

/* How many edges ran since the last call that never ran before. */
int new_edges(void) {
    int found = 0;
    while (count) {
        uint32_t edge = touched[--count];
        now[edge] = 0;
        found += !ever[edge];
        ever[edge] = 1;
    }
    before = 0;
    return found;
}
