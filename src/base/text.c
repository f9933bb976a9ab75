/* SPDX-License-Identifier: MIT */
/* base/text.c - growing texts, names, and the log. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mica__listed(const char *variable, const char *what)
{
	size_t n = strlen(what);
	for (const char *s = getenv(variable); s && *s; s += strcspn(s, ","), s += *s == ',')
		if (strcspn(s, ",") == n && !strncmp(s, what, n))
			return true;
	return false;
}

bool mica__debug(const char *what)
{
	return mica__listed("MICA_DEBUG", what);
}

void mica__log(const char *fmt, ...)
{
	const char *wanted = getenv("MICA_DEBUG");
	if (!wanted || !*wanted)
		return;
	char line[1024];
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	if (vsnprintf(line, sizeof line, fmt, args) < (int)sizeof line) {
		fprintf(stderr, "mica: %s\n", line); /* one call, so that lines of several threads do not mix */
	} else {
		fputs("mica: ", stderr);
		vfprintf(stderr, fmt, again);
		fputc('\n', stderr);
	}
	va_end(again);
	va_end(args);
}

static void drop(mica__text *t)
{
	mica__free(t->s);
	*t = (mica__text){.failed = true};
}

/* Room for n more characters and the NUL. */
static bool reserve(mica__text *t, size_t n)
{
	if (t->failed)
		return false;
	if (n > SIZE_MAX / 2 - t->n || mica__grow(&t->s, &t->capacity, t->n + n + 1, 1) != MICA_OK)
		drop(t);
	return !t->failed;
}

void mica__text_append(mica__text *t, const char *s, size_t n)
{
	if (!n || !reserve(t, n))
		return;
	memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = 0;
}

void mica__text_addv(mica__text *t, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = mica__vformat(NULL, 0, fmt, args);
	if (n < 0)
		drop(t);
	else if (reserve(t, (size_t)n))
		t->n += (size_t)mica__vformat(t->s + t->n, (size_t)n + 1, fmt, again);
	va_end(again);
}

void mica__text_add(mica__text *t, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	mica__text_addv(t, fmt, args);
	va_end(args);
}

void mica__text_free(mica__text *t)
{
	mica__free(t->s);
	*t = (mica__text){0};
}

size_t mica__text_copy(mica__text *t, char *out, size_t size)
{
	size_t n = t->n, kept = n < size ? n : size - 1;
	if (out && size) {
		if (kept)
			memcpy(out, t->s, kept);
		out[kept] = 0;
	}
	mica__text_free(t);
	return n;
}

/* ---- names ---- */

bool mica__ends_with(const char *s, const char *end)
{
	size_t n = s ? strlen(s) : 0, m = strlen(end);

	return n >= m && memcmp(s + n - m, end, m) == 0;
}

size_t mica__utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) || (*s == 0xf0 && s[1] < 0x90) ||
	    (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

size_t mica__utf8_fit(const char *s, size_t most)
{
	size_t n = 0, next;

	while (s[n] && (next = mica__utf8_length(s + n)) > 0 && next <= most - n)
		n += next;
	return n;
}

bool mica__is_utf8(const char *s)
{
	return !s[mica__utf8_fit(s, SIZE_MAX)];
}

const char *mica__name_fault(const char *name)
{
	const unsigned char *s = (const unsigned char *)name;
	size_t n = strlen(name);

	if (!n || n > 1024)
		return "is empty or longer than 1024 bytes";
	for (size_t i = 0, k; i < n; i += k) {
		if (s[i] < ' ' || s[i] == 127)
			return "has a control character";
		if (!(k = mica__utf8_length(name + i)))
			return "is not UTF-8";
	}
	return strstr(name, "/..") ? "has /.. in it" : NULL;
}
