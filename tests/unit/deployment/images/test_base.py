"""`base.sh` makes an image of this machine; its programs are faked."""

import subprocess

from deployment.images.image import REPOSITORY

INSTALLED = (
    "bin/python3.{}",
    "include/python3.{}/Python.h",
    "lib/libpython3.{}.so.1.0",
    "lib/python3.{}/os.py",
    "lib/python3.{}/test/test_os.py",
    "lib/python3.{}/lib2to3/tests/test_main.py",
)


def add_python(programs, name, minor, prefix):
    """Fake a CPython that says where it is installed, and its minor."""
    for path in INSTALLED:
        file = prefix / path.format(minor)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    programs.add(name, f"print({minor} if 'minor' in sys.argv[-1] else {str(prefix)!r})")


def test_the_stand_in_for_the_base_is_debian_with_this_machine_s_pythons(programs, tmp_path):
    add_python(programs, "python", 13, tmp_path / "prefix")
    add_python(programs, "python3.9", 9, tmp_path / "older")
    programs.add(
        "debootstrap",
        "root = pathlib.Path(sys.argv[-2])\n"
        "(root / 'usr/share/doc').mkdir(parents=True)\n"
        "(root / 'usr/local').mkdir()\n",
    )
    programs.add("chroot")
    programs.add("strip")
    programs.add("podman", "(folder / 'base.tar').write_bytes(sys.stdin.buffer.read())")
    script = REPOSITORY / "deployment/images/base.sh"
    path = f"{programs.folder}:/usr/bin:/bin"
    environment = {"PATH": path, "PYTHON": "python", "PYTHONS": "python3.9"}
    subprocess.run([script, "localhost/base:1"], env=environment, check=True)
    assert programs.called("podman", "import")[0][-1] == "localhost/base:1"
    listing = ["tar", "-tf", programs.folder / "base.tar"]
    names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
    assert {"./usr/local/bin/python3.13", "./usr/local/bin/python"} <= set(names)
    assert {f"./usr/local/lib/python3.{minor}/os.py" for minor in (13, 9)} <= set(names)
    assert not [name for name in names if "test" in name or "share/doc" in name]
