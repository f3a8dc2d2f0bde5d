"""A headless Chromium that shows the committed page. Nothing here is collected without `-m browser`."""

import importlib.util
import json
import shutil
import socket
from pathlib import Path

import pytest

collect_ignore_glob = [] if importlib.util.find_spec("selenium") else ["test_*.py"]  # they import it
PAGE = Path(__file__).parents[3] / "figures" / "index.html"
SIZES = {"phone": (360, 800), "tablet": (900, 1200), "projector": (1920, 1080)}
CONNECT = socket.socket.connect


@pytest.fixture(autouse=True)
def no_socket(monkeypatch):
    """As in all tests, but for the driver, which listens on this machine."""

    def local(self, address, *_):
        assert address[0] in ("127.0.0.1", "localhost", "::1"), f"a socket was opened to {address}"
        return CONNECT(self, address)

    monkeypatch.setattr(socket.socket, "connect", local)


class Browser:
    """The driver, with what these tests ask of it."""

    def __init__(self, driver):
        self.driver = driver

    def show(self, size="projector", scheme="light", address="", file=PAGE):
        """Opens the page anew in a window of this size, in light or dark, at this address within it."""
        width, height = SIZES[size]
        device = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
        self.driver.set_script_timeout(110)
        self.driver.get("about:blank")
        self.logged(), self.requests()
        self.driver.get(file.as_uri() + address)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def one(self, selector):
        return self.driver.find_element("css selector", selector)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def unfold(self):
        """Opens all that is folded, and lays out what is far from the window, too."""
        self.run("document.querySelectorAll('.concept').forEach((e) => { e.style.contentVisibility = 'visible'; })")
        self.run("document.querySelectorAll('details').forEach((box) => { box.open = true; })")

    def logged(self):
        """What the console has said since last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """{address: what kept it from being sent} of all that was asked for since last asked."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        wanted = [e["params"] for e in events if e["method"] == "Network.requestWillBeSent"]
        failed = {e["params"]["requestId"]: e["params"] for e in events if e["method"] == "Network.loadingFailed"}
        return {e["request"]["url"]: failed.get(e["requestId"], {}).get("blockedReason") for e in wanted}


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    assert None not in (chromium, driver), "no Chromium or no driver: apt-get install chromium chromium-driver"
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    forget = {"source": "try { localStorage.clear() } catch {}"}  # a theme chosen in one test is none in the next
    chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", forget)
    try:
        yield Browser(chrome)
    finally:
        chrome.quit()
