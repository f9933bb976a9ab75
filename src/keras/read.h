/* SPDX-License-Identifier: MIT */
/* keras/read.h - what the files that read config.json's network share. */
#ifndef MICA_KERAS_READ_H
#define MICA_KERAS_READ_H
#include "keras/translate.h"

typedef struct mica__keras_reader mica__keras_reader;
struct mica__keras_reader {
	const char *file;
	mica_status (*read_model)(mica__keras_reader *r, const json_t *from, size_t *number); /* of read.c: a layer may be a model */
	json_t *models, *layers;
	json_t *shared;       /* by shared_object_id: the number of the layer */
	bool masks;           /* some layer makes masks */
	int depth;
};

static inline const char *mica__keras_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* ---- layers.c ---- */

/* A name for messages.  EFORMAT and EUNSUPPORTED that tell file and layer. */
const char *mica__keras_shown(const char *name);
mica_status mica__keras_odd(const mica__keras_reader *r, const char *layer, const char *what);
mica_status mica__keras_lacks(const mica__keras_reader *r, const char *layer, const char *what);
bool mica__keras_is_input(const json_t *from);
bool mica__keras_is_model(const char *class);
/* Adds an input of that config to inputs. */
mica_status mica__keras_input_read(const mica__keras_reader *r, const json_t *config, json_t *inputs);
/* Its number in the list of all layers: one that is there twice, as its id says, is one. */
mica_status mica__keras_layer_read(mica__keras_reader *r, const json_t *from, size_t *number);

/* ---- calls.c ---- */

/* The elements of a list, or the members of an object, or their keys, in the order of the keys, as Keras takes them; a new list. */
json_t *mica__keras_members(const json_t *x, bool keys);
/* Whether it is the place of one tensor, ["layer", 0, 0], and no list or object of such. */
bool mica__keras_is_end(const json_t *x);
/* Adds to inputs, to numbers (of its layers), to calls and to outputs what a functional model's config says. */
mica_status mica__keras_functional_read(mica__keras_reader *r, const json_t *config, json_t *inputs, json_t *numbers, json_t *calls,
                                        json_t *outputs);

#endif
