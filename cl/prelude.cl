/* SPDX-License-Identifier: MIT */
/* prelude.cl - what every kernel is written on: numbers and their vectors, loads and stores, random numbers, work-group sums.
   Options: MICA_FP64 (there are doubles), MICA_DOUBLE (`real` is double, else float), MICA_CPU with MICA_V (vector width: 4,
   8 or 16) or MICA_SIMT with MICA_GROUP (work-items per group, a power of two) and, on Intel's GPUs, MICA_SUB_GROUP (how many
   of them share a thread: the fewer, the more registers for each), MICA_CLANG (vector types may be declared with less
   alignment), MICA_X86 (inline assembly of x86).

   Generated code calculates in float, double, int and long, and in vectors of each, floatv and so on.  What is in memory goes
   by the name of its type in base/types.h: GET_u8(p) is an int.  On CPUs names for vectors end in or begin with a V. */
#ifdef MICA_DOUBLE
#define MICA_FP64
#endif
#ifdef MICA_FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define MICA_REALS(X) X(float) X(double)
#else
#define MICA_REALS(X) X(float)
#endif
#define MICA_NUMBERS(X) MICA_REALS(X) X(int) X(long)

/* For texts that are written by hand: the real numbers of the plan. */
#ifdef MICA_DOUBLE
typedef double real;
typedef double2 real2;
typedef double4 real4;
typedef double8 real8;
typedef double16 real16;
#define R(x) x
#define LOADR(p) LOAD_f64(p)
#define STORER_PART(p, v, n) STORE_PART_f64(p, v, n)
#define MASKR(x) MASK_double(x)
#define ACROSSR(what) ACROSS(what, double)
#define exp_realv(x) exp_doublev(x)
#else
typedef float real;
typedef float2 real2;
typedef float4 real4;
typedef float8 real8;
typedef float16 real16;
#define R(x) x##f
#define LOADR(p) LOAD_f32(p)
#define STORER_PART(p, v, n) STORE_PART_f32(p, v, n)
#define MASKR(x) MASK_float(x)
#define ACROSSR(what) ACROSS(what, float)
#define exp_realv(x) exp_floatv(x)
#endif

#define MICA_JOIN_(a, b) a##b
#define MICA_JOIN(a, b) MICA_JOIN_(a, b)
#define MICA_INLINE static inline __attribute__((always_inline))
/* Where a value is, by a word of a plan's table: in the lower 48 bits bytes from the beginning of a slab of device memory, in
   the upper 16 the slab's number among the kernel's parameters, which MICA_SLAB of the generated code knows. */
#define MICA_AT(w) (MICA_SLAB(w) + ((w) & 0xffffffffffffL))
/* a % n; where both a / n and a % n stand, LLVM may write something that Oclgrind does not know. */
#define REST(a, n) ((a) - (a) / (n) * (n))
/* Makes of an index one that compilers know nothing of: LLVM would give each sum of a pointer and an index a register of its own. */
#ifdef MICA_X86
#define MICA_HIDE(x) __asm__ volatile("" : "+r"(x))
#else
#define MICA_HIDE(x)
#endif
#ifdef MICA_CLANG
#define MICA_RESTRICT restrict
#else
#define MICA_RESTRICT /* Oclgrind does not know what LLVM makes of it */
#endif
#ifdef MICA_SIMT
#define MICA_FUNCTION inline __attribute__((always_inline)) /* there are barriers inside */
#else
#define MICA_FUNCTION __attribute__((noinline))
#endif

/* The record of a stage: how many groups have tasks in it, all their tasks; for each group its function and the first slot
   of its sizes; for each part of the tasks, for each group, where its tasks end, the first of its columns of tasks, and how
   many of those there are. */
