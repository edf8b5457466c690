"""Runs a program of examples/article as it stands, at the ports and addresses of a test.

    run_program.py PROGRAM ETCD_PORT [FROM TO]...

Replaces texts of the program, since the addresses of the article are nobody's here.
"""

import functools
import sys

import etcd3

program, etcd_port, *replacements = sys.argv[1:]
etcd3.client = functools.partial(etcd3.client, port=int(etcd_port))
with open(program, encoding="utf8") as file:
    text = file.read()
for before, after in zip(replacements[::2], replacements[1::2]):
    assert before in text, f"{before!r} is not in {program}"
    text = text.replace(before, after)
sys.argv = [program]
exec(compile(text, program, "exec"), {"__name__": "__main__"})
