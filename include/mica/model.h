/* SPDX-License-Identifier: MIT */
/* mica/model.h - Sequential models: build, compile, fit, evaluate, predict, save.
   Building calls are sticky: after the first failure they do nothing, and mica_model_status and mica_context_status
   keep it with its text; mica_clear makes up for a compile that was refused, not for a layer that is missing.  fit, evaluate,
   predict, save and load return their own status, which the context keeps too if it is the first (mica_error), stop nothing else
   by failing, and leave model and files as they were when they fail before the first step.  A model belongs to its context; one
   thread at a time. */
#ifndef MICA_MODEL_H
#define MICA_MODEL_H
#include "mica/callback.h"
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
typedef struct mica_model_opts { size_t size; const char *name; uint64_t seed; } mica_model_opts;
MICA_API mica_model *mica_model_sequential(mica_context *ctx, const mica_model_opts *o);
/* mica_sequential(ctx, .option = value, ...) */
#define mica_sequential(...) MICA_SEQUENTIAL_(__VA_ARGS__, MICA_OPTS(mica_model_opts))
#define MICA_SEQUENTIAL_(ctx, ...) mica_model_sequential(ctx, &(mica_model_opts){__VA_ARGS__})

/* ---- functional models ---- */

/* Layers in any arrangement: several inputs, several outputs, layers that are called more than once.  A symbol stands for an
   input, or for what a layer makes of others; it belongs to its model, and is written down, not computed:

     mica_model *m = mica_functional(ctx, .seed = 1);
     mica_symbol *left = mica_model_input(m, mica_input(16, .name = "left")), *right = mica_model_input(m, mica_input(16));
     mica_instance *shared = mica_make(m, mica_dense(8, .activation = MICA_RELU));
     mica_symbol *both = mica_apply(mica_concatenate(), mica_call(shared, left), mica_call(shared, right));
     mica_model_output(m, mica_apply(mica_dense(1), both));

   Failures are sticky, as those of mica_add; calls with a symbol or layer that is NULL because of one do nothing. */
MICA_API mica_model *mica_model_functional(mica_context *ctx, const mica_model_opts *o);
/* mica_functional(ctx, .option = value, ...) */
#define mica_functional(...) MICA_FUNCTIONAL_(__VA_ARGS__, MICA_OPTS(mica_model_opts))
#define MICA_FUNCTIONAL_(ctx, ...) mica_model_functional(ctx, &(mica_model_opts){__VA_ARGS__})

/* Inputs and outputs are in the order of these calls.  An output has the name of the layer that made it. */
MICA_API mica_symbol *mica_model_input(mica_model *m, mica_layer input);
MICA_API void mica_model_output(mica_model *m, mica_symbol *x);
/* A layer of m: its weights are made by its first call, and are the same in all of them. */
MICA_API mica_instance *mica_make(mica_model *m, mica_layer layer);
/* The layer called with x: its first output.  Shapes that do not fit are ESHAPE now. */
MICA_API mica_symbol *mica_call_layer(mica_instance *layer, mica_symbol *const *x, size_t n);
/* Made and called. */
MICA_API mica_symbol *mica_apply_layer(mica_layer layer, mica_symbol *const *x, size_t n);
/* mica_call(shared, x), mica_apply(mica_merge_add(), x, y) */
#define mica_call(layer, ...) mica_call_layer(layer, MICA_SYMBOLS_(__VA_ARGS__))
#define mica_apply(layer, ...) mica_apply_layer(layer, MICA_SYMBOLS_(__VA_ARGS__))
#define MICA_SYMBOLS_(...) (mica_symbol *const[]){__VA_ARGS__, MICA_LAST_SYMBOL}, MICA_TO_THE_LAST
#define MICA_LAST_SYMBOL ((mica_symbol *)MICA_TO_THE_LAST) /* NULL is one that could not be made */
/* The i-th output (from 0) of the call that made x: an LSTM's states are 1 and 2. */
MICA_API mica_symbol *mica_symbol_beside(mica_symbol *x, size_t i);
/* Of one sample. */
MICA_API mica_shape mica_symbol_shape(const mica_symbol *x);
MICA_API mica_dtype mica_symbol_dtype(const mica_symbol *x);

/* A model as a layer of another one, which trains the same weights: mica_apply(mica_nested(base), x), mica_add(m,
   mica_nested(base)).  It must be complete; from then on it has no more layers.  The layer is called as the model is, where it
   has no name of its own, and the names of its weights stand behind that: "base/dense/kernel". */
