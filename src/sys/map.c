/* sys/map.c: mapped files, for dictionaries: opened at once, read as far as they are
 * used, shared by all processes that have them. */
#include "sys/map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static tl_err
map_descriptor(int fd, bool own, tl_span *out)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return TL_EIO;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return TL_EFORMAT;
	if (own && st.st_uid != geteuid()) {
		errno = EPERM;
		return TL_EIO;
	}
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return TL_EIO;
	*out = (tl_span){ at, (size_t)st.st_size };
	return TL_OK;
}

tl_err
tl_map_file(const char *path, bool own, tl_span *out)
{
	/* O_NONBLOCK: a pipe of that name must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? TL_ENOTFOUND : TL_EIO;
	tl_err err = map_descriptor(fd, own, out);
	int saved = errno;
	close(fd);
	errno = saved;
	return err;
}

void
tl_map_release(tl_span bytes)
{
	size_t before = (uintptr_t)bytes.ptr & (size_t)(sysconf(_SC_PAGESIZE) - 1);

	if (bytes.len > 0)
		munmap((void *)(uintptr_t)(bytes.ptr - before), bytes.len + before);
}
