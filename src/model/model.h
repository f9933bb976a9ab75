/* SPDX-License-Identifier: MIT */
/* model/model.h - the parts of a model, for the files of this room.  Uses all rooms before it.
   A model is a list of layers and the values they need: weights, optimizer state, counters and sums.  For each way to use
   it (train, score, predict) and size of batch there is a step: a plan, whose graph is thrown away.  A source is a data set
   as steps read it: rows on the device and the order they are taken in.  A pass runs a step over a source. */
#ifndef MICA_MODEL_MODEL_H
#define MICA_MODEL_MODEL_H
#include "data/dataset.h"
#include "device/device.h"
#include "mica/model.h"
#include "nn/nn.h"
#include "runtime/runtime.h"

#include <pthread.h>

/* ---- networks (network.c) ---- */

/* What stands for a layer's result, or an input, while a network is written down. */
struct mica_symbol {
	mica_model *model;
	size_t number;        /* in the network */
	mica_shape shape;     /* of one sample */
	mica_dtype type;
};

/* A call of a layer: of which symbols it makes which. */
typedef struct mica__call {
	mica_instance *layer; /* the network holds it */
	size_t *in, n_in;     /* numbers of symbols */
	size_t out, n_out;    /* out, out + 1, ... */
} mica__call;

/* An input, or an output: whose layer made it. */
typedef struct mica__end {
	char name[48];
	size_t symbol;
} mica__end;

typedef struct mica__network {
	mica_instance **layers;       /* in the order of their first calls; those of a chain may be waiting for theirs */
	size_t n_layers, layer_capacity;
	mica__table names;            /* of layers */
	struct {
		const char *text;     /* "dense" */
		size_t layers;        /* that are called by it and a number */
	} *stems;
	size_t n_stems, stem_capacity;
	mica_symbol **symbols;
	size_t n_symbols, symbol_capacity;
	mica__call *calls;
	size_t n_calls, call_capacity;
	mica__end *inputs, *outputs;
	size_t n_inputs, input_capacity, n_outputs, output_capacity;
	uint32_t streams;             /* of first values, one for each weight */
	size_t batch;                 /* samples in every batch, as an input says; 0: any number */
} mica__network;

typedef enum mica__use { MICA__TRAIN, MICA__SCORE, MICA__PREDICT } mica__use;

/* A column of data as a step reads it. */
typedef struct mica__column_key {
	bool there;
	mica_dtype type;
	mica_shape shape;     /* of one sample */
	double scale;         /* of inputs */
} mica__column_key;

/* What decides a step's nodes beside the model.  Compared bytewise: zero all of it first. */
typedef struct mica__step_key {
	mica__use use;
	size_t batch;         /* rows of one step */
	size_t typical;       /* rows of the usual step */
	size_t rows;          /* of the window that batches are taken from; MICA__PREDICT: batch */
	size_t classes;       /* that have weights; 0: they have none */
	uint64_t trained;     /* which weights are: a hash */
	mica__column_key x[MICA_MAX_INPUTS], y[MICA_MAX_OUTPUTS], w[MICA_MAX_OUTPUTS];
} mica__step_key;

/* Its inputs are "x0", "x1", ..., "y0", ..., "w0", ... and "order"; those of MICA__PREDICT "x0", ..., and it has the model's
   outputs. */
typedef struct mica__step {
	mica__step_key key;
	mica_plan *plan;
	size_t users;         /* passes and calls that are at work with it */
	bool proven;          /* it has run */
	struct mica__step *next;
} mica__step;

/* ---- what a model is trained for (training.c) ---- */

typedef struct mica__goal_metric {
	mica__metric of;
	bool weighted;        /* by the samples' weights */
} mica__goal_metric;

/* What an output is trained for. */
typedef struct mica__goal {
	mica_loss loss;       /* kept; none: it is not trained */
	double weight;        /* of it in the sum of all */
	mica__goal_metric metrics[2 * MICA_MAX_METRICS];
	size_t n_metrics;
	mica_value *sum;      /* of loss times rows over a pass; NULL where there is one loss only */
} mica__goal;

/* A figure that is shown: the loss, that of an output, or a metric of one. */
typedef struct mica__shown {
	char name[56];        /* "val_" and its name, as in mica_figure */
	const mica__goal *goal; /* NULL: the loss of all */
	size_t metric;        /* SIZE_MAX: its loss */
} mica__shown;

/* ---- what was shown after each epoch (history.c) ---- */

