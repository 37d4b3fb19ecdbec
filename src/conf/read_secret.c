/* conf/read_secret.c: secrets, keys and users; see read.h. No message repeats a secret.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/finish.h"
#include "conf/read.h"
#include "conf/user.h"
#include "conf/write.h"

bool
tl_read_hex(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	uint8_t room[TL_SECRET_MAX];
	size_t len = tl_hex_read(n->text, room, sizeof room);
	tl_span span;

	if (len == SIZE_MAX || !tl_conf_in_range((int64_t)len, row->min, row->max))
		return tl_conf_wrong(r, n, row,
		    "needs %lld to %lld bytes in hexadecimal, not '%s'",
		    (long long)row->min, (long long)row->max, n->text);
	span = (tl_span){ (uint8_t *)tl_pool_text(r->pool, room, len), len };
	memcpy(out, &span, sizeof span);
	return span.ptr != NULL;
}

static bool
keep_secret(tl_conf_reader *r, const tl_secret *read, tl_conf_secret *out)
{
	char *copy = tl_pool_text(r->pool, read->bytes.ptr, read->bytes.len);

	out->bytes = (tl_span){ (const uint8_t *)copy, read->bytes.len };
	out->kind = read->kind;
	return copy != NULL;
}

/* What was shown was copied. */
static void
note_hidden(tl_conf_reader *r, const tl_node *n, const char *text)
{
	if (strstr(text, TL_CONF_HIDDEN) != NULL)
		tl_conf_complain(r->errors, TL_CONF_WARNING, n->mark,
		    "'" TL_CONF_HIDDEN
		    "' is what 'trapline config' shows instead of a secret: "
		    "put the secret here, or where it is kept");
}

bool
tl_read_secret(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_conf_secret *secret = out;
	char problem[TL_PROBLEM_MAX];
	uint8_t room[TL_SECRET_MAX];
	tl_secret read = { 0 };

	if (!tl_secret_read(n->text, r->dir, room, &read, problem))
		return tl_conf_wrong(r, n, row, "%s", problem);
	if (row->max > 0 && (int64_t)read.bytes.len > row->max)
		return tl_conf_wrong(r, n, row, "%zu bytes; up to %lld are allowed",
		    read.bytes.len, (long long)row->max);
	if (tl_secret_is_elsewhere(n->text)) {
		secret->where = tl_conf_keep(r, n->text);
		if (read.bytes.len == 0)
			return tl_conf_wrong(r, n, row, "nothing stands in %s", n->text);
	}
	note_hidden(r, n, n->text);
	bool kept = keep_secret(r, &read, secret);
	explicit_bzero(room, sizeof room);
	return kept;
}

bool
tl_read_auth(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_auth auth;

	if (tl_auth_from_name(n->text, strlen(n->text), &auth) != TL_OK)
		return tl_conf_wrong(r, n, row,
		    "there is no protocol '%s': MD5, SHA-1, SHA-224, SHA-256, SHA-384, "
		    "SHA-512",
		    n->text);
	memcpy(out, &auth, sizeof auth);
	return true;
}

bool
tl_read_priv(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_priv priv;

	if (tl_priv_from_name(n->text, strlen(n->text), &priv) != TL_OK)
		return tl_conf_wrong(r, n, row,
		    "there is no protocol '%s': DES, 3DES, AES-128, AES-192, AES-256, "
		    "AES-192-C, AES-256-C",
		    n->text);
	memcpy(out, &priv, sizeof priv);
	return true;
}

bool
tl_read_level(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	tl_level level;

	if (!tl_level_read(n->text, &level))
		return tl_conf_wrong(r, n, row,
		    "there is no level '%s': noAuthNoPriv, authNoPriv, authPriv",
		    n->text);
	memcpy(out, &level, sizeof level);
	return true;
}

tl_user
tl_conf_user_get(const tl_conf_user *u)
{
	return (tl_user){
		.name = { (const uint8_t *)u->name, strlen(u->name) },
		.auth = u->auth,
		.auth_secret = { u->auth_secret.kind, u->auth_secret.bytes },
		.priv = u->priv,
		.priv_secret = { u->priv_secret.kind, u->priv_secret.bytes },
		.engine_id = u->engine_id,
		.min_level = u->min_level,
		.window_off = !u->window,
	};
}

