// What a counted process asks of callgrind; without valgrind these do nothing.
#include <valgrind/callgrind.h>

extern "C" {
void count_from_here() {
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}
void write_counts() {
    CALLGRIND_DUMP_STATS;
    CALLGRIND_STOP_INSTRUMENTATION;
}
}
