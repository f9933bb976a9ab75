/* SPDX-License-Identifier: MIT */
/* nn/nn.h - layers, losses, metrics and optimizers as the model room sees them.  Uses base and graph.
   All of it is functions that add nodes to a graph; nothing here knows a device, a plan or a data set. */
#ifndef MICA_NN_NN_H
#define MICA_NN_NN_H
#include "graph/node.h"
#include "mica/layer.h"
#include "mica/train.h"
#include "mica/value.h"

/* ---- layers ---- */

/* Adding a layer: its options in layer.h, a row like this in layers.c.  call adds the layer's nodes. */
struct mica_layer_kind {
	const char *class_name;  /* for the summary: "Dense" */
	const char *stem;        /* of default names: "dense", "dense_1", ... */
	size_t name_offset;      /* of the member name in mica_layer */
	mica_var (*call)(mica_build *b, const mica_layer *l, mica_var x);
};
extern const mica_layer_kind mica__input_kind;
const char *mica__layer_name(const mica_layer *l);             /* as the user gave it, or NULL */
void mica__layer_rename(mica_layer *l, const char *name);      /* borrows name */
mica_status mica__input_shape(const mica_layer *l, mica_shape *out); /* of one sample; EINVAL if empty */

/* A trainable value and how it starts. */
typedef struct mica__weight {
	mica_value *value;     /* its path is "layer/name"; held by the list */
	mica_initializer init;
	size_t layer;          /* its layer's position */
} mica__weight;
typedef struct mica__weights {
	mica__weight *at;
	size_t n, capacity;
} mica__weights;

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
	mica_var logits;     /* argument of the softmax or sigmoid that the layer called last ended with; NULL if it ended otherwise */
};
/* Adds layer l, the index-th, to the pass; failures are in the graph and begin with the name. */
mica_var mica__layer_call(mica_build *b, const mica_layer *l, const char *name, size_t index, mica_var x);
/* Whether a loss may want the argument of this activation rather than its result. */
bool mica__activation_keeps_logits(const mica_activation *a);
/* s without its first dimension, the batch. */
mica_shape mica__sample_shape(mica_shape s);

/* ---- losses and metrics ---- */

/* One value per sample.  logits: see mica_build.  A crossentropy uses them where there are any, so that no probability is
   ever rounded to 0 or 1; which of the two activations it was does not matter, as in Keras on TensorFlow. */
mica_var mica__loss_values(const mica_loss *l, mica_var y_true, mica_var y_pred, mica_var logits);
mica_var mica__metric_values(const mica_metric *m, mica_var y_true, mica_var y_pred, mica_var logits);
/* Names and options, and whether a loss fits an output, the shape of a sample of it, made by layer: EINVAL. */
mica_status mica__loss_check(const mica_loss *l, const char *layer, mica_shape output);
mica_status mica__metric_check(const mica_metric *m);
/* Whether labels are class numbers, to be checked before training. */
bool mica__loss_of_classes(const mica_loss *l);

/* ---- optimizers ---- */

/* Puts defaults in place of zeros and checks ranges: EINVAL names the option. */
mica_status mica__optimizer_resolve(mica_optimizer *o);
/* o is resolved from here on.  Slots are numbered 0.. below mica__optimizer_slots; mica__optimizer_slot is false for those
   that its options do not need: such a slot has no variable, is NULL in slots and stays so in new_slots. */
size_t mica__optimizer_slots(const mica_optimizer *o);
bool mica__optimizer_slot(const mica_optimizer *o, size_t i, mica_slot *out);
/* The variable's new value, weight decay included. */
mica_var mica__optimizer_update(const mica_optimizer *o, mica_var variable, mica_var gradient, const mica_var *slots,
                                mica_var *new_slots, mica_var rate, mica_var step);

#endif