typedef struct mica_nested_opts { size_t size; mica_model *model; const char *name; } mica_nested_opts;
#define mica_nested(...) MICA_LAYER_(nested, .model = __VA_ARGS__)
MICA_API extern const mica_kind mica_kind_nested;

/* The layers between symbols of a model as a model of its own, with the same weights: to see what a layer makes, or to put
   another head on.  Lists end at the first NULL.  NULL for symbols that are; EINVAL, sticky, for an output that depends on
   more than the inputs. */
typedef struct mica_between_opts {
	size_t size;
	mica_symbol *inputs[MICA_MAX_INPUTS], *outputs[MICA_MAX_OUTPUTS];
	const char *name;
} mica_between_opts;
MICA_API mica_model *mica_model_between(const mica_between_opts *o);
/* mica_between({inputs}, {outputs}) is mica_model_between(&(...){.inputs = ..., .outputs = ...}) */
#define mica_between(...) mica_model_between(&(mica_between_opts){MICA_OPTS(mica_between_opts), __VA_ARGS__})

/* A layer by its name, or by its place; the symbol of an input, or of a layer's first call.  NULL if there is none. */
MICA_API mica_instance *mica_model_layer(mica_model *m, const char *name);
MICA_API mica_instance *mica_model_layer_at(mica_model *m, size_t i);
MICA_API mica_symbol *mica_model_symbol(mica_model *m, const char *name);
MICA_API const char *mica_instance_name(const mica_instance *i);
/* Its weights, states among them, in Keras' order; NULL past the end.  They are the layer's. */
MICA_API mica_value *mica_instance_weight(mica_instance *i, size_t k);
/* Whether its weights are trained, from the next step on; those of a whole model.  A batch normalization that is not trained
   normalizes by the statistics it has. */
MICA_API void mica_set_trainable(mica_instance *i, bool trainable);
MICA_API void mica_model_set_trainable(mica_model *m, bool trainable);
/* By how much the learning rate of its weights is multiplied, from the next step on: a finite number from 0, 1 at first.
   A model's layers all get it. */
MICA_API void mica_set_learning_rate_factor(mica_instance *i, double factor);

/* Sets mean and variance of a normalization layer (mica_normalization), which has been called, to those of samples: (n, sample...), as
   mica_dataset_samples(d).  Means and squares are added up in double; where numbers are all the same, the variance is 1.  EINVAL for
   another layer, or one that was not called yet, or no samples; ESHAPE, ENOMEM. */
MICA_API mica_status mica_adapt(mica_instance *normalization, mica_array x);

/* ---- all models ---- */

/* Frees the model with its values and plans; graphs that refer to one of the values keep that.  While it is at work
   (in a function that fit, evaluate or the like has called) it is freed when that ends.  NULL is fine; mica_close does it too. */
MICA_API void mica_model_destroy(mica_model *m);

/* The next layer of a sequential model.  A custom layer's function is called here already, for training and not; or, where the
   first layer is no mica_input, when the shape of a sample becomes known: by build, or by the first data. */
MICA_API void mica_add(mica_model *m, mica_layer layer);
/* Takes the last layer off. */
MICA_API void mica_pop(mica_model *m);
MICA_API mica_status mica_model_build(mica_model *m, mica_shape sample);

enum { MICA_MAX_METRICS = 8 };
/* What an output is trained for. */
typedef struct mica_output_opts {
	const char *name;                       /* of the output: its layer's */
	mica_loss loss;                         /* none: it is not trained */
	double weight;                          /* of its loss in the sum of all; 0: 1 */
	mica_metric metrics[MICA_MAX_METRICS];  /* end at the first that is empty */
	mica_metric weighted_metrics[MICA_MAX_METRICS]; /* by the samples' weights */
} mica_output_opts;
typedef struct mica_compile_opts {
	size_t size;
	mica_optimizer optimizer;               /* 0: rmsprop */
	mica_loss loss;                         /* of all outputs, as are the metrics */
	mica_metric metrics[MICA_MAX_METRICS], weighted_metrics[MICA_MAX_METRICS];
	mica_output_opts outputs[MICA_MAX_OUTPUTS]; /* instead of these, one by one; at least one has a loss */
} mica_compile_opts;
/* Failures (sticky, until mica_clear): EINVAL for a learning rate or option out of range, no loss, no layer, an output that there is not.  Not
   sticky, and nothing changes: EINVAL while the model is at work, in a function that fit, evaluate, predict, compile or mica_add
   has called. */
MICA_API mica_status mica_model_compile(mica_model *m, const mica_compile_opts *o);
/* mica_compile(m, .option = value, ...) */
#define mica_compile(...) MICA_COMPILE_(__VA_ARGS__, MICA_OPTS(mica_compile_opts))
#define MICA_COMPILE_(m, ...) mica_model_compile(m, &(mica_compile_opts){__VA_ARGS__})

