/* SPDX-License-Identifier: MIT */
/* nn/activations.c - activations as nodes: one function and one row each.  Formulas are Keras'; where a branch is not
   taken its argument is kept in range, because 0 times the infinite slope of a branch not taken would be NaN. */
#include "nn/nn.h"

#include <math.h>
#include <string.h>

/* At 0 the slope is that of below, as in TensorFlow. */
static mica_var by_sign(mica_var x, mica_var above, mica_var below)
{
	return mica_op_where(mica_op_gt(x, mica_graph_scalar(mica_var_graph(x), 0)), above, below);
}

/* e^x - 1 where x < 0; no larger x is ever raised. */
static mica_var expm1_below(mica_var x)
{
	return mica_op_expm1(mica_op_min(x, mica_graph_scalar(mica_var_graph(x), 0)));
}

/* x minus the row's largest element, which the gradient may ignore: the result of its users does not depend on it. */
static mica_var centred(mica_var x)
{
	uint32_t last = MICA_AXIS(mica_var_shape(x).rank - 1);
	return mica_op_sub(x, mica_op_stop_gradient(mica_op_reduce_max(x, last, true)));
}

static mica_var row_sum(mica_var x)
{
	return mica_op_sum(x, MICA_AXIS(mica_var_shape(x).rank - 1), true);
}

static mica_var linear(mica_var x)
{
	return x;
}

static mica_var softmax(mica_var x)
{
	mica_var e = mica_op_exp(centred(x));
	return mica_op_mul(e, mica_op_reciprocal(row_sum(e)));
}

static mica_var log_softmax(mica_var x)
{
	mica_var z = centred(x);
	return mica_op_sub(z, mica_op_log(row_sum(mica_op_exp(z))));
}

static mica_var elu(mica_var x)
{
	return by_sign(x, x, expm1_below(x));
}

/* At 0 the slope is that of x > 0. */
static mica_var selu(mica_var x)
{
	mica_var below = mica_op_mulc(expm1_below(x), 1.6732632423543772);
	mica_var negative = mica_op_lt(x, mica_graph_scalar(mica_var_graph(x), 0));

	return mica_op_mulc(mica_op_where(negative, below, x), 1.0507009873554805);
}

static mica_var gelu(mica_var x)
{
	mica_var phi = mica_op_addc(mica_op_erf(mica_op_mulc(x, sqrt(0.5))), 1);
	return mica_op_mul(mica_op_mulc(x, 0.5), phi);
}

static mica_var silu(mica_var x)
{
	return mica_op_mul(x, mica_op_sigmoid(x));
}

static mica_var softsign(mica_var x)
{
	return mica_op_div(x, mica_op_addc(mica_op_abs(x), 1));
}

static mica_var leaky_relu(mica_var x)
{
	return by_sign(x, x, mica_op_mulc(x, 0.2));
}

static mica_var hard_sigmoid(mica_var x)
{
	return mica_op_clip(mica_op_addc(mica_op_mulc(x, 1.0 / 6), 0.5), 0, 1);
}

static mica_var mish(mica_var x)
{
	return mica_op_mul(x, mica_op_tanh(mica_op_softplus(x)));
}

static const struct {
	const char *name;
	mica_var (*nodes)(mica_var x);
} activations[] = {
	[MICA_LINEAR] = {"linear", linear},
	[MICA_RELU] = {"relu", mica_op_relu},
	[MICA_SOFTMAX] = {"softmax", softmax},
	[MICA_SIGMOID] = {"sigmoid", mica_op_sigmoid},
	[MICA_TANH] = {"tanh", mica_op_tanh},
	[MICA_ELU] = {"elu", elu},
	[MICA_SELU] = {"selu", selu},
	[MICA_GELU] = {"gelu", gelu},
	[MICA_SILU] = {"silu", silu},
	[MICA_SOFTPLUS] = {"softplus", mica_op_softplus},
	[MICA_SOFTSIGN] = {"softsign", softsign},
	[MICA_LEAKY_RELU] = {"leaky_relu", leaky_relu},
	[MICA_HARD_SIGMOID] = {"hard_sigmoid", hard_sigmoid},
	[MICA_MISH] = {"mish", mish},
	[MICA_EXPONENTIAL] = {"exponential", mica_op_exp},
	[MICA_LOG_SOFTMAX] = {"log_softmax", log_softmax},
};

const char *mica_activation_name(mica_activation a)
{
	return (size_t)a < MICA__COUNT(activations) ? activations[a].name : NULL;
}

bool mica_activation_parse(const char *name, mica_activation *out)
{
	for (size_t i = 0; name && i < MICA__COUNT(activations); i++)
		if (strcmp(activations[i].name, name) == 0) {
			*out = (mica_activation)i;
			return true;
		}
	return false;
}

mica_var mica_activate(mica_var x, mica_activation a)
{
	mica_graph *g = mica_var_graph(x);

	if (mica_graph_status(g) != MICA_OK)
		return x;
	if ((size_t)a >= MICA__COUNT(activations))
		return mica__graph_fail(g, MICA_EINVAL, "there is no activation %d", (int)a);
	if ((a == MICA_SOFTMAX || a == MICA_LOG_SOFTMAX) && mica_var_shape(x).rank == 0)
		return mica__graph_fail(g, MICA_ESHAPE, "%s: a scalar has no last axis", activations[a].name);
	return activations[a].nodes(x);
}
