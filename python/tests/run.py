"""Builds the package as `pip install .` does and runs its tests, with the oldest and the newest Python of
this machine at the same time. All files go into `target/python`; the packages to be installed there are
printed first.

    python3 python/tests/run.py [pytest arguments]

Exit code 77: no test can run here; the last line is the reason.
"""

import concurrent.futures
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
CANNOT_RUN = 77

# The packages of the tests, and the versions with which QSTrader's goldens were made.
TOOLS = ["pytest", "pandas", "matplotlib", "pytz", "polars", "pyarrow", "nbclient", "ipykernel", "nbformat", "duckdb"]
TOOLS += ["mypy", "pandas-stubs"]
PIP = ["pip>=23"]
QSTRADER = ["qstrader==0.3.0", "pandas==2.3.3", "numpy==2.4.6", "pytz"]


def say(text):
    print(text, flush=True)


def version_of(python):
    """Major and minor version of a CPython that can create virtual environments; None for any other program."""
    code = "import ensurepip, sys, venv; print(sys.implementation.name, *sys.version_info[:2])"
    try:
        asked = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    words = asked.stdout.split()
    return (int(words[1]), int(words[2])) if asked.returncode == 0 and words[0] == "cpython" else None


def pythons():
    """The interpreters by version, the oldest first."""
    found = {}
    names = [f"python3.{minor}" for minor in range(OLDEST[1], 20)] + ["python3"]
    candidates = [shutil.which(name) for name in names]
    candidates += sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    for python in filter(None, candidates):
        version = version_of(str(python))
        if version is not None and version >= OLDEST:
            found.setdefault(version, str(python))
    return sorted(found.items())


def is_installed(name, python, packages):
    """Whether an environment exists with exactly these packages."""
    stamp = PLACE / name / "installed"
    return stamp.exists() and stamp.read_text() == "\n".join([python, *packages])


def venv(name, python, packages):
    """The interpreter of a virtual environment with these packages, which is reused if it exists."""
    place = PLACE / name
    inside = place / "bin" / "python"
    if not is_installed(name, python, packages):
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([python, "-m", "venv", place], check=True)
        subprocess.run([inside, "-m", "pip", "install", "--quiet", "--prefer-binary", *packages], check=True)
        (place / "installed").write_text("\n".join([python, *packages]))
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
    # The variables that Cargo sets for tests would force a complete rebuild.
    of_cargo = re.compile("CARGO_(?!HOME|NET|HTTP|REGISTR|SOURCE)|CARGO$|RUSTC|RUST_|LD_LIBRARY_PATH")
    environment = {key: value for key, value in os.environ.items() if not of_cargo.match(key)}
    environment["CARGO_TARGET_DIR"] = str(ROOT / "target")
    command = [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels, ROOT]
    subprocess.run(command, check=True, env=environment)
    return str(next(wheels.glob("gridfolio-*.whl")))


def say_what_is_installed(wanted):
    """Prints the missing packages of each environment."""
    missing = {name: packages for name, (python, packages) in wanted.items() if not is_installed(name, python, packages)}
    for name, packages in missing.items():
        say(f"to be installed in target/python/{name}: {' '.join(packages)}")


def run_tests(name, python, wheel, is_newest, environment):
    """Starts pytest in the environment of a Python."""
    inside = venv(name, python, TOOLS)
    install = [inside, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", wheel]
    subprocess.run(install, check=True)
    listed = [inside, "-c", "import sys, numpy, pandas; print(sys.version.split()[0], numpy.__version__, pandas.__version__)"]
    say("python, numpy, pandas: " + subprocess.run(listed, capture_output=True, text=True, check=True).stdout.strip())
    # QSTrader takes minutes, and a cluster half a minute: they run with the newest Python only.
    own, tests = {**environment, "GRIDFOLIO_TEST_NAME": f"python {name}"}, [inside, "-m", "pytest", "-q", "-rfs", str(ROOT / "python" / "tests")]
    if not is_newest:
        tests += ["-m", "not newest", "--ignore", str(ROOT / "python" / "tests" / "test_slurm.py")]
    output = (PLACE / f"pytest-{name}.txt").open("w+")
    return subprocess.Popen(tests + sys.argv[1:], env=own, cwd=PLACE, stdout=output, stderr=subprocess.STDOUT), output


def main():
    found = pythons()
    if not found:
        say("needs Python 3.9 or later with venv and pip")
        return CANNOT_RUN
    chosen = dict([found[0], found[-1]])
    for version in dict(found):
        note = "tested" if version in chosen else "not tested: neither the oldest nor the newest"
        say(f"python {version[0]}.{version[1]}: {note}")
    # QSTrader's pins need Python 3.11 or later.
    beside = [python for version, python in found if version >= (3, 11)]
    wanted = {f"{version[0]}.{version[1]}": (python, TOOLS) for version, python in chosen.items()}
    wanted |= {"qstrader": (python, QSTRADER) for python in beside[:1]}
    say_what_is_installed({"tools": (found[-1][1], PIP), **wanted})
    PLACE.mkdir(parents=True, exist_ok=True)
    try:
        tools = venv("tools", found[-1][1], PIP)
    except subprocess.CalledProcessError:
        say("no package can be installed here")
        return CANNOT_RUN
    # The environments are created while Cargo builds the wheel.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        building = pool.submit(build, tools)
        making = {name: pool.submit(venv, name, *of) for name, of in wanted.items()}
        environment = {**os.environ, "MPLBACKEND": "Agg"}
        if beside:
            try:
                environment["QSTRADER_PYTHON"] = making.pop("qstrader").result()
                environment["QSTRADER_EXAMPLES"] = examples(environment["QSTRADER_PYTHON"])
            except subprocess.CalledProcessError:
                say("QSTrader cannot be installed here")
        for made in making.values():
            made.result()
        wheel = building.result()
    running = [
        run_tests(f"{version[0]}.{version[1]}", python, wheel, version == found[-1][0], environment)
        for version, python in chosen.items()
    ]
    failed = 0
    for process, output in running:
        failed |= process.wait()
        output.seek(0)
        say(output.read())
        output.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
