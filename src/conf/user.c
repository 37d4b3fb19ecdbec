/* conf/user.c: the SPEC of an SNMPv3 user, and secrets; see user.h. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "conf/user.h"

/* A user while its SPEC is read. */
typedef struct parsed {
	tl_user_spec *u;
	const char *dir; /* where relative files are; NULL: here */
	char *problem;
} parsed;

__attribute__((format(printf, 2, 3))) static bool
complain(parsed *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (p->problem[0] == '\0')
		vsnprintf(p->problem, TL_PROBLEM_MAX, format, args);
	va_end(args);
	return false;
}

size_t
tl_hex_read(const char *hex, uint8_t *out, size_t cap)
{
	size_t digits = 0;

	if (hex[0] == '0' && (hex[1] == 'x' || hex[1] == 'X'))
		hex += 2;
	for (; *hex != '\0'; hex++) {
		const char *found, *all = "0123456789abcdef";
		int c = *hex >= 'A' && *hex <= 'F' ? *hex + 32 : *hex;
		if (c == ':' || c == ' ')
			continue;
		found = strchr(all, c);
		if (found == NULL || digits / 2 >= cap)
			return SIZE_MAX;
		uint8_t nibble = (uint8_t)(found - all);
		out[digits / 2] =
		    (uint8_t)(digits % 2 == 0 ? nibble << 4 : out[digits / 2] | nibble);
		digits++;
	}
	return digits % 2 == 0 ? digits / 2 : SIZE_MAX;
}

static bool
read_first_line(parsed *p, const char *path, uint8_t room[TL_SECRET_MAX], tl_span *out)
{
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return complain(
		    p, "cannot open the secret's file %s: %s", path, strerror(errno));
	setvbuf(f, NULL, _IONBF, 0); /* no copy that nobody wipes */
	size_t len = fread(room, 1, TL_SECRET_MAX, f);
	const uint8_t *newline = memchr(room, '\n', len);
	bool whole = newline != NULL || len < TL_SECRET_MAX || fgetc(f) == EOF;
	int error = ferror(f) != 0 ? errno : 0;
	fclose(f);
	if (error != 0)
		return complain(
		    p, "cannot read the secret's file %s: %s", path, strerror(error));
	if (!whole)
		return complain(p, "the secret is too long%s", "");
	if (newline != NULL)
		len = (size_t)(newline - room);
	if (len > 0 && room[len - 1] == '\r')
		len--;
	*out = (tl_span){ room, len };
	return true;
}

static bool
read_file(parsed *p, const char *name, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	char path[PATH_MAX];
	const char *dir = name[0] != '/' && p->dir != NULL ? p->dir : "";
	int len =
	    snprintf(path, sizeof path, "%s%s%s", dir, dir[0] != '\0' ? "/" : "", name);

	if (len < 0 || (size_t)len >= sizeof path)
		return complain(p, "the secret's file has too long a name%s", "");
	return read_first_line(p, path, room, &out->bytes);
}

/* Where those of the running service are, so that root can check its configuration. */
static const char service_credentials[] = "/run/credentials/trapline.service";

/* What systemd's LoadCredential= and SetCredential= leave for a service. */
static bool
read_credential(parsed *p, const char *name, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	char path[PATH_MAX];
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (dir == NULL && access(service_credentials, X_OK) == 0)
		dir = service_credentials;
	if (dir == NULL)
		return complain(p,
		    "there are no credentials: CREDENTIALS_DIRECTORY is not set, as "
		    "systemd does with LoadCredential=%s:",
		    name);
	int len = snprintf(path, sizeof path, "%s/%s", dir, name);
	if (name[0] == '\0' || strchr(name, '/') != NULL || len < 0 ||
	    (size_t)len >= sizeof path)
		return complain(p, "credential: needs the name of a credential%s", "");
	return read_first_line(p, path, room, &out->bytes);
}

static bool
keep_secret(parsed *p, const char *text, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	size_t len = strlen(text);

	if (len > TL_SECRET_MAX)
		return complain(p, "the secret is too long%s", "");
	memcpy(room, text, len);
	out->bytes = (tl_span){ room, len };
	return true;
}

