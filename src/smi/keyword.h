/* smi/keyword.h: the words in capitals that the language is made of. */
#ifndef TL_SMI_KEYWORD_H
#define TL_SMI_KEYWORD_H

#include "trapline/base.h"

/* One row a word: name, word. The macros, by which a definition is known, come first. */
#define TL_SMI_KEYWORDS(X)                                                               \
	X(OBJECT_TYPE, "OBJECT-TYPE")                                                    \
	X(NOTIFICATION_TYPE, "NOTIFICATION-TYPE")                                        \
	X(TRAP_TYPE, "TRAP-TYPE")                                                        \
	X(MODULE_IDENTITY, "MODULE-IDENTITY")                                            \
	X(OBJECT_IDENTITY, "OBJECT-IDENTITY")                                            \
	X(OBJECT_GROUP, "OBJECT-GROUP")                                                  \
	X(NOTIFICATION_GROUP, "NOTIFICATION-GROUP")                                      \
	X(MODULE_COMPLIANCE, "MODULE-COMPLIANCE")                                        \
	X(AGENT_CAPABILITIES, "AGENT-CAPABILITIES")                                      \
	X(TEXTUAL_CONVENTION, "TEXTUAL-CONVENTION")                                      \
	X(ACCESS, "ACCESS")                                                              \
	X(AUGMENTS, "AUGMENTS")                                                          \
	X(BEGIN, "BEGIN")                                                                \
	X(BIT, "BIT")                                                                    \
	X(BITS, "BITS")                                                                  \
	X(CHOICE, "CHOICE")                                                              \
	X(CONTACT_INFO, "CONTACT-INFO")                                                  \
	X(DEFINITIONS, "DEFINITIONS")                                                    \
	X(DEFVAL, "DEFVAL")                                                              \
	X(DESCRIPTION, "DESCRIPTION")                                                    \
	X(DISPLAY_HINT, "DISPLAY-HINT")                                                  \
	X(END, "END")                                                                    \
	X(ENTERPRISE, "ENTERPRISE")                                                      \
	X(EXPLICIT, "EXPLICIT")                                                          \
	X(EXPORTS, "EXPORTS")                                                            \
	X(FROM, "FROM")                                                                  \
	X(IDENTIFIER, "IDENTIFIER")                                                      \
	X(IMPLICIT, "IMPLICIT")                                                          \
	X(IMPLIED, "IMPLIED")                                                            \
	X(IMPORTS, "IMPORTS")                                                            \
	X(INDEX, "INDEX")                                                                \
	X(INTEGER, "INTEGER")                                                            \
	X(LAST_UPDATED, "LAST-UPDATED")                                                  \
	X(MACRO, "MACRO")                                                                \
	X(MAX, "MAX")                                                                    \
	X(MAX_ACCESS, "MAX-ACCESS")                                                      \
	X(MIN, "MIN")                                                                    \
	X(MIN_ACCESS, "MIN-ACCESS")                                                      \
	X(NOTIFICATIONS, "NOTIFICATIONS")                                                \
	X(OBJECT, "OBJECT")                                                              \
	X(OBJECT_IDENTIFIER, "OBJECT-IDENTIFIER")                                        \
	X(OBJECTS, "OBJECTS")                                                            \
	X(OCTET, "OCTET")                                                                \
	X(OF, "OF")                                                                      \
	X(ORGANIZATION, "ORGANIZATION")                                                  \
	X(PRODUCT_RELEASE, "PRODUCT-RELEASE")                                            \
	X(REFERENCE, "REFERENCE")                                                        \
	X(REVISION, "REVISION")                                                          \
	X(SEQUENCE, "SEQUENCE")                                                          \
	X(SIZE, "SIZE")                                                                  \
	X(STATUS, "STATUS")                                                              \
	X(STRING, "STRING")                                                              \
	X(SYNTAX, "SYNTAX")                                                              \
	X(TAGS, "TAGS")                                                                  \
	X(UNITS, "UNITS")                                                                \
	X(VARIABLES, "VARIABLES")                                                        \
	X(WRITE_SYNTAX, "WRITE-SYNTAX")

typedef enum tl_smi_keyword {
	TL_SMI_K_NONE = 0,
#define TL_X(name, word) TL_SMI_K_##name,
	TL_SMI_KEYWORDS(TL_X)
#undef TL_X
	    TL_SMI_K_COUNT
} tl_smi_keyword;

#define TL_SMI_K_LAST_MACRO TL_SMI_K_TEXTUAL_CONVENTION

enum { TL_SMI_KEYWORD_SLOTS = 256 };

/* A hash table of them; zero-initialise, then tl_smi_keywords_init(). */
typedef struct tl_smi_keywords {
	uint8_t slots[TL_SMI_KEYWORD_SLOTS]; /* tl_smi_keyword */
} tl_smi_keywords;

void tl_smi_keywords_init(tl_smi_keywords *k);

/* The keyword that |word| is; TL_SMI_K_NONE if none. */
tl_smi_keyword tl_smi_keyword_of(const tl_smi_keywords *k, tl_span word);

/* The same, whatever the case of its letters. */
tl_smi_keyword tl_smi_keyword_alike(tl_span word);

/* The word of a keyword; static. */
tl_span tl_smi_keyword_text(tl_smi_keyword keyword);

static inline bool
tl_smi_is_macro(unsigned keyword)
{
	return keyword != TL_SMI_K_NONE && keyword <= TL_SMI_K_LAST_MACRO;
}

#endif
