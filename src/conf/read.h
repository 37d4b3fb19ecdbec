/* conf/read.h: a tree of YAML into structs, by the tables of schema.h. */
#ifndef TL_CONF_READ_H
#define TL_CONF_READ_H

#include "conf/schema.h"

typedef struct tl_conf_pending { /* a name that something else must have */
	const tl_node *node;
	int32_t *index; /* to be set */
} tl_conf_pending;

struct tl_conf_reader {
	tl_pool *pool; /* of the snapshot */
	tl_conf_errors *errors;
	const char *dir;      /* where relative files are */
	const char *path;     /* of the file, for marks in the snapshot */
	tl_pool_list lists;   /* tl_conf_pending: into tl_conf.lists */
	tl_pool_list outputs; /* into tl_conf.outputs */
	tl_engine *engine; /* takes the users, to see whether it does; made on demand */
	const tl_node
	    *user;         /* the one that it was last asked of: an alias says it again */
	tl_pool_list used; /* tl_conf_name: fields that something asks for */
	const void *root;  /* the uppermost section, as far as it has been read */
	const void *inherited; /* the section whose values count as defaults; or NULL */
};

/* What is done for a value of a type. */
typedef struct tl_conf_kind_of_value {
	const char *what; /* "a duration", for people */
	size_t size;      /* of the C type; 0: the section's */
	bool takes_lists; /* reads a list itself */
	/* Reads |n|, a text that is not empty unless |takes_lists|, into |out|, zeroed.
	 * False: what is wrong has been noted. */
	bool (*read)(
	    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out);
} tl_conf_kind_of_value;

/* |type|'s; static. */
const tl_conf_kind_of_value *tl_conf_kind_get(tl_conf_type type);

/* Reads the section |n| into |out|, which is zeroed. |n| may be NULL: defaults. */
bool tl_conf_read_section(
    tl_conf_reader *r, const tl_node *n, const tl_conf_section *s, void *out);

/* Notes that |n| is wrong, as printf does, with the row's key in front if there is one;
 * returns false. */
bool tl_conf_wrong(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Notes that |word|, which stands in |n|, is none of |words|, closed by NULL, and which
 * is nearest or all that there are; returns false. */
bool tl_conf_unknown(tl_conf_reader *r, const tl_node *n, const char *what,
    const char *word, const char *const *words);

/* |path|, relative to the folder |state| or, if that is NULL, to one that is not known,
 * by the one spelling that all its spellings have, links followed as they are now. NULL
 * without memory. */
const char *tl_conf_real_path(tl_conf_reader *r, const char *state, const char *path);

/* The place of |n|, to be kept in the snapshot. */
tl_conf_mark tl_conf_mark_of(const tl_conf_reader *r, const tl_node *n);

/* Remembers that a field |name|, which lasts, is asked for at |n|. */
void tl_conf_note_use(tl_conf_reader *r, const tl_node *n, const char *name);

/* The index of |word| in |words|, letters of any case; -1 if it is none of them. */
int tl_conf_word(const char *word, const char *const *words);

/* Whether |low| <= |value| <= |high|, unless both are 0. */
bool tl_conf_in_range(int64_t value, int64_t low, int64_t high);

/* |path|, made absolute by the folder of the file; NULL: memory is short. */
const char *tl_conf_absolute(tl_conf_reader *r, const char *path);

/* A copy of the node's text; NULL: memory is short. */
const char *tl_conf_keep(tl_conf_reader *r, const char *text);

/* Readers of types, by file. */
typedef bool tl_conf_read_value(
    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out);

/* read_plain.c */
tl_conf_read_value tl_read_bool, tl_read_int, tl_read_duration, tl_read_size,
    tl_read_mode;
tl_conf_read_value tl_read_text, tl_read_character, tl_read_enum, tl_read_order;
tl_conf_read_value tl_read_set, tl_read_severities, tl_read_charset, tl_read_field;

/* read_files.c */
tl_conf_read_value tl_read_folder, tl_read_file, tl_read_new_file, tl_read_program;

/* read_net.c */
tl_conf_read_value tl_read_listen, tl_read_target, tl_read_url, tl_read_cidr;
tl_conf_read_value tl_read_address, tl_read_nets, tl_read_source;

/* read_secret.c */
tl_conf_read_value tl_read_hex, tl_read_secret, tl_read_auth, tl_read_priv, tl_read_level;

/* read_match.c */
tl_conf_read_value tl_read_output, tl_read_name, tl_read_pattern, tl_read_tests;

/* template.c */
tl_conf_read_value tl_read_template;

#endif
