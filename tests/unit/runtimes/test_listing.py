from runtimes.catalog import Runtime
from runtimes.installation import install, installed_megabytes
from runtimes.listing import listing
from tests.unit.runtimes.wheels import write_runtime, write_wheel

ROW = ["sklearn-0.1", "3.11", "0.1.2", "1.22.3", "-", "1.6.1", "-", "-"]


def test_a_line_has_the_versions_and_the_size_of_what_is_installed(links, definitions, tmp_path):
    write_runtime(definitions, "0.1", write_wheel(links, "tiny"))
    versions = {"scikit-learn": "0.1.2", "numpy": "1.22.3", "xgboost": "1.6.1"}
    catalog = [Runtime("sklearn-0.1", "3.11", versions)]
    root = tmp_path / "runtimes"
    head, row, _ = listing(catalog, root, definitions).splitlines()
    assert head.split()[:3] == ["runtime", "Python", "scikit-learn"]
    assert row.split() == [*ROW, "-"]
    install("sklearn-0.1", root, [].append, definitions)
    _, row, _ = listing(catalog, root, definitions).splitlines()
    assert row.split() == [*ROW, str(installed_megabytes("sklearn-0.1", root))]
