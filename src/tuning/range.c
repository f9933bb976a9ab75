/* SPDX-License-Identifier: MIT */
/* tuning/range.c - ranges of values: how many there are, which is drawn, which comes next in a grid.
   Shares and steps are KerasTuner's (engine/hyperparameters), so that grids have its values in its order. */
#include "tuning/tuning.h"

#include <math.h>
#include <string.h>

/* As far as a double has all whole numbers. */
#define MOST_WHOLE 0x1p53
/* Of so many samples a grid is made where there are no steps. */
enum { SAMPLES = 10 };

static bool listed(const mica__range *r)
{
	return r->kind == MICA__TEXTS || r->kind == MICA__NUMBERS;
}

/* Steps of the range, where it has some.  A step that rounding puts beyond the end is one. */
static double steps(const mica__range *r)
{
	return floor(r->log ? log(r->high / r->low) / log(r->step) + 1e-8 : (r->high - r->low) / r->step + 1e-9);
}

size_t mica__range_count(const mica__range *r)
{
	if (r->kind == MICA__BOOLS)
		return 2;
	if (listed(r))
		return r->n;
	if (r->low == r->high)
		return 1;
	if (r->step > 0)
		return (size_t)steps(r) + 1;
	return r->kind == MICA__WHOLES ? (size_t)(r->high - r->low) + 1 : 0;
}

double mica__range_at(const mica__range *r, size_t i)
{
	if (r->kind == MICA__NUMBERS)
		return r->numbers[i];
	if (r->kind == MICA__BOOLS || r->kind == MICA__TEXTS)
		return (double)i;
	double x = r->low;
	if (r->log && r->step > 0)
		x *= pow(r->step, (double)i);
	else
		x += (double)i * (r->step > 0 ? r->step : 1);
	return r->kind == MICA__WHOLES ? round(x) : fmin(x, r->high);
}

size_t mica__range_place(const mica__range *r, double x)
{
	size_t i = 0;

	if (r->kind == MICA__NUMBERS) {
		while (i < r->n && r->numbers[i] != x)
			i++;
		return i;
	}
	if (r->kind == MICA__BOOLS || r->kind == MICA__TEXTS)
		return (size_t)x;
	if (r->log && r->step > 0)
		return (size_t)round(log(x / r->low) / log(r->step));
	return (size_t)round((x - r->low) / (r->step > 0 ? r->step : 1));
}

bool mica__range_holds(const mica__range *r, double x)
{
	size_t count = mica__range_count(r);

	if (r->kind == MICA__BOOLS || listed(r)) {
		for (size_t i = 0; i < count; i++)
			if (mica__range_at(r, i) == x)
				return true;
		return false;
	}
	if (!(x >= r->low && x <= r->high))
		return false;
	size_t place = count ? mica__range_place(r, x) : 0;
	return !count || (place < count && mica__range_at(r, place) == x);
}

/* Of a range with steps the value that the first was meant to be: 0.3 is not three times 0.1. */
double mica__range_first(const mica__range *r)
{
	if (r->kind == MICA__BOOLS || listed(r))
		return r->kind == MICA__NUMBERS ? r->numbers[0] : 0;
	if (!(r->step > 0 && r->first >= r->low && r->first <= r->high))
		return r->first;
	double value = mica__range_at(r, mica__range_place(r, r->first));
	return fabs(value - r->first) <= 1e-9 * (r->log ? value : r->step) ? value : r->first;
}

double mica__range_share(const mica__range *r, double u)
{
	size_t count = mica__range_count(r);
	bool whole = r->kind == MICA__WHOLES;

	if (r->log && !(r->step > 0) && count != 1) {
		double x = r->low * pow((r->high + whole) / r->low, u); /* the last whole number has a share, too */
		return fmin(whole ? floor(x) : x, r->high);
	}
	if (!count)
		return fmin(r->low + u * (r->high - r->low), r->high);
	size_t i = (size_t)(u * (double)count);
	return mica__range_at(r, i < count ? i : count - 1);
}

/* In a grid the first comes first, and the others as they stand in the range. */
bool mica__range_next(const mica__range *r, double x, double *next)
{
	double first = mica__range_first(r);
	size_t count = mica__range_count(r);
	bool sampled = !count || (r->kind == MICA__WHOLES && r->log && !(r->step > 0));

	if (!sampled) {
		size_t i = x == first ? 0 : mica__range_place(r, x) + 1;
		i += i < count && mica__range_at(r, i) == first;
		if (i < count)
			*next = mica__range_at(r, i);
		return i < count;
	}
	for (int k = 0; k < SAMPLES; k++) {
		*next = mica__range_share(r, 0.1 * k + 0.05);
		if (*next != first && (x == first || *next > x))
			return true;
	}
	return false;
}

