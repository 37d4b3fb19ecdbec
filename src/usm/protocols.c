/* usm/protocols.c: the tables of protocols, and their names. Everything in usm/ looks
 * lengths up here; the program reads and writes names through it. */
#include "usm/protocols.h"

#include <string.h>

static const tl_auth_protocol auths[TL_AUTH_COUNT] = {
	[TL_AUTH_NONE] = { "", 0, 0, 0, 0 },
	[TL_AUTH_MD5] = { "MD5", 12, 16, 16, 64 },
	[TL_AUTH_SHA1] = { "SHA-1", 12, 20, 20, 64 },
	[TL_AUTH_SHA224] = { "SHA-224", 16, 28, 32, 64 },
	[TL_AUTH_SHA256] = { "SHA-256", 24, 32, 32, 64 },
	[TL_AUTH_SHA384] = { "SHA-384", 32, 48, 64, 128 },
	[TL_AUTH_SHA512] = { "SHA-512", 48, 64, 64, 128 },
};

static const tl_priv_protocol privs[TL_PRIV_COUNT] = {
	[TL_PRIV_NONE] = { .name = "" },
	[TL_PRIV_DES] = { "DES", TL_CIPHER_DES, 16, 8, TL_EXTEND_BLUMENTHAL },
	[TL_PRIV_3DES] = { "3DES", TL_CIPHER_3DES, 32, 24, TL_EXTEND_REEDER },
	[TL_PRIV_AES128] = { "AES-128", TL_CIPHER_AES, 16, 16, TL_EXTEND_BLUMENTHAL },
	[TL_PRIV_AES192] = { "AES-192", TL_CIPHER_AES, 24, 24, TL_EXTEND_BLUMENTHAL },
	[TL_PRIV_AES256] = { "AES-256", TL_CIPHER_AES, 32, 32, TL_EXTEND_BLUMENTHAL },
	[TL_PRIV_AES192C] = { "AES-192-C", TL_CIPHER_AES, 24, 24, TL_EXTEND_REEDER },
	[TL_PRIV_AES256C] = { "AES-256-C", TL_CIPHER_AES, 32, 32, TL_EXTEND_REEDER },
};

const tl_auth_protocol *
tl_auth_protocol_of(tl_auth auth)
{
	return &auths[auth];
}

const tl_priv_protocol *
tl_priv_protocol_of(tl_priv priv)
{
	return &privs[priv];
}

const char *
tl_auth_name(tl_auth auth)
{
	return (unsigned)auth < TL_AUTH_COUNT ? auths[auth].name : "";
}

const char *
tl_priv_name(tl_priv priv)
{
	return (unsigned)priv < TL_PRIV_COUNT ? privs[priv].name : "";
}

const char *
tl_level_name(tl_level level)
{
	static const char *const names[] = { "", "noAuthNoPriv", "authNoPriv",
		"authPriv" };

	return (unsigned)level <= TL_AUTH_PRIV ? names[level] : "";
}

/* Whether |text| is |name| but for case, dashes and underscores. */
static bool
same_name(const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '-' || c == '_')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (*name == '-')
			name++;
		if (c != *name || c == '\0')
			return false;
		name++;
	}
	return *name == '\0';
}

tl_err
tl_auth_from_name(const char *name, size_t len, tl_auth *out)
{
	for (unsigned i = TL_AUTH_MD5; i < TL_AUTH_COUNT; i++) {
		if (same_name(auths[i].name, name, len)) {
			*out = (tl_auth)i;
			return TL_OK;
		}
	}
	if (!same_name("SHA", name, len))
		return TL_ENOTFOUND;
	*out = TL_AUTH_SHA1;
	return TL_OK;
}

tl_err
tl_priv_from_name(const char *name, size_t len, tl_priv *out)
{
	for (unsigned i = TL_PRIV_DES; i < TL_PRIV_COUNT; i++) {
		if (same_name(privs[i].name, name, len)) {
			*out = (tl_priv)i;
			return TL_OK;
		}
	}
	if (!same_name("AES", name, len))
		return TL_ENOTFOUND;
	*out = TL_PRIV_AES128;
	return TL_OK;
}
