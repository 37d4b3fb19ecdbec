/* pipeline/table_key.h: the forms of keys in tables. */
#ifndef PIPELINE_TABLE_KEY_H
#define PIPELINE_TABLE_KEY_H

#include "pipeline/table.h"

/* An address, IPv4 or IPv6; false if |text| is none. */
bool table_key_address(tl_span text, uint8_t addr[16]);

/* ADDRESS, or ADDRESS/BITS: of an address in a network, the network. */
bool table_key_net(tl_span text, tl_conf_cidr *out);

/* Writes the form in which the key |text| is kept and looked up, for TABLE_TEXT to
 * TABLE_ADDRESS; false if it is no such key. */
bool table_key_write(table_keys keys, tl_span text, tl_buf *out);

#endif
