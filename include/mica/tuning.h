/* SPDX-License-Identifier: MIT */
/* mica/tuning.h - search: which values of a model's hyper-parameters train it best; and cross-validation.
   A build function makes a model, and asks for the values that are to be found:

     static mica_model *build(mica_context *ctx, mica_hyper *h, void *payload)
     {
             mica_model *m = mica_sequential(ctx, .seed = 1);
             mica_add(m, mica_flatten());
             for (long i = mica_hyper_int(h, "layers", 1, 3); i > 0; i--)
                     mica_add(m, mica_dense((size_t)mica_hyper_int(h, "units", 32, 512, .step = 32), .activation = MICA_RELU));
             mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
             mica_compile(m, .optimizer = mica_adam(.learning_rate = mica_hyper_real(h, "rate", 1e-4, 1e-1, .log = true)),
                          .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy()});
             return m;
     }

     mica_search *s = mica_search(ctx, build, train, .algorithm = mica_random_search(20), .objective = "val_accuracy",
                                  .fit = {.epochs = 10, .validation_data = test});
     mica_search_print(s, print, NULL);
     mica_model *best = mica_search_model(s, mica_search_best(s, 0));

   What is asked for is the space that is searched, so it need not be told before, and may depend on what was asked already: a value
   that was not asked for is no part of a trial.  A build function must ask the same wherever it was told the same. */
#ifndef MICA_TUNING_H
#define MICA_TUNING_H
#include "mica/model.h"

MICA_BEGIN_DECLS

/* ---- what a build function asks for ---- */

/* h NULL, outside of any search: each value is the first of its range.  A name that was asked for already has the value that it has; its
   range must be the same.  A range that is none is EINVAL, and ends the search. */
typedef struct mica_hyper mica_hyper;
/* Makes a model, compiled; it is the caller's.  NULL, or a model that failed, is a trial that failed. */
typedef mica_model *(*mica_build_model)(mica_context *ctx, mica_hyper *h, void *payload);

/* A whole number from low to high, both included: low, low + step, ...; with .log low, low step, low step^2, ..., or without a step
   any, of which those of each order of magnitude are as likely. */
typedef struct mica_hyper_int_opts {
	size_t size;
	long low, high;
	long step;           /* from 1, with .log from 2; 0: any */
	bool log;            /* low is from 1 */
	long first;          /* what a grid begins with, and what a build function has outside of a search; 0: low, MICA_NONE: 0 */
} mica_hyper_int_opts;
MICA_API long mica_hyper_ask_int(mica_hyper *h, const char *name, const mica_hyper_int_opts *o);
/* mica_hyper_int(h, name, low, high, .option = value, ...) */
#define mica_hyper_int(h, name, ...) mica_hyper_ask_int(h, name, &(mica_hyper_int_opts){MICA_OPTS(mica_hyper_int_opts), __VA_ARGS__})

/* The same of reals. */
typedef struct mica_hyper_real_opts {
	size_t size;
	double low, high;
	double step;         /* above 0, with .log above 1; 0: any; a grid has ten of them then, and the first */
	bool log;            /* low is above 0 */
	double first;        /* 0: low, MICA_ZERO: 0 */
} mica_hyper_real_opts;
MICA_API double mica_hyper_ask_real(mica_hyper *h, const char *name, const mica_hyper_real_opts *o);
/* mica_hyper_real(h, name, low, high, .option = value, ...) */
#define mica_hyper_real(h, name, ...) mica_hyper_ask_real(h, name, &(mica_hyper_real_opts){MICA_OPTS(mica_hyper_real_opts), __VA_ARGS__})

