/* conf/finish.h: what the tables call beyond their rows: sections written as one text,
 * and what several keys of a section have to do with each other. Each notes what is
 * wrong. */
#ifndef TL_CONF_FINISH_H
#define TL_CONF_FINISH_H

#include "conf/schema.h"

/* A user as a SPEC. */
bool tl_conf_user_text(tl_conf_reader *r, const tl_node *n, void *out);

/* |n|: where the section is; NULL: it is a default. */
void tl_conf_user_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_severity_object_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_flapping_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_threshold_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_metrics_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_retry_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_tls_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_enrichment_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_root_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_output_check(tl_conf_reader *r, const tl_node *n, void *section);
void tl_conf_rule_check(tl_conf_reader *r, const tl_node *n, void *section);

/* Looks at what refers to something, when all of |n| has been read into |c|, perhaps not
 * all of it well. */
void tl_conf_check_references(tl_conf_reader *r, const tl_node *n, const tl_conf *c);

#endif
