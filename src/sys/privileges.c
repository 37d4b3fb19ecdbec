/* sys/privileges.c: see privileges.h. The daemon calls it once its sockets are open. */
#include "sys/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAME_ROOM = 256 };

static tl_err
find(const char *who, struct passwd *user, gid_t *gid)
{
	char name[NAME_ROOM];
	size_t len = strcspn(who, ":");
	const struct passwd *pw;
	const struct group *gr;

	if (len >= sizeof name)
		return TL_ENOTFOUND;
	memcpy(name, who, len);
	name[len] = '\0';
	pw = getpwnam(name);
	if (pw == NULL)
		return TL_ENOTFOUND;
	*user = *pw;
	*gid = pw->pw_gid;
	if (who[len] == '\0')
		return TL_OK;
	gr = getgrnam(who + len + 1);
	if (gr == NULL)
		return TL_ENOTFOUND;
	*gid = gr->gr_gid;
	return TL_OK;
}

bool
tl_privileges_known(const char *who)
{
	struct passwd user;
	gid_t gid;

	return find(who, &user, &gid) == TL_OK;
}

/* Keeps CAP_NET_BIND_SERVICE alone. */
static bool
keep_ports(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	data[0].effective = data[0].permitted = 1u << CAP_NET_BIND_SERVICE;
	return syscall(SYS_capset, &head, data) == 0;
}

tl_err
tl_privileges_drop(const char *who)
{
	struct passwd user;
	gid_t gid;
	tl_err err = find(who, &user, &gid);

	if (err != TL_OK)
		return err;
	if (geteuid() == user.pw_uid && getegid() == gid)
		return TL_OK;
	if (initgroups(user.pw_name, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
	    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 ||
	    setresuid(user.pw_uid, user.pw_uid, user.pw_uid) != 0 || !keep_ports() ||
	    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0)
		return TL_EIO;
	/* the tests of who may trace us, and core dumps, are as for a new process */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return TL_OK;
}
