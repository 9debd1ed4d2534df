/* A disk whose syncs can fail: preloaded into a server, it keeps in the directory DISK_KEPT what a loss of power would
 * leave of the databases in DISK_DATA. What was written gets there when its file is synced. The file DISK_KEPT/fail has
 * the number of a sync, counted from when the file is there, and the end of a name: that sync of files with such names
 * fails, and what was written and not synced yet never gets there unless it is written again: so do kernels (they take
 * such pages for written). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 64
#define FDS 4096
#define RANGES 65536

struct file {
    char name[256];
    int count;
    struct { off_t at; size_t length; } written[RANGES];
};

static struct file *files[FILES];
static struct file *by_fd[FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name, type, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

static const char *ours(const char *path) {
    const char *data = getenv("DISK_DATA");
    size_t length = data ? strlen(data) : 0;
    if (!length || strncmp(path, data, length) || path[length] != '/')
        return NULL;
    const char *name = path + length + 1;
    if (strncmp(name, "vestnik.db", 10) && strncmp(name, "search.db", 9))
        return NULL;
    return strstr(name, "-shm") || strchr(name, '/') ? NULL : name;
}

static void kept_path(char *to, const char *name) { snprintf(to, PATH_MAX, "%s/%s", getenv("DISK_KEPT"), name); }

static int opened(int fd, const char *path) {
    const char *name = fd >= 0 && fd < FDS ? ours(path) : NULL;
    if (!name)
        return fd;
    pthread_mutex_lock(&lock);
    for (int at = 0; at < FILES; at++) {
        if (!files[at]) {
            files[at] = calloc(1, sizeof(struct file));
            snprintf(files[at]->name, sizeof files[at]->name, "%s", name);
        }
        if (!strcmp(files[at]->name, name)) {
            by_fd[fd] = files[at];
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags) va_list more; va_start(more, flags); mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; va_end(more)

int open(const char *path, int flags, ...) {
    MODE(flags);
    return opened(REAL(open, int, const char *, int, ...)(path, flags, mode), path);
}
int open64(const char *path, int flags, ...) {
    MODE(flags);
    return opened(REAL(open64, int, const char *, int, ...)(path, flags, mode), path);
}
int close(int fd) {
    if (fd >= 0 && fd < FDS)
        by_fd[fd] = NULL;
    return REAL(close, int, int)(fd);
}

static void wrote(int fd, off_t at, ssize_t length) {
    struct file *file = fd >= 0 && fd < FDS ? by_fd[fd] : NULL;
    if (!file || length <= 0)
        return;
    pthread_mutex_lock(&lock);
    if (file->count == RANGES)
        abort();
    file->written[file->count].at = at;
    file->written[file->count++].length = length;
    pthread_mutex_unlock(&lock);
}

ssize_t pwrite(int fd, const void *from, size_t length, off_t at) {
    ssize_t done = REAL(pwrite, ssize_t, int, const void *, size_t, off_t)(fd, from, length, at);
    wrote(fd, at, done);
    return done;
}
ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at) {
    ssize_t done = REAL(pwrite64, ssize_t, int, const void *, size_t, off64_t)(fd, from, length, at);
    wrote(fd, at, done);
    return done;
}
ssize_t write(int fd, const void *from, size_t length) {
    off_t at = fd >= 0 && fd < FDS && by_fd[fd] ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t done = REAL(write, ssize_t, int, const void *, size_t)(fd, from, length);
    wrote(fd, at, done);
    return done;
}

static int fails(struct file *file) {
    static int counted;
    char path[PATH_MAX], suffix[256] = "";
    int number = 0;
    kept_path(path, "fail");
    FILE *told = fopen(path, "r");
    if (!told)
        return 0;
    int found = fscanf(told, "%d %255s", &number, suffix);
    fclose(told);
    size_t name = strlen(file->name), length = strlen(suffix);
    if (found < 1 || name < length || strcmp(file->name + name - length, suffix) || ++counted < number)
        return 0;
    counted = 0;
    unlink(path);
    file->count = 0;
    return 1;
}

static int sync_file(int fd) {
    struct file *file = fd >= 0 && fd < FDS ? by_fd[fd] : NULL;
    if (!file)
        return 0; /* not what this is about; and tests need not wait for the machine's disk */
    int outcome = 0;
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    if (fails(file)) {
        errno = EIO;
        outcome = -1;
    } else {
        struct stat now;
        kept_path(path, file->name);
        int kept = REAL(open, int, const char *, int, ...)(path, O_RDWR | O_CREAT, 0600);
        for (int which = 0; which < file->count; which++) {
            size_t length = file->written[which].length;
            char *bytes = malloc(length);
            ssize_t got = pread(fd, bytes, length, file->written[which].at);
            if (got > 0 && REAL(pwrite, ssize_t, int, const void *, size_t, off_t)(kept, bytes, got, file->written[which].at) != got)
                abort();
            free(bytes);
        }
        file->count = 0;
        if (fstat(fd, &now) || ftruncate(kept, now.st_size))
            abort();
        REAL(close, int, int)(kept);
    }
    pthread_mutex_unlock(&lock);
    return outcome;
}

int fsync(int fd) { return sync_file(fd); }
int fdatasync(int fd) { return sync_file(fd); }

int unlink(const char *path) {
    const char *name = ours(path);
    if (name) {
        char kept[PATH_MAX];
        kept_path(kept, name);
        pthread_mutex_lock(&lock);
        REAL(unlink, int, const char *)(kept);
        for (int at = 0; at < FILES && files[at]; at++)
            if (!strcmp(files[at]->name, name)) {
                for (int fd = 0; fd < FDS; fd++)
                    if (by_fd[fd] == files[at])
                        by_fd[fd] = NULL;
                files[at]->count = 0;
            }
        pthread_mutex_unlock(&lock);
    }
    return REAL(unlink, int, const char *)(path);
}
