// The state of the explorer as the part of the address after "#", and back.
// A state: {sweep: "optimizer", values: {lr: 0.1, ...}, shown: "accuracy" or "loss", pair: "lr,batch", predict: true}.

const SHOWN = ["accuracy", "loss"];

// Pairs of axes that the map can have, as "down,across". The first is the one to begin with.
function pairs(sweep) {
  const names = Object.keys(sweep.axes).reverse();
  return names.flatMap((down, i) => names.slice(i + 1).map((across) => `${down},${across}`));
}

// What one sees before touching anything.
function beginning(sweeps, name) {
  const sweep = sweeps[name];
  return { sweep: name, values: { ...sweep.begin }, shown: "accuracy", pair: pairs(sweep)[0], predict: false };
}

// "sweep=optimizer&optimizer=adam&batch=64&lr=0.01"; what is as in the beginning is left out, but for the axes.
function toAddress(sweeps, state) {
  const parts = { sweep: state.sweep, ...state.values };
  if (state.shown !== "accuracy") parts.show = state.shown;
  if (state.pair !== pairs(sweeps[state.sweep])[0]) parts.map = state.pair;
  if (state.predict) parts.predict = 1;
  return Object.entries(parts).map(([name, value]) => `${name}=${value}`).join("&");
}

// {state, ignored} from such a text: what is unknown or damaged is ignored and named, the rest counts.
function fromAddress(sweeps, text) {
  const given = new Map(text.replace(/^#/, "").split("&").filter(Boolean).map((part) => {
    const [name, ...rest] = part.split("=");
    return [name, decoded(rest.join("="))];
  }));
  const name = sweepMeant(sweeps, given);
  const sweep = sweeps[name];
  const state = beginning(sweeps, name);
  const ignored = [];
  for (const [key, value] of given) {
    const meant = Object.hasOwn(sweep.axes, key) ? valueMeant(sweep.axes[key], value) : undefined;
    if (meant !== undefined) state.values[key] = meant;
    else if (key === "sweep" && value === name) continue;
    else if (key === "show" && SHOWN.includes(value)) state.shown = value;
    else if (key === "map" && pairs(sweep).includes(value)) state.pair = value;
    else if (key === "predict" && ["0", "1"].includes(value)) state.predict = value === "1";
    else ignored.push(value === "" ? key : `${key}=${value}`);
  }
  return { state, ignored };
}

// "%20" is a space; a damaged escape is left as it is.
function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

// The sweep that is named, or else the first that has an axis which is named, or else the first.
function sweepMeant(sweeps, given) {
  const names = Object.keys(sweeps);
  if (names.includes(given.get("sweep"))) return given.get("sweep");
  return names.find((name) => Object.keys(sweeps[name].axes).some((axis) => given.has(axis))) ?? names[0];
}

// The value of an axis that a text means: ".1" is 0.1. Undefined where there is none.
function valueMeant(axis, text) {
  const number = text.trim() === "" ? NaN : Number(text);
  return axis.values.find((value) => value === text || value === number);
}