typedef struct mica_epoch {
	size_t epoch;                          /* from 1 */
	mica_logs logs;
	double seconds, samples_per_second;    /* of training, validation excluded */
} mica_epoch;

typedef struct mica_fit_opts {
	size_t size;
	long epochs;               /* 0: 1; MICA_NONE: checks everything, trains nothing; other negative ones are EINVAL */
	long batch_size;           /* 0: 32; negative is EINVAL */
	long initial_epoch;        /* epochs that count as done: the first is the one after; from 0 */
	long steps_per_epoch;      /* 0: all of the data; otherwise the next epoch goes on where this one ends, to the end of the data */
	bool no_shuffle;
	const mica_dataset *validation_data;
	double validation_split;   /* the last part of the data, before shuffling; 0: none */
	long validation_batch_size; /* 0: batch_size */
	long validation_steps;     /* only so many, from the first sample; 0: all */
	long validation_freq;      /* every so many epochs; 0: 1 */
	const double *class_weight; /* of `classes` classes: what the loss of their samples is multiplied by; NULL: none */
	long classes;
	mica_callback callbacks[MICA_MAX_CALLBACKS]; /* end at the first that is empty */
	int verbose;               /* 0 silent, 1 progress bar, 2 one line per epoch: through print */
	void (*print)(const char *text, void *payload); /* NULL: nothing is printed whatever verbose says */
	void *payload;             /* of print */
	mica_epoch *history;       /* an entry for each epoch of this call, or NULL */
	size_t *epochs_done;       /* in this call, or NULL */
	bool terminal;             /* print goes to a terminal: redraw the bar, use colour */
	int columns;               /* of the terminal: no line of the bar is longer; 0: not known */
} mica_fit_opts;
/* Trains.  EINVAL, ESHAPE (layer and both shapes), EBUDGET, EDEVICE, EBUILD, and what a callback's hook returned: EINTERRUPTED is no
   failure of the context. */
MICA_API mica_status mica_model_fit(mica_model *m, const mica_dataset *d, const mica_fit_opts *o);
/* mica_fit(m, d, .option = value, ...) */
#define mica_fit(m, ...) MICA_FIT_(m, __VA_ARGS__, MICA_OPTS(mica_fit_opts))
#define MICA_FIT_(m, d, ...) mica_model_fit(m, d, &(mica_fit_opts){__VA_ARGS__})

typedef struct mica_evaluate_opts {
	size_t size;
	long batch_size;           /* 0: 32 */
	long steps;                /* only so many, from the first sample; 0: all */
	mica_callback callbacks[MICA_MAX_CALLBACKS];
} mica_evaluate_opts;
/* Also from the callbacks of a fit.  EINVAL, ESHAPE, EBUDGET, EDEVICE, EBUILD, and what a callback's hook returned. */
MICA_API mica_status mica_model_evaluate(mica_model *m, const mica_dataset *d, const mica_evaluate_opts *o, mica_logs *out);
/* mica_evaluate(m, d, out, .option = value, ...) */
#define mica_evaluate(m, d, ...) MICA_EVALUATE_(m, d, __VA_ARGS__, MICA_OPTS(mica_evaluate_opts))
#define MICA_EVALUATE_(m, d, out, ...) mica_model_evaluate(m, d, &(mica_evaluate_opts){__VA_ARGS__}, out)

/* One step with all samples of a data set, and its figures (out: or NULL), which are of this batch alone; the same for an evaluation.
   Plans are made for a number of samples once.  EINVAL in a hook, ESHAPE, EBUDGET, EDEVICE, EBUILD. */
typedef struct mica_batch_opts { size_t size; const double *class_weight; long classes; } mica_batch_opts; /* as fit has them */
MICA_API mica_status mica_model_train_on_batch(mica_model *m, const mica_dataset *d, const mica_batch_opts *o, mica_logs *out);
/* mica_train_on_batch(m, d, out, .option = value, ...) */
#define mica_train_on_batch(m, d, ...) MICA_TRAIN_ON_BATCH_(m, d, __VA_ARGS__, MICA_OPTS(mica_batch_opts))
#define MICA_TRAIN_ON_BATCH_(m, d, out, ...) mica_model_train_on_batch(m, d, &(mica_batch_opts){__VA_ARGS__}, out)
MICA_API mica_status mica_test_on_batch(mica_model *m, const mica_dataset *d, mica_logs *out);

