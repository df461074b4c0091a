"""The client in a kernel, as JupyterLab runs it: a running loop, a widget as bar, and a Stop button."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty

import pytest

pytestmark = pytest.mark.notebook


@pytest.fixture(scope="module")
def kernel():
    """A kernel with a client whose sandbox answers slowly."""
    from jupyter_client.manager import start_new_kernel

    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "ZRTOOLS_LANG": "en"}
    manager, client = start_new_kernel(env=environment)
    run(client, "import zrtools as zr\nclient = zr.Client.sandbox(messages_per_day=20, months=1)\n")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client, code: str, when_busy=None) -> list[dict]:
    """Run a cell and give its messages; `when_busy` is called once the cell says "go"."""
    asked = client.execute(code)
    heard: list[dict] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=1)
        except Empty:
            continue
        if message["parent_header"].get("msg_id") != asked:
            continue
        heard.append({"kind": message["msg_type"], **message["content"]})
        if message["msg_type"] == "stream" and "go" in message["content"]["text"] and when_busy:
            when_busy()
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return heard
    raise TimeoutError(code)


@pytest.mark.slow
def test_calls_work_in_a_cell_and_show_one_bar(kernel):
    """Inside the kernel's loop a call gives its frame, and one widget tells how far it is; nothing is red."""
    _, client = kernel
    heard = run(client, "print(client.status('2026-11-01', '2026-11-03').height > 0)\n")
    assert "True" in "".join(m["text"] for m in heard if m["kind"] == "stream")
    assert [m for m in heard if m["kind"] == "error"] == []
    assert [m for m in heard if m["kind"] == "stream" and m["name"] == "stderr"] == []
    assert sum(m["kind"] == "display_data" for m in heard) == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the kernel is interrupted by a message there")
def test_stop_button_ends_a_run_within_a_second(kernel):
    """Interrupting the kernel ends a cleaning within a second, with what came; the client goes on working."""
    manager, client = kernel
    pressed: list[float] = []

    def press() -> None:
        time.sleep(0.5)
        pressed.append(time.monotonic())
        manager.interrupt_kernel()

    heard = run(
        client,
        "client.clean(['09012340000', '09012340001'], '2026-05-10')\n"
        "client.embedded.faults.add('delay', 'clean', seconds=0.05, times=None)\n"
        "print('go', flush=True)\n"
        "client.clean([f'0901234{n:04d}' for n in range(5000)], '2026-05-10')\n",
        press,
    )
    ended = time.monotonic()
    assert [m["ename"] for m in heard if m["kind"] == "error"] == ["Interrupted"]
    assert ended - pressed[0] < 1.5
    assert "5,000 calls will be made" in "".join(m["text"] for m in heard if m["kind"] == "stream")
    heard = run(
        client,
        "import sys\n"
        "error = sys.last_value\n"
        "whole = error.frame.height + len(error.missing)\n"
        "print(0 < error.frame.height < 5000, whole, client.templates().height > 0)\n",
    )
    assert "True 5000 True" in "".join(m["text"] for m in heard if m["kind"] == "stream")
