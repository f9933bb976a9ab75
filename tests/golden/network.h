/* SPDX-License-Identifier: MIT */
/* golden/network.h - what Keras 3.15.1 with TensorFlow 2.21.0 computes by layers; made by make_layers.py. */
#ifndef MICA_GOLDEN_NETWORK_H
#define MICA_GOLDEN_NETWORK_H
#include "golden/layer.h"

enum { NETWORK_ROWS = 16, NETWORK_STEPS = 20, NETWORK_PARAMETERS = 506 };
/* The loss of each step, and then of evaluate. */
static const float golden_network[21] = {
	1.11250448f, 1.10095882f, 1.09210098f, 1.08491659f, 1.0782665f, 1.07157588f, 1.0642333f, 1.05568457f, 1.04525661f, 1.03274107f, 1.01791334f, 1.0003444f, 0.979787469f, 0.956041098f, 0.929080725f, 0.899264455f, 0.866850615f, 0.832075715f, 0.793952346f, 0.752770007f, 1.20525646f,
};

#endif
