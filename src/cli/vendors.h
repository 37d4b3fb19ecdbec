/* cli/vendors.h: who has which enterprise number. */
#ifndef CLI_VENDORS_H
#define CLI_VENDORS_H

#include <stdint.h>

/* The organization with this number below 1.3.6.1.4.1, of those that send traps often;
 * NULL if it is not in the list. Static. */
const char *vendor_name(uint32_t enterprise);

#endif
