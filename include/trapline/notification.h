/* trapline/notification.h: what a trap or inform says, in one normal form. */
#ifndef TRAPLINE_NOTIFICATION_H
#define TRAPLINE_NOTIFICATION_H

#include "trapline/oid.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Types of values; each number is the BER tag (RFC 2578, RFC 3416 section 3). */
typedef enum tl_type {
	TL_T_INTEGER = 0x02,
	TL_T_OCTETS = 0x04,
	TL_T_NULL = 0x05,
	TL_T_OID = 0x06,
	TL_T_IPADDRESS = 0x40,
	TL_T_COUNTER32 = 0x41,
	TL_T_GAUGE32 = 0x42,
	TL_T_TIMETICKS = 0x43, /* centiseconds */
	TL_T_OPAQUE = 0x44,
	TL_T_COUNTER64 = 0x46,
	TL_T_NOSUCHOBJECT = 0x80,
	TL_T_NOSUCHINSTANCE = 0x81,
	TL_T_ENDOFMIBVIEW = 0x82
} tl_type;

/* The type's name as RFC 3416 writes it ("OCTET STRING"); never NULL. Any thread. */
TL_API const char *tl_type_name(tl_type type);

typedef struct tl_varbind {
	tl_oid name; /* empty where a peer sent an empty one */
	tl_type type;
	union {
		int64_t i64;    /* INTEGER; beyond 32 bits only with TL_FLAG_ENCODING */
		uint64_t u64;   /* Counter32, Gauge32, TimeTicks, Counter64; likewise */
		tl_span octets; /* OCTET STRING, Opaque; IpAddress: 4 bytes */
		tl_oid oid;     /* OBJECT IDENTIFIER */
	} v;                    /* nothing for NULL and the exceptions */
} tl_varbind;

typedef enum tl_kind { TL_TRAP = 1, TL_INFORM = 2 } tl_kind;

typedef enum tl_level {    /* RFC 3411 section 3.4.3 */
	TL_LEVEL_NONE = 0, /* not said, or not SNMPv3 */
	TL_NOAUTH_NOPRIV = 1,
	TL_AUTH_NOPRIV = 2,
	TL_AUTH_PRIV = 3
} tl_level;

/* "noAuthNoPriv", "authNoPriv", "authPriv"; "" for another value. Any thread. */
TL_API const char *tl_level_name(tl_level level);

/* Protocols of the User-based Security Model: enum suffix, value, name. */
#define TL_AUTH_PROTOCOLS(X)                                                             \
	X(NONE, 0, "")                                                                   \
	X(MD5, 1, "MD5")        /* RFC 3414 section 6 */                                 \
	X(SHA1, 2, "SHA-1")     /* RFC 3414 section 7 */                                 \
	X(SHA224, 3, "SHA-224") /* RFC 7860, and the next three */                       \
	X(SHA256, 4, "SHA-256")                                                          \
	X(SHA384, 5, "SHA-384")                                                          \
	X(SHA512, 6, "SHA-512")

#define TL_PRIV_PROTOCOLS(X)                                                             \
	X(NONE, 0, "")                                                                   \
	X(DES, 1, "DES")        /* RFC 3414 section 8 */                                 \
	X(3DES, 2, "3DES")      /* draft-reeder-snmpv3-usm-3desede-00 */                 \
	X(AES128, 3, "AES-128") /* RFC 3826 */                                           \
	X(AES192, 4, "AES-192") /* draft-blumenthal-aes-usm-04 */                        \
	X(AES256, 5, "AES-256")                                                          \
	X(AES192C, 6, "AES-192-C") /* the same with Reeder's key extension, as           \
				      Cisco's devices do */                              \
	X(AES256C, 7, "AES-256-C")

typedef enum tl_auth {
#define TL_X(suffix, value, name) TL_AUTH_##suffix = (value),
	TL_AUTH_PROTOCOLS(TL_X)
#undef TL_X
} tl_auth;

typedef enum tl_priv {
#define TL_X(suffix, value, name) TL_PRIV_##suffix = (value),
	TL_PRIV_PROTOCOLS(TL_X)
#undef TL_X
} tl_priv;

/* The protocol's name ("SHA-256", "AES-128"); "" for none. Any thread. */
TL_API const char *tl_auth_name(tl_auth auth);
TL_API const char *tl_priv_name(tl_priv priv);

/* The protocol of a name, in any case, dashes and underscores optional, "SHA" for SHA-1
 * and "AES" for AES-128. Errors: TL_ENOTFOUND. Any thread. */
TL_API TL_CHECK tl_err tl_auth_from_name(const char *name, size_t len, tl_auth *out);
TL_API TL_CHECK tl_err tl_priv_from_name(const char *name, size_t len, tl_priv *out);

