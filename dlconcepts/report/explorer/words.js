// What the explorer says: every sentence and every number as a reader sees it. Nothing touches the page.

// 0.9381 -> "93.8 %" with a space that does not break.
const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;

// 10000 -> "10,000", 0.0003 -> "0.0003".
const number = (value) => (value >= 1000 ? value.toLocaleString("en") : String(value));

// A loss in three digits.
const three = (value) => (value >= 1000 ? value.toExponential(1) : String(Number(value.toPrecision(3))));

// A value of an axis as it is called: "Adam", "0.01".
const called = (axis, value) => axis.words[value] ?? (typeof value === "number" ? number(value) : value);

// A value beside its slider: "64 examples", "1 hidden layer".
function withUnit(axis, value) {
  const unit = value === 1 ? axis.unit.replace(/s$/, "") : axis.unit;
  return unit ? `${called(axis, value)} ${unit}` : called(axis, value);
}

// "optimizer Adam, batch size 64, learning rate 0.01"
function described(sweep, values) {
  return Object.entries(sweep.axes).map(([name, axis]) => `${axis.label} ${called(axis, values[name])}`).join(", ");
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

// The command that trains a setting anew, alone, to the same numbers.
function command(name, values) {
  const only = Object.entries(values).map(([axis, value]) => `${axis}=${value}`).join(",");
  return `dlconcepts sweep ${name} --only ${only}`;
}

// Below it a network says nothing about ten digits that guessing does not.
const GUESSING = 0.12;

// One sentence on how a setting ended.
function outcome(setting) {
  const { seeds, diverged, diverges, value, low, high } = ending(setting);
  const steps = setting.diverged_at.filter((step) => step !== null);
  if (diverges) return `${diverged} of ${counted(seeds, "seed")} diverge, the first at step ${Math.min(...steps)}: the loss is no finite number any more.`;
  const epochs = setting.curves[ACCURACY][0].length;
  const some = diverged ? ` ${diverged} of ${counted(seeds, "seed")} diverged.` : "";
  const range = seeds - diverged > 1 ? `, ${percent(low)} to ${percent(high)} over ${counted(seeds - diverged, "seed")}` : "";
  const guessing = value < GUESSING ? ", no better than guessing" : "";
  return `${percent(value)} of the validation digits are right after ${counted(epochs, "epoch")}${range}${guessing}.${some}`;
}

// The whole summary: the setting, how it ended, its place, and the best along the axis that was changed last.
function summary(sweep, values, axis) {
  const setting = settingOf(sweep, values);
  const winner = best(siblings(sweep, values, axis));
  const { label } = sweep.axes[axis];
  const place = ending(setting).diverges ? "" : ` Place ${rank(sweep, setting)} of ${sweep.settings.length} settings.`;
  const along = !winner ? ` Whatever the ${label}, it diverges here.`
    : winner.state[axis] === values[axis] ? ` No other ${label} does better here.`
    : ` The best ${label} here is ${called(sweep.axes[axis], winner.state[axis])}, with ${percent(ending(winner).value)}.`;
  return `${capital(described(sweep, values))}: ${outcome(setting)}${place}${along}`;
}

// A sentence on how the losses ended: how far apart the two are is how far the network over-fits.
function losses(setting) {
  if (ending(setting).diverges) return "";
  return `The training loss ends at ${three(ending(setting, TRAINING).value)}, the validation loss at ${three(ending(setting, LOSS).value)}.`;
}

// How far a guess was off. guess: {diverges: true} or {value: 0.95}. {text, off}: off in points, null where no number tells.
function judged(setting, guess) {
  const { diverges, value } = ending(setting);
  if (diverges && guess.diverges) return { text: "You are right: it diverges.", off: 0 };
  if (diverges) return { text: `You guessed ${percent(guess.value)}; it diverges.`, off: null };
  if (guess.diverges) return { text: `You guessed that it diverges; it ends at ${percent(value)}.`, off: null };
  const off = Math.abs(100 * (guess.value - value));
  return { text: `You guessed ${percent(guess.value)}; it is ${percent(value)}: ${off.toFixed(1)} points off.`, off };
}

// All guesses so far, in a sentence. offs: of each guess the points, or null.
function score(offs) {
  const numbers = offs.filter((off) => off !== null);
  const wrong = offs.length - numbers.length;
  const average = numbers.length ? ` ${mean(numbers).toFixed(1)} points off on average` : "";
  const missed = wrong ? `${average ? "," : ""} ${wrong} wrong about whether it diverges` : "";
  return `${offs.length === 1 ? "1 guess" : `${offs.length} guesses`} so far:${average}${missed}.`;
}
