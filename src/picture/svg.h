/* SPDX-License-Identifier: MIT */
/* picture/svg.h - pictures as SVG, in a growing text: texts of users' made harmless, how wide they are, colours, the frame.
   Uses base only.  A picture needs no other file, and no font but one without serifs. */
#ifndef MICA_PICTURE_SVG_H
#define MICA_PICTURE_SVG_H
#include "base/base.h"

/* Of all pictures, on white. */
#define MICA__INK "#1f2937"     /* texts */
#define MICA__PALE "#6b7280"    /* texts that matter less, arrows */
#define MICA__FINE "#e5e7eb"    /* lines behind something */

/* Text in an element or an attribute: & < > " are written as XML has them, what is no character (control characters, bytes
   that are not UTF-8) as U+FFFD. */
void mica__xml_add(mica__text *t, const char *s);

/* About how wide it stands in a font without serifs, rather more than less. */
double mica__svg_width(const char *s, double size, bool bold);

void mica__svg_begin(mica__text *t, double width, double height, const char *title);
/* The whole picture to a file; frees the text.  ENOMEM, EIO. */
mica_status mica__svg_end(mica__text *t, const char *file);

/* anchor: "start", "middle" or "end". */
void mica__svg_text(mica__text *t, double x, double y, double size, const char *colour, const char *anchor, bool bold, const char *s);

#endif
