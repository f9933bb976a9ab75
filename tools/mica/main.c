/* SPDX-License-Identifier: MIT */
/* tools/mica/main.c - the mica program: finds the command and runs it.
   Exit codes: 0, 1 after a failure, 2 after wrong usage, 128 and the signal's number after an interrupted training. */
#include "tool.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct word {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} word;

static int help_main(int argc, char **argv);
static int version_main(int argc, char **argv);

static const word words[] = {
	{"devices", devices_main, "what OpenCL devices there are, and which one is used"},
	{"train", train_main, "trains a network on a data set"},
	{"evaluate", evaluate_main, "tests a saved model on a data set"},
	{"predict", predict_main, "what a saved model says of samples"},
	{"inspect", inspect_main, "what is in a file of a model or of weights"},
	{"summary", summary_main, "the layers of a saved model"},
	{"bench", bench_main, "measures training, matrix products, memory-bound operations and planning"},
	{"help", help_main, "what a command's --help says; help environment: the variables that are read"},
	{"version", version_main, "the version of Mica"},
};
enum { WORDS = sizeof words / sizeof words[0] };

static const command self = {.name = "mica"};

static void print_help(void)
{
	printf("usage: mica COMMAND [options]\n\nTrains neural networks on any OpenCL device.\n\ncommands:\n");
	for (size_t i = 0; i < WORDS; i++)
		printf("  %-12s%s\n", words[i].name, words[i].about);
	printf("\nmica COMMAND --help tells more, mica --help environment which variables are read.\n\nexit status:\n"
	       "  0    done\n"
	       "  1    failed: what the machine, the files and the data are like was in the way\n"
	       "  2    what was typed is wrong, whatever these are like; nothing was done\n"
	       "  128 and a signal's number: a training was interrupted, after its weights were saved\n");
}

static int version_main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		printf("usage: mica version\n\nPrints the version of Mica.\n");
		return EXIT_SUCCESS;
	}
	if (argc > 1)
		return misused(&self, "unexpected argument '%s'", argv[1]);
	printf("mica %s\n", mica_version());
	return EXIT_SUCCESS;
}

static int print_environment(void)
{
	printf("Environment variables that Mica reads; docs/environment.md has the same table.\n\n");
	for (size_t i = 0; mica_environment(i); i++) {
		const mica_environment_variable *v = mica_environment(i);
		printf("  %-26s%s\n  %-26s%s\n", v->name, v->meaning, "", v->values);
	}
	return EXIT_SUCCESS;
}

static int unknown(const char *typed)
{
	const char *names[WORDS];

	for (size_t i = 0; i < WORDS; i++)
		names[i] = words[i].name;
	const char *meant = nearest(typed, names, WORDS);
	if (meant)
		return misused(&self, "unknown command '%s' (did you mean '%s'?)", typed, meant);
	return misused(&self, "unknown command '%s'", typed);
}

/* mica help, mica help environment, mica help COMMAND...: which is COMMAND... --help. */
static int help_main(int argc, char **argv)
{
	char *moved[4] = {NULL}, ask[] = "--help";
	int n = argc - 1 < 2 ? argc - 1 : 2;

	if (argc < 2 || !strcmp(argv[1], "--help")) {
		print_help();
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "environment"))
		return print_environment();
	for (int i = 0; i < n; i++)
		moved[i] = argv[i + 1];
	moved[n] = ask;
	for (size_t i = 0; i < WORDS; i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run == help_main ? help_main(1, argv) : words[i].run(n + 1, moved);
	return unknown(argv[1]);
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2)
		return misused(&self, "no command");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help_main(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version"))
		return version_main(1, argv + 1);
	for (size_t i = 0; i < WORDS; i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int code;

#ifdef M_ARENA_MAX /* a CPU driver compiles in any of its threads: what each of them frees must not be kept for it alone */
	mallopt(M_ARENA_MAX, 1);
#endif
	signals_note();
	signals_guard();
	code = dispatch(argc, argv);
	signals_unguard();

	if (fflush(stdout) || ferror(stdout))
		return complain(&self, "cannot write to standard output");
	return code;
}
