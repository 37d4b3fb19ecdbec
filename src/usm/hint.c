/* usm/hint.c: what a person can do about a refused SNMPv3 message: engine IDs, users,
 * levels and clocks. Keys are in hint_keys.c. The engine calls it, for refusals that are
 * shown. No secret is ever written. */
#include "usm/hint.h"

#include <stdlib.h>

static void
put_name(tl_buf *out, tl_span name)
{
	tl_buf_putc(out, '\'');
	tl_buf_printable(out, name);
	tl_buf_putc(out, '\'');
}

static bool
same_but_case(tl_span a, tl_span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		uint8_t x = a.ptr[i] ^ b.ptr[i], lower = a.ptr[i] | 0x20;
		if (x != 0 && (x != 0x20 || lower < 'a' || lower > 'z'))
			return false;
	}
	return true;
}

/* Whether a credential before number |i| has its name, too. */
static bool
is_repeated(const tl_users *users, uint32_t i)
{
	tl_span name = tl_cred_name(users->creds[i]);

	for (uint32_t k = 0; k < i; k++)
		if (tl_span_equal(name, users->creds[k]->name, users->creds[k]->name_len))
			return true;
	return false;
}

static void
put_known_names(const tl_users *users, tl_buf *out)
{
	enum { SHOWN = 8, LOOKED_AT = 64 };
	uint32_t i, shown = 0;

	tl_buf_lit(out, "known names are ");
	for (i = 0; i < users->count && i < LOOKED_AT && shown < SHOWN; i++) {
		if (is_repeated(users, i))
			continue;
		if (shown++ > 0)
			tl_buf_lit(out, ", ");
		put_name(out, tl_cred_name(users->creds[i]));
	}
	if (i < users->count)
		tl_buf_lit(out, " and more");
}

static void
put_wrong_engine(tl_hint *h, const tl_usm_cred *cred)
{
	tl_buf_lit(h->out, "user ");
	put_name(h->out, h->in->p.user);
	tl_buf_lit(h->out, " is configured for engine ");
	tl_buf_hex(h->out, (tl_span){ cred->engine_id, cred->engine_id_len });
	tl_buf_lit(h->out, " only, and this message names ");
	tl_buf_hex(h->out, h->in->p.engine_id);
	tl_buf_lit(h->out, ": leave engine= out to accept any");
}

static void
put_add_user(tl_hint *h)
{
	static const char *const secrets[] = { "", "", ",auth=PROTOCOL:SECRET",
		",auth=PROTOCOL:SECRET,priv=PROTOCOL:SECRET" };

	tl_buf_lit(h->out, "add the user ");
	tl_buf_printable(h->out, h->in->p.user);
	tl_buf_puts(h->out, secrets[h->in->level]);
	tl_buf_lit(h->out, ", or set the device to one of yours");
}

static void
hint_user(tl_hint *h)
{
	const tl_users *users = &h->u->users;

	for (uint32_t i = 0; i < users->count; i++) {
		const tl_usm_cred *cred = users->creds[i];
		tl_span name = tl_cred_name(cred);
		if (!same_but_case(name, h->in->p.user))
			continue;
		if (memcmp(name.ptr, h->in->p.user.ptr, name.len) == 0) {
			put_wrong_engine(h, cred);
			return;
		}
		tl_buf_lit(h->out, "names are case-sensitive: the known name is ");
		put_name(h->out, name);
		return;
	}
	if (users->count == 0)
		tl_buf_lit(h->out, "no users are configured");
	else
		put_known_names(users, h->out);
	tl_buf_lit(h->out, ": ");
	put_add_user(h);
}

