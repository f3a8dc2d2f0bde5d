// A sweep is what `dlconcepts sweep` recorded: settings, each with the curves of a few seeds.
// Everything in this file is arithmetic on that record; nothing touches the page.

const ACCURACY = "validation accuracy";
const LOSS = "validation loss";
const TRAINING = "training loss";

// The setting with these values, one for each axis: {optimizer: "adam", batch: 64, lr: 0.01}.
function settingOf(sweep, values) {
  const names = Object.keys(sweep.axes);
  return sweep.settings.find(({ state }) => names.every((name) => state[name] === values[name]));
}

// All settings that differ from this one in a single axis, in the order of its values.
function siblings(sweep, values, axis) {
  return sweep.axes[axis].values.map((value) => settingOf(sweep, { ...values, [axis]: value }));
}

// The mean; null where any number is missing.
function mean(numbers) {
  if (numbers.length === 0 || numbers.includes(null)) return null;
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

// The mean over the seeds, epoch by epoch; null from where a seed has no number any more.
function meanCurve(curves) {
  return curves[0].map((_, epoch) => mean(curves.map((curve) => curve[epoch])));
}

// How a setting ended: the mean of its last values over the seeds that did not diverge, and how many did.
// A setting counts as diverging when more than half of its seeds do; then it has no value.
function ending(setting, curve = ACCURACY) {
  const seeds = setting.diverged_at.length;
  const diverged = setting.diverged_at.filter((step) => step !== null).length;
  const whole = setting.curves[curve].filter((_, seed) => setting.diverged_at[seed] === null);
  const ends = whole.map((values) => values.at(-1));
  const diverges = diverged > seeds / 2;
  return {
    seeds, diverged, diverges,
    value: diverges ? null : mean(ends),
    low: diverges ? null : Math.min(...ends),
    high: diverges ? null : Math.max(...ends),
  };
}

// The place of a setting among all of its sweep by accuracy: 1 is the best. Equal ones share a place.
function rank(sweep, setting) {
  const mine = ending(setting).value;
  return 1 + sweep.settings.filter((other) => (ending(other).value ?? -1) > (mine ?? -1)).length;
}

// Does the first setting do better than the second with each of the seeds? They share first weights and order.
function betterWithEverySeed(one, other) {
  const last = (setting) => setting.curves[ACCURACY].map((values) => values.at(-1) ?? -1);
  const others = last(other);
  return last(one).every((value, seed) => value > others[seed]);
}

// Of some settings the one with the highest accuracy; undefined where all diverge.
function best(settings) {
  const learned = settings.filter((setting) => !ending(setting).diverges);
  return learned.sort((a, b) => ending(b).value - ending(a).value)[0];
}
