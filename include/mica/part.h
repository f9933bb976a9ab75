/* SPDX-License-Identifier: MIT */
/* mica/part.h - parts: what networks and trainings are put together from.
   A part is a kind and its options.  A kind is a constant: a name, the rows that describe its options, and the functions of
   its type; the library's kinds and a user's are the same thing.  What takes a part copies it, so a part may be written where
   it is used:

     mica_add(m, mica_dense(10, .activation = MICA_RELU));

   A kind of one's own is a struct of options, rows about its members, and a constant:

     typedef struct stretch_opts { size_t size; double factor; } stretch_opts;
     static mica_var stretch(mica_var x, const void *options)
     {
             return mica_op_mulc(x, ((const stretch_opts *)options)->factor);
     }
     static const mica_field fields[] = {MICA_FIELD_REAL(stretch_opts, factor, .otherwise = 2, MICA_ABOVE(0))};
     static const mica_kind stretched = {"mine/stretch", .type = MICA_ACTIVATION, .size = sizeof(stretch_opts),
                                         MICA_FIELDS(fields), .activate = stretch};

     mica_dense(10, .activation = MICA_PART(mica_activation, &stretched, &(stretch_opts){.factor = 3}))

   A row about each member is also what lets a part be saved in a file.  Its functions are given the options with defaults in place and ranges checked; they are called while a graph is built, by
   the thread that builds it. */
#ifndef MICA_PART_H
#define MICA_PART_H
#include "mica/context.h"
#include "mica/graph.h"

MICA_BEGIN_DECLS

typedef enum mica_part_type {
	MICA_ACTIVATION = 1, MICA_INITIALIZER, MICA_REGULARIZER, MICA_CONSTRAINT, MICA_LAYER, MICA_LOSS, MICA_METRIC, MICA_SCHEDULE, MICA_OPTIMIZER,
	MICA_CALLBACK, MICA_ALGORITHM
} mica_part_type;
/* "activation", ...; never NULL. */
MICA_API const char *mica_part_type_name(mica_part_type t);

/* ---- options ---- */

/* What a member of an options struct is: a double, a bool, an integer, a text (const char *), a part. */
typedef enum mica_field_type {
	MICA_FIELD_IS_REAL, MICA_FIELD_IS_FLAG, MICA_FIELD_IS_INT, MICA_FIELD_IS_LONG, MICA_FIELD_IS_SIZE, MICA_FIELD_IS_U64,
	MICA_FIELD_IS_TEXT, MICA_FIELD_IS_PART
} mica_field_type;

typedef struct mica_kind mica_kind;

/* A row about a member.  Numbers: an option of 0 stands for `otherwise`, MICA_ZERO and MICA_NONE for a real 0; those out of
   range are refused.  Reals are finite unless the range has an end that is not. */
typedef struct mica_field {
	const char *name;
	size_t offset;
	mica_field_type type;
	double otherwise;
	double low, high;
	unsigned range;           /* which of the two bound it, and whether they are allowed themselves: the macros below */
	size_t count;             /* of a member that is an array of numbers: how many, each of which the row is about; 0: it is none */
	bool repeats;             /* of an array: what is 0 after its first number stands for that */
	mica_part_type part_type; /* of a part */
	const mica_kind *part;    /* what a part of zeros stands for; NULL: none */
} mica_field;
#define MICA_RANGE_LOW 1u
#define MICA_RANGE_ABOVE_LOW 2u
#define MICA_RANGE_HIGH 4u
#define MICA_RANGE_BELOW_HIGH 8u
#define MICA_FROM(low_) .low = (low_), .range = MICA_RANGE_LOW                                                      /* low and more */
#define MICA_ABOVE(low_) .low = (low_), .range = MICA_RANGE_ABOVE_LOW                                               /* more than low */
#define MICA_WITHIN(low_, high_) .low = (low_), .high = (high_), .range = MICA_RANGE_LOW | MICA_RANGE_HIGH          /* low to high */
#define MICA_BELOW(low_, high_) .low = (low_), .high = (high_), .range = MICA_RANGE_LOW | MICA_RANGE_BELOW_HIGH     /* low and more, less than high */
#define MICA_COUNT_FROM(low_) MICA_WITHIN(low_, MICA_MOST_COUNT)
#define MICA_MOST_COUNT 2147483647 /* of samples, epochs, units: what graphs and kernels count with */

