/* outputs/squeeze.c: see squeeze.h. With zstd, in pieces, so that it can be ended. */
#include "outputs/squeeze.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { LEVEL = 3, PIECE = 256 * 1024 };

typedef struct press {
	int in, out;
	ZSTD_CStream *z;
	uint8_t *read, *packed; /* PIECE each */
} press;

static bool
write_all(int fd, const uint8_t *ptr, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, ptr, len);
		if (n < 0 && errno != EINTR)
			return false;
		ptr += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Compresses |len| bytes, and with |end| whatever is left. */
static bool
pack(press *p, size_t len, bool end)
{
	ZSTD_inBuffer in = { p->read, len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { p->packed, PIECE, 0 };
		left = ZSTD_compressStream2(
		    p->z, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left)) {
			errno = ENOMEM;
			return false;
		}
		if (!write_all(p->out, p->packed, out.pos))
			return false;
	} while (end ? left > 0 : in.pos < in.size);
	return true;
}

static bool
copy(press *p, atomic_bool *stop)
{
	ssize_t n;

	while ((n = read(p->in, p->read, PIECE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !pack(p, (size_t)n, false))
			return false;
		if (atomic_load(stop)) {
			errno = EINTR;
			return false;
		}
	}
	return pack(p, 0, true);
}

/* The permissions of the one for the other, and the owner where that is allowed. */
static bool
dress(const press *p)
{
	struct stat st;

	if (fstat(p->in, &st) != 0)
		return false;
	if (fchown(p->out, st.st_uid, st.st_gid) != 0 && errno != EPERM)
		return false;
	return fchmod(p->out, st.st_mode & 07777) == 0;
}

static bool
run(press *p, atomic_bool *stop)
{
	p->read = malloc(PIECE);
	p->packed = malloc(PIECE);
	p->z = ZSTD_createCStream();
	if (p->read == NULL || p->packed == NULL || p->z == NULL) {
		errno = ENOMEM;
		return false;
	}
	ZSTD_CCtx_setParameter(p->z, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->z, ZSTD_c_checksumFlag, 1);
	return copy(p, stop) && dress(p) && fsync(p->out) == 0;
}

static void
close_all(press *p)
{
	int error = errno;

	if (p->in >= 0)
		close(p->in);
	if (p->out >= 0)
		close(p->out);
	ZSTD_freeCStream(p->z);
	free(p->read);
	free(p->packed);
	errno = error;
}

bool
squeeze(int folder, const char *name, atomic_bool *stop)
{
	enum { NEW = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC };
	char half[NAME_MAX + 1], whole[NAME_MAX + 1];
	press p = { -1, -1 };
	int error;

	if (snprintf(half, sizeof half, "%s.zst.tmp", name) >= (int)sizeof half) {
		errno = ENAMETOOLONG;
		return false;
	}
	snprintf(whole, sizeof whole, "%.*s", (int)(strlen(half) - 4), half);
	p.in = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	p.out = p.in >= 0 ? openat(folder, half, NEW, 0600) : -1;
	bool done = p.out >= 0 && run(&p, stop) &&
		    renameat(folder, half, folder, whole) == 0 && fsync(folder) == 0 &&
		    unlinkat(folder, name, 0) == 0;
	error = errno;
	if (!done && p.out >= 0)
		unlinkat(folder, half, 0);
	close_all(&p);
	errno = error;
	return done;
}
