/* cli/netsnmp_dump.h: the messages of snmptrap -d, as net-snmp prints them. */
#ifndef CLI_NETSNMP_DUMP_H
#define CLI_NETSNMP_DUMP_H

#include "trapline/io.h"

/* Prints a message to stderr; a tl_watch. */
void netsnmp_dump(void *unused, bool sent, tl_span message, const tl_endpoint *peer);

#endif
