"use strict";
/* One replication on the map: what is under way, what waits and what is shut at the time chosen. */
(() => {
  const { data, state, watch, colour, number, options } = Report;
  const { map } = data;
  const slider = document.getElementById("time");
  const scenario = document.getElementById("map-scenario");
  const SYMBOLS = { rail: d3.symbolSquare, sea: d3.symbolTriangle, road: d3.symbolCircle };
  const KINDS = { seasonal: "storm", breakdown: "breakdown", dated: "works or ban", shock: "shock", embargo: "embargo" };
  let panels = [];
  let hour = 0;

  const run = () => map.runs[scenario.value];
  for (const one of Object.values(map.runs)) {
    for (const rides of one.rides) {
      rides.from = Array.from(d3.cumsum(rides.left));
      rides.longest = d3.max(rides.took);
    }
  }

  /* A panel: its projection (equirectangular, true to scale at one parallel) and its layers. */
  function panel(id, [west, south, east, north], parallel) {
    const place = document.getElementById(id);
    const width = place.clientWidth;
    const scale = width / (east - west);
    const height = Math.round((scale * (north - south)) / Math.cos((parallel * Math.PI) / 180));
    const at = ([lon, lat]) => [(lon - west) * scale, ((north - lat) * height) / (north - south)];
    const svg = d3.create("svg").attr("width", width).attr("height", height).attr("viewBox", [0, 0, width, height])
      .attr("role", "img").attr("aria-label", `Map: ${id}`);
    const path = (points, close) => `M${points.map((p) => at(p).map((v) => v.toFixed(1)).join(",")).join("L")}${close ? "Z" : ""}`;
    svg.append("rect").attr("class", "water").attr("width", width).attr("height", height);
    svg.append("path").attr("class", "land").attr("d", map.land.map((ring) => path(ring, true)).join(""));
    svg.append("path").attr("class", "borders").attr("d", map.borders.map((one) => path(one, false)).join(""));
    const ways = new Map(Object.entries(map.links).map(([name, way]) => [name, measured(way.map(at))]));
    const layers = ["ways", "waits", "places", "vehicles", "shut", "labels"]
      .map((name) => [name, svg.append("g").attr("data-layer", name)]);
    place.replaceChildren(svg.node());
    const inside = (lon, lat) => lon >= west && lon <= east && lat >= south && lat <= north;
    return { at, width, height, svg, path, ways, inside, layers: Object.fromEntries(layers) };
  }
  function measured(points) {
    const far = [0];
    for (let i = 1; i < points.length; i += 1) {
      far.push(far[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
    }
    return { points, far };
  }
  function along({ points, far }, share) {
    const want = share * far.at(-1);
    const i = Math.min(Math.max(d3.bisectRight(far, want), 1), points.length - 1);
    const part = far[i] === far[i - 1] ? 0 : (want - far[i - 1]) / (far[i] - far[i - 1]);
    return [0, 1].map((k) => points[i - 1][k] + part * (points[i][k] - points[i - 1][k]));
  }

  const routeOf = (rides) => rides.routes.find((route) => state.routes.has(route));
  const visible = (rides) => state.routes.has("all") || routeOf(rides) !== undefined;
  const paint = (rides) => {
    const route = routeOf(rides) ?? rides.routes[0];
    return route === undefined ? "var(--faint)" : colour(route);
  };
  function underWay() {
    const found = [];
    run().rides.forEach((rides, g) => {
      if (!visible(rides)) return;
      const { from, took, teu } = rides;
      for (let i = d3.bisectLeft(from, hour - rides.longest); i < from.length && from[i] <= hour; i += 1) {
        if (hour >= from[i] + took[i]) continue;
        const done = (hour - from[i]) / took[i];
        found.push({ key: `${g}-${i}`, rides, teu: teu[i], share: rides.back ? 1 - done : done });
      }
    });
    return found;
  }

  function ground() {
    panels = [panel("world", map.box, map.parallel)];
    document.getElementById("inset").hidden = !map.inset;
    if (map.inset) {
      panels.push(panel("inset", map.inset, map.inset_parallel));
      const [west, south, east, north] = map.inset;
      const [[x1, y1], [x2, y2]] = [panels[0].at([west, north]), panels[0].at([east, south])];
      panels[0].svg.append("rect").attr("class", "frame").attr("x", x1).attr("y", y1)
        .attr("width", x2 - x1).attr("height", y2 - y1);
    }
    for (const one of panels) {
      const drawn = d3.rollups(run().rides.filter(visible), (group) => group[0], (rides) => rides.link);
      one.layers.ways.selectAll("path").data(drawn).join("path").attr("class", "way")
        .attr("d", ([link]) => one.path(map.links[link], false)).attr("stroke-width", 1.6)
        .style("stroke", ([, rides]) => paint(rides));
      const names = Object.keys(map.places).filter((name) => one.inside(...map.places[name].at));
      one.layers.places.selectAll("circle").data(names).join("circle").attr("class", "place").attr("r", 2.2)
        .attr("transform", (name) => `translate(${one.at(map.places[name].at)})`)
        .append("title").text((name) => map.places[name].label);
      label(one, names);
    }
  }
  /* Names beside their places, in order of what waits there, those left out that would overlap. */
  function label(one, names) {
    const taken = names.map((name) => one.at(map.places[name].at)).map(([x, y]) => [x - 3, y - 3, x + 3, y + 3]);
    const free = (box) => box[0] > 0 && box[2] < one.width && box[1] > 0 && box[3] < one.height &&
      !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
    const weight = (name) => d3.sum(run().waits[name]?.teu ?? []);
    const first = one === panels[0] && map.inset;
    const within = (name) => first && panels[1]?.inside(...map.places[name].at);
    const inset = ([lon, lat]) => lon >= map.inset[0] && lon <= map.inset[2] && lat >= map.inset[1] && lat <= map.inset[3];
    const own = names.filter((name) => !(first && (within(name) || inset(map.places[name].at))));
    for (const name of d3.sort(own, (a) => -weight(a))) {
      const [x, y] = one.at(map.places[name].at);
      const wide = 6.2 * map.places[name].label.length;
      const spots = [[x + 6, y + 4, "start"], [x - 6, y + 4, "end"], [x, y - 6, "middle"], [x, y + 15, "middle"]];
      for (const [tx, ty, anchor] of spots) {
        const left = anchor === "start" ? tx : anchor === "end" ? tx - wide : tx - wide / 2;
        const box = [left, ty - 10, left + wide, ty + 3];
        if (!free(box)) continue;
        taken.push(box);
        one.layers.labels.append("text").attr("class", "label").attr("x", tx).attr("y", ty)
          .attr("text-anchor", anchor).text(map.places[name].label);
        break;
      }
    }
  }

  function moment() {
    const moving = underWay();
    const step = Math.min(Math.floor(hour / run().step), Math.floor(run().hours / run().step));
    const waits = Object.entries(run().waits).map(([place, own]) => ({
      place, teu: own.teu?.[step] ?? 0, customers: own.customers?.[step] ?? 0,
    }));
    const shut = run().shut.filter((one) => one.hours.some(([begin, end]) => begin <= hour && hour < end));
    for (const one of panels) draw(one, moving, waits, shut);
    const date = new Date(Date.parse(`${run().start}Z`) + hour * 3600000);
    document.getElementById("date").textContent = d3.utcFormat("%d %b %Y, %H:00")(date);
    const told = shut.map((one) => `${one.name} (${KINDS[one.kind]}: ${one.places.map((p) => map.places[p].label).join(", ")})`);
    const most = d3.greatest(waits, (w) => w.teu);
    document.getElementById("now").textContent =
      `${moving.filter((m) => m.rides.mode === "rail").length} trains, ` +
      `${moving.filter((m) => m.rides.mode === "sea").length} vessels under way with ${number(d3.sum(moving, (m) => m.teu))} TEU. ` +
      (most?.teu ? `Most waits at ${map.places[most.place].label}: ${number(most.teu)} TEU. ` : "") +
      (told.length ? `Shut: ${told.join("; ")}.` : "Nothing is shut.");
  }
  function draw(one, moving, waits, shut) {
    const most = Math.max(400, ...Object.values(run().waits).map((own) => d3.max(own.teu ?? [0])));
    const scale = one.width < 560 ? 0.7 : 1;
    const known = (place) => one.inside(...map.places[place].at);
    const to = (place) => `translate(${one.at(map.places[place].at)})`;
    one.layers.waits.selectAll("circle").data(waits.filter((w) => w.teu && known(w.place)), (w) => w.place)
      .join((enter) => enter.append("circle").attr("class", "waiting").call((c) => c.append("title")))
      .attr("transform", (w) => to(w.place)).attr("r", (w) => scale * 26 * Math.sqrt(w.teu / most))
      .select("title").text((w) => `${map.places[w.place].label}: ${number(w.teu)} TEU wait for departures, ` +
        `${number(w.customers)} customers in queues of stations`);
    const rings = [...new Set(shut.flatMap((s) => s.places))].filter(known);
    one.layers.shut.selectAll("circle").data(rings, (place) => place).join("circle").attr("class", "shut-ring")
      .attr("r", 8 * scale).attr("transform", to);
    one.layers.vehicles.selectAll("path").data(moving, (m) => m.key)
      .join((enter) => enter.append("path").attr("class", "vehicle")
        .attr("d", (m) => d3.symbol(SYMBOLS[m.rides.mode], scale * (16 + 1.6 * Math.sqrt(m.teu) * 2))())
        .call((p) => p.append("title").text((m) => `${m.rides.element}: ${m.teu} TEU`)))
      .style("fill", (m) => paint(m.rides))
      .attr("transform", (m) => {
        const [x, y] = along(one.ways.get(m.rides.link), m.share);
        return `translate(${x.toFixed(1)},${y.toFixed(1)})`;
      });
  }

  const button = document.getElementById("play");
  let last = null;
  function tick(now) {
    if (last === null) return;
    hour += ((now - last) / 1000) * Number(document.getElementById("speed").value);
    last = now;
    if (hour >= run().hours) {
      hour = run().hours;
      play(false);
    }
    slider.value = Math.floor(hour);
    moment();
    if (last !== null) requestAnimationFrame(tick);
  }
  function play(on) {
    button.textContent = on ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(on));
    last = on ? performance.now() : null;
    if (on && hour >= run().hours) hour = 0;
    if (on) requestAnimationFrame(tick);
  }
  button.addEventListener("click", () => play(last === null));
  slider.addEventListener("input", () => {
    hour = Number(slider.value);
    moment();
  });
  function redraw() {
    slider.max = run().hours;
    document.getElementById("map-note").textContent =
      `${run().told} Colour: the route that most cargo of the train or vessel takes. Symbols grow with the cargo aboard, ` +
      "circles with what waits. Links run straight from waypoint to waypoint.";
    ground();
    moment();
  }
  options(scenario, Object.keys(map.runs));
  scenario.addEventListener("change", redraw);
  watch(redraw);
})();
