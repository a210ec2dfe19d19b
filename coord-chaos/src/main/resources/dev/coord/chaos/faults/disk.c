/*
 * The disk of one peer, as the chaos runner wants it. Preloaded into a JVM, it sees each call that changes something below
 * COORD_DISK_DIR: it fails, slows or holds the call, or kills the process there, as the control file says; counts that; and
 * notes in a journal what the call did, from which the runner works out what a loss of power leaves (DiskJournal reads it).
 * It also binds connections to COORD_DISK_ADDRESS, so that packets tell which peer sent them. The JVM was seen to use these
 * calls and no others for files (strace); its log is not mapped into memory.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN, WRITE, SYNC, NAME, CONNECT, KINDS };
enum record { START = 1, CREATE, DATA, SIZE, SYNCED, SYNC_FAILED, RENAME, REMOVE, MKDIR };

/* In the control file, one for each kind of call: after some calls that pass, some fail (negative: all) with the error. */
struct rule {
    _Atomic int64_t error, after, times, delay_ms, hold; /* set by the runner */
    _Atomic int64_t seen, failed, slowed;                /* counted here */
};
struct header {
    uint32_t magic, type;
    uint64_t sequence, inode, offset, length, first, second; /* lengths of the data and of two paths, which follow */
};

#define FDS 65536
#define KILL 1000
#define REAL(name) ({ static __typeof__(&name) found; found ? found : (found = dlsym(RTLD_NEXT, #name)); })
static struct rule none[KINDS], *rules = none;
static char directory[4096];
static size_t directory_length;
static in_addr_t own_address;
static int journal = -1;
static _Atomic uint64_t sequence, inodes[FDS]; /* inodes: of the files below the directory that are open, else 0 */

static void note(uint32_t type, uint64_t at, uint64_t inode, uint64_t offset, const char *from, const char *to,
                 const void *data, size_t length) {
    if (journal < 0) return;
    int saved = errno;
    struct header h = {0xc0d15c01u, type, at, inode, offset, length, from ? strlen(from) : 0, to ? strlen(to) : 0};
    struct iovec parts[] = {{&h, sizeof h}, {(char *)from, h.first}, {(char *)to, h.second}, {(void *)data, length}};
    REAL(writev)(journal, parts, 4); /* O_APPEND: records of several threads do not mix */
    errno = saved;
}
static void changed(uint32_t type, uint64_t inode, uint64_t offset, const char *from, const char *to) {
    note(type, ++sequence, inode, offset, from, to, 0, 0);
}

__attribute__((constructor)) static void start(void) {
    const char *dir = getenv("COORD_DISK_DIR"), *control = getenv("COORD_DISK_CONTROL");
    const char *log = getenv("COORD_DISK_JOURNAL"), *address = getenv("COORD_DISK_ADDRESS");
    int fd = control ? REAL(open)(control, O_RDWR | O_CLOEXEC) : -1;
    void *shared = fd < 0 ? MAP_FAILED : mmap(0, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) return;
    rules = shared;
    if (address) own_address = inet_addr(address);
    if (log) journal = REAL(open)(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (dir) directory_length = snprintf(directory, sizeof directory, "%s", dir);
    changed(START, 0, 0, directory, 0);
}

/* Slows, holds, kills or fails the call; returns whether it fails, with errno set. */
static int fails(enum kind kind) {
    struct rule *rule = &rules[kind];
    rule->seen++;
    if (rule->delay_ms > 0 || rule->hold) rule->slowed++;
    if (rule->delay_ms > 0) usleep(rule->delay_ms * 1000);
    while (rule->hold) usleep(5000);
    int error = rule->error;
    if (!error || (rule->after > 0 && atomic_fetch_sub(&rule->after, 1) > 0)) return 0;
    if (rule->times == 0 || (rule->times > 0 && atomic_fetch_sub(&rule->times, 1) <= 0)) return 0;
    rule->failed++;
    if (error == KILL) kill(getpid(), SIGKILL);
    errno = error;
    return 1;
}

static int below(const char *path) {
    return directory_length && path && !strncmp(path, directory, directory_length)
        && (path[directory_length] == '/' || !path[directory_length]);
}
static uint64_t inode(int fd) { return fd >= 0 && fd < FDS ? inodes[fd] : 0; }

static int opened(int at, const char *path, int flags, mode_t mode) {
    if (!below(path)) return REAL(openat)(at, path, flags, mode);
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && fails(OPEN)) return -1;
    struct stat file;
    int existed = !stat(path, &file), fd = REAL(openat)(at, path, flags, mode);
    if (fd < 0 || fd >= FDS || fstat(fd, &file)) return fd;
    inodes[fd] = file.st_ino;
    if (!existed) changed(CREATE, file.st_ino, 0, path, 0);
    else if (flags & O_TRUNC) changed(SIZE, file.st_ino, 0, 0, 0);
    return fd;
}
#define OPENER(name, at, ...)                                                \
    int name(__VA_ARGS__ const char *path, int flags, ...) {                 \
        va_list rest;                                                        \
        va_start(rest, flags);                                               \
        return opened(at, path, flags, flags & O_CREAT ? va_arg(rest, mode_t) : 0); \
    }
