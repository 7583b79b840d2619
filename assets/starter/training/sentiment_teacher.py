"""What single words and pairs of words say of a review's mood: a logistic regression over them, the teacher."""
import collections
import re

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

WORD = re.compile(rb"[0-9A-Za-z'\x80-\xff]+")  # as text.LETTER has it


def terms(text):
    """(term, offset behind it) of every word and every pair of neighbours."""
    last = None
    for m in WORD.finditer(text.lower()):
        word = m.group()
        yield word, m.end()
        if last is not None:
            yield last + b" " + word, m.end()
        last = word


class Teacher:
    def __init__(self, texts, labels, least=4, strength=30.0):
        counts = collections.Counter()
        sets = []
        for t in texts:
            s = {w for w, _ in terms(t)}
            sets.append(s)
            counts.update(s)
        self.numbers = {w: i for i, w in enumerate(w for w, c in counts.items() if c >= least)}
        x = self.matrix(sets)
        y = np.asarray(labels) * 2.0 - 1

        def loss(p):
            margin = y * (x @ p[:-1] + p[-1])
            g = -y / (1 + np.exp(np.clip(margin, -50, 50)))
            value = np.logaddexp(0, -margin).sum() + strength / 2 * (p[:-1] ** 2).sum()
            return value, np.append(x.T @ g + strength * p[:-1], g.sum())

        p = minimize(loss, np.zeros(len(self.numbers) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
        self.weights, self.bias = p[:-1].astype(np.float32), float(p[-1])

    def matrix(self, sets):
        rows, columns = [], []
        for i, s in enumerate(sets):
            c = [self.numbers[w] for w in s if w in self.numbers]
            rows += [i] * len(c)
            columns += c
        return csr_matrix((np.ones(len(rows)), (rows, columns)), (len(sets), len(self.numbers)))

    def logits(self, texts):
        return self.matrix([{w for w, _ in terms(t)} for t in texts]) @ self.weights + self.bias

    def evidence(self, text):
        """(offset of the last byte, weight) of the terms that end there."""
        out = collections.defaultdict(float)
        for w, end in terms(text):
            n = self.numbers.get(w)
            if n is not None:
                out[end - 1] += self.weights[n]
        return out
