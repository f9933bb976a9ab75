/* SPDX-License-Identifier: MIT */
/* keras/training.c - compile_config both ways.
   Keras takes a loss, or a list or an object of losses by output, and so for weights and metrics; made here are objects where there are
   several outputs. */
#include "keras/translate.h"

#include <stdio.h>
#include <string.h>

/* ---- read ---- */

/* What an object or list says for output k of so many; the thing itself where it is for all.  A part is no object of outputs. */
static const json_t *for_output(const json_t *of, const json_t *outputs, size_t k)
{
	const char *name = json_string_value(json_array_get(outputs, k));

	if (json_is_object(of) && !json_object_get(of, "class_name"))
		return name ? json_object_get(of, name) : NULL;
	if (json_is_array(of))
		return json_array_get(of, k);
	return of;
}

/* Those of one output: one, or a list, in which lists may be. */
static bool read_metrics(json_t *to, const json_t *from, const char *where)
{
	bool good = true;

	for (size_t i = 0; i < json_array_size(from) && good; i++)
		good = read_metrics(to, json_array_get(from, i), where);
	if (json_is_array(from) || !from || json_is_null(from))
		return good;
	json_t *part = mica__keras_part_read(from, MICA_METRIC, where);
	return part && !json_array_append_new(to, part);
}

static json_t *read_output(const json_t *compile, const json_t *outputs, size_t k, const char *where)
{
	static const char *const names[] = {"metrics", "weighted_metrics"};
	bool one = json_array_size(outputs) == 1, good = true;
	const json_t *loss = for_output(json_object_get(compile, "loss"), outputs, k);
	const json_t *weight = for_output(json_object_get(compile, "loss_weights"), outputs, k);
	json_t *part = loss ? mica__keras_part_read(loss, MICA_LOSS, where) : json_null(), *output;

	if (!part)
		return NULL;
	output = json_pack("{s:o, s:f}", "loss", part, "weight", json_is_number(weight) ? json_number_value(weight) : 1);
	for (size_t i = 0; i < MICA__COUNT(names) && good; i++) {
		const json_t *all = json_object_get(compile, names[i]);
		json_t *list = json_array();
		good = read_metrics(list, one && json_is_array(all) ? all : for_output(all, outputs, k), where);
		json_object_set_new(output, names[i], list);
	}
	if (good)
		return output;
	json_decref(output);
	return NULL;
}

json_t *mica__keras_training_read(const json_t *compile, const json_t *outputs, const char *file)
{
	char where[500];
	json_t *list = json_array(), *optimizer;
	bool good;

	snprintf(where, sizeof where, "%.400s: compile_config", file);
	optimizer = mica__keras_part_read(json_object_get(compile, "optimizer"), MICA_OPTIMIZER, where);
	good = optimizer && !json_is_null(optimizer);
	for (size_t k = 0; k < json_array_size(outputs) && good; k++)
		good = !json_array_append_new(list, read_output(compile, outputs, k, where));
	if (good)
		return json_pack("{s:o, s:o}", "optimizer", optimizer, "outputs", list);
	json_decref(list);
	json_decref(optimizer);
	return NULL;
}

/* ---- made ---- */

static json_t *metrics_made(const json_t *list, const char *where)
{
	json_t *made = json_array();

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *part = mica__keras_part_made(json_array_get(list, i), MICA_METRIC, where);
		if (!part) {
			json_decref(made);
			return NULL;
		}
		json_array_append_new(made, part);
	}
	return made;
}

/* A member of each output: the only one's, or an object by output. */
static bool add_member(json_t *to, const char *key, const json_t *outputs, size_t k, json_t *value)
{
	if (!value)
		return false;
	if (json_array_size(outputs) == 1)
		return !json_object_set_new(to, key, value);
	if (!json_object_get(to, key))
		json_object_set_new(to, key, json_object());
	return !json_object_set_new(json_object_get(to, key), json_string_value(json_array_get(outputs, k)), value);
}

static json_t *weight_made(const json_t *outputs, const json_t *weight)
{
	bool plain = json_array_size(outputs) == 1 && json_number_value(weight) == 1;

	return plain ? json_null() : json_real(json_number_value(weight));
}

json_t *mica__keras_training_made(const json_t *training, const json_t *outputs)
{
	static const char where[] = "save: the training";
	const json_t *list = json_object_get(training, "outputs");
	json_t *made = json_object(), *optimizer = mica__keras_part_made(json_object_get(training, "optimizer"), MICA_OPTIMIZER, where);
	bool good = optimizer != NULL;

	json_object_set_new(made, "optimizer", optimizer);
	for (size_t k = 0; k < json_array_size(list) && good; k++) {
		const json_t *of = json_array_get(list, k);
		good = add_member(made, "loss", outputs, k, mica__keras_part_made(json_object_get(of, "loss"), MICA_LOSS, where)) &&
		       add_member(made, "loss_weights", outputs, k, weight_made(outputs, json_object_get(of, "weight"))) &&
		       add_member(made, "metrics", outputs, k, metrics_made(json_object_get(of, "metrics"), where)) &&
		       add_member(made, "weighted_metrics", outputs, k, metrics_made(json_object_get(of, "weighted_metrics"), where));
	}
	json_object_set_new(made, "run_eagerly", json_false());
	json_object_set_new(made, "steps_per_execution", json_integer(1));
	json_object_set_new(made, "jit_compile", json_false());
	if (good)
		return made;
	json_decref(made);
	return NULL;
}