static bool
read_environment(parsed *p, const char *name, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	const char *text = getenv(name);

	if (text == NULL)
		return complain(
		    p, "the environment has no variable %s for the secret", name);
	return keep_secret(p, text, room, out);
}

static bool
read_key(parsed *p, const char *hex, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	size_t len = tl_hex_read(hex, room, TL_SECRET_MAX);

	if (len == SIZE_MAX)
		return complain(p, "the key is not hexadecimal%s", "");
	*out = (tl_secret){ TL_SECRET_KEY, { room, len } };
	return true;
}

typedef struct place {
	const char *prefix;
	bool (*read)(
	    parsed *p, const char *rest, uint8_t room[TL_SECRET_MAX], tl_secret *out);
	bool elsewhere; /* what follows is no secret but tells where it is */
} place;

static const place places[] = {
	{ "@", read_file, true },
	{ "file:", read_file, true },
	{ "env:", read_environment, true },
	{ "credential:", read_credential, true },
	{ "key:", read_key, false },
};

static const place *
place_of(const char *text)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (strncmp(text, places[i].prefix, strlen(places[i].prefix)) == 0)
			return &places[i];
	return NULL;
}

bool
tl_secret_is_elsewhere(const char *text)
{
	const place *found = place_of(text);

	return found != NULL && found->elsewhere;
}

static bool
read_secret(parsed *p, const char *text, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	const place *found = place_of(text);

	out->kind = TL_SECRET_PASSPHRASE;
	if (found != NULL)
		return found->read(p, text + strlen(found->prefix), room, out);
	return keep_secret(p, text, room, out);
}

bool
tl_secret_read(const char *text, const char *dir, uint8_t room[TL_SECRET_MAX],
    tl_secret *out, char problem[TL_PROBLEM_MAX])
{
	parsed p = { NULL, dir, problem };

	problem[0] = '\0';
	return read_secret(&p, text, room, out);
}

static bool
read_auth(parsed *p, char *value)
{
	char *colon = strchr(value, ':');

	if (colon == NULL)
		return complain(p, "auth= needs PROTOCOL:SECRET%s", "");
	*colon = '\0';
	if (tl_auth_from_name(value, strlen(value), &p->u->user.auth) != TL_OK)
		return complain(p,
		    "auth= needs one of MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, "
		    "then "
		    "a colon and the secret%s",
		    "");
	return read_secret(p, colon + 1, p->u->auth, &p->u->user.auth_secret);
}

static bool
read_priv(parsed *p, char *value)
{
	char *colon = strchr(value, ':');

	if (colon == NULL)
		return complain(p, "priv= needs PROTOCOL:SECRET%s", "");
	*colon = '\0';
	if (tl_priv_from_name(value, strlen(value), &p->u->user.priv) != TL_OK)
		return complain(p,
		    "priv= needs one of DES, 3DES, AES-128, AES-192, AES-256, AES-192-C, "
		    "AES-256-C, then a colon and the secret%s",
		    "");
	return read_secret(p, colon + 1, p->u->priv, &p->u->user.priv_secret);
}

static bool
read_engine(parsed *p, char *value)
{
	size_t len = tl_hex_read(value, p->u->engine, sizeof p->u->engine);

	if (len == SIZE_MAX || len < TL_ENGINE_ID_MIN)
		return complain(
		    p, "engine= needs 5 to 32 bytes in hexadecimal, not %s", value);
	p->u->user.engine_id = (tl_span){ p->u->engine, len };
	return true;
}

bool
tl_level_read(const char *text, tl_level *out)
{
	for (int level = TL_NOAUTH_NOPRIV; level <= TL_AUTH_PRIV; level++)
		if (strcasecmp(text, tl_level_name((tl_level)level)) == 0) {
			*out = (tl_level)level;
			return true;
		}
	return false;
}

static bool
read_level(parsed *p, char *value)
{
	return tl_level_read(value, &p->u->user.min_level) ||
	       complain(
		   p, "there is no level %s: noAuthNoPriv, authNoPriv, authPriv", value);
}