/* The library is the judge: an engine takes it, or says why not. */
static tl_err
try_user(tl_conf_reader *r, const tl_user *u)
{
	static const uint8_t id[] = "\x80\0\0\0\5check";
	tl_engine_options opt = { .engine_id = { id, sizeof id - 1 },
		.boots = 1,
		.max_engines = 1,
		.max_duplicates = 1 };
	tl_err err = TL_OK;

	if (r->engine == NULL)
		err = tl_engine_new(&opt, &r->engine);
	return err == TL_OK ? tl_engine_add_user(r->engine, u) : err;
}

void
tl_conf_user_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	const tl_conf_user *u = section;
	bool auth = u->auth != TL_AUTH_NONE, priv = u->priv != TL_PRIV_NONE;

	if (n == NULL)
		return;
	if (auth != (u->auth_secret.bytes.ptr != NULL)) {
		tl_conf_wrong(r, n, NULL,
		    auth ? "auth needs auth_secret" : "auth_secret needs auth");
	} else if (priv != (u->priv_secret.bytes.ptr != NULL)) {
		tl_conf_wrong(r, n, NULL,
		    priv ? "priv needs priv_secret" : "priv_secret needs priv");
	} else if (n != r->user) {
		r->user = n;
		tl_user user = tl_conf_user_get(u);
		tl_err err = try_user(r, &user);
		if (err == TL_ENOMEM || err == TL_ECRYPTO)
			r->pool->failed = true;
		else if (err != TL_OK)
			tl_conf_wrong(r, n, NULL, "user '%s': %s", u->name,
			    tl_user_problem(err, &user));
	}
}

/* Where the secret of |key|, ",auth=PROTOCOL:SECRET", is kept, if it is elsewhere. It
 * ends where another key begins: other commas are its own. */
static const char *
where_of(tl_conf_reader *r, const char *spec, const char *key)
{
	static const char *const keys[] = {
		",auth=", ",priv=", ",engine=", ",level=", ",window="
	};
	const char *at = strstr(spec, key), *where = NULL;

	at = at != NULL ? strchr(at, ':') : NULL;
	if (at == NULL || !tl_secret_is_elsewhere(++at))
		return NULL;
	size_t len = strlen(at);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if ((where = strstr(at, keys[i])) != NULL && (size_t)(where - at) < len)
			len = (size_t)(where - at);
	return tl_pool_text(r->pool, at, len);
}

static bool
keep_user(tl_conf_reader *r, const tl_user *from, tl_conf_user *u)
{
	char *id = tl_pool_text(r->pool, from->engine_id.ptr, from->engine_id.len);

	u->name = tl_pool_text(r->pool, from->name.ptr, from->name.len);
	u->auth = from->auth;
	u->priv = from->priv;
	u->min_level = from->min_level;
	u->window = !from->window_off;
	u->engine_id = (tl_span){ (const uint8_t *)id, from->engine_id.len };
	return id != NULL && u->name != NULL &&
	       (u->auth == TL_AUTH_NONE ||
		   keep_secret(r, &from->auth_secret, &u->auth_secret)) &&
	       (u->priv == TL_PRIV_NONE ||
		   keep_secret(r, &from->priv_secret, &u->priv_secret));
}

bool
tl_conf_user_text(tl_conf_reader *r, const tl_node *n, void *out)
{
	char problem[TL_PROBLEM_MAX];
	tl_user_spec spec;
	size_t before = r->errors->errors;
	char *text = tl_pool_text(r->pool, n->text, strlen(n->text));

	if (text == NULL)
		return false;
	if (!tl_user_spec_read(text, r->dir, &spec, problem))
		return tl_conf_wrong(r, n, NULL, "user: %s", problem);
	bool kept = keep_user(r, &spec.user, out);
	((tl_conf_user *)out)->auth_secret.where = where_of(r, n->text, ",auth=");
	((tl_conf_user *)out)->priv_secret.where = where_of(r, n->text, ",priv=");
	note_hidden(r, n, n->text);
	tl_user_spec_wipe(&spec);
	if (kept)
		tl_conf_user_check(r, n, out);
	return kept && r->errors->errors == before;
}
