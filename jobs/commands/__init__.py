"""The commands: each module has `command_parser(prog)` and `run(options, environ)`.

`run` returns False when a check that the user asked for has failed, and raises every other error.
`jobs/__main__.py` lists the commands; `jobs/command_line.py` turns results and errors into exit
codes. A command imports heavy packages only after it has read its arguments, so that `--help` and
argument errors do not wait for scikit-learn.
"""