/* What was odd and yet accepted: enum suffix, bit, word. */
#define TL_FLAGS(X)                                                                      \
	X(NO_UPTIME, 0, "no-uptime")     /* v2 form without sysUpTime.0 */               \
	X(NO_TRAP_OID, 1, "no-trap-oid") /* v2 form without a snmpTrapOID.0 that is      \
					    an OBJECT IDENTIFIER */                      \
	X(MISPLACED, 2, "second-varbind-not-trap-oid") /* both there, not first and      \
							  second */                      \
	X(TRAILING, 3, "trailing-bytes") /* bytes after the message, or after the        \
					    decrypted scopedPDU beyond padding */        \
	X(ENCODING, 4, "odd-encoding")   /* an empty or out-of-range integer, a          \
					    negative unsigned, an empty OID */           \
	X(PDU_VERSION, 5, "pdu-of-other-version") /* a v1 Trap-PDU in v2c or v3,         \
						     or a v2 PDU in v1 */                \
	X(TIME_WINDOW_OFF, 6, "time-window-off")  /* the user's window is off and        \
						     would have refused this */          \
	X(REPORTABLE, 7, "reportable-trap")       /* a trap that asks for Reports */     \
	X(UNRESOLVED, 8, "unresolved")            /* the trap OID has no name */         \
	X(SYNTAX, 9, "syntax-mismatch") /* a value of another type than its MIB says */  \
	X(DUPLICATE, 10, "duplicate")   /* seen before, delivered on request */

typedef enum tl_flag {
#define TL_X(suffix, bit, word) TL_FLAG_##suffix = 1 << (bit),
	TL_FLAGS(TL_X)
#undef TL_X
} tl_flag;

/* An address and a port. */
typedef struct tl_endpoint {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint32_t scope;   /* IPv6 zone index of a link-local address, else 0 */
	uint16_t port;    /* host order */
} tl_endpoint;

/* Only the library makes one, so fields may be appended at the end. Every pointer
 * borrows from the datagram or from the arena given to tl_engine_input(): valid until
 * either is used again. tl_notification_clone() copies out. */
typedef struct tl_notification {
	tl_kind kind;
	uint8_t version;      /* 1, 2 (v2c) or 3: as on the wire */
	uint8_t pdu_type;     /* 0xa4 Trap-PDU of v1, 0xa6 Inform, 0xa7 SNMPv2-Trap */
	uint16_t flags;       /* TL_FLAG_ bits */
	uint32_t request_id;  /* as on the wire, two's complement; 0 for a v1 Trap-PDU */
	tl_oid trap_oid;      /* snmpTrapOID.0; from v1 by RFC 3584 section 3.1; empty
				 with TL_FLAG_NO_TRAP_OID */
	uint32_t uptime_cs;   /* sysUpTime.0 in centiseconds; 0 with TL_FLAG_NO_UPTIME */
	const tl_varbind *vb; /* without the first sysUpTime.0 and snmpTrapOID.0 */
	size_t vb_count;
	const tl_varbind *all; /* every varbind as received */
	size_t all_count;
	bool has_agent_address;   /* v1 agent-addr, or snmpTrapAddress.0 */
	uint8_t agent_address[4]; /* network order */
	tl_span community;        /* v1 and v2c */
	struct {
		bool present; /* a v1 Trap-PDU: the rest has meaning */
		tl_oid enterprise;
		int32_t generic, specific;
	} v1;
	struct { /* version 3 only */
		tl_level level;
		tl_auth auth;
		tl_priv priv;
		uint32_t credential;    /* which of the engine's users it was, in the
					   order of addition: for tl_engine_ack() */
		uint32_t boots, time_s; /* msgAuthoritativeEngineBoots and -Time */
		int32_t msg_id;
		uint32_t max_size; /* msgMaxSize, bytes */
		tl_span user, engine_id;
		tl_span context_engine_id, context_name;
	} v3;
	tl_endpoint from, to;
	int64_t received_ns; /* since 1970 UTC, as given in tl_datagram */
	uint64_t id_hash;    /* of the bytes and where they came from; with received_ns
				it makes the event's id */
	tl_span wire;        /* the datagram itself */
	tl_span pdu;         /* its PDU, tag and length included, decrypted; what |all|
				points to lies in it */
} tl_notification;

/* Deep copy that owns all its memory. Errors: TL_ENOMEM. Free with
 * tl_notification_free(). Any thread. */
TL_API TL_CHECK tl_err tl_notification_clone(
    const tl_notification *n, tl_notification **out);

/* The same into memory of the caller's, |cap| bytes at |room|, aligned as malloc() does.
 * Returns how many the copy takes: if they are more than |cap| there is none. Any
 * thread. */
TL_API size_t tl_notification_clone_to(const tl_notification *n, void *room, size_t cap);

/* Frees what tl_notification_clone() made; NULL is fine. */
TL_API void tl_notification_free(tl_notification *n);

#ifdef __cplusplus
}
#endif
#endif
