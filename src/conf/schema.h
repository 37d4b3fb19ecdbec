/* conf/schema.h: the tables that say what a configuration may hold. From them come
 * reading, checking, defaults, writing, comparing, the JSON schema and
 * docs/configuration.md. */
#ifndef TL_CONF_SCHEMA_H
#define TL_CONF_SCHEMA_H

#include <stddef.h>

#include "conf/conf.h"
#include "conf/tree.h"

typedef enum tl_conf_type { /* C type of the value */
	TL_TYPE_BOOL,       /* bool */
	TL_TYPE_INT,        /* int64_t; min and max */
	TL_TYPE_DURATION,   /* int64_t, ns */
	TL_TYPE_SIZE,       /* int64_t, bytes */
	TL_TYPE_MODE,       /* int64_t, octal permissions */
	TL_TYPE_TEXT,       /* const char *; min and max are its length in bytes */
	TL_TYPE_CHARACTER,  /* char */
	TL_TYPE_ENUM,       /* an enum of int; |words| */
	TL_TYPE_ORDER,      /* tl_conf_ints: |words|, none twice */
	TL_TYPE_SET,        /* uint32_t: bits of |words| */
	TL_TYPE_SEVERITIES, /* uint32_t: the same, and ">= WORD" */
	TL_TYPE_FOLDER,     /* const char *: absolute; a warning if it is not there */
	TL_TYPE_FILE,       /* const char *: absolute; an error if it cannot be read */
	TL_TYPE_NEW_FILE, /* const char *: an error if its folder cannot be written to */
	TL_TYPE_PROGRAM,  /* tl_conf_texts: argv; an error if [0] cannot be executed */
	TL_TYPE_LISTEN,   /* const char *: "udp:HOST:PORT" */
	TL_TYPE_TARGET,   /* tl_conf_target; |words| are the transports, the first of them
			     may be left out */
	TL_TYPE_URL,      /* const char *: http:// or https:// */
	TL_TYPE_HEX,      /* tl_span; min and max are bytes */
	TL_TYPE_SECRET,   /* tl_conf_secret */
	TL_TYPE_AUTH,     /* tl_auth */
	TL_TYPE_PRIV,     /* tl_priv */
	TL_TYPE_LEVEL,    /* tl_level */
	TL_TYPE_CIDR,     /* tl_conf_cidr */
	TL_TYPE_ADDRESS,  /* tl_conf_cidr: one address */
	TL_TYPE_NETS,     /* tl_conf_cidrs: networks, and @FILE of them */
	TL_TYPE_SOURCE,   /* tl_conf_source */
	TL_TYPE_OUTPUT,   /* tl_conf_ref */
	TL_TYPE_NAME,     /* tl_conf_name */
	TL_TYPE_PATTERN,  /* tl_conf_pattern */
	TL_TYPE_TESTS,    /* tl_conf_tests: one or a list */
	TL_TYPE_TEMPLATE, /* tl_conf_template */
	TL_TYPE_FIELD,    /* const char *: a field's name */
	TL_TYPE_CHARSET,  /* const char *: one that iconv knows */
	TL_TYPE_SECTION   /* a struct; |section| */
} tl_conf_type;

enum { TL_TYPE_COUNT = TL_TYPE_SECTION + 1 };

typedef enum tl_conf_many {
	TL_ONE,
	TL_LIST, /* { const T *at; size_t count; }; a single value is a list of one */
	TL_MAP   /* the same of { key, T }; a section's first member is its key */
} tl_conf_many;

typedef enum tl_conf_reload { TL_LIVE, TL_RESTART } tl_conf_reload;

typedef struct tl_conf_section tl_conf_section;

typedef struct tl_conf_row {
	const char *key;
	tl_conf_type type;
	tl_conf_many many;
	tl_conf_type key_type; /* of a MAP: 0 for TEXT */
	uint32_t offset;       /* in the section's struct */
	bool required;
	bool secret;   /* not shown: a TEXT; in a URL, and of a MAP, what is called so */
	bool inherits; /* SECTION: what is not said there is as in the uppermost level's
			  section of this key, which stands before */
	tl_conf_reload reload;
	uint16_t least, most;     /* of a LIST or MAP: how many; 0: any */
	int64_t min, max;         /* of the type; both 0: no bounds */
	const char *fallback;     /* the default, as YAML; NULL: nothing */
	const char *absent;       /* what it means that there is nothing */
	const char *const *words; /* the values 0, 1 ...; "": not one; NULL at the end */
	const tl_conf_section *section;
	const char *help, *example;
} tl_conf_row;

/* The rows that a section has besides, by the value of its "type:". */
typedef struct tl_conf_variant {
	const tl_conf_row *rows; /* closed by one without a key */
} tl_conf_variant;

typedef struct tl_conf_reader tl_conf_reader;

struct tl_conf_section {
	const char *name;        /* for the reference: "output" */
	size_t size;             /* of the struct */
	const tl_conf_row *rows; /* closed by one without a key */
	const tl_conf_variant *variants;
	/* Reads what is written as one text instead of a mapping; NULL: cannot be. */
	bool (*read_text)(tl_conf_reader *r, const tl_node *n, void *out);
	/* Looks at the whole when all rows are read; |n| may be NULL: defaults. */
	void (*check)(tl_conf_reader *r, const tl_node *n, void *section);
	const char *text_help; /* what read_text() takes */
};

extern const tl_conf_section tl_conf_root;
extern const tl_conf_section tl_section_queue, tl_section_rule, tl_section_match;
extern const tl_conf_section tl_section_output, tl_section_user;

/* The row of |key| in the section's rows or those of |variant| (NULL: none). */
const tl_conf_row *tl_conf_find_row(
    const tl_conf_section *s, const tl_conf_variant *variant, const char *key);

/* The variant that a section's struct has become; NULL if there are none. */
const tl_conf_variant *tl_conf_variant_of(const tl_conf_section *s, const void *section);

/* Bytes of one value of |row|, without regard to |many|. */
size_t tl_conf_value_size(const tl_conf_row *row);

/* Of a map's element: bytes of the key, which is the offset of the value; 0 for sections,
 * whose first member it is. */
size_t tl_conf_key_size(const tl_conf_row *row);

/* A list or map of any element, copied out of its struct. */
typedef struct tl_conf_array {
	const void *at;
	size_t count;
} tl_conf_array;

tl_conf_array tl_conf_array_get(const void *list);

#endif