/* From samples of the caller's, as mica_predict(m, MICA_ARRAY(image, 1, 28, 28), out, sizeof out), or a data set's
   (mica_dataset_samples).  x: (n, sample...) of any type; out: (n, output...) floats, row-major; bytes exact (ESHAPE).
   Nothing is left behind but a plan for each number of rows, of which a model keeps those used last. */
typedef struct mica_predict_opts {
	size_t size;
	long batch_size;           /* 0: 32, or n if that is less */
	mica_callback callbacks[MICA_MAX_CALLBACKS];
} mica_predict_opts;
MICA_API mica_status mica_model_predict(mica_model *m, mica_array x, const mica_predict_opts *o, float *out, size_t bytes);
/* mica_predict(m, x, out, bytes, .option = value, ...) */
#define mica_predict(m, x, out, ...) MICA_PREDICT_(m, x, out, __VA_ARGS__, MICA_OPTS(mica_predict_opts))
#define MICA_PREDICT_(m, x, out, bytes, ...) mica_model_predict(m, x, &(mica_predict_opts){__VA_ARGS__}, out, bytes)
/* The same with several inputs and outputs: an array for each input, and for each of the first outputs room for (n, output...)
   numbers of its own type.  Lists end at the first without data. */
typedef struct mica_room { void *data; size_t bytes; } mica_room;
typedef struct mica_predict_all_opts {
	size_t size;
	mica_array inputs[MICA_MAX_INPUTS];
	mica_room outputs[MICA_MAX_OUTPUTS];
	long batch_size;
} mica_predict_all_opts;
MICA_API mica_status mica_model_predict_all(mica_model *m, const mica_predict_all_opts *o);
#define mica_predict_all(m, ...) mica_model_predict_all(m, &(mica_predict_all_opts){MICA_OPTS(mica_predict_all_opts), __VA_ARGS__})
MICA_API mica_shape mica_model_output_shape(const mica_model *m); /* without the batch dimension */

/* Keras' table, through print line by line, with a column that says what layers are connected to where they are no chain:
   narrower than a terminal of so many columns (0: wide enough), 40 to 88 wide, or 108. */
typedef struct mica_summary_opts { size_t size; int columns; } mica_summary_opts;
MICA_API mica_status mica_model_summary(mica_model *m, void (*print)(const char *text, void *payload), void *payload,
                                        const mica_summary_opts *o);
/* mica_summary(m, print, payload, .option = value, ...) */
#define mica_summary(m, print, ...) MICA_SUMMARY_(m, print, __VA_ARGS__, MICA_OPTS(mica_summary_opts))
#define MICA_SUMMARY_(m, print, payload, ...) mica_model_summary(m, print, payload, &(mica_summary_opts){__VA_ARGS__})

/* ---- files (docs/file-format.md) ---- */

/* A file whose name ends in .mica holds the whole model: what it is made of, its weights, what it is trained for and by, and where
   its training stands, so that mica_load_model gives a model that goes on as if it had not been away: the same bits, also of a file that
   a callback wrote within an epoch, or that holds a training that was stopped there.  One whose
   name ends in .keras holds the model, its weights and, as far as Keras has it, its training, for Keras 3; .weights.h5 the weights alone,
   for its load_weights.  Any other file holds the weights by name ("dense/kernel"), as safetensors, which a .mica file is, too.  The file is replaced atomically:
   a symbolic link is written through, other hard links keep the old file.
   EINVAL, EIO; EUNSUPPORTED, which names it, for a part that a file cannot hold whole: one with a function or a payload in its
   options, or, in Keras' files, what Keras does not have.  EINVAL for .h5 alone, and .weights_only in a .keras file.
   save_check: whether save could begin to write there, and such a file hold the model, before the time for training is spent; it
   changes nothing. */
typedef struct mica_save_opts {
	size_t size;
	bool weights_only;         /* whatever the file is called */
	bool no_optimizer;         /* not where its training stands: it begins anew with these weights */
} mica_save_opts;
MICA_API mica_status mica_model_save(mica_model *m, const char *file, const mica_save_opts *o);
/* mica_save(m, file, .option = value, ...) */
#define mica_save(m, ...) MICA_SAVE_(m, __VA_ARGS__, MICA_OPTS(mica_save_opts))
#define MICA_SAVE_(m, file, ...) mica_model_save(m, file, &(mica_save_opts){__VA_ARGS__})
MICA_API mica_status mica_save_check(mica_model *m, const char *file);

/* Weights of a file of any kind, Keras' too, into a model that is there: F32, F64, F16 and BF16.  Refused, and then nothing changes: a file
   whose names or shapes are not exactly the model's (EFORMAT names the first difference), a type that holds no reals, a number
   that does not fit, and a later version of the format (EUNSUPPORTED). */
