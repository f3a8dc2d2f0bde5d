// The curves, as SVG written by hand: scales, paths, labels.

// position: where a value stands, from 0 (bottom) to 1 (top); what is off the scale stands at its edge.
// brightness: how bright it is on the map, from 0 (bad) to 1 (good); shades: the values named beside its colours.
const SCALES = {
  accuracy: {
    label: "validation accuracy, %, stretched towards 100",
    ticks: [0, 0.5, 0.8, 0.9, 0.95, 0.98],
    position: (share) => Math.log(1 - within(share, 0, 0.98)) / Math.log(1 - 0.98), // from 80 to 90 as from 90 to 95
    brightness: (share) => SCALES.accuracy.position(share),
    shades: [0, 0.5, 0.8, 0.9, 0.95, 0.98],
    said: (share) => String(Math.round(100 * share)),
  },
  loss: {
    label: "loss, from line to line ten times as much",
    ticks: [0.01, 0.1, 1, 10],
    position: (loss) => logarithmic(loss, 0.01, 10),
    brightness: (loss) => 1 - logarithmic(loss, 0.1, 3),
    shades: [3, 1, 0.3, 0.1],
    said: String,
  },
};

const MARGIN = { left: 46, right: 64, top: 30, bottom: 44 };

function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

// Where a value stands between two others when each doubling is as far as the next: 0 to 1.
function logarithmic(value, low, high) {
  return Math.log(within(value, low, high) / low) / Math.log(high / low);
}

// An SVG element: svg("circle", {r: 3}).
function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Where things stand in a picture of this size: x of an epoch (from 1), y of a value.
function places(scale, epochs, width, height) {
  const across = width - MARGIN.left - MARGIN.right;
  const down = height - MARGIN.top - MARGIN.bottom;
  return {
    x: (epoch) => MARGIN.left + (across * (epoch - 1)) / Math.max(1, epochs - 1),
    y: (value) => MARGIN.top + down * (1 - scale.position(value)),
  };
}

// The path of a curve, "M46 200L90 150"; it ends where there is no number.
function path(curve, { x, y }) {
  const end = curve.indexOf(null);
  const values = end < 0 ? curve : curve.slice(0, end);
  return values.map((value, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

// Heights moved apart until neighbours are `gap` away from each other and all between top and bottom; the order stays.
function apart(heights, gap, top, bottom) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const moved = [...heights];
  order.forEach((i, k) => { moved[i] = Math.max(moved[i], k ? moved[order[k - 1]] + gap : top); });
  order.reverse().forEach((i, k) => { moved[i] = Math.min(moved[i], k ? moved[order[k - 1]] - gap : bottom); });
  return moved;
}

// Which epochs get a number: all, or every fifth.
function epochTicks(epochs) {
  const all = Array.from({ length: epochs }, (_, i) => i + 1);
  return epochs <= 10 ? all : all.filter((epoch) => epoch === 1 || epoch % 5 === 0);
}

// Lines and numbers behind the curves.
function ground(scale, epochs, at, width, height) {
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const rows = scale.ticks.map((tick) => svg("g", { class: "tick" },
    svg("line", { x1: MARGIN.left, x2: right, y1: at.y(tick), y2: at.y(tick) }),
    svg("text", { x: MARGIN.left - 8, y: at.y(tick) + 4, "text-anchor": "end" }, scale.said(tick))));
  const columns = epochTicks(epochs).map((epoch) =>
    svg("text", { x: at.x(epoch), y: bottom + 20, "text-anchor": "middle" }, String(epoch)));
  return svg("g", { class: "ground" }, ...rows, ...columns,
    svg("text", { x: (MARGIN.left + right) / 2, y: height - 6, "text-anchor": "middle" }, "epochs"),
    svg("text", { x: 0, y: 14, "text-anchor": "start" }, scale.label));
}

// One line: every curve of it in a single path.
const line = (kind, curves, at) => svg("path", { class: kind, d: curves.map((curve) => path(curve, at)).join("") });

// At the right end of each curve its name; `mine` stands out.
function names(lines, at, width, height) {
  const ends = lines.filter(({ curve }) => curve.at(-1) !== null);
  const heights = apart(ends.map(({ curve }) => at.y(curve.at(-1))), 14, MARGIN.top, height - MARGIN.bottom);
  return ends.map(({ name, mine }, i) =>
    svg("text", { x: width - MARGIN.right + 8, y: heights[i] + 4, class: mine ? "name mine" : "name" }, name));
}

// A cross where a curve ends because the seed diverged; beside the last one, why.
function crosses(setting, curve, at, scale) {
  const last = setting.diverged_at.findLastIndex((step) => step !== null);
  return setting.diverged_at.flatMap((step, seed) => {
    if (step === null) return [];
    const values = setting.curves[curve][seed];
    const end = values.findIndex((value) => value === null);
    const epoch = end < 0 ? values.length : Math.max(end, 1);
    const x = at.x(epoch) + 7 * seed; // side by side where several end at one place
    const y = end > 0 ? at.y(values[end - 1]) : at.y(scale.ticks[0]) - 10;
    const cross = svg("path", { class: "cross", d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10` });
    return seed === last ? [cross, svg("text", { x: x + 10, y: y + 4, class: "guess-name" }, "diverged")] : [cross];
  });
}

// The whole picture. others: the settings drawn faintly; along: those that differ in one axis, as {name, setting};
// hidden: the setting's own curves are not to be seen yet; guess: a height to mark.
function chart({ setting, others, along, shown, hidden, guess, width, height, label }) {
  const scale = SCALES[shown];
  const curve = shown === "loss" ? LOSS : ACCURACY;
  const epochs = setting.curves[curve][0].length;
  const at = places(scale, epochs, width, height);
  const middle = (one) => meanCurve(one.curves[curve]);
  const lines = along.map(({ name, setting: one }) => ({ name, curve: middle(one), mine: one === setting }));
  const own = hidden ? [] : [
    ...(shown === "loss" ? [line("training", [meanCurve(setting.curves[TRAINING])], at)] : []),
    line("seed", setting.curves[curve], at),
    line("own", [middle(setting)], at),
    ...crosses(setting, curve, at, scale),
  ];
  const below = !hidden && guess < ending(setting).value; // not where the curve is
  const place = { x: width - MARGIN.right, y: at.y(guess ?? 0) + (below ? 15 : -6), "text-anchor": "end" };
  const marked = guess === undefined || shown === "loss" ? [] : [
    line("guessed", [Array(epochs).fill(guess)], at),
    svg("text", { ...place, class: "guess-name" }, `your guess: ${percent(guess)}`),
  ];
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ground(scale, epochs, at, width, height),
    line("other", others.map(middle), at),
    line("along", lines.filter(({ mine }) => !mine).map((one) => one.curve), at),
    ...own, ...marked,
    ...names(lines.filter(({ mine }) => !(mine && hidden)), at, width, height));
}
