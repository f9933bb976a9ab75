/* SPDX-License-Identifier: MIT */
/* keras/test_read.c - networks of config.json as descriptions: which calls there are, and in which order; what is refused. */
#include "keras/translate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static json_t *tensor(const char *layer, int node, int place)
{
	return json_pack("{s:s, s:{s:[s, i, i]}}", "class_name", "__keras_tensor__", "config", "keras_history", layer, node, place);
}

static json_t *input(const char *name)
{
	return json_pack("{s:s, s:s, s:{s:s, s:[n, i]}, s:[]}", "class_name", "InputLayer", "name", name, "config", "name", name, "batch_shape", 4,
	                 "inbound_nodes");
}

/* A layer that is called once, with args, which is taken. */
static json_t *layer(const char *class, const char *name, json_t *args)
{
	return json_pack("{s:s, s:s, s:{s:s}, s:[{s:o, s:{}}]}", "class_name", class, "name", name, "config", "name", name, "inbound_nodes", "args",
	                 args, "kwargs");
}

/* A model from x to the layer `end`; layers is taken. */
static mica_status read(json_t **out, json_t *layers, const char *end)
{
	json_t *model = json_pack("{s:s, s:{s:s, s:o, s:[s, i, i], s:[s, i, i]}}", "class_name", "Functional", "config", "name", "m", "layers",
	                          layers, "input_layers", "x", 0, 0, "output_layers", end, 0, 0);
	mica_status st = mica__keras_network_read(out, model, "file");

	json_decref(model);
	return st;
}

static const json_t *calls_of(const json_t *description)
{
	return json_object_get(json_array_get(json_object_get(description, "models"), 0), "calls");
}

static void refused(json_t *layers, const char *end, mica_status status, const char *text)
{
	json_t *d;

	cr_expect_eq(read(&d, layers, end), status);
	cr_expect(strstr(mica__reason(), text), "%s", mica__reason());
	cr_expect_null(d);
}

Test(keras_read, a_call_may_have_any_number_of_inputs)
{
	json_t *layers = json_pack("[o]", input("x")), *list = json_array(), *d;
	char name[16];
	enum { N = 230 };

	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof name, "f%d", i);
		json_array_append_new(layers, layer("Flatten", name, json_pack("[o]", tensor("x", 0, 0))));
		json_array_append_new(list, tensor(name, 0, 0));
	}
	json_array_append_new(layers, layer("Add", "sum", json_pack("[o]", list)));
	cr_assert_eq(read(&d, layers, "sum"), MICA_OK, "%s", mica__reason());
	const json_t *of = json_object_get(json_array_get(calls_of(d), N), "of");
	cr_assert_eq(json_array_size(of), N);
	for (size_t i = 0; i < N; i++)
		cr_expect_eq(json_integer_value(json_array_get(of, i)), (json_int_t)i + 1);
	json_decref(d);
}

/* From the last to the first, so that each has to wait. */
Test(keras_read, layers_may_stand_in_any_order)
{
	json_t *layers = json_array(), *d;
	char name[16], before[16] = "x";
	enum { N = 2000 };

	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof name, "f%d", i);
		json_array_insert_new(layers, 0, layer("Flatten", name, json_pack("[o]", tensor(before, 0, 0))));
		strcpy(before, name);
	}
	json_array_append_new(layers, input("x"));
	cr_assert_eq(read(&d, layers, name), MICA_OK, "%s", mica__reason());
	const json_t *calls = calls_of(d);
	cr_assert_eq(json_array_size(calls), N);
	for (size_t i = 0; i < N; i++) {
		const json_t *call = json_array_get(calls, i);
		cr_expect_eq(json_integer_value(json_object_get(call, "layer")), (json_int_t)(N - 1 - i));
		cr_expect_eq(json_integer_value(json_array_get(json_object_get(call, "of"), 0)), (json_int_t)i);
	}
	json_decref(d);
}

/* Of heads null in the place of the key is none. */
Test(keras_read, heads_have_places)
{
	json_t *d;

	for (int named = 0; named < 2; named++) {
		json_t *key = named ? tensor("k", 0, 0) : json_null(), *args = json_pack("[o, o, o, n]", tensor("x", 0, 0), tensor("v", 0, 0), key);
		json_t *heads = layer("MultiHeadAttention", "heads", args);
		cr_assert_eq(json_object_update(json_object_get(heads, "config"), json_pack("{s:i, s:i}", "num_heads", 1, "key_dim", 2)), 0);
		json_t *layers = json_pack("[o, o, o, o]", input("x"), layer("Flatten", "v", json_pack("[o]", tensor("x", 0, 0))),
		                           layer("Flatten", "k", json_pack("[o]", tensor("x", 0, 0))), heads);
		cr_assert_eq(read(&d, layers, "heads"), MICA_OK, "%s", mica__reason());
		const json_t *of = json_object_get(json_array_get(calls_of(d), 2), "of");
		cr_expect_eq(json_array_size(of), named ? 3 : 2);
		cr_expect_eq(json_integer_value(json_array_get(of, 2)), named ? 2 : 0);
		json_decref(d);
	}
	refused(json_pack("[o, o]", input("x"), layer("MultiHeadAttention", "heads", json_pack("[o, o, n, o]", tensor("x", 0, 0), tensor("x", 0, 0),
	                                                                                        tensor("x", 0, 0)))),
	        "heads", MICA_EUNSUPPORTED, "layer \"heads\": it is called with a mask that has no name");
}

/* A mask that some layer of the network makes is none that operations have found out from Keras' own masks. */
Test(keras_read, masks_are_not_passed_over)
{
	json_t *masked = layer("Flatten", "b", json_pack("[o]", tensor("x", 0, 0)));
	json_t *kwargs = json_object_get(json_array_get(json_object_get(masked, "inbound_nodes"), 0), "kwargs");

	json_object_set_new(kwargs, "mask", tensor("a", 0, 0));
	refused(json_pack("[o, o, o]", input("x"), layer("Flatten", "a", json_pack("[o]", tensor("x", 0, 0))), masked), "b", MICA_EUNSUPPORTED,
	        "layer \"b\": it is called with mask, which mica has nothing for");
}

Test(keras_read, what_nothing_makes_is_refused)
{
	const struct { const char *layer; int node, place; const char *text; } cases[] = {
		{"x", 0, 1, "layer \"x\": a tensor is said to be an output of it that it does not have"},
		{"x", 0, -1, "layer \"x\": a tensor is said to be"},
		{"x", 1, 0, "layer \"b\": what it is called with is nowhere made"},
		{"a", 0, 1, "layer \"a\": a tensor is said to be"},
		{"b", 0, 0, "layer \"b\": what it is called with is nowhere made"},
		{"no", 0, 0, "layer \"b\": what it is called with is nowhere made"},
	};

	for (size_t i = 0; i < MICA__COUNT(cases); i++)
		refused(json_pack("[o, o, o]", input("x"), layer("Flatten", "a", json_pack("[o]", tensor("x", 0, 0))),
		                  layer("Flatten", "b", json_pack("[o]", tensor(cases[i].layer, cases[i].node, cases[i].place)))),
		        "b", MICA_EFORMAT, cases[i].text);
}
