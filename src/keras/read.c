/* SPDX-License-Identifier: MIT */
/* keras/read.c - config.json's network as a description.
   Models and chains; inputs and layers are in layers.c, the calls of functional models in calls.c. */
#include "keras/read.h"

#include <string.h>

enum { MOST_NESTED = 32 };

/* ---- sequential models ---- */

static mica_status read_sequential(mica__keras_reader *r, const json_t *config, json_t *inputs, json_t *numbers)
{
	const json_t *list = json_object_get(config, "layers"), *shape = json_object_get(config, "build_input_shape");
	mica_status st = MICA_OK;

	for (size_t i = 0, number; i < json_array_size(list); i++) {
		const json_t *from = json_array_get(list, i);
		if (mica__keras_is_input(from)) {
			MICA_TRY(i ? mica__keras_odd(r, NULL, "an input after other layers") : mica__keras_input_read(r, json_object_get(from, "config"), inputs));
			continue;
		}
		MICA_TRY(mica__keras_layer_read(r, from, &number));
		json_array_append_new(numbers, json_integer((json_int_t)number));
	}
	if (!json_array_size(inputs) && json_is_array(shape)) {
		json_t *input = json_pack("{s:s, s:O}", "name", "input_layer", "batch_shape", (json_t *)(uintptr_t)shape);
		st = mica__keras_input_read(r, input, inputs);
		json_decref(input);
	}
out:
	return st;
}

/* ---- models ---- */

static mica_status read_model(mica__keras_reader *r, const json_t *from, size_t *number)
{
	const char *class = mica__keras_text(from, "class_name"), *name = mica__keras_text(json_object_get(from, "config"), "name");
	const json_t *config = json_object_get(from, "config");
	json_t *inputs = json_array(), *layers = json_array(), *calls = json_array(), *outputs = json_array();
	bool chain = class && !strcmp(class, "Sequential");
	mica_status st = MICA_OK;

	if (!class || !mica__keras_is_model(class) || !json_is_array(json_object_get(config, "layers")))
		MICA_TRY(mica__keras_lacks(r, class, "it is no Sequential and no Functional model with its layers; mica makes no other of a file"));
	if (r->depth++ >= MOST_NESTED)
		MICA_TRY(mica__keras_odd(r, name, "more models in models than there may be"));
	MICA_TRY(chain ? read_sequential(r, config, inputs, layers) : mica__keras_functional_read(r, config, inputs, layers, calls, outputs));
	json_t *model = json_pack("{s:s, s:s, s:i, s:i, s:O, s:O}", "class", chain ? "sequential" : "functional", "name", name ? name : "",
	                          "seed", 0,
	                          "weights_made", 0, "inputs", inputs, "layers", layers);
	if (!chain) {
		json_object_set(model, "calls", calls);
		json_object_set(model, "outputs", outputs);
	}
	*number = json_array_size(r->models);
	if (json_array_append_new(r->models, model))
		st = mica__fail(MICA_ENOMEM, "%s: no memory for its description", r->file);
	r->depth--;
out:
	json_decref(inputs);
	json_decref(layers);
	json_decref(calls);
	json_decref(outputs);
	return st;
}

mica_status mica__keras_network_read(json_t **out, const json_t *from, const char *file)
{
	mica__keras_reader r = {.file = file, .read_model = read_model, .models = json_array(), .layers = json_array(), .shared = json_object()};
	size_t number;
	mica_status st = read_model(&r, from, &number);

	*out = NULL;
	MICA_TRY(st);
	for (size_t i = 0; i < json_array_size(r.layers); i++)
		json_object_del(json_array_get(r.layers, i), "called");
	if (!(*out = json_pack("{s:O, s:O}", "models", r.models, "layers", r.layers)))
		st = mica__fail(MICA_ENOMEM, "%s: no memory for what it describes", file);
out:
	json_decref(r.models);
	json_decref(r.layers);
	json_decref(r.shared);
	return st;
}
