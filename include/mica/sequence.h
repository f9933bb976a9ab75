/* SPDX-License-Identifier: MIT */
/* mica/sequence.h - layers over sequences: recurrent ones, attention, masks, and layers that wrap another.
   A sequence is (batch, steps, features).  A mask says of each step whether it counts, BOOL of (batch, steps): mica_masking and
   mica_embedding make one, layers hand it on (mica_layer_mask in layer.h).  ESHAPE for inputs that are no sequences or do not fit
   together, EINVAL for an option out of range.

     mica_add(m, mica_lstm(64, .return_sequences = true));
     mica_add(m, mica_bidirectional(mica_gru(32), .merge = MICA_MERGE_SUM)); */
#ifndef MICA_SEQUENCE_H
#define MICA_SEQUENCE_H
#include "mica/layer.h"

MICA_BEGIN_DECLS

#define MICA_SEQUENCE_(name, type, ...) MICA_PART(mica_layer, &mica_kind_##name, &(type){MICA_OPTS(type), __VA_ARGS__})

/* ---- words ---- */

typedef struct mica_embedding_opts {
	size_t size;
	size_t input_dim;                        /* rows of the table: numbers are 0 to input_dim - 1; 1 or more */
	size_t output_dim;                       /* 1 or more */
	bool mask_zero;                          /* the number 0 stands for a step that is not there: the result has a mask */
	mica_initializer embeddings_initializer; /* none: random_uniform, -0.05 to 0.05 */
	mica_regularizer embeddings_regularizer;
	mica_constraint embeddings_constraint;
	const char *name;
} mica_embedding_opts;
/* Rows of a table: (...) becomes (..., output_dim); weight "embeddings" (input_dim, output_dim).  A real is rounded towards zero; a
   number outside the table is read as the nearest inside. */
#define mica_embedding(...) MICA_LAYER_(embedding, __VA_ARGS__)

/* ---- recurrent ----
   Weights: "kernel" (features, g units), "recurrent_kernel" (units, g units), "bias" (g units), with g blocks of columns.

     simple_rnn  1  h' = activation(x W + h U + b)
     lstm        4  i, f, c, o: c' = f c + i activation(z_c), h' = o activation(c'), where i = recurrent_activation(z_i), ...
     gru         3  z, r, h: h' = z h + (1 - z) activation(x W_h + r (h U_h + b_h)); bias is (2, 3 units): that of x W, that of h U

   Inputs: a sequence and, if the loop is not to begin with zeros, a first state (batch, units), of which an lstm has two: h, c.
   Where the mask says no, states stay as they are, and the output is that of the step before, zeros before the first. */
#define MICA_RECURRENT_MEMBERS                                                                                                       \
	size_t units;                           /* 1 or more */                                                                      \
	mica_activation activation;             /* none: tanh */                                                                     \
	mica_activation recurrent_activation;   /* of gates; none: sigmoid */                                                        \
	bool no_bias;                                                                                                                \
	bool no_unit_forget_bias;               /* lstm: b_f begins as the others do, and not with 1 */                              \
	bool no_reset_after;                    /* gru: activation(x W_h + (r h) U_h + b_h), and bias is (3 units) */                \
	mica_initializer kernel_initializer;    /* none: glorot_uniform */                                                           \
	mica_initializer recurrent_initializer; /* none: orthogonal */                                                               \
	mica_initializer bias_initializer;      /* none: zeros */                                                                    \
	mica_regularizer kernel_regularizer, recurrent_regularizer, bias_regularizer;                                                \
	mica_constraint kernel_constraint, recurrent_constraint, bias_constraint;                                                    \
	double dropout, recurrent_dropout;      /* of x and of h, drawn once for all steps, for each gate if the second is not 0; */ \
	                                        /* from 0, below 1 */                                                                \
	uint64_t seed                           /* of these; 0: the model's; MICA_NONE: the seed 0 */
#define MICA_STEPS_MEMBERS                                                                                                                \
	bool return_sequences;                  /* the outputs of all steps (batch, steps, units), and not of the last alone */           \
	bool return_state;                      /* further outputs: the states after the last step: h, and c of an lstm */                \
	bool go_backwards;                      /* from the last step to the first; outputs of all steps then stand in this order */      \
	bool stateful;                          /* a batch begins where the one before ended; batches have one size, said by the input */ \
	bool zero_output_for_mask               /* the output is 0 where the mask says no */
typedef struct mica_recurrent_opts {
	size_t size;
	MICA_RECURRENT_MEMBERS;
	mica_regularizer activity_regularizer;
	MICA_STEPS_MEMBERS;
	const char *name;                       /* NULL: "lstm", "lstm_1", ... */
} mica_recurrent_opts;
#define mica_simple_rnn(...) MICA_SEQUENCE_(simple_rnn, mica_recurrent_opts, __VA_ARGS__)
#define mica_lstm(...) MICA_SEQUENCE_(lstm, mica_recurrent_opts, __VA_ARGS__)
#define mica_gru(...) MICA_SEQUENCE_(gru, mica_recurrent_opts, __VA_ARGS__)

