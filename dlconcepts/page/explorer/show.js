// What is shown of the state: controls, curves, map, words. The state itself is in explorer.js.

// Makes anew what another sweep or another pair of axes needs.
function make() {
  if (made === `${state.sweep} ${state.pair}`) return;
  made = `${state.sweep} ${state.pair}`;
  const { axes } = sweepShown();
  controls = {};
  for (const [name, one] of Object.entries(axes)) {
    controls[name] = axisControl(name, one, (value) => turn({ [name]: value }, name));
  }
  part("explorer-axes").replaceChildren(...Object.values(controls).map(({ element }) => element));
  part("explorer-pair").replaceChildren(...pairs(sweepShown()).map((pair) =>
    html("option", { value: pair }, pair.split(",").map((name) => axes[name].label).join(" × "))));
  table = mapTable(sweepShown(), ...state.pair.split(","));
  part("explorer-map").replaceChildren(table);
  part("explorer-about").textContent = about(sweepShown());
  part("explorer-question").textContent = sweepShown().question;
  part("explorer-fixed").textContent = `The same for all: ${uncapital(sweepShown().fixed)}`;
}

// Shows the state, all of it.
function show() {
  make();
  axis ||= state.pair.split(",")[0];
  check(part("explorer-sweeps"), state.sweep);
  check(part("explorer-shown"), state.shown);
  for (const [name, control] of Object.entries(controls)) control.show(state.values[name]);
  part("explorer-pair").value = state.pair;
  part("explorer-predict").checked = state.predict;
  part("explorer-command").textContent = command(state.sweep, state.values);
  part("explorer-link").textContent = `${location.href.split("#")[0]}#${toAddress(sweeps, state)}`;
  showGuess();
  showResult();
}

function showResult() {
  const text = summaryShown();
  showCurves(text);
  fillMap(table, sweepShown(), state.values, ...state.pair.split(","), state.shown, known);
  const scale = part("explorer-scale");
  scale.replaceChildren(strip(state.shown, Math.max(200, scale.clientWidth)));
  part("explorer-summary").textContent = text;
  clearTimeout(speaking);
  speaking = setTimeout(() => { part("explorer-live").textContent = text; }, QUIET);
  part("explorer-numbers").hidden = !known(settingShown());
  part("explorer-numbers").querySelector(".wide").replaceChildren(numbersTable(sweepShown(), settingShown()));
}

// What is said of the setting: while guessing nothing that would give other settings away.
function summaryShown() {
  const [sweep, setting] = [sweepShown(), settingShown()];
  if (!known(setting)) return asked(sweep, state.values);
  const alone = `${capital(described(sweep, state.values))}: ${outcome(setting)}`;
  const said = state.predict ? alone : summary(sweep, state.values, axis);
  return state.shown === "loss" ? `${said} ${losses(setting)}` : said;
}

function showCurves(label) {
  const [sweep, setting, box] = [sweepShown(), settingShown(), part("explorer-chart")];
  const hidden = !known(setting);
  const along = siblings(sweep, state.values, axis).filter(known);
  const name = (one) => called(sweep.axes[axis], one.state[axis]);
  const guess = hidden ? guessNow() : guessOf(setting)?.guess;
  const width = Math.max(280, box.clientWidth);
  box.replaceChildren(chart({
    setting, hidden, width, label,
    height: within(0.66 * width, 250, 430),
    shown: state.shown,
    others: sweep.settings.filter(known),
    along: along.map((one) => ({ name: name(one), setting: one })),
    guess: state.predict ? guess?.value : undefined,
  }));
  part("explorer-key").replaceChildren(...key(sweep.axes[axis].label, hidden));
}

// What each kind of line is, beside a piece of it.
function key(label, hidden) {
  const others = sweepShown().settings.some((one) => one !== settingShown() && known(one));
  const kinds = {
    ...(hidden ? {} : { own: "this setting, mean", seed: "each seed" }),
    ...(state.shown === "loss" && !hidden ? { training: "its training loss" } : {}),
    ...(others ? { along: `other ${label}`, other: "all others" } : {}),
  };
  return Object.entries(kinds).map(([kind, text]) => html("span", {},
    svg("svg", { width: 30, height: 10, "aria-hidden": "true" }, svg("path", { class: kind, d: "M1 5H29" })), text));
}

// The guess as the controls have it.
function guessNow() {
  return part("guess-diverges").checked ? { diverges: true } : { value: Number(part("guess-value").value) / 100 };
}

// The controls of the guess while there is something to guess, and what came of the guesses so far.
function showGuess() {
  const said = percent(Number(part("guess-value").value) / 100);
  part("explorer-guess").hidden = known(settingShown());
  part("guess-output").textContent = said;
  part("guess-value").setAttribute("aria-valuetext", said);
  part("guess-value").disabled = part("guess-diverges").checked;
  const mine = guessOf(settingShown());
  const offs = [...guessed.values()].map(({ off }) => off);
  part("explorer-score").hidden = !state.predict || !offs.length;
  part("explorer-score").textContent = `${mine ? `${mine.text} ` : ""}${offs.length ? score(offs) : ""}`;
}
