/*
 * The wall clock of one peer, as the chaos runner wants it. Preloaded into a JVM, it adds to the time of day what the control file
 * COORD_CLOCK says, which both have mapped. The monotonic clock is left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

/* Set by the runner: nanoseconds to add, and how many more for each that has passed since the monotonic clock showed "since". */
struct control {
    _Atomic int64_t offset, faster, since;
};

static struct control none;
static struct control *control = &none;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("COORD_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *mapped = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED) control = mapped;
        close(file);
    }
}

static int64_t nanos(clockid_t clock) {
    struct timespec now;
    real(clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static int64_t added(void) {
    int64_t faster = control->faster;
    return control->offset + (faster ? faster * (nanos(CLOCK_MONOTONIC) - control->since) : 0);
}

int clock_gettime(clockid_t clock, struct timespec *into) {
    if (!real) begin(); /* another library's constructor may ask before ours has run */
    int result = real(clock, into);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t shown = into->tv_sec * SECOND + into->tv_nsec + added();
        into->tv_sec = shown / SECOND;
        into->tv_nsec = shown % SECOND;
    }
    return result;
}

int gettimeofday(struct timeval *restrict into, void *restrict zone) {
    struct timespec now;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    into->tv_sec = now.tv_sec;
    into->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}
