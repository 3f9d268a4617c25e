"""The reference says what the code and the schemas say."""

from docs.reference import generate, markdown


def test_every_page_is_what_make_reference_would_write():
    assert generate.stale() == [], "run `make reference`, and look at what changed"


def test_every_page_of_the_folder_is_written_by_the_generator():
    assert {path.name for path in generate.FOLDER.glob("*.md")} == set(generate.PAGES)


def test_a_page_that_was_edited_is_called_stale(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    pages = {"settings.md": generate.settings}
    monkeypatch.setattr(generate, "PAGES", pages)
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "settings.md").write_text("by hand")
    assert generate.main(["--check"]) == 1
    assert "settings.md is stale" in capsys.readouterr().err
    assert (tmp_path / "settings.md").read_text() == "by hand"


def test_a_bar_in_a_meaning_does_not_end_a_cell():
    assert markdown.table(["a"], [["x | y"]]).splitlines()[-1] == r"| x \| y |"
