/* smi/hint.c: the comments "--#SEVERITY MAJOR" of traps, which many vendors write for the
 * managers that read them. */
#include "smi/parser.h"

#include <string.h>

#include "smi/chars.h"
#include "trapline/mib.h"

typedef struct severity_word {
	const char *word; /* how the comment's word begins */
	tl_severity severity;
} severity_word;

/* SEVERE is above MAJOR where both are used. */
static const severity_word words[] = {
	{ "CRITICAL", TL_SEVERITY_CRITICAL },
	{ "SEVERE", TL_SEVERITY_CRITICAL },
	{ "MAJOR", TL_SEVERITY_MAJOR },
	{ "MINOR", TL_SEVERITY_MINOR },
	{ "WARNING", TL_SEVERITY_WARNING },
	{ "INFO", TL_SEVERITY_INFO },
	{ "NORMAL", TL_SEVERITY_INFO },
	{ "NOTIFICATION", TL_SEVERITY_INFO },
	{ "CLEAR", TL_SEVERITY_CLEARED },
};

/* Whether |text| begins with |word|, which is in capitals, whatever its own case. */
static bool
begins_with(tl_span text, const char *word)
{
	size_t len = strlen(word);

	if (text.len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = text.ptr[i];
		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (c != (uint8_t)word[i])
			return false;
	}
	return true;
}

uint8_t
tl_smi_severity_of(tl_span comment)
{
	while (comment.len > 0 && !tl_smi_is(*comment.ptr, TL_SMI_C_START)) {
		comment.ptr++;
		comment.len--;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (begins_with(comment, words[i].word))
			return (uint8_t)words[i].severity;
	return TL_SEVERITY_NONE;
}
