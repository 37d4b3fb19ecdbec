/* usm/params.c: reads UsmSecurityParameters (RFC 3414 section 2.4). Called for every
 * SNMPv3 message, before anything is known of its sender. */
#include "usm/usm.h"

#define WHERE_PARAMS "msgSecurityParameters"

static uint32_t
read_clock(tl_reader *r, const char *where)
{
	const uint8_t *at = r->p;
	int64_t n = tl_read_integer(r, INT64_MIN, INT64_MAX, where);

	if (n < 0 || n > INT32_MAX) {
		tl_reader_fail(r, TL_EUSM_MALFORMED, at, where);
		return 0;
	}
	return (uint32_t)n;
}

static tl_span
read_user(tl_reader *r)
{
	tl_span user = tl_read_octets(r, SIZE_MAX, "msgUserName");

	if (user.len > TL_USER_NAME_MAX) {
		tl_reader_fail(r, TL_EUSM_MALFORMED, user.ptr, "msgUserName");
		return (tl_span){ r->end, 0 };
	}
	return user;
}

static void
read_sequence(tl_reader *outer, tl_usm_params *p)
{
	tl_reader r = tl_read_into(outer, TL_BER_SEQUENCE, WHERE_PARAMS);

	p->engine_id = tl_read_octets(&r, SIZE_MAX, "msgAuthoritativeEngineID");
	p->boots = read_clock(&r, "msgAuthoritativeEngineBoots");
	p->time_s = read_clock(&r, "msgAuthoritativeEngineTime");
	p->user = read_user(&r);
	p->auth_params = tl_read_octets(&r, SIZE_MAX, "msgAuthenticationParameters");
	p->priv_params = tl_read_octets(&r, SIZE_MAX, "msgPrivacyParameters");
	tl_read_end(&r, TL_EUSM_MALFORMED, WHERE_PARAMS);
	tl_read_end(outer, TL_EUSM_MALFORMED, WHERE_PARAMS);
}

void
tl_usm_read_params(tl_reader *r, tl_usm_params *p)
{
	tl_reader contents = tl_read_into(r, TL_T_OCTETS, WHERE_PARAMS);
	bool sound = r->diag->err == TL_OK;

	read_sequence(&contents, p);
	/* A value of another type is sound BER and no UsmSecurityParameters. */
	if (sound && r->diag->err == TL_EBER_TAG)
		r->diag->err = TL_EUSM_MALFORMED;
	if (r->diag->err != TL_OK)
		r->p = r->end;
}