/* The same from a cell, which is what happens at one step: a layer whose inputs are a step (batch, ...) and its states before it, and
   whose outputs are its result and its states after it (mica_layer_output).  A cell of one's own is a layer whose kind says, by
   `states` (part.h), what shapes its states have; least_inputs is 1 and their number.

     mica_add(m, mica_rnn(mica_lstm_cell(8)));
     mica_add(m, mica_rnn(mica_stacked_rnn_cells(mica_lstm_cell(8), mica_gru_cell(4)), .return_sequences = true));

   Weights "lstm_cell/kernel", ...; first states, masks and outputs as above.  Where the library has the layer, as mica_lstm, that is faster:
   it multiplies the inputs of all steps at once. */
typedef struct mica_recurrent_cell_opts {
	size_t size;
	MICA_RECURRENT_MEMBERS;
	const char *name;
} mica_recurrent_cell_opts;
#define mica_simple_rnn_cell(...) MICA_SEQUENCE_(simple_rnn_cell, mica_recurrent_cell_opts, __VA_ARGS__)
#define mica_lstm_cell(...) MICA_SEQUENCE_(lstm_cell, mica_recurrent_cell_opts, __VA_ARGS__)
#define mica_gru_cell(...) MICA_SEQUENCE_(gru_cell, mica_recurrent_cell_opts, __VA_ARGS__)
/* Up to eight cells, each of which has the output of the one before it as its input, as one cell with the states of all; "lstm_cell",
   and "lstm_cell_1" if that is there already.  Where the shape of a cell's states depends on its input's, that is taken for the
   shape of the first state of the cell before it. */
typedef struct mica_stacked_rnn_cells_opts {
	size_t size;
	mica_layer c0, c1, c2, c3, c4, c5, c6, c7; /* up to the first that is none */
	const char *name;
} mica_stacked_rnn_cells_opts;
#define mica_stacked_rnn_cells(...) MICA_SEQUENCE_(stacked_rnn_cells, mica_stacked_rnn_cells_opts, __VA_ARGS__)
typedef struct mica_rnn_opts {
	size_t size;
	mica_layer cell;
	MICA_STEPS_MEMBERS;
	const char *name;
} mica_rnn_opts;
#define mica_rnn(...) MICA_SEQUENCE_(rnn, mica_rnn_opts, __VA_ARGS__)

/* ---- masks ---- */

/* x, with a mask that is false at steps all of whose features are mask_value, and zeros there. */
typedef struct mica_masking_opts { size_t size; double mask_value; const char *name; } mica_masking_opts;
#define mica_masking(...) MICA_SEQUENCE_(masking, mica_masking_opts, __VA_ARGS__)

/* ---- attention ----
   Inputs: query (batch, n, ...), value (batch, m, ...), and key (batch, m, ...), which is value if it is not given.  The result has the
   query's mask; steps that the value's mask (or, of heads, the key's) says no to are not looked at. */

/* softmax(scores) value, of scores query key', or, with concat, a sum over features of tanh(query + key), times a learned number;
   use_scale: the scores are multiplied (the sum's arguments, with concat) by a learned number "scale".  Where the query's mask says no, the
   result is 0.  Weights: "scale" (), "concat_score_weight" (), which begin with 1. */
typedef struct mica_attention_layer_opts {
	size_t size;
	bool use_scale, concat;
	double dropout;                /* of what the softmax gave; from 0, below 1 */
	uint64_t seed;
	bool use_causal_mask;          /* step i of the query looks at no key after i */
	bool return_attention_scores;  /* what the softmax gave is a second output, (batch, n, m) */
	const char *name;
} mica_attention_layer_opts;
#define mica_attention(...) MICA_SEQUENCE_(attention, mica_attention_layer_opts, __VA_ARGS__)

/* The same with scores that are the sum over features of scale tanh(query + key), where "scale" (features) is learned. */
typedef struct mica_additive_attention_opts {
	size_t size;
	bool no_scale;
	double dropout;
	uint64_t seed;
	bool use_causal_mask, return_attention_scores;
	const char *name;
} mica_additive_attention_opts;
#define mica_additive_attention(...) MICA_SEQUENCE_(additive_attention, mica_additive_attention_opts, __VA_ARGS__)

