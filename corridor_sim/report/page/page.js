"use strict";
/* Data, what is selected, and the controls. Scenario text reaches the page as text only. */
const Report = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const state = {
    routes: new Set(data.selected.routes),
    scenarios: new Set(data.selected.scenarios),
    direction: data.directions[0] ?? "westbound",
  };
  const watchers = [];
  const DASHES = ["", "7 3", "2 2", "8 2 2 2", "12 3"];

  const colour = (route) => `var(--r${data.routes.indexOf(route)})`;
  const dash = (scenario) => DASHES[data.scenarios.indexOf(scenario) % DASHES.length];
  const palette = (scenario) => {
    const hues = ["--haul", "--wait", "--dwell", "--work", "--faint", "--link"];
    return `var(${hues[data.scenarios.indexOf(scenario) % hues.length]})`;
  };
  const shown = (one) =>
    state.scenarios.has(one.scenario) && state.routes.has(one.route) && one.direction === state.direction;
  const number = (value) =>
    value === null || value === undefined ? "" : value.toLocaleString("en-GB", { maximumSignificantDigits: 4 });
  const range = (low, high) => (low === null || high === null ? "no interval" : `${number(low)} to ${number(high)}`);
  const basis = () =>
    `n = ${data.n} replication${data.n === 1 ? "" : "s"}, seed ${data.seed}` +
    (data.n > 1 ? `, ${100 * data.level} % intervals.` : ", no intervals from one alone.");

  /* A key of scenarios: coloured squares, or nothing where there is only one. */
  function key(place, scenarios) {
    place.replaceChildren(...(scenarios.length < 2 ? [] : scenarios.map((scenario) => {
      const item = document.createElement("span");
      const mark = document.createElement("i");
      mark.style.background = palette(scenario);
      item.append(mark, scenario);
      return item;
    })));
  }
  function watch(draw) {
    watchers.push(draw);
    draw();
  }
  function changed() {
    filterTables();
    for (const draw of watchers) draw();
  }
  function filterTables() {
    for (const body of document.querySelectorAll("tbody[data-route]")) {
      const { route, direction } = body.dataset;
      body.hidden = !(state.routes.has(route) && direction === state.direction);
    }
  }
  function options(select, values, label = (value) => value) {
    const before = select.value;
    select.replaceChildren(...values.map((value) => new Option(label(value), value)));
    if (values.includes(before)) select.value = before;
  }
  function pick(parent, type, value, checked, swatch, onchange) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type, value, checked, name: parent.id });
    input.addEventListener("change", () => {
      onchange(input.checked);
      changed();
    });
    label.append(input, ...(swatch ? [swatch] : []), value);
    parent.append(label);
  }
  function line(stroke, dashes) {
    const svg = d3.create("svg").attr("width", 22).attr("height", 8).attr("aria-hidden", "true");
    svg.append("line").attr("x2", 22).attr("y1", 4).attr("y2", 4)
      .style("stroke", stroke).attr("stroke-width", 3).attr("stroke-dasharray", dashes || null);
    return svg.node();
  }
  const toggle = (set, value) => (on) => (on ? set.add(value) : set.delete(value));
  for (const route of data.routes) {
    pick(document.getElementById("pick-routes"), "checkbox", route, state.routes.has(route),
      line(colour(route)), toggle(state.routes, route));
  }
  for (const scenario of data.scenarios) {
    pick(document.getElementById("pick-scenarios"), "checkbox", scenario, state.scenarios.has(scenario),
      line("var(--ink)", dash(scenario)), toggle(state.scenarios, scenario));
  }
  for (const direction of data.directions) {
    pick(document.getElementById("pick-direction"), "radio", direction, direction === state.direction,
      null, () => { state.direction = direction; });
  }
  filterTables();
  let wide = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== wide) {
      wide = window.innerWidth;
      changed();
    }
  });
  return { data, state, watch, colour, dash, palette, shown, number, range, basis, options, key };
})();
