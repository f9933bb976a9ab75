/* SPDX-License-Identifier: MIT */
/* nn/nn.h - layers, losses, metrics and optimizers as the model room sees them.  Uses base and graph.
   All of it is functions that add nodes to a graph; nothing here knows a device, a plan or a data set. */
#ifndef MICA_NN_NN_H
#define MICA_NN_NN_H
#include "base/part.h"
#include "graph/node.h"
#include "mica/layer.h"
#include "mica/merge.h"
#include "mica/metric.h"
#include "mica/optimizer.h"
#include "mica/sequence.h"
#include "mica/spatial.h"
#include "mica/value.h"
#include "nn/slots.h"

/* ---- kinds ---- */

/* The library's of that name, or that the context was told of; NULL: there is none. */
const mica_kind *mica__kind_find(mica_context *ctx, mica_part_type t, const char *name);

/* ---- layers ---- */

/* The shape and type of one sample that an input layer, which is kept, says: EINVAL if it is empty. */
mica_status mica__input_shape(const mica_layer *l, mica_shape *out, mica_dtype *type);

/* A value of a layer and how it starts. */
typedef struct mica__weight {
	mica_value *value;     /* its path is "layer/name"; held */
	mica_initializer init; /* kept, as are the next two */
	mica_regularizer regularizer;
	mica_constraint constraint;
	bool state;            /* not trained */
	bool carried;          /* a state that goes on from batch to batch until it is reset */
	bool started;          /* it has its first values, which depend on seed and stream */
	uint64_t seed;
	uint32_t stream;
} mica__weight;

/* A layer that was made: its weights come with its first call and are found by name in later ones.  Counted by the models
   that call it. */
struct mica_instance {
	size_t users;
	mica_context *ctx;
	mica_layer layer;      /* kept */
	char name[48];
	bool frozen;           /* its weights are not trained */
	double rate_factor;    /* by which the learning rate of its weights is multiplied */
	mica__weight **weights;
	size_t n_weights, capacity;
	mica__table numbers;   /* of weights, by path */
	struct mica_model *model; /* that it is; NULL: it is none */
	void (*let_go)(struct mica_model *m);
	bool listed;           /* while a model lists its weights */
};
/* l is given away, kept; it is dropped on failure too.  Its name is set by the caller. */
mica_status mica__instance_make(mica_instance **out, mica_context *ctx, mica_layer l);
void mica__instance_hold(mica_instance *i);
void mica__instance_release(mica_instance *i); /* NULL is fine */
/* Gives a weight its first values, if it has none. */
mica_status mica__weight_start(mica__weight *w);

enum { MICA__MOST_OUTPUTS = 1 + MICA_MOST_STATES };
/* A call of a layer, or of a layer inside of one. */
typedef struct mica__frame {
	mica_instance *instance;
	const char *path;      /* begins those of its weights */
	const mica_var *in;
	size_t n_in;
	mica_var out[MICA__MOST_OUTPUTS]; /* beside what call returns: from 1 */
	size_t n_out;
	bool masked;           /* the function has said what masks its results have */
} mica__frame;

/* What is known of a node: its mask; the argument of the softmax or sigmoid that it is the result of. */
typedef struct mica__mark {
	mica_var of, mask, logits;
} mica__mark;

/* What a layer that wraps another puts in place of that one's weights: w, or what mica__weight_change makes of it. */
typedef struct mica__weight_rule {
	mica_var (*apply)(struct mica__weight_rule *self, mica_build *b, mica__weight *of, const char *name, mica_var w);
} mica__weight_rule;

/* The value of a state after this step; of a weight, what it is before it is updated. */
typedef struct mica__change {
	mica__weight *of;
	mica_var next;
} mica__change;

/* One pass of building: from a network's inputs to its outputs. */
struct mica_build {
	mica_graph *graph;
	uint64_t seed;         /* of random numbers and first values */
	uint32_t *streams;     /* weights made so far, by which their first values differ; NULL: none may be made */
	mica_var step;         /* I32 scalar: what random numbers depend on */
	bool training;
	mica__weight_rule *rule; /* what becomes of the weights of a layer that another wraps; NULL: nothing */
	size_t batch;          /* samples in every batch, as the input says; 0: any number */
	mica__frame *frame;    /* of the layer being called */
	size_t calls, index;   /* calls so far; the number of this one */
	uint32_t draws;        /* random numbers it drew so far */
	mica_var penalty;      /* what layers add to the loss; NULL: nothing */
	mica__mark *marks;
	size_t n_marks, mark_capacity;
	mica__change *changes;
	size_t n_changes, change_capacity;
};
void mica__build_free(mica_build *b);
/* Calls a layer with n inputs: its outputs are in out, which has room for MICA__MOST_OUTPUTS; returns their number, 1 where it
   failed: failures are in the graph and begin with the layer's name. */
size_t mica__layer_call(mica_build *b, mica_instance *i, const mica_var *in, size_t n, mica_var *out);
/* The argument of the softmax or sigmoid that y is the result of, NULL: none.  A crossentropy takes it. */
mica_var mica__build_logits(const mica_build *b, mica_var y);
void mica__build_set_logits(mica_build *b, mica_var y, mica_var logits);
/* A state that begins with zeros and goes on from batch to batch until mica_reset_states. */
mica_var mica__layer_carried(mica_build *b, const char *name, mica_shape s);
/* Makes w what the weight is from here on in this step of training, and what it is differentiated by and updated from; returns w. */
mica_var mica__weight_change(mica_build *b, mica__weight *weight, mica_var w);
/* What it is: the value, or what it was changed to; *change, unless that is NULL: where the latter stands, NULL if nowhere. */
mica_var mica__weight_now(const mica_build *b, const mica__weight *weight, mica__change **change);
/* sum and what the weight's regularizer adds to the loss; either may be none (NULL). */
mica_var mica__weight_penalty(const mica__weight *w, const mica_build *b, mica_var sum);