OPENER(open, AT_FDCWD, )
OPENER(open64, AT_FDCWD, )
OPENER(openat, dir, int dir,)
OPENER(openat64, dir, int dir,)

static void forget(int fd) { if (fd >= 0 && fd < FDS) inodes[fd] = 0; }
int close(int fd) { forget(fd); return REAL(close)(fd); }
int closedir(DIR *dir) { forget(dirfd(dir)); return REAL(closedir)(dir); }

ssize_t write(int fd, const void *data, size_t length) {
    uint64_t file = inode(fd);
    if (!file) return REAL(write)(fd, data, length);
    ssize_t done = fails(WRITE) ? -1 : REAL(write)(fd, data, length);
    if (done > 0) note(DATA, ++sequence, file, lseek(fd, 0, SEEK_CUR) - done, 0, 0, data, done);
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    uint64_t file = inode(fd);
    if (!file) return REAL(pwrite)(fd, data, length, offset);
    ssize_t done = fails(WRITE) ? -1 : REAL(pwrite)(fd, data, length, offset);
    if (done > 0) note(DATA, ++sequence, file, offset, 0, 0, data, done);
    return done;
}
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) { return pwrite(fd, data, length, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!inode(fd) || !count) return REAL(writev)(fd, parts, count);
    return write(fd, parts[0].iov_base, parts[0].iov_len); /* a caller must cope with fewer bytes than it asked for */
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
    errno = EINVAL; /* the JVM then reads and writes */
    return inode(to) ? -1 : REAL(sendfile)(to, from, offset, length);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) { return sendfile(to, from, offset, length); }
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned int flags) {
    errno = EINVAL; /* as before: later JVMs try this first */
    return inode(to) ? -1 : REAL(copy_file_range)(from, from_at, to, to_at, length, flags);
}

int ftruncate(int fd, off_t size) {
    uint64_t file = inode(fd);
    int result = file && fails(WRITE) ? -1 : REAL(ftruncate)(fd, size);
    if (file && !result) changed(SIZE, file, size, 0, 0);
    return result;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

/* Makes durable what was written before it began, no more: that is the number it notes. */
static int synced(int fd, int (*real)(int)) {
    uint64_t file = inode(fd), began = sequence;
    if (!file) return real(fd);
    int result = fails(SYNC) ? -1 : real(fd);
    note(result ? SYNC_FAILED : SYNCED, began, file, 0, 0, 0, 0, 0);
    return result;
}
int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int rename(const char *from, const char *to) {
    int result = below(to) && fails(NAME) ? -1 : REAL(rename)(from, to);
    if (!result && below(to)) changed(RENAME, 0, 0, from, to);
    return result;
}
#define REMOVER(name)                                                      \
    int name(const char *path) {                                           \
        int result = below(path) && fails(NAME) ? -1 : REAL(name)(path);   \
        if (!result && below(path)) changed(REMOVE, 0, 0, path, 0);        \
        return result;                                                     \
    }
REMOVER(unlink)
REMOVER(rmdir)
REMOVER(remove)

int mkdir(const char *path, mode_t mode) {
    struct stat made;
    int result = below(path) && fails(NAME) ? -1 : REAL(mkdir)(path, mode);
    if (!result && below(path) && !stat(path, &made)) changed(MKDIR, made.st_ino, 0, path, 0);
    return result;
}

int connect(int fd, const struct sockaddr *to, socklen_t length) {
    struct sockaddr_in6 mine = {.sin6_family = to->sa_family}; /* the JVM maps IPv4 into IPv6 unless told not to */
    uint8_t *target = to->sa_family == AF_INET ? (void *)&((struct sockaddr_in *)to)->sin_addr
                    : to->sa_family == AF_INET6 ? ((struct sockaddr_in6 *)to)->sin6_addr.s6_addr + 12 : (uint8_t *)"";
    memset(mine.sin6_addr.s6_addr + 10, 0xff, 2);
    memcpy(mine.sin6_addr.s6_addr + 12, &own_address, 4);
    if (to->sa_family == AF_INET) ((struct sockaddr_in *)&mine)->sin_addr.s_addr = own_address;
    if (own_address && target[0] == 127 && !bind(fd, (void *)&mine, length)) rules[CONNECT].seen++;
    return REAL(connect)(fd, to, length);
}
