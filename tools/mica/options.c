/* SPDX-License-Identifier: MIT */
/* tools/mica/options.c - parsing with getopt_long, messages and --help, all from the command's table. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <mica/mica.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 32, HELP = 1000, VERSION = 1001 };

static void say(const command *c, const char *format, va_list values)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", c->name);
	vfprintf(stderr, format, values);
}

int complain(const command *c, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(c, format, values);
	va_end(values);
	fputc('\n', stderr);
	return EXIT_FAILURE;
}

int misused(const command *c, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(c, format, values);
	va_end(values);
	fprintf(stderr, "; see %s --help\n", c->name);
	return EXIT_USAGE;
}

static void print_help(const command *c)
{
	printf("usage: %s%s\n\n%s\n", c->name, c->n_rows ? " [options]" : "", c->about);
	printf("\noptions:\n");
	for (size_t i = 0; i < c->n_rows; i++) {
		const option_row *r = &c->rows[i];
		int width = printf("  --%s%s%s", r->name, r->value ? " " : "", r->value ? r->value : "");
		printf("%*s%s\n", width < 28 ? 28 - width : 2, "", r->help);
	}
	printf("  %-26s%s\n  %-26s%s\n", "--help", "this text", "--version", "the version of Mica");
}

static bool parse_whole(const char *text, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	return end != text && !*end && errno == 0;
}

static bool parse_real(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end;
}

bool parse_list(const char *text, char separator, number_list *out)
{
	out->n = 0;
	for (const char *s = text; *s;) {
		char *end;
		errno = 0;
		long v = strtol(s, &end, 10);
		if (end == s || errno || v < 1 || out->n == LIST_MOST || (*end && (*end != separator || !end[1])))
			return false;
		out->v[out->n++] = v;
		s = *end ? end + 1 : end;
	}
	return true;
}

/* Sets the member of row; false if text is no such value. */
static bool set(const option_row *row, void *options, const char *text)
{
	void *member = (char *)options + row->at;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
		*(const char **)member = text;
		return true;
	case OPTION_WHOLE:
		return parse_whole(text, member);
	case OPTION_REAL:
		return parse_real(text, member);
	case OPTION_LIST:
		return parse_list(text, ',', member);
	}
	return false;
}

static const char *kind_text(option_kind kind)
{
	return kind == OPTION_WHOLE ? "a whole number" : kind == OPTION_REAL ? "a number" : "numbers from 1, with commas";
}

/* getopt's table: the command's rows, then --help and --version. */
static void list_options(const command *c, struct option out[ROWS_MOST + 3])
{
	for (size_t i = 0; i < c->n_rows; i++) {
		int value = c->rows[i].kind == OPTION_FLAG ? no_argument : required_argument;
		out[i] = (struct option){c->rows[i].name, value, NULL, (int)i};
	}
	out[c->n_rows] = (struct option){"help", no_argument, NULL, HELP};
	out[c->n_rows + 1] = (struct option){"version", no_argument, NULL, VERSION};
	out[c->n_rows + 2] = (struct option){0};
}

int parse_options(const command *c, int argc, char **argv, void *options)
{
	struct option table[ROWS_MOST + 3];
	int found;

	list_options(c, table);
	optind = 1;
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (found == HELP || found == 'h') {
			print_help(c);
			return EXIT_SUCCESS;
		}
		if (found == VERSION) {
			printf("mica %s\n", mica_version());
			return EXIT_SUCCESS;
		}
		if (found == '?')
			return misused(c, "unknown option %s", argv[optind - 1]);
		if (found == ':')
			return misused(c, "option %s needs a value", argv[optind - 1]);
		const option_row *row = &c->rows[found];
		if (!set(row, options, optarg))
			return misused(c, "--%s is '%s'; give %s", row->name, optarg, kind_text(row->kind));
	}
	return optind < argc ? misused(c, "unexpected argument '%s'", argv[optind]) : -1;
}
