"""Builds the package as `pip install .` would and runs its tests, with the oldest and the newest Python
that this machine has. Everything goes into `target/python`.

    python3 python/tests/run.py [pytest arguments]
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "target" / "python"
OLDEST = (3, 9)

# What the tests use, and what QSTrader's goldens were made with.
TOOLS = ["pytest", "pandas", "matplotlib", "pytz", "polars", "pyarrow", "nbclient", "ipykernel", "nbformat"]
QSTRADER = ["qstrader==0.3.0", "pandas==2.3.3", "numpy==2.4.6", "pytz"]


def say(text):
    print(text, flush=True)


def version_of(python):
    """Major and minor version of a CPython that can make virtual environments; None of others."""
    code = "import ensurepip, sys, venv; print(sys.implementation.name, *sys.version_info[:2])"
    try:
        told = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    words = told.stdout.split()
    return (int(words[1]), int(words[2])) if told.returncode == 0 and words[0] == "cpython" else None


def pythons():
    """Interpreters by version, the oldest first."""
    found = {}
    names = [f"python3.{minor}" for minor in range(OLDEST[1], 20)] + ["python3"]
    candidates = [shutil.which(name) for name in names]
    candidates += sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    for python in filter(None, candidates):
        version = version_of(str(python))
        if version is not None and version >= OLDEST:
            found.setdefault(version, str(python))
    return sorted(found.items())


def venv(name, python, packages):
    """A virtual environment with these packages; the one there is, if it has them."""
    place = PLACE / name
    inside, stamp = place / "bin" / "python", place / "installed"
    wanted = "\n".join([python, *packages])
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([python, "-m", "venv", place], check=True)
        subprocess.run([inside, "-m", "pip", "install", "--quiet", "--prefer-binary", *packages], check=True)
        stamp.write_text(wanted)
    return str(inside)


def examples(python):
    """The folder of QSTrader's example scripts, from its source distribution."""
    place = PLACE / "qstrader-examples"
    scripts = place / "qstrader-0.3.0" / "examples"
    if not scripts.is_dir():
        download = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", place, "qstrader==0.3.0"]
        subprocess.run([python, "-m", "pip", *download], check=True)
        with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
            checked = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(place, **checked)
    return str(scripts)


def build(python):
    """The wheel, built from the checkout."""
    wheels = PLACE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    # What Cargo tells its tests would make it build everything anew.
    told = re.compile("CARGO_(?!HOME|NET|HTTP|REGISTR|SOURCE)|CARGO$|RUSTC|RUST_|LD_LIBRARY_PATH")
    environment = {key: value for key, value in os.environ.items() if not told.match(key)}
    environment["CARGO_TARGET_DIR"] = str(ROOT / "target")
    command = [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, ROOT]
    subprocess.run(command, check=True, env=environment)
    return str(next(wheels.glob("gridfolio-*.whl")))


def main():
    found = pythons()
    if not found:
        say("skipped: there is no Python 3.9 or later with venv and pip")
        return 0
    chosen = dict([found[0], found[-1]])
    for version in dict(found):
        note = "tested" if version in chosen else "left out: neither the oldest nor the newest"
        say(f"python {version[0]}.{version[1]}: {note}")
    PLACE.mkdir(parents=True, exist_ok=True)
    try:
        tools = venv("tools", found[-1][1], ["pip>=23"])
    except subprocess.CalledProcessError:
        say("skipped: no package can be installed here")
        return 0
    wheel = build(tools)
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    # QSTrader's pins need Python 3.11 or later.
    beside = [python for version, python in found if version >= (3, 11)]
    if beside:
        try:
            environment["QSTRADER_PYTHON"] = venv("qstrader", beside[0], QSTRADER)
            environment["QSTRADER_EXAMPLES"] = examples(environment["QSTRADER_PYTHON"])
        except subprocess.CalledProcessError:
            say("QSTrader cannot be installed here: the tests beside it skip")
    failed = 0
    for version, python in chosen.items():
        name = f"{version[0]}.{version[1]}"
        inside = venv(name, python, TOOLS)
        install = [inside, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", wheel]
        subprocess.run(install, check=True)
        listed = [inside, "-c", "import sys, numpy, pandas; print(sys.version.split()[0], numpy.__version__, pandas.__version__)"]
        say("python, numpy, pandas: " + subprocess.run(listed, capture_output=True, text=True, check=True).stdout.strip())
        # QSTrader itself takes minutes, and a cluster half of one; with the newest is enough.
        own, tests = dict(environment), [inside, "-m", "pytest", "-q", "-rfs", str(ROOT / "python" / "tests")]
        if version != found[-1][0]:
            own.pop("QSTRADER_PYTHON", None)
            tests += ["--ignore", str(ROOT / "python" / "tests" / "test_slurm.py")]
        tests += sys.argv[1:]
        failed |= subprocess.run(tests, env=own, cwd=PLACE).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
