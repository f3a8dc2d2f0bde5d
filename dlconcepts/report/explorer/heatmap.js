// The map: a table of buttons, a colour each. Bright is good, and the number stands in every cell.

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
  const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
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
  const words = shown === "loss" ? `validation loss ${three(value)}` : percent(value);
  return { text: shown === "loss" ? three(value) : (100 * value).toFixed(1), words, rgb: colour(SCALES[shown].brightness(value)) };
}

// An HTML element: html("p", {class: "note"}, "text").
function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// The empty table of a pair of axes: a button for each combination.
function mapTable(sweep, down, across) {
  const [rows, columns] = [sweep.axes[down], sweep.axes[across]];
  const heads = columns.values.map((value) => html("th", { scope: "col" }, called(columns, value)));
  const body = rows.values.map((row) => html("tr", {},
    html("th", { scope: "row" }, called(rows, row)),
    ...columns.values.map((column) => html("td", {}, html("button", { type: "button", "data-row": row, "data-column": column })))));
  return html("table", { class: "heat" },
    html("caption", {}, `down: ${rows.label}; across: ${columns.label}`),
    html("thead", {}, html("tr", {}, html("td"), ...heads)),
    html("tbody", {}, ...body));
}

// Colours and numbers of a table for these values; only the current cell is a stop of the Tab key.
function fillMap(table, sweep, values, down, across, shown, known) {
  const buttons = [...table.querySelectorAll("button")];
  const combinations = sweep.axes[down].values.flatMap((row) => sweep.axes[across].values.map((column) => [row, column]));
  combinations.forEach(([row, column], i) => {
    const setting = settingOf(sweep, { ...values, [down]: row, [across]: column });
    const { text, words, rgb } = cell(setting, shown, known(setting));
    const current = row === values[down] && column === values[across];
    const button = buttons[i];
    button.textContent = text;
    button.className = rgb ? "" : text === "?" ? "unknown" : "diverged";
    button.style.backgroundColor = rgb ? css(rgb) : "";
    button.style.color = rgb ? ink(rgb) : "";
    button.tabIndex = current ? 0 : -1;
    button.setAttribute("aria-pressed", String(current));
    button.setAttribute("aria-label", `${sweep.axes[down].label} ${called(sweep.axes[down], row)}, ${sweep.axes[across].label} ${called(sweep.axes[across], column)}: ${words}`);
  });
}

// The cell that an arrow key leads to, as [row, column] numbers; the same one at an edge. Undefined for other keys.
function stepped(key, row, column, rows, columns) {
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (!(key in moves)) return undefined;
  return [within(row + moves[key][0], 0, rows - 1), within(column + moves[key][1], 0, columns - 1)];
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
