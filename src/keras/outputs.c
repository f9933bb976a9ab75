/* SPDX-License-Identifier: MIT */
/* keras/outputs.c - how many outputs a layer of a description has, by which tensors are numbered. */
#include "keras/translate.h"

#include <string.h>

static size_t states_of(const char *kind, const json_t *options)
{
	return !json_is_true(json_object_get(options, "return_state")) ? 0 : strcmp(kind, "lstm") ? 1 : 2;
}

size_t mica__keras_outputs(const json_t *model, const json_t *layer)
{
	const json_t *number = json_object_get(layer, "model"), *options = json_object_get(layer, "options");
	const char *kind = json_string_value(json_object_get(layer, "kind"));

	if (number) {
		const json_t *outputs = json_object_get(json_array_get(json_object_get(model, "models"), (size_t)json_integer_value(number)), "outputs");
		return outputs ? json_array_size(outputs) : 1;
	}
	if (!kind)
		return 1;
	if (!strcmp(kind, "bidirectional")) {
		const json_t *inner = json_object_get(options, "layer");
		const char *of = json_string_value(json_object_get(inner, "kind"));
		bool apart = json_integer_value(json_object_get(options, "merge")) == MICA_MERGE_NONE;
		return (apart ? 2 : 1) + (of ? 2 * states_of(of, json_object_get(inner, "options")) : 0);
	}
	if (mica__keras_listed("simple_rnn lstm gru", kind))
		return 1 + states_of(kind, options);
	return json_is_true(json_object_get(options, "return_attention_scores")) ? 2 : 1;
}
