# SPDX-License-Identifier: MIT
"""nets_torch.py - the networks of mica bench nets in PyTorch, on random data: samples per second of the last epoch.
usage: nets_torch.py --net NAME [--batch N] [--steps N] [--epochs N]"""
import argparse
import json
import os
import resource
import time

began = time.time()
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402


class Residual(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.first, self.first_norm = nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b)
        self.second, self.second_norm = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
        self.short = nn.Identity() if stride == 1 else nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        y = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.second_norm(self.second(y)) + self.short(x))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.before, self.qkv, self.out = nn.LayerNorm(width), nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.between, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.heads = heads

    def forward(self, x):
        n, steps, width = x.shape
        q, k, v = (z.view(n, steps, self.heads, -1).transpose(1, 2) for z in self.qkv(self.before(x)).split(width, 2))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(n, steps, width))
        return x + self.down(F.gelu(self.up(self.between(x))))


class GPT(nn.Module):
    def __init__(self, words=96, width=128, heads=4, blocks=4, steps=128):
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(steps, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(blocks)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words)
        self.register_buffer("at", torch.arange(steps))

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.words(x) + self.places(self.at)))).flatten(0, 1)


class Rows(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.LSTM(28, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.dense, self.head = nn.Embedding(20000, 64), nn.Linear(64, 64), nn.Linear(64, 2)

    def forward(self, x):
        return self.head(F.relu(self.dense(self.words(x).mean(1))))


def cnn():
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Dropout(0.5), nn.Linear(1600, 10))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    for a, b in ((16, 16), (16, 32), (32, 64)):
        layers += [Residual(a, b, b // a)] + [Residual(b, b, 1) for _ in range(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def thin50():
    widths = [784] + 50 * [64]
    return nn.Sequential(*[m for a, b in zip(widths, widths[1:]) for m in (nn.Linear(a, b), nn.ReLU())], nn.Linear(64, 10))


def bn():
    widths = [784, 512, 256, 128]
    layers = [m for a, b in zip(widths, widths[1:])
              for m in (nn.Linear(a, b, bias=False), nn.BatchNorm1d(b), nn.ReLU(), nn.Dropout(0.2))]
    return nn.Sequential(*layers, nn.Linear(128, 10))


NETS = {  # how it is made, a sample, its numbers are below (0: reals), labels of a sample, classes
    "cnn": (cnn, (1, 28, 28), 0, (), 10), "resnet20": (resnet20, (3, 32, 32), 0, (), 10), "thin50": (thin50, (784,), 0, (), 10),
    "bn": (bn, (784,), 0, (), 10), "lstm": (Rows, (28, 28), 0, (), 10), "text": (Text, (200,), 20000, (), 2),
    "gpt": (GPT, (128,), 96, (128,), 96)}

p = argparse.ArgumentParser(description=__doc__)
p.add_argument("--net", choices=NETS, required=True)
p.add_argument("--batch", type=int, default=128)
p.add_argument("--steps", type=int, default=10, help="of an epoch")
p.add_argument("--epochs", type=int, default=2, help="the last one counts")
o = p.parse_args()
make, sample, below, target, classes = NETS[o.net]
torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count())))
torch.manual_seed(1)
n = o.steps * o.batch
x = torch.randint(0, below, (n, *sample)) if below else torch.rand(n, *sample)
y = torch.randint(0, classes, (n, *target))
model = make()
if o.net in ("cnn", "resnet20"):
    model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
adam = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7, fused=True)


def step(rows):
    adam.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(x[rows]), y[rows].flatten())
    loss.backward()
    adam.step()
    return loss.detach()


step(torch.arange(o.batch))
first = time.time() - began
for _ in range(o.epochs):
    start, order = time.time(), torch.randperm(n)
    total = sum(step(order[i:i + o.batch]) for i in range(0, n, o.batch))
    loss = float(total) / o.steps
    seconds = time.time() - start
print(json.dumps({"rate": n / seconds, "first": first, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "loss": loss}))
