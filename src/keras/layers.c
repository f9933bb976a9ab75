/* SPDX-License-Identifier: MIT */
/* keras/layers.c - inputs and layers of config.json as those of a description. */
#include "keras/read.h"

#include <stdio.h>
#include <string.h>

const char *mica__keras_shown(const char *name)
{
	return name && !mica__name_fault(name) ? name : "(not printable)";
}

mica_status mica__keras_odd(const mica__keras_reader *r, const char *layer, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: layer \"%s\": %s", r->file, mica__keras_shown(layer), what);
}

mica_status mica__keras_lacks(const mica__keras_reader *r, const char *layer, const char *what)
{
	return mica__fail(MICA_EUNSUPPORTED, "%s: layer \"%s\": %s", r->file, mica__keras_shown(layer), what);
}

/* ---- layers ---- */

/* Types of less precision compute in the context's; those of whole numbers are another network. */
static mica_status check_dtype(const mica__keras_reader *r, const char *name, const json_t *config)
{
	const json_t *dtype = json_object_get(config, "dtype");
	const char *text = json_is_string(dtype) ? json_string_value(dtype) : mica__keras_text(json_object_get(dtype, "config"), "name");

	if (!dtype || json_is_null(dtype) || (text && strstr(text, "float")))
		return MICA_OK;
	return mica__keras_lacks(r, name, "its dtype is none of reals, as of a model that was quantized");
}

bool mica__keras_is_model(const char *class)
{
	return !strcmp(class, "Sequential") || !strcmp(class, "Functional") || !strcmp(class, "Model");
}

static bool makes_masks(const char *class, const json_t *config)
{
	return !strcmp(class, "Masking") || json_is_true(json_object_get(config, "mask_zero"));
}

/* The layer's entry in the description. */
static mica_status make_entry(mica__keras_reader *r, const json_t *from, const char *class, json_t **out)
{
	json_t *config = json_object_get(from, "config"), *part;
	const char *name = mica__keras_text(config, "name");
	char where[600];
	size_t k = 0;
	mica_status st;

	const json_t *inside = !strcmp(class, "TimeDistributed") ? json_object_get(config, "layer") : NULL;
	const char *inside_class = mica__keras_text(inside, "class_name");
	bool over_steps = inside_class && mica__keras_is_model(inside_class);
	if (over_steps || mica__keras_is_model(class)) {
		MICA_TRY(r->read_model(r, over_steps ? inside : from, &k));
		*out = json_pack("{s:s, s:{}, s:I}", "kind", over_steps ? "time_distributed" : "model", "options", "model", (json_int_t)k);
		return *out ? MICA_OK : mica__unmade(r->file);
	}
	MICA_TRY(check_dtype(r, name, config));
	snprintf(where, sizeof where, "%.400s: layer \"%.80s\"", r->file, mica__keras_shown(name));
	if (!(part = mica__keras_part_read(from, MICA_LAYER, where)))
		return mica__unmade(r->file);
	r->masks = r->masks || makes_masks(class, config);
	*out = part;
out:
	return st;
}

/* Its number in the list of all layers: one that is there twice, as its id says, is one. */
mica_status mica__keras_layer_read(mica__keras_reader *r, const json_t *from, size_t *number)
{
	const json_t *config = json_object_get(from, "config"), *id = json_object_get(from, "shared_object_id"), *before;
	const char *class = mica__keras_text(from, "class_name"), *name = mica__keras_text(config, "name");
	char key[32];
	json_t *entry;
	mica_status st = MICA_OK;

	if (!class || !name || !json_is_object(config))
		return mica__keras_odd(r, name, "a class, its config and a name in that were expected");
	snprintf(key, sizeof key, "%lld", (long long)json_integer_value(id));
	if (json_is_integer(id) && (before = json_object_get(r->shared, key))) {
		*number = (size_t)json_integer_value(before);
		return st;
	}
	MICA_TRY(make_entry(r, from, class, &entry));
	json_object_set_new(entry, "name", json_string(name));
	json_object_set_new(entry, "trainable", json_boolean(!json_is_false(json_object_get(config, "trainable"))));
	*number = json_array_size(r->layers);
	json_array_append_new(r->layers, entry);
	if (json_is_integer(id))
		json_object_set_new(r->shared, key, json_integer((json_int_t)*number));
out:
	return st;
}

/* ---- inputs ---- */

mica_status mica__keras_input_read(const mica__keras_reader *r, const json_t *config, json_t *inputs)
{
	static const struct { const char *keras, *ours; } types[] = {
		{"float32", "f32"}, {"float64", "f64"}, {"float16", "f32"}, {"bfloat16", "f32"}, {"int32", "i32"}, {"int64", "i64"}, {"uint8", "u8"},
		{"bool", "bool"},
	};
	const json_t *shape = json_object_get(config, "batch_shape"), *batch = json_array_get(shape, 0);
	const char *name = mica__keras_text(config, "name"), *given = mica__keras_text(config, "dtype"), *type = given ? NULL : "f32";
	json_t *sizes, *input;

	if (!shape)
		shape = json_object_get(config, "batch_input_shape");
	for (size_t i = 0; given && i < MICA__COUNT(types); i++)
		type = strcmp(types[i].keras, given) ? type : types[i].ours;
	if (!name || !json_is_array(shape) || !json_array_size(shape))
		return mica__keras_odd(r, name, "an input with a name and a shape was expected");
	if (!type)
		return mica__keras_lacks(r, name, "mica has no inputs of its type");
	sizes = json_array();
	for (size_t i = 1; i < json_array_size(shape); i++)
		json_array_append(sizes, json_array_get(shape, i));
	for (size_t i = 0; i < json_array_size(sizes); i++)
		if (!json_is_integer(json_array_get(sizes, i))) {
			json_decref(sizes);
			return mica__keras_lacks(r, name, "an axis has no size (None); give it one, as mica compiles for sizes");
		}
	input = json_pack("{s:s, s:o, s:s}", "name", name, "shape", sizes, "type", type);
	if (json_is_integer(batch))
		json_object_set(input, "batch", (json_t *)(uintptr_t)batch);
	json_array_append_new(inputs, input);
	return MICA_OK;
}

bool mica__keras_is_input(const json_t *from)
{
	const char *class = mica__keras_text(from, "class_name");

	return class && !strcmp(class, "InputLayer");
}
