/* pipeline/severity_scale.h: from the value of an object to a severity, for severity.c.
 */
#ifndef PIPELINE_SEVERITY_SCALE_H
#define PIPELINE_SEVERITY_SCALE_H

#include "base/vec.h"
#include "pipeline/field.h"

/* A value and what it means: a number, or (text.ptr set) a text. */
typedef struct scale_value {
	int64_t number;
	tl_span text;
	tl_severity severity;
} scale_value;

/* An object whose value is a severity; zero-initialise. */
typedef struct severity_scale {
	field object;
	tl_vec values; /* of scale_value */
	bool words;    /* other texts are words of severities */
} severity_scale;

/* Fills |s|, whose object is set. False without memory; then, too, it is to be freed. */
bool severity_scale_init(
    severity_scale *s, const tl_conf_severity_object *conf, const tl_mib *mib);
void severity_scale_fini(severity_scale *s);

/* What the value of |vb| means; TL_SEVERITY_NONE if it does not tell. */
tl_severity severity_scale_read(const severity_scale *s, const tl_varbind *vb);

/* How many labels of the enumeration of |node| are words of severities. */
size_t severity_scale_labels(const tl_mib *mib, const tl_mib_node *node);

#endif
