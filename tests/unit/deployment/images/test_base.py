"""`base.sh` makes an image of this machine; its programs are faked."""

import subprocess

from deployment.images.image import REPOSITORY


def test_the_stand_in_for_the_base_is_debian_with_this_machine_s_python(programs, tmp_path):
    prefix, older = tmp_path / "prefix", tmp_path / "older"
    for name in ("bin/python3.13", "lib/libpython3.13.so.1.0", "lib/python3.13/os.py"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("x")
    for name in ("include/python3.13/Python.h", "lib/python3.13/test/test_os.py"):
        (prefix / name).parent.mkdir(parents=True, exist_ok=True)
        (prefix / name).write_text("x")
    python = "print('13' if 'minor' in sys.argv[-1] else {!r})"
    programs.add("python", python.format(str(prefix)))
    for name in (
        "bin/python3.9",
        "lib/python3.9/os.py",
        "lib/python3.9/lib2to3/tests/test_main.py",
    ):
        (older / name).parent.mkdir(parents=True, exist_ok=True)
        (older / name).write_text("x")
    (older / "include/python3.9").mkdir(parents=True)
    programs.add("python3.9", python.replace("13", "9").format(str(older)))
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
