"""What a lesson's kernel costs, forked from the nursery and started by itself, in the same run."""

import asyncio
from time import perf_counter

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from asylum_teach import bundle, kit
from asylum_teach.serve import forking
from asylum_teach.serve.kernels import SpareKernelManager

LEARNERS = 4


async def opened(lesson, folder):
    """Megabytes for each learner of their own and with a share, seconds, and CPU seconds."""
    kernels = SpareKernelManager(spares=1, connection_dir=str(folder))
    await kernels.keep_spares()
    kernels.spares = 0
    try:
        figures = [await one(kernels, lesson) for _ in range(LEARNERS)]
        held = [process.memory_full_info() for process, _ in figures]
        return {
            "own": sum(each.uss for each in held) / LEARNERS / 2**20,
            "shared out": sum(each.pss for each in held) / LEARNERS / 2**20,
            "seconds": sum(seconds for _, seconds in figures[1:]) / (LEARNERS - 1),
            "cpu": sum(sum(p.cpu_times()[:2]) for p, _ in figures[1:]) / (LEARNERS - 1),
        }
    finally:
        await kernels.shutdown_all(now=True)
        kernels.nursery.close()


async def one(kernels, lesson):
    """The process of one more kernel with the lesson in it, and how long that took."""
    begun = perf_counter()
    kernel = kernels.get_kernel(await kernels.start_kernel())
    client = NotebookClient(nbformat.from_dict(lesson), km=kernel, timeout=120)
    client.kc = await client.async_start_new_kernel_client()
    for index, cell in enumerate(client.nb.cells):
        await client.async_execute_cell(cell, index)
    client.kc.stop_channels()
    return psutil.Process(kernel.provisioner.pid), perf_counter() - begun


def test_forked_and_ordinary_kernels(benchmark, kit_content, tmp_path, monkeypatch):
    """Printed side by side; the first of each is the spare, and not timed."""
    bundle.save(kit_content, tmp_path / "bundle.json")
    monkeypatch.setenv("ASYLUM_TEACH_BUNDLE", str(tmp_path / "bundle.json"))
    lesson = nbformat.read(kit.folder("notebooks") / "03_nexus_and_grounds.ipynb", as_version=4)

    def both():
        forked = asyncio.run(opened(lesson, tmp_path))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(forking, "can_fork", lambda: False)
            return forked, asyncio.run(opened(lesson, tmp_path))

    forked, ordinary = benchmark.pedantic(both, rounds=1)

    for name, mine in forked.items():
        print(f"\n{name}: forked {mine:.2f}, ordinary {ordinary[name]:.2f}", end="")
    assert forked["own"] < ordinary["own"]
