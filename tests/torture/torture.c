/* SPDX-License-Identifier: MIT */
/* torture.c - the life of a program, in which the n-th allocation, driver call or file call fails, for many n.
   Whatever fails, either nothing is noticed and the predictions are those of a life without faults, to the bit; or a status says so
   with a text that names the cause, and what was saved is read.  Then the same objects do their work when asked again, and so does a new life in
   the same context.  tools/torture runs it and sees crashes and hangs.

   usage: torture LIFE KIND FROM STEP COUNT FOLDER [all]    LIFE: one of lives.c; KIND: memory, driver or file; positions FROM,
          FROM + STEP ... below COUNT; with "all" every call from the n-th on fails, until the retry
          torture LIFE KIND count FOLDER    prints how many calls of the kind a life has
          torture lives    prints their names
   Prints "n: ok", "n: failed in STEP: TEXT" or "n: WRONG: why" for each position. */
#include "base/fault.h"
#include "torture/lives.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS = 60 };

static const way_of_life *way;
static float reference[MOST_PREDICTED];
static char saved[512];

static void live(life *l)
{
	l->ctx = mica_open(NULL);
	if (step(l, "open", l->ctx ? MICA_OK : MICA_ENODEVICE) && way->build(l))
		way->use(l);
}

static bool same(const life *l)
{
	return !memcmp(l->predicted, reference, sizeof reference);
}

/* What a text must have that names the cause: one of the words. */
static bool names_cause(mica__fault kind, const char *why)
{
	static const char *const words[][4] = {{"memory"}, {"CL_OUT_OF_RESOURCES", "OpenCL", "driver"}, {"Input/output error"}};
	for (size_t i = 0; i < 4 && words[kind][i]; i++)
		if (strstr(why, words[kind][i]))
			return true;
	return false;
}

/* The failed life's text as a reason; NULL: it did not fail. */
static const char *complaint(const life *l, const char *what)
{
	static char text[1200];

	if (*l->failed) {
		snprintf(text, sizeof text, "%s, %s fails: %s", what, l->failed, l->why);
		return text;
	}
	return same(l) ? NULL : "predictions are wrong afterwards";
}

/* After a failure the same objects do their work, and new ones in the same context; NULL, or what they did not. */
static const char *retry(life *l)
{
	bool built = strcmp(l->failed, "build") && strcmp(l->failed, "open");
	const char *wrong = NULL;

	if (!strcmp(l->failed, "save") && !access(file, F_OK) && mica_load(l->model, file) != MICA_OK)
		return "what is on disk after a failed save cannot be read";
	mica_clear(l->ctx);
	*l->failed = 0;
	memset(l->predicted, 0, sizeof l->predicted);
	if (!l->ctx) {
		live(l);
		return complaint(l, "again");
	}
	if (built && way->use(l) && step(l, "load", mica_load(l->model, saved)))
		way->predict(l);
	if (built)
		wrong = complaint(l, "again");
	memset(l->predicted, 0, sizeof l->predicted);
	if (!wrong && way->build(l))
		way->use(l);
	return wrong ? wrong : complaint(l, "from the beginning");
}

/* NULL, or what was wrong. */
static const char *judge(life *l, mica__fault kind)
{
	if (!*l->failed)
		return same(l) ? NULL : "OK with wrong predictions";
	if (!*l->why)
		return "a failure without a text";
	if (!names_cause(kind, l->why))
		return "the text does not name the cause";
	if (kind == MICA__FAULT_MEMORY && l->ctx && l->st != MICA_ENOMEM)
		return "the status is not ENOMEM";
	return NULL;
}

static bool try(mica__fault kind, unsigned long n, bool all)
{
	static life l;
	memset(&l, 0, sizeof l);
	mica_clear(NULL);
	remove_files();
	printf("%lu: ", n);
	fflush(stdout);
	alarm(SECONDS);
	mica__fault_after(kind, n, all);
	live(&l);
	mica__fault_after(kind, 0, false);
	char failed[32], why[1024];
	memcpy(failed, l.failed, sizeof failed);
	memcpy(why, l.why, sizeof why);
	mica_status st = l.st;
	const char *wrong = judge(&l, kind);
	if (!wrong && *l.failed)
		wrong = retry(&l);
	mica_close(l.ctx);
	alarm(0);
	if (wrong)
		printf("WRONG: %s (%s, %s: %s)\n", wrong, *failed ? failed : "all went well", mica_status_name(st), why);
	else if (*failed)
		printf("failed in %s: %s\n", failed, why);
	else
		printf("ok\n");
	fflush(stdout);
	return !wrong;
}

/* A life without faults: what it predicts, and how many calls of a kind it has. */
static bool first(mica__fault kind, unsigned long *calls)
{
	static life l;
	for (int warm = 0; warm < 2; warm++) { /* the first may build programs */
		memset(&l, 0, sizeof l);
		mica__fault_after(kind, UINT64_MAX, false);
		live(&l);
		*calls = (unsigned long)mica__fault_count(kind);
		mica__fault_after(kind, 0, false);
		if (!*l.failed)
			step(&l, "save", mica_save(l.model, saved));
		mica_close(l.ctx);
		if (*l.failed) {
			fprintf(stderr, "without faults %s fails: %s\n", l.failed, l.why);
			return false;
		}
	}
	memcpy(reference, l.predicted, sizeof reference);
	return true;
}

static bool known(const char *name)
{
	for (size_t i = 0; i < n_lives && !way; i++)
		way = strcmp(lives[i].name, name) == 0 ? &lives[i] : NULL;
	return way;
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"memory", "driver", "file"};
	int kind = 0, wrong = 0;
	unsigned long calls;

	if (argc == 2 && !strcmp(argv[1], "lives")) {
		for (size_t i = 0; i < n_lives; i++)
			puts(lives[i].name);
		return 0;
	}
	while (argc > 2 && kind < 3 && strcmp(argv[2], kinds[kind]))
		kind++;
	bool counting = argc == 5 && !strcmp(argv[3], "count");
	if (kind == 3 || (!counting && argc < 7) || !known(argv[1])) {
		fputs("usage: torture LIFE memory|driver|file FROM STEP COUNT FOLDER [all], or ... count FOLDER, or torture lives\n", stderr);
		return 2;
	}
	const char *folder = counting ? argv[4] : argv[6];
	snprintf(saved, sizeof saved, "%s/reference-%ld.safetensors", folder, (long)getpid());
	if (!name_files(folder) || !first((mica__fault)kind, &calls))
		return 2;
	if (counting)
		printf("%lu\n", calls);
	else
		for (unsigned long n = strtoul(argv[3], NULL, 10), by = strtoul(argv[4], NULL, 10); n <= strtoul(argv[5], NULL, 10); n += by)
			wrong += !try((mica__fault)kind, n, argc > 7);
	remove_files();
	unlink(saved);
	return wrong ? 1 : 0;
}
