// The explorer on the page: a state, and what is drawn from it. The other files do the thinking.

// So long after the last change a new one is a new step of the Back button; and what is said aloud waits until it is quiet.
const STEP = 1000;
const QUIET = 500;

const part = (id) => document.getElementById(id);

// A group of choices, one of them taken.
function chips(fieldset, name, choices, choose) {
  fieldset.querySelectorAll("label").forEach((old) => old.remove());
  for (const [value, text] of choices) {
    const input = html("input", { type: "radio", name, value });
    input.addEventListener("change", () => choose(value));
    fieldset.append(html("label", {}, input, html("span", {}, text)));
  }
}

function check(fieldset, value) {
  fieldset.querySelectorAll("input").forEach((input) => { input.checked = input.value === String(value); });
}

// One axis as a group of choices, where its values have names, or as a slider: {element, show(value)}.
function axisControl(name, axis, choose) {
  if (Object.keys(axis.words).length) {
    const element = html("fieldset", { class: "chips" }, html("legend", {}, capital(axis.label)));
    const texts = axis.values.map((value) => [String(value), called(axis, value)]);
    chips(element, `axis-${name}`, texts, (text) => choose(valueMeant(axis, text)));
    return { element, show: (value) => check(element, value) };
  }
  const slider = html("input", { type: "range", id: `axis-${name}`, min: 0, max: axis.values.length - 1, step: 1 });
  const output = html("output", { for: `axis-${name}` });
  slider.addEventListener("input", () => choose(axis.values[slider.value]));
  const element = html("div", { class: "slider" },
    html("label", { for: `axis-${name}` }, capital(axis.label), output),
    slider,
    html("span", { class: "ends", "aria-hidden": "true" },
      html("span", {}, called(axis, axis.values[0])), html("span", {}, called(axis, axis.values.at(-1)))));
  const show = (value) => {
    slider.value = axis.values.indexOf(value);
    output.textContent = withUnit(axis, value);
    slider.setAttribute("aria-valuetext", withUnit(axis, value));
  };
  return { element, show };
}

