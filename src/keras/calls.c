/* SPDX-License-Identifier: MIT */
/* keras/calls.c - functional models of config.json.
   Layers have their calls, "nodes", with them, and speak of tensors as layer, node and place among what the node made; a description
   lists calls in an order in which they can be made, and numbers tensors.  Between the layers there may be operations, which are
   functions and no layers: sums and products are layers here; others are known only where they make the masks that layers find out
   by themselves here, too. */
#include "keras/read.h"

#include <stdio.h>
#include <string.h>

enum { MOST_SYMBOLS = 100000 };

/* A node that is to become a call. */
typedef struct pending {
	const json_t *layer, *args; /* the object that it is of; its own */
	json_int_t number;          /* among the layer's */
	size_t missing;             /* of what it is called with, so much is not made yet */
	bool made;
} pending;

/* A functional model while its nodes are turned into calls. */
typedef struct graph {
	mica__keras_reader *r;
	json_t *numbers;      /* by layer name: in the list of all layers; null: an operation that makes a mask */
	json_t *symbols;      /* by "layer/node": [the first symbol that it made, how many]; null: of such an operation */
	json_t *waiting;      /* by "layer/node": places of the nodes that are called with what it will make */
	json_t *calls;
	size_t n_symbols;
	pending *nodes;
	size_t n_nodes, capacity;
	size_t *queue;        /* of places of nodes: those that may be made */
	size_t n_queue, queue_capacity;
} graph;

/* ---- lists and objects ---- */

json_t *mica__keras_members(const json_t *x, bool keys)
{
	json_t *members = json_array(), *names = json_array(), *value;
	const char *key;
	size_t i;

	json_array_foreach (x, i, value)
		json_array_append(members, value);
	json_object_foreach ((json_t *)(uintptr_t)x, key, value) {
		size_t at = 0;
		while (at < json_array_size(names) && strcmp(json_string_value(json_array_get(names, at)), key) < 0)
			at++;
		json_array_insert_new(names, at, json_string(key));
		json_array_insert(members, at, value);
	}
	json_decref(keys ? members : names);
	return keys ? names : members;
}

bool mica__keras_is_end(const json_t *x)
{
	return json_array_size(x) == 3 && json_is_string(json_array_get(x, 0));
}

/* ---- nodes ---- */

static bool is_tensor(const json_t *x)
{
	const char *class = mica__keras_text(x, "class_name");

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
	const json_t *node = json_array_get(history, 1), *place = json_array_get(history, 2), *made;
	json_int_t i = json_integer_value(place);
	char key[160];

	*symbol = NULL;
	if (!layer || strlen(layer) > 120 || !json_is_integer(node) || !json_is_integer(place))
		return mica__keras_odd(g->r, layer, "a layer, a node and a number were expected of a tensor");
	made = json_object_get(g->symbols, node_key(key, layer, json_integer_value(node)));
	if (json_is_array(made) && (i < 0 || i >= json_integer_value(json_array_get(made, 1))))
		return mica__keras_odd(g->r, layer, "a tensor is said to be an output of it that it does not have");
	if (made)
		*symbol = json_is_null(made) ? json_null() : json_integer(json_integer_value(json_array_get(made, 0)) + i);
	return MICA_OK;
}

/* A call as it is put together. */
typedef struct call {
	pending *node;
	const char *layer, *class;
	json_t *of;          /* symbols, in the order of our inputs; null: a mask */
	json_t *said;        /* options that Keras says where it calls */
} call;

/* The node of the call waits for the one that makes the tensor of a history. */
static mica_status wait_for(graph *g, const call *c, const json_t *history)
{
	char key[160];

	node_key(key, json_string_value(json_array_get(history, 0)), json_integer_value(json_array_get(history, 1)));
	json_t *list = json_object_get(g->waiting, key);
	if (!list && !json_object_set_new(g->waiting, key, json_array()))
		list = json_object_get(g->waiting, key);
	if (json_array_append_new(list, json_integer(c->node - g->nodes)))
		return mica__fail(MICA_ENOMEM, "%s: no memory for its calls", g->r->file);
	c->node->missing++;
	return MICA_OK;
}

