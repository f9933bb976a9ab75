/* SPDX-License-Identifier: MIT */
/* keras/read.c - config.json's network as a description.
   Layers of a functional model have their calls, "nodes", with them, and speak of tensors as layer, node and place among what the node
   made; a description lists calls in an order in which they can be made, and numbers tensors.  Between the layers there may be
   operations, which are functions and no layers: sums and products are layers here; others are known only where they make the masks that
   layers find out by themselves here, too. */
#include "keras/translate.h"

#include <stdio.h>
#include <string.h>

enum { MOST_NESTED = 32, MOST_SYMBOLS = 100000 };

typedef struct reader {
	const char *file;
	json_t *models, *layers;
	json_t *shared;       /* by shared_object_id: the number of the layer */
	bool masks;           /* some layer makes masks */
	int depth;
} reader;

/* A functional model while its nodes are turned into calls. */
typedef struct graph {
	reader *r;
	json_t *numbers;      /* by layer name: in the list of all layers; null: an operation that makes a mask */
	json_t *symbols;      /* by "layer/node": the first symbol that it made; null: of such an operation */
	json_t *calls;
	json_t *inputs;       /* names of the layers that are none */
	size_t n_symbols;
} graph;

static mica_status read_model(reader *r, const json_t *from, size_t *number);