typedef struct mica__history {
	mica_figure *figures;     /* their names, in the order of their first appearance; value: the last one's */
	size_t n_figures, figure_capacity;
	struct mica__history_point {
		size_t epoch, figure;
		double value;
	} *points;                /* epochs increase */
	size_t n, capacity;
} mica__history;
/* The epoch, from 1, takes the place of those that were as late. */
mica_status mica__history_note(mica__history *h, size_t epoch, const mica_logs *logs);
mica_status mica__history_add(mica__history *h, size_t epoch, const char *figure, double value);
void mica__history_free(mica__history *h);

struct mica_model {
	size_t users;         /* the user, until it is destroyed, calls that are at work with it, and */
	size_t nests;         /* so many layers of other models */
	mica_context *ctx;
	mica_dtype real;
	char name[48];
	uint64_t seed;
	mica_status status;   /* the first failure of building, and its text; mica_model_status says whether it still counts */
	char why[512];
	bool refused;         /* by compile: the network itself is whole */
	char untranslated[512]; /* why the training of the file that it was read from was left out; "": it was not */

	bool chain;           /* made by mica_sequential */
	mica__network net;
	mica__variable *variables; /* its weights, in the order of its layers; those of models in it among them */
	size_t n_variables, variable_capacity;
	bool changed;         /* layers came or went since */

	bool compiled, ready, trained, fitting; /* ready: it has the values that training needs */
	bool passing;         /* a pass is running: its callbacks may evaluate and predict all the same */
	uint64_t unbound;     /* passes closed so far, which took the inputs from steps that others may share */
	mica_optimizer optimizer;           /* kept */
	mica__goal goals[MICA_MAX_OUTPUTS]; /* of each output */
	size_t losses;                      /* outputs that have one */
	mica__shown *shown;                 /* figures, sorted by name */
	size_t n_shown;
	mica_value *step, *position;        /* I32: steps trained, next row of the window */
	mica_value *rate;                   /* learning rate: a value, so that kernels do not depend on it */
	mica_value *sum;                    /* of the loss times rows over a pass */
	mica_value *class_weights;          /* of the fit that runs; NULL: none */
	bool averages_in;                   /* averages stand in the weights' place, and these in theirs */
	uint64_t epoch;                     /* epochs trained since compile: what shuffling depends on */
	size_t within;                      /* samples of the next one that a fit has trained; SIZE_MAX: all, and epoch does not
	                                       count it yet.  0 between fits, but for one that failed */
	size_t behind;                      /* the same, of a training that was loaded: where the next fit begins */

	mica__history history;              /* of the last fit, and those it went on from */
	mica__step *steps;                  /* the one used last is first */
	mica__step *training;               /* the step of the last fit; held, unless memory was short since */
	mica_model_info info;
};

/* ---- network.c ---- */
/* Makes a layer of m, with a name that m's layers do not have; m keeps it from its first call on.  l is copied.
   nested: the name of the model that it is; NULL for others. */
mica_status mica__network_make(mica_model *m, mica_layer l, const char *nested, mica_instance **out);
mica_status mica__network_keep(mica__network *n, mica_instance *i); /* EINVAL: another layer has its name */
/* NULL: none of that name. */
mica_instance *mica__network_find(const mica__network *n, const char *name);
mica_status mica__network_input(mica_model *m, const mica_layer *l, mica_symbol **out);
mica_status mica__network_output(mica_model *m, const mica_symbol *s);
/* Notes a call of a layer, which makes *n_out symbols, and tries it out. */
mica_status mica__network_call(mica_model *m, mica_instance *i, mica_symbol *const *in, size_t n, mica_symbol **out, size_t *n_out);
/* The call that made a symbol; NULL: an input. */
const mica__call *mica__network_maker(const mica__network *n, const mica_symbol *s);
/* Adds the nodes of all calls: from as many nodes as there are inputs to as many as there are outputs. */
void mica__network_run(const mica_model *m, mica_build *b, const mica_var *in, mica_var *out);
/* Takes the last call back; lets go of the last layer. */
void mica__network_pop(mica__network *n);
mica_status mica__network_forget(mica__network *n);
void mica__network_free(mica__network *n);
/* The shape and type of a sample of the i-th input or output. */
const mica_symbol *mica__model_input(const mica_model *m, size_t i);
const mica_symbol *mica__model_output(const mica_model *m, size_t i);

