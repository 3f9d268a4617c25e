"""Pages of documentation, the commands in their fenced blocks, and which of them cannot run here.

A block of `sh`, `python` or `sql` runs. One that cannot says why behind the language, where who
reads the source sees it and GitHub shows nothing:

    ```sh needs="a Google Cloud project"

and one that fails to make its point says how: `exits="3"`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]

_BLOCK = re.compile(
    r"^```(?P<language>sh|bash|shell|console|python|py|sql)\b"
    r'(?: needs="(?P<needs>[^"]+)")?(?: exits="(?P<exits>[0-9]+)")?(?P<rest>.*)\n'
    r"(?P<code>(?:.*\n)*?)^```$",
    re.MULTILINE,
)

_LANGUAGES = {"python": "python", "py": "python", "sql": "sql"}

# What is run elsewhere, by more than a look at whether it runs.
RUN_ELSEWHERE = {
    "make demo": "tests/e2e/demo/test_demo.py",
    "make up": "tests/faults/supervisor/test_up.py",
    "make setup": ".ci/run: every target sets up what it needs",
    "make check": ".ci/run",
    "make test": ".ci/run",
    "make notebooks": "tests/e2e/notebooks/test_notebooks.py",
    "make runtime": "tests/unit/runtimes/test_main.py",
    "make runtimes": "tests/unit/runtimes/test_main.py",
    "make wheel": "tests/e2e/package/test_wheel.py",
    "pip install": "tests/e2e/package/test_wheel.py",
}

# Guides through a real Google Cloud project, and the test that asks whether their commands are
# what gcloud, terraform, gh and make know.
OF_A_REAL_PROJECT = {
    "docs/first-deployment.md": "tests/architecture/test_guides.py",
    "docs/operating.md": "tests/architecture/test_guides.py",
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        line: where it begins in the page.
        needs: what it needs that is not here; empty for one that runs.
        exits: the exit code of its last command.
    """

    page: str
    line: int
    language: str
    code: str
    needs: str
    exits: int

    @property
    def runnable(self) -> str:
        """The code, without the lines that another test runs."""
        kept = [line for line in self.code.splitlines() if _target(line) not in RUN_ELSEWHERE]
        return "\n".join(kept) + "\n"


def _target(line: str) -> str:
    return " ".join(line.partition("#")[0].split()[:2])


def blocks(page: Path) -> list[Block]:
    """The blocks of code of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    name = str(page.relative_to(ROOT))
    found = []
    for match in _BLOCK.finditer(text):
        assert not match["rest"].strip(), f"{name}: what is {match['rest']!r}?"
        language = _LANGUAGES.get(match["language"], "sh")
        line = text[: match.start()].count("\n") + 1
        needs = match["needs"] or ("a Google Cloud project" if name in OF_A_REAL_PROJECT else "")
        exits = int(match["exits"] or 0)
        found.append(Block(name, line, language, match["code"], needs, exits))
    return found


def pages() -> list[Path]:
    """Every page that tells a reader to run something."""
    candidates = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "terraform/README.md"]
    candidates += [ROOT / "benchmarks/README.md"]
    return sorted(page for page in candidates if blocks(page))
