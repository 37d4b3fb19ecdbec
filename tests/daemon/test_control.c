/* Who may ask at the control socket, from its first moment on; what it answers is told by
 * tests/e2e. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/control.h"

int __real_bind(int fd, const struct sockaddr *at, socklen_t len);
mode_t __real_umask(mode_t mask);
int __wrap_bind(int fd, const struct sockaddr *at, socklen_t len);
mode_t __wrap_umask(mode_t mask);

static mode_t first_mode; /* of the file when it has just been made */
static unsigned masks;    /* calls of umask() */

int
__wrap_bind(int fd, const struct sockaddr *at, socklen_t len)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)at;
	int bound = __real_bind(fd, at, len);
	struct stat st;

	assert_int_equal(bound, 0);
	assert_int_equal(stat(un->sun_path, &st), 0);
	first_mode = st.st_mode & 07777;
	return bound;
}

/* It would be that of all threads, which make files and folders meanwhile. */
mode_t
__wrap_umask(mode_t mask)
{
	masks++;
	return __real_umask(mask);
}

static void
is_ours_alone_from_the_first_moment_whatever_the_umask(void **state)
{
	char folder[] = "/tmp/trapline-test-XXXXXX", path[64];
	struct stat st;
	control *c;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/control", folder);
	for (int i = 0; i < 2; i++) {
		mode_t old = __real_umask(i == 0 ? 0 : 0077);
		assert_int_equal(control_open(path, &c), TL_OK);
		(void)__real_umask(old);
		assert_int_equal(first_mode, 0600);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		control_close(c);
	}
	assert_int_equal(masks, 0);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_ours_alone_from_the_first_moment_whatever_the_umask),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
