/* fuzz/engine_users.c: see engine_users.h. The users: "guest" without secrets, and one
 * for each pair of protocols, named by their numbers, "a1p0" to "a6p7". */
#include "engine_users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_BYTES = 8 << 20, ARENA_BYTES = 2 << 20 };

static void
must(tl_err err)
{
	if (err != TL_OK)
		abort();
}

static tl_secret
passphrase(const char *text)
{
	return (
	    tl_secret){ TL_SECRET_PASSPHRASE, { (const uint8_t *)text, strlen(text) } };
}

static void
add_user(tl_engine *e, tl_auth auth, tl_priv priv)
{
	char name[16] = "guest";
	tl_user u = { .auth = auth, .priv = priv };

	if (auth != TL_AUTH_NONE) {
		snprintf(name, sizeof name, "a%dp%d", auth, priv);
		u.auth_secret = passphrase("authpass123");
	}
	if (priv != TL_PRIV_NONE)
		u.priv_secret = passphrase("privpass123");
	u.name = (tl_span){ (const uint8_t *)name, strlen(name) };
	u.min_level = auth == TL_AUTH_NONE ? TL_NOAUTH_NOPRIV : TL_AUTH_NOPRIV;
	must(tl_engine_add_user(e, &u));
}

static void
open_bench(bench *b)
{
	static const uint8_t id[] = { 0x80, 0, 0, 0, 5, 1, 2, 3, 4 };
	tl_engine_options opt = {
		.engine_id = { id, sizeof id }, .boots = 1, .max_engines = 1000
	};

	must(tl_engine_new(&opt, &b->engine));
	add_user(b->engine, TL_AUTH_NONE, TL_PRIV_NONE);
	for (int auth = TL_AUTH_MD5; auth <= TL_AUTH_SHA512; auth++)
		add_user(b->engine, (tl_auth)auth, TL_PRIV_NONE);
	for (int priv = TL_PRIV_DES; priv <= TL_PRIV_AES256C; priv++)
		add_user(b->engine, TL_AUTH_SHA1, (tl_priv)priv);
	must(tl_arena_new(ARENA_BYTES, &b->arena));
	must(tl_mib_builtin(&b->mib));
	for (int f = TL_FORMAT_JSON; f <= TL_FORMAT_KV; f++) {
		tl_renderer_options r = { .format = (tl_format)f, .mib = b->mib };
		must(tl_renderer_new(&r, &b->renderer[f]));
	}
	b->out = (tl_buf){ .ptr = malloc(OUT_BYTES), .cap = OUT_BYTES };
	if (b->out.ptr == NULL)
		abort();
}

bench *
bench_get(void)
{
	static bench b;

	if (b.engine == NULL)
		open_bench(&b);
	return &b;
}