function explore(sweeps) {
  let state = beginning(sweeps, Object.keys(sweeps)[0]);
  let axis = ""; // the one that was changed last: its other values are the coloured lines
  let controls = {}; // by axis
  let table; // the map
  let made = ""; // for which sweep and pair controls and map were made
  let changed = -STEP; // when
  let speaking; // a timer
  const guessed = new Map(); // address of a setting: {text, off, guess}

  const sweep = () => sweeps[state.sweep];
  const setting = () => settingOf(sweep(), state.values);
  const key = (values) => command(state.sweep, values);
  const known = (one) => !state.predict || guessed.has(key(one.state));

  // --- what a change does
  function change(parts, moved = axis) {
    state = { ...state, ...parts };
    axis = moved;
    remember();
    part("explorer-note").hidden = true;
    show();
  }
  const turn = (name, value) => change({ values: { ...state.values, [name]: value } }, name);

  function remember() {
    const address = `#${toAddress(sweeps, state)}`;
    const now = performance.now();
    const as = now - changed < STEP ? "replaceState" : "pushState";
    changed = now;
    try { history[as](null, "", address); } catch { /* the browser forbids it here: the address stays */ }
  }

  function recall() {
    const text = location.hash.slice(1);
    if (text && !text.includes("=")) return; // a place on the page, not a state
    const { state: meant, ignored } = fromAddress(sweeps, text);
    state = meant;
    axis = "";
    changed = -STEP;
    show();
    part("explorer-note").textContent = `Not known here and left out of the address: ${ignored.join(", ")}.`;
    part("explorer-note").hidden = ignored.length === 0;
    if (text) part("explorer").scrollIntoView();
  }

  // --- what is made anew for another sweep or another pair of axes
  function make() {
    if (made === `${state.sweep} ${state.pair}`) return;
    made = `${state.sweep} ${state.pair}`;
    controls = Object.fromEntries(Object.entries(sweep().axes).map(([name, one]) =>
      [name, axisControl(name, one, (value) => turn(name, value))]));
    part("explorer-axes").replaceChildren(...Object.values(controls).map(({ element }) => element));
    const label = (name) => sweep().axes[name].label;
    part("explorer-pair").replaceChildren(...pairs(sweep()).map((pair) =>
      html("option", { value: pair }, pair.split(",").map(label).join(" × "))));
    table = mapTable(sweep(), ...state.pair.split(","));
    part("explorer-map").replaceChildren(table);
    const { environment, question, fixed } = sweep();
    part("explorer-about").textContent = `Each of the ${number(sweep().settings.length)} settings of this sweep was trained beforehand by the code of this project on ${number(environment["training examples"])} digits, ${counted(environment.seeds.length, "seed")} each, and asked about ${number(environment["validation examples"])} others. Nothing is computed here but what you see drawn.`;
    part("explorer-question").textContent = question;
    part("explorer-fixed").textContent = `The same for all: ${fixed[0].toLowerCase()}${fixed.slice(1)}`;
  }

  // --- what is shown of the state
  function show() {
    make();
    axis ||= state.pair.split(",")[0];
    check(part("explorer-sweeps"), state.sweep);
    check(part("explorer-shown"), state.shown);
    for (const [name, control] of Object.entries(controls)) control.show(state.values[name]);
    part("explorer-pair").value = state.pair;
    part("explorer-predict").checked = state.predict;
    showResult();
    showGuess();
    part("explorer-command").textContent = command(state.sweep, state.values);
    part("explorer-link").textContent = `${location.href.split("#")[0]}#${toAddress(sweeps, state)}`;
  }

  function showResult() {
    const hidden = !known(setting());
    const guess = guessed.get(key(state.values))?.guess;
    const text = hidden ? `${capital(described(sweep(), state.values))}: how many of the validation digits will be right in the end? Guess, then reveal.`
      : `${summary(sweep(), state.values, axis)}${state.shown === "loss" ? ` ${losses(setting())}` : ""}`;
    const box = part("explorer-chart");
    const width = Math.max(280, box.clientWidth);
    box.replaceChildren(chart({
      setting: setting(),
      others: sweep().settings.filter(known),
      along: siblings(sweep(), state.values, axis).filter(known).map((one) => ({ name: called(sweep().axes[axis], one.state[axis]), setting: one })),
      shown: state.shown, hidden, label: text, width, height: within(0.66 * width, 250, 430),
      guess: !state.predict ? undefined : hidden ? guessNow().value : guess?.value,
    }));
    showKey(hidden);
    fillMap(table, sweep(), state.values, ...state.pair.split(","), state.shown, known);
    part("explorer-scale").replaceChildren(strip(state.shown, Math.max(200, part("explorer-scale").clientWidth)));
    part("explorer-summary").textContent = text;
    clearTimeout(speaking);
    speaking = setTimeout(() => { part("explorer-live").textContent = text; }, QUIET);
    showNumbers(hidden);
  }

  function showKey(hidden) {
    const sample = (kind) => svg("svg", { width: 30, height: 10, "aria-hidden": "true" }, svg("path", { class: kind, d: "M1 5H29" }));
    const rows = [
      ...(hidden ? [] : [["own", "this setting, mean"], ["seed", "each seed"]]),
      ...(state.shown === "loss" && !hidden ? [["training", "its training loss"]] : []),
      ...(sweep().settings.some(known) ? [["along", `other ${sweep().axes[axis].label}`], ["other", "all others"]] : []),
    ];
    part("explorer-key").replaceChildren(...rows.map(([kind, text]) => html("span", {}, sample(kind), text)));
  }

  function showNumbers(hidden) {
    part("explorer-numbers").hidden = hidden;
    const { seeds } = sweep().environment;
    const { curves } = setting();
    const heads = ["epoch", ...seeds.map((seed) => `accuracy, seed ${seed}`), "mean accuracy", "training loss", "validation loss"];
    const said = (value, how) => (value === null ? "–" : how(value));
    const means = { [ACCURACY]: percent, [TRAINING]: three, [LOSS]: three };
    const rows = curves[ACCURACY][0].map((_, epoch) => html("tr", {},
      html("th", { scope: "row" }, String(epoch + 1)),
      ...curves[ACCURACY].map((curve) => html("td", {}, said(curve[epoch], percent))),
      ...Object.entries(means).map(([name, how]) => html("td", {}, said(meanCurve(curves[name])[epoch], how)))));
    part("explorer-numbers").querySelector(".wide").replaceChildren(html("table", {},
      html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))), html("tbody", {}, ...rows)));
  }

  // --- predict first
  const guessNow = () => (part("guess-diverges").checked ? { diverges: true } : { value: Number(part("guess-value").value) / 100 });

  function showGuess() {
    const hidden = !known(setting());
    part("explorer-guess").hidden = !hidden;
    part("guess-output").textContent = percent(Number(part("guess-value").value) / 100);
    part("guess-value").setAttribute("aria-valuetext", part("guess-output").textContent);
    part("guess-value").disabled = part("guess-diverges").checked;
    const all = [...guessed.values()];
    const mine = guessed.get(key(state.values));
    part("explorer-score").hidden = !state.predict || !all.length;
    part("explorer-score").textContent = `${mine ? `${mine.text} ` : ""}${all.length ? score(all.map(({ off }) => off)) : ""}`;
  }

  function reveal() {
    const guess = guessNow();
    guessed.set(key(state.values), { ...judged(setting(), guess), guess });
    part("guess-diverges").checked = false;
    show();
    part("explorer-live").textContent = `${part("explorer-score").textContent} ${part("explorer-summary").textContent}`;
    clearTimeout(speaking);
    controls[axis].element.querySelector("input").focus(); // the button is gone: go on from the knob turned last
  }

  // --- the listeners, once
  chips(part("explorer-sweeps"), "explorer-sweep", Object.entries(sweeps).map(([name, { title }]) => [name, title]),
    (name) => change({ ...beginning(sweeps, name), shown: state.shown, predict: state.predict }, ""));
  chips(part("explorer-shown"), "explorer-show", SHOWN.map((name) => [name, name]), (shown) => change({ shown }));
  part("explorer-pair").addEventListener("change", (event) => change({ pair: event.target.value }, event.target.value.split(",")[0]));
  part("explorer-predict").addEventListener("change", (event) => change({ predict: event.target.checked }));
  for (const id of ["guess-value", "guess-diverges"]) part(id).addEventListener("input", () => { showResult(); showGuess(); });
  part("guess-reveal").addEventListener("click", reveal);
  part("explorer-knobs").addEventListener("submit", (event) => event.preventDefault());

  const goTo = (i) => {
    const [down, across] = state.pair.split(",");
    const columns = sweep().axes[across].values;
    const values = { [down]: sweep().axes[down].values[Math.floor(i / columns.length)], [across]: columns[i % columns.length] };
    change({ values: { ...state.values, ...values } }, values[down] === state.values[down] ? across : down);
  };
  part("explorer-map").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) goTo([...table.querySelectorAll("button")].indexOf(button));
  });
  part("explorer-map").addEventListener("keydown", (event) => {
    const buttons = [...table.querySelectorAll("button")];
    const columns = sweep().axes[state.pair.split(",")[1]].values.length;
    const i = buttons.indexOf(event.target);
    const to = stepped(event.key, Math.floor(i / columns), i % columns, buttons.length / columns, columns);
    if (i < 0 || !to) return;
    event.preventDefault();
    goTo(to[0] * columns + to[1]);
    buttons[to[0] * columns + to[1]].focus();
  });
  addEventListener("hashchange", recall);
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (Math.abs(contentRect.width - width) > 1) { width = contentRect.width; show(); }
  }).observe(part("explorer-tool"));
  recall();
}

addEventListener("DOMContentLoaded", () => {
  const data = part("sweeps");
  if (data && Object.keys(JSON.parse(data.textContent)).length) explore(JSON.parse(data.textContent));
});