static void
hint_level(tl_hint *h)
{
	const tl_usm_params *p = &h->in->p;
	const tl_usm_cred *cred = tl_users_first(&h->u->users, p->user, p->engine_id);
	tl_level level = h->in->level;

	if (cred == NULL)
		return;
	tl_buf_lit(h->out, "the message is sent as ");
	tl_buf_puts(h->out, tl_level_name(level));
	tl_buf_lit(h->out, ", and user ");
	put_name(h->out, p->user);
	if (level > cred->max_level) {
		tl_buf_lit(h->out, " has secrets for ");
		tl_buf_puts(h->out, tl_level_name(cred->max_level));
		tl_buf_lit(h->out, " only: add ");
		tl_buf_puts(
		    h->out, cred->auth == TL_AUTH_NONE ? "auth=PROTOCOL:SECRET" : "");
		tl_buf_puts(h->out,
		    cred->auth == TL_AUTH_NONE && level == TL_AUTH_PRIV ? " and " : "");
		tl_buf_puts(h->out, level == TL_AUTH_PRIV ? "priv=PROTOCOL:SECRET" : "");
		tl_buf_lit(h->out, " to the user");
		return;
	}
	tl_buf_lit(h->out, " needs at least ");
	tl_buf_puts(h->out, tl_level_name(cred->min_level));
	tl_buf_lit(h->out, ": set the device to that, or add level=");
	tl_buf_puts(h->out, tl_level_name(level));
	tl_buf_lit(h->out, " to the user");
}

/* "3 days 4 h", "59 s": the two greatest units. */
static void
put_duration(tl_buf *out, int64_t s)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = { { 86400, " days" }, { 3600, " h" }, { 60, " min" }, { 1, " s" } };
	int64_t left = s < 0 ? -s : s;
	int shown = 0;

	for (size_t i = 0; i < sizeof units / sizeof units[0] && shown < 2; i++) {
		int64_t n = left / units[i].seconds;
		left %= units[i].seconds;
		if (n == 0 && !(shown == 0 && units[i].seconds == 1))
			continue;
		if (shown++ > 0)
			tl_buf_putc(out, ' ');
		tl_buf_i64(out, n);
		tl_buf_puts(out, units[i].name);
	}
}

/* "boots 3 time 4711". */
static void
put_clock(tl_buf *out, uint32_t boots, uint32_t time_s)
{
	tl_buf_lit(out, "boots ");
	tl_buf_u64(out, boots);
	tl_buf_lit(out, " time ");
	tl_buf_u64(out, time_s);
}

/* How far the message is from what was expected. */
static void
put_difference(const tl_refusal *r, tl_buf *out)
{
	int64_t boots = (int64_t)r->boots - r->our_boots;
	int64_t time_s = (int64_t)r->time_s - r->our_time_s;

	if (boots != 0) {
		tl_buf_i64(out, boots < 0 ? -boots : boots);
		tl_buf_puts(out, boots == 1 || boots == -1 ? " restart " : " restarts ");
		tl_buf_puts(out, boots < 0 ? "behind" : "ahead");
		return;
	}
	put_duration(out, time_s);
	tl_buf_puts(out, time_s < 0 ? " behind" : " ahead");
}

static void
hint_our_time(tl_hint *h)
{
	const tl_refusal *r = h->refusal;

	if (r->boots == 0 && r->time_s == 0) {
		tl_buf_lit(h->out,
		    "the second step of discovery, a normal part of an inform's "
		    "start: the Report tells the sender our time, and it sends "
		    "again");
		return;
	}
	tl_buf_lit(h->out, "the sender takes our clock for ");
	put_clock(h->out, r->boots, r->time_s);
	tl_buf_lit(h->out, ", and it is ");
	put_clock(h->out, r->our_boots, r->our_time_s);
	tl_buf_lit(h->out, " (");
	put_difference(r, h->out);
	tl_buf_lit(h->out,
	    "): normal once after our restart, the Report tells the sender; "
	    "else an old message was sent again");
}

