"""Several pieces of work at once, each in a process of its own with one thread: two gain nothing on small products."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import TypeVar

import torch

Job = TypeVar("Job")


@contextmanager
def one_thread() -> Iterator[None]:
    """For what is in it. Where something else keeps a core busy, threads that wait for each other after every small
    product take ten times as long as one alone; and it sums in the same order whatever the machine has."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def in_parallel(work: Callable[[Job], object], jobs: Iterable[Job], at_once: int) -> None:
    """Calls work(job) for every job, `at_once` at a time; its result is lost, so it leaves files. SystemExit: a job
    failed; those that run are ended."""
    waiting = list(jobs)
    if at_once <= 1:
        for job in waiting:
            work(job)
        return
    context = multiprocessing.get_context("fork")
    running: list[BaseProcess] = []
    # Before forking, so that no thread is lost on the way. A single job too: what is left after an interruption must
    # sum in the same order as all of them.
    with one_thread():
        try:
            while waiting or running:
                while waiting and len(running) < at_once:
                    running.append(context.Process(target=work, args=(waiting.pop(0),)))
                    running[-1].start()
                multiprocessing.connection.wait([process.sentinel for process in running])
                for process in [process for process in running if not process.is_alive()]:
                    process.join()
                    running.remove(process)
                    if process.exitcode != 0:
                        raise SystemExit("a part of the work failed; what it printed stands above")
        finally:
            for process in running:
                process.terminate()
                process.join()
