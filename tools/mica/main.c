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

static const word words[] = {
	{"devices", devices_main, "what OpenCL devices there are, and which one is used"},
	{"train", train_main, "trains a network on a data set"},
	{"bench", bench_main, "measures training, matrix products and memory-bound operations"},
};
enum { WORDS = sizeof words / sizeof words[0] };

static const command self = {.name = "mica"};

static void print_help(void)
{
	printf("usage: mica COMMAND [options]\n\nTrains neural networks on any OpenCL device.\n\ncommands:\n");
	for (size_t i = 0; i < WORDS; i++)
		printf("  %-12s%s\n", words[i].name, words[i].about);
	printf("\nmica COMMAND --help tells more; mica --version prints the version.\n");
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2)
		return misused(&self, "no command");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help();
		return EXIT_SUCCESS;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("mica %s\n", mica_version());
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; i < WORDS; i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run(argc - 1, argv + 1);
	return misused(&self, "unknown command '%s'", argv[1]);
}

int main(int argc, char **argv)
{
	int code;

#ifdef M_ARENA_MAX /* a CPU driver compiles in any of its threads: what each of them frees must not be kept for it alone */
	mallopt(M_ARENA_MAX, 1);
#endif
	code = dispatch(argc, argv);

	if (fflush(stdout) || ferror(stdout))
		return complain(&self, "cannot write to standard output");
	return code;
}
