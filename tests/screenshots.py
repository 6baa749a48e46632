"""Pictures of the explorer on the bundled sample, for the README: `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser import browser, missing, served
from tests.readme import sample_dataset
from tests.shared import ROOT

FOLDER = ROOT / "notebooks" / "pictures"
PAGES = {
    "explorer_overview": "/?lang=en",
    "explorer_articles": "/articles?q=cong+doan+dau+khi&lang=en",
    "explorer_figures": "/figures?measure=money&unit=VND&lang=en",
}


def take(dataset: Path, folder: Path) -> list[Path]:
    """One picture a page, and one of an article whose mark was followed to its row."""
    from selenium.webdriver.common.by import By

    taken = []
    with served(dataset) as address, browser(folder, 1200, 800) as driver:
        for name, path in PAGES.items():
            driver.get(address + path)
            taken.append(folder / f"{name}.png")
            driver.save_screenshot(str(taken[-1]))
        driver.get(address + "/articles?type=congress&lang=en")
        driver.find_element(By.CSS_SELECTOR, "#results tbody td a").click()
        driver.find_element(By.CSS_SELECTOR, "mark.officials a").click()
        taken.append(folder / "explorer_article.png")
        driver.save_screenshot(str(taken[-1]))
    return taken


if __name__ == "__main__":
    if problem := missing():
        sys.exit(problem)
    with tempfile.TemporaryDirectory() as scratch:
        for picture in take(sample_dataset(Path(scratch) / "dataset"), FOLDER):
            print(picture.relative_to(ROOT))
