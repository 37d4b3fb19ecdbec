/* trapline/trapline.h: all of libtrapline. */
#ifndef TRAPLINE_TRAPLINE_H
#define TRAPLINE_TRAPLINE_H

#include "trapline/base.h"
#include "trapline/oid.h"
#include "trapline/notification.h"
#include "trapline/engine.h"
#include "trapline/sender.h"
#include "trapline/dissect.h"
#include "trapline/mib.h"
#include "trapline/mib_builder.h"
#include "trapline/render.h"
#include "trapline/io.h"

#endif
