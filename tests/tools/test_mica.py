#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_mica.py - the mica program as its users meet it: exit codes, messages, files, Ctrl-C.

usage: test_mica.py PROGRAM
"""
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
COMMANDS = [[], ["devices"], ["train"], ["bench"], ["bench", "mlp"], ["bench", "gemm"], ["bench", "ops"]]
QUICK = ["train", "--data", "digits", "--hidden", "32", "--verbose", "0"]
HISTORY = ["device", "seed", "epochs", "test", "first_step_seconds", "launches_per_step", "peak_rss_mb", "device_bytes"]
EPOCH = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "samples_per_second"]


def mica(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=100,
                          env=dict(os.environ, **environment))


def npy(path, descr, shape, data):
    header = repr({"descr": descr, "fortran_order": False, "shape": shape})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    pathlib.Path(path).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


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
            (["train", "--hidden", "5,,5"], "5,,5"), (["train", "--hidden", "0"], "--hidden"),
            (["train", "--activation", "fly"], "relu"), (["train", "--optimizer", "fly"], "adamw"),
            (["train", "--momentum", "0.9"], "adam"), (["train", "--data", "a,b,c"], "X.npy"),
            (["bench"], "gemm"), (["bench", "fly"], "fly"), (["bench", "gemm", "--shapes", "2x2"], "2x2"),
            (["bench", "ops", "--shapes", "2x2x2"], "2x2x2"), (["devices", "fly"], "fly"),
        ]:
            self.check_failure(arguments, 2, word, "--help")

    def test_a_loss_that_is_no_number_is_said_once(self):
        r = mica(*QUICK, "--epochs", "3", "--lr", "1e30", "--verbose", "2")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertEqual(r.stdout.count("the loss is nan after step"), 1, r.stdout)
        self.assertNotIn("-nan", r.stdout)

    def test_bad_values(self):
        pathlib.Path(self.file("old")).write_text("old")
        for arguments, word in [
            (["--epochs", "0"], "--epochs is 0"), (["--batch", "-1"], "--batch -1"), (["--lr", "nan"], "nan"),
            (["--lr", "-1"], "-1"), (["--lr", "inf"], "inf"), (["--dropout", "2"], "2"), (["--seed", "-1"], "-1"),
            (["--validation-split", "1.5"], "1.5"), (["--verbose", "3"], "3"), (["--data", "/no/folder"], "/no/folder"),
            (["--data", "/no/x.npy,/no/y.npy"], "/no/x.npy"), (["--save", "/no/folder/file"], "/no/folder/file"),
            (["--history", "/no/folder/file"], "/no/folder/file"), (["--save", str(self.folder)], "Is a directory"),
            (["--save", self.file("none") + "/"], "Not a directory"), (["--save", self.file("old/x")], "Not a directory"),
            (["--history", str(self.folder)], "Is a directory"), (["--save", ""], "empty name"),
        ]:
            self.check_failure(QUICK + arguments, 1, word)
        for arguments in ["mlp", "--seconds", "-1"], ["ops", "--json", "/no/folder/file"]:
            self.check_failure(["bench", *arguments], 1, arguments[-1])

    def test_no_device(self):
        for command in QUICK, ["devices"], ["bench", "gemm"]:
            self.check_failure(command, 1, "install", OCL_ICD_VENDORS=str(self.folder))
        for command in QUICK + ["--device", "flute"], ["bench", "ops", "--device", "flute"]:
            self.check_failure(command, 1, "flute", "0 =")
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

    def test_options_reach_the_network(self):
        r = mica("train", "--data", "digits", "--hidden", "7,5", "--activation", "tanh", "--dropout", "0.25", "--optimizer",
                 "sgd", "--momentum", "0.5", "--lr", "0.25", "--epochs", "1", LC_ALL="C")
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        for text in "(None, 7)", "(None, 5)", "(None, 10)", "dropout_1 (Dropout)", "Total params: 555":
            self.assertIn(text, r.stdout)
        self.assertNotIn("\033", r.stdout)

    def test_history_on_the_screen(self):
        r = mica(*QUICK, "--epochs", "1", "--history", "-")
        self.assertEqual(list(json.loads(r.stdout)), HISTORY)
        self.assertIn("test accuracy", r.stderr)

    def test_npy(self):
        x, y = self.file("x.npy"), self.file("y.npy")
        n = 64
        npy(x, "<f4", (n, 2), b"".join(struct.pack("<2f", i % 2, 1 - i % 2) for i in range(n)))
        npy(y, "<i8", (n,), b"".join(struct.pack("<q", i % 2) for i in range(n)))
        run = ["train", "--hidden", "8", "--verbose", "0", "--epochs", "100", "--batch", "16", "--history", "-", "--data"]
        alone, tested = mica(*run, f"{x},{y}"), mica(*run, f"{x},{y},{x},{y}")
        self.assertIsNone(json.loads(alone.stdout)["test"]["accuracy"])
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

    def interrupt(self, times):
        save = self.file("i.safetensors")
        p = subprocess.Popen([PROGRAM, "train", "--data", "digits", "--hidden", "16", "--epochs", "1000000",
                              "--verbose", "2", "--save", save], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            while "Epoch 3/" not in p.stdout.readline():
                self.assertIsNone(p.poll())
            for _ in range(times):
                p.send_signal(signal.SIGINT)
            _, errors = p.communicate(timeout=20)
        finally:
            p.kill()
        return p.returncode, save, errors

    def test_interrupt_saves(self):
        code, save, errors = self.interrupt(1)
        self.assertEqual(code, 130)
        self.assertIn("stopped on request", errors)
        self.assertTrue(os.path.exists(save))

    def test_interrupt_twice(self):
        self.assertEqual(self.interrupt(2)[0], 130)

    def test_bench(self):
        quick = ["--seconds", "0.05", "--json", "-", "--kernels"]
        for arguments, figure, n in [
            (["mlp", "--data", "digits", "--hidden", "16", "--batch", "32,100"], "samples_per_second", 2),
            (["gemm", "--shapes", "8x8x8,33x17x65"], "gflops", 2),
            (["ops", "--shapes", "64x64"], "bytes_per_second", 7),
        ]:
            r = mica("bench", *arguments, *quick)
            self.assertEqual(r.returncode, 0, r.stderr)
            report = json.loads(r.stdout)
            self.assertEqual((report["bench"], len(report["results"])), (arguments[0], n))
            for result in report["results"]:
                self.assertGreater(result[figure], 0)
                self.assertTrue(all(k["calls"] > 0 and k["kernel"] for k in result["kernels"]) and result["kernels"])
            self.assertIn("| kernel ", r.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    os.environ.pop("MICA_DATA_DIR", None)
    unittest.main()
