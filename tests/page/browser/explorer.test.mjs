// The explorer's arithmetic and words, without a browser: node --test tests/page/browser/explorer.test.mjs
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../../dlconcepts/page/explorer/", import.meta.url);
const FILES = ["sweep", "address", "words", "chart", "heatmap"];
const source = FILES.map((name) => readFileSync(new URL(`${name}.js`, FOLDER), "utf8")).join("\n");
const names = [...source.matchAll(/^(?:function|const) ([A-Za-z]+)/gm)].map(([, name]) => name);
const $ = new Function(`"use strict"; ${source}; return {${names.join(", ")}};`)();

// Two seeds, two epochs, and what a setting ends with; null where it diverges.
const ENDS = { "0.1 a": 0.9, "0.1 b": 0.8, "1 a": 0.95, "1 b": 0.5, "10 a": null, "10 b": 0.1 };

function planted(kind, lr) {
  const end = ENDS[`${lr} ${kind}`];
  const curve = (of) => [[0.5, end === null ? null : of(end)], [0.3, end === null ? null : of(end)]];
  return {
    state: { kind, lr },
    curves: {
      "validation accuracy": curve((x) => x),
      "training loss": curve((x) => 1 - x),
      "validation loss": curve((x) => 2 - x),
    },
    diverged_at: end === null ? [7, 5] : [null, null],
  };
}

const sweep = {
  begin: { kind: "a", lr: 0.1 },
  axes: {
    kind: { label: "kind", unit: "", words: { a: "Alpha", b: "Beta" }, values: ["a", "b"] },
    lr: { label: "learning rate", unit: "", words: {}, values: [0.1, 1, 10] },
  },
  settings: ["a", "b"].flatMap((kind) => [0.1, 1, 10].map((lr) => planted(kind, lr))),
};
const second = { ...sweep, axes: { depth: sweep.axes.lr, kind: sweep.axes.kind }, begin: { depth: 1, kind: "b" } };
const third = { axes: { ...sweep.axes, depth: sweep.axes.lr }, begin: { kind: "b", lr: 1, depth: 10 } };
const sweeps = { first: sweep, second, third };
const four = { axes: { one: {}, two: {}, three: {}, four: {} } };
const at = (kind, lr) => $.settingOf(sweep, { kind, lr });
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("a setting is found by its values", () => {
  assert.deepEqual(at("b", 1).state, { kind: "b", lr: 1 });
  assert.equal(at("b", 2), undefined);
});

test("siblings differ in one axis, in the order of its values", () => {
  const found = $.siblings(sweep, { kind: "b", lr: 1 }, "lr").map(({ state }) => state);
  assert.deepEqual(found, [{ kind: "b", lr: 0.1 }, { kind: "b", lr: 1 }, { kind: "b", lr: 10 }]);
});

test("a mean of what is not all there is nothing", () => {
  close($.mean([1, 2, 6]), 3);
  assert.equal($.mean([1, null]), null);
  assert.equal($.mean([]), null);
  assert.deepEqual($.meanCurve([[1, 2, null], [3, 5, 6]]), [2, 3.5, null]);
});

test("an ending counts seeds that diverge, and has no value when most do", () => {
  const three = (steps) => ({
    curves: { "validation accuracy": [[0.8], [0.9], [steps[2] === null ? 0.7 : null]] },
    diverged_at: steps,
  });
  close($.ending(three([null, null, null])).value, 0.8);
  close($.ending(three([null, null, 4])).value, 0.85);
  assert.equal($.ending(three([null, null, 4])).diverged, 1);
  assert.equal($.ending(three([null, null, 4])).diverges, false);
  assert.equal($.ending(three([3, null, 4])).diverges, true);
  assert.equal($.ending(three([3, null, 4])).value, null);
});

test("the place counts what is better, and what diverges comes last", () => {
  const places = [at("a", 1), at("a", 0.1), at("b", 0.1), at("b", 10), at("a", 10)].map((one) => $.rank(sweep, one));
  assert.deepEqual(places, [1, 2, 3, 5, 6]);
  assert.equal($.best(sweep.settings), at("a", 1));
  assert.equal($.best([at("a", 10)]), undefined);
});

test("one setting is better with every seed, or not", () => {
  const ends = (a, b) => ({ curves: { "validation accuracy": [[0, a], [0, b]] } });
  assert.ok($.betterWithEverySeed(ends(0.9, 0.8), ends(0.8, 0.7)));
  assert.ok(!$.betterWithEverySeed(ends(0.9, 0.7), ends(0.8, 0.7)));
  assert.ok($.betterWithEverySeed(ends(0.9, 0.1), ends(null, null)));
  const settings = [at("a", 0.1), { ...at("a", 1), curves: ends(0.99, 0.89).curves }, at("a", 10)];
  const said = $.summary({ ...sweep, settings }, { kind: "a", lr: 0.1 }, "lr");
  assert.match(said, /, though it is not better with every seed\.$/);
});

