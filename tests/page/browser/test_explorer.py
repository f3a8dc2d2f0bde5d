"""The explorer in a real browser, on a page of its own; its arithmetic is tested by node."""

# Over 200 lines, and one thing: every control of the explorer, and what each must change.

import importlib.util
import json
import re
import shutil
import subprocess
import time
from itertools import product
from pathlib import Path
from statistics import fmean

import pytest

from dlconcepts.page.sweeps.record import committed
from tests.page.browser.conftest import SIZES

pytestmark = pytest.mark.browser
ACCURACY = "validation accuracy"
TAB, HOME, PAGE_UP = "\ue004", "\ue011", "\ue00e"  # keys, as WebDriver has them
LEFT, RIGHT, DOWN = "\ue012", "\ue014", "\ue015"
SWEEPS = committed()
TESTS = Path(__file__).parent / "explorer.test.mjs"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page with the explorer and no concept."""
    from dlconcepts.page import document  # what it needs is installed by `make browser-test`

    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(document.filled([], {}), encoding="utf-8")
    return path


@pytest.fixture
def show(browser, file):
    """Opens the page, and asks of the console that it stays silent."""
    yield lambda address="", size="tablet", scheme="light": browser.show(size, scheme, address, file)
    assert browser.logged() == []


def setting(sweep, **state):
    (found,) = [row for row in SWEEPS[sweep]["settings"] if row["state"] == SWEEPS[sweep]["begin"] | state]
    return found


def end(found):
    """Mean accuracy of the seeds after the last epoch, as it is written."""
    return f"{100 * fmean(values[-1] for values in found['curves'][ACCURACY]):.1f}"


def text(browser, part):
    return browser.one(f"#explorer-{part}").text.replace("\xa0", " ")


def turn(browser, axis, steps):
    browser.one(f"#axis-{axis}").send_keys(*[RIGHT if steps > 0 else LEFT] * abs(steps))


def drawn(browser):
    """The accuracies that the thick line shows, read back from its height and the ticks beside it."""
    at = {
        float(tick.find_element("css selector", "text").text): float(
            tick.find_element("css selector", "line").get_attribute("y1")
        )
        for tick in browser.all("#explorer-chart .tick")
    }
    bottom, top = at[0.0], at[98.0]
    heights = [
        float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", browser.one("#explorer-chart .own").get_attribute("d"))
    ]
    return [1 - (1 - 0.98) ** ((bottom - y) / (bottom - top)) for y in heights]


def test_the_arithmetic_passes_its_own_tests():
    node = shutil.which("node")
    assert node, "no node: apt-get install nodejs"
    found = subprocess.run([node, "--test", str(TESTS)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    assert int(re.search(r"^# pass (\d+)", found.stdout, re.MULTILINE)[1]) > 30


@pytest.mark.parametrize("steps", [0, 2, -3])
def test_a_slider_changes_the_curve_to_the_records_numbers(browser, show, steps):
    show()
    turn(browser, "lr", steps)
    rates = SWEEPS["optimizer"]["axes"]["lr"]["values"]
    lr = rates[rates.index(SWEEPS["optimizer"]["begin"]["lr"]) + steps]
    found = setting("optimizer", lr=lr)
    recorded = [fmean(values) for values in zip(*found["curves"][ACCURACY], strict=True)]
    assert drawn(browser) == pytest.approx(recorded, abs=0.002)  # heights are written to a tenth of a pixel
    assert f"{end(found)} % of the validation digits" in text(browser, "summary")
    assert f"lr={lr:g}" in text(browser, "command")
    assert f"lr={lr:g}" in text(browser, "link")
    assert browser.run("return location.hash") == ("#" + text(browser, "link").split("#")[1] if steps else "")


def test_every_setting_of_the_map_is_the_records_number(browser, show):
    for name, sweep in SWEEPS.items():
        show(f"#sweep={name}")
        down, across = browser.one("#explorer-pair").get_attribute("value").split(",")
        cells = [cell.text for cell in browser.all("#explorer-map button")]
        combinations = product(sweep["axes"][down]["values"], sweep["axes"][across]["values"])
        for cell, (row, column) in zip(cells, combinations, strict=True):
            found = setting(name, **{down: row, across: column})
            diverged = sum(step is not None for step in found["diverged_at"])
            if diverged == 0:
                assert cell == end(found)
            elif diverged == 3:
                assert cell == "div."


def test_an_address_restores_a_state_and_a_state_has_its_address(browser, show):
    show("#lr=.01&batch=256&optimizer=adam")
    assert f"{end(setting('optimizer', lr=0.01, batch=256, optimizer='adam'))} %" in text(browser, "summary")
    browser.one("#explorer-shown input[value=loss]").click()
    browser.one("#explorer-pair option[value='lr,optimizer']").click()
    address = browser.run("return location.hash")
    before = text(browser, "summary"), [cell.text for cell in browser.all("#explorer-map button")]
    show(address)
    assert (text(browser, "summary"), [cell.text for cell in browser.all("#explorer-map button")]) == before
    assert "training loss ends at" in before[0]


@pytest.mark.parametrize(
    "address", ["#lr=.2&batch=256", "#lr=&batch=256", "#sweep=x&batch=256", "#__proto__=1&batch=256"]
)
def test_what_is_damaged_in_an_address_is_left_out_with_a_note(browser, show, address):
    show(address)
    assert "batch size 256" in text(browser, "summary")
    assert "learning rate 0.1:" in text(browser, "summary")
    assert address[1:].split("&")[0].removesuffix("=") in text(browser, "note")
    turn(browser, "lr", 1)
    assert text(browser, "note") == ""


def test_the_back_button_leads_to_the_state_before(browser, show):
    show()
    turn(browser, "lr", 2)  # quick turns are one step back
    time.sleep(1.1)
    turn(browser, "lr", 1)
    assert "learning rate 3:" in text(browser, "summary")
    browser.driver.back()
    assert "learning rate 1:" in text(browser, "summary")
    browser.driver.back()
    assert "learning rate 0.1:" in text(browser, "summary")
    browser.driver.forward()
    assert "learning rate 1:" in text(browser, "summary")


def test_a_link_to_a_place_on_the_page_leaves_the_state(browser, show):
    show("#lr=1")
    browser.run("location.hash = '#top'")
    assert "learning rate 1:" in text(browser, "summary")


def test_keys_alone_reach_and_do_everything(browser, show):
    show()
    reached = {}
    browser.run("document.getElementById('explorer').tabIndex = -1; document.getElementById('explorer').focus()")
    for _ in range(20):
        browser.driver.switch_to.active_element.send_keys(TAB)
        name = browser.run(
            "const e = document.activeElement; return e.name || e.id || e.className || e.dataset.row || e.tagName"
        )
        reached[name] = True
    for wanted in ("explorer-sweep", "axis-optimizer", "axis-batch", "axis-lr", "explorer-predict", "explorer-show"):
        assert wanted in reached
    assert {"explorer-pair", "0.1", "copy", "SUMMARY"} <= set(reached)
    cell = browser.one("#explorer-map button[aria-pressed=true]")
    cell.send_keys(DOWN)
    browser.driver.switch_to.active_element.send_keys(RIGHT)
    assert "batch size 256, learning rate 0.3:" in text(browser, "summary")
    assert browser.run("return document.activeElement.getAttribute('aria-pressed')") == "true"
    assert browser.one("#axis-lr").get_attribute("aria-valuetext") == "0.3"
    assert len(browser.all("#explorer-map button[tabindex='0']")) == 1


def test_a_cell_of_the_map_is_chosen_by_a_click(browser, show):
    show()
    browser.one("#explorer-map button[data-row='0.003'][data-column='16']").click()
    assert "batch size 16, learning rate 0.003:" in text(browser, "summary")


def spoken(browser):
    return browser.run("return document.getElementById('explorer-live').textContent").replace("\xa0", " ")


def test_the_summary_is_spoken_once_it_is_quiet(browser, show):
    show()
    browser.driver.set_script_timeout(5)
    heard = browser.driver.execute_async_script(
        """const done = arguments[0], heard = [], live = document.getElementById('explorer-live');
        new MutationObserver(() => heard.push(live.textContent)).observe(live, {childList: true});
        const slider = document.getElementById('axis-lr');
        setTimeout(() => {
          for (const value of [5, 6, 7, 8]) { slider.value = value; slider.dispatchEvent(new Event('input')); }
          setTimeout(() => done(heard), 800);
        }, 700);"""
    )
    assert len(heard) == 2  # the state at first, and the last of four
    assert "learning rate 3:" in heard[-1]


def test_predict_first_shows_nothing_until_it_is_guessed(browser, show):
    show("#predict=1")
    found = setting("optimizer")
    assert browser.all("#explorer-chart .own, #explorer-chart .seed") == []
    assert {cell.text for cell in browser.all("#explorer-map button")} == {"?"}
    page_text = browser.one("#explorer").text
    assert end(found) not in page_text
    assert not browser.one("#explorer-numbers").is_displayed()
    slider = browser.one("#guess-value")
    slider.send_keys(HOME, *[PAGE_UP] * 4)
    guess = float(slider.get_attribute("value"))
    assert f"your guess: {guess:.1f}" in browser.one("#explorer-chart .guess-name").text.replace("\xa0", " ")
    browser.one("#guess-reveal").click()
    off = abs(100 * fmean(values[-1] for values in found["curves"][ACCURACY]) - guess)
    assert f"it is {end(found)} %: {off:.1f} points off." in text(browser, "score")
    assert "1 guess so far" in text(browser, "score")
    assert f"{end(found)} %" in text(browser, "summary")
    assert "Place" not in text(browser, "summary")  # it would give the others away
    assert sorted({cell.text for cell in browser.all("#explorer-map button")}) == sorted({"?", end(found)})
    turn(browser, "lr", 1)
    assert browser.all("#explorer-chart .own") == []
    browser.one("#explorer-predict").click()
    assert "?" not in {cell.text for cell in browser.all("#explorer-map button")}


def test_a_guess_that_it_diverges_can_be_right(browser, show):
    far = next(row for row in SWEEPS["activation"]["settings"] if None not in row["diverged_at"])
    show("#predict=1&sweep=activation&" + "&".join(f"{name}={value}" for name, value in far["state"].items()))
    browser.one("#guess-diverges").click()
    browser.one("#guess-reveal").click()
    assert "You are right: it diverges." in text(browser, "score")
    assert "3 of 3 seeds diverge" in text(browser, "summary")
    assert len(browser.all("#explorer-chart .cross")) == 3


def test_the_numbers_stand_in_a_table_too(browser, show):
    show()
    browser.one("#explorer-numbers summary").click()
    rows = browser.all("#explorer-numbers tbody tr")
    found = setting("optimizer")
    assert len(rows) == len(found["curves"][ACCURACY][0])
    last = rows[-1].text.replace("\xa0", " ")
    for values in found["curves"][ACCURACY]:
        assert f"{100 * values[-1]:.1f} %" in last


TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("size", "scheme", "sweep"), list(product(SIZES, ("light", "dark"), SWEEPS)))
def test_nothing_sticks_out(browser, show, size, scheme, sweep):
    show(f"#sweep={sweep}&predict=1", size, scheme)
    assert browser.run(TOO_WIDE) <= 0
    browser.one("#guess-reveal").click()
    assert browser.run(TOO_WIDE) <= 0


@pytest.mark.parametrize("sweep", SWEEPS)
def test_a_change_is_drawn_within_a_frame_or_two(browser, show, sweep):
    """The median of all steps of all sliders: others may use the machine too."""
    show(f"#sweep={sweep}")
    times = browser.run(
        """const times = [];
        for (const slider of document.querySelectorAll('#explorer-axes input[type=range]'))
          for (let value = 0; value <= slider.max; value++) {
            const begin = performance.now();
            slider.value = value;
            slider.dispatchEvent(new Event('input', {bubbles: true}));
            document.getElementById('explorer').getBoundingClientRect();
            times.push(performance.now() - begin);
          }
        return times;"""
    )
    assert len(times) > 8
    assert sorted(times)[len(times) // 2] < 33


CONTRAST = """
const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgba = (text) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data]; };
const ground = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor);
  if (c[3] === 255) return c.slice(0, 3); } return [255, 255, 255]; };