/* Adds a tensor, or those of a list or an object, at place `at` of the inputs, those after it if there are several. */
static mica_status add_tensors(graph *g, call *c, const json_t *x, size_t at)
{
	const json_t *history = json_object_get(json_object_get(x, "config"), "keras_history");
	json_t *symbol;
	mica_status st = MICA_OK;

	if (json_is_array(x) || (json_is_object(x) && !json_object_get(x, "class_name"))) {
		json_t *list = mica__keras_members(x, false);
		for (size_t i = 0; i < json_array_size(list) && st == MICA_OK; i++)
			st = add_tensors(g, c, json_array_get(list, i), json_array_size(c->of) > at ? json_array_size(c->of) : at);
		json_decref(list);
		return st;
	}
	if (json_is_null(x))
		return st;
	if (!is_tensor(x))
		return mica__keras_lacks(g->r, c->layer, "it is called with what is no tensor of the network");
	MICA_TRY(find_symbol(g, history, &symbol));
	if (!symbol)
		return wait_for(g, c, history);
	while (json_array_size(c->of) <= at)
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

static mica_status read_argument(graph *g, call *c, const char *key, const json_t *value)
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
	return mica__fail(MICA_EUNSUPPORTED, "%s: layer \"%s\": it is called with %.40s, which mica has nothing for", g->r->file, mica__keras_shown(c->layer),
	                  mica__name_fault(key) ? "(not printable)" : key);
}

/* What a place that is not taken stands for: of heads the key is the value. */
static mica_status fill_places(const graph *g, const call *c)
{
	for (size_t i = 0; i < json_array_size(c->of); i++) {
		if (json_is_false(json_array_get(c->of, i)) && i == 2 && mica__keras_listed(HEADS, c->class))
			json_array_set(c->of, i, json_array_get(c->of, 1));
		if (!json_is_integer(json_array_get(c->of, i)))
			return mica__keras_lacks(g->r, c->layer, json_is_null(json_array_get(c->of, i)) ? "an operation makes its input that is no layer of mica's"
			             : "an input of it is missing");
	}
	return json_array_size(c->of) ? MICA_OK : mica__keras_odd(g->r, c->layer, "it is called without inputs");
}

/* Those without a name; of heads each has its place, and masks among them say nothing but that there is none. */
static mica_status read_places(graph *g, call *c, const json_t *args)
{
	mica_status st = MICA_OK;

	if (!mica__keras_listed(HEADS, c->class))
		return add_tensors(g, c, args, 0);
	for (size_t i = 0; i < json_array_size(args); i++) {
		const json_t *x = json_array_get(args, i);
		MICA_TRY(i < 3 || json_is_null(x) ? add_tensors(g, c, x, i)
		         : mica__keras_lacks(g->r, c->layer, "it is called with a mask that has no name; give attention_mask = ..."));
	}
out:
	return st;
}

/* In Keras 3 args and kwargs of a call. */
static mica_status read_arguments(graph *g, call *c)
{
	const json_t *args = json_object_get(c->node->args, "args"), *kwargs = json_object_get(c->node->args, "kwargs");
	const char *key;
	json_t *value;
	mica_status st;

	if (!json_is_array(args) || !json_is_object(kwargs))
		return mica__keras_odd(g->r, c->layer, "args and kwargs of a call were expected");
	MICA_TRY(read_places(g, c, args));
	if (!c->node->missing)
		json_object_foreach ((json_t *)(uintptr_t)kwargs, key, value)
			MICA_TRY(read_argument(g, c, key, value));
	if (!c->node->missing)
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
			return mica__keras_lacks(g->r, c->layer, "its calls differ in use_causal_mask or return_attention_scores");
		json_object_set_new(options, names[i], json_boolean(now));
	}
	json_object_set_new(entry, "called", json_true());
	return MICA_OK;
}

