/* conf/user.h: users and secrets as people write them, in a configuration and on a
 * command line. */
#ifndef TL_CONF_USER_H
#define TL_CONF_USER_H

#include "trapline/engine.h"

enum { TL_SECRET_MAX = 1024 }; /* bytes */
enum { TL_PROBLEM_MAX = 256 }; /* bytes of a sentence about what is wrong, with its NUL */

/* A user as read; |user| borrows from the rest, its name from what it was read from. */
typedef struct tl_user_spec {
	tl_user user;
	uint8_t engine[TL_ENGINE_ID_MAX];
	uint8_t auth[TL_SECRET_MAX], priv[TL_SECRET_MAX];
} tl_user_spec;

/* Reads NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET][,engine=HEX][,level=LEVEL]
 * [,window=off] into |out|, which tl_user_spec_wipe() ends. Relative files are looked up
 * in |dir|; NULL: in the working folder. The secrets are wiped from |spec|, which may be
 * an argument that other people see in the process list. On an error it is written to
 * |problem| and false is returned. */
bool tl_user_spec_read(
    char *spec, const char *dir, tl_user_spec *out, char problem[TL_PROBLEM_MAX]);
void tl_user_spec_wipe(tl_user_spec *u);

/* Reads LEVEL, in letters of any case. */
bool tl_level_read(const char *text, tl_level *out);

/* Why the library did not take |u|; static. */
const char *tl_user_problem(tl_err err, const tl_user *u);

/* Whether |text| is no secret itself but tells where one is kept. */
bool tl_secret_is_elsewhere(const char *text);

/* The secret that |text| says: a passphrase, @FILE or file:FILE (its first line),
 * env:NAME, credential:NAME (a file of the folder $CREDENTIALS_DIRECTORY, as systemd
 * gives it) or key:HEX. |out| borrows from |room|. Else as tl_user_spec_read(). */
bool tl_secret_read(const char *text, const char *dir, uint8_t room[TL_SECRET_MAX],
    tl_secret *out, char problem[TL_PROBLEM_MAX]);

/* The community that |text| says: itself, or kept elsewhere as above. |out| borrows from
 * |text| or |room|. */
bool tl_community_read(const char *text, uint8_t room[TL_SECRET_MAX], tl_span *out,
    char problem[TL_PROBLEM_MAX]);

/* Reads |hex| digits, colons and spaces between them allowed, into |out| of |cap| bytes.
 * Returns their number; SIZE_MAX if it is no hexadecimal or too long. */
size_t tl_hex_read(const char *hex, uint8_t *out, size_t cap);

#endif
