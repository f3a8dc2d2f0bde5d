// What a reader turns and presses: groups of choices and sliders, made from the axes of a sweep.

const part = (id) => document.getElementById(id);

// An HTML element: html("p", {class: "note"}, "text").
function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Fills a group with choices, {value: text}, of which one is taken; choose(value) hears of it.
function chips(fieldset, name, choices, choose) {
  for (const [value, text] of Object.entries(choices)) {
    const input = html("input", { type: "radio", name, value });
    input.addEventListener("change", () => choose(value));
    fieldset.append(html("label", {}, input, html("span", {}, text)));
  }
}

// Marks the choice that is taken.
function check(fieldset, value) {
  for (const input of fieldset.querySelectorAll("input")) input.checked = input.value === String(value);
}

// The control of an axis, {element, show(value)}: choices where its values have names, else a slider.
function axisControl(name, axis, choose) {
  return Object.keys(axis.words).length ? axisChips(name, axis, choose) : axisSlider(name, axis, choose);
}

function axisChips(name, axis, choose) {
  const element = html("fieldset", { class: "chips" }, html("legend", {}, capital(axis.label)));
  const choices = Object.fromEntries(axis.values.map((value) => [value, called(axis, value)]));
  chips(element, `axis-${name}`, choices, (text) => choose(valueMeant(axis, text)));
  return { element, show: (value) => check(element, value) };
}

function axisSlider(name, axis, choose) {
  const id = `axis-${name}`;
  const slider = html("input", { type: "range", id, min: 0, max: axis.values.length - 1, step: 1 });
  const output = html("output", { for: id });
  const ends = [axis.values[0], axis.values.at(-1)].map((value) => html("span", {}, called(axis, value)));
  const element = html("div", { class: "slider" },
    html("label", { for: id }, capital(axis.label), output),
    slider,
    html("span", { class: "ends", "aria-hidden": "true" }, ...ends));
  slider.addEventListener("input", () => choose(axis.values[slider.value]));
  const show = (value) => {
    slider.value = axis.values.indexOf(value);
    output.textContent = withUnit(axis, value);
    slider.setAttribute("aria-valuetext", withUnit(axis, value));
  };
  return { element, show };
}
