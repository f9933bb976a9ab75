# SPDX-License-Identifier: MIT
"""mlp_jax.py - JAX on the CPU.  --mode step (default): one jitted function a step, its state donated; scan: one call an
epoch.  Has no dropout."""
import os
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")
began = time.time()
from common import emit, mnist, options
import jax
import jax.numpy as jnp
import numpy as np

o = options(__doc__)
if o.dropout:
    sys.exit("mlp_jax: no dropout in this script")
x, y = map(jnp.asarray, mnist(o.data, "train"))
xt, yt = map(jnp.asarray, mnist(o.data, "test"))
activate = {"relu": jax.nn.relu, "tanh": jnp.tanh}[o.activation]


def parameters(key):
    for a, b in zip(o.layers, o.layers[1:]):
        key, k = jax.random.split(key)
        yield jax.random.uniform(k, (a, b), jnp.float32, -1, 1) * (6 / (a + b)) ** 0.5, jnp.zeros(b)


def logits(p, xb):
    for w, b in p[:-1]:
        xb = activate(xb @ w + b)
    return xb @ p[-1][0] + p[-1][1]


def loss_of(p, xb, yb):
    z = logits(p, xb)
    return -jnp.take_along_axis(jax.nn.log_softmax(z), yb[:, None], 1).mean(), (z.argmax(1) == yb).sum()


def adam(p, g, m, v, t):
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    a = o.lr * jnp.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
    return jax.tree.map(lambda p, m, v: p - a * m / (jnp.sqrt(v) + 1e-7), p, m, v), m, v


def sgd(p, g, m, v, t):
    m = jax.tree.map(lambda m, g: o.momentum * m + g, m, g)
    return jax.tree.map(lambda p, m: p - o.lr * m, p, m), m, v


update = adam if o.optimizer == "adam" else sgd


def one(state, x, y, j):
    p, m, v, t = state
    (loss, right), g = jax.value_and_grad(loss_of, has_aux=True)(p, x[j], y[j])
    p, m, v = update(p, g, m, v, t + 1)
    return (p, m, v, t + 1), loss, right


@jax.jit
def whole_epoch(state, x, y, batches):
    def body(s, j):
        s, loss, right = one(s, x, y, j)
        return s, (loss, right)

    state, (loss, right) = jax.lax.scan(body, state, batches)
    return state, loss.sum(), right.sum()


step = jax.jit(one, donate_argnums=0)
steps = len(x) // o.batch
random = np.random.default_rng(o.seed)


def shuffled():
    return random.permutation(len(x))[:steps * o.batch].astype("i4").reshape(steps, o.batch)


def epoch_by_steps(state):
    total = right = 0
    for j in shuffled():
        state, loss, r = step(state, x, y, j)
        total += loss
        right += r
    return state, total


def epoch_by_scan(state):
    return whole_epoch(state, x, y, shuffled())[:2]


p = list(parameters(jax.random.PRNGKey(o.seed)))
state = p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.zeros((), jnp.float32)
state, loss, _ = step(state, x, y, shuffled()[0])
loss.block_until_ready()
first = time.time() - began
run = epoch_by_scan if o.mode == "scan" else epoch_by_steps
if o.mode == "scan":
    jax.block_until_ready(whole_epoch(state, x, y, shuffled())[0])  # compiles
for epoch in range(o.epochs):
    start = time.time()
    state, total = run(state)
    total = float(total)
    seconds = time.time() - start
    emit(epoch=epoch + 1, seconds=seconds, samples_per_second=steps * o.batch / seconds)
emit(test_accuracy=float((logits(state[0], xt).argmax(1) == yt).mean()), first_step_seconds=first)
