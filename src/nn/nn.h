/* SPDX-License-Identifier: MIT */
/* nn/nn.h - layers, losses, metrics and optimizers as the model room sees them.  Uses base and graph.
   All of it is functions that add nodes to a graph; nothing here knows a device, a plan or a data set. */
#ifndef MICA_NN_NN_H
#define MICA_NN_NN_H
#include "base/part.h"
#include "graph/node.h"
#include "mica/layer.h"
#include "mica/metric.h"
#include "mica/optimizer.h"
#include "mica/value.h"
#include "nn/slots.h"

/* ---- layers ---- */

/* The shape of one sample that an input layer, which is kept, says: EINVAL if it is empty. */
mica_status mica__input_shape(const mica_layer *l, mica_shape *out);

/* A trainable value and how it starts. */
typedef struct mica__weight {
	mica_value *value;     /* its path is "layer/name"; held by the list */
	mica_initializer init; /* kept, as are the next two */
	mica_regularizer regularizer;
	mica_constraint constraint;
	bool state;            /* not trained */
	mica_var next;         /* of a state, while a graph is built: after the step */
	size_t layer;          /* its layer's position */
	mica__slots slots;     /* of the optimizer */
} mica__weight;
typedef struct mica__weights {
	mica__weight *at;
	size_t n, capacity;
	mica__table numbers;   /* in at, by path */
} mica__weights;
/* Does not let go of the values. */
void mica__weights_free(mica__weights *w);

/* One pass of building: from the input to the output of all layers. */
struct mica_build {
	mica_graph *graph;
	mica__weights *weights;
	uint64_t seed;
	mica_var step;       /* I32 scalar: what random numbers depend on */
	bool training;
	const char *layer;   /* of the layer being called */
	size_t index;        /* its position */
	uint32_t draws;      /* random numbers it drew so far */
	mica_var penalty;    /* what layers add to the loss; NULL: nothing */
	mica_var logits;     /* argument of the softmax or sigmoid that the layer called last ended with; NULL if it ended otherwise */
};
/* Adds layer l, which is kept, the index-th, to the pass; failures are in the graph and begin with the name. */
mica_var mica__layer_call(mica_build *b, const mica_layer *l, const char *name, size_t index, mica_var x);
/* Frees what a weight has; what the weights add to the loss, NULL: nothing. */
void mica__weight_free(mica__weight *w, mica_context *ctx);
mica_var mica__weights_penalty(const mica__weights *weights, mica_graph *g);
/* The nodes of an activation that is kept; none is linear. */
mica_var mica__activation_nodes(mica_var x, const mica_activation *a);
/* Whether a loss may want the argument of this activation rather than its result. */
bool mica__activation_keeps_logits(const mica_activation *a);
/* s without its first dimension, the batch. */
mica_shape mica__sample_shape(mica_shape s);

/* ---- losses and metrics ---- */

/* Keep a loss for an output, the shape of a sample of it, made by layer; a metric (also any loss).  EINVAL: none, of another
   type, options out of range, an output that does not fit.  mica__part_drop frees them. */
mica_status mica__loss_keep(mica_loss *l, const char *layer, mica_shape output);
mica_status mica__metric_keep(mica_metric *m);
/* From here on they are kept.  Its option name, or its kind's. */
const char *mica__score_name(const mica_loss *s);
/* One value per sample.  logits: see mica_build.  A crossentropy uses them where there are any, so that no probability is
   ever rounded to 0 or 1; which of the two activations it was does not matter, as in Keras on TensorFlow. */
mica_var mica__score_values(const mica_loss *s, mica_var y_true, mica_var y_pred, mica_var logits);
/* Whether labels are class numbers, to be checked before training. */
bool mica__loss_of_classes(const mica_loss *l);

/* ---- optimizers ---- */

/* None is rmsprop, as in Keras; clipping in two ways is EINVAL.  Otherwise as the others above. */
mica_status mica__optimizer_keep(mica_optimizer *o);
/* The learning rate of the step after `steps` of them: its schedule's, or rate. */
mica_var mica__optimizer_rate(const mica_optimizer *o, mica_var rate, mica_var steps);
/* Puts clipped gradients in place of those of all variables. */
void mica__optimizer_clip(const mica_optimizer *o, mica_var *gradients, size_t n);
/* The option of that name; 0 if it has none. */
double mica__optimizer_option(const mica_optimizer *o, const char *name);
/* The weight's new value, decay and constraint included; slots that it asks for the first time are added to the weight, and each one's next is
   its value after the step.  Failures are in the graph. */
mica_var mica__optimizer_update(const mica_optimizer *o, mica__weight *w, mica_var variable, mica_var gradient, mica_var rate,
                                mica_var step);

#endif