/* MICA_FIELD_REAL(struct, member, .otherwise = 0.9, MICA_BELOW(0, 1)) and the like; all but the first two may be left out. */
#define MICA_FIELD_(options, member, ...) {.name = #member, .offset = offsetof(options, member), __VA_ARGS__}
#define MICA_FIELD_REAL(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_REAL)
#define MICA_FIELD_FLAG(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_FLAG)
#define MICA_FIELD_INT(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_INT)
#define MICA_FIELD_LONG(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_LONG)
#define MICA_FIELD_SIZE(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_SIZE)
#define MICA_FIELD_U64(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_U64)
#define MICA_FIELD_TEXT(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_TEXT)
/* MICA_FIELD_PART(struct, member, .part_type = MICA_ACTIVATION, .part = &kind of zeros) */
#define MICA_FIELD_PART(...) MICA_FIELD_(__VA_ARGS__, .type = MICA_FIELD_IS_PART)
/* The rows of a kind: an array. */
#define MICA_FIELDS(rows) .fields = (rows), .n_fields = sizeof(rows) / sizeof(rows)[0]

/* ---- parts ---- */

/* options: NULL (all zeros) or a struct of the kind's size, whose first member is its size (MICA_OPTS).  Borrowed until the
   call that takes the part returns.  kind NULL: no part. */
typedef struct mica_part {
	const mica_kind *kind;
	const void *options;
} mica_part;
/* A part of each type is a type of its own, so that a compiler tells them apart. */
typedef struct mica_activation { mica_part part; } mica_activation;
typedef struct mica_initializer { mica_part part; } mica_initializer;
typedef struct mica_regularizer { mica_part part; } mica_regularizer;
typedef struct mica_constraint { mica_part part; } mica_constraint;
typedef struct mica_layer { mica_part part; } mica_layer;
typedef struct mica_loss { mica_part part; } mica_loss;
typedef mica_loss mica_metric; /* as any loss may be shown as a metric */
typedef struct mica_schedule { mica_part part; } mica_schedule;
typedef struct mica_optimizer { mica_part part; } mica_optimizer;
typedef struct mica_callback { mica_part part; } mica_callback;
/* MICA_PART(mica_activation, &kind, &(kind_opts){...}), MICA_PART(mica_activation, &kind, NULL) */
#ifdef __cplusplus
#define MICA_PART(type, kind_, ...) (type{{(kind_), __VA_ARGS__}})
#else
#define MICA_PART(type, kind_, ...) ((type){{(kind_), __VA_ARGS__}})
#endif

/* Makes the part a copy of its own, with the parts and texts in its options, defaults in their place: for those who keep it for longer
   than a call, as other languages do.  mica_part_drop frees it; of no part both do nothing.  Pointers that no row is about, as payloads,
   stay borrowed.  EINVAL, which names kind, option and value, ENOMEM: then it is no part. */
MICA_API mica_status mica_part_keep(mica_part *part);
MICA_API void mica_part_drop(mica_part *part);

/* A part of a text: its kind by name, alias or Keras' name of its class, and options by their names:
     "adam", "huber(delta=2)", "AUC(thresholds=[0.2, 0.5])", "sgd(schedule=cosine_decay(initial_learning_rate=0.1, decay_steps=500))"
   Numbers stand for those that are named in C, too; flags are true or false; a 0 that is written is a real 0.  Texts may be in quotes.
   A metric may be a loss.  ctx: whose registered kinds it may be, or NULL.  *out is kept (mica_part_keep).
   EINVAL, which says what there is instead, ENOMEM: then it is no part. */
MICA_API mica_status mica_part_parse(mica_context *ctx, mica_part_type type, const char *text, mica_part *out);

/* ---- kinds ---- */

/* While a layer is called (layer.h); while a variable is updated (optimizer.h); while a metric counts a batch or gives its
   result (metric.h). */
typedef struct mica_build mica_build;
typedef struct mica_update mica_update;
typedef struct mica_tally mica_tally;

/* What the labels of a loss or metric are: numbers of any meaning, a distribution over the classes in the last axis, or class
   numbers, checked before training. */
typedef enum mica_labels { MICA_LABELS_VALUES, MICA_LABELS_DISTRIBUTION, MICA_LABELS_CLASSES } mica_labels;

#define MICA_ANY_INPUTS ((size_t)-1)
enum { MICA_MOST_STATES = 16 }; /* of a cell */

