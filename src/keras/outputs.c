/* SPDX-License-Identifier: MIT */
/* keras/outputs.c - how many outputs a layer of a description has, by which tensors are numbered. */
#include "keras/translate.h"

#include <string.h>

/* States of a part: a recurrent layer, or a cell. */
static size_t all_states(const json_t *part)
{
	const char *kind = json_string_value(json_object_get(part, "kind"));
	const json_t *options = json_object_get(part, "options");
	size_t n = 0;

	if (!kind)
		return 0;
	if (!strcmp(kind, "rnn"))
		return all_states(json_object_get(options, "cell"));
	if (strcmp(kind, "stacked_rnn_cells") != 0)
		return mica__keras_listed("lstm lstm_cell", kind) ? 2 : 1;
	for (size_t i = 0; i < MICA__MOST_CELLS; i++)
		n += all_states(mica__keras_cell(options, i));
	return n;
}

static size_t states_of(const json_t *part)
{
	return json_is_true(json_object_get(json_object_get(part, "options"), "return_state")) ? all_states(part) : 0;
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
		bool apart = json_integer_value(json_object_get(options, "merge")) == MICA_MERGE_NONE;
		return (apart ? 2 : 1) + 2 * states_of(inner);
	}
	if (mica__keras_listed("simple_rnn lstm gru rnn", kind))
		return 1 + states_of(layer);
	return json_is_true(json_object_get(options, "return_attention_scores")) ? 2 : 1;
}