static mica_status add_to_queue(graph *g, size_t place)
{
	mica_status st = mica__grow(&g->queue, &g->queue_capacity, g->n_queue + 1, sizeof *g->queue);

	if (st == MICA_OK)
		g->queue[g->n_queue++] = place;
	return st;
}

/* The symbols of a node, for which those are over that waited for nothing else. */
static mica_status make_symbols(graph *g, const call *c, const json_t *entry)
{
	json_t *so_far = json_pack("{s:O}", "models", g->r->models), *waiting;
	size_t outputs = mica__keras_outputs(so_far, entry);
	char key[160];
	mica_status st = MICA_OK;

	json_decref(so_far);
	node_key(key, c->layer, c->node->number);
	json_object_set_new(g->symbols, key, json_pack("[I, I]", (json_int_t)g->n_symbols, (json_int_t)outputs));
	g->n_symbols += outputs;
	if (g->n_symbols > MOST_SYMBOLS)
		return mica__keras_odd(g->r, c->layer, "more tensors than a network may have");
	waiting = json_object_get(g->waiting, key);
	for (size_t i = 0; i < json_array_size(waiting) && st == MICA_OK; i++) {
		size_t place = (size_t)json_integer_value(json_array_get(waiting, i));
		if (!--g->nodes[place].missing)
			st = add_to_queue(g, place);
	}
	return st;
}

/* The call of a node, unless it is found to wait for others. */
static mica_status read_node(graph *g, pending *n)
{
	call c = {.node = n, .layer = mica__keras_text(n->layer, "name"), .class = mica__keras_text(n->layer, "class_name"), .of = json_array(),
	          .said = json_object()};
	const json_t *number = json_object_get(g->numbers, c.layer);
	mica_status st;

	MICA_TRY(read_arguments(g, &c));
	if (n->missing)
		goto out;
	json_t *entry = json_array_get(g->r->layers, (size_t)json_integer_value(number));
	MICA_TRY(say(g, &c, entry));
	json_array_append_new(g->calls, json_pack("{s:O, s:O}", "layer", (json_t *)(uintptr_t)number, "of", c.of));
	n->made = true;
	st = make_symbols(g, &c, entry);
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
	const char *name = mica__keras_text(from, "name"), *class = mica__keras_text(from, "class_name"), *module = mica__keras_text(from, "module");
	size_t number = 0;
	mica_status st;

	if (!name || !class || strlen(name) > 120)
		return mica__keras_odd(g->r, name, "a class and a name of at most 120 bytes were expected");
	if (json_object_get(g->numbers, name))
		return mica__keras_odd(g->r, name, "two layers have its name");
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
		MICA_TRY(mica__keras_layer_read(g->r, from, &number));
	}
	json_object_set_new(g->numbers, name, json_integer((json_int_t)number));
	json_array_append_new(numbers, json_integer((json_int_t)number));
	return MICA_OK;
out:
	return st;
}

/* All nodes of layers, in the file's order. */
static mica_status list_nodes(graph *g, const json_t *list)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *from = json_array_get(list, i), *nodes = json_object_get(from, "inbound_nodes");
		bool called = !mica__keras_is_input(from) && !json_is_null(json_object_get(g->numbers, mica__keras_text(from, "name")));
		for (size_t k = 0; k < json_array_size(nodes) && called; k++) {
			MICA_TRY(mica__grow(&g->nodes, &g->capacity, g->n_nodes + 1, sizeof *g->nodes));
			MICA_TRY(add_to_queue(g, g->n_nodes));
			g->nodes[g->n_nodes++] = (pending){.layer = from, .args = json_array_get(nodes, k), .number = (json_int_t)k};
		}
	}
out:
	return st;
}

