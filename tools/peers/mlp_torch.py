# SPDX-License-Identifier: MIT
"""mlp_torch.py - PyTorch with the fused optimizer.  --mode eager (default) or compile."""
import time

began = time.time()
from common import emit, mnist, options
import torch
from torch import nn

o = options(__doc__)
torch.manual_seed(o.seed)
x, y = map(torch.tensor, mnist(o.data, "train"))
xt, yt = map(torch.tensor, mnist(o.data, "test"))
y, yt = y.long(), yt.long()


def network():
    act = {"relu": nn.ReLU, "tanh": nn.Tanh}[o.activation]
    for i, (a, b) in enumerate(zip(o.layers, o.layers[1:])):
        yield nn.Linear(a, b)
        if i < len(o.hidden):
            yield act()
            if o.dropout:
                yield nn.Dropout(o.dropout)


model = nn.Sequential(*network())
if o.optimizer == "adam":
    optimizer = torch.optim.Adam(model.parameters(), o.lr, eps=1e-7, fused=True)
else:
    optimizer = torch.optim.SGD(model.parameters(), o.lr, momentum=o.momentum, fused=True)
criterion = nn.CrossEntropyLoss()


def forward(xb, yb):
    z = model(xb)
    return criterion(z, yb), (z.argmax(1) == yb).sum()


run = torch.compile(forward) if o.mode == "compile" else forward


def step(xb, yb):
    optimizer.zero_grad(set_to_none=True)
    loss, right = run(xb, yb)
    loss.backward()
    optimizer.step()
    return loss.detach(), right


step(x[:o.batch], y[:o.batch])
first = time.time() - began
for epoch in range(o.epochs):
    start = time.time()
    order = torch.randperm(len(x))
    total = right = 0
    for i in range(0, len(x) - o.batch + 1, o.batch):
        j = order[i:i + o.batch]
        l, r = step(x[j], y[j])
        total += l
        right += r
    total = float(total)
    seconds = time.time() - start
    emit(epoch=epoch + 1, seconds=seconds, samples_per_second=len(x) // o.batch * o.batch / seconds)
model.eval()
with torch.no_grad():
    emit(test_accuracy=(model(xt).argmax(1) == yt).float().mean().item(), first_step_seconds=first)
