/* SPDX-License-Identifier: MIT */
/* fuzz/check.c - holds plans against the reference, and makes small what differs. */
#include "fuzz/inside.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the reference ---- */

typedef struct reading {
	const fuzz *f;
	double **to; /* for each output, its elements */
} reading;

static mica_status read_leaf(void *payload, mica_var x, mica__array *value)
{
	const fuzz *f = ((reading *)payload)->f;
	for (size_t i = 0; i < f->n_leaves; i++)
		if (f->leaves[i].x == x) {
			mica__array_read(value, f->leaves[i].data);
			return MICA_OK;
		}
	return mica__fail(MICA_EINVAL, "fuzz: a leaf without values");
}

static mica_status take_output(void *payload, size_t output, const mica__array *value)
{
	double *to = ((reading *)payload)->to[output];
	for (size_t i = 0; i < value->count; i++)
		to[i] = mica__array_element(value, i);
	return MICA_OK;
}

static void interpret(fuzz *f, const mica_var *y, size_t n, mica__rounding rounding, uint64_t seed, double **to)
{
	reading r = {f, to};
	mica__reference how = {rounding, seed, read_leaf, take_output, NULL, &r};
	if (mica__reference_run(&how, y, n) != MICA_OK)
		abort();
}

static bool same(double a, double b) /* infinite and NaN too */
{
	return a == b || (isnan(a) && isnan(b));
}

/* Of several values at once, so that what they share is computed once. */
static void measure_all(fuzz *f, const mica_var *y, size_t n, size_t runs, measure *out)
{
	double **exact = calloc(n + 1, sizeof *exact), **noisy = calloc(n + 1, sizeof *noisy);
	for (size_t k = 0; k < n; k++) {
		size_t count = mica_var_count(y[k]);
		out[k] = (measure){count, calloc(count + 1, sizeof(double)), calloc(count + 1, sizeof(double)), INFINITY, -INFINITY, 0};
		exact[k] = out[k].exact;
		noisy[k] = calloc(count + 1, sizeof(double));
	}
	interpret(f, y, n, MICA__EXACT, 0, exact);
	for (size_t r = 0; r < runs; r++) {
		interpret(f, y, n, MICA__NOISY, r, noisy);
		for (size_t k = 0; k < n; k++)
			for (size_t i = 0; i < out[k].n; i++) {
				double a = noisy[k][i], b = exact[k][i], d = same(a, b) ? 0 : isnan(a - b) ? INFINITY : fabs(a - b);
				out[k].moved[i] = fmax(d, out[k].moved[i]);
			}
	}
	for (size_t k = 0; k < n; k++) {
		measure *m = &out[k];
		for (size_t i = 0; i < m->n; i++) {
			m->low = m->exact[i] < m->low || isnan(m->exact[i]) ? m->exact[i] : m->low;
			m->high = m->exact[i] > m->high || isnan(m->exact[i]) ? m->exact[i] : m->high;
			m->most_moved = fmax(m->moved[i], m->most_moved);
		}
		free(noisy[k]);
	}
	free(exact);
	free(noisy);
}

measure measure_of(fuzz *f, mica_var y, size_t runs)
{
	measure m;
	measure_all(f, &y, 1, runs, &m);
	return m;
}

void measure_free(measure *m)
{
	free(m->exact);
	free(m->moved);
}

/* ---- a graph ---- */

fuzz *fuzz_open(mica_context *ctx, mica_dtype real)
{
	fuzz *f = calloc(1, sizeof *f);
	if (!f || !(f->g = mica_graph_create_real(ctx, real)))
		abort();
	f->ctx = ctx;
	f->real = real;
	f->random = 1;
	return f;
}

void fuzz_close(fuzz *f)
{
	for (size_t i = 0; i < f->n_leaves; i++)
		free(f->leaves[i].data);
	mica_graph_destroy(f->g);
	free(f);
}

mica_graph *fuzz_graph(fuzz *f)
{
	return f->g;
}

/* ---- comparing ---- */

/* What is compared: outputs of the plan, and variables after it, which are compared with the value assigned to them. */
typedef struct wanted {
	mica_var y;        /* whose value */
	mica_var variable; /* not NULL: in which variable it is */
	uint64_t seed;
} wanted;

static double allowed(mica_dtype t, const measure *m, size_t i)
{
	if (!mica__dtype_real(t))
		return FURTHER * m->moved[i]; /* 0, but of what a step before has left to chance */
	return FURTHER * m->moved[i] + mica__dtype_epsilon(t) * fabs(m->exact[i]) + 100 * mica__dtype_smallest(mica__dtype_describe(t)->computed);
}

