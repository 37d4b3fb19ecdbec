/* conf/tree.h: YAML text as a tree of nodes with their places. Aliases and merge keys are
 * resolved; what a value means is not decided here: "no" and "0x10" are texts. */
#ifndef TL_CONF_TREE_H
#define TL_CONF_TREE_H

#include "conf/errors.h"

enum {
	TL_TREE_BYTES_MAX = 16 << 20, /* of the text */
	TL_TREE_DEPTH_MAX = 32,
	TL_TREE_NODES_MAX = 1000000, /* with each alias counted as what it stands for */
	TL_TREE_ANCHORS_MAX = 1000
};

typedef enum tl_node_kind { TL_NODE_TEXT = 1, TL_NODE_LIST, TL_NODE_MAP } tl_node_kind;

typedef struct tl_node tl_node;

typedef struct tl_node_pair {
	const tl_node *key, *value; /* the key is a TL_NODE_TEXT */
} tl_node_pair;

struct tl_node {
	tl_node_kind kind;
	bool plain;        /* TEXT: without quotes */
	tl_conf_mark mark; /* its first character; that of the anchored for an alias */
	const char *text;  /* TEXT: NUL at its end and nowhere else */
	union {
		const tl_node *const *items; /* LIST */
		const tl_node_pair *pairs;   /* MAP: no key twice; merged ones last */
	};
	size_t count;    /* items or pairs */
	uint32_t weight; /* nodes in it, itself included, at most TL_TREE_NODES_MAX */
};

/* Reads |text|, one document, which |file| names in marks and must outlive the tree, that
 * belongs to |pool|. An empty text is an empty map. NULL: see |errors|, or memory was
 * short. */
const tl_node *tl_tree_read(
    tl_span text, const char *file, tl_pool *pool, tl_conf_errors *errors);

/* Whether nothing stands there: "key:" or "key: ~". */
bool tl_node_is_empty(const tl_node *n);

/* The value of |key|; NULL if |map| has none. */
const tl_node *tl_node_get(const tl_node *map, const char *key);

#endif
