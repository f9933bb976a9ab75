/* SPDX-License-Identifier: MIT */
/* nn/test_part_text.c - parts of texts. */
#include "nn/nn.h"
#include "mica/mica.h"

#include <criterion/criterion.h>
#include <math.h>
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

/* ---- a real 0 ---- */

/* Puts it into all elements of a member; v 0: what is said by MICA_ZERO and MICA_NONE. */
static void put(void *options, const mica_field *f, double v)
{
	for (size_t i = 0; i < (f->count ? f->count : 1); i++) {
		char *at = (char *)options + f->offset;
		switch (f->type) {
		case MICA_FIELD_IS_REAL: ((double *)(void *)at)[i] = v == 0 ? MICA_ZERO : v; break;
		case MICA_FIELD_IS_INT: ((int *)(void *)at)[i] = v == 0 ? MICA_NONE : (int)v; break;
		case MICA_FIELD_IS_LONG: ((long *)(void *)at)[i] = v == 0 ? MICA_NONE : (long)v; break;
		case MICA_FIELD_IS_SIZE: ((size_t *)(void *)at)[i] = v == 0 ? (size_t)MICA_NONE : (size_t)v; break;
		case MICA_FIELD_IS_U64: ((uint64_t *)(void *)at)[i] = v == 0 ? (uint64_t)MICA_NONE : (uint64_t)v; break;
		default: break;
		}
	}
}

static double number(const void *options, const mica_field *f)
{
	const char *at = (const char *)options + f->offset;

	switch (f->type) {
	case MICA_FIELD_IS_REAL: return *(const double *)(const void *)at;
	case MICA_FIELD_IS_INT: return *(const int *)(const void *)at;
	case MICA_FIELD_IS_LONG: return (double)*(const long *)(const void *)at;
	case MICA_FIELD_IS_SIZE: return (double)*(const size_t *)(const void *)at;
	default: return (double)*(const uint64_t *)(const void *)at;
	}
}

static bool is_number(const mica_field *f)
{
	return f->type != MICA_FIELD_IS_FLAG && f->type != MICA_FIELD_IS_TEXT && f->type != MICA_FIELD_IS_PART;
}

/* What has no default that is allowed has to be given. */
static bool is_required(const mica_field *f)
{
	return f->otherwise == 0 && ((f->range & MICA_RANGE_LOW && f->low > 0) || (f->range & MICA_RANGE_ABOVE_LOW && f->low >= 0));
}

/* It arrives as 0, not as the default, or is refused by name. */
static void a_real_zero(const mica_kind *k, const mica_field *f, double *options)
{
	mica_part p = {k, options};

	for (size_t i = 0; i < k->n_fields; i++)
		if (is_number(&k->fields[i]) && is_required(&k->fields[i]))
			put(options, &k->fields[i], fmax(k->fields[i].low, 1));
	put(options, f, 0);
	if (mica_part_keep(&p) == MICA_OK)
		cr_expect(number(p.options, f) == 0, "%s: %s is %g", k->name, f->name, number(p.options, f));
	else
		cr_expect(strstr(mica_error(NULL), f->name) && strstr(mica_error(NULL), " is 0"), "%s.%s: %s", k->name, f->name, mica_error(NULL));
	mica_part_drop(&p);
}

Test(part_text, every_option_may_be_a_real_zero_or_says_that_it_may_not)
{
	double options[256];
	const mica_kind *k;
	size_t n = 0;

	for (mica_part_type t = MICA_ACTIVATION; t <= MICA_ALGORITHM; t++)
		for (size_t i = 0; (k = mica_kind_at(t, i)); i++)
			for (size_t j = 0; j < k->n_fields; j++)
				if (is_number(&k->fields[j])) {
					cr_assert(k->size <= sizeof options);
					memset(options, 0, sizeof options);
					a_real_zero(k, &k->fields[j], options);
					n++;
				}
	cr_expect(n > 500, "%zu options", n);
}