typedef struct mica_load_opts {
	size_t size;
	bool by_name;              /* those that fit, by name (in .weights.h5 by their layer's class and number) and shape; the others stay
	                              as they are, and print is told which.  EFORMAT where none fits */
	bool resume;               /* the training too, as it stood: slots, steps, rate, epochs.  The model is compiled as the file's was */
	void (*print)(const char *text, void *payload); /* a line for each weight that is missing here or there, or different */
	void *payload;
} mica_load_opts;
MICA_API mica_status mica_model_load(mica_model *m, const char *file, const mica_load_opts *o);
/* mica_load(m, file, .option = value, ...) */
#define mica_load(m, ...) MICA_LOAD_(m, __VA_ARGS__, MICA_OPTS(mica_load_opts))
#define MICA_LOAD_(m, file, ...) mica_model_load(m, file, &(mica_load_opts){__VA_ARGS__})

/* The model of a .mica or .keras file.  NULL on failure, which stops nothing else: EIO, EFORMAT; EUNSUPPORTED for a later version, a kind
   or option that is not known here, and a kind of the writer's that was not registered (mica_register), by name. */
typedef struct mica_load_model_opts {
	size_t size;
	bool no_training;          /* not compiled: architecture and weights only */
	bool no_weights;           /* architecture only, with first values of its own */
} mica_load_model_opts;
MICA_API mica_model *mica_model_from_file(mica_context *ctx, const char *file, const mica_load_model_opts *o);
/* mica_load_model(ctx, file, .option = value, ...) */
#define mica_load_model(ctx, ...) MICA_LOAD_MODEL_(ctx, __VA_ARGS__, MICA_OPTS(mica_load_model_opts))
#define MICA_LOAD_MODEL_(ctx, file, ...) mica_model_from_file(ctx, file, &(mica_load_model_opts){__VA_ARGS__})

/* What a file of weights or of a model, or any safetensors file, holds, through print line by line: its notes, the table of layers
   (mica_summary), what it is trained for and how far, its tensors.  Nothing of it runs, and values are not read.  A kind that is not
   known is said there and is no failure.  EIO, EFORMAT. */
typedef struct mica_inspect_opts { size_t size; int columns; } mica_inspect_opts; /* as those of mica_summary */
MICA_API mica_status mica_inspect_file(mica_context *ctx, const char *file, void (*print)(const char *text, void *payload), void *payload,
                                       const mica_inspect_opts *o);
/* mica_inspect(ctx, file, print, payload, .option = value, ...) */
#define mica_inspect(ctx, file, print, ...) MICA_INSPECT_(ctx, file, print, __VA_ARGS__, MICA_OPTS(mica_inspect_opts))
#define MICA_INSPECT_(ctx, file, print, payload, ...) mica_inspect_file(ctx, file, print, payload, &(mica_inspect_opts){__VA_ARGS__})

/* Weights in Keras' order (kernel, bias of each layer); NULL past the end.  They are the model's; graphs may refer to them. */
MICA_API mica_value *mica_model_weight(mica_model *m, size_t i);
MICA_API size_t mica_model_parameters(mica_model *m);
/* Sets what stateful recurrent layers carry from batch to batch to zeros: before another sequence begins. */
MICA_API mica_status mica_reset_states(mica_model *m);

/* All values of a model, each with its path and role (mica/value.h): weights, the optimizer's slots ("dense/kernel/slot_0"),
   counters ("step", "learning_rate"), the loss' sum, all of these once it is compiled, and states of metrics, once they have any.  NULL past the end, or where there is
   none of that path. */
MICA_API mica_value *mica_model_value(mica_model *m, size_t i);
MICA_API mica_value *mica_model_find(mica_model *m, const char *path);

MICA_API mica_status mica_model_status(const mica_model *m);

/* Figures of the training plan after a fit: launches per step, device bytes; zero before. */
typedef struct mica_model_info {
	size_t launches_per_step;
	double flops_per_step;     /* of products and the like; what is done to elements is not counted */
	bool persistent;
	uint64_t device_bytes;
	double first_step_seconds; /* from the start of fit to the end of its first step */
} mica_model_info;
MICA_API mica_model_info mica_model_describe(const mica_model *m);
/* The plan of the last fit as text or DOT, as mica_plan_print; empty where it made room since, because memory was short. */
MICA_API size_t mica_model_print_plan(const mica_model *m, bool dot, char *out, size_t size);

MICA_END_DECLS
#endif
