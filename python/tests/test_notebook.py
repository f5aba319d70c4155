"""The example notebook."""

import pytest

from conftest import ROOT

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytest.importorskip("matplotlib")


def test_the_example_notebook_runs_and_shows_plots_and_progress(tmp_path):
    notebook = nbformat.read(ROOT / "examples" / "notebook.ipynb", as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT / "examples")}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert kinds.count("image/png") == 3
    shown = "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert "<progress" in shown and "<img" in shown and "<pre>" in shown and "<table" in shown
    assert not any(output.output_type == "error" for output in outputs)
    # The model of the last sweep is defined in the notebook, so its processes must be forks.
    assert "AboveAverage" not in shown and "Error" not in str(outputs[-1])
