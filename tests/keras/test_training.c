/* SPDX-License-Identifier: MIT */
/* keras/test_training.c - compile_config both ways, and where an optimizer's arrays are. */
#include "keras/translate.h"

#include <criterion/criterion.h>
#include <string.h>

static double weight_of(const json_t *training, size_t output)
{
	return json_number_value(json_object_get(json_array_get(json_object_get(training, "outputs"), output), "weight"));
}

static const char *loss_of(const json_t *training, size_t output)
{
	const json_t *loss = json_object_get(json_array_get(json_object_get(training, "outputs"), output), "loss");

	return json_string_value(json_object_get(loss, "kind"));
}

/* By the outputs' names, or in their order, with the same meaning; and as Keras would write it again. */
Test(keras_training, losses_and_weights_are_those_of_their_outputs)
{
	json_t *outputs = json_pack("[s, s]", "d1", "d3");
	json_t *forms[] = {
		json_pack("{s:s, s:{s:s, s:s}, s:{s:f, s:f}}", "optimizer", "nadam", "loss", "d3", "mae", "d1", "mse", "loss_weights", "d1", 0.25, "d3", 2.0),
		json_pack("{s:s, s:[s, s], s:[f, f]}", "optimizer", "nadam", "loss", "mse", "mae", "loss_weights", 0.25, 2.0),
	};

	for (size_t i = 0; i < MICA__COUNT(forms); i++) {
		json_t *training = mica__keras_training_read(forms[i], outputs, "file");
		cr_assert(training, "%s", mica__reason());
		cr_expect(weight_of(training, 0) == 0.25 && weight_of(training, 1) == 2, "form %zu", i);
		cr_expect(!strcmp(loss_of(training, 0), "mean_squared_error") && !strcmp(loss_of(training, 1), "mean_absolute_error"), "form %zu", i);
		json_decref(training);
		json_decref(forms[i]);
	}
	json_decref(outputs);
}

/* Keras makes a metric again of exactly the options that its class has: crossentropy of bits has an axis as a loss alone. */
Test(keras_training, metrics_have_no_options_of_losses)
{
	json_t *part = json_pack("{s:s, s:s, s:{s:i, s:i, s:b, s:f}}", "kind", "binary_crossentropy", "type", "loss", "options", "reduction", 1,
	                         "axis", -1, "from_logits", 0, "label_smoothing", 0.5);
	json_t *made = mica__keras_part_made(part, MICA_METRIC, "file");
	const json_t *config = json_object_get(made, "config");

	cr_assert(made, "%s", mica__reason());
	cr_expect_eq(json_number_value(json_object_get(config, "label_smoothing")), 0.5);
	cr_expect(!json_object_get(config, "axis"));
	json_decref(made);
	json_decref(part);
}

static const char *path_of(const mica__keras_places *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->at[i].name, name))
			return p->at[i].path;
	return "";
}

/* Nadam of two weights: in Keras iteration, learning_rate, momentum and velocity of one and of the other, and a product that is
   all weights'. */
Test(keras_training, arrays_of_an_optimizer_are_numbered_as_in_keras)
{
	mica__keras_place at[] = {{.name = "d/kernel", .trained = true}, {.name = "n/mean"}, {.name = "d/bias", .trained = true}};
	const mica__keras_places weights = {.at = at, .n = 3};
	json_t *nadam = json_pack("{s:s, s:{}}", "kind", "nadam", "options");
	static const struct { const char *name, *path; } want[] = {
		{"/optimizer/d/kernel/momentum", "optimizer/vars/2"}, {"/optimizer/d/kernel/velocity", "optimizer/vars/3"},
		{"/optimizer/d/bias/momentum", "optimizer/vars/4"}, {"/optimizer/d/bias/velocity", "optimizer/vars/5"},
		{"/optimizer/d/kernel/u_product", "optimizer/vars/6"}, {"/optimizer/d/bias/u_product", "optimizer/vars/6"},
	};
	mica__keras_places slots;
	bool known;

	cr_assert_eq(mica__keras_slots_find(&slots, &weights, nadam, 2, &known), MICA_OK);
	cr_assert(known);
	cr_expect_eq(slots.n, MICA__COUNT(want));
	for (size_t i = 0; i < MICA__COUNT(want); i++)
		cr_expect_str_eq(path_of(&slots, want[i].name), want[i].path, "%s: %s", want[i].name, path_of(&slots, want[i].name));
	mica__keras_places_free(&slots);
	json_decref(nadam);
}
