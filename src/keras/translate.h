/* SPDX-License-Identifier: MIT */
/* keras/translate.h - how Keras' words and ours go together, for the files of this room.
   Both are JSON: a part of ours is {"kind", "options"}, one of Keras' {"module", "class_name", "config", "registered_name"}, or, of
   some, a name alone.  Both ways follow the rows of the kind's options and the table in rows.c. */
#ifndef MICA_KERAS_TRANSLATE_H
#define MICA_KERAS_TRANSLATE_H
#include "data/hdf5.h"
#include "keras/keras.h"
#include "nn/nn.h"

/* ---- classes.c: kinds and classes ---- */

/* Keras' class of a kind; false: it has none. */
enum { MICA__SNAKE = 96 };
bool mica__keras_class(char out[MICA__SNAKE], mica_part_type type, const char *kind);
const char *mica__keras_module(mica_part_type type);
/* Our kind of a class; NULL: there is none. */
const mica_kind *mica__keras_kind(mica_part_type type, const char *class_name);
/* "batch_normalization" of "BatchNormalization", by Keras' rule, cut to the room there is. */
void mica__keras_snake(char out[MICA__SNAKE], const char *class_name);
/* Whether a text's words, which blanks separate, have that one among them. */
bool mica__keras_listed(const char *words, const char *word);

/* ---- rows.c: options and keys ---- */

typedef enum mica__keras_how {
	MICA__AS_IS,      /* a number, flag, text or part under another name, or a part of its name only */
	MICA__INVERTED,   /* a flag that is true where ours is false */
	MICA__OR_NULL,    /* a number; null where ours says that there is none */
	MICA__SEEDED,     /* null for the model's seed */
	MICA__NAMED,      /* a name for each number, the first for `from`; "": null */
	MICA__AXES,       /* bits: a number or a list; of 0 what `names` says, "none": an empty list, and -1 is the last */
	MICA__NORM_AXES,  /* an axis, or a list for the bits of the option axes */
	MICA__AXIS_LIST,  /* an axis, or a list for the option axes */
	MICA__LISTED,     /* an array up to what stands for its end: a list, or null if it is empty */
	MICA__SIZES,      /* the same with -1 or null for a size that is found out, and never null itself */
	MICA__NOISE,      /* the same behind null for the batch */
	MICA__SPATIAL,    /* a number for each spatial axis; `names`: the option that stands for all of them */
	MICA__EDGES,      /* pairs of the options before and after, or all for all */
	MICA__PAIR,       /* two numbers, or one for both */
	MICA__TEXTS,      /* a list for a text with commas */
	MICA__CELLS,      /* a list of the parts in the options c0 to c7 */
	MICA__RATE,       /* a number, or the part in the option schedule */
	MICA__EXTRA,      /* as it is, but only where it is not the default, which Keras leaves out */
	MICA__ABSENT,     /* Keras has no such: only the default can be said */
	MICA__IMPLIED     /* it says nothing of its own */
} mica__keras_how;

typedef struct mica__keras_row {
	const char *option, *key;
	mica__keras_how how;
	const char *kinds;   /* that the row is about, blanks between; NULL: all */
	const char *names;   /* with | between, or as above */
	int from;
} mica__keras_row;
/* The row about an option of the kind; one that has none is as it is. */
mica__keras_row mica__keras_row_of(const mica_kind *kind, const char *option);
/* Fails, with EUNSUPPORTED, for a key of config that no option of kind stands for and that says something; also: further keys that are
   known, blanks between. */
mica_status mica__keras_keys_known(const mica_kind *kind, const json_t *config, const char *also, const char *where);

/* ---- parts.c: a part both ways; where begins messages ---- */

/* New, NULL with the failure recorded. */
json_t *mica__keras_part_made(const json_t *part, mica_part_type type, const char *where);
json_t *mica__keras_part_read(const json_t *from, mica_part_type type, const char *where);
/* {"module", "class_name", "config", "registered_name": null}; config is taken. */
json_t *mica__keras_object(const char *module, const char *class_name, json_t *config);

/* ---- values.c: an option both ways ---- */

/* New, NULL with the failure recorded. */
json_t *mica__keras_value_made(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, const json_t *options,
                               const char *where);
json_t *mica__keras_value_read(const mica_kind *kind, const mica_field *f, const mica__keras_row *row, json_t *config, const char *where);

/* The i-th of cells one upon the other, a part in the option c0, c1 ... of theirs; NULL behind the last. */
enum { MICA__MOST_CELLS = 8 };
static inline const json_t *mica__keras_cell(const json_t *options, size_t i)
{
	const char name[] = {'c', (char)('0' + i), 0};

	return i < MICA__MOST_CELLS ? json_object_get(options, name) : NULL;
}

/* ---- networks ---- */

/* read.c: the description of the model of config.json, without what it is trained for.  EFORMAT; EUNSUPPORTED, ENOMEM. */
mica_status mica__keras_network_read(json_t **out, const json_t *from, const char *file);
/* write.c: the model as config.json has it, without compile_config; NULL on failure. */
json_t *mica__keras_network_made(const json_t *model);
/* outputs.c: the number of outputs of a layer of a description, of a model that of its own. */
size_t mica__keras_outputs(const json_t *model, const json_t *layer);
/* order.c: the layers of model k of a description in the order that Keras puts them in, by which it finds their weights again: numbers in
   the model's list "layers", inputs behind them (n_layers + i), which are `out`'s, with room for all of them (mica__free). */
mica_status mica__keras_order(const json_t *model, size_t k, size_t **out, size_t *n);

/* ---- training.c: compile_config ---- */

/* {"optimizer", "outputs"} of a description, for outputs of these names; NULL on failure. */
json_t *mica__keras_training_read(const json_t *compile, const json_t *outputs, const char *file);
/* outputs: the names of those that there are. */
json_t *mica__keras_training_made(const json_t *training, const json_t *outputs);

/* ---- weights.c: where in the file a weight is ---- */

typedef struct mica__keras_place {
	char *name;       /* of the tensor: "base/dense/kernel" */
	char *path;       /* of the array: "layers/functional/layers/dense/vars/0" */
	bool trained;     /* the layer and all around it are, and it is no state */
	bool again;       /* a second array of the same values */
	bool shared;      /* the array of the place before */
	bool blank;       /* zeros that Keras never reads, and that are not here */
	mica_shape shape; /* of a weight, once it was found; of what is blank */
} mica__keras_place;
typedef struct mica__keras_places {
	mica__keras_place *at;
	size_t n, capacity;
	mica__hdf5_group *groups; /* of the layers, and what they are called */
	size_t n_groups, group_capacity;
} mica__keras_places;
/* In the order in which Keras counts its weights.  listed: the layers of a model's list have Keras' order. */
mica_status mica__keras_places_find(mica__keras_places *out, const json_t *model, bool listed);
void mica__keras_places_free(mica__keras_places *p);
/* The same of what the optimizer keeps for the weights that are trained, "/optimizer/dense/kernel/momentum", behind the `first` arrays
   that are no weight's; *known: whether Keras and we keep the same. */
mica_status mica__keras_slots_find(mica__keras_places *out, const mica__keras_places *weights, const json_t *optimizer, size_t first,
                                   bool *known);

#endif