/* The first element that is too far away; n if none is. */
static size_t first_wrong(const wanted *w, const void *got, const measure *m)
{
	for (size_t i = 0; i < m->n; i++) {
		double x = mica__number_get(w->y->dtype, got, i);
		if (!same(x, m->exact[i]) && !(fabs(x - m->exact[i]) <= allowed(w->y->dtype, m, i)))
			return i;
	}
	return m->n;
}

/* Where a wrong value was found; status not OK: the plan itself failed. */
typedef struct finding {
	mica_status status;
	size_t count; /* values that differ */
	size_t output, element, run;
	double got, want, limit;
} finding;

/* Gives inputs, and variables that are assigned or, as `all` says, any, their values. */
static mica_status set_leaves(fuzz *f, mica_plan *p, const bool *assigned, bool all)
{
	mica_status st = MICA_OK;
	for (size_t i = 0; i < f->n_leaves; i++) {
		leaf *l = &f->leaves[i];
		if (l->x->op == MICA__INPUT)
			MICA_TRY(mica_plan_feed(p, l->x->name, l->data, l->bytes));
		else if (all || assigned[i])
			MICA_TRY(mica_value_write(mica_var_value(l->x), l->data, l->bytes));
	}
out:
	return st;
}

/* The numbers of wanted value k; n bytes and a few more. */
static mica_status get(mica_plan *p, const wanted *w, size_t k, size_t bytes, void **got)
{
	*got = malloc(bytes + 8);
	memset(*got, 0xee, bytes);
	return w[k].variable ? mica_value_read(mica_var_value(w[k].variable), *got, bytes) : mica_plan_fetch(p, k, *got, bytes);
}

static size_t bytes_of(const wanted *w)
{
	return mica_var_count(w->y) * mica__dtype_bytes(w->y->dtype);
}

/* Whether value k is wrong, and not only unlucky with the noise. */
static void judge(fuzz *f, const wanted *w, size_t k, const void *got, size_t run, finding *found)
{
	measure m = measure_of(f, w[k].y, MORE_RUNS);
	mica_dtype t = w[k].y->dtype;
	size_t i = first_wrong(&w[k], got, &m);
	if (i < m.n && !found->count++)
		*found = (finding){MICA_OK, 1, k, i, run, mica__number_get(t, got, i), m.exact[i], allowed(t, &m, i)};
	measure_free(&m);
}

static mica_status compare_all(fuzz *f, mica_plan *p, const wanted *w, const measure *m, size_t n, size_t run, finding *found)
{
	mica_status st = MICA_OK;
	for (size_t k = 0; k < n; k++) {
		void *got;
		st = get(p, w, k, bytes_of(&w[k]), &got);
		if (st == MICA_OK && first_wrong(&w[k], got, &m[k]) < m[k].n)
			judge(f, w, k, got, run, found);
		free(got);
		MICA_TRY(st);
	}
out:
	return st;
}

/* ---- going on ---- */

/* A plan goes on from where its last run has left it, with other data. */
typedef struct trial {
	fuzz *f;
	mica_plan *p;
	const wanted *w;
	size_t n;
	const bool *assigned;
} trial;

/* Each element is another one's, so that their range stays; a count of samples, or a step, stays. */
static void turn(leaf *l)
{
	size_t size = mica__dtype_bytes(l->x->dtype), n = l->bytes / size, by = n / 3;
	char *turned = malloc(l->bytes + 1);
	for (size_t i = 0; i < n; i++)
		memcpy(turned + i * size, (const char *)l->data + (i + by) % n * size, size);
	memcpy(l->data, turned, l->bytes);
	free(turned);
}

/* The next run, from what the last one has left in variables. */
static mica_status run_on(trial *t, finding *found)
{
	mica_status st = MICA_OK;
	fuzz *f = t->f;
	measure *m = calloc(t->n + 1, sizeof *m);
	mica_var *y = calloc(t->n + 1, sizeof *y);
	for (size_t i = 0; i < f->n_leaves; i++)
		if (f->leaves[i].x->op == MICA__INPUT)
			turn(&f->leaves[i]);
		else if (t->assigned[i])
			MICA_TRY(mica_value_read(mica_var_value(f->leaves[i].x), f->leaves[i].data, f->leaves[i].bytes));
	for (size_t k = 0; k < t->n; k++)
		y[k] = t->w[k].y;
	measure_all(f, y, t->n, NOISY_RUNS, m);
	MICA_TRY(set_leaves(f, t->p, t->assigned, false));
	MICA_TRY(mica_plan_run(t->p, 1));
	MICA_TRY(compare_all(f, t->p, t->w, m, t->n, 2, found));
out:
	for (size_t k = 0; k < t->n; k++)
		measure_free(&m[k]);
	free(m);
	free(y);
	return st;
}