/* Makes calls of them: of each as it stands, and again of one that had to wait when what it waited for is made. */
static mica_status read_nodes(graph *g)
{
	mica_status st = MICA_OK;

	for (size_t i = 0; i < g->n_queue && st == MICA_OK; i++)
		st = read_node(g, &g->nodes[g->queue[i]]);
	for (size_t i = 0; i < g->n_nodes && st == MICA_OK; i++)
		if (!g->nodes[i].made)
			st = mica__keras_odd(g->r, mica__keras_text(g->nodes[i].layer, "name"), "what it is called with is nowhere made");
	return st;
}

static mica_status read_input(graph *g, const json_t *list, const json_t *end, json_t *inputs)
{
	const char *name = json_string_value(json_array_get(end, 0));
	const json_t *found = NULL;
	char key[160];
	mica_status st;

	for (size_t k = 0; k < json_array_size(list) && !found && name; k++)
		if (mica__keras_is_input(json_array_get(list, k)) && mica__keras_text(json_array_get(list, k), "name") &&
		    !strcmp(mica__keras_text(json_array_get(list, k), "name"), name))
			found = json_array_get(list, k);
	if (!found || strlen(name) > 120)
		return mica__keras_odd(g->r, name, "an input was expected that is a layer of its own");
	MICA_TRY(mica__keras_input_read(g->r, json_object_get(found, "config"), inputs));
	json_object_set_new(g->symbols, node_key(key, name, 0), json_pack("[I, i]", (json_int_t)g->n_symbols++, 1));
out:
	return st;
}

/* Of one place, or a list or an object of them. */
static mica_status read_inputs(graph *g, const json_t *list, const json_t *ends, json_t *inputs)
{
	json_t *all = mica__keras_members(ends, false);
	mica_status st = MICA_OK;

	if (mica__keras_is_end(ends))
		st = read_input(g, list, ends, inputs);
	for (size_t i = 0; i < json_array_size(all) && !mica__keras_is_end(ends) && st == MICA_OK; i++)
		st = read_input(g, list, json_array_get(all, i), inputs);
	json_decref(all);
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
	const char *class = mica__keras_text(json_array_get(g->r->models, (size_t)json_integer_value(model)), "class");
	mica_status st;

	if (model && class && !strcmp(class, "functional"))
		json_array_set_new(history, 1, json_integer(json_integer_value(json_array_get(end, 1)) - 1));
	MICA_TRY(find_symbol(g, history, &symbol));
	if (!json_is_integer(symbol))
		st = mica__keras_odd(g->r, name, "an output of the model is not made by a layer");
	else
		json_array_append(outputs, symbol);
out:
	json_decref(symbol);
	json_decref(history);
	return st;
}

static mica_status read_outputs(const graph *g, const json_t *ends, json_t *outputs)
{
	mica_status st = MICA_OK;

	if (mica__keras_is_end(ends))
		return read_end(g, ends, outputs);
	json_t *all = mica__keras_members(ends, false);
	for (size_t i = 0; i < json_array_size(all) && st == MICA_OK; i++)
		st = read_outputs(g, json_array_get(all, i), outputs);
	json_decref(all);
	return st;
}

mica_status mica__keras_functional_read(mica__keras_reader *r, const json_t *config, json_t *inputs, json_t *numbers, json_t *calls,
                                        json_t *outputs)
{
	const json_t *list = json_object_get(config, "layers");
	graph g = {.r = r, .numbers = json_object(), .symbols = json_object(), .waiting = json_object(), .calls = calls};
	mica_status st;

	MICA_TRY(read_inputs(&g, list, json_object_get(config, "input_layers"), inputs));
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!mica__keras_is_input(json_array_get(list, i)))
			MICA_TRY(add_layer(&g, json_array_get(list, i), numbers));
	MICA_TRY(list_nodes(&g, list));
	MICA_TRY(read_nodes(&g));
	st = read_outputs(&g, json_object_get(config, "output_layers"), outputs);
out:
	json_decref(g.numbers);
	json_decref(g.symbols);
	json_decref(g.waiting);
	mica__free(g.nodes);
	mica__free(g.queue);
	return st;
}
