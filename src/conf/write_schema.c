/* conf/write_schema.c: the tables as a JSON schema, draft 7, which editors of YAML know.
 * What a schema has no word for stands in "x-" members, from which
 * tools/make-configuration makes docs/configuration.md. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/read.h"
#include "conf/units.h"
#include "conf/write.h"

enum { SECTIONS_MAX = 64 };

typedef struct schema {
	FILE *to;
	const tl_conf_section *sections[SECTIONS_MAX]; /* to be defined, the root aside */
	size_t count, written;
} schema;

static void
write_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void
write_member(FILE *to, const char *key, const char *value)
{
	if (value == NULL)
		return;
	fprintf(to, ",\n\"%s\": ", key);
	write_string(to, value);
}

/* The words; what looks like a number may be written as one. */
static void
write_words(FILE *to, const char *const *words)
{
	const char *before = "";

	fputs("\"enum\": [", to);
	for (; *words != NULL; words++) {
		if (**words == '\0')
			continue;
		fputs(before, to);
		write_string(to, *words);
		if ((*words)[strspn(*words, "0123456789")] == '\0')
			fprintf(to, ", %s", *words);
		before = ", ";
	}
	fputs("]", to);
}

static void
write_int(FILE *to, const tl_conf_row *row)
{
	fputs("\"type\": \"integer\"", to);
	if (row->min != 0 || row->max != 0)
		fprintf(to, ", \"minimum\": %" PRId64 ", \"maximum\": %" PRId64, row->min,
		    row->max);
}

static const char duration[] = "\"type\": [\"string\", \"integer\"], "
			       "\"pattern\": \"^(0|([0-9]+ *(ns|us|ms|s|m|h|d|w))+)$\"";
static const char size[] =
    "\"type\": [\"string\", \"integer\"], "
    "\"pattern\": \"^([0-9]+|([0-9]+ *(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB))+)$\"";
static const char text[] = "\"type\": [\"string\", \"number\", \"boolean\"]";
static const char texts[] = "\"type\": [\"string\", \"number\", \"boolean\", \"array\"]";

static void
write_scalar(FILE *to, const tl_conf_row *row)
{
	switch ((int)row->type) {
	case TL_TYPE_BOOL:
		fputs("\"type\": \"boolean\"", to);
		break;
	case TL_TYPE_INT:
		write_int(to, row);
		break;
	case TL_TYPE_DURATION:
		fputs(duration, to);
		break;
	case TL_TYPE_SIZE:
		fputs(size, to);
		break;
	case TL_TYPE_ENUM:
		write_words(to, row->words);
		break;
	case TL_TYPE_ORDER:
	case TL_TYPE_SET:
		fputs("\"anyOf\": [{", to);
		write_words(to, row->words);
		fputs("}, {\"type\": \"array\", \"items\": {", to);
		write_words(to, row->words);
		fputs("}}]", to);
		break;
	default:
		fputs(tl_conf_kind_get(row->type)->takes_lists ? texts : text, to);
	}
}

static void
write_reference(schema *s, const tl_conf_section *section)
{
	size_t i = 0;

	while (i < s->count && s->sections[i] != section)
		i++;
	if (i == s->count && s->count < SECTIONS_MAX)
		s->sections[s->count++] = section;
	fprintf(s->to,
	    section->read_text != NULL ? "\"anyOf\": [{\"type\": \"string\"}, {"
					 "\"$ref\": \"#/definitions/%s\"}]"
				       : "\"allOf\": [{\"$ref\": "
					 "\"#/definitions/%s\"}]",
	    section->name);
}

static void
write_one(schema *s, const tl_conf_row *row)
{
	if (row->type == TL_TYPE_SECTION)
		write_reference(s, row->section);
	else
		write_scalar(s->to, row);
}

static void
write_type(schema *s, const tl_conf_row *row)
{
	if (row->many == TL_MAP) {
		fputs("\"type\": \"object\", \"additionalProperties\": {", s->to);
		write_one(s, row);
		fputs("}", s->to);
	} else if (row->many == TL_LIST) {
		fputs("\"anyOf\": [{\"type\": \"array\", \"items\": {", s->to);
		write_one(s, row);
		fputs("}}, {", s->to);
		write_one(s, row);
		fputs("}]", s->to);
	} else {
		write_one(s, row);
	}
}

