"""The explorer in a real browser: search, filter, follow a mark to its row and back, download, the back button."""

import csv
import time

import pytest

from tests.browser import WAIT, browser, missing, served

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
REFUSED = ("Content Security Policy", "Uncaught", "Refused")


def until(condition, what):
    """Wait for ``condition``, and no longer than ``WAIT``."""
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except (NoSuchElementException, StaleElementReferenceException):
            pass
        time.sleep(0.03)
    raise AssertionError(f"waited {WAIT} s for {what}")


@pytest.fixture(scope="module")
def address(sample_dataset):
    with served(sample_dataset) as found:
        yield found


@pytest.fixture(scope="module")
def driver(address, tmp_path_factory):
    downloads = tmp_path_factory.mktemp("downloads")
    with browser(downloads) as found:
        found.downloads = downloads
        yield found


def css(driver, selector):
    from selenium.webdriver.common.by import By

    return driver.find_element(By.CSS_SELECTOR, selector)


def heading(driver):
    return css(driver, "#results-heading").text


def test_search_filter_page_and_back(driver, address):
    from selenium.webdriver.common.keys import Keys

    driver.get(f"{address}/articles?lang=en")
    everything = heading(driver)
    driver.execute_script("window.sameDocument = true")
    css(driver, "#f-q").send_keys("hoi nghi", Keys.ENTER)
    until(lambda: "q=hoi" in driver.current_url and heading(driver) != everything, "the search's results")
    found = heading(driver)
    assert "hội nghị" in css(driver, "#results").text.lower()
    css(driver, "#f-type option[value='congress']").click()
    css(driver, ".filters button").click()
    until(lambda: "type=congress" in driver.current_url and heading(driver) != found, "the filter's results")
    # htmx took the results out of the answer: the document stayed, and what changed is announced.
    assert driver.execute_script("return window.sameDocument") is True
    assert css(driver, "#said").get_attribute("textContent") == heading(driver)
    shared = heading(driver)
    driver.back()
    until(lambda: heading(driver) == found, "what was before the filter")
    driver.forward()
    until(lambda: heading(driver) == shared, "the filter again")
    # The address alone shows the same.
    driver.get(driver.current_url)
    assert heading(driver) == shared


def test_a_mark_leads_to_its_row_and_the_row_to_its_mark(driver, address):
    driver.get(f"{address}/articles?type=congress&lang=en")
    css(driver, "#results tbody td a").click()
    until(lambda: css(driver, "mark.officials[data-row]"), "the article")
    mark = css(driver, "mark.officials[data-row]")
    row_id = mark.get_attribute("data-row")
    css(driver, f"mark[data-row='{row_id}'] a").click()
    asked = driver.current_url.rpartition("#r-")[2]
    row = until(lambda: css(driver, f"tr[data-row='{asked}'].lit"), "the row to light up")
    assert driver.switch_to.active_element == row
    assert css(driver, f"mark[data-row='{asked}'].lit")
    driver.back()
    until(lambda: "#" not in driver.current_url, "the address before")
    css(driver, f"tr[data-row='{row_id}'] th a").click()
    until(lambda: css(driver, f"mark[data-row='{row_id}'].lit"), "the mark to light up")
    assert driver.current_url.endswith(f"#m-{row_id}")
    assert driver.switch_to.active_element.tag_name == "a"


def test_a_download_has_what_the_filter_shows(driver, address):
    driver.get(f"{address}/figures?measure=money&lang=en")
    expected = int(heading(driver).split()[0].replace(",", ""))
    css(driver, "a.download").click()
    file = driver.downloads / "congdoan-figures.csv"
    until(file.is_file, "the download")
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == expected
    assert {row["measure"] for row in rows} == {"money"}


def test_the_keyboard_reaches_the_text_and_the_language_keeps_the_filter(driver, address):
    from selenium.webdriver.common.keys import Keys

    driver.get(f"{address}/articles?type=congress&lang=en")
    css(driver, "body").send_keys(Keys.TAB)
    assert driver.switch_to.active_element.get_attribute("class") == "skip"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert driver.switch_to.active_element.get_attribute("id") == "main"
    css(driver, "a.language").click()
    until(lambda: css(driver, "html").get_attribute("lang") == "vi", "the other language")
    assert "type=congress" in driver.current_url


def test_nothing_was_refused_or_broke(driver, address):
    for path in ("/?lang=en", "/figures?unit=VND", "/organizations/cd-dau-khi"):
        driver.get(address + path)
    said = [entry["message"] for entry in driver.get_log("browser")]
    assert [message for message in said if any(word in message for word in REFUSED)] == []


def test_everything_works_without_scripts(address, tmp_path):
    with browser(tmp_path, script=False) as driver:
        driver.get(f"{address}/articles?lang=en")
        everything = heading(driver)
        css(driver, "#f-type option[value='congress']").click()
        css(driver, ".filters button").click()
        until(lambda: "type=congress" in driver.current_url and heading(driver) != everything, "the filter's results")
        assert css(driver, "#said").get_attribute("textContent") == ""  # what the script would have said
        css(driver, "#results tbody td a").click()
        mark = until(lambda: css(driver, "mark.officials a"), "the article")
        wanted = mark.get_attribute("href").rpartition("#")[2]
        mark.click()
        until(lambda: driver.current_url.endswith("#" + wanted), "the row")
