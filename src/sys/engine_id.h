/* sys/engine_id.h: making and checking the SNMP engine ID of a new installation. */
#ifndef TL_SYS_ENGINE_ID_H
#define TL_SYS_ENGINE_ID_H

#include "trapline/engine.h"

enum { TL_NEW_ENGINE_ID_LEN = 17 }; /* bytes */

/* Makes a random engine ID. Errors: TL_EIO (no randomness). */
TL_CHECK tl_err tl_engine_id_new(uint8_t id[TL_NEW_ENGINE_ID_LEN]);

/* Whether |id| may be an engine's: 5 to 32 bytes, neither all 0 nor all 255 (RFC 3411
 * section 5, SnmpEngineID). */
bool tl_engine_id_valid(tl_span id);

/* Reads |hex|, two digits a byte, without separators. Errors: TL_EFORMAT. */
TL_CHECK tl_err tl_engine_id_from_hex(
    tl_span hex, uint8_t id[TL_ENGINE_ID_MAX], size_t *len);

#endif