static void
hint_sender_time(tl_hint *h)
{
	const tl_refusal *r = h->refusal;

	if (r->boots == TL_BOOTS_MAX) {
		tl_buf_lit(h->out,
		    "the device's engineBoots has reached its end: give it a "
		    "new engine ID");
		return;
	}
	tl_buf_lit(h->out, "the message says ");
	put_clock(h->out, r->boots, r->time_s);
	tl_buf_lit(h->out, ", and the device's clock should be at ");
	put_clock(h->out, r->our_boots, r->our_time_s);
	tl_buf_lit(h->out, " (");
	put_difference(r, h->out);
	tl_buf_lit(h->out, "): ");
	if (r->boots == 0 && r->time_s == 0)
		tl_buf_lit(h->out, "the device seems to have no clock");
	else if (r->boots < r->our_boots)
		tl_buf_lit(h->out,
		    "an old message was sent again, two devices have the same "
		    "engine ID, or the device lost its engineBoots");
	else
		tl_buf_lit(h->out,
		    "an old message was sent again, two devices have the same "
		    "engine ID, or the device set its engineTime back");
	tl_buf_lit(h->out, "; window=off on the user accepts its messages");
}

static void
hint_time(tl_hint *h)
{
	tl_span own = tl_usm_engine_id(h->u);

	if (tl_span_equal(h->in->p.engine_id, own.ptr, own.len))
		hint_our_time(h);
	else
		hint_sender_time(h);
}

/* Why a message would be refused if it were a trap; nothing if it would not. */
static tl_err
hint_as_trap(tl_hint *h)
{
	const tl_usm_params *p = &h->in->p;
	const tl_usm_cred *cred = tl_users_first(&h->u->users, p->user, p->engine_id);
	bool level = false;

	for (const tl_usm_cred *c = cred; c != NULL; c = tl_users_next(&h->u->users, c))
		level |= tl_cred_has_level(c, h->in->level);
	if (level && (h->in->level == TL_NOAUTH_NOPRIV || tl_hint_find_cred(h) != NULL))
		return TL_OK;
	tl_buf_lit(h->out, "; if it is a trap: ");
	if (cred == NULL)
		hint_user(h);
	else if (!level)
		hint_level(h);
	else
		return tl_hint_digest(h);
	return TL_OK;
}

static tl_err
hint_engine(tl_hint *h)
{
	tl_span id = h->in->p.engine_id, own = tl_usm_engine_id(h->u);

	if (id.len == 0) {
		tl_buf_lit(h->out,
		    "the first step of discovery, a normal part of an inform's "
		    "start: the sender asks for our engine ID");
		return TL_OK;
	}
	if (id.len < TL_ENGINE_ID_MIN || id.len > TL_ENGINE_ID_MAX) {
		tl_buf_lit(h->out, "an engine ID has 5 to 32 bytes and this one has ");
		tl_buf_u64(h->out, id.len);
		tl_buf_lit(h->out, ": set a proper one on the device");
		return TL_OK;
	}
	tl_buf_lit(h->out, "an inform must be addressed to our engine ID ");
	tl_buf_hex(h->out, own);
	tl_buf_lit(h->out, ", and this message is to ");
	tl_buf_hex(h->out, id);
	tl_buf_lit(h->out, ": let the sender discover it, or set it there");
	return hint_as_trap(h);
}

static tl_err
write_hint(tl_hint *h)
{
	/* The other errors are not about users. */
	tl_err err = h->refusal->diag.err;

	if (err == TL_EUSM_ENGINE)
		return hint_engine(h);
	if (err == TL_EUSM_DIGEST)
		return tl_hint_digest(h);
	if (err == TL_EUSM_DECRYPT)
		return tl_hint_decryption(h);
	if (err == TL_EUSM_USER)
		hint_user(h);
	if (err == TL_EUSM_LEVEL)
		hint_level(h);
	if (err == TL_EUSM_TIME)
		hint_time(h);
	return TL_OK;
}

tl_err
tl_usm_hint(tl_usm *u, const tl_usm_in *in, const tl_refusal *refusal, tl_buf *out)
{
	tl_hint h = { u, in, refusal, out, NULL };

	if (in->level < TL_NOAUTH_NOPRIV || in->level > TL_AUTH_PRIV ||
	    in->p.priv_params.ptr == NULL)
		return TL_OK; /* not the message that was refused */
	h.text = malloc(in->message.len + TL_HMAC_ROOM);
	if (h.text == NULL)
		return TL_ENOMEM;
	tl_usm_copy_text(in, h.text);
	tl_err err = write_hint(&h);
	free(h.text);
	return err;
}
