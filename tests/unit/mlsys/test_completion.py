"""Completion in real shells, by the script that `mlsys completion` prints.

`make test` installs the shells; see the target test-tools.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# What bash does at TAB: it splits the line at blanks and at "=", and calls the function.
_BASH = """
source <(mlsys completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
read -ra COMP_WORDS <<< "${1//=/ = }"
[[ $1 == *[\\ =] ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
completes=$(complete -p mlsys)
[[ $completes =~ -F\\ ([^\\ ]+) ]]
"${BASH_REMATCH[1]}" mlsys "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder with files in it, and the command on the PATH."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "bin").mkdir()
    program = folder / "bin/mlsys"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from mlsys.__main__ import console\nsys.exit(console())\n"
    )
    program.chmod(0o755)
    (folder / "model.pkl").touch()
    (folder / "module.py").touch()
    return folder


@pytest.fixture
def shell(folder):
    """Run a program in a shell that finds `mlsys`."""

    def run(*command, **environ):
        environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), **environ}
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        ).stdout

    return run


CASES = [
    ("mlsys pr", {"predict", "promote"}),
    ("mlsys completion ", {"--help", "bash", "zsh", "fish"}),
    ("mlsys alias --rem", {"--remove"}),
    ("mlsys reconcile --", {"--again", "--env", "--help"}),
    ("mlsys publish --env ", {"dev", "staging", "prod"}),
    ("mlsys publish model.pkl --env=st", {"staging"}),
    ("mlsys predict --write_disposition=", {"append", "truncate", "empty"}),
    ("mlsys inspect mod", {"model.pkl", "module.py"}),
    ("mlsys compare --picture=model", {"model.pkl"}),
    ("mlsys publish --model_name=mod", {""}),
]


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_bash_completes(shell, line, expected):
    completions = shell("bash", "-c", _BASH, "bash", line).splitlines()
    assert {each.strip() for each in completions} == expected


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_parses_its_script(shell, folder, name):
    assert shutil.which(name), f"{name} is missing: run `make test-tools`"
    script = folder / f"script.{name}"
    script.write_text(shell("mlsys", "completion", name))
    assert "mlsys" in script.read_text()
    shell(name, "-n", str(script))


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_zsh_and_fish_get_whole_words_with_descriptions(shell, line, expected):
    answer = shell(
        "bash",
        "-c",
        "mlsys 8>&1 9>/dev/null",
        COMP_LINE=line,
        COMP_POINT=str(len(line)),
        _ARGCOMPLETE="1",
        _ARGCOMPLETE_SHELL="fish",
        _ARGCOMPLETE_DFS="\t",
        _ARGCOMPLETE_IFS="\n",
        _ARGCOMPLETE_SUPPRESS_SPACE="1",
    )
    words = {each.partition("\t")[0].rpartition("=")[2] for each in answer.splitlines()}
    assert (words or {""}) == expected
