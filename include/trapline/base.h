/* trapline/base.h: errors, spans, buffers, memory. Includes nothing of ours. */
#ifndef TRAPLINE_BASE_H
#define TRAPLINE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TL_API __attribute__((visibility("default")))
#define TL_CHECK __attribute__((warn_unused_result))

#define TL_VERSION "0.1.0"

/* The counters that the SNMP RFCs name: enum suffix, name. */
#define TL_RFC_COUNTERS(X)                                                               \
	X(NONE, "")                                                                      \
	X(ASN_PARSE_ERRS, "snmpInASNParseErrs")                                          \
	X(BAD_VERSIONS, "snmpInBadVersions")                                             \
	X(BAD_COMMUNITY_NAMES, "snmpInBadCommunityNames")                                \
	X(UNKNOWN_SECURITY_MODELS, "snmpUnknownSecurityModels")                          \
	X(INVALID_MSGS, "snmpInvalidMsgs")                                               \
	X(UNKNOWN_PDU_HANDLERS, "snmpUnknownPDUHandlers")                                \
	X(SILENT_DROPS, "snmpSilentDrops")                                               \
	X(USM_UNSUPPORTED_SEC_LEVELS, "usmStatsUnsupportedSecLevels")                    \
	X(USM_NOT_IN_TIME_WINDOWS, "usmStatsNotInTimeWindows")                           \
	X(USM_UNKNOWN_USER_NAMES, "usmStatsUnknownUserNames")                            \
	X(USM_UNKNOWN_ENGINE_IDS, "usmStatsUnknownEngineIDs")                            \
	X(USM_WRONG_DIGESTS, "usmStatsWrongDigests")                                     \
	X(USM_DECRYPTION_ERRORS, "usmStatsDecryptionErrors")

typedef enum tl_rfc_counter {
#define TL_X(suffix, name) TL_RFC_##suffix,
	TL_RFC_COUNTERS(TL_X)
#undef TL_X
	    TL_RFC_COUNTER_COUNT
} tl_rfc_counter;

/* One row an error: name, value, word, RFC counter, text. Append inside a block and
 * never renumber. The same rows make the enum, tl_err_word(), tl_err_text(), the
 * refusal counters and docs/errors.md. From TL_REFUSAL_FIRST on they are reasons for
 * which a peer's datagram is refused; below, they are for the caller to handle. */
#define TL_ERRORS(X)                                                                     \
	X(OK, 0, "ok", NONE, "success")                                                  \
	X(ENOMEM, 1, "no-memory", NONE, "out of memory")                                 \
	X(EINVAL, 2, "invalid", NONE, "an argument breaks the contract")                 \
	X(ENOSPC, 3, "no-space", NONE, "the output buffer is too small")                 \
	X(ELIMIT, 4, "limit", NONE, "a configured limit is reached")                     \
	X(EIO, 5, "io", NONE, "a system call failed; errno says why")                    \
	X(ENOTFOUND, 6, "not-found", NONE, "there is no such thing")                     \
	X(ETIMEOUT, 7, "timeout", NONE, "the time given has passed")                     \
	X(ECRYPTO, 8, "crypto", NONE, "the cryptographic library failed")                \
	X(ESECRET, 9, "secret", NONE, "a secret is too short or of a wrong form")        \
	X(EFORMAT, 10, "format", NONE, "a file or a text is not well-formed")            \
	X(ETYPE, 11, "type", NONE, "a type that this version of SNMP does not have")     \
	X(EREPLY, 12, "error-status", NONE,                                              \
	    "the receiver answered with an error-status")                                \
	X(EREPORT, 13, "report", NONE, "the receiver answered with a Report")            \
	X(EBER_TRUNCATED, 32, "ber-truncated", ASN_PARSE_ERRS,                           \
	    "a value runs past the end of what contains it")                             \
	X(EBER_LENGTH, 33, "ber-length", ASN_PARSE_ERRS,                                 \
	    "a length that SNMP does not allow here")                                    \
	X(EBER_INDEFINITE, 34, "ber-indefinite", ASN_PARSE_ERRS,                         \
	    "an indefinite length, which SNMP forbids")                                  \
	X(EBER_TAG, 35, "ber-tag", ASN_PARSE_ERRS, "another type was expected here")     \
	X(EBER_INTEGER, 36, "ber-integer", ASN_PARSE_ERRS,                               \
	    "an integer outside the range of its field")                                 \
	X(EBER_OID, 37, "ber-oid", ASN_PARSE_ERRS, "a malformed object identifier")      \
	X(EMSG_VERSION, 38, "msg-version", BAD_VERSIONS, "not SNMPv1, v2c or v3")        \
	X(EMSG_SIZE, 39, "msg-size", ASN_PARSE_ERRS, "an empty datagram")                \
	X(ECOMMUNITY, 40, "community-unknown", BAD_COMMUNITY_NAMES,                      \
	    "a community that is not accepted")                                          \
	X(EPDU_TYPE, 41, "pdu-type", UNKNOWN_PDU_HANDLERS,                               \
	    "a valid message, but not a notification")                                   \
	X(EPDU_MALFORMED, 42, "pdu-malformed", ASN_PARSE_ERRS,                           \
	    "the PDU is not built as SNMP says")                                         \
	X(EV3_FLAGS, 43, "v3-flags", INVALID_MSGS,                                       \
	    "msgFlags is not one octet, or asks for privacy without authentication")     \
	X(EV3_MAX_SIZE, 44, "v3-max-size", ASN_PARSE_ERRS,                               \
	    "msgMaxSize is below 484 octets")                                            \
	X(EV3_SECURITY_MODEL, 45, "v3-security-model", UNKNOWN_SECURITY_MODELS,          \
	    "a security model other than USM")                                           \
	X(EUSM_MALFORMED, 46, "usm-malformed", ASN_PARSE_ERRS,                           \
	    "msgSecurityParameters is not built as RFC 3414 says")                       \
	X(EUSM_ENGINE, 47, "usm-unknown-engine", USM_UNKNOWN_ENGINE_IDS,                 \
	    "an engine ID that is not ours where ours is needed, or not an engine ID")   \
	X(EUSM_USER, 48, "usm-unknown-user", USM_UNKNOWN_USER_NAMES,                     \
	    "a user that is not configured")                                             \
	X(EUSM_LEVEL, 49, "usm-unsupported-level", USM_UNSUPPORTED_SEC_LEVELS,           \
	    "a security level that the user does not have, or below its least")          \
	X(EUSM_DIGEST, 50, "usm-wrong-digest", USM_WRONG_DIGESTS,                        \
	    "the digest does not fit the user's secret")                                 \
	X(EUSM_TIME, 51, "usm-not-in-time-window", USM_NOT_IN_TIME_WINDOWS,              \
	    "engineBoots or engineTime is behind: a replay, or a wrong clock")           \
	X(EUSM_DECRYPT, 52, "usm-decryption", USM_DECRYPTION_ERRORS,                     \
	    "the decrypted bytes are no scoped PDU")                                     \
	X(ELIMIT_VARBINDS, 53, "limit-varbinds", SILENT_DROPS,                           \
	    "more varbinds than the limit allows")                                       \
	X(ELIMIT_SIZE, 54, "limit-size", SILENT_DROPS,                                   \
	    "a datagram larger than the limit allows")                                   \
	X(ERATE, 55, "rate-limited", SILENT_DROPS,                                       \
	    "too much unauthenticated work was asked for in this second")                \
	X(EQUEUE, 56, "queue-full", SILENT_DROPS, "no room to keep it")