test("every pair of axes is there once, the last axis down at first", () => {
  assert.deepEqual($.pairs(sweep), ["lr,kind"]);
  assert.equal($.pairs(four)[0], "four,three");
  assert.equal(new Set($.pairs(four).map((pair) => pair.split(",").sort().join())).size, 6);
});

test("a state comes back from its address", () => {
  for (const [name, one] of Object.entries(sweeps)) {
    for (const shown of $.SHOWN) for (const predict of [true, false]) for (const pair of $.pairs(one)) {
      const state = { ...$.beginning(sweeps, name), shown, predict, pair };
      assert.deepEqual($.fromAddress(sweeps, `#${$.toAddress(sweeps, state)}`), { state, ignored: [] });
    }
  }
});

test("an address says what differs from the beginning, and always the axes", () => {
  assert.equal($.toAddress(sweeps, $.beginning(sweeps, "third")), "sweep=third&kind=b&lr=1&depth=10");
  const state = { ...$.beginning(sweeps, "third"), pair: "lr,kind", shown: "loss", predict: true };
  assert.equal($.toAddress(sweeps, state), "sweep=third&kind=b&lr=1&depth=10&show=loss&map=lr,kind&predict=1");
});

test("an address may be short and spelled freely", () => {
  assert.deepEqual($.fromAddress(sweeps, "#lr=.1").state.values, { kind: "a", lr: 0.1 });
  assert.deepEqual($.fromAddress(sweeps, "kind=b&lr=1e1").state.values, { kind: "b", lr: 10 });
  assert.equal($.fromAddress(sweeps, "#depth=10").state.sweep, "second");
  assert.deepEqual($.fromAddress(sweeps, "").state, $.beginning(sweeps, "first"));
});

const DAMAGED = ["lr=2", "lr=", "lr", "lr=nan", "lr=%E0%A4%A", "=", "x=1", "sweep=fourth", "show=all", "map=lr,lr",
  "predict=2", "__proto__=1", "constructor=1", "lr=<b>", "x=toString"];
for (const damaged of DAMAGED) test(`"${damaged}" in an address is ignored and named`, () => {
  const { state, ignored } = $.fromAddress(sweeps, `#${damaged}&kind=b`);
  assert.deepEqual(state, { ...$.beginning(sweeps, "first"), values: { kind: "b", lr: 0.1 } });
  assert.equal(ignored.length, 1);
});

test("numbers are written as a reader writes them", () => {
  assert.equal($.percent(0.93804), "93.8\u00a0%");
  assert.equal($.number(10000), "10,000");
  assert.equal($.number(0.0003), "0.0003");
  assert.equal($.three(0.12345), "0.123");
  assert.equal($.three(123456), "1.2e+5");
  assert.equal($.withUnit({ unit: "hidden layers", words: {} }, 1), "1 hidden layer");
  assert.equal($.withUnit({ unit: "hidden layers", words: {} }, 3), "3 hidden layers");
  assert.equal($.called({ words: { 0: "none" } }, 0), "none");
});

test("the command names the sweep and every axis", () => {
  const values = { optimizer: "adam", batch: 64, lr: 0.01 };
  assert.equal($.command("optimizer", values), "dlconcepts sweep optimizer --only optimizer=adam,batch=64,lr=0.01");
});

test("the summary says the setting, its end, its place and the best beside it", () => {
  const said = (kind, lr, axis) => $.summary(sweep, { kind, lr }, axis).replaceAll("\u00a0", " ");
  assert.equal(said("a", 0.1, "lr"), "Kind Alpha, learning rate 0.1: 90.0 % of the validation digits are right after " +
    "2 epochs, 90.0 % to 90.0 % over 2 seeds. Place 2 of 6 settings. The best learning rate here is 1, with 95.0 %.");
  assert.match(said("a", 1, "lr"), /Place 1 of 6 settings. No other learning rate does better here\.$/);
  assert.match(said("a", 10, "kind"), /2 of 2 seeds diverge, the first at step 5: .* best kind here is Beta/);
  assert.match(said("b", 10, "lr"), /no better than guessing/);
  assert.equal($.losses(at("b", 1)), "The training loss ends at 0.5, the validation loss at 1.5.");
  assert.equal($.losses(at("a", 10)), "");
});

