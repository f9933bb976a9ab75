/* SPDX-License-Identifier: MIT */
#include "graph/emit.h"
mica_status mica__emit_simt(mica__plan *p, size_t group, mica__text *body)
{
	(void)p, (void)group, (void)body;
	return mica__fail(MICA_EUNSUPPORTED, "simt: not yet");
}