typedef enum tl_err {
#define TL_X(name, value, word, counter, text) TL_##name = (value),
	TL_ERRORS(TL_X)
#undef TL_X
} tl_err;

#define TL_REFUSAL_FIRST 32 /* the first tl_err that is a peer's fault */
#define TL_ERR_COUNT 64     /* every tl_err is below this */

/* The short word of |err| as it stands in events ("ber-truncated"); static storage,
 * never NULL, also for a value that is no tl_err. Any thread. */
TL_API const char *tl_err_word(tl_err err);

/* One line of English about |err|; static storage, never NULL. Any thread. */
TL_API const char *tl_err_text(tl_err err);

/* The RFC counter that |err| adds to (RFC 3412 section 5, RFC 3414 section 5,
 * RFC 3418); TL_RFC_NONE if there is none. Any thread. */
TL_API tl_rfc_counter tl_err_rfc_counter(tl_err err);

/* The counter's name ("usmStatsWrongDigests"); "" for TL_RFC_NONE. Any thread. */
TL_API const char *tl_rfc_counter_name(tl_rfc_counter counter);

/* Where decoding stopped, filled for every refusal. */
typedef struct tl_diag {
	tl_err err;
	uint32_t offset;   /* bytes from the start of the datagram; inside a decrypted
			      scopedPDU: of its place in the ciphertext */
	const char *where; /* static: the RFC's name of the field, "msgVersion" */
} tl_diag;

/* Bytes owned by somebody else; valid as long as that owner says. */
typedef struct tl_span {
	const uint8_t *ptr;
	size_t len; /* bytes */
} tl_span;

/* Bytes being written into the caller's memory. Zero-initialise, set ptr and cap.
 * What does not fit is left out and sets |full|, which stays: check it once, at the
 * end. */
typedef struct tl_buf {
	uint8_t *ptr;
	size_t len; /* bytes written */
	size_t cap; /* bytes at ptr */
	bool full;  /* something did not fit */
} tl_buf;

/* Memory for what one batch of datagrams decodes to: taken piece by piece, given back
 * in one reset. Not thread-safe. */
typedef struct tl_arena tl_arena;

/* Makes an arena of |cap_bytes| (at least 4,096; 1 MiB holds what any one datagram
 * needs). All its memory is allocated here and never grows.
 * Errors: TL_ENOMEM, TL_EINVAL. Free with tl_arena_free(). */
TL_API TL_CHECK tl_err tl_arena_new(size_t cap_bytes, tl_arena **out);

/* Ends every borrow taken from the arena; its memory is used again. */
TL_API void tl_arena_reset(tl_arena *arena);

/* Frees the arena; NULL is fine. */
TL_API void tl_arena_free(tl_arena *arena);

#ifdef __cplusplus
}
#endif
#endif
