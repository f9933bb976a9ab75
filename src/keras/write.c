/* SPDX-License-Identifier: MIT */
/* keras/write.c - a description's network as config.json has it.
   Layers stand in Keras' order (order.c), each with its calls in this model; a tensor is the layer whose call made it, the number of that
   call among the layer's, and its place among what that made. */
#include "keras/translate.h"

#include <stdio.h>
#include <string.h>

#define HEADS "multi_head_attention group_query_attention"

typedef struct writer {
	const json_t *model, *layers;
	size_t *users;        /* of layers: models that they are in */
} writer;

/* A functional model. */
typedef struct graph {
	const writer *w;
	const json_t *m, *calls;
	json_t *histories;    /* of symbols: [layer, node, place] */
} graph;

static json_t *model_made(const writer *w, size_t k);

static const json_t *model_at(const writer *w, size_t k)
{
	return json_array_get(json_object_get(w->model, "models"), k);
}

static const json_t *layer_at(const writer *w, size_t number)
{
	return json_array_get(w->layers, number);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static const char *dtype_of(const char *ours)
{
	static const struct { const char *ours, *keras; } types[] = {{"f64", "float64"}, {"i32", "int32"}, {"i64", "int64"}, {"u8", "uint8"},
	                                                             {"bool", "bool"}};

	for (size_t i = 0; i < MICA__COUNT(types); i++)
		if (!strcmp(types[i].ours, ours))
			return types[i].keras;
	return "float32";
}

/* [null, sizes...], or a number for batches of one size. */
static json_t *batch_shape(const json_t *shape, const json_t *batch)
{
	json_t *list = json_array();

	json_array_append_new(list, batch ? json_incref((json_t *)(uintptr_t)batch) : json_null());
	json_array_extend(list, (json_t *)(uintptr_t)shape);
	return list;
}

/* ---- layers ---- */

static const json_t *symbol_at(const json_t *m, size_t i)
{
	return json_array_get(json_object_get(m, "symbols"), i);
}

/* Spatial dropouts are one kind here and three classes there, by the rank of the layer's first input, which take no "trainable". */
static void name_dropout(json_t *made, const json_t *input)
{
	size_t rank = json_array_size(json_object_get(input, "shape"));
	char class[24];

	snprintf(class, sizeof class, "SpatialDropout%zuD", rank > 1 && rank < 5 ? rank - 1 : 1);
	json_object_set_new(made, "class_name", json_string(class));
	json_object_del(json_object_get(made, "config"), "trainable");
}

/* Layer `number` of all, whose first call is of `input`. */
static json_t *layer_made(const writer *w, size_t number, const json_t *input)
{
	const json_t *l = layer_at(w, number), *inner = json_object_get(l, "model"), *factor = json_object_get(l, "learning_rate_factor");
	const char *name = text_of(l, "name"), *kind = text_of(l, "kind");
	char where[120];
	json_t *made, *config;

	snprintf(where, sizeof where, "save: layer \"%.80s\"", name);
	if (factor) {
		mica__fail(MICA_EUNSUPPORTED, "%s: its learning rate is multiplied (%g), which Keras' files cannot say", where,
		           json_number_value(factor));
		return NULL;
	}
	bool over_steps = inner && kind && !strcmp(kind, "time_distributed");
	made = inner ? model_made(w, (size_t)json_integer_value(inner)) : mica__keras_part_made(l, MICA_LAYER, where);
	if (made && over_steps)
		made = mica__keras_object("keras.layers", "TimeDistributed", json_pack("{s:o}", "layer", made));
	if (!made)
		return NULL;
	config = json_object_get(made, "config");
	json_object_set_new(config, "name", json_string(name));
	json_object_set(config, "trainable", json_object_get(l, "trainable"));
	if (!inner || over_steps)
		json_object_set_new(config, "dtype", json_string("float32"));
	if (kind && !strcmp(kind, "spatial_dropout"))
		name_dropout(made, input);
	if (w->users[number] > 1)
		json_object_set_new(made, "shared_object_id", json_integer((json_int_t)number + 1));
	return made;
}

static json_t *input_made(const json_t *input)
{
	json_t *shape = batch_shape(json_object_get(input, "shape"), json_object_get(input, "batch"));
	json_t *config = json_pack("{s:o, s:s, s:b, s:b, s:O, s:b}", "batch_shape", shape, "dtype", dtype_of(text_of(input, "type")), "sparse", 0,
	                           "ragged", 0, "name", json_object_get(input, "name"), "optional", 0);

	return mica__keras_object("keras.layers", "InputLayer", config);
}

/* ---- sequential models ---- */

static json_t *sequential_layers(const writer *w, const json_t *m)
{
	const json_t *inputs = json_object_get(m, "inputs"), *layers = json_object_get(m, "layers");
	json_t *list = json_array(), *made;
	size_t symbol = 0, next = 1;

	if (json_array_size(inputs))
		json_array_append_new(list, input_made(json_array_get(inputs, 0)));
	for (size_t i = 0; i < json_array_size(layers); i++) {
		size_t number = (size_t)json_integer_value(json_array_get(layers, i));
		if (!(made = layer_made(w, number, symbol_at(m, symbol)))) {
			json_decref(list);
			return NULL;
		}
		symbol = next;
		next += mica__keras_outputs(w->model, layer_at(w, number));
		json_array_append_new(list, made);
	}
	return list;
}

/* ---- functional models ---- */

static void number_symbols(graph *g)
{
	const json_t *inputs = json_object_get(g->m, "inputs");
	json_t *nodes = json_object(); /* how many calls there were of each layer */

	for (size_t i = 0; i < json_array_size(inputs); i++)
		json_array_append_new(g->histories, json_pack("[O, i, i]", json_object_get(json_array_get(inputs, i), "name"), 0, 0));
	for (size_t i = 0; i < json_array_size(g->calls); i++) {
		const json_t *l = layer_at(g->w, (size_t)json_integer_value(json_object_get(json_array_get(g->calls, i), "layer")));
		const char *name = text_of(l, "name");
		json_int_t node = json_integer_value(json_object_get(nodes, name));
		size_t n = mica__keras_outputs(g->w->model, l);
		json_object_set_new(nodes, name, json_integer(node + 1));
		for (size_t k = 0; k < n; k++)
			json_array_append_new(g->histories, json_pack("[s, I, I]", name, node, (json_int_t)k));
	}
	json_decref(nodes);
}

static json_t *tensor_made(const graph *g, const json_t *number)
{
	size_t i = (size_t)json_integer_value(number);
	const json_t *s = symbol_at(g->m, i);
	const char *type = text_of(s, "type");

	return json_pack("{s:s, s:{s:o, s:s, s:O}}", "class_name", "__keras_tensor__", "config", "shape",
	                 batch_shape(json_object_get(s, "shape"), NULL), "dtype", dtype_of(type ? type : "f32"), "keras_history",
	                 json_array_get(g->histories, i));
}

/* Whether Keras takes all inputs as one list. */
static bool takes_list(const json_t *l, size_t n)
{
	const char *kind = text_of(l, "kind");

	return mica__keras_listed("add subtract multiply average maximum minimum concatenate dot attention additive_attention", kind) ||
	       (json_object_get(l, "model") && n > 1);
}

/* A call: args and kwargs, as the class takes them. */
static json_t *node_made(const graph *g, const json_t *l, const json_t *of)
{
	const json_t *options = json_object_get(l, "options");
	const char *kind = text_of(l, "kind");
	json_t *args = json_array(), *kwargs = json_object(), *rest = json_array();
	bool heads = mica__keras_listed(HEADS, kind), recurrent = mica__keras_listed("simple_rnn lstm gru rnn bidirectional", kind);
	size_t n = json_array_size(of);

	for (size_t i = 0; i < n; i++) {
		json_t *tensor = tensor_made(g, json_array_get(of, i));
		if (heads && i == 3)
			json_object_set_new(kwargs, "attention_mask", tensor);
		else if (!strcmp(kind, "softmax") && i == 1)
			json_object_set_new(kwargs, "mask", tensor);
		else
			json_array_append_new(recurrent && i ? rest : args, tensor);
	}
	if (heads && n == 1)
		json_array_append_new(args, tensor_made(g, json_array_get(of, 0)));
	if (json_array_size(rest))
		json_object_set(kwargs, "initial_state", rest);
	json_decref(rest);
	if (json_is_true(json_object_get(options, "use_causal_mask")))
		json_object_set_new(kwargs, "use_causal_mask", json_true());
	if (json_is_true(json_object_get(options, "return_attention_scores")))
		json_object_set_new(kwargs, "return_attention_scores", json_true());
	if (takes_list(l, n))
		args = json_pack("[o]", args);
	return json_pack("{s:o, s:o}", "args", args, "kwargs", kwargs);
}

static json_t *nodes_made(const graph *g, size_t number, const json_t **input)
{
	json_t *nodes = json_array();

	*input = NULL;
	for (size_t i = 0; i < json_array_size(g->calls); i++) {
		const json_t *call = json_array_get(g->calls, i), *of = json_object_get(call, "of");
		if ((size_t)json_integer_value(json_object_get(call, "layer")) != number)
			continue;
		if (!*input)
			*input = symbol_at(g->m, (size_t)json_integer_value(json_array_get(of, 0)));
		json_array_append_new(nodes, node_made(g, layer_at(g->w, number), of));
	}
	return nodes;
}

/* An input, or a layer with its calls. */
static json_t *entry_made(const graph *g, size_t at)
{
	const json_t *layers = json_object_get(g->m, "layers"), *input;
	json_t *made;

	if (at >= json_array_size(layers)) {
		const json_t *from = json_array_get(json_object_get(g->m, "inputs"), at - json_array_size(layers));
		made = input_made(from);
		json_object_set(made, "name", json_object_get(from, "name"));
		json_object_set_new(made, "inbound_nodes", json_array());
		return made;
	}
	size_t number = (size_t)json_integer_value(json_array_get(layers, at));
	json_t *nodes = nodes_made(g, number, &input);
	if (!(made = layer_made(g->w, number, input))) {
		json_decref(nodes);
		return NULL;
	}
	json_object_set(made, "name", json_object_get(layer_at(g->w, number), "name"));
	json_object_set_new(made, "inbound_nodes", nodes);
	return made;
}

static json_t *functional_layers(const graph *g, size_t k)
{
	json_t *list = NULL, *made;
	size_t *order, n;

	if (mica__keras_order(g->w->model, k, &order, &n) == MICA_OK) {
		list = json_array();
		for (size_t i = 0; i < n && list; i++) {
			made = entry_made(g, order[i]);
			if (made)
				json_array_append_new(list, made);
			else {
				json_decref(list);
				list = NULL;
			}
		}
	}
	mica__free(order);
	return list;
}

/* Whether the layer of that name in this model is a functional model. */
static bool is_functional(const graph *g, const char *name)
{
	const json_t *layers = json_object_get(g->m, "layers");

	for (size_t i = 0; i < json_array_size(layers); i++) {
		const json_t *layer = layer_at(g->w, (size_t)json_integer_value(json_array_get(layers, i))), *inner = json_object_get(layer, "model");
		if (!strcmp(text_of(layer, "name"), name))
			return inner && strcmp(text_of(model_at(g->w, (size_t)json_integer_value(inner)), "class"), "sequential") != 0;
	}
	return false;
}

/* Calls of functional models are counted from 1 in the list of outputs. */
static json_t *ends_made(const graph *g)
{
	const json_t *outputs = json_object_get(g->m, "outputs");
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(outputs); i++) {
		json_t *end = json_copy(json_array_get(g->histories, (size_t)json_integer_value(json_array_get(outputs, i))));
		if (is_functional(g, json_string_value(json_array_get(end, 0))))
			json_array_set_new(end, 1, json_integer(json_integer_value(json_array_get(end, 1)) + 1));
		json_array_append_new(list, end);
	}
	return list;
}

