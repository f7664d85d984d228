"""What one learner's kernel holds in memory, beside a bare kernel with one widget."""

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from asylum_teach import bundle, kit

BARE = "import ipywidgets\nipywidgets.RadioButtons(options=['a', 'b'])"


def resident(notebook):
    """Megabytes that a kernel holds once it has run *notebook*, and the modules in it."""
    client = NotebookClient(notebook, timeout=120)
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                client.execute_cell(cell, index)
        held = psutil.Process(client.km.provisioner.process.pid).memory_info().rss
        asked = nbformat.v4.new_code_cell("import sys; print('pandas' in sys.modules)")
        notebook.cells.append(asked)
        client.execute_cell(asked, len(notebook.cells) - 1)
    return held / 2**20, asked.outputs[0].text.strip()


@pytest.mark.parametrize("name", ["01_who_is_a_refugee", "03_nexus_and_grounds"])
def test_kernel_memory(benchmark, name, kit_content, tmp_path, monkeypatch):
    """A lesson's kernel has no pandas in it; its size is printed beside the bare one's."""
    compiled = tmp_path / "bundle.json"
    bundle.save(kit_content, compiled)
    monkeypatch.setenv("ASYLUM_TEACH_BUNDLE", str(compiled))
    bare, _ = resident(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(BARE)]))
    lesson = nbformat.read(kit.folder("notebooks") / f"{name}.ipynb", as_version=4)

    held, pandas = benchmark.pedantic(resident, args=[lesson], rounds=1)

    print(f"\n{name}: {held:.0f} MB resident; a bare widget kernel: {bare:.0f} MB")
    assert pandas == "False"
