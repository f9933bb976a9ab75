/* SPDX-License-Identifier: MIT */
/* graph/print.c - graphs as text and as DOT. */
#include "graph/node.h"

/* A name as part of a line, and of a quoted text: users choose it. */
static void add_name(mica__text *t, const char *name)
{
	for (const char *c = name; *c; c++)
		mica__text_add(t, "%c", (unsigned char)*c < ' ' || *c == '"' || *c == '\\' || *c == 127 ? '?' : *c);
}

static void print_operand(mica__text *t, mica_var x)
{
	mica__text_add(t, " ");
	if (x->name[0])
		add_name(t, x->name);
	else if (x->op == MICA__FILL)
		mica__text_add(t, "%g", x->attr.value);
	else
		mica__text_add(t, "%%%u", x->id);
}

void mica__print_node(mica__text *t, mica_var x)
{
	mica__text_add(t, "%%%u = %s", x->id, mica__op_of(x)->name);
	for (size_t i = 0; i < x->n_in; i++)
		print_operand(t, x->in[i]);
	mica__text_add(t, " : %s%s", mica__dtype_name(x->dtype), mica__shape_text(&x->shape));
	if (x->name[0]) {
		mica__text_add(t, " \"");
		add_name(t, x->name);
		mica__text_add(t, "\"");
	}
	mica__text_add(t, "%s%s\n", x->scope->text[0] ? " # " : "", x->scope->text);
}

static void dot_node(mica__text *t, mica_var x)
{
	mica__text_add(t, "n%u [label=\"%s ", x->id, mica__op_of(x)->name);
	add_name(t, x->name);
	mica__text_add(t, "\\n%s%s\\n", mica__dtype_name(x->dtype), mica__shape_text(&x->shape));
	add_name(t, x->scope->text);
	mica__text_add(t, "\"];\n");
	for (size_t i = 0; i < x->n_in; i++)
		mica__text_add(t, "n%u -> n%u;\n", x->in[i]->id, x->id);
}

/* A var that cannot be printed with the others, and why. */
static bool print_odd(mica__text *t, mica_var x, const mica_graph *g, bool dot)
{
	const char *sign = dot ? "// " : "";
	if (!x)
		mica__text_add(t, "%sNULL: no var\n", sign);
	else if (x->failed)
		mica__text_add(t, "%sfailed: %s\n", sign, mica_graph_error(x->g));
	else if (x->g != g)
		mica__text_add(t, "%s%%%u of another graph\n", sign, x->id);
	return !x || x->failed || x->g != g;
}

size_t mica_graph_print(const mica_var *outputs, size_t n, bool dot, char *out, size_t size)
{
	mica__text t = {0};
	size_t count = 0, usable = 0;
	n = outputs ? n : 0;
	mica_var *good = mica__alloc(n, sizeof *good), *order = NULL;
	if (dot)
		mica__text_add(&t, "digraph graph_ {\nnode [shape=box];\n");
	for (size_t i = 0; good && i < n; i++) {
		const mica_graph *g = usable ? good[0]->g : outputs[i] ? outputs[i]->g : NULL;
		if (!print_odd(&t, outputs[i], g, dot))
			good[usable++] = outputs[i];
	}
	order = good ? mica__topological(good, usable, &count) : NULL;
	for (size_t i = 0; order && i < count; i++)
		(dot ? dot_node : mica__print_node)(&t, order[i]);
	if (dot)
		mica__text_add(&t, "}\n");
	mica__free(good);
	mica__free(order);
	return mica__text_copy(&t, out, size);
}
