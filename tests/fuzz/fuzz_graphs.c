/* SPDX-License-Identifier: MIT */
/* fuzz/fuzz_graphs.c - runs random graphs for as long as one likes.  Each batch of seeds runs in a child, so that a crash or
   a hang is a finding like others; a batch that failed is run again seed by seed. */
#include "fuzz/fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"usage: fuzz-graphs [--seeds A-B] [--seconds N] [--batch N] [--without PASSES] [--f64] [--limit SECONDS] [--shrink N]\n"
	"Runs random graphs as plans and compares them with the reference executor.\n"
	"  --seeds A-B       from seed A to seed B; without B: that one (default 0-99)\n"
	"  --seconds N       stops after so many seconds, and goes on past B until then\n"
	"  --batch N         seeds that share a plan (default 4)\n"
	"  --without PASSES  as MICA_WITHOUT: simplify,fuse,merge,persistent,panels,reuse,winograd\n"
	"  --f64             double precision\n"
	"  --limit SECONDS   a batch that takes longer hangs (default 120)\n"
	"  --shrink N        plans to try when making a difference small (default 60; 0: none)\n";

typedef struct options {
	unsigned long long first, last;
	double seconds;
	size_t batch, shrink;
	unsigned limit;
	mica_dtype real;
} options;

static int run_batch(const options *o, unsigned long long first, size_t n)
{
	mica_context *ctx = mica_open(NULL);
	mica__text report = {0};
	if (!ctx) {
		fprintf(stderr, "%s\n", mica_error(NULL));
		return 2;
	}
	fuzz *f = fuzz_open(ctx, o->real);
	for (size_t i = 0; i < n; i++)
		fuzz_grow(f, first + i);
	size_t wrong = fuzz_check(f, 0, n == 1 ? o->shrink : 0, &report);
	if (wrong && n == 1)
		printf("%s", mica__text_string(&report));
	fflush(stdout);
	mica__text_free(&report);
	fuzz_close(f);
	mica_close(ctx);
	return wrong ? 1 : 0;
}

/* 0: all right, 1: values differ, 2: cannot run, more: a signal */
static int in_child(const options *o, unsigned long long first, size_t n)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		alarm(n == 1 && o->shrink ? o->limit * 3 : o->limit);
		_exit(run_batch(o, first, n));
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static size_t check_seed(const options *o, unsigned long long seed)
{
	int result = in_child(o, seed, 1);
	if (result >= 1000)
		printf("seed %llu: %s\n", seed, result == 1000 + SIGALRM ? "hangs" : strsignal(result - 1000));
	fflush(stdout);
	return result != 0;
}

static bool take(options *o, int argc, char **argv, int *i)
{
	const char *name = argv[*i], *value = *i + 1 < argc ? argv[*i + 1] : NULL;
	if (!strcmp(name, "--f64"))
		return o->real = MICA_F64, true;
	if (!value)
		return false;
	++*i;
	if (!strcmp(name, "--seeds")) {
		int got = sscanf(value, "%llu-%llu", &o->first, &o->last);
		o->last = got == 1 ? o->first : o->last;
		return got > 0 && o->last >= o->first;
	}
	if (!strcmp(name, "--without"))
		return setenv("MICA_WITHOUT", value, 1) == 0;
	if (!strcmp(name, "--seconds"))
		return (o->seconds = atof(value)) > 0;
	if (!strcmp(name, "--batch"))
		return (o->batch = (size_t)atol(value)) > 0;
	if (!strcmp(name, "--limit"))
		return (o->limit = (unsigned)atol(value)) > 0;
	if (!strcmp(name, "--shrink"))
		return o->shrink = (size_t)atol(value), true;
	return false;
}

int main(int argc, char **argv)
{
	options o = {.last = 99, .batch = 4, .shrink = 60, .limit = 120, .real = MICA_F32};
	size_t wrong = 0, seeds = 0;
	double begin = mica__now();
	for (int i = 1; i < argc; i++)
		if (!take(&o, argc, argv, &i)) {
			fputs(usage, stderr);
			return 2;
		}
	for (unsigned long long s = o.first; o.seconds ? mica__now() - begin < o.seconds : s <= o.last;) {
		size_t n = o.seconds || o.last - s >= o.batch ? o.batch : (size_t)(o.last - s + 1);
		int result = n == 1 ? 1 : in_child(&o, s, n);
		size_t found = 0;
		for (size_t i = 0; i < n && result == 2; i++)
			return 2;
		for (size_t i = 0; i < n && result; i++)
			found += check_seed(&o, s + i);
		if (result && !found && n > 1)
			printf("seeds %llu-%llu: %s, but none of them alone\n", s, s + n - 1,
			       result == 1 ? "differ" : result == 1000 + SIGALRM ? "hang" : strsignal(result - 1000));
		wrong += found ? found : result && n > 1;
		seeds += n;
		s += n;
	}
	printf("%zu seeds in %.0f s, %zu findings\n", seeds, mica__now() - begin, wrong);
	return wrong ? 1 : 0;
}
