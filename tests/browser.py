"""A headless Chromium on a served explorer; every wait ends."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from pipeline.explorer.app import create_app

WAIT = 20  # seconds
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing() -> str | None:
    """What is not installed; None where a browser and its driver are."""
    if not any(map(shutil.which, BROWSERS)):
        return "no Chromium on this machine (Debian: apt install chromium chromium-driver)"
    return None if shutil.which("chromedriver") else "no chromedriver here (Debian: apt install chromium-driver)"


@contextmanager
def served(dataset: Path) -> Iterator[str]:
    """The explorer of ``dataset`` on a free loopback port; its address."""
    config = uvicorn.Config(create_app(dataset), host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + WAIT
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise TimeoutError("the server did not start")
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(WAIT)


@contextmanager
def browser(downloads: Path, width: int = 1280, height: int = 900, script: bool = True):
    """A driven browser that reaches this machine only and saves downloads into ``downloads``."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(next(filter(None, map(shutil.which, BROWSERS))))
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en",
        "--hide-scrollbars", f"--window-size={width},{height}", "--proxy-server=127.0.0.1:9",
        "--proxy-bypass-list=127.0.0.1",
    ):  # fmt: skip
        options.add_argument(argument)
    options.add_experimental_option(
        "prefs",
        {
            "download.default_directory": str(downloads), "download.prompt_for_download": False,
            "intl.accept_languages": "en",
            **({} if script else {"profile.managed_default_content_settings.javascript": 2}),
        },
    )  # fmt: skip
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.set_page_load_timeout(WAIT)
        driver.set_script_timeout(WAIT)
        yield driver
    finally:
        driver.quit()
