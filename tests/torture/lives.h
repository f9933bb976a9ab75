/* SPDX-License-Identifier: MIT */
/* torture/lives.h - what a program does with the library, of which torture.c lets a call fail. */
#ifndef MICA_TESTS_TORTURE_LIVES_H
#define MICA_TESTS_TORTURE_LIVES_H
#include "mica/mica.h"

#include <stdbool.h>
#include <stddef.h>

enum { MOST_PREDICTED = 4096 };

typedef struct life {
	mica_context *ctx;
	mica_dataset *train, *test;
	mica_model *model;
	float predicted[MOST_PREDICTED];
	mica_status st;
	char failed[32], why[1024]; /* step and text of the first failure; "" if there was none */
} life;

/* use may come again after a failure in it; then it is predict that shows what the model, with weights read from a file, has become. */
typedef struct way_of_life {
	const char *name;
	bool (*build)(life *l), (*use)(life *l), (*predict)(life *l);
} way_of_life;

extern const way_of_life lives[];
extern const size_t n_lives;

/* Notes a step's failure; true if the life goes on. */
bool step(life *l, const char *name, mica_status st);
/* What lives write: files in folder with the process' number in their names; file is what save writes.  Removed by remove_files. */
extern char file[512];
bool name_files(const char *folder);
void remove_files(void);

#endif
