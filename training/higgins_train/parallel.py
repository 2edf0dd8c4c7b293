"""Several trainings at once, each in a process of its own with one thread: small products gain nothing from two."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections.abc import Callable, Iterable
from multiprocessing.process import BaseProcess
from typing import TypeVar

import torch

Job = TypeVar("Job")


def in_parallel(work: Callable[[Job], object], jobs: Iterable[Job], at_once: int) -> None:
    """Calls work(job) for every job, `at_once` at a time; its result is lost, so it leaves files. SystemExit: a job
    failed; those that run are ended."""
    waiting = list(jobs)
    if at_once <= 1:
        for job in waiting:
            work(job)
        return
    # A single job too has one thread: what is left after an interruption must sum in the same order as all of them.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # before forking, so that no thread is lost on the way
    context = multiprocessing.get_context("fork")
    running: list[BaseProcess] = []
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
                    raise SystemExit("a training failed; what it printed stands above")
    finally:
        for process in running:
            process.terminate()
            process.join()
        torch.set_num_threads(threads)
