/* SPDX-License-Identifier: MIT */
/* tools/mica/options.c - parsing with getopt_long, messages and --help, all from the command's table. */
#include "options.h"

#include <errno.h>
#include <float.h>
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
	printf("usage: %s%s%s%s\n\n%s\n", c->name, c->argument ? " " : "", c->argument ? c->argument : "", c->n_rows ? " [options]" : "", c->about);
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

bool take_number(const char **text, char separator, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(*text, &end, 10);
	if (end == *text || errno || *out < 1 || (*end && (*end != separator || !end[1])))
		return false;
	*text = *end ? end + 1 : end;
	return true;
}

bool parse_numbers(const char *text, char separator, long *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!take_number(&text, separator, &out[i]))
			return false;
	return !*text;
}

bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static bool is_list(const char *text)
{
	long number;

	while (*text)
		if (!take_number(&text, ',', &number))
			return false;
	return true;
}

/* ---- what was meant ---- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, leave out, change or swap with the next (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
	enum { MOST = 40 };
	size_t d[MOST + 1][MOST + 1], n = strlen(a), m = strlen(b);

	if (n > MOST || m > MOST)
		return MOST;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			d[i][j] = i ? j ? d[i - 1][j - 1] + (a[i - 1] != b[j - 1]) : i : j;
			if (i && j)
				d[i][j] = least(d[i][j], least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[n][m];
}

const char *nearest(const char *typed, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t far = 1 + strlen(typed) / 3; /* more changes than that are another word */

	for (size_t i = 0; i < n; i++) {
		size_t away = strlen(typed) > 2 && !strncmp(typed, names[i], strlen(typed)) ? 1 : distance(typed, names[i]);
		if (away <= far && away < strlen(names[i])) {
			best = names[i];
			far = away - (away > 0);
		}
	}
	return best;
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
		*(const char **)member = text;
		return is_list(text);
	}
	return false;
}

static bool is_number(option_kind kind)
{
	return kind == OPTION_WHOLE || kind == OPTION_REAL;
}

static bool has_range(const option_range *r)
{
	return r->low != 0 || r->high != 0;
}

static bool in_range(const option_row *row, const void *options)
{
	const void *member = (const char *)options + row->at;
	const option_range *r = &row->range;
	double x = row->kind == OPTION_WHOLE ? (double)*(const long *)member : *(const double *)member;

	if (!has_range(r) || !(fabs(x) <= FLT_MAX))
		return fabs(x) <= FLT_MAX;
	return (r->above_low ? x > r->low : x >= r->low) && (r->below_high ? x < r->high : x <= r->high);
}

/* What the option takes: "a whole number from 1", "a number above 0, at most 3600". */
static void say_wanted(FILE *out, const option_row *row)
{
	const option_range *r = &row->range;
	bool whole = row->kind == OPTION_WHOLE;

	if (!is_number(row->kind)) {
		fprintf(out, "numbers from 1, with commas");
		return;
	}
	fprintf(out, whole ? "a whole number" : has_range(r) ? "a number" : "a finite number");
	if (!has_range(r))
		return;
	fprintf(out, " %s %.10g", r->above_low ? "above" : "from", r->low);
	if (isfinite(r->high))
		fprintf(out, "%s %.10g", r->below_high ? ", below" : r->above_low ? ", at most" : " to", r->high);
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

/* "--epohcs; did you mean --epochs?", or which options a beginning could be. */
static void blame_unknown(FILE *faults, const command *c, const char *typed)
{
	const char *names[ROWS_MOST + 2] = {"help", "version"}, *name = typed + strspn(typed, "-"), *meant;
	char word[64];
	size_t n = 2, same = 0;

	snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "="), name);
	for (size_t i = 0; i < c->n_rows; i++)
		names[n++] = c->rows[i].name;
	for (size_t i = 0; i < n && *word; i++)
		same += !strncmp(word, names[i], strlen(word));
	fprintf(faults, "unknown option %s", typed);
	if (same > 1 && !strncmp(typed, "--", 2)) {
		for (size_t i = 0, told = 0; i < n; i++)
			if (!strncmp(word, names[i], strlen(word)))
				fprintf(faults, "%s --%s", told++ ? " or" : ", which could be", names[i]);
	} else if ((meant = nearest(word, names, n))) {
		fprintf(faults, " (did you mean --%s?)", meant);
	}
	fputc('\n', faults);
}

/* Takes all options; a line for each that is wrong goes to faults.  -1 to go on, or the code to exit with. */
static int take_options(FILE *faults, const command *c, int argc, char **argv, void *options, const char **argument)
{
	struct option table[ROWS_MOST + 3];
	const char *value = NULL; /* what seems to be an unknown option's */
	int found;

	list_options(c, table);
	optind = 1;
	opterr = 0;
	for (int at = 1; (found = getopt_long(argc, argv, ":h", table, NULL)) != -1; at = optind) {
		if (found == HELP || found == 'h') {
			print_help(c);
			return EXIT_SUCCESS;
		}
		if (found == VERSION) {
			printf("mica %s\n", mica_version());
			return EXIT_SUCCESS;
		}
		if (found == '?') {
			blame_unknown(faults, c, argv[optind > at ? optind - 1 : at]);
			value = optind < argc && argv[optind][0] != '-' ? argv[optind] : value;
		} else if (found == ':') {
			fprintf(faults, "option %s needs a value\n", argv[optind - 1]);
		} else {
			const option_row *row = &c->rows[found];
			errno = 0;
			if (set(row, options, optarg) && (!is_number(row->kind) || in_range(row, options)))
				continue;
			fprintf(faults, "--%s is '%s'; give %s", row->name, optarg, errno == ERANGE ? "a smaller number: " : "");
			say_wanted(faults, row);
			fputc('\n', faults);
		}
	}
	for (int i = optind; i < argc; i++)
		if (argument && !*argument)
			*argument = argv[i];
		else if (argv[i] != value)
			fprintf(faults, "unexpected argument '%s'\n", argv[i]);
	if (argument && !*argument)
		fprintf(faults, "no %s\n", c->argument);
	return -1;
}

static int parse(const command *c, int argc, char **argv, void *options, const char **argument)
{
	char *text = NULL;
	size_t size = 0;
	FILE *faults = open_memstream(&text, &size);
	int code = faults ? take_options(faults, c, argc, argv, options, argument) : complain(c, "no memory");

	if (faults)
		fclose(faults);
	if (code < 0 && size) {
		for (char *line = text, *end; *line; line = end + 1) {
			end = strchr(line, '\n');
			*end = 0;
			code = end[1] ? complain(c, "%s", line) : misused(c, "%s", line); /* the hint is for all */
		}
	}
	free(text);
	return code;
}

int parse_options(const command *c, int argc, char **argv, void *options)
{
	return parse(c, argc, argv, options, NULL);
}

int parse_argument(const command *c, int argc, char **argv, void *options, const char **argument)
{
	*argument = NULL;
	return parse(c, argc, argv, options, argument);
}