/* false is the first. */
MICA_API bool mica_hyper_bool(mica_hyper *h, const char *name);
/* One of some texts: its place, from 0. */
MICA_API size_t mica_hyper_ask_choice(mica_hyper *h, const char *name, const char *const *texts, size_t n);
/* mica_hyper_choice(h, name, "sgd", "adam") */
#define mica_hyper_choice(h, name, ...) \
	mica_hyper_ask_choice(h, name, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
/* One of some numbers. */
MICA_API double mica_hyper_ask_number(mica_hyper *h, const char *name, const double *numbers, size_t n);
/* mica_hyper_number(h, name, 16, 64, 256) */
#define mica_hyper_number(h, name, ...) \
	mica_hyper_ask_number(h, name, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* ---- how it is searched ---- */

/* An algorithm says which values are tried next. */
typedef struct mica_algorithm { mica_part part; } mica_algorithm;

/* Values by chance, never twice the same; it ends early where there are no others. */
typedef struct mica_random_search_opts {
	size_t size;
	long trials;         /* 0: 10 */
} mica_random_search_opts;
/* mica_random_search(trials) */
#define mica_random_search(...) MICA_ALGORITHM_(random_search, __VA_ARGS__)

/* All values, the one that was asked for last first. */
typedef struct mica_grid_search_opts {
	size_t size;
	long trials;         /* at most; 0: all there are */
} mica_grid_search_opts;
#define mica_grid_search(...) MICA_ALGORITHM_(grid_search, __VA_ARGS__)

/* Hyperband (Li et al. 2018): many trials for a few epochs, of which the best go on for more.  With b + 1 = floor(log(max_epochs) /
   log(factor)) + 1 brackets, round r of bracket b has ceil(e / (b + 1) factor^(b - r)) trials, e = ceil(1 + log(max_epochs) /
   log(factor)), that train up to epoch ceil(max_epochs / factor^(b - r)); those of the first round by chance, the others with the
   values and the weights (of the best epoch) of the best of the round before, but with an optimizer that begins anew. */
typedef struct mica_hyperband_opts {
	size_t size;
	long max_epochs;     /* 0: 100 */
	long factor;         /* from 2; 0: 3 */
	long iterations;     /* of all brackets; 0: 1 */
} mica_hyperband_opts;
#define mica_hyperband(...) MICA_ALGORITHM_(hyperband, __VA_ARGS__)

#define MICA_ALGORITHM_(name, ...) \
	MICA_PART(mica_algorithm, &mica_kind_##name, &(mica_##name##_opts){MICA_OPTS(mica_##name##_opts), __VA_ARGS__})
MICA_API extern const mica_kind mica_kind_random_search, mica_kind_grid_search, mica_kind_hyperband;

/* ---- trials ---- */

typedef struct mica_hyper_value {
	const char *name;
	double value;        /* a bool is 0 or 1, a choice its place */
	const char *text;    /* of it: "64", "true", "adam" */
} mica_hyper_value;

typedef struct mica_trial {
	size_t number;       /* from 1, in the order in which they ran */
	const mica_hyper_value *values; /* what was asked for, in its order */
	size_t n_values;
	mica_status status;  /* MICA_OK: it has an objective */
	const char *message; /* why not; else "" */
	double objective;    /* in its best epoch; NaN where there is none */
	mica_logs logs;      /* all figures of that epoch */
	size_t best_epoch;   /* from 1 */
	size_t initial_epoch, epochs; /* epochs that counted as done, and the last one */
	size_t from;         /* number of the trial whose weights it began with; 0: none */
	size_t iteration, bracket, round; /* of Hyperband: from 0; first bracket is the largest number */
	double seconds;      /* of building and training */
} mica_trial;

/* ---- search ---- */

typedef struct mica_search mica_search;
typedef struct mica_search_opts {
	size_t size;
	mica_algorithm algorithm;  /* 0: mica_random_search() */
	const char *objective;     /* a figure of fit; NULL: "val_loss" */
	mica_mode mode;            /* where it is better */
	uint64_t seed;             /* of what is drawn; that of models is the build function's */
	const char *folder;        /* where the search is kept, to go on when it is begun again; NULL: nowhere */
	long keep;                 /* of how many of the best trials the weights are kept; 0: 1, MICA_NONE: none */
	long most_failures;        /* so many trials that fail one after the other end the search; 0: 3 */
	/* May change what fit is told, and ask for values: o->batch_size = mica_hyper_int(h, "batch", 16, 128); or NULL */
	void (*prepare)(mica_hyper *h, mica_fit_opts *o, void *payload);
	void *payload;             /* of build and prepare */
	mica_fit_opts fit;         /* how each trial is trained, but for epochs where Hyperband decides them, and history and epochs_done,
	                              which are not filled.  Through print, where it is given, a line for each trial */
} mica_search_opts;

/* Trains model after model, and keeps what became of them.  A trial is as good as its best epoch; one that fails (values that compile
   refuses, no memory, an objective that is no number) is noted with its message and the search goes on, without a trace in the
   context.  A training whose loss is no number is ended.  What else a build function makes beside its model stays in the context.
   NULL where it could not begin.  What ended it before its time is recorded in the context, but for an interruption: EINTERRUPTED
   of a callback, after which it has the trials so far; EINVAL for an objective that is none of the figures, EIO.

   With a folder, which is made, every trial that is over is written to search.json there, and weights beside it.  The same search
   (build function, data, options but for .trials, .most_failures, callbacks and print) begun again finds these trials done, whether
   the former one was killed or not, and has the same results as if nothing had happened; another one is refused with EINVAL.
   EFORMAT, EIO. */
MICA_API mica_search *mica_search_run(mica_context *ctx, mica_build_model build, const mica_dataset *d, const mica_search_opts *o);
/* mica_search(ctx, build, d, .option = value, ...) */
#define mica_search(ctx, build, ...) MICA_SEARCH_(ctx, build, __VA_ARGS__, MICA_OPTS(mica_search_opts))
#define MICA_SEARCH_(ctx, build, d, ...) mica_search_run(ctx, build, d, &(mica_search_opts){__VA_ARGS__})

/* MICA_OK: it came to its end; MICA_EINVAL for NULL. */
MICA_API mica_status mica_search_status(const mica_search *s);
/* Trial i in the order in which they ran; of those that have an objective, the one that is better than all but i of them (of equal
   ones the former).  NULL past the end.  They are the search's. */
MICA_API const mica_trial *mica_search_trial(const mica_search *s, size_t i);
MICA_API const mica_trial *mica_search_best(const mica_search *s, size_t i);
/* A model with a trial's values, not trained.  The same with the weights of its best epoch: EINVAL where they were not kept.  The caller's;
   NULL on failure, and for a trial that is NULL. */
MICA_API mica_model *mica_search_build(mica_search *s, const mica_trial *t);
MICA_API mica_model *mica_search_model(mica_search *s, const mica_trial *t);
/* All trials as a table, best first, those that failed last, through print line by line. */
MICA_API mica_status mica_search_print(const mica_search *s, void (*print)(const char *text, void *payload), void *payload);
/* Frees it; files stay.  NULL is fine; mica_close does it too. */
MICA_API void mica_search_destroy(mica_search *s);

/* ---- cross-validation ---- */

typedef struct mica_cross_validate_opts {
	size_t size;
	long folds;                /* from 2; 0: 5 */
	bool stratify, shuffle;    /* as those of mica_dataset_fold */
	uint64_t seed;             /* of the folds */
	const mica_trial *trial;   /* whose values the build function gets; NULL: the first of each range */
	mica_logs *each;           /* room for the figures of each fold, or NULL */
	void *payload;             /* of build */
	mica_fit_opts fit;         /* how each is trained */
} mica_cross_validate_opts;
/* For each fold (mica_dataset_fold) a model is built, trained with the others, and evaluated with it: its figures, their means and
   their deviations, whose squares are divided by the number of folds.  mean and deviation may be NULL.  EINVAL, and what the build
   function's model, fit and evaluate have. */
MICA_API mica_status mica_cross_validate_model(mica_context *ctx, mica_build_model build, mica_dataset *d, mica_logs *mean,
                                               mica_logs *deviation, const mica_cross_validate_opts *o);
/* mica_cross_validate(ctx, build, d, &mean, &deviation, .option = value, ...) */
#define mica_cross_validate(ctx, build, d, mean, ...) \
	MICA_CROSS_VALIDATE_(ctx, build, d, mean, __VA_ARGS__, MICA_OPTS(mica_cross_validate_opts))
#define MICA_CROSS_VALIDATE_(ctx, build, d, mean, deviation, ...) \
	mica_cross_validate_model(ctx, build, d, mean, deviation, &(mica_cross_validate_opts){__VA_ARGS__})

MICA_END_DECLS
#endif
