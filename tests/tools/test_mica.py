#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_mica.py - the mica program as its users meet it: exit codes, messages, files, Ctrl-C.

usage: test_mica.py PROGRAM
"""
import fcntl
import json
import os
import pathlib
import pty
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import unittest.mock
import xml.etree.ElementTree

PROGRAM = ""
COMMANDS = [[], ["devices"], ["train"], ["evaluate"], ["predict"], ["inspect"], ["summary"], ["bench"], ["bench", "mlp"], ["bench", "conv"], ["bench", "gemm"], ["bench", "ops"], ["bench", "nets"]]
QUICK = ["train", "--data", "digits", "--hidden", "32", "--verbose", "0"]
HISTORY = ["device", "seed", "epochs", "test", "first_step_seconds", "launches_per_step", "peak_rss_mb", "device_bytes"]
EPOCH = ["epoch", "accuracy", "loss", "val_accuracy", "val_loss", "seconds", "samples_per_second"]

# For tests that are not about kernels, so that none are compiled.
without_kernels = unittest.mock.patch.dict(os.environ, MICA_DEVICE="reference")


def mica(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=100,
                          env=dict(os.environ, **environment))


def npy(path, descr, shape, data):
    header = repr({"descr": descr, "fortran_order": False, "shape": shape})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    pathlib.Path(path).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def heed_signals():
    """In a child before it runs: what a shell told its jobs in the background to ignore."""
    for number in signal.SIGINT, signal.SIGHUP, signal.SIGTERM:
        signal.signal(number, signal.SIG_DFL)


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name):
        return str(self.folder / name)

    def check_failure(self, arguments, code, *words, **environment):
        r = mica(*arguments, **environment)
        self.assertEqual(r.returncode, code, f"{arguments}: {r.stderr}")
        self.assertEqual(r.stderr.count("\n"), 1, f"{arguments}: {r.stderr}")
        for word in words:
            self.assertIn(word, r.stderr)
        self.assertFalse(list(self.folder.glob("*.part")))

    def test_help_and_version(self):
        for command in COMMANDS:
            r = mica(*command, "--help")
            self.assertEqual((r.returncode, r.stderr), (0, ""), command)
            self.assertTrue(r.stdout.startswith(" ".join(["usage: mica", *command])), r.stdout)
            r = mica(*command, "--version")
            self.assertEqual((r.returncode, r.stdout.split()[0], r.stderr), (0, "mica", ""))

    def test_wrong_usage(self):
        for arguments, word in [
            ([], "command"), (["fly"], "fly"), (["train", "--fly"], "--fly"), (["train", "fly"], "fly"),
            (["train", "--epochs"], "--epochs"), (["train", "--epochs", "ten"], "ten"), (["train", "--lr", "1x"], "1x"),
            (["train", "--epochs", "9" * 20], "smaller"), (["bench", "plan", "--net", "fly"], "resnet50"),
            (["bench", "plan", "--layers", "-3"], "--layers is '-3'"), (["bench", "plan", "--layers", "3"], "--net"),
            (["train", "--hidden", "5,,5"], "5,,5"), (["train", "--hidden", "0"], "--hidden"),
            (["train", "--activation", "fly"], "relu"), (["train", "--optimizer", "fly"], "adamw"),
            (["train", "--momentum", "0.9"], "adam"), (["train", "--data", "a,b,c"], "X.npy"),
            (["bench"], "gemm"), (["bench", "fly"], "fly"), (["bench", "gemm", "--shapes", "2x2"], "2x2"),
            (["bench", "ops", "--shapes", "2x2x2"], "2x2x2"), (["devices", "fly"], "fly"),
        ]:
            self.check_failure(arguments, 2, word, "--help")

    def test_a_loss_that_is_no_number_is_said_once(self):
        r = mica(*QUICK, "--epochs", "3", "--lr", "1e30", "--verbose", "2")
        self.assertEqual(r.returncode, 1)
        self.assertEqual(r.stdout.count("the loss is nan after step"), 1, r.stdout)
        self.assertNotIn("-nan", r.stdout)

    def test_weights_that_give_no_number_replace_nothing(self):
        save, history = self.folder / "good", self.folder / "h.json"
        save.write_text("good weights")
        self.check_failure([*QUICK, "--epochs", "1", "--lr", "1e30", "--save", str(save), "--history", str(history)], 1,
                           "the loss is not a number", f"{save} was not written", "--lr")
        self.assertEqual(save.read_text(), "good weights")
        self.assertIn("epochs", json.loads(history.read_text()))

    def test_models_in_files(self):
        quick = [*QUICK, "--dropout", "0.2", "--batch", "64"]
        whole, half, on = self.file("whole.mica"), self.file("half.mica"), self.file("on.mica")
        on_reference = {"MICA_DEVICE": "reference"}
        self.assertEqual(mica(*quick, "--epochs", "2", "--save", whole, **on_reference).returncode, 0)
        self.assertEqual(mica(*quick, "--epochs", "1", "--save", half, **on_reference).returncode, 0)
        r = mica(*quick, "--epochs", "1", "--resume", half, "--save", on, **on_reference)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertEqual(pathlib.Path(whole).read_bytes(), pathlib.Path(on).read_bytes())
        figures = json.loads(mica("evaluate", whole, "--data", "digits", "--json", "-", **on_reference).stdout)
        self.assertEqual(list(figures), ["accuracy", "loss"])
        self.assertIn(f"test accuracy: {figures['accuracy']:.4f} - loss: {figures['loss']:.4f} (360 samples)", r.stdout)
        lines = mica("predict", whole, "--data", "digits", **on_reference).stdout.splitlines()
        self.assertEqual((len(lines), len(lines[0].split(","))), (360, 10))
        out = self.file("y.npy")
        r = mica("predict", whole, "--data", "digits", "--split", "train", "--out", out, **on_reference)
        self.assertEqual((r.returncode, r.stdout, r.stderr), (0, "", ""))
        data = pathlib.Path(out).read_bytes()
        self.assertIn(b"(1437, 10,)", data)
        self.assertEqual((len(data) - 1437 * 10 * 4) % 64, 0)
        x = self.file("x.npy")
        npy(x, "<f4", (1, 8, 8), bytes(256))
        self.assertEqual(len(mica("predict", whole, "--data", x, **on_reference).stdout.splitlines()), 1)
        r = mica(*quick, "--epochs", "1", "--load", whole, "--lr", "0.01", **on_reference)
        self.assertEqual((r.returncode, r.stderr), (0, ""))

    def test_pictures(self):
        whole, curves, layers = self.file("m.mica"), self.file("curves.svg"), self.file("layers.svg")
        r = mica(*QUICK, "--epochs", "3", "--validation-split", "0.2", "--save", whole, "--plot", curves, MICA_DEVICE="reference")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        texts = [t.text for t in xml.etree.ElementTree.parse(curves).iter("{http://www.w3.org/2000/svg}text")]
        for word in "loss", "accuracy", "training", "validation", "epoch":
            self.assertIn(word, texts)
        r = mica("summary", whole, "--plot", layers)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        texts = [t.text for t in xml.etree.ElementTree.parse(layers).iter("{http://www.w3.org/2000/svg}text")]
        for word in "input (InputLayer)", "dense_1 (Dense)", "(None, 8, 8)", "softmax":
            self.assertIn(word, texts)
        r = mica("summary", whole, "--plot", self.file("layers.dot"))
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        if shutil.which("dot"):
            r = subprocess.run(["dot", "-Tsvg", self.file("layers.dot")], capture_output=True, text=True)
            self.assertEqual((r.returncode, r.stderr), (0, ""))
            self.assertIn("dense_1 (Dense)", r.stdout)
        self.check_failure(["summary", whole, "--plot", self.file("layers.png")], 1, ".svg or .dot")
        self.check_failure(["train", "--plot", "curves.png"], 2, ".svg")
        self.check_failure(["train", "--plot", "/nowhere/curves.svg"], 1, "/nowhere/curves.svg")
        self.check_failure(["train", "--plot", "a.svg", "--save", "a.svg"], 2, "--save and --plot")

    def test_what_is_in_a_file(self):
        whole, weights = self.file("m.mica"), self.file("m.safetensors")
        for name in whole, weights:
            self.assertEqual(mica(*QUICK, "--epochs", "1", "--save", name, MICA_DEVICE="reference").returncode, 0)
        told = mica("inspect", whole).stdout
        for word in "dense_1 (Dense)", "optimizer: adam", "so far: 1 epochs, 12 steps", "/optimizer/dense/kernel/momentum", "(64, 32)":
            self.assertIn(word, told)
        told = mica("inspect", weights).stdout
        self.assertIn("Tensors: 4", told)
        self.assertNotIn("Model", told)
        self.assertIn("Total params: 2,410", mica("summary", whole).stdout)
        junk = self.file("junk")
        pathlib.Path(junk).write_text("junk")
        self.check_failure(["inspect", junk], 1, junk)
        for command in "inspect", "summary", "evaluate", "predict":
            self.check_failure([command], 2, "no FILE", "--help")
            self.check_failure([command, whole, "more"], 2, "unexpected argument 'more'")
            self.check_failure([command, self.file("none")], 1, "none")
        for command in "summary", "evaluate", "predict":
            self.check_failure([command, weights], 1, "weights only")
        self.check_failure(["evaluate", whole, "--split", "fly"], 2, "train or test", MICA_DEVICE="reference")
        self.check_failure(["predict", whole, "--out", "/no/x"], 1, "/no/x", MICA_DEVICE="reference")
        self.check_failure(["train", "--load", whole, "--resume", whole], 2, "--load begins anew")
        self.check_failure(["train", "--resume", weights], 1, "weights only")

    def test_help_in_words(self):
        self.assertEqual(mica("help").stdout, mica("--help").stdout)
        self.assertEqual(mica("help", "train").stdout, mica("train", "--help").stdout)
        self.assertEqual(mica("help", "bench", "gemm").stdout, mica("bench", "gemm", "--help").stdout)
        self.assertEqual(mica("version").stdout, mica("--version").stdout)
        for r in mica("help", "environment"), mica("--help", "environment"):
            self.assertIn("MICA_DEVICE", r.stdout)
            self.assertIn("LC_ALL, LC_CTYPE, LANG  ", r.stdout)
            self.assertEqual(r.returncode, 0)

    def test_what_was_meant(self):
        for arguments, word in [
            (["trian"], "did you mean 'train'"), (["benhc"], "did you mean 'bench'"), (["help", "device"], "'devices'"),
            (["train", "--epohcs", "3"], "did you mean --epochs"), (["train", "--hiden=3"], "did you mean --hidden"),
            (["train", "--d", "3"], "could be --data or --dropout or --device"),
        ]:
            self.check_failure(arguments, 2, word, "--help")
        self.assertNotIn("mean", mica("xyzzy").stderr)

    def test_all_that_is_wrong_is_told(self):
        r = mica("train", "--fly", "--epochs", "ten", "extra", "--lr", "1x")
        self.assertEqual((r.returncode, r.stderr.count("\n")), (2, 4), r.stderr)
        for word in "--fly", "'ten'", "'1x'", "'extra'":
            self.assertIn(word, r.stderr)
        r = mica("train", "--activation", "fly", "--optimizer", "crawl", "--lr", "-1", "--verbose", "3")
        self.assertEqual((r.returncode, r.stderr.count("\n")), (2, 4), r.stderr)
        r = mica(*QUICK, "--epochs", "0", "--batch", "0", "--seed", "-1")
        self.assertEqual((r.returncode, r.stderr.count("\n")), (2, 3), r.stderr)

    def test_outputs_collide_with_nothing(self):
        one, link = self.file("one"), self.file("link")
        os.symlink("one", link)
        for arguments in ["--save", one, "--history", one], ["--save", link, "--history", one]:
            self.check_failure([*QUICK, *arguments], 2, "--save and --history both name")
        npy(one, "|u1", (2,), b"ab")
        self.check_failure(["train", "--data", f"{one},{one}", "--save", one], 2, "is a file of --data")
        self.assertEqual(pathlib.Path(one).stat().st_size, 130)

    def test_targets_are_tried_before_training(self):
        long = self.file("n" * 255)
        r = mica(*QUICK, "--epochs", "1", "--save", long, "--history", self.file("h" * 255))
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertGreater(os.path.getsize(long), 100)
        for option in "--save", "--history":
            self.check_failure([*QUICK, option, long + "n"], 1, "cannot write", "too long")

    def test_a_link_is_written_through(self):
        link = self.file("link")
        os.symlink("real.json", link)
        self.assertEqual(mica(*QUICK, "--epochs", "1", "--history", link).returncode, 0)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(list(json.loads((self.folder / "real.json").read_text())), HISTORY)

    @without_kernels
    def test_the_scale_is_said_and_chosen(self):
        x, y = self.file("x.npy"), self.file("y.npy")
        n = 64
        npy(x, "|u1", (n, 2), bytes(v for i in range(n) for v in (i % 2, 1 - i % 2)))
        npy(y, "|b1", (n,), bytes(i % 2 for i in range(n)))
        run = ["train", "--hidden", "8", "--epochs", "1", "--verbose", "2", "--data", f"{x},{y}"]
        self.assertIn("scale: 1/255", mica(*run).stdout)
        self.assertIn("scale: 1, values as they are", mica(*run, "--scale", "1").stdout)
        self.assertIn("scale: 0.3,", mica(*run, "--scale", "0.3").stdout)
        self.check_failure([*run, "--scale", "inf"], 2, "--scale is 'inf'; give a finite number")
        npy(x, "|b1", (n, 2), bytes(v for i in range(n) for v in (i % 2, 1 - i % 2)))
        self.assertIn("scale: 1, values", mica(*run).stdout)
        counts, reals, model = self.file("counts.npy"), self.file("reals.npy"), self.file("m.mica")
        npy(counts, "|u1", (n, 2), bytes(v for i in range(n) for v in (i % 2, 1 - i % 2)))
        npy(reals, "<f4", (n, 2), struct.pack(f"<{2 * n}f", *(v for i in range(n) for v in (i % 2, 1 - i % 2))))
        both = [*run, "--data", f"{counts},{y},{reals},{y}"]
        self.check_failure(both, 1, "multiplied by 0.00392157 to train and by 1 to test", "--scale")
        self.assertEqual(mica(*both, "--scale", "1", "--save", model).returncode, 0)
        self.assertIn("scale: 1/255", mica("evaluate", model, "--data", f"{counts},{y}").stdout)
        said = mica("predict", model, "--data", counts)
        self.assertEqual((said.stdout.count("\n"), said.stderr.split(",")[0]), (n, "scale: 1/255"))

    @without_kernels
    def test_tables(self):
        train, test = self.file("train.csv"), self.file("test.csv")
        pathlib.Path(train).write_text("id,size,kind,price\n" + "".join(f"n{i},{i},{'ab'[i % 2]},{3 * i + 100}\n" for i in range(64)))
        pathlib.Path(test).write_text("price,size\n" + "".join(f"{3 * i + 100},{i}\n" for i in range(1, 60, 7)))
        history, model = self.file("history.json"), self.file("model.mica")
        small = ["--hidden", "8", "--verbose", "0", "--batch", "16", "--lr", "0.1"]
        columns = ["--columns", "size", "--label", "price"]
        r = mica("train", "--data", f"{train},{test}", *columns, "--standardize", *small, "--epochs", "60", "--history", history, "--save", model)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        h = json.loads(pathlib.Path(history).read_text())
        self.assertEqual(list(h["test"]), ["loss", "mae"])
        self.assertLess(h["test"]["mae"], 40)
        self.assertLess(h["epochs"][-1]["mae"], h["epochs"][0]["mae"] / 3)
        r = mica("evaluate", model, "--data", f"{train},{test}", *columns)
        self.assertIn(f"mae: {h['test']['mae']:.4f}", r.stdout)
        r = mica("predict", model, "--data", train, "--columns", "size")
        self.assertEqual((r.returncode, r.stdout.count("\n")), (0, 64), r.stderr)
        r = mica("train", "--data", train, "--label", "kind", "--columns", "size,price", "--hidden", "4", "--epochs", "1", "--verbose", "2")
        self.assertIn("64 samples to train, 2 classes", r.stdout)
        r = mica("train", "--data", "diabetes", "--standardize", "--hidden", "8", "--epochs", "1", "--verbose", "2")
        self.assertLess(float(re.search(r"test loss: [\d.]+ - mae: ([\d.]+)", r.stdout)[1]), 75, "it begins at the mean")
        r = mica("train", "--data", train, *columns, "--standardize", "--test-split", "0.2", *small, "--epochs", "2")
        self.assertIn("(13 samples)", r.stdout)
        r = mica("train", "--data", "wine", "--standardize", *small, "--epochs", "5")
        self.assertIn("(36 samples)", r.stdout)
        for data, options, code, *words in [
            (train, [], 2, "--label"), (train, ["--label", "prize"], 1, "no column \"prize\"", "id, size, kind, price"),
            (train, ["--label", "price"], 1, "line 2: column \"id\": \"n0\" is no number"),
            ("wine", ["--label", "x"], 2, "for FILE.csv"), ("wine", ["--scale", "2", "--standardize"], 2, "give one"),
            ("wine", ["--test-split", "0.2"], 2, "has some"), (train, ["--label", "price", "--test-split", "1"], 2, "below 1"),
            (f"{train},{train},{train}", ["--label", "price"], 2, "FILE.csv,TEST.csv"),
        ]:
            self.check_failure(["train", "--data", data, *options], code, *words)

    @without_kernels
    def test_losses_and_metrics(self):
        small = ["--hidden", "8", "--batch", "32", "--verbose", "2", "--epochs", "2", "--standardize"]
        for data, options, shown in [
            ("wine", ["--loss", "SparseCategoricalCrossentropy", "--metric", "accuracy,sparse_top_k_categorical_accuracy(k=2)"],
             "sparse_top_k_categorical_accuracy: "),
            ("breast_cancer", ["--loss", "binary_crossentropy(label_smoothing=0.1)", "--metric", "AUC(thresholds=[0.2, 0.5, 0.8]),precision"], "auc: "),
            ("diabetes", ["--loss", "huber(delta=5)", "--optimizer", "sgd(momentum=0.5)", "--lr", "0.01", "--metric", "rmse"], "root_mean_squared_error: "),
        ]:
            r = mica("train", "--data", data, *small, *options)
            self.assertEqual((r.returncode, r.stderr), (0, ""))
            self.assertRegex(r.stdout, "test .*" + shown)
        for data, options, code, *words in [
            ("wine", ["--loss", "fly"], 2, "--loss: there is no loss 'fly'", "huber"), ("wine", ["--metric", "accuracy,fly"], 2, "no metric 'fly'"),
            ("wine", ["--loss", "huber(delta=-1)"], 2, "delta is -1"), ("wine", ["--metric", ",".join(["mse"] * 9)], 2, "more than 8"),
            ("wine", ["--optimizer", "adam(learning_rate=1)", "--lr", "1"], 2, "learning_rate is given twice"),
            ("wine", ["--optimizer", "adam(learning_rate=1", "--lr", "1"], 2, "\"adam(learning_rate=1\": expected a comma or )"),
            ("wine", ["--loss", "mse"], 1, "3 classes", "sparse_categorical_crossentropy"),
            ("diabetes", ["--loss", "sparse_categorical_crossentropy"], 1, "labels are numbers"),
            ("wine", ["--standardize", "--load", "m.mica"], 2, "--load has its layers"),
        ]:
            self.check_failure(["train", "--data", data, *options], code, *words)

    @without_kernels
    def test_folders(self):
        def idx(name, *sizes):
            count = sizes[0] * (sizes[1] if len(sizes) > 1 else 1)
            values = bytes(i % 2 for i in range(count))
            (self.folder / name).write_bytes(bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + values)

        idx("train-images.idx3-ubyte", 40, 3)
        idx("train-labels.idx1-ubyte", 40)
        run = ["train", "--hidden", "4", "--epochs", "1", "--verbose", "2", "--data"]
        self.assertIn("40 samples to train, 2 classes", mica(*run, str(self.folder)).stdout)
        idx("t10k-images.idx3-ubyte", 12, 3)
        self.check_failure([*run, str(self.folder)], 1, "t10k", "label")
        idx("t10k-labels.idx1-ubyte", 12)
        self.assertIn("40 samples to train, 12 to test", mica(*run, str(self.folder)).stdout)
        self.check_failure([*run, self.file("t10k-labels.idx1-ubyte")], 2, "of what kind it is", "FILE.npz")

    @without_kernels
    def test_npz(self):
        golden = pathlib.Path(__file__).resolve().parent.parent / "golden/numpy/stored.npz"
        r = mica("train", "--hidden", "4", "--epochs", "1", "--verbose", "2", "--data", str(golden))
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertIn("3 samples to train, 3 classes", r.stdout)

    def test_bad_values(self):
        pathlib.Path(self.file("old")).write_text("old")
        for arguments, word in [
            (["--epochs", "0"], "--epochs is '0'; give a whole number from 1"), (["--batch", "-1"], "--batch is '-1'"),
            (["--batch", "2147483648"], "to 2147483647"), (["--lr", "nan"], "a number from 0"), (["--lr", "-1"], "--lr is '-1'"),
            (["--lr", "inf"], "inf"), (["--lr", "1e39"], "1e39"), (["--dropout", "2"], "a number from 0 to 1"),
            (["--momentum", "1.5", "--optimizer", "sgd"], "from 0 to 1"), (["--seed", "-1"], "a whole number from 0"),
            (["--validation-split", "1"], "a number from 0, below 1"), (["--verbose", "3"], "a whole number from 0 to 2"),
            (["--save", ""], "empty name"), (["--history", ""], "empty name"),
        ]:
            self.check_failure(QUICK + arguments, 2, word, "--help")
        for arguments in ["mlp", "--seconds", "-1"], ["gemm", "--seconds", "0"], ["gemm", "--shapes", "8x8x8,2x2"]:
            self.check_failure(["bench", *arguments], 2, arguments[-1].split(",")[-1], "--help")
        for arguments, word in [
            (["--data", "/no/folder"], "/no/folder"),
            (["--data", "/no/x.npy,/no/y.npy"], "/no/x.npy"), (["--save", "/no/folder/file"], "/no/folder/file"),
            (["--history", "/no/folder/file"], "/no/folder/file"), (["--save", str(self.folder)], "Is a directory"),
            (["--save", self.file("none") + "/"], "Not a directory"), (["--save", self.file("old/x")], "Not a directory"),
            (["--history", str(self.folder)], "Is a directory"),
        ]:
            self.check_failure(QUICK + arguments, 1, word)
        self.check_failure(["bench", "ops", "--json", "/no/folder/file"], 1, "/no/folder/file")

    def test_what_is_wrong_is_said_before_anything_else(self):
        run = ["train", "--data", "digits", "--hidden", "32", "--epochs", "1"]
        for arguments, word, variables in [
            (["--validation-split", "0.9999"], "leaves nothing to train with", {}),
            (["--validation-split", "1e-17"], "leaves nothing to validate with", {}),
            (["--hidden", "8192,8192"], " MB of device memory are needed, 0.00 B of 8.00 MB", {"MICA_MEMORY": "8M"}),
            (["--data", self.file("none.npz")], "none.npz", {}), (["--save", "/no/folder/file"], "/no/folder/file", {}),
        ]:
            r = mica(*run, *arguments, MICA_DEVICE="cpu", **variables)
            self.assertEqual((r.returncode, r.stdout), (1, ""), r.stderr)
            self.assertIn(word, r.stderr)

    def test_the_driver_that_ends_the_program_is_named(self):
        """PoCL aborts where it finds no linker."""
        if "Portable Computing Language" not in mica("devices", MICA_DEVICE="cpu").stdout:
            self.skipTest("no PoCL")
        r = mica(*QUICK, "--epochs", "1", "--hidden", "37", MICA_DEVICE="portable", PATH=str(self.folder),
                 POCL_CACHE_DIR=str(self.folder))
        self.assertNotEqual(r.returncode, 0)
        self.assertIn("the OpenCL driver has ended the program", r.stderr)
        self.assertIn("binutils", r.stderr)

    def test_no_device(self):
        for command in QUICK, ["devices"], ["bench", "gemm"]:
            self.check_failure(command, 1, "install", OCL_ICD_VENDORS=str(self.folder))
        for command in QUICK + ["--device", "flute"], ["bench", "ops", "--device", "flute"]:
            self.check_failure(command, 1, "flute", "0 =")
        r = mica("devices", OCL_ICD_VENDORS=str(self.folder))
        self.assertIn("reference", r.stdout)
        r = mica("devices", OCL_ICD_VENDORS=str(self.folder), MICA_DEVICE="reference")
        self.assertEqual((r.returncode, r.stderr, r.stdout[:12]), (0, "", "*0  referenc"))
        self.assertNotIn(" 0 MHz", r.stdout)
        r = mica("devices", MICA_DEVICE="flute")
        self.assertEqual(r.returncode, 1)
        self.assertIn("flute", r.stderr)

    def test_devices(self):
        r = mica("devices")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertEqual(sum(line.startswith("*") for line in r.stdout.splitlines()), 1)

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w") as full:
            r = subprocess.run([PROGRAM, "devices"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(r.returncode, 1)
        self.assertIn("standard output", r.stderr)
        self.check_failure(QUICK + ["--epochs", "1", "--history", "/dev/full"], 1, "/dev/full")
        pipe = self.file("pipe")
        os.mkfifo(pipe)
        self.check_failure(QUICK + ["--epochs", "1", "--save", pipe], 1, f"cannot write '{pipe}'", "not a regular file")

    def test_train(self):
        save, history = self.file("m.safetensors"), self.file("h.json")
        arguments = [*QUICK, "--epochs", "12", "--batch", "32", "--lr", "0.003", "--validation-split", "0.2", "--save", save,
                     "--history", history]
        began = time.monotonic()
        r = mica(*arguments)
        wall = time.monotonic() - began
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        h = json.loads(pathlib.Path(history).read_text())
        self.assertEqual(list(h), HISTORY)
        self.assertEqual([e["epoch"] for e in h["epochs"]], list(range(1, 13)))
        for e in h["epochs"]:
            self.assertEqual(list(e), EPOCH)
            self.assertAlmostEqual(e["samples_per_second"] * e["seconds"], 1149, delta=0.01)
        self.assertGreater(h["test"]["accuracy"], 0.85)
        self.assertIn(f"test accuracy: {h['test']['accuracy']:.4f}", r.stdout)
        self.assertTrue(0 < h["first_step_seconds"] <= wall + 0.02, h["first_step_seconds"])
        self.assertTrue(h["launches_per_step"] > 0 and h["device_bytes"] > 0 and h["peak_rss_mb"] > 1)
        size = struct.unpack("<Q", pathlib.Path(save).read_bytes()[:8])[0]
        self.assertIn("dense/kernel", json.loads(pathlib.Path(save).read_bytes()[8:8 + size]))
        self.check_repetition(arguments, h, history, save)

    def check_repetition(self, arguments, h, history, save):
        """The same seed gives the same run, another seed another."""
        weights = pathlib.Path(save).read_bytes()
        self.assertEqual(mica(*arguments, "--seed", "1").returncode, 0)
        again = json.loads(pathlib.Path(history).read_text())
        self.assertEqual([e["loss"] for e in again["epochs"]], [e["loss"] for e in h["epochs"]])
        self.assertEqual(pathlib.Path(save).read_bytes(), weights)
        self.assertEqual(mica(*arguments, "--seed", "2").returncode, 0)
        self.assertNotEqual(pathlib.Path(save).read_bytes(), weights)

    @without_kernels
    def test_options_reach_the_network(self):
        r = mica("train", "--data", "digits", "--hidden", "7,5", "--activation", "tanh", "--dropout", "0.25", "--optimizer",
                 "sgd", "--momentum", "0.5", "--lr", "0.25", "--epochs", "1", LC_ALL="C")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        for text in "(None, 7)", "(None, 5)", "(None, 10)", "dropout_1 (Dropout)", "Total params: 555":
            self.assertIn(text, r.stdout)
        self.assertNotIn("\033", r.stdout)
        r = mica("train", "--data", "digits", "--hidden", "8", "--verbose", "2", "--lr", "0", "--epochs", "2")
        losses = re.findall("loss: ([0-9.]+)$", r.stdout, re.M)
        self.assertEqual((len(losses), losses[0]), (2, losses[1]), r.stdout)

    def test_patience(self):
        events, history = self.file("events"), self.file("patience.json")
        r = mica(*QUICK, "--epochs", "60", "--batch", "32", "--lr", "0.03", "--validation-split", "0.2", "--patience", "2", "--tensorboard", events,
                 "--history", history, "--verbose", "2")
        self.assertEqual(r.returncode, 0, r.stderr)
        losses = [e["val_loss"] for e in json.loads(pathlib.Path(history).read_text())["epochs"]]
        self.assertLess(len(losses), 60)
        self.assertIn(f"Epoch {len(losses)}: early stopping", r.stdout)
        self.assertIn(f"best epoch: {len(losses) - 2}.", r.stdout)
        self.assertEqual(min(losses), losses[-3])
        for part in "train", "validation":
            self.assertEqual(len(list(pathlib.Path(events, part).iterdir())), 1)
        self.check_failure([*QUICK, "--patience", "2"], 2, "give a --validation-split")

    def test_history_on_the_screen(self):
        r = mica(*QUICK, "--epochs", "1", "--history", "-")
        self.assertEqual(list(json.loads(r.stdout)), HISTORY)
        self.assertIn("test accuracy", r.stderr)

    @without_kernels
    def test_npy(self):
        x, y = self.file("x.npy"), self.file("y.npy")
        n = 64
        npy(x, "<f4", (n, 2), b"".join(struct.pack("<2f", i % 2, 1 - i % 2) for i in range(n)))
        npy(y, "<i8", (n,), b"".join(struct.pack("<q", i % 2) for i in range(n)))
        run = ["train", "--hidden", "8", "--verbose", "0", "--epochs", "100", "--batch", "16", "--history", "-", "--data"]
        alone, tested = mica(*run, f"{x},{y}"), mica(*run, f"{x},{y},{x},{y}")
        self.assertEqual(json.loads(alone.stdout)["test"], {})
        self.assertEqual(json.loads(tested.stdout)["test"]["accuracy"], 1)
        npy(self.file("wide.npy"), "<f4", (n, 3), bytes(12 * n))
        self.check_failure([*run, f"{x},{y},{self.file('wide.npy')},{y}"], 1, "(2) to train and (3) to test")
        self.check_failure([*run, f"{x},"], 2, "X.npy,Y.npy")
        self.check_failure([*run, x], 2, "X.npy,Y.npy")
        for values, words in [
            ([i / 2 for i in range(n)], "label 0.5 at sample 1 is no class number"),
            ([i % 2 - 1 for i in range(n)], "label -1 at sample 0 is no class number"),
            ([i % 2 + 2e9 * (i == 7) for i in range(n)], "the largest label is 2000000000"), ([0] * n, "the largest label is 0"),
        ]:
            npy(y, "<f4", (n,), struct.pack(f"<{n}f", *values))
            self.check_failure([*run, f"{x},{y}"], 1, words)

    def interrupt(self, times, number=signal.SIGINT, before=()):
        save = self.file("i.safetensors")
        p = subprocess.Popen([*before, PROGRAM, "train", "--data", "digits", "--hidden", "16", "--epochs", "1000000",
                              "--verbose", "2", "--save", save], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             preexec_fn=heed_signals)
        try:
            while "Epoch 3/" not in p.stdout.readline():
                self.assertIsNone(p.poll())
            for _ in range(times):
                p.send_signal(number)
            _, errors = p.communicate(timeout=20)
        finally:
            p.kill()
        return p.returncode, save, errors

    @without_kernels
    def test_interrupt_saves(self):
        code, save, errors = self.interrupt(1)
        self.assertEqual(code, 130)
        self.assertIn("stopped on request", errors)
        self.assertTrue(os.path.exists(save))

    @without_kernels
    def test_hang_up_and_termination_save_too(self):
        for number in signal.SIGHUP, signal.SIGTERM:
            code, save, errors = self.interrupt(2, number)
            self.assertEqual(code, 128 + number, errors)
            self.assertTrue(os.path.exists(save))
            os.remove(save)

    def test_what_the_parent_ignores_stays_ignored(self):
        p = subprocess.Popen(["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", PROGRAM, *QUICK[:-2], "--epochs", "1000000",
                              "--verbose", "2"], stdout=subprocess.PIPE, text=True)
        try:
            for number in signal.SIGHUP, signal.SIGTERM:
                while not p.stdout.readline().startswith("Epoch "):
                    self.assertIsNone(p.poll())
                p.send_signal(number)
            p.communicate(timeout=20)
        finally:
            p.kill()
        self.assertEqual(p.returncode, 128 + signal.SIGTERM)

    def test_a_closed_pipe_loses_no_weights(self):
        save = self.file("s")
        p = subprocess.Popen([PROGRAM, *QUICK[:-2], "--epochs", "3", "--verbose", "2", "--save", save],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        p.stdout.close()
        errors = p.stderr.read()
        self.assertEqual(p.wait(timeout=60), 1)
        p.stderr.close()
        self.assertIn("standard output", errors)
        self.assertTrue(os.path.exists(save))

    def test_a_quota_is_said(self):
        save = self.folder / "s"
        save.write_text("old")
        arguments = [PROGRAM, *QUICK, "--epochs", "1"]
        subprocess.run(arguments, capture_output=True)  # so that the driver has nothing to write
        r = subprocess.run([*arguments, "--hidden", "2048", "--save", str(save)], capture_output=True, text=True,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400000, 400000)))
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertIn("File too large", r.stderr)
        self.assertEqual(save.read_text(), "old")

    def on_terminal(self, columns, *arguments, **environment):
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        p = subprocess.Popen([PROGRAM, *arguments], stdout=side, stderr=side,
                             env=dict(os.environ, LC_ALL="C.UTF-8", **environment))
        os.close(side)
        data = b""
        while True:
            try:
                more = os.read(main, 4096)
            except OSError:
                break
            if not more:
                break
            data += more
        os.close(main)
        self.assertEqual(p.wait(timeout=60), 0)
        return data.decode()

    def test_terminals(self):
        run = ["train", "--data", "digits", "--hidden", "16", "--epochs", "2", "--validation-split", "0.2", "--batch", "1"]
        for columns in 30, 41, 60, 200:
            text = self.on_terminal(columns, *run, TERM="xterm")
            table = text[: text.index("Epoch 1/2")]
            self.assertLess(max(map(len, table[table.index("Model:") :].splitlines())), max(columns, 41))
            self.assertIn("\033[", text)
            bars = text[text.index("Epoch 1/2"):]
            for line in re.split(r"[\r\n]+", re.sub(r"\033\[[0-9;]*m", "", bars).replace("\b", "")):
                if not line.startswith(("test accuracy", "compiling kernels")):
                    self.assertLess(len(line.rstrip()), columns, line)
            self.assertIn("val_loss", bars)
        self.assertNotIn("\033", self.on_terminal(60, *run, TERM="dumb"))
        self.assertNotIn("\b", self.on_terminal(60, *run, TERM="dumb"))

    @without_kernels
    def test_interrupt_twice(self):
        self.assertEqual(self.interrupt(2)[0], 130)

    def test_bench(self):
        quick = ["--seconds", "0.05", "--json", "-", "--kernels"]
        for arguments, figure, n in [
            (["mlp", "--data", "digits", "--hidden", "16", "--batch", "32,100"], "samples_per_second", 2),
            (["gemm", "--shapes", "8x8x8,33x17x65"], "gflops", 2),
            (["ops", "--shapes", "64x64"], "bytes_per_second", 15),
        ]:
            r = mica("bench", *arguments, *quick)
            self.assertEqual(r.returncode, 0, r.stderr)
            report = json.loads(r.stdout)
            self.assertEqual((report["bench"], len(report["results"])), (arguments[0], n))
            for result in report["results"]:
                self.assertGreater(result[figure], 0)
                self.assertTrue(all(k["calls"] > 0 and k["kernel"] for k in result["kernels"]) and result["kernels"])
            self.assertIn("| kernel: ", r.stderr)
        r = mica("bench", "conv", "--batches", "2,1", "--shapes", "5x5", *quick[:4])
        rows = json.loads(r.stdout)
        self.assertEqual([(row["name"], row["batch"]) for row in rows], [("5x5 1->32 28x28", 2), ("5x5 1->32 28x28", 1)])
        self.assertTrue(all(row[part] > 0 for row in rows for part in ("forward", "data", "weight")), rows)
        self.assertEqual(mica("bench", "conv", "--shapes", "9x9").returncode, 2)

    def test_bench_nets(self):
        r = mica("bench", "nets", "--net", "bn", "--batch", "2,3", "--seconds", "0.01", "--device", "reference", "--json", "-")
        rows = json.loads(r.stdout)
        self.assertEqual([(row["net"], row["batch"]) for row in rows], [("bn", 2), ("bn", 3)])
        self.assertTrue(all(row["samples_per_second"] > 0 and row["peak_rss_mb"] > 0 for row in rows), rows)
        self.check_failure(["bench", "nets", "--net", "cnn,fly"], 2, "'fly'", "--help")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    os.environ.pop("MICA_DATA_DIR", None)
    unittest.main()