/* Two steps of one call leave the bits that two calls leave. */
static mica_status run_twice(trial *t, finding *found)
{
	mica_status st = MICA_OK;
	void **one = calloc(t->n + 1, sizeof *one), *two = NULL;
	MICA_TRY(set_leaves(t->f, t->p, t->assigned, false));
	MICA_TRY(mica_plan_run(t->p, 1));
	MICA_TRY(mica_plan_run(t->p, 1));
	for (size_t k = 0; k < t->n; k++)
		MICA_TRY(get(t->p, t->w, k, bytes_of(&t->w[k]), &one[k]));
	MICA_TRY(set_leaves(t->f, t->p, t->assigned, false));
	MICA_TRY(mica_plan_run(t->p, 2));
	for (size_t k = 0; k < t->n && !found->count; k++) {
		mica_dtype type = t->w[k].y->dtype;
		free(two);
		MICA_TRY(get(t->p, t->w, k, bytes_of(&t->w[k]), &two));
		for (size_t i = 0; i < mica_var_count(t->w[k].y) && !found->count; i++) {
			double a = mica__number_get(type, two, i), b = mica__number_get(type, one[k], i);
			if (!same(a, b))
				*found = (finding){MICA_OK, 1, k, i, 3, a, b, 0};
		}
	}
out:
	for (size_t k = 0; k < t->n; k++)
		free(one[k]);
	free(one);
	free(two);
	return st;
}

/* From here on the leaves' data are what a run finds; afterwards they are what they were. */
static mica_status go_on(trial *t, finding *found)
{
	fuzz *f = t->f;
	char **kept = calloc(f->n_leaves + 1, sizeof *kept);
	for (size_t i = 0; i < f->n_leaves; i++) {
		kept[i] = malloc(f->leaves[i].bytes + 1);
		memcpy(kept[i], f->leaves[i].data, f->leaves[i].bytes);
	}
	mica_status st = run_on(t, found);
	if (st == MICA_OK && !found->count)
		st = run_twice(t, found);
	for (size_t i = 0; i < f->n_leaves; i++) {
		memcpy(f->leaves[i].data, kept[i], f->leaves[i].bytes);
		free(kept[i]);
	}
	free(kept);
	return st;
}

/* The plan of these outputs, run twice from the same state, then from where that has led: what it finds first. */
static finding try(fuzz *f, const output *outputs, size_t n, uint32_t without)
{
	finding found = {0};
	mica_status st = MICA_OK;
	mica_plan *p = NULL;
	wanted *w = calloc(2 * n + 1, sizeof *w);
	mica_var *y = calloc(2 * n + 1, sizeof *y);
	measure *m = calloc(2 * n + 1, sizeof *m);
	bool *assigned = calloc(f->n_leaves + 1, sizeof *assigned);
	size_t n_wanted = n;
	for (size_t k = 0; k < n; k++) {
		y[k] = outputs[k].y;
		w[k] = (wanted){y[k], NULL, outputs[k].seed};
		if (y[k]->op == MICA__ASSIGN)
			w[n_wanted++] = (wanted){y[k], y[k]->in[0], outputs[k].seed};
		for (size_t i = 0; i < f->n_leaves; i++)
			assigned[i] = assigned[i] || (y[k]->op == MICA__ASSIGN && y[k]->in[0] == f->leaves[i].x);
	}
	for (size_t k = n; k < n_wanted; k++)
		y[k] = w[k].y;
	measure_all(f, y, n_wanted, NOISY_RUNS, m);
	MICA_TRY(mica_plan_create(&p, y, n, &(mica_plan_opts){.without = without, .name = "fuzz"}));
	for (size_t run = 0; run < 2 && !found.count; run++) {
		MICA_TRY(set_leaves(f, p, assigned, !run));
		MICA_TRY(mica_plan_run(p, 1));
		MICA_TRY(compare_all(f, p, w, m, n_wanted, run, &found));
	}
	if (!found.count)
		MICA_TRY(go_on(&(trial){f, p, w, n_wanted, assigned}, &found));
	found.output = found.output < n ? found.output : n; /* n: a variable */
out:
	found.status = st;
	found.count += st != MICA_OK;
	for (size_t k = 0; k < n_wanted; k++)
		measure_free(&m[k]);
	mica_plan_destroy(p);
	free(w);
	free(y);
	free(m);
	free(assigned);
	return found;
}

/* ---- making it small ---- */

