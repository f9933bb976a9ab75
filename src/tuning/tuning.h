/* SPDX-License-Identifier: MIT */
/* tuning/tuning.h - searches, for the files of this room.  Uses all rooms before it.
   A search is a list of trials.  An algorithm looks at those that are over and proposes the next one: values for what the build
   function will ask for first, and whether what it asks for beyond these is drawn.  All that happens follows from the options, the
   seed and what became of the trials before, so a search that is begun again is the same search, in which trials that were over once
   are only looked up. */
#ifndef MICA_TUNING_TUNING_H
#define MICA_TUNING_TUNING_H
#include "base/part.h"
#include "mica/tuning.h"
#include "model/callbacks/monitor.h"
#include "model/model.h"

#include <jansson.h>

/* ---- range.c: what a value may be ---- */

typedef enum mica__range_kind { MICA__WHOLES, MICA__REALS, MICA__BOOLS, MICA__TEXTS, MICA__NUMBERS } mica__range_kind;
/* Numbers stand for all of them: a bool is 0 or 1, a text its place in the list. */
typedef struct mica__range {
	mica__range_kind kind;
	double low, high, step, first; /* of wholes and reals; step 0: any */
	bool log;
	const char *const *texts;
	const double *numbers;
	size_t n;             /* of the list */
} mica__range;
mica_status mica__range_check(const mica__range *r, const char *name); /* EINVAL */
mica_status mica__range_copy(mica__range *to, const mica__range *r);   /* with lists of its own */
void mica__range_free(mica__range *r);
bool mica__range_same(const mica__range *a, const mica__range *b);
bool mica__range_holds(const mica__range *r, double x);
double mica__range_first(const mica__range *r);
/* How many values there are; 0: more than can be told apart.  The i-th, and the place of a value that it holds. */
size_t mica__range_count(const mica__range *r);
double mica__range_at(const mica__range *r, size_t i);
size_t mica__range_place(const mica__range *r, double x);
/* The value below which lies the share u, from 0, below 1, of what is drawn. */
double mica__range_share(const mica__range *r, double u);
/* The next one in a grid, which begins with the first; false after the last. */
bool mica__range_next(const mica__range *r, double x, double *next);
enum { MICA__VALUE_TEXT = 32 };
/* What is shown of a value: a text of the range's, or one in out. */
const char *mica__range_text(const mica__range *r, double x, char out[MICA__VALUE_TEXT]);

/* ---- points ---- */

typedef struct mica__asked {
	char *name;
	mica__range range;
	double value;
} mica__asked;
/* What a build function asked for, in its order, and was told. */
typedef struct mica__point {
	mica__asked *at;
	size_t n, capacity;
} mica__point;

typedef struct mica__trial {
	mica_trial shown;
	mica__point point;
	mica_hyper_value *values; /* of the point, as they are shown */
	char (*texts)[MICA__VALUE_TEXT];
	char message[512];
	mica__snapshot weights;   /* of its best epoch, where they are kept in memory */
	bool kept;                /* there or in a file */
} mica__trial;

struct mica_search {
	mica_context *ctx;
	mica_build_model build;
	mica_search_opts opts;    /* with texts and algorithm of its own, and a fit of zeros once it has run */
	mica_status status;
	int better;               /* of the objective: 1: larger is, -1: smaller; 0: not known yet */
	mica_shape samples;       /* of the data, to build models that have no input */
	mica__trial **trials;
	size_t n, capacity;
	size_t *ranked, n_ranked, ranked_capacity; /* places of those that have an objective, best first */
	size_t failures;          /* that came one after the other, up to the last */
	json_t *recorded;         /* trials that a former run has written; NULL: none */
	json_t *header;           /* what makes a search the same */
};

/* ---- hyper.c: what a build function is told ---- */