static const char *shown(const char *name)
{
	return name && !mica__name_fault(name) ? name : "(not printable)";
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static mica_status odd(const reader *r, const char *layer, const char *what)
{
	return mica__fail(MICA_EFORMAT, "%s: layer \"%s\": %s", r->file, shown(layer), what);
}

static mica_status lacks(const reader *r, const char *layer, const char *what)
{
	return mica__fail(MICA_EUNSUPPORTED, "%s: layer \"%s\": %s", r->file, shown(layer), what);
}

/* ---- layers ---- */

/* Types of less precision compute in the context's; those of whole numbers are another network. */
static mica_status check_dtype(const reader *r, const char *name, const json_t *config)
{
	const json_t *dtype = json_object_get(config, "dtype");
	const char *text = json_is_string(dtype) ? json_string_value(dtype) : text_of(json_object_get(dtype, "config"), "name");

	if (!dtype || json_is_null(dtype) || (text && strstr(text, "float")))
		return MICA_OK;
	return lacks(r, name, "its dtype is none of reals, as of a model that was quantized");
}

static bool is_model(const char *class)
{
	return !strcmp(class, "Sequential") || !strcmp(class, "Functional") || !strcmp(class, "Model");
}

static bool makes_masks(const char *class, const json_t *config)
{
	return !strcmp(class, "Masking") || json_is_true(json_object_get(config, "mask_zero"));
}

/* The layer's entry in the description. */
static mica_status make_entry(reader *r, const json_t *from, const char *class, json_t **out)
{
	json_t *config = json_object_get(from, "config"), *part;
	const char *name = text_of(config, "name");
	char where[600];
	size_t k = 0;
	mica_status st;

	if (is_model(class)) {
		MICA_TRY(read_model(r, from, &k));
		*out = json_pack("{s:s, s:{}, s:I}", "kind", "model", "options", "model", (json_int_t)k);
		return MICA_OK;
	}
	MICA_TRY(check_dtype(r, name, config));
	snprintf(where, sizeof where, "%.400s: layer \"%.80s\"", r->file, shown(name));
	if (!(part = mica__keras_part_read(from, MICA_LAYER, where)))
		return MICA_EUNSUPPORTED;
	r->masks = r->masks || makes_masks(class, config);
	*out = part;
out:
	return st;
}

/* Its number in the list of all layers: one that is there twice, as its id says, is one. */
static mica_status read_layer(reader *r, const json_t *from, size_t *number)
{
	const json_t *config = json_object_get(from, "config"), *id = json_object_get(from, "shared_object_id"), *before;
	const char *class = text_of(from, "class_name"), *name = text_of(config, "name");
	char key[32];
	json_t *entry;
	mica_status st = MICA_OK;

	if (!class || !name || !json_is_object(config))
		return odd(r, name, "a class, its config and a name in that were expected");
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

static mica_status read_input(const reader *r, const json_t *config, json_t *inputs)
{
	static const struct { const char *keras, *ours; } types[] = {
		{"float32", "f32"}, {"float64", "f64"}, {"float16", "f32"}, {"bfloat16", "f32"}, {"int32", "i32"}, {"int64", "i64"}, {"uint8", "u8"},
		{"bool", "bool"},
	};
	const json_t *shape = json_object_get(config, "batch_shape"), *batch = json_array_get(shape, 0);
	const char *name = text_of(config, "name"), *given = text_of(config, "dtype"), *type = given ? NULL : "f32";
	json_t *sizes, *input;

	if (!shape)
		shape = json_object_get(config, "batch_input_shape");
	for (size_t i = 0; given && i < MICA__COUNT(types); i++)
		type = strcmp(types[i].keras, given) ? type : types[i].ours;
	if (!name || !json_is_array(shape) || !json_array_size(shape))
		return odd(r, name, "an input with a name and a shape was expected");
	if (!type)
		return lacks(r, name, "mica has no inputs of its type");
	sizes = json_array();
	for (size_t i = 1; i < json_array_size(shape); i++)
		json_array_append(sizes, json_array_get(shape, i));
	for (size_t i = 0; i < json_array_size(sizes); i++)
		if (!json_is_integer(json_array_get(sizes, i))) {
			json_decref(sizes);
			return lacks(r, name, "an axis has no size (None); give it one, as mica compiles for sizes");
		}
	input = json_pack("{s:s, s:o, s:s}", "name", name, "shape", sizes, "type", type);
	if (json_is_integer(batch))
		json_object_set(input, "batch", (json_t *)(uintptr_t)batch);
	json_array_append_new(inputs, input);
	return MICA_OK;
}

static bool is_input(const json_t *from)
{
	const char *class = text_of(from, "class_name");

	return class && !strcmp(class, "InputLayer");
}

/* ---- sequential models ---- */

static mica_status read_sequential(reader *r, const json_t *config, json_t *inputs, json_t *numbers)
{
	const json_t *list = json_object_get(config, "layers"), *shape = json_object_get(config, "build_input_shape");
	mica_status st = MICA_OK;

	for (size_t i = 0, number; i < json_array_size(list); i++) {
		const json_t *from = json_array_get(list, i);
		if (is_input(from)) {
			MICA_TRY(i ? odd(r, NULL, "an input after other layers") : read_input(r, json_object_get(from, "config"), inputs));
			continue;
		}
		MICA_TRY(read_layer(r, from, &number));
		json_array_append_new(numbers, json_integer((json_int_t)number));
	}
	if (!json_array_size(inputs) && json_is_array(shape)) {
		json_t *input = json_pack("{s:s, s:O}", "name", "input_layer", "batch_shape", (json_t *)(uintptr_t)shape);
		st = read_input(r, input, inputs);
		json_decref(input);
	}
out:
	return st;
}

/* ---- nodes ---- */

/* The layer's name, node and place of a tensor; false if it is none. */
static bool is_tensor(const json_t *x)
{
	const char *class = text_of(x, "class_name");

	return class && !strcmp(class, "__keras_tensor__");
}

static const char *node_key(char key[160], const char *layer, json_int_t node)
{
	snprintf(key, 160, "%.120s/%lld", layer, (long long)node);
	return key;
}

/* The symbol of a history [layer, node, place].  *symbol: null if it is a mask's; NULL: it is not made yet. */
static mica_status find_symbol(const graph *g, const json_t *history, json_t **symbol)
{
	const char *layer = json_string_value(json_array_get(history, 0));
	const json_t *node = json_array_get(history, 1), *place = json_array_get(history, 2), *first;
	char key[160];

	*symbol = NULL;
	if (!layer || strlen(layer) > 120 || !json_is_integer(node) || !json_is_integer(place) || json_integer_value(place) < 0 ||
	    json_integer_value(place) > MOST_SYMBOLS)
		return odd(g->r, layer, "a layer, a node and a number were expected of a tensor");
	first = json_object_get(g->symbols, node_key(key, layer, json_integer_value(node)));
	if (first)
		*symbol = json_is_null(first) ? json_null() : json_integer(json_integer_value(first) + json_integer_value(place));
	return MICA_OK;
}

/* A call as it is put together. */
typedef struct call {
	const char *layer, *class;
	json_t *of;          /* symbols, in the order of our inputs; null: a mask */
	bool waits;          /* for what is not made yet */
	json_t *said;        /* options that Keras says where it calls */
} call;

/* Adds a tensor, or those of a list, at place `at` of the inputs, those after it if there are several. */
static mica_status add_tensors(const graph *g, call *c, const json_t *x, size_t at)
{
	json_t *symbol;
	mica_status st = MICA_OK;

	if (json_is_array(x)) {
		for (size_t i = 0; i < json_array_size(x); i++)
			MICA_TRY(add_tensors(g, c, json_array_get(x, i), json_array_size(c->of) > at ? json_array_size(c->of) : at));
		return st;
	}
	if (json_is_null(x))
		return st;
	if (!is_tensor(x))
		return lacks(g->r, c->layer, "it is called with what is no tensor of the network");
	MICA_TRY(find_symbol(g, json_object_get(json_object_get(x, "config"), "keras_history"), &symbol));
	if (!symbol) {
		c->waits = true;
		return st;
	}
	while (json_array_size(c->of) <= at && json_array_size(c->of) < 100)
		json_array_append_new(c->of, json_false()); /* a place that is not taken */
	json_array_set_new(c->of, at, symbol);
out:
	return st;
}

/* Whether a tensor, or all of a list, are masks that were found out by operations; nothing is one, too. */
static bool is_found_mask(const graph *g, const json_t *x)
{
	json_t *symbol = NULL;
	bool good = true;

	for (size_t i = 0; i < json_array_size(x); i++)
		good = good && is_found_mask(g, json_array_get(x, i));
	if (json_is_array(x) || json_is_null(x))
		return good;
	if (!is_tensor(x) || find_symbol(g, json_object_get(json_object_get(x, "config"), "keras_history"), &symbol) != MICA_OK)
		return false;
	good = g->r->masks && json_is_null(symbol);
	json_decref(symbol);
	return good;
}

#define HEADS "MultiHeadAttention GroupQueryAttention"

static mica_status read_argument(const graph *g, call *c, const char *key, const json_t *value)
{
	static const char *const heads[] = {"query", "value", "key"};
	bool of_heads = mica__keras_listed(HEADS, c->class);

	for (size_t i = 0; of_heads && i < MICA__COUNT(heads); i++)
		if (!strcmp(heads[i], key))
			return add_tensors(g, c, value, i);
	if (of_heads && !strcmp(key, "attention_mask") && !json_is_null(value))
		return add_tensors(g, c, value, 3);
	if ((!strcmp(key, "use_causal_mask") || !strcmp(key, "return_attention_scores")) && json_is_boolean(value)) {
		json_object_set(c->said, key, (json_t *)(uintptr_t)value);
		return MICA_OK;
	}
	if (!strcmp(key, "initial_state") || (!strcmp(key, "mask") && !strcmp(c->class, "Softmax") && !is_found_mask(g, value)))
		return add_tensors(g, c, value, json_array_size(c->of));
	if (mica__keras_listed("inputs sequences sequence", key))
		return add_tensors(g, c, value, 0);
	if (json_is_null(value) || json_is_false(value) || (strstr(key, "mask") && is_found_mask(g, value)))
		return MICA_OK;
	return mica__fail(MICA_EUNSUPPORTED, "%s: layer \"%s\": it is called with %.40s, which mica has nothing for", g->r->file, shown(c->layer),
	                  mica__name_fault(key) ? "(not printable)" : key);
}

/* What a place that is not taken stands for: of heads the key is the value. */
static mica_status fill_places(const graph *g, const call *c)
{
	for (size_t i = 0; i < json_array_size(c->of); i++) {
		if (json_is_false(json_array_get(c->of, i)) && i == 2 && mica__keras_listed(HEADS, c->class))
			json_array_set(c->of, i, json_array_get(c->of, 1));
		if (!json_is_integer(json_array_get(c->of, i)))
			return lacks(g->r, c->layer, json_is_null(json_array_get(c->of, i)) ? "an operation makes its input that is no layer of mica's"
			             : "an input of it is missing");
	}
	return json_array_size(c->of) ? MICA_OK : odd(g->r, c->layer, "it is called without inputs");
}

/* In Keras 3 args and kwargs of a call. */
static mica_status read_arguments(const graph *g, call *c, const json_t *node)
{
	const json_t *args = json_object_get(node, "args"), *kwargs = json_object_get(node, "kwargs");
	const char *key;
	json_t *value;
	mica_status st;

	if (!json_is_array(args) || !json_is_object(kwargs))
		return odd(g->r, c->layer, "args and kwargs of a call were expected");
	MICA_TRY(add_tensors(g, c, args, 0));
	if (!c->waits)
		json_object_foreach ((json_t *)(uintptr_t)kwargs, key, value)
			MICA_TRY(read_argument(g, c, key, value));
	if (!c->waits)
		st = fill_places(g, c);
out:
	return st;
}

/* Options that are said where a layer is called are the layer's here, so that all of its calls say the same. */
static mica_status say(const graph *g, const call *c, json_t *entry)
{
	static const char *const names[] = {"use_causal_mask", "return_attention_scores"};
	json_t *options = json_object_get(entry, "options");
	bool before = json_is_true(json_object_get(entry, "called"));

	if (!mica__keras_listed("Attention AdditiveAttention " HEADS, c->class))
		return MICA_OK;
	for (size_t i = 0; i < MICA__COUNT(names); i++) {
		bool now = json_is_true(json_object_get(c->said, names[i]));
		if (before && now != json_is_true(json_object_get(options, names[i])))
			return lacks(g->r, c->layer, "its calls differ in use_causal_mask or return_attention_scores");
		json_object_set_new(options, names[i], json_boolean(now));
	}
	json_object_set_new(entry, "called", json_true());
	return MICA_OK;
}

/* The call of a node, if all that it needs is made; *done: it is. */
static mica_status read_node(graph *g, const json_t *from, const json_t *node, json_int_t k, bool *done)
{
	call c = {.layer = text_of(from, "name"), .class = text_of(from, "class_name"), .of = json_array(), .said = json_object()};
	const json_t *number = json_object_get(g->numbers, c.layer);
	char key[160];
	mica_status st = MICA_OK;

	*done = false;
	MICA_TRY(read_arguments(g, &c, node));
	if (c.waits)
		goto out;
	json_t *entry = json_array_get(g->r->layers, (size_t)json_integer_value(number));
	MICA_TRY(say(g, &c, entry));
	json_array_append_new(g->calls, json_pack("{s:O, s:O}", "layer", (json_t *)(uintptr_t)number, "of", c.of));
	json_object_set_new(g->symbols, node_key(key, c.layer, k), json_integer((json_int_t)g->n_symbols));
	json_t *so_far = json_pack("{s:O}", "models", g->r->models);
	g->n_symbols += mica__keras_outputs(so_far, entry);
	json_decref(so_far);
	*done = true;
	if (g->n_symbols > MOST_SYMBOLS)
		st = odd(g->r, c.layer, "more tensors than a network may have");
out:
	json_decref(c.of);
	json_decref(c.said);
	return st;
}

/* ---- functional models ---- */

/* Operations of two tensors that are layers here. */
static bool is_merge(const char *class)
{
	return mica__keras_listed("Add Subtract Multiply Maximum Minimum", class);
}

/* Whatever it is made of, it may be a mask. */
static void add_operation(graph *g, const char *name, size_t nodes)
{
	char key[160];

	json_object_set_new(g->numbers, name, json_null());
	for (size_t k = 0; k < nodes; k++)
		json_object_set_new(g->symbols, node_key(key, name, (json_int_t)k), json_null());
}

static mica_status add_layer(graph *g, const json_t *from, json_t *numbers)
{
	const char *name = text_of(from, "name"), *class = text_of(from, "class_name"), *module = text_of(from, "module");
	size_t number = 0;
	mica_status st;

	if (!name || !class || strlen(name) > 120)
		return odd(g->r, name, "a class and a name of at most 120 bytes were expected");
	if (json_object_get(g->numbers, name))
		return odd(g->r, name, "two layers have its name");
	bool operation = module && strstr(module, ".ops.");
	if (operation && !is_merge(class)) {
		add_operation(g, name, json_array_size(json_object_get(from, "inbound_nodes")));
		return MICA_OK;
	}
	if (operation) {
		char kind[MICA__SNAKE];
		mica__keras_snake(kind, class);
		number = json_array_size(g->r->layers);
		json_array_append_new(g->r->layers, json_pack("{s:s, s:{}, s:s, s:b}", "kind", kind, "options", "name", name, "trainable", 1));
	} else {
		MICA_TRY(read_layer(g->r, from, &number));
	}
	json_object_set_new(g->numbers, name, json_integer((json_int_t)number));
	json_array_append_new(numbers, json_integer((json_int_t)number));
	return MICA_OK;
out:
	return st;
}

/* Makes calls of nodes until all are made: those whose inputs are there, again and again. */
static mica_status read_nodes(graph *g, const json_t *list)
{
	json_t *todo = json_array();
	mica_status st = MICA_OK;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *from = json_array_get(list, i), *nodes = json_object_get(from, "inbound_nodes");
		bool called = !is_input(from) && !json_is_null(json_object_get(g->numbers, text_of(from, "name")));
		for (size_t k = 0; k < json_array_size(nodes) && called; k++)
			json_array_append_new(todo, json_pack("[O, O, I]", (json_t *)(uintptr_t)from, json_array_get(nodes, k), (json_int_t)k));
	}
	for (size_t before = SIZE_MAX; json_array_size(todo) && json_array_size(todo) < before;) {
		json_t *left = json_array();
		before = json_array_size(todo);
		for (size_t i = 0; i < before && st == MICA_OK; i++) {
			json_t *one = json_array_get(todo, i);
			bool done;
			st = read_node(g, json_array_get(one, 0), json_array_get(one, 1), json_integer_value(json_array_get(one, 2)), &done);
			if (!done)
				json_array_append(left, one);
		}
		json_decref(todo);
		todo = left;
		if (st != MICA_OK)
			break;
	}
	if (st == MICA_OK && json_array_size(todo))
		st = odd(g->r, text_of(json_array_get(json_array_get(todo, 0), 0), "name"), "what it is called with is nowhere made");
	json_decref(todo);
	return st;
}

/* ["layer", 0, 0], or a list or an object of these. */
static bool is_end(const json_t *x)
{
	return json_array_size(x) == 3 && json_is_string(json_array_get(x, 0));
}

static mica_status read_inputs(graph *g, const json_t *list, const json_t *ends, json_t *inputs)
{
	char key[160];
	mica_status st = MICA_OK;

	for (size_t i = 0; i < (is_end(ends) ? 1 : json_array_size(ends)); i++) {
		const char *name = json_string_value(json_array_get(is_end(ends) ? ends : json_array_get(ends, i), 0));
		const json_t *found = NULL;
		for (size_t k = 0; k < json_array_size(list) && !found && name; k++)
			if (is_input(json_array_get(list, k)) && text_of(json_array_get(list, k), "name") &&
			    !strcmp(text_of(json_array_get(list, k), "name"), name))
				found = json_array_get(list, k);
		if (!found || strlen(name) > 120)
			return odd(g->r, name, "an input was expected that is a layer of its own");
		MICA_TRY(read_input(g->r, json_object_get(found, "config"), inputs));
		json_object_set_new(g->symbols, node_key(key, name, 0), json_integer((json_int_t)g->n_symbols++));
	}
out:
	return st;
}

/* Keras counts calls of functional models from 1 there. */
static mica_status read_end(const graph *g, const json_t *end, json_t *outputs)
{
	const char *name = json_string_value(json_array_get(end, 0));
	const json_t *number = name ? json_object_get(g->numbers, name) : NULL;
	const json_t *entry = json_array_get(g->r->layers, (size_t)json_integer_value(number));
	json_t *history = json_copy((json_t *)(uintptr_t)end), *symbol = NULL;
	const json_t *model = number ? json_object_get(entry, "model") : NULL;
	const char *class = text_of(json_array_get(g->r->models, (size_t)json_integer_value(model)), "class");
	mica_status st;

	if (model && class && !strcmp(class, "functional"))
		json_array_set_new(history, 1, json_integer(json_integer_value(json_array_get(end, 1)) - 1));
	MICA_TRY(find_symbol(g, history, &symbol));
	if (!json_is_integer(symbol))
		st = odd(g->r, name, "an output of the model is not made by a layer");
	else
		json_array_append(outputs, symbol);
out:
	json_decref(symbol);
	json_decref(history);
	return st;
}

static mica_status read_outputs(const graph *g, const json_t *ends, json_t *outputs)
{
	const char *key;
	json_t *end;
	mica_status st = MICA_OK;

	if (is_end(ends))
		return read_end(g, ends, outputs);
	for (size_t i = 0; i < json_array_size(ends) && st == MICA_OK; i++)
		st = read_outputs(g, json_array_get(ends, i), outputs);
	json_object_foreach ((json_t *)(uintptr_t)ends, key, end)
		if (st == MICA_OK)
			st = read_outputs(g, end, outputs);
	return st;
}

static mica_status read_functional(reader *r, const json_t *config, json_t *inputs, json_t *numbers, json_t *calls, json_t *outputs)
{
	const json_t *list = json_object_get(config, "layers");
	graph g = {.r = r, .numbers = json_object(), .symbols = json_object(), .calls = calls};
	mica_status st;

	MICA_TRY(read_inputs(&g, list, json_object_get(config, "input_layers"), inputs));
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!is_input(json_array_get(list, i)))
			MICA_TRY(add_layer(&g, json_array_get(list, i), numbers));
	MICA_TRY(read_nodes(&g, list));
	st = read_outputs(&g, json_object_get(config, "output_layers"), outputs);
out:
	json_decref(g.numbers);
	json_decref(g.symbols);
	return st;
}