/* ---- model.c ---- */
/* A model without layers, NULL on failure; caller is the call that makes it. */
mica_model *mica__model_make(mica_context *ctx, const char *caller, const char *name, uint64_t seed, bool chain);
/* Around a call that asks functions of the user's, which may destroy the model. */
void mica__model_hold(mica_model *m);
void mica__model_release(mica_model *m);
/* ---- check.c ---- */
/* Keeps the first failure of building, for the model and its context. */
mica_status mica__model_fail(mica_model *m, mica_status s);
/* Whether the network may grow: else nothing is to be done, and its failure is told again if the context has forgotten it. */
bool mica__model_may_grow(const mica_model *m);
/* What a call that asks functions of the user's relies on may not change under it: EINVAL while m is at work. */
mica_status mica__model_at_rest(const mica_model *m, const char *caller);
/* Keeps a failure of a call in m's context, but for an interruption, which is none, and returns it. */
mica_status mica__model_done(const mica_model *m, mica_status st);
/* An array of samples from a caller: there, of a type and shape that there are, and not empty.  EINVAL. */
mica_status mica__array_check(const mica_array *x, const char *caller);
/* Fails unless m can be used: MICA_EINVAL for NULL or not compiled (if that is needed), or its own first failure. */
mica_status mica__model_check(const mica_model *m, const char *caller, bool compiled);
/* That, and MICA_EINVAL for a model that is a layer of others. */
mica_status mica__model_may_change(const mica_model *m, const char *caller);

/* ---- sequential.c ---- */
/* A chain whose input is not known gets it from the shape of an array of samples; where either is NULL, and with other models,
   nothing happens. */
mica_status mica__model_infer(mica_model *m, const mica_shape *samples);
/* Calls the layers of a chain that wait for it, if its input is known. */
mica_status mica__chain_call(mica_model *m);

/* ---- nested.c ---- */
/* The layer, if it is a model, holds that from now on. */
mica_status mica__model_nest(mica_instance *i);
const char *mica__model_nested_name(const mica_layer *l); /* of the model that the layer is; NULL for others */

/* ---- training.c ---- */
/* Makes parts of the model's own of what was asked for; lets go of them.  EINVAL. */
mica_status mica__training_keep(mica_model *m, const mica_compile_opts *o);
/* The same of goals for each output, in their order; the optimizer is kept in any case. */
mica_status mica__training_set(mica_model *m, mica_optimizer optimizer, const mica_output_opts *outputs);
void mica__training_drop(mica_model *m);

/* ---- values.c ---- */
/* Lists the weights anew if layers came or went. */
mica_status mica__model_variables(mica_model *m);
/* That, and gives their first values to weights that have none. */
mica_status mica__model_initialize(mica_model *m);
/* Whether the weight is trained: no state, nor of a frozen layer. */
bool mica__variable_trained(const mica__variable *v);
/* Elements of a layer's weights; of all weights that are trained. */
size_t mica__instance_parameters(mica_instance *i);
size_t mica__model_trained_parameters(mica_model *m);
/* Makes the optimizer's slots for all weights; gives those made since their first values; none of any; elements of them all. */
mica_status mica__model_slots(mica_model *m);
mica_status mica__model_start_slots(mica_model *m);
void mica__model_free_slots(mica_model *m);
size_t mica__model_slot_elements(const mica_model *m);
/* Of which weights are trained. */
uint64_t mica__model_trained(const mica_model *m);
/* Once after compile: first values, slots, counters that begin at 0. */
mica_status mica__model_ready(mica_model *m);
/* Lets go of all of them. */
void mica__model_free_values(mica_model *m);

/* ---- step.c ---- */
/* Steps are kept for the next time: so many of a model, those used last.  Those in use come on top. */
enum { MICA__MOST_STEPS = 16 };
/* A column of rows of that shape. */
void mica__column_key_set(mica__column_key *c, mica_dtype type, mica_shape rows, double scale);
/* The step of that key, made if need be, held until it is released. */
mica_status mica__step_get(mica__step **out, mica_model *m, const mica__step_key *key);
/* One that never ran is not kept.  NULL is fine. */
void mica__step_release(mica_model *m, mica__step *s);
/* Frees those not in use but for the first `keep`; whether there were any. */
bool mica__steps_trim(mica_model *m, size_t keep);
void mica__steps_free(mica_model *m);

/* ---- feed.c ---- */
/* Which columns of a data set are the inputs, targets and weights of a model; NULL: there is none. */
typedef struct mica__feed {
	const mica__column *x[MICA_MAX_INPUTS], *y[MICA_MAX_OUTPUTS], *w[MICA_MAX_OUTPUTS];
} mica__feed;
/* Finds them by name, or in their order, and checks shapes and labels: targets are needed where there is a goal.
   EINVAL, ESHAPE, EOVERFLOW. */
