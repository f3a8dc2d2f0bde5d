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
const uncapital = (text) => text[0].toLowerCase() + text.slice(1);
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
  if (diverges) {
    const first = Math.min(...steps);
    return `${diverged} of ${counted(seeds, "seed")} diverge, the first at step ${first}: ` +
      "the loss is no finite number any more.";
  }
  const epochs = setting.curves[ACCURACY][0].length;
  const some = diverged ? ` ${diverged} of ${counted(seeds, "seed")} diverged.` : "";
  const others = seeds - diverged;
  const range = others > 1 ? `, ${percent(low)} to ${percent(high)} over ${others} seeds` : "";
  const guessing = value < GUESSING ? ", no better than guessing" : "";
  const after = counted(epochs, "epoch");
  return `${percent(value)} of the validation digits are right after ${after}${range}${guessing}.${some}`;
}

// The whole summary: the setting, how it ended, its place, and the best along the axis that was changed last.
function summary(sweep, values, axis) {
  const setting = settingOf(sweep, values);
  const winner = best(siblings(sweep, values, axis));
  const count = sweep.settings.length;
  const place = ending(setting).diverges ? "" : ` Place ${rank(sweep, setting)} of ${count} settings.`;
  return `${capital(described(sweep, values))}: ${outcome(setting)}${place} ${compared(sweep, setting, winner, axis)}`;
}

// A sentence on the best setting along an axis, beside the one that is shown.
function compared(sweep, setting, winner, axis) {
  const { label } = sweep.axes[axis];
  if (!winner) return `Whatever the ${label}, it diverges here.`;
  if (winner === setting) return `No other ${label} does better here.`;
  const value = called(sweep.axes[axis], winner.state[axis]);
  const doubt = betterWithEverySeed(winner, setting) ? "" : ", though it is not better with every seed";
  return `The best ${label} here is ${value}, with ${percent(ending(winner).value)}${doubt}.`;
}

// Instead of the summary, where the reader is to guess first.
function asked(sweep, values) {
  const what = capital(described(sweep, values));
  return `${what}: how many of the validation digits will be right in the end? Guess, then reveal.`;
}

// What a sweep is, in two sentences.
function about({ settings, environment }) {
  const [trained, validated] = ["training examples", "validation examples"].map((name) => number(environment[name]));
  return `Each of the ${settings.length} settings of this sweep was trained beforehand by the code of this project, ` +
    `with ${counted(environment.seeds.length, "seed")}, on ${trained} digits, and asked about ${validated} others. ` +
    "The test digits are not among them.";
}

// A sentence on how the losses ended: how far apart the two are is how far the network over-fits.
function losses(setting) {
  if (ending(setting).diverges) return "";
  const [training, validation] = [TRAINING, LOSS].map((curve) => three(ending(setting, curve).value));
  return `The training loss ends at ${training}, the validation loss at ${validation}.`;
}

// How far a guess, {diverges: true} or {value: 0.95}, was off: {text, off}, off in points, null where no number tells.
function judged(setting, guess) {
  const { diverges, value } = ending(setting);
  if (diverges && guess.diverges) return { text: "You are right: it diverges.", off: 0 };
  if (diverges) return { text: `You guessed ${percent(guess.value)}; it diverges.`, off: null };
  if (guess.diverges) return { text: `You guessed that it diverges; it is ${percent(value)}.`, off: null };
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
