# SPDX-License-Identifier: Apache-2.0
"""The data sets, all from scikit-learn's own wheel, as rows of input bits and a yes-or-no label.

Everything that is learned from data (which features, where their levels lie) is learned from the
training part alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split

Array = np.ndarray


@dataclass(frozen=True)
class Task:
    """A question about a data set, and how its features become words."""

    name: str
    load: str  # the loader of sklearn.datasets
    words: int  # features that are kept
    bits: int  # of each word
    positive: tuple[int, ...]  # classes that are answered by 1
    test: int  # rows held out

    @property
    def inputs(self) -> int:
        return self.words * self.bits


TASKS = (
    Task("cancer", "load_breast_cancer", 6, 4, (1,), 169),
    Task("digits", "load_digits", 24, 1, (1, 3, 5, 7, 9), 597),
    Task("wine", "load_wine", 6, 4, (1,), 60),
    Task("iris", "load_iris", 4, 4, (1,), 50),
)


@dataclass(frozen=True)
class Split:
    """One division into training and test rows, as bits."""

    features: list[int]
    x: Array  # all rows, (rows, inputs), 0 or 1
    labels: Array
    train: Array  # row numbers
    test: Array


def choose(x: Array, labels: Array, count: int) -> list[int]:
    """The features with the largest spread between the classes against the one inside them.

    A feature that is nearly a copy of a chosen one (correlation above 0.97) is passed over.
    """
    inside, between = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for label in np.unique(labels):
        part = x[labels == label]
        inside += len(part) * part.var(axis=0)
        between += len(part) * (part.mean(axis=0) - x.mean(axis=0)) ** 2
    score = np.round(between / (inside + 1e-9), 9)
    chosen: list[int] = []
    for feature in np.argsort(-score, kind="stable"):
        copies = [np.corrcoef(x[:, feature], x[:, other])[0, 1] for other in chosen]
        if x[:, feature].std() > 0 and all(abs(c) <= 0.97 for c in copies):
            chosen.append(int(feature))
        if len(chosen) == count:
            break
    return sorted(chosen)


def split(task: Task, seed: int) -> Split:
    """Bits of all rows: word after word, bit 0 first; a word is the rank of its value in equal parts."""
    data = getattr(datasets, task.load)()
    labels = np.isin(data.target, task.positive)
    train, test = train_test_split(np.arange(len(labels)), test_size=task.test, stratify=data.target,
                                   random_state=seed)
    features = choose(data.data[train], data.target[train], task.words)
    columns = []
    for feature in features:
        values = data.data[:, feature]
        if task.bits == 1:
            level = (values >= 8).astype(int)  # ink in at least half of the pixel's 16 cells
        else:
            parts = np.quantile(values[train], np.arange(1, 2**task.bits) / 2**task.bits)
            level = np.searchsorted(parts, values, side="right")
        columns += [(level >> bit) & 1 for bit in range(task.bits)]
    return Split(features, np.stack(columns, axis=1).astype(np.float64), labels, train, test)