const poor = [];
for (const e of document.querySelectorAll('#explorer *')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !e.getClientRects().length || e.closest('.diverged, option')) continue;
  const style = getComputedStyle(e);
  const a = light(rgba(e instanceof SVGElement ? style.fill : style.color).slice(0, 3)) + .05;
  const b = light(ground(e)) + .05;
  if (Math.max(a, b) / Math.min(a, b) < 4.5) poor.push([e.outerHTML.slice(0, 80), Math.max(a, b) / Math.min(a, b)]);
}
return poor;
"""


@pytest.mark.parametrize(
    ("scheme", "address"), list(product(("light", "dark"), ("", "#predict=1&lr=.2", "#show=loss&sweep=activation")))
)
def test_every_text_can_be_read(browser, show, scheme, address):
    show(address, "projector", scheme)
    assert browser.run(CONTRAST) == []


@pytest.mark.parametrize("address", ["#lr=.2", "#predict=1", "#sweep=activation&show=loss&lr=10&depth=8"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_serious(browser, show, size, address):
    show(address, size)
    browser.unfold()
    folder = Path(importlib.util.find_spec("selenium_axe_python").origin).parent
    browser.run((folder / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = browser.driver.execute_async_script("axe.run('#explorer').then(arguments[0])")
    assert len(found["passes"]) > 10
    bad = [rule for rule in found["violations"] if rule["impact"] in ("serious", "critical")]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in bad] == []


def test_the_script_is_small(file):
    from dlconcepts.page.explorer import explorer

    assert len(explorer.script().encode()) < 60_000
    assert (
        json.loads(re.search(r'id="sweeps">(.*?)</script>', file.read_text(encoding="utf-8"))[1]).keys()
        == SWEEPS.keys()
    )
