// The explorer on the page: one state and what changes it. show.js shows it; the other files do the thinking.

const STEP = 1000; // so many milliseconds after a change the next one is a new step of the Back button
const QUIET = 500; // and after so many the summary is spoken

let sweeps; // the records, by name
let state; // what is shown: see address.js
let axis = ""; // the axis that was changed last: its other values are the coloured lines
let controls = {}; // the control of each axis
let table; // the map
let made = ""; // the sweep and pair of axes that controls and map were made for
let changed = -STEP; // when the state was changed last
let speaking; // the timer of the summary that is to be spoken
const guessed = new Map(); // the guesses so far: {text, off, guess} by setting

const sweepShown = () => sweeps[state.sweep];
const settingShown = () => settingOf(sweepShown(), state.values);
const guessOf = (setting) => guessed.get(command(state.sweep, setting.state));
const known = (setting) => !state.predict || guessOf(setting) !== undefined;

// --- what changes the state

function change(parts, moved = axis) {
  state = { ...state, ...parts };
  axis = moved;
  remember();
  part("explorer-note").hidden = true;
  show();
}

function turn(values, moved) {
  change({ values: { ...state.values, ...values } }, moved);
}

// Writes the state into the address; changes in quick succession are one step of the Back button.
function remember() {
  const now = performance.now();
  const how = now - changed < STEP ? "replaceState" : "pushState";
  changed = now;
  try {
    history[how](null, "", `#${toAddress(sweeps, state)}`);
  } catch { /* the browser has had enough of them: the address stays as it is */ }
}

// Takes the state from the address, unless that is a place on the page.
function recall() {
  const text = location.hash.slice(1);
  if (text && !text.includes("=")) return;
  const { state: meant, ignored } = fromAddress(sweeps, text);
  state = meant;
  axis = "";
  changed = -STEP;
  show();
  part("explorer-note").textContent = `Not known here and left out of the address: ${ignored.join(", ")}.`;
  part("explorer-note").hidden = ignored.length === 0;
  if (text) part("explorer").scrollIntoView();
}

// --- predict first

function reveal() {
  const guess = guessNow();
  guessed.set(command(state.sweep, state.values), { ...judged(settingShown(), guess), guess });
  part("guess-diverges").checked = false;
  show();
  clearTimeout(speaking);
  part("explorer-live").textContent = `${part("explorer-score").textContent} ${part("explorer-summary").textContent}`;
  controls[axis].element.querySelector("input").focus(); // the button is gone: go on from the knob turned last
}

// --- the map's cells, by number in reading order

function goTo(cell) {
  const [down, across] = state.pair.split(",");
  const [rows, columns] = [sweepShown().axes[down].values, sweepShown().axes[across].values];
  const row = rows[Math.floor(cell / columns.length)];
  turn({ [down]: row, [across]: columns[cell % columns.length] }, row === state.values[down] ? across : down);
}

function pressedOnMap(event) {
  const cells = [...table.querySelectorAll("button")];
  const from = cells.indexOf(event.target);
  const columns = sweepShown().axes[state.pair.split(",")[1]].values.length;
  const to = stepped(event.key, from, columns, cells.length);
  if (from < 0 || to === undefined) return;
  event.preventDefault();
  goTo(to);
  cells[to].focus();
}

function clickedOnMap(event) {
  const button = event.target.closest("button");
  if (button) goTo([...table.querySelectorAll("button")].indexOf(button));
}

// --- once, when the page is there

function listen() {
  const titles = Object.fromEntries(Object.entries(sweeps).map(([name, { title }]) => [name, title]));
  chips(part("explorer-sweeps"), "explorer-sweep", titles, (name) =>
    change({ ...beginning(sweeps, name), shown: state.shown, predict: state.predict }, ""));
  chips(part("explorer-shown"), "explorer-show", { accuracy: "accuracy", loss: "loss" }, (shown) => change({ shown }));
  part("explorer-pair").addEventListener("change", ({ target }) =>
    change({ pair: target.value }, target.value.split(",")[0]));
  part("explorer-predict").addEventListener("change", ({ target }) => change({ predict: target.checked }));
  for (const id of ["guess-value", "guess-diverges"]) {
    part(id).addEventListener("input", () => { showGuess(); showCurves(summaryShown()); });
  }
  part("guess-reveal").addEventListener("click", reveal);
  part("explorer-knobs").addEventListener("submit", (event) => event.preventDefault());
  part("explorer-map").addEventListener("click", clickedOnMap);
  part("explorer-map").addEventListener("keydown", pressedOnMap);
  addEventListener("hashchange", recall);
}

// The picture has the width of its place: draw it again where that changes.
function watchWidth() {
  let width = part("explorer-tool").clientWidth;
  new ResizeObserver(() => {
    if (part("explorer-tool").clientWidth === width) return;
    width = part("explorer-tool").clientWidth;
    show();
  }).observe(part("explorer-tool"));
}

addEventListener("DOMContentLoaded", () => {
  sweeps = JSON.parse(part("sweeps")?.textContent ?? "{}");
  if (!Object.keys(sweeps).length) return;
  listen();
  recall();
  if (!state) { state = beginning(sweeps, Object.keys(sweeps)[0]); show(); }
  watchWidth();
});