/* One alone is no list of one: then the model takes and gives no list. */
static json_t *alone(json_t *list)
{
	json_t *one = json_array_size(list) == 1 ? json_incref(json_array_get(list, 0)) : NULL;

	if (!one)
		return list;
	json_decref(list);
	return one;
}

static json_t *input_ends(const graph *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(json_object_get(g->m, "inputs")); i++)
		json_array_append(list, json_array_get(g->histories, i));
	return list;
}

/* ---- models ---- */

static json_t *functional_made(const writer *w, const json_t *m, size_t k)
{
	graph g = {.w = w, .m = m, .calls = json_object_get(m, "calls"), .histories = json_array()};
	json_t *config = NULL, *layers;

	number_symbols(&g);
	if ((layers = functional_layers(&g, k)))
		config = json_pack("{s:O, s:b, s:o, s:o, s:o}", "name", json_object_get(m, "name"), "trainable", 1, "layers", layers, "input_layers",
		                   alone(input_ends(&g)), "output_layers", alone(ends_made(&g)));
	json_decref(g.histories);
	if (!config)
		return NULL;
	json_t *made = mica__keras_object("keras.src.models.functional", "Functional", config);
	json_object_set_new(made, "registered_name", json_string("Functional"));
	json_object_set_new(made, "build_config", json_pack("{s:n}", "input_shape"));
	return made;
}

