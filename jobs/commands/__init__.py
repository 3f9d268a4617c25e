"""The commands, one module each: `command_parser(prog)` reads the arguments, `run` does the rest.

`run(asked, environ)` returns False where the command was asked to check something and the answer is
no; every other end that is not a good one it raises. `jobs/__main__.py` lists the commands,
`jobs/command_line.py` turns what they return and raise into exit codes. A module here imports
nothing heavy before it has read its arguments: `--help` and a refusal must not wait for
scikit-learn.
"""
