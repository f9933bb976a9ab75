/* SPDX-License-Identifier: MIT */
/* mica/model.h - Sequential models: build, compile, fit, evaluate, predict, save.
   Building calls are sticky: after the first failure they do nothing, and mica_model_status and mica_context_status
   keep it with its text.  fit, evaluate, predict, save and load return their own status, which the context keeps too if it
   is the first (mica_error), stop nothing else by failing, and leave model and files as they were when they fail before the
   first step.  A model belongs to its context; one thread at a time. */
#ifndef MICA_MODEL_H
#define MICA_MODEL_H
#include "mica/dataset.h"
#include "mica/layer.h"
#include "mica/metric.h"
#include "mica/optimizer.h"
#include "mica/value.h"

MICA_BEGIN_DECLS

typedef struct mica_model mica_model;
/* What stands for an input, or for what a layer makes of others, while a network is written down; its model's. */
typedef struct mica_symbol mica_symbol;
enum { MICA_MAX_INPUTS = 8, MICA_MAX_OUTPUTS = 8 };

/* seed: of initializers, dropout and shuffling (0: 0).  NULL on failure. */
typedef struct mica_sequential_opts { size_t size; const char *name; uint64_t seed; } mica_sequential_opts;
MICA_API mica_model *mica_model_sequential(mica_context *ctx, const mica_sequential_opts *o);
/* mica_sequential(ctx, .option = value, ...) */
#define mica_sequential(...) MICA_SEQUENTIAL_(__VA_ARGS__, MICA_OPTS(mica_sequential_opts))
#define MICA_SEQUENTIAL_(ctx, ...) mica_model_sequential(ctx, &(mica_sequential_opts){__VA_ARGS__})

/* Frees the model with its values and plans; graphs that refer to one of the values keep that.  While it is at work
   (in a function that fit, evaluate or the like has called) it is freed when that ends.  NULL is fine; mica_close does it too. */
MICA_API void mica_model_destroy(mica_model *m);

/* A custom layer's function is called here already, for training and not. */
MICA_API void mica_add(mica_model *m, mica_layer layer);

#define MICA_MAX_METRICS 8
typedef struct mica_compile_opts {
	size_t size;
	mica_optimizer optimizer;               /* 0: rmsprop */
	mica_loss loss;                         /* required */
	mica_metric metrics[MICA_MAX_METRICS];  /* ends at the first without a name */
} mica_compile_opts;
/* Failures (sticky): EINVAL for a learning rate or option out of range, no loss, no Input or no layer.  Not sticky, and nothing
   changes: EINVAL while the model is at work, in a function that fit, evaluate, predict, compile or mica_add has called. */
MICA_API mica_status mica_model_compile(mica_model *m, const mica_compile_opts *o);
/* mica_compile(m, .option = value, ...) */
#define mica_compile(...) MICA_COMPILE_(__VA_ARGS__, MICA_OPTS(mica_compile_opts))
#define MICA_COMPILE_(m, ...) mica_model_compile(m, &(mica_compile_opts){__VA_ARGS__})

/* One epoch's figures.  val_ values are NaN without validation. */
typedef struct mica_epoch {
	size_t epoch;                          /* from 1 */
	double loss, val_loss;
	double metric[MICA_MAX_METRICS], val_metric[MICA_MAX_METRICS];
	double seconds, samples_per_second;    /* of training, validation excluded */
} mica_epoch;

typedef struct mica_fit_opts {
	size_t size;
	long epochs;               /* 0: 1; MICA_NONE: checks everything, trains nothing; other negative ones are EINVAL */
	long batch_size;           /* 0: 32; negative is EINVAL */
	bool no_shuffle;
	const mica_dataset *validation_data;
	double validation_split;   /* the last part of the data, before shuffling; 0: none */
	int verbose;               /* 0 silent, 1 progress bar, 2 one line per epoch: through print */
	void (*print)(const char *text, void *payload); /* NULL: nothing is printed whatever verbose says */
	void (*on_begin)(void *payload); /* before the first step: all is checked, and the memory for it is there */
	bool (*stop)(void *payload); /* asked between bursts of steps of about 30 ms and after on_epoch; true ends training there:
	                                MICA_EINTERRUPTED, which is no failure of the context */
	void (*on_epoch)(const mica_epoch *e, void *payload);
	void *payload;
	bool stop_on_nan;          /* end with MICA_ENAN; otherwise it is said once through print and training goes on */
	mica_epoch *history;       /* epochs entries, or NULL */
	size_t *epochs_done;       /* or NULL */
	bool terminal;             /* print goes to a terminal: redraw the bar, use colour */
	int columns;               /* of the terminal: no line of the bar is longer; 0: not known */
} mica_fit_opts;
/* Trains.  EINVAL, ESHAPE (layer and both shapes), EBUDGET, ENAN, EINTERRUPTED, EDEVICE, EBUILD. */
MICA_API mica_status mica_model_fit(mica_model *m, const mica_dataset *d, const mica_fit_opts *o);
/* mica_fit(m, d, .option = value, ...) */
#define mica_fit(m, ...) MICA_FIT_(m, __VA_ARGS__, MICA_OPTS(mica_fit_opts))
#define MICA_FIT_(m, d, ...) mica_model_fit(m, d, &(mica_fit_opts){__VA_ARGS__})