static bool
read_window(parsed *p, char *value)
{
	p->u->user.window_off = strcmp(value, "off") == 0;
	return p->u->user.window_off || strcmp(value, "on") == 0 ||
	       complain(p, "window= is on or off, not %s", value);
}

typedef struct field {
	const char *key;
	bool (*read)(parsed *p, char *value);
	bool has_secret; /* and may have commas, so */
} field;

static const field fields[] = { { "auth=", read_auth, true },
	{ "priv=", read_priv, true }, { "engine=", read_engine, false },
	{ "level=", read_level, false }, { "window=", read_window, false } };

static const field *
field_at(const char *text)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strncmp(text, fields[i].key, strlen(fields[i].key)) == 0)
			return &fields[i];
	return NULL;
}

/* The comma before the next field: other commas belong to a passphrase. */
static char *
next_field(char *text)
{
	for (char *comma = strchr(text, ','); comma != NULL;
	     comma = strchr(comma + 1, ','))
		if (field_at(comma + 1) != NULL)
			return comma;
	return NULL;
}

/* Whether |text| goes on behind a comma. What is there may be a secret: nobody shows it,
 * so it is cut off. */
static bool
cut_at_comma(parsed *p, char *text)
{
	char *comma = strchr(text, ',');

	if (comma == NULL)
		return false;
	*comma = '\0';
	complain(p,
	    "nothing is known behind the comma of '%.*s,': auth=, priv=, engine=, "
	    "level= or window=",
	    (int)(comma - text), text);
	return true;
}

static bool
read_spec(parsed *p, char *spec)
{
	char *at = next_field(spec);

	if (at != NULL)
		*at++ = '\0';
	if (cut_at_comma(p, spec))
		return false;
	p->u->user.name = (tl_span){ (const uint8_t *)spec, strlen(spec) };
	while (at != NULL) {
		const field *f = field_at(at);
		char *next = next_field(at);
		if (next != NULL)
			*next++ = '\0';
		if (!f->has_secret && cut_at_comma(p, at))
			return false;
		if (!f->read(p, at + strlen(f->key)))
			return false;
		at = next;
	}
	return true;
}

const char *
tl_user_problem(tl_err err, const tl_user *u)
{
	if (err == TL_ESECRET)
		return "a passphrase needs 8 bytes or more, a key the protocol's length";
	if (u->priv != TL_PRIV_NONE && u->auth == TL_AUTH_NONE)
		return "privacy needs authentication";
	if (u->name.len > TL_USER_NAME_MAX)
		return "the name is longer than 32 bytes";
	if (err == TL_EINVAL && u->engine_id.len == 0 &&
	    (u->auth_secret.kind == TL_SECRET_KEY ||
		u->priv_secret.kind == TL_SECRET_KEY))
		return "a localized key needs engine=";
	return err == TL_EINVAL ? "its secrets do not allow that level"
				: tl_err_text(err);
}

bool
tl_user_spec_read(
    char *spec, const char *dir, tl_user_spec *out, char problem[TL_PROBLEM_MAX])
{
	size_t len = strlen(spec);
	parsed p = { out, dir, problem };

	problem[0] = '\0';
	*out = (tl_user_spec){ 0 };
	bool good = read_spec(&p, spec);
	size_t name_len = strlen(spec);
	if (name_len < len)
		explicit_bzero(spec + name_len + 1, len - name_len - 1);
	if (!good)
		tl_user_spec_wipe(out);
	return good;
}

bool
tl_community_read(const char *text, uint8_t room[TL_SECRET_MAX], tl_span *out,
    char problem[TL_PROBLEM_MAX])
{
	parsed p = { NULL, NULL, problem };
	tl_secret secret = { TL_SECRET_NONE, { (const uint8_t *)text, strlen(text) } };

	problem[0] = '\0';
	if (tl_secret_is_elsewhere(text) && !read_secret(&p, text, room, &secret))
		return false;
	*out = secret.bytes;
	return out->len <= TL_COMMUNITY_MAX ||
	       complain(&p, "a community has up to %d bytes", TL_COMMUNITY_MAX);
}

void
tl_user_spec_wipe(tl_user_spec *u)
{
	explicit_bzero(u, sizeof *u);
}
