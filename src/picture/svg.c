/* SPDX-License-Identifier: MIT */
/* picture/svg.c - see svg.h. */
#include "picture/svg.h"
#include "base/files.h"

#include <string.h>

void mica__xml_add(mica__text *t, const char *s)
{
	for (size_t n; *s; s += n) {
		n = mica__utf8_length(s);
		const char *as = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '"' ? "&quot;" : NULL;
		if (!n || (unsigned char)*s < ' ' || *s == 127) {
			n = n ? n : 1;
			as = "\xef\xbf\xbd";
		}
		mica__text_append(t, as ? as : s, as ? strlen(as) : n);
	}
}

/* In parts of the size of the font, of the wider of the usual fonts. */
static double character_width(const char *s)
{
	if ((unsigned char)*s >= 0xe1) /* from U+1000: most of them fill a square */
		return 1;
	if (strchr("iljtf.,:;|!'()[] I", *s))
		return 0.38;
	if (strchr("mwMW@%", *s))
		return 0.95;
	return (*s >= 'A' && *s <= 'Z') || (unsigned char)*s >= 0x80 ? 0.7 : 0.61;
}

double mica__svg_width(const char *s, double size, bool bold)
{
	double width = 0;

	for (size_t n; *s; s += n) {
		n = mica__utf8_length(s);
		width += character_width(s);
		n = n ? n : 1;
	}
	return width * size * (bold ? 1.08 : 1);
}

void mica__svg_begin(mica__text *t, double width, double height, const char *title)
{
	mica__text_add(t, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
	               "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n<title>", width, height, width, height);
	mica__xml_add(t, title);
	mica__text_add(t, "</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n");
}

mica_status mica__svg_end(mica__text *t, const char *file)
{
	mica__text_add(t, "</svg>\n");
	mica_status st = t->failed ? MICA_ENOMEM : mica__file_replace(file, &(mica__piece){t->s, t->n}, 1);
	mica__text_free(t);
	return st;
}

void mica__svg_text(mica__text *t, double x, double y, double size, const char *colour, const char *anchor, bool bold, const char *s)
{
	mica__text_add(t, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%g\" fill=\"%s\" text-anchor=\"%s\"%s>", x, y, size, colour, anchor,
	               bold ? " font-weight=\"bold\"" : "");
	mica__xml_add(t, s);
	mica__text_add(t, "</text>\n");
}
