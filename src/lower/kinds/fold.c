/* SPDX-License-Identifier: MIT */
/* lower/kinds/fold.c - trees of work-items in local memory (see fold.h, and MICA_SLOT in cl/prelude.cl). */
#include "lower/kinds/fold.h"

#include <stdio.h>

enum { MOST_SLOTS = 8 /* for which MICA_LOCAL of cl/prelude.cl has room */ };

void mica__fold_declare(mica_var x, size_t index, const char *first, mica__text *out)
{
	mica__text_add(out, "%s a%zu = %s;\n", mica__type(x->in[0]->dtype, false), index, mica__reduction_start(x));
	if (x->op == MICA__ARGMAX)
		mica__text_add(out, "int i%zu = %s;\n", index, first);
}

void mica__fold_add(mica__emitter *e, mica_var x, size_t index, mica__name v, const char *at)
{
	mica__text *t = &e->text[MICA__PER_ELEMENT];
	char a[24];
	snprintf(a, sizeof a, "a%zu", index);
	if (x->op == MICA__ARGMAX) {
		mica__text_add(t, "if (MICA_BEATS(%s, %s, %s, i%zu)) {\n%s = %s;\ni%zu = %s;\n}\n", v.s, at, a, index, a, v.s, index, at);
		return;
	}
	mica__text_add(t, "%s = ", a);
	mica__reduction_join(x, a, v.s, false, t);
	mica__text_add(t, ";\n");
}

/* Takes the accumulator in slot s of the item that is `far` further into this one's. */
static void fold_slot(mica_var x, const char *type, size_t s, const char *far, mica__text *out)
{
	mica__text_add(out, "{ const %s a = MICA_SLOT(%s, %zu)[0], b = MICA_SLOT(%s, %zu)[h * %s];\nMICA_SLOT(%s, %zu)[0] = ", type, type, s,
	               type, s, far, type, s);
	mica__reduction_join(x, "a", "b", false, out);
	mica__text_add(out, "; }\n");
}

size_t mica__value_slots(const mica__emitter *e, mica_var x)
{
	size_t bytes = mica__dtype_bytes(mica__dtype_describe(x->in[0]->dtype)->computed);
	return mica__ceil_div(bytes, mica__dtype_bytes(e->p->g->real));
}

/* As many reductions as there are slots for; returns how many. */
static size_t fold_some(mica__emitter *e, const size_t *which, size_t count, const char *at, const char *n,
                        const char *stride, mica__text *out)
{
	mica__text before = {0}, level = {0}, after = {0};
	size_t slot = 0, done = 0;
	for (; done < count; done++) {
		mica_var x = e->g->roots[which[done]];
		size_t i = which[done], value = mica__value_slots(e, x), needs = value + (x->op == MICA__ARGMAX);
		const char *type = mica__type(x->in[0]->dtype, false);
		if (slot + needs > MOST_SLOTS)
			break;
		mica__text_add(&before, "MICA_SLOT(%s, %zu)[0] = a%zu;\n", type, slot, i);
		if (x->op == MICA__ARGMAX) {
			mica__text_add(&before, "MICA_SLOT(int, %zu)[0] = i%zu;\n", slot + value, i);
			mica__text_add(&level, "MICA_FOLD_FIRST(%s, %zu, %zu, h * %s)\n", type, slot, slot + value, stride);
		} else {
			fold_slot(x, type, slot, stride, &level);
		}
		mica__text_add(&after, "const %s f%zu = MICA_SLOT(%s, %zu)[-%s * %s];\n", mica__type(x->dtype, false), i,
		               mica__type(x->dtype, false), x->op == MICA__ARGMAX ? slot + value : slot, at, stride);
		slot += needs;
	}
	mica__loops(e, out, "skeletons/fold.cl", "tree", MICA__HOLES({"n", n}, {"at", at}, {"before", mica__text_string(&before)},
	            {"level", mica__text_string(&level)}, {"after", mica__text_string(&after)}));
	mica__done(e, &before);
	mica__done(e, &level);
	mica__done(e, &after);
	return done;
}

void mica__fold(mica__emitter *e, const size_t *which, size_t count, const char *at, const char *n, const char *stride,
                mica__text *out)
{
	for (size_t i = 0; i < count;)
		i += fold_some(e, which + i, count - i, at, n, stride, out);
}