test("a guess is judged by how far off it is, or by whether it diverges", () => {
  close($.judged(at("a", 0.1), { value: 0.85 }).off, 5);
  assert.match($.judged(at("a", 0.1), { value: 0.85 }).text, /5\.0 points off/);
  assert.equal($.judged(at("a", 10), { diverges: true }).off, 0);
  assert.equal($.judged(at("a", 10), { value: 0.5 }).off, null);
  assert.equal($.judged(at("a", 0.1), { diverges: true }).off, null);
});

test("all guesses are summed up", () => {
  assert.equal($.score([2, 4, null]),
    "3 guesses so far: 3.0 points off on average, 1 wrong about whether it diverges.");
  assert.equal($.score([null]), "1 guess so far: 1 wrong about whether it diverges.");
  assert.equal($.score([1]), "1 guess so far: 1.0 points off on average.");
});

for (const [name, scale] of Object.entries($.SCALES)) {
  test(`the scale of ${name} rises from 0 to 1 and holds what is off it at its edge`, () => {
    const places = scale.ticks.map(scale.position);
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    close(places[0], 0);
    close(places.at(-1), 1);
    close(scale.position(0), 0);
    close(scale.position(1e9), 1);
    assert.ok(scale.shades.map(scale.brightness).every((bright) => bright >= 0 && bright <= 1));
  });
}

test("accuracies are stretched towards 100, and a low loss is bright", () => {
  const { position } = $.SCALES.accuracy;
  close(position(0.95) - position(0.9), position(0.8) - position(0.6));
  assert.ok($.SCALES.accuracy.brightness(0.9) > $.SCALES.accuracy.brightness(0.8));
  assert.ok($.SCALES.loss.brightness(0.2) > $.SCALES.loss.brightness(1));
});

test("a path goes through every epoch and ends where the numbers end", () => {
  const where = $.places($.SCALES.accuracy, 3, 300, 200);
  assert.equal($.path([0, 0.98, 0], where).match(/[ML]/g).join(""), "MLL");
  assert.equal($.path([0, null, 0.5], where).match(/[ML]/g).join(""), "M");
  assert.equal($.path([null], where), "");
  close(where.x(1), $.MARGIN.left);
  close(where.x(3), 300 - $.MARGIN.right);
  close(where.y(0), 200 - $.MARGIN.bottom);
  close(where.y(0.98), $.MARGIN.top);
});

test("labels are moved apart, keep their order and stay in the picture", () => {
  for (const heights of [[50, 51, 52], [0, 0, 0, 0], [100, 100], [30], [], [90, 10, 50], [99, 98, 97, 96]]) {
    const moved = $.apart(heights, 12, 20, 100);
    const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
    order.slice(1).forEach((i, k) => assert.ok(moved[i] - moved[order[k]] >= 12 - 1e-9, `${heights} -> ${moved}`));
    assert.ok(moved.every((y) => y >= 20 && y <= 100), `${heights} -> ${moved}`);
  }
  assert.deepEqual($.apart([30, 60], 12, 20, 100), [30, 60]);
});

test("epochs get a number each, or every fifth", () => {
  assert.deepEqual($.epochTicks(3), [1, 2, 3]);
  assert.deepEqual($.epochTicks(20), [1, 5, 10, 15, 20]);
});

test("the map's colours get lighter all the way, and a number can be read on every one", () => {
  const steps = Array.from({ length: 201 }, (_, i) => $.colour(i / 200));
  const lights = steps.map($.luminance);
  lights.slice(1).forEach((light, i) => assert.ok(light > lights[i] - 1e-4, String(steps[i])));
  for (const rgb of steps) {
    const light = $.luminance(rgb) + 0.05;
    const contrast = $.ink(rgb) === "#000" ? light / 0.05 : 1.05 / light;
    assert.ok(contrast >= 4.5, `${rgb}: ${contrast}`);
  }
  close($.luminance([255, 255, 255]), 1);
  close($.luminance([0, 0, 0]), 0);
});

test("a cell shows a number, that it diverges, or nothing yet", () => {
  assert.equal($.cell(at("a", 1), "accuracy", true).text, "95.0");
  assert.equal($.cell(at("a", 1), "loss", true).text, "1.05");
  assert.deepEqual($.cell(at("a", 10), "accuracy", true), { text: "div.", words: "diverges" });
  assert.deepEqual($.cell(at("a", 1), "accuracy", false), { text: "?", words: "not guessed yet" });
});

test("arrow keys lead to the neighbour and stop at the edge", () => {
  const from = (cell) => ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((key) => $.stepped(key, cell, 3, 6));
  assert.deepEqual(from(0), [0, 3, 0, 1]);
  assert.deepEqual(from(4), [1, 4, 3, 5]);
  assert.deepEqual(from(5), [2, 5, 4, 5]);
  assert.equal($.stepped("Enter", 0, 3, 6), undefined);
});
