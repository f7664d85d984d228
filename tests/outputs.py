"""Write anew what each notebook's cells are expected to show: plain text, nothing else.

``make outputs`` runs it; nbval compares the text on every test run.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from asylum_teach import kit


def refresh(path: Path) -> None:
    """Run the notebook at *path* and keep the text of each output."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_text_only(output) for output in cell.outputs]
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def _text_only(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The output without the widget's view, whose id changes on every run."""
    if output.output_type == "error":
        raise SystemExit(f"A cell failed: {output.ename}: {output.evalue}")
    output.data = {"text/plain": output.data["text/plain"]}
    output.metadata = {}
    return output


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    for path in named or sorted(kit.folder("notebooks").glob("*.ipynb")):
        refresh(path)
        print(path.name)
