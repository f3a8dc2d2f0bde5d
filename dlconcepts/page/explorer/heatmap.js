// Tables. The map is one of buttons, a colour each: bright is good, and the number stands in every cell.

// From dark to bright, also in grey: each is lighter than the one before.
const RAMP = [[35, 28, 74], [45, 70, 124], [38, 115, 138], [62, 158, 130], [146, 196, 104], [246, 226, 120]];

// The colour of a place on the ramp, from 0 to 1: [red, green, blue].
function colour(place) {
  const where = within(place, 0, 1) * (RAMP.length - 1);
  const i = Math.min(Math.floor(where), RAMP.length - 2);
  return RAMP[i].map((value, k) => Math.round(value + (RAMP[i + 1][k] - value) * (where - i)));
}

// How light a colour is to the eye, from 0 to 1 (WCAG's relative luminance).
function luminance(rgb) {
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = rgb.map((value) => linear(value / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// Black or white, whichever is easier to read on the colour.
const ink = (rgb) => ((luminance(rgb) + 0.05) ** 2 > 1.05 * 0.05 ? "#000" : "#fff");

const css = (rgb) => `rgb(${rgb.join(" ")})`;

// What a cell shows: {text, words, rgb}; no colour where there is no number.
function cell(setting, shown, known) {
  if (!known) return { text: "?", words: "not guessed yet" };
  const { value } = ending(setting, shown === "loss" ? LOSS : ACCURACY);
  if (value === null) return { text: "div.", words: "diverges" };
  const rgb = colour(SCALES[shown].brightness(value));
  if (shown === "loss") return { text: three(value), words: `validation loss ${three(value)}`, rgb };
  return { text: (100 * value).toFixed(1), words: percent(value), rgb };
}

// The empty table of a pair of axes: a button for each combination.
function mapTable(sweep, down, across) {
  const [rows, columns] = [sweep.axes[down], sweep.axes[across]];
  const long = columns.values.some((value) => called(columns, value).length > 6);
  const heads = columns.values.map((value) => html("th", { scope: "col" }, html("span", {}, called(columns, value))));
  const button = (row, column) => html("button", { type: "button", "data-row": row, "data-column": column });
  const body = rows.values.map((row) => html("tr", {},
    html("th", { scope: "row" }, called(rows, row)),
    ...columns.values.map((column) => html("td", {}, button(row, column)))));
  return html("table", { class: long ? "heat upright" : "heat" },
    html("caption", {}, `down: ${rows.label}; across: ${columns.label}`),
    html("thead", {}, html("tr", {}, html("td"), ...heads)),
    html("tbody", {}, ...body));
}

// Colours and numbers of a table for these values; only the current cell is a stop of the Tab key.
function fillMap(table, sweep, values, down, across, shown, known) {
  const [rows, columns] = [sweep.axes[down], sweep.axes[across]];
  table.querySelectorAll("button").forEach((button, i) => {
    const row = rows.values[Math.floor(i / columns.values.length)];
    const column = columns.values[i % columns.values.length];
    const setting = settingOf(sweep, { ...values, [down]: row, [across]: column });
    const { text, words, rgb } = cell(setting, shown, known(setting));
    const place = `${rows.label} ${called(rows, row)}, ${columns.label} ${called(columns, column)}`;
    const current = row === values[down] && column === values[across];
    button.textContent = text;
    button.className = rgb ? "" : text === "?" ? "unknown" : "diverged";
    button.style.backgroundColor = rgb ? css(rgb) : "";
    button.style.color = rgb ? ink(rgb) : "";
    button.tabIndex = current ? 0 : -1;
    button.setAttribute("aria-pressed", String(current));
    button.setAttribute("aria-label", `${place}: ${words}`);
  });
}

// The cell that an arrow key leads to, counted in reading order; the same one at an edge. Undefined for other keys.
function stepped(key, from, columns, cells) {
  const column = from % columns;
  if (key === "ArrowUp") return from < columns ? from : from - columns;
  if (key === "ArrowDown") return from + columns >= cells ? from : from + columns;
  if (key === "ArrowLeft") return column === 0 ? from : from - 1;
  if (key === "ArrowRight") return column === columns - 1 ? from : from + 1;
  return undefined;
}

// The colours with their values, as a strip.
function strip(shown, width) {
  const [left, across, scale] = [14, width - 28, SCALES[shown]];
  const parts = Array.from({ length: 48 }, (_, i) => svg("rect", {
    x: left + (across * i) / 48, y: 0, width: across / 48 + 0.5, height: 10, fill: css(colour((i + 0.5) / 48)),
  }));
  const ticks = scale.shades.map((value) =>
    svg("text", { x: left + across * scale.brightness(value), y: 25, "text-anchor": "middle" }, scale.said(value)));
  return svg("svg", { width, height: 30, viewBox: `0 0 ${width} 30`, "aria-hidden": "true" }, ...parts, ...ticks);
}

// The numbers of a setting, epoch by epoch, for whoever would rather read than look.
function numbersTable({ environment }, { curves }) {
  const means = { [ACCURACY]: percent, [TRAINING]: three, [LOSS]: three };
  const seeds = environment.seeds.map((seed) => `accuracy, seed ${seed}`);
  const heads = ["epoch", ...seeds, "mean accuracy", TRAINING, LOSS];
  const said = (value, how) => html("td", {}, value === null ? "–" : how(value));
  const rows = curves[ACCURACY][0].map((_, epoch) => html("tr", {},
    html("th", { scope: "row" }, String(epoch + 1)),
    ...curves[ACCURACY].map((curve) => said(curve[epoch], percent)),
    ...Object.entries(means).map(([name, how]) => said(meanCurve(curves[name])[epoch], how))));
  return html("table", {},
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
    html("tbody", {}, ...rows));
}
