/* Names of protocols and levels, until src/usm has them. */
#include "trapline/notification.h"
const char *
tl_level_name(tl_level level)
{
	static const char *const names[] = { "", "noAuthNoPriv", "authNoPriv",
		"authPriv" };
	return (unsigned)level < 4 ? names[level] : "";
}
const char *
tl_auth_name(tl_auth auth)
{
	static const char *const names[] = {
#define TL_X(suffix, value, name) [value] = name,
		TL_AUTH_PROTOCOLS(TL_X)
#undef TL_X
	};
	return (unsigned)auth < 7 ? names[auth] : "";
}
const char *
tl_priv_name(tl_priv priv)
{
	static const char *const names[] = {
#define TL_X(suffix, value, name) [value] = name,
		TL_PRIV_PROTOCOLS(TL_X)
#undef TL_X
	};
	return (unsigned)priv < 8 ? names[priv] : "";
}