/* A weight of a model, and what the model's optimizer keeps for it. */
typedef struct mica__variable {
	mica__weight *weight;
	mica_instance *instance; /* its layer */
	char *name;            /* in this model: the path, behind those of the models around its layer */
	mica__slots slots;
} mica__variable;
/* The slot of that name, made of zeros if there is none: for values that are read from a file, before an optimizer asks for them. */
mica_status mica__variable_slot(mica__variable *w, mica_context *ctx, const char *name, mica_shape shape, mica__slot **out);
/* The nodes of an activation that is kept; none is linear. */
mica_var mica__activation_nodes(mica_var x, const mica_activation *a);
/* softmax over several axes together, up to the first 0 of so many. */
mica_var mica__softmax_nodes(mica_var x, const int *axes, size_t most);
/* Whether a loss may want the argument of this activation rather than its result. */
bool mica__activation_keeps_logits(const mica_activation *a);

/* ---- losses ---- */

/* Keeps a loss for an output, the shape of a sample of it, made by layer.  EINVAL: none, of another type, options out of range,
   no reduction, an output that does not fit.  mica__part_drop frees it. */
mica_status mica__loss_keep(mica_loss *l, const char *layer, mica_shape output);
/* From here on it is kept.  Its option name, or its kind's. */
const char *mica__score_name(const mica_loss *s);
/* The loss of a batch, a scalar, as mica_reduction in loss.h says.  y_true: the labels; y_pred: the output, (batch, ...); logits:
   see mica_build, which a crossentropy uses where there are any, so that no probability is ever rounded to 0 or 1; which of the
   two activations it was does not matter, as in Keras on TensorFlow.  weight: of samples, (batch), or (batch, ...) as the values
   have axes; mask: the same of any type, 0 where the output does not count; NULL: none.  Failures are in the graph.

   What fit shows: sum over batches of (batch rows * [this + penalties]) / sum of batch rows; for one output among several the
   same of this alone, times no loss weight.  So a step adds rows * loss to a sum of its own, and rows to a count (or the host
   knows the rows). */
mica_var mica__loss_reduced(const mica_loss *l, mica_var y_true, mica_var y_pred, mica_var logits, mica_var weight, mica_var mask);
/* Whether labels are class numbers, to be checked before training. */
bool mica__loss_of_classes(const mica_loss *l);
/* The class number that is ignored, of whatever range; NaN: none. */
double mica__loss_ignored(const mica_loss *l);

/* ---- metrics ---- */

/* A metric at work: its states are values of role METRIC on the device. */
typedef struct mica__metric {
	mica_metric metric;  /* kept */
	mica_context *ctx;
	char path[96];       /* what the states' paths begin with; cut if it is longer */
	mica__slots states;  /* made when the metric is added the first time */
} mica__metric;
/* Keeps a metric, or a loss as one, with no states yet; zeros until then and after mica__metric_drop.  EINVAL: of another type,
   options out of range. */
mica_status mica__metric_keep(mica__metric *m, const mica_metric *part, mica_context *ctx, const char *path);
void mica__metric_drop(mica__metric *m); /* twice is fine */
const char *mica__metric_name(const mica__metric *m);
/* 1 if larger is better, -1 if smaller; 0: neither. */
int mica__metric_better(const mica__metric *m);
/* Adds a batch in the graph of y_pred: afterwards each of m->states.at[i] has in `next` what the step has to assign to its value.
   Arguments as those of mica__loss_reduced (weight NULL for metrics that are not weighted).  Failures are in the graph. */
void mica__metric_add(mica__metric *m, mica_var y_true, mica_var y_pred, mica_var logits, mica_var weight, mica_var mask);
/* Before the first step of an epoch or an evaluation, after its steps were built: states begin anew. */
mica_status mica__metric_reset(mica__metric *m);
/* Waits for the steps, reads the states and computes on the host.  What is shown: the result, of several numbers their mean; NaN
   if nothing was ever added.  And all of them: *n is how many there are, of which at most capacity are written. */
mica_status mica__metric_result(mica__metric *m, double *shown);
mica_status mica__metric_values(mica__metric *m, double *values, size_t capacity, size_t *n);

/* ---- optimizers ---- */

/* None is rmsprop, as in Keras; clipping in two ways is EINVAL.  Otherwise as the others above. */
mica_status mica__optimizer_keep(mica_optimizer *o);
/* The learning rate of the step after `steps` of them: its schedule's, or rate. */
mica_var mica__optimizer_rate(const mica_optimizer *o, mica_var rate, mica_var steps);
bool mica__optimizer_scheduled(const mica_optimizer *o);
/* The option of that name, a real, a flag or a long; 0 if it has none. */
double mica__optimizer_option(const mica_optimizer *o, const char *name);
/* Puts the weights' new values in place of their gradients; slots that the optimizer asks for the first time are added to the weights,
   and each one's next is its value after the step.  rate: of this step; step: its number, from 1, a real.  Failures are in the graph. */
void mica__optimizer_update(const mica_optimizer *o, mica__variable *const *w, const mica_var *variables, mica_var *gradients, size_t n,
                            mica_var rate, mica_var step);
/* Whether one of the names, with commas between, is a part of a weight's; NULL: there are none. */
bool mica__named(const char *name, const char *names);
/* Whether Muon, of these options, leaves a weight to Adam: what is no matrix, or was excluded. */
bool mica__muon_is_adams(size_t rank, const char *name, bool include_embeddings, const char *exclude_layers);
/* The weight's moving average, where the optimizer keeps one; NULL. */
mica_value *mica__variable_average(const mica__variable *w);

#endif