const char *mica__range_text(const mica__range *r, double x, char out[MICA__VALUE_TEXT])
{
	if (r->kind == MICA__TEXTS)
		return r->texts[(size_t)x];
	if (r->kind == MICA__BOOLS)
		return x != 0 ? "true" : "false";
	mica__format(out, MICA__VALUE_TEXT, r->kind == MICA__WHOLES ? "%.0f" : "%.6g", x);
	return out;
}

/* ---- what is a range ---- */

static mica_status check_list(const mica__range *r, const char *name)
{
	if (!r->n)
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": a list of nothing", name);
	for (size_t i = 0; i < r->n; i++) {
		if (r->texts ? !r->texts[i] || mica__name_fault(r->texts[i]) != NULL : !isfinite(r->numbers[i]))
			return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": value %zu of the list is %s", name, i,
			                  r->texts ? "no text without control characters" : "not finite");
		for (size_t k = 0; k < i; k++)
			if (r->texts ? strcmp(r->texts[i], r->texts[k]) == 0 : r->numbers[i] == r->numbers[k])
				return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": values %zu and %zu of the list are the same", name, k, i);
	}
	return MICA_OK;
}

mica_status mica__range_check(const mica__range *r, const char *name)
{
	bool whole = r->kind == MICA__WHOLES;

	if (!name || mica__name_fault(name))
		return mica__fail(MICA_EINVAL, "hyper-parameter: the name %s", name ? mica__name_fault(name) : "is NULL");
	if (r->kind == MICA__BOOLS)
		return MICA_OK;
	if (listed(r))
		return check_list(r, name);
	if (!(isfinite(r->low) && isfinite(r->high) && r->low <= r->high))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": from %g to %g; expected two finite numbers, the lower one first", name,
		                  r->low, r->high);
	if (whole && (r->low < -MOST_WHOLE || r->high > MOST_WHOLE))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": from %g to %g; expected whole numbers of at most 2^53", name, r->low, r->high);
	if (r->log && !(r->low > 0))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": from %g by .log; expected a range above 0", name, r->low);
	if (r->step != 0 && !(isfinite(r->step) && r->step > (r->log ? 1 : 0)))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": step %g; expected one above %d, or 0 for any value", name, r->step, r->log);
	if (r->step > 0 && !(steps(r) < MOST_WHOLE))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": from %g to %g in steps of %g are more values than can be counted", name,
		                  r->low, r->high, r->step);
	if (!mica__range_holds(r, mica__range_first(r)))
		return mica__fail(MICA_EINVAL, "hyper-parameter \"%s\": first is %g, which is none of its values", name, r->first);
	return MICA_OK;
}

bool mica__range_same(const mica__range *a, const mica__range *b)
{
	bool same = a->kind == b->kind && a->low == b->low && a->high == b->high && a->step == b->step && a->first == b->first &&
	            a->log == b->log && a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = a->texts ? strcmp(a->texts[i], b->texts[i]) == 0 : a->numbers[i] == b->numbers[i];
	return same;
}

mica_status mica__range_copy(mica__range *to, const mica__range *r)
{
	*to = *r;
	to->texts = NULL;
	to->numbers = NULL;
	if (r->numbers) {
		double *numbers = mica__alloc(r->n, sizeof *numbers);
		if (!numbers)
			return MICA_ENOMEM;
		memcpy(numbers, r->numbers, r->n * sizeof *numbers);
		to->numbers = numbers;
	}
	if (r->texts) {
		char **texts = mica__alloc(r->n, sizeof *texts);
		to->texts = (const char *const *)texts;
		for (size_t i = 0; i < r->n; i++)
			if (!texts || !(texts[i] = mica__strdup(r->texts[i])))
				return MICA_ENOMEM;
	}
	return MICA_OK;
}

void mica__range_free(mica__range *r)
{
	for (size_t i = 0; r->texts && i < r->n; i++)
		mica__free((void *)(uintptr_t)r->texts[i]);
	mica__free((void *)(uintptr_t)r->texts);
	mica__free((void *)(uintptr_t)r->numbers);
	*r = (mica__range){.n = 0};
}
