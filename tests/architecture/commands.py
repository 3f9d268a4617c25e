"""The commands in a page's blocks, and what the installed command lines know of themselves."""

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
from functools import cache
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_SEPARATORS = {"|", "&&", "||", ";"}
_REDIRECTION = re.compile(r" > [\w./-]+")


def blocks(page, language):
    """The blocks of a page in that language."""
    return [body for kind, body in _BLOCK.findall(page.read_text()) if kind == language]


def commands(page):
    """Every command of the page's shell blocks, as words; of a substitution too."""
    found = []
    for block in blocks(page, "sh"):
        for line in _REDIRECTION.sub("", block.replace("\\\n", " ")).splitlines():
            found += [each for part in _parts(line) for each in _split(part)]
    return found


def _parts(line):
    return [*_SUBSTITUTION.findall(line), _SUBSTITUTION.sub("SUBSTITUTED", line)]


def _split(line):
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if word in _SEPARATORS:
            yield words
            words = []
        else:
            words.append(word)
    yield words


@cache
def sdk_folder():
    """Where the Google Cloud SDK is; its own tables say what gcloud and bq understand."""
    program = shutil.which("gcloud")
    assert program, "gcloud is not installed: this cannot be checked without it"
    asked = [program, "info", "--format=value(installation.sdk_root)"]
    environment = os.environ | {"CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true"}
    ran = subprocess.run(asked, capture_output=True, text=True, check=True, env=environment)
    return Path(ran.stdout.strip())


@cache
def gcloud_tree():
    """Every command of gcloud with its flags, from the table that completes them in a shell."""
    path = sdk_folder() / "data/cli/gcloud_completions.py"
    spec = importlib.util.spec_from_file_location("gcloud_completions", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.STATIC_COMPLETION_CLI_TREE


@cache
def bq_flags(command):
    """The flags of bq and of that command of its own."""
    help_text = subprocess.run(["bq", "help", command], capture_output=True, text=True, check=False)
    own = re.findall(r"--(?:\[no\])?(\w+)", help_text.stdout)
    of_all = json.loads((sdk_folder() / "data/cli/bq.json").read_text())["flags"]
    return {f"--{flag}" for flag in own} | set(of_all)


@cache
def terraform_flags(command):
    """The flags of a command of Terraform; those of plan are apply's and destroy's too."""
    text = ""
    for each in {command, "plan"}:
        asked = ["terraform", each, "-help"]
        text += subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^\s+(-[a-z-]+)", text, re.MULTILINE))