mica_status mica__feed_find(mica__feed *f, const mica_model *m, const mica_dataset *d, const char *caller);
/* The shape of an array of samples against the i-th input. */
mica_status mica__feed_check_samples(const mica_model *m, size_t i, mica_shape shape, const char *caller);

/* ---- source.c ---- */
typedef struct mica__stream mica__stream;
/* A column on the device, whole or a window of it. */
typedef struct mica__track {
	const mica__column *column;
	mica_value *value;
	char input[24];           /* the steps' input that it is */
} mica__track;
typedef struct mica__source {
	mica_context *ctx;
	const mica_dataset *data;
	mica__feed feed;
	mica__track tracks[MICA__MOST_COLUMNS];
	size_t n_tracks;
	bool streamed;            /* through a window, because it does not fit */
	size_t rows;              /* of the window; the data set's count if it is resident */
	size_t chunk;             /* samples of one upload: all of them, or half a window */
	size_t chunks;            /* of one pass */
	mica_value *order;
	int32_t *indices;         /* the order of this pass */
	mica__stream *stream;     /* NULL if resident */
} mica__source;
/* Chooses resident or not so that reserve more bytes still fit.  most: 0, or stream by chunks of at most so many samples,
   one batch at least. */
void mica__source_open(mica__source *s, mica_context *ctx, const mica_dataset *d, const mica__feed *feed, size_t batch,
                       uint64_t reserve, size_t most);
/* Allocates on the device and uploads what is resident.  EBUDGET. */
mica_status mica__source_load(mica__source *s);
void mica__source_close(mica__source *s); /* zeroed is fine */
/* Begins a pass: in a permutation that depends on seed and epoch only, or as the samples stand. */
mica_status mica__source_begin(mica__source *s, bool shuffle, uint64_t seed, uint64_t epoch);
/* Before the first step of a chunk is enqueued; after its last one was. */
mica_status mica__source_ready(mica__source *s, size_t chunk);
mica_status mica__source_leave(mica__source *s, size_t chunk);

/* ---- stream.c ---- */
/* Gathers rows of d for chunk after chunk into staging memory, in a thread of its own, and uploads them to alternate
   halves of the tracks' windows, which stay the caller's. */
mica_status mica__stream_open(mica__stream **out, mica_context *ctx, const mica_dataset *d, size_t chunk, const mica__track *tracks,
                              size_t n);
void mica__stream_close(mica__stream *s); /* NULL is fine */
/* Waits until the thread reads no order any more. */
void mica__stream_rest(mica__stream *s);
/* order: as many indices as there are samples; they stay until the pass is over. */
mica_status mica__stream_begin(mica__stream *s, const int32_t *order);
mica_status mica__stream_ready(mica__stream *s, size_t chunk);
mica_status mica__stream_leave(mica__stream *s, size_t chunk);

/* ---- pass.c ---- */
/* Who looks on while steps run; a status that is not MICA_OK ends the pass. */
typedef struct mica__watch {
	mica_status (*after)(void *payload);  /* steps that are done */
	mica_status (*before)(void *payload); /* each of them, where there are bursts of one */
	void *payload;
	bool each;                /* bursts are of one step */
} mica__watch;
typedef struct mica__pass {
	mica_model *m;
	mica__source source;
	mica__step *whole, *rest; /* rest: the last short batch; either may be NULL */
	size_t batch, steps;      /* rows of a whole batch, steps of the data set */
	size_t burst;             /* whole steps enqueued at once: what takes about 30 ms */
	size_t run;               /* steps of one run, at most */
	bool goes_on;             /* a run goes on where the last one ended, while there are samples */
	size_t from;              /* the next run over all samples leaves out so many, which were trained before; whole batches, else none */
	size_t at;                /* steps of the data set that are done */
	size_t done, samples;     /* of this run */
	bool stop;                /* the run ends after the steps that are done */
	mica__watch watch;
} mica__pass;
mica_status mica__pass_open(mica__pass *p, mica_model *m, const mica_dataset *d, const mica__feed *feed, mica__use use, size_t batch);
mica_status mica__pass_run(mica__pass *p, bool shuffle, uint64_t epoch);
void mica__pass_close(mica__pass *p); /* zeroed is fine */
/* Position, sums and states, which all passes of a model share: kept by a pass that runs inside another one. */
typedef struct mica__counters {
	int32_t position;
	float sum[1 + MICA_MAX_OUTPUTS];
	void *states[MICA_MAX_OUTPUTS][2 * MICA_MAX_METRICS]; /* of each metric, one after the other */
} mica__counters;
mica_status mica__counters_keep(mica__counters *c, mica_model *m);
mica_status mica__counters_restore(mica__counters *c, mica_model *m); /* and frees what was kept */
/* Waits, and adds the figures of the run so far to logs, as validation or not. */
mica_status mica__pass_logs(const mica__pass *p, bool validation, mica_logs *logs);