typedef struct mica_evaluate_opts { size_t size; long batch_size; } mica_evaluate_opts; /* 0: 32 */
typedef struct mica_scores { double loss, metric[MICA_MAX_METRICS]; } mica_scores;
/* Also from the callbacks of a fit.  EINVAL, ESHAPE, EBUDGET, EDEVICE, EBUILD. */
MICA_API mica_status mica_model_evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_scores *out);
/* mica_evaluate(m, d, out, .option = value, ...) */
#define mica_evaluate(m, d, ...) MICA_EVALUATE_(m, d, __VA_ARGS__, MICA_OPTS(mica_evaluate_opts))
#define MICA_EVALUATE_(m, d, out, ...) mica_model_evaluate(m, d, &(mica_evaluate_opts){__VA_ARGS__}, out)

/* From samples of the caller's, as mica_predict(m, MICA_ARRAY(image, 1, 28, 28), out, sizeof out), or a data set's
   (mica_dataset_samples).  x: (n, sample...) of any type; out: (n, output...) floats, row-major; bytes exact (ESHAPE).
   Nothing is left behind but a plan for each number of rows, of which a model keeps those used last. */
typedef struct mica_predict_opts { size_t size; long batch_size; } mica_predict_opts; /* 0: 32, or n if that is less */
MICA_API mica_status mica_model_predict(mica_model *m, mica_array x, const mica_predict_opts *o, float *out, size_t bytes);
/* mica_predict(m, x, out, bytes, .option = value, ...) */
#define mica_predict(m, x, out, ...) MICA_PREDICT_(m, x, out, __VA_ARGS__, MICA_OPTS(mica_predict_opts))
#define MICA_PREDICT_(m, x, out, bytes, ...) mica_model_predict(m, x, &(mica_predict_opts){__VA_ARGS__}, out, bytes)
MICA_API mica_shape mica_model_output_shape(const mica_model *m); /* without the batch dimension */

/* Keras' table, through print line by line: narrower than a terminal of so many columns (0: 89), from 40 to 88 wide. */
typedef struct mica_summary_opts { size_t size; int columns; } mica_summary_opts;
MICA_API mica_status mica_model_summary(mica_model *m, void (*print)(const char *text, void *payload), void *payload,
                                        const mica_summary_opts *o);
/* mica_summary(m, print, payload, .option = value, ...) */
#define mica_summary(m, print, ...) MICA_SUMMARY_(m, print, __VA_ARGS__, MICA_OPTS(mica_summary_opts))
#define MICA_SUMMARY_(m, print, payload, ...) mica_model_summary(m, print, payload, &(mica_summary_opts){__VA_ARGS__})

/* Weights by name ("dense/kernel") in a safetensors file.  save replaces the file atomically: a symbolic link is written
   through, other hard links keep the old file.  save_check: whether save could begin to write there, before the time for
   training is spent; it changes nothing.  load reads F32, F64, F16 and BF16, and refuses a file whose names or shapes are not
   exactly the model's (EFORMAT names the first difference), a type that holds no reals, a number that does not fit, and a
   later version of the format (EUNSUPPORTED); it changes nothing then. */
MICA_API mica_status mica_save_check(mica_model *m, const char *file);
MICA_API mica_status mica_save(mica_model *m, const char *file);
MICA_API mica_status mica_load(mica_model *m, const char *file);

/* Weights in Keras' order (kernel, bias of each layer); NULL past the end.  They are the model's; graphs may refer to them. */
MICA_API mica_value *mica_model_weight(mica_model *m, size_t i);
MICA_API size_t mica_model_parameters(mica_model *m);

/* All values of a model, each with its path and role (mica/value.h): weights, the optimizer's slots ("dense/kernel/slot_0"),
   counters ("step", "learning_rate"), the loss' sum, all of these once it is compiled, and states of metrics, once they have any.  NULL past the end, or where there is
   none of that path. */
MICA_API mica_value *mica_model_value(mica_model *m, size_t i);
MICA_API mica_value *mica_model_find(mica_model *m, const char *path);

MICA_API mica_status mica_model_status(const mica_model *m);

/* Figures of the training plan after a fit: launches per step, device bytes; zero before. */
typedef struct mica_model_info {
	size_t launches_per_step;
	bool persistent;
	uint64_t device_bytes;
	double first_step_seconds; /* from the start of fit to the end of its first step */
} mica_model_info;
MICA_API mica_model_info mica_model_describe(const mica_model *m);
/* The plan of the last fit as text or DOT, as mica_plan_print; empty where it made room since, because memory was short. */
MICA_API size_t mica_model_print_plan(const mica_model *m, bool dot, char *out, size_t size);

MICA_END_DECLS
#endif
