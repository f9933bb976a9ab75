/* SPDX-License-Identifier: MIT */
/* keras/keras.h - Keras' files: .keras, a zip of config.json, metadata.json and model.weights.h5, and .weights.h5 alone.  Uses base,
   nn (kinds and their rows) and data.
   A file is translated, whole, to or from what a .mica file holds: the JSON that describes a model (docs/file-format.md), and
   tensors by Mica's names.  So this room knows no model, and the room of models reads and writes one form.  Nothing that is read is
   trusted; what is made of it is checked again by who reads the description. */
#ifndef MICA_KERAS_KERAS_H
#define MICA_KERAS_KERAS_H
#include "data/safetensors.h"
#include "mica/context.h"

#include <jansson.h>

/* What a file is by the end of its name.  MICA__KERAS_OLD: .h5 alone, as Keras 2 wrote, which is neither. */
typedef enum mica__keras_form { MICA__KERAS_NONE, MICA__KERAS_MODEL, MICA__KERAS_WEIGHTS, MICA__KERAS_OLD } mica__keras_form;
mica__keras_form mica__keras_form_of(const char *path);

/* Of a .keras file what a .mica file would hold, its notes among it; of a training that has no like here, that it is not taken over is
   a note, "training".  Of a .weights.h5 file the weights by the names that a model of this description has, or, where it is NULL,
   all arrays under their own; exactly: refused unless there is an array for each weight, and a weight for each array: else what is over is
   there under its own name.
   EIO, EFORMAT; EUNSUPPORTED, which names the layer and what of it has no like here; ENOMEM. */
mica_status mica__keras_open(mica__safetensors **out, const char *path);
mica_status mica__keras_weights_open(mica__safetensors **out, const char *path, const json_t *model, bool exactly);
/* The same of bytes, borrowed; file stands for them in messages. */
mica_status mica__keras_parse(mica__safetensors **out, const unsigned char *bytes, size_t n, const char *file);
mica_status mica__keras_weights_parse(mica__safetensors **out, const unsigned char *bytes, size_t n, const char *file, const json_t *model,
                                      bool exactly);

/* Writes a file of either form, atomically, of a description with "symbols" (describe.c in the room of models) and tensors that are
   named as in a .mica file.  A training that Keras has no like of is left out.  EUNSUPPORTED, which names the layer and what of it
   Keras does not have; EIO, ENOMEM. */
mica_status mica__keras_write(const char *path, const json_t *model, const mica__stored *tensors, size_t n);
/* Whether a file of that form can say what the model is; EUNSUPPORTED as above, ENOMEM. */
mica_status mica__keras_check(const char *path, const json_t *model);

#endif
