"""A real browser, and how the board's page is looked at in it."""

import shutil
import time

import pytest
from board_case import MISSING

webdriver = pytest.importorskip("selenium.webdriver", reason="the page's tests need selenium")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
NEEDS = [
    pytest.mark.skipif(bool(MISSING), reason=f"the board needs {MISSING}"),
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium and chromedriver here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::sunhwan.doctor.TrainingWarning"),
]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60.0  # seconds, for a machine that has other things to do

DRAWN = """return [...document.querySelectorAll('figure')].filter((figure) =>
  !figure.hidden && figure.querySelector('.main-svg')).length"""
DATA = """const chart = [...document.querySelectorAll('figure')].find((figure) =>
  figure.querySelector('figcaption').textContent.startsWith(arguments[0]));
return (chart?.querySelector('.plot').data ?? []).map((one) => ({name: one.name, y: [...one.y]}))"""


def started(profile):
    """A browser that keeps what it keeps in the folder `profile`."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(PATIENCE)
    return driver


def until(driver, script, *arguments, wanted=bool):
    """What a script gives, once it is wanted."""
    end = time.monotonic() + PATIENCE
    while True:
        found = driver.execute_script(script, *arguments)
        if wanted(found):
            return found
        assert time.monotonic() < end, (script, found)
        time.sleep(0.05)


def look(driver, address, width=1400, height=3000, dark=False, language="en-US", charts=1):
    """Open the page, and wait until so many charts are drawn."""
    driver.get_log("browser")
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    agent = driver.execute_script("return navigator.userAgent")
    driver.execute_cdp_cmd(
        "Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": language}
    )
    driver.get(address)
    until(driver, DRAWN, wanted=lambda count: count >= charts)


def complaints(driver):
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