static void
write_range(FILE *to, const tl_conf_row *row)
{
	char least[TL_QUANTITY_MAX], most[TL_QUANTITY_MAX];
	const tl_unit *units = row->type == TL_TYPE_DURATION ? tl_units_time
			       : row->type == TL_TYPE_SIZE   ? tl_units_bytes
							     : NULL;

	if (row->type == TL_TYPE_INT && row->max != 0)
		fprintf(to, ",\n\"x-range\": \"%" PRId64 " to %" PRId64 "\"", row->min,
		    row->max);
	if (units == NULL)
		return;
	tl_quantity_write(row->min, units, least);
	tl_quantity_write(row->max, units, most);
	fprintf(to, ",\n\"x-range\": \"%s to %s\"", least, most);
}

static void
write_row(schema *s, const tl_conf_row *row, const char *before)
{
	static const char *const many[] = { "", "list of ", "map of " };

	fprintf(s->to, "%s\n\"%s\": {", before, row->key);
	write_type(s, row);
	write_member(s->to, "description", row->help);
	fprintf(s->to, ",\n\"x-type\": \"%s%s\"", many[row->many],
	    row->type == TL_TYPE_SECTION ? row->section->name
					 : tl_conf_kind_get(row->type)->what);
	write_member(s->to, "x-default", row->fallback);
	write_member(s->to, "x-absent", row->absent);
	write_member(s->to, "x-example", row->example);
	write_range(s->to, row);
	fprintf(s->to, ",\n\"x-reload\": \"%s\"}",
	    row->reload == TL_RESTART ? "restart" : "live");
}

static void
write_required(FILE *to, const tl_conf_row *rows, const char **before)
{
	for (; rows != NULL && rows->key != NULL; rows++)
		if (rows->required) {
			fprintf(to, "%s\"%s\"", *before, rows->key);
			*before = ", ";
		}
}

/* The members of an object with the section's rows and those of |more|. |type| is what
 * its "type" must be; NULL: any. */
static void
write_object(
    schema *s, const tl_conf_section *section, const tl_conf_row *more, const char *type)
{
	const char *before = "";

	fputs("\"type\": \"object\", \"additionalProperties\": false, \"required\": [",
	    s->to);
	write_required(s->to, section->rows, &before);
	write_required(s->to, more, &before);
	fputs("],\n\"properties\": {", s->to);
	before = "";
	for (const tl_conf_row *row = section->rows; row->key != NULL; row++) {
		if (type != NULL && strcmp(row->key, "type") == 0)
			fprintf(s->to,
			    "%s\n\"type\": {\"const\": \"%s\", \"x-type\": \"\"}", before,
			    type);
		else
			write_row(s, row, before);
		before = ",";
	}
	for (; more != NULL && more->key != NULL; more++)
		write_row(s, more, before);
	fputs("}", s->to);
}

static void
write_definition(schema *s, const tl_conf_section *section)
{
	const tl_conf_row *type = tl_conf_find_row(section, NULL, "type");

	fprintf(s->to, "%s\n\"%s\": {", s->written++ > 0 ? "," : "", section->name);
	if (section->variants == NULL) {
		write_object(s, section, NULL, NULL);
	} else {
		fputs("\"oneOf\": [", s->to);
		for (size_t i = 0; type->words[i] != NULL; i++) {
			fputs(i > 0 ? ",\n{" : "\n{", s->to);
			write_object(
			    s, section, section->variants[i].rows, type->words[i]);
			fputs("}", s->to);
		}
		fputs("]", s->to);
	}
	write_member(s->to, "x-text", section->text_help);
	fputs("}", s->to);
}

tl_err
tl_conf_write_schema(char **out, size_t *len)
{
	schema s = { .to = open_memstream(out, len) };

	if (s.to == NULL)
		return TL_ENOMEM;
	fputs("{\"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
	      "\"title\": \"configuration of trapline run\",\n",
	    s.to);
	write_object(&s, &tl_conf_root, NULL, NULL);
	fputs(",\n\"definitions\": {", s.to);
	for (size_t i = 0; i < s.count; i++)
		write_definition(&s, s.sections[i]);
	fputs("}}\n", s.to);
	if (fclose(s.to) == 0)
		return TL_OK;
	free(*out);
	return TL_ENOMEM;
}