static json_t *sequential_made(const writer *w, const json_t *m)
{
	const json_t *input = json_array_get(json_object_get(m, "inputs"), 0);
	json_t *layers = sequential_layers(w, m), *made;

	if (!layers)
		return NULL;
	made = mica__keras_object("keras", "Sequential", json_pack("{s:O, s:b, s:s, s:o}", "name", json_object_get(m, "name"), "trainable", 1,
	                                                           "dtype", "float32", "layers", layers));
	if (input) {
		json_t *shape = batch_shape(json_object_get(input, "shape"), json_object_get(input, "batch"));
		json_object_set(json_object_get(made, "config"), "build_input_shape", shape);
		json_object_set_new(made, "build_config", json_pack("{s:o}", "input_shape", shape));
	}
	return made;
}

static json_t *model_made(const writer *w, size_t k)
{
	const json_t *m = model_at(w, k);

	return json_object_get(m, "calls") ? functional_made(w, m, k) : sequential_made(w, m);
}

json_t *mica__keras_network_made(const json_t *model)
{
	const json_t *models = json_object_get(model, "models");
	writer w = {.model = model, .layers = json_object_get(model, "layers")};
	json_t *made = NULL;

	if (!(w.users = mica__alloc(json_array_size(w.layers), sizeof *w.users)))
		return NULL;
	for (size_t i = 0; i < json_array_size(models); i++) {
		const json_t *layers = json_object_get(json_array_get(models, i), "layers");
		for (size_t k = 0; k < json_array_size(layers); k++)
			w.users[json_integer_value(json_array_get(layers, k))]++;
	}
	made = model_made(&w, json_array_size(models) - 1);
	mica__free(w.users);
	return made;
}
