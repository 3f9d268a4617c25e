"""What makes a pickle unsafe, and how one is loaded nevertheless: scan → load → validate.

A pickle is a program for Python's pickle machine, and loading it runs the program. `safe_load.py`
does all three steps, within limits:

1. Scan. `scan.py` executes the pickle symbolically, so nothing is imported or called, and collects
   every broken rule (`findings.py`).
2. Load. `restricted_loader.py` executes it with real objects. Both use `pickle_machine.py`, which
   reads the file by `decompression.py` and applies the same rules:

   * `opcodes.py`: which opcodes a pickle may use;
   * `allowed_names.py`: which classes and functions it may name. The table has two files:
     `allowed_names_generated.txt`, written by `generate_names.py`, and
     `allowed_names_reviewed.txt`;
   * `allowed_calls.py`: which of them it may call, with which arguments;
   * `allowed_states.py`: what objects may hold; `dtypes.py`: which NumPy data types;
   * `limits.py`: how much of everything it may take.

3. Validate. `validation/` checks the loaded object. Allowed names alone make no honest model: each
   part must stand where `fit` puts it, each name and number must be one that `fit` sets, and arrays
   must fit together, because compiled code trusts them.

A broken rule is an `UnsafePickleError` (`errors.py`).
"""