/* ---- models ---- */

static mica_status read_model(reader *r, const json_t *from, size_t *number)
{
	const char *class = text_of(from, "class_name"), *name = text_of(json_object_get(from, "config"), "name");
	const json_t *config = json_object_get(from, "config");
	json_t *inputs = json_array(), *layers = json_array(), *calls = json_array(), *outputs = json_array();
	bool chain = class && !strcmp(class, "Sequential");
	mica_status st = MICA_OK;

	if (!class || !is_model(class) || !json_is_array(json_object_get(config, "layers")))
		MICA_TRY(lacks(r, class, "it is no Sequential and no Functional model with its layers; mica makes no other of a file"));
	if (r->depth++ >= MOST_NESTED)
		MICA_TRY(odd(r, name, "more models in models than there may be"));
	MICA_TRY(chain ? read_sequential(r, config, inputs, layers) : read_functional(r, config, inputs, layers, calls, outputs));
	json_t *model = json_pack("{s:s, s:s, s:i, s:i, s:O, s:O}", "class", chain ? "sequential" : "functional", "name", name ? name : "",
	                          "seed", 0,
	                          "weights_made", 0, "inputs", inputs, "layers", layers);
	if (!chain) {
		json_object_set(model, "calls", calls);
		json_object_set(model, "outputs", outputs);
	}
	*number = json_array_size(r->models);
	if (json_array_append_new(r->models, model))
		st = mica__fail(MICA_EFORMAT, "%s: a name in it is not UTF-8, or memory is out", r->file);
	r->depth--;
out:
	json_decref(inputs);
	json_decref(layers);
	json_decref(calls);
	json_decref(outputs);
	return st;
}

json_t *mica__keras_network_read(const json_t *from, const char *file)
{
	reader r = {.file = file, .models = json_array(), .layers = json_array(), .shared = json_object()};
	json_t *made = NULL;
	size_t number;

	if (read_model(&r, from, &number) == MICA_OK) {
		for (size_t i = 0; i < json_array_size(r.layers); i++)
			json_object_del(json_array_get(r.layers, i), "called");
		made = json_pack("{s:O, s:O}", "models", r.models, "layers", r.layers);
	}
	json_decref(r.models);
	json_decref(r.layers);
	json_decref(r.shared);
	return made;
}
