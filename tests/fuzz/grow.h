/* SPDX-License-Identifier: MIT */
/* fuzz/grow.h - what graphs grow from: chance, a pool of values and what is asked of them (pool.c), and what is made of them:
   operations (operations.c), what networks are made of (networks.c), loops (loops.c), trainings (training.c). */
#ifndef MICA_TESTS_FUZZ_GROW_H
#define MICA_TESTS_FUZZ_GROW_H
#include "fuzz/inside.h"

enum { MOST_POOL = 96, MOST_COUNT = 6000 };

typedef struct value {
	mica_var x;
	double low, high;
} value;

typedef struct pool {
	fuzz *f;
	uint64_t seed;
	value v[MOST_POOL];
	size_t n;
} pool;

/* ---- chance ---- */

static inline uint64_t next(fuzz *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return f->random >> 11;
}

static inline size_t below(fuzz *f, size_t n)
{
	return (size_t)(next(f) % n);
}

static inline bool chance(fuzz *f, unsigned percent)
{
	return below(f, 100) < percent;
}

static inline double uniform(fuzz *f, double low, double high)
{
	return low + (high - low) * (double)next(f) * 0x1p-53;
}

/* ---- the pool ---- */

/* Unless it is there already, or no value to go on with. */
void pool_keep(pool *p, mica_var x);
/* One of the pool, the younger the likelier, for which fits says yes; NULL if a few tries find none. */
typedef bool fitting(const value *v, const void *with);
const value *pool_pick(pool *p, fitting *fits, const void *with);
bool is_real(const value *v, const void *with);
bool is_number(const value *v, const void *with);
bool has_sums(const value *v, const void *with);
bool has_axes(const value *v, const void *with);
bool has_matrix(const value *v, const void *with);
bool has_real_space(const value *v, const void *with);
bool fits_beside(const value *v, const void *with);
bool fits_beside_any(const value *v, const void *with);
bool has_type_and_shape(const value *v, const void *with);
/* A new leaf; something that broadcasts with a: of the pool, a new leaf, a number, or a itself. */
mica_var pool_leaf(pool *p, bool variable, mica_dtype t, mica_shape s);
/* A variable as weights are: small, of the pool. */
mica_var pool_weight(pool *p, mica_dtype t, mica_shape s);
value pool_beside(pool *p, const value *a);
mica_dtype fuzz_type(fuzz *f);
mica_shape fuzz_shape(fuzz *f);
double value_largest(const value *v);
/* Whether no element that is not exact lies near where f steps: at whole numbers plus `at`. */
bool steps_elsewhere(pool *p, mica_var x, double at);

/* ---- operations ---- */

void grow_elementwise_one(pool *p);
void grow_elementwise_two(pool *p);
void grow_elementwise_three(pool *p);
void grow_cast(pool *p);
void grow_reshape(pool *p);
void grow_move(pool *p);
void grow_concat(pool *p);
void grow_by_index(pool *p);
void grow_windows(pool *p);
void grow_reduce(pool *p);
void grow_along(pool *p);
void grow_order(pool *p);
void grow_matrix(pool *p);

/* ---- networks ---- */

void grow_product(pool *p);
void grow_products(pool *p);
void grow_attention(pool *p);
void grow_convolution(pool *p);
void grow_residual(pool *p);
void grow_pattern(pool *p);
void grow_batch_normalization(pool *p);
void grow_embedding(pool *p);

/* ---- loops ---- */

void grow_scan(pool *p);
void grow_cell(pool *p);

/* ---- trainings ---- */

void grow_gradient(pool *p);
void grow_training(pool *p);
/* Gradients of a loss of y, and updates of what it depends on. */
void train(pool *p, mica_var y);
/* Has the variable take y, if it takes nothing yet and y is neither too large nor sensitive to rounding. */
void assign(pool *p, mica_var variable, mica_var y);
/* Some value for it to take. */
void assign_any(pool *p, mica_var variable);

#endif