struct mica_kind {
	const char *name;         /* "leaky_relu"; a user's has a slash in it: "mine/centre" */
	const char *alias;        /* another name it is known by, or NULL */
	const char *title;        /* for people, in summaries; NULL: the name */
	mica_part_type type;
	size_t size;              /* of its options struct; 0: it has none */
	const mica_field *fields;
	size_t n_fields;
	mica_labels labels;       /* losses and metrics */
	bool logits;              /* they: has an option from_logits, and takes the argument of a softmax or sigmoid before it */
	const mica_kind *metric;  /* a loss: what it is as a metric, with the same options; NULL: itself */
	size_t least_inputs, most_inputs; /* of a layer; 0: 1, and as many as least */
	bool masks;               /* a layer: its result has the first input's mask, unless it set another */
	bool whole;               /* losses and metrics: one score for the whole batch, a scalar */
	int better;               /* metrics: 1 if larger is better, -1 if smaller; 0: neither.  A loss shown as one has -1 */

	/* The function of its type; the others are NULL. */
	/* Activations: nodes of x's shape. */
	mica_var (*activate)(mica_var x, const void *options);
	/* Initializers: values, as many as the shape has; the same seed and stream must give the same. */
	mica_status (*initialize)(float *values, mica_shape shape, uint64_t seed, uint32_t stream, const void *options);
	/* Regularizers: what a weight, or a layer's output, adds to the loss, a scalar. */
	mica_var (*penalty)(mica_var w, const void *options);
	/* Constraints: the weight that is allowed, in place of w, which an update made. */
	mica_var (*project)(mica_var w, const void *options);
	/* Layers: x is (batch, sample...), and so is the result.  x is the first input; layer.h has the others. */
	mica_var (*call)(mica_build *b, mica_var x, const void *options);
	/* Layers that are cells (sequence.h): the shapes of their states, of one sample, 1 to MICA_MOST_STATES of them, and how many
	   these are; step: the shape of the input, without the batch. */
	size_t (*states)(mica_shape step, const void *options, mica_shape *states);
	/* Losses and metrics: real values of y_pred's shape without its last axis, or of fewer of its first axes: (batch), (batch,
	   steps), ... and 1s behind; the last axis may stay, too.  What becomes of them is not its business: see loss.h and
	   metric.h.  Another shape is refused when the step is built (ESHAPE), since it is a mean that was forgotten or an
	   unwanted broadcast.  y_pred is the model's output (batch, ...), y_true the labels in their own type, and in y_pred's
	   shape wherever theirs differs by dimensions of 1 only.  An option `axis` of these kinds, an int, names the axis that
	   stands last in what they are given. */
	mica_var (*score)(mica_var y_true, mica_var y_pred, const void *options);
	/* Losses, or NULL: which of score's values are there at all, 1 or 0 in their shape; others are no part of a mean. */
	mica_var (*counted)(mica_var y_true, mica_var y_pred, mica_var values, const void *options);
	/* Metrics that are no mean of scores: adds a batch to states, and makes of them what is shown: a real, or several.  NULL:
	   score's values and their mean. */
	void (*accumulate)(mica_tally *t, mica_var y_true, mica_var y_pred, const void *options);
	mica_var (*result)(mica_tally *t, const void *options);
	/* Schedules: the learning rate of the step after `steps` of them, both real scalars. */
	mica_var (*rate)(mica_var steps, const void *options);
	/* Optimizers: the variable's new value. */
	mica_var (*update)(mica_update *u, const void *options);
	/* Optimizers, or NULL: by how much this variable decays, in place of the option weight_decay. */
	double (*decay)(const mica_update *u, const void *options);
	/* Callbacks: functions for what happens (callback.h). */
	const struct mica_hooks *hooks;
	/* Algorithms of a search, which the library has only (tuning.h). */
	const struct mica__proposer *proposer;
};

/* Kind i of that type, from 0, in the order of the headers; NULL past the end.  The kind of a name or alias; NULL if the library
   has none; callbacks, which no file names, are not listed. */
MICA_API const mica_kind *mica_kind_at(mica_part_type t, size_t i);
MICA_API const mica_kind *mica_kind_find(mica_part_type t, const char *name);

/* Makes a kind of the user's known to the context, so that files that name it can be loaded there (model.h); it is borrowed.
   EINVAL: a name without a slash, or that another kind of its type has. */
MICA_API mica_status mica_register(mica_context *ctx, const mica_kind *kind);

/* Sets a number or flag in a struct of the kind's options, which is found by name: for those who read options from files or
   command lines.  EINVAL if the kind has no such option, or that no such number; the range is checked where the part is used. */
MICA_API mica_status mica_option_set(const mica_kind *kind, void *options, const char *name, double value);

MICA_END_DECLS
#endif
