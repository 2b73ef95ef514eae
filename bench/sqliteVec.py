"""Exact searches by sqlite-vec over vectors of a file; the times of each, taken here."""

import json
import sqlite3
import sys
import time

import sqlite_vec

vectors_path, queries_path, dimensions = sys.argv[1], sys.argv[2], int(sys.argv[3])
size = 4 * dimensions


def parts(path):
    data = open(path, "rb").read()
    return [data[at : at + size] for at in range(0, len(data), size)]


database = sqlite3.connect(":memory:")
database.enable_load_extension(True)
sqlite_vec.load(database)
database.execute(
    f"create virtual table items using vec0(embedding float[{dimensions}] distance_metric=cosine)"
)
with database:
    database.executemany(
        "insert into items(rowid, embedding) values (?, ?)", enumerate(parts(vectors_path))
    )
times = []
for query in parts(queries_path):
    begun = time.perf_counter()
    database.execute(
        "select rowid, distance from items where embedding match ? and k = 10", (query,)
    ).fetchall()
    times.append((time.perf_counter() - begun) * 1000)
print(json.dumps({"version": sqlite_vec.__version__, "times": times}))
