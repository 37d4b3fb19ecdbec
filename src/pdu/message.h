/* pdu/message.h: the outer parts of a message, v1, v2c (RFC 1157, 1901) and v3
 * (RFC 3412 section 6). */
#ifndef TL_PDU_MESSAGE_H
#define TL_PDU_MESSAGE_H

#include "ber/reader.h"

typedef struct tl_message {
	uint8_t version; /* 1, 2 or 3; 0: not read */
	tl_span whole;   /* the message, without bytes that follow it */
	bool trailing;   /* bytes follow it */
	bool has_community;
	tl_span community; /* v1, v2c */
	struct {
		int32_t msg_id;
		uint32_t max_size; /* bytes */
		tl_level level;
		bool reportable;
	} v3;
	tl_reader body; /* what is left: v1, v2c: at the PDU; v3: at
			   msgSecurityParameters */
} tl_message;

/* Reads the head of |datagram|. An error is in |diag|, and |m| holds what was read
 * before it. */
void tl_message_read(tl_span datagram, tl_message *m, tl_diag *diag);

/* The scopedPDU of v3, RFC 3412 section 6.8. */
typedef struct tl_scoped {
	tl_span context_engine_id, context_name;
	tl_reader body; /* at the PDU */
	size_t padding; /* bytes behind it, as block ciphers leave them */
} tl_scoped;

/* Reads the head of |plaintext|, whose first byte stands at |offset| of the datagram. */
void tl_scoped_read(tl_span plaintext, uint32_t offset, tl_scoped *s, tl_diag *diag);

#endif
