#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_tuning.py - golden/tuning.h: what KerasTuner's algorithms try, and the folds and shares of scikit-learn.

Trials are not trained: each is told a score that depends on its number only.
usage: CUDA_VISIBLE_DEVICES= TF_CPP_MIN_LOG_LEVEL=3 python make_tuning.py, with keras-tuner and scikit-learn
"""
import pathlib
import tempfile

import keras_tuner as kt
import numpy as np
from keras_tuner.src.engine.hyperparameters import Float, Int
from sklearn.model_selection import KFold, StratifiedKFold, StratifiedShuffleSplit

from common import hash_unit

out = []


def run(oracle, space):
    """The trials of an oracle, one after the other; space asks for values, as a build function."""
    hp = oracle.get_space()
    space(hp)
    oracle.update_space(hp)
    trials = []
    while True:
        trial = oracle.create_trial("t")
        if trial.status != "RUNNING":
            return trials
        space(trial.hyperparameters)
        trials.append(dict(trial.hyperparameters.values))
        oracle.update_trial(trial.trial_id, {"score": float(hash_unit(len(trials), 77))}, step=0)
        trial.status = "COMPLETED"
        oracle.end_trial(trial)


def quiet(oracle):
    oracle.verbose = 0
    oracle._set_project_dir(tempfile.mkdtemp(), "p")
    return oracle


def hyperband(max_epochs, factor, iterations=1):
    oracle = quiet(kt.oracles.HyperbandOracle(kt.Objective("score", "max"), max_epochs=max_epochs, factor=factor, hyperband_iterations=iterations,
                                              seed=1))
    trials = run(oracle, lambda hp: hp.Float("x", 0, 1))
    rows = ["{%d, %d, %d, %d, %d}" % (t["tuner/bracket"], t["tuner/round"], t["tuner/initial_epoch"], t["tuner/epochs"],
                                      int(t["tuner/trial_id"]) + 1 if "tuner/trial_id" in t else 0) for t in trials]
    name = f"golden_hyperband_{max_epochs}_{factor}_{iterations}"
    out.append(f"static const golden_round {name}[] = {{\n\t" + ",\n\t".join(", ".join(rows[i : i + 6]) for i in range(0, len(rows), 6)) + ",\n};")


def shown(v):
    return ("true" if v else "false") if isinstance(v, bool) else v if isinstance(v, str) else "%.6g" % v


def grid(name, space):
    oracle = quiet(kt.oracles.GridSearchOracle(kt.Objective("score", "max"), max_trials=1000, seed=1))
    lines = [" ".join(f"{k}={shown(v)}" for k, v in t.items()) for t in run(oracle, space)]
    out.append(f"static const char *const golden_grid_{name}[] = {{\n\t" + ",\n\t".join(f'"{l}"' for l in lines) + ",\n};")


def conditional(hp):
    optimizer = hp.Choice("optimizer", ["sgd", "adam"])
    with hp.conditional_scope("optimizer", ["sgd"]):
        if optimizer == "sgd":
            hp.Float("momentum", 0, 0.9, step=0.45)
    hp.Int("units", 16, 48, step=16, default=32)
    hp.Boolean("bias")


def steps(hp):
    hp.Int("batch", 2, 40, step=2, sampling="log")
    hp.Float("rate", 1e-3, 1, step=10, sampling="log")


def samples(name, hp):
    out.append(f"static const double golden_shares_{name}[10] = {{" + ", ".join(repr(float(hp.prob_to_value(0.1 * k + 0.05))) for k in range(10)) + "};")


def folds(name, splitter, labels):
    fold = np.zeros(len(labels), int)
    for k, (_, test) in enumerate(splitter.split(np.zeros((len(labels), 1)), labels)):
        fold[test] = k
    out.append(f"static const int golden_folds_{name}[] = {{" + ", ".join(map(str, fold)) + "};")


out.append("typedef struct golden_round {\n\tint bracket, round, initial_epoch, epochs, from;\n} golden_round;")
hyperband(9, 3)
hyperband(10, 2, 2)
hyperband(16, 4)
sizes = []
for max_epochs, factor in [(100, 3), (81, 3), (125, 5), (1000, 10), (243, 3), (1, 2), (7, 2), (50, 4)]:
    o = kt.oracles.HyperbandOracle(max_epochs=max_epochs, factor=factor)
    sizes.append("{%d, %d, %d}" % (max_epochs, factor, sum(o._get_size(b, r) for b in range(o._get_num_brackets()) for r in range(b + 1))))
out.append("/* max_epochs, factor, trials in all brackets */\nstatic const int golden_sizes[][3] = {" + ", ".join(sizes) + "};")
grid("conditional", conditional)
grid("steps", steps)
samples("linear", Float("x", -1, 3))
samples("log", Float("x", 1e-4, 1e-1, sampling="log"))
samples("whole", Int("x", 3, 9))
samples("whole_log", Int("x", 1, 1000, sampling="log"))
samples("step", Float("x", 0, 1, step=0.25))
labels = [int(8 * hash_unit(i, 5) ** 2) for i in range(61)]
out.append("static const int golden_labels[] = {" + ", ".join(map(str, labels)) + "};")
folds("plain", KFold(7), labels)
folds("stratified", StratifiedKFold(4), labels)
few = [0 if l > 4 else l for l in labels]
train, test = next(StratifiedShuffleSplit(1, test_size=0.3, random_state=0).split(np.zeros((len(few), 1)), few))
out.append("/* of labels above 4 as 0 */\nstatic const int golden_share[] = {" + ", ".join(str(int(np.sum(np.asarray(few)[test] == c))) for c in range(5)) + "};")

path = pathlib.Path(__file__).with_name("tuning.h")
path.write_text("/* SPDX-License-Identifier: MIT */\n/* golden/tuning.h - made by make_tuning.py with KerasTuner "
                f"{kt.__version__}. */\n" + "\n".join(out) + "\n")
