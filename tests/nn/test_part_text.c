/* SPDX-License-Identifier: MIT */
/* nn/test_part_text.c - parts of texts. */
#include "nn/nn.h"
#include "mica/mica.h"

#include <criterion/criterion.h>
#include <string.h>

#define PARSED(type, text) cr_assert(mica_part_parse(NULL, type, text, &p) == MICA_OK, "%s", mica__reason())

Test(part_text, kinds_have_their_names_and_those_of_classes)
{
	static const struct {
		mica_part_type type;
		const char *text;
		const mica_kind *kind;
	} cases[] = {
		{MICA_LOSS, "mse", &mica_kind_mean_squared_error}, {MICA_LOSS, "MeanSquaredError", &mica_kind_mean_squared_error},
		{MICA_METRIC, "AUC", &mica_kind_auc}, {MICA_METRIC, "huber", &mica_kind_huber}, {MICA_METRIC, " F1Score ( ) ", &mica_kind_f1_score},
		{MICA_OPTIMIZER, "AdamW", &mica_kind_adamw}, {MICA_ACTIVATION, "relu", &mica_kind_relu}, {MICA_LAYER, "Dense(units=3)", &mica_kind_dense},
	};
	mica_part p;

	for (size_t i = 0; i < MICA__COUNT(cases); i++) {
		PARSED(cases[i].type, cases[i].text);
		cr_expect_eq(p.kind, cases[i].kind, "%s", cases[i].text);
		mica_part_drop(&p);
	}
}

Test(part_text, every_loss_metric_and_optimizer_can_be_written)
{
	static const mica_part_type types[] = {MICA_LOSS, MICA_METRIC, MICA_OPTIMIZER, MICA_ACTIVATION};
	const mica_kind *k;
	mica_part p;

	for (size_t t = 0; t < MICA__COUNT(types); t++)
		for (size_t i = 0; (k = mica_kind_at(types[t], i)); i++)
			if (k != &mica_kind_f1_score && mica_part_parse(NULL, types[t], k->name, &p) == MICA_OK) {
				cr_expect_eq(p.kind, k);
				mica_part_drop(&p);
			} else {
				cr_expect(!strstr(mica__reason(), "there is no"), "%s: %s", k->name, mica__reason());
			}
}

Test(part_text, options_are_set_by_name)
{
	mica_part p;

	PARSED(MICA_OPTIMIZER, "sgd(momentum=0.9, nesterov=true, learning_rate=5e-1)");
	const mica_sgd_opts *s = p.options;
	cr_expect(s->momentum == 0.9 && s->nesterov && s->learning_rate == 0.5);
	mica_part_drop(&p);
	PARSED(MICA_OPTIMIZER, "Adam(beta_1=0, schedule=CosineDecay(initial_learning_rate=0.1, decay_steps=500))");
	const mica_adam_opts *a = p.options;
	cr_expect(a->beta_1 == 0 && a->beta_2 == 0.999, "%g", a->beta_1);
	cr_expect_eq(a->schedule.part.kind, &mica_kind_cosine_decay);
	cr_expect_eq(((const mica_cosine_decay_opts *)a->schedule.part.options)->decay_steps, 500);
	mica_part_drop(&p);
	PARSED(MICA_METRIC, "precision(thresholds=[0.25, 0.5],class_id=2,name=\"a, b\")");
	const mica_confusion_opts *c = p.options;
	cr_expect(c->thresholds[0] == 0.25 && c->thresholds[1] == 0.5 && c->class_id == 2 && strcmp(c->name, "a, b") == 0);
	mica_part_drop(&p);
	PARSED(MICA_LAYER, "dropout(rate=0.5, seed=6000000000)");
	cr_expect_eq(((const mica_dropout_opts *)p.options)->seed, 6000000000);
	mica_part_drop(&p);
	PARSED(MICA_LAYER, "dense(units=4, activation=leaky_relu(negative_slope=0.1), name=top)");
	const mica_dense_opts *d = p.options;
	cr_expect(d->units == 4 && strcmp(d->name, "top") == 0 && d->activation.part.kind == &mica_kind_leaky_relu);
	mica_part_drop(&p);
}

Test(part_text, what_is_wrong_is_said)
{
	static const struct {
		mica_part_type type;
		const char *text, *why;
	} cases[] = {
		{MICA_LOSS, "fly", "there is no loss 'fly'; there is mean_squared_error, "}, {MICA_METRIC, "fly", "and every loss"},
		{MICA_LOSS, "", "expected a name"}, {MICA_LOSS, "huber(", "the name of an option"}, {MICA_LOSS, "huber(delta", "expected ="},
		{MICA_LOSS, "huber(delta=", "expected a value"}, {MICA_LOSS, "huber(delta=2", "a comma or )"}, {MICA_LOSS, "huber(delta=2))", "expected nothing"},
		{MICA_LOSS, "huber(delta=-2)", "huber: delta is -2"}, {MICA_LOSS, "huber(delta=x)", "delta is 'x'"}, {MICA_LOSS, "huber(delta=nan)", "delta is nan"},
		{MICA_LOSS, "huber(dleta=2)", "it has delta"}, {MICA_LOSS, "huber(delta=1,delta=2)", "given twice"}, {MICA_LOSS, "huber(reduction=0.5)", "whole"},
		{MICA_OPTIMIZER, "sgd(schedule=fly)", "there is no schedule 'fly'"}, {MICA_METRIC, "precision(thresholds=[0.1,0.2", "a comma or ]"},
		{MICA_METRIC, "auc(name='x)", "the quote"}, {MICA_ACTIVATION, "tanh(a=1)", "it has none"}, {MICA_LOSS, NULL, "no text"},
	};
	mica_part p;

	for (size_t i = 0; i < MICA__COUNT(cases); i++) {
		cr_expect_eq(mica_part_parse(NULL, cases[i].type, cases[i].text, &p), MICA_EINVAL, "%s", cases[i].text);
		cr_expect(!p.kind && strstr(mica__reason(), cases[i].why), "%s: %s", cases[i].text, mica__reason());
	}
}