/* The next trial. */
typedef struct mica__proposal {
	mica_hyper_value *given;  /* for what is asked first; names are borrowed */
	size_t n_given;
	bool random;              /* the others are drawn; else they are the first of their ranges */
	size_t from;              /* place of the trial whose weights it begins with + 1; 0: none */
	size_t initial_epoch, epochs; /* 0: as fit says */
	size_t iteration, bracket, round;
} mica__proposal;

struct mica_hyper {
	const mica_search *search; /* NULL: none is running */
	const mica__proposal *how;
	mica__point point;
	mica_status status;       /* the first failure, and its text */
	char why[512];
};
void mica__hyper_free(mica_hyper *h);
void mica__point_free(mica__point *p);

/* ---- space.c: what was tried ---- */

/* Whether nothing is left to try. */
mica_status mica__space_exhausted(bool *out, const mica_search *s);
/* A value for what is asked after the values of p, by chance, so that the point can become one that was not tried. */
mica_status mica__space_draw(double *out, const mica_search *s, const mica__point *p, const mica__range *r);
/* What was asked in another trial after the same values; NULL: nothing is known. */
const mica__asked *mica__space_asked(const mica_search *s, const mica__point *p);

/* ---- algorithms ---- */

typedef struct mica__proposer mica__proposer;
struct mica__proposer {
	/* false: the search is over.  p is zeroed; what is given is the caller's (mica__free). */
	mica_status (*propose)(mica__proposal *p, bool *more, const mica_search *s, const void *options);
	/* Whether the weights of a trial that is over may be wanted; NULL: no. */
	bool (*wants)(const mica_search *s, const mica__trial *t, const void *options);
	size_t (*trials)(const void *options); /* at most, or 0: not known */
	bool decides_epochs;      /* each proposal has its own */
};
/* All values of a point, for a trial with the same. */
mica_status mica__proposal_give(mica__proposal *p, const mica__point *from, size_t n);

/* ---- trials.c ---- */

/* The trial, which is over, is the search's from now on. */
mica_status mica__trials_add(mica_search *s, mica__trial *t);
/* The place of a trial among the best; SIZE_MAX where it has no objective. */
size_t mica__trial_rank(const mica_search *s, const mica__trial *t);
void mica__trial_free(mica__trial *t); /* NULL is fine */

/* ---- weights.c ---- */

/* Whether those of any trial are. */
bool mica__weights_wanted(const mica_search *s);
/* Keeps them, where they are wanted, and may take them; m is the trial's. */
mica_status mica__weights_keep(const mica_search *s, mica__trial *t, mica__snapshot *weights, mica_model *m);
/* Those of a trial that a former run has kept. */
void mica__weights_are_there(const mica_search *s, mica__trial *t);
mica_status mica__weights_put(const mica_search *s, const mica__trial *t, mica_model *m);
/* Lets go of those that are not wanted any more. */
mica_status mica__weights_tidy(const mica_search *s);

/* ---- trial.c ---- */

/* Runs what is proposed, or looks it up in the record, and adds it.  What is wrong with the trial is noted there; a failure is one of the
   search. */
mica_status mica__trial_run(mica_search *s, const mica_dataset *d, const mica__proposal *p, const json_t *record);
/* A model by the values of a trial (NULL: the first ones), with its input known, for those who are no trial: its failures are the
   context's. */
mica_status mica__build_with(mica_model **out, mica_context *ctx, mica_build_model function, const mica_trial *t, mica_shape samples,
                             void *payload);

/* ---- results.c: the file ---- */

/* Makes the folder, and reads what a former run has written there: s->recorded.  EINVAL: that was another search. */
mica_status mica__results_open(mica_search *s, const mica_dataset *d);
mica_status mica__results_write(const mica_search *s);
/* Fills in what became of a trial, the next one, whose values are known.  EINVAL: it had others; EFORMAT. */
mica_status mica__results_recall(mica__trial *t, const mica_search *s, const json_t *record);

/* The file of that name in the search's folder; text is the caller's to free, and the result in it. */
const char *mica__results_path(mica__text *text, const mica_search *s, const char *name);

#endif