#define MICA_ENTRY(stage, j) ((stage) + 2 + 2 * (j))
#define MICA_PART(stage, part) ((stage) + 2 + (3 * (part) + 2) * (stage)[0])
/* The group that task t of a part belongs to, of n, and the first task of a group. */
MICA_INLINE int mica_entry(global const long *part, int n, int t)
{
	int low = 0, high = n - 1;
	while (low < high) {
		const int middle = (low + high) / 2;
		if (t < part[3 * middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
MICA_INLINE int mica_begin(global const long *part, int j)
{
	return j ? (int)part[3 * j - 3] : 0;
}

/* Philox4x32-10: four random words of a counter and a key (Salmon et al. 2011); T is uint, or a vector of ulong,
   of which the lower halves count; HIGH and LOW are those of a product. */
#define MICA_PHILOX(name, T, HIGH, LOW)                                                         \
	MICA_INLINE void name(T *c0, T *c1, T *c2, T *c3, uint k0, uint k1)                         \
	{                                                                                       \
		for (int i = 0; i < 10; i++) {                                                          \
			const T h0 = HIGH(0xD2511F53u, *c0), l0 = LOW(0xD2511F53u, *c0);                    \
			const T h1 = HIGH(0xCD9E8D57u, *c2), l1 = LOW(0xCD9E8D57u, *c2);                    \
			*c0 = h1 ^ *c1 ^ (T)k0;                                                                 \
			*c1 = l1;                                                                               \
			*c2 = h0 ^ *c3 ^ (T)k1;                                                                 \
			*c3 = l0;                                                                               \
			k0 += 0x9E3779B9u;                                                                      \
			k1 += 0xBB67AE85u;                                                                      \
		}                                                                                       \
	}
#define MICA_LOW(a, b) ((a) * (b))
MICA_PHILOX(mica_philox, uint, mul_hi, MICA_LOW)

/* 24 random bits for element (row, column).  One counter serves 4 columns of 32: its word w is column 32 g + 8 w + j for
   counter 8 g + j, so that vectors of 4, 8 and 16 and single items all find the same numbers. */
MICA_INLINE uint mica_random(uint column, uint row, uint step, uint stream, uint k0, uint k1)
{
	uint c0 = (column / 32) * 8 + column % 8, c1 = row, c2 = step, c3 = stream;
	const uint word = column % 32 / 8;
	mica_philox(&c0, &c1, &c2, &c3, k0, k1);
	return (word == 0 ? c0 : word == 1 ? c1 : word == 2 ? c2 : c3) >> 8;
}

/* ---- numbers ---- */

#ifdef MICA_FP64
/* A double as a float that any shorter type rounds as it would the double: cut, and odd if that lost something. */
MICA_INLINE float ODD(double v)
{
	const float f = convert_float_rtz(v);
	return as_float(as_int(f) | (convert_double(f) != v));
}
#endif

/* A word of the table as a constant; what is below and above all numbers: with what maximum and minimum begin. */
#define CONSTANT_float(w) as_float((int)(w))
#define CONSTANT_double(w) as_double(w)
#define CONSTANT_int(w) ((int)(w))
#define CONSTANT_long(w) (w)
#define FIRST_float (-INFINITY)
#define LAST_float INFINITY
#define FIRST_double (-INFINITY)
#define LAST_double INFINITY
#define FIRST_int INT_MIN
#define LAST_int INT_MAX
#define FIRST_long LONG_MIN
#define LAST_long LONG_MAX

/* 16-bit reals are calculated with in float; their bits, and what has them, by integers: no device need know them.  A float
   becomes the nearest of them, of two the even one.  U, F: uint and float, or vectors of them. */
#define MICA_HALVES(name, U, F, TO_U, TO_F, AS_U, AS_F)                                                                        \
	MICA_INLINE F mica_from_f16##name(U h)                                                                                 \
	{                                                                                                                      \
		const U m = h & 0x7fff, small = AS_U(TO_F(m) * 0x1p-24f), normal = (m << 13) + (112u << 23);                   \
		return AS_F((m < 0x400 ? small : m < 0x7c00 ? normal : normal + (112u << 23)) | (h & 0x8000) << 16);           \
	}                                                                                                                      \
	MICA_INLINE U mica_to_f16##name(F v)                                                                                   \
	{                                                                                                                      \
		const U u = AS_U(v), m = u & 0x7fffffff, small = AS_U(AS_F(m) + 0.5f) - 0x3f000000;                            \
		const U normal = (m + 0xfff + (m >> 13 & 1) - (112u << 23)) >> 13;                                             \
		return (m < 0x38800000 ? small : m >= 0x47800000 ? (m > 0x7f800000 ? (U)0x7e00 : (U)0x7c00) : normal)          \
		       | (u >> 16 & 0x8000);                                                                                   \
	}                                                                                                                      \
	MICA_INLINE F mica_from_bf16##name(U h) { return AS_F(h << 16); }                                                      \
	MICA_INLINE U mica_to_bf16##name(F v)                                                                                  \
	{                                                                                                                      \
		const U u = AS_U(v);                                                                                           \
		return (u & 0x7fffffff) > 0x7f800000 ? u >> 16 | 0x40 : (u + 0x7fff + (u >> 16 & 1)) >> 16;                    \
	}
MICA_HALVES(, uint, float, convert_uint, convert_float, as_uint, as_float)

#define GET_f16(p) mica_from_f16(*(p))
#define GET_bf16(p) mica_from_bf16(*(p))
#define GET_i64(p) (*(p))
#define GET_bool(p) ((int)*(p))
#define SET_f16(p, v) (*(p) = (ushort)mica_to_f16(v))
#define SET_bf16(p, v) (*(p) = (ushort)mica_to_bf16(v))
#define SET_i64(p, v) (*(p) = (v))
#define SET_bool(p, v) (*(p) = (uchar)(v))
#define GET_f32(p) (*(p))
#define GET_f64(p) (*(p))
#define GET_i32(p) (*(p))
#define GET_u8(p) ((int)*(p))
#define SET_f32(p, v) (*(p) = (v))
#define SET_f64(p, v) (*(p) = (v))
#define SET_i32(p, v) (*(p) = (v))
#define SET_u8(p, v) (*(p) = (uchar)(v))

/* A value as one of another type: whole numbers keep their low bits; SAT, of a real, takes the nearest there is, 0 of NaN. */
#define TO_f32(v) convert_float(v)
#define TO_f64(v) convert_double(v)
#define TO_i32(v) convert_int(v)
#define TO_u8(v) convert_int(convert_uchar(v))
#define TO_f16(v) mica_from_f16(mica_to_f16(convert_float(v)))
#define TO_bf16(v) mica_from_bf16(mica_to_bf16(convert_float(v)))
#define TO_i64(v) convert_long(v)
#define TO_bool(v) ((v) != 0)
#define TO_i64_SAT(v) convert_long_sat(v)
#define TO_i32_SAT(v) convert_int_sat(v)
#define TO_u8_SAT(v) convert_int(convert_uchar_sat(v))

/* Does key b go before key a, in either order?  A NaN is greater than any number. */
#define MICA_LESS(b, a) ((b) < (a) || ((a) != (a) && (b) == (b)))
#define MICA_GREATER(b, a) ((b) > (a) || ((b) != (b) && (a) == (a)))
#define MICA_ADD(a, b) ((a) + (b))
#define MICA_MULTIPLY(a, b) ((a) * (b))
#define MICA_MAX(a, b) ((a) >= (b) || (a) != (a) ? (a) : (b))
#define MICA_MIN(a, b) ((a) <= (b) || (a) != (a) ? (a) : (b))
/* Does (b, index j) go before (a, index i)?  The greatest does, a NaN as greatest, of equals the first. */
#define MICA_BEATS(b, j, a, i) \
	((b) > (a) || ((b) != (b) && (a) == (a)) || (((b) == (a) || ((b) != (b) && (a) != (a))) && (j) < (i)))

/* What comes in, times a factor whose infinity may only be that of a long product: of nothing, nothing. */
#define MICA_PASS_ON(a, v) ((v) == 0 ? 0 : (a) * (v))

#ifdef MICA_CPU
#define V MICA_V
#define PW (2 * MICA_V)
typedef MICA_JOIN(uchar, MICA_V) ucharv;
typedef MICA_JOIN(ushort, MICA_V) ushortv;
typedef MICA_JOIN(uint, MICA_V) uintv;
typedef MICA_JOIN(int, MICA_V) intv;
typedef MICA_JOIN(long, MICA_V) longv;
typedef MICA_JOIN(float, MICA_V) floatv;
#ifdef MICA_FP64
typedef MICA_JOIN(double, MICA_V) doublev;
MICA_INLINE floatv ODDV(doublev v)
{
	const floatv f = MICA_JOIN(MICA_JOIN(convert_float, MICA_V), _rtz)(v);
	return MICA_JOIN(as_float, MICA_V)(MICA_JOIN(as_int, MICA_V)(f) | (MICA_JOIN(convert_int, MICA_V)(MICA_JOIN(convert_double, MICA_V)(f) != v) & 1));
}
#endif
#ifdef MICA_DOUBLE
typedef doublev realv;
#else
typedef floatv realv;
#endif

#define MICA_TO_UINTV(v) MICA_JOIN(convert_uint, MICA_V)(v)
MICA_HALVES(v, uintv, floatv, MICA_TO_UINTV, MICA_JOIN(convert_float, MICA_V), MICA_JOIN(as_uint, MICA_V), MICA_JOIN(as_float, MICA_V))

/* What a comparison of vectors gives, and another comparison's result as that. */
typedef intv mask_int, mask_float;
typedef longv mask_long, mask_double;
#define MASK_int(x) TOV_i32(x)
#define MASK_float(x) TOV_i32(x)
#define MASK_long(x) MICA_JOIN(convert_long, MICA_V)(x)
#define MASK_double(x) MICA_JOIN(convert_long, MICA_V)(x)

#define TOV_f32(v) MICA_JOIN(convert_float, MICA_V)(v)
#define TOV_f64(v) MICA_JOIN(convert_double, MICA_V)(v)
#define TOV_i32(v) MICA_JOIN(convert_int, MICA_V)(v)
#define TOV_u8(v) TOV_i32(MICA_JOIN(convert_uchar, MICA_V)(v))
#define TOV_f16(v) mica_from_f16v(mica_to_f16v(TOV_f32(v)))
#define TOV_bf16(v) mica_from_bf16v(mica_to_bf16v(TOV_f32(v)))
#define TOV_i64(v) MICA_JOIN(convert_long, MICA_V)(v)
#define TOV_bool(v) (TOV_i32((v) != 0) & 1)
#define TOV_i64_SAT(v) MICA_JOIN(MICA_JOIN(convert_long, MICA_V), _sat)(v)
#define TOV_i32_SAT(v) MICA_JOIN(MICA_JOIN(convert_int, MICA_V), _sat)(v)
#define TOV_u8_SAT(v) TOV_i32(MICA_JOIN(MICA_JOIN(convert_uchar, MICA_V), _sat)(v))
#if MICA_V == 16
#define LANES ((intv)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#elif MICA_V == 8
#define LANES ((intv)(0, 1, 2, 3, 4, 5, 6, 7))
#else
#define LANES ((intv)(0, 1, 2, 3))
#endif

/* Some drivers split vstoren into narrow stores; a vector type with the alignment of its element does not. */
#ifdef MICA_CLANG
#define MICA_ANY(T) typedef T##v __attribute__((aligned(4))) T##v_any;
MICA_NUMBERS(MICA_ANY)
typedef ucharv __attribute__((aligned(1))) ucharv_any;
typedef ushortv __attribute__((aligned(2))) ushortv_any;
typedef realv __attribute__((aligned(4))) realv_any;
#define LOADR_FROM(space, p) (*(space const realv_any *)(p))
#define STORER_TO(space, p, v) (*(space realv_any *)(p) = (v))
#define MICA_LOAD(T, p) (*(global const T##v_any *)(p))
#define MICA_STORE(T, p, v) (*(global T##v_any *)(p) = (v))
#define FETCH_L1(p) __builtin_prefetch((const void *)(size_t)(p), 0, 3)
#define FETCH_L2(p) __builtin_prefetch((const void *)(size_t)(p), 0, 2)
#define FETCH_TO_STORE(p) __builtin_prefetch((const void *)(size_t)(p), 1, 3)
#else
#define LOADR_FROM(space, p) MICA_JOIN(vload, MICA_V)(0, p)
#define STORER_TO(space, p, v) MICA_JOIN(vstore, MICA_V)(v, 0, p)
#define MICA_LOAD(T, p) MICA_JOIN(vload, MICA_V)(0, p)
#define MICA_STORE(T, p, v) MICA_JOIN(vstore, MICA_V)(v, 0, p)
#define FETCH_L1(p)
#define FETCH_L2(p)
#define FETCH_TO_STORE(p)
#endif
#define LOAD_f32(p) MICA_LOAD(float, p)
#define LOAD_f64(p) MICA_LOAD(double, p)
#define LOAD_i32(p) MICA_LOAD(int, p)
#define LOAD_u8(p) TOV_i32(MICA_LOAD(uchar, p))
#define LOAD_i64(p) MICA_LOAD(long, p)
#define LOAD_bool(p) LOAD_u8(p)
#define LOAD_f16(p) mica_from_f16v(MICA_TO_UINTV(MICA_LOAD(ushort, p)))
#define LOAD_bf16(p) mica_from_bf16v(MICA_TO_UINTV(MICA_LOAD(ushort, p)))

/* PACK makes of a vector the elements in memory.  PART: only the first n lanes, where more would overwrite what follows. */
#define PACK_f32(v) (v)
#define PACK_f64(v) (v)
#define PACK_i32(v) (v)
#define PACK_i64(v) (v)
#define PACK_bool(v) PACK_u8(v)
#define PACK_f16(v) MICA_JOIN(convert_ushort, MICA_V)(mica_to_f16v(v))
#define PACK_bf16(v) MICA_JOIN(convert_ushort, MICA_V)(mica_to_bf16v(v))
#define PACK_u8(v) MICA_JOIN(convert_uchar, MICA_V)(v)
#define STORE_f32(p, v) MICA_STORE(float, p, v)
#define STORE_f64(p, v) MICA_STORE(double, p, v)
#define STORE_i32(p, v) MICA_STORE(int, p, v)
#define STORE_i64(p, v) MICA_STORE(long, p, v)
#define STORE_u8(p, v) MICA_STORE(uchar, p, PACK_u8(v))
#define STORE_bool(p, v) STORE_u8(p, v)
#define STORE_f16(p, v) MICA_STORE(ushort, p, PACK_f16(v))
#define STORE_bf16(p, v) MICA_STORE(ushort, p, PACK_bf16(v))
#define MICA_STORE_PART(name, M, T)                                     \
	MICA_INLINE void STORE_PART_##name(global M *p, T##v v, int n)  \
	{                                                               \
		if (n >= V) {                                           \
			STORE_##name(p, v);                             \
			return;                                         \
		}                                                       \
		M lane[V];                                              \
		MICA_JOIN(vstore, MICA_V)(PACK_##name(v), 0, lane);     \
		for (int i = 0; i < n; i++)                             \
			p[i] = lane[i];                                 \
	}
MICA_STORE_PART(f32, float, float)
#ifdef MICA_FP64
MICA_STORE_PART(f64, double, double)
#endif
MICA_STORE_PART(i32, int, int)
MICA_STORE_PART(u8, uchar, int)
MICA_STORE_PART(i64, long, long)
MICA_STORE_PART(bool, uchar, int)
MICA_STORE_PART(f16, ushort, float)
MICA_STORE_PART(bf16, ushort, float)

/* mica_random of a vector of columns.  Drivers' mul_hi of vectors goes lane by lane; a product of twice the width does not. */
#define MICA_WIDE_LOW(a, b) (((b) & 0xffffffff) * (ulong)(a))
#define MICA_WIDE_HIGH(a, b) (MICA_WIDE_LOW(a, b) >> 32)
#if MICA_V >= 8
MICA_PHILOX(mica_philox_v, ulong8, MICA_WIDE_HIGH, MICA_WIDE_LOW)
MICA_INLINE uintv mica_random_v(uint c, uint row, uint step, uint stream, uint k0, uint k1)
{
	ulong8 w0 = (ulong8)(c / 32 * 8) + (ulong8)(0, 1, 2, 3, 4, 5, 6, 7), w1 = row, w2 = step, w3 = stream;
	mica_philox_v(&w0, &w1, &w2, &w3, k0, k1);
	const uint8 c0 = convert_uint8(w0), c1 = convert_uint8(w1), c2 = convert_uint8(w2), c3 = convert_uint8(w3);
#if MICA_V == 16
	const uint16 bits = c % 32 == 0 ? (uint16)(c0, c1) : (uint16)(c2, c3);
#else
	const uint8 bits = c % 32 == 0 ? c0 : c % 32 == 8 ? c1 : c % 32 == 16 ? c2 : c3;
#endif
	return bits >> 8;
}
#else
MICA_PHILOX(mica_philox_v, ulong4, MICA_WIDE_HIGH, MICA_WIDE_LOW)
MICA_INLINE uintv mica_random_v(uint c, uint row, uint step, uint stream, uint k0, uint k1)
{
	ulong4 c0 = (ulong4)(c / 32 * 8 + c % 8) + (ulong4)(0, 1, 2, 3), c1 = row, c2 = step, c3 = stream;
	const uint word = c % 32 / 8;
	mica_philox_v(&c0, &c1, &c2, &c3, k0, k1);
	return convert_uint4(word == 0 ? c0 : word == 1 ? c1 : word == 2 ? c2 : c3) >> 8;
}
#endif

/* Lanes of a vector combined in a fixed order: halves with halves. */
#define MICA_ACROSS(name, T, combine)                                                 \
	MICA_INLINE T name##_2(T##2 v) { return combine(v.lo, v.hi); }                    \
	MICA_INLINE T name##_4(T##4 v) { return name##_2(combine(v.lo, v.hi)); }          \
	MICA_INLINE T name##_8(T##8 v) { return name##_4(combine(v.lo, v.hi)); }          \
	MICA_INLINE T name##_16(T##16 v) { return name##_8(combine(v.lo, v.hi)); }
#define ACROSS(what, T) MICA_JOIN(mica_across_##what##_##T##_, MICA_V)
#define MICA_ACROSS_ALL(T)                                   \
	MICA_ACROSS(mica_across_sum_##T, T, MICA_ADD)        \
	MICA_ACROSS(mica_across_prod_##T, T, MICA_MULTIPLY)  \
	MICA_ACROSS(mica_across_reduce_max_##T, T, MICA_MAX) \
	MICA_ACROSS(mica_across_reduce_min_##T, T, MICA_MIN)
MICA_NUMBERS(MICA_ACROSS_ALL)

/* Index of the greatest lane, the smallest index among equals; a NaN counts as greatest. */
#define MICA_ACROSS_ARGMAX(T)                                                                                         \
	MICA_INLINE int mica_across_argmax_##T(T##v v, intv index)                                                    \
	{                                                                                                             \
		T lane[V];                                                                                            \
		int at[V], best = 0;                                                                                  \
		MICA_JOIN(vstore, MICA_V)(v, 0, lane);                                                                \
		MICA_JOIN(vstore, MICA_V)(index, 0, at);                                                              \
		for (int i = 1; i < V; i++)                                                                           \
			if (MICA_BEATS(lane[i], at[i], lane[best], at[best]))                                         \
				best = i;                                                                             \
		return at[best];                                                                                      \
	}
MICA_NUMBERS(MICA_ACROSS_ARGMAX)

/* Copies rows r0..r1 of one panel of a matrix (its columns c..c + PW, `columns` of them in all; rows `row` elements apart) to
   the same places of its transpose, whose panels are `stride` elements apart and whose rows, `step` apart, are the columns. */
MICA_INLINE void mica_transpose_panel(global real *to, size_t stride, const int step, global const real *from, const int row, int r0,
                                      int r1, int c, int columns)
{
	const int n = min(PW, columns - c);
	for (int r = r0; r < r1; r += 8) {
		global real *t = to + (size_t)(r / PW) * stride + (size_t)c * step + r % PW;
		global const real *f = from + (size_t)r * row;
		if (r + 8 <= r1 && r % PW + 8 <= PW) {
			for (int j = 0; j < n; j++)
				for (int i = 0; i < 8; i++)
					t[(size_t)j * step + i] = f[i * row + j];
		} else {
			for (int i = 0; i < 8 && r + i < r1; i++)
				for (int j = 0; j < n; j++)
					to[(size_t)((r + i) / PW) * stride + (size_t)(c + j) * step + (r + i) % PW] = f[i * row + j];
		}
	}
}
#endif

#define erf_float(a) erf(a)
#define exp_float(a) exp(a)
#define sigmoid_float(a) (1.0f / (1.0f + exp(-(a))))
#define tanh_float(a) tanh(a)
#define sin_float(a) sin(a)
#define cos_float(a) cos(a)
#define pow_float(a, b) pow(a, b)
#define erf_double(a) erf(a)
#define exp_double(a) exp(a)
#define sigmoid_double(a) (1.0 / (1.0 + exp(-(a))))
#define tanh_double(a) tanh(a)
#define sin_double(a) sin(a)
#define cos_double(a) cos(a)
#define pow_double(a, b) pow(a, b)
#ifdef MICA_CPU
/* Lane by lane: in some drivers' vector forms a special value in one lane spoils the others. */
#define MICA_BY_LANE(T, name, parameters, split, arguments)          \
	MICA_INLINE T##v name##_##T##v parameters                    \
	{                                                            \
		T r[V], x[V], y[V];                                  \
		split                                                \
		for (int i = 0; i < V; i++)                          \
			r[i] = name arguments;                       \
		return MICA_JOIN(vload, MICA_V)(0, r);               \
	}
#define MICA_SPLIT(v, to) MICA_JOIN(vstore, MICA_V)(v, 0, to);
#define MICA_ALL_BY_LANE(T)                                                                     \
	MICA_BY_LANE(T, sin, (T##v a), MICA_SPLIT(a, x), (x[i]))                                \
	MICA_BY_LANE(T, cos, (T##v a), MICA_SPLIT(a, x), (x[i]))                                \
	MICA_BY_LANE(T, pow, (T##v a, T##v b), MICA_SPLIT(a, x) MICA_SPLIT(b, y), (x[i], y[i]))
MICA_REALS(MICA_ALL_BY_LANE)

#define erf_doublev(a) erf(a)
#define exp_doublev(a) exp(a)
#define sigmoid_doublev(a) (1.0 / (1.0 + exp(-(a))))
#define tanh_doublev(a) tanh(a)
/* 2^n e^r with n the nearest whole number to x / ln 2, within 1.01 ulp: drivers' own also care for results that have no
   normal form, which costs as much again.  Adding 1.5 * 2^23 leaves n in the lowest bits of the sum, and ln 2 stands in two
   parts, the first so short that n times it is exact.  The polynomial is Cephes'.  inside: where the result has a normal form. */
MICA_INLINE floatv mica_exp_inside(floatv x)
{
	const floatv t = x * 1.44269504f + 12582912.0f, n = t - 12582912.0f;
	const floatv r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
	floatv e = r * 1.9875691500e-4f + 1.3981999507e-3f;
	e = e * r + 8.3334519073e-3f;
	e = e * r + 4.1665795894e-2f;
	e = e * r + 1.6666665459e-1f;
	e = e * r + 5.0000001201e-1f;
	e = e * (r * r) + r + 1.0f;
	return MICA_JOIN(as_float, MICA_V)(MICA_JOIN(as_int, MICA_V)(e) + (MICA_JOIN(as_int, MICA_V)(t) << 23));
}

MICA_INLINE floatv exp_floatv(floatv x)
{
	const floatv y = mica_exp_inside(x);
	return x <= 88.7228317f ? x >= -87.3365447f ? y : 0.0f : x + INFINITY;
}

/* 1 / x of what is neither 0 nor infinite.  A division of 16 floats takes as long as 20 multiplications and additions; an
   estimate to 14 bits and a step of Newton's, four, and it is within 1 ulp. */
#if MICA_V == 16 && defined(MICA_X86) && defined(__AVX512F__)
MICA_INLINE floatv mica_inverse(floatv x)
{
	floatv r;
	__asm__("vrcp14ps %1, %0" : "=v"(r) : "v"(x));
	return r + r * (1.0f - x * r);
}
#else
#define mica_inverse(x) (1.0f / (x))
#endif

/* 1 / (1 + e^-x), with e^-x as above; 0 where that would be past the largest number. */
MICA_INLINE floatv sigmoid_floatv(floatv x)
{
	const floatv a = x > 87.0f ? -87.0f : -x;
	const floatv y = mica_inverse(1.0f + mica_exp_inside(a));
	return x >= -87.0f ? y : 0.0f > x ? 0.0f : x;
}

/* x P(x^2) / Q(x^2), within 7 ulp and on the mean 0.8: a fit of least relative error, 1.9e-8, up to where the function is 1 in
   single precision.  Drivers' own takes ten times as long. */
MICA_INLINE floatv erf_floatv(floatv x)
{
	const floatv a = x > 3.9192f ? 3.9192f : x < -3.9192f ? -3.9192f : x, t = a * a;
	floatv p = t * 2.05074093e-6f + 2.84888782e-4f, q = t * 3.80987731e-5f + 1.16232096e-3f;
	p = p * t + 3.76449525e-3f;
	q = q * t + 1.49669563e-2f;
	p = p * t + 5.27453981e-2f;
	q = q * t + 1.14097223e-1f;
	p = p * t + 1.90376207e-1f;
	q = q * t + 5.02049267e-1f;
	p = p * t + 1.12837911f;
	q = q * t + 1.0f;
	const floatv y = a * p * mica_inverse(q);
	return y > 1.0f ? 1.0f : y < -1.0f ? -1.0f : y;
}

/* The same of another function, 2.1e-8. */
MICA_INLINE floatv tanh_floatv(floatv x)
{
	const floatv a = x > 9.011f ? 9.011f : x < -9.011f ? -9.011f : x, t = a * a;
	floatv p = t * 1.33350859e-8f + 2.05950087e-5f, q = t * 7.76856382e-7f + 3.28423769e-4f;
	p = p * t + 3.49473436e-3f;
	q = q * t + 2.58737352e-2f;
	p = p * t + 1.33803071e-1f;
	q = q * t + 4.67136225e-1f;
	p = p * t + 9.99999979e-1f;
	q = q * t + 1.0f;
	const floatv y = a * p * mica_inverse(q);
	return y > 1.0f ? 1.0f : y < -1.0f ? -1.0f : y;
}
#endif

#ifdef MICA_SIMT
#ifdef MICA_SUB_GROUP
#define MICA_NARROW __attribute__((intel_reqd_sub_group_size(MICA_SUB_GROUP)))
#else
#define MICA_NARROW
#endif
#define MICA_KERNEL kernel MICA_NARROW __attribute__((reqd_work_group_size(MICA_GROUP, 1, 1)))
#define MICA_LOCAL (4 * MICA_GROUP + 1152) /* reals; what product_simt.cl needs */

/* Reductions within a work-group: each value to be reduced has a slot of MICA_GROUP elements in the local memory m, where
   every work-item has its own; MICA_LOCAL has room for 8.  Generated code makes a tree of folds, which take in the item that is d
   further, whose shape depends on sizes only, with one barrier a level for all slots. */
#define MICA_SLOT(T, s) ((local T *)(m + (s) * MICA_GROUP) + item)

/* The index of the greatest: values in slot s, indices in slot i. */
#define MICA_FOLD_FIRST(T, s, i, d)                                                                           \
	if (MICA_BEATS(MICA_SLOT(T, s)[d], MICA_SLOT(int, i)[d], MICA_SLOT(T, s)[0], MICA_SLOT(int, i)[0])) { \
		MICA_SLOT(T, s)[0] = MICA_SLOT(T, s)[d];                                                      \
		MICA_SLOT(int, i)[0] = MICA_SLOT(int, i)[d];                                                  \
	}
#endif