/* ---- progress.c ---- */
typedef struct mica__progress {
	const mica_fit_opts *opts;
	size_t steps;             /* of an epoch */
	double started, after_first, trained, drawn;
	size_t width;             /* of the line that stands on the terminal */
} mica__progress;
void mica__progress_epoch(mica__progress *p, size_t epoch, size_t epochs);
void mica__progress_step(mica__progress *p, size_t done); /* notes the time of the first step */
void mica__progress_trained(mica__progress *p); /* the steps are done: validation is no part of their time */
bool mica__progress_due(const mica__progress *p);
void mica__progress_draw(mica__progress *p, size_t done, const mica_logs *logs);
void mica__progress_end(mica__progress *p, size_t done, const mica_logs *logs);
void mica__progress_break(mica__progress *p); /* ends a line that was drawn and will not be again */
void mica__progress_say(mica__progress *p, const char *text); /* a line of its own */

/* ---- class_weights.c ---- */
/* weights of `classes` classes for the steps that come; NULL: none.  caller begins messages.  EINVAL. */
mica_status mica__class_weights_set(mica_model *m, const mica_dataset *d, const mica__feed *feed, const double *weights, long classes,
                                    const char *caller);

/* ---- average.c ---- */
/* Puts the weights' moving averages in their place, and them in the averages'; or each back.  Then: the averages become the weights.
   Nothing happens where the optimizer keeps none. */
mica_status mica__averages_put(mica_model *m, bool in);
mica_status mica__averages_take(mica_model *m);
bool mica__averages_are_kept(const mica_model *m);

/* ---- snapshot.c ---- */
/* Weights as they stood, in host memory; zeroed it has none. */
typedef struct mica__snapshot {
	struct { void *data; size_t bytes; } *at; /* of each variable */
	size_t n;
} mica__snapshot;
/* In the place of those that it has. */
mica_status mica__snapshot_take(mica__snapshot *s, mica_model *m);
/* Into a model of the same weights: EINVAL for another. */
mica_status mica__snapshot_put(const mica__snapshot *s, mica_model *m);
void mica__snapshot_free(mica__snapshot *s);

/* ---- rate.c ---- */
/* EINVAL where a schedule decides the learning rate. */
mica_status mica__rate_check(const mica_model *m, const char *caller);

/* ---- callbacks/list.c ---- */
/* The callbacks of a call, with what each keeps while it lasts. */
typedef struct mica__callbacks {
	mica_training t;          /* what hooks are given */
	mica_logs logs;
	struct {
		mica_callback part;   /* kept */
		void *state;
	} at[MICA_MAX_CALLBACKS];
	size_t n;
	const char *caller;
	bool stop;                /* mica_stop_training was called */
	size_t resumed;           /* epochs that a backup had behind it, which are not trained again; 0: none */
	const mica__pass *pass;   /* whose figures mica_read_logs reads; NULL: none */
	mica__progress *progress; /* through which something is said; NULL: nothing */
} mica__callbacks;
/* EINVAL: a part that is no callback, options out of range.  The list ends at the first that is empty. */
mica_status mica__callbacks_open(mica__callbacks *c, mica_model *m, const mica_callback *list, const char *caller);
void mica__callbacks_close(mica__callbacks *c); /* zeroed is fine */
/* Calls a hook of all, one after the other, up to the first that fails: MICA__HOOK(on_epoch_end). */
#define MICA__HOOK(name) offsetof(mica_hooks, name)
mica_status mica__callbacks_call(mica__callbacks *c, size_t hook);
/* Whether one of them is to be told of each step. */
bool mica__callbacks_by_step(const mica__callbacks *c);

/* ---- scoring.c ---- */
/* Figures that hooks read are those of this pass from now on, of which none is read yet. */
void mica__callbacks_look_at(mica__callbacks *c, const mica__pass *p, bool testing);
/* Runs a pass that scores, of at most so many steps (0: all), and tells of it; its figures are in c->logs.  stops: a callback may
   end it. */
mica_status mica__pass_score(mica__pass *p, size_t most, mica__callbacks *c, bool stops);

/* Whether the user's locale (LC_ALL, LC_CTYPE, LANG) writes UTF-8. */
bool mica__utf8(void);

#endif