/* Leaves out what is not needed for some value to differ. */
static size_t drop_outputs(fuzz *f, output *outputs, size_t n, uint32_t without, size_t *tries)
{
	for (size_t piece = (n + 1) / 2; piece; piece /= 2)
		for (size_t i = 0; i < n && n > 1 && *tries;) {
			size_t cut = piece < n - i ? piece : n - i;
			output fewer[MOST_OUTPUTS];
			memcpy(fewer, outputs, i * sizeof *fewer);
			memcpy(fewer + i, outputs + i + cut, (n - i - cut) * sizeof *fewer);
			--*tries;
			if (cut < n && try(f, fewer, n - cut, without).count) {
				n -= cut;
				memcpy(outputs, fewer, n * sizeof *fewer);
			} else {
				i += cut;
			}
		}
	return n;
}

/* The first node that is already wrong as the only output. */
static void go_down(fuzz *f, output *only, uint32_t without, size_t *tries)
{
	size_t n;
	mica_var *order = mica__topological(&only->y, 1, &n);
	for (size_t i = 0; i + 1 < n && *tries; i++) {
		output candidate = {order[i], only->seed};
		if (!order[i]->n_in || order[i]->loop)
			continue;
		measure m = measure_of(f, order[i], 3);
		double size = fmax(fabs(m.low), fabs(m.high));
		bool good = !m.n || (size < 1e6 && m.most_moved <= 1e-2 * size && (mica__dtype_real(order[i]->dtype) || m.most_moved == 0));
		measure_free(&m);
		if (!good)
			continue;
		--*tries;
		if (try(f, &candidate, 1, without).count) {
			*only = candidate;
			break;
		}
	}
	mica__free(order);
}

/* ---- telling ---- */

static void tell_attributes(mica__text *t, mica_var x)
{
	const mica__attr *a = &x->attr;
	for (size_t i = 0; i < x->shape.rank; i++)
		if (x->op == MICA__TRANSPOSE)
			mica__text_add(t, "%s%zu", i ? "," : " perm ", a->perm[i]);
		else if (x->op == MICA__SLICE)
			mica__text_add(t, "%s%zu by %zu", i ? "," : " from ", a->slice.start[i], a->slice.step[i]);
		else if (x->op == MICA__PAD)
			mica__text_add(t, "%s%zu", i ? "," : " before ", a->pad.before[i]);
	if (x->op == MICA__PAD)
		mica__text_add(t, " value %g", a->pad.value);
	if (x->op == MICA__FILL)
		mica__text_add(t, " value %.9g", a->value);
	if (x->op == MICA__IOTA || x->op == MICA__CONCAT || x->op == MICA__FLIP || mica__is_reduction(x))
		mica__text_add(t, " axis %zu", a->axis);
}

static void tell_graph(mica__text *t, const output *outputs, size_t n)
{
	mica_var y[MOST_OUTPUTS] = {0};
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		y[i] = outputs[i].y;
	mica_var *order = mica__topological(y, n, &count);
	for (size_t i = 0; i < count; i++) {
		mica__text line = {0};
		mica__print_node(&line, order[i]);
		mica__text_add(t, "    %.*s", line.n ? (int)line.n - 1 : 0, mica__text_string(&line));
		tell_attributes(t, order[i]);
		mica__text_add(t, "\n");
		mica__text_free(&line);
	}
	mica__text_add(t, "    outputs");
	for (size_t i = 0; i < n; i++)
		mica__text_add(t, " %%%u", y[i]->id);
	mica__text_add(t, "\n");
	mica__free(order);
}

static void tell(mica__text *t, const finding *found, const output *outputs, size_t n)
{
	const output *o = &outputs[found->output < n ? found->output : 0];
	mica__text_add(t, "seed %llu: ", (unsigned long long)o->seed);
	if (found->status != MICA_OK)
		mica__text_add(t, "%s: %s\n", mica_status_name(found->status), mica__reason());
	else
		mica__text_add(t, "%s %%%u, run %zu, element %zu: got %.9g, want %.9g +- %.3g\n", found->output < n ? "output" : "a variable after",
		               o->y->id, found->run, found->element, found->got, found->want, found->limit);
	tell_graph(t, outputs, n);
}

size_t fuzz_check(fuzz *f, uint32_t without, size_t shrink, mica__text *report)
{
	output *outputs = malloc((f->n_outputs + 1) * sizeof *outputs);
	size_t n = f->n_outputs, tries = shrink;
	memcpy(outputs, f->outputs, n * sizeof *outputs);
	finding found = n ? try(f, outputs, n, without) : (finding){0};
	if (found.count && shrink) {
		n = drop_outputs(f, outputs, n, without, &tries);
		if (n == 1)
			go_down(f, outputs, without, &tries);
		finding small = try(f, outputs, n, without);
		found = small.count ? small : found;
	}
	if (found.count)
		tell(report, &found, outputs, n);
	free(outputs);
	return found.count;
}
