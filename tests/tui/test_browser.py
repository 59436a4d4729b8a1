"""The served chat in a real browser: ask, read, tune a what-if, take a picture."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import SENESCENCE
from tests.tui.served import served

pytestmark = pytest.mark.browser
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
RECORDER = """
window.seen = "";
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", async (event) => {
      const data = event.data;
      if (typeof data === "string") return;
      const text = data instanceof Blob ? await data.text() : new TextDecoder().decode(data);
      window.seen += text.replace(/\\x1b(?:\\[[0-?]*[ -\\/]*[@-~]|\\][^\\x07]*\\x07|.)/g, "");
    });
  }
};
"""
"""The terminal paints on a canvas that cannot be read back: what the browser received can."""


class Page:
    """A browser on the served chat."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def keys(self, *keys: str) -> None:
        from selenium.webdriver.common.by import By

        self.browser.find_element(By.CSS_SELECTOR, ".xterm-helper-textarea").send_keys(*keys)

    def until(self, words: str, seconds: float = 120.0) -> None:
        """Wait for words among what the browser received since the last call."""
        end = time.monotonic() + seconds
        while words not in (seen := self.browser.execute_script("return window.seen || ''")):
            assert time.monotonic() < end, f"{words!r} never came: {seen[-1500:]}"
            time.sleep(0.1)
        self.browser.execute_script("window.seen = ''")


@pytest.fixture
def page(own_home: Path) -> Iterator[Page]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no browser: chromium and chromedriver (Debian: chromium-driver) are not installed")
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1300,800"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": RECORDER})
        with served(own_home) as address:
            browser.get(address)
            yield Page(browser)
    finally:
        browser.quit()


def test_a_question_a_slider_and_a_picture(page: Page, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    page.until("papers")
    page.keys(SENESCENCE, Keys.ENTER)
    page.until("acquired functional")
    page.keys(Keys.F4)
    page.until("Outcome")
    page.keys(Keys.ARROW_RIGHT)
    page.until("✎")

    picture = tmp_path / "served.png"
    assert page.browser.save_screenshot(str(picture))
    assert picture.stat().st_size > 20_000, "a page full of text, not an empty one"
    loaded = page.browser.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    assert loaded and all(name.startswith(page.browser.current_url) for name in loaded), loaded
    assert page.browser.execute_script("return document.fonts.check('16px \"Roboto Mono\"')")
    assert [entry for entry in page.browser.get_log("browser") if entry["level"] == "SEVERE"] == []
