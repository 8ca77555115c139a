"""A real browser for journeys: Debian's Chromium, driven from outside."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tools.debian import chromium

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once; without it the journeys are counted as skipped."""
    with chromium_started(chromium_or_skip()) as started:
        yield started


def chromium_or_skip() -> str:
    """Give the browser's program, or skip the test."""
    program = chromium()
    if program is None:
        pytest.skip("Chromium is not installed: sudo apt-get install chromium fonts-noto-cjk")
    return program


@contextmanager
def chromium_started(program: str) -> Iterator[Browser]:
    """Start the browser for as long as the block lasts."""
    # Chromium's own sandbox refuses root, and build machines run as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Give fresh visitors: visitor(), visitor(phone=True), visitor(script=False), visitor(language="en")."""
    contexts: list[BrowserContext] = []

    def arrive(*, phone: bool = False, script: bool = True, language: str = "zh-CN") -> BrowserContext:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            java_script_enabled=script,
            locale=language,
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        return context

    yield arrive
    for context in contexts:
        context.close()