/* Attention of several heads, each with projections of its own: softmax(q k' / sqrt(key_dim)) v of all heads, projected to the output.
   One input is query and value; a fourth is a mask of (batch, n, m) or (batch, heads, n, m), where 0 hides.  Weights "query/kernel" (features, heads, key_dim),
   "query/bias" (heads, key_dim), "key/...", "value/...", "attention_output/kernel" (heads, value_dim, output...) and "/bias".
   Scores are not stored unless they are given back or drop out in training.  A query that may look at no key has the mean of all values; with
   dropout or return_attention_scores 0, as in Keras. */
typedef struct mica_multi_head_attention_opts {
	size_t size;
	size_t num_heads, key_dim;     /* 1 or more */
	size_t num_key_value_heads;    /* of key and value, each for as many of the query's; divides num_heads; 0: num_heads */
	size_t value_dim;              /* 0: key_dim */
	size_t output[4];              /* the output's sizes, up to the first 0; 0: the query's last */
	int attention_axes[4];         /* axes, the batch being 0, that are attended over, up to the first 0; 0: all between batch and features.  Masks are for samples of rank 2 */
	double dropout;                /* from 0, below 1 */
	uint64_t seed;
	bool no_bias;
	bool use_gate;                 /* what the heads give is multiplied by the sigmoid of a projection "gate/..." of the query */
	size_t sliding_window;         /* steps i and j see each other if |i - j| is less; 0: all */
	bool use_causal_mask, return_attention_scores; /* a second output, (batch, heads, n, m) */
	mica_initializer kernel_initializer, bias_initializer; /* none: glorot_uniform, zeros */
	mica_regularizer kernel_regularizer, bias_regularizer, activity_regularizer; /* the last of each projection's result */
	mica_constraint kernel_constraint, bias_constraint;
	const char *name;
} mica_multi_head_attention_opts;
#define mica_multi_head_attention(...) MICA_SEQUENCE_(multi_head_attention, mica_multi_head_attention_opts, __VA_ARGS__)
/* The same as a kind of its own: mica_group_query_attention(8, 64, .num_key_value_heads = 2). */
#define mica_group_query_attention(...) MICA_SEQUENCE_(group_query_attention, mica_multi_head_attention_opts, __VA_ARGS__)

/* ---- layers that wrap another ---- */

/* A recurrent layer and its like that goes the other way, "bidirectional/forward_lstm/kernel" and "bidirectional/backward_lstm/kernel".
   Outputs of all steps stand in the sequence's order.  First states are those of the first, then those of the second, as inputs and
   as outputs. */
typedef enum mica_merge { MICA_MERGE_CONCAT = 1, MICA_MERGE_SUM, MICA_MERGE_MUL, MICA_MERGE_AVE, MICA_MERGE_NONE } mica_merge;
typedef struct mica_bidirectional_opts {
	size_t size;
	mica_layer layer;          /* simple_rnn, lstm, gru or rnn */
	mica_layer backward_layer; /* none: the same, with go_backwards */
	int merge;                 /* a mica_merge: one after the other in the last axis, sum, product, mean; two outputs; 0: the first */
	const char *name;
} mica_bidirectional_opts;
#define mica_bidirectional(...) MICA_SEQUENCE_(bidirectional, mica_bidirectional_opts, __VA_ARGS__) /* mica_bidirectional(mica_lstm(8)) */

/* A layer for samples (...), called for each step of samples (steps, ...): all of them are one batch to it.  It may be a model of one input
   and one output, mica_time_distributed(mica_nested(base)), whose weights stand behind this layer's name. */
typedef struct mica_time_distributed_opts { size_t size; mica_layer layer; const char *name; } mica_time_distributed_opts;
#define mica_time_distributed(...) MICA_SEQUENCE_(time_distributed, mica_time_distributed_opts, __VA_ARGS__)

/* A layer with a "kernel" or "embeddings", which at every step of training becomes W / s before it is used and updated: s, its largest
   singular value, is u' W v, found by so many power iterations on from the step before; u is the state "vector_u". */
typedef struct mica_spectral_normalization_opts {
	size_t size;
	mica_layer layer;
	size_t power_iterations;   /* 0: 1 */
	const char *name;
} mica_spectral_normalization_opts;
#define mica_spectral_normalization(...) MICA_SEQUENCE_(spectral_normalization, mica_spectral_normalization_opts, __VA_ARGS__)

MICA_API extern const mica_kind mica_kind_embedding, mica_kind_simple_rnn, mica_kind_lstm, mica_kind_gru,
	mica_kind_simple_rnn_cell, mica_kind_lstm_cell, mica_kind_gru_cell, mica_kind_stacked_rnn_cells, mica_kind_rnn, mica_kind_masking,
	mica_kind_bidirectional, mica_kind_time_distributed, mica_kind_spectral_normalization, mica_kind_attention,
	mica_kind_additive_attention, mica_kind_multi_head_attention, mica_kind_group_query_attention;

MICA_END_DECLS
#endif
