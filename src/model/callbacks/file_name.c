/* SPDX-License-Identifier: MIT */
/* model/callbacks/file_name.c - numbers in names of files: see file_name.h. */
#include "model/callbacks/file_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands between braces. */
typedef struct field {
	char name[56];
	char flag[2];         /* "0", or "" */
	int width, precision; /* -1: none */
	char type;            /* 0: none */
} field;

static int read_number(const char **s)
{
	int n = 0;

	for (; **s >= '0' && **s <= '9'; (*s)++)
		n = n < 1000 ? 10 * n + (**s - '0') : n;
	return n;
}

/* *s stands after the brace, and then after the closing one; false: it is none of ours. */
static bool read_field(field *f, const char **s)
{
	size_t length = strcspn(*s, ":{}");

	*f = (field){.width = -1, .precision = -1};
	if (!length || length >= sizeof f->name)
		return false;
	memcpy(f->name, *s, length);
	*s += length;
	if (**s == ':') {
		(*s)++;
		if (**s == '0')
			f->flag[0] = *(*s)++;
		if (**s >= '1' && **s <= '9')
			f->width = read_number(s);
		if (**s == '.' && (*s)++)
			f->precision = read_number(s);
		if (**s && strchr("defg", **s))
			f->type = *(*s)++;
	}
	if (**s != '}') /* the end of the text stays where it is */
		return false;
	(*s)++;
	return f->width < 100 && f->precision < 100;
}

static bool is_whole(const field *f)
{
	return strcmp(f->name, "epoch") == 0 || strcmp(f->name, "batch") == 0;
}

static void add_number(mica__text *out, const field *f, double x)
{
	static const char *const formats[2][3] = {{"%*.*e", "%*.*f", "%*.*g"}, {"%0*.*e", "%0*.*f", "%0*.*g"}};
	char plain[32];
	int width = f->width < 0 ? 0 : f->width;

	mica__number_text(plain, x);
	if (f->type == 'd' || (!f->type && is_whole(f)))
		mica__text_add(out, f->flag[0] ? "%0*.0f" : "%*.0f", width, x);
	else if (!f->type && f->precision < 0)
		mica__text_add(out, "%*s", width, plain);
	else if (f->type == 'e')
		mica__text_add(out, formats[f->flag[0] != 0][0], width, f->precision < 0 ? 6 : f->precision, x);
	else if (f->type == 'f')
		mica__text_add(out, formats[f->flag[0] != 0][1], width, f->precision < 0 ? 6 : f->precision, x);
	else
		mica__text_add(out, formats[f->flag[0] != 0][2], width, f->precision < 0 ? 6 : f->precision, x);
}

static mica_status find(const field *f, const char *caller, const mica_training *t, double *x)
{
	for (size_t i = 0; i < t->logs->n; i++)
		if (strcmp(t->logs->at[i].name, f->name) == 0) {
			*x = t->logs->at[i].value;
			return MICA_OK;
		}
	*x = f->name[0] == 'e' ? (double)t->epoch : (double)t->step;
	if (is_whole(f))
		return MICA_OK;
	return mica__fail(MICA_EINVAL, "%s: there is no %s for the file's name; the first figure is %s", caller, f->name,
	                  t->logs->n ? t->logs->at[0].name : "not there yet");
}

mica_status mica__file_name(mica__text *out, const char *caller, const char *pattern, const mica_training *t)
{
	const char *s = pattern;
	mica_status st = MICA_OK;
	field f;
	double x = 1;

	while (*s && st == MICA_OK) {
		char c = *s++;
		if ((c == '{' || c == '}') && *s == c)
			s++;
		else if (c == '{' && read_field(&f, &s) && (f.type != 'd' || is_whole(&f))) {
			if (t && (st = find(&f, caller, t, &x)) != MICA_OK)
				break;
			add_number(out, &f, x);
			continue;
		} else if (c == '{' || c == '}')
			st = mica__fail(MICA_EINVAL, "%s: \"%s\": a brace that cannot be read; write as in \"{epoch:02d}-{val_loss:.2f}\"", caller, pattern);
		mica__text_append(out, &c, 1);
	}
	if (st == MICA_OK && out->failed)
		st = MICA_ENOMEM;
	if (st != MICA_OK)
		mica__text_free(out);
	return st;
}
