/* SPDX-License-Identifier: MIT */
/* base/number.c - texts with numbers in them that are the same in every locale.  The program that calls us may have set one
   in which a decimal point is a comma; compilers, files and the environment know the point only.  The C locale is set for
   the calling thread alone, and neither setting nor making it needs memory. */
#include "base/base.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct plain {
	locale_t c, before;
} plain;

static plain enter(void)
{
	plain p = {.c = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
	p.before = uselocale(p.c); /* without one it is only asked for */
	return p;
}

static void leave(plain p)
{
	uselocale(p.before);
	if (p.c)
		freelocale(p.c);
}

int mica__vformat(char *out, size_t size, const char *fmt, va_list args)
{
	plain p = enter();
	int n = vsnprintf(out, size, fmt, args);
	leave(p);
	return n;
}

int mica__format(char *out, size_t size, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = mica__vformat(out, size, fmt, args);
	va_end(args);
	return n;
}

/* With so many digits: as Python, without an exponent from 1e-4 to 1e16. */
static void write_number(char *out, double x, int digits)
{
	mica__format(out, 32, "%.*e", digits - 1, x);
	int exponent = atoi(strchr(out, 'e') + 1);
	if (exponent < -4 || exponent >= 16)
		mica__format(out, 32, "%.*g", digits, x);
	else if (exponent >= digits - 1)
		mica__format(out, 32, "%.1f", x);
	else
		mica__format(out, 32, "%.*f", digits - 1 - exponent, x);
}

void mica__number_text(char *out, double x)
{
	const char *end;
	if (!isfinite(x)) {
		snprintf(out, 32, "%s", isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		write_number(out, x, digits);
		double again = mica__parse_number(out, &end);
		if (memcmp(&again, &x, sizeof x) == 0)
			return;
	}
}

const char *mica__bytes_text(double bytes)
{
	static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
	static _Thread_local char texts[4][32];
	static _Thread_local unsigned turn;
	char *t = texts[turn++ % MICA__COUNT(texts)];
	size_t u = 0;
	for (; bytes >= 1024 && u + 1 < MICA__COUNT(units); u++)
		bytes /= 1024;
	mica__format(t, sizeof texts[0], "%.2f %s", bytes, units[u]);
	return t;
}

double mica__parse_number(const char *text, const char **end)
{
	char *after;
	plain p = enter();
	double value = strtod(text, &after);
	leave(p);
	*end = after;
	return value;
}
