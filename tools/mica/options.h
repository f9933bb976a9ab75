/* SPDX-License-Identifier: MIT */
/* tools/mica/options.h - the options of a command: one table each, from which parsing and --help are made. */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit codes beside 0 and 1, a failure: what is typed is wrong, whatever the machine and the files are like. */
enum { EXIT_USAGE = 2 };

/* What an option's value is, and so the type of the member that it sets: bool, const char *, long, double, and for a
   list, which may be of any length, const char * again. */
typedef enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_WHOLE, OPTION_REAL, OPTION_LIST } option_kind;

/* Of a number: from low to high, without them where above_low or below_high says so.  NO_RANGE: any that a float can be. */
typedef struct option_range {
	double low, high;
	bool above_low, below_high;
} option_range;
#define NO_RANGE {0, 0, false, false}
#define FROM(low) {low, INFINITY, false, false}
#define FROM_TO(low, high) {low, high, false, false}

typedef struct option_row {
	const char *name;  /* without the dashes */
	option_kind kind;
	size_t at;         /* offset of the member */
	const char *value; /* how the value is called in --help; NULL for a flag */
	const char *help;
	option_range range;
} option_row;

typedef struct command {
	const char *name;        /* as it is typed: "mica train" */
	const char *argument;    /* how the one argument beside options is called in --help; NULL: there is none */
	const char *about;       /* one sentence */
	const option_row *rows;
	size_t n_rows;
} command;

/* Sets members of options from argv[1..]; those not named are left alone.  Returns -1 to go on, or the code to exit with:
   0 after --help and --version, EXIT_USAGE after a message for each thing that is wrong. */
int parse_options(const command *c, int argc, char **argv, void *options);
/* The same for a command with an argument, which must be there. */
int parse_argument(const command *c, int argc, char **argv, void *options, const char **argument);

/* Message "NAME: text" on stderr; returns 1. */
int complain(const command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with a hint to --help; returns EXIT_USAGE. */
int misused(const command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A list is numbers from 1 between separators, as in "512,256,128"; "" is an empty one.  take_number moves *text behind its
   first; false if there is none.  parse_numbers takes exactly n. */
bool take_number(const char **text, char separator, long *out);
bool parse_numbers(const char *text, char separator, long *out, size_t n);

bool ends_with(const char *s, const char *end);

/* That of names (n of them) which was most likely meant by what was typed; NULL if none is near. */
const char *nearest(const char *typed, const char *const *names, size_t n);

#endif
